//! API keys, from a file that an administrator edits.
//!
//! A key is 256 random bits, which are shown once. The file has its SHA-256 only, so a reader of the
//! file can't use it. A slow hash, as for passwords, adds nothing: nobody can try 2^256 keys.
//!
//! Each line is a key: its name, its hash, its rights, its rate. Rights and rate may be missing. The
//! file is read again when it changes; a file with an error leaves the keys as they were.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::rate::{Bucket, Rate, RateError};

/// The beginning of keys, by which people and scanners for secrets recognise them.
const PREFIX: &str = "tiaowen_";
/// The beginning of hashes in the file.
const SHA256: &str = "sha256:";

/// Something that a key may be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Searching, reading and comparing what is in the index.
    Read,
    /// Sending texts and files to compare and to verify.
    Upload,
    /// Reading the metrics.
    Metrics,
}

impl Right {
    const ALL: [Right; 3] = [Right::Read, Right::Upload, Right::Metrics];

    fn name(self) -> &'static str {
        match self {
            Right::Read => "read",
            Right::Upload => "upload",
            Right::Metrics => "metrics",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    read: bool,
    upload: bool,
    metrics: bool,
}

impl Rights {
    /// All of them.
    pub(crate) const ALL: Rights = Rights { read: true, upload: true, metrics: true };

    pub(crate) fn allow(self, right: Right) -> bool {
        match right {
            Right::Read => self.read,
            Right::Upload => self.upload,
            Right::Metrics => self.metrics,
        }
    }
}

impl Default for Rights {
    /// Reading only.
    fn default() -> Self {
        Rights { read: true, upload: false, metrics: false }
    }
}

impl FromStr for Rights {
    type Err = KeyProblem;

    fn from_str(text: &str) -> Result<Self, KeyProblem> {
        let mut rights = Rights { read: false, upload: false, metrics: false };
        for given in text.split(',') {
            match Right::ALL.into_iter().find(|right| right.name() == given) {
                Some(Right::Read) => rights.read = true,
                Some(Right::Upload) => rights.upload = true,
                Some(Right::Metrics) => rights.metrics = true,
                None => return Err(KeyProblem::Right { given: given.to_owned() }),
            }
        }
        Ok(rights)
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let allowed = Right::ALL.into_iter().filter(|right| self.allow(*right));
        f.write_str(&allowed.map(Right::name).collect::<Vec<_>>().join(","))
    }
}

/// What is wrong with a line of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// It has another number of columns.
    #[error("a line has a name and a hash, and may have rights and a rate")]
    Columns,
    /// The name can't be printed in a log as it is.
    #[error("'{given}' is no name: use letters, figures and -._, at most 64")]
    Name {
        /// The name.
        given: String,
    },
    /// The hash isn't one.
    #[error("the hash must be sha256: and 64 hexadecimal digits, as tiaowen key prints it")]
    Hash,
    /// A right that doesn't exist.
    #[error("there is no right '{given}'; there are read, upload, metrics")]
    Right {
        /// The right.
        given: String,
    },
    /// The rate can't be read.
    #[error(transparent)]
    Rate(#[from] RateError),
    /// The name of another line.
    #[error("the name '{given}' occurs twice")]
    Twice {
        /// The name.
        given: String,
    },
}

/// Why keys can't be read.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file can't be read.
    #[error("{}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The message of the system.
        source: std::io::Error,
    },
    /// A line can't be read.
    #[error("{}, line {line}: {problem}", file.display())]
    Line {
        /// The file.
        file: PathBuf,
        /// The number of the line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: KeyProblem,
    },
    /// There is no key, so nobody could use the server.
    #[error("{}: there is no key; make one with: tiaowen key NAME --add-to FILE", file.display())]
    Empty {
        /// The file.
        file: PathBuf,
    },
}

/// A key that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// The key itself, which is stored nowhere.
    pub key: String,
    /// The line for the file, without a line feed.
    pub line: String,
}

impl NewKey {
    /// A name for a key, if it can be printed in a log and typed in a shell as it is.
    ///
    /// # Errors
    /// When it can't.
    pub fn name(name: &str) -> Result<String, KeyProblem> {
        checked_name(name).map(str::to_owned)
    }

    /// Makes a key from random bits of the system.
    ///
    /// # Errors
    /// When the system has no random bits.
    pub fn make(name: &str, rights: Rights, rate: Rate) -> Result<Self, std::io::Error> {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits).map_err(|error| std::io::Error::other(error.to_string()))?;
        let key = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bits));
        let hash: String = hash(&key).iter().map(|byte| format!("{byte:02x}")).collect();
        let line = format!("{name} {SHA256}{hash} {rights} {rate}");
        Ok(NewKey { key, line })
    }
}

/// A key of the file.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) name: String,
    hash: [u8; 32],
    pub(super) rights: Rights,
    pub(super) rate: Rate,
    bucket: Arc<Mutex<Bucket>>,
}

