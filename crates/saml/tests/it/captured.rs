//! Responses of real providers (`web/e2e/idp/capture.mjs`), and a second opinion on whatever is good here: xmlsec1.

use crate::provider::{EVIL, IDP, RSA_SHA256, SP, Words, cut, own, peer, read, sign};
use parclose_saml::{Peer, Refused, Response, SamlRs, SamlSp, Statement};
use saml_rs::binding::base64_encode;
use std::process::{Command, Output};

struct Captured {
    name: &'static str,
    xml: &'static str,
    facts: &'static str,
    encrypted: bool,
}

macro_rules! captured {
    ($name:literal, $encrypted:literal) => {
        Captured {
            name: $name,
            xml: include_str!(concat!("../fixtures/captured/", $name, ".xml")),
            facts: include_str!(concat!("../fixtures/captured/", $name, ".txt")),
            encrypted: $encrypted,
        }
    };
}

const ALL: [Captured; 3] = [captured!("pysaml2", false), captured!("samlp", true), captured!("simplesamlphp", false)];

impl Captured {
    fn fact(&self, line: usize) -> &str {
        self.facts.lines().nth(line).unwrap()
    }

    fn peer(&self) -> Peer {
        Peer { entity_id: self.fact(2).into(), encrypted: self.encrypted, ..peer() }
    }

    fn read(&self, xml: &str, late_ms: i64) -> Result<Statement, Refused> {
        let now_ms = self.fact(1).parse::<i64>().unwrap() + late_ms;
        SamlRs.read(&own(), &self.peer(), &Response { encoded: &base64_encode(xml.as_bytes()), answers: Some(self.fact(0)), now_ms })
    }
}

