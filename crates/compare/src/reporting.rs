//! Which clauses a text reports: a press page that retells an agreement, a paper that tells
//! of a plan annexed to it.
//!
//! A report keeps the agreement's own words where it matters and leaves out the rest, so what
//! speaks for a pair is how much of a sentence stands in the clause in runs of the same
//! characters. Pairs of characters that many of the texts have (粵港, 合作) say little. Precision
//! goes before recall: tests/reporting.rs measures both on pairs judged by hand.

use rustc_hash::{FxHashMap, FxHashSet};
use tiaowen_text::fold_char;

/// A paragraph that reports a clause.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReportedClause {
    /// The place of the paragraph among those given.
    pub paragraph: usize,
    /// The place of the clause among those given.
    pub clause: usize,
    /// What speaks for it, in pairs of characters as rare as can be.
    pub strength: f32,
}

/// Characters that a run has at least.
const SHORTEST_RUN: usize = 3;
/// What a single run of a part of a sentence must weigh to say by itself what is meant: a name,
/// a phrase of the agreement.
const TELLING_RUN: f32 = 4.0;
/// What the runs of a whole sentence must weigh, and how much of the sentence that must be.
const TELLING_SENTENCE: f32 = 3.0;
const SHARE_OF_SENTENCE: f32 = 0.35;
/// What a clause must weigh beside the one that weighs most: both are reported then.
const AS_GOOD_AS_BEST: f32 = 0.95;

/// Which of the `clauses` the `paragraphs` report. `names` are the bodies that these speak of,
/// which say nothing of what is reported; what stands between 《 and 》 names an instrument and
/// says as little.
///
/// ```
/// use tiaowen_compare::reports;
/// let clauses = ["支持在香港設立粵港知識產權交易平台。", "互派醫護人員到對方的醫療機構考察和實習。"];
/// let found = reports(&["兩地醫護人員將到對方的医疗机构考察和实习"], &clauses, &[]);
/// assert_eq!((found[0].paragraph, found[0].clause), (0, 1));
/// assert!(reports(&["雙方同意加強合作"], &clauses, &[]).is_empty());
/// ```
pub fn reports(paragraphs: &[&str], clauses: &[&str], names: &[&str]) -> Vec<ReportedClause> {
    let mut names: Vec<Vec<char>> = names.iter().map(|name| letters(name)).collect();
    names.retain(|name| name.len() > 1);
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let clauses: Vec<Vec<char>> =
        clauses.iter().map(|text| letters(&without_titles(text))).collect();
    let paragraphs: Vec<Vec<Vec<Vec<char>>>> =
        paragraphs.iter().map(|text| sentences(&without_titles(text), &names)).collect();
    let runs = Runs::of(&clauses, &paragraphs);
    let mut found: Vec<ReportedClause> = Vec::new();
    for (paragraph, sentences) in paragraphs.iter().enumerate() {
        let mut strengths: FxHashMap<usize, f32> = FxHashMap::default();
        for sentence in sentences {
            runs.reported(sentence, &mut |clause, strength| {
                let known = strengths.entry(clause).or_default();
                *known = known.max(strength);
            });
        }
        found.extend(strengths.into_iter().map(|(clause, strength)| ReportedClause {
            paragraph,
            clause,
            strength,
        }));
    }
    found.sort_by_key(|report| (report.paragraph, report.clause));
    found
}

/// A text without what stands between 《 and 》, 〈 and 〉.
fn without_titles(text: &str) -> String {
    let mut depth = 0usize;
    let kept = text.chars().map(|c| match c {
        '《' | '〈' => {
            depth += 1;
            '。'
        }
        '》' | '〉' => {
            depth = depth.saturating_sub(1);
            '。'
        }
        _ if depth > 0 => '\0',
        c => c,
    });
    let kept: String = kept.filter(|c| *c != '\0').collect();
    // One that is never closed ends nothing.
    if depth > 0 { text.to_owned() } else { kept }
}

/// The letters of a text, folded.
fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| c.is_alphanumeric()).map(fold_char).collect()
}

/// The sentences of a text, each in the parts that commas make, without names.
fn sentences(text: &str, names: &[Vec<char>]) -> Vec<Vec<Vec<char>>> {
    let part = |text: &str| -> Vec<char> {
        let mut part = letters(text);
        for name in names {
            while let Some(at) = part.windows(name.len()).position(|window| window == &name[..]) {
                part.drain(at..at + name.len());
            }
        }
        part
    };
    text.split(['。', '；', '！', '？', '\n'])
        .map(|sentence| {
            let parts = sentence.split(['，', '、', '：', ',', ':']).map(part);
            parts.filter(|part| part.len() > SHORTEST_RUN).collect()
        })
        .collect()
}

type DocumentPair = (char, char);

/// Where runs may begin in the clauses, and how rare each pair of characters is.
struct Runs<'a> {
    clauses: &'a [Vec<char>],
    /// The places of each three characters: clause and place in it.
    places: FxHashMap<[char; SHORTEST_RUN], Vec<(u32, u32)>>,
    /// How many texts have a pair.
    holders: FxHashMap<DocumentPair, u32>,
    texts: f32,
}

