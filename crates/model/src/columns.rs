//! The columns of every table, as data: the lake's schema, the value lists, the rules' attributes and the
//! drill's columns are all read from here, so that they can't drift apart.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A table of the lake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TableId {
    /// One row a segment: conversations, queue waits, offers, agent status.
    Segments,
    /// One row a 15-minute slice of a segment.
    Workload,
    /// One row an agent: attributes as they are now.
    Agents,
    /// One row a customer: attributes as they are now.
    Customers,
}

/// How a column's values are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// UTF-8 text.
    Text,
    /// 64-bit whole number.
    Whole,
    /// 64-bit floating point number.
    Number,
    /// Instant, UTC, stored with microseconds.
    Instant,
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Bookkeeping of the lake; not shown.
    Internal,
    /// A quality that people filter and group by.
    Attribute,
    /// A number that people aggregate.
    Fact,
    /// An instant.
    Time,
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The field's standard name, snake case.
    pub name: &'static str,
    /// As people read it.
    pub title: &'static str,
    /// How it is stored.
    pub ty: ColumnType,
    /// What it is for.
    pub role: Role,
}

const fn c(name: &'static str, title: &'static str, ty: ColumnType, role: Role) -> Column {
    Column { name, title, ty, role }
}
const fn attribute(name: &'static str, title: &'static str) -> Column {
    c(name, title, ColumnType::Text, Role::Attribute)
}
const fn fact(name: &'static str, title: &'static str) -> Column {
    c(name, title, ColumnType::Whole, Role::Fact)
}
const fn measure(name: &'static str, title: &'static str) -> Column {
    c(name, title, ColumnType::Number, Role::Fact)
}

/// Key columns of every table of facts. `unit_key` names the unit of recomputation (a task, a worker's day):
/// the rows of one unit are replaced together.
const FACT_KEYS: &[Column] = &[
    c("unit_key", "Unit", ColumnType::Text, Role::Internal),
    c("segment_id", "Segment", ColumnType::Text, Role::Attribute),
    c("conversation_id", "Conversation", ColumnType::Text, Role::Attribute),
    c("task_id", "Task", ColumnType::Text, Role::Attribute),
    c("kind", "Kind", ColumnType::Text, Role::Attribute),
];

const SEGMENT_TIMES: &[Column] = &[
    c("segment_start", "Start", ColumnType::Instant, Role::Time),
    c("segment_end", "End", ColumnType::Instant, Role::Time),
    c("conversation_start", "Conversation start", ColumnType::Instant, Role::Time),
];

const WORKLOAD_TIMES: &[Column] = &[
    // The slice's own start: "Date - Workload" and "Time - Workload".
    c("segment_start", "Slice start", ColumnType::Instant, Role::Time),
    c("segment_end", "Slice end", ColumnType::Instant, Role::Time),
    c("conversation_start", "Conversation start", ColumnType::Instant, Role::Time),
];

