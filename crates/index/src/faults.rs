//! Places where the disk may fail. In tests each of them fails once.

#[cfg(not(test))]
use std::io;
#[cfg(not(test))]
use std::path::Path;

#[cfg(test)]
pub(crate) use injected::{point, watched};
#[cfg(not(test))]
use tantivy::directory::WritePtr;

/// A write, sync, rename or removal is about to happen at a path.
#[cfg(not(test))]
#[inline]
pub(crate) fn point(_: &Path) -> io::Result<()> {
    Ok(())
}

/// What is written to a file of the engine.
#[cfg(not(test))]
#[inline]
pub(crate) fn watched(_: &Path, file: WritePtr) -> WritePtr {
    file
}

#[cfg(test)]
mod injected {
    use std::collections::BTreeMap;
    use std::io::{self, BufWriter, Write};
    use std::path::{Path, PathBuf};
    use std::sync::Mutex;

    use tantivy::directory::{AntiCallToken, TerminatingWrite, WritePtr};

    /// Which of the steps below a folder fails, and with what.
    struct Plan {
        passed: usize,
        fails: usize,
        error: i32,
    }

    static PLANS: Mutex<BTreeMap<PathBuf, Plan>> = Mutex::new(BTreeMap::new());

    /// Lets the step with this number fail below `folder`, counted from 1.
    pub(super) fn plan(folder: &Path, fails: usize, error: i32) {
        PLANS.lock().unwrap().insert(folder.to_owned(), Plan { passed: 0, fails, error });
    }

    /// Lets no further step fail; whether one did.
    pub(super) fn end(folder: &Path) -> bool {
        PLANS.lock().unwrap().remove(folder).is_some_and(|plan| plan.passed >= plan.fails)
    }

    pub(crate) fn point(path: &Path) -> io::Result<()> {
        let mut plans = PLANS.lock().unwrap();
        let plan = plans.iter_mut().find(|(folder, _)| path.starts_with(folder));
        let Some((_, plan)) = plan else { return Ok(()) };
        plan.passed += 1;
        if plan.passed == plan.fails {
            return Err(io::Error::from_raw_os_error(plan.error));
        }
        Ok(())
    }

    struct Watched {
        path: PathBuf,
        file: WritePtr,
    }

    pub(crate) fn watched(path: &Path, file: WritePtr) -> WritePtr {
        BufWriter::new(Box::new(Watched { path: path.to_owned(), file }))
    }

    impl Write for Watched {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            point(&self.path)?;
            self.file.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.file.flush()
        }
    }

    impl TerminatingWrite for Watched {
        fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
            point(&self.path)?;
            self.file.terminate_ref(token)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::injected;
    use crate::{IndexError, LastRun, Location, Manifest, Read, Source, Versions};

    const NO_SPACE: i32 = 28;
    const INPUT_OUTPUT: i32 = 5;

    fn read(name: &str, says: &str) -> Read {
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

    /// A run that holds the sources of `manifest` and takes `reads` instead of those of their names.
    fn run(index: &Path, rebuild: bool, reads: Vec<Read>) -> Result<(), IndexError> {
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

    /// What an index holds: the hash of each source, where all of it is sound.
    fn state(index: &Path) -> Vec<String> {
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

    fn copy(from: &Path, to: &Path) {
        let _ = fs::remove_dir_all(to);
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
    }

    /// One in nine; with `TIAOWEN_WRITES` each, which takes two minutes.
    #[test]
    fn each_write_that_fails_leaves_the_old_or_the_new_state() {
        let every = if std::env::var_os("TIAOWEN_WRITES").is_some() { 1 } else { 9 };
        let work = tempfile::tempdir().unwrap();
        let (base, index) = (work.path().join("base"), work.path().join("index"));
        // As many segments as are merged by the next run.
        for nth in 0..7 {
            run(&base, false, vec![read(&format!("第{nth}"), "前")]).unwrap();
        }
        let old = state(&base);
        for rebuild in [false, true] {
            let now = || {
                let again = [0, 1, 2, 4, 5, 6].into_iter().filter(|_| rebuild);
                let again = again.map(|nth| read(&format!("第{nth}"), "再"));
                again.chain([read("第3", "新"), read("第9", "新")]).collect()
            };
            copy(&base, &index);
            run(&index, rebuild, now()).unwrap();
            let new = state(&index);
            assert_ne!(new, old);
            for error in [NO_SPACE, INPUT_OUTPUT] {
                let mut failed = 0;
                for nth in (1..).step_by(every) {
                    copy(&base, &index);
                    injected::plan(&index, nth, error);
                    let ran = run(&index, rebuild, now());
                    if !injected::end(&index) {
                        ran.unwrap();
                        break;
                    }
                    failed += 1;
                    let after = state(&index);
                    assert!(after == old || after == new, "step {nth}: {after:?}");
                    // A run that says it is done is.
                    assert!(ran.is_err() || after == new, "step {nth}: {after:?}");
                    run(&index, rebuild, now()).unwrap();
                    assert_eq!(state(&index), new, "step {nth}");
                }
                assert!(failed * every > 20, "{failed} steps");
            }
        }
    }

    #[test]
    fn a_merge_that_fails_is_reported() {
        let work = tempfile::tempdir().unwrap();
        let (base, index) = (work.path().join("base"), work.path().join("index"));
        for nth in 0..7 {
            run(&base, false, vec![read(&format!("第{nth}"), "前")]).unwrap();
        }
        let unmerged = (1..200).any(|nth| {
            copy(&base, &index);
            injected::plan(&index, nth, NO_SPACE);
            let ran = run(&index, false, vec![read("第9", "新")]);
            injected::end(&index);
            matches!(ran, Err(IndexError::Unmerged { .. }))
        });
        assert!(unmerged);
        // The next run merges what is left.
        run(&index, false, vec![read("第10", "新")]).unwrap();
        assert_eq!(state(&index).len(), 9);
    }
}
