//! An index on disk.

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
use crate::{ClauseRecord, Fields, Groups, IndexError, LastRun, Manifest, Stamp, Versions};

/// What a commit says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payload {
    /// What the tokens depend on.
    pub stamp: Stamp,
    /// The file with the manifest, in the index folder.
    pub manifest: String,
    /// Hash of that file.
    pub manifest_hash: String,
    /// The file that says which documents are versions of one another.
    pub versions: String,
    /// Hash of that file.
    pub versions_hash: String,
    /// The file that says which clauses are versions of one another. An index of an earlier format
    /// has none.
    #[serde(default)]
    pub groups: String,
    /// Hash of that file.
    #[serde(default)]
    pub groups_hash: String,
    /// What the run that committed did.
    pub last_run: LastRun,
}

/// An index that is open.
pub struct ClauseIndex {
    folder: PathBuf,
    index: Index,
    fields: Fields,
    segmenter: &'static Segmenter,
    payload: Option<Payload>,
    damage: Damage,
}

/// Memory for clauses in memory, in bytes; one block of clauses takes a part of it.
const MEMORY: usize = 64 << 20;

pub(crate) const META: &str = "meta.json";
/// The engine's list of the files that it may remove.
pub(crate) const MANAGED: &str = ".managed.json";

/// Commits that may come while an index is opened, and how long to wait for the next try.
const TRIES: usize = 20;
const PAUSE: Duration = Duration::from_millis(20);

/// How hard the files of a commit are compressed: names and numbers that repeat take a third.
const LEVEL: i32 = 3;

