//! The two sets of rows that separation rules speak of, and the columns that they may use.
//!
//! Everything else follows from these two: a slice of the workload stands under the rule of its segment's kind,
//! an agent or a customer is seen when a row in scope names them.

use parclose_model::columns::{AGENT_NOW_ATTRIBUTES, Column, ColumnType, Role, kind};
use parclose_model::TableId;
use serde::Serialize;

/// A set of rows of the table of segments, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DataSet {
    /// All kinds that are not activities.
    Conversations,
    /// Stretches of an agent's time in one activity.
    Activities,
}

impl DataSet {
    /// Both.
    pub const ALL: [DataSet; 2] = [DataSet::Conversations, DataSet::Activities];

    /// As rules and answers write it.
    pub fn as_str(self) -> &'static str {
        match self {
            DataSet::Conversations => "conversations",
            DataSet::Activities => "activities",
        }
    }
    /// Reads a name; an unknown one is `None`.
    pub fn parse(text: &str) -> Option<DataSet> {
        Self::ALL.into_iter().find(|set| set.as_str() == text)
    }
    /// The data set of a row by its kind. A row without a kind is a conversation's.
    pub fn of_kind(row_kind: &str) -> DataSet {
        if kind::ACTIVITIES.contains(&row_kind) { DataSet::Activities } else { DataSet::Conversations }
    }
    /// The column of this name, if a rule for this data set may use it: text attributes of the segment, and the
    /// agent's attributes as they are now. Activities have no queue, no customer and no attribute of a task, so a
    /// rule that names one there is a mistake and not a way to match nothing.
    pub fn column(self, name: &str) -> Option<&'static Column> {
        let stored = TableId::Segments.column(name).filter(|column| column.role == Role::Attribute && column.ty == ColumnType::Text);
        let column = stored.or_else(|| AGENT_NOW_ATTRIBUTES.iter().find(|column| column.name == name))?;
        match self {
            DataSet::Conversations => Some(column),
            DataSet::Activities if is_of_activities(name) => Some(column),
            DataSet::Activities => None,
        }
    }
}

fn is_of_activities(name: &str) -> bool {
    name.starts_with("agent_") || name.starts_with("handling_") || ["kind", "activity", "segment_id"].contains(&name)
}
