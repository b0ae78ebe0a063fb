//! Splitting of blocks: notes behind their clause, rows of cells, separate columns, left-out text.

use tiaowen_blocks::{
    Block, BlockKind, Cell, DroppedKind, LeftOut, LeftOutReason, PagePlace, SourceText,
};
use tiaowen_corpus::{DocumentText, read_blocks};

/// A text with a block for each line; `kind` gives its kind by line number.
fn source(lines: &[&str], kind: impl Fn(usize) -> BlockKind) -> SourceText<'static> {
    let (mut text, mut blocks) = (String::new(), Vec::new());
    for (number, line) in lines.iter().enumerate() {
        let start = text.len();
        text.push_str(line);
        blocks.push(Block::new(start..text.len(), kind(number)));
        text.push('\n');
    }
    SourceText::of_blocks(text, blocks)
}

fn read(source: &SourceText<'_>) -> Vec<DocumentText> {
    read_blocks("a.docx", source, None).expect("blocks are read")
}

fn texts(document: &DocumentText) -> Vec<&str> {
    document.clauses.iter().map(|clause| &*clause.text).collect()
}

#[test]
fn notes_follow_the_clause_that_they_hang_on() {
    for lines in [
        ["第一條 工作日內答覆。", "另行協商。", "第二條 完。", "① 不含假期。"],
        ["第一条 工作日内答复。", "另行协商。", "第二条 完。", "① 不含假期。"],
    ] {
        let at = "第一條 工作日".len();
        let note = |number| if number == 3 { BlockKind::Note { at } } else { BlockKind::Paragraph };
        let documents = read(&source(&lines, note));
        let first = [lines[0].split_once(' ').unwrap().1, lines[1], lines[3]].join("\n");
        assert_eq!(texts(&documents[0]), [first.as_str(), "完。"]);
        assert_eq!(documents[0].dropped, []);
        let bytes = &documents[0].clauses[0].bytes;
        assert!(bytes.end < lines.concat().find("完").unwrap(), "{bytes:?}");
    }
}

#[test]
fn dates_and_numbers_in_notes_are_not_those_of_the_document() {
    for lines in [
        [
            "食品安全協議",
            "雙方為跟進框架協議，訂立本協議：",
            "第一條 合作。",
            "① 2006年4月11日簽訂。",
        ],
        [
            "食品安全协议",
            "双方为跟进框架协议，订立本协议：",
            "第一条 合作。",
            "① 2006年4月11日签订。",
        ],
        [
            "食品安全协议",
            "双方为跟进框架协议，订立本协议：",
            "第一条 合作。",
            "① 粤府函〔2006〕38号",
        ],
    ] {
        let at = lines[..2].join("\n").find("框架").unwrap();
        let note = |number| if number == 3 { BlockKind::Note { at } } else { BlockKind::Paragraph };
        let document = &read(&source(&lines, note))[0];
        assert_eq!((&document.document.date, &document.document.number), (&None, &None));
        assert_eq!(texts(document), [[lines[1], lines[3]].join("\n").as_str(), "合作。"]);
    }
}

#[test]
fn a_title_of_two_lines_ends_where_the_reader_saw_a_gap() {
    for lines in [
        ["加強粵港建築及相關工程服務合作意", "向書", "簽署雙方為粵港兩地政府。", "一、合作。"],
        ["加强粤港建筑及相关工程服务合作意", "向书", "签署双方为粤港两地政府。", "一、合作。"],
    ] {
        let mut source = source(&lines, |_| BlockKind::Paragraph);
        let tiaowen_blocks::Layout::Blocks(blocks) = &mut source.layout else {
            panic!("no blocks")
        };
        for block in blocks.iter_mut() {
            block.place = Some(PagePlace { page: 1, bounds: [0.0; 4] });
        }
        blocks[0].goes_on = true;
        blocks[2].begins = true;
        let document = &read(&source)[0];
        assert_eq!(document.document.title.as_deref(), Some(&*lines[..2].concat()));
        assert_eq!(texts(document), [lines[2], "合作。"]);
    }
}

