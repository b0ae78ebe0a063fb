//! Documents as Akoma Ntoso 3.0, the XML of laws and other instruments that OASIS has standardised.
//!
//! A document is an `act` where it is a law, else a `doc`; several make a `documentCollection`, in which
//! the ids of each begin with that of its component, as the naming convention has it. What stands around
//! the provisions goes where the standard has it: title and number in the preface, signature and closing
//! words at the end in the conclusions. An element whose text is a clause has the class `clause` and its
//! kind, so that what reads the file back takes clauses and not the levels above them.
//!
//! Versions of one instrument in two scripts are expressions of one work: they share the address of the
//! work, and differ in the language of the expression. That is told as BCP 47 has it (`zh-Hant-HK`),
//! as the three letters that the convention recommends (`zho`) don't tell scripts apart.
//!
//! The standard wants a whole day of each date. A date known by its year or month is written as the first
//! day of that, and its name tells what it is: `year`, `month`, `unknown`.

use std::collections::HashSet;
use std::fmt::Write;

use tiaowen_compare::export::escape;
use tiaowen_compare::{Fingerprint, counterparts, pairs};
use tiaowen_corpus::{
    Clause, ClauseKind, DateOrigin, Document, DocumentKind, DocumentText, Relation, passage_number,
};

const NAMESPACE: &str = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0";

/// Documents as an Akoma Ntoso file; those in two scripts that are versions of one another as
/// expressions of one work.
pub fn akn(texts: &[DocumentText]) -> String {
    let works = works(texts);
    let mut xml = Xml(String::new());
    xml.0.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(xml.0, "<akomaNtoso xmlns=\"{NAMESPACE}\">");
    match texts {
        [text] => xml.document(text, &text.document, ""),
        _ => {
            xml.0.push_str("<documentCollection name=\"documents\">\n");
            xml.collection_meta(texts);
            xml.0.push_str("<collectionBody>\n");
            for (at, text) in texts.iter().enumerate() {
                let component = format!("cmp_{}", at + 1);
                let _ = writeln!(xml.0, "<component eId=\"{component}\">");
                xml.document(text, &texts[works[at]].document, &format!("{component}__"));
                xml.0.push_str("</component>\n");
            }
            xml.0.push_str("</collectionBody>\n</documentCollection>\n");
        }
    }
    xml.0.push_str("</akomaNtoso>\n");
    xml.0
}

/// For each document the one whose work it is an expression of: the first of its versions.
fn works(texts: &[DocumentText]) -> Vec<usize> {
    let fingerprints: Vec<Fingerprint> = texts.iter().map(Fingerprint::of_text).collect();
    let pairs = pairs(&fingerprints);
    let best = counterparts(&pairs);
    let mut works: Vec<usize> = (0..texts.len()).collect();
    for pair in &pairs {
        let (left, right) = (pair.left.min(pair.right), pair.left.max(pair.right));
        let is_best = best.contains(&(pair.left, pair.right));
        if pair.relation == Relation::OtherScript && is_best && works[right] == right {
            works[right] = works[left];
        }
    }
    works
}

/// The name of an element by the last step of an id.
fn element(step: &str) -> (&'static str, Option<&'static str>) {
    match step.split('_').next().unwrap_or_default() {
        "book" => ("book", None),
        "division" => ("division", None),
        "subdivision" => ("subdivision", None),
        "chp" => ("chapter", None),
        "sec" => ("section", None),
        "subsec" => ("subsection", None),
        "art" => ("article", None),
        "part" => ("part", None),
        "subpart" => ("subpart", None),
        "para" => ("paragraph", None),
        "subpara" => ("subparagraph", None),
        "point" => ("point", None),
        "att" => ("hcontainer", Some("attachment")),
        "preamble" => ("hcontainer", Some("preamble")),
        "closing" => ("hcontainer", Some("closing")),
        "signature" => ("hcontainer", Some("signature")),
        _ => ("hcontainer", Some("level")),
    }
}

