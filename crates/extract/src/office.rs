//! Old documents and tables (`.doc`, `.wps`, `.xls`, `.et`), read by LibreOffice if it is
//! installed.
//!
//! Their formats are containers of binary records, written by thirty years of programs. LibreOffice
//! converts them to Office Open XML in a temporary folder with a temporary profile: no macros run, no
//! links are followed, one file is converted at a time, and a slow conversion is killed with all
//! processes that it started.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use tiaowen_blocks::SourceText;

use crate::archive::Limits;
use crate::program::{WorkFolder, kill, limit_memory};
use crate::{DamageReason, ExtractError, decode, docx, xlsx};

/// A document takes seconds; the first one longer, because a profile is created.
const SECONDS: u64 = 120;
/// Memory limit of LibreOffice.
const MOST_MEMORY: u64 = 4 * 1024 * 1024 * 1024;
/// Size in bytes of a container's header before the first stream.
const HEAD: usize = 512;
/// Settings of the profile: no macros, no links, no network.
const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
</oor:items>
"#;

/// Reads an old document or table with LibreOffice, if it is installed. A plain text with such a
/// name is read as text.
///
/// # Errors
/// [`ExtractError::Reader`] with the package to install if LibreOffice is missing,
/// [`ExtractError::Slow`] if it takes too long, [`ExtractError::Damaged`] if it can't read the file
/// or the file is password-protected, and the errors of the converted document.
pub fn office(bytes: &[u8]) -> Result<SourceText<'static>, ExtractError> {
    if bytes.is_empty() {
        return Err(ExtractError::Empty);
    }
    let Some(container) = Container::of(bytes) else {
        return match decode(bytes) {
            Ok(text) => {
                let text = crate::with_damage(text, tiaowen_blocks::Layout::Plain);
                Ok(SourceText { text: text.text.into_owned().into(), ..text })
            }
            Err(_) => Err(damaged(DamageReason::NoOfficeFormat)),
        };
    };
    if bytes.len() <= HEAD {
        return Err(damaged(DamageReason::CutShort));
    }
    if container == Container::Encrypted {
        return Err(damaged(DamageReason::SaveWithoutPassword));
    }
    let is_table = container == Container::Table;
    let converted = Conversion::new()?.run(bytes, is_table)?;
    if is_table { xlsx(&converted) } else { docx(&converted) }
}

/// The content of an old document's container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    Document,
    Table,
    Encrypted,
}

impl Container {
    /// Detects the content from the names of the streams.
    fn of(bytes: &[u8]) -> Option<Self> {
        if !bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
            return None;
        }
        let has = |name| has_stream(bytes, name);
        Some(if has("EncryptedPackage") {
            Container::Encrypted
        } else if has("WordDocument") {
            Container::Document
        } else if has("Workbook") || has("Book") {
            Container::Table
        } else {
            Container::Document
        })
    }
}

/// Whether a container has a stream of this name, which is stored in UTF-16.
fn has_stream(bytes: &[u8], name: &str) -> bool {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(bytes, &name).is_some()
}

fn damaged(reason: DamageReason) -> ExtractError {
    ExtractError::Damaged { format: ".doc or .xls", reason }
}

/// One conversion at a time: each takes a core and hundreds of megabytes.
static TURN: Mutex<()> = Mutex::new(());

/// A conversion in a folder of its own.
struct Conversion {
    folder: WorkFolder,
}

impl Conversion {
    fn new() -> Result<Self, ExtractError> {
        let folder = WorkFolder::new("office").map_err(|error| temporary(&error))?;
        Ok(Self { folder })
    }

