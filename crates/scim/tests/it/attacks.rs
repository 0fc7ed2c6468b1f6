//! What a directory, or whoever holds its key, must not reach.

use crate::rig::*;
use axum::body::Body;
use axum::http::{Request, header};
use parclose_catalog::PersonKind;
use serde_json::{Value, json};

/// Everything that could have changed.
async fn all_of(rig: &Rig) -> Vec<parclose_catalog::Person> {
    rig.people(async |grant| rig.identity.list_people(grant).await.unwrap())
        .await
        .into_iter()
        .map(|person| parclose_catalog::Person { last_sign_in_ms: None, ..person })
        .collect()
}

#[tokio::test]
async fn a_login_that_is_taken_is_never_taken_over() {
    let rig = rig().await;
    rig.local(PersonKind::Person, "José@acme.example", &[]).await;
    rig.local(PersonKind::Person, "strasse", &[]).await;
    let before = all_of(&rig).await;
    let admin = json!({"roles": ["admin", "wfo.full_access"]});
    for name in [
        "boss",
        "BOSS",
        "ｂｏｓｓ",
        "bоss",
        "boſs",
        "𝐛𝐨𝐬𝐬",
        "JOSE\u{301}@acme.example",
        "jose\u{301}@ACME.example",
        "STRASSE",
        "straße",
        "directory of okta",
    ] {
        let body = json!({"schemas": [USER, OURS], "userName": name, "externalId": "e", "emails": [{"value": "boss"}], OURS: admin});
        rig.send("POST", "/Users", body).await.refused(409, "uniqueness");
        assert_eq!(rig.last_word().await, "login_taken", "{name}");
    }
    for name in ["", " boss", "boss ", "bo\u{200b}ss", "bo\u{ad}ss", "\u{202e}ssob", "bo\nss", &"x".repeat(300)] {
        let body = json!({"schemas": [USER], "userName": name});
        rig.send("POST", "/Users", body).await.refused(400, "invalidValue");
    }
    assert_eq!(all_of(&rig).await, before);
    // Neither does somebody become another by a new name.
    let id = rig.user("eve@acme.example", json!({})).await;
    for name in ["boss", "Ｂoss", "josé@acme.example"] {
        rig.patch(&format!("/Users/{id}"), json!([{"op": "replace", "path": "userName", "value": name}])).await.refused(409, "uniqueness");
        rig.send("PUT", &format!("/Users/{id}"), json!({"schemas": [USER], "userName": name})).await.refused(409, "uniqueness");
        assert_eq!(rig.last_word().await, "login_taken");
    }
    assert_eq!(rig.person(&id).await.login, "eve@acme.example");
}

#[tokio::test]
async fn names_that_only_look_alike_in_ascii_are_two_people() {
    let rig = rig().await;
    rig.user("agent1@acme.example", json!({})).await;
    rig.user("agentl@acme.example", json!({})).await;
    rig.user("barnes@acme.example", json!({})).await;
    rig.user("bames@acme.example", json!({})).await;
}

#[tokio::test]
async fn an_external_id_is_one_person_s_within_its_directory() {
    let rig = rig().await;
    let id = rig.user("one@acme.example", json!({"externalId": "x"})).await;
    let twin = json!({"schemas": [USER], "userName": "two@acme.example", "externalId": "x"});
    rig.send("POST", "/Users", twin.clone()).await.refused(409, "uniqueness");
    assert_eq!(rig.last_word().await, "external_id_taken");
    let two = rig.user("two@acme.example", json!({"externalId": "X"})).await;
    rig.patch(&format!("/Users/{two}"), json!([{"op": "replace", "path": "externalId", "value": "x"}])).await.refused(409, "uniqueness");
    let theirs = json!({"schemas": [USER], "userName": "three@acme.example", "externalId": "x"});
    let other = rig.with(&rig.other_key, "POST", "/Users", Some(theirs)).await.is(201).id();
    assert_ne!(id, other, "another directory's ids are its own");
}

