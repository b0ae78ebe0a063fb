//! The language of the program, chosen once at the start.

use std::sync::OnceLock;

use tiaowen_words::{Chinese, Language, Names, Words, name};

static CHOSEN: OnceLock<Language> = OnceLock::new();

/// Sets the language. It is global, since the functions that read flags, and report what is wrong
/// with them, get nothing but the flag.
pub(crate) fn speak(language: Language) {
    // Set once: a process has one command line.
    let _ = CHOSEN.set(language);
}

/// The chosen language.
pub(crate) fn language() -> Language {
    CHOSEN.get().copied().unwrap_or(Language::En)
}

/// The words of the chosen language.
pub(crate) fn words() -> &'static Words {
    Words::of(language())
}

/// The Chinese words for what the code says in English. `None` in English.
pub(crate) fn chinese() -> Option<&'static Chinese> {
    Chinese::of(language())
}

/// The name of a value that also occurs in JSON. In English, the name in JSON.
pub(crate) fn named(names: &Names, code: &str) -> String {
    match language() {
        Language::En => code.replace('_', " "),
        _ => name(names, code).to_owned(),
    }
}
