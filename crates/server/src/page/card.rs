//! A hit as a card: the clause in its script, the data of its document, and its other versions.

use std::ops::Range;

use tiaowen_corpus::{Clause, Document, citation};
use tiaowen_index::ClauseRecord;
use tiaowen_query::{Hit, Marker};
use tiaowen_text::{Script, Spent};
use tiaowen_wire::marked_passages;
use tiaowen_words::{Words, fill, name, recognised, why};

use super::address::Pairs;
use super::clip::{clip, clipped};
use super::documents::sides;
use super::shell::Visitor;
use super::text::{Html, made_visible, marked, visible};
use super::when;
use crate::App;

/// A hit.
pub(super) struct Card {
    pub(super) rank: usize,
    /// The id of the clause, its permanent address, and what its box is called.
    pub(super) id: String,
    pub(super) link: String,
    pub(super) tick: String,
    pub(super) href: String,
    pub(super) citation: String,
    /// The parts of the article with matches.
    pub(super) passages: Vec<String>,
    pub(super) trail: Vec<String>,
    pub(super) about: About,
    pub(super) lang: String,
    pub(super) text: Html,
    /// Whether meaning found it and words didn't.
    pub(super) by_meaning_alone: bool,
    /// How certain its reading is, where it was read by text recognition.
    pub(super) recognised: Option<String>,
    /// The passages around the matches of a long text, and the length of the text.
    pub(super) clip: Option<(Html, String)>,
    pub(super) versions: Vec<Version>,
    pub(super) why: Vec<String>,
}

/// The data of a document in one line.
pub(super) struct About {
    pub(super) kind: String,
    pub(super) number: Option<String>,
    /// For programs, and for people.
    pub(super) date: Option<(String, String)>,
    pub(super) place: Option<String>,
    pub(super) language: String,
}

/// Another version of a clause.
pub(super) struct Version {
    pub(super) language: String,
    pub(super) citation: String,
    pub(super) href: String,
    pub(super) compare: String,
    pub(super) lang: String,
    pub(super) text: Html,
}

impl About {
    pub(super) fn of(document: &Document, visitor: &Visitor) -> Self {
        let w = Words::of(visitor.ui);
        About {
            kind: name(&w.kinds, document.kind.as_str()).to_owned(),
            number: document.number.clone(),
            date: document.date.as_ref().map(|date| (date.clone(), when::date(visitor.ui, date))),
            place: document.place.clone(),
            language: language(w, document),
        }
    }
}

/// The script and region of a document, as people call them.
pub(super) fn language(w: &Words, document: &Document) -> String {
    match w.languages.get(&document.language) {
        Some(name) => name.clone(),
        None => name(&w.scripts, document.script.as_str()).to_owned(),
    }
}

/// The language tag of a document's texts as shown.
pub(super) fn lang(document: &Document, shown: Option<Script>) -> String {
    match shown {
        Some(script) if script != document.script => match script {
            Script::Hans => "zh-Hans-CN".to_owned(),
            _ => "zh-Hant-HK".to_owned(),
        },
        _ => {
            let is_tag = |tag: &str| tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            let tag = Some(document.language.as_str()).filter(|tag| is_tag(tag));
            tag.unwrap_or("zh").to_owned()
        }
    }
}

/// Makes the title and names of a document safe to display.
pub(super) fn tamed(document: &mut Document) {
    let texts = document.title.iter_mut().chain(&mut document.number).chain(&mut document.place);
    texts.chain(&mut document.parties).chain([&mut document.source]).for_each(made_visible);
}

/// Makes the headings of a clause safe to display. Its text is handled apart.
pub(super) fn tamed_clause(clause: &mut Clause) {
    let texts = clause.heading.iter_mut().chain(&mut clause.headings).chain(&mut clause.units);
    texts.chain(&mut clause.label).chain(&mut clause.path).for_each(made_visible);
}

/// The link to a clause in its document, where matches are marked. The search is part of it, so
/// that readers find back to their results.
pub(super) fn reading(
    app: &App,
    visitor: &Visitor,
    document: &Document,
    clause: &Clause,
    search: &Pairs,
) -> String {
    if app.live.snapshot().is_long(&document.id) {
        // The other page finds out which page the clause is on.
        let q = Pairs::default().with("q", search.get("q").unwrap_or_default());
        return visitor.to(app, &format!("/clauses/{}.{}", document.id, clause.eid), q);
    }
    visitor.to(app, &format!("/documents/{}", document.id), search.clone()) + "#" + &clause.eid
}

