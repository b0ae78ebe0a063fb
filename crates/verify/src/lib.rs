//! Checks the citations and quotations of a text against an index.
//!
//! [`Verifier::verify`] looks up each citation in the index and compares the words quoted beside it
//! with the cited clause. Quotations without a citation, and paragraphs that repeat a clause, are
//! searched for in the whole index. Differences in script, variant forms and punctuation don't
//! matter; differences in figures, words and regional terms do, and are reported by kind.
//!
//! A text is checked in these steps:
//!
//! 1. `plain` joins its wrapped lines and removes page furniture.
//! 2. `find` finds citations and quotations, and `pairing` pairs them.
//! 3. `titles` and `candidates` find the documents that a citation may mean; `library` reads each
//!    once.
//! 4. `fit` aligns quoted words with clauses, and `matching` compares them.
//! 5. `judge` and `quotations` reach the verdicts. `self_reference` resolves what a text cites of
//!    itself.
//!
//! *Not in the index* is not a verdict about the text: only documents of the index can be compared.

mod candidates;
mod docx;
mod find;
mod fit;
mod history;
mod judge;
mod library;
mod matching;
mod model;
mod pairing;
mod part;
mod plain;
mod quotations;
mod self_reference;
mod titles;

use tiaowen_corpus::DocumentText;
use tiaowen_query::{QueryError, Searcher};
use tiaowen_terms::TermTable;
use tiaowen_text::Budget;

pub use docx::{Comment, CommentError, commented};
pub use history::{ProvisionVersion, begin};
pub use model::{Check, CheckKind, CheckNote, CheckVerdict, Report};
pub use titles::Titles;

use crate::judge::Judge;
use crate::plain::PlainText;

/// A text to be checked.
#[derive(Debug, Clone, Copy)]
pub struct CheckedText<'a> {
    /// The decoded text. Places of checks are code points of it.
    pub text: &'a str,
    /// Its documents and clauses. They resolve what the text cites of itself, and say what was left
    /// out as page furniture.
    pub documents: &'a [DocumentText],
}

/// Options of a check.
#[derive(Debug, Clone)]
pub struct Options {
    /// The day on which provisions had to be in force (`2017-11-18`), or a month or year. Default:
    /// any.
    pub as_of: Option<String>,
    /// Whether paragraphs without citations and quotation marks are searched for too.
    pub paragraphs: bool,
    /// The most searches for words without a citation.
    pub most_searches: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { as_of: None, paragraphs: true, most_searches: 4_000 }
    }
}

/// Checks texts against one state of an index.
pub struct Verifier<'a> {
    searcher: &'a Searcher,
    terms: &'a TermTable,
    titles: &'a Titles,
}

impl<'a> Verifier<'a> {
    /// A verifier that searches with `searcher`. `titles` are the titles of the same index.
    pub fn new(searcher: &'a Searcher, terms: &'a TermTable, titles: &'a Titles) -> Self {
        Verifier { searcher, terms, titles }
    }

    /// The versions of a cited provision (《…》第十二條, 基本法第一百零四條), the oldest first. With `as_of`, only
    /// versions that had begun by that day. Empty if the index has no such document or `cited`
    /// isn't a citation.
    ///
    /// # Errors
    /// When the index fails, the date can't be read, or the budget is spent first.
    pub fn history(
        &self,
        cited: &str,
        as_of: Option<&str>,
        budget: &Budget,
    ) -> Result<Vec<ProvisionVersion>, QueryError> {
        history::history(self, cited, as_of, budget)
    }

    /// Checks all citations and quotations of a text.
    ///
    /// ```
    /// use tiaowen_query::Searcher;
    /// use tiaowen_verify::{CheckedText, Options, Titles, Verifier};
    /// let folder = tempfile::tempdir()?;
    /// let file = folder.path().join("a.txt");
    /// std::fs::write(&file, "道路條例\n\n第一條　車輛應當靠左行駛，時速不得超過50公里。")?;
    /// let index = folder.path().join("index");
    /// tiaowen_indexer::run(&[file], &index, &Default::default(), &|_| {})?;
    /// let searcher = Searcher::open(&index)?;
    /// let titles = Titles::of(&searcher.manifest()?);
    /// let terms = tiaowen_terms::TermTable::built_in();
    /// let verifier = Verifier::new(&searcher, terms, &titles);
    /// let text = "《道路条例》第一条规定：“时速不得超过60公里”。《道路條例》第九條也是。";
    /// let given = CheckedText { text, documents: &[] };
    /// let report = verifier.verify(&given, &Options::default(), &Default::default())?;
    /// let verdicts: Vec<_> = report.checks.iter().map(|check| check.verdict.as_str()).collect();
    /// assert_eq!(verdicts, ["differs", "no_such_provision"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the index fails, the date can't be read, or the budget is spent first.
    pub fn verify(
        &self,
        given: &CheckedText<'_>,
        options: &Options,
        budget: &Budget,
    ) -> Result<Report, QueryError> {
        if let Some(date) = &options.as_of
            && tiaowen_index::date_bounds(date).is_none()
        {
            return Err(QueryError::Date { text: date.clone() });
        }
        let plain = PlainText::of(given.text, given.documents);
        let mut judge = Judge::new(self, given, options, &plain, budget);
        judge.all()
    }
}
