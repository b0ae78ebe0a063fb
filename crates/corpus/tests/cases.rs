//! A table of difficult texts, each with its expected outline, run in Traditional, Simplified and
//! mixed script.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use tiaowen_corpus::read;
use tiaowen_text::{Converter, Script};

struct Case {
    trap: &'static str,
    text: &'static str,
    /// One line for each clause: eid, heading above or own behind `#`, first characters of the
    /// text.
    outline: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        trap: "titles over labelled children are headings, titles over text belong to the clause",
        text: "合作協議\n\n一、目標\n\n加強合作。\n\n二、內容\n\n（一）交流\n\n定期會面。\n\n（二）培訓。\n\n1、甲方派員。\n\n2、乙方派員。",
        outline: &[
            "part_1 加強",
            "part_2__subpart_1 定期",
            "part_2__subpart_2__para_1 甲方",
            "part_2__subpart_2__para_2 乙方",
        ],
    },
    Case {
        trap: "a lead-in over labelled children is a clause of its own",
        text: "合作協議\n\n一、雙方同意，在下列領域合作：\n\n（一）交流。\n\n（二）培訓。",
        outline: &["part_1 雙方", "part_1__subpart_1 交流", "part_1__subpart_2 培訓"],
    },
    Case {
        trap: "an article with text of its own keeps its items and tail",
        text: "某某條例\n\n第一條 申請人應當：\n\n（一）提交；\n\n（二）繳費。\n\n逾期不受理。\n\n第二條 本條例自公布之日起施行。",
        outline: &["art_1 申請", "art_2 本條"],
    },
    Case {
        trap: "an article that is a bare label over labelled children is their heading",
        text: "某某條例\n\n第 1 條\n一、甲。\n二、乙。\n\n第 2 條\n本條例施行。",
        outline: &["art_1__part_1 甲", "art_1__part_2 乙", "art_2 本條"],
    },
    Case {
        trap: "articles between articles",
        text: "某某法\n\n第 12 條\n甲。\n\n第 12-1 條\n乙。\n\n第十三條之二的規定，不在此限。\n\n第 13 條\n丙。",
        outline: &["art_12 甲", "art_12-1 乙", "art_13 丙"],
    },
    Case {
        trap: "chapters, sections and 款 as titles",
        text: "某某法\n\n第 一 章 總則\n\n第 1 條\n甲。\n\n第 二 章 組織\n\n第 一 節 機關\n\n第 一 款 地方\n\n第 2 條\n乙。",
        outline: &["chp_1__art_1 甲", "chp_2__sec_1__subsec_1__art_2 乙"],
    },
    Case {
        trap: "labels that jump and repeat",
        text: "合作計劃\n\n1. 甲項。\n\n2. 乙項。\n\n2. 丙項。\n\n5. 丁項。",
        outline: &["para_1 甲", "para_2 乙", "para_2x2 丙", "para_5 丁"],
    },
    Case {
        trap: "figures at the start of a line are no labels",
        text: "合作協議\n\n一、雙方同意，每年舉辦\n\n2 次，為期\n\n10. 5天的培訓，共\n\n2017 年開始。\n\n二、完。",
        outline: &["part_1 雙方", "part_2 完"],
    },
    Case {
        trap: "run-in titles stay in the text",
        text: "合作備忘錄\n\n一、交流機制。雙方定期會面。\n\n二、培訓機制。雙方互派人員。",
        outline: &["part_1 交流", "part_2 培訓"],
    },
    Case {
        trap: "inline lists stay whole",
        text: "合作協議\n\n第一條 其他事項\n\n一是指定聯絡人。二是編印簡報。三是另行商定。",
        outline: &["art_1 一是"],
    },
    Case {
        trap: "the signature and what is printed behind it",
        text: "合作意向書\n\n一、合作。\n\n二、本意向書自簽署之日起生效。\n\n甲省人民政府\n\n乙特別行政區政府\n\n代表簽字：\n\n代表簽字：\n\n本意向書於二零一七年十一月十八日在香港簽署",
        outline: &["part_1 合作", "part_2 本意", "signature 甲省", "closing 本意"],
    },
    Case {
        trap: "a label that only announces signing",
        text: "合作協議\n\n一、合作，交流。\n\n二、雙方代表簽字：\n\n甲局\n\n局長\n\n乙局\n\n局長",
        outline: &["part_1 合作", "signature 雙方"],
    },
    Case {
        trap: "copies and entry into force close the document",
        text: "合作協議\n\n一、目標\n\n加強合作。\n\n本協議一式兩份，自簽署之日起生效。\n\n甲局\n\n2017年11月18日",
        outline: &["part_1 加強", "closing 本協", "signature 甲局"],
    },
    Case {
        trap: "decimals, letters and small Roman numerals",
        text: "服務條款\n\n1. 定義\n\n1.1 你指使用者。\n\n1.2 服務包括：\n\n(a) 網站；\n\n(b) 應用程式：\n\n(i) 甲；\n\n(ii) 乙。\n\n2. 責任\n\n2.1 概不負責。",
        outline: &[
            "para_1__para_1.1 你指",
            "para_1__para_1.2 服務",
            "para_1__para_1.2__subpara_a 網站",
            "para_1__para_1.2__subpara_b 應用",
            "para_1__para_1.2__subpara_b__subpara_i 甲",
            "para_1__para_1.2__subpara_b__subpara_ii 乙",
            "para_2__para_2.1 概不",
        ],
    },
    Case {
        trap: "the letter i after h",
        text: "服務條款\n\n1. 包括，如下：\n\n(g) 甲；\n\n(h) 乙；\n\n(i) 丙。",
        outline: &[
            "para_1 包括",
            "para_1__subpara_g 甲",
            "para_1__subpara_h 乙",
            "para_1__subpara_i 丙",
        ],
    },
    Case {
        trap: "licences number a. 1. A. i., capitals below figures",
        text: "公共授權條款\n\na. 授權之授與\n1. 授權人授予下列權利：\nA. 重製；以及\ni. 甲情形；\nii. 乙情形。\nB. 分享。\n2. 例外不適用。\nb. 其他\n1. 人格權不在內。",
        outline: &[
            "para_a__para_1 授權",
            "para_a__para_1__para_a 重製",
            "para_a__para_1__para_a__para_i 甲情",
            "para_a__para_1__para_a__para_ii 乙情",
            "para_a__para_1__para_b 分享",
            "para_a__para_2 例外",
            "para_b__para_1 人格",
        ],
    },
    Case {
        trap: "壹 above 一, numbers of one character below",
        text: "實施要點\n\n壹、目的\n\n一、為推動合作，訂定本要點。\n\n貳、內容\n\n一、工作如下：\n㈠ 交流；\n㈡ 培訓，如下：\n① 定期。\n\n二、完成。",
        outline: &[
            "part_1__part_1 為推",
            "part_2__part_1 工作",
            "part_2__part_1__subpart_1 交流",
            "part_2__part_1__subpart_2 培訓",
            "part_2__part_1__subpart_2__subpara_1 定期",
            "part_2__part_2 完成",
        ],
    },
    Case {
        trap: "parts of a law, and a reference to one",
        text: "某某條例\n\n第一部分 總則\n\n第一條 為了合作，制定本條例。\n\n第一部法律的規定，不適用。\n\n第二部分 罰則\n\n第二條 本條例施行。",
        outline: &["division_1__art_1 為了", "division_2__art_2 本條"],
    },
    Case {
        trap: "contents before the text",
        text: "某某條例\n\n目錄\n\n第一章 總則\n第二章 罰則\n\n第一章 總則\n\n第一條 甲，乙。\n\n第二章 罰則\n\n第二條 丙，丁。",
        outline: &["chp_1__art_1 甲", "chp_2__art_2 丙"],
    },
    Case {
        trap: "full-width figures, tabs and carriage returns",
        text: "合作計劃\r\n\r\n１．甲項。\r\n\r\n\t２．\t乙項。\r\n\r\n３、丙項。",
        outline: &["para_1 甲", "para_2 乙", "para_3 丙"],
    },
    Case {
        trap: "an article inside a quotation",
        text: "修正案\n\n一、將第五條修改為：“第五條 新的內容。\n\n第六條 另一內容。”\n\n二、本修正案施行。",
        outline: &["part_1 將第", "part_2 本修"],
    },
    Case {
        trap: "a file that is one line",
        text: "第一條 甲方負責。第二條 乙方負責，如下：（一）出資。（二）管理。第三條 本協議生效。",
        outline: &["art_1 甲方", "art_2 乙方", "art_3 本協"],
    },
    Case {
        trap: "two languages side by side",
        text: "合作協議\nCooperation Agreement\n\n一、雙方加強合作。\nThe parties shall cooperate.\n\n二、本協議生效。\nThis agreement enters into force.",
        outline: &["part_1 雙方", "part_2 本協"],
    },
    Case {
        trap: "labels in boxes",
        text: "合作協議\n\n【第一條】農機由各戶共有。\n\n【第二條】使用按登記先後。",
        outline: &["art_1 農機", "art_2 使用"],
    },
    Case {
        trap: "heavenly stems, and the parties that are called so",
        text: "合作協議\n\n甲、總則\n雙方同意合作。\n甲、乙雙方各派一人。\n乙、範圍\n（甲）商標。\n（乙）專利。",
        outline: &["part_1 雙方", "part_2__subpart_1 商標", "part_2__subpart_2 專利"],
    },
    Case {
        trap: "Roman numerals of one character, and a number with half a bracket",
        text: "合作協議\n\n一、雙方同意如下：\nⅠ、油料自備；\nⅡ、損壞自修。\n二、時間如下：\n一）早班六時；\n二）晚班兩時。",
        outline: &[
            "part_1 雙方",
            "part_1__para_i 油料",
            "part_1__para_ii 損壞",
            "part_2 時間",
            "part_2__subpart_1 早班",
            "part_2__subpart_2 晚班",
        ],
    },
    Case {
        trap: "white space in place of a mark behind a number",
        text: "合作協議\n\n一　雙方加強合作。\n\n二　每年會面一次。\n\n　　三　年後再議，不是標題。",
        outline: &["part_1 雙方", "part_2 每年", "part_3 年後"],
    },
    Case {
        trap: "sections that were put in later bear letters",
        text: "測試條例\n\n第12條 釋義\n本條例中，局長指署長。\n\n第12A條 委任\n局長可委任監督。\n\n第12B條 上訴\n任何人可上訴。\n\n第13條 罰則\n可處罰款。",
        outline: &["art_12 本條", "art_12A 局長", "art_12B 任何", "art_13 可處"],
    },
    Case {
        trap: "numbers that bear letters",
        text: "測試規例\n\n2. 登記\n(1) 須登記。\n(2) 須繳費。\n\n2A. 費用\n(1) 收一百元。\n\n3. 罰則\n(1) 罰款。\n\n3A. 上訴\n(1) 可上訴。\n\n3AA. 期限\n(1) 十日內。",
        outline: &[
            "para_2__subpara_1 須登",
            "para_2__subpara_2 須繳",
            "para_2A__subpara_1 收一",
            "para_3__subpara_1 罰款",
            "para_3A__subpara_1 可上",
            "para_3AA__subpara_1 十日",
        ],
    },
    Case {
        trap: "a size is no number with a letter",
        text: "採購合同\n\n一、型號如下\n4A. 甲款。\n二、其他，另議。",
        outline: &["part_1 4A", "part_2 其他"],
    },
    Case {
        trap: "decimals with letters, and decimals that refer",
        text: "檢測合同\n\n3.1 通則\n本節適用。\n3.2 試驗\n3.2 的試驗適用於設備。\n3.2A 補充\n另加一次。\n3.3 判定\n按照\n3.2 規定試驗後合格。",
        outline: &["para_3.1 本節", "para_3.2 3.", "para_3.2A 另加", "para_3.3 按照"],
    },
    Case {
        trap: "a division with nothing but text",
        text: "合作協議\n\n一、雙方合作，每年會面。\n\n第一部分　附則\n本協議自簽字起生效。",
        outline: &["part_1 雙方", "division_1 本協"],
    },
    Case {
        trap: "heads between lists that begin again",
        text: "甲部分\n\n一、第一點要寫清楚。\n\n二、第二點也要寫清楚。\n\n乙部分\n\n一、這裏重新開始。\n\n二、這裏是二。\n\n丙部分\n\n三、這裏繼續。",
        outline: &["part_1 第一", "part_2 第二", "part_1x2 這裏", "part_2x2 這裏", "part_3 這裏"],
    },
    Case {
        trap: "articles in English",
        text: "Service Agreement\n\nArticle 1 Scope\nThe supplier provides cleaning, as listed.\nArticle 2 Fee\nThe fee is paid monthly, under\nArticle 1 of this Agreement.\nArticle 2A Term\nOne year, no more.",
        outline: &["art_1 Th", "art_2 Th", "art_2A On"],
    },
    Case {
        trap: "a schedule between two articles",
        text: "服務協議\n第一條\n\n承諾詳見附表，如下。\n\n附表\n\n具體承諾\n\n部門\n\n跨境交付\n\n不作承諾\n\n第二條\n\n本協議自簽署之日起生效。",
        outline: &["art_1 承諾", "art_2 本協"],
    },
    Case {
        trap: "an annex without a name is a division",
        text: "供水協議\n\n第一條 甲方供水，按附件一收費。\n\n甲方：清江水務公司\n2024年6月1日\n\n附件一\n\n一、居民每噸三元，按月收取。\n二、商業每噸五元。",
        outline: &["art_1 甲方", "signature 甲方", "att_1__part_1 居民", "att_1__part_2 商業"],
    },
    Case {
        trap: "a list of annexes is none",
        text: "供水協議\n\n第一條 甲方供水。\n\n第二條 本協議一式兩份。\n\n甲方：清江水務公司\n2024年6月1日\n\n附件：1. 收費表\n附件二：停水辦法",
        outline: &["art_1 甲方", "art_2 本協", "signature 甲方", "closing 附件"],
    },
];

