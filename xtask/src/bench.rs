//! `cargo xtask bench`: the measurements of docs/benchmarks.md. The measuring itself is `bench/` (Python, an HTTP client
//! and the engines that it compares with), which knows the product only from outside.

use crate::process::{output, run as run_command};
use crate::setup::{Needs, ensure};
use crate::steps::Steps;
use crate::{paths, web};
use anyhow::Result;
use std::process::Command;

/// Release build, environment, measurement. Arguments go to `bench/run.py`.
pub fn run(arguments: &[String]) -> Result<()> {
    let mut steps = Steps::new();
    steps.run("set-up", || ensure(Needs { python: true, ..Needs::default() }))?;
    steps.run("web packages", web::packages)?;
    steps.run("web build", web::build)?;
    steps.run("parclose, optimised", || run_command(paths::cargo().args(["build", "--release", "--package", "parclose-cli"])))?;
    let folder = paths::target()?.join("bench-venv");
    let python = folder.join("bin/python");
    let wanted = paths::root().join("bench/requirements.txt");
    steps.run("Python with the other engines", || {
        if !python.exists() {
            run_command(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        }
        run_command(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&wanted))
    })?;
    let commit = output(&mut paths::git(&["rev-parse", "--short", "HEAD"])).unwrap_or_default();
    // Numbers of a program that no commit has must say so.
    let changes = output(&mut paths::git(&["status", "--porcelain", "--", "crates", "web/src", "Cargo.toml", "Cargo.lock", "bench"])).unwrap_or_default();
    steps.run("measurements", || {
        let mut bench = Command::new(&python);
        bench.current_dir(paths::root()).env("PYTHONDONTWRITEBYTECODE", "1").arg("bench/run.py").arg("--parclose").arg(paths::parclose("release")?);
        let named = if commit.trim().is_empty() { "unknown" } else { commit.trim() };
        bench.args(["--commit", &format!("{named}{}", if changes.trim().is_empty() { "" } else { " with changes" })]);
        bench.args(["--work"]).arg(paths::target()?.join("bench"));
        run_command(bench.args(["--write", "docs/benchmarks.md"]).args(arguments))
    })?;
    steps.summary();
    Ok(())
}
