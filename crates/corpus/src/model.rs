//! The result of splitting: documents and their clauses.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use tiaowen_blocks::{DroppedKind, LeftOutReason};
use tiaowen_text::Script;

use crate::date;
use crate::validity::Validity;

/// The kind of an instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// 協議
    Agreement,
    /// 備忘錄
    Memorandum,
    /// 安排
    Arrangement,
    /// 意向書
    LetterOfIntent,
    /// 重點工作, 工作計劃
    WorkPlan,
    /// 通知, 公告
    Notice,
    /// A paper for a committee.
    Paper,
    /// An article, box or captions of a press page.
    Press,
    /// 法, 條例, 辦法, 規則
    Law,
    /// Anything else.
    Other,
}

impl DocumentKind {
    /// All kinds, in the order in which they are shown.
    pub const ALL: [DocumentKind; 10] = [
        DocumentKind::Agreement,
        DocumentKind::Memorandum,
        DocumentKind::Arrangement,
        DocumentKind::LetterOfIntent,
        DocumentKind::WorkPlan,
        DocumentKind::Notice,
        DocumentKind::Paper,
        DocumentKind::Press,
        DocumentKind::Law,
        DocumentKind::Other,
    ];

    /// The name used in JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            DocumentKind::Agreement => "agreement",
            DocumentKind::Memorandum => "memorandum",
            DocumentKind::Arrangement => "arrangement",
            DocumentKind::LetterOfIntent => "letter_of_intent",
            DocumentKind::WorkPlan => "work_plan",
            DocumentKind::Notice => "notice",
            DocumentKind::Paper => "paper",
            DocumentKind::Press => "press",
            DocumentKind::Law => "law",
            DocumentKind::Other => "other",
        }
    }

    /// Parses the result of [`as_str`](Self::as_str).
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for DocumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The kind of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClauseKind {
    /// Unlabelled text before the first label.
    Preamble,
    /// 第N條, or a provision of the outermost level.
    Article,
    /// A provision below that, or a numbered item of a plan.
    Item,
    /// A paragraph of a paper or of the press.
    Paragraph,
    /// A point ■.
    Bullet,
    /// Names, offices and dates of the signatories.
    Signature,
    /// Text behind the last label about copies, signing, entry into force or publication.
    Closing,
}

impl ClauseKind {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ClauseKind::Preamble => "preamble",
            ClauseKind::Article => "article",
            ClauseKind::Item => "item",
            ClauseKind::Paragraph => "paragraph",
            ClauseKind::Bullet => "bullet",
            ClauseKind::Signature => "signature",
            ClauseKind::Closing => "closing",
        }
    }
}

impl fmt::Display for ClauseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A document: one instrument of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Short ASCII id, derived from the document's identity and not its location.
    pub id: String,
    /// Title as printed; `None` if none is printed.
    pub title: Option<String>,
    /// Document number (文號).
    pub number: Option<String>,
    /// The kind.
    pub kind: DocumentKind,
    /// The script of its clauses.
    #[serde(with = "script")]
    pub script: Script,
    /// BCP 47 language tag.
    pub language: String,
    /// Date of signing, or else of publication, as precise as printed: `2017-11-18`, `2017-03`,
    /// `2017`.
    pub date: Option<String>,
    /// The origin of the date.
    #[serde(default, skip_serializing_if = "DateOrigin::is_printed")]
    pub date_origin: DateOrigin,
    /// The bodies that sign or issue it, as printed.
    pub parties: Vec<String>,
    /// Place of signing, as printed.
    pub place: Option<String>,
    /// The period in which it is in force, if its text states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<Validity>,
    /// What it repeals or takes the place of, where its text says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeals: Vec<Repeal>,
    /// The file, as a path below the folder.
    pub source: String,
    /// Number of the document in its source, from 1.
    pub ordinal: u32,
}

/// An instrument that another one repeals or replaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeal {
    /// Its name, as printed in 《》.
    pub title: String,
    /// From when on, as precise as it is known.
    pub from: Option<String>,
    /// The `eid` of the clause that says so.
    pub said_in: String,
}

/// Origin of a document's date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrigin {
    /// Printed above or below the text.
    #[default]
    Printed,
    /// Only a year, from the number (〔2017〕) or the title (2017年重點工作).
    Inferred,
    /// Copied from a version in the other script.
    Shared,
}

