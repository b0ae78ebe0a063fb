//! Citations and quotations of a text laid beside the clauses that they name.
//!
//! Precision goes before recall: marks of quotation also set terms apart (所稱的「公司」), so a few
//! quoted letters that the clause doesn't have are passed over; a quotation without a citation is
//! reported only where a clause has its words; and a paragraph only where it is all of a paragraph
//! of a clause. Words that another clause of the same document has letter by letter are *that*
//! clause's, however much the one that is cited is like it.

use std::ops::Range;
use std::rc::Rc;

use tiaowen_compare::{Difference, DifferenceKind, text_differences};
use tiaowen_corpus::{DocumentText, citation};
use tiaowen_index::{ClauseRecord, date_bounds};
use tiaowen_query::{Pointers, QueryError, bare_title};
use tiaowen_text::numeral::is_numeral;
use tiaowen_text::{Budget, Script, fold, is_han};

use crate::find::{Mention, Named, mentions, quotations};
use crate::fit::{Fit, Letters, Quoted, fit};
use crate::library::{Library, Loaded, Place};
use crate::model::{Check, CheckKind, CheckNote, CheckVerdict, Report};
use crate::pairing::{FARTHEST, outside_quotes, paired};
use crate::part::{has_part, is_paragraph, without_label, wrong_part};
use crate::plain::PlainText;
use crate::{CheckedText, Options, Verifier};

/// Fewer quoted letters than this are a term, unless a clause has them.
pub(crate) const SHORTEST_QUOTATION: usize = 12;
/// Fewer are looked at nowhere.
const SHORTEST_TERM: usize = 4;
/// How much of a quotation a clause must have for the two to be laid beside one another, where
/// the clause is cited and where it is not.
const ALIKE_WHERE_CITED: f32 = 0.5;
const ALIKE_ELSEWHERE: f32 = 0.8;
/// As many versions of a document are looked at.
const MOST_VERSIONS: usize = 8;

/// How far the words of a quotation are those of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Verbatim,
    Same,
    Differs,
}

/// A quotation laid beside a clause.
struct Outcome {
    place: Place,
    level: Level,
    similarity: f32,
    differences: Vec<Difference>,
    /// The bytes of the clause's text that were quoted.
    region: Range<usize>,
}

impl Outcome {
    fn is_same(&self) -> bool {
        self.level < Level::Differs
    }

    fn record(&self) -> &ClauseRecord<'static> {
        &self.place.0.records[self.place.1]
    }

    fn verdict(&self) -> CheckVerdict {
        match self.level {
            Level::Verbatim => CheckVerdict::Verbatim,
            Level::Same => CheckVerdict::Same,
            Level::Differs => CheckVerdict::Differs,
        }
    }

    /// Whether it is better than another one: the first of equals stays.
    fn is_better(&self, other: &Outcome) -> bool {
        match self.level.cmp(&other.level) {
            std::cmp::Ordering::Equal => self.similarity > other.similarity,
            order => order.is_lt(),
        }
    }
}

/// The documents that a citation may mean, and whether they were in force.
struct Candidates {
    /// Places among the titles, the newest first.
    documents: Vec<usize>,
    /// Why none was in force on the day in question.
    not_in_force: Option<CheckNote>,
}

/// A quotation in the text: the words, where they are, and where its marks are.
#[derive(Debug, Clone)]
struct Quote {
    words: Range<usize>,
    /// Whether it stands in quotation marks.
    marked: bool,
}

