//! JSON-RPC in lines, over standard input and output.
//!
//! The transport of the SDK drops a line that isn't JSON, so that its sender waits in vain, and knows
//! no batches. Here each line is answered as the protocol says: a line that isn't JSON by -32700, one
//! that is no message by -32600, one whose parameters can't be read by -32602, each with the id where
//! there is one and null otherwise (JSON-RPC 2.0, 5.1). Batches belong to the versions of the protocol up to
//! 2025-03-26: their answers are collected and sent as one.

use std::io;
use std::sync::Arc;

use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, ClientRequest, JsonRpcMessage, ProtocolVersion,
    RequestId, ServerJsonRpcMessage, ServerResult,
};
use rmcp::service::RoleServer;
use rmcp::transport::Transport;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::{Mutex, mpsc};

/// The most bytes of a line, as over HTTP with its escapes.
const MOST_LINE: usize = 4 * 1024 * 1024;

const NOT_JSON: i64 = -32_700;
const NO_MESSAGE: i64 = -32_600;
const WRONG_PARAMETERS: i64 = -32_602;

/// The transport of one client.
pub(super) struct Lines<W> {
    messages: mpsc::Receiver<ClientJsonRpcMessage>,
    answers: Arc<Mutex<Answers<W>>>,
}

impl<W: AsyncWrite + Unpin + Send + 'static> Lines<W> {
    /// Reads `input` in a task of its own, so that nothing of a line is lost when a wait for it ends.
    pub(super) fn new(input: impl AsyncRead + Unpin + Send + 'static, output: W) -> Self {
        let answers = Answers { output: Some(output), batches: Vec::new(), takes_batches: false };
        let answers = Arc::new(Mutex::new(answers));
        let (sender, messages) = mpsc::channel(1);
        tokio::spawn(read(BufReader::new(input), sender, Arc::clone(&answers)));
        Lines { messages, answers }
    }
}

impl<W: AsyncWrite + Unpin + Send + 'static> Transport<RoleServer> for Lines<W> {
    type Error = io::Error;

    fn send(
        &mut self,
        item: ServerJsonRpcMessage,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let answers = Arc::clone(&self.answers);
        async move { answers.lock().await.answer(&item).await }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        self.messages.recv().await
    }

    async fn close(&mut self) -> io::Result<()> {
        self.messages.close();
        drop(self.answers.lock().await.output.take());
        Ok(())
    }
}

/// Reads lines until the input ends or nobody takes their messages.
async fn read<W: AsyncWrite + Unpin + Send>(
    mut input: BufReader<impl AsyncRead + Unpin>,
    messages: mpsc::Sender<ClientJsonRpcMessage>,
    answers: Arc<Mutex<Answers<W>>>,
) {
    loop {
        let line = match line(&mut input).await {
            Ok(Some(line)) => line,
            // What comes without a line feed is not a whole message.
            Ok(None) => return,
            Err(error) => {
                tracing::error!(%error, "standard input can't be read");
                return;
            }
        };
        let read = match line {
            Line::Whole(line) if line.trim_ascii().is_empty() => continue,
            Line::Whole(line) => understood(&line),
            Line::TooLong => {
                let reason = format!("a line has more than {MOST_LINE} bytes");
                Read::Refused(error(None, NOT_JSON, &reason))
            }
        };
        let Ok(ready) = answers.lock().await.take(read).await else { return };
        for message in ready {
            if messages.send(message).await.is_err() {
                return;
            }
        }
    }
}

enum Line {
    Whole(Vec<u8>),
    TooLong,
}

/// The next line, without its line feed. A line that is too long is passed over.
async fn line(input: &mut BufReader<impl AsyncRead + Unpin>) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    (&mut *input).take(MOST_LINE as u64 + 1).read_until(b'\n', &mut line).await?;
    if line.pop_if(|last| *last == b'\n').is_some() {
        return Ok(Some(Line::Whole(line)));
    }
    if line.len() <= MOST_LINE {
        return Ok(None);
    }
    while !line.ends_with(b"\n") {
        line.clear();
        if (&mut *input).take(64 * 1024).read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(Line::TooLong))
}

/// What a line says.
enum Read {
    One(Box<ClientJsonRpcMessage>),
    Batch(Vec<Read>),
    /// The answer to what can't be read.
    Refused(Value),
    /// A notification of another protocol.
    Ignored,
}

fn understood(line: &[u8]) -> Read {
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
    match serde_json::from_slice(line) {
        Ok(Value::Array(all)) => Read::Batch(all.into_iter().map(message).collect()),
        Ok(one) => message(one),
        Err(cause) => {
            let reason = format!("Parse error: the line is not JSON ({cause})");
            Read::Refused(error(None, NOT_JSON, &reason))
        }
    }
}

fn message(value: Value) -> Read {
    let id = value.get("id").filter(|id| id.is_string() || id.is_number()).cloned();
    let method = value["method"].as_str().unwrap_or_default().to_owned();
    let is_ours = value["jsonrpc"] == "2.0" && !method.is_empty();
    let is_notification = value.get("id").is_none() && !method.is_empty();
    match serde_json::from_value(value) {
        Ok(message) if !is_misread(&message) => Read::One(Box::new(message)),
        Err(_) if is_notification => Read::Ignored,
        _ if is_ours && id.is_some() => {
            let reason = format!("Invalid params: those of '{method}' can't be read");
            Read::Refused(error(id, WRONG_PARAMETERS, &reason))
        }
        _ => {
            let reason = "Invalid request: this is no message of JSON-RPC 2.0";
            Read::Refused(error(id, NO_MESSAGE, reason))
        }
    }
}

