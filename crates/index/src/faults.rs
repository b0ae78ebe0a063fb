//! Points where the disk may fail. Tests make each of them fail once.

#[cfg(not(test))]
use std::io;
#[cfg(not(test))]
use std::path::Path;

#[cfg(test)]
pub(crate) use injected::{end, plan, point, watched};
#[cfg(not(test))]
use tantivy::directory::WritePtr;

/// Called before a write, sync, rename or removal at a path.
#[cfg(not(test))]
#[inline]
pub(crate) fn point(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Wraps the writer of an engine file.
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

    /// Which step below a folder fails, and with which error.
    struct Plan {
        passed: usize,
        fails: usize,
        error: i32,
    }

    static PLANS: Mutex<BTreeMap<PathBuf, Plan>> = Mutex::new(BTreeMap::new());

    /// Makes the step with this number fail below `folder`, counted from 1.
    pub(crate) fn plan(folder: &Path, fails: usize, error: i32) {
        PLANS.lock().unwrap().insert(folder.to_owned(), Plan { passed: 0, fails, error });
    }

    /// Ends the plan; returns whether a step failed.
    pub(crate) fn end(folder: &Path) -> bool {
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

    use super::{end, plan};
    use crate::IndexError;
    use crate::testing::{held, read, run};

    const NO_SPACE: i32 = 28;
    const INPUT_OUTPUT: i32 = 5;

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

    /// Every ninth write fails; with `TIAOWEN_WRITES` each does, which takes two minutes.
    #[test]
    fn each_write_that_fails_leaves_the_old_or_the_new_state() {
        let every = if std::env::var_os("TIAOWEN_WRITES").is_some() { 1 } else { 9 };
        let work = tempfile::tempdir().unwrap();
        let (base, index) = (work.path().join("base"), work.path().join("index"));
        // As many segments as the next run will merge.
        for nth in 0..7 {
            run(&base, false, vec![read(&format!("第{nth}"), "前")]).unwrap();
        }
        let old = held(&base);
        for rebuild in [false, true] {
            let now = || {
                let again = [0, 1, 2, 4, 5, 6].into_iter().filter(|_| rebuild);
                let again = again.map(|nth| read(&format!("第{nth}"), "再"));
                again.chain([read("第3", "新"), read("第9", "新")]).collect()
            };
            copy(&base, &index);
            run(&index, rebuild, now()).unwrap();
            let new = held(&index);
            assert_ne!(new, old);
            for error in [NO_SPACE, INPUT_OUTPUT] {
                let mut failed = 0;
                for nth in (1..).step_by(every) {
                    copy(&base, &index);
                    plan(&index, nth, error);
                    let ran = run(&index, rebuild, now());
                    if !end(&index) {
                        ran.unwrap();
                        break;
                    }
                    failed += 1;
                    let after = held(&index);
                    assert!(after == old || after == new, "step {nth}: {after:?}");
                    // A run that reports success has succeeded.
                    assert!(ran.is_err() || after == new, "step {nth}: {after:?}");
                    run(&index, rebuild, now()).unwrap();
                    assert_eq!(held(&index), new, "step {nth}");
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
            plan(&index, nth, NO_SPACE);
            let ran = run(&index, false, vec![read("第9", "新")]);
            end(&index);
            matches!(ran, Err(IndexError::Unmerged { .. }))
        });
        assert!(unmerged);
        // The next run merges the rest.
        run(&index, false, vec![read("第10", "新")]).unwrap();
        assert_eq!(held(&index).len(), 9);
    }
}
