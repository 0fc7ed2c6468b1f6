//! `cargo xtask demo`: from a clone to a company with ninety days behind it, in one command.

use crate::setup::{Needs, ensure};
use crate::steps::Steps;
use crate::{paths, process, web};
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::Command;

/// Builds, then becomes the server.
pub fn run(arguments: &[String]) -> Result<()> {
    let mut steps = Steps::new();
    let program = prepare(&mut steps)?;
    let mut command = Command::new(program);
    command.current_dir(paths::root()).arg("demo").args(arguments);
    if !arguments.iter().any(|a| a == "--data-dir" || a.starts_with("--data-dir=")) {
        command.args(["--data-dir", "data/demo"]);
    }
    become_it(command)
}

/// Everything up to the built program.
pub fn prepare(steps: &mut Steps) -> Result<PathBuf> {
    steps.run("set-up", || ensure(Needs::default()))?;
    steps.run("web packages", web::packages)?;
    steps.run("web build", web::build)?;
    steps.run("parclose (the first time takes a while)", build)?;
    paths::parclose("debug")
}

/// The program alone, without the other members of the workspace: their features must not slip into it.
pub fn build() -> Result<()> {
    process::run(paths::cargo().args(["build", "--package", "parclose-cli"]))
}

#[cfg(unix)]
fn become_it(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    // Signals then reach the server itself.
    Err(command.exec()).context("parclose could not be started")
}

#[cfg(not(unix))]
fn become_it(mut command: Command) -> Result<()> {
    let status = command.status().context("parclose could not be started")?;
    anyhow::ensure!(status.success(), "parclose ended with {status}");
    Ok(())
}
