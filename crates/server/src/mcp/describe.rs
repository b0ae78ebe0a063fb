//! What tools take and give, as JSON Schema: the descriptions that the API over HTTP has, so
//! that both say the same.

use rmcp::model::JsonObject;
use serde_json::{Value, json};
use utoipa::openapi::Required;
use utoipa::openapi::path::ParameterIn;
use utoipa::{IntoParams, ToSchema};

/// What a tool takes: the parameters of `T`, but for those that are `not` taken; `needed` ones
/// must be there.
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

/// What a tool gives: a `T`.
pub(super) fn answer<T: ToSchema>() -> JsonObject {
    let mut schema = object(here(value(&T::schema())));
    // The sort of value is told at the top, as clients look for it there.
    schema.insert("type".to_owned(), "object".into());
    schema.insert("$defs".to_owned(), definitions::<T>());
    schema
}

/// What a tool gives that answers with an `A` or a `B`.
pub(super) fn either<A: ToSchema, B: ToSchema>() -> JsonObject {
    let mut named = object(definitions::<A>());
    named.extend(object(definitions::<B>()));
    let of = [here(value(&A::schema())), here(value(&B::schema()))];
    object(json!({"type": "object", "anyOf": of, "$defs": named}))
}

/// What a tool gives that answers with a list of `T` under a name.
pub(super) fn list<T: ToSchema>(name: &str) -> JsonObject {
    let items = here(value(&T::schema()));
    object(json!({
        "type": "object",
        "properties": {name: {"type": "array", "items": items}},
        "required": [name],
        "$defs": definitions::<T>(),
    }))
}

/// The schemas that the one of `T` names.
fn definitions<T: ToSchema>() -> Value {
    let mut named = Vec::new();
    T::schemas(&mut named);
    let named = named.into_iter().map(|(name, schema)| (name, here(value(&schema))));
    Value::Object(named.collect())
}

/// References to the components of an OpenAPI description, led to the definitions of a schema.
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
