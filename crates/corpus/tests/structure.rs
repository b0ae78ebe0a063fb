//! Parties, dates, annexes and headings of invented documents, in both scripts.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use tiaowen_corpus::{DocumentText, LeftOutReason, read};
use tiaowen_text::{Converter, Script};

/// The documents of a text in Traditional and in Simplified.
fn in_both_scripts(name: &str, text: &str) -> [Vec<DocumentText>; 2] {
    let converter = Converter::to(Script::Hans).unwrap().unwrap();
    let hans = converter.show(text, &[]).unwrap().text;
    [read(name, text).unwrap(), read(name, &hans).unwrap()]
}

fn simplified(text: &str) -> String {
    Converter::to(Script::Hans).unwrap().unwrap().show(text, &[]).unwrap().text
}

#[test]
fn parties_are_named_above_the_text_or_side_by_side() {
    for (text, parties) in [
        (
            "培訓合作協議\n\n甲方：香港數碼學會\n乙方（受託方）：廣東軟件協會（以下簡稱乙方）\n\n第一條 雙方合辦培訓班。",
            ["香港數碼學會", "廣東軟件協會"],
        ),
        (
            "買賣合同\n\n第一條 甲方供應大米。\n\n甲方（蓋章）：東湖食品有限公司　　乙方（蓋章）：西山糧油貿易行\n代表：　　　　　　　　　　　　　　代表：\n2024年3月2日　　　　　　　　　　　2024年3月5日",
            ["東湖食品有限公司", "西山糧油貿易行"],
        ),
        (
            "合作協議\n\n第一條 雙方合作。\n\n廣州市商務委員會　　　　香港特區商務及經濟發展局\n主任　　　　　　　　　　局長\n2017年11月18日",
            ["廣州市商務委員會", "香港特區商務及經濟發展局"],
        ),
        (
            "合作意向書\n\n一、雙方合作。\n\n廣東省人民政府（住房和城鄉建設廳）\n\n代表：\n\n香港特別行政區政府（發展局）\n\n代表：\n\n2017年11月18日",
            ["廣東省人民政府（住房和城鄉建設廳）", "香港特別行政區政府（發展局）"],
        ),
    ] {
        for documents in in_both_scripts("a.txt", text) {
            let found: Vec<String> =
                documents[0].document.parties.iter().map(|party| simplified(party)).collect();
            assert_eq!(found, parties.map(simplified), "{text}");
        }
    }
}

#[test]
fn the_day_of_signing_is_not_the_day_of_expiry() {
    let end = "第一條　雙方加強合作。\n第二條　本協議自簽署之日起生效，有效期至二〇二〇年十二月三十一日。";
    for above in [
        "二〇一七年十一月十八日於香港簽署",
        "簽署日期：2017年11月18日",
        "2017.11.18",
        "（二○一七年十一月十八日）",
        "二ＯＯ七年七月一日",
    ] {
        let text = format!("粵港合作協議\n\n{above}\n\n{end}");
        for documents in in_both_scripts("a.txt", &text) {
            let document = &documents[0].document;
            let day = if above.starts_with("二ＯＯ") { "2007-07-01" } else { "2017-11-18" };
            assert_eq!(document.date.as_deref(), Some(day), "{above}");
            let validity = document.validity.as_ref().unwrap();
            assert_eq!(validity.from.as_deref(), Some(day), "{above}");
            assert_eq!(validity.to.as_deref(), Some("2020-12-31"), "{above}");
        }
    }
}

#[test]
fn annexes_with_names_are_documents() {
    let text = "供水服務協議\n\n第一條 甲方向乙方供水。\n第二條 水費按附件一計算。\n\n甲方：清江水務公司\n2024年6月1日\n\n附件一\n水費標準\n\n第一條 居民用水每噸三元。\n第二條 商業用水每噸五元。\n\n附件二：停水通知辦法\n\n一、計劃停水提前三日通知。\n二、緊急停水隨時通知。";
    for documents in in_both_scripts("a.txt", text) {
        let titles: Vec<String> = documents
            .iter()
            .map(|text| simplified(text.document.title.as_deref().unwrap()))
            .collect();
        assert_eq!(titles, ["供水服务协议", "水费标准", "停水通知办法"]);
        assert!(documents.iter().all(|text| text.document.kind.as_str() == "agreement"));
        assert_eq!(documents[0].document.date.as_deref(), Some("2024-06-01"));
        assert_eq!(documents[0].document.place, None);
        assert_eq!(documents[1].clauses.len(), 2);
        assert_eq!(documents[2].clauses[0].eid, "part_1");
    }
}

