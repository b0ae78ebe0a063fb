//! Fills the vectors of an index, and keeps them up to date.
//!
//! All clauses of an index are offered, one after another. One whose row is there already keeps it; one
//! whose text is known under another id gets a copy; the others are sent to the server in batches. What
//! was made is written every few thousand rows or every half a minute, so that a run that is stopped
//! loses no more than that and the next one goes on from there.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

use crate::endpoint::{Endpoint, EndpointError, EndpointReason, Patience};
use crate::packed::packed;
use crate::passage::Key;
use crate::sides::{Side, Sides, usual_longest, usual_prefixes};
use crate::store::{
    ModelStamp, Part, PartName, PartRows, SetFile, StoreError, StoreReason, Vectors, damaged,
    folder_of, io_error, verify,
};

/// New rows are written when there are this many, or when so much time has passed.
const ROWS: usize = 4_096;
const INTERVAL: Duration = Duration::from_secs(30);

/// The most rows of a part that others are merged into. It bounds the memory of merging.
const LARGE: usize = 65_536;

/// Parts are merged when this many are small, or this share of their rows is outdated.
const SMALL_PARTS: usize = 8;
const OUTDATED: f64 = 0.1;

/// The fewest characters that a text is cut to when the server refuses longer ones.
const SHORTEST: usize = 64;

/// The number of texts sent at once, unless chosen. On a processor, larger batches gain little.
const BATCH: usize = 32;

/// How vectors are made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FillOptions {
    /// The model; otherwise that of the vectors that there are, or the server's first.
    pub model: Option<String>,
    /// The prefixes of queries and passages; otherwise those that the model is known to want, unless
    /// the server adds them.
    pub prefixes: Option<(String, String)>,
    /// The most characters of a text; otherwise what the model is known to read.
    pub longest: Option<usize>,
    /// The number of texts sent at once; otherwise 32.
    pub batch: Option<usize>,
}

/// What a run has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FillReport {
    /// The model.
    pub model: String,
    /// The dimension of its vectors.
    pub dimension: usize,
    /// Clauses offered.
    pub clauses: u64,
    /// Clauses whose vectors the server made in this run.
    pub made: u64,
    /// Clauses that kept the vector they had.
    pub kept: u64,
    /// Clauses with the vector of another clause or earlier state with the same text.
    pub copied: u64,
    /// Of those made, how many were too long for the model and were cut off.
    pub cut: u64,
    /// Whether vectors of another model, or made in another way, were there and are no longer used.
    pub replaced: bool,
}

/// Why filling ended early. What was made before is kept.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// The server makes no vectors.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The vectors can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The dimension has changed in the middle.
    #[error(
        "the embedding server at {place} answered with {answered} dimensions instead of {stored}"
    )]
    Dimension {
        /// The server's address.
        place: String,
        /// The dimension of this answer.
        answered: usize,
        /// The dimension of the others.
        stored: usize,
    },
    /// No model is named, and the server names none.
    #[error("the embedding server at {place} doesn't name its models; name one with --model")]
    NoModel {
        /// The server's address.
        place: String,
    },
}

/// Where a row is.
#[derive(Debug, Clone, Copy)]
struct RowPlace {
    /// The part; the number of parts for the rows that aren't written yet.
    part: usize,
    row: usize,
}

/// A text that waits for its vector, with the clauses that have it.
struct Waiting {
    key: Key,
    text: String,
    ids: Vec<String>,
}

/// A run that fills vectors. Clauses are [`offer`](Self::offer)ed, and at the end comes
/// [`finish`](Self::finish). If it is dropped before, what was written stays.
pub struct Filling {
    folder: PathBuf,
    endpoint: Endpoint,
    batch: usize,
    set: SetFile,
    parts: Vec<Arc<Part>>,
    /// The rows of clauses with their text, and of texts.
    rows: FxHashMap<Key, RowPlace>,
    texts: FxHashMap<Key, RowPlace>,
    /// The rows of each part that belong to clauses offered in this run.
    live: Vec<Vec<bool>>,
    fresh: PartRows,
    written: Instant,
    waiting: Vec<Waiting>,
    report: FillReport,
    _lock: File,
}

