//! Helpers for tests of this crate: small indexes made like those of a run.

use std::path::Path;

use crate::{IndexError, LastRun, Location, Manifest, Read, Source, Versions};

/// A source of one document with two clauses. `says` is part of its text and serves as its hash.
pub(crate) fn read(name: &str, says: &str) -> Read {
    let text = format!("{name}號協議\n\n一、雙方{says}會面。\n\n二、互相通報{says}。");
    let texts = tiaowen_corpus::read(&format!("{name}.txt"), &text).unwrap();
    let source = Source {
        root: "/docs".to_owned(),
        path: format!("{name}.txt"),
        bytes: text.len() as u64,
        modified: None,
        indexed: None,
        hash: says.to_owned(),
        clauses: 2,
        documents: texts.iter().map(|text| text.document.clone()).collect(),
        sketches: vec![[].into()],
        ocr: None,
        lacks_pages: false,
    };
    Read { source, texts, replaces: false }
}

/// A run that keeps the sources of `index` and puts `reads` in place of those with their names.
pub(crate) fn run(index: &Path, rebuild: bool, reads: Vec<Read>) -> Result<(), IndexError> {
    let mut takes = index.begin(rebuild, 1)?;
    let mut manifest = if rebuild { Manifest::default() } else { takes.known()? };
    let mut reads = reads;
    for read in &mut reads {
        let before = manifest.sources.len();
        manifest.sources.retain(|source| source.path != read.source.path);
        read.replaces = manifest.sources.len() < before;
    }
    for source in &manifest.sources {
        takes.keep(source)?;
    }
    manifest.sources.extend(reads.iter().map(|read| read.source.clone()));
    manifest.sort();
    takes.put(reads)?;
    takes.settle()?;
    takes.finish(&manifest, &Versions::default(), LastRun::default()).map(drop)
}

/// Adds a source for each name to `index`, with the name in its text.
pub(crate) fn indexed(index: &Path, names: &[&str]) {
    run(index, false, names.iter().map(|name| read(name, name)).collect()).unwrap();
}

/// The hash of each source of an index, after verifying that the index is intact.
pub(crate) fn held(index: &Path) -> Vec<String> {
    let open = index.open().unwrap();
    assert_eq!(open.faults().unwrap(), Vec::new());
    assert_eq!(open.unlike_stored(1).unwrap(), Vec::<String>::new());
    let manifest = open.manifest().unwrap();
    assert_eq!(open.clauses().unwrap(), manifest.clauses());
    for document in manifest.documents() {
        let text = open.document(&document.id).unwrap().unwrap();
        assert_eq!(text.clauses.len(), 2);
    }
    manifest.sources.iter().map(|source| source.hash.clone()).collect()
}
