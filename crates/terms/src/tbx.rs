//! Export as TBX 2 (ISO 30042:2008), which translation tools read.

use std::fmt::Write as _;

use crate::TermTable;

/// Writes the table as a TBX 2 file.
///
/// ```
/// use tiaowen_terms::{TermTable, tbx};
/// let table = TermTable::parse("資訊\t信息\t資訊\ttechnology\tboth\tknown").unwrap();
/// assert!(tbx(&table).contains("<term>信息</term>"));
/// ```
pub fn tbx(table: &TermTable) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE martif SYSTEM \"TBXcoreStructV02.dtd\">\n\
         <martif type=\"TBX\" xml:lang=\"zh-Hant-HK\">\n\
         <martifHeader><fileDesc><sourceDesc><p>tiaowen: terms of Hong Kong, the mainland, \
         Taiwan and Macao, and their English</p></sourceDesc></fileDesc><encodingDesc><p type=\"XCSURI\">TBXXCSV02.XCS</p></encodingDesc>\
         </martifHeader>\n<text><body>\n",
    );
    for (entry, number) in table.entries().iter().zip(1..) {
        let _ = writeln!(out, "<termEntry id=\"t{number}\">");
        let _ =
            writeln!(out, "<descrip type=\"subjectField\">{}</descrip>", escaped(&entry.domain));
        if let Some(attested) = &entry.attested {
            let _ = writeln!(out, "<admin type=\"source\">{}</admin>", escaped(attested));
        }
        for (region, terms) in entry.sides() {
            if terms.is_empty() {
                continue;
            }
            let _ = writeln!(out, "<langSet xml:lang=\"{}\">", region.language());
            for term in terms {
                let _ = writeln!(
                    out,
                    "<tig><term>{}</term>\
                     <termNote type=\"geographicalUsage\">{}</termNote>\
                     <termNote type=\"transferComment\">{}</termNote></tig>",
                    escaped(term),
                    region.code(),
                    escaped(&entry.degree.to_string()),
                );
            }
            out.push_str("</langSet>\n");
        }
        if !entry.english.is_empty() {
            out.push_str("<langSet xml:lang=\"en\">\n");
            for term in &entry.english {
                let _ = writeln!(out, "<tig><term>{}</term></tig>", escaped(term));
            }
            out.push_str("</langSet>\n");
        }
        out.push_str("</termEntry>\n");
    }
    out.push_str("</body></text>\n</martif>\n");
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_with_their_languages() {
        let table = TermTable::parse(
            "質素\t素质|质量\t\ta&b\tboth\tHK 《甲》三\n拘捕\t逮捕\t\tlaw\tboth\t\tnearest\t拘留\n\
             海關\t海关\t\ttrade\tboth\t\tsame\t\tcustoms|customs authority",
        )
        .unwrap();
        let text = tbx(&table);
        assert_eq!(text.matches("<langSet").count(), 8);
        assert_eq!(text.matches("<term>").count(), 10);
        assert!(text.contains("<langSet xml:lang=\"en\">\n<tig><term>customs</term></tig>"));
        assert!(text.contains("a&amp;b"));
        assert!(text.contains("<admin type=\"source\">HK 《甲》三</admin>"));
        for (degree, count) in [("same", 5), ("nearest", 3)] {
            let note = format!("<termNote type=\"transferComment\">{degree}</termNote>");
            assert_eq!(text.matches(&note).count(), count, "{degree}");
        }
        assert!(text.contains("<langSet xml:lang=\"zh-Hant-MO\">"));
    }
}
