//! Any bytes give a word processor's text or an error, the same each time.

use tiaowen_extract::docx;

/// Panics where the claim does not hold.
pub(crate) fn check(bytes: &[u8]) {
    let found = docx(bytes);
    assert_eq!(found, docx(bytes), "another text the second time");
    let Ok(source) = found else { return };
    let text = &source.text;
    assert!(text.ends_with('\n') && !text.trim().is_empty(), "{text:?}");
}
