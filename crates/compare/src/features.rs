//! Features for alignment: characters and pairs of characters, weighted by rarity.
//!
//! Equal texts are stored once, and each feature is a number, so that the alignment works with
//! small integers. Weights are integers in millionths: their sums don't depend on the order of
//! threads, and a comparison always gives the same result.

use std::hash::{BuildHasher, Hash, Hasher};

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::compared::Compared;

/// A distinct text, with the clauses of each side that have it.
pub(crate) struct Text<'a> {
    keys: &'a [u64],
    pub(crate) lefts: Vec<u32>,
    pub(crate) rights: Vec<u32>,
}

impl Text<'_> {
    /// Whether clauses of both sides have it. A text without atoms doesn't count.
    pub(crate) fn is_shared(&self) -> bool {
        !(self.keys.is_empty() || self.lefts.is_empty() || self.rights.is_empty())
    }
}

/// The distinct texts of two sides, and for each clause the index of its text.
pub(crate) fn texts<'a>(
    lefts: &'a [Compared],
    rights: &'a [Compared],
) -> (Vec<Text<'a>>, Vec<usize>, Vec<usize>) {
    let mut distinct = DistinctTexts::default();
    distinct.known.reserve(lefts.len() + rights.len());
    let of_lefts = distinct.add(lefts, |text| &mut text.lefts);
    let of_rights = distinct.add(rights, |text| &mut text.rights);
    (distinct.texts, of_lefts, of_rights)
}

/// Distinct texts under construction.
#[derive(Default)]
struct DistinctTexts<'a> {
    texts: Vec<Text<'a>>,
    known: FxHashMap<HashedKeys<'a>, usize>,
}

/// The keys of a text with their hash, which is computed in parallel beforehand.
#[derive(PartialEq, Eq)]
struct HashedKeys<'a>(u64, &'a [u64]);

impl Hash for HashedKeys<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<'a> DistinctTexts<'a> {
    /// Adds the clauses of a side to the list of each text that `clauses` gives. Returns the text
    /// of each clause.
    fn add(
        &mut self,
        side: &'a [Compared],
        clauses: for<'t> fn(&'t mut Text<'a>) -> &'t mut Vec<u32>,
    ) -> Vec<usize> {
        let keys = side.par_iter().map(|compared| compared.side.atoms.keys.as_slice());
        let hashed: Vec<HashedKeys> =
            keys.map(|keys| HashedKeys(FxBuildHasher.hash_one(keys), keys)).collect();
        let mut places = Vec::with_capacity(hashed.len());
        for (at, hashed) in hashed.into_iter().enumerate() {
            let keys = hashed.1;
            let place = *self.known.entry(hashed).or_insert(self.texts.len());
            if place == self.texts.len() {
                self.texts.push(Text { keys, lefts: Vec::new(), rights: Vec::new() });
            }
            clauses(&mut self.texts[place]).push(at as u32);
            places.push(place);
        }
        places
    }
}

/// The features of all texts, as numbers.
#[derive(Default)]
pub(crate) struct Features {
    /// The distinct features of each text, text by text.
    all: Vec<u32>,
    /// For each text the start of its features, and the total at the end.
    starts: Vec<usize>,
    /// For each text the total weight of its features.
    totals: Vec<u64>,
    /// Weight of each feature in millionths: sums of integers don't depend on their order.
    weights: Vec<u32>,
    /// For each feature the number of clauses of the right that have it.
    rights: Vec<u32>,
}

impl Features {
    pub(crate) fn of(texts: &[Text]) -> Self {
        let parts = rayon::current_num_threads();
        let parts: Vec<Part> =
            (0..parts).into_par_iter().map(|part| Part::of(texts, part, parts)).collect();
        let mut features = Features { starts: vec![0], ..Features::default() };
        let clauses: usize = texts.iter().map(|text| text.lefts.len() + text.rights.len()).sum();
        let weights: Vec<u32> = (0..=clauses).map(|count| weight(count, clauses)).collect();
        let mut firsts = Vec::with_capacity(parts.len());
        for part in &parts {
            firsts.push(features.weights.len() as u32);
            features.weights.extend(part.clauses.iter().map(|&count| weights[count as usize]));
            features.rights.extend(&part.rights);
        }
        features.all.reserve(parts.iter().map(|part| part.all.len()).sum());
        for text in 0..texts.len() {
            for (part, first) in parts.iter().zip(&firsts) {
                let numbers = &part.all[part.starts[text]..part.starts[text + 1]];
                features.all.extend(numbers.iter().map(|number| first + number));
            }
            features.starts.push(features.all.len());
        }
        features.totals = (0..texts.len())
            .into_par_iter()
            .map(|text| features.of_text(text).iter().map(|&number| features.weight(number)).sum())
            .collect();
        features
    }

    /// The features of a text.
    pub(crate) fn of_text(&self, text: usize) -> &[u32] {
        &self.all[self.starts[text]..self.starts[text + 1]]
    }

    /// The weight of a feature.
    pub(crate) fn weight(&self, feature: u32) -> u64 {
        u64::from(self.weights[feature as usize])
    }

