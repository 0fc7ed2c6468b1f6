//! The task attributes that Acme's IVR and plugins write.

use serde_json::{Map, Value, json};

use super::company::Channel;
use super::state::{Task, TaskNo};
use super::world::World;

impl World {
    /// Writes a task's attributes anew, after its story went on.
    pub(super) fn refresh_attributes(&mut self, number: TaskNo) {
        if let Some(task) = self.state.tasks.get(&number) {
            let text = Value::Object(self.attributes_of(task)).to_string();
            if let Some(task) = self.state.tasks.get_mut(&number) {
                task.attributes = text;
            }
        }
    }

    fn attributes_of(&self, task: &Task) -> Map<String, Value> {
        let demand = &self.company.demands[task.demand];
        let story = &task.story;
        let own_contact = match task.channel {
            Channel::Voice | Channel::Sms => format!("{}800555{:03}", demand.prefix, demand.queue),
            Channel::Chat => "webchat".to_owned(),
            Channel::Email => "care@acme.example".to_owned(),
        };
        let mut attributes = Map::new();
        let mut put = |name: &str, value: Value| {
            attributes.insert(name.to_owned(), value);
        };
        let (from, to) =
            if task.outbound { (&own_contact, &task.caller.address) } else { (&task.caller.address, &own_contact) };
        put("direction", json!(if task.outbound { "outbound" } else { "inbound" }));
        put("from", json!(from));
        put("to", json!(to));
        put(if task.outbound { "to_country" } else { "from_country" }, json!(demand.country));
        if let Some(call_sid) = &task.call_sid {
            put("call_sid", json!(call_sid));
        }
        if let Some(transfer) = &story.transfer_sid {
            put("transfer_sid", json!(transfer));
        }
        if let Some(previous) = &story.previous_task {
            put("previous_task_sid", json!(previous));
        }
        if let Some(external_id) = &task.caller.external_id {
            put("customers", json!({ "external_id": external_id }));
        }
        put("conversations", Value::Object(conversations(task, &demand.tag, &own_contact)));
        attributes
    }
}

fn conversations(task: &Task, tag: &str, own_contact: &str) -> Map<String, Value> {
    let story = &task.story;
    let mut conversations = Map::new();
    let mut put = |name: &str, value: Value| {
        conversations.insert(name.to_owned(), value);
    };
    if let Some(first) = &task.conversation {
        put("conversation_id", json!(first));
    }
    put("conversation_attribute_1", json!(tag));
    put("conversation_attribute_2", json!(story.topic));
    put("language", json!(task.caller.language));
    put("external_contact", json!(own_contact));
    put("in_business_hours", json!(if story.in_business_hours { "Yes" } else { "No" }));
    put("hang_up_by", json!(story.hang_up_by));
    if !story.ivr_path.is_empty() && !task.outbound {
        put("ivr_path", json!(story.ivr_path));
        put("ivr_time", json!(story.ivr_seconds));
    }
    if let Some(outcome) = story.outcome {
        put("outcome", json!(outcome));
    }
    if let Some(hold) = story.hold_seconds {
        put("hold_time", json!(hold));
    }
    if let Some((abandoned, phase)) = story.abandoned {
        put("abandoned", json!(abandoned));
        put("abandoned_phase", json!(phase));
    }
    conversations
}
