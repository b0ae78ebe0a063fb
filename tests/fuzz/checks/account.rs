//! Of any file, in each format: each character of its text is in a clause, title, label or heading,
//! or is listed as left out, and nothing is listed twice.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use tiaowen_blocks::{Layout, SourceText};
use tiaowen_corpus::{DocumentText, read_blocks};
use tiaowen_extract::extract;
use tiaowen_text::{hkscs, is_han, plain_form};

/// Panics where the claim does not hold of a file with this name.
pub(crate) fn check(name: &str, bytes: &[u8]) {
    let Ok(source) = extract(Path::new(name), bytes) else { return };
    let Ok(documents) = read_blocks(name, &source, None) else { return };
    let mut spans = Vec::new();
    for dropped in documents.iter().flat_map(|text| &text.dropped) {
        assert!(source.text.get(dropped.bytes.clone()).is_some(), "{:?}", dropped.bytes);
        spans.push(dropped.bytes.clone());
    }
    spans.sort_by_key(|span| (span.start, span.end));
    let twice = spans.windows(2).find(|pair| pair[0].end > pair[1].start);
    assert_eq!(twice, None, "listed twice");
    let kept = counted(documents.iter().flat_map(printed));
    // Letters and figures of Markdown may be markup: addresses, tags, names of notes.
    let is_markup = |c: &char| source.layout == Layout::Markdown && !is_han(*c);
    let counts = counted(once_named(without_front_matter(&source), &documents)).into_iter();
    for (character, count) in counts.filter(|(c, _)| !is_markup(c)) {
        let kept = kept.get(&character).copied().unwrap_or(0);
        assert!(kept >= count, "{character:?}: {count} in the text, {kept} accounted for");
    }
}

/// A text without the front matter of Markdown, which describes it.
fn without_front_matter<'t>(source: &'t SourceText<'_>) -> &'t str {
    let text = &*source.text;
    let fence = ["+++", "---"].into_iter().find(|fence| text.starts_with(fence));
    let Some(fence) = fence.filter(|_| source.layout == Layout::Markdown) else { return text };
    let end = text[fence.len()..].find(&format!("\n{fence}"));
    end.map_or(text, |end| &text[fence.len() + end..])
}

/// The lines of a text without those that only repeat a title or heading, or are a part of one: they are
/// named already.
fn once_named<'t>(text: &'t str, documents: &[DocumentText]) -> Vec<&'t str> {
    let squeezed = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let clauses = documents.iter().flat_map(|text| &text.clauses);
    let names: HashSet<String> = documents
        .iter()
        .flat_map(|text| text.document.title.iter().chain(&text.document.number))
        .chain(clauses.flat_map(|clause| clause.headings.iter().chain(&clause.heading)))
        .map(|name| squeezed(name))
        .collect();
    let mut seen = HashSet::new();
    // A name over several lines has each of them for a part.
    let is_new = |line: &&str| {
        let line = squeezed(line);
        match names.contains(&line) {
            true => seen.insert(line),
            false => !names.iter().any(|name| name.contains(&line)),
        }
    };
    text.lines().filter(is_new).collect()
}

/// All that a document gives of its source, headings once.
fn printed(text: &DocumentText) -> Vec<&str> {
    let mut printed: Vec<&str> = text.dropped.iter().map(|dropped| &*dropped.text).collect();
    printed.extend(text.document.title.as_deref());
    printed.extend(text.document.number.as_deref());
    let mut above: Vec<&str> = Vec::new();
    for clause in &text.clauses {
        printed.extend(clause.label.as_deref());
        printed.extend(clause.heading.as_deref());
        printed.push(&clause.text);
        above.extend(clause.headings.iter().chain(&clause.path).map(String::as_str));
    }
    printed.extend(above);
    printed
}

/// How often each letter, figure or Han character stands in texts.
fn counted<'t>(texts: impl IntoIterator<Item = &'t str>) -> HashMap<char, usize> {
    let mut counts = HashMap::new();
    // Clauses have radicals, vertical and private-use forms as the characters that these stand for.
    // And 10⁶ stands for 10^{6}.
    let plain = |c: char| match "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ".chars().position(|raised| raised == c)
    {
        Some(at) => char::from(b"0123456789n"[at]),
        None => hkscs(c).unwrap_or_else(|| plain_form(c)),
    };
    let all = texts.into_iter().flat_map(str::chars).map(plain);
    all.filter(|c| c.is_alphanumeric()).for_each(|c| *counts.entry(c).or_default() += 1);
    counts
}
