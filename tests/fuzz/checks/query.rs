//! Any query is read, the same each time: nothing is looked for that was not typed, and what
//! is cut lies inside what was typed.

use tiaowen_query::{Analysis, Citation, Node, Plan, Syntax, Weights, highlights};
use tiaowen_text::{Segmenter, fold};

/// Panics where the claim does not hold.
pub(crate) fn check(query: &str) {
    let syntax = Syntax::read(query);
    assert_eq!(syntax, Syntax::read(query), "read another way the second time");
    let mut texts = vec![syntax.text.as_str()];
    syntax.required.iter().chain(&syntax.excluded).for_each(|node| collect(node, &mut texts));
    let held = squeezed(query);
    let folded = fold(&held);
    for text in &texts {
        for word in text.split_whitespace() {
            assert!(held.contains(word) || folded.contains(word), "{word:?} was not typed");
        }
    }
    if let Some(citation) = Citation::read(&syntax.text) {
        assert!(syntax.text.contains(&citation.text), "{citation:?}");
        assert!(!citation.addresses().is_empty(), "{citation:?}");
    }
    for text in texts {
        let analysis = Analysis::of(text, Segmenter::shared(), None);
        Plan::of(&analysis, &Weights::default());
        let mut last = 0;
        for span in highlights(query, &[analysis]) {
            assert!(span.start >= last && query.get(span.clone()).is_some(), "{span:?}");
            last = span.end;
        }
    }
}

fn collect<'a>(node: &'a Node, texts: &mut Vec<&'a str>) {
    match node {
        Node::Text(text) | Node::Phrase(text) | Node::Prefix(text) => texts.push(text),
        Node::Near(words, _) => texts.extend(words.iter().map(String::as_str)),
        Node::Any(nodes) | Node::All(nodes) => nodes.iter().for_each(|node| collect(node, texts)),
        Node::Not(node) => collect(node, texts),
    }
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
