//! OpenID Connect from end to end, without a socket.

use crate::openid::{claims, other, rsa};
use crate::rig::{Rig, oidc_settings, rig};
use crate::saml_provider::NOW_MS;
use parclose_identity::{Arrived, CodeReturn, Error};
use serde_json::json;

struct Visit {
    browser: String,
    state: String,
    code: String,
}

async fn visit(rig: &Rig, id: &str) -> Visit {
    let begun = rig.identity.begin_arrival(&rig.acme, id, Some("/d/pilot"), None, NOW_MS).await.unwrap();
    let (state, code) = rig.provider.visit(&begun.url);
    Visit { browser: begun.browser, state, code }
}

async fn come(rig: &Rig, id: &str, visit: &Visit) -> Result<Arrived, Error> {
    let returned = CodeReturn { state: &visit.state, code: Some(&visit.code), issuer: None };
    rig.identity.arrive_with_code(rig.arrival(id, Some(&visit.browser)), returned).await
}

async fn refused(rig: &Rig, done: Result<Arrived, Error>) -> String {
    assert!(matches!(done, Err(Error::SignInFailed)), "one answer for all");
    rig.last_words(1).await.remove(0)
}

#[tokio::test]
async fn a_code_signs_somebody_in() {
    let rig = rig().await;
    let id = rig.add(oidc_settings()).await;
    let arrived = come(&rig, &id, &visit(&rig, &id).await).await.unwrap();
    assert_eq!((arrived.signed_in.caller.login(), arrived.next.as_str()), ("alice@test.example", "/d/pilot"));
    let alice = rig.person("alice@test.example").await.unwrap();
    assert_eq!(alice.attributes["team"], ["Anvils & Co"]);
    assert!(!alice.attributes.contains_key("nonce") && !alice.attributes.contains_key("iss"));
}

#[tokio::test]
async fn bad_tokens_are_one_answer_outside_and_a_reason_inside() {
    let rig = rig().await;
    let id = rig.add(oidc_settings()).await;
    let with = |name: &'static str, value: serde_json::Value| {
        move |nonce: &str| {
            let mut claims = claims(nonce);
            claims[name] = value.clone();
            rsa().sign(&claims)
        }
    };
    let tokens: [(&str, Box<dyn Fn(&str) -> String + Send>); 6] = [
        ("oidc_signature", Box::new(|nonce| other().sign(&claims(nonce)))),
        ("oidc_audience", Box::new(with("aud", json!("sibling")))),
        ("oidc_issuer", Box::new(with("iss", json!("https://evil.example")))),
        ("oidc_expired", Box::new(with("exp", json!(NOW_MS / 1000 - 600)))),
        ("oidc_nonce", Box::new(with("nonce", json!("another")))),
        ("oidc_token", Box::new(|nonce| rsa().sign(&claims(nonce)).rsplit_once('.').unwrap().0.to_owned())),
    ];
    for (reason, token) in tokens {
        rig.provider.signs(token);
        let visit = visit(&rig, &id).await;
        assert_eq!(refused(&rig, come(&rig, &id, &visit).await).await, reason);
    }
    assert!(rig.person("alice@test.example").await.is_none());
}

#[tokio::test]
async fn login_csrf_and_foreign_states_are_refused() {
    let rig = rig().await;
    let id = rig.add(oidc_settings()).await;
    // The attacker's own code and state, in the victim's browser.
    let attacker = visit(&rig, &id).await;
    let victim = visit(&rig, &id).await;
    let mixed = Visit { browser: victim.browser.clone(), state: attacker.state.clone(), code: attacker.code.clone() };
    assert_eq!(refused(&rig, come(&rig, &id, &mixed).await).await, "another_browser");
    assert_eq!(refused(&rig, come(&rig, &id, &attacker).await).await, "unknown_state", "a state is good once");
    // The attacker's code with the victim's state: the verifier does not fit.
    let attacker = visit(&rig, &id).await;
    let injected = Visit { browser: victim.browser.clone(), state: victim.state.clone(), code: attacker.code.clone() };
    assert_eq!(refused(&rig, come(&rig, &id, &injected).await).await, "oidc_code");
    let made_up = Visit { browser: victim.browser, state: "made up".into(), code: attacker.code };
    assert_eq!(refused(&rig, come(&rig, &id, &made_up).await).await, "unknown_state");
    // A state of one connection is nothing at another.
    let second = rig.add(oidc_settings()).await;
    let crossed = visit(&rig, &id).await;
    assert_eq!(refused(&rig, come(&rig, &second, &crossed).await).await, "unknown_state");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_not_a_refusal() {
    let rig = rig().await;
    let id = rig.add(oidc_settings()).await;
    let visit = visit(&rig, &id).await;
    rig.provider.discovery.lock().unwrap()["token_endpoint"] = json!("https://gone.example/token");
    let neighbour = rig.neighbour().await;
    let returned = CodeReturn { state: &visit.state, code: Some(&visit.code), issuer: None };
    let done = neighbour.identity.arrive_with_code(neighbour.arrival(&id, Some(&visit.browser)), returned).await;
    assert!(matches!(done, Err(Error::ProviderUnreachable(_))));
}

#[tokio::test]
async fn whoever_tries_too_often_waits() {
    let rig = rig().await;
    let id = rig.add(oidc_settings()).await;
    let mut waited = false;
    for _ in 0..60 {
        let returned = CodeReturn { state: "made up", code: Some("x"), issuer: None };
        waited |= matches!(rig.identity.arrive_with_code(rig.arrival(&id, None), returned).await, Err(Error::TooManyAttempts { .. }));
    }
    assert!(waited);
    assert!(
        rig.last_words(200).await.iter().filter(|word| *word == "unknown_state").count() <= 50,
        "a flood does not fill the audit trail"
    );
}
