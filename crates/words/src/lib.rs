//! What people are told, in their language: the words that pages and the terminal share.
//!
//! `locales/` holds them. A `.json` file a language has what is said in each of the three. The
//! code says its errors and the help of its flags in English itself; a `.toml` file for each
//! Chinese language has them anew ([`Chinese`]). Knows nothing of how a page or a terminal looks.
//!
//! ```
//! use tiaowen_words::{Language, Words};
//! assert_eq!(Words::of(Language::Hant).counted.clauses.of(3), "3 項條款");
//! assert_eq!(Words::of(Language::Hans).counted.clauses.of(3), "3 项条款");
//! assert_eq!(Words::of(Language::En).counted.clauses.of(1), "1 clause");
//! ```

mod chinese;
mod language;
mod notes;
mod recognised;
mod why;
mod words;

pub use chinese::{
    CheckErrors, Chinese, ClusterErrors, Help, IndexErrors, SourceErrors, SystemWords, UsageWords,
};
pub use language::Language;
pub use notes::{check_note, note};
pub use recognised::{recognised, recognised_sides};
pub use why::why;
pub use words::{Counted, ErrorsWords, Names, TerminalWords, Words, fill, grouped, name};
