//! The request signature: the platform's published vectors, every spelling of the URL, rotation, refusals.

use parclose_ingest::door::signature::{sign_form, sign_json, verify_form, verify_json};

const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";

fn params(caller: &str) -> Vec<(String, String)> {
    [("CallSid", "CA1234567890ABCDE"), ("Caller", caller), ("Digits", "1234"), ("From", caller), ("To", "+18005551212")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}
fn secrets(list: &[&str]) -> Vec<String> {
    list.iter().map(|s| (*s).to_owned()).collect()
}

#[test]
fn published_vectors_verify() {
    for (caller, signature) in
        [("+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="), ("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")]
    {
        assert_eq!(sign_form("12345", URL, &params(caller)), signature);
        assert!(verify_form(&secrets(&["12345"]), URL, &params(caller), signature));
    }
}

#[test]
fn ports_may_be_added_or_removed() {
    let list = params("+1");
    for (signed, configured) in [
        ("https://a.example/x?y=1", "https://a.example:443/x?y=1"),
        ("https://a.example:443/x?y=1", "https://a.example/x?y=1"),
        ("http://a.example:80/x", "http://a.example/x"),
        ("https://a.example", "https://a.example:8443"),
        ("https://[::1]/x", "https://[::1]:8443/x"),
        ("https://[::1]:443/x", "https://[::1]/x"),
    ] {
        let signature = sign_form("s", signed, &list);
        assert!(verify_form(&secrets(&["s"]), configured, &list, &signature), "{signed} {configured}");
    }
    let other = sign_form("s", "https://b.example/x", &list);
    assert!(!verify_form(&secrets(&["s"]), "https://a.example/x", &list, &other));
}

#[test]
fn repeated_names_give_sorted_unique_values() {
    let pair = |n: &str, v: &str| (n.to_owned(), v.to_owned());
    let signed = sign_form("s", URL, &[pair("A", "1"), pair("A", "2"), pair("B", "")]);
    let sent = [pair("B", ""), pair("A", "2"), pair("A", "1"), pair("A", "2")];
    assert!(verify_form(&secrets(&["s"]), URL, &sent, &signed));
    // An empty value still adds its name.
    assert!(!verify_form(&secrets(&["s"]), URL, &sent[1..], &signed));
}

#[test]
fn two_secrets_are_valid_during_rotation_and_none_is_never() {
    let list = params("+1");
    let (old, new) = (sign_form("old", URL, &list), sign_form("new", URL, &list));
    assert!(verify_form(&secrets(&["new", "old"]), URL, &list, &old));
    assert!(verify_form(&secrets(&["new", "old"]), URL, &list, &new));
    assert!(!verify_form(&secrets(&["new"]), URL, &list, &old));
    assert!(!verify_form(&[], URL, &list, &new));
    let with_empty_secret = sign_form("", URL, &list);
    assert!(!verify_form(&secrets(&["", "new"]), URL, &list, &with_empty_secret));
}

#[test]
fn a_changed_byte_refuses() {
    let list = params("+1");
    let good = sign_form("s", URL, &list);
    let mut changed = list.clone();
    changed[2].1 = "1235".into();
    assert!(!verify_form(&secrets(&["s"]), URL, &changed, &good));
    for bad in ["", "=", "not base64!", &good[1..], &good[..good.len() - 4]] {
        assert!(!verify_form(&secrets(&["s"]), URL, &list, bad), "{bad}");
    }
}

#[test]
fn json_is_tied_to_its_body() {
    let body = br#"[{"id":"EZ1"}]"#;
    for base in ["https://a.example/events", "https://a.example/events?source=x"] {
        let (url, signature) = sign_json("s", base, body);
        assert!(verify_json(&secrets(&["s"]), &url, body, &signature));
        assert!(!verify_json(&secrets(&["s"]), &url, b"[]", &signature), "another body");
        assert!(!verify_json(&secrets(&["s"]), base, body, &signature), "the hash is needed");
        assert!(!verify_json(&secrets(&["t"]), &url, body, &signature), "another secret");
    }
    // A second hash, even when signed, is ambiguous.
    let (url, _) = sign_json("s", "https://a.example/e?bodySHA256=00", body);
    let signature = sign_form("s", &url, &[]);
    assert!(!verify_json(&secrets(&["s"]), &url, body, &signature));
    // A signed URL without a hash never vouches for a body.
    let bare = sign_form("s", "https://a.example/e", &[]);
    assert!(!verify_json(&secrets(&["s"]), "https://a.example/e", body, &bare));
}
