//! Joining of lines into paragraphs.
//!
//! Page breaks and hard wraps cut sentences; titles, labelled provisions and the lines of a
//! signature are short lines that must stay apart. The decision for each line needs the open
//! paragraph, the line's form, the labels so far, and, if known, the column widths of the page;
//! `continues` makes it.

use std::borrow::Cow;

use tiaowen_text::numeral;

use crate::account::Reasons;
use crate::clean::{join, scrubbed};
use crate::date;
use crate::giant::{ENOUGH_CHARS, MOST_CHARS, first_sentence};
use crate::junk::drop_junk;
use crate::label::{Label, LabelKind, PerKind};
use crate::metadata;
use crate::paragraph::{
    Brackets, Paragraph, Piece, ends_sentence, is_date_line, is_running, key_value,
};
use crate::settle::{drop_unsettled, joined_private, labelled, leads_to_number};
use crate::shape::{Shape, width};
use crate::source::{Line, Pages};
use crate::wrap::mark_wrapped;

/// Joins `lines` of `source` into paragraphs.
pub(crate) fn paragraphs<'a>(
    source: &'a str,
    lines: &'a [Line],
    pages: Pages,
    reasons: &mut Reasons,
) -> Vec<Paragraph<'a>> {
    let mut pieces = pieces(source, lines);
    let notes = pieces.extract_if(.., |piece| piece.line.hangs_at.is_some()).collect();
    drop_unsettled(&mut pieces);
    drop_junk(&mut pieces, pages, reasons);
    mark_wrapped(&mut pieces, pages);
    mark_cells(&mut pieces);
    let votes = titles_by_kind(&pieces);
    let mut paragraphs: Vec<Paragraph> = Vec::with_capacity(pieces.len());
    let mut last_labels: PerKind<Option<Label>> = PerKind::default();
    for mut piece in pieces {
        // A quoted provision has no labels of the document. A label that continues the list before
        // the quotation ends it: the closing mark was lost.
        let quoted = paragraphs.last().map(|open: &Paragraph| open.open);
        let quoted = quoted
            .filter(|open| open.quotes && open.are_open() && !continues_list(&piece, &last_labels));
        if quoted.is_some() && paragraphs.last().is_some_and(|open| ends_sentence(open.body())) {
            piece.label = None;
            if let Some(open) = paragraphs.last_mut() {
                open.open = Brackets::default();
            }
        }
        let mut is_cut = piece.line.is_rest;
        if let Some(open) = paragraphs.last_mut()
            && !is_cut
            && continues(open, &piece, &votes, &last_labels, pages)
        {
            let Some(rest) = joined(open, piece, source) else { continue };
            piece = rest;
            is_cut = true;
        }
        if let Some(label) = &piece.label {
            last_labels[label.kind] = Some(label.clone());
        }
        let mut open = quoted.unwrap_or_default();
        open.read(piece.body(), piece.shape);
        paragraphs.push(Paragraph::new(piece, open, is_cut));
    }
    with_notes(paragraphs, notes)
}

/// Whether a piece continues a list of the document.
fn continues_list(piece: &Piece, last_labels: &PerKind<Option<Label>>) -> bool {
    piece.label.as_ref().is_some_and(|label| {
        last_labels[label.kind].as_ref().is_some_and(|last| label.follows(last))
    })
}

/// Moves each note behind the paragraph it belongs to, wherever it is printed.
fn with_notes<'a>(paragraphs: Vec<Paragraph<'a>>, notes: Vec<Piece<'a>>) -> Vec<Paragraph<'a>> {
    if notes.is_empty() {
        return paragraphs;
    }
    let in_order = paragraphs.is_sorted_by_key(|paragraph| paragraph.span.start);
    let mut notes: Vec<(Option<usize>, Piece)> =
        notes.into_iter().map(|note| (paragraph_of(&note, &paragraphs, in_order), note)).collect();
    notes.sort_by_key(|(on, _)| *on);
    let mut notes = notes.into_iter().peekable();
    let mut all = Vec::with_capacity(paragraphs.len() + notes.len());
    let note_of = |(_, note)| Paragraph::new(note, Brackets::default(), false);
    all.extend(std::iter::from_fn(|| notes.next_if(|(on, _)| on.is_none())).map(note_of));
    for (at, paragraph) in paragraphs.into_iter().enumerate() {
        all.push(paragraph);
        all.extend(std::iter::from_fn(|| notes.next_if(|(on, _)| *on == Some(at))).map(note_of));
    }
    all
}