/// The link to the comparison of two versions, at a clause on the left.
fn comparing(
    app: &App,
    visitor: &Visitor,
    sides: Pairs,
    left: &Document,
    clause: &Clause,
) -> String {
    let is_long = app.live.snapshot().is_long(&left.id);
    let sides = if is_long { sides.with("at", &clause.eid) } else { sides };
    visitor.to(app, "/compare", sides) + "#left-" + &clause.eid
}

/// A longer text, in bytes, is cut on cards. It can be read in its document.
const MOST_SHOWN: usize = 60_000;

/// A text with highlights as a card shows it.
fn shown_text(text: &str, marks: &[Range<usize>]) -> Html {
    if text.len() <= MOST_SHOWN {
        return marked(text, marks, &[]);
    }
    let end = text.floor_char_boundary(MOST_SHOWN);
    let within = marks.iter().take_while(|mark| mark.end <= end).cloned().collect::<Vec<_>>();
    marked(&format!("{}…", &text[..end]), &within, &[])
}

impl Card {
    /// The card of a hit. Its texts are already in the requested script.
    pub(super) fn of(
        app: &App,
        visitor: &Visitor,
        hit: &mut Hit,
        parallel: &mut [ClauseRecord<'static>],
        marker: &Marker,
        (search, shown): (&Pairs, Option<Script>),
    ) -> Result<Self, Spent> {
        let w = Words::of(visitor.ui);
        tamed(hit.record.document.to_mut());
        tamed_clause(hit.record.clause.to_mut());
        let passages = marked_passages(hit).into_iter().map(|passage| passage.address).collect();
        let (document, clause) = (&*hit.record.document, &*hit.record.clause);
        let clip = clip(&clause.text, &hit.highlights).map(|stretches| {
            let length = clause.text.chars().filter(|c| !c.is_whitespace()).count() as u64;
            let short = clipped(&clause.text, &hit.highlights, &stretches);
            (short, w.counted.characters.of(length))
        });
        let versions = parallel.iter_mut().map(|record| {
            Version::of(app, visitor, record, document, clause, marker, (search, shown))
        });
        let (id, cited) = (clause.id(document), citation(document, clause));
        Ok(Card {
            rank: hit.rank,
            href: reading(app, visitor, document, clause, search),
            link: app.links.whole(&format!("/clauses/{id}")),
            tick: fill(&w.gather.tick, &[("citation", &cited)]),
            id,
            citation: cited,
            passages,
            trail: clause.headings.iter().chain(&clause.heading).cloned().collect(),
            about: About::of(document, visitor),
            lang: lang(document, shown),
            text: shown_text(&clause.text, &hit.highlights),
            by_meaning_alone: hit.joining.is_some_and(|joining| joining.words.is_none()),
            recognised: recognised(w, clause).map(|text| visible(&text).into_owned()),
            clip,
            versions: versions.collect::<Result<_, Spent>>()?,
            why: why(w, hit, visible),
        })
    }
}

impl Version {
    fn of(
        app: &App,
        visitor: &Visitor,
        record: &mut ClauseRecord<'static>,
        left: &Document,
        left_clause: &Clause,
        marker: &Marker,
        (search, shown): (&Pairs, Option<Script>),
    ) -> Result<Self, Spent> {
        tamed(record.document.to_mut());
        tamed_clause(record.clause.to_mut());
        let (document, clause) = (&*record.document, &*record.clause);
        let (sides, is_turned) = sides(left, document);
        let (first, first_clause) =
            if is_turned { (document, clause) } else { (left, left_clause) };
        let marks: Vec<Range<usize>> = marker.marks(&clause.text)?;
        Ok(Version {
            language: language(Words::of(visitor.ui), document),
            citation: citation(document, clause),
            href: reading(app, visitor, document, clause, search),
            compare: comparing(app, visitor, sides, first, first_clause),
            lang: lang(document, shown),
            text: shown_text(&clause.text, &marks),
        })
    }
}
