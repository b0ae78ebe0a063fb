//! What a file holds: by the end of its name, and by how its bytes begin.

use std::io::{Cursor, Read};
use std::path::Path;

use zip::ZipArchive;

use crate::ExtractError;

/// What files hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Plain text, as extracted from a PDF or typed.
    Text,
    /// Markdown.
    Markdown,
    /// A web page.
    Html,
    /// A word processor's document, Office Open XML.
    Docx,
    /// A text or table in OpenDocument.
    Odt,
    /// A document in Rich Text Format.
    Rtf,
    /// A table, Office Open XML.
    Xlsx,
    /// A book.
    Epub,
    /// A mail, or a page that was saved as one.
    Mail,
    /// A law in XML whose clauses are marked.
    Statute,
    /// A document or table in an old format, which LibreOffice reads.
    Office,
    /// Fixed layout of the mainland's offices.
    Ofd,
    /// A PDF.
    Pdf,
    /// A picture of a page, which Tesseract reads.
    Picture,
    /// JSON, one object a line.
    JsonLines,
}

impl Kind {
    /// All ends of names that are read, in lower case.
    pub const ENDS: &'static [(&'static str, Kind)] = &[
        ("txt", Kind::Text),
        ("text", Kind::Text),
        ("md", Kind::Markdown),
        ("markdown", Kind::Markdown),
        ("html", Kind::Html),
        ("htm", Kind::Html),
        ("xhtml", Kind::Html),
        ("shtml", Kind::Html),
        ("docx", Kind::Docx),
        ("docm", Kind::Docx),
        ("dotx", Kind::Docx),
        ("dotm", Kind::Docx),
        ("odt", Kind::Odt),
        ("ott", Kind::Odt),
        ("fodt", Kind::Odt),
        ("ods", Kind::Odt),
        ("fods", Kind::Odt),
        ("rtf", Kind::Rtf),
        ("xlsx", Kind::Xlsx),
        ("xlsm", Kind::Xlsx),
        ("xltx", Kind::Xlsx),
        ("epub", Kind::Epub),
        ("eml", Kind::Mail),
        ("mht", Kind::Mail),
        ("mhtml", Kind::Mail),
        ("doc", Kind::Office),
        ("dot", Kind::Office),
        ("wps", Kind::Office),
        ("xls", Kind::Office),
        ("et", Kind::Office),
        ("xml", Kind::Statute),
        ("akn", Kind::Statute),
        ("ofd", Kind::Ofd),
        ("pdf", Kind::Pdf),
        ("png", Kind::Picture),
        ("jpg", Kind::Picture),
        ("jpeg", Kind::Picture),
        ("tif", Kind::Picture),
        ("tiff", Kind::Picture),
        ("jsonl", Kind::JsonLines),
        ("ndjson", Kind::JsonLines),
    ];

    /// What a file holds, by the end of its name; a name without one is text.
    ///
    /// # Errors
    /// [`ExtractError::Kind`] when the name ends in something that isn't read,
    /// [`ExtractError::Owner`] for what Word keeps beside a document that is open.
    pub fn of(path: &Path) -> Result<Kind, ExtractError> {
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$")) {
            return Err(ExtractError::Owner);
        }
        let Some(end) = path.extension() else { return Ok(Kind::Text) };
        let end = end.to_string_lossy().to_lowercase();
        let known = Kind::ENDS.iter().find(|(known, _)| *known == end);
        known.map(|(_, kind)| *kind).ok_or(ExtractError::Kind { end })
    }

    /// What a file holds, by its bytes where they say what they are, else by its name.
    ///
    /// # Errors
    /// As [`of`](Kind::of).
    pub fn of_file(path: &Path, bytes: &[u8]) -> Result<Kind, ExtractError> {
        let named = Kind::of(path)?;
        let begun = Kind::begun(bytes);
        Ok(match (named, begun) {
            // Ready-made clauses and Markdown may hold what begins as a page.
            (Kind::JsonLines, _) | (Kind::Markdown, Some(Kind::Html)) => named,
            (_, begun) => begun.unwrap_or(named),
        })
    }

    /// What it is called where a name says something else.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => ".txt",
            Kind::Markdown => ".md",
            Kind::Html => ".html",
            Kind::Docx => ".docx",
            Kind::Odt => ".odt",
            Kind::Rtf => ".rtf",
            Kind::Xlsx => ".xlsx",
            Kind::Epub => ".epub",
            Kind::Mail => ".eml",
            Kind::Statute => ".xml",
            Kind::Office => ".doc",
            Kind::Ofd => ".ofd",
            Kind::Pdf => ".pdf",
            Kind::Picture => ".png, .jpg or .tiff",
            Kind::JsonLines => ".jsonl",
        }
    }

    /// Bytes of one source that are read at most, so that no source takes more than a gigabyte of
    /// memory. A text takes up to ten times its size until it is in the index, a page some thirty
    /// times; a document or PDF is mostly pictures, and its text is limited by itself.
    pub fn most_bytes(self) -> u64 {
        match self {
            Kind::Text | Kind::Markdown | Kind::JsonLines => 64 << 20,
            Kind::Html | Kind::Statute => 24 << 20,
            Kind::Mail => 128 << 20,
            Kind::Docx
            | Kind::Odt
            | Kind::Rtf
            | Kind::Xlsx
            | Kind::Epub
            | Kind::Ofd
            | Kind::Office
            | Kind::Picture => 256 << 20,
            Kind::Pdf => 512 << 20,
        }
    }

    /// Whether it is packed, and so some eight times as large as its bytes.
    pub fn is_packed(self) -> bool {
        matches!(
            self,
            Kind::Docx | Kind::Odt | Kind::Xlsx | Kind::Epub | Kind::Ofd | Kind::Office | Kind::Pdf
        )
    }

    /// What bytes hold, where they say so by how they begin.
    fn begun(bytes: &[u8]) -> Option<Kind> {
        match bytes {
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Kind::Pdf),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', ..]
            | [0xFF, 0xD8, 0xFF, ..]
            | [b'I', b'I', 42, 0, ..]
            | [b'M', b'M', 0, 42, ..] => Some(Kind::Picture),
            [b'{', b'\\', b'r', b't', b'f', ..] => Some(Kind::Rtf),
            [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => Some(Kind::Office),
            [b'P', b'K', 3, 4, ..] => packed(bytes),
            _ => marked_up(bytes).or_else(|| is_message(bytes).then_some(Kind::Mail)),
        }
    }
}

