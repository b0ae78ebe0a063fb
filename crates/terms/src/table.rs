//! The term table: its lines, and looking up terms in folded texts.
//!
//! A lookup compares every substring up to the longest term with a hash map of folded terms; terms
//! are so short that an automaton would gain nothing. Two maps exist because a search obeys an
//! entry's direction and a comparison of versions doesn't.

use std::sync::{LazyLock, OnceLock};

use rustc_hash::FxHashMap;
use serde::Serialize;
use tiaowen_text::fold;

use crate::degree::Degree;
use crate::english::{english_key, word_key};
use crate::source::{Region, TermSource};

/// Terms that differ by region, and terms that differ by script alone, with their English.
const BUILT_IN: &str =
    concat!(include_str!("../data/terms.tsv"), include_str!("../data/english.tsv"));

/// Cells that every line has; the last three columns are optional.
const LEAST_CELLS: usize = 6;
const MOST_CELLS: usize = 9;

/// The direction in which an entry applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Both.
    Both,
    /// A search for the Hong Kong term finds the mainland one, not the reverse.
    FromHongKong,
    /// A search for the mainland term finds the Hong Kong one, not the reverse.
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

/// A line of the table. Each region has one or more terms, the preferred one first; at least two
/// regions have some, or one region and English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Terms in Traditional Chinese as written in Hong Kong.
    pub hong_kong: Vec<String>,
    /// Terms in Simplified Chinese as written on the mainland.
    pub mainland: Vec<String>,
    /// Terms in Traditional Chinese as written in Taiwan; empty if unknown or the same.
    pub taiwan: Vec<String>,
    /// Terms in Traditional Chinese as written in Macao; empty if unknown or the same.
    pub macao: Vec<String>,
    /// Terms in English; empty if unknown. A query in English also finds the terms of all regions.
    pub english: Vec<String>,
    /// Subject field: technology, trade, law …
    pub domain: String,
    /// Direction; Taiwan and Macao count with Hong Kong.
    pub direction: Direction,
    /// How closely the terms correspond.
    pub degree: Degree,
    /// The sources as the table has them; `None` if it has none.
    pub attested: Option<String>,
}

impl Entry {
    /// The terms of each region, in the order of the columns.
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

    /// Whether some terms differ after folding, so that a query for one can find another.
    pub fn differs(&self) -> bool {
        let mut folded = self.terms().map(|term| fold(term));
        let first = folded.next();
        folded.any(|other| Some(other) != first)
    }

    /// The sources that attest the terms.
    pub fn sources(&self) -> Vec<TermSource> {
        self.attested.as_deref().map(TermSource::all).unwrap_or_default()
    }

    fn terms(&self) -> impl Iterator<Item = &String> {
        self.sides().into_iter().flat_map(|(_, terms)| terms)
    }
}

/// An invalid line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct TermError {
    /// Line number, from 1.
    pub line: usize,
    /// The problem, and how to fix it.
    pub reason: TermReason,
}

/// What is wrong with a line, and what it should be. The key and parameters of its serialized form
/// find its sentence in other languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the message explains a variant")]
pub enum TermReason {
    #[error("{cells} cells instead of 6 to 9, divided by tabs")]
    Cells { cells: usize },
    #[error("terms of fewer than two regions")]
    OneRegion,
    #[error("'{text}' is no direction: both, hk>cn or cn>hk")]
    NoDirection { text: String },
    #[error("'{text}' is no degree: same, nearest or within: and words")]
    NoDegree { text: String },
    #[error("'{text}' is no term: two or more characters, no white space")]
    NoTerm { text: String },
    #[error("'{text}' is no English term: Latin letters alone")]
    NoEnglishTerm { text: String },
}

/// A term of the table in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Start, in characters.
    pub start: usize,
    /// End, in characters.
    pub end: usize,
    /// Equivalents, as printed in the table and in its order.
    pub alternatives: Vec<String>,
    /// Nearest counterparts that are not the same thing.
    pub nearest: Vec<String>,
}

