//! Adds the results of checks to a .docx file as comments.
//!
//! The document isn't written anew: range marks and a reference are inserted into its XML, and
//! everything else stays the same, byte by byte. A comment is anchored to whole runs (stretches of
//! one format), since splitting a run would mean repeating its properties. The place of a check in
//! the document is found by its letters, in the order of the text.

use std::io::{Cursor, Read, Write};
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The most bytes that are read of a part.
const MOST_BYTES: u64 = 256 << 20;
const TEXT: &str = "word/document.xml";
const COMMENTS: &str = "word/comments.xml";
const LINKS: &str = "word/_rels/document.xml.rels";
const TYPES: &str = "[Content_Types].xml";

/// Why comments can't be written into a document.
#[derive(Debug, thiserror::Error)]
pub enum CommentError {
    /// The archive can't be read or written.
    #[error("not a .docx that comments can be written into: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// A part of the archive can't be read or written.
    #[error("not a .docx that comments can be written into: {0}")]
    Part(#[from] std::io::Error),
    /// The XML of a part is damaged.
    #[error("not a .docx that comments can be written into: {0}")]
    Xml(#[from] quick_xml::Error),
}

/// A comment on a place of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The text of the place, as it was checked.
    pub place: String,
    /// The comment, a paragraph a line.
    pub text: String,
}

/// Adds comments, which are in the order of the text, to a .docx file. Returns the file and the
/// number of comments whose place was found.
///
/// # Errors
/// When the bytes aren't a .docx file, or a part of it is damaged.
pub fn commented(bytes: &[u8], comments: &[Comment]) -> Result<(Vec<u8>, usize), CommentError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    let text = part(&mut archive, TEXT)?;
    let known = part(&mut archive, COMMENTS).ok();
    let first = known.as_deref().map_or(0, |known| known.matches("<w:comment ").count() + 10_000);
    let (text, placed) = marked(&text, comments, first)?;
    let entries: String = placed.iter().map(|&at| entry(first + at, &comments[at].text)).collect();
    let written = match &known {
        Some(known) => known.replacen("</w:comments>", &format!("{entries}</w:comments>"), 1),
        None => format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:comments \
             xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">{entries}\
             </w:comments>"
        ),
    };
    let mut changed = vec![(TEXT, text), (COMMENTS, written)];
    if known.is_none() {
        let types = part(&mut archive, TYPES)?.replacen(
            "</Types>",
            "<Override PartName=\"/word/comments.xml\" ContentType=\"application/vnd.openxmlformats-\
             officedocument.wordprocessingml.comments+xml\"/></Types>",
            1,
        );
        let empty = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/\
                     relationships\"></Relationships>";
        let links = part(&mut archive, LINKS).unwrap_or_else(|_| empty.to_owned());
        let link = "<Relationship Id=\"rIdTiaowenComments\" Type=\"http://schemas.openxmlformats.org/\
                    officeDocument/2006/relationships/comments\" Target=\"comments.xml\"/>";
        changed.push((TYPES, types));
        changed.push((
            LINKS,
            links.replacen("</Relationships>", &format!("{link}</Relationships>"), 1),
        ));
    }
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at)?;
        let entry_name = entry.name()?.into_owned();
        if !changed.iter().any(|(name, _)| *name == entry_name) {
            to.raw_copy_file(entry)?;
        }
    }
    for (name, content) in changed {
        to.start_file(name, SimpleFileOptions::default())?;
        to.write_all(content.as_bytes())?;
    }
    Ok((to.finish()?.into_inner(), placed.len()))
}

