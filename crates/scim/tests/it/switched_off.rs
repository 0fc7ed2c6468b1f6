//! Leaving: everything that was open ends in the transaction that says so.

use crate::rig::*;
use parclose_access::KeyScope;
use parclose_catalog::{AtProvider, NewSession, PersonChange};
use parclose_identity::KeyRequest;
use parclose_model::PersonId;
use serde_json::{Value, json};

const ROLES: [&str; 2] = ["supervisor", "wfo.full_access"];

/// A person with a session and a key.
async fn at_work(rig: &Rig, name: &str) -> (String, String) {
    let id = rig.user(name, json!({OURS: {"roles": ROLES}})).await;
    let session = NewSession {
        token_hash: format!("session of {name}"),
        person: PersonId::new(id.as_str()),
        csrf: "c".into(),
        at_provider: Some(AtProvider { connection: rig.connection.clone(), subject: None, session_index: None, logout_hint: None }),
        idle_ms: 1_000_000,
        expires_ms: NOW_MS + 1_000_000,
    };
    rig.identity.catalog().add_session(&session, NOW_MS).await.unwrap();
    let request = KeyRequest {
        name: "k".into(),
        person: PersonId::new(id.as_str()),
        scopes: [KeyScope::ReadRows].into(),
        connection: None,
        expires_ms: None,
    };
    let key = rig.make_key(request).await.unwrap().secret().to_owned();
    assert!(rig.identity.caller_from_key(&key, NOW_MS).await.unwrap().is_some());
    assert!(rig.identity.catalog().session(&session.token_hash, NOW_MS).await.unwrap().is_some());
    (id, key)
}

#[tokio::test]
async fn each_way_to_switch_off_ends_sessions_and_keys_and_none_brings_them_back() {
    let rig = rig().await;
    type Way = fn(&str) -> (&'static str, Option<Value>);
    let ways: [(&str, Way); 4] = [
        ("okta@acme.example", |_| {
            ("PATCH", Some(json!({"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": false}}]})))
        }),
        ("entra@acme.example", |_| {
            ("PATCH", Some(json!({"schemas": [PATCH], "Operations": [{"op": "Replace", "path": "active", "value": "False"}]})))
        }),
        ("put@acme.example", |name| ("PUT", Some(json!({"schemas": [USER], "userName": name, "active": false, OURS: {"roles": ROLES}})))),
        ("delete@acme.example", |_| ("DELETE", None)),
    ];
    for (name, way) in ways {
        let (id, key) = at_work(&rig, name).await;
        let (method, body) = way(name);
        let answer = rig.with(&rig.key, method, &format!("/Users/{id}"), body).await;
        assert!(answer.status.is_success());
        let person = rig.person(&id).await;
        assert!(!person.active, "{name}");
        assert!(person.roles.is_empty(), "{name}: what SCIM gave is gone");
        assert!(rig.identity.caller_from_key(&key, NOW_MS).await.unwrap().is_none());
        assert!(rig.identity.catalog().session(&format!("session of {name}"), NOW_MS).await.unwrap().is_none());
        let keys = rig.identity.catalog().api_keys(&rig.acme).await.unwrap();
        assert!(keys.iter().filter(|key| key.person.as_str() == id).all(|key| key.revoked_ms.is_some()));
        let word = rig.words().await.into_iter().next().unwrap();
        assert_eq!(word, (if method == "DELETE" { "removed" } else { "deactivated" }.to_owned(), id.clone()));
        if method != "DELETE" {
            rig.patch(&format!("/Users/{id}"), json!([{"op": "replace", "value": {"active": true}}])).await.is(200);
            assert!(rig.person(&id).await.active);
            assert_eq!(rig.person(&id).await.roles.len(), 2);
            assert!(rig.identity.caller_from_key(&key, NOW_MS).await.unwrap().is_none(), "keys stay revoked");
            assert!(rig.identity.catalog().session(&format!("session of {name}"), NOW_MS).await.unwrap().is_none());
        }
    }
}

#[tokio::test]
async fn what_fails_in_the_middle_changes_nothing() {
    let rig = rig().await;
    let (id, key) = at_work(&rig, "ada@acme.example").await;
    let before = rig.get(&format!("/Users/{id}")).await.body;
    let half = json!([{"op": "replace", "path": "active", "value": false}, {"op": "replace", "path": "userName", "value": "BOSS"}]);
    rig.patch(&format!("/Users/{id}"), half).await.refused(409, "uniqueness");
    let half = json!([{"op": "replace", "path": "active", "value": false}, {"op": "replace", "path": "unheardOf", "value": 1}]);
    rig.patch(&format!("/Users/{id}"), half).await.refused(400, "invalidPath");
    assert_eq!(rig.get(&format!("/Users/{id}")).await.body, before);
    assert!(rig.identity.caller_from_key(&key, NOW_MS).await.unwrap().is_some());
}

#[tokio::test]
async fn silence_and_an_administrator_s_word_are_not_overruled() {
    let rig = rig().await;
    let id = rig.user("ada@acme.example", json!({})).await;
    let path = format!("/Users/{id}");
    rig.patch(&path, json!([{"op": "replace", "path": "active", "value": false}])).await.is(200);
    // A whole resource without the word, and the word taken away: both say nothing.
    rig.send("PUT", &path, json!({"schemas": [USER], "userName": "ada@acme.example"})).await.is(200);
    assert!(!rig.person(&id).await.active);
    rig.patch(&path, json!([{"op": "remove", "path": "active"}])).await.is(200);
    assert!(!rig.person(&id).await.active);
    rig.patch(&path, json!([{"op": "add", "path": "active", "value": true}])).await.is(200);
    assert!(rig.person(&id).await.active);
    // Switched off here, the directory's usual message does not let them in again.
    let off = PersonChange { active: Some(false), ..PersonChange::default() };
    let who = PersonId::new(id.as_str());
    rig.people(async |grant| rig.identity.change_person(grant, &who, off).await.unwrap()).await;
    let shown =
        rig.send("PUT", &path, json!({"schemas": [USER], "userName": "ada@acme.example", "active": true, "title": "x"})).await.is(200).body;
    assert_eq!(shown["active"], false);
    assert!(!rig.person(&id).await.active);
}

#[tokio::test]
async fn a_directory_may_remove_its_administrators_and_the_local_one_stays() {
    let rig = rig().await;
    let id = rig.user("root@acme.example", json!({OURS: {"roles": ["admin", "wfo.full_access"]}})).await;
    rig.patch(&format!("/Users/{id}"), json!([{"op": "replace", "value": {"active": false}}])).await.is(200);
    assert!(rig.words().await.iter().any(|(word, about)| word == "administrator_switched_off" && *about == id));
    rig.boss().await;
}

#[tokio::test]
async fn a_removed_login_is_free_for_somebody_else() {
    let rig = rig().await;
    let old = rig.user("ada@acme.example", json!({"externalId": "x1", OURS: {"roles": ["supervisor"]}})).await;
    rig.delete(&format!("/Users/{old}")).await.is(204);
    let listed = rig.get("/Users").await.body;
    assert_eq!(listed["totalResults"], 0);
    let new = rig.user("ada@acme.example", json!({"externalId": "x1"})).await;
    assert_ne!(old, new, "somebody else, with nothing of the past");
    assert!(rig.person(&new).await.roles.is_empty());
    assert!(!rig.person(&old).await.active);
    rig.get(&format!("/Users/{old}")).await.refused(404, "");
}
