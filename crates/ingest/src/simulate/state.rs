//! What the simulation remembers between two instants.

use std::collections::{BTreeMap, VecDeque};

use super::company::Channel;

/// What an agent does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activity {
    Available,
    Break,
    Lunch,
    Training,
    Offline,
}

impl Activity {
    pub const ALL: [Activity; 5] =
        [Activity::Available, Activity::Break, Activity::Lunch, Activity::Training, Activity::Offline];

    pub fn name(self) -> &'static str {
        match self {
            Activity::Available => "Available",
            Activity::Break => "Break",
            Activity::Lunch => "Lunch",
            Activity::Training => "Training",
            Activity::Offline => "Offline",
        }
    }
}

/// Number of a task.
pub(super) type TaskNo = u64;
/// Number of a reservation.
pub(super) type OfferNo = u64;

/// What happens next somewhere. Things that were overtaken find their task or offer gone or changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Action {
    /// Local midnight: the day's arrivals and shifts.
    PlanDay(i64),
    /// The first instant that is told.
    Found,
    ShiftStart {
        agent: usize,
        until_ms: i64,
    },
    ShiftEnd {
        agent: usize,
    },
    Pause {
        agent: usize,
        activity: u8,
    },
    Resume {
        agent: usize,
    },
    Arrive {
        demand: usize,
    },
    CallBack {
        caller: Box<Caller>,
        demand: usize,
        conversation: String,
        since_ms: i64,
    },
    Dispatch {
        queue: usize,
    },
    /// The customer's patience ends, if still in the same wait.
    GiveUp {
        task: TaskNo,
        wait: u32,
    },
    RingEnd {
        offer: OfferNo,
    },
    TalkEnd {
        offer: OfferNo,
    },
    Transfer {
        offer: OfferNo,
    },
    WrapEnd {
        offer: OfferNo,
    },
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Caller {
    pub address: String,
    pub external_id: Option<String>,
    pub language: &'static str,
}

/// Where a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Waiting,
    Ringing(OfferNo),
    Handled,
}

/// A task that isn't finished.
pub(super) struct Task {
    pub sid: String,
    /// The first task of the conversation, if this isn't it.
    pub conversation: Option<String>,
    pub demand: usize,
    pub queue: usize,
    pub channel: Channel,
    pub outbound: bool,
    pub caller: Caller,
    pub call_sid: Option<String>,
    pub created_ms: i64,
    pub virtual_start_ms: i64,
    pub entered_ms: i64,
    pub last_ms: i64,
    pub version: u32,
    pub priority: u8,
    pub stage: Stage,
    /// Counts waits and offers: a patience belongs to one wait.
    pub wait: u32,
    pub transfers: u8,
    /// Offers that run: two in a warm transfer.
    pub running: u8,
    /// Agents who didn't answer, and until when they aren't asked again.
    pub refused: Vec<(usize, i64)>,
    /// `task_attributes` as last sent.
    pub attributes: String,
    pub story: Story,
}

/// What the task's attributes tell and when they change.
#[derive(Debug, Clone, Default)]
pub(super) struct Story {
    pub ivr_path: &'static str,
    pub ivr_seconds: i64,
    pub in_business_hours: bool,
    pub topic: &'static str,
    pub hang_up_by: &'static str,
    pub outcome: Option<&'static str>,
    pub hold_seconds: Option<i64>,
    pub abandoned: Option<(&'static str, &'static str)>,
    pub transfer_sid: Option<String>,
    pub previous_task: Option<String>,
}

/// A reservation that isn't finished.
pub(super) struct Offer {
    pub sid: String,
    pub task: TaskNo,
    pub agent: usize,
    /// The queue that it was offered from; a transfer changes the task's and not this one.
    pub queue: usize,
    pub version: u32,
    pub ending: RingEnding,
    pub hold_seconds: Option<i64>,
    pub talk_ends_ms: i64,
    /// The offer from which this one takes over in a warm transfer.
    pub consult_of: Option<OfferNo>,
    /// How the agent's part ends, if not by the end of the conversation.
    pub handed_over: Option<&'static str>,
}

/// How an offer will end unless the customer is faster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RingEnding {
    Accept,
    TimeOut,
    Reject,
}

/// An agent now.
pub(super) struct Desk {
    pub activity: Activity,
    pub since_ms: i64,
    pub version: u32,
    pub calls: u8,
    pub texts: u8,
    pub idle_since_ms: i64,
    /// What the agent will do when the running conversations are over.
    pub wants: Option<Activity>,
    pub shift_until_ms: i64,
    pub moved: bool,
}

impl Desk {
    /// One call and nothing else, or up to three written conversations.
    pub fn can_take(&self, channel: Channel) -> bool {
        let open = self.activity == Activity::Available && self.wants.is_none() && self.calls == 0;
        open && if channel == Channel::Voice { self.texts == 0 } else { self.texts < 3 }
    }
    pub fn is_busy(&self) -> bool {
        self.calls > 0 || self.texts > 0
    }
}

/// Everything that changes, apart from the clockwork.
pub(super) struct State {
    pub desks: Vec<Desk>,
    /// Agents by queue.
    pub serving: Vec<Vec<usize>>,
    /// Tasks by queue, longest wait first.
    pub waiting: Vec<VecDeque<TaskNo>>,
    pub tasks: BTreeMap<TaskNo, Task>,
    pub offers: BTreeMap<OfferNo, Offer>,
    /// Recent customers by kind of contact: some call again.
    pub known: Vec<VecDeque<Caller>>,
    pub next_no: u64,
}

impl State {
    pub fn number(&mut self) -> u64 {
        self.next_no += 1;
        self.next_no
    }
}
