//! The program that recognises: what is installed of it, what it is asked, what it answers.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, UNIX_EPOCH};

use tiaowen_blocks::LeftOutReason;
use tiaowen_text::is_han;

use super::orientation::Rotation;
use super::place::is_vertical;
use crate::pdf::Drawn;
use crate::program::{self, Answer, Bounds, ProgramError};
use crate::{DamageReason, ExtractError};

/// A page takes seconds, a full one on a busy machine half a minute.
pub(crate) const SECONDS: u64 = 120;
const BOUNDS: Bounds =
    Bounds { time: Duration::from_secs(SECONDS), memory: 2 << 30, answer: 64 << 20 };
/// Changes with what it is asked, so that earlier answers aren't taken for those of now.
const SETTINGS: &str = "psm3 tsv straight smooth upright missed 4";
const HEAD: &str = "level\tpage_num";
/// The model of the direction of characters, and the confidence from which on it is sure: that of pages
/// with text is 4 to 15, that of pages with a few words below 3.
const DIRECTIONS: &str = "osd";
const SURE_DIRECTION: f64 = 3.0;
/// Lines and words of a page that are looked at; a newspaper's has a tenth.
const MOST_WORDS: usize = 100_000;

/// The model that reads a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Model {
    Hant,
    Hans,
    /// Traditional characters in columns.
    HantVertical,
    /// Simplified ones.
    HansVertical,
}

impl Model {
    fn name(self) -> &'static str {
        match self {
            Model::Hant => "chi_tra",
            Model::Hans => "chi_sim",
            Model::HantVertical => "chi_tra_vert",
            Model::HansVertical => "chi_sim_vert",
        }
    }
}

/// What Tesseract should expect of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageLayout {
    /// Columns, headings, pictures.
    Page,
    /// Lines below each other.
    Lines,
}

impl PageLayout {
    /// Its mode of page segmentation.
    fn mode(self) -> &'static str {
        match self {
            PageLayout::Page => "3",
            PageLayout::Lines => "6",
        }
    }
}

/// What is missing to recognise anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Program,
    Models,
}

impl Missing {
    /// The error of a file in a format whose pages are pictures.
    pub(crate) fn reading(self, format: &'static str) -> ExtractError {
        ExtractError::Reader {
            format,
            reason: DamageReason::PagesArePictures,
            program: match self {
                Missing::Program => "Tesseract",
                Missing::Models => "Tesseract with its models of Chinese",
            },
            package: match self {
                Missing::Program => "tesseract-ocr, tesseract-ocr-chi-tra, tesseract-ocr-chi-sim",
                Missing::Models => "tesseract-ocr-chi-tra, tesseract-ocr-chi-sim",
            },
        }
    }
}

/// Why a page isn't read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RecogniseError {
    /// It took too long.
    Slow,
    /// Others took too long before it.
    GivenUp,
    /// It can't be drawn or read.
    Failed(LeftOutReason),
}

impl RecogniseError {
    pub(crate) fn garbled() -> Self {
        RecogniseError::Failed(LeftOutReason::TesseractGarbled)
    }

    /// The page without text, with why.
    pub(crate) fn page(self) -> Drawn {
        let why = match self {
            RecogniseError::Slow => LeftOutReason::RecognitionSlow { seconds: SECONDS },
            RecogniseError::GivenUp => LeftOutReason::RecognitionGivenUp,
            RecogniseError::Failed(why) => why,
        };
        Drawn { unread: Some(why), ..Drawn::default() }
    }
}

impl From<ProgramError> for RecogniseError {
    fn from(error: ProgramError) -> Self {
        match error {
            ProgramError::Slow => RecogniseError::Slow,
            ProgramError::Missing => RecogniseError::Failed(LeftOutReason::ProgramGone),
            ProgramError::System(error) => {
                RecogniseError::Failed(LeftOutReason::Says { says: error.to_string() })
            }
        }
    }
}

