use std::fmt::Write as _;
use std::io::Write as _;
use std::panic;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use hayro_font::StandardFont;
use tiaowen_blocks::{Block, BlockKind, Layout, SourceText};

use super::guard::{Refusal, guarded};
use super::{layout, pdftotext, reader};
use crate::DamageReason;
use crate::{ExtractError, ReadOptions};

mod hostile;

const WRITER: &[u8] = include_bytes!("../../tests-data/writer-hant.pdf");
const BROWSER: &[u8] = include_bytes!("../../tests-data/browser-hans.pdf");

/// A font with UTF-16 codes, according to its ToUnicode in object 5.
const FONT: &str = "<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/Identity-H/ToUnicode 5 0 R
    /DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/Song/DW 1000
    /CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>]>>";
const TO_UNICODE: &str = "1 begincodespacerange <0000> <FFFF> endcodespacerange
    1 beginbfrange <0000> <FFFF> <0000> endbfrange";

fn read(bytes: &[u8]) -> Result<String, Refusal> {
    Ok(source(bytes)?.text.into_owned())
}

fn source(bytes: &[u8]) -> Result<SourceText<'static>, Refusal> {
    let pages = reader::read(bytes, Duration::from_secs(20))?;
    guarded(|| layout::written(&pages))
}

fn pdf(bytes: &[u8]) -> Result<SourceText<'static>, ExtractError> {
    super::pdf(bytes, &ReadOptions::PLAIN)
}

fn refused(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().0.to_string()
}

/// A file of objects, numbered from 1; the first is its catalog.
fn file(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (at, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", bytes.len()).unwrap();
        bytes.extend(format!("{} 0 obj\n", at + 1).as_bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let (start, size) = (bytes.len(), objects.len() + 1);
    let end = format!("trailer<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n");
    bytes.extend(table.as_bytes());
    bytes.extend(end.as_bytes());
    bytes
}

fn stream(dict: &str, data: &[u8]) -> Vec<u8> {
    let mut stream = format!("<</Length {}{dict}>>stream\n", data.len()).into_bytes();
    stream.extend(data);
    stream.extend(b"\nendstream");
    stream
}

fn flate(data: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(data).unwrap();
    packed.finish().unwrap()
}

/// One page: its content in object 4, ToUnicode in 5, the font in 6, and more from 7 on.
struct OnePage<'d> {
    page: &'d str,
    resources: &'d str,
    font: &'d str,
    content: Vec<u8>,
    more: Vec<Vec<u8>>,
    trailer: &'d str,
}

impl OnePage<'_> {
    fn of(content: &str) -> Self {
        let content = stream("", content.as_bytes());
        OnePage { page: "", resources: "", font: FONT, content, more: Vec::new(), trailer: "" }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut objects = vec![
            b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>".to_vec(),
            format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R{}
                /Resources<</Font<</F1 6 0 R>>{}>>>>",
                self.page, self.resources
            )
            .into_bytes(),
            self.content.clone(),
            stream("", TO_UNICODE.as_bytes()),
            self.font.as_bytes().to_vec(),
        ];
        objects.extend(self.more.iter().cloned());
        file(&objects, self.trailer)
    }

    fn text(&self) -> String {
        read(&self.bytes()).unwrap()
    }
}

/// Shows text at a position.
fn at(x: i32, y: i32, text: &str) -> String {
    format!("BT /F1 12 Tf {x} {y} Td <{}> Tj ET ", utf16(text))
}

fn utf16(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |hex, unit| format!("{hex}{unit:04X}"))
}

fn packed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn lines_of_a_word_processor() {
    let expected = "合作協議書（樣本）

合作協議書

第一條　雙方同意合作推行旅遊、旅客及會展事宜，並每年會面一次，檢討合作的
進展和下一年的工作，以及商議雙方認為合適的其他合作事宜。

第二條　本協議書自簽署之日起生效，有效期三年。

事宜	日期
會展	2017年6月30日

第 1 頁
\u{c}合作協議書（樣本）
第三條　本協議書一式兩份，雙方各執一份。
CEPA 及 RQFII 的安排，不在此列。

第 2 頁
\u{c}";
    assert_eq!(read(WRITER).unwrap(), expected);
}

#[test]
fn lines_of_a_browser() {
    let expected = "合作协议

第一条　双方同意合作，每年合作一年，方一双年
每意同，双方同意每年合作。

- 1 -
\u{c}合作协议

第二条　双方各一份。

- 2 -
\u{c}";
    assert_eq!(read(BROWSER).unwrap(), expected);
}

/// The cells of a table have another order.
fn sorted(text: &str) -> Vec<char> {
    let mut characters: Vec<char> = packed(text).chars().collect();
    characters.sort_unstable();
    characters
}

