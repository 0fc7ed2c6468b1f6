//! Okta's sequence of calls, as its guides write it.

use crate::rig::*;
use serde_json::{Value, json};

#[tokio::test]
async fn okta_makes_changes_switches_off_and_pushes_groups() {
    let rig = rig().await;
    let asks = "/Users?filter=userName%20eq%20%22test.user%40okta.local%22&startIndex=1&count=100";
    let none = rig.get(asks).await.is(200).body;
    assert_eq!((&none["totalResults"], &none["Resources"]), (&json!(0), &json!([])));

    let sent = json!({
        "schemas": [USER, ENTERPRISE, OURS],
        "userName": "test.user@okta.local",
        "name": {"givenName": "Test", "familyName": "User"},
        "emails": [{"primary": true, "value": "test.user@okta.local", "type": "work"}],
        "displayName": "Test User", "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7", "groups": [], "password": "1mz050nq", "active": true,
        ENTERPRISE: {"department": "Sales & Å"},
        OURS: {"roles": ["supervisor", "wfo.team_leader"], "attributes": [{"name": "team", "values": ["Anvils"]}, {"name": "market", "values": ["CZ", "SK"]}]},
    });
    let made = rig.send("POST", "/Users", sent.clone()).await.is(201);
    assert_eq!(made.headers["content-type"], "application/scim+json");
    let id = made.id();
    assert_eq!(made.headers["location"].to_str().unwrap(), format!("{BASE}/scim/v2/Users/{id}"));
    assert!(made.body.get("password").is_none(), "passwords are neither kept nor shown");
    let person = rig.person(&id).await;
    assert_eq!(
        (person.login.as_str(), person.name.as_str(), person.email.as_str()),
        ("test.user@okta.local", "Test User", "test.user@okta.local")
    );
    assert_eq!(person.roles, ["supervisor", "wfo.team_leader"]);
    assert_eq!(person.attributes["team"], ["Anvils"]);
    assert_eq!(person.attributes["market"], ["CZ", "SK"]);
    assert_eq!(person.attributes["department"], ["Sales & Å"]);
    assert!(!person.has_password && person.given.roles.is_empty());

    let read = rig.get(&format!("/Users/{id}")).await.is(200).body;
    assert_eq!(read["userName"], "test.user@okta.local");
    assert_eq!(rig.get(asks).await.body["Resources"][0]["id"], id.as_str());

    let mut put = sent;
    put["id"] = json!(id);
    put["displayName"] = json!("Another User");
    put[OURS]["roles"] = json!(["supervisor"]);
    let changed = rig.send("PUT", &format!("/Users/{id}"), put.clone()).await.is(200).body;
    assert_eq!(changed["displayName"], "Another User");
    assert_eq!(rig.person(&id).await.roles, ["supervisor"]);
    let again = rig.send("PUT", &format!("/Users/{id}"), put).await.is(200).body;
    assert_eq!(again["meta"]["version"], changed["meta"]["version"], "the same again changes nothing");

    let off = rig.patch(&format!("/Users/{id}"), json!([{"op": "replace", "value": {"active": false}}])).await.is(200).body;
    assert_eq!(off["active"], false);
    let person = rig.person(&id).await;
    assert!(!person.active && person.roles.is_empty());
    let on = rig.patch(&format!("/Users/{id}"), json!([{"op": "replace", "value": {"active": true}}])).await.is(200).body;
    assert_eq!(on["active"], true);
    assert!(rig.person(&id).await.active);

    let group = rig.send("POST", "/Groups", json!({"schemas": [GROUP], "displayName": "Test SCIMv2", "members": []})).await.is(201).id();
    rig.patch(
        &format!("/Groups/{group}"),
        json!([{"op": "add", "path": "members", "value": [{"value": id, "display": "test.user@okta.local"}]}]),
    )
    .await
    .is(200);
    let listed = rig.get("/Groups?startIndex=1&count=100").await.is(200).body;
    assert_eq!((&listed["totalResults"], &listed["Resources"][0]["members"][0]["value"]), (&json!(1), &json!(id)));
    rig.patch(&format!("/Groups/{group}"), json!([{"op": "replace", "value": {"id": group, "displayName": "Renamed"}}])).await.is(200);
    assert_eq!(rig.get(&format!("/Users/{id}")).await.body["groups"][0]["display"], "Renamed");
    let path = format!("members[value eq \"{id}\"]");
    let left = rig.patch(&format!("/Groups/{group}"), json!([{"op": "remove", "path": path}])).await.is(200).body;
    assert_eq!(left.get("members"), None::<&Value>);
    rig.delete(&format!("/Groups/{group}")).await.is(204);
    rig.get(&format!("/Groups/{group}")).await.refused(404, "");
}

#[tokio::test]
async fn a_group_gives_nothing_until_an_administrator_says_what_and_then_at_once() {
    let rig = rig().await;
    let id = rig.user("ada@acme.example", json!({})).await;
    let body = json!({"schemas": [GROUP], "displayName": "Anvils Leads", "members": [{"value": id}]});
    let group = rig.send("POST", "/Groups", body).await.is(201).id();
    assert!(rig.person(&id).await.roles.is_empty());
    let change = parclose_catalog::GroupChange {
        roles: Some(vec!["supervisor".into()]),
        attributes: Some([("team".to_owned(), vec!["Anvils".to_owned()])].into()),
        ..Default::default()
    };
    rig.manage(async |grant| rig.identity.change_group(grant, &group, change).await.unwrap()).await;
    let person = rig.person(&id).await;
    assert_eq!((person.roles.as_slice(), &person.attributes["team"]), (["supervisor".to_owned()].as_slice(), &vec!["Anvils".to_owned()]));
    rig.patch(&format!("/Groups/{group}"), json!([{"op": "remove", "path": "members"}])).await.is(200);
    assert!(rig.person(&id).await.roles.is_empty());
    rig.patch(&format!("/Groups/{group}"), json!([{"op": "add", "path": "members", "value": [{"value": id}]}])).await.is(200);
    assert_eq!(rig.person(&id).await.roles, ["supervisor"]);
    rig.delete(&format!("/Groups/{group}")).await.is(204);
    assert!(rig.person(&id).await.roles.is_empty());
}

#[tokio::test]
async fn a_new_name_gives_a_group_nothing() {
    let rig = rig().await;
    // What an administrator entered for a name that logins bring.
    rig.manage(async |grant| rig.identity.create_group(grant, "Leads", &["admin".into()], &Default::default()).await.unwrap()).await;
    let id = rig.user("ada@acme.example", json!({})).await;
    let group =
        rig.send("POST", "/Groups", json!({"schemas": [GROUP], "displayName": "Leads", "members": [{"value": id}]})).await.is(201).id();
    assert!(rig.person(&id).await.roles.is_empty(), "the same name at the start");
    rig.patch(&format!("/Groups/{group}"), json!([{"op": "replace", "path": "displayName", "value": "Others"}])).await.is(200);
    rig.patch(&format!("/Groups/{group}"), json!([{"op": "replace", "path": "displayName", "value": "Leads"}])).await.is(200);
    assert!(rig.person(&id).await.roles.is_empty(), "and by a new name");
    assert_eq!(rig.last_word().await, "renamed");
    // A directory's group has the name that the directory gives it.
    let name = parclose_catalog::GroupChange { name: Some("Mine".into()), ..Default::default() };
    assert!(rig.manage(async |grant| rig.identity.change_group(grant, &group, name).await).await.is_err());
}
