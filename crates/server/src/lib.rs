//! One index for people in a browser, for programs over HTTP and for assistants over standard
//! input and output, read-only.
//!
//! | question | answered by |
//! |---|---|
//! | which state of the index answers? | `live.rs` |
//! | what was asked? | `ask.rs`, `paging.rs` (`schema.rs` describes it) |
//! | what may a request cost? | `work.rs`, [`Limits`] |
//! | what may a connection do? | `listen.rs` |
//! | what is not answered at all? | `guard.rs` |
//! | what is done for every request? | `attend.rs`, `headers.rs`, `metrics.rs` |
//! | what do programs get? | `api/` |
//! | what do people see? | `page/` |
//! | what do assistants get? | `mcp/` |
//! | how is it found and followed from elsewhere? | `discovery/` |
//! | what do those who run it ask? | `health.rs` |
//! | where do links lead? | `links.rs` |

mod api;
mod ask;
mod attend;
mod discovery;
mod guard;
mod headers;
mod health;
mod links;
mod listen;
mod live;
mod mcp;
mod metrics;
mod page;
mod paging;
mod problem;
mod schema;
mod work;

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use tiaowen_query::{QueryError, Searchable};
use tiaowen_terms::TermTable;
use tiaowen_text::{ConvertError, Script};
use tiaowen_wire::Presenter;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

pub use links::{Links, LinksError};
pub use mcp::assist;

use attend::{Numbers, attend};
use guard::Hosts;
use listen::Open;
use live::Live;
use metrics::Metrics;
use problem::Problem;
use work::Work;

/// How to serve.
pub struct ServeOptions {
    /// Where the index lies.
    pub index: Box<dyn Searchable>,
    /// Where links of pages and answers lead: below this address.
    pub links: Links,
    /// The term table that queries are widened by.
    pub terms: Cow<'static, TermTable>,
    /// What requests may cost.
    pub limits: Limits,
}

/// What requests may cost; each limit is told to who meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Hits on a page at most.
    pub hits: usize,
    /// How deep pages go: as many hits can be passed over at most.
    pub depth: usize,
    /// Time for an answer.
    pub time: Duration,
    /// Requests that are worked on at once; others wait.
    pub at_once: usize,
    /// Requests that wait at most; further ones are told to come again.
    pub waiting: usize,
    /// Bytes of a request's address.
    pub address: usize,
    /// Bytes of a request's body.
    pub body: usize,
    /// Connections that are open at once; further ones wait in the system's queue.
    pub connections: usize,
    /// Time for a request's head to come, from the end of the last answer on.
    pub head: Duration,
    /// Time that a client may take nothing of an answer.
    pub stall: Duration,
    /// Time for open requests to end when the process is told to stop.
    pub stop: Duration,
}

/// Hits on a page at most.
pub(crate) const HITS: usize = 100;
/// Hits that can be passed over at most.
pub(crate) const DEPTH: usize = 10_000;
/// Clauses of a document, or rows of a comparison, that are given or shown at once; further ones are
/// on other pages.
pub(crate) const PAGE: usize = 500;

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Limits {
            hits: HITS,
            depth: DEPTH,
            time: Duration::from_secs(10),
            at_once: cores,
            waiting: 32 * cores,
            address: 16 * 1024,
            body: 64 * 1024,
            connections: 1024,
            head: Duration::from_secs(10),
            stall: Duration::from_secs(30),
            stop: Duration::from_secs(10),
        }
    }
}

/// Why nothing can be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The index can't be opened.
    #[error(transparent)]
    Index(#[from] QueryError),
    /// Texts can't be shown in the other script.
    #[error(transparent)]
    Convert(#[from] ConvertError),
    /// The address can't be listened on.
    #[error("can't listen on {address}: {source}; choose another with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// What came is not the protocol that assistants speak.
    #[error(
        "what came on standard input is not the Model Context Protocol: {0}; this command is \
         started by assistants, docs/assistants.md tells how"
    )]
    Protocol(String),
    /// The system refuses what a server needs.
    #[error("can't serve: {0}")]
    Io(#[from] std::io::Error),
}

/// What all answers share, whoever asks.
struct App {
    live: Live,
    work: Work,
    links: Links,
    terms: Cow<'static, TermTable>,
    limits: Limits,
    original: Presenter,
    hant: Presenter,
    hans: Presenter,
}

