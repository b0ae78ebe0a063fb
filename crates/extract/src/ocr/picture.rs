//! Pictures by themselves: how many pages one has.

/// Pages of a picture that are read.
const MOST_PAGES: usize = 2_000;

/// How many pages a picture has.
///
/// # Errors
/// When it is no picture that is read.
pub(super) fn pages(bytes: &[u8]) -> Result<usize, &'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] => Ok(1),
        [b'I', b'I', 42, 0, ..] => directories(bytes, u16::from_le_bytes, u32::from_le_bytes),
        [b'M', b'M', 0, 42, ..] => directories(bytes, u16::from_be_bytes, u32::from_be_bytes),
        _ => Err("it begins as none of .png, .jpg and .tiff"),
    }
}

/// The directories of a TIFF, one for each page, each of which says where the next one is.
fn directories(
    bytes: &[u8],
    short: impl Fn([u8; 2]) -> u16,
    long: impl Fn([u8; 4]) -> u32,
) -> Result<usize, &'static str> {
    const BROKEN: &str = "it is damaged or cut off";
    let long_at = |at: usize| -> Option<usize> {
        let bytes = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        usize::try_from(long(bytes)).ok()
    };
    let mut next = long_at(4).ok_or(BROKEN)?;
    let mut pages = 0;
    while next != 0 {
        let entries = bytes.get(next..next + 2).and_then(|bytes| bytes.try_into().ok());
        let entries = usize::from(short(entries.ok_or(BROKEN)?));
        pages += 1;
        // A chain that leads back has no end.
        if pages > MOST_PAGES {
            return Err("it has more than 2000 pages, or says so");
        }
        // The last one of a file that is cut behind it is still whole.
        next = long_at(next + 2 + entries * 12).unwrap_or(0);
    }
    if pages == 0 { Err(BROKEN) } else { Ok(pages) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_a_tiff_are_counted_by_its_directories() {
        let directory = |next: u32| [&[0, 0][..], &next.to_le_bytes()].concat();
        let two = [&b"II\x2A\0"[..], &8_u32.to_le_bytes(), &directory(14), &directory(0)].concat();
        assert_eq!(pages(&two), Ok(2));
        let endless = [&b"II\x2A\0"[..], &8_u32.to_le_bytes(), &directory(8)].concat();
        assert!(pages(&endless).is_err());
        let big = [&b"MM\0\x2A"[..], &8_u32.to_be_bytes(), &[0, 0, 0, 0, 0, 0]].concat();
        assert_eq!(pages(&big), Ok(1));
        for (bytes, count) in [
            (&b"\x89PNG\r\n"[..], Ok(1)),
            (b"\xFF\xD8\xFF\xE0", Ok(1)),
            (b"II\x2A\0\xFF\xFF\xFF\xFF", Err("it is damaged or cut off")),
            (b"II\x2A\0", Err("it is damaged or cut off")),
            (b"GIF89a", Err("it begins as none of .png, .jpg and .tiff")),
        ] {
            assert_eq!(pages(bytes), count, "{}", bytes.escape_ascii());
        }
    }
}
