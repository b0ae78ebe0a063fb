//! Where clauses stand in the outline of their document.

use std::collections::HashMap;

use tiaowen_corpus::Clause;

/// Where clauses stand in the outline of their document, told in reading order.
#[derive(Debug, Default)]
pub struct Outline {
    /// Paths of the clauses told, and whether each has a heading of its own.
    told: HashMap<Vec<String>, bool>,
    /// The levels around the last clause.
    around: Vec<String>,
}

/// A clause's place in the outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlineEntry {
    /// The levels to show before it, each with its depth.
    pub fresh: Vec<(usize, String)>,
    /// How deep the clause itself stands.
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
        // A level told as a clause with text alone has no title among the headings.
        let titled = |prefix: &&[String]| self.told.get(*prefix).is_none_or(|titled| *titled);
        let labelled = prefixes.iter().copied().filter(titled).count();
        let mut titles = clause.headings.iter();
        // Headings without labels (of papers) have no place in the path, and stand above.
        let above = clause.headings.len().saturating_sub(labelled);
        let mut around: Vec<(String, bool)> =
            titles.by_ref().take(above).map(|title| (title.clone(), true)).collect();
        for prefix in prefixes {
            let label = prefix.last().map_or("", String::as_str);
            let told = self.told.get(prefix);
            let title = if told == Some(&false) { None } else { titles.next() };
            let line = title.map_or(label.to_owned(), |title| format!("{label} {title}"));
            around.push((line, told.is_none()));
        }
        let lines = around.iter().map(|(line, _)| line);
        let same = self.around.iter().zip(lines).take_while(|(a, b)| a == b).count();
        let fresh = around.iter().enumerate().skip(same).filter(|(_, (_, unseen))| *unseen);
        let place = OutlineEntry {
            fresh: fresh.map(|(depth, (line, _))| (depth, line.clone())).collect(),
            depth: around.len(),
        };
        self.around = around.into_iter().map(|(line, _)| line).collect();
        self.told.insert(clause.path.clone(), clause.heading.is_some());
        place
    }
}
