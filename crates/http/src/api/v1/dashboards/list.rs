//! The dashboards that one may open.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use crate::schema;
use axum::Json;
use axum::extract::State;
use parclose_access::Workspace;
use parclose_access::actions::ListDashboards;
use parclose_portal::DashboardEntry;
use serde::Serialize;

/// The answer.
#[derive(Serialize)]
pub struct List {
    dashboards: Vec<DashboardEntry>,
}

/// The dashboards that one may open.
#[utoipa::path(get, path = "/api/v1/dashboards", tag = "Dashboards", responses((status = 200, description = "Dashboards", body = schema::Dashboards)))]
pub async fn list_dashboards(State(app): State<App>, signed: Signed) -> Result<Json<List>, ApiError> {
    let ctx = signed.ctx();
    let _grant = app.allow(&ctx, ListDashboards, &Workspace::of(&signed.caller)).await?;
    Ok(Json(List { dashboards: parclose_portal::list_dashboards(&ctx)? }))
}
