//! The language that the program speaks: chosen once, before anything is said.

use std::sync::OnceLock;

use tiaowen_words::{Chinese, Language, Names, Words, name};

static CHOSEN: OnceLock<Language> = OnceLock::new();

/// Speaks a language from now on. Flags are read by functions that know nothing else of the run,
/// and what is wrong with them is told in it as well, so it stands here for the whole process.
pub(crate) fn speak(language: Language) {
    // Set once: a process has one command line.
    let _ = CHOSEN.set(language);
}

/// The language that is spoken.
pub(crate) fn language() -> Language {
    CHOSEN.get().copied().unwrap_or(Language::En)
}

/// The words of it.
pub(crate) fn words() -> &'static Words {
    Words::of(language())
}

/// What the code says in English itself, in the language spoken; nothing in English.
pub(crate) fn chinese() -> Option<&'static Chinese> {
    Chinese::of(language())
}

/// The name of what a command takes and JSON has by a name of its own: in English that name.
pub(crate) fn named(names: &Names, own: &str) -> String {
    match language() {
        Language::En => own.replace('_', " "),
        _ => name(names, own).to_owned(),
    }
}
