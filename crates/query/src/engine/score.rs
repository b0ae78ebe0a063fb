//! Scores clauses precisely: which parts of the query match, how much of it, and how near to one
//! another.
//!
//! Each clause is measured by itself. The posting lists of the query are opened once and read at
//! the clauses measured, so the cost depends on the number of measured clauses, not on how many
//! contain the characters of the query.
//!
//! The score is BM25 over words and characters, times coverage (the weighted share of the query's
//! concepts that the clause contains), plus proximity (adjacent concepts that are near each other
//! in the clause).

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tiaowen_index::Fields;
use tiaowen_index::tantivy::fieldnorm::FieldNormReader;
use tiaowen_index::tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tiaowen_index::tantivy::query::{Bm25StatisticsProvider, EnableScoring, Scorer, Weight};
use tiaowen_index::tantivy::schema::{Field, IndexRecordOption};
use tiaowen_index::tantivy::{
    DocId, DocSet, Result, Score, Searcher, SegmentOrdinal, SegmentReader, Term,
};
use tiaowen_text::Budget;

use crate::engine::columns::{Columns, SegmentColumns};
use crate::engine::queries;
use crate::engine::segments::going_on;
use crate::language::plan::{Sought, in_a_row};
use crate::{Combine, Plan, QueryTerm, Weighted};

/// Statistics of a whole index of which only some clauses are at hand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statistics {
    /// The number of clauses.
    pub(crate) clauses: u64,
    /// The number of tokens in each field.
    pub(crate) tokens: FxHashMap<Field, u64>,
    /// The number of clauses that contain each term.
    pub(crate) held: FxHashMap<Term, u64>,
}

impl Statistics {
    /// The document frequency of a term, or that of the clauses at hand if it wasn't requested.
    fn held_or(&self, term: &Term, here: u64) -> u64 {
        self.held.get(term).copied().unwrap_or(here)
    }
}

/// The statistics for the scores of the engine itself.
struct Bm25StatisticsHere<'s> {
    searcher: &'s Searcher,
    all: Option<&'s Statistics>,
}

impl Bm25StatisticsProvider for Bm25StatisticsHere<'_> {
    fn total_num_tokens(&self, field: Field) -> Result<u64> {
        match self.all.and_then(|all| all.tokens.get(&field)) {
            Some(tokens) => Ok(*tokens),
            None => self.searcher.total_num_tokens(field),
        }
    }

    fn total_num_docs(&self) -> Result<u64> {
        self.all.map_or_else(|| self.searcher.total_num_docs(), |all| Ok(all.clauses))
    }

    fn doc_freq(&self, term: &Term) -> Result<u64> {
        let here = Bm25StatisticsProvider::doc_freq(self.searcher, term)?;
        Ok(self.all.map_or(here, |all| all.held_or(term, here)))
    }
}

/// A term of the query.
struct Wanted {
    term: Term,
    /// Its postings in each segment.
    places: Vec<Option<TermInfo>>,
    /// Its document frequency.
    clauses: u64,
}

/// Consecutive terms: the position of each, from 0, and its index among the terms.
type Row = Vec<(u32, usize)>;

/// A phrase that is looked for in clauses.
struct Piece {
    row: Row,
    /// The token in the word field that stands for the phrase, if there is one. It is checked
    /// without reading positions.
    word: Option<usize>,
}

impl Piece {
    /// Its idf: that of the word if it is one, otherwise the sum over its terms.
    fn idf(&self, clauses: u64, wanted: &[Wanted]) -> f32 {
        match self.word {
            Some(word) => idf(clauses, wanted[word].clauses),
            None => self.row.iter().map(|&(_, at)| idf(clauses, wanted[at].clauses)).sum(),
        }
    }

    /// Whether each of its terms occurs anywhere.
    fn may_stand(&self, wanted: &[Wanted]) -> bool {
        self.row.iter().all(|&(_, at)| wanted[at].clauses > 0)
    }
}

