//! Whether a response may be believed.

use crate::{MAX_RESPONSE_BYTES, Own, Peer, Refused, Response, SessionName, Signed, Statement};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use saml_rs::binding::xml_escape;
use saml_rs::util::Value;
use saml_rs::util::normalize_cert_string;
use saml_rs::xml::{ExtractorField, XmlLimits, extract_with_limits};
use saml_rs::{
    AcsEndpoint, AssertionSignaturePolicy, AudienceValidationPolicy, AuthnRequestSigningPolicy, BrowserInput, CertificatePem, ClockSkew,
    Credentials, EntityId, FormField, IdpDescriptor, MessageId, MetadataTrustPolicy, PendingAuthnRequest, PrivateKeyPem, RelayStateParam,
    ReplayCache, ReplayKey, ReplayPolicy, ResponseSignaturePolicy, Saml, SamlError, SamlValidationContext, Sp, SpConfig,
    SpValidationPolicy, SsoResponse, SsoResponseBinding, SsoSession, VerifiedXmlSignatureCoverage, XmlEncryptionPolicy, XmlPolicy,
    XmlSignatureProfile,
};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Clocks may differ by this much.
pub(crate) const SKEW_MS: i64 = 180_000;

pub(crate) const LIMITS: XmlLimits = XmlLimits {
    max_bytes: MAX_RESPONSE_BYTES,
    max_depth: 40,
    max_nodes: 5_000,
    max_attributes_per_element: 32,
    max_attribute_value_bytes: 16 << 10,
    max_text_bytes: 64 << 10,
};

/// Keeps the ids that the library wants to be used once; the caller notes them where all processes look.
#[derive(Default)]
pub(crate) struct Ids {
    pub(crate) ids: Vec<String>,
    expires: Option<SystemTime>,
}

impl ReplayCache for Ids {
    fn check_and_store(&mut self, key: ReplayKey, expires_at: SystemTime) -> Result<(), SamlError> {
        self.ids.push(key.cache_key());
        self.expires = self.expires.max(Some(expires_at));
        Ok(())
    }
}

pub(crate) fn read(own: &Own, peer: &Peer, response: &Response<'_>) -> Result<Statement, Refused> {
    if response.encoded.len() > MAX_RESPONSE_BYTES {
        return Err(Refused::because("saml_size"));
    }
    let plain: String = response.encoded.split_ascii_whitespace().collect();
    let document = STANDARD.decode(&plain).map_err(|_| Refused::because("saml_encoding"))?;
    // Before anything parses it. The library refuses it as well; a second lock on this door costs nothing.
    if declares_a_type(&document) {
        return Err(Refused::because("saml_doctype"));
    }
    let sp = service_provider(own, peer)?;
    let idp = provider(peer)?;
    let now = UNIX_EPOCH + Duration::from_millis(u64::try_from(response.now_ms).unwrap_or_default());
    let mut ids = Ids::default();
    let context =
        SamlValidationContext::new(now, ReplayPolicy::RequireCache(&mut ids)).with_clock_skew(ClockSkew::from_millis(-SKEW_MS, SKEW_MS));
    let input = BrowserInput::<SsoResponse>::post(vec![FormField::new("SAMLResponse", plain)]);
    let session = match response.answers {
        Some(id) => {
            let acs = AcsEndpoint::post(own.acs_url.as_str())?;
            let asked = PendingAuthnRequest::try_new(
                MessageId::try_new(id)?,
                RelayStateParam::absent(),
                acs,
                SsoResponseBinding::Post,
                EntityId::try_new(peer.entity_id.as_str())?,
            )?;
            sp.finish_sso(&idp, &asked, input, context)?
        }
        None => {
            let session = sp.accept_unsolicited_sso(&idp, input, context)?;
            // An answer to a request that nobody remembers is not unsolicited: it was meant for another browser.
            if session.in_response_to().is_some() {
                return Err(Refused::because("saml_in_response_to"));
            }
            session
        }
    };
    check_signatures(peer, &session)?;
    check_outer_issuer(peer, &session)?;
    let expires = ids.expires.and_then(|at| at.duration_since(UNIX_EPOCH).ok()).and_then(|at| i64::try_from(at.as_millis()).ok());
    // A proof without an end could never be forgotten.
    let expires_ms = expires.ok_or(Refused::because("saml_time"))? + 2 * SKEW_MS;
    if ids.ids.is_empty() {
        return Err(Refused::because("saml_replay"));
    }
    statement(&session, ids.ids, expires_ms)
}

fn statement(session: &SsoSession, ids: Vec<String>, expires_ms: i64) -> Result<Statement, Refused> {
    let subject = session.name_id().value().trim();
    if subject.is_empty() || subject.len() > 256 || subject.chars().any(char::is_control) {
        return Err(Refused::because("saml_subject"));
    }
    let mut attributes: Vec<(String, Vec<String>)> = Vec::new();
    for attribute in session.attributes().as_slice() {
        let values = attribute.values().iter().map(|value| value.as_str().to_owned());
        match attributes.iter_mut().find(|(name, _)| name == attribute.name()) {
            Some((_, known)) => known.extend(values),
            None => attributes.push((attribute.name().to_owned(), values.collect())),
        }
    }
    let name = session.name_id();
    let session_name = SessionName {
        subject: subject.to_owned(),
        format: name.format().map(|format| format.as_uri().to_owned()),
        name_qualifier: name.name_qualifier().map(str::to_owned),
        sp_name_qualifier: name.sp_name_qualifier().map(str::to_owned),
        index: session.authn_session().session_index().map(|index| index.as_str().to_owned()).filter(|index| index.len() <= 1_000),
    };
    Ok(Statement {
        issuer: session.issuer().as_str().to_owned(),
        subject: subject.to_owned(),
        attributes,
        session: session_name,
        ids,
        expires_ms,
    })
}

