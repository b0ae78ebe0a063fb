//! The clauses whose meaning is nearest to a query.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tiaowen_text::{Budget, Spent};

use crate::endpoint::{Endpoint, EndpointError, Patience};
use crate::packed::QueryVector;
use crate::sides::Side;
use crate::store::{Near, StoreError, Vectors, folder_of};

/// The vectors of so many queries are kept, so that further pages of an answer ask for none.
const KEPT: usize = 64;

/// A server that did not answer in time isn't asked again for so long, as each search would wait.
const REST: Duration = Duration::from_secs(10);

/// Why meaning has no part in an answer. The other hits are the same without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MeaningFault {
    /// No server was set.
    #[error("no embedding server is set")]
    NoEndpoint,
    /// The index has no vectors, or can't have any.
    #[error("this index has no vectors yet")]
    NoVectors,
    /// The vectors can't be read.
    #[error("the vectors of this index can't be read")]
    Unreadable,
    /// The server can't be reached.
    #[error("the embedding server can't be reached")]
    Away,
    /// It did not answer in time.
    #[error("the embedding server did not answer in time")]
    Slow,
    /// It refused.
    #[error("the embedding server refused ({status})")]
    Refused {
        /// The status of its answer.
        status: u16,
    },
    /// Its answer has no vector.
    #[error("the embedding server did not answer with a vector")]
    Junk,
    /// Its vector has another dimension than those of the index.
    #[error(
        "the embedding server has another model: {answered} dimensions instead of the index's {stored}"
    )]
    Dimension {
        /// The dimension of its answer.
        answered: usize,
        /// The dimension of the index's vectors.
        stored: usize,
    },
    /// The search was cancelled or took too long.
    #[error(transparent)]
    Spent(#[from] Spent),
}

impl From<&EndpointError> for MeaningFault {
    fn from(error: &EndpointError) -> Self {
        match error {
            EndpointError::Address { .. } | EndpointError::Away { .. } => MeaningFault::Away,
            EndpointError::Slow { .. } => MeaningFault::Slow,
            EndpointError::Refused { status, .. } => MeaningFault::Refused { status: *status },
            EndpointError::Junk { .. } => MeaningFault::Junk,
        }
    }
}

impl From<StoreError> for MeaningFault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Spent(spent) => MeaningFault::Spent(spent),
            _ => MeaningFault::Unreadable,
        }
    }
}

/// Which clauses of an index have vectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The number of clauses with a vector.
    pub filled: u64,
    /// The state of the index that they were filled for; `None` if no run got to the end.
    pub version: Option<String>,
}

/// The nearest clauses, and how many clauses were compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Opinion {
    /// The clauses, the nearest first.
    pub near: Vec<Near>,
    /// Which clauses have vectors.
    pub coverage: Coverage,
}

/// The vectors of an index with the server for those of queries. It follows runs that change the
/// vectors, and can be shared between threads.
#[derive(Debug, Default)]
pub struct Meaning {
    endpoint: Option<Endpoint>,
    index: Option<PathBuf>,
    open: Mutex<Option<Opened>>,
    /// The vectors of the last queries, with model.
    asked: Mutex<Vec<(String, String, Arc<QueryVector>)>>,
    /// When the server last failed to answer in time.
    rests: Mutex<Option<Instant>>,
}

