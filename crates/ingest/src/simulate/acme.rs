//! Acme Corporation: four departments that share a desk in Prague, and customer care for twenty-five markets.

use serde_json::json;

use super::company::{Agent, Channel, Company, Demand, Queue, Team, sid};
use super::names::Names;

/// Departments of the desk with their share of all conversations; each has a team of the same name.
pub const DEPARTMENTS: [(&str, f64); 4] =
    [("Anvils", 0.17), ("Tennis Balls", 0.15), ("Onions", 0.10), ("Candles", 0.08)];

/// Markets by size: country, telephone prefix, languages, hours by which their day lies later than Prague's.
pub const MARKETS: [(&str, &str, &[&str], i32); 25] = [
    ("DE", "+49", &["de"], 0),
    ("US", "+1", &["en", "es"], 6),
    ("GB", "+44", &["en"], 1),
    ("FR", "+33", &["fr"], 0),
    ("CZ", "+420", &["cs"], 0),
    ("PL", "+48", &["pl"], 0),
    ("ES", "+34", &["es"], 0),
    ("IT", "+39", &["it"], 0),
    ("NL", "+31", &["nl", "en"], 0),
    ("SE", "+46", &["sv", "en"], 0),
    ("AT", "+43", &["de"], 0),
    ("CH", "+41", &["de", "fr", "it"], 0),
    ("BE", "+32", &["nl", "fr"], 0),
    ("DK", "+45", &["da", "en"], 0),
    ("NO", "+47", &["no", "en"], 0),
    ("FI", "+358", &["fi", "sv"], -1),
    ("IE", "+353", &["en"], 1),
    ("PT", "+351", &["pt"], 1),
    ("GR", "+30", &["el", "en"], -1),
    ("HU", "+36", &["hu"], 0),
    ("RO", "+40", &["ro"], -1),
    ("SK", "+421", &["sk"], 0),
    ("BG", "+359", &["bg"], -1),
    ("HR", "+385", &["hr"], 0),
    ("SI", "+386", &["sl"], 0),
];

/// Average seconds that a conversation keeps an agent, used to plan seats only.
const PLANNED_SECONDS: f64 = 330.0;
/// Share of a Monday's calls that come in its busiest hour, compared with an average day.
const PEAK_HOUR: f64 = 0.17;

/// The company of the demo: about 450 conversations a day.
pub fn demo() -> Company {
    company(450.0)
}

/// Acme at another size. Agents grow with the traffic, queues don't.
pub fn company(conversations_per_day: f64) -> Company {
    let mut company = Company {
        name: "Acme Corporation".into(),
        zone: "Europe/Prague".into(),
        account_sid: sid("AC", "acme account"),
        workspace_sid: sid("WS", "acme workspace"),
        queues: Vec::new(),
        demands: Vec::new(),
        teams: Vec::new(),
        agents: Vec::new(),
    };
    let mut names = Names::default();
    for (department, share) in DEPARTMENTS {
        add_department(&mut company, &mut names, department, share * conversations_per_day);
    }
    let zipf: f64 = (1..=MARKETS.len()).map(|rank| 1.0 / rank as f64).sum();
    for (rank, market) in MARKETS.iter().enumerate() {
        let per_day = conversations_per_day * 0.5 / zipf / (rank + 1) as f64;
        add_market(&mut company, &mut names, market, per_day);
    }
    let desk = 2 * DEPARTMENTS.len();
    for queue in 0..company.queues.len() {
        // The desk hands on to a colleague of the same department: a conversation keeps its department's tag, and
        // nobody else's queue shows up in a department's numbers. Markets send what they can't speak to the
        // English-speaking ones.
        company.queues[queue].transfers_to = if queue < desk {
            vec![queue]
        } else {
            [desk + 1, desk + 2].into_iter().filter(|other| *other != queue).collect()
        };
    }
    add_movers(&mut company);
    company
}

fn add_department(company: &mut Company, names: &mut Names, department: &str, per_day: f64) {
    let slug = department.replace(' ', "_");
    let calls = add_queue(company, &format!("{slug}_Calls"));
    let chats = add_queue(company, &format!("{slug}_Chat"));
    for (queue, channel, part) in [
        (calls, Channel::Voice, 0.76),
        (chats, Channel::Chat, 0.14),
        (chats, Channel::Sms, 0.05),
        (chats, Channel::Email, 0.05),
    ] {
        company.demands.push(Demand {
            queue,
            channel,
            per_day: per_day * part,
            later_hours: 0,
            tag: department.into(),
            languages: vec!["cs", "en", "sk"],
            country: "CZ",
            prefix: "+420",
        });
    }
    let team = Plan { name: department, department, market: None, per_day, later_hours: 0, weekend: true };
    add_team(company, names, team, &[calls, chats]);
}

