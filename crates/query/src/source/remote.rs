//! An index that is no folder: what it is asked, and how its clauses come to be ranked as those
//! of a folder are.
//!
//! It finds clauses by what they hold and tells how many; the best of them come here with
//! their records, are laid in memory as in a folder, and measured there by the same code.
//! How rare a term is and how long texts usually are is asked of the whole index, so that a
//! clause scores what it would in a folder.

use std::collections::{BTreeMap, HashMap, HashSet};

use tiaowen_index::tantivy::schema::Field;
use tiaowen_index::tantivy::{self, Term};
use tiaowen_index::{ClauseIndex, ClauseRecord, Fields, Groups, Holds, IndexError};
use tiaowen_text::{Budget, Script, Segmenter};

use crate::engine::collect::Found;
use crate::engine::columns::Columns;
use crate::engine::queries::{self, Held};
use crate::engine::score::{Measure, Statistics};
use crate::page::typed_script;
use crate::rank::{
    BLOCK, ENOUGH, FIRST_STAGE, PARTIAL, PARTS, Ranked, Ranker, counted, counted_to,
};
use crate::{Counts, Facets, Filter, Look, Plan, QueryError, Request, Sort};

/// What a searcher asks of an index that is no folder.
///
/// # Errors
/// All of it fails where the index can't be read.
pub trait Finds: Send + Sync {
    /// What can be read of it without a query.
    fn holds(&self) -> &dyn Holds;

    /// How many clauses there are, and how many tokens they have in each field, by its name.
    ///
    /// # Errors
    /// See the trait.
    fn totals(&self) -> Result<(u64, BTreeMap<String, u64>), IndexError>;

    /// How many clauses hold each of these terms, given with the name of their field.
    ///
    /// # Errors
    /// See the trait.
    fn held(&self, terms: &[(&str, &str)]) -> Result<Partly<Vec<u64>>, IndexError>;

    /// The most clauses that one request may ask for.
    fn most(&self) -> usize;

    /// The clauses that are asked for, the best first, by what they hold.
    ///
    /// # Errors
    /// See the trait, and when a date of the filter can't be read.
    fn find(&self, asked: &Asked<'_>) -> Result<FoundElsewhere, QueryError>;

    /// All clauses of these groups.
    ///
    /// # Errors
    /// See the trait.
    fn versions_of(&self, groups: &[u64]) -> Result<Partly<Vec<Version>>, IndexError>;

    /// The clause with an id; `None` if there is none.
    ///
    /// # Errors
    /// See the trait.
    fn clause(&self, id: &str) -> Result<Option<ClauseRecord<'static>>, IndexError>;

    /// How many clauses a document has.
    ///
    /// # Errors
    /// See the trait, and when parts of the index don't answer.
    fn clauses_of(&self, document: &str) -> Result<u64, IndexError>;

    /// Words of the index that differ from one of these by one change, each with how many
    /// clauses hold it.
    ///
    /// # Errors
    /// See the trait.
    fn spelt(&self, words: &[String]) -> Result<Vec<(String, u64)>, IndexError>;

    /// Words of the index that begin so, or some of them; each with how many clauses hold it.
    ///
    /// # Errors
    /// See the trait, and when parts of the index don't answer.
    fn beginning_with(&self, prefix: &str) -> Result<Vec<(String, u64)>, IndexError>;
}

/// What clauses are asked for.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// All of these, each scored by how well it is held.
    pub must: &'a [Look],
    /// One of these at least, scored likewise; no matter where empty.
    pub any: Vec<&'a Look>,
    /// Beside each of `any` one of these, scored with it; no matter where empty.
    pub beside: Vec<&'a Look>,
    /// This, which says nothing of the order.
    pub whole: Option<&'a Look>,
    /// What the score is, instead of that of `must`; no matter where empty.
    pub counts: &'a [Counts],
    /// All of these, scored as `must`.
    pub required: &'a [Look],
    /// What is left of a signature's score.
    pub signature: f32,
    /// Which clauses count.
    pub filter: &'a Filter,
    /// Their order.
    pub sort: Sort,
    /// Whether the versions of a clause are one hit.
    pub group: bool,
    /// The script typed: in it the names of facets are printed.
    pub typed: Option<Script>,
    /// Whether to count how the hits divide.
    pub facets: bool,
    /// Whether only the best version of each clause is to come.
    pub leads: bool,
    /// How many clauses are to come, with their records.
    pub size: usize,
}

/// A clause with others that say the same: its group, its order and its id.
pub type Version = (u64, u64, String);

/// Parts of an index that did not answer: how many of how many, and why.
pub type Missing = (u64, u64, String);

