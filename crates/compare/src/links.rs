//! Links between clauses that were made by hand, where the alignment is wrong.
//!
//! A file of links has a line for each pair: the `eid` of a clause on the left and that of its
//! counterpart on the right, with white space between them. `-` means that it has none. Clauses of
//! several lines that share one form a single row, as do the parts of a clause that was split. The
//! alignment finds the counterparts of all other clauses.
//!
//! A line that can't be used is reported and the others count, since a text that is read again may
//! have lost a clause.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;
use tiaowen_corpus::{Document, DocumentText};

/// Clauses that belong together, by index; a side may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LinkedGroup {
    pub(crate) left: Vec<usize>,
    pub(crate) right: Vec<usize>,
}

/// Links between the clauses of two documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClauseLinks {
    pub(crate) groups: Vec<LinkedGroup>,
}

/// A line of a file of links that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct LinkError {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: LinkReason,
}

/// What is wrong with a line of a file of links.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkReason {
    /// It has not two ids.
    #[error("a line has the eid of a clause on the left and one on the right, or - for none")]
    Form,
    /// No clause of the left version has the id.
    #[error("no clause of the left version has the eid {0}")]
    NoLeft(String),
    /// No clause of the right version has the id.
    #[error("no clause of the right version has the eid {0}")]
    NoRight(String),
    /// Another line says that the clause has no counterpart, or that it has one.
    #[error("line {line} contradicts it for {eid}")]
    Contradiction {
        /// The clause.
        eid: String,
        /// The other line.
        line: usize,
    },
}

/// A clause of a side.
type End = (bool, usize);

/// Links while they are read.
#[derive(Default)]
struct Reader {
    groups: Vec<LinkedGroup>,
    /// The group of a clause, and the line that put it there.
    group_of: FxHashMap<End, (usize, usize)>,
}

impl ClauseLinks {
    /// Reads links between two documents. Lines that are empty or begin with `#` are passed over.
    /// Ids of clauses with that of their document are read as well.
    ///
    /// ```
    /// use tiaowen_compare::ClauseLinks;
    /// let read = |text: &str| tiaowen_corpus::read("a.txt", text).unwrap().remove(0);
    /// let left = read("合作協議\n\n第一條 會面。\n\n第二條 通報。");
    /// let right = read("合作協議\n\n第一條 通報。\n\n第二條 會面。");
    /// let (_, errors) = ClauseLinks::read("art_1 art_2\nart_2 art_1\nart_3 art_3\n", &left, &right);
    /// assert_eq!(errors[0].to_string(), "line 3: no clause of the left version has the eid art_3");
    /// ```
    pub fn read(
        text: &str,
        left: &DocumentText,
        right: &DocumentText,
    ) -> (ClauseLinks, Vec<LinkError>) {
        let mut reader = Reader::default();
        let mut errors = Vec::new();
        for (line, content) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let content = content.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let ends = ends(content, left, right);
            if let Err(reason) = ends.and_then(|ends| reader.add(line, ends, (left, right))) {
                errors.push(LinkError { line, reason });
            }
        }
        let mut groups = reader.groups;
        groups.retain(|group| !group.left.is_empty() || !group.right.is_empty());
        for group in &mut groups {
            group.left.sort_unstable();
            group.right.sort_unstable();
        }
        (ClauseLinks { groups }, errors)
    }
}

/// The clauses that a line names, by index.
fn ends(
    line: &str,
    left: &DocumentText,
    right: &DocumentText,
) -> Result<[Option<usize>; 2], LinkReason> {
    let ids: Vec<&str> = line.split_whitespace().collect();
    let [one, other] = ids[..] else { return Err(LinkReason::Form) };
    let ends = [
        place_of(one, left).map_err(LinkReason::NoLeft)?,
        place_of(other, right).map_err(LinkReason::NoRight)?,
    ];
    if ends == [None, None] { Err(LinkReason::Form) } else { Ok(ends) }
}

