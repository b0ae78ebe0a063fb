//! The wording of reports in three languages.

use tiaowen_text::Script;

use crate::{Comparison, DifferenceKind, Status, Verdict};

/// The language of labels in a report that has only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportLanguage {
    /// Chinese in Traditional characters.
    Hant,
    /// Chinese in Simplified characters.
    Hans,
    /// English.
    En,
}

impl ReportLanguage {
    /// The Chinese of a script.
    pub fn chinese(script: Script) -> Self {
        if script == Script::Hans { ReportLanguage::Hans } else { ReportLanguage::Hant }
    }
}

/// A phrase in Traditional Chinese, Simplified Chinese and English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) hant: &'static str,
    pub(super) hans: &'static str,
    pub(super) en: &'static str,
}

impl Words {
    /// In the Chinese of a document's script.
    pub(super) fn chinese(self, script: Script) -> &'static str {
        if script == Script::Hans { self.hans } else { self.hant }
    }

    /// In the language of a report.
    pub(super) fn of(self, language: ReportLanguage) -> &'static str {
        match language {
            ReportLanguage::Hant => self.hant,
            ReportLanguage::Hans => self.hans,
            ReportLanguage::En => self.en,
        }
    }
}

const fn words(hant: &'static str, hans: &'static str, en: &'static str) -> Words {
    Words { hant, hans, en }
}

pub(super) const COLON: Words = words("：", "：", ": ");
pub(super) const COMPARISON: Words = words("版本對照", "版本对照", "Version comparison");
pub(super) const LEFT: Words = words("左", "左", "Left");
pub(super) const RIGHT: Words = words("右", "右", "Right");
pub(super) const UNTITLED: Words = words("（無題）", "（无题）", "(untitled)");
pub(super) const NUMBER: Words = words("文號", "文号", "Number");
pub(super) const DATE: Words = words("日期", "日期", "Date");
pub(super) const PLACE: Words = words("地點", "地点", "Place");
pub(super) const PARTIES: Words = words("各方", "各方", "Parties");
pub(super) const LANGUAGE: Words = words("語言", "语言", "Language");
pub(super) const SOURCE: Words = words("來源", "来源", "Source");
pub(super) const CLAUSES: Words = words("條款", "条款", "Clauses");
pub(super) const DIFFERENCES: Words = words("差異", "差异", "Differences");
pub(super) const LEGEND: Words = words("圖例", "图例", "Legend");
pub(super) const ORIGIN: Words = words("版本由來", "版本由来", "Where the versions come from");
pub(super) const CLAUSE: Words = words("條款", "条款", "Clause");
pub(super) const MOVED: Words = words("位置變動", "位置变动", "Moved");
pub(super) const SIGNATURE: Words = words("簽署（不計）", "签署（不计）", "Signature, not counted");
pub(super) const ALIKE: Words = words("相似", "相似", "alike");
pub(super) const ABSENT_LEFT: Words =
    words("左方版本沒有此條", "左方版本没有此条", "Not in the version on the left");
pub(super) const ABSENT_RIGHT: Words =
    words("右方版本沒有此條", "右方版本没有此条", "Not in the version on the right");
pub(super) const ONLY_LEFT: Words = words("僅左方有", "仅左方有", "Left only");
pub(super) const ONLY_RIGHT: Words = words("僅右方有", "仅右方有", "Right only");
pub(super) const HEADING_DIFFERS: Words = words("標題", "标题", "Heading");
pub(super) const UNITS_DIFFER: Words = words("責任單位", "责任单位", "Responsible units");
/// Rows that are the same but for their units, behind the number of those that are the same.
pub(super) const OF_SAME_UNITS: Words =
    words("其中責任單位有差異", "其中责任单位有差异", "of these, units differ");
pub(super) const ONLY_CHANGED: Words =
    words("只看有差異的條款", "只看有差异的条款", "Only rows that changed");
