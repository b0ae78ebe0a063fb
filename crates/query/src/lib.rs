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
//! | what is asked of an index that is no folder? | [`Finds`] |
//! | which characters of a clause are marked? | [`highlights`], [`Marker`] |
//! | what does a text refer to, what does it report? | [`references`], [`Searcher::related`] |
//! | what was done to what was typed? | [`Note`] |
//! | what was meant, how does it go on? | [`Answer::suggestions`], [`Searcher::complete`] |
//! | why is a clause a hit? | [`Explanation`] |
//! | how good are the answers? | [`judge`] |

mod analysis;
mod citation;
mod collect;
mod columns;
mod elsewhere;
mod ending;
mod error;
mod execute;
mod explain;
mod facets;
mod grouped;
mod highlight;
pub mod judge;
mod meant;
mod measure;
mod near;
mod note;
mod numbers;
mod page;
mod part;
mod plan;
mod positions;
mod rank;
mod reference;
mod related;
mod request;
mod runs;
mod searcher;
mod segments;
mod suggest;
mod syntax;

pub use analysis::{Analysis, Concept, Expansion, Fixed, Group, Part, Piece, Reworded, Wording};
pub use citation::{Citation, Step};
pub use elsewhere::{Asked, Candidate, Finds, FoundElsewhere, Missing, Partly, Version};
pub use error::QueryError;
pub use explain::{Explanation, Place, Reason};
pub use facets::Facets;
pub use highlight::{Marker, highlights};
pub use measure::{B, K1};
pub use note::Note;
pub use part::DocumentPart;
pub use plan::{Counted, Counts, Level, Look, Plan, Weights, Worded, in_a_row};
pub use reference::{Abbreviation, Reference, Target, abbreviations, references};
pub use related::{Link, Related};
pub use request::{Filter, Request, Sort};
pub use searcher::{Answer, Hit, Searchable, Searcher};
pub use suggest::Completion;
pub use syntax::{Misread, Node, Restriction, Syntax};
