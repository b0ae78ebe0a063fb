//! PDFs.
//!
//! Ordinary PDFs are read by the reader in this crate, which knows where each line is. It refuses
//! rare forms of compression, encoding and damage instead of supporting them all; poppler's
//! `pdftotext` reads those if it is installed, without positions.

mod columns;
mod guard;
mod layout;
mod lines;
mod margin;
mod notes;
mod reader;
mod tables;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use memchr::memmem;
use tiaowen_blocks::{Layout, SourceText};

use crate::ExtractError;
use guard::{Refusal, guarded};
pub(crate) use lines::Glyph;
pub(crate) use reader::Drawn;

/// A page takes milliseconds; a file that takes longer than this is an endless loop or a
/// decompression bomb.
const SECONDS: u64 = 120;
/// Time limit of the reader in this crate.
const OWN_SECONDS: u64 = 20;
/// Maximum size of the text: a book of some thousand pages.
const MOST: u64 = 64 * 1024 * 1024;
/// Maximum size of error messages that are read.
const MOST_SAID: u64 = 64 * 1024;
/// Memory limit of `pdftotext`; some loops make it use all there is.
#[cfg(target_os = "linux")]
const MOST_MEMORY: u64 = 2 * 1024 * 1024 * 1024;

/// Reads a PDF line by line; each page ends with a form feed. The reader in this crate also reports
/// the role and position of each line.
///
/// # Errors
/// If there is no text layer; or if the reader in this crate refuses the file and `pdftotext` isn't
/// installed, can't read it either, or takes too long.
pub fn pdf(bytes: &[u8]) -> Result<SourceText<'static>, ExtractError> {
    if !bytes.iter().take(1024).copied().collect::<Vec<u8>>().windows(5).any(|w| w == b"%PDF-") {
        let reason = "it doesn't begin as a PDF".to_owned();
        return Err(ExtractError::Damaged { format: "PDF", reason });
    }
    match reader::read(bytes, Duration::from_secs(OWN_SECONDS)) {
        Ok(read) if is_blank(&read.text) => Err(ExtractError::Scan),
        Ok(read) => Ok(read),
        // `pdftotext` writes lines and form feeds without positions.
        Err(refusal) => {
            let text = Cow::Owned(pdftotext(bytes, refusal)?);
            Ok(SourceText { text, layout: Layout::Plain, left_out: Vec::new(), encoding: None })
        }
    }
}

/// Lays out pages drawn by the reader of another format. The error says why they can't be.
pub(crate) fn laid_out(pages: Vec<Drawn>) -> Result<SourceText<'static>, &'static str> {
    let written = guarded(|| {
        let pages: Vec<lines::PageLines> = pages.into_iter().map(lines::page).collect();
        layout::written(&pages)
    });
    written.map_err(|refusal| refusal.0)
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// The output of `pdftotext` for a file that the reader in this crate refuses.
fn pdftotext(bytes: &[u8], refusal: Refusal) -> Result<String, ExtractError> {
    let child = Command::new("pdftotext")
        .args(["-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(ExtractError::Reader {
                format: "PDF",
                reason: refusal.0,
                program: "pdftotext",
                package: "poppler-utils",
            });
        }
        Err(error) => return Err(damaged(&error)),
    };
    limit_memory(&child);
    let Answer { text, said, outcome } = converse(&mut child, bytes)?;
    if text.len() as u64 > MOST {
        return Err(ExtractError::TooLarge { most: MOST });
    }
    // Text in an unsupported character set is omitted without an error status.
    if memmem::find(&said, b"Missing language pack").is_some() {
        return Err(ExtractError::Reader {
            format: "PDF",
            reason: refusal.0,
            program: "pdftotext with poppler-data",
            package: "poppler-data",
        });
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    if is_gibberish(&text) {
        let reason = "a font doesn't tell what its characters are".to_owned();
        return Err(ExtractError::Damaged { format: "PDF", reason });
    }
    if !is_blank(&text) {
        return Ok(text);
    }
    if outcome {
        return Err(ExtractError::Scan);
    }
    Err(ExtractError::Damaged { format: "PDF", reason: refusal.0.to_owned() })
}

/// Whether a text consists of codes that no font explains: symbols, control and private-use
/// characters.
fn is_gibberish(text: &str) -> bool {
    let (mut letters, mut codes) = (0_usize, 0_usize);
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        match c {
            '.' | '_' | '-' | ',' | '(' | ')' => {}
            c if c.is_control() || matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{FFFD}') => codes += 3,
            c if c.is_ascii_punctuation() => codes += 1,
            c if c.is_alphanumeric() => letters += 1,
            _ => {}
        }
    }
    codes > 20 && codes * 3 > letters
}

/// Limits the memory. The process reads nothing before, because its input is written later.
#[cfg(target_os = "linux")]
fn limit_memory(child: &Child) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};

    let limit = Rlimit { current: Some(MOST_MEMORY), maximum: Some(MOST_MEMORY) };
    let child = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    // If the child has ended, its exit status says why.
    let _ = child.map(|child| prlimit(Some(child), Resource::As, limit));
}

#[cfg(not(target_os = "linux"))]
fn limit_memory(_: &Child) {}

fn damaged(error: &io::Error) -> ExtractError {
    ExtractError::Damaged { format: "PDF", reason: error.to_string() }
}

/// The output of a program.
struct Answer {
    text: Vec<u8>,
    /// The beginning of its error messages.
    said: Vec<u8>,
    /// Whether it succeeded.
    outcome: bool,
}

/// Sends bytes to a program and reads its output, with limits of [`SECONDS`] and [`MOST`] bytes.
fn converse(child: &mut Child, bytes: &[u8]) -> Result<Answer, ExtractError> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        scope.spawn(move || {
            if let Some(mut stdin) = stdin {
                // A program that stops reading has its reasons, reported elsewhere.
                let _ = stdin.write_all(bytes);
            }
        });
        let text = scope.spawn(move || {
            let mut all = Vec::new();
            if let Some(stdout) = stdout {
                let _ = stdout.take(MOST + 1).read_to_end(&mut all);
            }
            all
        });
        let said = scope.spawn(move || {
            let mut said = Vec::new();
            if let Some(mut stderr) = stderr {
                let _ = stderr.by_ref().take(MOST_SAID).read_to_end(&mut said);
                // A full pipe would block it.
                let _ = io::copy(&mut stderr, &mut io::sink());
            }
            said
        });
        let started = Instant::now();
        let outcome = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Ok(status.success()),
                Ok(None) if started.elapsed() < Duration::from_secs(SECONDS) => {
                    thread::sleep(Duration::from_millis(5));
                }
                Ok(None) => {
                    let _ = child.kill();
                    let _ = child.wait();
                    break Err(ExtractError::Slow { seconds: SECONDS });
                }
                Err(error) => break Err(damaged(&error)),
            }
            // The text is complete; more output would not be read.
            if text.is_finished() {
                thread::sleep(Duration::from_millis(5));
                if !matches!(child.try_wait(), Ok(Some(_))) {
                    let _ = child.kill();
                }
            }
        };
        let (text, said) = (text.join().unwrap_or_default(), said.join().unwrap_or_default());
        outcome.map(|outcome| Answer { text, said, outcome })
    })
}
