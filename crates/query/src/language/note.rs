//! Notes on what a search did to a query.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use tiaowen_meaning::MeaningFault;

use crate::language::syntax::Misread;

/// Something done to a query that the user should know of. Displayed as an English sentence. The
/// sentence doesn't mention how to switch it off, since that differs between the command line, the
/// page and the API.
///
/// ```
/// use tiaowen_query::Note;
/// let note = Note::Widened { typed: "質素".into(), others: vec!["素质".into(), "质量".into()] };
/// assert_eq!(note.to_string(), "質素 was also searched as 素质, 质量");
/// assert_eq!((note.kind(), note.typed().as_deref()), ("regional", Some("質素")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A part of the query could not be read. The rest was searched.
    Unread(Misread),
    /// Latin letters were read as the sound of Chinese words.
    Heard {
        /// The query as typed.
        typed: String,
        /// The words that sound like it.
        words: Vec<String>,
    },
    /// Latin letters should be read by sound, but no words of the index fit.
    Unheard,
    /// A citation was read, and its clause was found.
    Cited {
        /// The citation as typed.
        typed: String,
    },
    /// A term was searched in other regions' terms too.
    Widened {
        /// The term as typed.
        typed: String,
        /// The other terms.
        others: Vec<String>,
    },
    /// An English term was searched in Chinese too.
    English {
        /// The term as typed.
        typed: String,
        /// The Chinese terms.
        others: Vec<String>,
    },
    /// Other regions have only a near equivalent of a term.
    Nearest {
        /// The term as typed.
        typed: String,
        /// The near equivalents, which were not searched.
        others: Vec<String>,
    },
    /// A question was searched in legal terms too.
    Everyday {
        /// The legal terms.
        others: Vec<String>,
    },
    /// The query has more numbers and terms than are searched in other wordings.
    Limited {
        /// The limit.
        most: usize,
    },
    /// The query has no letter, figure or Han character.
    Nothing,
    /// The filters exclude every hit.
    FilteredOut {
        /// The number of hits without filters.
        without: u64,
    },
    /// The state of a day is asked for, and documents that did not count then are left out.
    AsOf {
        /// The day, as it was given.
        day: String,
        /// How many are left out.
        left_out: usize,
        /// Of how many that is concluded from dates and titles, as no text says it.
        inferred: usize,
    },
    /// Hits in documents without a date are excluded by a filter for dates.
    Undated {
        /// The number of these hits.
        hits: u64,
    },
    /// Corrected queries that find something.
    Meant {
        /// The queries, the most likely first.
        queries: Vec<String>,
    },
    /// Parts of the index did not answer, so hits may be missing.
    Incomplete {
        /// The number of parts (shards) that did not answer.
        failed: u64,
        /// The number of all parts.
        all: u64,
        /// The reason given by the index.
        reason: MissingReason,
    },
    /// Meaning was asked for and has no part in the answer.
    NoMeaning(MeaningFault),
    /// Some clauses have no vector, so meaning can't find them.
    HalfMeaning {
        /// The number of clauses without one.
        without: u64,
        /// The number of all clauses.
        clauses: u64,
    },
    /// The index has changed since its vectors were made.
    OldMeaning {
        /// The least number of clauses without a vector.
        without: u64,
    },
    /// A quoted phrase doesn't occur anywhere, so its words were searched.
    Relaxed,
    /// Some hits contain only a part of the words.
    Part,
    /// Folding matched a character that is a different one in the script of the query.
    Joined {
        /// The character in the query.
        typed: char,
        /// The character in the text.
        printed: char,
    },
}

/// Why a part of an index did not answer. The key and parameters of its serialized form find its
/// sentence in other languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the message explains a variant")]
pub enum MissingReason {
    #[error("it took too long")]
    TookTooLong,
    #[error("no node has them")]
    NoNode,
    /// What the cluster says, in English.
    #[error("{says}")]
    Says { says: String },
}

impl Note {
    /// All values of [`kind`](Self::kind).
    pub const KINDS: [&'static str; 18] = [
        "as_of",
        "citation",
        "corrected",
        "english",
        "everyday",
        "filtered_out",
        "folded",
        "incomplete",
        "limited",
        "meaning",
        "nearest",
        "nothing",
        "partial",
        "phonetic",
        "regional",
        "relaxed",
        "undated",
        "unread",
    ];

