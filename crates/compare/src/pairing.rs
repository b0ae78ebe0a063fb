//! Pairing: which documents are versions of one another, in the other script, as a reprint, or from
//! another year.
//!
//! Comparing all documents of a corpus pairwise would be quadratic. Each document gets a sketch of
//! fixed size (the smallest hashes of its character sequences), and only documents that share a
//! name or some of their sketches become candidates. The sketch also estimates the similarity, so
//! texts are not read again.

use std::collections::BTreeSet;
use std::sync::Arc;

use petgraph::unionfind::UnionFind;
use rustc_hash::{FxHashMap, FxHashSet};
use tiaowen_corpus::{Clause, ClauseKind, Document, DocumentText, Relation};
use tiaowen_text::{Script, fold};

use crate::atoms::Atoms;

/// Two documents that are versions of one another, by index.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DocumentPair {
    /// Index of the first.
    pub left: usize,
    /// Index of the second.
    pub right: usize,
    /// Their relation.
    pub relation: Relation,
    /// Similarity of their texts, 0 to 1.
    pub similarity: f32,
}

/// A sample of fixed size of a text: the smallest hashes of its character sequences.
pub type Sketch = Arc<[u32]>;

/// The features by which versions of a document are recognised.
#[derive(Debug, Clone)]
pub struct Fingerprint {
    sketch: Sketch,
    title: String,
    /// The title without years and numbers.
    name: String,
    script: Script,
    years: Vec<String>,
}

/// Number of hashes per text; enough to tell 50 % similarity from 33 %.
const SKETCH: usize = 64;
/// Length of a sequence in characters.
const SEQUENCE: usize = 4;
/// Minimum similarity of versions with the same name, and with any name.
const ALIKE_BY_NAME: f32 = 0.12;
const ALIKE: f32 = 0.45;

impl Fingerprint {
    /// The fingerprint of a document with its clauses.
    pub fn of<'c>(document: &Document, clauses: impl Iterator<Item = &'c Clause>) -> Self {
        // Only the smallest hashes are kept, however long the text.
        let mut least: BTreeSet<u32> = BTreeSet::new();
        for clause in clauses.filter(|clause| clause.kind != ClauseKind::Signature) {
            let atoms = Atoms::of(&clause.text);
            for window in atoms.keys.windows(SEQUENCE) {
                let hash = window.iter().fold(0, |hash: u64, key| {
                    (hash.rotate_left(13) ^ key).wrapping_mul(0x9E37_79B9_7F4A_7C15)
                });
                // The high half is better mixed.
                let hash = (hash >> 32) as u32;
                if least.len() < SKETCH {
                    least.insert(hash);
                } else if least.last().is_some_and(|last| hash < *last) && least.insert(hash) {
                    least.pop_last();
                }
            }
        }
        let sketch = least.into_iter().collect();
        Fingerprint::from_sketch(document, sketch)
    }

    /// The fingerprint of a document from its stored sketch.
    pub fn from_sketch(document: &Document, sketch: Sketch) -> Self {
        let title = fold(document.title.as_deref().unwrap_or(""));
        let bare: String = title.chars().filter(|c| c.is_alphanumeric()).collect();
        let name = bare
            .chars()
            .filter(|c| !c.is_ascii_digit() && !matches!(c, '年' | '〇' | '零'))
            .collect();
        Fingerprint {
            sketch,
            years: years(&title, document.date.as_deref()),
            title: bare,
            name,
            script: document.script,
        }
    }

    /// The sketch of its text, for storing.
    pub fn sketch(&self) -> &Sketch {
        &self.sketch
    }

    /// The fingerprint of a split document.
    pub fn of_text(text: &DocumentText) -> Self {
        Fingerprint::of(&text.document, text.clauses.iter())
    }

    /// Estimated similarity of two texts, 0 to 1: the share of common hashes.
    pub fn similarity(&self, other: &Fingerprint) -> f32 {
        // Of the smallest hashes of both together, the share that both have.
        let (mut l, mut r) = (self.sketch.iter().peekable(), other.sketch.iter().peekable());
        let (mut seen, mut shared) = (0usize, 0usize);
        while seen < SKETCH {
            match (l.peek(), r.peek()) {
                (Some(a), Some(b)) => {
                    let order = a.cmp(b);
                    if order.is_le() {
                        l.next();
                    }
                    if order.is_ge() {
                        r.next();
                    }
                    shared += usize::from(order.is_eq());
                }
                (None, None) => break,
                (Some(_), None) => {
                    l.next();
                }
                (None, Some(_)) => {
                    r.next();
                }
            }
            seen += 1;
        }
        if seen == 0 { 0.0 } else { shared as f32 / seen as f32 }
    }

    /// Their relation; `None` if they are not versions.
    fn relation(&self, other: &Fingerprint, similarity: f32) -> Option<Relation> {
        let same_name = !self.name.is_empty() && alike(&self.name, &other.name) >= 0.9;
        if !(similarity >= ALIKE || same_name && similarity >= ALIKE_BY_NAME) {
            return None;
        }
        let same_years = self.years == other.years
            || self.years.is_empty()
            || other.years.is_empty()
            || self.title == other.title;
        let scripts = self.script != other.script;
        match (same_years, scripts) {
            (true, true) => Some(Relation::OtherScript),
            // Authorities copy each other's rules, so the same name is required.
            (true, false) => (self.name == other.name).then_some(Relation::SameScript),
            (false, _) => same_name.then_some(Relation::OtherYear),
        }
    }
}