/// The issuer of the response itself, which the library leaves alone when only the assertion is signed.
fn check_outer_issuer(peer: &Peer, session: &SsoSession) -> Result<(), Refused> {
    let fields = [ExtractorField::new("issuer", &["Response", "Issuer"])];
    let found = extract_with_limits(&session.raw_flow().saml_content, &fields, LIMITS)?;
    match found.get("issuer") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Str(issuer)) if issuer.trim() == peer.entity_id => Ok(()),
        Some(_) => Err(Refused::because("saml_issuer")),
    }
}

/// What the policy of the library demanded, asked once more of the evidence that it gives.
fn check_signatures(peer: &Peer, session: &SsoSession) -> Result<(), Refused> {
    let covered = |wanted: fn(&VerifiedXmlSignatureCoverage) -> bool| {
        session.verified_xml_signatures().iter().any(|signature| wanted(&signature.coverage()))
    };
    let assertion = covered(|coverage| {
        matches!(coverage, VerifiedXmlSignatureCoverage::ConsumedAssertion | VerifiedXmlSignatureCoverage::ResponseRootAndConsumedAssertion)
    });
    let response = covered(|coverage| {
        matches!(coverage, VerifiedXmlSignatureCoverage::ResponseRoot | VerifiedXmlSignatureCoverage::ResponseRootAndConsumedAssertion)
    });
    let enough = match peer.signed {
        Signed::Assertion => assertion,
        Signed::Response => response,
        Signed::Both => assertion && response,
    };
    if enough { Ok(()) } else { Err(Refused::because("saml_unsigned")) }
}

/// A document type, in any encoding that an XML parser would take: spaces of UTF-16 are skipped.
pub(crate) fn declares_a_type(document: &[u8]) -> bool {
    let text: Vec<u8> = document.iter().copied().filter(|byte| *byte != 0).collect();
    text.windows(9).any(|window| window.eq_ignore_ascii_case(b"<!DOCTYPE"))
        || text.windows(8).any(|window| window.eq_ignore_ascii_case(b"<!ENTITY"))
}

/// What holds for every message.
pub(crate) fn base_policy() -> SpValidationPolicy {
    SpValidationPolicy {
        xml_signatures: XmlSignatureProfile::StrictRsaSha2,
        audience: AudienceValidationPolicy::Validate,
        authn_requests: AuthnRequestSigningPolicy::DoNotSignForCompatibility,
        ..SpValidationPolicy::recommended()
    }
}

fn service_provider(own: &Own, peer: &Peer) -> Result<Saml<Sp>, Refused> {
    let (assertions, responses) = match peer.signed {
        Signed::Assertion => (AssertionSignaturePolicy::RequireSigned, ResponseSignaturePolicy::RequireForEncryptedCbc),
        Signed::Response => (AssertionSignaturePolicy::AllowUnsignedForCompatibility, ResponseSignaturePolicy::RequireSigned),
        Signed::Both => (AssertionSignaturePolicy::RequireSigned, ResponseSignaturePolicy::RequireSigned),
    };
    let policy = SpValidationPolicy { assertions, responses, ..base_policy() };
    let mut credentials = Credentials::default();
    let mut xml = XmlPolicy { clock_drifts: (-SKEW_MS, SKEW_MS), limits: LIMITS, ..XmlPolicy::default() };
    if peer.encrypted {
        let key = own.key.as_ref().ok_or(Refused::because("saml_settings"))?;
        credentials.decryption_key = Some(PrivateKeyPem::new(key.private_key.as_str()));
        credentials.encryption_certificate = Some(CertificatePem::new(key.certificate.as_str()));
        xml.encryption = XmlEncryptionPolicy::encrypt_assertions();
    }
    let config = SpConfig::builder(EntityId::try_new(own.entity_id.as_str())?)
        .acs_endpoint(AcsEndpoint::post(own.acs_url.as_str())?)
        .credentials(credentials)
        .validation(policy)
        .xml(xml)
        .build()?;
    Ok(Saml::sp(config)?)
}

/// The provider as the library wants to hear of it: metadata, written here from what the administrator pinned.
pub(crate) fn provider(peer: &Peer) -> Result<IdpDescriptor, Refused> {
    let keys: String = peer
        .certificates
        .iter()
        .map(|cert| {
            format!(
                "<md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>",
                xml_escape(&normalize_cert_string(cert))
            )
        })
        .collect();
    let xml = format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{id}\"><md:IDPSSODescriptor WantAuthnRequestsSigned=\"false\" \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">{keys}<md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"{sso}\"/>\
         </md:IDPSSODescriptor></md:EntityDescriptor>",
        id = xml_escape(&peer.entity_id),
        sso = xml_escape(&peer.sso_url),
    );
    let id = EntityId::try_new(peer.entity_id.as_str())?;
    // "Unsigned" speaks of the few lines above, which we have just written.
    Ok(IdpDescriptor::from_metadata_xml_for(id, &xml, MetadataTrustPolicy::UnsignedForCompatibility)?)
}
