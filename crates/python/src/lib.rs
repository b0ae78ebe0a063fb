//! tiaowen for Python.
//!
//! Functions here answer JSON of the shapes that `wire` defines, the same that the command line prints,
//! and `tiaowen/__init__.py` reads it into dictionaries with their types. Handing over text instead of
//! building Python objects keeps one definition of each shape, and reading 400 clauses of JSON takes
//! less than a search. The interpreter is free for other threads meanwhile.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyOSError, PyValueError};
use pyo3::prelude::*;
use serde::Serialize;
use tiaowen_compare::export::LanguageTags;
use tiaowen_compare::{compare, matching};
use tiaowen_corpus::{DocumentKind, DocumentText};
use tiaowen_index::ClauseRecord;
use tiaowen_indexer::{Prune, RunOptions};
use tiaowen_query::{Filter, QueryError, Request, Searcher, Sort};
use tiaowen_terms::TermTable;
use tiaowen_text::{Budget, Script};
use tiaowen_wire::write::{self, ComparisonFormat};
use tiaowen_wire::{
    AnswerJson, ClauseJson, DocumentTextJson, DocumentsJson, Permalinks, Presenter, StatusJson,
};

create_exception!(_tiaowen, Error, PyException, "What tiaowen can't read, search or compare.");

/// What is printed has no address: there is no server.
const NOWHERE: &Permalinks = &Permalinks::none();

fn failed(error: impl std::fmt::Display) -> PyErr {
    Error::new_err(error.to_string())
}

/// A script by its name.
fn script(name: &str) -> PyResult<Script> {
    match name {
        "hant" => Ok(Script::Hant),
        "hans" => Ok(Script::Hans),
        _ => Err(PyValueError::new_err(format!("script is hant or hans, not '{name}'"))),
    }
}

/// Why a search failed, with arguments by their names here.
fn not_searched(error: QueryError) -> PyErr {
    match error {
        QueryError::UndatedInRange => PyValueError::new_err(
            "undated can't be combined with since, until or date: in the query: documents without \
             a date pass none of them",
        ),
        error => failed(error),
    }
}

fn json(value: &impl Serialize) -> PyResult<String> {
    serde_json::to_string(value).map_err(failed)
}

/// The presenter for `display`: original, hant or hans.
fn presenter(display: &str) -> PyResult<Presenter> {
    let script = match display {
        "original" => None,
        "hant" => Some(Script::Hant),
        "hans" => Some(Script::Hans),
        _ => {
            let reason = format!("display is original, hant or hans, not '{display}'");
            return Err(PyValueError::new_err(reason));
        }
    };
    Presenter::new(script).map_err(failed)
}

/// The documents of a file.
fn read_file(file: &Path) -> PyResult<Vec<DocumentText>> {
    let at = |reason: &dyn std::fmt::Display| failed(format!("{}: {reason}", file.display()));
    let bytes = std::fs::read(file).map_err(|error| {
        PyOSError::new_err((error.raw_os_error(), error.to_string(), file.to_owned()))
    })?;
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    let side = tiaowen_indexer::side_file(file).map_err(|error| at(&error))?;
    let read = tiaowen_indexer::read_source(&name, &bytes, side.as_deref(), &Default::default());
    Ok(read.map_err(|error| at(&error))?.texts)
}

/// A file, or `FILE#N` for its Nth document.
fn read_named(name: &str) -> PyResult<Vec<DocumentText>> {
    let whole = Path::new(name);
    let numbered = name.rsplit_once('#').filter(|(file, _)| Path::new(file).exists());
    let Some((file, ordinal)) = numbered.filter(|_| !whole.exists()) else {
        return read_file(whole);
    };
    let mut texts = read_file(Path::new(file))?;
    let count = texts.len();
    let at = ordinal.parse::<usize>().ok().and_then(|ordinal| ordinal.checked_sub(1));
    let at = at.filter(|at| *at < count).ok_or_else(|| {
        PyValueError::new_err(format!("{file} has {count} documents, and none '#{ordinal}'"))
    })?;
    Ok(vec![texts.swap_remove(at)])
}

fn present(texts: &mut [DocumentText], presenter: &Presenter) -> PyResult<()> {
    for text in texts {
        presenter.document(&mut text.document).map_err(failed)?;
        for clause in &mut text.clauses {
            presenter.clause(clause, &mut Vec::new()).map_err(failed)?;
        }
        let mut dropped = std::mem::take(&mut text.dropped).into();
        presenter.dropped(&mut dropped).map_err(failed)?;
        text.dropped = dropped.into_owned();
    }
    Ok(())
}

