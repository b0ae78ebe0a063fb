//! The formats of offices: the same agreement in each of them gives the same clauses, and what a
//! reader can't read is reported.

use std::io::{Cursor, Write};

use encoding_rs::{BIG5, GB18030};
use serde_json::Value;

use crate::properties::account;
use crate::util::Workspace;

/// An agreement: title, articles, a table, and what comes at its end, in both scripts.
struct Agreement {
    title: &'static str,
    articles: [&'static str; 3],
    table: [[&'static str; 2]; 2],
}

const HANT: Agreement = Agreement {
    title: "粵港旅遊合作協議",
    articles: [
        "第一條　雙方同意加強旅遊合作。",
        "第二條　甲方應於三十日內付款。",
        "第三條　本協議自簽署之日起生效，分工如下：",
    ],
    table: [["甲方", "負責宣傳"], ["乙方", "負責接待"]],
};
const HANS: Agreement = Agreement {
    title: "粤港旅游合作协议",
    articles: [
        "第一条　双方同意加强旅游合作。",
        "第二条　甲方应于三十日内付款。",
        "第三条　本协议自签署之日起生效，分工如下：",
    ],
    table: [["甲方", "负责宣传"], ["乙方", "负责接待"]],
};

/// The clauses of a file: title, label and text of each.
fn clauses(bench: &Workspace, file: &str) -> Vec<(String, String, String)> {
    let ran = bench.run(&["clauses", file, "--format", "jsonl"]);
    assert_eq!(ran.code, 0, "{file}: {}", ran.err);
    let clause = |line: &str| {
        let clause: Value = serde_json::from_str(line).unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&clause["document"]["title"]), text(&clause["label"]), text(&clause["text"]))
    };
    ran.out.lines().map(clause).collect()
}

fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

impl Agreement {
    fn page(&self) -> String {
        let articles: String = self.articles.iter().map(|text| format!("<p>{text}</p>")).collect();
        let rows: String =
            self.table.iter().map(|[a, b]| format!("<tr><td>{a}</td><td>{b}</td></tr>")).collect();
        format!("<h1>{}</h1>{articles}<table>{rows}</table>", self.title)
    }

    fn html(&self) -> Vec<u8> {
        format!("<html><meta charset=utf-8><body>{}</body></html>", self.page()).into_bytes()
    }

    fn rtf(&self, page: u16, encoding: &'static encoding_rs::Encoding) -> Vec<u8> {
        let paragraph = |text: &str| format!("\\pard {}\\par\n", in_rtf(text, encoding));
        let articles: String = self.articles.iter().map(|text| paragraph(text)).collect();
        let row = |[a, b]: &[&str; 2]| {
            let (a, b) = (in_rtf(a, encoding), in_rtf(b, encoding));
            format!("\\trowd\\cellx4000\\cellx8000\\pard\\intbl {a}\\cell {b}\\cell\\row\n")
        };
        let rows: String = self.table.iter().map(row).collect();
        let title = in_rtf(self.title, encoding);
        format!(
            "{{\\rtf1\\ansi\\ansicpg{page}{{\\stylesheet{{\\s1 heading 1;}}}}\\pard\\s1 {title}\\par\n{articles}{rows}\\pard\\par}}"
        )
        .into_bytes()
    }

    /// A page of text saved as mail.
    fn mht(&self, charset: &str, encoding: &'static encoding_rs::Encoding) -> Vec<u8> {
        let page = format!("<html><body>{}</body></html>", self.page());
        let bytes: String =
            encoding.encode(&page).0.iter().map(|byte| format!("={byte:02X}")).collect();
        format!(
            "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset={charset}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{bytes}\r\n--b--\r\n"
        )
        .into_bytes()
    }

