//! Files and texts that a reader sends: compared and checked on the page, with a script and without.

use std::path::Path;

use serde_json::json;

use super::{LANGUAGES, Language, Site, desk, in_view, phone};
use crate::chromium::{Look, Tab};

const HANT: &str =
    "合作協議\n\n一、雙方每年培訓25人。\n\n二、雙方交流資訊。\n\n三、本協議自簽署之日起生效。\n";
const HANS: &str = "合作协议\n\n一、双方每年培训20人。\n\n二、双方交流信息。\n\n三、本协议自签署之日起生效。\n\n四、另有约定的除外。\n";

/// Chooses a file for a field, as a reader does in the window that the field opens.
fn choose(tab: &Tab, field: &str, file: &Path) {
    let expression = format!("document.querySelector('{field}')");
    let found = tab.tell("Runtime.evaluate", json!({ "expression": expression }));
    let field = &found["result"]["objectId"];
    tab.tell("DOM.setFileInputFiles", json!({ "objectId": field, "files": [file] }));
}

#[test]
fn two_files_are_compared_where_they_are_chosen() {
    let Some(site) = Site::shared() else { return };
    let (left, right) =
        (site.file("甲.txt", HANT.as_bytes()), site.file("乙.txt", HANS.as_bytes()));
    for language in &LANGUAGES {
        for look in [desk(language), Look { script: false, ..phone(language) }] {
            site.visit(look, |tab| {
                tab.go("/compare");
                choose(tab, "input[name=left]", &left);
                choose(tab, "input[name=right]", &right);
                tab.follow(|tab| tab.click(".files button[type=submit]"));
                compared(tab, language, look.script);
            });
        }
    }
}

fn compared(tab: &Tab, language: &Language, script: bool) {
    assert_eq!(tab.text("document.documentElement.lang"), language.tag);
    let count = |selector: &str| {
        tab.value(&format!("document.querySelectorAll('{selector}').length")).as_u64().unwrap()
    };
    // It opens with what differs in substance, and leads there.
    assert!(count(".substance li") >= 3);
    tab.click(".substance li:first-child a");
    tab.until(&in_view("document.querySelector('tr:target mark.number')"));
    // A kind is switched, and rows that are the same are left out, without asking the server.
    let lines = |kind: &str| {
        tab.text(&format!(
            "getComputedStyle(document.querySelector('td mark.{kind}')).textDecorationLine"
        ))
    };
    assert_eq!(lines("number"), "underline");
    tab.click("#show-number");
    assert_eq!(lines("number"), "none");
    assert!(!tab.is("document.querySelector('td mark.number .unseen').checkVisibility()"));
    assert_eq!(lines("regional"), "underline");
    assert!(tab.is("document.querySelector('tr.quiet').checkVisibility()"));
    tab.click("#only-changed");
    assert!(!tab.is("document.querySelector('tr.quiet').checkVisibility()"));
    if script {
        let all = || tab.text("document.getElementById('at').textContent");
        let few = all();
        tab.click("#show-number");
        assert_ne!(all(), few, "what is not marked is no stop");
        tab.press("j");
        assert!(tab.is("document.activeElement.matches('.comparison .current')"));
    }
}

#[test]
fn two_files_are_dropped_at_once() {
    let Some(site) = Site::shared() else { return };
    site.visit(desk(&LANGUAGES[0]), |tab| {
        tab.go("/compare");
        let dropped = format!(
            "(() => {{
                const data = new DataTransfer();
                data.items.add(new File([{}], '甲.txt'));
                data.items.add(new File([{}], '乙.txt'));
                document.querySelector('.files .drop').dispatchEvent(
                    new DragEvent('drop', {{ dataTransfer: data, bubbles: true, cancelable: true }}));
                return [...document.querySelectorAll('.files input[type=file]')]
                    .map((field) => field.files[0]?.name);
            }})()",
            json!(HANT),
            json!(HANS)
        );
        assert_eq!(tab.value(&dropped), json!(["甲.txt", "乙.txt"]));
        tab.follow(|tab| tab.click(".files button[type=submit]"));
        assert!(tab.is("document.querySelector('td mark.number')"));
    });
}

#[test]
fn files_that_are_no_documents_are_told_where_they_are_chosen() {
    let Some(site) = Site::shared() else { return };
    let (left, right) = (site.file("甲.txt", HANT.as_bytes()), site.file("乙.docx", b"PK\x03\x04"));
    for language in &LANGUAGES {
        // The answer says so by its status, which a browser's console repeats.
        let tab =
            Tab::open(&site.browser, &format!("http://{}", site.served.address), desk(language));
        tab.go("/compare");
        choose(&tab, "input[name=left]", &left);
        choose(&tab, "input[name=right]", &right);
        tab.follow(|tab| tab.click(".files button[type=submit]"));
        assert!(tab.is("document.querySelector('[role=alert]').innerText.includes('乙.docx')"));
        assert!(
            tab.is("document.querySelector('.files input[name=left]')"),
            "one can choose again"
        );
    }
}

#[test]
fn any_two_documents_are_compared() {
    let Some(site) = Site::shared() else { return };
    for language in &LANGUAGES {
        site.visit(Look { script: false, ..desk(language) }, |tab| {
            tab.go(&format!("/documents/{}", site.hant));
            tab.follow(|tab| tab.click(".facts a[href*='/compare?left=']:not(.button)"));
            assert!(tab.is(
                "document.querySelector('.chosen').innerText.includes('粵港醫療交流合作備忘錄')"
            ));
            tab.click("input[name=title]");
            tab.enter("高等教育");
            tab.follow(|tab| tab.click(".offers button[type=submit]"));
            let offered = "[...document.querySelectorAll('.offered .title')]";
            assert!(tab.is(&format!("{offered}.length >= 2")), "in both scripts");
            assert!(tab.is(&format!("{offered}.every((one) => /高等教育/.test(one.innerText))")));
            tab.follow(|tab| tab.click(".offered li:first-child .button"));
            assert!(tab.is("document.querySelector('.comparison td')"));
            assert!(tab.is(
                "document.querySelector('.versus').innerText.includes('粵港醫療交流合作備忘錄')"
            ));
        });
    }
}

#[test]
fn a_text_is_checked_where_it_is_pasted() {
    let Some(site) = Site::shared() else { return };
    let hit = &site.served.json("/api/v1/search", &[("q", "培訓"), ("script", "hant")])["hits"][0];
    let clause = &hit["clause"];
    let (citation, text) = (clause["citation"].as_str().unwrap(), clause["text"].as_str().unwrap());
    let quoted = text.split(['。', '\n']).next().unwrap().replacen("培訓", "審訊", 1);
    for language in &LANGUAGES {
        for look in [desk(language), Look { script: false, ..phone(language) }] {
            site.visit(look, |tab| {
                tab.go("/verify");
                tab.click("textarea");
                tab.enter(&format!("{citation}：「{quoted}」"));
                tab.follow(|tab| tab.click(".verify button[type=submit]"));
                assert!(tab.is("document.querySelector('.checks .wrong mark')"));
                assert!(tab.is("document.querySelector('textarea').value.includes('審訊')"));
                tab.follow(|tab| tab.click(".checks .place a"));
                tab.until(&in_view("document.querySelector('.clause:target')"));
            });
        }
    }
}