/// Reads a part of the archive.
fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<String, CommentError> {
    let mut text = String::new();
    archive.by_name(name)?.take(MOST_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// A run of a paragraph: its bytes in the part, and its letters among those of the document.
struct Run {
    span: Range<usize>,
    letters: Range<usize>,
}

/// Inserts marks around the places of comments. Also returns the indices of the comments that were
/// placed.
fn marked(
    xml: &str,
    comments: &[Comment],
    first: usize,
) -> Result<(String, Vec<usize>), CommentError> {
    let (runs, letters) = runs(xml)?;
    let mut inserted: Vec<(usize, String)> = Vec::new();
    let mut placed = Vec::new();
    let mut from = 0;
    for (at, comment) in comments.iter().enumerate() {
        let wanted: String = comment.place.chars().filter(|c| c.is_alphanumeric()).collect();
        let found = letters.get(from..).and_then(|rest| rest.find(&wanted)).map(|at| from + at);
        // Two checks may have the same place.
        let Some(start) = found.or_else(|| letters.find(&wanted)).filter(|_| !wanted.is_empty())
        else {
            continue;
        };
        let end = start + wanted.len();
        let touched = runs.iter().filter(|run| run.letters.start < end && start < run.letters.end);
        let touched: Vec<&Run> = touched.collect();
        let (Some(begin), Some(last)) = (touched.first(), touched.last()) else { continue };
        from = start;
        let id = first + at;
        inserted.push((begin.span.start, format!("<w:commentRangeStart w:id=\"{id}\"/>")));
        inserted.push((
            last.span.end,
            format!(
                "<w:commentRangeEnd w:id=\"{id}\"/><w:r><w:commentReference w:id=\"{id}\"/></w:r>"
            ),
        ));
        placed.push(at);
    }
    // The sort is stable: marks at one place keep the order of the comments.
    inserted.sort_by_key(|(at, _)| *at);
    let mut text = String::with_capacity(xml.len() + 128 * inserted.len());
    let mut from = 0;
    for (at, mark) in inserted {
        text.push_str(&xml[from..at]);
        text.push_str(&mark);
        from = at;
    }
    text.push_str(&xml[from..]);
    Ok((text, placed))
}

/// The runs of a document, and the letters of all of them as one string.
fn runs(xml: &str) -> Result<(Vec<Run>, String), CommentError> {
    let mut reader = Reader::from_str(xml);
    let (mut runs, mut letters) = (Vec::new(), String::new());
    // For each open run, its first byte and the number of letters before it.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let (mut in_text, mut passed_over) = (false, 0usize);
    let mut before = 0;
    loop {
        let event = reader.read_event()?;
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(xml.len());
        match &event {
            // The fallback for older programs repeats the same text.
            Event::Start(tag) if tag.name().as_ref() == b"mc:Fallback" => passed_over += 1,
            Event::End(tag) if tag.name().as_ref() == b"mc:Fallback" => {
                passed_over = passed_over.saturating_sub(1);
            }
            Event::Start(tag) if tag.name().as_ref() == b"w:r" => {
                open.push((before, letters.len()));
            }
            Event::End(tag) if tag.name().as_ref() == b"w:r" => {
                if let Some((start, first)) = open.pop()
                    && letters.len() > first
                {
                    runs.push(Run { span: start..at, letters: first..letters.len() });
                }
            }
            Event::Start(tag) if tag.name().as_ref() == b"w:t" => in_text = passed_over == 0,
            Event::End(tag) if tag.name().as_ref() == b"w:t" => in_text = false,
            Event::Text(text) if in_text => {
                let text = text.decode().map_err(quick_xml::Error::from)?;
                letters.extend(text.chars().filter(|c| c.is_alphanumeric()));
            }
            Event::Eof => break,
            _ => {}
        }
        before = at;
    }
    runs.sort_by_key(|run| run.letters.start);
    Ok((runs, letters))
}

/// A comment as XML.
fn entry(id: usize, text: &str) -> String {
    let paragraphs: String = text.lines().map(paragraph_of).collect();
    format!(
        "<w:comment w:id=\"{id}\" w:author=\"tiaowen\" w:initials=\"tw\">{paragraphs}</w:comment>"
    )
}

/// A line as a paragraph of a comment.
fn paragraph_of(line: &str) -> String {
    let line = quick_xml::escape::escape(line);
    format!("<w:p><w:r><w:t xml:space=\"preserve\">{line}</w:t></w:r></w:p>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut to = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            to.start_file(*name, SimpleFileOptions::default()).unwrap();
            to.write_all(content.as_bytes()).unwrap();
        }
        to.finish().unwrap().into_inner()
    }

    #[test]
    fn comments_hang_on_the_runs_of_their_places() {
        let run = |text: &str| format!("<w:r><w:rPr/><w:t>{text}</w:t></w:r>");
        let body = format!(
            "<w:document><w:body><w:p>{}{}</w:p><w:p>{}</w:p></w:body></w:document>",
            run("《道路條例》"),
            run("第三條規定"),
            run("其他 &amp; 文字")
        );
        let types = "<Types></Types>";
        let bytes = packed(&[(TEXT, &body), (TYPES, types), ("word/media/a.png", "picture")]);
        let comment = |place: &str, text: &str| Comment { place: place.into(), text: text.into() };
        let comments = [comment("《道路條例》第三條", "有差異 <1>\n第二段"), comment("沒有", "")];
        let (written, placed) = commented(&bytes, &comments).unwrap();
        assert_eq!(placed, 1);
        let mut archive = ZipArchive::new(Cursor::new(&written[..])).unwrap();
        let text = part(&mut archive, TEXT).unwrap();
        let start = text.find("<w:commentRangeStart").unwrap();
        let end = text.find("<w:commentRangeEnd").unwrap();
        assert!(text[start..end].contains("道路條例") && text[start..end].contains("第三條規定"));
        assert!(!text[start..end].contains("其他"));
        let said = part(&mut archive, COMMENTS).unwrap();
        assert!(said.contains("有差異 &lt;1&gt;") && said.matches("<w:p>").count() == 2, "{said}");
        assert!(part(&mut archive, TYPES).unwrap().contains("/word/comments.xml"));
        assert!(part(&mut archive, LINKS).unwrap().contains("comments.xml"));
        assert_eq!(part(&mut archive, "word/media/a.png").unwrap(), "picture");
        assert!(commented(b"no archive", &comments).is_err());
    }

    #[test]
    fn comments_that_are_there_stay() {
        let body = "<w:document><w:p><w:r><w:t>第三條</w:t></w:r></w:p></w:document>";
        let known = "<w:comments><w:comment w:id=\"0\"><w:p/></w:comment></w:comments>";
        let bytes = packed(&[(TEXT, body), (TYPES, "<Types></Types>"), (COMMENTS, known)]);
        let comments = [Comment { place: "第三條".into(), text: "對".into() }];
        let (written, _) = commented(&bytes, &comments).unwrap();
        let mut archive = ZipArchive::new(Cursor::new(&written[..])).unwrap();
        let said = part(&mut archive, COMMENTS).unwrap();
        assert_eq!(said.matches("<w:comment ").count(), 2, "{said}");
        assert!(said.contains("w:id=\"0\""));
    }
}
