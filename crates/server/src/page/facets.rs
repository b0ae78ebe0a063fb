//! Facets: links that narrow a search or widen it again.

use std::collections::BTreeMap;

use tiaowen_query::Facets;
use tiaowen_words::{Words, fill, grouped, name};

use super::address::Pairs;
use super::shell::Visitor;
use super::text::visible;
use super::when;
use crate::App;
use crate::ask::Ask;

/// The number of values that are shown at first.
const AT_ONCE: usize = 6;

/// A facet.
pub(super) struct Facet {
    pub(super) name: &'static str,
    pub(super) values: Vec<Value>,
    pub(super) more: Vec<Value>,
    /// The label of the control that shows the rest.
    pub(super) more_label: String,
}

/// A value of a facet.
pub(super) struct Value {
    pub(super) name: String,
    pub(super) count: String,
    pub(super) href: String,
    pub(super) active: bool,
}

/// An active filter, with the link that removes it.
pub(super) struct Active {
    pub(super) name: String,
    pub(super) remove: String,
    pub(super) href: String,
}

/// The parameters that narrow a search.
const NARROWING: [&str; 9] =
    ["kind", "script", "from", "to", "in_force", "party", "place", "unit", "number"];

/// The same search without filters.
pub(super) fn unnarrowed(pairs: &Pairs) -> Pairs {
    NARROWING.iter().fold(pairs.clone().without("offset"), |pairs, key| pairs.without(key))
}

/// The facets of an answer that divide it or are active.
pub(super) fn facets(app: &App, visitor: &Visitor, ask: &Ask, found: &Facets) -> Vec<Facet> {
    let w = Words::of(visitor.ui);
    let pairs = Pairs::of(ask).without("offset");
    let to = |pairs: Pairs| visitor.to(app, "/", pairs);
    let kind = |value: &str| {
        let active = ask.kind.iter().any(|kind| kind == value);
        let others = ask.kind.iter().filter(|kind| *kind != value);
        let pairs =
            others.fold(pairs.clone().without("kind"), |pairs, kind| pairs.and("kind", kind));
        let pairs = if active { pairs } else { pairs.and("kind", value) };
        (name(&w.kinds, value).to_owned(), to(pairs), active)
    };
    let year = |value: &str| {
        let active = ask.from == value && ask.to == value;
        let year = if active { "" } else { value };
        let pairs = pairs.clone().with("from", year).with("to", year);
        (when::date(visitor.ui, value), to(pairs), active)
    };
    let script = |value: &str| {
        let code = value.to_ascii_lowercase();
        let active = ask.script == code;
        let pairs = pairs.clone().with("script", if active { "" } else { &code });
        (name(&w.scripts, value).to_owned(), to(pairs), active)
    };
    let named = |key: &'static str, now: &str, value: &str| {
        let active = now == value;
        let pairs = pairs.clone().with(key, if active { "" } else { value });
        (visible(value).into_owned(), to(pairs), active)
    };
    // Documents in both scripts can't be requested by themselves.
    let mut scripts = found.script.clone();
    scripts.remove("Mixed");
    let all = [
        facet(w, &w.facets.kind, &found.kind, false, kind),
        facet(w, &w.facets.year, &found.year, true, year),
        facet(w, &w.facets.script, &scripts, false, script),
        facet(w, &w.facets.party, &found.party, false, |v| named("party", &ask.party, v)),
        facet(w, &w.facets.unit, &found.unit, false, |v| named("unit", &ask.unit, v)),
    ];
    all.into_iter().flatten().collect()
}

fn facet(
    w: &'static Words,
    name: &'static str,
    counts: &BTreeMap<String, u64>,
    newest_first: bool,
    value: impl Fn(&str) -> (String, String, bool),
) -> Option<Facet> {
    let mut sorted: Vec<(&String, &u64)> = counts.iter().collect();
    if newest_first {
        sorted.reverse();
    } else {
        sorted.sort_by(|a, b| b.1.cmp(a.1));
    }
    let mut values: Vec<Value> = sorted
        .into_iter()
        .map(|(key, count)| {
            let (name, href, active) = value(key);
            Value { name, count: grouped(*count), href, active }
        })
        .collect();
    // Active values come first, so that they are visible.
    values.sort_by_key(|value| !value.active);
    let more = values.split_off(values.len().min(AT_ONCE));
    let more_label = fill(&w.search.show_more, &[("n", &more.len())]);
    (!values.is_empty()).then_some(Facet { name, values, more, more_label })
}

/// The active filters.
pub(super) fn active(app: &App, visitor: &Visitor, ask: &Ask) -> Vec<Active> {
    let w = Words::of(visitor.ui);
    let pairs = Pairs::of(ask).without("offset");
    let mut all = Vec::new();
    let mut add = |label: &str, value: String, without: Pairs| {
        let name = fill(&w.facets.condition, &[("name", &label), ("value", &value)]);
        let remove = fill(&w.search.remove, &[("name", &name)]);
        all.push(Active { name, remove, href: visitor.to(app, "/", without) });
    };
    for kind in ask.kind.iter().filter(|kind| !kind.is_empty()) {
        let others = ask.kind.iter().filter(|other| *other != kind);
        let without =
            others.fold(pairs.clone().without("kind"), |pairs, other| pairs.and("kind", other));
        add(&w.facets.kind, name(&w.kinds, kind).to_owned(), without);
    }
    if !ask.from.is_empty() && ask.from == ask.to {
        let without = pairs.clone().without("from").without("to");
        add(&w.facets.year, when::date(visitor.ui, &ask.from), without);
    } else {
        for (key, value, words) in [
            ("from", &ask.from, &w.facets.since),
            ("to", &ask.to, &w.facets.until),
            ("in_force", &ask.in_force, &w.facets.in_force),
        ] {
            if !value.is_empty() {
                let date = when::date(visitor.ui, value);
                let text = fill(words, &[("date", &visible(&date))]);
                add(&w.document.date, text, pairs.clone().without(key));
            }
        }
    }
    if !matches!(ask.script.as_str(), "" | "any") {
        let script = if ask.script == "hans" { "Hans" } else { "Hant" };
        let without = pairs.clone().without("script");
        add(&w.facets.script, name(&w.scripts, script).to_owned(), without);
    }
    for (key, value, label) in [
        ("party", &ask.party, &w.facets.party),
        ("unit", &ask.unit, &w.facets.unit),
        ("place", &ask.place, &w.facets.place),
        ("number", &ask.number, &w.facets.number),
    ] {
        if !value.is_empty() {
            add(label, visible(value).into_owned(), pairs.clone().without(key));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_taken_away() {
        let ask = Ask {
            q: "橋".into(),
            kind: vec!["law".into()],
            from: "2017".into(),
            party: "海關".into(),
            offset: Some(20),
            expand: Some(false),
            ..Ask::default()
        };
        let left = unnarrowed(&Pairs::of(&ask));
        assert_eq!(left.query(), "?q=%E6%A9%8B&expand=false");
    }
}
