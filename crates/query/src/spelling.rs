//! Corrects and completes queries with words of the index. Every suggestion finds something.

use std::collections::BTreeSet;

use tiaowen_text::{Budget, Script, Spent, fold};

use crate::language::plan::in_a_row;
use crate::language::syntax::Syntax;
use crate::printed_form::typed_script;
use crate::searcher::searched;
use crate::suggest::{self, Completion, Correction};
use crate::{Analysis, Group, Plan, QueryError, QueryTerm, Request, Searcher};

/// The most characters of a query that is corrected. A longer query was probably pasted, and every
/// word of the vocabulary is compared with every stretch of it.
const MOST_PUT_RIGHT: usize = 40;
/// The most corrections that are tried.
const MOST_TRIED: usize = 20;
const MOST_SUGGESTED: usize = 3;
/// The most clauses that are searched for titles that complete a query.
const MOST_TITLED: usize = 200;

impl Searcher {
    /// Whether a run of the query that occurs in no text leaves a single character over: the rest
    /// of a word that was not typed completely.
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
                if !self.source.contains(&QueryTerm::Phrase(row), budget)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Whether any clause contains everything that a plan requires.
    pub(crate) fn is_answered(
        &self,
        plan: &Plan,
        request: &Request,
        budget: &Budget,
    ) -> Result<bool, QueryError> {
        self.source.answers(&searched(plan, request, budget))
    }

    /// The query with one word corrected, as far as that finds something.
    pub(crate) fn corrected_queries(
        &self,
        analysis: &Analysis,
        syntax: &Syntax,
        request: &Request,
        budget: &Budget,
    ) -> Result<Vec<String>, QueryError> {
        if analysis.parts.iter().map(|part| part.units.len()).sum::<usize>() > MOST_PUT_RIGHT {
            return Ok(Vec::new());
        }
        let mut unheld = BTreeSet::new();
        for (nth, part) in analysis.parts.iter().enumerate() {
            for (at, group) in part.groups.iter().enumerate().filter(|(_, g)| !g.is_function) {
                let row = QueryTerm::Phrase(in_a_row(&group.text));
                if !self.source.contains(&row, budget)? || group.inner.is_empty() && !group.is_word
                {
                    unheld.insert((nth, at));
                }
            }
        }
        let mut all = Vec::new();
        let words = |typed: &[String], fits: &dyn Fn(&str) -> bool| {
            self.source.words_like(typed, fits, budget)
        };
        let found = suggest::corrections(analysis, &unheld, words)?;
        for correction in found.into_iter().take(MOST_TRIED) {
            let Some(typed) = corrected(&syntax.text, analysis, &correction, |word| {
                self.printed(word, typed_script(&request.query), budget)
            }) else {
                continue;
            };
            let cut = Analysis::of(&typed, self.source.segmenter(), None);
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

    /// Phrases of the index that sound like the Latin letters typed, the most likely first.
    pub(crate) fn heard(&self, typed: &str, budget: &Budget) -> Result<Vec<String>, QueryError> {
        let mut all = Vec::new();
        for text in self.source.words_sounding_like(typed, budget)? {
            // Words that never occur side by side were not meant.
            if self.source.contains(&QueryTerm::Phrase(in_a_row(&text)), budget)? {
                all.push(text);
            }
        }
        Ok(all)
    }

    /// The printed form of a folded word in a script, or in the other script if it has none.
    fn printed(&self, word: &str, script: Option<Script>, budget: &Budget) -> Option<String> {
        let text = |query_term: &QueryTerm, script: Script| {
            let found = self.source.containing(query_term, Some(script), 1, budget).ok()?;
            Some(found.first()?.clause.text.clone())
        };
        let first = script.unwrap_or(Script::Hant);
        let other = if first == Script::Hant { Script::Hans } else { Script::Hant };
        let printed = |script| suggest::as_printed(word, script, budget, text);
        [first, other].into_iter().find_map(printed)
    }

    /// Words and titles that complete a query, the most frequent first.
    ///
    /// # Errors
    /// When the index fails.
    pub fn complete(&self, typed: &str, limit: usize) -> Result<Vec<Completion>, QueryError> {
        self.complete_within(typed, limit, &Budget::unlimited())
    }

    /// Like [`complete`](Self::complete), within a budget.
    ///
    /// # Errors
    /// As [`complete`](Self::complete), and [`QueryError::Spent`] when the budget is spent first.
    pub fn complete_within(
        &self,
        typed: &str,
        limit: usize,
        budget: &Budget,
    ) -> Result<Vec<Completion>, QueryError> {
        // A search that runs out of budget fails with the error of whatever part noticed it.
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
        let script = typed_script(typed);
        let before =
            &typed[..typed.len() - typed.rsplit(char::is_whitespace).next().map_or(0, str::len)];
        let words = self.source.words_beginning_with(&prefix, limit, budget)?;
        let mut all = Vec::new();
        for (word, clauses) in words {
            budget.check()?;
            let text = self.printed(&word, script, budget).unwrap_or(word);
            all.push(Completion { text: format!("{before}{text}"), clauses });
        }
        // Titles fill up the list.
        if all.len() < limit && before.is_empty() && prefix.chars().count() > 1 {
            let title = QueryTerm::Title(prefix.clone());
            let records = self.source.containing(&title, None, MOST_TITLED, budget)?;
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

/// The text of a query with a correction applied. `None` if its place can't be found.
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
