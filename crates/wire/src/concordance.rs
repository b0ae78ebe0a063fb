//! Keywords in context: every occurrence of a keyword with the text around it, beside the words
//! for it in the other version of the clause.

use std::collections::HashMap;
use std::ops::Range;

use serde::Serialize;
use tiaowen_corpus::citation;
use tiaowen_index::ClauseRecord;
use tiaowen_query::{Answer, Hit, Note, QueryError, Request, Searcher};
use tiaowen_terms::TermTable;
use tiaowen_text::{Budget, ConvertError, Script, fold, fold_char};
use utoipa::ToSchema;

use crate::{DocumentJson, NoteJson, Permalinks, Presenter, code_points, names};

/// The most clauses that lines are taken from.
const MOST_CLAUSES: usize = 1_000;

/// The order of lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LineOrder {
    /// As the clauses were found.
    #[default]
    Found,
    /// By the text before the keyword, read backwards.
    Left,
    /// By the text after the keyword.
    Right,
}

/// How the words in a counterpart correspond to a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correspondence {
    /// The same word, in another script or form at most.
    Identical,
    /// Another word for the same, by the term table.
    Same,
    /// The nearest counterpart, by the term table.
    Nearest,
}

impl Correspondence {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Correspondence::Identical => "identical",
            Correspondence::Same => "same",
            Correspondence::Nearest => "nearest",
        }
    }
}

/// The occurrences of what a search finds.
#[derive(Debug)]
pub struct Concordance {
    /// The clauses, in the script in which they are shown.
    pub found: Answer,
    /// All lines, in order.
    pub lines: Vec<Line>,
}

/// The words for a keyword in a counterpart of its clause.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Equivalents {
    /// Their places in bytes.
    pub at: Vec<Range<usize>>,
    /// How they correspond; `None` if there are none.
    pub degree: Option<Correspondence>,
}

impl Concordance {
    /// Searches, and cuts a line for each occurrence with `width` characters on each side.
    ///
    /// # Errors
    /// When the search fails, the budget is spent, or a text can't be converted.
    pub fn find<E: From<QueryError> + From<ConvertError>>(
        searcher: &Searcher,
        request: &Request,
        presenter: &Presenter,
        (width, order): (usize, LineOrder),
        budget: &Budget,
    ) -> Result<Self, E> {
        let request = Request { limit: MOST_CLAUSES, facets: false, ..request.clone() };
        let mut found = searcher.search_within(&request, budget)?;
        let mut lines = Vec::new();
        for (at, hit) in found.hits.iter_mut().enumerate() {
            budget.check().map_err(QueryError::from)?;
            let Hit { record, highlights, .. } = hit;
            presenter.document(record.document.to_mut())?;
            presenter.clause(record.clause.to_mut(), highlights)?;
            let cut = |mark: &Range<usize>| Line::cut(at, &record.clause.text, mark.clone(), width);
            lines.extend(highlights.iter().map(cut));
        }
        match order {
            LineOrder::Left => {
                lines.sort_by_cached_key(|line| fold(&line.left).chars().rev().collect::<String>())
            }
            LineOrder::Right => lines.sort_by_cached_key(|line| fold(&line.right)),
            LineOrder::Found => {}
        }
        Ok(Concordance { found, lines })
    }

    /// Whether the lines cover all clauses found.
    pub fn is_complete(&self) -> bool {
        self.found.total <= self.found.hits.len() as u64
    }

    /// The totals, beside the query.
    pub fn head<'a>(&'a self, query: &'a str) -> ConcordanceHead<'a> {
        ConcordanceHead {
            query,
            total: self.lines.len() as u64,
            clauses: self.found.total,
            complete: self.is_complete(),
            took_us: self.found.took_us,
            notes: &self.found.notes,
        }
    }

    /// For each clause with lines, its version in the other script, or else another version.
    /// `script_of` gives the script of a document by its id.
    ///
    /// # Errors
    /// When the index fails, the budget is spent, or a text can't be converted.
    pub fn beside<E: From<QueryError> + From<ConvertError>>(
        &self,
        searcher: &Searcher,
        presenter: &Presenter,
        script_of: impl Fn(&str) -> Option<Script>,
        lines: &[Line],
        budget: &Budget,
    ) -> Result<HashMap<usize, ClauseRecord<'static>>, E> {
        let mut all = HashMap::new();
        for line in lines {
            let hit = &self.found.hits[line.clause];
            if all.contains_key(&line.clause) {
                continue;
            }
            let Some(other) = counterpart(hit, &script_of) else { continue };
            budget.check().map_err(QueryError::from)?;
            if let Some(mut record) = searcher.clause(other)? {
                presenter.document(record.document.to_mut())?;
                presenter.clause(record.clause.to_mut(), &mut Vec::new())?;
                all.insert(line.clause, record);
            }
        }
        Ok(all)
    }
}