/// An English term of the table among the words of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnglishOccurrence {
    /// Its words, as a range of indices.
    pub words: std::ops::Range<usize>,
    /// Chinese equivalents, as printed in the table and in its order; of forms that folding joins the
    /// first.
    pub alternatives: Vec<String>,
}

/// A term as printed and as folded.
#[derive(Debug, Clone)]
struct Printed {
    term: String,
    folded: String,
}

/// An equivalent of a term, and how closely it corresponds.
#[derive(Debug, Clone)]
struct Other {
    term: Printed,
    degree: Degree,
}

/// Equivalents by folded term.
type Others = FxHashMap<String, Vec<Other>>;

/// A table, indexed for lookup.
#[derive(Debug, Clone, Default)]
pub struct TermTable {
    entries: Vec<Entry>,
    /// Equivalents that a search for a term also finds.
    found: Others,
    /// All equivalents, ignoring directions.
    equivalents: Others,
    /// Length of the longest term, in characters.
    longest: usize,
    /// Chinese equivalents by the key of an English term.
    english: FxHashMap<String, Vec<Printed>>,
    /// Length of the longest English term, in words.
    longest_english: usize,
    /// Hashing takes longer than a search, so the built-in table is hashed on first use.
    hash: OnceLock<String>,
}

impl TermTable {
    /// The table that is part of the program.
    pub fn built_in() -> &'static TermTable {
        static TABLE: LazyLock<TermTable> = LazyLock::new(|| {
            TermTable::read(BUILT_IN).expect("a test reads the table that comes with the program")
        });
        &TABLE
    }

    /// Parses a table: one entry a line, cells separated by tabs, several terms in a cell by `|`.
    ///
    /// The columns are Hong Kong, mainland, Taiwan, field, direction, source, degree, Macao and
    /// English. The last three may be missing; the degree is then *same*.
    ///
    /// # Errors
    /// The first line with a wrong number of cells, with terms of one region only and no
    /// English, with an unknown direction or degree, or with white space in a Chinese term.
    pub fn parse(text: &str) -> Result<Self, TermError> {
        let table = TermTable::read(text)?;
        Ok(TermTable { hash: OnceLock::from(hash_of(text)), ..table })
    }

    fn read(text: &str) -> Result<Self, TermError> {
        let mut table = TermTable::default();
        for (row, line) in text.lines().zip(1..) {
            if row.trim().is_empty() || row.starts_with('#') {
                continue;
            }
            let entry = entry(row).map_err(|reason| TermError { line, reason })?;
            table.add(entry);
        }
        Ok(table)
    }

    /// This table with the entries of another one appended.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn with(&self, text: &str) -> Result<Self, TermError> {
        let added = TermTable::parse(text)?;
        let mut table = self.clone();
        table.hash = OnceLock::from(hash_of(&format!("{}{}", self.hash(), added.hash())));
        for entry in added.entries {
            table.add(entry);
        }
        Ok(table)
    }

    fn add(&mut self, entry: Entry) {
        // Folded once: the table is read whenever the program starts.
        let printed: Vec<Printed> = entry.terms().map(|term| Printed::of(term)).collect();
        // Terms that all regions write alike have no equivalents.
        if printed.windows(2).any(|two| two[0].folded != two[1].folded) {
            let regions =
                entry.sides().map(|(region, terms)| std::iter::repeat_n(region, terms.len()));
            for (region, term) in regions.into_iter().flatten().zip(&printed) {
                let never_from = match region {
                    Region::Mainland => Direction::FromHongKong,
                    Region::HongKong | Region::Taiwan | Region::Macao => Direction::FromMainland,
                };
                self.longest = self.longest.max(term.folded.chars().count());
                join(&mut self.equivalents, term, &printed, &entry.degree);
                if entry.direction != never_from {
                    join(&mut self.found, term, &printed, &entry.degree);
                }
            }
        }
        self.add_english(&entry, &printed);
        self.entries.push(entry);
    }

    /// Indexes the English terms of an entry, unless its Chinese terms are only near one another: it
    /// is then unknown which of them the English names.
    fn add_english(&mut self, entry: &Entry, printed: &[Printed]) {
        if entry.degree != Degree::Same {
            return;
        }
        for term in &entry.english {
            let key = english_key(term);
            self.longest_english = self.longest_english.max(key.split(' ').count());
            let known = self.english.entry(key).or_default();
            for other in printed {
                if known.iter().all(|term| term.folded != other.folded) {
                    known.push(other.clone());
                }
            }
        }
    }

    /// The English terms among lower-case words from left to right, the longest at each place, without
    /// overlaps.
    ///
    /// ```
    /// use tiaowen_terms::TermTable;
    /// let row = "知識產權\t知识产权\t\tlaw\tboth\tknown\tsame\t\tintellectual property";
    /// let table = TermTable::parse(row).unwrap();
    /// let found = &table.find_english(&["the", "intellectual", "property", "right"])[0];
    /// assert_eq!((found.words.clone(), &*found.alternatives), (1..3, &["知識產權".to_owned()][..]));
    /// ```
    pub fn find_english(&self, words: &[&str]) -> Vec<EnglishOccurrence> {
        let keys: Vec<String> = words.iter().map(|word| word_key(word)).collect();
        let mut found = Vec::new();
        let mut at = 0;
        while at < keys.len() {
            let longest = self.longest_english.min(keys.len() - at);
            let term = (1..=longest).rev().find_map(|length| {
                let printed = self.english.get(&keys[at..at + length].join(" "))?;
                let alternatives = printed.iter().map(|printed| printed.term.clone()).collect();
                Some(EnglishOccurrence { words: at..at + length, alternatives })
            });
            at = term.as_ref().map_or(at + 1, |term| term.words.end);
            found.extend(term);
        }
        found
    }

    /// All entries, in the order of the file.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Hash of the table (16 hexadecimal digits).
    pub fn hash(&self) -> &str {
        self.hash.get_or_init(|| hash_of(BUILT_IN))
    }

    /// All terms in a folded text, overlapping ones included, with all equivalents regardless of
    /// direction. The comparison of two versions uses it. `holds` tests whether the texts contain
    /// one of the given words, for entries that apply only beside them.
    ///
    /// ```
    /// use tiaowen_terms::TermTable;
    /// let table = TermTable::parse("資訊\t信息\t\ttechnology\thk>cn\tknown").unwrap();
    /// assert!(table.find("信息").is_empty());
    /// assert_eq!(table.equivalents("信息", &|_| true)[0].alternatives, ["資訊"]);
    /// ```
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

    /// The terms in a folded text from left to right, the longest at each place, without overlaps.
    pub fn find(&self, folded: &str) -> Vec<Occurrence> {
        self.find_within(folded, folded)
    }

    /// Like [`find`](Self::find) in a part of a text; the words that conditional entries need may
    /// occur anywhere in `whole`.
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

