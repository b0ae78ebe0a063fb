//! The words of explanations.

use std::borrow::Cow;
use std::fmt::Display;

use tiaowen_query::{Hit, Joining, Reason, Rewording};

use crate::Words;
use crate::words::{fill, name};

/// Why a clause is a hit, one reason per line. Empty if the request didn't ask for it. `visible`
/// makes text from the query or a document safe to display.
pub fn why<'t>(w: &Words, hit: &'t Hit, visible: impl Fn(&'t str) -> Cow<'t, str>) -> Vec<String> {
    let Some(explanation) = &hit.explanation else { return Vec::new() };
    let words = &w.search;
    // Joined ranks give small scores.
    let score = match explanation.joining {
        Some(_) => format!("{:.4}", hit.score),
        None => format!("{:.2}", hit.score),
    };
    let mut lines = vec![if explanation.clause == hit.record.id() {
        fill(&words.score, &[("n", &score)])
    } else {
        fill(&words.score_other, &[("n", &score), ("id", &explanation.clause)])
    }];
    lines.extend(explanation.joining.iter().flat_map(|joining| joined(w, joining)));
    // A reason that adds almost nothing explains nothing.
    let telling = |reason: &&Reason| reason.score >= 0.05;
    for reason in explanation.reasons.iter().filter(telling) {
        let place = name(&w.places, reason.place.as_str());
        let (score, typed) = (format!("{:+.2}", reason.score), visible(&reason.typed));
        let values = [("score", &score as &dyn Display), ("typed", &typed), ("place", &place)];
        let mut line = fill(&words.reason, &values);
        for term in &reason.otherwise {
            let rule = match term.kind {
                Rewording::Number => &words.by_value,
                Rewording::Regional => &words.regional,
                Rewording::English => &words.in_english,
            };
            let (other, typed) = (visible(&term.other), visible(&term.typed));
            line.push_str(&fill(rule, &[("other", &other), ("typed", &typed)]));
        }
        lines.push(line);
    }
    if explanation.covered < 1.0 {
        lines.push(format!("×{:.2} {}", explanation.covered, words.covered));
    }
    if explanation.near > 0.0 {
        lines.push(format!("{:+.2} {}", explanation.near, words.near));
    }
    if explanation.kind < 1.0 {
        lines.push(format!("×{:.2} {}", explanation.kind, words.signature));
    }
    if explanation.recognised < 1.0 {
        lines.push(format!("×{:.2} {}", explanation.recognised, words.recognised));
    }
    if explanation.standing < 1.0 {
        lines.push(format!("×{:.2} {}", explanation.standing, words.standing));
    }
    if explanation.document > 1.0 {
        lines.push(format!("×{:.2} {}", explanation.document, words.document));
    }
    if !explanation.folded.is_empty() {
        let pair = |(typed, printed): &(char, char)| format!("{typed}={printed}");
        let pairs: Vec<String> = explanation.folded.iter().map(pair).collect();
        lines.push(format!("{} {}", words.folded, pairs.join(" ")));
    }
    lines
}

/// What words and meaning each brought to a hit's place.
fn joined(w: &Words, joining: &Joining) -> Vec<String> {
    let w = &w.search;
    let mut lines = Vec::new();
    if let Some((rank, score)) = joining.words {
        let (share, score) = (format!("{:+.4}", joining.by_words()), format!("{score:.2}"));
        let values: [(&str, &dyn Display); 3] =
            [("share", &share), ("rank", &rank), ("score", &score)];
        lines.push(fill(&w.by_words, &values));
    }
    if let Some((rank, cosine)) = joining.meaning {
        let (share, cosine) = (format!("{:+.4}", joining.by_meaning()), format!("{cosine:.3}"));
        let values: [(&str, &dyn Display); 3] =
            [("share", &share), ("rank", &rank), ("cosine", &cosine)];
        lines.push(fill(&w.by_meaning, &values));
    }
    if joining.is_word_for_word {
        lines.push(w.kept_first.clone());
    }
    lines
}
