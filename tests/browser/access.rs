//! Whether everyone can use the pages: WCAG 2.2 AA as far as axe judges it, and what it doesn't.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{ENGLISH, HANS, HANT, LANGUAGES, Language, Site, desk, phone};
use crate::chromium::{Look, Tab};

/// What axe holds pages against.
const TAGS: &str = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";

/// The source of axe, or a word about it where it is not installed.
fn axe() -> Option<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/axe/axe.min.js");
    let source = std::fs::read_to_string(file).ok();
    if source.is_none() {
        println!("SKIPPED: no axe; scripts/viewers installs it");
    }
    source
}

/// What axe finds wrong on a page; `only` names rules, else all are asked.
fn violations(tab: &Tab, only: &str) -> Vec<String> {
    let run = if only.is_empty() {
        format!("{{ type: 'tag', values: {TAGS} }}")
    } else {
        format!("{{ type: 'rule', values: {only} }}")
    };
    // The size of targets is asked only where it is named.
    let found = tab.value(&format!(
        "axe.run(document, {{
            runOnly: {run},
            rules: {only_size},
            resultTypes: ['violations'],
            // The style sheet is read by no rule asked for.
            preload: false,
        }}).then(({{ violations }}) => violations.flatMap(({{ id, nodes }}) =>
            nodes.map(({{ html, failureSummary }}) => `${{id}}: ${{html}}: ${{failureSummary}}`)))",
        only_size = if only.is_empty() { "{ 'target-size': { enabled: true } }" } else { "{}" },
    ));
    found.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

#[test]
fn axe_finds_nothing_in_traditional() {
    axe_finds_nothing(&HANT);
}

#[test]
fn axe_finds_nothing_in_simplified() {
    axe_finds_nothing(&HANS);
}

#[test]
fn axe_finds_nothing_in_english() {
    axe_finds_nothing(&ENGLISH);
}

fn axe_finds_nothing(language: &Language) {
    let Some(site) = Site::shared() else { return };
    let Some(axe) = axe() else { return };
    let mut found = Vec::new();
    for look in [desk(language), phone(language)] {
        site.visit(look, |tab| {
            tab.bring(&axe);
            for (name, path, done) in site.views() {
                tab.go(&path);
                tab.value(&format!("{done};"));
                let light = violations(tab, "");
                // Only colours are others in the dark.
                tab.paint(true);
                let dark = violations(tab, "['color-contrast', 'link-in-text-block']");
                tab.paint(false);
                let at = format!("{name}, {} wide", look.width);
                found.extend(light.into_iter().map(|one| format!("{at}: {one}")));
                found.extend(dark.into_iter().map(|one| format!("{at}, dark: {one}")));
            }
        });
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A list of completions comes and goes, so that no view holds it.
#[test]
fn axe_finds_nothing_in_completions() {
    let Some(site) = Site::shared() else { return };
    let Some(axe) = axe() else { return };
    for look in [desk(&HANT), phone(&HANS)] {
        site.visit(look, |tab| {
            tab.bring(&axe);
            tab.go("/");
            tab.click("#q");
            tab.enter("知识");
            tab.until("!document.getElementById('completions').hidden");
            tab.until("document.querySelector('.hit')");
            tab.press("ArrowDown");
            assert_eq!(violations(tab, ""), [""; 0]);
            tab.paint(true);
            assert_eq!(violations(tab, "['color-contrast']"), [""; 0]);
        });
    }
}

/// At the width of a phone, and of a page four times enlarged, lines wrap and nothing needs to
/// be moved sideways; neither with the spacing that readers may choose (WCAG 1.4.10, 1.4.12).
#[test]
fn no_page_is_wider_than_a_phone() {
    let Some(site) = Site::shared() else { return };
    let spaced = "const sheet = new CSSStyleSheet();
        sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; \
            word-spacing: .16em !important } p { margin-bottom: 2em !important }');
        document.adoptedStyleSheets.push(sheet);";
    for language in &LANGUAGES {
        site.visit(Look { width: 390, ..desk(language) }, |tab| {
            for (name, path, done) in site.views() {
                tab.resize(390, 844);
                tab.go(&path);
                tab.value(&format!("{done};"));
                for (width, before) in [(390, ""), (320, ""), (320, spaced)] {
                    tab.resize(width, 640);
                    tab.value(&format!("(() => {{ {before} }})()"));
                    let wide = tab.value(
                        "document.documentElement.scrollWidth > innerWidth &&
                            [...document.querySelectorAll('body *')]
                            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
                            .map((one) => one.outerHTML.slice(0, 100))",
                    );
                    let tag = language.tag;
                    assert_eq!(wide, Value::Bool(false), "{name} in {tag}, {width} wide");
                }
            }
        });
    }
}

/// Each text says which language it is in, so that it is read out and drawn as that.
#[test]
fn texts_say_their_language() {
    let Some(site) = Site::shared() else { return };
    // Han characters outside of anything Chinese.
    let unsaid = "(() => {
        const found = [];
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const text = texts.currentNode;
            const around = text.parentElement.closest('[lang]');
            if (/\\p{Script=Han}/u.test(text.data) && !around.lang.startsWith('zh')) {
                found.push(text.parentElement.outerHTML.slice(0, 120));
            }
        }
        return found;
    })()";
    site.visit(desk(&ENGLISH), |tab| {
        let mut found = Vec::new();
        for (name, path, _) in site.views() {
            tab.go(&path);
            let unsaid = tab.value(unsaid);
            found.extend(unsaid.as_array().unwrap().iter().map(|one| format!("{name}: {one}")));
        }
        assert!(found.is_empty(), "{}", found.join("\n"));

        // What has no label is called something, in the reader's language.
        tab.go(&format!("/documents/{}", site.hant));
        assert_eq!(
            tab.text("document.querySelector('.signature h2 bdi').textContent"),
            "Signature"
        );
        assert_eq!(tab.text("document.querySelector('.signature h2 bdi').lang"), "en");

        for (id, tag) in [(&site.hant, "zh-Hant-HK"), (&site.hans, "zh-Hans-CN")] {
            tab.go(&format!("/documents/{id}"));
            for text in ["h1", ".clause .text", ".clause h2", ".outline a", ".facts dd[lang]"] {
                let own =
                    tab.text(&format!("document.querySelector('{text}').closest('[lang]').lang"));
                assert_eq!(own, tag, "{text}");
            }
        }
    });
}

