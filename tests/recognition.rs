//! Pages that are pictures: read where Tesseract is installed, by stand-ins for it and by itself.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::slice::from_ref;

use serde_json::Value;

use crate::util::{Ran, Workspace, ids};

/// A stand-in for Tesseract: answers what lies beside it for the page, which it tells by the picture's
/// width, and the model.
const TESSERACT: &str = r#"#!/bin/sh
here=$(dirname "$0")
case "$1" in
--version) echo "tesseract 9.9-test"; exit ;;
--list-langs) printf 'List of available languages in "/nowhere/" (2):\nchi_sim\nchi_tra\n'; exit ;;
esac
echo "$*" >> "$here/calls"
model=chi_sim
case "$*" in *chi_tra*) model=chi_tra ;; esac
page=$(head -c 64 | tr -d '\000' | grep -a -m1 -o '1[0-9][0-9] 20' | cut -d' ' -f1)
cat > /dev/null
cat "$here/$page.$model.tsv"
"#;

/// A stand-in for `pdftoppm`: a black page whose width is a hundred and its number.
const PDFTOPPM: &str = r#"#!/bin/sh
[ "$1" = -v ] && exit 0
printf 'P5\n%d 20\n255\n' $((100 + $3))
head -c $(((100 + $3) * 20)) /dev/zero
"#;

fn install(bench: &Workspace, name: &str, script: &str) {
    let program = bench.write(&format!("bin/{name}"), script);
    let mut mode = fs::metadata(&program).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    fs::set_permissions(&program, mode).unwrap();
}

fn install_all(bench: &Workspace) {
    install(bench, "tesseract", TESSERACT);
    install(bench, "pdftoppm", PDFTOPPM);
}

/// Puts down what is recognised on a page: a line a line, where what stands in < > is uncertain. The
/// model of the other script is less certain of all of it.
fn recognises(bench: &Workspace, page: usize, is_hant: bool, lines: &[&str]) {
    for (model, is_own) in [("chi_tra", is_hant), ("chi_sim", !is_hant)] {
        let mut answer = String::from(
            "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
             1\t1\t0\t0\t0\t0\t0\t0\t2480\t3508\t-1\t\n",
        );
        for (nth, line) in lines.iter().enumerate() {
            let top = 300 + 84 * nth;
            answer.push_str(&format!("4\t1\t1\t1\t{nth}\t0\t300\t{top}\t1800\t50\t-1\t\n"));
            let (mut left, mut confidence) = (300, 96);
            for c in line.chars() {
                match c {
                    '<' => confidence = 45,
                    '>' => confidence = 96,
                    c => {
                        let certain = if is_own { confidence } else { confidence - 20 };
                        let word = format!(
                            "5\t1\t1\t1\t{nth}\t1\t{left}\t{top}\t48\t48\t{certain}\t{c}\n"
                        );
                        answer.push_str(&word);
                        left += 50;
                    }
                }
            }
        }
        bench.write(&format!("bin/{}.{model}.tsv", 100 + page), answer);
    }
}