/// How a term of the plan is scored.
enum Scoring {
    /// By the frequency of a phrase in a field, with BM25.
    Frequency { piece: Piece, field: usize, idf: f32 },
    /// The same for several fields taken as one.
    Together { pieces: Vec<(Piece, usize)>, idf: f32 },
    /// Present or not.
    Presence(Piece),
    /// By the engine.
    Engine(Box<dyn Weight>),
}

/// The parts of a sum: terms with their weights.
enum Sum {
    Always(usize, f32),
    Best(Vec<Vec<(usize, f32)>>),
}

/// The measurements of a clause. Its score is `sum` times `covered` plus `near`, the result times
/// `kind`, `recognised` and `standing`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measured {
    /// The weighted sum of the terms that match.
    pub(crate) sum: f32,
    /// The factor for the share of the query that the clause contains.
    pub(crate) covered: f32,
    /// The bonus for proximity.
    pub(crate) near: f32,
    /// The factor for the kind of clause.
    pub(crate) kind: f32,
    /// What is left for how certain its reading is, 1 but where it was recognised.
    pub(crate) recognised: f32,
    /// The factor for the standing of its document.
    pub(crate) standing: f32,
}

impl Measured {
    pub(crate) fn score(self) -> Score {
        (self.sum * self.covered + self.near) * self.kind * self.recognised * self.standing
    }
}

/// A plan prepared for measuring clauses of an index.
pub(crate) struct Measure<'p> {
    plan: &'p Plan,
    searcher: &'p Searcher,
    columns: Columns,
    wanted: Vec<Wanted>,
    query_terms: Vec<Scoring>,
    sums: Vec<Sum>,
    /// The fields whose lengths matter.
    fields: Vec<FieldNorms>,
    /// The wordings of each concept with its idf. Empty if there are fewer than two concepts.
    concepts: Vec<(Vec<Piece>, f32)>,
    /// The limit of time.
    budget: &'p Budget,
}

impl<'p> Measure<'p> {
    /// `all` are the statistics of the whole index if the searcher has only some of its clauses.
    pub(crate) fn new(
        plan: &'p Plan,
        searcher: &'p Searcher,
        fields: &Fields,
        columns: Columns,
        all: Option<&Statistics>,
        budget: &'p Budget,
    ) -> Result<Self> {
        let mut prepared = Prepared {
            searcher,
            fields,
            all,
            budget,
            terms: FxHashMap::default(),
            wanted: Vec::new(),
            known: FxHashMap::default(),
            drafts: Vec::new(),
        };
        let sums = plan.should.iter().map(|combine| prepared.sum(combine));
        let sums = sums.collect::<Result<_>>()?;
        let concepts = prepared.concepts(plan)?;
        let (query_terms, fields) = prepared.scoring()?;
        let wanted = prepared.wanted;
        Ok(Measure { plan, searcher, columns, wanted, query_terms, sums, fields, concepts, budget })
    }

    /// The terms whose document frequency counts.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &Term> {
        self.wanted.iter().map(|wanted| &wanted.term)
    }

    /// The plan.
    pub(crate) fn plan(&self) -> &'p Plan {
        self.plan
    }

    /// Measures the clauses of a segment.
    pub(crate) fn segment(&self, segment: SegmentOrdinal) -> Result<MeasureSegment<'_>> {
        let reader = self.searcher.segment_reader(segment);
        let lengths = self.fields.iter().map(|lengths| reader.get_fieldnorms_reader(lengths.field));
        let mut engine = Vec::new();
        for query_term in &self.query_terms {
            engine.push(match query_term {
                Scoring::Engine(weight) => Some(weight.scorer(reader, 1.0)?),
                _ => None,
            });
        }
        let cells = self.wanted.iter().map(|wanted| PostingCursor {
            place: wanted.places[segment as usize].clone(),
            postings: None,
            seen: None,
            read: None,
            positions: Vec::new(),
        });
        Ok(MeasureSegment {
            measure: self,
            reader,
            lengths: lengths.collect::<Result<_>>()?,
            engine,
            cells: cells.collect(),
            columns: Arc::clone(self.columns.segment(segment)),
            values: Vec::new(),
            norm: None,
        })
    }
}

