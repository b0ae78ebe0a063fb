//! Serves one index, read-only, to people in a browser, to programs over HTTP, and to AI assistants
//! over HTTP or standard input and output.
//!
//! A request is bound to one commit of the index from beginning to end. It is done on a thread of
//! its own with a budget of time, and cancelled when the client leaves; only so many run at once,
//! and a place is reserved for cheap ones. Pages, API and assistants read the same parameters and
//! limits, so they give the same answers.
//!
//! | question | answered by |
//! |---|---|
//! | which state of the index is used? | `live.rs` |
//! | what does a request ask for? | `ask.rs`, `paging.rs` (described by `schema.rs`) |
//! | what may a request cost? | `work.rs`, [`Limits`] |
//! | what may a connection do? | `listen.rs` |
//! | which requests are rejected? | `guard.rs` |
//! | who may ask? | `access/` |
//! | what is logged on request? | `logs.rs` |
//! | what happens for every request? | `attend.rs`, `headers.rs`, `metrics.rs` |
//! | what do programs get? | `api/` |
//! | what do people see? | `page/` |
//! | what is in a file that a page sends? | `upload.rs` |
//! | which searches are saved? | `saved.rs` |
//! | what do assistants get? | `mcp/` |
//! | how do browsers, feed readers and robots find it? | `discovery/` |
//! | what do operators check? | `health.rs` |
//! | where do links lead? | `links.rs` |

mod access;
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
mod logs;
mod mcp;
mod metrics;
mod page;
mod paging;
mod problem;
mod saved;
mod schema;
mod upload;
mod work;

use std::borrow::Cow;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use tiaowen_meaning::Meaning;
use tiaowen_query::{QueryError, Searchable};
use tiaowen_terms::TermTable;
use tiaowen_text::{ConvertError, Script};
use tiaowen_wire::Presenter;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

pub use access::{
    Access, KeyProblem, Keys, KeysError, NewKey, Proxies, ProxiesError, Rate, RateError, Right,
    Rights,
};
pub use links::{Links, LinksError, LinksReason};
pub use logs::{AuditLog, Logs, QueryCount, QueryLog, QueryLogError, QueryReport};
pub use mcp::assist;
pub use saved::{SavedSearch, SavedSearches, UnusableSearch};
pub use upload::{FileText, ReadFile};

use attend::{Numbers, attend};
use guard::Hosts;
use listen::Open;
use live::Live;
use metrics::Metrics;
use problem::Problem;
use work::Work;

/// Options of a server.
pub struct ServeOptions {
    /// The place of the index.
    pub index: Box<dyn Searchable>,
    /// The public address, for links.
    pub links: Links,
    /// The term table for queries.
    pub terms: Cow<'static, TermTable>,
    /// The vectors of the index, with the server for those of queries.
    pub meaning: Arc<Meaning>,
    /// Limits of requests.
    pub limits: Limits,
    /// What reads files that a page sends.
    pub read: ReadFile,
    /// The file of saved searches, which the start page links to. It is read each time, so that
    /// changes show at once.
    pub searches: Option<PathBuf>,
    /// Who may ask. By default, everybody on this machine.
    pub access: Access,
    /// The logs that are kept. By default, none.
    pub logs: Logs,
}

/// Limits of requests. Each is named in the error of a request that exceeds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most hits on a page.
    pub hits: usize,
    /// The most hits that can be skipped.
    pub depth: usize,
    /// The most time for an answer.
    pub time: Duration,
    /// The number of requests that are worked on at the same time. Others wait.
    pub at_once: usize,
    /// The most requests that wait. Further ones are told to come back later.
    pub waiting: usize,
    /// The most bytes of a request's address.
    pub address: usize,
    /// The most bytes of a request's body.
    pub body: usize,
    /// The most open connections. Further ones wait in the system's queue.
    pub connections: usize,
    /// The time for a request's head to arrive, from the end of the last answer.
    pub head: Duration,
    /// The time for which a client may stop reading an answer.
    pub stall: Duration,
    /// The time for open requests to finish when the process is told to stop.
    pub stop: Duration,
}

/// The most hits on a page.
pub(crate) const HITS: usize = 100;
/// The most hits that can be skipped.
pub(crate) const DEPTH: usize = 10_000;
/// The most clauses of a document, or rows of a comparison, in one answer or on one page.
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

/// Why a server can't run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The index can't be opened.
    #[error(transparent)]
    Index(#[from] QueryError),
    /// Texts can't be converted to the other script.
    #[error(transparent)]
    Convert(#[from] ConvertError),
    /// The keys can't be read.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Other machines would reach the server, and nothing says who of them may.
    #[error(
        "other machines reach {address}, and anyone there could read the index: name the proxies \
         that decide who may with --behind-proxy, or a file of keys with --api-keys"
    )]
    Unguarded {
        /// The address.
        address: SocketAddr,
    },
    /// The server can't listen on the address.
    #[error("can't listen on {address}: {source}; choose another with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The message of the system.
        source: std::io::Error,
    },
    /// The input isn't the protocol of assistants.
    #[error(
        "what came on standard input is not the Model Context Protocol: {0}; this command is \
         started by assistants, docs/assistants.md tells how"
    )]
    Protocol(String),
    /// The system denies something that a server needs.
    #[error("can't serve: {0}")]
    Io(#[from] std::io::Error),
}

