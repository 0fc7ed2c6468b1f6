//! Nothing of B reaches A: no value, no number that changes when B's rows do, not in errors either.

use crate::support::{conversation_ids, drill, handled_by_queue, question, range, units};
use axum::http::{Method, StatusCode};
use parclose_metrics::METRICS;
use parclose_test_kit::{B, TestApp};
use serde_json::{Value, json};

/// Everything that a person can ask, mistakes included.
pub fn walk(pages: &[Value], metadata: &Value) -> Vec<(Method, String, Option<Value>)> {
    let mut asked: Vec<(Method, String, Option<Value>)> = Vec::new();
    for path in [
        "me",
        "metadata",
        "dashboards",
        "dashboards/pilot",
        "dashboards/control-center",
        "dashboards/canary-B-unit",
        "sign-in-options",
        "people/canary-B",
        "people/canary-B/rights",
        "people/canary-B/sessions",
        "audit/export?person=canary-B",
        "audit/chain",
    ] {
        asked.push((Method::GET, format!("/api/v1/{path}"), None));
    }
    let mut post = |path: &str, body: Value| asked.push((Method::POST, format!("/api/v1/{path}"), Some(body)));
    // Each tab as the web app asks for it, with comparison.
    for page in pages {
        for tab in page["tabs"].as_array().into_iter().flatten() {
            let reports: Vec<Value> =
                tab["tiles"].as_array().into_iter().flatten().map(|tile| json!({"id": tile["id"], "query": tile["query"]})).collect();
            for preset in ["last_7_days", "all"] {
                let lists = json!([{"id": "l", "data_set": "conversations"}, {"id": "a", "data_set": "activities", "limit": 3}]);
                post("query", json!({"range": {"preset": preset}, "compare": "previous_period", "filters": [], "reports": reports, "lists": lists}));
            }
        }
    }
    // Each metric alone, and by things that rules speak of.
    for def in METRICS {
        let metric = if def.name == "answered_within" { json!({"metric": def.name, "seconds": 20}) } else { json!({"metric": def.name}) };
        post(
            "query",
            question(
                json!({"data_set": def.data_set, "metrics": [metric], "attributes": ["agent_team_name", "agent_name"], "totals": true}),
            ),
        );
        if def.data_set.name() != "workload" {
            post(
                "segments",
                json!({"data_set": def.data_set, "range": range(), "filters": [], "metric": metric, "limit": 3, "cursor": null}),
            );
        }
    }
    // Each attribute's values, also those that are asked for by B's own words.
    for attribute in metadata["attributes"].as_array().into_iter().flatten() {
        for set in attribute["data_sets"].as_array().into_iter().flatten() {
            for search in ["", "canary-B"] {
                post(
                    "values",
                    json!({"attribute": attribute["name"], "data_set": set, "search": search, "range": {"preset": "all"}, "filters": [], "limit": 500}),
                );
            }
        }
    }
    // Filters that name B, and questions that are wrong.
    for filter in [
        json!({"attribute": "conversation_attribute_1", "op": "in", "values": [B]}),
        json!({"attribute": "conversation_attribute_1", "op": "not_in", "values": ["canary-A-unit"]}),
        json!({"attribute": "agent_team_name", "op": "in", "values": [B, null]}),
        json!({"attribute": "queue", "op": "contains", "values": ["canary-B"]}),
        json!({"attribute": "queue_time", "op": "at_least", "values": [0]}),
        json!({"attribute": "queue_time", "op": "at_least", "values": ["x"]}),
        json!({"attribute": "no_such_thing", "op": "in", "values": [B]}),
        json!({"attribute": "queue", "op": "in", "values": [{"a": 1}]}),
        json!({"attribute": "queue') OR 1=1 --", "op": "in", "values": ["x"]}),
        json!({"attribute": "queue", "op": "in", "values": ["x' OR CAST(queue AS INT) = 1 OR 'a'='a"]}),
    ] {
        let mut query = handled_by_queue();
        query["filters"] = json!([filter]);
        post("query", query);
        let mut list = drill();
        list["filters"] = json!([filter]);
        post("segments", list);
        post("values", json!({"attribute": "queue", "range": range(), "filters": [filter]}));
    }
    for bad in [
        json!({"data_set": "conversations", "metrics": [{"metric": "handled"}], "attributes": ["CAST(queue AS INT)"]}),
        json!({"data_set": "conversations", "metrics": []}),
    ] {
        post("query", question(bad));
    }
    asked
}

pub async fn definitions(app: &TestApp) -> (Vec<Value>, Value) {
    let mut pages = Vec::new();
    for id in ["pilot", "control-center"] {
        pages.push(app.ask("a@test.example", Method::GET, &format!("/api/v1/dashboards/{id}"), None).await.unwrap().json());
    }
    (pages, app.ask("a@test.example", Method::GET, "/api/v1/metadata", None).await.unwrap().json())
}

