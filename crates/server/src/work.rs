//! Searching takes a core for a while, so it is kept off the threads that talk to clients,
//! and only so much of it goes on at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::live::Snapshot;
use crate::problem::Problem;
use crate::{App, Limits};

/// Room for what goes on at once.
pub(crate) struct Work {
    room: Arc<Semaphore>,
    waiting: AtomicUsize,
    most_waiting: usize,
    time: Duration,
}

impl Work {
    pub(crate) fn new(limits: &Limits) -> Self {
        Work {
            room: Arc::new(Semaphore::new(limits.at_once)),
            waiting: AtomicUsize::new(0),
            most_waiting: limits.waiting,
            time: limits.time,
        }
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
    if queue.waiting.fetch_add(1, Ordering::Relaxed) >= queue.most_waiting {
        queue.waiting.fetch_sub(1, Ordering::Relaxed);
        return Err(Problem::busy());
    }
    let entered = tokio::time::timeout(queue.time, Arc::clone(&queue.room).acquire_owned()).await;
    queue.waiting.fetch_sub(1, Ordering::Relaxed);
    let room = match entered {
        Ok(Ok(room)) => room,
        Ok(Err(closed)) => return Err(Problem::inside(&closed)),
        Err(_) => return Err(Problem::busy()),
    };
    let shared = Arc::clone(app);
    let task = tokio::task::spawn_blocking(move || {
        let _room = room;
        let snapshot = shared.live.snapshot();
        work(&shared, &snapshot)
    });
    match tokio::time::timeout(queue.time, task).await {
        Ok(Ok(done)) => done,
        Ok(Err(failed)) => Err(Problem::inside(&failed)),
        Err(_) => Err(Problem::slow()),
    }
}
