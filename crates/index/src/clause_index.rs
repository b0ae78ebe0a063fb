//! An index in a folder on disk: opening, reading, committing.
//!
//! The engine's `meta.json` is the only file that a commit replaces; renaming it is the commit.
//! Everything else that belongs to a commit (the lists of sources, versions and groups) is written
//! before, under a name with its hash, and the payload in `meta.json` names these files. A reader
//! therefore sees the old state or the new one, never a mixture, and takes no lock for it.
//!
//! Files of the previous commit stay until the next one, for readers that are just opening them.
//! The folder may contain files of the user; only files whose names this program or the engine
//! gives are ever removed.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tantivy::collector::DocSetCollector;
use tantivy::directory::error::{LockError, OpenReadError};
use tantivy::directory::{Directory, RamDirectory};
use tantivy::query::TermQuery;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{
    Index, IndexReader as TantivyReader, IndexSettings, IndexWriter as TantivyWriter, ReloadPolicy,
    Searcher, TantivyDocument, TantivyError, Term,
};
use tiaowen_corpus::DocumentText;
use tiaowen_text::Segmenter;

use crate::directory::{ReadDirectory, WriteDirectory};
use crate::faults::point;
use crate::lock::LOCK;
use crate::merges::{Damage, SoundMerges, left_unmerged};
use crate::{
    ClauseRecord, Fields, Groups, IndexError, IndexReason, LastRun, Manifest, Stamp, Versions,
};

/// The payload of a commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payload {
    /// The stamp of the indexed tokens.
    pub stamp: Stamp,
    /// Name of the manifest file in the index folder.
    pub manifest: String,
    /// Hash of the manifest file.
    pub manifest_hash: String,
    /// Name of the file of versions: pairs of documents that are versions of one another.
    pub versions: String,
    /// Hash of the file of versions.
    pub versions_hash: String,
    /// Name of the file of groups: clauses that are versions of one another. Missing in an index of
    /// an earlier format.
    #[serde(default)]
    pub groups: String,
    /// Hash of the file of groups.
    #[serde(default)]
    pub groups_hash: String,
    /// Summary of the run that committed.
    pub last_run: LastRun,
}

/// An open index.
pub struct ClauseIndex {
    folder: PathBuf,
    index: Index,
    fields: Fields,
    segmenter: &'static Segmenter,
    payload: Option<Payload>,
    damage: Damage,
}

/// Memory for an index in memory, in bytes; a block of clauses takes a part of it.
const MEMORY: usize = 64 << 20;

pub(crate) const META: &str = "meta.json";
/// The engine's list of files that it may remove.
pub(crate) const MANAGED: &str = ".managed.json";

/// Number of attempts to open an index while commits keep arriving, and the pause between them.
const TRIES: usize = 20;
const PAUSE: Duration = Duration::from_millis(20);

/// Compression level for the files of a commit. Repeated names and numbers shrink to a third.
const LEVEL: i32 = 3;