/// What an archive holds, by the names of its parts.
fn packed(bytes: &[u8]) -> Option<Kind> {
    const OPEN_DOCUMENT: &str = "application/vnd.oasis.opendocument.";
    // What is called so but is cut short is told by its reader.
    let mut zip = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut said = String::new();
    if let Ok(kind) = zip.by_name("mimetype") {
        let _ = kind.take(100).read_to_string(&mut said);
    }
    if said.trim() == "application/epub+zip" {
        return Some(Kind::Epub);
    }
    if said.starts_with(OPEN_DOCUMENT) || zip.index_for_name("content.xml").is_some() {
        return Some(Kind::Odt);
    }
    let has = |folder: &str| zip.file_names().flatten().any(|name| name.starts_with(folder));
    if has("word/") {
        return Some(Kind::Docx);
    }
    if zip.index_for_name("OFD.xml").is_some() {
        return Some(Kind::Ofd);
    }
    has("xl/").then_some(Kind::Xlsx)
}

/// Whether bytes begin as a message: with lines of a head, among which is the version of MIME.
fn is_message(bytes: &[u8]) -> bool {
    const MOST_LINES: usize = 100;
    let is_first = |name: &[u8]| {
        let named = name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        named && !name.is_empty() && name.len() <= 40
    };
    for (nth, line) in bytes.split(|byte| *byte == b'\n').take(MOST_LINES).enumerate() {
        let line = line.trim_ascii_end();
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        let is_continued = nth > 0 && line.first().is_some_and(u8::is_ascii_whitespace);
        if line.is_empty() || name.len() == line.len() && !is_continued {
            return false;
        }
        if name.eq_ignore_ascii_case(b"mime-version") {
            return true;
        }
        if !is_continued && !is_first(name) {
            return false;
        }
    }
    false
}

/// What markup holds, by the name of its outermost element.
fn marked_up(bytes: &[u8]) -> Option<Kind> {
    const LOOKED_AT: usize = 1024;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    if bytes.first() != Some(&b'<') {
        return None;
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(LOOKED_AT)]).to_ascii_lowercase();
    if head.starts_with("<!doctype html") {
        return Some(Kind::Html);
    }
    // A declaration and comments stand before the element.
    let mut rest = head.as_str();
    while let Some(before) = ["<?", "<!"].iter().find(|before| rest.starts_with(**before)) {
        let end = if rest.starts_with("<!--") { "-->" } else { ">" };
        rest = rest[before.len()..].split_once(end)?.1.trim_start();
    }
    let name = rest.strip_prefix('<')?;
    let name = name.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next()?;
    match name.rsplit(':').next()? {
        "html" => Some(Kind::Html),
        "akomantoso" | "lawdoc" | "laws" => Some(Kind::Statute),
        "document" | "document-content" if name.starts_with("office:") => Some(Kind::Odt),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, bytes: &[u8]) -> Option<Kind> {
        Kind::of_file(Path::new(name), bytes).ok()
    }

    #[test]
    fn content_decides_where_it_says_what_it_is() {
        for (name, bytes, kind) in [
            ("a.txt", "第一條".as_bytes(), Kind::Text),
            ("a.txt", b"%PDF-1.7\n", Kind::Pdf),
            ("a.docx", b"%PDF-1.7\n", Kind::Pdf),
            ("a.docx", b"<html><body>", Kind::Html),
            ("a.docx", b"{\\rtf1 }", Kind::Rtf),
            ("a.docx", "\u{FEFF}\n<!DOCTYPE HTML>".as_bytes(), Kind::Html),
            ("a.pdf", b"<?xml version='1.0'?><!-- > -->\n<html xmlns='x'>", Kind::Html),
            ("a.odt", b"<?xml version='1.0'?><office:document a='b'>", Kind::Odt),
            ("a.doc.html", b"From: x\r\nSubject: y\r\n z\r\nMIME-Version: 1.0\r\n", Kind::Mail),
            ("a.txt", b"From: x\n\nMIME-Version: 1.0\n", Kind::Text),
            // No page: text about one, Markdown that holds one, ready-made clauses.
            ("a.txt", b"a <html> page", Kind::Text),
            ("a.md", b"<html>", Kind::Markdown),
            ("a.jsonl", b"{\"text\": \"<html>\"}", Kind::JsonLines),
            // What doesn't say what it is, is what its name says.
            ("a.docx", "第一條".as_bytes(), Kind::Docx),
            ("a.docx", b"PK\x03\x04", Kind::Docx),
            ("a", b"PK\x03\x04", Kind::Text),
        ] {
            assert_eq!(of(name, bytes), Some(kind), "{name}: {}", bytes.escape_ascii());
        }
    }

    #[test]
    fn what_word_keeps_beside_a_document_is_none() {
        let error = Kind::of(Path::new("folder/~$合同.docx")).unwrap_err();
        assert_eq!(error, ExtractError::Owner);
        assert!(Kind::of(Path::new("folder/~合同.docx")).is_ok());
        assert!(Kind::of(Path::new("a.exe")).is_err());
    }
}
