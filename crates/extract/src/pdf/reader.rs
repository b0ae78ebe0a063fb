//! Reads the content of a PDF's pages in drawing order.
//!
//! A content stream is a program that draws. The reader executes the operators that place text,
//! rulings and pictures, and ignores the rest. Every loop and nesting has a limit, because a stream
//! may be built to run forever.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use hayro_font::kurbo::{Affine, Point, Rect, Vec2};
use hayro_font::{
    CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn, GlyphId, UNITS_PER_EM,
};
use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction as Op;
use hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier, Rect as Box4, Stream};
use hayro_syntax::page::{Page, Resources};
use hayro_syntax::{LoadPdfError, Pdf};
use tiaowen_blocks::LeftOutReason;

use crate::DamageReason;

use super::guard::{Clocked, ENCRYPTED, Refusal, guarded, refuse, weigh};
use super::lines::{self, Glyph, PageLines};

/// Maximum number of characters of a page; a newspaper page has one hundredth of it.
const MOST_GLYPHS: usize = 1 << 20;
/// Maximum text of a file in bytes.
const MOST_TEXT: usize = 64 * 1024 * 1024;
/// Maximum nesting of forms.
const DEEPEST: usize = 64;
/// Maximum nesting of graphics states and of marked content.
const MOST_NESTED: usize = 4096;
/// Maximum number of widths of a font: all codes of two bytes, several times.
const MOST_WIDTHS: f64 = 1e6;
/// One character in so many may be unknown.
const MOST_UNKNOWN: usize = 20;
/// Maximum number of lines and boxes examined on a page, and the maximum thickness of a line.
const MOST_RULES: usize = 8192;
const THIN: f64 = 2.5;
/// Appended to the content, so that content that breaks off is noticed.
const END: &[u8] = b"\nEndOfContent ";

/// The lines of all pages; none where no text is drawn.
pub(super) fn read(bytes: &[u8], time: Duration) -> Result<Vec<PageLines>, Refusal> {
    weigh(bytes)?;
    guarded(|| {
        let file = Arc::new(Clocked::new(bytes, time));
        let pdf = match Pdf::new(file.clone()) {
            Ok(pdf) => pdf,
            Err(LoadPdfError::Decryption(_)) => refuse(ENCRYPTED.0),
            Err(_) => refuse(&DamageReason::Damaged),
        };
        let mut fonts = Fonts::default();
        let (mut pages, mut length, mut glyphs, mut unknown) = (Vec::new(), 0, 0, 0);
        if pdf.pages().is_empty() {
            refuse(&DamageReason::NoPages);
        }
        for page in pdf.pages().iter() {
            let drawn = Drawing::of(page, &mut fonts, &file).drawn;
            glyphs += drawn.glyphs.len();
            unknown += drawn.unknown;
            let page = lines::page(drawn, pages.last());
            length += page.lines.iter().map(|line| line.text.len() + 1).sum::<usize>();
            if length > MOST_TEXT {
                refuse(&DamageReason::TooMuchText);
            }
            pages.push(page);
        }
        // A bullet in a symbol font is no reason to refuse the rest.
        if unknown * MOST_UNKNOWN > glyphs {
            refuse(&DamageReason::FontCodes);
        }
        pages
    })
}

/// A page as drawn. The y axis points down.
#[derive(Debug, Default)]
pub(crate) struct Drawn {
    pub(crate) glyphs: Vec<Glyph>,
    /// The text that glyphs refer to.
    pub(crate) text: String,
    /// Thin lines and the edges of boxes.
    pub(crate) rules: Vec<Rect>,
    /// Number of glyphs without a known character.
    pub(crate) unknown: usize,
    /// Share of the page that its largest picture covers.
    pub(crate) pictured: f64,
    /// Width and height of the page in points, where they are known.
    pub(crate) extent: Option<(f64, f64)>,
    /// What recognition reads of it with so little certainty that it is no text.
    pub(crate) noise: String,
    /// Why nothing of it can be read.
    pub(crate) unread: Option<LeftOutReason>,
}

/// A font, with the meaning of its codes if it doesn't define them itself.
struct Face<'a> {
    font: Font<'a>,
    dict: Dict<'a>,
    collection: OnceCell<Option<(CMap, CMap)>>,
}

