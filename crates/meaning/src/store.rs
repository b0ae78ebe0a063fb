//! The vectors of an index, in a folder inside it.
//!
//! `meaning/set.json` names the model, the index's state for which the set was filled, and the parts.
//! A part is a file that is written once and never changed: keys and ids of clauses, then their
//! vectors, one row each. A run of `tiaowen embed` adds parts and replaces `set.json`, and rewrites all
//! as one part when there are many or many rows are outdated. So a reader sees a whole set, whenever a run
//! ends or is killed.
//!
//! Vectors are searched exactly: all rows are read, in parallel, by positioned reads of a megabyte each
//! into buffers that are used again. A map of the file would save copying, which costs about a tenth of
//! the products themselves where the system has the file in its cache; but mapping needs `unsafe` code
//! or the engine, and a mapped file that shrinks ends the process. The memory taken is that of the
//! buffers, whatever the size of the set.

use std::cmp::Ordering;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use serde::{Deserialize, Serialize};
use tiaowen_text::{Budget, Spent};

use crate::packed::{FACTOR, MOST_DIMENSIONS, QueryVector};
use crate::passage::Key;
use crate::sides::Sides;

/// The version of the format.
const FORMAT: u32 = 1;

/// The name of the file that names the parts.
const SET: &str = "set.json";

/// The bytes that are read and compared at once.
const BLOCK: usize = 1 << 20;

/// The number of bytes from which other threads help: below, waking them takes longer than it saves.
const MUCH: usize = 4 << 20;

/// How often the set is opened while runs keep replacing it.
const TRIES: usize = 10;

/// The folder of the vectors of an index.
pub fn folder_of(index: &Path) -> PathBuf {
    index.join("meaning")
}

/// The model that vectors were made with, and how. Vectors of different stamps can't be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelStamp {
    /// The name of the model, as the server knows it.
    pub model: String,
    /// The dimension of its vectors.
    pub dimension: usize,
    /// How it learns the side of a text.
    pub sides: Sides,
    /// The most characters of a text that were sent; the rest was cut off.
    pub longest: usize,
}

/// The content of `set.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SetFile {
    pub(crate) format: u32,
    pub(crate) stamp: ModelStamp,
    /// The state of the index that the set was filled for; empty until it was filled to the end.
    pub(crate) version: String,
    /// The number of rows that belong to clauses of that state.
    pub(crate) filled: u64,
    pub(crate) parts: Vec<PartName>,
}

/// A part, as the set names it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PartName {
    pub(crate) file: String,
    pub(crate) rows: usize,
    pub(crate) ids: usize,
    /// The hash of the file.
    pub(crate) hash: String,
}

