//! An OpenID provider without a socket: it answers what [`Fetch`] asks. Tests of other crates use this file too.
#![allow(dead_code)]

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use parclose_oidc::{Answer, Fetch, Outgoing, Unreachable};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Mutex;
use url::Url;

pub const NOW_MS: i64 = 1_793_361_600_000; // 2026-10-30T12:00:00Z
pub const ISSUER: &str = "https://idp.test.example/tenant";
pub const CLIENT: &str = "parclose";
pub const SECRET: &str = "the client's secret";

/// A key and its name.
#[derive(Clone)]
pub struct Key {
    pub kid: &'static str,
    pub algorithm: Algorithm,
    pub key: EncodingKey,
}

pub fn rsa() -> Key {
    Key { kid: "rsa-1", algorithm: Algorithm::RS256, key: EncodingKey::from_rsa_der(include_bytes!("../keys/rsa.der")) }
}

/// Somebody else's key with the same name.
pub fn other() -> Key {
    Key { key: EncodingKey::from_rsa_der(include_bytes!("../keys/other.der")), ..rsa() }
}

pub fn ec() -> Key {
    Key { kid: "ec-1", algorithm: Algorithm::ES256, key: EncodingKey::from_ec_der(include_bytes!("../keys/ec.der")) }
}

impl Key {
    pub fn public(&self) -> Value {
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&self.key, self.algorithm).unwrap()).unwrap();
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk
    }
    pub fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.kid.into()), ..Header::new(self.algorithm) };
        encode(&header, claims, &self.key).unwrap()
    }
}

/// What providers publish, with keys that nobody needs among it.
pub fn key_set(keys: &[Key]) -> Value {
    let mut all: Vec<Value> = vec![json!({"kty": "quantum", "kid": "future"}), json!("nonsense")];
    all.extend(keys.iter().map(Key::public));
    json!({"keys": all})
}

/// Claims of a good token.
pub fn claims(nonce: &str) -> Value {
    let now = NOW_MS / 1000;
    json!({"iss": ISSUER, "sub": "subject-1", "aud": CLIENT, "exp": now + 300, "iat": now - 5, "nonce": nonce,
        "email": "alice@test.example", "email_verified": true, "name": "Alice Ångström", "roles": ["supervisor", "wfo.team_leader"], "team": "Anvils & Co"})
}

struct Code {
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

/// The provider.
pub struct OpenId {
    codes: Mutex<HashMap<String, Code>>,
    /// Makes the token of the nonce that was sent.
    pub token: Mutex<Box<dyn Fn(&str) -> String + Send>>,
    pub keys: Mutex<Value>,
    pub discovery: Mutex<Value>,
    pub calls: Mutex<Vec<String>>,
}

impl OpenId {
    pub fn new() -> Self {
        let discovery = json!({"issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize?tenant=1"), "token_endpoint": format!("{ISSUER}/token"), "jwks_uri": format!("{ISSUER}/keys")});
        Self {
            codes: Mutex::default(),
            token: Mutex::new(Box::new(|nonce| rsa().sign(&claims(nonce)))),
            keys: Mutex::new(key_set(&[rsa(), ec()])),
            discovery: Mutex::new(discovery),
            calls: Mutex::default(),
        }
    }

    /// What it signs from now on.
    pub fn signs(&self, token: impl Fn(&str) -> String + Send + 'static) {
        *self.token.lock().unwrap() = Box::new(token);
    }

    /// Somebody signs in there: gives state and code.
    pub fn visit(&self, address: &str) -> (String, String) {
        let url = Url::parse(address).unwrap();
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert!(address.starts_with(&format!("{ISSUER}/authorize?tenant=1&")), "{address}");
        assert_eq!(
            (query["response_type"].as_str(), query["client_id"].as_str(), query["code_challenge_method"].as_str()),
            ("code", CLIENT, "S256")
        );
        assert!(query["scope"].split(' ').any(|scope| scope == "openid"));
        let mut codes = self.codes.lock().unwrap();
        let code = format!("code-{}", codes.len() + 1);
        codes.insert(
            code.clone(),
            Code { nonce: query["nonce"].clone(), challenge: query["code_challenge"].clone(), redirect_uri: query["redirect_uri"].clone() },
        );
        (query["state"].clone(), code)
    }

    fn answer(&self, status: u16, body: &Value) -> Answer {
        Answer { status, body: body.to_string().into_bytes() }
    }
}

#[async_trait]
impl Fetch for OpenId {
    async fn send(&self, request: Outgoing) -> Result<Answer, Unreachable> {
        let path = request.url.as_str().strip_prefix(ISSUER).ok_or(Unreachable("foreign"))?.to_owned();
        self.calls.lock().unwrap().push(path.clone());
        Ok(match (path.as_str(), request.form) {
            ("/.well-known/openid-configuration", None) => self.answer(200, &self.discovery.lock().unwrap()),
            ("/keys", None) => self.answer(200, &self.keys.lock().unwrap()),
            ("/token", Some(form)) => {
                let form: HashMap<&str, String> = form.into_iter().collect();
                let known = self.codes.lock().unwrap().remove(form["code"].as_str());
                let knows_secret = request.basic == Some((CLIENT.into(), "the+client%27s+secret".into()))
                    || form.get("client_secret").is_some_and(|sent| sent == SECRET);
                let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
                match known {
                    Some(code) if knows_secret && code.challenge == challenge && code.redirect_uri == form["redirect_uri"] => {
                        let token = self.token.lock().unwrap()(&code.nonce);
                        self.answer(200, &json!({"access_token": "opaque", "token_type": "Bearer", "id_token": token}))
                    }
                    _ => self.answer(400, &json!({"error": "invalid_grant"})),
                }
            }
            _ => self.answer(404, &json!({})),
        })
    }
}
