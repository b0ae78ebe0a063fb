//! An index in a folder, as a [`Location`].
//!
//! A run writes directly into the index; a rebuild fills a fresh index inside the folder, which
//! then replaces the old one. The write lock is taken before the old state is read and held until
//! the commit, because a run in between would be lost.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use tantivy::{IndexWriter as TantivyWriter, Searcher, TantivyDocument, TantivyError};
use tiaowen_corpus::{DocumentText, id_with_source};

use crate::clause_index::engine;
use crate::location::known;
use crate::rebuild::{self, Rebuild};
use crate::{
    About, ClauseIndex, ClauseRecord, IndexError, IndexReader, IndexReason, IndexWriter, LastRun,
    Location, Manifest, Payload, Read, Rejected, Source, Versions, WriteLock, order,
};

impl From<Payload> for About {
    fn from(payload: Payload) -> Self {
        let Payload { stamp, last_run, manifest_hash, versions_hash, .. } = payload;
        About { stamp, last_run, version: manifest_hash + &versions_hash }
    }
}

impl Location for Path {
    fn shown(&self) -> String {
        self.display().to_string()
    }

    fn folder(&self) -> Option<&Path> {
        Some(self)
    }

    fn about(&self) -> Result<About, IndexError> {
        ClauseIndex::payload_of(self).map(About::from)
    }

    fn manifest(&self) -> Result<Manifest, IndexError> {
        ClauseIndex::manifest_of(self)
    }

    fn bytes_on_disk(&self) -> u64 {
        ClauseIndex::bytes_on_disk(self)
    }

    fn open(&self) -> Result<Box<dyn IndexReader>, IndexError> {
        Ok(Box::new(ClauseIndex::read(self, FolderHolds::of)?))
    }

    fn known(&self, rebuild: bool) -> Result<Manifest, IndexError> {
        match known(self, rebuild) {
            // The sources for a rebuild are known even if other files are damaged.
            Err(error) if rebuild && error.is_damaged() => {
                ClauseIndex::manifest_left(self).ok_or(error)
            }
            known => known,
        }
    }

    fn begin(&self, rebuild: bool, threads: usize) -> Result<Box<dyn IndexWriter>, IndexError> {
        // Held from reading the old state to the commit: another run in between would be undone.
        let lock = WriteLock::take(self)?;
        Ok(Box::new(FolderTakes {
            folder: self.to_owned(),
            rebuild,
            threads: threads.clamp(1, 8),
            ids: HashSet::new(),
            open: None,
            _lock: lock,
        }))
    }
}

impl Location for PathBuf {
    fn shown(&self) -> String {
        self.as_path().shown()
    }

    fn folder(&self) -> Option<&Path> {
        Some(self)
    }

    fn about(&self) -> Result<About, IndexError> {
        self.as_path().about()
    }

    fn manifest(&self) -> Result<Manifest, IndexError> {
        self.as_path().manifest()
    }

    fn bytes_on_disk(&self) -> u64 {
        self.as_path().bytes_on_disk()
    }

    fn open(&self) -> Result<Box<dyn IndexReader>, IndexError> {
        self.as_path().open()
    }

    fn known(&self, rebuild: bool) -> Result<Manifest, IndexError> {
        self.as_path().known(rebuild)
    }

    fn begin(&self, rebuild: bool, threads: usize) -> Result<Box<dyn IndexWriter>, IndexError> {
        self.as_path().begin(rebuild, threads)
    }
}

/// A folder opened for reading.
struct FolderHolds {
    about: About,
    index: ClauseIndex,
    searcher: Searcher,
}

impl FolderHolds {
    fn of(index: ClauseIndex) -> Result<Self, IndexError> {
        let searcher = index.reader()?.searcher();
        let about = match index.payload() {
            Some(payload) => payload.clone().into(),
            None => ClauseIndex::payload_of(index.folder())?.into(),
        };
        Ok(FolderHolds { about, index, searcher })
    }
}

impl IndexReader for FolderHolds {
    fn about(&self) -> &About {
        &self.about
    }

    fn manifest(&self) -> Result<Manifest, IndexError> {
        self.index.manifest()
    }

    fn versions(&self) -> Result<Versions, IndexError> {
        self.index.versions()
    }

    fn document(&self, id: &str) -> Result<Option<DocumentText>, IndexError> {
        self.index.document(&self.searcher, id)
    }

    fn clauses(&self) -> Result<u64, IndexError> {
        Ok(self.searcher.num_docs())
    }

    fn faults(&self) -> Result<Vec<(String, IndexReason)>, IndexError> {
        let damaged = |file| (file, IndexReason::Checksum);
        Ok(self.index.damaged_files()?.into_iter().map(damaged).collect())
    }

    fn unlike_stored(&self, every: u32) -> Result<Vec<String>, IndexError> {
        self.index.unlike_stored(&self.searcher, &self.index.manifest()?, every)
    }
}

/// Memory of all writer threads together, in bytes.
const WRITER_MEMORY: usize = 160 << 20;

/// A run that writes to a folder and commits everything at once.
struct FolderTakes {
    folder: PathBuf,
    rebuild: bool,
    threads: usize,
    ids: HashSet<String>,
    open: Option<Open>,
    /// Must be dropped last: the open files above are protected by the lock.
    _lock: WriteLock,
}

/// The index being written.
struct Open {
    fresh: Option<Rebuild>,
    index: ClauseIndex,
    writer: TantivyWriter<TantivyDocument>,
}

