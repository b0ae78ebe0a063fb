//! Without a script: links and forms do it all.

use super::{LANGUAGES, Language, Site, desk, in_view, phone, to_the_last_clause};
use crate::chromium::{Look, Tab};

#[test]
fn a_reader_without_a_script_finds_reads_and_compares() {
    let Some(site) = Site::shared() else { return };
    for language in &LANGUAGES {
        for look in [desk(language), phone(language)] {
            site.visit(Look { script: false, ..look }, |tab| plain(tab, language, look.touch));
        }
    }
}

fn plain(tab: &Tab, language: &Language, narrow: bool) {
    tab.go("/");
    assert!(!tab.is("document.documentElement.classList.contains('scripted')"));
    tab.click("#q");
    tab.enter("质素");
    tab.follow(|tab| tab.press("Enter"));
    assert_eq!(tab.text("document.getElementById('q').value"), "质素");
    let hits = "document.querySelectorAll('.hit').length";
    let all = tab.value(hits).as_u64().unwrap();
    assert!(all > 4);
    tab.click(".hit:has(.beside) .beside summary");
    tab.until(&in_view("document.querySelector('.beside[open] .text:lang(zh-Hant) mark')"));

    // Filters are in sight at a desk, and a click away on a phone.
    assert_eq!(tab.is("document.querySelector('.facet').checkVisibility()"), !narrow);
    if narrow {
        tab.click(".drawer > summary");
    }
    tab.click("input[name='from']");
    tab.enter("2017");
    tab.follow(|tab| tab.click(".narrow button"));
    assert!(tab.is("location.search.includes('from=2017')"));
    let narrowed = tab.value(hits).as_u64().unwrap();
    assert!(narrowed > 0 && narrowed < all);
    assert!(tab.is(
        "[...document.querySelectorAll('.hit time')].every(({ dateTime }) => dateTime >= '2017')"
    ));
    tab.follow(|tab| tab.click(".inuse .chips a"));
    assert_eq!(tab.value(hits), all);
    tab.follow(|tab| tab.click(".tools a[href*='display=hant']"));
    assert!(!tab.is("document.querySelector('.hits .text:lang(zh-Hans)')"));
    tab.back("!location.search.includes('display')");

    // Reading: no button that would do nothing.
    tab.follow(|tab| tab.click(".hit .open"));
    tab.until(&in_view("document.querySelector('.clause:target')"));
    for button in ["#next-mark", "#previous-mark", "button.copy"] {
        assert!(
            !tab.is(&format!("document.querySelector('{button}').checkVisibility()")),
            "{button}"
        );
    }
    tab.click(".clause:target .citation summary");
    tab.until(&in_view("document.querySelector('.clause:target .citation p')"));
    assert!(tab.is(
        "document.querySelector('.clause:target .citation p').innerText.includes('/clauses/')"
    ));
    tab.click(".clause:target .citation summary");
    tab.click("#first-mark");
    tab.until(&in_view("document.querySelector('.clause:target mark')"));
    to_the_last_clause(tab, narrow);

    // Comparing.
    tab.follow(|tab| tab.click(".versions a.button[href*='/compare?']"));
    assert!(!tab.is("document.getElementById('jump').checkVisibility()"));
    assert!(tab.is("document.querySelector('td mark.wording')"));
    tab.follow(|tab| tab.click(".kinds a:has(.sample.wording)"));
    assert!(!tab.is("document.querySelector('td mark.wording')"));
    tab.follow(|tab| tab.click(".heading a[href*='show=changed']"));
    assert!(!tab.is("document.querySelector('tr.quiet')"));
    tab.follow(|tab| tab.click(".swap a"));
    tab.follow(|tab| tab.click("td .place a"));
    tab.until(&in_view("document.querySelector('.clause:target')"));

    for other in LANGUAGES.iter().filter(|other| other.code != language.code) {
        tab.follow(|tab| tab.click(&format!("#languages a[hreflang='{}']", other.tag)));
        assert_eq!(tab.text("document.documentElement.lang"), other.tag);
    }
    tab.follow(|tab| tab.click("#keys-link"));
    assert!(tab.is("location.pathname === '/help' && location.hash === '#keys'"));
    tab.until(&in_view("document.querySelector('#keys')"));

    // A slip is told, and what was meant leads on.
    tab.click("#q");
    tab.enter("知織產權");
    tab.follow(|tab| tab.press("Enter"));
    tab.follow(|tab| tab.click(".meant a"));
    assert!(tab.is("document.querySelector('.hit mark')"));
}
