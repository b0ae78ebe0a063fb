//! Ready-made clauses: JSON Lines as printed by `tiaowen clauses --format jsonl`.
//!
//! Clauses that were corrected by hand, or split by another program, can so be indexed as they are.
//! Each line is untrusted input and is checked.

use std::collections::HashSet;
use std::ops::Range;

use serde::Deserialize;
use tiaowen_text::Script;

use crate::front_matter::{FrontMatter, is_iso_date, too_much};
use crate::identity::document_id;
use crate::model::{
    Clause, ClauseKind, DateOrigin, Document, DocumentKind, DocumentText, Recognition, Rule,
};
use crate::source::{SourceError, most_lines};
use crate::{SourceReason, metadata};

/// A clause as given in a line. Derived values (`id`, `citation`) are computed again; only `text`
/// is required.
#[derive(Debug, Deserialize)]
struct ClauseLine {
    #[serde(default)]
    document: DocumentPart,
    #[serde(default)]
    kind: Option<ClauseKind>,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    path: Vec<String>,
    #[serde(default)]
    eid: Option<String>,
    #[serde(default)]
    heading: Option<String>,
    #[serde(default)]
    headings: Vec<String>,
    #[serde(default)]
    units: Vec<String>,
    #[serde(default)]
    bodies: Vec<String>,
    text: String,
    #[serde(default)]
    recognised: Option<f64>,
    /// In code points of the text.
    #[serde(default)]
    uncertain: Vec<[usize; 2]>,
}

/// The document part of a line. Lines of one document are adjacent and agree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
struct DocumentPart {
    id: Option<String>,
    title: Option<String>,
    number: Option<String>,
    kind: Option<DocumentKind>,
    script: Option<String>,
    language: Option<String>,
    date: Option<String>,
    date_is: Option<String>,
    parties: Vec<String>,
    place: Option<String>,
    ordinal: Option<u32>,
}

/// Reads the documents of a text in JSON Lines.
///
/// # Errors
/// [`SourceError::ClauseLine`] for the first invalid line.
pub(crate) fn read(
    name: &str,
    text: &str,
    front: &FrontMatter,
) -> Result<Vec<DocumentText>, SourceError> {
    let mut documents: Vec<(DocumentPart, Vec<Clause>)> = Vec::new();
    let (mut begun, mut eids) = (HashSet::new(), HashSet::new());
    let (mut at, mut count, most) = (0, 0, most_lines(text.len()));
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        let content = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        if content.is_empty() {
            continue;
        }
        let invalid = |reason| SourceError::ClauseLine { line: number, reason };
        if count == most {
            return Err(SourceError::Lines { line: number, most });
        }
        count += 1;
        let read = parse(content).map_err(invalid)?;
        if documents.last().is_none_or(|(part, _)| *part != read.document) {
            if !begun.insert(read.document.clone()) {
                return Err(invalid(SourceReason::InterruptedDocument));
            }
            documents.push((read.document.clone(), Vec::new()));
            eids.clear();
        }
        let (_, clauses) = documents.last_mut().expect("one was pushed where there was none");
        let clause = clause(read, clauses.len() + 1, start..start + content.len());
        if !eids.insert(clause.eid.clone()) {
            return Err(invalid(SourceReason::RepeatedEid { eid: clause.eid }));
        }
        clauses.push(clause);
    }
    if documents.is_empty() {
        let reason = SourceReason::NoClause;
        return Err(SourceError::ClauseLine { line: 1, reason });
    }
    let alone = documents.len() == 1;
    let mut ids = HashSet::new();
    let documents = documents.into_iter().zip(1..).map(|((part, clauses), ordinal)| {
        let empty = FrontMatter::default();
        let front = if alone { front } else { &empty };
        document(name, part, front, clauses, ordinal)
    });
    let documents: Vec<DocumentText> = documents.collect();
    for text in &documents {
        if !ids.insert(&text.document.id) {
            let reason = SourceReason::RepeatedDocumentId { id: text.document.id.clone() };
            return Err(SourceError::ClauseLine { line: 1, reason });
        }
    }
    Ok(documents)
}

