//! The tools: their purpose, arguments and answers.

use std::sync::Arc;

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tiaowen_wire::{
    AnswerJson, ComparisonJson, ContextJson, DocumentTextJson, EntryJson, VerifiedJson,
};
use utoipa::IntoParams;

use super::describe;
use crate::api::{ClauseAsk, DocumentAsk, Sides, TermsAsk, Text, searched};
use crate::ask::{Ask, named};
use crate::live::View;
use crate::problem::Problem;
use crate::{App, schema};

/// A tool for assistants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Search,
    Read,
    Compare,
    Terms,
    Verify,
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

/// The default number of clauses of a document, or rows of a comparison.
const USUAL: u64 = 50;

impl Which {
    pub(super) const ALL: [Which; 5] =
        [Which::Search, Which::Read, Which::Compare, Which::Terms, Which::Verify];

    pub(super) fn named(name: &str) -> Option<Self> {
        Which::ALL.into_iter().find(|which| which.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Which::Search => "search",
            Which::Read => "read",
            Which::Compare => "compare",
            Which::Terms => "terms",
            Which::Verify => "verify",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Which::Search => "Search clauses 檢索條文",
            Which::Read => "Read a clause or a document 閱讀",
            Which::Compare => "Compare two versions 對照",
            Which::Terms => "Regional terms 兩地用詞",
            Which::Verify => "Check citations and quotations 查核引用",
        }
    }

