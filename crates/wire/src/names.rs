//! The fixed names in the JSON, for the API's description. They come from the code that prints
//! them.

use tiaowen_compare::{DifferenceKind, Status, Verdict};
use tiaowen_corpus::{ClauseKind, DocumentKind, Relation};
use tiaowen_query::{FoundIn, Note, Rewording, TotalIs};
use tiaowen_terms::{Degree, Direction};
use tiaowen_text::Script;
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, Type};

/// A string with one of these names.
pub fn one_of(names: &[&str]) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names.iter().copied())).build()
}

/// The kind of a document.
pub fn document_kind() -> Object {
    one_of(&DocumentKind::ALL.map(DocumentKind::as_str))
}

/// The kind of a clause.
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

/// The script of a text.
pub fn script() -> Object {
    one_of(&[Script::Hant, Script::Hans, Script::Mixed].map(Script::as_str))
}

/// How two versions are related.
pub fn relation() -> Object {
    let all = [Relation::OtherScript, Relation::SameScript, Relation::OtherYear];
    one_of(&all.map(Relation::as_str))
}

/// The status of a row.
pub fn status() -> Object {
    let all = [Status::Same, Status::Changed, Status::LeftOnly, Status::RightOnly];
    one_of(&all.map(Status::as_str))
}

/// The kind of a difference.
pub fn difference_kind() -> Object {
    one_of(&DifferenceKind::ALL.map(DifferenceKind::as_str))
}

/// The kind of a check.
pub fn check_kind() -> Object {
    one_of(&tiaowen_verify::CheckKind::ALL.map(tiaowen_verify::CheckKind::as_str))
}

/// The verdict of a check.
pub fn check_verdict() -> Object {
    one_of(&tiaowen_verify::CheckVerdict::ALL.map(tiaowen_verify::CheckVerdict::as_str))
}

/// How a version was made.
pub fn verdict() -> Object {
    one_of(&[Verdict::Converted, Verdict::Drafted, Verdict::Unclear].map(Verdict::as_str))
}

/// The direction of an entry of the term table.
pub fn direction() -> Object {
    let all = [Direction::Both, Direction::FromHongKong, Direction::FromMainland];
    one_of(&all.map(Direction::as_str))
}

/// The degree of an entry.
pub fn degree() -> Object {
    one_of(&Degree::NAMES)
}

/// The degree of a pair of terms.
pub fn pair_degree() -> Object {
    one_of(&["same", "nearest"])
}

/// Where a part of a query matched.
pub fn found_where() -> Object {
    one_of(&FoundIn::ALL.map(FoundIn::as_str))
}

/// The kind of another wording.
pub fn rule() -> Object {
    one_of(&Rewording::ALL.map(Rewording::as_str))
}

/// Whether a total is exact.
pub fn total_is() -> Object {
    one_of(&[TotalIs::Exact, TotalIs::AtLeast].map(TotalIs::as_str))
}

/// The kind of a note.
pub fn note() -> Object {
    one_of(&Note::KINDS)
}

/// Pairs of a character as typed and as printed.
pub fn folded() -> Array {
    let character = ObjectBuilder::new().schema_type(Type::String).build();
    let pair = ArrayBuilder::new().items(character).min_items(Some(2)).max_items(Some(2));
    ArrayBuilder::new().items(pair).build()
}

/// A span: its first position, and the position after its last.
pub fn span() -> Array {
    two_places().build()
}

/// Several spans.
pub fn spans() -> Array {
    ArrayBuilder::new().items(two_places()).build()
}

fn two_places() -> ArrayBuilder {
    let place = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).build();
    ArrayBuilder::new().items(place).min_items(Some(2)).max_items(Some(2))
}
