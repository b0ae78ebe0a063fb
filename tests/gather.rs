//! Clauses gathered into a report: as JSON, a table, a workbook and a document.

use std::io::{Cursor, Read};
use std::process::Command;

use crate::exports::viewer;
use crate::served::Served;
use crate::util::{Workspace, bundled};

const PUBLIC: &str = "https://example.org/clauses";

/// A part of an office document.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut content = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut content).unwrap();
    content
}

#[test]
fn gathered_clauses_have_their_citation_link_and_other_version() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &["--public-url", PUBLIC]);
    let hits = served.json("/api/v1/search", &[("q", "知識產權"), ("limit", "3")]);
    let hits = hits["hits"].as_array().unwrap();
    let ids: Vec<&str> = hits.iter().map(|hit| hit["clause"]["id"].as_str().unwrap()).collect();
    let asked: Vec<(&str, &str)> = ids.iter().map(|id| ("id", *id)).collect();
    let json = served.json("/api/v1/gather", &asked);
    let clauses = json["clauses"].as_array().unwrap();
    assert_eq!(clauses.len(), 3);
    for (one, hit) in clauses.iter().zip(hits) {
        assert_eq!(one["clause"], hit["clause"]);
        let others = one["counterparts"].as_array().unwrap().iter();
        let others: Vec<_> = others.map(|other| other["id"].clone()).collect();
        assert_eq!(others, *hit["counterparts"].as_array().unwrap());
    }
    let text = |clause: &serde_json::Value| clause["text"].as_str().unwrap().to_owned();
    let texts = clauses.iter().map(|one| (text(&one["clause"]), text(&one["counterparts"][0])));
    let texts: Vec<(String, String)> = texts.collect();
    let get = |format: &str| {
        let asked = [asked.clone(), vec![("format", format)]].concat();
        let got = served.ask("/api/v1/gather", &asked, &[]);
        assert_eq!(got.status, 200, "{format}: {}", got.text());
        got.body
    };
    let table = String::from_utf8(get("csv")).unwrap();
    assert!(table.starts_with("\u{feff}citation,text,date,parties,units,"), "{table}");
    let sheet = part(&get("xlsx"), "xl/worksheets/sheet1.xml");
    let document = part(&get("docx"), "word/document.xml");
    for (id, (text, other)) in ids.iter().zip(&texts) {
        let first = |text: &str| text.lines().next().unwrap().to_owned();
        for (what, content) in [("csv", &table), ("xlsx", &sheet), ("docx", &document)] {
            assert!(content.contains(&first(text)), "{what}: {text}");
            assert!(content.contains(&first(other)), "{what}: {other}");
            assert!(content.contains(&format!("{PUBLIC}/clauses/{id}")), "{what}: {id}");
        }
    }
}

#[test]
fn what_can_t_be_gathered_is_told() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    assert_eq!(served.get("/api/v1/gather").status, 400);
    assert_eq!(served.get("/api/v1/gather?id=nothing.art_1").status, 404);
    assert_eq!(served.get("/api/v1/gather?id=a&format=odt").status, 400);
    let many = format!("/api/v1/gather?{}", ["id=a"; 201].join("&"));
    assert_eq!(served.get(&many).status, 400);
    // The page without anything says what to do.
    let page = served.get("/gather?ui=en").text();
    assert!(page.contains("tick results of a search"), "{page}");
}

#[test]
fn gathered_files_open_in_other_programs() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let hits = served.json("/api/v1/search", &[("q", "知識產權"), ("limit", "2")]);
    let id = hits["hits"][0]["clause"]["id"].as_str().unwrap();
    let text = hits["hits"][0]["clause"]["text"].as_str().unwrap();
    let first = text.lines().next().unwrap();
    let write = |format: &str| {
        let got = served.ask("/api/v1/gather", &[("id", id), ("format", format)], &[]);
        bench.write(&format!("gathered.{format}"), &got.body)
    };
    // A workbook is read by the reader of tables.
    let workbook = write("xlsx");
    let read = bench.run(&["clauses", workbook.to_str().unwrap(), "--format", "csv"]).out;
    assert!(read.contains(first), "{read}");

    let Some(office) = viewer(&["soffice", "libreoffice"]) else { return };
    let document = write("docx");
    let converted = Command::new(&office)
        .arg(format!("-env:UserInstallation=file://{}", bench.path("office").display()))
        .args(["--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir"])
        .arg(bench.path(""))
        .arg(&document)
        .output()
        .unwrap();
    assert!(converted.status.success());
    let read = std::fs::read_to_string(document.with_extension("txt")).unwrap();
    assert!(read.contains(first), "{read}");
}

