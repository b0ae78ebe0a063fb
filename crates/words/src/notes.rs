//! The words of notes on a query and on checks.

use std::fmt::Display;

use tiaowen_corpus::DocumentKind;
use tiaowen_meaning::MeaningFault;
use tiaowen_query::{Misread, Note};

use crate::Words;
use crate::words::{NotesWords, fill};

/// The words of a note, without how to switch it off: a page has a link for that, and a terminal
/// names a flag. `None` for suggested queries, which are shown as a list.
///
/// ```
/// use tiaowen_query::Note;
/// use tiaowen_words::{Language, Words, note};
/// let widened = Note::Widened { typed: "質素".into(), others: vec!["素质".into()] };
/// let words = Words::of(Language::Hant);
/// assert_eq!(note(words, &widened).as_deref(), Some("「質素」同時檢索素质"));
/// ```
pub fn note(all: &Words, note: &Note) -> Option<String> {
    let words = &all.notes;
    let list = |all: &[String]| all.join(&words.comma);
    Some(match note {
        Note::Unread(unread) => fill(&words.unread, &[("what", &misread(all, unread))]),
        Note::Heard { typed, words: heard } => {
            fill(&words.heard, &[("typed", typed), ("words", &list(heard))])
        }
        Note::Unheard => words.unheard.clone(),
        Note::Cited { typed } => fill(&words.cited, &[("typed", typed)]),
        Note::Widened { typed, others } => {
            fill(&words.widened, &[("typed", typed), ("others", &list(others))])
        }
        Note::English { typed, others } => {
            fill(&words.english, &[("typed", typed), ("others", &list(others))])
        }
        Note::Nearest { typed, others } => {
            fill(&words.nearest, &[("typed", typed), ("others", &list(others))])
        }
        Note::Everyday { others } => fill(&words.everyday, &[("others", &list(others))]),
        Note::Incomplete { failed, all, .. } => {
            fill(&words.incomplete, &[("failed", failed), ("all", all)])
        }
        Note::Limited { most } => fill(&words.limited, &[("n", most)]),
        Note::Nothing => words.nothing.clone(),
        Note::AsOf { day, left_out, inferred } => {
            let values: [(&str, &dyn Display); 3] =
                [("date", day), ("n", left_out), ("inferred", inferred)];
            fill(&words.as_of, &values)
        }
        Note::Undated { hits } => fill(&words.undated, &[("n", hits)]),
        Note::FilteredOut { without } => fill(&words.filtered_out, &[("n", without)]),
        Note::Meant { .. } => return None,
        Note::NoMeaning(fault) => fill(&words.meaning_off, &[("why", &no_meaning(words, *fault))]),
        Note::HalfMeaning { without, clauses } => {
            fill(&words.half_meaning, &[("n", without), ("all", clauses)])
        }
        Note::OldMeaning { without: 0 } => words.old_meaning.clone(),
        Note::OldMeaning { without } => fill(&words.old_meaning_some, &[("n", without)]),
        Note::Relaxed => words.relaxed.clone(),
        Note::Part => words.part.clone(),
        Note::Joined { typed, printed } => {
            fill(&words.joined, &[("typed", typed), ("printed", printed)])
        }
    })
}

/// Why meaning has no part in an answer.
fn no_meaning(words: &NotesWords, fault: MeaningFault) -> String {
    match fault {
        MeaningFault::NoEndpoint => words.no_endpoint.clone(),
        MeaningFault::NoVectors => words.no_vectors.clone(),
        MeaningFault::Unreadable => words.unreadable_vectors.clone(),
        MeaningFault::Away => words.server_away.clone(),
        // A search whose time is over has no notes.
        MeaningFault::Slow | MeaningFault::Spent(_) => words.server_slow.clone(),
        MeaningFault::Refused { status } => fill(&words.server_refused, &[("status", &status)]),
        MeaningFault::Junk => words.server_junk.clone(),
        MeaningFault::Dimension { answered, stored } => {
            fill(&words.server_dimension, &[("answered", &answered), ("stored", &stored)])
        }
    }
}

/// The words of a note on a check.
pub fn check_note(words: &Words, note: &tiaowen_verify::CheckNote) -> String {
    use tiaowen_verify::CheckNote;
    let words = &words.verify;
    match note {
        CheckNote::OtherScript => words.other_script.clone(),
        CheckNote::Last { label } => fill(&words.last, &[("label", label)]),
        CheckNote::Elsewhere { citation } => fill(&words.elsewhere, &[("citation", citation)]),
        CheckNote::Nowhere => words.nowhere.clone(),
        CheckNote::Version { date } => fill(&words.version, &[("date", date)]),
        CheckNote::From { date } => fill(&words.from, &[("date", date)]),
        CheckNote::Until { date } => fill(&words.until, &[("date", date)]),
        CheckNote::Repealed { title, date } => {
            fill(&words.repealed, &[("title", title), ("date", date)])
        }
        CheckNote::Meant { title } => fill(&words.meant, &[("title", title)]),
    }
}

/// What is wrong with a part of a query that could not be read.
pub fn misread(words: &Words, misread: &Misread) -> String {
    let words = &words.notes;
    match misread {
        Misread::Closing { at } => fill(&words.closing, &[("at", at)]),
        Misread::Opening { at } => fill(&words.opening, &[("at", at)]),
        Misread::Quote { mark, at } => fill(&words.quote, &[("mark", mark), ("at", at)]),
        Misread::Empty { field } => fill(&words.empty, &[("field", field)]),
        Misread::Value { field, value } => {
            let may = match *field {
                "kind" => DocumentKind::ALL.map(DocumentKind::as_str).join(", "),
                "script" => "hant, hans".to_owned(),
                "date" => "2017, 2017-11, 2015..2017".to_owned(),
                _ => "12, 第十二條, （三）, a".to_owned(),
            };
            let values: [(&str, &dyn Display); 3] =
                [("field", field), ("value", value), ("may", &may)];
            fill(&words.value, &values)
        }
    }
}
