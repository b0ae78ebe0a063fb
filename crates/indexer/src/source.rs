//! Reads the documents of a source from its bytes.

use std::path::Path;

use tiaowen_corpus::{DocumentText, LeftOutReason, SourceError, read_blocks};
use tiaowen_extract::{ExtractError, Kind, ReadOptions, extract_as};

/// The content of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadSource {
    /// Its documents with their clauses.
    pub texts: Vec<DocumentText>,
    /// Its encoding, if it is a text or a web page.
    pub encoding: Option<&'static str>,
    /// The format of its bytes, if its name says another one.
    pub read_as: Option<&'static str>,
    /// Whether pages of it are pictures that could not be read, as nothing was installed to read them.
    pub lacks_pages: bool,
}

/// Why a source can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No text can be extracted from it.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// Its front matter, side file or ready-made clauses are wrong.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// Reads the documents of a source in any format and encoding. The format is recognised by the
/// bytes, and by `name` (the path below the folder) where the bytes don't decide it. `side` is the
/// text of the side file.
/// Pages that are pictures are read as `reading` has it.
///
/// # Errors
/// When no text can be extracted, or the front matter, side file or ready-made clauses can't be
/// read.
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
    reading: &ReadOptions<'_>,
) -> Result<ReadSource, ReadError> {
    let path = Path::new(name);
    let kind = Kind::of_file(path, bytes)?;
    let is_named_so = path.extension().is_none() || Kind::of(path) == Ok(kind);
    let found = extract_as(kind, bytes, reading)?;
    let texts = read_blocks(name, &found, side)?;
    let read_as = (!is_named_so).then(|| kind.name());
    let lacks_pages = matches!(kind, Kind::Pdf | Kind::Ofd)
        && found.left_out.iter().any(|left| left.why == LeftOutReason::PageIsPicture);
    Ok(ReadSource { texts, encoding: found.encoding, read_as, lacks_pages })
}
