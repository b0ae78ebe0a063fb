//! The page of a document: its outline and its clauses, each with its link and citation, and
//! matches marked.

use std::ops::Range;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tiaowen_corpus::{Clause, ClauseKind, Document, Dropped, citation};
use tiaowen_index::ClauseRecord;
use tiaowen_query::{DocumentPart, Link, Marker, Related};
use tiaowen_text::Script;
use tiaowen_wire::Outline;
use tiaowen_words::{Words, fill, recognised};

use std::collections::HashSet;

use super::address::Pairs;
use super::card::{About, lang, reading, tamed, tamed_clause};
use super::documents::{VersionLink, versions};
use super::linked::linked;
use super::pages::{Pager, Pages};
use super::rendered;
use super::shell::{Here, Shell, Visitor};
use super::text::{Html, Lead, marked, visible};
use super::when;
use crate::ask::Ask;
use crate::live::View;
use crate::problem::Problem;
use crate::{App, PAGE};

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    shell: Shell,
    /// Data on the document, for programs.
    linked: Html,
    title: String,
    lang: String,
    about: About,
    parties: Vec<String>,
    validity: Option<InForce>,
    source: String,
    versions: Vec<VersionLink>,
    /// Where a document to compare with is chosen.
    compare_any: String,
    /// Links to the other pages of a long document.
    pager: Option<Pager>,
    outline: Vec<Entry>,
    parts: Vec<Part>,
    /// The number of clauses of the document, the same in words, and the number before this page.
    clauses: usize,
    counted: String,
    before: usize,
    /// Where the bar that stays in sight leads back to.
    back: String,
    back_to: &'static str,
    left_out: Option<LeftOut>,
    /// The number of marks, links to the first one and to a page without marks, and the search that
    /// they come from.
    marks: Option<Marks>,
}

/// The validity of the document, and the clauses that state it.
struct InForce {
    span: String,
    said_in: Vec<(String, String)>,
}

struct Marks {
    count: Option<String>,
    first: Option<String>,
    unmark: String,
    back: String,
}

/// A line of the outline.
struct Entry {
    depth: usize,
    href: String,
    label: String,
    gap: &'static str,
    /// Whether the label is a word of the interface rather than of the document.
    named: bool,
    /// The heading, or the beginning of the text.
    heading: String,
    marks: usize,
}

/// A heading or a clause.
struct Part {
    /// The level of the heading in the page: 2 to 6.
    level: usize,
    anchor: String,
    label: String,
    gap: &'static str,
    named: bool,
    heading: String,
    clause: Option<Read>,
}

/// A clause to read.
struct Read {
    kind: &'static str,
    permalink: String,
    whole: String,
    citation: String,
    /// Its versions over time.
    history: String,
    text: Html,
    /// How certain its reading is, where it was read by text recognition.
    recognised: Option<String>,
    /// The clauses that it reports or that report it, under a name.
    related: Vec<(&'static str, Vec<ReportSide>)>,
    /// Whether its label is short enough to be placed before the text rather than above it.
    runs_in: bool,
}

/// Text of the source that is in no clause.
struct LeftOut {
    count: String,
    /// The place and kind of each passage, and its text.
    passages: Vec<(String, String)>,
}

/// A clause on the other side of a report.
struct ReportSide {
    href: String,
    citation: String,
    lang: String,
    text: String,
}

/// The number of characters shown of a clause on the other side of a report.
const SIDE_LENGTH: usize = 60;

/// The number of characters in the outline of a clause without a heading.
const BEGINNING: usize = 18;

/// A label of up to so many characters is placed before its text.
const SHORT_LABEL: usize = 5;

/// The place of a clause in its document.
pub(super) fn place(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    id: &str,
) -> Result<Response, Problem> {
    let record = if is_id(id) { snapshot.searcher.clause(id)? } else { None };
    let Some(record) = record else {
        return Err(Problem::missing("no clause has this id; a search gives ids"));
    };
    let q = visitor.pairs.get("q").unwrap_or_default();
    let document = &record.document.id;
    let mut pairs = Pairs::default().with("q", q);
    if snapshot.is_long(document)
        && let Some(place) = snapshot.searcher.place(&record)?
        && place >= PAGE
    {
        pairs = pairs.with("offset", &(place / PAGE * PAGE).to_string());
    }
    let path = format!("/documents/{document}");
    let to = visitor.to(app, &path, pairs) + "#" + &record.clause.eid;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
}

/// Ids are short and ASCII.
pub(super) fn is_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !id.is_empty() && id.len() <= 200 && id.bytes().all(plain)
}

