use tiaowen_index::IndexError;
use tiaowen_index::tantivy::TantivyError;
use tiaowen_text::Spent;

/// Why a search can't be answered.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The index can't be used.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The search engine failed.
    #[error("search failed: {0}; see whether the index is damaged with: tiaowen check")]
    Engine(#[from] TantivyError),
    /// A stored clause can't be read back.
    #[error("a stored clause is damaged; look into the index with: tiaowen check")]
    Damaged,
    /// The query is longer than what is searched for.
    #[error("the query has {characters} characters; at most {most} are searched for")]
    TooLong {
        /// Characters of the query.
        characters: usize,
        /// The limit.
        most: usize,
    },
    /// Nobody waits for the answer any more, or it took too long.
    #[error(transparent)]
    Spent(#[from] Spent),
    /// A date can't be read.
    #[error("'{text}' is no date: write 2017-11-18, 2017-11 or 2017")]
    Date {
        /// What was given.
        text: String,
    },
}
