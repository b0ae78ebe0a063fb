//! Recognition of titles, issuing bodies and kinds by their last words.

use std::borrow::Cow;

use tiaowen_text::fold;

use crate::clean::cleaned;
use crate::model::DocumentKind;
use crate::shape::width;

/// Words at the end of instruments' names, folded, each with its kind.
const INSTRUMENTS: &[(&str, DocumentKind)] = &[
    ("合作协议", DocumentKind::Agreement),
    ("协议书", DocumentKind::Agreement),
    ("协议", DocumentKind::Agreement),
    ("协定", DocumentKind::Agreement),
    ("合同", DocumentKind::Agreement),
    ("合约", DocumentKind::Agreement),
    ("备忘录", DocumentKind::Memorandum),
    ("安排", DocumentKind::Arrangement),
    ("意向书", DocumentKind::LetterOfIntent),
    ("重点工作", DocumentKind::WorkPlan),
    ("工作计划", DocumentKind::WorkPlan),
    ("工作要点", DocumentKind::WorkPlan),
    ("工作方案", DocumentKind::WorkPlan),
    ("行动计划", DocumentKind::WorkPlan),
    ("通知", DocumentKind::Notice),
    ("公告", DocumentKind::Notice),
    ("通告", DocumentKind::Notice),
    ("函", DocumentKind::Notice),
    ("法", DocumentKind::Law),
    ("条例", DocumentKind::Law),
    ("条例草案", DocumentKind::Law),
    ("办法", DocumentKind::Law),
    ("规定", DocumentKind::Law),
    ("规则", DocumentKind::Law),
    ("细则", DocumentKind::Law),
    ("规程", DocumentKind::Law),
    ("准则", DocumentKind::Law),
    ("标准", DocumentKind::Law),
    ("纲要", DocumentKind::Law),
    ("决定", DocumentKind::Law),
    ("规例", DocumentKind::Law),
    ("章程", DocumentKind::Law),
    ("决议", DocumentKind::Law),
    ("守则", DocumentKind::Law),
    ("通则", DocumentKind::Law),
    ("要点", DocumentKind::Law),
    ("须知", DocumentKind::Law),
    ("基准", DocumentKind::Law),
    ("解释", DocumentKind::Law),
    ("修正案", DocumentKind::Law),
    ("规范", DocumentKind::Law),
    ("宣言", DocumentKind::Other),
    ("声明", DocumentKind::Other),
    ("公约", DocumentKind::Other),
    ("条款", DocumentKind::Other),
    ("意见", DocumentKind::Other),
    ("方案", DocumentKind::Other),
    ("计划", DocumentKind::Other),
    ("许可证", DocumentKind::Other),
    ("政策", DocumentKind::Other),
    ("机制", DocumentKind::Other),
    (" agreement", DocumentKind::Agreement),
    (" contract", DocumentKind::Agreement),
    (" memorandum of understanding", DocumentKind::Memorandum),
    (" arrangement", DocumentKind::Arrangement),
    (" letter of intent", DocumentKind::LetterOfIntent),
];

/// Words at the end of bodies' names, folded.
const BODIES: &[&str] = &[
    "会",
    "局",
    "厅",
    "署",
    "府",
    "院",
    "办公室",
    "中心",
    "委",
    "部",
    "司",
    "处",
    "总站",
    "分行",
    "公司",
    "协会",
    "特区",
    "行政区",
    "口岸办",
    "金融办",
    "法制办",
    "自贸办",
    "港澳办",
    "食安办",
    "集团",
    "海关",
    "分署",
    "总局",
    "小组",
];

/// A title without a bracket at its end: （2017年—2018年）.
fn without_brackets(folded: &str) -> &str {
    let mut text = folded.trim();
    while text.ends_with(')') {
        match text.rfind('(') {
            Some(open) if open > 0 => text = text[..open].trim_end(),
            _ => break,
        }
    }
    text
}

/// The kind of a title that ends like the name of an instrument.
pub(crate) fn kind_of(title: &str) -> Option<DocumentKind> {
    let folded = fold(title);
    let name = without_brackets(&folded);
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || "-—–年度".contains(c));
    // 實施《…協議》2017年重點工作 is a plan; a title that ends in 》 quotes another instrument.
    INSTRUMENTS.iter().find(|(word, _)| name.ends_with(word)).map(|&(_, kind)| kind)
}

/// Whether a line looks like the name of an instrument.
pub(crate) fn is_title(text: &str) -> bool {
    let wide = width(text);
    (4.0..=70.0).contains(&wide)
        && kind_of(text).is_some()
        && !text.contains(['，', '。', '；', '：', '、'])
}

/// Whether a line is only a kind: 協議書 on a cover isn't the name.
pub(crate) fn is_bare_kind(text: &str) -> bool {
    let folded = fold(text);
    INSTRUMENTS.iter().any(|(word, _)| folded == *word)
}