/// A level of a document: a clause, or what clauses stand in.
#[derive(Debug, Default)]
struct Level {
    name: &'static str,
    /// Which one a generic element is.
    of: Option<&'static str>,
    eid: String,
    num: Option<String>,
    /// The label in the path, where it can't be told from the number.
    path: Option<String>,
    heading: Option<String>,
    kind: Option<ClauseKind>,
    text: String,
    children: Vec<Level>,
}

/// A level around a clause: its label in the path, its title, and its id.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Around {
    label: Option<String>,
    title: Option<String>,
    eid: String,
}

/// The levels of a document's clauses, from the outermost in.
fn levels(clauses: &[&Clause]) -> Vec<Level> {
    let mut root = Level::default();
    // The levels that are open, with the way to the innermost.
    let mut open: Vec<(Around, usize)> = Vec::new();
    for clause in clauses {
        let wanted = around(clause, &open);
        let same = open.iter().zip(&wanted).take_while(|((own, _), other)| own == *other).count();
        open.truncate(same);
        for level in wanted.into_iter().skip(same) {
            let last = level.eid.rsplit("__").next().unwrap_or_default();
            let (name, of) =
                if level.label.is_some() { element(last) } else { ("hcontainer", Some("heading")) };
            let made = Level {
                name,
                of,
                eid: level.eid.clone(),
                num: level.label.clone(),
                heading: level.title.clone(),
                ..Level::default()
            };
            let at = push(&mut root, &open, made);
            open.push((level, at));
        }
        let (made, own) = of_clause(clause);
        let at = push(&mut root, &open, made);
        // What stands below it may follow.
        open.push((own, at));
    }
    root.children
}

/// Adds a level to the innermost that is open; its place there.
fn push(root: &mut Level, open: &[(Around, usize)], level: Level) -> usize {
    let mut parent = root;
    for (_, at) in open {
        parent = &mut parent.children[*at];
    }
    parent.children.push(level);
    parent.children.len() - 1
}

/// The levels around a clause. A level that is a clause with text of its own and no heading has no
/// title among the headings; headings without labels stand above.
fn around(clause: &Clause, open: &[(Around, usize)]) -> Vec<Around> {
    let outer = clause.path.len().saturating_sub(1);
    let steps: Vec<&str> = clause.eid.split("__").collect();
    let eid = |at: usize| match steps.len() == clause.path.len() {
        true => steps[..=at].join("__"),
        false => String::new(),
    };
    let labels: Vec<(String, String)> =
        (0..outer).map(|at| (clause.path[at].clone(), eid(at))).collect();
    let is_untitled = |(label, eid): &(String, String)| {
        open.iter().any(|(open, _)| {
            open.title.is_none() && open.label.as_ref() == Some(label) && open.eid == *eid
        })
    };
    let titled = labels.iter().filter(|level| !is_untitled(level)).count();
    let above = clause.headings.len().saturating_sub(titled);
    let mut titles = clause.headings.iter().cloned();
    let mut around: Vec<Around> = titles
        .by_ref()
        .take(above)
        .map(|title| Around { label: None, title: Some(title), eid: String::new() })
        .collect();
    for level in labels {
        let title = if is_untitled(&level) { None } else { titles.next() };
        let (label, eid) = level;
        around.push(Around { label: Some(label), title, eid });
    }
    around
}

/// A clause as a level, and what it is around what stands below it.
fn of_clause(clause: &Clause) -> (Level, Around) {
    let last = clause.path.last().cloned().unwrap_or_default();
    let (name, of) = element(clause.eid.rsplit("__").next().unwrap_or_default());
    let is_told = clause.label.as_deref().is_some_and(|label| named_by(label) == last);
    let level = Level {
        name,
        of,
        eid: clause.eid.clone(),
        num: clause.label.clone(),
        path: Some(last.clone()).filter(|_| !is_told),
        heading: clause.heading.clone(),
        kind: Some(clause.kind),
        text: clause.text.clone(),
        children: Vec::new(),
    };
    let own = Around { label: Some(last), title: clause.heading.clone(), eid: clause.eid.clone() };
    (level, own)
}

