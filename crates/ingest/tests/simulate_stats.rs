//! The traffic looks like a contact centre: not because it was written so, but because it is simulated.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Instant;

use parclose_ingest::simulate::{Simulator, acme};
use parclose_model::Event;

/// Monday, 5 January 2026, midnight in Prague.
const FROM: i64 = 1_767_567_600_000;
const DAY: i64 = 86_400_000;

#[derive(Default, Debug)]
struct Figures {
    tasks: usize,
    answered: usize,
    within_minute: usize,
    waited_seconds: i64,
    abandoned: usize,
    follow_ups: usize,
    missed: usize,
    transfers: usize,
    by_tag: BTreeMap<String, usize>,
    by_hour: [usize; 24],
    by_weekday: [usize; 7],
    by_channel: BTreeMap<String, usize>,
    callers: HashMap<String, usize>,
}

fn measure(events: &[Event]) -> Figures {
    let mut figures = Figures::default();
    let mut entered: HashMap<&str, i64> = HashMap::new();
    for event in events {
        let Some(task) = event.task.as_deref() else { continue };
        match event.kind.as_str() {
            "task.created" => {
                let attributes = event.object("task_attributes").unwrap();
                let tag = attributes["conversations"]["conversation_attribute_1"].as_str().unwrap();
                let local = (event.at_ms - FROM) / 3_600_000;
                figures.tasks += 1;
                figures.by_hour[(local % 24) as usize] += 1;
                figures.by_weekday[(local / 24 % 7) as usize] += 1;
                *figures.by_tag.entry(tag.to_owned()).or_default() += 1;
                *figures.by_channel.entry(event.field("task_channel_unique_name").unwrap()).or_default() += 1;
                *figures.callers.entry(attributes["from"].as_str().unwrap().to_owned()).or_default() += 1;
            }
            "task-queue.entered" => {
                entered.insert(task, event.at_ms);
            }
            "reservation.accepted" => {
                if let Some(at_ms) = entered.remove(task) {
                    figures.answered += 1;
                    figures.waited_seconds += (event.at_ms - at_ms) / 1000;
                    figures.within_minute += usize::from(event.at_ms - at_ms <= 60_000);
                }
            }
            "task.canceled" if event.object("task_attributes").unwrap()["conversations"].get("abandoned").is_some() => {
                figures.follow_ups += 1;
            }
            "task.canceled" => figures.abandoned += 1,
            "reservation.timeout" | "reservation.rejected" => figures.missed += 1,
            "task.transfer-initiated" => figures.transfers += 1,
            _ => {}
        }
    }
    figures
}

#[test]
fn ninety_days_look_like_a_contact_centre() {
    let started = Instant::now();
    let events: Vec<Event> = Simulator::new(acme::demo(), 1, FROM, FROM + 90 * DAY).collect();
    let took = started.elapsed();
    let figures = measure(&events);
    let share = |part: usize, whole: usize| 100.0 * part as f64 / whole as f64;
    println!(
        "{} events in {took:?}; {} agents; {} tasks, {} answered, {:.1} % within a minute, mean {} s; {:.1} % abandoned, {} follow-ups, {} missed, {} transfers; {:?} {:?} {:?}",
        events.len(),
        acme::demo().agents.len(),
        figures.tasks,
        figures.answered,
        share(figures.within_minute, figures.answered),
        figures.waited_seconds / figures.answered as i64,
        share(figures.abandoned, figures.tasks),
        figures.follow_ups,
        figures.missed,
        figures.transfers,
        figures.by_hour,
        figures.by_weekday,
        figures.by_channel,
    );
    assert!((300_000..420_000).contains(&events.len()), "{} events", events.len());
    assert!((36_000..46_000).contains(&figures.tasks), "{} tasks", figures.tasks);
    assert!((6.0..12.0).contains(&share(figures.abandoned, figures.tasks)));
    assert!((70.0..98.0).contains(&share(figures.within_minute, figures.answered)));
    assert!((1.0..8.0).contains(&share(figures.missed, figures.answered)));
    assert!((2.0..7.0).contains(&share(figures.transfers, figures.answered)));
    // A month that begins on a Monday has more of the early weekdays; the order holds all the same.
    let [monday, tuesday, _, _, friday, saturday, sunday] = figures.by_weekday;
    assert!(monday > tuesday && tuesday > friday && friday > 2 * saturday && saturday > sunday);
    let hours = figures.by_hour;
    assert!(hours[10] > hours[13] && hours[15] > hours[13] && hours[3] * 20 < hours[10], "two humps and a night");
    let desk: usize = acme::DEPARTMENTS.iter().map(|(name, _)| figures.by_tag[*name]).sum();
    assert!((45.0..56.0).contains(&share(desk, figures.tasks)));
    assert!(figures.by_tag["DE"] > figures.by_tag["CZ"] && figures.by_tag["CZ"] > figures.by_tag["SI"]);
    assert_eq!(figures.by_tag.len(), 29, "four departments and twenty-five markets");
    assert_eq!(figures.by_channel.len(), 4);
    let again = figures.callers.values().filter(|calls| **calls > 1).count();
    assert!(again * 10 > figures.callers.len(), "customers call again");
}