/// Tesseract as it is installed.
#[derive(Debug)]
pub(crate) struct Engine {
    program: OsString,
    version: String,
    languages: Vec<String>,
    /// Where its models are.
    models: Option<PathBuf>,
}

/// What a program answers to a flag.
fn ask(program: &OsStr, flag: &str) -> Result<String, Missing> {
    let bounds = Bounds { time: Duration::from_secs(20), ..BOUNDS };
    let answer = program::run(Command::new(program).arg(flag), b"", bounds);
    // Some versions write it to the one, some to the other.
    let Answer { mut output, said, .. } = answer.map_err(|_| Missing::Program)?;
    output.extend(said);
    Ok(String::from_utf8_lossy(&output).into_owned())
}

/// The size of a file and its time in seconds.
fn size_and_time(file: &Path) -> Option<String> {
    let found = fs::metadata(file).ok()?;
    let time = found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {}", found.len(), time.as_secs()))
}

impl Engine {
    /// The one that the system has, looked for once.
    ///
    /// # Errors
    /// What is missing.
    pub(crate) fn installed() -> Result<&'static Engine, Missing> {
        static INSTALLED: OnceLock<Result<Engine, Missing>> = OnceLock::new();
        INSTALLED.get_or_init(|| Engine::of("tesseract".into())).as_ref().map_err(|error| *error)
    }

    /// The one that a program is.
    pub(crate) fn of(program: OsString) -> Result<Self, Missing> {
        let version = ask(&program, "--version")?;
        let version = version.lines().next().unwrap_or_default().trim().to_owned();
        let listed = ask(&program, "--list-langs")?;
        let mut lines = listed.lines();
        let folder = lines.next().and_then(|line| Some(line.split_once('"')?.1.split_once('"')?.0));
        let models = folder.map(PathBuf::from);
        let languages = lines.map(|line| line.trim().to_owned()).collect();
        let engine = Engine { program, version, languages, models };
        engine.models().map(|_| engine)
    }

    /// The models of Chinese in lines that are there.
    pub(crate) fn models(&self) -> Result<Vec<Model>, Missing> {
        let models = self.those_of(&[Model::Hant, Model::Hans]);
        if models.is_empty() { Err(Missing::Models) } else { Ok(models) }
    }

    /// The models of Chinese in columns that are there; reading is none the worse without.
    pub(crate) fn vertical_models(&self) -> Vec<Model> {
        self.those_of(&[Model::HantVertical, Model::HansVertical])
    }

    fn those_of(&self, models: &[Model]) -> Vec<Model> {
        let has = |model: &&Model| self.languages.iter().any(|known| known == model.name());
        models.iter().filter(has).copied().collect()
    }

    /// What names an answer's origin: version, settings and model, by its size and time.
    pub(crate) fn identity(&self, model: Model) -> String {
        let file = self.models.as_ref().and_then(|folder| {
            size_and_time(&folder.join(format!("{}.traineddata", model.name())))
        });
        let file = file.unwrap_or_default();
        let directions = if self.has_directions() { DIRECTIONS } else { "" };
        format!("{} {SETTINGS} {directions} {} {file}", self.version, model.name())
    }

    fn has_directions(&self) -> bool {
        self.languages.iter().any(|known| known == DIRECTIONS)
    }

    /// By how much a picture must be turned so that its characters are upright; `None` if that is
    /// unsure, or the model of directions isn't installed.
    pub(super) fn orientation(&self, picture: &[u8]) -> Option<Rotation> {
        if !self.has_directions() {
            return None;
        }
        let mut command = Command::new(&self.program);
        command
            .args(["stdin", "stdout", "-l", DIRECTIONS, "--psm", "0"])
            .env("OMP_THREAD_LIMIT", "1");
        let Answer { output, .. } = program::run(&mut command, picture, BOUNDS).ok()?;
        direction(&String::from_utf8_lossy(&output))
    }

    /// What it says of a picture, as a table of words; of a page of it, from 0, where it has several.
    pub(crate) fn recognise(
        &self,
        picture: &[u8],
        dpi: Option<u32>,
        page: Option<usize>,
        layout: PageLayout,
        model: Model,
    ) -> Result<Vec<u8>, RecogniseError> {
        let mut command = Command::new(&self.program);
        command
            .args(["stdin", "stdout", "-l", model.name(), "--psm", layout.mode()])
            .args(["-c", "tessedit_create_tsv=1"])
            // Pages go side by side; what works on one is a thread.
            .env("OMP_THREAD_LIMIT", "1");
        if let Some(dpi) = dpi {
            command.args(["--dpi", &dpi.to_string()]);
        }
        if let Some(page) = page {
            command.args(["-c", &format!("tessedit_page_number={page}")]);
        }
        let Answer { output, said, is_success } = program::run(&mut command, picture, BOUNDS)?;
        if is_success && output.starts_with(HEAD.as_bytes()) {
            return Ok(output);
        }
        let said = String::from_utf8_lossy(&said);
        let said = said.lines().map(str::trim).find(|line| line.contains("rror"));
        Err(RecogniseError::Failed(said.map_or(LeftOutReason::TesseractDamaged, |said| {
            LeftOutReason::TesseractFailed { says: said.to_owned() }
        })))
    }
}