#[test]
fn a_heading_without_a_label_ends_the_article_before_it() {
    let text = "# 服務貿易協議\n\n第一條　雙方作出承諾。\n\n## 說明\n\n以下為說明。\n\n第二條　本協議生效。\n\n## 資料來源\n\n統計處。\n\n## 簽署\n\n香港代表";
    for documents in in_both_scripts("a.md", text) {
        let clauses = &documents[0].clauses;
        let eids: Vec<&str> = clauses.iter().map(|clause| clause.eid.as_str()).collect();
        assert_eq!(eids, ["art_1", "hcontainer_1", "art_2", "hcontainer_2", "signature"]);
        let headings: Vec<String> =
            clauses.iter().map(|clause| simplified(&clause.headings.join("/"))).collect();
        assert_eq!(headings, ["", "说明", "", "资料来源", "签署"]);
        assert_eq!(simplified(&clauses[1].path.concat()), "说明");
        assert_eq!(simplified(&clauses[4].text), "香港代表");
    }
}

#[test]
fn characters_that_extraction_put_in_place_of_others_are_mended() {
    let text = "粤港合作协议\n\n⼆〇⼀七年⼗⼀⽉⼗⼋⽇于香港签署\n\n第⼀条　双⽅在⻓江地区保护⼈⺠。\n第⼆条　双⽅同意：\n︵⼀︶⻝品；\n︵二︶⻋辆。";
    let documents = read("a.txt", text).unwrap();
    let clauses = &documents[0].clauses;
    assert_eq!(documents[0].document.date.as_deref(), Some("2017-11-18"));
    assert_eq!(clauses[0].text, "双方在长江地区保护人民。");
    assert_eq!(clauses[1].text, "双方同意：\n（一）食品；\n（二）车辆。");
    // The span is that of the file's text.
    assert_eq!(&text[clauses[0].bytes.clone()], "第⼀条　双⽅在⻓江地区保护⼈⺠。");
    let documents = read("b.txt", "電梯合約\n\n第一條　深水\u{E88C}的升降機\u{ECD4}。").unwrap();
    assert_eq!(documents[0].clauses[0].text, "深水埗的升降機𨋢。");
    // Mainland texts use the same code points for other characters.
    let documents = read("c.txt", "电梯合约\n\n第一条　双方约定\u{E88C}。").unwrap();
    assert_eq!(documents[0].clauses[0].text, "双方约定\u{E88C}。");
}

#[test]
fn cells_on_one_line_stay_apart() {
    for text in [
        "合同\n\n第一條 清單如下：\n水泵\t12\t3600\n電機\t8\t5200",
        "合同\n\n第一條 清單如下：\n水泵　　　12　　　3600\n電機　　　8　　　5200",
    ] {
        let documents = read("a.txt", text).unwrap();
        assert_eq!(documents[0].clauses[0].text, "清單如下：\n水泵\t12\t3600\n電機\t8\t5200");
    }
}

#[test]
fn a_title_of_several_lines_is_one() {
    for (text, title) in [
        (
            "粵港跨境數據流動\n安全管理合作協議\n\n第一條 雙方合作。",
            "粵港跨境數據流動安全管理合作協議",
        ),
        ("中華人民共和國\n藥品管理辦法\n\n第一條 制定本辦法。", "中華人民共和國藥品管理辦法"),
        (
            "關於加強\n跨境貿易監管的\n合作安排\n\n第一條 雙方合作。",
            "關於加強跨境貿易監管的合作安排",
        ),
        // Names of sides, a letterhead and a stamp are no part of it.
        ("廣東省\n香港特別行政區\n合作協議\n\n第一條 雙方合作。", "合作協議"),
        ("機密\n\n合作協議\n\n第一條 雙方合作。", "合作協議"),
        (
            "東江市水務局\n地址：濱河路1號　電話：0755-1234567\n\n關於調整水價的通知\n\n各單位：\n\n一、自五月起執行。",
            "關於調整水價的通知",
        ),
        ("合同編號：DJ-2024-031\n\n購銷合同\n\n甲方：東江公司\n\n第一條 供貨。", "購銷合同"),
    ] {
        for documents in in_both_scripts("a.txt", text) {
            let found = documents[0].document.title.as_deref().map(simplified);
            assert_eq!(found, Some(simplified(title)), "{text}");
        }
    }
}

#[test]
fn sides_that_sign_beside_one_another_stay_apart() {
    for rows in [
        "甲方（蓋章）：東江公司 乙方（蓋章）：西嶺公司\n代表：代表：\n日期：2024年3月1日日期：2024年3月1日",
        "甲方（蓋章）：東江公司\t乙方（蓋章）：西嶺公司\n代表：\t代表：\n日期：2024年3月1日\t日期：2024年3月1日",
        "甲方（蓋章）：東江公司　　　　乙方（蓋章）：西嶺公司\n代表：　　　　　　　　代表：\n日期：2024年3月1日　　　　日期：2024年3月1日",
    ] {
        let text = format!("購銷合同\n\n第一條 甲方供貨。\n\n第二條 乙方付款。\n\n{rows}\n");
        for documents in in_both_scripts("a.txt", &text) {
            let last = documents[0].clauses.last().unwrap();
            assert_eq!(last.path, ["signature"], "{text}");
            let expected = "甲方（蓋章）：東江公司\t乙方（蓋章）：西嶺公司\n代表：\t代表：\n日期：2024年3月1日\t日期：2024年3月1日";
            assert_eq!(simplified(&last.text), simplified(expected));
            assert_eq!(
                documents[0].document.parties.len(),
                2,
                "{:?}",
                documents[0].document.parties
            );
        }
    }
}