impl Filling {
    /// Begins to fill the vectors of the index in a folder.
    ///
    /// # Errors
    /// When the server makes no vectors, another run is filling them, or the folder can't be written.
    pub fn begin(
        index: &Path,
        endpoint: Endpoint,
        options: &FillOptions,
    ) -> Result<Self, FillError> {
        let folder = folder_of(index);
        fs::create_dir_all(&folder).map_err(|source| io_error(&folder, source))?;
        let lock = locked(&folder)?;
        let before = Vectors::open(index)?;
        let stamp = stamp(&endpoint, options, before.as_ref())?;
        let is_same = |vectors: &Vectors| vectors.set.stamp == stamp;
        let replaced = before.as_ref().is_some_and(|before| !is_same(before));
        let report = FillReport {
            model: stamp.model.clone(),
            dimension: stamp.dimension,
            replaced,
            ..FillReport::default()
        };
        let mut filling = Filling {
            endpoint,
            batch: options.batch.unwrap_or(BATCH).max(1),
            set: SetFile::new(stamp.clone()),
            parts: Vec::new(),
            rows: FxHashMap::default(),
            texts: FxHashMap::default(),
            live: Vec::new(),
            fresh: PartRows::default(),
            written: Instant::now(),
            waiting: Vec::new(),
            report,
            folder,
            _lock: lock,
        };
        if let Some(before) = before.filter(is_same) {
            filling.take(before)?;
        }
        Ok(filling)
    }

    /// Takes over the rows of an earlier run.
    fn take(&mut self, before: Vectors) -> Result<(), StoreError> {
        for (at, (name, part)) in before.set.parts.iter().zip(&before.parts).enumerate() {
            verify(&self.folder, name)?;
            let damage = || StoreReason::FileDamaged { name: name.file.clone() };
            let names = part.names().map_err(|_| damaged(&self.folder, damage()))?;
            for (row, (key, id)) in names.into_iter().enumerate() {
                self.know(key, &id, RowPlace { part: at, row });
            }
            self.live.push(vec![false; part.rows()]);
        }
        self.set = SetFile { version: String::new(), ..before.set };
        self.parts = before.parts;
        Ok(())
    }

    fn know(&mut self, key: Key, id: &str, place: RowPlace) {
        self.rows.insert(Key::of_row(id, key), place);
        self.texts.insert(key, place);
    }

    /// What was done so far.
    pub fn report(&self) -> &FillReport {
        &self.report
    }

    /// Offers a clause with the text that represents it.
    ///
    /// # Errors
    /// When the server fails, or rows can't be written. [`finish_early`](Self::finish_early) then keeps
    /// what was made.
    pub fn offer(&mut self, id: &str, text: &str) -> Result<(), FillError> {
        self.report.clauses += 1;
        let key = Key::of(text);
        if let Some(place) = self.rows.get(&Key::of_row(id, key)).copied() {
            if let Some(live) = self.live.get_mut(place.part).and_then(|p| p.get_mut(place.row)) {
                *live = true;
            }
            self.report.kept += 1;
            return Ok(());
        }
        if let Some(place) = self.texts.get(&key).copied() {
            let vector = self.vector(place)?;
            self.push(key, id, &vector)?;
            self.report.copied += 1;
            return Ok(());
        }
        match self.waiting.iter_mut().find(|waiting| waiting.key == key) {
            Some(waiting) => waiting.ids.push(id.to_owned()),
            None => {
                self.waiting.push(Waiting { key, text: text.to_owned(), ids: vec![id.to_owned()] })
            }
        }
        if self.waiting.len() >= self.batch {
            self.make()?;
        }
        Ok(())
    }

    fn vector(&self, place: RowPlace) -> Result<Vec<u8>, StoreError> {
        match self.parts.get(place.part) {
            Some(part) => part.vector(place.row).map_err(|source| io_error(&self.folder, source)),
            None => Ok(self.fresh.vector(place.row).to_vec()),
        }
    }

    fn push(&mut self, key: Key, id: &str, vector: &[u8]) -> Result<(), StoreError> {
        let place = RowPlace { part: self.parts.len(), row: self.fresh.rows() };
        self.fresh.push(key, id, vector);
        self.know(key, id, place);
        if self.fresh.rows() >= ROWS || self.written.elapsed() >= INTERVAL {
            self.write()?;
        }
        Ok(())
    }

