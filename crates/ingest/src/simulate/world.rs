//! The clockwork: actions in time order, and the events that they cause in time order.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use parclose_model::Event;

use super::company::Company;
use super::draws::Draws;
use super::state::{Action, Activity, Desk, State};
use super::{demand, rota};

/// A company at work.
pub(super) struct World {
    pub company: Company,
    pub state: State,
    pub draws: Draws,
    pub zone: TimeZone,
    pub from_ms: i64,
    first_day: Date,
    actions: BinaryHeap<Reverse<(i64, u64, Action)>>,
    /// Events that were caused and not yet told; an action may cause some a moment later than itself.
    told: BTreeMap<(i64, u64), Event>,
    order: u64,
}

impl World {
    pub fn new(company: Company, seed: u64, from_ms: i64) -> Self {
        let zone = TimeZone::get(&company.zone).unwrap_or(TimeZone::UTC);
        let from = Timestamp::from_millisecond(from_ms).unwrap_or_default();
        let first_day = from.to_zoned(zone.clone()).date();
        let mut serving = vec![Vec::new(); company.queues.len()];
        for (position, agent) in company.agents.iter().enumerate() {
            agent.queues.iter().for_each(|queue| serving[*queue].push(position));
        }
        let state = State {
            desks: company.agents.iter().map(|_| desk(from_ms)).collect(),
            serving,
            waiting: vec![VecDeque::new(); company.queues.len()],
            tasks: BTreeMap::new(),
            offers: BTreeMap::new(),
            known: vec![VecDeque::new(); company.demands.len()],
            next_no: 0,
        };
        let mut world = Self {
            company,
            state,
            draws: Draws::new(seed),
            zone,
            from_ms,
            first_day,
            actions: BinaryHeap::new(),
            told: BTreeMap::new(),
            order: 0,
        };
        // The day before is planned too: its late shifts may still be at work.
        world.at(world.local_ms(-1, 0), Action::PlanDay(-1));
        world.at(from_ms, Action::Found);
        world
    }

    /// The next event before an instant.
    pub fn next_before(&mut self, until_ms: i64) -> Option<Event> {
        loop {
            let told_ms = self.told.first_key_value().map(|((at, _), _)| *at);
            let action_ms = self.actions.peek().map(|Reverse((at, _, _))| *at);
            match (told_ms, action_ms) {
                (Some(told), _) if told >= until_ms => return None,
                (Some(told), next) if next.is_none_or(|next| told < next) => {
                    return self.told.pop_first().map(|(_, event)| event);
                }
                (_, Some(next)) if next >= until_ms => return None,
                (_, Some(_)) => {
                    if let Some(Reverse((now, _, action))) = self.actions.pop() {
                        self.act(now, action);
                    }
                }
                (_, None) => return None,
            }
        }
    }

    /// Plans an action.
    pub fn at(&mut self, at_ms: i64, action: Action) {
        self.order += 1;
        self.actions.push(Reverse((at_ms, self.order, action)));
    }

    /// Tells an event, unless the story hasn't begun.
    pub fn tell(&mut self, event: Event) {
        if event.at_ms >= self.from_ms {
            self.order += 1;
            self.told.insert((event.at_ms, self.order), event);
        }
    }

    /// The instant of a local time on a day of the simulation; minutes beyond a day are the next day's.
    pub fn local_ms(&self, day: i64, minutes: i64) -> i64 {
        let midnight = self.date(day).at(0, 0, 0, 0);
        let local = midnight.checked_add(minutes.minutes()).unwrap_or(midnight);
        local.to_zoned(self.zone.clone()).map(|z| z.timestamp().as_millisecond()).unwrap_or(i64::MAX)
    }

    pub fn date(&self, day: i64) -> Date {
        self.first_day.checked_add(day.days()).unwrap_or(Date::MAX)
    }

    /// The day of the simulation.
    pub fn day_of(&self, at_ms: i64) -> i64 {
        let (date, _) = self.local(at_ms);
        self.first_day.until(date).map(|span| i64::from(span.get_days())).unwrap_or(0)
    }

    /// Local date and minute of the day.
    pub fn local(&self, at_ms: i64) -> (Date, i64) {
        let local = Timestamp::from_millisecond(at_ms).unwrap_or_default().to_zoned(self.zone.clone());
        (local.date(), i64::from(local.hour()) * 60 + i64::from(local.minute()))
    }

    fn act(&mut self, now: i64, action: Action) {
        match action {
            Action::PlanDay(day) => self.plan_day(day),
            Action::Found => self.found(now),
            Action::ShiftStart { agent, until_ms } => self.shift_start(now, agent, until_ms),
            Action::ShiftEnd { agent } => self.shift_end(now, agent),
            Action::Pause { agent, activity } => self.pause(now, agent, activity),
            Action::Resume { agent } => self.resume(now, agent),
            Action::Arrive { demand } => self.arrive(now, demand),
            Action::CallBack { caller, demand, conversation, since_ms } => {
                self.call_back(now, *caller, demand, conversation, since_ms);
            }
            Action::Dispatch { queue } => self.dispatch(now, queue),
            Action::GiveUp { task, wait } => self.give_up(now, task, wait),
            Action::RingEnd { offer } => self.ring_end(now, offer),
            Action::TalkEnd { offer } => self.talk_end(now, offer),
            Action::Transfer { offer } => self.transfer(now, offer),
            Action::WrapEnd { offer } => self.wrap_end(now, offer),
        }
    }

    fn plan_day(&mut self, day: i64) {
        let date = self.date(day);
        if date == Date::MAX {
            return;
        }
        let midnight = self.local_ms(day, 0);
        for position in 0..self.company.demands.len() {
            for offset in demand::arrivals(&self.company.demands[position], date, day, &mut self.draws) {
                let at_ms = self.local_ms(day, offset / 60_000) + offset % 60_000;
                if at_ms >= self.from_ms.max(midnight) {
                    self.at(at_ms, Action::Arrive { demand: position });
                }
            }
        }
        for team in 0..self.company.teams.len() {
            for shift in rota::shifts(&self.company.teams[team], date, day, &mut self.draws) {
                let jitter = self.draws.whole(0, 59_999);
                let agent = shift.agent;
                let until_ms = self.local_ms(day, shift.end) + jitter;
                self.at(self.local_ms(day, shift.start) + jitter, Action::ShiftStart { agent, until_ms });
                for (from, to, activity) in shift.pauses {
                    self.at(self.local_ms(day, from) + jitter, Action::Pause { agent, activity: activity as u8 });
                    self.at(self.local_ms(day, to) + jitter, Action::Resume { agent });
                }
                self.at(until_ms, Action::ShiftEnd { agent });
            }
        }
        self.move_agents(midnight, day);
        self.at(self.local_ms(day + 1, 0), Action::PlanDay(day + 1));
    }
}

fn desk(from_ms: i64) -> Desk {
    Desk {
        activity: Activity::Offline,
        since_ms: from_ms - 86_400_000,
        version: 0,
        calls: 0,
        texts: 0,
        idle_since_ms: 0,
        wants: None,
        shift_until_ms: 0,
        moved: false,
    }
}