impl DateOrigin {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            DateOrigin::Printed => "printed",
            DateOrigin::Inferred => "inferred",
            DateOrigin::Shared => "shared",
        }
    }

    fn is_printed(&self) -> bool {
        *self == DateOrigin::Printed
    }
}

impl Document {
    /// The date if it is printed.
    pub fn printed_date(&self) -> Option<&str> {
        self.date.as_deref().filter(|_| self.date_origin == DateOrigin::Printed)
    }

    /// Sets the year from the number or title if no date is printed.
    pub(crate) fn infer_date(&mut self) {
        if self.date.is_some() {
            return;
        }
        let of_number = self.number.as_deref().and_then(date::year_of_number);
        let of_title = || Some(date::years(self.title.as_deref()?)?.first);
        let Some(year) = of_number.or_else(of_title) else { return };
        self.date = Some(format!("{year:04}"));
        self.date_origin = DateOrigin::Inferred;
    }
}

mod script {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use tiaowen_text::Script;

    pub(super) fn serialize<S: Serializer>(script: &Script, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(script.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Script, D::Error> {
        let name = String::deserialize(from)?;
        Script::parse(&name).ok_or_else(|| D::Error::custom(format!("'{name}' is no script")))
    }
}

/// The rule that made a clause.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rule {
    /// Unknown: read back from an index, which doesn't store it.
    #[default]
    Stored,
    /// A labelled provision without labelled provisions below it.
    Label,
    /// A labelled provision whose text introduces labelled ones below it.
    LeadIn,
    /// A label with a title on its line and the text below.
    TitledLabel,
    /// An article with all its paragraphs and items.
    WholeArticle,
    /// Text directly below the title of a chapter.
    UnderChapter,
    /// Unlabelled text between the title and the first label.
    BeforeLabels,
    /// The first, unnumbered paragraph of a paper.
    FirstParagraph,
    /// Unlabelled text behind the last label, about copies, signing, force or publication.
    ClosingWords,
    /// Names, offices and dates at the end.
    SignatureLines,
    /// A bullet of a list or box.
    Point,
    /// A sentence that ends in a short line or before an indented one.
    PressParagraph,
    /// A caption at the end of a page.
    Caption,
    /// The credits of a box.
    Credits,
    /// A speech, from the speaker's name.
    Speech,
    /// A line of JSON.
    ReadyMade,
}

impl Rule {
    /// The rule in plain words.
    pub fn explain(self) -> &'static str {
        match self {
            Rule::Stored => "read from an index",
            Rule::Label => "a label begins it, the next label ends it",
            Rule::LeadIn => "the text of a label that leads to labels below it",
            Rule::TitledLabel => "a title on the label's own line, its text below",
            Rule::WholeArticle => "an article keeps all its paragraphs, items and tail",
            Rule::UnderChapter => "text right under the title of a chapter",
            Rule::BeforeLabels => "unlabelled, between the title and the first label",
            Rule::FirstParagraph => "the first paragraph of a paper, which has no number",
            Rule::ClosingWords => {
                "behind the last label, tells of copies, signing, force or publication"
            }
            Rule::SignatureLines => "names, offices and dates at the end",
            Rule::Point => "a point begins it",
            Rule::PressParagraph => "a sentence ends in a short line, or an indented line follows",
            Rule::Caption => "a caption at the end of the page",
            Rule::Credits => "the credits of a box",
            Rule::Speech => "a paragraph of a speech, a speaker's name before the first",
            Rule::ReadyMade => "a line of JSON tells it",
        }
    }
}

/// A clause: the unit of search, citation and comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// The kind.
    pub kind: ClauseKind,
    /// The label as printed (`1、`, `第八條`); `None` if none is printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Labels from the outermost in, without a final 、 or point.
    pub path: Vec<String>,
    /// Id within the document, by the Akoma Ntoso naming convention.
    pub eid: String,
    /// Title on the label's line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// Titles of the enclosing levels, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headings: Vec<String>,
    /// Responsible units in a list at the end of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<String>,
    /// The full name of each unit: 深圳市政府 where 深圳、珠海市政府 is printed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bodies: Vec<String>,
    /// Cleaned text without label and heading.
    pub text: String,
    /// Range in bytes of the decoded source, from the label to the last character.
    pub bytes: Range<usize>,
    /// How certain its reading is, where it was read by text recognition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recognised: Option<Recognition>,
    /// The rule that made it.
    #[serde(skip)]
    pub drawn_by: Rule,
}

