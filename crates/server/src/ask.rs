//! What was asked: the parameters of a search, the same for pages and programs, so that an
//! address says all of it.

use serde::{Deserialize, Serialize};
use tiaowen_corpus::DocumentKind;
use tiaowen_query::{Filter, Request, Sort};
use tiaowen_text::Script;
use utoipa::{IntoParams, ToSchema};

use crate::Limits;
use crate::paging::Page;
use crate::problem::{May, Problem};
use crate::schema;

/// The parameters of a search, as they stand in an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Ask {
    /// What to look for, in either script; operators as on the command line.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Query, inline)]
    pub(crate) q: String,
    /// How many hits to give: 10 unless told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = schema::Limit, inline)]
    pub(crate) limit: Option<usize>,
    /// How many hits to pass over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = schema::Offset, inline)]
    pub(crate) offset: Option<usize>,
    /// `score` or `date`.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Sort, inline)]
    pub(crate) sort: String,
    /// Only documents printed in `hant` or `hans`.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::ScriptFilter, inline)]
    pub(crate) script: String,
    /// Only documents of these kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[param(value_type = schema::Kinds, inline)]
    pub(crate) kind: Vec<String>,
    /// Only documents of this date or later: 2017, 2017-11, 2017-11-18.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Date, inline)]
    pub(crate) from: String,
    /// Only documents of this date or earlier.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Date, inline)]
    pub(crate) to: String,
    /// Only documents that say they are in force then: 2020-06-30, 2020-06, 2020.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Date, inline)]
    pub(crate) in_force: String,
    /// Only documents that this body signs or issues.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Words, inline)]
    pub(crate) party: String,
    /// Only documents signed at this place.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Words, inline)]
    pub(crate) place: String,
    /// Only clauses that name this responsible unit.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Words, inline)]
    pub(crate) unit: String,
    /// Only documents of this number (文號).
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Words, inline)]
    pub(crate) number: String,
    /// The script that texts are shown in: `original`, `hant` or `hans`.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Display, inline)]
    pub(crate) display: String,
    /// Whether to look for other regions' words as well; yes unless told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expand: Option<bool>,
    /// Whether the versions of a clause are one hit; yes unless told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<bool>,
    /// Whether Latin letters may be pinyin or jyutping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phonetic: Option<bool>,
    /// Whether to tell of each hit why it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) explain: Option<bool>,
    /// Whether to give each hit's other versions with their texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parallel: Option<bool>,
    /// Whether to count how the hits divide, and so all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) facets: Option<bool>,
    /// Whether to count all hits; beyond 1,000 they are not unless told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<bool>,
    /// How the hits are given; `csv` and `jsonl` as files to keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub(crate) format: Option<ListFormat>,
}

/// How lists are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ListFormat {
    /// One JSON value.
    #[default]
    Json,
    /// One JSON object a line.
    Jsonl,
    /// For spreadsheets, in UTF-8.
    Csv,
}

impl Ask {
    /// The search that is asked for.
    ///
    /// # Errors
    /// When a parameter can't be read, or asks for more than `limits` allow.
    pub(crate) fn request(&self, limits: &Limits) -> Result<Request, Problem> {
        let page = Page::of(self.limit, self.offset, 10, limits)?;
        let sort = match self.sort.as_str() {
            "" | "score" => Sort::Score,
            "date" => Sort::Date,
            other => return Err(Problem::none_of("sort", other, &["score", "date"])),
        };
        Ok(Request {
            query: self.q.clone(),
            limit: page.limit,
            offset: page.offset,
            sort,
            filter: Filter {
                script: script("script", &self.script, "any")?,
                kinds: kinds_of(&self.kind)?,
                from: day("from", &self.from)?,
                to: day("to", &self.to)?,
                in_force: day("in_force", &self.in_force)?,
                party: named("party", &self.party)?,
                place: named("place", &self.place)?,
                unit: named("unit", &self.unit)?,
                number: named("number", &self.number)?,
                ..Filter::default()
            },
            expand: self.expand.unwrap_or(true),
            phonetic: self.phonetic.unwrap_or(false),
            group: self.group.unwrap_or(true),
            count: self.count.unwrap_or(false),
            facets: self.facets.unwrap_or(false),
            explain: self.explain.unwrap_or(false),
        })
    }

    /// The script that texts are shown in; as printed for `None`.
    ///
    /// # Errors
    /// When it is none of those known.
    pub(crate) fn shown(&self) -> Result<Option<Script>, Problem> {
        script("display", &self.display, "original")
    }
}

/// A script by its name; `all` and nothing are `None`.
pub(crate) fn script(parameter: &str, name: &str, all: &str) -> Result<Option<Script>, Problem> {
    match name {
        "hant" => Ok(Some(Script::Hant)),
        "hans" => Ok(Some(Script::Hans)),
        name if name.is_empty() || name == all => Ok(None),
        other => Err(Problem::none_of(parameter, other, &["hant", "hans", all])),
    }
}

/// Kinds of documents by their names.
pub(crate) fn kinds_of(names: &[String]) -> Result<Vec<DocumentKind>, Problem> {
    let kind = |name: &String| {
        let known = DocumentKind::ALL.map(DocumentKind::as_str);
        DocumentKind::parse(name).ok_or_else(|| Problem::none_of("kind", name, &known))
    };
    names.iter().filter(|name| !name.is_empty()).map(kind).collect()
}

/// A date, if one is given.
pub(crate) fn day(parameter: &str, text: &str) -> Result<Option<String>, Problem> {
    match text {
        "" => Ok(None),
        text if tiaowen_index::date_bounds(text).is_some() => Ok(Some(text.to_owned())),
        other => Err(Problem::none_of(parameter, other, &["2017-11-18", "2017-11", "2017"])),
    }
}

/// A name or words of one, if any are given.
pub(crate) fn named(parameter: &str, text: &str) -> Result<Option<String>, Problem> {
    let length = text.chars().count();
    if length > MOST_NAME {
        return Err(too_long(parameter, length, MOST_NAME));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// A query that is not too long to be looked for.
pub(crate) fn short(query: &str) -> Result<&str, Problem> {
    let length = query.chars().count();
    if length > MOST_QUERY {
        return Err(too_long("q", length, MOST_QUERY));
    }
    Ok(query)
}

/// One of the names known, the first of which is meant by none.
///
/// # Errors
/// When it is none of them.
pub(crate) fn order<'n>(
    parameter: &str,
    name: &str,
    known: &[&'n str],
) -> Result<&'n str, Problem> {
    if name.is_empty() {
        return Ok(known.first().copied().unwrap_or_default());
    }
    let found = known.iter().copied().find(|known| *known == name);
    found.ok_or_else(|| {
        let known: Vec<&str> = known.iter().copied().filter(|name| !name.is_empty()).collect();
        Problem::none_of(parameter, name, &known)
    })
}

fn too_long(parameter: &str, length: usize, most: usize) -> Problem {
    let detail = format!("{parameter} has {length} characters; at most {most} are looked for");
    Problem::unreadable(detail).naming(parameter, length, May::Characters(most))
}

/// The longest query, and name in a filter, in characters.
pub(crate) const MOST_QUERY: usize = 1_000;
pub(crate) const MOST_NAME: usize = 200;
