//! With nothing but keys: the pages' own, and those that every page has.

use serde_json::Value;

use super::{ENGLISH, HANS, HANT, LANGUAGES, Site, desk, encoded, in_view, phone};
use crate::chromium::{Look, Tab};

/// The place among the results of the one that has the focus, from 0.
fn at(tab: &Tab) -> Value {
    tab.value("[...document.querySelectorAll('.hit .open')].indexOf(document.activeElement)")
}

fn focused(tab: &Tab) -> String {
    tab.text("document.activeElement.id")
}

#[test]
fn keys_lead_from_the_search_to_a_clause_and_back() {
    let Some(site) = Site::shared() else { return };
    for language in &LANGUAGES {
        site.visit(desk(language), |tab| {
            tab.go("/");
            // The first stop leads over what is the same on all pages.
            tab.press("Tab");
            assert!(tab.is("document.activeElement.matches('.skip')"));
            tab.press("Enter");
            tab.until("document.activeElement.id === 'main'");

            tab.press("/");
            assert_eq!(focused(tab), "q");
            tab.enter("知识产");
            tab.until("document.querySelector('.hit')");
            // In the field a letter is a letter.
            tab.press("j");
            assert_eq!(tab.text("document.getElementById('q').value"), "知识产j");
            assert_eq!(focused(tab), "q");
            tab.press("Backspace");
            tab.press("Tab");
            // What was typed on the way may have been looked for meanwhile.
            tab.until(
                "new URLSearchParams(location.search).get('q') === '知识产' && \
                 !document.querySelector('[aria-busy]') && document.querySelector('.hit')",
            );

            tab.press("j");
            assert_eq!(at(tab), 0);
            tab.press("j");
            tab.press("j");
            assert_eq!(at(tab), 2);
            tab.until(&in_view("document.activeElement"));
            tab.press("k");
            assert_eq!(at(tab), 1);
            tab.press("k");
            tab.press("k");
            assert_eq!(at(tab), 0, "not beyond the first");
            tab.follow(|tab| tab.press("Enter"));
            assert!(tab.is("location.pathname.startsWith('/documents/') && location.hash"));
            tab.back("document.querySelector('.hit')");
        });
    }
}

/// Filters and outlines stand before what one came for: a link leads over them.
#[test]
fn a_skip_link_leads_over_filters_and_outlines() {
    let Some(site) = Site::shared() else { return };
    let stops = |tab: &Tab| {
        (1..=40).find(|_| {
            tab.press("Tab");
            tab.is("document.activeElement.matches('main .skip')")
        })
    };
    for language in &LANGUAGES {
        site.visit(desk(language), |tab| {
            for (path, place, first) in [
                ("/?q=合作".to_owned(), "answer", ".answer a"),
                (format!("/documents/{}", site.hant), "reading", ".document a"),
            ] {
                tab.go(&encoded(&path));
                tab.value("document.getElementById('main').focus()");
                assert_eq!(stops(tab), Some(1), "{path}");
                assert!(tab.is("document.activeElement.getBoundingClientRect().left >= 0"));
                tab.press("Enter");
                tab.until(&format!("document.activeElement.id === '{place}'"));
                tab.press("Tab");
                assert!(tab.is(&format!("document.activeElement.matches('{first}')")), "{path}");
            }
        });
    }
}

#[test]
fn keys_choose_completions() {
    let Some(site) = Site::shared() else { return };
    site.visit(desk(&HANS), |tab| {
        tab.go("/");
        tab.press("/");
        tab.enter("知识");
        let open = "!document.getElementById('completions').hidden";
        tab.until(open);
        assert_eq!(tab.text("document.getElementById('q').ariaExpanded"), "true");
        tab.press("Escape");
        assert!(!tab.is(open));
        assert_eq!(tab.text("document.getElementById('q').value"), "知识", "only the list goes");
        // What was typed is in the address, so that a change of it shows the list again.
        tab.enter("产");
        tab.until(open);
        tab.press("ArrowDown");
        let chosen = "document.getElementById(document.getElementById('q').getAttribute('aria-activedescendant'))";
        assert_eq!(tab.text(&format!("{chosen}.ariaSelected")), "true");
        let word = tab.text(&format!("{chosen}.firstChild.textContent"));
        tab.press("ArrowDown");
        tab.press("ArrowUp");
        tab.press("Enter");
        assert_eq!(tab.text("document.getElementById('q').value"), word);
        tab.until(&format!(
            "new URLSearchParams(location.search).get('q') === '{word}' && document.querySelector('.hit')"
        ));
        assert!(!tab.is(open));
    });
}

/// A browser empties a search field on Escape by itself, and with it the search.
#[test]
fn escape_keeps_what_was_typed() {
    let Some(site) = Site::shared() else { return };
    let typed = "document.getElementById('q').value";
    let asked = "new URLSearchParams(location.search).get('q')";
    let open = "!document.getElementById('completions').hidden";
    // Longer than typing is waited for, so that a search for nothing would be under way.
    let wait = "new Promise((done) => setTimeout(done, 400))";
    for language in &LANGUAGES {
        site.visit(desk(language), |tab| {
            tab.go("/");
            tab.press("/");
            tab.enter("知识");
            tab.until(&format!("{open} && {asked} === '知识' && document.querySelector('.hit')"));
            tab.press("Escape");
            assert!(!tab.is(open), "the first closes the list");
            for _ in 0..2 {
                tab.press("Escape");
                tab.value(wait);
                assert_eq!(tab.text(typed), "知识");
                assert_eq!(focused(tab), "q");
                assert_eq!(tab.text(asked), "知识");
                assert!(tab.is("document.querySelector('.hit')"));
            }

            // What was not looked for yet is kept as well: a page without results has no search
            // as it is typed.
            tab.go("/help");
            tab.press("/");
            tab.enter("素质");
            tab.press("Escape");
            tab.value(wait);
            tab.press("Escape");
            assert_eq!(tab.text(typed), "素质");
        });
    }
}

