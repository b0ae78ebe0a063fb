//! The page of a comparison: two versions side by side, with differences marked by kind.

use std::fmt::Display;

use askama::Template;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_compare::export::{LanguageTags, makes_memory};
use tiaowen_compare::{Comparison, DifferenceKind, Row, Verdict, compare_within};
use tiaowen_corpus::DocumentText;
use tiaowen_index::ClauseRecord;
use tiaowen_text::Script;
use tiaowen_words::{Words, fill, name, recognised_sides};

use super::address::Pairs;
use super::card::{lang, tamed};
use super::documents::DocumentLink;
use super::pages::{Pager, Pages};
use super::reading::is_id;
use super::rows::{Look, RowView, differs};
use super::shell::{Choice, Here, Shell, Visitor};
use super::substance::{Substance, substance};
use super::text::visible;
use super::{choosing, rendered, sent};
use crate::api::{FileOptions, written};
use crate::ask::script;
use crate::live::View;
use crate::problem::Problem;
use crate::upload::Form;
use crate::{App, PAGE};

/// What is compared, and how it is shown.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct CompareParams {
    pub(super) left: String,
    pub(super) right: String,
    /// What the titles of documents to choose from contain.
    pub(super) title: String,
    /// `all` rows, or those that `changed`.
    show: String,
    /// The number of rows to skip. The page with the next one is shown.
    offset: usize,
    /// The `eid` of a clause on the left whose page is shown instead.
    at: String,
    /// The kinds of differences that aren't marked. `none` marks all.
    hide: Vec<String>,
    pub(super) display: String,
}

/// Two scripts differ everywhere in these, so they are marked on request.
const HIDDEN: [DifferenceKind; 2] = [DifferenceKind::Script, DifferenceKind::Variant];

#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage {
    shell: Shell,
    left: DocumentLink,
    right: DocumentLink,
    left_lang: String,
    right_lang: String,
    /// The same with the sides swapped; `None` for files, which are not kept.
    swap: Option<String>,
    /// Who must do what in both, where any clause names a unit.
    units: Option<String>,
    /// The status, its name, and the number of rows.
    counts: Vec<(&'static str, &'static str, usize)>,
    substance: Vec<Substance>,
    verdict: &'static str,
    /// That a side was read by text recognition.
    recognised: Vec<String>,
    score: Option<String>,
    traces: Vec<String>,
    kinds: Vec<Kind>,
    /// Which rows are shown; empty for files, whose page has a box for that.
    shows: Vec<Choice>,
    rows: Vec<RowView>,
    pager: Option<Pager>,
    /// How many rows of files are shown, where that is not all.
    cut: Option<String>,
    is_empty: bool,
    downloads: Vec<(&'static str, String)>,
}

/// A kind of difference, in the legend and as a switch.
struct Kind {
    code: &'static str,
    name: &'static str,
    count: usize,
    shown: bool,
    /// The page with the kind switched; a box of the page does it where that is `None`.
    href: Option<String>,
}

pub(super) fn page(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    params: &CompareParams,
) -> Result<Response, Problem> {
    if params.left.is_empty() || params.right.is_empty() {
        return choosing::page(app, snapshot, visitor, params, None);
    }
    let shown = script("display", &params.display, "original")?;
    let (left, right) = (text(snapshot, &params.left)?, text(snapshot, &params.right)?);
    let comparison = compare_within(&left, &right, &app.terms, &snapshot.budget)?;
    let hidden = hidden(&params.hide)?;
    let only_changed = params.only_changed()?;
    let all: Vec<(usize, &Row)> =
        (1..).zip(&comparison.rows).filter(|(_, row)| !only_changed || differs(row)).collect();
    let is_at =
        |(_, row): &(usize, &Row)| row.left.as_ref().is_some_and(|clause| clause.eid == params.at);
    let place = all.iter().position(is_at).unwrap_or(params.offset);
    let pages = Pages::of(place, all.len());
    let rows = &all[pages.range()];
    let row_href = |number: usize| {
        let is_on_page = rows.iter().any(|(other, _)| *other == number);
        let place = all.iter().position(|(other, _)| *other == number);
        row_href(app, visitor, number, place.filter(|_| !is_on_page))
    };
    let sides = [
        DocumentLink::of(app, visitor, &comparison.left, shown)?,
        DocumentLink::of(app, visitor, &comparison.right, shown)?,
    ];
    let w = &Words::of(visitor.ui).comparison;
    let shows = [("", &w.all_rows), ("changed", &w.changed_rows)];
    let frame = Frame { app, snapshot, visitor, comparison: &comparison, shown, hidden: &hidden };
    let page = ComparePage {
        swap: Some(swapped(app, visitor, params)),
        units: units(app, visitor, &comparison, params),
        kinds: kinds(app, visitor, &comparison, &hidden),
        shows: shows
            .map(|(code, name)| {
                let href = visitor.here_with(app, "show", code);
                Choice::new(visitor, name, href, only_changed == (code == "changed"))
            })
            .into(),
        downloads: downloads(app, visitor, params, &comparison),
        pager: pages.pager(app, visitor, "/compare"),
        ..frame.page(sides, rows, row_href)?
    };
    rendered(visitor, &page)
}

