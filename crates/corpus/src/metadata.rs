//! Metadata of a document from its cover, signature and closing: parties, date, place, language,
//! units.
//!
//! There is no fixed form. Parties are found by the words that names of bodies end in, offices by
//! the words at the end of signature lines, sides of a contract by their usual names (甲方,
//! 出租方). Persons are never parties.

use tiaowen_text::{Script, fold};

use crate::boundaries::is_person;
use crate::date;
use crate::paragraph::{Paragraph, is_date_line, key_value};
use crate::shape::Shape;
use crate::title::is_body;

/// Words for an office at the end of a signature line, folded; the longer first.
const OFFICES: &[&str] = &[
    "政务司司长",
    "财政司司长",
    "律政司司长",
    "常任秘书长",
    "秘书长",
    "行政总裁",
    "行政长官",
    "副主任",
    "主任",
    "副省长",
    "省长",
    "副市长",
    "市长",
    "副厅长",
    "厅长",
    "副局长",
    "局长",
    "副署长",
    "署长",
    "副处长",
    "处长",
    "总监",
    "主席",
    "会长",
    "总经理",
    "董事长",
];

/// A line of a signature, or one of its cells if two sides sign next to each other.
struct SignatureLine<'a> {
    text: &'a str,
    gap: bool,
}

/// The lines of a signature. Sides next to each other follow one another.
fn signature_lines<'a>(paragraphs: &[&'a Paragraph<'a>]) -> Vec<SignatureLine<'a>> {
    let is_divided = |paragraph: &Paragraph| paragraph.text.contains('\t');
    let mut lines = Vec::with_capacity(paragraphs.len());
    for block in paragraphs.chunk_by(|a, b| is_divided(a) && is_divided(b)) {
        let columns = block.iter().map(|row| row.text.split('\t').count()).max().unwrap_or(1);
        for column in 0..columns {
            let cells = block.iter().filter_map(|row| row.text.split('\t').nth(column));
            for (at, cell) in cells.map(str::trim).filter(|cell| !cell.is_empty()).enumerate() {
                let gap = if columns > 1 { at == 0 } else { block[0].gap };
                lines.push(SignatureLine { text: cell, gap });
            }
        }
    }
    lines
}

/// A line in which two sides sign next to each other, with a tab between them. In print, only the
/// edge of a cell or a space separates them: 甲方：東江公司 乙方：西嶺公司.
pub(crate) fn sides_apart(text: &str, shape: Shape) -> Option<String> {
    const LONGEST: usize = 400;
    if !shape.has_colon() || text.len() > LONGEST || text.contains(['，', '。', '；', '\t']) {
        return None;
    }
    let (key, rest) = text.split_once('：')?;
    let names_side = is_side(key);
    if !names_side && !is_signed_key(key) {
        return None;
    }
    let behind = text.len() - rest.len();
    // The same key again, or that of another side.
    let repeated = || rest.find(&text[..behind]);
    let other = || {
        let colon = rest.find('：')?;
        let starts = rest[..colon].char_indices().map(|(at, _)| at);
        starts.filter(|_| names_side).find(|at| is_side(&rest[*at..colon]))
    };
    let at = behind + repeated().or_else(other)?;
    let (left, right) = (text[..at].trim_end(), text[at..].trim_start());
    Some(format!("{left}\t{right}"))
}

/// Whether a key belongs to a signature: 代表（簽字）, 日期.
fn is_signed_key(key: &str) -> bool {
    const WORDS: [&str; 9] =
        ["代表", "签字", "签名", "签署", "签章", "盖章", "公章", "日期", "时间"];
    let folded = fold(key);
    key.chars().count() <= 12 && WORDS.iter().any(|word| folded.contains(word))
}

/// Whether sides sign next to each other in a line: 甲方（蓋章）：… 乙方（蓋章）：….
pub(crate) fn is_signature_row(paragraph: &Paragraph) -> bool {
    paragraph.label.is_none() && are_sides(&paragraph.text)
}

