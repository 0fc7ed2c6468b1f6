//! Plain domain types of a contact centre: ids, events, the columns of every table, rows.
//!
//! This crate does no IO and knows neither HTTP, SQL nor Arrow. Everything else stands on it.

pub mod cell;
pub mod columns;
pub mod event;
pub mod ids;
pub mod settings;
pub mod time;

pub use cell::{Cell, Row};
pub use columns::{Column, ColumnType, Role, TableId};
pub use event::{Event, EventKind};
pub use ids::{ConversationId, PersonId, WorkspaceId};
pub use settings::WorkspaceSettings;