pub(super) fn page(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    id: &str,
    ask: &Ask,
) -> Result<Response, Problem> {
    let missing = || Problem::missing("no document has this id; a search gives ids");
    if !is_id(id) {
        return Err(missing());
    }
    let shown = ask.shown()?;
    let pages = |clauses| Pages::of(ask.offset.unwrap_or(0), clauses);
    let mut part = snapshot.part(id, |clauses| pages(clauses).range())?.ok_or_else(missing)?;
    present(app, snapshot, shown, &mut part)?;
    let document = part.first.document.clone().into_owned();
    let shown_here: HashSet<&str> =
        part.records.iter().map(|record| record.clause.eid.as_str()).collect();
    let q = ask.q.trim();
    let marker = marker(app, snapshot, ask)?;
    let mut body = Body::default();
    for (record, related) in part.records.iter().zip(&part.related) {
        snapshot.budget.check()?;
        let marks = marker.as_ref().map(|marker| marker.marks(&record.clause.text)).transpose()?;
        let marks = marks.unwrap_or_default();
        let clause = read(app, visitor, record, &marks, (related, &shown_here), shown);
        body.add(visitor, &record.clause, marks.len(), clause);
    }
    let path = format!("/documents/{id}");
    let w = Words::of(visitor.ui);
    let (back, back_to) = back(app, visitor, ask);
    let marks = marker.map(|_| body.marks(app, visitor, &path, ask));
    let title = document.title.clone().unwrap_or_else(|| w.site.untitled.clone());
    let shell = Shell::new(app, Some(snapshot), visitor, Here::Elsewhere, &title);
    let page = DocumentPage {
        linked: linked(&app.links, &document),
        lang: lang(&document, shown),
        about: About::of(&document, visitor),
        pager: pages(part.total).pager(app, visitor, &path),
        parties: document.parties.clone(),
        validity: in_force(app, snapshot, visitor, &document, &shown_here)?,
        source: document.source.clone(),
        versions: versions(app, snapshot, visitor, id, shown)?,
        compare_any: visitor.to(app, "/compare", Pairs::default().with("left", id)),
        clauses: part.total,
        counted: w.counted.clauses.of(part.total as u64),
        before: pages(part.total).range().start,
        back,
        back_to,
        outline: body.entries,
        parts: body.parts,
        left_out: left_out(visitor, &part.first.dropped),
        marks,
        shell: shell.asking(q, Pairs::default()).along(visitor),
        title,
    };
    let mut response = rendered(visitor, &page)?;
    add_canonical(app, id, &mut response);
    Ok(response)
}

/// Marks the words of a query, if there is one.
fn marker(app: &App, snapshot: &View, ask: &Ask) -> Result<Option<Marker>, Problem> {
    if ask.q.trim().is_empty() {
        return Ok(None);
    }
    let whole = Ask { offset: None, limit: None, ..ask.clone() };
    Ok(Some(snapshot.marker(&whole.request(&app.limits)?)?))
}

/// The address of the results, or of the list of documents, and its name.
fn back(app: &App, visitor: &Visitor, ask: &Ask) -> (String, &'static str) {
    let w = Words::of(visitor.ui);
    match ask.q.trim() {
        "" => (visitor.to(app, "/documents", Pairs::default()), &w.site.documents),
        _ => (visitor.to(app, "/", Pairs::of(ask)), &w.document.back),
    }
}

