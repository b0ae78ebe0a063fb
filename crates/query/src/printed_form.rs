//! Orders hits of a page by printed form: a clause that prints the characters typed goes before one
//! that only folding matched.

use std::ops::Range;

use tiaowen_text::{Script, fold_char, joins_different};

use crate::Analysis;

/// Pairs of characters that the query types and a clause prints in another form: (乾, 幹).
pub(crate) fn printed_otherwise(
    query: &str,
    text: &str,
    marks: &[Range<usize>],
    analysis: &Analysis,
) -> Vec<(char, char)> {
    // Characters of function words don't count.
    let is_required = |c: char| {
        let mut groups = analysis.groups().filter(|group| !group.is_function);
        groups.any(|group| group.text.contains(fold_char(c)))
    };
    let typed: Vec<char> = query.chars().filter(|&c| is_required(c)).collect();
    let mut pairs = Vec::new();
    for printed in marks.iter().flat_map(|mark| text[mark.clone()].chars()) {
        let folded = fold_char(printed);
        let mut alike = typed.iter().filter(|&&c| fold_char(c) == folded).peekable();
        if alike.peek().is_none() {
            continue;
        }
        let different: Vec<char> =
            alike.clone().copied().filter(|&c| joins_different(c, printed)).collect();
        // A query that contains both forms matches both.
        if different.len() == alike.count() && !pairs.contains(&(different[0], printed)) {
            pairs.push((different[0], printed));
        }
    }
    pairs
}

/// The script of a query, if its characters decide it.
pub(crate) fn typed_script(query: &str) -> Option<Script> {
    Some(Script::of(query)).filter(|script| *script != Script::Mixed)
}

#[cfg(test)]
mod tests {
    use tiaowen_text::Segmenter;

    use super::*;
    use crate::highlights;

    fn pairs(query: &str, text: &str) -> Vec<(char, char)> {
        let analysis = Analysis::of(query, Segmenter::shared(), None);
        printed_otherwise(
            query,
            text,
            &highlights(text, std::slice::from_ref(&analysis)),
            &analysis,
        )
    }

    #[test]
    fn another_traditional_character_is_told() {
        assert_eq!(pairs("乾", "幹部"), [('乾', '幹')]);
        assert_eq!(pairs("乾", "乾燥"), []);
        assert_eq!(pairs("乾", "干部"), []);
        assert_eq!(pairs("干", "幹部"), []);
        assert_eq!(pairs("裡", "裏面"), []);
        assert_eq!(pairs("乾幹", "幹部"), []);
    }
}