impl ClauseIndex {
    /// Opens the index in `folder` for searching.
    ///
    /// # Errors
    /// When there is none, when it is no index of this program, or when its stamp differs
    /// from what this program makes.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        Self::open_by(folder, |folder| ReadDirectory::open(folder).map(Into::into))
    }

    /// Opens the last commit in `folder` and makes of it what `make` does. Readers lock nothing,
    /// so a commit may come meanwhile and take away files that were not open yet: then the new one
    /// is opened.
    ///
    /// # Errors
    /// As [`open`](Self::open), and what `make` fails with.
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
            return Err(foreign(folder, &"its fields are others"));
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

    /// Opens the index in `folder` for writing, or makes an empty one. A folder that holds
    /// anything but an index is left alone.
    ///
    /// # Errors
    /// As [`open`](Self::open), and when the folder can't be made.
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
        // Left by a first run that was stopped, or the note on the purpose of the folder.
        let harmless = |name: &&String| *name == "README.md" || name.starts_with('.');
        if let Some(name) = names.iter().find(|name| !harmless(name) && !is_ours(name)) {
            return Err(foreign(folder, &format!("it holds '{name}'")));
        }
        // What a stopped first run left was never committed. `meta.json` goes last: without it,
        // lists would look like what is left of a damaged index.
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

    /// A few clauses in memory, each with its order: what is found elsewhere is searched and
    /// measured as what lies in a folder.
    ///
    /// # Errors
    /// When the engine fails.
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

    /// What the last commit in `folder` says of itself, whatever its stamp.
    ///
    /// # Errors
    /// When there is no index, or it is none of this program.
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
                    Ok(found) if !found.is_dir() => foreign(folder, &"it is a file"),
                    // A first run that was stopped leaves both; the engine's file goes last.
                    _ if has_lists(folder) => damaged(folder, &format!("{META} is missing")),
                    _ => IndexError::Missing { folder: folder.to_owned() },
                });
            }
            Err(source) => return Err(io_error(&path, source)),
        };
        let unreadable = |error: serde_json::Error| match has_lists(folder) {
            true => damaged(folder, &format!("{META} is damaged")),
            false => foreign(folder, &error),
        };
        let meta: Meta = serde_json::from_slice(&text).map_err(unreadable)?;
        // Without a payload nothing was committed: a first run was stopped.
        let Some(payload) = meta.payload else {
            return Err(IndexError::Missing { folder: folder.to_owned() });
        };
        serde_json::from_str(&payload).map_err(unreadable)
    }

    /// The sources and documents that the newest list in `folder` names, whose `meta.json` is lost
    /// or damaged; nothing where that list is damaged as well.
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

    /// The sources and documents of the last commit in `folder`, whatever its stamp.
    ///
    /// # Errors
    /// When there is no index, or its manifest is missing or damaged.
    pub fn manifest_of(folder: &Path) -> Result<Manifest, IndexError> {
        let mut payload = Self::payload_of(folder)?;
        for _ in 0..TRIES {
            let read = read_file(folder, &payload.manifest, &payload.manifest_hash);
            let now = Self::payload_of(folder)?;
            // A commit that came meanwhile may have taken the file away.
            if read.is_ok() || now == payload {
                return read;
            }
            payload = now;
        }
        read_file(folder, &payload.manifest, &payload.manifest_hash)
    }

    /// The folder it lies in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its fields.
    pub fn fields(&self) -> Fields {
        self.fields
    }

    /// What cuts its texts and queries into words.
    pub fn segmenter(&self) -> &'static Segmenter {
        self.segmenter
    }

    /// What its last commit says, if there was one.
    pub fn payload(&self) -> Option<&Payload> {
        self.payload.as_ref()
    }

    /// The sources and documents of the last commit.
    ///
    /// # Errors
    /// When the manifest is missing or damaged.
    pub fn manifest(&self) -> Result<Manifest, IndexError> {
        match &self.payload {
            Some(payload) => read_file(&self.folder, &payload.manifest, &payload.manifest_hash),
            None => Ok(Manifest::default()),
        }
    }

    /// Which documents of the last commit are versions of one another.
    ///
    /// # Errors
    /// When the file that says so is missing or damaged.
    pub fn versions(&self) -> Result<Versions, IndexError> {
        match &self.payload {
            Some(payload) => read_file(&self.folder, &payload.versions, &payload.versions_hash),
            None => Ok(Versions::default()),
        }
    }

    /// Which clauses of the last commit are versions of one another. Only mapped: whether the
    /// file has its hash is told by [`damaged_files`](Self::damaged_files).
    ///
    /// # Errors
    /// When the file that says so is missing or cut.
    pub fn groups(&self) -> Result<Groups, IndexError> {
        let Some(payload) = &self.payload else { return Ok(Groups::default()) };
        let path = self.folder.join(&payload.groups);
        let fault = |source| io_error(&path, source);
        let file = ReadDirectory::open(&self.folder)?.open_read(Path::new(&payload.groups));
        let file = file.map_err(|error| engine(&self.folder, error.into()))?;
        let read = Groups::read(file.read_bytes().map_err(fault)?);
        read.ok_or_else(|| damaged(&self.folder, &format!("{} is damaged", payload.groups)))
    }

    /// A document with its clauses, in reading order, as `searcher` sees it; `None` if there
    /// is none with this id.
    ///
    /// # Errors
    /// When the index can't be read.
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
            records.push(record.ok_or_else(|| damaged(&self.folder, &"a record is damaged"))?);
        }
        Ok(ClauseRecord::document(records))
    }

    /// Files that are only mapped, and whose content doesn't have its checksum or is gone; none when
    /// all is well.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn damaged_files(&self) -> Result<Vec<String>, IndexError> {
        let meta = || fs::read(self.folder.join(META)).ok();
        let mut before = meta();
        let other = loop {
            match self.index.validate_checksum() {
                Ok(other) => break other,
                Err(source) => {
                    // A commit that came meanwhile may have taken a file away.
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
    /// When a file of the index can't be opened.
    pub fn reader(&self) -> Result<TantivyReader, IndexError> {
        self.index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(|source| engine(&self.folder, source))
    }

    /// A writer with `threads` threads that take `memory` bytes together.
    ///
    /// # Errors
    /// When another process writes to the index.
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

    /// Whether all segments that a writer was to merge were sound; those that were not are as
    /// they were.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] with a file that is damaged.
    pub(crate) fn merged_soundly(&self) -> Result<(), IndexError> {
        match self.damage.first() {
            Some(file) => Err(damaged(&self.folder, &format!("{} is damaged", file.display()))),
            None => Ok(()),
        }
    }

    /// Whether a writer that has ended merged all that it was to merge.
    ///
    /// # Errors
    /// [`IndexError::Unmerged`] when a merge failed, on a full disk say; what was committed stays.
    pub(crate) fn merged_wholly(&self) -> Result<(), IndexError> {
        let segments = self.index.searchable_segment_metas();
        let segments = segments.map_err(|source| engine(&self.folder, source))?;
        match left_unmerged(&segments) {
            0 => Ok(()),
            parts => Err(IndexError::Unmerged { folder: self.folder.clone(), parts }),
        }
    }

    /// Commits what `writer` took, with the manifest and the versions that belong to it, all
    /// at once.
    ///
    /// # Errors
    /// When the disk doesn't take it; the index then stays as it was.
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
        // Dropping the prepared commit leaves the old state.
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
        // What a reader may be opening now stays until the next commit.
        remove_older_lists(&self.folder, &payload, self.payload.as_ref());
        Ok(payload)
    }

    /// Writes a list that belongs to a commit; the name and hash of its file.
    fn write_list(
        &self,
        what: &str,
        opstamp: u64,
        content: &impl Serialize,
    ) -> Result<(String, String), IndexError> {
        // A list of a million sources never lies in memory as text.
        let write = |file: &mut Hashing| {
            let mut encoder = zstd::Encoder::new(file, LEVEL)?;
            let mut text = io::BufWriter::new(&mut encoder);
            serde_json::to_writer(&mut text, content)?;
            text.flush()?;
            drop(text);
            encoder.finish().map(|_| ())
        };
        self.write_file(what, opstamp, "json.zst", &write)
    }

    /// Writes a file that belongs to a commit; its name and hash.
    fn write_file(
        &self,
        what: &str,
        opstamp: u64,
        ending: &str,
        write: &dyn Fn(&mut Hashing) -> io::Result<()>,
    ) -> Result<(String, String), IndexError> {
        // Named by what it holds, which is known once all of it is written.
        let unnamed = self.folder.join(format!("{what}-{opstamp}.{ending}"));
        let written = || -> io::Result<(String, String)> {
            point(&unnamed)?;
            let file = fs::File::create(&unnamed)?;
            point(&unnamed)?;
            let mut file = Hashing { file, hasher: blake3::Hasher::new() };
            write(&mut file)?;
            point(&unnamed)?;
            file.file.sync_all()?;
            let hash = file.hasher.finalize().to_hex().to_string();
            let name = format!("{what}-{opstamp}-{}.{ending}", &hash[..12]);
            point(&unnamed)?;
            fs::rename(&unnamed, self.folder.join(&name))?;
            Ok((name, hash))
        };
        written().map_err(|source| {
            let _ = fs::remove_file(&unnamed);
            io_error(&unnamed, source)
        })
    }

    /// Removes files of segments that the last commit in `folder` does not name: a run that was
    /// stopped left them, and the next one would want to write files of the same names.
    ///
    /// # Errors
    /// When the folder can't be read.
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

    /// Bytes that the index in `folder` takes on disk.
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

/// Removes lists of earlier commits and of runs that were stopped, but for those of the commit
/// `before`. What can't be removed now is removed by the next run.
pub(crate) fn remove_older_lists(folder: &Path, now: &Payload, before: Option<&Payload>) {
    let is_kept = |name: &String| {
        let of = |payload: &Payload| {
            [&payload.manifest, &payload.versions, &payload.groups].contains(&name)
        };
        of(now) || before.is_some_and(of)
    };
    for name in names(folder).into_iter().flatten() {
        if is_of_commit(&name) && !is_kept(&name) {
            let _ = fs::remove_file(folder.join(name));
        }
    }
}

/// The names of what lies in a folder; those that are no UTF-8 are none of this program's.
pub(crate) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.extend(entry?.file_name().into_string());
    }
    Ok(names)
}

