//! Chinese typed by its sound: `zhishi chanquan`, `zhī shì`, `zi1 sik1` for 知识产权.
//!
//! Typed text is cut into [`syllables`]; [`word_reads_as`] checks them against a folded word.
//! `scripts/readings` makes the readings in `data/readings.tsv` from Unicode's Unihan database and
//! rime-cantonese. They belong to folded characters: 识 has the readings of 識 and 识.
//!
//! ```
//! use tiaowen_text::phonetic::{Spelling, syllables, word_reads_as};
//!
//! for (typed, spelling) in [
//!     ("zhishi chanquan", Spelling::Pinyin),
//!     ("zhī shì chǎn quán", Spelling::Pinyin),
//!     ("zi1sik1caan2kyun4", Spelling::Jyutping),
//! ] {
//!     let ways = syllables(typed, spelling);
//!     assert!(ways.iter().any(|way| word_reads_as("知识产权", way, spelling)), "{typed}");
//! }
//! ```

mod cut;

use std::sync::LazyLock;

pub use cut::syllables;

const TABLE: &str = include_str!("../data/readings.tsv");

/// A romanisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spelling {
    /// Hanyu Pinyin, for Mandarin: `zhi1 shi2`, `zhīshí`.
    Pinyin,
    /// The Jyutping of the Linguistic Society of Hong Kong, for Cantonese: `zi1 sik1`.
    Jyutping,
}

/// A syllable: its letters without tone, and the tone if it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Syllable {
    letters: &'static str,
    tone: Option<u8>,
}

impl Syllable {
    /// The letters in standard spelling: `lü` for typed `lv`, `lüe` for `lue`, `ju` for `jü`.
    pub fn letters(&self) -> &str {
        self.letters
    }

    /// The tone if it was typed: 1 to 5 in pinyin, where 5 is the neutral tone; 1 to 6 in jyutping.
    ///
    /// ```
    /// use tiaowen_text::phonetic::{Spelling, syllables};
    /// let way = &syllables("lǜshi1 de0", Spelling::Pinyin)[0];
    /// let read: Vec<_> = way.iter().map(|s| (s.letters(), s.tone())).collect();
    /// assert_eq!(read, [("lü", Some(4)), ("shi", Some(1)), ("de", Some(5))]);
    /// ```
    pub fn tone(&self) -> Option<u8> {
        self.tone
    }
}