/// What an index tells, as far as it does.
#[derive(Debug, Clone, Default)]
pub struct Partly<T> {
    /// What the parts tell that answered.
    pub told: T,
    /// The others, if any.
    pub missing: Option<Missing>,
}

/// What an index found.
#[derive(Debug, Clone, Default)]
pub struct FoundElsewhere {
    /// How many clauses there are, versions each.
    pub clauses: u64,
    /// How many hits; the versions of a clause are one, if grouped.
    pub total: u64,
    /// How the hits divide.
    pub facets: Facets,
    /// The best, in order.
    pub best: Vec<Candidate>,
    /// The parts of the index that did not answer, if any.
    pub missing: Option<Missing>,
}

/// A clause that was found.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The clause and its document.
    pub record: ClauseRecord<'static>,
    /// Its order; see [`tiaowen_index::order`].
    pub order: u64,
    /// What it shares with its other versions: the least of their orders.
    pub group: u64,
}

/// Clauses in memory, with what is known of all others.
pub(crate) struct Room {
    pub(crate) searcher: tantivy::Searcher,
    pub(crate) columns: Columns,
    pub(crate) all: Option<Statistics>,
    /// The group of each clause, by its id.
    pub(crate) groups: HashMap<String, u64>,
}

impl Room {
    fn of(
        clauses: &[Candidate],
        searcher: tantivy::Searcher,
        columns: Columns,
        all: &Statistics,
    ) -> Self {
        let groups = clauses.iter().map(|own| (own.record.id(), own.group)).collect();
        Room { searcher, columns, all: Some(all.clone()), groups }
    }
}

impl<'a> Asked<'a> {
    /// What a plan asks for.
    pub(crate) fn of(plan: &'a Plan, request: &'a Request, size: usize) -> Self {
        Asked {
            must: &plan.must,
            any: Vec::new(),
            beside: Vec::new(),
            whole: None,
            // What has no parts is scored whole at once: a character, a citation.
            counts: if plan.exact { &plan.should } else { &[] },
            required: &plan.required,
            signature: plan.signature,
            filter: &request.filter,
            sort: request.sort,
            group: request.group,
            typed: typed_script(&request.query),
            facets: request.facets,
            leads: false,
            size,
        }
    }

    /// One clause that holds a look, if there is one.
    pub(crate) fn one(look: &'a [Look], filter: &'a Filter) -> Self {
        Asked {
            must: look,
            any: Vec::new(),
            beside: Vec::new(),
            whole: None,
            counts: &[],
            required: &[],
            signature: 1.0,
            filter,
            sort: Sort::Score,
            group: false,
            typed: None,
            facets: false,
            leads: false,
            size: 1,
        }
    }
}

/// What answers plans from elsewhere.
pub(crate) struct Elsewhere<'a> {
    pub(crate) finds: &'a dyn Finds,
    pub(crate) fields: Fields,
    pub(crate) segmenter: &'static Segmenter,
    /// A searcher of nothing, by which it is told which terms count.
    pub(crate) nothing: &'a tantivy::Searcher,
    /// How long it may take; looked at before each request.
    pub(crate) budget: &'a Budget,
}

