//! What parameters can be, for the description of the API.
//!
//! A parameter that is given but empty is as if it was not given, so that forms can be sent
//! as they are.

use tiaowen_wire::names;
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, Type};

use crate::ask::{MOST_NAME, MOST_QUERY};
use crate::{DEPTH, HITS};

fn text(most: usize) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).max_length(Some(most))
}

fn number(most: usize) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(most))
}

/// What queries are, for the description of the API.
pub(crate) fn query() -> Object {
    text(MOST_QUERY).build()
}

/// What names in filters are.
pub(crate) fn words() -> Object {
    text(MOST_NAME).build()
}

/// How many may be on a page.
pub(crate) fn limit() -> Object {
    number(HITS).build()
}

/// How many may be passed over.
pub(crate) fn offset() -> Object {
    number(DEPTH).build()
}

/// What dates are.
pub(crate) fn date() -> Object {
    let pattern = "^([0-9]{4}(-[0-9]{2}){0,2})?$";
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build()
}

/// The orders of hits.
pub(crate) fn sort() -> Object {
    names::one_of(&["score", "date", ""])
}

/// The scripts that documents can be narrowed to.
pub(crate) fn script_filter() -> Object {
    names::one_of(&["any", "hant", "hans", ""])
}

/// The scripts that texts can be shown in.
pub(crate) fn display() -> Object {
    names::one_of(&["original", "hant", "hans", ""])
}

/// The kinds that documents can be narrowed to.
pub(crate) fn kinds() -> Array {
    ArrayBuilder::new().items(names::document_kind()).build()
}

/// The orders of a list of documents.
pub(crate) fn document_sort() -> Object {
    names::one_of(&["source", "date", "title", ""])
}

/// How versions can belong together, to narrow a list of them.
pub(crate) fn relation_filter() -> Object {
    names::one_of(&["other_script", "same_script", "other_year", ""])
}

/// The orders of lines of a concordance.
pub(crate) fn line_order() -> Object {
    names::one_of(&["found", "left", "right", ""])
}

/// Characters on each side of a keyword at most.
pub(crate) const MOST_WIDTH: usize = 200;

/// How many characters may be shown on each side of a keyword.
pub(crate) fn width() -> Object {
    number(MOST_WIDTH).build()
}
