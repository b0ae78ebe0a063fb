//! Markdown, by the rules of CommonMark with tables, footnotes, strikethrough and task lists.
//!
//! The text is what a reader of the rendered page sees: emphasis, links and escapes are resolved;
//! struck-out text and images are dropped. Three things differ from a rendered page. A line break
//! inside a paragraph stays a line, because people write one provision a line; later steps decide
//! whether lines belong together, as for any text. A typed number is kept, although a page would
//! count on from the first. And a paragraph of several lines, or of a complete sentence, above a
//! row of dashes stays a paragraph instead of becoming a heading.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};
use tiaowen_blocks::{DroppedKind, LeftOut, LeftOutReason};
use tiaowen_text::superscript;

use crate::bilingual;
use crate::label::{Label, LabelKind};
use crate::paragraph::ends_sentence;
use crate::source::{Line, indent, is_blank};

/// Text that a reader of the page doesn't see, and why.
type Omission = (DroppedKind, &'static LeftOutReason);

const STRUCK: Omission = (DroppedKind::Deleted, &LeftOutReason::Struck);
const READING: Omission = (DroppedKind::Other, &LeftOutReason::Ruby);
const COMMENT: Omission = (DroppedKind::Hidden, &LeftOutReason::Comment);
const BEYOND: Omission = (DroppedKind::Other, &LeftOutReason::CellBeyondHead);
const PICTURE: Omission = (DroppedKind::Unreadable, &LeftOutReason::Picture);

/// The lines of a text from byte `from` on, and the ranges that are no text.
pub(crate) fn lines(text: &str, from: usize) -> (Vec<Line>, Vec<LeftOut>) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    let mut reader = Reader { text, ..Reader::default() };
    for (event, range) in Parser::new_ext(&text[from..], options).into_offset_iter() {
        reader.read(event, from + range.start..from + range.end);
    }
    reader.end_line();
    let left_out = std::mem::take(&mut reader.left_out);
    (reader.finish(), left_out)
}

/// A line under construction.
#[derive(Default)]
struct OpenLine {
    span: Range<usize>,
    reads: String,
}

/// A list: the text before its items, and the number that a page would show for the next one.
struct List {
    next: Option<u64>,
    last: Option<u64>,
}

/// The cells of a row, each with the ranges of the source that it shows.
type Cells = Vec<Vec<Range<usize>>>;

#[derive(Default)]
struct Reader<'t> {
    text: &'t str,
    lines: Vec<Line>,
    open: Option<OpenLine>,
    /// The open heading: its level, its first line, and whether `#` marks it.
    heading: Option<(u8, usize, bool)>,
    lists: Vec<List>,
    /// The marker of the current item, before its first line: its start, and its text.
    marker: Option<(usize, String)>,
    /// The cells of the open row, and the rows of the table.
    row: Option<Cells>,
    table: Vec<(Cells, Range<usize>)>,
    /// Reasons why the text of the open elements is dropped.
    unread: Vec<Omission>,
    left_out: Vec<LeftOut>,
    /// Where raised text begins in the line.
    raised: Option<usize>,
    html: Html,
    /// The note being defined; the lines of notes, and the places that refer to them.
    note: Option<String>,
    notes: Vec<(usize, String)>,
    places: HashMap<String, usize>,
}

