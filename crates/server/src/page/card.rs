//! A hit as a card: the clause in its own script, what is known of it, its other versions.

use std::ops::Range;

use tiaowen_corpus::{Clause, Document, citation};
use tiaowen_index::ClauseRecord;
use tiaowen_query::{Hit, Marker};
use tiaowen_text::{Script, Spent};
use tiaowen_wire::marked_passages;
use tiaowen_words::{Words, name, recognised, why};

use super::address::Pairs;
use super::clip::{clip, clipped};
use super::shell::Visitor;
use super::text::{Html, made_visible, marked, visible};
use super::when;
use crate::App;

/// A hit.
pub(super) struct Card {
    pub(super) rank: usize,
    pub(super) href: String,
    pub(super) citation: String,
    /// Parts of an article that hold what was looked for.
    pub(super) passages: Vec<String>,
    pub(super) trail: Vec<String>,
    pub(super) about: About,
    pub(super) lang: String,
    pub(super) text: Html,
    /// How certain its reading is, where it was read by text recognition.
    pub(super) recognised: Option<String>,
    /// What stands around the hits, of a long text, and how long it is.
    pub(super) clip: Option<(Html, String)>,
    pub(super) versions: Vec<Version>,
    pub(super) why: Vec<String>,
}

/// What is known of a document, for one line.
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

/// What a document is written in, as people call it.
pub(super) fn language(w: &Words, document: &Document) -> String {
    match w.languages.get(&document.language) {
        Some(name) => name.clone(),
        None => name(&w.scripts, document.script.as_str()).to_owned(),
    }
}

/// The language tag of a document's texts as they are shown.
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

/// Makes what a document says of itself harmless.
pub(super) fn tamed(document: &mut Document) {
    let texts = document.title.iter_mut().chain(&mut document.number).chain(&mut document.place);
    texts.chain(&mut document.parties).chain([&mut document.source]).for_each(made_visible);
}

/// Makes what a clause says of itself harmless, its text aside.
pub(super) fn tamed_clause(clause: &mut Clause) {
    let texts = clause.heading.iter_mut().chain(&mut clause.headings).chain(&mut clause.units);
    texts.chain(&mut clause.label).chain(&mut clause.path).for_each(made_visible);
}

/// A link to a clause in its document, where what was looked for is marked; the search goes
/// along, so that one finds back to it.
pub(super) fn reading(
    app: &App,
    visitor: &Visitor,
    document: &Document,
    clause: &Clause,
    asked: &Pairs,
) -> String {
    if app.live.snapshot().is_long(&document.id) {
        // Which page it stands on is told there.
        let q = Pairs::default().with("q", asked.get("q").unwrap_or_default());
        return visitor.to(app, &format!("/clauses/{}.{}", document.id, clause.eid), q);
    }
    visitor.to(app, &format!("/documents/{}", document.id), asked.clone()) + "#" + &clause.eid
}

/// Where two versions are beside one another, at a clause on the left.
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

/// A text of more bytes is cut on cards: it is read in its document.
const MOST_SHOWN: usize = 60_000;

/// A text with marks as a card shows it.
fn shown_text(text: &str, marks: &[Range<usize>]) -> Html {
    if text.len() <= MOST_SHOWN {
        return marked(text, marks, &[]);
    }
    let end = text.floor_char_boundary(MOST_SHOWN);
    let within = marks.iter().take_while(|mark| mark.end <= end).cloned().collect::<Vec<_>>();
    marked(&format!("{}…", &text[..end]), &within, &[])
}

impl Card {
    /// The card of a hit whose texts are in the script to be shown already.
    pub(super) fn of(
        app: &App,
        visitor: &Visitor,
        hit: &mut Hit,
        parallel: &mut [ClauseRecord<'static>],
        marker: &Marker,
        (asked, shown): (&Pairs, Option<Script>),
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
            Version::of(app, visitor, record, document, clause, marker, (asked, shown))
        });
        Ok(Card {
            rank: hit.rank,
            href: reading(app, visitor, document, clause, asked),
            citation: citation(document, clause),
            passages,
            trail: clause.headings.iter().chain(&clause.heading).cloned().collect(),
            about: About::of(document, visitor),
            lang: lang(document, shown),
            text: shown_text(&clause.text, &hit.highlights),
            recognised: recognised(w, clause).map(|told| visible(&told).into_owned()),
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
        (asked, shown): (&Pairs, Option<Script>),
    ) -> Result<Self, Spent> {
        tamed(record.document.to_mut());
        tamed_clause(record.clause.to_mut());
        let (document, clause) = (&*record.document, &*record.clause);
        let sides = Pairs::default().with("left", &left.id).with("right", &document.id);
        let marks: Vec<Range<usize>> = marker.marks(&clause.text)?;
        Ok(Version {
            language: language(Words::of(visitor.ui), document),
            citation: citation(document, clause),
            href: reading(app, visitor, document, clause, asked),
            compare: comparing(app, visitor, sides, left, left_clause),
            lang: lang(document, shown),
            text: shown_text(&clause.text, &marks),
        })
    }
}
