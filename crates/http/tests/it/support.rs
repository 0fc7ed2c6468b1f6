//! Servers and questions that several tests use.

use parclose_test_kit::{A, Answer, B, TestApp, TestOptions, unit};
use serde_json::{Value, json};

/// A server with rows of A and, if wanted, of B.
pub async fn units(with_b: bool, people: &[&'static str]) -> TestApp {
    let mut events = unit(A, 1, 60.0);
    if with_b {
        events.extend(unit(B, 2, 90.0));
    }
    TestApp::start(TestOptions::new(events, people)).await.expect("the server starts")
}

/// A server without any row.
pub async fn empty(people: &[&'static str]) -> TestApp {
    TestApp::start(TestOptions::new(Vec::new(), people)).await.expect("the server starts")
}

pub fn range() -> Value {
    json!({"preset": "last_7_days"})
}

/// A question with one report.
pub fn question(query: Value) -> Value {
    json!({"range": range(), "filters": [], "reports": [{"id": "r", "query": query}]})
}

/// A question that any viewer may ask: a report with the period before, and beside it the newest conversations.
pub fn handled_by_queue() -> Value {
    let mut asked = question(
        json!({"data_set": "conversations", "metrics": [{"metric": "handled"}, {"metric": "aht"}], "attributes": ["queue"], "totals": true}),
    );
    asked["reports"][0]["compare"] = json!("previous_period");
    asked["lists"] = json!([{"id": "l", "data_set": "conversations", "metric": {"metric": "conversations"}, "limit": 3}]);
    asked
}

pub fn drill() -> Value {
    json!({"data_set": "conversations", "range": range(), "filters": [], "metric": {"metric": "conversations"}, "limit": 5, "cursor": null})
}

/// Ids of conversations that a drill shows.
pub fn conversation_ids(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    let columns = json["columns"].as_array().expect("columns");
    let at = columns.iter().position(|column| column["name"] == "conversation_id").expect("a column with ids");
    let rows = json["rows"].as_array().expect("rows");
    rows.iter().map(|row| row[at].as_str().unwrap_or_default().to_owned()).collect()
}
