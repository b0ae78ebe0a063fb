//! Clauses that a reader ticks: kept from search to search, and gathered into a report.

use serde_json::json;

use super::{HANT, LANGUAGES, Site, desk, encoded, phone};
use crate::chromium::Look;

#[test]
fn what_is_ticked_is_kept_until_it_is_gathered() {
    let Some(site) = Site::shared() else { return };
    for language in &LANGUAGES {
        for look in [desk(language), phone(language)] {
            site.visit(look, |tab| {
                let box_of = |nth: usize| format!("#hit-{nth} input[form=gather]");
                let id = |nth: usize| tab.text(&format!("document.querySelector('{}').value", box_of(nth)));
                tab.go(&encoded("/?q=知識產權"));
                let first = id(1);
                tab.click(&box_of(1));
                tab.until("/1/.test(document.getElementById('ticked').textContent)");
                // Another search, typed into the page.
                tab.value("document.getElementById('q').select()");
                tab.enter("培訓");
                tab.until("new URLSearchParams(location.search).get('q') === '培訓' && !document.querySelector('[aria-busy]')");
                let second = id(2);
                tab.click(&box_of(2));
                tab.until("/2/.test(document.getElementById('ticked').textContent)");
                tab.follow(|tab| tab.click("#gather button"));
                let ids = "new URLSearchParams(location.search).getAll('id')";
                assert_eq!(tab.value(ids), json!([first, second]));
                assert_eq!(tab.value("document.querySelectorAll('#gathered .hit').length"), 2);
                assert!(tab.is("document.querySelector('#gathered .two section:nth-child(2) .text')"));
                for format in ["docx", "xlsx", "csv"] {
                    assert!(tab.is(&format!("document.querySelector('.downloads a[href*=\"format={format}\"]')")));
                }
                // What is taken out is no longer ticked.
                tab.follow(|tab| tab.click("#gathered .hit:first-child .acts a"));
                assert_eq!(tab.value(ids), json!([second]));
                tab.go(&encoded("/?q=知識產權"));
                assert!(!tab.is(&format!("document.querySelector('{}').checked", box_of(1))));
            });
        }
    }
}

#[test]
fn clauses_are_gathered_without_a_script() {
    let Some(site) = Site::shared() else { return };
    site.visit(Look { script: false, ..desk(&HANT) }, |tab| {
        tab.go(&encoded("/?q=知識產權"));
        tab.click("#hit-1 input[form=gather]");
        tab.click("#hit-3 input[form=gather]");
        tab.follow(|tab| tab.click("#gather button"));
        assert_eq!(tab.value("document.querySelectorAll('#gathered .hit').length"), 2);
    });
}
