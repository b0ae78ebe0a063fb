//! The outline of a document: which levels to show before each clause.

use std::collections::HashMap;

use tiaowen_corpus::Clause;

/// Follows the outline of a document. Clauses must be given in reading order.
#[derive(Debug, Default)]
pub struct Outline {
    /// The paths of the clauses so far, and whether each has a heading.
    seen: HashMap<Vec<String>, bool>,
    /// The levels above the last clause.
    around: Vec<String>,
}

/// The place of a clause in the outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlineEntry {
    /// The levels that begin before it, each with its depth.
    pub fresh: Vec<(usize, String)>,
    /// The depth of the clause.
    pub depth: usize,
}

impl Outline {
    /// The place of the next clause.
    ///
    /// ```
    /// let text = "粵港合作備忘錄\n\n一、合作內容\n\n（一）交流。\n\n（二）培訓。";
    /// let found = tiaowen_corpus::read("a.txt", text).unwrap();
    /// let mut outline = tiaowen_wire::Outline::default();
    /// let places: Vec<_> = found[0].clauses.iter().map(|clause| outline.place(clause)).collect();
    /// assert_eq!(places[0].fresh, [(0, "一 合作內容".to_owned())]);
    /// assert!(places[1].fresh.is_empty());
    /// ```
    pub fn place(&mut self, clause: &Clause) -> OutlineEntry {
        let outer = clause.path.len().saturating_sub(1);
        let prefixes: Vec<&[String]> = (1..=outer).map(|end| &clause.path[..end]).collect();
        // A level that is a clause without a heading has no title among the headings.
        let titled = |prefix: &&[String]| self.seen.get(*prefix).is_none_or(|titled| *titled);
        let labelled = prefixes.iter().copied().filter(titled).count();
        let mut titles = clause.headings.iter();
        // Headings without labels (in papers) aren't part of the path, and come above it.
        let above = clause.headings.len().saturating_sub(labelled);
        let mut around: Vec<(String, bool)> =
            titles.by_ref().take(above).map(|title| (title.clone(), true)).collect();
        for prefix in prefixes {
            let label = prefix.last().map_or("", String::as_str);
            let seen = self.seen.get(prefix);
            let title = if seen == Some(&false) { None } else { titles.next() };
            let line = title.map_or(label.to_owned(), |title| format!("{label} {title}"));
            around.push((line, seen.is_none()));
        }
        let lines = around.iter().map(|(line, _)| line);
        let same = self.around.iter().zip(lines).take_while(|(a, b)| a == b).count();
        let fresh = around.iter().enumerate().skip(same).filter(|(_, (_, unseen))| *unseen);
        let place = OutlineEntry {
            fresh: fresh.map(|(depth, (line, _))| (depth, line.clone())).collect(),
            depth: around.len(),
        };
        self.around = around.into_iter().map(|(line, _)| line).collect();
        self.seen.insert(clause.path.clone(), clause.heading.is_some());
        place
    }
}