    /// The kind of note, as named in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Note::Unread(_) => "unread",
            Note::Heard { .. } | Note::Unheard => "phonetic",
            Note::Cited { .. } => "citation",
            Note::Widened { .. } => "regional",
            Note::English { .. } => "english",
            Note::Nearest { .. } => "nearest",
            Note::Everyday { .. } => "everyday",
            Note::Limited { .. } => "limited",
            Note::Nothing => "nothing",
            Note::FilteredOut { .. } => "filtered_out",
            Note::AsOf { .. } => "as_of",
            Note::Undated { .. } => "undated",
            Note::Meant { .. } => "corrected",
            Note::Incomplete { .. } => "incomplete",
            Note::NoMeaning(_) | Note::HalfMeaning { .. } | Note::OldMeaning { .. } => "meaning",
            Note::Relaxed => "relaxed",
            Note::Part => "partial",
            Note::Joined { .. } => "folded",
        }
    }

    /// The part of the query that the note is about, if it is about one.
    pub fn typed(&self) -> Option<Cow<'_, str>> {
        match self {
            Note::Heard { typed, .. }
            | Note::Cited { typed }
            | Note::Widened { typed, .. }
            | Note::English { typed, .. }
            | Note::Nearest { typed, .. } => Some(Cow::Borrowed(typed)),
            Note::Joined { typed, .. } => Some(Cow::Owned(typed.to_string())),
            _ => None,
        }
    }

    /// The words searched or offered beside it.
    pub fn others(&self) -> Cow<'_, [String]> {
        match self {
            Note::Heard { words: others, .. }
            | Note::Widened { others, .. }
            | Note::English { others, .. }
            | Note::Nearest { others, .. }
            | Note::Everyday { others }
            | Note::Meant { queries: others } => Cow::Borrowed(others),
            Note::Joined { printed, .. } => Cow::Owned(vec![printed.to_string()]),
            _ => Cow::Borrowed(&[]),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::Unread(misread) => write!(f, "{misread}; the rest was searched"),
            Note::Heard { typed, words } => {
                write!(f, "{typed} was read as the sound of {}", words.join(", "))
            }
            Note::Unheard => {
                f.write_str("no words of the index sound like this; it was searched as typed")
            }
            Note::Cited { typed } => write!(f, "{typed} was read as a citation"),
            Note::Widened { typed, others } => {
                write!(f, "{typed} was also searched as {}", others.join(", "))
            }
            Note::English { typed, others } => {
                write!(f, "{typed} was also searched in Chinese: {}", others.join(", "))
            }
            Note::Nearest { typed, others } => write!(
                f,
                "the nearest term elsewhere to {typed} is {}; it differs in meaning and was not searched",
                others.join(", ")
            ),
            Note::Everyday { others } => {
                write!(f, "legal terms were searched too: {}", others.join(", "))
            }
            Note::Incomplete { failed, all, reason } => write!(
                f,
                "{failed} of {all} parts of the index did not answer, so hits may be missing: {reason}"
            ),
            Note::Limited { most } => write!(
                f,
                "the query is long: only the first {most} of its numbers and terms were also \
                 searched in other forms"
            ),
            Note::Nothing => {
                f.write_str("the query has no letters, digits or Chinese characters to search for")
            }
            Note::AsOf { day, left_out, inferred } => {
                f.write_str(&state_of(day, *left_out, *inferred))
            }
            Note::Undated { hits } => f.write_str(&without_date(*hits)),
            Note::FilteredOut { without } => f.write_str(&all_excluded(*without)),
            Note::Meant { queries } => write!(f, "did you mean {}?", queries.join(", ")),
            Note::NoMeaning(fault) => {
                write!(f, "{fault}, so these are the hits by words alone")
            }
            Note::HalfMeaning { without, clauses } => write!(
                f,
                "{without} of {clauses} clauses have no vector, so meaning can't find them"
            ),
            Note::OldMeaning { without } => f.write_str(&old_vectors(*without)),
            Note::Relaxed => {
                f.write_str("no clause contains the quoted phrase; its words were searched instead")
            }
            Note::Part => f.write_str("some hits contain only some of the words"),
            Note::Joined { typed, printed } => write!(
                f,
                "{printed} was found for {typed}: both have the same simplified form; these hits are last on the page"
            ),
        }
    }
}

fn state_of(day: &str, left_out: usize, inferred: usize) -> String {
    format!(
        "as of {day} {left_out} documents are left out, {inferred} of them by dates and titles \
         alone"
    )
}

fn without_date(hits: u64) -> String {
    match hits {
        1 => "1 more has no date and was excluded by the date filter".to_owned(),
        hits => format!("{hits} more have no date and were excluded by the date filter"),
    }
}

fn all_excluded(without: u64) -> String {
    let are = if without == 1 { "is" } else { "are" };
    format!("the filters exclude every hit: without them there {are} {without}")
}

fn old_vectors(without: u64) -> String {
    let changed = "the index has changed since its vectors were made";
    match without {
        0 => format!("{changed}, so meaning may miss clauses"),
        without => {
            format!("{changed}: at least {without} clauses have none, so meaning can't find them")
        }
    }
}
