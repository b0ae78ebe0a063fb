//! The page of a comparison: two versions side by side, with differences marked by kind.

use askama::Template;
use axum::response::Response;
use serde::Deserialize;
use tiaowen_compare::{Comparison, DifferenceKind, Row, Verdict, compare_within};
use tiaowen_corpus::DocumentText;
use tiaowen_index::ClauseRecord;
use tiaowen_words::{Words, fill, name};

use super::address::Pairs;
use super::card::{lang, tamed};
use super::documents::{Told, alike};
use super::pages::{Pager, Pages};
use super::reading::is_id;
use super::rendered;
use super::rows::{Look, RowTold, differs};
use super::shell::{Choice, Here, Shell, Visitor};
use super::text::visible;
use crate::App;
use crate::ask::script;
use crate::live::View;
use crate::problem::Problem;

/// What is compared, and how it is shown.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    left: String,
    right: String,
    /// `all` rows, or those that `changed`.
    show: String,
    /// The number of rows to skip. The page with the next one is shown.
    offset: usize,
    /// The `eid` of a clause on the left whose page is shown instead.
    at: String,
    /// The kinds of differences that aren't marked. `none` marks all.
    hide: Vec<String>,
    display: String,
}

/// Two scripts differ everywhere in these, so they are marked on request.
const HIDDEN: [DifferenceKind; 2] = [DifferenceKind::Script, DifferenceKind::Variant];

#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage {
    shell: Shell,
    left: Told,
    right: Told,
    left_lang: String,
    right_lang: String,
    swap: String,
    /// The status, its name, and the number of rows.
    counts: Vec<(&'static str, &'static str, usize)>,
    verdict: &'static str,
    score: Option<String>,
    traces: Vec<String>,
    kinds: Vec<Kind>,
    shows: Vec<Choice>,
    rows: Vec<RowTold>,
    pager: Option<Pager>,
    is_empty: bool,
    downloads: Vec<(&'static str, String)>,
}

/// A kind of difference, in the legend and as a switch.
struct Kind {
    code: &'static str,
    name: &'static str,
    count: usize,
    shown: bool,
    href: String,
}

#[derive(Template)]
#[template(path = "choose.html")]
struct ChoosePage {
    shell: Shell,
    pairs: Vec<PairTold>,
}

/// Two documents that are versions of one another.
struct PairTold {
    relation: String,
    alike: String,
    left: Told,
    right: Told,
    compare: String,
}

pub(super) fn page(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    asked: &Asked,
) -> Result<Response, Problem> {
    if asked.left.is_empty() || asked.right.is_empty() {
        return choose(app, snapshot, visitor, asked);
    }
    let w = Words::of(visitor.ui);
    let shown = script("display", &asked.display, "original")?;
    let (left, right) = (text(snapshot, &asked.left)?, text(snapshot, &asked.right)?);
    let comparison = compare_within(&left, &right, &app.terms, &snapshot.budget)?;
    let hidden = hidden(&asked.hide)?;
    let only_changed = match asked.show.as_str() {
        "changed" => true,
        "" | "all" => false,
        other => return Err(Problem::none_of("show", other, &["all", "changed"])),
    };
    let look = Look { w, presenter: app.presenter(shown), hidden: &hidden };
    let left = Told::of(app, visitor, &comparison.left, shown)?;
    let right = Told::of(app, visitor, &comparison.right, shown)?;
    let documents = [(&comparison.left, &*left.href), (&comparison.right, &*right.href)];
    let all: Vec<(usize, &Row)> =
        (1..).zip(&comparison.rows).filter(|(_, row)| !only_changed || differs(row)).collect();
    let is_at =
        |(_, row): &(usize, &Row)| row.left.as_ref().is_some_and(|clause| clause.eid == asked.at);
    let place = all.iter().position(is_at).unwrap_or(asked.offset);
    let pages = Pages::of(place, all.len());
    let mut rows = Vec::new();
    for (number, row) in &all[pages.range()] {
        snapshot.budget.check()?;
        rows.push(RowTold::of(row, *number, documents, &look)?);
    }
    let title = fill(&w.comparison.of, &[("left", &left.title), ("right", &right.title)]);
    let page = ComparePage {
        shell: Shell::new(app, Some(snapshot), visitor, Here::Compare, &title),
        left_lang: lang(&comparison.left, shown),
        right_lang: lang(&comparison.right, shown),
        swap: swapped(app, visitor, asked),
        counts: counts(w, &comparison),
        verdict: match comparison.derivation.verdict {
            Verdict::Converted => &w.comparison.converted,
            Verdict::Drafted => &w.comparison.drafted,
            Verdict::Unclear => &w.comparison.unclear,
        },
        score: comparison
            .derivation
            .score
            .map(|score| fill(&w.comparison.score, &[("score", &format!("{score:.2}"))])),
        traces: traces(w, &comparison),
        kinds: kinds(app, visitor, w, &comparison, &hidden),
        shows: [("", &w.comparison.all_rows), ("changed", &w.comparison.changed_rows)]
            .map(|(code, name)| Choice {
                name: name.clone(),
                lang: visitor.ui.tag(),
                href: visitor.here_with(app, "show", code),
                current: only_changed == (code == "changed"),
            })
            .into(),
        is_empty: comparison.rows.is_empty(),
        downloads: downloads(app, asked),
        pager: pages.pager(app, visitor, "/compare"),
        rows,
        left,
        right,
    };
    rendered(visitor, &page)
}

