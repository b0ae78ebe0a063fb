//! Exports of a comparison, opened with the programs that people use.
//!
//! `scripts/viewers` installs these programs. A test reports when one is missing.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::chromium;
use crate::served::Served;
use crate::util::{Workspace, bundled};

/// Words on the left with their counterparts on the right.
const BOTH_SIDES: [(&str, &str); 2] = [("質素", "质量"), ("執業執照", "执业执照")];

/// The bundled pair exported, with the same comparison as JSON.
fn exported(format: &str) -> (Workspace, PathBuf, Value) {
    let bench = Workspace::new();
    let [left, right] = ["zh-Hant-HK", "zh-Hans-CN"]
        .map(|language| bundled().join(format!("medical-2017.{language}.md")));
    let (left, right) = (left.to_str().unwrap(), right.to_str().unwrap());
    let file = bench.path(&format!("comparison.{format}"));
    let ran = bench.run(&[
        "compare",
        left,
        right,
        "--format",
        format,
        "--output",
        file.to_str().unwrap(),
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.out, "", "all goes into the file");
    let json = bench.json(&["compare", left, right, "--format", "json"]);
    (bench, file, json)
}

fn rows(json: &Value) -> &Vec<Value> {
    json["rows"].as_array().unwrap()
}

/// The texts of a row's clauses on one side, joined as in exports.
fn text(row: &Value, side: &str) -> String {
    let more = row[format!("{side}_more")].as_array().unwrap();
    let clauses = row[side].as_object().is_some().then_some(&row[side]).into_iter().chain(more);
    clauses.map(|clause| clause["text"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

fn is_signature(row: &Value) -> bool {
    row["left"]["kind"] == "signature" || row["right"]["kind"] == "signature"
}

/// A program, or `None` with a message if it isn't installed.
pub(crate) fn viewer(names: &[&str]) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|file| file.is_file());
    if found.is_none() {
        println!("SKIPPED: no {}; scripts/viewers installs it", names[0]);
    }
    found
}

/// Runs a viewer that must succeed, and returns its output.
fn ran(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The text found by `pdftotext`, without line breaks.
pub(crate) fn printed(pdf: &Path) -> Option<String> {
    let pdftotext = viewer(&["pdftotext"])?;
    let text = ran(Command::new(pdftotext).arg("-raw").arg(pdf).arg("-"));
    Some(text.split_whitespace().collect())
}

fn browser(profile: &Path) -> Option<Command> {
    let mut command = Command::new(viewer(&chromium::NAMES)?);
    command
        .args(chromium::FLAGS)
        .arg("--lang=zh-TW")
        .arg(format!("--user-data-dir={}", profile.display()));
    Some(command)
}

/// A page printed as PDF by a browser, with poppler to read it; `None` without them.
pub(crate) fn as_pdf(bench: &Workspace, page: &str) -> Option<PathBuf> {
    viewer(&["pdftotext"])?;
    let mut chromium = browser(&bench.path("profile"))?;
    let file = bench.write("page.html", page);
    let pdf = file.with_extension("pdf");
    ran(chromium
        .args(["--no-pdf-header-footer"])
        .arg(format!("--print-to-pdf={}", pdf.display()))
        .arg(address(&file)));
    Some(pdf)
}

fn address(file: &Path) -> String {
    format!("file://{}", file.display())
}

/// The Python that has translate-toolkit.
fn toolkit() -> Option<PathBuf> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/viewers/bin/python");
    if !python.is_file() {
        println!("SKIPPED: no translate-toolkit; scripts/viewers installs it");
        return None;
    }
    Some(python)
}

#[test]
fn a_translation_memory_opens_in_translate_toolkit() {
    let (_bench, file, json) = exported("tmx");
    let Some(python) = toolkit() else { return };
    let script = "import json, sys; from translate.storage import tmx; \
                  units = tmx.tmxfile.parsefile(sys.argv[1]).units; \
                  print(json.dumps([[str(unit.source), str(unit.target)] for unit in units]))";
    let printed = ran(Command::new(python).args(["-X", "utf8", "-c", script]).arg(file));
    let units: Vec<[String; 2]> = serde_json::from_str(&printed).unwrap();
    let expected: Vec<[String; 2]> = rows(&json)
        .iter()
        .filter(|row| row["left"].is_object() && row["right"].is_object() && !is_signature(row))
        .map(|row| [text(row, "left"), text(row, "right")])
        .collect();
    assert!(expected.len() > 10);
    assert_eq!(units, expected);
}

#[test]
fn the_term_table_reads_back() {
    let Some(python) = toolkit() else { return };
    let bench = Workspace::new();
    let file = bench.path("terms.tbx");
    let exported = bench.run(&["terms", "export", "--format", "tbx"]);
    assert_eq!(exported.code, 0, "{}", exported.err);
    std::fs::write(&file, &exported.out).unwrap();
    let script = "import json, sys; from translate.storage import tbx; \
                  store = tbx.tbxfile.parsefile(sys.argv[1]); \
                  print(json.dumps([[str(unit.source), str(unit.target)] for unit in store.units]))";
    let printed = ran(Command::new(python).args(["-X", "utf8", "-c", script]).arg(file));
    let units: Vec<[String; 2]> = serde_json::from_str(&printed).unwrap();
    let table = bench.json(&["terms", "list", "--format", "json"]);
    // Every term of a side is there beside every one of the others, from where it starts.
    let mut expected: Vec<[String; 2]> = Vec::new();
    for entry in table.as_array().unwrap() {
        let sides = ["hong_kong", "mainland", "taiwan", "macao", "english"];
        let terms = |side: &str| -> Vec<String> {
            let terms = entry[side].as_array().unwrap().iter();
            terms.map(|term| term.as_str().unwrap().to_owned()).collect()
        };
        let start = match entry["direction"].as_str().unwrap() {
            "hk>cn" => Some(false),
            "cn>hk" => Some(true),
            _ => None,
        };
        for (at, one) in sides.iter().enumerate() {
            for other in &sides[at + 1..] {
                let across = (*one == "mainland") != (*other == "mainland") && *other != "english";
                let turned = across && start.is_some_and(|start| start != (*one == "mainland"));
                for left in terms(one) {
                    for right in terms(other) {
                        let pair = [left.clone(), right];
                        let [from, to] = pair;
                        expected.push(if turned { [to, from] } else { [from, to] });
                    }
                }
            }
        }
    }
    assert_eq!(units, expected);
    assert!(units.contains(&["監禁".to_owned(), "有期徒刑".to_owned()]));
    assert!(!units.contains(&["有期徒刑".to_owned(), "監禁".to_owned()]));
    assert!(units.contains(&["質素".to_owned(), "质量".to_owned()]), "second terms");
}

#[test]
fn language_tags_are_chosen() {
    let bench = Workspace::new();
    let table = bench.run(&["terms", "export", "--tag", "zh-Hant-HK=zh-HK", "--tag", "en=en-GB"]);
    assert_eq!(table.code, 0, "{}", table.err);
    assert!(table.out.contains("xml:lang=\"zh-HK\"") && table.out.contains("xml:lang=\"en-GB\""));
    assert!(!table.out.contains("zh-Hant-HK") && table.out.contains("xml:lang=\"zh-Hans-CN\""));
    for (wrong, told) in
        [("zh-Hant-SG=zh-SG", "there is no language tag zh-Hant-SG"), ("zh", "write FROM=TO")]
    {
        let refused = bench.run(&["terms", "export", "--tag", wrong]);
        assert!(refused.code == 2 && refused.err.contains(told), "{}", refused.err);
    }
    let sides = ["zh-Hant-HK", "zh-Hans-CN"]
        .map(|language| bundled().join(format!("medical-2017.{language}.md")));
    let sides = sides.each_ref().map(|side| side.to_str().unwrap());
    let compare = ["compare", sides[0], sides[1], "--format", "tmx"];
    let memory = |more: &[&str]| bench.run(&[&compare[..], more].concat());
    let chosen = memory(&["--tag", "zh-Hant-HK=zh-HK", "--tag", "zh-Hans-CN=zh-CN"]);
    assert_eq!(chosen.code, 0, "{}", chosen.err);
    assert!(chosen.out.contains("srclang=\"zh-HK\"") && !chosen.out.contains("zh-Han"));
    let unknown = memory(&["--tag", "zh-Hant-MO=zh-MO"]);
    assert!(unknown.code == 2 && unknown.err.contains("there are zh-Hant-HK and zh-Hans-CN"));
    // What a memory is asked for in the other language is there.
    let Some(python) = toolkit() else { return };
    let file = bench.write("memory.tmx", &chosen.out);
    let script = "import sys; from translate.storage import tmx; \
                  unit = tmx.tmxfile.parsefile(sys.argv[1]).units[1]; \
                  print(*(unit.getlanguageNode(lang) is not None \
                          for lang in ('zh-HK', 'zh-CN', 'zh-Hans-CN')), unit.target)";
    let printed = ran(Command::new(python).args(["-X", "utf8", "-c", script]).arg(file));
    assert!(printed.starts_with("True True False 双方"), "{printed}");
}

#[test]
fn versions_in_one_script_make_no_translation_memory() {
    let bench = Workspace::new();
    bench.write("one.txt", "粵港合作協議\n\n一、每年會面。\n\n二、互相通報。\n");
    bench.write("two.txt", "粵港合作協議\n\n一、每月會面。\n\n二、互相通報。\n");
    let refused = bench.run(&["compare", "one.txt", "two.txt", "--format", "tmx"]);
    assert!(refused.code == 2 && refused.out.is_empty(), "{}", refused.out);
    assert!(refused.err.contains("no translation memory"), "{}", refused.err);
    for (language, told) in [("hant", "無法製成翻譯記憶"), ("hans", "无法制成翻译记忆")]
    {
        let args = ["compare", "one.txt", "two.txt", "--format", "tmx", "--lang", language];
        assert!(bench.run(&args).err.contains(told), "{language}");
    }
    assert_eq!(bench.run(&["index", "one.txt", "two.txt"]).code, 0);
    let served = Served::start(&bench, &[]);
    let listed = served.json("/api/v1/documents", &[]);
    let ids: Vec<&str> = listed["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    let path = format!("/api/v1/compare?left={}&right={}&format=tmx", ids[0], ids[1]);
    let refused = served.get(&path);
    assert!(refused.status == 400 && refused.text().contains("no translation memory"));
    let page = served.get(&format!("/compare?left={}&right={}", ids[0], ids[1])).text();
    assert!(page.contains("format=docx") && !page.contains("format=tmx"), "{page}");
}

#[test]
fn an_office_document_speaks_the_language_asked_for() {
    let bench = Workspace::indexed(&bundled());
    let sides = ["zh-Hant-HK", "zh-Hans-CN"]
        .map(|language| bundled().join(format!("medical-2017.{language}.md")));
    let sides = sides.each_ref().map(|side| side.to_str().unwrap());
    let content = |bytes: &[u8]| {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut content = String::new();
        archive.by_name("word/document.xml").unwrap().read_to_string(&mut content).unwrap();
        content
    };
    let served = Served::start(&bench, &[]);
    let listed = served.json("/api/v1/documents", &[("title", "醫療"), ("limit", "100")]);
    let id = |language: &str| {
        let mut all = listed["documents"].as_array().unwrap().iter();
        let source = format!("medical-2017.{language}.md");
        all.find(|one| one["source"] == *source).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let (left, right) = (id("zh-Hant-HK"), id("zh-Hans-CN"));
    let words = [("hant", "版本對照"), ("hans", "版本对照"), ("en", "Version comparison")];
    for (language, said) in words {
        let file = bench.path(&format!("{language}.docx"));
        let to = file.to_str().unwrap();
        let args = ["compare", sides[0], sides[1], "--format", "docx", "--output", to];
        let ran = bench.run(&[&args[..], &["--lang", language]].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let asked = [("left", &*left), ("right", &right), ("format", "docx"), ("ui", language)];
        let got = served.ask("/api/v1/compare", &asked, &[]);
        for content in [content(&std::fs::read(&file).unwrap()), content(&got.body)] {
            for (other, label) in words {
                assert_eq!(content.contains(label), other == language, "{language}: {said}");
            }
        }
        let page = served.get(&format!("/compare?left={left}&right={right}&ui={language}")).text();
        assert!(page.contains(&format!("format=docx&#38;ui={language}")), "{page}");
    }
}

#[test]
fn an_office_document_opens_in_libreoffice() {
    let (bench, file, json) = exported("docx");
    let Some(office) = viewer(&["soffice", "libreoffice"]) else { return };
    ran(Command::new(office)
        .arg(format!("-env:UserInstallation={}", address(&bench.path("office"))))
        .args(["--headless", "--convert-to", "pdf", "--outdir"])
        .arg(bench.path(""))
        .arg(&file));
    let Some(page) = printed(&file.with_extension("pdf")) else { return };
    for (left, right) in BOTH_SIDES {
        assert!(page.contains(left) && page.contains(right), "{left} {right}");
    }
    assert!(page.contains("粵港醫療交流合作備忘錄") && page.contains("粤港医疗交流合作备忘录"));
    for side in ["left", "right"] {
        for row in rows(&json) {
            let text: String = text(row, side).split_whitespace().collect();
            assert!(page.contains(&text), "{text}");
        }
    }
}

/// What LibreOffice runs: it opens a file, does something to all of its tracked changes, and writes
/// what is left as text.
const SETTLE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub Settle(source, target, command)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  document = StarDesktop.loadComponentFromURL(source, "_blank", 0, hidden())
  dispatcher = createUnoService("com.sun.star.frame.DispatchHelper")
  dispatcher.executeDispatch(document.CurrentController.Frame, command, "", 0, Array())
  Dim text(1) As New com.sun.star.beans.PropertyValue
  text(0).Name = "FilterName"
  text(0).Value = "Text (encoded)"
  text(1).Name = "FilterOptions"
  text(1).Value = "UTF8,LF"
  document.storeToURL(target, text())
  document.close(True)
  StarDesktop.terminate()
End Sub
</script:module>
"#;

/// The text of a document once LibreOffice has accepted or rejected all of its changes.
fn settled(office: &Path, bench: &Workspace, file: &Path, command: &str) -> String {
    let library = |name: &str, inside: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<library:{name} \
             xmlns:library=\"http://openoffice.org/2000/library\" \
             xmlns:xlink=\"http://www.w3.org/1999/xlink\"{inside}</library:{name}>\n"
        )
    };
    let own = " library:name=\"Standard\" library:readonly=\"false\" \
               library:passwordprotected=\"false\"><library:element library:name=\"Module1\"/>";
    let all = "><library:library library:name=\"Standard\" \
               xlink:href=\"$(USER)/basic/Standard/script.xlb/\" xlink:type=\"simple\" \
               library:link=\"false\"/>";
    // The first start makes a profile, over whatever lies there.
    let profile = format!("-env:UserInstallation={}", address(&bench.path("settling")));
    if !bench.path("settling").exists() {
        ran(Command::new(office)
            .arg(&profile)
            .args(["--headless", "--convert-to", "pdf", "--outdir"])
            .arg(bench.path("settled"))
            .arg(file));
    }
    let basic = "settling/user/basic";
    bench.write(&format!("{basic}/Standard/Module1.xba"), SETTLE);
    bench.write(&format!("{basic}/Standard/script.xlb"), library("library", own));
    bench.write(&format!("{basic}/script.xlc"), library("libraries", all));
    let target = bench.path("settled.txt");
    let run = format!(
        "macro:///Standard.Module1.Settle({},{},{command})",
        address(file),
        address(&target)
    );
    ran(Command::new(office).arg(profile).args(["--headless", "--norestore", &run]));
    std::fs::read_to_string(&target).unwrap()
}

#[test]
fn tracked_changes_are_accepted_and_rejected_whole() {
    let (bench, file, json) = exported("tracked");
    let docx = file.with_extension("docx");
    std::fs::rename(&file, &docx).unwrap();
    let read = |side: &str| -> Vec<String> {
        let texts = rows(&json).iter().map(|row| text(row, side)).filter(|text| !text.is_empty());
        texts.map(|text| text.split_whitespace().collect()).collect()
    };
    // A reader of .docx takes changes for accepted.
    let accepted = bench.run(&["clauses", docx.to_str().unwrap(), "--format", "csv"]).out;
    assert!(accepted.contains("质量") && !accepted.contains("質素"), "{accepted}");

    let Some(office) = viewer(&["soffice", "libreoffice"]) else { return };
    for (command, kept, gone) in [
        (".uno:AcceptAllTrackedChanges", "right", "left"),
        (".uno:RejectAllTrackedChanges", "left", "right"),
    ] {
        let left: String = settled(&office, &bench, &docx, command).split_whitespace().collect();
        for text in read(kept) {
            assert!(left.contains(&text), "{command}: {text}\n{left}");
        }
        for text in read(gone).iter().filter(|text| !read(kept).contains(text)) {
            assert!(!left.contains(text.as_str()), "{command}: {text}");
        }
    }
}

#[test]
fn a_report_works_in_a_browser() {
    let (bench, file, json) = exported("html");
    let Some(mut chromium) = browser(&bench.path("dom")) else { return };
    let dom = ran(chromium.arg("--dump-dom").arg(address(&file)));
    assert_eq!(dom.matches("<tr role=\"row\" id=\"row-").count(), rows(&json).len());
    // What the script does if it runs without an error: it counts, and shows the buttons.
    assert!(dom.contains("<div class=\"jump\">"), "the buttons are shown");
    let stops = dom.split("<output id=\"at\">").nth(1).unwrap().split('<').next().unwrap();
    let stops: usize = stops.strip_prefix("– / ").unwrap().parse().unwrap();
    assert!(stops > 0);
    let differences = rows(&json).iter().flat_map(|row| row["differences"].as_array().unwrap());
    for difference in differences.filter(|difference| difference["kind"] == "regional") {
        for side in ["left", "right"] {
            let mark = format!(">{}</mark>", difference[side].as_str().unwrap());
            assert!(dom.contains(&mark), "{mark}");
        }
    }
}

#[test]
fn a_report_prints() {
    let (bench, file, _) = exported("html");
    let Some(mut chromium) = browser(&bench.path("print")) else { return };
    let pdf = bench.path("report.pdf");
    ran(chromium.arg(format!("--print-to-pdf={}", pdf.display())).arg(address(&file)));
    let Some(page) = printed(&pdf) else { return };
    for (left, right) in BOTH_SIDES {
        assert!(page.contains(left) && page.contains(right), "{left} {right}");
    }
    assert!(!page.contains("上一處"), "no controls on paper");
}

#[test]
fn a_spreadsheet_reads_back() {
    let (_bench, file, json) = exported("csv");
    let bytes = std::fs::read(file).unwrap();
    let table = bytes.strip_prefix("\u{feff}".as_bytes()).expect("a byte order mark");
    let mut reader = csv::Reader::from_reader(table);
    let columns = reader.headers().unwrap().clone();
    let column = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), rows(&json).len());
    for (record, row) in records.iter().zip(rows(&json)) {
        assert_eq!(&record[column("status")], row["status"].as_str().unwrap());
        for side in ["left", "right"] {
            assert_eq!(&record[column(&format!("{side}_text"))], text(row, side));
        }
    }
}

#[test]
fn a_report_replaces_the_old_one_whole_and_no_file_that_is_compared() {
    let bench = Workspace::new();
    bench.write("a.txt", "合作協議\n\n一、雙方合作。\n\n二、每年會面。\n");
    bench.write("b.txt", "合作協議\n\n一、雙方合作。\n\n二、每月會面。\n");
    let to = |output: &str| {
        bench.run(&["compare", "a.txt", "b.txt", "--format", "csv", "--output", output])
    };
    let text = std::fs::read(bench.path("a.txt")).unwrap();
    std::os::unix::fs::symlink(bench.path("a.txt"), bench.path("link.txt")).unwrap();
    for over in ["a.txt", "./b.txt", "link.txt"] {
        let ran = to(over);
        assert_eq!(ran.code, 2, "{over}");
        assert!(ran.err.contains("one of the compared files"), "{}", ran.err);
    }
    assert_eq!(std::fs::read(bench.path("a.txt")).unwrap(), text);
    bench.write("report.csv", "old");
    assert_eq!(to("report.csv").code, 0);
    let report = std::fs::read_to_string(bench.path("report.csv")).unwrap();
    assert!(report.contains("每月會面"), "{report}");
    // If the new file can't be written completely, the old one stays, and nothing else is left.
    let limited = |output: &str| {
        let program = env!("CARGO_BIN_EXE_tiaowen");
        let line = format!(
            "ulimit -f 0; trap '' XFSZ; exec {program} compare a.txt b.txt --output {output}"
        );
        let ran = std::process::Command::new("sh")
            .args(["-c", &line])
            .current_dir(bench.path(""))
            .output()
            .unwrap();
        ran.status.code()
    };
    assert_eq!(limited("report.csv"), Some(2));
    assert_eq!(std::fs::read_to_string(bench.path("report.csv")).unwrap(), report);
    let names = std::fs::read_dir(bench.path("")).unwrap();
    let left: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".new")), "{left:?}");
    // Pipes and devices are written to directly.
    assert_eq!(to("/dev/null").code, 0);
}
