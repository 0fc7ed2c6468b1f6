//! Metadata: ours, written; a provider's, read once when an administrator uploads it.

use crate::Own;
use saml_rs::MetadataTrustPolicy;
use saml_rs::binding::xml_escape;
use saml_rs::config::IdpDescriptor;
use saml_rs::constants::{Binding, CertUse};
use saml_rs::util::{Value, normalize_cert_string};
use saml_rs::xml::{ExtractorField, XmlLimits, extract_with_limits};
use thiserror::Error;

const MAX_METADATA_BYTES: usize = 1_000_000;

/// A provider's metadata can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the metadata {0}")]
pub struct MetadataError(pub &'static str);

/// What we take from a provider's metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerMetadata {
    /// Entity id.
    pub entity_id: String,
    /// Where requests go by redirect.
    pub sso_url: String,
    /// Where logout requests go by redirect, if it takes any.
    pub slo_url: Option<String>,
    /// Where answers to its own go, when that is another address.
    pub slo_response_url: Option<String>,
    /// All certificates that may sign, bare base64.
    pub certificates: Vec<String>,
    /// It wants our requests signed.
    pub wants_signed_requests: bool,
}

/// Reads a provider's metadata. Its trust is the administrator's, who uploads it: a signature in it is not looked at,
/// and it is never fetched.
pub fn read_peer_metadata(xml: &str) -> Result<PeerMetadata, MetadataError> {
    if xml.len() > MAX_METADATA_BYTES {
        return Err(MetadataError("is too large"));
    }
    if crate::read::declares_a_type(xml.as_bytes()) {
        return Err(MetadataError("declares a document type"));
    }
    let read = IdpDescriptor::from_metadata_xml(xml, MetadataTrustPolicy::UnsignedForCompatibility)
        .map_err(|_| MetadataError("of an identity provider can't be read"))?;
    let metadata = read.metadata();
    let sso_url = metadata.get_single_sign_on_service(Binding::Redirect).ok_or(MetadataError("has no address for requests by redirect"))?;
    let certificates: Vec<String> = metadata.x509_certificates(CertUse::Signing).iter().map(|cert| normalize_cert_string(cert)).collect();
    if certificates.is_empty() {
        return Err(MetadataError("has no certificate that signs"));
    }
    Ok(PeerMetadata {
        entity_id: read.entity_id().as_str().to_owned(),
        sso_url,
        slo_url: metadata.get_single_logout_service(Binding::Redirect),
        slo_response_url: response_location(xml),
        certificates,
        wants_signed_requests: metadata.is_want_authn_requests_signed(),
    })
}

/// `ResponseLocation` of the logout service by redirect, which the library does not read.
fn response_location(xml: &str) -> Option<String> {
    let service = ["EntityDescriptor", "IDPSSODescriptor", "SingleLogoutService"];
    let fields = [ExtractorField::new("service", &service).attrs(&["Binding", "ResponseLocation"])];
    let found = extract_with_limits(xml, &fields, XmlLimits::default()).ok()?;
    let services = match found.get("service")? {
        Value::Array(services) => services.clone(),
        one => vec![one.clone()],
    };
    let of_redirect = |service: &&Value| service.get("binding").and_then(Value::as_str).is_some_and(|binding| binding.ends_with(":HTTP-Redirect"));
    let service = services.iter().find(of_redirect)?;
    service.get("responseLocation").and_then(Value::as_str).filter(|address| !address.is_empty()).map(str::to_owned)
}

/// Our metadata for one provider.
pub fn write_own_metadata(own: &Own, signs_requests: bool) -> String {
    let certificate = own.key.as_ref().map(|key| xml_escape(&normalize_cert_string(&key.certificate)));
    let descriptor = |used: &str| {
        certificate.as_ref().map_or_else(String::new, |cert| {
            format!(
                "<md:KeyDescriptor use=\"{used}\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data><ds:X509Certificate>{cert}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
            )
        })
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{id}\">\
         <md:SPSSODescriptor AuthnRequestsSigned=\"{signs_requests}\" WantAssertionsSigned=\"true\" protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         {signing}{encryption}{logout}<md:AssertionConsumerService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"{acs}\" index=\"0\" isDefault=\"true\"/>\
         </md:SPSSODescriptor></md:EntityDescriptor>\n",
        id = xml_escape(&own.entity_id),
        signing = descriptor("signing"),
        encryption = descriptor("encryption"),
        acs = xml_escape(&own.acs_url),
        logout = logout_services(own),
    )
}

fn logout_services(own: &Own) -> String {
    let Some(address) = own.slo_url.as_deref().map(xml_escape) else { return String::new() };
    let service = |binding: &str| format!("<md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:{binding}\" Location=\"{address}\"/>");
    service("HTTP-Redirect") + &service("HTTP-POST")
}
