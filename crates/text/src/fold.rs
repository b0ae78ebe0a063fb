//! Folding: the character table that makes both scripts one for searching.
//!
//! The test `table_agrees_with_its_sources` makes the table `data/folding.tsv` from OpenCC,
//! Unicode, `data/residual.tsv` (pairs that those two leave apart) and `data/variants.tsv` (pairs
//! that they join although the words differ); run it with `UPDATE_FOLDING=1` to write the table
//! again.
//!
//! Folding ignores context on purpose. A whole-text conversion maps a character differently in
//! context than alone, so a query and a text would not meet, and it is not idempotent.

use std::sync::LazyLock;

/// The OpenCC release that the script rows of the table come from.
pub const OPENCC_VERSION: &str = "1.4.2";

const TABLE: &str = include_str!("../data/folding.tsv");

/// The table in memory.
struct Folding {
    /// Basic plane: the folded form of each character (mostly itself).
    basic: Box<[u16; 0x1_0000]>,
    /// Pairs with a character outside the basic plane, sorted by the original.
    beyond: Vec<(char, char)>,
    /// Characters that a script or variant rule joins with others, sorted.
    forms: Vec<Form>,
    /// Basic plane: index of each character in `forms` plus 1; 0 for characters without a form.
    behind_form: Box<[u16; 0x1_0000]>,
    /// Simplified forms of Traditional characters.
    simplified: Vec<char>,
    /// Basic plane: the flags [`TRADITIONAL`] and [`SIMPLIFIED`], for fast detection of scripts.
    classes: Box<[u8; 0x1_0000]>,
}

const TRADITIONAL: u8 = 1;
const SIMPLIFIED: u8 = 2;
/// Flag for Simplified forms that are Traditional characters too and therefore say nothing about a
/// text's script: those that occur at least three times in 11,547 laws of Taiwan.
const AMBIGUOUS: u8 = 4;
const IN_BOTH: &str = "核查合出同表制向局修面准系回席污逾致千即私秘扣雇抵板升注台累卷占折床舍才里志吊干周克困真群旗既噪念症酸托曲游搜厘彩溯呆蒙旋欲梁凌佣糖征岩泛矩峰暗吃秋沈只溪杆栗松扇巨咨伙糊玩抬拼捆斗冬昆刮荐晒雕皂札棋并谷愈灶泄于胜霉杯岳余采沾佛扎捍弦庄朴朱御哄卜划幸挽恤恒咽后拐凶虱苔戚僵奸唇么云了几叶";

/// A character that folding joins with others.
#[derive(Debug, Clone, Copy)]
struct Form {
    from: char,
    /// Whether it is Traditional, that is, OpenCC simplifies it.
    traditional: bool,
    /// Its Simplified form. For 畫 this is 画, although both fold to 划.
    simplified: char,
    /// Its standard Traditional form: 裏 for 裡.
    standard: char,
}

static FOLDING: LazyLock<Folding> = LazyLock::new(|| Folding::read(TABLE));

impl Folding {
    fn read(table: &str) -> Self {
        let mut basic = Box::new([0u16; 0x1_0000]);
        for (code, slot) in basic.iter_mut().enumerate() {
            *slot = code as u16;
        }
        let mut folding = Folding {
            basic,
            beyond: Vec::new(),
            forms: Vec::new(),
            behind_form: Box::new([0; 0x1_0000]),
            simplified: Vec::new(),
            classes: Box::new([0; 0x1_0000]),
        };
        for row in table.lines().filter(|row| !row.starts_with('#')) {
            folding.add(row);
        }
        folding.beyond.sort_unstable();
        folding.forms.sort_unstable_by_key(|form| form.from);
        for (form, behind) in folding.forms.iter().zip(1..) {
            if let Some(slot) = folding.behind_form.get_mut(u32::from(form.from) as usize) {
                *slot = behind;
            }
        }
        let script_rows = folding.forms.iter().filter(|form| form.traditional);
        folding.simplified = script_rows.map(|form| form.simplified).collect();
        folding.simplified.sort_unstable();
        folding.simplified.dedup();
        folding.classify();
        folding
    }

