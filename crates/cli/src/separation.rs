//! `parclose separation`: rules files.

use crate::args::DataArgs;
use crate::data_dir::config;
use anyhow::Context;
use parclose_access::RuleSet;
use parclose_model::WorkspaceId;
use std::path::Path;

fn read(file: &Path) -> anyhow::Result<String> {
    let yaml = std::fs::read_to_string(file).with_context(|| format!("the rules {} can't be read", file.display()))?;
    RuleSet::parse(&yaml).with_context(|| format!("the rules {} can't be used", file.display()))?;
    Ok(yaml)
}

pub fn check(file: &Path) -> anyhow::Result<()> {
    read(file)?;
    println!("the rules are well formed");
    Ok(())
}

pub async fn install(file: &Path, data: DataArgs) -> anyhow::Result<()> {
    let yaml = read(file)?;
    let config = config(&data)?;
    let catalog = parclose_catalog::Catalog::open(&config.data_dir.join("catalog.db")).await?;
    let workspace = WorkspaceId::new(config.workspace);
    catalog.install_separation(&workspace, &yaml, crate::now_ms()).await.context(
        "the rules were not installed: a workspace that has rules is changed by a person, through the app or the API",
    )?;
    println!("the rules are in force from now on");
    Ok(())
}
