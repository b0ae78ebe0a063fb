//! EPUB books (versions 2 and 3): web pages in a zip archive, in the order of their spine.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use tiaowen_blocks::{Block, BlockKind, DroppedKind, Layout, LeftOutReason, SourceText};

use crate::archive::{Archive, Limits, folder_of, resolve};
use crate::compose::{Part, Rich, Role, Tag, compose};
use crate::xml::{Attributes, Name, Visitor, walk};
use crate::{DamageReason, ExtractError, check_tags, decode_page};

const FORMAT: &str = ".epub";
/// Maximum number of pages that are read, and of bytes of the text: a library of some hundred novels.
const MOST_PAGES: usize = 10_000;
const MOST_TEXT: usize = 40 << 20;
/// A page takes as much memory as a web page, whose size has the same limit.
const LIMITS: Limits = Limits { part: 24 << 20, ..Limits::DEFAULT };

const CONTENTS: Tag = (DroppedKind::Contents, &LeftOutReason::TableOfContents);
const ANOTHER: Tag = (DroppedKind::Unreadable, &LeftOutReason::OtherPartOfBook);

/// Reads a book with its blocks: its pages in reading order below its title.
///
/// Each page is read completely, like a web page without menus. The table of contents and pages
/// that are images are listed as left out.
///
/// # Errors
/// [`ExtractError::Damaged`] if it is no such book, is encrypted or has broken parts;
/// [`ExtractError::TooLarge`] and [`ExtractError::Tags`] if it exceeds the limits;
/// [`ExtractError::Empty`] if it has no text.
pub fn epub(bytes: &[u8]) -> Result<SourceText<'static>, ExtractError> {
    within(bytes, MOST_TEXT)
}

fn within(bytes: &[u8], most: usize) -> Result<SourceText<'static>, ExtractError> {
    if bytes.is_empty() {
        return Err(ExtractError::Empty);
    }
    let mut archive = Archive::open(bytes, FORMAT, LIMITS)?;
    let mut root = Root::default();
    const CONTAINER: &str = "META-INF/container.xml";
    walk(&archive.text(CONTAINER)?, CONTAINER, FORMAT, &mut root)?;
    let main =
        root.path.ok_or_else(|| damaged(DamageReason::NoBook { part: CONTAINER.to_owned() }))?;
    let mut book = Book::default();
    walk(&archive.text(&main)?, &main, FORMAT, &mut book)?;
    let encrypted = archive.text("META-INF/encryption.xml").unwrap_or_default();
    let folder = folder_of(&main);
    let mut whole = SourceText::of_blocks(String::new(), Vec::new());
    for id in book.spine.iter().take(MOST_PAGES) {
        let Some(item) = book.items.get(id) else { continue };
        let path = resolve(folder, &percent_decoded(&item.path));
        if encrypted.contains(&format!("\"{path}\"")) {
            return Err(damaged(DamageReason::CopyProtected));
        }
        let parts = if item.media.contains("html") || item.media.is_empty() {
            let bytes = archive.bytes(&path)?;
            let page = match decode_page(&bytes) {
                Ok(page) => without_title(&page.text),
                Err(ExtractError::Empty) => continue,
                Err(error) => return Err(error),
            };
            check_tags(&page)?;
            let parts = crate::html::whole(&page);
            if item.is_contents {
                let text: Vec<String> = parts.iter().map(text_of).collect();
                vec![Part::LeftOut(CONTENTS, text.join("\n").trim().to_owned())]
            } else {
                parts
            }
        } else {
            vec![Part::LeftOut(ANOTHER, String::new())]
        };
        append(&mut whole, compose(parts));
        if whole.text.len() > most {
            return Err(ExtractError::TooLarge { most: most as u64 });
        }
    }
    if whole.text.trim().is_empty() || !has_text(&whole) {
        return Err(ExtractError::Empty);
    }
    Ok(titled(whole, book.title.split_whitespace().collect::<Vec<_>>().join(" ")))
}

fn has_text(source: &SourceText<'_>) -> bool {
    matches!(&source.layout, Layout::Blocks(blocks) if !blocks.is_empty())
}

