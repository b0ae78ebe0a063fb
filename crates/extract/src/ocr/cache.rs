//! Answers of Tesseract, kept in the user's cache.
//!
//! An answer is a file whose name is the hash of all that it depends on. It begins with the hash of
//! its content, so a truncated or modified answer is detected and the page is recognised again. Cached
//! answers become the text of a document, so they must be intact.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use tiaowen_text::cache_folder;

/// Bytes of an answer that are read back.
const MOST: u64 = 64 << 20;

#[derive(Debug)]
pub(super) struct Cache(PathBuf);

impl Cache {
    /// That of the user; `None` where there can't be one.
    pub(super) fn open() -> Option<Self> {
        cache_folder("recognised").ok().map(Cache)
    }

    #[cfg(test)]
    pub(super) fn at(folder: &Path) -> Self {
        Cache(folder.to_owned())
    }

    fn file(&self, key: &str) -> PathBuf {
        let name = blake3::hash(key.as_bytes()).to_hex();
        self.0.join(&name[..2]).join(&name[2..40])
    }

    /// What is kept under a key, if it is whole.
    pub(super) fn load(&self, key: &str) -> Option<Vec<u8>> {
        let kept = fs::read(self.file(key)).ok()?;
        let (seal, packed) = kept.split_at_checked(blake3::OUT_LEN)?;
        let mut answer = Vec::new();
        ZlibDecoder::new(packed).take(MOST).read_to_end(&mut answer).ok()?;
        (blake3::hash(&answer) == *<&[u8; blake3::OUT_LEN]>::try_from(seal).ok()?).then_some(answer)
    }

    /// Keeps an answer. A cache that can't be written to is none.
    pub(super) fn store(&self, key: &str, answer: &[u8]) {
        let file = self.file(key);
        let Some(folder) = file.parent() else { return };
        let _ = write(folder, &file, answer);
    }
}

/// Whole or not at all: others see the file only when it is complete.
fn write(folder: &Path, file: &Path, answer: &[u8]) -> std::io::Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    fs::create_dir_all(folder)?;
    let nth = NEXT.fetch_add(1, Ordering::Relaxed);
    let part = folder.join(format!(".{}-{nth}", std::process::id()));
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(answer)?;
    let seal = blake3::hash(answer);
    let written = fs::write(&part, [seal.as_bytes(), &packed.finish()?[..]].concat())
        .and_then(|()| fs::rename(&part, file));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::WorkFolder;

    #[test]
    fn answers_are_kept_whole_or_not_at_all() {
        let folder = WorkFolder::new("cache-test").unwrap();
        let cache = Cache::at(folder.path());
        assert_eq!(cache.load("a"), None);
        cache.store("a", b"answer");
        cache.store("b", b"");
        assert_eq!(
            (cache.load("a").as_deref(), cache.load("b").as_deref()),
            (Some(&b"answer"[..]), Some(&b""[..]))
        );
        let file = cache.file("a");
        let whole = fs::read(&file).unwrap();
        for damaged in [whole[..whole.len() - 2].to_vec(), Vec::new(), {
            let mut flipped = whole.clone();
            flipped[3] ^= 1;
            flipped
        }] {
            fs::write(&file, damaged).unwrap();
            assert_eq!(cache.load("a"), None);
        }
        cache.store("a", b"answer");
        assert_eq!(cache.load("a").as_deref(), Some(&b"answer"[..]));
        let left = fs::read_dir(file.parent().unwrap()).unwrap().count();
        assert_eq!(left, 1, "nothing is left beside it");
        // Where nothing can be written, nothing is kept.
        Cache::at(&file).store("c", b"answer");
    }
}
