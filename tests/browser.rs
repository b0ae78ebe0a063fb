//! The pages in a real browser: in the three languages, on a phone and at a desk, with the
//! keyboard, without a script, and on paper.
//!
//! Needs Chromium, and axe for accessibility. `scripts/viewers` installs both, and a test reports
//! when one is missing.

mod access;
mod arrival;
mod gathering;
mod journeys;
mod keys;
mod layout;
mod paper;
mod pictures;
mod plain;
mod sending;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::chromium::{Browser, Look, Tab};
use crate::served::Served;
use crate::util::{Workspace, bundled};

/// A language of the interface.
struct Language {
    /// The value of `Accept-Language`.
    accept: &'static str,
    /// The value of `lang` on pages.
    tag: &'static str,
    /// Its name in addresses.
    code: &'static str,
}

const HANT: Language = Language { accept: "zh-HK", tag: "zh-Hant-HK", code: "hant" };
const HANS: Language = Language { accept: "zh-CN", tag: "zh-Hans-CN", code: "hans" };
const ENGLISH: Language = Language { accept: "en-GB", tag: "en", code: "en" };
const LANGUAGES: [Language; 3] = [HANT, HANS, ENGLISH];

fn desk(language: &Language) -> Look {
    let accept = language.accept;
    Look { accept, width: 1280, height: 900, touch: false, dark: false, script: true }
}

fn phone(language: &Language) -> Look {
    Look { width: 390, height: 844, touch: true, ..desk(language) }
}

/// The bundled documents in both scripts, served, with a browser to look at them.
struct Site {
    served: Served,
    browser: Arc<Browser>,
    /// The memorandum on medical exchange in the versions of Hong Kong and the mainland.
    hant: String,
    hans: String,
    /// The box in a press page that lists what was agreed, in the Hong Kong version.
    press: String,
    bench: Workspace,
}

impl Site {
    /// The site of all tests that are running; `None` without a browser.
    fn shared() -> Option<Arc<Self>> {
        static SHARED: Mutex<Weak<Site>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(site) = shared.upgrade() {
            return Some(site);
        }
        let browser = Browser::shared()?;
        let bench = Workspace::indexed(&bundled());
        let served = Served::start(&bench, &[]);
        let listed = served.json("/api/v1/documents", &[("limit", "100")]);
        let id = |source: &str, title: &str| {
            let mut all = listed["documents"].as_array().unwrap().iter();
            let found = all.find(|one| one["source"] == source && one["title"] == title);
            found.unwrap()["id"].as_str().unwrap().to_owned()
        };
        let hant = id("medical-2017.zh-Hant-HK.md", "粵港醫療交流合作備忘錄");
        let hans = id("medical-2017.zh-Hans-CN.md", "粤港医疗交流合作备忘录");
        let press = id("press-2017.zh-Hant-HK.md", "聯席會議新簽協議要點");
        let site = Arc::new(Site { served, browser, hant, hans, press, bench });
        *shared = Arc::downgrade(&site);
        Some(site)
    }

    /// Runs a visit, and fails on anything that the browser complained about.
    #[track_caller]
    fn visit(&self, look: Look, looks: impl FnOnce(&Tab)) {
        let tab = Tab::open(&self.browser, &format!("http://{}", self.served.address), look);
        looks(&tab);
        let complaints = tab.complaints();
        assert!(complaints.is_empty(), "{complaints:#?}");
    }

    /// Options that a test sets beside the index.
    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        self.bench.write(name, content)
    }

    /// The path of the comparison of the two versions.
    fn comparison(&self) -> String {
        format!("/compare?left={}&right={}", self.hant, self.hans)
    }

    /// All kinds of pages: a name, a path, and what to do before looking closer.
    fn views(&self) -> Vec<(&'static str, String, &'static str)> {
        let open =
            "document.querySelectorAll('main details').forEach((one) => { one.open = true; })";
        let (found, explained) = (encoded("/?q=质素"), encoded("/?q=质素&explain=true&sort=date"));
        let (hant, compared) = (&self.hant, self.comparison());
        vec![
            ("start", "/".to_owned(), ""),
            ("results", found, ""),
            ("results, all opened", explained, open),
            ("results, narrowed", encoded("/?q=合作&kind=agreement&from=2015&limit=5"), open),
            ("nothing found", encoded("/?q=知織產權&kind=law"), ""),
            ("something else meant", encoded("/?q=知織產權"), ""),
            ("no such page", "/nowhere".to_owned(), ""),
            ("a request refused", "/?q=a&limit=x".to_owned(), ""),
            ("a document", format!("/documents/{hant}"), open),
            ("a clause", encoded(&format!("/documents/{hant}?q=合作#part_2")), ""),
            ("a press page", format!("/documents/{}", self.press), open),
            ("a comparison", compared.clone(), open),
            ("a comparison, all marked", format!("{compared}&show=changed&hide=none"), ""),
            ("what to compare", "/compare".to_owned(), open),
            ("what to compare with", encoded(&format!("/compare?left={hant}&title=合作")), ""),
            ("verify", "/verify".to_owned(), ""),
            ("documents", "/documents".to_owned(), ""),
            ("nothing gathered", "/gather".to_owned(), ""),
            ("gathered", format!("/gather?id={hant}.part_2&id={hant}.part_1"), ""),
            ("documents, narrowed", "/documents?from=2016&place=a".to_owned(), ""),
            ("documents without a date", "/documents?undated=true&year=2017".to_owned(), ""),
            ("hits without a date", encoded("/?q=大灣區&undated=true"), ""),
            ("terms", encoded("/terms?term=質素"), ""),
            ("terms that come nearest", "/terms?degree=nearest".to_owned(), ""),
            ("a concordance", encoded("/concordance?q=質素"), ""),
            ("a history", encoded("/history?q=《粵港保護知識產權合作協議》第一條"), ""),
            ("an empty history", "/history".to_owned(), ""),
            ("an empty concordance", "/concordance".to_owned(), ""),
            ("help", "/help".to_owned(), ""),
            ("keys", "/help".to_owned(), "document.getElementById('keys-help').showModal()"),
        ]
    }
}

/// Percent-encodes everything but ASCII.
fn encoded(path: &str) -> String {
    let byte = |byte: u8| match byte {
        0..128 => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    path.bytes().map(byte).collect()
}

/// Goes to the last clause of a document through its outline, which is a click away on a phone.
#[track_caller]
fn to_the_last_clause(tab: &Tab, narrow: bool) {
    if narrow {
        tab.click(".drawer > summary");
    }
    tab.click(".outline li:last-child a");
    tab.until(&format!(
        "location.hash === document.querySelector('.outline li:last-child a').hash && {}",
        in_view("document.querySelector('.clause:target')")
    ));
}

/// Whether an element is at least partly visible without scrolling.
fn in_view(called: &str) -> String {
    format!(
        "(() => {{
            const box = ({called})?.getBoundingClientRect();
            return box && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
        }})()"
    )
}
