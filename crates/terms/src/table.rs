use std::collections::HashMap;
use std::sync::LazyLock;

use tiaowen_text::fold;

const BUILT_IN: &str = include_str!("../data/terms.tsv");

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

/// A line of the table. Each region has one term or several, the preferred first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// In Traditional Chinese, as Hong Kong writes.
    pub hong_kong: Vec<String>,
    /// In Simplified Chinese, as the mainland writes.
    pub mainland: Vec<String>,
    /// In Traditional Chinese, as Taiwan writes; empty where it matters not.
    pub taiwan: Vec<String>,
    /// What the term is about: technology, trade, law …
    pub domain: String,
    /// Which way it leads.
    pub direction: Direction,
    /// Where both terms stand for the same; `None` when the pair is known, and no more.
    pub attested: Option<String>,
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
    /// Other words for it, as the table prints them and in its order.
    pub alternatives: Vec<String>,
}

/// The table.
#[derive(Debug, Clone, Default)]
pub struct TermTable {
    entries: Vec<Entry>,
    /// Folded term → alternatives as printed.
    alternatives: HashMap<String, Vec<String>>,
    /// Folded term → all its other names, whichever way its entry leads.
    equivalents: HashMap<String, Vec<String>>,
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
    /// # Errors
    /// The first line that has no six cells, an empty side, an unknown direction, or a term
    /// that holds white space.
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
        let folded = |terms: &[String]| terms.iter().map(|term| fold(term)).collect::<Vec<_>>();
        let (hong_kong, mainland, taiwan) =
            (folded(&entry.hong_kong), folded(&entry.mainland), folded(&entry.taiwan));
        let others = || entry.hong_kong.iter().chain(&entry.mainland).chain(&entry.taiwan);
        for term in hong_kong.iter().chain(&mainland).chain(&taiwan) {
            self.longest = self.longest.max(term.chars().count());
            let known = self.equivalents.entry(term.clone()).or_default();
            for other in others() {
                if fold(other) != *term && !known.iter().any(|k| fold(k) == fold(other)) {
                    known.push(other.clone());
                }
            }
        }
        let sides = [
            (&hong_kong, Direction::FromMainland),
            (&mainland, Direction::FromHongKong),
            (&taiwan, Direction::FromMainland),
        ];
        for (own, never_from) in sides {
            if entry.direction == never_from {
                continue;
            }
            for term in own {
                let known = self.alternatives.entry(term.clone()).or_default();
                for other in others() {
                    if fold(other) != *term && !known.iter().any(|k| fold(k) == fold(other)) {
                        known.push(other.clone());
                    }
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
    pub fn equivalents(&self, folded: &str) -> Vec<Occurrence> {
        let starts: Vec<usize> =
            folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect();
        let characters = starts.len() - 1;
        let mut found = Vec::new();
        for at in 0..characters {
            for length in 2..=self.longest.min(characters - at) {
                if let Some(others) = self.equivalents.get(&folded[starts[at]..starts[at + length]])
                {
                    let alternatives = others.clone();
                    found.push(Occurrence { start: at, end: at + length, alternatives });
                }
            }
        }
        found
    }

    /// The terms of the table in a folded text, the longest at each place, from left to
    /// right, none overlapping another.
    pub fn find(&self, folded: &str) -> Vec<Occurrence> {
        let starts: Vec<usize> =
            folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect();
        let characters = starts.len() - 1;
        let mut found = Vec::new();
        let mut at = 0;
        while at < characters {
            let longest = self.longest.min(characters - at);
            let term = (2..=longest).rev().find_map(|length| {
                let alternatives =
                    self.alternatives.get(&folded[starts[at]..starts[at + length]])?;
                Some((length, alternatives))
            });
            let Some((length, alternatives)) = term else {
                at += 1;
                continue;
            };
            let alternatives = alternatives.clone();
            found.push(Occurrence { start: at, end: at + length, alternatives });
            at += length;
        }
        found
    }
}

fn entry(row: &str) -> Result<Entry, String> {
    let cells: Vec<&str> = row.split('\t').map(str::trim).collect();
    let [hong_kong, mainland, taiwan, domain, direction, attested] = cells.as_slice() else {
        return Err(format!("{} cells instead of 6, divided by tabs", cells.len()));
    };
    // Of what a cell needs a term it is told that there is none.
    let terms = |cell: &str, none: Option<&str>| -> Result<Vec<String>, String> {
        let terms: Vec<String> =
            cell.split('|').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect();
        if let Some(none) = none.filter(|_| terms.is_empty()) {
            return Err(none.to_owned());
        }
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
    Ok(Entry {
        hong_kong: terms(hong_kong, Some("no Hong Kong term"))?,
        mainland: terms(mainland, Some("no mainland term"))?,
        taiwan: terms(taiwan, None)?,
        domain: (*domain).to_owned(),
        direction: match *direction {
            "both" => Direction::Both,
            "hk>cn" => Direction::FromHongKong,
            "cn>hk" => Direction::FromMainland,
            other => return Err(format!("'{other}' is no direction: both, hk>cn or cn>hk")),
        },
        attested: (*attested != "known" && !attested.is_empty()).then(|| (*attested).to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_is_sound() {
        let table = TermTable::parse(BUILT_IN).unwrap();
        let alike = |entry: &&Entry| entry.taiwan.is_empty();
        for entry in table.entries().iter().filter(alike) {
            for (hant, hans) in
                entry.hong_kong.iter().flat_map(|h| entry.mainland.iter().map(move |m| (h, m)))
            {
                assert_ne!(fold(hant), fold(hans), "folding joins {hant} and {hans}: no entry");
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
    fn what_is_wrong_is_told_with_its_line() {
        let error = |text| TermTable::parse(text).unwrap_err().to_string();
        assert!(error("資訊\t信息").starts_with("line 1: 2 cells"));
        assert!(error("\n資訊\t\t\tx\tboth\tknown").starts_with("line 2: no mainland term"));
        assert!(error("資訊\t信息\t\tx\tmaybe\tknown").contains("maybe"));
        assert!(error("資 訊\t信息\t\tx\tboth\tknown").contains("white space"));
    }
}
