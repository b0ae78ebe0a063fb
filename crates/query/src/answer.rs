//! Answers a search in five steps: read the query, rank clauses, look for corrections, load texts
//! and highlights of the page, and order the page.
//!
//! The rank of a hit depends neither on the size of a page nor on its offset. Hits are ordered
//! within blocks of [`PAGE`] hits, and a page is cut from the blocks that it overlaps.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Instant;

use tiaowen_corpus::{Document, passage};
use tiaowen_index::{ClauseRecord, start_of_day};
use tiaowen_terms::TermTable;
use tiaowen_text::{Budget, Segmenter};

use crate::engine::facets::FacetName;
use crate::explain::{self, Explanation};
use crate::fusion::{self, Joining};
use crate::language::analysis::{MOST_EXPANSIONS, Rewording};
use crate::language::citation::Citation;
use crate::language::highlight::highlights_within;
use crate::language::note::Note;
use crate::language::plan::Cut;
use crate::language::syntax::{Node, Syntax, without_emphasis};
use crate::printed_form::{printed_otherwise, typed_script};
use crate::rank::Ranked;
use crate::request::{Request, Sort};
use crate::searcher::{Answer, Hit, Searcher, searched};
use crate::source::Candidates;
use crate::{Analysis, Filter, Level, Plan, QueryError, State, highlights};

/// The number of hits that are ordered together by their texts.
const PAGE: usize = 10;

/// All dates lie in these years.
const FIRST_YEAR: &str = "0001";
const LAST_YEAR: &str = "9999";

/// A query as it was read.
pub(crate) struct Typed {
    pub(crate) syntax: Syntax,
    /// Words of the index that sound like the query. They replace its text.
    pub(crate) heard: Vec<String>,
    pub(crate) citation: Option<Citation>,
    /// The ids of the documents with the cited title.
    pub(crate) documents: Vec<String>,
}

/// A plan with the clauses found by it.
pub(crate) struct Ranking<'s> {
    syntax: Syntax,
    analysis: Analysis,
    /// What to highlight in texts.
    marked: Vec<Analysis>,
    /// The citation, if its clause was found.
    cited: Option<Citation>,
    /// Whether the query has anything but fields and filters.
    has_words: bool,
    /// `None` if there was nothing to search for.
    pub(crate) plan: Option<Plan>,
    pub(crate) found: Ranked<'s>,
    /// How each hit got its place, if meaning took part.
    pub(crate) joining: Vec<Joining>,
}

/// A hit, with the characters that it prints in another form than the query.
type Dressed = (Vec<(char, char)>, Hit);

/// Tokenizes texts of a query like texts of the index.
struct Cutter<'s> {
    segmenter: &'static Segmenter,
    terms: Option<&'s TermTable>,
}

impl Cutter<'_> {
    fn cut(&self, text: &str, as_it_stands: bool) -> Analysis {
        Analysis::of(text, self.segmenter, self.terms.filter(|_| !as_it_stands))
    }
}

impl Searcher {
    /// Answers a request within a budget.
    pub(crate) fn answer(&self, given: &Request, budget: &Budget) -> Result<Answer, QueryError> {
        let started = Instant::now();
        let mut notes = Vec::new();
        let resolved = self.on_its_day(given, &mut notes)?;
        let given = resolved.as_ref().unwrap_or(given);
        let typed = self.read(given, budget)?;
        let request = blocks_of(given, &typed.syntax);
        notes.extend(typed.notes(&request));
        let wide = request.joins_meaning().then(|| fusion::widened(&request));
        let mut ranking =
            self.rank(typed, wide.as_ref().unwrap_or(&request), &mut notes, budget)?;
        if wide.is_some() {
            self.join_nearest(&mut ranking, &request, &mut notes, budget)?;
        }
        if given.facets {
            self.widen_facets(&mut ranking, &request, budget)?;
        }
        let suggestions = self.suggestions(&ranking, &request, &mut notes, budget)?;
        let hits = self.dress(&mut ranking, &request, &mut notes, budget)?;
        let hits = in_order(hits, &ranking, &request);
        let skipped = given.offset - request.offset;
        let ranked = (request.offset + 1..).zip(hits).map(|(rank, hit)| Hit { rank, ..hit });
        Ok(Answer {
            total: ranking.found.total,
            total_is: ranking.found.total_is,
            took_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            hits: ranked.skip(skipped).take(given.limit).collect(),
            facets: given.facets.then_some(ranking.found.facets),
            notes,
            suggestions,
        })
    }

