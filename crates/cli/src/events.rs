//! `parclose events`: what the event log holds, and what of it can't be read back.

use crate::args::DataArgs;
use crate::data_dir::{config, open_log};
use parclose_pipeline::EventLog;

/// Lines of one list.
const SHOWN: usize = 50;

pub async fn show(args: DataArgs) -> anyhow::Result<()> {
    let config = config(&args)?;
    let log = open_log(&config.data_dir, &config).await?;
    println!("events in the log: {}", log.count().await?);
    show_aside(&log).await
}

pub async fn retry(args: DataArgs) -> anyhow::Result<()> {
    let config = config(&args)?;
    let log = open_log(&config.data_dir, &config).await?;
    let retried = log.retry_aside().await?;
    println!("{} events can be read again and become rows; {} stay aside", retried.readable, retried.still_aside);
    Ok(())
}

/// Position, reason and time of what is aside; never a value of an event.
pub async fn show_aside(log: &EventLog) -> anyhow::Result<()> {
    let aside = log.aside().await?;
    if aside.is_empty() {
        println!("every event can be read");
        return Ok(());
    }
    println!("{} events can't be read and are aside: rows are made without them, they stay in the log", aside.len());
    for one in aside.iter().take(SHOWN) {
        let noted = jiff::Timestamp::from_millisecond(one.noted_ms).unwrap_or_default();
        let back = if one.is_back { ", can be read again" } else { "" };
        println!("  event {}: {}, noted {noted}{back}", one.seq, one.reason);
    }
    if aside.len() > SHOWN {
        println!("  … and {} more", aside.len() - SHOWN);
    }
    Ok(())
}