/// The direction in an answer of the model of directions, if it is sure.
fn direction(answer: &str) -> Option<Rotation> {
    let value = |name: &str| {
        let line = answer.lines().find_map(|line| line.trim().strip_prefix(name));
        line.and_then(|line| line.strip_prefix(':')).map(str::trim)
    };
    let confidence: f64 = value("Orientation confidence")?.parse().ok()?;
    let rotation = value("Rotate")?.parse().ok().and_then(Rotation::of_degrees);
    rotation.filter(|_| confidence >= SURE_DIRECTION)
}

/// The words of a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ReadPage {
    /// In pixels.
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) lines: Vec<ReadLine>,
    /// How the page was turned before it was read.
    pub(crate) rotation: Rotation,
}

/// A line of a page, as Tesseract has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ReadLine {
    pub(crate) words: Vec<ReadWord>,
}

/// A word, which in Chinese is one or some characters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReadWord {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Of a hundred.
    pub(crate) confidence: f64,
    pub(crate) text: String,
}

impl ReadPage {
    /// A page without text.
    pub(super) fn of_size(width: usize, height: usize) -> Self {
        let (width, height) = (width as f64, height as f64);
        ReadPage { width, height, ..ReadPage::default() }
    }

    /// An answer of a page without text. Tesseract has no text in the row of the page, so that keeps how
    /// it was turned.
    pub(super) fn blank(width: usize, height: usize, rotation: Rotation) -> Vec<u8> {
        let degrees = rotation.degrees();
        format!(
            "{HEAD}\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n1\t1\t0\t0\t0\t0\t0\t0\t{width}\t{height}\t-1\t{degrees}\n"
        )
        .into_bytes()
    }

    /// Reads an answer; `None` where it is none.
    pub(crate) fn parse(answer: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(answer);
        let mut rows = text.lines();
        rows.next().filter(|head| head.starts_with(HEAD))?;
        let mut page = ReadPage::default();
        for row in rows.take(MOST_WORDS) {
            let cells: Vec<&str> = row.splitn(12, '\t').collect();
            let [level, _, _, _, _, _, left, top, width, height, confidence, rest @ ..] =
                &cells[..]
            else {
                continue;
            };
            let number = |cell: &str| cell.parse::<f64>().ok().filter(|number| number.is_finite());
            let place = [left, top, width, height].map(|cell| number(cell));
            let [Some(left), Some(top), Some(width), Some(height)] = place else { continue };
            match *level {
                "1" => {
                    (page.width, page.height) = (width, height);
                    let degrees = rest.first().and_then(|cell| cell.trim().parse().ok());
                    page.rotation = degrees.and_then(Rotation::of_degrees).unwrap_or_default();
                }
                "4" => page.lines.push(ReadLine::default()),
                "5" => {
                    let text: String = rest
                        .iter()
                        .flat_map(|text| text.chars())
                        .filter(|c| !is_unseen(*c))
                        .collect();
                    let confidence = number(confidence).unwrap_or(0.0).clamp(0.0, 100.0);
                    if text.is_empty() || width <= 0.0 || height <= 0.0 {
                        continue;
                    }
                    if page.lines.is_empty() {
                        page.lines.push(ReadLine::default());
                    }
                    let word = ReadWord { left, top, width, height, confidence, text };
                    page.lines.last_mut()?.words.push(word);
                }
                _ => {}
            }
        }
        page.lines.retain(|line| !line.words.is_empty());
        (page.width >= 1.0 && page.height >= 1.0).then_some(page)
    }

