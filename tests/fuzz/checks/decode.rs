//! Any bytes give text or an error. Text says what the bytes say: in the encoding told they
//! are its bytes again, where that encoding has one way to write it.

use encoding_rs::{BIG5, GB18030, WINDOWS_1252};
use tiaowen_extract::{Decoded, decode};

/// Panics where the claim does not hold.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(Decoded { text, encoding, damage }) = decode(bytes) else { return };
    assert!(!text.trim().is_empty(), "nothing is an error");
    if !damage.is_empty() {
        let marked = damage.iter().all(|damage| &text[damage.span.clone()] == "\u{FFFD}");
        assert!(marked && damage.is_sorted_by_key(|damage| damage.at), "{damage:?}");
        return;
    }
    let wide = |to_bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to_bytes).collect();
    let (mark, again): (&[u8], Vec<u8>) = match encoding {
        "UTF-8" => (b"\xEF\xBB\xBF", text.as_bytes().to_vec()),
        "UTF-16LE" => (b"\xFF\xFE", wide(u16::to_le_bytes)),
        "UTF-16BE" => (b"\xFE\xFF", wide(u16::to_be_bytes)),
        "GB18030" | "Big5" => {
            let of = if encoding == "Big5" { BIG5 } else { GB18030 };
            // Some characters have two codes, some of Big5's can't be written anew.
            let (again, _, unmapped) = of.encode(&text);
            if !unmapped {
                let (read, _) = of.decode_without_bom_handling(&again);
                assert_eq!(read, text, "{encoding}");
            }
            if encoding == "Big5" || has_doubles(bytes) {
                return;
            }
            (b"\x84\x31\x95\x33", again.into_owned())
        }
        "windows-1252" => (b"", WINDOWS_1252.encode(&text).0.into_owned()),
        _ => panic!("{encoding} is not told of"),
    };
    assert_eq!(again, bytes.strip_prefix(mark).unwrap_or(bytes), "{encoding}");
}

/// Whether bytes may hold one of GB18030's codes for characters that have another.
fn has_doubles(bytes: &[u8]) -> bool {
    bytes.contains(&0x80) || bytes.windows(2).any(|pair| pair == b"\xA3\xA0")
}
