//! Where things are.

use crate::process::output;
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::Command;

/// The root of the repository. Cargo says at run time where it is: checkouts that share a target folder also share
/// compiled programs, and what was compiled in may be another one's.
pub fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    own.parent().unwrap_or(&own).to_owned()
}

/// The web app.
pub fn web() -> PathBuf {
    root().join("web")
}

/// Cargo, the one that runs us.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    // `cargo run` tells us about our own package. Build scripts that watch these would take it for a change and run
    // again, with everything above them.
    for (name, _) in std::env::vars_os() {
        let is_about_us = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"].iter().any(|p| name.to_string_lossy().starts_with(p));
        if is_about_us {
            command.env_remove(name);
        }
    }
    command
}

/// Cargo's target folder, wherever the environment or a configuration file puts it.
pub fn target() -> Result<PathBuf> {
    let text = output(cargo().args(["metadata", "--no-deps", "--offline", "--format-version=1"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&text).context("cargo metadata is not JSON")?;
    metadata["target_directory"].as_str().map(PathBuf::from).context("cargo metadata names no target folder")
}

/// The program, as `cargo build` leaves it.
pub fn parclose(profile: &str) -> Result<PathBuf> {
    Ok(target()?.join(profile).join("parclose"))
}

/// Git in the repository.
pub fn git(arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.current_dir(root()).args(arguments);
    command
}
