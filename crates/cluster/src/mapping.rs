//! The fields of clauses on a cluster.
//!
//! Fields are split at white space only, as their tokens are ready-made. Positions come out as in a
//! folder, since the same tokenizers make them. Only stored fields are kept; `_source` is off,
//! since the record is stored once already.

use serde_json::{Map, Value, json};
use tantivy_tokenizer_api::{TokenStream, Tokenizer};
#[cfg(test)]
use tiaowen_corpus::Clause;
use tiaowen_index::{ClauseRecord, Named, Stamp, addresses, order};
use tiaowen_query::{B, K1};
use tiaowen_text::{CharTokenizer, Segmenter, WordTokenizer, fold};

/// The most characters of a word that are indexed. A query can't be longer, so the rest of a word
/// makes no difference, and words stay below the engine's limit.
const LONGEST: usize = 1_000;

/// The most hits of one request. The program allows pages of this size (`--limit`).
pub(crate) const MOST_HITS: u64 = 110_000;

/// The text fields, whose tokens are counted for average lengths.
pub(crate) const TEXTS: [&str; 6] = ["words", "chars", "headings", "title", "parties", "number"];

/// Settings and mapping of an index for clauses.
pub(crate) fn clauses(stamp: &Stamp, shards: u32, replicas: u32) -> Value {
    json!({
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            // A run makes its writes visible at its end.
            "refresh_interval": "-1",
            "max_result_window": MOST_HITS,
            "analysis": {
                "analyzer": {"tokens": {"type": "custom", "tokenizer": "tokens"}},
                "tokenizer": {"tokens": {"type": "whitespace", "max_token_length": 2 * LONGEST}},
            },
            "similarity": {"default": {"type": "BM25", "k1": K1, "b": B}},
        },
        "mappings": {
            "_meta": {"tiaowen": {"stamp": stamp}},
            "dynamic": "strict",
            // An entry is made again from its record. Keeping part of the source would make the
            // cluster read and write all of it again.
            "_source": {"enabled": false},
            "properties": clause_fields(),
        },
    })
}

/// The fields of a clause.
fn clause_fields() -> Map<String, Value> {
    let words = json!({"type": "text", "analyzer": "tokens", "index_options": "freqs"});
    let counted = || json!({"type": "keyword"});
    let mut fields = Map::new();
    for name in ["chars", "headings", "title", "parties", "place", "number", "units"] {
        fields.insert(name.to_owned(), text_field());
    }
    fields.insert("words".to_owned(), words);
    fields.insert("address".to_owned(), json!({"type": "keyword", "doc_values": false}));
    for name in ["source", "content"] {
        let field = json!({"type": "keyword", "doc_values": false, "store": true});
        fields.insert(name.to_owned(), field);
    }
    for name in [
        "document",
        "part",
        "party_names",
        "party_keys",
        "unit_names",
        "unit_keys",
        "kind",
        "script",
    ] {
        fields.insert(name.to_owned(), counted());
    }
    for name in ["date", "valid_from", "valid_to"] {
        fields.insert(name.to_owned(), json!({"type": "long"}));
    }
    for name in ["order", "group"] {
        fields.insert(name.to_owned(), json!({"type": "long", "store": true}));
    }
    fields.insert("lengths".to_owned(), {
        let length = |name: &&str| ((*name).to_owned(), json!({"type": "integer", "index": false}));
        json!({"properties": TEXTS.iter().map(length).collect::<Map<_, _>>()})
    });
    // A record may be of any length.
    let record = json!({"type": "text", "index": false, "norms": false, "store": true});
    fields.insert("record".to_owned(), record);
    fields
}

/// A field of tokens with their positions. A gap of one position between headings or parties keeps
/// phrases from spanning them.
fn text_field() -> Value {
    json!({
        "type": "text", "analyzer": "tokens", "index_options": "positions",
        "position_increment_gap": 1,
    })
}

/// Settings and mapping of the index for sources, document ids and the last run.
pub(crate) fn sources(stamp: &Stamp, replicas: u32) -> Value {
    json!({
        "settings": {
            "number_of_shards": 1,
            "number_of_replicas": replicas,
            "refresh_interval": "-1",
            "codec": "best_compression",
            "max_result_window": MOST_HITS,
        },
        "mappings": {
            "_meta": {"tiaowen": {"stamp": stamp}},
            "dynamic": "strict",
            "properties": {
                "what": {"type": "keyword"},
                "key": {"type": "keyword"},
                "content": {"type": "object", "enabled": false},
            },
        },
    })
}

/// A stored value of an entry.
pub(crate) fn stored<'e>(entry: &'e Value, name: &str) -> &'e Value {
    &entry["fields"][name][0]
}

/// Makes entries of clauses, with the tokens that a folder would get.
pub(crate) struct Entries {
    words: WordTokenizer,
    chars: CharTokenizer,
}

