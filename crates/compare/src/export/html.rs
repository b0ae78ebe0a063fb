//! Export as a report for reading and printing: one HTML file without external resources.
//!
//! Filters, language switch and folding are form controls that the style sheet evaluates, so they
//! work without JavaScript. The script adds detection of the reader's language, jumps, and
//! highlighting of counterparts.

use tiaowen_corpus::Document;
use tiaowen_text::{Budget, Script, Spent};

use crate::{Comparison, DifferenceKind, Row, Status};

use super::markup::escape;
use super::side::{Piece, Side, changes, count, heading_marks, marked, pieces, place, text_marks};
use super::words::{self, Words};

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// A longer unchanged text may be folded to one line.
const FOLDED: usize = 20;

/// A comparison as one self-contained HTML file.
///
/// Its interface is in Traditional Chinese, Simplified Chinese and English, with a switch. Rows
/// have anchors such as `row-12`, clauses `left-art_3` or `right-art_3`.
///
/// # Errors
/// [`Spent`] if the budget ends first.
///
/// ```
/// use tiaowen_compare::{compare, export::html};
/// use tiaowen_terms::TermTable;
/// use tiaowen_text::Budget;
/// let read = |name, text| tiaowen_corpus::read(name, text).unwrap().remove(0);
/// let left = read("a.txt", "粵港合作備忘錄\n\n一、雙方每年會面25次。");
/// let right = read("b.txt", "粵港合作備忘錄\n\n一、雙方每年會面20次。");
/// let comparison = compare(&left, &right, TermTable::built_in());
/// let report = html(&comparison, &Budget::unlimited())?;
/// assert!(report.contains("id=\"row-1\""));
/// # Ok::<(), tiaowen_text::Spent>(())
/// ```
pub fn html(comparison: &Comparison, budget: &Budget) -> Result<String, Spent> {
    let script = comparison.left.script;
    let [left, right] = Side::BOTH.map(|side| title(side.document(comparison)));
    Ok(format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"generator\" content=\"tiaowen {version}\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <title>{name}：{left} ⇄ {right}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         {header}<main>\n{summary}{controls}{table}</main>\n<script>\n{SCRIPT}</script>\n\
         </body>\n</html>\n",
        language = if script == Script::Hans { "zh-Hans" } else { "zh-Hant" },
        version = env!("CARGO_PKG_VERSION"),
        name = words::COMPARISON.chinese(script),
        left = escape(left),
        right = escape(right),
        header = header(comparison),
        summary = summary(comparison),
        controls = controls(comparison),
        table = table(comparison, budget)?,
    ))
}

fn title(document: &Document) -> &str {
    document.title.as_deref().unwrap_or(words::UNTITLED.chinese(document.script))
}

/// A phrase in all three languages; the style sheet shows one.
fn say(words: Words) -> String {
    format!(
        "<span class=\"t\"><span lang=\"zh-Hant\">{}</span> <span lang=\"zh-Hans\">{}</span> \
         <span lang=\"en\">{}</span></span>",
        words.hant, words.hans, words.en
    )
}

fn header(comparison: &Comparison) -> String {
    let hans = comparison.left.script == Script::Hans;
    let languages: String = [
        ("hant", "zh-Hant", "繁體", !hans),
        ("hans", "zh-Hans", "简体", hans),
        ("en", "en", "English", false),
    ]
    .map(|(id, language, name, checked)| {
        let checked = if checked { " checked" } else { "" };
        format!(
            "<label><input type=\"radio\" name=\"ui\" id=\"ui-{id}\" value=\"{language}\"\
             {checked}><span lang=\"{language}\">{name}</span></label>"
        )
    })
    .concat();
    let documents: String = Side::BOTH.map(|side| known(comparison, side)).concat();
    format!(
        "<header>\n<div class=\"top\"><h1>{}</h1>\n<fieldset class=\"languages\">\
         <legend class=\"unseen\">{}</legend>{languages}</fieldset></div>\n\
         <div class=\"documents\">\n{documents}</div>\n</header>\n",
        say(words::COMPARISON),
        say(words::INTERFACE)
    )
}

