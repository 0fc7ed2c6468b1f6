//! Which tokens are believed.

use crate::provider::{CLIENT, ISSUER, NOW_MS, claims, ec, key_set, other, rsa};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use parclose_oidc::{Claims, Expected, Refused, attributes_of, verify_id_token};
use serde_json::{Value, json};

const EXPECTED: Expected<'static> = Expected { issuer: ISSUER, client_id: CLIENT, nonce: "n", now_ms: NOW_MS };

fn verify(token: &str) -> Result<Claims, Refused> {
    verify_id_token(&key_set(&[rsa(), ec()]), &EXPECTED, token)
}

fn refused(what: &str, token: &str) -> &'static str {
    match verify(token) {
        Ok(_) => panic!("{what} was believed"),
        Err(refused) => refused.reason,
    }
}

/// A good token with one claim changed, or taken out by null.
fn with(name: &str, value: Value) -> String {
    let mut claims = claims("n");
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    rsa().sign(&claims)
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[test]
fn good_tokens_of_both_kinds_of_keys_are_believed() {
    for key in [rsa(), ec()] {
        assert_eq!(verify(&key.sign(&claims("n"))).unwrap()["sub"], "subject-1");
    }
    assert!(verify(&with("aud", json!([CLIENT]))).is_ok());
    let mut two = claims("n");
    two["aud"] = json!(["other", CLIENT]);
    assert_eq!(refused("two audiences without a party", &rsa().sign(&two)), "oidc_audience");
    two["azp"] = json!(CLIENT);
    assert!(verify(&rsa().sign(&two)).is_ok());
}

#[test]
fn no_signature_and_signatures_with_a_secret() {
    let good = rsa().sign(&claims("n"));
    let parts: Vec<&str> = good.split('.').collect();
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let header = part(&json!({"alg": none, "kid": "rsa-1"}));
        for signature in ["", parts[2], "AA"] {
            refused("none", &format!("{header}.{}.{signature}", parts[1]));
        }
    }
    // The public key, which everybody knows, taken for a shared secret.
    let public = rsa().public();
    for secret in [
        public["n"].as_str().unwrap().as_bytes().to_vec(),
        URL_SAFE_NO_PAD.decode(public["n"].as_str().unwrap()).unwrap(),
        public.to_string().into_bytes(),
        Vec::new(),
    ] {
        for kid in ["rsa-1", "ec-1"] {
            let header = Header { kid: Some(kid.into()), ..Header::new(Algorithm::HS256) };
            let token = encode(&header, &claims("n"), &EncodingKey::from_secret(&secret)).unwrap();
            assert_eq!(refused("a public key as a secret", &token), "oidc_algorithm");
        }
    }
    // Even when the key set of the provider holds a secret.
    let mut keys = key_set(&[]);
    keys["keys"].as_array_mut().unwrap().push(json!({"kty": "oct", "kid": "oct-1", "k": URL_SAFE_NO_PAD.encode("secret")}));
    let header = Header { kid: Some("oct-1".into()), ..Header::new(Algorithm::HS256) };
    let token = encode(&header, &claims("n"), &EncodingKey::from_secret(b"secret")).unwrap();
    assert!(verify_id_token(&keys, &EXPECTED, &token).is_err());
}

