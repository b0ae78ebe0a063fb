//! Characters that text extraction puts in place of the printed ones.
//!
//! Three kinds occur. Programs that map glyphs back to characters choose the radical ⼀ for the
//! ideograph 一, since one glyph draws both. Vertical pages yield the vertical forms of punctuation
//! (︵ for （). Texts of Hong Kong that were decoded with plain Big5 have the characters of its
//! supplementary set (HKSCS) in Unicode's private use area.
//!
//! The first two are safe to replace everywhere: no prose uses them. Private-use characters are
//! safe to replace only in a text known to be Traditional, because fonts and other character sets
//! use the same area; [`hkscs`] is therefore a separate function.

use std::sync::LazyLock;

use encoding_rs::BIG5;

const RADICALS: &str = include_str!("../data/radicals.tsv");

/// The ideograph of each radical, indexed from U+2E80; the radical itself if it has none.
static IDEOGRAPHS: LazyLock<Box<[char; RADICAL_COUNT]>> = LazyLock::new(|| {
    let mut table = Box::new(['\0'; RADICAL_COUNT]);
    for (code, slot) in (FIRST_RADICAL..).zip(table.iter_mut()) {
        *slot = char::from_u32(code).unwrap_or('\0');
    }
    for row in RADICALS.lines().filter(|row| !row.starts_with('#')) {
        let mut cells = row.split('\t').map(|cell| cell.chars().next());
        if let (Some(Some(from)), Some(Some(to))) = (cells.next(), cells.next())
            && let Some(slot) = table.get_mut((u32::from(from) - FIRST_RADICAL) as usize)
        {
            *slot = to;
        }
    }
    table
});

const FIRST_RADICAL: u32 = 0x2E80;
const RADICAL_COUNT: usize = 0x2FD6 - 0x2E80;

/// The character that `c` stands for: the ideograph of a radical or the horizontal form of a
/// punctuation mark. Returns any other `c` unchanged.
///
/// ```
/// use tiaowen_text::plain_form;
/// assert_eq!("第⼀条⻓江︵⺠︶".chars().map(plain_form).collect::<String>(), "第一条长江（民）");
/// ```
pub fn plain_form(c: char) -> char {
    match u32::from(c) {
        code @ FIRST_RADICAL..0x2FD6 => IDEOGRAPHS[(code - FIRST_RADICAL) as usize],
        0xFE10..=0xFE19 | 0xFE30..=0xFE48 => horizontal(c),
        _ => c,
    }
}

/// Whether [`plain_form`] changes `c`.
pub fn has_plain_form(c: char) -> bool {
    plain_form(c) != c
}

fn horizontal(c: char) -> char {
    match c {
        '︐' => '，',
        '︑' => '、',
        '︒' => '。',
        '︓' => '：',
        '︔' => '；',
        '︕' => '！',
        '︖' => '？',
        '︗' => '〖',
        '︘' => '〗',
        '︙' => '…',
        '︰' => '：',
        '︱' => '—',
        '︲' => '–',
        '︳' => '＿',
        '︵' => '（',
        '︶' => '）',
        '︷' => '｛',
        '︸' => '｝',
        '︹' => '〔',
        '︺' => '〕',
        '︻' => '【',
        '︼' => '】',
        '︽' => '《',
        '︾' => '》',
        '︿' => '〈',
        '﹀' => '〉',
        '﹁' => '「',
        '﹂' => '」',
        '﹃' => '『',
        '﹄' => '』',
        '﹇' => '［',
        '﹈' => '］',
        other => other,
    }
}

/// The character of Hong Kong's supplementary set for a private-use character.
///
/// Decoders of plain Big5 map its user-defined rows to the private use area in order (as code page
/// 950 does), so the position gives the character's Big5 code.
///
/// ```
/// use tiaowen_text::hkscs;
/// assert_eq!(hkscs('\u{E473}'), Some('邨'));
/// assert_eq!(hkscs('邨'), None);
/// ```
pub fn hkscs(c: char) -> Option<char> {
    // First and last code point of the area, the first lead byte and the first
    // trail position.
    const AREAS: [(u32, u32, u32, u32); 4] = [
        (0xE000, 0xE310, 0xFA, 0),
        (0xE311, 0xEEB7, 0x8E, 0),
        (0xEEB8, 0xF6B0, 0x81, 0),
        // C6A1 is in the second half of its row.
        (0xF6B1, 0xF848, 0xC6, 63),
    ];
    const TRAILS: u32 = 157;
    let code = u32::from(c);
    let (first, _, lead, skipped) =
        AREAS.into_iter().find(|(first, last, ..)| (*first..=*last).contains(&code))?;
    let place = code - first + skipped;
    let (row, column) = (place / TRAILS, place % TRAILS);
    let trail = if column < 63 { 0x40 + column } else { 0xA1 + column - 63 };
    let bytes = [u8::try_from(lead + row).ok()?, u8::try_from(trail).ok()?];
    let decoded = BIG5.decode_without_bom_handling_and_without_replacement(&bytes)?;
    let mut characters = decoded.chars();
    let character = characters.next().filter(|&character| !is_private(character))?;
    characters.next().is_none().then_some(character)
}

/// Whether a character is in the private use areas and so has no standard meaning.
pub fn is_private(c: char) -> bool {
    matches!(u32::from(c), 0xE000..=0xF8FF | 0xF_0000..=0x10_FFFD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radicals_and_vertical_marks_have_plain_forms() {
        for (extracted, plain) in [
            (
                "⼈⺠⻄⻅⻋⻓⻔⻘⻚⻛⻜⻝⻢⻥⻦⻩⻬⻮⻰⻳",
                "人民西见车长门青页风飞食马鱼鸟黄齐齿龙龟",
            ),
            ("⼆〇⼀七年⼗⼀⽉⼗⼋⽇", "二〇一七年十一月十八日"),
            ("︽甲︾︵一︶﹁乙﹂︐︒", "《甲》（一）「乙」，。"),
            ("人民、〇○A", "人民、〇○A"),
        ] {
            assert_eq!(extracted.chars().map(plain_form).collect::<String>(), plain);
        }
    }

    #[test]
    fn plain_forms_are_plain() {
        for c in ('\u{2E80}'..='\u{FFFF}').filter(|&c| has_plain_form(c)) {
            assert!(!has_plain_form(plain_form(c)), "{c}");
        }
    }

    #[test]
    fn private_use_characters_of_hong_kong() {
        for (private, character) in
            [('\u{E88C}', '埗'), ('\u{E473}', '邨'), ('\u{ECD4}', '𨋢'), ('\u{E5CF}', '俥')]
        {
            assert_eq!(hkscs(private), Some(character), "{private:?}");
        }
        // Wingdings' tick is outside the set.
        assert_eq!(hkscs('\u{F8FF}'), None);
        assert!(is_private('\u{F052}') && !is_private('邨'));
    }
}
