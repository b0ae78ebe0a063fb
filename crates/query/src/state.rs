//! The documents of an index as they stood on a day.
//!
//! A document counts on a day where it had begun and had not ended, and no other one had taken its place.
//! What the texts say goes first: from when and until when they are in force, and what they repeal. Where
//! no text says it, it is concluded, and marked so: a document begins on its date, and of documents of
//! one name, whatever stands in brackets behind it, the newest that had begun takes the place of those
//! before it. A document of which nothing is known stays.

use rustc_hash::FxHashMap;
use tiaowen_corpus::{Document, DocumentKind};
use tiaowen_index::date_bounds;
use tiaowen_text::fold;

use crate::{QueryError, bare_title, title_key};

/// Names of instruments that are no laws and are shorter say too little to make versions of one another.
const TELLING: usize = 6;

/// The names of all laws of the mainland begin so, folded.
const STATE: &str = "中华人民共和国";

/// Which documents don't count on a day, and why.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    out: FxHashMap<String, OutOfForce>,
}

/// Why a document doesn't count on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutOfForce {
    /// What had happened, or had not.
    pub reason: OutReason,
    /// Since when, or until when not, as precise as it is known.
    pub date: String,
    /// The id of the document that took its place.
    pub by: Option<String>,
    /// Whether no text says so: it is concluded from dates and titles.
    pub is_inferred: bool,
}

/// What keeps a document from counting on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutReason {
    /// It was not in force yet.
    NotBegun,
    /// Its time was over.
    Ended,
    /// Another one says that it is repealed.
    Repealed,
    /// A newer one of its name was in force.
    Replaced,
}

impl OutReason {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            OutReason::NotBegun => "not_begun",
            OutReason::Ended => "ended",
            OutReason::Repealed => "repealed",
            OutReason::Replaced => "replaced",
        }
    }
}

/// A document with the day that it begins on.
struct Dated<'d> {
    document: &'d Document,
    begins: Option<Begins<'d>>,
}

/// When a document begins: its first and last possible day, and what tells it.
#[derive(Clone, Copy)]
struct Begins<'d> {
    first: u64,
    date: &'d str,
    is_inferred: bool,
}

impl<'d> Dated<'d> {
    fn of(document: &'d Document) -> Self {
        let said = document.validity.as_ref().and_then(|validity| validity.from.as_deref());
        let (date, is_inferred) = match said {
            Some(date) => (Some(date), false),
            None => (document.date.as_deref(), true),
        };
        let begins = date.and_then(|date| {
            let (first, _) = date_bounds(date)?;
            Some(Begins { first, date, is_inferred })
        });
        Dated { document, begins }
    }
}

impl State {
    /// The state on a day, month or year; of these the last day is meant where something begins, the
    /// first where it ends.
    ///
    /// # Errors
    /// When the date can't be read.
    pub fn of(documents: &[Document], day: &str) -> Result<Self, QueryError> {
        let bounds = date_bounds(day).ok_or_else(|| QueryError::Date { text: day.to_owned() })?;
        let mut state = State::default();
        let dated: Vec<Dated<'_>> = documents.iter().map(Dated::of).collect();
        for one in &dated {
            state.out_by_itself(one, bounds);
        }
        let mut by_name: FxHashMap<String, Vec<&Dated<'_>>> = FxHashMap::default();
        for one in &dated {
            if let Some(name) = name(one.document) {
                by_name.entry(name).or_default().push(one);
            }
        }
        for one in &dated {
            state.out_by_repeals(one, &by_name, bounds);
        }
        for versions in by_name.values() {
            state.out_by_versions(versions);
        }
        Ok(state)
    }

    /// Why a document doesn't count; `None` where it does.
    pub fn why(&self, id: &str) -> Option<&OutOfForce> {
        self.out.get(id)
    }

    /// The ids of the documents that don't count.
    pub fn out(&self) -> impl Iterator<Item = &str> {
        self.out.keys().map(String::as_str)
    }

