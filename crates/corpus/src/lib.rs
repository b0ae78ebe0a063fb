//! Splitting of files into documents and clauses.
//!
//! [`read`] is the entry point: it takes the text of a file and returns its documents with their
//! clauses, in reading order. Text is cleaned, never reworded, and every clause keeps its range of
//! bytes in the decoded source.
//!
//! Splitting goes through these steps, each in a module:
//!
//! 1. `source`: text or blocks become lines; from here on the format no longer matters.
//! 2. `bilingual`: lines of two languages are separated.
//! 3. `settle`, `wrap`, `junk`, `mend`: labels are verified, hard wraps and print furniture
//!    recognised, and lines joined to paragraphs.
//! 4. `boundaries`: paragraphs are divided among documents.
//! 5. `outline`, `document`: labels form a tree, and the tree becomes clauses.
//! 6. `account`: whatever is in no clause, title, label or heading is listed as dropped.
//!
//! Press pages and reports of sittings have rules of their own (`press`, `hansard`).
//!
//! ```
//! use std::path::{Path, PathBuf};
//! let source = "粵港合作備忘錄\n\n為加強合作，雙方同意：\n\n一、每年會面。\n\n二、其他\n\n（一）自簽署之日起生效。";
//! let documents = tiaowen_corpus::read("demo.txt", source).unwrap();
//! let clauses = &documents[0].clauses;
//! assert_eq!(documents[0].document.title.as_deref(), Some("粵港合作備忘錄"));
//! assert_eq!(clauses.iter().map(|c| c.eid.as_str()).collect::<Vec<_>>(), ["preamble", "part_1", "part_2__subpart_1"]);
//! assert_eq!(clauses[2].headings, ["其他"]);
//! ```
//!
//! # The rules
//!
//! docs/splitting.md says what a clause is, which labels make one and how the documents of a source
//! are separated. In the remaining cases the crate decides as a careful editor would:
//!
//! - A line behind a label with a comma and no full stop is a title if labels of its kind mostly
//!   have titles; otherwise it is the first half of a sentence.
//! - A line ends a sentence with 。！？；：… or with a bracket that names units.
//! - An open bracket keeps its paragraph open across a page break.
//! - Names of bodies directly above a title are its parties if the text before them has been
//!   signed; otherwise they sign that text.
//! - On a press page a paragraph ends where a sentence ends and the line is short or the next one
//!   is indented. A headline belongs to the article with which it shares most pairs of characters.
//! - A letter or notice without labels is one preamble.

mod account;
mod annex;
mod bilingual;
mod bodies;
mod boundaries;
mod clause_lines;
mod clean;
mod date;
mod document;
mod front_matter;
mod giant;
mod hansard;
mod heads;
mod identity;
mod junk;
mod label;
mod markdown;
mod mend;
mod metadata;
mod model;
mod outline;
mod paragraph;
mod passage;
mod press;
mod reason;
mod recognised;
mod repeal;
mod settle;
mod shape;
mod source;
mod title;
mod validity;
mod wrap;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use document::Place;
use front_matter::FrontMatter;
use label::LabelKind;
use paragraph::Paragraph;
use tiaowen_blocks::{Layout, SourceText};
use tiaowen_text::fold;

pub use giant::passage_number;
pub use identity::{citation, id_with_source};
pub use model::{
    Clause, ClauseKind, DateOrigin, Document, DocumentKind, DocumentText, Dropped, Recognition,
    Relation, Repeal, Rule,
};
pub use passage::{Passage, passage, passages};
pub use reason::SourceReason;
use source::Pages;
pub use source::{Format, SourceError};
pub use tiaowen_blocks::{DroppedKind, LeftOutReason};
pub use validity::Validity;

/// Splits a text into documents and clauses.
///
/// `name` is the file's path below the folder; its extension determines the format.
///
/// # Errors
/// If front matter or a line of ready-made clauses is invalid, or the text has too many lines. A
/// text that fits no rule is no error: it becomes one document.
pub fn read(name: &str, text: &str) -> Result<Vec<DocumentText>, SourceError> {
    read_as(name, text, Format::of(Path::new(name)), None)
}

/// The name of a source's side file: `a.toml` for `a.txt`. It has the keys of front matter and
/// overrides them.
pub fn side_file_of(source: &Path) -> PathBuf {
    source.with_extension("toml")
}