impl CompareParams {
    /// Whether only rows with differences are shown.
    fn only_changed(&self) -> Result<bool, Problem> {
        match self.show.as_str() {
            "changed" => Ok(true),
            "" | "all" => Ok(false),
            other => Err(Problem::none_of("show", other, &["all", "changed"])),
        }
    }
}

/// The address of a row: on this page, or on the page with the row at `place`.
fn row_href(app: &App, visitor: &Visitor, number: usize, place: Option<usize>) -> String {
    let Some(place) = place else { return format!("#row-{number}") };
    let pairs = visitor.pairs.clone().without("at").with("offset", &place.to_string());
    app.links.to(&format!("/compare{}#row-{number}", pairs.query()))
}

/// The comparison of two files that a form sends, as a page or as a file; nothing of it is kept.
pub(super) fn files(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    form: &Form,
) -> Result<Response, Problem> {
    let (left, right) = match sent::pair(app, visitor, form)? {
        Ok(pair) => pair,
        Err(unsent) => {
            return choosing::page(app, snapshot, visitor, &CompareParams::default(), Some(unsent));
        }
    };
    let comparison = compare_within(&left, &right, &app.terms, &snapshot.budget)?;
    if let Some(format) = sent::format(form)? {
        let units = !form.field("units").is_empty();
        let options = FileOptions { units, language: Some(visitor.ui), ..FileOptions::default() };
        return written(&comparison, format, options, &app.links.permanent(), &snapshot.budget);
    }
    let all: Vec<(usize, &Row)> = (1..).zip(&comparison.rows).collect();
    let rows = &all[..all.len().min(PAGE)];
    let frame =
        Frame { app, snapshot, visitor, comparison: &comparison, shown: None, hidden: &HIDDEN };
    let sides = [&comparison.left, &comparison.right];
    let [left, right] = sides.map(|document| DocumentLink::of_file(document, visitor));
    let row_href = |number: usize| format!("#row-{number}");
    let w = Words::of(visitor.ui);
    let numbers: [(&str, &dyn Display); 2] = [("n", &rows.len()), ("total", &all.len())];
    let page = ComparePage {
        kinds: boxes(w, &comparison),
        cut: (rows.len() < all.len()).then(|| fill(&w.comparison.cut, &numbers)),
        ..frame.page([left, right], rows, row_href)?
    };
    rendered(visitor, &page)
}

/// What the page of a comparison is made from, wherever its sides come from.
struct Frame<'a> {
    app: &'a App,
    snapshot: &'a View,
    visitor: &'a Visitor,
    comparison: &'a Comparison,
    shown: Option<Script>,
    hidden: &'a [DifferenceKind],
}