    /// A request for the state on a day, or for what was added since one, with the documents that
    /// count; `None` for others.
    pub(crate) fn on_its_day(
        &self,
        request: &Request,
        notes: &mut Vec<Note>,
    ) -> Result<Option<Request>, QueryError> {
        let Filter { as_of, added_since, .. } = &request.filter;
        if as_of.is_none() && added_since.is_none() {
            return Ok(None);
        }
        let manifest = self.manifest()?;
        let mut resolved = request.clone();
        if let Some(day) = as_of {
            let documents: Vec<Document> = manifest.documents().cloned().collect();
            let state = State::of(&documents, day)?;
            let (left_out, inferred) = state.counts();
            notes.push(Note::AsOf { day: day.clone(), left_out, inferred });
            resolved.filter.without = state.out().map(str::to_owned).collect();
            resolved.filter.without.sort_unstable();
        }
        if let Some(day) = added_since {
            let since = start_of_day(day).ok_or_else(|| QueryError::Date { text: day.clone() })?;
            let (mut new, mut old) = (Vec::new(), Vec::new());
            for source in &manifest.sources {
                let is_new = source.indexed.is_some_and(|indexed| indexed >= since);
                let ids = source.documents.iter().map(|document| document.id.clone());
                if is_new { &mut new } else { &mut old }.extend(ids);
            }
            // The shorter list is cheaper to check.
            if new.len() <= old.len() {
                resolved.filter.only = Some(new);
            } else {
                resolved.filter.without.extend(old);
            }
        }
        Ok(Some(resolved))
    }

    /// Counts each facet that is restricted as if it were not, so that further values of it can be
    /// chosen: of several values of one facet, any is enough.
    fn widen_facets(
        &self,
        ranking: &mut Ranking<'_>,
        request: &Request,
        budget: &Budget,
    ) -> Result<(), QueryError> {
        let Some(plan) = &ranking.plan else { return Ok(()) };
        for facet in FacetName::ALL {
            let Some(filter) = request.filter.without_facet(facet) else { continue };
            let all = Request { filter, limit: 0, offset: 0, facets: true, ..request.clone() };
            let mut found = self.ranked(plan, &all, budget)?.facets;
            std::mem::swap(facet.counts(&mut ranking.found.facets), facet.counts(&mut found));
        }
        Ok(())
    }

