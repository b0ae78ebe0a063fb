//! Which encoding a text is in: UTF-8, UTF-16, GB18030, or Big5 with Hong Kong's additions.
//!
//! Every encoding that could hold all bytes is tried, and the text that reads most like
//! Chinese wins: frequent characters lie in the first level of the two national sets, and
//! wrong decoding makes no words. So a title of four characters is told right.

use std::borrow::Cow;

use encoding_rs::{BIG5, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use tiaowen_text::{Segmenter, Units, is_han};

use crate::ExtractError;

/// A text with the encoding it was in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text, without a byte order mark.
    pub text: Cow<'a, str>,
    /// The encoding's name: `UTF-8`, `UTF-16LE`, `UTF-16BE`, `GB18030` or `Big5`.
    pub encoding: &'static str,
}

/// Bytes that are looked at to tell encodings apart.
const SAMPLE: usize = 4096;
/// U+FEFF in GB18030, where some editors put it; the web's standard knows no such mark.
const GB18030_MARK: &[u8] = b"\x84\x31\x95\x33";

/// The text of a file, in whichever encoding it is.
///
/// # Errors
/// When there is nothing in it, it is no text, or no encoding holds all its bytes; then the
/// place of the first byte that the likeliest one doesn't know is told. Nothing is replaced.
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
        // A stray NUL is damage that is dropped later; many are another kind of text.
        let nuls = text.bytes().filter(|&byte| byte == 0).count();
        if nuls * 100 <= text.len() {
            return checked(Cow::Borrowed(text), UTF_8);
        }
    }
    let mut sample = &bytes[..bytes.len().min(SAMPLE)];
    if sample.len() < bytes.len() && sample.len() % 2 == 1 {
        sample = &sample[..sample.len() - 1];
    }
    let mut best: Option<(f64, &'static Encoding)> = None;
    for encoding in [UTF_16LE, UTF_16BE, GB18030, BIG5] {
        let wide = encoding == UTF_16LE || encoding == UTF_16BE;
        if wide && bytes.len() % 2 == 1 {
            continue;
        }
        let score = likeness(encoding, sample);
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, encoding));
        }
    }
    // UTF-8 with a damaged byte is likelier than another encoding that fits as badly.
    let (lossy, _) = UTF_8.decode_without_bom_handling(sample);
    let damaged = lossy.chars().filter(|&c| c == '\u{FFFD}').count();
    let is_utf8 = lossy.chars().any(is_han) && damaged * 20 <= lossy.chars().count();
    match best {
        _ if is_utf8 => whole(UTF_8, bytes, 0),
        Some((score, encoding)) if score >= LEAST => {
            // Of two that don't fit, the one that goes further is meant.
            whole(encoding, bytes, 0).map_err(|error| match whole(UTF_8, bytes, 0) {
                Err(other) if place(&other) > place(&error) => other,
                _ => error,
            })
        }
        _ => {
            if let Some(at) = bytes.iter().take(8192).position(|&byte| byte == 0) {
                return Err(ExtractError::Binary { at });
            }
            // Nothing reads like Chinese: what is told is where it is not UTF-8.
            whole(UTF_8, bytes, 0)
        }
    }
}

/// The encoding of a text that is ASCII by chance: Chinese in UTF-16, as a title may be. No
/// ASCII text has control characters that are no white space, and no other makes words.
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

/// A text less like Chinese than that is none.
const LEAST: f64 = 0.35;
/// One as much like it can't be so by chance: its characters are frequent, half make words.
const SURE: f64 = 0.75;

/// The whole text in an encoding, behind a mark of `from` bytes.
fn whole<'a>(
    encoding: &'static Encoding,
    bytes: &'a [u8],
    from: usize,
) -> Result<Decoded<'a>, ExtractError> {
    match encoding.decode_without_bom_handling_and_without_replacement(&bytes[from..]) {
        Some(text) => checked(text, encoding),
        None => Err(undecodable(encoding, bytes, from)),
    }
}

fn checked<'a>(
    text: Cow<'a, str>,
    encoding: &'static Encoding,
) -> Result<Decoded<'a>, ExtractError> {
    if text.chars().all(char::is_whitespace) {
        return Err(ExtractError::Empty);
    }
    let nuls = text.bytes().filter(|&byte| byte == 0).count();
    if nuls * 100 > text.len() {
        let at = text.bytes().position(|byte| byte == 0).unwrap_or(0);
        return Err(ExtractError::Binary { at });
    }
    Ok(Decoded { text, encoding: name(encoding) })
}

