//! Counters for Prometheus.

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Anonymous;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use subtle::ConstantTimeEq;

/// Counters and times, for this machine or for whoever has the token. For others there is nothing here.
#[utoipa::path(get, path = "/metrics", tag = "Operation", security(()), responses((status = 200, description = "OpenMetrics text"), (status = 404, description = "`not_found`: neither local nor with the token")))]
pub async fn metrics(State(app): State<App>, anonymous: Anonymous, headers: HeaderMap) -> Result<impl IntoResponse, ApiError> {
    if !anonymous.peer.is_local && !has_token(&app, &headers) {
        return Err(Code::NotFound.into());
    }
    let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let (mut bytes, mut mapped, mut rollups, mut packed, mut lake, mut waiting, mut aside) = (0, 0, 0, 0, 0, 0, Some(0));
    for space in app.deps.spaces.each() {
        let (_, position, _) = space.engine.freshness();
        let newest = *space.log.grown().borrow();
        waiting += newest.saturating_sub(position);
        let (all, in_files) = space.engine.packed_bytes();
        bytes += all as u64;
        mapped += in_files as u64;
        let (memory, _) = space.engine.rollups();
        rollups += memory as u64;
        let answers = space.engine.packed_answers();
        packed += answers.0;
        lake += answers.1;
        aside = aside.zip(space.log.aside_count().await.ok()).map(|(sum, more)| sum + more);
    }
    app.measures.packed_bytes.set(whole(bytes));
    app.measures.packed_mapped_bytes.set(whole(mapped));
    app.measures.rollup_bytes.set(whole(rollups));
    app.measures.questions[0].set(whole(packed));
    app.measures.questions[1].set(whole(lake));
    app.measures.events_waiting.set(whole(waiting));
    // When a log can't be read, the last number stands; /health/ready says what is wrong.
    if let Some(aside) = aside {
        app.measures.events_aside.set(whole(aside));
    }
    Ok(([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], app.measures.text()))
}

fn has_token(app: &App, headers: &HeaderMap) -> bool {
    let Some(token) = app.config().metrics_token.as_deref().filter(|token| !token.is_empty()) else { return false };
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|text| text.strip_prefix("Bearer "));
    sent.is_some_and(|sent| sent.as_bytes().ct_eq(token.as_bytes()).into())
}
