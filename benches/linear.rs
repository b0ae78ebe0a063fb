//! Checks that steps which could take quadratic time are linear. Each is run at two sizes, the
//! second one two or four times the first. Linear work takes as many times as long; quadratic work
//! takes the square of that.
//!
//! ```sh
//! cargo bench --bench linear
//! ```

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::time::Instant;

use tiaowen_compare::compare;
use tiaowen_corpus::DocumentText;
use tiaowen_query::{Analysis, Plan, Searcher, Weights};
use tiaowen_terms::TermTable;
use tiaowen_text::Segmenter;

fn main() {
    println!("{:<46} {:>9} {:>9} {:>7}", "", "small", "large", "times");
    print_row("plan: numerals, 250 and 1,000 characters", 4, [250, 1_000], numerals);
    print_row("plan: rare characters, 250 and 1,000", 4, [250, 1_000], rare);
    print_row("references: 4 a clause, 1,000 and 4,000 clauses", 4, [1_000, 4_000], references);
    print_row("compare: all other, 10,000 and 40,000 clauses", 4, [10_000, 40_000], other);
    print_row("compare: units of one clause, 500 and 2,000", 4, [500, 2_000], units);
    print_row("compare: open brackets, 5,000 and 20,000", 4, [5_000, 20_000], brackets);
    print_row("split: agreements in a text, 12,500 and 50,000", 4, [12_500, 50_000], agreements);
}

/// The times of a step at two sizes.
fn print_row(name: &str, times: usize, sizes: [usize; 2], step: impl Fn(usize) -> f64) {
    // The better of two runs, as the first also waits for memory from the system.
    let [small, large] = sizes.map(|size| step(size).min(step(size)));
    println!(
        "{name:<46} {:>6.0} ms {:>6.0} ms {:>5.1} ×  (linear is {times}, a square {})",
        small * 1e3,
        large * 1e3,
        large / small,
        times * times
    );
}

fn timed(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64()
}

/// Characters in an irregular order.
fn scattered(many: usize, from: &[char]) -> String {
    let mut seed = 7u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize
    };
    (0..many).map(|_| from[next() % from.len()]).collect()
}

fn planned(query: &str) -> f64 {
    let segmenter = Segmenter::shared();
    timed(|| {
        let analysis = Analysis::of(query, segmenter, Some(TermTable::built_in()));
        let plan = Plan::of(&analysis, &Weights::default());
        assert!(!plan.should.is_empty());
    })
}

fn numerals(many: usize) -> f64 {
    let figures: Vec<char> = "一二三四五六七八九十百千萬億".chars().collect();
    planned(&scattered(many, &figures))
}

fn rare(many: usize) -> f64 {
    let all: Vec<char> = ('\u{4e00}'..'\u{9fa5}').collect();
    planned(&scattered(many, &all))
}

fn read(text: &str) -> DocumentText {
    let mut documents = tiaowen_corpus::read("a.txt", text).expect("a text can be read");
    documents.swap_remove(0)
}

/// The references in each clause of a document.
fn references(clauses: usize) -> f64 {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let article = |n: usize| {
        let to = |times: usize| n * times % clauses + 1;
        let all = [to(3), to(7), to(11), to(13)].map(|to| format!("第{to}條"));
        format!("第{n}條 依照{}辦理。\n\n", all.join("和"))
    };
    let text: String = (1..=clauses).map(article).collect();
    let file = folder.path().join("a.txt");
    std::fs::write(&file, format!("合作條例\n\n{text}")).expect("there is room for a file");
    let index = folder.path().join("index");
    tiaowen_indexer::run(&[file], &index, &Default::default(), &|_| {}).expect("it is indexed");
    let searcher = Searcher::open(&index).expect("it was just made");
    let manifest = searcher.manifest().expect("it was just made");
    let id = &manifest.documents().next().expect("one was indexed").id;
    let records = searcher.document(id).expect("it can be read");
    timed(|| {
        let related = searcher.related(&records, 0..records.len()).expect("it can be read");
        assert!(related.iter().all(|one| !one.references.is_empty()));
    })
}

fn other(clauses: usize) -> f64 {
    let all: Vec<char> = ('\u{4e00}'..'\u{5a00}').collect();
    let text = |seed: usize| {
        let characters = scattered((clauses + 1) * 30, &all[seed..]);
        let characters: Vec<char> = characters.chars().collect();
        let bodies = characters.chunks(30).take(clauses).zip(1..);
        let article = |(body, n): (&[char], usize)| {
            format!("第{n}條 {}。\n\n", body.iter().collect::<String>())
        };
        read(&format!("合作條例\n\n{}", bodies.map(article).collect::<String>()))
    };
    let (left, right) = (text(0), text(1_000));
    timed(|| {
        let comparison = compare(&left, &right, TermTable::built_in());
        assert!(comparison.rows.len() >= clauses);
    })
}

fn units(units: usize) -> f64 {
    let all: Vec<char> = ('\u{4e00}'..'\u{5a00}').collect();
    let text = |seed: usize| {
        let mut text = read("合作協議\n\n一、加強合作。");
        let clause = text.clauses.last_mut().expect("it has a clause");
        let names = scattered(units * 6, &all[seed..]);
        let names: Vec<char> = names.chars().collect();
        clause.units =
            names.chunks(6).map(|name| format!("{}廳", name.iter().collect::<String>())).collect();
        clause.text = format!("加強合作。（{}）", clause.units.join("、"));
        text
    };
    let (left, right) = (text(0), text(1_000));
    timed(|| {
        let comparison = compare(&left, &right, TermTable::built_in());
        assert!(comparison.rows.iter().any(|row| row.unit_differences.len() >= units));
    })
}

/// A clause of brackets that are never closed.
fn brackets(many: usize) -> f64 {
    let text = read(&format!("合作協議\n\n一、{}。", "（".repeat(many)));
    timed(|| {
        for _ in 0..20 {
            assert!(!compare(&text, &text, TermTable::built_in()).rows.is_empty());
        }
    })
}

/// A text of agreements separated by form feeds.
fn agreements(many: usize) -> f64 {
    let agreement = |n: usize| {
        format!(
            "甲乙第{n}期合作協議\n\n一、雙方每年會面{n}次。\n\n二、本協議自簽署之日起生效。\n\u{c}"
        )
    };
    let text: String = (0..many).map(agreement).collect();
    timed(|| {
        let documents = tiaowen_corpus::read("a.txt", &text).expect("a text can be read");
        assert_eq!(documents.len(), many);
    })
}
