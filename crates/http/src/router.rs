//! All routes, and the layers around them.

use crate::api::v1;
use crate::app::App;
use crate::extract::RequestId;
use crate::middleware::{envelope::envelope, gate::gate, gate::often, gate::often_by_key, headers::headers};
use crate::{hooks, ops, sso, web};
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use axum::{Router, middleware};
use parclose_scim::ScimDeps;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::timeout::TimeoutLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(v1::sign_in::sign_in))
        .routes(routes!(v1::sign_in_options::sign_in_options))
        .routes(routes!(v1::sign_in::code::sign_in_with_code))
        .routes(routes!(v1::sign_in::passkey_options::passkey_sign_in_options))
        .routes(routes!(v1::sign_in::passkey::sign_in_with_passkey))
        .routes(routes!(v1::password_reset::check::check_password_link))
        .routes(routes!(v1::password_reset::reset::reset_password))
        .routes(routes!(v1::set_up::set_up))
        .routes(routes!(v1::sign_out::sign_out))
        .routes(routes!(v1::me::me))
        .routes(routes!(v1::account::sessions::own_sessions))
        .routes(routes!(v1::account::end_session::end_own_session))
        .routes(routes!(v1::account::end_sessions::end_own_sessions))
        .routes(routes!(v1::account::password::change_own_password))
        .routes(routes!(v1::account::workspace::switch_workspace))
        .routes(routes!(v1::account::state::account_state))
        .routes(routes!(v1::account::second_factors::second_factors))
        .routes(routes!(v1::account::totp::begin::begin_totp))
        .routes(routes!(v1::account::totp::confirm::confirm_totp))
        .routes(routes!(v1::account::totp::remove::remove_totp))
        .routes(routes!(v1::account::recovery_codes::renew_recovery_codes))
        .routes(routes!(v1::account::passkeys::options::passkey_options))
        .routes(routes!(v1::account::passkeys::add::add_passkey))
        .routes(routes!(v1::account::passkeys::remove::remove_passkey))
        .routes(routes!(v1::metadata::metadata))
        .routes(routes!(v1::dashboards::list::list_dashboards))
        .routes(routes!(v1::dashboards::open::open_dashboard))
        .routes(routes!(v1::query::query))
        .routes(routes!(v1::values::values))
        .routes(routes!(v1::segments::segments))
        .routes(routes!(v1::conversations::open::open_conversation))
        .routes(routes!(v1::separation::read::read_separation))
        .routes(routes!(v1::separation::save::save_separation))
        .routes(routes!(v1::people::list::list_people))
        .routes(routes!(v1::people::create::create_person))
        .routes(routes!(v1::people::change::change_person))
        .routes(routes!(v1::people::open::open_person))
        .routes(routes!(v1::people::rights::person_rights))
        .routes(routes!(v1::people::origin::person_origin))
        .routes(routes!(v1::people::sessions::list::person_sessions))
        .routes(routes!(v1::people::sessions::end::end_person_session))
        .routes(routes!(v1::people::sessions::end_all::end_person_sessions))
        .routes(routes!(v1::people::password_link::make_password_link))
        .routes(routes!(v1::people::second_factors::remove_second_factors))
        .routes(routes!(v1::api_keys::list::list_api_keys))
        .routes(routes!(v1::api_keys::create::create_api_key))
        .routes(routes!(v1::api_keys::revoke::revoke_api_key))
        .routes(routes!(v1::audit::list::audit))
        .routes(routes!(v1::audit::export::export_audit))
        .routes(routes!(v1::audit::chain::audit_chain))
        .routes(routes!(v1::settings::read::read_settings))
        .routes(routes!(v1::settings::save::save_settings))
        .routes(routes!(v1::connections::list::list_connections))
        .routes(routes!(v1::connections::create::create_connection))
        .routes(routes!(v1::connections::change::change_connection))
        .routes(routes!(v1::connections::remove::remove_connection))
        .routes(routes!(v1::connections::dry_run::dry_run))
        .routes(routes!(v1::connections::link::link_identity))
        .routes(routes!(v1::groups::list::list_groups))
        .routes(routes!(v1::groups::create::create_group))
        .routes(routes!(v1::groups::change::change_group))
        .routes(routes!(v1::groups::remove::remove_group))
        .routes(routes!(v1::openapi::openapi_json))
}

fn doors() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(hooks::taskrouter::taskrouter)).routes(routes!(hooks::event_streams::event_streams))
}

/// Between two sites: a provider's page posts here, so nothing is refused for coming from elsewhere.
fn ways() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sso::login::login))
        .routes(routes!(sso::callback::callback))
        .routes(routes!(sso::acs::acs))
        .routes(routes!(sso::done::done))
        .routes(routes!(sso::metadata::own_metadata))
        .routes(routes!(sso::slo::slo_by_redirect))
        .routes(routes!(sso::slo::slo_by_post))
}

fn operation() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ops::health::health))
        .routes(routes!(ops::health::live))
        .routes(routes!(ops::health::ready))
        .routes(routes!(ops::metrics::metrics))
}

/// What directories of identity providers call. Its documents are its own, under `/scim/v2/Schemas`; no rows are known there.
fn scim(app: &App) -> Router<App> {
    let deps = ScimDeps {
        identity: app.deps.identity.clone(),
        workspaces: app.deps.spaces.each().map(|space| space.workspace.clone()).collect(),
        base_url: app.config().base().to_owned(),
        now_ms: app.deps.clock,
    };
    parclose_scim::router(deps)
        .with_state(())
        .layer(middleware::from_fn(named))
        .layer(middleware::from_fn_with_state(app.clone(), often_by_key))
}

/// Hands the request's id on, for the audit trail.
async fn named(mut request: Request, next: Next) -> Response {
    if let Some(id) = request.extensions().get::<RequestId>().map(|id| id.0.clone()) {
        request.extensions_mut().insert(parclose_scim::RequestId(id));
    }
    next.run(request).await
}

/// All operations with their documentation, without layers.
pub(crate) fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(crate::openapi::base()).merge(api()).merge(ways()).merge(doors()).merge(operation())
}

/// Answers with a secret in them say `no-transform`: compressed next to what others can choose, a secret shows.
fn may_compress(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kept = headers.get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !kept.contains("no-transform")
}

pub(crate) fn build(app: App) -> Router {
    let config = app.config();
    let compression = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(DefaultPredicate::new().and(may_compress));
    let (api, _) = api().split_for_parts();
    let api = api.layer(DefaultBodyLimit::max(config.api_body_limit)).layer(middleware::from_fn_with_state(app.clone(), gate));
    let (ways, _) = ways().split_for_parts();
    let ways = ways.layer(DefaultBodyLimit::max(config.api_body_limit)).layer(middleware::from_fn_with_state(app.clone(), often));
    let (doors, _) = doors().split_for_parts();
    let scim = scim(&app);
    let (operation, _) = operation().split_for_parts();
    api.merge(ways)
        .merge(doors)
        .merge(scim)
        .merge(operation)
        .fallback(web::serve)
        .layer(compression)
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, config.timeout))
        .layer(middleware::from_fn_with_state(app.clone(), envelope))
        .layer(middleware::from_fn(headers))
        .with_state(app)
}
