//! Builds a document from its paragraphs: cover, preamble, provisions, closing, signature.
//!
//! The parts are found from the outside in: the head with the title, then annexes and signature at
//! the end, then the preamble up to the first label. What remains are the provisions. Date and place
//! come from the parts in which agreements print them, the most reliable first.

use std::borrow::Cow;

use tiaowen_text::fold;

use crate::annex;
use crate::bodies;
use crate::front_matter::FrontMatter;
use crate::giant::{bytes_of, passages, runs};
use crate::heads;
use crate::identity::{document_id, make_unique};
use crate::label::{Label, LabelKind};
use crate::metadata;
use crate::model::{Clause, ClauseKind, Document, DocumentKind, DocumentText, Rule};
use crate::outline::{Style, is_heading, provisions};
use crate::paragraph::{Paragraph, Role, is_imprint, lists_annex};
use crate::shape::width;
use crate::title;

/// The position of a document: its source, and its number there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) source: &'a str,
    pub(crate) text: &'a str,
    pub(crate) ordinal: u32,
}

/// The cover and the lines above the text.
#[derive(Debug, Default)]
struct Head {
    title: Option<String>,
    number: Option<String>,
    /// Bodies above the title, and lines with date and place.
    bodies: Vec<String>,
    dates: Vec<String>,
    is_paper: bool,
    /// Number of paragraphs.
    length: usize,
}

/// Builds a document. `imprint` are paragraphs elsewhere in the source that belong to its end.
pub(crate) fn build(
    place: Place<'_>,
    front: &FrontMatter,
    paragraphs: &[Paragraph],
    imprint: &[Paragraph],
    annexed_to: Option<DocumentKind>,
) -> DocumentText {
    let head = head(place.text, paragraphs, front);
    let kind = front
        .kind
        .or(head.is_paper.then_some(DocumentKind::Paper))
        .or_else(|| kind_of(&head, paragraphs, annexed_to))
        .unwrap_or(DocumentKind::Other);
    let style = if kind == DocumentKind::Paper { Style::Paper } else { Style::Instrument };

    let Parts { preamble, signature, mut clauses } =
        parts(&paragraphs[head.length..], imprint, style, kind);
    let (date, place_signed) = date_and_place(kind, &head, preamble, &signature, &clauses);
    let parties = parties(&signature, preamble, &head);
    let sample = sample(&clauses);
    let script = front.script(|| format!("{}{sample}", head.title.as_deref().unwrap_or_default()));
    for clause in &mut clauses {
        clause.units = metadata::units(&clause.text);
    }
    let in_figures = kind == DocumentKind::Law && has_labels_in_figures(&clauses);
    let language = || metadata::language(script, &sample, in_figures);
    let mut document = Document {
        title: front.title.clone().or(head.title),
        number: front.number.clone().or(head.number).or_else(|| number_in_preface(preamble)),
        date: front.date.clone().or(date),
        parties: front.parties.clone().unwrap_or(parties),
        place: front.place.clone().or(place_signed),
        ..front.document(place, (kind, script), language)
    };
    let first_words: String = sample.chars().take(40).collect();
    document.id = document_id(&document, &first_words);
    let province =
        bodies::province(document.title.as_deref(), document.number.as_deref(), &document.parties);
    for clause in clauses.iter_mut().filter(|clause| !clause.units.is_empty()) {
        clause.bodies = bodies::bodies(&document, clause, province.as_deref());
    }
    DocumentText { document, clauses, dropped: Vec::new() }
}

/// The parts of a document below its head.
struct Parts<'a> {
    preamble: &'a [Paragraph<'a>],
    signature: Vec<&'a Paragraph<'a>>,
    /// The clauses of all parts in their order.
    clauses: Vec<Clause>,
}

