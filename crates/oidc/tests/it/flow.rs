//! There and back.

use crate::provider::{CLIENT, ISSUER, NOW_MS, OpenId, SECRET, claims, ec, key_set, other, rsa};
use parclose_oidc::{Claims, Client, CodeAnswer, Error, OidcClient, Refused, Start, Unreachable};
use serde_json::json;
use std::sync::Arc;

fn client() -> Client {
    Client {
        issuer: ISSUER.into(),
        client_id: CLIENT.into(),
        client_secret: Some(SECRET.into()),
        secret_in_form: false,
        redirect_uri: "https://insights.test.example/sso/c/callback".into(),
        scopes: vec!["openid".into(), "email".into(), "profile".into()],
    }
}

fn start() -> (Arc<OpenId>, OidcClient) {
    let provider = Arc::new(OpenId::new());
    (provider.clone(), OidcClient::new(provider))
}

const START: Start<'static> = Start { state: "s", nonce: "n", verifier: "v" };

fn answer<'a>(code: &'a str) -> CodeAnswer<'a> {
    CodeAnswer { code, nonce: "n", verifier: "v", issuer: None, now_ms: NOW_MS }
}

async fn walk(provider: &OpenId, oidc: &OidcClient, client: &Client) -> Result<Claims, Error> {
    let (state, code) = provider.visit(&oidc.begin(client, &START, NOW_MS).await?);
    assert_eq!(state, "s");
    oidc.finish(client, &answer(&code)).await.map(|proven| proven.claims)
}

fn reason<T: std::fmt::Debug>(done: Result<T, Error>) -> &'static str {
    match done {
        Err(Error::Refused(Refused { reason })) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_code_becomes_claims() {
    let (provider, oidc) = start();
    assert_eq!(walk(&provider, &oidc, &client()).await.unwrap()["email"], "alice@test.example");
    let in_form = Client { secret_in_form: true, ..client() };
    assert!(walk(&provider, &oidc, &in_form).await.is_ok());
    let calls = provider.calls.lock().unwrap().clone();
    assert_eq!(calls.iter().filter(|path| *path == "/keys").count(), 1, "keys are remembered: {calls:?}");
}

#[tokio::test]
async fn the_code_is_bound_to_verifier_nonce_and_issuer() {
    let (provider, oidc) = start();
    let code = async || provider.visit(&oidc.begin(&client(), &START, NOW_MS).await.unwrap()).1;
    let (one, two, three) = (code().await, code().await, code().await);
    assert_eq!(reason(oidc.finish(&client(), &CodeAnswer { verifier: "another", ..answer(&one) }).await), "oidc_code");
    assert_eq!(reason(oidc.finish(&client(), &CodeAnswer { nonce: "another", ..answer(&two) }).await), "oidc_nonce");
    assert_eq!(
        reason(oidc.finish(&client(), &CodeAnswer { issuer: Some("https://evil.example"), ..answer(&three) }).await),
        "oidc_mixed_up"
    );
    assert!(oidc.finish(&client(), &CodeAnswer { issuer: Some(ISSUER), ..answer(&three) }).await.is_ok());
    assert_eq!(reason(oidc.finish(&client(), &answer(&three)).await), "oidc_code", "a code is good once");
    let thief = Client { client_secret: Some("guessed".into()), ..client() };
    let stolen = code().await;
    assert_eq!(reason(oidc.finish(&thief, &answer(&stolen)).await), "oidc_code");
}

#[tokio::test]
async fn new_keys_are_asked_for_and_not_more_often_than_twice_a_minute() {
    let (provider, oidc) = start();
    *provider.keys.lock().unwrap() = key_set(&[ec()]);
    oidc.begin(&client(), &START, NOW_MS).await.unwrap();
    *provider.keys.lock().unwrap() = key_set(&[ec(), rsa()]);
    let code = async || provider.visit(&oidc.begin(&client(), &START, NOW_MS).await.unwrap()).1;
    let (one, two) = (code().await, code().await);
    assert_eq!(
        reason(oidc.finish(&client(), &CodeAnswer { now_ms: NOW_MS + 10_000, ..answer(&one) }).await),
        "oidc_key",
        "asked a moment ago"
    );
    assert!(oidc.finish(&client(), &CodeAnswer { now_ms: NOW_MS + 31_000, ..answer(&two) }).await.is_ok());
    provider.signs(|nonce| other().sign(&claims(nonce)));
    let forged = code().await;
    assert_eq!(reason(oidc.finish(&client(), &answer(&forged)).await), "oidc_signature");
}

#[tokio::test]
async fn a_provider_that_leads_elsewhere_is_not_followed() {
    let (provider, oidc) = start();
    provider.discovery.lock().unwrap()["issuer"] = json!("https://evil.example");
    assert!(matches!(oidc.begin(&client(), &START, NOW_MS).await, Err(Error::Refused(Refused { reason: "oidc_discovery_issuer" }))));
    for (name, address) in [
        ("jwks_uri", "http://127.0.0.1:1/keys"),
        ("jwks_uri", "file:///etc/passwd"),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("authorization_endpoint", "http://idp.test.example/authorize"),
        ("jwks_uri", "https://name:secret@idp.test.example/keys"),
    ] {
        let (provider, oidc) = start();
        provider.discovery.lock().unwrap()[name] = json!(address);
        assert!(matches!(oidc.begin(&client(), &START, NOW_MS).await, Err(Error::Unreachable(Unreachable(_)))), "{name} {address}");
    }
    let (provider, oidc) = start();
    provider.discovery.lock().unwrap()["token_endpoint"] = json!("http://169.254.169.254/latest/meta-data");
    assert!(matches!(walk(&provider, &oidc, &client()).await, Err(Error::Unreachable(_))));
    assert!(matches!(
        oidc.begin(&Client { issuer: "http://idp.test.example".into(), ..client() }, &START, NOW_MS).await,
        Err(Error::Unreachable(_))
    ));
}
