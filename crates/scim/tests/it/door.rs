//! Keys.

use crate::rig::*;
use axum::body::Body;
use axum::http::{Request, header};
use parclose_access::KeyScope;
use parclose_catalog::{PersonChange, PersonKind};
use parclose_identity::KeyRequest;
use serde_json::json;

#[tokio::test]
async fn without_a_key_that_speaks_for_a_connection_nothing_opens() {
    let rig = rig().await;
    let bare = rig.raw(Request::get("/scim/v2/Users").body(Body::empty()).unwrap()).await;
    assert_eq!(bare.headers[header::WWW_AUTHENTICATE], "Bearer realm=\"scim\"");
    bare.refused(401, "");
    for key in ["", "nonsense", "pck_aa_bb", &rig.key[..rig.key.len() - 1]] {
        for path in ["/Users", "/ServiceProviderConfig", "/Schemas", "/nowhere", "/Me"] {
            rig.with(key, "GET", path, None).await.refused(401, "");
        }
    }
    let basic = Request::get("/scim/v2/Users").header(header::AUTHORIZATION, format!("Basic {}", rig.key));
    rig.raw(basic.body(Body::empty()).unwrap()).await.refused(401, "");
    let boss = rig.boss().await.caller.person().clone();
    let request = KeyRequest { name: "k".into(), person: boss, scopes: [KeyScope::Admin].into(), connection: None, expires_ms: None };
    let admin = rig.make_key(request).await.unwrap();
    rig.with(admin.secret(), "GET", "/Users", None).await.refused(403, "");
    assert_eq!(rig.last_word().await, "no_scope");
}

#[tokio::test]
async fn a_directory_s_key_has_one_scope_and_one_connection_and_opens_nothing_else() {
    let rig = rig().await;
    let service = rig.local(PersonKind::Service, "sync", &["supervisor", "wfo.full_access"]).await;
    let request = |scopes: &[KeyScope], connection: Option<&str>| KeyRequest {
        name: "k".into(),
        person: service.clone(),
        scopes: scopes.iter().copied().collect(),
        connection: connection.map(str::to_owned),
        expires_ms: None,
    };
    let ours = Some(rig.connection.as_str());
    for wrong in [
        request(&[KeyScope::Scim], None),
        request(&[KeyScope::Scim], Some("nowhere")),
        request(&[KeyScope::Scim, KeyScope::Admin], ours),
        request(&[KeyScope::ReadRows], ours),
    ] {
        assert!(rig.make_key(wrong).await.is_err());
    }
    let key = rig.make_key(request(&[KeyScope::Scim], ours)).await.unwrap();
    rig.with(key.secret(), "GET", "/Users", None).await.is(200);
    // The owner may come in by another key; by this one nobody does.
    assert!(rig.identity.caller_from_key(key.secret(), NOW_MS).await.unwrap().is_none());
}

#[tokio::test]
async fn a_key_ends_at_once_with_its_owner_its_connection_or_itself() {
    let rig = rig().await;
    rig.get("/Users").await.is(200);
    rig.manage(async |grant| {
        let view = rig.identity.find_connection(grant, &rig.connection).await.unwrap();
        rig.identity.change_connection(grant, &rig.connection, view.version, "Okta", false, view.settings).await.unwrap();
    })
    .await;
    rig.get("/Users").await.refused(401, "");
    assert_eq!(rig.last_word().await, "connection_off");
    rig.manage(async |grant| {
        let view = rig.identity.find_connection(grant, &rig.connection).await.unwrap();
        rig.identity.change_connection(grant, &rig.connection, view.version, "Okta", true, view.settings).await.unwrap();
    })
    .await;
    rig.get("/Users").await.is(200);
    rig.revoke(&rig.key).await;
    rig.get("/Users").await.refused(401, "");

    rig.with(&rig.other_key, "GET", "/Users", None).await.is(200);
    rig.manage(async |grant| rig.identity.remove_connection(grant, &rig.other_connection).await.unwrap()).await;
    rig.with(&rig.other_key, "GET", "/Users", None).await.refused(401, "");

    let (_, key) = rig.directory("Third", "https://third.test.example").await;
    rig.with(&key, "GET", "/Users", None).await.is(200);
    let owner = rig.identity.catalog().credentials(&rig.acme, "directory of Third").await.unwrap().unwrap().person;
    let change = PersonChange { active: Some(false), ..PersonChange::default() };
    rig.people(async |grant| rig.identity.change_person(grant, &owner.id, change).await.unwrap()).await;
    rig.with(&key, "POST", "/Users", Some(json!({"schemas": [USER], "userName": "a"}))).await.refused(401, "");
}

#[tokio::test]
async fn a_removed_connection_takes_its_word_along() {
    let rig = rig().await;
    let id = rig.user("ada@acme.example", json!({OURS: {"roles": ["supervisor"]}})).await;
    assert_eq!(rig.person(&id).await.roles, ["supervisor"]);
    rig.manage(async |grant| rig.identity.remove_connection(grant, &rig.connection).await.unwrap()).await;
    let person = rig.person(&id).await;
    assert!(person.roles.is_empty() && person.active);
}
