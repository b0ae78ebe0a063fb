//! The list of documents, each with its versions.

use std::collections::{BTreeSet, HashMap, HashSet};

use askama::Template;
use axum::response::Response;
use tiaowen_corpus::{Document, DocumentKind, Relation};
use tiaowen_index::{VersionPair, date_bounds};
use tiaowen_text::Script;
use tiaowen_words::{Words, fill, name};

use super::address::Pairs;
use super::card::{About, lang, tamed};
use super::pages::Pager;
use super::rendered;
use super::search::inputs;
use super::shell::{Here, Shell, Visitor};
use crate::App;
use crate::api::Listed;
use crate::ask::{kinds_of, script, scripts_of};
use crate::live::View;
use crate::paging::Page;
use crate::problem::Problem;

/// The number of documents on a page.
const ON_A_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "documents.html")]
struct DocumentsPage {
    shell: Shell,
    action: String,
    title: String,
    kinds: Vec<(&'static str, &'static str, bool)>,
    scripts: Vec<(&'static str, &'static str, bool)>,
    /// The years of the documents, the newest first.
    years: Vec<(String, bool)>,
    /// The number of kinds, scripts and years that are chosen, and whether no date is.
    chosen: usize,
    /// The values of filters for which there are inputs.
    parties: Vec<String>,
    places: Vec<String>,
    numbers: Vec<String>,
    hidden: Vec<(String, String)>,
    params: Listed,
    /// Whether the filters that are folded up narrow the list.
    is_narrowed: bool,
    count: String,
    /// How many have no date and are left out for that, with a link to them.
    undated: Option<(String, String)>,
    entries: Vec<Entry>,
    pager: Option<Pager>,
}

/// A document in the list.
struct Entry {
    document: DocumentLink,
    parties: String,
    versions: Vec<VersionLink>,
}

/// A document by its title.
pub(super) struct DocumentLink {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) lang: String,
    pub(super) about: About,
}

/// Another version of a document.
pub(super) struct VersionLink {
    pub(super) relation: String,
    pub(super) alike: String,
    pub(super) document: DocumentLink,
    pub(super) compare: String,
}

impl DocumentLink {
    pub(super) fn of(
        app: &App,
        visitor: &Visitor,
        document: &Document,
        shown: Option<Script>,
    ) -> Result<Self, Problem> {
        let mut document = document.clone();
        app.presenter(shown).document(&mut document)?;
        tamed(&mut document);
        let untitled = || Words::of(visitor.ui).site.untitled.clone();
        Ok(DocumentLink {
            href: visitor.to(app, &format!("/documents/{}", document.id), Pairs::default()),
            lang: lang(&document, shown),
            about: About::of(&document, visitor),
            title: document.title.unwrap_or_else(untitled),
        })
    }
}

impl DocumentLink {
    /// A document of a file that was sent: there is no page that it could lead to.
    pub(super) fn of_file(document: &Document, visitor: &Visitor) -> Self {
        DocumentLink {
            title: document
                .title
                .clone()
                .unwrap_or_else(|| Words::of(visitor.ui).site.untitled.clone()),
            href: String::new(),
            lang: lang(document, None),
            about: About::of(document, visitor),
        }
    }
}

/// The sides of a comparison of two documents, and whether they are turned: the older one is on the
/// left, so that what was added reads as added. Where dates don't tell, the order stays.
pub(super) fn sides(one: &Document, other: &Document) -> (Pairs, bool) {
    let bounds = |document: &Document| document.date.as_deref().and_then(date_bounds);
    let is_newer = |one: &Document, other: &Document| {
        bounds(one).zip(bounds(other)).is_some_and(|((first, _), (_, last))| first > last)
    };
    let is_turned = is_newer(one, other);
    let (left, right) = if is_turned { (other, one) } else { (one, other) };
    (Pairs::default().with("left", &left.id).with("right", &right.id), is_turned)
}

/// The other versions of a document, those in the other script first.
pub(super) fn versions(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    id: &str,
    shown: Option<Script>,
) -> Result<Vec<VersionLink>, Problem> {
    let w = Words::of(visitor.ui);
    let pairs = &snapshot.searcher.versions()?.pairs;
    let mut all = Vec::new();
    for pair in pairs.iter().filter(|pair| pair.left == id || pair.right == id) {
        let other = if pair.left == id { &pair.right } else { &pair.left };
        let Some(document) = snapshot.document(other) else { continue };
        let this = snapshot.document(id);
        let sides = match this {
            Some(this) => sides(this, document).0,
            None => Pairs::default().with("left", id).with("right", other),
        };
        all.push(VersionLink {
            relation: name(&w.relations, pair.relation.as_str()).to_owned(),
            alike: alike(w, pair),
            document: DocumentLink::of(app, visitor, document, shown)?,
            compare: visitor.to(app, "/compare", sides),
        });
    }
    Ok(all)
}

pub(super) fn alike(w: &Words, pair: &VersionPair) -> String {
    fill(&w.documents.alike, &[("n", &(pair.similarity * 100.0).round())])
}

