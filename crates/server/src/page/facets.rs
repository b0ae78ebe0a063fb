//! Facets: links that narrow a search or widen it again.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tiaowen_query::{Facets, UNDATED};
use tiaowen_words::{Words, fill, grouped, name};

use super::address::Pairs;
use super::shell::Visitor;
use super::text::visible;
use super::when;
use crate::App;
use crate::ask::{Ask, FILTERS};

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

/// The same search without filters.
pub(super) fn unnarrowed(pairs: &Pairs) -> Pairs {
    FILTERS.iter().fold(pairs.clone().without("offset"), |pairs, key| pairs.without(key))
}

/// The facets of an answer that divide it or are active. A link adds its value to the others of the
/// facet, or takes it away.
pub(super) fn facets(app: &App, visitor: &Visitor, ask: &Ask, found: &Facets) -> Vec<Facet> {
    let w = Words::of(visitor.ui);
    let pairs = Pairs::of(ask).without("offset");
    let to = |pairs: Pairs| visitor.to(app, "/", pairs);
    let toggle = |key: &str, now: &[String], value: &str| {
        let active = now.iter().any(|now| now == value);
        (to(pairs.clone().toggled(key, value)), active)
    };
    // Documents in both scripts can't be requested by themselves.
    let mut scripts = found.script.clone();
    scripts.remove("Mixed");
    let all = [
        facet(w, &w.facets.kind, &found.kind, false, |kind| {
            (name(&w.kinds, kind).to_owned(), toggle("kind", &ask.kind, kind))
        }),
        facet(w, &w.facets.year, &found.year, true, |year| match year {
            UNDATED => {
                let href = to(pairs.clone().toggled("undated", "true"));
                (w.facets.undated.clone(), (href, ask.undated == Some(true)))
            }
            year => (when::date(visitor.ui, year), toggle("year", &ask.year, year)),
        }),
        facet(w, &w.facets.script, &scripts, false, |script| {
            let code = script.to_ascii_lowercase();
            (name(&w.scripts, script).to_owned(), toggle("script", &ask.script, &code))
        }),
        facet(w, &w.facets.party, &found.party, false, |party| {
            (visible(party).into_owned(), toggle("party", &ask.party, party))
        }),
        facet(w, &w.facets.unit, &found.unit, false, |unit| {
            (visible(unit).into_owned(), toggle("unit", &ask.unit, unit))
        }),
    ];
    all.into_iter().flatten().collect()
}

/// A facet by its counts. `value` gives the name of a value, its link, and whether it is active.
fn facet(
    w: &'static Words,
    name: &'static str,
    counts: &BTreeMap<String, u64>,
    by_year: bool,
    value: impl Fn(&str) -> (String, (String, bool)),
) -> Option<Facet> {
    let mut sorted: Vec<(&String, &u64)> = counts.iter().collect();
    if by_year {
        // The newest first, documents without a date last.
        sorted.sort_by_key(|(key, _)| (*key == UNDATED, Reverse(*key)));
    } else {
        sorted.sort_by(|a, b| b.1.cmp(a.1));
    }
    let mut values: Vec<Value> = sorted
        .into_iter()
        .map(|(key, count)| {
            let (name, (href, active)) = value(key);
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
    let given = |values: &[String]| -> Vec<String> {
        values.iter().filter(|value| !value.is_empty()).cloned().collect()
    };
    for kind in given(&ask.kind) {
        let shown = name(&w.kinds, &kind).to_owned();
        add(&w.facets.kind, shown, pairs.clone().toggled("kind", &kind));
    }
    for year in given(&ask.year) {
        let shown = visible(&when::date(visitor.ui, &year)).into_owned();
        add(&w.facets.year, shown, pairs.clone().toggled("year", &year));
    }
    if ask.undated == Some(true) {
        add(&w.facets.year, w.facets.undated.clone(), pairs.clone().without("undated"));
    }
    for (key, value, words) in [
        ("from", &ask.from, &w.facets.since),
        ("to", &ask.to, &w.facets.until),
        ("in_force", &ask.in_force, &w.facets.in_force),
        ("as_of", &ask.as_of, &w.facets.as_of),
    ] {
        if !value.is_empty() {
            let date = when::date(visitor.ui, value);
            let text = fill(words, &[("date", &visible(&date))]);
            add(&w.document.date, text, pairs.clone().without(key));
        }
    }
    if !ask.added_since.is_empty() {
        let date = visible(&when::date(visitor.ui, &ask.added_since)).into_owned();
        add(&w.documents.added_since, date, pairs.clone().without("added_since"));
    }
    for script in given(&ask.script).into_iter().filter(|script| script != "any") {
        let shown = if script == "hans" { "Hans" } else { "Hant" };
        let without = pairs.clone().toggled("script", &script);
        add(&w.facets.script, name(&w.scripts, shown).to_owned(), without);
    }
    for (key, values, label) in [
        ("party", &ask.party, &w.facets.party),
        ("unit", &ask.unit, &w.facets.unit),
        ("place", &ask.place, &w.facets.place),
        ("number", &ask.number, &w.facets.number),
    ] {
        for value in given(values) {
            add(label, visible(&value).into_owned(), pairs.clone().toggled(key, &value));
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
            party: vec!["海關".into()],
            year: vec!["2015".into()],
            undated: Some(true),
            added_since: "2026".into(),
            offset: Some(20),
            expand: Some(false),
            ..Ask::default()
        };
        let left = unnarrowed(&Pairs::of(&ask));
        assert_eq!(left.query(), "?q=%E6%A9%8B&expand=false");
    }
}