#[test]
fn who_must_do_what_is_a_table() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let listed = served.json("/api/v1/documents", &[("title", "知識產權"), ("limit", "100")]);
    let plan = |language: &str| {
        let mut all = listed["documents"].as_array().unwrap().iter();
        let source = format!("ip-protection-2017.{language}.md");
        let plan = all.find(|one| one["source"] == *source).unwrap();
        plan["id"].as_str().unwrap().to_owned()
    };
    let (left, right) = (plan("zh-Hant-HK"), plan("zh-Hans-CN"));
    let sides = [("left", &*left), ("right", &*right)];
    let json = served.json("/api/v1/units", &sides);
    let rows = json["rows"].as_array().unwrap();
    assert!(rows.len() > 5, "{json}");
    for row in rows {
        let (on_left, on_right) = (&row["on_left"] == true, &row["on_right"] == true);
        assert!(on_left || on_right, "{row}");
        assert!(!on_left || row["left"]["citation"].is_string(), "{row}");
        assert!(!on_right || row["right"]["citation"].is_string(), "{row}");
    }
    // Units of one name follow one another.
    let mut names: Vec<String> =
        rows.iter().map(|row| row["unit"].as_str().unwrap().to_owned()).collect();
    names.dedup();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
    for format in ["csv", "xlsx"] {
        let got = served.ask("/api/v1/units", &[sides[0], sides[1], ("format", format)], &[]);
        assert_eq!(got.status, 200, "{format}");
        let table = match format {
            "csv" => got.text(),
            _ => part(&got.body, "xl/worksheets/sheet1.xml"),
        };
        for row in rows {
            assert!(table.contains(row["unit"].as_str().unwrap()), "{format}: {row}");
        }
    }
    // A comparison leads there.
    let page = served.get(&format!("/compare?left={left}&right={right}&ui=en")).text();
    assert!(page.contains("/units?left="), "{page}");
    let page = served.get(&format!("/units?left={left}&right={right}&ui=en")).text();
    assert!(page.contains("Who must do what") && page.contains("scope=\"row\""), "{page}");
}

/// The page offers hits without a date among the years, in words of its language.
#[test]
fn hits_without_a_date_are_chosen_on_the_page() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、雙方合作。\n\n二〇一七年十一月十八日\n");
    bench.write("docs/b.txt", "乙協議\n\n一、雙方合作交流。\n");
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let served = Served::start(&bench, &[]);
    for (ui, name, chip, show, refused) in [
        ("hant", "無日期", "年份：無日期", "列出這些", "「undated」不能與 from"),
        ("hans", "无日期", "年份：无日期", "列出这些", "“undated”不能与 from"),
        ("en", "No date", "Year: No date", "List these", "“undated” can’t be combined with from"),
    ] {
        let page = |more: &str| {
            let page = served.get(&format!("/?q=%E5%90%88%E4%BD%9C{more}&ui={ui}")).text();
            let plain: String =
                page.split('<').map(|part| part.rsplit('>').next().unwrap()).collect();
            (page, plain)
        };
        // The last of the years, which leads to it beside the year that is chosen.
        let (whole, _) = page("&year=2017");
        let facet = whole.split_once("<section class=\"facet\">").unwrap().1;
        let years = facet.split("<section").find(|facet| facet.contains(name)).unwrap();
        let last = years.rsplit_once("<li>").unwrap().1;
        assert!(last.contains(name) && last.contains("year=2017&#38;undated=true"), "{last}");
        // The note leads to what the dates leave out.
        let note = whole.split_once(show).unwrap().0.rsplit_once("<a href=").unwrap().1;
        assert!(note.contains("undated=true") && !note.contains("year="), "{note}");
        let (whole, plain) = page("&undated=true");
        assert!(plain.contains(chip) && plain.contains("乙協議"), "{plain}");
        assert!(!plain.contains("《甲協議》"), "{plain}");
        assert!(!whole.contains("name=\"from\""), "no dates are asked for beside it: {whole}");
        let (_, plain) = page("&undated=true&year=2017");
        assert!(plain.contains("《甲協議》") && plain.contains("《乙協議》"), "{plain}");
        let (_, plain) = page("&undated=true&to=2018");
        assert!(plain.contains(refused), "{plain}");
        let list = served.get(&format!("/documents?undated=true&to=2018&ui={ui}"));
        assert!(list.status == 400 && list.text().contains("undated"), "{ui}");
    }
}

