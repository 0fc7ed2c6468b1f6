//! Single logout: a provider's request is believed like a response, or not at all.

use crate::provider::{EVIL, IDP, NOW_MS, RSA_SHA256, encoded, own, peer, sign};
use parclose_saml::{LogoutInput, MAX_LOGOUT_BYTES, Own, Peer, Request, SamlRs, SamlSp, SessionName};
use saml_rs::binding::{base64_decode, base64_encode, deflate_raw_decode, deflate_raw_encode};
use saml_rs::crypto::keys::load_private_key;
use saml_rs::crypto::sign::{construct_message_signature, verify_message_signature};
use std::collections::HashMap;
use url::Url;
use url::form_urlencoded::byte_serialize;

struct Asks {
    id: &'static str,
    issuer: String,
    destination: String,
    at: &'static str,
    until: &'static str,
    subject: &'static str,
    index: &'static str,
}

fn asks() -> Asks {
    Asks {
        id: "_logout-1",
        issuer: peer().entity_id,
        destination: own().slo_url.unwrap(),
        at: "2026-10-30T11:59:30Z",
        until: " NotOnOrAfter=\"2026-10-30T12:05:00Z\"",
        subject: "alice@test.example",
        index: "<samlp:SessionIndex>_session-1</samlp:SessionIndex>",
    }
}

impl Asks {
    fn xml(&self) -> String {
        format!(
            "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{}\" Version=\"2.0\" \
             IssueInstant=\"{}\" Destination=\"{}\"{}><saml:Issuer>{}</saml:Issuer><saml:NameID>{}</saml:NameID>{}</samlp:LogoutRequest>",
            self.id, self.at, self.destination, self.until, self.issuer, self.subject, self.index
        )
    }
}

fn escaped(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

fn redirect(name: &str, xml: &str, relay_state: Option<&str>, key: &str, algorithm: &str) -> String {
    let mut query = format!("{name}={}", escaped(&base64_encode(&deflate_raw_encode(xml.as_bytes()).unwrap())));
    if let Some(relay_state) = relay_state {
        query.push_str(&format!("&RelayState={}", escaped(relay_state)));
    }
    query.push_str(&format!("&SigAlg={}", escaped(algorithm)));
    let signature = construct_message_signature(&query, &load_private_key(key, None).unwrap(), algorithm).unwrap();
    format!("{query}&Signature={}", escaped(&signature))
}

fn post(xml: &str) -> LogoutInput {
    LogoutInput::Post { message: encoded(xml), relay_state: None }
}

fn signed(xml: &str, key: (&str, &str)) -> String {
    sign(xml, true, key, RSA_SHA256)
}

fn read(input: &LogoutInput) -> Result<parclose_saml::LogoutAsked, parclose_saml::Refused> {
    SamlRs.read_logout(&own(), &peer(), input, NOW_MS)
}

fn refused(what: &str, input: &LogoutInput) -> &'static str {
    match read(input) {
        Ok(asked) => panic!("{what} was believed: {}", asked.subject),
        Err(refused) => refused.reason,
    }
}

#[test]
fn a_signed_request_is_read_from_an_address_and_from_a_form() {
    let by_redirect = read(&LogoutInput::Redirect(redirect("SAMLRequest", &asks().xml(), Some("there/1"), IDP.0, RSA_SHA256))).unwrap();
    assert_eq!((by_redirect.subject.as_str(), by_redirect.relay_state.as_deref()), ("alice@test.example", Some("there/1")));
    assert_eq!((by_redirect.indexes.join(" "), by_redirect.id.as_str()), ("_session-1".to_owned(), "_logout-1"));
    let by_form = read(&post(&signed(&asks().xml(), IDP))).unwrap();
    assert_eq!((by_form.subject.as_str(), by_form.ids.len()), ("alice@test.example", 1));
    assert_eq!(by_form.ids, by_redirect.ids, "one request, whichever way it comes");
    assert!(by_form.expires_ms > NOW_MS + 660_000, "remembered for longer than it is fresh");
    let everywhere = read(&post(&signed(&Asks { index: "", until: "", ..asks() }.xml(), IDP))).unwrap();
    assert!(everywhere.indexes.is_empty());
}

