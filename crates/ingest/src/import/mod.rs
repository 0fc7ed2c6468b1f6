//! Importers: other systems' files become the events that a platform would have sent.
//!
//! An import reads its file once, in bounded memory, and hands events on in batches. Ids are derived from the source's
//! name and each call's key, so that an import that is repeated, or broken off and begun again, makes
//! duplicates that change nothing. A line that can't be read is refused and counted by reason with the first line
//! numbers; no reason repeats a value of the file, because reports are read by more people than files are.

pub mod csv;
pub mod queue_log;

mod canonical;
mod clock;
mod expression;
mod line;
mod mapping;
mod queue_agents;
mod queue_calls;
mod report;
mod table;

pub use expression::{Condition, Expression};
pub use mapping::{Agent, Encoding, Mapping, Named, Note, Phase, Rule, Times};
pub use report::{Progress, Report, Tally};

use parclose_model::Event;

/// Takes events; its error ends the import.
pub type Sink<'a> = &'a mut dyn FnMut(Vec<Event>) -> Result<(), ImportError>;

/// Events are handed on in batches of about this many.
const BATCH: usize = 1_000;
/// Progress is told every so many lines.
const PROGRESS_LINES: u64 = 1_000;

/// Why an import ended before the file did.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The mapping can't be used.
    #[error("the mapping can't be used: {0}")]
    Mapping(String),
    /// The header lacks columns that the mapping names.
    #[error("the file has no columns named {}", .0.join(", "))]
    Columns(Vec<String>),
    /// Reading failed.
    #[error("reading failed after line {line}")]
    Read {
        /// The last line that was read.
        line: u64,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The sink took no more.
    #[error("storing the events failed: {0}")]
    Sink(String),
}

impl ImportError {
    /// The stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            ImportError::Mapping(_) => "import.mapping",
            ImportError::Columns(_) => "import.columns",
            ImportError::Read { .. } => "import.read",
            ImportError::Sink(_) => "import.sink",
        }
    }
}

/// Collects events into batches.
struct Batches<'a> {
    sink: Sink<'a>,
    waiting: Vec<Event>,
    sent: u64,
}

impl<'a> Batches<'a> {
    fn new(sink: Sink<'a>) -> Self {
        Self { sink, waiting: Vec::new(), sent: 0 }
    }
    fn add(&mut self, events: impl IntoIterator<Item = Event>) -> Result<(), ImportError> {
        self.waiting.extend(events);
        if self.waiting.len() >= BATCH { self.flush() } else { Ok(()) }
    }
    fn flush(&mut self) -> Result<(), ImportError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.sent += self.waiting.len() as u64;
        (self.sink)(std::mem::take(&mut self.waiting))
    }
}
