//! Query strings: reads an address, changes one parameter, and writes it again.

use serde::Serialize;
use serde_json::Value;

use crate::ask::Ask;

/// The parameters of an address, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Reads parameters. Empty ones are dropped.
    pub(crate) fn read(pairs: Vec<(String, String)>) -> Self {
        Pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The parameters of a search, beginning with `q`.
    pub(crate) fn of(ask: &Ask) -> Self {
        let mut pairs = Pairs::of_fields(ask);
        pairs.0.sort_by_key(|(key, _)| key != "q");
        pairs
    }

    /// The fields of a struct by name. A list is repeated.
    fn of_fields(fields: &impl Serialize) -> Self {
        let mut pairs = Vec::new();
        if let Ok(Value::Object(fields)) = serde_json::to_value(fields) {
            for (key, value) in fields {
                match value {
                    Value::Array(values) => {
                        pairs.extend(values.iter().map(|value| (key.clone(), plain(value))));
                    }
                    Value::Null => {}
                    value => pairs.push((key, plain(&value))),
                }
            }
        }
        Pairs(pairs)
    }

    /// Sets a parameter, or removes it if the value is empty.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        self = self.without(key);
        if !value.is_empty() {
            self.0.push((key.to_owned(), value.to_owned()));
        }
        self
    }

    /// Sets the number of items to skip. The first page has none.
    pub(crate) fn with_offset(self, offset: usize) -> Self {
        let value = if offset == 0 { String::new() } else { offset.to_string() };
        self.with("offset", &value)
    }

    /// Adds a parameter once more.
    pub(crate) fn and(mut self, key: &str, value: &str) -> Self {
        self.0.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Adds a value of a parameter, or removes it if it is there.
    pub(crate) fn toggled(mut self, key: &str, value: &str) -> Self {
        let before = self.0.len();
        self.0.retain(|(other, given)| other != key || given != value);
        if self.0.len() == before { self.and(key, value) } else { self }
    }

    /// Removes a parameter.
    pub(crate) fn without(mut self, key: &str) -> Self {
        self.0.retain(|(other, _)| other != key);
        self
    }

    /// The first value of a parameter.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == key).map(|(_, value)| value.as_str())
    }

    /// All parameters, for hidden fields.
    pub(crate) fn fields(&self) -> &[(String, String)] {
        &self.0
    }

    /// The query string with its `?`. Empty without parameters.
    pub(crate) fn query(&self) -> String {
        let mut query = String::new();
        for (key, value) in &self.0 {
            query.push(if query.is_empty() { '?' } else { '&' });
            percent(key, &mut query);
            query.push('=');
            percent(value, &mut query);
        }
        query
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
fn percent(text: &str, to: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            to.push(char::from(byte));
        } else {
            to.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_read_back_from_its_address() {
        let ask = Ask {
            q: "知識產權 \"a&b=c\" 第12條?#%".into(),
            limit: Some(20),
            kind: vec!["agreement".into(), "law".into()],
            party: vec!["香港特別行政區政府".into(), "海關總署".into()],
            expand: Some(false),
            ..Ask::default()
        };
        let query = Pairs::of(&ask).query();
        assert!(query.starts_with("?q=%E7%9F%A5"), "{query}");
        assert!(query.is_ascii() && !query.contains([' ', '"', '<', '#']));
        let uri = format!("/{query}").parse().unwrap();
        let read = axum_extra::extract::Query::<Ask>::try_from_uri(&uri).unwrap().0;
        assert_eq!(read, ask);
    }

    #[test]
    fn one_thing_is_changed() {
        let pairs = Pairs::read(vec![
            ("q".into(), "橋".into()),
            ("kind".into(), "law".into()),
            ("kind".into(), "press".into()),
            ("from".into(), String::new()),
        ]);
        assert_eq!(pairs.clone().with("kind", "").query(), "?q=%E6%A9%8B");
        assert_eq!(pairs.clone().with("kind", "law").query(), "?q=%E6%A9%8B&kind=law");
        assert_eq!(pairs.fields().len(), 3);
        let law = "?q=%E6%A9%8B&kind=law";
        assert_eq!(pairs.clone().toggled("kind", "press").query(), law);
        assert_eq!(pairs.clone().toggled("kind", "press").toggled("kind", "press"), pairs);
        assert_eq!(Pairs::default().query(), "");
    }
}
