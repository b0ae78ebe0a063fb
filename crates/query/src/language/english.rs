//! English terms of a query, which the term table names in Chinese.

use std::ops::Range;

use tiaowen_terms::{Occurrence, TermTable};
use tiaowen_text::{UnitKind, Units};

/// Words that bind others and are not asked for beside English terms: *recognition of qualifications*
/// asks for 承認 and 資格.
const FUNCTION_WORDS: [&str; 19] = [
    "a", "an", "and", "as", "at", "between", "by", "for", "from", "in", "into", "of", "on", "or",
    "the", "to", "under", "with", "within",
];

/// Whether a word, in small letters, binds others and means nothing by itself.
pub(crate) fn is_function_word(word: &str) -> bool {
    FUNCTION_WORDS.contains(&word)
}

/// The English terms of a query that the table has in Chinese, each with the units that it takes. Words
/// of a term are divided by spaces, hyphens, commas or apostrophes: *one country, two systems*.
pub(crate) fn english_terms(
    query: &str,
    units: &Units,
    table: &TermTable,
) -> Vec<(Range<usize>, Occurrence)> {
    let mut found = Vec::new();
    for run in runs(query, units) {
        let words: Vec<&str> =
            run.iter().map(|word| units.folded(&units.as_slice()[word.start])).collect();
        for term in table.find_english(&words) {
            let taken = run[term.words.start].start..run[term.words.end - 1].end;
            let occurrence = Occurrence {
                start: taken.start,
                end: taken.end,
                alternatives: term.alternatives,
                nearest: Vec::new(),
            };
            found.push((taken, occurrence));
        }
    }
    found
}

/// Runs of English words, each word with its units: the s of a possessive belongs to the word before.
fn runs(query: &str, units: &Units) -> Vec<Vec<Range<usize>>> {
    let slice = units.as_slice();
    let mut runs: Vec<Vec<Range<usize>>> = Vec::new();
    let mut goes_on = false;
    for (at, unit) in slice.iter().enumerate() {
        let text = units.folded(unit);
        if unit.kind != UnitKind::Word || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            goes_on = false;
            continue;
        }
        let between = if at == 0 { "" } else { &query[slice[at - 1].end..unit.start] };
        let apostrophe = |c: char| matches!(c, '\'' | '\u{2019}');
        if goes_on
            && text == "s"
            && between.chars().all(apostrophe)
            && let Some(word) = runs.last_mut().and_then(|run| run.last_mut())
        {
            word.end = at + 1;
            continue;
        }
        let binds = |c: char| {
            c.is_whitespace() || apostrophe(c) || matches!(c, '-' | '\u{2010}' | '\u{2011}' | ',')
        };
        let word = at..at + 1;
        match runs.last_mut() {
            Some(run) if goes_on && between.chars().all(binds) => run.push(word),
            _ => runs.push(Vec::from([word])),
        }
        goes_on = true;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{found, searcher_of};
    use crate::{Note, Request};

    fn terms_of(query: &str) -> Vec<(String, String)> {
        let table = TermTable::built_in();
        let units = Units::of(query);
        let slice = units.as_slice();
        let typed = |taken: &Range<usize>| {
            query[slice[taken.start].start..slice[taken.end - 1].end].to_owned()
        };
        let terms = english_terms(query, &units, table);
        terms.iter().map(|(taken, term)| (typed(taken), term.alternatives[0].clone())).collect()
    }

    #[test]
    fn case_hyphens_plural_and_possessives_count_for_nothing() {
        for (query, typed) in [
            ("Intellectual Property Rights", "Intellectual Property Rights"),
            ("intellectual-property right", "intellectual-property right"),
            ("the National People\u{2019}s Congress decides", "National People\u{2019}s Congress"),
            ("National People's Congress", "National People's Congress"),
            ("\u{201C}one country, two systems\u{201D}", "one country, two systems"),
            ("ONE COUNTRY TWO SYSTEMS", "ONE COUNTRY TWO SYSTEMS"),
            ("labor unions", "labor unions"),
        ] {
            let all = terms_of(query);
            assert_eq!(
                all.iter().map(|(own, _)| own.as_str()).collect::<Vec<_>>(),
                [typed],
                "{query}"
            );
        }
    }

    #[test]
    fn words_that_something_divides_make_no_term() {
        for query in ["intellectual; property", "intellectual 的 property", "belt / and road"] {
            let all = terms_of(query);
            assert!(all.iter().all(|(own, _)| !own.contains(' ')), "{query}: {all:?}");
        }
        assert_eq!(terms_of("知識產權"), []);
    }

    #[test]
    fn clauses_that_have_the_words_go_before_those_that_have_the_chinese_for_them() {
        // More than are scored with care, so that the order of candidates counts as well.
        let mut articles: Vec<String> =
            (0..200).map(|nth| format!("雙方保護知識產權{}。", "乙".repeat(nth % 7))).collect();
        articles.push("雙方另有安排。".into());
        articles
            .push(format!("The sides protect intellectual property {}.", "and more ".repeat(30)));
        articles.push("Property of an intellectual kind.".into());
        let searcher = searcher_of(&articles);
        for query in ["intellectual property", "Intellectual-Property", "INTELLECTUAL PROPERTY"] {
            let all = found(&searcher, &Request { limit: 300, ..Request::new(query) });
            assert!(all[..2].contains(&202) && all[..2].contains(&203), "{query}: {:?}", &all[..4]);
            assert_eq!(all.len(), 202, "{query}");
            let plain = Request { limit: 300, expand: false, ..Request::new(query) };
            assert_eq!(found(&searcher, &plain).len(), 2, "{query}");
        }
    }

    #[test]
    fn words_between_terms_are_not_asked_for() {
        let searcher = searcher_of(&["雙方推動專業資格互認。", "双方推动资格互认。", "其他安排。"]);
        for query in
            ["mutual recognition of qualifications", "the mutual recognition of qualification"]
        {
            let mut all = found(&searcher, &Request::new(query));
            all.sort_unstable();
            assert_eq!(all, [1, 2], "{query}");
            let notes = searcher.search(&Request::new(query)).unwrap().notes;
            let english = notes.iter().filter(|note| note.kind() == "english");
            assert_eq!(english.count(), 2, "{notes:?}");
            assert!(!notes.contains(&Note::Part), "{notes:?}");
        }
        // Without a term there is nothing to bind.
        assert!(found(&searcher, &Request::new("the of")).is_empty());
    }
}