#[test]
fn responses_of_three_real_providers_say_exactly_what_was_meant() {
    for captured in &ALL {
        let statement = captured.read(captured.xml, 2_000).unwrap_or_else(|refused| panic!("{}: {}", captured.name, refused.reason));
        assert_eq!((statement.subject.as_str(), statement.issuer.as_str()), ("00u-alice", captured.fact(2)), "{}", captured.name);
        let of = |name: &str| {
            statement.attributes.iter().find(|(known, _)| known == name).map(|(_, values)| values.join("|")).unwrap_or_default()
        };
        let read = ["email", "full_name", "roles", "groups", "team", "market", "department"].map(of);
        let meant = [
            "alice@partner.example",
            "Alice Ångström",
            "supervisor|wfo.team_leader|wfo.quality_manager",
            "Leads, Å & Co",
            "Anvils & Co|Örebro Å, Norr",
            "CZ|SK",
            "Anvils",
        ];
        assert_eq!(read, meant, "{}", captured.name);
        assert_eq!(of("cost centre").trim(), "4711 <x> \"y\"", "{}", captured.name);
        assert_eq!(statement.session.subject, "00u-alice");
        assert_eq!(statement.session.format.as_deref(), Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"), "{}", captured.name);
        assert!(statement.session.index.is_some(), "{} names its session", captured.name);
        assert!(captured.read(captured.xml, 4_000_000).is_err(), "{} is over after an hour", captured.name);
    }
}

#[test]
fn what_is_changed_in_them_is_refused() {
    for captured in &ALL {
        let refused = |what: &str, xml: &str| {
            assert_ne!(xml, captured.xml, "{}: {what} changes nothing", captured.name);
            assert!(captured.read(xml, 2_000).is_err(), "{}: {what}", captured.name);
        };
        if captured.encrypted {
            let value = cut(captured.xml, "CipherValue>", "</").to_owned();
            refused("a changed letter of the key", &captured.xml.replace(&value, &value.replacen('A', "B", 1)));
            let last = captured.xml.rfind("CipherValue>").unwrap();
            let start = captured.xml[..last].rfind("CipherValue>").unwrap() + 400;
            let letter = if captured.xml.as_bytes()[start] == b'A' { "B" } else { "A" };
            let mut changed = captured.xml.to_owned();
            changed.replace_range(start..=start, letter);
            refused("a changed letter of the text", &changed);
        } else {
            refused("another role", &captured.xml.replace("wfo.team_leader", "wfo.full_access"));
            refused("another subject", &captured.xml.replace("00u-alice", "00u-admin"));
        }
        let other = Peer { certificates: vec![EVIL.1.into()], ..captured.peer() };
        let now_ms = captured.fact(1).parse::<i64>().unwrap() + 2_000;
        let answer = Response { encoded: &base64_encode(captured.xml.as_bytes()), answers: Some(captured.fact(0)), now_ms };
        assert!(SamlRs.read(&own(), &other, &answer).is_err(), "{}: another certificate", captured.name);
        assert!(
            SamlRs.read(&own(), &captured.peer(), &Response { answers: Some("_another"), ..answer }).is_err(),
            "{}: another request",
            captured.name
        );
    }
}

fn xmlsec(parameters: &[&str]) -> Output {
    Command::new("xmlsec1").args(parameters).output().unwrap_or_else(|error| {
        panic!("xmlsec1 is not installed, and this test is nothing without it ({error}). Debian: apt-get install xmlsec1; `cargo xtask test` does so.")
    })
}

struct Files(std::path::PathBuf);

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Files {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("parclose-xmlsec-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Whether xmlsec1 finds the first signature right, by the pinned certificate and nothing that the message brings.
    fn verifies(&self, xml: &str) -> bool {
        let (message, certificate) = (self.write("message.xml", xml), self.write("idp.crt", IDP.1));
        let parameters = [
            "--verify",
            "--enabled-reference-uris",
            "empty,same-doc",
            "--enabled-key-data",
            "raw-x509-cert",
            "--pubkey-cert-pem",
            &certificate,
            "--id-attr:ID",
            "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
            "--id-attr:ID",
            "urn:oasis:names:tc:SAML:2.0:protocol:Response",
            &message,
        ];
        xmlsec(&parameters).status.success()
    }
}

#[test]
fn xmlsec1_agrees_on_what_is_good() {
    let files = Files::new("good");
    let words = Words::default();
    let whole = sign(&words.response(&words.assertion()), true, IDP, RSA_SHA256);
    let fixture = include_str!("../fixtures/signed_with_sha256.xml").trim().to_owned();
    for (what, xml) in [("our own corpus", words.signed()), ("the whole response", whole), ("made with openssl", fixture)] {
        assert!(files.verifies(&xml), "xmlsec1 refuses {what}");
    }
    for captured in &ALL {
        let xml = if captured.encrypted {
            let key = files.write("sp.key", SP.0);
            let message = files.write("encrypted.xml", captured.xml);
            let opened = xmlsec(&["--decrypt", "--privkey-pem", &key, &message]);
            assert!(opened.status.success(), "{}: {}", captured.name, String::from_utf8_lossy(&opened.stderr));
            String::from_utf8(opened.stdout).unwrap()
        } else {
            captured.xml.to_owned()
        };
        assert!(files.verifies(&xml), "xmlsec1 refuses {}", captured.name);
    }
}

/// A right signature is not enough, whoever says that it is right.
#[test]
fn what_xmlsec1_finds_right_is_still_refused_when_it_is_not_what_is_read() {
    let files = Files::new("bad");
    let good = Words::default().signed();
    let assertion = cut(&good, "<saml:Assertion", "</saml:Assertion>").to_owned();
    let evil = Words { assertion_id: "_evil".into(), subject: "admin@test.example".into(), ..Words::default() }.assertion();
    let wrapped = good.replace(&assertion, &format!("{evil}{assertion}"));
    let other_audience = Words { audience: "https://other.example".into(), ..Words::default() }.signed();
    let over = Words { confirmed_until: "2026-10-30T11:00:00Z".into(), ..Words::default() }.signed();
    for (what, xml) in [("wrapped", wrapped), ("for others", other_audience), ("over", over)] {
        assert!(files.verifies(&xml), "{what}: the signature itself is right");
        assert!(read(&xml).is_err(), "{what}");
    }
    let sha1 = include_str!("../fixtures/signed_with_sha1.xml").trim();
    assert!(read(sha1).is_err(), "SHA-1, which xmlsec1 {}", if files.verifies(sha1) { "takes" } else { "refuses too" });
    for (what, xml) in [
        ("changed", good.replace("wfo.team_leader", "wfo.full_access")),
        ("another key", sign(&Words::default().response(&Words::default().assertion()), false, EVIL, RSA_SHA256)),
    ] {
        assert!(!files.verifies(&xml), "{what}");
        assert!(read(&xml).is_err(), "{what}");
    }
}
