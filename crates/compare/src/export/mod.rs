//! Exports of comparisons: a report in HTML, a table in DOCX, a DOCX with tracked changes, a
//! spreadsheet in CSV, a translation memory in TMX.
//!
//! Exports don't depend on time or place: the same comparison gives the same bytes.

mod csv;
mod docx;
mod extracts;
mod html;
mod markup;
mod office;
#[cfg(test)]
mod sample;
mod sheet;
mod side;
mod table;
mod tmx;
mod tracked;
mod words;

pub use self::csv::csv;
pub use self::docx::docx;
pub use self::extracts::{Extract, Quoted, extracts};
pub use self::html::html;
pub use self::markup::{escape, placed_marks};
pub use self::sheet::{Column, sheet};
pub use self::table::table;
pub use self::tmx::{LanguageTags, makes_memory, tmx};
pub use self::tracked::tracked;
pub use self::words::ReportLanguage;

use tiaowen_text::Spent;

/// Why a comparison could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The parts of an office document can't be packed.
    #[error("the office document could not be packed: {0}")]
    Packing(#[from] zip::result::ZipError),
    /// A part of an office document can't be written.
    #[error("a part of the office document could not be written: {0}")]
    Part(#[from] std::io::Error),
    /// A translation memory needs two languages.
    #[error(
        "both versions are in {language}, so no translation memory can be made of them; compare \
         versions in two scripts, or choose another format"
    )]
    OneLanguage {
        /// The language tag of the right version.
        language: String,
    },
    /// A language tag was to be replaced that no version has.
    #[error("neither version has the language tag {tag}; there are {left} and {right}")]
    NoTag {
        /// The tag.
        tag: String,
        /// The tags of the versions.
        left: String,
        /// The same of the right version.
        right: String,
    },
    /// The export was cancelled, or its time limit has passed.
    #[error(transparent)]
    Spent(#[from] Spent),
}

#[cfg(test)]
mod tests {
    use tiaowen_text::Budget;

    use super::*;

    #[test]
    fn exports_end_with_their_budget() {
        let comparison = sample::comparison();
        let budget = Budget::unlimited();
        budget.cancel();
        assert!(matches!(csv(&comparison, &budget), Err(ExportError::Spent(Spent))));
        let file = docx(&comparison, ReportLanguage::Hant, &budget);
        assert!(matches!(file, Err(ExportError::Spent(Spent))));
        assert_eq!(html(&comparison, &budget), Err(Spent));
        let memory = tmx(&comparison, false, &LanguageTags::default(), &budget);
        assert!(matches!(memory, Err(ExportError::Spent(Spent))));
    }
}
