use std::collections::HashMap;
use std::sync::LazyLock;

use tiaowen_text::fold;

use crate::degree::Degree;
use crate::source::{Region, TermSource};

const BUILT_IN: &str = include_str!("../data/terms.tsv");

/// The cells of a line: those before the last two are there always.
const LEAST_CELLS: usize = 6;
const MOST_CELLS: usize = 8;

/// Which way an entry leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Each side finds the other.
    Both,
    /// The Hong Kong term finds the mainland one; not the reverse.
    FromHongKong,
    /// The mainland term finds the Hong Kong one; not the reverse.
    FromMainland,
}

impl Direction {
    /// The name used in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Both => "both",
            Direction::FromHongKong => "hk>cn",
            Direction::FromMainland => "cn>hk",
        }
    }
}

/// A line of the table. Each region has one term or several, the preferred first; two regions
/// at least have some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// In Traditional Chinese, as Hong Kong writes.
    pub hong_kong: Vec<String>,
    /// In Simplified Chinese, as the mainland writes.
    pub mainland: Vec<String>,
    /// In Traditional Chinese, as Taiwan writes; empty where it is not known or the same.
    pub taiwan: Vec<String>,
    /// In Traditional Chinese, as Macao writes; empty where it is not known or the same.
    pub macao: Vec<String>,
    /// The field: technology, trade, law …
    pub domain: String,
    /// Which way it leads; Taiwan and Macao stand on Hong Kong's side.
    pub direction: Direction,
    /// How near the terms are to one another.
    pub degree: Degree,
    /// Where the terms stand, as the table has it; `None` where nothing is told.
    pub attested: Option<String>,
}

impl Entry {
    /// The terms of each region, in the order of the table.
    pub fn sides(&self) -> [(Region, &[String]); 4] {
        [
            (Region::HongKong, &self.hong_kong),
            (Region::Mainland, &self.mainland),
            (Region::Taiwan, &self.taiwan),
            (Region::Macao, &self.macao),
        ]
    }

    /// The regions that have a term.
    pub fn regions(&self) -> Vec<Region> {
        let sides = self.sides().into_iter().filter(|(_, terms)| !terms.is_empty());
        sides.map(|(region, _)| region).collect()
    }

    /// The places where the terms stand.
    pub fn sources(&self) -> Vec<TermSource> {
        self.attested.as_deref().map(TermSource::all).unwrap_or_default()
    }

    fn terms(&self) -> impl Iterator<Item = &String> {
        self.sides().into_iter().flat_map(|(_, terms)| terms)
    }
}

/// A line that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct TermError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it, and what to do.
    pub reason: String,
}

/// A term of the table in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Where it begins, in characters.
    pub start: usize,
    /// Where it ends, in characters.
    pub end: usize,
    /// Other words for the same, as the table prints them and in its order.
    pub alternatives: Vec<String>,
    /// What comes nearest elsewhere, and is not the same.
    pub nearest: Vec<String>,
}

/// Another word for a term, and how near it is.
#[derive(Debug, Clone)]
struct Other {
    term: String,
    degree: Degree,
}

/// The other words for terms, by the folded term.
type Others = HashMap<String, Vec<Other>>;

/// The table.
#[derive(Debug, Clone, Default)]
pub struct TermTable {
    entries: Vec<Entry>,
    /// What a term finds.
    found: Others,
    /// All other words for a term, whichever way its entry leads.
    equivalents: Others,
    /// Characters of the longest term.
    longest: usize,
    hash: String,
}

