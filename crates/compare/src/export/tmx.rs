//! Export as a translation memory, TMX 1.4b: one unit for each pair of clauses.

use tiaowen_text::{Budget, Spent};

use crate::compared::without_units;
use crate::{Comparison, Row};

use super::side::{Side, citations, escape};

/// The clauses that both sides have, as a translation memory; without signatures.
///
/// Lists of responsible units that end clauses are left out as well unless `units` asks for them:
/// often only one version has them, and a memory would offer them as a translation of nothing.
///
/// # Errors
///
/// [`Spent`] if the budget ends first.
pub fn tmx(comparison: &Comparison, units: bool, budget: &Budget) -> Result<String, Spent> {
    let source_language = escape(&comparison.left.language);
    // Without DOCTYPE: readers that resolve it would look for a tmx14.dtd next to the file.
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<tmx version=\"1.4\">\n  \
         <header creationtool=\"tiaowen\" creationtoolversion=\"{}\" segtype=\"block\" \
         o-tmf=\"tiaowen\" adminlang=\"en\" srclang=\"{source_language}\" \
         datatype=\"plaintext\"/>\n  <body>\n",
        env!("CARGO_PKG_VERSION")
    );
    for row in comparison.rows.iter().filter(|row| row.counts()) {
        budget.check()?;
        let (Some(left), Some(_)) = (&row.left, &row.right) else { continue };
        out.push_str(&format!("    <tu tuid=\"{}\">\n", escape(&left.id(&comparison.left))));
        let mut property = |name: &str, value: &str| {
            out.push_str(&format!("      <prop type=\"x-{name}\">{}</prop>\n", escape(value)));
        };
        property("status", row.status.as_str());
        property("moved", &row.moved.to_string());
        property("similarity", &format!("{:.3}", row.similarity));
        for side in Side::BOTH {
            property(&format!("citation-{}", side.as_str()), &citations(comparison, row, side));
        }
        for side in Side::BOTH {
            out.push_str(&format!(
                "      <tuv xml:lang=\"{}\"><seg>{}</seg></tuv>\n",
                escape(&side.document(comparison).language),
                escape(&segment(row, side, units))
            ));
        }
        out.push_str("    </tu>\n");
    }
    out.push_str("  </body>\n</tmx>\n");
    Ok(out)
}

/// The text of a side of a row, with the responsible units that end its clauses or without.
fn segment(row: &Row, side: Side, units: bool) -> String {
    if units {
        return side.text(row);
    }
    side.clauses(row).map(without_units).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::sample;

    #[test]
    fn a_unit_for_each_pair_but_signatures() {
        let comparison = sample::comparison();
        let pairs = comparison
            .rows
            .iter()
            .filter(|row| row.counts() && row.left.is_some() && row.right.is_some())
            .count();
        let memory = tmx(&comparison, false, &Budget::unlimited()).unwrap();
        assert_eq!(memory.matches("<tu tuid=").count(), pairs);
        assert_eq!(memory.matches("<tuv xml:lang=\"zh-Hant-HK\">").count(), pairs);
        assert_eq!(memory.matches("<tuv xml:lang=\"zh-Hans-CN\">").count(), pairs);
        assert!(!memory.contains("行政總裁"));
    }

    #[test]
    fn texts_are_escaped_and_further_clauses_joined() {
        let memory = tmx(&sample::comparison(), false, &Budget::unlimited()).unwrap();
        assert!(memory.contains("&lt;試行&gt; A&amp;B"));
        assert!(memory.contains("每季通报信息。\n每年举行联合检查。</seg>"));
        assert!(memory.contains("srclang=\"zh-Hant-HK\""));
    }

    #[test]
    fn units_are_left_out_unless_asked_for() {
        let memory = |units| tmx(&sample::comparison(), units, &Budget::unlimited()).unwrap();
        for unit in ["（省公安廳）", "（省公安厅、省广电局）"] {
            assert!(!memory(false).contains(unit), "{unit}");
            assert!(memory(true).contains(unit), "{unit}");
        }
        assert!(memory(false).contains("推動&lt;試行&gt; A&amp;B計劃。</seg>"));
    }
}
