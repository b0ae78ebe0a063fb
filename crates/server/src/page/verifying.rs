//! A text that a reader pastes or sends as a file, its citations and quotations checked. Nothing of
//! it is kept.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use tiaowen_compare::Difference;
use tiaowen_corpus::citation;
use tiaowen_verify::{Check, CheckVerdict, Comment, Report, commented};
use tiaowen_words::{Words, check_note, fill, name};

use super::address::Pairs;
use super::card::{lang, tamed};
use super::marks::{Mark, described, markup, placed};
use super::rendered;
use super::rows::Side;
use super::sent::Unsent;
use super::shell::{Here, Shell, Visitor};
use super::text::Html;
use crate::App;
use crate::api::{DOCX, Wish, file, verified};
use crate::live::View;
use crate::problem::Problem;
use crate::upload::{FileText, Form, MOST_UPLOAD};

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage {
    shell: Shell,
    /// Where the form is sent, and what it says of the size of files.
    send: String,
    most: String,
    /// The page of a provision's versions over time.
    history: String,
    /// The form as it was sent.
    text: String,
    as_of: String,
    unsent: Option<Unsent>,
    found: Option<Found>,
}

/// What came of the checks of a text.
struct Found {
    /// In a sentence, for everyone.
    summary: String,
    is_wrong: bool,
    /// How many checks came to each verdict: its code, its name, the number.
    counts: Vec<(&'static str, &'static str, usize)>,
    checks: Vec<CheckView>,
    passed_over: Option<String>,
}

/// A citation or quotation with what came of it.
struct CheckView {
    verdict: &'static str,
    name: &'static str,
    is_wrong: bool,
    text: Html,
    /// The differences that matter, a line each.
    lines: Vec<String>,
    note: Option<String>,
    clause: Option<ClauseView>,
}

/// The clause that is cited, or that the words are in.
struct ClauseView {
    citation: String,
    href: String,
    lang: String,
    text: Html,
}

/// The page with its empty form.
pub(super) fn page(app: &App, snapshot: &View, visitor: &Visitor) -> Result<Response, Problem> {
    rendered(visitor, &empty(app, snapshot, visitor))
}

/// The page with what came of a text that was sent; the document with comments where that is asked
/// for.
pub(super) fn checked(
    app: &App,
    snapshot: &View,
    visitor: &Visitor,
    form: &Form,
) -> Result<Response, Problem> {
    let w = Words::of(visitor.ui);
    let page = VerifyPage {
        text: form.field("text").replace("\r\n", "\n"),
        as_of: form.field("as_of").trim().to_owned(),
        ..empty(app, snapshot, visitor)
    };
    let sent = form.file("file");
    let given = match sent {
        Some((name, bytes)) => match (app.read)(name, bytes) {
            Ok(read) => read,
            Err(reason) => {
                let message = fill(&w.files.unreadable, &[("file", &name)]);
                return refused(visitor, page, Unsent { reason, ..Unsent::new(message) });
            }
        },
        None => {
            let text = page.text.clone();
            // What cites itself is read as a document; where it can't be, the rest is checked.
            let documents = tiaowen_corpus::read("text.txt", &text).unwrap_or_default();
            FileText { text, documents }
        }
    };
    if given.text.trim().is_empty() {
        return refused(visitor, page, Unsent::new(w.verify.no_text.clone()));
    }
    let wish = Wish { as_of: &page.as_of, paragraphs: true };
    let report = verified(app, snapshot, &given.text, &given.documents, &wish)?;
    if form.field("format") == "docx" {
        let Some((name, bytes)) = sent else {
            return refused(visitor, page, Unsent::new(w.verify.only_docx.clone()));
        };
        let checks = report.checks.iter().filter(|check| check.verdict.is_wrong());
        let comments: Vec<Comment> = checks.map(|check| comment(check, w)).collect();
        // Whatever the reason, what was given is no document to comment on.
        return match commented(bytes, &comments) {
            Ok((document, _)) => Ok(file(DOCX, "verified.docx", document)),
            Err(_) => {
                let message = fill(&w.files.unreadable, &[("file", &name)]);
                refused(
                    visitor,
                    page,
                    Unsent {
                        reason: String::new(),
                        ..Unsent::new(format!("{message} {}", w.verify.only_docx))
                    },
                )
            }
        };
    }
    let found = Some(found(app, snapshot, visitor, &report)?);
    rendered(visitor, &VerifyPage { found, ..page })
}