    /// The total weight of a text's features.
    pub(crate) fn total(&self, text: usize) -> u64 {
        self.totals[text]
    }

    /// Number of clauses of the right that have a feature.
    pub(crate) fn rights(&self, feature: u32) -> usize {
        self.rights[feature as usize] as usize
    }

    /// Number of features.
    pub(crate) fn len(&self) -> usize {
        self.weights.len()
    }
}

/// Weight of a feature that `count` of all clauses have, in millionths.
fn weight(count: usize, clauses: usize) -> u32 {
    let weight = (1.0 + clauses as f64 / count.max(2) as f64).ln();
    (weight * 1e6).round() as u32
}

/// Characters and pairs of characters, in the order of the text.
fn features(keys: &[u64]) -> impl Iterator<Item = u64> {
    /// Of a longer text only the beginning counts.
    const MOST: usize = 50_000;
    let keys = &keys[..keys.len().min(MOST)];
    let pairs = keys.windows(2).map(|pair| {
        pair[0].wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23) ^ pair[1] ^ (1 << 61)
    });
    keys.iter().copied().chain(pairs)
}

/// One partition of the features by hash; partitions are counted in parallel.
struct Part {
    /// As in [`Features`].
    all: Vec<u32>,
    starts: Vec<usize>,
    /// For each feature the number of clauses that have it, and of those on the right.
    clauses: Vec<u32>,
    rights: Vec<u32>,
}

impl Part {
    fn of(texts: &[Text], part: usize, parts: usize) -> Self {
        let characters: usize = texts.iter().map(|text| text.keys.len()).sum();
        let (mut all, mut starts) = (Vec::with_capacity(2 * characters / parts), vec![0]);
        // A third of the pairs of a long text are new, and fewer of longer ones.
        let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
        numbers.reserve(characters / (3 * parts));
        let mut characters_of_basic_plane = vec![u32::MAX; 0x1_0000];
        // The text in which each feature was last seen.
        let mut seen: Vec<u32> = Vec::new();
        let mut kept_features: Vec<u64> = Vec::new();
        for (text, nth) in texts.iter().zip(0..) {
            // Branch-free, since partitions are unpredictable: always write, but advance only for
            // this partition.
            kept_features.resize(2 * text.keys.len(), 0);
            let mut kept = 0;
            features(text.keys).for_each(|feature| {
                kept_features[kept] = feature;
                kept += usize::from(part_of(feature, parts) == part);
            });
            for &feature in &kept_features[..kept] {
                let unknown = seen.len() as u32;
                let number = match characters_of_basic_plane.get_mut(feature as usize) {
                    Some(number) => {
                        *number = unknown.min(*number);
                        *number
                    }
                    None => *numbers.entry(feature).or_insert(unknown),
                };
                match seen.get_mut(number as usize) {
                    Some(last) if *last == nth => continue,
                    Some(last) => *last = nth,
                    None => seen.push(nth),
                }
                all.push(number);
            }
            starts.push(all.len());
        }
        let (mut clauses, mut rights) = (vec![0; seen.len()], vec![0; seen.len()]);
        for (text, ends) in texts.iter().zip(starts.windows(2)) {
            let on_right = text.rights.len() as u32;
            let both = text.lefts.len() as u32 + on_right;
            for &number in &all[ends[0]..ends[1]] {
                clauses[number as usize] += both;
                rights[number as usize] += on_right;
            }
        }
        Part { all, starts, clauses, rights }
    }
}

/// The partition of a feature.
fn part_of(feature: u64, parts: usize) -> usize {
    let high = feature.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    (high as usize * parts) >> 32
}

/// The features of one text, for comparing others with it.
pub(crate) struct Held<'a> {
    features: &'a Features,
    text: Option<usize>,
    /// Weight of each feature of the text; 0 for all other features.
    weights: Vec<u32>,
}

impl<'a> Held<'a> {
    pub(crate) fn new(features: &'a Features) -> Self {
        Held { features, text: None, weights: vec![0; features.len()] }
    }

    /// Replaces the current text.
    pub(crate) fn hold(&mut self, text: usize) {
        if self.text == Some(text) {
            return;
        }
        for &feature in self.text.map_or(&[][..], |before| self.features.of_text(before)) {
            self.weights[feature as usize] = 0;
        }
        for &feature in self.features.of_text(text) {
            self.weights[feature as usize] = self.features.weights[feature as usize];
        }
        self.text = Some(text);
    }

    pub(crate) fn has(&self, feature: u32) -> bool {
        self.weights[feature as usize] > 0
    }

    /// Likeness of another text, 0 to 1.
    pub(crate) fn likeness(&self, other: usize) -> f32 {
        let features = self.features;
        let held = |&feature: &u32| u64::from(self.weights[feature as usize]);
        let shared: u64 = features.of_text(other).iter().map(held).sum();
        let both = self.text.map_or(0, |text| features.total(text)) + features.total(other);
        2.0 * shared as f32 / both as f32
    }
}
