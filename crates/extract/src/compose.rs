//! Composes the text and blocks of a document from its parts.
//!
//! Readers of structured formats build [`Part`]s: paragraphs, tables of cells, notes, and left-out
//! content. This module writes them into the text that all spans point into. It is shared by all
//! such formats, so each reader only has to recognise structure. A bilingual table, with a script
//! or language in each column, is written column by column.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use tiaowen_blocks::{Block, BlockKind, Cell, DroppedKind, LeftOut, LeftOutReason, SourceText};
use tiaowen_text::{Script, fold, is_han, numeral};

use crate::ExtractError;

/// Kind and reason of left-out characters.
pub(crate) type Tag = (DroppedKind, &'static LeftOutReason);

/// A picture among the text.
pub(crate) const PICTURE: Tag = (DroppedKind::Unreadable, &LeftOutReason::Picture);

/// A text with its left-out ranges and the positions of its notes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rich {
    text: String,
    marks: Vec<(Range<usize>, Tag)>,
    notes: Vec<(usize, String)>,
    /// Whether only a forced line break separates it from the line before.
    pub(crate) is_rest: bool,
}

impl Rich {
    pub(crate) fn of(text: &str) -> Self {
        Rich { text: text.to_owned(), ..Rich::default() }
    }

    pub(crate) fn push(&mut self, c: char, tag: Option<Tag>) {
        let start = self.text.len();
        self.text.push(c);
        let Some(tag) = tag else { return };
        match self.marks.last_mut() {
            Some((span, last)) if span.end == start && *last == tag => span.end = self.text.len(),
            _ => self.marks.push((start..self.text.len(), tag)),
        }
    }

    pub(crate) fn push_str(&mut self, text: &str, tag: Option<Tag>) {
        text.chars().for_each(|c| self.push(c, tag));
    }

    /// Marks the current end as the position of a note.
    pub(crate) fn note(&mut self, id: &str) {
        self.notes.push((self.text.len(), id.to_owned()));
    }

