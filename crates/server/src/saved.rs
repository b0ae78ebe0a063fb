//! Searches that are kept in a file, each with a name.
//!
//! The file is TOML. Each entry begins with `[[search]]` and has a name, a query, and filters by
//! their names in the API. Entries are read one by one, so that one that can't be read hides none of
//! the others: it is reported with its line wherever saved searches are shown or run.

use tiaowen_query::{Misread, Request, Syntax};
use tiaowen_words::{Words, fill, misread};
use toml::de::{DeTable, DeValue};

use crate::Limits;
use crate::ask::{Ask, FILTERS, short};
use crate::page::{Pairs, worded};
use crate::problem::Problem;

/// The saved searches of a file.
#[derive(Debug, Clone, Default)]
pub struct SavedSearches {
    /// The entries that can be run, in order.
    pub usable: Vec<SavedSearch>,
    /// The others.
    pub unusable: Vec<UnusableSearch>,
}

/// A search with a name.
#[derive(Debug, Clone)]
pub struct SavedSearch {
    name: String,
    line: usize,
    ask: Ask,
}

/// An entry that can't be run.
#[derive(Debug, Clone)]
pub struct UnusableSearch {
    /// Its name, if it could be read.
    name: Option<String>,
    /// The line of what is wrong, from 1.
    line: usize,
    reason: Unusable,
}

/// Why an entry can't be run.
#[derive(Debug, Clone)]
enum Unusable {
    Toml(String),
    Outside { key: String },
    Key { key: String },
    NoText { key: String },
    NoFlag { key: String },
    Unnamed,
    Taken { line: usize },
    Empty,
    Query(Misread),
    Value(Problem),
}

/// The keys of an entry beside the filters of a search.
const KEYS: [&str; 5] = ["name", "query", "sort", "expand", "phonetic"];

/// The table of an entry.
const ENTRY: &str = "search";

impl SavedSearches {
    /// Reads a file.
    ///
    /// ```
    /// use tiaowen_server::SavedSearches;
    /// let saved = SavedSearches::read(
    ///     "[[search]]\nname = 'IP'\nquery = '知識產權'\nkind = ['agreement', 'notice']\n\n\
    ///      [[search]]\nname = 'none'\nkind = 'leaw'\n",
    /// );
    /// assert_eq!(saved.usable[0].name(), "IP");
    /// assert_eq!(saved.usable[0].path(), "/?q=%E7%9F%A5%E8%AD%98%E7%94%A2%E6%AC%8A&kind=agreement&kind=notice");
    /// assert_eq!(saved.unusable[0].line(), 6);
    /// ```
    pub fn read(text: &str) -> Self {
        let mut all = SavedSearches::default();
        for (first, block) in blocks(text) {
            match all.entry(first, &block) {
                Ok(Some(search)) => all.usable.push(search),
                Ok(None) => {}
                Err(unusable) => all.unusable.push(unusable),
            }
        }
        all
    }

    /// The search of a block that begins on line `first`. `None` if the block has only comments.
    fn entry(&self, first: usize, block: &str) -> Result<Option<SavedSearch>, UnusableSearch> {
        let line_of = |at: usize| first + block.bytes().take(at).filter(|b| *b == b'\n').count();
        let wrong = |name: &str, at: usize, reason: Unusable| UnusableSearch {
            name: Some(name.to_owned()).filter(|name| !name.is_empty()),
            line: line_of(at),
            reason,
        };
        let table = DeTable::parse(block).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            wrong(&named(block), at, Unusable::Toml(error.message().to_owned()))
        })?;
        let mut name = String::new();
        let mut ask = Ask::default();
        let mut begins = 0;
        for (key, value) in table.get_ref() {
            let entry = match value.get_ref() {
                DeValue::Array(all) if key.get_ref() == ENTRY => all.first(),
                _ => None,
            };
            let Some(DeValue::Table(entry)) = entry.map(toml::Spanned::get_ref) else {
                let key_text = key.get_ref().to_string();
                return Err(wrong("", key.span().start, Unusable::Outside { key: key_text }));
            };
            begins = value.span().start;
            name = entry
                .get("name")
                .and_then(|name| name.get_ref().as_str())
                .unwrap_or("")
                .trim()
                .to_owned();
            for (key, value) in entry {
                set(&mut ask, key.get_ref(), value.get_ref())
                    .map_err(|reason| wrong(&name, key.span().start, reason))?;
            }
        }
        if table.get_ref().is_empty() {
            return Ok(None);
        }
        self.checked(&name, &ask).map_err(|reason| wrong(&name, begins, reason))?;
        Ok(Some(SavedSearch { name, line: line_of(begins), ask }))
    }

    /// Checks that a search can be run and has a name of its own.
    fn checked(&self, name: &str, ask: &Ask) -> Result<(), Unusable> {
        if name.is_empty() {
            return Err(Unusable::Unnamed);
        }
        if let Some(other) = self.usable.iter().find(|other| other.name == name) {
            return Err(Unusable::Taken { line: other.line });
        }
        short(&ask.q).map_err(Unusable::Value)?;
        if let Some(misread) = Syntax::read(&ask.q).misread.into_iter().next() {
            return Err(Unusable::Query(misread));
        }
        let request = ask.request(&Limits::default()).map_err(Unusable::Value)?;
        request.check().map_err(|error| Unusable::Value(error.into()))?;
        if ask.q.trim().is_empty() && request.filter.is_empty() {
            return Err(Unusable::Empty);
        }
        Ok(())
    }
}

