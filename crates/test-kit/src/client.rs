//! Requests without a socket.

use crate::people::PASSWORD;
use crate::server::TestApp;
use anyhow::Context;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tower::ServiceExt;

/// Who asks.
#[derive(Debug, Clone)]
pub enum Who {
    /// Nobody.
    Nobody,
    /// Somebody with a session.
    Session {
        /// `name=value`.
        cookie: String,
        /// What `Me` said.
        csrf: String,
    },
    /// A program.
    Key(String),
}

/// An answer, read to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON; null when it isn't.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
    /// The error's code, if it is one.
    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }
    /// Everything that reached the caller, as text, with the request's id blanked out.
    pub fn bytes(&self) -> String {
        let id = self.headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or("-").to_owned();
        let mut lines: Vec<String> =
            self.headers.iter().map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))).collect();
        lines.sort();
        format!("{}\n{}\n\n{}", self.status, lines.join("\n"), String::from_utf8_lossy(&self.body)).replace(&id, "<id>")
    }
}

impl TestApp {
    /// Signs a persona in, once.
    pub async fn who(&self, login: &str) -> anyhow::Result<Who> {
        let mut known = self.signed_in.lock().await;
        if let Some(who) = known.get(login) {
            return Ok(who.clone());
        }
        let answer = self.call(&Who::Nobody, Method::POST, "/api/v1/sign-in", Some(json!({"login": login, "password": PASSWORD}))).await?;
        anyhow::ensure!(answer.status == StatusCode::OK, "{login} can't sign in: {}", answer.bytes());
        let cookie = answer.headers.get(header::SET_COOKIE).context("a cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let csrf = answer.json()["csrf_token"].as_str().unwrap_or_default().to_owned();
        let who = Who::Session { cookie, csrf };
        known.insert(login.to_owned(), who.clone());
        Ok(who)
    }

    /// Asks as a persona.
    pub async fn ask(&self, login: &str, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Answer> {
        let who = self.who(login).await?;
        self.call(&who, method, path, body).await
    }

    /// Asks with a JSON body, or none.
    pub async fn call(&self, who: &Who, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Answer> {
        let mut request = Request::builder().method(method).uri(path);
        match who {
            Who::Nobody => {}
            Who::Session { cookie, csrf } => request = request.header(header::COOKIE, cookie).header("x-csrf-token", csrf),
            Who::Key(key) => request = request.header(header::AUTHORIZATION, format!("Bearer {key}")),
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        self.send(request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))?).await
    }

    /// Sends any request, from an address that is not this machine's.
    pub async fn send(&self, mut request: Request<Body>) -> anyhow::Result<Answer> {
        if request.extensions().get::<ConnectInfo<SocketAddr>>().is_none() {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 5], 4321))));
        }
        let response = self.app.router().oneshot(request).await?;
        let (parts, body) = response.into_parts();
        Ok(Answer { status: parts.status, headers: parts.headers, body: to_bytes(body, 64 << 20).await? })
    }
}