    /// All characters, including those left out.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The characters that are part of the text.
    pub(crate) fn read(&self) -> Cow<'_, str> {
        if self.marks.is_empty() {
            return Cow::Borrowed(&self.text);
        }
        let is_read = |at: usize| !self.marks.iter().any(|(span, _)| span.contains(&at));
        self.text.char_indices().filter(|(at, _)| is_read(*at)).map(|(_, c)| c).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Removes everything from a byte on.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.text.truncate(length);
        self.marks.retain_mut(|(span, _)| {
            span.end = span.end.min(length);
            span.start < span.end
        });
        self.notes.iter_mut().for_each(|(at, _)| *at = (*at).min(length));
    }

    /// A part of the text, with its ranges and notes.
    fn part(&self, span: Range<usize>) -> Self {
        let text = &self.text[span.clone()];
        let start = span.start + text.len() - text.trim_start().len();
        let end = start + text.trim().len();
        let within = |at: usize| at.clamp(start, end) - start;
        let marks = self.marks.iter().map(|(of, tag)| (within(of.start)..within(of.end), *tag));
        let notes = self.notes.iter().filter(|(at, _)| (span.start..=span.end).contains(at));
        Rich {
            text: self.text[start..end].to_owned(),
            marks: marks.filter(|(of, _)| of.start < of.end).collect(),
            notes: notes.map(|(at, id)| (within(*at), id.clone())).collect(),
            is_rest: false,
        }
    }

    pub(crate) fn prefix(&mut self, before: &str) {
        self.text.insert_str(0, before);
        for (span, _) in &mut self.marks {
            *span = span.start + before.len()..span.end + before.len();
        }
        self.notes.iter_mut().for_each(|(at, _)| *at += before.len());
    }

    pub(crate) fn append(&mut self, other: &Rich) {
        let shift = self.text.len();
        self.text.push_str(&other.text);
        let marks = other.marks.iter();
        self.marks.extend(marks.map(|(span, tag)| (span.start + shift..span.end + shift, *tag)));
        self.notes.extend(other.notes.iter().map(|(at, id)| (at + shift, id.clone())));
    }

    /// The lines of the text with white space collapsed, without blank lines.
    pub(crate) fn lines(&self) -> Vec<Rich> {
        self.collapsed(true)
    }

    /// The whole text as one line.
    pub(crate) fn joined(&self) -> Rich {
        self.collapsed(false).pop().unwrap_or_default()
    }

    /// The text without surrounding white space; a run inside becomes one tab, full-width space or
    /// space. With `splits`, line breaks separate the results.
    fn collapsed(&self, splits: bool) -> Vec<Rich> {
        let mut lines = vec![Rich::default()];
        let mut space: Option<(char, Option<Tag>)> = None;
        let mut marks = self.marks.iter().peekable();
        let mut notes = self.notes.iter().peekable();
        for (at, c) in self.text.char_indices() {
            while marks.next_if(|(span, _)| span.end <= at).is_some() {}
            let tag = marks.peek().filter(|(span, _)| span.contains(&at)).map(|(_, tag)| *tag);
            while let Some((_, id)) = notes.next_if(|(note, _)| *note <= at) {
                lines.last_mut().into_iter().for_each(|line| line.note(id));
            }
            if splits && c == '\n' {
                lines.push(Rich::default());
                space = None;
            } else if c.is_whitespace() {
                let wider = match (space, c) {
                    (Some(('\t', _)), _) | (_, '\t') => '\t',
                    (Some(('\u{3000}', _)), _) | (_, '\u{3000}') => '\u{3000}',
                    _ => ' ',
                };
                space = Some((wider, space.map_or(tag, |(_, first)| first.and(tag))));
            } else if let Some(line) = lines.last_mut() {
                if let Some((space, of)) = space.take()
                    && !line.is_empty()
                {
                    line.push(space, of);
                }
                line.push(c, tag);
            }
        }
        for (_, id) in notes {
            lines.last_mut().into_iter().for_each(|line| line.note(id));
        }
        // A note alone on a line belongs to the line before.
        let mut kept: Vec<Rich> = Vec::with_capacity(lines.len());
        for line in lines {
            match kept.last_mut() {
                Some(last) if line.is_empty() => last.append(&line),
                _ if line.is_empty() && line.notes.is_empty() => {}
                _ => kept.push(line),
            }
        }
        kept
    }
}

/// The role of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Text,
    Item,
    Heading(u8),
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// A paragraph; forced line breaks separate its lines.
    Paragraph(Role, Vec<Rich>),
    /// A table, row by row.
    Table(Vec<Vec<TableCell>>),
    /// A note with its mark in front, and the name by which references to it are recognised.
    Note(String, Rich),
    /// Left-out content; its text may be unknown.
    LeftOut(Tag, String),
}

/// A cell with the number of columns that it spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableCell {
    pub(crate) columns: u16,
    pub(crate) parts: Vec<Part>,
}

impl Part {
    pub(crate) fn paragraph(role: Role, line: Rich) -> Self {
        Part::Paragraph(role, vec![line])
    }

    /// Whether it contains anything to read.
    pub(crate) fn is_read(&self) -> bool {
        match self {
            Part::Paragraph(_, lines) => lines.iter().any(|line| !line.read().trim().is_empty()),
            Part::Table(rows) => {
                rows.iter().flatten().flat_map(|cell| &cell.parts).any(Part::is_read)
            }
            Part::Note(_, note) => !note.read().trim().is_empty(),
            Part::LeftOut(..) => false,
        }
    }

    /// The text of a paragraph, including left-out characters.
    pub(crate) fn whole_text(&self) -> String {
        match self {
            Part::Paragraph(_, lines) => lines.iter().map(Rich::as_str).collect(),
            other => other.text(),
        }
    }

    /// The text that is read, for examining it.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        match self {
            Part::Paragraph(_, lines) => lines.iter().for_each(|line| text.push_str(&line.read())),
            Part::Table(rows) => {
                let parts = rows.iter().flatten().flat_map(|cell| &cell.parts);
                parts.for_each(|part| text.push_str(&part.text()));
            }
            Part::Note(_, note) => text.push_str(&note.read()),
            Part::LeftOut(..) => {}
        }
        text
    }
}