/// Like [`is_signature_row`], for a text.
pub(crate) fn are_sides(text: &str) -> bool {
    const LONGEST: usize = 400;
    if text.len() > LONGEST || !text.contains('\t') {
        return false;
    }
    let cells = || text.split('\t').map(str::trim).filter(|cell| !cell.is_empty());
    let is_line =
        |cell: &str| !cell.contains(['，', '。', '；']) && crate::shape::width(cell) <= 40.0;
    cells().all(is_line) && cells().any(has_signing_key)
}

/// Whether a cell has a key that belongs to a signature, and a value.
fn has_signing_key(cell: &str) -> bool {
    let key = cell.split(['：', ':']).next().unwrap_or_default();
    cell.len() > key.len() && (is_side(key) || is_signed_key(key))
}

/// The bodies that sign, as printed in the signature.
pub(crate) fn parties(signature: &[&Paragraph]) -> Vec<String> {
    let mut parties: Vec<String> = Vec::new();
    // Lines of one block form one name: 廣東省人力資源和社會 / 保障廳廳長.
    let mut blocks: Vec<String> = Vec::new();
    for line in signature_lines(signature) {
        let shape = Shape::of(line.text);
        if let Some(party) = party_of_side(line.text) {
            push_party(&mut parties, party);
            blocks.push(String::new());
            continue;
        }
        let text = match key_value(line.text, shape) {
            Some(_) if !line.text.ends_with("代表：") => {
                blocks.push(String::new());
                continue;
            }
            _ => line.text.trim_end_matches('：'),
        };
        let text = if is_body(text) || !text.contains(' ') {
            text.to_owned()
        } else {
            text.replace(' ', "")
        };
        // Below a name, 代表： is where its representative signs, and the name ends above it.
        let is_signed_for = text == "代表" && blocks.last().is_some_and(|block| is_body(block));
        if is_signed_for || is_date_line(line.text, shape) {
            blocks.push(String::new());
            continue;
        }
        let same_block = blocks.last().is_some_and(|block| {
            // Two names on two lines stay two; the rest of a name has an office or 代表 behind it.
            let rest = without_office(&text) != text || text.ends_with("代表");
            !line.gap && !block.is_empty() && !is_office(&text) && (rest || !is_body(block))
        });
        match blocks.last_mut() {
            Some(block) if same_block || block_goes_on(block, &text) => block.push_str(&text),
            _ => blocks.push(text),
        }
    }
    for block in blocks {
        let body = without_office(&block);
        let is_party = is_body(body) || body.ends_with("代表") && body.chars().count() > 4;
        if is_party {
            push_party(&mut parties, body);
        }
    }
    parties
}

fn push_party(parties: &mut Vec<String>, party: &str) {
    if !is_person(party) && !parties.iter().any(|known| known == party) {
        parties.push(party.to_owned());
    }
}

/// The parties named above the text: 甲方：…, 出租方（甲方）：….
pub(crate) fn parties_above(preamble: &[Paragraph]) -> Vec<String> {
    let mut parties = Vec::new();
    let lines = preamble.iter().flat_map(|paragraph| paragraph.text.split(['\n', '\t']));
    for party in lines.filter_map(|line| party_of_side(line.trim())) {
        push_party(&mut parties, without_office(party));
    }
    parties
}

/// The name of a side in a line: 甲方（盖章）：东江公司（以下简称甲方）.
fn party_of_side(line: &str) -> Option<&str> {
    let (key, value) = line.split_once(['：', ':'])?;
    if !is_side(key) {
        return None;
    }
    let end =
        ["（以下", "(以下", "（盖", "(盖", "（蓋", "(蓋", "（签", "(签", "（簽", "(簽", "（公章"]
            .iter()
            .filter_map(|mark| value.find(mark))
            .min()
            .unwrap_or(value.len());
    let name = value[..end].trim().trim_end_matches(['。', '；', '，']);
    let is_name = name.chars().count() >= 2
        && !name.contains(['，', '。', '；', '_', '＿', '：'])
        && crate::shape::width(name) <= 40.0;
    is_name.then_some(name)
}