    /// Makes the vectors of the texts that wait.
    fn make(&mut self) -> Result<(), FillError> {
        // Servers refuse a list without texts.
        if self.waiting.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        let longest = self.set.stamp.longest;
        let texts: Vec<&str> = waiting.iter().map(|one| beginning(&one.text, longest)).collect();
        let made = self.made(&texts)?;
        for (Waiting { key, text, ids }, (vector, characters)) in waiting.iter().zip(made) {
            let stored = self.set.stamp.dimension;
            if vector.len() != stored {
                let (place, answered) = (self.endpoint.place().to_owned(), vector.len());
                return Err(FillError::Dimension { place, answered, stored });
            }
            let row = packed(&vector).ok_or_else(|| EndpointError::Junk {
                place: self.endpoint.place().to_owned(),
                reason: EndpointReason::VectorDirection,
            })?;
            let clauses = ids.len() as u64;
            if beginning(text, characters).len() < text.len() {
                self.report.cut += clauses;
            }
            for id in ids {
                self.push(*key, id, &row)?;
            }
            self.report.made += clauses;
        }
        Ok(())
    }

    /// The vectors of texts, each with the number of characters that the server accepted. If it refuses
    /// them, they are sent in halves, and a single text without its end.
    fn made(&self, texts: &[&str]) -> Result<Vec<(Vec<f32>, usize)>, EndpointError> {
        let ModelStamp { model, sides, .. } = &self.set.stamp;
        let sent = self.endpoint.vectors(model, sides, Side::Passage, texts, Patience::FILLING);
        let error = match sent {
            Ok(vectors) => {
                let lengths = texts.iter().map(|text| text.chars().count());
                return Ok(vectors.into_iter().zip(lengths).collect());
            }
            Err(error) if error.may_be_too_long() => error,
            Err(error) => return Err(error),
        };
        match texts {
            [only] => {
                let half = only.chars().count() / 2;
                if half < SHORTEST { Err(error) } else { self.made(&[beginning(only, half)]) }
            }
            texts => {
                let (left, right) = texts.split_at(texts.len() / 2);
                let mut made = self.made(left)?;
                made.extend(self.made(right)?);
                Ok(made)
            }
        }
    }

    /// Writes the new rows and makes them visible.
    fn write(&mut self) -> Result<(), StoreError> {
        self.written = Instant::now();
        if self.fresh.rows() > 0 {
            let fresh = std::mem::take(&mut self.fresh);
            let (name, part) = fresh.write(&self.folder, self.set.stamp.dimension)?;
            self.set.filled += part.rows() as u64;
            self.live.push(vec![true; part.rows()]);
            self.set.parts.push(name);
            self.parts.push(part);
        }
        self.set.publish(&self.folder)
    }

    /// Ends a run that failed: keeps what was made, without removing anything.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn finish_early(mut self) -> Result<FillReport, FillError> {
        self.write()?;
        Ok(self.report)
    }

    /// Ends the run: makes the vectors that are missing, and removes rows of clauses that were not
    /// offered. `version` is the state of the index that the clauses came from.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    pub fn finish(&mut self, version: &str) -> Result<FillReport, FillError> {
        self.make()?;
        self.write()?;
        let live: usize = self.live.iter().flatten().filter(|live| **live).count();
        let rows: usize = self.parts.iter().map(|part| part.rows()).sum();
        let small = self.parts.iter().filter(|part| part.rows() < LARGE / 2).count();
        let outdated = (rows - live) as f64;
        if outdated > rows as f64 * OUTDATED || small > SMALL_PARTS {
            self.merge()?;
        }
        self.set.filled = live as u64;
        self.set.version = version.to_owned();
        self.set.publish(&self.folder)?;
        Ok(self.report.clone())
    }

    /// Writes the rows in use into as few parts as may be.
    fn merge(&mut self) -> Result<(), StoreError> {
        let mut merged: Vec<(PartName, Arc<Part>)> = Vec::new();
        let mut next = PartRows::default();
        let dimension = self.set.stamp.dimension;
        for (part, live) in self.parts.iter().zip(&self.live) {
            let unreadable = |source| io_error(&self.folder, source);
            let names = part.names().map_err(unreadable)?;
            for (row, (key, id)) in names.into_iter().enumerate().filter(|(row, _)| live[*row]) {
                next.push(key, &id, &part.vector(row).map_err(unreadable)?);
                if next.rows() == LARGE {
                    merged.push(std::mem::take(&mut next).write(&self.folder, dimension)?);
                }
            }
        }
        if next.rows() > 0 {
            merged.push(next.write(&self.folder, dimension)?);
        }
        self.live = merged.iter().map(|(_, part)| vec![true; part.rows()]).collect();
        (self.set.parts, self.parts) = merged.into_iter().unzip();
        Ok(())
    }
}