/// Attributes of a conversation that task attributes may carry under `conversations`
/// (domain reference 2.3; the accepted keys of the platform).
pub const CONVERSATION_ATTRIBUTES: &[Column] = &[
    attribute("abandoned", "Abandoned"),
    attribute("abandoned_phase", "Abandoned phase"),
    attribute("activity", "Activity"),
    attribute("campaign", "Campaign"),
    attribute("case", "Case"),
    attribute("channel", "Channel"),
    attribute("communication_channel", "Communication channel"),
    attribute("content", "Content"),
    attribute("conversation_attribute_1", "Conversation attribute 1"),
    attribute("conversation_attribute_2", "Conversation attribute 2"),
    attribute("conversation_attribute_3", "Conversation attribute 3"),
    attribute("conversation_attribute_4", "Conversation attribute 4"),
    attribute("conversation_attribute_5", "Conversation attribute 5"),
    attribute("conversation_attribute_6", "Conversation attribute 6"),
    attribute("conversation_attribute_7", "Conversation attribute 7"),
    attribute("conversation_attribute_8", "Conversation attribute 8"),
    attribute("conversation_attribute_9", "Conversation attribute 9"),
    attribute("conversation_attribute_10", "Conversation attribute 10"),
    attribute("conversation_label_1", "Conversation label 1"),
    attribute("conversation_label_2", "Conversation label 2"),
    attribute("conversation_label_3", "Conversation label 3"),
    attribute("conversation_label_4", "Conversation label 4"),
    attribute("conversation_label_5", "Conversation label 5"),
    attribute("conversation_label_6", "Conversation label 6"),
    attribute("conversation_label_7", "Conversation label 7"),
    attribute("conversation_label_8", "Conversation label 8"),
    attribute("conversation_label_9", "Conversation label 9"),
    attribute("conversation_label_10", "Conversation label 10"),
    attribute("destination", "Destination"),
    attribute("direction", "Direction"),
    attribute("external_contact", "External contact"),
    attribute("followed_by", "Followed by"),
    attribute("handling_department_id", "Handling department ID"),
    attribute("handling_department_name", "Handling department"),
    attribute("handling_department_name_in_hierarchy", "Handling department in hierarchy"),
    attribute("handling_team_id", "Handling team ID"),
    attribute("handling_team_name", "Handling team"),
    attribute("handling_team_name_in_hierarchy", "Handling team in hierarchy"),
    attribute("hang_up_by", "Hang up by"),
    attribute("in_business_hours", "In business hours"),
    attribute("initiated_by", "Initiated by"),
    attribute("initiative", "Initiative"),
    attribute("ivr_path", "IVR path"),
    attribute("language", "Language"),
    attribute("order", "Order"),
    attribute("outcome", "Outcome"),
    attribute("preceded_by", "Preceded by"),
    attribute("priority", "Priority"),
    attribute("productive", "Productive"),
    attribute("queue", "Queue"),
    attribute("recording_status", "Recording status"),
    attribute("segment_link", "Segment link"),
    attribute("segment_name", "Segment name"),
    attribute("segment_recording_offset", "Segment recording offset"),
    attribute("service_level", "Service level"),
    attribute("source", "Source"),
    attribute("virtual", "Virtual"),
    attribute("workflow", "Workflow"),
    attribute("external_id_label", "External ID label"),
    attribute("media", "Media"),
];

/// Attributes of the customer. `customer_id` follows the identity order of domain reference 2.4.
pub const CUSTOMER_ATTRIBUTES: &[Column] = &[
    attribute("customer_id", "Customer"),
    attribute("customer_name", "Customer name"),
    attribute("customer_link", "Customer link"),
    attribute("customer_attribute_1", "Customer attribute 1"),
    attribute("customer_attribute_2", "Customer attribute 2"),
    attribute("customer_attribute_3", "Customer attribute 3"),
    attribute("customer_label_1", "Customer label 1"),
    attribute("customer_label_2", "Customer label 2"),
    attribute("customer_label_3", "Customer label 3"),
    attribute("customer_acquisition_date", "Customer acquisition date"),
    attribute("customer_category", "Customer category"),
    attribute("customer_manager", "Customer manager"),
    attribute("customer_email", "Customer e-mail"),
    attribute("customer_external_id", "Customer external ID"),
    attribute("customer_gender", "Customer gender"),
    attribute("customer_geo_location", "Customer location"),
    attribute("customer_market_segment", "Customer market segment"),
    attribute("customer_organization", "Customer organization"),
    attribute("customer_phone", "Customer phone"),
    attribute("customer_year_of_birth", "Customer year of birth"),
    attribute("customer_zip", "Customer ZIP"),
    attribute("customer_country", "Customer country"),
    attribute("customer_region", "Customer region"),
    attribute("customer_state", "Customer state"),
    attribute("customer_city", "Customer city"),
    attribute("customer_type", "Customer type"),
];

