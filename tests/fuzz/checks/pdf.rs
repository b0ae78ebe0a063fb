//! Any bytes give a PDF's text or an error: a whole file, or what a page draws, what its font's
//! codes mean, the font, and what else the page says, each behind a byte 0xFF, in a file that is
//! made here, so that what is tried reaches the readers of these parts.

use std::ops::Range;

use tiaowen_blocks::Layout;
use tiaowen_extract::{ReadOptions, pdf};

/// Panics where the claim does not hold.
pub(crate) fn check(bytes: &[u8]) {
    let read = |bytes: &[u8]| pdf(bytes, &ReadOptions::PLAIN);
    let found = if bytes.starts_with(b"%PDF-") { read(bytes) } else { read(&one_page(bytes)) };
    let Ok(found) = found else { return };
    let text = found.text;
    assert!(!text.trim().is_empty(), "nothing is an error");
    assert!(text.ends_with('\u{c}'), "each page ends with a form feed");
    let control = |c: &char| c.is_control() && !matches!(c, '\n' | '\t' | '\u{c}');
    assert_eq!(text.chars().find(control), None, "{text:?}");
    let Layout::Blocks(blocks) = found.layout else { return };
    let left_out = found.left_out.into_iter().map(|left| left.span);
    let mut spans: Vec<Range<usize>> =
        blocks.into_iter().map(|block| block.span).chain(left_out).collect();
    spans.sort_by_key(|span| (span.start, span.end));
    assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "each byte is in one span");
    assert!(spans.iter().all(|span| text.get(span.clone()).is_some()), "{spans:?}");
}

/// A file of one page, made of its parts.
fn one_page(parts: &[u8]) -> Vec<u8> {
    let mut parts = parts.split(|&byte| byte == 0xFF);
    let mut part = || parts.next().unwrap_or_default();
    let (content, codes, font, page) = (part(), part(), part(), part());
    let mut bytes = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
        2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
        .to_vec();
    bytes.extend(
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R\
        /Resources<</Font<</F 6 0 R>>/XObject<</X 4 0 R>>>>",
    );
    bytes.extend(page);
    bytes.extend(b">>endobj\n");
    for (number, stream) in [(4, content), (5, codes)] {
        let length = stream.len();
        bytes.extend(format!("{number} 0 obj<</Length {length}>>stream\n").as_bytes());
        bytes.extend(stream);
        bytes.extend(b"\nendstream endobj\n");
    }
    bytes.extend(b"6 0 obj<</Type/Font/ToUnicode 5 0 R");
    bytes.extend(font);
    bytes.extend(b">>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
    bytes
}