/// Requests of the protocol that the SDK takes for those of another one if it can't read their
/// parameters.
const OF_THE_PROTOCOL: [&str; 4] = ["initialize", "server/discover", "tools/list", "tools/call"];

fn is_misread(message: &ClientJsonRpcMessage) -> bool {
    let JsonRpcMessage::Request(request) = message else { return false };
    matches!(&request.request, ClientRequest::CustomRequest(other)
        if OF_THE_PROTOCOL.contains(&other.method.as_str()))
}

fn error(id: Option<Value>, code: i64, reason: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": reason}})
}

/// Answers on their way out.
struct Answers<W> {
    output: Option<W>,
    /// Batches of which requests are still being answered.
    batches: Vec<Batch>,
    takes_batches: bool,
}

struct Batch {
    open: Vec<RequestId>,
    answers: Vec<Value>,
}

impl<W: AsyncWrite + Unpin> Answers<W> {
    /// Takes in what a line says: what isn't a message is answered, messages are returned.
    async fn take(&mut self, read: Read) -> io::Result<Vec<ClientJsonRpcMessage>> {
        match read {
            Read::One(message) => {
                self.cancelled(&message).await?;
                Ok(vec![*message])
            }
            Read::Refused(answer) => self.write(&answer).await.map(|()| Vec::new()),
            Read::Ignored => Ok(Vec::new()),
            Read::Batch(all) => self.take_batch(all).await,
        }
    }

    async fn take_batch(&mut self, all: Vec<Read>) -> io::Result<Vec<ClientJsonRpcMessage>> {
        let refusal = match () {
            () if !self.takes_batches => {
                "Invalid request: the version of the protocol that was agreed on has no batches"
            }
            () if all.is_empty() => "Invalid request: the batch is empty",
            () => "",
        };
        if !refusal.is_empty() {
            self.write(&error(None, NO_MESSAGE, refusal)).await?;
            return Ok(Vec::new());
        }
        let mut batch = Batch { open: Vec::new(), answers: Vec::new() };
        let mut messages = Vec::new();
        for read in all {
            match read {
                Read::One(message) => {
                    if let JsonRpcMessage::Request(request) = &*message {
                        batch.open.push(request.id.clone());
                    }
                    messages.push(*message);
                }
                Read::Refused(answer) => batch.answers.push(answer),
                Read::Batch(_) => {
                    let reason = "Invalid request: a batch in a batch";
                    batch.answers.push(error(None, NO_MESSAGE, reason));
                }
                Read::Ignored => {}
            }
        }
        self.batches.push(batch);
        self.flush().await?;
        Ok(messages)
    }

    /// A request that is cancelled isn't waited for.
    async fn cancelled(&mut self, message: &ClientJsonRpcMessage) -> io::Result<()> {
        let JsonRpcMessage::Notification(notification) = message else { return Ok(()) };
        let ClientNotification::CancelledNotification(cancelled) = &notification.notification
        else {
            return Ok(());
        };
        for batch in &mut self.batches {
            batch.open.retain(|open| Some(open) != cancelled.params.request_id.as_ref());
        }
        self.flush().await
    }

    async fn answer(&mut self, item: &ServerJsonRpcMessage) -> io::Result<()> {
        let id = match item {
            JsonRpcMessage::Response(response) => {
                if let ServerResult::InitializeResult(agreed) = &response.result {
                    let version = agreed.protocol_version.as_str();
                    self.takes_batches = version <= ProtocolVersion::V_2025_03_26.as_str();
                }
                Some(&response.id)
            }
            JsonRpcMessage::Error(error) => error.id.as_ref(),
            _ => None,
        };
        let value = serde_json::to_value(item)?;
        let place = id.and_then(|id| {
            let batches = self.batches.iter().enumerate();
            let mut places = batches.filter_map(|(nth, batch)| {
                Some((nth, batch.open.iter().position(|open| open == id)?))
            });
            places.next()
        });
        match place {
            Some((nth, at)) => {
                let batch = &mut self.batches[nth];
                batch.open.remove(at);
                batch.answers.push(value);
                self.flush().await
            }
            None => self.write(&value).await,
        }
    }

    /// Sends the answers of batches that are complete. A batch without any isn't answered.
    async fn flush(&mut self) -> io::Result<()> {
        let (done, open) =
            std::mem::take(&mut self.batches).into_iter().partition(|batch| batch.open.is_empty());
        self.batches = open;
        let done: Vec<Batch> = done;
        for batch in done {
            if !batch.answers.is_empty() {
                self.write(&Value::Array(batch.answers)).await?;
            }
        }
        Ok(())
    }

    async fn write(&mut self, value: &Value) -> io::Result<()> {
        let Some(output) = &mut self.output else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        output.write_all(&line).await?;
        output.flush().await
    }
}