fn name(encoding: &'static Encoding) -> &'static str {
    // The standard's name for what it calls gb18030.
    if encoding == GB18030 { "GB18030" } else { encoding.name() }
}

/// The error that tells the first byte which an encoding doesn't know.
fn undecodable(encoding: &'static Encoding, bytes: &[u8], from: usize) -> ExtractError {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(16 * 1024);
    let (mut at, mut line) = (from, 1);
    loop {
        text.clear();
        let (result, read) =
            decoder.decode_to_string_without_replacement(&bytes[at..], &mut text, true);
        at += read;
        line += text.bytes().filter(|&byte| byte == b'\n').count();
        match result {
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(length, after) => {
                at -= usize::from(length) + usize::from(after);
                break;
            }
            DecoderResult::InputEmpty => break,
        }
    }
    let at = at.min(bytes.len().saturating_sub(1));
    let byte = bytes.get(at).copied().unwrap_or(0);
    ExtractError::Undecodable { encoding: name(encoding), at, line, byte }
}

/// How much like Chinese the bytes read in an encoding, 0 to 1: the share of characters that
/// are frequent ones, print or ASCII, half of it for how many of the Han ones make words.
fn likeness(encoding: &'static Encoding, bytes: &[u8]) -> f64 {
    // A sample may end inside a character.
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let text = text.trim_end_matches('\u{FFFD}');
    let (mut all, mut fitting, mut han) = (0.0, 0.0, 0.0);
    for c in text.chars() {
        all += 1.0;
        if is_han(c) {
            han += 1.0;
        }
        if is_frequent(encoding, c) {
            fitting += 1.0;
        }
    }
    if all == 0.0 || han == 0.0 {
        return 0.0;
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

/// Whether a character is a usual one for who writes in an encoding.
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
                // The first level of Big5, and of the national set; a wide encoding may hold both.
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
    fn encodings_are_told_apart_on_short_texts() {
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
    fn what_cannot_be_decoded_is_told_with_its_place() {
        let text = "粵港合作框架協議\n\n一、雙方同意加強合作。\n二、互相通報。";
        let mut utf8 = text.as_bytes().to_vec();
        utf8[40] = 0xFF;
        let error = decode(&utf8).unwrap_err();
        assert!(
            matches!(error, ExtractError::Undecodable { encoding: "UTF-8", line: 3, .. }),
            "{error:?}"
        );
        let (big5, _, _) = BIG5.encode(text);
        let mut big5 = big5.into_owned();
        let at = big5.len() - 5;
        big5[at] = 0xFF;
        let error = decode(&big5).unwrap_err();
        let told = ExtractError::Undecodable { encoding: "Big5", at, line: 4, byte: 0xFF };
        assert!(
            error == told
                || matches!(error, ExtractError::Undecodable { encoding: "Big5", line: 4, .. }),
            "{error:?}"
        );
        assert_eq!(decode(b" \n\t"), Err(ExtractError::Empty));
        assert_eq!(decode(b""), Err(ExtractError::Empty));
        let binary = b"\x7FELF\0\0\0\x01\xFE\xFF".repeat(40);
        assert!(matches!(decode(&binary), Err(ExtractError::Binary { .. })));
    }

    /// Agreements in both scripts, without their heads.
    const AGREEMENTS: [(&str, &str); 4] = [
        ("Hant", include_str!("../../../corpus/medical-2017.zh-Hant-HK.md")),
        ("Hant", include_str!("../../../corpus/labour-inspection-2017.zh-Hant-HK.md")),
        ("Hans", include_str!("../../../corpus/medical-2017.zh-Hans-CN.md")),
        ("Hans", include_str!("../../../corpus/labour-inspection-2017.zh-Hans-CN.md")),
    ];

    /// What stands between two marks, four characters or more, as titles and scraps are.
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

    /// Encodings that each script is written in, but for UTF-8.
    const WRITTEN: [(&str, &str); 7] = [
        ("Hant", "Big5"),
        ("Hant", "GB18030"),
        ("Hant", "UTF-16LE"),
        ("Hant", "UTF-16BE"),
        ("Hans", "GB18030"),
        ("Hans", "UTF-16LE"),
        ("Hans", "UTF-16BE"),
    ];

    /// Whether `bytes`, which `text` is written in, tell that, and how they are read.
    fn is_told(text: &str, encoding: &str, bytes: &[u8]) -> Result<(), String> {
        let told = decode(bytes);
        let is_right = told.as_ref().is_ok_and(|told| told.text == text);
        // What can be printed as ASCII is taken for that: 敬 in UTF-16 is "le".
        let is_print = bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
        let is_right = is_right && told.as_ref().is_ok_and(|told| told.encoding == encoding);
        if is_right || is_print { Ok(()) } else { Err(format!("{text} in {encoding}: {told:?}")) }
    }

    #[test]
    fn each_scrap_is_told_right() {
        for (script, encoding) in WRITTEN {
            let scraps = scraps(script);
            assert!(scraps.len() > 100);
            for scrap in scraps {
                if let Some(bytes) = written(scrap, encoding) {
                    is_told(scrap, encoding, &bytes).unwrap();
                }
            }
        }
        // All of its bytes are ASCII, one is no print.
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
            prop_assert_eq!(is_told(&text, "UTF-8", text.as_bytes()), Ok(()));
            if let Some(bytes) = written(&text, encoding) {
                prop_assert_eq!(is_told(&text, encoding, &bytes), Ok(()));
            }
        }

        #[test]
        fn with_a_mark_the_encoding_is_the_marked_one(text in "\\PC{1,40}") {
            prop_assume!(!text.trim().is_empty() && !text.starts_with('\u{FEFF}'));
            for encoding in ["UTF-8", "UTF-16LE", "UTF-16BE", "GB18030"] {
                let Some(bytes) = written(&format!("\u{FEFF}{text}"), encoding) else { continue };
                let told = decode(&bytes).unwrap();
                prop_assert_eq!((&*told.text, told.encoding), (&*text, encoding));
            }
        }
    }
}