pub(super) fn page(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    params: &Listed,
) -> Result<Response, Problem> {
    let w = Words::of(visitor.ui);
    let shown = script("display", &params.display, "original")?;
    let wanted_scripts = scripts_of(&params.script)?;
    let wanted_kinds = kinds_of(&params.kind)?;
    // The newest first, documents without a date last. Ties keep the order of their sources.
    let params = Listed { sort: "date".to_owned(), ..params.clone() };
    let mut all = params.documents(snapshot)?;
    let count = w.counted.documents.of(all.len() as u64);
    let left_out = params.left_out_undated(snapshot)?;
    let undated = visitor.pairs.clone().without("from").without("to").without("year");
    let undated = undated.without("offset");
    let undated = visitor.to(app, "/documents", undated.with("undated", "true"));
    keep_one_script(&mut all, &snapshot.searcher.versions()?.pairs);
    let offset = params.offset.unwrap_or(0).min(all.len());
    let on_page = all.iter().skip(offset).take(ON_A_PAGE);
    let entries = on_page.map(|document| Entry::of(app, snapshot, visitor, document, shown));
    let entries = entries.collect::<Result<_, Problem>>()?;
    let items = Page { limit: ON_A_PAGE, offset };
    let shell = Shell::new(app, Some(snapshot), visitor, Here::Documents, &w.documents.title);
    let kinds = DocumentKind::ALL.map(|kind| {
        let code = kind.as_str();
        (code, name(&w.kinds, code), wanted_kinds.contains(&kind))
    });
    let scripts = [("hant", Script::Hant), ("hans", Script::Hans)].map(|(code, script)| {
        (code, name(&w.scripts, script.as_str()), wanted_scripts.contains(&script))
    });
    let years = years(snapshot, &params.year);
    let chosen = wanted_kinds.len() + wanted_scripts.len() + params.year.len();
    let chosen = chosen + usize::from(params.undated == Some(true));
    let page = DocumentsPage {
        action: app.links.to("/documents"),
        title: params.title.clone(),
        kinds: kinds.into(),
        scripts: scripts.into(),
        years,
        chosen,
        parties: inputs(&params.party),
        places: inputs(&params.place),
        numbers: inputs(&params.number),
        hidden: visitor.kept().fields().to_vec(),
        count,
        undated: (left_out > 0)
            .then(|| (fill(&w.documents.more_undated, &[("n", &left_out)]), undated)),
        is_narrowed: is_narrowed(&params),
        pager: Pager::turning(app, visitor, items, all.len()),
        entries,
        shell,
        params,
    };
    rendered(visitor, &page)
}

/// The most years that are offered.
const MOST_YEARS: usize = 30;

/// The years of the documents and those that were asked for, the newest first, and whether each was
/// asked for.
fn years(snapshot: &View, asked: &[String]) -> Vec<(String, bool)> {
    let dates = snapshot.manifest.documents().filter_map(|document| document.date.as_deref());
    let all: BTreeSet<&str> = dates.filter_map(|date| date.get(..4)).collect();
    let asked = asked.iter().map(String::as_str).filter(|year| !year.is_empty());
    let asked: BTreeSet<&str> = asked.collect();
    let offered: BTreeSet<&str> =
        all.into_iter().rev().take(MOST_YEARS).chain(asked.iter().copied()).collect();
    offered.into_iter().rev().map(|year| (year.to_owned(), asked.contains(year))).collect()
}

impl Entry {
    fn of(
        app: &App,
        snapshot: &View,
        visitor: &Visitor,
        document: &Document,
        shown: Option<Script>,
    ) -> Result<Self, Problem> {
        let mut parties = document.clone();
        app.presenter(shown).document(&mut parties)?;
        tamed(&mut parties);
        Ok(Entry {
            document: DocumentLink::of(app, visitor, document, shown)?,
            parties: parties.parties.join("、"),
            versions: versions(app, snapshot, visitor, &document.id, shown)?,
        })
    }
}

/// Whether a filter is given that is folded up.
fn is_narrowed(params: &Listed) -> bool {
    let lists = [&params.party, &params.place, &params.number].into_iter().flatten();
    let mut given = [&params.from, &params.to, &params.added_since].into_iter().chain(lists);
    given.any(|given| !given.is_empty())
}

/// Makes the same instrument in two scripts one entry, which the first of them leads.
fn keep_one_script(all: &mut Vec<&Document>, pairs: &[VersionPair]) {
    let partners = partners(pairs);
    let mut listed: HashSet<&str> = HashSet::new();
    all.retain(|document| {
        let partner = partners.get(document.id.as_str());
        let is_new = partner.is_none_or(|partner| !listed.contains(partner));
        listed.insert(&document.id);
        is_new
    });
}

/// The best version in the other script of each document.
fn partners(pairs: &[VersionPair]) -> HashMap<&str, &str> {
    let mut partners = HashMap::new();
    for pair in pairs.iter().filter(|pair| pair.relation == Relation::OtherScript) {
        let (left, right) = (pair.left.as_str(), pair.right.as_str());
        if !partners.contains_key(left) && !partners.contains_key(right) {
            partners.insert(left, right);
            partners.insert(right, left);
        }
    }
    partners
}
