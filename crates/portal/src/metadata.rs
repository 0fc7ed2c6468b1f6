//! Names of attributes and metrics, for people who choose them. Never a value.

use parclose_access::actions::ReadMetadata;
use parclose_access::{OpCtx, Refusal, Workspace};
use parclose_metrics::{DataSet, Format, Good, METRICS, attributes_of};
use serde::Serialize;

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttributeInfo {
    /// Name in queries.
    pub name: &'static str,
    /// As people read it.
    pub title: &'static str,
    /// Where it can be used.
    pub data_sets: Vec<&'static str>,
    /// What it means.
    pub description: &'static str,
}

/// A metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MetricInfo {
    /// Name in queries.
    pub name: &'static str,
    /// As people read it.
    pub title: &'static str,
    /// How it is shown.
    pub format: Format,
    /// In which direction it is better.
    pub good: Good,
    /// Where it can be used.
    pub data_set: &'static str,
    /// What it means.
    pub description: &'static str,
    /// How it is computed, in words.
    pub formula: &'static str,
}

/// All names that a query may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Metadata {
    /// Attributes.
    pub attributes: Vec<AttributeInfo>,
    /// Metrics.
    pub metrics: Vec<MetricInfo>,
}

const DATA_SETS: [DataSet; 3] = [DataSet::Conversations, DataSet::Activities, DataSet::Workload];

/// What follows from an attribute's name about its meaning.
fn describe(name: &str) -> &'static str {
    match name {
        "agent_id" | "agent_name" => "The agent of the segment, as at that time.",
        "queue" => "The queue of the segment. Abandoned conversations have a queue and no agent.",
        "kind" => "What the segment is: a wait, a conversation, a missed offer, a stretch of an activity.",
        _ if name.starts_with("agent_") => "Of the agent, as it is today.",
        _ if name.starts_with("handling_") => "Of the agent who took the segment, as it was at that time.",
        _ if name.starts_with("customer_") => "Of the customer.",
        _ if name.starts_with("conversation_attribute_") || name.starts_with("conversation_label_") => {
            "Set by the company's own flow on the task."
        }
        _ => "",
    }
}

/// Names of everything that can be asked.
pub fn metadata(ctx: &OpCtx<'_>) -> Result<Metadata, Refusal> {
    let _grant = ctx.authorize(ReadMetadata, &Workspace::of(ctx.caller()))?;
    let mut attributes: Vec<AttributeInfo> = Vec::new();
    for set in DATA_SETS {
        for column in attributes_of(set) {
            match attributes.iter_mut().find(|known| known.name == column.name) {
                Some(known) => known.data_sets.push(set.name()),
                None => attributes.push(AttributeInfo {
                    name: column.name,
                    title: column.title,
                    data_sets: vec![set.name()],
                    description: describe(column.name),
                }),
            }
        }
    }
    let metrics = METRICS
        .iter()
        .map(|def| MetricInfo {
            name: def.name,
            title: def.title,
            format: def.format,
            good: def.good,
            data_set: def.data_set.name(),
            description: def.description,
            formula: def.words,
        })
        .collect();
    Ok(Metadata { attributes, metrics })
}
