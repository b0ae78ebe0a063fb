//! The API: the same answers as the command line, and their HTTP details.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::served::{Got, Served};
use crate::util::{Workspace, bundled, ids};

/// An answer without what differs from run to run.
fn timeless(mut answer: Value) -> Value {
    answer.as_object_mut().unwrap().remove("took_us").unwrap();
    answer
}

#[test]
fn the_command_line_and_the_api_answer_alike() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let api = |path: &str, query: &[(&str, &str)]| served.json(&format!("/api/v1/{path}"), query);

    for (hant, hans) in [("知識產權", "知识产权"), ("專業人士 培訓", "专业人士 培训")]
    {
        let told = [hant, hans].map(|query| {
            let answer = timeless(api("search", &[("q", query)]));
            assert_eq!(answer, timeless(bench.search(query, &[])), "{query}");
            answer
        });
        let found = |answer: &Value| {
            let versions = answer["hits"].as_array().unwrap().iter();
            versions
                .flat_map(|hit| {
                    let others = hit["counterparts"].as_array().unwrap().iter().cloned();
                    others.chain([hit["clause"]["id"].clone()])
                })
                .map(|id| id.as_str().unwrap().to_owned())
                .collect::<BTreeSet<String>>()
        };
        assert_eq!(found(&told[0]), found(&told[1]), "both scripts find the same");
        assert_eq!(told[0]["total"], told[1]["total"]);
    }
    let narrowed = api(
        "search",
        &[
            ("q", "合作"),
            ("limit", "3"),
            ("offset", "2"),
            ("sort", "date"),
            ("script", "hans"),
            ("kind", "agreement"),
            ("kind", "memorandum"),
            ("from", "2015"),
            ("display", "hant"),
            ("group", "false"),
            ("expand", "false"),
            ("explain", "true"),
            ("parallel", "true"),
        ],
    );
    let flags = "--limit 3 --offset 2 --sort date --script hans --kind agreement --kind memorandum \
                 --from 2015 --display hant --no-group --no-expand --explain --parallel";
    let flags: Vec<&str> = flags.split_whitespace().collect();
    assert_eq!(timeless(narrowed), timeless(bench.search("合作", &flags)));

    for (format, kind) in [("csv", "text/csv; charset=utf-8"), ("jsonl", "application/jsonl")] {
        for (parallel, flag) in [("false", None), ("true", Some("--parallel"))] {
            let query = [("q", "合作"), ("format", format), ("parallel", parallel)];
            let got = served.ask("/api/v1/search", &query, &[]);
            let args = ["search", "合作", "--limit", "10", "--format", format];
            let args = args.into_iter().chain(flag);
            assert_eq!(got.text(), bench.run(&args.collect::<Vec<_>>()).out);
            assert_eq!(got.header("content-type").as_deref(), Some(kind));
            let kept = format!("attachment; filename=\"clauses.{format}\"");
            assert_eq!(got.header("content-disposition"), Some(kept));
        }
    }

    let typed = api("suggest", &[("q", "知识"), ("limit", "5")]);
    assert_eq!(typed, bench.json(&["suggest", "知识", "--limit", "5", "--format", "json"]));
    assert_eq!(api("pairs", &[]), bench.json(&["pairs", "--format", "json"]));
    let pairs = served.get("/api/v1/pairs?format=csv").text();
    assert_eq!(pairs, bench.run(&["pairs", "--format", "csv"]).out);
    let terms = api("terms", &[("q", "质素")]);
    assert_eq!(terms, bench.json(&["terms", "list", "質素", "--format", "json"]));
    let terms = served.get("/api/v1/terms?format=csv").text();
    assert_eq!(terms, bench.run(&["terms", "list", "--format", "csv"]).out);

    let hit = &bench.search("知識產權", &[])["hits"][0]["clause"];
    let (clause, document) = (hit["id"].as_str().unwrap(), hit["document"]["id"].as_str().unwrap());
    for (path, id) in [("clauses", clause), ("documents", document)] {
        for shown in ["original", "hans"] {
            let told = api(&format!("{path}/{id}"), &[("display", shown)]);
            assert_eq!(told, bench.json(&["show", id, "--display", shown, "--format", "json"]));
        }
    }
    let mut status = bench.json(&["status", "--format", "json"]);
    status["index"] = Value::Null;
    status["sources"] = Value::Null;
    status["settings"] = Value::Null;
    assert_eq!(api("status", &[]), status);
}