/// The agent of a row: key and name as they were.
const AGENT_KEYS: &[Column] = &[attribute("agent_id", "Agent ID"), attribute("agent_name", "Agent")];

/// The agent's attributes as they are *now* (design section 2: "agent team, as it is"). They are not stored
/// on segments: the query layer joins them by `agent_id` below the barrier.
pub const AGENT_NOW_ATTRIBUTES: &[Column] = &[
    attribute("agent_email", "Agent e-mail"),
    attribute("agent_team_id", "Agent team ID"),
    attribute("agent_team_name", "Agent team"),
    attribute("agent_team_name_in_hierarchy", "Agent team in hierarchy"),
    attribute("agent_department_id", "Agent department ID"),
    attribute("agent_department_name", "Agent department"),
    attribute("agent_department_name_in_hierarchy", "Agent department in hierarchy"),
    attribute("agent_location", "Agent location"),
    attribute("agent_manager", "Agent manager"),
    attribute("agent_phone", "Agent phone"),
    attribute("agent_role", "Agent role"),
    attribute("agent_state", "Agent state"),
    attribute("agent_attribute_1", "Agent attribute 1"),
    attribute("agent_attribute_2", "Agent attribute 2"),
    attribute("agent_attribute_3", "Agent attribute 3"),
    attribute("agent_label_1", "Agent label 1"),
    attribute("agent_label_2", "Agent label 2"),
    attribute("agent_label_3", "Agent label 3"),
];

/// Facts of a segment, seconds unless the name says otherwise.
pub const SEGMENT_FACTS: &[Column] = &[
    fact("abandon_time", "Abandon time"),
    fact("activity_time", "Activity time"),
    fact("agent_talk_time", "Agent talk time"),
    fact("average_response_time", "Average response time"),
    fact("crosstalk_time", "Cross-talk time"),
    fact("customer_talk_time", "Customer talk time"),
    fact("first_response_time", "First response time"),
    fact("focus_time", "Focus time"),
    fact("hold_time", "Hold time"),
    fact("ivr_time", "IVR time"),
    fact("longest_silence_before_agent", "Longest silence before agent"),
    fact("longest_silence_before_customer", "Longest silence before customer"),
    fact("longest_talk_by_agent", "Longest talk by agent"),
    fact("longest_talk_by_customer", "Longest talk by customer"),
    fact("queue_time", "Queue time"),
    fact("ring_time", "Ring time"),
    fact("silence_time", "Silence time"),
    fact("talk_time", "Talk time"),
    fact("wrap_up_time", "Wrap-up time"),
    measure("conversation_measure_1", "Conversation measure 1"),
    measure("conversation_measure_2", "Conversation measure 2"),
    measure("conversation_measure_3", "Conversation measure 3"),
    measure("conversation_measure_4", "Conversation measure 4"),
    measure("conversation_measure_5", "Conversation measure 5"),
    measure("conversation_measure_6", "Conversation measure 6"),
    measure("conversation_measure_7", "Conversation measure 7"),
    measure("conversation_measure_8", "Conversation measure 8"),
    measure("conversation_measure_9", "Conversation measure 9"),
    measure("conversation_measure_10", "Conversation measure 10"),
];

/// Facts of a workload slice.
pub const WORKLOAD_FACTS: &[Column] = &[
    fact("workload_talk_time", "Workload talk time"),
    fact("workload_wrap_up_time", "Workload wrap-up time"),
    fact("workload_activity_time", "Workload activity time"),
    fact("parallel_conversations", "Parallel conversations"),
];

/// When and by which event the row of a dimension was last seen; the later event wins.
const SEEN: &[Column] = &[
    c("unit_key", "Unit", ColumnType::Text, Role::Internal),
    c("seen_at", "Last seen", ColumnType::Instant, Role::Time),
    c("seen_event", "Last event", ColumnType::Text, Role::Internal),
];

struct Layout {
    columns: Vec<Column>,
    index: HashMap<&'static str, usize>,
}

