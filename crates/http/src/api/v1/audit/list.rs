//! Who did what.

use super::{Asked, people_of, word};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Params, Signed};
use crate::instant::{rfc3339, zone};
use crate::schema::{AuditEntry, AuditPage, AuditPerson};
use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use parclose_access::actions::ReadAudit;
use parclose_access::{AuditRecord, Workspace};
use parclose_catalog::Person;
use serde::Deserialize;
use std::collections::HashMap;
use utoipa::IntoParams;

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Of this person.
    pub person: Option<String>,
    /// This action.
    pub action: Option<String>,
    /// This kind of thing.
    pub resource: Option<String>,
    /// This thing: "who saw this conversation?".
    pub resource_id: Option<String>,
    /// `done`, `refused`, `failed`.
    pub outcome: Option<String>,
    /// From this local date on.
    pub from: Option<String>,
    /// To this local date, which is included.
    pub to: Option<String>,
    /// Numbers below this one: the next page.
    pub before: Option<i64>,
    /// At most so many, up to 1,000; 100 when left out.
    pub limit: Option<i64>,
}

/// A page of the audit trail, the newest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "Administration", params(AuditQuery), responses((status = 200, description = "A page", body = AuditPage), (status = 400, description = "`bad_request`, `unknown_field`: a parameter is not known or can't be read")))]
pub async fn audit(State(app): State<App>, signed: Signed, Params(query): Params<AuditQuery>) -> Result<Json<AuditPage>, ApiError> {
    let ctx = signed.ctx();
    let workspace = Workspace::of(&signed.caller);
    let grant = app.allow(&ctx, ReadAudit, &workspace).await?;
    let limit = query.limit.unwrap_or(100).clamp(1, 1_000);
    let zone = zone(&app.settings(signed.caller.workspace()).await?.settings);
    let AuditQuery { person, action, resource, resource_id, outcome, from, to, before, .. } = query;
    let filter = Asked { person, action, resource, resource_id, outcome, from, to }.filter(&zone, before, limit)?;
    let records = app.deps.catalog.audit(&grant, &filter).await?;
    let next = records.last().map(|last| last.number).filter(|_| records.len() as i64 == limit);
    let people = people_of(&app, workspace.workspace_id()).await?;
    Ok(Json(AuditPage { entries: records.into_iter().map(|record| shown(record, &people, &zone)).collect(), next }))
}

fn shown(record: AuditRecord, people: &HashMap<String, Person>, zone: &TimeZone) -> AuditEntry {
    let entry = record.entry;
    let person = entry.person.map(|id| {
        let known = people.get(id.as_str());
        AuditPerson { id: id.as_str().into(), login: known.map(|p| p.login.clone()), name: known.map(|p| p.name.clone()) }
    });
    AuditEntry {
        number: record.number,
        at: rfc3339(entry.at_ms, zone),
        person,
        means: entry.means,
        action: entry.action,
        on: (entry.resource == "person").then(|| people.get(&entry.resource_id)).flatten().map(|known| known.name.clone()),
        resource: entry.resource,
        resource_id: entry.resource_id,
        outcome: word(entry.outcome).into(),
        rows: entry.rows,
        scope: entry.scope,
        policy_version: entry.policy_version,
        detail: entry.detail,
        request_id: entry.request_id,
        hash: record.hash,
    }
}