/// A term of the plan before the frequencies of all terms are known.
enum Draft {
    Frequency(Field, Piece),
    Together(Vec<(Field, Piece)>),
    Presence(Piece),
    Engine(Box<dyn Weight>),
}

/// The terms of a query, as they are collected.
struct Prepared<'p> {
    searcher: &'p Searcher,
    fields: &'p Fields,
    all: Option<&'p Statistics>,
    budget: &'p Budget,
    terms: FxHashMap<(Field, String), usize>,
    wanted: Vec<Wanted>,
    /// The index of each term of the plan among the drafts.
    known: FxHashMap<&'p QueryTerm, usize>,
    drafts: Vec<Draft>,
}

impl<'p> Prepared<'p> {
    /// Prepares a sum of the plan. Equal terms are scored once.
    fn sum(&mut self, combine: &'p Combine) -> Result<Sum> {
        Ok(match combine {
            Combine::Always(counted) => {
                let (at, weight) = self.weighted(counted)?;
                Sum::Always(at, weight)
            }
            Combine::Best(wordings) => {
                let mut ways = Vec::with_capacity(wordings.len());
                for worded in wordings {
                    let terms = worded.counted.iter().map(|counted| self.weighted(counted));
                    ways.push(terms.collect::<Result<_>>()?);
                }
                Sum::Best(ways)
            }
        })
    }

    /// The index of a term of the plan, and its weight.
    fn weighted(&mut self, counted: &'p Weighted) -> Result<(usize, f32)> {
        let next = self.drafts.len();
        let at = *self.known.entry(&counted.term).or_insert(next);
        if at == next {
            let draft = self.draft(counted)?;
            self.drafts.push(draft);
        }
        Ok((at, counted.weight))
    }

    /// The wordings of each concept with its idf; none if the plan has fewer than two concepts.
    fn concepts(&mut self, plan: &Plan) -> Result<Vec<(Vec<Piece>, f32)>> {
        let mut concepts = Vec::new();
        for concept in plan.concepts.iter().filter(|_| plan.concepts.len() > 1) {
            let wordings = concept.rows.iter().map(|row| self.piece(row));
            let wordings = wordings.collect::<Result<_>>()?;
            concepts.push((wordings, self.idf(concept)?));
        }
        Ok(concepts)
    }

    /// How each term of the plan is scored, now that the frequencies of all terms are known; and the
    /// fields whose lengths matter.
    fn scoring(&mut self) -> Result<(Vec<Scoring>, Vec<FieldNorms>)> {
        let here = self.searcher.segment_readers().iter().map(|reader| u64::from(reader.max_doc()));
        let clauses: u64 = self.all.map_or_else(|| here.sum(), |all| all.clauses);
        let mut norms: Vec<FieldNorms> = Vec::new();
        let drafts = std::mem::take(&mut self.drafts);
        let scoring = drafts.into_iter().map(|draft| self.scored(draft, clauses, &mut norms));
        Ok((scoring.collect::<Result<_>>()?, norms))
    }

    fn scored(&self, draft: Draft, clauses: u64, norms: &mut Vec<FieldNorms>) -> Result<Scoring> {
        let (searcher, all, wanted) = (self.searcher, self.all, &self.wanted);
        Ok(match draft {
            Draft::Frequency(field, piece) => {
                let field = FieldNorms::place(norms, field, searcher, clauses, all)?;
                let idf = piece.row.iter().map(|&(_, at)| idf(clauses, wanted[at].clauses)).sum();
                Scoring::Frequency { piece, field, idf }
            }
            Draft::Together(drafted) => {
                let mut pieces = Vec::with_capacity(drafted.len());
                let mut together: f32 = f32::INFINITY;
                for (field, piece) in drafted {
                    let field = FieldNorms::place(norms, field, searcher, clauses, all)?;
                    together = together.min(piece.idf(clauses, wanted));
                    pieces.push((piece, field));
                }
                // Terms that no clause contains are dropped.
                pieces.retain(|(piece, _)| piece.may_stand(wanted));
                Scoring::Together { pieces, idf: together }
            }
            Draft::Presence(piece) => Scoring::Presence(piece),
            Draft::Engine(weight) => Scoring::Engine(weight),
        })
    }