#[test]
fn other_keys_and_changed_tokens() {
    assert_eq!(refused("another key of the same name", &other().sign(&claims("n"))), "oidc_signature");
    let stray = Header { kid: Some("../../etc/passwd' OR 1=1".into()), ..Header::new(Algorithm::RS256) };
    assert_eq!(refused("a key that nobody knows", &encode(&stray, &claims("n"), &rsa().key).unwrap()), "oidc_key");
    let carried = Header { kid: Some("rsa-1".into()), jwk: serde_json::from_value(other().public()).ok(), ..Header::new(Algorithm::RS256) };
    assert_eq!(refused("a key that the token brings along", &encode(&carried, &claims("n"), &other().key).unwrap()), "oidc_signature");
    let critical = Header { kid: Some("rsa-1".into()), crit: Some(vec!["b64".into()]), ..Header::new(Algorithm::RS256) };
    refused("more to know", &encode(&critical, &claims("n"), &rsa().key).unwrap());
    // The name of one key, the algorithm of another kind.
    let crossed = Header { kid: Some("rsa-1".into()), ..Header::new(Algorithm::ES256) };
    assert_eq!(refused("crossed kinds", &encode(&crossed, &claims("n"), &ec().key).unwrap()), "oidc_key");
    let good = rsa().sign(&claims("n"));
    let parts: Vec<&str> = good.split('.').collect();
    let mut forged = claims("n");
    forged["roles"] = json!(["admin", "wfo.full_access"]);
    assert_eq!(refused("changed claims", &format!("{}.{}.{}", parts[0], part(&forged), parts[2])), "oidc_signature");
    for end in
        [0, 1, 10, good.len() / 2, parts[0].len() + parts[1].len() + 1, parts[0].len() + parts[1].len() + 2, good.len() - 1, good.len() - 4]
    {
        refused("truncated", &good[..end]);
    }
    for token in [format!("{good}x"), format!("{good}."), format!("{}..{}", parts[0], parts[2]), format!(" {good}"), "x".repeat(70_000)] {
        refused("mangled", &token);
    }
    let nameless = encode(&Header::new(Algorithm::RS256), &claims("n"), &rsa().key).unwrap();
    assert!(verify(&nameless).is_ok(), "one key of the kind: no choice");
    assert!(verify_id_token(&key_set(&[rsa(), other()]), &EXPECTED, &nameless).is_err(), "two: which?");
    let mut encrypts = rsa().public();
    encrypts["use"] = json!("enc");
    assert!(verify_id_token(&json!({"keys": [encrypts]}), &EXPECTED, &good).is_err());
    for nothing in [json!(null), json!({}), json!({"keys": []}), json!({"keys": "x"})] {
        assert!(verify_id_token(&nothing, &EXPECTED, &good).is_err());
    }
}

#[test]
fn tokens_that_say_something_else() {
    let now = NOW_MS / 1000;
    let cases = [
        ("iss", json!("https://idp.test.example/other-tenant"), "oidc_issuer"),
        ("iss", json!("https://idp.test.example/tenant/"), "oidc_issuer"),
        ("iss", Value::Null, "oidc_issuer"),
        ("aud", json!("another-client"), "oidc_audience"),
        ("aud", json!(["another-client"]), "oidc_audience"),
        ("aud", json!("parclose-2"), "oidc_audience"),
        ("aud", Value::Null, "oidc_audience"),
        ("azp", json!("another-client"), "oidc_audience"),
        ("exp", json!(now - 300), "oidc_expired"),
        ("exp", json!("never"), "oidc_expired"),
        ("exp", Value::Null, "oidc_expired"),
        ("iat", json!(now + 600), "oidc_time"),
        ("iat", json!(now - 90_000), "oidc_time"),
        ("iat", Value::Null, "oidc_time"),
        ("nbf", json!(now + 600), "oidc_time"),
        ("nonce", json!("another"), "oidc_nonce"),
        ("nonce", json!(""), "oidc_nonce"),
        ("nonce", Value::Null, "oidc_nonce"),
        ("sub", json!(""), "oidc_subject"),
        ("sub", json!("a\nb"), "oidc_subject"),
        ("sub", json!(7), "oidc_subject"),
        ("sub", Value::Null, "oidc_subject"),
    ];
    for (name, value, reason) in cases {
        assert_eq!(refused(&format!("{name}: {value}"), &with(name, value.clone())), reason, "{name}: {value}");
    }
    assert!(verify(&with("exp", json!(now - 60))).is_ok(), "clocks may differ by two minutes");
}

#[test]
fn claims_become_attributes_without_those_of_the_protocol() {
    let claims = json!({"iss": "i", "sub": "s", "nonce": "n", "team": "Anvils", "market": ["CZ", "SK"], "level": 3, "active": true, "nothing": null,
        "realm_access": {"roles": ["supervisor"]}, "deep": {"er": {"and": {"deeper": {"still": 1}}}}, "mixed": ["a", {"b": 1}, ["c"]]});
    let attributes = attributes_of(claims.as_object().unwrap());
    let of = |name: &str| attributes.get(name).map(|values| values.join("|"));
    assert_eq!(of("team").as_deref(), Some("Anvils"));
    assert_eq!(of("market").as_deref(), Some("CZ|SK"));
    assert_eq!((of("level").as_deref(), of("active").as_deref()), (Some("3"), Some("true")));
    assert_eq!(of("realm_access.roles").as_deref(), Some("supervisor"));
    assert_eq!(of("mixed").as_deref(), Some("a"));
    assert!(
        !attributes.keys().any(|name| ["iss", "sub", "nonce", "nothing"].contains(&name.as_str()) || name.contains("still")),
        "{attributes:?}"
    );
}
