//! A link with which a person chooses a new password.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use crate::instant::{rfc3339, zone};
use crate::schema::PasswordLink;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use parclose_access::Workspace;
use parclose_access::actions::ManagePeople;
use parclose_model::PersonId;

/// Makes a link with which a person chooses a new password: good once, for a day, and in place of one made before. It is shown
/// once and sent to nobody.
#[utoipa::path(
    post, path = "/api/v1/people/{id}/password-link", tag = "Administration", params(("id" = String, Path, description = "The person's id")),
    responses(
        (status = 200, description = "The link", body = PasswordLink),
        (status = 404, description = "`not_found`: no such person, or one who left"),
        (status = 409, description = "`no_local_sign_in`: they sign in with an identity provider"),
    )
)]
pub async fn make_password_link(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<([(HeaderName, &'static str); 1], Json<PasswordLink>), ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManagePeople, &Workspace::of(&signed.caller)).await?;
    let link = app.deps.identity.make_password_link(&grant, &PersonId::new(id)).await?;
    let zone = zone(&app.settings(signed.caller.workspace()).await?.settings);
    let shown =
        PasswordLink { link: format!("{}/reset#{}", app.config().base(), link.secret()), expires_at: rfc3339(link.expires_ms, &zone) };
    Ok(([(header::CACHE_CONTROL, "no-store, no-transform")], Json(shown)))
}