/// The metadata of a document.
fn known(comparison: &Comparison, side: Side) -> String {
    let document = side.document(comparison);
    let language = escape(&document.language);
    let parties = (!document.parties.is_empty()).then(|| document.parties.join("、"));
    let source = format!("{}#{}", document.source, document.ordinal);
    let facts = [
        (words::NUMBER, document.number.as_deref()),
        (words::DATE, document.date.as_deref()),
        (words::PLACE, document.place.as_deref()),
        (words::PARTIES, parties.as_deref()),
        (words::LANGUAGE, Some(document.language.as_str())),
        (words::SOURCE, Some(source.as_str())),
    ];
    let facts: String = facts
        .into_iter()
        .filter_map(|(name, fact)| {
            let fact = escape(fact?);
            Some(format!("<dt>{}</dt><dd lang=\"{language}\">{fact}</dd>\n", say(name)))
        })
        .collect();
    let title = match &document.title {
        Some(title) => escape(title),
        None => say(words::UNTITLED),
    };
    format!(
        "<section class=\"document {}\"><p class=\"name\">{}</p>\
         <h2 lang=\"{language}\">{title}</h2>\n<dl>{facts}</dl></section>\n",
        side.as_str(),
        say(side_name(side))
    )
}

fn side_name(side: Side) -> Words {
    match side {
        Side::Left => words::LEFT,
        Side::Right => words::RIGHT,
    }
}

fn summary(comparison: &Comparison) -> String {
    let found = comparison.summary;
    let counts = [
        ("changed", words::status(Status::Changed), found.changed),
        ("left_only", words::ONLY_LEFT, found.left_only),
        ("right_only", words::ONLY_RIGHT, found.right_only),
        ("same", words::status(Status::Same), found.same),
    ];
    // The bar shares out all rows; these are counted among the same already.
    let units = (found.units > 0).then_some(("units", words::OF_SAME_UNITS, found.units));
    let bar: String = counts
        .iter()
        .filter(|(_, _, count)| *count > 0)
        .map(|(class, _, count)| format!("<i class=\"{class}\" style=\"flex-grow:{count}\"></i>"))
        .collect();
    let counts: String = counts
        .into_iter()
        .chain(units)
        .chain([("moved", words::MOVED, found.moved)])
        .map(|(class, name, count)| {
            format!("<li class=\"{class}\"><b>{count}</b> {}</li>", say(name))
        })
        .collect();

    let derivation = &comparison.derivation;
    let mut origin = format!("<p>{}</p>", say(words::verdict(derivation.verdict)));
    if let Some(score) = derivation.score {
        origin.push_str(&format!("<p class=\"fine\"><b>{score:.2}</b> {}</p>", say(words::SCORE)));
    }
    if let Some(recognised) = words::recognised(comparison) {
        origin.push_str(&format!("<p>{}</p>", say(recognised)));
    }
    if !derivation.traces.is_empty() {
        let traces: String = derivation
            .traces
            .iter()
            .map(|trace| {
                format!(
                    "<li>「{}」 {} 「{}」 × {}</li>",
                    escape(&trace.printed),
                    say(words::USUAL),
                    escape(&trace.usual),
                    trace.count
                )
            })
            .collect();
        origin.push_str(&format!("<p class=\"fine\">{}</p><ul>{traces}</ul>", say(words::TRACES)));
    }
    format!(
        "<section class=\"summary\">\n<div><h2>{}</h2>\n<ul class=\"counts\">{counts}</ul>\n\
         <div class=\"share\" aria-hidden=\"true\">{bar}</div></div>\n\
         <div class=\"origin\"><h2>{}</h2>\n{origin}</div>\n</section>\n",
        say(words::CLAUSES),
        say(words::ORIGIN)
    )
}