/// The documents of a file with their clauses and with what was left out, as a list in JSON.
#[pyfunction]
fn documents(py: Python<'_>, file: PathBuf, display: &str) -> PyResult<String> {
    py.detach(|| {
        let presenter = presenter(display)?;
        let mut texts = read_file(&file)?;
        present(&mut texts, &presenter)?;
        let documents: Vec<_> = texts.iter().map(document_json).collect();
        json(&documents)
    })
}

fn document_json(text: &DocumentText) -> DocumentTextJson<'_> {
    let clauses = text.clauses.iter();
    let clauses = clauses.map(|clause| ClauseJson::new(&text.document, clause, NOWHERE));
    DocumentTextJson::new(&text.document, clauses.collect(), NOWHERE).leaving(&text.dropped)
}

/// A term table, with the user's rows added to those built in.
fn term_table(file: Option<&Path>) -> PyResult<Cow<'static, TermTable>> {
    let built_in = TermTable::built_in();
    let Some(file) = file else { return Ok(Cow::Borrowed(built_in)) };
    let text = std::fs::read_to_string(file)
        .map_err(|error| PyOSError::new_err(format!("{}: {error}", file.display())))?;
    let read = built_in.with(&text).map(Cow::Owned);
    read.map_err(|error| failed(format!("{}: {error}", file.display())))
}

/// A comparison of two files in one of the formats of `tiaowen compare`.
#[pyfunction]
fn comparison(
    py: Python<'_>,
    left: &str,
    right: &str,
    terms: Option<PathBuf>,
    format: &str,
) -> PyResult<Vec<u8>> {
    let format = match format {
        "json" => ComparisonFormat::Json,
        "csv" => ComparisonFormat::Csv,
        "html" => ComparisonFormat::Html,
        "tmx" => ComparisonFormat::Tmx { units: false, tags: LanguageTags::default() },
        "docx" => ComparisonFormat::Docx(None),
        "tracked" => ComparisonFormat::Tracked,
        _ => {
            let reason = format!("format is json, csv, html, tmx, docx or tracked, not '{format}'");
            return Err(PyValueError::new_err(reason));
        }
    };
    py.detach(|| {
        let terms = term_table(terms.as_deref())?;
        let (lefts, rights) = (read_named(left)?, read_named(right)?);
        let (l, r) = matching(&lefts, &rights).map_err(|matches| {
            let how = if matches.is_empty() { "no documents match" } else { "several match" };
            PyValueError::new_err(format!("{how} clearly; name one of each side with #N"))
        })?;
        let comparison = compare(&lefts[l], &rights[r], &terms);
        write::comparison(&comparison, &format, NOWHERE, &Budget::unlimited()).map_err(failed)
    })
}

/// Indexes files and folders; the report of the run in JSON.
#[pyfunction]
fn index(
    py: Python<'_>,
    paths: Vec<PathBuf>,
    into: PathBuf,
    rebuild: bool,
    prune: bool,
    follow: bool,
) -> PyResult<String> {
    py.detach(|| {
        let prune = if prune { Prune::Gone } else { Prune::No };
        let options = RunOptions { rebuild, prune, follow, ..RunOptions::default() };
        let report = tiaowen_indexer::run(&paths, &into, &options, &|_| {});
        json(&report.map_err(failed)?)
    })
}

/// Makes a consistent copy of the index in `index`.
#[pyfunction]
fn snapshot(py: Python<'_>, index: PathBuf, to: PathBuf, copy: bool) -> PyResult<()> {
    py.detach(|| tiaowen_index::Snapshot::take(&index, &to, copy).map(drop).map_err(failed))
}

/// An index that is open: it answers as of the commit that it was opened at.
#[pyclass(frozen, name = "Index")]
struct OpenIndex {
    folder: PathBuf,
    searcher: Searcher,
}

/// How a search is narrowed, in the words of the command line. Of a list any value is enough.
#[derive(FromPyObject)]
struct Filters {
    #[pyo3(item)]
    script: Vec<String>,
    #[pyo3(item)]
    kind: Vec<String>,
    #[pyo3(item)]
    year: Vec<String>,
    #[pyo3(item)]
    undated: bool,
    #[pyo3(item)]
    since: Option<String>,
    #[pyo3(item)]
    until: Option<String>,
    #[pyo3(item)]
    in_force: Option<String>,
    #[pyo3(item)]
    as_of: Option<String>,
    #[pyo3(item)]
    added_since: Option<String>,
    #[pyo3(item)]
    party: Vec<String>,
    #[pyo3(item)]
    place: Vec<String>,
    #[pyo3(item)]
    unit: Vec<String>,
    #[pyo3(item)]
    number: Vec<String>,
}

