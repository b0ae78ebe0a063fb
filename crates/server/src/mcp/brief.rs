//! Answers as assistants get them: those of the API without what only programs need.
//!
//! An assistant pays for every character it reads, so an answer is little longer than the texts that
//! it quotes. What is known of a document stands once, under `documents`, and clauses name it by the
//! part of their id before the full stop. Places in texts, parts of a citation, and everything that
//! is unknown, empty or false are left out.

use serde_json::{Map, Value, json};

/// What is left out of every object: places, and parts of what `id` and `citation` say whole.
const LEFT_OUT: [&str; 21] = [
    "rank",
    "score",
    "highlights",
    "passages",
    "bytes",
    "path",
    "eid",
    "label",
    "span",
    "marked",
    "at",
    "left_at",
    "right_at",
    "source",
    "ordinal",
    "language",
    "date_is",
    "took_us",
    "bodies",
    "left_dropped",
    "right_dropped",
];

/// What is told of a document.
const OF_DOCUMENTS: [&str; 7] = ["title", "number", "kind", "script", "date", "parties", "clauses"];

/// Kinds of differences that are left out unless they are asked for: two scripts differ so all over.
const IN_PASSING: [&str; 3] = ["script", "variant", "punctuation"];

/// An answer of the API without what assistants don't need.
pub(super) fn brief(mut answer: Value) -> Value {
    let mut shared = Shared::default();
    shorten(&mut answer, &mut shared);
    if let Value::Object(answer) = &mut answer {
        if !shared.documents.is_empty() {
            answer.insert("documents".to_owned(), Value::Object(shared.documents));
        }
        if let Some(link) = shared.link {
            answer.insert("clause_link".to_owned(), link.into());
        }
    }
    answer
}

/// What clauses of an answer have in common.
#[derive(Debug, Default)]
struct Shared {
    /// Their documents by their ids.
    documents: Map<String, Value>,
    /// Where each is read for good, with `{id}` for its id.
    link: Option<String>,
}

/// A list of documents, each with its id.
pub(super) fn listed(answer: &Value) -> Value {
    let documents = answer["documents"].as_array().into_iter().flatten();
    let documents: Vec<Value> = documents.map(with_id).collect();
    json!({ "total": answer["total"], "documents": documents })
}

/// A comparison: of rows that are the same, the text on one side; `with_script` keeps differences
/// of script, variants and punctuation.
pub(super) fn compared(mut answer: Value, with_script: bool) -> Value {
    for row in answer["rows"].as_array_mut().into_iter().flatten() {
        if !with_script {
            for key in ["differences", "heading_differences"] {
                if let Some(all) = row[key].as_array_mut() {
                    all.retain(|found| !IN_PASSING.iter().any(|kind| found["kind"] == **kind));
                }
            }
            if row["status"] == "same"
                && let Some(right) = row["right"].as_object_mut()
            {
                right.retain(|key, _| key == "id");
            }
        }
        for key in ["differences", "heading_differences", "unit_differences"] {
            if let Some(all) = row[key].as_array_mut() {
                all.iter_mut().for_each(|found| *found = in_words(found));
            }
        }
    }
    for side in ["left", "right"] {
        answer[side] = with_id(&answer[side]);
    }
    brief(answer)
}

/// A check of a text with its differences in words.
pub(super) fn verified(mut answer: Value) -> Value {
    for check in answer["checks"].as_array_mut().into_iter().flatten() {
        if let Some(all) = check["differences"].as_array_mut() {
            all.retain(|found| !IN_PASSING.iter().any(|kind| found["kind"] == **kind));
            all.iter_mut().for_each(|found| *found = in_words(found));
        }
        // What is right needs no text beside its own.
        let is_right = check["verdict"] == "verbatim" || check["verdict"] == "same";
        if let (true, Some(clause)) = (is_right, check["clause"].as_object_mut()) {
            clause.remove("text");
        }
    }
    brief(answer)
}

/// The versions of a provision, each with the id of its document and its differences in words.
pub(super) fn historied(mut answer: Value) -> Value {
    for version in answer["versions"].as_array_mut().into_iter().flatten() {
        version["document_id"] = version["document"]["id"].clone();
        if version["repealed_by"].is_object() {
            version["repealed_by"] = with_id(&version["repealed_by"]);
        }
        if let Some(all) = version["differences"].as_array_mut() {
            all.iter_mut().for_each(|found| *found = in_words(found));
        }
    }
    brief(answer)
}

/// A difference in a line: `wording: 及時 → ∅`.
fn in_words(found: &Value) -> Value {
    let words = |key: &str| found[key].as_str().unwrap_or_default();
    let side = |key: &str| if words(key).is_empty() { "∅" } else { words(key) };
    format!("{}: {} → {}", words("kind"), side("left"), side("right")).into()
}

/// What is said of a document, with its id.
fn with_id(document: &Value) -> Value {
    let mut brief = of_document(document);
    brief.insert("id".to_owned(), document["id"].clone());
    Value::Object(brief)
}

fn of_document(document: &Value) -> Map<String, Value> {
    let known = OF_DOCUMENTS.iter().filter_map(|key| {
        let value = document.get(key).filter(|value| !is_empty(value))?;
        Some(((*key).to_owned(), value.clone()))
    });
    known.collect()
}