/// Names the address of a document, which marks and scripts don't make another one.
fn add_canonical(app: &App, id: &str, response: &mut Response) {
    let canonical = app.links.permanent().document(id);
    let canonical = canonical.map(|to| HeaderValue::try_from(format!("<{to}>; rel=\"canonical\"")));
    if let Some(Ok(canonical)) = canonical {
        response.headers_mut().insert(header::LINK, canonical);
    }
}

/// Converts a part of a document to the script to show, and makes its titles and headings safe to
/// display.
fn present(
    app: &App,
    snapshot: &View,
    shown: Option<Script>,
    part: &mut DocumentPart,
) -> Result<(), Problem> {
    let presenter = app.presenter(shown);
    let document = part.first.document.to_mut();
    presenter.document(document)?;
    tamed(document);
    presenter.dropped(&mut part.first.dropped)?;
    for (record, related) in part.records.iter_mut().zip(&mut part.related) {
        snapshot.budget.check()?;
        presenter.document(record.document.to_mut())?;
        presenter.with_related(record.clause.to_mut(), &mut Vec::new(), related)?;
        tamed(record.document.to_mut());
        tamed_clause(record.clause.to_mut());
    }
    Ok(())
}

/// The outline and the clauses of a page, as they are added in reading order.
#[derive(Default)]
struct Body {
    outline: Outline,
    entries: Vec<Entry>,
    parts: Vec<Part>,
    /// The number of marks so far.
    count: usize,
    /// The address of the first clause with marks.
    first_marked: Option<String>,
}

impl Body {
    /// Adds a clause, after the headings that begin before it. `marks` is the number of its marks.
    fn add(&mut self, visitor: &Visitor, clause: &Clause, marks: usize, read: Read) {
        let place = self.outline.place(clause);
        for (depth, line) in place.fresh {
            self.add_heading(depth, closed_up(&line));
        }
        self.count += marks;
        if marks > 0 && self.first_marked.is_none() {
            self.first_marked = Some(format!("#{}", clause.eid));
        }
        let (label, named) = match name(Words::of(visitor.ui), clause) {
            Some(name) => (name, true),
            None => (printed(clause), false),
        };
        let heading = clause.heading.clone().unwrap_or_default();
        self.entries.push(Entry {
            depth: place.depth.min(4),
            href: format!("#{}", clause.eid),
            label: label.clone(),
            gap: gap(&label),
            named,
            heading: if heading.is_empty() { beginning(clause) } else { heading.clone() },
            marks,
        });
        self.parts.push(Part {
            level: (place.depth + 2).min(6),
            anchor: clause.eid.clone(),
            gap: gap(&label),
            named,
            label,
            heading,
            clause: Some(read),
        });
    }

    fn add_heading(&mut self, depth: usize, heading: String) {
        let anchor = format!("part-{}", self.parts.len() + 1);
        self.entries.push(Entry {
            depth: depth.min(4),
            href: format!("#{anchor}"),
            label: String::new(),
            gap: "",
            named: false,
            heading: heading.clone(),
            marks: 0,
        });
        self.parts.push(Part {
            level: (depth + 2).min(6),
            anchor,
            label: String::new(),
            gap: "",
            named: false,
            heading,
            clause: None,
        });
    }

    fn marks(&mut self, app: &App, visitor: &Visitor, path: &str, ask: &Ask) -> Marks {
        let w = Words::of(visitor.ui);
        Marks {
            // A citation has no words that could be marked.
            count: (self.count > 0).then(|| {
                let marked = fill(&w.document.marked, &[("q", &visible(ask.q.trim()))]);
                format!("{marked} · {}", w.counted.marks.of(self.count as u64))
            }),
            first: self.first_marked.take(),
            unmark: app.links.to(path) + &visitor.kept().query(),
            back: visitor.to(app, "/", Pairs::of(ask)),
        }
    }
}