impl Elsewhere<'_> {
    /// Answers a plan, with the page's clauses in memory.
    pub(crate) fn answer(&self, plan: &Plan, request: &Request) -> Result<Ranked, QueryError> {
        if plan.question {
            return self.answer_question(plan, request);
        }
        let (from, limit) = (request.offset, request.limit);
        let last = from.saturating_add(limit).div_ceil(BLOCK).max(1);
        // Most clauses have two versions at most.
        let size = last.saturating_mul(if request.group { 2 * BLOCK } else { BLOCK });
        let size = size.min(self.finds.most());
        // Neither waits for the other.
        let (strict, statistics) = std::thread::scope(|scope| {
            let statistics = scope.spawn(|| self.statistics(plan));
            let strict = self.find(&Asked::of(plan, request, size));
            (strict, statistics.join())
        });
        let Partly { told: all, missing: uncounted } =
            statistics.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let mut strict = strict?;
        let mut missing = strict.missing.take().or(uncounted);
        let few = strict.clauses < ENOUGH && !plan.exact && !plan.must.is_empty();
        let mut ranked = if few {
            let best = self.with_partial(plan, request, strict.best, &mut missing)?;
            let mut ranked = self.rank(&best, plan, request, &all)?;
            if ranked.level == crate::Level::All {
                (ranked.total, ranked.facets) = (strict.total, strict.facets);
            }
            ranked
        } else {
            let mut best = strict.best;
            let groups: HashSet<u64> = best.iter().map(|own| own.group).collect();
            let more = strict.clauses > best.len() as u64;
            if request.group && more && groups.len() < last.saturating_mul(BLOCK) {
                // Where clauses have many versions these leave no room for others.
                let leads = last.saturating_mul(BLOCK).min(self.finds.most());
                let asked = Asked { leads: true, facets: false, ..Asked::of(plan, request, leads) };
                let found = self.find(&asked)?;
                missing = missing.or(found.missing);
                best.extend(found.best.into_iter().filter(|lead| !groups.contains(&lead.group)));
            }
            if strict.clauses > BLOCK as u64 && request.sort == Sort::Score {
                self.put_first(plan, request, &mut best, &mut missing)?;
            }
            let first = from / BLOCK;
            let blocks = blocks(best, request.group);
            let blocks: Vec<_> = blocks.into_iter().skip(first).take(last - first).collect();
            let whole = Request { offset: 0, limit: BLOCK, ..request.clone() };
            let skip = from - first * BLOCK;
            let mut ranked = match &blocks[..] {
                [] => self.rank(&[], plan, request, &all)?,
                [only] => {
                    let mut ranked = self.rank(only, plan, &whole, &all)?;
                    ranked.hits = ranked.hits.into_iter().skip(skip).take(limit).collect();
                    ranked
                }
                several => self.page(several, plan, &whole, &all, (skip, limit))?,
            };
            (ranked.total, ranked.facets) = (strict.total, strict.facets);
            (ranked.total, ranked.total_is) = counted_to(ranked.total, counted(request));
            ranked
        };
        ranked.missing = missing;
        Ok(ranked)
    }

    /// Answers a question, which is ranked here by the clauses that hold some of its terms.
    fn answer_question(&self, plan: &Plan, request: &Request) -> Result<Ranked, QueryError> {
        let Partly { told: all, missing: uncounted } = self.statistics(plan)?;
        let first = plan.first_stage();
        let asked = Asked {
            must: &[],
            counts: &first,
            sort: Sort::Score,
            facets: false,
            group: false,
            signature: 1.0,
            ..Asked::of(plan, request, FIRST_STAGE.min(self.finds.most()))
        };
        let found = self.find(&asked)?;
        let mut ranked = self.rank(&found.best, plan, request, &all)?;
        ranked.missing = found.missing.or(uncounted);
        Ok(ranked)
    }

    /// The clauses that hold all, with those that hold a part of what is asked for.
    fn with_partial(
        &self,
        plan: &Plan,
        request: &Request,
        mut best: Vec<Candidate>,
        missing: &mut Option<Missing>,
    ) -> Result<Vec<Candidate>, QueryError> {
        let mut seen: HashSet<u64> = HashSet::new();
        let mut partial = 0;
        let mut found = Vec::new();
        for held in PARTS {
            let Some(held) = held.after(partial) else { break };
            let any = queries::parts(held, plan);
            if any.is_empty() {
                continue;
            }
            let asked = Asked {
                must: &[],
                any,
                beside: match held {
                    Held::RunsBesideWords => queries::parts(Held::Words, plan),
                    _ => Vec::new(),
                },
                sort: Sort::Score,
                facets: false,
                signature: 1.0,
                ..Asked::of(plan, request, PARTIAL)
            };
            let own = self.find(&asked)?;
            *missing = missing.take().or(own.missing);
            partial += own.best.len();
            found.extend(own.best);
        }
        best.extend(found);
        best.retain(|candidate| seen.insert(candidate.order));
        Ok(best)
    }

    /// Puts clauses that hold the query word for word before all others.
    fn put_first(
        &self,
        plan: &Plan,
        request: &Request,
        best: &mut Vec<Candidate>,
        missing: &mut Option<Missing>,
    ) -> Result<(), QueryError> {
        let Some(whole) = queries::whole(plan) else { return Ok(()) };
        let asked = Asked {
            whole: Some(whole),
            facets: false,
            ..Asked::of(plan, request, if request.group { 2 * BLOCK } else { BLOCK })
        };
        let found = self.find(&asked)?;
        *missing = missing.take().or(found.missing);
        let found = found.best;
        let groups: HashSet<u64> = found.iter().map(|own| own.group).collect();
        let orders: HashSet<u64> = found.iter().map(|own| own.order).collect();
        // Versions go together.
        let (mut with, without): (Vec<_>, Vec<_>) =
            std::mem::take(best).into_iter().partition(|other| groups.contains(&other.group));
        with.retain(|other| !orders.contains(&other.order));
        *best = found.into_iter().chain(with).chain(without).collect();
        Ok(())
    }

    /// Ranks clauses that are at hand.
    fn rank(
        &self,
        best: &[Candidate],
        plan: &Plan,
        request: &Request,
        all: &Statistics,
    ) -> Result<Ranked, QueryError> {
        let entries: Vec<_> =
            best.iter().map(|candidate| (&candidate.record, candidate.order)).collect();
        let room = ClauseIndex::in_memory(&entries, self.segmenter)?;
        let searcher = room.reader()?.searcher();
        let members = best.iter().map(|own| (own.group, own.order, own.record.id()));
        let columns = Columns::open(&searcher, &Groups::of_members(members))?;
        let ranker = Ranker {
            searcher: &searcher,
            fields: &self.fields,
            columns: columns.clone(),
            typed: typed_script(&request.query),
            request,
            all: Some(all),
            budget: self.budget,
        };
        let mut ranked = ranker.answer(plan)?;
        ranked.room = Some(Room::of(best, searcher, columns, all));
        Ok(ranked)
    }

    /// A page that reaches over several blocks: each is ranked by itself, as ever, and the
    /// page's clauses come together at the end.
    fn page(
        &self,
        blocks: &[Vec<Candidate>],
        plan: &Plan,
        whole: &Request,
        all: &Statistics,
        (skip, limit): (usize, usize),
    ) -> Result<Ranked, QueryError> {
        let mut scored: Vec<(Found, Candidate, Candidate)> = Vec::new();
        for block in blocks {
            let ranked = self.rank(block, plan, whole, all)?;
            for found in ranked.hits {
                // Entries lie in memory in the order they came in.
                let at = |address: tantivy::DocAddress| block[address.doc_id as usize].clone();
                scored.push((found, at(found.address), at(found.scored)));
            }
        }
        let page: Vec<_> = scored.into_iter().skip(skip).take(limit).collect();
        let mut shown: Vec<Candidate> = Vec::new();
        let mut place = |candidate: &Candidate| {
            let known = shown.iter().position(|other| other.order == candidate.order);
            let at = known.unwrap_or_else(|| {
                shown.push(candidate.clone());
                shown.len() - 1
            });
            tantivy::DocAddress::new(0, u32::try_from(at).unwrap_or(u32::MAX))
        };
        let hits: Vec<Found> = page
            .iter()
            .map(|(found, lead, scored)| found.lying(place(lead), place(scored)))
            .collect();
        let entries: Vec<_> =
            shown.iter().map(|candidate| (&candidate.record, candidate.order)).collect();
        let room = ClauseIndex::in_memory(&entries, self.segmenter)?;
        let searcher = room.reader()?.searcher();
        let columns = Columns::open(&searcher, &Groups::default())?;
        let room = Some(Room::of(&shown, searcher, columns, all));
        Ok(Ranked { hits, room, ..Ranked::nothing() })
    }

    fn find(&self, asked: &Asked<'_>) -> Result<FoundElsewhere, QueryError> {
        self.budget.check()?;
        self.finds.find(asked)
    }

    /// How rare the terms of a plan are, and how long texts usually are.
    fn statistics(&self, plan: &Plan) -> Result<Partly<Statistics>, QueryError> {
        let columns = Columns::open(self.nothing, &Groups::default())?;
        let measure = Measure::new(plan, self.nothing, &self.fields, columns, None, self.budget)?;
        let terms: Vec<(&Term, String)> = measure
            .terms()
            .map(|term| (term, term.value().as_str().unwrap_or_default().to_owned()))
            .collect();
        let named: Vec<(&str, &str)> =
            terms.iter().map(|(term, text)| (self.name(term.field()), text.as_str())).collect();
        let Partly { told: counts, missing } = self.finds.held(&named)?;
        let (clauses, by_name) = self.finds.totals()?;
        let mut all = Statistics { clauses, ..Statistics::default() };
        for ((term, _), count) in terms.into_iter().zip(counts) {
            all.held.insert(term.clone(), count);
        }
        let fields = &self.fields;
        for field in [
            fields.words,
            fields.chars,
            fields.headings,
            fields.title,
            fields.parties,
            fields.number,
        ] {
            if let Some(tokens) = by_name.get(self.name(field)) {
                all.tokens.insert(field, *tokens);
            }
        }
        Ok(Partly { told: all, missing })
    }

    fn name(&self, field: Field) -> &str {
        self.nothing.schema().get_field_name(field)
    }
}

/// Candidates in blocks of as many hits as are measured together, versions together.
fn blocks(best: Vec<Candidate>, group: bool) -> Vec<Vec<Candidate>> {
    let mut blocks: Vec<Vec<Candidate>> = Vec::new();
    let mut place: std::collections::HashMap<u64, usize> = std::collections::HashMap::new();
    for candidate in best {
        let hit = if group { candidate.group } else { candidate.order };
        let next = place.len() / BLOCK;
        let at = *place.entry(hit).or_insert(next);
        if blocks.len() <= at {
            blocks.push(Vec::new());
        }
        blocks[at].push(candidate);
    }
    blocks
}
