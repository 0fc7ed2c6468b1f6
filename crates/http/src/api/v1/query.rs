//! All reports of a tab in one question, in one scope.

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::{Body, Signed};
use crate::schema;
use crate::timed::Timed;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use parclose_access::Workspace;
use parclose_access::actions::ReadRows;
use parclose_query::Batch;
use std::time::Instant;

/// Answers all reports of a tab from one view of the data, in the caller's scope.
#[utoipa::path(
    post, path = "/api/v1/query", tag = "Data", request_body = schema::QueryRequest,
    responses(
        (status = 200, description = "Answers; a report that is wrong by itself carries its error", body = schema::QueryAnswer),
        (status = 413, description = "`too_large`"),
        (status = 422, description = "`invalid_query`: the range, the shared filters or the number of reports is wrong"),
    )
)]
pub async fn query(State(app): State<App>, signed: Signed, Body(batch): Body<Batch>) -> Result<Timed<impl IntoResponse>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ReadRows, &Workspace::of(&signed.caller)).await?;
    let (scope, settings) = tokio::join!(app.scope(&grant), app.settings(signed.caller.workspace()));
    let (scope, settings) = (scope?, settings?.settings);
    let asked = Instant::now();
    let answer = app.engine(&scope)?.batch(&scope, &settings, signed.now_ms, &batch).await?;
    let took = asked.elapsed();
    // The answer becomes text while the line about it goes to the disk. It leaves when that is done.
    let rows = answer.row_count();
    let written = tokio::task::spawn_blocking(move || serde_json::to_vec(&answer));
    let (noted, written) = tokio::join!(app.note_rows(&grant, &scope, rows), written);
    noted?;
    let written = written.map_err(|_| Code::Internal)?.map_err(|_| Code::Internal)?;
    Ok(Timed::new(&app, took, ([(header::CONTENT_TYPE, "application/json")], written)))
}
