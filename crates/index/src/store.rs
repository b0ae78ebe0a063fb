//! An index on disk.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tantivy::collector::DocSetCollector;
use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, MmapDirectory, RamDirectory};
use tantivy::query::TermQuery;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher, TantivyDocument,
    TantivyError, Term,
};
use tiaowen_corpus::DocumentText;
use tiaowen_text::Segmenter;

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
}

/// Memory for clauses in memory, in bytes; one block of clauses takes a part of it.
const MEMORY: usize = 64 << 20;

const META: &str = "meta.json";

/// How hard the files of a commit are compressed: names and numbers that repeat take a third.
const LEVEL: i32 = 3;

impl ClauseIndex {
    /// Opens the index in `folder` for searching.
    ///
    /// # Errors
    /// When there is none, when it is no index of this program, or when its stamp differs
    /// from what this program makes.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
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
        let directory = Self::directory(folder)?;
        let mut index = Index::open(directory).map_err(|error| foreign(folder, &error))?;
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
        })
    }

    /// Opens the index in `folder` for writing, or makes an empty one. A folder that holds
    /// anything but an index is left alone.
    ///
    /// # Errors
    /// As [`open`](Self::open), and when the folder can't be made.
    pub fn open_or_create(folder: &Path) -> Result<Self, IndexError> {
        match Self::open(folder) {
            Err(IndexError::Missing { .. }) => Self::create(folder),
            opened => opened,
        }
    }

    fn create(folder: &Path) -> Result<Self, IndexError> {
        fs::create_dir_all(folder).map_err(|source| io_error(folder, source))?;
        let others = fs::read_dir(folder).map_err(|source| io_error(folder, source))?;
        for entry in others.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            // Left by a first run that was stopped, or the note on what lies here.
            let harmless = name == "README.md"
                || name == META
                || name.starts_with('.')
                || is_of_commit(&name)
                || name.split('.').next().is_some_and(|stem| stem.len() == 32);
            if !harmless {
                let reason = format!("it holds '{name}'");
                return Err(IndexError::Foreign { folder: folder.to_owned(), reason });
            }
        }
        // What a stopped first run left was never committed.
        if folder.join(META).exists() {
            fs::remove_file(folder.join(META)).map_err(|source| io_error(folder, source))?;
        }
        let (schema, fields) = Fields::schema();
        let segmenter = Segmenter::shared();
        let index = Index::builder()
            .schema(schema)
            .settings(IndexSettings::default())
            .tokenizers(Fields::tokenizers(segmenter))
            .open_or_create(Self::directory(folder)?)
            .map_err(|source| engine(folder, source))?;
        Ok(ClauseIndex { folder: folder.to_owned(), index, fields, segmenter, payload: None })
    }

    fn directory(folder: &Path) -> Result<MmapDirectory, IndexError> {
        MmapDirectory::open(folder).map_err(|error| foreign(folder, &error))
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
        Ok(ClauseIndex { folder, index, fields, segmenter, payload: None })
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
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error)
                if error.kind() == io::ErrorKind::NotFound
                    || error.kind() == io::ErrorKind::NotADirectory =>
            {
                return Err(match fs::metadata(folder) {
                    Ok(found) if !found.is_dir() => foreign(folder, &"it is a file"),
                    _ => IndexError::Missing { folder: folder.to_owned() },
                });
            }
            Err(source) => return Err(io_error(&path, source)),
        };
        let meta: Meta = serde_json::from_str(&text).map_err(|error| foreign(folder, &error))?;
        // Without a payload nothing was committed: a first run was stopped.
        let Some(payload) = meta.payload else {
            return Err(IndexError::Missing { folder: folder.to_owned() });
        };
        serde_json::from_str(&payload).map_err(|error| foreign(folder, &error))
    }

    /// The sources and documents of the last commit in `folder`, whatever its stamp.
    ///
    /// # Errors
    /// When there is no index, or its manifest is missing or damaged.
    pub fn manifest_of(folder: &Path) -> Result<Manifest, IndexError> {
        let payload = Self::payload_of(folder)?;
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
        let file = Self::directory(&self.folder)?.open_read(Path::new(&payload.groups));
        let file = file.map_err(|error| fault(io::Error::other(error)))?;
        let read = Groups::read(file.read_bytes().map_err(fault)?);
        read.ok_or_else(|| foreign(&self.folder, &format!("{} is damaged", payload.groups)))
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
            records.push(record.ok_or_else(|| foreign(&self.folder, &"a record is damaged"))?);
        }
        // A clause stands in its source behind those before it.
        records.sort_by_key(|record| record.clause.bytes.start);
        let Some(first) = records.first() else { return Ok(None) };
        let document = first.document.clone().into_owned();
        let clauses = records.into_iter().map(|record| record.clause.into_owned()).collect();
        Ok(Some(DocumentText { document, clauses }))
    }

    /// Files that are only mapped, and whose content doesn't have its checksum or is gone; none when
    /// all is well.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn damaged_files(&self) -> Result<Vec<String>, IndexError> {
        let damaged =
            self.index.validate_checksum().map_err(|source| engine(&self.folder, source))?;
        let mut files: Vec<PathBuf> =
            damaged.into_iter().map(|file| self.folder.join(file)).collect();
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
    pub fn reader(&self) -> Result<IndexReader, IndexError> {
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
    ) -> Result<IndexWriter<TantivyDocument>, IndexError> {
        self.index.writer_with_num_threads(threads, memory).map_err(|error| match error {
            TantivyError::LockFailure(LockError::LockBusy, _) => {
                IndexError::Locked { folder: self.folder.clone(), holder: None }
            }
            source => engine(&self.folder, source),
        })
    }

    /// Commits what `writer` took, with the manifest and the versions that belong to it, all
    /// at once.
    ///
    /// # Errors
    /// When the disk doesn't take it; the index then stays as it was.
    pub fn commit(
        &self,
        writer: &mut IndexWriter<TantivyDocument>,
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
        self.remove_older_files(&payload);
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
            let file = fs::File::create(&unnamed)?;
            let mut file = Hashing { file, hasher: blake3::Hasher::new() };
            write(&mut file)?;
            file.file.sync_all()?;
            let hash = file.hasher.finalize().to_hex().to_string();
            let name = format!("{what}-{opstamp}-{}.{ending}", &hash[..12]);
            fs::rename(&unnamed, self.folder.join(&name))?;
            Ok((name, hash))
        };
        written().map_err(|source| {
            let _ = fs::remove_file(&unnamed);
            io_error(&unnamed, source)
        })
    }

    /// Removes files of earlier commits and of runs that were stopped, but for those of the
    /// commit before, which a reader may be opening now. What can't be removed now is removed
    /// by the next run.
    fn remove_older_files(&self, payload: &Payload) {
        let before = self.payload.as_ref();
        let kept = |name: &String| {
            let of = |own: &Payload| [&own.manifest, &own.versions, &own.groups].contains(&name);
            of(payload) || before.is_some_and(of)
        };
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_of_commit(&name) && !kept(&name) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Bytes that the index in `folder` takes on disk.
    pub fn bytes_on_disk(folder: &Path) -> u64 {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries
            .filter(|entry| entry.file_name() != "README.md")
            .filter_map(|entry| entry.metadata().ok())
            .filter(|metadata| metadata.is_file())
            .map(|metadata| metadata.len())
            .sum()
    }
}

