//! What the RFCs say.

use crate::rig::*;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

#[tokio::test]
async fn discovery_says_what_there_is() {
    let rig = rig().await;
    let config = rig.get("/ServiceProviderConfig").await.is(200).body;
    for (what, is) in [("patch", true), ("filter", true), ("etag", true), ("bulk", false), ("sort", false), ("changePassword", false)] {
        assert_eq!(config[what]["supported"], is, "{what}");
    }
    assert_eq!(rig.get("/ResourceTypes").await.is(200).body["totalResults"], 2);
    assert_eq!(rig.get("/ResourceTypes/User").await.is(200).body["schemaExtensions"].as_array().unwrap().len(), 2);
    let schemas = rig.get("/Schemas").await.is(200).body;
    for schema in schemas["Resources"].as_array().unwrap() {
        rig.get(&format!("/Schemas/{}", schema["id"].as_str().unwrap())).await.is(200);
    }
    rig.get("/Schemas/urn:nothing").await.refused(404, "");
    rig.get("/Schemas?filter=id+pr").await.refused(403, "");
    rig.send("POST", "/Schemas", json!({})).await.refused(405, "");
    for path in ["/Me", "/Bulk", "/.search", "/Users/.search"] {
        rig.send("POST", path, json!({})).await.refused(501, "");
    }
    rig.get("/nowhere").await.refused(404, "");
}

#[tokio::test]
async fn versions_are_kept_and_asked_for() {
    let rig = rig().await;
    let id = rig.user("ada@acme.example", json!({})).await;
    let path = format!("/Users/{id}");
    let first = rig.get(&path).await.is(200);
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(first.body["meta"]["version"], tag.as_str());
    assert_eq!(first.body["meta"]["location"], format!("{BASE}/scim/v2{path}"));
    let send = async |method: &str, name: header::HeaderName, tag: &str, body: Value| {
        let request = Request::builder()
            .method(method)
            .uri(format!("/scim/v2{path}"))
            .header(name, tag)
            .header(header::AUTHORIZATION, format!("Bearer {}", rig.key));
        rig.raw(request.body(Body::from(body.to_string())).unwrap()).await
    };
    send("GET", header::IF_NONE_MATCH, &tag, Value::Null).await.is(304);
    let change = json!({"schemas": [PATCH], "Operations": [{"op": "add", "path": "title", "value": "x"}]});
    send("PATCH", header::IF_MATCH, "W/\"77\"", change.clone()).await.refused(412, "");
    send("PUT", header::IF_MATCH, "\"77\"", json!({"schemas": [USER], "userName": "b"})).await.refused(412, "");
    send("DELETE", header::IF_MATCH, "W/\"77\"", Value::Null).await.refused(412, "");
    send("PATCH", header::IF_MATCH, &tag, change.clone()).await.is(200);
    send("PATCH", header::IF_MATCH, &tag, change).await.refused(412, "");
    send("GET", header::IF_NONE_MATCH, &tag, Value::Null).await.is(200);
    send("DELETE", header::IF_MATCH, "*", Value::Null).await.is(204);
}