/// Parses and checks a line. The error is the reason.
fn parse(line: &str) -> Result<ClauseLine, SourceReason> {
    let read: ClauseLine = serde_json::from_str(line).map_err(|error| {
        // The parser's own position is inside the line, which has no line breaks.
        let reason = error.to_string();
        let says = reason.split(" at line").next().unwrap_or(&reason).to_owned();
        SourceReason::Says { says }
    })?;
    check(&read)?;
    Ok(read)
}

/// Checks a line for values that no clause can have.
fn check(line: &ClauseLine) -> Result<(), SourceReason> {
    if line.text.trim().is_empty() {
        return Err(SourceReason::NoText);
    }
    if let Some(eid) = line.eid.as_deref().filter(|eid| !is_safe_id(eid, "_-.")) {
        return Err(SourceReason::InvalidEid { eid: eid.to_owned() });
    }
    if let Some(id) = line.document.id.as_deref().filter(|id| !is_safe_id(id, "-")) {
        return Err(SourceReason::InvalidDocumentId { id: id.to_owned() });
    }
    if let Some(date) = line.document.date.as_deref().filter(|date| !is_iso_date(date)) {
        return Err(SourceReason::NoDate { date: date.to_owned() });
    }
    check_sizes(line)?;
    match &line.document.script {
        Some(script) if Script::parse(script).is_none() => {
            Err(SourceReason::NoScript { script: script.clone() })
        }
        _ => Ok(()),
    }
}

/// Whether an id consists of ASCII letters, digits and `more` characters.
fn is_safe_id(id: &str, more: &str) -> bool {
    (1..=200).contains(&id.len())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
}

/// Checks a line for values that are too large.
fn check_sizes(line: &ClauseLine) -> Result<(), SourceReason> {
    let document = &line.document;
    let names = [&document.title, &document.number, &document.language, &document.place];
    let names = names.into_iter().chain([&line.label, &line.heading]).flatten();
    let lists = [&document.parties, &line.path, &line.headings, &line.units, &line.bodies];
    let longest = lists.iter().map(|list| list.len()).max().unwrap_or(0);
    too_much(names.chain(lists.into_iter().flatten()), longest).map_or(Ok(()), Err)
}

fn clause(line: ClauseLine, number: usize, bytes: Range<usize>) -> Clause {
    let path = if line.path.is_empty() { vec![format!("p{number}")] } else { line.path };
    let recognised = line.recognised.map(|share| Recognition {
        certainty: (share.clamp(0.0, 1.0) * 1000.0).round() as u16,
        uncertain: spans_of(&line.text, &line.uncertain),
    });
    Clause {
        recognised,
        kind: line.kind.unwrap_or(ClauseKind::Paragraph),
        label: line.label,
        eid: line.eid.unwrap_or_else(|| format!("para_{number}")),
        path,
        heading: line.heading,
        headings: line.headings,
        units: line.units,
        bodies: line.bodies,
        text: line.text.trim().to_owned(),
        bytes,
        drawn_by: Rule::ReadyMade,
    }
}

/// Bytes of the text, without the white space around, that spans of code points name; those that
/// name none are left out.
fn spans_of(text: &str, points: &[[usize; 2]]) -> Vec<Range<usize>> {
    if points.is_empty() {
        return Vec::new();
    }
    let text = text.trim();
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let span = |[from, to]: &[usize; 2]| Some(*starts.get(*from)?..*starts.get(*to)?);
    points.iter().filter_map(span).filter(|span| span.start < span.end).collect()
}