impl FolderTakes {
    fn open(&mut self) -> Result<&mut Open, IndexError> {
        if self.open.is_none() {
            // A first run replaces no index that searches are using.
            let is_first = ClauseIndex::payload_of(&self.folder).is_err_and(|e| e.is_missing());
            let fresh = if self.rebuild && !is_first {
                Some(Rebuild::within(&self.folder)?)
            } else {
                rebuild::clear(&self.folder);
                None
            };
            let folder = fresh.as_ref().map_or(&self.folder, |fresh| &fresh.folder);
            let index = ClauseIndex::open_or_create(folder)?;
            let writer = index.writer(self.threads, WRITER_MEMORY)?;
            self.open = Some(Open { fresh, index, writer });
        }
        Ok(self.open.as_mut().expect("opened above"))
    }
}

impl IndexWriter for FolderTakes {
    fn known(&mut self) -> Result<Manifest, IndexError> {
        self.folder.known(self.rebuild)
    }

    fn taken(&self, _: &str, _: &str, _: &str) -> Option<Source> {
        None
    }

    fn is_whole(&self) -> bool {
        !self.rebuild && ClauseIndex::payload_of(&self.folder).is_ok()
    }

    fn keep(&mut self, source: &Source) -> Result<(), IndexError> {
        self.ids.extend(source.documents.iter().map(|document| document.id.clone()));
        Ok(())
    }

    fn remove(&mut self, key: &str) -> Result<(), IndexError> {
        let Open { index, writer, .. } = self.open()?;
        writer.delete_term(index.fields().of_source(key));
        Ok(())
    }

    fn name(&mut self, batch: &mut [(String, &mut Vec<DocumentText>)]) -> Result<(), IndexError> {
        for text in batch.iter_mut().flat_map(|(_, texts)| texts.iter_mut()) {
            let document = &mut text.document;
            if !self.ids.insert(document.id.clone()) {
                document.id = id_with_source(&document.id, &document.source, document.ordinal);
                self.ids.insert(document.id.clone());
            }
        }
        Ok(())
    }

    fn put(&mut self, batch: Vec<Read>) -> Result<(), IndexError> {
        let folder = self.folder.clone();
        let Open { index, writer, .. } = self.open()?;
        let fields = index.fields();
        for Read { source, texts, replaces } in batch {
            let key = Source::key(&source.root, &source.path);
            if replaces {
                writer.delete_term(fields.of_source(&key));
            }
            for text in &texts {
                for (record, place) in ClauseRecord::of(text).zip(0..) {
                    let entry = fields.entry_of(&key, &record, order(&text.document.id, place));
                    if let Err(error) = writer.add_document(entry) {
                        return Err(engine(&folder, cause(writer, error)));
                    }
                }
            }
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<Vec<Rejected>, IndexError> {
        if let Some(Open { writer, .. }) = &mut self.open {
            // Writes the entries that are still in memory, to free that memory for the work before
            // the commit; `finish` commits what is prepared here.
            writer.prepare_commit().map_err(|source| engine(&self.folder, source))?;
        }
        Ok(Vec::new())
    }

    fn with_others<'m>(&mut self, manifest: &'m Manifest) -> Result<Cow<'m, Manifest>, IndexError> {
        Ok(Cow::Borrowed(manifest))
    }

    fn before(&self) -> Result<Box<dyn IndexReader>, IndexError> {
        match &self.open {
            // A fresh index takes over nothing from the old one.
            Some(open) if open.fresh.is_none() && open.index.payload().is_some() => {
                self.folder.open()
            }
            _ => Ok(Box::new(Nothing::default())),
        }
    }

    fn finish(
        &mut self,
        manifest: &Manifest,
        versions: &Versions,
        last_run: LastRun,
    ) -> Result<bool, IndexError> {
        self.open()?;
        let Open { fresh, index, mut writer } = self.open.take().expect("opened above");
        index.commit(&mut writer, manifest, versions, last_run)?;
        writer.wait_merging_threads().map_err(|source| engine(&self.folder, source))?;
        // This run is committed; damage in other segments is still an error.
        index.merged_soundly()?;
        let merged = index.merged_wholly();
        // Some systems can't move open files.
        drop(index);
        if let Some(fresh) = fresh {
            fresh.take_the_place_of(&self.folder)?;
        }
        merged?;
        Ok(true)
    }
}

/// Why the engine takes no more entries. Its error says only that a worker ended; the reason, such
/// as a full disk, comes from waiting for the workers.
fn cause(writer: &mut TantivyWriter<TantivyDocument>, error: TantivyError) -> TantivyError {
    match error {
        TantivyError::ErrorInThread(_) => writer.prepare_commit().err().unwrap_or(error),
        error => error,
    }
}

/// An index without content.
#[derive(Debug)]
pub struct Nothing {
    about: About,
}

impl Default for Nothing {
    fn default() -> Self {
        let stamp = crate::Stamp::current(tiaowen_text::Segmenter::shared());
        Nothing { about: About { stamp, last_run: LastRun::default(), version: String::new() } }
    }
}

impl IndexReader for Nothing {
    fn about(&self) -> &About {
        &self.about
    }

    fn manifest(&self) -> Result<Manifest, IndexError> {
        Ok(Manifest::default())
    }

    fn versions(&self) -> Result<Versions, IndexError> {
        Ok(Versions::default())
    }

    fn document(&self, _: &str) -> Result<Option<DocumentText>, IndexError> {
        Ok(None)
    }

    fn clauses(&self) -> Result<u64, IndexError> {
        Ok(0)
    }

    fn faults(&self) -> Result<Vec<(String, IndexReason)>, IndexError> {
        Ok(Vec::new())
    }
}
