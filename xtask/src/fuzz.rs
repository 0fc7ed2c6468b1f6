//! schemathesis over the OpenAPI document, against a demo server of its own: it is changed in every way that an administrator has.

use crate::process::run;
use crate::server::{Server, free_address};
use crate::{paths, scim};
use anyhow::Result;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Three days of traffic are rows enough to be asked for.
const DAYS: &str = "3";

/// Starts a server in a fresh folder, asks it everything as several callers, and stops it. It must stop cleanly even then.
pub fn test(folder: &Path, password: &str) -> Result<()> {
    let tests = paths::root().join("crates/http/tests/fuzz");
    let python = scim::python("fuzz-venv", &tests.join("requirements.txt"))?;
    let folder = folder.join("fuzz");
    std::fs::create_dir_all(&folder)?;
    let address = free_address()?;
    let mut command = Command::new(paths::parclose("debug")?);
    command.current_dir(&folder).env("PARCLOSE_DEMO_PASSWORD", password);
    command.args(["demo", "--days", DAYS, "--listen", &address.to_string(), "--data-dir"]).arg(folder.join("data"));
    let mut server = Server::start(&mut command, address, &folder.join("server.log"))?;
    server.wait_until_ready(Duration::from_secs(120))?;
    run(Command::new(python).arg("-B").arg(tests.join("fuzz.py")).args([&server.url(), password]).arg(&folder))?;
    server.stop()
}
