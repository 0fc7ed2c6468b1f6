//! The project's own commands: `cargo xtask demo | test | check | gen | bench`.
//!
//! A fresh machine with Rust and Node needs nothing else: each command first looks for what it needs and installs
//! what is missing, or says in one line what to type. Nothing here is part of the product.

mod bench;
mod check;
mod demo;
mod fuzz;
mod generate;
mod paths;
mod process;
mod providers;
mod scim;
mod server;
mod setup;
mod steps;
mod test;
mod web;

use std::process::ExitCode;

const HELP: &str = "\
usage: cargo xtask <command> [arguments]

  demo [arguments]   build everything and start the demo company; arguments go to `parclose demo`
                     (--listen 127.0.0.1:7700, --data-dir ./data/demo, --days 90, --seed 7)
  test               everything that has to hold: Rust tests, web tests, the whole product in a browser
  check              the fast loop: cargo check, clippy, web type check
  gen [--check]      write docs/openapi.json and the web app's types from the server; --check only compares
  bench [arguments]  measure and write docs/benchmarks.md (--rows 1000000,10000000, --only dashboard,load,visible,door, --peers none)
";

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let command = if arguments.is_empty() { String::new() } else { arguments.remove(0) };
    let result = match command.as_str() {
        "demo" => demo::run(&arguments),
        "test" => test::run(&arguments),
        "check" => check::run(&arguments),
        "gen" => generate::run(&arguments),
        "bench" => bench::run(&arguments),
        "" | "help" | "--help" | "-h" => {
            print!("{HELP}");
            return if command.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
        other => Err(anyhow::anyhow!("unknown command `{other}`\n\n{HELP}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
