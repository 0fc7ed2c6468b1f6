//! Agents and customers as they are now: the newest event that describes one wins, whatever the order of arrival.

use parclose_ingest::rows::{agent_row, customer_row};
use parclose_lake::{AgentsNow, Change, Lake, LakeError, LakeTable};
use parclose_model::{Event, Row, TableId};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// Order of two descriptions: later instant, then greater event id. The same whatever arrives first.
fn newer(a: &Row, b: &Row) -> bool {
    let key = |row: &Row| (row.get("seen_at").as_instant(), row.get("seen_event").as_text().map(str::to_owned));
    key(a) > key(b)
}

/// The newest row of each member of a dimension, and which of them the lake does not hold yet.
pub(crate) struct Dimension {
    rows: HashMap<String, Arc<Row>>,
    changed: HashMap<String, Option<i64>>,
}

impl Dimension {
    pub async fn load(table: &LakeTable) -> Result<Self, LakeError> {
        let mut rows: HashMap<String, Arc<Row>> = HashMap::new();
        for row in table.committed_rows(true).await? {
            if let Some(key) = row.get("unit_key").as_text().map(str::to_owned) {
                rows.insert(key, Arc::new(row));
            }
        }
        Ok(Self { rows, changed: HashMap::new() })
    }
    /// Takes a description; true when it is the newest.
    fn take(&mut self, row: Row) -> bool {
        let Some(key) = row.get("unit_key").as_text().map(str::to_owned) else { return false };
        let old = self.rows.get(&key);
        if old.is_some_and(|old| !newer(&row, old)) {
            return false;
        }
        let old_ms = old.map(|old| old.get("seen_at").as_instant().unwrap_or(0));
        // Where the lake's own row lies is remembered from the first change after a commit.
        self.changed.entry(key.clone()).or_insert(old_ms);
        self.rows.insert(key, Arc::new(row));
        true
    }
    fn changed(&self) -> usize {
        self.changed.len()
    }
    pub fn rows(&self) -> impl Iterator<Item = Arc<Row>> + '_ {
        self.rows.values().cloned()
    }
    /// What the lake does not hold yet, for a commit that begins now. What changes later refers to the rows that it writes.
    fn take_changed(&mut self, position: u64) -> Change {
        let changed = std::mem::take(&mut self.changed);
        let closed = changed.keys().filter_map(|key| self.rows.get(key).cloned()).collect();
        let replaced = changed.into_iter().filter_map(|(key, at)| at.map(|at| (key, (at, at)))).collect();
        Change { replaced, closed, open: Vec::new(), position }
    }
}

/// Both dimensions.
pub(crate) struct Dimensions {
    pub agents: Dimension,
    pub customers: Dimension,
    now: Arc<AgentsNow>,
}

impl Dimensions {
    pub fn new(agents: Dimension, customers: Dimension) -> Self {
        let now = Arc::new(AgentsNow::new(agents.rows()));
        Self { agents, customers, now }
    }
    /// Takes what events say of agents and customers.
    pub fn take<'e>(&mut self, events: impl Iterator<Item = &'e Event>) {
        let mut of_agents: HashMap<&str, Vec<&Event>> = HashMap::new();
        let mut agents_changed = false;
        for event in events {
            match event.worker.as_deref() {
                // Without a worker of its own an event may still name one in its fields.
                None | Some("") => agents_changed |= agent_row(event).is_some_and(|row| self.agents.take(row)),
                Some(worker) => of_agents.entry(worker).or_default().push(event),
            }
            if let Some(row) = customer_row(event) {
                self.customers.take(row);
            }
        }
        for mut events in of_agents.into_values() {
            // The newest description decides: reading the older ones of the same batch would be in vain.
            events.sort_by(|a, b| (b.at_ms, &b.id).cmp(&(a.at_ms, &a.id)));
            let newest = events.into_iter().find_map(agent_row);
            agents_changed |= newest.is_some_and(|row| self.agents.take(row));
        }
        if agents_changed {
            self.now = Arc::new(AgentsNow::new(self.agents.rows()));
        }
    }
    /// How many rows the lake does not hold yet.
    pub fn changed(&self) -> usize {
        self.agents.changed() + self.customers.changed()
    }
    /// Begins to write what changed. The next time only when this is over: two at once could come in either order.
    pub fn begin_commit(&mut self, lake: &Lake, position: u64, now_ms: i64) -> JoinHandle<Result<(), LakeError>> {
        let (agents, customers) = (self.agents.take_changed(position), self.customers.take_changed(position));
        let (of_agents, of_customers) = (lake.table(TableId::Agents).clone(), lake.table(TableId::Customers).clone());
        tokio::spawn(async move {
            of_agents.commit(agents, now_ms).await?;
            of_customers.commit(customers, now_ms).await
        })
    }
    pub fn agents_now(&self) -> Arc<AgentsNow> {
        self.now.clone()
    }
}