#[test]
fn same_as_pdftotext() {
    let built = OnePage::of(&(at(70, 700, "第一條　雙方") + &at(70, 680, "同意。"))).bytes();
    for bytes in [WRITER, BROWSER, &built] {
        match pdftotext(bytes, Refusal(&DamageReason::Damaged)) {
            Err(ExtractError::Reader { .. }) => println!("SKIPPED: no pdftotext"),
            other => {
                let (ours, theirs) = (read(bytes).unwrap(), other.unwrap());
                assert_eq!(sorted(&ours), sorted(&theirs));
                assert_eq!(ours.matches('\u{c}').count(), theirs.matches('\u{c}').count());
            }
        }
    }
}

#[test]
fn predefined_character_sets() {
    let (hant, hans) = ("第一條 雙方簽署協議書2017", "第一条 双方签署协议书2017");
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let sets = [
        ("GBK-EUC-H", "GB1", encoding_rs::GBK.encode(hans).0.into_owned(), hans),
        ("GBKp-EUC-H", "GB1", encoding_rs::GBK.encode(hans).0.into_owned(), hans),
        ("GB-EUC-H", "GB1", encoding_rs::GBK.encode(hans).0.into_owned(), hans),
        ("GBK2K-H", "GB1", encoding_rs::GB18030.encode(hans).0.into_owned(), hans),
        ("UniGB-UCS2-H", "GB1", utf16(hans), hans),
        ("UniGB-UTF16-H", "GB1", utf16(hans), hans),
        ("ETen-B5-H", "CNS1", encoding_rs::BIG5.encode(hant).0.into_owned(), hant),
        ("ETenms-B5-H", "CNS1", encoding_rs::BIG5.encode(hant).0.into_owned(), hant),
        ("HKscs-B5-H", "CNS1", encoding_rs::BIG5.encode(hant).0.into_owned(), hant),
        ("UniCNS-UCS2-H", "CNS1", utf16(hant), hant),
        ("UniCNS-UTF16-H", "CNS1", utf16(hant), hant),
    ];
    for (encoding, ordering, codes, text) in sets {
        let hex = codes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02X}"));
        let content = format!("BT /F1 12 Tf 70 700 Td <{hex}> Tj ET");
        // Neither embedded nor with ToUnicode; and embedded with a useless font file.
        for file in ["", "/FontDescriptor<</Type/FontDescriptor/FontFile 7 0 R>>"] {
            let font = format!(
                "<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/{encoding}
                /DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/Song{file}
                /CIDSystemInfo<</Registry(Adobe)/Ordering({ordering})/Supplement 4>>>>]>>"
            );
            let program = StandardFont::Courier.get_font_data().0;
            let more = vec![stream("", (*program).as_ref())];
            let page = OnePage { font: &font, more, ..OnePage::of(&content) };
            assert_eq!(page.text(), format!("{text}\n\u{c}"), "{encoding} {file}");
        }
    }
}

#[test]
fn fonts_that_dont_tell_are_refused() {
    let doubt = "a font doesn't tell what its characters are";
    // No ToUnicode, no character collection.
    let font = FONT.replace("/ToUnicode 5 0 R", "");
    let page = OnePage { font: &font, ..OnePage::of(&at(70, 700, "協議")) };
    assert_eq!(refused(&page.bytes()), doubt);
    for text in ["協\u{FFFD}議", "協\u{E123}議", "協\u{1}議"] {
        assert_eq!(refused(&OnePage::of(&at(70, 700, text)).bytes()), doubt, "{text:?}");
    }
    // A bullet of a symbol font.
    let page = OnePage::of(&at(70, 700, "\u{F0B7} 協議"));
    assert_eq!(page.text(), "\u{F0B7} 協議\n\u{c}");
    let page = OnePage { font: "null", ..OnePage::of(&at(70, 700, "協議")) };
    assert_eq!(refused(&page.bytes()), "a font can't be read");
}

#[test]
fn titles_and_page_numbers_are_read_at_their_printed_positions() {
    let body = at(70, 700, "第一條") + &at(70, 680, "第二條") + &at(70, 660, "第三條");
    let title = at(250, 780, "合作協議");
    let number = at(290, 30, "1");
    let expected = "合作協議\n\n第一條\n第二條\n第三條\n\n1\n\u{c}";
    for content in [
        format!("{title}{body}{number}"),
        format!("{title}{number}{body}"),
        format!("{number}{title}{body}"),
        format!("{body}{number}{title}"),
        format!("{body}{title}{number}"),
    ] {
        assert_eq!(OnePage::of(&content).text(), expected);
    }
}