#[test]
fn what_is_not_signed_by_the_pinned_key_ends_nothing() {
    let xml = asks().xml();
    let good = redirect("SAMLRequest", &xml, Some("x"), IDP.0, RSA_SHA256);
    let plain = format!("SAMLRequest={}", escaped(&base64_encode(&deflate_raw_encode(xml.as_bytes()).unwrap())));
    assert_eq!(refused("unsigned address", &LogoutInput::Redirect(plain.clone())), "saml_unsigned");
    refused("unsigned form", &post(&xml));
    refused("signed by another, address", &LogoutInput::Redirect(redirect("SAMLRequest", &xml, Some("x"), EVIL.0, RSA_SHA256)));
    refused("signed by another, form", &post(&signed(&xml, EVIL)));
    let sha1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
    assert_eq!(refused("sha-1 named", &LogoutInput::Redirect(good.replace(&escaped(RSA_SHA256), &escaped(sha1)))), "saml_algorithm");
    let another = redirect("SAMLRequest", &Asks { subject: "bob@test.example", ..asks() }.xml(), Some("x"), IDP.0, RSA_SHA256);
    let of = |query: &str, name: &str| query.split('&').find(|part| part.starts_with(&format!("{name}="))).unwrap().to_owned();
    refused("another's signature", &LogoutInput::Redirect(good.replace(&of(&good, "Signature"), &of(&another, "Signature"))));
    refused("another relay state", &LogoutInput::Redirect(good.replace("RelayState=x", "RelayState=y")));
    for name in ["SAMLRequest", "Signature", "SigAlg"] {
        let twice = format!("{good}&{}", of(&another, name));
        assert_eq!(refused(name, &LogoutInput::Redirect(twice)), "saml_encoding", "{name} twice");
    }
    // What is signed and what is read must be one thing.
    let inside = signed(&xml, IDP);
    let wrapped = xml
        .replace("_logout-1", "_evil")
        .replace("alice", "bob")
        .replace("</samlp:LogoutRequest>", &format!("<samlp:Extensions>{inside}</samlp:Extensions></samlp:LogoutRequest>"));
    refused("wrapped", &post(&wrapped));
    refused("changed", &post(&inside.replace("alice@test.example", "admin@test.example")));
}

#[test]
fn meant_for_others_late_or_about_nobody() {
    let cases = [
        ("issuer", Asks { issuer: "https://other-idp.test.example".into(), ..asks() }),
        ("destination", Asks { destination: "https://other.test.example/slo".into(), ..asks() }),
        ("over", Asks { until: " NotOnOrAfter=\"2026-10-30T11:56:00Z\"", ..asks() }),
        ("old", Asks { at: "2026-10-30T11:40:00Z", until: "", ..asks() }),
        ("from the future", Asks { at: "2026-10-30T12:10:00Z", ..asks() }),
        ("no instant", Asks { at: "soon", ..asks() }),
        ("nobody", Asks { subject: "", ..asks() }),
    ];
    for (what, asked) in cases {
        refused(what, &post(&signed(&asked.xml(), IDP)));
        refused(what, &LogoutInput::Redirect(redirect("SAMLRequest", &asked.xml(), None, IDP.0, RSA_SHA256)));
    }
    let without = Own { slo_url: None, ..own() };
    assert!(SamlRs.read_logout(&without, &peer(), &post(&signed(&asks().xml(), IDP)), NOW_MS).is_err(), "the switch is off");
}

#[test]
fn bombs_and_document_types() {
    let bomb = format!("{}<!--{}-->", asks().xml(), "x".repeat(5_000_000));
    assert_eq!(refused("a bomb", &LogoutInput::Redirect(redirect("SAMLRequest", &bomb, None, IDP.0, RSA_SHA256))), "saml_size");
    assert_eq!(refused("a long address", &LogoutInput::Redirect("x".repeat(MAX_LOGOUT_BYTES + 1))), "saml_size");
    assert_eq!(refused("a long form", &LogoutInput::Post { message: "A".repeat(MAX_LOGOUT_BYTES + 1), relay_state: None }), "saml_size");
    let typed = format!("<!DOCTYPE r [<!ENTITY a \"a\">]>{}", asks().xml());
    assert_eq!(refused("a type", &post(&typed)), "saml_doctype");
    assert_eq!(refused("a type", &LogoutInput::Redirect(redirect("SAMLRequest", &typed, None, IDP.0, RSA_SHA256))), "saml_doctype");
    for text in [
        "",
        "SAMLRequest=",
        "SAMLRequest=%00",
        "SAMLRequest=AAAA&Signature=a&SigAlg=b",
        "SAMLRequest=!!&Signature=a&SigAlg=http://www.w3.org/2001/04/xmldsig-more%23rsa-sha256",
    ] {
        refused(text, &LogoutInput::Redirect(text.into()));
        refused(text, &LogoutInput::Post { message: text.into(), relay_state: None });
    }
}

