//! The tools: their purpose, arguments and answers. An answer has one form, text, which every client
//! shows to its model; a second form would only cost room.

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tiaowen_wire::{AnswerJson, DocumentsJson, EntryJson, HistoryJson, VerifiedJson};
use utoipa::IntoParams;

use super::{brief, describe, purpose};
use crate::api::{
    ClauseAsk, DocumentAsk, HistoryAsk, Listed, Sides, TermsAsk, Text, searched, versions,
};
use crate::ask::{Ask, named};
use crate::live::View;
use crate::problem::Problem;
use crate::work::Cost;
use crate::{App, schema};

/// A tool for assistants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Search,
    Documents,
    Read,
    Compare,
    Terms,
    Verify,
    History,
}

/// What to read: a clause in its context, or a document.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Read {
    /// The id of a clause (with a full stop: mi7gg7hcdq.part_4) or of a document.
    #[param(value_type = schema::Words, inline)]
    id: String,
    /// For a clause: the part of the article to mark: 第二款, 第二款（三）.
    #[param(value_type = schema::Words, inline)]
    at: String,
    /// The script in which texts are shown: `original`, `hant` or `hans`.
    #[param(value_type = schema::Display, inline)]
    display: String,
    /// For a document: the number of clauses to return. Default: 50.
    #[param(value_type = schema::Clauses, inline)]
    limit: Option<usize>,
    /// For a document: the number of clauses to skip.
    #[param(value_type = schema::Passed, inline)]
    offset: Option<usize>,
}

/// The argument of a comparison that requests differences of script.
const SCRIPT: &str = "script";

/// The default number of clauses of a document, or rows of a comparison.
const USUAL: u64 = 50;

impl Which {
    pub(super) const ALL: [Which; 7] = [
        Which::Search,
        Which::Documents,
        Which::Read,
        Which::Compare,
        Which::Terms,
        Which::Verify,
        Which::History,
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Which::ALL.into_iter().find(|which| which.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Which::Search => "search",
            Which::Documents => "documents",
            Which::Read => "read",
            Which::Compare => "compare",
            Which::Terms => "terms",
            Which::Verify => "verify",
            Which::History => "history",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Which::Search => "Search clauses 檢索條文",
            Which::Documents => "List documents 文件目錄",
            Which::Read => "Read a clause or a document 閱讀",
            Which::Compare => "Compare two versions 對照",
            Which::Terms => "Regional terms 兩地用詞",
            Which::Verify => "Check citations and quotations 查核引用",
            Which::History => "Versions of a provision over time 條文沿革",
        }
    }

