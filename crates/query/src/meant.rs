//! What was meant, and how it goes on: words put right or completed where that finds something.

use std::collections::BTreeSet;

use tiaowen_index::ClauseRecord;
use tiaowen_index::tantivy::query::{EnableScoring, Query};
use tiaowen_index::tantivy::{DocSet, TERMINATED};
use tiaowen_text::{Budget, Script, Spent, fold};

use crate::engine::queries;
use crate::language::plan::in_a_row;
use crate::language::syntax::Syntax;
use crate::page::typed_script;
use crate::suggest::{self, Completion, Correction};
use crate::{Analysis, Asked, Filter, Group, Look, Plan, QueryError, Request, Searcher};

/// A query of more characters was hardly typed, but pasted: no word of it is put right. Each word of
/// the corpus is held against each stretch of it.
const MOST_PUT_RIGHT: usize = 40;
/// Corrections that are tried, and told, at most.
const MOST_TRIED: usize = 20;
const MOST_SUGGESTED: usize = 3;
/// Clauses whose titles are looked at for one that goes on so.
const MOST_TITLED: usize = 200;

impl Searcher {
    /// Whether a run of the query that stands nowhere so leaves a character by itself: the
    /// rest of a word that was not typed whole.
    pub(crate) fn has_stray(
        &self,
        analysis: &Analysis,
        budget: &Budget,
    ) -> Result<bool, QueryError> {
        for part in analysis.parts.iter().filter(|part| part.units.len() > 2) {
            let stray = |group: &Group| {
                !group.is_word && !group.is_function && group.text.chars().count() == 1
            };
            if part.groups.iter().any(stray) && part.fixed.is_empty() {
                let row = in_a_row(&part.units.concat());
                if !self.is_held(Look::Phrase(row), budget)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether any clause holds a look.
    fn is_held(&self, look: Look, budget: &Budget) -> Result<bool, QueryError> {
        budget.check()?;
        match &self.finds {
            Some(finds) => {
                let asked = [look];
                let filter = Filter::default();
                let asked = Asked { size: 0, ..Asked::one(&asked, &filter) };
                Ok(finds.find(&asked)?.clauses > 0)
            }
            None => self.is_matched(&*queries::asked(&look, &self.index.fields(), budget)),
        }
    }

    /// Whether any clause matches.
    fn is_matched(&self, query: &dyn Query) -> Result<bool, QueryError> {
        let searcher = self.reader.searcher();
        let weight = query.weight(EnableScoring::disabled_from_searcher(&searcher))?;
        for reader in searcher.segment_readers() {
            let mut found = weight.scorer(reader, 1.0)?;
            while found.doc() != TERMINATED {
                if !reader.is_deleted(found.doc()) {
                    return Ok(true);
                }
                found.advance();
            }
        }
        Ok(false)
    }

    /// Whether any clause holds all that a plan asks for.
    pub(crate) fn is_answered(
        &self,
        plan: &Plan,
        request: &Request,
        budget: &Budget,
    ) -> Result<bool, QueryError> {
        budget.check()?;
        if let Some(finds) = &self.finds {
            let request = Request { facets: false, group: false, ..request.clone() };
            return Ok(finds.find(&Asked::of(plan, &request, 0))?.clauses > 0);
        }
        let fields = self.index.fields();
        self.is_matched(&*queries::candidates(plan, &request.filter, &fields, budget)?)
    }

    /// The query with one word put right, where that finds something.
    pub(crate) fn meant(
        &self,
        analysis: &Analysis,
        syntax: &Syntax,
        request: &Request,
        budget: &Budget,
    ) -> Result<Vec<String>, QueryError> {
        if analysis.parts.iter().map(|part| part.units.len()).sum::<usize>() > MOST_PUT_RIGHT {
            return Ok(Vec::new());
        }
        let searcher = self.reader.searcher();
        let fields = self.index.fields();
        let mut unheld = BTreeSet::new();
        for (nth, part) in analysis.parts.iter().enumerate() {
            for (at, group) in part.groups.iter().enumerate().filter(|(_, g)| !g.is_function) {
                let row = Look::Phrase(in_a_row(&group.text));
                if !self.is_held(row, budget)? || group.inner.is_empty() && !group.is_word {
                    unheld.insert((nth, at));
                }
            }
        }
        let mut all = Vec::new();
        let found = suggest::corrections(analysis, &unheld, |typed, fits| match &self.finds {
            Some(finds) => {
                let found = finds.spelt(typed)?.into_iter();
                Ok(found.filter(|(word, _)| fits(word)).collect())
            }
            None => Ok(suggest::vocabulary(&searcher, fields.words, budget, fits)?),
        })?;
        for correction in found.into_iter().take(MOST_TRIED) {
            let Some(typed) = corrected(&syntax.text, analysis, &correction, |word| {
                self.printed(word, typed_script(&request.query), budget)
            }) else {
                continue;
            };
            let cut = Analysis::of(&typed, self.index.segmenter(), None);
            let plan = Plan::of(&cut, &self.weights);
            if !all.contains(&typed) && self.is_answered(&plan, request, budget)? {
                all.push(typed);
            }
            if all.len() == MOST_SUGGESTED {
                break;
            }
        }
        Ok(all)
    }

    /// Words of the corpus that sound as typed, the likeliest first.
    pub(crate) fn heard(&self, typed: &str, budget: &Budget) -> Result<Vec<String>, QueryError> {
        if self.finds.is_some() {
            return Ok(Vec::new());
        }
        let (searcher, fields) = (self.reader.searcher(), self.index.fields());
        let mut all = Vec::new();
        for text in suggest::heard(&searcher, fields.words, typed, budget)? {
            // Words that never stand so in a row are none that were meant.
            if self.is_held(Look::Phrase(in_a_row(&text)), budget)? {
                all.push(text);
            }
        }
        Ok(all)
    }

    /// A folded word as it is printed in a script, else in any.
    fn printed(&self, word: &str, script: Option<Script>, budget: &Budget) -> Option<String> {
        let fields = self.index.fields();
        let text = |look: &Look, script: Script| {
            if let Some(finds) = &self.finds {
                let filter = Filter { script: Some(script), ..Filter::default() };
                let found = finds.find(&Asked::one(std::slice::from_ref(look), &filter)).ok()?;
                return Some(found.best.first()?.record.clause.text.clone());
            }
            let query = suggest::in_script(look, script, &fields, budget);
            let found = self.reader.searcher().search(&query, &self.best(1).ok()?).ok()?;
            let record = self.record(found.top.first()?.address).ok()?;
            Some(record.clause.text.clone())
        };
        let first = script.unwrap_or(Script::Hant);
        let other = if first == Script::Hant { Script::Hans } else { Script::Hant };
        let printed = |script| suggest::as_printed(word, script, budget, text);
        [first, other].into_iter().find_map(printed)
    }

    /// Words and titles that go on from what was typed, those in most clauses first.
    ///
    /// # Errors
    /// When the index fails.
    pub fn complete(&self, typed: &str, limit: usize) -> Result<Vec<Completion>, QueryError> {
        self.complete_within(typed, limit, &Budget::unlimited())
    }

    /// The same, for as long as the budget allows.
    ///
    /// # Errors
    /// As [`complete`](Self::complete), and [`QueryError::Spent`] when the budget is spent first.
    pub fn complete_within(
        &self,
        typed: &str,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<Completion>, QueryError> {
        // What ends early fails in whatever way the part that it was in does.
        let spent = |error| if budget.is_spent() { QueryError::Spent(Spent) } else { error };
        self.completions(typed, limit, budget).map_err(spent)
    }

    fn completions(
        &self,
        typed: &str,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<Completion>, QueryError> {
        let typed = typed.trim();
        let prefix = fold(typed.rsplit(char::is_whitespace).next().unwrap_or(typed));
        if prefix.is_empty() {
            return Ok(Vec::new());
        }
        let searcher = self.reader.searcher();
        let fields = self.index.fields();
        let script = typed_script(typed);
        let before =
            &typed[..typed.len() - typed.rsplit(char::is_whitespace).next().map_or(0, str::len)];
        let words = match &self.finds {
            Some(finds) => {
                let mut words = finds.beginning_with(&prefix)?;
                words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
                words.truncate(limit);
                words
            }
            None => suggest::beginning_with(&searcher, fields.words, &prefix, limit, budget)?,
        };
        let mut all = Vec::new();
        for (word, clauses) in words {
            budget.check()?;
            let text = self.printed(&word, script, budget).unwrap_or(word);
            all.push(Completion { text: format!("{before}{text}"), clauses });
        }
        // Titles, where there is room left for them.
        if all.len() < limit && before.is_empty() && prefix.chars().count() > 1 {
            let records: Vec<ClauseRecord<'static>> = match &self.finds {
                Some(finds) => {
                    let (look, filter) = ([Look::Title(prefix.clone())], Filter::default());
                    let asked = Asked { size: MOST_TITLED, ..Asked::one(&look, &filter) };
                    finds.find(&asked)?.best.into_iter().map(|found| found.record).collect()
                }
                None => {
                    let query = queries::row(fields.title, &in_a_row(&prefix), budget);
                    let found = searcher.search(&*query, &self.best(MOST_TITLED)?)?.top;
                    let mut records = Vec::new();
                    for found in &found {
                        budget.check()?;
                        records.push(self.record(found.address)?);
                    }
                    records
                }
            };
            let mut titles: Vec<Completion> = Vec::new();
            for record in &records {
                let Some(title) = &record.document.title else { continue };
                match titles.iter_mut().find(|known| known.text == *title) {
                    Some(known) => known.clauses += 1,
                    None => titles.push(Completion { text: title.clone(), clauses: 1 }),
                }
            }
            titles.truncate(limit - all.len());
            all.extend(titles);
        }
        Ok(all)
    }
}

/// The text of a query with a correction in it; `None` where its place can't be told.
fn corrected(
    text: &str,
    analysis: &Analysis,
    correction: &Correction,
    printed: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let wanted = analysis.parts[correction.part].units[correction.units.clone()].concat();
    let folded: Vec<char> = text.chars().map(tiaowen_text::fold_char).collect();
    let wanted: Vec<char> = wanted.chars().collect();
    let at = folded.windows(wanted.len()).position(|window| window == wanted)?;
    let chars: Vec<char> = text.chars().collect();
    let word = printed(&correction.word)?;
    let rest = &chars[at + wanted.len()..];
    Some(chars[..at].iter().copied().chain(word.chars()).chain(rest.iter().copied()).collect())
}
