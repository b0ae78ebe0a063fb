//! Pairs of documents that are versions of one another.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_wire::write::{self, PairedDocuments};
use tiaowen_wire::{PairJson, PairsJson};
use utoipa::IntoParams;

use super::asked::{Asked, Wanted};
use super::openapi::Failures;
use super::{answered, json, lines, paged};
use crate::ask::{ListFormat, named, order};
use crate::live::Snapshot;
use crate::paging::Page;
use crate::problem::Problem;
use crate::{App, schema};

/// Which pairs are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Listed {
    /// Only pairs with this document, by id.
    #[param(value_type = schema::Words, inline)]
    document: String,
    /// Only pairs of this relation: `other_script` (the same instrument in two scripts),
    /// `same_script` (twice in one script), `other_year` (of another year).
    #[param(value_type = schema::Relation, inline)]
    relation: String,
    /// The number of pairs to return. Default: 50.
    #[param(value_type = schema::Limit, inline)]
    limit: Option<usize>,
    /// The number of pairs to skip.
    #[param(value_type = schema::Offset, inline)]
    offset: Option<usize>,
    /// The format of the pairs. `csv` and `jsonl` are sent as files.
    #[param(inline)]
    format: Option<ListFormat>,
}

/// Documents that are versions of one another. Those in two scripts come first, the most similar at
/// the top.
#[utoipa::path(
    get,
    path = "/pairs",
    params(Listed),
    responses(
        (
            status = 200,
            description = "A page of pairs",
            content(
                (PairsJson = "application/json"),
                (String = "application/jsonl"),
                (String = "text/csv"),
            ),
            headers(
                ("ETag" = String, description = "Names this answer"),
                ("Index-Version" = String, description = "Names the commit that answers"),
                ("Link" = String, description = "Leads to the next and the previous page"),
            )
        ),
        Failures,
    )
)]
pub(super) async fn pairs(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Asked(listed): Asked<Listed>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, here| {
        let page = Page::of(listed.limit, listed.offset, 50, &app.limits)?;
        let all = listed.pairs(snapshot)?;
        let total = all.len() as u64;
        let (page_pairs, links) = (page.cut(&all), app.links.permanent());
        let response = match listed.format.unwrap_or_default() {
            ListFormat::Json => {
                let pairs = page_pairs
                    .iter()
                    .map(|(pair, left, right)| PairJson::new(pair, left, right, &links));
                json(snapshot, &PairsJson { total, pairs: pairs.collect() })?
            }
            ListFormat::Jsonl => {
                lines("pairs.jsonl", snapshot, |to| write::pairs_jsonl(page_pairs, &links, to))?
            }
            ListFormat::Csv => lines("pairs.csv", snapshot, |to| write::pairs_csv(page_pairs, to))?,
        };
        Ok(paged(app, here, page, total, response))
    })
    .await
}

impl Listed {
    fn pairs<'s>(&self, snapshot: &'s Snapshot) -> Result<Vec<PairedDocuments<'s>>, Problem> {
        let document = named("document", &self.document)?;
        let known = ["", "other_script", "same_script", "other_year"];
        let relation = order("relation", &self.relation, &known)?;
        let wanted = |(pair, ..): &PairedDocuments<'_>| {
            (relation.is_empty() || pair.relation.as_str() == relation)
                && document.as_ref().is_none_or(|id| pair.left == *id || pair.right == *id)
        };
        let versions = snapshot.searcher.versions()?;
        let both = versions.pairs.iter().filter_map(|pair| {
            Some((pair, snapshot.document(&pair.left)?, snapshot.document(&pair.right)?))
        });
        Ok(both.filter(wanted).collect())
    }
}