impl Face<'_> {
    fn text(&self, code: u32) -> Option<BfString> {
        let known = match self.font.glyph(GlyphId::NOTDEF, code) {
            FontGlyph::Outline(glyph) => glyph.as_unicode(),
            FontGlyph::Type3(glyph) => glyph.as_unicode(),
        };
        known.or_else(|| {
            let collection = self.collection.get_or_init(|| collection(&self.dict));
            let (codes, characters) = collection.as_ref()?;
            let cid = (1..=4).find_map(|length| codes.lookup_cid_code(code, length))?;
            characters.lookup_bf_string(cid)
        })
    }
}

/// For a font of a character collection, the maps from codes to the collection's numbers and on to
/// characters.
fn collection(font: &Dict<'_>) -> Option<(CMap, CMap)> {
    let parse = |name: CMapName<'_>| CMap::parse(load_embedded(name)?, load_embedded);
    let codes = match font.get::<Object<'_>>("Encoding")? {
        Object::Name(name) => match CMapName::from_bytes(&name) {
            CMapName::IdentityH | CMapName::IdentityV => CMap::identity_h(),
            name => parse(name)?,
        },
        Object::Stream(stream) => CMap::parse(&stream.decoded_data().ok()?, load_embedded)?,
        _ => return None,
    };
    let descendant = font.get::<Array<'_>>("DescendantFonts")?.iter::<Dict<'_>>().next()?;
    let info = descendant.get::<Dict<'_>>("CIDSystemInfo")?;
    let part = |key| info.get::<hayro_syntax::object::String<'_>>(key);
    let family = CidFamily::from_registry_ordering(&part("Registry")?, &part("Ordering")?);
    Some((codes, parse(family.ucs2_cmap()?)?))
}

/// The fonts of a file, each loaded once.
struct Fonts<'a> {
    faces: HashMap<ObjectIdentifier, Option<Rc<Face<'a>>>>,
    cache: FontCache<'a>,
    substitutes: FontResolverFn,
    cmaps: CMapResolverFn,
}

impl Default for Fonts<'_> {
    fn default() -> Self {
        Self {
            faces: HashMap::new(),
            cache: FontCache::new(),
            // Only widths and names are needed of a font that isn't embedded.
            substitutes: Arc::new(|query| match query {
                FontQuery::Standard(font) => Some(font.get_font_data()),
                FontQuery::Fallback(font) => Some(font.pick_standard_font().get_font_data()),
            }),
            cmaps: Arc::new(load_embedded),
        }
    }
}

impl<'a> Fonts<'a> {
    fn face(&mut self, dict: Dict<'a>, file: &Clocked) -> Option<Rc<Face<'a>>> {
        let id = dict.obj_id();
        if let Some(face) = id.and_then(|id| self.faces.get(&id)) {
            return face.clone();
        }
        check_widths(&dict);
        file.weigh_all(&dict, 0);
        let font = self.cache.font(&dict, &self.substitutes, &self.cmaps);
        let face = font.map(|font| Rc::new(Face { font, dict, collection: OnceCell::new() }));
        if let Some(id) = id {
            self.faces.insert(id, face.clone());
        }
        face
    }
}

/// Loading a font expands ranges of widths: `0 4294967295 500` would fill the memory.
fn check_widths(font: &Dict<'_>) {
    let Some(fonts) = font.get::<Array<'_>>("DescendantFonts") else { return };
    let mut widths = 0.0;
    for font in fonts.iter::<Dict<'_>>() {
        for (key, numbers) in [("W", 3), ("W2", 5)] {
            let Some(array) = font.get::<Array<'_>>(key) else { continue };
            let mut range = Vec::new();
            for object in array.iter::<Object<'_>>() {
                match object {
                    Object::Number(number) => range.push(number.as_f64()),
                    _ => range.clear(),
                }
                if range.len() == numbers {
                    widths += (range[1] - range[0]).abs();
                    range.clear();
                }
            }
        }
    }
    if widths > MOST_WIDTHS {
        refuse(&DamageReason::FontWidths);
    }
}

