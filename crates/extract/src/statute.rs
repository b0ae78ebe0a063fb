//! Laws in XML with marked clauses: Akoma Ntoso 3.0, Hong Kong's e-Legislation (HKLM) and Taiwan's
//! database of laws.
//!
//! The clauses are taken as they are marked, with their labels, headings and ids, and never
//! guessed. Each becomes a line of ready-made clauses, so the splitter of plain text isn't
//! involved.

#[cfg(test)]
mod tests;
mod tree;

use std::collections::HashSet;
use std::fmt::Write;

use tiaowen_blocks::{DroppedKind, Layout, LeftOut, LeftOutReason, SourceText};

use crate::archive::unicode;
use crate::{DamageReason, ExtractError};

use tree::{Node, Tree};

const FORMAT: &str = ".xml";

/// Elements of divisions above provisions.
const DIVISIONS: &[&str] = &[
    "book",
    "tome",
    "part",
    "title",
    "subtitle",
    "division",
    "subdivision",
    "chapter",
    "subchapter",
    "subpart",
    "subdiv",
    "crossHeading",
    "hcontainer",
    "schedule",
    "component",
];
/// Elements of provisions that are cited; they include everything below them.
const PROVISIONS: &[&str] = &["article", "section", "rule", "clause", "provision", "條文"];
/// Elements that belong to no clause.
const ASIDE: &[&str] = &["meta", "toc", "num", "heading", "subheading", "del", "coverPage"];
/// Elements on lines of their own.
const LINES: &[&str] = &[
    "p",
    "paragraph",
    "subparagraph",
    "subsection",
    "subclause",
    "point",
    "indent",
    "alinea",
    "list",
    "intro",
    "wrapUp",
    "content",
    "leadIn",
    "continued",
    "def",
    "item",
    "block",
    "blockList",
    "subsubparagraph",
    "tr",
    "authorialNote",
    "footnote",
    "sourceNote",
    "remark",
    "note",
    "quotedStructure",
    "blockContainer",
    "listIntroduction",
    "listConclusion",
];

/// Reads a law in XML as lines of ready-made clauses.
///
/// # Errors
/// [`ExtractError::Damaged`] if it is invalid XML or in another vocabulary, [`ExtractError::Tags`]
/// if it has too many elements, [`ExtractError::Empty`] if it contains no clause.
///
/// ```
/// use tiaowen_blocks::Layout;
/// let law = "<LAWS><法規><法規名稱>民法</法規名稱><最新異動日期>20210120</最新異動日期><法規內容>\
///     <條文><條號>第 1 條</條號><條文內容>民事依法律。</條文內容></條文></法規內容></法規></LAWS>";
/// let source = tiaowen_extract::statute(law.as_bytes()).unwrap();
/// assert_eq!(source.layout, Layout::ClauseLines);
/// assert!(source.text.contains("民事依法律。"));
/// ```
pub fn statute(bytes: &[u8]) -> Result<SourceText<'static>, ExtractError> {
    if bytes.trim_ascii().is_empty() {
        return Err(ExtractError::Empty);
    }
    let xml =
        unicode(bytes.to_vec()).map_err(|encoding| damaged(DamageReason::Encoding { encoding }))?;
    crate::check_tags(&xml)?;
    let tree = Tree::read(&xml, FORMAT)?;
    let root = tree.root().ok_or(ExtractError::Empty)?;
    let mut lines = Lines::default();
    match root.name.as_str() {
        "LAWS" | "法規" | "法規資料" => {
            for law in root.named("法規") {
                lines.taiwan_law(law);
            }
        }
        "akomaNtoso" => {
            for document in &root.children {
                let parts = document.find("collectionBody").filter(|_| is_collection(document));
                match parts {
                    Some(parts) => {
                        for part in parts.children.iter().flat_map(|part| &part.children) {
                            lines.document(part, "eId");
                        }
                    }
                    None => lines.document(document, "eId"),
                }
            }
        }
        "lawDoc" | "ordinance" | "subLeg" | "subsidiaryLegislation" => lines.document(root, "name"),
        name => {
            return Err(damaged(DamageReason::NoLaw { name: name.to_owned() }));
        }
    }
    let Lines { text, deleted, .. } = lines;
    if text.is_empty() {
        return Err(ExtractError::Empty);
    }
    let end = text.len();
    let left_out = deleted.into_iter().map(|why| LeftOut {
        span: end..end,
        kind: DroppedKind::Deleted,
        why,
        page: None,
    });
    let left_out = left_out.collect();
    let layout = Layout::ClauseLines;
    Ok(SourceText { layout, left_out, ..SourceText::of_blocks(text, Vec::new()) })
}

