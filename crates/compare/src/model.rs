//! The result of a comparison.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use tiaowen_corpus::{Clause, ClauseKind, Document, Dropped, Recognition};

/// Kind of a difference, in order of increasing importance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DifferenceKind {
    /// One character in two scripts: 協 and 协.
    Script,
    /// Two forms of the same: 裏 and 裡, 二〇一七 and 2017.
    Variant,
    /// Other punctuation or none: 「」 and “”.
    Punctuation,
    /// Responsible units that only one side names.
    Units,
    /// Regional terms for the same thing: 資訊 and 信息.
    Regional,
    /// Figures or dates of different value.
    Number,
    /// Other words, or words on one side only.
    Wording,
}

impl DifferenceKind {
    /// All kinds, in the order of the enum.
    pub const ALL: [DifferenceKind; 7] = [
        DifferenceKind::Script,
        DifferenceKind::Variant,
        DifferenceKind::Punctuation,
        DifferenceKind::Units,
        DifferenceKind::Regional,
        DifferenceKind::Number,
        DifferenceKind::Wording,
    ];

    /// The name used in JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            DifferenceKind::Script => "script",
            DifferenceKind::Variant => "variant",
            DifferenceKind::Punctuation => "punctuation",
            DifferenceKind::Units => "units",
            DifferenceKind::Regional => "regional",
            DifferenceKind::Number => "number",
            DifferenceKind::Wording => "wording",
        }
    }

    /// Whether it makes a clause `changed`. Script, variants, punctuation and responsible units don't.
    pub fn is_change(self) -> bool {
        self >= DifferenceKind::Regional
    }
}

impl fmt::Display for DifferenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A difference. One side may be empty: added or dropped words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its kind.
    pub kind: DifferenceKind,
    /// The words on the left, as printed.
    pub left: String,
    /// The words on the right, as printed.
    pub right: String,
    /// Position on the left, in code points.
    pub left_at: Range<usize>,
    /// Position on the right, in code points.
    pub right_at: Range<usize>,
    /// The terms of the table involved: equivalents for `regional`, nearest counterparts for
    /// `wording`.
    pub term: Option<TermPair>,
}

/// Terms of two regions, as printed in the texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermPair {
    /// The whole term on the left.
    pub left: String,
    /// The whole term on the right.
    pub right: String,
    /// Whether they mean the same; otherwise one is the nearest counterpart of the other.
    pub is_same: bool,
}

/// Status of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Nothing differs except script, variant forms and punctuation.
    Same,
    /// Words, figures or regional terms differ.
    Changed,
    /// The clause is on the left only.
    LeftOnly,
    /// The clause is on the right only.
    RightOnly,
}

impl Status {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Same => "same",
            Status::Changed => "changed",
            Status::LeftOnly => "left_only",
            Status::RightOnly => "right_only",
        }
    }
}

/// A clause of one version beside its counterpart in the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its status.
    pub status: Status,
    /// Whether it has another position in the order of the other version.
    pub moved: bool,
    /// Whether its clauses were linked by hand; see [`ClauseLinks`](crate::ClauseLinks).
    pub linked: bool,
    /// The clause on the left.
    pub left: Option<Clause>,
    /// The clause on the right.
    pub right: Option<Clause>,
    /// Further clauses of the left, if the right has them in one.
    pub left_more: Vec<Clause>,
    /// Further clauses of the right, if the left has them in one.
    pub right_more: Vec<Clause>,
    /// Similarity of the texts, 0 to 1; 0 if one side is missing.
    pub similarity: f32,
    /// Differences of the texts, in order. Positions refer to [`Row::left_text`] and
    /// [`Row::right_text`].
    pub differences: Vec<Difference>,
    /// Differences of the headings of and above the clauses. Positions refer to
    /// [`Row::left_heading`] and [`Row::right_heading`].
    pub heading_differences: Vec<Difference>,
    /// Responsible units of one side only, each of the kind [`DifferenceKind::Units`]. Positions
    /// refer to the texts.
    pub unit_differences: Vec<Difference>,
}

impl Row {
    /// The text on the left: that of the clause, followed by those of further ones.
    pub fn left_text(&self) -> String {
        self.left_joined().into_owned()
    }

