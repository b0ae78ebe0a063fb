//! Ranked search for clauses.
//!
//! A query is folded and tokenized like the texts, so it finds the same clauses in the same order
//! in either script. Data flows one way: query → [`Syntax`] (operators and fields) → [`Analysis`]
//! (words and characters) → [`Plan`] (weighted terms, independent of the engine) → execution →
//! [`Answer`].
//!
//! Three layers are kept apart. `language` reads queries and knows no engine. `rank` decides the
//! order of hits and knows no kind of index. `engine` and `source` find and score clauses, in a
//! folder or in an index on a cluster. So both kinds of index answer with the same hits, and
//! ranking is tuned in one place.
//!
//! | question | answered by |
//! |---|---|
//! | which parts of a query are text, and which are instructions? | [`Syntax`] |
//! | which words and characters does a query contain? | [`Analysis`] |
//! | what must a clause contain, and how much does each match count? | [`Plan`], [`Weights`] |
//! | which clauses match, and in which order? | [`Searcher::search`] |
//! | what must an index outside a folder be able to do? | [`RemoteIndex`] |
//! | which documents have matching clauses? | [`Searcher::documents`] |
//! | which characters of a clause are highlighted? | [`highlights`], [`Marker`] |
//! | what does a text refer to, and what does it report? | [`references`], [`Searcher::related`] |
//! | how are hits by words and by meaning joined? | [`Joining`] |
//! | how was a query changed? | [`Note`] |
//! | how could a query be corrected or completed? | [`Answer::suggestions`], [`Searcher::complete`] |
//! | why is a clause a hit? | [`Explanation`] |
//! | how good are the answers? | [`judge`] |
//!
//! ```
//! use tiaowen_query::{Request, Searcher};
//! let folder = tempfile::tempdir()?;
//! let file = folder.path().join("a.txt");
//! std::fs::write(&file, "粵港合作備忘錄\n\n一、提升教學質素。\n\n二、每年會面。")?;
//! let index = folder.path().join("index");
//! tiaowen_indexer::run(&[file], &index, &Default::default(), &|_| {})?;
//! let answer = Searcher::open(&index)?.search(&Request::new("教学质素"))?;
//! assert_eq!((answer.total, answer.hits[0].record.clause.text.as_str()), (1, "提升教學質素。"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod documents;
mod engine;
mod error;
mod explain;
mod fusion;
pub mod judge;
mod language;
mod part;
mod printed_form;
mod rank;
mod related;
mod request;
mod searcher;
mod source;
mod spelling;
mod standing;
mod state;
mod suggest;
#[cfg(test)]
mod testing;

pub use documents::DocumentHits;
pub use engine::facets::{Facets, UNDATED};
pub use engine::score::{B, K1};
pub use error::QueryError;
pub use explain::{Explanation, FoundIn, Reason};
pub use fusion::Joining;
pub use language::analysis::{
    Analysis, Concept, Expansion, Fixed, Group, Part, Piece, Reworded, Rewording, Wording,
};
pub use language::citation::{Citation, Step};
pub use language::highlight::{Marker, highlights};
pub use language::note::{MissingReason, Note};
pub use language::plan::{
    Combine, Level, Plan, QueryTerm, StandingWeights, Weighted, WeightedWording, Weights, in_a_row,
};
pub use language::reference::{Abbreviation, Reference, Target, abbreviations, references};
pub use language::syntax::{Misread, Node, Restriction, Syntax};
pub use part::DocumentPart;
pub use rank::TotalIs;
pub use related::{Link, Pointers, Related, key as title_key, name as bare_title};
pub use request::{Filter, FilterDates, Request, Sort, given_bounds};
pub use searcher::{Answer, Hit, Searchable, Searcher};
pub use source::remote::{
    Missing, Partial, RemoteClause, RemoteHits, RemoteIndex, RemoteRequest, Version,
};
pub use state::{OutOfForce, OutReason, State};
pub use suggest::Completion;
