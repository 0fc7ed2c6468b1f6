//! `cargo xtask test`: everything that has to hold, ending with the whole product in a browser.

use crate::process::{self, is_there};
use crate::server::{Server, free_address};
use crate::setup::{Needs, browser, ensure};
use crate::steps::Steps;
use crate::{demo, fuzz, paths, providers, scim, web};
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// For the demo people of the run's own server, which lives on the loopback for a minute or two.
const PASSWORD: &str = "walk-through-2026-browser";

/// All steps.
pub fn run(_arguments: &[String]) -> Result<()> {
    let mut steps = Steps::new();
    steps.run("set-up", || ensure(Needs { browser: true, python: true, providers: true }))?;
    steps.run("web packages", web::packages)?;
    steps.run("identity providers", providers::packages)?;
    let built = steps.run("web build", web::build)?;
    if !built {
        // The build checks the types as well.
        steps.run("web types", || process::run(&mut web::npm(&["run", "--silent", "typecheck"])))?;
    }
    steps.run("web unit tests", || process::run(&mut web::npm(&["run", "--silent", "test"])))?;
    steps.run("Rust tests", rust_tests)?;
    steps.run("scim2-tester", scim::test)?;
    steps.run("parclose", demo::build)?;
    let folder = std::env::temp_dir().join(format!("parclose-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).with_context(|| format!("{} could not be made", folder.display()))?;
    let result = steps.run("schemathesis", || fuzz::test(&folder, PASSWORD)).and_then(|()| walks(&mut steps, &folder));
    // What a failed run leaves behind is evidence.
    match &result {
        Ok(()) => std::fs::remove_dir_all(&folder).unwrap_or_else(|e| eprintln!("    {} stays: {e}", folder.display())),
        Err(_) => eprintln!("    data of the failed run: {}", folder.display()),
    }
    result?;
    steps.summary();
    Ok(())
}

fn rust_tests() -> Result<()> {
    let mut cargo = paths::cargo();
    if is_there("cargo-nextest") {
        cargo.args(["nextest", "run", "--workspace"]);
    } else {
        eprintln!("    cargo-nextest is not installed: cargo test");
        cargo.args(["test", "--workspace", "--all-targets"]);
    }
    process::run(&mut cargo)?;
    // nextest leaves documentation tests out; those of the query crate prove that plans can't be forged.
    let mut documentation = paths::cargo();
    documentation.args(["test", "--workspace", "--doc", "--quiet"]);
    process::run(&mut documentation)
}

fn walks(steps: &mut Steps, folder: &Path) -> Result<()> {
    let server = steps.run("demo company", || start(folder))?;
    let address = server.url();
    let named = steps.run("a server with a name", || start_named(folder))?;
    steps.run("walks in a browser", || {
        let mut playwright = web::npx(&["playwright", "test"]);
        playwright.env("PARCLOSE_URL", &address).env("PARCLOSE_DEMO_PASSWORD", PASSWORD).env("CI", "1");
        playwright.env("PARCLOSE_IDP_PYTHON", providers::python()?).env("PARCLOSE_IDP_SIMPLESAMLPHP", providers::simplesamlphp()?);
        playwright.env("PARCLOSE_LOCALHOST_URL", localhost(&named));
        playwright.env("PARCLOSE_MOCK_URL", format!("http://{}", free_address()?));
        if let Some(browser) = browser() {
            playwright.env("PARCLOSE_CHROMIUM", browser);
        }
        process::run(&mut playwright)
    })?;
    steps.run("stop", || server.stop().and(named.stop()))
}

/// Browsers make passkeys only for a name: an empty server that is known as `localhost`, with one administrator.
fn start_named(folder: &Path) -> Result<Server> {
    let address = free_address()?;
    let mut command = Command::new(paths::parclose("debug")?);
    command.current_dir(folder).env("PARCLOSE_PUBLIC_BASE_URL", format!("http://localhost:{}", address.port()));
    command.env("PARCLOSE_LOG_LEVEL", "warn").env("PARCLOSE_ADMIN_LOGIN", "admin@acme.example").env("PARCLOSE_ADMIN_PASSWORD", PASSWORD);
    command.args(["serve", "--listen", &address.to_string(), "--data-dir"]).arg(folder.join("named"));
    let mut server = Server::start(&mut command, address, &folder.join("named.log"))?;
    server.wait_until_ready(Duration::from_secs(60))?;
    Ok(server)
}

fn localhost(server: &Server) -> String {
    server.url().replace("127.0.0.1", "localhost")
}

fn start(folder: &Path) -> Result<Server> {
    let address = free_address()?;
    let mut command = Command::new(paths::parclose("debug")?);
    command.current_dir(folder).env("PARCLOSE_DEMO_PASSWORD", PASSWORD);
    command.args(["demo", "--days", "35", "--listen", &address.to_string(), "--data-dir"]).arg(folder.join("data"));
    let mut server = Server::start(&mut command, address, &folder.join("server.log"))?;
    server.wait_until_ready(Duration::from_secs(180))?;
    Ok(server)
}
