//! The attack corpus. Every case starts from a good response, is refused, and says why inside.

use crate::provider::{EVIL, IDP, NOW_MS, REQUEST, RSA_SHA256, Words, attribute, cut, encoded, own, peer, read, read_as, sign};
use parclose_saml::{MAX_RESPONSE_BYTES, Response, SamlRs, SamlSp};

fn refused(what: &str, xml: &str) -> &'static str {
    match read(xml) {
        Ok(statement) => panic!("{what} was accepted as {}", statement.subject),
        Err(refused) => refused.reason,
    }
}

/// Somebody else, with more rights, and unsigned.
fn evil() -> Words {
    let words = Words::default();
    Words {
        assertion_id: "_evil".into(),
        subject: "admin@test.example".into(),
        attributes: words.attributes.replace("supervisor", "admin"),
        ..words
    }
}

struct Parts {
    good: String,
    assertion: String,
    signature: String,
    bare: String,
}

/// A good response taken apart.
fn parts() -> Parts {
    let good = Words::default().signed();
    let assertion = cut(&good, "<saml:Assertion", "</saml:Assertion>").to_owned();
    let signature = cut(&assertion, "<ds:Signature", "</ds:Signature>").to_owned();
    Parts { bare: assertion.replace(&signature, ""), good, assertion, signature }
}

#[test]
fn the_corpus_starts_from_something_good() {
    assert!(read(&parts().good).is_ok());
}

#[test]
fn signature_wrappings_one_to_eight() {
    let Parts { good, assertion, signature, bare } = parts();
    let forged = evil().assertion();
    let after_issuer = |forged: &str, inside: &str| forged.replacen("</saml:Issuer>", &format!("</saml:Issuer>{inside}"), 1);
    let with_object = |what: &str| signature.replace("</ds:Signature>", &format!("<ds:Object>{what}</ds:Object></ds:Signature>"));
    let words = Words::default();
    let signed_response = sign(&words.response(&words.assertion()), true, IDP, RSA_SHA256);
    let response_signature = cut(&signed_response, "<ds:Signature", "</ds:Signature>").to_owned();
    let original_response = signed_response.replace(&response_signature, "");
    let forged_response = Words { response_id: "_evil-response".into(), ..words.clone() }.response(&forged);
    let object = |what: &str| response_signature.replace("</ds:Signature>", &format!("<ds:Object>{what}</ds:Object></ds:Signature>"));
    let extension = |what: &str| format!("<samlp:Extensions>{what}</samlp:Extensions>");
    let cases = [
        // 1 and 2 wrap the whole response: inside the signature, and before it.
        ("xsw1", after_issuer(&forged_response, &object(&original_response))),
        ("xsw2", after_issuer(&forged_response, &format!("{original_response}{response_signature}"))),
        // 3: a forged assertion before the good one. 4: the good one inside the forged one.
        ("xsw3", good.replace(&assertion, &format!("{forged}{assertion}"))),
        ("xsw3 after", good.replace(&assertion, &format!("{assertion}{forged}"))),
        ("xsw4", good.replace(&assertion, &forged.replace("</saml:Assertion>", &format!("{assertion}</saml:Assertion>")))),
        // 5: the good signature over a changed assertion, the original at the end. 6: the original inside the signature.
        ("xsw5", good.replace(&assertion, &format!("{}{bare}", after_issuer(&forged, &signature)))),
        ("xsw6", good.replace(&assertion, &after_issuer(&forged, &with_object(&bare)))),
        // 7: the original in an extension. 8: the original in an object of the forged assertion's signature.
        ("xsw7", good.replace(&assertion, &format!("{}{forged}", extension(&assertion)))),
        (
            "xsw8",
            good.replace(
                &assertion,
                &after_issuer(
                    &forged,
                    &signature.replace("</ds:Signature>", &format!("<ds:Object>{assertion}</ds:Object></ds:Signature>")),
                ),
            ),
        ),
        // One id twice: what is signed and what is read must not be two things.
        (
            "same id",
            good.replace(&assertion, &format!("{}{assertion}", Words { assertion_id: "_assertion-1".into(), ..evil() }.assertion())),
        ),
        (
            "advice",
            good.replace(
                &assertion,
                &forged.replace("<saml:AuthnStatement", &format!("<saml:Advice>{assertion}</saml:Advice><saml:AuthnStatement")),
            ),
        ),
    ];
    for (what, xml) in cases {
        refused(what, &xml);
    }
}

