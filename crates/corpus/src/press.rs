//! Press pages: hard-wrapped columns, a box of points, captions, and headlines wherever the page
//! put them.
//!
//! Articles are found by the way a report begins (…訊（記者 …）), paragraphs by the widths of lines, and
//! each headline goes to the article with which it shares the most distinctive characters.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use memchr::memmem;
use tiaowen_text::fold;

use crate::clean::{append, cleaned, undoubled};
use crate::model::{Clause, ClauseKind, Rule};
use crate::shape::width;
use crate::source::Line;

/// A document of a press page.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) title: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) clauses: Vec<Clause>,
}

/// Whether a source is a press page: reports that begin like newspaper reports, in columns.
pub(crate) fn is_press(source: &str, lines: &[Line]) -> bool {
    // Most sources name no reporter and need no further test.
    if !["记者", "記者"]
        .iter()
        .any(|word| memmem::find(source.as_bytes(), word.as_bytes()).is_some())
    {
        return false;
    }
    let narrow = lines.iter().filter(|line| width(&source[line.span.clone()]) <= 32.0).count();
    lines.iter().any(|line| is_lead(&source[line.span.clone()])) && narrow * 10 >= lines.len() * 9
}

/// 香港文匯報訊（記者 …）
fn is_lead(text: &str) -> bool {
    // 讯 must be among the first characters.
    let end = text.char_indices().nth(24).map_or(text.len(), |(at, _)| at);
    let opening = &text[..end];
    if !opening.contains(['訊', '讯']) {
        return false;
    }
    let folded = fold(opening);
    let Some(at) = folded
        .find("报讯(记者")
        .or_else(|| folded.find("讯(记者"))
        .or_else(|| folded.find("报讯记者"))
    else {
        return false;
    };
    folded[..at].chars().count() <= 12
}

fn issuer(lead: &str) -> Option<String> {
    let end = lead.find(['訊', '讯'])?;
    Some(cleaned(&lead[..end]).into_owned())
}

fn is_point(text: &str) -> bool {
    text.starts_with(['■', '●', '◆', '▲'])
}

struct Row<'a> {
    line: &'a Line,
    text: String,
    /// Printed width.
    width: f32,
}

/// The documents of a press page, in the order of their beginnings.
pub(crate) fn parts(source: &str, lines: &[Line]) -> Vec<Part> {
    let rows: Vec<Row> = lines
        .iter()
        .map(|line| {
            let raw = &source[line.span.clone()];
            let text = undoubled(raw).unwrap_or_else(|| cleaned(raw).into_owned());
            Row { line, width: width(raw), text }
        })
        .collect();
    let captions = captions_start(&rows);
    let table = table(&rows[..captions]);
    let (articles, headlines) = articles(&rows, captions, table.clone());

    let mut parts: Vec<(usize, Part)> = Vec::new();
    let texts: Vec<String> = articles.iter().map(|article| article.text(&rows)).collect();
    let mut titles = assign(&headlines, &texts);
    for (number, article) in articles.iter().enumerate() {
        let clauses = article.clauses(&rows);
        let issuer = issuer(&rows[article.rows[0]].text);
        parts.push((article.rows[0], Part { title: titles.remove(&number), issuer, clauses }));
    }
    if !table.is_empty() {
        parts.push((table.start, points(&rows[table])));
    }
    if captions < rows.len() {
        parts.push((captions, caption_part(&rows[captions..])));
    }
    parts.sort_by_key(|(start, _)| *start);
    let page_issuer = parts.iter().find_map(|(_, part)| part.issuer.clone());
    parts
        .into_iter()
        .map(|(_, mut part)| {
            part.issuer = part.issuer.or_else(|| page_issuer.clone());
            part
        })
        .filter(|part| !part.clauses.is_empty())
        .collect()
}

/// The articles and the headlines of the rows above the captions and outside the table.
fn articles(rows: &[Row], captions: usize, table: Range<usize>) -> (Vec<Article>, Vec<String>) {
    let mut articles: Vec<Article> = Vec::new();
    let mut headlines: Vec<String> = Vec::new();
    let mut in_headline = false;
    for at in (0..table.start).chain(table.end..captions) {
        let row = &rows[at];
        if is_lead(&row.text) {
            articles.push(Article { rows: vec![at] });
            in_headline = false;
            continue;
        }
        let ended = articles.last().is_none_or(|article| {
            article.rows.last().is_some_and(|&last| ends_paragraph(&rows[last].text))
        });
        let next = (at + 1..captions).find(|next| !table.contains(next));
        let before_lead =
            next.is_none_or(|next| is_lead(&rows[next].text) || at + 1 == table.start);
        let headline = is_headline(&row.text) && ended && (articles.is_empty() || before_lead);
        if headline {
            // Consecutive lines form one headline.
            match headlines.last_mut() {
                Some(last) if in_headline && !row.line.gap => {
                    last.push(' ');
                    last.push_str(&row.text);
                }
                _ => headlines.push(row.text.clone()),
            }
            in_headline = true;
            continue;
        }
        in_headline = false;
        if let Some(article) = articles.last_mut() {
            article.rows.push(at);
        }
    }
    (articles, headlines)
}

