//! Tokens: groups, control words and bytes.

/// A token of Rich Text Format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Open,
    Close,
    /// A control word with its number, if any.
    Word(&'a [u8], Option<i64>),
    /// A control symbol: `\~`.
    Sign(u8),
    /// A byte of text, plain or written as `\'xx`.
    Byte(u8),
}

pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Maximum length of a control word, and of its number.
const MOST_LETTERS: usize = 32;
const MOST_FIGURES: usize = 10;

impl<'a> Tokens<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Skips bytes that aren't text.
    pub(super) fn pass_over(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.bytes.len());
    }

    /// Whether more than padding follows.
    pub(super) fn has_more(&self) -> bool {
        let is_padding = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0 | 0x1A);
        !self.bytes[self.at..].iter().all(is_padding)
    }

    fn take(&mut self, most: usize, is: fn(&u8) -> bool) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take(most).take_while(|byte| is(byte)).count();
        self.at += length;
        &rest[..length]
    }

    fn control(&mut self) -> Option<Token<'a>> {
        let word = self.take(MOST_LETTERS, u8::is_ascii_alphabetic);
        if word.is_empty() {
            let sign = *self.bytes.get(self.at)?;
            self.at += 1;
            if sign != b'\'' {
                // A special character as text; it may be half of a multibyte character.
                return Some(match sign {
                    b'\\' | b'{' | b'}' => Token::Byte(sign),
                    sign => Token::Sign(sign),
                });
            }
            let hex = self.take(2, u8::is_ascii_hexdigit);
            let byte = str::from_utf8(hex).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
            return byte.map(Token::Byte).or(Some(Token::Sign(b'-')));
        }
        let is_negative = self.bytes.get(self.at) == Some(&b'-');
        self.at += usize::from(is_negative);
        let figures = self.take(MOST_FIGURES, u8::is_ascii_digit);
        let number = str::from_utf8(figures).ok().and_then(|figures| figures.parse::<i64>().ok());
        // A space only ends the word.
        if self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        Some(Token::Word(word, number.map(|number| if is_negative { -number } else { number })))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            return Some(match byte {
                b'{' => Token::Open,
                b'}' => Token::Close,
                b'\\' => return self.control(),
                // Line breaks of the file are no text.
                b'\r' | b'\n' | 0 => continue,
                byte => Token::Byte(byte),
            });
        }
    }
}
