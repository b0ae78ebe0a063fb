//! What was done to a query that who typed it should know of.

use std::borrow::Cow;
use std::fmt;

use crate::language::syntax::Misread;

/// Something done to a query. Printed as a sentence of plain English; which flag or parameter has it
/// otherwise is said by who prints it.
///
/// ```
/// use tiaowen_query::Note;
/// let note = Note::Widened { typed: "質素".into(), others: vec!["素质".into(), "质量".into()] };
/// assert_eq!(note.to_string(), "質素 is also looked for as 素质, 质量");
/// assert_eq!((note.kind(), note.typed().as_deref()), ("regional", Some("質素")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A piece could not be read as it was written; the rest was searched.
    Unread(Misread),
    /// Latin letters were read as how words sound.
    Heard {
        /// The query.
        typed: String,
        /// Words that sound so.
        words: Vec<String>,
    },
    /// Latin letters were to be read so, but no word of the index sounds like them.
    Unheard,
    /// A citation was read, and the clause it names was found.
    Cited {
        /// The citation as typed.
        typed: String,
    },
    /// A word is looked for in other regions' words as well.
    Widened {
        /// The word as typed.
        typed: String,
        /// The others.
        others: Vec<String>,
    },
    /// Other regions have nothing that is the same as a word, and this comes nearest.
    Nearest {
        /// The word as typed.
        typed: String,
        /// What comes nearest, and is not looked for.
        others: Vec<String>,
    },
    /// A question is looked for in the law's words as well.
    Everyday {
        /// These.
        others: Vec<String>,
    },
    /// There are more numbers and terms in the query than are looked for in other ways.
    Limited {
        /// How many are.
        most: usize,
    },
    /// There is no letter, figure or Han character to look for.
    Nothing,
    /// The filters exclude every hit.
    FilteredOut {
        /// Hits there are without any filter.
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
    /// Dates are asked for, and clauses of documents without a date answer but for that.
    Undated {
        /// How many hits they are.
        hits: u64,
    },
    /// Queries that may have been meant, each of which finds something.
    Meant {
        /// The likeliest first.
        queries: Vec<String>,
    },
    /// Parts of the index did not answer: hits may be missing.
    Incomplete {
        /// Parts (shards) that did not.
        failed: u64,
        /// Parts in all.
        all: u64,
        /// What is told of why.
        reason: String,
    },
    /// What stood in quotation marks stands nowhere as it is, so its words were looked for.
    Relaxed,
    /// Some hits hold only a part of the query's words.
    Part,
    /// Folding found a character that is another one in the script typed.
    Joined {
        /// The character as typed.
        typed: char,
        /// The character that was found.
        printed: char,
    },
}

impl Note {
    /// All that [`kind`](Self::kind) gives.
    pub const KINDS: [&'static str; 16] = [
        "as_of",
        "citation",
        "corrected",
        "everyday",
        "filtered_out",
        "folded",
        "incomplete",
        "limited",
        "nearest",
        "nothing",
        "partial",
        "phonetic",
        "regional",
        "relaxed",
        "undated",
        "unread",
    ];

    /// The kind of thing that was done, as answers to programs name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Note::Unread(_) => "unread",
            Note::Heard { .. } | Note::Unheard => "phonetic",
            Note::Cited { .. } => "citation",
            Note::Widened { .. } => "regional",
            Note::Nearest { .. } => "nearest",
            Note::Everyday { .. } => "everyday",
            Note::Limited { .. } => "limited",
            Note::Nothing => "nothing",
            Note::FilteredOut { .. } => "filtered_out",
            Note::AsOf { .. } => "as_of",
            Note::Undated { .. } => "undated",
            Note::Meant { .. } => "corrected",
            Note::Incomplete { .. } => "incomplete",
            Note::Relaxed => "relaxed",
            Note::Part => "partial",
            Note::Joined { .. } => "folded",
        }
    }

    /// What was typed that it is about, where that is a piece of the query.
    pub fn typed(&self) -> Option<Cow<'_, str>> {
        match self {
            Note::Heard { typed, .. }
            | Note::Cited { typed }
            | Note::Widened { typed, .. }
            | Note::Nearest { typed, .. } => Some(Cow::Borrowed(typed)),
            Note::Joined { typed, .. } => Some(Cow::Owned(typed.to_string())),
            _ => None,
        }
    }

    /// What was looked for or found instead or as well, or is offered.
    pub fn others(&self) -> Cow<'_, [String]> {
        match self {
            Note::Heard { words: others, .. }
            | Note::Widened { others, .. }
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
            Note::Heard { typed, words } => write!(f, "{typed} is read as {}", words.join(", ")),
            Note::Unheard => {
                f.write_str("the query is no pinyin or jyutping of words in the index")
            }
            Note::Cited { typed } => write!(f, "{typed} is read as a citation"),
            Note::Widened { typed, others } => {
                write!(f, "{typed} is also looked for as {}", others.join(", "))
            }
            Note::Nearest { typed, others } => write!(
                f,
                "elsewhere {} comes nearest to {typed}; it is not the same and not looked for",
                others.join(", ")
            ),
            Note::Everyday { others } => {
                write!(f, "the law's words are also looked for: {}", others.join(", "))
            }
            Note::Incomplete { failed, all, reason } => write!(
                f,
                "{failed} of {all} parts of the index did not answer, so hits may be missing: {reason}"
            ),
            Note::Limited { most } => write!(
                f,
                "the query is long: only the first {most} of its numbers and terms are also looked \
                 for in other ways"
            ),
            Note::Nothing => {
                f.write_str("the query holds no letter, figure or Han character to look for")
            }
            Note::AsOf { day, left_out, inferred } => write!(
                f,
                "as of {day} {left_out} documents are left out, {inferred} of them by dates and titles \
                 alone"
            ),
            Note::Undated { hits: 1 } => {
                f.write_str("1 more has no date and is left out by the dates asked for")
            }
            Note::Undated { hits } => {
                write!(f, "{hits} more have no date and are left out by the dates asked for")
            }
            Note::FilteredOut { without: 1 } => {
                f.write_str("the filters exclude every hit: without them there is 1")
            }
            Note::FilteredOut { without } => {
                write!(f, "the filters exclude every hit: without them there are {without}")
            }
            Note::Meant { queries } => write!(f, "did you mean {}?", queries.join(", ")),
            Note::Relaxed => f.write_str(
                "what is in quotation marks stands nowhere as it is; its words are looked for",
            ),
            Note::Part => f.write_str("some hits hold only a part of the query's words"),
            Note::Joined { typed, printed } => write!(
                f,
                "{printed} was found for {typed}: folding joins them; such hits stand last on the page"
            ),
        }
    }
}
