//! `parclose simulate`: the demo company's traffic over HTTP, signed, for trying a server out and for load tests.

use crate::args::SimulateArgs;
use anyhow::bail;
use parclose_ingest::door::signature::sign_json;
use parclose_ingest::simulate::{Simulator, acme, wire};
use parclose_model::Event;
use std::time::Duration;

const BATCH: usize = 200;
const DAY_MS: i64 = 86_400_000;

pub async fn simulate(args: SimulateArgs) -> anyhow::Result<()> {
    let now = crate::now_ms();
    let from_ms = (now - i64::from(args.days) * DAY_MS).div_euclid(DAY_MS) * DAY_MS;
    let company = acme::company(f64::from(args.conversations_per_day));
    let mut simulator = Simulator::new(company, args.seed, from_ms, i64::MAX);
    let url = format!("{}/hooks/event-streams/{}", args.to.trim_end_matches('/'), args.workspace);
    let mut sent = 0;
    let client = reqwest::Client::builder().timeout(Duration::from_secs(15)).build()?;
    loop {
        let mut batch: Vec<Event> = Vec::new();
        while batch.len() < BATCH
            && let Some(event) = simulator.next_before(crate::now_ms())
        {
            batch.push(event);
        }
        if batch.is_empty() {
            if !args.live {
                println!("{sent} events sent");
                return Ok(());
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            continue;
        }
        let body = wire::cloud_events(&batch);
        send(&client, &url, &args.secret, body).await?;
        sent += batch.len();
        if sent % 10_000 < BATCH {
            eprintln!("{sent} events");
        }
    }
}

/// Sends until it is taken: 429, 503 and broken connections are tried again, as the platform does.
async fn send(client: &reqwest::Client, url: &str, secret: &str, body: Vec<u8>) -> anyhow::Result<()> {
    let (signed_url, signature) = sign_json(secret, url, &body);
    for attempt in 0..60 {
        let request = client.post(&signed_url).header("content-type", "application/json").header("x-twilio-signature", &signature);
        match request.body(body.clone()).send().await.map(|answer| answer.status().as_u16()) {
            Ok(200..=299) => return Ok(()),
            Ok(status @ (429 | 500..=599)) => tracing::debug!(status, "told to come back"),
            Ok(status) => bail!("the event door answered {status}; check the address, the workspace and the secret"),
            Err(error) => tracing::debug!(%error, "no connection"),
        }
        tokio::time::sleep(Duration::from_millis(200 * (attempt + 1).min(10))).await;
    }
    bail!("the event door did not take the events")
}
