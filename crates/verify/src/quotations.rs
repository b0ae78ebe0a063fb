//! Verdicts on quoted words, and on paragraphs that are a clause's.
//!
//! A quotation beside a citation is compared with the cited clause first. If that clause has the
//! words, the remaining questions are whether they are in the cited part of it, and whether a newer
//! version says something else. If it doesn't, the words are looked for in the same document, and
//! at last in the whole index: words that another clause has are misattributed, not changed.

use std::ops::Range;
use std::rc::Rc;

use tiaowen_compare::Difference;
use tiaowen_corpus::{DocumentKind, citation};
use tiaowen_index::ClauseRecord;
use tiaowen_query::QueryError;

use crate::candidates::Candidates;
use crate::find::{Mention, Named};
use crate::fit::{Quotation, exact};
use crate::judge::{Judge, is_other_script};
use crate::library::Place;
use crate::matching::Match;
use crate::model::{Check, CheckKind, CheckNote, CheckVerdict};
use crate::pairing::FARTHEST;
use crate::part::{is_paragraph, without_label, wrong_part};

/// A quotation of fewer letters is a term that is set apart, unless a clause has it.
pub(crate) const SHORTEST_QUOTATION: usize = 12;
/// A quotation of fewer letters is ignored.
const SHORTEST_TERM: usize = 4;
/// The least similarity at which a quotation is a changed text of the cited clause. Below it, no
/// clause has the words.
const ALIKE_WHERE_CITED: f32 = 0.5;
/// The least similarity at which a quotation is taken for the text of a clause that isn't cited.
const ALIKE_ELSEWHERE: f32 = 0.8;
/// The least similarity at which a block without quotation marks is a quotation at all.
const ALIKE_BLOCK: f32 = 0.6;

/// A quotation in the plain text.
#[derive(Debug, Clone)]
pub(crate) struct Quote {
    /// The bytes of the words, without their marks.
    pub(crate) words: Range<usize>,
    /// Whether the words are in quotation marks.
    pub(crate) marked: bool,
}

/// The result for a quotation, before it becomes a [`Check`].
struct Finding {
    verdict: CheckVerdict,
    matched: Option<Match>,
    note: Option<CheckNote>,
}

impl Finding {
    fn new(verdict: CheckVerdict, matched: Option<Match>, note: Option<CheckNote>) -> Self {
        Finding { verdict, matched, note }
    }

    fn misattributed(matched: Match) -> Self {
        let note = found_in(matched.record());
        Finding::new(CheckVerdict::Misattributed, Some(matched), Some(note))
    }
}

/// The clauses that are cited beside a quotation, matched with it.
#[derive(Default)]
struct CitedMatches {
    /// The best of all versions.
    best: Option<Match>,
    /// The best of the newest version.
    newest: Option<Match>,
    /// Whether any version has the cited provision.
    provision_exists: bool,
}

impl CitedMatches {
    fn similarity(&self) -> f32 {
        self.best.as_ref().map_or(0.0, |best| best.similarity)
    }
}