    fn term(&mut self, field: Field, text: &str) -> Result<usize> {
        if let Some(&at) = self.terms.get(&(field, text.to_owned())) {
            return Ok(at);
        }
        let term = Term::from_field_text(field, text);
        let mut places = Vec::with_capacity(self.searcher.segment_readers().len());
        for reader in self.searcher.segment_readers() {
            places.push(reader.inverted_index(field)?.get_term_info(&term)?);
        }
        let here = places.iter().flatten().map(|info| u64::from(info.doc_freq)).sum();
        let clauses = self.all.map_or(here, |all| all.held_or(&term, here));
        let at = self.wanted.len();
        self.wanted.push(Wanted { term, places, clauses });
        self.terms.insert((field, text.to_owned()), at);
        Ok(at)
    }

    fn row(&mut self, field: Field, units: &[(usize, String)]) -> Result<Row> {
        let unit = |(at, text): &(usize, String)| {
            Ok((u32::try_from(*at).unwrap_or(u32::MAX), self.term(field, text)?))
        };
        units.iter().map(unit).collect()
    }

    fn draft(&mut self, counted: &Weighted) -> Result<Draft> {
        going_on(self.budget)?;
        let fields = self.fields;
        Ok(match &counted.term {
            QueryTerm::Word(text) => {
                let row = vec![(0, self.term(fields.words, text)?)];
                Draft::Frequency(fields.words, Piece { row, word: None })
            }
            QueryTerm::Phrase(units) => Draft::Frequency(fields.chars, self.piece(units)?),
            QueryTerm::Anywhere(units) => {
                let mut all = vec![(fields.chars, self.piece(units)?)];
                for field in [fields.headings, fields.title] {
                    all.push((field, Piece { row: self.row(field, units)?, word: None }));
                }
                Draft::Together(all)
            }
            QueryTerm::Heading(text) => self.named(fields.headings, text)?,
            QueryTerm::Title(text) => self.named(fields.title, text)?,
            QueryTerm::Party(text) => self.named(fields.parties, text)?,
            QueryTerm::Whole(units) => Draft::Presence(self.piece(units)?),
            // Few documents have a number, so BM25's use of field lengths means nothing here.
            QueryTerm::Number(text) => {
                let row = self.row(fields.number, &in_a_row(text))?;
                Draft::Presence(Piece { row, word: None })
            }
            query_term => {
                let query = queries::term_query(query_term, fields, self.budget);
                let here = Bm25StatisticsHere { searcher: self.searcher, all: self.all };
                let scoring = EnableScoring::enabled_from_statistics_provider(&here, self.searcher);
                Draft::Engine(query.weight(scoring)?)
            }
        })
    }

    fn named(&mut self, field: Field, text: &str) -> Result<Draft> {
        let row = self.row(field, &in_a_row(text))?;
        Ok(Draft::Frequency(field, Piece { row, word: None }))
    }

    /// Consecutive units in the text. If they are a word that some clause contains, its token
    /// stands for them.
    fn piece(&mut self, units: &[(usize, String)]) -> Result<Piece> {
        let row = self.row(self.fields.chars, units)?;
        let text: String = units.iter().map(|(_, unit)| unit.as_str()).collect();
        let word = match units.len() {
            0 | 1 => None,
            _ => Some(self.term(self.fields.words, &text)?),
        };
        Ok(Piece { row, word: word.filter(|&word| self.wanted[word].clauses > 0) })
    }

