//! The fields of a clause.
//!
//! They were chosen by measurement (docs/fields.md): words carry ranking and speed; single
//! characters carry recall, phrases and proximity. No text is indexed twice for the two scripts,
//! because tokens are folded. Names (titles, parties, places, headings) are indexed character by
//! character, so that a part of a name finds the whole.

use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{TantivyDocument, Term};
use tiaowen_text::{CharTokenizer, Segmenter, WordTokenizer};

use crate::{ClauseRecord, Named};

const CHARS: &str = "tiaowen_chars";
const WORDS: &str = "tiaowen_words";

/// The fields of an index entry; each clause is one entry.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// Id of the clause, as one token.
    pub id: Field,
    /// Id of its document, as one token.
    pub document: Field,
    /// Key of its source, as one token; see [`crate::Source::key`].
    pub source: Field,
    /// Words of two or more Han characters, with frequencies.
    pub words: Field,
    /// Single characters, Latin words and figures, with frequencies and positions.
    pub chars: Field,
    /// The clause's heading and those above it, as single characters.
    pub headings: Field,
    /// The document's title, as single characters.
    pub title: Field,
    /// The document's parties, as single characters.
    pub parties: Field,
    /// The document's place of signing, as single characters.
    pub place: Field,
    /// The document's number, as single characters.
    pub number: Field,
    /// The clause's responsible units, as single characters.
    pub units: Field,
    /// The ways to cite the clause inside its document; see [`addresses`].
    pub address: Field,
    /// The clause's kind, as one token.
    pub part: Field,
    /// The document's parties, one token each, for counting.
    pub party_names: Field,
    /// The clause's responsible units, one token each, for counting.
    pub unit_names: Field,
    /// The document's kind, as one token.
    pub kind: Field,
    /// The document's script, as one token.
    pub script: Field,
    /// The document's date as yyyymmdd, with 0 for parts that aren't printed; absent without a
    /// date.
    pub date: Field,
    /// The day on which the document comes into force, in the same form; absent if the document
    /// doesn't say.
    pub valid_from: Field,
    /// The last day in force, in the same form; 99999999 if it has no end or renews itself.
    pub valid_to: Field,
    /// How certain the reading of a clause is that was recognised, of a thousand; absent of others.
    pub recognised: Field,
    /// Order number: the document and the place in it, for ties and for reading order.
    pub order: Field,
    /// The stored [`ClauseRecord`].
    pub record: Field,
}

impl Fields {
    /// The schema and its fields.
    pub fn schema() -> (Schema, Fields) {
        let chars = || tokenized(CHARS, IndexRecordOption::WithFreqsAndPositions);
        let counted = || TextOptions::default().set_fast("raw");
        let mut schema = Schema::builder();
        let fields = Fields {
            id: schema.add_text_field("id", STRING),
            document: schema.add_text_field("document", STRING),
            source: schema.add_text_field("source", STRING),
            words: schema.add_text_field("words", tokenized(WORDS, IndexRecordOption::WithFreqs)),
            chars: schema.add_text_field("chars", chars()),
            headings: schema.add_text_field("headings", chars()),
            title: schema.add_text_field("title", chars()),
            parties: schema.add_text_field("parties", chars()),
            place: schema.add_text_field("place", chars()),
            number: schema.add_text_field("number", chars()),
            units: schema.add_text_field("units", chars()),
            address: schema.add_text_field("address", STRING),
            part: schema.add_text_field("part", STRING | FAST),
            party_names: schema.add_text_field("party_names", counted()),
            unit_names: schema.add_text_field("unit_names", counted()),
            kind: schema.add_text_field("kind", STRING | FAST),
            script: schema.add_text_field("script", STRING | FAST),
            date: schema.add_u64_field("date", FAST),
            valid_from: schema.add_u64_field("valid_from", FAST),
            valid_to: schema.add_u64_field("valid_to", FAST),
            recognised: schema.add_u64_field("recognised", FAST),
            order: schema.add_u64_field("order", FAST),
            record: schema.add_bytes_field("record", STORED),
        };
        (schema.build(), fields)
    }

    /// The tokenizers named in the schema.
    pub(crate) fn tokenizers(segmenter: &'static Segmenter) -> TokenizerManager {
        let manager = TokenizerManager::default();
        manager.register(CHARS, TextAnalyzer::from(CharTokenizer::default()));
        manager.register(WORDS, TextAnalyzer::from(WordTokenizer::new(segmenter)));
        manager
    }