/// Composes the parts of a document, unless they have no text.
///
/// # Errors
/// [`ExtractError::Pictures`] or [`ExtractError::Empty`] if nothing in it is read.
pub(crate) fn compose_document(parts: Vec<Part>) -> Result<SourceText<'static>, ExtractError> {
    if parts.iter().any(Part::is_read) {
        return Ok(compose(parts));
    }
    let is_picture = |part: &Part| matches!(part, Part::LeftOut(tag, _) if *tag == PICTURE);
    Err(if parts.iter().any(is_picture) { ExtractError::Pictures } else { ExtractError::Empty })
}

/// Composes the text of a document with its blocks.
pub(crate) fn compose(parts: Vec<Part>) -> SourceText<'static> {
    let mut composer = Composer::default();
    let mut blocks = Vec::new();
    composer.parts(parts, 0, &mut blocks);
    composer.hang_notes(&mut blocks);
    let Composer { text, left_out, .. } = composer;
    SourceText { left_out, ..SourceText::of_blocks(text, blocks) }
}

#[derive(Default)]
struct Composer {
    text: String,
    left_out: Vec<LeftOut>,
    /// The position of each note.
    places: HashMap<String, usize>,
    notes: Vec<(String, Rich)>,
    streams: u16,
}

impl Composer {
    fn parts(&mut self, parts: Vec<Part>, stream: u16, into: &mut Vec<Block>) {
        for part in parts {
            match part {
                Part::Paragraph(role, lines) => self.paragraph(role, &lines, stream, into),
                Part::Table(rows) => match Columns::of(&rows) {
                    Some(columns) => self.columns(rows, &columns, stream, into),
                    None => self.table(rows, stream, into),
                },
                Part::Note(id, note) => self.notes.push((id, note)),
                Part::LeftOut(tag, text) => self.leave_out(tag, &text),
            }
        }
    }

    fn paragraph(&mut self, role: Role, lines: &[Rich], stream: u16, into: &mut Vec<Block>) {
        for (at, line) in lines.iter().enumerate() {
            let kind = match role {
                Role::Text => BlockKind::Paragraph,
                Role::Item => BlockKind::Item,
                Role::Heading(level) => BlockKind::Heading(level.max(1)),
            };
            let span = self.line(line);
            if !span.is_empty() {
                into.push(Block {
                    begins: at == 0 && !line.is_rest,
                    stream,
                    ..Block::new(span, kind)
                });
            }
        }
    }

