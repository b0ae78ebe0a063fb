//! Properties of any text: spans in order, nothing lost, no panic.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use proptest::prelude::*;
use tiaowen_corpus::{DocumentText, passages, read};

fn check_spans(source: &str, documents: &[DocumentText]) -> Result<(), TestCaseError> {
    for document in documents {
        let mut ids = std::collections::HashSet::new();
        let mut last = 0;
        for clause in &document.clauses {
            let span = clause.bytes.clone();
            prop_assert!(source.get(span.clone()).is_some(), "{:?} in {:?}", span, source);
            // The end of a letter may follow its annex, and a closing may precede its signature.
            prop_assert!(
                span.start >= last || clause.eid.starts_with("closing"),
                "{} overlaps",
                clause.eid
            );
            last = last.max(span.end);
            prop_assert!(ids.insert(clause.id(&document.document)), "{} twice", clause.eid);
            prop_assert!(
                clause
                    .id(&document.document)
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
            );
            for passage in passages(&document.document, clause) {
                prop_assert!(clause.text.get(passage.span).is_some());
            }
        }
    }
    Ok(())
}

/// A line of a document; `{}` is replaced by its mark.
fn line() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "一、{}甲乙，丙丁。",
        "二、{}合作，交流。",
        "三、{}標題",
        "（一）{}內容，如下：",
        "(二) {}內容。",
        "1. {}項目，完成。",
        "2、{}項目。",
        "第一條 {}申請人，應當。",
        "第二條 {}規定，如下：",
        "第 3 條\n{}本條，施行。",
        "■{}一點",
        "{}這是一段話，說明內容。",
        "{}這句話被切斷，後面",
        "(a) {}甲；",
        "(i) {}乙；",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_splits_without_panic(text in "\\PC{0,200}") {
        if let Ok(documents) = read("a.txt", &text) {
            check_spans(&text, &documents)?;
        }
    }

    #[test]
    fn text_like_agreements_splits_in_order(
        text in "([一二三十]、|（[一二]）|[0-9]{1,2}[.、]|第[一二三]條 |■|簽字：|甲局|2017年11月18日|合作協議|[，。；：「」（）《》“”]|[甲乙丙丁]{1,6}|[a-z(). ]{1,4}|\r\n|\n|\n\n|　|\t|\0){0,80}"
    ) {
        if let Ok(documents) = read("a.txt", &text) {
            check_spans(&text, &documents)?;
        }
        if let Ok(documents) = read("a.md", &format!("# {text}")) {
            check_spans(&format!("# {text}"), &documents)?;
        }
    }

    #[test]
    fn nothing_is_lost(lines in prop::collection::vec((line(), any::<bool>()), 1..14)) {
        // Each line has a unique mark, which must occur exactly once in the output.
        let mut text = String::from("某某合作協議\n\n");
        let mut marks = Vec::new();
        for (number, (line, gap)) in lines.iter().enumerate() {
            let mark = format!("卍{}卍", char::from_u32(0x3400 + number as u32).unwrap());
            text.push_str(&line.replace("{}", &mark));
            text.push_str(if *gap { "\n\n" } else { "\n" });
            marks.push(mark);
        }
        let documents = read("a.txt", &text).unwrap();
        check_spans(&text, &documents)?;
        let mut all = String::new();
        let mut headings = std::collections::BTreeSet::new();
        for document in &documents {
            all.push_str(document.document.title.as_deref().unwrap_or(""));
            for clause in &document.clauses {
                headings.extend(clause.headings.iter().cloned());
                headings.extend(clause.heading.clone());
                all.push_str(&clause.text);
            }
        }
        for heading in headings {
            all.push_str(&heading);
        }
        for mark in marks {
            prop_assert_eq!(all.matches(&mark).count(), 1, "{} in\n{}\n{:#?}", mark, text, documents.iter().flat_map(|d| &d.clauses).map(|c| (&c.eid, &c.headings, &c.heading, &c.text)).collect::<Vec<_>>());
        }
    }
}