/// Whether a name is one that this program or the engine gives to a file of an index. Files of
/// other names are the user's: they are never removed.
pub(crate) fn is_ours(name: &str) -> bool {
    [META, MANAGED, LOCK, ".tantivy-writer.lock", ".tantivy-meta.lock"].contains(&name)
        || [".meta.json.new", ".managed.json.new"].contains(&name)
        || is_of_engine(name)
        || is_of_commit(name)
}

/// Whether a file belongs to a commit, beside the engine's: `manifest-12-0123456789ab.json.zst`,
/// or without its hash while it is written.
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

/// Whether a file belongs to a segment of the engine: the segment's number of 32 hexadecimal digits
/// and what it holds.
pub(crate) fn is_of_engine(name: &str) -> bool {
    let Some((segment, end)) = name.split_once('.') else { return false };
    let is_segment = segment.len() == 32 && segment.bytes().all(|byte| byte.is_ascii_hexdigit());
    let opstamp = end.strip_suffix(".del").unwrap_or("none");
    let is_part = ["idx", "pos", "term", "store", "store.temp", "fast", "fieldnorm"].contains(&end)
        || !opstamp.is_empty() && opstamp.bytes().all(|byte| byte.is_ascii_digit());
    is_segment && is_part
}

/// Writes to a file and hashes what it writes.
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