/// The version of a hit in the other script, or else its first other version.
fn counterpart(hit: &Hit, script_of: impl Fn(&str) -> Option<Script>) -> Option<&String> {
    let script = hit.record.document.script;
    let in_other_script = hit.counterparts.iter().find(|id| {
        let document = id.split('.').next().and_then(&script_of);
        document.is_some_and(|other| other != script)
    });
    in_other_script.or(hit.counterparts.first())
}

/// The words for a keyword of the clause `text` in `other`, its counterpart: the keyword itself in
/// whatever script, or else what the term table has for it.
///
/// ```
/// use tiaowen_terms::TermTable;
/// use tiaowen_wire::{Correspondence, equivalents};
/// let terms = TermTable::built_in();
/// let found = |other: &str| equivalents("質素", "提升質素", other, terms);
/// assert_eq!(found("提升质素").degree, Some(Correspondence::Identical));
/// assert_eq!(found("提升素质"), tiaowen_wire::Equivalents {
///     at: vec![6..12],
///     degree: Some(Correspondence::Same),
/// });
/// assert_eq!(found("加强合作").degree, None);
/// ```
pub fn equivalents(keyword: &str, text: &str, other: &str, terms: &TermTable) -> Equivalents {
    let folded_keyword = fold(keyword);
    let at = places(other, std::slice::from_ref(&folded_keyword));
    if !at.is_empty() {
        return Equivalents { at, degree: Some(Correspondence::Identical) };
    }
    let both = [fold(text), fold(other)];
    let holds =
        |words: &[String]| words.iter().any(|word| both.iter().any(|t| t.contains(&**word)));
    let mut known = terms.equivalents(&folded_keyword, &holds);
    // Terms inside the keyword count if it isn't one itself, the longest first.
    known.sort_by_key(|found| std::cmp::Reverse(found.end - found.start));
    for found in &known {
        for (words, degree) in
            [(&found.alternatives, Correspondence::Same), (&found.nearest, Correspondence::Nearest)]
        {
            let words: Vec<String> = words.iter().map(|word| fold(word)).collect();
            let at = places(other, &words);
            if !at.is_empty() {
                return Equivalents { at, degree: Some(degree) };
            }
        }
    }
    Equivalents::default()
}

