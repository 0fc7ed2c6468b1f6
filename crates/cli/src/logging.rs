//! Structured logs on standard error. Logs carry names, codes and counts, never rows (docs/LOGGING.md).

use tracing_subscriber::EnvFilter;

/// Starts logging. `json` for machines, plain text for people. `PARCLOSE_LOG` overrides the levels.
pub fn start(json: bool, default: &str) {
    let filter = EnvFilter::try_from_env("PARCLOSE_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A second start (tests) is not an error.
    let _ = if json { builder.json().try_init() } else { builder.compact().try_init() };
}
