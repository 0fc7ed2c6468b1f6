//! Event doors.

use crate::support::{empty, handled_by_queue};
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use futures::StreamExt;
use parclose_ingest::door::signature::{sign_form, sign_json};
use parclose_ingest::simulate::wire::{cloud_events, form_body, form_params};
use parclose_test_kit::{A, Answer, SECRETS, TestApp, TestOptions, unit};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const BASE: &str = "https://insights.test.example";
const FORM: &str = "/hooks/taskrouter/test";
const STREAM: &str = "/hooks/event-streams/test";

async fn post(app: &TestApp, path: &str, kind: &str, signature: &str, body: impl Into<Body>) -> Answer {
    let request = Request::builder().method("POST").uri(path).header("content-type", kind).header("x-twilio-signature", signature);
    app.send(request.body(body.into()).unwrap()).await.unwrap()
}

async fn post_stream(app: &TestApp, secret: &str, path: &str, body: &[u8]) -> Answer {
    let (url, signature) = sign_json(secret, &format!("{BASE}{path}"), body);
    post(app, url.strip_prefix(BASE).unwrap(), "application/json", &signature, body.to_vec()).await
}

#[tokio::test]
async fn signed_forms_are_kept_with_both_secrets_and_twice_is_once() {
    let app = empty(&["a@test.example"]).await;
    let events = unit(A, 1, 40.0);
    let kind = "application/x-www-form-urlencoded";
    for (at, event) in events.iter().take(60).enumerate() {
        let signature = sign_form(SECRETS[at % 2], &format!("{BASE}{FORM}"), &form_params(event));
        for _ in 0..2 {
            assert_eq!(post(&app, FORM, kind, &signature, form_body(event)).await.status, StatusCode::NO_CONTENT);
        }
    }
    assert_eq!(app.log.count().await.unwrap(), 60);
}

