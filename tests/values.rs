//! Spellings that are equal in value or by their characters, and some that only look equal:
//! `tests/values/*.tsv`.
//!
//! Each row of a table has two spellings, in either script, that are equal or not. All rows form
//! two texts, one of the left spellings and one of the right. Compared in both directions, clauses
//! of equal rows are *same* and the others *changed*; a search for a spelling finds the clause of
//! the equal one. `cargo test --test tests values -- --nocapture` prints how many of each kind are
//! right.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use tiaowen_text::{fold, numeral};

use crate::served::Served;
use crate::util::Workspace;

struct Row {
    kind: String,
    sides: [String; 2],
    equal: bool,
    /// Whether the row is searched too. Spellings of characters are folded in a search, and marks
    /// can't be searched for.
    searched: bool,
}

fn rows(table: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/values").join(table);
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [kind, left, right, relation, rest @ ..] = cells.as_slice() else {
            panic!("four cells: {line}");
        };
        assert!(["equal", "not"].contains(relation), "{line}");
        Row {
            kind: (*kind).to_owned(),
            sides: [(*left).to_owned(), (*right).to_owned()],
            equal: *relation == "equal",
            searched: !rest.contains(&"compared"),
        }
    });
    rows.collect()
}

fn label(nth: usize) -> String {
    format!("第{}條", numeral::han(u32::try_from(nth).unwrap() + 1).unwrap())
}

/// An agreement with the spellings of one side, one article each.
fn agreement(rows: &[Row], side: usize) -> String {
    let mut text = "測試合作協議\n\n".to_owned();
    for (nth, row) in rows.iter().enumerate() {
        let mark = numeral::han(u32::try_from(nth).unwrap() + 1).unwrap();
        let spelling = &row.sides[side];
        writeln!(text, "{} 事項甲{mark}乙：{spelling}，照此辦理。\n", label(nth)).unwrap();
    }
    text
}

/// The number of correct rows of each kind.
#[derive(Default)]
struct Tally {
    kinds: BTreeMap<String, [u32; 2]>,
    wrong: Vec<String>,
}

impl Tally {
    fn add(&mut self, row: &Row, what: &str, from: usize, right: bool) {
        let relation = if row.equal { "equal" } else { "not" };
        let own = self.kinds.entry(format!("{what} {} {relation}", row.kind)).or_default();
        own[0] += u32::from(right);
        own[1] += 1;
        if !right {
            let (left, other) = (&row.sides[from], &row.sides[1 - from]);
            self.wrong.push(format!("{what}: {left} {other} {relation}"));
        }
    }

    #[track_caller]
    fn report(self) {
        for (kind, [right, all]) in &self.kinds {
            println!("{kind}: {right} of {all}");
        }
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
    }
}

fn compare(bench: &Workspace, rows: &[Row], tally: &mut Tally) {
    for from in [0, 1] {
        let (left, right) = (format!("{from}.txt"), format!("{}.txt", 1 - from));
        let comparison = bench.json(&["compare", &left, &right, "--format", "json"]);
        let mut statuses: BTreeMap<&str, &str> = BTreeMap::new();
        for row in comparison["rows"].as_array().unwrap() {
            let label = |side: &str| row[side]["label"].as_str();
            if let (Some(left), Some(right)) = (label("left"), label("right"))
                && left == right
            {
                statuses.insert(left, row["status"].as_str().unwrap());
            }
        }
        for (nth, row) in rows.iter().enumerate() {
            let status = statuses.get(label(nth).as_str()).copied();
            let expected = if row.equal { "same" } else { "changed" };
            tally.add(row, "compare", from, status == Some(expected));
        }
    }
}

