//! The memory that a single source may take, and reading a very long clause.

use crate::util::Workspace;

const HAN: &str = "甲方乙方應當依照本協議的規定辦理合作事項並且互相通報有關資料每年會面一次";

fn sized(unit: &str, bytes: usize) -> String {
    unit.repeat(bytes / unit.len())
}

/// The peak memory of a run in MB, with its exit status.
#[cfg(target_os = "linux")]
fn peak(bench: &Workspace, args: &[&str]) -> (u64, i32) {
    use std::process::Stdio;
    use std::time::Duration;

    let mut command = bench.command(args);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let told = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = told.and_then(|told| told.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        most = most.max(kilobytes.unwrap_or(0) / 1_000);
        if let Some(ended) = child.try_wait().unwrap() {
            return (most, ended.code().unwrap_or(-1));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The constant part of a run, and sixteen times the source.
fn bound(bytes: usize) -> u64 {
    330 + 16 * bytes as u64 / 1_000_000
}

#[cfg(target_os = "linux")]
#[test]
fn a_source_takes_no_more_memory_than_is_promised() {
    const MB: usize = 1_000_000;
    let sources = [
        ("line.txt", sized(HAN, 16 * MB), 0),
        ("sentences.txt", sized(&format!("{HAN}。"), 16 * MB), 0),
        ("brackets.txt", sized("（", 4 * MB), 0),
        ("line.jsonl", format!("{{\"text\": \"{}\"}}", sized(HAN, 16 * MB)), 0),
        ("heading.md", format!("# {}\n\n{}", sized(HAN, 2 * MB), sized("1. 甲。\n", MB / 4)), 0),
        ("headings.md", sized("# 甲\n", MB / 2) + &sized("1. 乙。\n", MB / 2), 0),
        ("ones.txt", sized("1.\n", 3 * MB), 2),
        ("points.txt", sized("■\n", 3 * MB), 2),
        ("large.txt", sized(HAN, 70 * MB), 2),
    ];
    for (name, content, expected) in sources {
        let bench = Workspace::new();
        bench.write(&format!("docs/{name}"), &content);
        bench.write("docs/beside.txt", "旁邊的協議\n\n一、旁邊的標記。");
        let (most, code) = peak(&bench, &["index", "docs"]);
        assert_eq!(code, expected, "{name}");
        assert!(most <= bound(content.len()), "{name}: {most} MB");
        // Whatever is rejected, the rest is indexed.
        assert_eq!(bench.search("旁邊的標記", &[])["total"], 1, "{name}");
    }
}

#[test]
fn what_is_too_much_is_refused_with_its_place_and_cure() {
    let bench = Workspace::new();
    bench.write("docs/ones.txt", sized("1.\n", 1_000_000));
    let ran = bench.run(&["index", "docs"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("ones.txt: line 300001:"), "{}", ran.err);
    assert!(ran.err.contains("split it"), "{}", ran.err);
}

#[test]
fn what_is_split_without_an_index_has_the_same_bound() {
    let bench = Workspace::new();
    // A sparse file of seventy megabytes.
    std::fs::File::create(bench.path("a.txt")).unwrap().set_len(70 << 20).unwrap();
    let ran = bench.run(&["clauses", "a.txt"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("a.txt: it is larger than 64 MB"), "{}", ran.err);
    let mut endless = bench.command(&["clauses", "-"]);
    endless.stdin(std::fs::File::open(bench.path("a.txt")).unwrap());
    let ran = endless.output().unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("larger than 64 MB"));
}

#[test]
fn passages_of_a_giant_clause_are_found_marked_and_linked() {
    for (title, sentence, wanted) in [
        ("粵港合作協議", "雙方應當每年會面一次，並互相通報。", "末尾的標記"),
        ("粤港合作协议", "双方应当每年会面一次，并互相通报。", "末尾的标记"),
    ] {
        let bench = Workspace::new();
        let text = sentence.repeat(2_500);
        bench.write("docs/a.txt", format!("{title}\n\n一、開始。\n\n二、{text}{wanted}。\n"));
        assert_eq!(bench.run(&["index", "docs"]).code, 0);
        let found = bench.search(wanted, &[]);
        assert_eq!(found["total"], 1);
        let hit = &found["hits"][0];
        let clause = &hit["clause"];
        assert_eq!(clause["citation"], format!("《{title}》二〔3/3〕"));
        assert_eq!(clause["eid"], "part_2__seg_3");
        let characters: Vec<char> = clause["text"].as_str().unwrap().chars().collect();
        let mark = |at: usize| hit["highlights"][0][at].as_u64().unwrap() as usize;
        assert_eq!(characters[mark(0)..mark(1)].iter().collect::<String>(), "末尾");
        // The citation can be read back.
        let cited = bench.search(clause["citation"].as_str().unwrap(), &[]);
        assert_eq!(cited["hits"][0]["clause"]["id"], clause["id"], "{cited}");
        // It can be shown by its id, and the whole document is in order.
        let shown = bench.run(&["show", clause["id"].as_str().unwrap()]);
        assert_eq!(shown.code, 0, "{}", shown.err);
        assert!(shown.out.contains(wanted));
        assert_eq!(bench.run(&["check"]).code, 0);
        let bytes = clause["bytes"].as_array().unwrap();
        let place = |at: usize| bytes[at].as_u64().unwrap() as usize;
        let source = std::fs::read_to_string(bench.path("docs/a.txt")).unwrap();
        assert_eq!(&source[place(0)..place(1)], clause["text"].as_str().unwrap());
    }
}

#[test]
fn passages_of_a_ready_made_clause_stay_in_their_order() {
    let bench = Workspace::new();
    let text: String = (0..9_000).map(|nth| format!("第{nth}句說這些。")).collect();
    bench.write("docs/a.jsonl", format!("{{\"text\": \"{text}\", \"eid\": \"art_7\"}}\n"));
    assert_eq!(bench.run(&["index", "docs"]).code, 0);
    let found = bench.search("第8999句說這些", &[]);
    let document = found["hits"][0]["clause"]["document"]["id"].as_str().unwrap();
    let shown = bench.json(&["show", document, "--format", "json"]);
    let clauses = shown["clauses"].as_array().unwrap();
    assert!(clauses.len() > 3);
    let whole: String = clauses.iter().map(|clause| clause["text"].as_str().unwrap()).collect();
    assert_eq!(whole, text);
}