/// An order number as the signed integer that a cluster stores.
pub(crate) fn signed(order: u64) -> i64 {
    (order ^ (1 << 63)).cast_signed()
}

/// The order number stored as a signed integer.
pub(crate) fn unsigned(order: i64) -> u64 {
    order.cast_unsigned() ^ (1 << 63)
}

impl Entries {
    pub(crate) fn new(segmenter: &'static Segmenter) -> Self {
        Entries { words: WordTokenizer::new(segmenter), chars: CharTokenizer::default() }
    }

    /// The entry of a clause. `group` is the least order number of its versions, or its own if it
    /// has none.
    pub(crate) fn entry(
        &mut self,
        source_key: &str,
        content: &str,
        record: &ClauseRecord<'_>,
        place: u32,
        group: Option<u64>,
    ) -> Value {
        let order = signed(order(&record.document.id, place));
        self.entry_at(source_key, content, record, order, group)
    }

    /// The tokens of a text in a field, joined by white space. Adds their number to the field's length
    /// where that matters.
    fn tokens(&mut self, name: &str, text: &str, lengths: &mut Map<String, Value>) -> String {
        let (joined, count) = match name {
            "words" => joined(&mut self.words, text),
            _ => joined(&mut self.chars, text),
        };
        if TEXTS.contains(&name) {
            let sum = lengths.get(name).and_then(Value::as_u64).unwrap_or(0) + count;
            lengths.insert(name.to_owned(), sum.into());
        }
        joined
    }

    /// The entry of a clause whose signed order number is known.
    pub(crate) fn entry_at(
        &mut self,
        source_key: &str,
        content: &str,
        record: &ClauseRecord<'_>,
        order: i64,
        group: Option<u64>,
    ) -> Value {
        let (document, clause) = (&*record.document, &*record.clause);
        let mut lengths: Map<String, Value> = Map::new();
        let mut entry = Map::new();
        for name in ["words", "chars"] {
            let tokens = self.tokens(name, &clause.text, &mut lengths);
            entry.insert(name.to_owned(), tokens.into());
        }
        for (named, text) in record.named() {
            let (field, whole) = fields_of(named);
            push(&mut entry, field, self.tokens(field, text, &mut lengths).into());
            if let Some((printed, key)) = whole {
                push(&mut entry, printed, text.into());
                // A name printed in both scripts is one value.
                push(&mut entry, key, fold(text).into());
            }
        }
        for address in addresses(&clause.eid) {
            push(&mut entry, "address", address.into());
        }
        let value = json!({
            "document": document.id,
            "source": source_key,
            "content": content,
            "part": clause.kind.as_str(),
            "kind": document.kind.as_str(),
            "script": document.script.as_str(),
            "date": record.date(),
            "valid_from": record.in_force().map(|(first, _)| first),
            "valid_to": record.in_force().map(|(_, last)| last),
            "order": order,
            "group": group.map_or(order, signed),
            "record": serde_json::to_string(&record).expect("a record has string keys only"),
        });
        if let Value::Object(rest) = value {
            entry.extend(rest);
        }
        entry.insert("lengths".to_owned(), Value::Object(lengths));
        Value::Object(entry)
    }
}

/// The field in which a name is searched; and for names that are counted, the fields with the name
/// as printed and folded.
fn fields_of(named: Named) -> (&'static str, Option<(&'static str, &'static str)>) {
    match named {
        Named::Heading => ("headings", None),
        Named::Title => ("title", None),
        Named::Party => ("parties", Some(("party_names", "party_keys"))),
        Named::Place => ("place", None),
        Named::Number => ("number", None),
        Named::Unit => ("units", Some(("unit_names", "unit_keys"))),
    }
}

/// Adds a value to a field of an entry.
fn push(entry: &mut Map<String, Value>, field: &str, value: Value) {
    let all = entry.entry(field).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(all) = all {
        all.push(value);
    }
}

/// The words of a text as they are indexed.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    let (all, _) = joined(&mut WordTokenizer::new(Segmenter::shared()), text);
    all.split(' ').map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// Tokens joined by white space, and their number.