/// The text of a part, even if it is left out.
fn text_of(part: &Part) -> String {
    match part {
        Part::LeftOut(_, text) => text.clone(),
        part => part.whole_text(),
    }
}

/// Puts the book's title above its text, unless a heading already contains it.
fn titled(mut book: SourceText<'static>, title: String) -> SourceText<'static> {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let Layout::Blocks(blocks) = &mut book.layout else { return book };
    let says = |block: &Block| {
        matches!(block.kind, BlockKind::Heading(_))
            && bare(&book.text[block.span.clone()]) == bare(&title)
    };
    if title.is_empty() || blocks.iter().any(says) {
        return book;
    }
    for block in blocks.iter_mut() {
        if let BlockKind::Heading(level) = &mut block.kind {
            *level = (*level + 1).min(6);
        }
    }
    let mut whole = compose(vec![Part::paragraph(Role::Heading(1), Rich::of(&title))]);
    append(&mut whole, book);
    whole
}

/// Appends a text to another.
fn append(to: &mut SourceText<'static>, other: SourceText<'static>) {
    let shift = to.text.len();
    to.text.to_mut().push_str(&other.text);
    to.left_out.extend(other.left_out.into_iter().map(|mut left| {
        left.span = left.span.start + shift..left.span.end + shift;
        left
    }));
    if let (Layout::Blocks(blocks), Layout::Blocks(others)) = (&mut to.layout, other.layout) {
        blocks.extend(others.into_iter().map(|block| shifted(block, shift)));
    }
}

fn shifted(mut block: Block, by: usize) -> Block {
    block.span = block.span.start + by..block.span.end + by;
    match &mut block.kind {
        BlockKind::Note { at } => *at += by,
        BlockKind::Table { rows } => {
            for cell in rows.iter_mut().flatten() {
                let blocks = std::mem::take(&mut cell.blocks);
                cell.blocks = blocks.into_iter().map(|block| shifted(block, by)).collect();
            }
        }
        _ => {}
    }
    block
}

/// A page without its `<title>`, which is the book's title on every page.
fn without_title(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let Some(from) = lower.find("<title") else { return page.to_owned() };
    match lower[from..].find("</title>") {
        Some(length) => format!("{}{}", &page[..from], &page[from + length + "</title>".len()..]),
        None => page.to_owned(),
    }
}

fn percent_decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut at = 0;
    while let Some(byte) = path.as_bytes().get(at) {
        let hex = path.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, hex) {
            (b'%', Some(decoded)) => {
                bytes.push(decoded);
                at += 3;
            }
            _ => {
                bytes.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn damaged(reason: DamageReason) -> ExtractError {
    ExtractError::Damaged { format: FORMAT, reason }
}

/// The part with the book's metadata.
#[derive(Debug, Default)]
struct Root {
    path: Option<String>,
}

impl Visitor for Root {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>) {
        if name.local == b"rootfile" && self.path.is_none() {
            self.path = attributes.get("full-path").map(|path| path.into_owned());
        }
    }
}

/// The parts of a book, and the reading order of its pages.
#[derive(Debug, Default)]
struct Book {
    items: HashMap<String, Item>,
    spine: Vec<String>,
    title: String,
    in_title: bool,
    has_title: bool,
}

#[derive(Debug)]
struct Item {
    path: String,
    media: String,
    is_contents: bool,
}

impl Visitor for Book {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>) {
        let text = |name| attributes.get(name).unwrap_or_default().into_owned();
        match name.local {
            b"item" => {
                let is_contents = text("properties").split_whitespace().any(|word| word == "nav");
                let item = Item { path: text("href"), media: text("media-type"), is_contents };
                self.items.insert(text("id"), item);
            }
            b"itemref" => self.spine.push(text("idref")),
            b"title" => self.in_title = !self.has_title,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_title {
            self.title.push_str(text);
        }
    }

    fn end(&mut self, name: Name<'_>) {
        if name.local == b"title" {
            self.in_title = false;
            self.has_title = true;
        }
    }
}
