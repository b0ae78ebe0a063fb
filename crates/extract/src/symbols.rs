//! Symbol fonts, whose codes print symbols instead of characters.

/// Whether a font is a symbol font.
pub(crate) fn is_symbol_font(font: &str) -> bool {
    font.to_ascii_lowercase().starts_with("wingdings")
}

/// The character for a code of a symbol font: boxes with and without a tick, ticks, bullets. Codes
/// are in the private use area, or single bytes.
pub(crate) fn sign(font: &str, code: u32) -> Option<char> {
    let code = if (0xF000..=0xF0FF).contains(&code) { code - 0xF000 } else { code };
    let font = font.to_ascii_lowercase();
    Some(match (font.as_str(), code) {
        ("wingdings", 0xFE) | ("wingdings 2", 0x52) => '☑',
        ("wingdings", 0xFD | 0x78) | ("wingdings 2", 0x51 | 0x53 | 0x54) => '☒',
        ("wingdings", 0x6F | 0x70 | 0x71 | 0x72 | 0xA8)
        | ("wingdings 2", 0xA3 | 0x2A | 0x30 | 0x35) => '☐',
        ("wingdings", 0xFC) | ("wingdings 2", 0x50) => '✓',
        ("wingdings", 0xFB) | ("wingdings 2", 0x4F) => '✗',
        ("wingdings", 0xA1) | ("wingdings 2", 0x99 | 0x9A) => '○',
        ("wingdings", 0xA4) => '◉',
        ("wingdings", 0x6C | 0x9F) | ("wingdings 2", 0x97 | 0x98) | ("symbol", 0xB7) => '●',
        ("wingdings", 0x6E | 0xA7) | ("wingdings 2", 0xA2) => '■',
        ("wingdings", 0x75 | 0x76) => '◆',
        ("wingdings", 0xD8 | 0xE0 | 0xF0) => '→',
        _ => return None,
    })
}
