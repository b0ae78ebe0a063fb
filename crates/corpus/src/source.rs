//! The door: a text becomes lines, whatever it is written in.
//!
//! Each format only has to say which lines there are and which of them are headings;
//! what documents and clauses these make is decided behind this door, once.

use std::ops::Range;
use std::path::Path;

use memchr::{memchr_iter, memchr3, memmem};

/// Why a source can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The side file can't be read.
    #[error("its side file {name}, line {line}: {reason}")]
    SideFile {
        /// The side file's name.
        name: String,
        /// Line of the side file, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The front matter can't be read.
    #[error("front matter, line {line}: {reason}")]
    FrontMatter {
        /// Line of the file, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A line of JSON is no clause.
    #[error("line {line}: this is no clause: {reason}")]
    ClauseLine {
        /// Line of the file, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// What a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Plain text, as extracted from a PDF or typed.
    Text,
    /// Markdown: `#` headings, front matter in TOML between lines of `+++`.
    Markdown,
    /// JSON Lines, each a clause as `tiaowen clauses --format jsonl` prints it.
    ClauseLines,
}

impl Format {
    /// The format of a text by the end of its file's name; plain where that tells nothing.
    pub fn of(path: &Path) -> Format {
        let end = path.extension().map(|end| end.to_string_lossy().to_lowercase());
        match end.as_deref() {
            Some("md" | "markdown") => Format::Markdown,
            Some("jsonl" | "ndjson") => Format::ClauseLines,
            _ => Format::Text,
        }
    }
}

/// What is known of the pages that a text was printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pages {
    /// The format has no pages: nothing in it is a page number or a running head.
    None,
    /// Plain text may come from pages; what is furniture there is decided on evidence.
    Guessed,
    /// The reader of the format saw the pages: each line says itself what it is.
    Seen,
}

impl Format {
    /// What a text in this format tells of pages by itself.
    pub(crate) fn pages(self) -> Pages {
        match self {
            Format::Text => Pages::Guessed,
            Format::Markdown | Format::ClauseLines => Pages::None,
        }
    }
}

/// What a line is on its printed page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LineRole {
    /// Text.
    #[default]
    Text,
    /// Text that fills its column and continues on the next line of text.
    Wrapped,
    /// A page number, running head or running foot.
    Furniture,
}

/// A line of a printed page, for formats whose reader sees the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintedLine {
    /// The byte of the text at which the line starts.
    pub start: usize,
    /// What it is on its page.
    pub role: LineRole,
}

/// A line that isn't blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Bytes of the decoded source, without the white space around.
    pub(crate) span: Range<usize>,
    /// Whether a blank line stands before it.
    pub(crate) gap: bool,
    /// The level of a Markdown heading.
    pub(crate) level: Option<u8>,
    /// Half-width characters by which it is indented.
    pub(crate) indent: u16,
    /// How many form feeds stand before it.
    pub(crate) page: u32,
    pub(crate) role: LineRole,
}

/// The lines of a source, from byte `from` on, with what is known of them from their pages,
/// in the order of the text.
pub(crate) fn lines(text: &str, format: Format, from: usize, printed: &[PrintedLine]) -> Vec<Line> {
    let mut lines = Vec::with_capacity(1 + memchr_iter(b'\n', text.as_bytes()).count());
    let (mut at, mut gap, mut comment) = (from, true, false);
    let mut page = 0;
    let mut printed = printed.iter().peekable();
    let separators = Separators::of(&text[from..]);
    while at < text.len() {
        let start = at;
        at += separators.first_line(&text[at..]);
        let line = &text[start..at];
        let on_page = page;
        page += u32::from(line.ends_with('\u{c}'));
        let role = std::iter::from_fn(|| printed.next_if(|line| line.start < at)).last();
        let mut content = line.trim_matches(is_blank);
        let mut level = None;
        if format == Format::Markdown {
            if content.starts_with("<!--") || comment {
                comment = !content.ends_with("-->");
                gap = true;
                continue;
            }
            let hashes = content.bytes().take_while(|&byte| byte == b'#').count();
            if (1..=6).contains(&hashes) && content[hashes..].starts_with([' ', '\t', '\u{3000}']) {
                level = Some(hashes as u8);
                content = content[hashes..].trim_matches(is_blank);
            }
            // \# is a line that only looks like structure.
            let escaped = content.strip_prefix('\\');
            content = escaped.filter(|rest| rest.starts_with(['#', '+', '<'])).unwrap_or(content);
        }
        if content.is_empty() {
            // A line feed after a carriage return ends the same line.
            gap |= line != "\n" || !text[..start].ends_with('\r');
            continue;
        }
        let offset = content.as_ptr() as usize - text.as_ptr() as usize;
        lines.push(Line {
            span: offset..offset + content.len(),
            gap,
            level,
            indent: indent(&text[start..offset]),
            page: on_page,
            role: role.map_or(LineRole::Text, |line| line.role),
        });
        gap = level.is_some();
    }
    lines
}

/// The width of the white space before a line, in half-width characters.
fn indent(blank: &str) -> u16 {
    let width = |c: char| if c == '\u{3000}' { 2 } else { u16::from(!c.is_control()) };
    blank.chars().take(200).map(width).sum()
}

/// What ends the lines of a text: \n, \r and \f, and U+2028 and U+2029 where it holds any.
struct Separators {
    unicode: bool,
}

impl Separators {
    fn of(text: &str) -> Self {
        let holds = |separator: &str| memmem::find(text.as_bytes(), separator.as_bytes()).is_some();
        Separators { unicode: holds("\u{2028}") || holds("\u{2029}") }
    }

    /// The bytes of the first line of `text`, what ends it included.
    fn first_line(&self, text: &str) -> usize {
        let end = if self.unicode {
            text.find(['\n', '\r', '\u{c}', '\u{2028}', '\u{2029}'])
        } else {
            memchr3(b'\n', b'\r', b'\x0c', text.as_bytes())
        };
        end.map_or(text.len(), |end| end + text[end..].chars().next().map_or(0, char::len_utf8))
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{FEFF}' | '\u{200B}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_gaps() {
        let text = "一\r\n二\r\n\r\n　三 \n# 四\n<!-- a\nb -->\n## 五\n\\# 六";
        let found: Vec<_> = lines(text, Format::Markdown, 0, &[])
            .into_iter()
            .map(|line| (text[line.span].to_owned(), line.gap, line.level))
            .collect();
        let expected = [
            ("一", true, None),
            ("二", false, None),
            ("三", true, None),
            ("四", false, Some(1)),
            ("五", true, Some(2)),
            ("# 六", true, None),
        ];
        assert_eq!(found, expected.map(|(t, g, l)| (t.to_owned(), g, l)));
    }
}
