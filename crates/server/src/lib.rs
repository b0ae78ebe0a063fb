//! One index for people in a browser and for programs over HTTP, read-only.
//!
//! | question | answered by |
//! |---|---|
//! | which state of the index answers? | `live.rs` |
//! | what was asked? | `ask.rs` |
//! | what may a request cost? | `work.rs`, [`Limits`] |
//! | what do programs get? | `api/` |
//! | what do people see? | `page/` |
//! | where do links lead? | `links.rs` |

mod api;
mod ask;
mod links;
mod live;
mod page;
mod problem;
mod work;

use std::borrow::Cow;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tiaowen_query::QueryError;
use tiaowen_terms::TermTable;
use tiaowen_text::{ConvertError, Script};
use tiaowen_wire::Presenter;

pub use links::{Links, LinksError};
use live::Live;
use work::Work;

/// How to serve.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder of the index.
    pub index: PathBuf,
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
    /// How deep pages go: the last hit that can be reached.
    pub depth: usize,
    /// Time for an answer.
    pub time: Duration,
    /// Requests that are worked on at once; others wait.
    pub at_once: usize,
    /// Requests that wait at most; further ones are told to come again.
    pub waiting: usize,
    /// Bytes of a request's body.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Limits {
            hits: 100,
            depth: 10_000,
            time: Duration::from_secs(10),
            at_once: cores,
            waiting: 32 * cores,
            body: 64 * 1024,
        }
    }
}

/// Why nothing can be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
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
    /// The system refuses what a server needs.
    #[error("can't serve: {0}")]
    Io(#[from] std::io::Error),
}

/// What all requests share.
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

impl App {
    fn new(options: Options) -> Result<Self, ServeError> {
        Ok(App {
            live: Live::open(options.index, &options.terms)?,
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

fn router(app: Arc<App>) -> Router {
    let all = Router::new().merge(api::router()).merge(page::router());
    let all = match app.links.base() {
        // A proxy may hand the path on whole or without its beginning.
        base if !base.is_empty() => all.clone().nest(base, all),
        _ => all,
    };
    all.with_state(app)
}

/// Serves on `address` until the process is told to stop (SIGINT, SIGTERM), and lets requests
/// that are being answered end. `ready` hears the address once connections are taken, which
/// tells the port where port 0 was asked for.
///
/// # Errors
/// When the index can't be opened or the address can't be listened on.
pub fn serve(
    address: SocketAddr,
    options: Options,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let app = Arc::new(App::new(options)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .map_err(|source| ServeError::Listen { address, source })?;
        ready(listener.local_addr()?);
        let follower = tokio::spawn(live::follow(Arc::clone(&app)));
        axum::serve(listener, router(Arc::clone(&app)))
            .with_graceful_shutdown(told_to_stop())
            .await?;
        follower.abort();
        Ok(())
    })
}

/// Ends when the process is told to stop.
async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
