//! One conversation: the part of it that is in scope.

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Signed;
use crate::instant::{rfc3339, zone};
use crate::schema::{Conversation, Customer, NamedValue, Segment};
use axum::Json;
use axum::extract::{Path, State};
use jiff::tz::TimeZone;
use parclose_access::actions::{OpenConversation, ReadRows};
use parclose_access::{Conversation as Resource, Workspace};
use parclose_model::columns::{AGENT_NOW_ATTRIBUTES, CONVERSATION_ATTRIBUTES, CUSTOMER_ATTRIBUTES, Column, SEGMENT_FACTS};
use parclose_model::{Cell, ConversationId, Row, TableId};
use serde_json::Value;

/// Segments, times and attributes of a conversation. Not found when no segment of it is in scope.
#[utoipa::path(
    get, path = "/api/v1/conversations/{conversation_id}", tag = "Data",
    params(("conversation_id" = String, Path, description = "The conversation's id")),
    responses((status = 200, description = "The segments in scope", body = Conversation), (status = 404, description = "`not_found`: absent or not in scope"))
)]
pub async fn open_conversation(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Json<Conversation>, ApiError> {
    let ctx = signed.ctx();
    let id = ConversationId::new(id);
    let grant = app.allow(&ctx, OpenConversation, &Resource::new(signed.caller.workspace().clone(), id.clone())).await?;
    let rows = app.allow(&ctx, ReadRows, &Workspace::of(&signed.caller)).await?;
    let scope = app.scope(&rows).await?;
    let zone = zone(&app.settings(signed.caller.workspace()).await?.settings);
    let found = app.engine(&scope)?.conversation(&scope, id.as_str()).await?;
    // Written down either way, so that absent and forbidden take the same time.
    app.note_rows(&grant, &scope, found.segments.len() as u64).await?;
    build(&id, &found.segments, found.truncated, &zone).map(Json).ok_or_else(|| Code::NotFound.into())
}

fn build(id: &ConversationId, rows: &[Row], truncated: bool, zone: &TimeZone) -> Option<Conversation> {
    // The stored start of the conversation may lie in a segment that is not in scope: only what is seen counts.
    let started = rows.iter().filter_map(|row| row.get("segment_start").as_instant()).min()?;
    let ends: Option<Vec<i64>> = rows.iter().map(|row| row.get("segment_end").as_instant()).collect();
    Some(Conversation {
        conversation_id: id.as_str().into(),
        started_at: rfc3339(started, zone),
        // Of a conversation that goes on behind the last segment here the end is not known.
        ended_at: ends.filter(|_| !truncated).and_then(|ends| ends.into_iter().max()).map(|ms| rfc3339(ms, zone)),
        truncated,
        segments: rows.iter().map(|row| segment(row, zone)).collect(),
        customer: customer(rows, zone),
    })
}

fn text(row: &Row, name: &str) -> Option<String> {
    row.get(name).as_text().map(str::to_owned)
}

/// Have fields of their own in a segment.
const SHOWN: &[&str] = &["queue", "agent_name", "handling_team_name", "channel", "direction", "outcome", "abandoned"];
const AGENT: &[&str] = &["agent_id"];

fn segment(row: &Row, zone: &TimeZone) -> Segment {
    let agent = AGENT.iter().filter_map(|name| TableId::Segments.column(name));
    let columns = agent.chain(CONVERSATION_ATTRIBUTES).filter(|column| !SHOWN.contains(&column.name));
    let instant = |name: &str| row.get(name).as_instant().map(|ms| rfc3339(ms, zone));
    Segment {
        segment_id: text(row, "segment_id").unwrap_or_default(),
        kind: text(row, "kind").unwrap_or_default(),
        started_at: instant("segment_start").unwrap_or_default(),
        ended_at: instant("segment_end"),
        queue: text(row, "queue"),
        agent_name: text(row, "agent_name"),
        handling_team_name: text(row, "handling_team_name"),
        channel: text(row, "channel"),
        direction: text(row, "direction"),
        outcome: text(row, "outcome"),
        abandoned: text(row, "abandoned"),
        facts: SEGMENT_FACTS.iter().filter_map(|fact| Some((fact.name.to_owned(), json(row.get(fact.name), zone)?))).collect(),
        attributes: named(row, columns, zone),
    }
}

fn named<'c>(row: &Row, columns: impl Iterator<Item = &'c Column>, zone: &TimeZone) -> Vec<NamedValue> {
    columns
        .filter(|column| !AGENT_NOW_ATTRIBUTES.iter().any(|now| now.name == column.name))
        .filter_map(|column| {
            Some(NamedValue { name: column.name.into(), title: column.title.into(), value: json(row.get(column.name), zone)? })
        })
        .collect()
}

/// As the newest segment in scope that names a customer has it.
fn customer(rows: &[Row], zone: &TimeZone) -> Option<Customer> {
    let row = rows.iter().rev().find(|row| ["customer_id", "customer_name"].iter().any(|name| !row.get(name).is_null()))?;
    let others = CUSTOMER_ATTRIBUTES.iter().filter(|column| !["customer_id", "customer_name"].contains(&column.name));
    Some(Customer { id: text(row, "customer_id"), name: text(row, "customer_name"), attributes: named(row, others, zone) })
}

fn json(cell: &Cell, zone: &TimeZone) -> Option<Value> {
    match cell {
        Cell::Null => None,
        Cell::Text(text) => Some(Value::from(text.as_ref())),
        Cell::Whole(number) => Some(Value::from(*number)),
        Cell::Number(number) => Some(Value::from(*number)),
        Cell::Instant(ms) => Some(Value::from(rfc3339(*ms, zone))),
    }
}
