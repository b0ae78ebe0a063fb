//! Word borders, so that differences are marked as whole words.

use std::cell::OnceCell;
use std::ops::Range;

use tiaowen_text::{Segmenter, Units};

/// The words of two or more characters in a text. Runs are segmented on first use, because
/// differences touch few of them.
pub(crate) struct Words {
    units: Units,
    runs: Vec<Run>,
}

/// A run of adjacent Han characters.
struct Run {
    /// Bytes of the text.
    bytes: Range<usize>,
    units: Range<usize>,
    words: OnceCell<RunWords>,
}

struct RunWords {
    /// Bytes of the longest words, in order, without overlaps.
    outer: Vec<Range<usize>>,
    /// Bytes of the words inside those.
    inner: Vec<Range<usize>>,
}

impl Run {
    fn of(units: &Units, run: Range<usize>) -> Self {
        Run { bytes: bytes(units, &run), units: run, words: OnceCell::new() }
    }
}

impl Words {
    pub(crate) fn of(text: &str) -> Words {
        let units = Units::of(text);
        let runs = units.han_runs().map(|run| Run::of(&units, run)).collect();
        Words { units, runs }
    }

    /// The word that a border at byte `at` would cut; `None` between words.
    pub(crate) fn cut_at(&self, at: usize) -> Option<Range<usize>> {
        let run = &self.runs[self.runs.partition_point(|run| run.bytes.end <= at)..];
        let run = run.first().filter(|run| run.bytes.start < at)?;
        let words = run.words.get_or_init(|| RunWords::of(&self.units, &run.units));
        let place = words.outer.partition_point(|word| word.end <= at);
        let outer = words.outer.get(place).filter(|word| word.start < at)?;
        let inside: Vec<&Range<usize>> = words
            .inner
            .iter()
            .filter(|word| outer.start <= word.start && word.end <= outer.end)
            .collect();
        // 知識|產權: two words inside the longer one meet here.
        let ends = at == outer.start || inside.iter().any(|word| word.end == at);
        let begins = at == outer.end || inside.iter().any(|word| word.start == at);
        if ends && begins {
            return None;
        }
        let cut = inside.into_iter().filter(|word| word.start < at && at < word.end);
        Some(cut.min_by_key(|word| word.len()).unwrap_or(outer).clone())
    }
}

impl RunWords {
    fn of(units: &Units, run: &Range<usize>) -> Self {
        let (mut outer, mut inner) = (Vec::new(), Vec::new());
        for word in Segmenter::shared().words_of_run(units, run.clone()) {
            let span = bytes(units, &word.units);
            if word.inner { &mut inner } else { &mut outer }.push(span);
        }
        RunWords { outer, inner }
    }
}

/// The bytes of consecutive units.
fn bytes(units: &Units, range: &Range<usize>) -> Range<usize> {
    let units = &units.as_slice()[range.clone()];
    units.first().map_or(0, |first| first.start)..units.last().map_or(0, |last| last.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_inside_words() {
        let text = "保護知識產權合作";
        let words = Words::of(text);
        let cut = |at: usize| words.cut_at(at * 3).map(|word| &text[word]);
        assert_eq!(cut(2), None);
        assert_eq!(cut(3), Some("知識"));
        assert_eq!(cut(4), None);
        assert_eq!(cut(5), Some("產權"));
        assert_eq!(cut(6), None);
    }
}
