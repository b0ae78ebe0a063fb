//! Showing a text in the other script: whole-text conversion by OpenCC, where phrases matter.

use std::ops::Range;

use opencc_rust::{DefaultConfig, OpenCC, OpenCCError};

use crate::Script;
use crate::opencc_cache::Dictionaries;

/// Why a text can't be shown in another script.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// No folder could be written to hold OpenCC's dictionaries.
    #[error(
        "OpenCC's dictionaries need a folder to be written to, and none is writable ({tried}); set TIAOWEN_CACHE to a folder that is"
    )]
    NoCache {
        /// The folders that were tried, each with the reason it failed.
        tried: String,
    },
    /// OpenCC refused the dictionaries or the text.
    #[error("OpenCC: {0}")]
    OpenCc(#[from] OpenCCError),
}

/// A text as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The converted text.
    pub text: String,
    /// The marked spans, in bytes of `text`, in the order they were given.
    pub marks: Vec<Range<usize>>,
}

/// Converts texts to one script.
pub struct Converter {
    opencc: OpenCC,
    target: Script,
}

impl Converter {
    /// A converter to Traditional (Hong Kong forms) or Simplified; `None` for
    /// [`Script::Mixed`], which is no script to show a text in.
    ///
    /// # Errors
    /// When no folder can be written to hold the dictionaries, or OpenCC can't read them.
    pub fn to(target: Script) -> Result<Option<Self>, ConvertError> {
        let config = match target {
            Script::Hant => DefaultConfig::S2HK,
            Script::Hans => DefaultConfig::HK2S,
            Script::Mixed => return Ok(None),
        };
        let dictionaries = Dictionaries::find()?;
        let opencc = OpenCC::new(dictionaries.folder().join(config.get_file_name()))?;
        Ok(Some(Converter { opencc, target }))
    }

    /// Converts `text`; a text that is in the target script already is left alone, so
    /// that its own forms stay as printed.
    ///
    /// `marks` are spans of `text` in bytes; they are carried over to the result.
    ///
    /// # Errors
    /// When OpenCC refuses the text.
    pub fn show(&self, text: &str, marks: &[Range<usize>]) -> Result<Shown, ConvertError> {
        if Script::of(text) == self.target {
            return Ok(Shown { text: text.to_owned(), marks: marks.to_vec() });
        }
        let whole = self.convert(text)?;
        if whole.chars().count() == text.chars().count() {
            // Character by character, as nearly always.
            let places = edges_of(text).zip(edges_of(&whole)).collect::<Vec<_>>();
            let marks = marks.iter().map(|mark| carried(mark, &places)).collect();
            return Ok(Shown { text: whole, marks });
        }
        // A phrase changed its length: convert what stands between the marks piece by piece.
        let mut edges: Vec<usize> = marks.iter().flat_map(|mark| [mark.start, mark.end]).collect();
        edges.extend([0, text.len()]);
        edges.sort_unstable();
        edges.dedup();
        let (mut shown, mut places) = (String::new(), vec![(0, 0)]);
        for piece in edges.windows(2) {
            shown.push_str(&self.convert(&text[piece[0]..piece[1]])?);
            places.push((piece[1], shown.len()));
        }
        let marks = marks.iter().map(|mark| carried(mark, &places)).collect();
        Ok(Shown { text: shown, marks })
    }

    /// OpenCC takes C strings, so NUL stays outside.
    fn convert(&self, text: &str) -> Result<String, ConvertError> {
        let pieces = text.split('\0').map(|piece| self.opencc.convert(piece));
        Ok(pieces.collect::<Result<Vec<_>, _>>()?.join("\0"))
    }
}

/// The bytes at which characters begin, and the end.
fn edges_of(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()])
}

/// A span carried over by `places`: bytes before and after, in order.
fn carried(mark: &Range<usize>, places: &[(usize, usize)]) -> Range<usize> {
    let carry = |at: usize| {
        places.binary_search_by_key(&at, |place| place.0).map_or(0, |found| places[found].1)
    };
    carry(mark.start)..carry(mark.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_other_script_with_marks_in_place() {
        let text = "完善知识产权后的合作";
        let mark = text.find("知识").unwrap()..text.find("后").unwrap();
        let shown = Converter::to(Script::Hant).unwrap().unwrap().show(text, &[mark]).unwrap();
        assert_eq!(shown.text, "完善知識產權後的合作");
        assert_eq!(&shown.text[shown.marks[0].clone()], "知識產權");
        let kept = Converter::to(Script::Hans).unwrap().unwrap().show("国家\0后里", &[]).unwrap();
        assert_eq!(kept.text, "国家\0后里");
        assert!(Converter::to(Script::Mixed).unwrap().is_none());
    }
}
