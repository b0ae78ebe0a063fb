//! Finds the characters of a text to highlight for a query.

use std::ops::Range;

use tiaowen_text::{Budget, Spent, Units};

use crate::language::analysis::{Group, Rewording};
use crate::{Analysis, Part};

/// The spans of `text`, in bytes, that match the analyses: whole groups, or the words inside a
/// group that doesn't occur as a whole. In order, without touching one another.
pub fn highlights(text: &str, analyses: &[Analysis]) -> Vec<Range<usize>> {
    highlights_within(text, analyses, &Budget::unlimited()).expect("nothing ends it")
}

/// Like [`highlights`], within a budget.
pub(crate) fn highlights_within(
    text: &str,
    analyses: &[Analysis],
    budget: &Budget,
) -> Result<Vec<Range<usize>>, Spent> {
    let units = Units::of(text);
    let mut marked = vec![Marked::No; units.as_slice().len()];
    for part in analyses.iter().flat_map(|analysis| &analysis.parts) {
        mark_part(&units, part, &mut marked, budget)?;
    }
    Ok(spans(text, &units, &marked))
}

/// Highlights the words of a search in other texts: whole documents, other versions. Made by
/// [`Searcher::marker`](crate::Searcher::marker).
#[derive(Debug, Clone)]
pub struct Marker {
    analyses: Vec<Analysis>,
    budget: Budget,
}

impl Marker {
    pub(crate) fn of(analyses: Vec<Analysis>, budget: Budget) -> Self {
        Marker { analyses, budget }
    }

    /// The spans of `text`, in bytes, that match the search. In order, without touching one
    /// another.
    ///
    /// # Errors
    /// [`Spent`] when the budget of the marker is spent.
    pub fn marks(&self, text: &str) -> Result<Vec<Range<usize>>, Spent> {
        highlights_within(text, &self.analyses, &self.budget)
    }
}

fn mark_part(
    units: &Units,
    part: &Part,
    marked: &mut [Marked],
    budget: &Budget,
) -> Result<(), Spent> {
    // A number is highlighted as a whole in any of its forms, or else character by character.
    let mut written: Vec<Range<usize>> = Vec::new();
    for number in part.expansions.iter().filter(|expansion| expansion.kind == Rewording::Number) {
        budget.check()?;
        let ways = number.alternatives.iter().flat_map(|(_, way)| &way.parts);
        let mut found = mark(units, &row(part, &number.units), marked);
        for way in ways {
            found |= mark(units, &row(way, &(0..way.units.len())), marked);
        }
        if found {
            written.push(number.units.clone());
        }
    }
    let is_written = |group: &Group| {
        written
            .iter()
            .any(|number| number.start <= group.units.start && group.units.end <= number.end)
    };
    for group in part.groups.iter().filter(|group| !group.is_function && !is_written(group)) {
        budget.check()?;
        if mark(units, &row(part, &group.units), marked) {
            continue;
        }
        for inner in &group.inner {
            let characters: Vec<String> = inner.chars().map(String::from).collect();
            let wanted: Vec<(usize, &str)> =
                characters.iter().map(String::as_str).enumerate().collect();
            mark(units, &wanted, marked);
        }
    }
    let terms = part.expansions.iter().filter(|expansion| expansion.kind != Rewording::Number);
    for (_, alternative) in terms.flat_map(|expansion| &expansion.alternatives) {
        budget.check()?;
        // A regional term is highlighted as a whole or not at all.
        for part in &alternative.parts {
            mark(units, &row(part, &(0..part.units.len())), marked);
        }
    }
    Ok(())
}

/// The units of a part with their positions from 0.
fn row<'a>(part: &'a Part, range: &Range<usize>) -> Vec<(usize, &'a str)> {
    part.row(range.clone()).collect()
}

/// Marks every occurrence of `wanted`. Returns whether there is one.
fn mark(units: &Units, wanted: &[(usize, &str)], marked: &mut [Marked]) -> bool {
    let slice = units.as_slice();
    let mut found = false;
    for at in 0..(slice.len() + 1).saturating_sub(wanted.len()) {
        let here = &slice[at..at + wanted.len()];
        let matches = here.iter().zip(wanted).all(|(unit, &(at, wanted))| {
            unit.position == here[0].position + at && units.folded(unit) == wanted
        });
        if matches {
            for (nth, unit) in marked[at..at + wanted.len()].iter_mut().enumerate() {
                // 2025-3-1 is one figure, including its marks.
                let apart = nth > 0 && wanted[nth].0 > wanted[nth - 1].0 + 1;
                *unit = (*unit).max(if apart { Marked::WithGap } else { Marked::Yes });
            }
            found = true;
        }
    }
    found
}

/// Whether a unit is highlighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Marked {
    No,
    Yes,
    /// Together with the unit before it and the marks between them.
    WithGap,
}

/// The highlighted units as spans. Neighbours with only white space between them become one span.
fn spans(text: &str, units: &Units, marked: &[Marked]) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    for (unit, marked) in units.iter().zip(marked).filter(|(_, marked)| **marked > Marked::No) {
        match spans.last_mut() {
            Some(last)
                if *marked == Marked::WithGap
                    || text[last.end..unit.start].chars().all(|c| c == ' ') =>
            {
                last.end = unit.end
            }
            _ => spans.push(unit.span()),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use tiaowen_text::Segmenter;

    use super::*;

    fn marked(text: &str, query: &str) -> Vec<String> {
        let analysis = Analysis::of(query, Segmenter::shared(), None);
        highlights(text, std::slice::from_ref(&analysis))
            .into_iter()
            .map(|span| text[span].to_owned())
            .collect()
    }

    #[test]
    fn marks_the_original_script() {
        for query in ["知識產權保護", "知识产权保护"] {
            assert_eq!(marked("加強知識產權的保護", query), ["知識產權", "保護"]);
            assert_eq!(marked("加强知识产权保护", query), ["知识产权保护"]);
        }
        assert_eq!(marked("於 2017 年簽署", "2017年"), ["2017 年"]);
        assert_eq!(marked("「一帶一路」建設", "一带一路建设"), ["一帶一路", "建設"]);
        assert_eq!(marked("大橋與橋", "桥"), ["橋", "橋"]);
        assert_eq!(marked("創業、就業", "創業就業"), ["創業", "就業"]);
        assert_eq!(marked("產權交易", "知识产权"), ["產權"]);
        assert_eq!(marked("沒有", "橋"), Vec::<String>::new());
        assert_eq!(marked("於2025-3-1起的3年內", "2025年3月1日"), ["2025-3-1"]);
        assert_eq!(marked("伍拾萬元，另10萬元", "50万元"), ["伍拾萬元"]);
    }
}
