//! `parclose lake check` and `parclose audit`.

use crate::args::DataArgs;
use crate::data_dir::{DataDir, config};
use anyhow::bail;
use parclose_model::WorkspaceId;
use parclose_pipeline::check_lake;

pub async fn lake(args: DataArgs) -> anyhow::Result<()> {
    let config = config(&args)?;
    let folder = DataDir::lock(&config.data_dir)?;
    let (log, lake) = (folder.log(&config).await?, folder.lake(&WorkspaceId::new(config.workspace.clone())).await?);
    let report = check_lake(&log, &lake).await?;
    println!("events in the log: {}; lake at position {}", log.count().await?, report.position);
    crate::events::show_aside(&log).await?;
    println!("units compared: {}", report.units);
    for (table, rows) in &report.rows {
        println!("rows in {table}: {rows}");
    }
    if !report.is_good() {
        for (table, unit) in &report.different {
            println!("different: {table} {unit}");
        }
        bail!("{} units of the lake differ from the event log", report.different_count);
    }
    println!("the lake holds exactly what the event log gives");
    Ok(())
}

pub async fn audit(args: DataArgs) -> anyhow::Result<()> {
    let config = config(&args)?;
    let catalog = parclose_catalog::Catalog::open(&config.data_dir.join("catalog.db")).await?;
    let head = catalog.verify_audit().await?;
    println!("the audit trail is whole: {} entries, last hash {}", head.number, head.hash);
    Ok(())
}
