//! The pictures of the documentation: `TIAOWEN_SCREENSHOTS=docs/screenshots` makes them anew.

use std::path::Path;

use super::{ENGLISH, HANS, HANT, Site, desk, encoded, in_view, phone};
use crate::chromium::{Look, Tab};

#[test]
fn pictures_are_taken() {
    let Some(folder) = std::env::var_os("TIAOWEN_SCREENSHOTS") else { return };
    let Some(site) = Site::shared() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    std::fs::create_dir_all(&folder).unwrap();
    // Small enough for a page that shows them all.
    let desk = |language| Look { width: 1200, height: 760, ..desk(language) };
    let phone = |language| Look { height: 690, ..phone(language) };
    let take = |name: &str, look: Look, path: &str, before: &dyn Fn(&Tab)| {
        site.visit(look, |tab| {
            tab.go(path);
            before(tab);
            // Fonts are there, and what was changed is drawn.
            tab.value(
                "document.fonts.ready.then(() => new Promise(requestAnimationFrame)).then(() => 0)",
            );
            std::fs::write(folder.join(name).with_extension("png"), tab.picture()).unwrap();
        });
    };
    let beside = |tab: &Tab| {
        tab.click(".hit:has(.beside) .beside summary");
        tab.value("scrollTo(0, 0)");
    };
    let read = encoded(&format!("/documents/{}?q=质素", site.hant));
    take("start", desk(&HANT), "/", &|_| ());
    take("results", desk(&HANT), &encoded("/?q=质素"), &beside);
    // Down to where the bar of the document stays in sight, with clauses that the press reports.
    take("reading", desk(&HANS), &read, &|tab| {
        tab.value("document.querySelectorAll('.related')[1].scrollIntoView({ block: 'end' })");
        tab.value("scrollBy(0, 24)");
    });
    take("comparing", desk(&ENGLISH), &site.comparison(), &|tab| {
        tab.press("j");
        tab.until(&in_view("document.querySelector('.comparison .current')"));
        tab.value("scrollTo(0, 300)");
    });
    let provision = encoded("/history?q=《粵港保護知識產權合作協議》第一條");
    take("history", desk(&HANT), &provision, &|tab| {
        tab.value("document.querySelector('main h2').scrollIntoView()");
    });
    take("concordance", desk(&HANS), &encoded("/concordance?q=质素"), &|_| ());
    take("phone", phone(&HANS), &encoded("/?q=知识产权"), &|_| ());
    take("dark", Look { dark: true, ..desk(&HANT) }, &site.comparison(), &|_| ());
}
