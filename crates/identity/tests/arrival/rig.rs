//! A workspace with an administrator, and providers of both kinds.

use crate::openid::{CLIENT, ISSUER, OpenId, SECRET};
use crate::saml_provider::{NOW_MS, Words, peer};
use parclose_access::actions::{ManageConnections, ManagePeople, ReadAudit};
use parclose_access::{Door, Grant, OpCtx, Workspace};
use parclose_catalog::{AuditFilter, Catalog, Person};
use parclose_identity::*;
use parclose_model::{PersonId, WorkspaceId, WorkspaceSettings};
use parclose_oidc::OidcClient;
use parclose_saml::SamlRs;
use std::collections::HashMap;
use std::sync::Arc;
use url::Url;

pub const PASSWORD: &str = "three purple anvils";
pub const BASE: &str = "https://insights.test.example";

pub struct Rig {
    _dir: Option<tempfile::TempDir>,
    pub identity: Identity,
    pub provider: Arc<OpenId>,
    pub acme: WorkspaceId,
}

async fn identity(catalog: Catalog, provider: &Arc<OpenId>) -> Identity {
    let identity = Identity::new(catalog, Arc::new(Door::for_tests()), Arc::new(OsRandomness), Limits::default()).await.unwrap();
    let oidc = Arc::new(OidcClient::new(provider.clone()));
    identity.with_providers(Providers { base_url: BASE.into(), saml: Arc::new(SamlRs), oidc })
}

pub async fn rig() -> Rig {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&dir.path().join("catalog.db")).await.unwrap();
    let acme = WorkspaceId::new("acme");
    catalog.install_workspace(&acme, &WorkspaceSettings::default(), NOW_MS).await.unwrap();
    let provider = Arc::new(OpenId::new());
    let identity = identity(catalog, &provider).await;
    identity.ensure_first_administrator(&acme, "boss", PASSWORD, NOW_MS).await.unwrap();
    Rig { _dir: Some(dir), identity, provider, acme }
}

impl Rig {
    /// Another process of the same server: its own memory, the same file.
    pub async fn neighbour(&self) -> Rig {
        let path = self._dir.as_ref().unwrap().path().join("catalog.db");
        let identity = identity(Catalog::open(&path).await.unwrap(), &self.provider).await;
        Rig { _dir: None, identity, provider: self.provider.clone(), acme: self.acme.clone() }
    }

    async fn boss(&self) -> SignedIn {
        let attempt = SignIn { workspace: &self.acme, login: "boss", password: PASSWORD, peer: "192.0.2.9".parse().unwrap(), previous: None, request_id: "r" };
        match self.identity.sign_in(attempt, NOW_MS).await.unwrap() {
            Entrance::Open(signed_in) => *signed_in,
            Entrance::Factor(_) => panic!("the administrator has no second factor"),
        }
    }

    pub async fn manage<T>(&self, act: impl AsyncFnOnce(&Grant<'_, ManageConnections, Workspace>) -> T) -> T {
        let boss = self.boss().await;
        let ctx = OpCtx::new(&boss.caller, "r", NOW_MS);
        act(&ctx.authorize(ManageConnections, &Workspace::of(&boss.caller)).unwrap()).await
    }

    pub async fn people<T>(&self, act: impl AsyncFnOnce(&Grant<'_, ManagePeople, Workspace>) -> T) -> T {
        let boss = self.boss().await;
        let ctx = OpCtx::new(&boss.caller, "r", NOW_MS);
        act(&ctx.authorize(ManagePeople, &Workspace::of(&boss.caller)).unwrap()).await
    }

    /// What the audit trail says last.
    pub async fn last_words(&self, how_many: i64) -> Vec<String> {
        let boss = self.boss().await;
        let ctx = OpCtx::new(&boss.caller, "r", NOW_MS);
        let grant = ctx.authorize(ReadAudit, &Workspace::of(&boss.caller)).unwrap();
        let filter = AuditFilter { limit: how_many + 1, ..AuditFilter::default() };
        // Without the line of the administrator who asks.
        let lines = self.identity.catalog().audit(&grant, &filter).await.unwrap().into_iter().skip(1);
        lines.map(|line| line.entry.detail.unwrap_or_default()).collect()
    }

    pub async fn add(&self, settings: ConnectionSettings) -> String {
        self.manage(async |grant| self.identity.create_connection(grant, "Okta", true, &settings).await.unwrap().id).await
    }

    pub async fn change(&self, id: &str, change: impl FnOnce(&mut ConnectionSettings, &mut bool)) -> ConnectionView {
        self.manage(async |grant| {
            let mut view = self.identity.find_connection(grant, id).await.unwrap();
            change(&mut view.settings, &mut view.enabled);
            self.identity.change_connection(grant, id, view.version, &view.name, view.enabled, view.settings).await.unwrap()
        })
        .await
    }

    pub fn arrival<'a>(&'a self, id: &'a str, browser: Option<&'a str>) -> Arrival<'a> {
        Arrival {
            workspace: &self.acme,
            connection: id,
            browser,
            previous: None,
            peer: "192.0.2.1".parse().unwrap(),
            request_id: "r",
            now_ms: NOW_MS,
        }
    }

