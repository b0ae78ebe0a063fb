//! The JSON of checks of a text, and of the history of a provision.

use serde::Serialize;
use tiaowen_verify::{Check, CheckVerdict, ProvisionVersion, Report};
use utoipa::ToSchema;

use crate::compare::DifferenceJson;
use crate::{ClauseJson, DocumentJson, Permalinks, names};

/// The result of checking a text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Verified)]
pub struct VerifiedJson<'a> {
    /// The file as named on the command line; null for a text that was sent.
    file: Option<&'a str>,
    /// The day on which provisions had to be in force, if given.
    as_of: Option<&'a str>,
    summary: VerdictsJson,
    /// The checks, in the order of the text.
    checks: Vec<CheckJson<'a>>,
    /// Quotations and paragraphs that were not searched for because there were too many.
    passed_over: usize,
}

/// The number of checks with each verdict.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Verdicts)]
struct VerdictsJson {
    verbatim: usize,
    same: usize,
    differs: usize,
    misattributed: usize,
    no_such_provision: usize,
    not_in_force: usize,
    newer_differs: usize,
    not_in_index: usize,
}

/// A citation or quotation with its result.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Check)]
pub struct CheckJson<'a> {
    /// `quotation` for quoted words, including the citation beside them if there is one.
    #[schema(schema_with = names::check_kind)]
    kind: &'static str,
    /// Its place in code points of the text.
    #[schema(schema_with = names::span)]
    at: [usize; 2],
    text: &'a str,
    #[schema(schema_with = names::check_verdict)]
    verdict: &'static str,
    /// The citation as printed.
    citation: Option<&'a str>,
    /// The cited clause, or the clause that has the words.
    clause: Option<ClauseJson<'a>>,
    /// The left side is the checked text, with places in code points of `text`. The right side has
    /// places in the clause's text.
    differences: Vec<DifferenceJson<'a>>,
    /// Further information, in English.
    note: Option<String>,
}

impl<'a> CheckJson<'a> {
    fn new(check: &'a Check, links: &Permalinks) -> Self {
        let clause = check.clause.as_ref();
        CheckJson {
            kind: check.kind.as_str(),
            at: [check.at.start, check.at.end],
            text: &check.text,
            verdict: check.verdict.as_str(),
            citation: check.citation.as_deref(),
            clause: clause.map(|record| ClauseJson::new(&record.document, &record.clause, links)),
            differences: DifferenceJson::all(&check.differences),
            note: check.note.as_ref().map(ToString::to_string),
        }
    }
}

impl<'a> VerifiedJson<'a> {
    /// The result for a file, or for a text that was sent.
    pub fn new(file: Option<&'a str>, report: &'a Report, links: &Permalinks) -> Self {
        let summary = VerdictsJson {
            verbatim: report.count(CheckVerdict::Verbatim),
            same: report.count(CheckVerdict::Same),
            differs: report.count(CheckVerdict::Differs),
            misattributed: report.count(CheckVerdict::Misattributed),
            no_such_provision: report.count(CheckVerdict::NoSuchProvision),
            not_in_force: report.count(CheckVerdict::NotInForce),
            newer_differs: report.count(CheckVerdict::NewerDiffers),
            not_in_index: report.count(CheckVerdict::NotInIndex),
        };
        VerifiedJson {
            file,
            as_of: report.as_of.as_deref(),
            summary,
            checks: report.checks.iter().map(|check| CheckJson::new(check, links)).collect(),
            passed_over: report.passed_over,
        }
    }
}

/// The versions of a provision over time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = History)]
pub struct HistoryJson<'a> {
    /// The citation as given.
    citation: &'a str,
    /// The versions, the oldest first.
    versions: Vec<ProvisionVersionJson<'a>>,
}

/// A version of a provision.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProvisionVersion)]
struct ProvisionVersionJson<'a> {
    document: DocumentJson<'a>,
    /// Null if this version doesn't have the provision.
    clause: Option<ClauseJson<'a>>,
    /// Why it is a version: `title` if concluded from the title.
    by: &'static str,
    /// The index in the list, from 0, of the version that the differences are from.
    previous: Option<usize>,
    /// The differences from that version, which is on the left.
    differences: Vec<DifferenceJson<'a>>,
    /// The document that says that it repeals this version; null where none does.
    repealed_by: Option<DocumentJson<'a>>,
    /// From when on.
    repealed_from: Option<&'a str>,
}

impl<'a> HistoryJson<'a> {
    /// The versions of a cited provision.
    pub fn new(citation: &'a str, versions: &'a [ProvisionVersion], links: &Permalinks) -> Self {
        let versions = versions.iter().map(|version| ProvisionVersionJson::new(version, links));
        HistoryJson { citation, versions: versions.collect() }
    }
}

impl<'a> ProvisionVersionJson<'a> {
    fn new(version: &'a ProvisionVersion, links: &Permalinks) -> Self {
        let clause = version.clause.as_ref();
        ProvisionVersionJson {
            document: DocumentJson::new(&version.document, links),
            clause: clause.map(|record| ClauseJson::new(&record.document, &record.clause, links)),
            by: "title",
            previous: version.previous,
            differences: DifferenceJson::all(&version.differences),
            repealed_by: version.repealed.as_ref().map(|(by, _)| DocumentJson::new(by, links)),
            repealed_from: version.repealed.as_ref().map(|(_, from)| from.as_str()),
        }
    }
}
