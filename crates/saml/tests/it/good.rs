//! What has to work.

use crate::provider::{IDP, NEXT, NOW_MS, REQUEST, RSA_SHA256, SP, Words, attribute, own, peer, read, read_as, sign};
use parclose_saml::{Peer, Request, SamlRs, SamlSp, Signed, read_peer_metadata, write_own_metadata};
use saml_rs::crypto::sign::verify_message_signature;

#[test]
fn a_signed_assertion_says_who_it_is() {
    let words = Words { attributes: Words::default().attributes + &attribute("team", &["Tennis Balls"]), ..Words::default() };
    let statement = read(&words.signed()).unwrap();
    assert_eq!((statement.issuer.as_str(), statement.subject.as_str()), ("https://idp.test.example/metadata", "alice@test.example"));
    let of = |name: &str| statement.attributes.iter().find(|(known, _)| known == name).map(|(_, values)| values.join("|"));
    assert_eq!(of("roles").as_deref(), Some("supervisor|wfo.team_leader"));
    assert_eq!(of("full_name").as_deref(), Some("Alice Ångström"));
    assert_eq!(of("team").as_deref(), Some("Anvils & Co|Tennis Balls"), "an attribute that comes twice is one");
    assert!(statement.ids.iter().any(|id| id.contains("_assertion-1")), "{:?}", statement.ids);
    assert!(statement.expires_ms > NOW_MS + 300_000 && statement.expires_ms < NOW_MS + 3_600_000);
}

#[test]
fn whoever_signs_only_the_response_needs_the_other_setting() {
    let words = Words::default();
    let whole = sign(&words.response(&words.assertion()), true, IDP, RSA_SHA256);
    assert_eq!(read(&whole).unwrap_err().reason, "saml_unsigned");
    let response_only = Peer { signed: Signed::Response, ..peer() };
    assert_eq!(read_as(&response_only, &whole, Some(REQUEST)).unwrap().subject, "alice@test.example");
    assert!(read_as(&response_only, &words.signed(), Some(REQUEST)).is_err());
    let both = Peer { signed: Signed::Both, ..peer() };
    assert!(read_as(&both, &sign(&words.signed(), true, IDP, RSA_SHA256), Some(REQUEST)).is_ok());
    assert!(read_as(&both, &words.signed(), Some(REQUEST)).is_err());
    assert!(read_as(&both, &whole, Some(REQUEST)).is_err());
}

#[test]
fn certificates_roll_over_without_a_gap() {
    let words = Words::default();
    let by_next = sign(&words.response(&words.assertion()), false, NEXT, RSA_SHA256);
    assert!(read(&by_next).is_err());
    let rolling = Peer { certificates: vec![IDP.1.into(), NEXT.1.into()], ..peer() };
    assert!(read_as(&rolling, &by_next, Some(REQUEST)).is_ok());
    assert!(read_as(&rolling, &words.signed(), Some(REQUEST)).is_ok());
}

#[test]
fn an_encrypted_assertion_is_opened_and_a_plain_one_refused_then() {
    let words = Words::default();
    let encrypted = encrypt(&words.signed());
    assert!(!encrypted.contains("wfo.team_leader") && encrypted.contains("EncryptedAssertion"));
    let wants = Peer { encrypted: true, ..peer() };
    assert_eq!(read_as(&wants, &encrypted, Some(REQUEST)).unwrap().subject, "alice@test.example");
    assert!(read_as(&wants, &words.signed(), Some(REQUEST)).is_err());
    assert!(read(&encrypted).is_err());
    let unsigned = encrypt(&words.response(&words.assertion()));
    assert!(read_as(&wants, &unsigned, Some(REQUEST)).is_err(), "encryption is no signature");
}

fn encrypt(xml: &str) -> String {
    let data = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
    let key = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
    saml_rs::crypto::encrypt_assertion(xml, SP.1, data, key, "saml").unwrap()
}