/// A text while it is checked.
pub(crate) struct Judge<'a> {
    verifier: &'a Verifier<'a>,
    documents: &'a [DocumentText],
    options: &'a Options,
    plain: &'a PlainText,
    budget: &'a Budget,
    library: Library<'a>,
    /// Of each document of the text, what its own citations are resolved by.
    own: Vec<(Pointers, Vec<String>)>,
    checks: Vec<(Range<usize>, Check)>,
    passed_over: usize,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(
        verifier: &'a Verifier<'a>,
        given: &CheckedText<'a>,
        options: &'a Options,
        plain: &'a PlainText,
        budget: &'a Budget,
    ) -> Self {
        let own = given.documents.iter().map(|document| {
            let mut pointers = Pointers::default();
            let eids: Vec<String> =
                document.clauses.iter().map(|clause| clause.eid.clone()).collect();
            eids.iter().enumerate().for_each(|(at, eid)| pointers.add(at, eid));
            (pointers, eids)
        });
        Judge {
            verifier,
            documents: given.documents,
            options,
            plain,
            budget,
            library: Library::new(verifier.searcher, budget, options.most_searches),
            own: own.collect(),
            checks: Vec::new(),
            passed_over: 0,
        }
    }

    /// Checks everything.
    pub(crate) fn all(&mut self) -> Result<Report, QueryError> {
        let plain = self.plain;
        let text = plain.text.as_str();
        let has_articles =
            self.own.iter().any(|(_, eids)| eids.iter().any(|eid| eid.contains("art_")));
        let mentions = mentions(text, self.verifier.titles, has_articles);
        let quotes: Vec<Range<usize>> = quotations(text);
        let mentions: Vec<Mention> = outside_quotes(mentions, &quotes);
        let pairs = paired(text, &mentions, &quotes);
        let mut is_quoted = vec![false; mentions.len()];
        for (quote, mention) in quotes.iter().zip(&pairs) {
            self.budget.check()?;
            let quote = Quote { words: quote.clone(), marked: true };
            match mention {
                Some(at) => is_quoted[*at] |= self.quoted(&mentions, *at, &quote)?,
                None => self.uncited(&quote)?,
            }
        }
        for (at, mention) in mentions.iter().enumerate() {
            self.budget.check()?;
            if is_quoted[at] {
                continue;
            }
            if let Some(quote) = self.block_behind(mention)
                && self.quoted(&mentions, at, &quote)?
            {
                continue;
            }
            if mention.is_citation() {
                self.cited(mention)?;
            }
        }
        if self.options.paragraphs {
            self.paragraphs()?;
        }
        self.checks.sort_by_key(|(span, _)| (span.start, span.end));
        Ok(Report {
            as_of: self.options.as_of.clone(),
            checks: std::mem::take(&mut self.checks).into_iter().map(|(_, check)| check).collect(),
            passed_over: self.passed_over,
        })
    }

    /// What stands behind a citation and a colon without quotation marks: the rest of the
    /// paragraph, or the next one.
    fn block_behind(&self, mention: &Mention) -> Option<Quote> {
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

    // Documents.

    fn candidates(&self, named: &Named) -> Candidates {
        let titles = self.verifier.titles;
        let mut documents = match named {
            Named::Title(title) => titles.named(title),
            Named::Number(number) => titles.numbered(number),
            Named::Own => Vec::new(),
        };
        let mut not_in_force = None;
        if let Some((_, day)) = self.options.as_of.as_deref().and_then(date_bounds) {
            let all = documents.clone();
            documents.retain(|&at| self.begins(at).is_none_or(|(first, _)| first <= day));
            if documents.is_empty()
                && let Some(first) = all.last().and_then(|&at| self.begins(at))
            {
                not_in_force = Some(CheckNote::From { date: first.1.to_owned() });
                documents = all;
            } else if let Some(&newest) = documents.first()
                && let Some((last, date)) = self.ends(newest)
                && last < self.options.as_of.as_deref().and_then(date_bounds).map_or(0, |it| it.0)
            {
                not_in_force = Some(CheckNote::Until { date: date.to_owned() });
            }
        }
        if not_in_force.is_none()
            && let Some(&newest) = documents.first()
            && let Some(repealed) = titles.repealed(newest)
            && repealed.day <= self.day()
        {
            let by = titles.documents[repealed.by].title.clone().unwrap_or_default();
            not_in_force = Some(CheckNote::Repealed { title: by, date: repealed.date.clone() });
        }
        documents.truncate(MOST_VERSIONS);
        Candidates { documents, not_in_force }
    }

    /// The day that provisions have to be in force on: the one asked for, else that of the text, else
    /// the last one.
    fn day(&self) -> u64 {
        let of_text = || {
            let dates = self.documents.iter().filter_map(|text| text.document.printed_date());
            dates.max().map(str::to_owned)
        };
        let day = self.options.as_of.clone().or_else(of_text);
        day.as_deref().and_then(date_bounds).map_or(u64::MAX, |(_, last)| last)
    }

    /// The first day that a document was in force, else its date.
    fn begins(&self, at: usize) -> Option<(u64, &str)> {
        let document = &self.verifier.titles.documents[at];
        let from = document.validity.as_ref().and_then(|validity| validity.from.as_deref());
        let date = from.or(document.date.as_deref())?;
        Some((date_bounds(date)?.0, date))
    }

    /// The last day, where it says one and doesn't go on by itself.
    fn ends(&self, at: usize) -> Option<(u64, &str)> {
        let document = &self.verifier.titles.documents[at];
        let validity = document.validity.as_ref().filter(|validity| !validity.renews)?;
        let date = validity.to.as_deref()?;
        Some((date_bounds(date)?.1, date))
    }

    fn load(&mut self, at: usize) -> Result<Rc<Loaded>, QueryError> {
        let id = self.verifier.titles.documents[at].id.clone();
        self.library.document(&id)
    }

    fn date(&self, loaded: &Loaded) -> Option<String> {
        loaded.records.first()?.document.date.clone()
    }

    // Words.

    /// The few characters before a quotation.
    fn before(&self, quote: &Quote) -> String {
        let before: Vec<char> =
            self.plain.text[..quote.words.start].chars().rev().take(8).collect();
        before.into_iter().rev().collect()
    }

    fn quote(&self, quote: &Quote) -> Quoted {
        Quoted::of(without_label(&self.plain.text[quote.words.clone()]))
    }

    /// Lays a quotation beside some clauses of a document that stand one behind the other.
    fn beside(
        &self,
        quoted: &Quoted,
        loaded: &Rc<Loaded>,
        clauses: &[usize],
        before: &str,
    ) -> Result<Option<Outcome>, QueryError> {
        let Some(&first) = clauses.first() else { return Ok(None) };
        if let [clause] = clauses {
            let own = &loaded.records[*clause].clause;
            let heading = own.heading.as_ref().or(own.headings.last());
            let letters = loaded.letters(*clause);
            let found = fit(quoted, letters);
            let is_all = found.as_ref().is_some_and(|found| found.distance == 0);
            if heading.is_none() || is_all {
                let text = &loaded.records[*clause].clause.text;
                let Some(found) = found else { return Ok(None) };
                let outcome =
                    self.outcome(quoted, (loaded, *clause), &found, text, letters, before);
                return outcome.map(Some);
            }
        }
        let (mut text, mut starts) = (String::new(), Vec::new());
        for &at in clauses {
            let clause = &loaded.records[at].clause;
            let start = text.len();
            let label = clause.label.as_deref().filter(|_| at != first);
            // The title of an article may stand above its items.
            let above = clause.headings.last().map(String::as_str).filter(|_| at == first);
            for part in [label, above, clause.heading.as_deref()].into_iter().flatten() {
                text.push_str(part);
                text.push('\n');
            }
            starts.push((start, text.len(), at));
            text.push_str(&clause.text);
            text.push('\n');
        }
        let letters = Letters::of(&text);
        let Some(found) = fit(quoted, &letters) else { return Ok(None) };
        let mut outcome = self.outcome(quoted, (loaded, first), &found, &text, &letters, before)?;
        // Places in the text of the clause in which the words begin.
        let at = starts.partition_point(|(start, ..)| *start <= outcome.region.start).max(1) - 1;
        let (_, body, clause) = starts[at];
        let before = text[..body].chars().count();
        for difference in &mut outcome.differences {
            let moved = |at: usize| at.saturating_sub(before);
            difference.right_at = moved(difference.right_at.start)..moved(difference.right_at.end);
        }
        let length = loaded.records[clause].clause.text.len();
        let moved = |at: usize| at.saturating_sub(body).min(length);
        outcome.region = moved(outcome.region.start)..moved(outcome.region.end);
        outcome.place.1 = clause;
        Ok(Some(outcome))
    }

    /// How the words of a quotation differ from those of a clause, as they fit. `before` is what
    /// stands before the quotation.
    fn outcome(
        &self,
        quoted: &Quoted,
        (loaded, clause): (&Rc<Loaded>, usize),
        found: &Fit,
        text: &str,
        letters: &Letters,
        before: &str,
    ) -> Result<Outcome, QueryError> {
        let mut differences = Vec::new();
        for (wanted, part) in &found.pieces {
            let left = quoted.letters.bytes(wanted);
            let right = letters.bytes(part);
            let (own, other) = (&quoted.text[left.clone()], &text[right.clone()]);
            if other.is_empty() {
                let at = quoted.text[..left.start].chars().count();
                differences.push(Difference {
                    kind: DifferenceKind::Wording,
                    left: own.to_owned(),
                    right: String::new(),
                    left_at: at..at + own.chars().count(),
                    right_at: 0..0,
                    term: None,
                });
                continue;
            }
            if is_alike(own, other) {
                continue;
            }
            let (from, to) =
                (quoted.text[..left.start].chars().count(), text[..right.start].chars().count());
            let shifted = |range: &Range<usize>, by: usize| range.start + by..range.end + by;
            let found = text_differences(own, other, self.verifier.terms, self.budget)?;
            differences.extend(found.into_iter().map(|difference| Difference {
                left_at: shifted(&difference.left_at, from),
                right_at: shifted(&difference.right_at, to),
                ..difference
            }));
        }
        let region = |pieces: &[(Range<usize>, Range<usize>)]| {
            let parts = || pieces.iter().map(|(_, part)| letters.bytes(part));
            let parts = || parts().filter(|part| !part.is_empty());
            let start = parts().map(|part| part.start).min().unwrap_or(0);
            start..parts().map(|part| part.end).max().unwrap_or(start)
        };
        let region = region(&found.pieces);
        if let Some(negation) = left_out_negation(&text[..region.start], before) {
            let at = text[..region.start].chars().count();
            differences.insert(
                0,
                Difference {
                    kind: DifferenceKind::Wording,
                    left: String::new(),
                    right: negation.to_string(),
                    left_at: 0..0,
                    right_at: at - 1..at,
                    term: None,
                },
            );
        }
        let is_change = differences.iter().any(|difference| difference.kind.is_change());
        let level = match (differences.is_empty(), is_change) {
            (true, _) => Level::Verbatim,
            (false, false) => Level::Same,
            (false, true) => Level::Differs,
        };
        Ok(Outcome {
            place: (Rc::clone(loaded), clause),
            level,
            similarity: found.similarity(),
            differences,
            region,
        })
    }

    /// The best of some places for a quotation; of equals the first, one in the script of the
    /// quotation before others.
    fn best_of(
        &self,
        quoted: &Quoted,
        places: &[Place],
        before: &str,
        enough: f32,
    ) -> Result<Option<Outcome>, QueryError> {
        let mut best: Option<Outcome> = None;
        for (loaded, at) in places {
            let Some(found) = self.beside(quoted, loaded, &[*at], before)? else { continue };
            let is_better = best.as_ref().is_none_or(|best| found.is_better(best));
            if found.similarity >= enough && is_better {
                best = Some(found);
            }
        }
        Ok(best)
    }

    /// The clause of some documents that has the words of a quotation, script and marks aside.
    fn in_documents(
        &mut self,
        quoted: &Quoted,
        documents: &[usize],
        before: &str,
        enough: f32,
    ) -> Result<Option<Outcome>, QueryError> {
        let mut best: Option<Outcome> = None;
        for &at in documents {
            let loaded = self.load(at)?;
            let clauses = loaded.with_words();
            let is_held = |at: &usize| {
                enough < 1.0 || crate::fit::exact(quoted, loaded.letters(*at)).is_some()
            };
            let held: Vec<Place> =
                clauses.filter(is_held).map(|at| (Rc::clone(&loaded), at)).collect();
            if let Some(found) = self.best_of(quoted, &held, before, enough)?
                && best.as_ref().is_none_or(|best| found.is_better(best))
            {
                best = Some(found);
            }
        }
        Ok(best)
    }

    /// The clause of the index that has the words of a quotation: first of the documents that
    /// were read, then of all.
    fn anywhere(
        &mut self,
        quoted: &Quoted,
        before: &str,
        enough: f32,
    ) -> Result<Option<Outcome>, QueryError> {
        let read = self.library.read_places(quoted);
        if let Some(found) = self.best_of(quoted, &read, before, 1.0)?.filter(Outcome::is_same) {
            return Ok(Some(found));
        }
        // A phrase that is whole in the quotation may be the one that was changed, so several are
        // looked for.
        let phrases = if enough < 1.0 { 3 } else { 1 };
        let places = self.library.search(quoted, phrases)?;
        self.best_of(quoted, &places, before, enough)
    }

    // Checks.

    fn add(&mut self, span: Range<usize>, check: Check) {
        let check = Check {
            at: self.plain.code_points(&span),
            text: self.plain.text[span.clone()].trim_end().to_owned(),
            ..check
        };
        self.checks.push((span, check));
    }

    /// A citation with nothing quoted beside it.
    fn cited(&mut self, mention: &Mention) -> Result<(), QueryError> {
        let text = self.plain.text[mention.span.clone()].to_owned();
        let check = |verdict, clause, note| Check {
            kind: CheckKind::Citation,
            at: 0..0,
            text: String::new(),
            verdict,
            citation: Some(text.clone()),
            clause,
            differences: Vec::new(),
            note,
        };
        if mention.named == Named::Own {
            if let Some(is_there) = self.own_has(mention) {
                let verdict =
                    if is_there { CheckVerdict::Verbatim } else { CheckVerdict::NoSuchProvision };
                self.add(mention.span.clone(), check(verdict, None, None));
            }
            return Ok(());
        }
        let Candidates { documents, not_in_force } = self.candidates(&mention.named);
        let Some(&newest) = documents.first() else {
            self.add(mention.span.clone(), check(CheckVerdict::NotInIndex, None, None));
            return Ok(());
        };
        let Some(citation) = mention.citation.as_ref().filter(|_| mention.has_place()) else {
            let verdict = match not_in_force {
                Some(_) => CheckVerdict::NotInForce,
                None => self.as_named(mention, newest),
            };
            let first = self.load(newest)?.records.first().cloned();
            self.add(mention.span.clone(), check(verdict, first, not_in_force));
            return Ok(());
        };
        let mut found: Option<(usize, Rc<Loaded>, usize)> = None;
        for &at in &documents {
            let loaded = self.load(at)?;
            if let Some(&clause) = loaded.pointed(citation).first()
                && has_part(citation, &loaded.records[clause])
            {
                let is_better = found.as_ref().is_none_or(|(known, ..)| {
                    // Of one date the version in the script of the citation.
                    let documents = &self.verifier.titles.documents;
                    documents[*known].date == documents[at].date
                        && self.as_named(mention, at) < self.as_named(mention, *known)
                });
                if is_better {
                    found = Some((at, loaded, clause));
                }
            }
        }
        let check = match found {
            Some((at, loaded, clause)) => {
                let (verdict, mut note) = match not_in_force {
                    Some(note) => (CheckVerdict::NotInForce, Some(note)),
                    None => (self.as_named(mention, at), None),
                };
                if note.is_none() && self.is_other_script(&text, at) {
                    note = Some(CheckNote::OtherScript);
                }
                if note.is_none()
                    && mention.pointed_back
                    && let Named::Title(title) = &mention.named
                {
                    note = Some(CheckNote::Meant { title: title.clone() });
                }
                check(verdict, Some(loaded.records[clause].clone()), note)
            }
            None => {
                let loaded = self.load(newest)?;
                let note = loaded.last_label().map(|label| CheckNote::Last { label });
                check(CheckVerdict::NoSuchProvision, None, note)
            }
        };
        self.add(mention.span.clone(), check);
        Ok(())
    }

    /// Whether the text has the provision that it cites of itself; `None` where it has no
    /// provisions that could be cited.
    fn own_has(&self, mention: &Mention) -> Option<bool> {
        let byte = self.plain.source_byte(mention.span.start);
        let holds = |document: &DocumentText| {
            document.clauses.iter().any(|clause| clause.bytes.contains(&byte))
        };
        let at = self.documents.iter().position(holds)?;
        // 本法 in a text that is no law is of what it quotes.
        let title = fold(bare_title(self.documents[at].document.title.as_deref()?));
        let cited = fold(&self.plain.text[mention.span.clone()]);
        let named = cited.strip_prefix('本').map(|rest| {
            rest.chars()
                .take_while(|c| !matches!(c, '第' | '的') && is_han(*c) && !is_numeral(*c))
                .collect::<String>()
        });
        if named.is_some_and(|kind| !title.ends_with(&kind)) {
            return None;
        }
        let (pointers, eids) = &self.own[at];
        let labelled = eids.iter().filter(|eid| eid.contains('_')).count();
        let mut citation = mention.citation.clone()?;
        // 本協議第三條 may be a provision that is printed 三、.
        citation.title.get_or_insert_default();
        let is_there = !pointers.all_pointed(&citation, eids).is_empty();
        // 本協議第一項第四款: whether a provision has so many paragraphs its labels don't say.
        citation.steps.truncate(1);
        let is_below = citation.steps[..].iter().all(|step| step.level.is_none());
        let has_above = || is_below && !pointers.all_pointed(&citation, eids).is_empty();
        (labelled > 1).then(|| is_there || has_above())
    }

    /// Whether a citation names a document just as it is called.
    fn as_named(&self, mention: &Mention, at: usize) -> CheckVerdict {
        let document = &self.verifier.titles.documents[at];
        let printed = match &mention.named {
            Named::Title(_) if mention.pointed_back => return CheckVerdict::Verbatim,
            Named::Title(title) => (title, document.title.as_deref()),
            Named::Number(number) => (number, document.number.as_deref()),
            Named::Own => return CheckVerdict::Verbatim,
        };
        // Inside a name marks of names are printed in two ways.
        let mark = |c: char| match c {
            '〈' => '《',
            '〉' => '》',
            c => c,
        };
        let plain =
            |text: &str| text.chars().filter(|c| !c.is_whitespace()).map(mark).collect::<String>();
        let (named, called) = (plain(printed.0), plain(printed.1.unwrap_or_default()));
        if called.contains(&named) { CheckVerdict::Verbatim } else { CheckVerdict::Same }
    }

    /// Whether a text in one script cites a document that is in the other one.
    fn is_other_script(&self, text: &str, at: usize) -> bool {
        let own = Script::of(text);
        let other = self.verifier.titles.documents[at].script;
        let is_one = |script| matches!(script, Script::Hant | Script::Hans);
        is_one(own) && is_one(other) && own != other
    }

    /// Words quoted beside a citation. Gives whether they are a check of their own.
    fn quoted(
        &mut self,
        mentions: &[Mention],
        at: usize,
        quote: &Quote,
    ) -> Result<bool, QueryError> {
        let mention = &mentions[at];
        let quoted = self.quote(quote);
        let before = self.before(quote);
        let count = quoted.letters.len();
        if count < SHORTEST_TERM || mention.named == Named::Own {
            return Ok(false);
        }
        if !mention.has_place() {
            return self.quoted_of_document(mention, quote, &quoted, &before);
        }
        let Candidates { documents, not_in_force } = self.candidates(&mention.named);
        if documents.is_empty() {
            if quote.marked && count >= SHORTEST_QUOTATION {
                self.add_quoted(mention, quote, &quoted, CheckVerdict::NotInIndex, None, None);
                return Ok(true);
            }
            return Ok(false);
        }
        // 第三條和第五條規定：「…」
        let group = (0..at).rev().take_while(|&at| {
            let between = &self.plain.text[mentions[at].span.end..mentions[at + 1].span.start];
            between.chars().count() <= 2 && between.chars().all(|c| "、和及與与或，".contains(c))
        });
        let cited: Vec<Mention> =
            [at].into_iter().chain(group).map(|at| mentions[at].clone()).collect();
        let mut of_newest: Option<Outcome> = None;
        let mut best: Option<Outcome> = None;
        let mut is_there = false;
        let newest_date = self.verifier.titles.documents[documents[0]].date.clone();
        for mention in &cited {
            let Some(citation) = &mention.citation else { continue };
            let documents = self.candidates(&mention.named).documents;
            for &document in &documents {
                let loaded = self.load(document)?;
                let clauses = loaded.pointed(citation);
                is_there |= !clauses.is_empty();
                let Some(found) = self.beside(&quoted, &loaded, &clauses, &before)? else {
                    continue;
                };
                let is_newest = self.date(&loaded) == newest_date;
                if is_newest && of_newest.as_ref().is_none_or(|known| found.is_better(known)) {
                    of_newest = Some(copied(&found));
                }
                if best.as_ref().is_none_or(|known| found.is_better(known)) {
                    best = Some(found);
                }
            }
        }
        let alike = best.as_ref().map_or(0.0, |best| best.similarity);
        if !quote.marked && alike < 0.6 {
            return Ok(false);
        }
        if let Some(found) = best.as_ref().filter(|best| best.is_same()) {
            let in_other_part = mention
                .citation
                .as_ref()
                .filter(|_| cited.len() == 1)
                .and_then(|citation| wrong_part(citation, found.record(), &found.region));
            let (verdict, note) = match (not_in_force, in_other_part) {
                (Some(note), _) => (CheckVerdict::NotInForce, Some(note)),
                (None, Some(citation)) => {
                    (CheckVerdict::Misattributed, Some(CheckNote::Elsewhere { citation }))
                }
                (None, None) => match self.superseded(found, of_newest.as_ref()) {
                    Some(date) => {
                        let newest = of_newest.as_ref();
                        let note = Some(CheckNote::Version { date });
                        let (verdict, shown) =
                            (CheckVerdict::NewerDiffers, newest.unwrap_or(found));
                        let shown = copied(shown);
                        self.add_quoted(mention, quote, &quoted, verdict, Some(shown), note);
                        return Ok(true);
                    }
                    None => {
                        let at = self.is_other_script_of(&quoted.text, found);
                        (found.verdict(), at.then_some(CheckNote::OtherScript))
                    }
                },
            };
            let found = copied(found);
            self.add_quoted(mention, quote, &quoted, verdict, Some(found), note);
            return Ok(true);
        }
        // The words may be another clause's of the same document.
        if let Some(found) = self
            .in_documents(&quoted, &documents, &before, 1.0)?
            .filter(Outcome::is_same)
            .filter(|_| count >= SHORTEST_TERM + 2)
        {
            let verdict = match is_there {
                true => CheckVerdict::Misattributed,
                false => CheckVerdict::NoSuchProvision,
            };
            let note = elsewhere(found.record());
            self.add_quoted(mention, quote, &quoted, verdict, Some(found), Some(note));
            return Ok(true);
        }
        if !is_there {
            let note = self.load(documents[0])?.last_label().map(|label| CheckNote::Last { label });
            self.add_quoted(mention, quote, &quoted, CheckVerdict::NoSuchProvision, None, note);
            return Ok(true);
        }
        if count < SHORTEST_QUOTATION && alike < ALIKE_ELSEWHERE {
            return Ok(false);
        }
        if alike < ALIKE_ELSEWHERE {
            let other = match self.in_documents(&quoted, &documents, &before, ALIKE_ELSEWHERE)? {
                Some(found) => Some(found),
                None => self.anywhere(&quoted, &before, ALIKE_ELSEWHERE)?,
            };
            if let Some(found) = other {
                let note = Some(elsewhere(found.record()));
                let verdict = CheckVerdict::Misattributed;
                self.add_quoted(mention, quote, &quoted, verdict, Some(found), note);
                return Ok(true);
            }
        }
        let note = (alike < ALIKE_WHERE_CITED).then_some(CheckNote::Nowhere);
        let verdict =
            if not_in_force.is_some() { CheckVerdict::NotInForce } else { CheckVerdict::Differs };
        self.add_quoted(mention, quote, &quoted, verdict, best, not_in_force.or(note));
        Ok(true)
    }

    /// Words quoted beside the title of a document, without a clause of it.
    fn quoted_of_document(
        &mut self,
        mention: &Mention,
        quote: &Quote,
        quoted: &Quoted,
        before: &str,
    ) -> Result<bool, QueryError> {
        let Candidates { documents, not_in_force } = self.candidates(&mention.named);
        if quoted.letters.len() < SHORTEST_QUOTATION {
            return Ok(false);
        }
        let found = match self.in_documents(quoted, &documents, before, 1.0)? {
            Some(found) if found.is_same() => Some(found),
            _ => self.in_documents(quoted, &documents, before, ALIKE_ELSEWHERE)?,
        };
        if let Some(found) = found {
            let verdict =
                if not_in_force.is_some() { CheckVerdict::NotInForce } else { found.verdict() };
            self.add_quoted(mention, quote, quoted, verdict, Some(found), not_in_force);
            return Ok(true);
        }
        // 《…》規定：「…」
        let announced = self
            .plain
            .text
            .get(mention.span.end..quote.words.start)
            .unwrap_or_default()
            .trim_end_matches(['「', '『', '“', '‘', '"'])
            .ends_with(['：', ':'])
            // 「…」（《…》）
            || mention.span.start >= quote.words.end;
        if documents.is_empty() {
            if announced {
                self.add_quoted(mention, quote, quoted, CheckVerdict::NotInIndex, None, None);
            } else {
                self.uncited(quote)?;
            }
            return Ok(announced);
        }
        if !announced {
            // A title in the sentence is not yet a source.
            self.uncited(quote)?;
            return Ok(false);
        }
        let found = self.anywhere(quoted, before, ALIKE_ELSEWHERE)?;
        let (verdict, note) = match &found {
            Some(found) => (CheckVerdict::Misattributed, elsewhere(found.record())),
            None => (CheckVerdict::Differs, CheckNote::Nowhere),
        };
        self.add_quoted(mention, quote, quoted, verdict, found, Some(note));
        Ok(true)
    }

    /// The date of the version that words are of, where the newest one has other words.
    fn superseded(&self, found: &Outcome, newest: Option<&Outcome>) -> Option<String> {
        let newest = newest?;
        let (own, other) = (&found.record().document, &newest.record().document);
        let is_law = own.kind == tiaowen_corpus::DocumentKind::Law;
        let is_version = is_law || newest.similarity >= ALIKE_WHERE_CITED;
        let is_older = own.date.is_some() && own.date < other.date;
        (is_older && is_version && !newest.is_same()).then(|| own.date.clone())?
    }

    fn is_other_script_of(&self, text: &str, found: &Outcome) -> bool {
        let (own, other) = (Script::of(text), found.record().document.script);
        let is_one = |script| matches!(script, Script::Hant | Script::Hans);
        is_one(own) && is_one(other) && own != other
    }

    /// Adds the check of words beside a citation.
    fn add_quoted(
        &mut self,
        mention: &Mention,
        quote: &Quote,
        quoted: &Quoted,
        verdict: CheckVerdict,
        found: Option<Outcome>,
        note: Option<CheckNote>,
    ) {
        let mut words = quote.words.clone();
        if quote.marked {
            let text = &self.plain.text;
            words.end += text[words.end..].chars().next().map_or(0, char::len_utf8);
            words.start -= text[..words.start].chars().next_back().map_or(0, char::len_utf8);
        }
        let span = mention.span.start.min(words.start)..mention.span.end.max(words.end);
        let citation = Some(self.plain.text[mention.span.clone()].to_owned());
        self.add_words(span, quote, quoted, verdict, citation, found, note);
    }

    #[allow(clippy::too_many_arguments, reason = "each is a part of the check")]
    fn add_words(
        &mut self,
        span: Range<usize>,
        quote: &Quote,
        quoted: &Quoted,
        verdict: CheckVerdict,
        citation: Option<String>,
        found: Option<Outcome>,
        note: Option<CheckNote>,
    ) {
        // A label before the words was left out of them.
        let words = &self.plain.text[quote.words.clone()];
        let start = quote.words.end - quoted.text.len() - (words.len() - words.trim_end().len());
        let before = self.plain.text[span.start..start].chars().count();
        let (clause, differences) = match found {
            Some(found) => (Some(found.record().clone()), found.differences),
            None => (None, Vec::new()),
        };
        let moved = |difference: Difference| Difference {
            left_at: difference.left_at.start + before..difference.left_at.end + before,
            ..difference
        };
        let check = Check {
            kind: CheckKind::Quotation,
            at: 0..0,
            text: String::new(),
            verdict,
            citation,
            clause,
            differences: differences.into_iter().map(moved).collect(),
            note,
        };
        self.add(span, check);
    }

    /// A quotation without a citation: a check where a clause has its words.
    fn uncited(&mut self, quote: &Quote) -> Result<(), QueryError> {
        let quoted = self.quote(quote);
        if quoted.letters.len() < SHORTEST_QUOTATION {
            return Ok(());
        }
        if !self.library.may_search() {
            self.passed_over += 1;
            return Ok(());
        }
        let before = self.before(quote);
        if let Some(found) = self.anywhere(&quoted, &before, ALIKE_ELSEWHERE)? {
            let verdict = found.verdict();
            let span = quote.words.clone();
            self.add_words(span, quote, &quoted, verdict, None, Some(found), None);
        }
        Ok(())
    }

    /// Paragraphs in which nothing was quoted: a check where one is a clause's.
    fn paragraphs(&mut self) -> Result<(), QueryError> {
        let mut start = 0;
        let plain = self.plain;
        let mut quoted: Vec<Range<usize>> = self
            .checks
            .iter()
            // What is quoted without a citation may be a part of a paragraph that is a clause's.
            .filter(|(_, check)| check.kind == CheckKind::Quotation && check.citation.is_some())
            .map(|(span, _)| span.clone())
            .collect();
        quoted.sort_by_key(|span| span.start);
        let uncited = self
            .checks
            .iter()
            .filter(|(_, check)| check.kind == CheckKind::Quotation && check.citation.is_none());
        let mut uncited: Vec<Range<usize>> = uncited.map(|(span, _)| span.clone()).collect();
        uncited.sort_by_key(|span| span.start);
        for line in plain.text.split('\n') {
            let span = start..start + line.len();
            start = span.end + 1;
            let behind = quoted.partition_point(|other| other.end <= span.start);
            if quoted.get(behind).is_some_and(|other| other.start < span.end) {
                continue;
            }
            // Of 報告說：「…」 the quotation is all that is a clause's.
            let first = uncited.partition_point(|other| other.start < span.start);
            let inner = uncited[first..].iter().take_while(|other| other.end <= span.end);
            if 2 * inner.map(Range::len).sum::<usize>() > span.len() {
                continue;
            }
            self.budget.check()?;
            self.paragraph(Quote { words: span, marked: false })?;
        }
        Ok(())
    }

    fn paragraph(&mut self, quote: Quote) -> Result<(), QueryError> {
        let quoted = self.quote(&quote);
        if quoted.letters.len() < SHORTEST_QUOTATION {
            return Ok(());
        }
        if !self.library.may_search() {
            self.passed_over += 1;
            return Ok(());
        }
        let Some(found) = self.anywhere(&quoted, "", ALIKE_ELSEWHERE)? else { return Ok(()) };
        if !is_paragraph(&found.record().clause.text, &found.region) {
            return Ok(());
        }
        let verdict = found.verdict();
        let span = quote.words.clone();
        // Words in quotation marks inside it are checked with it.
        self.checks.retain(|(inner, check)| {
            let is_inside = span.start <= inner.start && inner.end <= span.end;
            !(is_inside && check.kind == CheckKind::Quotation && check.citation.is_none())
        });
        self.add_words(span, &quote, &quoted, verdict, None, Some(found), None);
        Ok(())
    }
}