impl ClauseIndex {
    /// Opens the index in `folder` for searching.
    ///
    /// # Errors
    /// If there is no index, the folder is no index of this program, or its stamp differs from this
    /// program's.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        Self::open_by(folder, |folder| ReadDirectory::open(folder).map(Into::into))
    }

    /// Opens the last commit in `folder` and passes it to `make`. Readers take no lock, so a new
    /// commit may remove files before they are opened; the new commit is then opened instead.
    ///
    /// # Errors
    /// As [`open`](Self::open), and any error of `make`.
    pub fn read<T, E: From<IndexError>>(
        folder: &Path,
        make: impl Fn(Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let meta = || fs::read(folder.join(META)).ok();
        let mut before = meta();
        for _ in 0..TRIES {
            let made = Self::open(folder).map_err(E::from).and_then(&make);
            let after = meta();
            if after == before {
                return made;
            }
            if made.is_err() {
                std::thread::sleep(PAUSE);
            }
            before = after;
        }
        Self::open(folder).map_err(E::from).and_then(make)
    }

    fn open_by(
        folder: &Path,
        directory: impl FnOnce(&Path) -> Result<Box<dyn Directory>, IndexError>,
    ) -> Result<Self, IndexError> {
        let payload = Self::payload_of(folder)?;
        let segmenter = Segmenter::shared();
        let current = Stamp::current(segmenter);
        if payload.stamp != current {
            return Err(IndexError::Stamp {
                folder: folder.to_owned(),
                made: Box::new(payload.stamp),
                current: Box::new(current),
            });
        }
        let mut index = Index::open(directory(folder)?).map_err(|source| engine(folder, source))?;
        let (schema, fields) = Fields::schema();
        if index.schema() != schema {
            return Err(foreign(folder, IndexReason::OtherFields));
        }
        index.set_tokenizers(Fields::tokenizers(segmenter));
        Ok(ClauseIndex {
            folder: folder.to_owned(),
            index,
            fields,
            segmenter,
            payload: Some(payload),
            damage: Damage::default(),
        })
    }

    /// Opens the index in `folder` for writing, or creates an empty one. Refuses a folder that
    /// contains anything other than an index.
    ///
    /// # Errors
    /// As [`open`](Self::open), and if the folder can't be created.
    pub fn open_or_create(folder: &Path) -> Result<Self, IndexError> {
        match Self::open(folder) {
            Ok(_) => {}
            Err(IndexError::Missing { .. }) => return Self::create(folder),
            Err(error) => return Err(error),
        }
        Self::remove_unnamed(folder)?;
        Self::open_by(folder, |folder| WriteDirectory::open(folder).map(Into::into))
    }

    fn create(folder: &Path) -> Result<Self, IndexError> {
        fs::create_dir_all(folder).map_err(|source| io_error(folder, source))?;
        let names = names(folder).map_err(|source| io_error(folder, source))?;
        // Files of an interrupted first run, the note that explains the folder, or vectors of an index
        // that was removed.
        let harmless =
            |name: &&String| **name == "README.md" || **name == "meaning" || name.starts_with('.');
        if let Some(name) = names.iter().find(|name| !harmless(name) && !is_ours(name)) {
            return Err(foreign(folder, IndexReason::HoldsOther { name: name.clone() }));
        }
        // An interrupted first run committed nothing. `meta.json` is removed last: without it,
        // remaining lists would look like a damaged index.
        let lists = names.iter().filter(|name| is_of_engine(name) || is_of_commit(name));
        for name in lists.map(String::as_str).chain([META]) {
            match fs::remove_file(folder.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(io_error(&folder.join(name), error));
                }
                _ => {}
            }
        }
        let (schema, fields) = Fields::schema();
        let segmenter = Segmenter::shared();
        let index = Index::builder()
            .schema(schema)
            .settings(IndexSettings::default())
            .tokenizers(Fields::tokenizers(segmenter))
            .open_or_create(WriteDirectory::open(folder)?)
            .map_err(|source| engine(folder, source))?;
        let (folder, damage) = (folder.to_owned(), Damage::default());
        Ok(ClauseIndex { folder, index, fields, segmenter, payload: None, damage })
    }

    /// An index of a few clauses in memory, each with its order number. Clauses from a remote index
    /// are searched and measured this way, exactly as those of a folder.
    ///
    /// # Errors
    /// If the engine fails.
    ///
    /// ```
    /// use tiaowen_index::{ClauseIndex, ClauseRecord, order};
    /// use tiaowen_text::Segmenter;
    ///
    /// let text = "粵港合作備忘錄\n\n一、每年會面。\n\n二、互相通報。";
    /// let document = tiaowen_corpus::read("a.txt", text).unwrap().remove(0);
    /// let records: Vec<ClauseRecord> = ClauseRecord::of(&document).collect();
    /// let clauses = records.iter().zip(0..);
    /// let clauses: Vec<(&ClauseRecord, u64)> =
    ///     clauses.map(|(record, place)| (record, order(&document.document.id, place))).collect();
    /// let index = ClauseIndex::in_memory(&clauses, Segmenter::shared())?;
    /// assert_eq!(index.reader()?.searcher().num_docs(), 2);
    /// # Ok::<(), tiaowen_index::IndexError>(())
    /// ```
    pub fn in_memory(
        clauses: &[(&ClauseRecord<'_>, u64)],
        segmenter: &'static Segmenter,
    ) -> Result<Self, IndexError> {
        let folder = PathBuf::from("memory");
        let fault = |source| engine(&folder, source);
        let (schema, fields) = Fields::schema();
        let builder = Index::builder().schema(schema).tokenizers(Fields::tokenizers(segmenter));
        let memory = RamDirectory::create();
        let mut index = if clauses.is_empty() {
            builder.open_or_create(memory).map_err(fault)?
        } else {
            let mut writer = builder.single_segment_index_writer(memory, MEMORY).map_err(fault)?;
            for (record, order) in clauses {
                writer.add_document(fields.entry_of("", record, *order)).map_err(fault)?;
            }
            writer.finalize().map_err(fault)?
        };
        index.set_tokenizers(Fields::tokenizers(segmenter));
        let damage = Damage::default();
        Ok(ClauseIndex { folder, index, fields, segmenter, payload: None, damage })
    }

    /// The payload of the last commit in `folder`, whatever its stamp.
    ///
    /// # Errors
    /// If there is no index, or it is no index of this program.
    pub fn payload_of(folder: &Path) -> Result<Payload, IndexError> {
        #[derive(Deserialize)]
        struct Meta {
            payload: Option<String>,
        }
        let path = folder.join(META);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error)
                if error.kind() == io::ErrorKind::NotFound
                    || error.kind() == io::ErrorKind::NotADirectory =>
            {
                return Err(match fs::metadata(folder) {
                    Ok(found) if !found.is_dir() => foreign(folder, IndexReason::IsFile),
                    // An interrupted first run leaves both; it removes the engine's file last.
                    _ if has_lists(folder) => damaged(folder, IndexReason::missing(META)),
                    _ => IndexError::Missing { folder: folder.to_owned() },
                });
            }
            Err(source) => return Err(io_error(&path, source)),
        };
        let unreadable = |error: serde_json::Error| match has_lists(folder) {
            true => damaged(folder, IndexReason::damaged(META)),
            false => foreign(folder, IndexReason::says(&error)),
        };
        let meta: Meta = serde_json::from_slice(&text).map_err(unreadable)?;
        // Without a payload nothing was committed: a first run was interrupted.
        let Some(payload) = meta.payload else {
            return Err(IndexError::Missing { folder: folder.to_owned() });
        };
        serde_json::from_str(&payload).map_err(unreadable)
    }

    /// The newest manifest in `folder`, for an index whose `meta.json` is lost or damaged. `None`
    /// if that manifest is damaged too.
    pub(crate) fn manifest_left(folder: &Path) -> Option<Manifest> {
        let lists = names(folder).ok()?.into_iter();
        let lists = lists.filter(|name| name.starts_with("manifest-") && is_of_commit(name));
        let modified = |name: &String| fs::metadata(folder.join(name)).ok()?.modified().ok();
        let newest = lists.max_by_key(modified)?;
        let bytes = fs::read(folder.join(&newest)).ok()?;
        let hash = blake3::hash(&bytes).to_hex();
        if !newest.contains(&hash.as_str()[..12]) {
            return None;
        }
        serde_json::from_slice(&zstd::decode_all(bytes.as_slice()).ok()?).ok()
    }

    /// The manifest of the last commit in `folder`, whatever its stamp.
    ///
    /// # Errors
    /// If there is no index, or its manifest is missing or damaged.
    pub fn manifest_of(folder: &Path) -> Result<Manifest, IndexError> {
        let mut payload = Self::payload_of(folder)?;
        for _ in 0..TRIES {
            let read = read_file(folder, &payload.manifest, &payload.manifest_hash);
            let now = Self::payload_of(folder)?;
            // A new commit may have removed the file in the meantime.
            if read.is_ok() || now == payload {
                return read;
            }
            payload = now;
        }
        read_file(folder, &payload.manifest, &payload.manifest_hash)
    }

    /// The folder of the index.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its fields.
    pub fn fields(&self) -> Fields {
        self.fields
    }

    /// The segmenter for texts and queries.
    pub fn segmenter(&self) -> &'static Segmenter {
        self.segmenter
    }

    /// The payload of the last commit, if there was one.
    pub fn payload(&self) -> Option<&Payload> {
        self.payload.as_ref()
    }

    /// The manifest of the last commit.
    ///
    /// # Errors
    /// If the manifest is missing or damaged.
    pub fn manifest(&self) -> Result<Manifest, IndexError> {
        match &self.payload {
            Some(payload) => read_file(&self.folder, &payload.manifest, &payload.manifest_hash),
            None => Ok(Manifest::default()),
        }
    }

    /// The pairs of documents of the last commit that are versions of one another.
    ///
    /// # Errors
    /// If the file is missing or damaged.
    pub fn versions(&self) -> Result<Versions, IndexError> {
        match &self.payload {
            Some(payload) => read_file(&self.folder, &payload.versions, &payload.versions_hash),
            None => Ok(Versions::default()),
        }
    }

    /// The groups of clauses of the last commit that are versions of one another. The file is
    /// mapped without verifying its hash; [`damaged_files`](Self::damaged_files) does that.
    ///
    /// # Errors
    /// If the file is missing or truncated.
    pub fn groups(&self) -> Result<Groups, IndexError> {
        let Some(payload) = &self.payload else { return Ok(Groups::default()) };
        let path = self.folder.join(&payload.groups);
        let fault = |source| io_error(&path, source);
        let file = ReadDirectory::open(&self.folder)?.open_read(Path::new(&payload.groups));
        let file = file.map_err(|error| engine(&self.folder, error.into()))?;
        let read = Groups::read(file.read_bytes().map_err(fault)?);
        read.ok_or_else(|| damaged(&self.folder, IndexReason::damaged(&payload.groups)))
    }

    /// A document with its clauses in reading order, as of `searcher`; `None` if no document has
    /// this id.
    ///
    /// # Errors
    /// If the index can't be read.
    pub fn document(
        &self,
        searcher: &Searcher,
        id: &str,
    ) -> Result<Option<DocumentText>, IndexError> {
        let term = Term::from_field_text(self.fields.document, id);
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let fault = |source| engine(&self.folder, source);
        let addresses = searcher.search(&query, &DocSetCollector).map_err(fault)?;
        let mut records = Vec::with_capacity(addresses.len());
        for address in addresses {
            let stored: TantivyDocument = searcher.doc(address).map_err(fault)?;
            let value = stored.get_first(self.fields.record);
            let bytes = value.as_ref().and_then(|value| value.as_bytes());
            let record = bytes.and_then(ClauseRecord::from_bytes);
            records.push(record.ok_or_else(|| damaged(&self.folder, IndexReason::DamagedRecord))?);
        }
        Ok(ClauseRecord::document(records))
    }

    /// Mapped files that are missing or don't match their checksums.
    ///
    /// # Errors
    /// If a file can't be read.
    pub fn damaged_files(&self) -> Result<Vec<String>, IndexError> {
        let meta = || fs::read(self.folder.join(META)).ok();
        let mut before = meta();
        let other = loop {
            match self.index.validate_checksum() {
                Ok(other) => break other,
                Err(source) => {
                    // A new commit may have removed a file in the meantime.
                    let now = meta();
                    if now == before {
                        return Err(engine(&self.folder, source));
                    }
                    before = now;
                }
            }
        };
        let mut files: Vec<PathBuf> =
            other.into_iter().map(|file| self.folder.join(file)).collect();
        if let Some(payload) = &self.payload {
            let path = self.folder.join(&payload.groups);
            let mut hasher = blake3::Hasher::new();
            let read = fs::File::open(&path).and_then(|file| hasher.update_reader(file).map(drop));
            if read.is_err() || hasher.finalize().to_hex().as_str() != payload.groups_hash {
                files.push(path);
            }
        }
        let mut files: Vec<String> =
            files.into_iter().map(|file| file.display().to_string()).collect();
        files.sort();
        Ok(files)
    }

    /// A reader of the last commit.
    ///
    /// # Errors
    /// If a file of the index can't be opened.
    pub fn reader(&self) -> Result<TantivyReader, IndexError> {
        self.index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(|source| engine(&self.folder, source))
    }

    /// A writer with `threads` threads that share `memory` bytes.
    ///
    /// # Errors
    /// If another process is writing to the index.
    pub fn writer(
        &self,
        threads: usize,
        memory: usize,
    ) -> Result<TantivyWriter<TantivyDocument>, IndexError> {
        let writer = self.index.writer_with_num_threads(threads, memory);
        let writer = writer.map_err(|error| match error {
            TantivyError::LockFailure(LockError::LockBusy, _) => {
                IndexError::Locked { folder: self.folder.clone(), holder: None }
            }
            source => engine(&self.folder, source),
        })?;
        let (directory, damage) = (self.index.directory().clone(), self.damage.clone());
        writer.set_merge_policy(Box::new(SoundMerges { directory, damage }));
        Ok(writer)
    }

    /// Reports whether all segments that a writer wanted to merge were intact. Damaged segments
    /// were left as they were.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] with one damaged file.
    pub(crate) fn merged_soundly(&self) -> Result<(), IndexError> {
        match self.damage.first() {
            Some(file) => {
                let reason = IndexReason::damaged(file.display().to_string());
                Err(damaged(&self.folder, reason))
            }
            None => Ok(()),
        }
    }

    /// Reports whether a finished writer completed all merges.
    ///
    /// # Errors
    /// [`IndexError::Unmerged`] if a merge failed, for example because the disk is full. The commit
    /// itself is not affected.
    pub(crate) fn merged_wholly(&self) -> Result<(), IndexError> {
        let segments = self.index.searchable_segment_metas();
        let segments = segments.map_err(|source| engine(&self.folder, source))?;
        match left_unmerged(&segments) {
            0 => Ok(()),
            parts => Err(IndexError::Unmerged { folder: self.folder.clone(), parts }),
        }
    }

    /// Commits everything that `writer` took together with its manifest and versions, atomically.
    ///
    /// # Errors
    /// If the disk can't take it; the index then stays as it was.
    pub fn commit(
        &self,
        writer: &mut TantivyWriter<TantivyDocument>,
        manifest: &Manifest,
        versions: &Versions,
        last_run: LastRun,
    ) -> Result<Payload, IndexError> {
        let mut prepared =
            writer.prepare_commit().map_err(|source| engine(&self.folder, source))?;
        let opstamp = prepared.opstamp();
        // If a step fails, the prepared commit is dropped and the old state remains.
        let (manifest, manifest_hash) = self.write_list("manifest", opstamp, manifest)?;
        let groups = Groups::of_versions(versions);
        let (versions, versions_hash) = self.write_list("versions", opstamp, versions)?;
        let write = |file: &mut Hashing| groups.write(file);
        let (groups, groups_hash) = self.write_file("groups", opstamp, "bin", &write)?;
        let payload = Payload {
            stamp: Stamp::current(self.segmenter),
            manifest,
            manifest_hash,
            versions,
            versions_hash,
            groups,
            groups_hash,
            last_run,
        };
        let text = serde_json::to_string(&payload).expect("a payload has string keys only");
        prepared.set_payload(&text);
        prepared.commit().map_err(|source| engine(&self.folder, source))?;
        // The files of the previous commit stay until the next one, for readers that are opening
        // them.
        remove_older_lists(&self.folder, &payload, self.payload.as_ref());
        Ok(payload)
    }

    /// Writes a list that belongs to a commit. Returns the file's name and hash.
    fn write_list(
        &self,
        what: &str,
        opstamp: u64,
        content: &impl Serialize,
    ) -> Result<(String, String), IndexError> {
        self.write_file(what, opstamp, "json.zst", &|file| write_packed(content, file))
    }

    /// Writes a file that belongs to a commit. Returns its name and hash.
    fn write_file(
        &self,
        what: &str,
        opstamp: u64,
        ending: &str,
        write: &dyn Fn(&mut Hashing) -> io::Result<()>,
    ) -> Result<(String, String), IndexError> {
        // The name includes the hash of the content, which is known only at the end.
        let unnamed = self.folder.join(format!("{what}-{opstamp}.{ending}"));
        let written = write_hashed(&unnamed, write).and_then(|hash| {
            let name = format!("{what}-{opstamp}-{}.{ending}", &hash[..12]);
            point(&unnamed)?;
            fs::rename(&unnamed, self.folder.join(&name))?;
            Ok((name, hash))
        });
        written.map_err(|source| {
            let _ = fs::remove_file(&unnamed);
            io_error(&unnamed, source)
        })
    }

    /// Removes segment files that the last commit in `folder` doesn't name. An interrupted run left
    /// them, and the next one would write files of the same names.
    ///
    /// # Errors
    /// If the folder can't be read.
    pub(crate) fn remove_unnamed(folder: &Path) -> Result<(), IndexError> {
        let index =
            Index::open(ReadDirectory::open(folder)?).map_err(|source| engine(folder, source))?;
        let metas = index.load_metas().map_err(|source| engine(folder, source))?;
        let named = metas.list_segment_files();
        for name in names(folder).map_err(|source| io_error(folder, source))? {
            if is_of_engine(&name) && !named.contains(Path::new(&name)) {
                let _ = fs::remove_file(folder.join(name));
            }
        }
        Ok(())
    }

    /// Size of the index in `folder` in bytes.
    pub fn bytes_on_disk(folder: &Path) -> u64 {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries
            .filter(|entry| is_ours(&entry.file_name().to_string_lossy()))
            .filter_map(|entry| entry.metadata().ok())
            .filter(|metadata| metadata.is_file())
            .map(|metadata| metadata.len())
            .sum()
    }
}