/// Whether a line continues a name: 香港特別行政區政府 / 創新及科技局局長, 廣東省人民政府 /
/// (住房和城鄉建設廳).
fn block_goes_on(block: &str, text: &str) -> bool {
    let folded = fold(block);
    let government =
        folded.ends_with("政府") || folded.ends_with("行政区") || folded.ends_with("特区");
    government
        && (text.starts_with(['(', '（'])
            || !is_office(text)
                && without_office(text).len() < text.len()
                && is_body(without_office(text))
            || folded.ends_with("行政区") && is_body(text))
}

/// Names for the sides of an agreement, folded.
const SIDES: &[&str] = &[
    "甲方",
    "乙方",
    "丙方",
    "丁方",
    "粤方",
    "港方",
    "澳方",
    "内地方",
    "买方",
    "卖方",
    "供方",
    "需方",
    "委托方",
    "受托方",
    "委托人",
    "受托人",
    "出租方",
    "承租方",
    "出租人",
    "承租人",
    "发包方",
    "承包方",
    "发包人",
    "承包人",
    "出卖人",
    "买受人",
    "转让方",
    "受让方",
    "转让人",
    "受让人",
    "许可方",
    "被许可方",
    "贷款人",
    "借款人",
    "出借人",
    "保证人",
    "采购方",
    "采购人",
    "供应商",
    "供应方",
    "服务方",
    "用人单位",
    "业主",
    "雇主",
    "总承包人",
    "分包人",
    "委约方",
    "受约方",
    "合作方",
];

/// Whether a key names a side, ignoring brackets and seals: 甲方（盖章）, 甲方盖章.
fn is_side(key: &str) -> bool {
    if key.chars().count() > 16 {
        return false;
    }
    let folded: String = fold(key).chars().filter(|c| !c.is_whitespace()).collect();
    let name = folded.split('(').next().unwrap_or_default();
    let name = ["盖章", "签章", "公章", "名称", "单位名称"]
        .iter()
        .fold(name, |name, end| name.strip_suffix(end).unwrap_or(name));
    SIDES.contains(&name)
}

fn is_office(text: &str) -> bool {
    let folded = fold(text);
    OFFICES.iter().any(|office| folded == *office)
}

fn without_office(text: &str) -> &str {
    let folded = fold(text);
    for office in OFFICES {
        if let Some(body) = folded.strip_suffix(office) {
            // Folding keeps the number of characters, not of bytes.
            let keep = body.chars().count();
            let end = text.char_indices().nth(keep).map_or(text.len(), |(at, _)| at);
            return &text[..end];
        }
    }
    text
}

/// Date and place of signing, from candidate texts in order of reliability.
pub(crate) fn signed<'a>(texts: impl Iterator<Item = &'a str>) -> (Option<String>, Option<String>) {
    let (mut date, mut place) = (None, None);
    for text in texts {
        let found = date::all(text).find(|found| !is_of_force(text, found));
        if place.is_none() {
            place = found.as_ref().and_then(|found| place_after(&text[found.end..]));
        }
        if date.is_none() {
            date = found.map(|found| found.iso);
        }
        if date.is_some() && place.is_some() {
            break;
        }
    }
    (date, place)
}

/// Whether a date limits a period: 至2020年12月31日止.
fn is_of_force(text: &str, found: &date::Found) -> bool {
    let before = text[..found.start].trim_end();
    let after = text[found.end..].trim_start();
    before.ends_with(['至', '到', '前', '止'])
        || after.starts_with(['止', '前', '起', '底', '為', '为'])
}

/// Whether a text states when and where it is signed: 於2017年11月18日在香港簽署.
pub(crate) fn mentions_signing(text: &str) -> bool {
    date::all(text).any(|found| {
        !is_of_force(text, &found)
            && text[found.end..].chars().take(12).any(|c| matches!(c, '簽' | '签'))
    })
}