/// Shortens a value, and puts together what its clauses have in common.
fn shorten(value: &mut Value, shared: &mut Shared) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|one| shorten(one, shared)),
        Value::Object(fields) => {
            if let Some(document) = fields.get("document").filter(|one| one.is_object()) {
                let id = document["id"].as_str().unwrap_or_default().to_owned();
                let document = Value::Object(of_document(document));
                shared.documents.entry(id).or_insert(document);
                fields.remove("document");
            }
            // Only clauses have an id and bytes.
            if let (true, Some(id)) = (fields.contains_key("bytes"), fields.get("id")) {
                let id = id.as_str().unwrap_or_default().to_owned();
                let link = fields.remove("link");
                if let Some(link) = link.as_ref().and_then(Value::as_str) {
                    shared.link.get_or_insert_with(|| link.replace(&id, "{id}"));
                }
                fields.remove("kind");
            }
            fields.remove("dropped");
            // Notes are sentences already.
            if let Some(notes) = fields.get_mut("notes").and_then(Value::as_array_mut) {
                notes.iter_mut().for_each(|note| *note = note["text"].take());
            }
            fields.retain(|key, value| !LEFT_OUT.contains(&key.as_str()) && !is_empty(value));
            fields.iter_mut().for_each(|(key, value)| {
                // Facets are named for what was found.
                if key != "facets" {
                    shorten(value, shared);
                }
            });
        }
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(id: &str, text: &str) -> Value {
        json!({
            "id": id, "kind": "item", "label": "1、", "path": ["三", "1"], "heading": null,
            "headings": [], "units": ["甲廳"], "text": text, "bytes": [1, 2], "citation": "《甲》三1",
            "document": {"id": "d", "title": "甲", "number": null, "kind": "memorandum",
                "source": "a.txt", "parties": [], "date": "2017", "script": "Hant"},
        })
    }

    #[test]
    fn documents_stand_once_and_what_is_unknown_nowhere() {
        let answer = json!({
            "total": 2, "total_is": "exact", "took_us": 9, "facets": null,
            "notes": [{"kind": "regional", "typed": "質素", "text": "also 素质"}],
            "hits": [{"rank": 1, "score": 2.5, "clause": clause("d.a", "甲"), "counterparts": []},
                {"rank": 2, "score": 1.5, "clause": clause("d.b", "乙"), "counterparts": ["e.b"]}],
        });
        let short = brief(answer);
        assert_eq!(
            short,
            json!({
                "total": 2, "total_is": "exact", "notes": ["also 素质"],
                "hits": [
                    {"clause": {"id": "d.a", "units": ["甲廳"], "text": "甲", "citation": "《甲》三1"}},
                    {"clause": {"id": "d.b", "units": ["甲廳"], "text": "乙", "citation": "《甲》三1"},
                        "counterparts": ["e.b"]},
                ],
                "documents": {"d": {"title": "甲", "kind": "memorandum", "script": "Hant", "date": "2017"}},
            })
        );
    }

    #[test]
    fn a_version_names_its_document_even_without_the_provision() {
        let version = |clause: Value| {
            json!({"document": {"id": "d", "title": "甲", "kind": "law", "script": "Hant"},
                "clause": clause, "by": "title", "previous": 0, "repealed_from": "2020",
                "differences": [{"kind": "number", "left": "800", "right": "900"}],
                "repealed_by": {"id": "e", "title": "乙", "kind": "law", "source": "b.txt"}})
        };
        let answer = json!({"citation": "《甲》第一條",
            "versions": [version(Value::Null), version(clause("d.a", "甲"))]});
        let short = historied(answer);
        assert_eq!(
            short["versions"][0],
            json!({"document_id": "d", "by": "title", "previous": 0, "repealed_from": "2020",
                "differences": ["number: 800 → 900"],
                "repealed_by": {"id": "e", "title": "乙", "kind": "law"}})
        );
        assert_eq!(short["versions"][1]["clause"]["text"], "甲");
        assert_eq!(short["documents"]["d"]["title"], "甲");
    }

    #[test]
    fn differences_of_script_are_left_out_unless_asked_for() {
        let found =
            |kind: &str| json!({"kind": kind, "left": "協", "right": "", "left_at": [0, 1]});
        let row = |status: &str| {
            json!({"status": status, "moved": false, "left": clause("d.a", "協"),
                "right": clause("e.a", "协"), "differences": [found("script"), found("wording")],
                "heading_differences": [], "unit_differences": [found("units")]})
        };
        let document = clause("d.a", "")["document"].clone();
        let answer =
            json!({"left": document, "right": document, "rows": [row("changed"), row("same")]});
        let short = compared(answer.clone(), false);
        assert_eq!(short["rows"][0]["differences"], json!(["wording: 協 → ∅"]));
        assert_eq!(short["rows"][0]["unit_differences"], json!(["units: 協 → ∅"]));
        assert_eq!(short["rows"][0]["right"]["text"], "协");
        assert_eq!(short["rows"][1]["right"], json!({"id": "e.a"}));
        assert_eq!(short["left"]["id"], "d");
        let long = compared(answer, true);
        assert_eq!(long["rows"][0]["differences"].as_array().unwrap().len(), 2);
        assert_eq!(long["rows"][1]["right"]["text"], "协");
    }
}