#[test]
fn comparisons_are_read_and_kept() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let pairs = bench.json(&["pairs", "--format", "json"]);
    let pair = &pairs["pairs"][0];
    let side = |side: &str| pair[side]["id"].as_str().unwrap().to_owned();
    let (left, right) = (side("left"), side("right"));
    let sides = [("left", left.as_str()), ("right", right.as_str())];
    for (format, kind) in [
        ("json", "application/json"),
        ("jsonl", "application/jsonl"),
        ("csv", "text/csv; charset=utf-8"),
        ("html", "text/html; charset=utf-8"),
        ("tmx", "application/x-tmx+xml"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ] {
        // A report has labels in one language, the API's unless another is asked for.
        let query = [sides[0], sides[1], ("format", format), ("ui", "en")];
        let query = if format == "docx" { &query[..] } else { &query[..3] };
        let got = served.ask("/api/v1/compare", query, &[]);
        assert_eq!(got.status, 200, "{}", got.text());
        assert_eq!(got.header("content-type").as_deref(), Some(kind));
        let args = ["compare", &left, &right, "--format", format];
        let printed = bench.command(&args).output().unwrap().stdout;
        assert!(got.body == printed, "{format} as the command line prints it");
        let kept =
            (format != "json").then(|| format!("attachment; filename=\"{left}-{right}.{format}\""));
        assert_eq!(got.header("content-disposition"), kept);
    }
    let report = served.ask("/api/v1/compare", &[sides[0], sides[1], ("format", "html")], &[]);
    assert!(report.header("content-security-policy").unwrap().starts_with("sandbox"));
    let unknown = served.ask("/api/v1/compare", &[sides[0], ("right", "nosuchdocument")], &[]);
    assert_eq!(unknown.status, 404);
    assert_eq!(served.get("/api/v1/compare").status, 400);

    // A part of an article is highlighted.
    bench.write(
        "docs/a.txt",
        "某某協議\n\n第一條 雙方合作。\n\n雙方另行商定：\n（一）交流；\n（二）培訓。",
    );
    assert_eq!(bench.run(&["index", "docs", "--index", "own"]).code, 0);
    let own = Served::start(&bench, &["--index", "own"]);
    let hits = own.json("/api/v1/search", &[("q", "培訓")]);
    let hit = &hits["hits"][0]["clause"];
    let path = format!("/api/v1/clauses/{}", hit["id"].as_str().unwrap());
    let context = own.json(&path, &[("at", "第二款（二）")]);
    let text: Vec<char> = context["clause"]["text"].as_str().unwrap().chars().collect();
    let place = |nth: usize| context["marked"][0][nth].as_u64().unwrap() as usize;
    let marked: String = text[place(0)..place(1)].iter().collect();
    assert!(marked.contains("培訓") && !marked.contains("交流"), "{marked}");
    let missing = own.ask(&path, &[("at", "第九款")], &[]);
    assert_eq!(missing.status, 404);
    assert!(missing.json()["detail"].as_str().unwrap().contains("第二款"), "{}", missing.text());
}