#[tokio::test]
async fn a_bad_signature_and_an_unknown_workspace_are_one_answer() {
    let app = empty(&[]).await;
    let event = &unit(A, 1, 40.0)[0];
    let kind = "application/x-www-form-urlencoded";
    let params = form_params(event);
    let good = sign_form(SECRETS[0], &format!("{BASE}{FORM}"), &params);
    let bad = post(&app, FORM, kind, "nonsense", form_body(event)).await;
    assert_eq!((bad.status, bad.code().as_str()), (StatusCode::FORBIDDEN, "bad_signature"));
    let elsewhere = "/hooks/taskrouter/unknown";
    let signed_elsewhere = sign_form(SECRETS[0], &format!("{BASE}{elsewhere}"), &params);
    for refused in [
        post(&app, FORM, kind, "", form_body(event)).await,
        post(&app, FORM, kind, &sign_form("another secret", &format!("{BASE}{FORM}"), &params), form_body(event)).await,
        post(&app, FORM, kind, &good, format!("{}&Extra=1", form_body(event))).await,
        post(&app, &format!("{FORM}?x=1"), kind, &good, form_body(event)).await,
        post(&app, elsewhere, kind, &good, form_body(event)).await,
        post(&app, elsewhere, kind, &signed_elsewhere, form_body(event)).await,
    ] {
        assert_eq!(refused.bytes(), bad.bytes());
    }
    let body = cloud_events(std::slice::from_ref(event));
    let (url, signature) = sign_json(SECRETS[1], &format!("{BASE}{STREAM}"), &body);
    let path = url.strip_prefix(BASE).unwrap();
    let tampered = String::from_utf8(body.clone()).unwrap().replacen("simulator", "simulat0r", 1);
    assert_eq!(post(&app, path, "application/json", &signature, tampered).await.bytes(), bad.bytes());
    assert_eq!(post(&app, STREAM, "application/json", &signature, body.clone()).await.bytes(), bad.bytes());
    assert_eq!(app.log.count().await.unwrap(), 0);
    assert_eq!(post(&app, path, "application/json", &signature, body).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn without_a_secret_the_doors_are_shut() {
    let mut options = TestOptions::new(Vec::new(), &[]);
    options.door_secrets = vec![String::new()];
    let app = TestApp::start(options).await.unwrap();
    let body = cloud_events(&unit(A, 1, 40.0)[..1]);
    assert_eq!(post_stream(&app, "", STREAM, &body).await.code(), "bad_signature");
}

#[tokio::test]
async fn events_through_the_door_become_rows() {
    let app = empty(&["a@test.example"]).await;
    for some in unit(A, 1, 40.0).chunks(1_000) {
        assert_eq!(post_stream(&app, SECRETS[0], STREAM, &cloud_events(some)).await.status, StatusCode::NO_CONTENT);
    }
    app.catch_up().await.unwrap();
    let answer = app.ask("a@test.example", axum::http::Method::POST, "/api/v1/query", Some(handled_by_queue())).await.unwrap();
    assert!(answer.bytes().contains("canary-A-queue"), "{}", answer.bytes());
}

#[tokio::test]
async fn what_is_not_an_event_is_counted_and_the_rest_is_kept() {
    let mut options = TestOptions::new(Vec::new(), &[]);
    options.config.metrics_token = Some("metrics token".into());
    let app = TestApp::start(options).await.unwrap();
    let mut elements: Vec<serde_json::Value> = serde_json::from_slice(&cloud_events(&unit(A, 1, 40.0)[..3])).unwrap();
    elements.insert(1, serde_json::json!("nonsense"));
    elements.insert(3, serde_json::json!({"id": "", "type": "x"}));
    let body = serde_json::to_vec(&elements).unwrap();
    assert_eq!(post_stream(&app, SECRETS[0], STREAM, &body).await.status, StatusCode::NO_CONTENT);
    assert_eq!(app.log.count().await.unwrap(), 3);
    for not_events in ["{broken", "7", "\"text\"", ""] {
        assert_eq!(post_stream(&app, SECRETS[0], STREAM, not_events.as_bytes()).await.status, StatusCode::NO_CONTENT, "{not_events}");
    }
    assert_eq!(app.log.count().await.unwrap(), 3);
    let metrics = parclose_test_kit::Who::Key("metrics token".into());
    let text = app.call(&metrics, axum::http::Method::GET, "/metrics", None).await.unwrap().bytes();
    for line in ["parclose_events_new_total 3", "parclose_events_unreadable_total 6", "parclose_events_waiting 3", "parclose_events_aside 0"] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains("canary") && !text.contains("nonsense"));
}

#[tokio::test]
async fn deliveries_that_are_too_large_or_too_many_are_put_off_or_refused() {
    let mut options = TestOptions::new(Vec::new(), &[]);
    options.config.door_body_limit = 64 << 10;
    options.config.door_events_limit = 5;
    options.config.rates.door = (1, 3);
    let app = TestApp::start(options).await.unwrap();
    let large = post_stream(&app, SECRETS[0], STREAM, &vec![b' '; 65 << 10]).await;
    assert_eq!((large.status, large.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
    let events = unit(A, 1, 40.0);
    assert_eq!(post_stream(&app, SECRETS[0], STREAM, &cloud_events(&events[..6])).await.code(), "too_large");
    assert_eq!(post_stream(&app, SECRETS[0], STREAM, &cloud_events(&events[..5])).await.status, StatusCode::NO_CONTENT);
    // A flood without a signature must not shut the door for the platform.
    for _ in 0..10 {
        assert_eq!(post(&app, STREAM, "application/json", "nonsense", "[]").await.code(), "bad_signature");
    }
    let mut last = StatusCode::NO_CONTENT;
    for _ in 0..4 {
        let answer = post_stream(&app, SECRETS[0], STREAM, &cloud_events(&events[..1])).await;
        last = answer.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers.contains_key("retry-after"));
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

/// What may be a signature and is none.
const FORGED: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// A body that tells when it is asked for, and never ends.
fn endless(asked: &Arc<AtomicBool>) -> Body {
    let asked = asked.clone();
    Body::from_stream(futures::stream::repeat_with(move || asked.store(true, Ordering::SeqCst)).take(1).map(|()| Ok::<_, std::io::Error>(Bytes::from_static(b"a=")))
        .chain(futures::stream::pending()))
}

fn from(address: [u8; 4], path: &str, signature: &str, body: Body) -> Request<Body> {
    let request = Request::builder().method("POST").uri(path).header("x-twilio-signature", signature).extension(ConnectInfo(SocketAddr::from((address, 4321))));
    request.body(body).unwrap()
}

#[tokio::test]
async fn strangers_are_refused_before_a_byte_of_a_body_is_read() {
    let app = empty(&[]).await;
    let stream_with_hash = format!("{STREAM}?bodySHA256={}", "0".repeat(64));
    for (path, signature) in [
        (FORM, ""),
        (FORM, "nonsense"),
        (FORM, "AAAA"),
        ("/hooks/taskrouter/unknown", FORGED),
        ("/hooks/event-streams/unknown", FORGED),
        (STREAM, ""),
        // The signature of a stream covers the address, which names the body's hash: it is proven beforehand.
        (STREAM, FORGED),
        (stream_with_hash.as_str(), FORGED),
    ] {
        let asked = Arc::new(AtomicBool::new(false));
        let answer = app.send(from([203, 0, 113, 9], path, signature, endless(&asked))).await.unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "bad_signature"), "{path} {signature}");
        assert!(!asked.load(Ordering::SeqCst), "{path} {signature}: the body was read");
    }
}

#[tokio::test]
async fn slow_senders_are_put_off_and_hold_few_places() {
    let mut options = TestOptions::new(Vec::new(), &[]);
    options.config.door_body_time = Duration::from_secs(2);
    options.config.door_places = 3;
    options.config.door_places_an_address = 2;
    let app = Arc::new(TestApp::start(options).await.unwrap());
    let slow = |address: u8| {
        let (app, asked) = (app.clone(), Arc::new(AtomicBool::new(false)));
        let body = endless(&asked);
        let sending = tokio::spawn(async move { app.send(from([203, 0, 113, address], FORM, FORGED, body)).await.unwrap() });
        async move {
            while !asked.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            sending
        }
    };
    let mut sending = vec![slow(1).await, slow(1).await];
    let third = app.send(from([203, 0, 113, 1], FORM, FORGED, Body::empty())).await.unwrap();
    assert_eq!((third.status, third.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"));
    assert!(third.headers.contains_key("retry-after"));
    let other = app.send(from([203, 0, 113, 2], FORM, FORGED, Body::empty())).await.unwrap();
    assert_eq!(other.code(), "bad_signature", "another address has room");
    sending.push(slow(2).await);
    let full = app.send(from([203, 0, 113, 3], FORM, FORGED, Body::empty())).await.unwrap();
    assert_eq!((full.status, full.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    assert!(full.headers.contains_key("retry-after"));
    for one in sending {
        let answer = one.await.unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
        assert!(answer.headers.contains_key("retry-after"));
    }
    let event = &unit(A, 1, 40.0)[0];
    let signature = sign_form(SECRETS[0], &format!("{BASE}{FORM}"), &form_params(event));
    let kept = post(&app, FORM, "application/x-www-form-urlencoded", &signature, form_body(event)).await;
    assert_eq!(kept.status, StatusCode::NO_CONTENT, "there is room again");
}

#[tokio::test]
async fn bytes_of_all_bodies_are_bounded() {
    let mut options = TestOptions::new(Vec::new(), &[]);
    options.config.door_bytes = 8 << 10;
    let app = TestApp::start(options).await.unwrap();
    for _ in 0..3 {
        let large = post_stream(&app, SECRETS[0], STREAM, &vec![b' '; 9 << 10]).await;
        assert_eq!((large.status, large.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
        // What was held of it is free again.
        let small = post_stream(&app, SECRETS[0], STREAM, &vec![b' '; 7 << 10]).await;
        assert_eq!(small.status, StatusCode::NO_CONTENT);
    }
}

/// What waits for the disk holds its place: otherwise memory fills behind a disk that can't follow.
#[tokio::test]
async fn a_delivery_holds_its_place_until_the_answer() {
    use sqlx::Connection;
    let mut options = TestOptions::new(Vec::new(), &[]);
    options.config.door_places = 1;
    let app = Arc::new(TestApp::start(options).await.unwrap());
    let file = sqlx::sqlite::SqliteConnectOptions::new().filename(app.folder().join("events-test.db"));
    let mut disk = sqlx::SqliteConnection::connect_with(&file).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut disk).await.unwrap();
    let events = unit(A, 1, 40.0);
    let (sender, body) = (app.clone(), cloud_events(&events[..1]));
    let waiting = tokio::spawn(async move { post_stream(&sender, SECRETS[0], STREAM, &body).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    let refused = post_stream(&app, SECRETS[0], STREAM, &cloud_events(&events[1..2])).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    assert_eq!(refused.headers["retry-after"], "1", "refused for want of a place, not by the disk after a long wait");
    sqlx::raw_sql("COMMIT").execute(&mut disk).await.unwrap();
    assert_eq!(waiting.await.unwrap().status, StatusCode::NO_CONTENT);
    assert_eq!(post_stream(&app, SECRETS[0], STREAM, &cloud_events(&events[1..2])).await.status, StatusCode::NO_CONTENT);
}
