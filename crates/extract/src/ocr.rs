//! Pages that are pictures, read by Tesseract where it is installed.
//!
//! A page of a PDF without a text layer is drawn by poppler's `pdftoppm`, a picture is taken as it is,
//! and Tesseract returns words with their positions. The PDF reader works on positioned text as well, so
//! the same code finds lines, columns, tables, notes and furniture.
//!
//! Tesseract has a model for each script, and reads the other one's characters as similar ones of its
//! own. So the first page with text is read by both models; the one that is more certain of its reading
//! reads the document. How certain it is of a word stays with the word: a reader should know what to
//! look at twice.
//!
//! Recognising a page takes seconds. What Tesseract answers is kept in the user's cache, by the hash
//! of the file and by all that the answer depends on, so that nothing is recognised twice.

mod again;
mod cache;
mod missed;
mod orientation;
mod picture;
mod place;
mod raster;
mod render;
mod straighten;
mod tesseract;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use tiaowen_blocks::{LeftOutReason, SourceText};
use tiaowen_text::Script;

use crate::pdf::Drawn;
use crate::{DamageReason, ExtractError};

use again::Sheet;
use cache::Cache;
use orientation::Rotation;
use place::drawn;
use raster::Raster;
use render::Rendering;
use straighten::straightened;
pub(crate) use tesseract::RecogniseError;
use tesseract::{Engine, Model, PageLayout, ReadPage};

/// Whether pages are read by text recognition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Ocr {
    /// Those that are pictures.
    #[default]
    Auto,
    /// None.
    Never,
    /// All pages of a PDF, whatever text layer they have.
    Always,
}

impl Ocr {
    /// The name used on the command line and in an index.
    pub fn as_str(self) -> &'static str {
        match self {
            Ocr::Auto => "auto",
            Ocr::Never => "never",
            Ocr::Always => "always",
        }
    }

    /// Reads what [`as_str`](Self::as_str) gives.
    pub fn parse(text: &str) -> Option<Self> {
        [Ocr::Auto, Ocr::Never, Ocr::Always].into_iter().find(|ocr| ocr.as_str() == text)
    }
}

/// How far the recognition of a file is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recognising {
    /// Pages that are done.
    pub done: usize,
    /// Pages to recognise.
    pub pages: usize,
    /// Pages that are recognised in a minute, those of the cache aside.
    pub per_minute: f64,
}

/// How a file is to be read.
#[derive(Clone, Copy)]
pub struct ReadOptions<'a> {
    /// Which pages are recognised.
    pub ocr: Ocr,
    /// Called after each recognised page.
    pub tell: &'a (dyn Fn(Recognising) + Sync),
}

impl ReadOptions<'static> {
    /// Without recognition: what runs no program and takes no long time.
    pub const PLAIN: ReadOptions<'static> = ReadOptions { ocr: Ocr::Never, tell: &|_| {} };
}

impl Default for ReadOptions<'static> {
    fn default() -> Self {
        ReadOptions { ocr: Ocr::Auto, ..ReadOptions::PLAIN }
    }
}

impl std::fmt::Debug for ReadOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadOptions").field("ocr", &self.ocr).finish_non_exhaustive()
    }
}

/// Why pictures can't be read now; `None` where they can.
pub fn picture_refusal(ocr: Ocr) -> Option<ExtractError> {
    if ocr == Ocr::Never {
        return Some(ExtractError::Unrecognised);
    }
    Engine::installed().err().map(|missing| missing.reading("picture"))
}

/// A file whose pages are recognised.
enum Source<'a> {
    Pdf(Rendering),
    Picture(Vec<u8>),
    /// A file with an image for each page, by the page's number.
    Images(&'a (dyn Fn(usize) -> Option<Vec<u8>> + Sync)),
}

/// A page that is to be recognised.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WantedPage {
    /// From 0.
    pub(crate) number: usize,
    /// Width and height in points, where they are known.
    pub(crate) extent: Option<(f64, f64)>,
}

/// Pages of a PDF by recognition: for each what is drawn on it, else why it can't be read.
///
/// # Errors
/// When what reads them isn't installed or can't work at all.
pub(crate) fn pdf_pages(
    bytes: &[u8],
    wanted: &[WantedPage],
    reading: &ReadOptions<'_>,
) -> Result<Vec<Result<Drawn, RecogniseError>>, ExtractError> {
    let engine = Engine::installed().map_err(|missing| missing.reading("PDF"))?;
    render::check_installed()?;
    let source = Source::Pdf(Rendering::of(bytes)?);
    let run = Run::new(engine, &source, blake3::hash(bytes), Cache::open(), reading, "PDF");
    run.pages(wanted)
}