impl Reader<'_> {
    fn read(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) | Event::Code(text) => self.put_lines(&text, range),
            Event::SoftBreak | Event::HardBreak => self.end_line(),
            Event::InlineHtml(tag) if tag.starts_with("<!--") => self.leave_out(range, COMMENT),
            Event::InlineHtml(tag) => self.inline(&tag),
            Event::Html(markup) => self.markup(&markup, range.start),
            Event::FootnoteReference(label) => {
                self.places.entry(label.into_string()).or_insert(range.start);
            }
            Event::TaskListMarker(is_done) => {
                let start = self.marker.take().map_or(range.start, |(start, _)| start);
                self.marker = Some((start, if is_done { "☑ " } else { "☐ " }.to_owned()));
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.end_line();
                let is_marked = self.text[range.start..].trim_start().starts_with('#');
                self.heading = Some((level as u8, self.lines.len(), is_marked));
            }
            Tag::List(first) => {
                self.end_line();
                self.lists.push(List { next: first, last: None });
            }
            Tag::Item => {
                self.end_line();
                self.item(range.start);
            }
            Tag::TableHead | Tag::TableRow => self.row = Some(Vec::new()),
            Tag::TableCell => {
                self.row.iter_mut().for_each(|row| row.push(Vec::new()));
            }
            Tag::FootnoteDefinition(label) => {
                self.end_line();
                self.marker = Some((range.start, format!("{label} ")));
                self.note = Some(label.into_string());
            }
            Tag::Strikethrough if self.text[range.start..].starts_with("~~") => {
                self.unread.push(STRUCK)
            }
            // 2017~2018年、2019~2020年
            Tag::Strikethrough => self.put("~", range.start..range.start + 1),
            Tag::Image { .. } => self.unread.push(PICTURE),
            Tag::Paragraph
            | Tag::BlockQuote(_)
            | Tag::CodeBlock(_)
            | Tag::HtmlBlock
            | Tag::Table(_) => self.end_line(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::List(_) => {
                self.end_line();
                self.lists.pop();
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                let read = self.row.iter().flatten().flatten().map(|part| part.end).max();
                let beyond = self.beyond(read.unwrap_or(range.start), range.end);
                let cells = self.row.take().into_iter();
                self.table.extend(cells.map(|cells| (cells, range.clone())));
                beyond.into_iter().for_each(|beyond| self.leave_out(beyond, BEYOND));
            }
            TagEnd::Table => self.end_table(),
            TagEnd::FootnoteDefinition => {
                self.end_line();
                self.note = None;
            }
            TagEnd::Strikethrough if self.text[range.start..].starts_with("~~") => {
                self.unread.pop();
            }
            TagEnd::Strikethrough => self.put("~", range.end - 1..range.end),
            TagEnd::Image => {
                self.unread.pop();
                // The description of a picture is listed; without one, the picture is.
                if self.left_out.last().is_none_or(|last| last.span.start < range.start) {
                    self.leave_out(range.start..range.start, PICTURE);
                }
            }
            TagEnd::HtmlBlock => {
                self.end_line();
                self.html = Html::default();
            }
            TagEnd::Paragraph | TagEnd::BlockQuote(_) | TagEnd::CodeBlock | TagEnd::Item => {
                self.end_line();
            }
            _ => {}
        }
    }

    /// Keeps the marker of an item as printed.
    fn item(&mut self, start: usize) {
        let written = &self.text[start..];
        let digits = written.bytes().take_while(u8::is_ascii_digit).count();
        let Some(list) = self.lists.last_mut() else { return };
        let marker = match (list.next, written[..digits].parse::<u64>()) {
            (Some(next), Ok(number)) => {
                // In 1. 1. 1. the page counts; other numbers are meant as typed.
                let number = if list.last == Some(number) { next } else { number };
                list.last = written[..digits].parse().ok();
                list.next = Some(number + 1);
                let mark = written[digits..].chars().next().unwrap_or('.');
                format!("{number}{mark} ")
            }
            _ => "- ".to_owned(),
        };
        self.marker = Some((start, marker));
    }

    fn put_lines(&mut self, text: &CowStr<'_>, range: Range<usize>) {
        let is_end = |c: char| matches!(c, '\n' | '\r' | '\u{c}' | '\u{2028}' | '\u{2029}');
        if !text.contains(is_end) {
            self.put(text, range);
            return;
        }
        let mut at = range.start;
        for line in text.split_inclusive(is_end) {
            let content = line.trim_end_matches(is_end);
            // Code is read with blanks for its line feeds, but ends of lines that are read are written.
            let end = line[content.len()..].chars().next();
            let rest = self.text.get(at..range.end).unwrap_or_default();
            let length = end.and_then(|end| rest.find(end)).unwrap_or(rest.len());
            self.put(content, at..at + length);
            if end.is_some() {
                self.end_line();
            }
            at = range.end.min(at + length + end.map_or(0, char::len_utf8));
        }
    }

    fn put(&mut self, text: &str, span: Range<usize>) {
        if text.is_empty() {
            return;
        }
        if let Some(why) = self.unread.last() {
            self.leave_out(span, *why);
            return;
        }
        if let Some(row) = &mut self.row {
            row.last_mut().into_iter().for_each(|cell| cell.push(span.clone()));
            return;
        }
        let open =
            self.open.get_or_insert_with(|| OpenLine { span: span.clone(), reads: String::new() });
        open.reads.push_str(text);
        open.span.end = span.end.max(open.span.end);
    }

    /// Lists a range as dropped; adjacent ranges are joined.
    fn leave_out(&mut self, span: Range<usize>, (kind, why): Omission) {
        match self.left_out.last_mut() {
            Some(last)
                if last.span.end == span.start && last.why == *why && !last.span.is_empty() =>
            {
                last.span.end = span.end;
            }
            Some(last) if last.span.end > span.start => {}
            _ => self.left_out.push(LeftOut { span, kind, why: why.clone(), page: None }),
        }
    }

    /// An HTML tag inside a line.
    fn inline(&mut self, tag: &str) {
        match tag.to_ascii_lowercase().trim_end_matches(['>', '/', ' ']) {
            "<br" => self.end_line(),
            "<sup" => self.raised = self.open.as_ref().map(|open| open.reads.len()),
            "</sup" => {
                if let (Some(from), Some(open)) = (self.raised.take(), &mut self.open)
                    && let Some(raised) = open.reads.get(from..).map(superscript)
                {
                    open.reads.replace_range(from.., &raised);
                }
            }
            "<del" | "<s" | "<strike" => self.unread.push(STRUCK),
            "<rt" | "<rp" => self.unread.push(READING),
            "</del" | "</s" | "</strike" | "</rt" | "</rp" => {
                self.unread.pop();
            }
            _ => {}
        }
    }

    /// HTML between paragraphs: its text, with lines and cells according to its elements.
    fn markup(&mut self, markup: &str, at: usize) {
        let mut html = std::mem::take(&mut self.html);
        html.read(markup, |piece| match piece {
            Piece::Text(text, place) => self.put(&text, at + place.start..at + place.end),
            Piece::Cell if self.open.is_some() => {
                let end = self.open.as_ref().map_or(at, |open| open.span.end);
                self.put("\t", end..end);
            }
            Piece::Cell => {}
            Piece::Line => self.end_line(),
            Piece::LeftOut(place, why) => {
                self.leave_out(at + place.start..at + place.end, why);
            }
        });
        self.html = html;
    }

    /// The part of a row behind its last shown cell: a page shows as many cells as the head has.
    fn beyond(&self, from: usize, to: usize) -> Option<Range<usize>> {
        let rest = self.text.get(from..to)?;
        let cell = rest.find('|')?;
        rest[cell..].contains(char::is_alphanumeric).then_some(from + cell..to)
    }

    fn cell(&self, cell: &[Range<usize>]) -> String {
        cell.iter().map(|part| &self.text[part.clone()]).collect()
    }

    fn end_table(&mut self) {
        let table = std::mem::take(&mut self.table);
        let rows: Vec<Vec<String>> = table
            .iter()
            .map(|(cells, _)| cells.iter().map(|cell| self.cell(cell)).collect())
            .collect();
        let Some(columns) = bilingual::columns(&rows) else {
            table.into_iter().for_each(|(cells, range)| self.end_row(cells, range));
            return;
        };
        bilingual::share_head(self.text, &mut self.lines, &columns);
        for stream in 0..columns.len() {
            for cell in table.iter().filter_map(|(cells, _)| cells.get(stream)) {
                for part in cell {
                    let text = self.text[part.clone()].to_owned();
                    self.put(&text, part.clone());
                }
                let before = self.lines.len();
                self.end_line();
                for line in &mut self.lines[before..] {
                    line.stream = stream as u16;
                }
            }
        }
    }

    fn end_row(&mut self, cells: Cells, range: Range<usize>) {
        let starts = |cell: &&Vec<Range<usize>>| {
            let label = Label::parse(self.cell(cell).trim_matches(is_blank));
            label.is_some_and(|label| (LabelKind::Book..=LabelKind::Article).contains(&label.kind))
        };
        let filled: Vec<&Vec<Range<usize>>> =
            cells.iter().filter(|cell| !cell.is_empty()).collect();
        if filled.len() < 2 || filled.iter().any(starts) {
            // Provisions in parallel columns, or a row of one cell.
            for cell in filled.into_iter().cloned().collect::<Vec<_>>() {
                for part in cell {
                    let text = self.text[part.clone()].to_owned();
                    self.put(&text, part);
                }
                self.end_line();
            }
            return;
        }
        let gap = self.gap_before(range.start);
        self.lines.push(Line { cells, ..Line::new(range, gap) });
    }

    fn end_heading(&mut self) {
        self.end_line();
        let Some((level, first, is_marked)) = self.heading.take() else { return };
        let lines = &mut self.lines[first..];
        let is_sentence = match &*lines {
            [line] => ends_sentence(&line.read(self.text)),
            lines => lines.len() > 1,
        };
        if is_marked || !is_sentence {
            lines.iter_mut().for_each(|line| line.level = Some(level));
        }
    }

    fn end_line(&mut self) {
        self.raised = None;
        let Some(OpenLine { mut span, reads }) = self.open.take() else { return };
        let mut reads = reads.trim_matches(is_blank);
        if reads.is_empty() {
            return;
        }
        let gap = self.gap_before(span.start);
        let line_start = self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let offset = span.start + self.text[span.clone()].len()
            - self.text[span.clone()].trim_start_matches(is_blank).len();
        let indent = indent(&self.text[line_start..offset]);
        span = offset..span.end;
        let mut level = None;
        // A full-width space behind # doesn't count on a page, but people use it.
        let hashes = reads.bytes().take_while(|&byte| byte == b'#').count();
        if (1..=6).contains(&hashes) && reads[hashes..].starts_with('\u{3000}') {
            level = u8::try_from(hashes).ok();
            reads = reads[hashes..].trim_start_matches(is_blank);
        }
        let mut read = reads.to_owned();
        if let Some((start, marker)) = self.marker.take() {
            let label = Label::parse(&read);
            let is_provision = |label: &Label| marker == "- " || label.kind <= LabelKind::Article;
            if !label.as_ref().is_some_and(is_provision) {
                span.start = start;
                read.insert_str(0, &marker);
            }
        }
        if let Some(note) = &self.note {
            self.notes.push((self.lines.len(), note.clone()));
        }
        let written = self.text.get(span.clone()) == Some(read.as_str());
        let reads = (!written).then_some(read);
        self.lines.push(Line { level, indent, reads, ..Line::new(span, gap) });
    }

    /// Whether a blank or dropped line lies between the last line and a byte.
    fn gap_before(&self, start: usize) -> bool {
        let Some(last) = self.lines.last() else { return true };
        let between = self.text.get(last.span.end..start).unwrap_or_default();
        last.level.is_some() || between.bytes().filter(|&byte| byte == b'\n').count() > 1
    }

    fn finish(mut self) -> Vec<Line> {
        for (at, note) in &self.notes {
            if let Some(line) = self.lines.get_mut(*at) {
                line.hangs_at = self.places.get(note).copied();
            }
        }
        self.lines
    }
}