fn search(bench: &Workspace, rows: &[Row], tally: &mut Tally) {
    for from in [0, 1] {
        let index = format!("index-{from}");
        let ran = bench.run(&["index", &format!("{}.txt", 1 - from), "--index", &index]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let served = Served::start(bench, &["--index", &index]);
        for (nth, row) in rows.iter().enumerate().filter(|(_, row)| row.searched) {
            let query = [("q", row.sides[from].as_str()), ("limit", "100")];
            let answer = served.json("/api/v1/search", &query);
            let own = label(nth);
            let found = answer["hits"].as_array().unwrap().iter().any(|hit| {
                hit["clause"]["label"] == own.as_str()
                    // A clause with some of the words is marked as a partial match.
                    && !notes(&answer).any(|kind| kind == "relaxed")
            });
            if row.equal {
                tally.add(row, "search", from, found);
            }
        }
    }
}

fn notes(answer: &Value) -> impl Iterator<Item = &str> {
    answer["notes"].as_array().unwrap().iter().map(|note| note["kind"].as_str().unwrap())
}

fn check(table: &str, least: [usize; 2]) {
    let rows = rows(table);
    let equal = rows.iter().filter(|row| row.equal).count();
    assert!(equal >= least[0] && rows.len() - equal >= least[1], "{equal} of {}", rows.len());
    let bench = Workspace::new();
    for side in [0, 1] {
        bench.write(&format!("{side}.txt"), agreement(&rows, side));
    }
    let mut tally = Tally::default();
    compare(&bench, &rows, &mut tally);
    search(&bench, &rows, &mut tally);
    tally.report();
}

#[test]
fn figures_and_dates_are_joined_by_value() {
    check("values.tsv", [220, 130]);
}

#[test]
fn a_share_finds_no_other_figure() {
    let bench = Workspace::new();
    bench.write("a.txt", "測試合作協議\n\n第一條 共四百五十三名。\n\n第二條 每三五年修訂。\n");
    assert_eq!(bench.run(&["index", "a.txt"]).code, 0);
    for query in ["50%", "百分之五十", "35年", "三十五年", "五成"] {
        let answer = bench.search(query, &[]);
        let whole = answer["hits"].as_array().unwrap().iter().filter(|hit| {
            let marked = hit["highlights"].as_array().unwrap();
            marked.iter().any(|span| span[1].as_u64().unwrap() - span[0].as_u64().unwrap() > 2)
        });
        assert_eq!(whole.count(), 0, "{query}");
    }
}

#[test]
fn what_is_found_by_value_is_marked_as_printed() {
    let bench = Workspace::new();
    let text = "測試合作協議\n\n第一條 違約金為伍拾萬元整，於二○二五年三月一日前付清。\n\n第二條 面積350㎡，為期3-5年。\n";
    bench.write("a.txt", text);
    assert_eq!(bench.run(&["index", "a.txt"]).code, 0);
    for (query, marked) in [
        ("50万元", "伍拾萬元"),
        ("2025/3/1", "二○二五年三月一日"),
        ("350平方米", "350㎡"),
        ("三至五年", "3-5年"),
    ] {
        let answer = bench.search(query, &[]);
        let hit = &answer["hits"][0];
        let text: Vec<char> = hit["clause"]["text"].as_str().unwrap().chars().collect();
        let shown: Vec<String> = hit["highlights"]
            .as_array()
            .unwrap()
            .iter()
            .map(|span| {
                let place = |nth: usize| span[nth].as_u64().unwrap() as usize;
                text[place(0)..place(1)].iter().collect()
            })
            .collect();
        assert_eq!(shown, [marked], "{query}");
        assert_eq!(fold(marked), fold(&shown[0]));
    }
}

#[test]
fn characters_that_editors_count_as_one_are_one() {
    check("characters.tsv", [120, 35]);
}

#[test]
fn a_body_is_found_wherever_its_list_names_it() {
    let bench = Workspace::new();
    let text = "+++\ntitle = '实施《粤港合作协议》2017年重点工作'\nkind = 'work_plan'\n+++\n\n一、基础设施\n\n\
                1. 推进口岸通关。（省发展改革委、公安厅，深圳、珠海市政府）\n\n\
                2. 支持机场发展。（广州、深圳市政府，民航中南管理局）\n\n\
                3. 加强旅游合作。（廣東省公安廳）\n\n4. 其他工作。\n";
    bench.write("a.md", text);
    assert_eq!(bench.run(&["index", "a.md"]).code, 0);
    let found = |unit: &str| {
        let answer = bench.search("", &["--unit", unit, "--facets"]);
        let hits = answer["hits"].as_array().unwrap().iter();
        hits.map(|hit| hit["clause"]["label"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for unit in ["深圳市政府", "深圳 市政府"] {
        assert_eq!(found(unit), ["1.", "2."], "{unit}");
    }
    for unit in ["广东省公安厅", "廣東省公安廳", "省公安厅"] {
        assert_eq!(found(unit), ["1.", "3."], "{unit}");
    }
    let facets = &bench.search("", &["--facets"])["facets"];
    let units = facets["unit"].as_object().unwrap();
    let police: Vec<&Value> =
        units.iter().filter(|(name, _)| fold(name) == "广东省公安厅").map(|(_, n)| n).collect();
    assert_eq!(police, [2], "{units:?}");
}

#[test]
fn a_date_that_is_not_printed_is_marked() {
    let bench = Workspace::new();
    let plan = |title: &str| format!("{title}\n\n一、加強合作。\n\n二、檢討進度。\n");
    for (title, date, is) in [
        ("實施粵港合作框架協議2017年重點工作", Some("2017"), Some("inferred")),
        ("实施粤港合作框架协议2017年重点工作", Some("2017"), Some("inferred")),
        ("粵港旅遊合作協議", None, None),
    ] {
        bench.write("a.txt", plan(title));
        let ran = bench.run(&["clauses", "a.txt", "--format", "jsonl"]);
        let clause: Value = serde_json::from_str(ran.out.lines().next().unwrap()).unwrap();
        let document = &clause["document"];
        assert_eq!(document["date"].as_str(), date, "{title}");
        assert_eq!(document["date_is"].as_str(), is, "{title}");
    }
    bench.write("a.txt", plan("粵港旅遊合作協議") + "\n二○一七年十一月十八日於香港\n");
    let ran = bench.run(&["clauses", "a.txt", "--format", "jsonl"]);
    let clause: Value = serde_json::from_str(ran.out.lines().next().unwrap()).unwrap();
    assert_eq!(clause["document"]["date"], "2017-11-18");
    assert_eq!(clause["document"]["date_is"], "printed");
}