fn read(
    app: &App,
    visitor: &Visitor,
    record: &ClauseRecord<'_>,
    marks: &[Range<usize>],
    (related, shown_here): (&Related, &HashSet<&str>),
    shown: Option<Script>,
) -> Read {
    let (document, clause) = (&*record.document, &*record.clause);
    let path = format!("/clauses/{}", record.id());
    let lead = |link: &Link| -> Lead {
        (link.span.clone(), leads_to(app, visitor, (document, shown_here), link))
    };
    let leads: Vec<Lead> = related.references.iter().map(lead).collect();
    let side = |record: &ClauseRecord<'_>| ReportSide::of(app, visitor, record, shown);
    let all = [("reports", &related.reports), ("reported_by", &related.reported_by)];
    let all = all.into_iter().filter(|(_, records)| !records.is_empty());
    Read {
        kind: clause.kind.as_str(),
        permalink: visitor.to(app, &path, Pairs::default()),
        whole: app.links.whole(&path),
        history: visitor.to(
            app,
            "/history",
            Pairs::default().with("q", &citation(document, clause)),
        ),
        citation: citation(document, clause),
        runs_in: clause.heading.is_none()
            && clause.label.as_ref().is_some_and(|label| label.chars().count() <= SHORT_LABEL),
        text: marked(&clause.text, marks, &leads),
        recognised: recognised(Words::of(visitor.ui), clause)
            .map(|text| visible(&text).into_owned()),
        related: all.map(|(name, records)| (name, records.iter().map(side).collect())).collect(),
    }
}

impl ReportSide {
    fn of(app: &App, visitor: &Visitor, record: &ClauseRecord<'_>, shown: Option<Script>) -> Self {
        ReportSide {
            href: reading(app, visitor, &record.document, &record.clause, &Pairs::default()),
            citation: visible(&citation(&record.document, &record.clause)).into_owned(),
            lang: lang(&record.document, shown),
            text: shortened(&record.clause.text),
        }
    }
}

/// The address that a reference leads to.
fn leads_to(
    app: &App,
    visitor: &Visitor,
    (here, shown_here): (&Document, &HashSet<&str>),
    link: &Link,
) -> String {
    let place = link.clause.as_ref().map(|record| format!("#{}", record.clause.eid));
    let place = place.unwrap_or_default();
    let is_same = link.document == here.id;
    if let Some(record) = &link.clause {
        if is_same && shown_here.contains(record.clause.eid.as_str()) {
            return place;
        }
        if is_same || app.live.snapshot().is_long(&link.document) {
            let path = format!("/clauses/{}", record.id());
            return visitor.to(app, &path, Pairs::default());
        }
    }
    visitor.to(app, &format!("/documents/{}", link.document), Pairs::default()) + &place
}

/// The beginning of a text, on one line.
fn shortened(text: &str) -> String {
    let line = text.replace('\n', " ");
    let cut: String = line.chars().take(SIDE_LENGTH).collect();
    let more = if cut.len() < line.len() { "…" } else { "" };
    visible(&format!("{cut}{more}")).into_owned()
}

/// The page and kind of a passage that was left out, and its text.
fn passage(w: &Words, dropped: &Dropped) -> (String, String) {
    let page = dropped.page.map(|page| fill(&w.document.printed_page, &[("n", &page)]));
    let kind = tiaowen_words::name(&w.left_out, dropped.kind.as_str()).to_owned();
    let place = page.into_iter().chain([kind]).collect::<Vec<_>>().join(" · ");
    (place, visible(&dropped.text).into_owned())
}

/// What was left out: how much, and each passage with its page and kind.
fn left_out(visitor: &Visitor, dropped: &[Dropped]) -> Option<LeftOut> {
    let w = Words::of(visitor.ui);
    (!dropped.is_empty()).then(|| LeftOut {
        count: w.counted.passages.of(dropped.len() as u64),
        passages: dropped.iter().map(|dropped| passage(w, dropped)).collect(),
    })
}

