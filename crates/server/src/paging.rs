//! Pages of lists, and links between them.

use axum::http::HeaderValue;

use crate::problem::{May, Problem};
use crate::{Limits, Links, PAGE};

/// A page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// The most items on it.
    pub(crate) limit: usize,
    /// The number of items before it.
    pub(crate) offset: usize,
}

impl Page {
    /// The requested page. `usual` is the default size.
    ///
    /// # Errors
    /// When it exceeds `limits`.
    pub(crate) fn of(
        limit: Option<usize>,
        offset: Option<usize>,
        usual: usize,
        limits: &Limits,
    ) -> Result<Self, Problem> {
        let page = Page { limit: limit.unwrap_or(usual), offset: offset.unwrap_or(0) };
        if page.limit > limits.hits {
            return Err(Problem::unreadable(format!(
                "limit is {}; at most {} per request; use offset for more",
                page.limit, limits.hits
            ))
            .naming("limit", page.limit, May::AtMost(limits.hits)));
        }
        if page.offset > limits.depth {
            return Err(Problem::unreadable(format!(
                "offset is {}; at most {}; narrow the search",
                page.offset, limits.depth
            ))
            .naming("offset", page.offset, May::AtMost(limits.depth)));
        }
        Ok(page)
    }

    /// The requested page of a document. Any offset is allowed.
    ///
    /// # Errors
    /// When it is larger than the most clauses in an answer.
    pub(crate) fn of_document(
        limit: Option<usize>,
        offset: Option<usize>,
    ) -> Result<Self, Problem> {
        let limits = Limits { hits: PAGE, depth: usize::MAX, ..Limits::default() };
        Page::of(limit, offset, PAGE, &limits)
    }

    /// The items of a list on this page.
    pub(crate) fn cut<'t, T>(&self, all: &'t [T]) -> &'t [T] {
        &all[self.range(all.len())]
    }

    /// The indices on this page of a list with `all` items.
    pub(crate) fn range(&self, all: usize) -> std::ops::Range<usize> {
        let from = self.offset.min(all);
        from..from.saturating_add(self.limit).min(all)
    }
}

/// The address of a request, which links in its answer repeat.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Here {
    /// The path below the base path.
    pub(crate) path: String,
    /// The query string as received.
    pub(crate) query: String,
}

impl Here {
    /// The `Link` header with the pages around this one, of `total` items. `None` if there are no
    /// others.
    pub(crate) fn links(
        &self,
        links: &Links,
        page: Page,
        total: u64,
        depth: usize,
    ) -> Option<HeaderValue> {
        let mut all = Vec::new();
        let mut lead = |rel: &str, offset: usize| {
            all.push(format!("<{}>; rel=\"{rel}\"", self.at(links, offset)));
        };
        let next = page.offset.saturating_add(page.limit);
        if page.limit > 0 && (next as u64) < total && next <= depth {
            lead("next", next);
        }
        if page.limit > 0 && page.offset > 0 {
            lead("prev", page.offset.saturating_sub(page.limit));
            lead("first", 0);
        }
        HeaderValue::try_from(all.join(", ")).ok().filter(|_| !all.is_empty())
    }

    /// This address with another offset.
    fn at(&self, links: &Links, offset: usize) -> String {
        let others = self
            .query
            .split('&')
            .filter(|pair| !pair.is_empty() && *pair != "offset" && !pair.starts_with("offset="));
        let mut query: String = others.flat_map(|pair| [pair, "&"]).collect();
        query.push_str(&format!("offset={offset}"));
        let mut whole = links.whole(&self.path);
        whole.push('?');
        // A client may send characters that should be percent-encoded.
        for byte in query.bytes() {
            if byte.is_ascii_graphic() && !b"<>\"".contains(&byte) {
                whole.push(char::from(byte));
            } else {
                whole.push_str(&format!("%{byte:02X}"));
            }
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led(query: &str, limit: usize, offset: usize, total: u64) -> String {
        let here = Here { path: "/api/v1/search".into(), query: query.into() };
        let links = Links::below("https://example.org/clauses").unwrap();
        let led = here.links(&links, Page { limit, offset }, total, 100);
        led.map_or_else(String::new, |led| led.to_str().unwrap().to_owned())
    }

    #[test]
    fn pages_lead_to_one_another() {
        assert_eq!(
            led("q=%E6%A9%8B&limit=10", 10, 0, 25),
            "<https://example.org/clauses/api/v1/search?q=%E6%A9%8B&limit=10&offset=10>; rel=\"next\""
        );
        let middle = led("offset=10&q=a&limit=10", 10, 10, 25);
        assert!(middle.contains("?q=a&limit=10&offset=20>; rel=\"next\""), "{middle}");
        assert!(middle.contains("?q=a&limit=10&offset=0>; rel=\"prev\""), "{middle}");
        assert!(!led("q=a&offset=20", 10, 20, 25).contains("next"));
        assert!(!led("q=a&offset=100", 10, 100, 2_500).contains("next"));
        assert_eq!(led("q=a", 10, 0, 10), "");
        assert_eq!(led("q=a&limit=0", 0, 0, 10), "");
        assert!(led("q=橋", 1, 0, 10).is_ascii());
    }
}