impl TermTable {
    /// The table that comes with the program.
    pub fn built_in() -> &'static TermTable {
        static TABLE: LazyLock<TermTable> = LazyLock::new(|| {
            TermTable::parse(BUILT_IN).expect("a test reads the table that comes with the program")
        });
        &TABLE
    }

    /// Reads a table: a line an entry, cells divided by tabs, several terms of a cell by `|`.
    ///
    /// The cells are Hong Kong, mainland, Taiwan, field, direction, source, degree and Macao; the
    /// last two may be left out, and the terms are the same then.
    ///
    /// # Errors
    /// The first line that has fewer or more cells, terms of one region alone, an unknown
    /// direction or degree, or a term that holds white space.
    pub fn parse(text: &str) -> Result<Self, TermError> {
        let mut table = TermTable {
            hash: blake3::hash(text.as_bytes()).to_hex()[..16].to_owned(),
            ..TermTable::default()
        };
        for (row, line) in text.lines().zip(1..) {
            if row.trim().is_empty() || row.starts_with('#') {
                continue;
            }
            let entry = entry(row).map_err(|reason| TermError { line, reason })?;
            table.add(entry);
        }
        Ok(table)
    }

    /// This table with the entries of another one added behind its own.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn with(&self, text: &str) -> Result<Self, TermError> {
        let added = TermTable::parse(text)?;
        let mut table = self.clone();
        table.hash = blake3::hash(format!("{}{}", self.hash, added.hash).as_bytes()).to_hex()[..16]
            .to_owned();
        for entry in added.entries {
            table.add(entry);
        }
        Ok(table)
    }

    fn add(&mut self, entry: Entry) {
        for (region, own) in entry.sides() {
            let never_from = match region {
                Region::Mainland => Direction::FromHongKong,
                Region::HongKong | Region::Taiwan | Region::Macao => Direction::FromMainland,
            };
            for term in own {
                let folded = fold(term);
                self.longest = self.longest.max(folded.chars().count());
                join(&mut self.equivalents, &folded, &entry);
                if entry.direction != never_from {
                    join(&mut self.found, &folded, &entry);
                }
            }
        }
        self.entries.push(entry);
    }

    /// All entries, in the order of the file.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// A hash of the table (16 hexadecimal digits).
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// All terms of the table in a folded text, overlapping ones too, with all their other
    /// names, whichever way their entries lead: what two versions of a text are compared by.
    /// `holds` says whether these texts hold one of some words, for terms that are the same
    /// only beside them.
    pub fn equivalents(&self, folded: &str, holds: &dyn Fn(&[String]) -> bool) -> Vec<Occurrence> {
        let starts = starts(folded);
        let characters = starts.len() - 1;
        let mut found = Vec::new();
        for at in 0..characters {
            for length in 2..=self.longest.min(characters - at) {
                let text = &folded[starts[at]..starts[at + length]];
                found.extend(occurrence(&self.equivalents, text, at..at + length, holds));
            }
        }
        found
    }

    /// The terms of the table in a folded text, the longest at each place, from left to
    /// right, none overlapping another.
    pub fn find(&self, folded: &str) -> Vec<Occurrence> {
        self.find_within(folded, folded)
    }

    /// The same in a part of a folded text: `whole` tells where terms are that are the same only
    /// beside other words.
    pub fn find_within(&self, part: &str, whole: &str) -> Vec<Occurrence> {
        let holds = |words: &[String]| words.iter().any(|word| whole.contains(&**word));
        let starts = starts(part);
        let characters = starts.len() - 1;
        let mut found = Vec::new();
        let mut at = 0;
        while at < characters {
            let longest = self.longest.min(characters - at);
            let term = (2..=longest).rev().find_map(|length| {
                let text = &part[starts[at]..starts[at + length]];
                occurrence(&self.found, text, at..at + length, &holds)
            });
            match term {
                Some(term) => {
                    at = term.end;
                    found.push(term);
                }
                None => at += 1,
            }
        }
        found
    }
}

/// Where the characters of a text begin, and its end.
fn starts(text: &str) -> Vec<usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()
}

/// Adds to the other words for a term those of an entry.
fn join(others: &mut Others, folded: &str, entry: &Entry) {
    let known = others.entry(folded.to_owned()).or_default();
    for other in entry.terms() {
        let is_new = |known: &[Other]| {
            known.iter().all(|k| k.degree != entry.degree || fold(&k.term) != fold(other))
        };
        if fold(other) != folded && is_new(known) {
            known.push(Other { term: other.clone(), degree: entry.degree.clone() });
        }
    }
}

