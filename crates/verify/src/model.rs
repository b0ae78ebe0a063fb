//! What a check of a text reports.

use std::fmt;
use std::ops::Range;

use tiaowen_compare::Difference;
use tiaowen_index::ClauseRecord;

/// What is checked at a place of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckKind {
    /// A citation without words quoted beside it.
    Citation,
    /// Words quoted, with their citation where one stands beside them.
    Quotation,
}

impl CheckKind {
    /// All kinds.
    pub const ALL: [CheckKind; 2] = [CheckKind::Citation, CheckKind::Quotation];

    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            CheckKind::Citation => "citation",
            CheckKind::Quotation => "quotation",
        }
    }
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckVerdict {
    /// The words are the clause's, letter by letter; of a citation, the clause exists and the
    /// document has just this name.
    Verbatim,
    /// Nothing but script, variant forms and punctuation differs.
    Same,
    /// Words, figures or regional terms differ.
    Differs,
    /// The words are another clause's.
    Misattributed,
    /// The document is in the index, the provision is not in the document.
    NoSuchProvision,
    /// The document was not in force on the day in question.
    NotInForce,
    /// The words are an earlier version's; the newest one differs.
    NewerDiffers,
    /// The index has no such document, which doesn't mean that the citation is wrong.
    NotInIndex,
}

impl CheckVerdict {
    /// All verdicts, in the order of the enum.
    pub const ALL: [CheckVerdict; 8] = [
        CheckVerdict::Verbatim,
        CheckVerdict::Same,
        CheckVerdict::Differs,
        CheckVerdict::Misattributed,
        CheckVerdict::NoSuchProvision,
        CheckVerdict::NotInForce,
        CheckVerdict::NewerDiffers,
        CheckVerdict::NotInIndex,
    ];

    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            CheckVerdict::Verbatim => "verbatim",
            CheckVerdict::Same => "same",
            CheckVerdict::Differs => "differs",
            CheckVerdict::Misattributed => "misattributed",
            CheckVerdict::NoSuchProvision => "no_such_provision",
            CheckVerdict::NotInForce => "not_in_force",
            CheckVerdict::NewerDiffers => "newer_differs",
            CheckVerdict::NotInIndex => "not_in_index",
        }
    }

    /// Whether something is wrong. What is not in the index can't be judged.
    pub fn is_wrong(self) -> bool {
        !matches!(self, CheckVerdict::Verbatim | CheckVerdict::Same | CheckVerdict::NotInIndex)
    }
}

/// What is to be known of a check beside its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckNote {
    /// The document is in the index in another script only.
    OtherScript,
    /// The last article or provision that the document has.
    Last {
        /// Its label as printed.
        label: String,
    },
    /// The words are in this clause or passage.
    Elsewhere {
        /// Its citation.
        citation: String,
    },
    /// No clause of the index has these words.
    Nowhere,
    /// The words are of the version of this date.
    Version {
        /// The date, as precise as it is known.
        date: String,
    },
    /// No version was in force before this day.
    From {
        /// The first day.
        date: String,
    },
    /// The document was in force until this day.
    Until {
        /// The last day.
        date: String,
    },
    /// Another instrument says that it repeals the document.
    Repealed {
        /// The title of that.
        title: String,
        /// From when on.
        date: String,
    },
    /// The citation was taken for this document, which was named before.
    Meant {
        /// The title.
        title: String,
    },
}

impl fmt::Display for CheckNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CheckNote::OtherScript => write!(f, "the index has it in another script only"),
            CheckNote::Last { label } => write!(f, "the last provision is {label}"),
            CheckNote::Elsewhere { citation } => write!(f, "the words are in {citation}"),
            CheckNote::Nowhere => write!(f, "no clause of the index has these words"),
            CheckNote::Version { date } => write!(f, "the words are of the version of {date}"),
            CheckNote::From { date } => write!(f, "in force from {date} only"),
            CheckNote::Until { date } => write!(f, "in force until {date}"),
            CheckNote::Repealed { title, date } => {
                write!(f, "repealed by 《{title}》 from {date} on")
            }
            CheckNote::Meant { title } => write!(f, "taken for 《{title}》"),
        }
    }
}

/// A citation or quotation of a text with what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What was checked.
    pub kind: CheckKind,
    /// Where it is in the source, in code points; a quotation with the citation beside it.
    pub at: Range<usize>,
    /// The text there, wrapped lines joined.
    pub text: String,
    /// What came of it.
    pub verdict: CheckVerdict,
    /// The citation as the text has it; `None` for a quotation without one.
    pub citation: Option<String>,
    /// The clause that is cited, or that the words are in.
    pub clause: Option<ClauseRecord<'static>>,
    /// How the words differ from the clause's. The left is the text: places are in
    /// [`text`](Self::text), those on the right in the clause's text.
    pub differences: Vec<Difference>,
    /// What else is to be known.
    pub note: Option<CheckNote>,
}

/// The checks of one text, in its order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The day that provisions had to be in force on, as asked for.
    pub as_of: Option<String>,
    /// Each citation and quotation.
    pub checks: Vec<Check>,
    /// Paragraphs that were not looked for as there were too many.
    pub passed_over: usize,
}

impl Report {
    /// How many checks came to a verdict.
    pub fn count(&self, verdict: CheckVerdict) -> usize {
        self.checks.iter().filter(|check| check.verdict == verdict).count()
    }

    /// Whether any check found something wrong.
    pub fn is_wrong(&self) -> bool {
        self.checks.iter().any(|check| check.verdict.is_wrong())
    }
}