/// A label as it stands in paths: 三 of 三、.
fn named_by(label: &str) -> String {
    let label: String = label.split_whitespace().collect();
    label.trim_end_matches(['、', '.', '．', '，', ',']).to_owned()
}

/// The clauses of a document with passages of one joined again.
fn whole(text: &DocumentText) -> Vec<Clause> {
    let mut all: Vec<Clause> = Vec::with_capacity(text.clauses.len());
    for clause in &text.clauses {
        match (passage_number(clause), all.last_mut()) {
            (2.., Some(first)) => {
                first.text.push('\n');
                first.text.push_str(&clause.text);
            }
            (1, _) => {
                let mut first = clause.clone();
                first.path.pop();
                all.push(first);
            }
            _ => all.push(clause.clone()),
        }
    }
    all
}

struct Xml(String);

impl Xml {
    fn document(&mut self, text: &DocumentText, work: &Document, prefix: &str) {
        let document = &text.document;
        let name = if document.kind == DocumentKind::Law { "act" } else { "doc" };
        let body = if document.kind == DocumentKind::Law { "body" } else { "mainBody" };
        let _ = writeln!(self.0, "<{name} name=\"{}\">", document.kind);
        self.meta(document, work, prefix);
        self.preface(document);
        let clauses = whole(text);
        let mut rest: Vec<&Clause> = clauses.iter().collect();
        if let Some(first) = rest.first().filter(|clause| clause.kind == ClauseKind::Preamble) {
            let _ =
                writeln!(self.0, "<preamble{} class=\"clause preamble\">", id(prefix, &first.eid));
            self.blocks(&first.text);
            self.0.push_str("</preamble>\n");
            rest.remove(0);
        }
        let is_end =
            |clause: &&Clause| matches!(clause.kind, ClauseKind::Closing | ClauseKind::Signature);
        let provisions = rest.iter().rposition(|clause| !is_end(clause)).map_or(0, |at| at + 1);
        let end = rest.split_off(provisions);
        let mut used = HashSet::new();
        let _ = writeln!(self.0, "<{body}>");
        for level in levels(&rest) {
            self.level(&level, prefix, &mut used);
        }
        if rest.is_empty() {
            // A document of words around provisions alone; the standard wants a body of it.
            self.0.push_str("<hcontainer name=\"none\"/>\n");
        }
        let _ = writeln!(self.0, "</{body}>");
        if !end.is_empty() {
            self.0.push_str("<conclusions>\n");
            for clause in end {
                let kind = clause.kind;
                let id = id(prefix, &clause.eid);
                let _ = writeln!(self.0, "<blockContainer{id} class=\"clause {kind}\">");
                self.blocks(&clause.text);
                self.0.push_str("</blockContainer>\n");
            }
            self.0.push_str("</conclusions>\n");
        }
        let _ = writeln!(self.0, "</{name}>");
    }

    fn level(&mut self, level: &Level, prefix: &str, used: &mut HashSet<String>) {
        // A level that clauses of others came between is told once more, without its id.
        let is_new = !level.eid.is_empty() && used.insert(level.eid.clone());
        let _ = write!(self.0, "<{}", level.name);
        if is_new {
            self.0.push_str(&id(prefix, &level.eid));
        }
        if let Some(of) = level.of {
            let _ = write!(self.0, " name=\"{of}\"");
        }
        if let Some(kind) = level.kind {
            let _ = write!(self.0, " class=\"clause {kind}\"");
        }
        if let Some(path) = &level.path {
            let _ = write!(self.0, " title=\"{}\"", escape(path));
        }
        self.0.push_str(">\n");
        for (name, text) in [("num", &level.num), ("heading", &level.heading)] {
            if let Some(text) = text {
                let _ = writeln!(self.0, "<{name}>{}</{name}>", escape(text));
            }
        }
        if level.kind.is_some() {
            let name = if level.children.is_empty() { "content" } else { "intro" };
            let _ = writeln!(self.0, "<{name}>");
            self.blocks(&level.text);
            let _ = writeln!(self.0, "</{name}>");
        }
        for child in &level.children {
            self.level(child, prefix, used);
        }
        let _ = writeln!(self.0, "</{}>", level.name);
    }

