//! `parclose import`: files become events in the log; rows follow at once, or in the running server.

use crate::args::{DataArgs, ImportArgs, ImportEventsArgs};
use crate::data_dir::{DataDir, config, open_log};
use anyhow::{Context, bail};
use parclose_ingest::import::queue_log::QueueLogMapping;
use parclose_ingest::import::{ImportError, Mapping, Progress, Report, csv, queue_log};
use parclose_model::{Event, WorkspaceId};
use parclose_pipeline::{EventLog, LogError, Pipeline, Settings};
use std::fs::File;
use std::io::{BufReader, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Events waiting between the reader of the file and the writer of the log.
const BATCHES_AHEAD: usize = 8;

pub async fn csv(args: ImportArgs) -> anyhow::Result<()> {
    let text = read_mapping(&args)?;
    let mapping = Mapping::parse(&text).with_context(|| format!("the mapping {} can't be used", args.mapping.display()))?;
    run(args, move |reader, sink, progress| csv::import(reader, &mapping, sink, progress)).await
}

pub async fn queue_log(args: ImportArgs) -> anyhow::Result<()> {
    let text = read_mapping(&args)?;
    let mapping = QueueLogMapping::parse(&text).with_context(|| format!("the mapping {} can't be used", args.mapping.display()))?;
    run(args, move |reader, sink, progress| queue_log::import(reader, &mapping, sink, progress)).await
}

fn read_mapping(args: &ImportArgs) -> anyhow::Result<String> {
    std::fs::read_to_string(&args.mapping).with_context(|| format!("the mapping {} can't be read", args.mapping.display()))
}

type Import = dyn FnOnce(BufReader<File>, &mut dyn FnMut(Vec<Event>) -> Result<(), ImportError>, &mut dyn FnMut(Progress)) -> Result<Report, ImportError> + Send;

async fn run(
    args: ImportArgs,
    import: impl FnOnce(BufReader<File>, &mut dyn FnMut(Vec<Event>) -> Result<(), ImportError>, &mut dyn FnMut(Progress)) -> Result<Report, ImportError> + Send + 'static,
) -> anyhow::Result<()> {
    let import: Box<Import> = Box::new(import);
    let config = config(&args.data)?;
    let file = File::open(&args.file).with_context(|| format!("the file {} can't be opened", args.file.display()))?;
    let size = file.metadata().map(|m| m.len()).unwrap_or(0);
    let log = open_log(&config.data_dir, &config).await?;
    let (send, mut receive) = tokio::sync::mpsc::channel::<Vec<Event>>(BATCHES_AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        let mut sink = |events: Vec<Event>| send.blocking_send(events).map_err(|_| ImportError::Sink("the event log has stopped".into()));
        let mut shown = Instant::now();
        let mut progress = |p: Progress| {
            if shown.elapsed() >= Duration::from_millis(500) {
                shown = Instant::now();
                let percent = if size == 0 { 100.0 } else { p.bytes as f64 * 100.0 / size as f64 };
                eprint!("\r{:>5.1} %  {} lines, {} events", percent.min(100.0), p.lines, p.events);
                let _ = std::io::stderr().flush();
            }
        };
        import(BufReader::with_capacity(1 << 20, file), &mut sink, &mut progress)
    });
    let (mut new, mut duplicates) = (0, 0);
    while let Some(events) = receive.recv().await {
        let accepted = append(&log, &events).await?;
        new += accepted.0;
        duplicates += accepted.1;
    }
    let report = reading.await??;
    if std::io::stderr().is_terminal() {
        eprint!("\r");
    } else {
        eprintln!();
    }
    print_report(&report, new, duplicates);
    if let Some(path) = &args.report {
        std::fs::write(path, serde_json::to_vec_pretty(&report)?).with_context(|| format!("the report {} can't be written", path.display()))?;
    }
    make_rows(&args.data, log).await
}

/// Waits where the log is busy; nothing is lost.
pub async fn append(log: &EventLog, events: &[Event]) -> anyhow::Result<(usize, usize)> {
    for attempt in 1..=200_u64 {
        match log.append(events).await {
            Ok(accepted) => return Ok((accepted.new, accepted.duplicates)),
            Err(LogError::Busy) => tokio::time::sleep(Duration::from_millis(10 * attempt.min(20))).await,
            Err(error) => return Err(error.into()),
        }
    }
    bail!("the event log stayed busy; run the import again, it goes on where it stopped")
}

fn print_report(report: &Report, new: usize, duplicates: usize) {
    println!("{} lines read, {} taken in as {} events ({new} new, {duplicates} known already)", report.lines, report.good, report.events);
    for (title, tallies) in [("refused", &report.refused), ("left out", &report.skipped), ("noted", &report.noted)] {
        for tally in tallies {
            let lines: Vec<String> = tally.first_lines.iter().take(5).map(u64::to_string).collect();
            println!("  {title}: {} × {} (lines {}{})", tally.count, tally.reason, lines.join(", "), if tally.count > 5 { ", …" } else { "" });
        }
    }
}

/// Makes the rows now when no server does.
async fn make_rows(data: &DataArgs, log: EventLog) -> anyhow::Result<()> {
    let config = config(data)?;
    let Ok(folder) = DataDir::lock(&config.data_dir) else {
        println!("The running server makes the rows within seconds.");
        return Ok(());
    };
    let lake = folder.lake(&WorkspaceId::new(config.workspace.clone())).await?;
    let started = Instant::now();
    let mut pipeline = Pipeline::open(log, lake, Settings::default(), crate::now_ms).await?;
    pipeline.catch_up().await?;
    println!("Rows made in {:.1} s.", started.elapsed().as_secs_f64());
    Ok(())
}

pub async fn events(args: ImportEventsArgs) -> anyhow::Result<()> {
    let config = config(&args.data)?;
    let file = File::open(&args.file).with_context(|| format!("the file {} can't be opened", args.file.display()))?;
    let log = open_log(&config.data_dir, &config).await?;
    let (mut new, mut duplicates, mut refused) = (0, 0, Vec::new());
    let mut batch = Vec::new();
    let limits = parclose_ingest::door::Limits::default();
    for item in parclose_ingest::door::backfill::parse_lines(BufReader::with_capacity(1 << 20, file), limits) {
        match item {
            Ok(event) => batch.push(event),
            Err(error) => refused.push((error.index().map_or(0, |at| at + 1), error.code())),
        }
        if batch.len() >= 1000 {
            let accepted = append(&log, &std::mem::take(&mut batch)).await?;
            new += accepted.0;
            duplicates += accepted.1;
        }
    }
    let accepted = append(&log, &batch).await?;
    println!("{} events kept, {} known already, {} lines refused", new + accepted.0, duplicates + accepted.1, refused.len());
    for (line, code) in refused.iter().take(20) {
        println!("  refused: line {line}: {code}");
    }
    make_rows(&args.data, log).await
}