impl Clause {
    /// Global id of the clause: the document's id and the clause's `eid`.
    pub fn id(&self, document: &Document) -> String {
        format!("{}.{}", document.id, self.eid)
    }

    /// The responsible bodies, or the printed units if no full names are known.
    pub fn bodies(&self) -> &[String] {
        if self.bodies.len() == self.units.len() { &self.bodies } else { &self.units }
    }

    /// A clause that has no more than this.
    fn bare(kind: ClauseKind, drawn_by: Rule) -> Self {
        Clause {
            kind,
            label: None,
            path: Vec::new(),
            eid: String::new(),
            heading: None,
            headings: Vec::new(),
            units: Vec::new(),
            bodies: Vec::new(),
            recognised: None,
            text: String::new(),
            bytes: 0..0,
            drawn_by,
        }
    }

    /// The only clause of its kind in a document: its preamble, closing or signature.
    pub(crate) fn only(
        kind: ClauseKind,
        text: String,
        bytes: Range<usize>,
        drawn_by: Rule,
    ) -> Self {
        let (path, eid) = (vec![kind.as_str().to_owned()], kind.as_str().to_owned());
        Clause { path, eid, text, bytes, ..Clause::bare(kind, drawn_by) }
    }

    /// A numbered paragraph without a printed label.
    pub(crate) fn paragraph(
        number: usize,
        text: String,
        bytes: Range<usize>,
        drawn_by: Rule,
    ) -> Self {
        let (path, eid) = (vec![format!("p{number}")], format!("para_{number}"));
        Clause { path, eid, text, bytes, ..Clause::bare(ClauseKind::Paragraph, drawn_by) }
    }

    /// A point with its mark, numbered in its document.
    pub(crate) fn point(number: usize, mark: &str, text: String, bytes: Range<usize>) -> Self {
        Clause {
            label: Some(mark.to_owned()),
            path: vec![format!("{mark}{number}")],
            eid: format!("point_{number}"),
            text,
            bytes,
            ..Clause::bare(ClauseKind::Bullet, Rule::Point)
        }
    }

    /// Copies kind and rule, for a passage that gets everything else itself.
    pub(crate) fn clone_without_text(&self) -> Clause {
        Clause::bare(self.kind, self.drawn_by)
    }
}

/// How certain the reading of a clause is that was read by text recognition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognition {
    /// The mean over its characters, of a thousand.
    pub certainty: u16,
    /// Bytes of its text that are read with so little certainty that they should be looked at again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncertain: Vec<Range<usize>>,
}

impl Recognition {
    /// The certainty as a share of one: 0.97.
    pub fn share(&self) -> f64 {
        f64::from(self.certainty) / 1000.0
    }
}

/// The relation of two versions of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// One instrument in two scripts.
    OtherScript,
    /// One instrument twice in one script: a reprint or another draft.
    SameScript,
    /// Instruments of different years with nearly the same name.
    OtherYear,
}

impl Relation {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Relation::OtherScript => "other_script",
            Relation::SameScript => "same_script",
            Relation::OtherYear => "other_year",
        }
    }
}

/// Text of a source that is in no clause, title, label or heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Range in bytes of the decoded source; empty if it can't be read.
    pub bytes: Range<usize>,
    /// Page number from 1, in formats with pages.
    pub page: Option<u32>,
    /// The text as printed.
    pub text: String,
    /// The kind.
    pub kind: DroppedKind,
    /// The reason.
    pub why: LeftOutReason,
}

/// A document with its clauses, in reading order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentText {
    /// The metadata.
    pub document: Document,
    /// The clauses.
    pub clauses: Vec<Clause>,
    /// The text left out around and between the clauses, in order.
    pub dropped: Vec<Dropped>,
}

impl DocumentText {
    /// How certain the reading of all its clauses is, where any was read by text recognition. Which of
    /// its words are uncertain is stored per clause.
    pub fn recognised(&self) -> Option<Recognition> {
        let (mut sum, mut all) = (0, 0);
        for clause in &self.clauses {
            if let Some(recognised) = &clause.recognised {
                let characters = clause.text.chars().count();
                sum += usize::from(recognised.certainty) * characters;
                all += characters;
            }
        }
        let certainty = u16::try_from(sum.checked_div(all)?).unwrap_or(1000);
        Some(Recognition { certainty, uncertain: Vec::new() })
    }
}
