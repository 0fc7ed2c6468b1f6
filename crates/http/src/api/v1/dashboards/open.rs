//! One dashboard.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use crate::schema;
use axum::Json;
use axum::extract::{Path, State};
use parclose_portal::Dashboard;

/// The definition of a dashboard. Absent and not yours are the same answer.
#[utoipa::path(
    get, path = "/api/v1/dashboards/{id}", tag = "Dashboards", params(("id" = String, Path, description = "The dashboard's id")),
    responses((status = 200, description = "The dashboard", body = schema::Dashboard), (status = 404, description = "`not_found`"))
)]
pub async fn open_dashboard(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Json<Dashboard>, ApiError> {
    let ctx = signed.ctx();
    match parclose_portal::open_dashboard(&ctx, &id) {
        Ok(dashboard) => Ok(Json(dashboard)),
        Err(refusal) => {
            app.note_refused(&ctx, "open_dashboard", "dashboard", &id).await;
            Err(refusal.into())
        }
    }
}