/// Where the captions at the end of the page begin: points that name a photographer or end like
/// sentences.
fn captions_start(rows: &[Row]) -> usize {
    let mut start = rows.len();
    for (at, row) in rows.iter().enumerate().rev() {
        let credit = row.text.ends_with(['攝', '摄'])
            || row.text.contains("資料圖片")
            || row.text.contains("资料图片");
        if is_point(&row.text) {
            let block: String = rows[at..start].iter().map(|row| row.text.as_str()).collect();
            if !(block.contains('攝') || block.contains('摄') || block.ends_with('。')) {
                break;
            }
            start = at;
        } else if !credit && start < rows.len() && at + 1 == start || rows.len() - at > 200 {
            break;
        }
    }
    start
}

/// The box of points, from the title above its first heading to its credits.
fn table(rows: &[Row]) -> Range<usize> {
    let Some(first) = rows.iter().position(|row| is_point(&row.text)) else {
        return rows.len()..rows.len();
    };
    let last = rows.iter().rposition(|row| is_point(&row.text)).unwrap_or(first);
    let above = rows[..first].iter().rev().take(2).take_while(|row| is_headline(&row.text)).count();
    let mut end = last + 1;
    while end < rows.len() && !rows[end].line.gap {
        end += 1;
    }
    while end < rows.len() && is_credit(&rows[end].text) {
        end += 1;
    }
    first - above..end
}

fn is_credit(text: &str) -> bool {
    ["資料來源", "资料来源", "整理", "來源", "来源", "製表", "制表", "製圖"]
        .iter()
        .any(|key| text.strip_prefix(key).is_some_and(|rest| rest.starts_with(['：', ':'])))
}

fn is_headline(text: &str) -> bool {
    (2.0..=40.0).contains(&width(text))
        && !text.contains(['，', '。', '；', '：', '！', '？'])
        && !is_point(text)
}

fn ends_paragraph(text: &str) -> bool {
    let closed = text.trim_end_matches(['」', '』', '”', '）', ')']);
    closed.ends_with(['。', '！', '？'])
}

struct Article {
    rows: Vec<usize>,
}

impl Article {
    fn text(&self, rows: &[Row]) -> String {
        self.rows.iter().map(|&at| rows[at].text.as_str()).collect()
    }

    fn clauses(&self, rows: &[Row]) -> Vec<Clause> {
        let lines: Vec<&Row> = self.rows.iter().map(|&at| &rows[at]).collect();
        let mut clauses: Vec<Clause> = Vec::new();
        let mut headings: Vec<String> = Vec::new();
        let mut fresh = true;
        for at in 0..lines.len() {
            let row = lines[at];
            if fresh && at > 0 && is_subheading(&lines, at) {
                headings = vec![row.text.clone()];
                continue;
            }
            match clauses.last_mut() {
                Some(open) if !fresh => {
                    append(&mut open.text, &row.text);
                    open.bytes.end = row.line.span.end;
                }
                _ => {
                    let number = clauses.len() + 1;
                    let mut text = String::new();
                    append(&mut text, &row.text);
                    clauses.push(paragraph(number, text, row.line.span.clone(), headings.clone()));
                }
            }
            fresh = breaks_after(&lines, at);
        }
        clauses
    }
}

fn paragraph(
    number: usize,
    text: String,
    bytes: std::ops::Range<usize>,
    headings: Vec<String>,
) -> Clause {
    Clause { headings, ..Clause::paragraph(number, text, bytes, Rule::PressParagraph) }
}

/// A heading inside an article: a short line between two paragraphs.
fn is_subheading(lines: &[&Row], at: usize) -> bool {
    let next_is_text = lines.get(at + 1).is_some_and(|next| next.width > 0.0);
    is_headline(&lines[at].text) && next_is_text && lines[at].width <= column(lines, at) * 0.75
}

/// The width of the column around a line, from its widest neighbours.
fn column(lines: &[&Row], at: usize) -> f32 {
    let near = &lines[at.saturating_sub(4)..(at + 6).min(lines.len())];
    near.iter().map(|row| row.width).fold(0.0, f32::max)
}

