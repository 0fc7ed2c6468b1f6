//! Transfers of calls: cold (the customer waits again) and warm (the agents talk first). Both stay in one task, as
//! on the platform; what is written moves to a new task of the same conversation instead.

use super::state::{Action, OfferNo, Stage, TaskNo};
use super::world::World;

impl World {
    pub(super) fn transfer(&mut self, now: i64, number: OfferNo) {
        let Some(offer) = self.state.offers.get(&number) else { return };
        let (task_no, agent, queue, ends_ms) = (offer.task, offer.agent, offer.queue, offer.talk_ends_ms);
        let targets = &self.company.queues[queue].transfers_to;
        if targets.is_empty() {
            self.at(ends_ms.max(now), Action::TalkEnd { offer: number });
            return;
        }
        let target = self.draws.pick(targets);
        let warm = self.draws.chance(0.45);
        let consulted = self.free_agent(now, target, task_no).filter(|other| *other != agent);
        let transfer_sid = self.draws.sid("TT");
        let Some(task) = self.state.tasks.get_mut(&task_no) else { return };
        task.transfers += 1;
        task.queue = target;
        task.story.transfer_sid = Some(transfer_sid);
        self.refresh_attributes(task_no);
        match consulted.filter(|_| warm) {
            Some(other) => {
                self.initiated(now, task_no, "WARM", target);
                self.offer(now, task_no, other, Some(number));
            }
            None => self.cold(now, task_no, number, target),
        }
    }

    fn cold(&mut self, now: i64, task_no: TaskNo, number: OfferNo, target: usize) {
        self.initiated(now, task_no, "COLD", target);
        let patience_ms = 9_000 + (self.draws.exponential(170.0) * 1000.0) as i64;
        if let Some(task) = self.state.tasks.get_mut(&task_no) {
            task.stage = Stage::Waiting;
            task.entered_ms = now;
            task.wait += 1;
            let wait = task.wait;
            self.at(now + patience_ms, Action::GiveUp { task: task_no, wait });
        }
        if let Some(offer) = self.state.offers.get_mut(&number) {
            offer.handed_over = Some("Cold Transfer");
        }
        self.talk_end(now, number);
        self.state.waiting[target].push_back(task_no);
        self.dispatch(now, target);
    }

    fn initiated(&mut self, now: i64, task_no: TaskNo, mode: &str, target: usize) {
        let to = self.company.queues[target].sid.clone();
        let fields = [("transfer_mode", mode), ("transfer_type", "QUEUE"), ("transfer_to", to.as_str())];
        self.tell_task(now, task_no, "task.transfer-initiated", None, &fields);
    }

    /// The second agent is in: the first leaves after some words.
    pub(super) fn hand_over(&mut self, now: i64, first: OfferNo) {
        let consult_ms = self.draws.whole(2_000, 5_000);
        if let Some(offer) = self.state.offers.get_mut(&first) {
            offer.handed_over = Some("Warm Transfer");
            offer.hold_seconds = Some(offer.hold_seconds.unwrap_or(0) + consult_ms / 1000 + 6);
        }
        self.at(now + consult_ms, Action::TalkEnd { offer: first });
    }

    /// The second agent didn't answer: the first goes on.
    pub(super) fn consult_failed(&mut self, now: i64, task_no: TaskNo, first: OfferNo) {
        let Some((queue, ends_ms)) = self.state.offers.get(&first).map(|o| (o.queue, o.talk_ends_ms)) else { return };
        self.tell_task(now, task_no, "task.transfer-failed", None, &[]);
        if let Some(task) = self.state.tasks.get_mut(&task_no) {
            task.queue = queue;
        }
        self.at(ends_ms.max(now + 5_000), Action::TalkEnd { offer: first });
    }
}
