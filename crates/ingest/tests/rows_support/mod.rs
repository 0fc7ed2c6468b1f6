//! A small language for telling a task's story in tests.
#![allow(dead_code)]

use parclose_ingest::UnitRows;
use parclose_model::{Cell, Event, EventKind, Row};
use serde_json::{Map, Value, json};

/// 2026-11-21T00:00:00Z, the day on which all stories happen.
pub const DAY: &str = "2026-11-21";
pub const MIDNIGHT: i64 = 1_795_219_200_000;
pub const TASK: &str = "WT1";

/// `07:21:33` or `07:21:33.250` on that day.
pub fn at(clock: &str) -> i64 {
    let (clock, ms) = clock.split_once('.').unwrap_or((clock, "0"));
    let parts: Vec<i64> = clock.split(':').map(|part| part.parse().unwrap()).collect();
    MIDNIGHT + ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000 + ms.parse::<i64>().unwrap()
}

/// The clock of an instant on that day.
pub fn clock(cell: &Cell) -> String {
    let seconds = (cell.as_instant().expect("an instant") - MIDNIGHT) / 1000;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// The events of one task, told in order.
#[derive(Debug, Clone, Default)]
pub struct Story {
    pub events: Vec<Event>,
    queue: Option<String>,
    attributes: Value,
    worker_attributes: Map<String, Value>,
}

impl Story {
    /// A story in a queue.
    pub fn new(queue: &str) -> Self {
        Self { queue: Some(queue.into()), attributes: json!({"from": "+15550100"}), ..Self::default() }
    }
    /// From here on events carry these task attributes.
    pub fn says(mut self, attributes: Value) -> Self {
        self.attributes = attributes;
        self
    }
    /// This worker's attributes from here on.
    pub fn worker(mut self, worker: &str, attributes: Value) -> Self {
        self.worker_attributes.insert(worker.into(), attributes);
        self
    }
    /// From here on the task is in this queue.
    pub fn queue(mut self, queue: &str) -> Self {
        self.queue = Some(queue.into());
        self
    }
    /// An event of the task.
    pub fn task(self, clock: &str, kind: &str) -> Self {
        self.tell(clock, kind, None, json!({}))
    }
    /// An event of the task with further fields.
    pub fn task_with(self, clock: &str, kind: &str, fields: Value) -> Self {
        self.tell(clock, kind, None, fields)
    }
    /// An event of a reservation: `offer("07:00:00", "accepted", "WR1", "john")`.
    pub fn offer(self, clock: &str, what: &str, reservation: &str, worker: &str) -> Self {
        let known = self.worker_attributes.get(worker).cloned();
        let mut fields = json!({"reservation_sid": reservation, "worker_name": worker});
        if let Some(known) = known {
            fields["worker_attributes"] = Value::String(known.to_string());
        }
        self.tell(clock, &format!("reservation.{what}"), Some(worker), fields)
    }
    fn tell(mut self, clock: &str, kind: &str, worker: Option<&str>, fields: Value) -> Self {
        let mut payload = Map::new();
        if let Some(queue) = &self.queue {
            payload.insert("task_queue_name".into(), json!(queue));
            payload.insert("task_queue_sid".into(), json!(format!("WQ-{queue}")));
        }
        payload.insert("task_channel_unique_name".into(), json!("voice"));
        payload.insert("workflow_name".into(), json!("Assign"));
        if !self.attributes.is_null() {
            payload.insert("task_attributes".into(), Value::String(self.attributes.to_string()));
        }
        for (name, value) in fields.as_object().into_iter().flatten() {
            payload.insert(name.clone(), value.clone());
        }
        self.events.push(Event {
            id: format!("EV{}", self.events.len() + 1),
            source: "taskrouter".into(),
            kind: EventKind::new(kind),
            at_ms: at(clock),
            task: Some(TASK.into()),
            worker: worker.map(Into::into),
            payload,
        });
        self
    }
    /// The rows of the story.
    pub fn rows(&self) -> UnitRows {
        parclose_ingest::rows::task_rows(TASK, &self.events)
    }
}

/// A status update of a worker.
pub fn update(id: &str, clock: &str, from: &str, to: &str, ms: i64) -> Event {
    status_event(
        id,
        at(clock),
        json!({
            "worker_previous_activity_name": from,
            "worker_activity_name": to,
            "worker_time_in_previous_activity": (ms / 1000).to_string(),
            "worker_time_in_previous_activity_ms": ms.to_string(),
            "worker_name": "dina",
            "worker_attributes": "{\"full_name\":\"Dina Doe\",\"team_id\":\"7\",\"team_name\":\"Anvils\",\"department_id\":\"d\"}",
        }),
    )
}

/// A status update with any fields.
pub fn status_event(id: &str, at_ms: i64, fields: Value) -> Event {
    Event {
        id: id.into(),
        source: "taskrouter".into(),
        kind: EventKind::new("worker.activity.update"),
        at_ms,
        task: None,
        worker: Some("WK1".into()),
        payload: fields.as_object().cloned().unwrap_or_default(),
    }
}

/// A cell as text for tables in tests: `-` for null.
pub fn show(row: &Row, column: &str) -> String {
    match row.get(column) {
        Cell::Null => "-".into(),
        Cell::Text(text) => text.to_string(),
        Cell::Whole(number) => number.to_string(),
        Cell::Number(number) => number.to_string(),
        cell @ Cell::Instant(_) => clock(cell),
    }
}

/// The rows as lines of the named columns, for comparing with a table.
pub fn table(rows: &[Row], columns: &[&str]) -> Vec<String> {
    rows.iter().map(|row| columns.iter().map(|column| show(row, column)).collect::<Vec<_>>().join(" | ")).collect()
}

/// Kind, start, agent, queue, queue time, ring, talk, wrap-up, abandoned.
pub const USUAL: [&str; 9] = [
    "kind",
    "segment_start",
    "agent_name",
    "queue",
    "queue_time",
    "ring_time",
    "talk_time",
    "wrap_up_time",
    "abandoned",
];

/// The row with this segment id.
pub fn by_id<'a>(rows: &'a UnitRows, id: &str) -> &'a Row {
    let found = rows.segments.iter().find(|row| row.get("segment_id").as_text() == Some(id));
    found.unwrap_or_else(|| panic!("no segment {id}"))
}

/// Sums a fact over rows; nulls count nothing.
pub fn sum<'a>(rows: impl IntoIterator<Item = &'a Row>, column: &str) -> i64 {
    rows.into_iter().filter_map(|row| row.get(column).as_whole()).sum()
}