/// （2017年—2018年） below a title.
pub(crate) fn is_bracketed_years(text: &str) -> bool {
    let folded = fold(text);
    folded.starts_with('(') && folded.ends_with(')') && folded.contains('年') && width(text) <= 20.0
}

/// Whether a text is the name of a body.
pub(crate) fn is_body(text: &str) -> bool {
    let folded = fold(text);
    let name = without_brackets(&folded);
    let length = name.chars().count();
    length >= 2
        && BODIES.iter().any(|end| name.ends_with(end))
        && !name.starts_with("关于")
        && !text.contains(['，', '。', '；', '：', '《'])
        && kind_of(text).is_none()
        && !is_meeting(text)
}

/// Whether a line names a region, as a side of an agreement on its cover.
pub(crate) fn is_region(text: &str) -> bool {
    text.ends_with(['省', '市', '區', '区', '縣', '县', '州', '鎮', '镇', '村'])
}

/// 粵港合作聯席會議第十八次會議 is no body.
fn is_meeting(text: &str) -> bool {
    let folded = fold(text);
    folded.ends_with("会议") || folded.ends_with("研讨会") && folded.contains('次')
}

/// A committee to which a paper is addressed.
pub(crate) fn is_committee(text: &str) -> bool {
    let folded = fold(text);
    folded.starts_with("立法会") && (folded.ends_with("委员会") || folded.ends_with("会议"))
}

/// 資料文件, 討論文件: the type of a paper.
pub(crate) fn is_paper_mark(text: &str) -> bool {
    let folded = fold(text);
    ["资料文件", "讨论文件", "参考文件", "参考资料摘要", "立法会参考资料摘要"]
        .contains(&folded.as_str())
}

/// The name on a title line, without bodies printed before it.
pub(crate) fn name_on(raw: &str) -> String {
    let pieces: Vec<&str> = raw.split_whitespace().collect();
    let bodies = pieces
        .iter()
        .take_while(|piece| {
            let whole = cleaned(piece);
            is_committee(&whole) || is_body(&whole) && width(&whole) >= 4.0
        })
        .count();
    if bodies == 0 || bodies == pieces.len() {
        return cleaned(raw).into_owned();
    }
    cleaned(&pieces[bodies..].join(" ")).into_owned()
}

/// The bodies printed before the name on a title line.
pub(crate) fn bodies_on(raw: &str) -> Vec<String> {
    let pieces = raw.split_whitespace().map(cleaned);
    pieces.take_while(|piece| is_body(piece) && !is_committee(piece)).map(Cow::into_owned).collect()
}

/// A document number: 粤府函〔2017〕38号.
pub(crate) fn number_in(text: &str) -> Option<&str> {
    let close = text.strip_suffix(['號', '号'])?;
    let digits = close.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
    let year = digits.strip_suffix(['〕', '］', ']', '）', ')'])?;
    let name = year.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
    let name = name.strip_suffix(['〔', '［', '[', '（', '('])?;
    (digits.len() < close.len()
        && (2..=16).contains(&name.chars().count())
        && !name.contains(['，', '：', '。']))
    .then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_and_bodies() {
        for (text, kind) in [
            ("粵港保護知識產權合作協議(2017年-2018年)", DocumentKind::Agreement),
            ("粵港醫療交流合作備忘錄", DocumentKind::Memorandum),
            ("實施《粵港合作框架協議》2017 年重點工作", DocumentKind::WorkPlan),
            ("粵港澳三地搜救機構《客船與搜救中心合作計劃》互認合作安排", DocumentKind::Arrangement),
            ("加強粵港建築及相關工程服務合作意向書", DocumentKind::LetterOfIntent),
            (
                "广东省人民政府关于印发实施粤港合作框架协议2017年重点工作的通知",
                DocumentKind::Notice,
            ),
        ] {
            assert_eq!(kind_of(text), Some(kind), "{text}");
            assert!(is_title(text), "{text}");
        }
        assert!(!is_title("金融合作和《內地與香港關於建立更緊密經貿關係的安排》(CEPA)"));
        for text in ["廣東省教育廳", "香港特別行政區政府（發展局）", "粵港保護知識產權合作專責小組"]
        {
            assert!(is_body(text), "{text}");
        }
        assert!(!is_body("粵港合作聯席會議第十八次會議"));
        assert_eq!(
            name_on("立法會工商事務委員會 香港與內地合作—粵港合作"),
            "香港與內地合作—粵港合作"
        );
        assert_eq!(
            name_on("廣州市商務委員會 香港特區商務及經濟發展局 加強跨境貿易電子商務合作協議"),
            "加強跨境貿易電子商務合作協議"
        );
        assert_eq!(name_on("粵港勞動監察交流及 培訓合作機制"), "粵港勞動監察交流及培訓合作機制");
        assert_eq!(number_in("粤府函〔2017〕38号"), Some("粤府函〔2017〕38号"));
        assert_eq!(number_in("第38號"), None);
    }
}
