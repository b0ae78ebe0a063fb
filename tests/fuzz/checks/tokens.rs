//! Any text gives tokens on character boundaries, in order, the same in either script's
//! folded form.

use tiaowen_text::{Segmenter, Units, fold};

/// Panics where the claim does not hold.
pub(crate) fn check(text: &str) {
    let units = Units::of(text);
    let (mut end, mut position) = (0, None);
    for unit in units.iter() {
        assert!(text.get(unit.span()).is_some_and(|held| !held.is_empty()), "{:?}", unit.span());
        assert!(unit.start >= end, "{:?} overlaps", unit.span());
        assert!(position.is_none_or(|before| unit.position > before), "{:?}", unit.span());
        (end, position) = (unit.end, Some(unit.position));
    }
    let words = |text: &str| Segmenter::shared().words(&Units::of(text));
    let folded = fold(text);
    assert_eq!(words(text), words(&folded), "{text:?}");
    assert_eq!(fold(&folded), folded);
}
