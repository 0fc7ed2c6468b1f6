//! Arriving, waiting, being offered.

use jiff::civil::Weekday;

use super::company::Channel;
use super::demand;
use super::state::{Action, Activity, Caller, Offer, OfferNo, RingEnding, Stage, Story, Task, TaskNo};
use super::world::World;

/// Seconds that an offer rings before the platform takes it back.
const RING_LIMIT_MS: i64 = 20_000;

impl World {
    pub(super) fn arrive(&mut self, now: i64, demand: usize) {
        let (queue, channel) = (self.company.demands[demand].queue, self.company.demands[demand].channel);
        if !self.is_staffed(now, queue) {
            // Closed: most callers hang up in the IVR, the chat isn't there, and what is written at night is handed
            // over in the morning.
            if matches!(channel, Channel::Sms | Channel::Email) {
                let opening = self.next_opening(now, demand);
                self.at(opening, Action::Arrive { demand });
                return;
            }
            if channel == Channel::Chat || self.draws.chance(0.6) {
                return;
            }
        }
        let caller = self.caller(demand);
        let number = self.create(now, demand, caller, None);
        self.enter(now, number);
    }

    /// A customer asked to be called back: an outbound task that keeps its place in time.
    pub(super) fn call_back(&mut self, now: i64, caller: Caller, demand: usize, conversation: String, since_ms: i64) {
        if !self.is_staffed(now, self.company.demands[demand].queue) {
            let opening = self.next_opening(now, demand);
            self.at(opening, Action::CallBack { caller: Box::new(caller), demand, conversation, since_ms });
            return;
        }
        let number = self.create(now, demand, caller, Some(conversation));
        if let Some(task) = self.state.tasks.get_mut(&number) {
            task.outbound = true;
            task.priority = 5;
            task.virtual_start_ms = since_ms;
        }
        self.enter(now, number);
    }

    /// Somebody works for this queue and will for a while.
    pub(super) fn is_staffed(&self, now: i64, queue: usize) -> bool {
        self.state.serving[queue].iter().any(|agent| {
            let desk = &self.state.desks[*agent];
            desk.activity != Activity::Offline && desk.shift_until_ms > now + 600_000
        })
    }

    /// Some time in the next working day's morning.
    pub(super) fn next_opening(&mut self, now: i64, demand: usize) -> i64 {
        let morning = 9 * 60 + 15 + i64::from(self.company.demands[demand].later_hours) * 60;
        let minute = morning + self.draws.whole(0, 100);
        let jitter = self.draws.whole(0, 59_999);
        let mut day = self.day_of(now);
        loop {
            let at_ms = self.local_ms(day, minute) + jitter;
            let weekend = matches!(self.date(day).weekday(), Weekday::Saturday | Weekday::Sunday);
            if at_ms > now && !weekend {
                return at_ms;
            }
            day += 1;
        }
    }

    /// The platform takes the task, and a moment later it is in its queue.
    pub(super) fn enter(&mut self, now: i64, number: TaskNo) {
        self.refresh_attributes(number);
        let Some(task) = self.state.tasks.get(&number) else { return };
        let (entered_ms, queue) = (task.entered_ms, task.queue);
        self.tell_task(now, number, "task.created", None, &[]);
        self.tell_task(entered_ms, number, "task-queue.entered", None, &[]);
        self.at(entered_ms + 2, Action::Dispatch { queue });
        if let Some(patience_ms) = self.patience(now, number) {
            self.at(entered_ms + patience_ms, Action::GiveUp { task: number, wait: 0 });
        }
    }

    /// A new task at the end of its queue; nothing is told of it yet.
    pub(super) fn create(&mut self, now: i64, demand: usize, caller: Caller, conversation: Option<String>) -> TaskNo {
        let number = self.state.number();
        let kind = &self.company.demands[demand];
        let (queue, channel, later_hours) = (kind.queue, kind.channel, kind.later_hours);
        let (date, minute) = self.local(now);
        let entered_ms = now + self.draws.whole(15, 60);
        let (ivr_path, ivr_seconds) = if channel == Channel::Voice {
            (self.draws.pick(&["1", "2", "1-1", "1-2", "2-3", "9"]), self.draws.whole(6, 55))
        } else {
            ("", 0)
        };
        let topic = self.draws.weighted(&[
            ("Order", 0.30),
            ("Delivery", 0.24),
            ("Invoice", 0.16),
            ("Complaint", 0.12),
            ("Return", 0.10),
            ("Other", 0.08),
        ]);
        let story = Story {
            ivr_path,
            ivr_seconds,
            in_business_hours: demand::in_business_hours(minute, later_hours, date),
            topic,
            // Must be set from the start, or abandoned conversations have none.
            hang_up_by: "Customer",
            ..Story::default()
        };
        let task = Task {
            sid: self.draws.sid("WT"),
            conversation,
            demand,
            queue,
            channel,
            outbound: false,
            caller,
            call_sid: (channel == Channel::Voice).then(|| self.draws.sid("CA")),
            created_ms: now,
            virtual_start_ms: now,
            entered_ms,
            last_ms: now - 1,
            version: 0,
            priority: 0,
            stage: Stage::Waiting,
            wait: 0,
            transfers: 0,
            running: 0,
            refused: Vec::new(),
            attributes: String::new(),
            story,
        };
        self.state.tasks.insert(number, task);
        self.state.waiting[queue].push_back(number);
        number
    }

