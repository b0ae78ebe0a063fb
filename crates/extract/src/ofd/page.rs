//! The drawing of a page: characters, lines, pictures.

use hayro_font::kurbo::{Affine, Point, Rect, Vec2};

use crate::pdf::{Drawn, Glyph};
use crate::xml::{Attributes, Name, Visitor};

/// Points in a millimetre, the unit of positions in a file.
const POINTS: f64 = 72.0 / 25.4;
/// Maximum number of characters of a page; a newspaper page has one hundredth of it.
const MOST_GLYPHS: usize = 1 << 20;
/// Maximum number of lines and boxes examined on a page, and the maximum thickness of a line.
const MOST_RULES: usize = 8192;
/// Positions beyond this are on no page.
const FARTHEST: f64 = 1e5;

/// An open text object.
#[derive(Debug, Clone)]
struct TextObject {
    matrix: Affine,
    size: f64,
    is_vertical: bool,
    is_hidden: bool,
    /// Start of the last run; a run without a position begins there too.
    at: Point,
}

/// An open run of characters.
#[derive(Debug, Default)]
struct Run {
    x: Vec<f64>,
    y: Vec<f64>,
    text: String,
}

#[derive(Debug, Default)]
pub(super) struct PageReader {
    pub(super) drawn: Drawn,
    pub(super) templates: Vec<String>,
    /// The id of its largest picture.
    pub(super) picture: Option<String>,
    /// Type of the first annotation.
    pub(super) annotation: Option<String>,
    hidden: String,
    area: f64,
    object: Option<TextObject>,
    run: Option<Run>,
    /// Transformation and data of a path.
    path: Option<(Affine, String)>,
    in_path: bool,
    in_box: bool,
}

/// Numbers separated by white space.
fn numbers(text: &str) -> Vec<f64> {
    let of_text = text.split_whitespace().map(|word| word.parse::<f64>().unwrap_or(0.0));
    of_text.filter(|number| number.is_finite()).collect()
}

/// Distances, in which `g 5 3.2` means five times 3.2; at most as many as there are characters.
fn deltas(text: &str, most: usize) -> Vec<f64> {
    let mut words = text.split_whitespace();
    let mut deltas = Vec::new();
    while let Some(word) = words.next().filter(|_| deltas.len() < most) {
        if word == "g" {
            let count = words.next().and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
            let delta = words.next().and_then(|delta| delta.parse().ok()).unwrap_or(0.0);
            deltas.extend(std::iter::repeat_n(delta, count.min(most - deltas.len())));
        } else {
            deltas.push(word.parse().unwrap_or(0.0));
        }
    }
    deltas
}

impl PageReader {
    /// A page; `size` is the default size.
    pub(super) fn new(size: &str) -> Self {
        let mut page = PageReader::default();
        page.set_size(size);
        page
    }

    fn set_size(&mut self, size: &str) {
        if let [_, _, width, height] = numbers(size)[..] {
            self.area = width * height * POINTS * POINTS;
            let is_size = |side: f64| (1.0..FARTHEST).contains(&side);
            self.drawn.extent = Some((width * POINTS, height * POINTS))
                .filter(|(width, height)| is_size(*width) && is_size(*height));
        }
    }

    /// Length of its text in bytes.
    pub(super) fn length(&self) -> usize {
        self.drawn.text.len() + self.hidden.len()
    }

    /// Its text in drawing order, for content without lines.
    pub(super) fn text(&self) -> String {
        self.drawn.text.trim().to_owned()
    }

    pub(super) fn take_hidden(&mut self) -> Option<String> {
        let hidden = std::mem::take(&mut self.hidden);
        Some(hidden.trim().to_owned()).filter(|hidden| !hidden.is_empty())
    }

    /// Draws a template below the page.
    pub(super) fn put_below(&mut self, template: PageReader) {
        let shift = self.drawn.text.len();
        self.drawn.text.push_str(&template.drawn.text);
        let glyphs = template.drawn.glyphs.into_iter().map(|mut glyph| {
            glyph.text = glyph.text.start + shift..glyph.text.end + shift;
            glyph
        });
        self.drawn.glyphs.extend(glyphs);
        self.drawn.rules.extend(template.drawn.rules);
        self.hidden.push_str(&template.hidden);
    }

    /// The transformation from an object's millimetres to points of the page.
    fn matrix(attributes: &Attributes<'_>) -> (Affine, Rect) {
        let boundary = numbers(&attributes.get("Boundary").unwrap_or_default());
        let [x, y, width, height] = boundary[..] else { return (Affine::IDENTITY, Rect::ZERO) };
        let object = match numbers(&attributes.get("CTM").unwrap_or_default())[..] {
            [a, b, c, d, e, f] => Affine::new([a, b, c, d, e, f]),
            _ => Affine::IDENTITY,
        };
        let matrix = Affine::scale(POINTS) * Affine::translate((x, y)) * object;
        (matrix, Rect::new(x, y, x + width, y + height).scale_from_origin(POINTS))
    }

    fn begin_text(&mut self, attributes: &Attributes<'_>) {
        let number = |name| attributes.get(name).and_then(|number| number.parse::<f64>().ok());
        let (matrix, _) = Self::matrix(attributes);
        let direction = number("ReadDirection").unwrap_or(0.0);
        self.object = Some(TextObject {
            matrix,
            size: number("Size").unwrap_or(3.0).clamp(0.01, 1e4),
            is_vertical: direction == 90.0 || direction == 270.0,
            is_hidden: attributes.is("Visible", "false"),
            at: Point::ZERO,
        });
    }

