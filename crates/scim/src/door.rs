//! Who asks: before anything of the request is read, and written down when it is refused.

use crate::error::Refused;
use crate::router::{RequestId, ScimDeps};
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use parclose_identity::{ScimCaller, ScimKey};
use std::sync::Arc;

/// The caller of a request, put there by [`let_in`].
pub(crate) type Asked = axum::Extension<Arc<ScimCaller>>;

pub(crate) async fn let_in(State(deps): State<ScimDeps>, mut request: Request, next: Next) -> Response {
    // Taken out first: a body can't be looked at from two threads, so nothing may hold the request while it waits.
    let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let request_id = request.extensions().get::<RequestId>().map(|RequestId(id)| id.clone());
    match who(&deps, sent, request_id).await {
        Ok(caller) => {
            request.extensions_mut().insert(Arc::new(caller));
            next.run(request).await
        }
        Err(refused) => refused.into_response(),
    }
}

async fn who(deps: &ScimDeps, sent: Option<String>, request_id: Option<String>) -> Result<ScimCaller, Refused> {
    let sent = sent.ok_or(Refused::Unauthorized)?;
    let (scheme, key) = sent.split_once(' ').ok_or(Refused::Unauthorized)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refused::Unauthorized);
    }
    let request_id = match request_id {
        Some(id) => id,
        None => deps.identity.opaque_id()?.as_str().to_owned(),
    };
    match deps.identity.scim_caller(key.trim(), &deps.workspaces, &request_id, (deps.now_ms)()).await? {
        ScimKey::Unknown => Err(Refused::Unauthorized),
        ScimKey::NoScope => Err(Refused::Forbidden),
        ScimKey::Speaks(caller) => Ok(caller),
    }
}

/// Hands an answer on, and writes down what was refused for a reason. `id`: what it was about, if it has an id.
pub(crate) async fn told<T>(
    deps: &ScimDeps,
    caller: &ScimCaller,
    resource: &'static str,
    id: &str,
    done: Result<T, Refused>,
) -> Result<T, Refused> {
    let Err(refused) = &done else { return done };
    let scope = caller.scope();
    let catalog = deps.identity.catalog();
    let reason = match refused {
        Refused::NotFound if !id.is_empty() && catalog.is_foreign_to_scim(scope, id).await? => Some("foreign_id"),
        refused => refused.reason(),
    };
    if let Some(reason) = reason {
        // An id that nobody has is a value from outside, of any length; it is not kept.
        let id = if reason == "foreign_id" || id.len() <= 64 { id } else { "" };
        catalog.append_audit(&[scope.refused(resource, id, reason)]).await?;
    }
    done
}
