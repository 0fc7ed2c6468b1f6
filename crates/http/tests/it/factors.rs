//! Second factors, password links and set-up over the wire: cookies, codes of errors, and what stays closed.

use crate::support::empty;
use axum::http::{Method, StatusCode, header};
use parclose_http::schema;
use parclose_test_kit::{Answer, NOW_MS, PASSWORD, TestApp, Who};
use serde_json::{Value, json};

const ADMIN: &str = "admin@test.example";
const A: &str = "a@test.example";

async fn post(app: &TestApp, who: &Who, path: &str, body: Value) -> Answer {
    app.call(who, Method::POST, &format!("/api/v1/{path}"), Some(body)).await.unwrap()
}

fn cookie(answer: &Answer) -> String {
    answer.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
}

fn session(answer: &Answer, me: &Value) -> Who {
    Who::Session { cookie: cookie(answer), csrf: me["csrf_token"].as_str().unwrap().to_owned() }
}

async fn sign_in(app: &TestApp, login: &str) -> Answer {
    post(app, &Who::Nobody, "sign-in", json!({"login": login, "password": PASSWORD})).await
}

fn code_of(offer: &Value) -> String {
    let secret = totp_rs::Secret::try_from_base32(offer["secret"].as_str().unwrap()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(NOW_MS / 1000).unwrap()).to_string()
}

/// Turns codes on; gives the session as it goes on, and the codes on paper.
async fn enrol(app: &TestApp, login: &str) -> (Who, Vec<String>) {
    let answer = sign_in(app, login).await;
    let who = session(&answer, &answer.json());
    let offer = post(app, &who, "account/totp", json!({"current_password": PASSWORD})).await;
    assert_eq!((offer.status, &offer.headers[header::CACHE_CONTROL]), (StatusCode::OK, &"no-store, no-transform".parse().unwrap()));
    let wrong = post(app, &who, "account/totp/confirm", json!({"code": "abc"})).await;
    assert_eq!((wrong.code().as_str(), wrong.json()["error"]["field"].as_str()), ("bad_request", Some("code")));
    let done = post(app, &who, "account/totp/confirm", json!({"code": code_of(&offer.json())})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.bytes());
    let changed: schema::FactorsChanged = serde_json::from_slice(&done.body).unwrap();
    assert_eq!(app.call(&who, Method::GET, "/api/v1/me", None).await.unwrap().code(), "sign_in_required", "the old cookie is dead");
    (session(&done, &done.json()["me"]), changed.recovery_codes.unwrap())
}

#[tokio::test]
async fn the_second_step_is_bound_to_its_browser_and_signs_in_once() {
    let app = empty(&[A]).await;
    let (who, codes) = enrol(&app, A).await;
    let own: schema::SecondFactors =
        serde_json::from_slice(&app.call(&who, Method::GET, "/api/v1/account/second-factors", None).await.unwrap().body).unwrap();
    assert!(own.available && own.totp_since.is_some() && own.recovery_codes_left == 10 && own.passkeys.is_empty());

    let asked = sign_in(&app, A).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED);
    let step: schema::SecondStep = serde_json::from_slice(&asked.body).unwrap();
    assert!(step.totp && !step.passkey && step.seconds == 300);
    let set = asked.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    for part in ["__Host-parclose-step=", "; HttpOnly", "; SameSite=Strict", "; Secure", "; Max-Age=300"] {
        assert!(set.contains(part), "{set} without {part}");
    }
    let browser = Who::Session { cookie: cookie(&asked), csrf: String::new() };
    assert_eq!(app.call(&browser, Method::GET, "/api/v1/me", None).await.unwrap().code(), "sign_in_required", "half is nothing");
    let elsewhere = post(&app, &Who::Nobody, "sign-in/code", json!({"code": codes[0]})).await;
    assert_eq!((elsewhere.status, elsewhere.code().as_str()), (StatusCode::UNAUTHORIZED, "sign_in_failed"));
    let wrong = post(&app, &browser, "sign-in/code", json!({"code": "000000"})).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (StatusCode::UNAUTHORIZED, "second_factor_failed"));
    let done = post(&app, &browser, "sign-in/code", json!({"code": codes[0]})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.bytes());
    assert_eq!(done.headers.get_all(header::SET_COOKIE).iter().count(), 2, "the session comes, the step goes");
    let inside = session(&done, &done.json());
    assert_eq!(app.call(&inside, Method::GET, "/api/v1/me", None).await.unwrap().status, StatusCode::OK);
    assert_eq!(post(&app, &browser, "sign-in/code", json!({"code": codes[1]})).await.code(), "sign_in_failed", "once");
}