    fn cutter(&self, request: &Request) -> Cutter<'_> {
        let segmenter = self.source.segmenter();
        Cutter { segmenter, terms: request.expand.then_some(&*self.terms) }
    }

    /// What is highlighted for a request.
    pub(crate) fn marked(
        &self,
        request: &Request,
        budget: &Budget,
    ) -> Result<Vec<Analysis>, QueryError> {
        let Typed { syntax, citation, .. } = self.read(request, budget)?;
        let cutter = self.cutter(request);
        let text = citation.as_ref().map_or(&syntax.text, |cited| &cited.rest);
        Ok(to_mark(cutter.cut(text, false), &syntax, &cutter))
    }

    /// Ranks the clauses that match a query: those of its citation if there are any, otherwise
    /// those that contain its words.
    pub(crate) fn rank(
        &self,
        typed: Typed,
        request: &Request,
        notes: &mut Vec<Note>,
        budget: &Budget,
    ) -> Result<Ranking<'_>, QueryError> {
        let cutter = self.cutter(request);
        if let Some(ranking) = self.rank_cited(&typed, request, &cutter, budget)? {
            notes.extend(
                ranking.cited.iter().map(|cited| Note::Cited { typed: cited.text.clone() }),
            );
            notes.extend(widened(&ranking.analysis));
            return Ok(ranking);
        }
        let syntax = typed.syntax;
        let analysis = cutter.cut(&syntax.text, false);
        notes.extend(widened(&analysis));
        let mut ranking = self.rank_words(syntax, analysis, request, &cutter, budget)?;
        if ranking.plan.is_none() {
            notes.push(Note::Nothing);
        }
        if request.relax
            && ranking.plan.is_some()
            && ranking.found.total == 0
            && let Some(plain) = without_emphasis(&request.query)
        {
            let syntax = Syntax::read(&plain);
            let analysis = cutter.cut(&syntax.text, false);
            let relaxed = self.rank_words(syntax, analysis, request, &cutter, budget)?;
            if relaxed.found.total > 0 {
                notes.push(Note::Relaxed);
                ranking = relaxed;
            }
        }
        Ok(ranking)
    }

    /// Ranks the clauses of a citation. `None` if the query has none, or nothing is found.
    fn rank_cited(
        &self,
        typed: &Typed,
        request: &Request,
        cutter: &Cutter<'_>,
        budget: &Budget,
    ) -> Result<Option<Ranking<'_>>, QueryError> {
        let Some(citation) = &typed.citation else { return Ok(None) };
        let syntax = &typed.syntax;
        let beside = if citation.is_of_itself() { "" } else { &citation.rest };
        let analysis = cutter.cut(beside, false);
        // 违反劳动合同法第三十八条: the words beside a title may have no match in the clause, so they are
        // dropped in a second try.
        for beside in [analysis.clone(), Analysis::default()] {
            let mut plan = Plan::of(&beside, &self.weights);
            plan.require(syntax, &self.weights, &|text, as_is| cutter.cut(text, as_is));
            plan.cite(&syntax.text, citation, &typed.documents, &self.weights);
            let found = self.ranked(&plan, request, budget)?;
            if found.total > 0 {
                return Ok(Some(Ranking {
                    marked: to_mark(analysis.clone(), syntax, cutter),
                    syntax: syntax.clone(),
                    analysis,
                    cited: Some(citation.clone()),
                    has_words: true,
                    plan: Some(plan),
                    found,
                    joining: Vec::new(),
                }));
            }
            if typed.documents.is_empty() || beside.is_empty() {
                break;
            }
        }
        Ok(None)
    }

    /// Ranks clauses by the words that they contain. Without words, lists all clauses that pass the
    /// fields and filters.
    fn rank_words(
        &self,
        syntax: Syntax,
        analysis: Analysis,
        request: &Request,
        cutter: &Cutter<'_>,
        budget: &Budget,
    ) -> Result<Ranking<'_>, QueryError> {
        let has_words = !analysis.is_empty() || !syntax.required.is_empty();
        let (plan, found) = if !has_words && !lists(&syntax, request) {
            (None, Ranked::nothing())
        } else {
            let mut plan = Plan::of(&analysis, &self.weights);
            plan.require(&syntax, &self.weights, &|text, as_is| cutter.cut(text, as_is));
            if plan.question {
                plan.standing = Some((self.standing()?, self.weights.standing));
            }
            if !has_words {
                // Fields, filters and exclusions have no score, so clauses stay in reading order.
                plan.signature = 1.0;
            }
            let found = self.ranked(&plan, request, budget)?;
            (Some(plan), found)
        };
        let marked = to_mark(analysis.clone(), &syntax, cutter);
        let joining = Vec::new();
        Ok(Ranking { syntax, analysis, marked, cited: None, has_words, plan, found, joining })
    }

    /// Corrected queries, if no clause contains the whole query.
    fn suggestions(
        &self,
        ranking: &Ranking<'_>,
        request: &Request,
        notes: &mut Vec<Note>,
        budget: &Budget,
    ) -> Result<Vec<String>, QueryError> {
        let Ranking { syntax, analysis, found, .. } = ranking;
        let Some(plan) = &ranking.plan else { return Ok(Vec::new()) };
        if found.total == 0
            && let without @ 1.. = self.total_without_filter(plan, request, budget)?
        {
            notes.push(Note::FilteredOut { without });
        }
        if let hits @ 1.. = self.undated(ranking, request, budget)? {
            notes.push(Note::Undated { hits });
        }
        let mut queries = Vec::new();
        if ranking.cited.is_none()
            && !plan.must.is_empty()
            // A question is long. Correcting one word of it is rarely what helps.
            && (!plan.question || found.total == 0)
            && (found.level == Level::Some && !self.is_answered(plan, request, budget)?
                || found.total == 0
                || self.has_stray(analysis, budget)?)
        {
            queries = self.corrected_queries(analysis, syntax, request, budget)?;
            if !queries.is_empty() {
                notes.push(Note::Meant { queries: queries.clone() });
            }
        }
        if found.level == Level::Some && found.total > 0 && !plan.question {
            notes.push(Note::Part);
        }
        Ok(queries)
    }

    /// The number of further hits among documents without a date, if the request filters by date.
    fn undated(
        &self,
        ranking: &Ranking<'_>,
        request: &Request,
        budget: &Budget,
    ) -> Result<u64, QueryError> {
        let Some(plan) = &ranking.plan else { return Ok(0) };
        let Filter { from, to, years, undated, .. } = &request.filter;
        let asks_for_dates = from.is_some() || to.is_some() || !years.is_empty();
        let asks_for_dates = asks_for_dates && !undated;
        // Hits that contain a part of the query are not counted exactly.
        if !asks_for_dates || plan.question || ranking.found.level == Level::Some {
            return Ok(0);
        }
        let years = (Some(FIRST_YEAR.to_owned()), Some(LAST_YEAR.to_owned()));
        let dated = self.count_between(plan, request, years, budget)?;
        let all = self.count_between(plan, request, (None, None), budget)?;
        Ok(all.saturating_sub(dated))
    }

    /// The number of hits that match the whole query and have a date in a span.
    fn count_between(
        &self,
        plan: &Plan,
        request: &Request,
        (from, to): (Option<String>, Option<String>),
        budget: &Budget,
    ) -> Result<u64, QueryError> {
        let filter = Filter { from, to, years: Vec::new(), ..request.filter.clone() };
        let (limit, offset, facets, count) = (0, 0, false, true);
        let all = Request { filter, limit, offset, facets, count, ..request.clone() };
        let found = self.ranked(plan, &all, budget)?;
        Ok(if found.level == Level::All { found.total } else { 0 })
    }

    /// Loads the texts, highlights, versions and explanations of the hits.
    fn dress(
        &self,
        ranking: &mut Ranking<'_>,
        request: &Request,
        notes: &mut Vec<Note>,
        budget: &Budget,
    ) -> Result<Vec<Dressed>, QueryError> {
        let Some(mut candidates) = ranking.found.candidates.take() else { return Ok(Vec::new()) };
        let found = &ranking.found.hits;
        let records: Result<Vec<_>, _> =
            found.iter().map(|found| candidates.record(found.address)).collect();
        let versions = candidates.versions_of(found)?;
        let mut explanations = ranking.explanations(&mut *candidates, request, budget)?.into_iter();
        if let Some((failed, all, reason)) = candidates.missing().cloned() {
            notes.push(Note::Incomplete { failed, all, reason });
        }
        let mut hits = Vec::with_capacity(found.len());
        for ((found, record), counterparts) in found.iter().zip(records?).zip(versions) {
            let highlights = ranking.marks(&record, budget)?;
            let text = &record.clause.text;
            let otherwise = printed_otherwise(&request.query, text, &highlights, &ranking.analysis);
            let (score, explanation) = (found.score, explanations.next());
            let joining = ranking.joining.get(hits.len()).copied();
            hits.push((
                otherwise,
                Hit { rank: 0, score, record, highlights, counterparts, explanation, joining },
            ));
        }
        let joined: BTreeSet<(char, char)> =
            hits.iter().flat_map(|(otherwise, _)| otherwise.iter().copied()).collect();
        notes.extend(joined.into_iter().map(|(typed, printed)| Note::Joined { typed, printed }));
        Ok(hits)
    }
}

