//! Talking and wrapping up.

use super::company::Channel;
use super::state::{Action, OfferNo, Stage};
use super::world::World;

impl World {
    pub(super) fn accept(&mut self, now: i64, number: OfferNo) {
        let Some(offer) = self.state.offers.get_mut(&number) else { return };
        offer.version += 1;
        let (task_no, agent, consult_of) = (offer.task, offer.agent, offer.consult_of);
        let Some(task) = self.state.tasks.get_mut(&task_no) else { return };
        task.stage = Stage::Handled;
        let (channel, transfers, outbound) = (task.channel, task.transfers, task.outbound);
        self.tell_task(now, task_no, "reservation.accepted", Some(number), &[]);
        if transfers > 0 {
            self.tell_task(now, task_no, "task.transfer-completed", None, &[]);
        }
        let pace = self.company.agents[agent].pace;
        let (median, sigma) = match channel {
            Channel::Voice => (205.0, 0.75),
            Channel::Chat => (400.0, 0.6),
            Channel::Sms => (330.0, 0.6),
            Channel::Email => (280.0, 0.55),
        };
        let talk_ms = (self.draws.lognormal(median * pace, sigma, 6.0, 3_600.0) * 1000.0) as i64;
        let hold = channel == Channel::Voice && talk_ms > 40_000 && self.draws.chance(0.17);
        let hold_seconds = hold.then(|| self.draws.lognormal(35.0, 0.7, 4.0, talk_ms as f64 / 2000.0) as i64);
        if let Some(offer) = self.state.offers.get_mut(&number) {
            offer.talk_ends_ms = now + talk_ms;
            offer.hold_seconds = hold_seconds;
        }
        if let Some(first) = consult_of {
            self.hand_over(now, first);
        }
        let goes_on = channel == Channel::Voice && transfers == 0 && !outbound && talk_ms > 60_000;
        if goes_on && self.draws.chance(0.075) {
            let after_ms = talk_ms * self.draws.whole(30, 70) / 100;
            self.at(now + after_ms, Action::Transfer { offer: number });
        } else {
            self.at(now + talk_ms, Action::TalkEnd { offer: number });
        }
    }

    /// The agent's part of the talk is over.
    pub(super) fn talk_end(&mut self, now: i64, number: OfferNo) {
        let Some(offer) = self.state.offers.get_mut(&number) else { return };
        let (task_no, handed_over) = (offer.task, offer.handed_over);
        let voice = self.state.tasks.get(&task_no).is_some_and(|task| task.channel == Channel::Voice);
        if handed_over.is_none() {
            self.conversation_ends(now, number);
        }
        let wraps = handed_over.is_some() || self.draws.chance(if voice { 0.95 } else { 0.6 });
        if !wraps {
            self.wrap_end(now, number);
            return;
        }
        if let Some(offer) = self.state.offers.get_mut(&number) {
            offer.version += 1;
        }
        self.with_hand_over(task_no, number, |world| {
            world.tell_task(now, task_no, "reservation.wrapup", Some(number), &[]);
        });
        let wrap_seconds = if handed_over.is_some() {
            // Whoever hands over is done at once: the next agent's part must not end before this one's.
            self.draws.lognormal(3.0, 0.3, 2.0, 5.0)
        } else {
            self.tell_task(now, task_no, "task.wrapup", None, &[]);
            self.draws.lognormal(32.0, 0.8, 2.0, 600.0)
        };
        self.at(now + (wrap_seconds * 1000.0) as i64, Action::WrapEnd { offer: number });
    }

    /// Who hung up, what came of it, and whether a written conversation goes on elsewhere.
    fn conversation_ends(&mut self, now: i64, number: OfferNo) {
        let Some(task_no) = self.state.offers.get(&number).map(|offer| offer.task) else { return };
        let Some(task) = self.state.tasks.get(&task_no) else { return };
        let targets = &self.company.queues[task.queue].transfers_to;
        let forwards = task.channel == Channel::Chat && task.transfers == 0 && task.queue < 8 && !targets.is_empty();
        let (caller, demand) = (task.caller.clone(), task.demand);
        let conversation = task.conversation.clone().unwrap_or_else(|| task.sid.clone());
        let previous = task.sid.clone();
        let target = (forwards && self.draws.chance(0.05)).then(|| self.draws.pick(targets));
        let outcome = match target {
            Some(_) => "Transferred",
            None => self.draws.weighted(&[
                ("Resolved", 0.66),
                ("Order placed", 0.12),
                ("Follow-up needed", 0.10),
                ("Escalated", 0.05),
                ("Wrong number", 0.03),
                ("Unresolved", 0.04),
            ]),
        };
        let hang_up_by = if self.draws.chance(0.7) { "Customer" } else { "Agent" };
        if let Some(task) = self.state.tasks.get_mut(&task_no) {
            task.story.outcome = Some(outcome);
            task.story.hang_up_by = if target.is_some() { "Cold Transfer" } else { hang_up_by };
        }
        let Some(target) = target else { return };
        let next = self.create(now + 400, demand, caller, Some(conversation));
        // The new task waits in the other queue, and keeps the conversation's tag.
        let own_queue = self.company.demands[demand].queue;
        self.state.waiting[own_queue].retain(|waiting| *waiting != next);
        self.state.waiting[target].push_back(next);
        if let Some(task) = self.state.tasks.get_mut(&next) {
            task.queue = target;
            task.transfers = 1;
            task.story.previous_task = Some(previous);
        }
        self.enter(now + 400, next);
    }

    /// The agent is done; with the last agent the task is done.
    pub(super) fn wrap_end(&mut self, now: i64, number: OfferNo) {
        let Some(offer) = self.state.offers.get_mut(&number) else { return };
        offer.version += 1;
        let (task_no, agent, handed_over) = (offer.task, offer.agent, offer.handed_over);
        self.with_hand_over(task_no, number, |world| {
            world.tell_task(now, task_no, "reservation.completed", Some(number), &[]);
        });
        self.state.offers.remove(&number);
        let mut voice = true;
        let mut outcome = "Resolved";
        if let Some(task) = self.state.tasks.get_mut(&task_no) {
            task.running -= 1;
            voice = task.channel == Channel::Voice;
            outcome = task.story.outcome.unwrap_or(outcome);
        }
        if handed_over.is_none() {
            self.tell_task(now, task_no, "task.completed", None, &[("task_completed_reason", outcome)]);
            self.state.tasks.remove(&task_no);
        }
        self.release(now, agent, voice);
    }

    /// Tells something with the attributes as this agent's part has them: the hold that was theirs and, for a
    /// handed-over part, how it ended.
    fn with_hand_over(&mut self, task_no: u64, number: OfferNo, tell: impl FnOnce(&mut Self)) {
        let part = self.state.offers.get(&number).map(|offer| (offer.hold_seconds, offer.handed_over));
        let Some((hold_seconds, handed_over)) = part else { return };
        let Some(task) = self.state.tasks.get_mut(&task_no) else { return };
        let hang_up_by = task.story.hang_up_by;
        task.story.hold_seconds = hold_seconds;
        task.story.hang_up_by = handed_over.unwrap_or(hang_up_by);
        self.refresh_attributes(task_no);
        tell(self);
        if let Some(task) = self.state.tasks.get_mut(&task_no)
            && handed_over.is_some()
        {
            task.story.hold_seconds = None;
            task.story.hang_up_by = hang_up_by;
            self.refresh_attributes(task_no);
        }
    }
}
