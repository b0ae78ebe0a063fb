//! PDFs, read by poppler's `pdftotext`, which knows the character sets of Chinese PDFs.

use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::ExtractError;

/// A page takes milliseconds; a file that takes longer than this is a loop or a bomb.
const SECONDS: u64 = 120;
/// Characters of a book of some thousand pages.
const MOST: u64 = 64 * 1024 * 1024;

/// The text of a PDF, its pages apart by form feeds.
///
/// # Errors
/// When `pdftotext` isn't installed, can't read the file or takes too long, and when there is
/// no text layer.
pub fn pdf(bytes: &[u8]) -> Result<String, ExtractError> {
    if !bytes.iter().take(1024).copied().collect::<Vec<u8>>().windows(5).any(|w| w == b"%PDF-") {
        let reason = "it doesn't begin as a PDF".to_owned();
        return Err(ExtractError::Damaged { format: "PDF", reason });
    }
    let child = Command::new("pdftotext")
        .args(["-q", "-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(ExtractError::Reader {
                format: "PDF",
                program: "pdftotext",
                package: "poppler-utils",
            });
        }
        Err(error) => return Err(damaged(&error)),
    };
    let (text, complaint, outcome) = converse(&mut child, bytes)?;
    if text.len() as u64 > MOST {
        return Err(ExtractError::TooLarge { most: MOST });
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    if !text.chars().all(|c| c.is_whitespace() || c == '\u{c}') {
        return Ok(text);
    }
    if outcome {
        return Err(ExtractError::Scan);
    }
    let complaint = String::from_utf8_lossy(&complaint);
    let reason = match complaint.lines().next() {
        Some(line) if line.contains("password") => "it is protected by a password".to_owned(),
        Some(line) => line.trim_start_matches("Syntax Error: ").to_owned(),
        None => "pdftotext gives up on it".to_owned(),
    };
    Err(ExtractError::Damaged { format: "PDF", reason })
}

fn damaged(error: &io::Error) -> ExtractError {
    ExtractError::Damaged { format: "PDF", reason: error.to_string() }
}

/// Writes to a program and reads what it answers, for [`SECONDS`] and [`MOST`] bytes at most;
/// whether it ended well.
fn converse(child: &mut Child, bytes: &[u8]) -> Result<(Vec<u8>, Vec<u8>, bool), ExtractError> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        scope.spawn(move || {
            if let Some(mut stdin) = stdin {
                // A program that stops reading has its reason, which it tells itself.
                let _ = stdin.write_all(bytes);
            }
        });
        let read = |from: Option<Box<dyn Read + Send>>, most: u64| {
            scope.spawn(move || {
                let mut all = Vec::new();
                if let Some(from) = from {
                    let _ = from.take(most + 1).read_to_end(&mut all);
                }
                all
            })
        };
        let text = read(stdout.map(|out| Box::new(out) as Box<dyn Read + Send>), MOST);
        let complaint = read(stderr.map(|out| Box::new(out) as Box<dyn Read + Send>), 64 * 1024);
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
        let complaint = complaint.join().unwrap_or_default();
        outcome.map(|outcome| (text, complaint, outcome))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pdf_is_told() {
        let error = pdf(b"plain text").unwrap_err();
        assert!(error.to_string().contains("doesn't begin as a PDF"));
    }

    #[test]
    fn a_broken_one_is_told() {
        match pdf(b"%PDF-1.4 nothing else") {
            Err(ExtractError::Reader { .. }) => println!("SKIPPED: no pdftotext"),
            Err(error) => assert!(matches!(error, ExtractError::Damaged { .. }), "{error}"),
            Ok(text) => panic!("{text}"),
        }
    }
}