/// Pages of a file with an image for each, by recognition.
///
/// # Errors
/// When what reads them isn't installed.
pub(crate) fn image_pages(
    bytes: &[u8],
    wanted: &[WantedPage],
    image: &(dyn Fn(usize) -> Option<Vec<u8>> + Sync),
    format: &'static str,
    reading: &ReadOptions<'_>,
) -> Result<Vec<Result<Drawn, RecogniseError>>, ExtractError> {
    let engine = Engine::installed().map_err(|missing| missing.reading(format))?;
    let source = Source::Images(image);
    Run::new(engine, &source, blake3::hash(bytes), Cache::open(), reading, format).pages(wanted)
}

/// How many pages a PDF has that only poppler can open.
///
/// # Errors
/// When poppler isn't installed or can't open it either.
pub(crate) fn pdf_page_count(bytes: &[u8]) -> Result<usize, ExtractError> {
    Rendering::of(bytes)?.count()
}

/// A picture of one or more pages, by recognition.
///
/// # Errors
/// [`ExtractError::Unrecognised`] where recognition is switched off or finds no text,
/// [`ExtractError::Reader`] where Tesseract isn't installed, [`ExtractError::Slow`] where it takes too
/// long, [`ExtractError::Damaged`] where it is no picture that can be read.
pub fn picture(
    bytes: &[u8],
    reading: &ReadOptions<'_>,
) -> Result<SourceText<'static>, ExtractError> {
    if bytes.is_empty() {
        return Err(ExtractError::Empty);
    }
    if reading.ocr == Ocr::Never {
        return Err(ExtractError::Unrecognised);
    }
    let pages = picture::pages(bytes)
        .map_err(|reason| ExtractError::Damaged { format: "picture", reason })?;
    let engine = Engine::installed().map_err(|missing| missing.reading("picture"))?;
    let source = Source::Picture(bytes.to_owned());
    let run = Run::new(engine, &source, blake3::hash(bytes), Cache::open(), reading, "picture");
    let wanted: Vec<WantedPage> =
        (0..pages).map(|number| WantedPage { number, extent: None }).collect();
    laid_out(run.pages(&wanted)?, "picture")
}

/// Recognised pages of a file in a format as a text, where any text is on them.
pub(crate) fn laid_out(
    pages: Vec<Result<Drawn, RecogniseError>>,
    format: &'static str,
) -> Result<SourceText<'static>, ExtractError> {
    if pages.iter().all(Result::is_err)
        && let Some(Err(error)) = pages.first()
    {
        return Err(match error {
            RecogniseError::Failed(reason) => {
                ExtractError::Damaged { format, reason: DamageReason::Page(reason.clone()) }
            }
            RecogniseError::Slow | RecogniseError::GivenUp => {
                ExtractError::Slow { seconds: tesseract::SECONDS }
            }
        });
    }
    let pages = pages.into_iter().map(|page| page.unwrap_or_else(RecogniseError::page)).collect();
    let read =
        crate::pdf::laid_out(pages).map_err(|reason| ExtractError::Damaged { format, reason })?;
    if !has_text(&read) {
        return Err(ExtractError::Unrecognised);
    }
    Ok(read)
}

/// Whether a text has more than what was left out of it.
fn has_text(read: &SourceText<'_>) -> bool {
    read.text.char_indices().any(|(at, c)| !c.is_whitespace() && !is_left_out(read, at))
}

/// Whether a byte is in a part of a text that is left out.
fn is_left_out(read: &SourceText<'_>, at: usize) -> bool {
    let next = read.left_out.partition_point(|left| left.span.end <= at);
    read.left_out.get(next).is_some_and(|left| left.span.contains(&at))
}

