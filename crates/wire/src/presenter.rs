//! Shows clauses in the requested script.

use std::borrow::Cow;
use std::ops::Range;

use tiaowen_corpus::{Clause, Document, Dropped};
use tiaowen_index::ClauseRecord;
use tiaowen_query::Related;
use tiaowen_text::{ConvertError, Converter, Script};

/// Converts what people read to one script. Places of highlights and references are carried over.
pub struct Presenter {
    converter: Option<Converter>,
}

impl Presenter {
    /// A presenter for a script. `None` shows everything as printed.
    ///
    /// # Errors
    /// When OpenCC's dictionaries can't be written or read.
    pub fn new(shown: Option<Script>) -> Result<Self, ConvertError> {
        let converter = shown.map_or(Ok(None), Converter::to)?;
        Ok(Presenter { converter })
    }

    /// Converts a document's title and names.
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

    /// Converts the passages that were left out of a document.
    ///
    /// # Errors
    /// When OpenCC fails.
    pub fn dropped(&self, dropped: &mut Cow<'_, [Dropped]>) -> Result<(), ConvertError> {
        let Some(converter) = &self.converter else { return Ok(()) };
        for dropped in dropped.to_mut() {
            dropped.text = converter.show(&dropped.text, &[])?.text;
        }
        Ok(())
    }

    /// Converts a clause. `marks` are bytes of its text, and are moved to the converted text.
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
        let given = marks.len();
        if let Some(recognised) = &clause.recognised {
            marks.extend(recognised.uncertain.iter().cloned());
        }
        let shown = converter.show(&clause.text, marks)?;
        clause.text = shown.text;
        *marks = shown.marks;
        let uncertain = marks.drain(given..).collect();
        if let Some(recognised) = &mut clause.recognised {
            recognised.uncertain = uncertain;
        }
        Ok(())
    }

    /// Converts a clause and its links. `marks` as in [`clause`](Self::clause).
    ///
    /// # Errors
    /// When OpenCC fails.
    pub fn with_related(
        &self,
        clause: &mut Clause,
        marks: &mut Vec<Range<usize>>,
        related: &mut Related,
    ) -> Result<(), ConvertError> {
        let own_marks = marks.len();
        marks.extend(related.references.iter().map(|link| link.span.clone()));
        self.clause(clause, marks)?;
        for (link, span) in related.references.iter_mut().zip(marks.drain(own_marks..)) {
            link.span = span;
            self.title(&mut link.title)?;
            if let Some(record) = &mut link.clause {
                self.record(record)?;
            }
        }
        for record in related.reports.iter_mut().chain(&mut related.reported_by) {
            self.record(record)?;
        }
        Ok(())
    }

    fn record(&self, record: &mut ClauseRecord<'static>) -> Result<(), ConvertError> {
        if self.converter.is_some() {
            self.document(record.document.to_mut())?;
            self.clause(record.clause.to_mut(), &mut Vec::new())?;
        }
        Ok(())
    }

    fn title(&self, title: &mut Option<String>) -> Result<(), ConvertError> {
        if let (Some(converter), Some(text)) = (&self.converter, title) {
            *text = converter.show(text, &[])?.text;
        }
        Ok(())
    }
}
