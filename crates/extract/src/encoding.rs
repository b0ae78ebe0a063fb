//! Detection of encodings: UTF-8, UTF-16, GB18030, Big5 with Hong Kong's additions, and the Windows
//! code page of Western Europe.
//!
//! Every encoding that fits all bytes is tried, and the one whose text is most like Chinese wins:
//! frequent characters are in the first level of the two national character sets, and a wrong
//! decoding yields no words. A title of four characters is enough. Only lines with non-ASCII bytes
//! are examined, wherever they are in the file, because a style sheet or an English version at the
//! beginning of a file carries no information.
//!
//! A web page may declare its encoding, which is used if it fits the bytes. Invalid bytes are
//! reported with their positions and left out; a file with many of them is rejected.

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::{
    BIG5, Decoder, DecoderResult, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
};
use memchr::memchr_iter;
use tiaowen_text::{Segmenter, Units, is_han};

use crate::ExtractError;

/// A decoded text with its encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text without a byte order mark.
    pub text: Cow<'a, str>,
    /// Name of the encoding: `UTF-8`, `UTF-16LE`, `UTF-16BE`, `GB18030`, `Big5` or `windows-1252`.
    pub encoding: &'static str,
    /// Invalid bytes, in order. U+FFFD replaces them in the text.
    pub damage: Vec<Damage>,
}

/// Bytes that are invalid in the encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Offset in the file.
    pub at: usize,
    /// Line number, from 1.
    pub line: usize,
    /// The first of the bytes.
    pub byte: u8,
    /// The range of the text that replaces them.
    pub span: Range<usize>,
}

/// Number of bytes examined to distinguish encodings.
const SAMPLE: usize = 4096;
/// U+FEFF in GB18030, written by some editors. The web's encoding standard has no such mark.
const GB18030_MARK: &[u8] = b"\x84\x31\x95\x33";

/// Decodes the text of a file.
///
/// # Errors
/// If the file is empty, is no text, or has too many invalid bytes in every encoding; the error
/// then gives the first invalid byte in the most likely one.
/// the place of the first byte that the likeliest one doesn't know is reported.
///
/// ```
/// use tiaowen_extract::decode;
/// assert_eq!(decode("條文".as_bytes()).unwrap().encoding, "UTF-8");
/// let big5 = decode(b"\xB1\xF8\xA4\xE5").unwrap();
/// assert_eq!((&*big5.text, big5.encoding), ("條文", "Big5"));
/// let gb = decode(b"\xCC\xF5\xCE\xC4").unwrap();
/// assert_eq!((&*gb.text, gb.encoding), ("条文", "GB18030"));
/// ```
pub fn decode(bytes: &[u8]) -> Result<Decoded<'_>, ExtractError> {
    decode_declared(bytes, None)
}

/// Decodes the text of a web page, preferring the declared encoding if the bytes are valid in it.
///
/// # Errors
/// As [`decode`].
pub fn decode_page(bytes: &[u8]) -> Result<Decoded<'_>, ExtractError> {
    decode_declared(bytes, declared(bytes))
}

fn decode_declared<'a>(
    bytes: &'a [u8],
    declared: Option<&'static Encoding>,
) -> Result<Decoded<'a>, ExtractError> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return whole(encoding, bytes, length);
    }
    if bytes.starts_with(GB18030_MARK) {
        return whole(GB18030, bytes, GB18030_MARK.len());
    }
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        if let Some(encoding) = wide(text) {
            return whole(encoding, bytes, 0);
        }
        // A stray NUL is damage and dropped later; many mean another kind of file.
        let nuls = text.bytes().filter(|&byte| byte == 0).count();
        if nuls * 100 <= text.len() {
            return checked(Cow::Borrowed(text), UTF_8, Vec::new());
        }
    }
    if let Some(encoding) = declared.filter(|&encoding| encoding != UTF_8)
        && let Ok(decoded) = whole(encoding, bytes, 0)
    {
        return Ok(decoded);
    }
    let sample = telling_lines(bytes);
    // UTF-8 with an invalid byte is more likely than another encoding that fits equally badly.
    let (lossy, _) = UTF_8.decode_without_bom_handling(&sample);
    let damaged = lossy.chars().filter(|&c| c == '\u{FFFD}').count();
    if lossy.chars().any(|c| !c.is_ascii() && c != '\u{FFFD}' && is_frequent(UTF_8, c))
        && damaged * 20 <= lossy.chars().count()
    {
        return whole(UTF_8, bytes, 0);
    }
    if is_western(&sample) {
        return whole(WINDOWS_1252, bytes, 0);
    }
    match likeliest(bytes, &sample) {
        Some((encoding, score)) if score >= LEAST => {
            // Of two encodings that fail, the one that gets further is the intended one.
            whole(encoding, bytes, 0).map_err(|error| match whole(UTF_8, bytes, 0) {
                Err(other) if place(&other) > place(&error) => other,
                _ => error,
            })
        }
        _ => {
            if let Some(at) = bytes.iter().take(8192).position(|&byte| byte == 0) {
                return Err(ExtractError::Binary { at });
            }
            // Nothing resembles Chinese, so the error reports where it isn't UTF-8.
            whole(UTF_8, bytes, 0)
        }
    }
}