fn in_force(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    document: &Document,
    shown_here: &HashSet<&str>,
) -> Result<Option<InForce>, Problem> {
    let w = Words::of(visitor.ui);
    let Some(validity) = document.validity.as_ref() else { return Ok(None) };
    let day = |words: &str, date: &Option<String>| {
        date.as_ref().map(|date| fill(words, &[("date", &when::date(visitor.ui, date))]))
    };
    let from = day(&w.document.valid_from, &validity.from).unwrap_or_default();
    let to = day(&w.document.valid_to, &validity.to).unwrap_or_default();
    let span = fill(&w.terminal.span, &[("from", &from), ("to", &to)]);
    let mut span = span.trim().to_owned();
    if validity.renews {
        span = fill(&w.terminal.renews, &[("span", &span)]);
    }
    let mut said_in = Vec::new();
    for eid in &validity.said_in {
        let id = format!("{}.{eid}", document.id);
        // It may be on another page.
        let Some(record) = snapshot.searcher.clause(&id)? else { continue };
        let label = name(w, &record.clause).unwrap_or_else(|| printed(&record.clause));
        let href = match shown_here.contains(eid.as_str()) {
            true => format!("#{eid}"),
            false => visitor.to(app, &format!("/clauses/{id}"), Pairs::default()),
        };
        said_in.push((href, label));
    }
    Ok(Some(InForce { span, said_in }))
}

/// The space between a label and the text after it. Full-width marks, as in 一、 and （一）, have their
/// own space.
fn gap(label: &str) -> &'static str {
    if label.ends_with(['、', '）', '．', '：', '。']) { "" } else { " " }
}

/// A label with its title, spaced as in headings.
fn closed_up(line: &str) -> String {
    match line.split_once(' ') {
        Some((label, title)) => format!("{label}{}{title}", gap(label)),
        None => line.to_owned(),
    }
}

/// The beginning of a clause, for the outline.
fn beginning(clause: &Clause) -> String {
    if !matches!(
        clause.kind,
        ClauseKind::Article | ClauseKind::Item | ClauseKind::Paragraph | ClauseKind::Bullet
    ) {
        return String::new();
    }
    let ends = |c: char| matches!(c, '，' | '。' | '；' | '：' | '\n' | ',');
    let first = clause.text.split(ends).next().unwrap_or_default();
    visible(&first.chars().take(BEGINNING).collect::<String>()).into_owned()
}

/// The name of a clause without a label.
fn name(w: &Words, clause: &Clause) -> Option<String> {
    match clause.kind {
        ClauseKind::Preamble => Some(w.document.preamble.clone()),
        ClauseKind::Closing => Some(w.document.closing.clone()),
        ClauseKind::Signature => Some(w.document.signature.clone()),
        ClauseKind::Paragraph if clause.label.is_none() => {
            let number = clause.path.last().map_or("", |last| last.trim_start_matches('p'));
            Some(fill(&w.document.paragraph, &[("n", &number)]))
        }
        _ => None,
    }
}

/// The label of a clause as printed.
fn printed(clause: &Clause) -> String {
    clause.label.clone().or(clause.path.last().cloned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{closed_up, is_id};

    #[test]
    fn labels_close_up_to_titles() {
        assert_eq!(closed_up("（二） 人員培訓"), "（二）人員培訓");
        assert_eq!(closed_up("第三條 附 則"), "第三條 附 則");
        assert_eq!(closed_up("總則"), "總則");
    }

    #[test]
    fn ids_are_plain() {
        assert!(is_id("qkibgx52wy.part_4__subpart_1-2"));
        for id in ["", "../x", "a/b", "a b", "<a>", "條", "a\u{202e}"] {
            assert!(!is_id(id), "{id}");
        }
        assert!(!is_id(&"a".repeat(201)));
    }
}
