//! Packed columns in memory: the rows of a table as dictionary codes and small numbers, in an order that makes the questions
//! of a dashboard cheap. It takes a [`RowScope`](parclose_access::RowScope) and nothing less: a [`Plan`] is the only thing
//! that reads rows, and only a scope makes one.
//!
//! **Invariants**
//! * Rows outside the scope are masked out of a chunk before keys, conditions or facts of it are decoded for a question.
//! * All rows of a conversation in one part lie in one chunk, together; conversations with rows in several parts are known
//!   by number. So different conversations are counted exactly.
//! * An answer does not depend on the order of chunks or the number of threads.
//! * Rows of a part that are gone are in no row set.
//! * What is not known how, or not kept, is refused, and never guessed.

mod buckets;
mod dense;
mod dictionaries;
mod dictionary;
mod disk;
mod exists;
mod files;
mod gather;
mod mask;
mod packed;
mod page;
mod part;
mod plan;
mod question;
mod rollup;
mod run;
mod runs;
mod snapshot;
mod stored;
mod texts;

pub use dictionaries::Dictionaries;
pub use disk::Unverified;
pub use dictionary::{Dictionary, NULL_CODE, Values};
pub use mask::Offsets;
pub use packed::NULL_INT;
pub use page::Page;
pub use part::{Part, PartBuilder};
pub use plan::Plan;
pub use question::{Beside, Groups, Key, Question, Refused, Split};
pub use rollup::Rollups;
pub use run::MOST_GROUPS;
pub use snapshot::{Snapshot, WithMarks};