/// What is wrong with files of vectors. The key and parameters of its serialized form find its sentence
/// in other languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the message explains a variant")]
pub enum StoreReason {
    #[error("{name} is damaged")]
    FileDamaged { name: String },
    #[error("{name} has {bytes} bytes")]
    FileLength { name: String, bytes: u64 },
    #[error("{name} doesn't have its checksum")]
    FileChecksum { name: String },
    #[error("{name}: {says}")]
    SetUnread { name: &'static str, says: String },
    #[error("{name} has format {format}; this program knows {known}")]
    SetFormat { name: &'static str, format: u32, known: u32 },
    #[error("{name} has no dimension")]
    SetDimension { name: &'static str },
    #[error("{name} names other files")]
    SetFiles { name: &'static str },
}

/// Why vectors can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system denies something.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The message of the system.
        source: io::Error,
    },
    /// A file isn't what was written.
    #[error("the vectors in {} are damaged ({reason}); make them again: remove this folder and run tiaowen embed", folder.display())]
    Damaged {
        /// The folder of the vectors.
        folder: PathBuf,
        /// What is wrong.
        reason: StoreReason,
    },
    /// Another run fills the set.
    #[error("{}: another tiaowen embed is writing here; wait until it has ended", folder.display())]
    Locked {
        /// The folder of the vectors.
        folder: PathBuf,
    },
    /// The search was cancelled or took too long.
    #[error(transparent)]
    Spent(#[from] Spent),
}

pub(crate) fn io_error(path: &Path, source: io::Error) -> StoreError {
    StoreError::Io { path: path.to_owned(), source }
}

pub(crate) fn damaged(folder: &Path, reason: StoreReason) -> StoreError {
    StoreError::Damaged { folder: folder.to_owned(), reason }
}

/// Where the columns of a part begin in its file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PartLayout {
    rows: usize,
    ids: usize,
    /// The bytes of a vector.
    row: usize,
}

impl PartLayout {
    pub(crate) fn of(name: &PartName, dimension: usize) -> Self {
        PartLayout { rows: name.rows, ids: name.ids, row: FACTOR + dimension }
    }

    fn ends(self) -> usize {
        self.rows * Key::BYTES
    }

    fn first_id(self) -> usize {
        self.ends() + self.rows * 4
    }

    fn vectors(self) -> usize {
        self.first_id() + self.ids
    }

    fn bytes(self) -> usize {
        self.vectors() + self.rows * self.row
    }
}

/// An open part.
#[derive(Debug)]
pub(crate) struct Part {
    file: File,
    layout: PartLayout,
}

impl Part {
    fn open(folder: &Path, name: &PartName, dimension: usize) -> Result<Self, StoreError> {
        let path = folder.join(&name.file);
        let file = File::open(&path).map_err(|source| io_error(&path, source))?;
        let bytes = file.metadata().map_err(|source| io_error(&path, source))?.len();
        let layout = PartLayout::of(name, dimension);
        if bytes != layout.bytes() as u64 {
            let reason = StoreReason::FileLength { name: name.file.clone(), bytes };
            return Err(damaged(folder, reason));
        }
        Ok(Part { file, layout })
    }

    pub(crate) fn rows(&self) -> usize {
        self.layout.rows
    }

    fn bytes(&self, from: usize, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        read_at(&self.file, &mut bytes, from as u64)?;
        Ok(bytes)
    }

    /// The key and the id of a row.
    fn name(&self, row: usize) -> io::Result<(Key, String)> {
        let PartLayout { rows, ids, .. } = self.layout;
        let key = self.bytes(row * Key::BYTES, Key::BYTES)?;
        let end = |row: usize| -> io::Result<usize> {
            Ok(number(&self.bytes(self.layout.ends() + row * 4, 4)?))
        };
        let (from, to) = (if row == 0 { 0 } else { end(row - 1)? }, end(row)?);
        if row >= rows || from > to || to > ids {
            return Err(ErrorKind::InvalidData.into());
        }
        let id = self.bytes(self.layout.first_id() + from, to - from)?;
        let id = String::from_utf8(id).map_err(|_| ErrorKind::InvalidData)?;
        Ok((key_of(&key), id))
    }

    /// The keys and ids of all rows.
    pub(crate) fn names(&self) -> io::Result<Vec<(Key, String)>> {
        let PartLayout { rows, ids, .. } = self.layout;
        let keys = self.bytes(0, rows * Key::BYTES)?;
        let ends = self.bytes(self.layout.ends(), rows * 4)?;
        let ids = self.bytes(self.layout.first_id(), ids)?;
        let mut names = Vec::with_capacity(rows);
        let mut from = 0;
        for (key, end) in keys.chunks_exact(Key::BYTES).zip(ends.chunks_exact(4)) {
            let to = number(end);
            let id = ids.get(from..to).and_then(|id| std::str::from_utf8(id).ok());
            names.push((key_of(key), id.ok_or(ErrorKind::InvalidData)?.to_owned()));
            from = to;
        }
        Ok(names)
    }

    /// The vector of a row, as it is stored.
    pub(crate) fn vector(&self, row: usize) -> io::Result<Vec<u8>> {
        self.bytes(self.layout.vectors() + row * self.layout.row, self.layout.row)
    }
}

fn number(bytes: &[u8]) -> usize {
    bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize)
}

fn key_of(bytes: &[u8]) -> Key {
    Key(bytes.first_chunk().copied().unwrap_or_default())
}

/// Fills `bytes` from a place in a file, whatever other threads read from it.
#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

/// Fills `bytes` from a place in a file, whatever other threads read from it.
#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !bytes.is_empty() {
        match file.seek_read(bytes, at)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => {
                bytes = &mut bytes[read..];
                at += read as u64;
            }
        }
    }
    Ok(())
}