/// The text state.
#[derive(Clone)]
struct State<'a> {
    matrix: Affine,
    face: Option<Rc<Face<'a>>>,
    size: f64,
    char_space: f64,
    word_space: f64,
    scale: f64,
    leading: f64,
    rise: f64,
}

/// Marked content; `/ActualText` replaces all of it.
enum Marked {
    Plain,
    Instead(String),
    Replaced,
}

/// The drawing of a page in progress.
struct Drawing<'a, 'f> {
    fonts: &'f mut Fonts<'a>,
    file: &'f Clocked,
    state: State<'a>,
    states: Vec<State<'a>>,
    text_matrix: Affine,
    line_matrix: Affine,
    marked: Vec<Marked>,
    visible: Rect,
    depth: usize,
    /// Characters by position, in tenths of their size.
    places: HashSet<(char, i64, i64)>,
    /// Lines and boxes of the unpainted path, and its current point.
    path: Vec<Rect>,
    pen: Point,
    drawn: Drawn,
}

impl<'a, 'f> Drawing<'a, 'f> {
    fn of(page: &Page<'a>, fonts: &'f mut Fonts<'a>, file: &'f Clocked) -> Self {
        let matrix = Affine::new(page.initial_transform(true).as_coeffs());
        let Box4 { x0, y0, x1, y1 } = page.media_box();
        let state = State {
            matrix,
            face: None,
            size: 1.0,
            char_space: 0.0,
            word_space: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
        };
        let mut drawing = Self {
            fonts,
            file,
            state: state.clone(),
            states: Vec::new(),
            text_matrix: Affine::IDENTITY,
            line_matrix: Affine::IDENTITY,
            marked: Vec::new(),
            visible: matrix.transform_rect_bbox(Rect::new(x0, y0, x1, y1)),
            depth: 0,
            places: HashSet::new(),
            path: Vec::new(),
            pen: Point::ZERO,
            drawn: Drawn::default(),
        };
        drawing.drawn.extent = Some((drawing.visible.width(), drawing.visible.height()));
        let mut content = Vec::new();
        if let Some(stream) = page.raw().get::<Stream<'_>>("Contents") {
            content = drawing.unpacked(&stream);
        } else if let Some(streams) = page.raw().get::<Array<'_>>("Contents") {
            for stream in streams.iter::<Stream<'_>>() {
                content.extend(drawing.unpacked(&stream));
                content.push(b'\n');
                if content.len() > MOST_TEXT {
                    refuse(&DamageReason::PageTooLarge);
                }
            }
        }
        drawing.draw(content, page.resources());
        for note in page.raw().get::<Array<'_>>("Annots").iter().flat_map(Array::iter::<Dict<'_>>) {
            drawing.state = state.clone();
            drawing.annotation(&note, page.resources());
        }
        drawing
    }

    fn unpacked(&self, stream: &Stream<'_>) -> Vec<u8> {
        self.file.weigh(stream);
        match stream.decoded_data() {
            Ok(data) => data.into_owned(),
            Err(_) => refuse(&DamageReason::PackedDrawing),
        }
    }

    /// Draws form fields, stamps and typed annotations.
    fn annotation(&mut self, note: &Dict<'a>, resources: &Resources<'a>) -> Option<()> {
        const HIDDEN: u32 = 1 << 1;
        const NO_VIEW: u32 = 1 << 5;
        if note.get::<u32>("F").unwrap_or(0) & (HIDDEN | NO_VIEW) != 0 {
            return None;
        }
        let look = match note.get::<Dict<'_>>("AP")?.get::<Object<'_>>("N")? {
            Object::Stream(stream) => stream,
            Object::Dict(states) => states.get::<Stream<'_>>(note.get::<Name<'_>>("AS")?)?,
            _ => return None,
        };
        let place = note.get::<Box4>("Rect")?;
        let (matrix, shape) = (matrix(look.dict()), look.dict().get::<Box4>("BBox")?);
        let shape = Rect::new(shape.x0, shape.y0, shape.x1, shape.y1);
        let shape = matrix.transform_rect_bbox(shape);
        self.state.matrix *= Affine::translate((place.x0 - shape.x0, place.y0 - shape.y0));
        self.form(&look, resources);
        Some(())
    }

    fn form(&mut self, form: &Stream<'a>, resources: &Resources<'a>) {
        if self.depth >= DEEPEST {
            refuse(&DamageReason::FormsTooDeep);
        }
        self.depth += 1;
        let (outer, text_matrix, line_matrix) =
            (self.state.clone(), self.text_matrix, self.line_matrix);
        self.state.matrix *= matrix(form.dict());
        let of_form = form.dict().get::<Dict<'_>>("Resources").map(Resources::new);
        self.draw(self.unpacked(form), of_form.as_ref().unwrap_or(resources));
        (self.state, self.text_matrix, self.line_matrix) = (outer, text_matrix, line_matrix);
        self.depth -= 1;
    }

    fn draw(&mut self, mut content: Vec<u8>, resources: &Resources<'a>) {
        content.extend_from_slice(END);
        let (states, marked) = (self.states.len(), self.marked.len());
        let mut ended = false;
        let mut ops = TypedIter::new(&content);
        while let Some(op) = ops.next() {
            self.file.check();
            if self.states.len().max(self.marked.len()) > MOST_NESTED {
                refuse(&DamageReason::DrawingTooDeep);
            }
            match op {
                Op::SaveState(_) => self.states.push(self.state.clone()),
                Op::RestoreState(_) if self.states.len() > states => {
                    self.state = self.states.pop().unwrap_or_else(|| self.state.clone());
                }
                Op::EndMarkedContent(_) if self.marked.len() > marked => {
                    self.marked.pop();
                }
                Op::Fallback(op) if **op == END[1..END.len() - 1] => ended = true,
                op => self.execute(op, resources),
            }
        }
        if !ended {
            refuse(&DamageReason::CutDrawing);
        }
        self.states.truncate(states);
        self.marked.truncate(marked);
    }

    /// Executes an operator for graphics or marked content.
    fn execute(&mut self, op: Op<'_, '_>, resources: &Resources<'a>) {
        match op {
            Op::Transform(m) => {
                self.state.matrix *= affine([m.0, m.1, m.2, m.3, m.4, m.5].map(|n| n.as_f64()));
            }
            Op::XObject(name) => {
                if let Some(object) = resources.get_x_object(name.0) {
                    self.object(&object, resources);
                }
            }
            Op::MoveTo(to) => {
                self.pen = self.state.matrix * Point::new(to.0.as_f64(), to.1.as_f64());
            }
            Op::LineTo(to) => {
                let end = self.state.matrix * Point::new(to.0.as_f64(), to.1.as_f64());
                self.path.push(Rect::from_points(self.pen, end));
                self.pen = end;
            }
            Op::RectPath(r) => {
                let [x, y, width, height] = [r.0, r.1, r.2, r.3].map(|n| n.as_f64());
                let shape = Rect::new(x, y, x + width, y + height).abs();
                self.path.push(self.state.matrix.transform_rect_bbox(shape));
            }
            Op::StrokePath(_)
            | Op::CloseAndStrokePath(_)
            | Op::FillPathNonZero(_)
            | Op::FillPathNonZeroCompatibility(_)
            | Op::FillPathEvenOdd(_)
            | Op::FillAndStrokeNonZero(_)
            | Op::FillAndStrokeEvenOdd(_)
            | Op::CloseFillAndStrokeNonZero(_)
            | Op::CloseFillAndStrokeEvenOdd(_) => self.paint(),
            Op::EndPath(_) => self.path.clear(),
            Op::BeginMarkedContent(_) => self.marked.push(Marked::Plain),
            Op::BeginMarkedContentWithProperties(mark) => {
                let properties = match mark.1 {
                    Object::Dict(dict) => Some(dict.clone()),
                    Object::Name(name) => resources.properties.get::<Dict<'_>>(name),
                    _ => None,
                };
                let text = properties
                    .and_then(|p| p.get::<hayro_syntax::object::String<'_>>("ActualText"));
                self.marked.push(match text {
                    Some(text) => Marked::Instead(text_string(&text)),
                    None => Marked::Plain,
                });
            }
            op => self.execute_text(op, resources),
        }
    }

    /// Executes an operator for text; ignores all others.
    fn execute_text(&mut self, op: Op<'_, '_>, resources: &Resources<'a>) {
        match op {
            Op::BeginText(_) => self.set_line(Affine::IDENTITY),
            Op::SetTextMatrix(m) => {
                self.set_line(affine([m.0, m.1, m.2, m.3, m.4, m.5].map(|n| n.as_f64())));
            }
            Op::NextLine(n) => self.next_line(n.0.as_f64(), n.1.as_f64()),
            Op::NextLineAndSetLeading(n) => {
                self.state.leading = -n.1.as_f64();
                self.next_line(n.0.as_f64(), n.1.as_f64());
            }
            Op::NextLineUsingLeading(_) => self.next_line(0.0, -self.state.leading),
            Op::TextFont(font) => {
                self.state.face =
                    resources.get_font(font.0).and_then(|dict| self.fonts.face(dict, self.file));
                self.state.size = font.1.as_f64();
            }
            Op::CharacterSpacing(n) => self.state.char_space = n.0.as_f64(),
            Op::WordSpacing(n) => self.state.word_space = n.0.as_f64(),
            Op::HorizontalScaling(n) => self.state.scale = n.0.as_f64() / 100.0,
            Op::TextLeading(n) => self.state.leading = n.0.as_f64(),
            Op::TextRise(n) => self.state.rise = n.0.as_f64(),
            Op::ShowText(shown) => self.show(shown.0),
            Op::NextLineAndShowText(shown) => {
                self.next_line(0.0, -self.state.leading);
                self.show(shown.0);
            }
            Op::ShowTextWithParameters(shown) => {
                self.state.word_space = shown.0.as_f64();
                self.state.char_space = shown.1.as_f64();
                self.next_line(0.0, -self.state.leading);
                self.show(shown.2);
            }
            Op::ShowTexts(shown) => {
                for part in shown.0.iter::<Object<'_>>() {
                    match part {
                        Object::Number(n) => {
                            let back = n.as_f64() / f64::from(UNITS_PER_EM) * self.state.size;
                            self.advance(-back);
                        }
                        Object::String(string) => self.show(&string),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, object: &Stream<'a>, resources: &Resources<'a>) {
        match object.dict().get::<Name<'_>>("Subtype").as_deref() {
            Some(b"Form") => self.form(object, resources),
            Some(b"Image") => {
                let place = self.state.matrix.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0));
                let share = place.intersect(self.visible).area() / self.visible.area().max(1.0);
                self.drawn.pictured = self.drawn.pictured.max(share);
            }
            _ => {}
        }
    }

    /// Keeps the lines and boxes of a path: rulings of tables and above notes.
    fn paint(&mut self) {
        for shape in self.path.drain(..) {
            let is_line = shape.width().min(shape.height()) <= THIN;
            if self.drawn.rules.len() < MOST_RULES
                && shape.width().max(shape.height()) > 4.0
                && (is_line || shape.width().min(shape.height()) > 6.0)
            {
                self.drawn.rules.push(shape);
            }
        }
    }

    fn set_line(&mut self, matrix: Affine) {
        (self.text_matrix, self.line_matrix) = (matrix, matrix);
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.set_line(self.line_matrix * Affine::translate((x, y)));
    }

    /// Advances in writing direction by a length at the current font size.
    fn advance(&mut self, length: f64) -> Vec2 {
        let horizontal = self.state.face.as_ref().is_none_or(|face| face.font.is_horizontal());
        let way = match horizontal {
            true => Vec2::new(length * self.state.scale, 0.0),
            false => Vec2::new(0.0, length),
        };
        self.text_matrix *= Affine::translate(way);
        way
    }

    fn show(&mut self, bytes: &[u8]) {
        let Some(face) = self.state.face.clone() else {
            refuse(&DamageReason::Font);
        };
        let font = &face.font;
        let mut at = 0;
        while at < bytes.len() {
            let (code, length) = font.read_code(bytes, at);
            at += length.max(1);
            let state = &self.state;
            let em = state.size / f64::from(UNITS_PER_EM);
            let units = font.code_advance(code);
            let word_space = if (code, length) == (32, 1) { state.word_space } else { 0.0 };
            let spaces = state.char_space + word_space;
            let matrix = state.matrix
                * self.text_matrix
                * Affine::new([state.scale, 0.0, 0.0, 1.0, 0.0, state.rise]);
            // Vertical text is positioned by its middle, horizontal text by its baseline.
            let origin = match font.is_horizontal() {
                true => Vec2::ZERO,
                false => Vec2::new(0.0, font.origin_displacement(code).y * em),
            };
            let glyph = Glyph::new(matrix, origin, units * em, state.size);
            let along = if font.is_horizontal() { units.x } else { units.y };
            self.advance(along * em + spaces);
            self.put(glyph, || face.text(code));
        }
    }

    /// Whether a character repeats one at almost the same position, which simulates bold type.
    fn is_repeated(&mut self, glyph: &Glyph) -> bool {
        let Some(c) = self.drawn.text[glyph.text.clone()].trim().chars().next() else {
            return false;
        };
        let tenths = |n: f64| (n * 10.0 / glyph.size) as i64;
        let (x, y) = (tenths(glyph.at.x), tenths(glyph.at.y));
        let mut near = (-1..=1).flat_map(|i| (-1..=1).map(move |j| (i, j)));
        let is_repeated = near.any(|(i, j)| self.places.contains(&(c, x + i, y + j)));
        self.places.insert((c, x, y));
        is_repeated
    }

    fn put(&mut self, mut glyph: Glyph, text: impl FnOnce() -> Option<BfString>) {
        let start = self.drawn.text.len();
        match self.marked.iter_mut().find(|marked| !matches!(marked, Marked::Plain)) {
            Some(Marked::Replaced) => {
                if let Some(last) = self.drawn.glyphs.last_mut() {
                    last.extend(&glyph);
                }
                return;
            }
            Some(marked) => {
                if let Marked::Instead(text) = std::mem::replace(marked, Marked::Replaced) {
                    self.drawn.text.push_str(&text);
                }
            }
            None => match text() {
                Some(BfString::Char(c)) => self.drawn.text.push(c),
                Some(BfString::String(text)) => self.drawn.text.push_str(&text),
                None => self.drawn.text.push('\u{FFFD}'),
            },
        }
        let is_unknown = self.drawn.text[start..].chars().any(is_doubtful);
        glyph.text = start..self.drawn.text.len();
        let seen = self.visible.inflate(1.0, 1.0).contains(glyph.at);
        if seen && !self.is_repeated(&glyph) {
            self.drawn.glyphs.push(glyph);
            self.drawn.unknown += usize::from(is_unknown);
        } else {
            self.drawn.text.truncate(start);
        }
        if self.drawn.glyphs.len() > MOST_GLYPHS || self.drawn.text.len() > MOST_TEXT {
            refuse(&DamageReason::PageTooLarge);
        }
    }
}

