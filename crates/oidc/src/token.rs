//! Whether an id token may be believed.

use crate::Refused;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};

/// Claims of a token that was verified.
pub type Claims = Map<String, Value>;

/// Signatures that are accepted: public keys only. `none` is not a value of this type, and shared secrets are not here.
pub const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Clocks may differ by so many seconds.
const SKEW: i64 = 120;
const MAX_TOKEN_BYTES: usize = 64 << 10;

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The issuer, letter by letter.
    pub issuer: &'a str,
    /// Who we are there.
    pub client_id: &'a str,
    /// What we sent along.
    pub nonce: &'a str,
    /// Now, epoch milliseconds.
    pub now_ms: i64,
}

/// The claims of a token whose signature fits one of the keys and which says what it must. `keys` is the key set as
/// the issuer sent it; keys of kinds that we don't know are passed over.
pub fn verify_id_token(keys: &Value, expected: &Expected<'_>, token: &str) -> Result<Claims, Refused> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Refused::because("oidc_size"));
    }
    if token.split('.').count() != 3 || token.split('.').any(str::is_empty) {
        return Err(Refused::because("oidc_token"));
    }
    // A header with `none` does not parse: it is no algorithm.
    let header = decode_header(token).map_err(|_| Refused::because("oidc_algorithm"))?;
    // A token that says that it must not be read without knowing more is not read.
    if !ALGORITHMS.contains(&header.alg) || header.crit.is_some() {
        return Err(Refused::because("oidc_algorithm"));
    }
    let fitting = |key: &Jwk| fits(key, header.alg) && (header.kid.is_none() || key.common.key_id == header.kid);
    let all = keys["keys"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut candidates = all.iter().take(50).filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok()).filter(fitting);
    let key = candidates.next().ok_or(Refused::because("oidc_key"))?;
    // Without a name for the key there must be no choice.
    if header.kid.is_none() && candidates.next().is_some() {
        return Err(Refused::because("oidc_key"));
    }
    let key = DecodingKey::from_jwk(&key).map_err(|_| Refused::because("oidc_key"))?;
    let mut only_the_signature = Validation::new(header.alg);
    only_the_signature.required_spec_claims.clear();
    only_the_signature.validate_exp = false;
    only_the_signature.validate_aud = false;
    let claims = decode::<Value>(token, &key, &only_the_signature).map_err(|_| Refused::because("oidc_signature"))?.claims;
    let Value::Object(claims) = claims else { return Err(Refused::because("oidc_token")) };
    check(&claims, expected)?;
    Ok(claims)
}

/// The key is of the algorithm's own kind, so that a public key can't be taken for a secret.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    use Algorithm as A;
    let of_kind = match &key.algorithm {
        AlgorithmParameters::RSA(_) => matches!(algorithm, A::RS256 | A::RS384 | A::RS512 | A::PS256 | A::PS384 | A::PS512),
        AlgorithmParameters::EllipticCurve(_) => matches!(algorithm, A::ES256 | A::ES384),
        AlgorithmParameters::OctetKeyPair(_) => matches!(algorithm, A::EdDSA),
        AlgorithmParameters::OctetKey(_) => false,
    };
    let named = key.common.key_algorithm.as_ref().is_none_or(|named| named.to_string() == format!("{algorithm:?}"));
    let signs = key.common.public_key_use.as_ref().is_none_or(|used| *used == PublicKeyUse::Signature);
    of_kind && named && signs
}

fn check(claims: &Claims, expected: &Expected<'_>) -> Result<(), Refused> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let seconds = |name: &str| claims.get(name).and_then(|value| value.as_i64().or_else(|| value.as_f64().map(|at| at as i64)));
    let now = expected.now_ms.div_euclid(1000);
    if text("iss") != Some(expected.issuer) {
        return Err(Refused::because("oidc_issuer"));
    }
    let audiences: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(some)) => some.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let party = text("azp");
    let is_ours = audiences.contains(&expected.client_id) && party.is_none_or(|party| party == expected.client_id);
    if !is_ours || (audiences.len() > 1 && party.is_none()) {
        return Err(Refused::because("oidc_audience"));
    }
    if !seconds("exp").is_some_and(|end| end > now - SKEW) {
        return Err(Refused::because("oidc_expired"));
    }
    if !seconds("iat").is_some_and(|at| at <= now + SKEW && at > now - 3600) || seconds("nbf").is_some_and(|at| at > now + SKEW) {
        return Err(Refused::because("oidc_time"));
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(Refused::because("oidc_nonce"));
    }
    let subject = text("sub").unwrap_or_default();
    if subject.is_empty() || subject.len() > 255 || subject.chars().any(char::is_control) {
        return Err(Refused::because("oidc_subject"));
    }
    Ok(())
}
