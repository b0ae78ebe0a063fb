//! Sends many writes in few requests, limited in size and in number at a time. Writes that a busy
//! cluster didn't accept are sent again; each rejected write is reported by name.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Instant;

use serde_json::{Value, json};
use tiaowen_index::{IndexReason, Rejected};

use crate::client::{Body, Client, Patience, is_block, reason_of};
use crate::{ClusterError, ClusterReason, ClusterStep};

/// The most bytes of a request before compression. Clusters accept 100 MB, and are fastest with a
/// few. A single entry may be larger.
const MOST_BYTES: usize = 5 << 20;
/// The number of requests in flight. As many wait.
const IN_FLIGHT: usize = 4;

/// A write.
#[derive(Debug)]
pub(crate) struct Write {
    /// The two lines of the write, or one line for a deletion.
    lines: Vec<u8>,
    /// Its name in messages.
    name: Named,
}

/// The name of a write in messages.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) source: String,
    pub(crate) id: String,
}

impl Write {
    /// Writes `entry`, replacing the entry with this id.
    pub(crate) fn index(index: &str, id: &str, entry: &Value, source: &str) -> Self {
        let action = json!({"index": {"_index": index, "_id": id_of(id)}});
        Self::of(&action, Some(entry), id, source)
    }

    /// The same, if the entry hasn't changed since it was read.
    pub(crate) fn again(index: &str, read: &Value, entry: &Value, id: &str) -> Self {
        let action = json!({"index": {
            "_index": index, "_id": id_of(id),
            "if_seq_no": read["_seq_no"], "if_primary_term": read["_primary_term"],
        }});
        Self::of(&action, Some(entry), id, "")
    }

    /// Writes `entry` unless the id exists.
    pub(crate) fn create(index: &str, id: &str, entry: &Value) -> Self {
        let action = json!({"create": {"_index": index, "_id": id_of(id)}});
        Self::of(&action, Some(entry), id, "")
    }

    /// Deletes the entry with this id.
    pub(crate) fn delete(index: &str, id: &str) -> Self {
        let action = json!({"delete": {"_index": index, "_id": id_of(id)}});
        Self::of(&action, None, id, "")
    }

    fn of(action: &Value, entry: Option<&Value>, id: &str, source: &str) -> Self {
        let mut lines = action.to_string().into_bytes();
        lines.push(b'\n');
        if let Some(entry) = entry {
            lines.extend_from_slice(entry.to_string().as_bytes());
            lines.push(b'\n');
        }
        Write { lines, name: Named { source: source.to_owned(), id: id.to_owned() } }
    }
}

/// The id of an entry on the cluster, which accepts at most 512 bytes.
pub(crate) fn id_of(id: &str) -> String {
    if id.len() <= 500 { id.to_owned() } else { blake3::hash(id.as_bytes()).to_hex().to_string() }
}

/// Sends writes and returns the result of each: its status, and the reason of an error. Waits and
/// sends again what a busy cluster didn't accept.
pub(crate) fn send(
    client: &Client,
    writes: &[Write],
) -> Result<Vec<Result<(), Refusal>>, ClusterError> {
    let mut outcome: Vec<Option<Result<(), Refusal>>> = Vec::new();
    outcome.resize_with(writes.len(), || None);
    let mut start = 0;
    while start < writes.len() {
        let mut end = start + 1;
        let mut bytes = writes[start].lines.len();
        while end < writes.len() && bytes + writes[end].lines.len() <= MOST_BYTES {
            bytes += writes[end].lines.len();
            end += 1;
        }
        let batch: Vec<usize> = (start..end).collect();
        send_some(client, writes, batch, &mut outcome)?;
        start = end;
    }
    let outcomes = outcome.into_iter().map(|one| one.expect("every write got an outcome"));
    Ok(outcomes.collect())
}

/// Why a write was rejected.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// 409 if another entry has the id.
    pub(crate) status: u64,
    pub(crate) reason: IndexReason,
}

/// What came of a single write.
enum ItemOutcome {
    Done,
    Refused(Refusal),
    /// The index is read-only.
    Blocked(ClusterReason),
    /// It can be tried again.
    Busy(Option<String>),
}

fn outcome_of(item: &Value) -> ItemOutcome {
    let item = item.as_object().and_then(|item| item.values().next()).unwrap_or(&Value::Null);
    let error = &item["error"];
    if is_block(error) {
        return ItemOutcome::Blocked(ClusterReason::Says {
            says: reason_of(error).unwrap_or_default(),
        });
    }
    match item["status"].as_u64().unwrap_or(0) {
        // A cluster rejects single writes with these codes in an answer with status 200.
        429 | 502 | 503 | 504 => ItemOutcome::Busy(reason_of(error)),
        200..300 if error.is_null() => ItemOutcome::Done,
        // What was to be deleted is gone already.
        _ if item["result"] == "not_found" => ItemOutcome::Done,
        status => {
            let says = reason_of(error).unwrap_or_else(|| format!("status {status}"));
            ItemOutcome::Refused(Refusal { status, reason: IndexReason::Says { says } })
        }
    }
}

