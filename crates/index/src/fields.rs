//! The fields of a clause. Chosen by measuring (docs/fields.md): words carry ranking and
//! speed, characters carry recall, phrases and proximity; nothing is indexed twice.

use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{TantivyDocument, Term};
use tiaowen_corpus::{Clause, Document};
use tiaowen_text::{CharTokenizer, NameTokenizer, Segmenter, WordTokenizer};

use crate::ClauseRecord;

const CHARS: &str = "tiaowen_chars";
const WORDS: &str = "tiaowen_words";
const NAMES: &str = "tiaowen_names";

/// The fields of an index entry, one entry a clause.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// The clause's id, whole.
    pub id: Field,
    /// The id of its document, whole.
    pub document: Field,
    /// The key of its source, whole; see [`crate::Source::key`].
    pub source: Field,
    /// Words of two or more Han characters, with frequencies.
    pub words: Field,
    /// Single characters, Latin words and figures, with frequencies and positions.
    pub chars: Field,
    /// The clause's own heading and those above it: words and figures.
    pub headings: Field,
    /// The document's title: words and figures.
    pub title: Field,
    /// The document's parties: words and figures.
    pub parties: Field,
    /// Where the document was signed: words.
    pub place: Field,
    /// The document's number: words and figures.
    pub number: Field,
    /// The clause's responsible units: words and figures.
    pub units: Field,
    /// The number of the clause\'s label, as it ends its `eid`: `12-1`.
    pub label: Field,
    /// The document's kind, whole.
    pub kind: Field,
    /// The document's script, whole.
    pub script: Field,
    /// The document's date as yyyymmdd, 0 for what isn't printed; absent without a date.
    pub date: Field,
    /// Document and place in it, for ties and for reading order.
    pub order: Field,
    /// The stored [`ClauseRecord`].
    pub record: Field,
}

impl Fields {
    /// The schema and its fields.
    pub fn schema() -> (Schema, Fields) {
        let text = |tokenizer: &str, option: IndexRecordOption| {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option),
            )
        };
        let mut schema = Schema::builder();
        let fields = Fields {
            id: schema.add_text_field("id", STRING),
            document: schema.add_text_field("document", STRING),
            source: schema.add_text_field("source", STRING),
            words: schema.add_text_field("words", text(WORDS, IndexRecordOption::WithFreqs)),
            chars: schema
                .add_text_field("chars", text(CHARS, IndexRecordOption::WithFreqsAndPositions)),
            headings: schema.add_text_field("headings", text(NAMES, IndexRecordOption::WithFreqs)),
            title: schema.add_text_field("title", text(NAMES, IndexRecordOption::WithFreqs)),
            parties: schema.add_text_field("parties", text(NAMES, IndexRecordOption::WithFreqs)),
            place: schema.add_text_field("place", text(NAMES, IndexRecordOption::Basic)),
            number: schema.add_text_field("number", text(NAMES, IndexRecordOption::WithFreqs)),
            units: schema.add_text_field("units", text(NAMES, IndexRecordOption::Basic)),
            label: schema.add_text_field("label", STRING),
            kind: schema.add_text_field("kind", STRING | FAST),
            script: schema.add_text_field("script", STRING | FAST),
            date: schema.add_u64_field("date", FAST),
            order: schema.add_u64_field("order", FAST),
            record: schema.add_bytes_field("record", STORED),
        };
        (schema.build(), fields)
    }

    /// The tokenizers that the schema names.
    pub(crate) fn tokenizers(segmenter: &'static Segmenter) -> TokenizerManager {
        let manager = TokenizerManager::default();
        manager.register(CHARS, TextAnalyzer::from(CharTokenizer::default()));
        manager.register(WORDS, TextAnalyzer::from(WordTokenizer::new(segmenter)));
        manager.register(NAMES, TextAnalyzer::from(NameTokenizer::new(segmenter)));
        manager
    }

    /// The entry of a clause; `place` counts the document's clauses from 0.
    pub fn entry(
        &self,
        source_key: &str,
        document: &Document,
        clause: &Clause,
        place: u32,
    ) -> TantivyDocument {
        let mut entry = TantivyDocument::new();
        entry.add_text(self.id, clause.id(document));
        entry.add_text(self.document, &document.id);
        entry.add_text(self.source, source_key);
        entry.add_text(self.words, &clause.text);
        entry.add_text(self.chars, &clause.text);
        for heading in clause.headings.iter().chain(&clause.heading) {
            entry.add_text(self.headings, heading);
        }
        if let Some(title) = &document.title {
            entry.add_text(self.title, title);
        }
        for party in &document.parties {
            entry.add_text(self.parties, party);
        }
        if let Some(place) = &document.place {
            entry.add_text(self.place, place);
        }
        if let Some(number) = &document.number {
            entry.add_text(self.number, number);
        }
        for unit in &clause.units {
            entry.add_text(self.units, unit);
        }
        if let Some((_, number)) = clause.eid.rsplit_once('_') {
            entry.add_text(self.label, number.split('x').next().unwrap_or(number));
        }
        entry.add_text(self.kind, document.kind.as_str());
        entry.add_text(self.script, document.script.as_str());
        if let Some(date) = document.date.as_deref().and_then(date_number) {
            entry.add_u64(self.date, date);
        }
        entry.add_u64(self.order, order(&document.id, place));
        let record = ClauseRecord {
            document: std::borrow::Cow::Borrowed(document),
            clause: std::borrow::Cow::Borrowed(clause),
        };
        entry.add_bytes(self.record, &record.to_bytes());
        entry
    }

    /// The tokens of a name, as the fields of names hold them.
    pub fn name_tokens(segmenter: &'static Segmenter, name: &str) -> Vec<String> {
        let mut analyzer = TextAnalyzer::from(NameTokenizer::new(segmenter));
        let mut tokens = Vec::new();
        analyzer.token_stream(name).process(&mut |token| tokens.push(token.text.clone()));
        tokens
    }

    /// The term that selects the entries of a source.
    pub fn of_source(&self, key: &str) -> Term {
        Term::from_field_text(self.source, key)
    }
}

