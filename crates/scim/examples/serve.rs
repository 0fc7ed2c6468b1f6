//! The routes of SCIM on the loopback over a catalog that is thrown away, for testers from outside.
//!
//! `cargo run -p parclose-scim --example serve` prints one line of JSON, `{"url": …, "key": …}`, and serves until it is
//! stopped. It serves SCIM and nothing else.

#[allow(dead_code)]
#[path = "../tests/it/rig.rs"]
mod rig;

use std::io::Write;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let now_ms = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
    let rig = rig::rig_at(&url, now_ms).await;
    println!("{}", serde_json::json!({"url": format!("{url}/scim/v2"), "key": rig.key}));
    std::io::stdout().flush()?;
    axum::serve(listener, rig.app.clone()).await?;
    Ok(())
}