#[tokio::test]
async fn passkey_challenges_are_for_the_public_address_and_nonsense_is_one_refusal() {
    let app = empty(&[A]).await;
    let begun = post(&app, &Who::Nobody, "sign-in/passkey-options", json!({})).await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.bytes());
    let challenge: schema::PasskeyChallenge = serde_json::from_slice(&begun.body).unwrap();
    assert_eq!((&challenge.options["userVerification"], challenge.options["challenge"].as_str().map(str::len)), (&json!("required"), Some(43)));
    let browser = Who::Session { cookie: cookie(&begun), csrf: String::new() };
    for (who, credential) in [(&browser, json!({})), (&browser, json!({"rawId": "AAAA"})), (&Who::Nobody, Value::Null)] {
        let refused = post(&app, who, "sign-in/passkey", json!({"credential": credential})).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::UNAUTHORIZED, "sign_in_failed"));
    }
}

#[tokio::test]
async fn an_administrator_makes_a_link_and_takes_factors_away() {
    let app = empty(&[ADMIN, A]).await;
    let (who, _) = enrol(&app, A).await;
    let people = app.ask(ADMIN, Method::GET, "/api/v1/people", None).await.unwrap().json();
    let person = people["people"].as_array().unwrap().iter().find(|person| person["login"] == A).unwrap().clone();
    assert_eq!(person["second_factor"], true);
    let id = person["id"].as_str().unwrap();
    let made = app.ask(ADMIN, Method::POST, &format!("/api/v1/people/{id}/password-link"), None).await.unwrap();
    assert_eq!(made.headers[header::CACHE_CONTROL], "no-store, no-transform");
    let link = made.json()["link"].as_str().unwrap().to_owned();
    let (page, secret) = link.split_once('#').unwrap();
    assert!(page.ends_with("/reset") && secret.len() == 43, "{link}");
    let whose = post(&app, &Who::Nobody, "password-reset/check", json!({"secret": secret})).await;
    assert_eq!(serde_json::from_slice::<schema::LinkShown>(&whose.body).unwrap().login, A);
    let weak = post(&app, &Who::Nobody, "password-reset", json!({"secret": secret, "password": "short"})).await;
    assert_eq!((weak.code().as_str(), weak.json()["error"]["field"].as_str()), ("bad_request", Some("password")));
    let new = json!({"secret": secret, "password": "seven green onions"});
    let done = post(&app, &Who::Nobody, "password-reset", new.clone()).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.bytes());
    assert!(!done.headers.contains_key(header::SET_COOKIE), "nobody is signed in by it");
    assert_eq!(app.call(&who, Method::GET, "/api/v1/me", None).await.unwrap().code(), "sign_in_required");
    let again = post(&app, &Who::Nobody, "password-reset", new).await;
    let never = post(&app, &Who::Nobody, "password-reset", json!({"secret": "x", "password": "seven green onions"})).await;
    assert_eq!((again.status, again.code().as_str(), again.bytes()), (StatusCode::NOT_FOUND, "link_not_valid", never.bytes()));
    let still = post(&app, &Who::Nobody, "sign-in", json!({"login": A, "password": "seven green onions"})).await;
    assert_eq!(still.status, StatusCode::ACCEPTED, "a link is no way past the second factor");

    let path = format!("/api/v1/people/{id}/second-factors");
    assert_eq!(app.ask(ADMIN, Method::DELETE, &path, None).await.unwrap().status, StatusCode::NO_CONTENT);
    assert_eq!(app.ask(ADMIN, Method::DELETE, &path, None).await.unwrap().code(), "not_found");
    let open = post(&app, &Who::Nobody, "sign-in", json!({"login": A, "password": "seven green onions"})).await;
    assert_eq!(open.status, StatusCode::OK);
}

#[tokio::test]
async fn where_a_factor_is_required_only_the_ways_to_it_are_open() {
    let app = empty(&[ADMIN, A]).await;
    let mut settings = app.ask(ADMIN, Method::GET, "/api/v1/settings", None).await.unwrap().json();
    settings["settings"]["second_factor_required"] = json!(true);
    assert_eq!(app.ask(ADMIN, Method::PUT, "/api/v1/settings", Some(settings)).await.unwrap().status, StatusCode::OK);
    let answer = sign_in(&app, A).await;
    assert_eq!(answer.json()["person"]["second_factor_due"], true);
    let who = session(&answer, &answer.json());
    for path in ["dashboards", "metadata", "account/sessions", "people"] {
        let refused = app.call(&who, Method::GET, &format!("/api/v1/{path}"), None).await.unwrap();
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "second_factor_required"), "{path}");
    }
    let (who, _) = enrol(&app, A).await;
    let me = app.call(&who, Method::GET, "/api/v1/me", None).await.unwrap().json();
    assert_eq!(me["person"]["second_factor_due"], false);
    assert_eq!(app.call(&who, Method::GET, "/api/v1/dashboards", None).await.unwrap().status, StatusCode::OK);
}

#[tokio::test]
async fn set_up_needs_the_link_of_the_terminal() {
    let app = empty(&[]).await;
    let body = json!({"secret": "x", "login": "ada", "name": "Ada", "password": "seven green onions", "full_access": true});
    let refused = post(&app, &Who::Nobody, "set-up", body).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::NOT_FOUND, "link_not_valid"));
}
