//! Checks of a term table.

use std::collections::BTreeMap;
use std::fmt;

use tiaowen_text::fold;

use crate::{Degree, Entry, TermTable, english_key};

/// A problem in a table that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermProblem {
    /// Folding already joins the two, so the entry has no effect.
    Joined {
        /// The Hong Kong term, or Taiwan's if Hong Kong has none.
        hong_kong: String,
        /// The mainland term.
        mainland: String,
    },
    /// A Hong Kong term is in several entries of the same degree.
    Repeated {
        /// The term.
        term: String,
        /// Its equivalents in those entries.
        others: Vec<String>,
    },
    /// The equivalent of a term has an equivalent of its own.
    Chain {
        /// The terms, in order.
        terms: Vec<String>,
    },
    /// Two English terms of an entry have the same key, so one is enough.
    SameEnglish {
        /// The first of them.
        one: String,
        /// The other.
        other: String,
    },
    /// A term has several equivalents. This is correct, but each search for it is broad.
    OneToMany {
        /// The term.
        term: String,
        /// Its equivalents.
        others: Vec<String>,
    },
}

impl TermProblem {
    /// Whether the entry is wrong, and not merely worth a look.
    pub fn is_error(&self) -> bool {
        matches!(
            self,
            TermProblem::Joined { .. }
                | TermProblem::Repeated { .. }
                | TermProblem::SameEnglish { .. }
        )
    }
}

impl fmt::Display for TermProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TermProblem::Joined { hong_kong, mainland } => {
                write!(f, "{hong_kong} and {mainland} are one when folded: no entry is needed")
            }
            TermProblem::Repeated { term, others } => {
                write!(f, "{term} stands in several entries ({}): make them one", others.join(", "))
            }
            TermProblem::Chain { terms } => {
                write!(f, "{}: a chain, of which one step is looked up", terms.join(" → "))
            }
            TermProblem::SameEnglish { one, other } => {
                write!(f, "{one} and {other} are one English term: leave one of them")
            }
            TermProblem::OneToMany { term, others } => {
                write!(f, "{term} has several names: {}", others.join(", "))
            }
        }
    }
}

/// An entry's terms on one side, and those on the other.
type Sides<'e> = (&'e [String], &'e [String]);

/// A printed term with its equivalents in each of its entries.
type Leads = (String, Vec<Vec<String>>);

/// All problems of a table, errors first.
///
/// ```
/// use tiaowen_terms::{TermTable, check};
/// let table = TermTable::parse("夥伴\t伙伴\t\tgeneral\tboth\tknown").unwrap();
/// assert!(check(&table)[0].is_error());
/// ```
pub fn check(table: &TermTable) -> Vec<TermProblem> {
    let mut problems = joined(table);
    problems.extend(repeated(table));
    problems.extend(chains(table));
    problems.extend(english(table));
    problems.sort_by_key(|problem| !problem.is_error());
    problems
}

/// Pairs of terms that folding already makes equal.
fn joined(table: &TermTable) -> Vec<TermProblem> {
    let mut problems = Vec::new();
    for entry in table.entries().iter().filter(|entry| leads(entry)) {
        let terms = if entry.hong_kong.is_empty() { &entry.taiwan } else { &entry.hong_kong };
        for hong_kong in terms {
            for mainland in &entry.mainland {
                if fold(hong_kong) == fold(mainland) {
                    problems.push(TermProblem::Joined {
                        hong_kong: hong_kong.clone(),
                        mainland: mainland.clone(),
                    });
                }
            }
        }
    }
    problems
}