fn joined(tokenizer: &mut impl Tokenizer, text: &str) -> (String, u64) {
    let (mut all, mut count) = (String::with_capacity(text.len() * 4 / 3), 0);
    tokenizer.token_stream(text).process(&mut |token| {
        if count > 0 {
            all.push(' ');
        }
        count += 1;
        match token.text.char_indices().nth(LONGEST) {
            Some((end, _)) => all.push_str(&token.text[..end]),
            None => all.push_str(&token.text),
        }
    });
    (all, count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tiaowen_text::PAUSE;

    use super::*;

    /// Whether Lucene treats a character as white space.
    fn is_space(c: char) -> bool {
        let kept = ['\u{a0}', '\u{2007}', '\u{202f}', '\u{85}'];
        ('\u{1c}'..='\u{1f}').contains(&c) || c.is_whitespace() && !kept.contains(&c)
    }

    /// The tokens of a folder, with their positions.
    fn tokens(tokenizer: &mut impl Tokenizer, text: &str) -> Vec<(usize, String)> {
        let mut all = Vec::new();
        tokenizer
            .token_stream(text)
            .process(&mut |token| all.push((token.position, token.text.clone())));
        all
    }

    /// The part of an entry that a cluster returns.
    fn come_back(entry: &Value) -> Value {
        let all: Value = serde_json::from_str(&entry.to_string()).unwrap();
        let made = clauses(&Stamp::current(Segmenter::shared()), 1, 0);
        let fields = made["mappings"]["properties"].as_object().unwrap().iter();
        let kept = fields.filter(|(_, field)| field["store"] == true);
        let kept: Map<_, _> = kept.map(|(name, _)| (name.clone(), json!([all[name]]))).collect();
        json!({"fields": kept})
    }

    const TEXT: &str = "[知識產權权識识第條条一二三、。，：（）《》“”\\-A-Za-z0-9,.%\t\n \u{3000}\u{a0}\u{85}\u{1c}\u{200b}\u{feff}\u{fffd}é😀\u{20000}\u{f900}\u{ff21}]{0,80}|\\PC{0,40}";

    proptest! {
        #[test]
        fn a_cluster_cuts_the_tokens_that_a_folder_is_given(text in TEXT) {
            let (joined, count) = joined(&mut CharTokenizer::default(), &text);
            let cut: Vec<(usize, String)> =
                joined.split(is_space).filter(|token| !token.is_empty()).map(str::to_owned).enumerate().collect();
            prop_assert_eq!(cut.len() as u64, count);
            prop_assert_eq!(cut, tokens(&mut CharTokenizer::default(), &text));
            // Positions of words don't matter, only their order.
            let (joined, _) = super::joined(&mut WordTokenizer::new(Segmenter::shared()), &text);
            let cut: Vec<&str> = joined.split(is_space).filter(|token| !token.is_empty()).collect();
            let given = tokens(&mut WordTokenizer::new(Segmenter::shared()), &text);
            prop_assert_eq!(cut, given.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>());
        }

        #[test]
        fn a_record_comes_back_with_its_offsets(title in TEXT, texts in proptest::collection::vec(TEXT, 1..4)) {
            let clauses = texts.iter().zip(1..).map(|(text, nth)| format!("第{nth}條 {text}\n\n"));
            let source = format!("{title}合作協議\n\n{}", clauses.collect::<String>());
            let segmenter = Segmenter::shared();
            for text in tiaowen_corpus::read("a.txt", &source).unwrap() {
                for (given, place) in ClauseRecord::of(&text).zip(0..) {
                    let clause = &*given.clause;
                    let entry = Entries::new(segmenter).entry("key", "content", &given, place, None);
                    let back = come_back(&entry);
                    let record = stored(&back, "record").as_str().unwrap();
                    let record = ClauseRecord::from_bytes(record.as_bytes()).unwrap();
                    prop_assert_eq!(&*record.document, &text.document);
                    // The rule that drew a clause is known only after reading it.
                    let drawn_by = record.clause.drawn_by;
                    let expected = Clause { drawn_by, ..clause.clone() };
                    prop_assert_eq!(&*record.clause, &expected);
                    prop_assert_eq!(record.id(), clause.id(&text.document));
                    prop_assert!(source.get(record.clause.bytes.clone()).is_some());
                    // An entry made from the returned record is the same.
                    let order = stored(&back, "order").as_i64().unwrap();
                    let again = Entries::new(segmenter).entry_at("key", "content", &record, order, None);
                    prop_assert_eq!(again, entry);
                }
            }
        }

        #[test]
        fn orders_keep_their_order(one: u64, other: u64) {
            prop_assert_eq!(one.cmp(&other), signed(one).cmp(&signed(other)));
            prop_assert_eq!(unsigned(signed(one)), one);
        }
    }

    #[test]
    fn every_token_takes_one_place() {
        let text = "落實 CEPA。權利，2,000 元（下稱「補貼」）\n！";
        let (chars, count) = joined(&mut CharTokenizer::default(), text);
        assert_eq!(chars, format!("落 实 cepa {PAUSE} 权 利 {PAUSE} 2,000 元 下 称 补 贴"));
        assert_eq!(count, 13);
        // The cluster's positions must equal those of a folder.
        let mut places = Vec::new();
        let mut tokenizer = CharTokenizer::default();
        tokenizer.token_stream(text).process(&mut |token| places.push(token.position));
        assert!(places.iter().copied().eq(0..13), "{places:?}");
        let mut words = WordTokenizer::new(Segmenter::shared());
        assert_eq!(joined(&mut words, "落實知識產權").0, "落实 知识 知识产权 产权");
    }

    #[test]
    fn no_word_is_longer_than_a_query() {
        let (long, _) = joined(&mut CharTokenizer::default(), &"a".repeat(40_000));
        assert_eq!(long.len(), LONGEST);
    }
}
