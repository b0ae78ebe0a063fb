//! The values that flags take: named ones, and parsers with errors in the chosen language.

use std::net::SocketAddr;
use std::str::FromStr;

use clap::ValueEnum;
use tiaowen_compare::export::LanguageTags;
use tiaowen_corpus::DocumentKind;
use tiaowen_words::{Language, fill};

use crate::language::words;

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    Always,
    Never,
}

/// The order of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    /// By path of the source.
    Source,
    /// The newest first; documents without a date last.
    Date,
    /// By title.
    Title,
    /// By number of clauses, the most first.
    Clauses,
}

/// The order of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OrderOfLines {
    /// As their clauses were found.
    Found,
    /// By the text before the word, read backwards.
    Left,
    /// By the text after the word.
    Right,
}

impl From<OrderOfLines> for tiaowen_wire::LineOrder {
    fn from(order: OrderOfLines) -> Self {
        match order {
            OrderOfLines::Found => tiaowen_wire::LineOrder::Found,
            OrderOfLines::Left => tiaowen_wire::LineOrder::Left,
            OrderOfLines::Right => tiaowen_wire::LineOrder::Right,
        }
    }
}

/// Formats of clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClausesFormat {
    /// For people.
    Text,
    /// One JSON value.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// For spreadsheets, in UTF-8.
    Csv,
    /// Akoma Ntoso 3.0; versions in two scripts are expressions of one work.
    Akn,
}

/// Formats of what came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VerifyFormat {
    /// For people.
    Text,
    /// One JSON object a file.
    Json,
    /// A page to read and to print.
    Html,
}

/// Formats of the term table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TermsFormat {
    /// TBX 2, for translation tools.
    Tbx,
    /// For spreadsheets, in UTF-8.
    Csv,
}

/// Formats of comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// For people: side by side if the terminal is wide enough, otherwise one below the other.
    Text,
    /// One JSON object.
    Json,
    /// One JSON object per row.
    Jsonl,
    /// For spreadsheets, in UTF-8.
    Csv,
    /// A report to open in a browser and to print.
    Html,
    /// A translation memory of the aligned clauses, TMX 1.4b.
    Tmx,
    /// A table for word processors, labelled in the language of --lang.
    Docx,
    /// A document for word processors with tracked changes from the left to the right.
    Tracked,
}

/// Formats of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Levels of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// Formats of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON value.
    Json,
    /// One JSON object per line.
    Jsonl,
    /// For spreadsheets, in UTF-8.
    Csv,
}

/// Which sources are removed from an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Prune {
    /// Sources that are gone.
    Gone,
    /// Also sources below folders that can't be listed or have no files left.
    All,
}

/// Which pages are read by text recognition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ocr {
    /// Pages and files that are pictures.
    Auto,
    /// None.
    Never,
    /// All pages of PDFs, whatever text layer they have.
    Always,
}

impl From<Ocr> for tiaowen_extract::Ocr {
    fn from(ocr: Ocr) -> Self {
        match ocr {
            Ocr::Auto => tiaowen_extract::Ocr::Auto,
            Ocr::Never => tiaowen_extract::Ocr::Never,
            Ocr::Always => tiaowen_extract::Ocr::Always,
        }
    }
}

/// Formats of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Report {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// The best first.
    Score,
    /// The newest document first.
    Date,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InScript {
    Hant,
    Hans,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Shown {
    /// As printed.
    Original,
    /// Traditional, in Hong Kong forms.
    Hant,
    /// Simplified.
    Hans,
}

/// More than anyone pages through. Keeps a typing error from asking for all memory.
const MOST: usize = 100_000;

pub(super) fn count(text: &str) -> Result<usize, String> {
    whole(text, 0, MOST)
}

pub(super) fn sides(text: &str) -> Result<usize, String> {
    whole(text, 0, 200)
}

pub(super) fn seconds(text: &str) -> Result<u64, String> {
    whole(text, 1, 3_600)
}

/// The address of a webhook.
pub(super) fn webhook(text: &str) -> Result<String, String> {
    let is_one = text.parse::<ureq::http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
    });
    if is_one { Ok(text.to_owned()) } else { Err(words().terminal.webhook.clone()) }
}

/// A replacement of a language tag.
pub(super) fn tag(text: &str) -> Result<String, String> {
    match LanguageTags::read(&[text]) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(words().terminal.tag.clone()),
    }
}

pub(super) fn some(text: &str) -> Result<usize, String> {
    whole(text, 1, MOST)
}

pub(super) fn shards(text: &str) -> Result<u32, String> {
    whole(text, 1, 1024)
}

pub(super) fn copies(text: &str) -> Result<u32, String> {
    whole(text, 0, 10)
}

pub(super) fn jobs(text: &str) -> Result<u16, String> {
    whole(text, 1, u16::MAX)
}

/// A whole number within limits.
fn whole<N: FromStr + PartialOrd + std::fmt::Display>(
    text: &str,
    least: N,
    most: N,
) -> Result<N, String> {
    let w = &words().terminal;
    match text.parse::<N>() {
        Ok(number) if number < least => Err(fill(&w.at_least, &[("n", &least)])),
        Ok(number) if number > most => Err(fill(&w.at_most, &[("n", &most)])),
        Ok(number) => Ok(number),
        Err(_) => Err(w.number.clone()),
    }
}

pub(super) fn kind(text: &str) -> Result<DocumentKind, String> {
    DocumentKind::parse(text).ok_or_else(|| {
        let kinds = DocumentKind::ALL.map(DocumentKind::as_str).join(&words().notes.comma);
        fill(&words().terminal.one_of, &[("values", &kinds)])
    })
}

pub(super) fn date(text: &str) -> Result<String, String> {
    match tiaowen_index::date_bounds(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err(words().terminal.date.clone()),
    }
}

pub(super) fn socket(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| words().terminal.address.clone())
}

pub(super) fn language(text: &str) -> Result<Language, String> {
    Language::named(text).ok_or_else(|| words().terminal.language.clone())
}
