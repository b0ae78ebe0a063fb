//! The text that represents a clause to the model.

use serde::{Deserialize, Serialize};
use tiaowen_corpus::{Clause, Document};

/// The text of a clause as the model reads it: the document's title, the headings above the clause, and
/// its text, one a line. A clause by itself often doesn't say what it is about; its title does.
pub fn passage(document: &Document, clause: &Clause) -> String {
    let headings = clause.headings.iter().chain(&clause.heading).map(String::as_str);
    let lines = document.title.as_deref().into_iter().chain(headings).chain([clause.text.as_str()]);
    lines.collect::<Vec<_>>().join("\n")
}

/// What a vector belongs to: a hash of the text that it was made of. A clause whose text, headings and
/// title are the same keeps its vector, wherever it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key(pub(crate) [u8; Key::BYTES]);

impl Key {
    pub(crate) const BYTES: usize = 16;

    /// The key of a text.
    pub fn of(text: &str) -> Self {
        Key::hashed(&[text.as_bytes()])
    }

    /// The key of a clause with this id and text.
    pub(crate) fn of_row(id: &str, text: Key) -> Self {
        Key::hashed(&[id.as_bytes(), &text.0])
    }

    fn hashed(parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(part).update(&[0]);
        }
        let mut key = [0; Key::BYTES];
        key.copy_from_slice(&hasher.finalize().as_bytes()[..Key::BYTES]);
        Key(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_has_title_headings_and_text() {
        let text = "+++\ntitle = '甲乙協議'\nlanguage = 'zh-Hant'\n+++\n\n第一章 合作\n\n第一條 雙方合作。\n";
        let read = tiaowen_corpus::read("a.md", text).unwrap().remove(0);
        let clause = read.clauses.last().unwrap();
        let shown = passage(&read.document, clause);
        assert!(shown.starts_with("甲乙協議\n"), "{shown}");
        assert!(shown.ends_with("\n雙方合作。"), "{shown}");
        assert!(shown.contains("合作\n雙方"), "{shown}");
        assert_eq!(Key::of(&shown), Key::of(&shown));
        assert_ne!(Key::of(&shown), Key::of("雙方合作。"));
        assert_ne!(Key::of_row("a.art_1", Key::of("甲")), Key::of_row("a.art_2", Key::of("甲")));
    }
}
