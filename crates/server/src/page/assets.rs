//! Style sheet, script and icon, which are part of the program.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A file that pages load.
pub(crate) struct Asset {
    name: &'static str,
    kind: &'static str,
    content: &'static str,
}

const ALL: [Asset; 4] = [
    Asset {
        name: "page.css",
        kind: "text/css; charset=utf-8",
        content: include_str!("../../assets/page.css"),
    },
    Asset {
        name: "compare.css",
        kind: "text/css; charset=utf-8",
        content: include_str!("../../assets/compare.css"),
    },
    Asset {
        name: "page.js",
        kind: "text/javascript; charset=utf-8",
        content: include_str!("../../assets/page.js"),
    },
    Asset {
        name: "icon.svg",
        kind: "image/svg+xml",
        content: include_str!("../../assets/icon.svg"),
    },
];

/// Changes with any of the files.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    ALL.iter().for_each(|asset| asset.content.hash(&mut hasher));
    format!("{:016x}", hasher.finish())
});

/// The path of a file, with the version that makes browsers load a changed one.
pub(crate) fn path(name: &str) -> String {
    format!("/assets/{name}?v={}", *VERSION)
}

/// Serves a file, for a year if the address has its version.
pub(crate) async fn asset(Path(name): Path<String>, RawQuery(query): RawQuery) -> Response {
    let Some(asset) = ALL.iter().find(|asset| asset.name == name) else {
        return (StatusCode::NOT_FOUND, "no such asset").into_response();
    };
    let current = query.as_deref().and_then(|query| query.strip_prefix("v=")) == Some(&VERSION);
    let keep = if current { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = asset.content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_are_small_and_load_nothing() {
        for asset in &ALL {
            let most = if asset.name.ends_with(".css") { 30_000 } else { 25_000 };
            assert!(asset.content.len() < most, "{} has {}", asset.name, asset.content.len());
            for loads in ["@import", "url(", "http://", "https://", "importScripts", "eval("] {
                let found = asset.content.replace("http://www.w3.org/2000/svg", "");
                assert!(!found.contains(loads), "{}: {loads}", asset.name);
            }
        }
    }
}
