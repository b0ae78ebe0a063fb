//! Files that a form sends: read, answered, and forgotten.
//!
//! Browsers send forms with files as `multipart/form-data` (RFC 7578). A body is read whole, as it
//! is bounded, and its parts are slices of it. Nothing of it is written to disk or to the log.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use tiaowen_corpus::DocumentText;

use crate::problem::Problem;

/// The largest body of a form with files, in bytes.
pub(crate) const MOST_UPLOAD: usize = 16 * 1024 * 1024;
/// Parts of a form that are read at most.
const MOST_PARTS: usize = 32;

/// What a file that was sent holds.
#[derive(Debug, Default)]
pub struct FileText {
    /// Its text, as it was read.
    pub text: String,
    /// The documents in it, with their clauses.
    pub documents: Vec<DocumentText>,
}

/// Reads a file by its name and bytes; the error says in English why it can't be read. The server
/// doesn't know formats: who starts it does.
pub type ReadFile = fn(name: &str, bytes: &[u8]) -> Result<FileText, String>;

/// A form as it was sent.
#[derive(Debug, Default)]
pub(crate) struct Form {
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    name: String,
    /// The name of a file without the folders above it; `None` for a plain field.
    file: Option<String>,
    content: Bytes,
}

impl Form {
    /// The form that a request holds.
    ///
    /// # Errors
    /// When the body is too large or is no such form.
    pub(crate) fn of(
        headers: &HeaderMap,
        body: Result<Bytes, BytesRejection>,
    ) -> Result<Self, Problem> {
        let body = body.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the files have more than {} MB together", MOST_UPLOAD >> 20),
            ),
            _ => Problem::unreadable("the form could not be received"),
        })?;
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        kind.and_then(boundary)
            .and_then(|boundary| Form::read(&body, boundary))
            .ok_or_else(|| Problem::unreadable("the body must be a form: multipart/form-data"))
    }

    /// The parts between the boundaries of a body; `None` where it ends before its last boundary.
    fn read(body: &Bytes, boundary: &str) -> Option<Form> {
        let delimiter = format!("--{boundary}");
        let between = format!("\r\n{delimiter}");
        let mut form = Form::default();
        let mut at = find(body, delimiter.as_bytes())? + delimiter.len();
        loop {
            let rest = &body[at..];
            if rest.starts_with(b"--") {
                return Some(form);
            }
            if form.parts.len() == MOST_PARTS || !rest.starts_with(b"\r\n") {
                return None;
            }
            let end = find(rest, between.as_bytes())?;
            let head = find(&rest[..end], b"\r\n\r\n")?;
            let named = std::str::from_utf8(&rest[2..head.max(2)]).ok().and_then(named);
            if let Some((name, file)) = named {
                let content = body.slice(at + head + 4..at + end);
                form.parts.push(Part { name, file, content });
            }
            at += end + between.len();
        }
    }

    /// A plain field as text; empty where it is missing.
    pub(crate) fn field(&self, name: &str) -> &str {
        let part = self.parts.iter().find(|part| part.name == name && part.file.is_none());
        part.and_then(|part| std::str::from_utf8(&part.content).ok()).unwrap_or_default()
    }

    /// A file with its name; `None` where none was chosen.
    pub(crate) fn file(&self, name: &str) -> Option<(&str, &[u8])> {
        let part = self.parts.iter().find(|part| part.name == name)?;
        let file = part.file.as_deref().filter(|file| !file.is_empty())?;
        Some((file, &part.content))
    }
}

/// The boundary that a form's content type names.
fn boundary(kind: &str) -> Option<&str> {
    let (form, parameters) = kind.split_once(';')?;
    if !form.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let mut all = parameters.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    let (_, boundary) = all.find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?;
    let boundary = boundary.trim_matches('"');
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

/// The name of a part, and of its file, by the head of the part.
fn named(head: &str) -> Option<(String, Option<String>)> {
    let line = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let file = parameter(line, "filename");
    // Some browsers send the folders above a file.
    let file = file.map(|file| file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned());
    Some((parameter(line, "name")?, file))
}

/// A quoted parameter of a header's value.
fn parameter(value: &str, key: &str) -> Option<String> {
    let (_, value) = value.split_once(&format!("; {key}=\""))?;
    Some(value.split_once('"')?.0.replace("%22", "\""))
}

/// Where a pattern begins in some bytes.
fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    let first = *pattern.first()?;
    let mut from = 0;
    loop {
        let at = from + bytes.get(from..)?.iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(pattern) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "--x7\r\nContent-Disposition: form-data; name=\"format\"\r\n\r\ndocx\r\n\
        --x7\r\nContent-Disposition: form-data; name=\"left\"; filename=\"C:\\甲\\協議.txt\"\r\n\
        Content-Type: text/plain\r\n\r\n一、合作。\r\n--x\r\n\r\n--x7\r\n\
        Content-Disposition: form-data; name=\"right\"; filename=\"\"\r\n\r\n\r\n--x7--\r\n";

    fn form(kind: &str, body: &str) -> Result<Form, Problem> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        Form::of(&headers, Ok(Bytes::copy_from_slice(body.as_bytes())))
    }

    #[test]
    fn fields_and_files_are_read() {
        for kind in ["multipart/form-data; boundary=x7", "Multipart/Form-Data; boundary=\"x7\""] {
            let form = form(kind, BODY).unwrap();
            assert_eq!(form.field("format"), "docx");
            // What only looks like a boundary is text, and folders are no part of a name.
            let expected = ("協議.txt", "一、合作。\r\n--x\r\n".as_bytes());
            assert_eq!(form.file("left"), Some(expected));
            assert_eq!(form.file("right"), None);
            assert_eq!((form.field("left"), form.field("none")), ("", ""));
        }
    }

    #[test]
    fn what_is_no_form_is_refused() {
        let kind = "multipart/form-data; boundary=x7";
        for end in 0..BODY.len() - 4 {
            if let Some(cut) = BODY.get(..end) {
                assert!(form(kind, cut).is_err(), "{end}");
            }
        }
        for kind in ["text/plain", "multipart/form-data", "multipart/mixed; boundary=x7"] {
            assert!(form(kind, BODY).is_err(), "{kind}");
        }
        let part = "--x7\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n";
        let many = format!("{}--x7--", part.repeat(MOST_PARTS + 1));
        assert!(form(kind, &many).is_err());
    }
}