#[test]
fn documents_are_listed_by_when_they_came_and_without_a_date() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、雙方合作。\n\n二〇一七年十一月十八日\n");
    bench.write("docs/b.txt", "乙協議\n\n一、雙方交流。\n");
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let total = |more: &[&str]| {
        let args = [&["list", "--format", "json"], more].concat();
        serde_json::from_str::<serde_json::Value>(&bench.run(&args).out).unwrap()["total"].clone()
    };
    assert_eq!(total(&["--added-since", "2020"]), 2);
    assert_eq!(total(&["--added-since", "2099-01"]), 0);
    assert_eq!(bench.run(&["list", "--added-since", "soon"]).code, 2);
    let served = Served::start(&bench, &[]);
    let titles = |query: &[(&str, &str)]| -> Vec<String> {
        let listed = served.json("/api/v1/documents", query);
        let all = listed["documents"].as_array().unwrap().iter();
        all.map(|one| one["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&[("undated", "true")]), ["乙協議"]);
    assert_eq!(titles(&[("undated", "true"), ("year", "2017")]).len(), 2);
    assert_eq!(titles(&[("undated", "true"), ("year", "2016")]), ["乙協議"]);
    assert_eq!(titles(&[("undated", "false"), ("year", "2017")]), ["甲協議"]);
    let found = served.json("/api/v1/search", &[("undated", "true"), ("facets", "true")]);
    assert_eq!((&found["total"], &found["facets"]["year"]["undated"]), (&1.into(), &1.into()));
    for path in ["search?q=a&", "documents?", "concordance?q=a&"] {
        let refused = served.get(&format!("/api/v1/{path}undated=true&from=2016"));
        assert_eq!(refused.status, 400, "{path}");
        let problem = refused.json();
        assert!(problem["detail"].as_str().unwrap().contains("leave out undated"), "{problem}");
        assert_eq!(problem["parameter"]["name"], "undated");
        assert_eq!(problem["parameter"]["not_with"][0], "from");
    }
    assert_eq!(titles(&[("from", "2017")]), ["甲協議"]);
    assert_eq!(titles(&[("added_since", "2020-06-30")]).len(), 2);
    assert!(titles(&[("added_since", "2099")]).is_empty());
    // The page says how many the dates leave out, and leads to them.
    for (ui, told) in [
        ("hant", "另有 1 份沒有日期"),
        ("hans", "另有 1 份没有日期"),
        ("en", "1 more without a date"),
    ] {
        let page = served.get(&format!("/documents?from=2017&ui={ui}")).text();
        assert!(page.contains(told) && page.contains("undated=true"), "{page}");
        let page = served.get(&format!("/documents?undated=true&ui={ui}")).text();
        assert!(page.contains("乙協議") && !page.contains("甲協議"), "{page}");
        assert!(page.contains("name=\"undated\" value=\"true\" checked"), "{page}");
    }
}

#[test]
fn clauses_are_found_by_when_they_came() {
    let bench = Workspace::new();
    bench.write("docs/a.txt", "甲協議\n\n一、雙方合作。\n\n二〇一七年十一月十八日\n");
    bench.write("docs/b.txt", "乙協議\n\n一、雙方合作交流。\n");
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let total =
        |query: &str, since: &str| bench.search(query, &["--added-since", since])["total"].clone();
    assert_eq!(total("合作", "2020"), 2);
    assert_eq!(total("合作", "2099-01"), 0);
    assert!(total("", "2020-06-30").as_u64() > Some(2), "a filter alone lists all clauses");
    assert_eq!(bench.run(&["search", "合作", "--added-since", "soon"]).code, 2);
    assert_eq!(bench.run(&["search", "--added-since", "2099"]).code, 1);
    let listed =
        bench.run(&["search", "合作", "-l", "--added-since", "2020", "--format", "json"]).out;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&listed).unwrap()["total"], 2);

    let served = Served::start(&bench, &[]);
    let found = |since: &str| {
        let query = [("q", "合作"), ("added_since", since), ("facets", "true")];
        served.json("/api/v1/search", &query)["total"].clone()
    };
    assert_eq!((found("2020"), found("2099")), (2.into(), 0.into()));
    assert_eq!(served.get("/api/v1/search?q=a&added_since=soon").status, 400);
    for (ui, chip) in [
        ("hant", "此日起加入索引：2020年"),
        ("hans", "此日起加入索引：2020年"),
        ("en", "Added since: 2020"),
    ] {
        let page = served.get(&format!("/?q=%E5%90%88%E4%BD%9C&added_since=2020&ui={ui}")).text();
        let shown = page.split_once("class=\"inuse\"").unwrap().1.split_once("</div>").unwrap().0;
        // Chinese in an English sentence is marked as such.
        let plain: String = shown.split('<').map(|part| part.rsplit('>').next().unwrap()).collect();
        assert!(plain.contains(chip), "{plain}");
        assert!(page.contains("name=\"added_since\" value=\"2020\""), "{ui}");
    }
}