/// Counters of the whole workspace say that something happened, and the page shows how fresh it is; they are blanked
/// here, and nothing else is. So is what is random for each session and person.
pub fn comparable(mut text: String) -> String {
    for word in ["\"data_version\":", "\"newest_event_at\":", "\"csrf_token\":", "\"id\":\"", "content-length: "] {
        let mut from = 0;
        while let Some(at) = text[from..].find(word) {
            let start = from + at + word.len();
            // Ids of tiles and reports are words; those of people are 32 hex digits.
            let end = text[start..].find([',', '}', '\n']).map_or(text.len(), |end| start + end);
            let is_id = word == "\"id\":\"" && end - start != 33;
            if !is_id {
                text.replace_range(start..end, "-");
            }
            from = start + 1;
        }
    }
    text
}

#[tokio::test]
async fn rows_of_b_change_nothing_for_a() {
    let people = ["a@test.example", "whole@test.example"];
    let (with, without) = (units(true, &people).await, units(false, &people).await);
    let seen = with.ask("whole@test.example", Method::POST, "/api/v1/query", Some(handled_by_queue())).await.unwrap();
    assert!(seen.bytes().contains("canary-B-queue"), "B has rows: {}", seen.bytes());
    let (pages, metadata) = definitions(&with).await;
    let asked = walk(&pages, &metadata);
    let mut with_rows = 0;
    for (method, path, body) in &asked {
        let here = with.ask("a@test.example", method.clone(), path, body.clone());
        let there = without.ask("a@test.example", method.clone(), path, body.clone());
        let (here, there) = tokio::join!(here, there);
        let (here, there) = (here.unwrap(), there.unwrap());
        assert!(!here.status.is_server_error(), "{method} {path} {body:?}: {}", here.bytes());
        let text = here.bytes();
        let words = body.as_ref().map(Value::to_string).unwrap_or_default();
        // A caller may be told back the name that they wrote themselves, and nothing else of B.
        assert!(
            !text.contains("canary-B") || words.contains("canary-B") && here.status.is_client_error(),
            "{method} {path} {words}: {text}"
        );
        assert_eq!(comparable(text), comparable(there.bytes()), "{method} {path} {words}");
        with_rows += usize::from(here.bytes().contains("canary-A"));
    }
    assert!(with_rows > 60, "the walk has to see something: {with_rows} of {}", asked.len());
}

#[tokio::test]
async fn conversations_of_b_are_not_found_and_look_absent() {
    let app = units(true, &["a@test.example", "b@test.example", "none@test.example"]).await;
    let of_b = conversation_ids(&app.ask("b@test.example", Method::POST, "/api/v1/segments", Some(drill())).await.unwrap());
    let of_a = conversation_ids(&app.ask("a@test.example", Method::POST, "/api/v1/segments", Some(drill())).await.unwrap());
    assert!(!of_a.is_empty() && !of_b.is_empty());
    let open = async |login: &str, id: &str| app.ask(login, Method::GET, &format!("/api/v1/conversations/{id}"), None).await.unwrap();
    let absent = open("a@test.example", "WT00000000000000000000000000000000").await;
    assert_eq!(absent.code(), "not_found");
    for id in &of_b {
        assert_eq!(open("a@test.example", id).await.bytes(), absent.bytes());
        assert_eq!(open("none@test.example", id).await.bytes(), absent.bytes());
        assert_eq!(open("b@test.example", id).await.status, StatusCode::OK);
    }
    let own = open("a@test.example", &of_a[0]).await;
    assert_eq!(own.status, StatusCode::OK);
    assert!(own.json()["segments"].as_array().is_some_and(|segments| !segments.is_empty()), "{}", own.bytes());
    assert!(!own.bytes().contains("canary-B"));
    let hidden = app.ask("a@test.example", Method::GET, "/api/v1/dashboards/nothing", None).await.unwrap();
    assert_eq!(hidden.json()["error"]["message"], absent.json()["error"]["message"]);
}

