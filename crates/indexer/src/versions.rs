//! Which documents are versions of one another, told anew at each run that changes something.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use rayon::prelude::*;
use tiaowen_compare::{Fingerprint, Pair, Sketch, aligned, counterparts, pairs};
use tiaowen_corpus::{Document, DocumentText, Relation};
use tiaowen_index::{Counterparts, Holds, IndexError, Manifest, VersionPair, Versions};
use tiaowen_text::fold;

use crate::plan::Task;
use crate::read;

/// Documents that this run read: by id, their task and ordinal.
pub(crate) type Fresh<'t> = HashMap<String, (&'t Task, u32)>;

/// The versions among the documents of `manifest`. Pairs whose documents did not change keep
/// the counterparts they had; the others' are aligned from their sources.
///
/// # Errors
/// When the index can't be read.
pub(crate) fn versions(
    before: &dyn Holds,
    manifest: &Manifest,
    fresh: &Fresh<'_>,
) -> Result<Versions, IndexError> {
    let documents: Vec<(&Document, &Sketch)> = manifest
        .sources
        .iter()
        .flat_map(|source| source.documents.iter().zip(&source.sketches))
        .collect();
    let fingerprints: Vec<Fingerprint> = documents
        .par_iter()
        .map(|(document, sketch)| Fingerprint::from_sketch(document, Arc::clone(sketch)))
        .collect();
    let found = pairs(&fingerprints);
    let with_clauses = counterparts(&found);
    let known = before.versions()?;
    let known: HashMap<(&str, &str), &VersionPair> =
        known.pairs.iter().map(|pair| ((pair.left.as_str(), pair.right.as_str()), pair)).collect();
    let text = |document: &Document| -> Result<Option<DocumentText>, IndexError> {
        match fresh.get(&document.id) {
            // A source that changed since it was read has no counterparts until the next run.
            Some((task, ordinal)) => Ok(read(task).ok().and_then(|read| {
                read.texts.into_iter().find(|text| text.document.ordinal == *ordinal)
            })),
            None => before.document(&document.id),
        }
    };
    let told = |pair: &Pair| -> Result<VersionPair, IndexError> {
        let (left, right) = (documents[pair.left].0, documents[pair.right].0);
        let mut version = VersionPair {
            left: left.id.clone(),
            right: right.id.clone(),
            relation: pair.relation,
            similarity: pair.similarity,
            clauses: Counterparts::default(),
            left_out: 0,
        };
        let reprint = pair.relation == Relation::SameScript;
        if !reprint && !with_clauses.contains(&(pair.left, pair.right)) {
            return Ok(version);
        }
        let changed = fresh.contains_key(&left.id) || fresh.contains_key(&right.id);
        if !changed && let Some(known) = known.get(&(left.id.as_str(), right.id.as_str())) {
            version.clauses.clone_from(&known.clauses);
        } else if let (Some(left), Some(right)) = (text(left)?, text(right)?) {
            fn place(text: &DocumentText, at: usize) -> (u32, &str) {
                (u32::try_from(at).unwrap_or(u32::MAX), text.clauses[at].eid.as_str())
            }
            // A law in force and the one before it differ in some clauses.
            let together = if reprint { alike(&left, &right) } else { aligned(&left, &right) };
            let together = together.into_iter();
            version.clauses = together.map(|(l, r)| (place(&left, l), place(&right, r))).collect();
        }
        Ok(version)
    };
    let pairs = found.par_iter().map(told).collect::<Result<Vec<_>, _>>()?;
    Ok(Versions { pairs })
}

/// Clauses of two prints that say the same, by their places; those that a print says several
/// times in their order.
fn alike(left: &DocumentText, right: &DocumentText) -> Vec<(usize, usize)> {
    let mut by_text: HashMap<String, VecDeque<usize>> = HashMap::new();
    for (at, clause) in right.clauses.iter().enumerate() {
        by_text.entry(fold(&clause.text)).or_default().push_back(at);
    }
    let mut other = |text: &str| by_text.get_mut(&fold(text))?.pop_front();
    let texts = left.clauses.iter().map(|clause| clause.text.as_str());
    let others: Vec<Option<usize>> = texts.map(&mut other).collect();
    others.into_iter().enumerate().filter_map(|(at, other)| Some((at, other?))).collect()
}
