//! Two workspaces of one server: nothing of one is in the other, and no proof of one opens the other.

use crate::separation::{comparable, definitions, walk};
use crate::support::{conversation_ids, drill, handled_by_queue};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use parclose_model::Event;
use parclose_test_kit::{A, Answer, B, OTHER_SECRET, OTHER_WORKSPACE, PASSWORD, TestApp, TestOptions, Who, unit};
use serde_json::{Value, json};

const ADMIN: &str = "admin@test.example";
const WHOLE: &str = "whole@test.example";

/// Rows of A here; in the other workspace these.
async fn two(other: Vec<Event>, people: &[&'static str]) -> TestApp {
    TestApp::start(TestOptions { other: Some(other), ..TestOptions::new(unit(A, 1, 60.0), people) }).await.expect("the server starts")
}

/// Signs in at the other workspace: all cookies that are set there, and the token.
async fn into_other(app: &TestApp, login: &str) -> (Vec<String>, String) {
    let body = json!({"workspace": OTHER_WORKSPACE, "login": login, "password": PASSWORD});
    let answer = app.call(&Who::Nobody, Method::POST, "/api/v1/sign-in", Some(body)).await.unwrap();
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.bytes());
    assert_eq!(answer.json()["workspace"]["id"], OTHER_WORKSPACE);
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter();
    let cookies = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
    // Those that are set, not those that are taken away.
    let cookies = cookies.filter(|cookie| !cookie.ends_with('=')).collect();
    (cookies, answer.json()["csrf_token"].as_str().unwrap().to_owned())
}

async fn with(app: &TestApp, cookie: &str, csrf: &str, named: Option<&str>, path: &str, body: Option<Value>) -> Answer {
    let mut request = Request::builder().method(if body.is_some() { Method::POST } else { Method::GET }).uri(format!("/api/v1/{path}"));
    request = request.header(header::COOKIE, cookie).header("x-csrf-token", csrf).header(header::CONTENT_TYPE, "application/json");
    if let Some(named) = named {
        request = request.header("x-parclose-workspace", named);
    }
    app.send(request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap()).await.unwrap()
}

#[tokio::test]
async fn rows_of_the_other_workspace_change_nothing_here() {
    let people = [WHOLE, ADMIN, "a@test.example"];
    let (full, bare) = (two(unit(B, 2, 90.0), &people).await, two(Vec::new(), &people).await);
    let (pages, metadata) = definitions(&full).await;
    let mut asked = walk(&pages, &metadata);
    for path in ["people", "api-keys", "audit", "settings", "connections", "groups", "separation", "audit/chain"] {
        asked.push((Method::GET, format!("/api/v1/{path}"), None));
    }
    let mut with_rows = 0;
    for (method, path, body) in &asked {
        for login in [WHOLE, ADMIN] {
            let here = full.ask(login, method.clone(), path, body.clone()).await.unwrap();
            let there = bare.ask(login, method.clone(), path, body.clone()).await.unwrap();
            let words = body.as_ref().map(Value::to_string).unwrap_or_default();
            assert!(!here.bytes().contains("canary-B") || (words + path).contains("canary-B") && !here.status.is_success(), "{path}: {}", here.bytes());
            // What is random, or counts time, differs between two servers; how many there are may not.
            if ["/api/v1/audit", "/api/v1/audit/chain", "/api/v1/people", "/api/v1/audit/export?person=canary-B"].contains(&path.as_str()) {
                let count = |answer: &Answer| answer.json().as_object().map(|all| all.values().map(|one| one.as_array().map_or(0, Vec::len)).collect::<Vec<_>>());
                assert_eq!((here.status, count(&here)), (there.status, count(&there)), "{path}");
            } else {
                assert_eq!(comparable(here.bytes()), comparable(there.bytes()), "{method} {path} by {login}");
            }
            with_rows += usize::from(here.bytes().contains("canary-A"));
        }
    }
    assert!(with_rows > 60, "the walk has to see something: {with_rows}");
}

