//! Front matter: TOML between lines of `+++` at the top of a Markdown file, or YAML between lines
//! of `---`. It overrides detected metadata.
//!
//! An unknown key in TOML is an error, because the block is written for this program. YAML is
//! written by other programs for purposes of their own, so unknown keys are ignored.

use serde::Deserialize;
use tiaowen_text::Script;

use crate::SourceReason;
use crate::document::Place;
use crate::model::{DateOrigin, Document, DocumentKind};
use crate::source::SourceError;

/// Metadata that a file states itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FrontMatter {
    pub(crate) title: Option<String>,
    pub(crate) number: Option<String>,
    pub(crate) kind: Option<DocumentKind>,
    pub(crate) date: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) parties: Option<Vec<String>>,
    pub(crate) place: Option<String>,
    /// The file with the other version; informative.
    #[serde(rename = "pair")]
    _pair: Option<String>,
    /// The document that the text is a digest of, `FILE#N`.
    #[serde(rename = "digests")]
    _digests: Option<String>,
    /// A description of the file.
    #[serde(rename = "summary")]
    _summary: Option<String>,
}

impl FrontMatter {
    /// The script that the language names, otherwise that of a text.
    pub(crate) fn script(&self, text: impl FnOnce() -> String) -> Script {
        match self.language.as_deref() {
            Some(tag) if tag.contains("Hant") => Script::Hant,
            Some(tag) if tag.contains("Hans") => Script::Hans,
            _ => Script::of(&text()),
        }
    }

    /// A document of a source as far as the front matter describes it, without an id. `language` is
    /// used if none is given.
    pub(crate) fn document(
        &self,
        place: Place<'_>,
        (kind, script): (DocumentKind, Script),
        language: impl FnOnce() -> String,
    ) -> Document {
        Document {
            id: String::new(),
            title: self.title.clone(),
            number: self.number.clone(),
            kind,
            script,
            language: self.language.clone().unwrap_or_else(language),
            date: self.date.clone(),
            date_origin: DateOrigin::Printed,
            parties: self.parties.clone().unwrap_or_default(),
            place: self.place.clone(),
            validity: None,
            repeals: Vec::new(),
            source: place.source.to_owned(),
            ordinal: place.ordinal,
        }
    }

    /// Sets a YAML key if it is known and its value is valid.
    fn set(&mut self, key: &str, value: &str) {
        let text = Some(scalar(value).to_owned()).filter(|value| !value.is_empty());
        match key {
            "title" => self.title = text,
            "number" => self.number = text,
            "date" => {
                let date = text.and_then(|date| crate::date::first(&date).map(|found| found.iso));
                let plain = Some(scalar(value).to_owned()).filter(|date| is_iso_date(date));
                self.date = date.or(plain);
            }
            "lang" | "language" => self.language = text,
            "place" => self.place = text,
            "kind" => {
                let kind = serde_json::Value::String(scalar(value).to_owned());
                self.kind = serde_json::from_value(kind).ok();
            }
            "parties" => {
                let list = value.strip_prefix('[').and_then(|list| list.strip_suffix(']'));
                let names = list.map(|list| list.split([',', '，']).map(scalar));
                self.parties = names.map(|names| names.map(str::to_owned).collect());
            }
            _ => {}
        }
    }

    /// The values of `self`, completed by those of `other`.
    pub(crate) fn or(self, other: FrontMatter) -> FrontMatter {
        FrontMatter {
            title: self.title.or(other.title),
            number: self.number.or(other.number),
            kind: self.kind.or(other.kind),
            date: self.date.or(other.date),
            language: self.language.or(other.language),
            parties: self.parties.or(other.parties),
            place: self.place.or(other.place),
            ..other
        }
    }
}

/// Parses the side file of a source.
pub(crate) fn side_file(name: &str, text: &str) -> Result<FrontMatter, SourceError> {
    let front = parse(text).map_err(|(line, reason)| SourceError::SideFile {
        name: name.to_owned(),
        line,
        reason,
    })?;
    Ok(front)
}

/// The front matter of a Markdown text, and the byte at which the text behind it begins.
pub(crate) fn read(text: &str) -> Result<(FrontMatter, usize), SourceError> {
    if let Some(found) = yaml(text) {
        return Ok(found);
    }
    let Some(after) = text.strip_prefix("+++").filter(|rest| rest.starts_with(['\n', '\r'])) else {
        return Ok((FrontMatter::default(), 0));
    };
    let end = after.match_indices("\n+++").map(|(at, _)| at).find(|at| {
        after[at + 4..]
            .trim_start_matches([' ', '\t'])
            .chars()
            .next()
            .is_none_or(|c| matches!(c, '\n' | '\r'))
    });
    let Some(end) = end else {
        let reason = SourceReason::OpenFrontMatter;
        return Err(SourceError::FrontMatter { line: 1, reason });
    };
    let block = &after[..end + 1];
    // The block begins behind the line of +++.
    let front = parse(block).map_err(|(line, reason)| SourceError::FrontMatter { line, reason })?;
    Ok((front, 3 + end + 4))
}