fn damaged(reason: DamageReason) -> ExtractError {
    ExtractError::Damaged { format: FORMAT, reason }
}

/// Whether a document is a list of others.
fn is_collection(document: &Node) -> bool {
    matches!(document.name.as_str(), "documentCollection" | "officialGazette")
}

/// The metadata of a document, repeated on each of its lines.
#[derive(Debug, Default)]
struct About {
    title: String,
    number: String,
    date: String,
    date_is: &'static str,
    language: String,
    kind: &'static str,
    parties: Vec<String>,
    place: String,
}

impl About {
    /// The metadata that a document in Akoma Ntoso or HKLM has of itself.
    fn of(document: &Node) -> Self {
        let first = |name: &str| document.find(name).map(Node::text).unwrap_or_default();
        let value = |name: &str, of: &str| {
            document.find(name).and_then(|node| node.attribute(of)).unwrap_or_default().to_owned()
        };
        let given = |names: &[&str]| {
            names.iter().map(|name| first(name)).find(|text| !text.is_empty()).unwrap_or_default()
        };
        let title = given(&["docTitle", "shortTitle", "docName", "longTitle"]);
        let title = if title.is_empty() { value("FRBRalias", "value") } else { title };
        let dated_by = document
            .find("FRBRExpression")
            .and_then(|node| node.find("FRBRdate"))
            .or_else(|| document.find("FRBRdate"));
        let of_date =
            |name: &str| dated_by.and_then(|node| node.attribute(name)).unwrap_or_default();
        let (date, precision) = (of_date("date"), of_date("name"));
        let language = match value("FRBRlanguage", "language").as_str() {
            "" => first("language"),
            language => language.to_owned(),
        };
        let kind = value("FRBRsubtype", "value");
        let (date, date_is) = dated(date, precision);
        About {
            title,
            number: given(&["docNumber"]),
            date,
            date_is,
            language: language_tag(&language).to_owned(),
            kind: KINDS.iter().find(|known| **known == kind).copied().unwrap_or("law"),
            parties: parties(document),
            place: document
                .find("TLCLocation")
                .and_then(|place| place.attribute("showAs"))
                .unwrap_or_default()
                .to_owned(),
        }
    }
}

/// Kinds of documents that one may say it is.
const KINDS: &[&str] = &[
    "agreement",
    "memorandum",
    "arrangement",
    "letter_of_intent",
    "work_plan",
    "notice",
    "paper",
    "press",
    "law",
    "other",
];
/// Kinds of clauses likewise.
const CLAUSES: &[&str] =
    &["preamble", "article", "item", "paragraph", "bullet", "signature", "closing"];

/// Lines of ready-made clauses.
#[derive(Debug, Default)]
struct Lines {
    text: String,
    deleted: Vec<LeftOutReason>,
    eids: HashSet<String>,
}

/// A clause to be written.
struct Clause<'a> {
    kind: &'a str,
    label: &'a str,
    /// The label in the path, where it differs.
    path: &'a str,
    eid: String,
    heading: &'a str,
    text: &'a str,
}

/// Labels and headings above a clause.
#[derive(Debug, Clone, Default)]
struct Above {
    labels: Vec<String>,
    headings: Vec<String>,
}