#[test]
fn columns_and_cells_keep_their_order() {
    let column = |x, text: &str| {
        let lines = text.chars().enumerate();
        lines.map(|(i, c)| at(x, 700 - 20 * i as i32, &c.to_string())).collect::<String>()
    };
    let page = OnePage::of(&(column(70, "甲乙丙丁") + &column(320, "戊己庚辛")));
    assert_eq!(page.text(), "甲\n乙\n丙\n丁\n戊\n己\n庚\n辛\n\u{c}");
    let row =
        at(70, 700, "甲方") + &at(200, 700, "乙方") + &at(70, 680, "一") + &at(200, 680, "二");
    // Separated like cells.
    assert_eq!(OnePage::of(&row).text(), "甲方    乙方\n一    二\n\u{c}");
}

#[test]
fn gaps_and_repeats() {
    // Shifted within a word and between words; spread Chinese.
    let content = format!(
        "BT /F1 12 Tf 70 700 Td [<{}> -50 <{}> -400 <{}>] TJ 0 -20 Td 3 Tc <{}> Tj ET",
        utf16("ab"),
        utf16("cd"),
        utf16("ef"),
        utf16("協議書")
    );
    assert_eq!(OnePage::of(&content).text(), "abcd ef\n協議書\n\u{c}");
    let bold = at(70, 700, "協議") + &format!("1 0 0 1 0.3 0 cm {}", at(70, 700, "協議"));
    assert_eq!(OnePage::of(&bold).text(), "協議\n\u{c}");
    // A note's number is raised and small.
    let note = format!(
        "BT /F1 12 Tf 70 700 Td <{}> Tj /F1 6 Tf 4 Ts <{}> Tj /F1 12 Tf 0 Ts <{}> Tj ET",
        utf16("協議"),
        utf16("1"),
        utf16("書")
    );
    assert_eq!(OnePage::of(&note).text(), "協議¹書\n\u{c}");
    // Text above its line and no smaller than a third is a value typed there.
    let typed = at(70, 700, "租金") + &at(98, 706, "8000") + &at(149, 700, "元");
    assert_eq!(OnePage::of(&typed).text(), "租金8000元\n\u{c}");
    // Outside the page.
    assert_eq!(OnePage::of(&(at(70, 700, "協議") + &at(70, 900, "刪"))).text(), "協議\n\u{c}");
}

#[test]
fn turned_pages_and_columns_of_old() {
    let text = "0 1 -1 0 500 100 cm ".to_owned() + &at(0, 0, "協議") + &at(0, -20, "書");
    let page = OnePage { page: "/Rotate 90", ..OnePage::of(&text) };
    assert_eq!(page.text(), "協議\n書\n\u{c}");
    let font = FONT.replace("Identity-H", "Identity-V");
    let columns = at(500, 700, "第一條") + &at(480, 700, "第二條");
    let page = OnePage { font: &font, ..OnePage::of(&columns) };
    assert_eq!(page.text(), "第一條\n第二條\n\u{c}");
}

#[test]
fn actual_text_replaces_drawn_text() {
    let actual = format!("/Span <</ActualText <FEFF{}>>> BDC ", utf16("協議書"));
    let content = at(70, 700, "簽") + &actual + &at(82, 700, "畫畫") + "EMC " + &at(106, 700, "。");
    assert_eq!(OnePage::of(&content).text(), "簽協議書。\n\u{c}");
}

#[test]
fn forms_and_filled_fields() {
    let resources = "/Resources<</Font<</F1 6 0 R>>>>";
    let form = |content: String, more: &str| {
        let dict = format!("/Subtype/Form/BBox[0 0 200 20]{more}{resources}");
        stream(&dict, content.as_bytes())
    };
    let page = OnePage {
        page: "/Annots[<</Subtype/Widget/Rect[70 600 270 620]/AP<</N 8 0 R>>>>
            <</Subtype/Widget/F 2/Rect[70 500 270 520]/AP<</N 8 0 R>>>>]",
        resources: "/XObject<</X 7 0 R>>",
        more: vec![form(at(0, 0, "表格"), "/Matrix[1 0 0 1 70 0]"), form(at(2, 5, "已填"), "")],
        ..OnePage::of("q 1 0 0 1 0 650 cm /X Do Q")
    };
    assert_eq!(packed(&page.text()), "表格已填");
}