/// The encoding in which the bytes are most like Chinese, with the score.
fn likeliest(bytes: &[u8], sample: &[u8]) -> Option<(&'static Encoding, f64)> {
    let mut head = &bytes[..bytes.len().min(SAMPLE)];
    if head.len() < bytes.len() && head.len() % 2 == 1 {
        head = &head[..head.len() - 1];
    }
    let print = |byte: &&u8| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
    let is_ascii_mostly = head.iter().filter(print).count() * 20 > head.len() * 17;
    let mut best: Option<(&'static Encoding, f64)> = None;
    for encoding in [UTF_16LE, UTF_16BE, GB18030, BIG5] {
        let is_wide = encoding == UTF_16LE || encoding == UTF_16BE;
        // In UTF-16, pairs of Latin letters are Han characters, so English text would look Chinese.
        if is_wide && (bytes.len() % 2 == 1 || is_ascii_mostly) {
            continue;
        }
        let score = likeness(encoding, if is_wide { head } else { sample });
        if best.is_none_or(|(_, most)| score > most) {
            best = Some((encoding, score));
        }
    }
    best
}

/// Lines with non-ASCII bytes, enough for a sample.
fn telling_lines(bytes: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(SAMPLE);
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if !line.is_ascii() {
            let room = 4 * SAMPLE - lines.len();
            // For a page on a single line, the surroundings of the first such byte.
            let first = line.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
            let line = if line.len() > room { &line[first..] } else { line };
            lines.extend_from_slice(&line[..line.len().min(room)]);
        }
        if lines.len() >= SAMPLE {
            break;
        }
    }
    lines
}

/// Whether bytes are Western text: its few non-ASCII characters are mostly isolated, while those of
/// Chinese come in pairs.
fn is_western(sample: &[u8]) -> bool {
    let (mut signs, mut alone) = (0, 0);
    for (at, &byte) in sample.iter().enumerate() {
        if byte.is_ascii_control() && !byte.is_ascii_whitespace() {
            return false;
        }
        if byte.is_ascii() {
            continue;
        }
        // Quotation marks, dashes, currency and section signs, accented letters.
        let is_sign = matches!(
            byte,
            0x80 | 0x82..=0x8C | 0x8E | 0x91..=0x9C | 0x9E..=0xBF | 0xC0..=0xFF
        );
        if !is_sign {
            return false;
        }
        signs += 1;
        alone += usize::from(has_ascii_neighbours(sample, at));
    }
    signs > 0 && signs * 6 < sample.len() && alone * 2 > signs
}

fn has_ascii_neighbours(sample: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| sample.get(before));
    before.is_none_or(u8::is_ascii) && sample.get(at + 1).is_none_or(u8::is_ascii)
}

/// The encoding declared at the beginning of a page: charset=gb2312, encoding="Big5".
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(SAMPLE)];
    ["charset", "encoding"].iter().find_map(|key| {
        memchr::memmem::find_iter(head, key).find_map(|at| {
            let rest = head[at + key.len()..].trim_ascii_start();
            let value = rest.strip_prefix(b"=")?.trim_ascii_start();
            let value = value.strip_prefix(b"\"").or(value.strip_prefix(b"'")).unwrap_or(value);
            let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_:.".contains(byte);
            let length = value.iter().take_while(|byte| is_name(byte)).count();
            let encoding = Encoding::for_label(&value[..length])?;
            // Pages declared as GB2312 or GBK contain characters of GB18030.
            Some(if encoding == GBK { GB18030 } else { encoding })
        })
    })
}