/// Whether a character shows that the right one is unknown: replacement, control and private-use
/// characters. Bullets of symbol fonts are accepted, because no program knows more about them.
fn is_doubtful(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\u{F020}'..='\u{F0FF}' => false,
        '\u{FFFD}' | '\u{FFFE}' | '\u{FFFF}' => true,
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' => true,
        c => c.is_control(),
    }
}

fn affine(coefficients: [f64; 6]) -> Affine {
    Affine::new(coefficients)
}

fn matrix(form: &Dict<'_>) -> Affine {
    form.get::<[f64; 6]>("Matrix").map_or(Affine::IDENTITY, affine)
}

/// A text string: UTF-16, UTF-8 or, apart from some characters, Latin 1.
fn text_string(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => encoding_rs::UTF_16BE.decode(rest).0.into_owned(),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        bytes => encoding_rs::mem::decode_latin1(bytes).into_owned(),
    }
}

impl Glyph {
    /// A character positioned by a matrix; its advance is in units of the matrix.
    fn new(matrix: Affine, origin: Vec2, advance: Vec2, size: f64) -> Self {
        let at = matrix * Point::ZERO + (matrix * origin.to_point() - matrix * Point::ZERO);
        let way = matrix * advance.to_point() - matrix * Point::ZERO;
        let size = (matrix.determinant().abs().sqrt() * size).abs();
        Glyph { text: 0..0, at, way, size, confidence: None }
    }
}