/// The page with the form as it was sent, and why it can't be answered.
fn refused(visitor: &Visitor, page: VerifyPage, unsent: Unsent) -> Result<Response, Problem> {
    let mut response = rendered(visitor, &VerifyPage { unsent: Some(unsent), ..page })?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn empty(app: &App, snapshot: &View, visitor: &Visitor) -> VerifyPage {
    let w = Words::of(visitor.ui);
    VerifyPage {
        shell: Shell::new(app, Some(snapshot), visitor, Here::Verify, &w.verify.title),
        send: visitor.to(app, "/verify", Pairs::default()),
        history: visitor.to(app, "/history", Pairs::default()),
        most: fill(&w.files.most, &[("n", &(MOST_UPLOAD >> 20))]),
        text: String::new(),
        as_of: String::new(),
        unsent: None,
        found: None,
    }
}

fn found(app: &App, snapshot: &View, visitor: &Visitor, report: &Report) -> Result<Found, Problem> {
    let w = Words::of(visitor.ui);
    let counts = CheckVerdict::ALL.into_iter().filter(|verdict| report.count(*verdict) > 0);
    let counts = counts.map(|verdict| {
        (verdict.as_str(), name(&w.verdicts, verdict.as_str()), report.count(verdict))
    });
    let mut checks = Vec::new();
    for check in &report.checks {
        snapshot.budget.check()?;
        checks.push(CheckView::of(app, visitor, check));
    }
    let wrong = report.checks.iter().filter(|check| check.verdict.is_wrong()).count();
    let summary = match wrong {
        _ if report.checks.is_empty() => w.verify.none.clone(),
        0 => fill(&w.verify.nothing_wrong, &[("total", &checks.len())]),
        n => fill(&w.verify.wrong, &[("n", &n), ("total", &checks.len())]),
    };
    Ok(Found {
        summary,
        is_wrong: wrong > 0,
        counts: counts.collect(),
        checks,
        passed_over: (report.passed_over > 0)
            .then(|| fill(&w.verify.passed_over, &[("n", &report.passed_over)])),
    })
}

impl CheckView {
    fn of(app: &App, visitor: &Visitor, check: &Check) -> Self {
        let w = Words::of(visitor.ui);
        let verdict = check.verdict.as_str();
        let clause = check.clause.as_ref().map(|record| {
            let mut document = record.document.as_ref().clone();
            tamed(&mut document);
            ClauseView {
                citation: super::text::visible(&citation(&document, &record.clause)).into_owned(),
                href: visitor.to(app, &format!("/clauses/{}", record.id()), Pairs::default()),
                lang: lang(&document, None),
                text: marked(&record.clause.text, &check.differences, Side::Right, visitor),
            }
        });
        CheckView {
            verdict,
            name: name(&w.verdicts, verdict),
            is_wrong: check.verdict.is_wrong(),
            text: marked(&check.text, &check.differences, Side::Left, visitor),
            lines: changes(check, w),
            note: check.note.as_ref().map(|note| check_note(w, note)),
            clause,
        }
    }
}

/// A text with the differences that matter.
pub(super) fn marked(
    text: &str,
    differences: &[Difference],
    side: Side,
    visitor: &Visitor,
) -> Html {
    let changes = differences.iter().enumerate().filter(|(_, found)| found.kind.is_change());
    let marks: Vec<Mark<'_>> =
        changes.map(|(number, difference)| Mark { difference, number }).collect();
    let (places, marks): (Vec<_>, Vec<_>) = placed(text, 0, &marks, side).into_iter().unzip();
    markup(text, &places, &marks, side, (Words::of(visitor.ui), visitor.ui.tag()))
}

/// The differences of a check that matter, a line each.
fn changes(check: &Check, w: &Words) -> Vec<String> {
    let changes = check.differences.iter().filter(|found| found.kind.is_change());
    changes.map(|found| described(found, w).replace('\n', " ")).collect()
}

/// What a comment in a document says of a check.
fn comment(check: &Check, w: &'static Words) -> Comment {
    let mut lines = vec![name(&w.verdicts, check.verdict.as_str()).to_owned()];
    lines.extend(changes(check, w));
    let clause = check.clause.as_ref();
    lines.extend(clause.map(|record| citation(&record.document, &record.clause)));
    lines.extend(check.note.as_ref().map(|note| check_note(w, note)));
    Comment { place: check.text.clone(), text: lines.join("\n") }
}