/// Number of pages past their time limit after which the rest of a file is skipped.
const MOST_SLOW: usize = 3;
/// Maximum number of pages sampled to detect the script, and the number of Han characters that suffices.
const SAMPLES: usize = 4;
const ENOUGH: usize = 20;
/// By what pages that were drawn or scanned at 300 dots an inch are made smaller, and the pixels of the
/// longer side of a picture from which on it is so large. Tesseract finds lines best where characters are
/// some 35 pixels high, and averaged pixels have less grain.
const SMALLER: f64 = 0.75;
const LARGE_PICTURE: usize = 2_600;
/// Dots an inch of pages made smaller, and of other images in the size in which they are read.
const DPI: u32 = 225;
/// Heights of characters that are read well, in pixels; others are brought to this height.
const READABLE: std::ops::RangeInclusive<f64> = 18.0..=64.0;
const BEST_HEIGHT: f64 = 33.0;
/// Pixels of the longer side of an image that is not made smaller.
const SMALL: usize = 1_000;

/// A page as Tesseract reads it.
struct PageRead {
    read: Result<ReadPage, RecogniseError>,
    /// Its image as it lies, set straight, if it was drawn now.
    raster: Option<Raster>,
    /// Whether Tesseract was asked now.
    is_fresh: bool,
}

/// The recognition of a file.
struct Run<'a> {
    engine: &'a Engine,
    source: &'a Source<'a>,
    hash: blake3::Hash,
    cache: Option<Cache>,
    reading: &'a ReadOptions<'a>,
    format: &'static str,
    slow: AtomicUsize,
    /// Pages that are read at once.
    threads: usize,
}

impl<'a> Run<'a> {
    fn new(
        engine: &'a Engine,
        source: &'a Source<'a>,
        hash: blake3::Hash,
        cache: Option<Cache>,
        reading: &'a ReadOptions<'a>,
        format: &'static str,
    ) -> Self {
        let (slow, threads) = (AtomicUsize::new(0), rayon::current_num_threads());
        Run { engine, source, hash, cache, reading, format, slow, threads }
    }

    fn pages(
        &self,
        wanted: &[WantedPage],
    ) -> Result<Vec<Result<Drawn, RecogniseError>>, ExtractError> {
        let (model, usual) = self.model(wanted)?;
        let (begun, progress) = (Instant::now(), Mutex::new((0_usize, 0_usize)));
        let recognised = side_by_side(wanted.len(), self.threads, |at| {
            let page = wanted[at];
            let (read, is_fresh) = self.certain_page(page, model, usual);
            let drawn = read.map(|read| drawn(&read, page.extent));
            // Nothing is done under the lock that could panic.
            let mut counts = progress.lock().unwrap_or_else(PoisonError::into_inner);
            counts.0 += 1;
            counts.1 += usize::from(is_fresh);
            let (done, fresh) = *counts;
            drop(counts);
            let minutes = begun.elapsed().as_secs_f64() / 60.0;
            let per_minute = if minutes > 0.0 { fresh as f64 / minutes } else { 0.0 };
            (self.reading.tell)(Recognising { done, pages: wanted.len(), per_minute });
            drawn
        });
        Ok(recognised)
    }

    /// The model of the script that the pages are in, and how they lie: the first page with text is read
    /// by both models.
    fn model(&self, wanted: &[WantedPage]) -> Result<(Model, Rotation), ExtractError> {
        let models = self.engine.models().map_err(|missing| missing.reading(self.format))?;
        let mut best = (models.first().copied().unwrap_or(Model::Hant), Rotation::None);
        let vertical = self.engine.vertical_models();
        if models.len() + vertical.len() < 2 {
            return Ok(best);
        }
        for page in wanted.iter().take(SAMPLES) {
            let Some((model, read)) = self.best_of(&models, *page) else { continue };
            best = (model, read.rotation);
            // Columns are seen as such, but read as if they lay on their side.
            if read.is_vertical()
                && let Some((model, upright)) = self.best_of(&vertical, *page)
                && upright.certainty() > read.certainty()
            {
                return Ok((model, upright.rotation));
            }
            if read.han() >= ENOUGH {
                break;
            }
        }
        Ok(best)
    }

    /// Of models the one that reads a page with most certainty, and what it reads.
    fn best_of(&self, models: &[Model], page: WantedPage) -> Option<(Model, ReadPage)> {
        let read = side_by_side(models.len(), self.threads, |at| {
            self.page(page, models[at], Rotation::None).read
        });
        let read = models.iter().copied().zip(read);
        let read = read.filter_map(|(model, read)| Some((model, read.ok()?)));
        read.reduce(|one, other| if is_right(&one.1, &other.1) { one } else { other })
    }

