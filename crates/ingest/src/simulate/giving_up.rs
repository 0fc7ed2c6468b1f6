//! Patience, and what customers do when it ends: hang up, leave a message, ask to be called back.

use super::company::Channel;
use super::state::{Action, Stage, TaskNo};
use super::world::World;

impl World {
    /// How long a customer waits; nobody waits *for* a mail or a callback.
    pub(super) fn patience(&mut self, now: i64, number: TaskNo) -> Option<i64> {
        let task = self.state.tasks.get(&number)?;
        let (channel, queue, outbound) = (task.channel, task.queue, task.outbound);
        let seconds = match channel {
            _ if outbound => return None,
            Channel::Email | Channel::Sms => return None,
            Channel::Chat => 20.0 + self.draws.exponential(600.0),
            // They are told that nobody is there.
            Channel::Voice if !self.is_staffed(now, queue) => 8.0 + self.draws.exponential(16.0),
            Channel::Voice => 5.0 + self.draws.exponential(300.0),
        };
        Some((seconds * 1000.0) as i64)
    }

    pub(super) fn give_up(&mut self, now: i64, number: TaskNo, wait: u32) {
        let Some(task) = self.state.tasks.get(&number) else { return };
        if task.wait != wait || task.stage == Stage::Handled {
            return;
        }
        let (stage, queue, demand, entered_ms) = (task.stage, task.queue, task.demand, task.entered_ms);
        let voice = task.channel == Channel::Voice;
        let first = voice && task.transfers == 0;
        let staffed = self.is_staffed(now, queue);
        let (reason, follow_up) = match (first, staffed) {
            (true, false) if self.draws.chance(0.6) => ("Voicemail left", Some(("Follow-Up", "Voicemail"))),
            (true, true) if now - entered_ms > 40_000 && self.draws.chance(0.2) => {
                ("Callback requested", Some(("Follow-Up", "Callback Request")))
            }
            _ if voice => ("hangup", None),
            _ => ("Customer left the chat", None),
        };
        if follow_up.is_some() {
            if let Some(task) = self.state.tasks.get_mut(&number) {
                task.story.abandoned = follow_up;
            }
            self.refresh_attributes(number);
        }
        let mut freed = None;
        if let Stage::Ringing(offer_no) = stage {
            if let Some(offer) = self.state.offers.get_mut(&offer_no) {
                offer.version += 1;
                freed = Some(offer.agent);
            }
            self.tell_task(now, number, "reservation.canceled", Some(offer_no), &[]);
            self.state.offers.remove(&offer_no);
        }
        self.tell_task(now, number, "task.canceled", None, &[("task_canceled_reason", reason)]);
        self.state.waiting[queue].retain(|waiting| *waiting != number);
        if let Some(task) = self.state.tasks.remove(&number)
            && follow_up.is_some()
        {
            let at_ms = if staffed { now + self.draws.whole(8, 50) * 60_000 } else { self.next_opening(now, demand) };
            let conversation = task.conversation.unwrap_or(task.sid);
            let (caller, since_ms) = (Box::new(task.caller), task.created_ms);
            self.at(at_ms, Action::CallBack { caller, demand, conversation, since_ms });
        }
        if let Some(agent) = freed {
            self.release(now, agent, voice);
        }
    }
}
