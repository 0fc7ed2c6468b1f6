//! The platform's request signature (`X-Twilio-Signature`): HMAC-SHA1 with the account's secret over the public URL
//! and, for forms, the parameters. SHA-1 is the platform's choice, not ours. No time is signed: a replayed
//! request is caught by the event's id.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The query parameter that ties a JSON body to the signed URL.
const BODY_HASH: &str = "bodySHA256";

/// True if one of the secrets signed this form post to this URL. Several secrets are valid while one is being
/// replaced by another; an empty secret never is.
pub fn verify_form(secrets: &[String], public_url: &str, params: &[(String, String)], signature: &str) -> bool {
    verify(secrets, public_url, &form_text(params), signature)
}

/// True if one of the secrets signed this JSON post to this URL *and* the URL's `bodySHA256` is this body's.
pub fn verify_json(secrets: &[String], public_url_with_query: &str, body: &[u8], signature: &str) -> bool {
    // Both checks always run: which of them failed is nobody's business.
    let body_is_signed = is_body_of(public_url_with_query, body);
    let url_is_signed = verify_address(secrets, public_url_with_query, signature);
    body_is_signed & url_is_signed
}

/// The first half of [`verify_json`], which needs no body: true if one of the secrets signed this address.
pub fn verify_address(secrets: &[String], public_url_with_query: &str, signature: &str) -> bool {
    verify(secrets, public_url_with_query, "", signature)
}

/// True for what may be a signature: twenty bytes in base64. What it proves is another question.
pub fn has_form(signature: &str) -> bool {
    STANDARD.decode(signature.trim()).is_ok_and(|bytes| bytes.len() == 20)
}

/// Signs a form post as the platform does.
pub fn sign_form(secret: &str, public_url: &str, params: &[(String, String)]) -> String {
    encode(secret, public_url, &form_text(params))
}

/// Signs a JSON post as the platform does: the URL to post to (with the body's hash) and the signature.
pub fn sign_json(secret: &str, public_url: &str, body: &[u8]) -> (String, String) {
    let separator = if public_url.contains('?') { '&' } else { '?' };
    let url = format!("{public_url}{separator}{BODY_HASH}={}", hex::encode(Sha256::digest(body)));
    let signature = encode(secret, &url, "");
    (url, signature)
}

/// Names and values without separators, sorted by name; repeated names give their sorted, different values.
fn form_text(params: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = params.iter().collect();
    sorted.sort();
    sorted.dedup();
    sorted.into_iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect()
}

fn verify(secrets: &[String], url: &str, text: &str, signature: &str) -> bool {
    let Ok(signature) = STANDARD.decode(signature.trim()) else { return false };
    let mut valid = false;
    for url in spellings(url) {
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            valid |= mac(secret, &url, text).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
        }
    }
    valid
}

fn encode(secret: &str, url: &str, text: &str) -> String {
    mac(secret, url, text).map(|mac| STANDARD.encode(mac.finalize().into_bytes())).unwrap_or_default()
}

fn mac(secret: &str, url: &str, text: &str) -> Option<Hmac<Sha1>> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(url.as_bytes());
    mac.update(text.as_bytes());
    Some(mac)
}

/// The URL as configured, with its port added, with its port removed: the platform has signed all three
/// forms at one time or another.
fn spellings(url: &str) -> Vec<String> {
    let mut spellings = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else { return spellings };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    // A colon within brackets belongs to an IPv6 address.
    let port_at = authority.rfind(':').filter(|at| !authority[*at..].contains(']'));
    match port_at {
        Some(at) => spellings.push(format!("{scheme}://{}{path}", &authority[..at])),
        None => {
            let port = if scheme.eq_ignore_ascii_case("http") { 80 } else { 443 };
            spellings.push(format!("{scheme}://{authority}:{port}{path}"));
        }
    }
    spellings
}

/// The second half of [`verify_json`]: the address names exactly one `bodySHA256`, and it is this body's.
pub fn is_body_of(url: &str, body: &[u8]) -> bool {
    let query = url.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let query = query.split('#').next().unwrap_or_default();
    let mut hashes = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(name, _)| *name == BODY_HASH);
    let (Some((_, claimed)), None) = (hashes.next(), hashes.next()) else { return false };
    let Ok(claimed) = hex::decode(claimed) else { return false };
    bool::from(Sha256::digest(body).as_slice().ct_eq(&claimed))
}
