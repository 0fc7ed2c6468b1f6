//! The identity providers that the walks in a browser sign in at: their own packages, apart from those of the web app.

use crate::process::run;
use crate::setup::unpack;
use crate::{paths, web};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Where they are.
fn folder() -> PathBuf {
    paths::web().join("e2e/idp")
}

/// npm packages and a Python environment, made anew when what is wanted has changed; SimpleSAMLphp, unpacked.
pub fn packages() -> Result<()> {
    node_packages()?;
    python_packages()?;
    if simplesamlphp()?.join("www").is_dir() {
        return Ok(());
    }
    unpack("simplesamlphp", &paths::target()?.join("idp-simplesamlphp"))
}

/// Where SimpleSAMLphp is.
pub fn simplesamlphp() -> Result<PathBuf> {
    Ok(paths::target()?.join("idp-simplesamlphp/usr/share/simplesamlphp"))
}

/// The Python that has what `requirements.txt` says.
pub fn python() -> Result<PathBuf> {
    Ok(paths::target()?.join("idp-venv/bin/python"))
}

fn changed_at(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|m| m.modified()).ok()
}

fn node_packages() -> Result<()> {
    let folder = folder();
    let wanted = changed_at(&folder.join("package-lock.json")).context("web/e2e/idp/package-lock.json is missing")?;
    if changed_at(&folder.join("node_modules/.package-lock.json")).is_some_and(|at| at >= wanted) {
        return Ok(());
    }
    once_more(|| run(web::npm(&["ci", "--no-audit", "--no-fund", "--prefer-offline"]).current_dir(&folder)))
}

fn python_packages() -> Result<()> {
    let (wanted, environment) = (folder().join("requirements.txt"), paths::target()?.join("idp-venv"));
    let installed = environment.join("installed.txt");
    let text = std::fs::read_to_string(&wanted).context("web/e2e/idp/requirements.txt is missing")?;
    if std::fs::read_to_string(&installed).is_ok_and(|known| known == text) {
        return Ok(());
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
    once_more(|| {
        let mut pip = Command::new(environment.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&wanted);
        run(&mut pip)
    })?;
    std::fs::write(&installed, text).with_context(|| format!("{} could not be written", installed.display()))
}

/// Registries fail now and then, and the same command works a moment later.
fn once_more(install: impl Fn() -> Result<()>) -> Result<()> {
    install().or_else(|error| {
        eprintln!("    {error:#}; once more");
        std::thread::sleep(std::time::Duration::from_secs(5));
        install()
    })
}