/// Runs the program where only what is installed in the folder is there, beside the system's own
/// tools if `tools`.
fn run_with(bench: &Workspace, args: &[&str], tools: bool) -> Ran {
    let mut path = bench.path("bin").to_str().unwrap().to_owned();
    if tools {
        path.push_str(":/usr/bin:/bin");
    }
    let output = bench.command(args).env("PATH", path).output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run(bench: &Workspace, args: &[&str]) -> Ran {
    run_with(bench, args, true)
}

fn json(bench: &Workspace, args: &[&str]) -> Value {
    let ran = run(bench, args);
    assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

fn calls(bench: &Workspace) -> usize {
    fs::read_to_string(bench.path("bin/calls")).unwrap_or_default().lines().count()
}

/// A PDF of pages that a picture covers each; a page with a text has that in a layer instead.
fn scan(pages: &[Option<&str>]) -> Vec<u8> {
    let mut objects: Vec<Vec<u8>> = vec![b"<</Type/Catalog/Pages 2 0 R>>".to_vec()];
    let kids: String = (0..pages.len()).map(|nth| format!("{} 0 R ", 5 + 2 * nth)).collect();
    objects.push(format!("<</Type/Pages/Count {}/Kids[{kids}]>>", pages.len()).into_bytes());
    objects.push(b"<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length 1>>stream\n\0\nendstream".to_vec());
    objects.push(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_vec());
    for page in pages {
        let content = match page {
            Some(text) => format!("BT /F 12 Tf 70 700 Td ({text}) Tj ET"),
            None => "q 600 0 0 800 0 0 cm /X Do Q".to_owned(),
        };
        let contents = objects.len() + 2;
        objects.push(format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</X 3 0 R>>/Font<</F 4 0 R>>>>/Contents {contents} 0 R>>").into_bytes());
        objects.push(
            format!("<</Length {}>>stream\n{content}\nendstream", content.len()).into_bytes(),
        );
    }
    pdf(&objects)
}

/// A PDF of objects.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (nth, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", bytes.len()));
        bytes.extend(format!("{} 0 obj\n", nth + 1).into_bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let start = bytes.len();
    bytes.extend(table.into_bytes());
    let end =
        format!("trailer<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF", objects.len() + 1);
    bytes.extend(end.into_bytes());
    bytes
}

/// A picture whose page the stand-in knows.
fn picture(page: usize) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n\n".as_slice(), format!("{} 20\n", 100 + page).as_bytes()].concat()
}

const HANT: [&str; 4] = [
    "粵港旅遊合作備忘錄",
    "第一條　雙方每年會面一次，就旅遊事項互相通報。",
    "第二條　雙方<應當>共同推廣旅遊線路，並保障旅客的權益。",
    "第三條　本備忘錄自簽署之日起生效。",
];
const HANS: [&str; 4] = [
    "粤港旅游合作备忘录",
    "第一条　双方每年会面一次，就旅游事项互相通报。",
    "第二条　双方<应当>共同推广旅游线路，并保障旅客的权益。",
    "第三条　本备忘录自签署之日起生效。",
];

#[test]
fn scans_are_read_in_both_scripts_with_their_certainty() {
    for (is_hant, lines, script, marked) in
        [(true, HANT, "Hant", "應當"), (false, HANS, "Hans", "应当")]
    {
        let bench = Workspace::new();
        install_all(&bench);
        recognises(&bench, 1, is_hant, &lines);
        bench.write("docs/scan.pdf", scan(&[None]));
        bench.write("docs/page.png", picture(1));
        let report = json(&bench, &["index", "docs", "--format", "json"]);
        // One text twice.
        assert_eq!((&report["added"], &report["failed"]), (&2.into(), &Value::Array(vec![])));
        let told = report["recognised"].as_array().unwrap();
        assert_eq!(told.len(), 2, "{report}");
        assert!(told[0]["certainty"].as_f64().unwrap() > 0.9, "{report}");
        for file in ["docs/scan.pdf", "docs/page.png"] {
            let read = json(&bench, &["clauses", file, "--format", "json"]);
            assert_eq!(read[0]["document"]["script"], script, "{file}");
            assert_eq!(read[0]["document"]["title"], lines[0]);
            let clauses = read[0]["clauses"].as_array().unwrap();
            assert_eq!(clauses.len(), 3, "{read:#}");
            let second = &clauses[1];
            assert_eq!(clauses[0]["recognised"], 0.96);
            assert_eq!(clauses[0]["uncertain"], Value::Array(vec![]));
            let share = second["recognised"].as_f64().unwrap();
            assert!((0.9..0.96).contains(&share), "{second}");
            let text: Vec<char> = second["text"].as_str().unwrap().chars().collect();
            let span = &second["uncertain"][0];
            let span = span[0].as_u64().unwrap() as usize..span[1].as_u64().unwrap() as usize;
            assert_eq!(text[span].iter().collect::<String>(), marked);
        }
        // Typed in either script, and what is shown in the other one has its marks in place.
        for query in ["推廣旅遊線路", "推广旅游线路"] {
            let ran = run(&bench, &["search", query, "--display", "hans"]);
            assert!(ran.out.contains("推广旅游线路"), "{}", ran.out);
            assert!(ran.out.contains("Read by text recognition"), "{}", ran.out);
            assert!(ran.out.contains("look again at 应当"), "{}", ran.out);
        }
        assert_eq!(run(&bench, &["check"]).code, 0);
    }
}

/// An OFD of pages with a text, or the image of a page.
fn ofd(pages: &[Result<&str, usize>]) -> Vec<u8> {
    use std::io::Write;
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    let (mut listed, mut media) = (String::new(), String::new());
    for (nth, page) in pages.iter().enumerate() {
        listed += &format!(r#"<Page ID="{nth}" BaseLoc="{nth}.xml"/>"#);
        let object = match page {
            Ok(text) => format!(
                r#"<TextObject Boundary="20 20 180 6" Size="4"><TextCode X="0" Y="4" DeltaX="g {} 4">{text}</TextCode></TextObject>"#,
                text.chars().count() - 1
            ),
            Err(number) => {
                parts.push((format!("D/Res/{nth}.png"), picture(*number)));
                media += &format!(
                    r#"<MultiMedia ID="9{nth}" Type="Image"><MediaFile>{nth}.png</MediaFile></MultiMedia>"#
                );
                format!(r#"<ImageObject Boundary="0 0 210 297" ResourceID="9{nth}"/>"#)
            }
        };
        let page = format!("<Page><Content><Layer>{object}</Layer></Content></Page>");
        parts.push((format!("D/{nth}.xml"), page.into_bytes()));
    }
    let document = format!(
        "<Document><CommonData><PageArea><PhysicalBox>0 0 210 297</PhysicalBox></PageArea><DocumentRes>R.xml</DocumentRes></CommonData><Pages>{listed}</Pages></Document>"
    );
    let resources = format!(r#"<Res BaseLoc="Res"><MultiMedias>{media}</MultiMedias></Res>"#);
    parts.push(("D/Document.xml".to_owned(), document.into_bytes()));
    parts.push(("D/R.xml".to_owned(), resources.into_bytes()));
    let root = "<OFD><DocBody><DocRoot>D/Document.xml</DocRoot></DocBody></OFD>";
    parts.push(("OFD.xml".to_owned(), root.as_bytes().to_vec()));
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn scanned_pages_of_an_ofd_are_read_when_something_reads_them() {
    let bench = Workspace::new();
    bench.write("bin/none", "");
    let last = "第四條　其他事項由雙方商定，並於簽署後三十日內以書面互相通知對方。";
    bench.write("docs/part.ofd", ofd(&[Err(1), Ok(last)]));
    bench.write("docs/scan.ofd", ofd(&[Err(1)]));
    let ran = run_with(&bench, &["index", "docs", "--format", "json"], false);
    assert_eq!(ran.code, 2, "{}", ran.err);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&report["added"], &report["failed"][0]["source"]), (&1.into(), &"scan.ofd".into()));
    let reason = report["failed"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("install tesseract-ocr, tesseract-ocr-chi-tra"), "{reason}");
    assert_eq!(report["left_out"][0]["unreadable"], 1, "{report}");
    install_all(&bench);
    recognises(&bench, 1, true, &HANT);
    let report = json(&bench, &["index", "docs", "--format", "json"]);
    assert_eq!((&report["added"], &report["updated"]), (&1.into(), &1.into()), "{report}");
    let read = json(&bench, &["clauses", "docs/part.ofd", "--format", "json"]);
    let clauses = read[0]["clauses"].as_array().unwrap();
    let recognised: Vec<bool> =
        clauses.iter().map(|clause| clause["recognised"].is_number()).collect();
    assert_eq!(recognised, [true, true, true, false], "{read:#}");
    assert_eq!(run(&bench, &["check"]).code, 0);
    // Without recognition it is as before.
    let ran = run(&bench, &["clauses", "docs/scan.ofd", "--ocr", "never"]);
    assert!(ran.code == 2 && ran.err.contains("no text layer"), "{}", ran.err);
}

#[test]
fn nothing_is_recognised_twice() {
    let bench = Workspace::new();
    install_all(&bench);
    recognises(&bench, 1, true, &HANT);
    recognises(&bench, 2, true, &["第四條　其他事項由雙方商定。"]);
    bench.write("docs/scan.pdf", scan(&[None, None]));
    json(&bench, &["index", "docs", "--format", "json"]);
    let before = calls(&bench);
    // The model of the other script doubts the page, which might lie on its side.
    let directions = 4;
    assert_eq!(before, 3 + directions, "both models for the first page, one for the second");
    json(&bench, &["index", "docs", "--rebuild", "--format", "json"]);
    assert_eq!(run(&bench, &["clauses", "docs/scan.pdf"]).code, 0);
    assert_eq!(run(&bench, &["check"]).code, 0);
    assert_eq!(calls(&bench), before);
    // The cache is the user's alone.
    let mode = fs::metadata(bench.path("cache/recognised")).unwrap().permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o700);
}

#[test]
fn what_is_missing_is_named_and_what_is_installed_later_is_used() {
    let bench = Workspace::new();
    bench.write("bin/none", "");
    bench.write("docs/a.txt", "甲協議\n\n一、內容。");
    bench.write("docs/logo.png", picture(1));
    bench.write("docs/scan.pdf", scan(&[None]));
    bench
        .write("docs/part.pdf", scan(&[Some("Article 1 The Parties shall meet each year."), None]));
    let ran = run_with(&bench, &["index", "docs", "--format", "json"], false);
    assert_eq!(ran.code, 2, "{}", ran.err);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["added"], 2, "{report}");
    assert_eq!(report["failed"][0]["source"], "scan.pdf");
    let reason = report["failed"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("install tesseract-ocr, tesseract-ocr-chi-tra"), "{reason}");
    assert_eq!(report["skipped"][0]["source"], "logo.png", "{report}");
    let left = report["left_out"].as_array().unwrap();
    assert!(left.iter().any(|left| left["source"] == "part.pdf" && left["unreadable"] == 1));
    // A picture that is named itself must be read.
    assert_eq!(run_with(&bench, &["index", "docs/logo.png"], false).code, 2);
    install_all(&bench);
    recognises(&bench, 1, true, &HANT);
    recognises(&bench, 2, true, &["第二條　雙方每年會面一次，就旅遊事項互相通報。"]);
    let report = json(&bench, &["index", "docs", "--format", "json"]);
    assert_eq!((&report["added"], &report["updated"]), (&2.into(), &1.into()), "{report}");
    assert_eq!(ids(&bench.search("互相通報", &["--no-group"])).len(), 3);
    let again = json(&bench, &["index", "docs", "--format", "json"]);
    assert_eq!(again["unchanged"], 4, "{again}");
}

#[test]
fn recognition_is_switched_off_and_forced() {
    let bench = Workspace::new();
    install_all(&bench);
    recognises(&bench, 1, true, &HANT);
    bench.write(
        "docs/text.pdf",
        scan(&[Some("Article 1 The Parties shall meet each year, and tell.")]),
    );
    bench.write("docs/scan.pdf", scan(&[None]));
    bench.write("docs/page.png", picture(1));
    let ran = run(&bench, &["index", "docs", "--ocr", "never", "--format", "json"]);
    assert_eq!((ran.code, calls(&bench)), (2, 0), "{}", ran.err);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(report["failed"][0]["reason"].as_str().unwrap().contains("no text layer"), "{report}");
    assert_eq!(report["skipped"][0]["source"], "page.png");
    json(&bench, &["index", "docs/text.pdf", "--ocr", "always", "--format", "json"]);
    assert_eq!(ids(&bench.search("旅遊線路", &[])).len(), 1);
    // As it was read before, until told otherwise; and checked so.
    let again = json(&bench, &["index", "docs/text.pdf", "--format", "json"]);
    assert_eq!(again["unchanged"], 1, "{again}");
    assert_eq!(run(&bench, &["check"]).code, 0);
    let now = json(&bench, &["index", "docs/text.pdf", "--ocr", "auto", "--format", "json"]);
    assert_eq!(now["updated"], 1, "{now}");
    assert_eq!(ids(&bench.search("Parties", &[])).len(), 1);
}

#[test]
fn what_was_recognised_ranks_behind_and_comparisons_warn() {
    let bench = Workspace::new();
    install_all(&bench);
    recognises(&bench, 1, true, &HANT);
    bench.write("docs/scan.pdf", scan(&[None]));
    let plain: String = HANT.iter().map(|line| line.replace(['<', '>'], "") + "\n\n").collect();
    bench.write("docs/text.txt", plain.replace("備忘錄", "協議"));
    json(&bench, &["index", "docs", "--format", "json"]);
    let answer = bench.search("推廣旅遊線路", &["--no-group", "--explain"]);
    let hits = answer["hits"].as_array().unwrap();
    let sources: Vec<&str> =
        hits.iter().map(|hit| hit["clause"]["document"]["source"].as_str().unwrap()).collect();
    assert_eq!(sources, ["text.txt", "scan.pdf"]);
    assert_eq!(hits[0]["explanation"]["recognised"], 1.0);
    assert!(hits[1]["explanation"]["recognised"].as_f64().unwrap() < 1.0);
    let args = ["compare", "docs/text.txt", "docs/scan.pdf", "--format"];
    let compared = json(&bench, &[&args[..], &["json"]].concat());
    assert_eq!(compared["left_recognised"], Value::Null);
    assert!(compared["right_recognised"].as_f64().unwrap() > 0.9, "{compared}");
    let shown = run(&bench, &[&args[..], &["text"]].concat()).out;
    assert!(shown.contains("The right version was read by text recognition"), "{shown}");
    let page = run(&bench, &[&args[..], &["html"]].concat()).out;
    assert!(page.contains("右方版本以文字識別讀取"), "{page}");
    // Ready-made clauses keep it.
    let lines = run(&bench, &["clauses", "docs/scan.pdf", "--format", "jsonl"]).out;
    bench.write("lines.jsonl", &lines);
    assert_eq!(
        run(&bench, &["clauses", "lines.jsonl", "--format", "jsonl"]).out.lines().count(),
        3
    );
    let second: Value = serde_json::from_str(lines.lines().nth(1).unwrap()).unwrap();
    let again = run(&bench, &["clauses", "lines.jsonl", "--format", "jsonl"]).out;
    let again: Value = serde_json::from_str(again.lines().nth(1).unwrap()).unwrap();
    for field in ["recognised", "uncertain"] {
        assert_eq!(again[field], second[field], "{field}");
    }
}

/// What isn't installed is named, once.
fn has(program: &str) -> bool {
    let found = Command::new(program).arg("-v").output().is_ok();
    if !found {
        println!("SKIPPED: {program} is not installed");
    }
    found
}

/// Whether Tesseract with its models of Chinese, and poppler, are installed.
fn can_recognise() -> bool {
    if !has("tesseract") || !has("pdftoppm") {
        return false;
    }
    let languages = Command::new("tesseract").arg("--list-langs").output().unwrap();
    let languages = String::from_utf8_lossy(&languages.stdout).into_owned();
    let has_models = languages.contains("chi_tra") && languages.contains("chi_sim");
    if !has_models {
        println!("SKIPPED: Tesseract's models of Chinese are not installed");
    }
    has_models
}

/// The texts of the clauses of a file.
fn texts(bench: &Workspace, file: &str, flags: &[&str]) -> Vec<String> {
    let read = bench.json(&[&["clauses", file, "--format", "json"], flags].concat());
    let clauses = read[0]["clauses"].as_array().unwrap();
    clauses.iter().map(|clause| clause["text"].as_str().unwrap().to_owned()).collect()
}

/// Letters and figures: Tesseract may misread a mark.
fn bare(texts: &[String]) -> Vec<char> {
    texts.iter().flat_map(|text| text.chars()).filter(|c| c.is_alphanumeric()).collect()
}

#[test]
fn tesseract_reads_pages_that_a_browser_prints() {
    if !can_recognise() {
        return;
    }
    for (lines, script, family) in [(HANT, "Hant", "TC"), (HANS, "Hans", "SC")] {
        let bench = Workspace::new();
        let lines: Vec<String> = lines.iter().map(|line| line.replace(['<', '>'], "")).collect();
        let page = format!(
            "<html lang=zh-{script}><meta charset=utf-8><style>body{{font:14pt 'Noto Serif CJK {family}'}}</style><body>{}</body></html>",
            lines.iter().map(|line| format!("<p>{line}</p>")).collect::<String>()
        );
        let Some(pdf) = crate::exports::as_pdf(&bench, &page) else { return };
        let drawn = bench.path("page");
        let drew = Command::new("pdftoppm")
            .args(["-r", "300", "-gray", "-png", "-singlefile"])
            .args([pdf.as_path(), Path::new(&drawn)])
            .status();
        assert!(drew.unwrap().success());
        bench.write("plain.txt", lines.join("\n\n"));
        let expected = texts(&bench, "plain.txt", &[]);
        // As each takes its time, one is read as a picture, the other one as a PDF.
        let read = match script {
            "Hant" => texts(&bench, "page.png", &[]),
            _ => texts(&bench, pdf.to_str().unwrap(), &["--ocr", "always"]),
        };
        // Lines and clauses are ours.
        let (read_as, printed) = (bare(&read), bare(&expected));
        let wrong = printed.iter().zip(&read_as).filter(|(a, b)| a != b).count();
        assert_eq!(read_as.len(), printed.len(), "{script}: {read_as:?}");
        assert!(wrong * 8 <= printed.len(), "{script}: {read_as:?}");
        assert_eq!(read.len(), expected.len());
    }
}

/// An image in shades of grey.
struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Grey {
    /// The first page of a PDF.
    fn drawn(pdf: &Path, page: usize) -> Self {
        let page = page.to_string();
        let drawn = Command::new("pdftoppm")
            .args(["-r", "300", "-gray", "-f", &page, "-l", &page])
            .arg(pdf)
            .output()
            .unwrap();
        let header = String::from_utf8_lossy(&drawn.stdout[..40]).into_owned();
        let numbers: Vec<usize> =
            header.split_ascii_whitespace().skip(1).map_while(|it| it.parse().ok()).collect();
        let [width, height, ..] = numbers[..] else { panic!("{header}") };
        let pixels = drawn.stdout[drawn.stdout.len() - width * height..].to_vec();
        Grey { width, height, pixels }
    }

    /// Turned clockwise by a quarter.
    fn turned(&self) -> Self {
        let (width, height) = (self.height, self.width);
        let pixel = |at: usize| {
            let (x, y) = (at % width, at / width);
            self.pixels[(self.height - 1 - x) * self.width + y]
        };
        Grey { width, height, pixels: (0..width * height).map(pixel).collect() }
    }
}

/// A PDF whose pages are pictures, each with what `/Rotate` says.
fn picture_pdf(pages: &[(Grey, u32)]) -> Vec<u8> {
    let kids: String = (0..pages.len()).map(|nth| format!("{} 0 R ", 3 + 3 * nth)).collect();
    let mut objects: Vec<Vec<u8>> = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Count {}/Kids[{kids}]>>", pages.len()).into_bytes(),
    ];
    for (nth, (Grey { width, height, pixels }, rotate)) in pages.iter().enumerate() {
        let (contents, image) = (4 + 3 * nth, 5 + 3 * nth);
        let [w, h] = [width, height].map(|side| side * 72 / 300);
        objects.push(format!("<</Type/Page/Parent 2 0 R/Rotate {rotate}/MediaBox[0 0 {w} {h}]/Resources<</XObject<</X {image} 0 R>>>>/Contents {contents} 0 R>>").into_bytes());
        let content = format!("q {w} 0 0 {h} 0 0 cm /X Do Q");
        objects.push(
            format!("<</Length {}>>stream\n{content}\nendstream", content.len()).into_bytes(),
        );
        let head = format!(
            "<</Type/XObject/Subtype/Image/Width {width}/Height {height}/BitsPerComponent 8/ColorSpace/DeviceGray/Length {}>>stream\n",
            pixels.len()
        );
        objects.push([head.as_bytes(), pixels, b"\nendstream"].concat());
    }
    pdf(&objects)
}

#[test]
fn tesseract_reads_pages_that_lie_on_their_side_or_upside_down() {
    if !can_recognise() {
        return;
    }
    for (sentences, script, family) in [
        (
            [
                "雙方每年會面一次，就旅遊事項互相通報，並交換有關的資料和統計數字。",
                "雙方應當共同推廣旅遊線路，並保障旅客的權益，及時處理投訴。",
                "本備忘錄自簽署之日起生效，有效期為五年，期滿前可以書面延長。",
            ],
            "Hant",
            "TC",
        ),
        (
            [
                "双方每年会面一次，就旅游事项互相通报，并交换有关的资料和统计数字。",
                "双方应当共同推广旅游线路，并保障旅客的权益，及时处理投诉。",
                "本备忘录自签署之日起生效，有效期为五年，期满前可以书面延长。",
            ],
            "Hans",
            "SC",
        ),
    ] {
        let bench = Workspace::new();
        let article = if script == "Hant" { '條' } else { '条' };
        // An article a page.
        let page = |nth: usize| {
            let number = ["一", "二", "三", "四", "五", "六"][nth];
            let words: String = (0..6).map(|at| sentences[(nth + at) % 3]).collect();
            format!("第{number}{article}　{words}")
        };
        let pages: Vec<String> = (0..6).map(page).collect();
        let printed: String =
            pages.iter().map(|page| format!("<p style='break-after:page'>{page}</p>")).collect();
        let html = format!(
            "<html lang=zh-{script}><meta charset=utf-8><style>body{{font:14pt/1.8 'Noto Serif CJK {family}'}}</style><body>{printed}</body></html>"
        );
        let Some(file) = crate::exports::as_pdf(&bench, &html) else { return };
        let turned = |page: usize, quarters: usize| {
            (0..quarters).fold(Grey::drawn(&file, page), |grey, _| grey.turned())
        };
        let scans = [
            (turned(1, 2), 0),
            (turned(2, 1), 0),
            (turned(3, 0), 0),
            (turned(4, 3), 0),
            // Scanned on its side, and shown upright by the file.
            (turned(5, 1), 270),
            // Shown on its side by the file.
            (turned(6, 0), 90),
        ];
        bench.write("scan.pdf", picture_pdf(&scans));
        bench.write("plain.txt", pages.join("\n\n"));
        let (expected, read) = (texts(&bench, "plain.txt", &[]), texts(&bench, "scan.pdf", &[]));
        assert_eq!(read.len(), expected.len(), "{read:?}");
        for (read, expected) in read.iter().zip(&expected) {
            let (read_as, printed) = (bare(from_ref(read)), bare(from_ref(expected)));
            let wrong = printed.iter().zip(&read_as).filter(|(a, b)| a != b).count();
            assert!(read_as.len().abs_diff(printed.len()) <= 2, "{read}");
            assert!(read_as.len() != printed.len() || wrong * 20 <= printed.len(), "{read}");
        }
    }
}
