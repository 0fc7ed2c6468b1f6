//! Answers are what the document says: each is read into its documented type, which knows no other field.

use crate::support::{conversation_ids, drill, units};
use axum::http::Method;
use parclose_http::api::v1::me::Me;
use parclose_http::schema;
use parclose_test_kit::{Answer, TestApp, TestOptions, acme};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn read<T: DeserializeOwned>(answer: &Answer) -> T {
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.bytes()))
}

#[tokio::test]
async fn answers_have_the_documented_shape() {
    let app = units(false, &["a@test.example", "admin@test.example"]).await;
    let get = async |login: &str, path: &str| app.ask(login, Method::GET, &format!("/api/v1/{path}"), None).await.unwrap();
    let post =
        async |path: &str, body: Value| app.ask("a@test.example", Method::POST, &format!("/api/v1/{path}"), Some(body)).await.unwrap();
    read::<Me>(&get("a@test.example", "me").await);
    read::<schema::Metadata>(&get("a@test.example", "metadata").await);
    read::<schema::Dashboards>(&get("a@test.example", "dashboards").await);
    let pilot: schema::Dashboard = read(&get("a@test.example", "dashboards/pilot").await);
    for tab in &pilot.tabs {
        let reports: Vec<Value> = tab.tiles.iter().map(|tile| json!({"id": tile.id, "query": tile.query})).collect();
        let body = json!({"range": {"preset": "last_7_days"}, "compare": "previous_period", "filters": [], "reports": reports});
        let answer: schema::QueryAnswer = read(&post("query", body).await);
        for report in answer.reports {
            assert!(report.error.is_none(), "{}: {:?}", report.id, report.error);
            assert!(report.rows.iter().all(|row| row.len() == report.columns.len()));
        }
    }
    read::<schema::ValuesAnswer>(
        &post("values", json!({"attribute": "queue", "search": "can", "range": {"preset": "all"}, "filters": [], "limit": 50})).await,
    );
    let list = post("segments", drill()).await;
    read::<schema::SegmentsAnswer>(&list);
    let id = conversation_ids(&list).remove(0);
    let conversation: schema::Conversation = read(&get("a@test.example", &format!("conversations/{id}")).await);
    assert!(conversation.segments.iter().any(|segment| segment.attributes.iter().any(|named| named.value == "canary-A-unit")));
    read::<schema::ErrorAnswer>(&get("a@test.example", "conversations/nothing").await);
    read::<schema::Separation>(&get("admin@test.example", "separation").await);
    read::<schema::People>(&get("admin@test.example", "people").await);
    read::<schema::ApiKeys>(&get("admin@test.example", "api-keys").await);
    let people = read::<schema::People>(&get("admin@test.example", "people").await);
    for person in people.people {
        read::<schema::Person>(&get("admin@test.example", &format!("people/{}", person.id)).await);
        read::<schema::PersonRights>(&get("admin@test.example", &format!("people/{}/rights", person.id)).await);
        read::<schema::OpenSessions>(&get("admin@test.example", &format!("people/{}/sessions", person.id)).await);
    }
    read::<schema::OpenSessions>(&get("a@test.example", "account/sessions").await);
    read::<schema::AuditChain>(&get("admin@test.example", "audit/chain").await);
    read::<schema::AuditPage>(&get("admin@test.example", "audit").await);
    read::<schema::SavedSettings>(&get("admin@test.example", "settings").await);
}

#[tokio::test]
async fn the_built_in_dashboards_have_something_to_show_of_acme() {
    let mut options = TestOptions::new(acme(120.0, 3), &["a@test.example"]);
    options.rules = None;
    let app = TestApp::start(options).await.unwrap();
    let me = app.ask("a@test.example", Method::GET, "/api/v1/me", None).await.unwrap().json();
    assert_eq!(me["scope"]["state"], "open", "a workspace without rules says so");
    for id in ["control-center", "pilot"] {
        let dashboard: schema::Dashboard =
            read(&app.ask("a@test.example", Method::GET, &format!("/api/v1/dashboards/{id}"), None).await.unwrap());
        for tab in dashboard.tabs {
            let reports: Vec<Value> = tab.tiles.iter().map(|tile| json!({"id": tile.id, "query": tile.query})).collect();
            let body = json!({"range": {"preset": "last_7_days"}, "filters": [], "reports": reports});
            let answer: schema::QueryAnswer = read(&app.ask("a@test.example", Method::POST, "/api/v1/query", Some(body)).await.unwrap());
            for report in answer.reports {
                let metrics =
                    |row: &Vec<Value>| row.iter().zip(&report.columns).any(|(cell, column)| column.role == "metric" && !cell.is_null());
                assert!(report.error.is_none() && report.rows.iter().any(metrics), "{id}/{}/{} is empty", tab.id, report.id);
            }
        }
    }
}
