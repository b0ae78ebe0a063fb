//! The Chinese words for what the code says in English: help texts, usage errors, and the errors of
//! all libraries.
//!
//! The English text is written where it is used, with the flag or the error variant, and nowhere
//! else. These catalogues have what no other one has. Errors are looked up by variant
//! (`cli/wording.rs`), so the compiler finds an error without Chinese words. The reasons inside
//! errors are many and have few parameters: they are looked up by the key of their serialized form,
//! and a test compares the keys of the code with those of the catalogues.

use std::fmt::Display;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Language;
use crate::words::{Names, fill, sections};

/// The help of commands and flags. Keys are the words of a command line: `search limit` for that
/// flag of that command, or `limit` for the flag of all commands.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
pub struct Help {
    /// What a command does, by its name; the program itself is `tiaowen`.
    pub about: Names,
    /// The text below a command's flags: examples.
    pub after: Names,
    /// What a flag or argument does.
    pub flags: Names,
    /// The meaning of each value of a flag.
    pub values: Names,
    /// The placeholder for a value: `FILE`.
    pub stands_for: Names,
    /// Further text of the manual page.
    pub manual: Names,
}

sections! {
    UsageWords: String {
        unknown_flag, unknown_command, invalid, required, unexpected_value, no_value,
        wrong_count, equals, conflict, twice, missing, no_command, no_text, tip, see_help,
    }
    HowWords: String {
        heard, cited, widened, embed, no_meaning,
    }
    SystemWords: String {
        not_found, denied, exists, full, quota, in_use, no_address, refused, timed_out,
        is_folder, not_folder, read_only, interrupted,
    }
    IndexErrors: String {
        missing, foreign, damaged, unmerged, stamp, locked, locked_by, unlockable, unnamed, denied, occupied, nested, format, folding, opencc, jieba, dictionary,
        differs, some_part,
    }
    ClusterErrors: String {
        address, login, unreachable, untrusted, unauthorized, forbidden, no_engine, engine,
        missing, unfinished, foreign, stamp, read_only, partial, replaced, refused, answer,
    }
    MeaningErrors: String {
        address, away, slow, refused, junk, dimension, no_model, damaged, locked,
    }
    RunErrors: String {
        nothing, unknown, unseen, shrunk, threads, watch,
    }
    QueryErrors: String {
        engine, damaged, too_long, spent, date, undated_in_range, incomplete,
    }
    ServeErrors: String {
        listen, unguarded, protocol, io, links, proxies, rate, no_keys, key_columns, key_name,
        key_hash, key_right, key_twice,
    }
    OtherErrors: String {
        unforeseen, no_cache, opencc, write, packing, part, one_language, no_tag, line,
    }
    SourceErrors: String {
        empty, binary, undecodable, damaged, kind, scripted, owner, frames, imported, pictures, scan, unrecognised, reader, slow, tags, too_large,
        side_file, front_matter, clause_line, lines, many, large, unpacked, password, special, outside, again, replaced, deferred,
        entry_name, entry_link, side_special, side_large, side_link, no_files, unlisted, no_archive,
        rejected, no_file,
    }
    CheckErrors: String {
        stamp, count, gone, changed, missing, differs, lacks, left_out, lacks_documents, unlike,
    }
    TermProblems: String {
        joined, repeated, chain, same_english, one_to_many,
    }
    RuleWords: String {
        stored, label, lead_in, titled_label, whole_article, under_chapter, before_labels,
        first_paragraph, closing_words, signature_lines, point, press_paragraph, caption,
        credits, speech, ready_made,
    }
}

/// What the code says in English, in a Chinese language.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "sections are named for what says them")]
pub struct Chinese {
    pub help: Help,
    /// Errors of the command line.
    pub usage: UsageWords,
    /// How to switch off what was done to a query.
    pub how: HowWords,
    /// Errors of the operating system.
    pub system: SystemWords,
    pub index: IndexErrors,
    pub cluster: ClusterErrors,
    pub meaning: MeaningErrors,
    pub run: RunErrors,
    pub query: QueryErrors,
    pub serve: ServeErrors,
    pub other: OtherErrors,
    pub source: SourceErrors,
    pub check: CheckErrors,
    pub terms: TermProblems,
    /// The rule that drew a clause.
    pub rules: RuleWords,
    /// Reasons in errors, by their keys.
    pub reasons: Names,
}

impl Chinese {
    /// The catalogue of a language. `None` for English, which is in the code.
    pub fn of(language: Language) -> Option<&'static Chinese> {
        static HANT: LazyLock<Chinese> =
            LazyLock::new(|| read(include_str!("../locales/zh-Hant-HK.toml")));
        static HANS: LazyLock<Chinese> =
            LazyLock::new(|| read(include_str!("../locales/zh-Hans-CN.toml")));
        match language {
            Language::Hant => Some(&HANT),
            Language::Hans => Some(&HANS),
            Language::En => None,
        }
    }

    /// The sentence of a reason. The key is its serialized variant; the parameters are the fields of
    /// the variant. Without a sentence it stays in English.
    pub fn reason(&self, reason: &(impl Serialize + Display)) -> String {
        let Ok(serialized) = serde_json::to_value(reason) else { return reason.to_string() };
        let variant = serialized.as_object().and_then(|map| map.iter().next());
        let key = variant.map(|(key, _)| key.as_str()).or(serialized.as_str()).unwrap_or_default();
        let Some(words) = self.reasons.get(key) else { return reason.to_string() };
        let fields = variant.and_then(|(_, fields)| fields.as_object()).into_iter().flatten();
        let texts: Vec<(&str, String)> =
            fields.map(|(name, value)| (name.as_str(), shown(value))).collect();
        let values: Vec<(&str, &dyn Display)> =
            texts.iter().map(|(name, text)| (*name, text as &dyn Display)).collect();
        fill(words, &values)
    }
}

