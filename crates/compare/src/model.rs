//! What a comparison of two versions tells.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use tiaowen_corpus::{Clause, ClauseKind, Document, Dropped, Recognition};

/// What sort of difference it is, from the least to the most that it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DifferenceKind {
    /// 協 beside 协: one character in two scripts.
    Script,
    /// 裏 beside 裡, 二〇一七 beside 2017: another form of the same.
    Variant,
    /// Other marks, or none: 「」 beside “”.
    Punctuation,
    /// What another region calls it: 資訊 beside 信息.
    Regional,
    /// Figures or dates of another value.
    Number,
    /// Other words, or words on one side only.
    Wording,
}

impl DifferenceKind {
    /// All kinds, in the order of the enum.
    pub const ALL: [DifferenceKind; 6] = [
        DifferenceKind::Script,
        DifferenceKind::Variant,
        DifferenceKind::Punctuation,
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
            DifferenceKind::Regional => "regional",
            DifferenceKind::Number => "number",
            DifferenceKind::Wording => "wording",
        }
    }

    /// Whether it makes a clause `changed`: script, variants and punctuation don't.
    pub fn is_change(self) -> bool {
        self >= DifferenceKind::Regional
    }
}

impl fmt::Display for DifferenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A stretch that differs. One side may be empty: words added or dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What sort it is.
    pub kind: DifferenceKind,
    /// What stands on the left, as printed.
    pub left: String,
    /// What stands on the right, as printed.
    pub right: String,
    /// Where on the left, in code points.
    pub left_at: Range<usize>,
    /// Where on the right, in code points.
    pub right_at: Range<usize>,
    /// The terms of the table that stand there: of the same for `regional`, of what comes nearest
    /// for `wording`.
    pub term: Option<TermPair>,
}

/// Terms of two regions, as two texts print them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermPair {
    /// The whole term on the left.
    pub left: String,
    /// The whole term on the right.
    pub right: String,
    /// Whether they are the same; if not, one is what comes nearest to the other.
    pub is_same: bool,
}

/// What became of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Nothing but script, variant forms and punctuation differs.
    Same,
    /// Words, figures or regional terms differ.
    Changed,
    /// It stands on the left only.
    LeftOnly,
    /// It stands on the right only.
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
    /// What became of it.
    pub status: Status,
    /// Whether it stands elsewhere in the order of the other version.
    pub moved: bool,
    /// The clause on the left.
    pub left: Option<Clause>,
    /// The clause on the right.
    pub right: Option<Clause>,
    /// Further clauses of the left that the right has in one.
    pub left_more: Vec<Clause>,
    /// Further clauses of the right that the left has in one.
    pub right_more: Vec<Clause>,
    /// How alike the texts are, 0 to 1; 0 where one side is missing.
    pub similarity: f32,
    /// How the texts differ, in order. Places are in [`Row::left_text`] and
    /// [`Row::right_text`].
    pub differences: Vec<Difference>,
    /// How the headings above and of the clauses differ. Places are in [`Row::left_heading`]
    /// and [`Row::right_heading`].
    pub heading_differences: Vec<Difference>,
    /// Responsible units of one side only, or named otherwise. Places are in the texts.
    pub unit_differences: Vec<Difference>,
}

impl Row {
    /// The text on the left: that of the clause, with those of further ones below it.
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

    /// The heading that is compared on the left: the clause's own, else the one right above.
    pub fn left_heading(&self) -> &str {
        self.left.as_ref().map_or("", heading)
    }

    /// The heading that is compared on the right.
    pub fn right_heading(&self) -> &str {
        self.right.as_ref().map_or("", heading)
    }

    /// Whether both sides name responsible units, and not the same: a list that one side
    /// appends to each clause is no difference that anyone reads row by row.
    pub fn units_differ(&self) -> bool {
        let named = |clause: Option<&Clause>, more: &[Clause]| {
            clause.into_iter().chain(more).any(|clause| !clause.units.is_empty())
        };
        !self.unit_differences.is_empty()
            && named(self.left.as_ref(), &self.left_more)
            && named(self.right.as_ref(), &self.right_more)
    }

    /// Whether it takes part in the summary: signatures don't.
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

/// How many rows of each sort; a moved one counts under its status too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows that are the same.
    pub same: usize,
    /// Rows that changed.
    pub changed: usize,
    /// Clauses of the left only.
    pub left_only: usize,
    /// Clauses of the right only.
    pub right_only: usize,
    /// Rows that stand elsewhere.
    pub moved: usize,
}

/// Whether one version was converted from the other by machine or drafted on its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Derivation {
    /// How much one version looks converted from the other, 0 (drafted) to 1 (converted);
    /// `None` where both are in one script or too little is alike.
    pub score: Option<f32>,
    /// What the score means.
    pub verdict: Verdict,
    /// What a converter leaves behind, and how often it was seen.
    pub traces: Vec<Trace>,
}

/// Where a version comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// One is a conversion of the other.
    Converted,
    /// Each was drafted on its own.
    Drafted,
    /// The texts don't tell.
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

/// A trace of a converter, such as 沿著 kept as 著 in Simplified text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// What is printed, with a few characters around it.
    pub printed: String,
    /// What a drafter would have written there.
    pub usual: String,
    /// How often it was seen.
    pub count: usize,
}

/// Two versions of a document, clause by clause.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The version on the left.
    pub left: Document,
    /// The version on the right.
    pub right: Document,
    /// How many rows of each sort.
    pub summary: Summary,
    /// The clauses, in the order of the left, those of the right alone where they stand.
    pub rows: Vec<Row>,
    /// Whether one was converted from the other.
    pub derivation: Derivation,
    /// What was left out of the left and isn't among what was left out of the right.
    pub left_dropped: Vec<Dropped>,
    /// The same of the right.
    pub right_dropped: Vec<Dropped>,
    /// How certain the reading of the left is, where it was read by text recognition: differences may
    /// be misread characters.
    pub left_recognised: Option<Recognition>,
    /// The same of the right.
    pub right_recognised: Option<Recognition>,
}
