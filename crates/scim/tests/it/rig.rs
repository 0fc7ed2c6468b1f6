//! A workspace with two directories, each with a key.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use parclose_access::actions::{ManageConnections, ManageKeys, ManagePeople, ReadAudit};
use parclose_access::{Door, Grant, KeyScope, OpCtx, Workspace};
use parclose_catalog::{AuditFilter, Catalog, Person, PersonKind};
use parclose_identity::*;
use parclose_model::{PersonId, WorkspaceId, WorkspaceSettings};
use parclose_scim::{ScimDeps, router};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

pub const PASSWORD: &str = "three purple anvils";
pub const BASE: &str = "https://insights.test.example";
pub const NOW_MS: i64 = 1_800_000_000_000;
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub const OURS: &str = "urn:parclose:params:scim:schemas:extension:1.0:User";

pub struct Rig {
    // Holds the folder until the end.
    #[allow(dead_code)]
    pub dir: tempfile::TempDir,
    pub identity: Arc<Identity>,
    pub acme: WorkspaceId,
    pub app: Router,
    /// Connection and key of the first directory.
    pub connection: String,
    pub key: String,
    /// Of the second.
    pub other_connection: String,
    pub other_key: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn id(&self) -> String {
        self.body["id"].as_str().expect("it has an id").to_owned()
    }
    #[track_caller]
    pub fn is(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }
    #[track_caller]
    pub fn refused(self, status: u16, scim_type: &str) -> Answer {
        let found = self.body["scimType"].as_str().unwrap_or_default().to_owned();
        assert_eq!((self.status.as_u16(), found.as_str()), (status, scim_type), "{}", self.body);
        assert_eq!(self.body["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error");
        assert_eq!(self.body["status"], status.to_string());
        self
    }
}

pub fn settings(issuer: &str) -> ConnectionSettings {
    let oidc =
        OidcSettings { issuer: issuer.into(), client_id: "parclose".into(), client_secret: Some("s".into()), ..OidcSettings::default() };
    ConnectionSettings {
        protocol: Protocol::Oidc(oidc),
        mapping: Mapping::default(),
        forbids_local_sign_in: false,
        adopts_by_verified_email: false,
        scim_links_by_user_name: false,
        single_logout: false,
    }
}

pub async fn rig() -> Rig {
    rig_at(BASE, || NOW_MS).await
}

pub async fn rig_at(base_url: &str, now_ms: fn() -> i64) -> Rig {
    let dir = tempfile::tempdir().expect("a folder");
    let catalog = Catalog::open(&dir.path().join("catalog.db")).await.expect("it opens");
    let acme = WorkspaceId::new("acme");
    catalog.install_workspace(&acme, &WorkspaceSettings::default(), NOW_MS).await.expect("installed");
    let identity = Identity::new(catalog, Arc::new(Door::for_tests()), Arc::new(OsRandomness), Limits::default()).await.expect("it starts");
    identity.ensure_first_administrator(&acme, "boss", PASSWORD, NOW_MS).await.expect("made");
    let identity = Arc::new(identity);
    let app = router(ScimDeps { identity: identity.clone(), workspaces: vec![acme.clone()], base_url: base_url.to_owned(), now_ms });
    let mut rig = Rig {
        dir,
        identity,
        acme,
        app,
        connection: String::new(),
        key: String::new(),
        other_connection: String::new(),
        other_key: String::new(),
    };
    (rig.connection, rig.key) = rig.directory("Okta", "https://okta.test.example").await;
    (rig.other_connection, rig.other_key) = rig.directory("Entra ID", "https://entra.test.example").await;
    rig
}

impl Rig {
    pub async fn boss(&self) -> SignedIn {
        let attempt =
            SignIn { workspace: &self.acme, login: "boss", password: PASSWORD, peer: "192.0.2.9".parse().expect("an address"), previous: None, request_id: "r" };
        match self.identity.sign_in(attempt, NOW_MS).await.expect("the boss comes in") {
            Entrance::Open(signed_in) => *signed_in,
            Entrance::Factor(_) => panic!("the boss has no second factor"),
        }
    }

