//! How certain the reading of a clause is that was read by text recognition.

use tiaowen_corpus::{Clause, Recognition};

use crate::Words;
use crate::words::fill;

/// Uncertain words that are named at most.
const MOST_NAMED: usize = 12;

/// How certain the reading of a clause is, and which of its words should be looked at again; nothing
/// where it was not recognised.
pub fn recognised(w: &Words, clause: &Clause) -> Option<String> {
    let recognition = clause.recognised.as_ref()?;
    let certain = fill(&w.document.recognised, &[("n", &(recognition.share() * 100.0).round())]);
    let mut words: Vec<String> = Vec::new();
    for word in recognition.uncertain.iter().filter_map(|span| clause.text.get(span.clone())) {
        let word: String = word.split_whitespace().collect();
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.is_empty() {
        return Some(certain);
    }
    let more = if words.len() > MOST_NAMED { "…" } else { "" };
    words.truncate(MOST_NAMED);
    let words = words.join(&w.notes.comma) + more;
    Some(fill(&w.document.look_again, &[("recognised", &certain), ("words", &words)]))
}

/// That one or both versions of a comparison were recognised, a sentence each.
pub fn recognised_sides(
    w: &Words,
    left: Option<&Recognition>,
    right: Option<&Recognition>,
) -> Vec<String> {
    let sides = [(left, &w.comparison.left_recognised), (right, &w.comparison.right_recognised)];
    let line = |(recognition, words): (Option<&Recognition>, &String)| {
        Some(fill(words, &[("n", &(recognition?.share() * 100.0).round())]))
    };
    sides.into_iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn certainty_and_what_to_look_at_again() {
        let text = "合作協議\n\n一、雙方互相通報。";
        let mut clause = tiaowen_corpus::read("a.txt", text).unwrap()[0].clauses[0].clone();
        let w = Words::of(Language::En);
        assert_eq!(recognised(w, &clause), None);
        let at = clause.text.find("通報").unwrap();
        let recognition = |uncertain| Recognition { certainty: 874, uncertain };
        clause.recognised = Some(recognition(Vec::new()));
        assert_eq!(recognised(w, &clause).unwrap(), "Read by text recognition, 87 % certain");
        // A place twice, and one that is none.
        clause.recognised = Some(recognition(vec![at..at + 6, at..at + 6, 0..1]));
        let said = recognised(w, &clause).unwrap();
        assert_eq!(said, "Read by text recognition, 87 % certain; look again at 通報");
    }
}
