//! The catalogue of words that are said in all three languages, one file for each.
//!
//! Every key is a field, so a missing or misspelt key is an error of the compiler or of the test
//! that reads the catalogues. Names of what other crates enumerate are maps, by their names in
//! JSON.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer};

use crate::Language;

macro_rules! sections {
    ($($section:ident: $kind:ty { $($key:ident),* $(,)? })*) => {
        $(
            /// A section of the catalogue.
            #[derive(Debug)]
            #[cfg_attr(test, derive(serde::Serialize))]
            #[allow(missing_docs, reason = "the catalogue says what a key means")]
            pub struct $section {
                $(pub $key: $kind,)*
            }

            impl<'de> serde::Deserialize<'de> for $section {
                fn deserialize<D>(catalogue: D) -> Result<Self, D::Error>
                where
                    D: serde::Deserializer<'de>,
                {
                    let mut keys = $crate::words::Keys::<$kind>::deserialize(catalogue)?;
                    let section = $section { $($key: keys.take(stringify!($key)),)* };
                    keys.all_taken().map_err(serde::de::Error::custom)?;
                    Ok(section)
                }
            }
        )*
    };
}
pub(crate) use sections;

/// The keys of a section while it is read. Code derived by serde for hundreds of fields took longer
/// to compile than the whole server; this is one call per field.
pub(crate) struct Keys<T> {
    all: BTreeMap<String, T>,
    missing: Vec<&'static str>,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Keys<T> {
    fn deserialize<D: Deserializer<'de>>(catalogue: D) -> Result<Self, D::Error> {
        Ok(Keys { all: BTreeMap::deserialize(catalogue)?, missing: Vec::new() })
    }
}

impl<T: Default> Keys<T> {
    #[inline(never)]
    pub(crate) fn take(&mut self, key: &'static str) -> T {
        self.all.remove(key).unwrap_or_else(|| {
            self.missing.push(key);
            T::default()
        })
    }

    /// # Errors
    /// The missing keys, and the keys that no field has.
    pub(crate) fn all_taken(&self) -> Result<(), String> {
        let unknown: Vec<_> = self.all.keys().collect();
        match (self.missing.is_empty(), unknown.is_empty()) {
            (true, true) => Ok(()),
            _ => Err(format!("missing keys {:?}, unknown keys {unknown:?}", self.missing)),
        }
    }
}