#[test]
fn keywords_stand_in_their_context() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let ask = |query: &[(&str, &str)]| served.json("/api/v1/concordance", query);
    let both = [("知識產權", "知识产权"), ("培訓", "培训")];
    for (hant, hans) in both {
        let told = ask(&[("q", hant), ("width", "6")]);
        assert_eq!(told["complete"], true);
        // If grouped, the version in the script of the query is shown.
        assert_eq!(told["clauses"], ask(&[("q", hans), ("width", "6")])["clauses"]);
        let each = [hant, hans].map(|q| ask(&[("q", q), ("group", "false")])["total"].clone());
        assert_eq!(each[0], each[1]);
        let lines = told["lines"].as_array().unwrap();
        assert!(!lines.is_empty());
        let mut beside = 0;
        for line in lines {
            let text = |name: &str| line[name].as_str().unwrap().to_owned();
            let count = |name: &str| text(name).chars().count();
            assert!(count("left") <= 6 && count("right") <= 6, "{line}");
            let id = text("clause");
            let clause = served.json(&format!("/api/v1/clauses/{id}"), &[]);
            let whole: Vec<char> = clause["clause"]["text"].as_str().unwrap().chars().collect();
            let at = |nth: usize| line["at"][nth].as_u64().unwrap() as usize;
            let keyword: String = whole[at(0)..at(1)].iter().collect();
            assert_eq!(keyword, text("keyword"));
            let before: String = whole[at(0).saturating_sub(6)..at(0)].iter().collect();
            assert_eq!(before.replace('\n', " "), text("left"));
            let other = &line["counterpart"];
            if !other.is_null() {
                beside += 1;
                assert_ne!(other["script"], line["document"]["script"]);
                let text: Vec<char> = other["text"].as_str().unwrap().chars().collect();
                for mark in other["highlights"].as_array().unwrap() {
                    let at = |nth: usize| mark[nth].as_u64().unwrap() as usize;
                    let marked: String = text[at(0)..at(1)].iter().collect();
                    let is_alike = tiaowen_text::fold(&marked) == tiaowen_text::fold(&keyword);
                    assert_eq!(is_alike, other["degree"] == "identical", "{line}");
                }
            }
        }
        assert!(beside > 0, "the other script stands beside {hant}");
    }
    let sorted = ask(&[("q", "合作"), ("order", "right"), ("limit", "100")]);
    let rights: Vec<String> = sorted["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| tiaowen_text::fold(line["right"].as_str().unwrap()))
        .collect();
    assert!(rights.is_sorted(), "{rights:?}");
    let csv = served.ask("/api/v1/concordance", &[("q", "合作"), ("format", "csv")], &[]).text();
    assert!(
        csv.starts_with("\u{feff}rank,clause,citation,left,keyword,right,counterpart,"),
        "{csv}"
    );
    assert_eq!(csv.lines().next().unwrap().split(',').count(), 11);
}

#[test]
fn lists_are_narrowed_and_paged() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let documents = |query: &[(&str, &str)]| served.json("/api/v1/documents", query);
    let all = documents(&[]);
    let status = served.json("/api/v1/status", &[]);
    assert_eq!(all["total"], status["documents"]);
    let sum: u64 =
        all["documents"].as_array().unwrap().iter().map(|d| d["clauses"].as_u64().unwrap()).sum();
    assert_eq!(sum, status["clauses"].as_u64().unwrap());
    let of = |list: &Value| -> Vec<String> {
        let all = list["documents"].as_array().unwrap().iter();
        all.map(|document| document["id"].as_str().unwrap().to_owned()).collect()
    };
    // Filters work alike in both scripts.
    let titled = documents(&[("title", "備忘錄")]);
    assert_eq!(of(&titled), of(&documents(&[("title", "备忘录")])));
    assert!(titled["total"].as_u64().unwrap() > 0);
    assert!(titled["total"].as_u64().unwrap() < all["total"].as_u64().unwrap());
    for document in titled["documents"].as_array().unwrap() {
        let title = tiaowen_text::fold(document["title"].as_str().unwrap());
        assert!(title.contains("备忘录"), "{title}");
    }
    let narrow = documents(&[("kind", "memorandum"), ("script", "hant"), ("from", "2017")]);
    for document in narrow["documents"].as_array().unwrap() {
        assert_eq!(document["kind"], "memorandum");
        assert_eq!(document["script"], "Hant");
        assert!(document["date"].as_str().unwrap() >= "2017");
    }
    assert!(narrow["total"].as_u64().unwrap() > 0);
    let by_date = documents(&[("sort", "date")]);
    let dates: Vec<&str> = by_date["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|document| document["date"].as_str().unwrap_or(""))
        .collect();
    assert!(dates.is_sorted_by(|a, b| a >= b), "{dates:?}");

    // Following `next` returns each item once, in the order of one long page.
    for (path, whole, name) in [
        (
            "/api/v1/documents?sort=title&limit=7",
            "/api/v1/documents?sort=title&limit=100",
            "documents",
        ),
        ("/api/v1/pairs?limit=5", "/api/v1/pairs?limit=100", "pairs"),
        (
            "/api/v1/search?q=%E5%90%88%E4%BD%9C&limit=9&sort=date",
            "/api/v1/search?q=%E5%90%88%E4%BD%9C&limit=100&sort=date",
            "hits",
        ),
        (
            "/api/v1/concordance?q=%E5%90%88%E4%BD%9C&limit=40",
            "/api/v1/concordance?q=%E5%90%88%E4%BD%9C&limit=100",
            "lines",
        ),
    ] {
        let whole = served.get(whole).json();
        let whole = whole[name].as_array().unwrap();
        let (mut read, mut next, mut versions) =
            (Vec::new(), Some(path.to_owned()), BTreeSet::new());
        while let Some(path) = next.filter(|_| read.len() < whole.len()) {
            let got: Got = served.get(&path);
            versions.insert(got.header("index-version").unwrap());
            read.extend(got.json()[name].as_array().unwrap().iter().cloned());
            next = got.link("next");
        }
        assert!(read.len() >= whole.len(), "{path}");
        assert_eq!(read[..whole.len()], whole[..], "{path}");
        assert_eq!(versions.len(), 1);
    }
}

