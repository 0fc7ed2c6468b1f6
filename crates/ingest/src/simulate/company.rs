//! What a simulated company is made of. Plain data: [`super::acme`] is one.

use sha2::{Digest, Sha256};

/// A task channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// A telephone call.
    Voice,
    /// A chat on the web site.
    Chat,
    /// A text message.
    Sms,
    /// An e-mail.
    Email,
}

impl Channel {
    /// The channel's unique name on the platform.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Voice => "voice",
            Channel::Chat => "chat",
            Channel::Sms => "sms",
            Channel::Email => "email",
        }
    }
}

/// A queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// `WQ…`.
    pub sid: String,
    /// As supervisors know it.
    pub name: String,
    /// Where its agents send what isn't theirs: positions of other queues.
    pub transfers_to: Vec<usize>,
}

/// A kind of customer contact: who arrives how often, where.
#[derive(Debug, Clone)]
pub struct Demand {
    /// Position of the queue.
    pub queue: usize,
    /// How they come.
    pub channel: Channel,
    /// Contacts on an average day.
    pub per_day: f64,
    /// Hours by which their day lies later than the company's.
    pub later_hours: i32,
    /// The value of `conversation_attribute_1`: a department or a country.
    pub tag: String,
    /// The customers' languages; the first is the most common.
    pub languages: Vec<&'static str>,
    /// The customers' country.
    pub country: &'static str,
    /// The country's telephone prefix.
    pub prefix: &'static str,
}

/// A team and how many of it work at a time.
#[derive(Debug, Clone)]
pub struct Team {
    /// As supervisors know it.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Agents working at once.
    pub seats: usize,
    /// Early and late shift, or one long one.
    pub two_shifts: bool,
    /// Agents working on Saturdays and Sundays.
    pub weekend_seats: usize,
    /// Hours by which its day lies later than the company's.
    pub later_hours: i32,
    /// Positions of its agents.
    pub agents: Vec<usize>,
}

/// An agent.
#[derive(Debug, Clone)]
pub struct Agent {
    /// `WK…`, the same for every seed.
    pub sid: String,
    /// The worker's name on the platform.
    pub name: String,
    /// Worker attributes as JSON text.
    pub attributes: String,
    /// Positions of the queues that the agent serves.
    pub queues: Vec<usize>,
    /// How long conversations take, compared with others.
    pub pace: f64,
    /// Attributes from a day of the simulation on: the agent changes team.
    pub moves: Option<(i64, String)>,
}

/// A company.
#[derive(Debug, Clone)]
pub struct Company {
    /// Its name.
    pub name: String,
    /// Its time zone.
    pub zone: String,
    /// `AC…`.
    pub account_sid: String,
    /// `WS…`.
    pub workspace_sid: String,
    /// Queues.
    pub queues: Vec<Queue>,
    /// Who calls.
    pub demands: Vec<Demand>,
    /// Teams.
    pub teams: Vec<Team>,
    /// Agents.
    pub agents: Vec<Agent>,
}

/// An id of the platform's form that depends on a name only.
pub fn sid(prefix: &str, name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    format!("{prefix}{}", hex::encode(&digest[..16]))
}
