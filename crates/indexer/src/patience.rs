//! Limits the time that a run loses to files whose reading never ends.
//!
//! Reading a PDF or converting an old document is stopped after some minutes, however small it is.
//! A thousand of those would keep a run busy for days. After a run has lost [`MOST`] to them, it
//! defers all further files of these formats. They are reported and are left to the next run;
//! before it, the user can remove the files that were stopped.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tiaowen_extract::{ExtractError, Kind};

use crate::{ReadError, SourceProblem, Unread};

/// The time that a run may lose to files that were stopped.
const MOST: Duration = Duration::from_secs(20 * 60);

/// The time lost so far, in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Patience(AtomicU64);

impl Patience {
    /// Reads a source, unless it may be slow and no time is left.
    pub(crate) fn spend<T>(
        &self,
        source: &str,
        read: impl FnOnce() -> Result<T, Unread>,
    ) -> Result<T, Unread> {
        let may_be_slow =
            matches!(Kind::of(Path::new(source)), Ok(Kind::Pdf | Kind::Office | Kind::Picture));
        if may_be_slow && self.0.load(Ordering::Relaxed) >= MOST.as_millis() as u64 {
            return Err(SourceProblem::Deferred { minutes: MOST.as_secs() / 60 }.into());
        }
        let began = Instant::now();
        let outcome = read();
        if let Err(Unread::Read(ReadError::Extract(ExtractError::Slow { .. }))) = &outcome {
            self.lose(began.elapsed());
        }
        outcome
    }

    fn lose(&self, time: Duration) {
        self.0.fetch_add(time.as_millis() as u64, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_lost_its_time_to_pdfs_reads_no_more_of_them() {
        let patience = Patience::default();
        let slow = || Err::<(), _>(ExtractError::Slow { seconds: 120 }.into());
        assert!(patience.spend("a.pdf", slow).is_err());
        assert!(patience.spend("b.pdf", || Ok(())).is_ok());
        patience.lose(MOST);
        let deferred = patience.spend("c.pdf", || Ok(())).unwrap_err();
        assert!(deferred.to_string().contains("index again"), "{deferred}");
        assert!(patience.spend("d.txt", || Ok(())).is_ok());
    }
}
