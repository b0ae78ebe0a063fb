//! Reports: which clauses a press article retells, or a paper describes.
//!
//! A report repeats the agreement's words where it matters and omits the rest. The evidence for a
//! pair is therefore how much of a sentence occurs in the clause in runs of equal characters. Pairs
//! of characters that many texts have (粵港, 合作) weigh little. Precision has priority over
//! recall; tests/reporting.rs measures both on pairs judged by hand.

use rustc_hash::{FxHashMap, FxHashSet};
use tiaowen_text::fold_char;

/// A paragraph that reports a clause.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReportedClause {
    /// Index of the paragraph.
    pub paragraph: usize,
    /// Index of the clause.
    pub clause: usize,
    /// Weight of the evidence, in pairs of characters as rare as possible.
    pub strength: f32,
}

/// Minimum length of a run in characters.
const SHORTEST_RUN: usize = 3;
/// Minimum weight of a single run in part of a sentence to be sufficient evidence: a name, or a
/// phrase of the agreement.
const TELLING_RUN: f32 = 4.0;
/// Minimum weight of the runs of a sentence, and the minimum share of the sentence.
const TELLING_SENTENCE: f32 = 3.0;
const SHARE_OF_SENTENCE: f32 = 0.35;
/// Minimum weight relative to the best clause for a clause to be reported too.
const AS_GOOD_AS_BEST: f32 = 0.95;

/// Finds which of the `clauses` the `paragraphs` report. `names` are the parties of the agreement,
/// which are no evidence; neither is text between 《 and 》, which names an instrument.
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

/// Removes text between 《 and 》, 〈 and 〉.
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
    // An unclosed bracket removes nothing.
    if depth > 0 { text.to_owned() } else { kept }
}

/// The letters of a text, folded.
fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| c.is_alphanumeric()).map(fold_char).collect()
}

/// The sentences of a text without names, each as the parts between its commas.
fn sentences(text: &str, names: &[Vec<char>]) -> Vec<Vec<Vec<char>>> {
    text.split(['。', '；', '！', '？', '\n'])
        .map(|sentence| {
            let parts = sentence.split(['，', '、', '：', ',', ':']);
            let parts = parts.map(|part| without_names(part, names));
            parts.filter(|part| part.len() > SHORTEST_RUN).collect()
        })
        .collect()
}

/// The letters of a text without names.
fn without_names(text: &str, names: &[Vec<char>]) -> Vec<char> {
    let mut letters = letters(text);
    for name in names {
        while let Some(at) = letters.windows(name.len()).position(|window| window == &name[..]) {
            letters.drain(at..at + name.len());
        }
    }
    letters
}

type CharacterPair = (char, char);

/// Index of the clauses for finding runs, and the rarity of each pair of characters.
struct Runs<'a> {
    clauses: &'a [Vec<char>],
    /// Positions of each three characters: clause, and position in it.
    places: FxHashMap<[char; SHORTEST_RUN], Vec<(u32, u32)>>,
    /// For each pair the number of texts that have it.
    holders: FxHashMap<CharacterPair, u32>,
    texts: f32,
}

impl<'a> Runs<'a> {
    fn of(clauses: &'a [Vec<char>], paragraphs: &[Vec<Vec<Vec<char>>>]) -> Self {
        let mut places: FxHashMap<[char; SHORTEST_RUN], Vec<(u32, u32)>> = FxHashMap::default();
        let mut holders: FxHashMap<CharacterPair, u32> = FxHashMap::default();
        let mut seen: FxHashSet<CharacterPair> = FxHashSet::default();
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

    /// Weight of a run: 1 for each pair that occurs in a single text, less for others.
    fn weight(&self, row: &[char]) -> f32 {
        row.windows(2).map(|pair| self.rarity((pair[0], pair[1]))).sum()
    }

    fn rarity(&self, pair: CharacterPair) -> f32 {
        let holders = self.holders.get(&pair).copied().unwrap_or(1).max(1);
        ((self.texts + 1.0) / holders as f32).ln() / (self.texts + 1.0).ln()
    }

    /// Reports the clauses that a sentence retells, with the weight of the evidence.
    fn reported(&self, sentence: &[Vec<char>], report: &mut dyn FnMut(usize, f32)) {
        let mut in_all: FxHashMap<u32, f32> = FxHashMap::default();
        for part in sentence {
            let held = self.held(part);
            let most = held.values().map(|held| held.all).fold(0.0, f32::max);
            for (&clause, held) in &held {
                *in_all.entry(clause).or_default() += held.all;
                if held.longest >= TELLING_RUN && held.all >= AS_GOOD_AS_BEST * most {
                    report(clause as usize, held.all);
                }
            }
        }
        let total: f32 = sentence.iter().map(|part| self.weight(part)).sum();
        let most = in_all.values().copied().fold(0.0, f32::max);
        let least = TELLING_SENTENCE.max(SHARE_OF_SENTENCE * total).max(AS_GOOD_AS_BEST * most);
        for (clause, weight) in in_all {
            if weight >= least {
                report(clause as usize, weight);
            }
        }
    }

    /// For each clause the runs it shares with part of a sentence, the longest from each position.
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

/// What a clause shares with part of a sentence.
#[derive(Default)]
struct Held {
    /// Weight of all runs, and of the heaviest.
    all: f32,
    longest: f32,
    /// End of the last run.
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
    fn text_with_the_words_of_a_clause_reports_it_in_both_scripts() {
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
    fn common_text_names_and_titles_report_nothing() {
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