impl Typed {
    /// The notes on what could not be read, and on words read by their sound.
    fn notes(&self, request: &Request) -> Vec<Note> {
        let mut notes: Vec<Note> = self.syntax.misread.iter().cloned().map(Note::Unread).collect();
        if !self.heard.is_empty() {
            let typed = request.query.trim().to_owned();
            notes.push(Note::Heard { typed, words: self.heard.clone() });
        } else if request.phonetic {
            notes.push(Note::Unheard);
        }
        notes
    }
}

impl Ranking<'_> {
    /// Whether clauses were ranked by the words of a text, rather than by a citation, by fields, or by
    /// what operators demand.
    pub(crate) fn is_by_words(&self) -> bool {
        self.cited.is_none() && self.plan.is_some() && !self.text().is_empty()
    }

    /// The text of the query, without operators and fields.
    pub(crate) fn text(&self) -> &str {
        self.syntax.text.trim()
    }

    /// Whether phrases, alternatives or exclusions restrict the hits.
    pub(crate) fn is_narrowed(&self) -> bool {
        self.plan.as_ref().is_some_and(|plan| !plan.required.is_empty())
    }

    /// The explanation of each hit, if the request asks for it.
    fn explanations(
        &self,
        candidates: &mut dyn Candidates,
        request: &Request,
        budget: &Budget,
    ) -> Result<Vec<Explanation>, QueryError> {
        let Some(plan) = self.plan.as_ref().filter(|_| request.explain) else {
            return Ok(Vec::new());
        };
        let scored: Vec<_> = self.found.hits.iter().map(|found| found.scored).collect();
        let mut explanations = Vec::with_capacity(scored.len());
        candidates.measure(&searched(plan, request, budget), &scored, &mut |measure, places| {
            for (at, (place, found)) in places.iter().zip(&self.found.hits).enumerate() {
                let joining = self.joining.get(at).copied();
                // Where meaning took part, what is explained is the score by words.
                let score = match joining {
                    Some(joining) => joining.words.map(|(_, score)| score),
                    None => Some(found.score),
                };
                let explanation = explain::explain(measure, &request.query, *place, score)?;
                explanations.push(Explanation { joining, ..explanation });
            }
            Ok(())
        })?;
        let explained = explanations.into_iter().zip(scored).map(|(explanation, scored)| {
            let record = candidates.record(scored)?;
            Ok(explained(explanation, &record, &request.query, &self.marked))
        });
        explained.collect()
    }

    /// The parts of a clause's text to highlight.
    fn marks(
        &self,
        record: &ClauseRecord<'_>,
        budget: &Budget,
    ) -> Result<Vec<Range<usize>>, QueryError> {
        let mut marks = highlights_within(&record.clause.text, &self.marked, budget)?;
        let cited = self.cited.as_ref().filter(|citation| !citation.passage.is_empty());
        if let Some(found) =
            cited.and_then(|citation| passage(&record.document, &record.clause, &citation.passage))
        {
            // The cited part of the article replaces highlights inside it.
            marks.retain(|mark| mark.end <= found.span.start || found.span.end <= mark.start);
            marks.push(found.span);
            marks.sort_by_key(|mark| mark.start);
        }
        Ok(marks)
    }
}