    /// What Tesseract says of a page, where lines that it doubts or missed are read by themselves, and
    /// whether it was asked now.
    fn certain_page(
        &self,
        page: WantedPage,
        model: Model,
        usual: Rotation,
    ) -> (Result<ReadPage, RecogniseError>, bool) {
        let key = format!("{} again", self.key(page, model, usual));
        if let Some(read) = self.kept(&key) {
            return (Ok(read), false);
        }
        let PageRead { read, raster, is_fresh } = self.page(page, model, usual);
        let mut read = match read {
            Ok(read) => read,
            Err(error) => return (Err(error), is_fresh),
        };
        let turn = Turn::wait(self.threads);
        let raster = raster.or_else(|| self.raster(page).ok().flatten());
        let again = raster.filter(|raster| !raster.is_blank()).and_then(|raster| {
            let raster = read.rotation.turn(raster);
            let factor = read.width / raster.width as f64;
            let sheet = Sheet::of(&read, &prepared(raster, factor))?;
            let picture = sheet.raster.pgm();
            let answer =
                self.engine.recognise(&picture, Some(DPI), None, PageLayout::Lines, model).ok()?;
            Some((sheet, ReadPage::parse(&answer)?))
        });
        drop(turn);
        if let Some((sheet, again)) = again {
            sheet.mend(&mut read, again);
        }
        if let Some(cache) = &self.cache {
            cache.store(&key, &read.answer());
        }
        (Ok(read), true)
    }

    /// What is kept under a key.
    fn kept(&self, key: &str) -> Option<ReadPage> {
        let answer = self.cache.as_ref()?.load(key)?;
        ReadPage::parse(&answer)
    }

    /// What Tesseract says of a page.
    fn page(&self, page: WantedPage, model: Model, usual: Rotation) -> PageRead {
        let without_image = |read, is_fresh| PageRead { read, raster: None, is_fresh };
        if self.slow.load(Ordering::Relaxed) >= MOST_SLOW {
            return without_image(Err(RecogniseError::GivenUp), false);
        }
        let key = self.key(page, model, usual);
        if let Some(read) = self.kept(&key) {
            return without_image(Ok(read), false);
        }
        let turn = Turn::wait(self.threads);
        let (read, raster) = match self.raster(page) {
            Ok(Some(raster)) => (self.read_upright(&raster, model, usual), Some(raster)),
            // Beyond this crate.
            Ok(None) => (self.read_image(page, model), None),
            Err(error) => (Err(error), None),
        };
        drop(turn);
        if let (Ok(read), Some(cache)) = (&read, &self.cache) {
            cache.store(&key, &read.answer());
        }
        if matches!(read, Err(RecogniseError::Slow)) {
            self.slow.fetch_add(1, Ordering::Relaxed);
        }
        PageRead { read, raster, is_fresh: true }
    }

    /// Has Tesseract read the image of a page as it is.
    fn read_image(&self, page: WantedPage, model: Model) -> Result<ReadPage, RecogniseError> {
        let (bytes, nth) = self.image(page)?;
        let answer = self.engine.recognise(&bytes, None, Some(nth), PageLayout::Page, model)?;
        ReadPage::parse(&answer).ok_or_else(RecogniseError::garbled)
    }

    /// The image of a page and which page of it that is.
    fn image(&self, page: WantedPage) -> Result<(Cow<'_, [u8]>, usize), RecogniseError> {
        match self.source {
            Source::Picture(bytes) => Ok((Cow::Borrowed(bytes), page.number)),
            Source::Images(image) => match image(page.number) {
                Some(bytes) => Ok((Cow::Owned(bytes), 0)),
                None => Err(RecogniseError::Failed(LeftOutReason::ImageNotInFile)),
            },
            Source::Pdf(_) => Err(RecogniseError::Failed(LeftOutReason::NoImage)),
        }
    }

    /// A page in shades of grey, set straight; `None` where that is beyond this crate.
    fn raster(&self, page: WantedPage) -> Result<Option<Raster>, RecogniseError> {
        let raster = match self.source {
            Source::Pdf(rendering) => Some(rendering.page(page)?),
            Source::Picture(_) | Source::Images(_) => {
                let (bytes, nth) = self.image(page)?;
                let raster = picture::raster(&bytes, nth);
                raster.map(|raster| raster.shrunk(render::MOST_PIXELS as usize))
            }
        };
        Ok(raster.map(straightened))
    }