    /// The lines of a text; rows of cells as a table.
    fn blocks(&mut self, text: &str) {
        let mut is_table = false;
        for line in text.split('\n') {
            let is_row = line.contains('\t');
            match (is_table, is_row) {
                (false, true) => self.0.push_str("<table>\n"),
                (true, false) => self.0.push_str("</table>\n"),
                _ => {}
            }
            is_table = is_row;
            if is_row {
                self.0.push_str("<tr>");
                for cell in line.split('\t') {
                    let _ = write!(self.0, "<td><p>{}</p></td>", escape(cell));
                }
                self.0.push_str("</tr>\n");
            } else {
                let _ = writeln!(self.0, "<p>{}</p>", escape(line));
            }
        }
        if is_table {
            self.0.push_str("</table>\n");
        }
    }

    fn preface(&mut self, document: &Document) {
        if document.title.is_none() && document.number.is_none() {
            return;
        }
        self.0.push_str("<preface>\n");
        for (name, text) in [("docTitle", &document.title), ("docNumber", &document.number)] {
            if let Some(text) = text {
                let _ = writeln!(self.0, "<p><{name}>{}</{name}></p>", escape(text));
            }
        }
        self.0.push_str("</preface>\n");
    }

    fn meta(&mut self, document: &Document, work: &Document, prefix: &str) {
        let source = format!("#{prefix}tiaowen");
        let _ = writeln!(self.0, "<meta>\n<identification source=\"{source}\">");
        self.identification(document, work, prefix);
        let _ = writeln!(self.0, "</identification>\n<references source=\"{source}\">");
        self.references(document, prefix);
        self.0.push_str("</references>\n</meta>\n");
    }

    /// The work, its expression in the language of the document, and this file.
    fn identification(&mut self, document: &Document, work: &Document, prefix: &str) {
        let country = country(&work.language);
        let type_name = if work.kind == DocumentKind::Law { "act" } else { "doc" };
        let of_work = format!(
            "/akn/{country}/{type_name}/{}/{}/{}",
            work.kind,
            work.date.as_deref().unwrap_or("0001"),
            work.id
        );
        let language = escape(&document.language);
        let of_expression = format!("{of_work}/{language}@");
        let authors: Vec<String> = match document.parties.len() {
            0 => vec![format!("{prefix}unknown")],
            many => (1..=many).map(|nth| format!("{prefix}org_{nth}")).collect(),
        };
        let authors: String =
            authors.iter().map(|author| format!("<FRBRauthor href=\"#{author}\"/>\n")).collect();
        let number = work.number.as_ref().map_or(String::new(), |number| {
            format!("<FRBRnumber value=\"{}\"/>\n", escape(number))
        });
        let _ = writeln!(
            self.0,
            "<FRBRWork>\n{}{}{authors}<FRBRcountry value=\"{country}\"/>\n<FRBRsubtype value=\"{}\"/>\n{number}</FRBRWork>",
            address(&of_work),
            date(work),
            work.kind,
        );
        let _ = writeln!(
            self.0,
            "<FRBRExpression>\n{}{}{authors}<FRBRlanguage language=\"{language}\"/>\n</FRBRExpression>",
            address(&of_expression),
            date(document),
        );
        let _ = writeln!(
            self.0,
            "<FRBRManifestation>\n{}{}<FRBRauthor href=\"#{prefix}tiaowen\"/>\n<FRBRformat value=\"application/akn+xml\"/>\n</FRBRManifestation>",
            address(&format!("{of_expression}.akn")),
            date(document),
        );
    }

