//! The JSON Schemas of tools, taken from the descriptions of the HTTP API, so that both agree.

use rmcp::model::JsonObject;
use serde_json::{Value, json};
use utoipa::openapi::Required;
use utoipa::openapi::path::ParameterIn;
use utoipa::{IntoParams, ToSchema};

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
        if let (Value::Object(schema), Some(told)) = (&mut schema, parameter.description) {
            schema.insert("description".to_owned(), told.into());
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

/// The schema of an answer of type `T`.
pub(super) fn answer<T: ToSchema>() -> JsonObject {
    let mut schema = object(here(value(&T::schema())));
    // Clients look for the type at the top level.
    schema.insert("type".to_owned(), "object".into());
    schema.insert("$defs".to_owned(), definitions::<T>());
    schema
}

/// The schema of an answer of type `A` or `B`.
pub(super) fn either<A: ToSchema, B: ToSchema>() -> JsonObject {
    let mut named = object(definitions::<A>());
    named.extend(object(definitions::<B>()));
    let of = [here(value(&A::schema())), here(value(&B::schema()))];
    object(json!({"type": "object", "anyOf": of, "$defs": named}))
}

/// The schema of an answer with a list of `T` under a name.
pub(super) fn list<T: ToSchema>(name: &str) -> JsonObject {
    let items = here(value(&T::schema()));
    object(json!({
        "type": "object",
        "properties": {name: {"type": "array", "items": items}},
        "required": [name],
        "$defs": definitions::<T>(),
    }))
}

/// The schemas that the one of `T` refers to.
fn definitions<T: ToSchema>() -> Value {
    let mut named = Vec::new();
    T::schemas(&mut named);
    let named = named.into_iter().map(|(name, schema)| (name, here(value(&schema))));
    Value::Object(named.collect())
}

/// Rewrites references to components of an OpenAPI description into references to definitions.
fn here(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                match field {
                    Value::String(to) if name == "$ref" => {
                        *to = to.replace("#/components/schemas/", "#/$defs/");
                    }
                    field => *field = here(field.take()),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| *one = here(one.take())),
        _ => {}
    }
    schema
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
