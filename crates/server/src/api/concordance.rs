//! Keywords in context, with the counterpart of each clause in the other script.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_index::ClauseRecord;
use tiaowen_wire::{Concordance, ConcordanceJson, Line, LineJson, LineOrder, equivalents, write};
use utoipa::IntoParams;

use super::asked::{Asked, Wanted};
use super::openapi::Failures;
use super::{answered, as_found, json, lines, paged, whole};
use crate::ask::{Ask, ListFormat, order};
use crate::live::View;
use crate::paging::Page;
use crate::problem::{May, Problem};
use crate::{App, schema};

/// The characters on each side of a keyword, by default.
const WIDTH: usize = 40;

/// What is searched, and how lines are shown.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Looked {
    /// The query, in either script, with the operators of a search.
    #[param(value_type = schema::Query, inline)]
    pub(crate) q: String,
    /// The number of characters on each side of a keyword. Default: 40.
    #[param(value_type = schema::Width, inline)]
    pub(crate) width: Option<usize>,
    /// The order of lines. `found` (default): in the order of the clauses; `left`: by the text
    /// before the keyword, read backwards; `right`: by the text after it. Both scripts are sorted
    /// as one.
    #[param(value_type = schema::LineOrder, inline)]
    pub(crate) order: String,
    /// The order of the clauses: `score` or `date`.
    #[param(value_type = schema::Sort, inline)]
    sort: String,
    /// The number of lines to return. Default: 50.
    #[param(value_type = schema::Limit, inline)]
    pub(crate) limit: Option<usize>,
    /// The number of lines to skip.
    #[param(value_type = schema::Offset, inline)]
    pub(crate) offset: Option<usize>,
    /// Only documents printed in these scripts.
    #[param(value_type = schema::Scripts, inline)]
    script: Vec<String>,
    /// Only documents of these kinds.
    #[param(value_type = schema::Kinds, inline)]
    kind: Vec<String>,
    /// Only documents of these years.
    #[param(value_type = schema::Dates, inline)]
    year: Vec<String>,
    /// Whether documents without a date pass: only these, or beside `year` these too. Not beside
    /// `from` or `to`.
    undated: Option<bool>,
    /// Only documents of this date or later: 2017, 2017-11, 2017-11-18.
    #[param(value_type = schema::Date, inline)]
    from: String,
    /// Only documents of this date or earlier.
    #[param(value_type = schema::Date, inline)]
    to: String,
    /// Only documents that state they are in force on this date: 2020-06-30, 2020-06, 2020.
    #[param(value_type = schema::Date, inline)]
    in_force: String,
    /// The state of this day: documents that were in force then, and the version in force of each.
    #[param(value_type = schema::Date, inline)]
    as_of: String,
    /// Only documents whose content was indexed on this day or later.
    #[param(value_type = schema::Date, inline)]
    added_since: String,
    /// Only documents signed or issued by one of these bodies.
    #[param(value_type = schema::Names, inline)]
    party: Vec<String>,
    /// Only documents signed at one of these places.
    #[param(value_type = schema::Names, inline)]
    place: Vec<String>,
    /// Only clauses that name one of these responsible units.
    #[param(value_type = schema::Names, inline)]
    unit: Vec<String>,
    /// Only documents with one of these numbers (文號).
    #[param(value_type = schema::Names, inline)]
    number: Vec<String>,
    /// The script in which texts are shown: `original`, `hant` or `hans`.
    #[param(value_type = schema::Display, inline)]
    display: String,
    /// Whether to search for other regions' terms too. Default: true.
    expand: Option<bool>,
    /// Whether Latin letters may spell pinyin or jyutping.
    phonetic: Option<bool>,
    /// Whether only one version of each clause is listed, with another beside it. Default: true.
    group: Option<bool>,
    /// The format of the lines. `csv` and `jsonl` are sent as files.
    #[param(inline)]
    format: Option<ListFormat>,
}

