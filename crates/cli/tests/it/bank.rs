//! A real month of calls through the mapping file, and its measured numbers through the API.

use crate::server::{ADMIN, Server, program};
use serde_json::{Value, json};
use std::path::PathBuf;

/// The month is not part of the project; the test runs where it lies in a folder `shared` above.
fn month() -> Option<PathBuf> {
    let here = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where"));
    let file = "shared/data/anonymous_bank_1999_02/data_anonymous_bank_february.txt";
    here.ancestors().map(|folder| folder.join(file)).find(|path| path.exists())
}

async fn call(url: &str, path: &str, session: Option<&(String, String)>, body: Value) -> (u16, Value, Option<String>) {
    let client = reqwest::Client::new();
    let mut request = client.post(format!("{url}{path}")).header("content-type", "application/json").body(body.to_string());
    if let Some((cookie, csrf)) = session {
        request = request.header("cookie", cookie).header("x-csrf-token", csrf);
    }
    let answer = request.send().await.unwrap();
    let cookie = answer.headers().get("set-cookie").and_then(|v| v.to_str().ok()).and_then(|v| v.split(';').next()).map(str::to_owned);
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null), cookie)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bank_months_numbers_are_the_measured_ones() {
    let Some(month) = month() else {
        eprintln!("the month is not here: nothing was tested");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mapping = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where")).join("../../examples/anonymous-bank.yaml");
    // Twice: a repeated import changes nothing.
    for attempt in 0..2 {
        let out = program()
            .args(["import", "csv", "--workspace", "main", "--mapping"])
            .arg(&mapping)
            .arg("--data-dir")
            .arg(folder.path())
            .arg(&month)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        assert!(out.status.success(), "{said}{}", String::from_utf8_lossy(&out.stderr));
        if attempt == 1 {
            assert!(said.contains("(0 new,"), "{said}");
        }
    }
    let server = Server::start(folder.path()).await;
    let (status, me, cookie) = call(&server.url, "/api/v1/sign-in", None, json!({"login": ADMIN.0, "password": ADMIN.1})).await;
    assert_eq!(status, 200, "{me}");
    let session = (cookie.unwrap(), me["csrf_token"].as_str().unwrap().to_owned());
    let metrics = json!([{"metric": "queued"}, {"metric": "abandoned_segments"}, {"metric": "abandoned"}, {"metric": "handled"},
        {"metric": "answered_within", "seconds": 20}, {"metric": "answered_within", "seconds": 60}]);
    let batch = json!({"range": {"from": "1999-01-31", "to": "1999-03-02"}, "reports": [{"id": "bank", "query": {"data_set": "conversations", "metrics": metrics}}]});
    let (status, answer, _) = call(&server.url, "/api/v1/query", Some(&session), batch).await;
    assert_eq!(status, 200, "{answer}");
    let row = answer["reports"][0]["rows"][0].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
    let number = |at: usize| row[at].as_f64().unwrap();
    assert_eq!((number(0), number(1), number(2), number(3)), (18_028.0, 3_932.0, 3_932.0, 27_162.0));
    let tenths = |at: usize| (number(at) * 1000.0).round() / 10.0;
    assert_eq!((tenths(4), tenths(5)), (59.7, 77.1));
}