    /// The idf of a concept: that of its most frequent wording, which has the idf of its rarest
    /// word.
    fn idf(&mut self, concept: &Sought) -> Result<f32> {
        let clauses = self.all.map_or_else(|| self.searcher.num_docs(), |all| all.clauses);
        let mut most = 0;
        for groups in &concept.groups {
            let mut fewest = clauses;
            for group in groups {
                let word = self.term(self.fields.words, group)?;
                let mut held = self.wanted[word].clauses;
                if held == 0 {
                    held = clauses;
                    for (_, unit) in in_a_row(group) {
                        let unit = self.term(self.fields.chars, &unit)?;
                        held = held.min(self.wanted[unit].clauses);
                    }
                }
                fewest = fewest.min(held);
            }
            most = most.max(fewest);
        }
        Ok(idf(clauses.max(most), most))
    }
}

/// The saturation of term frequency in BM25. The engine uses the same value.
pub const K1: f32 = 1.2;
/// The length normalization of BM25. The engine uses the same value.
pub const B: f32 = 0.75;

/// The idf of a term that `held` of all clauses contain.
fn idf(clauses: u64, held: u64) -> f32 {
    let (clauses, held) = (clauses as f32, held as f32);
    (1.0 + ((clauses - held) + 0.5) / (held + 0.5)).ln()
}

/// For each stored length of a field, the term that BM25 adds to the frequency.
struct FieldNorms {
    field: Field,
    norms: [f32; 256],
    /// The average number of tokens.
    usual: f32,
}

impl FieldNorms {
    /// The index of a field's norms, which are added on first use.
    fn place(
        known: &mut Vec<FieldNorms>,
        field: Field,
        searcher: &Searcher,
        clauses: u64,
        all: Option<&Statistics>,
    ) -> Result<usize> {
        if let Some(at) = known.iter().position(|norms| norms.field == field) {
            return Ok(at);
        }
        known.push(FieldNorms::of(field, searcher, clauses, all)?);
        Ok(known.len() - 1)
    }

    fn of(
        field: Field,
        searcher: &Searcher,
        clauses: u64,
        all: Option<&Statistics>,
    ) -> Result<Self> {
        let here = Bm25StatisticsHere { searcher, all };
        let tokens = here.total_num_tokens(field)?;
        let usual = tokens as f32 / clauses as f32;
        let norm =
            |id: u8| K1 * (1.0 - B + B * FieldNormReader::id_to_fieldnorm(id) as f32 / usual);
        let norms = std::array::from_fn(|id| norm(u8::try_from(id).unwrap_or(u8::MAX)));
        Ok(FieldNorms { field, norms, usual })
    }
}

/// A term in a segment, opened on first use.
struct PostingCursor {
    place: Option<TermInfo>,
    postings: Option<SegmentPostings>,
    /// The clause checked last, and whether it contains the term.
    seen: Option<(DocId, bool)>,
    /// The clause whose positions were read last.
    read: Option<DocId>,
    positions: Vec<u32>,
}

impl PostingCursor {
    fn open(&mut self, reader: &SegmentReader, field: Field) -> Result<()> {
        if let Some(place) = self.place.take() {
            // Reads whatever the field stores, up to positions.
            let option = IndexRecordOption::WithFreqsAndPositions;
            let postings =
                reader.inverted_index(field)?.read_postings_from_terminfo(&place, option)?;
            self.postings = Some(postings);
        }
        Ok(())
    }

    fn holds(&mut self, doc: DocId) -> bool {
        if let Some((seen, holds)) = self.seen
            && seen == doc
        {
            return holds;
        }
        let holds = self.postings.as_mut().is_some_and(|postings| {
            let at = postings.doc();
            at == doc || at < doc && postings.seek(doc) == doc
        });
        self.seen = Some((doc, holds));
        holds
    }

    /// The positions of a term that the clause contains.
    fn positions(&mut self, doc: DocId) -> &[u32] {
        if self.read != Some(doc)
            && let Some(postings) = &mut self.postings
        {
            postings.positions(&mut self.positions);
            self.read = Some(doc);
        }
        &self.positions
    }
}

