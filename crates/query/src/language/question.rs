//! Terms that answer questions: legal terms for everyday words, and the typical wording of answers.
//!
//! A question says 老板 and 开除, the law says 用人单位 and 解除劳动合同; 什么是 is answered by 所称…是指. Both are
//! small tables (`data/everyday.tsv`, `data/formulas.tsv`) that count a third of the words typed,
//! so they help if those find nothing better and rarely do harm otherwise.
//!
//! Rejected: a table learnt from questions and answers. Nobody can review it, and there are too few
//! of them.

use std::sync::OnceLock;

use tiaowen_text::fold;

/// Terms that are searched besides the words of a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct QuestionTerms {
    /// Legal terms for everyday words, without repetitions.
    pub(crate) everyday: Vec<&'static str>,
    /// Words that are typical of answers, without repetitions.
    pub(crate) formulas: Vec<&'static str>,
}

impl QuestionTerms {
    /// The terms for a question, which is folded.
    pub(crate) fn of(folded: &str) -> Self {
        static EVERYDAY: OnceLock<Table> = OnceLock::new();
        static FORMULAS: OnceLock<Table> = OnceLock::new();
        let everyday =
            EVERYDAY.get_or_init(|| Table::read(include_str!("../../data/everyday.tsv")));
        let formulas =
            FORMULAS.get_or_init(|| Table::read(include_str!("../../data/formulas.tsv")));
        QuestionTerms { everyday: everyday.beside(folded), formulas: formulas.beside(folded) }
    }
}

/// A row of a table: the words in the question, folded; and the terms to add, as printed and
/// folded.
type Row = (String, Vec<(&'static str, String)>);

struct Table(Vec<Row>);

impl Table {
    fn read(text: &'static str) -> Self {
        let rows = text.lines().filter(|line| !line.starts_with('#'));
        let row = |line: &'static str| {
            let (typed, others) = line.split_once('\t')?;
            Some((fold(typed), others.split(' ').map(|other| (other, fold(other))).collect()))
        };
        Table(rows.filter_map(row).collect())
    }

    fn beside(&self, question: &str) -> Vec<&'static str> {
        let mut all = Vec::new();
        for (_, others) in self.0.iter().filter(|(typed, _)| question.contains(typed)) {
            for (printed, folded) in others {
                // Terms that the question contains itself are left out.
                if !all.contains(printed) && !question.contains(folded) {
                    all.push(*printed);
                }
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_words_have_the_law_s_beside_them_in_both_scripts() {
        for question in ["老闆可以開除我嗎", "老板可以开除我吗"] {
            let beside = QuestionTerms::of(&fold(question));
            assert!(beside.everyday.contains(&"用人单位"), "{beside:?}");
            assert!(beside.everyday.contains(&"解除劳动合同"), "{beside:?}");
        }
        assert_eq!(QuestionTerms::of("开除是解除劳动合同吗").everyday, [] as [&str; 0]);
    }

    #[test]
    fn each_row_says_something_else() {
        for text in
            [include_str!("../../data/everyday.tsv"), include_str!("../../data/formulas.tsv")]
        {
            let table = Table::read(text);
            assert_eq!(table.0.len(), text.lines().filter(|line| !line.starts_with('#')).count());
            for (typed, others) in table.0 {
                assert!(!others.is_empty() && !typed.is_empty(), "{typed}");
                assert!(others.iter().all(|(_, folded)| !folded.is_empty()), "{typed}");
                assert!(others.iter().all(|(_, folded)| *folded != typed), "{typed}");
            }
        }
    }
}