#[tokio::test]
async fn a_session_is_good_in_its_own_workspace_only() {
    let app = two(unit(B, 2, 90.0), &[WHOLE, ADMIN]).await;
    let (cookies, csrf) = into_other(&app, WHOLE).await;
    let [session, choice] = cookies.as_slice() else { panic!("{cookies:?}") };
    let both = format!("{session}; {choice}");
    let own = with(&app, &both, &csrf, None, "query", Some(handled_by_queue())).await;
    assert!(own.status == StatusCode::OK && own.bytes().contains("canary-B") && !own.bytes().contains("canary-A"), "{}", own.bytes());
    assert_eq!(with(&app, session, &csrf, Some(OTHER_WORKSPACE), "me", None).await.json()["workspace"]["name"], "Other Company");
    // Its secret in the first workspace's cookie, its cookie with another workspace named, and an unknown one.
    let token = session.split_once('=').unwrap().1;
    for (cookie, named) in [
        (format!("__Host-parclose={token}"), None),
        (format!("__Host-parclose={token}; {choice}"), Some("test")),
        (format!("__Host-parclose-test={token}"), Some("test")),
        (session.clone(), None),
        (session.clone(), Some("test")),
        (both.clone(), Some("nobody")),
        (format!("{session}; __Host-parclose-at=test"), None),
        (format!("{session}; __Host-parclose-at=../other"), None),
    ] {
        let answer = with(&app, &cookie, &csrf, named, "query", Some(handled_by_queue())).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, "sign_in_required"), "{cookie} {named:?}");
    }
    // The token of one session is no token for another.
    let Who::Session { cookie: here, csrf: csrf_here } = app.who(WHOLE).await.unwrap() else { panic!("a session") };
    let crossed = with(&app, &format!("{here}; {both}"), &csrf_here, None, "query", Some(handled_by_queue())).await;
    assert_eq!(crossed.code(), "not_allowed");
}

#[tokio::test]
async fn ids_and_keys_of_one_workspace_are_nothing_in_the_other() {
    let app = two(unit(B, 2, 90.0), &[WHOLE, ADMIN]).await;
    let (cookies, csrf) = into_other(&app, ADMIN).await;
    let other = cookies.join("; ");
    let people = with(&app, &other, &csrf, None, "people", None).await.json();
    assert_eq!(people["people"].as_array().unwrap().len(), 2, "{people}");
    let person = people["people"][0]["id"].as_str().unwrap().to_owned();
    let made = with(&app, &other, &csrf, None, "groups", Some(json!({"name": "canary-B group", "roles": ["supervisor"], "attributes": {}}))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.bytes());
    let connection = json!({"name": "canary-B provider", "enabled": false, "oidc": {"issuer": "https://idp.test.example", "client_id": "c", "client_secret": "s"}});
    let connection = with(&app, &other, &csrf, None, "connections", Some(connection)).await.json()["id"].as_str().unwrap().to_owned();
    let key = with(&app, &other, &csrf, None, "api-keys", Some(json!({"name": "k", "person": person, "scopes": ["read:rows"]}))).await.json();
    // Here none of them is there, whatever is tried.
    let absent = app.ask(ADMIN, Method::GET, "/api/v1/people/00000000000000000000000000000000", None).await.unwrap();
    for path in [format!("people/{person}"), format!("people/{person}/rights"), format!("people/{person}/origin"), format!("people/{person}/sessions")] {
        let answer = app.ask(ADMIN, Method::GET, &format!("/api/v1/{path}"), None).await.unwrap();
        assert_eq!((answer.status, answer.json()["error"]["message"].clone()), (absent.status, absent.json()["error"]["message"].clone()), "{path}");
    }
    for (method, path, body) in [
        (Method::PATCH, format!("people/{person}"), json!({"name": "x"})),
        (Method::DELETE, format!("people/{person}/sessions"), Value::Null),
        (Method::DELETE, format!("connections/{connection}"), Value::Null),
        (Method::POST, format!("connections/{connection}/identities"), json!({"person": person, "subject": "s"})),
        (Method::DELETE, format!("groups/{}", made.json()["id"].as_str().unwrap()), Value::Null),
        (Method::DELETE, format!("api-keys/{}", key["id"].as_str().unwrap()), Value::Null),
        (Method::POST, "api-keys".into(), json!({"name": "k", "person": person, "scopes": ["read:rows"]})),
    ] {
        let body = Some(body).filter(|body| !body.is_null());
        let answer = app.ask(ADMIN, method.clone(), &format!("/api/v1/{path}"), body).await.unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "not_found"), "{method} {path}");
    }
    for path in ["groups", "connections", "people", "api-keys", "audit"] {
        let answer = app.ask(ADMIN, Method::GET, &format!("/api/v1/{path}"), None).await.unwrap();
        assert!(!answer.bytes().contains("canary-B") && !answer.bytes().contains(&person), "{path}: {}", answer.bytes());
    }
    // A key acts in its own workspace, whatever is named.
    let request = Request::builder().method(Method::POST).uri("/api/v1/query").header(header::CONTENT_TYPE, "application/json");
    let request = request.header(header::AUTHORIZATION, format!("Bearer {}", key["key"].as_str().unwrap())).header("x-parclose-workspace", "test");
    let answer = app.send(request.body(Body::from(handled_by_queue().to_string())).unwrap()).await.unwrap();
    assert!(answer.status == StatusCode::OK && !answer.bytes().contains("canary-A"), "{}", answer.bytes());
    let of_a = conversation_ids(&app.ask(WHOLE, Method::POST, "/api/v1/segments", Some(drill())).await.unwrap());
    let stolen = with(&app, &other, &csrf, None, &format!("conversations/{}", of_a[0]), None).await;
    assert_eq!(stolen.code(), "not_found");
}

