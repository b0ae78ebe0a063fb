//! The search page: the form, the hits, facets, and notes on the query.

use askama::Template;
use axum::response::Response;
use tiaowen_query::{Answer, Hit, Request};
use tiaowen_text::Spent;
use tiaowen_words::{Words, fill, grouped};

use super::address::Pairs;
use super::card::Card;
use super::facets::{Active, Facet, active, facets, unnarrowed};
use super::notes::{ShownNote, shown_notes};
use super::pages::Pager;
use super::rendered;
use super::shell::{Choice, Here, Shell, Visitor};
use super::start::{Start, start};
use super::text::visible;
use crate::App;
use crate::api::searched;
use crate::ask::Ask;
use crate::live::View;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    shell: Shell,
    start: Option<Start>,
    found: Option<Found>,
}

/// An answer as it is shown.
struct Found {
    /// The message if there are no hits.
    nothing: String,
    is_empty: bool,
    /// The announcement for screen readers.
    count: String,
    range: String,
    took: String,
    cards: Vec<Card>,
    notes: Vec<ShownNote>,
    meant: Vec<(String, String)>,
    /// Links that switch options.
    switches: Vec<(&'static str, String)>,
    facets: Vec<Facet>,
    active: Vec<Active>,
    clear: String,
    sorts: Vec<Choice>,
    download: String,
    csv: String,
    jsonl: String,
    /// The concordance of the query. Empty without one.
    concordance: String,
    pager: Option<Pager>,
    /// The form that gathers ticked clauses: its address, and what goes along.
    gather: String,
    kept: Vec<(String, String)>,
    /// The form of filters without a list of values.
    narrow: Narrow,
    ways_on: Vec<(&'static str, String)>,
}

struct Narrow {
    hidden: Vec<(String, String)>,
    /// Whether documents without a date are requested. There are no inputs for dates then.
    undated: bool,
    from: String,
    to: String,
    in_force: String,
    as_of: String,
    added_since: String,
    /// The values given, or one empty one.
    numbers: Vec<String>,
    places: Vec<String>,
}

pub(super) fn page(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    ask: &Ask,
) -> Result<Response, Problem> {
    let q = ask.q.trim();
    let w = Words::of(visitor.ui);
    if q.is_empty() && ask.request(&app.limits)?.filter.is_empty() {
        let start = Some(start(app, snapshot, visitor)?);
        let shell = Shell::new(app, Some(snapshot), visitor, Here::Search, "");
        let shell = shell.asking("", Pairs::of(ask)).along(visitor);
        return rendered(visitor, &SearchPage { shell, start, found: None });
    }
    let found = Some(found(app, snapshot, visitor, ask)?);
    let title = match q {
        "" => w.search.results.clone(),
        q => fill(&w.search.title, &[("q", &q)]),
    };
    let shell = Shell::new(app, Some(snapshot), visitor, Here::Search, &title);
    let shell = shell.asking(&ask.q, Pairs::of(ask)).along(visitor).followed(app, ask);
    rendered(visitor, &SearchPage { shell, start: None, found })
}

fn found(app: &App, snapshot: &View, visitor: &Visitor, ask: &Ask) -> Result<Found, Problem> {
    let w = Words::of(visitor.ui);
    let shown = ask.shown()?;
    let with_all = Ask { parallel: Some(true), facets: Some(true), ..ask.clone() };
    let (mut answer, mut parallel) = searched(app, snapshot, &with_all)?;
    let marker = snapshot.marker(&with_all.request(&app.limits)?)?;
    let mut hits = std::mem::take(&mut answer.hits);
    let pairs = Pairs::of(ask);
    let cards: Vec<Card> = hits
        .iter_mut()
        .zip(&mut parallel)
        .map(|(hit, versions)| Card::of(app, visitor, hit, versions, &marker, (&pairs, shown)))
        .collect::<Result<_, Spent>>()?;
    let first_page = pairs.clone().without("offset");
    let to = |pairs: Pairs| visitor.to(app, "/", pairs);
    let meant = answer
        .suggestions
        .iter()
        .map(|meant| (visible(meant).into_owned(), to(first_page.clone().with("q", meant))));
    let most = app.limits.hits as u64;
    let narrowed = active(app, visitor, ask);
    Ok(Found {
        nothing: nothing(w, ask, &answer),
        is_empty: answer.total == 0,
        count: w.counted.hits.of(answer.total),
        range: range(w, &answer, &hits),
        took: fill(&w.search.took, &[("ms", &format!("{:.1}", answer.took_us as f64 / 1000.0))]),
        notes: shown_notes(w, ask, &answer.notes, &to),
        meant: meant.collect(),
        switches: switches(w, ask, &answer, &to, &first_page),
        facets: match &answer.facets {
            Some(found) => facets(app, visitor, ask, found),
            None => Vec::new(),
        },
        clear: to(unnarrowed(&pairs)),
        sorts: sorts(app, visitor, ask, &first_page),
        download: if answer.total > most {
            fill(&w.search.download_most, &[("n", &grouped(most))])
        } else {
            w.search.download.clone()
        },
        csv: file(app, &first_page, "csv"),
        jsonl: file(app, &first_page, "jsonl"),
        concordance: concordance(app, visitor, ask, &first_page),
        pager: pager(app, visitor, ask, answer.total),
        gather: app.links.to("/gather"),
        kept: visitor.kept().fields().to_vec(),
        narrow: Narrow::of(visitor, ask, &first_page),
        ways_on: ways_on(app, visitor, w, ask, &first_page, !narrowed.is_empty()),
        active: narrowed,
        cards,
    })
}

impl Narrow {
    /// The filters as given, and the other parameters to send along.
    fn of(visitor: &Visitor, ask: &Ask, pairs: &Pairs) -> Self {
        let fields = ["from", "to", "in_force", "as_of", "added_since", "number", "place"];
        let hidden =
            fields.iter().fold(visitor_pairs(visitor, pairs), |pairs, key| pairs.without(key));
        Narrow {
            hidden: hidden.fields().to_vec(),
            undated: ask.undated == Some(true),
            from: ask.from.clone(),
            to: ask.to.clone(),
            in_force: ask.in_force.clone(),
            as_of: ask.as_of.clone(),
            added_since: ask.added_since.clone(),
            numbers: inputs(&ask.number),
            places: inputs(&ask.place),
        }
    }
}

/// The message if no hits are shown.
fn nothing(w: &Words, ask: &Ask, answer: &Answer) -> String {
    match ask.q.trim() {
        _ if answer.total > 0 => w.search.beyond.clone(),
        "" => w.search.none_left.clone(),
        q => fill(&w.search.none, &[("q", &visible(q))]),
    }
}

/// The orders of hits.
fn sorts(app: &App, visitor: &Visitor, ask: &Ask, pairs: &Pairs) -> Vec<Choice> {
    let w = Words::of(visitor.ui);
    let orders = [("", &w.search.by_score), ("date", &w.search.by_date)];
    let choices = orders.map(|(code, name)| {
        let is_chosen = ask.sort == code || code.is_empty() && ask.sort == "score";
        Choice::new(
            visitor,
            name,
            visitor.to(app, "/", pairs.clone().with("sort", code)),
            is_chosen,
        )
    });
    choices.into()
}

/// The address of a file with as many hits as one may have.
fn file(app: &App, pairs: &Pairs, format: &str) -> String {
    let most = app.limits.hits.to_string();
    let pairs = pairs.clone().with("limit", &most).with("format", format);
    app.links.to(&format!("/api/v1/search{}", pairs.query()))
}

/// The values of a filter for which a form has inputs: those given, or an empty one.
pub(super) fn inputs(values: &[String]) -> Vec<String> {
    match values {
        [] => vec![String::new()],
        values => values.to_vec(),
    }
}

/// The link to each occurrence of what is searched.
fn concordance(app: &App, visitor: &Visitor, ask: &Ask, pairs: &Pairs) -> String {
    if ask.q.trim().is_empty() {
        return String::new();
    }
    let not = ["limit", "explain", "parallel", "facets", "count", "format"];
    let pairs = not.iter().fold(pairs.clone(), |pairs, key| pairs.without(key));
    visitor.to(app, "/concordance", pairs)
}

/// The parameters that a form sends along: the search, and what the visitor chose.
fn visitor_pairs(visitor: &Visitor, pairs: &Pairs) -> Pairs {
    let kept = visitor.kept();
    kept.fields().iter().fold(pairs.clone(), |pairs, (key, value)| pairs.with(key, value))
}

fn range(w: &Words, answer: &Answer, hits: &[Hit]) -> String {
    let total = w.counted.hits.of(answer.total);
    match hits {
        [first, .., last] if answer.total > hits.len() as u64 => {
            let (from, to) = (grouped(first.rank as u64), grouped(last.rank as u64));
            fill(&w.search.range, &[("from", &from), ("to", &to), ("total", &total)])
        }
        _ => total,
    }
}

/// Links that switch options back on.
fn switches(
    w: &'static Words,
    ask: &Ask,
    answer: &Answer,
    to: &impl Fn(Pairs) -> String,
    pairs: &Pairs,
) -> Vec<(&'static str, String)> {
    let with = |key: &str, value: &str| to(pairs.clone().with(key, value));
    let mut all: Vec<(&'static str, String)> = Vec::new();
    if ask.expand == Some(false) {
        all.push((&w.search.widen, with("expand", "")));
    }
    if answer.total > 0 {
        all.push(if ask.explain == Some(true) {
            (&w.search.explain_off, with("explain", ""))
        } else {
            (&w.search.explain, with("explain", "true"))
        });
        all.push(if ask.group == Some(false) {
            (&w.search.regroup, with("group", ""))
        } else {
            (&w.search.ungroup, with("group", "false"))
        });
    }
    all
}

/// Suggestions if nothing is found.
fn ways_on(
    app: &App,
    visitor: &Visitor,
    w: &'static Words,
    ask: &Ask,
    pairs: &Pairs,
    narrowed: bool,
) -> Vec<(&'static str, String)> {
    let mut all: Vec<(&'static str, String)> = Vec::new();
    if ask.offset.unwrap_or(0) > 0 {
        all.push((&w.search.first, visitor.to(app, "/", pairs.clone())));
    }
    if narrowed {
        all.push((&w.search.try_clear, visitor.to(app, "/", unnarrowed(pairs))));
    }
    if ask.expand == Some(false) {
        all.push((&w.search.widen, visitor.to(app, "/", pairs.clone().without("expand"))));
    }
    let latin =
        ask.q.chars().any(|c| c.is_ascii_alphabetic()) && !ask.q.chars().any(tiaowen_text::is_han);
    if latin && ask.phonetic != Some(true) {
        let pairs = pairs.clone().with("phonetic", "true");
        all.push((&w.search.try_phonetic, visitor.to(app, "/", pairs)));
    }
    all.push((&w.search.try_documents, visitor.to(app, "/documents", Pairs::default())));
    all
}

/// The pages around the current one, up to the limit of depth.
fn pager(app: &App, visitor: &Visitor, ask: &Ask, total: u64) -> Option<Pager> {
    let limit = ask.limit.unwrap_or(Request::new("").limit).max(1);
    let reach = usize::try_from(total).unwrap_or(usize::MAX).min(app.limits.depth);
    let last = reach.div_ceil(limit).max(1);
    // A page beyond the limit would be rejected.
    let last = if last * limit > app.limits.depth { app.limits.depth / limit } else { last };
    let now = ask.offset.unwrap_or(0) / limit;
    let pairs = Pairs::of(ask);
    Pager::around(visitor, now, last, |page| {
        visitor.to(app, "/", pairs.clone().with_offset(page * limit))
    })
}