/// The request for the blocks of hits that the requested page overlaps, with the filters in the
/// query.
fn blocks_of(given: &Request, syntax: &Syntax) -> Request {
    let mut request = given.clone();
    request.filter.narrow(&syntax.restrictions);
    request.offset = given.offset / PAGE * PAGE;
    let end = given.offset.saturating_add(given.limit);
    if given.limit > 0 {
        request.limit = end.checked_next_multiple_of(PAGE).unwrap_or(end) - request.offset;
    }
    request
}

/// Notes on words that are also searched in other regions' terms or in Chinese, and on words that have only a
/// near equivalent. Each occurs once.
fn widened(analysis: &Analysis) -> Vec<Note> {
    let mut notes = Vec::new();
    let expansions = analysis.parts.iter().flat_map(|part| &part.expansions);
    for expansion in expansions {
        let others = expansion.alternatives.iter().map(|(text, _)| text.clone()).collect();
        let typed = expansion.typed.clone();
        let note = match expansion.kind {
            Rewording::Number => continue,
            Rewording::Regional => Note::Widened { typed, others },
            Rewording::English => Note::English { typed, others },
        };
        // A word may occur several times in the query.
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    for nearest in &analysis.nearest {
        let (typed, others) = (nearest.typed.clone(), nearest.others.clone());
        let note = Note::Nearest { typed, others };
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    if !analysis.question.everyday.is_empty() {
        let others = analysis.question.everyday.iter().map(|&word| word.to_owned()).collect();
        notes.push(Note::Everyday { others });
    }
    if analysis.is_limited {
        notes.push(Note::Limited { most: MOST_EXPANSIONS });
    }
    notes
}

/// Orders hits: those that print the characters typed go before those matched by folding; ties are
/// decided by the script of the query.
fn in_order(mut hits: Vec<Dressed>, ranking: &Ranking<'_>, request: &Request) -> Vec<Hit> {
    // A list by fields and filters alone stays in reading order.
    if request.sort == Sort::Score && ranking.has_words {
        let typed = typed_script(&request.query);
        let other = |hit: &Hit| Some(hit.record.document.script) != typed;
        // Meaning moves no hit down that has the query word for word, in whichever characters.
        let is_later = |hit: &Hit| hit.joining.is_some_and(|joining| !joining.is_word_for_word);
        for block in hits.chunks_mut(PAGE) {
            // The sort is stable, so that ties keep their order.
            block.sort_by(|(left_other, left), (right_other, right)| {
                let printed = left_other.is_empty().cmp(&right_other.is_empty()).reverse();
                let by_score = right.score.total_cmp(&left.score);
                let exact = is_later(left).cmp(&is_later(right));
                exact.then(printed).then(by_score).then(other(left).cmp(&other(right)))
            });
        }
    }
    hits.into_iter().map(|(_, hit)| hit).collect()
}

/// Completes an explanation with the characters matched by folding in the version that it explains.
fn explained(
    mut explanation: Explanation,
    record: &ClauseRecord<'_>,
    query: &str,
    marked: &[Analysis],
) -> Explanation {
    let marks = highlights(&record.clause.text, marked);
    explanation.folded = explain::folded(query, &record.clause.text, &marks);
    explanation.clause = record.id();
    explanation
}

/// Whether a query without words lists all clauses that pass its fields, filters and exclusions. An
/// empty query lists the whole index; one of punctuation alone doesn't.
fn lists(syntax: &Syntax, request: &Request) -> bool {
    request.query.trim().is_empty() || !request.filter.is_empty() || !syntax.excluded.is_empty()
}

/// What is highlighted: the words of a query and the texts of its operators.
fn to_mark(analysis: Analysis, syntax: &Syntax, cutter: &Cutter<'_>) -> Vec<Analysis> {
    let mut marked = vec![analysis];
    let cut = |text: &str, as_is: bool| cutter.cut(text, as_is);
    syntax.required.iter().for_each(|node| mark_node(node, &cut, &mut marked));
    marked
}

/// The texts of a node that are highlighted.
fn mark_node(node: &Node, cut: &Cut<'_>, marked: &mut Vec<Analysis>) {
    match node {
        Node::Text(text) => marked.push(cut(text, false)),
        Node::Near(words, _) => marked.extend(words.iter().map(|word| Analysis::phrase(word))),
        Node::Phrase(text) => marked.push(Analysis::phrase(text)),
        Node::Any(nodes) | Node::All(nodes) => {
            nodes.iter().for_each(|node| mark_node(node, cut, marked));
        }
        Node::Prefix(_) | Node::Not(_) => {}
    }
}
