//! Value lists.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Body, Signed};
use crate::schema;
use axum::Json;
use axum::extract::State;
use parclose_access::Workspace;
use parclose_access::actions::ReadRows;
use parclose_query::{ValuesAnswer, ValuesQuestion};

/// The values of an attribute that occur in rows in scope.
#[utoipa::path(
    post, path = "/api/v1/values", tag = "Data", request_body = schema::ValuesRequest,
    responses((status = 200, description = "Values", body = schema::ValuesAnswer), (status = 422, description = "`invalid_query`"))
)]
pub async fn values(State(app): State<App>, signed: Signed, Body(question): Body<ValuesQuestion>) -> Result<Json<ValuesAnswer>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ReadRows, &Workspace::of(&signed.caller)).await?;
    let scope = app.scope(&grant).await?;
    let settings = app.settings(signed.caller.workspace()).await?.settings;
    let answer = app.engine(&scope)?.values(&scope, &settings, signed.now_ms, &question).await?;
    app.note_rows(&grant, &scope, answer.values.len() as u64).await?;
    Ok(Json(answer))
}
