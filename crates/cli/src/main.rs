//! `parclose`: server, importers and administration in one binary. This is the composition root: the only place
//! that opens the door, the lake and the catalog together.

mod args;
mod background;
mod bench_data;
mod check;
mod config;
mod data_dir;
mod demo;
mod events;
mod import;
mod logging;
mod people;
mod separation;
mod serve;
mod simulate;

use args::{Args, Command, EventsCommand, ImportCommand, LakeCommand, PeopleCommand, SeparationCommand};
use clap::Parser;

/// Rows are made, packed and dropped all the time on several threads: the C library's allocator spent a sixth of the processor on
/// that (docs/benchmarks.md, the load run).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    let args = Args::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("parclose: the runtime could not be started: {error}");
            return std::process::ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(args)) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("parclose: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> anyhow::Result<()> {
    match args.command {
        Command::Serve(serve) => serve::serve(serve).await,
        Command::Demo(demo) => demo::demo(demo).await,
        Command::Simulate(simulate) => simulate::simulate(simulate).await,
        Command::Import(ImportCommand::Csv(import)) => import::csv(import).await,
        Command::Import(ImportCommand::QueueLog(import)) => import::queue_log(import).await,
        Command::Import(ImportCommand::Events(import)) => import::events(import).await,
        Command::Lake(LakeCommand::Check(check)) => check::lake(check).await,
        Command::Events(EventsCommand::Show(data)) => events::show(data).await,
        Command::Events(EventsCommand::Retry(data)) => events::retry(data).await,
        Command::Separation(SeparationCommand::Check { file }) => separation::check(&file),
        Command::Separation(SeparationCommand::Install { file, data }) => separation::install(&file, data).await,
        Command::People(PeopleCommand::ResetLink { login, data }) => people::reset_link(&login, data).await,
        Command::Audit(data) => check::audit(data).await,
        Command::Config => {
            print!("{}", config::EXAMPLE);
            Ok(())
        }
        Command::Openapi => {
            println!("{}", parclose_http::document());
            Ok(())
        }
        Command::BenchData(bench) => bench_data::write(bench).await,
    }
}

/// Epoch milliseconds. The only clock: everything below takes time as an argument or this function.
fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
