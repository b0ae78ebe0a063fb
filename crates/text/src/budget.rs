//! How long a piece of work may go on.
//!
//! A search or a comparison is done for somebody who waits for it. Where that one is gone, or the
//! time allowed is over, whatever is still done for it only keeps others waiting. So the work
//! carries one value from its beginning to its end, and each of its loops looks at it every so
//! often. It is passed on explicitly: two pieces of work in one process have two budgets.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// The time that a piece of work may take, and whether it is still wanted. Clones share both.
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

/// The work was cancelled, or its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer took too long and was given up; ask for less at once")]
pub struct Spent;

impl Budget {
    /// Goes on until the work is done or cancelled.
    pub fn unlimited() -> Self {
        Budget::default()
    }

    /// Goes on until then at most.
    pub fn until(deadline: Instant) -> Self {
        Budget { until: Some(deadline), ..Budget::default() }
    }

    /// Ends the work, wherever it is done.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether the work should end.
    pub fn is_spent(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
            || self.until.is_some_and(|until| Instant::now() >= until)
    }

    /// Says whether to go on, for work that returns errors.
    ///
    /// # Errors
    /// [`Spent`] where the work should end.
    pub fn check(&self) -> Result<(), Spent> {
        if self.is_spent() { Err(Spent) } else { Ok(()) }
    }
}
