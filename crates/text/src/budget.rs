//! Time limits and cancellation for a piece of work.
//!
//! Somebody waits for every search or comparison. Once that person is gone, or the time limit has
//! passed, further work only delays others. A [`Budget`] therefore travels with the work from
//! beginning to end, and every long loop checks it now and then. It is an explicit argument and not
//! a global, so that two pieces of work in one process have separate budgets.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// The time limit of a piece of work, and whether it was cancelled. Clones share both.
///
/// ```
/// use std::time::{Duration, Instant};
/// use tiaowen_text::{Budget, Spent};
///
/// assert_eq!(Budget::unlimited().check(), Ok(()));
/// assert_eq!(Budget::until(Instant::now()).check(), Err(Spent));
/// let budget = Budget::until(Instant::now() + Duration::from_secs(60));
/// let elsewhere = budget.clone();
/// budget.cancel();
/// assert!(elsewhere.is_spent());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Budget {
    until: Option<Instant>,
    cancelled: Arc<AtomicBool>,
}

/// The work was cancelled, or its time limit has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer took too long and was given up; ask for less at once")]
pub struct Spent;

impl Budget {
    /// A budget without a time limit; only [`cancel`](Self::cancel) ends it.
    pub fn unlimited() -> Self {
        Budget::default()
    }

    /// A budget that ends at `deadline`.
    pub fn until(deadline: Instant) -> Self {
        Budget { until: Some(deadline), ..Budget::default() }
    }

    /// Cancels the work on every thread that has a clone of this budget.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether the work should stop.
    pub fn is_spent(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
            || self.until.is_some_and(|until| Instant::now() >= until)
    }

    /// Returns an error if the work should stop, for use with `?`.
    ///
    /// # Errors
    /// [`Spent`] if the budget was cancelled or its deadline has passed.
    pub fn check(&self) -> Result<(), Spent> {
        if self.is_spent() { Err(Spent) } else { Ok(()) }
    }
}