    /// The purpose of the tool, for an assistant that has to choose one.
    fn description(self) -> &'static str {
        match self {
            Which::Search => {
                "Find clauses of Chinese agreements, ranked. Type the query in Traditional or in \
                 Simplified Chinese: both find the same. Give words rather than a question: \
                 知識產權 保護. Also read: \"phrase\", OR, -word, ( ), CEP*, title: number: kind: \
                 party: place: unit: script: date:2015..2017 label:第十二條, and citations \
                 (《粵港醫療交流合作備忘錄》三（二）1). Each hit has the clause's text, its citation, its \
                 id (for the tool read), the link that stays where there is one, the places found \
                 (highlights, in code points of the text), its document, and the ids of its other \
                 versions (counterparts). notes tell what was done to the query; expand=false looks for \
                 what was typed only, phonetic=true reads pinyin and jyutping. total is exact where \
                 total_is says so; count=true counts all hits, facets=true tells how they divide. \
                 Cite what you use by citation and id or link."
            }
            Which::Read => {
                "Read a clause with the one before and the one after it, or a document with its \
                 clauses in order, by the id that search gives. A document is given in parts: \
                 total tells how many clauses it has, offset leads on. Each clause has its \
                 citation, id and, where there is one, the link that stays."
            }
            Which::Compare => {
                "Lay two documents (by their ids) beside one another, clause by clause, and tell \
                 what truly differs, script aside: regional terms, figures and dates, wording; \
                 also clauses of one side only and clauses moved. summary counts; rows hold both \
                 clauses with citation and id and each difference with its place. changed=true \
                 gives only rows that differ; total tells how many rows there are, offset leads \
                 on. Versions of a document are found by search: the counterparts of its clauses \
                 begin with their ids."
            }
            Which::Terms => {
                "What Hong Kong, the mainland and Taiwan call one thing (資訊 信息, 質素 素质), from \
                 the table that searches are widened by. q is a term or a part of one, in either \
                 script. attested names where both stand for the same."
            }
            Which::Verify => {
                "Check your own answer, or any text, before you give it: each citation (《…》第十二條) \
                 and quotation of it is looked up, in either script. Put quoted words in quotation \
                 marks beside their citation. Verdicts: verbatim; same (only script or marks \
                 differ); differs (see differences, each by its kind); misattributed (the words are \
                 another clause's: see clause); no_such_provision; not_in_force (with as_of); \
                 newer_differs; not_in_index, which doesn't mean wrong. Mend what is wrong and \
                 check again."
            }
        }
    }

    /// The schema of its arguments.
    pub(super) fn arguments(self) -> JsonObject {
        match self {
            Which::Search => describe::arguments::<Ask>(&["format"], &["q"]),
            Which::Read => describe::arguments::<Read>(&[], &["id"]),
            Which::Compare => describe::arguments::<Sides>(&["format"], &[]),
            Which::Terms => describe::arguments::<TermsAsk>(&["format"], &[]),
            Which::Verify => describe::arguments::<Text>(&[], &["text"]),
        }
    }

    /// The schema of its answer.
    fn answer(self) -> JsonObject {
        match self {
            Which::Search => describe::answer::<AnswerJson<'_>>(),
            Which::Read => describe::either::<ContextJson<'_>, DocumentTextJson<'_>>(),
            Which::Compare => describe::answer::<ComparisonJson<'_>>(),
            Which::Terms => describe::list::<EntryJson<'_>>("entries"),
            Which::Verify => describe::answer::<VerifiedJson<'_>>(),
        }
    }

    /// The description of the tool.
    pub(super) fn tool(self) -> Tool {
        let hints = ToolAnnotations::with_title(self.title());
        let hints = hints.read_only(true).idempotent(true).destructive(false).open_world(false);
        Tool::new(self.name(), self.description(), self.arguments())
            .with_title(self.title())
            .with_raw_output_schema(Arc::new(self.answer()))
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
                to_value(&AnswerJson::new(&ask.q, &answer, &parallel, &links))
            }
            Which::Read => {
                let Read { id, at, display, limit, offset } = self.read(arguments)?;
                named("id", &id)?;
                if id.contains('.') {
                    if limit.is_some() || offset.is_some() {
                        return Err(Problem::unreadable(
                            "limit and offset are for documents: leave them out for a clause",
                        ));
                    }
                    let ask = ClauseAsk { at, display };
                    return to_value(&ask.found(app, snapshot, &id)?.to_json(&links));
                }
                if !at.is_empty() {
                    return Err(Problem::unreadable(
                        "at marks a part of an article: name the article's id, not its document's",
                    ));
                }
                let ask = DocumentAsk { display, limit: limit.or(Some(USUAL as usize)), offset };
                to_value(&ask.found(app, snapshot, &id)?.to_json(&links))
            }
            Which::Compare => {
                let mut arguments = arguments;
                arguments.entry("limit").or_insert_with(|| USUAL.into());
                let sides: Sides = self.read(arguments)?;
                to_value(&sides.compared(app, snapshot)?.to_json(&links))
            }
            Which::Terms => {
                let ask: TermsAsk = self.read(arguments)?;
                let entries: Vec<_> = ask.entries(app)?.into_iter().map(EntryJson::from).collect();
                Ok(json!({ "entries": entries }))
            }
            Which::Verify => {
                let text: Text = self.read(arguments)?;
                let report = text.verified(app, snapshot)?;
                to_value(&VerifiedJson::new(None, &report, &links))
            }
        }
    }

    /// Reads arguments. Unknown ones are rejected, as the assistant would look in vain for their
    /// effect; so are values of the wrong type.
    fn read<T: DeserializeOwned>(self, arguments: JsonObject) -> Result<T, Problem> {
        let described = self.arguments();
        let known = described["properties"].as_object().expect("arguments have properties");
        for (name, given) in &arguments {
            let shown: String = name.chars().take(40).collect();
            let Some(schema) = known.get(name) else {
                let known: Vec<&str> = known.keys().map(String::as_str).collect();
                return Err(Problem::unreadable(format!(
                    "there is no argument '{shown}'; there are {}",
                    known.join(", ")
                )));
            };
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
                let told = known[name]["description"].as_str().unwrap_or_default();
                return Err(Problem::unreadable(format!("{name} is missing: {told}")));
            }
        }
        serde_json::from_value(Value::Object(arguments))
            .map_err(|error| Problem::unreadable(error.to_string()))
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