impl Above {
    /// Enters a division: it replaces the open ones of its rank or below.
    fn enter_division(&mut self, line: &str, ranks: &mut Vec<usize>) {
        let bare: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        let (rank, length) = rank(&bare);
        while ranks.last().is_some_and(|last| *last >= rank) {
            ranks.pop();
            self.labels.pop();
            self.headings.pop();
        }
        ranks.push(rank);
        self.labels.push(bare.chars().take(length).collect());
        self.headings.push(bare.chars().skip(length).collect());
    }

    /// The labels and headings above what is inside an element.
    fn with(&self, label: &str, heading: &str) -> Above {
        let mut below = self.clone();
        if !label.is_empty() {
            below.labels.push(label.split_whitespace().collect());
        }
        if !heading.is_empty() {
            below.headings.push(heading.to_owned());
        }
        below
    }
}

impl Lines {
    fn write(&mut self, about: &About, above: &Above, clause: &Clause<'_>) {
        if clause.text.trim().is_empty() {
            return;
        }
        let mut eid: String = clause
            .eid
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || "_-.".contains(c) { c } else { '_' })
            .take(180)
            .collect();
        if eid.is_empty() {
            eid = format!("para_{}", self.eids.len() + 1);
        }
        // Ids must be unique; a repeated one gets a number.
        let mut unique = eid.clone();
        let mut nth = 1;
        while !self.eids.insert(unique.clone()) {
            nth += 1;
            unique = format!("{eid}.{nth}");
        }
        let list = |values: &[String]| {
            values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(",")
        };
        let mut path = above.labels.clone();
        let name = if clause.label.is_empty() { clause.kind } else { clause.label };
        let name = if clause.path.is_empty() { name } else { clause.path };
        path.push(name.split_whitespace().collect());
        let _ = writeln!(
            self.text,
            "{{\"document\":{{{},{},{},{},{},{},{},\"parties\":[{}],\"kind\":\"{}\"}},\"kind\":\"{}\",{},\"path\":[{}],\"eid\":{},{},\"headings\":[{}],\"text\":{}}}",
            field("title", &about.title),
            field("number", &about.number),
            field("date", &about.date),
            field("date_is", about.date_is),
            field("language", &about.language),
            field("script", script_of(&about.language)),
            field("place", &about.place),
            list(&about.parties),
            about.kind,
            clause.kind,
            field("label", clause.label),
            list(&path),
            quoted(&unique),
            field("heading", clause.heading),
            list(&above.headings),
            quoted(clause.text.trim()),
        );
    }

    /// Reads a law of Taiwan's database (law.moj.gov.tw).
    fn taiwan_law(&mut self, law: &Node) {
        let text_of = |name: &str| law.named(name).next().map(Node::text).unwrap_or_default();
        let about = About {
            title: text_of("法規名稱"),
            date: spaced_date(&text_of("最新異動日期")),
            language: "zh-Hant-TW".to_owned(),
            kind: "law",
            ..About::default()
        };
        self.eids.clear();
        let mut above = Above::default();
        self.write(&about, &above, &plain("preamble", &text_of("前言")));
        // Divisions are listed between the articles; their number gives their rank.
        let mut ranks: Vec<usize> = Vec::new();
        for content in law.named("法規內容").flat_map(|content| &content.children) {
            match content.name.as_str() {
                "編章節" => above.enter_division(&content.text(), &mut ranks),
                "條文" => self.taiwan_article(content, &about, &above),
                _ => {}
            }
        }
    }

    fn taiwan_article(&mut self, article: &Node, about: &About, above: &Above) {
        let number = article.named("條號").next().map(Node::text).unwrap_or_default();
        let label: String = number.split_whitespace().collect();
        let text = article.named("條文內容").next().map(Node::lines).unwrap_or_default();
        let figures: String =
            label.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let clause = Clause {
            kind: "article",
            label: &label,
            path: "",
            eid: format!("art_{figures}"),
            heading: "",
            text: &text,
        };
        // Articles are cited without the divisions above them.
        let headings = above.headings.clone();
        self.write(about, &Above { labels: Vec::new(), headings }, &clause);
    }

    /// Reads a document in Akoma Ntoso or HKLM, whose elements have their ids in the attribute
    /// `id`.
    fn document(&mut self, document: &Node, id: &str) {
        let about = About::of(document);
        self.eids.clear();
        if document.contains_clauses() {
            let prefix = prefix_of(document);
            self.marked_clauses(document, &about, &Above::default(), &prefix);
            return;
        }
        for (name, kind) in [("preamble", "preamble"), ("longTitle", "preamble")] {
            if let Some(node) = document.find(name) {
                let text = node.lines();
                self.write(&about, &Above::default(), &plain(kind, &text));
                break;
            }
        }
        let deleted = document.count("del");
        if deleted > 0 {
            self.deleted.push(LeftOutReason::MarkedDeleted { count: deleted });
        }
        self.provisions(document, &about, &Above::default(), id);
        if let Some(end) = document.find("conclusions") {
            self.write(&about, &Above::default(), &plain("closing", &end.lines()));
        }
    }

    /// Reads the clauses in an element that marks them by class: each has its text, and others may be
    /// nested in it.
    fn marked_clauses(&mut self, node: &Node, about: &About, above: &Above, prefix: &str) {
        for child in &node.children {
            if child.name == "meta" || child.name == "preface" || !child.contains_clauses() {
                continue;
            }
            let exact = |name: &str| child.named(name).next().map(Node::exact).unwrap_or_default();
            let (label, heading) = (exact("num"), exact("heading"));
            let path = match child.attribute("title") {
                Some(path) => path.to_owned(),
                None => label.trim_end_matches(['、', '.', '．', '，', ',']).to_owned(),
            };
            if let Some(kind) = child.clause() {
                let kind = CLAUSES.iter().find(|known| **known == kind).copied();
                let content = child.named("content").chain(child.named("intro")).next();
                let eid = child.attribute("eId").unwrap_or_default();
                let clause = Clause {
                    kind: kind.unwrap_or("item"),
                    label: &label,
                    path: &path,
                    eid: eid.strip_prefix(prefix).unwrap_or(eid).to_owned(),
                    heading: &heading,
                    text: &content.unwrap_or(child).blocks(),
                };
                self.write(about, above, &clause);
            }
            self.marked_clauses(child, about, &above.with(&path, &heading), prefix);
        }
    }

    /// Reads the divisions and provisions in an element.
    fn provisions(&mut self, node: &Node, about: &About, above: &Above, id: &str) {
        for child in &node.children {
            let name = child.name.as_str();
            if matches!(name, "preamble" | "longTitle" | "conclusions" | "preface")
                || ASIDE.contains(&name)
            {
                continue;
            }
            let has_more = child.contains(PROVISIONS) || child.contains(DIVISIONS);
            let is_container = PROVISIONS.contains(&name) && child.contains(PROVISIONS);
            if PROVISIONS.contains(&name) && !is_container {
                self.write_as("article", child, about, above, id);
            } else if DIVISIONS.contains(&name) || is_container {
                if has_more {
                    let below = above.with(&child.text_of("num"), &child.text_of("heading"));
                    self.provisions(child, about, &below, id);
                } else {
                    self.write_as("item", child, about, above, id);
                }
            } else if has_more {
                self.provisions(child, about, above, id);
            } else {
                // Text outside provisions.
                let text = child.lines();
                let mut clause = plain("paragraph", &text);
                clause.eid = id_of(child, id);
                self.write(about, above, &clause);
            }
        }
    }

    /// Writes an element as a clause, with its number and heading.
    fn write_as(&mut self, kind: &str, node: &Node, about: &About, above: &Above, id: &str) {
        let (label, heading) = (node.text_of("num"), node.text_of("heading"));
        let clause = Clause {
            kind,
            label: &label,
            path: "",
            eid: id_of(node, id),
            heading: &heading,
            text: &node.lines(),
        };
        self.write(about, above, &clause);
    }
}