impl Key {
    /// Takes a request of the key's rate, or returns the time until there is one.
    pub(super) fn take(&self, now: Instant) -> Result<(), Duration> {
        self.bucket.lock().expect("taking from a bucket doesn't panic").take(self.rate, now)
    }
}

impl FromStr for Key {
    type Err = KeyProblem;

    fn from_str(line: &str) -> Result<Self, KeyProblem> {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let [name, hash, rest @ ..] = columns.as_slice() else { return Err(KeyProblem::Columns) };
        let (rights, rate) = match rest {
            [] => (Rights::default(), Rate::default()),
            [rights] => (rights.parse()?, Rate::default()),
            [rights, rate] => (rights.parse()?, rate.parse()?),
            _ => return Err(KeyProblem::Columns),
        };
        Ok(Key {
            name: checked_name(name)?.to_owned(),
            hash: hash.strip_prefix(SHA256).and_then(bytes).ok_or(KeyProblem::Hash)?,
            rights,
            rate,
            bucket: Arc::new(Mutex::new(Bucket::full(rate))),
        })
    }
}

/// A name that can be printed in a log and typed in a shell as it is.
fn checked_name(name: &str) -> Result<&str, KeyProblem> {
    let is_plain = |c: char| c.is_alphanumeric() || "-._".contains(c);
    if name.chars().all(is_plain) && (1..=64).contains(&name.chars().count()) {
        return Ok(name);
    }
    Err(KeyProblem::Name { given: name.chars().take(64).collect() })
}

fn bytes(hexadecimal: &str) -> Option<[u8; 32]> {
    let digits = hexadecimal.as_bytes();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// The keys of a file, which are read again when it changes.
#[derive(Debug)]
pub struct Keys {
    file: PathBuf,
    seen: Mutex<State>,
    current: RwLock<Arc<Vec<Key>>>,
}

/// The state of a file: when it was changed last, and its length.
type State = Option<(SystemTime, u64)>;

impl Keys {
    /// Reads a file.
    ///
    /// # Errors
    /// When it can't be read, or has no key.
    pub fn open(file: &Path) -> Result<Self, KeysError> {
        let seen = state(file);
        let keys = Keys {
            file: file.to_owned(),
            seen: Mutex::new(seen),
            current: RwLock::new(Arc::new(Vec::new())),
        };
        *keys.current.write().expect("nothing panics with it") = Arc::new(keys.read()?);
        Ok(keys)
    }

    /// Checks a line before it is added to a file, if there is one: its name must be free.
    ///
    /// # Errors
    /// When the line or the file can't be read, or the name is taken.
    pub fn check_line(file: Option<&Path>, line: &str) -> Result<(), KeysError> {
        let wrong = |at: usize, problem| KeysError::Line {
            file: file.map(Path::to_owned).unwrap_or_default(),
            line: at,
            problem,
        };
        let text = match file.map(fs::read_to_string) {
            Some(Ok(text)) => text,
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
                let file = file.map(Path::to_owned).unwrap_or_default();
                return Err(KeysError::File { file, source: error });
            }
            _ => String::new(),
        };
        let all = format!("{}\n{line}", text.trim_end_matches('\n'));
        parsed(&all).map(|_| ()).map_err(|(at, problem)| wrong(at, problem))
    }

    fn read(&self) -> Result<Vec<Key>, KeysError> {
        let file = || self.file.clone();
        let text = fs::read_to_string(&self.file)
            .map_err(|source| KeysError::File { file: file(), source })?;
        let keys = parsed(&text).map_err(|(line, problem)| KeysError::Line {
            file: file(),
            line,
            problem,
        })?;
        if keys.is_empty() {
            return Err(KeysError::Empty { file: file() });
        }
        Ok(keys)
    }

    /// Reads the file again if it has changed; the number of keys then. A key with the same rate keeps
    /// what it used of it.
    ///
    /// # Errors
    /// When the file can't be read. The keys stay as they were.
    pub(crate) fn refresh(&self) -> Result<Option<usize>, KeysError> {
        let state = state(&self.file);
        let mut seen = self.seen.lock().expect("nothing panics with it");
        if *seen == state {
            return Ok(None);
        }
        *seen = state;
        let mut keys = self.read()?;
        let old = Arc::clone(&self.current.read().expect("nothing panics with it"));
        for key in &mut keys {
            let same = old.iter().find(|old| old.name == key.name && old.rate == key.rate);
            if let Some(same) = same {
                key.bucket = Arc::clone(&same.bucket);
            }
        }
        let count = keys.len();
        *self.current.write().expect("nothing panics with it") = Arc::new(keys);
        Ok(Some(count))
    }

    /// The key that was given. All are compared, each in constant time.
    pub(super) fn find(&self, given: &str) -> Option<Key> {
        let given = hash(given);
        let keys = Arc::clone(&self.current.read().expect("nothing panics with it"));
        let mut found = None;
        for key in keys.iter() {
            if bool::from(key.hash[..].ct_eq(&given[..])) {
                found = Some(key);
            }
        }
        found.cloned()
    }
}