    /// Reads an image at the size at which its characters are read best.
    fn read(&self, raster: &Raster, model: Model) -> Result<ReadPage, RecogniseError> {
        if raster.is_blank() {
            return Ok(ReadPage::of_size(raster.width, raster.height));
        }
        let factor = self.usual_factor(raster);
        let read = self.read_at(raster, factor, model)?;
        let height = read.height_of_characters().filter(|_| read.han() >= ENOUGH);
        let Some(height) = height.filter(|height| !READABLE.contains(height)) else {
            return Ok(read);
        };
        let most = render::MOST_PIXELS / raster.width.max(raster.height) as f64;
        let factor = (factor * BEST_HEIGHT / height).min(most);
        let other = self.read_at(raster, factor, model)?;
        Ok(if other.certainty() > read.certainty() { other } else { read })
    }

    /// Reads an image that is made larger or smaller by a factor.
    fn read_at(
        &self,
        raster: &Raster,
        factor: f64,
        model: Model,
    ) -> Result<ReadPage, RecogniseError> {
        let picture = prepared(raster.clone(), factor).pgm();
        let answer = self.engine.recognise(&picture, Some(DPI), None, PageLayout::Page, model)?;
        ReadPage::parse(&answer).ok_or_else(RecogniseError::garbled)
    }

    /// By what an image of this size is made smaller or larger before it is read.
    fn usual_factor(&self, raster: &Raster) -> f64 {
        let longer = raster.width.max(raster.height);
        let is_large = matches!(self.source, Source::Pdf(_)) || longer > LARGE_PICTURE;
        if is_large && longer > SMALL { SMALLER } else { 1.0 }
    }

    /// All that an answer depends on.
    fn key(&self, page: WantedPage, model: Model, usual: Rotation) -> String {
        let scale = match self.source {
            Source::Pdf(_) => render::pixels(page.extent),
            Source::Picture(_) | Source::Images(_) => 0,
        };
        let (hash, engine) = (self.hash.to_hex(), self.engine.identity(model));
        match usual {
            Rotation::None => format!("{hash} {} {scale} {engine}", page.number),
            turned => {
                format!("{hash} {} {scale} {engine} turned {}", page.number, turned.degrees())
            }
        }
    }
}

/// An image as it is recognised: in a size, without grain, with paper white and ink black.
fn prepared(raster: Raster, factor: f64) -> Raster {
    let mut raster = if factor == 1.0 { raster } else { raster.resampled(factor) };
    raster.level();
    raster
}

/// Does work for each number below `count`, and gives what came of it in order. Threads of their own do
/// it, as one of a pool may be given other work while it waits: such as reading another file, which
/// may wait for a lock that its own caller holds.
fn side_by_side<T: Send>(count: usize, threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(count)));
    let go_on = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return;
            }
            let found = work(at);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((at, found));
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads.clamp(1, count.max(1)) {
            scope.spawn(go_on);
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, found)| found).collect()
}

/// Pages that are being read now, of all files.
static RUNNING: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// The turn of a page: of several files at once no more pages are read than of one.
struct Turn;

impl Turn {
    fn wait(most: usize) -> Self {
        let (running, ended) = &RUNNING;
        let mut count = running.lock().unwrap_or_else(PoisonError::into_inner);
        while *count >= most.max(1) {
            count = ended.wait(count).unwrap_or_else(PoisonError::into_inner);
        }
        *count += 1;
        Turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let (running, ended) = &RUNNING;
        *running.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        ended.notify_one();
    }
}

/// Whether of two readings of a page, by the model of Traditional and that of Simplified characters, the
/// first is right: the one that is more certain; where both are nearly so, what they read decides.
fn is_right(hant: &ReadPage, hans: &ReadPage) -> bool {
    const CLEAR: f64 = 3.0;
    let (one, other) = (hant.certainty(), hans.certainty());
    if (one - other).abs() >= CLEAR {
        return one > other;
    }
    // A model knows the characters that both scripts have as well as the other does.
    match (Script::of(&hant.text()), Script::of(&hans.text())) {
        (Script::Hant, Script::Hant) => true,
        (Script::Hans, Script::Hans) => false,
        _ => one >= other,
    }
}
