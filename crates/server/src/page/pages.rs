//! Divides long documents and comparisons into pages.

use std::ops::Range;

use tiaowen_words::{Words, fill};

use super::shell::{Choice, Visitor};
use crate::paging::Page;
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
    /// The pages by number. Empty where a list is only turned.
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
        Pager::around(visitor, self.now, self.all, |page| {
            let pairs = visitor.pairs.clone().without("at").with_offset(page * PAGE);
            app.links.to(&format!("{path}{}", pairs.query()))
        })
    }
}

impl Pager {
    /// Links to the pages around `now`, from 0, of `all`. `None` if there is only one. Pages beyond
    /// the end lead back to the last one.
    pub(super) fn around(
        visitor: &Visitor,
        now: usize,
        all: usize,
        href: impl Fn(usize) -> String,
    ) -> Option<Self> {
        if all < 2 {
            return None;
        }
        let low = now.saturating_sub(LINKED / 2).min(all.saturating_sub(LINKED));
        let pages = (low..(low + LINKED).min(all))
            .map(|page| Choice::new(visitor, &(page + 1).to_string(), href(page), page == now));
        Some(Pager {
            label: label(visitor, now),
            previous: (now > 0).then(|| href((now - 1).min(all - 1))),
            next: (now + 1 < all).then(|| href(now + 1)),
            pages: pages.collect(),
        })
    }

    /// Links from the items of a list to those before and behind them, on the same page of the site.
    /// `None` if all `total` items are shown.
    pub(super) fn turning(app: &App, visitor: &Visitor, items: Page, total: usize) -> Option<Self> {
        let (offset, size) = (items.offset, items.limit.max(1));
        let previous = (offset > 0).then(|| visitor.here_from(app, offset.saturating_sub(size)));
        let next = (offset + size < total).then(|| visitor.here_from(app, offset + size));
        let is_all = previous.is_none() && next.is_none();
        let label = label(visitor, offset / size);
        (!is_all).then_some(Pager { label, previous, next, pages: Vec::new() })
    }
}

/// The number of a page in words.
fn label(visitor: &Visitor, page: usize) -> String {
    fill(&Words::of(visitor.ui).site.page, &[("n", &(page + 1))])
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