#[test]
fn ways_of_packing() {
    let content = at(70, 700, "協議").into_bytes();
    let hex =
        |bytes: &[u8]| bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let ways = [
        stream("/Filter/FlateDecode", &flate(&content)),
        stream("/Filter [ /FlateDecode % packed\n]", &flate(&content)),
        stream("/Filter/ASCIIHexDecode", (hex(&content) + ">").as_bytes()),
        stream("/Filter[/ASCII85Decode/FlateDecode]", ascii85(&flate(&content)).as_bytes()),
    ];
    for content in ways {
        assert_eq!(OnePage { content, ..OnePage::of("") }.text(), "協議\n\u{c}");
    }
    // A picture's data may look like anything.
    let more = vec![stream("/Subtype/Image", b"/F[\x80\xd0 /F 1 0 obj /F<< stream /Filte")];
    let page = OnePage { more, ..OnePage::of(&at(70, 700, "協議")) };
    assert_eq!(page.text(), "協議\n\u{c}");
}

fn ascii85(bytes: &[u8]) -> String {
    let group = |group: &[u8]| {
        let mut whole = [0; 4];
        whole[..group.len()].copy_from_slice(group);
        let mut number = u32::from_be_bytes(whole);
        let mut digits = [0; 5].map(|_: u8| {
            let digit = char::from(b'!' + (number % 85) as u8);
            number /= 85;
            digit
        });
        digits.reverse();
        digits[..=group.len()].iter().collect::<String>()
    };
    bytes.chunks(4).map(group).collect::<String>() + "~>"
}

#[test]
fn scans_are_rejected_with_the_reason() {
    let page = OnePage {
        resources: "/XObject<</X 7 0 R>>",
        more: vec![stream(
            "/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray",
            b"\0",
        )],
        ..OnePage::of("q 600 0 0 800 0 0 cm /X Do Q")
    };
    assert_eq!(pdf(&page.bytes()), Err(ExtractError::Scan));
    assert_eq!(pdf(&OnePage::of("").bytes()), Err(ExtractError::Scan));
}

#[test]
fn files_that_are_no_pdf_are_rejected_with_the_reason() {
    let error = pdf(b"plain text").unwrap_err();
    assert!(error.to_string().contains("doesn't begin as a PDF"));
}

#[test]
fn broken_files_are_rejected_with_the_reason() {
    assert_eq!(refused(b"%PDF-1.4 nothing else"), "it is damaged");
    match pdf(b"%PDF-1.4 nothing else") {
        Err(ExtractError::Reader { reason, .. }) => assert_eq!(reason, DamageReason::Damaged),
        Err(error) => assert!(matches!(error, ExtractError::Damaged { .. }), "{error}"),
        Ok(read) => panic!("{}", read.text),
    }
}

#[test]
fn encrypted_files_are_rejected_with_the_reason() {
    let page = OnePage {
        trailer: "/Encrypt<</Filter/Standard/V 1/R 2/P -1/O(0123456789abcdef0123456789abcdef)
            /U(0123456789abcdef0123456789abcdef)>>/ID[(a)(a)]",
        ..OnePage::of(&at(70, 700, "協議"))
    };
    assert_eq!(refused(&page.bytes()), "it is protected by a password");
    let error = pdf(&page.bytes()).unwrap_err();
    let words = error.to_string();
    assert!(words.contains("password") || words.contains("encrypted"), "{words}");
}

/// A file of pages with the given contents.
fn pages(contents: &[String]) -> Vec<u8> {
    let kids: String = (0..contents.len()).map(|at| format!("{} 0 R ", 5 + 2 * at)).collect();
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Count {}/Kids[{kids}]>>", contents.len()).into_bytes(),
        stream("", TO_UNICODE.as_bytes()),
        FONT.replace("5 0 R", "3 0 R").into_bytes(),
    ];
    for (at, content) in contents.iter().enumerate() {
        let page = format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {} 0 R
            /Resources<</Font<</F1 4 0 R>>>>>>",
            6 + 2 * at
        );
        objects.push(page.into_bytes());
        objects.push(stream("", content.as_bytes()));
    }
    file(&objects, "")
}

/// The lines that are left out.
fn furniture(bytes: &[u8]) -> Vec<String> {
    let read = source(bytes).unwrap();
    read.left_out.iter().map(|left| read.text[left.span.clone()].to_owned()).collect()
}

fn blocks(source: &SourceText<'_>) -> Vec<Block> {
    match &source.layout {
        Layout::Blocks(blocks) => blocks.clone(),
        other => panic!("no blocks: {other:?}"),
    }
}

/// The lines that continue on the next.
fn going_on(bytes: &[u8]) -> Vec<String> {
    let read = source(bytes).unwrap();
    let wrapped = blocks(&read).into_iter().filter(|block| block.goes_on);
    wrapped.map(|block| read.text[block.span].to_owned()).collect()
}

/// Lines from a given height, one below the other.
fn block(x: i32, y: i32, lines: &[&str]) -> String {
    lines.iter().zip(0..).map(|(line, row)| at(x, y - 20 * row, line)).collect()
}