fn hash_of(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
}

/// Byte offsets of the characters of a text, and its end.
fn starts(text: &str) -> Vec<usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()
}

impl Printed {
    fn of(term: &str) -> Self {
        Printed { term: term.to_owned(), folded: fold(term) }
    }
}

/// Adds the other terms of an entry to the equivalents of a term.
fn join(others: &mut Others, term: &Printed, all: &[Printed], degree: &Degree) {
    let known = others.entry(term.folded.clone()).or_default();
    for other in all.iter().filter(|other| other.folded != term.folded) {
        if known.iter().all(|k| k.degree != *degree || k.term.folded != other.folded) {
            known.push(Other { term: other.clone(), degree: degree.clone() });
        }
    }
}

/// The occurrence of a term with its equivalents; `None` if the text is no term, or one whose
/// condition isn't met.
fn occurrence(
    others: &Others,
    text: &str,
    place: std::ops::Range<usize>,
    holds: &dyn Fn(&[String]) -> bool,
) -> Option<Occurrence> {
    let (mut same, mut nearest): (Vec<&Printed>, Vec<&Printed>) = Default::default();
    for Other { term, degree } in others.get(text)? {
        match degree {
            Degree::Same => same.push(term),
            Degree::Within(words) if holds(words) => same.push(term),
            Degree::Within(_) => {}
            Degree::Nearest => nearest.push(term),
        }
    }
    // A term that one entry gives as the same is not offered as the nearest by another.
    nearest.retain(|term| same.iter().all(|same| same.folded != term.folded));
    if same.is_empty() && nearest.is_empty() {
        return None;
    }
    let [alternatives, nearest] =
        [same, nearest].map(|all| all.into_iter().map(|printed| printed.term.clone()).collect());
    Some(Occurrence { start: place.start, end: place.end, alternatives, nearest })
}

