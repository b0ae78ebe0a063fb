//! PDFs: what ordinary ones say is read here; what is packed, encoded or damaged in rarer ways by
//! poppler's `pdftotext`, where it is installed.

mod guard;
mod layout;
mod lines;
mod reader;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tiaowen_blocks::{Layout, SourceText};

use crate::ExtractError;
use guard::{ENCRYPTED, Refusal};

/// A page takes milliseconds; a file that takes longer than this is a loop or a bomb.
const SECONDS: u64 = 120;
/// Of these, for the reader in this crate.
const OWN_SECONDS: u64 = 20;
/// Characters of a book of some thousand pages.
const MOST: u64 = 64 * 1024 * 1024;
/// What `pdftotext` may use; loops have made it use all there is.
#[cfg(target_os = "linux")]
const MOST_MEMORY: u64 = 2 * 1024 * 1024 * 1024;

/// The text of a PDF, line by line, its pages each ended by a form feed; with what its lines
/// are on their pages, where the reader in this crate reads it.
///
/// # Errors
/// When there is no text layer; and where the file is beyond the reader in this crate, when
/// `pdftotext` isn't installed, can't read it either or takes too long.
pub fn pdf(bytes: &[u8]) -> Result<SourceText<'static>, ExtractError> {
    if !bytes.iter().take(1024).copied().collect::<Vec<u8>>().windows(5).any(|w| w == b"%PDF-") {
        let reason = "it doesn't begin as a PDF".to_owned();
        return Err(ExtractError::Damaged { format: "PDF", reason });
    }
    match reader::read(bytes, Duration::from_secs(OWN_SECONDS)) {
        Ok(read) if is_blank(&read.text) => Err(ExtractError::Scan),
        Ok(read) => Ok(read),
        // It writes lines and form feeds, and doesn't say where they stand.
        Err(refusal) => {
            let text = Cow::Owned(pdftotext(bytes, refusal)?);
            Ok(SourceText { text, layout: Layout::Plain, left_out: Vec::new(), encoding: None })
        }
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// What `pdftotext` reads of a file that the reader in this crate refuses.
fn pdftotext(bytes: &[u8], refusal: Refusal) -> Result<String, ExtractError> {
    let child = Command::new("pdftotext")
        .args(["-q", "-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
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
    let (text, outcome) = converse(&mut child, bytes)?;
    if text.len() as u64 > MOST {
        return Err(ExtractError::TooLarge { most: MOST });
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    if !is_blank(&text) {
        return Ok(text);
    }
    if outcome {
        return Err(ExtractError::Scan);
    }
    let reason = if refusal == ENCRYPTED { "it is protected by a password" } else { refusal.0 };
    Err(ExtractError::Damaged { format: "PDF", reason: reason.to_owned() })
}

/// It reads nothing before the limit stands, because it is written to afterwards.
#[cfg(target_os = "linux")]
fn limit_memory(child: &Child) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};

    let limit = Rlimit { current: Some(MOST_MEMORY), maximum: Some(MOST_MEMORY) };
    let child = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    // A child that is gone tells why itself.
    let _ = child.map(|child| prlimit(Some(child), Resource::As, limit));
}

#[cfg(not(target_os = "linux"))]
fn limit_memory(_: &Child) {}

fn damaged(error: &io::Error) -> ExtractError {
    ExtractError::Damaged { format: "PDF", reason: error.to_string() }
}

/// Writes to a program and reads what it answers, for [`SECONDS`] and [`MOST`] bytes at most;
/// whether it ended well.
fn converse(child: &mut Child, bytes: &[u8]) -> Result<(Vec<u8>, bool), ExtractError> {
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    thread::scope(|scope| {
        scope.spawn(move || {
            if let Some(mut stdin) = stdin {
                // A program that stops reading has its reason.
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
            // What was asked for is there: more would not be read.
            if text.is_finished() {
                thread::sleep(Duration::from_millis(5));
                if !matches!(child.try_wait(), Ok(Some(_))) {
                    let _ = child.kill();
                }
            }
        };
        let text = text.join().unwrap_or_default();
        outcome.map(|outcome| (text, outcome))
    })
}