#[test]
fn cells_are_a_tab_apart_unless_they_hold_articles() {
    let text = "第一條 如下：\n甲方\t乙方\n負責\t不負責\n";
    let cell = |of: &str| {
        let start = text.find(of).unwrap();
        Cell::from(vec![Block::new(start..start + of.len(), BlockKind::Paragraph)])
    };
    let rows = vec![vec![cell("甲方"), cell("乙方")], vec![cell("負責"), cell("不負責")]];
    let start = text.find("甲方").unwrap();
    let blocks = vec![
        Block::new(0..text.find('\n').unwrap(), BlockKind::Paragraph),
        Block::new(start..text.len() - 1, BlockKind::Table { rows }),
    ];
    let documents = read(&SourceText::of_blocks(text, blocks));
    assert_eq!(texts(&documents[0]), ["如下：\n甲方\t乙方\n負責\t不負責"]);
    let text = "第一條 合作。\t第二條 會面。";
    let rows = vec![vec![
        Cell::from(vec![Block::new(0..19, BlockKind::Paragraph)]),
        Cell::from(vec![Block::new(20..39, BlockKind::Paragraph)]),
    ]];
    let blocks = vec![Block::new(0..39, BlockKind::Table { rows })];
    let documents = read(&SourceText::of_blocks(text, blocks));
    assert_eq!(texts(&documents[0]), ["合作。", "會面。"]);
}

#[test]
fn streams_are_documents_of_their_own() {
    let lines = [
        "合作協議",
        "第一條 合作。",
        "Cooperation Agreement between the parties of both sides",
        "1. The parties cooperate in trade, education and culture for five years.",
    ];
    let mut source = source(&lines, |_| BlockKind::Paragraph);
    if let tiaowen_blocks::Layout::Blocks(blocks) = &mut source.layout {
        blocks[2].stream = 1;
        blocks[3].stream = 1;
    }
    let documents = read(&source);
    let found: Vec<(u32, &str)> =
        documents.iter().map(|d| (d.document.ordinal, &*d.document.language)).collect();
    assert_eq!(found, [(1, "zh-Hant"), (2, "en")]);
}

#[test]
fn text_left_out_by_a_reader_is_listed_and_not_split() {
    let lines = ["第一條 合作不得可以進行。", "- 3 -", "第二條 完。"];
    let mut source = source(&lines, |_| BlockKind::Paragraph);
    let deleted = source.text.find("不得").unwrap();
    let number = source.text.find("- 3").unwrap();
    let left = |start: usize, length, kind| LeftOut {
        span: start..start + length,
        kind,
        why: LeftOutReason::Struck,
        page: Some(1),
    };
    source.left_out = vec![
        left(deleted, "不得".len(), DroppedKind::Deleted),
        left(number, 5, DroppedKind::PageNumber),
    ];
    let documents = read(&source);
    assert_eq!(texts(&documents[0]), ["合作可以進行。", "完。"]);
    let dropped: Vec<_> = documents[0].dropped.iter().map(|d| (d.kind, &*d.text)).collect();
    assert_eq!(dropped, [(DroppedKind::Deleted, "不得"), (DroppedKind::PageNumber, "- 3 -")]);
}

#[test]
fn text_that_no_rule_assigns_is_listed() {
    let text = "某某公司\n\n合作協議\n\n第一條 合作。\n\n第一章 總則\n";
    let documents = tiaowen_corpus::read("a.txt", text).unwrap();
    let dropped: Vec<&str> = documents[0].dropped.iter().map(|d| &*d.text).collect();
    assert_eq!(dropped.first(), Some(&"某某公司"), "{documents:?}");
}

#[test]
fn a_sitting_is_split_into_speeches() {
    let hant = "會議過程正式紀錄\n\n2012年11月21日星期三\n\n出席議員：\n\n陳大文議員\n\n主席：開會。\n\n議員議案\n\n\
        陳大文議員：主席，我支持議案，並有兩點意見。\n\n第一，應該盡快落實。\n\n李小明議員：我反對。\n\n\
        主席：表決。\n\n發展局局長：多謝主席。\n\n主席：散會。\n";
    let hans = "会议过程正式纪录\n\n2012年11月21日星期三\n\n出席议员：\n\n陈大文议员\n\n主席：开会。\n\n议员议案\n\n\
        陈大文议员：主席，我支持议案，并有两点意见。\n\n第一，应该尽快落实。\n\n李小明议员：我反对。\n\n\
        主席：表决。\n\n发展局局长：多谢主席。\n\n主席：散会。\n";
    for text in [hant, hans] {
        let documents = tiaowen_corpus::read("a.txt", text).unwrap();
        let [sitting] = &documents[..] else { panic!("{documents:?}") };
        assert_eq!(sitting.document.date.as_deref(), Some("2012-11-21"));
        assert!(sitting.document.title.as_ref().unwrap().ends_with("星期三"));
        let speeches = sitting.clauses.iter().filter(|clause| clause.label.is_some());
        assert_eq!(speeches.count(), 6);
        let second = &sitting.clauses[3];
        assert_eq!((second.label.as_deref(), second.headings.len()), (None, 2), "{second:?}");
        assert_eq!(sitting.dropped, []);
    }
}
