//! Where the words of a text begin and end, so that a difference is marked by whole words.

use std::ops::Range;

use tiaowen_text::{Segmenter, Units};

/// The words of two or more characters in a text.
pub(crate) struct Words {
    /// Bytes of the longest words, in order, none overlapping another.
    outer: Vec<Range<usize>>,
    /// Bytes of the words inside these.
    inner: Vec<Range<usize>>,
}

impl Words {
    pub(crate) fn of(text: &str) -> Words {
        let units = Units::of(text);
        let (mut outer, mut inner): (Vec<Range<usize>>, Vec<Range<usize>>) =
            (Vec::new(), Vec::new());
        for word in Segmenter::shared().words(&units) {
            let units = &units.as_slice()[word.units.clone()];
            let (Some(first), Some(last)) = (units.first(), units.last()) else { continue };
            let span = first.start..last.end;
            if word.inner { &mut inner } else { &mut outer }.push(span);
        }
        Words { outer, inner }
    }

    /// The word that a border at byte `at` would cut in two; `None` where words meet.
    pub(crate) fn cut_at(&self, at: usize) -> Option<Range<usize>> {
        let place = self.outer.partition_point(|word| word.end <= at);
        let outer = self.outer.get(place).filter(|word| word.start < at)?;
        let inside: Vec<&Range<usize>> = self
            .inner
            .iter()
            .filter(|word| outer.start <= word.start && word.end <= outer.end)
            .collect();
        // 知識|產權: two words of the long one meet here.
        let ends = at == outer.start || inside.iter().any(|word| word.end == at);
        let begins = at == outer.end || inside.iter().any(|word| word.start == at);
        if ends && begins {
            return None;
        }
        let cut = inside.into_iter().filter(|word| word.start < at && at < word.end);
        Some(cut.min_by_key(|word| word.len()).unwrap_or(outer).clone())
    }
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