/// Measures the clauses of a segment.
pub(crate) struct MeasureSegment<'m> {
    measure: &'m Measure<'m>,
    reader: &'m SegmentReader,
    lengths: Vec<FieldNormReader>,
    engine: Vec<Option<Box<dyn Scorer>>>,
    cells: Vec<PostingCursor>,
    columns: Arc<SegmentColumns>,
    /// The values of terms for the current clause, computed on demand.
    values: Vec<Option<f32>>,
    /// The length norm of the current clause over all fields.
    norm: Option<(DocId, f32)>,
}

impl MeasureSegment<'_> {
    /// Measures a clause. Clauses must come in order.
    pub(crate) fn of(&mut self, doc: DocId) -> Result<Measured> {
        let measure = self.measure;
        going_on(measure.budget)?;
        self.values.clear();
        self.values.resize(measure.query_terms.len(), None);
        let mut sum = 0.0;
        for part in &measure.sums {
            match part {
                Sum::Always(query_term, weight) => sum += self.value(*query_term, doc)? * weight,
                Sum::Best(ways) => {
                    let mut best: f32 = 0.0;
                    for way in ways {
                        best = best.max(self.sum(way, doc)?);
                    }
                    sum += best;
                }
            }
        }
        let (covered, near) = self.whole(doc)?;
        let kind = if self.columns.is_signature(doc) { measure.plan.signature } else { 1.0 };
        let least = measure.plan.recognised;
        let recognised = self.columns.recognised(doc);
        let recognised = recognised.map_or(1.0, |certainty| least + (1.0 - least) * certainty);
        let standing = measure.plan.standing.as_ref().map_or(1.0, |(standing, weights)| {
            self.columns.order.first(doc).map_or(1.0, |order| standing.share(order, weights))
        });
        Ok(Measured { sum, covered, near, kind, recognised, standing })
    }

    /// The contributions to the sum, in the order of the plan's `should`: the index of the best
    /// wording, with its contributions.
    pub(crate) fn parts(&mut self, doc: DocId) -> Result<Vec<(usize, Vec<f32>)>> {
        self.of(doc)?;
        let measure = self.measure;
        let mut all = Vec::with_capacity(measure.sums.len());
        for sum in &measure.sums {
            all.push(match sum {
                Sum::Always(query_term, weight) => {
                    (0, vec![self.value(*query_term, doc)? * weight])
                }
                Sum::Best(ways) => {
                    let mut best = (0, 0.0);
                    for (nth, way) in ways.iter().enumerate() {
                        let sum = self.sum(way, doc)?;
                        if sum > best.1 {
                            best = (nth, sum);
                        }
                    }
                    let way = ways.get(best.0).into_iter().flatten();
                    let parts =
                        way.map(|&(query_term, weight)| Ok(self.value(query_term, doc)? * weight));
                    (best.0, parts.collect::<Result<_>>()?)
                }
            });
        }
        Ok(all)
    }

    fn sum(&mut self, way: &[(usize, f32)], doc: DocId) -> Result<f32> {
        way.iter().try_fold(0.0, |sum, &(query_term, weight)| {
            Ok(sum + self.value(query_term, doc)? * weight)
        })
    }

    fn value(&mut self, query_term: usize, doc: DocId) -> Result<f32> {
        if let Some(value) = self.values[query_term] {
            return Ok(value);
        }
        let measure = self.measure;
        let value = match &measure.query_terms[query_term] {
            Scoring::Frequency { piece, field, idf } => match self.times(piece, doc)? {
                0 => 0.0,
                times => {
                    let norm = usize::from(self.lengths[*field].fieldnorm_id(doc));
                    let times = times as f32;
                    idf * (1.0 + K1) * times / (times + measure.fields[*field].norms[norm])
                }
            },
            Scoring::Together { pieces, idf } => {
                let mut times = 0;
                for (piece, _) in pieces {
                    times += self.times(piece, doc)?;
                }
                if times == 0 {
                    0.0
                } else {
                    let norm = self.norm_of_all(doc);
                    let times = times as f32;
                    idf * (1.0 + K1) * times / (times + norm)
                }
            }
            Scoring::Presence(piece) => f32::from(u8::from(self.times(piece, doc)? > 0)),
            Scoring::Engine(_) => self.engine[query_term].as_mut().map_or(0.0, |scorer| {
                let at = scorer.doc();
                let holds = at == doc || at < doc && scorer.seek(doc) == doc;
                if holds { scorer.score() } else { 0.0 }
            }),
        };
        self.values[query_term] = Some(value);
        Ok(value)
    }

    /// The length norm of a clause with its headings and title, like that of [`FieldNorms`] for one
    /// field.
    fn norm_of_all(&mut self, doc: DocId) -> f32 {
        if let Some((seen, norm)) = self.norm
            && seen == doc
        {
            return norm;
        }
        let fields = &self.measure.fields;
        let length: u32 = self.lengths.iter().map(|lengths| lengths.fieldnorm(doc)).sum();
        let usual: f32 = fields.iter().map(|lengths| lengths.usual).sum();
        let norm = K1 * (1.0 - B + B * length as f32 / usual.max(1.0));
        self.norm = Some((doc, norm));
        norm
    }

    /// Whether the clause contains a term.
    fn holds(&mut self, at: usize, doc: DocId) -> Result<bool> {
        let cell = &mut self.cells[at];
        if cell.place.is_some() {
            cell.open(self.reader, self.measure.wanted[at].term.field())?;
        }
        Ok(cell.holds(doc))
    }

    /// Whether the clause contains all terms of a phrase, anywhere.
    fn holds_all(&mut self, row: &Row, doc: DocId) -> Result<bool> {
        for &(_, at) in row {
            if !self.holds(at, doc)? {
                return Ok(false);
            }
        }
        Ok(!row.is_empty())
    }

    /// The frequency of a phrase in the clause.
    fn times(&mut self, piece: &Piece, doc: DocId) -> Result<u32> {
        let row = &piece.row;
        let only = if row.len() == 1 { Some(row[0].1) } else { piece.word };
        if let Some(only) = only {
            let holds = self.holds(only, doc)?;
            let postings = self.cells[only].postings.as_ref().filter(|_| holds);
            return Ok(postings.map_or(0, |postings| postings.term_freq()));
        }
        if !self.holds_all(row, doc)? {
            return Ok(0);
        }
        Ok(u32::try_from(self.starts(row, doc).len()).unwrap_or(u32::MAX))
    }

    /// The positions at which a phrase begins in the clause, which contains its terms.
    fn starts(&mut self, row: &Row, doc: DocId) -> Vec<u32> {
        let mut starts: Vec<u32> = Vec::new();
        for (nth, &(place, at)) in row.iter().enumerate() {
            let positions = self.cells[at].positions(doc);
            if nth == 0 {
                starts.extend(positions.iter().filter_map(|position| position.checked_sub(place)));
            } else {
                starts.retain(|start| positions.binary_search(&(start + place)).is_ok());
            }
            if starts.is_empty() {
                break;
            }
        }
        starts
    }

    /// The factor for coverage and the bonus for proximity. The factor lies between
    /// `coverage_floor`, if the clause contains no concept, and 1, if it contains all. Rare
    /// concepts weigh more in both: a clause without the one distinctive word of a query matches
    /// little of it.
    fn whole(&mut self, doc: DocId) -> Result<(f32, f32)> {
        let measure = self.measure;
        if measure.concepts.is_empty() {
            return Ok((1.0, 0.0));
        }
        let (mut held, mut sum, mut near) = (0.0, 0.0, 0.0);
        let mut before: Option<(Vec<Range<u32>>, f32)> = None;
        for (wordings, idf) in &measure.concepts {
            sum += idf;
            let mut places: Vec<Range<u32>> = Vec::new();
            for Piece { row, word } in wordings {
                let may_stand = match word {
                    Some(word) => self.holds(*word, doc)?,
                    None => true,
                };
                if may_stand && self.holds_all(row, doc)? {
                    let length = row.iter().map(|(at, _)| at + 1).max().unwrap_or(0);
                    let starts = self.starts(row, doc).into_iter();
                    places.extend(starts.map(|start| start..start + length));
                }
            }
            if places.is_empty() {
                continue;
            }
            if wordings.len() > 1 {
                places.sort_by_key(|place| (place.start, place.end));
            }
            held += idf;
            if let Some((left, other)) = &before {
                near += idf.min(*other) * proximity(left, &places, measure.plan.half_gap);
            }
            before = Some((places, *idf));
        }
        let Plan { coverage_floor, near: weight, .. } = measure.plan;
        Ok((coverage_floor + (1.0 - coverage_floor) * held / sum, weight * near))
    }
}

