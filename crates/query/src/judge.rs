//! Measures the quality of answers on judged topics.

use std::collections::BTreeMap;

/// The name of a clause in a topic: its source, and the first and last 14 characters of its text
/// without white space.
pub fn name(source: &str, text: &str) -> (String, String, String) {
    let plain: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let starts = plain.iter().take(14).collect();
    let ends = plain[plain.len().saturating_sub(14)..].iter().collect();
    (source.to_owned(), starts, ends)
}

/// nDCG of the first ten hits with gains 2^grade − 1. `ranked` are the grades of the hits in order.
///
/// ```
/// use tiaowen_query::judge::ndcg10;
/// assert_eq!(ndcg10(&[2, 1, 0], &[1, 2]), 1.0);
/// assert!(ndcg10(&[0, 2], &[2]) < 0.7);
/// ```
pub fn ndcg10(ranked: &[u32], relevant: &[u32]) -> f64 {
    let mut ideal = relevant.to_vec();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best = gain(&ideal);
    if best == 0.0 { 0.0 } else { gain(ranked) / best }
}

/// The discounted gains of the first ten hits.
fn gain(grades: &[u32]) -> f64 {
    let discounted = grades.iter().take(10).zip(2u32..);
    discounted.map(|(&grade, rank)| (2f64.powi(grade as i32) - 1.0) / f64::from(rank).log2()).sum()
}

/// The size of the intersection of two lists divided by that of their union. 1 if both are empty.
pub fn jaccard(left: &[String], right: &[String]) -> f64 {
    let of_left: std::collections::BTreeSet<_> = left.iter().collect();
    let of_right: std::collections::BTreeSet<_> = right.iter().collect();
    let both = of_left.intersection(&of_right).count();
    let either = of_left.union(&of_right).count();
    if either == 0 { 1.0 } else { both as f64 / either as f64 }
}

/// The result of one topic.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicResult {
    /// The topic's id.
    pub id: String,
    /// The topic's kind.
    pub kind: String,
    /// nDCG of the first ten hits for the query in Traditional.
    pub hant: f64,
    /// nDCG of the first ten hits for the query in Simplified.
    pub hans: f64,
    /// The overlap of both lists of ten.
    pub parity: f64,
}

/// Means over topics.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Means {
    /// The number of topics.
    pub topics: usize,
    /// Mean nDCG, typed in Traditional.
    pub hant: f64,
    /// Mean nDCG, typed in Simplified.
    pub hans: f64,
    /// Mean overlap.
    pub parity: f64,
}

/// The means of all results, and of each kind of topic.
pub fn means(results: &[TopicResult]) -> (Means, BTreeMap<String, Means>) {
    let mut kinds: BTreeMap<String, Vec<&TopicResult>> = BTreeMap::new();
    for result in results {
        kinds.entry(result.kind.clone()).or_default().push(result);
    }
    let all: Vec<&TopicResult> = results.iter().collect();
    (mean(&all), kinds.iter().map(|(kind, results)| (kind.clone(), mean(results))).collect())
}

fn mean(results: &[&TopicResult]) -> Means {
    let count = results.len().max(1) as f64;
    let of = |value: fn(&TopicResult) -> f64| results.iter().map(|r| value(r)).sum::<f64>() / count;
    Means {
        topics: results.len(),
        hant: of(|r| r.hant),
        hans: of(|r| r.hans),
        parity: of(|r| r.parity),
    }
}
