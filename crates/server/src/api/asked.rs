//! Extracts the parameters and the address of a request, and the answers that the client has
//! already.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, OriginalUri, Path};
use axum::http::header;
use axum::http::request::Parts;
use axum_extra::extract::Query;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

use crate::App;
use crate::paging::Here;
use crate::problem::Problem;

/// The parameters of a request. Unknown ones are rejected, as the user would look in vain for their
/// effect.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned + IntoParams> FromRequestParts<Arc<App>> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        known::<T>(parts.uri.query().unwrap_or_default())?;
        match Query::<T>::from_request_parts(parts, app).await {
            Ok(Query(asked)) => Ok(Asked(asked)),
            Err(rejection) => Err(Problem::query_string(&rejection.body_text())),
        }
    }
}

/// Rejects parameters that `T` doesn't have, and empty ones.
pub(crate) fn known<T: IntoParams>(query: &str) -> Result<(), Problem> {
    if query.is_empty() {
        return Ok(());
    }
    let described = T::into_params(|| Some(ParameterIn::Query));
    let names: Vec<&str> = described.iter().map(|parameter| parameter.name.as_str()).collect();
    let uri = format!("/?{query}").parse().map_err(|_| Problem::unreadable("no query string"))?;
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(&uri);
    let pairs = pairs.map_err(|rejection| Problem::query_string(&rejection.body_text()))?;
    for (name, value) in &pairs.0 {
        let shown: String = name.chars().take(40).collect();
        if !names.contains(&name.as_str()) {
            let known = match names.as_slice() {
                [] => "there is none here".to_owned(),
                names => format!("there are {}", names.join(", ")),
            };
            let detail = format!("there is no parameter '{shown}'; {known}");
            return Err(Problem::unreadable(detail));
        }
        if value.is_empty() && name != "q" {
            let detail = format!("{shown} is empty: give it a value or leave it out");
            return Err(Problem::unreadable(detail));
        }
    }
    Ok(())
}

/// No parameters.
#[derive(Debug, serde::Deserialize, IntoParams)]
pub(crate) struct Nothing {}

/// The id in a path.
pub(super) struct Id(pub(super) String);

impl FromRequestParts<Arc<App>> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let id: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, app).await;
        id.map(|Path(id)| Id(id)).map_err(|rejection| Problem::unreadable(rejection.body_text()))
    }
}

/// The address of a request, and the answers that the client has.
pub(crate) struct Wanted {
    pub(super) here: Here,
    /// The entity tags in `If-None-Match`.
    pub(super) known: Option<String>,
}

impl FromRequestParts<Arc<App>> for Wanted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let whole = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |whole| &whole.0);
        let path = whole.path();
        let path = path.strip_prefix(app.links.base()).filter(|path| path.starts_with('/'));
        let here = Here {
            path: path.unwrap_or(whole.path()).to_owned(),
            query: whole.query().unwrap_or_default().to_owned(),
        };
        let known = parts.headers.get(header::IF_NONE_MATCH);
        let known = known.and_then(|known| known.to_str().ok()).map(str::to_owned);
        Ok(Wanted { here, known })
    }
}
