//! Addresses inside an article: 第六條第二款（三）.
//!
//! An article is one clause with all its paragraphs and items. A line of its text without a label
//! is a paragraph, a line with one is an item. A paragraph is cited as 第二款 (第二項 in Taiwan),
//! an item by its label. An article with a single paragraph needs no 第一款.

use std::ops::Range;

use tiaowen_text::numeral;

use crate::giant::passage_number;
use crate::label::{Label, LabelKind};
use crate::model::{Clause, ClauseKind, Document};

/// A part of an article that can be cited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Its address within the article: `第二款`, `第二款（三）`.
    pub address: String,
    /// Range in bytes of the clause's text, including the label.
    pub span: Range<usize>,
    /// Number of the paragraph that it is or belongs to, from 1.
    pub paragraph: u32,
    /// Numbers of the enclosing items and of itself; empty for a paragraph.
    pub items: Vec<u32>,
}

/// The passages of an article, in order. Empty for other clauses, and for an article of one
/// paragraph without items.
pub fn passages(document: &Document, clause: &Clause) -> Vec<Passage> {
    let is_article = clause.kind == ClauseKind::Article && clause.eid.contains("art_");
    // A later passage of a split article doesn't contain the start of its numbering.
    if !is_article || passage_number(clause) > 1 || !clause.text.contains('\n') {
        return Vec::new();
    }
    let unit = if document.language == "zh-Hant-TW" { '項' } else { '款' };
    let mut passages: Vec<Passage> = Vec::new();
    let (mut paragraph, mut at) = (0, 0);
    let mut open: Vec<(Label, String)> = Vec::new();
    for line in clause.text.split('\n') {
        let span = at..at + line.len();
        at = span.end + 1;
        match Label::parse(line).filter(|label| label.kind > LabelKind::Article) {
            Some(label) => {
                let keep = open.iter().position(|(other, _)| other.kind == label.kind);
                open.truncate(keep.unwrap_or(open.len()));
                let name = label.name(line);
                open.push((label, name));
            }
            None => {
                open.clear();
                paragraph += 1;
            }
        }
        passages.push(Passage {
            address: open.iter().map(|(_, name)| name.as_str()).collect(),
            span,
            paragraph: paragraph.max(1),
            items: open
                .iter()
                .map(|(label, _)| label.numbers.last().copied().unwrap_or(0))
                .collect(),
        });
    }
    if paragraph > 1 {
        for passage in &mut passages {
            passage.address = format!("第{}{unit}{}", han(passage.paragraph), passage.address);
        }
    }
    passages.retain(|passage| !passage.address.is_empty());
    passages
}

/// The passage with an address in any usual form: 第二款（三）, 第二款第（三）项, 第2項第3款,
/// （三）.
///
/// ```
/// let source = "某某條例\n\n第一條 內容如下。\n\n第二條 申請人應當：\n\n（一）提交表格；\n\n（二）繳費。\n\n逾期不受理。";
/// let document = tiaowen_corpus::read("law.txt", source).unwrap().remove(0);
/// let article = &document.clauses[1];
/// let found = tiaowen_corpus::passage(&document.document, article, "第一款（二）").unwrap();
/// assert_eq!(&article.text[found.span], "（二）繳費。");
/// assert!(tiaowen_corpus::passage(&document.document, article, "第三款").is_none());
/// ```
pub fn passage(document: &Document, clause: &Clause, address: &str) -> Option<Passage> {
    let passages = passages(document, clause);
    let steps = steps(address)?;
    let find = |paragraph: u32, items: &[u32]| {
        passages.iter().find(|found| found.paragraph == paragraph && found.items == items)
    };
    let numbers: Vec<u32> = steps.iter().map(|step| step.number).collect();
    let (first, rest) = (steps.first()?, &numbers[1..]);
    // 第二款 is a paragraph on the mainland and in Hong Kong, an item in Taiwan; the content of the
    // article decides.
    let found = if first.is_ordinal { find(first.number, rest) } else { None };
    found.or_else(|| find(1, &numbers)).cloned()
}

struct Step {
    number: u32,
    /// 第二款 rather than （二）.
    is_ordinal: bool,
}

fn steps(address: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = address.trim();
    while !rest.is_empty() {
        let opened = rest.trim_start_matches(['第', '（', '(', ' ']);
        let is_ordinal = rest.starts_with('第') && !opened_by_bracket(rest);
        let end = opened.find(|c| !numeral::is_numeral(c)).unwrap_or(opened.len());
        let number = numeral::value(&opened[..end])?;
        let closed = opened[end..].trim_start_matches(['）', ')', '、', '.', ' ']);
        rest = closed.strip_prefix(['款', '項', '项', '目']).unwrap_or(closed).trim_start();
        steps.push(Step { number, is_ordinal });
    }
    (!steps.is_empty()).then_some(steps)
}

/// 第（三）项 is an item despite its 第.
fn opened_by_bracket(text: &str) -> bool {
    text.trim_start_matches(['第', ' ']).starts_with(['（', '('])
}

fn han(number: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: u32| DIGITS[(n % 10) as usize];
    match number {
        1..=9 => digit(number).to_owned(),
        10..=19 => format!("十{}", digit(number)),
        20..=99 => format!("{}十{}", digit(number / 10), digit(number)),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use crate::{DocumentText, passage, passages, read};

    fn law(text: &str) -> DocumentText {
        read("law.txt", text).unwrap().remove(0)
    }

    #[test]
    fn addresses_reach_paragraphs_and_items() {
        for (text, unit) in [
            (
                "某某條例\n\n第六條 第一段內容。\n\n第二段包括：\n\n（一）甲；\n\n（二）乙；\n\n（三）丙。\n\n第三段內容。",
                '款',
            ),
            (
                "某某条例\n\n第六条 第一段内容。\n\n第二段包括：\n\n（一）甲；\n\n（二）乙；\n\n（三）丙。\n\n第三段内容。",
                '款',
            ),
        ] {
            let law = law(text);
            let article = &law.clauses[0];
            let found = |address: &str| {
                passage(&law.document, article, address).map(|p| article.text[p.span].to_owned())
            };
            assert_eq!(found("第二款（三）").as_deref(), Some("（三）丙。"));
            assert_eq!(found("第2款第(三)项").as_deref(), Some("（三）丙。"));
            assert!(found("第三款").unwrap().starts_with("第三段"));
            assert_eq!(found("第四款"), None);
            assert_eq!(found("款"), None);
            let all: Vec<_> =
                passages(&law.document, article).into_iter().map(|p| p.address).collect();
            assert_eq!(all[4], format!("第二{unit}（三）"));
        }
    }

    #[test]
    fn taiwan_counts_otherwise() {
        let law = law(
            "某某辦法\n\n第 3 條\n中華民國之下列各款：\n一、甲。\n二、乙。\n前項情形，行政院定之。",
        );
        let article = &law.clauses[0];
        let found = |address: &str| {
            passage(&law.document, article, address).map(|p| article.text[p.span].to_owned())
        };
        assert_eq!(found("第一項第二款").as_deref(), Some("二、乙。"));
        assert!(found("第二項").unwrap().starts_with("前項"));
    }
}
