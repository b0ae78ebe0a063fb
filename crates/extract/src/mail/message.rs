//! Messages and their parts.

use std::borrow::Cow;

use memchr::memmem;
use tiaowen_blocks::{DroppedKind, LeftOutReason};

use crate::compose::Tag;

use super::head::{base64, decoded, parameters, quoted_printable};
use super::{Attachment, BYTES, ENCRYPTED, OTHER_FORM, SAVED, SIGNED, characters};

/// Maximum nesting of parts, and maximum number of parts of a message.
const MOST_DEEP: usize = 16;
const MOST_PARTS: usize = 2_000;
/// Maximum size of a header in bytes, and of one field.
const MOST_HEAD: usize = 256 << 10;

/// A message, or a part of one.
#[derive(Debug)]
pub(super) struct Entity<'a> {
    /// Header fields, with names in lower case.
    fields: Vec<(String, String)>,
    body: &'a [u8],
}

/// A text of a message.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) text: String,
    pub(super) is_page: bool,
}

/// The content of a message.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) bodies: Vec<Body>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) left_out: Vec<(DroppedKind, LeftOutReason)>,
    parts: usize,
}

impl<'a> Entity<'a> {
    /// Parses a message; `None` if the bytes have no header.
    pub(super) fn of(bytes: &'a [u8]) -> Option<Self> {
        // Mailbox files begin with a line of their own.
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
        let bytes = match bytes.strip_prefix(b"From ") {
            Some(rest) => &rest[memchr::memchr(b'\n', rest)? + 1..],
            None => bytes,
        };
        let entity = Self::part(bytes);
        (!entity.fields.is_empty()).then_some(entity)
    }

    fn part(bytes: &'a [u8]) -> Self {
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut at = 0;
        while at < bytes.len().min(MOST_HEAD) {
            let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1);
            let line = bytes[at..end].trim_ascii_end();
            if line.is_empty() {
                return Entity { fields, body: &bytes[end..] };
            }
            // Eight-bit headers violate the standard and are frequent.
            let text = characters(line, None).0;
            if line[0].is_ascii_whitespace() {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(text.trim());
                }
            } else {
                let is_name = |name: &&str| {
                    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())
                };
                let Some((name, value)) =
                    text.split_once(':').filter(|(name, _)| is_name(&name.trim_end()))
                else {
                    // No header, or one without the blank line behind it.
                    return Entity { fields, body: &bytes[at..] };
                };
                fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
            at = end;
        }
        Entity { fields, body: &bytes[at.min(bytes.len())..] }
    }

    fn raw(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A header field as a reader sees it.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        self.raw(name).map(decoded)
    }

    fn content_type(&self) -> (String, Vec<(String, String)>) {
        self.raw("content-type").map_or_else(|| ("text/plain".to_owned(), Vec::new()), parameters)
    }

    /// The media type; `text/plain` by default.
    pub(super) fn media(&self) -> String {
        self.content_type().0
    }

    fn bytes(&self) -> Cow<'a, [u8]> {
        match self.raw("content-transfer-encoding").map(str::to_ascii_lowercase).as_deref() {
            Some("base64") => Cow::Owned(base64(self.body)),
            Some("quoted-printable") => Cow::Owned(quoted_printable(self.body)),
            _ => Cow::Borrowed(self.body),
        }
    }

    /// The parts between the lines with `boundary`.
    fn parts(&self, boundary: &str) -> Vec<Entity<'a>> {
        let line = format!("--{boundary}");
        let mut starts: Vec<(usize, usize)> = Vec::new();
        for at in memmem::find_iter(self.body, line.as_bytes()) {
            let begins = at == 0 || self.body[at - 1] == b'\n';
            let after = &self.body[at + line.len()..];
            let end = memchr::memchr(b'\n', after).map_or(after.len(), |end| end + 1);
            let rest = after[..end].trim_ascii();
            // Another boundary may begin with this one.
            if begins && (rest.is_empty() || rest == b"--") {
                starts.push((at, at + line.len() + end));
                if rest == b"--" || starts.len() > MOST_PARTS {
                    break;
                }
            }
        }
        // Text behind the last boundary is for programs that don't know MIME.
        let count = match starts.last() {
            Some((at, _)) if self.body[at + line.len()..].starts_with(b"--") => starts.len() - 1,
            _ => starts.len(),
        };
        let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([self.body.len()]);
        let is_last = |from: usize| from >= self.body.len();
        starts
            .iter()
            .take(count)
            .zip(ends)
            .filter(|((_, from), _)| !is_last(*from))
            .map(|((_, from), to)| {
                let part = self.body.get(*from..to).unwrap_or_default();
                // The line break before a boundary belongs to it.
                let part = part.strip_suffix(b"\n").unwrap_or(part);
                Entity::part(part.strip_suffix(b"\r").unwrap_or(part))
            })
            .collect()
    }

    /// Collects the content.
    pub(super) fn contents(&self) -> Contents {
        let mut contents = Contents::default();
        self.add_to(&mut contents, 0);
        contents
    }

    fn add_to(&self, contents: &mut Contents, depth: usize) {
        contents.parts += 1;
        if depth > MOST_DEEP || contents.parts > MOST_PARTS {
            let why = LeftOutReason::TooManyPartsOfMail;
            if contents.left_out.last().is_none_or(|(_, last)| *last != why) {
                contents.left_out.push((DroppedKind::Unreadable, why));
            }
            return;
        }
        let (media, of_type) = self.content_type();
        let (disposition, of_disposition) =
            self.raw("content-disposition").map(parameters).unwrap_or_default();
        let find = |list: &[(String, String)], name: &str| {
            list.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        };
        let name = find(&of_disposition, "filename").or_else(|| find(&of_type, "name"));
        if let Some(kind) = media.strip_prefix("multipart/") {
            let boundary = find(&of_type, "boundary").unwrap_or_default();
            let parts = self.parts(&boundary);
            return match kind {
                _ if boundary.is_empty() || parts.is_empty() => self.add_text(contents, false),
                "alternative" => add_best(&parts, contents, depth),
                "related" => add_root(&parts, find(&of_type, "start"), contents, depth),
                "encrypted" => contents.left_out.push(owned(ENCRYPTED)),
                _ => parts.iter().for_each(|part| part.add_to(contents, depth + 1)),
            };
        }
        let is_text =
            matches!(media.as_str(), "text/plain" | "text/html" | "text" | "application/xhtml+xml");
        let is_attached = disposition == "attachment" || name.is_some() && depth > 0 || !is_text;
        match media.as_str() {
            "application/pgp-signature"
            | "application/pkcs7-signature"
            | "application/x-pkcs7-signature" => contents.left_out.push(owned(SIGNED)),
            "application/pkcs7-mime" | "application/x-pkcs7-mime" | "application/pgp-encrypted" => {
                contents.left_out.push(owned(ENCRYPTED));
            }
            _ if is_attached && (depth > 0 || !is_text) => {
                let shown = name.clone().unwrap_or_else(|| media.clone());
                let why = LeftOutReason::Attached { name: shown };
                contents.left_out.push((DroppedKind::Other, why));
                let end = end_of(&media);
                contents.attachments.push(Attachment {
                    name,
                    end,
                    bytes: self.bytes().into_owned(),
                });
            }
            media => self.add_text(contents, media.contains("html")),
        }
    }

    fn add_text(&self, contents: &mut Contents, is_page: bool) {
        let (_, of_type) = self.content_type();
        let find =
            |name: &str| of_type.iter().find(|(known, _)| known == name).map(|(_, v)| v.as_str());
        let bytes = self.bytes();
        let (text, is_whole) = characters(&bytes, find("charset"));
        if !is_whole {
            contents.left_out.push(owned(BYTES));
        }
        let is_flowed = find("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed"));
        let text = if is_flowed { unflowed(&text) } else { text };
        if !text.trim().is_empty() {
            contents.bodies.push(Body { text, is_page });
        }
    }
}