/// Splits a text in `format`, with the text of its side file if it has one.
///
/// # Errors
/// As [`read`], and if the side file is invalid.
///
/// ```
/// use tiaowen_corpus::{Format, read_as};
/// let side = "title = \"甲協議\"\nnumber = \"甲字〔2020〕1號\"";
/// let documents = read_as("a.txt", "一、內容。", Format::Text, Some(side)).unwrap();
/// assert_eq!(documents[0].document.number.as_deref(), Some("甲字〔2020〕1號"));
/// ```
pub fn read_as(
    name: &str,
    text: &str,
    format: Format,
    side: Option<&str>,
) -> Result<Vec<DocumentText>, SourceError> {
    let (front, from) = match format {
        Format::Markdown => front_matter::read(text)?,
        Format::Text | Format::ClauseLines => (FrontMatter::default(), 0),
    };
    let front = described(name, front, side)?;
    if format == Format::ClauseLines {
        let mut documents = clause_lines::read(name, text, &front)?;
        for text in &mut documents {
            text.clauses = giant::cut_clauses(std::mem::take(&mut text.clauses));
        }
        say_validity(&mut documents);
        return Ok(documents);
    }
    let (lines, left_out) = source::lines(text, format, from)?;
    let mut documents = documents_of_streams(name, text, &front, lines, format.pages());
    account::add_left_out(text, &left_out, &mut documents);
    account::add_private(text, &mut documents);
    number_equals(&mut documents);
    Ok(documents)
}

/// Splits a text as its format reader gives it, with the text of its side file if it has one.
///
/// # Errors
/// As [`read_as`].
///
/// ```
/// use tiaowen_blocks::{Block, BlockKind, SourceText};
/// let text = "第一條 甲方停\n放車輛。\n3\n";
/// let line = |span| Block::new(span, BlockKind::Paragraph);
/// let blocks = vec![Block { goes_on: true, ..line(0..19) }, line(20..32), line(33..34)];
/// let source = SourceText::of_blocks(text, blocks);
/// let documents = tiaowen_corpus::read_blocks("a.pdf", &source, None).unwrap();
/// assert_eq!(documents[0].clauses[0].text, "甲方停放車輛。\n3");
/// ```
pub fn read_blocks(
    name: &str,
    source: &SourceText<'_>,
    side: Option<&str>,
) -> Result<Vec<DocumentText>, SourceError> {
    let as_format = |format| {
        let mut documents = read_as(name, &source.text, format, side)?;
        account::add_left_out(&source.text, &source.left_out, &mut documents);
        Ok(documents)
    };
    let blocks = match &source.layout {
        Layout::Plain => return as_format(Format::Text),
        Layout::Markdown => return as_format(Format::Markdown),
        Layout::ClauseLines => return as_format(Format::ClauseLines),
        Layout::Blocks(blocks) => blocks,
    };
    let front = described(name, FrontMatter::default(), side)?;
    let lines = source::lines_of(&source.text, blocks, &source.left_out)?;
    let seen = blocks.iter().any(|block| block.place.is_some());
    let pages = if seen { Pages::Seen } else { Pages::None };
    let mut documents = documents_of_streams(name, &source.text, &front, lines, pages);
    account::add_left_out(&source.text, &source.left_out, &mut documents);
    account::add_private(&source.text, &mut documents);
    recognised::mark(source, &mut documents);
    number_equals(&mut documents);
    Ok(documents)
}

/// The metadata that a source states itself. The side file overrides front matter.
fn described(
    name: &str,
    front: FrontMatter,
    side: Option<&str>,
) -> Result<FrontMatter, SourceError> {
    let Some(side) = side else { return Ok(front) };
    let named = side_file_of(Path::new(name));
    Ok(front_matter::side_file(&named.display().to_string(), side)?.or(front))
}