#[test]
fn heads_of_lists_below_a_title_are_headings() {
    for text in [
        "會議紀要\n\n甲部分\n\n一、甲方交圖。\n二、乙方施工。\n\n乙部分\n\n一、首期三成。\n二、尾款七成。",
        "會議紀要\n\n工程\n\n一、甲方交圖。\n二、乙方施工。\n\n付款\n\n一、首期三成。\n二、尾款七成。",
    ] {
        for documents in in_both_scripts("a.txt", text) {
            let title = documents[0].document.title.as_deref().map(simplified);
            assert_eq!(title.as_deref(), Some("会议纪要"), "{text}");
            let clauses = &documents[0].clauses;
            assert!(clauses.iter().all(|clause| clause.headings.len() == 1), "{clauses:#?}");
            assert_ne!(clauses[0].headings, clauses[2].headings);
        }
    }
}

#[test]
fn mended_characters_are_not_listed_as_left_out() {
    for text in [
        "第⼀條 ⻓期⽀持⼈員往來。\n第⼆條 完。",
        "︵一︶知識產權，︽協議︾合作。\n︵二︶完。",
        "第一條 面積為10^{6}平方米。\n第二條 完。",
    ] {
        for documents in in_both_scripts("a.txt", &format!("合作協議\n\n{text}")) {
            let dropped: Vec<_> = documents.iter().flat_map(|text| &text.dropped).collect();
            assert!(dropped.is_empty(), "{dropped:?}");
        }
    }
}

#[test]
fn private_use_characters_are_those_of_hong_kong_in_traditional_text() {
    let text = "合作協議\n\n第一條 地址為深水\u{e88c}，屋\u{e473}。\n第二條 完。";
    let [hant, hans] = in_both_scripts("a.txt", text);
    assert_eq!(
        (hant[0].clauses[0].text.as_str(), hant[0].dropped.len()),
        ("地址為深水埗，屋邨。", 0)
    );
    // A mainland font has other characters at these code points.
    assert_eq!(hans[0].dropped.len(), 1);
}

#[test]
fn characters_without_a_meaning_are_reported() {
    for name in ["a.txt", "a.md"] {
        let text = "合作協議\n\n第一條 符號\u{f0b7}與\u{f8ff}、\u{f8ff}。\n\n第二條 完。";
        let documents = read(name, text).unwrap();
        let dropped = &documents[0].dropped;
        assert_eq!(dropped.len(), 1, "{dropped:?}");
        let codes = "U+F0B7 ×1, U+F8FF ×2".to_owned();
        assert_eq!(dropped[0].why, LeftOutReason::PrivateUse { codes });
        assert!(text[dropped[0].bytes.start..].starts_with('\u{f0b7}'));
        assert!(documents[0].clauses[0].text.contains('\u{f8ff}'));
    }
}

#[test]
fn columns_of_a_table_in_markdown_are_documents() {
    for (table, second) in [
        (
            "| 合作協議 | 合作协议 |\n|--|--|\n| 第一條 雙方合作辦學。 | 第一条 双方合作办学。 |\n| 第二條 費用分擔。 | 第二条 费用分担。 |",
            "合作协议",
        ),
        (
            "# 合作協議\n\n| 中文 | English |\n|--|--|\n| 第一條 雙方合作。 | Article 1 The Parties cooperate. |\n| 第二條 費用分擔。 | Article 2 Costs are shared. |",
            "合作協議",
        ),
    ] {
        let documents = read("a.md", table).unwrap();
        assert_eq!(documents.len(), 2, "{documents:#?}");
        assert_eq!(documents[0].document.title.as_deref(), Some("合作協議"));
        assert_eq!(documents[1].document.title.as_deref(), Some(second));
        for text in &documents {
            let articles = text.clauses.iter().filter(|clause| clause.label.is_some());
            assert_eq!(articles.count(), 2, "{:#?}", text.clauses);
        }
    }
    // A glossary is read row by row.
    let documents =
        read("a.md", "| 繁體 | 简体 |\n|--|--|\n| 軟體 | 软件 |\n| 網路 | 网络 |").unwrap();
    assert_eq!(documents.len(), 1);
}

#[test]
fn an_annex_below_a_heading_of_the_first_level_is_a_document() {
    let text = "# 數據協議\n\n第一條 甲方提供數據。\n\n第二條 目錄見附件。\n\n| | |\n|--|--|\n| 甲方（蓋章）：東江公司 | 乙方（蓋章）：西嶺公司 |\n| 日期：2024年3月1日 | 日期：2024年3月1日 |\n\n# 附件一　數據目錄\n\n一、交通數據。\n\n二、氣象數據。\n";
    for documents in in_both_scripts("a.md", text) {
        assert_eq!(documents.len(), 2, "{documents:#?}");
        let title = documents[1].document.title.as_deref().map(simplified);
        assert_eq!(title.as_deref(), Some("数据目录"));
        assert_eq!(documents[0].clauses.last().unwrap().path, ["signature"]);
    }
}
