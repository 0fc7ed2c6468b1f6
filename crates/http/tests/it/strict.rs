//! Bodies are read strictly, limits hold, and errors say no values.

use crate::support::{drill, empty, handled_by_queue, question, range};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use parclose_test_kit::{Answer, TestApp, TestOptions, Who};
use serde_json::{Value, json};

async fn query(app: &TestApp, body: Value) -> Answer {
    app.ask("a@test.example", Method::POST, "/api/v1/query", Some(body)).await.unwrap()
}

#[tokio::test]
async fn a_misspelt_field_is_refused_and_named() {
    let app = empty(&["a@test.example"]).await;
    let query_with = |name: &str| {
        let mut body = handled_by_queue();
        body["reports"][0]["query"][name] = json!([{"attribute": "queue", "op": "in", "values": ["secret value"]}]);
        body
    };
    let refused = query(&app, query_with("filter")).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::BAD_REQUEST, "unknown_field"));
    assert!(refused.json()["error"]["message"].as_str().unwrap().contains("\"filter\""), "{}", refused.bytes());
    for (path, mut body) in
        [("query", handled_by_queue()), ("segments", drill()), ("values", json!({"attribute": "queue", "range": range()}))]
    {
        body["sql"] = json!("SELECT 'secret value'");
        let refused = app.ask("a@test.example", Method::POST, &format!("/api/v1/{path}"), Some(body)).await.unwrap();
        assert_eq!(refused.code(), "unknown_field", "{path}");
        assert!(!refused.bytes().contains("secret value"));
    }
    let refused = app.ask("a@test.example", Method::GET, "/api/v1/audit?limt=1", None).await.unwrap();
    assert_eq!(refused.code(), "unknown_field");
}

#[tokio::test]
async fn what_can_not_be_read_is_one_kind_of_error_without_values() {
    let app = empty(&["a@test.example"]).await;
    let Who::Session { cookie, csrf } = app.who("a@test.example").await.unwrap() else { panic!("a session") };
    let send = async |kind: &str, body: &str| {
        let request = Request::builder().method("POST").uri("/api/v1/query").header(header::COOKIE, &cookie).header("x-csrf-token", &csrf);
        app.send(request.header(header::CONTENT_TYPE, kind).body(Body::from(body.to_owned())).unwrap()).await.unwrap()
    };
    for (kind, body) in [
        ("application/json", "{secret"),
        ("application/json", ""),
        ("application/json", "{\"range\": \"secret\", \"reports\": []}"),
        ("application/json", "{\"range\": {\"preset\": \"secret\"}, \"reports\": []}"),
        ("application/json", "{\"range\": {\"preset\": \"today\"}}"),
        ("application/json", "[\"secret\"]"),
        ("text/plain", "{\"secret\": 1}"),
        ("application/x-www-form-urlencoded", "secret=1"),
    ] {
        let refused = send(kind, body).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::BAD_REQUEST, "bad_request"), "{kind} {body}");
        assert!(!refused.bytes().contains("secret"), "{}", refused.bytes());
        let error = &refused.json()["error"];
        assert_eq!(error["id"].as_str().map(str::len), Some(26));
        assert_eq!(refused.headers["x-request-id"], error["id"].as_str().unwrap());
    }
}

#[tokio::test]
async fn wrong_questions_are_refused_and_one_wrong_report_spares_the_others() {
    let app = empty(&["a@test.example"]).await;
    let good = json!({"data_set": "conversations", "metrics": [{"metric": "handled"}]});
    for bad in [
        json!({"data_set": "conversations", "metrics": [{"metric": "handled); DROP TABLE segments; --"}]}),
        json!({"data_set": "conversations", "metrics": [{"metric": "handled"}], "attributes": ["(SELECT queue FROM segments)"]}),
        json!({"data_set": "conversations", "metrics": [{"metric": "handled"}], "attributes": ["unit_key"]}),
        json!({"data_set": "conversations", "metrics": [{"metric": "handled"}], "sort": [{"by": "1/0", "direction": "ascending"}]}),
        json!({"data_set": "conversations", "metrics": [{"metric": "handled", "seconds": 3}]}),
        json!({"data_set": "conversations", "metrics": [{"metric": "handled"}], "limit": 5_001}),
        json!({"data_set": "activities", "metrics": [{"metric": "handled"}]}),
    ] {
        let mut body = question(good.clone());
        body["reports"].as_array_mut().unwrap().push(json!({"id": "bad", "query": bad}));
        let answer = query(&app, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.bytes());
        let json = answer.json();
        assert!(json["reports"][0]["error"].is_null());
        assert_eq!(json["reports"][1]["error"]["code"], "invalid_query", "{bad}");
    }
    let reports: Vec<Value> = (0..41).map(|at| json!({"id": at.to_string(), "query": good})).collect();
    assert_eq!(query(&app, json!({"range": range(), "reports": reports})).await.code(), "invalid_query");
    assert_eq!(query(&app, json!({"range": {"from": "2026-10-02", "to": "2026-10-01"}, "reports": []})).await.code(), "invalid_query");
}