    /// The entry of a clause with its record and order number.
    pub fn entry_of(
        &self,
        source_key: &str,
        record: &ClauseRecord<'_>,
        order: u64,
    ) -> TantivyDocument {
        let (document, clause) = (&*record.document, &*record.clause);
        let mut entry = TantivyDocument::new();
        entry.add_text(self.id, clause.id(document));
        entry.add_text(self.document, &document.id);
        entry.add_text(self.source, source_key);
        entry.add_text(self.words, &clause.text);
        entry.add_text(self.chars, &clause.text);
        for (name, text) in record.named() {
            let field = match name {
                Named::Heading => self.headings,
                Named::Title => self.title,
                Named::Party => self.parties,
                Named::Place => self.place,
                Named::Number => self.number,
                Named::Unit => self.units,
            };
            entry.add_text(field, text);
            match name {
                Named::Party => entry.add_text(self.party_names, text),
                Named::Unit => entry.add_text(self.unit_names, text),
                _ => {}
            }
        }
        for address in addresses(&clause.eid) {
            entry.add_text(self.address, address);
        }
        entry.add_text(self.part, clause.kind.as_str());
        entry.add_text(self.kind, document.kind.as_str());
        entry.add_text(self.script, document.script.as_str());
        if let Some(date) = record.date() {
            entry.add_u64(self.date, date);
        }
        if let Some((first, last)) = record.in_force() {
            entry.add_u64(self.valid_from, first);
            entry.add_u64(self.valid_to, last);
        }
        if let Some(recognised) = &clause.recognised {
            entry.add_u64(self.recognised, recognised.certainty.into());
        }
        entry.add_u64(self.order, order);
        entry.add_bytes(self.record, &record.to_bytes());
        entry
    }

    /// The term that selects all entries of a source.
    pub fn of_source(&self, key: &str) -> Term {
        Term::from_field_text(self.source, key)
    }
}

/// The ways to cite the clause with an `eid`: its last step with its level (`art_12`); the numbers
/// of its last steps (`12`, `3/12`) and of all steps, marked with a slash in front (`/2/3/12`); and
/// the provisions that contain it, with a slash at the end. Empty for parts without a number.
///
/// ```
/// use tiaowen_index::addresses;
/// let all = addresses("part_3__subpart_5");
/// assert_eq!(all, ["subpart_5", "5", "3/5", "/3/5", "part_3/", "/3/"]);
/// assert!(addresses("preamble").is_empty());
/// ```
pub fn addresses(eid: &str) -> Vec<String> {
    let steps: Option<Vec<&str>> =
        eid.split("__").map(|step| Some(once(step).rsplit_once('_')?.1)).collect();
    let Some(numbers) = steps else { return Vec::new() };
    let mut all = vec![once(eid.rsplit("__").next().unwrap_or(eid)).to_owned()];
    all.extend((0..numbers.len()).rev().map(|from| numbers[from..].join("/")));
    all.push(format!("/{}", numbers.join("/")));
    for (at, step) in eid.split("__").enumerate().take(numbers.len() - 1) {
        all.push(format!("{}/", once(step)));
        all.push(format!("/{}/", numbers[..=at].join("/")));
    }
    all
}

/// A step without the suffix of a repeated label: art_5 for art_5x2.
fn once(step: &str) -> &str {
    match step.rsplit_once('x') {
        Some((before, times))
            if !before.ends_with('_')
                && !times.is_empty()
                && times.bytes().all(|b| b.is_ascii_digit()) =>
        {
            before
        }
        _ => step,
    }
}

/// 2017-11-18 as 20171118, 2017-11 as 20171100.
pub(crate) fn date_number(iso: &str) -> Option<u64> {
    let mut parts = iso.split('-').map(|part| part.parse::<u64>().ok());
    let year = parts.next()??;
    let month = parts.next().flatten().unwrap_or(0);
    let day = parts.next().flatten().unwrap_or(0);
    Some(year * 10_000 + month * 100 + day)
}

/// The range of date values for a date given by a user. A year or month includes all its days, and
/// documents whose date is printed no more precisely. Returns `None` if `iso` is no date.
///
/// ```
/// use tiaowen_index::date_bounds;
/// assert_eq!(date_bounds("2017-03"), Some((20170300, 20170399)));
/// assert_eq!(date_bounds("2017"), Some((20170000, 20179999)));
/// assert_eq!(date_bounds("last year"), None);
/// // There is no such month, no such day.
/// assert_eq!((date_bounds("2017-13"), date_bounds("2017-02-29")), (None, None));
/// assert!(date_bounds("2016-02-29").is_some());
/// assert_eq!(date_bounds("21566666666666666"), None);
/// ```
pub fn date_bounds(iso: &str) -> Option<(u64, u64)> {
    let digits =
        |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = iso.split('-').collect();
    let valid = match parts.as_slice() {
        [year] => digits(year, 4),
        [year, month] => digits(year, 4) && digits(month, 2),
        [year, month, day] => digits(year, 4) && digits(month, 2) && digits(day, 2),
        _ => false,
    };
    let number = |at: usize| parts.get(at).and_then(|part| part.parse::<u32>().ok());
    let month = number(1).unwrap_or(1);
    let day = number(2).unwrap_or(1);
    let exists = (1..=12).contains(&month) && (1..=days(number(0)?, month)).contains(&day);
    let from = (valid && exists).then(|| date_number(iso))??;
    let span = match parts.len() {
        1 => 9_999,
        2 => 99,
        _ => 0,
    };
    Some((from, from + span))
}