    /// Adds a row of the table: a character, its folded form and why, and for pairs of the scripts the
    /// Simplified and the standard Traditional form where they are others.
    fn add(&mut self, row: &str) {
        let mut cells = row.split('\t');
        let (Some(from), Some(to), Some(why)) =
            (cells.next().and_then(only_char), cells.next().and_then(only_char), cells.next())
        else {
            return;
        };
        let (from_code, to_code) = (u32::from(from), u32::from(to));
        if from_code < 0x1_0000 && to_code < 0x1_0000 {
            self.basic[from_code as usize] = to_code as u16;
        } else {
            self.beyond.push((from, to));
            if from_code < 0x1_0000 {
                // 0 marks a character whose folded form is outside the plane.
                self.basic[from_code as usize] = 0;
            }
        }
        if matches!(why, "script" | "residual") {
            let mut cell = |default| cells.next().and_then(first_char).unwrap_or(default);
            let simplified = cell(to);
            let standard = cell(from);
            self.forms.push(Form { from, traditional: why == "script", simplified, standard });
        }
    }

    /// Sets the flags by which scripts are detected.
    fn classify(&mut self) {
        let script_rows = self.forms.iter().filter(|form| form.traditional);
        let classed = script_rows.map(|form| (form.from, TRADITIONAL));
        let classed = classed.chain(self.simplified.iter().map(|&c| (c, SIMPLIFIED)));
        for (c, class) in classed.chain(IN_BOTH.chars().map(|c| (c, AMBIGUOUS))) {
            if let Some(slot) = self.classes.get_mut(u32::from(c) as usize) {
                *slot |= class;
            }
        }
    }

    fn beyond(&self, c: char) -> char {
        match self.beyond.binary_search_by_key(&c, |&(from, _)| from) {
            Ok(at) => self.beyond[at].1,
            Err(_) => c,
        }
    }
}

/// The character that a cell consists of.
fn only_char(cell: &str) -> Option<char> {
    first_char(cell).filter(|c| c.len_utf8() == cell.len())
}

fn first_char(cell: &str) -> Option<char> {
    cell.chars().next()
}

/// The folded form of a character: lower case, half width, Simplified.
///
/// Folding is idempotent: a folded character folds to itself.
///
/// ```
/// use tiaowen_text::fold_char;
/// assert_eq!(fold_char('權'), '权');
/// assert_eq!(fold_char('Ａ'), 'a');
/// assert_eq!(fold_char('。'), '。');
/// ```
pub fn fold_char(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let folding = &*FOLDING;
    match folding.basic.get(u32::from(c) as usize) {
        Some(&folded) if folded != 0 => char::from_u32(u32::from(folded)).unwrap_or(c),
        _ => folding.beyond(c),
    }
}

/// Folds each character of `text`; the result has the same number of characters.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    folded.extend(text.chars().map(fold_char));
    folded
}

/// Whether two texts are equal after folding.
pub fn same_when_folded(left: &str, right: &str) -> bool {
    left.chars().map(fold_char).eq(right.chars().map(fold_char))
}

fn form(c: char) -> Option<&'static Form> {
    let Folding { forms, behind_form, .. } = &*FOLDING;
    if let Some(&behind) = behind_form.get(u32::from(c) as usize) {
        return forms.get(usize::from(behind).checked_sub(1)?);
    }
    forms.binary_search_by_key(&c, |form| form.from).ok().map(|at| &forms[at])
}

/// Whether `c` is a Traditional or variant form that has a Simplified one.
pub fn is_traditional_form(c: char) -> bool {
    if let Some(&class) = FOLDING.classes.get(u32::from(c) as usize) {
        return class & TRADITIONAL != 0;
    }
    form(c).is_some_and(|form| form.traditional)
}

/// Whether `c` is the Simplified form of some Traditional character. Many such characters exist in
/// Traditional too: 后, 里, 面.
pub fn is_simplified_form(c: char) -> bool {
    if let Some(&class) = FOLDING.classes.get(u32::from(c) as usize) {
        return class & SIMPLIFIED != 0;
    }
    FOLDING.simplified.binary_search(&c).is_ok()
}

/// Numbers of characters of a text that occur only in Traditional, and only in Simplified.
pub(crate) fn script_votes(text: &str) -> (usize, usize) {
    let classes = &FOLDING.classes;
    let (mut traditional, mut simplified) = (0, 0);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        let class = match classes.get(u32::from(c) as usize) {
            Some(&class) => class,
            None if is_traditional_form(c) => TRADITIONAL,
            None if is_simplified_form(c) => SIMPLIFIED,
            None => 0,
        };
        traditional += usize::from(class & TRADITIONAL != 0);
        simplified += usize::from(class & (SIMPLIFIED | TRADITIONAL | AMBIGUOUS) == SIMPLIFIED);
    }
    (traditional, simplified)
}

