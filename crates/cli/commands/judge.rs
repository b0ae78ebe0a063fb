//! Measures the quality of an index on judged topics.
use std::collections::{BTreeMap, HashMap};
use std::io::Write;

use serde::{Deserialize, Serialize};
use tiaowen_query::judge::{Means, TopicResult, jaccard, means, name, ndcg10};
use tiaowen_query::{Hit, Request, Searcher};
use tiaowen_words::fill;

use crate::args::{Judge, Report};
use crate::failure::{Failure, Outcome};
use crate::language::words;
use crate::output::Output;
use crate::terminal::{BOLD, DIM, left, right, safe};
use crate::wording;

/// A topic in a file.
#[derive(Debug, Deserialize)]
struct Topic {
    id: String,
    kind: String,
    hant: String,
    hans: String,
    relevant: Vec<Relevant>,
}

#[derive(Debug, Deserialize)]
struct Relevant {
    source: String,
    starts: String,
    ends: String,
    grade: u32,
}

/// The quality of an index.
#[derive(Debug, Serialize)]
struct JudgeJson {
    topics: usize,
    ndcg10: BothJson,
    parity10: f64,
    by_kind: BTreeMap<String, KindJson>,
    worst: Vec<WorstJson>,
}

/// A figure for each script.
#[derive(Debug, Serialize)]
struct BothJson {
    hant: f64,
    hans: f64,
}

/// The quality on a kind of topic.
#[derive(Debug, Serialize)]
struct KindJson {
    topics: usize,
    ndcg10: BothJson,
    parity10: f64,
}

/// A topic with a low score.
#[derive(Debug, Serialize)]
struct WorstJson {
    id: String,
    hant: f64,
    hans: f64,
}

pub(crate) fn run(args: &Judge, out: &Output) -> Result<Outcome, Failure> {
    let w = &words().terminal;
    let shown = safe(&args.topics.display().to_string());
    let text = std::fs::read_to_string(&args.topics)
        .map_err(|error| Failure::of_system(&args.topics, &error))?;
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let topics = lines
        .map(|(line, number)| {
            serde_json::from_str::<Topic>(line).map_err(|error| {
                let place = fill(&w.file_line, &[("file", &shown), ("line", &number)]);
                let reason = fill(&w.no_topic, &[("reason", &error)]);
                Failure::Input(wording::at_place(&place, &reason))
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    if topics.is_empty() {
        return Err(Failure::of_file(&args.topics, &w.no_topics));
    }
    let searcher = args.folder.searcher()?;
    let results =
        topics.iter().map(|topic| judge(topic, &searcher)).collect::<Result<Vec<_>, _>>()?;
    let (all, kinds) = means(&results);
    match args.format {
        Report::Json => {
            out.json(&wire(&all, &kinds, &results))?;
        }
        Report::Text => text_report(&all, &kinds, &results, out)?,
    }
    Ok(Outcome::Done)
}

fn judge(topic: &Topic, searcher: &Searcher) -> Result<TopicResult, Failure> {
    let grades: HashMap<_, _> = topic
        .relevant
        .iter()
        .map(|clause| {
            ((clause.source.clone(), clause.starts.clone(), clause.ends.clone()), clause.grade)
        })
        .collect();
    let relevant: Vec<u32> = topic.relevant.iter().map(|clause| clause.grade).collect();
    let grade = |hit: &Hit| {
        let named = name(&hit.record.document.source, &hit.record.clause.text);
        grades.get(&named).copied().unwrap_or(0)
    };
    let gain = |hits: &[Hit]| ndcg10(&hits.iter().map(grade).collect::<Vec<_>>(), &relevant);
    let (hant, hans) = (ranked(searcher, &topic.hant)?, ranked(searcher, &topic.hans)?);
    Ok(TopicResult {
        id: topic.id.clone(),
        kind: topic.kind.clone(),
        hant: gain(&hant),
        hans: gain(&hans),
        parity: jaccard(&ids(&hant), &ids(&hans)),
    })
}

/// The first hits of a query of a topic.
fn ranked(searcher: &Searcher, query: &str) -> Result<Vec<Hit>, Failure> {
    // Topics judge the versions of a clause separately.
    let request = Request { group: false, ..Request::new(query) };
    let answer = searcher.search(&request)?;
    // A result for a part of the index says nothing about the whole.
    match answer.incomplete() {
        Some(note) => Err(Failure::Input(wording::note(note))),
        None => Ok(answer.hits),
    }
}

fn ids(hits: &[Hit]) -> Vec<String> {
    hits.iter().map(|hit| hit.record.id()).collect()
}

/// The results below the maximum, the worst first.
fn worst(results: &[TopicResult]) -> Vec<&TopicResult> {
    let low = |result: &TopicResult| result.hant.min(result.hans);
    let mut worst: Vec<_> = results.iter().filter(|result| low(result) < 0.999).collect();
    worst.sort_by(|left, right| low(left).total_cmp(&low(right)));
    worst.truncate(10);
    worst
}

fn wire(all: &Means, kinds: &BTreeMap<String, Means>, results: &[TopicResult]) -> JudgeJson {
    let both = |means: &Means| BothJson { hant: means.hant, hans: means.hans };
    JudgeJson {
        topics: all.topics,
        ndcg10: both(all),
        parity10: all.parity,
        by_kind: kinds
            .iter()
            .map(|(kind, means)| {
                let json =
                    KindJson { topics: means.topics, ndcg10: both(means), parity10: means.parity };
                (kind.clone(), json)
            })
            .collect(),
        worst: worst(results)
            .into_iter()
            .map(|result| WorstJson { id: result.id.clone(), hant: result.hant, hans: result.hans })
            .collect(),
    }
}

fn text_report(
    all: &Means,
    kinds: &BTreeMap<String, Means>,
    results: &[TopicResult],
    out: &Output,
) -> Result<(), Failure> {
    let w = &words().terminal;
    let mut to = out.text();
    writeln!(
        to,
        "{BOLD}{:<22}{}{}{}{}{BOLD:#}",
        "nDCG@10",
        right(&w.topics, 7),
        right(&w.hant, 8),
        right(&w.hans, 8),
        right(&w.parity, 9)
    )?;
    let kinds = kinds.iter().map(|(name, means)| (name.as_str(), means));
    for (name, means) in kinds.chain([(&*w.all_topics, all)]) {
        writeln!(
            to,
            "{}{:>7}{:>8.3}{:>8.3}{:>9.3}",
            left(name, 22),
            means.topics,
            means.hant,
            means.hans,
            means.parity
        )?;
    }
    for result in worst(results) {
        writeln!(
            to,
            "{DIM}  {:<6} {:<20} {:.3} {:.3}  {} {:.2}{DIM:#}",
            result.id, result.kind, result.hant, result.hans, w.parity, result.parity
        )?;
    }
    Ok(())
}