/// Terms that are in several entries of one degree, or have several equivalents.
fn repeated(table: &TermTable) -> Vec<TermProblem> {
    let sides: [fn(&Entry) -> Sides<'_>; 2] =
        [|entry| (&entry.hong_kong, &entry.mainland), |entry| (&entry.mainland, &entry.hong_kong)];
    let mut problems = Vec::new();
    for (nth, side) in sides.into_iter().enumerate() {
        let mut entries: BTreeMap<(String, String), Leads> = BTreeMap::new();
        let regional = |entry: &&Entry| !entry.hong_kong.is_empty() && leads(entry);
        for entry in table.entries().iter().filter(regional) {
            let (terms, others) = side(entry);
            for term in terms {
                let key = (fold(term), entry.degree.to_string());
                let known = entries.entry(key).or_insert_with(|| (term.clone(), Vec::new()));
                known.1.push(others.to_vec());
            }
        }
        for (_, (term, others)) in entries {
            // Several Hong Kong terms for one mainland term are separate entries, and correct.
            if others.len() > 1 && nth == 0 {
                problems.push(TermProblem::Repeated { term, others: others.concat() });
            } else if others.iter().map(Vec::len).sum::<usize>() > 1 {
                problems.push(TermProblem::OneToMany { term, others: others.concat() });
            }
        }
    }
    problems
}

/// Equivalents that are Hong Kong terms with equivalents of their own.
fn chains(table: &TermTable) -> Vec<TermProblem> {
    let searched = |entry: &&Entry| {
        entry.degree == Degree::Same && !entry.hong_kong.is_empty() && leads(entry)
    };
    let of_hong_kong: BTreeMap<String, &Entry> = table
        .entries()
        .iter()
        .filter(searched)
        .flat_map(|entry| entry.hong_kong.iter().map(move |term| (fold(term), entry)))
        .collect();
    let mut problems = Vec::new();
    for entry in table.entries().iter().filter(searched) {
        for mainland in &entry.mainland {
            if let Some(next) = of_hong_kong.get(&fold(mainland))
                && *next != entry
                && !next.mainland.is_empty()
            {
                problems.push(TermProblem::Chain {
                    terms: vec![
                        entry.hong_kong[0].clone(),
                        mainland.clone(),
                        next.mainland[0].clone(),
                    ],
                });
            }
        }
    }
    problems
}

/// Whether the entry is meant to lead from one region's term to another's; an entry that is there for
/// its English alone is not.
fn leads(entry: &Entry) -> bool {
    entry.english.is_empty() || entry.differs()
}

/// English terms that an entry has twice, or that have several equivalents.
fn english(table: &TermTable) -> Vec<TermProblem> {
    let mut problems = Vec::new();
    let mut names: BTreeMap<String, (&String, Vec<String>)> = BTreeMap::new();
    for entry in table.entries() {
        for (nth, term) in entry.english.iter().enumerate() {
            let key = english_key(term);
            if let Some(one) = entry.english[..nth].iter().find(|one| english_key(one) == key) {
                let (one, other) = (one.clone(), term.clone());
                problems.push(TermProblem::SameEnglish { one, other });
                continue;
            }
            let sides = entry.sides();
            let first = sides.iter().find_map(|(_, terms)| terms.first());
            names.entry(key).or_insert_with(|| (term, Vec::new())).1.extend(first.cloned());
        }
    }
    for (term, others) in names.into_values().filter(|(_, others)| others.len() > 1) {
        problems.push(TermProblem::OneToMany { term: term.clone(), others });
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_is_reported() {
        let table = TermTable::parse(
            "夥伴\t伙伴\t\tg\tboth\tknown\n資訊\t信息\t\tg\tboth\tknown\n資訊\t讯息\t\tg\tboth\tknown\n\
             訊息\t消息\t\tg\tboth\tknown\n質素\t素质|质量\t\tg\tboth\tknown\n\
             海關\t海关\t\tg\tboth\tknown\tsame\t\tcustoms|Customs\n稅關\t\t\tg\tboth\tknown\t\t\tcustoms",
        )
        .unwrap();
        let problems: Vec<String> = check(&table).iter().map(TermProblem::to_string).collect();
        assert_eq!(
            problems,
            [
                "夥伴 and 伙伴 are one when folded: no entry is needed",
                "資訊 stands in several entries (信息, 讯息): make them one",
                "customs and Customs are one English term: leave one of them",
                "質素 has several names: 素质, 质量",
                "資訊 → 讯息 → 消息: a chain, of which one step is looked up",
                "customs has several names: 海關, 稅關",
            ]
        );
    }

    #[test]
    fn the_built_in_table_has_no_errors() {
        let errors: Vec<String> = check(TermTable::built_in())
            .iter()
            .filter(|problem| problem.is_error())
            .map(TermProblem::to_string)
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}