/// The beginning of a text, at most so many characters.
fn beginning(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(at, _)| &text[..at])
}

/// The lock of a folder's vectors, until it is dropped.
fn locked(folder: &Path) -> Result<File, StoreError> {
    let path = folder.join(".lock");
    let file = File::create(&path).map_err(|source| io_error(&path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { folder: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(io_error(&path, source)),
    }
}

/// What vectors are to be made with.
fn stamp(
    endpoint: &Endpoint,
    options: &FillOptions,
    before: Option<&Vectors>,
) -> Result<ModelStamp, FillError> {
    let known = before.map(|before| &before.set.stamp);
    let model = match (&options.model, known) {
        (Some(model), _) => model.clone(),
        (None, Some(known)) => known.model.clone(),
        (None, None) => {
            let no_model = || FillError::NoModel { place: endpoint.place().to_owned() };
            let models = endpoint.models().map_err(|error| match error {
                EndpointError::Refused { .. } | EndpointError::Junk { .. } => no_model(),
                error => error.into(),
            })?;
            models.into_iter().next().ok_or_else(no_model)?
        }
    };
    // What was found out of a model is kept, as another answer would make all vectors again.
    let known = known.filter(|known| known.model == model);
    let sides = match (&options.prefixes, known) {
        (Some((query, passage)), _) => {
            Sides::Prefix { query: query.clone(), passage: passage.clone() }
        }
        (None, Some(known)) => known.sides.clone(),
        (None, None) => endpoint.sides(&model, usual_prefixes(&model))?,
    };
    let sample = endpoint.vectors(&model, &sides, Side::Passage, &["條文"], Patience::FILLING)?;
    let dimension = sample.first().map_or(0, Vec::len);
    let usual = || known.map_or_else(|| usual_longest(&model), |known| known.longest);
    let longest = options.longest.unwrap_or_else(usual);
    Ok(ModelStamp { model, dimension, sides, longest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nearest::Meaning;
    use crate::testing::{Stub, Trouble};
    use tiaowen_text::Budget;

    fn endpoint(stub: &Stub) -> Endpoint {
        Endpoint::new(&stub.url(), None).unwrap()
    }

    fn clauses(many: usize) -> Vec<(String, String)> {
        (0..many)
            .map(|nth| (format!("a.art_{nth}"), format!("第{nth}號規定 {}", nth * 7919)))
            .collect()
    }

    /// Fills to the end.
    fn filled(index: &Path, stub: &Stub, clauses: &[(String, String)]) -> FillReport {
        let mut filling = Filling::begin(index, endpoint(stub), &FillOptions::default()).unwrap();
        for (id, text) in clauses {
            filling.offer(id, text).unwrap();
        }
        filling.finish("v1").unwrap()
    }

    #[test]
    fn only_what_is_new_is_sent() {
        let (index, stub) = (tempfile::tempdir().unwrap(), Stub::new());
        let mut all = clauses(100);
        let report = filled(index.path(), &stub, &all);
        assert_eq!((report.made, report.kept, report.clauses), (100, 0, 100));
        assert_eq!(
            (report.model.as_str(), report.dimension),
            ("stub-model", crate::testing::DIMENSION)
        );
        let vectors = Vectors::open(index.path()).unwrap().unwrap();
        assert_eq!((vectors.filled(), vectors.version()), (100, Some("v1")));
        let sent = stub.texts().len();
        let report = filled(index.path(), &stub, &all);
        assert_eq!((report.made, report.kept), (0, 100));
        // Only the questions about the server itself.
        assert!(stub.texts()[sent..].iter().all(|text| !text.contains("號規定")));
        // A clause is gone, one has another text, one another id, and one is a copy.
        all.remove(99);
        all[0].1.push('改');
        all[1].0 = "b.art_1".into();
        all.push(("c.art_1".into(), all[50].1.clone()));
        let report = filled(index.path(), &stub, &all);
        assert_eq!((report.made, report.kept, report.copied), (1, 97, 2));
        let vectors = Vectors::open(index.path()).unwrap().unwrap();
        assert_eq!(vectors.filled(), 100);
    }

    #[test]
    fn outdated_rows_and_small_parts_are_merged_away() {
        let (index, stub) = (tempfile::tempdir().unwrap(), Stub::new());
        for many in 1..=12 {
            filled(index.path(), &stub, &clauses(many * 10));
        }
        let vectors = Vectors::open(index.path()).unwrap().unwrap();
        assert!(vectors.parts.len() <= SMALL_PARTS, "{}", vectors.parts.len());
        filled(index.path(), &stub, &clauses(20));
        let vectors = Vectors::open(index.path()).unwrap().unwrap();
        assert_eq!((vectors.parts.len(), vectors.parts[0].rows()), (1, 20));
        let of_folder = fs::read_dir(folder_of(index.path())).unwrap().count();
        assert_eq!(of_folder, 3, "the set, a part and the lock");
    }

    #[test]
    fn a_run_that_breaks_keeps_what_was_made_and_the_next_goes_on() {
        let (index, stub) = (tempfile::tempdir().unwrap(), Stub::new());
        let all = clauses(200);
        let options = FillOptions { batch: Some(10), ..FillOptions::default() };
        let mut filling = Filling::begin(index.path(), endpoint(&stub), &options).unwrap();
        stub.set(Trouble::BreaksAfter(stub.requests() + 7));
        let broken = all.iter().find_map(|(id, text)| filling.offer(id, text).err());
        assert!(
            matches!(broken, Some(FillError::Endpoint(EndpointError::Away { .. }))),
            "{broken:?}"
        );
        let report = filling.finish_early().unwrap();
        assert_eq!(report.made, 70);
        let vectors = Vectors::open(index.path()).unwrap().unwrap();
        assert_eq!((vectors.filled(), vectors.version()), (70, None));
        stub.set(Trouble::None);
        let report = filled(index.path(), &stub, &all);
        assert_eq!((report.kept, report.made), (70, 130));
    }

    #[test]
    fn two_runs_at_once_are_refused() {
        let (index, stub) = (tempfile::tempdir().unwrap(), Stub::new());
        let begin = || Filling::begin(index.path(), endpoint(&stub), &FillOptions::default());
        let first = begin().unwrap();
        assert!(matches!(begin(), Err(FillError::Store(StoreError::Locked { .. }))));
        drop(first);
        assert!(begin().is_ok());
    }

    #[test]
    fn long_texts_are_cut_and_counted() {
        let (index, stub) = (tempfile::tempdir().unwrap(), Stub::new());
        let long = "長".repeat(1_000);
        let all = [("a.art_1".to_owned(), "短".to_owned()), ("a.art_2".to_owned(), long)];
        let options = FillOptions { longest: Some(300), ..FillOptions::default() };
        let mut filling = Filling::begin(index.path(), endpoint(&stub), &options).unwrap();
        all.iter().for_each(|(id, text)| filling.offer(id, text).unwrap());
        let report = filling.finish("v1").unwrap();
        assert_eq!((report.made, report.cut), (2, 1));
        let longest = |stub: &Stub| stub.texts().iter().map(|text| text.chars().count()).max();
        assert_eq!(longest(&stub), Some(300));
        // A server that accepts less than the model is known for.
        let (index, stub) = (tempfile::tempdir().unwrap(), Stub::new());
        stub.set(Trouble::TooLong(200));
        let report = filled(index.path(), &stub, &all);
        assert_eq!((report.made, report.cut), (2, 1));
        stub.set(Trouble::Status(400));
        let begun = Filling::begin(index.path(), endpoint(&stub), &FillOptions::default());
        assert!(matches!(begun, Err(FillError::Endpoint(EndpointError::Refused { .. }))));
    }

    #[test]
    fn another_model_or_dimension_begins_again() {
        let (index, stub) = (tempfile::tempdir().unwrap(), Stub::new());
        filled(index.path(), &stub, &clauses(20));
        let options = FillOptions { model: Some("other".into()), ..FillOptions::default() };
        let mut filling = Filling::begin(index.path(), endpoint(&stub), &options).unwrap();
        assert!(filling.report().replaced);
        stub.set(Trouble::OtherDimension);
        for (id, text) in clauses(31) {
            filling.offer(&id, &text).unwrap();
        }
        let error = filling.finish("v1").unwrap_err();
        assert!(matches!(error, FillError::Dimension { .. }), "{error}");
        // It holds the lock.
        drop(filling);
        let report = filled(index.path(), &stub, &clauses(20));
        assert!(report.replaced && report.made == 20, "{report:?}");
        let meaning = Meaning::new(Some(endpoint(&stub)), Some(index.path()));
        assert_eq!(meaning.nearest("規定", 5, &Budget::unlimited()).unwrap().near.len(), 5);
    }
}
