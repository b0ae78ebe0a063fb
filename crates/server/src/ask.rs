//! What was asked: the parameters of a search, the same for pages and programs, so that an
//! address says all of it.

use serde::{Deserialize, Serialize};
use tiaowen_corpus::DocumentKind;
use tiaowen_query::{Filter, Request, Sort};
use tiaowen_text::Script;

use crate::Limits;
use crate::problem::Problem;

/// The parameters of a search, as they stand in an address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Ask {
    /// What to look for, in either script; operators as on the command line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) q: String,
    /// How many hits to give: 10 unless told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<usize>,
    /// How many hits to pass over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offset: Option<usize>,
    /// `score` or `date`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) sort: String,
    /// Only documents printed in `hant` or `hans`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) script: String,
    /// Only documents of these kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) kind: Vec<String>,
    /// Only documents of this date or later: 2017, 2017-11, 2017-11-18.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) from: String,
    /// Only documents of this date or earlier.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) to: String,
    /// Only documents that this body signs or issues.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) party: String,
    /// Only documents signed at this place.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) place: String,
    /// Only clauses that name this responsible unit.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) unit: String,
    /// Only documents of this number (文號).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) number: String,
    /// The script that texts are shown in: `original`, `hant` or `hans`.
    #[serde(skip_serializing_if = "String::is_empty")]
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
}

impl Ask {
    /// The search that is asked for.
    ///
    /// # Errors
    /// When a parameter can't be read, or asks for more than `limits` allow.
    pub(crate) fn request(&self, limits: &Limits) -> Result<Request, Problem> {
        let limit = self.limit.unwrap_or(10);
        let offset = self.offset.unwrap_or(0);
        if limit > limits.hits {
            let most = limits.hits;
            return Err(Problem::unreadable(format!(
                "limit is {limit}; at most {most} hits are given at once, further ones with offset"
            )));
        }
        if offset.saturating_add(limit) > limits.depth {
            let most = limits.depth;
            return Err(Problem::unreadable(format!(
                "hits beyond the {most}th are not given; narrow the search by kind, date or party"
            )));
        }
        let own = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let sort = match self.sort.as_str() {
            "" | "score" => Sort::Score,
            "date" => Sort::Date,
            other => return Err(unknown("sort", other, "score or date")),
        };
        let kind = |name: &String| {
            let names = || DocumentKind::ALL.map(DocumentKind::as_str).join(", ");
            DocumentKind::parse(name).ok_or_else(|| unknown("kind", name, &names()))
        };
        Ok(Request {
            query: self.q.clone(),
            limit,
            offset,
            sort,
            filter: Filter {
                script: script("script", &self.script, "any")?,
                kinds: self
                    .kind
                    .iter()
                    .filter(|name| !name.is_empty())
                    .map(kind)
                    .collect::<Result<_, _>>()?,
                from: own(&self.from),
                to: own(&self.to),
                party: own(&self.party),
                place: own(&self.place),
                unit: own(&self.unit),
                number: own(&self.number),
                ..Filter::default()
            },
            expand: self.expand.unwrap_or(true),
            phonetic: self.phonetic.unwrap_or(false),
            group: self.group.unwrap_or(true),
            facets: true,
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
        other => Err(unknown(parameter, other, &format!("hant, hans or {all}"))),
    }
}

fn unknown(parameter: &str, given: &str, known: &str) -> Problem {
    Problem::unreadable(format!("{parameter} is '{given}'; it can be {known}"))
}