fn outline(text: &str) -> Vec<String> {
    let documents = read("case.txt", text).unwrap();
    let clauses = documents.iter().flat_map(|document| &document.clauses);
    clauses
        .map(|clause| format!("{} {}", clause.eid, clause.text.chars().take(2).collect::<String>()))
        .collect()
}

#[test]
fn each_trap_in_both_scripts_and_mixed() {
    let converter = Converter::to(Script::Hans).unwrap().unwrap();
    let simplified = |text: &str| converter.show(text, &[]).unwrap().text;
    let mut wrong = Vec::new();
    for case in CASES {
        let hans = simplified(case.text);
        // Every other line in Simplified.
        let lines = case.text.split('\n').zip(hans.split('\n')).enumerate();
        let mixed: Vec<&str> =
            lines.map(|(at, (hant, hans))| if at % 4 < 2 { hant } else { hans }).collect();
        for (script, text) in [("Hant", case.text), ("Hans", &hans), ("mixed", &mixed.join("\n"))] {
            let got: Vec<String> = outline(text).iter().map(|line| simplified(line)).collect();
            let expected: Vec<String> = case
                .outline
                .iter()
                .map(|line| {
                    // Texts of one character have a full stop as the second.
                    simplified(line)
                })
                .collect();
            let same = got.len() == expected.len()
                && got
                    .iter()
                    .zip(&expected)
                    .all(|(got, expected)| got.starts_with(expected.as_str()));
            if !same {
                wrong.push(format!(
                    "{script}: {}\n   got      {got:?}\n   expected {expected:?}",
                    case.trap
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