/// What all answers need, over HTTP or not.
struct App {
    live: Live,
    work: Work,
    links: Links,
    terms: Cow<'static, TermTable>,
    meaning: Arc<Meaning>,
    limits: Limits,
    read: ReadFile,
    searches: Option<PathBuf>,
    logs: Logs,
    original: Presenter,
    hant: Presenter,
    hans: Presenter,
}

/// What only answers over HTTP need.
struct Site {
    app: Arc<App>,
    access: Access,
    hosts: Hosts,
    metrics: Metrics,
    numbers: Numbers,
    open: Open,
    stopping: AtomicBool,
}

impl App {
    fn new(options: ServeOptions) -> Result<Self, ServeError> {
        Ok(App {
            live: Live::open(options.index, options.terms.clone(), Arc::clone(&options.meaning))?,
            work: Work::new(&options.limits),
            links: options.links,
            terms: options.terms,
            meaning: options.meaning,
            limits: options.limits,
            read: options.read,
            searches: options.searches,
            logs: options.logs,
            original: Presenter::new(None)?,
            hant: Presenter::new(Some(Script::Hant))?,
            hans: Presenter::new(Some(Script::Hans))?,
        })
    }

    /// The presenter for a script. `None`: as printed.
    fn presenter(&self, shown: Option<Script>) -> &Presenter {
        match shown {
            Some(Script::Hant) => &self.hant,
            Some(Script::Hans) => &self.hans,
            _ => &self.original,
        }
    }
}

impl Site {
    fn new(address: SocketAddr, access: Access, app: Arc<App>) -> Self {
        Site {
            access,
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
    let answers = answers.merge(mcp::router(&site.app));
    let all = health::router().merge(answers.with_state(Arc::clone(&site.app)));
    let all = match site.app.links.base() {
        // A proxy may pass the path on with or without the base path.
        base if !base.is_empty() => all.clone().nest(base, all),
        _ => all,
    };
    all.layer(CatchPanicLayer::custom(panicked))
        .layer(CompressionLayer::new().gzip(true))
        .layer(from_fn_with_state(Arc::clone(site), attend))
        .with_state(Arc::clone(site))
}

/// The answer after a panic.
fn panicked(panic: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    let message = panic.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
    Problem::inside(&message.unwrap_or("a panic")).into_response()
}

/// Serves on `address` until the process is told to stop (SIGINT, SIGTERM), and lets requests that
/// are being answered finish. `ready` is called with the address once connections are accepted. It
/// has the port if port 0 was requested.
///
/// # Errors
/// When the index can't be opened, or the server can't listen on the address.
pub fn serve(
    address: SocketAddr,
    options: ServeOptions,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    serve_until(address, options, ready, stop_signal)
}

/// Like [`serve`], until the future returned by `stop` ends. `stop` is called inside the server's
/// runtime, before `ready`, so that no signal is lost after the address is known.
///
/// # Errors
/// When the index can't be opened, the server can't listen on the address, or `stop` fails.
pub fn serve_until<S: Future<Output = ()>>(
    address: SocketAddr,
    options: ServeOptions,
    ready: impl FnOnce(SocketAddr),
    stop: impl FnOnce() -> std::io::Result<S>,
) -> Result<(), ServeError> {
    let mut options = options;
    // The rest is left for files of the index and for the system.
    let most = open_files().map_or(usize::MAX, |files| (files / 4 * 3).max(1));
    options.limits.connections = options.limits.connections.min(most);
    let access = std::mem::take(&mut options.access);
    if !address.ip().is_loopback() && !access.guards() {
        return Err(ServeError::Unguarded { address });
    }
    let site = Arc::new(Site::new(address, access, Arc::new(App::new(options)?)));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let listener =
            listen::bound(address).map_err(|source| ServeError::Listen { address, source })?;
        let stop = stop()?;
        ready(listener.local_addr()?);
        let follower = tokio::spawn(live::follow(Arc::clone(&site.app)));
        let files = tokio::spawn(follow_files(Arc::clone(&site)));
        let stop = async {
            stop.await;
            site.stopping.store(true, Ordering::Relaxed);
        };
        listen::listen(listener, router(&site), site.app.limits, site.open.clone(), stop).await;
        follower.abort();
        files.abort();
        Ok(())
    });
    // Cancelled work may still be running. Nobody waits for it.
    runtime.shutdown_background();
    served
}

/// The interval of looking for changed files of keys, and logs that were moved away.
const LOOK: Duration = Duration::from_millis(500);

/// Follows the file of keys and the logs.
async fn follow_files(site: Arc<Site>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let looking = Arc::clone(&site);
        let looked = tokio::task::spawn_blocking(move || {
            looking.app.logs.follow();
            looking.access.keys.as_ref().map(Keys::refresh)
        });
        match looked.await {
            Ok(Some(Ok(Some(keys)))) => tracing::info!(keys, "the changed file of keys is used"),
            Ok(Some(Err(error))) => {
                tracing::error!(%error, "the file of keys can't be read; the keys stay as they were");
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "following files"),
        }
    }
}

/// The most files that the process may have open, including connections. `None` if the system
/// doesn't say.
fn open_files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Ends when the process is told to stop.
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

/// Ends when the process is told to stop.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
