//! The drill: rows behind a number.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::schema;
use crate::timed::Timed;
use axum::Json;
use axum::extract::State;
use parclose_access::Workspace;
use parclose_access::actions::ReadRows;
use parclose_query::{SegmentsAnswer, SegmentsQuestion};
use std::time::Instant;

/// The segments that a number is made of, a page at a time.
#[utoipa::path(
    post, path = "/api/v1/segments", tag = "Data", request_body = schema::SegmentsRequest,
    responses(
        (status = 200, description = "A page of segments", body = schema::SegmentsAnswer),
        (status = 422, description = "`invalid_query`, also for a cursor of another person or question"),
    )
)]
pub async fn segments(
    State(app): State<App>,
    signed: Signed,
    Body(question): Body<SegmentsQuestion>,
) -> Result<Timed<Json<SegmentsAnswer>>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ReadRows, &Workspace::of(&signed.caller)).await?;
    let scope = app.scope(&grant).await?;
    let settings = app.settings(signed.caller.workspace()).await?.settings;
    let asked = Instant::now();
    let answer = app.engine(&scope)?.segments(&scope, &settings, signed.now_ms, &question).await?;
    let took = asked.elapsed();
    // The total speaks of all rows behind the number, not only of this page.
    app.note_rows(&grant, &scope, answer.total.max(answer.rows.len() as u64)).await?;
    Ok(Timed::new(&app, took, Json(answer)))
}
