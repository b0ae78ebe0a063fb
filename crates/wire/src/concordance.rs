//! Keywords in context: every occurrence of a keyword with the text around it.

use std::ops::Range;

use serde::Serialize;
use tiaowen_corpus::citation;
use tiaowen_index::ClauseRecord;
use tiaowen_query::Note;
use utoipa::ToSchema;

use crate::{DocumentJson, NoteJson, Permalinks, code_points, names};

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
    /// The places of the same keyword in code points of the text.
    #[schema(schema_with = names::spans)]
    pub(crate) highlights: Vec<[usize; 2]>,
}

impl<'a> LineJson<'a> {
    /// A line of a clause, with its counterpart and the places to highlight in that.
    pub fn new(
        rank: usize,
        line: &'a Line,
        record: &'a ClauseRecord<'static>,
        beside: Option<(&'a ClauseRecord<'static>, Vec<Range<usize>>)>,
        links: &Permalinks,
    ) -> Self {
        let counterpart =
            |(other, marks): (&'a ClauseRecord<'static>, Vec<Range<usize>>)| CounterpartJson {
                id: other.id(),
                citation: citation(&other.document, &other.clause),
                script: other.document.script.as_str(),
                text: &other.clause.text,
                highlights: code_points(&other.clause.text, &marks),
            };
        LineJson {
            rank,
            clause: record.id(),
            citation: citation(&record.document, &record.clause),
            document: DocumentJson::new(&record.document, links),
            left: &line.left,
            keyword: &line.keyword,
            right: &line.right,
            at: code_points(&record.clause.text, std::slice::from_ref(&line.at))[0],
            counterpart: beside.map(counterpart),
        }
    }
}