/// Whether a folder has lists of a commit.
fn has_lists(folder: &Path) -> bool {
    names(folder).into_iter().flatten().any(|name| is_of_commit(&name))
}

/// Reads a file that belongs to a commit.
fn read_file<T: DeserializeOwned>(folder: &Path, name: &str, hash: &str) -> Result<T, IndexError> {
    let path = folder.join(name);
    let bytes = fs::read(&path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => damaged(folder, &format!("{name} is missing")),
        _ => io_error(&path, source),
    })?;
    let unreadable = || damaged(folder, &format!("{name} is damaged"));
    if blake3::hash(&bytes).to_hex().as_str() != hash {
        return Err(unreadable());
    }
    let json = zstd::decode_all(bytes.as_slice()).map_err(|_| unreadable())?;
    serde_json::from_slice(&json).map_err(|_| unreadable())
}

pub(crate) fn io_error(path: &Path, source: io::Error) -> IndexError {
    IndexError::of_system(path, source)
}

pub(crate) fn foreign(folder: &Path, reason: &dyn std::fmt::Display) -> IndexError {
    IndexError::Foreign { folder: folder.to_owned(), reason: reason.to_string() }
}

pub(crate) fn damaged(folder: &Path, reason: &dyn std::fmt::Display) -> IndexError {
    IndexError::Damaged { folder: folder.to_owned(), reason: reason.to_string() }
}

/// What the engine fails with; that a file is gone or has another content is damage.
pub(crate) fn engine(folder: &Path, source: TantivyError) -> IndexError {
    let is_damage = |error: &io::Error| {
        // What the engine says of a file's content, and no system does, has no other kind.
        let of_engine = error.kind() == io::ErrorKind::Other && error.raw_os_error().is_none();
        of_engine
            || matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
    };
    let (file, what) = match &source {
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(file)) => (file, "missing"),
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath })
            if is_damage(io_error) =>
        {
            (filepath, "damaged")
        }
        TantivyError::IoError(error) if is_damage(error) => return damaged(folder, &source),
        TantivyError::DataCorruption(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::OpenReadError(OpenReadError::IncompatibleIndex(_)) => {
            return damaged(folder, &source);
        }
        _ => return IndexError::Engine { folder: folder.to_owned(), source },
    };
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    damaged(folder, &format!("{name} is {what}"))
}