#[test]
fn what_begins_at_the_provider_is_read_when_it_answers_nothing() {
    let words = Words { in_response_to: None, confirmed_for: None, ..Words::default() };
    assert!(read_as(&peer(), &words.signed(), None).is_ok());
    assert!(read_as(&peer(), &words.signed(), Some(REQUEST)).is_err(), "it is no answer to a request");
    assert!(read_as(&peer(), &Words::default().signed(), None).is_err(), "an answer is not unsolicited");
}

#[test]
fn requests_are_signed_over_what_is_sent() {
    let request = Request { id: "_r1", relay_state: "state with & and =", now_ms: NOW_MS };
    let plain = SamlRs.begin(&own(), &peer(), &request).unwrap();
    assert!(plain.starts_with("https://idp.test.example/sso?SAMLRequest=") && !plain.contains("Signature="));
    let signing = Peer { signs_requests: true, sso_url: "https://idp.test.example/sso?tenant=1".into(), ..peer() };
    let url = SamlRs.begin(&own(), &signing, &request).unwrap();
    let (octets, signature) = url.split_once("?tenant=1&").unwrap().1.split_once("&Signature=").unwrap();
    let signature: String = url::form_urlencoded::parse(format!("s={signature}").as_bytes()).next().unwrap().1.into();
    assert!(verify_message_signature(octets, &signature, SP.1, RSA_SHA256).unwrap());
    assert!(!verify_message_signature(&octets.replace("state", "stale"), &signature, SP.1, RSA_SHA256).unwrap());
    let encoded: String = url::form_urlencoded::parse(octets.as_bytes()).find(|(name, _)| name == "SAMLRequest").unwrap().1.into();
    let xml = saml_rs::binding::deflate_raw_decode(&saml_rs::binding::base64_decode(&encoded).unwrap()).unwrap();
    let xml = String::from_utf8(xml).unwrap();
    for part in ["ID=\"_r1\"", "IssueInstant=\"2026-10-30T12:00:00Z\"", &own().acs_url, &own().entity_id] {
        assert!(xml.contains(part), "{part} in {xml}");
    }
    let without_key = parclose_saml::Own { key: None, ..own() };
    assert_eq!(SamlRs.begin(&without_key, &signing, &request).unwrap_err().reason, "saml_settings");
}

#[test]
fn metadata_goes_both_ways() {
    let ours = write_own_metadata(&own(), true);
    for part in
        [own().entity_id, own().acs_url, "AuthnRequestsSigned=\"true\"".into(), "use=\"signing\"".into(), "use=\"encryption\"".into()]
    {
        assert!(ours.contains(&part), "{part}");
    }
    let base64 = |pem: &str| pem.lines().filter(|line| !line.starts_with("---")).collect::<String>();
    let key = |pem: &str| {
        format!(
            "<KeyDescriptor use=\"signing\"><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data><X509Certificate>{}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>",
            base64(pem)
        )
    };
    let theirs = format!(
        "<?xml version=\"1.0\"?><EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.test.example/metadata\"><IDPSSODescriptor WantAuthnRequestsSigned=\"true\" protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">{}{}<SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"https://idp.test.example/post\"/><SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"https://idp.test.example/sso\"/></IDPSSODescriptor></EntityDescriptor>",
        key(IDP.1),
        key(NEXT.1)
    );
    let read = read_peer_metadata(&theirs).unwrap();
    assert_eq!((read.entity_id.as_str(), read.sso_url.as_str()), ("https://idp.test.example/metadata", "https://idp.test.example/sso"));
    assert_eq!(read.certificates, [base64(IDP.1), base64(NEXT.1)]);
    assert!(read.wants_signed_requests);
    for broken in [
        "",
        "<a/>",
        &theirs.replace("IDPSSODescriptor", "SPSSODescriptor"),
        &theirs.replace("HTTP-Redirect", "SOAP"),
        &format!("<!DOCTYPE a>{theirs}"),
    ] {
        assert!(read_peer_metadata(broken).is_err(), "{broken}");
    }
}