#[test]
fn what_we_send_is_signed_and_names_the_session_as_it_was_named() {
    let name = SessionName {
        subject: "00u-alice & <co>".into(),
        format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".into()),
        name_qualifier: Some("https://idp.test.example/metadata".into()),
        sp_name_qualifier: None,
        index: Some("_session-1".into()),
    };
    let request = Request { id: "_logout-2", relay_state: "state", now_ms: NOW_MS };
    let check = |address: &str, field: &str| {
        let query: HashMap<String, String> = Url::parse(address).unwrap().query_pairs().into_owned().collect();
        let signed = address.split_once('?').unwrap().1.rsplit_once("&Signature=").unwrap().0;
        assert!(verify_message_signature(signed, &query["Signature"], crate::provider::SP.1, RSA_SHA256).unwrap());
        String::from_utf8(deflate_raw_decode(&base64_decode(&query[field]).unwrap()).unwrap()).unwrap()
    };
    let address = SamlRs.begin_logout(&own(), &peer(), &name, &request).unwrap();
    assert!(address.starts_with("https://idp.test.example/slo?SAMLRequest="), "{address}");
    let xml = check(&address, "SAMLRequest");
    assert!(xml.contains("NameQualifier=\"https://idp.test.example/metadata\">00u-alice &amp; &lt;co&gt;</saml:NameID><samlp:SessionIndex>_session-1</samlp:SessionIndex>"), "{xml}");
    let asked = read(&post(&signed(&asks().xml(), IDP))).unwrap();
    let elsewhere = Peer { slo_response_url: Some("https://idp.test.example/slo-answers".into()), ..peer() };
    let answer = SamlRs.answer_logout(&own(), &elsewhere, &asked, "_answer", NOW_MS).unwrap();
    assert!(answer.starts_with("https://idp.test.example/slo-answers?SAMLResponse="), "{answer}");
    assert!(check(&answer, "SAMLResponse").contains("InResponseTo=\"_logout-1\""));
    let without_key = Own { key: None, ..own() };
    assert!(SamlRs.begin_logout(&without_key, &peer(), &name, &request).is_err(), "never unsigned");
}

#[test]
fn an_answer_answers_our_request_or_nothing() {
    let answer = |to: &str, status: &str| {
        format!(
            "<samlp:LogoutResponse xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_r\" Version=\"2.0\" IssueInstant=\"2026-10-30T11:59:30Z\" \
             Destination=\"{}\" InResponseTo=\"{to}\"><saml:Issuer>{}</saml:Issuer><samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:{status}\"/></samlp:Status></samlp:LogoutResponse>",
            own().slo_url.unwrap(),
            peer().entity_id
        )
    };
    let request = Request { id: "_logout-2", relay_state: "state", now_ms: NOW_MS };
    let read = |input: &LogoutInput| SamlRs.read_logout_answer(&own(), &peer(), input, &request);
    let by_redirect =
        |xml: &str, state: &str, key: &str| LogoutInput::Redirect(redirect("SAMLResponse", xml, Some(state), key, RSA_SHA256));
    read(&by_redirect(&answer("_logout-2", "Success"), "state", IDP.0)).unwrap();
    read(&LogoutInput::Post { message: encoded(&signed(&answer("_logout-2", "Success"), IDP)), relay_state: Some("state".into()) })
        .unwrap();
    assert!(read(&by_redirect(&answer("_another", "Success"), "state", IDP.0)).is_err());
    assert!(read(&by_redirect(&answer("_logout-2", "Responder"), "state", IDP.0)).is_err());
    assert!(read(&by_redirect(&answer("_logout-2", "Success"), "other", IDP.0)).is_err());
    assert!(read(&by_redirect(&answer("_logout-2", "Success"), "state", EVIL.0)).is_err());
    assert!(read(&LogoutInput::Post { message: encoded(&answer("_logout-2", "Success")), relay_state: Some("state".into()) }).is_err());
}