fn add_market(
    company: &mut Company,
    names: &mut Names,
    market: &(&'static str, &'static str, &'static [&'static str], i32),
    per_day: f64,
) {
    let &(country, prefix, languages, later_hours) = market;
    let queue = add_queue(company, &format!("{country}_Care"));
    for (channel, part) in [(Channel::Voice, 0.86), (Channel::Chat, 0.06), (Channel::Email, 0.08)] {
        company.demands.push(Demand {
            queue,
            channel,
            per_day: per_day * part,
            later_hours,
            tag: country.into(),
            languages: languages.to_vec(),
            country,
            prefix,
        });
    }
    let name = format!("Market {country}");
    let weekend = per_day > 11.0;
    let plan = Plan { name: &name, department: "Markets", market: Some(country), per_day, later_hours, weekend };
    add_team(company, names, plan, &[queue]);
}

fn add_queue(company: &mut Company, name: &str) -> usize {
    company.queues.push(Queue { sid: sid("WQ", name), name: name.into(), transfers_to: Vec::new() });
    company.queues.len() - 1
}

struct Plan<'a> {
    name: &'a str,
    department: &'a str,
    market: Option<&'a str>,
    per_day: f64,
    later_hours: i32,
    weekend: bool,
}

/// Seats by the planned load in agents; a team has a quarter more people than one day needs.
fn add_team(company: &mut Company, names: &mut Names, plan: Plan<'_>, queues: &[usize]) {
    let load = plan.per_day * PEAK_HOUR * PLANNED_SECONDS / 3600.0;
    let seats = ((load * 1.1 + 0.55 * load.sqrt() + 0.86).round() as usize).max(1);
    let two_shifts = plan.per_day > 11.0;
    let weekend_seats = if plan.weekend { seats.div_ceil(2) } else { 0 };
    let working = seats * if two_shifts { 2 } else { 1 };
    let mut team = Team {
        name: plan.name.into(),
        id: slug(plan.name),
        seats,
        two_shifts,
        weekend_seats,
        later_hours: plan.later_hours,
        agents: Vec::new(),
    };
    for _ in 0..working + working.div_ceil(4) {
        let position = company.agents.len();
        let (first, last) = names.next();
        let email = format!("{}.{}@acme.example", first.to_lowercase(), last.to_lowercase().replace(' ', ""));
        let attributes = worker_attributes(position, &format!("{first} {last}"), &email, &plan);
        let mut served = queues.to_vec();
        // Every ninth agent of the desk also takes the calls of the next department.
        if plan.market.is_none() && position % 9 == 4 {
            served.push((queues[0] + 2) % (2 * DEPARTMENTS.len()));
        }
        company.agents.push(Agent {
            sid: sid("WK", &email),
            name: email.split('@').next().unwrap_or(&email).to_owned(),
            attributes,
            queues: served,
            pace: 0.8 + (position * 37 % 41) as f64 / 100.0,
            moves: None,
        });
        team.agents.push(position);
    }
    company.teams.push(team);
}

/// Half of the agents carry the documented names of the keys and half the ones that people really use.
fn worker_attributes(position: usize, full_name: &str, email: &str, plan: &Plan<'_>) -> String {
    let (team, department) =
        if position.is_multiple_of(2) { ("team_name", "department_name") } else { ("team", "department") };
    let mut attributes = json!({
        "full_name": full_name,
        "email": email,
        "team_id": slug(plan.name),
        team: plan.name,
        "department_id": format!("dep-{}", slug(plan.department)),
        department: plan.department,
        "location": if plan.market.is_some() { "Remote" } else { "Prague" },
        "roles": ["agent"],
    });
    if let Some(market) = plan.market {
        attributes["market"] = json!([market]);
    }
    attributes.to_string()
}

/// One agent of Onions moves to Candles after six weeks, so that the team at the time and the team of today differ.
fn add_movers(company: &mut Company) {
    let Some(position) = company.teams.get(2).and_then(|team| team.agents.last().copied()) else { return };
    let agent = &mut company.agents[position];
    let moved = agent.attributes.replace("onions", "candles").replace("Onions", "Candles");
    agent.moves = Some((45, moved));
}

fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}
