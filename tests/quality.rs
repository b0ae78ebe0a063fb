//! The quality of answers: a bar that no change of ranking may fall below.

use std::path::Path;

use serde_json::Value;

use crate::util::{Workspace, real};

/// The judged sample and our own topics, with the current figures less the effect of moving one hit
/// of one topic by one place. Raise them with the ranking; never lower them.
const BARS: [(&str, f64); 3] = [
    ("../shared/gold/topics.jsonl", 0.96),
    ("tests/topics/a.jsonl", 0.96),
    ("tests/topics/b.jsonl", 0.97),
];

#[test]
fn answers_stay_good_in_both_scripts() {
    let Some(folder) = real() else { return };
    let bench = Workspace::indexed(&folder);
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut sum, mut parity, mut topics) = (0.0, 0.0, 0.0);
    for (file, bar) in BARS {
        let path = project.join(file);
        let report = bench.json(&["judge", path.to_str().unwrap(), "--format", "json"]);
        let number = |value: &Value| value.as_f64().unwrap();
        let (hant, hans) = (number(&report["ndcg10"]["hant"]), number(&report["ndcg10"]["hans"]));
        assert!(hant >= bar && hans >= bar, "{file}: {hant:.3} {hans:.3} below {bar}: {report:#}");
        let count = number(&report["topics"]);
        sum += (hant + hans) / 2.0 * count;
        parity += number(&report["parity10"]) * count;
        topics += count;
    }
    assert!(sum / topics >= 0.967, "nDCG@10 {:.4}", sum / topics);
    assert!(parity / topics >= 0.97, "parity {:.4}", parity / topics);
}