#[test]
fn furniture_is_in_one_band_of_many_pages() {
    let words = ["甲方負責，", "乙方監督，", "雙方會面，", "如期完成。"];
    let chapters = ["第一章 總則", "第一章 總則", "第二章 分工", "第二章 分工"];
    let page = |number: usize| {
        at(70, 780, chapters[number])
            + &block(70, 740, &[words[number], "不作承諾", words[number]])
            + &at(280, 30, &format!("（{}）", number + 1))
    };
    let bytes = pages(&(0..4).map(page).collect::<Vec<_>>());
    let left_out = furniture(&bytes);
    assert_eq!(left_out.len(), 8, "{left_out:?}");
    assert!(!left_out.iter().any(|line| line.contains("承諾") || line.ends_with('，')));
    // In Han numerals, and with words.
    for foot in ["第一頁 第二頁 第三頁 第四頁", "－一－ －二－ －三－ －四－"]
    {
        let feet: Vec<&str> = foot.split(' ').collect();
        let page = |number: usize| {
            block(70, 740, &[words[number], "共同推動", words[number]]) + &at(280, 30, feet[number])
        };
        let bytes = pages(&(0..4).map(page).collect::<Vec<_>>());
        let found = furniture(&bytes);
        assert_eq!(found, feet);
    }
}

#[test]
fn recurring_text_and_names_of_parts_are_no_furniture() {
    // The first and last lines of the text have the same position on each page.
    let page = |(words, last): (&str, &str)| block(70, 740, &[words, "不作承諾", words, last]);
    let cells = [
        ("甲方，", "沒有限制"),
        ("乙方，", "沒有限制"),
        ("雙方，", "不作承諾"),
        ("完成。", "沒有限制"),
    ];
    let bytes = pages(&cells.map(page));
    assert_eq!(furniture(&bytes), [""; 0]);
    // A schedule on each page, recognised by its title.
    let page = |number: u32| {
        at(250, 780, &format!("附表 {number}")) + &block(70, 720, &["甲方負責。", "乙方監督。"])
    };
    let bytes = pages(&[1, 2, 3, 4].map(page));
    assert_eq!(furniture(&bytes), [""; 0]);
    let page = |number: &str| at(250, 780, number) + &block(70, 720, &["甲方。", "乙方。"]);
    let bytes = pages(&["附表一", "附表二", "附表三", "附表四"].map(page));
    assert_eq!(furniture(&bytes), [""; 0]);
    // Filled-in numbers.
    let page = |figure: &str| block(70, 740, &["次數為", figure, "次，收費", figure, "元。"]);
    let bytes = pages(&["12", "8", "30"].map(page));
    assert_eq!(furniture(&bytes), [""; 0]);
}

#[test]
fn lines_that_reach_the_edge_of_their_column_are_wrapped() {
    let wrapped = [
        "第一條 雙方同意合作推行旅遊及會展事",
        "宜並每年會面。",
        "第二條 本協議書自雙方簽署之日起生效",
        "有效期三年。",
    ];
    let bytes = OnePage::of(&block(70, 700, &wrapped)).bytes();
    assert_eq!(going_on(&bytes), [wrapped[0], wrapped[2]]);
    // A title leaves room for what follows.
    let titled = [
        "第一條 合作宗旨",
        "雙方同意合作推行旅遊及會展事宜並每年",
        "會面一次檢討合作的進展和下一年的工作",
        "商議。",
    ];
    let bytes = OnePage::of(&block(70, 700, &titled)).bytes();
    assert_eq!(going_on(&bytes), [titled[1], titled[2]]);
    // Each column has its own edge.
    let english = ["Article 1 They meet", "once a year and then", "for three years."];
    let columns = block(70, 700, &wrapped) + &block(330, 700, &english);
    let found = going_on(&OnePage::of(&columns).bytes());
    assert!(found.contains(&wrapped[0].to_owned()) && found.contains(&wrapped[2].to_owned()));
    assert!(!found.contains(&wrapped[1].to_owned()) && !found.contains(&wrapped[3].to_owned()));
}

#[test]
fn text_continues_on_the_next_page() {
    let first = [
        "第一條 雙方同意合作推行旅遊及會展事",
        "宜並每年會面。",
        "第二條 本協議書自雙方簽署之日起生效",
    ];
    let second = ["及於三年後由雙方檢討其執行的情況並以", "書面補充。", "第三條 一式兩份。"];
    let page = |lines: &[&str], number: &str| block(70, 740, lines) + &at(290, 30, number);
    let bytes = pages(&[page(&first, "1"), page(&second, "2")]);
    assert_eq!(going_on(&bytes), [first[0], first[2], second[0]]);
    assert_eq!(furniture(&bytes), ["1", "2"]);
}

