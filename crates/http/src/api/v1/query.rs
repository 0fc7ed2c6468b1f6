//! All reports of a tab in one question, in one scope.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::schema;
use crate::timed::Timed;
use axum::Json;
use axum::extract::State;
use parclose_access::Workspace;
use parclose_access::actions::ReadRows;
use parclose_query::{Answer, Batch};
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
pub async fn query(State(app): State<App>, signed: Signed, Body(batch): Body<Batch>) -> Result<Timed<Json<Answer>>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ReadRows, &Workspace::of(&signed.caller)).await?;
    let scope = app.scope(&grant).await?;
    let settings = app.settings(signed.caller.workspace()).await?.settings;
    let asked = Instant::now();
    let answer = app.engine(&scope)?.batch(&scope, &settings, signed.now_ms, &batch).await?;
    let took = asked.elapsed();
    app.note_rows(&grant, &scope, answer.row_count()).await?;
    Ok(Timed::new(&app, took, Json(answer)))
}
