//! One's own second factors.

use crate::api::v1::me;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use crate::instant::{rfc3339, zone};
use crate::seats::SetCookies;
use crate::schema::{FactorsChanged, OwnPasskey, SecondFactors};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};

/// Second factors that one has.
#[utoipa::path(get, path = "/api/v1/account/second-factors", tag = "Sign-in", responses((status = 200, description = "What is set up", body = SecondFactors)))]
pub async fn second_factors(State(app): State<App>, signed: Signed) -> Result<Json<SecondFactors>, ApiError> {
    let own = app.deps.identity.own_factors(&signed.ctx()).await?;
    let settings = app.settings(signed.caller.workspace()).await?.settings;
    let zone = zone(&settings);
    let passkeys = own.passkeys.into_iter().map(|key| OwnPasskey {
        id: key.id,
        name: key.name,
        created_at: rfc3339(key.created_ms, &zone),
        last_used_at: key.last_used_ms.map(|ms| rfc3339(ms, &zone)),
    });
    Ok(Json(SecondFactors {
        available: own.available,
        required: settings.second_factor_required,
        passkeys_available: own.passkeys_available,
        totp_since: own.totp_since_ms.map(|ms| rfc3339(ms, &zone)),
        recovery_codes_left: own.recovery_codes_left,
        passkeys: passkeys.collect(),
    }))
}

/// A change is made: the session goes on with a new cookie, and codes on paper are shown once.
pub(crate) type Changed = (SetCookies, [(HeaderName, &'static str); 1], Json<FactorsChanged>);

pub(crate) async fn changed(app: &App, signed: &Signed, done: parclose_identity::FactorsChanged) -> Result<Changed, ApiError> {
    let (_, Json(me)) = me::answer(app, &signed.ctx(), done.renewed.csrf.secret(), signed.seats.as_ref()).await?;
    let session = app.set_session(signed.caller.workspace(), done.renewed.token.secret(), done.renewed.lasts_ms / 1000);
    Ok((session, [(header::CACHE_CONTROL, "no-store, no-transform")], Json(FactorsChanged { me, recovery_codes: done.recovery_codes })))
}