/// The encoding of a text that only looks like ASCII: Chinese in UTF-16, such as a short title.
/// ASCII text contains no control characters except white space, and other data contains no words.
fn wide(text: &str) -> Option<&'static Encoding> {
    let bytes = text.as_bytes();
    let is_odd = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    if bytes.len() % 2 == 1 || !bytes.iter().any(is_odd) || !text.is_ascii() {
        return None;
    }
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let wide = [UTF_16LE, UTF_16BE].map(|encoding| (likeness(encoding, sample), encoding));
    let (score, encoding) = if wide[1].0 > wide[0].0 { wide[1] } else { wide[0] };
    (score >= SURE).then_some(encoding)
}

fn place(error: &ExtractError) -> usize {
    match error {
        ExtractError::Undecodable { at, .. } => *at,
        _ => 0,
    }
}

/// Minimum score of Chinese text.
const LEAST: f64 = 0.35;
/// A score that can't be accidental: frequent characters, half of them in words.
const SURE: f64 = 0.75;
/// One character in so many may be invalid.
const RARELY: usize = 100;

/// Decodes a whole text, skipping a byte order mark of `from` bytes.
fn whole<'a>(
    encoding: &'static Encoding,
    bytes: &'a [u8],
    from: usize,
) -> Result<Decoded<'a>, ExtractError> {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(&bytes[from..])
    {
        return checked(text, encoding, Vec::new());
    }
    let mut mending = Mending::new(encoding, bytes, from);
    mending.run();
    let Mending { text, damage, .. } = mending;
    // A short file may have one invalid character.
    let most = (text.len() / 2 / RARELY).max(1);
    match damage.first() {
        Some(first) if damage.len() > most || text.len() < 40 => {
            let Damage { at, line, byte, .. } = *first;
            Err(ExtractError::Undecodable { encoding: name(encoding), at, line, byte })
        }
        _ => checked(Cow::Owned(text), encoding, damage),
    }
}

fn checked<'a>(
    text: Cow<'a, str>,
    encoding: &'static Encoding,
    damage: Vec<Damage>,
) -> Result<Decoded<'a>, ExtractError> {
    if text.chars().all(char::is_whitespace) {
        return Err(ExtractError::Empty);
    }
    let nuls = text.bytes().filter(|&byte| byte == 0).count();
    if nuls * 100 > text.len() {
        let at = text.bytes().position(|byte| byte == 0).unwrap_or(0);
        return Err(ExtractError::Binary { at });
    }
    Ok(Decoded { text, encoding: name(encoding), damage })
}

fn name(encoding: &'static Encoding) -> &'static str {
    // The standard's spelling of gb18030.
    if encoding == GB18030 { "GB18030" } else { encoding.name() }
}

/// A decoder that replaces invalid bytes by U+FFFD and records them.
struct Mending<'a> {
    decoder: Decoder,
    bytes: &'a [u8],
    at: usize,
    line: usize,
    /// Number of bytes whose lines have been counted.
    counted: usize,
    text: String,
    damage: Vec<Damage>,
}

impl<'a> Mending<'a> {
    /// With more invalid bytes the text isn't in this encoding.
    const MOST: usize = 10_000;

    fn new(encoding: &'static Encoding, bytes: &'a [u8], from: usize) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        let text = String::with_capacity(bytes.len() + bytes.len() / 2 + 64);
        Mending { decoder, bytes, at: from, line: 1, counted: 0, text, damage: Vec::new() }
    }

    fn run(&mut self) {
        loop {
            let rest = &self.bytes[self.at..];
            let (result, read) =
                self.decoder.decode_to_string_without_replacement(rest, &mut self.text, true);
            self.at += read;
            match result {
                DecoderResult::OutputFull => self.text.reserve(rest.len() + 64),
                DecoderResult::Malformed(length, after) => {
                    self.note(usize::from(length), usize::from(after));
                }
                DecoderResult::InputEmpty => return,
            }
            if self.damage.len() > Self::MOST {
                return;
            }
        }
    }

    /// Records `length` invalid bytes, `after` bytes before the current position.
    fn note(&mut self, length: usize, after: usize) {
        let new = &self.text.as_bytes()[self.counted..];
        self.line += memchr_iter(b'\n', new).count();
        self.counted = self.text.len();
        let at = self.at.saturating_sub(length + after).min(self.bytes.len().saturating_sub(1));
        let start = self.text.len();
        // Adjacent invalid bytes are one entry.
        if self.damage.last().is_some_and(|last| last.span.end == start) {
            return;
        }
        self.text.push('\u{FFFD}');
        let byte = self.bytes.get(at).copied().unwrap_or(0);
        self.damage.push(Damage { at, line: self.line, byte, span: start..self.text.len() });
    }
}