fn state(file: &Path) -> State {
    let known = fs::metadata(file).ok()?;
    Some((known.modified().ok()?, known.len()))
}

/// The keys of a text, or the number of the line that can't be read and why.
fn parsed(text: &str) -> Result<Vec<Key>, (usize, KeyProblem)> {
    let mut keys: Vec<Key> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let key: Key = line.parse().map_err(|problem| (at + 1, problem))?;
        if keys.iter().any(|other| other.name == key.name) {
            return Err((at + 1, KeyProblem::Twice { given: key.name }));
        }
        keys.push(key);
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate() -> Rate {
        Rate::default()
    }

    #[test]
    fn a_new_key_is_found_by_its_line() {
        let made = NewKey::make("press-office", Rights::default(), rate()).unwrap();
        assert!(made.key.starts_with(PREFIX) && made.key.len() == PREFIX.len() + 43, "{made:?}");
        assert!(!made.line.contains(&made.key));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys");
        fs::write(&file, format!("# ours\n\n{}\n", made.line)).unwrap();
        let keys = Keys::open(&file).unwrap();
        let key = keys.find(&made.key).unwrap();
        assert_eq!(
            (key.name.as_str(), key.rights, key.rate),
            ("press-office", Rights::default(), rate())
        );
        assert!(keys.find("tiaowen_other").is_none());
        assert!(keys.find("").is_none());
        let other = NewKey::make("press-office", Rights::default(), rate()).unwrap();
        assert_ne!(other.key, made.key);
        // The hash of the file is the one that other tools compute.
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(bytes(known), Some(hash("abc")));
    }

    #[test]
    fn a_line_that_can_t_be_read_is_reported_with_its_number() {
        let hash = format!("{SHA256}{}", "0".repeat(64));
        for (text, at, problem) in [
            ("a".to_owned(), 1, KeyProblem::Columns),
            (format!("a {hash} read 1/second more"), 1, KeyProblem::Columns),
            ("#\na".to_owned(), 2, KeyProblem::Columns),
            (format!("a/b {hash}"), 1, KeyProblem::Name { given: "a/b".to_owned() }),
            ("a sha256:00".to_owned(), 1, KeyProblem::Hash),
            (format!("a {hash} reed"), 1, KeyProblem::Right { given: "reed".to_owned() }),
            (
                format!("a {hash} read often"),
                1,
                KeyProblem::Rate(RateError { given: "often".to_owned() }),
            ),
            (format!("a {hash}\n\na {hash}"), 3, KeyProblem::Twice { given: "a".to_owned() }),
        ] {
            assert_eq!(parsed(&text).unwrap_err(), (at, problem), "{text}");
        }
        let both = parsed(&format!("a {hash}\n新聞處 {hash} read,upload,metrics 5/hour")).unwrap();
        assert_eq!(both[0].rights.to_string(), "read");
        assert_eq!(both[1].rights, Rights::ALL);
    }

    #[test]
    fn a_change_is_read_and_a_mistake_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys");
        let [first, second] = ["a", "b"]
            .map(|name| NewKey::make(name, Rights::default(), "1/hour".parse().unwrap()).unwrap());
        fs::write(&file, &first.line).unwrap();
        let keys = Keys::open(&file).unwrap();
        assert!(keys.refresh().unwrap().is_none());
        keys.find(&first.key).unwrap().take(Instant::now()).unwrap();
        fs::write(&file, format!("{}\n{}\n", first.line, second.line)).unwrap();
        assert_eq!(keys.refresh().unwrap(), Some(2));
        assert!(keys.find(&second.key).is_some());
        assert!(keys.find(&first.key).unwrap().take(Instant::now()).is_err(), "used before");
        fs::write(&file, "nonsense").unwrap();
        assert!(keys.refresh().is_err());
        assert!(keys.find(&second.key).is_some());
        fs::write(&file, format!("{}\n", second.line)).unwrap();
        assert_eq!(keys.refresh().unwrap(), Some(1));
        assert!(keys.find(&first.key).is_none(), "withdrawn");
        fs::write(&file, "# none\n").unwrap();
        assert!(matches!(keys.refresh(), Err(KeysError::Empty { .. })));
        // A name that is taken can't be added.
        assert!(Keys::check_line(Some(&file), &first.line).is_ok());
        fs::write(&file, &first.line).unwrap();
        assert!(Keys::check_line(Some(&file), &first.line).is_err());
        assert!(Keys::check_line(Some(&folder.path().join("none")), &first.line).is_ok());
    }
}