#[tokio::test]
async fn a_cursor_means_nothing_to_somebody_else() {
    let app = units(true, &["a@test.example", "b@test.example", "a2@test.example"]).await;
    let first = app.ask("b@test.example", Method::POST, "/api/v1/segments", Some(drill())).await.unwrap().json();
    let mut next = drill();
    next["cursor"] = first["next"].clone();
    assert!(next["cursor"].is_string());
    let stolen = app.ask("a@test.example", Method::POST, "/api/v1/segments", Some(next.clone())).await.unwrap();
    assert_eq!((stolen.status, stolen.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid_query"));
    assert!(!stolen.bytes().contains("canary"));
    let mut other_question = next.clone();
    other_question["metric"] = json!({"metric": "handled"});
    assert_eq!(app.ask("b@test.example", Method::POST, "/api/v1/segments", Some(other_question)).await.unwrap().code(), "invalid_query");
    let own = app.ask("b@test.example", Method::POST, "/api/v1/segments", Some(next)).await.unwrap();
    assert_eq!(own.status, StatusCode::OK);
    assert_ne!(own.json()["rows"], first["rows"]);
}

#[tokio::test]
async fn who_has_no_unit_sees_nothing_and_managing_is_not_reading() {
    let app = units(true, &["none@test.example", "admin@test.example"]).await;
    for login in ["none@test.example", "admin@test.example"] {
        for (path, body) in
            [("query", handled_by_queue()), ("segments", drill()), ("values", json!({"attribute": "queue", "range": {"preset": "all"}}))]
        {
            let answer = app.ask(login, Method::POST, &format!("/api/v1/{path}"), Some(body)).await.unwrap();
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.bytes());
            assert!(!answer.bytes().contains("canary"), "{login} {path}: {}", answer.bytes());
        }
    }
}

#[tokio::test]
async fn new_rules_hold_for_the_next_request_of_a_session_that_is_open() {
    let app = units(true, &["a@test.example", "admin@test.example"]).await;
    let rules = app.ask("admin@test.example", Method::GET, "/api/v1/separation", None).await.unwrap().json();
    let before = app.ask("a@test.example", Method::POST, "/api/v1/query", Some(handled_by_queue())).await.unwrap();
    assert!(before.bytes().contains("canary-A-queue"));
    let yaml = rules["yaml"].as_str().unwrap().replace("in: person.unit", "in: person.nothing");
    let saved = app
        .ask("admin@test.example", Method::PUT, "/api/v1/separation", Some(json!({"yaml": yaml, "version": rules["version"]})))
        .await
        .unwrap();
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.bytes());
    let after = app.ask("a@test.example", Method::POST, "/api/v1/query", Some(handled_by_queue())).await.unwrap();
    assert!(!after.bytes().contains("canary"), "{}", after.bytes());
    let stale = app
        .ask("admin@test.example", Method::PUT, "/api/v1/separation", Some(json!({"yaml": yaml, "version": rules["version"]})))
        .await
        .unwrap();
    assert_eq!(stale.code(), "conflict");
    let broken = app
        .ask(
            "admin@test.example",
            Method::PUT,
            "/api/v1/separation",
            Some(json!({"yaml": "version: 1\nrules:\n  - nme: x\n", "version": saved.json()["version"]})),
        )
        .await
        .unwrap();
    assert_eq!((broken.code().as_str(), broken.json()["error"]["line"].is_u64()), ("invalid_rules", true));
}

#[tokio::test]
async fn every_answer_with_rows_is_written_down_with_its_scope() {
    let app = units(false, &["a@test.example", "admin@test.example"]).await;
    let answer = app.ask("a@test.example", Method::POST, "/api/v1/query", Some(handled_by_queue())).await.unwrap();
    let id = answer.headers["x-request-id"].to_str().unwrap();
    let audit = app.ask("admin@test.example", Method::GET, "/api/v1/audit?action=read_rows", None).await.unwrap().json();
    let line = audit["entries"].as_array().unwrap().iter().find(|entry| entry["request_id"] == id).expect("a line").clone();
    assert_eq!(line["person"]["login"], "a@test.example");
    let (report, list) = (&answer.json()["reports"][0], &answer.json()["lists"][0]);
    let rows = |report: &Value| report["rows"].as_array().unwrap().len() as u64;
    assert_eq!(line["rows"], rows(report) + rows(&report["previous"]) + list["total"].as_u64().unwrap());
    assert!(rows(report) > 0 && list["total"].as_u64().unwrap() > rows(list), "a list counts with all its rows: {list}");
    assert_eq!(line["scope"].as_str().map(str::len), Some(64));
    assert!(!line.to_string().contains("canary"));
    // A page of a drill says how many rows there are: all of them count.
    let page = app.ask("a@test.example", Method::POST, "/api/v1/segments", Some(crate::support::drill())).await.unwrap();
    let (total, shown) = (page.json()["total"].as_u64().unwrap(), page.json()["rows"].as_array().unwrap().len() as u64);
    assert!(total > shown && shown == 5, "{total} {shown}");
    let id = page.headers["x-request-id"].to_str().unwrap();
    let audit = app.ask("admin@test.example", Method::GET, "/api/v1/audit?action=read_rows", None).await.unwrap().json();
    let line = audit["entries"].as_array().unwrap().iter().find(|entry| entry["request_id"] == id).expect("a line").clone();
    assert_eq!(line["rows"], total);
}