/// Similarity of the bytes to Chinese in an encoding, 0 to 1: the share of non-ASCII characters
/// that are frequent or punctuation, weighted half by the share of Han characters that form words.
fn likeness(encoding: &'static Encoding, bytes: &[u8]) -> f64 {
    // A sample may end inside a character.
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let text = text.trim_end_matches('\u{FFFD}');
    let (mut all, mut fitting, mut han) = (0.0, 0.0, 0.0);
    for c in text.chars().filter(|c| !c.is_ascii() || c.is_ascii_control()) {
        let is_fitting = is_frequent(encoding, c);
        if c.is_ascii() && is_fitting {
            continue;
        }
        all += 1.0;
        han += f64::from(u8::from(is_han(c)));
        fitting += f64::from(u8::from(is_fitting));
    }
    if all == 0.0 {
        return 0.0;
    }
    // Quotation marks alone form no words.
    if han == 0.0 {
        return fitting / all * 0.5;
    }
    let units = Units::of(text);
    let words = Segmenter::shared().words(&units);
    let mut covered = vec![false; units.as_slice().len()];
    for word in words {
        covered[word.units].fill(true);
    }
    let in_words = covered.iter().filter(|covered| **covered).count() as f64;
    fitting / all * 0.5 + (in_words / han).min(1.0) * 0.5
}