/// Whether a paragraph ends with this line: it ends a sentence, and it is short or the next line is
/// indented (two characters shorter than the column).
fn breaks_after(lines: &[&Row], at: usize) -> bool {
    let Some(next) = lines.get(at + 1) else { return true };
    if !ends_paragraph(&lines[at].text) {
        return false;
    }
    let short = lines[at].width <= column(lines, at) - 1.5;
    let indented = lines.get(at + 2).is_some_and(|after| {
        // The line after next shows the column's width, unless it is short too.
        next.width <= after.width - 0.5 && next.width >= after.width - 4.0
    });
    short || indented || is_headline(&next.text) && next.width <= column(lines, at) * 0.75
}

/// The box as a document: its first line is the title, lines between the points are headings.
fn points(rows: &[Row]) -> Part {
    let mut part = Part::default();
    let mut headings: Vec<String> = Vec::new();
    let mut credits: Vec<&Row> = Vec::new();
    let mut open = false;
    for (at, row) in rows.iter().enumerate() {
        if is_point(&row.text) {
            let number = 1 + part.clauses.len();
            part.clauses.push(point(row, number, headings.clone()));
            open = true;
        } else if is_credit(&row.text) {
            credits.push(row);
            open = false;
        } else if open && !row.line.gap {
            if let Some(last) = part.clauses.last_mut() {
                append(&mut last.text, &row.text);
                last.bytes.end = row.line.span.end;
            }
        } else {
            open = false;
            let titled = at == 0 && rows.get(1).is_some_and(|next| !is_point(&next.text));
            if titled {
                part.title = Some(row.text.clone());
            } else {
                headings = vec![row.text.clone()];
            }
        }
    }
    part.clauses.extend(credit_clause(&credits));
    part
}

/// The clause of a point: its mark is the label.
fn point(row: &Row, number: usize, headings: Vec<String>) -> Clause {
    let mark = row.text.chars().next().map_or(0, char::len_utf8);
    let mut text = String::new();
    append(&mut text, row.text[mark..].trim_start());
    let bytes = row.line.span.clone();
    Clause { headings, ..Clause::point(number, &row.text[..mark], text, bytes) }
}

/// One clause for all credits, if there are any.
fn credit_clause(credits: &[&Row]) -> Option<Clause> {
    let (first, last) = (credits.first()?, credits.last()?);
    let text: Vec<&str> = credits.iter().map(|row| row.text.as_str()).collect();
    let bytes = first.line.span.start..last.line.span.end;
    Some(Clause::only(ClauseKind::Closing, text.join("\n"), bytes, Rule::Credits))
}

fn caption_part(rows: &[Row]) -> Part {
    let mut part = Part::default();
    for row in rows {
        let text = row.text.trim_start_matches(['■', '●', '◆', '▲']).trim_start();
        match part.clauses.last_mut() {
            Some(last) if !is_point(&row.text) => {
                append(&mut last.text, text);
                last.bytes.end = row.line.span.end;
            }
            _ => {
                let number = part.clauses.len() + 1;
                let mut joined = String::new();
                append(&mut joined, text);
                let mut caption = paragraph(number, joined, row.line.span.clone(), Vec::new());
                caption.drawn_by = Rule::Caption;
                part.clauses.push(caption);
            }
        }
    }
    part
}

/// The pairs of neighbouring letters of a text, folded.
fn pairs(text: &str) -> HashSet<(char, char)> {
    let chars: Vec<char> = fold(text).chars().filter(|c| c.is_alphanumeric()).collect();
    chars.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

/// Assigns headlines to articles by common pairs of characters; a pair weighs more the fewer
/// articles contain it.
fn assign(headlines: &[String], texts: &[String]) -> HashMap<usize, String> {
    let of_texts: Vec<_> = texts.iter().map(|text| pairs(text)).collect();
    let mut scores: Vec<(f64, usize, usize)> = Vec::new();
    for (headline, text) in headlines.iter().enumerate() {
        for pair in pairs(text) {
            let holders: Vec<usize> =
                (0..texts.len()).filter(|&article| of_texts[article].contains(&pair)).collect();
            for &article in &holders {
                scores.push((1.0 / holders.len() as f64, headline, article));
            }
        }
    }
    let mut sums: HashMap<(usize, usize), f64> = HashMap::new();
    for (score, headline, article) in scores {
        *sums.entry((headline, article)).or_default() += score;
    }
    let mut ranked: Vec<_> = sums.into_iter().collect();
    ranked.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    let (mut assigned, mut used) = (HashMap::new(), HashSet::new());
    for ((headline, article), _) in ranked {
        if !assigned.contains_key(&article) && used.insert(headline) {
            assigned.insert(article, headlines[headline].clone());
        }
    }
    assigned
}
