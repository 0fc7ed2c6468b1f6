//! Every operation of the document: by nobody, by people without rights, and those that anybody may call.

use crate::support::{drill, empty, handled_by_queue, range};
use axum::http::{Method, StatusCode};
use parclose_http::ANONYMOUS;
use parclose_test_kit::Who;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A body that the operation can read, so that only rights decide.
fn body(method: &str, path: &str) -> Option<Value> {
    Some(match (method, path) {
        ("post", "/api/v1/sign-in") => json!({"login": "x", "password": "y"}),
        ("post", "/api/v1/sign-in/code") => json!({"code": "123456"}),
        ("post", "/api/v1/sign-in/passkey") => json!({"credential": {}}),
        ("post", "/api/v1/password-reset/check") => json!({"secret": "x"}),
        ("post", "/api/v1/password-reset") => json!({"secret": "x", "password": "y"}),
        ("post", "/api/v1/set-up") => json!({"secret": "x", "login": "l", "name": "n", "password": "y", "full_access": true}),
        ("post", "/api/v1/account/totp" | "/api/v1/account/recovery-codes" | "/api/v1/account/passkey-options" | "/api/v1/account/passkeys/{passkey}/remove") => {
            json!({"current_password": "x"})
        }
        ("post", "/api/v1/account/totp/confirm") => json!({"code": "123456"}),
        ("post", "/api/v1/account/totp/remove") => json!({"current_password": "x", "code": "123456"}),
        ("post", "/api/v1/account/passkeys") => json!({"name": "n", "credential": {}}),
        ("post", "/api/v1/query") => handled_by_queue(),
        ("post", "/api/v1/values") => json!({"attribute": "queue", "range": range(), "filters": []}),
        ("post", "/api/v1/segments") => drill(),
        ("put", "/api/v1/separation") => json!({"yaml": "version: 1\nrules: []\n", "version": 1}),
        ("post", "/api/v1/people") => json!({"login": "new@test.example", "name": "New"}),
        ("patch", "/api/v1/people/{id}") => json!({"roles": ["admin", "wfo.full_access"]}),
        ("post", "/api/v1/account/password") => json!({"current_password": "x", "password": "y"}),
        ("post", "/api/v1/api-keys") => json!({"name": "k", "person": "p", "scopes": ["read:rows"]}),
        ("put", "/api/v1/settings") => json!({"version": 1, "settings": {
            "name": "X", "time_zone": "UTC", "service_level_seconds": 1, "service_level_overrides": [], "short_abandon_seconds": 1,
            "available_activities": [], "offline_activities": [], "contact": "", "session_idle_minutes": 30, "session_hours": 12,
            "second_factor_required": false, "demo": true}}),
        ("post", "/api/v1/connections") => connection("New"),
        ("put", "/api/v1/connections/{id}") => json!({"version": 1, "settings": connection("New")}),
        ("post", "/api/v1/connections/{id}/dry-run") => json!({"attributes": {"roles": ["admin"]}, "subject": "x"}),
        ("post", "/api/v1/connections/{id}/identities") => json!({"person": "p", "subject": "x"}),
        ("post", "/api/v1/groups") => json!({"name": "g", "roles": ["admin", "wfo.full_access"]}),
        ("patch", "/api/v1/groups/{id}") => json!({"roles": ["admin", "wfo.full_access"]}),
        _ => return None,
    })
}

/// An OpenID connection that could be made.
fn connection(name: &str) -> Value {
    json!({"name": name, "enabled": true, "oidc": {"issuer": "https://idp.test.example", "client_id": "parclose"}})
}

fn document(app: &parclose_test_kit::TestApp) -> Vec<(String, String, Value)> {
    let document: Value = serde_json::from_str(app.app.openapi()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.push((method.clone(), path.clone(), operation.clone()));
        }
    }
    operations
}

fn address(path: &str) -> String {
    let mut address = path.to_owned();
    for (name, value) in [("{id}", "unknown"), ("{connection}", "unknown"), ("{conversation_id}", "unknown"), ("{workspace}", "test"), ("{session}", "unknown"), ("{passkey}", "unknown")] {
        address = address.replace(name, value);
    }
    address
}

fn verb(method: &str) -> Method {
    method.to_uppercase().parse().unwrap()
}

#[tokio::test]
async fn nobody_gets_anything_but_the_listed_operations() {
    let app = empty(&[]).await;
    let operations = document(&app);
    let listed: BTreeSet<(&str, &str)> = ANONYMOUS.iter().copied().collect();
    let found: BTreeSet<(&str, &str)> = operations.iter().map(|(method, path, _)| (method.as_str(), path.as_str())).collect();
    assert!(listed.is_subset(&found), "listed and not there: {:?}", listed.difference(&found));
    assert_eq!(found.len(), 76, "{found:?}");
    for (method, path, operation) in &operations {
        if listed.contains(&(method.as_str(), path.as_str())) {
            continue;
        }
        let body = body(method, path);
        let answer = app.call(&Who::Nobody, verb(method), &address(path), body.clone()).await.unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, "sign_in_required"), "{method} {path}");
        for wrong in ["pck_000000000000_0", "", "nonsense"] {
            let by_key = app.call(&Who::Key(wrong.into()), verb(method), &address(path), body.clone()).await.unwrap();
            assert_eq!(by_key.bytes(), answer.bytes(), "{method} {path}: a wrong key is nobody");
        }
        assert!(
            operation["responses"]["401"].is_object() && operation["responses"]["403"].is_object(),
            "{method} {path} documents refusals"
        );
    }
}