/// A document with its clauses.
fn text(snapshot: &View, id: &str) -> Result<DocumentText, Problem> {
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
    let kind = |name: &str| {
        let found = DifferenceKind::ALL.into_iter().find(|kind| kind.as_str() == name);
        found.ok_or_else(|| {
            let kinds = DifferenceKind::ALL.map(DifferenceKind::as_str);
            Problem::none_of("hide", name, &[&["none"], kinds.as_slice()].concat())
        })
    };
    names.filter(|name| !matches!(*name, "" | "none")).map(kind).collect()
}

fn swapped(app: &App, visitor: &Visitor, asked: &Asked) -> String {
    let pairs = visitor.pairs.clone().with("left", &asked.right).with("right", &asked.left);
    app.links.to(&format!("/compare{}", pairs.query()))
}

fn counts(w: &'static Words, comparison: &Comparison) -> Vec<(&'static str, &'static str, usize)> {
    let found = comparison.summary;
    let w = &w.comparison;
    vec![
        ("changed", &w.changed, found.changed),
        ("left_only", &w.left_only, found.left_only),
        ("right_only", &w.right_only, found.right_only),
        ("same", &w.same, found.same),
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

/// The kinds of differences, the most important first.
fn kinds(
    app: &App,
    visitor: &Visitor,
    w: &'static Words,
    comparison: &Comparison,
    hidden: &[DifferenceKind],
) -> Vec<Kind> {
    let legend = |kind: DifferenceKind| {
        let rows = comparison.rows.iter().filter(|row| row.counts());
        let all = rows.flat_map(|row| &row.differences);
        Kind {
            code: kind.as_str(),
            name: name(&w.differences, kind.as_str()),
            count: all.filter(|difference| difference.kind == kind).count(),
            shown: !hidden.contains(&kind),
            href: app.links.to(&format!("/compare{}", toggled(visitor, hidden, kind).query())),
        }
    };
    DifferenceKind::ALL.into_iter().rev().map(legend).collect()
}

/// The parameters of the page that shows a kind that is hidden, or hides one that is shown.
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

fn downloads(app: &App, asked: &Asked) -> Vec<(&'static str, String)> {
    let link = |(name, format): (&'static str, &str)| {
        let pairs = Pairs::default()
            .with("left", &asked.left)
            .with("right", &asked.right)
            .with("format", format);
        (name, app.links.to(&format!("/api/v1/compare{}", pairs.query())))
    };
    [("HTML", "html"), ("Word", "docx"), ("CSV", "csv"), ("TMX", "tmx"), ("JSON", "json")]
        .map(link)
        .into()
}

/// The pairs of the index to choose from.
fn choose(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    asked: &Asked,
) -> Result<Response, Problem> {
    let w = Words::of(visitor.ui);
    let shown = script("display", &asked.display, "original")?;
    let mut pairs = Vec::new();
    for pair in &snapshot.searcher.versions()?.pairs {
        let (Some(left), Some(right)) =
            (snapshot.document(&pair.left), snapshot.document(&pair.right))
        else {
            continue;
        };
        // A document that was chosen already narrows the pairs.
        let chosen = [&asked.left, &asked.right].into_iter().find(|id| !id.is_empty());
        if chosen.is_some_and(|id| *id != pair.left && *id != pair.right) {
            continue;
        }
        let sides = Pairs::default().with("left", &pair.left).with("right", &pair.right);
        pairs.push(PairTold {
            relation: name(&w.relations, pair.relation.as_str()).to_owned(),
            alike: alike(w, pair),
            left: Told::of(app, visitor, left, shown)?,
            right: Told::of(app, visitor, right, shown)?,
            compare: visitor.to(app, "/compare", sides),
        });
    }
    let title = &w.comparison.choose;
    let shell = Shell::new(app, Some(snapshot), visitor, Here::Compare, title);
    rendered(visitor, &ChoosePage { shell, pairs })
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