/// The id of an element, by the attribute of its format where it has it.
fn id_of(node: &Node, id: &str) -> String {
    let given = [id, "eId", "id"].iter().find_map(|name| node.attribute(name));
    given.unwrap_or_default().to_owned()
}

/// A date of eight figures with hyphens between its parts; empty if it is none.
fn spaced_date(date: &str) -> String {
    match date.as_bytes() {
        [year @ .., _, _, _, _] if year.len() == 4 && date.is_ascii() => {
            format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..8])
        }
        _ => String::new(),
    }
}

/// The date of a document as precise as it is, by the name that it has there, and where it comes
/// from.
fn dated(day: &str, name: &str) -> (String, &'static str) {
    let (precision, origin) = name.split_once('-').unwrap_or((name, ""));
    let length = match precision {
        "year" => 4,
        "month" => 7,
        "unknown" => 0,
        _ => 10,
    };
    let is_day = day.len() == 10 && day.is_ascii();
    let date = if is_day { day[..length].to_owned() } else { String::new() };
    match origin {
        "inferred" => (date, "inferred"),
        "shared" => (date, "shared"),
        _ => (date, ""),
    }
}

/// The bodies that its work is by, as they are named.
fn parties(document: &Node) -> Vec<String> {
    let Some(work) = document.find("FRBRWork") else { return Vec::new() };
    let Some(references) = document.find("references") else { return Vec::new() };
    work.named("FRBRauthor").filter_map(|author| name_of(author, references)).collect()
}