/// The lines of each stream, without left-out ones.
fn streams(bytes: &[u8]) -> Vec<(u16, String)> {
    let read = source(bytes).unwrap();
    blocks(&read)
        .into_iter()
        .map(|block| (block.stream, read.text[block.span].to_owned()))
        .collect()
}

#[test]
fn bilingual_columns_drawn_row_by_row_are_two_texts() {
    let chinese = [
        "第一條 雙方每年輪流舉",
        "辦一次論壇，費用由主",
        "辦方負擔。",
        "第二條 本協議有效期",
        "三年。",
    ];
    let simplified = [
        "第一条 双方每年轮流举",
        "办一次论坛，费用由主",
        "办方负担。",
        "第二条 本协议有效期",
        "三年。",
    ];
    let english = [
        "Article 1 The parties hold a",
        "forum each year in turn, the",
        "host bears the costs of it.",
        "Article 2 This agreement is",
        "valid for three years.",
    ];
    for other in [simplified, english] {
        let rows = (0..5).map(|row| {
            at(60, 700 - 20 * row, chinese[row as usize])
                + &at(220, 700 - 20 * row, other[row as usize])
        });
        let found = streams(&OnePage::of(&rows.collect::<String>()).bytes());
        let of = |stream| {
            let lines = found.iter().filter(move |(of, _)| *of == stream);
            lines.map(|(_, line)| line.as_str()).collect::<Vec<_>>()
        };
        assert_eq!((of(0), of(1)), (chinese.to_vec(), other.to_vec()));
    }
}