/// Divides the paragraphs below the head into parts and clauses, from the outside in.
fn parts<'a>(
    paragraphs: &'a [Paragraph<'a>],
    imprint: &'a [Paragraph<'a>],
    style: Style,
    kind: DocumentKind,
) -> Parts<'a> {
    let (rest, annexes) = paragraphs.split_at(annexes_start(paragraphs));
    let (content, tail) = rest.split_at(tail_start(rest));
    let (preamble, labelled) = match style {
        Style::Paper => content.split_at(0),
        Style::Instrument => content.split_at(provisions_start(content)),
    };
    let mut clauses = Vec::new();
    clauses.extend(unlabelled(ClauseKind::Preamble, preamble.iter()));
    let (mut found, closing) = closed_provisions(labelled, style, kind);
    clauses.append(&mut found);
    clauses.extend(unlabelled(ClauseKind::Closing, closing.iter()));
    let (signature, after): (Vec<&Paragraph>, Vec<&Paragraph>) =
        tail.iter().partition(|paragraph| !is_after_signature(paragraph));
    clauses.extend(unlabelled(ClauseKind::Signature, signature.iter().copied()));
    clauses.extend(unlabelled(ClauseKind::Closing, after.into_iter().chain(imprint)));
    clauses.append(&mut provisions(annexes, style));
    make_unique(&mut clauses);
    Parts { preamble, signature, clauses }
}

/// The date of a document and the place where it was signed, from the most reliable part that prints
/// them. A law has the date of its enactment and no place.
fn date_and_place(
    kind: DocumentKind,
    head: &Head,
    preamble: &[Paragraph],
    signature: &[&Paragraph],
    clauses: &[Clause],
) -> (Option<String>, Option<String>) {
    let is_law = kind == DocumentKind::Law;
    let ends = clauses
        .iter()
        .rev()
        .filter(|clause| matches!(clause.kind, ClauseKind::Closing | ClauseKind::Signature));
    let last_provision = clauses
        .iter()
        .rev()
        .find(|clause| matches!(clause.kind, ClauseKind::Article | ClauseKind::Item));
    // The last provision gives date and place only if it is about signing.
    let signs = last_provision
        .filter(|clause| clause.text.contains("簽署") || clause.text.contains("签署"));
    let texts = signature.iter().filter(|paragraph| !paragraph.is_note);
    let texts = texts.map(|paragraph| &*paragraph.text);
    let earlier = earlier_signing(if is_law { &[] } else { clauses });
    let provided: Vec<&str> =
        signs.map(|clause| clause.text.as_str()).into_iter().chain(earlier).collect();
    let signing = provided.iter().copied().filter(|text| metadata::mentions_signing(text));
    let candidates = texts
        .chain(ends.map(|clause| clause.text.as_str()))
        .chain(signing)
        .chain(head.dates.iter().map(String::as_str))
        .chain(preamble.iter().filter(|p| states_date(p)).map(|paragraph| &*paragraph.text))
        .chain(provided.iter().copied());
    let (date, place) = metadata::signed(candidates);
    if !is_law {
        return (date, place);
    }
    let enacted = metadata::enacted(preamble.iter().map(|paragraph| &*paragraph.text));
    (enacted.or(date), None)
}

/// The parties of a document: those that sign, otherwise those named above the text or the title.
fn parties(signature: &[&Paragraph], preamble: &[Paragraph], head: &Head) -> Vec<String> {
    let signed: Vec<&Paragraph> =
        signature.iter().copied().filter(|paragraph| paragraph.level.is_none()).collect();
    let mut parties = metadata::parties(&signed);
    if parties.is_empty() {
        parties = metadata::parties_above(preamble);
    }
    if parties.is_empty() {
        parties = head.bodies.clone();
    }
    parties
}

/// Whether articles are numbered in digits: 第 12 條.
fn has_labels_in_figures(clauses: &[Clause]) -> bool {
    clauses
        .iter()
        .filter_map(|clause| clause.label.as_deref())
        .any(|label| label.starts_with('第') && label.contains(|c: char| c.is_ascii_digit()))
}

/// Where the provisions begin: at the first label, or at the headings directly above it.
fn provisions_start(paragraphs: &[Paragraph]) -> usize {
    let is_labelled = |paragraph: &Paragraph| paragraph.label.is_some();
    let Some(first) = paragraphs.iter().position(is_labelled) else { return paragraphs.len() };
    let above = paragraphs[..first].iter().rev();
    first - above.take_while(|paragraph| paragraph.level.is_some()).count()
}