pub(super) const SAME_IN_FULL: Words =
    words("一致的條款顯示全文", "一致的条款显示全文", "Same rows in full");
pub(super) const IN_FULL: Words = words("全文", "全文", "In full");
pub(super) const PREVIOUS: Words = words("上一處", "上一处", "Previous");
pub(super) const NEXT: Words = words("下一處", "下一处", "Next");
pub(super) const INTERFACE: Words = words("介面語言", "界面语言", "Interface language");
pub(super) const NO_ROWS: Words =
    words("兩份文件都沒有條款。", "两份文件都没有条款。", "Neither document has a clause.");
pub(super) const SCORE: Words =
    words("（0 自行撰寫，1 轉換而成）", "（0 自行撰写，1 转换而成）", "(0 drafted, 1 converted)");
pub(super) const TRACES: Words = words("轉換痕跡", "转换痕迹", "Traces of a converter");
pub(super) const USUAL: Words = words("通常作", "通常作", "usually");
pub(super) const SCRIPT_UNMARKED: Words = words(
    "繁簡字形差異不標示。",
    "繁简字形差异不标示。",
    "Differences of script alone are not marked.",
);

/// The status of a clause.
pub(super) fn status(status: Status) -> Words {
    match status {
        Status::Same => words("一致", "一致", "Same"),
        Status::Changed => words("有差異", "有差异", "Changed"),
        Status::LeftOnly => ONLY_LEFT,
        Status::RightOnly => ONLY_RIGHT,
    }
}

/// A kind of difference.
pub(super) fn kind(kind: DifferenceKind) -> Words {
    match kind {
        DifferenceKind::Script => words("繁簡", "繁简", "Script"),
        DifferenceKind::Variant => words("異體", "异体", "Variant"),
        DifferenceKind::Punctuation => words("標點", "标点", "Punctuation"),
        DifferenceKind::Units => UNITS_DIFFER,
        DifferenceKind::Regional => words("地區用語", "地区用语", "Regional term"),
        DifferenceKind::Number => words("數字日期", "数字日期", "Number or date"),
        DifferenceKind::Wording => words("措辭", "措辞", "Wording"),
    }
}

/// What is said of a comparison in which both versions, the left or the right alone were read by text
/// recognition.
pub(super) fn recognised(comparison: &Comparison) -> Option<Words> {
    match (&comparison.left_recognised, &comparison.right_recognised) {
        (Some(_), Some(_)) => Some(words(
            "兩個版本均以文字識別讀取：差異可能是誤認的字。",
            "两个版本均由文字识别读取：差异可能是误认的字。",
            "Both versions were read by text recognition: differences may be misread characters.",
        )),
        (Some(_), None) => Some(words(
            "左方版本以文字識別讀取：差異可能是誤認的字。",
            "左侧版本由文字识别读取：差异可能是误认的字。",
            "The left version was read by text recognition: differences may be misread characters.",
        )),
        (None, Some(_)) => Some(words(
            "右方版本以文字識別讀取：差異可能是誤認的字。",
            "右侧版本由文字识别读取：差异可能是误认的字。",
            "The right version was read by text recognition: differences may be misread characters.",
        )),
        (None, None) => None,
    }
}

/// The derivation of the versions, as a sentence.
pub(super) fn verdict(verdict: Verdict) -> Words {
    match verdict {
        Verdict::Converted => words(
            "其中一個版本看來由另一版本經機器轉換而成。",
            "其中一个版本看来由另一版本经机器转换而成。",
            "One version looks converted from the other by machine.",
        ),
        Verdict::Drafted => words(
            "兩個版本看來各自撰寫，並非互相轉換而成。",
            "两个版本看来各自撰写，并非互相转换而成。",
            "Each version looks drafted on its own, not converted from the other.",
        ),
        Verdict::Unclear => words(
            "從文字看不出是否由另一版本轉換而成。",
            "从文字看不出是否由另一版本转换而成。",
            "The texts don't tell whether one version was converted from the other.",
        ),
    }
}
