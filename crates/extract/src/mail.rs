//! Mail (`.eml`), and web pages that a browser or Word saved as mail (`.mht`).
//!
//! Both are MIME messages (RFC 2045 to 2049): a header of named fields, and a body that is a text,
//! a web page, or parts with headers of their own. A file attached to a mail is a source of its
//! own, like the files of an archive; the pictures of a page are part of it.

mod head;
mod message;
#[cfg(test)]
mod tests;

use tiaowen_blocks::{DroppedKind, Layout, LeftOut, LeftOutReason, SourceText};

use crate::compose::{Part, Rich, Role, Tag, compose};
use crate::{DamageReason, ExtractError, check_tags, decode, html};

use message::{Body, Entity};

const FORMAT: &str = "mail";

const OTHER_FORM: Tag = (DroppedKind::Other, &LeftOutReason::OtherForm);
const SAVED: Tag = (DroppedKind::Unreadable, &LeftOutReason::SavedFile);
const ENCRYPTED: Tag = (DroppedKind::Unreadable, &LeftOutReason::EncryptedPart);
const SIGNED: Tag = (DroppedKind::Other, &LeftOutReason::MailSignature);
const BYTES: Tag = (DroppedKind::Unreadable, &LeftOutReason::InvalidBytesOfMail);

/// A file attached to a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The file name as given in the mail, which may be anything; `None` if there is none.
    pub name: Option<String>,
    /// The extension for its media type, used without a name: `eml`.
    pub end: &'static str,
    /// The content.
    pub bytes: Vec<u8>,
}

/// Reads a mail, or a page saved as one, with its blocks.
///
/// The subject becomes the heading; sender, recipients and date follow as the mail has them. If the
/// text comes in several forms, the web page is read, otherwise the plain text. Of a saved page the
/// article is read, as of any web page.
///
/// Listed as left out: other header fields, other forms of the text, attachments, encrypted parts,
/// and signatures.
///
/// ```
/// use tiaowen_extract::mail;
/// let bytes = b"Subject: =?big5?B?qPPEsw==?=\r\nMIME-Version: 1.0\r\n\
///     Content-Type: text/plain; charset=big5\r\nContent-Transfer-Encoding: quoted-printable\r\n\
///     \r\n=B1=F8=A4=E5\r\n";
/// assert_eq!(mail(bytes).unwrap().text.split_whitespace().collect::<Vec<_>>(), ["協議", "條文"]);
/// ```
///
/// # Errors
/// [`ExtractError::Damaged`] if it is no message, [`ExtractError::Empty`] if it has no text, and
/// the errors of its web page.
pub fn mail(bytes: &[u8]) -> Result<SourceText<'static>, ExtractError> {
    if bytes.trim_ascii().is_empty() {
        return Err(ExtractError::Empty);
    }
    let message = Entity::of(bytes)
        .ok_or(ExtractError::Damaged { format: FORMAT, reason: DamageReason::NoMailHead })?;
    let found = message.contents();
    let head = head_of(&message);
    // A page that was saved rather than sent.
    if let (true, [page]) = (is_saved(&message), &found.bodies[..])
        && page.is_page
    {
        return saved(page, &found.left_out);
    }
    let mut left_out = vec![(DroppedKind::Other, LeftOutReason::TechnicalHead)];
    left_out.extend(found.left_out);
    let mut read = if found.bodies.iter().any(|body| body.is_page) {
        of_pages(head, &found.bodies)?
    } else {
        plain(&head, &found.bodies)
    };
    if read.text.trim().is_empty() {
        return Err(ExtractError::Empty);
    }
    add_left_out(&mut read, left_out);
    Ok(read)
}

/// The files attached to a mail, in order. Empty for a saved page, or a file that is no mail.
pub fn attachments(bytes: &[u8]) -> Vec<Attachment> {
    let Some(message) = Entity::of(bytes).filter(|message| !is_saved(message)) else {
        return Vec::new();
    };
    message.contents().attachments
}