sections! {
    SiteWords: String {
        name, tagline, skip, nav, search, documents, compare, help, languages, keys, api,
        state, updated, close, untitled, display, original, hant, hans, pages, previous,
        next, page, copy, copied, copy_failed, skip_results, skip_outline,
        verify,
        copy_quote, copy_link,
    }
    CountedWords: Counted {
        hits, documents, clauses, marks, characters, differences, sources, pairs, entries,
        proposals, errors, notes, passages, places, new_matches,
    }
    SearchWords: String {
        label, placeholder, button, title, completions, completion_count, results, took,
        range, filters, narrow, active, remove, clear, sort, by_score, by_date, download,
        download_most, notes, only_typed, widen, meant, explain, explain_off, ungroup,
        regroup, why, score, score_other, reason, regional, by_value, in_english, covered, near, signature,
        standing, recognised, document,
        by_meaning, by_words, kept_first, found_by_meaning, meaning,
        folded, full, less, counterpart, counterparts, beside, this_version, compare,
        passages, none, none_left, beyond, first, try_less, try_clear, try_phonetic, try_documents,
        phonetic_off, earliest, latest, in_force, as_of, date_hint, apply, number, place, more, show_more,
    }
    NotesWords: String {
        comma, unread, closing, opening, quote, empty, value, heard, incomplete, unheard, cited, widened,
        english, nearest, everyday,
        meaning_off, meaning_on, no_endpoint, no_vectors, unreadable_vectors, server_away, server_slow, server_refused,
        server_junk, server_dimension, half_meaning, old_meaning, old_meaning_some,
        limited, nothing, filtered_out, as_of, undated, show_undated, relaxed, part, joined, as_text,
    }
    FacetsWords: String {
        kind, year, undated, script, party, unit, place, number, condition, since, until, in_force, as_of,
    }
    StartWords: String {
        heading, about, first, second, third, examples, finds, indexed, years, empty,
    }
    DocumentsWords: String {
        title, filter, kind, script, apply, none, versions, compare, alike,
        more_undated, added_since,
    }
    TermsWords: String {
        title, about, label, apply, degree, all, none, hong_kong, mainland, taiwan, macao, english, only_in,
        sources, beside, link,
    }
    DocumentWords: String {
        validity, valid_from, valid_to, said_in, reports, reported_by,
        outline, number, date, place, parties, language, kind, source, versions, compare,
        permalink, cite, units, counterpart, marked, unmark, first_mark,
        next_mark, previous_mark, back, preamble, closing, signature, paragraph, printed_page,
        recognised, look_again, now, nth,
    }
    ComparisonWords: String {
        title, of, choose, choose_help, no_pairs, left, right, swap, summary, same, changed,
        left_only, right_only, moved, origin, converted, drafted, unclear, score, traces,
        trace, kinds, show_kind, hide_kind, marked, not_marked, rows, all_rows,
        changed_rows, next, previous, jump, clause, alike, signature, heading_differs,
        units_differ, absent_left, absent_right, only_here, all_same, empty, download,
        print, of_same_units, listed, at, mark_left, mark_right, alone_left, alone_right, gap_left,
        gap_right, left_recognised, right_recognised,
        substance, substance_number, substance_wording, substance_regional, substance_left,
        substance_right, substance_units, cut, any_two, chosen, take, known_pairs, with_any,
        tracked,
    }
    VerifyWords: String {
        other_script, last, elsewhere, nowhere, version, from, until, meant, none, all_right,
        passed_over, not_docx, commented, repealed, report, on_day, others,
        title, about, text, file, as_of, comments, button, no_text, only_docx, nothing_wrong,
        wrong, clause,
    }
    HistoryWords: String {
        title, about, citation, button, count, undated, absent, unchanged, link,
    }
    FilesWords: String {
        title, kept_nowhere, most, format, page, which, missing, unreadable, no_document, none_match,
        several,
    }
    GatherWords: String {
        title, nothing, button, tick, tick_short, ticked, remove, remove_short,
    }
    UnitsWords: String {
        title, count, nothing, named, unnamed,
    }
    ConcordanceWords: String {
        title, about, label, button, order, by_found, by_left, by_right, here, there, identical, no_words,
        no_version, none, search, link, first,
    }
    SavedWords: String {
        title, subscribe, subscribe_to, no_file, unusable, entry, nameless, not_toml, outside, no_key,
        no_text, no_flag, unnamed, taken, empty,
    }
    KeysWords: String {
        title, focus, next, previous, open, next_mark, help, escape, switch,
    }
    HelpWords: String {
        title, query, written, means, words, phrase, near, either, without, group, prefix,
        citation, field_title, field_number, field_party, field_place, field_unit,
        field_date, field_label, field_exact, marks, links, links_text, api, api_text,
    }
    ErrorsWords: String {
        bad, bad_help, missing, missing_help, busy, busy_help, slow, slow_help, failed,
        failed_help, locked, locked_help, forbidden, forbidden_help, detail, home, one_of, at_most,
        too_long, not_with,
    }
    TerminalWords: String {
        // The help.
        usage, commands, arguments, options, some_options, a_command, default, values, variable,
        // All commands.
        error, note, and_note, of_kind, meant, file_line, no_such_file, no_permission, a_folder,
        at_place, comma, more_than,
        // index
        added, updated, unchanged, moved, removed, held_elsewhere, failed, of_other_formats,
        would_be, duplicate, decoded, misnamed, passed_over, missing, kept, held_in, speed, scanning, files_of,
        recognising, recognised_source, version_on, not_on, out_not_begun, out_ended, out_repealed,
        out_replaced, inferred, committing, no_corpus,
        // check
        as_sources_say, sound, open_login,
        // clauses, show
        in_force, span, renews, not_found, at_needs_article, no_passage, no_passages,
        refers_to, reports, reported_by, left_out_in, unread_pages,
        // compare
        one_standard_input, cannot_write, is_compared, no_document, none_match, several_match, comparing,
        ordinal, no_file, no_file_nor_document, figures, units_of_same, differences, converted, drafted, origin, traces,
        trace, units_one_side, status_moved, difference, heading_difference, nearest_terms,
        link_form, link_no_left, link_no_right, link_contradiction,
        // pairs
        two_scripts, one_script, other_years, alike, alike_clauses, no_pairs, no_documents,
        // search
        none_here, nothing, nothing_left, range, cut,
        // status
        held, on_disk, last_run, stamp, settings, by_default,
        // snapshot
        snapshot_files, snapshot_of_cluster,
        // embed
        embed_of_cluster, embed_where, embedding, embed_counts, embed_model, embed_cut, embed_replaced,
        embed_kept,
        // upgrade
        upgrade_none, upgrade_needed, upgrade_of_cluster,
        // judge
        topics, hant, hans, parity, all_topics, no_topic, no_topics,
        // terms
        known, error_of, note_of, times_known, from_pairs, no_match,
        // concordance
        concordance_cut, concordance_none,
        // alert
        alert_none, alert_new, alert_seen, alert_not_sent, alert_status, alert_slow, alert_unreachable,
        alert_program_failed, alert_program_slow, alert_no_program, alert_state, webhook,
        // Exports.
        no_tag, tag,
        // serve, mcp
        serving, keys_in_clear, needs_audit_log, awaiting,
        // key
        key_made, key_line, key_added,
        // queries
        queries_counted, frequent, without_hits, query_times, no_queries, query_line,
        // What flags take.
        number, at_least, at_most, one_of, date, address, language,
        // Settings.
        in_environment, setting_is, can_be, cannot_be_read, no_config, wrong_type, no_setting,
    }
}

