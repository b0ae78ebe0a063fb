//! The frame of all pages, and the visitor who looks at them.

use axum::http::{HeaderMap, Uri, header};
use axum_extra::extract::Query;
use tiaowen_words::{Language, Words, fill};

use super::address::Pairs;
use super::text::{Html, said, visible};
use super::{assets, when};
use crate::App;
use crate::ask::Ask;
use crate::live::Snapshot;

/// The visitor of a page.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) ui: Language,
    /// The path of the page, without the base path.
    path: String,
    pub(crate) pairs: Pairs,
}

impl Visitor {
    /// The visitor who sent a request. `ui=` decides the language, or else the browser's
    /// preference.
    pub(crate) fn of(headers: &HeaderMap, uri: &Uri) -> Self {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri).map(|query| query.0);
        let pairs = Pairs::read(pairs.unwrap_or_default());
        let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let ui = pairs
            .get("ui")
            .and_then(Language::parse)
            .unwrap_or_else(|| Language::preferred(accept.unwrap_or_default()));
        Visitor { ui, path: uri.path().to_owned(), pairs }
    }

    /// What is kept from page to page: the chosen language and script.
    pub(crate) fn kept(&self) -> Pairs {
        ["ui", "display"].into_iter().fold(Pairs::default(), |kept, key| {
            kept.with(key, self.pairs.get(key).unwrap_or_default())
        })
    }

    /// A link to a path with parameters and what is kept.
    pub(crate) fn to(&self, app: &App, path: &str, pairs: Pairs) -> String {
        let kept = self.kept();
        let all = kept.fields().iter().fold(pairs, |all, (key, value)| {
            if all.get(key).is_some() { all } else { all.and(key, value) }
        });
        app.links.to(&format!("{path}{}", all.query()))
    }

    /// A link to this page with one parameter changed.
    pub(crate) fn here_with(&self, app: &App, key: &str, value: &str) -> String {
        app.links.to(&format!("{}{}", self.path, self.pairs.clone().with(key, value).query()))
    }

    /// A link to this page from another item on.
    pub(crate) fn here_from(&self, app: &App, offset: usize) -> String {
        let pairs = self.pairs.clone().with_offset(offset);
        app.links.to(&format!("{}{}", self.path, pairs.query()))
    }

    /// The script in which texts are shown, by its name in addresses.
    pub(crate) fn display(&self) -> &str {
        self.pairs.get("display").unwrap_or_default()
    }
}

/// The feed of a search.
pub(crate) fn feed(app: &App, ask: &Ask) -> String {
    let dropped = ["limit", "offset", "sort", "explain", "parallel", "format", MEANING];
    let pairs = dropped.iter().fold(Pairs::of(ask), |pairs, key| pairs.without(key));
    app.links.to(&format!("/feed{}", pairs.query()))
}

/// One of several choices, as a link.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) name: String,
    /// The language of the name.
    pub(crate) lang: &'static str,
    pub(crate) href: String,
    pub(crate) current: bool,
}

impl Choice {
    /// A choice named in the language of the interface.
    pub(crate) fn new(visitor: &Visitor, name: &str, href: String, current: bool) -> Self {
        Choice { name: name.to_owned(), lang: visitor.ui.tag(), href, current }
    }
}