/// What a screen reader is given of marks: the kind of each difference, and what the other side has.
#[test]
fn differences_are_in_the_accessibility_tree() {
    let Some(site) = Site::shared() else { return };
    let shapes = [
        (&HANT, "（地區用語，右方作「", "（措辭，左方", "差異 "),
        (&HANS, "（地区用语，右方作“", "（措辞，左方", "差异 "),
        (&ENGLISH, "(Regional term; on the right: ", "(Wording; ", "Differences: "),
    ];
    for (language, regional, wording, listed) in shapes {
        site.visit(desk(language), |tab| {
            tab.go(&site.comparison());
            let tree = tab.tell("Accessibility.getFullAXTree", serde_json::json!({}));
            let nodes = tree["nodes"].as_array().unwrap().iter();
            let texts = nodes.filter(|node| node["role"]["value"] == "StaticText");
            let texts: Vec<&str> =
                texts.map(|node| node["name"]["value"].as_str().unwrap().trim_start()).collect();
            let begin = |with: &str| texts.iter().filter(|text| text.starts_with(with)).count();
            assert!(begin(regional) > 0, "{regional}");
            assert!(begin(wording) > 0, "{wording}");
            assert!(begin(listed) > 0, "{listed}");
            // Each mark has its words, a gap too; and none is copied with the text.
            let marks = tab.value("document.querySelectorAll('td mark').length").as_u64().unwrap();
            let opening = if language.code == "en" { "(" } else { "（" };
            assert!(begin(opening) as u64 >= marks, "{marks} marks");
            let copied = tab.text(
                "(() => {
                    const selection = getSelection();
                    selection.selectAllChildren(document.querySelector('td:has(mark.regional) .text'));
                    return String(selection);
                })()",
            );
            assert!(!copied.is_empty() && !copied.contains(regional), "{copied}");
        });
    }
}

/// The same character is drawn in the form of the region that the text is from.
#[test]
fn texts_are_drawn_in_the_forms_of_their_region() {
    let Some(site) = Site::shared() else { return };
    let listed = Command::new("fc-list").args([":", "family"]).output().map(|listed| listed.stdout);
    let listed = String::from_utf8(listed.unwrap_or_default()).unwrap();
    if !listed.contains("Noto Sans CJK HK") || !listed.contains("Noto Serif CJK HK") {
        println!("SKIPPED: no Noto fonts for Han; scripts/viewers installs them");
        return;
    }
    for language in &LANGUAGES {
        site.visit(desk(language), |tab| {
            for (id, region) in [(&site.hant, "HK"), (&site.hans, "SC")] {
                tab.go(&format!("/documents/{id}"));
                for (text, kind) in [("h1 > bdi", "Serif"), (".clause .text .line", "Sans")] {
                    let fonts = tab.fonts(text);
                    let own = format!("Noto {kind} CJK {region}");
                    assert_eq!(fonts, [own], "{text} of {id} in {}", language.tag);
                }
            }
        });
    }
}
