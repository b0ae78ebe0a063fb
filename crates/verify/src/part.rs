//! Parts of an article (第二款（三）) and paragraphs of a clause.

use std::ops::Range;

use tiaowen_corpus::{citation, label_length, passage, passages};
use tiaowen_index::ClauseRecord;
use tiaowen_query::Citation;
use tiaowen_text::fold;

/// Whether a range of a clause's text consists of whole paragraphs, give or take a few characters.
pub(crate) fn is_paragraph(text: &str, region: &Range<usize>) -> bool {
    /// Letters of a label before the range or of a note behind it.
    const FEW: usize = 4;
    let before = text[..region.start].rsplit('\n').next().unwrap_or_default();
    let behind = text[region.end..].split('\n').next().unwrap_or_default();
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    letters(before) <= FEW && letters(behind) <= FEW
}

/// Words and marks that continue a sentence after a reference to a provision: 第三條的, 第三條規定, 第三條、第五條.
/// A label is followed by none of them, with or without a space.
const GOES_ON: [&str; 21] = [
    "的", "之", "所", "規定", "规定", "、", "，", ",", "；", ";", "和", "及", "或", "與", "与",
    "至", "到", "第", "（", "(", "〔",
];

/// A text without its leading label: 第三條　, （一）, 3., 三、.
pub(crate) fn without_label(text: &str) -> &str {
    let text = text.trim().trim_start_matches(['#', '>', '*', ' ']);
    let length = label_length(text);
    if length > 0 {
        return text[length..].trim_start();
    }
    if text.starts_with('第')
        && let Some(citation) = Citation::read(&text.chars().take(40).collect::<String>())
        && let Some(rest) = text.strip_prefix(citation.text.as_str())
        && !GOES_ON.iter().any(|word| rest.starts_with(word))
    {
        return rest.trim_start();
    }
    let numeral = text
        .char_indices()
        .find(|(_, c)| !tiaowen_text::numeral::is_numeral(tiaowen_text::fold_char(*c)));
    match numeral {
        Some((at, mark)) if at > 0 && "、.．".contains(mark) => {
            text[at + mark.len_utf8()..].trim_start()
        }
        _ => text,
    }
}

/// Whether an article has the part of it that is cited.
pub(crate) fn has_part(cited: &Citation, record: &ClauseRecord<'_>) -> bool {
    let (document, clause) = (&record.document, &record.clause);
    let wanted = cited.passage.trim();
    // A part that is a clause by itself was found by its address already.
    let is_below = !cited.below.is_empty()
        && clause.eid.rsplit("__").next().is_some_and(|last| !last.starts_with("art_"));
    if wanted.is_empty() || is_below || passage(document, clause, wanted).is_some() {
        return true;
    }
    let is_article = clause.eid.contains("art_");
    let folded = fold(&clause.text);
    let items: Vec<&String> = cited.below.iter().collect();
    let is_first = fold(wanted).starts_with("第一款") && passages(document, clause).is_empty();
    // Items printed in one line are part of the text: （一）…；（二）….
    let inline = !items.is_empty() && folded.contains("（") | folded.contains("(");
    !is_article || is_first || inline && passages(document, clause).is_empty()
}

/// The citation of the part of an article that contains `region`, if another part is cited.
pub(crate) fn wrong_part(
    cited: &Citation,
    record: &ClauseRecord<'_>,
    region: &Range<usize>,
) -> Option<String> {
    let (document, clause) = (&record.document, &record.clause);
    if cited.passage.is_empty() {
        return None;
    }
    let cited_part = passage(document, clause, &cited.passage)?;
    let overlaps = |span: &Range<usize>| span.start < region.end && region.start < span.end;
    if overlaps(&cited_part.span) {
        return None;
    }
    let all = passages(document, clause);
    // 第二款 includes all its items.
    let is_under = |passage: &tiaowen_corpus::Passage| {
        passage.paragraph == cited_part.paragraph && passage.items.starts_with(&cited_part.items)
    };
    if all.iter().any(|passage| is_under(passage) && overlaps(&passage.span)) {
        return None;
    }
    let held = all.into_iter().find(|passage| overlaps(&passage.span))?;
    let whole = citation(document, clause);
    Some(format!("{whole}{}", held.address))
}

#[cfg(test)]
mod tests {
    use super::without_label;

    #[test]
    fn a_label_is_no_part_of_a_paragraph_and_a_reference_is() {
        for (text, rest) in [
            ("第三十條中藥企業可以採購。", "中藥企業可以採購。"),
            ("第七条　《证书》的格式由国家规定。", "《证书》的格式由国家规定。"),
            ("第二條 雙方合作。", "雙方合作。"),
            ("第三條規定的事項", "第三條規定的事項"),
            ("第三条、第五条所称的人", "第三条、第五条所称的人"),
            ("三、雙方合作。", "雙方合作。"),
        ] {
            assert_eq!(without_label(text), rest);
        }
    }
}
