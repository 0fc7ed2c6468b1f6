//! Made-up segments for the benches: their shape is that of a contact centre, their numbers are the same everywhere.
#![allow(dead_code, reason = "each bench uses a part")]

use parclose_access::{Caller, Door, Means, VerifiedPerson};
use parclose_columns::{Beside, Dictionaries, NULL_CODE, NULL_INT, Part, PartBuilder};
use parclose_model::{PersonId, TableId, WorkspaceId};

pub const DAY: i64 = 86_400_000;
pub const DAYS: i64 = 730;
pub const START: i64 = 1_732_000_000_000 / DAY * DAY;
pub const TABLE: TableId = TableId::Segments;

/// Small, fast, the same everywhere.
pub struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
    /// Small numbers more often.
    fn skewed(&mut self, n: usize) -> usize {
        let x = (self.next() % 1_000_000) as f64 / 1e6;
        ((n as f64 + 1.0).powf(x) - 1.0) as usize % n
    }
    fn exponential(&mut self, mean: f64) -> i64 {
        let x = (self.next() % 1_000_000) as f64 / 1e6;
        (-mean * (1.0 - x).ln()) as i64
    }
}

pub struct Maker<'a> {
    /// The rows as plain numbers too, in the order of arrival.
    pub flat: Option<Flat>,
    dictionaries: &'a Dictionaries,
    random: Random,
    conversation: u128,
    codes: Vec<(usize, Vec<u32>)>,
    ints: Vec<(usize, Vec<i64>)>,
    keys: Vec<u128>,
}

pub const TEXTS: [&str; 9] =
    ["kind", "abandoned", "conversation_attribute_1", "handling_team_name", "agent_name", "queue", "channel", "conversation_attribute_3", "customer_id"];
pub const INTS: [&str; 6] = ["segment_start", "queue_time", "talk_time", "wrap_up_time", "ring_time", "activity_time"];

pub fn at(name: &str) -> usize {
    TABLE.index_of(name).unwrap_or_else(|| panic!("no column {name}"))
}

impl<'a> Maker<'a> {
    pub fn new(dictionaries: &'a Dictionaries) -> Self {
        let of = |count: usize, name: &dyn Fn(usize) -> String, column: &str| {
            let all: Vec<String> = (0..count).map(name).collect();
            dictionaries.column(at(column)).intern(all.iter().map(|v| Some(v.as_str()))).unwrap();
        };
        for (column, values) in [("kind", vec!["Queue", "Conversation", "Agent Status"]), ("abandoned", vec!["Yes", "No"])] {
            dictionaries.column(at(column)).intern(values.into_iter().map(Some)).unwrap();
        }
        of(25, &|n| format!("M{n:02}"), "conversation_attribute_1");
        of(350, &|n| if n < 200 { format!("Team {n:03}") } else { format!("Queue {:03}", n - 200) }, "handling_team_name");
        of(4_000, &|n| format!("Agent {n:04}"), "agent_name");
        of(150, &|n| format!("Queue {n:03}"), "queue");
        of(5, &|n| format!("Channel {n}"), "channel");
        of(5_000, &|n| format!("reason {n:04}"), "conversation_attribute_3");
        of(2_000_000, &|n| format!("+420{n:09}"), "customer_id");
        Self {
            flat: None,
            dictionaries,
            random: Random(20_261_122),
            conversation: 0,
            codes: TEXTS.iter().map(|n| (at(n), Vec::new())).collect(),
            ints: INTS.iter().map(|n| (at(n), Vec::new())).collect(),
            keys: Vec::new(),
        }
    }
    fn row(&mut self, key: u128, codes: [u32; 9], ints: [i64; 6]) {
        if let Some(flat) = &mut self.flat {
            flat.push(self.conversation, key, codes, ints);
        }
        self.keys.push(key);
        self.codes.iter_mut().zip(codes).for_each(|(c, v)| c.1.push(v));
        self.ints.iter_mut().zip(ints).for_each(|(c, v)| c.1.push(v));
    }
    /// The rows of about this many segments of one month of 24.
    pub fn month(&mut self, month: i64, rows: usize) -> Part {
        while self.keys.len() < rows {
            let r = &mut self.random;
            let market = r.skewed(25);
            let team = market + 25 * r.below(8);
            let (agent, queue) = (team + 200 * r.below(20), market * 6 + r.skewed(6));
            let (channel, reason, customer) = (r.skewed(5), r.skewed(5_000), r.below(2_000_000));
            let start = START + (month * DAYS / 24) * DAY + r.below((DAYS / 24 * DAY) as usize) as i64 / 1000 * 1000;
            let (wait, talk, wrap) = (r.exponential(28.0), r.exponential(210.0) + 5, r.exponential(35.0));
            let (abandoned, status) = (r.below(100) < 7, r.below(100) < 35);
            self.conversation += 1;
            // Spread like a hash.
            let key = (self.conversation.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)).max(1);
            let c = |n: usize| n as u32 + 1;
            let base = [0, if abandoned { 1 } else { 2 }, c(market), c(200 + queue), NULL_CODE, c(queue), c(channel), c(reason), c(customer)];
            let with = |kind: u32, team: u32, agent: u32| {
                let mut codes = base;
                (codes[0], codes[3], codes[4]) = (kind, team, agent);
                codes
            };
            self.row(key, with(1, base[3], NULL_CODE), [start, wait, NULL_INT, NULL_INT, NULL_INT, NULL_INT]);
            if abandoned {
                self.row(key, with(2, base[3], NULL_CODE), [start + wait * 1000, wait, NULL_INT, NULL_INT, NULL_INT, NULL_INT]);
                continue;
            }
            if status {
                self.row(0, [3, 0, 0, c(team), c(agent), 0, 0, 0, 0], [start, NULL_INT, NULL_INT, NULL_INT, NULL_INT, wait * 50]);
            }
            self.row(key, with(2, c(team), c(agent)), [start + wait * 1000, wait, talk, wrap, wait % 9 + 1, NULL_INT]);
        }
        let mut part = PartBuilder::new(TABLE);
        part.batch(&std::mem::take(&mut self.keys));
        self.codes.iter_mut().for_each(|(at, values)| part.codes(*at, &std::mem::take(values)));
        self.ints.iter_mut().for_each(|(at, values)| part.ints(*at, &std::mem::take(values)));
        let _ = self.dictionaries;
        part.build(&[at("conversation_attribute_1"), at("handling_team_name")])
    }
}

