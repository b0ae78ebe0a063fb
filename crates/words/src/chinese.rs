//! The Chinese words for what the code says in English: help texts, usage errors, and the errors of
//! all libraries.
//!
//! The English text is written where it is used, with the flag or the error variant, and nowhere
//! else. These catalogues have what no other one has. Errors are looked up by variant
//! (`cli/wording.rs`), so the compiler finds an error without Chinese words. Only reasons that a
//! library gives as a sentence are looked up by that sentence.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::Language;
use crate::words::{Names, sections};

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
        engine, damaged, too_long, spent, date, incomplete,
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
    /// Reasons in errors, by their English sentence.
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
}

fn read(text: &str) -> Chinese {
    toml::from_str(text).expect("a test reads the catalogues that are embedded")
}

#[cfg(test)]
mod tests {
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

    /// A reason that the code no longer gives needs no translation.
    #[test]
    fn each_reason_is_one_that_the_code_gives() {
        fn read(folder: &Path, all: &mut String) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    read(&path, all);
                } else if path.extension().is_some_and(|end| end == "rs") {
                    all.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        let mut code = String::new();
        // A sentence may be continued on the next line.
        let mended = |code: &str| {
            let lines: Vec<&str> = code.split("\\\n").collect();
            let rest = lines[1..].iter().map(|line| line.trim_start());
            lines[0].to_owned() + &rest.collect::<String>()
        };
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), &mut code);
        let code = mended(&code);
        for reason in all()[0].reasons.keys() {
            for piece in reason.split("{it}") {
                assert!(code.contains(piece), "{reason}");
            }
        }
    }
}
