//! Clauses in the script that was asked for.

use std::ops::Range;

use tiaowen_corpus::{Clause, Document};
use tiaowen_text::{ConvertError, Converter, Script};

/// Shows clauses in the script that was asked for.
pub struct Presenter {
    converter: Option<Converter>,
}

impl Presenter {
    /// A presenter to one script; for `None` everything stays as printed.
    ///
    /// # Errors
    /// When OpenCC's dictionaries can't be written or read.
    pub fn new(shown: Option<Script>) -> Result<Self, ConvertError> {
        let converter = shown.map_or(Ok(None), Converter::to)?;
        Ok(Presenter { converter })
    }

    /// Converts what people read of a document.
    ///
    /// # Errors
    /// When OpenCC fails.
    pub fn document(&self, document: &mut Document) -> Result<(), ConvertError> {
        let Some(converter) = &self.converter else { return Ok(()) };
        let texts = document.title.iter_mut().chain(&mut document.parties);
        for text in texts.chain(&mut document.number).chain(&mut document.place) {
            *text = converter.show(text, &[])?.text;
        }
        Ok(())
    }

    /// Converts what people read of a clause; `marks` are bytes of its text, and are carried
    /// over to the converted text.
    ///
    /// # Errors
    /// When OpenCC fails.
    pub fn clause(
        &self,
        clause: &mut Clause,
        marks: &mut Vec<Range<usize>>,
    ) -> Result<(), ConvertError> {
        let Some(converter) = &self.converter else { return Ok(()) };
        let texts = clause.heading.iter_mut().chain(&mut clause.headings).chain(&mut clause.units);
        for text in texts.chain(&mut clause.label).chain(&mut clause.path) {
            *text = converter.show(text, &[])?.text;
        }
        let shown = converter.show(&clause.text, marks)?;
        clause.text = shown.text;
        *marks = shown.marks;
        Ok(())
    }
}
