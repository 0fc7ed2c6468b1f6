//! Coming in and going out.

use crate::support::empty;
use axum::http::{Method, StatusCode, header};
use parclose_test_kit::{PASSWORD, PEOPLE, TestApp, TestOptions, Who};
use serde_json::json;

async fn attempt(app: &TestApp, login: &str, password: &str) -> parclose_test_kit::Answer {
    app.call(&Who::Nobody, Method::POST, "/api/v1/sign-in", Some(json!({"login": login, "password": password}))).await.unwrap()
}

#[tokio::test]
async fn an_unknown_login_and_a_wrong_password_are_one_answer() {
    let app = empty(&["a@test.example"]).await;
    let wrong = attempt(&app, "a@test.example", "wrong").await;
    let unknown = attempt(&app, "nobody@test.example", "wrong").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!(wrong.code(), "sign_in_failed");
    assert_eq!(wrong.bytes(), unknown.bytes());
}

#[tokio::test]
async fn agents_and_people_without_a_wfo_role_are_told_why_and_only_after_the_right_password() {
    let app = empty(&["agent@test.example", "no-wfo@test.example"]).await;
    for login in ["agent@test.example", "no-wfo@test.example"] {
        assert_eq!(attempt(&app, login, "wrong").await.code(), "sign_in_failed");
        let refused = attempt(&app, login, PASSWORD).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "role_missing"));
        assert!(!refused.headers.contains_key(header::SET_COOKIE));
    }
}

#[tokio::test]
async fn many_wrong_passwords_are_put_off() {
    let app = empty(&["a@test.example"]).await;
    let mut last = attempt(&app, "a@test.example", "wrong").await;
    for _ in 0..10 {
        last = attempt(&app, "a@test.example", "wrong").await;
    }
    assert_eq!((last.status, last.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"));
    assert!(last.headers.contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn a_session_ends_when_it_is_signed_out() {
    let app = empty(&["a@test.example"]).await;
    let who = app.who("a@test.example").await.unwrap();
    assert_eq!(app.call(&who, Method::GET, "/api/v1/me", None).await.unwrap().status, StatusCode::OK);
    let out = app.call(&who, Method::POST, "/api/v1/sign-out", None).await.unwrap();
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(app.call(&who, Method::GET, "/api/v1/me", None).await.unwrap().code(), "sign_in_required");
}

#[tokio::test]
async fn the_cookie_is_bound_to_the_host_and_out_of_reach_of_scripts() {
    let app = empty(&["a@test.example"]).await;
    let cookie = attempt(&app, "a@test.example", PASSWORD).await.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    for part in ["__Host-parclose=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{cookie} without {part}");
    }
    let mut options = TestOptions::new(Vec::new(), &["a@test.example"]);
    options.config.public_base_url = "http://127.0.0.1:8080".into();
    let app = TestApp::start(options).await.unwrap();
    let cookie = attempt(&app, "a@test.example", PASSWORD).await.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("parclose=") && cookie.contains("HttpOnly") && !cookie.contains("Secure"), "{cookie}");
}

#[tokio::test]
async fn a_change_needs_the_token_of_the_page() {
    let app = empty(&["a@test.example", "b@test.example"]).await;
    let (Who::Session { cookie, csrf }, Who::Session { csrf: other, .. }) =
        (app.who("a@test.example").await.unwrap(), app.who("b@test.example").await.unwrap())
    else {
        panic!("sessions")
    };
    assert_ne!(csrf, other);
    for wrong in [String::new(), other, format!("{csrf}x")] {
        let who = Who::Session { cookie: cookie.clone(), csrf: wrong };
        let refused = app.call(&who, Method::POST, "/api/v1/query", Some(crate::support::handled_by_queue())).await.unwrap();
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "not_allowed"));
        assert_eq!(app.call(&who, Method::GET, "/api/v1/me", None).await.unwrap().status, StatusCode::OK, "reading needs none");
    }
    let right = Who::Session { cookie, csrf };
    let answer = app.call(&right, Method::POST, "/api/v1/query", Some(crate::support::handled_by_queue())).await.unwrap();
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.bytes());
}

