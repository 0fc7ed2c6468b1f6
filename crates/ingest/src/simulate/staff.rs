//! Agents: shifts, breaks, and what is told about them.

use super::emit;
use super::state::Activity;
use super::world::World;

impl World {
    /// The first instant: the workspace's activities, queues and workers as they are.
    pub(super) fn found(&mut self, now: i64) {
        for activity in Activity::ALL {
            let fields = vec![
                ("activity_sid", emit::activity_sid(activity)),
                ("activity_name", activity.name().to_owned()),
                ("activity_available", (activity == Activity::Available).to_string()),
            ];
            self.tell_plain(now, "activity.created", fields);
        }
        for queue in 0..self.company.queues.len() {
            let queue = &self.company.queues[queue];
            let fields = vec![("task_queue_sid", queue.sid.clone()), ("task_queue_name", queue.name.clone())];
            self.tell_plain(now, "task-queue.created", fields);
        }
        for agent in 0..self.company.agents.len() {
            self.tell_worker(now, agent, "worker.created", None);
        }
    }

    pub(super) fn shift_start(&mut self, now: i64, agent: usize, until_ms: i64) {
        self.state.desks[agent].shift_until_ms = until_ms;
        self.wish(now, agent, Activity::Available);
    }

    pub(super) fn shift_end(&mut self, now: i64, agent: usize) {
        // A second shift that began meanwhile goes on.
        if self.state.desks[agent].shift_until_ms <= now {
            self.wish(now, agent, Activity::Offline);
        }
    }

    pub(super) fn pause(&mut self, now: i64, agent: usize, activity: u8) {
        if self.state.desks[agent].shift_until_ms > now {
            let activity = Activity::ALL.get(usize::from(activity)).copied().unwrap_or(Activity::Break);
            self.wish(now, agent, activity);
        }
    }

    pub(super) fn resume(&mut self, now: i64, agent: usize) {
        if self.state.desks[agent].shift_until_ms > now {
            self.wish(now, agent, Activity::Available);
        }
    }

    /// Nobody leaves in the middle of a conversation: the change waits for its end.
    fn wish(&mut self, now: i64, agent: usize, activity: Activity) {
        let desk = &mut self.state.desks[agent];
        desk.wants = None;
        if desk.activity == activity {
            return;
        }
        if desk.is_busy() && activity != Activity::Available {
            desk.wants = Some(activity);
            return;
        }
        self.change_activity(now, agent, activity);
    }

    pub(super) fn change_activity(&mut self, now: i64, agent: usize, activity: Activity) {
        let desk = &mut self.state.desks[agent];
        let before = (desk.activity, now - desk.since_ms);
        desk.activity = activity;
        desk.since_ms = now;
        desk.idle_since_ms = now;
        desk.version += 1;
        self.tell_worker(now, agent, "worker.activity.update", Some(before));
        if activity == Activity::Available {
            self.look_for_work(now, agent);
        }
    }

    /// A conversation is over for this agent.
    pub(super) fn release(&mut self, now: i64, agent: usize, voice: bool) {
        let desk = &mut self.state.desks[agent];
        if voice {
            desk.calls = desk.calls.saturating_sub(1);
        } else {
            desk.texts = desk.texts.saturating_sub(1);
        }
        desk.idle_since_ms = now;
        if !desk.is_busy()
            && let Some(activity) = desk.wants.take()
        {
            self.change_activity(now, agent, activity);
            return;
        }
        self.look_for_work(now, agent);
    }

    /// Offers the agent what waits longest in the agent's queues.
    pub(super) fn look_for_work(&mut self, now: i64, agent: usize) {
        for position in 0..self.company.agents[agent].queues.len() {
            let queue = self.company.agents[agent].queues[position];
            self.dispatch(now, queue);
        }
    }

    /// Attributes that change on a day; the platform's next activity update carries them too.
    pub(super) fn move_agents(&mut self, midnight: i64, day: i64) {
        for agent in 0..self.company.agents.len() {
            let Some((from_day, attributes)) = self.company.agents[agent].moves.clone() else { continue };
            if day >= from_day && !self.state.desks[agent].moved {
                self.state.desks[agent].moved = true;
                self.company.agents[agent].attributes = attributes;
                self.state.desks[agent].version += 1;
                self.tell_worker(midnight, agent, "worker.attributes.update", None);
            }
        }
    }
}
