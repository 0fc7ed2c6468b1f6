//! The audit trail as a file.

use super::{Asked, note, people_of, word};
use crate::app::App;
use crate::csv;
use crate::error::{ApiError, Code};
use crate::extract::{Params, Signed};
use crate::instant::{rfc3339, zone};
use axum::extract::State;
use axum::http::{HeaderName, header};
use parclose_access::actions::ReadAudit;
use parclose_access::{AuditEntry, Workspace};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditExportQuery {
    /// Of this person.
    pub person: Option<String>,
    /// This action.
    pub action: Option<String>,
    /// This kind of thing.
    pub resource: Option<String>,
    /// This thing.
    pub resource_id: Option<String>,
    /// `done`, `refused`, `failed`.
    pub outcome: Option<String>,
    /// From this local date on.
    pub from: Option<String>,
    /// To this local date, which is included.
    pub to: Option<String>,
}

/// More in one file would have to be cut, and a file does not show that it was.
const MOST: usize = 50_000;
const PAGE: i64 = 1_000;
const HEAD: [&str; 15] = [
    "number",
    "at",
    "person",
    "name",
    "means",
    "action",
    "resource",
    "resource_id",
    "outcome",
    "rows",
    "scope",
    "policy_version",
    "detail",
    "request_id",
    "hash",
];

/// A file with the lines, the newest first.
#[utoipa::path(
    get, path = "/api/v1/audit/export", tag = "Administration", params(AuditExportQuery),
    responses((status = 200, description = "All of them, as CSV", body = String, content_type = "text/csv"), (status = 400, description = "`bad_request`, `unknown_field`: a parameter is not known or can't be read"), (status = 413, description = "`too_large`: more than 50,000 lines"))
)]
pub async fn export_audit(
    State(app): State<App>,
    signed: Signed,
    Params(query): Params<AuditExportQuery>,
) -> Result<([(HeaderName, &'static str); 3], String), ApiError> {
    let ctx = signed.ctx();
    let workspace = Workspace::of(&signed.caller);
    let grant = app.allow(&ctx, ReadAudit, &workspace).await?;
    let zone = zone(&app.settings(signed.caller.workspace()).await?.settings);
    let AuditExportQuery { person, action, resource, resource_id, outcome, from, to } = query;
    let mut filter = Asked { person, action, resource, resource_id, outcome, from, to }.filter(&zone, None, PAGE)?;
    let people = people_of(&app, workspace.workspace_id()).await?;
    let mut file = csv::line(HEAD.map(str::to_owned));
    let mut lines = 0;
    loop {
        let page = app.deps.catalog.audit(&grant, &filter).await?;
        for record in &page {
            let entry = &record.entry;
            let id = entry.person.as_ref().map(|id| id.as_str());
            let person = id.and_then(|id| people.get(id));
            let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
            file += &csv::line([
                record.number.to_string(),
                rfc3339(entry.at_ms, &zone),
                person.map_or_else(|| id.unwrap_or_default().to_owned(), |person| person.login.clone()),
                person.map(|person| person.name.clone()).unwrap_or_default(),
                entry.means.clone(),
                entry.action.clone(),
                entry.resource.clone(),
                entry.resource_id.clone(),
                word(entry.outcome).to_owned(),
                number(entry.rows),
                entry.scope.clone().unwrap_or_default(),
                number(entry.policy_version),
                entry.detail.clone().unwrap_or_default(),
                entry.request_id.clone(),
                record.hash.clone(),
            ]);
        }
        lines += page.len();
        if lines > MOST {
            return Err(ApiError::says(Code::TooLarge, "There are more than 50,000 lines. Choose fewer days."));
        }
        match page.last().filter(|_| page.len() as i64 == PAGE) {
            Some(last) => filter.before = Some(last.number),
            None => break,
        }
    }
    app.must_still_be_in(&ctx).await?;
    note(&app, AuditEntry::of_grant(&grant), "exported", Some(lines)).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"parclose-audit.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, file))
}
