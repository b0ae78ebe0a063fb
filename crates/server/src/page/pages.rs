//! Divides long documents and comparisons into pages.

use std::ops::Range;

use tiaowen_words::{Words, fill};

use super::shell::{Choice, Visitor};
use crate::{App, PAGE};

/// The pages of something, and the current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pages {
    /// From 0.
    now: usize,
    all: usize,
    total: usize,
}

/// Links to pages.
pub(super) struct Pager {
    pub(super) label: String,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
    pub(super) pages: Vec<Choice>,
}

/// The number of pages that are linked around the current one.
const LINKED: usize = 5;

impl Pages {
    /// The page of `total` items that has a place. Places beyond the end are on the last page.
    pub(super) fn of(place: usize, total: usize) -> Self {
        let all = total.div_ceil(PAGE).max(1);
        Pages { now: (place / PAGE).min(all - 1), all, total }
    }

    /// The items on the current page.
    pub(super) fn range(self) -> Range<usize> {
        let from = self.now * PAGE;
        from..(from + PAGE).min(self.total)
    }

    /// Links to the pages around this one, at `path` with the other parameters. `None` if there is
    /// only one page.
    pub(super) fn pager(self, app: &App, visitor: &Visitor, path: &str) -> Option<Pager> {
        if self.all < 2 {
            return None;
        }
        let w = Words::of(visitor.ui);
        let href = |page: usize| {
            let pairs = visitor.pairs.clone().without("at").with_offset(page * PAGE);
            app.links.to(&format!("{path}{}", pairs.query()))
        };
        let low = self.now.saturating_sub(LINKED / 2).min(self.all.saturating_sub(LINKED));
        let page = |page: usize| {
            Choice::new(visitor, &(page + 1).to_string(), href(page), page == self.now)
        };
        Some(Pager {
            label: fill(&w.site.page, &[("n", &(self.now + 1))]),
            previous: (self.now > 0).then(|| href(self.now - 1)),
            next: (self.now + 1 < self.all).then(|| href(self.now + 1)),
            pages: (low..(low + LINKED).min(self.all)).map(page).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_on_one_page() {
        for total in [0, 1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE, 3 * PAGE + 7] {
            for place in 0..total {
                assert!(Pages::of(place, total).range().contains(&place), "{place} of {total}");
            }
            let last = Pages::of(usize::MAX, total).range();
            assert_eq!(last.end, total);
            assert!(last.len() <= PAGE);
        }
    }
}