/// The entries of a file with the line on which each begins. What precedes the first is a block of
/// its own.
fn blocks(text: &str) -> Vec<(usize, String)> {
    let mut blocks = vec![(1, String::new())];
    for (line, content) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let head: String =
            content.split('#').next().unwrap_or_default().split_whitespace().collect();
        if head == format!("[[{ENTRY}]]") {
            blocks.push((line, String::new()));
        }
        if let Some((_, block)) = blocks.last_mut() {
            block.push_str(content);
            block.push('\n');
        }
    }
    blocks
}

/// The name in a block that is no TOML, from its line.
fn named(block: &str) -> String {
    let line = block.lines().find_map(|line| {
        line.trim().strip_prefix("name")?.trim_start().strip_prefix('=').map(str::trim)
    });
    let quoted = line.and_then(|value| value.split(['"', '\'']).nth(1));
    quoted.unwrap_or_default().trim().to_owned()
}

/// Sets one parameter of a search.
fn set(ask: &mut Ask, key: &str, value: &DeValue<'_>) -> Result<(), Unusable> {
    let texts = || texts(value).ok_or_else(|| Unusable::NoText { key: key.to_owned() });
    let text = || match value {
        DeValue::Array(_) => Err(Unusable::NoText { key: key.to_owned() }),
        _ => texts().map(|all| all.into_iter().next().unwrap_or_default()),
    };
    let flag = || match value {
        DeValue::Boolean(flag) => Ok(Some(*flag)),
        _ => Err(Unusable::NoFlag { key: key.to_owned() }),
    };
    match key {
        "name" => _ = text()?,
        "query" => ask.q = text()?,
        "script" => ask.script = texts()?,
        "kind" => ask.kind = texts()?,
        "year" => ask.year = texts()?,
        "undated" => ask.undated = flag()?,
        "from" => ask.from = text()?,
        "to" => ask.to = text()?,
        "in_force" => ask.in_force = text()?,
        "as_of" => ask.as_of = text()?,
        "added_since" => ask.added_since = text()?,
        "party" => ask.party = texts()?,
        "place" => ask.place = texts()?,
        "unit" => ask.unit = texts()?,
        "number" => ask.number = texts()?,
        "sort" => ask.sort = text()?,
        "expand" => ask.expand = flag()?,
        "phonetic" => ask.phonetic = flag()?,
        _ => return Err(Unusable::Key { key: key.to_owned() }),
    }
    Ok(())
}

/// One value or a list of them as texts: years and dates need no quotation marks.
fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    match value {
        DeValue::String(text) => Some(vec![text.clone().into_owned()]),
        DeValue::Integer(number) => Some(vec![number.to_string()]),
        DeValue::Datetime(date) => Some(vec![date.to_string()]),
        DeValue::Array(all) => {
            let each = all.iter().map(|one| texts(one.get_ref()).filter(|one| one.len() == 1));
            let each: Option<Vec<Vec<String>>> = each.collect();
            each.map(|each| each.into_iter().flatten().collect())
        }
        _ => None,
    }
}

impl SavedSearch {
    /// Its name, which no other has.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its query. May be empty.
    pub fn query(&self) -> &str {
        &self.ask.q
    }

    /// The path of its results on a server, which begins with a slash.
    pub fn path(&self) -> String {
        format!("/{}", self.pairs().query())
    }

    pub(crate) fn pairs(&self) -> Pairs {
        Pairs::of(&self.ask)
    }

    pub(crate) fn ask(&self) -> &Ask {
        &self.ask
    }

    /// The request for all of its matches, each version of a clause by itself. Clauses with only a
    /// part of the query are no matches: which of them are listed depends on the others.
    pub fn request(&self) -> Request {
        // The entry was checked when it was read.
        let request = self.ask.request(&Limits::default()).unwrap_or_else(|_| Request::new(""));
        Request { limit: usize::MAX, group: false, relax: false, ..request }
    }
}

