//! The description of the API, made from the code: routes and parameters from their attributes,
//! answers from their types.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::response::Response;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HeaderBuilder, InfoBuilder, LicenseBuilder, OpenApi,
    OpenApiBuilder, Ref, RefOr, ResponseBuilder, ServerBuilder,
};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

use super::asked::{Asked, Nothing, Wanted};
use super::{answered, described, json};
use crate::App;
use crate::problem::{PROBLEM_JSON, Problem};

/// The head of the description.
pub(super) fn head() -> OpenApi {
    let license = LicenseBuilder::new()
        .name("MIT OR Apache-2.0")
        .identifier(Some("MIT OR Apache-2.0"))
        .build();
    let info = InfoBuilder::new()
        .title("tiaowen")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Search for Chinese agreements that live in two scripts, clause by clause. \
             Everything is read only. Offsets are in Unicode code points unless named bytes; \
             unknown values are null, lists are never null; fields may be added, not removed.",
        ))
        .license(Some(license))
        .build();
    let scheme = |scheme| SecurityScheme::Http(HttpBuilder::new().scheme(scheme).build());
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        // Where the server has keys: the key as a token, or as the password of any name.
        .security_scheme("bearer", scheme(HttpAuthScheme::Bearer))
        .security_scheme("basic", scheme(HttpAuthScheme::Basic))
        .build();
    let ways = [SecurityRequirement::default(), bare("bearer"), bare("basic")];
    OpenApiBuilder::new().info(info).components(Some(components)).security(Some(ways)).build()
}

/// A requirement of a scheme without scopes.
fn bare(scheme: &str) -> SecurityRequirement {
    SecurityRequirement::new::<&str, [&str; 0], &str>(scheme, [])
}

/// The whole description, except for the address of the server.
static DESCRIPTION: LazyLock<OpenApi> = LazyLock::new(|| described().into_openapi());

/// This description.
#[utoipa::path(
    get,
    path = "/openapi.json",
    responses(
        (status = 200, description = "The description of this API, OpenAPI 3.1", body = utoipa::openapi::Object),
        Failures,
    )
)]
pub(super) async fn openapi(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Asked(Nothing {}): Asked<Nothing>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, _| {
        let mut description = DESCRIPTION.clone();
        let address = app.links.whole("");
        let address = if address.is_empty() { "/".to_owned() } else { address };
        description.servers = Some(vec![ServerBuilder::new().url(address).build()]);
        json(snapshot, &description)
    })
    .await
}

/// The answers that any request may get instead.
pub(super) struct Failures;

/// The description of an answer with a problem.
fn failure((status, description): (u16, &str)) -> (String, RefOr<utoipa::openapi::Response>) {
    let schema = Ref::from_schema_name(Problem::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let mut response =
        ResponseBuilder::new().description(description).content(PROBLEM_JSON, content);
    if matches!(status, 429 | 503) {
        let seconds = HeaderBuilder::new().schema(Some(u32::schema())).build();
        response = response.header("Retry-After", seconds);
    }
    (status.to_string(), response.build().into())
}

impl IntoResponses for Failures {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let all = [
            (400, "The request can't be read; the detail says what is wrong with it"),
            (401, "The server has keys, and the request has none that it knows"),
            (403, "The key or the address of the client isn't allowed to do this"),
            (413, "The request has a body that is too large"),
            (414, "The address is too long"),
            (421, "The server does not answer for the host that is named"),
            (429, "The rate of the key is used up; Retry-After tells when to come again"),
            (500, "The server failed"),
            (503, "Too many requests are waiting; Retry-After tells when to come again"),
            (504, "The answer took too long"),
        ];
        let known = "The client has the answer already: If-None-Match names its ETag";
        let known = ResponseBuilder::new().description(known).build();
        all.into_iter().map(failure).chain([("304".to_owned(), known.into())]).collect()
    }
}