/// The index of the clause with an id; `None` for `-`. The error is the id.
fn place_of(id: &str, text: &DocumentText) -> Result<Option<usize>, String> {
    if id == "-" {
        return Ok(None);
    }
    let eid = without_document(id, &text.document);
    let place = text.clauses.iter().position(|clause| clause.eid == eid);
    place.map(Some).ok_or_else(|| id.to_owned())
}

/// The `eid` in an id of a clause.
fn without_document<'i>(id: &'i str, document: &Document) -> &'i str {
    let rest = id.strip_prefix(document.id.as_str());
    rest.and_then(|rest| rest.strip_prefix('.')).unwrap_or(id)
}

impl Reader {
    /// Adds a line.
    fn add(
        &mut self,
        line: usize,
        ends: [Option<usize>; 2],
        (left, right): (&DocumentText, &DocumentText),
    ) -> Result<(), LinkReason> {
        let is_alone = ends.contains(&None);
        let named = [true, false].into_iter().zip(ends);
        let named: Vec<End> = named.filter_map(|(side, at)| Some((side, at?))).collect();
        let mut known = Vec::new();
        for end in &named {
            let Some(&(group, other)) = self.group_of.get(end) else { continue };
            // A clause is without a counterpart, or has some.
            if self.is_alone(group) != is_alone {
                let (side, at) = *end;
                let eid = if side { &left.clauses[at].eid } else { &right.clauses[at].eid };
                return Err(LinkReason::Contradiction { eid: eid.clone(), line: other });
            }
            known.push(group);
        }
        let group = match known[..] {
            [] => {
                self.groups.push(LinkedGroup::default());
                self.groups.len() - 1
            }
            [group] => group,
            [group, other, ..] => {
                self.join(group, other);
                group
            }
        };
        for end in named {
            if let Entry::Vacant(free) = self.group_of.entry(end) {
                free.insert((group, line));
                let (side, at) = end;
                let all = &mut self.groups[group];
                if side { &mut all.left } else { &mut all.right }.push(at);
            }
        }
        Ok(())
    }

    fn is_alone(&self, group: usize) -> bool {
        let group = &self.groups[group];
        group.left.is_empty() || group.right.is_empty()
    }

    /// Moves the clauses of another group into one.
    fn join(&mut self, group: usize, other: usize) {
        if group == other {
            return;
        }
        let LinkedGroup { left, right } = std::mem::take(&mut self.groups[other]);
        self.groups[group].left.extend(left);
        self.groups[group].right.extend(right);
        for (into, _) in self.group_of.values_mut().filter(|(into, _)| *into == other) {
            *into = group;
        }
    }
}

#[cfg(test)]
mod tests {
    use tiaowen_terms::TermTable;
    use tiaowen_text::Budget;

    use super::*;
    use crate::{Status, compare, compare_linked};

    fn read(text: &str) -> DocumentText {
        tiaowen_corpus::read("a.txt", text).unwrap().remove(0)
    }

    const LEFT: &str = "合作協議\n\n第一條 每年會面一次。\n\n第二條 互相通報資料。\n\n\
                        第三條 設立專責小組。\n\n第四條 保留紀錄。";
    const RIGHT: &str = "合作協議\n\n第一條 每年會面一次。\n\n第二條 互相通報資料。\n\n\
                         第三條 設立專責小組。\n\n第四條 保留紀錄。\n\n第五條 另行協商。";

