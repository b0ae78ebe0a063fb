//! The possible values of parameters, for the API's description.

use tiaowen_wire::names::{self, one_of};
use utoipa::openapi::schema::{Array, ArrayBuilder, ArrayItems, Object, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::api::{MOST_GATHERED, MOST_TEXT};
use crate::ask::{MOST_NAME, MOST_QUERY, MOST_VALUES};
use crate::{DEPTH, HITS, PAGE};

/// The most characters on each side of a keyword.
pub(crate) const MOST_WIDTH: usize = 200;

/// Types that exist only for the description.
macro_rules! described {
    ($($(#[$doc:meta])* $name:ident: $schema:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

described! {
    /// A query.
    Query: text(0, MOST_QUERY);
    /// A term or a part of one.
    Term: text(0, MOST_NAME);
    /// A text to check.
    Text: text(1, MOST_TEXT);
    /// Words of a name.
    Words: text(1, MOST_NAME);
    /// The size of a page.
    Limit: number(HITS);
    /// The number of items to skip.
    Offset: number(DEPTH);
    /// The number of clauses of a document in an answer.
    Clauses: number(PAGE);
    /// The number of clauses of a document to skip, without a limit.
    Passed: whole();
    /// The number of characters on each side of a keyword.
    Width: number(MOST_WIDTH);
    /// A day, a month or a year.
    Date: date();
    /// The orders of hits.
    Sort: one_of(&["score", "date"]);
    /// The orders of a list of documents.
    DocumentSort: one_of(&["source", "date", "title"]);
    /// The orders of lines of a concordance.
    LineOrder: one_of(&["found", "left", "right"]);
    /// The scripts by which documents can be filtered.
    Scripts: several(one_of(&["any", "hant", "hans"]));
    /// Days, months or years.
    Dates: several(date());
    /// Replacements of language tags.
    TagReplacements: several(tags());
    /// Names, of each of which a part is enough.
    Names: several(text(1, MOST_NAME));
    /// The scripts in which texts can be shown.
    Display: one_of(&["original", "hant", "hans"]);
    /// The relations of versions.
    Relation: names::relation();
    /// Ids of clauses.
    Ids: ids();
    /// The languages of pages and of report titles.
    Interface: one_of(&["hant", "hans", "en"]);
    /// The kinds by which documents can be filtered.
    Kinds: kinds();
}

/// A text to check, in a body. In bodies, types that exist only for the description would be combined with
/// an object, which no text is.
pub(crate) fn checked_text() -> Object {
    let about = "The text, in either script or both, with each paragraph on its own line.";
    ObjectBuilder::from(text(1, MOST_TEXT)).description(Some(about)).build()
}

/// A day in a body.
pub(crate) fn as_of() -> Object {
    let about = "Check against what was in force on this date: 2017-11-18, 2017-11, 2017.";
    ObjectBuilder::from(date()).description(Some(about)).build()
}

fn text(least: usize, most: usize) -> Object {
    let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(most));
    let least = Some(least).filter(|least| *least > 0);
    text.min_length(least).build()
}

fn number(most: usize) -> Object {
    let number = ObjectBuilder::new().schema_type(Type::Integer);
    number.minimum(Some(0)).maximum(Some(most)).build()
}

fn ids() -> Array {
    let id = text(1, MOST_NAME);
    ArrayBuilder::new().items(id).min_items(Some(1)).max_items(Some(MOST_GATHERED)).build()
}

fn whole() -> Object {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).build()
}

fn date() -> Object {
    let pattern = "^[0-9]{4}(-[0-9]{2}){0,2}$";
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build()
}

fn tags() -> Object {
    let pattern = "^[A-Za-z][-A-Za-z0-9]*=[A-Za-z][-A-Za-z0-9]*$";
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build()
}

fn kinds() -> Array {
    several(names::document_kind())
}

/// Values of a filter, any of which is enough.
fn several(item: impl Into<ArrayItems>) -> Array {
    ArrayBuilder::new().items(item).max_items(Some(MOST_VALUES)).build()
}