/// The places of folded words in a text, in bytes, without overlaps. Folding maps characters one to
/// one, so places in the folded text are places in the text.
fn places(text: &str, words: &[String]) -> Vec<Range<usize>> {
    let folded: Vec<char> = text.chars().map(fold_char).collect();
    let mut bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    bytes.push(text.len());
    let words: Vec<Vec<char>> = words.iter().map(|word| word.chars().collect()).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < folded.len() {
        let begins = |word: &&Vec<char>| !word.is_empty() && folded[at..].starts_with(word);
        match words.iter().filter(begins).map(Vec::len).max() {
            Some(length) => {
                found.push(bytes[at]..bytes[at + length]);
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// A keyword in context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The index of the clause among those found.
    pub clause: usize,
    /// The bytes of the keyword in the clause's text.
    pub at: Range<usize>,
    /// The text before it.
    pub left: String,
    /// The keyword as printed.
    pub keyword: String,
    /// The text after it.
    pub right: String,
}

impl Line {
    /// The line for a keyword at some bytes of `text`, with `width` characters on each side. Line
    /// feeds become spaces.
    ///
    /// ```
    /// let line = tiaowen_wire::Line::cut(0, "加強知識產權保護。", 6..18, 2);
    /// assert_eq!((&*line.left, &*line.keyword, &*line.right), ("加強", "知識產權", "保護"));
    /// ```
    pub fn cut(clause: usize, text: &str, at: Range<usize>, width: usize) -> Self {
        let flat = |part: &str| part.replace('\n', " ");
        let before = &text[..at.start];
        let from = before.char_indices().rev().nth(width.saturating_sub(1));
        let from = if width == 0 { before.len() } else { from.map_or(0, |(from, _)| from) };
        let behind = &text[at.end..];
        let to = behind.char_indices().nth(width).map_or(behind.len(), |(to, _)| to);
        Line {
            clause,
            left: flat(&before[from..]),
            keyword: flat(&text[at.clone()]),
            right: flat(&behind[..to]),
            at,
        }
    }
}

/// Keywords in context.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Concordance)]
pub struct ConcordanceJson<'a> {
    query: &'a str,
    /// The number of all lines.
    total: u64,
    /// The number of clauses found. Versions of a clause are one if they are grouped.
    clauses: u64,
    /// Whether the lines cover all clauses found, or only the first.
    complete: bool,
    /// The duration of the search in microseconds.
    took_us: u64,
    lines: Vec<LineJson<'a>>,
    /// How the query was changed.
    notes: Vec<NoteJson<'a>>,
}

/// The totals of a concordance.
#[derive(Debug, Clone, Copy)]
pub struct ConcordanceHead<'a> {
    /// The query.
    pub query: &'a str,
    /// The number of all lines.
    pub total: u64,
    /// The number of clauses found.
    pub clauses: u64,
    /// Whether the lines cover all clauses found.
    pub complete: bool,
    /// The duration of the search in microseconds.
    pub took_us: u64,
    /// How the query was changed.
    pub notes: &'a [Note],
}

impl<'a> ConcordanceJson<'a> {
    /// A page of lines.
    pub fn new(head: ConcordanceHead<'a>, lines: Vec<LineJson<'a>>) -> Self {
        let ConcordanceHead { query, total, clauses, complete, took_us, notes } = head;
        let notes = notes.iter().map(NoteJson::from).collect();
        ConcordanceJson { query, total, clauses, complete, took_us, lines, notes }
    }
}

/// A keyword in context.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConcordanceLine)]
pub struct LineJson<'a> {
    /// Its position among all lines, from 1.
    pub(crate) rank: usize,
    /// The id of the clause.
    pub(crate) clause: String,
    /// The citation of the clause.
    pub(crate) citation: String,
    pub(crate) document: DocumentJson<'a>,
    /// The text before the keyword.
    pub(crate) left: &'a str,
    /// The keyword as printed.
    pub(crate) keyword: &'a str,
    /// The text after the keyword.
    pub(crate) right: &'a str,
    /// The place of the keyword in code points of the clause's text.
    #[schema(schema_with = names::span)]
    pub(crate) at: [usize; 2],
    /// The clause's version in the other script, or else another version; null if there is none.
    pub(crate) counterpart: Option<CounterpartJson<'a>>,
}

/// The counterpart of a clause with a keyword.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Counterpart)]
pub struct CounterpartJson<'a> {
    /// The clause's id.
    pub(crate) id: String,
    pub(crate) citation: String,
    #[schema(schema_with = names::script)]
    pub(crate) script: &'a str,
    pub(crate) text: &'a str,
    /// The places of the words for the keyword in code points of the text.
    #[schema(schema_with = names::spans)]
    pub(crate) highlights: Vec<[usize; 2]>,
    /// How they correspond to it: `identical` but for script, the `same` or the `nearest` by the
    /// term table; null if there are none.
    pub(crate) degree: Option<&'static str>,
}

impl CounterpartJson<'_> {
    /// The different words for the keyword, separated by `；`.
    pub(crate) fn words(&self) -> String {
        let chars: Vec<char> = self.text.chars().collect();
        let mut words: Vec<String> = Vec::new();
        for [from, to] in &self.highlights {
            let word: String = chars[*from..*to].iter().collect();
            if !words.contains(&word) {
                words.push(word);
            }
        }
        words.join("；")
    }
}

impl<'a> CounterpartJson<'a> {
    fn new(other: &'a ClauseRecord<'static>, words: &Equivalents) -> Self {
        CounterpartJson {
            id: other.id(),
            citation: citation(&other.document, &other.clause),
            script: other.document.script.as_str(),
            text: &other.clause.text,
            highlights: code_points(&other.clause.text, &words.at),
            degree: words.degree.map(Correspondence::as_str),
        }
    }
}

impl<'a> LineJson<'a> {
    /// A line of a clause, with its counterpart and the words for the keyword in that.
    pub fn new(
        rank: usize,
        line: &'a Line,
        record: &'a ClauseRecord<'static>,
        beside: Option<(&'a ClauseRecord<'static>, Equivalents)>,
        links: &Permalinks,
    ) -> Self {
        LineJson {
            rank,
            clause: record.id(),
            citation: citation(&record.document, &record.clause),
            document: DocumentJson::new(&record.document, links),
            left: &line.left,
            keyword: &line.keyword,
            right: &line.right,
            at: code_points(&record.clause.text, std::slice::from_ref(&line.at))[0],
            counterpart: beside.map(|(other, words)| CounterpartJson::new(other, &words)),
        }
    }
}
