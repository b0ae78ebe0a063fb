//! The words for regions and for how near terms are.

use tiaowen_terms::{Degree, Region};

use crate::Words;
use crate::words::{fill, name};

/// The name of a region.
pub fn region(w: &Words, region: Region) -> &str {
    match region {
        Region::HongKong => &w.terms.hong_kong,
        Region::Mainland => &w.terms.mainland,
        Region::Taiwan => &w.terms.taiwan,
        Region::Macao => &w.terms.macao,
    }
}

/// How near the terms of an entry are, and in which texts only.
pub fn degree(w: &Words, degree: &Degree) -> String {
    match degree {
        Degree::Within(within) => {
            fill(&w.terms.only_in, &[("words", &within.join(&w.notes.comma))])
        }
        degree => name(&w.degrees, degree.as_str()).to_owned(),
    }
}

/// How a counterpart says a word, by the name of the degree: `None` without a counterpart, and
/// `Some(None)` if it has no words for it.
pub fn correspondence(w: &Words, degree: Option<Option<&str>>) -> String {
    match degree {
        None => w.concordance.no_version.clone(),
        Some(None) => w.concordance.no_words.clone(),
        Some(Some("identical")) => w.concordance.identical.clone(),
        Some(Some(degree)) => name(&w.degrees, degree).to_owned(),
    }
}
