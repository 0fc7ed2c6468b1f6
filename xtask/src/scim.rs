//! scim2-tester against the routes of SCIM on the loopback.

use crate::paths;
use crate::process::run;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Python with the packages of a requirements file, in versions that are written down.
pub fn python(name: &str, requirements: &Path) -> Result<PathBuf> {
    let folder = paths::target()?.join(name);
    let python = folder.join("bin/python");
    if !python.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(requirements))?;
    Ok(python)
}

/// Starts the example, asks it everything, and stops it.
pub fn test() -> Result<()> {
    let python = python("scim-venv", &paths::root().join("crates/scim/tests/requirements.txt"))?;
    run(paths::cargo().args(["build", "--quiet", "--workspace", "--example", "serve"]))?;
    let mut server = Stopped(
        Command::new(paths::target()?.join("debug/examples/serve"))
            .stdout(Stdio::piped())
            .spawn()
            .context("the example could not be started")?,
    );
    let out = server.0.stdout.take().context("the example has no output")?;
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    let said: serde_json::Value = serde_json::from_str(&line).context("the example did not say where it listens")?;
    let (Some(url), Some(key)) = (said["url"].as_str(), said["key"].as_str()) else { bail!("the example did not say where it listens") };
    run(Command::new(python).env("PYTHONDONTWRITEBYTECODE", "1").arg(paths::root().join("crates/scim/tests/tester.py")).args([url, key]))
}

/// Ends with whoever started it.
struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
