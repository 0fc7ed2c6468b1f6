//! Counters and times of the process. No label carries data: routes are templates, never addresses.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: String,
    status: String,
}

/// Everything that is counted.
pub(crate) struct Measures {
    registry: Registry,
    requests: Family<Route, Counter>,
    seconds: Histogram,
    /// Events kept for the first time.
    pub(crate) events_new: Counter,
    /// Events that were known already.
    pub(crate) events_known: Counter,
    /// Parts of signed deliveries that are not events.
    pub(crate) events_unreadable: Counter,
    /// Deliveries without a valid signature.
    pub(crate) bad_signatures: Counter,
    /// Rows that answers show or count.
    pub(crate) rows: Counter,
    /// Events in the log that queries don't see yet.
    pub(crate) events_waiting: Gauge,
    /// Bytes of the packed columns.
    pub(crate) packed_bytes: Gauge,
    /// Those of them that are mapped from files.
    pub(crate) packed_mapped_bytes: Gauge,
    /// Bytes of the rollups.
    pub(crate) rollup_bytes: Gauge,
    /// Questions answered by the packed columns, and by the lake.
    pub(crate) questions: [Gauge; 2],
    /// Events that can't be read back from the log.
    pub(crate) events_aside: Gauge,
}

impl Measures {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("parclose");
        let new = Self {
            requests: Family::default(),
            seconds: Histogram::new(exponential_buckets(0.001, 2.0, 16)),
            events_new: Counter::default(),
            events_known: Counter::default(),
            events_unreadable: Counter::default(),
            bad_signatures: Counter::default(),
            rows: Counter::default(),
            events_waiting: Gauge::default(),
            packed_bytes: Gauge::default(),
            packed_mapped_bytes: Gauge::default(),
            rollup_bytes: Gauge::default(),
            questions: Default::default(),
            events_aside: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register("http_requests", "Requests answered", new.requests.clone());
        registry.register("http_request_seconds", "Time to answer a request", new.seconds.clone());
        registry.register("events_new", "Events kept for the first time", new.events_new.clone());
        registry.register("events_known", "Events that were known already", new.events_known.clone());
        registry.register("events_unreadable", "Parts of signed deliveries that are not events", new.events_unreadable.clone());
        registry.register("door_bad_signatures", "Deliveries without a valid signature", new.bad_signatures.clone());
        registry.register("rows_answered", "Rows that answers show or count", new.rows.clone());
        registry.register("events_waiting", "Events in the log that queries don't see yet", new.events_waiting.clone());
        registry.register("packed_bytes", "Memory of the packed columns", new.packed_bytes.clone());
        let mapped = "Packed columns that are mapped from files: the system can take them out of memory and read them again";
        registry.register("packed_mapped_bytes", mapped, new.packed_mapped_bytes.clone());
        registry.register("rollup_bytes", "Memory of the rollups", new.rollup_bytes.clone());
        registry.register("questions_packed", "Questions since the start that the packed columns answered", new.questions[0].clone());
        registry.register("questions_lake", "Questions since the start that were left to the lake's files", new.questions[1].clone());
        registry.register("events_aside", "Events that can't be read back from the log and are put aside", new.events_aside.clone());
        Self { registry, ..new }
    }

    /// Counts an answered request.
    pub(crate) fn answered(&self, method: &'static str, route: &str, status: u16, seconds: f64) {
        self.requests.get_or_create(&Route { method, route: route.to_owned(), status: status.to_string() }).inc();
        self.seconds.observe(seconds);
    }

    /// In the text format of Prometheus.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        match prometheus_client::encoding::text::encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(_) => String::new(),
        }
    }
}
