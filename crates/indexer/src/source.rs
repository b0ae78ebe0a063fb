//! From the bytes of a source to its documents.

use std::path::Path;

use tiaowen_corpus::{DocumentText, SourceError, read_blocks};
use tiaowen_extract::{ExtractError, Kind, PICTURE, Reading, extract_as};

/// What a source holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadSource {
    /// Its documents with their clauses.
    pub texts: Vec<DocumentText>,
    /// The encoding it was in, where it is a text or page.
    pub encoding: Option<&'static str>,
    /// The format that its bytes are in, where its name says another one.
    pub read_as: Option<&'static str>,
    /// Whether pages of it are pictures that could not be read, as nothing was installed to read them.
    pub lacks_pages: bool,
}

/// Why a source can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No text comes out of it.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// What it says of itself can't be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// The documents of a source, whatever its format and encoding. `name` is its path below the
/// folder that was read, and tells the format where its bytes don't; `side` is the text of its side file.
/// Pages that are pictures are read as `reading` has it.
///
/// # Errors
/// When no text comes out of the bytes, or front matter, side file or ready-made clauses
/// can't be read.
///
/// ```
/// let big5 = b"\xA4@\xA1B\xA8C\xA6~\xB7|\xAD\xB1\xA1C";
/// let read = tiaowen_indexer::read_source("a.txt", big5, None, &Default::default()).unwrap();
/// assert_eq!(read.encoding, Some("Big5"));
/// assert_eq!(read.texts[0].clauses[0].text, "每年會面。");
/// ```
pub fn read_source(
    name: &str,
    bytes: &[u8],
    side: Option<&str>,
    reading: &Reading<'_>,
) -> Result<ReadSource, ReadError> {
    let path = Path::new(name);
    let kind = Kind::of_file(path, bytes)?;
    let is_named_so = path.extension().is_none() || Kind::of(path) == Ok(kind);
    let found = extract_as(kind, bytes, reading)?;
    let texts = read_blocks(name, &found, side)?;
    let read_as = (!is_named_so).then(|| kind.name());
    let lacks_pages = kind == Kind::Pdf && found.left_out.iter().any(|left| left.why == PICTURE);
    Ok(ReadSource { texts, encoding: found.encoding, read_as, lacks_pages })
}