/// The kind of a document from its title. An annex called standards or measures has the kind of its
/// main document.
fn kind_of(
    head: &Head,
    paragraphs: &[Paragraph],
    annexed_to: Option<DocumentKind>,
) -> Option<DocumentKind> {
    let of_title = head.title.as_deref().and_then(title::kind_of);
    let is_annex = paragraphs.first().is_some_and(annex::is_annex);
    match of_title {
        None | Some(DocumentKind::Law) if is_annex => annexed_to.or(of_title),
        of_title => of_title,
    }
}

/// Where annexes that are divisions of the document begin, behind its signature.
fn annexes_start(paragraphs: &[Paragraph]) -> usize {
    let end = paragraphs.len();
    let first = paragraphs.iter().position(annex::is_annex).unwrap_or(end);
    let is_signed = || tail_start(&paragraphs[..first]) < first;
    if first < end && is_signed() { first } else { end }
}

/// Whether a line above the text gives the date of signing: 签署日期：2017年11月18日.
/// A note below it dates what it explains.
fn states_date(paragraph: &Paragraph) -> bool {
    !paragraph.is_note
        && paragraph.shape.width() <= 40.0
        && crate::date::first(&paragraph.text).is_some()
        && (paragraph.role() == Role::Date
            || ["日期", "時間", "时间", "簽", "签", "訂立", "订立"]
                .iter()
                .any(|word| paragraph.text.contains(word)))
}

/// The beginning of a document's text, for detecting script and language.
fn sample(clauses: &[Clause]) -> String {
    const ENOUGH: usize = 3600;
    let mut sample = String::new();
    for clause in clauses {
        let text = &clause.text;
        let rest = ENOUGH - sample.len();
        if text.len() > rest {
            let end = text.char_indices().map(|(at, _)| at).take_while(|&at| at <= rest).last();
            sample.push_str(&text[..end.unwrap_or(0)]);
            break;
        }
        sample.push_str(text);
    }
    sample
}

/// A document number on a line of its own before the text.
fn number_in_preface(preface: &[Paragraph]) -> Option<String> {
    let mut lines = preface.iter().filter(|paragraph| !paragraph.is_note);
    lines.find_map(|paragraph| title::number_in(&paragraph.text)).map(str::to_owned)
}

/// Earlier provisions that state where and when the document is signed.
fn earlier_signing(clauses: &[Clause]) -> impl Iterator<Item = &str> {
    clauses
        .iter()
        .rev()
        .map(|clause| clause.text.as_str())
        .filter(|text| text.contains("簽署之日起生效") || text.contains("签署之日起生效"))
}

/// The cover and title: everything up to the last title line before the text, and years and date
/// directly below it.
fn head(source: &str, paragraphs: &[Paragraph], front: &FrontMatter) -> Head {
    let mut head = Head::default();
    if let Some((title, length)) = annex::title(paragraphs).filter(|_| front.title.is_none()) {
        return Head { title: Some(title), length, ..head };
    }
    let cover = cover(paragraphs);
    let raw = |at: usize| &source[paragraphs[at].span.clone()];
    for paragraph in &paragraphs[..cover] {
        head.is_paper |= title::is_paper_mark(&paragraph.text)
            || title::is_committee(&title_committee(&source[paragraph.span.clone()]));
        if head.number.is_none() {
            head.number = title::number_in(&paragraph.text).map(str::to_owned);
        }
    }
    let may_guess = front.title.is_none();
    let Some(named) = title_line(source, paragraphs, cover, head.is_paper, may_guess) else {
        head.length = if front.title.is_some() { cover.min(1) } else { 0 };
        return head;
    };
    // A Markdown heading contains only the name.
    let heading = paragraphs[named].level.is_some();
    let mut name =
        if heading { paragraphs[named].text.to_string() } else { title::name_on(raw(named)) };
    let mut first = named;
    while !heading && first > 0 && goes_on_below(&paragraphs[first - 1], &paragraphs[first]) {
        first -= 1;
        let line = title::name_on(raw(first));
        // Latin words keep their space.
        let latin = |c: char| c.is_ascii_alphanumeric();
        let gap = if line.ends_with(latin) && name.starts_with(latin) { " " } else { "" };
        name = format!("{line}{gap}{name}");
    }
    head.length = named + 1;
    let mut bodies = if heading { Vec::new() } else { title::bodies_on(raw(named)) };
    while head.length < cover && !head.is_paper {
        let next = &paragraphs[head.length];
        if title::is_bracketed_years(&next.text) {
            name.push_str(&next.text);
        } else if next.role() != Role::Date && title::number_in(&next.text).is_none() {
            break;
        }
        head.length += 1;
    }
    for (at, paragraph) in paragraphs[..head.length].iter().enumerate() {
        if !(first..=named).contains(&at) && !title::is_committee(&paragraph.text) {
            head.read_cover_line(paragraph, raw(at), &mut bodies);
        }
    }
    for body in bodies {
        if !head.bodies.contains(&body) {
            head.bodies.push(body);
        }
    }
    head.title = Some(name);
    head
}

