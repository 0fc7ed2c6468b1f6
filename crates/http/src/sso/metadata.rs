//! What a SAML provider needs to know of us.

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Anonymous;
use axum::extract::{Path, State};
use axum::http::{HeaderName, header};

/// Our metadata for a SAML connection. Holds nothing secret: addresses and a public key.
#[utoipa::path(
    get, path = "/sso/{connection}/metadata", tag = "Sign-in", security(()),
    params(("connection" = String, Path, description = "The connection's id")),
    responses((status = 200, description = "SAML metadata", body = String, content_type = "application/samlmetadata+xml"), (status = 404, description = "`not_found`"))
)]
pub async fn own_metadata(
    State(app): State<App>,
    _anonymous: Anonymous,
    Path(connection): Path<String>,
) -> Result<([(HeaderName, &'static str); 1], String), ApiError> {
    let workspace = super::workspace_of(&app, &connection).await?;
    let xml = app.deps.identity.own_metadata(&workspace, &connection).await?;
    Ok(([(header::CONTENT_TYPE, "application/samlmetadata+xml; charset=utf-8")], xml))
}