    pub async fn manage<T>(&self, act: impl AsyncFnOnce(&Grant<'_, ManageConnections, Workspace>) -> T) -> T {
        let boss = self.boss().await;
        let ctx = OpCtx::new(&boss.caller, "r", NOW_MS);
        act(&ctx.authorize(ManageConnections, &Workspace::of(&boss.caller)).expect("allowed")).await
    }

    pub async fn people<T>(&self, act: impl AsyncFnOnce(&Grant<'_, ManagePeople, Workspace>) -> T) -> T {
        let boss = self.boss().await;
        let ctx = OpCtx::new(&boss.caller, "r", NOW_MS);
        act(&ctx.authorize(ManagePeople, &Workspace::of(&boss.caller)).expect("allowed")).await
    }

    pub async fn make_key(&self, request: KeyRequest) -> std::result::Result<IssuedKey, Error> {
        let boss = self.boss().await;
        let ctx = OpCtx::new(&boss.caller, "r", NOW_MS);
        let grant = ctx.authorize(ManageKeys, &Workspace::of(&boss.caller)).expect("allowed");
        self.identity.create_api_key(&grant, request).await
    }

    pub async fn revoke(&self, key: &str) {
        let boss = self.boss().await;
        let ctx = OpCtx::new(&boss.caller, "r", NOW_MS);
        let grant = ctx.authorize(ManageKeys, &Workspace::of(&boss.caller)).expect("allowed");
        let prefix = key.split('_').nth(1).expect("a prefix");
        let all = self.identity.list_api_keys(&grant).await.expect("listed");
        let id = &all.iter().find(|key| key.prefix == prefix).expect("there").id;
        self.identity.revoke_api_key(&grant, id).await.expect("revoked");
    }

    pub async fn local(&self, kind: PersonKind, login: &str, roles: &[&str]) -> PersonId {
        let account = NewAccount {
            kind,
            login: login.into(),
            email: String::new(),
            name: login.into(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            attributes: Default::default(),
        };
        self.people(async |grant| self.identity.create_person(grant, account, None).await.expect("made")).await
    }

    pub async fn directory(&self, name: &str, issuer: &str) -> (String, String) {
        let connection =
            self.manage(async |grant| self.identity.create_connection(grant, name, true, &settings(issuer)).await.expect("made").id).await;
        let service = self.local(PersonKind::Service, &format!("directory of {name}"), &[]).await;
        let request = KeyRequest {
            name: name.into(),
            person: service,
            scopes: [KeyScope::Scim].into(),
            connection: Some(connection.clone()),
            expires_ms: None,
        };
        (connection, self.make_key(request).await.expect("made").secret().to_owned())
    }

    pub async fn raw(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.expect("it answers");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 64 * 1024 * 1024).await.expect("a body");
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn with(&self, key: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).expect("a method"))
            .uri(format!("/scim/v2{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {key}"))
            .header(header::CONTENT_TYPE, "application/scim+json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.raw(request.body(body).expect("a request")).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.with(&self.key, "GET", path, None).await
    }
    pub async fn send(&self, method: &str, path: &str, body: Value) -> Answer {
        self.with(&self.key, method, path, Some(body)).await
    }
    pub async fn delete(&self, path: &str) -> Answer {
        self.with(&self.key, "DELETE", path, None).await
    }
    pub async fn patch(&self, path: &str, operations: Value) -> Answer {
        self.send("PATCH", path, json!({"schemas": [PATCH], "Operations": operations})).await
    }

    /// Makes a person in the first directory.
    pub async fn user(&self, name: &str, more: Value) -> String {
        let mut body = json!({"schemas": [USER], "userName": name, "active": true});
        for (name, value) in more.as_object().expect("an object") {
            body[name] = value.clone();
        }
        self.send("POST", "/Users", body).await.is(201).id()
    }

    pub async fn person(&self, id: &str) -> Person {
        self.identity.catalog().person(&self.acme, &PersonId::new(id)).await.expect("read").expect("there")
    }

    /// What the audit trail says, the newest first, of SCIM only.
    pub async fn words(&self) -> Vec<(String, String)> {
        let boss = self.boss().await;
        let ctx = OpCtx::new(&boss.caller, "r", NOW_MS);
        let grant = ctx.authorize(ReadAudit, &Workspace::of(&boss.caller)).expect("allowed");
        let filter = AuditFilter { action: Some("scim".into()), limit: 50, ..AuditFilter::default() };
        let lines = self.identity.catalog().audit(&grant, &filter).await.expect("read");
        lines.into_iter().map(|line| (line.entry.detail.unwrap_or_default(), line.entry.resource_id)).collect()
    }

    /// The last thing of SCIM in the audit trail.
    pub async fn last_word(&self) -> String {
        self.words().await.into_iter().next().unwrap_or_default().0
    }
}