impl<'a> Runs<'a> {
    fn of(clauses: &'a [Vec<char>], paragraphs: &[Vec<Vec<Vec<char>>>]) -> Self {
        let mut places: FxHashMap<[char; SHORTEST_RUN], Vec<(u32, u32)>> = FxHashMap::default();
        let mut holders: FxHashMap<DocumentPair, u32> = FxHashMap::default();
        let mut seen: FxHashSet<DocumentPair> = FxHashSet::default();
        let mut count = |parts: &mut dyn Iterator<Item = &Vec<char>>| {
            seen.clear();
            seen.extend(parts.flat_map(|part| part.windows(2).map(|pair| (pair[0], pair[1]))));
            seen.iter().for_each(|pair| *holders.entry(*pair).or_default() += 1);
        };
        for (clause, text) in (0u32..).zip(clauses) {
            count(&mut std::iter::once(text));
            for (at, three) in (0u32..).zip(text.windows(SHORTEST_RUN)) {
                places.entry([three[0], three[1], three[2]]).or_default().push((clause, at));
            }
        }
        for sentences in paragraphs {
            count(&mut sentences.iter().flatten());
        }
        Runs { clauses, places, holders, texts: (clauses.len() + paragraphs.len()) as f32 }
    }

    /// What characters in a row weigh: 1 for each pair that a single text has, less for more.
    fn weight(&self, row: &[char]) -> f32 {
        let of_pair = |pair: &[char]| {
            let holders = self.holders.get(&(pair[0], pair[1])).copied().unwrap_or(1).max(1);
            ((self.texts + 1.0) / holders as f32).ln() / (self.texts + 1.0).ln()
        };
        row.windows(2).map(of_pair).sum()
    }

    /// Tells which clauses a sentence reports, and what speaks for each.
    fn reported(&self, sentence: &[Vec<char>], tell: &mut dyn FnMut(usize, f32)) {
        let mut in_all: FxHashMap<u32, f32> = FxHashMap::default();
        for part in sentence {
            let held = self.held(part);
            let most = held.values().map(|held| held.all).fold(0.0, f32::max);
            for (&clause, held) in &held {
                *in_all.entry(clause).or_default() += held.all;
                if held.longest >= TELLING_RUN && held.all >= AS_GOOD_AS_BEST * most {
                    tell(clause as usize, held.all);
                }
            }
        }
        let whole: f32 = sentence.iter().map(|part| self.weight(part)).sum();
        let most = in_all.values().copied().fold(0.0, f32::max);
        let least = TELLING_SENTENCE.max(SHARE_OF_SENTENCE * whole).max(AS_GOOD_AS_BEST * most);
        for (clause, weight) in in_all {
            if weight >= least {
                tell(clause as usize, weight);
            }
        }
    }

    /// What of a part of a sentence each clause holds in runs, the longest from each place on.
    fn held(&self, part: &[char]) -> FxHashMap<u32, Held> {
        let mut held: FxHashMap<u32, Held> = FxHashMap::default();
        let mut here: FxHashMap<u32, usize> = FxHashMap::default();
        for (at, three) in part.windows(SHORTEST_RUN).enumerate() {
            here.clear();
            let places = self.places.get(&[three[0], three[1], three[2]]);
            for &(clause, place) in places.into_iter().flatten() {
                if held.get(&clause).is_some_and(|held| held.until > at) {
                    continue;
                }
                let text = &self.clauses[clause as usize][place as usize..];
                let same = text.iter().zip(&part[at..]).take_while(|(a, b)| a == b).count();
                let known = here.entry(clause).or_default();
                *known = same.max(*known);
            }
            for (&clause, &length) in &here {
                let weight = self.weight(&part[at..at + length]);
                let held = held.entry(clause).or_default();
                held.all += weight;
                held.longest = held.longest.max(weight);
                held.until = at + length;
            }
        }
        held
    }
}

/// What a clause holds of a part of a sentence.
#[derive(Default)]
struct Held {
    /// What its runs weigh, and the weightiest of them.
    all: f32,
    longest: f32,
    /// Where the last of them ends.
    until: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAUSES: [&str; 4] = [
        "設立跨境救援船隊的聯合值班表。港方每月派出兩艘拖輪到桂山島輪值。",
        "兩地氣象台同意互換颱風路徑的預測，每季校準雷達回波。",
        "擴展圖書館通用借閱證。批准更多符合資格的流動書車往返口岸、停靠校園。",
        "推進粵港合作，加強雙方交流。",
    ];

    fn of(paragraph: &str) -> Vec<usize> {
        let found = reports(&[paragraph], &CLAUSES, &["廣東省教育廳"]);
        found.into_iter().map(|report| report.clause).collect()
    }

    #[test]
    fn what_keeps_the_words_reports_the_clause_in_both_scripts() {
        for (hant, hans, clause) in [
            ("設立跨境救援船隊的值班表", "设立跨境救援船队的值班表", 0),
            ("互換颱風路徑的預測，校準雷達回波", "互换台风路径的预测，校准雷达回波", 1),
            (
                "閱讀方面，當局會批准更多符合資格的流動書車往返口岸、停靠校園。",
                "阅读方面，当局会批准更多符合资格的流动书车往返口岸、停靠校园。",
                2,
            ),
        ] {
            assert_eq!(of(hant), [clause], "{hant}");
            assert_eq!(of(hans), [clause], "{hans}");
        }
    }

    #[test]
    fn what_all_say_names_and_titles_report_nothing() {
        for paragraph in [
            "",
            "粵港雙方同意加強交流合作。",
            "廣東省教育廳",
            "《設立跨境救援船隊的聯合值班表》",
            "典禮上午在碼頭舉行，來賓合照留念。",
        ] {
            assert_eq!(of(paragraph), Vec::<usize>::new(), "{paragraph}");
        }
    }

    #[test]
    fn nothing_to_report_is_nothing() {
        assert_eq!(reports(&[], &CLAUSES, &[]), []);
        assert_eq!(reports(&["設立船隊"], &[], &[]), []);
        assert_eq!(reports(&["《"], &["》"], &["", "甲"]), []);
    }
}
