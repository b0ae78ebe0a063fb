//! What clauses are likened by: characters and pairs of characters of their texts, rare ones
//! weighing most.

use std::hash::{BuildHasher, Hash, Hasher};

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::compare::Compared;

/// What clauses say, and which of each side, by their places, say just that.
pub(crate) struct Text<'a> {
    keys: &'a [u64],
    pub(crate) lefts: Vec<u32>,
    pub(crate) rights: Vec<u32>,
}

impl Text<'_> {
    /// Whether clauses of both sides say it. Of a text of marks alone that means nothing.
    pub(crate) fn is_shared(&self) -> bool {
        !(self.keys.is_empty() || self.lefts.is_empty() || self.rights.is_empty())
    }
}

/// The texts of two sides, each once, and for each clause which text is its own.
pub(crate) fn texts<'a>(
    lefts: &'a [Compared],
    rights: &'a [Compared],
) -> (Vec<Text<'a>>, Vec<usize>, Vec<usize>) {
    /// Of equal texts the hashes are equal, which are told side by side beforehand.
    #[derive(PartialEq, Eq)]
    struct Said<'a>(u64, &'a [u64]);
    impl Hash for Said<'_> {
        fn hash<H: Hasher>(&self, state: &mut H) {
            self.0.hash(state);
        }
    }
    let said = |side: &'a [Compared]| -> Vec<Said<'a>> {
        let keys = side.par_iter().map(|own| own.side.atoms.keys.as_slice());
        keys.map(|keys| Said(FxBuildHasher.hash_one(keys), keys)).collect()
    };
    let mut texts: Vec<Text> = Vec::new();
    let mut known: FxHashMap<Said, usize> = FxHashMap::default();
    known.reserve(lefts.len() + rights.len());
    let mut text_of = |said: Said<'a>, at: usize, on_right: bool| {
        let keys = said.1;
        let own = *known.entry(said).or_insert(texts.len());
        if own == texts.len() {
            texts.push(Text { keys, lefts: Vec::new(), rights: Vec::new() });
        }
        let clauses = if on_right { &mut texts[own].rights } else { &mut texts[own].lefts };
        clauses.push(at as u32);
        own
    };
    let mut texts_of = |side: &'a [Compared], on_right: bool| -> Vec<usize> {
        let said = said(side).into_iter().enumerate();
        said.map(|(at, said)| text_of(said, at, on_right)).collect()
    };
    let (lefts, rights) = (texts_of(lefts, false), texts_of(rights, true));
    (texts, lefts, rights)
}

/// The features of texts, as numbers.
#[derive(Default)]
pub(crate) struct Features {
    /// Those of each text, each once, text by text.
    all: Vec<u32>,
    /// Where those of each text begin, and where those of the last end.
    starts: Vec<usize>,
    /// What those of each text weigh together.
    totals: Vec<u64>,
    /// What each weighs, in millionths: sums of whole numbers are the same in any order.
    weights: Vec<u32>,
    /// How many clauses of the right have each.
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
                let own = &part.all[part.starts[text]..part.starts[text + 1]];
                features.all.extend(own.iter().map(|number| first + number));
            }
            features.starts.push(features.all.len());
        }
        features.totals = (0..texts.len())
            .into_par_iter()
            .map(|text| features.of_text(text).iter().map(|&own| features.weight(own)).sum())
            .collect();
        features
    }

    /// The features of a text.
    pub(crate) fn of_text(&self, text: usize) -> &[u32] {
        &self.all[self.starts[text]..self.starts[text + 1]]
    }

    /// What a feature weighs.
    pub(crate) fn weight(&self, feature: u32) -> u64 {
        u64::from(self.weights[feature as usize])
    }

    /// What the features of a text weigh together.
    pub(crate) fn total(&self, text: usize) -> u64 {
        self.totals[text]
    }

    /// How many clauses of the right have a feature.
    pub(crate) fn rights(&self, feature: u32) -> usize {
        self.rights[feature as usize] as usize
    }

    /// How many features there are.
    pub(crate) fn len(&self) -> usize {
        self.weights.len()
    }
}

/// What a feature weighs that so many of all clauses have, in millionths.
fn weight(count: usize, clauses: usize) -> u32 {
    let weight = (1.0 + clauses as f64 / count.max(2) as f64).ln();
    (weight * 1e6).round() as u32
}

/// Characters and pairs of characters, as they stand in a text.
fn features(keys: &[u64]) -> impl Iterator<Item = u64> {
    /// A text of more is known by its beginning.
    const MOST: usize = 50_000;
    let keys = &keys[..keys.len().min(MOST)];
    let pairs = keys.windows(2).map(|pair| {
        pair[0].wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23) ^ pair[1] ^ (1 << 61)
    });
    keys.iter().copied().chain(pairs)
}

/// One of several parts of all features, by their hashes: the parts are counted side by side.
struct Part {
    /// As in [`Features`].
    all: Vec<u32>,
    starts: Vec<usize>,
    /// How many clauses have each, and how many of the right.
    clauses: Vec<u32>,
    rights: Vec<u32>,
}

impl Part {
    fn of(texts: &[Text], part: usize, parts: usize) -> Self {
        let characters: usize = texts.iter().map(|text| text.keys.len()).sum();
        let (mut all, mut starts) = (Vec::with_capacity(2 * characters / parts), vec![0]);
        // Of the pairs of a long text a third are not yet known, of longer ones fewer.
        let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
        numbers.reserve(characters / (3 * parts));
        let mut characters_of_basic_plane = vec![u32::MAX; 0x1_0000];
        // The text that each was seen in last.
        let mut seen: Vec<u32> = Vec::new();
        let mut own: Vec<u64> = Vec::new();
        for (text, nth) in texts.iter().zip(0..) {
            // Which part a feature is in is chance: written each time, kept where it is ours.
            own.resize(2 * text.keys.len(), 0);
            let mut kept = 0;
            features(text.keys).for_each(|feature| {
                own[kept] = feature;
                kept += usize::from(part_of(feature, parts) == part);
            });
            for &feature in &own[..kept] {
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
        for (text, own) in texts.iter().zip(starts.windows(2)) {
            let on_right = text.rights.len() as u32;
            let both = text.lefts.len() as u32 + on_right;
            for &number in &all[own[0]..own[1]] {
                clauses[number as usize] += both;
                rights[number as usize] += on_right;
            }
        }
        Part { all, starts, clauses, rights }
    }
}

/// Which of so many parts a feature is in.
fn part_of(feature: u64, parts: usize) -> usize {
    let high = feature.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    (high as usize * parts) >> 32
}

/// The features of one text, beside which others are held.
pub(crate) struct Held<'a> {
    features: &'a Features,
    text: Option<usize>,
    /// What each feature weighs that the text has; 0 for others.
    weights: Vec<u32>,
}

impl<'a> Held<'a> {
    pub(crate) fn new(features: &'a Features) -> Self {
        Held { features, text: None, weights: vec![0; features.len()] }
    }

    /// Takes a text in place of the one before.
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

    /// How alike another text is, 0 to 1.
    pub(crate) fn likeness(&self, other: usize) -> f32 {
        let features = self.features;
        let held = |&feature: &u32| u64::from(self.weights[feature as usize]);
        let shared: u64 = features.of_text(other).iter().map(held).sum();
        let both = self.text.map_or(0, |own| features.total(own)) + features.total(other);
        2.0 * shared as f32 / both as f32
    }
}