/// Keywords in context: each occurrence with the text around it, and the counterpart of the clause
/// in the other script.
///
/// Lines are taken from the first thousand clauses of a search; `complete` says whether these are
/// all.
#[utoipa::path(
    get,
    path = "/concordance",
    params(Looked),
    responses(
        (
            status = 200,
            description = "A page of lines",
            content(
                (ConcordanceJson = "application/json"),
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
pub(super) async fn concordance(
    State(app): State<Arc<App>>,
    wanted: Wanted,
    Asked(looked): Asked<Looked>,
) -> Response {
    answered(&app, wanted, move |app, snapshot, here| {
        let page = Page::of(looked.limit, looked.offset, 50, &app.limits)?;
        let all = looked.concordance(app, snapshot)?;
        let total = all.lines.len() as u64;
        let page_lines = page.cut(&all.lines);
        let beside = looked.beside(app, snapshot, &all, page_lines)?;
        let links = app.links.permanent();
        let lines_json = page_lines.iter().zip(page.offset + 1..).map(|(line, rank)| {
            let hit = &all.found.hits[line.clause];
            let other = beside.get(&line.clause).map(|other| {
                let text = &hit.record.clause.text;
                (other, equivalents(&line.keyword, text, &other.clause.text, &app.terms))
            });
            LineJson::new(rank, line, &hit.record, other, &links)
        });
        let format = looked.format.unwrap_or_default();
        if format != ListFormat::Json {
            whole(&all.found)?;
        }
        let response = match format {
            ListFormat::Json => {
                json(snapshot, &ConcordanceJson::new(all.head(&looked.q), lines_json.collect()))?
            }
            ListFormat::Jsonl => {
                lines("concordance.jsonl", snapshot, |to| write::jsonl(lines_json, to))?
            }
            ListFormat::Csv => {
                lines("concordance.csv", snapshot, |to| write::lines_csv(lines_json, to))?
            }
        };
        Ok(as_found(&all.found, paged(app, here, page, total, response)))
    })
    .await
}

impl Looked {
    /// The search that lines are taken from.
    pub(crate) fn ask(&self) -> Ask {
        Ask {
            q: self.q.clone(),
            sort: self.sort.clone(),
            script: self.script.clone(),
            kind: self.kind.clone(),
            year: self.year.clone(),
            undated: self.undated,
            from: self.from.clone(),
            to: self.to.clone(),
            in_force: self.in_force.clone(),
            as_of: self.as_of.clone(),
            added_since: self.added_since.clone(),
            party: self.party.clone(),
            place: self.place.clone(),
            unit: self.unit.clone(),
            number: self.number.clone(),
            display: self.display.clone(),
            expand: self.expand,
            phonetic: self.phonetic,
            group: self.group,
            ..Ask::default()
        }
    }

    /// The lines of what is searched, in order.
    pub(crate) fn concordance(&self, app: &App, snapshot: &View) -> Result<Concordance, Problem> {
        let width = self.width.unwrap_or(WIDTH);
        if width > schema::MOST_WIDTH {
            let most = schema::MOST_WIDTH;
            return Err(Problem::unreadable(format!(
                "width is {width}; at most {most} characters are shown on each side"
            ))
            .naming("width", width, May::AtMost(most)));
        }
        let order = match order("order", &self.order, &["found", "left", "right"])? {
            "left" => LineOrder::Left,
            "right" => LineOrder::Right,
            _ => LineOrder::Found,
        };
        let ask = self.ask();
        let presenter = app.presenter(ask.shown()?);
        let request = ask.request(&app.limits)?;
        let (searcher, budget) = (&snapshot.searcher, &snapshot.budget);
        Concordance::find(searcher, &request, presenter, (width, order), budget)
    }

    /// For each clause with some of the lines, its version in the other script, or else another.
    pub(crate) fn beside(
        &self,
        app: &App,
        snapshot: &View,
        all: &Concordance,
        lines: &[Line],
    ) -> Result<HashMap<usize, ClauseRecord<'static>>, Problem> {
        let presenter = app.presenter(self.ask().shown()?);
        let script_of = |id: &str| snapshot.document(id).map(|document| document.script);
        all.beside(&snapshot.searcher, presenter, script_of, lines, &snapshot.budget)
    }
}
