//! What is asked of the packed columns, and what comes back.

use crate::mask::Offsets;
use parclose_metrics::{Aggregate, Condition, DataSet, Filter};
use std::sync::Arc;

/// What groups are split by.
#[derive(Debug, Clone, PartialEq)]
pub enum Split {
    /// An attribute: stored, or the agent's as it is now.
    Attribute(String),
    /// Buckets that begin at these instants (epoch ms), in order.
    Buckets(Arc<[i64]>),
    /// Hour of the local day.
    HourOfDay,
    /// Local weekday.
    Weekday,
}

/// A grouped question over the rows of a range. It was checked before; names are those of the data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The data set.
    pub data_set: DataSet,
    /// First instant, epoch ms.
    pub from_ms: i64,
    /// First instant after, epoch ms.
    pub to_ms: i64,
    /// Offsets of the workspace's zone inside the range.
    pub offsets: Offsets,
    /// What groups are split by.
    pub splits: Vec<Split>,
    /// Narrowing.
    pub filters: Vec<Filter>,
    /// Rows that meet one of these; all rows when there is none.
    pub any_of: Vec<Condition>,
    /// The numbers.
    pub aggregates: Vec<Aggregate>,
    /// Adds one number at the end: the time (epoch ms) of the so-many-th newest row, or of the oldest when there are fewer.
    pub nth_newest: Option<usize>,
}

/// One value of a group's key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// Position of a bucket, hour of day, weekday. `None` for rows without a time.
    Part(Option<i32>),
    /// An attribute's value. Nulls sort last.
    Text(Option<String>),
}

/// The rows of an answered question: a key and the aggregates in the order asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Groups {
    /// The rows, in no order that means something.
    pub rows: Vec<(Vec<Key>, Vec<Option<f64>>)>,
}

/// Why a question has no answer from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Not kept here, or not known how: somebody else has to answer.
    NotHere,
    /// More groups than a report may have.
    TooManyGroups,
    /// Nobody waits for the answer any more.
    Cancelled,
}

/// Where things are that the packed columns don't hold.
pub trait Beside: Sync {
    /// An agent's attribute as it is now.
    fn agent_now(&self, agent_id: &str, attribute: &str) -> Option<String>;
    /// For each text whether it holds the pattern, whatever the case: exactly as the other engine sees it.
    fn contains(&self, texts: &[&str], pattern: &str) -> Vec<bool>;
}