#[test]
fn acme_has_its_people() {
    let company = acme::demo();
    assert!((60..=92).contains(&company.agents.len()), "{} agents", company.agents.len());
    let names: HashSet<_> = company.agents.iter().map(|agent| &agent.name).collect();
    let sids: HashSet<_> = company.agents.iter().map(|agent| &agent.sid).collect();
    assert_eq!((names.len(), sids.len()), (company.agents.len(), company.agents.len()));
    assert_eq!(company.teams.len(), 29);
    assert!(company.teams.iter().all(|team| !team.agents.is_empty()));
    for queue in
        ["Anvils_Calls", "Tennis_Balls_Calls", "Onions_Calls", "Candles_Calls", "Anvils_Chat", "CZ_Care", "SI_Care"]
    {
        assert!(company.queues.iter().any(|q| q.name == queue), "{queue}");
    }
    let attributes: Vec<serde_json::Value> =
        company.agents.iter().map(|agent| serde_json::from_str(&agent.attributes).unwrap()).collect();
    let with = |key: &str| attributes.iter().filter(|a| a.get(key).is_some()).count();
    assert!(with("team") > 20 && with("team_name") > 20 && with("team_id") == attributes.len());
    assert!(attributes.iter().any(|a| a["market"] == serde_json::json!(["CZ"])));
}

#[test]
fn agents_keep_shifts_and_breaks() {
    let events: Vec<Event> = Simulator::new(acme::demo(), 3, FROM, FROM + 14 * DAY).collect();
    let mut activities: BTreeMap<String, i64> = BTreeMap::new();
    let mut now: HashMap<String, (String, i64)> = HashMap::new();
    for event in events.iter().filter(|event| event.kind.as_str() == "worker.activity.update") {
        let worker = event.worker.clone().unwrap();
        let spent = event.whole("worker_time_in_previous_activity_ms").unwrap();
        if let Some((activity, since)) = now.get(&worker) {
            assert_eq!(event.field("worker_previous_activity_name").as_ref(), Some(activity));
            assert_eq!(spent, event.at_ms - since, "times add up without a gap");
        }
        *activities.entry(event.field("worker_previous_activity_name").unwrap()).or_default() += spent;
        now.insert(worker, (event.field("worker_activity_name").unwrap(), event.at_ms));
    }
    println!("{activities:?}");
    assert_eq!(
        activities.keys().map(String::as_str).collect::<Vec<_>>(),
        ["Available", "Break", "Lunch", "Offline", "Training"]
    );
    assert!(activities["Available"] > 4 * (activities["Break"] + activities["Lunch"]));
}

/// Bigger companies work the same way; the load test depends on it.
#[test]
fn a_large_company_does_not_collapse() {
    let started = Instant::now();
    let events: Vec<Event> = Simulator::new(acme::company(8_000.0), 5, FROM, FROM + DAY).collect();
    let figures = measure(&events);
    println!(
        "{} events, {} tasks, {} abandoned in {:?}",
        events.len(),
        figures.tasks,
        figures.abandoned,
        started.elapsed()
    );
    assert!(figures.tasks > 8_000);
    assert!(figures.abandoned * 7 < figures.tasks, "{} of {}", figures.abandoned, figures.tasks);
}