/// A counted thing. Languages with a plural have two forms.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct Counted {
    one: String,
    many: String,
}

impl Counted {
    /// The words with the number filled in.
    pub fn of(&self, count: u64) -> String {
        let words = if count == 1 { &self.one } else { &self.many };
        fill(words, &[("n", &grouped(count))])
    }
}

/// The names of enumerated things, by their names in JSON.
pub type Names = BTreeMap<String, String>;

/// All words of one language.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "sections are named for where they are said")]
pub struct Words {
    pub site: SiteWords,
    pub counted: CountedWords,
    pub search: SearchWords,
    pub notes: NotesWords,
    pub facets: FacetsWords,
    pub start: StartWords,
    pub documents: DocumentsWords,
    pub terms: TermsWords,
    pub document: DocumentWords,
    pub comparison: ComparisonWords,
    pub verify: VerifyWords,
    pub history: HistoryWords,
    pub files: FilesWords,
    pub gather: GatherWords,
    pub units: UnitsWords,
    pub concordance: ConcordanceWords,
    pub saved: SavedWords,
    pub keys: KeysWords,
    pub help: HelpWords,
    pub errors: ErrorsWords,
    pub terminal: TerminalWords,
    /// Kinds of documents.
    pub kinds: Names,
    pub scripts: Names,
    /// Languages of documents, by language tag.
    pub languages: Names,
    /// Relations of documents.
    pub relations: Names,
    /// Where a part of a query matched.
    pub places: Names,
    /// Kinds of differences.
    pub differences: Names,
    /// How near terms are.
    pub degrees: Names,
    /// Subject fields of terms.
    pub fields: Names,
    /// Kinds of text that was left out.
    pub left_out: Names,
    /// Verdicts on citations and quotations.
    pub verdicts: Names,
}

impl Words {
    /// The words of a language.
    pub fn of(language: Language) -> &'static Words {
        static HANT: LazyLock<Words> =
            LazyLock::new(|| read(include_str!("../locales/zh-Hant-HK.json")));
        static HANS: LazyLock<Words> =
            LazyLock::new(|| read(include_str!("../locales/zh-Hans-CN.json")));
        static EN: LazyLock<Words> = LazyLock::new(|| read(include_str!("../locales/en.json")));
        match language {
            Language::Hant => &HANT,
            Language::Hans => &HANS,
            Language::En => &EN,
        }
    }
}

fn read(text: &str) -> Words {
    serde_json::from_str(text).expect("a test reads the catalogues that are embedded")
}

/// The name of something, or its key if it has none.
pub fn name<'a>(names: &'a Names, of: &'a str) -> &'a str {
    names.get(of).map_or(of, String::as_str)
}

/// Fills in placeholders `{name}`. Values may contain braces, which are not read again.
pub fn fill(words: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(words.len() + 16);
    let mut rest = words;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}') else { break };
        let key = &rest[open + 1..open + close];
        filled.push_str(&rest[..open]);
        match values.iter().find(|(name, _)| *name == key) {
            Some((_, value)) => filled.push_str(&value.to_string()),
            None => filled.push_str(&rest[open..=open + close]),
        }
        rest = &rest[open + close + 1..];
    }
    filled + rest
}