    pub async fn person(&self, login: &str) -> Option<Person> {
        self.identity.catalog().credentials(&self.acme, login).await.unwrap().map(|found| found.person)
    }

    pub async fn local(&self, login: &str, roles: &[&str]) -> PersonId {
        let account = NewAccount {
            kind: parclose_catalog::PersonKind::Person,
            login: login.into(),
            email: login.into(),
            name: "Local".into(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            attributes: Default::default(),
        };
        self.people(async |grant| self.identity.create_person(grant, account, Some(PASSWORD)).await.unwrap()).await
    }
}

pub fn saml_settings() -> ConnectionSettings {
    let peer = peer();
    let saml =
        SamlSettings { entity_id: peer.entity_id, sso_url: peer.sso_url, certificates: peer.certificates, ..SamlSettings::default() };
    ConnectionSettings {
        protocol: Protocol::Saml(saml),
        mapping: Mapping::default(),
        forbids_local_sign_in: false,
        adopts_by_verified_email: false,
        scim_links_by_user_name: false,
        single_logout: false,
    }
}

pub fn oidc_settings() -> ConnectionSettings {
    let oidc =
        OidcSettings { issuer: ISSUER.into(), client_id: CLIENT.into(), client_secret: Some(SECRET.into()), ..OidcSettings::default() };
    ConnectionSettings { protocol: Protocol::Oidc(oidc), ..saml_settings() }
}

pub fn saml_of(settings: &mut ConnectionSettings) -> &mut SamlSettings {
    match &mut settings.protocol {
        Protocol::Saml(saml) => saml,
        Protocol::Oidc(_) => panic!("not SAML"),
    }
}

/// What a SAML provider has in hand when a browser comes to it.
pub struct Visit {
    pub browser: String,
    pub relay_state: String,
    pub words: Words,
}

impl Rig {
    /// Goes to the SAML provider.
    pub async fn visit(&self, id: &str, next: Option<&str>) -> Visit {
        let begun = self.identity.begin_arrival(&self.acme, id, next, None, NOW_MS).await.unwrap();
        let query: HashMap<String, String> = Url::parse(&begun.url).unwrap().query_pairs().into_owned().collect();
        let xml = saml_rs::binding::deflate_raw_decode(&saml_rs::binding::base64_decode(&query["SAMLRequest"]).unwrap()).unwrap();
        let xml = String::from_utf8(xml).unwrap();
        let request = xml.split_once("ID=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
        Visit { browser: begun.browser, relay_state: query["RelayState"].clone(), words: words(id, &request) }
    }

    /// Posts a response and, if it is taken, comes with the ticket.
    pub async fn post(&self, id: &str, visit: &Visit, xml: &str) -> std::result::Result<Arrived, Error> {
        let encoded = saml_rs::binding::base64_encode(xml.as_bytes());
        let ticket = self.identity.arrive_with_response(self.arrival(id, None), &encoded, &visit.relay_state).await?;
        self.identity.arrive_with_ticket(self.arrival(id, Some(&visit.browser)), &ticket).await
    }
}

/// A response for this connection, with ids of its own.
pub fn words(id: &str, request: &str) -> Words {
    let acs = format!("{BASE}/sso/{id}/acs");
    Words {
        response_id: format!("_response{request}"),
        assertion_id: format!("_assertion{request}"),
        destination: acs.clone(),
        recipient: acs,
        audience: format!("{BASE}/sso/{id}/metadata"),
        in_response_to: Some(request.into()),
        confirmed_for: Some(request.into()),
        ..Words::default()
    }
}
