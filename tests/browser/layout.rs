//! Texts have room: no line of a clause is too short to be read, however wide the window is.

use serde_json::Value;

use super::{HANS, HANT, Site, desk};
use crate::chromium::{Browser, Look, Tab};
use crate::served::Served;
use crate::util::{Workspace, real};

/// From a phone to a wide desktop.
const WIDTHS: [u32; 5] = [390, 768, 1024, 1280, 1920];

/// Clauses that are narrower than 20 characters though the page has room for more, and what
/// stands below them: each with its width and the least it may have. A window that is narrower
/// than that leaves what `main` has inside its padding.
const NARROW: &str = "(() => {
    const main = document.getElementById('main');
    const { paddingLeft, paddingRight } = getComputedStyle(main);
    const room = main.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    return [...document.querySelectorAll('.clause > .text, .clause > .related')].flatMap((text) => {
        const least = Math.min(20 * parseFloat(getComputedStyle(text).fontSize), room);
        const { width } = text.getBoundingClientRect();
        const { id } = text.closest('.clause');
        return width >= least - 1 ? [] : [`${id} ${text.className}: ${width} of ${least}`];
    });
})()";

/// The documents of a server whose pages lead to reports or to what is reported.
fn reporting(served: &Served) -> Vec<String> {
    let listed = served.json("/api/v1/documents", &[("limit", "100")]);
    let all = listed["documents"].as_array().unwrap().iter();
    let paths = all.map(|document| format!("/documents/{}", document["id"].as_str().unwrap()));
    paths.filter(|path| served.get(path).text().contains("class=\"related\"")).collect()
}

fn has_room(tab: &Tab, path: &str) {
    for width in WIDTHS {
        tab.resize(width, 900);
        let narrow = tab.value(NARROW);
        assert_eq!(narrow, Value::Array(Vec::new()), "{path}, {width} wide");
    }
}

fn all_have_room(tab: &Tab, paths: &[String]) {
    for path in paths {
        tab.go(path);
        assert!(tab.is("document.querySelector('.clause .related')"), "{path}");
        has_room(tab, path);
    }
}

#[test]
fn clauses_with_reports_are_wide_enough_to_read() {
    let Some(site) = Site::shared() else { return };
    let paths = reporting(&site.served);
    // Seven agreements and the articles that report them, each in two scripts.
    assert!(paths.len() >= 2 * (7 + 1), "{paths:?}");
    for language in [&HANT, &HANS] {
        site.visit(desk(language), |tab| all_have_room(tab, &paths));
    }
}

#[test]
fn clauses_of_real_documents_are_wide_enough_to_read() {
    let Some(folder) = real() else { return };
    let Some(browser) = Browser::shared() else { return };
    let bench = Workspace::indexed(&folder);
    let served = Served::start(&bench, &[]);
    let paths = reporting(&served);
    assert!(paths.len() >= 10, "{paths:?}");
    let look = Look { width: 1280, ..desk(&HANT) };
    let tab = Tab::open(&browser, &format!("http://{}", served.address), look);
    all_have_room(&tab, &paths);
    let complaints = tab.complaints();
    assert!(complaints.is_empty(), "{complaints:#?}");
}
