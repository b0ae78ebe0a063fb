//! Choosing what is compared: two versions of the index, any two documents of it, or two files.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use tiaowen_corpus::Document;
use tiaowen_text::{Script, fold};
use tiaowen_words::{Words, fill, name};

use super::address::Pairs;
use super::comparing::CompareParams;
use super::documents::{DocumentLink, alike, sides};
use super::rendered;
use super::sent::Unsent;
use super::shell::{Here, Shell, Visitor};
use crate::App;
use crate::ask::{named, script};
use crate::live::View;
use crate::problem::Problem;
use crate::upload::MOST_UPLOAD;

/// Documents that are offered at most; a title narrows them down.
const MOST_OFFERED: usize = 50;

#[derive(Template)]
#[template(path = "choose.html")]
struct ChoosePage {
    shell: Shell,
    /// Why files that were sent can't be compared.
    unsent: Option<Unsent>,
    /// The form that sends files: where to, and what it says of their size.
    send: String,
    most: String,
    pairs: Vec<PairView>,
    /// The document that is chosen already.
    chosen: Option<DocumentLink>,
    action: String,
    title: String,
    hidden: Vec<(String, String)>,
    /// Documents to choose from: each with a link that chooses it.
    offered: Vec<(DocumentLink, String)>,
    /// How many are not offered, as they are too many.
    more: Option<String>,
}

/// Two documents that are versions of one another.
struct PairView {
    relation: String,
    alike: String,
    left: DocumentLink,
    right: DocumentLink,
    compare: String,
}

/// The page where one chooses; `unsent` says why files that were sent can't be compared.
pub(super) fn page(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    params: &CompareParams,
    unsent: Option<Unsent>,
) -> Result<Response, Problem> {
    let w = Words::of(visitor.ui);
    let shown = script("display", &params.display, "original")?;
    let id = [&params.left, &params.right].into_iter().find(|id| !id.is_empty());
    let chosen = match id {
        Some(id) => Some(
            snapshot
                .document(id)
                .ok_or_else(|| Problem::missing("no document has this id; a search gives ids"))?,
        ),
        None => None,
    };
    let wanted = named("title", &params.title)?.unwrap_or_default();
    // Without a title and a first document the pairs are what one comes for.
    let is_offering = chosen.is_some() || !wanted.is_empty();
    let all = if is_offering { titled(snapshot, &wanted, chosen) } else { Vec::new() };
    let mut offered = Vec::new();
    for document in all.iter().take(MOST_OFFERED) {
        let pairs = match chosen {
            Some(chosen) => sides(chosen, document).0,
            None => Pairs::default().with("left", &document.id),
        };
        let link = DocumentLink::of(app, visitor, document, shown)?;
        offered.push((link, visitor.to(app, "/compare", pairs)));
    }
    let more = all.len().saturating_sub(MOST_OFFERED);
    let kept = visitor.kept().with("left", id.map_or("", String::as_str));
    let title = &w.comparison.choose;
    let is_refused = unsent.is_some();
    let page = ChoosePage {
        shell: Shell::new(app, Some(snapshot), visitor, Here::Compare, title),
        send: visitor.to(app, "/compare", Pairs::default()),
        most: fill(&w.files.most, &[("n", &(MOST_UPLOAD >> 20))]),
        pairs: pairs(app, snapshot, visitor, id, shown)?,
        chosen: chosen
            .map(|document| DocumentLink::of(app, visitor, document, shown))
            .transpose()?,
        action: app.links.to("/compare"),
        title: params.title.clone(),
        hidden: kept.fields().to_vec(),
        more: (more > 0).then(|| fill(&w.search.show_more, &[("n", &more)])),
        offered,
        unsent,
    };
    let mut response = rendered(visitor, &page)?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// The documents whose titles hold some words, but for the one that is chosen already.
fn titled<'v>(snapshot: &'v View, title: &str, chosen: Option<&Document>) -> Vec<&'v Document> {
    let words: Vec<String> = fold(title).split_whitespace().map(str::to_owned).collect();
    let fits = |document: &&Document| {
        let title = fold(document.title.as_deref().unwrap_or_default());
        chosen.is_none_or(|chosen| chosen.id != document.id)
            && words.iter().all(|word| title.contains(word.as_str()))
    };
    let mut all: Vec<&Document> = snapshot.manifest.documents().filter(fits).collect();
    all.sort_by(|a, b| b.date.cmp(&a.date));
    all
}

/// The pairs of versions in the index, those of a document where one is chosen.
fn pairs(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    chosen: Option<&String>,
    shown: Option<Script>,
) -> Result<Vec<PairView>, Problem> {
    let w = Words::of(visitor.ui);
    let mut pairs = Vec::new();
    for pair in &snapshot.searcher.versions()?.pairs {
        let (Some(left), Some(right)) =
            (snapshot.document(&pair.left), snapshot.document(&pair.right))
        else {
            continue;
        };
        if chosen.is_some_and(|id| *id != pair.left && *id != pair.right) {
            continue;
        }
        let (sides, is_turned) = sides(left, right);
        let (left, right) = if is_turned { (right, left) } else { (left, right) };
        pairs.push(PairView {
            relation: name(&w.relations, pair.relation.as_str()).to_owned(),
            alike: alike(w, pair),
            left: DocumentLink::of(app, visitor, left, shown)?,
            right: DocumentLink::of(app, visitor, right, shown)?,
            compare: visitor.to(app, "/compare", sides),
        });
    }
    Ok(pairs)
}
