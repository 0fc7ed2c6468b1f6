//! Entra ID's sequence of calls, in its dialect.

use crate::rig::*;
use serde_json::json;

#[tokio::test]
async fn entra_makes_changes_and_switches_off() {
    let rig = rig().await;
    let none = rig.get("/Users?filter=userName+eq+%22ada%40acme.example%22").await.is(200).body;
    assert_eq!(none["totalResults"], 0);
    let body = json!({
        "schemas": [USER, ENTERPRISE], "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef", "userName": "ada@acme.example", "active": true,
        "emails": [{"primary": true, "type": "work", "value": "ada@acme.example"}], "meta": {"resourceType": "User"},
        "name": {"formatted": "Ada Åberg", "familyName": "Åberg", "givenName": "Ada"}, "roles": [],
    });
    let id = rig.send("POST", "/Users", body).await.is(201).id();
    assert_eq!(
        rig.get("/Users?filter=externalId%20eq%20%220a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef%22").await.body["Resources"][0]["id"],
        id.as_str()
    );

    let path = format!("/Users/{id}");
    let changed = rig
        .patch(
            &path,
            json!([
                {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "ada.work@acme.example"},
                {"op": "Add", "path": "emails[type eq \"home\"].value", "value": "ada@home.example"},
                {"op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+420 1"},
                {"op": "Replace", "path": "name.familyName", "value": "Öberg"},
                {"op": "Add", "path": format!("{ENTERPRISE}:department"), "value": "Sales"},
                {"op": "Add", "path": format!("{ENTERPRISE}:manager"), "value": "26118915-6090-4610-87e4-49d8ca9f808d"},
                {"op": "Add", "path": format!("{OURS}:roles"), "value": "supervisor,wfo.dashboard_viewer"},
                {"op": "Add", "path": format!("{OURS}:attributes[name eq \"team\"].values"), "value": "Anvils"},
                {"op": "Add", "path": "roles[primary eq \"True\"].value", "value": "agent"},
            ]),
        )
        .await
        .is(200)
        .body;
    assert_eq!(changed["emails"][0]["value"], "ada.work@acme.example");
    assert_eq!(changed["emails"][1], json!({"type": "home", "value": "ada@home.example"}));
    assert_eq!(changed["phoneNumbers"], json!([{"type": "mobile", "value": "+420 1"}]));
    assert_eq!(changed["name"]["familyName"], "Öberg");
    assert_eq!(changed[ENTERPRISE]["manager"]["value"], "26118915-6090-4610-87e4-49d8ca9f808d");
    let person = rig.person(&id).await;
    assert_eq!(person.roles, ["agent", "supervisor", "wfo.dashboard_viewer"]);
    assert_eq!((&person.attributes["department"], &person.attributes["team"]), (&vec!["Sales".to_owned()], &vec!["Anvils".to_owned()]));
    assert_eq!(person.email, "ada.work@acme.example");

    let moved = json!([{"op": "Replace", "path": format!("{ENTERPRISE}:department"), "value": "Support"}, {"op": "Remove", "path": format!("{OURS}:roles")}]);
    rig.patch(&path, moved).await.is(200);
    let person = rig.person(&id).await;
    assert_eq!((person.attributes["department"].join(","), person.roles.join(",")), ("Support".into(), "agent".into()));

    // Without a path, an object of paths.
    let bundle = json!([{"op": "replace", "value": {"displayName": "Ada", "name.givenName": "Adéla", format!("{ENTERPRISE}:costCenter"): "7", "unheardOf": 1}}]);
    let changed = rig.patch(&path, bundle).await.is(200).body;
    assert_eq!(
        (&changed["displayName"], &changed["name"]["givenName"], &changed[ENTERPRISE]["costCenter"]),
        (&json!("Ada"), &json!("Adéla"), &json!("7"))
    );

    let off = rig.patch(&path, json!([{"op": "Replace", "path": "active", "value": "False"}])).await.is(200).body;
    assert_eq!(off["active"], false);
    assert!(!rig.person(&id).await.active);
    rig.patch(&path, json!([{"op": "Replace", "path": "active", "value": "True"}])).await.is(200);
    assert!(rig.person(&id).await.active);
    rig.delete(&path).await.is(204);
    rig.get(&path).await.refused(404, "");
    assert!(!rig.person(&id).await.active, "the person stays, switched off");
}

#[tokio::test]
async fn entra_pushes_groups() {
    let rig = rig().await;
    let (one, two) = (rig.user("one@acme.example", json!({})).await, rig.user("two@acme.example", json!({})).await);
    let body = json!({"schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
        "externalId": "8aa1a0c0", "displayName": "Anvils", "meta": {"resourceType": "Group"}});
    let id = rig.send("POST", "/Groups", body).await.is(201).id();
    let path = format!("/Groups/{id}");
    let lean = rig.get(&format!("{path}?excludedAttributes=members")).await.is(200).body;
    assert!(lean.get("members").is_none());
    assert_eq!(rig.get("/Groups?excludedAttributes=members&filter=displayName+eq+%22ANVILS%22").await.body["totalResults"], 1);
    let both = json!([{"name": "addMember", "op": "Add", "path": "members", "value": [{"$ref": null, "value": one}, {"value": two}]}]);
    assert_eq!(rig.patch(&path, both).await.is(200).body["members"].as_array().unwrap().len(), 2);
    let found =
        rig.get(&format!("/Groups?filter=members%20eq%20%22{one}%22%20and%20id%20eq%20%22{id}%22&attributes=id")).await.is(200).body;
    assert_eq!((&found["totalResults"], found["Resources"][0].get("members")), (&json!(1), None));
    let left = rig.patch(&path, json!([{"op": "Remove", "path": "members", "value": [{"value": one}]}])).await.is(200).body;
    assert_eq!(left["members"].as_array().unwrap().len(), 1, "the value says who goes");
    assert_eq!(left["members"][0]["value"], two.as_str());
    rig.patch(&path, json!([{"op": "Replace", "path": "displayName", "value": "1879db59-3bdf-4490-ad68-ab880a269474updatedDisplayName"}]))
        .await
        .is(200);
    rig.delete(&path).await.is(204);
}