impl Frame<'_> {
    /// The page with some of its rows; `row_href` leads to a row by its number.
    fn page(
        &self,
        [left, right]: [DocumentLink; 2],
        rows: &[(usize, &Row)],
        row_href: impl Fn(usize) -> String,
    ) -> Result<ComparePage, Problem> {
        let Frame { app, snapshot, visitor, comparison, shown, hidden } = *self;
        let w = Words::of(visitor.ui);
        let look = Look { w, ui: visitor.ui.tag(), presenter: app.presenter(shown), hidden };
        let documents = [(&comparison.left, &*left.href), (&comparison.right, &*right.href)];
        let mut views = Vec::new();
        for (number, row) in rows {
            snapshot.budget.check()?;
            views.push(RowView::of(row, *number, documents, &look)?);
        }
        let title = fill(&w.comparison.of, &[("left", &left.title), ("right", &right.title)]);
        Ok(ComparePage {
            shell: Shell::new(app, Some(snapshot), visitor, Here::Compare, &title),
            left_lang: lang(&comparison.left, shown),
            right_lang: lang(&comparison.right, shown),
            left,
            right,
            swap: None,
            units: None,
            counts: counts(w, comparison),
            substance: substance(w, comparison, row_href),
            verdict: match comparison.derivation.verdict {
                Verdict::Converted => &w.comparison.converted,
                Verdict::Drafted => &w.comparison.drafted,
                Verdict::Unclear => &w.comparison.unclear,
            },
            recognised: recognised_sides(
                w,
                comparison.left_recognised.as_ref(),
                comparison.right_recognised.as_ref(),
            ),
            score: comparison
                .derivation
                .score
                .map(|score| fill(&w.comparison.score, &[("score", &format!("{score:.2}"))])),
            traces: traces(w, comparison),
            kinds: Vec::new(),
            shows: Vec::new(),
            rows: views,
            pager: None,
            cut: None,
            is_empty: comparison.rows.is_empty(),
            downloads: Vec::new(),
        })
    }
}

/// A document with its clauses.
pub(super) fn text(snapshot: &View, id: &str) -> Result<DocumentText, Problem> {
    let records = if is_id(id) { snapshot.clauses(id)? } else { Vec::new() };
    let Some(mut text) = ClauseRecord::document(records) else {
        return Err(Problem::missing("no document has one of these ids; a search gives ids"));
    };
    tamed(&mut text.document);
    Ok(text)
}

fn hidden(hide: &[String]) -> Result<Vec<DifferenceKind>, Problem> {
    if hide.is_empty() {
        return Ok(HIDDEN.to_vec());
    }
    let names = hide.iter().flat_map(|names| names.split(','));
    names.filter(|name| !matches!(*name, "" | "none")).map(kind_named).collect()
}

fn kind_named(name: &str) -> Result<DifferenceKind, Problem> {
    let found = DifferenceKind::ALL.into_iter().find(|kind| kind.as_str() == name);
    found.ok_or_else(|| {
        let kinds = DifferenceKind::ALL.map(DifferenceKind::as_str);
        Problem::none_of("hide", name, &[&["none"], kinds.as_slice()].concat())
    })
}

fn swapped(app: &App, visitor: &Visitor, params: &CompareParams) -> String {
    let pairs = visitor.pairs.clone().with("left", &params.right).with("right", &params.left);
    app.links.to(&format!("/compare{}", pairs.query()))
}

/// Where the units of both versions are listed; `None` where neither names any.
fn units(
    app: &App,
    visitor: &Visitor,
    comparison: &Comparison,
    params: &CompareParams,
) -> Option<String> {
    let clauses = comparison.rows.iter().flat_map(|row| row.left.iter().chain(&row.right));
    let pairs = Pairs::default().with("left", &params.left).with("right", &params.right);
    let has_units = clauses.into_iter().any(|clause| !clause.units.is_empty());
    has_units.then(|| visitor.to(app, "/units", pairs))
}

fn counts(w: &'static Words, comparison: &Comparison) -> Vec<(&'static str, &'static str, usize)> {
    let found = comparison.summary;
    let w = &w.comparison;
    vec![
        ("changed", &w.changed, found.changed),
        ("left_only", &w.left_only, found.left_only),
        ("right_only", &w.right_only, found.right_only),
        ("same", &w.same, found.same),
        ("units", &w.of_same_units, found.units),
        ("moved", &w.moved, found.moved),
    ]
}