/// The document in the repository is what the server says. `cargo xtask gen` writes it anew.
#[test]
fn the_document_in_the_repository_is_current() {
    let root = std::path::PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where"));
    let text = std::fs::read_to_string(root.join("../../docs/openapi.json")).expect("docs/openapi.json");
    let (kept, served): (Value, Value) = (serde_json::from_str(&text).unwrap(), serde_json::from_str(&parclose_http::document()).unwrap());
    assert!(kept == served, "docs/openapi.json is not what the server says any more: run `cargo xtask gen` and commit the result");
}

#[tokio::test]
async fn people_without_the_right_are_refused_everywhere() {
    let app = empty(&["qpm@test.example", "a@test.example", "admin@test.example"]).await;
    let is_own = |path: &str| path == "/api/v1/me" || path == "/api/v1/sign-out" || path.starts_with("/api/v1/account/");
    let for_admins = [
        "/api/v1/separation",
        "/api/v1/people",
        "/api/v1/people/{id}",
        "/api/v1/people/{id}/rights",
        "/api/v1/people/{id}/origin",
        "/api/v1/people/{id}/sessions",
        "/api/v1/people/{id}/sessions/{session}",
        "/api/v1/people/{id}/password-link",
        "/api/v1/people/{id}/second-factors",
        "/api/v1/api-keys",
        "/api/v1/api-keys/{id}",
        "/api/v1/audit",
        "/api/v1/audit/export",
        "/api/v1/audit/chain",
        "/api/v1/settings",
        "/api/v1/connections",
        "/api/v1/connections/{id}",
        "/api/v1/connections/{id}/dry-run",
        "/api/v1/connections/{id}/identities",
        "/api/v1/groups",
        "/api/v1/groups/{id}",
    ];
    let mut refused = 0;
    for (method, path, _) in document(&app) {
        if ANONYMOUS.contains(&(method.as_str(), path.as_str())) || is_own(path.as_str()) {
            continue;
        }
        // Somebody without dashboards, and somebody who does not administer.
        let who = if for_admins.contains(&path.as_str()) { "a@test.example" } else { "qpm@test.example" };
        let answer = app.ask(who, verb(&method), &address(&path), body(&method, &path)).await.unwrap();
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::FORBIDDEN, "not_allowed"),
            "{method} {path} by {who}: {}",
            answer.bytes()
        );
        refused += 1;
    }
    assert_eq!(refused, 38);
    let audit = app.ask("admin@test.example", Method::GET, "/api/v1/audit?limit=1000", None).await.unwrap().json();
    let written = audit["entries"].as_array().unwrap().iter().filter(|entry| entry["outcome"] == "refused").count();
    assert_eq!(written, refused, "each refusal is written down");
}

#[tokio::test]
async fn a_key_does_what_it_is_for_and_no_more() {
    let app = empty(&["admin@test.example"]).await;
    let me = app.ask("admin@test.example", Method::GET, "/api/v1/me", None).await.unwrap().json();
    let new = json!({"name": "nightly", "person": me["person"]["id"], "scopes": ["read:rows"]});
    let made = app.ask("admin@test.example", Method::POST, "/api/v1/api-keys", Some(new)).await.unwrap();
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.bytes());
    let key = Who::Key(made.json()["key"].as_str().unwrap().into());
    let asked = app.call(&key, Method::POST, "/api/v1/query", Some(handled_by_queue())).await.unwrap();
    assert_eq!(asked.status, StatusCode::OK, "no csrf token for a key");
    for path in [
        "/api/v1/people",
        "/api/v1/separation",
        "/api/v1/audit",
        "/api/v1/settings",
        "/api/v1/api-keys",
        "/api/v1/people/unknown/rights",
        "/api/v1/people/unknown/sessions",
        "/api/v1/audit/export",
        "/api/v1/account/sessions",
        "/api/v1/account/second-factors",
        "/api/v1/connections",
        "/api/v1/groups",
    ] {
        assert_eq!(app.call(&key, Method::GET, path, None).await.unwrap().code(), "not_allowed", "{path}");
    }
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let gone = app.ask("admin@test.example", Method::DELETE, &format!("/api/v1/api-keys/{id}"), None).await.unwrap();
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(app.call(&key, Method::GET, "/api/v1/me", None).await.unwrap().code(), "sign_in_required");
    let again = app.ask("admin@test.example", Method::DELETE, &format!("/api/v1/api-keys/{id}"), None).await.unwrap();
    assert_eq!(again.code(), "not_found");
}

#[tokio::test]
async fn anonymous_operations_work_for_nobody() {
    let app = empty(&[]).await;
    for path in ["/api/v1/sign-in-options", "/api/v1/openapi.json", "/health/live", "/health/ready"] {
        assert_eq!(app.call(&Who::Nobody, Method::GET, path, None).await.unwrap().status, StatusCode::OK, "{path}");
    }
    let metrics = app.call(&Who::Nobody, Method::GET, "/metrics", None).await.unwrap();
    assert_eq!(metrics.code(), "not_found", "counters are for this machine only");
}