    /// The page as an answer, which [`parse`](Self::parse) reads.
    pub(super) fn answer(&self) -> Vec<u8> {
        let mut answer = ReadPage::blank(self.width as usize, self.height as usize, self.rotation);
        for line in &self.lines {
            answer.extend(b"4\t1\t1\t1\t1\t0\t0\t0\t1\t1\t-1\t\n");
            for ReadWord { left, top, width, height, confidence, text } in &line.words {
                let word = format!(
                    "5\t1\t1\t1\t1\t1\t{left}\t{top}\t{width}\t{height}\t{confidence}\t{text}\n"
                );
                answer.extend(word.into_bytes());
            }
        }
        answer
    }

    /// How high characters of Chinese are, in pixels: those in the middle of all.
    pub(super) fn height_of_characters(&self) -> Option<f64> {
        let mut heights: Vec<f64> =
            self.words().filter(|word| word.han() > 0).map(|word| word.height).collect();
        heights.sort_by(f64::total_cmp);
        heights.get(heights.len() / 2).copied()
    }

    fn words(&self) -> impl Iterator<Item = &ReadWord> {
        self.lines.iter().flat_map(|line| &line.words)
    }

    /// All that is read, line by line.
    pub(crate) fn text(&self) -> String {
        let line = |line: &ReadLine| -> String {
            line.words.iter().map(|word| word.text.as_str()).chain(["\n"]).collect()
        };
        self.lines.iter().map(line).collect()
    }

    /// Whether most of the text is vertical.
    pub(crate) fn is_vertical(&self) -> bool {
        let words = |line: &ReadLine| line.words.len();
        let vertical = self.lines.iter().filter(|line| is_vertical(line)).map(words);
        vertical.sum::<usize>() * 2 > self.words().count()
    }

    /// How many characters of Chinese are read.
    pub(crate) fn han(&self) -> usize {
        self.words().map(ReadWord::han).sum()
    }

    /// How many letters, figures and marks are read.
    pub(super) fn characters(&self) -> usize {
        self.words().map(|word| word.text.chars().count()).sum()
    }

    /// How certain the reading of all characters is, of a hundred; 0 where there are none.
    pub(super) fn legibility(&self) -> f64 {
        let count = |word: &ReadWord| word.text.chars().count() as f64;
        let sum: f64 = self.words().map(|word| word.confidence * count(word)).sum();
        sum / (self.characters() as f64).max(1.0)
    }

    /// How certain the reading of Chinese is, of a hundred; 0 where there is none.
    pub(crate) fn certainty(&self) -> f64 {
        let sum: f64 = self.words().map(|word| word.confidence * word.han() as f64).sum();
        sum / (self.han() as f64).max(1.0)
    }
}

impl ReadLine {
    /// How certain its reading is, of a hundred.
    pub(super) fn certainty(&self) -> f64 {
        let count = |word: &ReadWord| word.text.chars().count() as f64;
        let sum: f64 = self.words.iter().map(|word| word.confidence * count(word)).sum();
        sum / self.words.iter().map(count).sum::<f64>().max(1.0)
    }
}

impl ReadWord {
    pub(crate) fn han(&self) -> usize {
        self.text.chars().filter(|c| is_han(*c)).count()
    }
}

/// What a text has no use for: white space, controls and marks of direction.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}
