//! The words of the interface in three languages, shared by the pages and the terminal.
//!
//! `locales/` has a `.json` file for each language, with what is said in all three. Help texts and
//! errors are written in English in the code; a `.toml` file for each Chinese language has them in
//! Chinese ([`Chinese`]). Nothing here knows how a page or a terminal looks.
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
mod terms;
mod why;
mod words;

pub use chinese::{
    CheckErrors, Chinese, ClusterErrors, Help, IndexErrors, SourceErrors, SystemWords, UsageWords,
};
pub use language::Language;
pub use notes::{check_note, misread, note};
pub use recognised::{recognised, recognised_sides};
pub use terms::{correspondence, degree, region};
pub use why::why;
pub use words::{
    Counted, ErrorsWords, FilesWords, Names, TerminalWords, Words, fill, grouped, name,
};
