//! Customers: who they are and what is known of them (domain reference 2.4, 2.6).

use super::fields::{self, Object, first, inner, member};
use super::labels;
use super::timeline::What;
use parclose_model::{Cell, Event, Row, TableId};
use std::borrow::Cow;

/// Members of the `customers` object and their columns.
const MEMBERS: [(&str, &str); 25] = [
    ("name", "customer_name"),
    ("customer_link", "customer_link"),
    ("customer_attribute_1", "customer_attribute_1"),
    ("customer_attribute_2", "customer_attribute_2"),
    ("customer_attribute_3", "customer_attribute_3"),
    ("customer_label_1", "customer_label_1"),
    ("customer_label_2", "customer_label_2"),
    ("customer_label_3", "customer_label_3"),
    ("acquisition_date", "customer_acquisition_date"),
    ("category", "customer_category"),
    ("customer_manager", "customer_manager"),
    ("email", "customer_email"),
    ("external_id", "customer_external_id"),
    ("gender", "customer_gender"),
    ("geo_location", "customer_geo_location"),
    ("market_segment", "customer_market_segment"),
    ("organization", "customer_organization"),
    ("phone", "customer_phone"),
    ("year_of_birth", "customer_year_of_birth"),
    ("zip", "customer_zip"),
    ("country", "customer_country"),
    ("region", "customer_region"),
    ("state", "customer_state"),
    ("city", "customer_city"),
    ("type", "customer_type"),
];

/// Which way a conversation went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Inbound,
    Outbound,
    Internal,
}

impl Direction {
    /// What the task says: `conversations.direction`, then `direction`; inbound when it says nothing known.
    pub(super) fn of(task: &Object) -> Self {
        let said = inner(task, "conversations").and_then(|own| member(own, "direction"));
        let said = said.or_else(|| member(task, "direction")).unwrap_or_default().to_ascii_lowercase();
        if said.starts_with("outbound") {
            Direction::Outbound
        } else if said.starts_with("internal") {
            Direction::Internal
        } else {
            Direction::Inbound
        }
    }
    /// As people read it.
    pub(super) fn text(self) -> &'static str {
        match self {
            Direction::Inbound => "Inbound",
            Direction::Outbound => "Outbound",
            Direction::Internal => "Internal",
        }
    }
    /// The customer's address among the task attributes.
    fn customer(self, task: &Object) -> Option<Cow<'_, str>> {
        match self {
            Direction::Outbound => first(task, &["to", "called"]),
            _ => first(task, &["from", "caller"]),
        }
    }
    /// The centre's own address among the task attributes.
    pub(super) fn centre(self, task: &Object) -> Option<Cow<'_, str>> {
        match self {
            Direction::Outbound => first(task, &["from", "caller"]),
            _ => first(task, &["to", "called"]),
        }
    }
    /// Names of the customer's geography among the task attributes.
    fn place(self) -> [(&'static str, [&'static str; 2]); 4] {
        match self {
            Direction::Outbound => [
                ("customer_country", ["to_country", "called_country"]),
                ("customer_city", ["to_city", "called_city"]),
                ("customer_state", ["to_state", "called_state"]),
                ("customer_zip", ["to_zip", "called_zip"]),
            ],
            _ => [
                ("customer_country", ["from_country", "caller_country"]),
                ("customer_city", ["from_city", "caller_city"]),
                ("customer_state", ["from_state", "caller_state"]),
                ("customer_zip", ["from_zip", "caller_zip"]),
            ],
        }
    }
}

/// Fills the customer's columns of a row. Identity, first non-empty wins: `customers.external_id`, `.phone`,
/// `.email`, the task's from or to by direction, the conversation (a new customer each time).
pub(super) fn fill(row: &mut Row, task: &Object, conversation_id: &Cell) {
    let direction = Direction::of(task);
    let address = direction.customer(task);
    let given = inner(task, "customers");
    if let Some(given) = given {
        for (name, column) in MEMBERS {
            if let Some(value) = given.get(name) {
                row.set(column, fields::attribute(column, value));
            }
        }
    }
    let identity = given.and_then(|given| first(given, &["external_id", "phone", "email"]));
    let identity = fields::cell(identity.or_else(|| address.clone()));
    row.set("customer_id", if identity.is_null() { conversation_id.clone() } else { identity });
    if let Some(address) = address {
        let column = if address.contains('@') { "customer_email" } else { "customer_phone" };
        default(row, column, || fields::cell(Some(address)));
    }
    for (column, names) in direction.place() {
        default(row, column, || fields::cell(first(task, &names)));
    }
    if direction == Direction::Internal {
        // The calling agent appears among the customers.
        default(row, "customer_type", || Cell::from("Agent"));
    }
    let own_id = row.get("customer_id").clone();
    labels::fill(row, &labels::CUSTOMER, &own_id);
}

fn default(row: &mut Row, column: &str, value: impl FnOnce() -> Cell) {
    if row.get(column).is_null() {
        row.set(column, value());
    }
}

/// The conversation that a task belongs to by its attributes: `conversations.conversation_id`, then
/// `conversation_id`. Without either the task is its own conversation.
pub(super) fn conversation_id(task: &Object) -> Option<Cow<'_, str>> {
    let linked = inner(task, "conversations").and_then(|own| member(own, "conversation_id"));
    linked.or_else(|| member(task, "conversation_id"))
}

/// The row of the table of customers that an event brings, if it carries task attributes at a point where they
/// are read. The later event wins; that is the store's part.
pub fn customer_row(event: &Event) -> Option<Row> {
    let counts = What::of(event.kind.as_str()).is_some_and(What::reads_attributes);
    if !counts || !fields::is_instant(event.at_ms) {
        return None;
    }
    let task = fields::object(event, "task_attributes")?;
    let own = event.task.as_deref().map(Cow::Borrowed).or_else(|| fields::text(event, "task_sid"));
    let conversation = fields::cell(conversation_id(&task).or(own));
    let mut row = Row::empty(TableId::Customers);
    fill(&mut row, &task, &conversation);
    let key = format!("C:{}", row.get("customer_id").as_text()?);
    row.set("unit_key", key);
    row.set("seen_at", Cell::Instant(event.at_ms));
    row.set("seen_event", event.id.as_str());
    Some(row)
}