    /// How many documents don't count, and of how many that is concluded.
    pub fn counts(&self) -> (usize, usize) {
        (self.out.len(), self.out.values().filter(|out| out.is_inferred).count())
    }

    fn put(&mut self, document: &Document, out: OutOfForce) {
        self.out.entry(document.id.clone()).or_insert(out);
    }

    fn out_by_itself(&mut self, one: &Dated<'_>, (first, last): (u64, u64)) {
        if let Some(Begins { date, is_inferred, .. }) =
            one.begins.filter(|begins| begins.first > last)
        {
            let (reason, date) = (OutReason::NotBegun, date.to_owned());
            return self.put(one.document, OutOfForce { reason, date, by: None, is_inferred });
        }
        let Some(validity) = one.document.validity.as_ref().filter(|validity| !validity.renews)
        else {
            return;
        };
        let Some(date) = &validity.to else { return };
        if date_bounds(date).is_some_and(|(_, end)| end < first) {
            let (reason, date) = (OutReason::Ended, date.clone());
            self.put(one.document, OutOfForce { reason, date, by: None, is_inferred: false });
        }
    }

    /// Takes out what a document repeals that had begun.
    fn out_by_repeals(
        &mut self,
        one: &Dated<'_>,
        by_name: &FxHashMap<String, Vec<&Dated<'_>>>,
        (_, last): (u64, u64),
    ) {
        for repeal in &one.document.repeals {
            let from = repeal.from.as_deref().or(one.begins.map(|begins| begins.date));
            let Some((day, _)) = from.and_then(date_bounds).filter(|(day, _)| *day <= last) else {
                continue;
            };
            // 《劳动法》 is what is called 中华人民共和国劳动法.
            let name = key(&repeal.title);
            let whole = format!("{STATE}{name}");
            let short = name.strip_prefix(STATE).unwrap_or_default().to_owned();
            let named = [name, whole, short].into_iter().filter_map(|name| by_name.get(&name));
            let named = named.flatten();
            for other in named.filter(|other| other.document.id != one.document.id) {
                // A newer one of that name is no longer what was repealed.
                let is_older = other.begins.is_some_and(|begins| begins.first < day);
                if is_older {
                    self.put(
                        other.document,
                        OutOfForce {
                            reason: OutReason::Repealed,
                            date: from.unwrap_or_default().to_owned(),
                            by: Some(one.document.id.clone()),
                            is_inferred: false,
                        },
                    );
                }
            }
        }
    }

    /// Takes out those of a name that a newer one took the place of. Versions in two scripts begin on one
    /// day, so neither takes the other's.
    fn out_by_versions(&mut self, versions: &[&Dated<'_>]) {
        let counting = versions.iter().filter(|one| self.why(&one.document.id).is_none());
        let begun = counting.filter_map(|one| Some((one, one.begins?)));
        let Some((newest, begins)) = begun.max_by_key(|(_, begins)| begins.first) else { return };
        let (by, date) = (newest.document.id.clone(), begins.date.to_owned());
        for one in versions {
            let is_older = one.begins.is_some_and(|own| own.first < begins.first);
            if is_older && are_versions(one.document, newest.document) {
                self.put(
                    one.document,
                    OutOfForce {
                        reason: OutReason::Replaced,
                        date: date.clone(),
                        by: Some(by.clone()),
                        is_inferred: true,
                    },
                );
            }
        }
    }

    /// Of the documents of one name and script with a document, the one that counts; itself where it does.
    pub fn version_of<'d>(
        &self,
        documents: &'d [Document],
        document: &Document,
    ) -> Option<&'d Document> {
        let name = name(document)?;
        let counts = |other: &&Document| {
            self.why(&other.id).is_none()
                && self::name(other).as_ref() == Some(&name)
                && are_versions(other, document)
        };
        let counting = || documents.iter().filter(counts);
        counting()
            .find(|other| other.id == document.id)
            .or_else(|| counting().find(|other| other.script == document.script))
            .or_else(|| counting().next())
    }
}

