//! From a word to the clause, its other version, its document, and what differs.

use std::sync::{Mutex, PoisonError};

use serde_json::json;

use super::{LANGUAGES, Language, Site, desk, in_view, phone, to_the_last_clause};
use crate::chromium::{Look, Tab};

/// There is one clipboard.
static CLIPBOARD: Mutex<()> = Mutex::new(());

#[test]
fn a_reader_at_a_desk_finds_reads_and_compares() {
    journeys(desk);
}

#[test]
fn a_reader_with_a_phone_finds_reads_and_compares() {
    journeys(phone);
}

fn journeys(look: fn(&Language) -> Look) {
    let Some(site) = Site::shared() else { return };
    for language in &LANGUAGES {
        site.visit(look(language), |tab| {
            let narrow = look(language).touch;
            searches(tab, language);
            narrows(tab, narrow);
            reads(tab, narrow);
            compares(tab);
            changes_language(tab, language);
        });
    }
}

/// What is asked by the address.
fn asked(name: &str) -> String {
    format!("new URLSearchParams(location.search).get('{name}')")
}

fn count(tab: &Tab, selector: &str) -> u64 {
    tab.value(&format!("document.querySelectorAll(`{selector}`).length")).as_u64().unwrap()
}

/// Finds Traditional clauses by a Simplified word, as it is typed.
fn searches(tab: &Tab, language: &Language) {
    tab.go("/");
    assert_eq!(tab.text("document.documentElement.lang"), language.tag);
    tab.click("#q");
    tab.enter("质素");
    tab.until(&format!("{} === '质素' && document.querySelector('.hit')", asked("q")));
    assert!(tab.text("document.title").contains("质素"));
    // A screen reader tells how many there are.
    tab.until("/[0-9]/.test(document.getElementById('status').textContent)");
    let traditional = "[...document.querySelectorAll('.hits [lang|=zh-Hant] mark')]\
                       .some((mark) => ['質素', '素質'].includes(mark.textContent))";
    assert!(tab.is(traditional));

    // Completions go when one turns to something else.
    tab.click(".foot p");
    tab.until("document.getElementById('completions').hidden");
    tab.click(".hit:has(.beside) .beside summary");
    tab.until(&in_view("document.querySelector('.beside[open] .two section:nth-child(2) mark')"));
    let sides = tab.value(
        "[...document.querySelectorAll('.beside[open] .two .text')].map((text) => text.lang).sort()",
    );
    assert_eq!(sides, json!(["zh-Hans-CN", "zh-Hant-HK"]));
    assert!(tab.is(
        "!document.querySelector('.hit:has(.beside[open]) > article > .own').checkVisibility()"
    ));

    // Words of the other region are found as well, and one is told how not to.
    assert!(tab.is("document.querySelector('.notes').innerText.trim()"));
    let only = "[...document.querySelectorAll('.own mark')]\
                .every((mark) => ['质素', '質素'].includes(mark.textContent))";
    assert!(!tab.is(only));
    tab.follow(|tab| tab.click(".notes a[href*='expand=false']"));
    assert!(tab.is(only));
    assert!(tab.is("document.querySelector('.hit')"));
    tab.back(&format!("!{} && document.querySelector('.hit')", asked("expand")));
    assert_eq!(tab.text("document.getElementById('q').value"), "质素");
}

