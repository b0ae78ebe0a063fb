//! Who must do what: the responsible units of two versions with their clauses, as a table.

use askama::Template;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_compare::compare_within;
use tiaowen_corpus::{Clause, Document};
use tiaowen_wire::{UnitRow, unit_rows};
use tiaowen_words::{Words, fill};

use super::address::Pairs;
use super::card::lang;
use super::comparing::text;
use super::documents::DocumentLink;
use super::rendered;
use super::rows::place;
use super::shell::{Here, Shell, Visitor, downloads};
use super::text::visible;
use crate::App;
use crate::live::View;
use crate::problem::Problem;

/// Clauses whose beginnings are shown are cut after so many characters.
const BEGINNING: usize = 60;

/// The two versions.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct UnitsParams {
    left: String,
    right: String,
}

#[derive(Template)]
#[template(path = "units.html")]
struct UnitsPage {
    shell: Shell,
    left: DocumentLink,
    right: DocumentLink,
    left_lang: String,
    right_lang: String,
    count: String,
    units: Vec<Unit>,
    downloads: Vec<(&'static str, String)>,
}

/// A unit with its clauses.
struct Unit {
    name: String,
    lang: String,
    rows: Vec<Entry>,
}

/// A clause on both sides; what names the unit says so.
struct Entry {
    left: Option<Side>,
    right: Option<Side>,
    /// Whether both sides name the unit.
    is_both: bool,
}

struct Side {
    place: String,
    href: String,
    text: String,
    is_named: bool,
}

pub(super) fn page(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    params: &UnitsParams,
) -> Result<Response, Problem> {
    let w = Words::of(visitor.ui);
    let (left, right) = (text(snapshot, &params.left)?, text(snapshot, &params.right)?);
    let comparison = compare_within(&left, &right, &app.terms, &snapshot.budget)?;
    let (left, right) = (&comparison.left, &comparison.right);
    let rows = unit_rows(&comparison);
    let mut units: Vec<Unit> = Vec::new();
    let mut last = String::new();
    for row in &rows {
        let UnitRow { unit, on_left, on_right, .. } = *row;
        let folded = tiaowen_text::fold(unit);
        if folded != last || units.is_empty() {
            let lang = lang(if on_left { left } else { right }, None);
            units.push(Unit { name: visible(unit).into_owned(), lang, rows: Vec::new() });
            last = folded;
        }
        if let Some(unit) = units.last_mut() {
            unit.rows.push(Entry {
                left: row.left.map(|clause| Side::of(app, visitor, (left, clause), on_left)),
                right: row.right.map(|clause| Side::of(app, visitor, (right, clause), on_right)),
                is_both: on_left && on_right,
            });
        }
    }
    let alone = rows.iter().filter(|row| !(row.on_left && row.on_right)).count();
    let numbers: [(&str, &dyn std::fmt::Display); 3] =
        [("units", &units.len()), ("rows", &rows.len()), ("alone", &alone)];
    let pairs = Pairs::default().with("left", &params.left).with("right", &params.right);
    let formats = [("Excel", "xlsx"), ("CSV", "csv"), ("JSON", "json")];
    let page = UnitsPage {
        shell: Shell::new(app, Some(snapshot), visitor, Here::Compare, &w.units.title),
        count: fill(&w.units.count, &numbers),
        left_lang: lang(left, None),
        right_lang: lang(right, None),
        left: DocumentLink::of(app, visitor, left, None)?,
        right: DocumentLink::of(app, visitor, right, None)?,
        downloads: downloads(app, "units", &pairs, formats),
        units,
    };
    rendered(visitor, &page)
}

impl Side {
    fn of(
        app: &App,
        visitor: &Visitor,
        (document, clause): (&Document, &Clause),
        is_named: bool,
    ) -> Self {
        let path = format!("/clauses/{}", clause.id(document));
        Side {
            place: place(document, clause),
            href: visitor.to(app, &path, Pairs::default()),
            text: beginning(&clause.text),
            is_named,
        }
    }
}

/// How a text begins, on one line.
fn beginning(text: &str) -> String {
    let flat = visible(text).replace('\n', " ");
    match flat.char_indices().nth(BEGINNING) {
        Some((end, _)) => format!("{}…", &flat[..end]),
        None => flat,
    }
}