#[test]
fn what_is_not_signed_by_the_pinned_key_is_nothing() {
    let words = Words::default();
    let plain = words.response(&words.assertion());
    let Parts { good, signature, .. } = parts();
    assert_eq!(refused("unsigned", &plain), "saml_unsigned");
    assert_eq!(refused("signature cut out", &good.replace(&signature, "")), "saml_unsigned");
    refused("another key, its certificate in the message", &sign(&plain, false, EVIL, RSA_SHA256));
    refused("another key that shows the pinned certificate", &sign(&plain, false, (EVIL.0, IDP.1), RSA_SHA256));
    refused("both signed by another key", &sign(&sign(&plain, false, EVIL, RSA_SHA256), true, EVIL, RSA_SHA256));
    // Its signature fits: made by openssl with the pinned key.
    assert_eq!(refused("sha-1", include_str!("../fixtures/signed_with_sha1.xml").trim()), "saml_algorithm");
    assert_eq!(
        read(include_str!("../fixtures/signed_with_sha256.xml").trim()).unwrap().subject,
        "alice@test.example",
        "made in the same way"
    );
    refused("hmac with the public key's text", &good.replace(RSA_SHA256, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"));
    refused(
        "empty signature",
        &good.replace(cut(&signature, "<ds:SignatureValue>", "</ds:SignatureValue>"), "<ds:SignatureValue></ds:SignatureValue>"),
    );
    refused("no reference", &good.replace(cut(&signature, "<ds:Reference", "</ds:Reference>"), ""));
    refused("reference to nothing", &good.replace("URI=\"#_assertion-1\"", "URI=\"#_nothing\""));
    refused("reference to everything", &good.replace("URI=\"#_assertion-1\"", "URI=\"\""));
    let xslt = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/></ds:Transforms>";
    refused("a transform of the attacker's", &good.replacen("</ds:Transforms>", xslt, 1));
}

#[test]
fn a_changed_word_breaks_the_signature() {
    let good = parts().good;
    for (what, from, to) in [
        ("swapped subject", "alice@test.example</saml:NameID>", "admin@test.example</saml:NameID>"),
        ("another role", "wfo.team_leader", "wfo.full_access"),
        ("another audience", "/sso/okta/metadata</saml:Audience>", "/sso/other/metadata</saml:Audience>"),
        ("a longer life", "NotOnOrAfter=\"2026-10-30T12:05:00Z\"", "NotOnOrAfter=\"2036-10-30T12:05:00Z\""),
    ] {
        let changed = good.replace(from, to);
        assert_ne!(changed, good, "{what}");
        refused(what, &changed);
    }
}

#[test]
fn comments_and_entities_cut_nothing_off() {
    let whole = "admin@test.example.evil.example";
    // Signed by the provider itself, as one who may choose his own name there would get it.
    let subject = Words { subject: "admin@test.example<!-- -->.evil.example".into(), ..Words::default() };
    if let Ok(statement) = read(&subject.signed()) {
        assert_eq!(statement.subject, whole, "the name ends at a comment");
    }
    let value = Words { attributes: attribute("email", &["admin@test.example<!---->.evil.example"]), ..Words::default() };
    if let Ok(statement) = read(&value.signed()) {
        assert_eq!(statement.attributes[0].1, [whole]);
    }
    // Put in afterwards: canonical XML drops comments, so the signature still fits.
    let injected = parts().good.replace("alice@test.example</saml:NameID>", "alice@test<!-- x -->.example</saml:NameID>");
    if let Ok(statement) = read(&injected) {
        assert_eq!(statement.subject, "alice@test.example");
    }
    for (what, doctype) in [
        ("internal entity", "<!DOCTYPE r [<!ENTITY who \"admin@test.example\">]>"),
        ("external entity", "<!DOCTYPE r SYSTEM \"file:///etc/passwd\">"),
        ("billion laughs", "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\">]>"),
        ("default attributes", "<!DOCTYPE r [<!ATTLIST saml:Assertion ID CDATA #FIXED \"_assertion-1\">]>"),
        ("in other letters", "<!doctype r>"),
    ] {
        assert_eq!(refused(what, &format!("{doctype}{}", parts().good)), "saml_doctype", "{what}");
    }
    let wide: Vec<u8> = format!("<!DOCTYPE r>{}", parts().good).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, wide);
    let answer = SamlRs.read(&own(), &peer(), &Response { encoded: &wide, answers: Some(REQUEST), now_ms: NOW_MS });
    assert_eq!(answer.unwrap_err().reason, "saml_doctype");
    refused("an entity that nobody declared", &parts().good.replace("alice@test.example</saml:NameID>", "&who;</saml:NameID>"));
}

#[test]
fn meant_for_others() {
    let base = Words::default;
    let cases = [
        ("audience", Words { audience: "https://other.test.example/metadata".into(), ..base() }),
        ("audience with a tail", Words { audience: format!("{}.evil.example", own().entity_id), ..base() }),
        ("no conditions, so no audience", Words { conditions: false, ..base() }),
        ("recipient", Words { recipient: "https://other.test.example/acs".into(), ..base() }),
        ("destination", Words { destination: "https://other.test.example/acs".into(), ..base() }),
        ("issuer", Words { issuer: "https://other-idp.test.example".into(), ..base() }),
        ("issuer of the response", Words { response_issuer: "https://other-idp.test.example".into(), ..base() }),
        (
            "answer to another request",
            Words { in_response_to: Some("_request-2".into()), confirmed_for: Some("_request-2".into()), ..base() },
        ),
        ("confirmed for another request", Words { confirmed_for: Some("_request-2".into()), ..base() }),
        ("answer to nothing", Words { in_response_to: None, confirmed_for: None, ..base() }),
        ("a failure", Words { status: "urn:oasis:names:tc:SAML:2.0:status:Requester".into(), ..base() }),
        ("nobody", Words { subject: String::new(), ..base() }),
        ("a subject with a line in it", Words { subject: "a&#10;b".into(), ..base() }),
    ];
    for (what, words) in cases {
        refused(what, &words.signed());
    }
}

#[test]
fn too_late_and_too_early() {
    let base = Words::default;
    for (what, words) in [
        ("conditions are over", Words { not_after: "2026-10-30T11:56:00Z".into(), ..base() }),
        (
            "conditions have not begun",
            Words { not_before: "2026-10-30T12:04:00Z".into(), not_after: "2026-10-30T12:09:00Z".into(), ..base() },
        ),
        ("confirmation is over", Words { confirmed_until: "2026-10-30T11:56:00Z".into(), ..base() }),
        ("no time at all", Words { confirmed_until: "soon".into(), ..base() }),
    ] {
        refused(what, &words.signed());
    }
    let tolerated = Words { not_after: "2026-10-30T11:58:30Z".into(), not_before: "2026-10-30T11:50:00Z".into(), ..base() };
    assert!(read(&tolerated.signed()).is_ok(), "clocks may differ by three minutes");
}

#[test]
fn huge_deep_and_broken_documents() {
    let answer =
        |text: &str| SamlRs.read(&own(), &peer(), &Response { encoded: text, answers: Some(REQUEST), now_ms: NOW_MS }).unwrap_err().reason;
    assert_eq!(answer(&"A".repeat(MAX_RESPONSE_BYTES + 1)), "saml_size");
    assert_eq!(answer("not base64!"), "saml_encoding");
    for text in ["", "<", "<a>", "{}", "\u{0}"] {
        answer(&encoded(text));
    }
    let deep = format!("{}{}", "<a>".repeat(20_000), "</a>".repeat(20_000));
    refused("deep", &deep);
    refused(
        "deep inside",
        &parts().good.replace(
            "</samlp:Status>",
            &format!("</samlp:Status><samlp:Extensions>{}{}</samlp:Extensions>", "<a>".repeat(60), "</a>".repeat(60)),
        ),
    );
    refused("many", &format!("<a>{}</a>", "<b/>".repeat(50_000)));
    refused(
        "an attribute of a hundred kilobytes",
        &parts().good.replace("Version=\"2.0\"", &format!("Version=\"2.0\" x=\"{}\"", "y".repeat(100_000))),
    );
}

#[test]
fn two_subjects_in_one_response_are_nobody() {
    let one = parts().assertion;
    let two = Words { assertion_id: "_assertion-2".into(), subject: "bob@test.example".into(), ..Words::default() };
    let two = cut(&two.signed(), "<saml:Assertion", "</saml:Assertion>").to_owned();
    refused("two signed assertions of two people", &Words::default().response(&format!("{one}{two}")));
}

#[test]
fn the_same_response_has_the_same_ids_so_that_it_can_be_used_once() {
    let good = parts().good;
    let first = read_as(&peer(), &good, Some(REQUEST)).unwrap();
    assert_eq!(first.ids, read_as(&peer(), &good, Some(REQUEST)).unwrap().ids);
    // The same assertion in another envelope: the response's id is not signed and can be anything.
    let moved = read(&good.replace("_response-1", "_response-2")).unwrap();
    assert!(moved.ids.iter().any(|id| first.ids.contains(id)), "{:?} {:?}", moved.ids, first.ids);
}