/// Opened vectors, with the time at which their set was written.
#[derive(Debug)]
struct Opened {
    written: Option<(SystemTime, u64)>,
    vectors: Arc<Vectors>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Meaning {
    /// Meaning for the index in a folder. Without a server or a folder, no clause is near to any query.
    pub fn new(endpoint: Option<Endpoint>, index: Option<&Path>) -> Self {
        Meaning { endpoint, index: index.map(Path::to_owned), ..Meaning::default() }
    }

    /// Whether a server was set.
    pub fn is_set(&self) -> bool {
        self.endpoint.is_some()
    }

    /// The `keep` clauses nearest to a query.
    ///
    /// # Errors
    /// When there is no server, it fails, or there are no vectors to compare.
    pub fn nearest(
        &self,
        query: &str,
        keep: usize,
        budget: &Budget,
    ) -> Result<Opinion, MeaningFault> {
        let endpoint = self.endpoint.as_ref().ok_or(MeaningFault::NoEndpoint)?;
        let vectors = self.vectors()?;
        let asked = self.asked(endpoint, &vectors, query)?;
        let near = vectors.nearest(&asked, keep, budget)?;
        let version = vectors.version().map(str::to_owned);
        Ok(Opinion { near, coverage: Coverage { filled: vectors.filled(), version } })
    }

    /// The vectors as they are now.
    fn vectors(&self) -> Result<Arc<Vectors>, MeaningFault> {
        let index = self.index.as_ref().ok_or(MeaningFault::NoVectors)?;
        let set = folder_of(index).join("set.json");
        let metadata = std::fs::metadata(set).ok();
        let written = metadata.and_then(|set| Some((set.modified().ok()?, set.len())));
        let mut open = lock(&self.open);
        match &*open {
            Some(opened) if written.is_some() && opened.written == written => {
                Ok(Arc::clone(&opened.vectors))
            }
            _ => {
                let vectors = Vectors::open(index)?.ok_or(MeaningFault::NoVectors)?;
                let vectors = Arc::new(vectors);
                *open = Some(Opened { written, vectors: Arc::clone(&vectors) });
                Ok(vectors)
            }
        }
    }

    /// The vector of a query.
    fn asked(
        &self,
        endpoint: &Endpoint,
        vectors: &Vectors,
        query: &str,
    ) -> Result<Arc<QueryVector>, MeaningFault> {
        let stamp = vectors.stamp();
        let is_this = |(known, model, asked): &&(String, String, Arc<QueryVector>)| {
            known == query && *model == stamp.model && asked.dimension() == stamp.dimension
        };
        if let Some((_, _, asked)) = lock(&self.asked).iter().find(is_this) {
            return Ok(Arc::clone(asked));
        }
        if lock(&self.rests).is_some_and(|since| since.elapsed() < REST) {
            return Err(MeaningFault::Slow);
        }
        let made = endpoint
            .vectors(&stamp.model, &stamp.sides, Side::Query, &[query], Patience::ASKING)
            .map_err(|error| MeaningFault::from(&error));
        *lock(&self.rests) = (made == Err(MeaningFault::Slow)).then(Instant::now);
        let asked =
            made?.first().and_then(|vector| QueryVector::of(vector)).ok_or(MeaningFault::Junk)?;
        let (answered, stored) = (asked.dimension(), stamp.dimension);
        if answered != stored {
            return Err(MeaningFault::Dimension { answered, stored });
        }
        let asked = Arc::new(asked);
        let mut all = lock(&self.asked);
        if all.len() >= KEPT {
            all.remove(0);
        }
        all.push((query.to_owned(), stamp.model.clone(), Arc::clone(&asked)));
        Ok(asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fill::{FillOptions, Filling};
    use crate::testing::{Stub, Trouble};

    fn filled(index: &Path, stub: &Stub) {
        let endpoint = Endpoint::new(&stub.url(), None).unwrap();
        let mut filling = Filling::begin(index, endpoint, &FillOptions::default()).unwrap();
        for (id, text) in [
            ("a.art_1", "雙方相互承認學歷學位。"),
            ("a.art_2", "雙方海關交換數據。"),
            ("b.art_1", "双方海关交换数据。"),
        ] {
            filling.offer(id, text).unwrap();
        }
        filling.finish("v1").unwrap();
    }

    fn meaning(index: &Path, stub: &Stub) -> Meaning {
        Meaning::new(Some(Endpoint::new(&stub.url(), None).unwrap()), Some(index))
    }

    #[test]
    fn the_nearest_clause_is_found_in_other_words_and_either_script() {
        let (index, stub) = (tempfile::tempdir().unwrap(), Stub::new());
        filled(index.path(), &stub);
        let meaning = meaning(index.path(), &stub);
        let of = |query: &str| {
            let opinion = meaning.nearest(query, 3, &Budget::unlimited()).unwrap();
            assert_eq!(opinion.coverage, Coverage { filled: 3, version: Some("v1".into()) });
            opinion.near.into_iter().map(|near| near.id).collect::<Vec<_>>()
        };
        assert_eq!(of("mutual recognition of diplomas")[0], "a.art_1");
        assert_eq!(of("海關的數據")[2], "a.art_1");
        assert_eq!(of("海關的數據"), of("海关的数据"));
        let requests = stub.requests();
        of("海關的數據");
        assert_eq!(stub.requests(), requests, "a query is sent once");
    }

    #[test]
    fn each_fault_is_told_and_the_next_query_tries_again() {
        let (index, stub) = (tempfile::tempdir().unwrap(), Stub::new());
        let budget = Budget::unlimited();
        let none = Meaning::new(None, Some(index.path()));
        assert_eq!(none.nearest("甲", 1, &budget), Err(MeaningFault::NoEndpoint));
        let meaning = meaning(index.path(), &stub);
        assert_eq!(meaning.nearest("甲", 1, &budget), Err(MeaningFault::NoVectors));
        filled(index.path(), &stub);
        for (trouble, fault) in [
            (Trouble::Status(503), MeaningFault::Refused { status: 503 }),
            (Trouble::Junk, MeaningFault::Junk),
            (Trouble::Empty, MeaningFault::Junk),
            (Trouble::BreaksAfter(0), MeaningFault::Away),
        ] {
            stub.set(trouble);
            assert_eq!(meaning.nearest("甲", 1, &budget), Err(fault), "{trouble:?}");
        }
        stub.set(Trouble::OtherDimension);
        let other = meaning.nearest("乙", 1, &budget);
        assert!(matches!(other, Err(MeaningFault::Dimension { .. })), "{other:?}");
        stub.set(Trouble::None);
        assert!(meaning.nearest("甲", 1, &budget).is_ok());
        stub.set(Trouble::Silent);
        assert_eq!(meaning.nearest("丙", 1, &budget), Err(MeaningFault::Slow));
        let requests = stub.requests();
        assert_eq!(meaning.nearest("丁", 1, &budget), Err(MeaningFault::Slow));
        assert_eq!(stub.requests(), requests, "a silent server is left alone for a while");
        assert!(meaning.nearest("甲", 1, &budget).is_ok(), "what is known needs no server");
        std::fs::write(folder_of(index.path()).join("set.json"), "{").unwrap();
        assert_eq!(meaning.nearest("甲", 1, &budget), Err(MeaningFault::Unreadable));
    }
}