/// A clause near to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// Its id.
    pub id: String,
    /// The key of the text that its vector was made of. It is outdated if the clause now has another.
    pub key: Key,
    /// The cosine of the angle between the vectors: at most 1, for the same direction.
    pub cosine: f32,
}

/// The vectors of an index, opened. A later run doesn't affect them.
#[derive(Debug)]
pub struct Vectors {
    pub(crate) set: SetFile,
    pub(crate) parts: Vec<Arc<Part>>,
    pub(crate) folder: PathBuf,
}

/// A row among those of all parts.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    cosine: f32,
    part: usize,
    row: usize,
}

impl Candidate {
    fn compare(&self, other: &Self) -> Ordering {
        let place = (self.part, self.row).cmp(&(other.part, other.row));
        other.cosine.total_cmp(&self.cosine).then(place)
    }
}

/// The threads that search large sets. A pool of their own, so that a search waits for nothing else.
static HELPERS: LazyLock<Option<ThreadPool>> = LazyLock::new(|| {
    ThreadPoolBuilder::new().thread_name(|nth| format!("meaning-{nth}")).build().ok()
});

impl Vectors {
    /// Opens the vectors of the index in a folder. `None` if there are none.
    ///
    /// # Errors
    /// When they can't be read, or were written by a later version of this program.
    pub fn open(index: &Path) -> Result<Option<Self>, StoreError> {
        let folder = folder_of(index);
        for attempt in 1.. {
            match Self::open_once(&folder) {
                // A run has replaced the set in between.
                Err(StoreError::Io { source, .. })
                    if source.kind() == ErrorKind::NotFound && attempt < TRIES => {}
                opened => return opened,
            }
        }
        Ok(None)
    }

    fn open_once(folder: &Path) -> Result<Option<Self>, StoreError> {
        let Some(set) = SetFile::read(folder)? else { return Ok(None) };
        let open = |name| Part::open(folder, name, set.stamp.dimension).map(Arc::new);
        let parts = set.parts.iter().map(open).collect::<Result<_, _>>()?;
        Ok(Some(Vectors { set, parts, folder: folder.to_owned() }))
    }

    /// What they were made with.
    pub fn stamp(&self) -> &ModelStamp {
        &self.set.stamp
    }

    /// The number of clauses that have one, as of the run that filled them last.
    pub fn filled(&self) -> u64 {
        self.set.filled
    }

    /// The state of the index that they were filled for, if a run got to the end.
    pub fn version(&self) -> Option<&str> {
        Some(self.set.version.as_str()).filter(|version| !version.is_empty())
    }

    /// The `keep` clauses with the nearest vectors, the nearest first. The vector must have their
    /// dimension.
    pub(crate) fn nearest(
        &self,
        asked: &QueryVector,
        keep: usize,
        budget: &Budget,
    ) -> Result<Vec<Near>, StoreError> {
        let row = FACTOR + self.set.stamp.dimension;
        let per_block = (BLOCK / row).max(1);
        let mut blocks: Vec<(usize, usize)> = Vec::new();
        for (nth, part) in self.parts.iter().enumerate() {
            blocks.extend((0..part.rows()).step_by(per_block).map(|from| (nth, from)));
        }
        let rows: usize = self.parts.iter().map(|part| part.rows()).sum();
        let of_block = |buffer: &mut Vec<u8>, &(part, from): &(usize, usize)| {
            budget.check()?;
            self.best_of_rows(part, from, per_block, (asked, keep), buffer)
        };
        let helpers = if rows * row >= MUCH { HELPERS.as_ref() } else { None };
        let found: Result<Vec<Vec<Candidate>>, StoreError> = match helpers {
            Some(helpers) => {
                helpers.install(|| blocks.par_iter().map_init(Vec::new, of_block).collect())
            }
            None => {
                let mut buffer = Vec::new();
                blocks.iter().map(|block| of_block(&mut buffer, block)).collect()
            }
        };
        let mut nearest = best(found?.into_iter().flatten().collect(), keep);
        nearest.sort_unstable_by(Candidate::compare);
        nearest.iter().map(|found| self.named(found)).collect()
    }

