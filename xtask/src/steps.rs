//! Steps with a line at their start, a line at their end, and a summary of where the time went.

use anyhow::Result;
use std::time::{Duration, Instant};

/// The steps of one command.
pub struct Steps {
    started: Instant,
    done: Vec<(String, Duration, bool)>,
}

impl Steps {
    /// None yet.
    pub fn new() -> Self {
        Self { started: Instant::now(), done: Vec::new() }
    }

    /// Runs one. The first that fails ends the command.
    pub fn run<T>(&mut self, name: &str, step: impl FnOnce() -> Result<T>) -> Result<T> {
        eprintln!("==> {name}");
        let at = Instant::now();
        let result = step();
        let took = at.elapsed();
        self.done.push((name.to_owned(), took, result.is_ok()));
        let word = if result.is_ok() { "ok" } else { "FAILED" };
        eprintln!("<== {name}: {word}, {}", text(took));
        if result.is_err() {
            self.summary();
        }
        result
    }

    /// One line a step.
    pub fn summary(&self) {
        eprintln!("\n{:>8}  step", "time");
        for (name, took, ok) in &self.done {
            eprintln!("{:>8}  {name}{}", text(*took), if *ok { "" } else { "  FAILED" });
        }
        eprintln!("{:>8}  all", text(self.started.elapsed()));
    }
}

fn text(took: Duration) -> String {
    let seconds = took.as_secs_f64();
    if seconds < 60.0 { format!("{seconds:.1} s") } else { format!("{}:{:02} min", took.as_secs() / 60, took.as_secs() % 60) }
}