impl UnusableSearch {
    /// The line of the file, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// What is wrong with it, with its name and line.
    pub fn message(&self, words: &Words) -> String {
        let w = &words.saved;
        let entry = match &self.name {
            Some(name) => fill(&w.entry, &[("name", name)]),
            None => w.nameless.clone(),
        };
        let reason = match &self.reason {
            Unusable::Toml(message) => fill(&w.not_toml, &[("message", message)]),
            Unusable::Outside { key } => fill(&w.outside, &[("key", key)]),
            Unusable::Key { key } => {
                let known = [&KEYS[..2], &FILTERS, &KEYS[2..]].concat().join(", ");
                fill(&w.no_key, &[("key", key), ("known", &known)])
            }
            Unusable::NoText { key } => fill(&w.no_text, &[("key", key)]),
            Unusable::NoFlag { key } => fill(&w.no_flag, &[("key", key)]),
            Unusable::Unnamed => w.unnamed.clone(),
            Unusable::Taken { line } => fill(&w.taken, &[("line", line)]),
            Unusable::Empty => w.empty.clone(),
            Unusable::Query(unread) => misread(words, unread),
            Unusable::Value(problem) => match &problem.parameter {
                Some(parameter) => worded(&words.errors, parameter),
                None => problem.detail.clone(),
            },
        };
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("entry", &entry), ("line", &self.line), ("reason", &reason)];
        fill(&w.unusable, &values)
    }
}

#[cfg(test)]
mod tests {
    use tiaowen_words::Language;

    use super::*;

    const FILE: &str = "\
# What the office follows.

[[search]]
name = \"知識產權\"
query = \"知識產權 保護\"
kind = [\"agreement\", \"notice\"]
year = [2015, \"2017\"]
from = 2015-01-01

[[search]]
name = \"broken\"
query = \"培訓

[[ search ]]  # spaces and notes don't matter
name = \"海關\"
unit = \"海關\"
expand = false
";

    #[test]
    fn an_entry_that_cannot_be_read_leaves_the_others() {
        let saved = SavedSearches::read(FILE);
        let names: Vec<&str> = saved.usable.iter().map(SavedSearch::name).collect();
        assert_eq!(names, ["知識產權", "海關"]);
        let request = saved.usable[0].request();
        assert_eq!(request.filter.years, ["2015", "2017"]);
        assert_eq!(request.filter.from.as_deref(), Some("2015-01-01"));
        assert_eq!(request.filter.kinds.len(), 2);
        assert!(!request.group && !request.relax && request.expand);
        let request = saved.usable[1].request();
        assert!(!request.expand && request.filter.units == ["海關"]);
        let [broken] = &saved.unusable[..] else { panic!("one") };
        assert_eq!((broken.name.as_deref(), broken.line()), (Some("broken"), 12));
        let message = broken.message(Words::of(Language::En));
        assert!(message.starts_with("“broken”, line 12: "), "{message}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (entry, line, part) in [
            ("query = 'a'", 1, "it has no name"),
            ("name = 'a'", 1, "neither a query nor a filter"),
            ("name = 'a'\nquery = 'b'\nkinds = 'law'", 4, "there is no key “kinds”"),
            ("name = 'a'\nkind = 'leaw'", 1, "“kind” can’t be “leaw”"),
            ("name = 'a'\nquery = ['b', 'c']", 3, "“query” must be a text"),
            ("name = 'a'\nquery = 'b'\nexpand = 'no'", 4, "“expand” must be true or false"),
            ("name = 'a'\nquery = '\"b'", 1, "is not closed"),
            ("name = 'a'\nfrom = 'soon'", 1, "“from” can’t be “soon”"),
            ("name = 'a'\nundated = 'yes'", 3, "“undated” must be true or false"),
            ("name = 'a'\nundated = true\nto = 2017", 1, "“undated” can’t be combined with from"),
            ("name = 'a'\nundated = true\nquery = 'date:2017'", 1, "can’t be combined with"),
        ] {
            let saved = SavedSearches::read(&format!("[[search]]\n{entry}\n"));
            let [wrong] = &saved.unusable[..] else { panic!("{entry}: {saved:?}") };
            let message = wrong.message(Words::of(Language::En));
            assert!(message.contains(part), "{entry}: {message}");
            assert_eq!(wrong.line(), line, "{entry}: {message}");
            for language in [Language::Hant, Language::Hans] {
                assert!(!wrong.message(Words::of(language)).is_empty());
            }
        }
        let twice = "[[search]]\nname = 'a'\nquery = 'b'\n".repeat(2);
        let saved = SavedSearches::read(&twice);
        assert_eq!((saved.usable.len(), saved.unusable[0].line()), (1, 4));
        assert!(saved.unusable[0].message(Words::of(Language::En)).contains("line 1"));
        let saved = SavedSearches::read("# before any entry\nquery = 'b'\n");
        assert!(matches!(&saved.unusable[0].reason, Unusable::Outside { key } if key == "query"));
        assert!(SavedSearches::read("# nothing\n").unusable.is_empty());
    }
}