#[tokio::test]
async fn lists_come_in_pages_in_one_order() {
    let rig = rig().await;
    for at in 0..7 {
        rig.user(&format!("user{at}@acme.example"), json!({"title": if at % 2 == 0 { "Even" } else { "Odd" }})).await;
    }
    let names = |body: &Value| {
        body["Resources"].as_array().unwrap().iter().map(|user| user["userName"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = names(&rig.get("/Users").await.is(200).body);
    let mut paged = Vec::new();
    for start in [1, 4, 7] {
        let page = rig.get(&format!("/Users?startIndex={start}&count=3")).await.is(200).body;
        assert_eq!((&page["totalResults"], &page["startIndex"]), (&json!(7), &json!(start)));
        paged.extend(names(&page));
    }
    assert_eq!(paged, all);
    let none = rig.get("/Users?count=0").await.is(200).body;
    assert_eq!((&none["totalResults"], &none["itemsPerPage"]), (&json!(7), &json!(0)));
    assert_eq!(rig.get("/Users?startIndex=-5&count=1").await.body["startIndex"], 1);
    assert_eq!(rig.get("/Users?startIndex=100").await.body["itemsPerPage"], 0);
    let even = rig.get("/Users?filter=title+eq+%22even%22&startIndex=2&count=2").await.is(200).body;
    assert_eq!((&even["totalResults"], &even["itemsPerPage"]), (&json!(4), &json!(2)));
    rig.get("/Users?count=many").await.refused(400, "invalidValue");
    rig.get("/Users?sortBy=userName").await.refused(400, "invalidValue");
}

#[tokio::test]
async fn filters_find_what_they_say() {
    let rig = rig().await;
    let more = json!({"title": "Lead", "emails": [{"value": "ada@work.example", "type": "work", "primary": true}, {"value": "ada@home.example", "type": "home"}],
        "name": {"familyName": "Å \"quoted\""}, ENTERPRISE: {"department": "Sales"}, OURS: {"roles": ["supervisor"], "attributes": [{"name": "team", "values": ["Anvils"]}]}});
    rig.user("ada@acme.example", more).await;
    rig.user("bob@acme.example", json!({"active": false})).await;
    for (filter, found) in [
        ("userName eq \"ADA@acme.example\"", 1),
        ("USERNAME Eq \"ada@acme.example\"", 1),
        ("urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"ada\"", 1),
        ("userName ew \"@acme.example\"", 2),
        ("userName co \"@\" and title pr", 1),
        ("not (title pr)", 1),
        ("title eq null", 1),
        ("title ne \"Lead\"", 1),
        ("active eq true", 1),
        ("active eq \"False\"", 1),
        ("emails eq \"ada@home.example\"", 1),
        ("emails.value co \"work\"", 1),
        ("emails[type eq \"work\" and value co \"home\"]", 0),
        ("emails[type eq \"work\" and value co \"work\"] or userName sw \"bob\"", 2),
        ("name.familyName eq \"å \\\"quoted\\\"\"", 1),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"sales\"", 1),
        ("urn:parclose:params:scim:schemas:extension:1.0:User:roles eq \"supervisor\"", 1),
        ("urn:parclose:params:scim:schemas:extension:1.0:User:roles eq \"SUPERVISOR\"", 0),
        ("urn:parclose:params:scim:schemas:extension:1.0:User:attributes[name eq \"team\" and values eq \"Anvils\"]", 1),
        ("meta.created gt \"2020-01-01T00:00:00Z\"", 2),
        ("meta.lastModified lt \"2020-01-01T00:00:00Z\"", 0),
        ("userName gt \"b\"", 1),
        ("userName le \"ada@acme.example\"", 1),
        ("externalId pr", 0),
        ("name pr", 1),
        ("id eq \"nobody\"", 0),
        ("(userName eq \"ada@acme.example\" or userName eq \"bob@acme.example\") and not (active eq false)", 1),
    ] {
        let text: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        assert_eq!(rig.get(&format!("/Users?filter={text}")).await.is(200).body["totalResults"], found, "{filter}");
    }
    for filter in [
        "userName",
        "userName eq",
        "eq \"x\"",
        "userName eq x",
        "userName is \"x\"",
        "nope eq \"x\"",
        "userName eq \"x\" and",
        "(userName pr",
        "userName pr)",
        "not userName pr",
        "active gt true",
        "title eq 1",
        "name eq \"x\"",
        "emails[type eq \"x\"",
        "emails[nope eq \"x\"]",
        "userName[value pr]",
        "emails[emails[type pr]]",
        "emails[type pr].value eq \"x\"",
        "userName eq \"x",
        "userName eq \"x\"y",
        "meta.created gt \"yesterday\"",
        "department pr",
        "userName co true",
        "\u{0}",
        "title co null",
    ] {
        let text: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        rig.get(&format!("/Users?filter={text}")).await.refused(400, "invalidFilter");
    }
}

#[tokio::test]
async fn an_answer_holds_what_is_asked_for() {
    let rig = rig().await;
    let id = rig
        .user(
            "ada@acme.example",
            json!({"title": "x", "name": {"givenName": "A", "familyName": "B"}, ENTERPRISE: {"department": "D", "division": "E"}}),
        )
        .await;
    let only = rig
        .get(&format!("/Users/{id}?attributes=userName,name.givenName,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division"))
        .await
        .is(200)
        .body;
    let keys: Vec<&String> = only.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["schemas", "id", "userName", "name", ENTERPRISE]);
    assert_eq!((&only["name"], &only[ENTERPRISE]), (&json!({"givenName": "A"}), &json!({"division": "E"})));
    let less = rig.get(&format!("/Users/{id}?excludedAttributes=title,id,name.familyName,{ENTERPRISE}")).await.is(200).body;
    assert!(
        less.get("title").is_none()
            && less.get(ENTERPRISE).is_none()
            && less["id"] == id.as_str()
            && less["name"] == json!({"givenName": "A"})
    );
    rig.get(&format!("/Users/{id}?attributes=title&excludedAttributes=name")).await.refused(400, "invalidValue");
}

#[tokio::test]
async fn bodies_are_checked() {
    let rig = rig().await;
    for (body, scim_type) in [
        (json!({"userName": "a"}), "invalidSyntax"),
        (json!({"schemas": [GROUP], "userName": "a"}), "invalidSyntax"),
        (json!([]), "invalidSyntax"),
        (json!({"schemas": [USER]}), "invalidValue"),
        (json!({"schemas": [USER], "userName": 7}), "invalidValue"),
        (json!({"schemas": [USER], "userName": "a", "active": "perhaps"}), "invalidValue"),
        (json!({"schemas": [USER], "userName": "a", "emails": [7]}), "invalidValue"),
        (json!({"schemas": [USER], "userName": "a", "name": []}), "invalidValue"),
        (json!({"schemas": [USER], "userName": "a", OURS: {"attributes": [{"values": ["x"]}]}}), "invalidValue"),
    ] {
        rig.send("POST", "/Users", body).await.refused(400, scim_type);
    }
    let text = Request::post("/scim/v2/Users")
        .header(header::AUTHORIZATION, format!("Bearer {}", rig.key))
        .header(header::CONTENT_TYPE, "text/plain");
    rig.raw(text.body(Body::from("{}")).unwrap()).await.refused(415, "");
    let plain = Request::post("/scim/v2/Users")
        .header(header::AUTHORIZATION, format!("bearer {}", rig.key))
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8");
    let body =
        json!({"schemas": [USER.to_uppercase(), "urn:unheard:of"], "USERNAME": "a@acme.example", "urn:unheard:of": {"x": 1}, "x": null});
    rig.raw(plain.body(Body::from(body.to_string())).unwrap()).await.is(201);
}