fn copied(outcome: &Outcome) -> Outcome {
    Outcome {
        place: (Rc::clone(&outcome.place.0), outcome.place.1),
        level: outcome.level,
        similarity: outcome.similarity,
        differences: outcome.differences.clone(),
        region: outcome.region.clone(),
    }
}

fn elsewhere(record: &ClauseRecord<'_>) -> CheckNote {
    CheckNote::Elsewhere { citation: citation(&record.document, &record.clause) }
}

/// Whether two texts are one, white space aside.
fn is_alike(left: &str, right: &str) -> bool {
    let letters = |text: &'_ str| text.chars().filter(|c| !c.is_whitespace()).collect::<Vec<_>>();
    left == right || letters(left) == letters(right)
}

/// A negation right before what is quoted that the text itself doesn't print before the
/// quotation: of 不得轉讓 only 「得轉讓」 is quoted.
fn left_out_negation(clause: &str, before: &str) -> Option<char> {
    let negates =
        |c: &char| matches!(c, '不' | '未' | '非' | '無' | '无' | '毋' | '勿' | '沒' | '没');
    let negation = clause.chars().next_back().filter(negates)?;
    let said = before.trim_end_matches(['「', '『', '“', '‘', '"', ' ']).chars().next_back();
    (said.is_none_or(|said| !negates(&said))).then_some(negation)
}