/// Removes the lists of earlier commits and of interrupted runs, except those of the previous
/// commit `before`. The next run retries what can't be removed now.
pub(crate) fn remove_older_lists(folder: &Path, now: &Payload, before: Option<&Payload>) {
    let is_kept =
        |name: &String| has_list(now, name) || before.is_some_and(|before| has_list(before, name));
    for name in names(folder).into_iter().flatten() {
        if is_of_commit(&name) && !is_kept(&name) {
            let _ = fs::remove_file(folder.join(name));
        }
    }
}

/// Whether a commit has a list of this name.
fn has_list(payload: &Payload, name: &String) -> bool {
    [&payload.manifest, &payload.versions, &payload.groups].contains(&name)
}

/// The names in a folder. Names that aren't UTF-8 don't belong to this program and are skipped.
pub(crate) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.extend(entry?.file_name().into_string());
    }
    Ok(names)
}

/// Whether this program or the engine gives such a name to a file of an index. Files with other
/// names belong to the user and are never removed.
pub(crate) fn is_ours(name: &str) -> bool {
    [META, MANAGED, LOCK, ".tantivy-writer.lock", ".tantivy-meta.lock"].contains(&name)
        || [".meta.json.new", ".managed.json.new"].contains(&name)
        || is_of_engine(name)
        || is_of_commit(name)
}

