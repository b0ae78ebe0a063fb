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
    /// Only documents printed in these scripts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[param(value_type = schema::Scripts, inline)]
    pub(crate) script: Vec<String>,
    /// Only documents of these kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[param(value_type = schema::Kinds, inline)]
    pub(crate) kind: Vec<String>,
    /// Only documents of these years.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[param(value_type = schema::Dates, inline)]
    pub(crate) year: Vec<String>,
    /// Whether documents without a date pass: only these, or beside `year` these too. Not beside
    /// `from` or `to`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) undated: Option<bool>,
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
    /// The state of this day: documents that were in force then, and the version in force of each.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Date, inline)]
    pub(crate) as_of: String,
    /// Only documents whose content was indexed on this day or later.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[param(value_type = schema::Date, inline)]
    pub(crate) added_since: String,
    /// Only documents signed or issued by one of these bodies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[param(value_type = schema::Names, inline)]
    pub(crate) party: Vec<String>,
    /// Only documents signed at one of these places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[param(value_type = schema::Names, inline)]
    pub(crate) place: Vec<String>,
    /// Only clauses that name one of these responsible units.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[param(value_type = schema::Names, inline)]
    pub(crate) unit: Vec<String>,
    /// Only documents with one of these numbers (文號).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[param(value_type = schema::Names, inline)]
    pub(crate) number: Vec<String>,
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
    /// Whether to search by meaning too, if the server has an embedding server. `notes` say if it
    /// can't.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) meaning: Option<bool>,
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

/// The parameters that narrow a search.
pub(crate) const FILTERS: [&str; 13] = [
    "kind",
    "script",
    "year",
    "undated",
    "from",
    "to",
    "in_force",
    "as_of",
    "added_since",
    "party",
    "place",
    "unit",
    "number",
];

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
                scripts: scripts_of(&self.script)?,
                kinds: kinds_of(&self.kind)?,
                years: days("year", &self.year)?,
                undated: self.undated.unwrap_or(false),
                from: day("from", &self.from)?,
                to: day("to", &self.to)?,
                in_force: day("in_force", &self.in_force)?,
                as_of: day("as_of", &self.as_of)?,
                added_since: day("added_since", &self.added_since)?,
                parties: all_named("party", &self.party)?,
                places: all_named("place", &self.place)?,
                units: all_named("unit", &self.unit)?,
                numbers: all_named("number", &self.number)?,
                ..Filter::default()
            },
            expand: self.expand.unwrap_or(true),
            phonetic: self.phonetic.unwrap_or(false),
            relax: true,
            group: self.group.unwrap_or(true),
            count: self.count.unwrap_or(false),
            facets: self.facets.unwrap_or(false),
            explain: self.explain.unwrap_or(false),
            meaning: self.meaning.unwrap_or(false),
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

/// Scripts by name. `any` means all of them, even beside other names; no name means the same.
pub(crate) fn scripts_of(names: &[String]) -> Result<Vec<Script>, Problem> {
    few("script", names)?;
    let names = names.iter().filter(|name| !name.is_empty());
    let scripts = names.map(|name| script("script", name, "any"));
    let scripts: Option<Vec<Script>> = scripts.collect::<Result<_, _>>()?;
    Ok(scripts.unwrap_or_default())
}

/// Kinds of documents by name.
pub(crate) fn kinds_of(names: &[String]) -> Result<Vec<DocumentKind>, Problem> {
    few("kind", names)?;
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

/// The dates that are given.
pub(crate) fn days(parameter: &str, texts: &[String]) -> Result<Vec<String>, Problem> {
    few(parameter, texts)?;
    texts.iter().filter_map(|text| day(parameter, text).transpose()).collect()
}

/// The names that are given.
pub(crate) fn all_named(parameter: &str, texts: &[String]) -> Result<Vec<String>, Problem> {
    few(parameter, texts)?;
    texts.iter().filter_map(|text| named(parameter, text).transpose()).collect()
}

/// Rejects more values than a filter can have.
fn few(parameter: &str, values: &[String]) -> Result<(), Problem> {
    if values.len() <= MOST_VALUES {
        return Ok(());
    }
    let detail = format!("{parameter} is given {} times; at most {MOST_VALUES}", values.len());
    Err(Problem::unreadable(detail))
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
/// The most values of one filter. Each may have many words, and all are looked up.
pub(crate) const MOST_VALUES: usize = 32;
