//! A server with people, and an authenticator in software.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use parclose_access::actions::{ManagePeople, ReadAudit};
use parclose_access::{Door, Grant, OpCtx, Workspace};
use parclose_catalog::{AuditFilter, Catalog, PersonKind};
use parclose_identity::*;
use parclose_model::{PersonId, WorkspaceId, WorkspaceSettings};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::result::Result;
use std::sync::Arc;
use tempfile::TempDir;

pub const PASSWORD: &str = "three purple anvils";
pub const ORIGIN: &str = "https://insights.acme.example";
/// The instant at which tests begin, somewhere inside a step of thirty seconds.
pub const NOW: i64 = 1_800_000_010_000;
pub const MINUTE: i64 = 60_000;

pub struct Rig {
    _dir: TempDir,
    pub identity: Identity,
    pub acme: WorkspaceId,
}

pub async fn empty(settings: WorkspaceSettings) -> Rig {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&dir.path().join("catalog.db")).await.unwrap();
    let acme = WorkspaceId::new("acme");
    catalog.install_workspace(&acme, &settings, 0).await.unwrap();
    let identity = Identity::new(catalog, Arc::new(Door::for_tests()), Arc::new(OsRandomness), Limits::default()).await.unwrap();
    Rig { _dir: dir, identity: identity.with_base_url(ORIGIN), acme }
}

/// With a first administrator, `boss`.
pub async fn started() -> Rig {
    let rig = empty(WorkspaceSettings::default()).await;
    assert!(rig.identity.ensure_first_administrator(&rig.acme, "boss", PASSWORD, 0).await.unwrap());
    rig
}

pub fn peer() -> IpAddr {
    "192.0.2.1".parse().unwrap()
}

impl Rig {
    pub async fn enter(&self, login: &str, password: &str, now: i64) -> Result<Entrance, Error> {
        self.identity.sign_in(SignIn { workspace: &self.acme, login, password, peer: peer(), previous: None, request_id: "r" }, now).await
    }

    pub async fn signed_in(&self, login: &str, now: i64) -> SignedIn {
        match self.enter(login, PASSWORD, now).await.unwrap() {
            Entrance::Open(signed_in) => *signed_in,
            Entrance::Factor(_) => panic!("{login} has a second factor"),
        }
    }

    pub async fn at_second_step(&self, login: &str, now: i64) -> FactorStep {
        match self.enter(login, PASSWORD, now).await.unwrap() {
            Entrance::Open(_) => panic!("{login} has no second factor"),
            Entrance::Factor(step) => step,
        }
    }

    pub fn step<'a>(&'a self, browser: Option<&'a str>, now_ms: i64) -> StepAttempt<'a> {
        StepAttempt { workspace: &self.acme, browser, peer: peer(), previous: None, request_id: "r", now_ms }
    }

    pub async fn code(&self, step: &FactorStep, code: &str, now: i64) -> Result<SignedIn, Error> {
        self.identity.sign_in_with_code(self.step(Some(&step.browser), now), code).await
    }

    pub async fn is_alive(&self, token: &str, now: i64) -> bool {
        self.identity.caller_from_session(token, now).await.unwrap().is_some()
    }