/// The filters, which double as the legend, and the buttons for jumping.
fn controls(comparison: &Comparison) -> String {
    let kinds: String = DifferenceKind::ALL
        .into_iter()
        .rev()
        .map(|kind| {
            let count = count(comparison, kind);
            // Between two scripts, script and variants would mark most of the text.
            let checked = if kind >= DifferenceKind::Punctuation { " checked" } else { "" };
            let none = if count == 0 { " class=\"none\"" } else { "" };
            format!(
                "<label{none}><input type=\"checkbox\" id=\"show-{kind}\"{checked}>\
                 <span class=\"sample {kind}\">{}</span> <b>{count}</b></label>\n",
                say(words::kind(kind))
            )
        })
        .collect();
    let toggle = |id: &str, name: Words| {
        format!("<label><input type=\"checkbox\" id=\"{id}\">{}</label>\n", say(name))
    };
    format!(
        "<section class=\"controls\">\n<fieldset class=\"kinds\"><legend>{}</legend>\n{kinds}\
         <span class=\"key\"><span class=\"sample only-left\">{}</span> \
         <span class=\"sample only-right\">{}</span></span></fieldset>\n\
         <div class=\"toggles\">{}{}</div>\n\
         <div class=\"jump\" hidden><button type=\"button\" id=\"previous\">\
         <span aria-hidden=\"true\">↑</span> {} <kbd>p</kbd></button>\
         <button type=\"button\" id=\"next\"><span aria-hidden=\"true\">↓</span> {} \
         <kbd>n</kbd></button> <output id=\"at\"></output></div>\n</section>\n",
        say(words::DIFFERENCES),
        say(words::ONLY_LEFT),
        say(words::ONLY_RIGHT),
        toggle("only-changed", words::ONLY_CHANGED),
        toggle("in-full", words::SAME_IN_FULL),
        say(words::PREVIOUS),
        say(words::NEXT),
    )
}

fn table(comparison: &Comparison, budget: &Budget) -> Result<String, Spent> {
    if comparison.rows.is_empty() {
        return Ok(format!("<p>{}</p>\n", say(words::NO_ROWS)));
    }
    // Narrow screens lay the table out as blocks, which removes its semantics in some browsers; the
    // roles keep them.
    let heads: String = Side::BOTH
        .map(|side| {
            let document = side.document(comparison);
            format!(
                "<th role=\"columnheader\" scope=\"col\">{} <span lang=\"{}\">{}</span></th>",
                say(side_name(side)),
                escape(&document.language),
                escape(document.title.as_deref().unwrap_or_default())
            )
        })
        .concat();
    let mut rows = String::new();
    for (row, number) in comparison.rows.iter().zip(1..) {
        budget.check()?;
        rows.push_str(&table_row(comparison, row, number));
    }
    Ok(format!(
        "<table role=\"table\">\n<colgroup><col class=\"told\"><col><col></colgroup>\n\
         <thead role=\"rowgroup\"><tr role=\"row\"><th role=\"columnheader\" scope=\"col\">{}\
         </th>{heads}</tr></thead>\n<tbody role=\"rowgroup\">\n{rows}</tbody>\n</table>\n",
        say(words::CLAUSE)
    ))
}

