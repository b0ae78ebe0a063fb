//! The engine's merge policy, without damaged segments.
//!
//! A merged segment gets a new checksum. Damage that enters it would look intact from then on, and
//! the entries it hides would be lost without notice. The files of segments are therefore verified
//! before a merge, which reads them anyway.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::directory::ManagedDirectory;
use tantivy::index::{SegmentComponent, SegmentMeta};
use tantivy::merge_policy::{LogMergePolicy, MergeCandidate, MergePolicy};

/// Files found damaged before a merge.
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

/// Number of segments that the engine still wants to merge. It merges until there are none; where a
/// merge fails, it reports nothing.
pub(crate) fn left_unmerged(segments: &[SegmentMeta]) -> usize {
    // A single segment is merged only to drop deleted entries.
    if matches!(segments, [only] if !only.has_deletes()) {
        return 0;
    }
    let candidates = LogMergePolicy::default().compute_merge_candidates(segments);
    candidates.iter().map(|candidate| candidate.0.len()).sum()
}

/// The engine's default policy, applied to intact segments only.
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
