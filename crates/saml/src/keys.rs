//! Whether keys and certificates can be used, asked when they are stored.

use crate::{KeyPair, Refused};
use saml_rs::crypto::keys::{load_certificate, load_private_key};
use saml_rs::crypto::sign::{construct_message_signature, verify_message_signature};

const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

/// Each is a certificate that can be read.
pub fn check_certificates(certificates: &[String]) -> Result<(), Refused> {
    certificates
        .iter()
        .try_for_each(|certificate| load_certificate(certificate).map(|_| ()).map_err(|_| Refused::because("saml_certificate")))
}

/// The key can sign, and its certificate is its own.
pub fn check_key(pair: &KeyPair) -> Result<(), Refused> {
    let key = load_private_key(&pair.private_key, None)?;
    let signature = construct_message_signature("a text", &key, RSA_SHA256)?;
    if verify_message_signature("a text", &signature, &pair.certificate, RSA_SHA256)? {
        Ok(())
    } else {
        Err(Refused::because("saml_certificate"))
    }
}