impl Filters {
    fn filter(self) -> PyResult<Filter> {
        let kind = |name: &String| {
            DocumentKind::parse(name)
                .ok_or_else(|| PyValueError::new_err(format!("there is no kind '{name}'")))
        };
        Ok(Filter {
            scripts: self.script.iter().map(|name| script(name)).collect::<PyResult<_>>()?,
            kinds: self.kind.iter().map(kind).collect::<PyResult<_>>()?,
            years: self.year,
            undated: self.undated,
            from: self.since,
            to: self.until,
            in_force: self.in_force,
            as_of: self.as_of,
            added_since: self.added_since,
            parties: self.party,
            places: self.place,
            units: self.unit,
            numbers: self.number,
            ..Filter::default()
        })
    }
}

/// What a search is asked for beside its query and filters.
#[derive(FromPyObject)]
struct Options {
    #[pyo3(item)]
    limit: usize,
    #[pyo3(item)]
    offset: usize,
    #[pyo3(item)]
    sort: String,
    #[pyo3(item)]
    expand: bool,
    #[pyo3(item)]
    phonetic: bool,
    #[pyo3(item)]
    group: bool,
    #[pyo3(item)]
    count: bool,
    #[pyo3(item)]
    facets: bool,
    #[pyo3(item)]
    explain: bool,
    #[pyo3(item)]
    display: String,
}

#[pymethods]
impl OpenIndex {
    #[new]
    fn new(py: Python<'_>, folder: PathBuf) -> PyResult<Self> {
        let searcher = py.detach(|| Searcher::open(&folder)).map_err(failed)?;
        Ok(OpenIndex { folder, searcher })
    }

    /// The answer to a query in JSON.
    fn search(
        &self,
        py: Python<'_>,
        query: String,
        filters: Filters,
        options: Options,
    ) -> PyResult<String> {
        let sort = match options.sort.as_str() {
            "score" => Sort::Score,
            "date" => Sort::Date,
            other => {
                let reason = format!("sort is score or date, not '{other}'");
                return Err(PyValueError::new_err(reason));
            }
        };
        let request = Request {
            query,
            limit: options.limit,
            offset: options.offset,
            sort,
            filter: filters.filter()?,
            expand: options.expand,
            phonetic: options.phonetic,
            relax: true,
            group: options.group,
            count: options.count,
            facets: options.facets,
            explain: options.explain,
            meaning: false,
        };
        py.detach(|| {
            let presenter = presenter(&options.display)?;
            let mut answer = self.searcher.search(&request).map_err(not_searched)?;
            for hit in &mut answer.hits {
                presenter.document(hit.record.document.to_mut()).map_err(failed)?;
                let clause = hit.record.clause.to_mut();
                presenter.clause(clause, &mut hit.highlights).map_err(failed)?;
            }
            json(&AnswerJson::new(&request.query, &answer, &[], NOWHERE))
        })
    }

    /// Documents with clauses that answer a query, each with their number, in JSON.
    fn documents(&self, py: Python<'_>, query: String, filters: Filters) -> PyResult<String> {
        let request = Request { filter: filters.filter()?, ..Request::new(query) };
        py.detach(|| {
            let found = self.searcher.documents(&request, &Budget::unlimited());
            let found = found.map_err(not_searched)?;
            let listed: Vec<_> =
                found.into_iter().map(|hits| (hits.document, hits.clauses)).collect();
            json(&DocumentsJson::new(listed.len() as u64, &listed, NOWHERE))
        })
    }

    /// A clause by its id in JSON; none where there is none.
    fn clause(&self, py: Python<'_>, id: &str) -> PyResult<Option<String>> {
        py.detach(|| {
            let record = self.searcher.clause(id).map_err(failed)?;
            let shown = |record: ClauseRecord<'_>| {
                json(&ClauseJson::new(&record.document, &record.clause, NOWHERE))
            };
            record.map(shown).transpose()
        })
    }

    /// A document by its id with its clauses, in JSON; none where there is none.
    fn document(&self, py: Python<'_>, id: &str) -> PyResult<Option<String>> {
        py.detach(|| {
            let records = self.searcher.document(id).map_err(failed)?;
            let text = ClauseRecord::document(records);
            text.map(|text| json(&document_json(&text))).transpose()
        })
    }

    /// What is indexed, in JSON.
    fn status(&self, py: Python<'_>) -> PyResult<String> {
        py.detach(|| {
            let about = self.searcher.about().map_err(failed)?;
            let manifest = self.searcher.manifest().map_err(failed)?;
            let bytes = tiaowen_index::ClauseIndex::bytes_on_disk(&self.folder);
            json(&StatusJson::new(bytes, &about, &manifest))
        })
    }
}

#[pymodule]
mod _tiaowen {
    #[pymodule_export]
    use super::{Error, OpenIndex, comparison, documents, index, snapshot};
}