#[test]
fn the_last_lines_of_bilingual_columns_stay_in_their_columns() {
    let chinese =
        ["第一條 雙方每年輪流舉", "辦一次論壇，費用由主", "辦方負擔。", "第二條 有效期三年。"];
    let simplified =
        ["第一条 双方每年轮流举", "办一次论坛，费用由主", "办方负担。", "第二条 有效期三年。"];
    let side_by_side = |left: &[&str], right: &[&str]| {
        let column = |x, lines: &[&str]| {
            (0..).zip(lines).map(|(row, line)| at(x, 700 - 20 * row, line)).collect::<String>()
        };
        column(60, left) + &column(220, right)
    };
    let full = side_by_side(&chinese, &simplified);
    let ends = side_by_side(&["簽署於廣州。"], &["签署于", "广州。"]);
    let left_alone = side_by_side(&["簽署於廣州。"], &[]);
    let right_alone = side_by_side(&[], &["签署于广州。"]);
    let wide = at(60, 700, "附件由兩地政府的主管部門在簽署之後另行商定公布");
    for (next, hant, hans) in [
        (ends, vec!["簽署於廣州。"], vec!["签署于", "广州。"]),
        (left_alone, vec!["簽署於廣州。"], vec![]),
        (right_alone, vec![], vec!["签署于广州。"]),
        (wide, vec!["附件由兩地政府的主管部門在簽署之後另行商定公布"], vec![]),
    ] {
        let found = streams(&pages(&[full.clone(), next]));
        let of = |stream| {
            let lines = found.iter().filter(move |(of, _)| *of == stream);
            lines.map(|(_, line)| line.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(of(0), [&chinese[..], &hant].concat());
        assert_eq!(of(1), [&simplified[..], &hans].concat());
    }
}

#[test]
fn columns_of_one_language_are_read_one_after_the_other() {
    let line = "雙方同意按照本協議附件所列的範圍辦理";
    let rows = (0..8).map(|row| at(50, 700 - 20 * row, line) + &at(320, 700 - 20 * row, line));
    let found = streams(&OnePage::of(&rows.collect::<String>()).bytes());
    assert_eq!(found.len(), 16);
    assert!(found.iter().all(|(stream, text)| *stream == 0 && text == line));
}

/// The notes, with the text before their references.
fn hanging(bytes: &[u8]) -> Vec<(String, String)> {
    let read = source(bytes).unwrap();
    let note = |block: Block| match block.kind {
        BlockKind::Note { at } => {
            let before: String = read.text[..at].chars().rev().take(2).collect();
            Some((before.chars().rev().collect(), read.text[block.span].to_owned()))
        }
        _ => None,
    };
    blocks(&read).into_iter().filter_map(note).collect()
}

#[test]
fn notes_at_the_foot_hang_on_their_marks() {
    // Raised by more than four tenths, as some programs do.
    let raised = format!(
        "BT /F1 12 Tf 70 700 Td <{}> Tj /F1 7 Tf 5 Ts <{}> Tj /F1 12 Tf 0 Ts <{}> Tj ET",
        utf16("第一條 工作日"),
        utf16("1"),
        utf16("內答覆，並按照本協議")
    );
    let body = raised + &at(70, 680, "附件所列的範圍和條件辦理。");
    let small = format!("BT /F1 8 Tf 70 80 Td <{}> Tj ET", utf16("1 不含法定假期。"));
    let ruled = "70 95 m 170 95 l S ".to_owned() + &at(70, 80, "1 不含法定假期。");
    for foot in [small, ruled] {
        let page = OnePage::of(&(body.clone() + &foot));
        let expected = [("作日".to_owned(), "1 不含法定假期。".to_owned())];
        assert_eq!(hanging(&page.bytes()), expected);
        assert!(page.text().starts_with("第一條 工作日內答覆"), "{}", page.text());
    }
    // A special character as a mark, a rule of characters.
    let body = at(70, 700, "第一條 工作日①內答覆。") + &at(70, 110, "＿＿＿＿＿＿＿＿＿＿");
    let page = OnePage::of(&(body + &at(70, 90, "① 不含法定假期。")));
    assert_eq!(hanging(&page.bytes()).len(), 1);
    assert_eq!(furniture(&page.bytes()), ["＿＿＿＿＿＿＿＿＿＿"]);
    // A note without a reference is text.
    let page = OnePage::of(&(at(70, 700, "第一條 內容。") + &at(70, 80, "1 水泵")));
    assert_eq!(hanging(&page.bytes()), []);
}

fn tables(bytes: &[u8]) -> Vec<String> {
    let read = source(bytes).unwrap();
    let tables = blocks(&read).into_iter().filter(|b| matches!(b.kind, BlockKind::Table { .. }));
    tables.map(|block| read.text[block.span].to_owned()).collect()
}

#[test]
fn cells_stay_apart_between_rulings_and_in_line() {
    let ruled = "50 720 m 350 720 l S 50 680 m 350 680 l S 50 600 m 350 600 l S
        50 720 m 50 600 l S 200 720 m 200 600 l S 350 720 m 350 600 l S ";
    // Cell by cell, the second with two lines.
    let cells = at(60, 690, "甲方")
        + &at(210, 690, "乙方")
        + &at(60, 660, "負責")
        + &at(60, 640, "維修")
        + &at(210, 660, "不負責");
    let page = OnePage::of(&(ruled.to_owned() + &cells));
    assert_eq!(tables(&page.bytes()), ["甲方\t乙方\n負責維修\t不負責"]);
    let row =
        |y, cells: [&str; 3]| at(60, y, cells[0]) + &at(200, y, cells[1]) + &at(340, y, cells[2]);
    let rows = row(700, ["項目", "負責方", "次數"])
        + &row(680, ["空調", "甲方", "12"])
        + &row(660, ["電梯", "乙方", "24"]);
    let page = OnePage::of(&rows);
    assert_eq!(tables(&page.bytes()), ["項目\t負責方\t次數\n空調\t甲方\t12\n電梯\t乙方\t24"]);
}

#[test]
fn vertical_signs_drawn_one_by_one_make_columns() {
    let column = |x, text: &str| {
        let signs = text.chars().enumerate();
        signs.map(|(i, c)| at(x, 700 - 14 * i as i32, &c.to_string())).collect::<String>()
    };
    let page = OnePage::of(&(column(500, "第一條雙方合作。") + &column(470, "第二條有效三年。")));
    assert_eq!(page.text(), "第一條雙方合作。\n第二條有效三年。\n\u{c}");
}

#[test]
fn one_unknown_character_among_many_is_reported_and_kept() {
    let text = "第一條 雙方同意按照本協議附件所列的範圍和條件辦理有關手續，並每年會面一次。";
    let page = OnePage::of(&(at(30, 700, text) + &at(30, 680, "\u{E123}甲")));
    let read = source(&page.bytes()).unwrap();
    assert!(read.text.contains("\u{E123}甲"));
    assert_eq!((read.left_out.len(), read.left_out[0].page), (1, Some(1)));
}

#[test]
fn numbers_of_lines_in_the_margin_are_no_text() {
    for words in [
        [
            "第一條 雙方應當按照",
            "約定的時間和方式履",
            "行義務，不得無故拖",
            "延；第二條 甲方應當",
            "按月付款，乙方應當",
            "按期交貨。",
        ],
        [
            "第一条 双方应当按照",
            "约定的时间和方式履",
            "行义务，不得无故拖",
            "延；第二条 甲方应当",
            "按月付款，乙方应当",
            "按期交货。",
        ],
    ] {
        let line = |(row, text): (i32, &&str)| {
            at(40, 700 - 20 * row, &(row + 1).to_string()) + &at(70, 700 - 20 * row, text)
        };
        let content: String = (0..).zip(&words).map(line).collect();
        let page = OnePage::of(&content);
        assert_eq!(furniture(&page.bytes()), ["1 2 3 4 5 6"]);
        assert!(
            page.text().starts_with(&format!("{}\n{}\n", words[0], words[1])),
            "{}",
            page.text()
        );
    }
    // Numbers of a list, and of the rows of a table, are text.
    let list = ["甲方交貨。", "乙方付款。", "雙方驗收。", "按月結算。", "逾期計息。", "其他。"];
    let line = |(row, text): (i32, &&str)| {
        at(40, 700 - 20 * row, &(row + 1).to_string()) + &at(70, 700 - 20 * row, text)
    };
    let content: String = (0..).zip(&list).map(line).collect();
    assert_eq!(furniture(&OnePage::of(&content).bytes()), [""; 0]);
}

#[test]
fn stamps_across_pages_are_no_text() {
    let large = format!("BT /F1 40 Tf 200 400 Td <{}> Tj ET\n", utf16("草稿"));
    let askew = format!("BT /F1 40 Tf 0.7 0.7 -0.7 0.7 200 300 Tm <{}> Tj ET\n", utf16("內部資料"));
    let text = ["第一條 甲方交貨。", "第二條 乙方付款。", "第三條 完。"];
    for (stamp, words) in [(large, "草稿"), (askew, "內部資料")] {
        let page =
            |text: &&str| stamp.clone() + &block(70, 740, &[text, "雙方履行。", "另行約定。"]);
        let bytes = pages(&text.iter().map(page).collect::<Vec<_>>());
        assert_eq!(furniture(&bytes), [words; 3]);
    }
    // A title is large too, but on one page only.
    let title = format!("BT /F1 30 Tf 200 760 Td <{}> Tj ET\n", utf16("合作協議"));
    let page = OnePage::of(&(title + &block(70, 700, &text)));
    assert_eq!(furniture(&page.bytes()), [""; 0]);
}

#[test]
fn notes_continue_overleaf_and_follow_at_the_end() {
    let raised = format!(
        "BT /F1 12 Tf 70 700 Td <{}> Tj /F1 7 Tf 5 Ts <{}> Tj /F1 12 Tf 0 Ts <{}> Tj ET",
        utf16("第一條 工作日"),
        utf16("1"),
        utf16("內答覆。")
    );
    let small = |y: i32, text: &str| format!("\nBT /F1 8 Tf 70 {y} Td <{}> Tj ET", utf16(text));
    let first = raised.clone() + &small(80, "1 不含法定假期，也不含");
    let second =
        block(70, 740, &["第二條 乙方付款。", "第三條 完。"]) + &small(80, "兩地銀行的假期。");
    let bytes = pages(&[first, second]);
    assert_eq!(
        hanging(&bytes),
        [("作日".to_owned(), "1 不含法定假期，也不含\n兩地銀行的假期。".to_owned())]
    );
    // Below a rule, or separated from the text, at the end of the document.
    let rule = "70 95 m 170 95 l S ".to_owned();
    for rule in [rule.as_str(), ""] {
        let last = block(70, 740, &["第二條 乙方付款。", "第三條 完。"])
            + rule
            + &at(70, 80, "1. 不含假期。");
        let bytes = pages(&[raised.clone(), last]);
        assert_eq!(hanging(&bytes), [("作日".to_owned(), "1. 不含假期。".to_owned())]);
    }
    // A raised number behind a unit is a power.
    let power = raised.replace(&utf16("工作日"), &utf16("八百米"));
    let page = OnePage::of(&(power + &at(70, 80, "1. 水泵")));
    assert_eq!(hanging(&page.bytes()), []);
}

#[test]
fn three_columns_are_three_texts() {
    let hant = [
        "第一條 雙方每年輪流舉",
        "辦一次論壇，費用由主",
        "辦方負擔。",
        "第二條 本協議有效期",
        "為期三年。",
    ];
    let hans = [
        "第一条 双方每年轮流举",
        "办一次论坛，费用由主",
        "办方负担。",
        "第二条 本协议有效期",
        "为期三年。",
    ];
    let english = [
        "Article 1 The host",
        "holds a forum each",
        "year and bears it.",
        "Article 2 It is to",
        "be valid for long.",
    ];
    let row = |row: usize| {
        let y = 700 - 20 * row as i32;
        at(40, y, hant[row]) + &at(200, y, hans[row]) + &at(360, y, english[row])
    };
    let found = streams(&OnePage::of(&(0..5).map(row).collect::<String>()).bytes());
    let of = |stream| {
        let lines = found.iter().filter(move |(of, _)| *of == stream);
        lines.map(|(_, line)| line.as_str()).collect::<Vec<_>>()
    };
    assert_eq!((of(0), of(1), of(2)), (hant.to_vec(), hans.to_vec(), english.to_vec()));
}
