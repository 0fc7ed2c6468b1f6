//! Single logout, both ways, without a socket.

use crate::rig::{BASE, Rig, oidc_settings, rig, saml_of, saml_settings};
use crate::saml_provider::{EVIL, IDP, NOW_MS, RSA_SHA256, SP, encoded, peer, sign};
use parclose_identity::{Arrived, ConnectionSettings, Error, LogoutInput, LogoutMessage};
use saml_rs::binding::{base64_decode, deflate_raw_decode};
use serde_json::json;
use std::collections::HashMap;
use url::Url;

fn settings() -> ConnectionSettings {
    let mut settings = ConnectionSettings { single_logout: true, ..saml_settings() };
    let saml = saml_of(&mut settings);
    saml.slo_url = Some("https://idp.test.example/slo".into());
    saml.private_key = Some(SP.0.into());
    saml.certificate = Some(SP.1.into());
    settings
}

/// Signs somebody in; the provider's name for the session comes along.
async fn come(rig: &Rig, id: &str, subject: &str, index: &str) -> Arrived {
    let mut visit = rig.visit(id, None).await;
    visit.words.subject = subject.into();
    visit.words.attributes = visit.words.attributes.replace("alice@test.example", subject);
    let assertion = visit.words.assertion().replace("_session-1", index);
    let xml = sign(&visit.words.response(&assertion), false, IDP, RSA_SHA256);
    rig.post(id, &visit, &xml).await.unwrap()
}

fn request(id: &str, n: &str, subject: &str, indexes: &[&str], key: (&str, &str)) -> String {
    let indexes: String = indexes.iter().map(|index| format!("<samlp:SessionIndex>{index}</samlp:SessionIndex>")).collect();
    let xml = format!(
        "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_logout{n}\" Version=\"2.0\" \
         IssueInstant=\"2026-10-30T11:59:30Z\" Destination=\"{BASE}/sso/{id}/slo\"><saml:Issuer>{}</saml:Issuer><saml:NameID>{subject}</saml:NameID>{indexes}</samlp:LogoutRequest>",
        peer().entity_id
    );
    sign(&xml, true, key, RSA_SHA256)
}

async fn posted(rig: &Rig, id: &str, xml: &str) -> Result<String, Error> {
    let input = LogoutInput::Post { message: encoded(xml), relay_state: Some("theirs".into()) };
    rig.identity.logout_arrives(rig.arrival(id, None), LogoutMessage::Asks(input)).await
}

async fn is_open(rig: &Rig, arrived: &Arrived) -> bool {
    rig.identity.caller_from_session(arrived.signed_in.token.secret(), NOW_MS + 1_000).await.unwrap().is_some()
}

async fn refused(rig: &Rig, done: Result<String, Error>) -> String {
    assert!(matches!(done, Err(Error::SignInFailed)), "one answer for all: {done:?}");
    rig.last_words(1).await.remove(0)
}

#[tokio::test]
async fn a_provider_ends_exactly_the_sessions_that_it_names() {
    let rig = rig().await;
    let (id, other) = (rig.add(settings()).await, rig.add(settings()).await);
    let (one, two) = (come(&rig, &id, "alice@test.example", "_s1").await, come(&rig, &id, "alice@test.example", "_s2").await);
    let bob = come(&rig, &id, "bob@test.example", "_s1").await;
    let elsewhere = come(&rig, &other, "carol@test.example", "_s1").await;

    let answer = posted(&rig, &id, &request(&id, "1", "alice@test.example", &["_s1"], IDP)).await.unwrap();
    let query: HashMap<String, String> = Url::parse(&answer).unwrap().query_pairs().into_owned().collect();
    let xml = String::from_utf8(deflate_raw_decode(&base64_decode(&query["SAMLResponse"]).unwrap()).unwrap()).unwrap();
    assert!(xml.contains("InResponseTo=\"_logout1\"") && query["RelayState"] == "theirs" && query.contains_key("Signature"), "{answer}");
    assert_eq!(rig.last_words(1).await, ["ended_by_provider"]);
    assert!(!is_open(&rig, &one).await);
    assert!(is_open(&rig, &two).await && is_open(&rig, &bob).await && is_open(&rig, &elsewhere).await);

    // The same name at another connection is somebody else.
    posted(&rig, &other, &request(&other, "2", "alice@test.example", &[], IDP)).await.unwrap();
    assert!(is_open(&rig, &two).await);
    posted(&rig, &id, &request(&id, "3", "alice@test.example", &[], IDP)).await.unwrap();
    assert!(!is_open(&rig, &two).await && is_open(&rig, &bob).await);
}