/// A piece of HTML between paragraphs.
enum Piece {
    /// Text, with its range in the HTML.
    Text(String, Range<usize>),
    Cell,
    Line,
    /// Something that is no text, with its range in the HTML.
    LeftOut(Range<usize>, Omission),
}

/// The state of HTML from one line to the next.
#[derive(Default)]
struct Html {
    /// The end of a comment, or of an element whose content is no text.
    until: Option<&'static str>,
}

impl Html {
    fn read(&mut self, markup: &str, mut put: impl FnMut(Piece)) {
        let mut at = 0;
        while at < markup.len() {
            let rest = &markup[at..];
            if let Some(end) = self.until {
                let found = rest.find(end);
                let inside = at..at + found.unwrap_or(rest.len());
                let why = match end {
                    "-->" => Some(COMMENT),
                    "</del>" => Some(STRUCK),
                    _ => None,
                };
                if let Some(why) = why.filter(|_| !markup[inside.clone()].trim().is_empty()) {
                    put(Piece::LeftOut(inside, why));
                }
                let Some(found) = found else { return };
                at += found + end.len();
                self.until = None;
                continue;
            }
            let text = rest.find(['<', '\n']).unwrap_or(rest.len());
            if text > 0 {
                put(Piece::Text(unescaped(&rest[..text]), at..at + text));
                at += text;
                continue;
            }
            if rest.starts_with('\n') {
                put(Piece::Line);
                at += 1;
                continue;
            }
            let name: String = rest[1..]
                .trim_start_matches('/')
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect::<String>()
                .to_ascii_lowercase();
            self.until = match name.as_str() {
                _ if rest.starts_with("<!--") => Some("-->"),
                "script" if !rest.starts_with("</") => Some("</script>"),
                "style" if !rest.starts_with("</") => Some("</style>"),
                "del" if !rest.starts_with("</") => Some("</del>"),
                _ => None,
            };
            if let Some(end) = self.until {
                // Behind the tag, or behind the beginning of a comment.
                let tag = rest.find('>').map_or(rest.len(), |end| end + 1);
                at += if end == "-->" { 4 } else { tag };
                continue;
            }
            match name.as_str() {
                "td" | "th" if !rest.starts_with("</") => put(Piece::Cell),
                "p" | "div" | "br" | "tr" | "li" | "table" | "ul" | "ol" | "dl" | "dd" | "dt"
                | "caption" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => put(Piece::Line),
                _ => {}
            }
            at += rest.find('>').map_or(rest.len(), |end| end + 1);
        }
    }
}