impl Judge<'_> {
    /// The quotation without quotation marks that follows a citation and a colon: the rest of the
    /// paragraph, or the next paragraph.
    pub(crate) fn block_behind(&self, mention: &Mention) -> Option<Quote> {
        if !mention.has_place() {
            return None;
        }
        let text = &self.plain.text;
        let behind = &text[mention.span.end..];
        let colon = behind.char_indices().take(FARTHEST / 2).find(|(_, c)| "：:".contains(*c))?;
        let between = &behind[..colon.0];
        if between.contains(['。', '；', '\n', '《', '」', '”']) {
            return None;
        }
        let mut start = mention.span.end + colon.0 + colon.1.len_utf8();
        start += text[start..].len() - text[start..].trim_start().len();
        let end = start + text[start..].find('\n').unwrap_or(text.len() - start);
        let words = &text[start..end];
        let is_marked = words.starts_with(['「', '『', '“', '‘', '"']);
        let letters = words.chars().filter(|c| c.is_alphanumeric()).count();
        (!is_marked && letters >= SHORTEST_QUOTATION)
            .then_some(Quote { words: start..end, marked: false })
    }

    /// Checks words quoted beside the citation `mentions[at]`. Returns whether a check was added;
    /// if not, the citation is checked alone.
    pub(crate) fn check_cited_quotation(
        &mut self,
        mentions: &[Mention],
        at: usize,
        quote: &Quote,
    ) -> Result<bool, QueryError> {
        let mention = &mentions[at];
        let quotation = self.quotation(quote);
        let before = self.text_before(quote);
        let letters = quotation.letters.len();
        if letters < SHORTEST_TERM || mention.named == Named::ThisText {
            return Ok(false);
        }
        if !mention.has_place() {
            return self.check_quotation_of_document(mention, quote, &quotation, &before);
        }
        let candidates = self.candidates(&mention.named);
        if candidates.documents.is_empty() {
            if !quote.marked || letters < SHORTEST_QUOTATION {
                return Ok(false);
            }
            let finding = Finding::new(CheckVerdict::NotInIndex, None, None);
            self.add_quoted(mention, quote, &quotation, finding);
            return Ok(true);
        }
        let cited = self.cited_together(mentions, at);
        let newest = candidates.documents[0];
        let matches = self.match_cited(&cited, newest, &quotation, &before)?;
        if !quote.marked && matches.similarity() < ALIKE_BLOCK {
            return Ok(false);
        }
        let finding = match matches.best.as_ref().is_some_and(Match::is_same) {
            true => {
                let single = mention.citation.as_ref().filter(|_| cited.len() == 1);
                let in_other_part = matches.best.as_ref().and_then(|best| {
                    single.and_then(|single| wrong_part(single, best.record(), &best.region))
                });
                self.judge_same_words(&quotation, candidates, matches, in_other_part)
            }
            false => self.judge_other_words(&quotation, &before, candidates, matches)?,
        };
        let Some(finding) = finding else { return Ok(false) };
        self.add_quoted(mention, quote, &quotation, finding);
        Ok(true)
    }

    /// The citations that share a quotation with `mentions[at]`: 第三條和第五條規定：「…」.
    fn cited_together(&self, mentions: &[Mention], at: usize) -> Vec<Mention> {
        let text = &self.plain.text;
        let is_joined = |&at: &usize| {
            let between = &text[mentions[at].span.end..mentions[at + 1].span.start];
            between.chars().count() <= 2 && between.chars().all(|c| "、和及與与或，".contains(c))
        };
        let before = (0..at).rev().take_while(is_joined);
        [at].into_iter().chain(before).map(|at| mentions[at].clone()).collect()
    }

    /// Matches a quotation with all cited clauses in all versions of their documents.
    fn match_cited(
        &mut self,
        cited: &[Mention],
        newest: usize,
        quotation: &Quotation,
        before: &str,
    ) -> Result<CitedMatches, QueryError> {
        let newest_date = self.verifier.titles.documents[newest].date.clone();
        let mut matches = CitedMatches::default();
        for mention in cited {
            let Some(citation) = &mention.citation else { continue };
            for document in self.candidates(&mention.named).documents {
                let loaded = self.load(document)?;
                let clauses = loaded.resolve(citation);
                matches.provision_exists |= !clauses.is_empty();
                let found = self.matcher.match_clauses(quotation, &loaded, &clauses, before)?;
                let Some(found) = found else { continue };
                let date = loaded.records.first().and_then(|first| first.document.date.clone());
                if date == newest_date && found.improves_on(matches.newest.as_ref()) {
                    matches.newest = Some(found.clone());
                }
                if found.improves_on(matches.best.as_ref()) {
                    matches.best = Some(found);
                }
            }
        }
        Ok(matches)
    }

    /// The cited clause has the words. `in_other_part` is the part of it that has them, if another
    /// part is cited.
    fn judge_same_words(
        &self,
        quotation: &Quotation,
        candidates: Candidates,
        matches: CitedMatches,
        in_other_part: Option<String>,
    ) -> Option<Finding> {
        let best = matches.best?;
        if let Some(note) = candidates.not_in_force {
            return Some(Finding::new(CheckVerdict::NotInForce, Some(best), Some(note)));
        }
        if let Some(citation) = in_other_part {
            let note = CheckNote::Elsewhere { citation };
            return Some(Finding::new(CheckVerdict::Misattributed, Some(best), Some(note)));
        }
        if let Some(date) = superseded_date(&best, matches.newest.as_ref()) {
            let note = CheckNote::Version { date };
            let shown = matches.newest.unwrap_or(best);
            return Some(Finding::new(CheckVerdict::NewerDiffers, Some(shown), Some(note)));
        }
        let is_other = is_other_script(&quotation.text, best.record().document.script);
        let note = is_other.then_some(CheckNote::OtherScript);
        Some(Finding::new(best.verdict(), Some(best), note))
    }

    /// The cited clause doesn't have the words. `None` if they are too few to be a quotation.
    fn judge_other_words(
        &mut self,
        quotation: &Quotation,
        before: &str,
        candidates: Candidates,
        matches: CitedMatches,
    ) -> Result<Option<Finding>, QueryError> {
        let Candidates { documents, not_in_force } = candidates;
        let letters = quotation.letters.len();
        let same_words = self.match_documents(quotation, &documents, before, 1.0)?;
        let same_words = same_words.filter(|it| it.is_same() && letters >= SHORTEST_TERM + 2);
        if let Some(found) = same_words {
            let mut finding = Finding::misattributed(found);
            if !matches.provision_exists {
                finding.verdict = CheckVerdict::NoSuchProvision;
            }
            return Ok(Some(finding));
        }
        if !matches.provision_exists {
            let note = self.last_provision(documents[0])?;
            return Ok(Some(Finding::new(CheckVerdict::NoSuchProvision, None, note)));
        }
        let similarity = matches.similarity();
        if similarity < ALIKE_ELSEWHERE {
            if letters < SHORTEST_QUOTATION {
                return Ok(None);
            }
            let in_document =
                self.match_documents(quotation, &documents, before, ALIKE_ELSEWHERE)?;
            let other = match in_document {
                Some(found) => Some(found),
                None => self.match_index(quotation, before, ALIKE_ELSEWHERE)?,
            };
            if let Some(found) = other {
                return Ok(Some(Finding::misattributed(found)));
            }
        }
        let verdict = match not_in_force {
            Some(_) => CheckVerdict::NotInForce,
            None => CheckVerdict::Differs,
        };
        let nowhere = (similarity < ALIKE_WHERE_CITED).then_some(CheckNote::Nowhere);
        Ok(Some(Finding::new(verdict, matches.best, not_in_force.or(nowhere))))
    }

    /// Checks words quoted beside the title of a document, without a clause of it.
    fn check_quotation_of_document(
        &mut self,
        mention: &Mention,
        quote: &Quote,
        quotation: &Quotation,
        before: &str,
    ) -> Result<bool, QueryError> {
        if quotation.letters.len() < SHORTEST_QUOTATION {
            return Ok(false);
        }
        let Candidates { documents, not_in_force } = self.candidates(&mention.named);
        let found = match self.match_documents(quotation, &documents, before, 1.0)? {
            Some(found) if found.is_same() => Some(found),
            _ => self.match_documents(quotation, &documents, before, ALIKE_ELSEWHERE)?,
        };
        let is_source = self.is_announced_as_source(mention, quote);
        let finding = if let Some(found) = found {
            let verdict = match not_in_force {
                Some(_) => CheckVerdict::NotInForce,
                None => found.verdict(),
            };
            Finding::new(verdict, Some(found), not_in_force)
        } else if !is_source {
            // A title in the same sentence isn't necessarily the source of the quotation.
            self.check_uncited_quotation(quote)?;
            return Ok(false);
        } else if documents.is_empty() {
            Finding::new(CheckVerdict::NotInIndex, None, None)
        } else if let Some(found) = self.match_index(quotation, before, ALIKE_ELSEWHERE)? {
            Finding::misattributed(found)
        } else {
            Finding::new(CheckVerdict::Differs, None, Some(CheckNote::Nowhere))
        };
        self.add_quoted(mention, quote, quotation, finding);
        Ok(true)
    }

    /// Whether a title is the source of a quotation: 《…》規定：「…」 or 「…」（《…》）.
    fn is_announced_as_source(&self, mention: &Mention, quote: &Quote) -> bool {
        let between = self.plain.text.get(mention.span.end..quote.words.start);
        let between = between.unwrap_or_default().trim_end_matches(['「', '『', '“', '‘', '"']);
        between.ends_with(['：', ':']) || mention.span.start >= quote.words.end
    }

    /// Whether a quotation is long enough to be searched, and the limit of searches isn't reached;
    /// then it is counted as passed over.
    fn may_search(&mut self, quotation: &Quotation) -> bool {
        if quotation.letters.len() < SHORTEST_QUOTATION {
            return false;
        }
        let may_search = self.library.may_search();
        self.passed_over += usize::from(!may_search);
        may_search
    }

    /// Checks a quotation without a citation. A check is added only if some clause has its words.
    pub(crate) fn check_uncited_quotation(&mut self, quote: &Quote) -> Result<(), QueryError> {
        let quotation = self.quotation(quote);
        if !self.may_search(&quotation) {
            return Ok(());
        }
        let before = self.text_before(quote);
        if let Some(found) = self.match_index(&quotation, &before, ALIKE_ELSEWHERE)? {
            let finding = Finding::new(found.verdict(), Some(found), None);
            self.add_words(quote.words.clone(), quote, &quotation, None, finding);
        }
        Ok(())
    }

    /// Checks the paragraphs in which nothing was quoted from a citation.
    pub(crate) fn check_paragraphs(&mut self) -> Result<(), QueryError> {
        let plain = self.plain;
        let quoted = self.quotation_spans(|check| check.citation.is_some());
        let uncited = self.quotation_spans(|check| check.citation.is_none());
        let mut start = 0;
        for line in plain.text.split('\n') {
            let span = start..start + line.len();
            start = span.end + 1;
            let behind = quoted.partition_point(|other| other.end <= span.start);
            if quoted.get(behind).is_some_and(|other| other.start < span.end) {
                continue;
            }
            // In 報告說：「…」 the clause is the quotation, which was checked already. A shorter
            // quotation without a citation may be part of a paragraph that is a clause's.
            let first = uncited.partition_point(|other| other.start < span.start);
            let inner = uncited[first..].iter().take_while(|other| other.end <= span.end);
            if 2 * inner.map(Range::len).sum::<usize>() > span.len() {
                continue;
            }
            self.budget.check()?;
            self.check_paragraph(&Quote { words: span, marked: false })?;
        }
        Ok(())
    }

    /// The places of the quotations checked so far, in the order of the text.
    fn quotation_spans(&self, wanted: fn(&Check) -> bool) -> Vec<Range<usize>> {
        let checks = self.checks.iter();
        let checks = checks.filter(|(_, it)| it.kind == CheckKind::Quotation && wanted(it));
        let mut spans: Vec<Range<usize>> = checks.map(|(span, _)| span.clone()).collect();
        spans.sort_by_key(|span| span.start);
        spans
    }

    fn check_paragraph(&mut self, quote: &Quote) -> Result<(), QueryError> {
        let quotation = self.quotation(quote);
        if !self.may_search(&quotation) {
            return Ok(());
        }
        let Some(found) = self.match_index(&quotation, "", ALIKE_ELSEWHERE)? else {
            return Ok(());
        };
        if !is_paragraph(&found.record().clause.text, &found.region) {
            return Ok(());
        }
        let span = quote.words.clone();
        // Words in quotation marks inside the paragraph are checked with it.
        self.checks.retain(|(inner, check)| {
            let is_inside = span.start <= inner.start && inner.end <= span.end;
            !(is_inside && check.kind == CheckKind::Quotation && check.citation.is_none())
        });
        let finding = Finding::new(found.verdict(), Some(found), None);
        self.add_words(span, quote, &quotation, None, finding);
        Ok(())
    }

    /// The clause of some documents that matches a quotation best. With `enough` = 1, only clauses
    /// that have all its letters are compared.
    fn match_documents(
        &mut self,
        quotation: &Quotation,
        documents: &[usize],
        before: &str,
        enough: f32,
    ) -> Result<Option<Match>, QueryError> {
        let mut best: Option<Match> = None;
        for &at in documents {
            let loaded = self.load(at)?;
            let may_match =
                |at: &usize| enough < 1.0 || exact(quotation, loaded.letters(*at)).is_some();
            let places: Vec<Place> =
                loaded.with_words().filter(may_match).map(|at| (Rc::clone(&loaded), at)).collect();
            if let Some(found) = self.matcher.best_match(quotation, &places, before, enough)?
                && found.improves_on(best.as_ref())
            {
                best = Some(found);
            }
        }
        Ok(best)
    }

    /// The clause of the index that matches a quotation best. Documents that were read already are
    /// tried first, as a text mostly quotes what it cites.
    fn match_index(
        &mut self,
        quotation: &Quotation,
        before: &str,
        enough: f32,
    ) -> Result<Option<Match>, QueryError> {
        let read = self.library.read_places(quotation);
        let found = self.matcher.best_match(quotation, &read, before, 1.0)?;
        if let Some(found) = found.filter(Match::is_same) {
            return Ok(Some(found));
        }
        // The longest phrase may contain the words that were changed, so several are searched for.
        let phrases = if enough < 1.0 { 3 } else { 1 };
        let places = self.library.search(quotation, phrases)?;
        self.matcher.best_match(quotation, &places, before, enough)
    }

    /// The few characters before a quotation.
    fn text_before(&self, quote: &Quote) -> String {
        let before: Vec<char> =
            self.plain.text[..quote.words.start].chars().rev().take(8).collect();
        before.into_iter().rev().collect()
    }

    fn quotation(&self, quote: &Quote) -> Quotation {
        Quotation::of(without_label(&self.plain.text[quote.words.clone()]))
    }

    /// Adds the check of words beside a citation. Its place includes both.
    fn add_quoted(
        &mut self,
        mention: &Mention,
        quote: &Quote,
        quotation: &Quotation,
        finding: Finding,
    ) {
        let mut words = quote.words.clone();
        if quote.marked {
            let text = &self.plain.text;
            words.end += text[words.end..].chars().next().map_or(0, char::len_utf8);
            words.start -= text[..words.start].chars().next_back().map_or(0, char::len_utf8);
        }
        let span = mention.span.start.min(words.start)..mention.span.end.max(words.end);
        let citation = Some(self.plain.text[mention.span.clone()].to_owned());
        self.add_words(span, quote, quotation, citation, finding);
    }

    fn add_words(
        &mut self,
        span: Range<usize>,
        quote: &Quote,
        quotation: &Quotation,
        citation: Option<String>,
        finding: Finding,
    ) {
        // A label before the words is not part of the quotation.
        let words = &self.plain.text[quote.words.clone()];
        let trailing = words.len() - words.trim_end().len();
        let start = quote.words.end - quotation.text.len() - trailing;
        let chars_before = self.plain.text[span.start..start].chars().count();
        let (clause, differences) = match finding.matched {
            Some(matched) => (Some(matched.record().clone()), matched.differences),
            None => (None, Vec::new()),
        };
        let moved = |difference: Difference| Difference {
            left_at: difference.left_at.start + chars_before..difference.left_at.end + chars_before,
            ..difference
        };
        let check = Check {
            kind: CheckKind::Quotation,
            at: 0..0,
            text: String::new(),
            verdict: finding.verdict,
            citation,
            clause,
            differences: differences.into_iter().map(moved).collect(),
            note: finding.note,
        };
        self.add(span, check);
    }
}

/// The date of the version that has the quoted words, if the newest version has other words.
fn superseded_date(found: &Match, newest: Option<&Match>) -> Option<String> {
    let newest = newest?;
    let (older, newer) = (&found.record().document, &newest.record().document);
    let is_law = older.kind == DocumentKind::Law;
    let is_version = is_law || newest.similarity >= ALIKE_WHERE_CITED;
    let is_older = older.date.is_some() && older.date < newer.date;
    (is_older && is_version && !newest.is_same()).then(|| older.date.clone())?
}

fn found_in(record: &ClauseRecord<'_>) -> CheckNote {
    CheckNote::Elsewhere { citation: citation(&record.document, &record.clause) }
}