/// A parameter without the quotation marks of JSON.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn read(text: &str) -> Chinese {
    toml::from_str(text).expect("a test reads the catalogues that are embedded")
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use tiaowen_text::Script;

    use super::*;
    use crate::words::tests::{keys, texts};

    fn all() -> [&'static Chinese; 2] {
        [Language::Hant, Language::Hans].map(|language| Chinese::of(language).unwrap())
    }

    #[test]
    fn both_say_the_same_things_in_their_own_script() {
        let [hant, hans] = all();
        let (left, right) = (keys(hant), keys(hans));
        assert!(left.len() > 300);
        let apart: Vec<_> = left.symmetric_difference(&right).collect();
        assert!(apart.is_empty(), "{apart:?}");
        for (chinese, other) in [(hant, Script::Hans), (hans, Script::Hant)] {
            let mut all = texts(chinese);
            // Languages are named in themselves, and examples contain queries in both scripts.
            all.retain(|text| !text.contains("简体）、en") && !text.contains("質素"));
            let strange: Vec<_> = all.iter().filter(|text| Script::of(text) == other).collect();
            assert!(strange.is_empty(), "{strange:?}");
        }
        assert!(Chinese::of(Language::En).is_none());
    }

    /// A reason of a library: an enum whose variants have an English message, and whose serialized
    /// form has the key and the parameters.
    struct Reason {
        key: String,
        english: String,
        parameters: BTreeSet<String>,
    }

    fn all_reasons() -> Vec<Reason> {
        let mut all = Vec::new();
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), &mut all);
        all
    }

    fn read(folder: &Path, all: &mut Vec<Reason>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, all);
            } else if path.extension().is_some_and(|end| end == "rs") {
                reasons_of(&std::fs::read_to_string(path).unwrap(), all);
            }
        }
    }

    /// The reasons in a file of code, as rustfmt writes enums.
    fn reasons_of(code: &str, all: &mut Vec<Reason>) {
        let marked =
            concat!("#[allow(missing_docs, reason = ", "\"the message explains a variant\")]");
        for text in code.split(marked).skip(1) {
            let text = text.split("\n}").next().unwrap();
            for variant in text.split("#[error(").skip(1) {
                let Some(message) = variant.trim_start().strip_prefix('"') else { continue };
                let end =
                    message.match_indices('"').find(|(at, _)| !message[..*at].ends_with('\\'));
                let (english, rest) = message.split_at(end.unwrap().0);
                let declared = rest.split_once(")]").unwrap().1.trim_start();
                let name = declared.find([',', ' ']).unwrap();
                let (name, fields) = declared.split_at(name);
                let fields =
                    fields.strip_prefix(" {").map_or("", |rest| rest.split('}').next().unwrap());
                let fields = fields.split(',').filter_map(|field| field.split_once(':'));
                all.push(Reason {
                    key: snake_case(name),
                    english: english.to_owned(),
                    parameters: fields.map(|(name, _)| name.trim().to_owned()).collect(),
                });
            }
        }
    }

    fn snake_case(name: &str) -> String {
        let mut snake = String::new();
        for c in name.chars() {
            if c.is_ascii_uppercase() && !snake.is_empty() {
                snake.push('_');
            }
            snake.push(c.to_ascii_lowercase());
        }
        snake
    }

    fn placeholders(text: &str) -> BTreeSet<String> {
        let holes = text.split('{').skip(1);
        holes.map(|rest| rest.split('}').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn each_reason_has_a_sentence_with_its_parameters_in_each_language() {
        let reasons = all_reasons();
        assert!(reasons.len() > 200, "{}", reasons.len());
        let mut english: BTreeMap<&str, &str> = BTreeMap::new();
        for Reason { key, english: message, parameters } in &reasons {
            let known = english.entry(key).or_insert(message);
            assert_eq!(known, message, "two messages with the key {key}");
            assert_eq!(&placeholders(message), parameters, "{key}");
            for chinese in all() {
                let words = chinese.reasons.get(key).unwrap_or_else(|| panic!("{key} is missing"));
                assert_eq!(&placeholders(words), parameters, "{key}: {words}");
            }
        }
        let given: BTreeSet<&str> = english.into_keys().collect();
        for chinese in all() {
            let named: BTreeSet<&str> = chinese.reasons.keys().map(String::as_str).collect();
            assert_eq!(named, given, "the catalogue has reasons that the code doesn't give");
        }
    }

    #[test]
    fn reasons_are_found_by_key_and_filled_with_their_parameters() {
        use tiaowen_corpus::LeftOutReason;
        let [hant, hans] = all();
        assert_eq!(hant.reason(&LeftOutReason::Struck), "以刪除線劃去");
        assert_eq!(hans.reason(&LeftOutReason::Struck), "以删除线划去");
        let attached = LeftOutReason::Attached { name: "{says}.pdf".to_owned() };
        assert_eq!(hant.reason(&attached), "郵件的附件：{says}.pdf");
        let slow = LeftOutReason::RecognitionSlow { seconds: 30 };
        assert_eq!(hans.reason(&slow), "识别此页超过 30 秒，已中止");
    }
}