#[tokio::test]
async fn another_directory_s_people_and_groups_are_not_found() {
    let rig = rig().await;
    let id = rig.user("ada@acme.example", json!({OURS: {"roles": ["supervisor"]}})).await;
    let group =
        rig.send("POST", "/Groups", json!({"schemas": [GROUP], "displayName": "Anvils", "members": [{"value": id}]})).await.is(201).id();
    let boss = rig.boss().await.caller.person().as_str().to_owned();
    let named =
        rig.manage(async |grant| rig.identity.create_group(grant, "Leads", &["admin".into()], &Default::default()).await.unwrap().id).await;
    let before = all_of(&rig).await;
    let bodies = |name: &str, schema: &str, attribute: &str| {
        let change = json!({"schemas": [PATCH], "Operations": [{"op": "replace", "path": attribute, "value": name}]});
        [("GET", None), ("PUT", Some(json!({"schemas": [schema], attribute: name}))), ("PATCH", Some(change)), ("DELETE", None)]
    };
    for id in [&id, &boss] {
        for (method, body) in bodies("eve", USER, "userName") {
            let theirs = rig.with(&rig.other_key, method, &format!("/Users/{id}"), body.clone()).await.refused(404, "").body;
            assert_eq!(rig.words().await[0], ("foreign_id".to_owned(), (*id).clone()), "{method}");
            let nobody = rig.with(&rig.other_key, method, "/Users/nobody", body).await.refused(404, "").body;
            assert_eq!(theirs, nobody, "the same answer for what is not there");
        }
    }
    for id in [&group, &named] {
        for (method, body) in bodies("eve", GROUP, "displayName") {
            rig.with(&rig.other_key, method, &format!("/Groups/{id}"), body).await.refused(404, "");
            assert_eq!(rig.words().await[0], ("foreign_id".to_owned(), (*id).clone()), "{method}");
        }
    }
    // Not as members either, and not in lists.
    for (member, reason) in [
        (id.as_str(), "foreign_member"),
        (boss.as_str(), "foreign_member"),
        ("nobody", "unknown_member"),
        (group.as_str(), "unknown_member"),
    ] {
        let body = json!({"schemas": [GROUP], "displayName": "Theirs", "members": [{"value": member}]});
        rig.with(&rig.other_key, "POST", "/Groups", Some(body)).await.refused(400, "invalidValue");
        assert_eq!(rig.last_word().await, reason);
    }
    for path in ["/Users", "/Groups", "/Users?filter=userName+pr", "/Groups?filter=displayName%20eq%20%22Anvils%22"] {
        assert_eq!(rig.with(&rig.other_key, "GET", path, None).await.is(200).body["totalResults"], 0);
    }
    assert_eq!(all_of(&rig).await, before);
}

#[tokio::test]
async fn read_only_and_unknown_things_stay_as_they_are() {
    let rig = rig().await;
    let id = rig.user("ada@acme.example", json!({"groups": [{"value": "x"}], "id": "mine", "meta": {"version": "9"}})).await;
    assert_ne!(id, "mine");
    for path in ["id", "meta.created", "groups", "groups[value eq \"x\"]", "schemas"] {
        rig.patch(&format!("/Users/{id}"), json!([{"op": "replace", "path": path, "value": [{"value": "x"}]}]))
            .await
            .refused(400, "mutability");
    }
    rig.patch(&format!("/Users/{id}"), json!([{"op": "remove", "path": "userName"}])).await.refused(400, "mutability");
    for path in [
        "given_roles",
        "password_hash",
        "urn:x:y",
        "name.nope",
        "emails[nope eq \"x\"]",
        "emails[type eq \"x\"",
        "userName[value eq \"x\"]",
        "emails[type eq \"a\"].value.x",
    ] {
        rig.patch(&format!("/Users/{id}"), json!([{"op": "replace", "path": path, "value": "x"}])).await.refused(400, "invalidPath");
    }
    rig.patch(&format!("/Users/{id}"), json!([{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "x"}]))
        .await
        .refused(400, "noTarget");
    rig.patch(&format!("/Users/{id}"), json!([{"op": "remove"}])).await.refused(400, "noTarget");
    rig.patch(&format!("/Users/{id}"), json!([{"op": "move", "path": "title"}])).await.refused(400, "invalidSyntax");
    let nested = json!({"schemas": [GROUP], "displayName": "G", "members": [{"value": id, "type": "Group"}]});
    rig.send("POST", "/Groups", nested).await.refused(400, "invalidValue");
    let doubled = format!("{{\"schemas\":[\"{USER}\"],\"userName\":\"a\",\"USERNAME\":\"b\"}}");
    let request = Request::post("/scim/v2/Users").header(header::AUTHORIZATION, format!("Bearer {}", rig.key)).body(Body::from(doubled));
    rig.raw(request.unwrap()).await.refused(400, "invalidSyntax");
}

