//! Detection of file formats by extension and by the first bytes.
//!
//! Unambiguous bytes take precedence over the extension.

use std::io::{Cursor, Read};
use std::path::Path;

use zip::ZipArchive;

use crate::ExtractError;

/// Kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Plain text, extracted from a PDF or typed.
    Text,
    /// Markdown.
    Markdown,
    /// A web page.
    Html,
    /// An Office Open XML document.
    Docx,
    /// An OpenDocument text or table.
    Odt,
    /// A Rich Text Format document.
    Rtf,
    /// An Office Open XML table.
    Xlsx,
    /// An EPUB book.
    Epub,
    /// A mail, or a web page saved as one.
    Mail,
    /// A law in XML with marked clauses.
    Statute,
    /// A document or table in an old format, read by LibreOffice.
    Office,
    /// OFD, the fixed-layout format of mainland offices.
    Ofd,
    /// A PDF.
    Pdf,
    /// A picture of a page, which Tesseract reads.
    Picture,
    /// JSON, one object per line.
    JsonLines,
}

impl Kind {
    /// All supported file extensions, in lower case.
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

    /// The kind of a file by its extension; without one it is text.
    ///
    /// # Errors
    /// [`ExtractError::Kind`] for an unsupported extension, [`ExtractError::Owner`] for Word's lock
    /// file of an open document.
    pub fn of(path: &Path) -> Result<Kind, ExtractError> {
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$")) {
            return Err(ExtractError::Owner);
        }
        let Some(end) = path.extension() else { return Ok(Kind::Text) };
        let end = end.to_string_lossy().to_lowercase();
        let known = Kind::ENDS.iter().find(|(known, _)| *known == end);
        known.map(|(_, kind)| *kind).ok_or(ExtractError::Kind { end })
    }

    /// The kind of a file by its bytes if they are unambiguous, otherwise by its name.
    ///
    /// # Errors
    /// As [`of`](Kind::of).
    ///
    /// ```
    /// use tiaowen_extract::Kind;
    /// let page = "<html><p>協議</p></html>";
    /// assert_eq!(Kind::of_file("a.doc".as_ref(), page.as_bytes()), Ok(Kind::Html));
    /// assert_eq!(Kind::of_file("a.txt".as_ref(), "協議".as_bytes()), Ok(Kind::Text));
    /// ```
    pub fn of_file(path: &Path, bytes: &[u8]) -> Result<Kind, ExtractError> {
        let named = Kind::of(path)?;
        let begun = Kind::begun(bytes);
        Ok(match (named, begun) {
            // Ready-made clauses and Markdown may contain something that begins like a page.
            (Kind::JsonLines, _) | (Kind::Markdown, Some(Kind::Html)) => named,
            (_, begun) => begun.unwrap_or(named),
        })
    }

    /// Its name in messages about a misleading extension.
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

    /// Maximum size of a source in bytes, so that no source needs more than a gigabyte of memory.
    /// Text takes up to ten times its size until it is indexed, a web page some thirty times.
    /// Documents and PDFs are mostly pictures, and their text has a limit of its own.
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

    /// Whether it is compressed, with some eight times as much content.
    pub fn is_packed(self) -> bool {
        matches!(
            self,
            Kind::Docx | Kind::Odt | Kind::Xlsx | Kind::Epub | Kind::Ofd | Kind::Office | Kind::Pdf
        )
    }

    /// The kind of a file by its first bytes, if they are unambiguous.
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

/// The kind of an archive, by the names of its parts.
fn packed(bytes: &[u8]) -> Option<Kind> {
    const OPEN_DOCUMENT: &str = "application/vnd.oasis.opendocument.";
    // A truncated archive is reported by the reader of its format.
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

/// Whether bytes begin like a message: with header lines, including the MIME version.
fn is_message(bytes: &[u8]) -> bool {
    const MOST_LINES: usize = 100;
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
        if !is_continued && !is_field_name(name) {
            return false;
        }
    }
    false
}

fn is_field_name(name: &[u8]) -> bool {
    (1..=40).contains(&name.len())
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

/// The kind of markup, by the name of its root element.
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
    // A declaration and comments precede the element.
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
    fn content_that_identifies_its_format_overrides_the_name() {
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
            // No page: text about one, Markdown that contains one, ready-made clauses.
            ("a.txt", b"a <html> page", Kind::Text),
            ("a.md", b"<html>", Kind::Markdown),
            ("a.jsonl", b"{\"text\": \"<html>\"}", Kind::JsonLines),
            // Ambiguous bytes: the name decides.
            ("a.docx", "第一條".as_bytes(), Kind::Docx),
            ("a.docx", b"PK\x03\x04", Kind::Docx),
            ("a", b"PK\x03\x04", Kind::Text),
        ] {
            assert_eq!(of(name, bytes), Some(kind), "{name}: {}", bytes.escape_ascii());
        }
    }

    #[test]
    fn lock_files_of_word_are_not_documents() {
        let error = Kind::of(Path::new("folder/~$合同.docx")).unwrap_err();
        assert_eq!(error, ExtractError::Owner);
        assert!(Kind::of(Path::new("folder/~合同.docx")).is_ok());
        assert!(Kind::of(Path::new("a.exe")).is_err());
    }
}
