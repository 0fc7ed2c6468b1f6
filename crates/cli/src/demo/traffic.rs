//! Acme's traffic: history in large batches, then as time goes by.

use crate::import::append;
use parclose_ingest::simulate::{Simulator, acme};
use parclose_model::Event;
use parclose_pipeline::EventLog;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Events of one append while history is made.
const BATCH: usize = 8_000;

/// The simulator and where it stands.
pub struct Traffic {
    simulator: Simulator,
    from_ms: i64,
}

impl Traffic {
    pub fn new(seed: u64, conversations_per_day: u32, from_ms: i64) -> Self {
        Self { simulator: Simulator::new(acme::company(f64::from(conversations_per_day)), seed, from_ms, i64::MAX), from_ms }
    }

    /// Everything until `now_ms`, telling the share that is done.
    pub async fn make_history(&mut self, log: &EventLog, now_ms: i64, mut progress: impl FnMut(f64, u64)) -> anyhow::Result<()> {
        let mut count = 0;
        let mut keeping: Option<JoinHandle<anyhow::Result<()>>> = None;
        loop {
            // The next events are made while the last ones are written.
            let batch = self.take(now_ms, BATCH);
            if let Some(kept) = keeping.take() {
                kept.await??;
            }
            let Some(last) = batch.last() else { break };
            count += batch.len() as u64;
            let done = (last.at_ms - self.from_ms) as f64 / (now_ms - self.from_ms).max(1) as f64;
            progress(done.clamp(0.0, 1.0), count);
            let log = log.clone();
            keeping = Some(tokio::spawn(async move { append(&log, &batch).await.map(|_| ()) }));
        }
        progress(1.0, count);
        Ok(())
    }

    /// Goes on for ever: what has not been sent yet, then each second's events.
    pub async fn live(&mut self, log: &EventLog) -> anyhow::Result<()> {
        let known_ms = log.newest_ms().await?.unwrap_or(0);
        loop {
            let now = crate::now_ms();
            // The simulator starts at the beginning: what the log has is passed over, in steps that leave room for others.
            let mut batch = self.take(now, BATCH);
            let full = batch.len() == BATCH;
            batch.retain(|event| event.at_ms >= known_ms - 1000);
            append(log, &batch).await?;
            tokio::time::sleep(if full { Duration::from_millis(2) } else { Duration::from_secs(1) }).await;
        }
    }

    fn take(&mut self, until_ms: i64, most: usize) -> Vec<Event> {
        let mut batch = Vec::new();
        while batch.len() < most
            && let Some(event) = self.simulator.next_before(until_ms)
        {
            batch.push(event);
        }
        batch
    }
}
