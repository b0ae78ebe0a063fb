//! What a query log shows: which queries are frequent, and which find nothing.
//!
//! Queries count as one if they differ in script, width or white space only. The page searches as one
//! types, so the log has the beginnings of queries; a query that another one continues within seconds
//! isn't counted.

use std::collections::{HashMap, VecDeque};
use std::io::{self, BufRead};

use serde::Deserialize;
use tiaowen_text::fold;

/// The seconds in which a query may be continued.
const TYPED_WITHIN: u64 = 10;
/// The number of further searches among which the continuation of a query is looked for.
const AMONG: usize = 32;

/// A query with its searches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryCount {
    /// The query as it was typed last.
    pub query: String,
    /// The number of searches.
    pub times: u64,
    /// The number of hits of the last one.
    pub hits: u64,
    /// Whether there were more.
    pub at_least: bool,
}

/// The searches in a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryReport {
    /// The number of searches.
    pub searches: u64,
    /// The time of the first search, in the format of RFC 3339; `None` without any.
    pub from: Option<String>,
    /// The time of the last search.
    pub to: Option<String>,
    /// Each query, the most frequent first.
    pub queries: Vec<QueryCount>,
}

/// Why a log can't be read.
#[derive(Debug, thiserror::Error)]
pub enum QueryLogError {
    /// The file can't be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A line isn't one of a query log.
    #[error("line {0}: this is no line of a query log")]
    Line(usize),
}

#[derive(Debug, Deserialize)]
struct LoggedQuery {
    time: String,
    query: String,
    hits: u64,
    at_least: bool,
}

struct Pending {
    logged: LoggedQuery,
    folded: String,
    is_continued: bool,
}

impl QueryReport {
    /// Reads a log. `since` is a day: earlier searches don't count.
    ///
    /// # Errors
    /// When it can't be read, or a line isn't one of a query log. A last line without its line feed
    /// is being written, and is left out.
    pub fn read(mut log: impl BufRead, since: Option<&str>) -> Result<Self, QueryLogError> {
        let mut counts = Counts::default();
        let mut pending: VecDeque<Pending> = VecDeque::new();
        let mut line = String::new();
        for number in 1.. {
            line.clear();
            log.read_line(&mut line)?;
            let Some(whole) = line.strip_suffix('\n') else { break };
            let logged: LoggedQuery =
                serde_json::from_str(whole).map_err(|_| QueryLogError::Line(number))?;
            if since.is_some_and(|since| logged.time.as_str() < since) {
                continue;
            }
            let folded = folded(&logged.query);
            for before in &mut pending {
                before.is_continued |= folded.len() > before.folded.len()
                    && folded.starts_with(&before.folded)
                    && is_soon_after(&before.logged.time, &logged.time);
            }
            pending.push_back(Pending { logged, folded, is_continued: false });
            if pending.len() > AMONG
                && let Some(first) = pending.pop_front()
            {
                counts.add(first);
            }
        }
        pending.into_iter().for_each(|rest| counts.add(rest));
        Ok(counts.report())
    }
}

#[derive(Default)]
struct Counts {
    report: QueryReport,
    /// The place of each query in the report, by its folded form.
    places: HashMap<String, usize>,
}

impl Counts {
    fn add(&mut self, pending: Pending) {
        if pending.is_continued {
            return;
        }
        let LoggedQuery { time, query, hits, at_least } = pending.logged;
        let all = &mut self.report;
        all.searches += 1;
        all.from.get_or_insert_with(|| time.clone());
        all.to = Some(time);
        let place = *self.places.entry(pending.folded).or_insert(all.queries.len());
        match all.queries.get_mut(place) {
            Some(known) => {
                *known = QueryCount { query, times: known.times + 1, hits, at_least };
            }
            None => all.queries.push(QueryCount { query, times: 1, hits, at_least }),
        }
    }

    fn report(mut self) -> QueryReport {
        // The order of those that are as frequent is that of the log.
        self.report.queries.sort_by_key(|count| std::cmp::Reverse(count.times));
        self.report
    }
}

fn folded(query: &str) -> String {
    fold(query).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a time is at most [`TYPED_WITHIN`] seconds after another one on the same day.
fn is_soon_after(before: &str, after: &str) -> bool {
    let (Some((day, before)), Some((other, after))) = (of_day(before), of_day(after)) else {
        return false;
    };
    day == other && after.checked_sub(before).is_some_and(|seconds| seconds <= TYPED_WITHIN)
}

/// The day of a time, and its seconds.
fn of_day(time: &str) -> Option<(&str, u64)> {
    let (day, clock) = time.strip_suffix('Z')?.split_once('T')?;
    let mut parts = clock.split(':').map(|part| part.parse::<u64>().ok());
    let mut next = || parts.next().flatten();
    Some((day, next()? * 3_600 + next()? * 60 + next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(lines: &[(&str, &str, u64)]) -> String {
        let line = |(time, query, hits): &(&str, &str, u64)| {
            let time = format!("2026-11-30T{time}Z");
            serde_json::json!({"time": time, "query": query, "hits": hits, "at_least": false})
                .to_string()
                + "\n"
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn both_scripts_count_as_one_query_and_beginnings_not_at_all() {
        let text = log(&[
            ("08:00:00", "知", 900),
            ("08:00:01", "知識", 90),
            ("08:00:01", "旅遊", 7),
            ("08:00:02", "知識產權", 5),
            ("09:00:00", "知识产权", 5),
            ("09:10:00", "無此詞", 0),
            ("10:00:00", "旅遊", 7),
            ("11:00:00", "旅遊合作", 3),
            ("12:00:00", " 知识产权 ", 6),
        ]);
        let report = QueryReport::read(text.as_bytes(), None).unwrap();
        let found: Vec<(&str, u64, u64)> =
            report.queries.iter().map(|one| (one.query.as_str(), one.times, one.hits)).collect();
        assert_eq!(
            found,
            [(" 知识产权 ", 3, 6), ("旅遊", 2, 7), ("無此詞", 1, 0), ("旅遊合作", 1, 3)]
        );
        assert_eq!(report.searches, 7);
        assert_eq!(report.from.as_deref(), Some("2026-11-30T08:00:01Z"));
        let none = QueryReport::read(text.as_bytes(), Some("2026-12-01")).unwrap();
        assert_eq!(none, QueryReport::default());
    }

    #[test]
    fn a_line_of_another_file_is_named_and_an_unfinished_one_left_out() {
        let mut text = log(&[("08:00:00", "甲", 1)]);
        text.push_str("{\"time\": \"2026");
        assert_eq!(QueryReport::read(text.as_bytes(), None).unwrap().searches, 1);
        text.push('\n');
        let error = QueryReport::read(text.as_bytes(), None).unwrap_err();
        assert!(matches!(error, QueryLogError::Line(2)), "{error}");
    }
}
