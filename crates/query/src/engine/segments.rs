//! Searches the segments of an index, one after another, or in parallel if there is enough to do.
//!
//! A pool of helper threads serves large searches only, so that a search never waits for, say, a
//! long comparison. With as many searches running as there are cores, each stays on its own thread:
//! helping one another would make all of them slower.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};

use rayon::{ThreadPool, ThreadPoolBuilder};
use tiaowen_index::tantivy::collector::Collector;
use tiaowen_index::tantivy::query::{EnableScoring, Query, Weight};
use tiaowen_index::tantivy::{Result, Searcher, SegmentOrdinal, SegmentReader, TantivyError};
use tiaowen_text::Budget;

/// The least number of clauses that the engine expects in the largest segment for a parallel search
/// to pay off. Below it, waking another core takes longer than it saves.
const MUCH: u64 = 2_000;

/// The helper threads. `None` if threads can't be started.
static HELPERS: LazyLock<Option<ThreadPool>> = LazyLock::new(|| {
    ThreadPoolBuilder::new().thread_name(|nth| format!("search-{nth}")).build().ok()
});

/// The number of searches that are running.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// A running search, until it is dropped.
pub(crate) struct Running(());

impl Running {
    pub(crate) fn begin() -> Self {
        RUNNING.fetch_add(1, Ordering::Relaxed);
        Running(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The helper threads, and how many cores are free for them.
fn helpers() -> Option<(&'static ThreadPool, usize)> {
    let helpers = HELPERS.as_ref()?;
    let free = helpers.current_num_threads().saturating_sub(RUNNING.load(Ordering::Relaxed));
    (free > 0).then_some((helpers, free))
}

/// A query prepared for all segments.
pub(crate) struct SegmentSearch<'s> {
    searcher: &'s Searcher,
    budget: Budget,
    weight: Box<dyn Weight>,
    side_by_side: bool,
    /// See [`hits`](Self::hits).
    hits: u32,
}

impl<'s> SegmentSearch<'s> {
    pub(crate) fn of(searcher: &'s Searcher, query: &dyn Query, budget: &Budget) -> Result<Self> {
        going_on(budget)?;
        let weight = query.weight(EnableScoring::enabled_from_searcher(searcher))?;
        let readers = searcher.segment_readers();
        let (mut side_by_side, mut hits) = (false, 0);
        if let Some(largest) = readers.iter().max_by_key(|reader| reader.max_doc()) {
            let scorer = weight.scorer(largest, 1.0)?;
            side_by_side = readers.len() > 1 && scorer.cost() >= MUCH;
            hits = scorer.size_hint();
        }
        Ok(SegmentSearch { searcher, budget: budget.clone(), weight, side_by_side, hits })
    }

    /// The number of clauses that the engine expects to match in the largest segment.
    pub(crate) fn hits(&self) -> u32 {
        self.hits
    }

    /// The collected result of all segments, like [`Searcher::search`].
    pub(crate) fn collect<C: Collector>(&self, collector: &C) -> Result<C::Fruit> {
        let collect = |segment, reader: &SegmentReader, weight: &dyn Weight| {
            collector.collect_segment(weight, segment, reader)
        };
        collector.merge_fruits(self.each(collect)?)
    }

    /// The results of `of` for each segment. An error if the budget is spent, as the query then
    /// ended early.
    pub(crate) fn each<T: Send>(
        &self,
        of: impl Fn(SegmentOrdinal, &SegmentReader, &dyn Weight) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let readers: Vec<_> = (0..).zip(self.searcher.segment_readers()).collect();
        each(&readers, self.side_by_side, |(segment, reader)| {
            let found = of(*segment, reader, &*self.weight)?;
            going_on(&self.budget)?;
            Ok(found)
        })
    }
}

/// An error of the engine if the budget is spent. Callers check the budget to recognise it.
pub(crate) fn going_on(budget: &Budget) -> Result<()> {
    budget.check().map_err(|spent| TantivyError::InternalError(spent.to_string()))
}

/// The results of `of` for each of `all`, in order; with `side_by_side`, on as many cores as are
/// free.
pub(crate) fn each<A: Sync, T: Send>(
    all: &[A],
    side_by_side: bool,
    of: impl Fn(&A) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let helpers = if side_by_side && all.len() > 1 { helpers() } else { None };
    let Some((helpers, free)) = helpers else { return all.iter().map(of).collect() };
    let given: Vec<Mutex<Option<Result<T>>>> = all.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    // The calling thread works too, and doesn't wait for the others to wake up.
    let work = || {
        while let at = next.fetch_add(1, Ordering::Relaxed)
            && let (Some(item), Some(place)) = (all.get(at), given.get(at))
        {
            let result = of(item);
            if let Ok(mut place) = place.lock() {
                *place = Some(result);
            }
        }
    };
    helpers.in_place_scope(|scope| {
        for _ in 0..free.min(all.len() - 1) {
            scope.spawn(|_| work());
        }
        work();
    });
    let result = given.into_iter().map(|place| place.into_inner());
    result
        .map(|item| item.ok().flatten().expect("each was worked on before the scope ended"))
        .collect()
}

#[cfg(test)]
mod tests {
    use tiaowen_index::tantivy::TantivyError;

    use super::{Running, each};

    #[test]
    fn side_by_side_gives_what_one_after_the_other_does() {
        for many in [0, 1, 2, 7, 100] {
            let all: Vec<u32> = (0..many).collect();
            let [one, other] = [false, true].map(|side_by_side| {
                each(&all, side_by_side, |item| Ok((*item, item * item))).unwrap()
            });
            assert_eq!(one, other);
            assert_eq!(one, all.iter().map(|item| (*item, item * item)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn where_as_many_run_as_there_are_cores_each_keeps_to_its_own() {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let running: Vec<Running> = (0..cores).map(|_| Running::begin()).collect();
        let caller = std::thread::current().id();
        let all: Vec<u32> = (0..100).collect();
        let who = each(&all, true, |_| Ok(std::thread::current().id())).unwrap();
        assert!(who.iter().all(|thread| *thread == caller));
        drop(running);
    }

    #[test]
    fn the_first_error_is_told() {
        let of = |item: &u32| match item {
            3 | 5 => Err(TantivyError::InvalidArgument(item.to_string())),
            item => Ok(*item),
        };
        for side_by_side in [false, true] {
            let error = each(&[0, 1, 2, 3, 4, 5, 6], side_by_side, of).unwrap_err();
            assert!(matches!(error, TantivyError::InvalidArgument(item) if item == "3"));
        }
    }
}
