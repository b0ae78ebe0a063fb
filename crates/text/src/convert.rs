//! Showing a text in the other script: whole-text conversion by OpenCC, where phrases matter.
//!
//! OpenCC loads its dictionaries from files. They are carried inside the program and
//! written once to a cache folder, by a rename, so that two processes that start at
//! once both find them whole.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use opencc_rust::{DefaultConfig, OpenCC, OpenCCError, generate_static_dictionaries};

use crate::{OPENCC_VERSION, Script};

/// Why a text can't be shown in another script.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// No folder could be written to hold OpenCC's dictionaries.
    #[error(
        "OpenCC's dictionaries need a folder to be written to, and none is writable ({tried}); set TIAOWEN_CACHE to a folder that is"
    )]
    NoCache {
        /// The folders that were tried, each with the reason it failed.
        tried: String,
    },
    /// OpenCC refused the dictionaries or the text.
    #[error("OpenCC: {0}")]
    OpenCc(#[from] OpenCCError),
}

/// A text as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The converted text.
    pub text: String,
    /// The marked spans, in bytes of `text`, in the order they were given.
    pub marks: Vec<Range<usize>>,
}

/// Converts texts to one script.
pub struct Converter {
    opencc: OpenCC,
    target: Script,
}

impl Converter {
    /// A converter to Traditional (Hong Kong forms) or Simplified; `None` for
    /// [`Script::Mixed`], which is no script to show a text in.
    ///
    /// # Errors
    /// When no folder can be written to hold the dictionaries, or OpenCC can't read them.
    pub fn to(target: Script) -> Result<Option<Self>, ConvertError> {
        let config = match target {
            Script::Hant => DefaultConfig::S2HK,
            Script::Hans => DefaultConfig::HK2S,
            Script::Mixed => return Ok(None),
        };
        let folder = dictionaries(cache_candidates())?;
        let opencc = OpenCC::new(folder.join(config.get_file_name()))?;
        Ok(Some(Converter { opencc, target }))
    }

    /// Converts `text`; a text that is in the target script already is left alone, so
    /// that its own forms stay as printed.
    ///
    /// `marks` are spans of `text` in bytes; they are carried over to the result.
    ///
    /// # Errors
    /// When OpenCC refuses the text.
    pub fn show(&self, text: &str, marks: &[Range<usize>]) -> Result<Shown, ConvertError> {
        if Script::of(text) == self.target {
            return Ok(Shown { text: text.to_owned(), marks: marks.to_vec() });
        }
        let whole = self.convert(text)?;
        if whole.chars().count() == text.chars().count() {
            // Character by character, as nearly always: places carry over by counting.
            let mut bytes: Vec<usize> = whole.char_indices().map(|(at, _)| at).collect();
            bytes.push(whole.len());
            let carry = |at: usize| bytes[text[..at].chars().count()];
            let marks = marks.iter().map(|mark| carry(mark.start)..carry(mark.end)).collect();
            return Ok(Shown { text: whole, marks });
        }
        // A phrase changed its length: convert what stands between the marks piece by piece.
        let mut edges: Vec<usize> = marks.iter().flat_map(|mark| [mark.start, mark.end]).collect();
        edges.extend([0, text.len()]);
        edges.sort_unstable();
        edges.dedup();
        let (mut shown, mut places) = (String::new(), vec![(0, 0)]);
        for piece in edges.windows(2) {
            shown.push_str(&self.convert(&text[piece[0]..piece[1]])?);
            places.push((piece[1], shown.len()));
        }
        let carry = |at: usize| places.iter().find(|place| place.0 == at).map_or(0, |p| p.1);
        let marks = marks.iter().map(|mark| carry(mark.start)..carry(mark.end)).collect();
        Ok(Shown { text: shown, marks })
    }

    /// OpenCC takes C strings, so NUL stays outside.
    fn convert(&self, text: &str) -> Result<String, ConvertError> {
        let pieces = text.split('\0').map(|piece| self.opencc.convert(piece));
        Ok(pieces.collect::<Result<Vec<_>, _>>()?.join("\0"))
    }
}

/// Folders that may hold the dictionaries, the user's choice first.
fn cache_candidates() -> Vec<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if let Some(chosen) = named("TIAOWEN_CACHE") {
        return vec![chosen];
    }
    let mut folders = Vec::new();
    folders.extend(named("XDG_CACHE_HOME").map(|folder| folder.join("tiaowen")));
    folders.extend(named("HOME").map(|folder| folder.join(".cache/tiaowen")));
    folders.push(std::env::temp_dir().join("tiaowen"));
    folders
}

/// Where the dictionaries stand, written there when they are not yet.
fn dictionaries(candidates: Vec<PathBuf>) -> Result<PathBuf, ConvertError> {
    let mut tried = Vec::new();
    for folder in candidates {
        match dictionaries_in(&folder) {
            Ok(found) => return Ok(found),
            Err(error) => tried.push(format!("{}: {error}", folder.display())),
        }
    }
    Err(ConvertError::NoCache { tried: tried.join("; ") })
}

fn dictionaries_in(cache: &Path) -> io::Result<PathBuf> {
    let whole = cache.join(format!("opencc-{OPENCC_VERSION}"));
    if whole.is_dir() {
        return Ok(whole);
    }
    fs::create_dir_all(cache)?;
    let part = cache.join(format!(".opencc-{OPENCC_VERSION}-{}", std::process::id()));
    let made = generate_static_dictionaries(&part, &[DefaultConfig::S2HK, DefaultConfig::HK2S])
        .map_err(io::Error::other)
        // Whole or not at all: another process sees the folder only when it is complete.
        .and_then(|()| fs::rename(&part, &whole));
    if made.is_err() {
        let _ = fs::remove_dir_all(&part);
    }
    match made {
        // Another process was faster, and what it wrote is the same.
        Err(_) if whole.is_dir() => Ok(whole),
        made => made.map(|()| whole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_other_script_with_marks_in_place() {
        let text = "完善知识产权后的合作";
        let mark = text.find("知识").unwrap()..text.find("后").unwrap();
        let shown = Converter::to(Script::Hant).unwrap().unwrap().show(text, &[mark]).unwrap();
        assert_eq!(shown.text, "完善知識產權後的合作");
        assert_eq!(&shown.text[shown.marks[0].clone()], "知識產權");
        let kept = Converter::to(Script::Hans).unwrap().unwrap().show("国家\0后里", &[]).unwrap();
        assert_eq!(kept.text, "国家\0后里");
        assert!(Converter::to(Script::Mixed).unwrap().is_none());
    }

    #[test]
    fn many_at_once_find_one_whole_folder() {
        let cache = tempfile::tempdir().unwrap();
        let found: Vec<_> = std::thread::scope(|scope| {
            let start = || scope.spawn(|| dictionaries(vec![cache.path().to_owned()]).unwrap());
            let threads: Vec<_> = (0..4).map(|_| start()).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(found.iter().all(|folder| folder == &found[0]));
        assert!(found[0].join("s2hk.json").is_file());
        assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 1);
    }

    #[test]
    fn no_writable_folder_is_told() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = dictionaries(vec![file.path().join("below")]).unwrap_err().to_string();
        assert!(error.contains("TIAOWEN_CACHE") && error.contains("below"), "{error}");
    }
}