pub struct Nobody;

impl Beside for Nobody {
    fn agent_now(&self, _: &str, _: &str) -> Option<String> {
        None
    }
    fn contains(&self, texts: &[&str], _: &str) -> Vec<bool> {
        vec![false; texts.len()]
    }
}

pub fn person(attribute: &str, values: &[&str]) -> Caller {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let person = VerifiedPerson {
        workspace: WorkspaceId::new("bench"),
        person: PersonId::new("p"),
        login: "p@bench.example".into(),
        display_name: "P".into(),
        roles: texts(&["supervisor", "wfo.data_analyst"]),
        attributes: [(attribute.to_owned(), texts(values))].into(),
        means: Means::Session { id: "s".into() },
    };
    Door::for_tests().caller(person).unwrap()
}

pub const RULES: &str = "version: 1\nrules:\n  - {name: m, effect: grant, data_sets: [conversations], where: {attribute: conversation_attribute_1, in: person.market}}\n  - {name: t, effect: grant, data_sets: [conversations, activities], where: {attribute: handling_team_name, in: person.team}}\n  - {name: all, effect: grant, data_sets: [conversations, activities], for: {attribute: everything, in: [\"yes\"]}, where: everything}\n";


/// Rows as plain numbers, packed by hand as narrow as they go: what a loop over them needs.
#[derive(Default)]
pub struct Flat {
    /// (unit of the conversation, conversation) of each row, to put them in order; then dropped.
    order: Vec<(u32, u32)>,
    pub conversation: Vec<u32>,
    pub kind: Vec<u8>,
    pub market: Vec<u8>,
    pub queue: Vec<u8>,
    pub team: Vec<u16>,
    /// Hours since the start.
    pub hour: Vec<u16>,
    /// Seconds, one more than they are; 0 for "no value".
    pub talk: Vec<u16>,
}

impl Flat {
    fn push(&mut self, conversation: u128, key: u128, codes: [u32; 9], ints: [i64; 6]) {
        let number = if key == 0 { 0 } else { conversation as u32 };
        self.order.push((codes[2], conversation as u32));
        self.conversation.push(number);
        self.kind.push(codes[0] as u8);
        self.market.push(codes[2] as u8);
        self.queue.push(codes[5] as u8);
        self.team.push(codes[3] as u16);
        self.hour.push(((ints[0] - START) / 3_600_000) as u16);
        self.talk.push(if ints[2] == NULL_INT { 0 } else { ints[2].min(65_000) as u16 + 1 });
    }
    /// Rows of one market together, and of one conversation.
    pub fn sorted(&self) -> Flat {
        let mut rows: Vec<usize> = (0..self.order.len()).collect();
        rows.sort_by_key(|row| self.order[*row]);
        fn pick<T: Copy>(all: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().map(|row| all[*row]).collect()
        }
        Flat {
            order: Vec::new(),
            conversation: pick(&self.conversation, &rows),
            kind: pick(&self.kind, &rows),
            market: pick(&self.market, &rows),
            queue: pick(&self.queue, &rows),
            team: pick(&self.team, &rows),
            hour: pick(&self.hour, &rows),
            talk: pick(&self.talk, &rows),
        }
    }
}