    /// The best `keep` clauses of a part among up to `most` rows from one on.
    fn best_of_rows(
        &self,
        nth: usize,
        from: usize,
        most: usize,
        (asked, keep): (&QueryVector, usize),
        buffer: &mut Vec<u8>,
    ) -> Result<Vec<Candidate>, StoreError> {
        let row = FACTOR + self.set.stamp.dimension;
        let part = &self.parts[nth];
        buffer.resize(most.min(part.rows() - from) * row, 0);
        let at = part.layout.vectors() + from * row;
        read_at(&part.file, buffer, at as u64).map_err(|source| self.unreadable(nth, source))?;
        let found = buffer.chunks_exact(row).enumerate().map(|(at, bytes)| Candidate {
            cosine: asked.cosine(bytes),
            part: nth,
            row: from + at,
        });
        Ok(best(found.collect(), keep))
    }

    /// A candidate with its id and key.
    fn named(&self, found: &Candidate) -> Result<Near, StoreError> {
        let name = self.parts[found.part].name(found.row);
        let (key, id) = name.map_err(|source| self.unreadable(found.part, source))?;
        Ok(Near { id, key, cosine: found.cosine })
    }

    fn unreadable(&self, part: usize, source: io::Error) -> StoreError {
        io_error(&self.folder.join(&self.set.parts[part].file), source)
    }
}

/// The best `keep`, in any order.
fn best(mut found: Vec<Candidate>, keep: usize) -> Vec<Candidate> {
    if found.len() > keep && keep > 0 {
        found.select_nth_unstable_by(keep - 1, Candidate::compare);
    }
    found.truncate(keep);
    found
}

impl SetFile {
    /// The set in a folder of vectors; `None` if there is none.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, StoreError> {
        let path = folder.join(SET);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(io_error(&path, source)),
        };
        let set: SetFile = serde_json::from_slice(&bytes).map_err(|error| {
            damaged(folder, StoreReason::SetUnread { name: SET, says: error.to_string() })
        })?;
        if set.format != FORMAT {
            let reason = StoreReason::SetFormat { name: SET, format: set.format, known: FORMAT };
            return Err(damaged(folder, reason));
        }
        let is_plain = |name: &PartName| {
            let is_here = name.file.starts_with(PART) && !name.file.contains(['/', '\\']);
            is_here && name.ids < 1 << 32 && name.rows < 1 << 32
        };
        if !(1..=MOST_DIMENSIONS).contains(&set.stamp.dimension) {
            return Err(damaged(folder, StoreReason::SetDimension { name: SET }));
        }
        if !set.parts.iter().all(is_plain) {
            return Err(damaged(folder, StoreReason::SetFiles { name: SET }));
        }
        Ok(Some(set))
    }

    pub(crate) fn new(stamp: ModelStamp) -> Self {
        SetFile { format: FORMAT, stamp, version: String::new(), filled: 0, parts: Vec::new() }
    }

    /// Makes this the set of the folder, and removes parts that it doesn't name.
    pub(crate) fn publish(&self, folder: &Path) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec_pretty(self).expect("a set has string keys only");
        write_whole(folder, SET, &[&bytes])?;
        let named = |name: &str| self.parts.iter().any(|part| part.file == name);
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(PART) && !named(&name) {
                // What can't be removed now is removed by the next run.
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }
}

/// The beginning of a part's name.
const PART: &str = "vectors-";

/// Rows that are to become a part.
#[derive(Debug, Default)]
pub(crate) struct PartRows {
    keys: Vec<u8>,
    ends: Vec<u8>,
    ids: Vec<u8>,
    vectors: Vec<u8>,
    rows: usize,
}