/// The paragraph that a note belongs to; `in_order` says whether they are in the order of the source.
fn paragraph_of(note: &Piece, paragraphs: &[Paragraph], in_order: bool) -> Option<usize> {
    let at = note.line.hangs_at.unwrap_or(note.line.span.start);
    let is_before = |paragraph: &Paragraph| paragraph.span.start < at;
    if in_order {
        return paragraphs.partition_point(is_before).checked_sub(1);
    }
    let around = |paragraph: &Paragraph| is_before(paragraph) && at <= paragraph.span.end;
    paragraphs.iter().position(around).or_else(|| paragraphs.iter().rposition(is_before))
}

/// Joins a line to the open paragraph. Returns the rest of the line if the paragraph would become
/// too long for a clause: the part behind its first sentence, or all of it.
fn joined<'a>(open: &mut Paragraph<'a>, mut piece: Piece<'a>, source: &str) -> Option<Piece<'a>> {
    // A list mark that extraction put before the second half of a sentence.
    let from = if piece.text.starts_with("- ") { 2 } else { 0 };
    let (mut shape, mut end, mut span_end) = (piece.shape, piece.text.len(), piece.span.end);
    let mut rest = None;
    if open.chars() > ENOUGH_CHARS && piece.line.cells.is_empty() {
        let raw = &source[piece.span.clone()];
        if let Some((cleaned, printed)) = first_sentence(&piece.text, raw) {
            (end, span_end) = (cleaned, piece.span.start + printed);
            shape = Shape::of(&piece.text[..end]);
            rest = Some(printed);
        }
    }
    piece.label = None;
    if open.chars() + shape.chars() >= MOST_CHARS {
        return Some(piece);
    }
    let text = piece.text.get(from..end).unwrap_or("");
    open.open.read(text, shape);
    join(open.text.to_mut(), text);
    open.shape = open.shape.and(shape);
    open.span.end = span_end;
    open.lines += 1;
    open.wrapped = piece.wrapped;
    let printed = rest?;
    let raw = &source[piece.span.clone()];
    let behind = raw[printed..].trim_start();
    piece.span.start += raw.len() - behind.len();
    piece.text = Cow::Owned(piece.text[end..].trim_start().to_owned());
    piece.shape = Shape::of(&piece.text);
    open.open = Brackets::default();
    (!piece.text.is_empty()).then_some(piece)
}

/// Splits lines with several articles (第一條 …。第二條 …。) into one line each; other lines stay
/// as they are.
pub(crate) fn unfolded(source: &str, lines: Vec<Line>) -> Vec<Line> {
    let folds: Vec<(usize, Vec<usize>)> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| (at, articles_within(&source[line.span.clone()])))
        .filter(|(_, starts)| !starts.is_empty())
        .collect();
    if folds.is_empty() {
        return lines;
    }
    let mut folds = folds.into_iter().peekable();
    let mut unfolded = Vec::with_capacity(lines.len());
    for (at, line) in lines.into_iter().enumerate() {
        let Some((_, starts)) = folds.next_if(|(folded, _)| *folded == at) else {
            unfolded.push(line);
            continue;
        };
        let text = &source[line.span.clone()];
        let ends = starts.iter().copied().chain([text.len()]);
        for (start, end) in [0].into_iter().chain(starts.iter().copied()).zip(ends) {
            let end = start + text[start..end].trim_end().len();
            unfolded.push(Line {
                span: line.span.start + start..line.span.start + end,
                ..line.clone()
            });
        }
    }
    unfolded
}