/// What documents of one name share; none where a document has no name, or only reports of others.
fn name(document: &Document) -> Option<String> {
    if matches!(document.kind, DocumentKind::Press | DocumentKind::Paper) {
        return None;
    }
    Some(key(document.title.as_deref()?)).filter(|key| !key.is_empty())
}

fn key(title: &str) -> String {
    title_key(bare_title(title))
}

/// Whether documents of one name are versions of one another: laws are, others where the name tells
/// enough or the same bodies sign.
fn are_versions(one: &Document, other: &Document) -> bool {
    let is_law = |document: &Document| document.kind == DocumentKind::Law;
    if is_law(one) && is_law(other) {
        return true;
    }
    let tells = one.title.as_deref().is_some_and(|title| key(title).chars().count() > TELLING);
    one.kind == other.kind && (tells || !one.parties.is_empty() && bodies(one) == bodies(other))
}

/// The folded names of the bodies that sign a document, in order.
fn bodies(document: &Document) -> Vec<String> {
    let mut bodies: Vec<String> = document.parties.iter().map(|party| fold(party)).collect();
    bodies.sort_unstable();
    bodies
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Documents of texts, each with a title, a day of entry into force and a further sentence.
    fn documents(texts: &[(&str, &str, &str)]) -> Vec<Document> {
        let read = |(nth, (title, from, more)): (usize, &(&str, &str, &str))| {
            let text = format!(
                "{title}\n\n第一條　為規定事項，制定本辦法。\n\n第二條　本辦法自{from}起施行。{more}\n"
            );
            let name = format!("{nth}.txt");
            tiaowen_corpus::read(&name, &text).unwrap().remove(0).document
        };
        texts.iter().enumerate().map(read).collect()
    }

    fn reasons(documents: &[Document], day: &str) -> Vec<Option<(&'static str, bool)>> {
        let state = State::of(documents, day).unwrap();
        let why = |document: &Document| {
            state.why(&document.id).map(|out| (out.reason.as_str(), out.is_inferred))
        };
        documents.iter().map(why).collect()
    }

    #[test]
    fn versions_take_the_place_of_those_before_them() {
        let all = documents(&[
            ("東江用水管理辦法", "2000年1月1日", ""),
            ("東江用水管理辦法（2010修正）", "2010年5月1日", ""),
            ("东江用水管理办法（2018修订）", "2018年7月1日", ""),
            ("獅山用水管理辦法", "2005年1月1日", ""),
        ]);
        let not_begun = Some(("not_begun", false));
        let replaced = Some(("replaced", true));
        assert_eq!(reasons(&all, "1999"), [not_begun; 4]);
        assert_eq!(reasons(&all, "2004-12-31"), [None, not_begun, not_begun, not_begun]);
        assert_eq!(reasons(&all, "2010-05"), [replaced, None, not_begun, None]);
        assert_eq!(reasons(&all, "2020-01-01"), [replaced, replaced, None, None]);
        let state = State::of(&all, "2012").unwrap();
        assert_eq!(state.version_of(&all, &all[0]).unwrap().id, all[1].id);
        assert_eq!(state.counts(), (2, 1));
        assert_eq!(state.why(&all[0].id).unwrap().by.as_deref(), Some(&*all[1].id));
        assert!(State::of(&all, "yesterday").is_err());
    }

    #[test]
    fn what_a_text_repeals_is_out_from_its_day_on_in_either_script() {
        let all = documents(&[
            ("東江用水管理辦法", "2000年1月1日", ""),
            ("水资源条例", "2012年3月1日", "《东江用水管理办法》同时废止。"),
        ]);
        assert_eq!(reasons(&all, "2012-02"), [None, Some(("not_begun", false))]);
        assert_eq!(reasons(&all, "2012-03-01"), [Some(("repealed", false)), None]);
        let state = State::of(&all, "2020").unwrap();
        let out = state.why(&all[0].id).unwrap();
        assert_eq!((out.date.as_str(), out.by.as_deref()), ("2012-03-01", Some(&*all[1].id)));
        assert!(state.version_of(&all, &all[0]).is_none());
    }
}
