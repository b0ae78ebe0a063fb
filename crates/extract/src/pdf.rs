//! PDFs: what ordinary ones say is read here; what is packed, encoded or damaged in rarer ways by
//! poppler's `pdftotext`, where it is installed.

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

/// A page takes milliseconds; a file that takes longer than this is a loop or a bomb.
const SECONDS: u64 = 120;
/// Of these, for the reader in this crate.
const OWN_SECONDS: u64 = 20;
/// Characters of a book of some thousand pages.
const MOST: u64 = 64 * 1024 * 1024;
/// Bytes of its complaints that are looked at.
const MOST_SAID: u64 = 64 * 1024;
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

/// Pages that another format draws, laid out as those of a PDF; else why they can't be.
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

/// What `pdftotext` reads of a file that the reader in this crate refuses.
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
    // It leaves out what it has no character set for, and ends well.
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

/// Whether a text is of codes that no font explains: signs, controls and private characters.
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

/// What a program answers.
struct Answer {
    text: Vec<u8>,
    /// The beginning of what it complains of.
    said: Vec<u8>,
    /// Whether it ended well.
    outcome: bool,
}

/// Writes to a program and reads what it answers, for [`SECONDS`] and [`MOST`] bytes at most.
fn converse(child: &mut Child, bytes: &[u8]) -> Result<Answer, ExtractError> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
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
        let said = scope.spawn(move || {
            let mut said = Vec::new();
            if let Some(mut stderr) = stderr {
                let _ = stderr.by_ref().take(MOST_SAID).read_to_end(&mut said);
                // A full pipe would stop it.
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
            // What was asked for is there: more would not be read.
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
