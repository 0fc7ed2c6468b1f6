//! Attributes and their labels (domain reference 2.6): grouping is by the attribute, showing is by the label.

use parclose_model::{Cell, Row};

/// Column names of an attribute and its label.
pub(super) type Pair = (&'static str, &'static str);

/// The ten pairs of a conversation.
pub(super) const CONVERSATION: [Pair; 10] = [
    ("conversation_attribute_1", "conversation_label_1"),
    ("conversation_attribute_2", "conversation_label_2"),
    ("conversation_attribute_3", "conversation_label_3"),
    ("conversation_attribute_4", "conversation_label_4"),
    ("conversation_attribute_5", "conversation_label_5"),
    ("conversation_attribute_6", "conversation_label_6"),
    ("conversation_attribute_7", "conversation_label_7"),
    ("conversation_attribute_8", "conversation_label_8"),
    ("conversation_attribute_9", "conversation_label_9"),
    ("conversation_attribute_10", "conversation_label_10"),
];
/// The three pairs of a customer.
pub(super) const CUSTOMER: [Pair; 3] = [
    ("customer_attribute_1", "customer_label_1"),
    ("customer_attribute_2", "customer_label_2"),
    ("customer_attribute_3", "customer_label_3"),
];
/// The three pairs of an agent.
pub(super) const AGENT: [Pair; 3] = [
    ("agent_attribute_1", "agent_label_1"),
    ("agent_attribute_2", "agent_label_2"),
    ("agent_attribute_3", "agent_label_3"),
];

/// A label alone gets the row's own id as its attribute; an attribute alone is its own label; both stay as given.
pub(super) fn fill(row: &mut Row, pairs: &[Pair], own_id: &Cell) {
    for (attribute, label) in pairs {
        match (row.get(attribute).is_null(), row.get(label).is_null()) {
            (true, false) => row.set(attribute, own_id.clone()),
            (false, true) => {
                let value = row.get(attribute).clone();
                row.set(label, value);
            }
            _ => {}
        }
    }
}
