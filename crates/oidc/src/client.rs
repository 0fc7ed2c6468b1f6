//! The flow: where a browser is sent, and what is made of the code that it brings back.

use crate::fetch::may_go_to;
use crate::{Claims, Error, Expected, Fetch, Outgoing, Refused, Unreachable, verify_id_token};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use url::Url;

/// Discovery documents and keys are asked for again after this.
const FRESH_MS: i64 = 600_000;
/// A key that is not known makes us ask again, this often at most.
const AGAIN_MS: i64 = 30_000;
/// Longest token that is put into an address.
const MAX_HINT_BYTES: usize = 6_000;

/// Ourselves at one provider.
#[derive(Clone)]
pub struct Client {
    /// The issuer, letter by letter as it calls itself.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there; none for a public client.
    pub client_secret: Option<String>,
    /// The secret travels in the form and not in the header.
    pub secret_in_form: bool,
    /// Where the browser comes back.
    pub redirect_uri: String,
    /// What is asked for, `openid` first.
    pub scopes: Vec<String>,
}

/// What the browser takes along. All three are fresh random texts.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    /// Finds the sign-in when it comes back.
    pub state: &'a str,
    /// Binds the token to it.
    pub nonce: &'a str,
    /// Binds the code to it; only its hash travels.
    pub verifier: &'a str,
}

/// What the browser brought back, with what we remember.
#[derive(Debug, Clone, Copy)]
pub struct CodeAnswer<'a> {
    /// The code.
    pub code: &'a str,
    /// The nonce that was sent.
    pub nonce: &'a str,
    /// The verifier that was kept.
    pub verifier: &'a str,
    /// Who says that it answers, if the provider sends it along.
    pub issuer: Option<&'a str>,
    /// Now, epoch milliseconds.
    pub now_ms: i64,
}

#[derive(Debug, Clone, Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    end_session_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// What came of a code.
#[derive(Debug, Clone)]
pub struct Proven {
    /// The claims of the token.
    pub claims: Claims,
    /// The token itself, which a logout shows to the provider. Nothing else may be done with it.
    pub id_token: String,
}

#[derive(Clone)]
struct Known {
    discovery: Discovery,
    keys: Arc<Value>,
    asked_ms: i64,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: Option<String>,
}

/// Talks to providers and remembers their keys for a while.
pub struct OidcClient {
    fetch: Arc<dyn Fetch>,
    known: Mutex<HashMap<String, Known>>,
}

impl OidcClient {
    /// With this way outwards.
    pub fn new(fetch: Arc<dyn Fetch>) -> Self {
        Self { fetch, known: Mutex::default() }
    }