    /// Writes a line and returns its span.
    fn line(&mut self, line: &Rich) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(&line.text);
        let end = self.text.len();
        for (span, (kind, why)) in &line.marks {
            self.left_out.push(LeftOut {
                span: start + span.start..start + span.end,
                kind: *kind,
                why: (*why).clone(),
                page: None,
            });
        }
        for (at, id) in &line.notes {
            self.places.entry(id.clone()).or_insert(start + at);
        }
        self.text.push('\n');
        start..end
    }

    fn leave_out(&mut self, (kind, why): Tag, text: &str) {
        let start = self.text.len();
        self.text.push_str(text);
        let span = start..self.text.len();
        self.text.push('\n');
        self.left_out.push(LeftOut { span, kind, why: why.clone(), page: None });
    }

    fn table(&mut self, rows: Vec<Vec<TableCell>>, stream: u16, into: &mut Vec<Block>) {
        let start = self.text.len();
        let mut made: Vec<Vec<Cell>> = Vec::with_capacity(rows.len());
        for row in rows {
            let cells = row.into_iter().map(|cell| {
                let mut blocks = Vec::new();
                self.parts(cell.parts, stream, &mut blocks);
                Cell { columns: cell.columns, blocks }
            });
            made.push(cells.collect());
        }
        let span = start..self.text.trim_end().len().max(start);
        if made.iter().flatten().any(|cell| !cell.blocks.is_empty()) {
            into.push(Block { stream, ..Block::new(span, BlockKind::Table { rows: made }) });
        }
    }

    /// Writes a bilingual table: the first language continues the text, each other one is a stream.
    fn columns(
        &mut self,
        rows: Vec<Vec<TableCell>>,
        columns: &Columns,
        stream: u16,
        into: &mut Vec<Block>,
    ) {
        let streams: Vec<u16> = (0..columns.languages.len())
            .map(|at| if at == 0 { stream } else { self.streams + at as u16 })
            .collect();
        self.streams = self.streams.max(streams.last().copied().unwrap_or(stream));
        self.share_head(columns, &streams, into);
        let parts = columns.by_language(rows).into_iter().zip(streams);
        for (parts, stream) in parts {
            self.parts(parts, stream, into);
        }
    }

    /// Gives each stream of a bilingual table that begins a document the title above the table: the
    /// lines in its language, or all lines if none is in it.
    fn share_head(&self, columns: &Columns, streams: &[u16], into: &mut Vec<Block>) {
        const MOST_LINES: usize = 8;
        const LONGEST: usize = 80;
        let read = |block: &Block| &self.text[block.span.clone()];
        let is_head = |block: &Block| {
            let text = read(block);
            !matches!(block.kind, BlockKind::Table { .. } | BlockKind::Note { .. })
                && !text.contains(['。', '；', '，'])
                && text.chars().count() <= LONGEST
        };
        if into.is_empty() || into.len() > MOST_LINES || !into.iter().all(is_head) {
            return;
        }
        let mut head: Vec<Block> = Vec::new();
        for block in into.drain(..) {
            let line = Rich::of(read(&block));
            match columns.split(&line) {
                Some((at, of)) => {
                    let middle = block.span.start + at;
                    for (span, of) in
                        [(block.span.start..middle, of[0]), (middle..block.span.end, of[1])]
                    {
                        let span = trimmed(&self.text, span);
                        head.push(Block { span, stream: streams[of], ..block.clone() });
                    }
                }
                None => {
                    let of = columns.language_of(&line.text).unwrap_or(0);
                    head.push(Block { stream: streams[of], ..block });
                }
            }
        }
        for stream in &streams[1..] {
            if head.iter().all(|block| block.stream != *stream) {
                let shared = head.iter().filter(|block| block.stream == streams[0]).cloned();
                let shared: Vec<Block> =
                    shared.map(|block| Block { stream: *stream, ..block }).collect();
                head.extend(shared);
            }
        }
        *into = head;
    }

    /// Writes the notes behind the text. A note without a reference becomes a paragraph.
    fn hang_notes(&mut self, blocks: &mut Vec<Block>) {
        let mut at = 0;
        // Notes may contain notes.
        while let Some((id, note)) = self.notes.get(at).cloned() {
            let span = self.line(&note);
            let kind = match self.places.get(&id) {
                Some(&at) => BlockKind::Note { at },
                None => BlockKind::Paragraph,
            };
            if !span.is_empty() {
                blocks.push(Block::new(span, kind));
            }
            at += 1;
        }
    }
}

/// A span without surrounding white space and strokes.
fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let kept = text[span].trim_matches(is_between);
    let start = kept.as_ptr() as usize - text.as_ptr() as usize;
    start..start + kept.len()
}

/// Separators between a text and its translation on one line.
fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '/' | '／' | '|' | '｜')
}

/// The language of a column of a bilingual table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Hant,
    Hans,
    Latin,
}

/// The columns of a bilingual table: two or three, each in a language of its own, possibly behind a
/// column of labels.
#[derive(Debug)]
struct Columns {
    has_labels: bool,
    languages: Vec<Language>,
}

