//! State into events, with the fields that the platform sends. All values are text, as in callbacks.

use parclose_model::{Event, EventKind};
use serde_json::{Map, Value};

use super::company::sid;
use super::state::{Activity, OfferNo, TaskNo};
use super::world::World;

/// The platform's id of an activity.
pub(super) fn activity_sid(activity: Activity) -> String {
    // Computed once per activity and not once per event.
    static SIDS: std::sync::LazyLock<Vec<String>> =
        std::sync::LazyLock::new(|| Activity::ALL.iter().map(|a| sid("WA", a.name())).collect());
    SIDS[activity as usize].clone()
}

static WORKFLOW_SID: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| sid("WW", "Assign to anyone"));

struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), Value::String(value.into()));
    }
}

impl World {
    /// Tells something of a task, or of an offer of it. Events of one task never share an instant: their order
    /// is part of the story.
    pub(super) fn tell_task(
        &mut self,
        at_ms: i64,
        number: TaskNo,
        kind: &str,
        offer: Option<OfferNo>,
        extra: &[(&str, &str)],
    ) {
        let Some(task) = self.state.tasks.get_mut(&number) else { return };
        let at_ms = at_ms.max(task.last_ms + 1);
        task.last_ms = at_ms;
        task.version += 1;
        let id = self.draws.sid("EV");
        let Some(task) = self.state.tasks.get(&number) else { return };
        let offer = offer.and_then(|offer| self.state.offers.get(&offer));
        let mut fields = Fields(Map::with_capacity(30));
        fields.put("account_sid", &self.company.account_sid);
        fields.put("workspace_sid", &self.company.workspace_sid);
        fields.put("resource_type", if offer.is_some() { "reservation" } else { "task" });
        fields.put("resource_sid", offer.map_or(&task.sid, |offer| &offer.sid));
        fields.put("task_sid", &task.sid);
        fields.put("task_attributes", &task.attributes);
        fields.put("task_age", ((at_ms - task.created_ms) / 1000).to_string());
        fields.put("task_priority", task.priority.to_string());
        fields.put("task_assignment_status", status(kind));
        fields.put("task_version", task.version.to_string());
        fields.put("task_date_created", (task.created_ms / 1000).to_string());
        fields.put("task_virtual_start_time", (task.virtual_start_ms / 1000).to_string());
        fields.put("task_channel_unique_name", task.channel.name());
        fields.put("workflow_sid", WORKFLOW_SID.as_str());
        fields.put("workflow_name", "Assign to anyone");
        if kind != "task.created" {
            let queue = &self.company.queues[offer.map_or(task.queue, |offer| offer.queue)];
            fields.put("task_queue_sid", &queue.sid);
            fields.put("task_queue_name", &queue.name);
            fields.put("task_queue_entered_date", (task.entered_ms / 1000).to_string());
        }
        for (name, value) in extra {
            fields.put(name, *value);
        }
        let mut worker = None;
        if let Some(offer) = offer {
            let agent = &self.company.agents[offer.agent];
            let activity = self.state.desks[offer.agent].activity;
            fields.put("reservation_sid", &offer.sid);
            fields.put("reservation_version", offer.version.to_string());
            fields.put("worker_sid", &agent.sid);
            fields.put("worker_name", &agent.name);
            fields.put("worker_attributes", &agent.attributes);
            fields.put("worker_activity_sid", activity_sid(activity));
            fields.put("worker_activity_name", activity.name());
            worker = Some(agent.sid.clone());
        }
        let task = Some(task.sid.clone());
        self.tell(event(id, kind, at_ms, task, worker, fields));
    }

    /// Tells something of a worker; `before` is the previous activity and its milliseconds.
    pub(super) fn tell_worker(&mut self, at_ms: i64, agent: usize, kind: &str, before: Option<(Activity, i64)>) {
        let id = self.draws.sid("EV");
        let (worker, desk) = (&self.company.agents[agent], &self.state.desks[agent]);
        let mut fields = Fields(Map::with_capacity(16));
        fields.put("account_sid", &self.company.account_sid);
        fields.put("workspace_sid", &self.company.workspace_sid);
        fields.put("resource_type", "worker");
        fields.put("resource_sid", &worker.sid);
        fields.put("worker_sid", &worker.sid);
        fields.put("worker_name", &worker.name);
        fields.put("worker_attributes", &worker.attributes);
        fields.put("worker_activity_sid", activity_sid(desk.activity));
        fields.put("worker_activity_name", desk.activity.name());
        fields.put("worker_version", desk.version.to_string());
        if let Some((previous, spent_ms)) = before {
            fields.put("worker_previous_activity_sid", activity_sid(previous));
            fields.put("worker_previous_activity_name", previous.name());
            fields.put("worker_time_in_previous_activity", (spent_ms / 1000).to_string());
            fields.put("worker_time_in_previous_activity_ms", spent_ms.to_string());
        }
        let worker = Some(worker.sid.clone());
        self.tell(event(id, kind, at_ms, None, worker, fields));
    }

    /// Tells something of the workspace's own objects.
    pub(super) fn tell_plain(&mut self, at_ms: i64, kind: &str, list: Vec<(&'static str, String)>) {
        let mut fields = Fields(Map::new());
        fields.put("account_sid", &self.company.account_sid);
        fields.put("workspace_sid", &self.company.workspace_sid);
        list.into_iter().for_each(|(name, value)| fields.put(name, value));
        let id = self.draws.sid("EV");
        self.tell(event(id, kind, at_ms, None, None, fields));
    }
}

fn event(id: String, kind: &str, at_ms: i64, task: Option<String>, worker: Option<String>, fields: Fields) -> Event {
    Event { id, source: super::SOURCE.to_owned(), kind: EventKind::new(kind), at_ms, task, worker, payload: fields.0 }
}

/// The task's status after an event.
fn status(kind: &str) -> &'static str {
    match kind {
        "reservation.created" => "reserved",
        "reservation.accepted" | "task.transfer-completed" | "task.transfer-initiated" | "task.transfer-failed" => {
            "assigned"
        }
        "reservation.wrapup" | "task.wrapup" => "wrapping",
        "reservation.completed" | "task.completed" => "completed",
        "reservation.canceled" | "task.canceled" => "canceled",
        _ => "pending",
    }
}
