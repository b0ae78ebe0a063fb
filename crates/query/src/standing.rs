//! The standing of laws. Between equally good answers, a code goes before a law, a law before
//! regulations made under it, and a text in force before the one it replaced.
//!
//! An index knows only the title and the date of an instrument, so standing is derived from these,
//! and for laws only: agreements, papers and press have none. Standing counts for questions only. A
//! question asks for the rule that decides; words ask for the clauses that contain them.
//! wants the rule that decides; who types words wants the clauses that hold them.

use rustc_hash::FxHashMap;
use tiaowen_index::{document_of, order};

use crate::StandingWeights;

/// The standing of each law, by document number. The flag says whether a newer law has the same
/// title.
#[derive(Debug, Default)]
pub(crate) struct Standing(FxHashMap<u64, (Rank, bool)>);

/// The rank of an instrument among laws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Code,
    Law,
    Regulation,
    Rule,
}

impl Standing {
    /// Derives the standing of laws from their ids, titles, and whether a newer one has the same
    /// title.
    pub(crate) fn of<'d>(laws: impl Iterator<Item = (&'d str, &'d str, bool)>) -> Self {
        let standing = |(id, title, is_replaced): (&str, &str, bool)| {
            (document_of(order(id, 0)), (rank(title), is_replaced))
        };
        Standing(laws.map(standing).collect())
    }

    /// The factor for the score of the clause with an order number.
    pub(crate) fn share(&self, order: u64, weights: &StandingWeights) -> f32 {
        let Some((rank, is_replaced)) = self.0.get(&document_of(order)) else { return 1.0 };
        let share = match rank {
            Rank::Code => weights.code,
            Rank::Law => weights.law,
            Rank::Regulation => weights.regulation,
            Rank::Rule => weights.rule,
        };
        if *is_replaced { share * weights.replaced } else { share }
    }
}

/// The rank given by a title, which is folded and without brackets at its end.
fn rank(title: &str) -> Rank {
    let name = title.trim_start_matches("中华人民共和国");
    let is_law = name.ends_with('法') && !name.ends_with("办法");
    let is_of_courts = ["最高人民法院", "最高人民检察院"].iter().any(|court| name.contains(court));
    if name.ends_with("法典") || ["宪法", "刑法", "民法", "基本法"].contains(&name) {
        Rank::Code
    } else if is_law || is_of_courts {
        Rank::Law
    } else if name.ends_with("条例") {
        Rank::Regulation
    } else {
        Rank::Rule
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Weights;

    #[test]
    fn codes_stand_before_laws_and_these_before_what_is_made_under_them() {
        let titles =
            ["中华人民共和国民法典", "中华人民共和国劳动法", "工伤保险条例", "工伤认定办法"];
        let ranks = titles.map(rank);
        assert_eq!(ranks, [Rank::Code, Rank::Law, Rank::Regulation, Rank::Rule]);
        assert_eq!(rank("最高人民法院关于审理劳动争议案件的解释"), Rank::Law);
    }

    #[test]
    fn what_was_replaced_stands_behind_what_replaced_it() {
        let laws = [("aaaaaaaaaa", "劳动法", false), ("bbbbbbbbbb", "劳动法", true)];
        let standing = Standing::of(laws.into_iter());
        let weights = Weights::default().standing;
        let share = |id: &str| standing.share(order(id, 3), &weights);
        assert!(share("aaaaaaaaaa") > share("bbbbbbbbbb"));
        assert_eq!(share("cccccccccc"), 1.0);
    }
}
