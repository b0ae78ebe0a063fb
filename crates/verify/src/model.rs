//! The result of checking a text.

use std::fmt;
use std::ops::Range;

use tiaowen_compare::Difference;
use tiaowen_index::ClauseRecord;

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckKind {
    /// A citation without quoted words.
    Citation,
    /// Quoted words, with their citation if there is one beside them.
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

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckVerdict {
    /// The words are the clause's, letter by letter. For a citation: the clause exists, and the
    /// document is named as it names itself.
    Verbatim,
    /// Nothing but script, variant forms and punctuation differs.
    Same,
    /// Words, figures or regional terms differ.
    Differs,
    /// Another clause has the words.
    Misattributed,
    /// The index has the document, but the document doesn't have the provision.
    NoSuchProvision,
    /// The document was not in force on the day asked for.
    NotInForce,
    /// An earlier version has the words; the newest one differs.
    NewerDiffers,
    /// The index doesn't have the document. This doesn't mean that the citation is wrong.
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

    /// Whether the text is wrong. A document that isn't in the index can't be judged.
    pub fn is_wrong(self) -> bool {
        !matches!(self, CheckVerdict::Verbatim | CheckVerdict::Same | CheckVerdict::NotInIndex)
    }
}

/// Further information about a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckNote {
    /// The index has the document only in the other script.
    OtherScript,
    /// The document ends with this article or provision.
    Last {
        /// Its label as printed.
        label: String,
    },
    /// This clause or passage has the words.
    Elsewhere {
        /// Its citation.
        citation: String,
    },
    /// No clause of the index has the words.
    Nowhere,
    /// The version of this date has the words.
    Version {
        /// The date, as precise as it is known.
        date: String,
    },
    /// The document came into force on this day.
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
    /// A back reference was taken to mean this document, which was mentioned before.
    Meant {
        /// The title.
        title: String,
    },
}

impl fmt::Display for CheckNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CheckNote::OtherScript => write!(f, "the index has it in the other script only"),
            CheckNote::Last { label } => write!(f, "the last provision is {label}"),
            CheckNote::Elsewhere { citation } => write!(f, "the words are in {citation}"),
            CheckNote::Nowhere => write!(f, "no clause of the index has these words"),
            CheckNote::Version { date } => write!(f, "the words are in the version of {date}"),
            CheckNote::From { date } => write!(f, "not in force before {date}"),
            CheckNote::Until { date } => write!(f, "in force until {date}"),
            CheckNote::Repealed { title, date } => {
                write!(f, "repealed by 《{title}》 from {date} on")
            }
            CheckNote::Meant { title } => write!(f, "taken to mean 《{title}》"),
        }
    }
}

/// A citation or quotation with its result.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What was checked.
    pub kind: CheckKind,
    /// Its code points in the source. A quotation includes the citation beside it.
    pub at: Range<usize>,
    /// The text at that place, with wrapped lines joined.
    pub text: String,
    /// The result.
    pub verdict: CheckVerdict,
    /// The citation as printed; `None` for a quotation without one.
    pub citation: Option<String>,
    /// The cited clause, or the clause that has the words.
    pub clause: Option<ClauseRecord<'static>>,
    /// The differences between the words and the clause. The left side is the checked text, with
    /// places in [`text`](Self::text); the right side has places in the clause's text.
    pub differences: Vec<Difference>,
    /// Further information.
    pub note: Option<CheckNote>,
}

/// The checks of one text, in the order of the text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The day on which provisions had to be in force, as given in the options.
    pub as_of: Option<String>,
    /// All citations and quotations that were checked.
    pub checks: Vec<Check>,
    /// Quotations and paragraphs that were not searched for because there were too many.
    pub passed_over: usize,
}

impl Report {
    /// The number of checks with a verdict.
    pub fn count(&self, verdict: CheckVerdict) -> usize {
        self.checks.iter().filter(|check| check.verdict == verdict).count()
    }

    /// Whether any check found an error.
    pub fn is_wrong(&self) -> bool {
        self.checks.iter().any(|check| check.verdict.is_wrong())
    }
}
