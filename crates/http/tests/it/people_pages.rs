//! What the pages for people ask: rights with their reasons, sessions, one's own account, the audit trail as a file.

use crate::support::empty;
use axum::http::{Method, StatusCode, header};
use parclose_test_kit::{A, Answer, PASSWORD, TestApp, Who};
use serde_json::{Value, json};

const ADMIN: &str = "admin@test.example";

async fn id_of(app: &TestApp, login: &str) -> String {
    let people = app.ask(ADMIN, Method::GET, "/api/v1/people", None).await.unwrap().json();
    let found = people["people"].as_array().unwrap().iter().find(|person| person["login"] == login).expect("a person").clone();
    found["id"].as_str().unwrap().to_owned()
}

async fn get(app: &TestApp, path: &str) -> Value {
    let answer = app.ask(ADMIN, Method::GET, &format!("/api/v1/{path}"), None).await.unwrap();
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.bytes());
    answer.json()
}

/// A session of its own, beside the one that the test kit keeps.
async fn sign_in(app: &TestApp, login: &str, password: &str) -> Who {
    let answer =
        app.call(&Who::Nobody, Method::POST, "/api/v1/sign-in", Some(json!({"login": login, "password": password}))).await.unwrap();
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.bytes());
    session(&answer)
}

fn session(answer: &Answer) -> Who {
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    Who::Session { cookie, csrf: answer.json()["csrf_token"].as_str().unwrap().to_owned() }
}