/// 20171118 for 2017-11-18, 20171100 for 2017-11.
fn date_number(iso: &str) -> Option<u64> {
    let mut parts = iso.split('-').map(|part| part.parse::<u64>().ok());
    let year = parts.next()??;
    let month = parts.next().flatten().unwrap_or(0);
    let day = parts.next().flatten().unwrap_or(0);
    Some(year * 10_000 + month * 100 + day)
}

/// The values of the date field that a date as given by a user spans: a year or month
/// spans all its days, and what is printed no more precisely. `None` when `iso` is no date.
///
/// ```
/// use tiaowen_index::date_bounds;
/// assert_eq!(date_bounds("2017-03"), Some((20170300, 20170399)));
/// assert_eq!(date_bounds("2017"), Some((20170000, 20179999)));
/// assert_eq!(date_bounds("last year"), None);
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
    let from = date_number(iso).filter(|_| valid)?;
    let span = match parts.len() {
        1 => 9_999,
        2 => 99,
        _ => 0,
    };
    Some((from, from + span))
}

/// A number that sorts clauses by their document's id and then by place. Ids are ten
/// characters of 32, so 50 bits; the place takes the other 14.
fn order(document: &str, place: u32) -> u64 {
    let id = document.bytes().take(10).fold(0u64, |sum, byte| {
        let digit = match byte {
            b'2'..=b'7' => byte - b'2',
            b'a'..=b'z' => byte - b'a' + 6,
            _ => 0,
        };
        sum << 5 | u64::from(digit)
    });
    id << 14 | u64::from(place.min((1 << 14) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_follows_ids_and_places() {
        assert!(order("a234567abc", 5) < order("a234567abd", 0));
        assert!(order("27aaaaaaaa", 0) < order("a7aaaaaaaa", 0));
        assert!(order("a234567abc", 1) < order("a234567abc", 2));
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