#[tokio::test]
async fn another_site_can_not_sign_somebody_in() {
    let app = empty(&[]).await;
    let request = axum::http::Request::builder()
        .method("POST")
        .uri("/api/v1/sign-in")
        .header("content-type", "application/json")
        .header("sec-fetch-site", "cross-site")
        .body(axum::body::Body::from(json!({"login": "a", "password": "b"}).to_string()))
        .unwrap();
    assert_eq!(app.send(request).await.unwrap().code(), "not_allowed");
}

#[tokio::test]
async fn two_cookies_of_one_name_are_none() {
    let app = empty(&["a@test.example"]).await;
    let Who::Session { cookie, csrf } = app.who("a@test.example").await.unwrap() else { panic!("a session") };
    let doubled = Who::Session { cookie: format!("{cookie}; __Host-parclose=tossed"), csrf };
    assert_eq!(app.call(&doubled, Method::GET, "/api/v1/me", None).await.unwrap().code(), "sign_in_required");
}

#[tokio::test]
async fn capabilities_are_those_of_the_matrix() {
    let logins: Vec<&'static str> =
        PEOPLE.iter().map(|p| p.login).filter(|l| !l.starts_with("agent") && !l.starts_with("no-wfo")).collect();
    let app = empty(&logins).await;
    let expected = [
        ("a@test.example", "viewer", "none", false),
        ("a2@test.example", "explorer", "yes", false),
        ("both@test.example", "editor", "view", false),
        ("none@test.example", "viewer", "yes", false),
        ("whole@test.example", "editor", "none", false),
        ("admin@test.example", "editor", "yes", true),
        ("qpm@test.example", "none", "none", false),
    ];
    for (login, dashboards, assess, administer) in expected {
        let me = app.ask(login, Method::GET, "/api/v1/me", None).await.unwrap().json();
        let can = &me["capabilities"];
        assert_eq!(
            (can["dashboards"].as_str(), can["assess"].as_str(), can["administer"].as_bool()),
            (Some(dashboards), Some(assess), Some(administer)),
            "{login}"
        );
    }
    let state = async |login: &str| app.ask(login, Method::GET, "/api/v1/me", None).await.unwrap().json()["scope"].clone();
    assert_eq!(state("a@test.example").await["state"], "some");
    assert_eq!(state("whole@test.example").await["state"], "all");
    for nobody in ["none@test.example", "admin@test.example", "qpm@test.example"] {
        assert_eq!(state(nobody).await["state"], "none", "{nobody}");
    }
    assert_eq!(state("none@test.example").await["contact"], "ask Ada, admin@test.example");
}

#[tokio::test]
async fn the_sign_in_page_learns_names_of_people_in_the_demo_only() {
    let options = |app: TestApp| async move { app.call(&Who::Nobody, Method::GET, "/api/v1/sign-in-options", None).await.unwrap().json() };
    let plain = options(empty(&[]).await).await;
    assert_eq!(plain, json!({"workspace": "test", "workspace_name": "Test Company", "needs_administrator": true, "passkeys": true, "connections": [], "demo_people": [], "demo_password": null}));
    let mut with_hint = TestOptions::new(Vec::new(), &[]);
    let person = parclose_http::DemoHintPerson { login: "a".into(), name: "Ann".into(), what: "Supervisor".into() };
    with_hint.config.demo_hint = Some(parclose_http::DemoHint { people: vec![person], password: Some("p".into()) });
    let shown = options(TestApp::start(with_hint).await.unwrap()).await;
    assert_eq!(shown["demo_people"], json!([{"login": "a", "name": "Ann", "what": "Supervisor"}]));
}
