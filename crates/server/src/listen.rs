//! Connections: limits of their number and of slow clients, and how they end.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, Sleep, sleep};

use crate::Limits;
use crate::access::Peer;

/// The most bytes of a request's line and headers.
const HEAD_BYTES: usize = 64 * 1024;

/// The number of open connections.
#[derive(Debug, Clone, Default)]
pub(crate) struct Open(Arc<AtomicUsize>);

impl Open {
    /// The number of open connections.
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn one(&self) -> OneOpen {
        self.0.fetch_add(1, Ordering::Relaxed);
        OneOpen(self.clone())
    }
}

struct OneOpen(Open);

impl Drop for OneOpen {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The size of the system's send buffer. The system reports free space only when a third of the
/// buffer is free. With the default of several megabytes, a slow but steady client would take
/// minutes for that, and would count as stalled.
const SENT_AHEAD: u32 = 128 * 1024;

/// The length of the system's queue of connections.
const QUEUE: u32 = 1024;

/// Listens on an address.
pub(crate) fn bound(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // As in the standard library: a port that was just closed can be reused at once.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    // Connections inherit this.
    socket.set_send_buffer_size(SENT_AHEAD)?;
    socket.bind(address)?;
    socket.listen(QUEUE)
}

/// Accepts connections until `stop`, then lets requests that are being answered finish, for a
/// while.
pub(crate) async fn listen(
    listener: TcpListener,
    service: Router,
    limits: Limits,
    open: Open,
    stop: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(limits.connections));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(HEAD_BYTES);
    tokio::pin!(stop);
    loop {
        // At the limit, further clients wait in the system's queue.
        let next = async {
            let permit = Arc::clone(&room).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // For example, without free file handles. Others may be closed soon.
                tracing::warn!(%error, "a connection can't be taken");
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // Answers are written at once, so waiting for more data only delays their ends.
        let _ = stream.set_nodelay(true);
        let stream = TokioIo::new(Patient::new(stream, limits.stall));
        let service = TowerToHyperService::new(service.clone());
        let connection = http.serve_connection(stream, OfPeer { service, peer: Peer(peer) });
        let connection = graceful.watch(connection);
        let counted = open.one();
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop((permit, counted));
        });
    }
    drop(listener);
    tracing::info!(connections = open.count(), "stopping: open requests are answered");
    tokio::select! {
        () = graceful.shutdown() => {}
        () = sleep(limits.stop) => {
            tracing::warn!(connections = open.count(), "stopped before all were answered");
        }
    }
}

/// Marks each request of a connection with the address at its other end.
struct OfPeer {
    service: TowerToHyperService<Router>,
    peer: Peer,
}

impl Service<Request<Incoming>> for OfPeer {
    type Response = Response;
    type Error = Infallible;
    type Future = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.peer);
        self.service.call(request)
    }
}

/// A connection that is closed if the client doesn't read for a while.
struct Patient {
    stream: TcpStream,
    patience: Duration,
    /// Set while the client doesn't read.
    until: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    fn new(stream: TcpStream, patience: Duration) -> Self {
        Patient { stream, patience, until: None }
    }

    /// The result of writing. An error if the client has not read for too long.
    fn written<T>(
        &mut self,
        context: &mut Context<'_>,
        done: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.until = None;
            return done;
        }
        let deadline = Instant::now() + self.patience;
        let until = self.until.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        match until.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.written(context, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
