//! Metrics for Prometheus, in the OpenMetrics text format.

use std::sync::atomic::AtomicU64;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::{App, Site};

/// The media type of the metrics.
pub(crate) const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The upper bounds of the histogram buckets for durations, in seconds.
const CLASSES: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    status: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// The metrics that change with requests.
#[derive(Debug)]
pub(crate) struct Metrics {
    started: SystemTime,
    requests: Family<Answered, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    in_progress: Gauge,
}

/// A request being answered, until it is dropped.
pub(crate) struct InProgress(Gauge);

impl Drop for InProgress {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        Metrics {
            started: SystemTime::now(),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(CLASSES)),
            in_progress: Gauge::default(),
        }
    }

    /// Counts a request as in progress.
    pub(crate) fn begin(&self) -> InProgress {
        self.in_progress.inc();
        InProgress(self.in_progress.clone())
    }

    /// Counts an answer by its route rather than its path, so that there are few labels.
    pub(crate) fn answered(&self, route: &str, method: &'static str, status: u16, took: Duration) {
        let route = route.to_owned();
        let label = Answered { route: route.clone(), method, status: u32::from(status) };
        self.requests.get_or_create(&label).inc();
        self.seconds.get_or_create(&Route { route }).observe(took.as_secs_f64());
    }

    /// All metrics with their current values.
    ///
    /// # Errors
    /// When they can't be written as text.
    pub(crate) fn text(&self, site: &Site) -> Result<String, std::fmt::Error> {
        let mut all = Registry::default();
        let registry = all.sub_registry_with_prefix("tiaowen");
        registry.register("requests", "Requests answered", self.requests.clone());
        let help = "Time from a request's head to the head of its answer";
        registry.register_with_unit("request", help, Unit::Seconds, self.seconds.clone());
        let help = "Requests that are being answered";
        registry.register("requests_in_progress", help, self.in_progress.clone());
        self.register_load(registry, site);
        register_index(registry, &site.app);
        self.register_process(&mut all);
        let mut text = String::new();
        encode(&mut text, &all)?;
        Ok(text)
    }

    fn register_load(&self, registry: &mut Registry, site: &Site) {
        let load = site.app.work.load();
        let mut gauge = |name: &str, help: &str, value: usize| {
            registry.register(name, help, ConstGauge::new(value as u64));
        };
        gauge("work_running", "Requests that search, compare or read", load.running);
        gauge("work_waiting", "Requests that wait for others to end", load.waiting);
        gauge("connections", "Connections that are open", site.open.count());
        let help = "Requests told to come again, as too many were waiting";
        registry.register("work_refused", help, ConstCounter::new(load.refused));
    }

    fn register_process(&self, all: &mut Registry) {
        let since = self.started.duration_since(UNIX_EPOCH).unwrap_or_default();
        let help = "When the process started, in seconds since 1970";
        let started = ConstGauge::new(since.as_secs_f64());
        all.register_with_unit("process_start_time", help, Unit::Seconds, started);
        if let Some(bytes) = resident_bytes() {
            let help = "Memory of the process that is resident";
            let resident = ConstGauge::new(bytes);
            all.register_with_unit("process_resident_memory", help, Unit::Bytes, resident);
        }
    }
}

fn register_index(registry: &mut Registry, app: &App) {
    let snapshot = app.live.snapshot();
    let documents = snapshot.manifest.documents().count() as u64;
    registry.register("index_documents", "Documents of the index", ConstGauge::new(documents));
    let clauses = snapshot.manifest.clauses();
    registry.register("index_clauses", "Clauses of the index", ConstGauge::new(clauses));
    let at = snapshot.about.last_run.at;
    let help = "When the commit that answers was made, in seconds since 1970";
    registry.register_with_unit("index_commit_time", help, Unit::Seconds, ConstGauge::new(at));
    let taken: Counter<u64, AtomicU64> = Counter::default();
    taken.inc_by(app.live.taken());
    registry.register("index_commits_followed", "Commits taken over since the start", taken);
}

/// The resident memory, if the system reports it (Linux).
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}
