//! Export as TBX 2 (ISO 30042:2008), which translation tools read.
//!
//! A line of the table has several terms of several regions. Tools differ in what they keep of such an
//! entry: some read the first term of the first two languages only. So each pair of terms is an entry
//! of its own, which all of them keep whole. TBX has no element for a direction. Of a pair that holds
//! in one direction, the term that it starts from comes first, and the transfer comment, which the
//! standard has for directionality, says so.

use std::fmt::Write as _;

use crate::source::Region;
use crate::{Direction, Entry, TermTable};

/// The language of English terms.
const ENGLISH: &str = "en";

/// The language tags in a TBX file.
pub fn tbx_languages() -> impl Iterator<Item = &'static str> {
    let regions = [Region::HongKong, Region::Mainland, Region::Taiwan, Region::Macao];
    regions.into_iter().map(Region::language).chain([ENGLISH])
}

/// Writes the table as a TBX 2 file. `tag` gives the language tag to write for one of
/// [`tbx_languages`].
///
/// ```
/// use tiaowen_terms::{TermTable, tbx};
/// let table = TermTable::parse("資訊\t信息\t\ttechnology\tboth\tknown").unwrap();
/// assert!(tbx(&table, str::to_owned).contains("<term>信息</term>"));
/// assert!(tbx(&table, |_| "zh-CN".to_owned()).contains("<langSet xml:lang=\"zh-CN\">"));
/// ```
pub fn tbx(table: &TermTable, tag: impl Fn(&str) -> String) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE martif SYSTEM \"TBXcoreStructV02.dtd\">\n\
         <martif type=\"TBX\" xml:lang=\"{}\">\n\
         <martifHeader><fileDesc><sourceDesc><p>tiaowen: terms of Hong Kong, the mainland, \
         Taiwan and Macao, and their English</p></sourceDesc></fileDesc><encodingDesc><p type=\"XCSURI\">TBXXCSV02.XCS</p></encodingDesc>\
         </martifHeader>\n<text><body>\n",
        escaped(&tag(Region::HongKong.language()))
    );
    for (entry, number) in table.entries().iter().zip(1..) {
        for (pair, nth) in pairs(entry).iter().zip(1..) {
            let _ = writeln!(out, "<termEntry id=\"t{number}-{nth}\">");
            let domain = escaped(&entry.domain);
            let _ = writeln!(out, "<descrip type=\"subjectField\">{domain}</descrip>");
            if let Some(attested) = &entry.attested {
                let _ = writeln!(out, "<admin type=\"source\">{}</admin>", escaped(attested));
            }
            let mut comment = entry.degree.to_string();
            if pair.is_directed {
                let [from, to] = pair.terms.map(|term| tag(term.language()));
                let _ = write!(comment, "; {from} > {to}");
            }
            for term in pair.terms {
                term.write(&tag(term.language()), &comment, &mut out);
            }
            out.push_str("</termEntry>\n");
        }
    }
    out.push_str("</body></text>\n</martif>\n");
    out
}

/// A term of a region, or in English.
#[derive(Debug, Clone, Copy)]
struct Term<'e> {
    region: Option<Region>,
    text: &'e str,
}

/// Two terms for one thing.
struct Pair<'e> {
    terms: [Term<'e>; 2],
    /// Whether it holds from the first to the second only.
    is_directed: bool,
}

/// The pairs of an entry: each term with each of another region, and with each in English.
fn pairs(entry: &Entry) -> Vec<Pair<'_>> {
    let regions = entry.sides().map(|(region, terms)| (Some(region), terms));
    let sides: Vec<_> = regions.into_iter().chain([(None, &entry.english[..])]).collect();
    let mut pairs = Vec::new();
    for (at, (region, terms)) in sides.iter().enumerate() {
        for (other_region, others) in &sides[at + 1..] {
            let is_directed = is_directed(entry.direction, *region, *other_region);
            let begins_on_mainland = entry.direction == Direction::FromMainland;
            let is_reversed = (*region == Some(Region::Mainland)) != begins_on_mainland;
            for text in *terms {
                for other in *others {
                    let mut terms = [
                        Term { region: *region, text },
                        Term { region: *other_region, text: other },
                    ];
                    if is_directed && is_reversed {
                        terms.reverse();
                    }
                    pairs.push(Pair { terms, is_directed });
                }
            }
        }
    }
    pairs
}

/// Whether a direction matters between two regions: it is one between the mainland and the others.
fn is_directed(direction: Direction, one: Option<Region>, other: Option<Region>) -> bool {
    let is_mainland = |region: Option<Region>| region == Some(Region::Mainland);
    direction != Direction::Both
        && one.is_some()
        && other.is_some()
        && is_mainland(one) != is_mainland(other)
}