/// Whether a file is a list of a commit: `manifest-12-0123456789ab.json.zst`, or without the hash
/// while it is being written.
pub(crate) fn is_of_commit(name: &str) -> bool {
    let (stem, kind) = match (name.strip_suffix(".json.zst"), name.strip_suffix(".bin")) {
        (Some(stem), _) => (stem, ["manifest-", "versions-"].as_slice()),
        (_, Some(stem)) => (stem, ["groups-"].as_slice()),
        _ => return false,
    };
    let Some(numbers) = kind.iter().find_map(|kind| stem.strip_prefix(kind)) else { return false };
    let (opstamp, hash) = numbers.split_once('-').unwrap_or((numbers, "000000000000"));
    let is_hash = hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash && !opstamp.is_empty() && opstamp.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a file belongs to a segment of the engine: 32 hexadecimal digits and an extension.
pub(crate) fn is_of_engine(name: &str) -> bool {
    let Some((segment, end)) = name.split_once('.') else { return false };
    let is_segment = segment.len() == 32 && segment.bytes().all(|byte| byte.is_ascii_hexdigit());
    let opstamp = end.strip_suffix(".del").unwrap_or("none");
    let is_part = ["idx", "pos", "term", "store", "store.temp", "fast", "fieldnorm"].contains(&end)
        || !opstamp.is_empty() && opstamp.bytes().all(|byte| byte.is_ascii_digit());
    is_segment && is_part
}

/// A writer that hashes everything written.
struct Hashing {
    file: fs::File,
    hasher: blake3::Hasher,
}

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Whether a folder contains lists of a commit.
fn has_lists(folder: &Path) -> bool {
    names(folder).into_iter().flatten().any(|name| is_of_commit(&name))
}

/// Reads a list of a commit and verifies its hash.
fn read_file<T: DeserializeOwned>(folder: &Path, name: &str, hash: &str) -> Result<T, IndexError> {
    let path = folder.join(name);
    let bytes = fs::read(&path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => damaged(folder, IndexReason::missing(name)),
        _ => io_error(&path, source),
    })?;
    let unreadable = || damaged(folder, IndexReason::damaged(name));
    if blake3::hash(&bytes).to_hex().as_str() != hash {
        return Err(unreadable());
    }
    let json = zstd::decode_all(bytes.as_slice()).map_err(|_| unreadable())?;
    serde_json::from_slice(&json).map_err(|_| unreadable())
}