impl Head {
    /// Reads a line of the cover outside the title: a date, or bodies. `raw` is its text in the source.
    fn read_cover_line(&mut self, paragraph: &Paragraph, raw: &str, bodies: &mut Vec<String>) {
        if paragraph.role() == Role::Date {
            self.dates.push(paragraph.text.to_string());
        } else if title::is_body(&paragraph.text) {
            bodies.push(paragraph.text.to_string());
        } else {
            bodies.extend(title::bodies_on(raw));
        }
    }
}

/// The last line of the title on a cover. Without a word that shows it, the title may be guessed.
fn title_line(
    source: &str,
    paragraphs: &[Paragraph],
    cover: usize,
    is_paper: bool,
    may_guess: bool,
) -> Option<usize> {
    // A heading is the title, whatever is repeated below it.
    let heading = paragraphs[..cover].iter().position(|paragraph| paragraph.level == Some(1));
    let heading = heading.filter(|&at| !heads::is_one_of_several(paragraphs, at));
    if heading.is_some() {
        return heading;
    }
    // A paper's title is the first line that names no committee; headings follow it.
    if is_paper {
        return paragraphs[..cover].iter().position(|paragraph| {
            !title::is_paper_mark(&paragraph.text) && !title::is_committee(&paragraph.text)
        });
    }
    // Otherwise the last short line above the text that names no body.
    let may_guess = may_guess && cover < paragraphs.len();
    let lines = &paragraphs[..cover];
    lines
        .iter()
        .rposition(|paragraph| is_name(source, paragraph))
        .or_else(|| lines.iter().rposition(may_be_title).filter(|_| may_guess))
}

/// Whether a line of a cover is the name of an instrument.
fn is_name(source: &str, paragraph: &Paragraph) -> bool {
    paragraph.level == Some(1)
        || title::is_title(&title::name_on(&source[paragraph.span.clone()]))
            && !title::is_bare_kind(&paragraph.text)
}

/// Whether a line may be a title although no word shows it.
fn may_be_title(paragraph: &Paragraph) -> bool {
    let text = &paragraph.text;
    !title::is_body(text)
        && paragraph.role() == Role::Short
        && width(text) >= 2.0
        && text.contains(char::is_alphanumeric)
        && title::number_in(text).is_none()
}

/// Number of paragraphs on the cover and above the text.
fn cover(paragraphs: &[Paragraph]) -> usize {
    let is_title = |paragraph: &Paragraph| {
        paragraph.level == Some(1) || paragraph.label.is_none() && title::is_title(&paragraph.text)
    };
    let is_on_cover = |paragraph: &Paragraph| {
        is_title(paragraph)
            || matches!(paragraph.role(), Role::Short | Role::Date) && paragraph.level.is_none()
    };
    let mut cover = paragraphs.iter().take_while(|paragraph| is_on_cover(paragraph)).count();
    // A letterhead may give an address above the title, a contract its number.
    if !paragraphs[..cover].iter().any(is_title) {
        let is_above = |paragraph: &Paragraph| {
            is_on_cover(paragraph) || paragraph.role() == Role::KeyValue || is_letterhead(paragraph)
        };
        let above = paragraphs.iter().take(MOST_ABOVE).take_while(|paragraph| is_above(paragraph));
        let above = above.count();
        if paragraphs[..above].iter().any(is_title) {
            let title = paragraphs[..above].iter().position(is_title).unwrap_or(above);
            let behind = paragraphs[title..].iter().take_while(|paragraph| is_on_cover(paragraph));
            cover = title + behind.count();
        }
    }
    cover
}

