//! A word processor's document whose parts hold anything: the text, then behind a byte 0xFF
//! each the styles, the numbering and the relationships. The package is made here, so that what
//! is tried reaches the readers of the parts and not the archive's sums only.

use std::io::{Cursor, Write};

use tiaowen_extract::docx;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const NAMES: [&str; 4] =
    ["word/document.xml", "word/styles.xml", "word/numbering.xml", "word/_rels/document.xml.rels"];

/// Panics where the claim does not hold.
pub(crate) fn check(bytes: &[u8]) {
    // UTF-8 has no such byte.
    let parts: Vec<&[u8]> = bytes.splitn(NAMES.len(), |&byte| byte == 0xFF).collect();
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, part) in NAMES.iter().zip(&parts) {
        archive.start_file(*name, options).expect("names are short");
        archive.write_all(part).expect("memory takes it");
    }
    let package = archive.finish().expect("memory takes it").into_inner();
    let found = docx(&package);
    assert_eq!(found, docx(&package), "another text the second time");
    let Ok(source) = found else { return };
    let text = &source.text;
    assert!(text.ends_with('\n') && !text.trim().is_empty(), "{text:?}");
    let control = text.chars().find(|&c| c.is_control() && !matches!(c, '\n' | '\t'));
    assert_eq!(control, None, "{text:?}");
    // Labels of lists stand in no text: of `<p/>` a style may make one of 50 characters.
    assert!(text.len() <= 64 * bytes.len(), "{} of {} bytes", text.len(), bytes.len());
}
