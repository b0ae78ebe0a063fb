//! A Word document with tracked changes from the version on the left to the one on the right.
//!
//! Accepting all changes gives the text on the right, rejecting all gives the text on the left.
//! Text that both versions print alike is plain; all else is deleted (`w:del`) and inserted
//! (`w:ins`), script and punctuation included, as an editor would have to type them. A clause that
//! moved is deleted in its old place and inserted in its new one: Word has marks for moved text,
//! but other programs read them as nothing.

use std::ops::Range;

use tiaowen_corpus::{Clause, Document};
use tiaowen_text::Budget;

use crate::{Comparison, Row};

use super::ExportError;
use super::markup::escape;
use super::office::{
    CONTENT_TYPES, DOCUMENT_RELATIONS, NAMESPACE, RELATIONS, font, office_language, pack,
};
use super::side::Side;

/// A comparison as a Word document with tracked changes, A4.
///
/// # Errors
/// Where the document could not be packed, and [`ExportError::Spent`] when the budget is spent first.
pub fn tracked(comparison: &Comparison, budget: &Budget) -> Result<Vec<u8>, ExportError> {
    let mut body = Body::new(comparison);
    let titles = Side::BOTH.map(|side| side.document(comparison).title.clone().unwrap_or_default());
    body.changed("Title", [&titles[0], &titles[1]], &[]);
    for part in in_order(&comparison.rows) {
        budget.check()?;
        match part {
            Part::Both(row) => body.row(row),
            Part::Only(side, row) => body.one_sided(row, side),
        }
    }
    let document = format!(
        "<w:document xmlns:w=\"{NAMESPACE}\"><w:body>{}<w:sectPr><w:pgSz w:w=\"11906\" \
         w:h=\"16838\"/><w:pgMar w:top=\"1440\" w:right=\"1440\" w:bottom=\"1440\" w:left=\"1440\" \
         w:header=\"720\" w:footer=\"720\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>",
        body.out
    );
    pack(&[
        ("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        ("_rels/.rels", RELATIONS.to_owned()),
        ("word/_rels/document.xml.rels", DOCUMENT_RELATIONS.to_owned()),
        ("word/document.xml", document),
        ("word/styles.xml", styles(&comparison.right)),
    ])
}

fn styles(document: &Document) -> String {
    let (font, language) = (font(&document.language), office_language(&document.language));
    format!(
        "<w:styles xmlns:w=\"{NAMESPACE}\"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts \
         w:ascii=\"{font}\" w:hAnsi=\"{font}\" w:eastAsia=\"{font}\"/><w:sz w:val=\"22\"/>\
         <w:lang w:val=\"en-US\" w:eastAsia=\"{language}\"/></w:rPr></w:rPrDefault>\
         <w:pPrDefault><w:pPr><w:spacing w:after=\"100\" w:line=\"320\" w:lineRule=\"auto\"/></w:pPr>\
         </w:pPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/>\
         </w:style>\
         <w:style w:type=\"paragraph\" w:styleId=\"Title\"><w:name w:val=\"Title\"/>\
         <w:basedOn w:val=\"Normal\"/><w:pPr><w:jc w:val=\"center\"/><w:spacing w:after=\"240\"/></w:pPr>\
         <w:rPr><w:b/><w:sz w:val=\"32\"/></w:rPr></w:style>\
         <w:style w:type=\"paragraph\" w:styleId=\"Heading1\"><w:name w:val=\"heading 1\"/>\
         <w:basedOn w:val=\"Normal\"/><w:pPr><w:keepNext/><w:spacing w:before=\"200\"/>\
         <w:outlineLvl w:val=\"0\"/></w:pPr><w:rPr><w:b/></w:rPr></w:style></w:styles>"
    )
}

/// A part of the document: a row with both of its sides in place, or one side of a row.
enum Part<'a> {
    Both(&'a Row),
    Only(Side, &'a Row),
}

/// The rows in the order of both versions: a row that moved is two parts, each where its side has
/// it. Rows are in the order of the left, so only the right sides of moved rows look for a place.
fn in_order(rows: &[Row]) -> Vec<Part<'_>> {
    let start = |row: &Row| row.right.as_ref().map(|clause| clause.bytes.start);
    let mut moved: Vec<&Row> = rows.iter().filter(|row| row.moved && row.right.is_some()).collect();
    moved.sort_by_key(|row| start(row));
    let mut moved = moved.into_iter().peekable();
    let mut parts = Vec::new();
    for row in rows {
        if row.moved {
            if row.left.is_some() {
                parts.push(Part::Only(Side::Left, row));
            }
            continue;
        }
        if let Some(at) = start(row) {
            while let Some(earlier) = moved.next_if(|other| start(other) < Some(at)) {
                parts.push(Part::Only(Side::Right, earlier));
            }
        }
        parts.push(match (&row.left, &row.right) {
            (Some(_), Some(_)) => Part::Both(row),
            (Some(_), None) => Part::Only(Side::Left, row),
            _ => Part::Only(Side::Right, row),
        });
    }
    parts.extend(moved.map(|row| Part::Only(Side::Right, row)));
    parts
}

/// A stretch of both sides, in bytes: what the left has there, and what the right has.
type Change = (Range<usize>, Range<usize>);

/// The body of the document as it is written.
struct Body<'a> {
    out: String,
    documents: [&'a Document; 2],
    /// The headings above the last clause of each side.
    headings: [Vec<String>; 2],
    next_id: usize,
}

impl<'a> Body<'a> {
    fn new(comparison: &'a Comparison) -> Self {
        Body {
            out: String::new(),
            documents: Side::BOTH.map(|side| side.document(comparison)),
            headings: Default::default(),
            next_id: 1,
        }
    }

    /// A row whose sides are in one place.
    fn row(&mut self, row: &Row) {
        let fresh = [self.fresh(row, Side::Left), self.fresh(row, Side::Right)];
        for at in 0..fresh[0].len().max(fresh[1].len()) {
            let [left, right] = [0, 1].map(|side: usize| fresh[side].get(at).map(String::as_str));
            match (left, right) {
                (Some(left), Some(right)) => self.changed("Heading1", [left, right], &[]),
                (Some(left), None) => self.alone("Heading1", left, Side::Left),
                (None, right) => self.alone("Heading1", right.unwrap_or_default(), Side::Right),
            }
        }
        let (lefts, rights) = (printed(row, Side::Left), printed(row, Side::Right));
        let changes = changes(row, [&lefts, &rights]);
        self.changed("Normal", [&lefts.text, &rights.text], &changes);
    }

    /// Writes a row that has one side only.
    fn one_sided(&mut self, row: &Row, side: Side) {
        for heading in self.fresh(row, side) {
            self.alone("Heading1", &heading, side);
        }
        self.alone("Normal", &printed(row, side).text, side);
    }

    /// Headings above a clause that the clause before it had not.
    fn fresh(&mut self, row: &Row, side: Side) -> Vec<String> {
        let Some(clause) = side.clauses(row).next() else { return Vec::new() };
        let headings: Vec<String> = labelled_headings(clause);
        let known = &mut self.headings[side as usize];
        let common = known.iter().zip(&headings).take_while(|(own, new)| own == new).count();
        known.clone_from(&headings);
        headings[common..].to_vec()
    }

    /// A paragraph that both sides have. `changes` are where they differ, as far as that is known;
    /// between them, texts that aren't alike are changed whole.
    fn changed(&mut self, style: &str, [left, right]: [&str; 2], changes: &[Change]) {
        let mut runs = String::new();
        let (mut done_left, mut done_right) = (0, 0);
        let end = [(left.len()..left.len(), right.len()..right.len())];
        for (l, r) in changes.iter().chain(&end) {
            let between = [left.get(done_left..l.start), right.get(done_right..r.start)];
            // A change over another one is part of what is between.
            let [Some(before), Some(other)] = between else { continue };
            if before == other {
                runs.push_str(&run(other, self.documents[1], false));
            } else {
                runs.push_str(&self.tracked(before, Side::Left));
                runs.push_str(&self.tracked(other, Side::Right));
            }
            runs.push_str(&self.tracked(left.get(l.clone()).unwrap_or_default(), Side::Left));
            runs.push_str(&self.tracked(right.get(r.clone()).unwrap_or_default(), Side::Right));
            (done_left, done_right) = (l.end, r.end);
        }
        self.out
            .push_str(&format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{runs}</w:p>"));
    }

    /// A paragraph of one side: its mark is deleted or inserted with it.
    fn alone(&mut self, style: &str, text: &str, side: Side) {
        let mark = self.mark(side);
        let runs = self.tracked(text, side);
        self.out.push_str(&format!(
            "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/><w:rPr><{mark}/></w:rPr></w:pPr>{runs}</w:p>"
        ));
    }

    /// A text that one side has: deleted on the left, inserted on the right.
    fn tracked(&mut self, text: &str, side: Side) -> String {
        if text.is_empty() {
            return String::new();
        }
        let mark = self.mark(side);
        let name = mark.split(' ').next().unwrap_or_default();
        let run = run(text, self.documents[side as usize], side == Side::Left);
        format!("<{mark}>{run}</{name}>")
    }

    fn mark(&mut self, side: Side) -> String {
        let id = self.next_id;
        self.next_id += 1;
        let name = match side {
            Side::Left => "w:del",
            Side::Right => "w:ins",
        };
        format!("{name} w:id=\"{id}\" w:author=\"tiaowen\"")
    }
}

/// A side of a row as it is printed: its label and heading, then its text.
struct Printed {
    text: String,
    /// Where the text that was compared begins, in bytes.
    start: usize,
}

impl Printed {
    /// The bytes at which the characters of the text that was compared begin, and its end.
    fn places(&self) -> Vec<usize> {
        let starts = self.text[self.start..].char_indices().map(|(at, _)| self.start + at);
        starts.chain([self.text.len()]).collect()
    }
}

fn printed(row: &Row, side: Side) -> Printed {
    let first = side.clauses(row).next();
    let mut before = first.map_or_else(String::new, label);
    let heading = first.and_then(|clause| clause.heading.as_deref());
    if let Some(heading) = heading {
        before.push_str(heading);
        before.push('\n');
    }
    let start = before.len();
    Printed { text: before + &side.text(row), start }
}

/// The headings above a clause as they are printed, with their labels. A level without a heading has
/// no place among them: labels are added only where each level has one.
fn labelled_headings(clause: &Clause) -> Vec<String> {
    let levels = clause.path.len().saturating_sub(1);
    if clause.headings.len() != levels {
        return clause.headings.clone();
    }
    let levels = clause.path.iter().zip(&clause.headings);
    levels.map(|(label, heading)| labelled(label, heading)).collect()
}

/// A heading behind its label, with what is printed between them.
fn labelled(label: &str, heading: &str) -> String {
    let is_numeral = label.chars().all(|c| "一二三四五六七八九十百零〇".contains(c));
    let between = match label.chars().last() {
        Some(')' | '）' | '】') => "",
        _ if is_numeral => "、",
        Some('0'..='9') => ". ",
        _ => "　",
    };
    format!("{label}{between}{heading}")
}

/// A label with what divides it from the text, as far as print shows it.
fn label(clause: &Clause) -> String {
    let Some(label) = &clause.label else { return String::new() };
    let closed = label.ends_with(['、', '.', '．', ')', '）', '：', ':', '】']);
    if closed { label.clone() } else { format!("{label}　") }
}

/// Where the sides of a row differ, in bytes of what is printed, in the order of both.
fn changes(row: &Row, [left, right]: [&Printed; 2]) -> Vec<Change> {
    let (lefts, rights) = (left.places(), right.places());
    let place =
        |bytes: &[usize], at: &Range<usize>| Some(*bytes.get(at.start)?..*bytes.get(at.end)?);
    // Labels and headings are compared as a whole.
    let mut changes = vec![(left.start..left.start, right.start..right.start)];
    for found in &row.differences {
        let both = (place(&lefts, &found.left_at), place(&rights, &found.right_at));
        let (Some(l), Some(r)) = both else { continue };
        let last = changes.last();
        if last.is_none_or(|(before, other)| before.end <= l.start && other.end <= r.start) {
            changes.push((l, r));
        }
    }
    changes
}

/// A run in the language of a document; `deleted` text has an element of its own.
fn run(text: &str, document: &Document, deleted: bool) -> String {
    if text.is_empty() {
        return String::new();
    }
    let (font, language) = (font(&document.language), office_language(&document.language));
    let element = if deleted { "w:delText" } else { "w:t" };
    let line = |line: &str| match line {
        "" => String::new(),
        line => format!("<{element} xml:space=\"preserve\">{}</{element}>", escape(line)),
    };
    let lines: Vec<String> = text.split('\n').map(line).collect();
    format!(
        "<w:r><w:rPr><w:rFonts w:ascii=\"{font}\" w:hAnsi=\"{font}\" w:eastAsia=\"{font}\" \
         w:hint=\"eastAsia\"/><w:lang w:eastAsia=\"{language}\"/></w:rPr>{}</w:r>",
        lines.join("<w:br/>")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::office::tests::part;
    use crate::export::sample;

    /// The document's paragraphs once all changes are accepted, or rejected.
    fn settled(document: &str, accept: bool) -> Vec<String> {
        let gone = if accept { "w:del" } else { "w:ins" };
        let mut paragraphs = Vec::new();
        for paragraph in document.split("<w:p>").skip(1) {
            let (head, runs) = paragraph.split_once("</w:pPr>").unwrap();
            let mut text = String::new();
            let mut rest = runs;
            while let Some(at) = rest.find(&format!("<{gone} ")) {
                text.push_str(&rest[..at]);
                rest = rest[at..].split_once(&format!("</{gone}>")).unwrap().1;
            }
            text.push_str(rest);
            let text = text.replace("<w:br/>", "\n");
            let mut plain = String::new();
            for piece in text.split('<').skip(1) {
                let (tag, after) = piece.split_once('>').unwrap();
                if tag.starts_with("w:t ")
                    || tag.starts_with("w:delText ")
                    || after.starts_with('\n')
                {
                    plain.push_str(after);
                }
            }
            let is_gone = head.contains(&format!("<{gone} "));
            assert!(!is_gone || plain.is_empty(), "{plain}");
            if !is_gone {
                paragraphs.push(plain);
            }
        }
        paragraphs
    }

    #[test]
    fn accepting_gives_the_right_and_rejecting_the_left() {
        let comparison = sample::comparison();
        let document =
            part(&tracked(&comparison, &Budget::unlimited()).unwrap(), "word/document.xml");
        for (side, accept) in [(Side::Right, true), (Side::Left, false)] {
            let settled = settled(&document, accept).join("\n");
            for row in &comparison.rows {
                if side.clauses(row).next().is_some() {
                    let text = escape(&printed(row, side).text);
                    assert!(settled.contains(&text), "{side:?}: {text}\n{settled}");
                }
            }
            // The clause of the left alone.
            assert_eq!(settled.contains("任何一方可書面通知對方終止本協議"), !accept);
        }
    }

    #[test]
    fn a_moved_clause_stands_where_each_side_has_it() {
        let read = |text: &str| tiaowen_corpus::read("a.txt", text).unwrap().remove(0);
        let left = read(
            "合作協議\n\n第一條　雙方每年會面兩次，輪流主持。\n\n第二條　費用由各自承擔，另有約定者除外。\n\n第三條　本協議自簽署之日起生效，為期五年。",
        );
        let right = read(
            "合作協議\n\n第一條　本協議自簽署之日起生效，為期五年。\n\n第二條　雙方每年會面兩次，輪流主持。\n\n第三條　費用由各自承擔，另有約定者除外。",
        );
        let comparison = crate::compare(&left, &right, tiaowen_terms::TermTable::built_in());
        let document =
            part(&tracked(&comparison, &Budget::unlimited()).unwrap(), "word/document.xml");
        for (text, accept) in [(&left, false), (&right, true)] {
            let settled = settled(&document, accept).join("\n");
            let places: Vec<usize> =
                text.clauses.iter().map(|clause| settled.find(&*clause.text).unwrap()).collect();
            assert!(places.is_sorted(), "{settled}");
        }
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let comparison = sample::comparison();
        let document =
            part(&tracked(&comparison, &Budget::unlimited()).unwrap(), "word/document.xml");
        assert!(document.contains(">2007</w:delText>") && document.contains(">2008</w:t>"));
        assert!(!document.contains("<w:delText xml:space=\"preserve\"></w:delText>"));
    }
}