fn table_row(comparison: &Comparison, row: &Row, number: usize) -> String {
    let headings = changes(&row.heading_differences);
    let units = row.units_differ();
    let quiet = row.status == Status::Same && !headings && !units;
    let mut classes = vec![row.status.as_str()];
    if row.moved {
        classes.push("moved");
    }
    if quiet {
        classes.push("quiet");
    }
    if !row.counts() {
        classes.push("signature");
    }

    let mut head = format!("<a class=\"ordinal\" href=\"#row-{number}\">{number}</a>");
    let long = |text: String| text.chars().nth(FOLDED).is_some() || text.contains('\n');
    if quiet && (long(row.left_text()) || long(row.right_text())) {
        head.push_str(&format!(
            " <label class=\"unfold\"><input type=\"checkbox\"><span class=\"unseen\">{}</span>\
             </label>",
            say(words::IN_FULL)
        ));
    }
    if row.counts() {
        let status = say(words::status(row.status));
        head.push_str(&format!(" <span class=\"status\">{status}</span>"));
    } else {
        head.push_str(&format!(" <span class=\"fine\">{}</span>", say(words::SIGNATURE)));
    }
    if row.counts() && row.status == Status::Changed {
        head.push_str(&format!(
            " <span class=\"fine\">{:.0}% {}</span>",
            row.similarity * 100.0,
            say(words::ALIKE)
        ));
    }
    for (applies, class, name) in [
        (row.counts() && row.moved, "chip moved", words::MOVED),
        (headings, "chip", words::HEADING_DIFFERS),
        (units, "chip", words::UNITS_DIFFER),
    ] {
        if applies {
            head.push_str(&format!(" <span class=\"{class}\">{}</span>", say(name)));
        }
    }
    let sides: String = Side::BOTH.map(|side| side_cell(comparison, row, side)).concat();
    format!(
        "<tr role=\"row\" id=\"row-{number}\" class=\"{}\">\
         <th role=\"rowheader\" scope=\"row\">{head}</th>\n{sides}</tr>\n",
        classes.join(" ")
    )
}

fn side_cell(comparison: &Comparison, row: &Row, side: Side) -> String {
    let document = side.document(comparison);
    let which = say(side_name(side));
    let clauses = marked(row, side, &text_marks(row));
    if clauses.is_empty() {
        let absent = match side {
            Side::Left => words::ABSENT_LEFT,
            Side::Right => words::ABSENT_RIGHT,
        };
        return format!(
            "<td role=\"cell\" class=\"{} absent\"><span class=\"which\">{which}</span> {}</td>\n",
            side.as_str(),
            say(absent)
        );
    }
    let compared = pieces(side.heading(row), 0, &heading_marks(row), side);
    let mut cell = String::new();
    for (at, (clause, cut)) in clauses.into_iter().enumerate() {
        let printed = clause.heading.as_deref();
        // The heading directly above is compared if the clause has none.
        let outer = match printed {
            Some(_) => clause.headings.as_slice(),
            None => clause.headings.split_last().map_or(&[][..], |(_, outer)| outer),
        };
        let outer: String = outer.iter().map(|heading| format!("{} › ", escape(heading))).collect();
        let heading = match at {
            0 => marks(&compared, side),
            _ => escape(printed.or(clause.headings.last().map(String::as_str)).unwrap_or_default()),
        };
        let id = format!("{}-{}", side.as_str(), escape(&clause.eid));
        cell.push_str(&format!(
            "<div class=\"clause\" id=\"{id}\"><p class=\"place\"><a href=\"#{id}\">{}</a> \
             <span class=\"outer\">{outer}</span><span class=\"heading\">{heading}</span></p>\
             <p class=\"text\">{}</p></div>",
            escape(&place(document, clause)),
            marks(&cut, side)
        ));
    }
    format!(
        "<td role=\"cell\" class=\"{}\" lang=\"{}\"><span class=\"which\">{which}</span>{cell}</td>\n",
        side.as_str(),
        escape(&document.language)
    )
}