/// Sends the writes that are left, again those that the cluster was too busy for.
fn send_some(
    client: &Client,
    writes: &[Write],
    mut left: Vec<usize>,
    outcome: &mut [Option<Result<(), Refusal>>],
) -> Result<(), ClusterError> {
    let began = Instant::now();
    let mut wait = std::time::Duration::from_millis(200);
    loop {
        let lines: Vec<&[u8]> = left.iter().map(|&at| writes[at].lines.as_slice()).collect();
        let lines = lines.concat();
        let answer = client.ask("POST", "/_bulk", Body::Lines(&lines), Patience::WRITING)?;
        if answer.status == 413 {
            // A proxy may accept less than the cluster does.
            if let [only] = left[..] {
                let reason = IndexReason::TooLargeForCluster;
                outcome[only] = Some(Err(Refusal { status: 413, reason }));
                return Ok(());
            }
            let half = left.split_off(left.len() / 2);
            send_some(client, writes, left, outcome)?;
            return send_some(client, writes, half, outcome);
        }
        if !answer.is_ok() {
            return Err(client.refused(ClusterStep::Writing, answer.reason()));
        }
        let items = answer.body["items"].as_array().filter(|items| items.len() == left.len());
        let Some(items) = items else {
            return Err(client.answer(ClusterReason::NoOutcomes));
        };
        let (mut busy, mut again) = (None, Vec::new());
        for (&at, item) in left.iter().zip(items) {
            match outcome_of(item) {
                ItemOutcome::Done => outcome[at] = Some(Ok(())),
                ItemOutcome::Refused(refusal) => outcome[at] = Some(Err(refusal)),
                ItemOutcome::Blocked(reason) => return Err(client.blocked(reason)),
                ItemOutcome::Busy(says) => {
                    busy = says.or(busy);
                    again.push(at);
                }
            }
        }
        if again.is_empty() {
            return Ok(());
        }
        if began.elapsed() + wait > Patience::WRITING.again {
            let reason = ClusterReason::StaysBusy { says: busy.unwrap_or_default() };
            return Err(client.refused(ClusterStep::Writing, reason));
        }
        std::thread::sleep(wait);
        wait = (wait * 2).min(std::time::Duration::from_secs(10));
        left = again;
    }
}

/// Writes that belong together. They are done when all of them were accepted.
#[derive(Default)]
pub(crate) struct Lot {
    state: Mutex<LotState>,
    done: Condvar,
}

#[derive(Default)]
struct LotState {
    left: usize,
    rejected: Vec<Rejected>,
}

impl Lot {
    fn state(&self) -> MutexGuard<'_, LotState> {
        // The state left by a worker that panicked is consistent, as counts and lists only grow.
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Waits for all answers. Returns the clauses that were rejected.
    pub(crate) fn wait(&self) -> Vec<Rejected> {
        let mut state = self.state();
        while state.left > 0 {
            state = self.done.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        std::mem::take(&mut state.rejected)
    }
}

struct Job {
    writes: Vec<Write>,
    lot: Arc<Lot>,
}

/// Sends lots of writes, several requests at a time. Callers that are faster wait.
pub(crate) struct Bulks {
    jobs: Option<SyncSender<Job>>,
    workers: Vec<JoinHandle<()>>,
    failed: Arc<Mutex<Option<ClusterError>>>,
}

impl Bulks {
    pub(crate) fn new(client: &Arc<Client>) -> Self {
        let (jobs, waiting) = sync_channel::<Job>(IN_FLIGHT);
        let waiting = Arc::new(Mutex::new(waiting));
        let failed = Arc::new(Mutex::new(None));
        let worker = |_| {
            let (client, waiting, failed) =
                (Arc::clone(client), Arc::clone(&waiting), Arc::clone(&failed));
            std::thread::spawn(move || work(&client, &waiting, &failed))
        };
        Bulks { jobs: Some(jobs), workers: (0..IN_FLIGHT).map(worker).collect(), failed }
    }

    /// Adds the writes of a lot.
    pub(crate) fn push(&self, lot: &Arc<Lot>, writes: Vec<Write>) -> Result<(), ClusterError> {
        let mut some = Vec::new();
        let mut bytes = 0;
        for write in writes {
            if bytes > 0 && bytes + write.lines.len() > MOST_BYTES {
                self.job(lot, std::mem::take(&mut some))?;
                bytes = 0;
            }
            bytes += write.lines.len();
            some.push(write);
        }
        if some.is_empty() { Ok(()) } else { self.job(lot, some) }
    }

    fn job(&self, lot: &Arc<Lot>, writes: Vec<Write>) -> Result<(), ClusterError> {
        self.failure()?;
        lot.state().left += 1;
        let job = Job { writes, lot: Arc::clone(lot) };
        let jobs = self.jobs.as_ref().expect("taken when dropped");
        jobs.send(job).expect("workers end when nothing more can come");
        Ok(())
    }

    /// The first error that concerns all writes.
    pub(crate) fn failure(&self) -> Result<(), ClusterError> {
        let mut failed = self.failed.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        failed.take().map_or(Ok(()), Err)
    }
}

impl Drop for Bulks {
    fn drop(&mut self) {
        self.jobs = None;
        for worker in self.workers.drain(..) {
            let _ = worker.join();
        }
    }
}

fn work(client: &Client, waiting: &Mutex<Receiver<Job>>, failed: &Mutex<Option<ClusterError>>) {
    loop {
        let next = waiting.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).recv();
        let Ok(Job { writes, lot }) = next else { return };
        let stop = failed.lock().is_ok_and(|failed| failed.is_some());
        let outcome = if stop { Ok(Vec::new()) } else { send(client, &writes) };
        let mut state = lot.state();
        match outcome {
            Ok(all) => {
                let refused = writes.into_iter().zip(all).filter_map(|(write, one)| {
                    let refusal = one.err()?;
                    let Named { source, id } = write.name;
                    Some(Rejected { source, clause: id, reason: refusal.reason })
                });
                state.rejected.extend(refused);
            }
            Err(error) => {
                let mut failed = failed.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                failed.get_or_insert(error);
            }
        }
        state.left -= 1;
        if state.left == 0 {
            lot.done.notify_all();
        }
    }
}
