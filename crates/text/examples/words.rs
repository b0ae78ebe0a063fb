//! Prints the dictionary for cutting texts and queries: jieba's words, folded, and the terms of
//! `data/terms.txt`. Each term gets the lowest frequency at which jieba cuts it as one word.
//! `scripts/words` runs this program with the path of jieba's original dictionary.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

use jieba_rs::Jieba;
use tiaowen_text::{JIEBA_VERSION, fold, is_han};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name jieba's dictionary: words DICT")?;
    let mut words: BTreeMap<String, usize> = BTreeMap::new();
    for line in std::fs::read_to_string(path)?.lines() {
        let mut parts = line.split(' ');
        let (Some(word), Some(frequency)) = (parts.next(), parts.next()) else { continue };
        // Words that fold to the same form add up their frequencies. Latin letters are cut
        // separately.
        if word.chars().all(is_han) {
            *words.entry(fold(word)).or_default() += frequency.parse::<usize>()?;
        }
    }
    let mut jieba = Jieba::with_dict(&mut printed(&words).as_bytes())?;
    for line in include_str!("../data/terms.txt").lines() {
        let term = fold(line.split('#').next().unwrap_or_default().trim());
        if !term.is_empty() {
            let frequency = jieba.add_word(&term, None, None);
            words.insert(term, frequency);
        }
    }
    let printed = printed(&words);
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "# Words of jieba-rs {JIEBA_VERSION} and terms.txt, folded, and how frequent they are."
    )?;
    writeln!(out, "# {} in all. Made by scripts/words.", words.values().sum::<usize>())?;
    writeln!(out, "# blake3 {}", &blake3::hash(printed.as_bytes()).to_hex()[..16])?;
    out.write_all(printed.as_bytes())?;
    Ok(())
}

fn printed(words: &BTreeMap<String, usize>) -> String {
    words.iter().map(|(word, frequency)| format!("{word} {frequency}\n")).collect()
}