fn traces(w: &Words, comparison: &Comparison) -> Vec<String> {
    let traces = comparison.derivation.traces.iter().take(8);
    let lines = traces.map(|trace| {
        fill(
            &w.comparison.trace,
            &[
                ("printed", &visible(&trace.printed)),
                ("usual", &visible(&trace.usual)),
                ("n", &trace.count),
            ],
        )
    });
    lines.collect()
}

/// How many differences of a kind a comparison has.
fn count(comparison: &Comparison, kind: DifferenceKind) -> usize {
    let rows = comparison.rows.iter().filter(|row| row.counts());
    let all = rows.flat_map(|row| row.differences.iter().chain(&row.unit_differences));
    all.filter(|difference| difference.kind == kind).count()
}

impl Kind {
    fn of(
        w: &'static Words,
        comparison: &Comparison,
        kind: DifferenceKind,
        shown: bool,
        href: Option<String>,
    ) -> Self {
        let (code, count) = (kind.as_str(), count(comparison, kind));
        Kind { code, name: name(&w.differences, code), count, shown, href }
    }
}

/// The kinds of differences, the most important first, each with a link that switches it.
fn kinds(
    app: &App,
    visitor: &Visitor,
    comparison: &Comparison,
    hidden: &[DifferenceKind],
) -> Vec<Kind> {
    let w = Words::of(visitor.ui);
    let kind = |kind: DifferenceKind| {
        let href = format!("/compare{}", toggled(visitor, hidden, kind).query());
        Kind::of(w, comparison, kind, !hidden.contains(&kind), Some(app.links.to(&href)))
    };
    DifferenceKind::ALL.into_iter().rev().map(kind).collect()
}

/// The same with boxes instead of links, as files are not kept for another request. What two
/// scripts differ in all over has none: its marks would be most of the page.
fn boxes(w: &'static Words, comparison: &Comparison) -> Vec<Kind> {
    let kinds = DifferenceKind::ALL.into_iter().rev().filter(|kind| !HIDDEN.contains(kind));
    kinds.map(|kind| Kind::of(w, comparison, kind, true, None)).collect()
}

/// The parameters when one more kind is hidden, or shown again.
fn toggled(visitor: &Visitor, hidden: &[DifferenceKind], kind: DifferenceKind) -> Pairs {
    let mut toggled: Vec<DifferenceKind> = hidden.to_vec();
    if hidden.contains(&kind) {
        toggled.retain(|other| *other != kind);
    } else {
        toggled.push(kind);
    }
    toggled.sort();
    let pairs = visitor.pairs.clone().without("hide");
    if toggled == HIDDEN {
        pairs
    } else if toggled.is_empty() {
        pairs.and("hide", "none")
    } else {
        toggled.iter().fold(pairs, |pairs, kind| pairs.and("hide", kind.as_str()))
    }
}

/// The files that there are of a comparison; a translation memory only of two languages.
fn downloads(
    app: &App,
    visitor: &Visitor,
    params: &CompareParams,
    comparison: &Comparison,
) -> Vec<(&'static str, String)> {
    let formats = [
        ("HTML", "html"),
        ("Word", "docx"),
        (&*Words::of(visitor.ui).comparison.tracked, "tracked"),
        ("CSV", "csv"),
        ("TMX", "tmx"),
        ("JSON", "json"),
    ];
    let sides = Pairs::default().with("left", &params.left).with("right", &params.right);
    let link = |(name, format): (&'static str, &str)| {
        let ui = if format == "docx" { visitor.ui.code() } else { "" };
        let pairs = sides.clone().with("format", format).with("ui", ui);
        (name, app.links.to(&format!("/api/v1/compare{}", pairs.query())))
    };
    let is_memory = makes_memory(comparison, &LanguageTags::default());
    formats.into_iter().filter(|(_, format)| *format != "tmx" || is_memory).map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_hidden_as_asked() {
        let of = |names: &[&str]| {
            hidden(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(of(&[]).unwrap(), HIDDEN);
        assert_eq!(of(&["none"]).unwrap(), []);
        let both = [DifferenceKind::Punctuation, DifferenceKind::Number];
        assert_eq!(of(&["punctuation", "number"]).unwrap(), both);
        assert_eq!(of(&["punctuation,number"]).unwrap(), both);
        assert!(of(&["<b>"]).is_err());
    }
}
