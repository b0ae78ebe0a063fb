use tiaowen_index::IndexError;
use tiaowen_index::tantivy::TantivyError;
use tiaowen_text::Spent;

/// Why a search failed.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The index can't be used.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The search engine failed.
    #[error("search failed: {0}; check the index with: tiaowen check")]
    Engine(#[from] TantivyError),
    /// A stored clause can't be decoded.
    #[error("a stored clause is damaged; check the index with: tiaowen check")]
    Damaged,
    /// The query is too long.
    #[error("the query has {characters} characters; the limit is {most}")]
    TooLong {
        /// Characters of the query.
        characters: usize,
        /// The limit.
        most: usize,
    },
    /// The search was cancelled or took too long.
    #[error(transparent)]
    Spent(#[from] Spent),
    /// A date can't be read.
    #[error("'{text}' is not a date: write 2017-11-18, 2017-11 or 2017")]
    Date {
        /// The text as given.
        text: String,
    },
    /// Documents without a date are requested together with a first or a last date.
    #[error(
        "documents without a date can't be combined with a first or a last date, which none of them \
         passes: leave out undated, or from, to and date:"
    )]
    UndatedInRange,
}
