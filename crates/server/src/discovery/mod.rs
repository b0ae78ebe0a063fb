//! Helps others find and follow the index: browsers add its search, feed readers announce new
//! matches, and robots learn what they may read.

mod feed;
mod opensearch;
mod sitemap;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::get;

use crate::App;
use crate::api::of_type;
use crate::problem::Problem;

pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/opensearch.xml", get(opensearch::description))
        .route("/suggestions", get(opensearch::suggestions))
        .route("/feed", get(feed::feed))
        .route("/robots.txt", get(sitemap::robots))
        .route("/sitemap.xml", get(sitemap::sitemap))
        .route("/sitemaps/{part}", get(sitemap::part))
}

/// The beginning of absolute addresses: the public address, or else the one that the client used.
struct Origin(String);

impl Origin {
    /// The absolute address of a path of the server, which begins with a slash.
    fn to(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl FromRequestParts<Arc<App>> for Origin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        if app.links.host().is_some() {
            return Ok(Origin(app.links.whole("")));
        }
        let named = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        let host = named.filter(|host| !host.is_empty() && host.chars().all(plain));
        let host = host.ok_or_else(|| Problem::unreadable("the request names no host"))?;
        Ok(Origin(format!("http://{host}{}", app.links.base())))
    }
}

/// An XML file as an answer.
fn xml(kind: &'static str, file: &impl Template) -> Result<Response, Problem> {
    let text = file.render().map_err(|error| Problem::inside(&error))?;
    // XML can't contain these characters.
    let text = text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    Ok(of_type(kind, text.into_bytes()))
}
