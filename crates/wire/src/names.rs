//! The fixed names in the JSON, for descriptions of it: asked of the code that prints them.

use tiaowen_compare::{DifferenceKind, Status, Verdict};
use tiaowen_corpus::{ClauseKind, DocumentKind, Relation};
use tiaowen_query::{FoundIn, Note, TotalIs};
use tiaowen_terms::{Degree, Direction};
use tiaowen_text::Script;
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, Type};

/// One of some names.
pub fn one_of(names: &[&str]) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names.iter().copied())).build()
}

/// What documents are.
pub fn document_kind() -> Object {
    one_of(&DocumentKind::ALL.map(DocumentKind::as_str))
}

/// What clauses are.
pub fn clause_kind() -> Object {
    use ClauseKind as Kind;
    let all = [
        Kind::Preamble,
        Kind::Article,
        Kind::Item,
        Kind::Paragraph,
        Kind::Bullet,
        Kind::Signature,
        Kind::Closing,
    ];
    one_of(&all.map(Kind::as_str))
}

/// The scripts of texts.
pub fn script() -> Object {
    one_of(&[Script::Hant, Script::Hans, Script::Mixed].map(Script::as_str))
}

/// How versions belong together.
pub fn relation() -> Object {
    let all = [Relation::OtherScript, Relation::SameScript, Relation::OtherYear];
    one_of(&all.map(Relation::as_str))
}

/// What became of a clause.
pub fn status() -> Object {
    let all = [Status::Same, Status::Changed, Status::LeftOnly, Status::RightOnly];
    one_of(&all.map(Status::as_str))
}

/// What sets two texts apart.
pub fn difference_kind() -> Object {
    one_of(&DifferenceKind::ALL.map(DifferenceKind::as_str))
}

/// What is checked at a place of a text.
pub fn check_kind() -> Object {
    one_of(&tiaowen_verify::CheckKind::ALL.map(tiaowen_verify::CheckKind::as_str))
}

/// What came of a check of a text.
pub fn check_verdict() -> Object {
    one_of(&tiaowen_verify::CheckVerdict::ALL.map(tiaowen_verify::CheckVerdict::as_str))
}

/// Where a version comes from.
pub fn verdict() -> Object {
    one_of(&[Verdict::Converted, Verdict::Drafted, Verdict::Unclear].map(Verdict::as_str))
}

/// Which way an entry of the term table leads.
pub fn direction() -> Object {
    let all = [Direction::Both, Direction::FromHongKong, Direction::FromMainland];
    one_of(&all.map(Direction::as_str))
}

/// How near the terms of an entry are.
pub fn degree() -> Object {
    one_of(&Degree::NAMES)
}

/// How near the terms in two texts are.
pub fn pair_degree() -> Object {
    one_of(&["same", "nearest"])
}

/// Where a piece of a query was found.
pub fn found_where() -> Object {
    one_of(&FoundIn::ALL.map(FoundIn::as_str))
}

/// Why another wording is looked for.
pub fn rule() -> Object {
    one_of(&["number", "regional"])
}

/// Whether a total is that of all hits.
pub fn total_is() -> Object {
    one_of(&[TotalIs::Exact, TotalIs::AtLeast].map(TotalIs::as_str))
}

/// What was done to a query.
pub fn note() -> Object {
    one_of(&Note::KINDS)
}

/// Pairs of a character typed and the one printed for it.
pub fn folded() -> Array {
    let character = ObjectBuilder::new().schema_type(Type::String).build();
    let pair = ArrayBuilder::new().items(character).min_items(Some(2)).max_items(Some(2));
    ArrayBuilder::new().items(pair).build()
}

/// A span: where it begins and where the next character behind it stands.
pub fn span() -> Array {
    two_places().build()
}

/// Spans.
pub fn spans() -> Array {
    ArrayBuilder::new().items(two_places()).build()
}

fn two_places() -> ArrayBuilder {
    let place = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).build();
    ArrayBuilder::new().items(place).min_items(Some(2)).max_items(Some(2))
}
