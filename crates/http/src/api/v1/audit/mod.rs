//! `/api/v1/audit`.

pub mod chain;
pub mod export;
pub mod list;

use crate::app::{App, Parts};
use crate::error::{ApiError, Code};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use parclose_access::{AuditEntry, Outcome};
use parclose_catalog::{AuditFilter, Person};
use parclose_model::WorkspaceId;
use std::collections::HashMap;

/// What listing and exporting can be asked for, as it came.
pub(crate) struct Asked {
    pub person: Option<String>,
    pub action: Option<String>,
    pub resource: Option<String>,
    pub resource_id: Option<String>,
    pub outcome: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
}

impl Asked {
    /// Dates are local dates of the workspace, both inclusive, as everywhere else.
    pub(crate) fn filter(self, zone: &TimeZone, before: Option<i64>, limit: i64) -> Result<AuditFilter, ApiError> {
        let outcome = match self.outcome.as_deref() {
            None => None,
            Some("done") => Some(Outcome::Done),
            Some("refused") => Some(Outcome::Refused),
            Some("failed") => Some(Outcome::Failed),
            Some(_) => return Err(ApiError::says(Code::BadRequest, "The parameter \"outcome\" is done, refused or failed.").at("outcome")),
        };
        let from_ms = self.from.map(|text| start_of("from", &text, 0, zone)).transpose()?;
        let to_ms = self.to.map(|text| start_of("to", &text, 1, zone)).transpose()?;
        let Asked { person, action, resource, resource_id, .. } = self;
        Ok(AuditFilter { person, action, resource, resource_id, outcome, from_ms, to_ms, before, limit })
    }
}

/// The instant at which a local date, or the date some days later, begins.
fn start_of(field: &'static str, text: &str, days: i64, zone: &TimeZone) -> Result<i64, ApiError> {
    let wrong = || ApiError::says(Code::BadRequest, "A date is written as 2026-10-31.").at(field);
    let date: Date = text.parse().map_err(|_| wrong())?;
    let date = date.checked_add(jiff::Span::new().days(days)).map_err(|_| wrong())?;
    Ok(date.to_zoned(zone.clone()).map_err(|_| wrong())?.timestamp().as_millisecond())
}

/// Names of people, for who did it and to whom.
pub(crate) async fn people_of(app: &Parts, workspace: &WorkspaceId) -> Result<HashMap<String, Person>, ApiError> {
    let people = app.deps.catalog.people(workspace).await?;
    Ok(people.into_iter().map(|person| (person.id.as_str().to_owned(), person)).collect())
}

/// Writes down that the trail itself was taken away or checked.
pub(crate) async fn note(app: &App, entry: AuditEntry, detail: &'static str, rows: Option<usize>) -> Result<(), ApiError> {
    let rows = rows.and_then(|rows| i64::try_from(rows).ok());
    app.deps.catalog.append_audit(&[AuditEntry { rows, ..entry.detail(detail) }]).await?;
    Ok(())
}

pub(crate) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Refused => "refused",
        Outcome::Failed => "failed",
    }
}
