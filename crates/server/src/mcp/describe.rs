//! The JSON Schemas of what tools take, from the descriptions of the HTTP API, so that both agree.

use rmcp::model::JsonObject;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::ParameterIn;

/// The schema of arguments: the parameters of `T` without those in `not`. Those in `needed` are
/// required.
pub(super) fn arguments<T: IntoParams>(not: &[&str], needed: &[&str]) -> JsonObject {
    let mut properties = JsonObject::new();
    let mut required: Vec<String> = needed.iter().map(|name| (*name).to_owned()).collect();
    for parameter in T::into_params(|| Some(ParameterIn::Query)) {
        if not.contains(&parameter.name.as_str()) {
            continue;
        }
        let mut schema = value(&parameter.schema);
        if let (Value::Object(schema), Some(description)) = (&mut schema, parameter.description) {
            schema.insert("description".to_owned(), description.into());
        }
        if parameter.required == Required::True && !required.contains(&parameter.name) {
            required.push(parameter.name.clone());
        }
        properties.insert(parameter.name, schema);
    }
    object(json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    }))
}

/// Arguments with one more, which is true or false.
pub(super) fn with_flag(mut arguments: JsonObject, name: &str, description: &str) -> JsonObject {
    if let Some(Value::Object(properties)) = arguments.get_mut("properties") {
        properties.insert(name.to_owned(), json!({"type": "boolean", "description": description}));
    }
    arguments
}

fn value(schema: &impl serde::Serialize) -> Value {
    serde_json::to_value(schema).expect("a schema has string keys only")
}

fn object(value: Value) -> JsonObject {
    match value {
        Value::Object(object) => object,
        other => unreachable!("a schema is an object: {other}"),
    }
}