#[tokio::test]
async fn a_group_that_looks_like_another_is_refused() {
    let rig = rig().await;
    rig.send("POST", "/Groups", json!({"schemas": [GROUP], "displayName": "Anvils Leads"})).await.is(201);
    let other = rig.send("POST", "/Groups", json!({"schemas": [GROUP], "displayName": "Others"})).await.is(201).id();
    for name in ["anvils leads", "Anvils Leads", "Аnvils Leads", "Ａnvils Leads"] {
        rig.send("POST", "/Groups", json!({"schemas": [GROUP], "displayName": name})).await.refused(409, "uniqueness");
        assert_eq!(rig.last_word().await, "group_name_taken");
        rig.patch(&format!("/Groups/{other}"), json!([{"op": "replace", "path": "displayName", "value": name}]))
            .await
            .refused(409, "uniqueness");
    }
}

#[tokio::test]
async fn bombs_are_refused_and_change_nothing() {
    let rig = rig().await;
    let id = rig.user("ada@acme.example", json!({})).await;
    let before = all_of(&rig).await;
    let started = std::time::Instant::now();
    let filter = async |text: String| {
        let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        rig.get(&format!("/Users?filter={text}")).await
    };
    for bomb in [
        format!("{}userName pr{}", "(".repeat(900), ")".repeat(900)),
        "not (".repeat(300),
        vec!["title pr"; 100].join(" or "),
        format!("userName eq \"{}\"", "x".repeat(3_000)),
    ] {
        filter(bomb).await.refused(400, "invalidFilter");
        assert_eq!(rig.last_word().await, "filter_too_complex");
    }
    let raw = async |body: String| {
        let request = Request::post("/scim/v2/Users").header(header::AUTHORIZATION, format!("Bearer {}", rig.key)).body(Body::from(body));
        rig.raw(request.unwrap()).await
    };
    raw(format!("{{\"schemas\":[\"{USER}\"],\"userName\":\"x\",\"name\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000)))
        .await
        .refused(400, "invalidSyntax");
    raw("[".repeat(1_000_000)).await.refused(400, "invalidSyntax");
    raw(format!("{{\"a\":\"{}\"}}", "x".repeat(1_100_000))).await.refused(413, "");
    assert_eq!(rig.last_word().await, "too_large");
    let members: Vec<Value> = (0..10_001).map(|at| json!({"value": at.to_string()})).collect();
    rig.send("POST", "/Groups", json!({"schemas": [GROUP], "displayName": "Many", "members": members})).await.refused(413, "");
    assert_eq!(rig.last_word().await, "too_large");
    let operations: Vec<Value> = (0..1_001).map(|_| json!({"op": "add", "path": "title", "value": "x"})).collect();
    rig.patch(&format!("/Users/{id}"), json!(operations)).await.refused(413, "");
    let roles: Vec<String> = (0..300).map(|at| format!("role{at}")).collect();
    rig.patch(&format!("/Users/{id}"), json!([{"op": "add", "path": format!("{OURS}:roles"), "value": roles}])).await.refused(413, "");
    for (path, value) in [
        ("title", "x".repeat(2_000)),
        ("externalId", "x".repeat(300)),
        ("displayName", "x".repeat(300)),
        (&format!("{ENTERPRISE}:department"), "x".repeat(300)),
    ] {
        rig.patch(&format!("/Users/{id}"), json!([{"op": "add", "path": path, "value": value}])).await.refused(400, "invalidValue");
    }
    assert_eq!(all_of(&rig).await, before);
    assert_eq!(rig.get("/Groups").await.body["totalResults"], 0);
    assert!(started.elapsed().as_secs() < 20);
}

#[tokio::test]
async fn a_directory_s_attribute_named_roles_is_an_attribute() {
    let rig = rig().await;
    let id = rig.user("ada@acme.example", json!({OURS: {"attributes": [{"name": "roles", "values": ["admin"]}, {"name": "urn:parclose:scim:roles", "values": ["admin"]}]}})).await;
    let person = rig.person(&id).await;
    assert!(person.roles.is_empty(), "{:?}", person.roles);
    assert_eq!(person.attributes["roles"], ["admin"]);
}

/// Changes are decided while nobody else can write: one request must not hold everybody up.
#[tokio::test]
async fn a_change_of_many_operations_that_grow_a_list_is_refused_soon() {
    let rig = rig().await;
    let id = rig.user("ada@acme.example", json!({})).await;
    let grow = |path: &str, part: &str| -> Vec<Value> {
        let numbers = |from: usize| (from..from + 25).map(|n| json!({part: format!("{n:x}"), "name": "x"})).collect::<Vec<_>>();
        (0..1_000).map(|at| json!({"op": "add", "path": path, "value": numbers(at * 25)})).collect()
    };
    // Not the body is too long.
    let too_many = "The operations change too many values.";
    let began = std::time::Instant::now();
    for operations in [grow("phoneNumbers", "value"), grow(&format!("{OURS}:attributes"), "values")] {
        assert_eq!(rig.patch(&format!("/Users/{id}"), json!(operations)).await.refused(413, "").body["detail"], too_many);
        assert_eq!(rig.last_word().await, "too_large");
    }
    let path = format!("{OURS}:attributes[name eq \"x\"].values");
    let texts = |from: usize| (from..from + 50).map(|n| format!("{n:x}")).collect::<Vec<_>>();
    let inner = |at: usize| json!({"op": "add", "path": path, "value": texts(at * 50)});
    let operations: Vec<Value> = (0..1_000).map(inner).collect();
    assert_eq!(rig.patch(&format!("/Users/{id}"), json!(operations)).await.refused(413, "").body["detail"], too_many);
    assert!(began.elapsed().as_secs() < 20, "took {:?}", began.elapsed());
    assert_eq!(rig.get(&format!("/Users/{id}")).await.is(200).body.get("phoneNumbers"), None, "nothing of it is kept");
    // As many as a directory sends at once are taken.
    let few: Vec<Value> = (0..100).map(|n| json!({"op": "add", "path": "phoneNumbers", "value": [{"value": n.to_string()}]})).collect();
    let after = rig.patch(&format!("/Users/{id}"), json!(few)).await.is(200).body;
    assert_eq!(after["phoneNumbers"].as_array().map(Vec::len), Some(100));
}

#[tokio::test]
async fn a_resource_does_not_grow_without_end() {
    let rig = rig().await;
    let id = rig.user("ada@acme.example", json!({})).await;
    let long = |from: usize| (from..from + 40).map(|n| json!({"value": format!("{n}{}", "x".repeat(900))})).collect::<Vec<_>>();
    rig.patch(&format!("/Users/{id}"), json!([{"op": "add", "path": "phoneNumbers", "value": long(0)}])).await.is(200);
    rig.patch(&format!("/Users/{id}"), json!([{"op": "add", "path": "phoneNumbers", "value": long(40)}])).await.refused(413, "");
    assert_eq!(rig.last_word().await, "too_large");
}

#[tokio::test]
async fn adding_the_primary_value_once_more_leaves_it_primary() {
    let rig = rig().await;
    let email = json!({"value": "ada@acme.example", "type": "work", "primary": true});
    let id = rig.user("ada", json!({"emails": [email, {"value": "home@acme.example", "type": "home"}]})).await;
    let after = rig.patch(&format!("/Users/{id}"), json!([{"op": "add", "path": "emails", "value": [email]}])).await.is(200).body;
    assert_eq!(after["emails"][0], email);
    assert_eq!(after["emails"].as_array().map(Vec::len), Some(2));
}