/// The starts of further articles in a line that begins with an article, each in sequence and
/// behind the end of a sentence.
fn articles_within(text: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    if !text.starts_with('第') {
        return starts;
    }
    let article = |text| Label::parse(text).filter(|label| label.kind == LabelKind::Article);
    let mut last = None;
    for (at, _) in text.match_indices('第').skip(1) {
        if !text[..at].trim_end().ends_with(['。', '；', '！']) {
            continue;
        }
        if last.is_none() {
            last = article(text);
        }
        let Some(before) = &last else { break };
        let label = article(&text[at..]).filter(|label| !label.refers && label.follows(before));
        if label.is_some() {
            starts.push(at);
            last = label;
        }
    }
    starts
}

/// Cleans lines and parses their labels.
pub(crate) fn pieces<'a>(source: &'a str, lines: &'a [Line]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::with_capacity(lines.len());
    pieces.extend(lines.iter().filter_map(|line| piece(source, line)));
    pieces
}

fn piece<'a>(source: &'a str, line: &'a Line) -> Option<Piece<'a>> {
    let mut piece = Piece {
        line,
        span: line.span.clone(),
        text: Cow::Borrowed(""),
        shape: Shape::of(""),
        label: None,
        printed_width: 0,
        after_junk: false,
        wrapped: line.wrapped,
        is_cell: false,
    };
    if line.is_row() {
        piece.text = Cow::Owned(row(source, line));
        piece.shape = Shape::of(&piece.text);
        return Some(piece).filter(|piece| !piece.text.trim().is_empty());
    }
    let mut raw = line.read(source);
    piece.shape = Shape::of(&raw);
    piece.printed_width = piece.shape.halves() + u32::from(line.indent);
    if piece.shape.has_private() {
        raw = joined_private(source, raw);
    }
    piece.text = raw.clone();
    if piece.shape.is_unclean() {
        piece.text = Cow::Owned(scrubbed(&raw));
        piece.shape = Shape::of(&piece.text);
    }
    if let Some(divided) = metadata::sides_apart(&piece.text, piece.shape) {
        piece.text = Cow::Owned(divided);
        piece.shape = Shape::of(&piece.text);
    }
    // Among headings of the first level only that of an annex is no title of the whole.
    let is_annex = || Label::parse(&piece.text).is_some_and(|label| label.kind == LabelKind::Annex);
    let may_have_label = line.level != Some(1) || is_annex();
    if may_have_label && line.hangs_at.is_none() && !line.is_rest {
        (piece.text, piece.label) = labelled(piece.text, &raw);
    }
    Some(piece).filter(|piece| !piece.text.is_empty())
}

/// The cells of a row, cleaned and separated by tabs.
fn row(source: &str, line: &Line) -> String {
    let mut row = String::new();
    for (at, cell) in line.cells.iter().enumerate() {
        if at > 0 {
            row.push('\t');
        }
        let start = row.len();
        for part in cell {
            let text = scrubbed(&source[part.clone()]);
            // Paragraphs of one cell stay on the row's line.
            if row.len() > start && !text.is_empty() {
                row.push(' ');
            }
            row.push_str(&text);
        }
    }
    row.truncate(row.trim_end().len());
    row
}

/// Marks short lines between blank lines if two or more are near one another.
fn mark_cells(pieces: &mut [Piece]) {
    const NEAR: usize = 3;
    let alone: Vec<usize> = (0..pieces.len()).filter(|&at| is_isolated(pieces, at)).collect();
    for pair in alone.windows(2).filter(|pair| pair[1] - pair[0] <= NEAR) {
        pieces[pair[0]].is_cell = true;
        pieces[pair[1]].is_cell = true;
    }
}

/// Whether a line is short and between blank lines.
fn is_isolated(pieces: &[Piece], at: usize) -> bool {
    const WIDEST: u32 = 24;
    let (piece, next) = (&pieces[at], pieces.get(at + 1));
    piece.label.is_none()
        && piece.line.level.is_none()
        && piece.shape.halves() <= WIDEST
        && !piece.shape.has_sentence_mark()
        && !piece.shape.has_colon()
        && !piece.is_beside()
        && next.is_none_or(|next| !next.is_beside() || next.label.is_some())
        && !ends_sentence(&piece.text)
        && date::first(&piece.text).is_none_or(|found| found.start != 0)
}