/// Narrows the results, sorts them, and has them shown in one script.
fn narrows(tab: &Tab, narrow: bool) {
    let all = tab.text("document.querySelector('.answer').dataset.count");
    if narrow {
        assert!(!tab.is("document.querySelector('.facet').checkVisibility()"), "in a drawer");
        tab.click(".drawer > summary");
    }
    tab.follow(|tab| tab.click(".facet a[href*='kind=work_plan']"));
    assert_eq!(count(tab, ".inuse .chips li"), 1);
    assert!(count(tab, ".hit") > 0);
    assert_ne!(tab.text("document.querySelector('.answer').dataset.count"), all);
    assert_eq!(
        tab.value("new Set([...document.querySelectorAll('.hit .about > :first-child')].map((kind) => kind.innerText)).size"),
        1
    );
    tab.follow(|tab| tab.click(".inuse .chips a"));
    assert_eq!(tab.text("document.querySelector('.answer').dataset.count"), all);

    tab.follow(|tab| tab.click(".tools a[href*='sort=date']"));
    let dates = "[...document.querySelectorAll('.hit time')].map((time) => time.dateTime)";
    assert!(
        tab.is(&format!(
            "{dates}.length > 3 && {dates}.join() === {dates}.sort().reverse().join()"
        ))
    );
    tab.back(&format!("!{} && document.querySelector('.hit')", asked("sort")));

    for (code, tag, without) in [("hant", "zh-Hant-HK", "质"), ("hans", "zh-Hans-CN", "質")] {
        tab.follow(|tab| tab.click(&format!(".tools a[href*='display={code}']")));
        let texts = "[...document.querySelectorAll('.hits .text')]";
        assert!(
            tab.is(&format!("{texts}.every((text) => text.closest('[lang]').lang === '{tag}')"))
        );
        assert!(
            tab.is(&format!("{texts}.every((text) => !text.textContent.includes('{without}'))"))
        );
    }
    tab.follow(|tab| tab.click(".tools .segments:first-of-type li:first-child a"));
    assert!(tab.is("document.querySelector('.hits .text:lang(zh-Hant)')"));
    assert!(tab.is("document.querySelector('.hits .text:lang(zh-Hans)')"));
}

/// Reads a clause where it stands, goes about its document, and cites it.
fn reads(tab: &Tab, narrow: bool) {
    let results = tab.text("location.href");
    tab.follow(|tab| tab.click(".hit .open"));
    tab.until(&in_view("document.querySelector('.clause:target')"));
    assert!(tab.is("document.querySelector('.clause:target mark')"), "marked where it was found");
    let first = tab.text("location.hash");

    to_the_last_clause(tab, narrow);
    // One finds back, step by step.
    tab.back(&format!("location.hash === '{first}'"));
    tab.back(&format!("location.href === {} && document.querySelector('.hit')", json!(results)));

    tab.follow(|tab| tab.click(".hit .open"));
    tab.click("#next-mark");
    tab.until(&in_view("document.querySelector('mark.current')"));
    let reading = tab.text("location.href");
    let id = tab.text("document.querySelector('.clause:has(.permalink)').id");
    tab.follow(|tab| tab.click(".clause .permalink"));
    assert_eq!(tab.text("decodeURIComponent(location.hash.slice(1))"), id);
    tab.until(&in_view("document.querySelector('.clause:target')"));

    let _one = CLIPBOARD.lock().unwrap_or_else(PoisonError::into_inner);
    tab.allow_clipboard();
    tab.click(".clause:target button.copy");
    let button = "document.querySelector('.clause:target button.copy')";
    tab.until(&format!("{button}.textContent === {button}.dataset.copied"));
    let copied = tab.text("navigator.clipboard.readText()");
    assert!(copied.starts_with('《') && copied.contains('》'), "{copied}");
    assert_eq!(copied, tab.text(&format!("{button}.dataset.copy")));
    tab.until(&format!(
        "document.getElementById('status').textContent === {button}.dataset.copied"
    ));
    tab.click(".clause:target button[data-quote]");
    tab.until("document.querySelector('.clause:target button[data-quote]').textContent === document.querySelector('.clause:target button[data-quote]').dataset.copied");
    let quoted = tab.text("navigator.clipboard.readText()");
    let text = tab.text("document.querySelector('.clause:target .text').textContent.trim()");
    assert!(quoted.contains(&text) && quoted.ends_with(&format!("（{copied}）")), "{quoted}");
    tab.back(&format!("location.href === {}", json!(reading)));
}

