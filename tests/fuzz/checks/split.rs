//! Any text splits into clauses in order, on character boundaries, each with an id of its
//! own, and with no more text than the source has.

use std::collections::HashSet;

use tiaowen_text::is_han;

/// Panics where the claim does not hold.
pub(crate) fn check(text: &str) {
    for name in ["a.txt", "a.md", "a.jsonl"] {
        let Ok(documents) = tiaowen_corpus::read(name, text) else { continue };
        let mut printed = 0;
        for document in &documents {
            let (mut ids, mut last) = (HashSet::new(), 0);
            for clause in &document.clauses {
                let span = clause.bytes.clone();
                assert!(text.get(span.clone()).is_some(), "{span:?} of {}", clause.eid);
                assert!(span.start >= last || clause.eid.starts_with("closing"), "{}", clause.eid);
                last = last.max(span.end);
                assert!(ids.insert(clause.id(&document.document)), "{} twice", clause.eid);
                for passage in tiaowen_corpus::passages(&document.document, clause) {
                    assert!(clause.text.get(passage.span).is_some());
                }
                printed += clause.text.chars().filter(|&c| is_han(c)).count();
            }
        }
        // JSON may hold a character as its number; Hong Kong's private characters stand for others.
        let is_read = |c: &char| is_han(*c) || matches!(c, '\u{E000}'..='\u{F8FF}');
        let held = text.chars().filter(is_read).count();
        assert!(printed <= held || name == "a.jsonl", "text twice");
    }
}