fn document(
    name: &str,
    part: DocumentPart,
    front: &FrontMatter,
    clauses: Vec<Clause>,
    ordinal: u32,
) -> DocumentText {
    let sample: String = clauses.iter().flat_map(|clause| clause.text.chars()).take(4000).collect();
    let given = part.script.as_deref().and_then(Script::parse);
    let script = given.unwrap_or_else(|| Script::of(&sample));
    let language = front.language.clone().or(part.language);
    let kind = front.kind.or(part.kind).unwrap_or(DocumentKind::Other);
    let mut document = Document {
        id: String::new(),
        title: front.title.clone().or(part.title),
        number: front.number.clone().or(part.number),
        kind,
        script,
        language: language.unwrap_or_else(|| metadata::language(script, &sample, false)),
        date_origin: match part.date_is.as_deref() {
            Some("inferred") if front.date.is_none() => DateOrigin::Inferred,
            Some("shared") if front.date.is_none() => DateOrigin::Shared,
            _ => DateOrigin::Printed,
        },
        date: front.date.clone().or(part.date),
        parties: front.parties.clone().unwrap_or(part.parties),
        place: front.place.clone().or(part.place),
        validity: None,
        repeals: Vec::new(),
        source: name.to_owned(),
        ordinal,
    };
    let first_words: String = sample.chars().take(40).collect();
    document.id = part.id.unwrap_or_else(|| document_id(&document, &first_words));
    DocumentText { document, clauses, dropped: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, read_as};

    fn lines(text: &str) -> Result<Vec<DocumentText>, SourceError> {
        read_as("a.jsonl", text, Format::ClauseLines, None)
    }

    #[test]
    fn a_line_with_text_alone_is_a_clause() {
        let text = "{\"text\": \"雙方每年會面。\"}\n\n{\"text\": \"双方互相通报。\"}\n";
        let found = lines(text).unwrap();
        assert_eq!(found.len(), 1);
        let clauses = &found[0].clauses;
        assert_eq!(clauses.iter().map(|c| &*c.eid).collect::<Vec<_>>(), ["para_1", "para_2"]);
        assert_eq!(&text[clauses[1].bytes.clone()], "{\"text\": \"双方互相通报。\"}");
    }

    #[test]
    fn lines_are_grouped_into_documents_with_metadata() {
        let text = concat!(
            r#"{"document": {"title": "甲協議", "kind": "agreement", "date": "2017-03"}, "kind": "article", "label": "一、", "path": ["一"], "eid": "part_1", "text": "合作。"}"#,
            "\n",
            r#"{"document": {"title": "乙协议", "ordinal": 2}, "text": "合作。", "more": 1}"#,
        );
        let found = lines(text).unwrap();
        let (first, second) = (&found[0].document, &found[1].document);
        assert_eq!((first.title.as_deref(), first.kind), (Some("甲協議"), DocumentKind::Agreement));
        assert_eq!((first.ordinal, second.ordinal), (1, 2));
        assert_ne!(first.id, second.id);
        assert_eq!(found[0].clauses[0].label.as_deref(), Some("一、"));
    }

    #[test]
    fn invalid_lines_are_reported_with_their_number() {
        let error = |text: &str| lines(text).unwrap_err().to_string();
        assert!(error("{\"text\": \"一\"}\n{\"txt\": 1}").contains("line 2"));
        assert!(error("{\"text\": \"一\"}\nno").contains("line 2"));
        assert!(error("{\"text\": \" \"}").contains("empty"));
        assert!(error("{\"text\": \"一\", \"eid\": \"a b\"}").contains("eid"));
        assert!(error("{\"text\": \"一\", \"document\": {\"date\": \"18/11\"}}").contains("18/11"));
        let twice = "{\"text\": \"一\", \"eid\": \"a\"}\n{\"text\": \"二\", \"eid\": \"a\"}";
        assert!(error(twice).contains("earlier line"));
        let apart = "{\"text\": \"一\"}\n{\"text\": \"二\", \"document\": {\"title\": \"乙\"}}\n{\"text\": \"三\"}";
        assert!(error(apart).contains("line 3"));
        let long = format!("{{\"text\": \"一\", \"heading\": \"{}\"}}", "甲".repeat(2_000));
        assert!(error(&long).contains("too long"));
        let many = format!("{{\"text\": \"一\", \"units\": [{}\"\"]}}", "\"甲\",".repeat(300));
        assert!(error(&many).contains("300 values"));
    }

    #[test]
    fn a_side_file_overrides_the_lines() {
        let text = "{\"text\": \"一\", \"document\": {\"title\": \"甲\"}}";
        let side = Some("title = \"乙\"");
        let found = read_as("a.jsonl", text, Format::ClauseLines, side).unwrap();
        assert_eq!(found[0].document.title.as_deref(), Some("乙"));
    }
}