/// Splits lines in one or several streams. Each column of a bilingual print is a stream and becomes
/// a text of its own.
fn documents_of_streams(
    name: &str,
    text: &str,
    front: &FrontMatter,
    lines: Vec<source::Line>,
    pages: Pages,
) -> Vec<DocumentText> {
    // Front matter describes a single document.
    let lines = if front.title.is_some() { lines } else { bilingual::separated(text, lines) };
    let mut streams: Vec<u16> = lines.iter().map(|line| line.stream).collect();
    streams.sort_unstable();
    streams.dedup();
    if streams.len() < 2 {
        return documents_of(name, text, front, lines, pages);
    }
    let mut documents = Vec::new();
    for stream in streams {
        let of_stream = lines.iter().filter(|line| line.stream == stream).cloned().collect();
        documents.extend(documents_of(name, text, front, of_stream, pages));
    }
    for (document, ordinal) in documents.iter_mut().zip(1..) {
        document.document.ordinal = ordinal;
    }
    share_dates(&mut documents);
    documents
}

/// Copies a date that only one column of a bilingual print has to the other.
fn share_dates(documents: &mut [DocumentText]) {
    let name = |document: &Document| document.title.as_deref().map(fold);
    for at in 0..documents.len() {
        let document = &documents[at].document;
        if document.printed_date().is_some() || document.title.is_none() {
            continue;
        }
        let version = documents.iter().map(|text| &text.document).find(|other| {
            other.script != document.script
                && name(other) == name(document)
                && other.printed_date().is_some()
        });
        let Some(date) = version.and_then(|version| version.date.clone()) else { continue };
        documents[at].document.date = Some(date);
        documents[at].document.date_origin = DateOrigin::Shared;
    }
}

fn documents_of(
    name: &str,
    text: &str,
    front: &FrontMatter,
    lines: Vec<source::Line>,
    pages: Pages,
) -> Vec<DocumentText> {
    // Press pages are printed in columns, so formats without pages have none.
    let mut documents = if pages != Pages::None && press::is_press(text, &lines) {
        let mut documents = press_documents(name, text, front, &lines);
        let reasons = lines.iter().map(|line| (line.span.start, DroppedKind::Menu)).collect();
        account::settle(text, &lines, &reasons, &mut documents);
        documents
    } else {
        instruments(name, text, front, lines, pages)
    };
    say_validity(&mut documents);
    documents
}

/// Completes dates and periods of validity. A document without a printed date gets that of a
/// version beside it, or a year; the period comes from its clauses. Ids depend on printed values
/// only, so that a better guess changes no id.
fn say_validity(documents: &mut [DocumentText]) {
    for text in documents {
        text.document.infer_date();
        text.document.validity = validity::validity(&text.document, &text.clauses);
        text.document.repeals = repeal::repeals(&text.document, &text.clauses);
    }
}

fn instruments(
    name: &str,
    text: &str,
    front: &FrontMatter,
    lines: Vec<source::Line>,
    pages: Pages,
) -> Vec<DocumentText> {
    let lines = giant::cut_lines(text, mend::unfolded(text, lines));
    let mut reasons = account::Reasons::default();
    let mut paragraphs = mend::paragraphs(text, &lines, pages, &mut reasons);
    if hansard::is_report(&paragraphs) {
        let place = Place { source: name, text, ordinal: 1 };
        let mut documents = vec![hansard::document(place, front, &paragraphs)];
        account::settle(text, &lines, &reasons, &mut documents);
        return documents;
    }
    annex::settle(&mut paragraphs);
    let (ranges, imprint) = if front.kind == Some(DocumentKind::Press) {
        (articles(&paragraphs), paragraphs.len()..paragraphs.len())
    } else if front.title.is_some() {
        // Front matter describes a single document.
        let all = 0..paragraphs.len();
        (Vec::from([all]), paragraphs.len()..paragraphs.len())
    } else {
        boundaries::documents(&paragraphs)
    };
    let several = ranges.len() > 1;
    for range in &ranges {
        number_points(&mut paragraphs[range.clone()]);
        heads::mark(&mut paragraphs[range.clone()]);
    }
    let mut annexed_to = None;
    let documents = ranges.into_iter().zip(1..).map(|(range, ordinal)| {
        let place = Place { source: name, text, ordinal };
        let imprint = if several && ordinal == 1 { &paragraphs[imprint.clone()] } else { &[] };
        let paragraphs = &paragraphs[range];
        if front.kind == Some(DocumentKind::Press) {
            press_article(place, front, paragraphs, several)
        } else {
            let text = document::build(place, front, paragraphs, imprint, annexed_to);
            if !paragraphs.first().is_some_and(annex::is_annex) {
                annexed_to = Some(text.document.kind);
            }
            text
        }
    });
    let mut documents: Vec<DocumentText> = documents.collect();
    account::settle(text, &lines, &reasons, &mut documents);
    documents
}