impl Columns {
    fn of(rows: &[Vec<TableCell>]) -> Option<Self> {
        let most = rows.iter().map(Vec::len).max().filter(|most| (2..=4).contains(most))?;
        let has_labels = most > 2 && is_column_of_labels(rows, most);
        let first = usize::from(has_labels);
        if !(2..=3).contains(&(most - first)) {
            return None;
        }
        let full = |row: &&Vec<TableCell>| {
            row.len() == most
                && row[first..].iter().all(|cell| cell.parts.iter().any(Part::is_read))
        };
        // Rows that span all columns or lack a cell must be exceptions.
        let full_rows = rows.iter().filter(full).count();
        if full_rows * 3 < rows.len() * 2 || full_rows == 0 {
            return None;
        }
        let text = |column: usize| -> String {
            let cells = rows.iter().filter(full).filter_map(|row| row.get(column));
            cells.flat_map(|cell| cell.parts.iter().map(Part::text)).collect()
        };
        let texts: Vec<String> = (first..most).map(text).collect();
        let languages: Vec<Language> =
            texts.iter().map(|text| language(text)).collect::<Option<_>>()?;
        let differ = (0..languages.len()).all(|at| !languages[..at].contains(&languages[at]));
        // A table of words and translations is a glossary and is read row by row.
        let is_prose = texts.iter().any(|text| text.contains(['。', '，'])) || has_label(rows);
        (differ && is_prose).then_some(Self { has_labels, languages })
    }

    /// The parts of each language, in order.
    fn by_language(&self, rows: Vec<Vec<TableCell>>) -> Vec<Vec<Part>> {
        let mut found: Vec<Vec<Part>> = vec![Vec::new(); self.languages.len()];
        let first = usize::from(self.has_labels);
        let all = self.languages.len() + first;
        for mut row in rows {
            if row.len() < all {
                // A cell that spans columns contains a title in both languages.
                let parts = row.into_iter().flat_map(|cell| cell.parts);
                parts.for_each(|part| self.share(part, &mut found));
                continue;
            }
            let beside: Vec<Part> = row.drain(..first).flat_map(|cell| cell.parts).collect();
            let label: String = beside.iter().map(Part::text).collect();
            if !is_label(&label) {
                // The head of the column of labels.
                found[0].extend(beside);
            }
            for (cell, parts) in row.into_iter().zip(&mut found) {
                let mut cell = cell.parts;
                if let Some(Part::Paragraph(_, lines)) = cell.first_mut()
                    && let Some(line) = lines.first_mut()
                    && is_label(&label)
                    && !label.trim().is_empty()
                {
                    // A bare number is recognised as a label before wide white space.
                    line.prefix(&format!("{}\u{3000}", label.trim()));
                }
                parts.extend(cell);
            }
        }
        found
    }

    /// Assigns a part that spans the columns to its language, line by line.
    fn share(&self, part: Part, found: &mut [Vec<Part>]) {
        let Part::Paragraph(role, lines) = part else {
            found[0].push(part);
            return;
        };
        for line in lines {
            match self.split(&line) {
                Some((at, of)) => {
                    for (span, of) in [(0..at, of[0]), (at..line.text.len(), of[1])] {
                        let line = line.part(trimmed(&line.text, span));
                        found[of].push(Part::paragraph(role, line));
                    }
                }
                None => {
                    let of = self.language_of(&line.text).unwrap_or(0);
                    found[of].push(Part::paragraph(role, line));
                }
            }
        }
    }

    /// The column whose language a short text is in; `None` if that can't be determined.
    fn language_of(&self, text: &str) -> Option<usize> {
        let is_latin = !text.contains(is_han) && text.contains(|c: char| c.is_ascii_alphabetic());
        let language = if is_latin { Some(Language::Latin) } else { language(text) };
        self.languages.iter().position(|known| Some(*known) == language)
    }

    /// Where a line that says the same in two languages changes to the second, and the columns of
    /// its halves.
    fn split(&self, line: &Rich) -> Option<(usize, [usize; 2])> {
        const LONGEST: usize = 120;
        let text = line.text.as_str();
        if text.chars().count() > LONGEST {
            return None;
        }
        // Chinese beside English, or the same name in the other script.
        let changes = match self.languages.contains(&Language::Latin) {
            true => is_latin_beside_chinese,
            false => is_twice,
        };
        let borders = text.char_indices().skip(1).map(|(at, _)| text.split_at(at));
        borders.filter(|(before, behind)| changes(before, behind)).find_map(|(before, behind)| {
            let of = [self.language_of(before.trim())?, self.language_of(behind.trim())?];
            (of[0] != of[1]).then_some((before.len(), of))
        })
    }
}