/// The table of readings in memory.
struct Readings {
    /// Folded characters, each with the offset of its cells in [`TABLE`]; sorted.
    rows: Vec<(char, u32)>,
    /// All syllables without tones, sorted, by [`Spelling`] in the order of the cells.
    inventories: [Vec<&'static str>; 2],
}

static READINGS: LazyLock<Readings> = LazyLock::new(|| {
    let mut readings = Readings { rows: Vec::new(), inventories: [Vec::new(), Vec::new()] };
    let mut at = 0;
    for row in TABLE.split_inclusive('\n') {
        if let Some((c, cells)) = row.split_once('\t')
            && let Some(c) = c.chars().next().filter(|&c| c != '#')
        {
            readings.rows.push((c, (at + row.len() - cells.len()) as u32));
            for (inventory, cell) in readings.inventories.iter_mut().zip(cells.split('\t')) {
                inventory.extend(parts(cell).map(|(letters, _)| letters));
            }
        }
        at += row.len();
    }
    for inventory in &mut readings.inventories {
        inventory.sort_unstable();
        inventory.dedup();
    }
    readings
});

/// The readings of a cell: letters and tone.
fn parts(cell: &'static str) -> impl Iterator<Item = (&'static str, u8)> {
    cell.split_ascii_whitespace().filter_map(|reading| {
        let (letters, tone) = reading.split_at_checked(reading.len().checked_sub(1)?)?;
        Some((letters, tone.parse().ok()?))
    })
}

/// The readings of a folded character, the most common first.
fn readings(folded: char, spelling: Spelling) -> impl Iterator<Item = (&'static str, u8)> {
    let rows = &READINGS.rows;
    let row = rows.binary_search_by_key(&folded, |&(c, _)| c).ok();
    let cells = row.and_then(|row| TABLE.get(rows[row].1 as usize..)?.lines().next());
    parts(cells.and_then(|cells| cells.split('\t').nth(spelling as usize)).unwrap_or_default())
}

/// Whether a folded (Simplified) character has this reading. A typed tone must match; a syllable
/// without a tone matches every tone.
///
/// ```
/// use tiaowen_text::phonetic::{Spelling, reads_as, syllables};
/// let hang = syllables("háng", Spelling::Pinyin)[0][0];
/// assert!(reads_as('行', &hang, Spelling::Pinyin));
/// assert!(!reads_as('幸', &hang, Spelling::Pinyin));
/// ```
pub fn reads_as(folded: char, syllable: &Syllable, spelling: Spelling) -> bool {
    readings(folded, spelling).any(|(letters, tone)| {
        letters == syllable.letters && syllable.tone.is_none_or(|typed| typed == tone)
    })
}

/// Whether a folded word has these readings, character by character.
///
/// ```
/// use tiaowen_text::fold;
/// use tiaowen_text::phonetic::{Spelling, syllables, word_reads_as};
/// let way = &syllables("yinhang", Spelling::Pinyin)[0];
/// assert!(word_reads_as(&fold("銀行"), way, Spelling::Pinyin));
/// assert!(!word_reads_as("银行业", way, Spelling::Pinyin));
/// ```
pub fn word_reads_as(folded: &str, syllables: &[Syllable], spelling: Spelling) -> bool {
    let mut chars = folded.chars();
    !syllables.is_empty()
        && syllables.iter().all(|s| chars.next().is_some_and(|c| reads_as(c, s, spelling)))
        && chars.next().is_none()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Spelling::{Jyutping, Pinyin};
    use super::*;
    use crate::{fold, fold_char};

    fn finds(typed: &str, spelling: Spelling, word: &str) -> bool {
        let ways = syllables(typed, spelling);
        ways.iter().any(|way| word_reads_as(&fold(word), way, spelling))
    }

    #[test]
    fn words_are_found_by_their_sound_in_both_scripts() {
        for (spelling, typed, words) in [
            (Pinyin, "zhishi chanquan", ["知識產權", "知识产权"]),
            (Pinyin, "ZhishiChanquan", ["知識產權", "知识产权"]),
            (Pinyin, "zhī shì", ["知識", "知识"]),
            (Pinyin, "zhīshi", ["知識", "知识"]),
            (Pinyin, "zhi1shi2", ["知識", "知识"]),
            (Pinyin, "ｚｈｉ　shi", ["知識", "知识"]),
            (Pinyin, "lüse", ["綠色", "绿色"]),
            (Pinyin, "lvse", ["綠色", "绿色"]),
            (Pinyin, "nver", ["女兒", "女儿"]),
            (Pinyin, "lu:4se4", ["綠色", "绿色"]),
            (Pinyin, "zhanlue", ["戰略", "战略"]),
            (Pinyin, "zhànlvè", ["戰略", "战略"]),
            (Pinyin, "xǖyào", ["需要", "需要"]),
            (Pinyin, "yinhang", ["銀行", "银行"]),
            (Pinyin, "zhixing", ["執行", "执行"]),
            (Pinyin, "chong2xin1", ["重新", "重新"]),
            (Pinyin, "zhong4yao4", ["重要", "重要"]),
            (Pinyin, "kuaiji", ["會計", "会计"]),
            (Pinyin, "nuer", ["女兒", "女儿"]),
            (Pinyin, "xiaolu", ["效率", "效率"]),
            (Pinyin, "falu", ["法律", "法律"]),
            (Pinyin, "lyuyou", ["旅遊", "旅游"]),
            (Pinyin, "luan", ["六安", "六安"]),
            (Pinyin, "lu'an", ["六安", "六安"]),
            (Pinyin, "xinzhuang", ["莘莊", "莘庄"]),
            (Pinyin, "yixiu", ["一宿", "一宿"]),
            (Pinyin, "panyu", ["番禺", "番禺"]),
            (Pinyin, "dongguan", ["東莞", "东莞"]),
            (Pinyin, "fang'an", ["方案", "方案"]),
            (Pinyin, "fangan", ["方案", "方案"]),
            (Pinyin, "zhuzuoquan", ["著作權", "著作权"]),
            (Pinyin, "erlingyiqi", ["二〇一七", "二〇一七"]),
            (Jyutping, "zi1 sik1 caan2 kyun4", ["知識產權", "知识产权"]),
            (Jyutping, "zi1sik1caan2kyun4", ["知識產權", "知识产权"]),
            (Jyutping, "zisikcaankyun", ["知識產權", "知识产权"]),
            (Jyutping, "ngan4hong4", ["銀行", "银行"]),
            (Jyutping, "zap1hang4", ["執行", "执行"]),
            (Jyutping, "cung4san1", ["重新", "重新"]),
            (Jyutping, "zung6jiu3", ["重要", "重要"]),
            (Jyutping, "fong1 on3", ["方案", "方案"]),
            (Jyutping, "fongngon", ["方案", "方案"]),
            (Jyutping, "co3ng6", ["錯誤", "错误"]),
        ] {
            for word in words {
                assert!(finds(typed, spelling, word), "{typed} {word}");
            }
        }
        for (spelling, typed, word) in [
            (Pinyin, "zhi1shi3", "知识"),
            (Pinyin, "zhishi", "知识产权"),
            (Pinyin, "zhishichanquan", "知识"),
            (Pinyin, "zi1sik1", "知识"),
            (Pinyin, "nu3er2", "女儿"),
            (Jyutping, "zi1sik6", "知识"),
            (Jyutping, "zhishi", "知识"),
            (Jyutping, "zī sik", "知识"),
        ] {
            assert!(!finds(typed, spelling, word), "{typed} {word}");
        }
        assert!(!word_reads_as("", &[], Pinyin));
    }

    /// Fails if the folding table changed and `scripts/readings` was not run.
    #[test]
    fn the_table_is_sorted_folded_and_whole() {
        let rows = &READINGS.rows;
        assert!(rows.len() >= 17_800 && rows.is_sorted_by(|(a, _), (b, _)| a < b));
        for &(c, _) in rows {
            assert_eq!(fold_char(c), c);
            for (spelling, tones) in [(Pinyin, 1..=5), (Jyutping, 1..=6)] {
                for (letters, tone) in readings(c, spelling) {
                    assert!(tones.contains(&tone), "{c} {letters}{tone}");
                    let way = &syllables(&format!("{letters}{tone}"), spelling)[0];
                    assert_eq!(way[..], [Syllable { letters, tone: Some(tone) }], "{c}");
                }
            }
        }
        for (c, spelling, expected) in [
            ('行', Pinyin, &["xing", "hang"][..]),
            ('行', Jyutping, &["hang", "hong", "haang"]),
            ('着', Pinyin, &["zhe", "zhu", "zhao", "zhuo"]),
            ('发', Jyutping, &["faat"]),
            ('干', Jyutping, &["gon"]),
        ] {
            for letters in expected {
                assert!(readings(c, spelling).any(|(known, _)| known == *letters), "{c}{letters}");
            }
        }
    }

    proptest! {
        #[test]
        fn words_read_as_their_own_first_readings(
            at in prop::collection::vec(0..READINGS.rows.len(), 1..=9),
            jyutping in any::<bool>(),
        ) {
            let spelling = if jyutping { Jyutping } else { Pinyin };
            let read = |&at: &usize| {
                let c = READINGS.rows[at].0;
                readings(c, spelling).next().map(|(letters, tone)| (c, letters, tone))
            };
            let read: Vec<_> = at.iter().filter_map(read).collect();
            prop_assume!(!read.is_empty());
            let word: String = read.iter().map(|(c, ..)| c).collect();
            let digits: String = read.iter().map(|(_, l, tone)| format!("{l}{tone}")).collect();
            let apart = read.iter().map(|(_, l, _)| *l).collect::<Vec<_>>().join("'");
            // Nine syllables fit into the input limit: at most 7 characters each.
            for typed in [digits, apart] {
                let way = &syllables(&typed, spelling)[0];
                prop_assert!(word_reads_as(&word, way, spelling), "{word} {typed}");
            }
        }
    }
}