/// For a kind of label, the numbers of titles and of texts on its line.
#[derive(Debug, Default)]
struct Votes {
    titles: usize,
    texts: usize,
}

/// Counts, for each kind of label, lines that are titles. Where titles dominate, a line with a
/// comma and no full stop is a title too; otherwise it is the first half of a sentence.
fn titles_by_kind(pieces: &[Piece]) -> PerKind<Votes> {
    let mut votes: PerKind<Votes> = PerKind::default();
    for pair in pieces.windows(2) {
        let (Some(label), body) = (&pair[0].label, pair[0].body()) else { continue };
        let votes = &mut votes[label.kind];
        let next = &pair[1];
        if pair[0].shape.has_full_stop() || ends_sentence(body) {
            votes.texts += 1;
        } else if !pair[0].wrapped
            && !is_running(body, pair[0].shape)
            && next.label.is_none()
            && is_running(&next.text, next.shape)
        {
            votes.titles += 1;
        }
    }
    votes
}

/// Whether `piece` continues the sentence that `open` leaves unfinished.
fn continues(
    open: &Paragraph,
    piece: &Piece,
    votes: &PerKind<Votes>,
    last_labels: &PerKind<Option<Label>>,
    pages: Pages,
) -> bool {
    // Headings, rows and lines where two sides sign next to each other never continue.
    let is_row = open.is_row || open.lines == 1 && metadata::are_sides(&open.text);
    if open.level.is_some()
        || piece.line.level.is_some()
        || is_row
        || piece.line.is_row()
        || metadata::are_sides(&piece.text)
    {
        return false;
    }
    let body = open.body();
    // A paragraph of several lines is a sentence; only a first line needs a closer look.
    let running = open.lines > 1 || is_running(body, open.shape);
    let ends = ends_sentence(body);
    let cut = !ends && (running || open.wrapped || open.open.are_open());
    if let Some(label) = &piece.label {
        // A figure or reference at the beginning of a line is no label if it doesn't fit.
        let fits = label.kind == LabelKind::Bullet
            || label.is_first()
            || last_labels[label.kind].as_ref().is_some_and(|last| label.follows(last));
        return cut && !fits;
    }
    if open.open.are_open()
        || is_reference_cut(&open.text, &piece.text)
        || leads_to_number(body, &piece.text) && !ends
    {
        return true;
    }
    if piece
        .text
        .starts_with(['，', '。', '、', '；', '：', '）', ')', '」', '』', '”', '》', ',', ';'])
    {
        return true;
    }
    !ends && continues_unfinished(open, piece, votes, running, pages)
}

/// [`continues`] for a line without a label behind a paragraph that ends no sentence.
fn continues_unfinished(
    open: &Paragraph,
    piece: &Piece,
    votes: &PerKind<Votes>,
    running: bool,
    pages: Pages,
) -> bool {
    let body = open.body();
    // No heading or paragraph begins with a lower-case letter.
    if piece.text.starts_with(|c: char| c.is_ascii_lowercase())
        && !piece.line.gap
        && body.ends_with(|c: char| c.is_ascii_alphanumeric() || c == ',')
    {
        return true;
    }
    // 有下列情形之一的， / 不予受理： is no key with a value.
    let beside = piece.is_beside();
    if body.ends_with(['，', '、']) && open.label.is_some() && beside {
        return true;
    }
    if open.wrapped {
        return true;
    }
    // The last line of a centred title ends as short of the edge as that of a paragraph.
    if pages == Pages::Seen && piece.line.gap {
        return false;
    }
    if piece.is_cell {
        return false;
    }
    if key_value(&piece.text, piece.shape).is_some() {
        return false;
    }
    if open.lines == 1 && key_value(&open.text, open.shape).is_some() {
        // If the reader saw the column edges, wrapped values are known.
        return pages != Pages::Seen && !piece.line.gap && !is_date_line(&piece.text, piece.shape);
    }
    let is_title = open.lines == 1
        && open.label.as_ref().is_some_and(|label| {
            votes[label.kind].titles > votes[label.kind].texts
                && !open.shape.has_full_stop()
                && width(body) <= 45.0
        });
    !is_title && running && !(open.lines == 1 && is_date_line(&open.text, open.shape))
}