    /// The purpose of the tool, for an assistant that has to choose one.
    fn description(self) -> &'static str {
        match self {
            Which::Search => purpose::SEARCH,
            Which::Documents => purpose::DOCUMENTS,
            Which::Read => purpose::READ,
            Which::Compare => purpose::COMPARE,
            Which::Terms => purpose::TERMS,
            Which::Verify => purpose::VERIFY,
            Which::History => purpose::HISTORY,
        }
    }

    /// Whether it takes a text of the assistant's.
    pub(super) fn sends_a_text(self) -> bool {
        self == Which::Verify
    }

    /// The work that a call promises.
    pub(super) fn cost(self, arguments: &JsonObject) -> Cost {
        let query = arguments.get("q").and_then(Value::as_str).unwrap_or_default();
        match self {
            Which::Compare | Which::Verify => Cost::Open,
            _ => Cost::of_query(query),
        }
    }

    /// The schema of its arguments.
    pub(super) fn arguments(self) -> JsonObject {
        match self {
            Which::Search => describe::arguments::<Ask>(&["format"], &["q"]),
            Which::Documents => describe::arguments::<Listed>(&[], &[]),
            Which::Read => describe::arguments::<Read>(&[], &["id"]),
            Which::Compare => {
                let purpose = "Whether differences of script, variants and punctuation are given too; \
                            default: false.";
                describe::with_flag(
                    describe::arguments::<Sides>(&["format", "units", "tag", "ui"], &[]),
                    SCRIPT,
                    purpose,
                )
            }
            Which::Terms => describe::arguments::<TermsAsk>(&["format"], &["q"]),
            Which::Verify => describe::arguments::<Text>(&[], &["text"]),
            Which::History => describe::arguments::<HistoryAsk>(&[], &["q"]),
        }
    }

    /// The description of the tool.
    pub(super) fn tool(self) -> Tool {
        let hints = ToolAnnotations::with_title(self.title());
        let hints = hints.read_only(true).idempotent(true).destructive(false).open_world(false);
        Tool::new(self.name(), self.description(), self.arguments())
            .with_title(self.title())
            .with_annotations(hints)
    }

    /// Answers a call.
    ///
    /// # Errors
    /// When an argument can't be read or exceeds a limit, or nothing has the id.
    pub(super) fn call(
        self,
        app: &App,
        snapshot: &View,
        arguments: JsonObject,
    ) -> Result<Value, Problem> {
        let links = app.links.permanent();
        match self {
            Which::Search => {
                let ask: Ask = self.read(arguments)?;
                let (answer, parallel) = searched(app, snapshot, &ask)?;
                Ok(brief::brief(to_value(&AnswerJson::new(&ask.q, &answer, &parallel, &links))?))
            }
            Which::Documents => {
                let ask: Listed = self.read(arguments)?;
                let (total, found) = ask.listed(app, snapshot)?;
                Ok(brief::listed(&to_value(&DocumentsJson::new(total, &found, &links))?))
            }
            Which::Read => self.read(arguments).and_then(|asked| reading(app, snapshot, asked)),
            Which::Compare => {
                let mut arguments = arguments;
                arguments.entry("limit").or_insert_with(|| USUAL.into());
                let with_script = arguments.get(SCRIPT) == Some(&Value::Bool(true));
                let sides: Sides = self.read(arguments)?;
                let found = to_value(&sides.compared(app, snapshot)?.to_json(&links))?;
                Ok(brief::compared(found, with_script))
            }
            Which::Terms => {
                let ask: TermsAsk = self.read(arguments)?;
                let entries: Vec<_> = ask.entries(app)?.into_iter().map(EntryJson::from).collect();
                Ok(json!({ "entries": entries }))
            }
            Which::Verify => {
                let text: Text = self.read(arguments)?;
                let report = text.verified(app, snapshot)?;
                Ok(brief::verified(to_value(&VerifiedJson::new(None, &report, &links))?))
            }
            Which::History => {
                let ask: HistoryAsk = self.read(arguments)?;
                let found = versions(app, snapshot, &ask)?;
                let history = HistoryJson::new(ask.q.trim(), &found, &links);
                Ok(brief::historied(to_value(&history)?))
            }
        }
    }

    /// Reads arguments. Unknown ones are rejected, as the assistant would look in vain for their
    /// effect; so are values of the wrong type.
    fn read<T: DeserializeOwned>(self, mut arguments: JsonObject) -> Result<T, Problem> {
        let described = self.arguments();
        let known = described["properties"].as_object().expect("arguments have properties");
        arguments.values_mut().for_each(whole);
        for (name, given) in &mut arguments {
            let shown: String = name.chars().take(40).collect();
            let Some(schema) = known.get(name) else {
                let known: Vec<&str> = known.keys().map(String::as_str).collect();
                return Err(Problem::unreadable(format!(
                    "there is no argument '{shown}'; there are {}",
                    known.join(", ")
                )));
            };
            let is_listed = sorts(schema).contains(&"array");
            if is_listed && given.is_string() {
                *given = Value::Array(vec![given.take()]);
            }
            if !is_of(schema, given) {
                return Err(Problem::unreadable(format!(
                    "{name} is {}; it is to be {}",
                    sort_of(given),
                    wanted(schema)
                )));
            }
        }
        for name in described["required"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap_or_default();
            if arguments.get(name).is_none_or(|given| given == "") {
                let description = known[name]["description"].as_str().unwrap_or_default();
                return Err(Problem::unreadable(format!("{name} is missing: {description}")));
            }
        }
        serde_json::from_value(Value::Object(arguments))
            .map_err(|error| Problem::unreadable(error.to_string()))
    }
}

/// A clause in its context, or the requested part of a document.
fn reading(app: &App, snapshot: &View, asked: Read) -> Result<Value, Problem> {
    let Read { id, at, display, limit, offset } = asked;
    let links = app.links.permanent();
    named("id", &id)?;
    if id.contains('.') {
        if limit.is_some() || offset.is_some() {
            return Err(Problem::unreadable(
                "limit and offset are for documents: leave them out for a clause",
            ));
        }
        let ask = ClauseAsk { at, display };
        let found = ask.found(app, snapshot, &id)?;
        return Ok(brief::brief(to_value(&found.to_json(&links))?));
    }
    if !at.is_empty() {
        return Err(Problem::unreadable(
            "at marks a part of an article: name the article's id, not its document's",
        ));
    }
    let ask = DocumentAsk { display, limit: limit.or(Some(USUAL as usize)), offset };
    Ok(brief::brief(to_value(&ask.found(app, snapshot, &id)?.to_json(&links))?))
}

/// Turns 3.0 into 3. It is an integer for JSON Schema, and clients that store all numbers as doubles
/// send it.
fn whole(given: &mut Value) {
    /// Doubles are exact up to here.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if let Some(number) = given.as_f64().filter(|_| given.is_f64())
        && number.fract() == 0.0
        && (0.0..EXACT).contains(&number)
    {
        *given = (number as u64).into();
    }
}

/// The types of values that a schema allows.
fn sorts(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(sort) => vec![sort],
        Value::Array(sorts) => sorts.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_of(schema: &Value, given: &Value) -> bool {
    sorts(schema).into_iter().any(|sort| match sort {
        "string" => given.is_string(),
        "integer" => given.is_u64(),
        "boolean" => given.is_boolean(),
        "array" => given.as_array().is_some_and(|all| all.iter().all(Value::is_string)),
        "null" => given.is_null(),
        _ => false,
    })
}

fn wanted(schema: &Value) -> &'static str {
    match sorts(schema).first() {
        Some(&"string") => "a text",
        Some(&"integer") => "a whole number, 0 or more",
        Some(&"boolean") => "true or false",
        _ => "a list of texts",
    }
}

fn sort_of(given: &Value) -> &'static str {
    match given {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// An answer as a JSON value. It is made from the text, so that numbers look as in the API.
fn to_value(answer: &impl serde::Serialize) -> Result<Value, Problem> {
    let text = serde_json::to_vec(answer).map_err(|error| Problem::inside(&error))?;
    serde_json::from_slice(&text).map_err(|error| Problem::inside(&error))
}
