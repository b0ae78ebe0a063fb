//! The parameters of a search, shared by pages and the API, so that an address describes a search
//! completely.

use serde::{Deserialize, Serialize};
use tiaowen_corpus::DocumentKind;
use tiaowen_query::{Filter, Request, Sort};
use tiaowen_text::Script;
use utoipa::{IntoParams, ToSchema};

use crate::Limits;
use crate::paging::Page;
use crate::problem::{May, Problem};
use crate::schema;

/// The parameters of a search, as in an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Ask {
    /// The query, in either script, with the operators of the command line.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Query, inline)]
    pub(crate) q: String,
    /// The number of hits to return. Default: 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = schema::Limit, inline)]
    pub(crate) limit: Option<usize>,
    /// The number of hits to skip.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = schema::Offset, inline)]
    pub(crate) offset: Option<usize>,
    /// The order: `score` or `date`.
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
    /// Only documents that state they are in force on this date: 2020-06-30, 2020-06, 2020.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Date, inline)]
    pub(crate) in_force: String,
    /// Only documents signed or issued by this body.
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
    /// Only documents with this number (文號).
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Words, inline)]
    pub(crate) number: String,
    /// The script in which texts are shown: `original`, `hant` or `hans`.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Display, inline)]
    pub(crate) display: String,
    /// Whether to search for other regions' terms too. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expand: Option<bool>,
    /// Whether the versions of a clause form one hit. Default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<bool>,
    /// Whether Latin letters may spell pinyin or jyutping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phonetic: Option<bool>,
    /// Whether to explain each hit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) explain: Option<bool>,
    /// Whether to return each hit's other versions with their texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parallel: Option<bool>,
    /// Whether to count the hits by facet. This counts all hits too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) facets: Option<bool>,
    /// Whether to count all hits. By default, counting stops beyond 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<bool>,
    /// The format of the hits. `csv` and `jsonl` are sent as files.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub(crate) format: Option<ListFormat>,
}

/// The formats of lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ListFormat {
    /// One JSON value.
    #[default]
    Json,
    /// One JSON object per line.
    Jsonl,
    /// A table for spreadsheets, in UTF-8.
    Csv,
}

impl Ask {
    /// The search request.
    ///
    /// # Errors
    /// When a parameter can't be read, or exceeds `limits`.
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

    /// The script in which texts are shown. `None`: as printed.
    ///
    /// # Errors
    /// When the script is unknown.
    pub(crate) fn shown(&self) -> Result<Option<Script>, Problem> {
        script("display", &self.display, "original")
    }
}

/// A script by name. `all` and an empty name are `None`.
pub(crate) fn script(parameter: &str, name: &str, all: &str) -> Result<Option<Script>, Problem> {
    match name {
        "hant" => Ok(Some(Script::Hant)),
        "hans" => Ok(Some(Script::Hans)),
        name if name.is_empty() || name == all => Ok(None),
        other => Err(Problem::none_of(parameter, other, &["hant", "hans", all])),
    }
}

/// Kinds of documents by name.
pub(crate) fn kinds_of(names: &[String]) -> Result<Vec<DocumentKind>, Problem> {
    let kind = |name: &String| {
        let known = DocumentKind::ALL.map(DocumentKind::as_str);
        DocumentKind::parse(name).ok_or_else(|| Problem::none_of("kind", name, &known))
    };
    names.iter().filter(|name| !name.is_empty()).map(kind).collect()
}

/// The date, if one is given.
pub(crate) fn day(parameter: &str, text: &str) -> Result<Option<String>, Problem> {
    match text {
        "" => Ok(None),
        text if tiaowen_index::date_bounds(text).is_some() => Ok(Some(text.to_owned())),
        other => Err(Problem::none_of(parameter, other, &["2017-11-18", "2017-11", "2017"])),
    }
}

/// The name or part of a name, if one is given.
pub(crate) fn named(parameter: &str, text: &str) -> Result<Option<String>, Problem> {
    let length = text.chars().count();
    if length > MOST_NAME {
        return Err(too_long(parameter, length, MOST_NAME));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// The query, unless it is too long.
pub(crate) fn short(query: &str) -> Result<&str, Problem> {
    let length = query.chars().count();
    if length > MOST_QUERY {
        return Err(too_long("q", length, MOST_QUERY));
    }
    Ok(query)
}

/// One of the known names. An empty name stands for the first.
///
/// # Errors
/// When the name is unknown.
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
    let detail = format!("{parameter} has {length} characters; at most {most}");
    Problem::unreadable(detail).naming(parameter, length, May::Characters(most))
}

/// The most characters of a query, and of a name in a filter.
pub(crate) const MOST_QUERY: usize = 1_000;
pub(crate) const MOST_NAME: usize = 200;
