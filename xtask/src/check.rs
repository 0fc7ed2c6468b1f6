//! `cargo xtask check`: the fast loop.

use crate::process;
use crate::setup::{Needs, ensure};
use crate::steps::Steps;
use crate::{paths, web};
use anyhow::Result;

/// Compiles everything, lints it, checks the web app's types. Runs nothing.
pub fn run(_arguments: &[String]) -> Result<()> {
    let mut steps = Steps::new();
    steps.run("set-up", || ensure(Needs::default()))?;
    web::ensure_dist()?;
    steps.run("cargo check", || process::run(paths::cargo().args(["check", "--workspace", "--all-targets"])))?;
    steps.run("clippy", || process::run(paths::cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])))?;
    steps.run("web packages", web::packages)?;
    steps.run("web types", || process::run(&mut web::npm(&["run", "--silent", "typecheck"])))?;
    steps.summary();
    Ok(())
}
