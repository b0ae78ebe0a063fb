//! The state of an index on a day, versions in time and what texts repeal; checks as a page.

use serde_json::Value;

use crate::served::Served;
use crate::util::Workspace;

/// Versions of an instrument in both scripts, and one that repeals it.
fn instruments(bench: &Workspace) {
    let text = |title: &str, rate: &str, from: &str| {
        format!(
            "{title}\n\n第一條　為規範東江用水，制定本辦法。\n\n第二條　用水單位每年繳費{rate}元。\n\n第三條　本辦法自{from}起施行。\n"
        )
    };
    bench.write("docs/2000.txt", text("東江用水管理辦法", "800", "2000年1月1日"));
    bench.write("docs/2010.txt", text("東江用水管理辦法（2010修正）", "900", "2010年5月1日"));
    bench.write(
        "docs/2010s.txt",
        "东江用水管理办法（2010修正）\n\n第一条　为规范东江用水，制定本办法。\n\n第二条　用水单位每年缴费900元。\n\n第三条　本办法自2010年5月1日起施行。\n",
    );
    bench.write(
        "docs/2020.txt",
        "水資源條例\n\n第一條　為保護水資源，制定本條例。\n\n第二條　本條例自2020年3月1日起施行。《東江用水管理辦法》同時廢止。\n",
    );
    let ran = bench.run(&["index", "docs"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
}

fn sources(answer: &Value) -> Vec<String> {
    let hits = answer["hits"].as_array().unwrap();
    let source = |hit: &Value| hit["clause"]["document"]["source"].as_str().unwrap().to_owned();
    let mut sources: Vec<String> = hits.iter().map(source).collect();
    sources.sort();
    sources.dedup();
    sources
}

#[test]
fn searches_and_lists_show_the_state_of_a_day() {
    let bench = Workspace::new();
    instruments(&bench);
    for query in ["用水單位繳費", "用水单位缴费"] {
        for (day, expected) in [
            ("1999", &[][..]),
            ("2005-06-30", &["2000.txt"]),
            ("2010-05", &["2010.txt", "2010s.txt"]),
            ("2019", &["2010.txt", "2010s.txt"]),
            ("2020-03-01", &[]),
        ] {
            let answer = bench.search(query, &["--as-of", day, "--no-group"]);
            // What repeals them speaks of it as well.
            let mut found = sources(&answer);
            found.retain(|source| source != "2020.txt");
            assert_eq!(found, expected, "{query} {day}");
            let notes = answer["notes"].as_array().unwrap();
            let note = notes.iter().find(|note| note["kind"] == "as_of").unwrap();
            assert!(note["text"].as_str().unwrap().contains(day), "{note}");
        }
    }
    let listed = bench.json(&["list", "--as-of", "2015", "--format", "json"]);
    assert_eq!(listed["total"], 2, "{listed}");
    let listed = bench.json(&["list", "--as-of", "2021", "--format", "json"]);
    assert_eq!(listed["documents"][0]["source"], "2020.txt", "{listed}");
    assert_eq!(listed["total"], 1);
    let ran = bench.run(&["search", "用水", "--as-of", "2010-13"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
}

#[test]
fn the_server_answers_as_of_a_day_and_shows_the_versions_of_a_provision() {
    let bench = Workspace::new();
    instruments(&bench);
    let served = Served::start(&bench, &[]);
    for query in ["用水單位繳費", "用水单位缴费"] {
        for (day, expected) in
            [("2005-06-30", &["2000.txt"][..]), ("2010-05", &["2010.txt", "2010s.txt"])]
        {
            let asked = [("q", query), ("as_of", day), ("group", "false")];
            let answer = served.json("/api/v1/search", &asked);
            let mut found = sources(&answer);
            found.retain(|source| source != "2020.txt");
            assert_eq!(found, expected, "{query} {day}");
            assert!(answer["notes"].as_array().unwrap().iter().any(|note| note["kind"] == "as_of"));
        }
    }
    assert_eq!(
        served.ask("/api/v1/search", &[("q", "用水"), ("as_of", "2010-13")], &[]).status,
        400
    );
    // The page has the filter as a field and, where it is set, as a chip.
    let asked = [("q", "用水"), ("as_of", "2010-05"), ("ui", "en")];
    let page = served.ask("/", &asked, &[]).text();
    assert!(page.contains("name=\"as_of\" value=\"2010-05\""), "{page}");
    assert!(page.contains("as in force on May 2010"), "{page}");
    for cited in ["《東江用水管理辦法》第二條", "《东江用水管理办法》第二条"]
    {
        let history = served.json("/api/v1/history", &[("q", cited)]);
        let versions = history["versions"].as_array().unwrap();
        let of = |version: &Value| version["document"]["source"].as_str().unwrap().to_owned();
        let found: Vec<String> = versions.iter().map(of).collect();
        assert_eq!(found[0], "2000.txt", "{cited}: {history}");
        assert_eq!(found.len(), 3, "{cited}: {history}");
        let figures: Vec<&Value> = versions
            .iter()
            .flat_map(|version| version["differences"].as_array().unwrap())
            .filter(|difference| difference["kind"] == "number")
            .collect();
        assert!(figures.len() == 1 && figures[0]["right"] == "900", "{history}");
        let early = served.json("/api/v1/history", &[("q", cited), ("as_of", "2009")]);
        assert_eq!(early["versions"].as_array().unwrap().len(), 1, "{early}");
        let page = served.ask("/history", &[("q", cited), ("ui", "en")], &[]).text();
        for part in ["3 versions", "900", "repealed by", "水資源條例", "2020-03-01", "/clauses/"]
        {
            assert!(page.contains(part), "{cited}: no {part} in {page}");
        }
    }
    let none = served.ask("/history", &[("q", "《沒有的法》第一條"), ("ui", "hant")], &[]);
    assert_eq!(none.status, 200);
    assert!(served.ask("/history", &[("ui", "hans")], &[]).text().contains("条文沿革"));
    assert_eq!(served.ask("/history", &[("q", "x"), ("as_of", "2010-13")], &[]).status, 400);
    // A clause leads to its versions.
    let read = served.json("/api/v1/history", &[("q", "《東江用水管理辦法》第二條")]);
    let id = read["versions"][0]["document"]["id"].as_str().unwrap().to_owned();
    assert!(served.ask(&format!("/documents/{id}"), &[], &[]).text().contains("/history?q="));
}

#[test]
fn documents_are_shown_and_compared_as_they_stood() {
    let bench = Workspace::new();
    instruments(&bench);
    let id = |source: &str| {
        let listed = bench.json(&["list", "--format", "json"]);
        let documents = listed["documents"].as_array().unwrap();
        let found = documents.iter().find(|document| document["source"] == source).unwrap();
        found["id"].as_str().unwrap().to_owned()
    };
    let (old, new) = (id("2000.txt"), id("2010.txt"));
    let clause = format!("{old}.art_2");
    let ran = bench.run(&["show", &clause, "--as-of", "2012"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("900") && ran.out.contains(&format!("{new}.art_2")), "{}", ran.out);
    // What is concluded says so.
    assert!(ran.err.contains("took its place") && ran.err.contains("concluded"), "{}", ran.err);
    let ran = bench.run(&["show", &clause, "--as-of", "2005"]);
    assert!(ran.out.contains("800") && ran.err.is_empty(), "{}{}", ran.out, ran.err);
    let ran = bench.run(&["show", &new, "--as-of", "2021"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("repealed it from 2020-03-01"), "{}", ran.err);
    assert!(!ran.err.contains("concluded"), "{}", ran.err);
    let compared = bench.json(&["compare", &old, &old, "--as-of", "2012", "--format", "json"]);
    assert_eq!(compared["left"]["id"], new.as_str());
}

#[test]
fn what_was_repealed_is_not_in_force() {
    let bench = Workspace::new();
    instruments(&bench);
    for text in [
        "《東江用水管理辦法》第二條規定：「用水單位每年繳費900元」。",
        "《东江用水管理办法》第二条规定：“用水单位每年缴费900元”。",
    ] {
        bench.write("text.txt", text);
        let verified = |flags: &[&str]| -> Value {
            let ran = bench.run(&[&["verify", "text.txt", "--format", "json"], flags].concat());
            serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err))
        };
        let check = &verified(&[])["checks"][0];
        assert_eq!(check["verdict"], "not_in_force", "{check}");
        let note = check["note"].as_str().unwrap();
        assert_eq!(note, "repealed by 《水資源條例》 from 2020-03-01 on");
        let check = &verified(&["--as-of", "2015"])["checks"][0];
        assert_ne!(check["verdict"], "not_in_force", "{check}");
    }
    let history = bench.json(&["history", "《東江用水管理辦法》第二條", "--format", "json"]);
    let versions = history["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 3, "{history}");
    for version in versions {
        assert_eq!(version["repealed_by"]["title"], "水資源條例", "{version}");
        assert_eq!(version["repealed_from"], "2020-03-01");
    }
    let shown = bench.run(&["history", "《東江用水管理辦法》第二條"]).out;
    assert!(shown.contains("repealed by 《水資源條例》 from 2020-03-01 on"), "{shown}");
}

#[test]
fn checks_are_a_page_that_loads_and_runs_nothing() {
    let bench = Workspace::new();
    instruments(&bench);
    bench.write(
        "a.txt",
        "《水資源條例》第一條規定：「為保護水資源，制定本條例」。<script>alert(1)</script>\n\n《水资源条例》第九条也是。\n",
    );
    bench.write("b.txt", "《水資源條例》第一條規定：「為保護森林資源，制定本條例」。\n");
    let ran = bench.run(&["verify", "a.txt", "b.txt", "--format", "html"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let page = &ran.out;
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    assert!(page.contains("default-src 'none'") && !page.contains("<script"), "{page}");
    for piece in [
        "<bdi>a.txt</bdi>",
        "<bdi>b.txt</bdi>",
        "no such provision",
        "<mark>森林資源</mark>",
        "<details>",
    ] {
        assert!(page.contains(piece), "{piece}: {page}");
    }
    for outside in ["http://", "https://", "src=", "url("] {
        assert!(!page.contains(outside), "{outside}: {page}");
    }
    let all = bench.run(&["verify", "a.txt", "--all", "--format", "html", "--lang", "hant"]).out;
    assert!(all.contains("<details open>") && all.contains("lang=\"zh-Hant-HK\""), "{all}");
}
