//! Header fields: unfolding, encoded words, parameters.

use super::characters;

/// A value with its encoded words (RFC 2047) decoded: `=?big5?B?…?=`. Adjacent words in one
/// encoding are decoded together, because some programs split characters between them.
pub(super) fn decoded(value: &str) -> String {
    let mut out = String::new();
    let mut bytes: Vec<u8> = Vec::new();
    let mut charset = String::new();
    let mut rest = value;
    while let Some(at) = rest.find("=?") {
        let (before, word) = rest.split_at(at);
        let Some((word, length)) = encoded_word(word) else {
            flush(&mut bytes, &charset, &mut out);
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        };
        // White space between two encoded words is dropped.
        let is_between = !bytes.is_empty() && before.trim().is_empty();
        if !is_between || !charset.eq_ignore_ascii_case(word.charset) {
            flush(&mut bytes, &charset, &mut out);
            if !is_between {
                out.push_str(before);
            }
        }
        word.charset.clone_into(&mut charset);
        bytes.extend(word.bytes);
        rest = &rest[at + length..];
    }
    flush(&mut bytes, &charset, &mut out);
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Moves decoded bytes to the output.
fn flush(bytes: &mut Vec<u8>, charset: &str, out: &mut String) {
    if !bytes.is_empty() {
        out.push_str(&characters(bytes, Some(charset)).0);
        bytes.clear();
    }
}

struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
}

/// The encoded word at the beginning of a text, and its length.
fn encoded_word(text: &str) -> Option<(Word<'_>, usize)> {
    let inside = text.strip_prefix("=?")?;
    let (charset, rest) = inside.split_once('?')?;
    let (way, rest) = rest.split_once('?')?;
    let end = rest.find("?=")?;
    let coded = &rest[..end];
    // A language may follow the name of the encoding.
    let charset = charset.split('*').next()?;
    let bytes = match way {
        "B" | "b" => base64(coded.as_bytes()),
        "Q" | "q" => quoted_printable(coded.replace('_', " ").as_bytes()),
        _ => return None,
    };
    let length = text.len() - (rest.len() - end) + 2;
    Some((Word { charset, bytes }, length))
}

/// A value without parameters in lower case, and its parameters: `text/plain; charset=big5`.
/// Parameters that are split or encoded (RFC 2231) are reassembled.
pub(super) fn parameters(value: &str) -> (String, Vec<(String, String)>) {
    let mut pieces = pieces(value).into_iter();
    let first = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
    let mut plain: Vec<(String, String)> = Vec::new();
    // Name, number, whether it is encoded, value.
    let mut parts: Vec<(String, u32, bool, String)> = Vec::new();
    for piece in pieces {
        let Some((name, value)) = piece.split_once('=') else { continue };
        let name = name.trim().to_ascii_lowercase();
        let value = unquoted(value.trim());
        match name.split_once('*') {
            None => plain.push((name, decoded(&value))),
            Some((name, "")) => parts.push((name.to_owned(), 0, true, value)),
            Some((name, number)) => {
                let is_encoded = number.ends_with('*');
                let number = number.trim_end_matches('*').parse().unwrap_or(0);
                parts.push((name.to_owned(), number, is_encoded, value));
            }
        }
    }
    parts.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    for group in parts.chunk_by(|a, b| a.0 == b.0) {
        let mut charset = None;
        let mut bytes = Vec::new();
        for (nth, (_, _, is_encoded, value)) in group.iter().enumerate() {
            let mut value = value.as_str();
            if nth == 0 && *is_encoded {
                let mut parts = value.splitn(3, '\'');
                let (name, language, rest) = (parts.next(), parts.next(), parts.next());
                if let (Some(name), Some(_), Some(rest)) = (name, language, rest) {
                    charset = Some(name);
                    value = rest;
                }
            }
            if *is_encoded {
                bytes.extend(percent(value));
            } else {
                bytes.extend(value.as_bytes());
            }
        }
        let value = characters(&bytes, charset.filter(|name| !name.is_empty())).0;
        // It takes precedence over the plain form for older programs.
        plain.insert(0, (group[0].0.clone(), value));
    }
    (first, plain)
}

/// The parts between semicolons outside quotes.
fn pieces(value: &str) -> Vec<&str> {
    let (mut pieces, mut from) = (Vec::new(), 0);
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, c) in value.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ';' if !is_quoted => {
                pieces.push(&value[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&value[from..]);
    pieces
}

fn unquoted(value: &str) -> String {
    let Some(inside) = value.strip_prefix('"') else { return value.to_owned() };
    let mut out = String::new();
    let mut characters = inside.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => break,
            '\\' => out.extend(characters.next()),
            c => out.push(c),
        }
    }
    out
}

fn percent(value: &str) -> Vec<u8> {
    escaped(value.as_bytes(), b'%')
}

/// Decodes quoted-printable (RFC 2045): `=B1=F8`; `=` at the end of a line joins it with the next.
pub(super) fn quoted_printable(coded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(coded.len());
    for line in coded.split_inclusive(|byte| *byte == b'\n') {
        let end = line.len() - line.iter().rev().take_while(|byte| b"\r\n".contains(byte)).count();
        let kept = line[..end].trim_ascii_end();
        match kept.strip_suffix(b"=") {
            Some(joined) => out.extend(escaped(joined, b'=')),
            None => {
                // White space at the end of a line was added in transport; in an encoded word it is
                // part of the text.
                let kept = if end == line.len() { line } else { kept };
                out.extend(escaped(kept, b'='));
                out.extend(&line[end..]);
            }
        }
    }
    out
}

/// Bytes written in hexadecimal behind an escape character.
fn escaped(coded: &[u8], sign: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(coded.len());
    let mut at = 0;
    while at < coded.len() {
        let hex = coded.get(at + 1..at + 3).and_then(|hex| str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte.filter(|_| coded[at] == sign) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            // An escape character without digits stands for itself.
            None => {
                out.push(coded[at]);
                at += 1;
            }
        }
    }
    out
}

/// Decodes base64 (RFC 2045), ignoring other characters.
pub(super) fn base64(coded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(coded.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for byte in coded {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            // Concatenated pieces, each with its own padding.
            b'=' => {
                (bits, held) = (0, 0);
                continue;
            }
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    out
}
