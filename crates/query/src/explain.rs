//! Explains a hit: which parts of the query matched, where, and how much they count.

use std::ops::Range;

use tiaowen_index::tantivy::{DocAddress, Result};
use tiaowen_text::{fold, fold_char};

use crate::engine::score::{Measure, Measured};
use crate::fusion::Joining;
use crate::language::analysis::Reworded;
use crate::{Combine, QueryTerm, Weighted};

/// Where a part of a query matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoundIn {
    /// The whole query occurs in the text word for word.
    WordForWord,
    /// In the text.
    Text,
    /// Two adjacent characters of the query are adjacent in the text.
    SideBySide,
    /// In the clause's heading or one above it.
    Headings,
    /// In the document's title.
    Title,
    /// In the name of a party.
    Parties,
    /// In the document's number.
    Number,
    /// The clause is the one cited.
    Citation,
}

impl FoundIn {
    /// All places.
    pub const ALL: [FoundIn; 8] = [
        FoundIn::WordForWord,
        FoundIn::Text,
        FoundIn::SideBySide,
        FoundIn::Headings,
        FoundIn::Title,
        FoundIn::Parties,
        FoundIn::Number,
        FoundIn::Citation,
    ];

    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            FoundIn::WordForWord => "word_for_word",
            FoundIn::Text => "text",
            FoundIn::SideBySide => "side_by_side",
            FoundIn::Headings => "headings",
            FoundIn::Title => "title",
            FoundIn::Parties => "parties",
            FoundIn::Number => "number",
            FoundIn::Citation => "citation",
        }
    }
}

/// A part of the query that matched.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The part as typed.
    pub typed: String,
    /// Where it matched.
    pub place: FoundIn,
    /// Other words that matched instead.
    pub otherwise: Vec<Reworded>,
    /// Its contribution to the sum.
    pub score: f32,
}

/// Why a clause is a hit. Its score is the sum of `reasons` times `covered`, plus `near`, the
/// result times `kind`, `recognised`, `standing` and `document`.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The id of the explained version, whose score the hit has.
    pub clause: String,
    /// The matching parts, the largest contribution first.
    pub reasons: Vec<Reason>,
    /// The factor for the share of the query's words that the clause contains; 1 for all.
    pub covered: f32,
    /// The bonus for words that are near each other.
    pub near: f32,
    /// The factor for the kind of clause; 1 except for signatures.
    pub kind: f32,
    /// What is left for how certain its reading is: 1 but where it was read by text recognition.
    pub recognised: f32,
    /// The factor for the standing of the document in answers to questions; 1 except for laws below
    /// others.
    pub standing: f32,
    /// The factor for other clauses of the document that answer a question; 1 if the query isn't
    /// one.
    pub document: f32,
    /// Characters matched by folding: as typed, and as printed.
    pub folded: Vec<(char, char)>,
    /// How the hit got its place, if meaning took part; what the rest explains is the score by words.
    pub joining: Option<Joining>,
}

/// Explains why the clause at `address` is a hit with a given score; `None` if words didn't find it.
pub(crate) fn explain(
    measure: &Measure<'_>,
    query: &str,
    address: DocAddress,
    score: Option<f32>,
) -> Result<Explanation> {
    let mut segment = measure.segment(address.segment_ord)?;
    let measured = segment.of(address.doc_id)?;
    let document = match score {
        Some(score) if measured.score() > 0.0 => score / measured.score(),
        _ => 1.0,
    };
    let Measured { covered, near, kind, recognised, standing, .. } = measured;
    let mut reasons: Vec<Reason> = Vec::new();
    for (counts, (way, parts)) in measure.plan().should.iter().zip(segment.parts(address.doc_id)?) {
        let (counted, terms) = match counts {
            Combine::Always(counted) => (std::slice::from_ref(counted), &[][..]),
            Combine::Best(wordings) => (&wordings[way].counted[..], &wordings[way].terms[..]),
        };
        for (counted, score) in counted.iter().zip(parts) {
            let (typed, place) = (as_typed(&counted.of, query), place(counted));
            add(&mut reasons, Reason { typed, place, otherwise: terms.to_vec(), score });
        }
    }
    reasons.retain(|reason| reason.score > 0.0);
    reasons.sort_by(|a, b| b.score.total_cmp(&a.score));
    let (clause, folded) = (String::new(), Vec::new());
    Ok(Explanation {
        clause,
        reasons,
        covered,
        near,
        kind,
        recognised,
        standing,
        document,
        folded,
        joining: None,
    })
}

/// Adds a reason; the scores of equal ones are added up.
fn add(reasons: &mut Vec<Reason>, new: Reason) {
    let is_same = |known: &&mut Reason| {
        known.typed == new.typed && known.place == new.place && known.otherwise == new.otherwise
    };
    match reasons.iter_mut().find(is_same) {
        Some(known) => known.score += new.score,
        None => reasons.push(new),
    }
}

fn place(counted: &Weighted) -> FoundIn {
    match &counted.term {
        // Two characters are a word of two characters by themselves, and an adjacent pair within a
        // longer one.
        QueryTerm::Phrase(row) if row.len() == 2 && counted.of.chars().count() > 2 => {
            FoundIn::SideBySide
        }
        QueryTerm::Whole(_) => FoundIn::WordForWord,
        QueryTerm::Heading(_) => FoundIn::Headings,
        QueryTerm::Title(_) => FoundIn::Title,
        QueryTerm::Party(_) => FoundIn::Parties,
        QueryTerm::Number(_) => FoundIn::Number,
        QueryTerm::Certain(_)
        | QueryTerm::Address(_)
        | QueryTerm::Document(_)
        | QueryTerm::Clause(_) => FoundIn::Citation,
        _ => FoundIn::Text,
    }
}

/// A folded part of the query as it was typed. Other regions' terms, which were not typed, are
/// returned unchanged.
fn as_typed(folded: &str, query: &str) -> String {
    let all: Vec<char> = query.chars().collect();
    let folds: Vec<char> = all.iter().map(|&c| fold_char(c)).collect();
    let wanted: Vec<char> = fold(folded).chars().collect();
    let at = folds.windows(wanted.len().max(1)).position(|window| window == wanted);
    match at {
        Some(at) => all[at..at + wanted.len()].iter().collect(),
        None => folded.to_owned(),
    }
}

/// Characters of the query that the highlighted text prints in another form, each pair once.
pub(crate) fn folded(query: &str, text: &str, marks: &[Range<usize>]) -> Vec<(char, char)> {
    let typed: Vec<char> = query.chars().collect();
    let mut pairs = Vec::new();
    for printed in marks.iter().flat_map(|mark| text[mark.clone()].chars()) {
        let alike = || typed.iter().filter(|&&c| fold_char(c) == fold_char(printed));
        if alike().any(|&c| c == printed) {
            continue;
        }
        if let Some(&other) = alike().next()
            && !pairs.contains(&(other, printed))
        {
            pairs.push((other, printed));
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_told_as_typed() {
        assert_eq!(as_typed("知识产权", "保護知識產權"), "知識產權");
        assert_eq!(as_typed("信息", "資訊"), "信息");
        assert_eq!(as_typed("", "資訊"), "");
    }

    #[test]
    fn folding_is_told_by_character() {
        let text = "信息技術與资讯";
        let marks = vec![0..3, 15..21];
        assert_eq!(folded("資訊", text, &marks), [('資', '资'), ('訊', '讯')]);
        assert_eq!(folded("资讯", text, &marks), []);
    }
}