/// Whether folding joins two characters that are different words in Traditional, such as 乾 and 幹.
/// The answer is no for variants of one character (裏, 裡) and for a Simplified form beside any of
/// its Traditional forms (干, 乾).
/// Traditional form of it (干, 乾) are not different.
///
/// ```
/// use tiaowen_text::joins_different;
/// assert!(joins_different('乾', '幹'));
/// assert!(!joins_different('裏', '裡'));
/// assert!(!joins_different('乾', '干'));
/// ```
pub fn joins_different(left: char, right: char) -> bool {
    let folded = fold_char(left);
    if left == right || folded != fold_char(right) || left == folded || right == folded {
        return false;
    }
    match (form(left), form(right)) {
        // 账 and 帳 both fold to 帐; 账 is still Simplified.
        (Some(l), Some(r)) => {
            l.standard != r.standard && !is_simplified_form(left) && !is_simplified_form(right)
        }
        _ => false,
    }
}

/// Whether one of two characters is the Simplified form of the other.
///
/// ```
/// use tiaowen_text::is_script_pair;
/// assert!(is_script_pair('協', '协') && is_script_pair('裏', '里'));
/// assert!(!is_script_pair('裏', '裡') && !is_script_pair('協', '協'));
/// ```
pub fn is_script_pair(left: char, right: char) -> bool {
    let simplifies = |from: char, to: char| {
        form(from).is_some_and(|form| form.traditional && form.simplified == to)
    };
    left != right && (simplifies(left, right) || simplifies(right, left))
}