/// 1 if an occurrence of `left` comes right before one of `right`; half if `half` characters are
/// between them, and less with distance. In the other order, half of that.
fn proximity(left: &[Range<u32>], right: &[Range<u32>], half: f32) -> f32 {
    let of = |gap: u32| half / (half + gap as f32);
    let mut best = 0.0f32;
    let mut at = 0;
    for range in left {
        while right.get(at).is_some_and(|other| other.start < range.end) {
            at += 1;
        }
        if let Some(next) = right.get(at) {
            best = best.max(of(next.start - range.end));
        }
        if let Some(previous) = at.checked_sub(1).and_then(|at| right.get(at))
            && previous.end <= range.start
        {
            best = best.max(of(range.start - previous.end) / 2.0);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use tiaowen_index::Groups;
    use tiaowen_text::Budget;

    use super::{Columns, Measure, proximity};
    use crate::testing::{index_of, plan_of};

    /// The scores of articles, in order.
    fn scores(articles: &[&str], query: &str) -> Vec<f32> {
        let index = index_of(articles);
        let searcher = index.reader().unwrap().searcher();
        let columns = Columns::open(&searcher, &Groups::default()).unwrap();
        let (plan, budget) = (plan_of(query), Budget::unlimited());
        let fields = index.fields();
        let measure = Measure::new(&plan, &searcher, &fields, columns, None, &budget).unwrap();
        let mut segment = measure.segment(0).unwrap();
        (0..articles.len() as u32).map(|doc| segment.of(doc).unwrap().score()).collect()
    }

    #[test]
    fn a_rare_word_counts_more_than_a_frequent_one() {
        let articles = ["雙方合作。", "雙方會面。", "合作會面。", "合作會面。", "合作通報。"];
        let scores = scores(&articles, "合作 通報");
        assert!(scores[4] > scores[0] && scores[0] > 0.0);
        assert_eq!(scores[1], 0.0);
    }

    #[test]
    fn words_that_stand_together_score_above_words_apart() {
        let apart = format!("通報{}機制。", "的".repeat(30));
        let near = format!("通報機制{}。", "的".repeat(30));
        let scores = scores(&[&apart, &near], "通報 機制");
        assert!(scores[1] > scores[0], "{scores:?}");
    }

    #[test]
    fn a_short_clause_scores_above_a_long_one_and_both_scripts_alike() {
        let long = format!("通報。{}", "的".repeat(60));
        let other = format!("通报。{}", "的".repeat(60));
        let scores = scores(&["通報。", &long, "通报。", &other], "通報");
        assert!(scores[0] > scores[1]);
        assert_eq!((scores[0], scores[1]), (scores[2], scores[3]));
    }

    #[test]
    fn nearer_and_in_order_is_better() {
        let at = |start: u32| start..start + 2;
        assert_eq!(proximity(&[at(0)], &[at(2)], 8.0), 1.0);
        assert!(proximity(&[at(0)], &[at(4)], 8.0) < 1.0);
        assert!(proximity(&[at(0)], &[at(4)], 8.0) > proximity(&[at(0)], &[at(20)], 8.0));
        assert_eq!(proximity(&[at(2)], &[at(0)], 8.0), 0.5);
        assert_eq!(proximity(&[at(0), at(30)], &[at(10), at(32)], 8.0), 1.0);
        assert_eq!(proximity(&[at(0)], &[at(1)], 8.0), 0.0);
    }
}