/// Whether a message is a saved page: nobody sent it, or its parts have addresses.
fn is_saved(message: &Entity<'_>) -> bool {
    let is_sent = ["to", "received", "message-id", "return-path"]
        .iter()
        .any(|name| message.field(name).is_some());
    !is_sent && (message.media() == "multipart/related" || message.media() == "text/html")
}

/// The visible header: subject, sender, recipients and date.
fn head_of(message: &Entity<'_>) -> Vec<(Role, String)> {
    let mut lines = Vec::new();
    if let Some(subject) = message.field("subject").filter(|subject| !subject.is_empty()) {
        lines.push((Role::Heading(1), subject));
    }
    for (name, shown) in [("from", "From"), ("to", "To"), ("cc", "Cc"), ("date", "Date")] {
        if let Some(value) = message.field(name).filter(|value| !value.is_empty()) {
            lines.push((Role::Text, format!("{shown}: {value}")));
        }
    }
    lines
}

/// Reads a saved page.
fn saved(
    page: &Body,
    left_out: &[(DroppedKind, LeftOutReason)],
) -> Result<SourceText<'static>, ExtractError> {
    check_tags(&page.text)?;
    let mut found = html(&page.text)?;
    add_left_out(&mut found, left_out.to_vec());
    Ok(found)
}

/// Reads a mail in which at least one body is a web page.
fn of_pages(
    head: Vec<(Role, String)>,
    bodies: &[Body],
) -> Result<SourceText<'static>, ExtractError> {
    let mut parts: Vec<Part> =
        head.into_iter().map(|(role, line)| Part::paragraph(role, Rich::of(&line))).collect();
    for body in bodies {
        if body.is_page {
            check_tags(&body.text)?;
            parts.extend(crate::html::whole(&body.text));
        } else {
            let lines = body.text.lines().filter(|line| !line.trim().is_empty());
            parts.extend(lines.map(|line| Part::paragraph(Role::Text, Rich::of(line.trim()))));
        }
    }
    Ok(compose(parts))
}

/// Reads a mail of plain text, whose lines may be hard-wrapped like any text.
fn plain(head: &[(Role, String)], bodies: &[Body]) -> SourceText<'static> {
    let mut text = String::new();
    for (_, line) in head {
        text.push_str(line);
        text.push('\n');
    }
    for body in bodies {
        text.push('\n');
        text.push_str(body.text.trim());
        text.push('\n');
    }
    SourceText { layout: Layout::Plain, ..SourceText::of_blocks(text, Vec::new()) }
}

/// Lists left-out parts that have no range in the text.
fn add_left_out(read: &mut SourceText<'_>, left_out: Vec<(DroppedKind, LeftOutReason)>) {
    let end = read.text.len();
    read.left_out.extend(left_out.into_iter().map(|(kind, why)| LeftOut {
        span: end..end,
        kind,
        why,
        page: None,
    }));
}

/// Decodes bytes in the encoding that a part declares, if they are valid in it.
fn characters(bytes: &[u8], charset: Option<&str>) -> (String, bool) {
    let named = charset.and_then(|name| encoding_rs::Encoding::for_label(name.trim().as_bytes()));
    if let Some(text) = named
        // Programs declare the Western encoding whatever they write.
        .filter(|encoding| {
            ![encoding_rs::REPLACEMENT, encoding_rs::WINDOWS_1252].contains(encoding)
        })
        // Text declared as GB2312 may contain characters of its successors.
        .map(|encoding| if encoding == encoding_rs::GBK { encoding_rs::GB18030 } else { encoding })
        .and_then(|encoding| encoding.decode_without_bom_handling_and_without_replacement(bytes))
    {
        return (text.trim_start_matches('\u{FEFF}').to_owned(), true);
    }
    match decode(bytes) {
        Ok(decoded) => {
            let is_whole = decoded.damage.is_empty();
            (decoded.text.into_owned(), is_whole)
        }
        Err(ExtractError::Empty) => (String::new(), true),
        Err(_) => {
            let encoding = named.unwrap_or(encoding_rs::UTF_8);
            (encoding.decode_without_bom_handling(bytes).0.into_owned(), false)
        }
    }
}
