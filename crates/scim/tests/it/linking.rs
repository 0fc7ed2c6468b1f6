//! Somebody whom the directory made arrives by the same connection.

use crate::rig::*;
use parclose_catalog::{IdentityKey, Named, PersonKind, Provided, Subject};
use parclose_model::PersonId;
use serde_json::json;

fn key(rig: &Rig, subject: &str) -> IdentityKey {
    IdentityKey { connection: rig.connection.clone(), issuer: "https://okta.test.example".into(), subject: subject.into() }
}

#[tokio::test]
async fn a_subject_is_whom_the_directory_means_byte_by_byte() {
    let rig = rig().await;
    let id = rig.user("ada@acme.example", json!({"externalId": "00uX", "emails": [{"value": "mail@acme.example", "primary": true}]})).await;
    let catalog = rig.identity.catalog();
    let ask = async |subject: &str, by_name: bool| catalog.scim_subject(&rig.acme, &key(&rig, subject), by_name).await.unwrap();
    let ada = Subject::Is(PersonId::new(id.as_str()));
    assert_eq!(ask("00uX", false).await, ada);
    for other in ["00ux", "00uX ", "mail@acme.example", "ada@acme.example", "ADA@acme.example", ""] {
        assert_eq!(ask(other, false).await, Subject::Unknown, "{other}");
    }
    assert_eq!(ask("ada@acme.example", true).await, ada);
    assert_eq!(ask("ADA@acme.example", true).await, Subject::Unknown);
    assert_eq!(ask("mail@acme.example", true).await, Subject::Unknown, "never by e-mail");
    let elsewhere = IdentityKey { connection: rig.other_connection.clone(), ..key(&rig, "00uX") };
    assert_eq!(catalog.scim_subject(&rig.acme, &elsewhere, true).await.unwrap(), Subject::Unknown);
    // An e-mail of another connection must not adopt them either.
    assert!(catalog.is_linked(&PersonId::new(id.as_str())).await.unwrap());
    rig.delete(&format!("/Users/{id}")).await.is(204);
    assert_eq!(ask("00uX", false).await, Subject::Removed);
}

#[tokio::test]
async fn what_the_directory_takes_back_a_login_of_the_past_does_not_hold() {
    let rig = rig().await;
    let id = rig
        .user(
            "ada@acme.example",
            json!({"externalId": "s", OURS: {"roles": ["supervisor"], "attributes": [{"name": "team", "values": ["Anvils"]}]}}),
        )
        .await;
    let who = PersonId::new(id.as_str());
    let catalog = rig.identity.catalog();
    catalog.link_identity(&key(&rig, "s"), &who, "scim", NOW_MS).await.unwrap();
    let says = Provided {
        roles: vec!["supervisor".into(), "wfo.full_access".into()],
        attributes: [("team".to_owned(), vec!["Anvils".to_owned()]), ("floor".to_owned(), vec!["2".to_owned()])].into(),
    };
    let both = catalog.provide(&who, &key(&rig, "s"), &says, Named::default(), NOW_MS).await.unwrap().unwrap();
    assert_eq!(both.roles, ["supervisor", "wfo.full_access"]);
    let path = format!("/Users/{id}");
    let moves = json!([{"op": "remove", "path": format!("{OURS}:roles")}, {"op": "replace", "path": format!("{OURS}:attributes"), "value": [{"name": "team", "values": ["Tennis Balls"]}]}]);
    rig.patch(&path, moves).await.is(200);
    let person = rig.person(&id).await;
    assert_eq!(person.roles, ["wfo.full_access"], "what only the login said stays");
    assert_eq!((person.attributes["team"].join(","), person.attributes["floor"].join(",")), ("Tennis Balls".into(), "2".into()));
    // A login that does not say it does not bring it back; one that does, does.
    let quiet = Provided { roles: vec!["wfo.full_access".into()], ..Provided::default() };
    assert_eq!(catalog.provide(&who, &key(&rig, "s"), &quiet, Named::default(), NOW_MS).await.unwrap().unwrap().roles, ["wfo.full_access"]);
    assert_eq!(catalog.provide(&who, &key(&rig, "s"), &says, Named::default(), NOW_MS).await.unwrap().unwrap().roles.len(), 2);
    rig.patch(&path, json!([{"op": "replace", "path": "active", "value": false}])).await.is(200);
    assert!(!catalog.scim_lets_in(&rig.connection, &who).await.unwrap());
    assert!(catalog.scim_lets_in(&rig.other_connection, &who).await.unwrap());
}

#[tokio::test]
async fn who_signed_in_before_is_found_by_the_same_name_and_an_administrator_is_not() {
    let rig = rig().await;
    let before = rig.local(PersonKind::Person, "ada@acme.example", &["agent"]).await;
    let admin = rig.local(PersonKind::Person, "root@acme.example", &["admin", "wfo.full_access"]).await;
    let catalog = rig.identity.catalog();
    catalog.link_identity(&key(&rig, "s1"), &before, "login", NOW_MS).await.unwrap();
    catalog.link_identity(&key(&rig, "s2"), &admin, "boss", NOW_MS).await.unwrap();
    // The same name and not the same subject: nothing.
    let body = |name: &str, id: &str| json!({"schemas": [USER], "userName": name, "externalId": id});
    rig.send("POST", "/Users", body("ada@acme.example", "S1")).await.refused(409, "uniqueness");
    rig.send("POST", "/Users", body("root@acme.example", "s2")).await.refused(409, "uniqueness");
    assert_eq!(rig.last_word().await, "login_taken");
    assert_eq!(rig.send("POST", "/Users", body("ada@acme.example", "s1")).await.is(201).id(), before.as_str());
    assert_eq!(rig.last_word().await, "adopted");
    // Another's subject can't be had by changing one's own.
    let eve = rig.user("eve@acme.example", json!({"externalId": "e"})).await;
    rig.patch(&format!("/Users/{eve}"), json!([{"op": "replace", "path": "externalId", "value": "s2"}])).await.refused(409, "uniqueness");
    // Under a name that was left behind nobody comes in.
    catalog.link_identity(&key(&rig, "e"), &PersonId::new(eve.as_str()), "scim", NOW_MS).await.unwrap();
    rig.patch(&format!("/Users/{eve}"), json!([{"op": "replace", "path": "externalId", "value": "e2"}])).await.is(200);
    assert!(catalog.person_of_identity(&rig.acme, &key(&rig, "e")).await.unwrap().is_none());
}
