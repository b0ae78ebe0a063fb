//! What was measured, for people.

use serde_json::Value;

use crate::engine::Engine;

/// A figure of a row, told with so many decimals.
struct Column {
    head: &'static str,
    decimals: usize,
    /// Whether its ratio to bare tantivy stands beside it.
    ratio: bool,
    of: fn(&Value, f64) -> Option<f64>,
}

/// Made from a row and the bytes of all clauses.
const COLUMNS: [Column; 10] = [
    Column {
        head: "MB/s",
        decimals: 1,
        ratio: true,
        of: |row, bytes| Some(bytes / 1e6 / at(row, "/index/seconds")?),
    },
    Column { head: "CPU s", decimals: 1, ratio: true, of: |row, _| at(row, "/index/cpu_seconds") },
    Column {
        head: "size",
        decimals: 2,
        ratio: true,
        of: |row, bytes| Some(at(row, "/index/index_bytes")? / bytes),
    },
    Column { head: "p50 ms", decimals: 3, ratio: true, of: |row, _| at(row, "/search/p50_ms") },
    Column { head: "p99 ms", decimals: 3, ratio: true, of: |row, _| at(row, "/search/p99_ms") },
    Column { head: "mean ms", decimals: 3, ratio: true, of: |row, _| at(row, "/search/mean_ms") },
    Column { head: "found", decimals: 0, ratio: false, of: |row, _| at(row, "/search/found") },
    Column {
        head: "peak MB",
        decimals: 0,
        ratio: false,
        of: |row, _| Some(at(row, "/index/peak_bytes")? / 1e6),
    },
    Column {
        head: "own MB",
        decimals: 0,
        ratio: false,
        of: |row, _| Some(at(row, "/search/own_bytes")? / 1e6),
    },
    Column {
        head: "all MB",
        decimals: 0,
        ratio: false,
        of: |row, _| Some(at(row, "/search/resident_bytes")? / 1e6),
    },
];

fn at(value: &Value, path: &str) -> Option<f64> {
    value.pointer(path)?.as_f64()
}

/// A row for each engine, its ratios to the engine that does the same with nothing else; then what is
/// asked of ours and what it reaches.
pub fn table(corpus: &Value, rows: &[(Engine, Value)]) -> String {
    let count = |key: &str| at(corpus, key).unwrap_or_default();
    let bytes = count("/text_bytes");
    let mut lines = vec![format!(
        "{} files, {} clauses, {:.1} MB of text, {} queries, {} questions, {} threads",
        count("/files"),
        count("/clauses"),
        bytes / 1e6,
        count("/queries"),
        count("/questions"),
        count("/threads")
    )];
    let row_of = |wanted: Engine| rows.iter().find(|(own, _)| *own == wanted).map(|(_, row)| row);
    let mut head = format!("{:<24}", "");
    for column in &COLUMNS {
        head.push_str(&format!("{:>8}", column.head));
        if column.ratio {
            head.push_str(" ratio");
        }
    }
    lines.push(head);
    let figure = |column: &Column, row| (column.of)(row, bytes);
    for (engine, row) in rows {
        let baseline = row_of(engine.baseline());
        let mut line = format!("{:<24}", engine.title());
        for column in &COLUMNS {
            let own = figure(column, row);
            line.push_str(&format!("{:>8}", shown(own, column.decimals)));
            if column.ratio {
                let ratio = own.zip(baseline.and_then(|baseline| figure(column, baseline)));
                line.push_str(&format!("{:>6}", shown(ratio.map(|(own, bare)| own / bare), 2)));
            }
        }
        lines.push(line);
        if let Some(failed) = row["failed"].as_str() {
            lines.push(format!("  failed: {failed}"));
        }
    }
    lines.push(String::new());
    lines.extend(goals(row_of, bytes));
    lines.join("\n")
}

fn shown(figure: Option<f64>, decimals: usize) -> String {
    figure.map_or("-".to_owned(), |figure| format!("{figure:.decimals$}"))
}

/// What is asked of tiaowen, as `docs/performance.md` has it.
fn goals<'r>(row_of: impl Fn(Engine) -> Option<&'r Value>, bytes: f64) -> Vec<String> {
    let figure = |head: &str, engine: Engine| {
        let column = COLUMNS.iter().find(|column| column.head == head)?;
        (column.of)(row_of(engine)?, bytes)
    };
    let ratio =
        |head, engine: Engine| Some(figure(head, engine)? / figure(head, engine.baseline())?);
    let (ours, facets, asked) = (Engine::Tiaowen, Engine::TiaowenFacets, Engine::TiaowenAsked);
    let goals = [
        ("indexing / bare", ratio("MB/s", ours), ">=", 0.8),
        ("index / text", figure("size", ours), "<=", 1.5),
        ("keywords, p50 / bare", ratio("p50 ms", ours), "<=", 2.5),
        ("keywords, p99 / bare", ratio("p99 ms", ours), "<=", 4.0),
        ("with facets and total, p50 / bare with the same", ratio("p50 ms", facets), "<=", 1.3),
        ("with facets and total, p99 / bare with the same", ratio("p99 ms", facets), "<=", 1.5),
        ("questions, p50 / bare, any word", ratio("p50 ms", asked), "<=", 2.0),
        ("questions, p99 / bare, any word", ratio("p99 ms", asked), "<=", 2.5),
        ("memory while indexing, MB", figure("peak MB", ours), "<=", 600.0),
        ("memory of a search beside the index's files, MB", figure("own MB", ours), "<=", 47.0),
    ];
    let line = |(name, reached, sign, goal): (&str, Option<f64>, &str, f64)| {
        let reached = reached?;
        let met = if sign == ">=" { reached >= goal } else { reached <= goal };
        let met = if met { "met" } else { "missed" };
        Some(format!("{name:<50}{reached:>8.2}  goal {sign} {goal:<6} {met}"))
    };
    goals.into_iter().filter_map(line).collect()
}
