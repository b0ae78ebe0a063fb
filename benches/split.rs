//! Measures how fast sources are split, compared with jieba's segmentation of the same text in the
//! same run, and how the time grows with the size of a file.
//!
//! ```sh
//! cargo bench --bench split -- FOLDER [FOLDER …]
//! ```

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::path::{Path, PathBuf};
use std::time::Instant;

/// The documents of a source. Decoding is part of splitting.
fn split(name: &str, bytes: &[u8]) -> Vec<tiaowen_corpus::DocumentText> {
    let text = tiaowen_extract::decode(bytes).ok();
    text.and_then(|decoded| tiaowen_corpus::read(name, &decoded.text).ok()).unwrap_or_default()
}

fn main() {
    let mut folders: Vec<PathBuf> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .map(PathBuf::from)
        .collect();
    if folders.is_empty() {
        folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"));
    }
    let sources: Vec<(String, Vec<u8>)> =
        folders.iter().flat_map(|folder| sources(folder)).collect();
    let bytes: usize = sources.iter().map(|(_, bytes)| bytes.len()).sum();
    println!("{} sources, {:.1} MB, one thread", sources.len(), bytes as f64 / 1e6);

    let mut clauses = 0;
    let split = timed(|| {
        for (name, bytes) in &sources {
            let documents = split(name, bytes);
            clauses += documents.iter().map(|document| document.clauses.len()).sum::<usize>();
        }
    });
    let jieba = jieba_rs::Jieba::new();
    let mut words = 0;
    let segmented = timed(|| {
        for (_, bytes) in &sources {
            if let Ok(text) = std::str::from_utf8(bytes) {
                words += jieba.cut_for_search(text, false).len();
            }
        }
    });
    let rate = |seconds: f64| bytes as f64 / 1e6 / seconds;
    println!("splitting      {:>8.1} MB/s   {clauses} clauses", rate(split));
    println!("jieba, search  {:>8.1} MB/s   {words} words", rate(segmented));
    println!("splitting / jieba {:>5.1}", segmented / split);

    println!("\none file of");
    let unit: String =
        sources.iter().filter_map(|(_, bytes)| std::str::from_utf8(bytes).ok()).take(300).collect();
    for times in [1, 2, 4, 8, 16] {
        let text = unit.repeat(times);
        let split = || {
            let _ = tiaowen_corpus::read("a.txt", &text);
        };
        // The better of two runs, as the first also waits for memory from the system.
        let seconds = timed(split).min(timed(split));
        println!(
            "{:>8.1} MB {:>8.1} MB/s",
            text.len() as f64 / 1e6,
            text.len() as f64 / 1e6 / seconds
        );
    }
}

fn timed(mut work: impl FnMut()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64()
}

fn sources(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    let read =
        |file: PathBuf| Some((file.file_name()?.to_str()?.to_owned(), std::fs::read(&file).ok()?));
    files.into_iter().filter_map(read).collect()
}
