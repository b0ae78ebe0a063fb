//! On paper: the texts, and nothing that can only be clicked.

use super::{HANT, Site, desk, encoded};
use crate::chromium::Look;

#[test]
fn what_is_printed_is_for_reading() {
    let Some(site) = Site::shared() else { return };
    let pages = [
        ("results", encoded("/?q=知識產權"), ".hit .open, .hit .own .text:not(.full *)"),
        ("a document", encoded(&format!("/documents/{}?q=合作", site.hant)), "h1, .clause .text"),
        ("a comparison", site.comparison(), "h1, td .text, .counts li"),
    ];
    // Also of a page that is dark on the screen.
    site.visit(Look { dark: true, ..desk(&HANT) }, |tab| {
        for (name, path, read) in pages {
            tab.go(&path);
            let printed = site.file(&format!("{name}.pdf"), &tab.printed());
            let Some(paper) = crate::exports::printed(&printed) else { return };
            // What is for ears alone is no text on paper.
            tab.value(
                "(() => {
                    const sheet = new CSSStyleSheet();
                    sheet.replaceSync('.unseen { display: none }');
                    document.adoptedStyleSheets.push(sheet);
                })()",
            );
            let texts = tab.value(&format!(
                "[...document.querySelectorAll(`{read}`)].filter((one) => one.checkVisibility())
                    .map((one) => one.innerText.replace(/\\s/g, ''))"
            ));
            let texts = texts.as_array().unwrap();
            assert!(texts.len() > 5, "{name}");
            for text in texts {
                // A page may break a text, but hardly its first words.
                let begins: String = text.as_str().unwrap().chars().take(8).collect();
                assert!(paper.contains(&begins), "{name}: {begins} is not in {paper}");
            }
            for control in
                ["鍵盤操作", "複製出處", "返回檢索結果", "下一處", "English", "相關度", "下載"]
            {
                assert!(!paper.contains(control), "{name}: {control} is printed: {paper}");
            }
        }
        tab.tell(
            "Emulation.setEmulatedMedia",
            serde_json::json!({
                "media": "print",
                "features": [{ "name": "prefers-color-scheme", "value": "dark" }],
            }),
        );
        let ink = tab.text("getComputedStyle(document.querySelector('td .text')).color");
        assert_eq!(ink, "rgb(34, 38, 43)", "dark on white");
    });
}
