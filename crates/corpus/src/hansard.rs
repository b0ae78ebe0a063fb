//! Official reports of a sitting (Hansard): items of business under headings, with speeches that
//! each begin with the speaker's name and a colon.
//!
//! Each paragraph is a clause, as in the press. The first paragraph of a speech has the speaker as
//! its label; the following ones are under the speaker's name. Text before the first speech, such
//! as the list of members present, is the preamble.

use tiaowen_text::{fold, is_han};

use crate::date;
use crate::document::{Place, unlabelled};
use crate::front_matter::FrontMatter;
use crate::giant::cut_clauses;
use crate::identity::document_id;
use crate::label::Label;
use crate::metadata;
use crate::model::{Clause, ClauseKind, Document, DocumentKind, DocumentText, Rule};
use crate::paragraph::{Paragraph, Role};

/// Number of paragraphs from the top in which the report's name is searched.
const TOP: usize = 30;
/// Minimum number of speeches in a report.
const SPEECHES: usize = 5;
/// Maximum number of consecutive lines that are headings.
const HEADINGS: usize = 2;
/// Endings of speakers' names, folded.
const OFFICES: [&str; 14] = [
    "议员",
    "主席",
    "局长",
    "司长",
    "署长",
    "处长",
    "专员",
    "秘书",
    "秘书长",
    "行政长官",
    "委员",
    "委员长",
    "议长",
    "先生",
];

/// Whether paragraphs are the report of a sitting.
pub(crate) fn is_report(paragraphs: &[Paragraph]) -> bool {
    named(paragraphs).is_some()
        && paragraphs.iter().filter(|p| speaker(p).is_some()).take(SPEECHES).count() == SPEECHES
}

/// The paragraph with the name of the report.
fn named(paragraphs: &[Paragraph]) -> Option<usize> {
    paragraphs.iter().take(TOP).position(|paragraph| {
        paragraph.text.len() < 120 && {
            let folded: String = fold(&paragraph.text).split_whitespace().collect();
            ["会议过程正式纪录", "会议过程正式记录", "会议逐字纪录", "正式纪录"]
                .iter()
                .any(|name| folded.contains(name))
        }
    })
}

/// The lengths in bytes of the label and of the speaker's name with its colon, at the beginning of
/// a paragraph.
fn speaker(paragraph: &Paragraph) -> Option<usize> {
    let start = paragraph.label.as_ref().map_or(0, Label::length);
    let text = &paragraph.text[start..];
    let (at, colon) = text.char_indices().take(24).find(|(_, c)| matches!(c, '：' | ':'))?;
    let name: String = text[..at].split_whitespace().collect();
    let plain = name.chars().all(|c| is_han(c) || matches!(c, '（' | '）' | '(' | ')'));
    let folded = fold(&name);
    let bare = folded.split(['(', '（']).next().unwrap_or("");
    // 出席議員： introduces a list of names.
    let lists = ["出席", "缺席", "列席"].iter().any(|word| folded.starts_with(word));
    let is_speaker = plain && !lists && (2..=16).contains(&name.chars().count());
    (is_speaker && OFFICES.iter().any(|office| bare.ends_with(office)))
        .then_some(start + at + colon.len_utf8())
}

/// Builds the document of a report.
pub(crate) fn document(
    place: Place<'_>,
    front: &FrontMatter,
    paragraphs: &[Paragraph],
) -> DocumentText {
    let named = named(paragraphs).unwrap_or(0);
    let mut title = paragraphs[named].text.to_string();
    let mut begins = named + 1;
    let mut day = date::first(&title);
    if let Some(next) = paragraphs.get(begins)
        && day.is_none()
        && next.shape.width() < 40.0
    {
        day = date::first(&next.text);
        if day.is_some() {
            title = format!("{title} {}", next.text);
            begins += 1;
        }
    }
    let first = paragraphs[begins..].iter().position(|p| speaker(p).is_some());
    let first = first.map_or(paragraphs.len(), |at| begins + at);
    let mut clauses = Vec::new();
    let before = paragraphs[..named].iter().chain(&paragraphs[begins..first]);
    clauses.extend(unlabelled(ClauseKind::Preamble, before));
    Report { clauses: &mut clauses, headings: Vec::new(), speaker: None }
        .read(&paragraphs[first..]);
    let clauses = cut_clauses(clauses);
    let sample: String = clauses.iter().flat_map(|clause| clause.text.chars()).take(4000).collect();
    let script = front.script(|| sample.clone());
    let kind = front.kind.unwrap_or(DocumentKind::Other);
    let language = || metadata::language(script, &sample, false);
    let mut document = Document {
        title: front.title.clone().or(Some(title)),
        date: front.date.clone().or(day.map(|day| day.iso)),
        ..front.document(place, (kind, script), language)
    };
    let first_words: String = sample.chars().take(40).collect();
    document.id = document_id(&document, &first_words);
    DocumentText { document, clauses, dropped: Vec::new() }
}

/// Reads the items and speeches of a report.
struct Report<'c> {
    clauses: &'c mut Vec<Clause>,
    headings: Vec<String>,
    speaker: Option<String>,
}

impl Report<'_> {
    fn read(&mut self, paragraphs: &[Paragraph]) {
        let mut at = 0;
        while at < paragraphs.len() {
            let lines = paragraphs[at..].iter().take_while(|p| is_line(p)).count();
            if lines == 0 {
                self.paragraph(&paragraphs[at..=at]);
                at += 1;
                continue;
            }
            let run = &paragraphs[at..at + lines];
            at += lines;
            if lines <= HEADINGS && at < paragraphs.len() {
                self.headed(run);
            } else {
                // A list of tabled papers, or of names in a division.
                self.speaker = None;
                self.paragraph(run);
            }
        }
    }

    /// Two headings are parent and child; a single one replaces the deepest.
    fn headed(&mut self, run: &[Paragraph]) {
        if run.len() == 1 {
            self.headings.truncate(self.headings.len().saturating_sub(1).min(1));
        } else {
            self.headings.clear();
        }
        self.headings.extend(run.iter().map(|paragraph| paragraph.text.to_string()));
        self.speaker = None;
    }

    fn paragraph(&mut self, lines: &[Paragraph]) {
        let (first, number) = (&lines[0], self.clauses.len() + 1);
        let spoken = speaker(first);
        let label = spoken.map(|end| first.text[..end].to_owned());
        let mut headings = self.headings.clone();
        match &label {
            Some(label) => {
                self.speaker = Some(label.trim_end_matches(['：', ':']).to_owned());
            }
            None => headings.extend(self.speaker.clone()),
        }
        let mut text = first.text[spoken.unwrap_or(0)..].trim_start().to_owned();
        for line in &lines[1..] {
            text.push('\n');
            text.push_str(&line.text);
        }
        let end = lines.iter().rev().find(|line| !line.is_note).unwrap_or(first).span.end;
        let bytes = first.span.start..end.max(first.span.end);
        let clause = Clause::paragraph(number, text, bytes, Rule::Speech);
        self.clauses.push(Clause { label, headings, ..clause });
    }
}

/// Whether a paragraph is a line by itself, as in headings and lists.
fn is_line(paragraph: &Paragraph) -> bool {
    paragraph.role() == Role::Short
        && speaker(paragraph).is_none()
        && !paragraph.text.starts_with(['（', '('])
        && paragraph.shape.width() <= 45.0
}