    fn begin_run(&mut self, attributes: &Attributes<'_>) {
        let Some(object) = &mut self.object else { return };
        let number = |name| attributes.get(name).and_then(|number| number.parse::<f64>().ok());
        object.at.x = number("X").unwrap_or(object.at.x);
        object.at.y = number("Y").unwrap_or(object.at.y);
        let list = |name| deltas(&attributes.long(name).unwrap_or_default(), MOST_GLYPHS);
        self.run = Some(Run { x: list("DeltaX"), y: list("DeltaY"), text: String::new() });
    }

    fn end_run(&mut self) {
        let (Some(object), Some(run)) = (self.object.clone(), self.run.take()) else { return };
        if object.is_hidden {
            self.hidden.push_str(run.text.trim());
            self.hidden.push('\n');
            return;
        }
        let mut at = object.at;
        // Line breaks of the file are no text.
        let text = run.text.trim_matches(['\n', '\r', '\t']);
        let count = text.chars().count();
        for (nth, c) in text.chars().enumerate() {
            let width = object.size * if is_wide(c) { 1.0 } else { 0.5 };
            let advance = match object.is_vertical {
                true => Vec2::new(0.0, object.size),
                false => Vec2::new(width, 0.0),
            };
            let (x, y) = (run.x.get(nth).copied(), run.y.get(nth).copied());
            let next = match (x, y) {
                (None, None) => advance,
                (x, y) => Vec2::new(x.unwrap_or(0.0), y.unwrap_or(0.0)),
            };
            // Characters set closer together take less space.
            let is_last = nth + 1 == count;
            let way = if !is_last && next.hypot() < advance.hypot() && next.hypot() > 0.0 {
                next
            } else {
                advance
            };
            self.glyph(&object, c, at, way);
            at += next;
        }
    }

    fn glyph(&mut self, object: &TextObject, c: char, at: Point, way: Vec2) {
        let place = object.matrix * at;
        let way = object.matrix * (at + way) - place;
        let size = object.size * object.matrix.determinant().abs().sqrt();
        let is_on_page = [place.x, place.y, way.x, way.y, size]
            .iter()
            .all(|number| number.is_finite() && number.abs() < FARTHEST);
        if !is_on_page || way.hypot() < 1e-6 || self.drawn.glyphs.len() >= MOST_GLYPHS {
            // It is invisible.
            self.hidden.push(c);
            return;
        }
        let start = self.drawn.text.len();
        self.drawn.text.push(c);
        let text = start..self.drawn.text.len();
        self.drawn.glyphs.push(Glyph { text, at: place, way, size, confidence: None });
    }

    /// Keeps the lines and box edges of a path.
    fn end_path(&mut self) {
        let Some((matrix, data)) = self.path.take() else { return };
        let mut words = data.split_whitespace();
        let (mut pen, mut first) = (Point::ZERO, Point::ZERO);
        while let Some(word) = words.next() {
            let to = match word {
                "S" | "M" => {
                    pen = point(&mut words).map_or(pen, |to| matrix * to);
                    first = pen;
                    continue;
                }
                "L" => point(&mut words).map_or(pen, |to| matrix * to),
                "C" => first,
                // Curves are no rulings; the next command shows where they end.
                _ => continue,
            };
            let line = Rect::from_points(pen, to);
            pen = to;
            let is_straight = line.width() < 0.5 || line.height() < 0.5;
            let is_near = [line.x0, line.y0, line.x1, line.y1].iter().all(|n| n.abs() < FARTHEST);
            if is_straight && is_near && self.drawn.rules.len() < MOST_RULES {
                self.drawn.rules.push(line);
            }
        }
    }
}

/// Whether a character is as wide as it is high.
fn is_wide(c: char) -> bool {
    c >= '\u{2E80}' || "“”‘’—…·①②③④⑤⑥⑦⑧⑨⑩".contains(c)
}

impl Visitor for PageReader {
    fn start(&mut self, name: Name<'_>, attributes: &Attributes<'_>) {
        match name.local {
            b"TextObject" => self.begin_text(attributes),
            b"TextCode" => self.begin_run(attributes),
            b"PathObject" => self.path = Some((Self::matrix(attributes).0, String::new())),
            b"AbbreviatedData" => self.in_path = true,
            b"PhysicalBox" => self.in_box = true,
            b"ImageObject" => {
                let (_, place) = Self::matrix(attributes);
                let share = place.area() / self.area;
                if share.is_finite() && share > self.drawn.pictured {
                    self.drawn.pictured = share;
                    self.picture = attributes.get("ResourceID").map(|id| id.into_owned());
                }
            }
            b"Template" => {
                if let Some(id) = attributes.get("TemplateID") {
                    self.templates.push(id.into_owned());
                }
            }
            b"Annot" if self.annotation.is_none() => {
                self.annotation = attributes.get("Type").map(|kind| kind.into_owned());
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(run) = &mut self.run {
            run.text.push_str(text);
        } else if let (true, Some((_, data))) = (self.in_path, &mut self.path) {
            data.push_str(text);
        } else if self.in_box {
            self.set_size(text);
        }
    }

    fn end(&mut self, name: Name<'_>) {
        match name.local {
            b"TextCode" => self.end_run(),
            b"TextObject" => {
                self.object = None;
                // Text objects without lines are kept apart.
                if !self.drawn.text.is_empty() {
                    self.drawn.text.push('\n');
                }
            }
            b"AbbreviatedData" => self.in_path = false,
            b"PathObject" => self.end_path(),
            b"PhysicalBox" => self.in_box = false,
            _ => {}
        }
    }
}

/// The point that the next two words of a path give.
fn point<'w>(words: &mut impl Iterator<Item = &'w str>) -> Option<Point> {
    let mut number = || words.next().and_then(|word| word.parse::<f64>().ok());
    Some(Point::new(number()?, number()?))
}
