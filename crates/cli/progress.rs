//! The progress bar of long commands, on standard error and on terminals only.

use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use tiaowen_indexer::Progress;
use tiaowen_words::fill;

use crate::language::words;
use crate::terminal::safe;

/// A bar with the bytes read, the throughput, and the current file.
pub(crate) struct Bar {
    bar: ProgressBar,
    sources: AtomicU64,
}

impl Bar {
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::new(0);
        let template = "{bar:20} {percent:>3} % · {prefix} · {decimal_bytes_per_sec} · {wide_msg}";
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.expect("the template is one").progress_chars("━╸ "));
        Bar { bar, sources: AtomicU64::new(0) }
    }

    /// Shows a step.
    pub(crate) fn show(&self, step: Progress<'_>) {
        match step {
            Progress::Scanning => self.bar.set_message(&*words().terminal.scanning),
            Progress::Found { sources, bytes } => {
                self.sources.store(sources as u64, Ordering::Relaxed);
                self.bar.set_length(bytes);
                self.bar.reset_eta();
            }
            Progress::Reading { source } => self.bar.set_message(safe(source)),
            Progress::Read { done, bytes } => {
                let sources = self.sources.load(Ordering::Relaxed);
                let values = [("done", &done as &dyn Display), ("all", &sources)];
                self.bar.set_prefix(fill(&words().terminal.files_of, &values));
                self.bar.set_position(bytes);
            }
            Progress::Committing => self.bar.set_message(&*words().terminal.committing),
        }
    }

    /// Removes the bar.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