/// A term with its other words; `None` where a text is no term, or one only beside other words.
fn occurrence(
    others: &Others,
    text: &str,
    place: std::ops::Range<usize>,
    holds: &dyn Fn(&[String]) -> bool,
) -> Option<Occurrence> {
    let (mut alternatives, mut nearest): (Vec<String>, Vec<String>) = Default::default();
    for Other { term, degree } in others.get(text)? {
        match degree {
            Degree::Same => alternatives.push(term.clone()),
            Degree::Within(words) if holds(words) => alternatives.push(term.clone()),
            Degree::Within(_) => {}
            Degree::Nearest => nearest.push(term.clone()),
        }
    }
    // What is the same by one entry is not the nearest by another.
    nearest.retain(|term| alternatives.iter().all(|same| fold(same) != fold(term)));
    let any = !alternatives.is_empty() || !nearest.is_empty();
    any.then_some(Occurrence { start: place.start, end: place.end, alternatives, nearest })
}

fn entry(row: &str) -> Result<Entry, String> {
    let cells: Vec<&str> = row.split('\t').map(str::trim).collect();
    if !(LEAST_CELLS..=MOST_CELLS).contains(&cells.len()) {
        return Err(format!("{} cells instead of 6 to 8, divided by tabs", cells.len()));
    }
    let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
    let terms = |at: usize| -> Result<Vec<String>, String> {
        let terms = cell(at).split('|').map(str::trim).filter(|term| !term.is_empty());
        let terms: Vec<String> = terms.map(str::to_owned).collect();
        match terms
            .iter()
            .find(|term| term.contains(char::is_whitespace) || term.chars().count() < 2)
        {
            Some(term) => {
                Err(format!("'{term}' is no term: two or more characters, no white space"))
            }
            None => Ok(terms),
        }
    };
    let attested = cell(5);
    let entry = Entry {
        hong_kong: terms(0)?,
        mainland: terms(1)?,
        taiwan: terms(2)?,
        macao: terms(7)?,
        domain: cell(3).to_owned(),
        direction: match cell(4) {
            "both" => Direction::Both,
            "hk>cn" => Direction::FromHongKong,
            "cn>hk" => Direction::FromMainland,
            other => return Err(format!("'{other}' is no direction: both, hk>cn or cn>hk")),
        },
        degree: Degree::parse(cell(6))?,
        attested: (attested != "known" && !attested.is_empty()).then(|| attested.to_owned()),
    };
    if entry.regions().len() < 2 {
        return Err("terms of fewer than two regions".to_owned());
    }
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_built_in_table_is_sound() {
        let table = TermTable::parse(BUILT_IN).unwrap();
        for entry in table.entries() {
            for term in entry.terms() {
                let others = &table.equivalents[&fold(term)];
                assert!(!others.is_empty(), "folding joins the terms of {entry:?}");
            }
            // Hong Kong's term and the mainland's are two, or there is nothing to look up.
            for (own, other) in
                entry.hong_kong.iter().flat_map(|h| entry.mainland.iter().map(move |m| (h, m)))
            {
                assert_ne!(fold(own), fold(other), "folding joins {own} and {other}: no entry");
            }
        }
    }

    #[test]
    fn every_entry_has_a_degree_and_a_source_that_a_person_can_check() {
        let table = TermTable::built_in();
        for entry in table.entries() {
            let sources = entry.sources();
            let cited: BTreeSet<Region> =
                sources.iter().flat_map(|source| source.regions.iter().copied()).collect();
            assert_eq!(cited, BTreeSet::from_iter(entry.regions()), "{entry:?}");
            for source in &sources {
                assert!(source.place.contains('《'), "no title in {source:?}");
            }
        }
        let checked = |entry: &&Entry| !matches!(entry.degree, Degree::Within(_));
        let count = table.entries().iter().filter(checked).count();
        assert!(count >= 1_000, "{count}");
    }

    #[test]
    fn false_friends_are_nearest_and_never_the_same() {
        let table = TermTable::built_in();
        for (own, other) in [
            ("拘捕", "逮捕"),
            ("業主立案法團", "业主委员会"),
            ("大廈公契", "管理规约"),
            ("司法覆核", "行政诉讼"),
            ("保釋", "取保候审"),
            ("培訓", "培养"),
            ("利得稅", "企业所得税"),
            ("薪俸稅", "个人所得税"),
        ] {
            let found = table.find(&fold(own));
            assert!(found[0].nearest.iter().any(|term| term == other), "{own}: {found:?}");
            assert!(!found[0].alternatives.iter().any(|term| term == other), "{own}: {found:?}");
        }
        for pair in ["網絡", "软件"] {
            let found = table.find(&fold(pair));
            let own = |term: &String| fold(term) == fold(pair);
            assert!(!found.iter().any(|found| found.alternatives.iter().any(own)), "{found:?}");
        }
    }

    #[test]
    fn everyday_pairs_are_the_same() {
        let table = TermTable::built_in();
        for (own, other) in [
            ("身分證", "身份证"),
            ("部份", "部分"),
            ("成份", "成分"),
            ("律師行", "律师事务所"),
            ("會計師行", "会计师事务所"),
            ("清關", "通关"),
            ("客運大樓", "航站楼"),
            ("屋苑", "住宅小区"),
            ("三維打印", "增材制造"),
        ] {
            for (from, to) in [(own, other), (other, own)] {
                let found = table.find(&fold(from));
                let is = |term: &String| fold(term) == fold(to);
                assert!(found.iter().any(|f| f.alternatives.iter().any(is)), "{from} → {to}");
            }
        }
    }

    #[test]
    fn both_ways_and_one_way() {
        let table = TermTable::parse(
            "# a comment\n質素\t素质|质量\t\tgeneral\tboth\tknown\n培訓\t培养\t\teducation\thk>cn\t002#2 二(三)17 / 003#2 二（三）17\n",
        )
        .unwrap();
        let alternatives = |text: &str| -> Vec<String> {
            table.find(&fold(text)).into_iter().flat_map(|found| found.alternatives).collect()
        };
        for text in ["空氣質素", "空气质素"] {
            assert_eq!(alternatives(text), ["素质", "质量"]);
        }
        assert_eq!(alternatives("质量"), ["質素", "素质"]);
        assert_eq!(alternatives("培訓"), ["培养"]);
        assert_eq!(alternatives("培养"), Vec::<String>::new());
        assert_eq!(table.entries()[0].attested, None);
    }

    #[test]
    fn degrees_say_what_is_found() {
        let table = TermTable::parse(
            "功課\t作业\t\teducation\tboth\tknown\twithin: 学生|學校\n\
             拘捕\t逮捕\t\tlaw\tboth\tknown\tnearest\n\
             拘捕令\t逮捕证\t拘票\tlaw\tboth\tknown\tsame\t拘留令\n",
        )
        .unwrap();
        let told = |text: &str| -> Vec<(Vec<String>, Vec<String>)> {
            let found = table.find(&fold(text)).into_iter();
            found.map(|found| (found.alternatives, found.nearest)).collect()
        };
        let words = |all: &[&str]| all.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        assert_eq!(told("危险作业"), []);
        for text in ["学生作业", "學生的作業"] {
            assert_eq!(told(text), [(words(&["功課"]), vec![])]);
        }
        assert_eq!(table.find_within("作业", "学校 作业").len(), 1);
        assert_eq!(told("拘捕"), [(vec![], words(&["逮捕"]))]);
        // The longer term is meant: nothing is told of what stands inside.
        assert_eq!(told("拘捕令"), [(words(&["逮捕证", "拘票", "拘留令"]), vec![])]);
        assert_eq!(told("拘票"), [(words(&["拘捕令", "逮捕证", "拘留令"]), vec![])]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let error = |text| TermTable::parse(text).unwrap_err().to_string();
        assert!(error("資訊\t信息").starts_with("line 1: 2 cells"));
        assert!(error("\n資訊\t\t\tx\tboth\tknown").starts_with("line 2: terms of fewer than two"));
        assert!(error("資訊\t信息\t\tx\tmaybe\tknown").contains("maybe"));
        assert!(error("資 訊\t信息\t\tx\tboth\tknown").contains("white space"));
        assert!(error("資訊\t信息\t\tx\tboth\tknown\talike").contains("'alike' is no degree"));
        assert!(error("資訊\t信息\t\tx\tboth\tknown\twithin:").contains("no degree"));
    }
}