/// The name of the body that an author refers to.
fn name_of(author: &Node, references: &Node) -> Option<String> {
    let id = author.attribute("href")?.strip_prefix('#')?;
    let of_id = |node: &&Node| node.attribute("eId") == Some(id) && !id.ends_with("unknown");
    Some(references.named("TLCOrganization").find(of_id)?.attribute("showAs")?.to_owned())
}

/// What the ids of a document in a collection begin with: the id of its component.
fn prefix_of(document: &Node) -> String {
    let source = document.find("identification").and_then(|node| node.attribute("source"));
    let source = source.unwrap_or_default().trim_start_matches('#');
    source.rfind("__").map_or(String::new(), |end| source[..end + 2].to_owned())
}

fn plain<'a>(kind: &'a str, text: &'a str) -> Clause<'a> {
    Clause { kind, label: "", path: "", eid: kind.to_owned(), heading: "", text }
}

/// The rank of a division, and the length of its label in characters: 第一編, 第二章之一.
fn rank(line: &str) -> (usize, usize) {
    let signs = ['編', '章', '節', '款', '目'];
    let found = line.chars().enumerate().find_map(|(at, c)| {
        let rank = signs.iter().position(|sign| *sign == c)?;
        Some((rank, at + 1))
    });
    let (rank, mut length) = found.unwrap_or((0, 0));
    if line.chars().nth(length) == Some('之') {
        length += 1;
        length += line
            .chars()
            .skip(length)
            .take_while(|c| "一二三四五六七八九十0123456789".contains(*c))
            .count();
    }
    (rank, length)
}

/// The language tag for a language as given in laws.
fn language_tag(given: &str) -> &str {
    match given.to_ascii_lowercase().as_str() {
        "zho" | "chi" | "zh" | "" => "",
        "eng" | "en" => "en",
        "zh-hant-hk" => "zh-Hant-HK",
        "zh-hans-hk" => "zh-Hans-HK",
        "zh-hant-tw" => "zh-Hant-TW",
        "zh-hans-cn" => "zh-Hans-CN",
        "zh-hant" => "zh-Hant",
        "zh-hans" => "zh-Hans",
        _ if given.starts_with("zh-") => given,
        _ => "",
    }
}

/// The script of a language tag; empty if the tag has none.
fn script_of(language: &str) -> &'static str {
    if language.contains("-Hant") {
        "Hant"
    } else if language.contains("-Hans") {
        "Hans"
    } else {
        ""
    }
}

/// A field of a JSON object; null if the value is blank.
fn field(name: &str, value: &str) -> String {
    match value.trim() {
        "" => format!("\"{name}\":null"),
        value => format!("\"{name}\":{}", quoted(value)),
    }
}

/// A text as a JSON string.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