#[test]
fn keys_go_through_marks_and_differences() {
    let Some(site) = Site::shared() else { return };
    site.visit(desk(&HANT), |tab| {
        tab.go(&encoded(&format!("/documents/{}?q=合作", site.hant)));
        let at = "[...document.querySelectorAll('.document mark')]\
                  .indexOf(document.querySelector('mark.current'))";
        tab.press("n");
        assert_eq!(tab.value(at), 0);
        tab.press("n");
        assert_eq!(tab.value(at), 1);
        tab.until(&in_view("document.querySelector('mark.current')"));
        assert!(tab.is("document.activeElement.matches('mark.current')"));
        tab.until("document.getElementById('status').textContent.startsWith('第 2 處，共 ')");
        tab.press("p");
        assert_eq!(tab.value(at), 0);

        tab.go(&site.comparison());
        let told = "document.getElementById('at').textContent.split(' / ')[0]";
        for (key, place) in [("j", "1"), ("j", "2"), ("k", "1")] {
            tab.press(key);
            assert_eq!(tab.text(told), place);
            tab.until(&in_view("document.querySelector('.comparison .current')"));
            assert!(tab.is("document.activeElement.matches('.current')"), "the focus goes along");
            // What is said: 第 1 處，共 37 處：措辭: …
            let said = format!(
                "(({{ textContent: said }}) => said.startsWith('第 {place} 處，共 ') && \
                 said.endsWith(document.activeElement.title))(document.getElementById('status'))"
            );
            tab.until(&said);
        }
        // A switch is a stop, and stays one after it was used.
        tab.value("document.querySelector('.kinds li:last-child a').focus()");
        tab.press("Enter");
        tab.until("document.querySelector('td mark.script')");
        assert!(tab.is("document.activeElement.matches('.kinds li:last-child a')"));
    });
}

#[test]
fn keys_are_listed_and_can_be_switched_off() {
    let Some(site) = Site::shared() else { return };
    for language in &LANGUAGES {
        site.visit(desk(language), |tab| {
            let open = "document.getElementById('keys-help').open";
            tab.go("/documents");
            tab.press("j");
            assert!(tab.is("document.activeElement.matches('.list h2 a')"));
            tab.press("?");
            assert!(tab.is(open));
            // What lies below is out of reach.
            tab.press("j");
            tab.press("Tab");
            assert!(tab.is("document.activeElement.closest('dialog') || document.activeElement === document.body"));
            tab.press("Escape");
            assert!(!tab.is(open));
            assert!(tab.is("document.activeElement.matches('.list h2 a')"), "back where one was");

            tab.press("?");
            assert_eq!(focused(tab), "keys-on");
            tab.press(" ");
            tab.press("Escape");
            tab.press("/");
            assert_ne!(focused(tab), "q");
            // On the next page as well; and they can be had again.
            tab.go("/compare");
            tab.press("/");
            assert_ne!(focused(tab), "q");
            tab.click("#keys-link");
            tab.press(" ");
            tab.press("Escape");
            tab.press("/");
            assert_eq!(focused(tab), "q");
        });
    }
}

/// Whatever a key or a finger can use is reached by Tab, in the order of the page, with a ring
/// around it that can be seen.
#[test]
fn focus_is_seen_wherever_it_goes() {
    let Some(site) = Site::shared() else { return };
    goes_through(&site, desk(&HANT));
    goes_through(&site, Look { dark: true, ..phone(&ENGLISH) });
}

fn goes_through(site: &Site, look: Look) {
    // All that can have the focus, in order; and what is seen of what has it.
    let stops = "window.stops = [...document.querySelectorAll(
            'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex=\"0\"]')]
        .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled)";
    let seen = "(() => {
        const one = document.activeElement;
        const style = getComputedStyle(one);
        const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
        const shown = [...one.getClientRects()].some(({ left, right, top, bottom }) =>
            [[(left + right) / 2, (top + bottom) / 2], [left + 3, top + 3], [right - 3, bottom - 3]]
                .some(([x, y]) => one.contains(document.elementFromPoint(x, y))));
        const told = one.outerHTML.slice(0, 120);
        return { at: window.stops.indexOf(one), ring, shown, told };
    })()";
    site.visit(look, |tab| {
        for (name, path, done) in site.views() {
            if name == "keys" {
                continue;
            }
            tab.go(&path);
            tab.value(&format!("{done};"));
            let all = tab.value(&format!("({stops}).length")).as_u64().unwrap();
            assert!(all > 8, "{name}: {all} stops");
            let check = |expected: u64| {
                let seen = tab.value(seen);
                let told = &seen["told"];
                assert_eq!(seen["at"], expected, "{name}: {told}");
                assert_eq!(seen["ring"], true, "{name}: no ring around {told}");
                assert_eq!(seen["shown"], true, "{name}: the focus is hidden at {told}");
            };
            // From the top, wherever the address leads.
            tab.value("window.stops[0].focus()");
            for stop in 1..all {
                tab.press("Tab");
                check(stop);
            }
            for stop in (0..all - 1).rev() {
                tab.press_shifted("Tab");
                check(stop);
            }
        }
    });
}