/// Front matter in YAML, and the byte at which the text behind it begins; `None` without front
/// matter.
fn yaml(text: &str) -> Option<(FrontMatter, usize)> {
    let text_from_mark = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let skipped = text.len() - text_from_mark.len();
    let mut front = FrontMatter::default();
    let mut at = skipped;
    let mut key = String::new();
    for (number, line) in text_from_mark.split_inclusive('\n').enumerate() {
        at += line.len();
        let content = line.trim_end();
        match (number, content) {
            (0, "---") => continue,
            (0, _) => return None,
            (_, "---" | "...") => return (number > 1).then_some((front, at)),
            _ => {}
        }
        if let Some(item) = content.trim_start().strip_prefix("- ") {
            if key == "parties" {
                front.parties.get_or_insert_default().push(scalar(item).to_owned());
            }
            continue;
        }
        let is_key =
            |key: &str| key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' '));
        match content.split_once(':') {
            Some((found, value)) if is_key(found) => {
                key = found.trim().to_lowercase();
                front.set(&key, value.trim());
            }
            // Comments, blank lines, and continuation lines of values.
            _ if content.is_empty() || content.starts_with([' ', '\t', '#']) => {}
            // It was a row of dashes above a text.
            _ => return None,
        }
    }
    None
}

/// A YAML value without its quotation marks.
fn scalar(value: &str) -> &str {
    let value = value.trim();
    let unquoted = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    unquoted('"').or_else(|| unquoted('\'')).unwrap_or(value)
}

/// Parses the keys. An error includes its line, from 1.
fn parse(text: &str) -> Result<FrontMatter, (usize, SourceReason)> {
    let front: FrontMatter = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let says = error.message().replace('\n', " ");
        (1 + text[..at].matches('\n').count(), SourceReason::Says { says })
    })?;
    if let Some(date) = front.date.as_deref().filter(|date| !is_iso_date(date)) {
        let line =
            text.lines().position(|line| line.trim_start().starts_with("date")).unwrap_or(0) + 1;
        return Err((line, SourceReason::NoDateInFrontMatter { date: date.to_owned() }));
    }
    let names = [&front.title, &front.number, &front.language, &front.place].into_iter().flatten();
    let parties = front.parties.iter().flatten();
    if let Some(reason) = too_much(names.chain(parties.clone()), parties.count()) {
        return Err((1, reason));
    }
    Ok(front)
}

/// Maximum length of a name in bytes, and of a list in values.
const MOST_NAME: usize = 3_000;
const MOST_NAMES: usize = 300;

/// Describes names or lists that are too large; `longest` is the length of the longest list. Every
/// clause of a document repeats them, so they are limited.
pub(crate) fn too_much<'n>(
    mut names: impl Iterator<Item = &'n String>,
    longest: usize,
) -> Option<SourceReason> {
    if let Some(name) = names.find(|name| name.len() > MOST_NAME) {
        let begin: String = name.chars().take(20).collect();
        return Some(SourceReason::LongName { begin });
    }
    (longest > MOST_NAMES).then_some(SourceReason::LongList { most: MOST_NAMES })
}

pub(crate) fn is_iso_date(date: &str) -> bool {
    let mut parts = date.split('-');
    parts.next().is_none_or(|year| is_number(year, 4, 9999))
        && parts.next().is_none_or(|month| is_number(month, 2, 12))
        && parts.next().is_none_or(|day| is_number(day, 2, 31))
        && parts.next().is_none()
}

/// Whether a text is a number from 1 to `most` with so many digits.
fn is_number(text: &str, digits: usize, most: u32) -> bool {
    text.len() == digits
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<u32>().is_ok_and(|value| (1..=most).contains(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_each_clause_would_repeat_is_no_book() {
        let error = read(&format!("+++\ntitle = \"{}\"\n+++\n", "甲".repeat(2_000))).unwrap_err();
        assert!(error.to_string().contains("too long for a name"), "{error}");
        let many = format!("parties = [{}]", "\"甲\",".repeat(301));
        assert!(side_file("a.toml", &many).unwrap_err().to_string().contains("300 values"));
    }

    #[test]
    fn yaml_is_read_as_other_programs_write_it() {
        let text = "---\ntitle: \"數據合作協議\"\ndate: 2024-05-06\ntags: [合同, 數據]\nparties:\n  - 甲公司\n  - 乙公司\n---\n\n第一條 甲。";
        let (front, at) = read(text).unwrap();
        assert_eq!(front.title.as_deref(), Some("數據合作協議"));
        assert_eq!(front.date.as_deref(), Some("2024-05-06"));
        assert_eq!(front.parties.unwrap(), ["甲公司", "乙公司"]);
        assert_eq!(&text[at..], "\n第一條 甲。");
        for text in ["---\n第一條 甲。\n---\n", "---\n\n甲", "--- \n甲：乙\n"] {
            assert_eq!(read(text).unwrap().1, 0, "{text}");
        }
    }

    #[test]
    fn front_matter_is_read_and_errors_name_the_key() {
        let (front, at) =
            read("+++\ntitle = \"甲\"\nkind = \"letter_of_intent\"\n+++\n\n# 甲").unwrap();
        assert_eq!(front.title.as_deref(), Some("甲"));
        assert_eq!(front.kind, Some(DocumentKind::LetterOfIntent));
        assert_eq!(
            &"+++\ntitle = \"甲\"\nkind = \"letter_of_intent\"\n+++\n\n# 甲"[at..],
            "\n\n# 甲"
        );
        assert_eq!(read("# 甲").unwrap().1, 0);
        let error = |text| read(text).unwrap_err().to_string();
        assert!(
            error("+++\ntitle = 甲\n+++\n").contains("line 2"),
            "{}",
            error("+++\ntitle = 甲\n+++\n")
        );
        assert!(error("+++\ntitle = \"甲\"\n").contains("no line '+++'"));
        assert!(error("+++\ntitel = \"甲\"\n+++\n").contains("titel"));
        assert!(error("+++\ntitle = \"甲\"\ndate = \"18/11\"\n+++\n").contains("line 3"));
    }
}
