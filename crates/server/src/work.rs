//! Searching takes a core for a while, so it is kept off the threads that talk to clients,
//! and only so much of it goes on at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use crate::live::Snapshot;
use crate::problem::Problem;
use crate::{App, Limits};

/// Room for what goes on at once.
pub(crate) struct Work {
    room: Arc<Semaphore>,
    at_once: usize,
    waiting: AtomicUsize,
    most_waiting: usize,
    refused: AtomicU64,
    time: Duration,
}

/// How much is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Load {
    /// Requests that are worked on.
    pub(crate) running: usize,
    /// Requests that wait for room.
    pub(crate) waiting: usize,
    /// Requests that were told to come again.
    pub(crate) refused: u64,
}

impl Work {
    pub(crate) fn new(limits: &Limits) -> Self {
        Work {
            room: Arc::new(Semaphore::new(limits.at_once)),
            at_once: limits.at_once,
            waiting: AtomicUsize::new(0),
            most_waiting: limits.waiting,
            refused: AtomicU64::new(0),
            time: limits.time,
        }
    }

    pub(crate) fn load(&self) -> Load {
        Load {
            running: self.at_once.saturating_sub(self.room.available_permits()),
            waiting: self.waiting.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }

    fn refuse(&self) -> Problem {
        self.refused.fetch_add(1, Ordering::Relaxed);
        Problem::busy()
    }
}

/// A request that waits, until it is dropped: for whatever reason, a client that goes included.
struct Waiting<'w>(&'w AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Answers on one commit of the index, from its beginning to its end.
///
/// # Errors
/// [`Problem::busy`] where too many wait, [`Problem::slow`] after the time allowed (the work
/// itself goes on until it ends, and keeps its room until then).
pub(crate) async fn answer<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&App, &Snapshot) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let queue = &app.work;
    let until = Instant::now() + queue.time;
    let before = queue.waiting.fetch_add(1, Ordering::Relaxed);
    let waiting = Waiting(&queue.waiting);
    if before >= queue.most_waiting {
        return Err(queue.refuse());
    }
    let entered = timeout_at(until, Arc::clone(&queue.room).acquire_owned()).await;
    drop(waiting);
    let room = match entered {
        Ok(Ok(room)) => room,
        Ok(Err(closed)) => return Err(Problem::inside(&closed)),
        Err(_) => return Err(queue.refuse()),
    };
    let shared = Arc::clone(app);
    let task = tokio::task::spawn_blocking(move || {
        let _room = room;
        let snapshot = shared.live.snapshot();
        work(&shared, &snapshot)
    });
    match timeout_at(until, task).await {
        Ok(Ok(done)) => done,
        Ok(Err(failed)) => Err(Problem::inside(&failed)),
        Err(_) => Err(Problem::slow()),
    }
}