    /// The rows of a comparison by the ids of their clauses.
    fn rows(links: &str) -> Vec<String> {
        let (left, right) = (read(LEFT), read(RIGHT));
        let (links, errors) = ClauseLinks::read(links, &left, &right);
        assert!(errors.is_empty(), "{errors:?}");
        let comparison =
            compare_linked(&left, &right, TermTable::built_in(), &links, &Budget::unlimited());
        let comparison = comparison.unwrap();
        let mut both = [0, 0];
        let shown = comparison.rows.iter().filter(|row| row.counts()).map(|row| {
            let ids = |first: &Option<tiaowen_corpus::Clause>, more: &[tiaowen_corpus::Clause]| {
                let all = first.iter().chain(more).map(|clause| clause.eid.replace("art_", ""));
                all.collect::<Vec<_>>().join("+")
            };
            let (left, right) = (ids(&row.left, &row.left_more), ids(&row.right, &row.right_more));
            both[0] += row.left.iter().count() + row.left_more.len();
            both[1] += row.right.iter().count() + row.right_more.len();
            let linked = if row.linked { "!" } else { "" };
            let moved = if row.moved { "~" } else { "" };
            format!("{left}={right}{linked}{moved}")
        });
        let shown = shown.collect();
        assert_eq!(both, [left.clauses.len(), right.clauses.len()], "no clause is lost");
        shown
    }

    #[test]
    fn linked_clauses_are_rows_and_the_others_are_aligned() {
        assert_eq!(rows(""), ["1=1", "2=2", "3=3", "4=4", "=5"]);
        assert_eq!(rows("art_4 art_5"), ["1=1", "2=2", "3=3", "=4", "4=5!"]);
        assert_eq!(rows("art_3 -"), ["1=1", "2=2", "=3", "3=!", "4=4", "=5"]);
        assert_eq!(rows("- art_3"), ["1=1", "2=2", "=3!", "3=", "4=4", "=5"]);
        assert_eq!(rows("art_4 art_4\nart_4 art_5"), ["1=1", "2=2", "3=3", "4=4+5!"]);
        assert_eq!(rows("art_1 art_1\nart_2 art_2\nart_1 art_2"), ["1+2=1+2!", "3=3", "4=4", "=5"]);
        // A pair that is out of order is moved.
        assert_eq!(rows("art_1 art_4"), ["=1", "1=4!~", "2=2", "3=3", "=5", "4="]);
    }

    #[test]
    fn a_link_decides_and_its_differences_are_told() {
        let (left, right) = (read(LEFT), read(RIGHT));
        let plain = compare(&left, &right, TermTable::built_in());
        assert!(plain.rows.iter().all(|row| !row.linked));
        let (links, _) = ClauseLinks::read("art_2 art_3", &left, &right);
        let budget = Budget::unlimited();
        let linked = compare_linked(&left, &right, TermTable::built_in(), &links, &budget).unwrap();
        let row = linked.rows.iter().find(|row| row.linked).unwrap();
        assert_eq!(row.status, Status::Changed);
        assert!(!row.differences.is_empty());
    }

    #[test]
    fn lines_that_cannot_be_used_are_named_and_the_others_count() {
        let (left, right) = (read(LEFT), read(RIGHT));
        let text = "\u{feff}# by hand\n\nart_1 art_2\nart_9 art_1\nart_1 art_9\nart_2\n- -\n\
                    art_1 -\nart_3 -\nart_3 art_3\nart_4 art_4 art_5\n";
        let (links, errors) = ClauseLinks::read(text, &left, &right);
        let lines: Vec<usize> = errors.iter().map(|error| error.line).collect();
        assert_eq!(lines, [4, 5, 6, 7, 8, 10, 11]);
        assert_eq!(errors[0].reason, LinkReason::NoLeft("art_9".into()));
        assert_eq!(errors[1].reason, LinkReason::NoRight("art_9".into()));
        assert_eq!(errors[2].reason, LinkReason::Form);
        let contradiction = LinkReason::Contradiction { eid: "art_1".into(), line: 3 };
        assert_eq!(errors[4].reason, contradiction);
        assert_eq!(links.groups.len(), 2);
        // Whole ids are read, too.
        let whole = format!("{0}.art_1 {0}.art_2", left.document.id);
        let (links, errors) = ClauseLinks::read(&whole, &left, &left);
        assert!(errors.is_empty() && links.groups.len() == 1);
    }
}