/// When a day, month or year begins, in seconds since 1970 (UTC); 1970 for what is earlier. `None`
/// when `iso` is no date.
///
/// ```
/// use tiaowen_index::start_of_day;
/// assert_eq!(start_of_day("1970-01-02"), Some(86_400));
/// assert_eq!(start_of_day("2024-03"), start_of_day("2024-03-01"));
/// assert_eq!(start_of_day("2024-03-01"), Some(1_709_251_200));
/// assert_eq!(start_of_day("yesterday"), None);
/// ```
pub fn start_of_day(iso: &str) -> Option<u64> {
    date_bounds(iso)?;
    let part = |at: usize| iso.split('-').nth(at).and_then(|part| part.parse::<u32>().ok());
    let (year, month, day) = (part(0)?, part(1).unwrap_or(1), part(2).unwrap_or(1));
    let before_month: u64 = (1..month).map(|month| u64::from(days(year, month))).sum();
    let before_year: u64 = (1970..year).map(|year| 337 + u64::from(days(year, 2))).sum();
    let whole = before_year + before_month + u64::from(day) - 1;
    Some(if year < 1970 { 0 } else { whole * 86_400 })
}

/// Number of days in a month.
fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Options of a field of tokens.
fn tokenized(tokenizer: &str, option: IndexRecordOption) -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option),
    )
}

/// A number that sorts clauses by document id and then by place. An id has ten characters out of
/// 32, that is 50 bits; the place takes the other 14. Ids of another form (with a suffix, or given
/// from outside) are hashed to 50 bits. All clauses of a document from the 16,384th on share one
/// number; no others do.
pub fn order(document: &str, place: u32) -> u64 {
    let plain = document
        .bytes()
        .try_fold(0u64, |sum, byte| Some(sum << 5 | u64::from(digit(byte)?)))
        .filter(|_| document.len() == 10);
    let id = plain.unwrap_or_else(|| {
        let hash = blake3::hash(document.as_bytes());
        hash.as_bytes()[..7].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)) >> 6
    });
    id << PLACE_BITS | u64::from(place.min(LAST_PLACE))
}

/// The value of a character of an id.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'2'..=b'7' => Some(byte - b'2'),
        b'a'..=b'z' => Some(byte - b'a' + 6),
        _ => None,
    }
}

/// Bits of an order number that hold the place.
const PLACE_BITS: u32 = 14;

/// The place shared by all further clauses of a document.
const LAST_PLACE: u32 = (1 << PLACE_BITS) - 1;

/// Whether the clause at this place has an order number to itself.
pub(crate) fn has_own_order(place: u32) -> bool {
    place < LAST_PLACE
}

/// The part of an order number that identifies the document.
///
/// ```
/// use tiaowen_index::{document_of, order};
/// assert_eq!(document_of(order("a234567abc", 1)), document_of(order("a234567abc", 2)));
/// assert_ne!(document_of(order("a234567abc", 1)), document_of(order("a234567abd", 1)));
/// ```
pub fn document_of(order: u64) -> u64 {
    order >> PLACE_BITS
}

/// The part of an order number that holds the place in the document.
pub(crate) fn place_of(order: u64) -> u16 {
    (order & u64::from(LAST_PLACE)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_follows_ids_and_places() {
        assert!(order("a234567abc", 5) < order("a234567abd", 0));
        assert!(order("27aaaaaaaa", 0) < order("a7aaaaaaaa", 0));
        assert!(order("a234567abc", 1) < order("a234567abc", 2));
        assert_ne!(order("a234567abc-2345", 1), order("a234567abc-2346", 1));
        assert_ne!(order("Agreement-2017-a", 1), order("Agreement-2017-b", 1));
    }

    #[test]
    fn dates_in_any_precision() {
        assert_eq!(date_number("2017-11-18"), Some(20_171_118));
        assert_eq!(date_number("2017-03"), Some(20_170_300));
        assert_eq!(date_bounds("2017-11-18"), Some((20_171_118, 20_171_118)));
        assert_eq!(date_bounds("17"), None);
        assert_eq!(date_bounds("2017-1-1"), None);
    }
}
