//! Proposals for the term table from aligned clauses, for a person to accept.

use std::collections::BTreeMap;

use tiaowen_corpus::DocumentText;
use tiaowen_terms::TermTable;
use tiaowen_text::{Script, fold, is_han};

use crate::compare::compare;
use crate::model::DifferenceKind;

/// Two words that replace each other in aligned clauses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// As printed in the Traditional version.
    pub hant: String,
    /// As printed in the Simplified version.
    pub hans: String,
    /// Number of clauses in which one replaces the other.
    pub count: usize,
    /// Whether the table has this pair.
    pub known: bool,
    /// The first few occurrences: the clause, and some characters of context in each version.
    pub contexts: Vec<Context>,
}

/// An occurrence of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Source and path of the clause in the Traditional version.
    pub place: String,
    /// Context of the word in the Traditional version.
    pub hant: String,
    /// Context of the word in the Simplified version.
    pub hans: String,
}

/// Maximum number of occurrences listed for a proposal.
const CONTEXTS: usize = 3;
/// Allowed length of a term in characters.
const LENGTH: std::ops::RangeInclusive<usize> = 2..=8;

/// Proposals from pairs of versions in two scripts, the most frequent first; pairs in one script
/// yield none. A proposal says only that one word replaces the other. Whether it is a regional term
/// is for a person to decide.
pub fn mine<'d>(
    pairs: impl Iterator<Item = (&'d DocumentText, &'d DocumentText)>,
    terms: &TermTable,
) -> Vec<Proposal> {
    let mut found: BTreeMap<(String, String), Proposal> = BTreeMap::new();
    for (left, right) in pairs {
        let (hant, hans) = match (left.document.script, right.document.script) {
            (Script::Hant, Script::Hans) => (left, right),
            (Script::Hans, Script::Hant) => (right, left),
            _ => continue,
        };
        let comparison = compare(hant, hans, terms);
        for row in &comparison.rows {
            let (hant_text, hans_text) = (row.left_text(), row.right_text());
            for difference in &row.differences {
                let is_known = difference.term.is_some();
                if !(is_known || difference.kind == DifferenceKind::Wording)
                    || !is_term(&difference.left)
                    || !is_term(&difference.right)
                {
                    continue;
                }
                let key = (fold(&difference.left), fold(&difference.right));
                let proposal = found.entry(key).or_insert_with(|| Proposal {
                    hant: difference.left.clone(),
                    hans: difference.right.clone(),
                    count: 0,
                    known: is_known,
                    contexts: Vec::new(),
                });
                proposal.count += 1;
                if proposal.contexts.len() < CONTEXTS {
                    let path = row.left.as_ref().map(|clause| clause.path.concat());
                    let document = &hant.document;
                    proposal.contexts.push(Context {
                        place: format!(
                            "{}#{} {}",
                            document.source,
                            document.ordinal,
                            path.unwrap_or_default()
                        ),
                        hant: around(&hant_text, &difference.left_at),
                        hans: around(&hans_text, &difference.right_at),
                    });
                }
            }
        }
    }
    let mut proposals: Vec<Proposal> = found.into_values().collect();
    proposals.sort_by(|a, b| {
        a.known.cmp(&b.known).then(b.count.cmp(&a.count)).then_with(|| a.hant.cmp(&b.hant))
    });
    proposals
}

fn is_term(text: &str) -> bool {
    LENGTH.contains(&text.chars().count()) && text.chars().all(is_han)
}

/// The characters at a position, with some context on both sides.
fn around(text: &str, at: &std::ops::Range<usize>) -> String {
    const BESIDE: usize = 8;
    let from = at.start.saturating_sub(BESIDE);
    text.chars()
        .skip(from)
        .take(at.end + BESIDE - from)
        .map(|c| if c == '\n' { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_replace_one_another() {
        let read = |text: &str| tiaowen_corpus::read("a.txt", text).unwrap().remove(0);
        let hant =
            read("合作協議\n\n一、加強資訊交流，設立聯絡主任。\n\n二、由聯絡主任跟進，提交報告。");
        let hans =
            read("合作协议\n\n一、加强信息交流，设立联络干事。\n\n二、由联络干事跟进，提交报告。");
        let table = TermTable::built_in();
        let found = mine([(&hans, &hant)].into_iter(), table);
        let counted: Vec<_> =
            found.iter().map(|p| (p.hant.as_str(), p.hans.as_str(), p.count, p.known)).collect();
        assert_eq!(counted, [("主任", "干事", 2, false), ("資訊", "信息", 1, true)]);
        assert!(found[0].contexts[0].hant.contains("聯絡主任"));
        assert_eq!(mine([(&hant, &hant)].into_iter(), table), []);
    }
}
