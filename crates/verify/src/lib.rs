//! Whether what a text cites and quotes is so.
//!
//! Each citation of a text is looked up in the index, and the words quoted beside it are laid
//! beside the clause's: [`Verifier::verify`]. Quotations without a citation, and paragraphs that
//! are a clause's, are looked for in the whole index. Script, variant forms and punctuation make
//! no difference that matters; figures, words and regional terms do, and are reported by kind.
//!
//! A text goes through four steps: its wrapped lines are joined (`plain`); citations and quotations
//! are found (`find`) and paired (`pairing`); documents are resolved by name (`titles`) and read once each
//! (`library`); words are fitted into clauses (`fit`) and judged (`judge`).
//!
//! *Not in the index* is no verdict about a text: only what the index has is judged.

mod docx;
mod find;
mod fit;
mod history;
mod judge;
mod library;
mod model;
mod pairing;
mod part;
mod plain;
mod titles;

use tiaowen_corpus::DocumentText;
use tiaowen_query::{QueryError, Searcher};
use tiaowen_terms::TermTable;
use tiaowen_text::Budget;

pub use docx::{Comment, CommentError, commented};
pub use history::ProvisionVersion;
pub use model::{Check, CheckKind, CheckNote, CheckVerdict, Report};
pub use titles::Titles;

use crate::judge::Judge;
use crate::plain::PlainText;

/// A text that is checked.
#[derive(Debug, Clone, Copy)]
pub struct CheckedText<'a> {
    /// The text as it was decoded; places in checks are code points of it.
    pub text: &'a str,
    /// Its documents and clauses, for what a text cites of itself and what was left out of it.
    pub documents: &'a [DocumentText],
}

/// How a text is checked.
#[derive(Debug, Clone)]
pub struct Options {
    /// The day on which provisions had to be in force: `2017-11-18`, a month or a year.
    pub as_of: Option<String>,
    /// Whether paragraphs without a citation and quotation marks are looked for as well.
    pub paragraphs: bool,
    /// How many searches for words without a citation are made at most.
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
    /// Checks against what `searcher` searches, whose documents are called `titles`.
    pub fn new(searcher: &'a Searcher, terms: &'a TermTable, titles: &'a Titles) -> Self {
        Verifier { searcher, terms, titles }
    }

    /// The versions of what a text cites (《…》第十二條, 基本法第一百零四條), the oldest first; with
    /// `as_of` those that had begun on that day. Empty where the index has no such document, or
    /// the text is no citation.
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

    /// Checks each citation and quotation of a text.
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
