//! The standing of an instrument: between answers that say the same, a code goes before a law, a law
//! before what is made under it, and what is in force before what it replaced.
//!
//! Nothing is known of an instrument but its title and date, so standing is read from these alone, and
//! of laws alone: agreements, papers and the press have none. It counts for questions only. Who asks
//! wants the rule that decides; who types words wants the clauses that hold them.

use rustc_hash::FxHashMap;
use tiaowen_index::{document_of, order};

/// What is left of the score of a clause for the standing of its document.
#[derive(Debug, Default)]
pub(crate) struct Standing(FxHashMap<u64, f32>);

/// What is left for a text that a newer one of the same title replaced.
const REPLACED: f32 = 0.8;

impl Standing {
    /// The standing of laws: their ids and titles, and whether a newer one has the same title.
    pub(crate) fn of<'d>(laws: impl Iterator<Item = (&'d str, &'d str, bool)>) -> Self {
        let left = |(id, title, is_replaced): (&str, &str, bool)| {
            let replaced = if is_replaced { REPLACED } else { 1.0 };
            (document_of(order(id, 0)), rank(title) * replaced)
        };
        Standing(laws.map(left).collect())
    }

    /// What is left for the clause with an order number.
    pub(crate) fn left(&self, order: u64) -> f32 {
        self.0.get(&document_of(order)).copied().unwrap_or(1.0)
    }
}

/// The rank among laws that a title tells, folded and without what stands in brackets behind it.
fn rank(title: &str) -> f32 {
    let name = title.trim_start_matches("中华人民共和国");
    let is_law = name.ends_with('法') && !name.ends_with("办法");
    if name.ends_with("法典") || ["宪法", "刑法", "民法", "基本法"].contains(&name) {
        1.0
    } else if is_law || name.contains("最高人民法院") || name.contains("最高人民检察院")
    {
        0.82
    } else if name.ends_with("条例") {
        0.59
    } else {
        0.47
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_before_laws_and_these_before_what_is_made_under_them() {
        let titles =
            ["中华人民共和国民法典", "中华人民共和国劳动法", "工伤保险条例", "工伤认定办法"];
        let ranks: Vec<f32> = titles.iter().map(|title| rank(title)).collect();
        assert!(ranks.windows(2).all(|two| two[0] > two[1]), "{ranks:?}");
    }

    #[test]
    fn what_was_replaced_stands_behind_what_replaced_it() {
        let laws = [("aaaaaaaaaa", "劳动法", false), ("bbbbbbbbbb", "劳动法", true)];
        let standing = Standing::of(laws.into_iter());
        let left = |id: &str| standing.left(order(id, 3));
        assert!(left("aaaaaaaaaa") > left("bbbbbbbbbb"));
        assert_eq!(left("cccccccccc"), 1.0);
    }
}