impl Term<'_> {
    fn language(&self) -> &'static str {
        self.region.map_or(ENGLISH, Region::language)
    }

    fn write(&self, tag: &str, comment: &str, out: &mut String) {
        let (tag, text) = (escaped(tag), escaped(self.text));
        let _ = writeln!(out, "<langSet xml:lang=\"{tag}\">");
        let _ = match self.region {
            Some(region) => writeln!(
                out,
                "<tig><term>{text}</term>\
                 <termNote type=\"geographicalUsage\">{}</termNote>\
                 <termNote type=\"transferComment\">{}</termNote></tig>",
                region.code(),
                escaped(comment),
            ),
            None => writeln!(out, "<tig><term>{text}</term></tig>"),
        };
        out.push_str("</langSet>\n");
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "質素\t素质|质量\t\ta&b\tboth\tHK 《甲》三\n\
                         拘捕\t逮捕\t\tlaw\tboth\t\tnearest\t拘留\n\
                         海關\t海关\t\ttrade\tboth\t\tsame\t\tcustoms|customs authority\n\
                         監禁\t有期徒刑\t\tlaw\thk>cn\t\n車位\t停车位|车位\t停車格\tlaw\tcn>hk\t";

    /// The entries of a table: the languages, and the terms.
    fn entries(text: &str) -> Vec<Vec<(String, String)>> {
        let entries = text.split("<termEntry ").skip(1);
        let term = |set: &str| {
            let between = |from: &str, to: &str| {
                set.split_once(from).unwrap().1.split_once(to).unwrap().0.to_owned()
            };
            (between("xml:lang=\"", "\""), between("<term>", "</term>"))
        };
        entries.map(|entry| entry.split("<langSet ").skip(1).map(term).collect()).collect()
    }

    #[test]
    fn each_pair_of_terms_is_an_entry() {
        let text = tbx(&TermTable::parse(TABLE).unwrap(), str::to_owned);
        let entries = entries(&text);
        assert!(entries.iter().all(|terms| terms.len() == 2), "{text}");
        let terms: Vec<[&str; 2]> =
            entries.iter().map(|terms| [terms[0].1.as_str(), &terms[1].1]).collect();
        assert_eq!(terms[..2], [["質素", "素质"], ["質素", "质量"]]);
        assert_eq!(terms[2..5], [["拘捕", "逮捕"], ["拘捕", "拘留"], ["逮捕", "拘留"]]);
        assert!(terms.contains(&["海关", "customs authority"]));
        assert!(text.contains("a&amp;b"));
        assert_eq!(text.matches("<admin type=\"source\">HK 《甲》三</admin>").count(), 2);
        let ids: std::collections::HashSet<&str> =
            text.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(ids.len(), entries.len());
    }

    #[test]
    fn a_direction_starts_from_the_first_term_and_is_noted() {
        let text = tbx(&TermTable::parse(TABLE).unwrap(), str::to_owned);
        let directed: Vec<&str> =
            text.split("<termEntry ").filter(|entry| entry.contains("&gt;")).collect();
        let terms: Vec<[String; 2]> = directed
            .iter()
            .map(|entry| {
                let terms = &entries(&format!("<termEntry {entry}"))[0];
                [terms[0].1.clone(), terms[1].1.clone()]
            })
            .collect();
        let expected = [
            ["監禁", "有期徒刑"],
            ["停车位", "車位"],
            ["车位", "車位"],
            ["停车位", "停車格"],
            ["车位", "停車格"],
        ];
        assert_eq!(terms, expected);
        assert!(directed[0].contains(">same; zh-Hant-HK &gt; zh-Hans-CN</termNote>"));
        assert!(directed[1].contains(">same; zh-Hans-CN &gt; zh-Hant-HK</termNote>"));
        let nearest = "<termNote type=\"transferComment\">nearest</termNote>";
        assert_eq!(text.matches(nearest).count(), 6);
    }

    #[test]
    fn tags_are_those_that_are_chosen() {
        let text = tbx(&TermTable::parse(TABLE).unwrap(), |language| {
            if language == "zh-Hant-HK" { "zh-HK".to_owned() } else { language.to_owned() }
        });
        assert!(!text.contains("zh-Hant-HK") && text.contains("xml:lang=\"zh-HK\""));
        assert!(text.contains("zh-Hans-CN &gt; zh-HK"));
        assert_eq!(tbx_languages().count(), 5);
    }
}