    /// Someone who called before, or someone new.
    fn caller(&mut self, demand: usize) -> Caller {
        let known = &self.state.known[demand];
        if known.len() > 20 && self.draws.chance(0.24) {
            return known[self.draws.position(known.len())].clone();
        }
        let kind = &self.company.demands[demand];
        let number = self.draws.whole(100_000_000, 999_999_999);
        let address = match kind.channel {
            Channel::Email | Channel::Chat => format!("customer{number}@mail.example"),
            Channel::Voice | Channel::Sms => format!("{}{number}", kind.prefix),
        };
        let language = if self.draws.chance(0.8) { kind.languages[0] } else { self.draws.pick(&kind.languages) };
        let external_id = self.draws.chance(0.35).then(|| format!("C-{}", self.draws.whole(100_000, 999_999)));
        let caller = Caller { address, external_id, language };
        let known = &mut self.state.known[demand];
        known.push_back(caller.clone());
        if known.len() > 1_500 {
            known.pop_front();
        }
        caller
    }

    /// Gives waiting tasks to free agents: longest wait first, to whoever has been idle longest.
    pub(super) fn dispatch(&mut self, now: i64, queue: usize) {
        let mut position = 0;
        while let Some(number) = self.state.waiting[queue].get(position).copied() {
            let Some(task) = self.state.tasks.get(&number) else {
                self.state.waiting[queue].remove(position);
                continue;
            };
            match (task.entered_ms <= now).then(|| self.free_agent(now, queue, number)).flatten() {
                Some(agent) => {
                    self.state.waiting[queue].remove(position);
                    self.offer(now, number, agent, None);
                }
                None => position += 1,
            }
            if position > 50 {
                // Nobody is free for the first fifty: not for the others either.
                return;
            }
        }
    }

    pub(super) fn free_agent(&self, now: i64, queue: usize, number: TaskNo) -> Option<usize> {
        let task = self.state.tasks.get(&number)?;
        let willing = |agent: &usize| {
            self.state.desks[*agent].can_take(task.channel)
                && !task.refused.iter().any(|(refused, until)| refused == agent && *until > now)
        };
        let candidates = self.state.serving[queue].iter().copied().filter(willing);
        candidates.min_by_key(|agent| (self.state.desks[*agent].idle_since_ms, *agent))
    }

    pub(super) fn offer(&mut self, now: i64, number: TaskNo, agent: usize, consult_of: Option<OfferNo>) {
        let offer = self.state.number();
        let Some(task) = self.state.tasks.get_mut(&number) else { return };
        let voice = task.channel == Channel::Voice;
        task.running += 1;
        if consult_of.is_none() {
            task.stage = Stage::Ringing(offer);
        }
        let ending = self.draws.weighted(&[
            (RingEnding::Accept, 0.95),
            (RingEnding::TimeOut, 0.032),
            (RingEnding::Reject, 0.018),
        ]);
        let ring_ms = match ending {
            RingEnding::TimeOut => RING_LIMIT_MS,
            _ => (self.draws.lognormal(4.5, 0.55, 1.0, 18.0) * 1000.0) as i64,
        };
        let sid = self.draws.sid("WR");
        let desk = &mut self.state.desks[agent];
        if voice {
            desk.calls += 1;
        } else {
            desk.texts += 1;
        }
        self.state.offers.insert(
            offer,
            Offer {
                sid,
                task: number,
                agent,
                queue: task.queue,
                version: 0,
                ending,
                hold_seconds: None,
                talk_ends_ms: 0,
                consult_of,
                handed_over: None,
            },
        );
        let delay = self.draws.whole(10, 45);
        self.tell_task(now + delay, number, "reservation.created", Some(offer), &[]);
        self.at(now + delay + ring_ms, Action::RingEnd { offer });
    }

    pub(super) fn ring_end(&mut self, now: i64, offer: OfferNo) {
        let Some((ending, consult)) = self.state.offers.get(&offer).map(|o| (o.ending, o.consult_of)) else { return };
        match ending {
            RingEnding::Accept => self.accept(now, offer),
            RingEnding::TimeOut => self.missed(now, offer, "reservation.timeout", consult),
            RingEnding::Reject => self.missed(now, offer, "reservation.rejected", consult),
        }
    }

    /// The agent didn't take it: the task waits again, where it was.
    fn missed(&mut self, now: i64, number: OfferNo, kind: &str, consult: Option<OfferNo>) {
        let Some(offer) = self.state.offers.get_mut(&number) else { return };
        offer.version += 1;
        let (task_no, agent) = (offer.task, offer.agent);
        self.tell_task(now, task_no, kind, Some(number), &[]);
        self.state.offers.remove(&number);
        let Some(task) = self.state.tasks.get_mut(&task_no) else { return };
        task.running -= 1;
        let (queue, voice) = (task.queue, task.channel == Channel::Voice);
        task.refused.push((agent, now + 30_000));
        if let Some(first) = consult {
            self.consult_failed(now, task_no, first);
        } else {
            task.stage = Stage::Waiting;
            self.state.waiting[queue].push_front(task_no);
            self.at(now + 1, Action::Dispatch { queue });
            self.at(now + 30_001, Action::Dispatch { queue });
        }
        if kind == "reservation.timeout" && self.draws.chance(0.4) {
            // Whoever doesn't answer is taken to be away.
            self.state.desks[agent].wants = Some(Activity::Break);
            let back_ms = now + self.draws.whole(120_000, 360_000);
            self.at(back_ms, Action::Resume { agent });
        }
        self.release(now, agent, voice);
    }
}