    /// The text on the right.
    pub fn right_text(&self) -> String {
        self.right_joined().into_owned()
    }

    pub(crate) fn left_joined(&self) -> Cow<'_, str> {
        joined(self.left.as_ref(), &self.left_more)
    }

    pub(crate) fn right_joined(&self) -> Cow<'_, str> {
        joined(self.right.as_ref(), &self.right_more)
    }

    /// The compared heading on the left: that of the clause, or the one directly above.
    pub fn left_heading(&self) -> &str {
        self.left.as_ref().map_or("", heading)
    }

    /// The compared heading on the right.
    pub fn right_heading(&self) -> &str {
        self.right.as_ref().map_or("", heading)
    }

    /// Whether both sides name responsible units and these differ. A list that one side appends to
    /// every clause doesn't count, because nobody reads it row by row.
    pub fn units_differ(&self) -> bool {
        let named = |clause: Option<&Clause>, more: &[Clause]| {
            clause.into_iter().chain(more).any(|clause| !clause.units.is_empty())
        };
        !self.unit_differences.is_empty()
            && named(self.left.as_ref(), &self.left_more)
            && named(self.right.as_ref(), &self.right_more)
    }

    /// Whether it counts in the summary. Signatures don't.
    pub fn counts(&self) -> bool {
        let signs = |clause: &Option<Clause>| {
            clause.as_ref().is_some_and(|clause| clause.kind == ClauseKind::Signature)
        };
        !signs(&self.left) && !signs(&self.right)
    }
}

fn joined<'a>(clause: Option<&'a Clause>, more: &'a [Clause]) -> Cow<'a, str> {
    let texts = || clause.into_iter().chain(more).map(|clause| clause.text.as_str());
    if more.is_empty() {
        return texts().next().unwrap_or("").into();
    }
    texts().collect::<Vec<_>>().join("\n").into()
}

pub(crate) fn heading(clause: &Clause) -> &str {
    clause.heading.as_deref().or(clause.headings.last().map(String::as_str)).unwrap_or("")
}

/// Numbers of rows by status. A moved row also counts under its status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Unchanged rows.
    pub same: usize,
    /// Changed rows.
    pub changed: usize,
    /// Clauses of the left only.
    pub left_only: usize,
    /// Clauses of the right only.
    pub right_only: usize,
    /// Moved rows.
    pub moved: usize,
    /// Rows that are the same but for responsible units; `same` counts them too.
    pub units: usize,
}

/// Whether one version was converted from the other by machine or drafted separately.
#[derive(Debug, Clone, PartialEq)]
pub struct Derivation {
    /// How likely a conversion is, 0 (drafted) to 1 (converted); `None` if both are in one script
    /// or have too little in common.
    pub score: Option<f32>,
    /// The verdict from the score.
    pub verdict: Verdict,
    /// Traces of a converter, with their counts.
    pub traces: Vec<Trace>,
}

/// Origin of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// One is a conversion of the other.
    Converted,
    /// Each was drafted separately.
    Drafted,
    /// The texts don't decide.
    Unclear,
}

impl Verdict {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Converted => "converted",
            Verdict::Drafted => "drafted",
            Verdict::Unclear => "unclear",
        }
    }
}

/// A trace of a converter, such as 沿著 with 著 in Simplified text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The printed words, with some context.
    pub printed: String,
    /// What a drafter would have written.
    pub usual: String,
    /// Number of occurrences.
    pub count: usize,
}

/// Two versions of a document, compared clause by clause.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The version on the left.
    pub left: Document,
    /// The version on the right.
    pub right: Document,
    /// Numbers of rows by status.
    pub summary: Summary,
    /// The rows, in the order of the left. Clauses of the right only are at their position on that
    /// side.
    pub rows: Vec<Row>,
    /// Whether one version was converted from the other.
    pub derivation: Derivation,
    /// Text left out of the left and not also out of the right.
    pub left_dropped: Vec<Dropped>,
    /// Text left out of the right and not also out of the left.
    pub right_dropped: Vec<Dropped>,
    /// How certain the reading of the left is, where it was read by text recognition: differences may
    /// be misread characters.
    pub left_recognised: Option<Recognition>,
    /// The same of the right.
    pub right_recognised: Option<Recognition>,
}