/// Whether one part is English words, the other Chinese.
fn is_latin_beside_chinese(before: &str, behind: &str) -> bool {
    let is_latin = |part: &str| !part.contains(is_han) && words(part) > 1;
    let is_chinese = |part: &str| words(part) == 0 && part.contains(is_han);
    is_latin(before) && is_chinese(behind) || is_chinese(before) && is_latin(behind)
}

/// Whether both parts are the same in different scripts.
fn is_twice(before: &str, behind: &str) -> bool {
    let bare = |part: &str| fold(part.trim_matches(is_between));
    before != behind && bare(before) == bare(behind)
}

/// Number of Latin words.
fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.contains(|c: char| c.is_ascii_alphabetic())).count()
}

/// Whether the first of several columns contains only labels: numbers, or 第一條.
fn is_column_of_labels(rows: &[Vec<TableCell>], columns: usize) -> bool {
    let mut cells = rows.iter().filter(|row| row.len() == columns).map(|row| &row[0]);
    // The first row may have headings: 條次, No.
    let heads = cells.next().map(|cell| cell.parts.iter().map(Part::text).collect::<String>());
    let is_short = heads.is_some_and(|head| head.trim().chars().count() <= 6);
    let mut below = cells.flat_map(|cell| &cell.parts).map(Part::text).peekable();
    is_short && below.peek().is_some() && below.all(|text| is_label(&text))
}

/// 1. or 第一條
fn is_label(text: &str) -> bool {
    let is_beside = |c: char| "第條条款.．、（）()".contains(c) || c.is_whitespace();
    let bare = text.trim_matches(is_beside);
    bare.chars().count() <= 6 && bare.chars().all(numeral::is_numeral)
}

fn has_label(rows: &[Vec<TableCell>]) -> bool {
    let parts = rows.iter().flatten().flat_map(|cell| &cell.parts);
    parts.map(Part::text).any(|text| text.trim_start().starts_with('第'))
}

fn language(text: &str) -> Option<Language> {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let han = text.chars().filter(|c| is_han(*c)).count();
    match Script::of(text) {
        _ if han == 0 && letters >= 20 => Some(Language::Latin),
        _ if han * 3 < letters => None,
        Script::Hant => Some(Language::Hant),
        Script::Hans => Some(Language::Hans),
        Script::Mixed => None,
    }
}

/// The text as Markdown, for tests that examine the whole.
#[cfg(test)]
pub(crate) fn shown(source: &SourceText<'_>) -> String {
    let tiaowen_blocks::Layout::Blocks(blocks) = &source.layout else {
        return source.text.clone().into_owned();
    };
    let mut shown: Vec<String> = Vec::new();
    blocks.iter().for_each(|block| show(source, block, &mut shown));
    shown.join("\n\n") + "\n"
}

#[cfg(test)]
fn show(source: &SourceText<'_>, block: &Block, shown: &mut Vec<String>) {
    let read = |span: &Range<usize>| -> String {
        let is_left_out = |at: usize| source.left_out.iter().any(|left| left.span.contains(&at));
        let characters = source.text[span.clone()].char_indices();
        characters.filter(|(at, _)| !is_left_out(span.start + at)).map(|(_, c)| c).collect()
    };
    match &block.kind {
        BlockKind::Heading(level) => {
            shown.push(format!("{} {}", "#".repeat(usize::from(*level)), read(&block.span)));
        }
        BlockKind::Table { rows } => {
            for row in rows {
                let filled: Vec<&Cell> =
                    row.iter().filter(|cell| !cell.blocks.is_empty()).collect();
                if let [only] = &filled[..] {
                    only.blocks.iter().for_each(|block| show(source, block, shown));
                    continue;
                }
                let cells: Vec<String> = filled
                    .iter()
                    .map(|cell| {
                        let mut inside = Vec::new();
                        cell.blocks.iter().for_each(|block| show(source, block, &mut inside));
                        inside.join(" ")
                    })
                    .collect();
                if !cells.is_empty() {
                    shown.push(cells.join("\t"));
                }
            }
        }
        _ => shown.push(read(&block.span)),
    }
}
