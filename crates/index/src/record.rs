//! The stored record of a clause.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use tiaowen_corpus::{Clause, Document, DocumentText, Dropped, passage_number};

use crate::fields::{date_bounds, date_number};

/// What is stored of a clause: everything that a hit shows, so that one read is enough. The
/// document's metadata is repeated in each of its clauses; compression removes the repetition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseRecord<'a> {
    /// The document of the clause.
    pub document: Cow<'a, Document>,
    /// The clause.
    pub clause: Cow<'a, Clause>,
    /// For the first clause of a document, the parts left out of that document.
    #[serde(default, skip_serializing_if = "<[Dropped]>::is_empty")]
    pub dropped: Cow<'a, [Dropped]>,
}

/// Names in a clause and its document that are indexed beside the clause's text, as single
/// characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// The clause's heading or one above it.
    Heading,
    /// The document's title.
    Title,
    /// A party of the document; also counted.
    Party,
    /// The place where the document was signed.
    Place,
    /// The document's number.
    Number,
    /// A responsible unit of the clause; also counted.
    Unit,
}

impl<'a> ClauseRecord<'a> {
    /// The records of a document, in reading order.
    pub fn of(text: &'a DocumentText) -> impl Iterator<Item = ClauseRecord<'a>> {
        text.clauses.iter().enumerate().map(|(number, clause)| ClauseRecord {
            document: Cow::Borrowed(&text.document),
            clause: Cow::Borrowed(clause),
            dropped: Cow::Borrowed(if number == 0 { &text.dropped } else { &[] }),
        })
    }

    /// The record with owned content.
    pub fn into_owned(self) -> ClauseRecord<'static> {
        ClauseRecord {
            document: Cow::Owned(self.document.into_owned()),
            clause: Cow::Owned(self.clause.into_owned()),
            dropped: Cow::Owned(self.dropped.into_owned()),
        }
    }

    /// The document from its records, in reading order; `None` without records.
    pub fn document(records: Vec<ClauseRecord<'_>>) -> Option<DocumentText> {
        let mut records = records;
        // Clauses sort by their position in the source.
        records.sort_by_key(|record| (record.clause.bytes.start, passage_number(&record.clause)));
        let document = records.first()?.document.clone().into_owned();
        let (mut clauses, mut dropped) = (Vec::with_capacity(records.len()), Vec::new());
        for record in records {
            clauses.push(record.clause.into_owned());
            dropped.extend(record.dropped.into_owned());
        }
        Some(DocumentText { document, clauses, dropped })
    }
}

impl ClauseRecord<'_> {
    /// The names to index beside the text.
    pub fn named(&self) -> impl Iterator<Item = (Named, &str)> {
        fn each<'a>(
            name: Named,
            texts: impl IntoIterator<Item = &'a String>,
        ) -> impl Iterator<Item = (Named, &'a str)> {
            texts.into_iter().map(move |text| (name, text.as_str()))
        }
        let (document, clause) = (&*self.document, &*self.clause);
        each(Named::Heading, clause.headings.iter().chain(&clause.heading))
            .chain(each(Named::Title, &document.title))
            .chain(each(Named::Party, &document.parties))
            .chain(each(Named::Place, &document.place))
            .chain(each(Named::Number, &document.number))
            .chain(each(Named::Unit, clause.bodies()))
    }

    /// The document's date as yyyymmdd, with 0 for parts that aren't printed.
    pub fn date(&self) -> Option<u64> {
        self.document.date.as_deref().and_then(date_number)
    }

    /// First and last day in force as yyyymmdd: 0 without a first day, 99999999 without a last one
    /// or if the document renews itself; `None` if the document says neither.
    pub fn in_force(&self) -> Option<(u64, u64)> {
        let validity = self.document.validity.as_ref()?;
        let bounds = |date: &Option<String>| date.as_deref().and_then(date_bounds);
        let last = bounds(&validity.to).filter(|_| !validity.renews);
        let first = bounds(&validity.from).map_or(0, |(first, _)| first);
        Some((first, last.map_or(99_999_999, |(_, last)| last)))
    }

    /// Serializes the record.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a record has string keys only")
    }

    /// Reads a serialized record; `None` if it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Option<ClauseRecord<'static>> {
        let record: ClauseRecord<'static> = serde_json::from_slice(bytes).ok()?;
        let text = &record.clause.text;
        let is_in_text = |span: &Range<usize>| text.get(span.clone()).is_some();
        let mut uncertain =
            record.clause.recognised.iter().flat_map(|recognition| &recognition.uncertain);
        uncertain.all(is_in_text).then_some(record)
    }

    /// The id of the clause.
    pub fn id(&self) -> String {
        self.clause.id(&self.document)
    }
}