fn owned((kind, why): Tag) -> (DroppedKind, LeftOutReason) {
    (kind, why.clone())
}

/// Chooses among several forms of one text: the web page, otherwise the last readable one.
fn add_best(parts: &[Entity<'_>], contents: &mut Contents, depth: usize) {
    let of =
        |wanted: &[&str]| parts.iter().rposition(|part| wanted.contains(&part.media().as_str()));
    let best = of(&["text/html", "application/xhtml+xml", "multipart/related", "multipart/mixed"])
        .or_else(|| of(&["text/plain"]))
        .unwrap_or(0);
    for (at, part) in parts.iter().enumerate() {
        if at == best {
            part.add_to(contents, depth + 1);
        } else {
            contents.left_out.push(owned(OTHER_FORM));
        }
    }
}

/// Chooses the page among a page and its resources.
fn add_root(parts: &[Entity<'_>], start: Option<String>, contents: &mut Contents, depth: usize) {
    let named = start.and_then(|start| {
        parts.iter().position(|part| part.raw("content-id") == Some(start.as_str()))
    });
    let page = || parts.iter().position(|part| part.media() == "text/html");
    let root = named.or_else(page).unwrap_or(0);
    for (at, part) in parts.iter().enumerate() {
        let media = part.media();
        match at == root {
            true => part.add_to(contents, depth + 1),
            // An attachment in between is no part of the page.
            false
                if part
                    .raw("content-disposition")
                    .is_some_and(|said| said.trim_start().starts_with("attachment")) =>
            {
                part.add_to(contents, depth + 1);
            }
            false if media.starts_with("text/css") || media.contains("xml") => {}
            false => contents.left_out.push(owned(SAVED)),
        }
    }
}

/// The file extension for a media type.
fn end_of(media: &str) -> &'static str {
    match media {
        "message/rfc822" => "eml",
        "text/plain" => "txt",
        "text/html" => "html",
        "application/pdf" => "pdf",
        "application/rtf" | "text/rtf" => "rtf",
        "application/msword" => "doc",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "application/vnd.oasis.opendocument.text" => "odt",
        "application/zip" | "application/x-zip-compressed" => "zip",
        _ => "bin",
    }
}

/// Joins lines that end in a space with the next ones (RFC 3676).
fn unflowed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        match line.strip_suffix(' ') {
            // `-- ` precedes a signature.
            Some(joined) if line != "-- " => {
                out.push_str(joined);
                // Chinese has no space where a line was broken.
                if joined.chars().next_back().is_some_and(|c| c.is_ascii()) {
                    out.push(' ');
                }
            }
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}