/// A number with thousands separators.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;

    use serde::Serialize;
    use serde_json::Value;
    use tiaowen_compare::DifferenceKind;
    use tiaowen_corpus::{DocumentKind, Relation};
    use tiaowen_query::FoundIn;
    use tiaowen_text::Script;
    use tiaowen_verify::CheckVerdict;

    use super::*;
    use crate::chinese::HowWords;

    /// Each key with the placeholders in its text.
    pub(crate) fn keys(words: &impl Serialize) -> BTreeSet<(String, BTreeSet<String>)> {
        fn walk(path: &str, value: &Value, all: &mut BTreeSet<(String, BTreeSet<String>)>) {
            match value {
                Value::Object(map) => {
                    map.iter().for_each(|(key, value)| walk(&format!("{path}/{key}"), value, all));
                }
                Value::String(text) => {
                    assert!(!text.trim().is_empty(), "{path} says nothing");
                    let holes = text.split('{').skip(1);
                    let names = holes.map(|rest| rest.split('}').next().unwrap().to_owned());
                    all.insert((path.to_owned(), names.collect()));
                }
                other => panic!("{path} is {other}"),
            }
        }
        let mut all = BTreeSet::new();
        walk("", &serde_json::to_value(words).unwrap(), &mut all);
        all
    }

    /// All texts.
    pub(crate) fn texts(words: &impl Serialize) -> Vec<String> {
        fn walk(value: &Value, all: &mut Vec<String>) {
            match value {
                Value::Object(map) => map.values().for_each(|value| walk(value, all)),
                Value::String(text) => all.push(text.clone()),
                _ => {}
            }
        }
        let mut all = Vec::new();
        walk(&serde_json::to_value(words).unwrap(), &mut all);
        all
    }

    #[test]
    fn all_languages_say_the_same_things() {
        let hant = keys(Words::of(Language::Hant));
        assert!(hant.len() > 200);
        for ui in [Language::Hans, Language::En] {
            let other = keys(Words::of(ui));
            let apart: Vec<_> = hant.symmetric_difference(&other).collect();
            assert!(apart.is_empty(), "{ui:?}: {apart:?}");
        }
    }

    #[test]
    fn each_language_is_in_its_own_script() {
        for (ui, other) in [(Language::Hant, Script::Hans), (Language::Hans, Script::Hant)] {
            let words = Words::of(ui);
            let mut all = texts(words);
            // Scripts and languages to choose from are named in themselves.
            let choices = [&words.site.hant, &words.site.hans, &words.terminal.language];
            all.retain(|text| !choices.contains(&text));
            let strange: Vec<_> = all.iter().filter(|text| Script::of(text) == other).collect();
            assert!(strange.is_empty(), "{ui:?}: {strange:?}");
        }
    }

    #[test]
    fn all_that_is_enumerated_has_a_name() {
        for ui in Language::ALL {
            let words = Words::of(ui);
            let kinds = DocumentKind::ALL.map(DocumentKind::as_str);
            assert!(kinds.iter().all(|kind| words.kinds.contains_key(*kind)));
            let scripts = [Script::Hant, Script::Hans, Script::Mixed].map(Script::as_str);
            assert!(scripts.iter().all(|script| words.scripts.contains_key(*script)));
            let relations = [Relation::OtherScript, Relation::SameScript, Relation::OtherYear];
            assert!(relations.iter().all(|is| words.relations.contains_key(is.as_str())));
            let differences = DifferenceKind::ALL.map(DifferenceKind::as_str);
            assert!(differences.iter().all(|kind| words.differences.contains_key(*kind)));
            let verdicts = CheckVerdict::ALL.map(CheckVerdict::as_str);
            assert!(verdicts.iter().all(|verdict| words.verdicts.contains_key(*verdict)));
            let places = FoundIn::ALL.map(FoundIn::as_str);
            assert!(places.iter().all(|place| words.places.contains_key(*place)));
        }
    }

    #[test]
    fn keys_that_are_missing_or_unknown_are_an_error() {
        let read = |text| serde_json::from_str::<HowWords>(text);
        let how = read(
            r#"{"heard": "1", "cited": "2", "widened": "3", "embed": "4", "no_meaning": "5"}"#,
        )
        .unwrap();
        assert_eq!([how.heard, how.cited, how.widened], ["1", "2", "3"]);
        let missing = read(r#"{"heard": "1", "cited": "2", "embed": "4", "no_meaning": "5"}"#)
            .unwrap_err()
            .to_string();
        assert!(missing.contains(r#"missing keys ["widened"]"#), "{missing}");
        let unknown = r#"{"heard": "1", "cited": "2", "widened": "3", "embed": "4",
            "no_meaning": "5", "other": "6"}"#;
        let unknown = read(unknown).unwrap_err().to_string();
        assert!(unknown.contains(r#"unknown keys ["other"]"#), "{unknown}");
    }

    #[test]
    fn filling_reads_nothing_twice() {
        assert_eq!(fill("{a}、{b}、{c}", &[("a", &"{b}"), ("b", &1)]), "{b}、1、{c}");
        assert_eq!(fill("{a", &[("a", &1)]), "{a");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(123), "123");
        let counted = &Words::of(Language::En).counted.hits;
        assert_eq!((counted.of(1), counted.of(1200)), ("1 result".into(), "1,200 results".into()));
    }
}