/// Replaces entities by their characters.
fn unescaped(text: &str) -> String {
    [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Option<u8>)> {
        let (found, _) = lines(text, 0);
        found
            .into_iter()
            .map(|line| {
                let cells: Vec<String> = line
                    .cells
                    .iter()
                    .map(|cell| cell.iter().map(|part| &text[part.clone()]).collect())
                    .collect();
                let read =
                    if line.is_row() { cells.join("|") } else { line.read(text).into_owned() };
                (read, line.level)
            })
            .collect()
    }

    fn texts(text: &str) -> Vec<String> {
        read(text).into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn lines_gaps_and_headings() {
        let text = "一\r\n二\r\n\r\n　三 \n# 四\n<!-- a\nb -->\n## 五\n\\# 六\n#　七\n甲\n乙\n---\n丙\n---\n丁。\n---";
        let (found, _) = lines(text, 0);
        let found: Vec<_> = found
            .into_iter()
            .map(|line| (line.read(text).into_owned(), line.gap, line.level))
            .collect();
        let expected = [
            ("一", true, None),
            ("二", false, None),
            ("三", true, None),
            ("四", false, Some(1)),
            ("五", true, Some(2)),
            ("# 六", true, None),
            ("七", false, Some(1)),
        ];
        assert_eq!(found[..7], expected.map(|(t, g, l)| (t.to_owned(), g, l)));
        let levels: Vec<_> = read("甲\n乙\n---\n\n丙\n---\n\n丁。\n---")
            .into_iter()
            .map(|(_, level)| level)
            .collect();
        assert_eq!(levels, [None, None, Some(2), None]);
    }

    #[test]
    fn markup_is_resolved_in_both_scripts() {
        for (text, expected) in [
            ("***第三條*** 費用，<u>另計</u>。", "第三條 費用，另計。"),
            ("__第五条__ 双方[保密](http://a.b)，见`记录`。", "第五条 双方保密，见记录。"),
            ("自2024\\-06\\-01起\\*，1\\. 甲", "自2024-06-01起*，1. 甲"),
            ("期限~~一年~~兩年，2017~2018、2019~2020。", "期限兩年，2017~2018、2019~2020。"),
            ("面積800<sup>2</sup>米 ![圖](a.png)A&amp;B", "面積800²米 A&B"),
            ("> 第三条 引用。", "第三条 引用。"),
            ("- 第七条 列表。", "第七条 列表。"),
            ("- 甲方", "- 甲方"),
            ("- [x] 甲方同意", "☑ 甲方同意"),
            ("合同编号：_____ **", "合同编号：_____ **"),
        ] {
            assert_eq!(texts(text), [expected], "{text}");
        }
    }

    #[test]
    fn numbers_are_kept_or_counted() {
        assert_eq!(texts("1. 甲\n1. 乙\n1. 丙"), ["1. 甲", "2. 乙", "3. 丙"]);
        assert_eq!(texts("3. 甲\n\n5. 乙"), ["3. 甲", "5. 乙"]);
        assert_eq!(texts("1. 第一條 甲\n2. 第二條 乙"), ["第一條 甲", "第二條 乙"]);
    }

    #[test]
    fn tables_and_markup_between_paragraphs() {
        assert_eq!(
            texts("| 項目 | 金額 |\n|--|--|\n| 服務費 | 800 |\n| 甲方 | **負責** |"),
            ["項目|金額", "服務費|800", "甲方|負責"]
        );
        assert_eq!(
            texts(
                "<table>\n<tr><td>项目</td><td>金额</td></tr>\n<tr><td>甲</td>\n<td>8</td></tr></table>\n\n第二条 乙。"
            ),
            ["项目\t金额", "甲", "8", "第二条 乙。"]
        );
        assert_eq!(texts("<div>\n\n甲\n\n</div>\n<style>\n.a{}\n</style>\n\n乙"), ["甲", "乙"]);
    }

    #[test]
    fn lines_of_code_lie_one_behind_the_other() {
        let text = "第一條 `合作\n範圍\u{c}交流\u{2028}內容`。";
        let (lines, _) = lines(text, 0);
        let reads: Vec<String> = lines.iter().map(|line| line.read(text).into_owned()).collect();
        assert_eq!(reads, ["第一條 合作 範圍", "交流", "內容。"]);
        for pair in lines.windows(2) {
            assert!(
                pair[0].span.end <= pair[1].span.start,
                "{:?} {:?}",
                pair[0].span,
                pair[1].span
            );
        }
    }

    #[test]
    fn notes_hang_on_their_marks() {
        let text = "第一條 見附註[^1]。\n\n[^1]: 附註內容。\n";
        let (lines, _) = lines(text, 0);
        assert_eq!(lines[0].read(text), "第一條 見附註。");
        assert_eq!(
            (lines[1].read(text).as_ref(), lines[1].hangs_at),
            ("1 附註內容。", text.find("[^1]"))
        );
    }

    #[test]
    fn content_other_than_text_is_left_out() {
        let text = "第一條 ~~不~~可<del>全部</del>轉讓<!-- 待定 -->。![附圖](a.png)\n\n<!-- 草稿\n二 -->\n\n<del>\n舊文\n</del>\n";
        let (found, left_out) = lines(text, 0);
        assert_eq!(found[0].read(text), "第一條 可轉讓。");
        let left: Vec<_> =
            left_out.iter().map(|left| (text[left.span.clone()].trim(), left.kind)).collect();
        assert_eq!(
            left,
            [
                ("不", DroppedKind::Deleted),
                ("全部", DroppedKind::Deleted),
                ("<!-- 待定 -->", DroppedKind::Hidden),
                ("附圖", DroppedKind::Unreadable),
                ("草稿\n二", DroppedKind::Hidden),
                ("舊文", DroppedKind::Deleted),
            ]
        );
    }

    #[test]
    fn cells_beyond_the_head_of_a_table_are_left_out() {
        let text = "| 項目 | 金額 |\n|--|--|\n| 服務費 | 800 | 另議 |\n| 運費 | 90 |\n";
        let (found, left_out) = lines(text, 0);
        assert_eq!(found.len(), 3);
        let left: Vec<_> = left_out.iter().map(|left| text[left.span.clone()].trim()).collect();
        assert_eq!(left, ["| 另議 |"]);
    }
}