/// Whether a line break cuts a reference: 第三 / 條規定的, 《某法》 / 第二條第一款.
fn is_reference_cut(before: &str, after: &str) -> bool {
    const UNITS: [char; 14] =
        ['條', '条', '款', '項', '项', '目', '章', '節', '节', '編', '编', '篇', '號', '号'];
    let ordinal = before.trim_end_matches(numeral::is_numeral);
    if ordinal.ends_with('第') {
        let rest = after.trim_start_matches(numeral::is_numeral);
        let numbered = ordinal.len() < before.len() || rest.len() < after.len();
        return numbered && rest.starts_with(UNITS);
    }
    let number = after.strip_prefix('第').filter(|_| before.ends_with('》'));
    number.is_some_and(|number| {
        let rest = number.trim_start_matches(numeral::is_numeral);
        rest.len() < number.len() && rest.starts_with(UNITS)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Format, lines};

    fn mended(text: &str) -> Vec<String> {
        let (lines, _) = lines(text, Format::Text, 0).unwrap();
        paragraphs(text, &lines, Pages::Guessed, &mut Reasons::default())
            .into_iter()
            .map(|paragraph| paragraph.text.into_owned())
            .collect()
    }

    #[test]
    fn sentences_cut_by_pages_are_joined() {
        assert_eq!(
            mended("一、推動合作，培訓每年舉辦\n\n1 次，為期一週。\n\n- 3 -\n\n二、其他。"),
            ["一、推動合作，培訓每年舉辦1 次，為期一週。", "二、其他。"]
        );
        assert_eq!(
            mended("33. 通過「計劃」（又稱「聯合\n\n- 領域計劃」)，推動合作。\n 34. 支持。"),
            ["33. 通過「計劃」（又稱「聯合領域計劃」)，推動合作。", "34. 支持。"]
        );
        assert_eq!(mended("推出「甲計劃」，以及「乙計劃」\n\n和「丙計劃」，讓青年。").len(), 1);
    }

    #[test]
    fn titles_stay_apart_from_the_text_below() {
        let text = "（一）甲機制\n\n繼續完善，合作。\n\n（二）繼續交流，推進貿易\n\n為分享經驗，共同發展。\n\n（三）乙\n\n舉辦，活動。";
        assert_eq!(mended(text).len(), 6);
        let cut = "1. 推動，合作。\n\n2. 推動業務，促進粵\n\n港發展。\n\n3. 支持，發展。";
        assert_eq!(mended(cut)[1], "2. 推動業務，促進粵港發展。");
    }

    #[test]
    fn references_cut_by_a_line_are_joined() {
        for text in [
            "第一條 甲違反本法第一\n條規定的，處罰。",
            "第一條 依照《某法》\n第二條第一款辦理。",
            "第一条 依照前款及第\n三款办理。",
        ] {
            assert_eq!(mended(text).len(), 1, "{text}");
        }
        assert_eq!(mended("第一條 適用《某法》\n第二條 其他").len(), 2);
        assert_eq!(mended("第一條 次第\n條例").len(), 2);
    }

    #[test]
    fn values_filled_in_on_lines_of_their_own_stay_in_their_sentence() {
        for text in ["第一條 期限為\n36\n個月。", "第一条 租金为\n\n8000元\n\n，每月缴纳。"]
        {
            assert_eq!(mended(text).len(), 1, "{text}");
        }
        let table = "第一條 設備\n名稱\n數量\n水泵\n12\n電機\n8";
        assert_eq!(mended(table).len(), 7);
    }

    #[test]
    fn signatures_stay_lines() {
        let text = "雙方代表簽字：\n\n廣東省教育廳\n\n簽字：_____\n\n日期：2017 年 11 月 18 日\n\n粵港合作協議\n\n(2017年-2018年)";
        assert_eq!(mended(text).len(), 6);
    }
}
