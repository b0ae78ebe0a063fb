//! The rules for robots, and the list of what they may read (sitemaps.org 0.9).

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::{Origin, xml};
use crate::App;
use crate::api::{Asked, Nothing, Wanted, answered, of_type};
use crate::live::Snapshot;
use crate::page::when;
use crate::problem::Problem;

/// The most addresses in a file, by the protocol.
const MOST: usize = 50_000;

/// A list of addresses, or of such lists, with the day of the last change of each.
#[derive(Template)]
#[template(path = "sitemap.xml")]
struct Sitemap {
    /// Whether it is a list of lists.
    of_parts: bool,
    addresses: Vec<(String, String)>,
}

/// Searches and comparisons are unlimited in number. What they find can be reached from documents.
pub(super) async fn robots(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    origin: Origin,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    answered(&app, wanted, move |app, _, _| {
        let mut text = "User-agent: *\n".to_owned();
        for path in ["/?", "/api/", "/compare", "/feed", "/suggestions"] {
            text.push_str(&format!("Disallow: {}\n", app.links.to(path)));
        }
        text.push_str(&format!("\nSitemap: {}\n", origin.to("/sitemap.xml")));
        Ok(of_type("text/plain; charset=utf-8", text.into_bytes()))
    })
    .await
}

pub(super) async fn sitemap(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    origin: Origin,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    answered(&app, wanted, move |_, snapshot, _| {
        xml("application/xml", &whole(addresses(snapshot, &origin), &origin, MOST))
    })
    .await
}

/// A part of a list that is too long for one file: `1.xml`.
pub(super) async fn part(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    origin: Origin,
    Path(name): Path<String>,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    answered(&app, wanted, move |_, snapshot, _| {
        let nth = name.strip_suffix(".xml").and_then(|nth| nth.parse().ok());
        let part = nth.and_then(|nth| nth_part(addresses(snapshot, &origin), nth, MOST));
        let missing = || Problem::missing("there is no such part; /sitemap.xml lists them");
        xml("application/xml", &part.ok_or_else(missing)?)
    })
    .await
}

/// All addresses to read, with the day of the last change of each.
fn addresses(snapshot: &Snapshot, origin: &Origin) -> Vec<(String, String)> {
    let committed = when::day(snapshot.about.last_run.at);
    let lists =
        ["/", "/documents", "/terms", "/help"].map(|path| (origin.to(path), committed.clone()));
    let documents = snapshot.manifest.documents().map(|document| {
        let changed = when::day(snapshot.came(&document.id));
        (origin.to(&format!("/documents/{}", document.id)), changed)
    });
    lists.into_iter().chain(documents).collect()
}

/// The list, or the list of its parts if it has more than `most` addresses.
fn whole(addresses: Vec<(String, String)>, origin: &Origin, most: usize) -> Sitemap {
    if addresses.len() <= most {
        return Sitemap { of_parts: false, addresses };
    }
    let last_change = |part: &[(String, String)]| part.iter().map(|(_, day)| day).max().cloned();
    let parts = (1..).zip(addresses.chunks(most)).map(|(nth, part)| {
        (origin.to(&format!("/sitemaps/{nth}.xml")), last_change(part).unwrap_or_default())
    });
    Sitemap { of_parts: true, addresses: parts.collect() }
}

/// A part of the list, from 1. `None` if it doesn't exist.
fn nth_part(addresses: Vec<(String, String)>, nth: usize, most: usize) -> Option<Sitemap> {
    let mut parts = addresses.chunks(most);
    let part = parts.nth(nth.checked_sub(1)?)?;
    Some(Sitemap { of_parts: false, addresses: part.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_too_long_for_a_file_is_parted() {
        let origin = Origin("https://example.org".to_owned());
        let all = |n: u32| -> Vec<(String, String)> {
            (0..n).map(|n| (format!("a{n}"), format!("2017-01-{:02}", n + 1))).collect()
        };
        assert!(!whole(all(4), &origin, 4).of_parts);
        let parts = whole(all(5), &origin, 2);
        assert!(parts.of_parts);
        let last = ("https://example.org/sitemaps/3.xml".to_owned(), "2017-01-05".to_owned());
        assert_eq!((parts.addresses.len(), parts.addresses.last()), (3, Some(&last)));
        let found: Vec<_> =
            (1..=3).flat_map(|nth| nth_part(all(5), nth, 2).unwrap().addresses).collect();
        assert_eq!(found, all(5));
        assert!(nth_part(all(5), 0, 2).is_none() && nth_part(all(5), 4, 2).is_none());
        let text = parts.render().unwrap();
        assert!(text.contains("<sitemapindex ") && !text.contains("<urlset"), "{text}");
    }
}