#[tokio::test]
async fn what_nobody_signed_ends_nothing_and_nothing_ends_twice() {
    let rig = rig().await;
    let id = rig.add(settings()).await;
    let alice = come(&rig, &id, "alice@test.example", "_s1").await;
    let good = request(&id, "1", "alice@test.example", &[], IDP);
    let unsigned = good.split_once("<ds:Signature").unwrap().0.to_owned() + good.split_once("</ds:Signature>").unwrap().1;
    for (what, xml) in [
        ("unsigned", unsigned),
        ("signed by another", request(&id, "1", "alice@test.example", &[], EVIL)),
        ("for another connection", request("other", "1", "alice@test.example", &[], IDP)),
        ("nonsense", "<a/>".to_owned()),
    ] {
        let reason = refused(&rig, posted(&rig, &id, &xml).await).await;
        assert!(reason.starts_with("saml_"), "{what}: {reason}");
        assert!(is_open(&rig, &alice).await, "{what}");
    }
    posted(&rig, &id, &good).await.unwrap();
    // Signed in once more: the old request must not end that.
    let again = come(&rig, &id, "alice@test.example", "_s2").await;
    assert_eq!(refused(&rig, posted(&rig, &id, &good).await).await, "saml_replay");
    let neighbour = rig.neighbour().await;
    assert_eq!(refused(&neighbour, posted(&neighbour, &id, &good).await).await, "saml_replay", "on another process");
    assert!(is_open(&rig, &again).await);
    rig.change(&id, |settings, _| settings.single_logout = false).await;
    assert_eq!(refused(&rig, posted(&rig, &id, &request(&id, "9", "alice@test.example", &[], IDP)).await).await, "single_logout_off");
    assert!(is_open(&rig, &again).await);
}

#[tokio::test]
async fn whoever_signs_out_here_goes_on_to_sign_out_there() {
    let rig = rig().await;
    let id = rig.add(settings()).await;
    let alice = come(&rig, &id, "alice@test.example", "_s1").await;
    let address = rig.identity.sign_out(alice.signed_in.token.secret(), "r", NOW_MS).await.unwrap().unwrap();
    assert!(!is_open(&rig, &alice).await, "ended here, whatever happens there");
    let query: HashMap<String, String> = Url::parse(&address).unwrap().query_pairs().into_owned().collect();
    let xml = String::from_utf8(deflate_raw_decode(&base64_decode(&query["SAMLRequest"]).unwrap()).unwrap()).unwrap();
    assert!(xml.contains("emailAddress\">alice@test.example</saml:NameID><samlp:SessionIndex>_s1</samlp:SessionIndex>"), "{xml}");
    let ours = xml.split_once("ID=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let answer = |n: &str, status: &str| {
        let xml = format!(
            "<samlp:LogoutResponse xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_r{n}\" Version=\"2.0\" IssueInstant=\"2026-10-30T11:59:59Z\" \
             Destination=\"{BASE}/sso/{id}/slo\" InResponseTo=\"{ours}\"><saml:Issuer>{}</saml:Issuer><samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:{status}\"/></samlp:Status></samlp:LogoutResponse>",
            peer().entity_id
        );
        encoded(&sign(&xml, true, IDP, RSA_SHA256))
    };
    let arrive = async |message: String, state: &str| {
        let input = LogoutInput::Post { message, relay_state: Some(state.into()) };
        rig.identity.logout_arrives(rig.arrival(&id, None), LogoutMessage::Answers { input, state: state.into() }).await
    };
    assert_eq!(refused(&rig, arrive(answer("1", "Success"), "made up").await).await, "unknown_state");
    assert_eq!(arrive(answer("2", "Success"), &query["RelayState"]).await.unwrap(), "/sign-in");
    assert_eq!(rig.last_words(1).await, ["ended_there"]);
    assert_eq!(refused(&rig, arrive(answer("3", "Success"), &query["RelayState"]).await).await, "unknown_state", "once");
    // Without the switch nobody is sent anywhere.
    rig.change(&id, |settings, _| settings.single_logout = false).await;
    let again = come(&rig, &id, "alice@test.example", "_s3").await;
    assert_eq!(rig.identity.sign_out(again.signed_in.token.secret(), "r", NOW_MS).await.unwrap(), None);
}