fn entry(row: &str) -> Result<Entry, TermReason> {
    let cells: Vec<&str> = row.split('\t').map(str::trim).collect();
    if !(LEAST_CELLS..=MOST_CELLS).contains(&cells.len()) {
        return Err(TermReason::Cells { cells: cells.len() });
    }
    let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
    let terms = |at: usize| terms_of_cell(cell(at));
    let attested = cell(5);
    let entry = Entry {
        hong_kong: terms(0)?,
        mainland: terms(1)?,
        taiwan: terms(2)?,
        macao: terms(7)?,
        english: english_of_cell(cell(8))?,
        domain: cell(3).to_owned(),
        direction: match cell(4) {
            "both" => Direction::Both,
            "hk>cn" => Direction::FromHongKong,
            "cn>hk" => Direction::FromMainland,
            other => return Err(TermReason::NoDirection { text: other.to_owned() }),
        },
        degree: Degree::parse(cell(6))?,
        attested: (attested != "known" && !attested.is_empty()).then(|| attested.to_owned()),
    };
    if entry.regions().len() + usize::from(!entry.english.is_empty()) < 2 {
        return Err(TermReason::OneRegion);
    }
    Ok(entry)
}

/// The English terms in a cell, separated by `|`.
fn english_of_cell(cell: &str) -> Result<Vec<String>, TermReason> {
    let terms = cell.split('|').map(str::trim).filter(|term| !term.is_empty());
    let terms: Vec<String> = terms.map(str::to_owned).collect();
    let is_english =
        |term: &&String| term.is_ascii() && term.contains(|c: char| c.is_ascii_alphabetic());
    match terms.iter().find(|term| !is_english(term)) {
        Some(term) => Err(TermReason::NoEnglishTerm { text: term.clone() }),
        None => Ok(terms),
    }
}