    fn epub(&self) -> Vec<u8> {
        let page =
            format!("<html><head><title>x</title></head><body>{}</body></html>", self.page());
        zipped(&[
            ("mimetype", "application/epub+zip"),
            ("META-INF/container.xml", r#"<container><rootfile full-path="a.opf"/></container>"#),
            (
                "a.opf",
                r#"<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>"#,
            ),
            ("a.xhtml", &page),
        ])
    }

    /// Each line at its place on the page, and the table between ruled lines.
    fn ofd(&self) -> Vec<u8> {
        let line = |x: f64, y: f64, text: &str| {
            let count = text.chars().count();
            format!(
                r#"<TextObject Boundary="{x} {} 180 6" Size="4"><TextCode X="0" Y="4" DeltaX="g {} 4">{text}</TextCode></TextObject>"#,
                y - 4.0,
                count - 1
            )
        };
        let rule = |data: &str| {
            format!(
                r#"<PathObject Boundary="0 0 210 297"><AbbreviatedData>{data}</AbbreviatedData></PathObject>"#
            )
        };
        let mut objects = line(80.0, 40.0, self.title);
        for (nth, text) in self.articles.iter().enumerate() {
            objects += &line(30.0, 60.0 + 10.0 * nth as f64, text);
        }
        for (nth, [a, b]) in self.table.iter().enumerate() {
            let y = 97.0 + 10.0 * nth as f64;
            objects += &(line(32.0, y, a) + &line(82.0, y, b));
        }
        for y in [90, 100, 110] {
            objects += &rule(&format!("M 30 {y} L 130 {y}"));
        }
        for x in [30, 80, 130] {
            objects += &rule(&format!("M {x} 90 L {x} 110"));
        }
        zipped(&[
            ("OFD.xml", "<OFD><DocBody><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>"),
            (
                "Doc_0/Document.xml",
                r#"<Document><CommonData><PageArea><PhysicalBox>0 0 210 297</PhysicalBox></PageArea></CommonData><Pages><Page ID="1" BaseLoc="Pages/P.xml"/></Pages></Document>"#,
            ),
            (
                "Doc_0/Pages/P.xml",
                &format!("<Page><Content><Layer>{objects}</Layer></Content></Page>"),
            ),
        ])
    }

    /// One line per row, with the cells of the table side by side.
    fn xlsx(&self) -> Vec<u8> {
        let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
        let line = |text: &str| format!("<row>{}</row>", cell(text));
        let row = |[a, b]: &[&str; 2]| format!("<row>{}{}</row>", cell(a), cell(b));
        let articles: String = self.articles.iter().map(|text| line(text)).collect();
        let rows: String = self.table.iter().map(row).collect();
        zipped(&[
            (
                "xl/workbook.xml",
                &format!(
                    r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets><sheet name="{}" id="r1"/></sheets></workbook>"#,
                    self.title
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="a.xml"/></Relationships>"#,
            ),
            (
                "xl/a.xml",
                &format!(
                    r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{articles}{rows}</sheetData></worksheet>"#
                ),
            ),
        ])
    }

    /// The content of an OpenDocument text, below an element with this name.
    fn open_document(&self, root: &str) -> String {
        let articles: String =
            self.articles.iter().map(|text| format!("<text:p>{text}</text:p>")).collect();
        let rows: String = self.table.iter().map(|row| open_row(row)).collect();
        format!(
            r#"<office:{root} {OPEN_DOCUMENT} office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text><text:h text:outline-level="1">{}</text:h>{articles}<table:table>{rows}</table:table></office:text></office:body></office:{root}>"#,
            self.title
        )
    }

    fn odt(&self) -> Vec<u8> {
        zipped(&[
            ("mimetype", "application/vnd.oasis.opendocument.text"),
            ("content.xml", &self.open_document("document-content")),
        ])
    }

    fn fodt(&self) -> Vec<u8> {
        format!("<?xml version=\"1.0\"?>{}", self.open_document("document")).into_bytes()
    }

    fn ods(&self) -> Vec<u8> {
        let articles: String = self.articles.iter().map(|text| open_row(&[text])).collect();
        let rows: String = self.table.iter().map(|row| open_row(row)).collect();
        let content = format!(
            r#"<office:document-content {OPEN_DOCUMENT}><office:body><office:spreadsheet><table:table table:name="{}">{articles}{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#,
            self.title
        );
        zipped(&[
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", &content),
        ])
    }

    fn docx(&self) -> Vec<u8> {
        let paragraph = |text: &str, style: &str| {
            format!("<w:p><w:pPr>{style}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
        };
        let title = paragraph(self.title, r#"<w:outlineLvl w:val="0"/>"#);
        let articles: String = self.articles.iter().map(|text| paragraph(text, "")).collect();
        let cell = |text: &str| format!("<w:tc>{}</w:tc>", paragraph(text, ""));
        let row = |[a, b]: &[&str; 2]| format!("<w:tr>{}{}</w:tr>", cell(a), cell(b));
        let rows: String = self.table.iter().map(row).collect();
        let document = format!(
            r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{title}{articles}<w:tbl>{rows}</w:tbl></w:body></w:document>"#
        );
        zipped(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", &document)])
    }

    /// As text with a table by tabs.
    fn text(&self) -> Vec<u8> {
        let rows: Vec<String> = self.table.iter().map(|row| row.join("\t")).collect();
        [self.title, &self.articles.join("\n\n"), &rows.join("\n")].join("\n\n").into_bytes()
    }

    fn markdown(&self) -> Vec<u8> {
        let [[a, b], [c, d]] = self.table;
        let table = format!("| {a} | {b} |\n|---|---|\n| {c} | {d} |\n");
        format!("# {}\n\n{}\n\n{table}", self.title, self.articles.join("\n\n")).into_bytes()
    }

    /// A mail whose subject is the title.
    fn eml(&self, charset: &str, encoding: &'static encoding_rs::Encoding) -> Vec<u8> {
        let subject: String =
            encoding.encode(self.title).0.iter().map(|byte| format!("={byte:02X}")).collect();
        let page = format!("<html><body>{}</body></html>", self.page());
        let page: String =
            encoding.encode(&page).0.iter().map(|byte| format!("={byte:02X}")).collect();
        format!(
            "From: a@b.hk\r\nSubject: =?{charset}?Q?{subject}?=\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset={charset}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{page}\r\n"
        )
        .into_bytes()
    }
}

const OPEN_DOCUMENT: &str = r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0""#;

/// A row of an OpenDocument table.
fn open_row(cells: &[&str]) -> String {
    let cell = |text: &&str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    format!("<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>())
}

/// A text as Word writes it on a system with this code page.
fn in_rtf(text: &str, encoding: &'static encoding_rs::Encoding) -> String {
    let bytes = encoding.encode(text).0;
    bytes.iter().map(|byte| format!("\\'{byte:02x}")).collect()
}

#[test]
fn one_agreement_in_every_format_gives_the_same_clauses() {
    let bench = Workspace::new();
    for (script, agreement, page, encoding) in
        [("hant", HANT, (950, "big5"), BIG5), ("hans", HANS, (936, "gb18030"), GB18030)]
    {
        bench.write(&format!("{script}/a.html"), agreement.html());
        let expected = clauses(&bench, &format!("{script}/a.html"));
        assert_eq!(expected.len(), 3, "{expected:?}");
        let [[a, b], [c, d]] = agreement.table;
        assert!(expected[2].2.ends_with(&format!("{a}\t{b}\n{c}\t{d}")), "{expected:?}");
        let kept = [
            ("txt", agreement.text()),
            ("md", agreement.markdown()),
            ("docx", agreement.docx()),
            ("odt", agreement.odt()),
            ("fodt", agreement.fodt()),
            ("ods", agreement.ods()),
            ("rtf", agreement.rtf(page.0, encoding)),
            ("epub", agreement.epub()),
            ("mht", agreement.mht(page.1, encoding)),
            ("xlsx", agreement.xlsx()),
            ("ofd", agreement.ofd()),
        ];
        for (end, bytes) in kept {
            let file = format!("{script}/a.{end}");
            bench.write(&file, bytes);
            assert_eq!(clauses(&bench, &file), expected, "{file}");
        }
        // Who wrote a mail is no clause of the agreement.
        let mail = format!("{script}/a.eml");
        bench.write(&mail, agreement.eml(page.1, encoding));
        let mut read = clauses(&bench, &mail);
        read.retain(|(_, label, _)| !label.is_empty());
        assert_eq!(read, expected, "{mail}");
        // What is exported is read as it was.
        for (format, end) in [("akn", "xml"), ("jsonl", "jsonl")] {
            let source = format!("{script}/a.html");
            let exported = bench.run(&["clauses", &source, "--format", format]).out;
            let file = format!("{script}/exported.{end}");
            bench.write(&file, exported);
            assert_eq!(clauses(&bench, &file), expected, "{file}");
        }
        let page = String::from_utf8(agreement.html()).unwrap();
        if let Some(pdf) = crate::exports::as_pdf(&bench, &page) {
            // Two cells without rulings are not told from words on a line.
            let cells = |found: Vec<(String, String, String)>| -> Vec<_> {
                found
                    .into_iter()
                    .map(|(title, label, text)| (title, label, text.replace('\t', "")))
                    .collect()
            };
            let found = clauses(&bench, pdf.to_str().unwrap());
            assert_eq!(cells(found), cells(expected.clone()), "{}", pdf.display());
        }
    }
}

#[test]
fn each_character_of_every_format_is_accounted_for() {
    for (agreement, page, encoding) in
        [(HANT, (950, "big5"), BIG5), (HANS, (936, "gb18030"), GB18030)]
    {
        for (name, bytes) in [
            ("a.docx", agreement.docx()),
            ("a.odt", agreement.odt()),
            ("a.fodt", agreement.fodt()),
            ("a.ods", agreement.ods()),
            ("a.eml", agreement.eml(page.1, encoding)),
            ("a.rtf", agreement.rtf(page.0, encoding)),
            ("a.epub", agreement.epub()),
            ("a.mht", agreement.mht(page.1, encoding)),
            ("a.xlsx", agreement.xlsx()),
            ("a.ofd", agreement.ofd()),
        ] {
            account::check(name, &bytes);
            // Cut off at any point, it is either read or rejected.
            for cut in (0..bytes.len()).step_by(bytes.len() / 40 + 1) {
                account::check(name, &bytes[..cut]);
            }
        }
    }
}

#[test]
fn clauses_that_a_law_marks_are_taken_as_they_are() {
    let bench = Workspace::new();
    let law = |name: &str, number: &str, text: &str| {
        format!(
            "<LAWS><法規><法規名稱>{name}</法規名稱><最新異動日期>20210120</最新異動日期><法規內容><編章節>第 一 章 總則</編章節><條文><條號>{number}</條號><條文內容>{text}</條文內容></條文></法規內容></法規></LAWS>"
        )
    };
    bench.write("docs/a.xml", law("民法", "第 12-1 條", "民事，法律所未規定者，依習慣。"));
    bench.write("docs/b.xml", "<project/>");
    let ran = bench.run(&["index", "docs", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&report["added"], ran.code), (&1.into(), 2), "{report}");
    assert!(report["failed"][0]["reason"].as_str().unwrap().contains("<project>"), "{report}");
    for query in ["依習慣", "依习惯"] {
        let answer = bench.search(query, &[]);
        let clause = &answer["hits"][0]["clause"];
        assert_eq!((&clause["eid"], &clause["label"]), (&"art_12-1".into(), &"第12-1條".into()));
        assert_eq!(clause["headings"], serde_json::json!(["總則"]));
        assert_eq!(clause["document"]["date"], "2021-01-20");
    }
}

#[test]
fn content_goes_before_the_name_and_is_told() {
    let bench = Workspace::new();
    bench.write("docs/a.docx", HANT.odt());
    bench.write("docs/b.odt", HANS.html());
    bench.write("docs/~$a.docx", b"\x0Asomebody".as_slice());
    let report = bench.json(&["index", "docs", "--format", "json"]);
    assert_eq!((&report["added"], &report["failed"]), (&2.into(), &Value::Array(vec![])));
    let read_as: Vec<(&str, &str)> = report["misnamed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["source"].as_str().unwrap(), one["read_as"].as_str().unwrap()))
        .collect();
    assert_eq!(read_as, [("a.docx", ".odt"), ("b.odt", ".html")]);
    assert_eq!(report["skipped"][0]["source"], "~$a.docx");
    let reason = report["skipped"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("who has the document open"), "{reason}");
    let said = bench.run(&["index", "docs", "--rebuild"]);
    assert!(said.out.contains("a.docx was read as .odt"), "{}", said.out);
    assert_eq!(bench.search("旅遊合作", &["--no-group"])["total"], 2);
    assert_eq!(bench.run(&["check"]).code, 0);
}

#[test]
fn what_is_attached_to_a_mail_is_a_source_of_its_own() {
    let bench = Workspace::new();
    let attached = String::from_utf8(HANS.html()).unwrap();
    let mail = format!(
        "From: a@b.hk\r\nTo: c@d.cn\r\nSubject: cooperation\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n--b\r\n\
         Content-Type: application/octet-stream\r\n\
         Content-Disposition: attachment; filename*=utf-8''%E5%8D%8F%E8%AE%AE.html\r\n\r\n{attached}\r\n--b\r\n\
         Content-Type: image/png; name=a.png\r\n\r\nx\r\n--b--\r\n",
        HANT.articles.join("\r\n")
    );
    bench.write("docs/a.eml", &mail);
    let report = bench.json(&["index", "docs", "--format", "json"]);
    assert_eq!((&report["added"], &report["failed"]), (&2.into(), &Value::Array(vec![])));
    assert_eq!(report["skipped"][0]["source"], "a.eml/a.png");
    let answer = bench.search("旅遊合作", &["--no-group"]);
    let mut sources: Vec<&str> = answer["hits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| hit["clause"]["document"]["source"].as_str().unwrap())
        .collect();
    sources.sort_unstable();
    assert_eq!(sources, ["a.eml", "a.eml/协议.html"]);
    let again = bench.json(&["index", "docs", "--format", "json"]);
    assert_eq!((&again["added"], &again["unchanged"]), (&0.into(), &2.into()), "{again}");
    assert_eq!(bench.run(&["check"]).code, 0);
    // If the mail is removed, so are its attachments.
    std::fs::remove_file(bench.path("docs/a.eml")).unwrap();
    bench.write("docs/b.txt", "第一條　內容。");
    let gone = bench.json(&["index", "docs", "--prune", "--format", "json"]);
    assert_eq!(gone["removed"], 2, "{gone}");
}

/// Each of these is made by the program that reads it.
#[test]
fn old_documents_are_read_where_a_program_is_installed_and_told_where_not() {
    let bench = Workspace::new();
    bench.write("in/a.html", HANT.html());
    let profile = format!("-env:UserInstallation=file://{}", bench.path("profile").display());
    let made = std::process::Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", "doc:MS Word 97", "--outdir"])
        .args([bench.path("docs"), bench.path("in/a.html")])
        .output();
    if !made.is_ok_and(|made| made.status.success()) || !bench.path("docs/a.doc").exists() {
        // Stands for such a document where no program can make one.
        let name: Vec<u8> = "WordDocument".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let begun = [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 1024], &name];
        bench.write("docs/a.doc", begun.concat());
        println!("SKIPPED: no LibreOffice");
    } else {
        let texts: Vec<String> =
            clauses(&bench, "docs/a.doc").into_iter().map(|(_, _, text)| text).collect();
        let expected: Vec<String> =
            clauses(&bench, "in/a.html").into_iter().map(|(_, _, text)| text).collect();
        assert_eq!(texts, expected);
    }
    let none = bench.command(&["clauses", "docs/a.doc"]).env("PATH", "").output().unwrap();
    let said = String::from_utf8(none.stderr).unwrap();
    assert_eq!(none.status.code(), Some(2), "{said}");
    assert!(said.contains("install libreoffice-writer"), "{said}");
}