impl PartRows {
    pub(crate) fn push(&mut self, key: Key, id: &str, vector: &[u8]) {
        self.keys.extend_from_slice(&key.0);
        self.ids.extend_from_slice(id.as_bytes());
        let end = u32::try_from(self.ids.len()).expect("a part has fewer ids");
        self.ends.extend_from_slice(&end.to_le_bytes());
        self.vectors.extend_from_slice(vector);
        self.rows += 1;
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The vector of a row that was pushed.
    pub(crate) fn vector(&self, row: usize) -> &[u8] {
        let bytes = self.vectors.len() / self.rows.max(1);
        &self.vectors[row * bytes..(row + 1) * bytes]
    }

    /// Writes the part and opens it.
    pub(crate) fn write(
        &self,
        folder: &Path,
        dimension: usize,
    ) -> Result<(PartName, Arc<Part>), StoreError> {
        let columns = [&self.keys[..], &self.ends, &self.ids, &self.vectors];
        let mut hasher = blake3::Hasher::new();
        for column in columns {
            hasher.update(column);
        }
        let hash = hasher.finalize().to_hex()[..32].to_owned();
        // The same rows have the same name, and need not be written twice.
        let file = format!("{PART}{}.bin", &hash[..16]);
        write_whole(folder, &file, &columns)?;
        let name = PartName { file, rows: self.rows, ids: self.ids.len(), hash };
        let part = Part::open(folder, &name, dimension)?;
        Ok((name, Arc::new(part)))
    }
}

/// Writes a file so that it has its old content or the new one, whatever happens.
fn write_whole(folder: &Path, name: &str, content: &[&[u8]]) -> Result<(), StoreError> {
    let (path, fresh) = (folder.join(name), folder.join(format!(".{name}.new")));
    replace(&fresh, &path, content).map_err(|source| {
        let _ = fs::remove_file(&fresh);
        io_error(&path, source)
    })
}

/// Writes a fresh file and gives it the place of the old one.
fn replace(fresh: &Path, path: &Path, content: &[&[u8]]) -> io::Result<()> {
    let mut file = File::create(fresh)?;
    content.iter().try_for_each(|bytes| file.write_all(bytes))?;
    file.sync_data()?;
    fs::rename(fresh, path)?;
    match path.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_data(),
        _ => Ok(()),
    }
}