/// The terms in a cell, separated by `|`.
fn terms_of_cell(cell: &str) -> Result<Vec<String>, TermReason> {
    let terms = cell.split('|').map(str::trim).filter(|term| !term.is_empty());
    let terms: Vec<String> = terms.map(str::to_owned).collect();
    match terms.iter().find(|term| term.contains(char::is_whitespace) || term.chars().count() < 2) {
        Some(term) => Err(TermReason::NoTerm { text: term.clone() }),
        None => Ok(terms),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_built_in_table_is_sound() {
        let table = TermTable::parse(BUILT_IN).unwrap();
        for entry in table.entries() {
            if !entry.english.is_empty() && !entry.differs() {
                continue;
            }
            for term in entry.terms() {
                let others = &table.equivalents[&fold(term)];
                assert!(!others.is_empty(), "folding joins the terms of {entry:?}");
            }
            // Hong Kong's term must differ from the mainland's, otherwise the entry has no effect.
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
            let english = sources.iter().any(|source| source.english);
            assert_eq!(english, !entry.english.is_empty(), "{entry:?}");
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
    fn english_is_attested_beside_terms_of_both_regions() {
        let both = |entry: &&Entry| {
            // An empty cell of an entry that another region has alike: folding joins them.
            let hong_kong = !entry.hong_kong.is_empty() || !entry.taiwan.is_empty();
            !entry.english.is_empty() && !entry.mainland.is_empty() && hong_kong
        };
        let count = TermTable::built_in().entries().iter().filter(both).count();
        assert!(count >= 1_300, "{count}");
    }

    #[test]
    fn entries_for_english_alone_have_no_effect_on_chinese_terms() {
        let table = TermTable::parse(BUILT_IN).unwrap();
        let regional = TermTable::parse(include_str!("../data/terms.tsv")).unwrap();
        let entries = TermTable::parse(include_str!("../data/english.tsv")).unwrap();
        for entry in entries.entries() {
            assert!(!entry.differs(), "belongs to terms.tsv: {entry:?}");
            for term in entry.terms() {
                assert_eq!(table.find(&fold(term)), regional.find(&fold(term)), "{term}");
            }
        }
    }

    #[test]
    fn english_terms_are_found_whole_and_the_longest_first() {
        let table = TermTable::built_in();
        let found = |query: &str| -> Vec<(std::ops::Range<usize>, Vec<String>)> {
            let words: Vec<&str> = query.split(' ').collect();
            table.find_english(&words).into_iter().map(|f| (f.words, f.alternatives)).collect()
        };
        for (query, words, term) in [
            ("intellectual property rights", 0..3, "知识产权"),
            ("belt and road", 0..3, "一帶一路"),
            ("on import duties", 1..3, "進口稅"),
            ("licences", 0..1, "許可證"),
        ] {
            let all = found(query);
            assert_eq!(all[0].0, words, "{query}: {all:?}");
            assert!(all[0].1.iter().any(|other| fold(other) == fold(term)), "{query}: {all:?}");
        }
        let apart = found("mutual recognition of qualifications");
        assert_eq!(apart.iter().map(|(words, _)| words.clone()).collect::<Vec<_>>(), [0..2, 3..4]);
        assert!(apart[0].1.contains(&"互認".to_owned()), "{apart:?}");
        assert_eq!(found("a good custom"), []);
        let nearest = "拘捕\t逮捕\t\tlaw\tboth\tknown\tnearest\t\tarrest";
        assert_eq!(TermTable::parse(nearest).unwrap().find_english(&["arrest"]), []);
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
    fn degrees_decide_which_terms_are_found() {
        let table = TermTable::parse(
            "功課\t作业\t\teducation\tboth\tknown\twithin: 学生|學校\n\
             拘捕\t逮捕\t\tlaw\tboth\tknown\tnearest\n\
             拘捕令\t逮捕证\t拘票\tlaw\tboth\tknown\tsame\t拘留令\n",
        )
        .unwrap();
        let equivalents = |text: &str| -> Vec<(Vec<String>, Vec<String>)> {
            let found = table.find(&fold(text)).into_iter();
            found.map(|found| (found.alternatives, found.nearest)).collect()
        };
        let words = |all: &[&str]| all.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        assert_eq!(equivalents("危险作业"), []);
        for text in ["学生作业", "學生的作業"] {
            assert_eq!(equivalents(text), [(words(&["功課"]), vec![])]);
        }
        assert_eq!(table.find_within("作业", "学校 作业").len(), 1);
        assert_eq!(equivalents("拘捕"), [(vec![], words(&["逮捕"]))]);
        // Only the longer term counts, not the one inside it.
        assert_eq!(equivalents("拘捕令"), [(words(&["逮捕证", "拘票", "拘留令"]), vec![])]);
        assert_eq!(equivalents("拘票"), [(words(&["拘捕令", "逮捕证", "拘留令"]), vec![])]);
    }

    #[test]
    fn errors_are_reported_with_their_line() {
        let error = |text| TermTable::parse(text).unwrap_err().to_string();
        assert!(error("資訊\t信息").starts_with("line 1: 2 cells"));
        assert!(error("\n資訊\t\t\tx\tboth\tknown").starts_with("line 2: terms of fewer than two"));
        assert!(error("資訊\t信息\t\tx\tmaybe\tknown").contains("maybe"));
        assert!(error("資 訊\t信息\t\tx\tboth\tknown").contains("white space"));
        assert!(error("資訊\t信息\t\tx\tboth\tknown\talike").contains("'alike' is no degree"));
        assert!(error("資訊\t信息\t\tx\tboth\tknown\twithin:").contains("no degree"));
        let english = error("資訊\t信息\t\tx\tboth\tknown\tsame\t\t資訊");
        assert!(english.contains("no English term"), "{english}");
        assert!(TermTable::parse("海關\t\t\tx\tboth\tknown\t\t\tcustoms").is_ok());
    }
}