/// Maximum number of paragraphs above a title, if some are neither titles nor names.
const MOST_ABOVE: usize = 8;

/// A line of a letterhead: address, telephone and the like.
fn is_letterhead(paragraph: &Paragraph) -> bool {
    let folded = fold(&paragraph.text);
    paragraph.label.is_none()
        && paragraph.level.is_none()
        && !paragraph.is_row
        && width(&paragraph.text) <= 60.0
        && !paragraph.text.contains('。')
        && ["地址", "电话", "传真", "邮编", "邮政编码", "网址", "电邮", "编号"].iter().any(|key| {
            folded.starts_with(key) && folded[key.len()..].trim_start().starts_with([':', '：'])
        })
}

/// Whether a line of a cover is the beginning of a title that continues below.
fn goes_on_below(above: &Paragraph, below: &Paragraph) -> bool {
    let text = &*above.text;
    !below.gap
        && above.level.is_none()
        && above.role() == Role::Short
        && width(text) >= 4.0
        && !title::is_title(text)
        && !title::is_body(text)
        && !title::is_region(text)
        && !title::is_paper_mark(text)
        && !title::is_committee(text)
        && !text.ends_with(['）', ')', '】', '」', '》'])
        && title::number_in(text).is_none()
}

/// The committee at the beginning of a line that also contains the paper's title.
fn title_committee(raw: &str) -> Cow<'_, str> {
    crate::clean::cleaned(raw.split_whitespace().next().unwrap_or(""))
}

/// Maximum number of lines of a signature.
const MOST_SIGNATURE_LINES: usize = 400;

/// Where the signature begins: the names, offices and dates at the end of a document, from the
/// label or line that announces them.
fn tail_start(paragraphs: &[Paragraph]) -> usize {
    let end = paragraphs.len();
    let after = paragraphs.iter().rev().take_while(|p| is_after_signature(p)).count();
    let lines = paragraphs[..end - after].iter().rev().take_while(|p| may_be_signature_line(p));
    let lines = lines.take(MOST_SIGNATURE_LINES + 1).count();
    // More lines are a table.
    let is_signature = (1..=MOST_SIGNATURE_LINES).contains(&lines);
    let mut start = if is_signature { end - after - lines } else { end };
    // A last provision of one or two words is still a provision.
    while start < end
        && paragraphs[start].label.is_some()
        && !announces_signing(paragraphs[start].body())
    {
        start += 1;
    }
    if let Some(heading) = start.checked_sub(1).filter(|&at| is_signature_heading(&paragraphs[at]))
        && start < end
    {
        return heading;
    }
    if paragraphs[start..].iter().any(is_sure_signature_line) { start } else { end }
}

fn may_be_signature_line(paragraph: &Paragraph) -> bool {
    paragraph.level.is_none()
        && (matches!(paragraph.role(), Role::Short | Role::Date | Role::KeyValue)
            || announces_signing(paragraph.body())
            || metadata::is_signature_row(paragraph))
}

/// Whether a line occurs only in signatures; names alone may be anything.
fn is_sure_signature_line(paragraph: &Paragraph) -> bool {
    matches!(paragraph.role(), Role::Date | Role::KeyValue)
        || title::is_body(&paragraph.text)
        || announces_signing(paragraph.body())
        || metadata::is_signature_row(paragraph)
        || is_imprint(&paragraph.text)
        || paragraph.text.contains('：')
}

/// A heading 簽署 above the signatories.
fn is_signature_heading(paragraph: &Paragraph) -> bool {
    paragraph.level.is_some()
        && ["签署", "签字", "签章", "签名", "署名", "签署页", "签字页"]
            .contains(&fold(&paragraph.text).trim())
}

/// 雙方代表簽字：
fn announces_signing(text: &str) -> bool {
    if text.len() > 64 || width(text) > 16.0 {
        return false;
    }
    let folded = fold(text);
    ["代表签字", "代表签署", "签字代表", "签署人", "签约代表", "签字盖章"]
        .iter()
        .any(|word| folded.contains(word))
}