/// Hash of the table (16 hexadecimal digits), for the stamp of an index.
pub fn folding_hash() -> String {
    blake3::hash(TABLE.as_bytes()).to_hex()[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Write as _;

    use opencc_rust::{DefaultConfig, OpenCC, generate_static_dictionaries};
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn single(text: impl IntoIterator<Item = char>) -> Option<char> {
        let mut chars = text.into_iter();
        let first = chars.next()?;
        chars.next().is_none().then_some(first)
    }

    /// Whether `c` is in a block of compatibility forms of one character: half- and full-width
    /// forms, compatibility ideographs, radicals, the ideographic space. Squared abbreviations such
    /// as ㎡ stand for several characters and are excluded.
    fn is_compatibility(c: char) -> bool {
        matches!(u32::from(c),
            0x2E80..=0x2FDF | 0x3000 | 0xF900..=0xFAFF | 0xFE10..=0xFE6F | 0xFF00..=0xFFEF
            | 0x2_F800..=0x2_FA1F)
    }

    fn table() -> String {
        let folder = tempfile::tempdir().unwrap();
        let configs = [DefaultConfig::HK2S, DefaultConfig::HK2T, DefaultConfig::TW2T];
        generate_static_dictionaries(folder.path(), &configs).unwrap();
        let [hk2s, hk2t, tw2t] =
            configs.map(|config| OpenCC::new(folder.path().join(config)).unwrap());
        let ask = |converter: &OpenCC, c: char| {
            single(converter.convert(c.to_string()).unwrap().chars()).unwrap_or(c)
        };
        let residual: BTreeMap<char, char> = include_str!("../data/residual.tsv")
            .lines()
            .filter(|row| !row.starts_with('#'))
            .filter_map(|row| {
                let mut cells = row.split('\t');
                let (from, to) = (cells.next()?, cells.next()?);
                (to != "-").then(|| (single(from.chars()).unwrap(), single(to.chars()).unwrap()))
            })
            .collect();

        let variants: BTreeMap<char, char> = include_str!("../data/variants.tsv")
            .lines()
            .filter(|row| !row.starts_with('#'))
            .filter_map(|row| {
                let (from, standard) = row.split_once('\t')?;
                Some((single(from.chars()).unwrap(), single(standard.chars()).unwrap()))
            })
            .collect();

        let step = |c: char| -> (char, &'static str) {
            if is_compatibility(c)
                && let Some(plain) = single(c.nfkc())
                && plain != c
            {
                return (plain, "width");
            }
            // Unicode has no compatibility form for radicals of the supplement.
            if crate::has_plain_form(c) && single(c.nfkc()) == Some(c) {
                return (crate::plain_form(c), "width");
            }
            if let Some(lower) = single(c.to_lowercase())
                && lower != c
            {
                return (lower, "case");
            }
            if let Some(&to) = residual.get(&c) {
                return (to, "residual");
            }
            let simplified = ask(&hk2s, c);
            if simplified != c { (simplified, "script") } else { (c, "") }
        };
        let mut rows = String::from(
            "# from\tto\twhy\tSimplified form\tstandard Traditional form; made, see src/fold.rs\n",
        );
        for c in (0x80..0x3_4000).filter_map(char::from_u32) {
            let (mut to, why) = step(c);
            if to == c {
                continue;
            }
            // Repeats until the table is idempotent. A cycle would never end, so it is an error.
            for round in 0.. {
                let (next, _) = step(to);
                if next == to {
                    break;
                }
                assert!(round < 8, "{c} folds in a circle");
                to = next;
            }
            write!(rows, "{c}\t{to}\t{why}").unwrap();
            if matches!(why, "script" | "residual") {
                // A cell that equals the folded form stays empty.
                let simplified = if why == "script" { step(c).0 } else { c };
                let asked = || ask(&tw2t, ask(&hk2t, c));
                let standard = variants.get(&c).copied().unwrap_or_else(asked);
                let cell = |c: char, known: char| {
                    if c == known { String::new() } else { c.to_string() }
                };
                write!(rows, "\t{}\t{}", cell(simplified, to), cell(standard, c)).unwrap();
            }
            rows.push('\n');
        }
        rows
    }

    #[test]
    fn table_agrees_with_its_sources() {
        let made = table();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/folding.tsv");
        if std::env::var_os("UPDATE_FOLDING").is_some() {
            std::fs::write(path, &made).unwrap();
            return;
        }
        let differing = made.lines().zip(TABLE.lines()).find(|(new, old)| new != old);
        assert!(made == TABLE, "UPDATE_FOLDING=1 writes the table anew; first: {differing:?}");
    }

    #[test]
    fn both_scripts_and_their_variants_meet() {
        // Traditional, Simplified; the first rows are known pitfalls.
        for (hant, hans) in [
            ("衞生署", "卫生署"),
            ("衛生署", "卫生署"),
            ("敍述", "叙述"),
            ("化粧枱", "化妆台"),
            ("看著", "看着"),
            ("著作", "著作"),
            ("答覆", "答复"),
            ("計畫", "计划"),
            ("瞭解", "了解"),
            ("藉此", "借此"),
            ("沈澱", "沉淀"),
            ("鍛鍊", "锻炼"),
            ("俱備", "具备"),
            ("沿綫", "沿线"),
            ("侵權行爲", "侵权行为"),
            ("公佈", "公布"),
            ("裏面", "里面"),
            ("裡面", "里面"),
            ("滙豐", "汇丰"),
            ("乾淨", "干净"),
            ("幹部", "干部"),
            ("徵收", "征收"),
            ("諮詢", "咨询"),
            ("於是", "于是"),
            ("甚麼", "什么"),
        ] {
            assert!(same_when_folded(hant, hans), "{hant} {} / {hans} {}", fold(hant), fold(hans));
        }
    }

    #[test]
    fn width_and_case() {
        assert_eq!(fold("ＰＭ２．５（Ａ）　㈠"), "pm2.5(a) ㈠");
        assert_eq!(fold("\u{F900}\u{F90A}"), fold("豈金"));
    }

    #[test]
    fn folding_lists_the_different_words_that_it_joins() {
        for (left, right) in [('乾', '幹'), ('發', '髮'), ('徵', '徴'), ('畫', '劃'), ('覆', '復')]
        {
            assert_eq!(joins_different(left, right), joins_different(right, left));
        }
        assert!(
            joins_different('畫', '劃')
                && joins_different('覆', '復')
                && joins_different('發', '髮')
        );
        for (left, right) in [
            ('裡', '裏'),
            ('畫', '画'),
            ('衛', '衞'),
            ('幹', '干'),
            ('帳', '账'),
            ('賬', '账'),
            ('權', '义'),
            ('產', '産'),
            ('賬', '帳'),
            ('鎔', '镕'),
            ('餘', '馀'),
            ('麽', '麼'),
            ('隣', '鄰'),
            ('諮', '谘'),
        ] {
            assert!(!joins_different(left, right), "{left}{right}");
        }
        assert!(
            is_traditional_form('幹') && !is_traditional_form('干') && !is_traditional_form('账')
        );
        assert!(!is_traditional_form('Ａ'));
    }

    proptest! {
        #[test]
        fn idempotent_and_one_to_one(text in "\\PC{0,60}|[\u{20000}-\u{2ffff}\u{f900}-\u{faff}\u{3400}-\u{9fff}\u{300}-\u{36f}\r\n\0a-zＡ-Ｚ😀]{0,60}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
            prop_assert_eq!(once.chars().count(), text.chars().count());
        }
    }

    #[test]
    fn idempotent_over_all_of_unicode() {
        for c in ('\0'..=char::MAX).filter(|&c| fold_char(c) != c) {
            assert_eq!(fold_char(fold_char(c)), fold_char(c), "{c}");
        }
    }
}