fn marks(pieces: &[Piece<'_>], side: Side) -> String {
    let mut out = String::new();
    let mut gap = None;
    for piece in pieces {
        let before = gap.take();
        let Some(mark) = piece.mark else {
            out.push_str(&escape(piece.text));
            continue;
        };
        let kind = mark.difference.kind;
        if piece.text.is_empty() {
            gap = Some(kind);
            // One wedge is enough for several gaps in one place.
            if before == gap {
                continue;
            }
        }
        let mut classes = kind.as_str().to_owned();
        if piece.text.is_empty() {
            classes.push_str(" gap");
        } else if mark.one_sided() {
            classes.push_str(match side {
                Side::Left => " only-left",
                Side::Right => " only-right",
            });
        }
        let shown = |words: &str| if words.is_empty() { "∅".to_owned() } else { escape(words) };
        // Script is in most of the text, so its counterparts aren't highlighted.
        let pair = match kind {
            DifferenceKind::Script => String::new(),
            _ => format!(" data-d=\"{}\"", mark.number),
        };
        let name = words::kind(kind);
        out.push_str(&format!(
            "<mark class=\"{classes}\"{pair} title=\"{} {}: {} → {}\">{}</mark>",
            name.hant,
            name.en,
            shown(&mark.difference.left),
            shown(&mark.difference.right),
            escape(piece.text)
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Difference;
    use crate::export::sample;

    #[test]
    fn every_row_and_clause_has_its_anchor() {
        let comparison = sample::comparison();
        let report = html(&comparison, &Budget::unlimited()).unwrap();
        for number in 1..=comparison.rows.len() {
            assert_eq!(report.matches(&format!(" id=\"row-{number}\"")).count(), 1);
        }
        for anchor in ["left-art_1", "right-art_1", "left-part_2__subpart_1", "right-art_6"] {
            assert_eq!(report.matches(&format!(" id=\"{anchor}\"")).count(), 1, "{anchor}");
        }
    }

    #[test]
    fn differences_are_marked_on_both_sides() {
        let report = html(&sample::comparison(), &Budget::unlimited()).unwrap();
        for words in ["資訊", "信息"] {
            let mark = format!("title=\"地區用語 Regional term: 資訊 → 信息\">{words}</mark>");
            assert!(report.contains(&mark), "{words}");
        }
        assert!(report.contains("title=\"措辭 Wording: 及時 → ∅\">及時</mark>"));
        assert!(report.contains("title=\"措辭 Wording: 及時 → ∅\"></mark>"), "the gap");
        assert!(report.contains("<mark class=\"units\""));
    }

    #[test]
    fn nothing_is_loaded_and_texts_are_escaped() {
        let report = html(&sample::comparison(), &Budget::unlimited()).unwrap();
        for loads in ["src=", "href=\"http", "url(", "@import", "<link", "fetch("] {
            assert!(!report.contains(loads), "{loads}");
        }
        assert!(report.contains("&lt;<mark") && report.contains("&gt; A&amp;B"));
        assert!(!report.contains("<試行>") && !report.contains("<備忘錄>"));
        assert!(!SCRIPT.contains("</script") && !STYLE.contains("</style"));
    }

    #[test]
    fn sides_tell_their_language() {
        let report = html(&sample::comparison(), &Budget::unlimited()).unwrap();
        assert!(report.contains("class=\"left\" lang=\"zh-Hant-HK\""));
        assert!(report.contains("class=\"right\" lang=\"zh-Hans-CN\""));
    }

    #[test]
    fn only_quiet_rows_are_folded() {
        let comparison = sample::comparison();
        let report = html(&comparison, &Budget::unlimited()).unwrap();
        let row = |at: usize| {
            let start = report.find(&format!("id=\"row-{}\"", at + 1)).unwrap();
            report[start..].split('>').next().unwrap().to_owned()
        };
        assert!(row(0).contains("quiet"));
        for at in [sample::CHANGED, sample::UNITS, sample::LEFT_ONLY, sample::SPLIT] {
            assert!(!row(at).contains("quiet"), "{at}");
        }
        assert!(row(comparison.rows.len() - 1).contains("signature"));
    }

    #[test]
    fn a_quote_in_a_difference_stays_inside_its_title() {
        let mut comparison = sample::comparison();
        comparison.rows[sample::LEFT_ONLY].differences = vec![Difference {
            kind: DifferenceKind::Wording,
            left: "\"><script>".to_owned(),
            right: String::new(),
            left_at: 0..1,
            right_at: 0..0,
            term: None,
        }];
        assert!(
            html(&comparison, &Budget::unlimited())
                .unwrap()
                .contains("&quot;&gt;&lt;script&gt; → ∅")
        );
    }

    #[test]
    fn a_report_without_rows_says_so() {
        let mut comparison = sample::comparison();
        comparison.rows.clear();
        assert!(
            html(&comparison, &Budget::unlimited())
                .unwrap()
                .contains("Neither document has a clause.")
        );
    }
}
