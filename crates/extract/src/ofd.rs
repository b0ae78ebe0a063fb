//! OFD, the fixed-layout format of mainland offices (GB/T 33190): pages of positioned characters,
//! as XML in a zip archive.
//!
//! This module only reads what is drawn. The layout code of PDFs arranges it: lines, columns,
//! tables, notes and furniture follow the same rules.

mod page;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tiaowen_blocks::{DroppedKind, LeftOut, LeftOutReason, SourceText};

use crate::archive::{Archive, Limits, folder_of, resolve};
use crate::compose::Tag;
use crate::ocr::{self, Ocr, ReadOptions, RecogniseError, WantedPage};
use crate::pdf::{Drawn, laid_out};
use crate::xml::{Attributes, Name, Visitor, walk};
use crate::{DamageReason, ExtractError};

use page::PageReader;

const FORMAT: &str = ".ofd";
/// Maximum number of pages of a file, and of characters of its text.
const MOST_PAGES: usize = 20_000;
const MOST_TEXT: usize = 64 << 20;
/// Maximum number of positioned characters, over all pages.
const MOST_GLYPHS: usize = 4 << 20;
/// Maximum length of an id in bytes.
const MOST_ID: usize = 64;
/// Maximum number of documents in a file.
const MOST_DOCUMENTS: usize = 100;
/// Limits of the images of pages, which are unpacked one after the other.
const IMAGES: Limits = Limits { part: 64 << 20, all: 4 << 30, entries: Limits::DEFAULT.entries };

const TEMPLATE: Tag = (DroppedKind::RunningHead, &LeftOutReason::Template);
const WATERMARK: Tag = (DroppedKind::Watermark, &LeftOutReason::Stamp);
const ANNOTATION: Tag = (DroppedKind::Other, &LeftOutReason::Annotation);
const HIDDEN: Tag = (DroppedKind::Hidden, &LeftOutReason::NotShown);
const ATTACHED: Tag = (DroppedKind::Unreadable, &LeftOutReason::AttachedFile);
const SIGNED: Tag = (DroppedKind::Other, &LeftOutReason::Seal);
const BROKEN: Tag = (DroppedKind::Unreadable, &LeftOutReason::DamagedPartOfPage);