/// Links to files of the API: the name of each format with its address.
pub(crate) fn downloads<const N: usize>(
    app: &App,
    path: &str,
    pairs: &Pairs,
    formats: [(&'static str, &str); N],
) -> Vec<(&'static str, String)> {
    let link = |(name, format): (&'static str, &str)| {
        let query = pairs.clone().with("format", format).query();
        (name, app.links.to(&format!("/api/v1/{path}{query}")))
    };
    formats.map(link).into()
}

/// The current page in the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Here {
    Search,
    Documents,
    Compare,
    Verify,
    Help,
    Elsewhere,
}

/// The frame around the content of a page.
pub(crate) struct Shell {
    pub(crate) w: &'static Words,
    pub(crate) lang: &'static str,
    pub(crate) title: String,
    pub(crate) css: String,
    /// The style sheet that only comparisons need.
    pub(crate) compare_css: String,
    pub(crate) js: String,
    pub(crate) icon: String,
    /// The description that a browser reads to add the search.
    pub(crate) opensearch: String,
    /// The feed of the search; empty for none.
    pub(crate) feed: String,
    pub(crate) home: String,
    pub(crate) menu: Vec<(String, String, bool)>,
    pub(crate) languages: Vec<Choice>,
    pub(crate) displays: Vec<Choice>,
    pub(crate) terms: String,
    pub(crate) keys: String,
    pub(crate) api: String,
    pub(crate) state: String,
    pub(crate) updated: String,
    /// The search form: its target, its text, and the hidden parameters.
    pub(crate) action: String,
    pub(crate) q: String,
    pub(crate) hidden: Vec<(String, String)>,
    /// Whether searches by meaning are offered, and whether this is one.
    pub(crate) offers_meaning: bool,
    pub(crate) by_meaning: bool,
    pub(crate) suggest: String,
}

/// The parameter for searches by meaning.
const MEANING: &str = "meaning";

/// The languages of the interface.
fn languages(app: &App, visitor: &Visitor) -> Vec<Choice> {
    let choice = |ui: Language| {
        let href = visitor.here_with(app, "ui", ui.code());
        Choice { lang: ui.tag(), ..Choice::new(visitor, ui.own_name(), href, ui == visitor.ui) }
    };
    Language::ALL.map(choice).into()
}

/// The scripts in which texts are shown.
fn displays(app: &App, visitor: &Visitor) -> Vec<Choice> {
    let (w, shown) = (Words::of(visitor.ui), visitor.display());
    let displays = [
        ("", &w.site.original, visitor.ui.tag()),
        ("hant", &w.site.hant, "zh-Hant-HK"),
        ("hans", &w.site.hans, "zh-Hans-CN"),
    ];
    displays
        .map(|(code, name, lang)| {
            let is_shown = code == shown || (code.is_empty() && shown == "original");
            let href = visitor.here_with(app, "display", code);
            Choice { lang, ..Choice::new(visitor, name, href, is_shown) }
        })
        .into()
}

/// What is in the index, and when it was last updated.
fn state(snapshot: &Snapshot, visitor: &Visitor) -> (String, String) {
    let w = Words::of(visitor.ui);
    let documents = w.counted.documents.of(snapshot.manifest.documents().count() as u64);
    let clauses = w.counted.clauses.of(snapshot.manifest.clauses());
    let state = fill(&w.site.state, &[("documents", &documents), ("clauses", &clauses)]);
    let day = when::date(visitor.ui, &when::day(snapshot.about.last_run.at));
    (state, fill(&w.site.updated, &[("date", &day)]))
}

impl Shell {
    /// The frame of a page. `title` comes before the name of the site; `hidden` parameters are sent
    /// with a new search. Without a commit, the state of the index isn't shown.
    pub(crate) fn new(
        app: &App,
        snapshot: Option<&Snapshot>,
        visitor: &Visitor,
        here: Here,
        title: &str,
    ) -> Self {
        let w = Words::of(visitor.ui);
        let plain = |path: &str| visitor.to(app, path, Pairs::default());
        let name = format!("{} · {}", w.site.name, w.site.tagline);
        let state = snapshot.map(|snapshot| state(snapshot, visitor));
        let (state, updated) = state.unwrap_or_default();
        let menu = [
            (Here::Search, "/", &w.site.search),
            (Here::Documents, "/documents", &w.site.documents),
            (Here::Compare, "/compare", &w.site.compare),
            (Here::Verify, "/verify", &w.site.verify),
            (Here::Help, "/help", &w.site.help),
        ];
        Shell {
            w,
            lang: visitor.ui.tag(),
            title: if title.is_empty() {
                name
            } else {
                format!("{} · {}", visible(title), w.site.name)
            },
            css: app.links.to(&assets::path("page.css")),
            compare_css: app.links.to(&assets::path("compare.css")),
            js: app.links.to(&assets::path("page.js")),
            icon: app.links.to(&assets::path("icon.svg")),
            opensearch: app.links.to(&format!("/opensearch.xml?ui={}", visitor.ui.code())),
            feed: String::new(),
            home: plain("/"),
            menu: menu.map(|(is, path, name)| (plain(path), name.clone(), is == here)).into(),
            languages: languages(app, visitor),
            displays: displays(app, visitor),
            terms: plain("/terms"),
            keys: plain("/help") + "#keys",
            api: app.links.to("/api/v1/openapi.json"),
            state,
            updated,
            action: app.links.to("/"),
            q: String::new(),
            hidden: visitor.kept().fields().to_vec(),
            offers_meaning: app.meaning.is_set(),
            by_meaning: false,
            suggest: app.links.to("/api/v1/suggest"),
        }
    }

    /// A sentence or name in the language of the interface, in which Chinese is marked as such.
    pub(crate) fn said(&self, text: &str) -> Html {
        said(self.lang, text)
    }

    /// Puts a query into the search form, with the rest of its search.
    pub(crate) fn asking(mut self, q: &str, along: Pairs) -> Self {
        q.clone_into(&mut self.q);
        self.by_meaning = along.get(MEANING) == Some("true");
        self.hidden = along.without("q").without("offset").fields().to_vec();
        // The box sends it.
        if self.offers_meaning {
            self.hidden.retain(|(key, _)| key != MEANING);
        }
        self
    }

    /// Adds the feed of a search.
    pub(crate) fn followed(mut self, app: &App, ask: &Ask) -> Self {
        self.feed = feed(app, ask);
        self
    }

    /// Also sends what the visitor chose.
    pub(crate) fn along(mut self, visitor: &Visitor) -> Self {
        for (key, value) in visitor.kept().fields() {
            if !self.hidden.iter().any(|(other, _)| other == key) {
                self.hidden.push((key.clone(), value.clone()));
            }
        }
        self
    }
}
