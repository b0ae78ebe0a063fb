//! A link to a clause leads there at once; the page moves smoothly only over short distances, and
//! only for readers who don't mind motion.

use super::{HANT, LANGUAGES, Site, desk, encoded, in_view, phone};
use crate::chromium::Tab;

/// Notes each place that the page is moved to.
const NOTES_PLACES: &str = "window.places = new Set();
    addEventListener('scroll', () => window.places.add(scrollY));";

/// Waits until the page rests, and counts the places that it was moved to since the last count.
#[track_caller]
fn places(tab: &Tab) -> u64 {
    let count = tab.value(
        "new Promise((done) => {
            let last = null;
            const look = () => {
                if (scrollY !== last) {
                    last = scrollY;
                    setTimeout(look, 150);
                } else {
                    done(window.places.size);
                    window.places.clear();
                }
            };
            look();
        })",
    );
    count.as_u64().unwrap()
}

#[track_caller]
fn arrived_at_once(tab: &Tab, how: &str) {
    tab.until(&in_view("document.querySelector('.clause:target')"));
    assert!(tab.is("scrollY > innerHeight"), "{how}: not far enough to tell");
    // One move, and one more where a font changes the height of the text above.
    let moved = places(tab);
    assert!(moved <= 2, "{how}: moved over {moved} places");
}

/// The id of the longest document.
fn plan(site: &Site) -> String {
    let listed = site.served.json("/api/v1/documents", &[("limit", "100")]);
    let mut all = listed["documents"].as_array().unwrap().iter();
    let plan = all.find(|document| document["source"] == "work-plan-2017.zh-Hant-HK.md").unwrap();
    plan["id"].as_str().unwrap().to_owned()
}

#[test]
fn links_to_clauses_arrive_at_once() {
    let Some(site) = Site::shared() else { return };
    let plan = plan(&site);
    for look in [desk(&LANGUAGES[0]), phone(&LANGUAGES[1])] {
        site.visit(look, |tab| {
            tab.allow_motion();
            tab.bring(NOTES_PLACES);
            tab.go(&format!("/documents/{plan}"));
            assert!(tab.is("!matchMedia('(prefers-reduced-motion: reduce)').matches"));
            let last = tab.text("[...document.querySelectorAll('.clause')].at(-2).id");
            tab.go("/help");
            tab.go(&format!("/documents/{plan}#{last}"));
            arrived_at_once(tab, "an anchor");
            tab.go("/help");
            tab.go(&format!("/clauses/{plan}.{last}"));
            arrived_at_once(tab, "the address of a clause");
            tab.go(&encoded(&format!("/documents/{plan}?q=合作#{last}")));
            arrived_at_once(tab, "an anchor with marks");

            // Inside of a page as well.
            tab.value("scrollTo(0, 0)");
            places(tab);
            if look.touch {
                tab.click(".drawer > summary");
            }
            tab.value(&format!("document.querySelector('.outline a[href=\"#{last}\"]').click()"));
            arrived_at_once(tab, "the outline");
        });
    }
}

#[test]
fn only_short_moves_are_smooth_and_none_without_motion() {
    let Some(site) = Site::shared() else { return };
    let path = encoded(&format!("/documents/{}?q=合作", plan(&site)));
    let end = "scrollTo(0, document.documentElement.scrollHeight)";
    site.visit(desk(&HANT), |tab| {
        tab.bring(NOTES_PLACES);
        for (motion, from_afar) in [(false, false), (false, true), (true, true)] {
            if motion {
                tab.allow_motion();
            }
            tab.go(&path);
            tab.press("n");
            if from_afar {
                tab.value(end);
                // On a busy machine the move may begin late.
                tab.until("innerHeight + scrollY > document.documentElement.scrollHeight - 2");
            }
            places(tab);
            tab.press("n");
            tab.until(&in_view("document.querySelector('mark.current')"));
            let moved = places(tab);
            assert!(moved <= 2, "motion {motion}, from afar {from_afar}: {moved} places");
        }
    });
}

#[test]
fn the_bar_that_stays_in_sight_says_what_is_read() {
    let Some(site) = Site::shared() else { return };
    let plan = plan(&site);
    for look in [desk(&HANT), phone(&LANGUAGES[1])] {
        site.visit(look, |tab| {
            tab.go(&format!("/documents/{plan}"));
            let all = tab.value("document.querySelectorAll('.document .clause').length");
            let clauses = all.as_u64().unwrap();
            assert!(clauses > 20);
            let nth = clauses / 2;
            let id = tab.text(&format!("document.querySelectorAll('.document .clause')[{nth}].id"));
            tab.go("/help");
            tab.go(&format!("/documents/{plan}#{id}"));
            let clause = "document.querySelector('.clause:target').getBoundingClientRect()";
            let bar = "document.querySelector('.now').getBoundingClientRect()";
            tab.until(&format!("Math.abs({bar}.top) < 2 && {clause}.top < innerHeight"));
            assert!(tab.is(&format!("{clause}.top >= {bar}.bottom - 1")), "the bar covers nothing");
            // It names the first clause in sight, with its number.
            tab.until("document.getElementById('now-at').textContent.trim()");
            let told = tab.text("document.getElementById('now-nth').textContent");
            assert!(told.contains(&clauses.to_string()) && !told.contains('{'), "{told}");
            let bars = "document.querySelector('.now').scrollWidth <= innerWidth";
            assert!(tab.is(bars), "{told}");
            tab.follow(|tab| tab.click(".now .back"));
            assert!(tab.is("location.pathname.endsWith('/documents')"));
        });
    }
}