    /// The address that takes a browser to the provider.
    pub async fn begin(&self, client: &Client, start: &Start<'_>, now_ms: i64) -> Result<String, Error> {
        let known = self.known(&client.issuer, FRESH_MS, now_ms).await?;
        let mut url =
            may_go_to(&known.discovery.authorization_endpoint, is_local(&client.issuer)).ok_or(Unreachable("authorization_endpoint"))?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(start.verifier.as_bytes()));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &client.client_id)
            .append_pair("redirect_uri", &client.redirect_uri)
            .append_pair("scope", &client.scopes.join(" "))
            .append_pair("state", start.state)
            .append_pair("nonce", start.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// Takes the code to the provider and gives the claims of its token.
    pub async fn finish(&self, client: &Client, answer: &CodeAnswer<'_>) -> Result<Proven, Error> {
        // Mix-up: an answer of another provider must not be taken to this one.
        if answer.issuer.is_some_and(|issuer| issuer != client.issuer) {
            return Err(Refused::because("oidc_mixed_up").into());
        }
        let known = self.known(&client.issuer, FRESH_MS, answer.now_ms).await?;
        // A provider that always says who answers has not written an answer that does not.
        if answer.issuer.is_none() && known.discovery.authorization_response_iss_parameter_supported {
            return Err(Refused::because("oidc_mixed_up").into());
        }
        let token = self.token(client, &known, answer).await?;
        let expected = Expected { issuer: &client.issuer, client_id: &client.client_id, nonce: answer.nonce, now_ms: answer.now_ms };
        let claims = match verify_id_token(&known.keys, &expected, &token) {
            // The provider may have new keys since we asked.
            Err(Refused { reason: "oidc_key" }) => {
                let newer = self.known(&client.issuer, AGAIN_MS, answer.now_ms).await?;
                verify_id_token(&newer.keys, &expected, &token)?
            }
            done => done?,
        };
        Ok(Proven { claims, id_token: token })
    }

    /// The address that takes a browser to the provider so that the session there ends too; none when it has no such
    /// address. Afterwards the browser comes back to `afterwards`, which the provider must know.
    pub async fn end_session(&self, client: &Client, id_token: Option<&str>, afterwards: &str, now_ms: i64) -> Result<Option<String>, Error> {
        let known = self.known(&client.issuer, FRESH_MS, now_ms).await?;
        let Some(address) = &known.discovery.end_session_endpoint else { return Ok(None) };
        let mut url = may_go_to(address, is_local(&client.issuer)).ok_or(Unreachable("end_session_endpoint"))?;
        let mut query = url.query_pairs_mut();
        query.append_pair("client_id", &client.client_id).append_pair("post_logout_redirect_uri", afterwards);
        // An address is no place for a long text; the provider then asks the person.
        if let Some(token) = id_token.filter(|token| token.len() <= MAX_HINT_BYTES) {
            query.append_pair("id_token_hint", token);
        }
        drop(query);
        Ok(Some(url.into()))
    }

    async fn token(&self, client: &Client, known: &Known, answer: &CodeAnswer<'_>) -> Result<String, Error> {
        let url = may_go_to(&known.discovery.token_endpoint, is_local(&client.issuer)).ok_or(Unreachable("token_endpoint"))?;
        let mut form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", answer.code.to_owned()),
            ("redirect_uri", client.redirect_uri.clone()),
            ("code_verifier", answer.verifier.to_owned()),
        ];
        let mut basic = None;
        match (&client.client_secret, client.secret_in_form) {
            (Some(secret), false) => basic = Some((escaped(&client.client_id), escaped(secret))),
            (Some(secret), true) => form.extend([("client_id", client.client_id.clone()), ("client_secret", secret.clone())]),
            (None, _) => form.push(("client_id", client.client_id.clone())),
        }
        let answer = self.fetch.send(Outgoing { url, form: Some(form), basic }).await?;
        if answer.status != 200 {
            // 4xx: a code that is wrong, old or somebody else's.
            return Err(if answer.status < 500 { Refused::because("oidc_code").into() } else { Unreachable("token_status").into() });
        }
        let tokens: Tokens = serde_json::from_slice(&answer.body).map_err(|_| Unreachable("token_answer"))?;
        Ok(tokens.id_token.ok_or(Refused::because("oidc_token"))?)
    }

    /// The provider's own description and keys, not older than so much.
    async fn known(&self, issuer: &str, fresh_ms: i64, now_ms: i64) -> Result<Known, Error> {
        let kept = self.known.lock().ok().and_then(|known| known.get(issuer).cloned());
        if let Some(kept) = kept.filter(|kept| (0..fresh_ms).contains(&(now_ms - kept.asked_ms))) {
            return Ok(kept);
        }
        let local = is_local(issuer);
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let discovery: Discovery = self.json(may_go_to(&address, local).ok_or(Unreachable("issuer"))?).await?;
        if discovery.issuer != issuer {
            return Err(Refused::because("oidc_discovery_issuer").into());
        }
        let keys: Value = self.json(may_go_to(&discovery.jwks_uri, local).ok_or(Unreachable("jwks_uri"))?).await?;
        let known = Known { discovery, keys: Arc::new(keys), asked_ms: now_ms };
        if let Ok(mut all) = self.known.lock() {
            // One entry a configured issuer; whoever changes issuers all day long does not fill the memory.
            if all.len() > 100 {
                all.clear();
            }
            all.insert(issuer.to_owned(), known.clone());
        }
        Ok(known)
    }

    async fn json<T: serde::de::DeserializeOwned>(&self, url: Url) -> Result<T, Error> {
        let answer = self.fetch.send(Outgoing { url, form: None, basic: None }).await?;
        if answer.status != 200 {
            return Err(Unreachable("status").into());
        }
        Ok(serde_json::from_slice(&answer.body).map_err(|_| Unreachable("not_json"))?)
    }
}

fn is_local(issuer: &str) -> bool {
    issuer.starts_with("http://")
}

/// RFC 6749, 2.3.1: name and secret are form-encoded before they go into the header.
fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
