//! Headers of every answer, the web app, compression.

use crate::support::empty;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, header};
use parclose_test_kit::Who;
use std::net::SocketAddr;

#[tokio::test]
async fn every_answer_has_the_security_headers_and_says_nothing_of_the_server() {
    let app = empty(&["a@test.example"]).await;
    for path in ["/", "/d/pilot", "/api/v1/me", "/api/v1/nothing", "/assets/nothing.js", "/health/live", "/metrics", "/hooks/nothing"] {
        let answer = app.call(&Who::Nobody, Method::GET, path, None).await.unwrap();
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'self';") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert!(answer.headers.contains_key(header::REFERRER_POLICY), "{path}");
        assert!(!answer.headers.contains_key(header::SERVER), "{path}");
        assert!(!answer.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), "{path}");
        assert_eq!(answer.headers["x-request-id"].len(), 26, "{path}");
        if path.starts_with("/api") {
            assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{path}");
        }
    }
    let me = app.ask("a@test.example", Method::GET, "/api/v1/me", None).await.unwrap();
    assert_eq!(me.headers[header::CACHE_CONTROL], "no-store, no-transform");
}

#[tokio::test]
async fn pages_are_the_app_and_unknown_addresses_of_the_api_are_not() {
    let app = empty(&[]).await;
    let page = app.call(&Who::Nobody, Method::GET, "/conversations/WT1", None).await.unwrap();
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.headers[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    for path in ["/api", "/api/v1", "/api/v1/nothing", "/api/v2/query", "/hooks/x", "/assets/nothing.js", "/metrics/x"] {
        let answer = app.call(&Who::Nobody, Method::GET, path, None).await.unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "not_found"), "{path}");
    }
    let answer = app.call(&Who::Nobody, Method::DELETE, "/api/v1/me", None).await.unwrap();
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"));
    assert!(answer.headers[header::ALLOW].to_str().unwrap().contains("GET"));
    for path in ["/../../etc/passwd", "/%2e%2e/%2e%2e/Cargo.toml", "/..%2fCargo.toml"] {
        let answer = app.call(&Who::Nobody, Method::GET, path, None).await.unwrap();
        assert!(!answer.bytes().contains("root:") && !answer.bytes().contains("[package]"), "{path}");
    }
}

#[tokio::test]
async fn answers_are_compressed_unless_they_hold_a_secret() {
    let app = empty(&["a@test.example"]).await;
    let Who::Session { cookie, csrf } = app.who("a@test.example").await.unwrap() else { panic!("a session") };
    let get = async |path: &str| {
        let request = Request::builder().uri(path).header(header::COOKIE, &cookie).header("x-csrf-token", &csrf);
        app.send(request.header(header::ACCEPT_ENCODING, "gzip, br").body(Body::empty()).unwrap()).await.unwrap()
    };
    let metadata = get("/api/v1/metadata").await;
    assert_eq!(metadata.headers[header::CONTENT_ENCODING], "br");
    assert!(!get("/api/v1/me").await.headers.contains_key(header::CONTENT_ENCODING));
}

#[tokio::test]
async fn counters_are_for_this_machine_without_a_proxy() {
    let app = empty(&[]).await;
    let get = async |from: [u8; 4], forwarded: Option<&str>| {
        let mut request = Request::builder().uri("/metrics");
        if let Some(chain) = forwarded {
            request = request.header("x-forwarded-for", chain);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((from, 1))));
        app.send(request).await.unwrap().status
    };
    assert_eq!(get([127, 0, 0, 1], None).await, StatusCode::OK);
    assert_eq!(get([127, 0, 0, 1], Some("127.0.0.1")).await, StatusCode::NOT_FOUND);
    assert_eq!(get([10, 0, 0, 1], None).await, StatusCode::NOT_FOUND);
}