    /// The bodies and the place that the metadata refers to.
    fn references(&mut self, document: &Document, prefix: &str) {
        let program = format!("{prefix}tiaowen");
        self.reference("TLCOrganization", &program, "organization/tiaowen", "tiaowen");
        if document.parties.is_empty() {
            let name = format!("{prefix}unknown");
            self.reference("TLCOrganization", &name, "organization/unknown", "unknown");
        }
        for (party, nth) in document.parties.iter().zip(1..) {
            let name = format!("{prefix}org_{nth}");
            self.reference("TLCOrganization", &name, &format!("organization/{nth}"), party);
        }
        if let Some(place) = &document.place {
            self.reference("TLCLocation", &format!("{prefix}place"), "location/place", place);
        }
    }

    fn reference(&mut self, element: &str, eid: &str, address: &str, name: &str) {
        let _ = writeln!(
            self.0,
            "<{element} eId=\"{eid}\" href=\"/akn/ontology/{address}\" showAs=\"{}\"/>",
            escape(name)
        );
    }

    /// What a collection says of itself: it is no instrument.
    fn collection_meta(&mut self, texts: &[DocumentText]) {
        let country = texts.first().map_or("cn", |text| country(&text.document.language));
        let work = format!("/akn/{country}/doc/collection/0001/documents");
        let parts = [
            ("FRBRWork", work.clone(), format!("<FRBRcountry value=\"{country}\"/>\n")),
            ("FRBRExpression", format!("{work}/mul@"), "<FRBRlanguage language=\"mul\"/>\n".into()),
            (
                "FRBRManifestation",
                format!("{work}/mul@.akn"),
                "<FRBRformat value=\"application/akn+xml\"/>\n".into(),
            ),
        ];
        self.0.push_str("<meta>\n<identification source=\"#tiaowen\">\n");
        for (name, address, rest) in parts {
            let _ = writeln!(
                self.0,
                "<{name}>\n<FRBRthis value=\"{address}/!main\"/>\n<FRBRuri value=\"{address}\"/>\n<FRBRdate date=\"0001-01-01\" name=\"unknown\"/>\n<FRBRauthor href=\"#tiaowen\"/>\n{rest}</{name}>"
            );
        }
        self.0.push_str("</identification>\n<references source=\"#tiaowen\">\n");
        self.reference("TLCOrganization", "tiaowen", "organization/tiaowen", "tiaowen");
        self.0.push_str("</references>\n</meta>\n");
    }
}

fn id(prefix: &str, eid: &str) -> String {
    format!(" eId=\"{prefix}{}\"", escape(eid))
}

/// The country of a work in its address, by the region of its language.
fn country(language: &str) -> &'static str {
    match language.rsplit('-').next() {
        Some("HK") => "hk",
        Some("MO") => "mo",
        Some("TW") => "tw",
        _ => "cn",
    }
}

/// The addresses of a work, an expression or a file.
fn address(address: &str) -> String {
    format!("<FRBRthis value=\"{address}/!main\"/>\n<FRBRuri value=\"{address}\"/>\n")
}

/// The date of a document.
fn date(document: &Document) -> String {
    let (day, name) = day(document);
    format!("<FRBRdate date=\"{day}\" name=\"{name}\"/>\n")
}

/// A document's date as a whole day, and what that is.
fn day(document: &Document) -> (String, String) {
    let Some(date) = &document.date else { return ("0001-01-01".into(), "unknown".into()) };
    let (day, name) = match date.len() {
        4 => (format!("{date}-01-01"), "year"),
        7 => (format!("{date}-01"), "month"),
        _ => (date.clone(), "day"),
    };
    match document.date_origin {
        DateOrigin::Printed => (day, name.to_owned()),
        origin => (day, format!("{name}-{}", origin.as_str())),
    }
}