/// The date on which a law was last adopted or amended, from the notes between title and text:
/// 2004年7月29日…通过, 2022年5月25日…修订.
pub(crate) fn enacted<'a>(notes: impl Iterator<Item = &'a str>) -> Option<String> {
    const ACTS: [&str; 8] = ["通过", "批准", "修订", "修正", "公布", "发布", "颁布", "制定"];
    notes
        .filter(|note| {
            // A note begins with its date, a bracket or 根据; a preamble is a sentence.
            date::first(note).is_some_and(|first| note[..first.end].chars().count() <= 24) && {
                let folded = fold(note);
                ACTS.iter().any(|act| folded.contains(act))
            }
        })
        // 自2020年1月1日起施行 is about force, not adoption.
        .flat_map(|note| date::all(note).filter(|found| !note[found.end..].starts_with('起')))
        .map(|found| found.iso)
        .max()
}

/// The place directly behind a date: 在香港簽署, ·香港, ，香港, 於香港.
fn place_after(text: &str) -> Option<String> {
    let rest = text.trim_start();
    let rest = rest.strip_prefix(['，', '·', ',', '・']).map_or(rest, str::trim_start);
    let (rest, inside) = match rest.strip_prefix(['在', '於', '于']) {
        Some(place) => (place, true),
        None => (rest, false),
    };
    let end = rest
        .find("簽")
        .or_else(|| rest.find("签"))
        .unwrap_or_else(|| rest.find(|c| "，。（(：".contains(c)).unwrap_or(rest.len()));
    let place = rest[..end].trim();
    let length = place.chars().count();
    let whole = end == rest.len();
    ((2..=10).contains(&length)
        && place.chars().all(tiaowen_text::is_han)
        && (whole || inside)
        && !place.ends_with(['止', '前', '起', '後', '后', '由', '經', '经']))
    .then(|| place.to_owned())
}

/// The BCP 47 tag of a document, from its script, the regions in its text, and the numbering of its
/// articles: `第 12 條` in digits is the usage of Taiwan's laws.
pub(crate) fn language(script: Script, text: &str, is_law_in_figures: bool) -> String {
    if is_english(text) {
        return "en".to_owned();
    }
    let speaks_of = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match script {
        Script::Hans => "zh-Hans-CN",
        Script::Hant if speaks_of(&["香港", "粵", "特區", "特別行政區"]) => "zh-Hant-HK",
        Script::Hant
            if is_law_in_figures || speaks_of(&["中華民國", "行政院", "臺灣", "直轄市"]) =>
        {
            "zh-Hant-TW"
        }
        Script::Hant if text.contains('港') => "zh-Hant-HK",
        Script::Hant => "zh-Hant",
        Script::Mixed => "zh",
    }
    .to_owned()
}

/// Whether a text is in Latin letters, apart from an occasional term in brackets.
pub(crate) fn is_english(text: &str) -> bool {
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    let han = text.chars().filter(|c| tiaowen_text::is_han(*c)).count();
    han * 20 < letters && (letters >= 40 || han == 0 && letters >= 12)
}

