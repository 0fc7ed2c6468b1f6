//! Typed queries under a scope: `RowScope -> SecuredPlan -> rows`. Nobody else reads the lake.
//!
//! **Invariants**
//! * A [`secured::SecuredTable`] is made from a `RowScope` and nothing else; there is no other provider of rows.
//! * The barrier evaluates the scope itself, cuts new batches and scrubs shared buffers.
//! * Before a plan runs, a last walk refuses any leaf that is not a barrier with this scope's fingerprint.
//! * Errors of the engine become a code; their text goes to the log only.

mod aggregate;
mod answer;
mod barrier;
mod batch;
mod earlier;
mod engine;
mod expression;
mod groups;
mod period;
mod results;
mod rows;
mod scan;
#[cfg(test)]
mod sealed_tests;
mod secured;
mod span;
mod store;
mod time;

pub use answer::{Answer, ColumnInfo, Freshness, ListAnswer, Previous, ReportAnswer, ReportError, ScopeInfo};
pub use batch::{Batch, Compare, List, Report};
pub use engine::{Engine, EngineError};
pub use rows::{ConversationRows, MOST_SEGMENTS, SegmentsAnswer, SegmentsQuestion, ValueCount, ValuesAnswer, ValuesQuestion};
pub use secured::SecuredPlan;
pub use store::PackedSettings;
pub use time::{DateRange, InstantRange, Preset, PresetRange, Range, RangeAnswer, ResolvedRange};