impl Layout {
    fn new(groups: &[&[Column]]) -> Self {
        let columns: Vec<Column> = groups.iter().flat_map(|g| g.iter().copied()).collect();
        let index = columns.iter().enumerate().map(|(i, column)| (column.name, i)).collect();
        Self { columns, index }
    }
}

static SEGMENTS: LazyLock<Layout> = LazyLock::new(|| {
    Layout::new(&[FACT_KEYS, SEGMENT_TIMES, AGENT_KEYS, CONVERSATION_ATTRIBUTES, CUSTOMER_ATTRIBUTES, SEGMENT_FACTS])
});
static WORKLOAD: LazyLock<Layout> = LazyLock::new(|| {
    Layout::new(&[FACT_KEYS, WORKLOAD_TIMES, AGENT_KEYS, CONVERSATION_ATTRIBUTES, CUSTOMER_ATTRIBUTES, WORKLOAD_FACTS])
});
static AGENTS: LazyLock<Layout> = LazyLock::new(|| Layout::new(&[SEEN, AGENT_KEYS, AGENT_NOW_ATTRIBUTES]));
static CUSTOMERS: LazyLock<Layout> = LazyLock::new(|| Layout::new(&[SEEN, CUSTOMER_ATTRIBUTES]));

impl TableId {
    /// All tables of the lake.
    pub const ALL: [TableId; 4] = [TableId::Segments, TableId::Workload, TableId::Agents, TableId::Customers];

    fn layout(self) -> &'static Layout {
        match self {
            TableId::Segments => &SEGMENTS,
            TableId::Workload => &WORKLOAD,
            TableId::Agents => &AGENTS,
            TableId::Customers => &CUSTOMERS,
        }
    }
    /// The stored columns in order.
    pub fn columns(self) -> &'static [Column] {
        &self.layout().columns
    }
    /// Position of a column.
    pub fn index_of(self, column: &str) -> Option<usize> {
        self.layout().index.get(column).copied()
    }
    /// A column by name.
    pub fn column(self, name: &str) -> Option<&'static Column> {
        self.index_of(name).map(|i| &self.columns()[i])
    }
    /// The table's folder in the lake.
    pub fn name(self) -> &'static str {
        match self {
            TableId::Segments => "segments",
            TableId::Workload => "workload",
            TableId::Agents => "agents",
            TableId::Customers => "customers",
        }
    }
    /// The instant by which a table's files are laid out and pruned.
    pub fn time_column(self) -> &'static str {
        match self {
            TableId::Segments | TableId::Workload => "segment_start",
            TableId::Agents | TableId::Customers => "seen_at",
        }
    }
}

/// The kinds of segment (domain reference 2.2), spelt as people see them.
pub mod kind {
    /// Wait in one queue.
    pub const QUEUE: &str = "Queue";
    /// An agent handled a part, or nobody did (abandoned).
    pub const CONVERSATION: &str = "Conversation";
    /// Accepted and not yet completed.
    pub const CONVERSATION_IN_PROGRESS: &str = "Conversation in Progress";
    /// An offer that ended by time-out, cancel or hang-up.
    pub const MISSED: &str = "Missed Conversation";
    /// An offer that the agent rejected.
    pub const REJECTED: &str = "Rejected Conversation";
    /// An offer that was taken back.
    pub const REVOKED: &str = "Revoked Conversation";
    /// A closed stretch in one activity.
    pub const AGENT_STATUS: &str = "Agent Status";
    /// The current activity.
    pub const AGENT_STATUS_IN_PROGRESS: &str = "Agent Status in Progress";
    /// Events are missing; facts can't be trusted.
    pub const CORRUPTED: &str = "Corrupted Conversation Segment";
    /// Kinds that belong to the data set *Activities*; all others belong to *Conversations*.
    pub const ACTIVITIES: [&str; 2] = [AGENT_STATUS, AGENT_STATUS_IN_PROGRESS];
}
