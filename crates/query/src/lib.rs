//! Ranked search for clauses.
//!
//! A query is folded and cut as the texts were, so it finds the same clauses in the same
//! order whichever script it is typed in. Data goes one way: text → [`Syntax`] (operators and
//! fields) → [`Analysis`] (what was typed) → [`Plan`] (what is looked for, with weights, no engine in it) → execution →
//! [`Answer`].
//!
//! | question | answered by |
//! |---|---|
//! | what of a query is text, what says how to search? | [`Syntax`] |
//! | which words and characters does a query hold? | [`Analysis`] |
//! | what must a clause hold, and what counts how much? | [`Plan`], [`Weights`] |
//! | which clauses are that, in which order? | [`Searcher::search`] |
//! | what is asked of an index that is no folder? | [`RemoteIndex`] |
//! | which documents are these clauses of? | [`Searcher::documents`] |
//! | which characters of a clause are marked? | [`highlights`], [`Marker`] |
//! | what does a text refer to, what does it report? | [`references`], [`Searcher::related`] |
//! | what was done to what was typed? | [`Note`] |
//! | what was meant, how does it go on? | [`Answer::suggestions`], [`Searcher::complete`] |
//! | why is a clause a hit? | [`Explanation`] |
//! | how good are the answers? | [`judge`] |

mod answer;
mod documents;
mod engine;
mod error;
mod explain;
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
pub use engine::facets::Facets;
pub use engine::score::{B, K1};
pub use error::QueryError;
pub use explain::{Explanation, FoundIn, Reason};
pub use language::analysis::{
    Analysis, Concept, Expansion, Fixed, Group, Part, Piece, Reworded, Wording,
};
pub use language::citation::{Citation, Step};
pub use language::highlight::{Marker, highlights};
pub use language::note::Note;
pub use language::plan::{
    Combine, Level, Plan, QueryTerm, StandingWeights, Weighted, WeightedWording, Weights, in_a_row,
};
pub use language::reference::{Abbreviation, Reference, Target, abbreviations, references};
pub use language::syntax::{Misread, Node, Restriction, Syntax};
pub use part::DocumentPart;
pub use rank::TotalIs;
pub use related::{Link, Pointers, Related, key as title_key, name as bare_title};
pub use request::{Filter, Request, Sort};
pub use searcher::{Answer, Hit, Searchable, Searcher};
pub use source::remote::{
    Missing, Partial, RemoteClause, RemoteHits, RemoteIndex, RemoteRequest, Version,
};
pub use state::{OutOfForce, OutReason, State};
pub use suggest::Completion;
