//! Which units an event touches.

use super::fields::{text, utc_day};
use super::timeline::{What, worker_of};
use crate::unit::UnitKey;
use parclose_model::Event;

/// The units that an event changes directly. A reservation also cuts the status rows of its worker: the pipeline
/// finds those days by [`reservations`](super::reservations). Kinds that no row depends on touch nothing.
pub fn task_units(event: &Event) -> Vec<UnitKey> {
    let Some(day) = utc_day(event.at_ms) else { return Vec::new() };
    match event.kind.as_str() {
        "worker.activity.update" => match worker_of(event) {
            Some(worker) => vec![UnitKey::WorkerDay(worker.clone(), day), UnitKey::WorkerNow(worker)],
            None => Vec::new(),
        },
        "worker.deleted" => worker_of(event).map(UnitKey::WorkerNow).into_iter().collect(),
        kind if What::of(kind).is_some() => {
            let task = event.task.clone().or_else(|| text(event, "task_sid").map(|sid| sid.into_owned()));
            task.map(UnitKey::Task).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
