//! Traffic: of Acme, and of units whose every value carries the unit's name.

use crate::server::NOW_MS;
use parclose_ingest::simulate::company::{Agent, Channel, Company, Demand, Queue, Team, sid};
use parclose_ingest::simulate::{Simulator, acme as acme_company};
use parclose_model::Event;

/// The unit of the person who must see it.
pub const A: &str = "canary-A-unit";
/// The unit that nobody of A may notice.
pub const B: &str = "canary-B-unit";

const DAY_MS: i64 = 86_400_000;

/// Some days of Acme's traffic up to now.
pub fn acme(conversations_per_day: f64, days: i64) -> Vec<Event> {
    Simulator::new(acme_company::company(conversations_per_day), 7, NOW_MS - days * DAY_MS, NOW_MS).collect()
}

/// Two days of a unit's traffic. Queue, team, agents and tag carry its name, so that a value of it is recognised
/// wherever it turns up. Two units share nothing, not even chance.
pub fn unit(name: &'static str, seed: u64, per_day: f64) -> Vec<Event> {
    let word = if name == A { "A" } else { "B" };
    let (country, prefix) = if name == A { ("AA", "+101") } else { ("BB", "+202") };
    let agents = 3;
    let agent = |at: usize| Agent {
        sid: sid("WK", &format!("{name} agent {at}")),
        name: format!("canary-{word}-agent-{at}"),
        attributes: serde_json::json!({
            "full_name": format!("canary-{word}-agent-{at}"),
            "email": format!("canary-{word}-agent-{at}@test.example"),
            "team_name": name, "team_id": name, "department_name": name, "department_id": name,
            "location": format!("canary-{word}-place"),
        })
        .to_string(),
        queues: vec![0],
        pace: 1.0,
        moves: None,
    };
    let company = Company {
        name: name.into(),
        zone: "Europe/Prague".into(),
        account_sid: sid("AC", name),
        workspace_sid: sid("WS", name),
        queues: vec![Queue { sid: sid("WQ", name), name: format!("canary-{word}-queue"), transfers_to: Vec::new() }],
        demands: vec![Demand {
            queue: 0,
            channel: Channel::Voice,
            per_day,
            later_hours: 0,
            tag: name.into(),
            languages: vec!["cs"],
            country,
            prefix,
        }],
        teams: vec![Team {
            name: name.into(),
            id: name.into(),
            seats: 2,
            two_shifts: false,
            weekend_seats: 2,
            later_hours: 0,
            agents: (0..agents).collect(),
        }],
        agents: (0..agents).map(agent).collect(),
    };
    Simulator::new(company, seed, NOW_MS - 2 * DAY_MS, NOW_MS).collect()
}
