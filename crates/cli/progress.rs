//! The progress bar of long commands, on standard error and on terminals only.

use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use tiaowen_extract::Recognising;
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
            Progress::Recognising { source, pages } => {
                self.bar.set_message(pages_line(source, pages))
            }
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

/// How far the recognition of a file is.
fn pages_line(source: &str, pages: Recognising) -> String {
    let (source, rate) = (safe(source), format!("{:.0}", pages.per_minute));
    let values: [(&str, &dyn Display); 4] =
        [("source", &source), ("done", &pages.done), ("pages", &pages.pages), ("rate", &rate)];
    fill(&words().terminal.recognising, &values)
}

/// How far the recognition of a single file is, on a terminal only.
pub(crate) struct Pages(ProgressBar);

impl Pages {
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::new(0);
        let style = ProgressStyle::with_template("{bar:20} {percent:>3} % · {wide_msg}");
        bar.set_style(style.expect("the template is one").progress_chars("━╸ "));
        Pages(bar)
    }

    /// Shows how far a file is.
    pub(crate) fn show(&self, source: &str, pages: Recognising) {
        self.0.set_length(pages.pages as u64);
        self.0.set_position(pages.done as u64);
        self.0.set_message(pages_line(source, pages));
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