/// Whether a file belongs to a commit, beside the engine's.
fn is_of_commit(name: &str) -> bool {
    ["manifest-", "versions-", "groups-"].iter().any(|what| name.starts_with(what))
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

/// Reads a file that belongs to a commit.
fn read_file<T: DeserializeOwned>(folder: &Path, name: &str, hash: &str) -> Result<T, IndexError> {
    let path = folder.join(name);
    let bytes = fs::read(&path).map_err(|source| io_error(&path, source))?;
    if blake3::hash(&bytes).to_hex().as_str() != hash {
        return Err(foreign(folder, &format!("{name} is damaged")));
    }
    let json = zstd::decode_all(bytes.as_slice()).map_err(|source| io_error(&path, source))?;
    serde_json::from_slice(&json).map_err(|error| foreign(folder, &error))
}

pub(crate) fn io_error(path: &Path, source: io::Error) -> IndexError {
    IndexError::Io { path: path.to_owned(), source }
}

fn foreign(folder: &Path, reason: &dyn std::fmt::Display) -> IndexError {
    IndexError::Foreign { folder: folder.to_owned(), reason: reason.to_string() }
}

pub(crate) fn engine(folder: &Path, source: TantivyError) -> IndexError {
    IndexError::Engine { folder: folder.to_owned(), source }
}
