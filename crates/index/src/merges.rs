//! Which segments the engine merges: none that is damaged.
//!
//! A merged segment gets a fresh checksum. Damage that came into it would look sound ever after,
//! and what it hides would be lost without a word; so the files of segments are compared with
//! their checksums before they are merged. They are read for the merge anyway.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::directory::ManagedDirectory;
use tantivy::index::{SegmentComponent, SegmentMeta};
use tantivy::merge_policy::{LogMergePolicy, MergeCandidate, MergePolicy};

/// Files that were found damaged when they were to be merged.
#[derive(Debug, Clone, Default)]
pub(crate) struct Damage(Arc<Mutex<BTreeSet<PathBuf>>>);

impl Damage {
    pub(crate) fn first(&self) -> Option<PathBuf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).first().cloned()
    }

    fn add(&self, file: PathBuf) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(file);
    }
}

/// How many segments the engine would merge: it merges until there are none, but where that fails,
/// which it says nowhere.
pub(crate) fn left_unmerged(segments: &[SegmentMeta]) -> usize {
    // It leaves a single segment as it is unless something was deleted in it.
    if matches!(segments, [only] if !only.has_deletes()) {
        return 0;
    }
    let candidates = LogMergePolicy::default().compute_merge_candidates(segments);
    candidates.iter().map(|candidate| candidate.0.len()).sum()
}

/// The engine's usual choice without what is damaged.
#[derive(Debug)]
pub(crate) struct SoundMerges {
    pub(crate) directory: ManagedDirectory,
    pub(crate) damage: Damage,
}

impl MergePolicy for SoundMerges {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let mut candidates = LogMergePolicy::default().compute_merge_candidates(segments);
        candidates.retain(|candidate| {
            let mut merged = segments.iter().filter(|segment| candidate.0.contains(&segment.id()));
            merged.all(|segment| self.is_sound(segment))
        });
        candidates
    }
}

impl SoundMerges {
    fn is_sound(&self, segment: &SegmentMeta) -> bool {
        use SegmentComponent::{Delete, FastFields, FieldNorms, Positions, Postings, Store, Terms};
        let deletes = segment.has_deletes().then_some(Delete);
        [Postings, Positions, Terms, Store, FastFields, FieldNorms].into_iter().chain(deletes).all(
            |part| {
                let file = segment.relative_path(part);
                let is_sound = self.directory.validate_checksum(&file).unwrap_or(false);
                if !is_sound {
                    self.damage.add(file);
                }
                is_sound
            },
        )
    }
}
