//! Notes on a query in the language of the page, with links that switch off what they describe.

use tiaowen_query::{Note, Restriction, Syntax};
use tiaowen_words::Words;

use super::address::Pairs;
use super::text::visible;
use crate::ask::Ask;

/// A note, with the text and the address of the link that switches it off, or shows what it is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShownNote {
    pub(super) text: String,
    pub(super) switch: Option<(&'static str, String)>,
}

/// The notes of an answer to `ask`, without suggested queries, which are shown above the results.
pub(super) fn shown_notes(
    w: &'static Words,
    ask: &Ask,
    notes: &[Note],
    to: &impl Fn(Pairs) -> String,
) -> Vec<ShownNote> {
    let pairs = Pairs::of(ask).without("offset");
    let widened = notes.iter().rposition(is_widened);
    let mut shown = Vec::new();
    for (at, note) in notes.iter().enumerate() {
        let Some(text) = tiaowen_words::note(w, note) else { continue };
        // One link switches off all terms.
        let is_switched = !is_widened(note) || Some(at) == widened;
        let switch = if is_switched { switch(w, ask, note) } else { None };
        let switch = switch.map(|(name, key, value)| {
            let pairs = if key == "undated" { without_dates(&pairs) } else { pairs.clone() };
            (name, to(pairs.with(key, &value)))
        });
        shown.push(ShownNote { text: visible(&text).into_owned(), switch });
    }
    shown
}

/// The name of the link that switches off or shows what a note is on, and the parameter that does it.
fn switch(
    w: &'static Words,
    ask: &Ask,
    note: &Note,
) -> Option<(&'static str, &'static str, String)> {
    match note {
        note if is_widened(note) => Some((&w.search.only_typed, "expand", "false".to_owned())),
        Note::Heard { .. } | Note::Unheard => {
            Some((&w.search.phonetic_off, "phonetic", String::new()))
        }
        Note::NoMeaning(_) | Note::HalfMeaning { .. } | Note::OldMeaning { .. } => {
            Some((&w.notes.meaning_on, "meaning", String::new()))
        }
        Note::Cited { typed } => Some((&w.notes.as_text, "q", quoted(&ask.q, typed))),
        // Dates in the query can't be taken away by a link.
        Note::Undated { .. } if !has_dates(&ask.q) => {
            Some((&w.notes.show_undated, "undated", "true".to_owned()))
        }
        _ => None,
    }
}

/// Whether a query has a field for dates.
fn has_dates(query: &str) -> bool {
    let restrictions = Syntax::read(query).restrictions;
    restrictions.iter().any(|restriction| matches!(restriction, Restriction::Date(..)))
}

/// The same search without filters for dates.
fn without_dates(pairs: &Pairs) -> Pairs {
    ["from", "to", "year"].iter().fold(pairs.clone(), |pairs, key| pairs.without(key))
}

/// Whether a note is on terms that were not typed.
fn is_widened(note: &Note) -> bool {
    matches!(note, Note::Widened { .. } | Note::English { .. } | Note::Everyday { .. })
}