/// Checks that a part has its hash.
pub(crate) fn verify(folder: &Path, name: &PartName) -> Result<(), StoreError> {
    let path = folder.join(&name.file);
    let mut hasher = blake3::Hasher::new();
    let hashed = File::open(&path).and_then(|file| {
        hasher.update_reader(file)?;
        Ok(hasher.finalize().to_hex()[..32].to_owned())
    });
    if hashed.map_err(|source| io_error(&path, source))? != name.hash {
        let reason = StoreReason::FileChecksum { name: name.file.clone() };
        return Err(damaged(folder, reason));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::packed;

    fn stamp(dimension: usize) -> ModelStamp {
        let sides = Sides::Prefix { query: String::new(), passage: String::new() };
        ModelStamp { model: "m".into(), dimension, sides, longest: 700 }
    }

    /// The nth of several directions in a plane.
    fn direction(nth: usize, of: usize) -> Vec<f32> {
        let angle = nth as f32 / of as f32 * 3.0;
        vec![angle.cos(), angle.sin(), 0.0]
    }

    /// A set of so many rows in parts of different sizes.
    fn filled(index: &Path, rows: usize) -> Vectors {
        let folder = folder_of(index);
        fs::create_dir_all(&folder).unwrap();
        let mut set = SetFile::new(stamp(3));
        let mut at = 0;
        for size in [1, 2, 500, rows] {
            let mut part = PartRows::default();
            for nth in at..(at + size).min(rows) {
                let vector = packed(&direction(nth, rows)).unwrap();
                part.push(Key::of(&nth.to_string()), &format!("a.art_{nth}"), &vector);
            }
            at += part.rows();
            if part.rows() > 0 {
                set.parts.push(part.write(&folder, 3).unwrap().0);
            }
        }
        set.filled = rows as u64;
        set.publish(&folder).unwrap();
        Vectors::open(index).unwrap().unwrap()
    }

    #[test]
    fn the_nearest_come_first_with_their_ids_and_keys() {
        let index = tempfile::tempdir().unwrap();
        let vectors = filled(index.path(), 2_000);
        assert_eq!((vectors.parts.len(), vectors.filled()), (4, 2_000));
        let budget = Budget::unlimited();
        for nth in [0, 1, 2, 3, 502, 503, 1_999] {
            let asked = QueryVector::of(&direction(nth, 2_000)).unwrap();
            let found = vectors.nearest(&asked, 1_000, &budget).unwrap();
            assert_eq!(found.len(), 1_000);
            assert!(found.windows(2).all(|two| two[0].cosine >= two[1].cosine));
            // Rounding leaves neighbours of the nearest alike.
            let place = found.iter().position(|near| near.id == format!("a.art_{nth}")).unwrap();
            assert!(place < 120, "{nth} at {place}");
            assert_eq!(found[place].key, Key::of(&nth.to_string()));
            assert!((found[0].cosine - 1.0).abs() < 0.01);
            let fewer = vectors.nearest(&asked, 7, &budget).unwrap();
            assert_eq!(fewer, found[..7]);
        }
        budget.cancel();
        let asked = QueryVector::of(&direction(1, 9)).unwrap();
        assert!(matches!(vectors.nearest(&asked, 1, &budget), Err(StoreError::Spent(_))));
    }

    #[test]
    fn large_sets_give_the_same_on_several_threads() {
        let index = tempfile::tempdir().unwrap();
        let rows = MUCH / (FACTOR + 3) + 10;
        let vectors = filled(index.path(), rows);
        let asked = QueryVector::of(&direction(rows / 2, rows)).unwrap();
        let found = vectors.nearest(&asked, 50, &Budget::unlimited()).unwrap();
        let mut all: Vec<f32> =
            (0..rows).map(|nth| asked.cosine(&packed(&direction(nth, rows)).unwrap())).collect();
        all.sort_by(|left, right| right.total_cmp(left));
        let cosines: Vec<f32> = found.iter().map(|near| near.cosine).collect();
        assert_eq!(cosines, all[..50]);
    }

    #[test]
    fn what_is_damaged_is_an_error_that_names_the_folder() {
        let index = tempfile::tempdir().unwrap();
        assert!(Vectors::open(index.path()).unwrap().is_none());
        let vectors = filled(index.path(), 10);
        let (folder, name) = (vectors.folder.clone(), vectors.set.parts[0].clone());
        verify(&folder, &name).unwrap();
        let part = folder.join(&name.file);
        let mut bytes = fs::read(&part).unwrap();
        bytes[0] ^= 1;
        fs::write(&part, &bytes).unwrap();
        assert!(matches!(verify(&folder, &name), Err(StoreError::Damaged { .. })));
        bytes.pop();
        fs::write(&part, &bytes).unwrap();
        let error = Vectors::open(index.path()).unwrap_err().to_string();
        assert!(error.contains("damaged") && error.contains("tiaowen embed"), "{error}");
        fs::remove_file(&part).unwrap();
        assert!(matches!(Vectors::open(index.path()), Err(StoreError::Io { .. })));
        for (text, reason) in [
            ("{", "set.json"),
            ("[]", "set.json"),
            (
                r#"{"format":9,"stamp":{"model":"m","dimension":3,"sides":{"by":"input_type"},"longest":9},"version":"","filled":0,"parts":[]}"#,
                "format 9",
            ),
            (
                r#"{"format":1,"stamp":{"model":"m","dimension":3,"sides":{"by":"input_type"},"longest":9},"version":"","filled":0,"parts":[{"file":"../../a","rows":0,"ids":0,"hash":""}]}"#,
                "names other files",
            ),
        ] {
            fs::write(folder.join(SET), text).unwrap();
            let error = Vectors::open(index.path()).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn a_set_that_is_replaced_stays_readable_for_who_has_it_open() {
        let index = tempfile::tempdir().unwrap();
        let vectors = filled(index.path(), 10);
        SetFile::new(stamp(3)).publish(&vectors.folder).unwrap();
        let left = fs::read_dir(&vectors.folder).unwrap().count();
        assert_eq!(left, 1, "parts that aren't named are removed");
        let asked = QueryVector::of(&direction(1, 10)).unwrap();
        assert_eq!(vectors.nearest(&asked, 10, &Budget::unlimited()).unwrap().len(), 10);
        let now = Vectors::open(index.path()).unwrap().unwrap();
        assert!(now.nearest(&asked, 10, &Budget::unlimited()).unwrap().is_empty());
    }
}