/// Compares the document with its other version, and finds back to the results.
fn compares(tab: &Tab) {
    let reading = tab.text("location.href");
    tab.follow(|tab| tab.click(".versions a.button[href*='/compare?']"));
    let told = "document.getElementById('at').textContent";
    let all = || tab.text(told).split(" / ").nth(1).unwrap().parse::<u64>().unwrap();
    let most = all();
    assert!(most > 0);

    // A kind is marked or not, without losing one's place.
    let wording = ".kinds a:has(.sample.wording)";
    tab.click(wording);
    tab.until(&format!("document.querySelector('{wording}').matches('.off')"));
    assert_eq!(count(tab, "td mark.wording"), 0);
    assert!(all() < most);
    assert!(tab.is(&format!("document.activeElement.matches('{wording}')")));
    assert!(
        tab.is(&format!("{} === 'wording'", asked("hide")))
            || tab.is("location.search.includes('wording')")
    );
    tab.click(wording);
    tab.until(&format!("!document.querySelector('{wording}').matches('.off')"));
    assert_eq!(all(), most);

    assert!(count(tab, "tr.quiet") > 0);
    tab.click(".heading a[data-live][href*='show=changed']");
    tab.until("!document.querySelector('tr.quiet')");

    tab.click("#next");
    tab.until(&in_view("document.querySelector('.comparison .current')"));
    let at = || tab.text(told).split(" / ").next().unwrap().parse::<u64>().unwrap();
    let first = at();
    tab.click("#next");
    assert_eq!(at(), first % most + 1);
    tab.until(&in_view("document.querySelector('.comparison .current')"));
    tab.click("#previous");
    assert_eq!(at(), first);

    tab.back(&format!("location.href === {}", json!(reading)));
    tab.follow(|tab| tab.click(".marks .back"));
    assert!(tab.is(&format!("{} === '质素' && document.querySelector('.hit')", asked("q"))));
}

/// Has the same page in another language.
fn changes_language(tab: &Tab, language: &Language) {
    let first = tab.text("document.querySelector('.hit .open').innerText");
    for other in LANGUAGES.iter().filter(|other| other.code != language.code) {
        tab.follow(|tab| tab.click(&format!("#languages a[hreflang='{}']", other.tag)));
        assert_eq!(tab.text("document.documentElement.lang"), other.tag);
        assert_eq!(tab.text("document.querySelector('.hit .open').innerText"), first);
        assert_eq!(tab.text("document.querySelector('#languages [aria-current]').lang"), other.tag);
    }
}

/// An input method shows letters before there are words: nothing is looked for meanwhile.
#[test]
fn what_is_being_composed_is_not_looked_for() {
    let Some(site) = Site::shared() else { return };
    site.visit(desk(&LANGUAGES[1]), |tab| {
        tab.go("/");
        tab.click("#q");
        tab.compose("zhi shi");
        // Longer than typing is waited for.
        tab.value("new Promise((done) => setTimeout(done, 400))");
        assert_eq!(tab.text("document.getElementById('q').value"), "zhi shi");
        assert_eq!(tab.text("location.search"), "");
        tab.enter("知识产权");
        tab.until(&format!("{} === '知识产权' && document.querySelector('.hit')", asked("q")));
    });
}

/// What answers late must not stand where something else was asked since.
#[test]
fn the_last_of_what_is_typed_is_shown() {
    let Some(site) = Site::shared() else { return };
    site.visit(desk(&LANGUAGES[0]), |tab| {
        tab.go("/");
        tab.click("#q");
        for word in ["合", "作", " 培訓"] {
            tab.enter(word);
        }
        tab.until(&format!("{} === '合作 培訓' && document.querySelector('.hit')", asked("q")));
        tab.until("!document.getElementById('results').ariaBusy");
        assert!(tab.is("document.title.includes('合作 培訓')"));
        // Nothing typed is the start page again.
        tab.value("document.getElementById('q').select()");
        tab.press("Backspace");
        tab.until("document.querySelector('.start') && !location.search.includes('q=')");
    });
}