/// A query with a part of it in quotation marks.
fn quoted(query: &str, piece: &str) -> String {
    let quoted = format!("「{piece}」");
    if query.contains(piece) { query.replacen(piece, &quoted, 1) } else { quoted }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tiaowen_meaning::MeaningFault;
    use tiaowen_query::{Misread, MissingReason};
    use tiaowen_words::Language;

    fn every_note() -> Vec<Note> {
        let words = |all: &[&str]| all.iter().map(|&word| word.to_owned()).collect();
        vec![
            Note::Unread(Misread::Closing { at: 3 }),
            Note::Unread(Misread::Opening { at: 3 }),
            Note::Unread(Misread::Quote { mark: '「', at: 3 }),
            Note::Unread(Misread::Empty { field: "title" }),
            Note::Unread(Misread::Value { field: "date", value: "明天".into() }),
            Note::Heard { typed: "zhishi".into(), words: words(&["知識", "指示"]) },
            Note::Incomplete { failed: 1, all: 3, reason: MissingReason::NoNode },
            Note::Unheard,
            Note::Cited { typed: "第三條".into() },
            Note::Widened { typed: "質素".into(), others: words(&["素质", "质量"]) },
            Note::Widened { typed: "資訊".into(), others: words(&["信息"]) },
            Note::English { typed: "customs".into(), others: words(&["海關"]) },
            Note::Nearest { typed: "拘捕".into(), others: words(&["逮捕"]) },
            Note::Everyday { others: words(&["用人单位"]) },
            Note::Limited { most: 32 },
            Note::Nothing,
            Note::FilteredOut { without: 12 },
            Note::AsOf { day: "2017".into(), left_out: 3, inferred: 1 },
            Note::Undated { hits: 3 },
            Note::NoMeaning(MeaningFault::NoEndpoint),
            Note::NoMeaning(MeaningFault::NoVectors),
            Note::NoMeaning(MeaningFault::Unreadable),
            Note::NoMeaning(MeaningFault::Away),
            Note::NoMeaning(MeaningFault::Slow),
            Note::NoMeaning(MeaningFault::Refused { status: 503 }),
            Note::NoMeaning(MeaningFault::Junk),
            Note::NoMeaning(MeaningFault::Dimension { answered: 3, stored: 384 }),
            Note::HalfMeaning { without: 5, clauses: 9 },
            Note::OldMeaning { without: 0 },
            Note::OldMeaning { without: 7 },
            Note::Relaxed,
            Note::Part,
            Note::Joined { typed: '乾', printed: '幹' },
        ]
    }

    #[test]
    fn each_is_told_whole_in_each_language() {
        let notes = every_note();
        for ui in Language::ALL {
            let all = shown_notes(Words::of(ui), &Ask::default(), &notes, &|pairs| pairs.query());
            assert_eq!(all.len(), notes.len());
            for (note, shown) in notes.iter().zip(&all) {
                assert!(!shown.text.contains(['{', '}']), "{ui:?}: {}", shown.text);
                assert!(!shown.text.contains("--"), "no flags on a page: {}", shown.text);
                let given = match note {
                    Note::Heard { typed, .. } | Note::Cited { typed } => typed.clone(),
                    Note::Widened { others, .. }
                    | Note::English { others, .. }
                    | Note::Nearest { others, .. } => others[0].clone(),
                    Note::Joined { printed, .. } => printed.to_string(),
                    Note::Unread(Misread::Value { value, .. }) => value.clone(),
                    Note::Unread(Misread::Closing { at }) => at.to_string(),
                    _ => String::new(),
                };
                assert!(shown.text.contains(&given), "{ui:?}: {}", shown.text);
            }
            let meant = Note::Meant { queries: vec!["知識".into()] };
            assert_eq!(
                shown_notes(Words::of(ui), &Ask::default(), &[meant], &|_| String::new()),
                []
            );
        }
    }

    #[test]
    fn each_switch_switches_off_what_its_note_tells() {
        let ask = Ask {
            q: "質素 資訊 第三條".into(),
            offset: Some(10),
            meaning: Some(true),
            ..Ask::default()
        };
        let all = shown_notes(Words::of(Language::En), &ask, &every_note(), &|pairs| {
            let q = pairs.get("q").unwrap_or_default().to_owned();
            let of = |key: &str| pairs.get(key).unwrap_or("-").to_owned();
            format!(
                "{q}, expand {}, offset {}, meaning {}",
                of("expand"),
                of("offset"),
                of("meaning")
            )
        });
        let switches: Vec<_> =
            all.iter().filter_map(|shown| Some(shown.switch.as_ref()?.1.as_str())).collect();
        let mut expected = vec![
            "質素 資訊 第三條, expand -, offset -, meaning true",
            "質素 資訊 第三條, expand -, offset -, meaning true",
            "質素 資訊 「第三條」, expand -, offset -, meaning true",
            "質素 資訊 第三條, expand false, offset -, meaning true",
            // What the dates leave out.
            "質素 資訊 第三條, expand -, offset -, meaning true",
        ];
        // Whatever meaning lacks, it can be switched off.
        expected.extend(["質素 資訊 第三條, expand -, offset -, meaning -"; 11]);
        assert_eq!(switches, expected);
        assert_eq!(quoted("第 3 條", "第三條"), "「第三條」");
    }
}