#[tokio::test]
async fn rights_come_with_the_roles_and_rules_that_give_them() {
    let app = empty(&[ADMIN, "a2@test.example", "none@test.example", "agent@test.example"]).await;
    let rights = get(&app, &format!("people/{}/rights", id_of(&app, "a2@test.example").await)).await;
    assert_eq!(rights["entry"], "open");
    let capability = |name: &str| rights["capabilities"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    assert_eq!(capability("dashboards"), json!({"name": "dashboards", "level": "explorer", "from": ["wfo.team_leader"]}));
    assert_eq!(capability("export_calls"), json!({"name": "export_calls", "level": "none", "from": []}));
    assert_eq!(capability("administer")["from"], json!([]));
    let rule = &rights["rows"]["data_sets"][0]["rules"][0];
    assert_eq!((rule["name"].as_str(), rule["applies"].as_bool(), rule["lacks"].as_bool()), (Some("Units"), Some(true), Some(false)));
    assert_eq!(rule["reads"], json!([{"attribute": "unit", "values": [A]}]));
    assert_eq!(rights["rows"]["data_sets"][0]["result"], format!("Conversation attribute 1 is {A}"));

    let nothing = get(&app, &format!("people/{}/rights", id_of(&app, "none@test.example").await)).await;
    assert_eq!(nothing["rows"]["state"], "none");
    let rule = &nothing["rows"]["data_sets"][0]["rules"][0];
    assert_eq!(
        (rule["lacks"].as_bool(), &rule["reads"]),
        (Some(true), &json!([{"attribute": "unit", "values": []}])),
        "what is missing is named"
    );
    assert_eq!(get(&app, &format!("people/{}/rights", id_of(&app, "agent@test.example").await)).await["entry"], "no_flex_role");
    for path in ["people/unknown", "people/unknown/rights", "people/unknown/sessions"] {
        assert_eq!(app.ask(ADMIN, Method::GET, &format!("/api/v1/{path}"), None).await.unwrap().code(), "not_found", "{path}");
    }
    let audit = get(&app, "audit?resource=person").await;
    assert_eq!(
        audit["entries"].as_array().unwrap().iter().filter(|entry| entry["detail"] == "rights_read").count(),
        3,
        "each look is written down"
    );
}

#[tokio::test]
async fn sessions_of_others_are_for_administrators_and_end_at_once() {
    let app = empty(&[ADMIN, "a@test.example", "b@test.example"]).await;
    let (desk, phone) = (sign_in(&app, "a@test.example", PASSWORD).await, sign_in(&app, "a@test.example", PASSWORD).await);
    let id = id_of(&app, "a@test.example").await;
    let open = get(&app, &format!("people/{id}/sessions")).await["sessions"].as_array().unwrap().clone();
    assert_eq!((open.len(), &open[0]["current"]), (2, &json!(false)));
    let own = app.call(&desk, Method::GET, "/api/v1/account/sessions", None).await.unwrap();
    let Who::Session { cookie, .. } = &desk else { panic!("a session") };
    assert!(!own.bytes().contains(cookie.split_once('=').unwrap().1), "a list opens nothing");
    let mine = own.json()["sessions"].as_array().unwrap().iter().find(|one| one["current"] == true).expect("this one").clone();
    // B can't end A's session, and the answer is that of one that never was.
    let path = format!("/api/v1/account/sessions/{}", mine["id"].as_str().unwrap());
    let theirs = app.ask("b@test.example", Method::DELETE, &path, None).await.unwrap();
    let absent = app.ask("b@test.example", Method::DELETE, "/api/v1/account/sessions/unknown", None).await.unwrap();
    assert_eq!((theirs.code().as_str(), theirs.bytes()), ("not_found", absent.bytes()));
    let ended =
        app.ask(ADMIN, Method::DELETE, &format!("/api/v1/people/{id}/sessions/{}", mine["id"].as_str().unwrap()), None).await.unwrap();
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(app.call(&desk, Method::GET, "/api/v1/me", None).await.unwrap().code(), "sign_in_required");
    assert_eq!(app.call(&phone, Method::GET, "/api/v1/me", None).await.unwrap().status, StatusCode::OK);
    assert_eq!(
        app.ask(ADMIN, Method::DELETE, &format!("/api/v1/people/{id}/sessions"), None).await.unwrap().status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(app.call(&phone, Method::GET, "/api/v1/me", None).await.unwrap().code(), "sign_in_required");
    let audit = get(&app, "audit?resource=person").await;
    let ended: Vec<_> = audit["entries"].as_array().unwrap().iter().filter(|entry| entry["detail"] == "sessions_ended").collect();
    assert_eq!((ended.len(), ended[0]["on"].as_str()), (2, Some("a")));
}

#[tokio::test]
async fn signing_out_everywhere_ends_this_session_too() {
    let app = empty(&["a@test.example"]).await;
    let (desk, phone) = (sign_in(&app, "a@test.example", PASSWORD).await, sign_in(&app, "a@test.example", PASSWORD).await);
    assert_eq!(app.call(&desk, Method::DELETE, "/api/v1/account/sessions", None).await.unwrap().status, StatusCode::NO_CONTENT);
    for who in [&desk, &phone] {
        assert_eq!(app.call(who, Method::GET, "/api/v1/me", None).await.unwrap().code(), "sign_in_required");
    }
}

#[tokio::test]
async fn a_given_password_opens_nothing_but_the_choice_of_another() {
    let app = empty(&[ADMIN]).await;
    let new = json!({"login": "new@test.example", "name": "New", "roles": ["admin", "wfo.full_access"], "password": PASSWORD});
    let made = app.ask(ADMIN, Method::POST, "/api/v1/people", Some(new)).await.unwrap().json();
    assert_eq!((&made["password_change_due"], &made["has_password"], &made["last_sign_in_at"]), (&json!(true), &json!(true), &Value::Null));
    let who = sign_in(&app, "new@test.example", PASSWORD).await;
    let me = app.call(&who, Method::GET, "/api/v1/me", None).await.unwrap().json();
    assert_eq!(me["person"]["password_change_due"], true);
    for path in ["people", "audit", "settings", "separation", "dashboards", "metadata", "account/sessions", "api-keys"] {
        let refused = app.call(&who, Method::GET, &format!("/api/v1/{path}"), None).await.unwrap();
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "password_change_required"), "{path}");
    }
    let change = async |who: &Who, current: &str, new: &str| {
        let body = json!({"current_password": current, "password": new});
        app.call(who, Method::POST, "/api/v1/account/password", Some(body)).await.unwrap()
    };
    let wrong = change(&who, "not it", "seven green onions").await;
    assert_eq!((wrong.code().as_str(), wrong.json()["error"]["field"].as_str()), ("bad_request", Some("current_password")));
    for bad in ["short", PASSWORD, "password1234"] {
        let refused = change(&who, PASSWORD, bad).await;
        assert_eq!((refused.code().as_str(), refused.json()["error"]["field"].as_str()), ("bad_request", Some("password")), "{bad}");
        assert!(!refused.bytes().contains(PASSWORD));
    }
    let changed = change(&who, PASSWORD, "seven green onions").await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.bytes());
    assert_eq!(changed.headers[header::CACHE_CONTROL], "no-store, no-transform");
    let renewed = session(&changed);
    assert_eq!(app.call(&who, Method::GET, "/api/v1/me", None).await.unwrap().code(), "sign_in_required", "the old cookie is dead");
    assert_eq!(app.call(&renewed, Method::GET, "/api/v1/people", None).await.unwrap().status, StatusCode::OK);
    let open = app.call(&renewed, Method::GET, "/api/v1/account/sessions", None).await.unwrap().json();
    assert_eq!(open["sessions"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn the_audit_trail_is_searched_exported_and_checked() {
    let app = empty(&[ADMIN, "a@test.example"]).await;
    let evil = json!({"login": "=cmd@test.example", "name": "=HYPERLINK(\"http://evil\")", "roles": ["supervisor", "wfo.dashboard_viewer"], "password": PASSWORD});
    app.ask(ADMIN, Method::POST, "/api/v1/people", Some(evil)).await.unwrap();
    sign_in(&app, "=cmd@test.example", PASSWORD).await;
    app.ask("a@test.example", Method::GET, "/api/v1/people", None).await.unwrap();
    let count = async |query: &str| get(&app, &format!("audit?{query}")).await["entries"].as_array().unwrap().len();
    assert_eq!(count("outcome=refused").await, 1);
    assert_eq!(count("outcome=refused&action=sign_in").await, 0);
    assert_eq!(count("outcome=done&action=manage_people&resource=person").await, 3, "two demo people and one made");
    let at = get(&app, "audit?limit=1").await["entries"][0]["at"].as_str().unwrap().to_owned();
    let day = &at[..10];
    assert!(count(&format!("from={day}&to={day}")).await > 3);
    assert_eq!(count("from=2031-01-01").await + count("to=2001-01-01").await, 0);
    for wrong in ["from=yesterday", "to=2026-13-01", "outcome=maybe"] {
        assert_eq!(app.ask(ADMIN, Method::GET, &format!("/api/v1/audit?{wrong}"), None).await.unwrap().code(), "bad_request", "{wrong}");
    }
    let file = app.ask(ADMIN, Method::GET, "/api/v1/audit/export?action=sign_in", None).await.unwrap();
    assert_eq!((file.status, &file.headers[header::CONTENT_TYPE]), (StatusCode::OK, &"text/csv; charset=utf-8".parse().unwrap()));
    let text = String::from_utf8(file.body.to_vec()).unwrap();
    assert!(
        text.starts_with("number,at,person,name,") && text.contains(",'=cmd@test.example,\"'=HYPERLINK(\"\"http://evil\"\")\","),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1 + count("action=sign_in").await);
    let chain = get(&app, "audit/chain").await;
    let newest = get(&app, "audit?limit=10").await;
    let head =
        newest["entries"].as_array().unwrap().iter().find(|entry| entry["hash"] == chain["hash"]).expect("the last line of the chain");
    assert_eq!((&chain["holds"], &chain["broken_at"], &chain["entries"]), (&json!(true), &Value::Null, &head["number"]));
    let details: Vec<_> = newest["entries"].as_array().unwrap().iter().filter_map(|entry| entry["detail"].as_str()).take(2).collect();
    assert_eq!(details, ["chain_checked", "exported"], "both are written down");
}

#[tokio::test]
async fn a_wrong_field_is_named() {
    let app = empty(&[ADMIN]).await;
    let field = |answer: Answer| (answer.code(), answer.json()["error"]["field"].as_str().unwrap_or_default().to_owned());
    let mut body = app.ask(ADMIN, Method::GET, "/api/v1/settings", None).await.unwrap().json();
    body["settings"]["short_abandon_seconds"] = json!(5_000);
    let refused = app.ask(ADMIN, Method::PUT, "/api/v1/settings", Some(body)).await.unwrap();
    assert_eq!(field(refused), ("invalid_settings".into(), "short_abandon_seconds".into()));
    let taken = app.ask(ADMIN, Method::POST, "/api/v1/people", Some(json!({"login": ADMIN, "name": "Twin"}))).await.unwrap();
    assert_eq!(field(taken), ("conflict".into(), "login".into()));
    let weak = json!({"login": "x@test.example", "name": "X", "password": "short"});
    assert_eq!(field(app.ask(ADMIN, Method::POST, "/api/v1/people", Some(weak)).await.unwrap()), ("bad_request".into(), "password".into()));
    let options = app.call(&Who::Nobody, Method::GET, "/api/v1/sign-in-options", None).await.unwrap().json();
    assert_eq!(options["needs_administrator"], false);
    let alone = empty(&["a@test.example"]).await;
    let options = alone.call(&Who::Nobody, Method::GET, "/api/v1/sign-in-options", None).await.unwrap().json();
    assert_eq!(options["needs_administrator"], true);
}
