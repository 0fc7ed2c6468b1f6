//! The web app's packages, build and tests. Done again only when something changed.

use crate::paths;
use crate::process::run;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

/// An npm command in the web app's folder.
pub fn npm(arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(arguments).current_dir(paths::web());
    command
}

/// A program of the web app's own packages.
pub fn npx(arguments: &[&str]) -> Command {
    let mut command = Command::new("npx");
    command.arg("--no-install").args(arguments).current_dir(paths::web());
    command
}

fn changed_at(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|m| m.modified()).ok()
}

/// The newest change in a folder, its own included: that one moves when a file is deleted.
fn newest(path: &Path) -> Option<SystemTime> {
    let own = changed_at(path);
    let within = std::fs::read_dir(path).into_iter().flatten().flatten().filter_map(|entry| newest(&entry.path())).max();
    own.max(within)
}

/// `npm ci`, when the lock file is newer than what is installed.
pub fn packages() -> Result<()> {
    let web = paths::web();
    let installed = changed_at(&web.join("node_modules/.package-lock.json"));
    let wanted = changed_at(&web.join("package-lock.json")).context("web/package-lock.json is missing")?;
    if installed.is_some_and(|at| at >= wanted) {
        eprintln!("    up to date");
        return Ok(());
    }
    let install = || run(&mut npm(&["ci", "--no-audit", "--no-fund", "--prefer-offline"]));
    install().or_else(|error| {
        eprintln!("    {error:#}; once more");
        install()
    })
}

/// Type check and bundle, when a source is newer than the bundle. True when it was built.
pub fn build() -> Result<bool> {
    let web = paths::web();
    let sources = ["src", "public", "index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"];
    let changed = sources.iter().filter_map(|name| newest(&web.join(name))).max();
    if changed_at(&web.join("dist/index.html")) >= changed && changed.is_some() {
        eprintln!("    up to date");
        return Ok(false);
    }
    run(&mut npm(&["run", "--silent", "build"]))?;
    Ok(true)
}

/// The server embeds this folder: without it, it does not compile.
pub fn ensure_dist() -> Result<()> {
    let dist = paths::web().join("dist");
    std::fs::create_dir_all(&dist).with_context(|| format!("{} could not be made", dist.display()))
}