/// The responsible units in a list at the end of a text: （省公安厅、交通运输厅）,
/// （落實單位：…，…）. Names stay as printed, so 深圳、珠海市政府 yields 深圳.
pub(crate) fn units(text: &str) -> Vec<String> {
    let Some(inner) = text.strip_suffix(['）', ')']) else { return Vec::new() };
    // The bracket that matches the last one.
    let mut depth = 1;
    let Some(open) = inner.char_indices().rev().find(|(_, c)| {
        match c {
            '）' | ')' => depth += 1,
            '（' | '(' => depth -= 1,
            _ => {}
        }
        depth == 0
    }) else {
        return Vec::new();
    };
    let list = &inner[open.0 + open.1.len_utf8()..];
    let named = ["單位：", "单位："].iter().any(|key| list.contains(key));
    let before = &inner[..open.0];
    if !named && !before.ends_with(['。', '；']) {
        return Vec::new();
    }
    let names = list.split(['，', '、', '；', ';', ',']).map(|name| {
        let name = name.rsplit_once('：').map_or(name, |(_, name)| name).trim();
        ["牽頭", "牵头", "參與", "参与", "分頭落實", "分头落实", "負責", "负责"]
            .iter()
            .fold(name, |name, end| name.strip_suffix(end).unwrap_or(name))
            .to_owned()
    });
    let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    let short = names.iter().all(|name| name.chars().count() <= 30);
    let bodies = names.last().is_some_and(|name| is_body(name) || named);
    if short && bodies { names } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_dates() {
        let signed = |text| signed(std::iter::once(text));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(signed("二〇一七年十一月十八日·香港"), (some("2017-11-18"), some("香港")));
        assert_eq!(signed("2017年11月18日，香港"), (some("2017-11-18"), some("香港")));
        assert_eq!(
            signed("於 2017 年 11 月 18 日在香港簽署，一式兩份"),
            (some("2017-11-18"), some("香港"))
        );
        assert_eq!(signed("二零一五年九月九日於香港"), (some("2015-09-09"), some("香港")));
        assert_eq!(signed("2017 年 11 月 18 日簽署，一式兩份"), (some("2017-11-18"), None));
    }

    #[test]
    fn sides_are_named_in_both_scripts() {
        for (line, party) in [
            ("甲方：香港數碼學會", "香港數碼學會"),
            ("乙方（盖章）：西山粮油贸易行", "西山粮油贸易行"),
            ("出租方（甲方）：东江物业有限公司（以下简称甲方）", "东江物业有限公司"),
            ("發包人: 清江水務局", "清江水務局"),
        ] {
            assert_eq!(party_of_side(line), Some(party), "{line}");
        }
        for line in [
            "甲方：",
            "甲方：____",
            "地址：東湖路1號",
            "甲方代表：張三",
            "甲方責任：一、付款，交貨",
        ] {
            assert_eq!(party_of_side(line), None, "{line}");
        }
    }

    #[test]
    fn expiry_is_no_date_of_signing() {
        let signed = |text| signed(std::iter::once(text)).0;
        assert_eq!(signed("有效期至2020年12月31日。"), None);
        assert_eq!(
            signed("有效期至2020年12月31日，於2017年11月18日簽署"),
            Some("2017-11-18".to_owned())
        );
    }

    #[test]
    fn laws_by_their_notes() {
        let notes = [
            "2004年7月29日 某会议通过",
            "2022年5月25日 某会议修订）",
            "为了规范1999年1月1日以来的工作，制定本条例。",
        ];
        assert_eq!(enacted(notes.into_iter()).as_deref(), Some("2022-05-25"));
        assert_eq!(
            enacted(["為在2017年7月1日前完成，制定。"].into_iter()).as_deref(),
            Some("2017-07-01")
        );
        assert_eq!(enacted(["各方同意自2017年7月1日起合作。"].into_iter()), None);
    }

    #[test]
    fn languages() {
        for (script, text, in_figures, tag) in [
            (Script::Hans, "香港", false, "zh-Hans-CN"),
            (Script::Hant, "香港特別行政區", true, "zh-Hant-HK"),
            (Script::Hant, "通商港口", true, "zh-Hant-TW"),
            (Script::Hant, "中華民國", false, "zh-Hant-TW"),
            (Script::Hant, "雙方同意", false, "zh-Hant"),
        ] {
            assert_eq!(language(script, text, in_figures), tag, "{text}");
        }
    }

    #[test]
    fn lists_of_units() {
        assert_eq!(units("通車。（廣鐵集團，省口岸辦）"), ["廣鐵集團", "省口岸辦"]);
        assert_eq!(
            units("發展。（落實單位：廣東省知識產權局，香港知識產權署牽頭，小組成員單位參與）"),
            ["廣東省知識產權局", "香港知識產權署", "小組成員單位"]
        );
        assert_eq!(units("治理（大氣及水污染治理）"), Vec::<String>::new());
        assert_eq!(units("各執一份（繁、簡體各一份）"), Vec::<String>::new());
        assert_eq!(units("资金往来。（人行广州分行）"), ["人行广州分行"]);
    }
}