/// Whether a character is common in texts of an encoding.
fn is_frequent(encoding: &'static Encoding, c: char) -> bool {
    match c {
        '\n' | '\r' | '\t' | ' '..='~' => true,
        '\u{3000}'..='\u{301F}' | '\u{FF01}'..='\u{FF5E}' | '\u{2010}'..='\u{2026}' => true,
        '■' | '●' | '·' | '①'..='⑳' => true,
        _ if is_han(c) => {
            let mut buffer = [0; 4];
            let of = if encoding == BIG5 { BIG5 } else { GB18030 };
            let (bytes, _, unmapped) = of.encode(c.encode_utf8(&mut buffer));
            match (*bytes).first() {
                _ if unmapped => false,
                // The first level of Big5 and of the national set; a Unicode encoding may contain
                // both.
                Some(0xA4..=0xC6) if of == BIG5 => true,
                Some(0xB0..=0xD7) if of == GB18030 && bytes.get(1) >= Some(&0xA1) => true,
                _ if encoding != BIG5 && encoding != GB18030 => true,
                _ => false,
            }
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXTS: [(&str, &Encoding); 8] = [
        ("條文", BIG5),
        ("条文", GB18030),
        ("備忘錄", BIG5),
        ("备忘录", GB18030),
        ("粵港合作框架協議\r\n\r\n一、雙方同意加強合作。", BIG5),
        ("粤港合作框架协议\r\n\r\n一、双方同意加强合作。", GB18030),
        ("CEPA 服務貿易協議 2017", BIG5),
        ("CEPA 服务贸易协议 2017", GB18030),
    ];

    #[test]
    fn encodings_of_short_texts_are_detected() {
        for (text, encoding) in TEXTS {
            let (bytes, _, unmapped) = encoding.encode(text);
            assert!(!unmapped);
            let decoded = decode(&bytes).unwrap();
            assert_eq!((&*decoded.text, decoded.encoding), (text, name(encoding)), "{text}");
            let plain = decode(text.as_bytes()).unwrap();
            assert_eq!((&*plain.text, plain.encoding), (text, "UTF-8"));
            for (wide, little) in [("UTF-16LE", true), ("UTF-16BE", false)] {
                let units = text.encode_utf16();
                let bytes: Vec<u8> = units
                    .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
                    .collect();
                let mark: &[u8] = if little { b"\xFF\xFE" } else { b"\xFE\xFF" };
                let marked = [mark, &bytes].concat();
                for bytes in [marked, bytes] {
                    let decoded = decode(&bytes).unwrap();
                    assert_eq!((&*decoded.text, decoded.encoding), (text, wide), "{text}");
                }
            }
        }
        // Hong Kong's additions to Big5.
        let bytes = b"\xB2\x60\xA4\xF4\x96\xF5\xA1\x42\x91\x6F\xB3\xBD\xAF\x46\xAA\xBA\x90\x68";
        assert_eq!(&*decode(bytes).unwrap().text, "深水埗、鰂魚涌的邨");
        for (mark, encoding) in [("\u{FEFF}".as_bytes(), UTF_8), (GB18030_MARK, GB18030)] {
            let marked = [mark, &encoding.encode("條文").0].concat();
            let decoded = decode(&marked).unwrap();
            assert_eq!((&*decoded.text, decoded.encoding), ("條文", name(encoding)));
        }
    }

    #[test]
    fn one_damaged_byte_is_reported_with_its_place() {
        let text = "粵港合作框架協議\n\n一、雙方同意加強合作。\n二、互相通報。";
        let mut utf8 = text.as_bytes().to_vec();
        utf8[40] = 0xFF;
        let decoded = decode(&utf8).unwrap();
        let [damage] = &decoded.damage[..] else { panic!("{:?}", decoded.damage) };
        assert_eq!(
            (decoded.encoding, damage.line, &decoded.text[damage.span.clone()]),
            ("UTF-8", 3, "\u{FFFD}")
        );
        let (big5, _, _) = BIG5.encode(text);
        let mut big5 = big5.into_owned();
        let at = big5.len() - 5;
        big5[at] = 0xFF;
        let decoded = decode(&big5).unwrap();
        assert_eq!((decoded.encoding, decoded.damage[0].line), ("Big5", 4));
        assert!(decoded.text.contains("雙方同意加強合作"));
    }

    #[test]
    fn undecodable_bytes_are_rejected() {
        let mut bytes =
            "粵港合作框架協議\n\n一、雙方同意加強合作。\n二、互相通報。".as_bytes().to_vec();
        for at in [30, 40, 50, 60] {
            bytes[at] = 0xFF;
        }
        assert!(matches!(decode(&bytes), Err(ExtractError::Undecodable { line: 3, .. })));
        assert_eq!(decode(b" \n\t"), Err(ExtractError::Empty));
        assert_eq!(decode(b""), Err(ExtractError::Empty));
        let binary = b"\x7FELF\0\0\0\x01\xFE\xFF".repeat(40);
        assert!(matches!(decode(&binary), Err(ExtractError::Binary { .. })));
    }

    #[test]
    fn the_lines_that_say_something_decide() {
        let english = "This agreement is made between the parties for services.\n".repeat(90);
        for (chinese, encoding) in [
            ("服务协议：甲方委托乙方提供测试服务。", GB18030),
            ("服務協議：甲方委託乙方提供測試服務。", BIG5),
        ] {
            for text in [format!("{english}{chinese}"), format!("{english}.{chinese}\n{english}")] {
                let (bytes, _, _) = encoding.encode(&text);
                let decoded = decode(&bytes).unwrap();
                assert_eq!((&*decoded.text, decoded.encoding), (&*text, name(encoding)));
            }
        }
    }

    #[test]
    fn a_declared_encoding_counts() {
        for (label, text, encoding) in
            [("gb2312", "泊", GB18030), ("GBK", "镕基", GB18030), ("big5-hkscs", "碼", BIG5)]
        {
            let style = ".a{color:red}\n".repeat(20);
            let page = format!("<meta charset=\"{label}\"><style>{style}</style><p>{text}</p>");
            let decoded = decode_page(&encoding.encode(&page).0).unwrap().text.into_owned();
            assert_eq!(decoded, page);
        }
        // Valid UTF-8 is UTF-8, whatever is declared.
        let page = "<?xml version='1.0' encoding='gb2312'?><p>協議</p>";
        assert_eq!(decode_page(page.as_bytes()).unwrap().encoding, "UTF-8");
    }

    #[test]
    fn english_with_a_few_signs_is_no_chinese() {
        let line = "This Agreement (the “Agreement”) is made between the parties.\n".repeat(10);
        let (bytes, _, _) = GB18030.encode(&line);
        let decoded = decode(&bytes).unwrap();
        assert_eq!((&*decoded.text, decoded.encoding), (&*line, "GB18030"));
        let (bytes, _, _) = WINDOWS_1252.encode("The party’s duty – to pay €5 – is the café’s.");
        let decoded = decode(&bytes).unwrap();
        assert_eq!(&*decoded.text, "The party’s duty – to pay €5 – is the café’s.");
        let decoded = decode(b"A fee of \x80 100 is due each month.").unwrap();
        assert_eq!(&*decoded.text, "A fee of € 100 is due each month.");
    }

    /// Agreements in both scripts, without their heads.
    const AGREEMENTS: [(&str, &str); 4] = [
        ("Hant", include_str!("../../../corpus/medical-2017.zh-Hant-HK.md")),
        ("Hant", include_str!("../../../corpus/labour-inspection-2017.zh-Hant-HK.md")),
        ("Hans", include_str!("../../../corpus/medical-2017.zh-Hans-CN.md")),
        ("Hans", include_str!("../../../corpus/labour-inspection-2017.zh-Hans-CN.md")),
    ];

    /// Fragments between two punctuation marks, four characters or more, like titles.
    fn scraps(script: &str) -> Vec<&'static str> {
        let of_script = AGREEMENTS.iter().filter(|(of, _)| *of == script);
        let text = of_script.filter_map(|(_, text)| text.rsplit_once("+++"));
        let scraps = text.flat_map(|(_, text)| text.split(|c| !is_han(c)));
        scraps.filter(|scrap| scrap.chars().count() >= 4).collect()
    }

    fn written(text: &str, encoding: &str) -> Option<Vec<u8>> {
        let of = match encoding {
            "UTF-8" => return Some(text.as_bytes().to_vec()),
            "UTF-16LE" => return Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            "UTF-16BE" => return Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            "Big5" => BIG5,
            _ => GB18030,
        };
        let (bytes, _, unmapped) = of.encode(text);
        (!unmapped).then(|| bytes.into_owned())
    }

    /// Encodings of each script apart from UTF-8.
    const WRITTEN: [(&str, &str); 7] = [
        ("Hant", "Big5"),
        ("Hant", "GB18030"),
        ("Hant", "UTF-16LE"),
        ("Hant", "UTF-16BE"),
        ("Hans", "GB18030"),
        ("Hans", "UTF-16LE"),
        ("Hans", "UTF-16BE"),
    ];

    /// Checks that `bytes`, which encode `text`, are detected correctly; the error is the wrong
    /// reading.
    fn is_decoded_right(text: &str, encoding: &str, bytes: &[u8]) -> Result<(), String> {
        let found = decode(bytes);
        let is_right = found.as_ref().is_ok_and(|found| found.text == text);
        // Bytes that are printable ASCII are read as ASCII: 敬 in UTF-16 is "le".
        let is_print = bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
        let is_right = is_right && found.as_ref().is_ok_and(|found| found.encoding == encoding);
        if is_right || is_print { Ok(()) } else { Err(format!("{text} in {encoding}: {found:?}")) }
    }

    #[test]
    fn encodings_of_scraps_are_detected() {
        for (script, encoding) in WRITTEN {
            let scraps = scraps(script);
            assert!(scraps.len() > 100);
            for scrap in scraps {
                if let Some(bytes) = written(scrap, encoding) {
                    is_decoded_right(scrap, encoding, &bytes).unwrap();
                }
            }
        }
        // All bytes are ASCII, one of them unprintable.
        for encoding in ["UTF-16LE", "UTF-16BE"] {
            let bytes = written("健全合作机制", encoding).unwrap();
            assert!(bytes.is_ascii());
            assert_eq!(decode(&bytes).unwrap().encoding, encoding);
        }
        assert_eq!(decode(b"a bold word: b\x08bo\x08ol\x08ld\x08d").unwrap().encoding, "UTF-8");
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&bytes);
        }

        #[test]
        fn short_texts_are_told_right(
            (script, encoding) in prop::sample::select(WRITTEN.to_vec()),
            picked in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
            mark in prop::sample::select(vec!["", "，", "\n", "、", "\r\n\r\n", "　"]),
        ) {
            let scraps = scraps(script);
            let picked: Vec<&str> = picked.iter().map(|at| *at.get(&scraps)).collect();
            let text = picked.join(mark);
            prop_assert_eq!(is_decoded_right(&text, "UTF-8", text.as_bytes()), Ok(()));
            if let Some(bytes) = written(&text, encoding) {
                prop_assert_eq!(is_decoded_right(&text, encoding, &bytes), Ok(()));
            }
        }

        #[test]
        fn with_a_mark_the_encoding_is_the_marked_one(text in "\\PC{1,40}") {
            prop_assume!(!text.trim().is_empty() && !text.starts_with('\u{FEFF}'));
            for encoding in ["UTF-8", "UTF-16LE", "UTF-16BE", "GB18030"] {
                let Some(bytes) = written(&format!("\u{FEFF}{text}"), encoding) else { continue };
                let found = decode(&bytes).unwrap();
                prop_assert_eq!((&*found.text, found.encoding), (&*text, encoding));
            }
        }
    }
}