/// Length in bytes of the label of an item inside an article at the beginning of `line`, including
/// white space behind it; 0 without a label.
///
/// ```
/// assert_eq!(tiaowen_corpus::label_length("（三）其他"), "（三）".len());
/// assert_eq!(tiaowen_corpus::label_length("第三條規定的"), 0);
/// ```
pub fn label_length(line: &str) -> usize {
    label::Label::parse(line)
        .filter(|label| label.kind > LabelKind::Article)
        .map_or(0, |label| label.length())
}

/// Numbers bullets throughout the document: ■1, ■2 …
fn number_points(paragraphs: &mut [Paragraph]) {
    let mut count = 0;
    for paragraph in paragraphs {
        if let Some(label) = &mut paragraph.label
            && label.kind == LabelKind::Bullet
        {
            count += 1;
            label.numbers = smallvec::smallvec![count];
        }
    }
}

/// The articles of a Markdown press page: each heading of the first level begins an article, box or
/// group of captions.
fn articles(paragraphs: &[Paragraph]) -> Vec<std::ops::Range<usize>> {
    let mut starts: Vec<usize> =
        (0..paragraphs.len()).filter(|&at| paragraphs[at].level == Some(1)).collect();
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([paragraphs.len()]);
    starts.iter().zip(ends).map(|(&start, end)| start..end).collect()
}

fn press_article(
    place: Place<'_>,
    front: &FrontMatter,
    paragraphs: &[Paragraph],
    several: bool,
) -> DocumentText {
    let mut part = press::Part::default();
    let mut headings: Vec<String> = Vec::new();
    for paragraph in paragraphs {
        match (paragraph.level, &paragraph.label) {
            (Some(1), _) => part.title = Some(paragraph.text.to_string()),
            (Some(_), _) => headings = vec![paragraph.text.to_string()],
            (None, label) => {
                let point = label.as_ref().filter(|label| label.kind == LabelKind::Bullet);
                let point = point.and_then(|label| label.printed(&paragraph.text));
                let (number, bytes) = (1 + part.clauses.len(), paragraph.span.clone());
                let clause = match point {
                    Some(mark) => Clause::point(number, mark, paragraph.body().to_owned(), bytes),
                    None => {
                        Clause::paragraph(number, paragraph.text.to_string(), bytes, Rule::Label)
                    }
                };
                part.clauses.push(Clause { headings: headings.clone(), ..clause });
            }
        }
    }
    if !several {
        part.title = front.title.clone().or(part.title);
    }
    press_document(place, front, part)
}

fn press_documents(
    name: &str,
    text: &str,
    front: &FrontMatter,
    lines: &[source::Line],
) -> Vec<DocumentText> {
    let parts = press::parts(text, lines).into_iter().zip(1..);
    parts
        .map(|(part, ordinal)| press_document(Place { source: name, text, ordinal }, front, part))
        .collect()
}

fn press_document(place: Place<'_>, front: &FrontMatter, part: press::Part) -> DocumentText {
    let sample: String =
        part.clauses.iter().flat_map(|clause| clause.text.chars()).take(4000).collect();
    let script = front.script(|| sample.clone());
    let language = || metadata::language(script, &sample, false);
    let mut document = Document {
        title: part.title,
        parties: front.parties.clone().unwrap_or_else(|| part.issuer.into_iter().collect()),
        ..front.document(place, (DocumentKind::Press, script), language)
    };
    let first_words: String = sample.chars().take(40).collect();
    document.id = identity::document_id(&document, &first_words);
    DocumentText { document, clauses: giant::cut_clauses(part.clauses), dropped: Vec::new() }
}

/// Adds a suffix to ids of documents in one source that are otherwise equal.
fn number_equals(documents: &mut [DocumentText]) {
    let mut ids = HashSet::with_capacity(documents.len());
    for DocumentText { document, .. } in documents {
        if !ids.insert(document.id.clone()) {
            document.id = id_with_source(&document.id, &document.source, document.ordinal);
            ids.insert(document.id.clone());
        }
    }
}