/// Reads an OFD document (GB/T 33190) with its blocks.
///
/// Pages are in document order. A template used by a single page, such as the labels of a form, is
/// read with it; a template of several pages is furniture.
///
/// Pages that are images are read by text recognition, as `reading` has it.
///
/// Listed as left out: templates, watermarks, annotations, hidden text, seals and signatures,
/// attached files, and pages that are images and aren't recognised.
///
/// # Errors
/// [`ExtractError::Damaged`] if it is no such document, is encrypted or has broken parts;
/// [`ExtractError::TooLarge`] if it exceeds the limits; [`ExtractError::Scan`] if it has no text, and
/// [`ExtractError::Reader`] if it has none because Tesseract isn't installed.
pub fn ofd(bytes: &[u8], reading: &ReadOptions<'_>) -> Result<SourceText<'static>, ExtractError> {
    if bytes.is_empty() {
        return Err(ExtractError::Empty);
    }
    let mut package = Archive::open(bytes, FORMAT, Limits::DEFAULT)?;
    if package.has("Encryptions.xml") {
        return Err(damaged(DamageReason::SaveWithoutPassword));
    }
    let mut root = Listing::default();
    walk(&package.text("OFD.xml")?, "OFD.xml", FORMAT, &mut root)?;
    let mut file = File::default();
    for document in root.texts("DocRoot").take(MOST_DOCUMENTS) {
        file.read(&mut package, &resolve("", document))?;
    }
    for _ in root.texts("Signatures") {
        file.leave_out(SIGNED, String::new(), None);
    }
    if reading.ocr != Ocr::Never && !file.scans.is_empty() {
        file.recognise(bytes, reading)?;
    }
    let File { pages, beside, .. } = file;
    let mut read = laid_out(pages).map_err(damaged)?;
    if !read.text.contains(|c: char| !c.is_whitespace()) {
        return Err(ExtractError::Scan);
    }
    let text = read.text.to_mut();
    for ((kind, why), content, page) in beside {
        let start = text.len();
        text.push_str(&content);
        let span = start..text.len();
        text.push('\n');
        read.left_out.push(LeftOut { span, kind, why: why.clone(), page });
    }
    Ok(read)
}

/// The content of a file.
#[derive(Default)]
struct File {
    pages: Vec<Drawn>,
    /// Content outside the lines of the pages.
    beside: Vec<(Tag, String, Option<u32>)>,
    /// Pages that are images, from 0, each with the part that has the image.
    scans: Vec<(usize, String)>,
    length: usize,
}

impl File {
    /// Records content that isn't in the lines of the pages.
    fn leave_out(&mut self, tag: Tag, text: String, page: Option<u32>) {
        self.beside.push((tag, text, page));
    }

    fn read(&mut self, package: &mut Archive<'_>, main: &str) -> Result<(), ExtractError> {
        let mut document = Listing::default();
        walk(&package.text(main)?, main, FORMAT, &mut document)?;
        let folder = folder_of(main);
        let usual = document.texts("PhysicalBox").next().unwrap_or_default().to_owned();
        let pages: Vec<(String, String)> = document.located("Page", folder).collect();
        let templates: HashMap<String, String> = document.located("TemplatePage", folder).collect();
        if self.pages.len() + pages.len() > MOST_PAGES {
            return Err(damaged(DamageReason::TooManyPages { most: MOST_PAGES }));
        }
        let first = self.pages.len();
        let mut read = self.read_pages(package, &pages, &usual)?;
        self.add_templates(package, &templates, &usual, &mut read);
        self.find_scans(package, &document, folder, &read);
        self.pages.extend(read.into_iter().map(|page| page.drawn));
        for list in document.texts("Annotations") {
            self.annotations(package, &resolve(folder, list), &pages, first);
        }
        for list in document.texts("Attachments") {
            let part = resolve(folder, list);
            let mut attachments = Listing::default();
            let xml = package.text(&part);
            if xml.and_then(|xml| walk(&xml, &part, FORMAT, &mut attachments)).is_err() {
                continue;
            }
            for _ in attachments.texts("FileLoc") {
                self.leave_out(ATTACHED, String::new(), None);
            }
        }
        Ok(())
    }

    /// Reads pages without their templates.
    fn read_pages(
        &mut self,
        package: &mut Archive<'_>,
        pages: &[(String, String)],
        usual: &str,
    ) -> Result<Vec<PageReader>, ExtractError> {
        let mut read: Vec<PageReader> = Vec::with_capacity(pages.len());
        let mut glyphs: usize = self.pages.iter().map(|page| page.glyphs.len()).sum();
        for (_, part) in pages {
            let mut page = PageReader::new(usual);
            walk(&package.text(part)?, part, FORMAT, &mut page)?;
            self.length += page.length();
            glyphs += page.drawn.glyphs.len();
            if glyphs > MOST_GLYPHS {
                return Err(damaged(DamageReason::TooManyCharacters { most: MOST_GLYPHS }));
            }
            if self.length > MOST_TEXT {
                return Err(ExtractError::TooLarge { most: MOST_TEXT as u64 });
            }
            read.push(page);
        }
        Ok(read)
    }

    /// Notes which pages are images.
    fn find_scans(
        &mut self,
        package: &mut Archive<'_>,
        document: &Listing,
        folder: &str,
        pages: &[PageReader],
    ) {
        if !pages.iter().any(|page| page.drawn.is_picture()) {
            return;
        }
        let mut images: HashMap<String, String> = HashMap::new();
        for list in document.texts("PublicRes").chain(document.texts("DocumentRes")) {
            let part = resolve(folder, list);
            let mut resources = Listing::default();
            // What a damaged list has before the damage is known.
            let _ = package.text(&part).and_then(|xml| walk(&xml, &part, FORMAT, &mut resources));
            images.extend(resources.images(folder_of(&part)));
        }
        for (nth, page) in pages.iter().enumerate().filter(|(_, page)| page.drawn.is_picture()) {
            let image = page.picture.as_ref().and_then(|id| images.get(id));
            self.scans.extend(image.map(|part| (self.pages.len() + nth, part.clone())));
        }
    }

    /// Reads the pages that are images.
    ///
    /// # Errors
    /// When nothing is installed that reads them, and no page has text.
    fn recognise(&mut self, bytes: &[u8], reading: &ReadOptions<'_>) -> Result<(), ExtractError> {
        let package = Mutex::new(Archive::open(bytes, FORMAT, IMAGES)?);
        let extent = |page: usize| self.pages.get(page).and_then(|page| page.extent);
        let wanted: Vec<WantedPage> = self
            .scans
            .iter()
            .map(|(page, _)| WantedPage { number: *page, extent: extent(*page) })
            .collect();
        let image = |number: usize| {
            let (_, part) = self.scans.iter().find(|(page, _)| *page == number)?;
            package.lock().unwrap_or_else(PoisonError::into_inner).bytes(part).ok()
        };
        match ocr::image_pages(bytes, &wanted, &image, FORMAT, reading) {
            Ok(drawn) => {
                for (page, drawn) in wanted.iter().zip(drawn) {
                    self.pages[page.number] = drawn.unwrap_or_else(RecogniseError::page);
                }
                Ok(())
            }
            // The other pages are read, and these are listed.
            Err(ExtractError::Reader { .. })
                if self.pages.iter().any(|page| !page.is_picture()) =>
            {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Draws the templates of pages below their text. A template that several pages share is left out
    /// after being listed once: it is letterhead.
    fn add_templates(
        &mut self,
        package: &mut Archive<'_>,
        templates: &HashMap<String, String>,
        usual: &str,
        pages: &mut [PageReader],
    ) {
        let first = self.pages.len();
        // Number of pages that use each template.
        let mut uses: HashMap<String, usize> = HashMap::new();
        for template in pages.iter().flat_map(|page| &page.templates) {
            *uses.entry(template.clone()).or_default() += 1;
        }
        let mut listed: Vec<String> = Vec::new();
        for (nth, page) in pages.iter_mut().enumerate() {
            let number = u32::try_from(first + nth + 1).ok();
            for id in std::mem::take(&mut page.templates) {
                let Some(part) = templates.get(&id) else { continue };
                let is_shared = uses.get(&id).is_some_and(|uses| *uses > 1);
                if is_shared && listed.contains(&id) {
                    continue;
                }
                let mut template = PageReader::new(usual);
                let walked =
                    package.text(part).and_then(|xml| walk(&xml, part, FORMAT, &mut template));
                match walked {
                    Err(_) => self.leave_out(BROKEN, String::new(), number),
                    Ok(()) if is_shared => {
                        self.length += template.length();
                        self.leave_out(TEMPLATE, template.text(), number);
                        listed.push(id);
                    }
                    Ok(()) => {
                        self.length += template.length();
                        page.put_below(template);
                    }
                }
            }
            if let Some(hidden) = page.take_hidden() {
                self.leave_out(HIDDEN, hidden, number);
            }
        }
    }

    /// Reads annotations, page by page.
    fn annotations(
        &mut self,
        package: &mut Archive<'_>,
        list: &str,
        pages: &[(String, String)],
        first: usize,
    ) {
        let mut listed = Listing::default();
        let walked = package.text(list).and_then(|xml| walk(&xml, list, FORMAT, &mut listed));
        if walked.is_err() {
            return self.leave_out(BROKEN, String::new(), None);
        }
        let places: HashMap<&str, usize> =
            pages.iter().enumerate().map(|(nth, (id, _))| (id.as_str(), nth)).collect();
        for (page, location) in listed.on_pages() {
            let part = resolve(folder_of(list), location);
            let number = places.get(page).and_then(|nth| u32::try_from(first + nth + 1).ok());
            let mut found = PageReader::new("");
            let walked = package.text(&part).and_then(|xml| walk(&xml, &part, FORMAT, &mut found));
            if walked.is_err() {
                self.leave_out(BROKEN, String::new(), number);
                continue;
            }
            let is_watermark = found.annotation.as_deref() == Some("Watermark");
            let tag = if is_watermark { WATERMARK } else { ANNOTATION };
            self.leave_out(tag, found.text(), number);
        }
    }
}

fn damaged(reason: DamageReason) -> ExtractError {
    ExtractError::Damaged { format: FORMAT, reason }
}

/// The elements of a part that lists others, each with its text and its target.
#[derive(Debug, Default)]
struct Listing {
    found: Vec<Listed>,
    open: Vec<usize>,
}

#[derive(Debug)]
struct Listed {
    name: String,
    id: String,
    location: String,
    text: String,
    /// The page of an enclosing element.
    page: String,
}

/// Maximum number of elements examined in such a part.
const MOST_LISTED: usize = 200_000;

impl Listing {
    fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let of_name = self.found.iter().filter(move |found| found.name == name);
        of_name.map(|found| found.text.trim()).filter(|text| !text.is_empty())
    }

    /// Ids and target parts of elements with a given name.
    fn located(&self, name: &str, folder: &str) -> impl Iterator<Item = (String, String)> {
        let of_name = self.found.iter().filter(move |found| found.name == name);
        let led = of_name.filter(|found| !found.location.is_empty());
        led.map(move |found| (found.id.clone(), resolve(folder, &found.location)))
    }

    /// Ids of images and their parts, of a list of resources in a folder.
    fn images(&self, folder: &str) -> impl Iterator<Item = (String, String)> {
        let list = self.found.iter().find(|found| found.name == "Res");
        let folder = resolve(folder, list.map_or("", |list| &list.location));
        let mut id = "";
        self.found.iter().filter_map(move |found| match &*found.name {
            "MultiMedia" => {
                id = &found.id;
                None
            }
            "MediaFile" => Some((id.to_owned(), resolve(&folder, found.text.trim()))),
            _ => None,
        })
    }

    /// The parts with content of pages, each with the page's id.
    fn on_pages(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.found.iter().filter(|found| found.name == "FileLoc");
        files.map(|found| (found.page.as_str(), found.text.trim()))
    }
}

impl Visitor for Listing {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>) {
        if self.found.len() >= MOST_LISTED {
            return self.open.push(self.found.len().saturating_sub(1));
        }
        let text = |name| attributes.get(name).unwrap_or_default().into_owned();
        let around = self.open.last().and_then(|at| self.found.get(*at));
        let page = match attributes.get("PageID") {
            Some(id) => id.chars().take(MOST_ID).collect(),
            None => around.map(|around| around.page.clone()).unwrap_or_default(),
        };
        self.open.push(self.found.len());
        self.found.push(Listed {
            name: String::from_utf8_lossy(name.local).into_owned(),
            id: text("ID"),
            location: text("BaseLoc"),
            text: String::new(),
            page,
        });
    }

    fn text(&mut self, text: &str) {
        if let Some(found) = self.open.last().and_then(|at| self.found.get_mut(*at)) {
            found.text.push_str(text);
        }
    }

    fn end(&mut self, _: Name<'_>) {
        self.open.pop();
    }
}
