//! The doors: what a contact-centre platform posts to us, read into [`Event`]s.
//!
//! Every function here is pure: bytes in, events or a named error out. A door keeps event types that it doesn't
//! know, never repairs what it can't read, and never repeats a sender's data in an error.
//! The same event has the same payload field names whatever door it came through; what every door moves out of
//! the payload (id, type, time) is in the event itself and nowhere else.

pub mod backfill;
pub mod cloud_events;
pub mod form;
pub mod signature;

mod assemble;
mod names;
mod time;

pub use names::{to_camel, to_snake};

#[cfg(doc)]
use parclose_model::Event;

/// What one delivery may hold. The http layer limits the bytes; these limit what the bytes may unfold to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most events in one delivery.
    pub events: usize,
    /// Most fields in one event.
    pub fields: usize,
    /// Longest single value in bytes (`task_attributes` is the long one).
    pub value_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { events: 5_000, fields: 200, value_bytes: 256 * 1024 }
    }
}

/// Why a delivery, or one element of it, isn't an event. Carries places and field names, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DoorError {
    /// The body isn't what the door reads at all.
    #[error("the body isn't JSON")]
    NotJson,
    /// The body is JSON but neither an array nor an object.
    #[error("the body is neither a JSON array nor a JSON object")]
    NotEvents,
    /// A required field is absent or empty.
    #[error("element {index}: the field {field} is missing or empty")]
    Missing {
        /// Position in the delivery (a line's number minus one for back-fill files).
        index: usize,
        /// The door's own name of the field.
        field: &'static str,
    },
    /// A field is there and can't be what it should be.
    #[error("element {index}: the field {field} can't be read")]
    Unreadable {
        /// Position in the delivery.
        index: usize,
        /// The door's own name of the field.
        field: &'static str,
    },
    /// An element of the delivery isn't an object.
    #[error("element {index}: not an object")]
    NotAnObject {
        /// Position in the delivery.
        index: usize,
    },
    /// A limit is exceeded.
    #[error("element {index}: more than {limit} {what}")]
    TooLarge {
        /// Position in the delivery.
        index: usize,
        /// What is counted.
        what: &'static str,
        /// How many are allowed.
        limit: usize,
    },
    /// A back-fill file couldn't be read on.
    #[error("line {line}: reading failed")]
    Read {
        /// Line number, from one.
        line: usize,
    },
}

impl DoorError {
    /// The stable name of the error, for logs, metrics and answers.
    pub fn code(&self) -> &'static str {
        match self {
            DoorError::NotJson => "door.not_json",
            DoorError::NotEvents => "door.not_events",
            DoorError::Missing { .. } => "door.missing_field",
            DoorError::Unreadable { .. } => "door.unreadable_field",
            DoorError::NotAnObject { .. } => "door.not_an_object",
            DoorError::TooLarge { .. } => "door.too_large",
            DoorError::Read { .. } => "door.read_failed",
        }
    }
    /// The position of the element at fault, if one element is.
    pub fn index(&self) -> Option<usize> {
        match self {
            DoorError::NotJson | DoorError::NotEvents => None,
            DoorError::Missing { index, .. }
            | DoorError::Unreadable { index, .. }
            | DoorError::NotAnObject { index }
            | DoorError::TooLarge { index, .. } => Some(*index),
            DoorError::Read { line } => Some(line.saturating_sub(1)),
        }
    }
}
