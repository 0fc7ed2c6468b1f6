//! A provider that writes any response that a test wants, signed wherever it wants.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use parclose_saml::{KeyPair, Own, Peer, Refused, Response, SamlRs, SamlSp, Signed, Statement};
use saml_rs::crypto::keys::load_private_key;
use saml_rs::crypto::sign::construct_saml_signature;

pub const NOW_MS: i64 = 1_793_361_600_000; // 2026-10-30T12:00:00Z
pub const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub const REQUEST: &str = "_request-1";

pub const IDP: (&str, &str) = (include_str!("../keys/idp.key"), include_str!("../keys/idp.crt"));
pub const NEXT: (&str, &str) = (include_str!("../keys/idp-next.key"), include_str!("../keys/idp-next.crt"));
pub const EVIL: (&str, &str) = (include_str!("../keys/evil.key"), include_str!("../keys/evil.crt"));
pub const SP: (&str, &str) = (include_str!("../keys/sp.key"), include_str!("../keys/sp.crt"));

pub fn own() -> Own {
    Own {
        entity_id: "https://insights.test.example/sso/okta/metadata".into(),
        acs_url: "https://insights.test.example/sso/okta/acs".into(),
        slo_url: Some("https://insights.test.example/sso/okta/slo".into()),
        key: Some(KeyPair { private_key: SP.0.into(), certificate: SP.1.into() }),
    }
}

pub fn peer() -> Peer {
    Peer {
        entity_id: "https://idp.test.example/metadata".into(),
        sso_url: "https://idp.test.example/sso".into(),
        slo_url: Some("https://idp.test.example/slo".into()),
        slo_response_url: None,
        certificates: vec![IDP.1.into()],
        signed: Signed::Assertion,
        encrypted: false,
        signs_requests: false,
    }
}

/// Everything that a test may want otherwise.
#[derive(Clone)]
pub struct Words {
    pub response_id: String,
    pub assertion_id: String,
    pub issuer: String,
    pub response_issuer: String,
    pub destination: String,
    pub recipient: String,
    pub audience: String,
    pub in_response_to: Option<String>,
    pub confirmed_for: Option<String>,
    pub not_before: String,
    pub not_after: String,
    pub confirmed_until: String,
    pub subject: String,
    pub attributes: String,
    pub status: String,
    pub conditions: bool,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            response_id: "_response-1".into(),
            assertion_id: "_assertion-1".into(),
            issuer: peer().entity_id,
            response_issuer: peer().entity_id,
            destination: own().acs_url,
            recipient: own().acs_url,
            audience: own().entity_id,
            in_response_to: Some(REQUEST.into()),
            confirmed_for: Some(REQUEST.into()),
            not_before: "2026-10-30T11:59:00Z".into(),
            not_after: "2026-10-30T12:05:00Z".into(),
            confirmed_until: "2026-10-30T12:05:00Z".into(),
            subject: "alice@test.example".into(),
            attributes: attribute("email", &["alice@test.example"])
                + &attribute("full_name", &["Alice Ångström"])
                + &attribute("roles", &["supervisor", "wfo.team_leader"])
                + &attribute("team", &["Anvils &amp; Co"]),
            status: "urn:oasis:names:tc:SAML:2.0:status:Success".into(),
            conditions: true,
        }
    }
}

/// Values as XML.
pub fn attribute(name: &str, values: &[&str]) -> String {
    let values: String = values.iter().map(|value| format!("<saml:AttributeValue>{value}</saml:AttributeValue>")).collect();
    format!("<saml:Attribute Name=\"{name}\" NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:basic\">{values}</saml:Attribute>")
}

impl Words {
    pub fn assertion(&self) -> String {
        let answers = self.confirmed_for.as_ref().map_or_else(String::new, |id| format!(" InResponseTo=\"{id}\""));
        let conditions = if self.conditions {
            format!(
                "<saml:Conditions NotBefore=\"{}\" NotOnOrAfter=\"{}\"><saml:AudienceRestriction><saml:Audience>{}</saml:Audience></saml:AudienceRestriction></saml:Conditions>",
                self.not_before, self.not_after, self.audience
            )
        } else {
            String::new()
        };
        format!(
            "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{}\" Version=\"2.0\" IssueInstant=\"2026-10-30T11:59:30Z\"><saml:Issuer>{}</saml:Issuer>\
             <saml:Subject><saml:NameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">{}</saml:NameID><saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
             <saml:SubjectConfirmationData NotOnOrAfter=\"{}\" Recipient=\"{}\"{answers}/></saml:SubjectConfirmation></saml:Subject>{conditions}\
             <saml:AuthnStatement AuthnInstant=\"2026-10-30T11:59:30Z\" SessionIndex=\"_session-1\"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>\
             <saml:AttributeStatement>{}</saml:AttributeStatement></saml:Assertion>",
            self.assertion_id, self.issuer, self.subject, self.confirmed_until, self.recipient, self.attributes
        )
    }

    /// A response around whatever assertion.
    pub fn response(&self, inside: &str) -> String {
        let answers = self.in_response_to.as_ref().map_or_else(String::new, |id| format!(" InResponseTo=\"{id}\""));
        format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{}\" Version=\"2.0\" \
             IssueInstant=\"2026-10-30T11:59:30Z\" Destination=\"{}\"{answers}><saml:Issuer>{}</saml:Issuer><samlp:Status><samlp:StatusCode Value=\"{}\"/></samlp:Status>{inside}</samlp:Response>",
            self.response_id, self.destination, self.response_issuer, self.status
        )
    }

    /// The usual response: the assertion is signed.
    pub fn signed(&self) -> String {
        sign(&self.response(&self.assertion()), false, IDP, RSA_SHA256)
    }
}

/// Signs the response, or the first assertion in it.
pub fn sign(xml: &str, whole: bool, key: (&str, &str), algorithm: &str) -> String {
    construct_saml_signature(xml, whole, &load_private_key(key.0, None).unwrap(), key.1, algorithm, &[], None).unwrap()
}

pub fn encoded(xml: &str) -> String {
    STANDARD.encode(xml)
}

pub fn read_as(peer: &Peer, xml: &str, answers: Option<&str>) -> Result<Statement, Refused> {
    SamlRs.read(&own(), peer, &Response { encoded: &encoded(xml), answers, now_ms: NOW_MS })
}

pub fn read(xml: &str) -> Result<Statement, Refused> {
    read_as(&peer(), xml, Some(REQUEST))
}

/// The part of a text from a beginning to an end, both included.
pub fn cut<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let start = text.find(from).unwrap();
    let end = start + text[start..].find(to).unwrap() + to.len();
    &text[start..end]
}
