//! Spreadsheets in Office Open XML (`.xlsx`), as saved by Excel, WPS and LibreOffice.

mod format;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use tiaowen_blocks::{DroppedKind, LeftOutReason, SourceText};

use crate::archive::{Archive, Limits, folder_of, resolve};
use crate::compose::{Part, Rich, Role, Tag, compose};
use crate::odf::is_default_name;
use crate::xml::{Attributes, Name, Space, Visitor, walk};
use crate::{DamageReason, ExtractError};

use format::Formats;
use sheet::{Sheet, Strings};

const FORMAT: &str = ".xlsx";

const HIDDEN_SHEET: Tag = (DroppedKind::Hidden, &LeftOutReason::HiddenSheet);
const COMMENT: Tag = (DroppedKind::Hidden, &LeftOutReason::Comment);
const PICTURE: Tag = (DroppedKind::Unreadable, &LeftOutReason::PictureOrChart);
const DAMAGED: Tag = (DroppedKind::Unreadable, &LeftOutReason::DamagedDrawing);

/// Reads an Office Open XML spreadsheet with its blocks. Each sheet is a table below its name, with
/// rows and cells as they are shown.
///
/// Numbers and dates are written according to their formats. Dates whose look depends on the
/// reader's system are written as 2017/11/18. For a formula, the stored value is read. Text boxes
/// follow their sheet.
///
/// Listed as left out: hidden sheets, rows and columns, comments, pictures and charts.
///
/// # Errors
/// [`ExtractError::Damaged`] if it is no such spreadsheet, is password-protected or has broken
/// parts; [`ExtractError::TooLarge`] if it unpacks to more than the limit; [`ExtractError::Empty`]
/// if it has no text.
pub fn xlsx(bytes: &[u8]) -> Result<SourceText<'static>, ExtractError> {
    within(bytes, Limits::DEFAULT)
}

fn within(bytes: &[u8], limits: Limits) -> Result<SourceText<'static>, ExtractError> {
    if bytes.is_empty() {
        return Err(ExtractError::Empty);
    }
    let mut package = Archive::open(bytes, FORMAT, limits)?;
    let root = relations(&mut package, "")?;
    let main = root.into_values().find(|(kind, _)| kind == "officeDocument");
    let main = main.map_or_else(|| "xl/workbook.xml".to_owned(), |(_, part)| part);
    let mut book = Book::default();
    walk(&package.text(&main)?, &main, FORMAT, &mut book)?;
    let related = relations(&mut package, &main)?;
    let of_kind = |kind: &str| {
        related.values().find(|(known, _)| known == kind).map(|(_, part)| part.clone())
    };
    let mut strings = Strings::default();
    if let Some(part) = of_kind("sharedStrings").filter(|part| package.has(part)) {
        walk(&package.text(&part)?, &part, FORMAT, &mut strings)?;
    }
    let mut formats = Formats::counting(book.since_1904);
    if let Some(part) = of_kind("styles").filter(|part| package.has(part)) {
        walk(&package.text(&part)?, &part, FORMAT, &mut formats)?;
    }
    let mut parts = Vec::new();
    let mut left = limits.part;
    for entry in &book.sheets {
        let Some((kind, part)) = related.get(&entry.relation) else { continue };
        if kind != "worksheet" {
            parts.push(Part::LeftOut(PICTURE, String::new()));
            continue;
        }
        let xml = package.text(part)?;
        let (rows, written) = Sheet::read(&xml, part, &strings, &formats, left)?;
        left -= written;
        let mut found = vec![Part::Table(rows)];
        found.extend(beside(&mut package, part));
        if entry.is_hidden {
            let texts: Vec<String> =
                found.iter().map(lines_of).filter(|text| !text.is_empty()).collect();
            parts.push(Part::LeftOut(HIDDEN_SHEET, texts.join("\n")));
            continue;
        }
        if found.iter().any(Part::is_read) && !is_default_name(&entry.name) {
            parts.push(Part::paragraph(Role::Heading(1), Rich::of(entry.name.trim())));
        }
        parts.extend(found);
    }
    let is_text =
        |part: &Part| part.is_read() && !matches!(part, Part::Paragraph(Role::Heading(_), _));
    if !parts.iter().any(is_text) {
        return Err(ExtractError::Empty);
    }
    Ok(compose(parts))
}

/// The text of a part, one line for each row.
fn lines_of(part: &Part) -> String {
    let Part::Table(rows) = part else { return part.whole_text() };
    rows.iter().map(|row| line_of(row)).collect::<Vec<_>>().join("\n")
}

/// The text of a row's cells, separated by tabs.
fn line_of(row: &[crate::compose::TableCell]) -> String {
    let cells = row.iter().map(|cell| cell.parts.iter().map(Part::whole_text).collect::<String>());
    cells.collect::<Vec<_>>().join("\t")
}