pub(crate) fn io_error(path: &Path, source: io::Error) -> IndexError {
    IndexError::of_system(path, source)
}

pub(crate) fn foreign(folder: &Path, reason: IndexReason) -> IndexError {
    IndexError::Foreign { folder: folder.to_owned(), reason }
}

pub(crate) fn damaged(folder: &Path, reason: IndexReason) -> IndexError {
    IndexError::Damaged { folder: folder.to_owned(), reason }
}

/// Writes content as compressed JSON. It is streamed, so that a list of a million sources is never in
/// memory as text.
fn write_packed(content: &impl Serialize, file: &mut Hashing) -> io::Result<()> {
    let mut encoder = zstd::Encoder::new(file, LEVEL)?;
    let mut text = io::BufWriter::new(&mut encoder);
    serde_json::to_writer(&mut text, content)?;
    text.flush()?;
    drop(text);
    encoder.finish().map(|_| ())
}

/// Writes a file and syncs it. Returns the hash of its content.
fn write_hashed(path: &Path, write: &dyn Fn(&mut Hashing) -> io::Result<()>) -> io::Result<String> {
    point(path)?;
    let file = fs::File::create(path)?;
    point(path)?;
    let mut file = Hashing { file, hasher: blake3::Hasher::new() };
    write(&mut file)?;
    point(path)?;
    file.file.sync_all()?;
    Ok(file.hasher.finalize().to_hex().to_string())
}

/// Whether an error is about a file's content. Such errors come from the engine, not the system, and
/// have these kinds only.
fn is_damage(error: &io::Error) -> bool {
    let of_engine = error.kind() == io::ErrorKind::Other && error.raw_os_error().is_none();
    of_engine || matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

/// Converts an error of the engine; a missing or changed file means a damaged index.
pub(crate) fn engine(folder: &Path, source: TantivyError) -> IndexError {
    let (file, reason): (_, fn(String) -> IndexReason) = match &source {
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(file)) => {
            (file, IndexReason::missing)
        }
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath })
            if is_damage(io_error) =>
        {
            (filepath, IndexReason::damaged)
        }
        TantivyError::IoError(error) if is_damage(error) => {
            return damaged(folder, IndexReason::says(&source));
        }
        TantivyError::DataCorruption(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::OpenReadError(OpenReadError::IncompatibleIndex(_)) => {
            return damaged(folder, IndexReason::says(&source));
        }
        _ => return IndexError::Engine { folder: folder.to_owned(), source },
    };
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    damaged(folder, reason(name.into_owned()))
}