#[test]
fn answers_are_tagged_packed_and_safe() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &[]);
    let path = "/api/v1/search?q=%E5%90%88%E4%BD%9C";
    let got = served.get(path);
    let tag = got.header("etag").unwrap();
    assert!(tag.starts_with("W/\""), "{tag}");
    assert_eq!(got.header("cache-control").as_deref(), Some("no-cache"));
    assert_eq!(
        got.header("vary").map(|vary| vary.to_lowercase()).as_deref(),
        Some("accept-encoding")
    );
    let again = served.ask(path, &[], &[("if-none-match", &format!("\"other\", {tag}"))]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), Some(tag.clone()));
    for other in ["/api/v1/search?q=%E5%90%88%E4%BD%9C&limit=1", "/api/v1/documents"] {
        assert_eq!(served.ask(other, &[], &[("if-none-match", &tag)]).status, 200);
    }
    let packed = served.ask(path, &[], &[("accept-encoding", "gzip")]);
    assert_eq!(packed.header("content-encoding").as_deref(), Some("gzip"));
    assert!(packed.body.len() * 2 < got.body.len(), "{} {}", packed.body.len(), got.body.len());
    assert_eq!(packed.header("etag"), Some(tag));
    for path in [path, "/api/v1/nothing", "/healthz", "/api/v1/search?limit=x"] {
        let got = served.get(path);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(got.header(name).as_deref(), Some(value), "{path}");
        }
        let policy = got.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(got.header("x-request-id").is_some());
    }
    let own = served.ask("/healthz", &[], &[("x-request-id", "proxy-17")]);
    assert_eq!(own.header("x-request-id").as_deref(), Some("proxy-17"));
    let head = served.raw(
        b"HEAD /api/v1/status HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        std::time::Duration::from_secs(5),
    );
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
}

#[test]
fn the_description_lists_what_is_answered() {
    let bench = Workspace::indexed(&bundled());
    let served = Served::start(&bench, &["--public-url", "https://example.org/clauses"]);
    for base in ["", "/clauses"] {
        let described = served.json(&format!("{base}/api/v1/openapi.json"), &[]);
        assert!(
            described["openapi"].as_str().unwrap().starts_with("3.1"),
            "{}",
            described["openapi"]
        );
        assert_eq!(described["servers"][0]["url"], "https://example.org/clauses");
        let paths: Vec<&String> = described["paths"].as_object().unwrap().keys().collect();
        assert_eq!(paths.len(), 15, "{paths:?}");
        let text = described.to_string();
        // Every reference has a target.
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(described.pointer(pointer).is_some(), "{pointer}");
        }
        for (path, item) in described["paths"].as_object().unwrap() {
            let operation = if item["get"].is_object() { &item["get"] } else { &item["post"] };
            assert!(
                operation["description"].is_string() || operation["summary"].is_string(),
                "{path}"
            );
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(parameter["description"].is_string(), "{path}: {parameter}");
                assert!(parameter["schema"].is_object(), "{path}: {parameter}");
            }
            let is_read = item["get"].is_object();
            let needs_ids =
                ["{", "compare", "gather", "units"].iter().any(|part| path.contains(part));
            if is_read && !needs_ids {
                assert_eq!(served.get(&format!("{base}{path}")).status, 200, "{path}");
            }
        }
    }
    let got = served.get("/clauses/api/v1/documents?limit=2");
    let next = "https://example.org/clauses/api/v1/documents?limit=2&offset=2";
    assert_eq!(got.link("next").as_deref(), Some(next));
    assert_eq!(served.get("/api/v1/documents?limit=2").link("next").as_deref(), Some(next));
    assert_eq!(ids(&served.json("/clauses/api/v1/search", &[("q", "合作")])).len(), 10);
}
