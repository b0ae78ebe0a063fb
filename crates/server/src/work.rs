//! Runs requests on threads that don't talk to clients, and limits how many run at the same time.
//!
//! Searching keeps a core busy for a while. Work ends when its time is over, or when the client has
//! left (hyper then drops the future of the answer). Some requests are allowed to take long. So
//! that they can't block all others, one place is reserved for requests whose address promises
//! little work.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tiaowen_text::Budget;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::live::View;
use crate::problem::Problem;
use crate::{App, Limits};

/// The places for requests that run at the same time.
pub(crate) struct Work {
    room: Arc<Semaphore>,
    at_once: usize,
    /// The place reserved for cheap requests.
    kept: Arc<Semaphore>,
    waiting: AtomicUsize,
    most_waiting: usize,
    refused: AtomicU64,
    time: Duration,
}

/// The current load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Load {
    /// Requests that are running.
    pub(crate) running: usize,
    /// Requests that wait for a place.
    pub(crate) waiting: usize,
    /// Requests that were told to come back later.
    pub(crate) refused: u64,
}

impl Work {
    pub(crate) fn new(limits: &Limits) -> Self {
        Work {
            room: Arc::new(Semaphore::new(limits.at_once)),
            at_once: limits.at_once,
            kept: Arc::new(Semaphore::new(KEPT)),
            waiting: AtomicUsize::new(0),
            most_waiting: limits.waiting,
            refused: AtomicU64::new(0),
            time: limits.time,
        }
    }

    pub(crate) fn load(&self) -> Load {
        Load {
            running: (self.at_once + KEPT)
                .saturating_sub(self.room.available_permits() + self.kept.available_permits()),
            waiting: self.waiting.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }

    fn refuse(&self) -> Problem {
        self.refused.fetch_add(1, Ordering::Relaxed);
        Problem::busy()
    }
}

/// A waiting request, until it is dropped for whatever reason.
struct Waiting<'w>(&'w AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The number of places reserved for cheap requests.
const KEPT: usize = 1;

/// The expected amount of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cost {
    /// A short search, or a page of a document.
    Cheap,
    /// Possibly long: comparisons, long lists, pasted texts.
    Open,
}

impl Cost {
    /// The longest query string of a cheap request: some fifty Han characters, percent-encoded.
    const SHORT: usize = 512;

    /// The cost that an address promises.
    pub(crate) fn of(path: &str, query: &str) -> Self {
        let is_open = ["/compare", "/concordance", "/feed"].iter().any(|end| path.ends_with(end));
        // The page looks up each entry in the index; the list for programs doesn't.
        let looks_up = path.ends_with("/terms") && !path.contains("/api/");
        if is_open || looks_up { Cost::Open } else { Cost::of_query(query) }
    }

    /// The cost that the length of a query promises.
    pub(crate) fn of_query(query: &str) -> Self {
        if query.len() > Cost::SHORT { Cost::Open } else { Cost::Cheap }
    }
}

impl Work {
    /// Waits for a place.
    async fn enter(&self, cost: Cost) -> Result<OwnedSemaphorePermit, AcquireError> {
        let room = Arc::clone(&self.room).acquire_owned();
        match cost {
            Cost::Open => room.await,
            Cost::Cheap => tokio::select! {
                biased;
                entered = room => entered,
                entered = Arc::clone(&self.kept).acquire_owned() => entered,
            },
        }
    }
}

/// Cancels work when it is dropped, as nobody waits for it any more.
struct CancelOnDrop(Budget);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Answers a request on one commit of the index.
///
/// # Errors
/// [`Problem::busy`] if too many wait, [`Problem::slow`] after the time limit.
pub(crate) async fn answer<T: Send + 'static>(
    app: &Arc<App>,
    cost: Cost,
    work: impl FnOnce(&App, &View) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let queue = &app.work;
    let until = Instant::now() + queue.time;
    let before = queue.waiting.fetch_add(1, Ordering::Relaxed);
    let waiting = Waiting(&queue.waiting);
    if before >= queue.most_waiting {
        return Err(queue.refuse());
    }
    let entered = timeout_at(until, queue.enter(cost)).await;
    drop(waiting);
    match entered {
        Ok(Ok(room)) => within(app, room, until, work).await,
        Ok(Err(closed)) => Err(Problem::inside(&closed)),
        Err(_) => Err(queue.refuse()),
    }
}

