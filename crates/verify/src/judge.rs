//! Verdicts on the citations and quotations of a text.
//!
//! [`Judge`] goes through a text once and adds a [`Check`] for each citation and quotation. This
//! module judges citations; [`quotations`](crate::quotations) judges quoted words and paragraphs.
//!
//! Precision goes before recall, as a report with false alarms isn't read:
//!
//! - Quotation marks also set terms apart (所稱的「公司」). A few quoted letters that the cited
//!   clause doesn't have are ignored.
//! - A quotation without a citation is reported only if some clause has its words.
//! - A paragraph is reported only if it is a whole paragraph of a clause.
//! - Words that another clause of the same document has letter by letter are attributed to that
//!   clause, however similar the cited one is.

use std::ops::Range;
use std::rc::Rc;

use tiaowen_query::{Citation, QueryError};
use tiaowen_text::{Budget, Script};

use crate::candidates::Candidates;
use crate::find::{Mention, Named, mentions, quotations};
use crate::library::{Library, Loaded};
use crate::matching::Matcher;
use crate::model::{Check, CheckKind, CheckNote, CheckVerdict, Report};
use crate::pairing::{outside_quotes, paired};
use crate::part::has_part;
use crate::plain::PlainText;
use crate::quotations::Quote;
use crate::self_reference::OwnProvisions;
use crate::{CheckedText, Options, Verifier};

/// A text while it is checked.
pub(crate) struct Judge<'a> {
    pub(crate) verifier: &'a Verifier<'a>,
    pub(crate) options: &'a Options,
    pub(crate) plain: &'a PlainText,
    pub(crate) budget: &'a Budget,
    pub(crate) matcher: Matcher<'a>,
    pub(crate) library: Library<'a>,
    own_provisions: OwnProvisions<'a>,
    /// The date of the text.
    text_date: Option<&'a str>,
    /// The checks made so far, each with its bytes in the plain text.
    pub(crate) checks: Vec<(Range<usize>, Check)>,
    /// How many texts were not searched for because the searches were used up.
    pub(crate) passed_over: usize,
}

/// A cited provision in the index.
struct Provision {
    /// Index into the titles.
    document: usize,
    loaded: Rc<Loaded>,
    clause: usize,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(
        verifier: &'a Verifier<'a>,
        given: &CheckedText<'a>,
        options: &'a Options,
        plain: &'a PlainText,
        budget: &'a Budget,
    ) -> Self {
        Judge {
            verifier,
            options,
            plain,
            budget,
            matcher: Matcher { terms: verifier.terms, budget },
            library: Library::new(verifier.searcher, budget, options.most_searches),
            own_provisions: OwnProvisions::new(given.documents),
            text_date: given.documents.iter().filter_map(|text| text.document.printed_date()).max(),
            checks: Vec::new(),
            passed_over: 0,
        }
    }

    /// Checks the whole text.
    pub(crate) fn all(&mut self) -> Result<Report, QueryError> {
        let text = self.plain.text.as_str();
        let has_articles = self.own_provisions.has_articles();
        let mentions = mentions(text, self.verifier.titles, has_articles);
        let quotes: Vec<Range<usize>> = quotations(text);
        let mentions: Vec<Mention> = outside_quotes(mentions, &quotes);
        let pairs = paired(text, &mentions, &quotes);
        let mut is_quoted = vec![false; mentions.len()];
        for (quote, mention) in quotes.iter().zip(&pairs) {
            self.budget.check()?;
            let quote = Quote { words: quote.clone(), marked: true };
            match mention {
                Some(at) => is_quoted[*at] |= self.check_cited_quotation(&mentions, *at, &quote)?,
                None => self.check_uncited_quotation(&quote)?,
            }
        }
        for (at, mention) in mentions.iter().enumerate() {
            self.budget.check()?;
            if is_quoted[at] {
                continue;
            }
            if let Some(quote) = self.block_behind(mention)
                && self.check_cited_quotation(&mentions, at, &quote)?
            {
                continue;
            }
            if mention.is_citation() {
                self.check_citation(mention)?;
            }
        }
        if self.options.paragraphs {
            self.check_paragraphs()?;
        }
        self.checks.sort_by_key(|(span, _)| (span.start, span.end));
        Ok(Report {
            as_of: self.options.as_of.clone(),
            checks: std::mem::take(&mut self.checks).into_iter().map(|(_, check)| check).collect(),
            passed_over: self.passed_over,
        })
    }

    pub(crate) fn candidates(&self, named: &Named) -> Candidates {
        Candidates::find(self.verifier.titles, named, self.options.as_of.as_deref(), self.text_date)
    }

    /// Reads a document. `at` is an index into the titles.
    pub(crate) fn load(&mut self, at: usize) -> Result<Rc<Loaded>, QueryError> {
        let id = &self.verifier.titles.documents[at].id;
        self.library.document(id)
    }

    /// Adds a check of the bytes `span` of the plain text, and fills in its place and text.
    pub(crate) fn add(&mut self, span: Range<usize>, check: Check) {
        let check = Check {
            at: self.plain.code_points(&span),
            text: self.plain.text[span.clone()].trim_end().to_owned(),
            ..check
        };
        self.checks.push((span, check));
    }