/// Whether a text is about copies, signing or entry into force: 本協議一式兩份…, 自簽署之日起生效.
fn is_closing(text: &str) -> bool {
    if !text.starts_with('本') {
        return false;
    }
    let folded = fold(text);
    let rest = &folded['本'.len_utf8()..];
    let opening: String = rest.chars().take(12).collect();
    let names =
        ["协议", "备忘录", "安排", "意向书", "合同", "协定", "计划", "文件", "合约", "声明"];
    names.iter().any(|name| opening.contains(name))
        && ["签署", "一式", "生效", "印发"].iter().any(|word| folded.contains(word))
}

/// Whether a paragraph may follow a signature: date and place of signing, recipients of copies.
fn is_after_signature(paragraph: &Paragraph) -> bool {
    let text = &paragraph.text;
    let folded = || fold(text);
    paragraph.label.is_none()
        && (is_closing(text)
            || is_imprint(text)
            || lists_annex(text)
            || width(text) <= 50.0
                && paragraph.role() == Role::Body
                && crate::date::first(text).is_some()
                && ["签署", "印发", "公布"].iter().any(|word| folded().contains(word)))
}

/// The provisions of a document without its closing, and the paragraphs of the closing.
fn closed_provisions<'p>(
    labelled: &'p [Paragraph<'p>],
    style: Style,
    kind: DocumentKind,
) -> (Vec<Clause>, &'p [Paragraph<'p>]) {
    let last_label = labelled.iter().rposition(|paragraph| paragraph.label.is_some());
    let is_title = |label: &Label| label.kind < LabelKind::Article;
    // A paragraph below the title of a chapter is the chapter's text.
    if last_label.is_some_and(|at| labelled[at].label.as_ref().is_some_and(is_title)) {
        return (provisions(labelled, style), &[]);
    }
    let closing = (last_label.map_or(0, |at| at + 1)..labelled.len())
        .find(|&at| labelled[at].level.is_none() && is_closing(&labelled[at].text));
    if let Some((before, closing)) = closing.map(|at| labelled.split_at(at)) {
        let found = provisions(before, style);
        // An article of a law may state the law's entry into force, and a paragraph below a bare
        // title is its text.
        let closes = found.last().is_some_and(|last| {
            let is_law = kind == DocumentKind::Law && last.drawn_by == Rule::WholeArticle;
            !is_law && !last.text.is_empty() && !is_heading(&last.text, false)
        });
        if closes {
            return (found, closing);
        }
    }
    (provisions(labelled, style), &[])
}

/// A clause of unlabelled paragraphs, or its passages; empty without paragraphs.
pub(crate) fn unlabelled<'p>(
    kind: ClauseKind,
    paragraphs: impl Iterator<Item = &'p Paragraph<'p>>,
) -> Vec<Clause> {
    let mut paragraphs: Vec<&Paragraph> = paragraphs.collect();
    let mut headings = Vec::new();
    if kind == ClauseKind::Signature && paragraphs.len() > 1 && paragraphs[0].level.is_some() {
        headings.push(paragraphs.remove(0).text.to_string());
    }
    let Some(first) = paragraphs.first() else { return Vec::new() };
    let mut texts = runs(&paragraphs).into_iter().map(|run| {
        let run = &paragraphs[run];
        let mut text = String::new();
        for (at, paragraph) in run.iter().enumerate() {
            if at > 0 {
                text.push('\n');
            }
            // The label is stored in the clause and not part of its text.
            let is_first = std::ptr::eq(*paragraph, *first);
            text.push_str(if is_first { paragraph.body() } else { &paragraph.text });
        }
        (text, bytes_of(run))
    });
    let Some((text, bytes)) = texts.next() else { return Vec::new() };
    let bytes = if bytes.is_empty() { first.span.clone() } else { bytes };
    let drawn_by = match kind {
        ClauseKind::Signature => Rule::SignatureLines,
        ClauseKind::Closing => Rule::ClosingWords,
        _ => Rule::BeforeLabels,
    };
    let label = first.label.as_ref().and_then(|label| label.printed(&first.text));
    let label = label.map(str::to_owned);
    let clause = Clause { label, headings, ..Clause::only(kind, text, bytes, drawn_by) };
    passages(clause, texts.collect())
}