    fn run(&self, bytes: &[u8], is_table: bool) -> Result<Vec<u8>, ExtractError> {
        let (name, end, package) = match is_table {
            true => ("in.xls", "xlsx", "libreoffice-calc"),
            false => ("in.doc", "docx", "libreoffice-writer"),
        };
        let (profile, out) = (self.folder.path().join("profile"), self.folder.path().join("out"));
        fs::create_dir_all(profile.join("user")).map_err(|error| temporary(&error))?;
        let settings = profile.join("user/registrymodifications.xcu");
        fs::write(settings, SETTINGS).map_err(|error| temporary(&error))?;
        let file = self.folder.path().join(name);
        fs::write(&file, bytes).map_err(|error| temporary(&error))?;
        // A thread that panicked leaves no shared state.
        let turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut child = match command(&profile, &out, end, &file).spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ExtractError::Reader {
                    format: if is_table { ".xls" } else { ".doc" },
                    reason: DamageReason::OldOfficeFormat,
                    program: "LibreOffice",
                    package,
                });
            }
            Err(error) => return Err(damaged(DamageReason::says(&error))),
        };
        limit_memory(&child, MOST_MEMORY);
        let ended = wait(&mut child);
        drop(turn);
        ended?;
        let converted = out.join(format!("in.{end}"));
        let most = Limits::DEFAULT.all;
        match fs::metadata(&converted) {
            Ok(found) if found.len() > most => Err(ExtractError::TooLarge { most }),
            Ok(_) => fs::read(&converted).map_err(|error| temporary(&error)),
            Err(_) => Err(damaged(DamageReason::LibreOffice { package })),
        }
    }
}

fn command(profile: &Path, out: &Path, end: &str, file: &Path) -> Command {
    let mut command = Command::new("soffice");
    command
        .arg(format!("-env:UserInstallation=file://{}", profile.display()))
        .args(["--headless", "--norestore", "--nolockcheck", "--nodefault", "--convert-to", end])
        .arg("--outdir")
        .args([out, file])
        // A proxy that doesn't exist, so that nothing can be fetched.
        .envs([("http_proxy", "http://127.0.0.1:9"), ("https_proxy", "http://127.0.0.1:9")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

fn temporary(error: &io::Error) -> ExtractError {
    damaged(DamageReason::LibreOfficeFolder { says: error.to_string() })
}

/// Waits for the end, at most [`SECONDS`].
fn wait(child: &mut Child) -> Result<(), ExtractError> {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(_)) => return Ok(()),
            Ok(None) if started.elapsed() < Duration::from_secs(SECONDS) => {
                thread::sleep(Duration::from_millis(20));
            }
            Ok(None) => {
                kill(child);
                return Err(ExtractError::Slow { seconds: SECONDS });
            }
            Err(error) => return Err(damaged(DamageReason::says(&error))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGUN: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

    fn holding(stream: &str) -> Vec<u8> {
        let name: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [BEGUN, &[0; 504], &name].concat()
    }

    #[test]
    fn containers_are_identified_by_their_streams() {
        for (stream, container) in [
            ("WordDocument", Container::Document),
            ("Workbook", Container::Table),
            ("Book", Container::Table),
            ("EncryptedPackage", Container::Encrypted),
            ("", Container::Document),
        ] {
            assert_eq!(Container::of(&holding(stream)), Some(container), "{stream}");
        }
        assert_eq!(Container::of(b"text"), None);
    }

    #[test]
    fn text_named_doc_is_read_and_a_password_is_reported() {
        assert_eq!(&*office("第一條　內容。".as_bytes()).unwrap().text, "第一條　內容。");
        let error = office(&holding("EncryptedPackage")).unwrap_err().to_string();
        assert!(error.contains("password"), "{error}");
        assert!(office(&[0, 1, 2, 3]).is_err());
        assert_eq!(office(b""), Err(ExtractError::Empty));
    }

    #[test]
    fn a_converter_past_its_time_is_killed_with_its_children() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo $!; wait"]).stdout(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let Ok(mut child) = command.spawn() else { return println!("SKIPPED: no sh") };
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        io::BufRead::read_line(&mut io::BufReader::new(stdout), &mut line).unwrap();
        kill(&mut child);
        assert!(child.try_wait().unwrap().is_some());
        #[cfg(target_os = "linux")]
        {
            // It has ended, or is a zombie that nobody has waited for.
            let is_gone = || {
                let state = fs::read_to_string(format!("/proc/{}/stat", line.trim()));
                state.map_or(true, |state| state.contains(") Z"))
            };
            let started = Instant::now();
            while !is_gone() {
                assert!(started.elapsed() < Duration::from_secs(60), "it goes on");
                thread::sleep(Duration::from_millis(10));
            }
        }
    }
}