    /// Checks a citation without words quoted beside it.
    fn check_citation(&mut self, mention: &Mention) -> Result<(), QueryError> {
        let mut check = Check {
            kind: CheckKind::Citation,
            at: 0..0,
            text: String::new(),
            verdict: CheckVerdict::NotInIndex,
            citation: Some(self.plain.text[mention.span.clone()].to_owned()),
            clause: None,
            differences: Vec::new(),
            note: None,
        };
        if mention.named == Named::ThisText {
            let Some(resolves) = self.own_provisions.resolves(mention, self.plain) else {
                return Ok(());
            };
            check.verdict =
                if resolves { CheckVerdict::Verbatim } else { CheckVerdict::NoSuchProvision };
            self.add(mention.span.clone(), check);
            return Ok(());
        }
        let Candidates { documents, not_in_force } = self.candidates(&mention.named);
        let Some(&newest) = documents.first() else {
            self.add(mention.span.clone(), check);
            return Ok(());
        };
        let Some(citation) = mention.citation.as_ref().filter(|_| mention.has_place()) else {
            check.verdict = match not_in_force {
                Some(_) => CheckVerdict::NotInForce,
                None => self.name_verdict(mention, newest),
            };
            check.clause = self.load(newest)?.records.first().cloned();
            check.note = not_in_force;
            self.add(mention.span.clone(), check);
            return Ok(());
        };
        if let Some(found) = self.find_provision(mention, citation, &documents)? {
            check.verdict = match not_in_force {
                Some(_) => CheckVerdict::NotInForce,
                None => self.name_verdict(mention, found.document),
            };
            check.note = not_in_force.or_else(|| self.provision_note(mention, &found));
            check.clause = Some(found.loaded.records[found.clause].clone());
        } else {
            check.verdict = CheckVerdict::NoSuchProvision;
            check.note = self.last_provision(newest)?;
        }
        self.add(mention.span.clone(), check);
        Ok(())
    }

    /// The cited provision in the newest document that has it. Among documents of one date, one in
    /// the script of the citation is preferred.
    fn find_provision(
        &mut self,
        mention: &Mention,
        citation: &Citation,
        documents: &[usize],
    ) -> Result<Option<Provision>, QueryError> {
        let titles = &self.verifier.titles.documents;
        let mut best: Option<Provision> = None;
        for &document in documents {
            let loaded = self.load(document)?;
            let Some(&clause) = loaded.resolve(citation).first() else { continue };
            if !has_part(citation, &loaded.records[clause]) {
                continue;
            }
            let is_better = best.as_ref().is_none_or(|best| {
                titles[best.document].date == titles[document].date
                    && self.name_verdict(mention, document)
                        < self.name_verdict(mention, best.document)
            });
            if is_better {
                best = Some(Provision { document, loaded, clause });
            }
        }
        Ok(best)
    }

    fn provision_note(&self, mention: &Mention, found: &Provision) -> Option<CheckNote> {
        let script = self.verifier.titles.documents[found.document].script;
        if is_other_script(&self.plain.text[mention.span.clone()], script) {
            return Some(CheckNote::OtherScript);
        }
        match &mention.named {
            Named::Title(title) if mention.is_back_reference => {
                Some(CheckNote::Meant { title: title.clone() })
            }
            _ => None,
        }
    }

    /// The note that names the last provision of a document.
    pub(crate) fn last_provision(&mut self, at: usize) -> Result<Option<CheckNote>, QueryError> {
        Ok(self.load(at)?.last_label().map(|label| CheckNote::Last { label }))
    }

    /// [`CheckVerdict::Verbatim`] if a citation prints the name of a document as the document
    /// does, otherwise [`CheckVerdict::Same`].
    fn name_verdict(&self, mention: &Mention, at: usize) -> CheckVerdict {
        let document = &self.verifier.titles.documents[at];
        let (cited, printed) = match &mention.named {
            Named::Title(_) if mention.is_back_reference => return CheckVerdict::Verbatim,
            Named::Title(title) => (title, document.title.as_deref()),
            Named::Number(number) => (number, document.number.as_deref()),
            Named::ThisText => return CheckVerdict::Verbatim,
        };
        let printed = comparable_name(printed.unwrap_or_default());
        match printed.contains(&comparable_name(cited)) {
            true => CheckVerdict::Verbatim,
            false => CheckVerdict::Same,
        }
    }
}

/// A name without white space and with one form of the marks that enclose a name inside it.
fn comparable_name(name: &str) -> String {
    let mark = |c: char| match c {
        '〈' => '《',
        '〉' => '》',
        c => c,
    };
    name.chars().filter(|c| !c.is_whitespace()).map(mark).collect()
}

/// Whether a text in one script cites or quotes a document in the other one.
pub(crate) fn is_other_script(text: &str, document: Script) -> bool {
    let cited_in = Script::of(text);
    let is_single = |script| matches!(script, Script::Hant | Script::Hans);
    is_single(cited_in) && is_single(document) && cited_in != document
}