#[tokio::test]
async fn large_bodies_and_many_requests_are_refused() {
    let mut options = TestOptions::new(Vec::new(), &["a@test.example", "b@test.example"]);
    options.config.rates.person = (1, 5);
    let app = TestApp::start(options).await.unwrap();
    let mut body = handled_by_queue();
    body["reports"][0]["id"] = json!("x".repeat(1 << 20));
    assert_eq!(query(&app, body).await.code(), "too_large");
    app.who("b@test.example").await.unwrap();
    let mut last = StatusCode::OK;
    for _ in 0..6 {
        last = app.ask("a@test.example", Method::GET, "/api/v1/me", None).await.unwrap().status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let other = app.ask("b@test.example", Method::GET, "/api/v1/me", None).await.unwrap();
    assert_eq!(other.status, StatusCode::OK, "one person's haste is not another's");

    let mut options = TestOptions::new(Vec::new(), &[]);
    options.config.rates.address = (1, 3);
    let app = TestApp::start(options).await.unwrap();
    let mut last = StatusCode::OK;
    for _ in 0..5 {
        last = app.call(&Who::Nobody, Method::GET, "/api/v1/sign-in-options", None).await.unwrap().status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn strangers_ask_less_often_and_take_nothing_from_those_who_are_in() {
    let mut options = TestOptions::new(Vec::new(), &["a@test.example"]);
    options.config.rates.stranger = (1, 4);
    let app = TestApp::start(options).await.unwrap();
    app.who("a@test.example").await.unwrap();
    for who in [Who::Nobody, Who::Key("pck_000000000000_0".into())] {
        let mut last = StatusCode::OK;
        for _ in 0..6 {
            last = app.call(&who, Method::GET, "/api/v1/me", None).await.unwrap().status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "guessing");
    }
    assert_eq!(app.call(&Who::Nobody, Method::GET, "/api/v1/sign-in-options", None).await.unwrap().status, StatusCode::TOO_MANY_REQUESTS);
    let scim = app.call(&Who::Nobody, Method::GET, "/scim/v2/Users", None).await.unwrap();
    assert_eq!(scim.status, StatusCode::TOO_MANY_REQUESTS, "{}", scim.bytes());
    // Doors and probes are asked from the same address, and go on.
    for _ in 0..20 {
        assert_eq!(app.call(&Who::Nobody, Method::GET, "/health/live", None).await.unwrap().status, StatusCode::OK);
        let door = app.call(&Who::Nobody, Method::POST, "/hooks/event-streams/test", None).await.unwrap();
        assert_ne!(door.status, StatusCode::TOO_MANY_REQUESTS, "{}", door.bytes());
    }
    for _ in 0..20 {
        assert_eq!(app.ask("a@test.example", Method::GET, "/api/v1/me", None).await.unwrap().status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_stored_formula_stays_text() {
    let app = empty(&["admin@test.example"]).await;
    let new = json!({"login": "x@test.example", "name": "=HYPERLINK(\"http://evil.example\")<script>", "roles": ["supervisor", "made-up"]});
    let made = app.ask("admin@test.example", Method::POST, "/api/v1/people", Some(new)).await.unwrap();
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.bytes());
    assert_eq!(made.headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(made.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(made.json()["unknown_roles"], json!(["made-up"]));
}