    pub async fn people<T>(&self, now: i64, act: impl AsyncFnOnce(&Grant<'_, ManagePeople, Workspace>) -> T) -> T {
        let boss = self.signed_in("boss", now).await;
        let ctx = OpCtx::new(&boss.caller, "r", now);
        act(&ctx.authorize(ManagePeople, &Workspace::of(&boss.caller)).unwrap()).await
    }

    /// Somebody with a password of their own.
    pub async fn add(&self, login: &str) -> PersonId {
        let account = NewAccount {
            kind: PersonKind::Person,
            login: login.into(),
            email: login.into(),
            name: "Dina Novak".into(),
            roles: vec!["supervisor".into(), "wfo.dashboard_viewer".into()],
            attributes: BTreeMap::new(),
        };
        self.people(0, async |grant| self.identity.create_person(grant, account, Some(PASSWORD)).await.unwrap()).await
    }

    /// The last words of the audit trail, the newest first.
    pub async fn last_words(&self, how_many: i64) -> Vec<String> {
        let person = parclose_access::VerifiedPerson {
            workspace: self.acme.clone(),
            person: PersonId::new("auditor"),
            login: "auditor".into(),
            display_name: "A".into(),
            roles: vec!["admin".into(), "wfo.full_access".into()],
            attributes: BTreeMap::new(),
            means: parclose_access::Means::Session { id: "s".into() },
        };
        let auditor = Door::for_tests().caller(person).unwrap();
        let ctx = OpCtx::new(&auditor, "r", NOW);
        let grant = ctx.authorize(ReadAudit, &Workspace::of(&auditor)).unwrap();
        let records = self.identity.catalog().audit(&grant, &AuditFilter { limit: how_many, ..Default::default() }).await.unwrap();
        records.into_iter().filter_map(|record| record.entry.detail).collect()
    }
}

/// The code that an application shows for a secret in base32.
pub fn code_at(secret: &str, now_ms: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(now_ms / 1000).unwrap()).to_string()
}

/// An authenticator with one passkey, as a browser would speak for it.
pub struct Authenticator {
    key: EcdsaKeyPair,
    pub id: Vec<u8>,
    pub user: String,
    pub counter: u32,
    pub origin: String,
    pub rp_id: String,
    /// User present and verified.
    pub flags: u8,
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Authenticator {
    pub fn new(id: &[u8]) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self {
            key,
            id: id.to_vec(),
            user: String::new(),
            counter: 1,
            origin: ORIGIN.into(),
            rp_id: "insights.acme.example".into(),
            flags: 0x05,
        }
    }

    fn client_data(&self, kind: &str, challenge: &str) -> String {
        json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false}).to_string()
    }

    fn auth_data(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.rp_id.as_bytes()).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// Answers a challenge for a new passkey.
    pub fn make(&mut self, options: &Value) -> Value {
        self.user = options["user"]["id"].as_str().unwrap().to_owned();
        let point = self.key.public_key().as_ref();
        let int = |n: i64| Cbor::Integer(n.into());
        let cose = Cbor::Map(vec![
            (int(1), int(2)),
            (int(3), int(-7)),
            (int(-1), int(1)),
            (int(-2), Cbor::Bytes(point[1..33].to_vec())),
            (int(-3), Cbor::Bytes(point[33..65].to_vec())),
        ]);
        let mut data = self.auth_data(self.flags | 0x40);
        data.extend([0_u8; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        ciborium::into_writer(&cose, &mut data).unwrap();
        let text = |text: &str| Cbor::Text(text.into());
        let object =
            Cbor::Map(vec![(text("fmt"), text("none")), (text("attStmt"), Cbor::Map(Vec::new())), (text("authData"), Cbor::Bytes(data))]);
        let mut attestation = Vec::new();
        ciborium::into_writer(&object, &mut attestation).unwrap();
        let client = self.client_data("webauthn.create", options["challenge"].as_str().unwrap());
        json!({"id": encode(&self.id), "rawId": encode(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {"clientDataJSON": encode(client), "attestationObject": encode(attestation), "transports": ["internal"]}})
    }

    /// Answers a challenge with the passkey.
    pub fn answer(&mut self, options: &Value) -> Value {
        self.counter += 1;
        self.answer_again(options)
    }

    /// As a copy would, that did not see the last use.
    pub fn answer_again(&self, options: &Value) -> Value {
        let client = self.client_data("webauthn.get", options["challenge"].as_str().unwrap());
        let data = self.auth_data(self.flags);
        let signed = [data.as_slice(), Sha256::digest(client.as_bytes()).as_slice()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({"id": encode(&self.id), "rawId": encode(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {"clientDataJSON": encode(client), "authenticatorData": encode(data), "signature": encode(signature.as_ref()), "userHandle": self.user}})
    }
}
