//! The door: bytes of a file become text with lines, whatever the format.
//!
//! Each format only has to say which lines there are and which of them are headings;
//! what documents and clauses these make is decided behind this door, once.

use std::ops::Range;
use std::path::Path;

use memchr::{memchr, memchr_iter, memchr3, memmem};

/// Why a source can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// Nothing in it, or nothing but white space.
    #[error("the file is empty")]
    Empty,
    /// It holds bytes that no text does.
    #[error("this is no text: a NUL byte stands at byte {at}; only text and Markdown are read")]
    Binary {
        /// Byte of the file, from 0.
        at: usize,
    },
    /// It isn't UTF-8.
    #[error("not UTF-8: byte {at} (line {line}) is 0x{byte:02X}; save the file as UTF-8")]
    NotUtf8 {
        /// Byte of the file, from 0.
        at: usize,
        /// Line of the file, from 1.
        line: usize,
        /// The byte that stands there.
        byte: u8,
    },
    /// The file's name ends in something that isn't read.
    #[error("files ending in .{extension} are not read; .txt, .text and .md are")]
    Format {
        /// What the name ends in.
        extension: String,
    },
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
}

/// A format that sources come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Plain text, as extracted from a PDF or typed.
    Text,
    /// Markdown: `#` headings, front matter in TOML between lines of `+++`.
    Markdown,
}

impl Format {
    /// The format of a file by the end of its name; a name without one is text.
    ///
    /// # Errors
    /// [`SourceError::Format`] when the name ends in something else.
    pub fn of(path: &Path) -> Result<Format, SourceError> {
        let extension = path.extension().map(|end| end.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            None | Some("txt" | "text") => Ok(Format::Text),
            Some("md" | "markdown") => Ok(Format::Markdown),
            Some(other) => Err(SourceError::Format { extension: other.to_owned() }),
        }
    }
}

/// The decoded text of a source. All byte spans point into it.
///
/// # Errors
/// When the bytes are empty, binary or not UTF-8.
///
/// ```
/// use tiaowen_corpus::{SourceError, decode};
/// assert_eq!(decode(b"\xEF\xBB\xBF\xE6\xA2\x9D").unwrap(), "條");
/// assert_eq!(decode(b" \n"), Err(SourceError::Empty));
/// assert!(matches!(decode(b"a\nb\xFF"), Err(SourceError::NotUtf8 { at: 3, line: 2, .. })));
/// ```
pub fn decode(bytes: &[u8]) -> Result<&str, SourceError> {
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    // The fast check tells that it is not UTF-8, the slow one where.
    let text = simdutf8::basic::from_utf8(body).or_else(|_| std::str::from_utf8(body));
    match text {
        Ok(text) if text.chars().all(char::is_whitespace) => Err(SourceError::Empty),
        // A stray NUL is damage and is dropped; many are another kind of file.
        Ok(text) => match memchr(0, text.as_bytes()) {
            Some(at) if text.bytes().filter(|&byte| byte == 0).count() * 100 > text.len() => {
                Err(SourceError::Binary { at: at + bytes.len() - body.len() })
            }
            _ => Ok(text),
        },
        Err(error) => {
            let at = error.valid_up_to();
            if let Some(nul) = bytes.iter().take(8192).position(|&byte| byte == 0) {
                return Err(SourceError::Binary { at: nul });
            }
            let line = 1 + body[..at].iter().filter(|&&byte| byte == b'\n').count();
            let byte = body.get(at).copied().unwrap_or(0);
            Err(SourceError::NotUtf8 { at: at + bytes.len() - body.len(), line, byte })
        }
    }
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
}

/// The lines of a source, from byte `from` on.
pub(crate) fn lines(text: &str, format: Format, from: usize) -> Vec<Line> {
    let mut lines = Vec::with_capacity(1 + memchr_iter(b'\n', text.as_bytes()).count());
    let (mut at, mut gap, mut comment) = (from, true, false);
    let separators = Separators::of(&text[from..]);
    while at < text.len() {
        let start = at;
        at += separators.first_line(&text[at..]);
        let line = &text[start..at];
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
        }
        if content.is_empty() {
            // A line feed after a carriage return ends the same line.
            gap |= line != "\n" || !text[..start].ends_with('\r');
            continue;
        }
        let offset = content.as_ptr() as usize - text.as_ptr() as usize;
        lines.push(Line { span: offset..offset + content.len(), gap, level });
        gap = level.is_some();
    }
    lines
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
        let text = "一\r\n二\r\n\r\n　三 \n# 四\n<!-- a\nb -->\n## 五";
        let found: Vec<_> = lines(text, Format::Markdown, 0)
            .into_iter()
            .map(|line| (text[line.span].to_owned(), line.gap, line.level))
            .collect();
        let expected = [
            ("一", true, None),
            ("二", false, None),
            ("三", true, None),
            ("四", false, Some(1)),
            ("五", true, Some(2)),
        ];
        assert_eq!(found, expected.map(|(t, g, l)| (t.to_owned(), g, l)));
    }

    #[test]
    fn what_is_no_text_is_told() {
        assert_eq!(decode(b""), Err(SourceError::Empty));
        assert!(matches!(decode(b"\x7FELF\0\0\0\xFF"), Err(SourceError::Binary { at: 4 })));
        assert!(matches!(decode(b"\0a\0b"), Err(SourceError::Binary { at: 0 })));
        let mostly = [&[0u8][..], "條".repeat(99).as_bytes()].concat();
        assert!(decode(&mostly).is_ok());
        assert!(Format::of(Path::new("a.xlsx")).is_err());
        assert_eq!(Format::of(Path::new("a.TXT")), Ok(Format::Text));
    }
}