#[test]
fn any_value_of_a_filter_is_enough_and_all_filters_must_match() {
    let bench = Workspace::new();
    let page = |title: &str, kind: &str, date: &str, party: &str, unit: &str| {
        format!(
            "+++\ntitle = '{title}'\nkind = '{kind}'\ndate = '{date}'\nlanguage = 'zh-Hant'\n\
             parties = ['{party}']\nplace = '{party}'\nnumber = '{unit}〔2017〕1號'\n+++\n\n\
             1. 加強合作。（{unit}、教育局）\n\n2. 定期會面。（{unit}）\n"
        )
    };
    for (name, title, kind, date, party, unit) in [
        ("a", "甲乙通商協議", "agreement", "2015-03-01", "廣州", "公安廳"),
        ("b", "丙丁事項通知", "notice", "2016-04-01", "深圳", "交通運輸廳"),
        ("c", "戊己工作計劃", "work_plan", "2017-05-01", "珠海", "海關總署"),
    ] {
        bench.write(&format!("docs/{name}.md"), page(title, kind, date, party, unit));
    }
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let served = Served::start(&bench, &[]);
    let filters: [(&str, [&str; 3]); 6] = [
        ("kind", ["agreement", "notice", "work_plan"]),
        ("year", ["2015", "2016", "2017"]),
        ("party", ["廣州", "深圳", "珠海"]),
        ("place", ["廣州", "深圳", "珠海"]),
        ("unit", ["公安廳", "交通運輸廳", "海關總署"]),
        ("number", ["公安廳", "交通運輸廳", "海關總署"]),
    ];
    for (filter, values) in filters {
        for many in 1..=3 {
            let flag = format!("--{filter}");
            let flags: Vec<&str> =
                values[..many].iter().flat_map(|value| [flag.as_str(), value]).collect();
            assert_eq!(bench.search("合作", &flags)["total"], many, "{flags:?}");
            let listed = [&["list", "--format", "json"], &flags[..]].concat();
            let listed: serde_json::Value = serde_json::from_str(&bench.run(&listed).out).unwrap();
            assert_eq!(listed["total"], many, "{flags:?}");
            let pairs: Vec<(&str, &str)> =
                values[..many].iter().map(|value| (filter, *value)).collect();
            let asked = [&pairs[..], &[("q", "合作"), ("facets", "true")]].concat();
            let found = served.json("/api/v1/search", &asked);
            assert_eq!(found["total"], many, "{pairs:?}");
            // A facet offers its other values, and others are those of what is found.
            let facets = &found["facets"];
            if let Some(counts) = facets[filter].as_object() {
                assert!(values.iter().all(|value| counts[*value] == 1), "{filter}: {counts:?}");
            }
            let other = if filter == "kind" { "year" } else { "kind" };
            assert_eq!(facets[other].as_object().unwrap().len(), many, "{pairs:?}: {facets}");
            if filter != "unit" {
                let listed = served.json("/api/v1/documents", &pairs);
                assert_eq!(listed["total"], many, "{pairs:?}");
            }
        }
    }
    // Different filters must all match, also in a query.
    let narrow = ["--kind", "agreement", "--kind", "notice", "--year", "2016", "--year", "2017"];
    assert_eq!(bench.search("合作", &narrow)["total"], 1);
    assert_eq!(bench.search("合作 kind:agreement kind:notice unit:公安廳", &[])["total"], 1);
    let both = ["--script", "hant", "--script", "hans"];
    assert_eq!(bench.search("合作", &both)["total"], 3);
    assert_eq!(bench.search("合作", &["--script", "hans"])["total"], 0);
    assert_eq!(bench.search("合作", &["--script", "hans", "--script", "any"])["total"], 3);
    let many = ["unit=a"; 33].join("&");
    let refused = served.get(&format!("/api/v1/search?q=a&{many}"));
    assert!(refused.status == 400 && refused.text().contains("unit is given 33 times; at most 32"));

    // On the page a link adds a value, and a chip removes one.
    let page = served.get("/?q=%E5%90%88%E4%BD%9C&kind=agreement&kind=notice&ui=en").text();
    assert!(page.contains("kind=agreement&#38;kind=notice&#38;kind=work_plan"), "{page}");
    assert_eq!(page.matches("<li class=\"hit\"").count(), 2);
    let chips = page.split_once("class=\"inuse\"").unwrap().1.split_once("</div>").unwrap().0;
    assert!(chips.contains("“Kind: Agreement”") && chips.contains("“Kind: Notice”"));
    let page = served.get("/documents?kind=agreement&kind=notice&year=2015&year=2017").text();
    assert!(page.contains("甲乙通商協議") && !page.contains("丙丁事項通知"), "{page}");
    assert!(page.contains("name=\"year\" value=\"2017\" checked"), "{page}");
}