#[tokio::test]
async fn a_connection_with_single_logout_needs_an_address_and_a_key() {
    let rig = rig().await;
    let mut without_address = settings();
    saml_of(&mut without_address).slo_url = None;
    let mut without_key = settings();
    (saml_of(&mut without_key).private_key, saml_of(&mut without_key).certificate) = (None, None);
    let mut elsewhere = settings();
    saml_of(&mut elsewhere).slo_url = Some("http://idp.test.example/slo".into());
    for (field, settings) in [("slo_url", without_address), ("private_key", without_key), ("slo_url", elsewhere)] {
        let made = rig.manage(async |grant| rig.identity.create_connection(grant, "Okta", true, &settings).await.map(|_| ())).await;
        assert!(matches!(made, Err(Error::InvalidField(named)) if named == field), "{made:?}");
    }
    let id = rig.add(settings()).await;
    let metadata = rig.identity.own_metadata(&rig.acme, &id).await.unwrap();
    assert!(metadata.contains(&format!("HTTP-Redirect\" Location=\"{BASE}/sso/{id}/slo\"")), "{metadata}");
    let quiet = rig.add(saml_settings()).await;
    assert!(!rig.identity.own_metadata(&rig.acme, &quiet).await.unwrap().contains("SingleLogoutService"));
}

#[tokio::test]
async fn an_openid_provider_is_told_with_its_own_token() {
    let rig = rig().await;
    let come = async |id: &str| {
        let begun = rig.identity.begin_arrival(&rig.acme, id, None, None, NOW_MS).await.unwrap();
        let (state, code) = rig.provider.visit(&begun.url);
        let returned = parclose_identity::CodeReturn { state: &state, code: Some(&code), issuer: None };
        rig.identity.arrive_with_code(rig.arrival(id, Some(&begun.browser)), returned).await.unwrap()
    };
    rig.provider.discovery.lock().unwrap()["end_session_endpoint"] = json!("https://idp.test.example/tenant/end?x=1");
    let id = rig.add(oidc_settings()).await;
    let arrived = come(&id).await;
    assert_eq!(rig.identity.sign_out(arrived.signed_in.token.secret(), "r", NOW_MS).await.unwrap(), None, "the switch is off");
    rig.change(&id, |settings, _| settings.single_logout = true).await;
    let arrived = come(&id).await;
    let address = rig.identity.sign_out(arrived.signed_in.token.secret(), "r", NOW_MS).await.unwrap().unwrap();
    let url = Url::parse(&address).unwrap();
    assert_eq!((url.host_str(), url.path()), (Some("idp.test.example"), "/tenant/end"));
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    assert_eq!((query["post_logout_redirect_uri"].as_str(), query["x"].as_str()), (format!("{BASE}/sign-in").as_str(), "1"));
    assert!(query["id_token_hint"].split('.').count() == 3 && query["client_id"] == "parclose");
    // A SAML message at an OpenID connection is nothing.
    let input = LogoutInput::Post { message: "AAAA".into(), relay_state: None };
    let done = rig.identity.logout_arrives(rig.arrival(&id, None), LogoutMessage::Asks(input)).await;
    assert_eq!(refused(&rig, done).await, "wrong_protocol");
}

#[tokio::test]
async fn an_openid_provider_that_always_says_who_answers_is_not_mixed_up() {
    let rig = rig().await;
    rig.provider.discovery.lock().unwrap()["authorization_response_iss_parameter_supported"] = json!(true);
    let id = rig.add(oidc_settings()).await;
    for (issuer, reason) in [(None, "oidc_mixed_up"), (Some("https://evil.example"), "oidc_mixed_up"), (Some(crate::openid::ISSUER), "")] {
        let begun = rig.identity.begin_arrival(&rig.acme, &id, None, None, NOW_MS).await.unwrap();
        let (state, code) = rig.provider.visit(&begun.url);
        let returned = parclose_identity::CodeReturn { state: &state, code: Some(&code), issuer };
        let done = rig.identity.arrive_with_code(rig.arrival(&id, Some(&begun.browser)), returned).await;
        if reason.is_empty() {
            assert!(done.is_ok());
        } else {
            assert!(matches!(done, Err(Error::SignInFailed)));
            assert_eq!(rig.last_words(1).await, [reason]);
        }
    }
}