/// What all requests over HTTP share in addition.
struct Site {
    app: Arc<App>,
    hosts: Hosts,
    metrics: Metrics,
    numbers: Numbers,
    open: Open,
    stopping: AtomicBool,
}

impl App {
    fn new(options: ServeOptions) -> Result<Self, ServeError> {
        Ok(App {
            live: Live::open(options.index, options.terms.clone())?,
            work: Work::new(&options.limits),
            links: options.links,
            terms: options.terms,
            limits: options.limits,
            original: Presenter::new(None)?,
            hant: Presenter::new(Some(Script::Hant))?,
            hans: Presenter::new(Some(Script::Hans))?,
        })
    }

    /// What shows texts in a script; as printed for `None`.
    fn presenter(&self, shown: Option<Script>) -> &Presenter {
        match shown {
            Some(Script::Hant) => &self.hant,
            Some(Script::Hans) => &self.hans,
            _ => &self.original,
        }
    }
}

impl Site {
    fn new(address: SocketAddr, app: Arc<App>) -> Self {
        Site {
            hosts: Hosts::of(address, &app.links),
            metrics: Metrics::new(),
            numbers: Numbers::new(),
            open: Open::default(),
            stopping: AtomicBool::new(false),
            app,
        }
    }
}

fn router(site: &Arc<Site>) -> Router {
    let answers = api::router().merge(discovery::router()).merge(page::router());
    let all = health::router().merge(answers.with_state(Arc::clone(&site.app)));
    let all = match site.app.links.base() {
        // A proxy may hand the path on whole or without its beginning.
        base if !base.is_empty() => all.clone().nest(base, all),
        _ => all,
    };
    all.layer(CatchPanicLayer::custom(panicked))
        .layer(CompressionLayer::new().gzip(true))
        .layer(from_fn_with_state(Arc::clone(site), attend))
        .with_state(Arc::clone(site))
}

/// The answer where the program is at fault.
fn panicked(panic: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    let told = panic.downcast_ref::<String>().map(String::as_str);
    let told = told.or_else(|| panic.downcast_ref::<&str>().copied());
    Problem::inside(&told.unwrap_or("a panic")).into_response()
}

/// Serves on `address` until the process is told to stop (SIGINT, SIGTERM), and lets requests
/// that are being answered end. `ready` hears the address once connections are taken, which
/// tells the port where port 0 was asked for.
///
/// # Errors
/// When the index can't be opened or the address can't be listened on.
pub fn serve(
    address: SocketAddr,
    options: ServeOptions,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    serve_until(address, options, ready, stop_signal)
}

/// The same until what `stop` gives ends. `stop` is called inside the server's runtime, before
/// `ready`, so that no signal is missed by who was told the address.
///
/// # Errors
/// When the index can't be opened, the address can't be listened on, or `stop` fails.
pub fn serve_until<S: Future<Output = ()>>(
    address: SocketAddr,
    options: ServeOptions,
    ready: impl FnOnce(SocketAddr),
    stop: impl FnOnce() -> std::io::Result<S>,
) -> Result<(), ServeError> {
    let mut options = options;
    // The rest is for files of the index and what the system keeps.
    let most = open_files().map_or(usize::MAX, |files| (files / 4 * 3).max(1));
    options.limits.connections = options.limits.connections.min(most);
    let site = Arc::new(Site::new(address, Arc::new(App::new(options)?)));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let listener =
            listen::bound(address).map_err(|source| ServeError::Listen { address, source })?;
        let stop = stop()?;
        ready(listener.local_addr()?);
        let follower = tokio::spawn(live::follow(Arc::clone(&site.app)));
        let stop = async {
            stop.await;
            site.stopping.store(true, Ordering::Relaxed);
        };
        listen::listen(listener, router(&site), site.app.limits, site.open.clone(), stop).await;
        follower.abort();
        Ok(())
    });
    // Work that was given up may still go on; nobody waits for it.
    runtime.shutdown_background();
    served
}

/// How many files, connections among them, the process may have open; `None` where the system
/// doesn't say.
fn open_files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// What ends when the process is told to stop.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// What ends when the process is told to stop.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
