//! Any page gives lines of text that can be printed, the same each time, and not many times
//! as much as the page has.

use tiaowen_extract::html;

/// Panics where the claim does not hold.
pub(crate) fn check(page: &str) {
    let found = html(page);
    assert_eq!(found, html(page), "another text the second time");
    let Ok(source) = found else { return };
    let text = &source.text;
    assert!(text.ends_with('\n') && !text.trim().is_empty(), "{text:?}");
    let control = text.chars().find(|&c| c.is_control() && !matches!(c, '\n' | '\t'));
    assert_eq!(control, None, "{text:?}");
    // `<li>` makes the longest of the shortest: a number of 19 figures.
    assert!(text.len() <= 8 * page.len(), "{} of {} bytes", text.len(), page.len());
}
