//! Administration of people, and what it may not do.

use crate::support::empty;
use axum::http::{Method, StatusCode};
use parclose_test_kit::{PASSWORD, Who};
use serde_json::json;

const ADMIN: &str = "admin@test.example";

#[tokio::test]
async fn a_person_is_made_changed_and_let_go() {
    let app = empty(&[ADMIN]).await;
    let new =
        json!({"login": "new@test.example", "name": "New Person", "roles": ["supervisor", "wfo.dashboard_viewer"], "password": PASSWORD});
    let made = app.ask(ADMIN, Method::POST, "/api/v1/people", Some(new.clone())).await.unwrap();
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.bytes());
    assert_eq!(app.ask(ADMIN, Method::POST, "/api/v1/people", Some(new)).await.unwrap().code(), "conflict");
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let who = app.who("new@test.example").await.unwrap();
    let path = format!("/api/v1/people/{id}");
    let changed = app.ask(ADMIN, Method::PATCH, &path, Some(json!({"attributes": {"unit": ["x"]}}))).await.unwrap();
    assert_eq!(changed.json()["attributes"], json!({"unit": ["x"]}));
    let me = app.call(&who, Method::GET, "/api/v1/me", None).await.unwrap().json();
    assert_eq!(me["person"]["attributes"], json!({"unit": ["x"]}), "holds for an open session");
    app.ask(ADMIN, Method::PATCH, &path, Some(json!({"active": false}))).await.unwrap();
    assert_eq!(app.call(&who, Method::GET, "/api/v1/me", None).await.unwrap().code(), "sign_in_required");
    assert_eq!(app.ask(ADMIN, Method::PATCH, "/api/v1/people/unknown", Some(json!({}))).await.unwrap().code(), "not_found");
    let list = app.ask(ADMIN, Method::GET, "/api/v1/people", None).await.unwrap();
    assert_eq!(list.json()["people"].as_array().map(Vec::len), Some(2));
    for secret in [PASSWORD, "hash", "argon2"] {
        assert!(!list.bytes().contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let app = empty(&[ADMIN]).await;
    let id = app.ask(ADMIN, Method::GET, "/api/v1/me", None).await.unwrap().json()["person"]["id"].as_str().unwrap().to_owned();
    for change in [json!({"active": false}), json!({"roles": ["supervisor", "wfo.full_access"]})] {
        assert_eq!(app.ask(ADMIN, Method::PATCH, &format!("/api/v1/people/{id}"), Some(change)).await.unwrap().code(), "conflict");
    }
}

#[tokio::test]
async fn settings_are_saved_whole_and_over_the_version_that_was_read() {
    let app = empty(&[ADMIN]).await;
    let mut read = app.ask(ADMIN, Method::GET, "/api/v1/settings", None).await.unwrap().json();
    read["settings"]["service_level_seconds"] = json!(30);
    let saved = app.ask(ADMIN, Method::PUT, "/api/v1/settings", Some(read.clone())).await.unwrap();
    assert_eq!((saved.status, saved.json()["version"].as_i64()), (StatusCode::OK, Some(2)));
    assert_eq!(app.ask(ADMIN, Method::PUT, "/api/v1/settings", Some(read.clone())).await.unwrap().code(), "conflict");
    read["version"] = json!(2);
    let mut zone = read.clone();
    zone["settings"]["time_zone"] = json!("Europe/Atlantis");
    assert_eq!(app.ask(ADMIN, Method::PUT, "/api/v1/settings", Some(zone)).await.unwrap().code(), "invalid_settings");
    read["settings"]["demo"] = json!(false);
    assert_eq!(app.ask(ADMIN, Method::PUT, "/api/v1/settings", Some(read.clone())).await.unwrap().code(), "invalid_settings");
    read["settings"].as_object_mut().unwrap().remove("contact");
    assert_eq!(app.ask(ADMIN, Method::PUT, "/api/v1/settings", Some(read)).await.unwrap().code(), "bad_request");
}

#[tokio::test]
async fn a_key_can_not_make_keys_or_administrators() {
    let app = empty(&[ADMIN]).await;
    let id = app.ask(ADMIN, Method::GET, "/api/v1/me", None).await.unwrap().json()["person"]["id"].clone();
    let new = json!({"name": "all", "person": id, "scopes": ["read:rows", "read:audit", "admin"]});
    let made = app.ask(ADMIN, Method::POST, "/api/v1/api-keys", Some(new.clone())).await.unwrap().json();
    let key = Who::Key(made["key"].as_str().unwrap().into());
    assert_eq!(app.call(&key, Method::GET, "/api/v1/people", None).await.unwrap().status, StatusCode::OK);
    assert_eq!(app.call(&key, Method::POST, "/api/v1/api-keys", Some(new)).await.unwrap().code(), "not_allowed");
    for path in ["/api/v1/connections", "/api/v1/groups"] {
        assert_eq!(app.call(&key, Method::GET, path, None).await.unwrap().code(), "not_allowed", "{path}: whoever decides who is whom sits at a browser");
    }
    let admin = json!({"login": "evil@test.example", "name": "Evil", "roles": ["admin", "wfo.full_access"]});
    assert_eq!(app.call(&key, Method::POST, "/api/v1/people", Some(admin)).await.unwrap().code(), "not_allowed");
    let listed = app.ask(ADMIN, Method::GET, "/api/v1/api-keys", None).await.unwrap();
    assert!(!listed.bytes().contains(made["key"].as_str().unwrap()), "the key is shown once");
}
