//! What came of checking texts, as one page to read and to print: it loads nothing and runs nothing.

use std::fmt::{Display, Write};
use std::ops::Range;

use tiaowen_compare::Difference;
use tiaowen_compare::export::escape;
use tiaowen_corpus::citation;
use tiaowen_verify::{Check, CheckVerdict, Report};
use tiaowen_words::{check_note, fill};

use crate::language::{language, named, words};
use crate::terminal::safe;

const STYLE: &str = "\
:root { color-scheme: light dark; --ink: #1d1d1f; --muted: #666a70; --line: #dcdfe3; --paper: #fff; \
--wrong: #9b2c2c; --tint: #fdf1ef; --right: #2f6b45; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8ea; --muted: #a0a4aa; --line: #3a3d42; \
--paper: #17181a; --wrong: #f0a39b; --tint: #3a2523; --right: #8fcfa6; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.7 'Noto Sans CJK TC', \
'Noto Sans CJK SC', 'PingFang TC', 'Microsoft JhengHei', sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 1.5rem; }
h2 { font-size: 1.125rem; margin: 2.5rem 0 .25rem; overflow-wrap: anywhere; }
.summary, .fine { color: var(--muted); margin: 0; font-size: .9375rem; }
ol { list-style: none; margin: 1rem 0; padding: 0; }
li.check { border-top: 1px solid var(--line); padding: 1rem 0; break-inside: avoid; }
.verdict { margin: 0 0 .25rem; font-weight: 600; color: var(--right); }
.wrong > .verdict { color: var(--wrong); }
.verdict small { font-weight: 400; color: var(--muted); margin-left: .5rem; }
blockquote { margin: .25rem 0; padding: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
blockquote.clause { padding-left: .875rem; border-left: 3px solid var(--line); color: var(--muted); }
mark { background: var(--tint); color: inherit; border-bottom: 2px solid var(--wrong); }
li ul { margin: .25rem 0; padding-left: 1.25rem; color: var(--muted); font-size: .9375rem; }
details { margin-top: 1rem; }
summary { cursor: pointer; color: var(--muted); }
@media print { body { font-size: 11pt; } details:not([open]) { display: none; } }
";

/// The checks of files, by their names: what is wrong, and the rest folded away, or unfolded if `all`.
pub(crate) fn page(files: &[(String, Report)], all: bool) -> String {
    let w = &words().verify;
    let title = escape(&w.report);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"generator\" content=\"tiaowen {}\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body>\n<main>\n<h1>{title}</h1>\n",
        language().tag(),
        env!("CARGO_PKG_VERSION"),
    );
    for (number, (name, report)) in (1..).zip(files) {
        section(&mut page, number, name, report, all);
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// What came of the checks of a text: the number of each verdict.
pub(crate) fn summary(report: &Report) -> String {
    let w = words();
    let counted: Vec<String> = CheckVerdict::ALL
        .into_iter()
        .filter(|verdict| report.count(*verdict) > 0)
        .map(|verdict| {
            let kind = named(&w.verdicts, verdict.as_str());
            fill(&w.terminal.of_kind, &[("n", &report.count(verdict)), ("kind", &kind)])
        })
        .collect();
    match (counted.is_empty(), report.is_wrong()) {
        (true, _) => w.verify.none.clone(),
        (false, true) => counted.join(&w.notes.comma),
        (false, false) => [vec![w.verify.all_right.clone()], counted].concat().join(&w.notes.comma),
    }
}

fn section(page: &mut String, number: usize, name: &str, report: &Report, all: bool) {
    let w = words();
    let _ = writeln!(page, "<section>\n<h2><bdi>{}</bdi></h2>", escape(&safe(name)));
    let _ = writeln!(page, "<p class=\"summary\">{}</p>", escape(&summary(report)));
    if let Some(day) = &report.as_of {
        let line = fill(&w.verify.on_day, &[("date", day)]);
        let _ = writeln!(page, "<p class=\"fine\">{}</p>", escape(&line));
    }
    if report.passed_over > 0 {
        let line = fill(&w.verify.passed_over, &[("n", &report.passed_over)]);
        let _ = writeln!(page, "<p class=\"fine\">{}</p>", escape(&line));
    }
    let numbered: Vec<(usize, &Check)> = (1..).zip(&report.checks).collect();
    let (wrong, right): (Vec<_>, Vec<_>) =
        numbered.into_iter().partition(|(_, check)| check.verdict.is_wrong());
    list(page, number, &wrong);
    if !right.is_empty() {
        let open = if all { " open" } else { "" };
        let line = fill(&w.verify.others, &[("n", &right.len())]);
        let _ = writeln!(page, "<details{open}><summary>{}</summary>", escape(&line));
        list(page, number, &right);
        page.push_str("</details>\n");
    }
    page.push_str("</section>\n");
}

fn list(page: &mut String, number: usize, checks: &[(usize, &Check)]) {
    if checks.is_empty() {
        return;
    }
    page.push_str("<ol>\n");
    for (nth, check) in checks {
        item(page, &format!("{number}-{nth}"), check);
    }
    page.push_str("</ol>\n");
}

fn item(page: &mut String, anchor: &str, check: &Check) {
    let w = words();
    let class = if check.verdict.is_wrong() { " wrong" } else { "" };
    let _ = writeln!(
        page,
        "<li class=\"check{class}\" id=\"check-{anchor}\">\n<p class=\"verdict\">{}<small>{}–{}</small></p>",
        escape(&named(&w.verdicts, check.verdict.as_str())),
        check.at.start,
        check.at.end
    );
    let changes: Vec<&Difference> =
        check.differences.iter().filter(|difference| difference.kind.is_change()).collect();
    let left: Vec<Range<usize>> = changes.iter().map(|change| change.left_at.clone()).collect();
    let _ = writeln!(page, "<blockquote lang=\"zh\">{}</blockquote>", marked(&check.text, &left));
    if let Some(record) = &check.clause {
        let _ = writeln!(
            page,
            "<p class=\"fine\" lang=\"zh\">→ <bdi>{}</bdi> · {}</p>",
            escape(&safe(&citation(&record.document, &record.clause))),
            escape(&record.id())
        );
        if check.verdict.is_wrong() {
            let right: Vec<Range<usize>> =
                changes.iter().map(|change| change.right_at.clone()).collect();
            let text = marked(&record.clause.text, &right);
            let _ = writeln!(page, "<blockquote class=\"clause\" lang=\"zh\">{text}</blockquote>");
        }
    }
    if !changes.is_empty() {
        page.push_str("<ul>\n");
        for change in changes {
            let _ = writeln!(page, "<li>{}</li>", escape(&difference_line(change)));
        }
        page.push_str("</ul>\n");
    }
    if let Some(note) = &check.note {
        let _ = writeln!(page, "<p class=\"fine\">{}</p>", escape(&safe(&check_note(w, note))));
    }
    page.push_str("</li>\n");
}

/// A difference in a line.
fn difference_line(difference: &Difference) -> String {
    let w = words();
    let side = |text: &str| if text.is_empty() { "∅".to_owned() } else { safe(text) };
    let kind = named(&w.differences, difference.kind.as_str());
    let (left, right) = (side(&difference.left), side(&difference.right));
    let parts: [(&str, &dyn Display); 3] = [("kind", &kind), ("left", &left), ("right", &right)];
    fill(&w.terminal.difference, &parts)
}

/// A text with what differs marked, by code points.
fn marked(text: &str, marks: &[Range<usize>]) -> String {
    let (mut html, mut open) = (String::with_capacity(text.len() + 32), false);
    for (at, c) in text.chars().enumerate() {
        let is_marked = marks.iter().any(|mark| mark.contains(&at));
        if is_marked != open {
            html.push_str(if is_marked { "<mark>" } else { "</mark>" });
            open = is_marked;
        }
        match c {
            '\n' | '\t' => html.push(c),
            c => html.push_str(&escape(&safe(c.encode_utf8(&mut [0; 4])))),
        }
    }
    if open {
        html.push_str("</mark>");
    }
    html
}