/// The years in a title, or else the year of its date.
fn years(title: &str, date: Option<&str>) -> Vec<String> {
    let mut years: Vec<String> = Vec::new();
    let digits: Vec<char> = title.chars().collect();
    let mut at = 0;
    while at < digits.len() {
        let run = digits[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        if run == 4 {
            years.push(digits[at..at + 4].iter().collect());
        }
        at += run.max(1);
    }
    if years.is_empty() {
        years.extend(date.and_then(|date| date.get(..4)).map(str::to_owned));
    }
    years
}

/// Similarity of two names, 0 to 1, by pairs of characters.
fn alike(left: &str, right: &str) -> f32 {
    let (l, r) = (character_pairs(left), character_pairs(right));
    if l.is_empty() || r.is_empty() {
        return f32::from(u8::from(left == right));
    }
    let shared = l.iter().filter(|pair| r.binary_search(pair).is_ok()).count();
    2.0 * shared as f32 / (l.len() + r.len()) as f32
}

/// The distinct pairs of neighbouring characters of a text, sorted.
fn character_pairs(text: &str) -> Vec<(char, char)> {
    let chars: Vec<char> = text.chars().collect();
    let mut pairs: Vec<(char, char)> = chars.windows(2).map(|pair| (pair[0], pair[1])).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// All pairs among documents, the most similar first. Of reprints in one script only the pairs that
/// connect them are returned. Only documents with a common name or common hashes are compared, so
/// the work grows linearly.
///
/// ```
/// use tiaowen_compare::{Fingerprint, pairs};
/// let read = |name, text| tiaowen_corpus::read(name, text).unwrap().remove(0);
/// let hant = read("a.txt", "粵港合作備忘錄\n\n一、雙方每年會面，互相通報培訓課程的資料。");
/// let hans = read("b.txt", "粤港合作备忘录\n\n一、双方每年会面，互相通报培训课程的资料。");
/// let found = pairs(&[Fingerprint::of_text(&hant), Fingerprint::of_text(&hans)]);
/// assert_eq!((found[0].left, found[0].right), (0, 1));
/// ```
pub fn pairs(fingerprints: &[Fingerprint]) -> Vec<DocumentPair> {
    /// A sequence in more documents identifies none.
    const COMMON: usize = 24;
    let sequences = Sequences::of(fingerprints, COMMON);
    let mut by_name: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
    for (at, document) in fingerprints.iter().enumerate() {
        if !document.name.is_empty() {
            by_name.entry(&document.name).or_default().push(at as u32);
        }
    }
    let mut pairs = Vec::new();
    let mut shared: FxHashMap<u32, u32> = FxHashMap::default();
    for (left, document) in fingerprints.iter().enumerate() {
        shared.clear();
        for &other in sequences.held_by(left).flat_map(|sequence| sequences.holders(sequence)) {
            *shared.entry(other).or_default() += 1;
        }
        let named = by_name.get(document.name.as_str()).filter(|all| all.len() <= COMMON);
        for &other in named.into_iter().flatten() {
            *shared.entry(other).or_default() += 3;
        }
        for (&right, &count) in &shared {
            let right = right as usize;
            if right <= left || count < 3 {
                continue;
            }
            let similarity = document.similarity(&fingerprints[right]);
            if let Some(relation) = document.relation(&fingerprints[right], similarity) {
                pairs.push(DocumentPair { left, right, relation, similarity });
            }
        }
    }
    pairs.sort_by(|a, b| {
        a.relation
            .cmp(&b.relation)
            .then(b.similarity.total_cmp(&a.similarity))
            .then((a.left, a.right).cmp(&(b.left, b.right)))
    });
    without_detours(&mut pairs, fingerprints.len());
    pairs
}

/// The hashes that several documents have in their sketches. Most hashes occur in one document only
/// and are dropped.
struct Sequences {
    /// Documents by hash.
    holders: Vec<u32>,
    /// For each hash the start of its documents, and the total at the end.
    starts: Vec<u32>,
    /// Hashes by document.
    held: Vec<u32>,
    /// For each document the start of its hashes, and the total at the end.
    held_starts: Vec<u32>,
}

impl Sequences {
    /// Keeps hashes that at least two and at most `common` documents have.
    fn of(fingerprints: &[Fingerprint], common: usize) -> Self {
        /// Hashes are processed in partitions to limit memory.
        const PARTS: u32 = 16;
        let (mut holders, mut starts) = (Vec::new(), vec![0]);
        let mut counts = vec![0u32; fingerprints.len() + 1];
        let mut part: Vec<(u32, u32)> = Vec::new();
        for nth in 0..PARTS {
            part.clear();
            for (at, document) in (0u32..).zip(fingerprints) {
                let hashes = document.sketch.iter().filter(|hash| **hash % PARTS == nth);
                part.extend(hashes.map(|hash| (*hash, at)));
            }
            part.sort_unstable();
            let sequences = part.chunk_by(|left, right| left.0 == right.0);
            for all in sequences.filter(|all| (2..=common).contains(&all.len())) {
                for (_, document) in all {
                    counts[*document as usize + 1] += 1;
                    holders.push(*document);
                }
                starts.push(holders.len() as u32);
            }
        }
        for at in 1..counts.len() {
            counts[at] += counts[at - 1];
        }
        let held_starts = counts.clone();
        let mut held = vec![0u32; holders.len()];
        for (sequence, bounds) in (0u32..).zip(starts.windows(2)) {
            for document in &holders[bounds[0] as usize..bounds[1] as usize] {
                let next = &mut counts[*document as usize];
                held[*next as usize] = sequence;
                *next += 1;
            }
        }
        Sequences { holders, starts, held, held_starts }
    }

    /// The kept hashes of a document.
    fn held_by(&self, document: usize) -> impl Iterator<Item = u32> {
        let held = self.held_starts[document] as usize..self.held_starts[document + 1] as usize;
        self.held[held].iter().copied()
    }

    /// The documents that have a hash.
    fn holders(&self, sequence: u32) -> &[u32] {
        let at = sequence as usize;
        &self.holders[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

/// Keeps of reprints only the pairs that connect them all, the most similar first: ten prints of a
/// text become nine pairs, not forty-five.
fn without_detours(pairs: &mut Vec<DocumentPair>, documents: usize) {
    let mut joined = UnionFind::<usize>::new(documents);
    pairs.retain(|pair| {
        pair.relation != Relation::SameScript || joined.union(pair.left, pair.right)
    });
}

/// The pairs of one instrument in two scripts in which each is the other's best match, as `(left,
/// right)`. Their clauses are counterparts.
pub fn counterparts(pairs: &[DocumentPair]) -> FxHashSet<(usize, usize)> {
    let mut best: FxHashMap<usize, (f32, usize)> = FxHashMap::default();
    let scripts = || pairs.iter().filter(|pair| pair.relation == Relation::OtherScript);
    for pair in scripts() {
        for (document, other) in [(pair.left, pair.right), (pair.right, pair.left)] {
            let known = best.entry(document).or_insert((pair.similarity, other));
            if pair.similarity > known.0 {
                *known = (pair.similarity, other);
            }
        }
    }
    let is_best = |document, other| best.get(&document).is_some_and(|best| best.1 == other);
    let mutual =
        |pair: &&DocumentPair| is_best(pair.left, pair.right) && is_best(pair.right, pair.left);
    scripts().filter(mutual).map(|pair| (pair.left, pair.right)).collect()
}

/// The one pair of documents of two sources that clearly match, by index.
///
/// # Errors
/// The matching pairs, if there are several or none; the user must then choose.
pub fn matching(
    left: &[DocumentText],
    right: &[DocumentText],
) -> Result<(usize, usize), Vec<(usize, usize)>> {
    if left.len() == 1 && right.len() == 1 {
        return Ok((0, 0));
    }
    let prints = |side: &[DocumentText]| -> Vec<Fingerprint> {
        side.iter().map(Fingerprint::of_text).collect()
    };
    let (lefts, rights) = (prints(left), prints(right));
    let mut scored: Vec<(f32, usize, usize)> = Vec::new();
    for (l, a) in lefts.iter().enumerate() {
        for (r, b) in rights.iter().enumerate() {
            let named = if a.name.is_empty() { 0.0 } else { alike(&a.name, &b.name) };
            // Short texts with the same name are more likely versions than long ones with a passage
            // in common.
            let score = a.similarity(b) + 0.2 * named * f32::from(u8::from(named >= 0.9));
            scored.push((score, l, r));
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let clear: Vec<(usize, usize)> = scored
        .iter()
        .filter(|(score, ..)| *score >= 0.25)
        .map(|&(_, left, right)| (left, right))
        .collect();
    match clear.as_slice() {
        [only] => Ok(*only),
        [] => match scored.as_slice() {
            [(best, l, r), (second, ..), ..] if *best >= 0.08 && *best >= 3.0 * second => {
                Ok((*l, *r))
            }
            _ => Err(Vec::new()),
        },
        _ => Err(clear),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    fn fingerprint(sketch: &BTreeSet<u32>) -> Fingerprint {
        Fingerprint {
            sketch: sketch.iter().copied().collect(),
            title: String::new(),
            name: String::new(),
            script: Script::Hant,
            years: Vec::new(),
        }
    }

    proptest! {
        #[test]
        fn sequences_that_some_but_not_too_many_hold_are_known(
            sketches in prop::collection::vec(prop::collection::btree_set(0u32..40, 0..12), 0..30),
            common in 2usize..8,
        ) {
            let fingerprints: Vec<Fingerprint> = sketches.iter().map(fingerprint).collect();
            let sequences = Sequences::of(&fingerprints, common);
            let mut by_hash: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for (at, hash) in (0..).zip(&sketches).flat_map(|(at, all)| all.iter().map(move |h| (at, *h))) {
                by_hash.entry(hash).or_default().push(at);
            }
            by_hash.retain(|_, all| (2..=common).contains(&all.len()));
            for (at, sketch) in sketches.iter().enumerate() {
                let mut found: Vec<Vec<u32>> =
                    sequences.held_by(at).map(|own| sequences.holders(own).to_vec()).collect();
                let mut expected: Vec<Vec<u32>> =
                    sketch.iter().filter_map(|hash| by_hash.get(hash)).cloned().collect();
                found.sort();
                expected.sort();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