#[tokio::test]
async fn who_belongs_to_both_switches_and_leaves_both() {
    let app = two(unit(B, 2, 90.0), &[WHOLE]).await;
    let Who::Session { cookie: here, csrf } = app.who(WHOLE).await.unwrap() else { panic!("a session") };
    let alone = with(&app, &here, &csrf, None, "me", None).await.json();
    assert_eq!((&alone["workspace"]["id"], &alone["other_workspaces"]), (&json!("test"), &json!([])));
    // What one is not signed in to is not found, whether it is there or not.
    for workspace in [OTHER_WORKSPACE, "nobody"] {
        let answer = with(&app, &here, &csrf, None, "account/workspace", Some(json!({"workspace": workspace}))).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "not_found"), "{workspace}");
    }
    let (cookies, other_csrf) = into_other(&app, WHOLE).await;
    let both = format!("{here}; {}", cookies.join("; "));
    let there = with(&app, &both, &other_csrf, None, "me", None).await.json();
    assert_eq!((&there["workspace"]["id"], &there["other_workspaces"]), (&json!(OTHER_WORKSPACE), &json!([{"id": "test", "name": "Test Company"}])));
    let switched = with(&app, &both, &other_csrf, None, "account/workspace", Some(json!({"workspace": "test"}))).await;
    assert_eq!(switched.status, StatusCode::NO_CONTENT, "{}", switched.bytes());
    let choice = switched.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let now = format!("{here}; {}; {choice}", cookies[0]);
    assert_eq!(with(&app, &now, &csrf, None, "me", None).await.json()["workspace"]["id"], "test");
    // A tab that shows the other one still does.
    assert_eq!(with(&app, &now, &other_csrf, Some(OTHER_WORKSPACE), "me", None).await.json()["workspace"]["id"], OTHER_WORKSPACE);
    let left = with(&app, &now, &csrf, None, "sign-out", Some(Value::Null)).await;
    assert_eq!(left.status, StatusCode::NO_CONTENT, "{}", left.bytes());
    assert_eq!(left.headers.get_all(header::SET_COOKIE).iter().filter(|cookie| cookie.to_str().unwrap().contains("Max-Age=0")).count(), 3);
    for named in ["test", OTHER_WORKSPACE] {
        assert_eq!(with(&app, &now, &csrf, Some(named), "me", None).await.code(), "sign_in_required");
    }
}

#[tokio::test]
async fn the_sign_in_page_of_a_workspace_and_its_own_failures() {
    let app = two(Vec::new(), &[ADMIN]).await;
    let options = async |query: &str| app.call(&Who::Nobody, Method::GET, &format!("/api/v1/sign-in-options{query}"), None).await.unwrap();
    assert_eq!(options("").await.json()["workspace_name"], "Test Company");
    assert_eq!(options("?workspace=other").await.json()["workspace_name"], "Other Company");
    assert_eq!(options("?workspace=nobody").await.code(), "not_found");
    let attempt = async |workspace: &str, password: &str| {
        let body = json!({"workspace": workspace, "login": ADMIN, "password": password});
        app.call(&Who::Nobody, Method::POST, "/api/v1/sign-in", Some(body)).await.unwrap()
    };
    assert_eq!(attempt("nobody", PASSWORD).await.code(), "sign_in_failed");
    // A login that is locked in one workspace is open in the other.
    for _ in 0..10 {
        assert_eq!(attempt(OTHER_WORKSPACE, "wrong").await.code(), "sign_in_failed");
    }
    assert_eq!(attempt(OTHER_WORKSPACE, PASSWORD).await.code(), "too_many_requests");
    assert_eq!(attempt("test", PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_door_believes_its_own_secrets_only() {
    let app = two(Vec::new(), &[ADMIN]).await;
    let post = async |workspace: &str, secret: &str| {
        let url = format!("https://insights.test.example/hooks/taskrouter/{workspace}");
        let params = [("EventType".to_owned(), "task.created".to_owned())];
        let signature = parclose_ingest::door::signature::sign_form(secret, &url, &params);
        let request = Request::builder().method(Method::POST).uri(format!("/hooks/taskrouter/{workspace}"));
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").header("x-twilio-signature", signature);
        app.send(request.body(Body::from("EventType=task.created")).unwrap()).await.unwrap().status
    };
    assert_eq!(post("test", "the new secret").await, StatusCode::NO_CONTENT);
    assert_eq!(post(OTHER_WORKSPACE, OTHER_SECRET).await, StatusCode::NO_CONTENT);
    assert_eq!(post(OTHER_WORKSPACE, "the new secret").await, StatusCode::FORBIDDEN);
    assert_eq!(post("test", OTHER_SECRET).await, StatusCode::FORBIDDEN);
}