/// The content beside the cells of a sheet: text boxes, comments, pictures.
fn beside(package: &mut Archive<'_>, sheet: &str) -> Vec<Part> {
    // Damage there doesn't make the cells unreadable.
    let Ok(related) = relations(package, sheet) else {
        return vec![Part::LeftOut(DAMAGED, String::new())];
    };
    let mut named: Vec<(String, (String, String))> = related.into_iter().collect();
    named.sort_unstable();
    let mut parts = Vec::new();
    for (_, (kind, part)) in named {
        if !matches!(kind.as_str(), "comments" | "threadedComment" | "drawing")
            || !package.has(&part)
        {
            continue;
        }
        let mut drawn = Drawn::default();
        let walked = package.text(&part).and_then(|xml| walk(&xml, &part, FORMAT, &mut drawn));
        if walked.is_err() {
            parts.push(Part::LeftOut(DAMAGED, String::new()));
            continue;
        }
        drawn.end_paragraph();
        if kind == "drawing" {
            parts.extend(
                drawn
                    .paragraphs
                    .into_iter()
                    .map(|text| Part::paragraph(Role::Text, Rich::of(&text))),
            );
            parts.extend((0..drawn.pictures).map(|_| Part::LeftOut(PICTURE, String::new())));
        } else {
            parts.extend(drawn.paragraphs.into_iter().map(|text| Part::LeftOut(COMMENT, text)));
        }
    }
    parts
}

/// The relationships of a part: for each id the last word of its type, and the target part.
fn relations(
    package: &mut Archive<'_>,
    part: &str,
) -> Result<HashMap<String, (String, String)>, ExtractError> {
    let folder = folder_of(part);
    let name = part.rsplit('/').next().unwrap_or_default();
    let list = resolve(folder, &format!("_rels/{name}.rels"));
    let mut relations = Relations { folder, found: HashMap::new() };
    if package.has(&list) {
        walk(&package.text(&list)?, &list, FORMAT, &mut relations)?;
    }
    Ok(relations.found)
}

struct Relations<'a> {
    folder: &'a str,
    found: HashMap<String, (String, String)>,
}

impl Visitor for Relations<'_> {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>) {
        if name.local != b"Relationship" || attributes.is("TargetMode", "External") {
            return;
        }
        if let (Some(id), Some(kind), Some(target)) =
            (attributes.get("Id"), attributes.get("Type"), attributes.get("Target"))
        {
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            self.found.insert(id.into_owned(), (kind, resolve(self.folder, &target)));
        }
    }
}

/// The sheets of a workbook, in order.
#[derive(Debug, Default)]
struct Book {
    sheets: Vec<Entry>,
    since_1904: bool,
}

#[derive(Debug)]
struct Entry {
    name: String,
    relation: String,
    is_hidden: bool,
}

/// Maximum number of sheets; each is a part of the package.
const MOST_SHEETS: usize = 4_096;

impl Visitor for Book {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>) {
        if name.space != Space::Sheet {
            return;
        }
        match name.local {
            b"sheet" if self.sheets.len() < MOST_SHEETS => self.sheets.push(Entry {
                name: attributes.get("name").unwrap_or_default().into_owned(),
                // `r:id` accompanies `sheetId`.
                relation: attributes.get("id").unwrap_or_default().into_owned(),
                is_hidden: attributes.get("state").is_some_and(|state| state != "visible"),
            }),
            b"workbookPr" => {
                self.since_1904 =
                    attributes.get("date1904").is_some_and(|on| matches!(&*on, "1" | "true"));
            }
            _ => {}
        }
    }
}

/// The paragraphs of drawings and comments.
#[derive(Debug, Default)]
struct Drawn {
    paragraphs: Vec<String>,
    open: String,
    in_text: bool,
    pictures: usize,
}

impl Drawn {
    fn end_paragraph(&mut self) {
        let text = std::mem::take(&mut self.open);
        if !text.trim().is_empty() {
            self.paragraphs.push(text.trim().to_owned());
        }
    }
}

impl Visitor for Drawn {
    fn start(&mut self, name: Name<'_>, _: &Attributes<'_>) {
        match name.local {
            b"t" => self.in_text = true,
            b"pic" | b"graphicFrame" => self.pictures += 1,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text {
            self.open.push_str(text);
        }
    }

    fn end(&mut self, name: Name<'_>) {
        match name.local {
            b"t" => self.in_text = false,
            b"p" | b"comment" => self.end_paragraph(),
            _ => {}
        }
    }
}

fn damaged(reason: DamageReason) -> ExtractError {
    ExtractError::Damaged { format: FORMAT, reason }
}
