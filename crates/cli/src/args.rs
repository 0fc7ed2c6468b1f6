//! Commands and flags.

use clap::{Args as ClapArgs, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Analytics and quality management for contact centres.
#[derive(Debug, Parser)]
#[command(name = "parclose", version, about)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server.
    Serve(ServeArgs),
    /// Run the server with the demo company Acme and live simulated traffic.
    Demo(DemoArgs),
    /// Make realistic events and send them to a server's event door, signed as the platform signs.
    Simulate(SimulateArgs),
    /// Take in files of other systems.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Look after the lake.
    #[command(subcommand)]
    Lake(LakeCommand),
    /// Look after the event log.
    #[command(subcommand)]
    Events(EventsCommand),
    /// Separation rules.
    #[command(subcommand)]
    Separation(SeparationCommand),
    /// People, for whoever runs the server.
    #[command(subcommand)]
    People(PeopleCommand),
    /// Verify the audit trail's hash chain.
    Audit(DataArgs),
    /// Print a configuration file with every setting explained.
    Config,
    /// Print the OpenAPI document.
    #[command(hide = true)]
    Openapi,
    /// Write a ready lake for benchmarks.
    #[command(hide = true)]
    BenchData(BenchDataArgs),
}

/// Where the data is.
#[derive(Debug, Clone, ClapArgs)]
pub struct DataArgs {
    /// Configuration file.
    #[arg(long, env = "PARCLOSE_CONFIG")]
    pub config: Option<PathBuf>,
    /// Folder of all data.
    #[arg(long, env = "PARCLOSE_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// Workspace.
    #[arg(long, env = "PARCLOSE_WORKSPACE")]
    pub workspace: Option<String>,
}

/// `parclose serve`.
#[derive(Debug, Clone, ClapArgs)]
pub struct ServeArgs {
    #[command(flatten)]
    pub data: DataArgs,
    /// Address to listen on.
    #[arg(long, env = "PARCLOSE_LISTEN")]
    pub listen: Option<SocketAddr>,
}

/// `parclose demo`.
#[derive(Debug, Clone, ClapArgs)]
pub struct DemoArgs {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:7700", env = "PARCLOSE_LISTEN")]
    pub listen: SocketAddr,
    /// Folder of the demo's data.
    #[arg(long, default_value = "data/demo")]
    pub data_dir: PathBuf,
    /// Days of history.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=800))]
    pub days: u32,
    /// Seed of the simulated traffic.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// Conversations on a usual day.
    #[arg(long, default_value_t = 450)]
    pub conversations_per_day: u32,
}

/// `parclose simulate`.
#[derive(Debug, Clone, ClapArgs)]
pub struct SimulateArgs {
    /// The server's public base URL, for example http://127.0.0.1:7700
    #[arg(long)]
    pub to: String,
    /// Workspace of the door.
    #[arg(long, default_value = "acme")]
    pub workspace: String,
    /// The secret with which events are signed.
    #[arg(long, env = "PARCLOSE_DOOR_SECRET")]
    pub secret: String,
    /// Days of history to send, ending now.
    #[arg(long, default_value_t = 1)]
    pub days: u32,
    /// Seed.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// Conversations on a usual day.
    #[arg(long, default_value_t = 450)]
    pub conversations_per_day: u32,
    /// Go on with live traffic until stopped.
    #[arg(long)]
    pub live: bool,
}

/// Importers.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// A delimited file, one call a line, described by a mapping file.
    Csv(ImportArgs),
    /// An Asterisk queue_log.
    QueueLog(ImportArgs),
    /// TaskRouter events as the REST interface lists them, one JSON object a line.
    Events(ImportEventsArgs),
}

/// `parclose import …`.
#[derive(Debug, Clone, ClapArgs)]
pub struct ImportArgs {
    #[command(flatten)]
    pub data: DataArgs,
    /// The mapping file (YAML).
    #[arg(long)]
    pub mapping: PathBuf,
    /// The file to take in.
    pub file: PathBuf,
    /// Write the report as JSON here too.
    #[arg(long)]
    pub report: Option<PathBuf>,
}

/// `parclose import events`.
#[derive(Debug, Clone, ClapArgs)]
pub struct ImportEventsArgs {
    #[command(flatten)]
    pub data: DataArgs,
    /// The file to take in.
    pub file: PathBuf,
}

/// The lake.
#[derive(Debug, Subcommand)]
pub enum LakeCommand {
    /// Compare the lake with the rows that the event log gives. The server must be stopped.
    Check(DataArgs),
}

/// The event log.
#[derive(Debug, Subcommand)]
pub enum EventsCommand {
    /// Show how many events there are, and which of them can't be read back and are put aside.
    Show(DataArgs),
    /// Try events that are aside again. What can be read becomes rows: in the running server within seconds, else at its next start.
    Retry(DataArgs),
}

/// People.
#[derive(Debug, Subcommand)]
pub enum PeopleCommand {
    /// Print a link with which a person chooses a new password, good once and for a day: for the last administrator who
    /// forgot theirs. Works while the server runs.
    ResetLink {
        /// Their login.
        login: String,
        #[command(flatten)]
        data: DataArgs,
    },
}

/// Separation rules.
#[derive(Debug, Subcommand)]
pub enum SeparationCommand {
    /// Check a rules file without changing anything.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Install a rules file as the first rules of a workspace. Later changes go through the API, by a person.
    Install {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        data: DataArgs,
    },
}

/// `parclose bench-data`.
#[derive(Debug, Clone, ClapArgs)]
pub struct BenchDataArgs {
    /// Segments.
    #[arg(long)]
    pub rows: u64,
    /// Folder to make.
    #[arg(long)]
    pub out: PathBuf,
}
