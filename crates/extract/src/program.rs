//! Programs of others that read what this crate doesn't, found when they are needed.
//!
//! Each is run with a limit of time and memory, is given its input by a pipe or in a folder of its
//! own, and is killed when it is late. None is a must: a file that needs one which isn't installed
//! is refused with the name of what to install.

use std::fs::{self, DirBuilder};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes of its complaints that are looked at.
const MOST_SAID: u64 = 64 * 1024;

/// What a program may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) time: Duration,
    /// Bytes of memory.
    pub(crate) memory: u64,
    /// Bytes of its answer that are read.
    pub(crate) answer: u64,
}

/// What a program answers.
pub(crate) struct Answer {
    pub(crate) output: Vec<u8>,
    /// The beginning of what it complains of.
    pub(crate) said: Vec<u8>,
    /// Whether it ended well.
    pub(crate) is_success: bool,
}

/// Why a program gave no answer.
#[derive(Debug)]
pub(crate) enum ProgramError {
    /// It isn't installed.
    Missing,
    /// It took longer than it may.
    Slow,
    /// The system doesn't start it.
    System(io::Error),
}

/// Runs a program, writes `input` to it and reads what it answers.
///
/// # Errors
/// When it isn't there, can't be started or takes too long. What it thinks of its input is no error:
/// see [`Answer::is_success`].
pub(crate) fn run(
    command: &mut Command,
    input: &[u8],
    bounds: Bounds,
) -> Result<Answer, ProgramError> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawn(command)?;
    // The program gets its input after the limit is set, so it can't use more memory before.
    limit_memory(&child, bounds.memory);
    converse(&mut child, input, bounds)
}

/// Starts a program; one that is just being written, as an upgrade does, is waited for.
fn spawn(command: &mut Command) -> Result<Child, ProgramError> {
    const TRIES: u32 = 20;
    let mut tries = 0;
    loop {
        match command.spawn() {
            Ok(child) => return Ok(child),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ProgramError::Missing);
            }
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && tries < TRIES => {
                tries += 1;
                thread::sleep(Duration::from_millis(20));
            }
            Err(error) => return Err(ProgramError::System(error)),
        }
    }
}

fn converse(child: &mut Child, input: &[u8], bounds: Bounds) -> Result<Answer, ProgramError> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        scope.spawn(move || {
            if let Some(mut stdin) = stdin {
                // A program that stops reading has its reason.
                let _ = stdin.write_all(input);
            }
        });
        let output = scope.spawn(move || {
            let mut all = Vec::new();
            if let Some(stdout) = stdout {
                let _ = stdout.take(bounds.answer + 1).read_to_end(&mut all);
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
        let ended = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Ok(status.success()),
                Ok(None) if started.elapsed() < bounds.time => {
                    thread::sleep(Duration::from_millis(5));
                }
                Ok(None) => {
                    kill(child);
                    break Err(ProgramError::Slow);
                }
                Err(error) => break Err(ProgramError::System(error)),
            }
            // What was asked for is there: more would not be read.
            if output.is_finished() {
                thread::sleep(Duration::from_millis(5));
                if !matches!(child.try_wait(), Ok(Some(_))) {
                    let _ = child.kill();
                }
            }
        };
        let (output, said) = (output.join().unwrap_or_default(), said.join().unwrap_or_default());
        ended.map(|is_success| Answer { output, said, is_success })
    })
}

/// Kills a program; with those that it started, where it leads a group of its own.
pub(crate) fn kill(child: &mut Child) {
    #[cfg(target_os = "linux")]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(target_os = "linux")]
pub(crate) fn limit_memory(child: &Child, most: u64) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};

    let limit = Rlimit { current: Some(most), maximum: Some(most) };
    let child = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    // If the child has ended, its exit status says why.
    let _ = child.map(|child| prlimit(Some(child), Resource::As, limit));
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn limit_memory(_: &Child, _: u64) {}

/// A temporary folder for a program, accessible only to this user. It is removed with its content.
#[derive(Debug)]
pub(crate) struct WorkFolder(PathBuf);

impl WorkFolder {
    /// Creates a folder whose name contains its purpose.
    ///
    /// # Errors
    /// When it can't be made.
    pub(crate) fn new(purpose: &str) -> io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let nth = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("tiaowen-{purpose}-{}-{nth}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        // What is there already is somebody else's.
        builder.create(&folder)?;
        Ok(Self(folder))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { time: Duration::from_secs(60), memory: 1 << 30, answer: 1000 };

    #[test]
    fn a_program_is_bounded_in_time_and_in_what_is_read_of_it() {
        let run =
            |script: &str, bounds| run(Command::new("sh").args(["-c", script]), b"in", bounds);
        let answer = run("cat; echo no >&2; exit 3", BOUNDS).unwrap();
        assert_eq!(
            (&*answer.output, &*answer.said, answer.is_success),
            (&b"in"[..], &b"no\n"[..], false)
        );
        let endless = run("while :; do echo more; done", BOUNDS).unwrap();
        assert_eq!(endless.output.len() as u64, BOUNDS.answer + 1);
        let bounds = Bounds { time: Duration::from_millis(50), ..BOUNDS };
        assert!(matches!(run("exec sleep 600", bounds), Err(ProgramError::Slow)));
        let missing = super::run(&mut Command::new("tiaowen-no-such-program"), b"", BOUNDS);
        assert!(matches!(missing, Err(ProgramError::Missing)));
    }

    #[test]
    fn work_folders_are_private_and_go_when_they_are_dropped() {
        let folder = WorkFolder::new("test").unwrap();
        let path = folder.path().to_owned();
        fs::write(path.join("a"), "a").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        }
        drop(folder);
        assert!(!path.exists());
    }
}