/// Like [`answer`], for the only client of a process. Its requests wait for one another, however
/// many it sends at once, and the time of each begins with its work.
///
/// # Errors
/// [`Problem::slow`] after the time limit.
pub(crate) async fn answer_in_turn<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&App, &View) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let room = app.work.enter(Cost::Open).await.map_err(|closed| Problem::inside(&closed))?;
    within(app, room, Instant::now() + app.work.time, work).await
}

/// Works on one commit with a place until a deadline.
async fn within<T: Send + 'static>(
    app: &Arc<App>,
    room: OwnedSemaphorePermit,
    until: Instant,
    work: impl FnOnce(&App, &View) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let app = Arc::clone(app);
    done(room, until, move |budget| work(&app, &View::new(app.live.snapshot(), budget))).await
}

/// Works with a budget. Dropping the future cancels the work.
async fn done<T: Send + 'static>(
    room: OwnedSemaphorePermit,
    until: Instant,
    work: impl FnOnce(Budget) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let budget = Budget::until(until.into_std());
    let _ends = CancelOnDrop(budget.clone());
    let task = tokio::task::spawn_blocking(move || {
        let _room = room;
        work(budget)
    });
    match timeout_at(until, task).await {
        Ok(Ok(done)) => done,
        Ok(Err(failed)) => Err(Problem::inside(&failed)),
        Err(_) => Err(Problem::slow()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Works until it is cancelled.
    fn endless(budget: Budget) -> Result<(), Problem> {
        while !budget.is_spent() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    #[tokio::test]
    async fn work_ends_when_its_client_is_gone() {
        let work = Work::new(&Limits { at_once: 1, ..Limits::default() });
        let room = work.enter(Cost::Open).await.unwrap();
        let far = Instant::now() + Duration::from_secs(600);
        let task = tokio::spawn(done(room, far, endless));
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(work.load().running, 1);
        task.abort();
        // The place is free only once the work has ended.
        let room = timeout_at(Instant::now() + Duration::from_secs(60), work.enter(Cost::Open));
        assert!(room.await.is_ok(), "the work goes on for nobody");
    }

    #[tokio::test]
    async fn work_ends_when_its_time_is_over() {
        let work = Work::new(&Limits { at_once: 1, ..Limits::default() });
        let room = work.enter(Cost::Open).await.unwrap();
        let result = done(room, Instant::now() + Duration::from_millis(20), endless).await;
        assert!(result.is_ok() || result.unwrap_err().status() == 504);
        let room = timeout_at(Instant::now() + Duration::from_secs(60), work.enter(Cost::Open));
        assert!(room.await.is_ok(), "the work goes on for nobody");
    }

    #[tokio::test]
    async fn cheap_requests_pass_by_those_that_take_all_other_room() {
        let work = Work::new(&Limits { at_once: 2, ..Limits::default() });
        let _one = work.enter(Cost::Open).await.unwrap();
        let _other = work.enter(Cost::Open).await.unwrap();
        let soon = || Instant::now() + Duration::from_millis(50);
        assert!(timeout_at(soon(), work.enter(Cost::Open)).await.is_err());
        let cheap = timeout_at(soon(), work.enter(Cost::Cheap)).await;
        assert!(cheap.is_ok());
        assert_eq!(work.load().running, 3);
    }

    #[test]
    fn what_may_take_long_leaves_the_kept_place_free() {
        for (path, query) in
            [("/", "q=%E5%90%88"), ("/documents/abc", ""), ("/api/v1/search", "q=a")]
        {
            assert_eq!(Cost::of(path, query), Cost::Cheap, "{path}");
        }
        let long = format!("q={}", "%E4%B8%80".repeat(200));
        for (path, query) in [("/compare", "left=a&right=b"), ("/", &long), ("/feed", "q=a")] {
            assert_eq!(Cost::of(path, query), Cost::Open, "{path}");
        }
    }
}
