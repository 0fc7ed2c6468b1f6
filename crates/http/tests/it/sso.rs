//! The way to identity providers and back, as a browser sees it.

use crate::support::handled_by_queue;
use crate::openid::{CLIENT, ISSUER, OpenId, SECRET};
use crate::saml_provider::{EVIL, IDP, RSA_SHA256, SP, Words, encoded, peer, sign};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use parclose_test_kit::{Answer, TestApp, TestOptions, Who};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use url::Url;

const ADMIN: &str = "admin@test.example";
const BASE: &str = "https://insights.test.example";

struct Rig {
    app: TestApp,
    provider: Arc<OpenId>,
}

async fn rig() -> Rig {
    let provider = Arc::new(OpenId::new());
    let options = TestOptions::new(Vec::new(), &[ADMIN, "a@test.example"]);
    Rig { app: TestApp::start_with(options, provider.clone()).await.unwrap(), provider }
}

fn saml() -> Value {
    let peer = peer();
    json!({"name": "Okta", "enabled": true, "saml": {"entity_id": peer.entity_id, "sso_url": peer.sso_url, "certificates": peer.certificates}})
}

fn oidc() -> Value {
    json!({"name": "Keycloak", "enabled": true, "oidc": {"issuer": ISSUER, "client_id": CLIENT, "client_secret": SECRET}})
}

impl Rig {
    async fn add(&self, connection: Value) -> String {
        let made = self.app.ask(ADMIN, Method::POST, "/api/v1/connections", Some(connection)).await.unwrap();
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.bytes());
        made.json()["id"].as_str().unwrap().to_owned()
    }

    async fn get(&self, path: &str, cookie: Option<&str>) -> Answer {
        let mut request = Request::builder().uri(path).header("sec-fetch-site", "cross-site");
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        self.app.send(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    async fn post(&self, id: &str, xml: &str, relay_state: &str) -> Answer {
        let encoded = saml_rs::binding::base64_encode(xml.as_bytes());
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("SAMLResponse", &encoded)
            .append_pair("RelayState", relay_state)
            .finish();
        self.send_form(id, body).await
    }

    async fn send_form(&self, id: &str, body: String) -> Answer {
        let request = Request::builder().method(Method::POST).uri(format!("/sso/{id}/acs")).header("sec-fetch-site", "cross-site");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.app.send(request.body(Body::from(body)).unwrap()).await.unwrap()
    }

    /// Goes to the provider: the cookie, and what the address says.
    async fn leave(&self, id: &str, next: &str) -> (String, HashMap<String, String>) {
        let answer = self.get(&format!("/sso/{id}/login{next}"), None).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.bytes());
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(
            cookie.starts_with("__Host-parclose-sso=")
                && cookie.contains("; Secure")
                && cookie.contains("HttpOnly")
                && cookie.contains("SameSite=Lax"),
            "{cookie}"
        );
        let url = Url::parse(location(&answer)).unwrap();
        (cookie.split(';').next().unwrap().to_owned(), url.query_pairs().into_owned().collect())
    }

    /// What the audit trail says of the last sign-in.
    async fn reason(&self) -> String {
        let audit = self.app.ask(ADMIN, Method::GET, "/api/v1/audit?action=sign_in&limit=1", None).await.unwrap().json();
        audit["entries"][0]["detail"].as_str().unwrap_or_default().to_owned()
    }
}

fn location(answer: &Answer) -> &str {
    answer.headers[header::LOCATION].to_str().unwrap()
}

fn session(answer: &Answer) -> Who {
    let cookies: Vec<&str> = answer.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok()).collect();
    let cookie = cookies.iter().find(|cookie| cookie.starts_with("__Host-parclose=")).unwrap_or_else(|| panic!("{}", answer.bytes()));
    Who::Session { cookie: cookie.split(';').next().unwrap().to_owned(), csrf: String::new() }
}

fn words(id: &str, query: &HashMap<String, String>) -> Words {
    let xml = saml_rs::binding::deflate_raw_decode(&saml_rs::binding::base64_decode(&query["SAMLRequest"]).unwrap()).unwrap();
    let xml = String::from_utf8(xml).unwrap();
    let request = xml.split_once("ID=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let acs = format!("{BASE}/sso/{id}/acs");
    assert!(xml.contains(&acs));
    Words {
        assertion_id: format!("_a{request}"),
        response_id: format!("_r{request}"),
        destination: acs.clone(),
        recipient: acs,
        audience: format!("{BASE}/sso/{id}/metadata"),
        in_response_to: Some(request.clone()),
        confirmed_for: Some(request),
        ..Words::default()
    }
}

#[tokio::test]
async fn a_supervisor_arrives_from_a_saml_provider() {
    let rig = rig().await;
    let id = rig.add(saml()).await;
    let offered = rig.app.call(&Who::Nobody, Method::GET, "/api/v1/sign-in-options", None).await.unwrap().json();
    assert_eq!(offered["connections"], json!([{"name": "Okta", "login_url": format!("/sso/{id}/login")}]));
    let (cookie, query) = rig.leave(&id, "?next=%2Fd%2Fpilot%3Frange%3Dtoday").await;
    let posted = rig.post(&id, &words(&id, &query).signed(), &query["RelayState"]).await;
    assert_eq!(posted.status, StatusCode::SEE_OTHER, "{}", posted.bytes());
    assert!(!posted.headers.contains_key(header::SET_COOKIE), "not in yet: another site posted this");
    let done = rig.get(location(&posted), Some(&cookie)).await;
    assert_eq!(location(&done), "/d/pilot?range=today", "{}", rig.reason().await);
    let me = rig.app.call(&session(&done), Method::GET, "/api/v1/me", None).await.unwrap().json();
    assert_eq!(me["person"]["login"], "alice@test.example");
    assert_eq!(me["person"]["attributes"]["team"], json!(["Anvils & Co"]));
    assert_eq!(me["capabilities"]["dashboards"], "explorer");
}

#[tokio::test]
async fn a_supervisor_arrives_from_an_openid_provider() {
    let rig = rig().await;
    let id = rig.add(oidc()).await;
    let answer = rig.get(&format!("/sso/{id}/login?next=/d/pilot"), None).await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let (state, code) = rig.provider.visit(location(&answer));
    let done = rig.get(&format!("/sso/{id}/callback?state={state}&code={code}&session_state=x"), Some(&cookie)).await;
    assert_eq!(location(&done), "/d/pilot", "{}", rig.reason().await);
    let me = rig.app.call(&session(&done), Method::GET, "/api/v1/me", None).await.unwrap().json();
    assert_eq!((me["person"]["login"].as_str(), me["person"]["name"].as_str()), (Some("alice@test.example"), Some("Alice Ångström")));
    // A session that the browser brings along ends; it is never taken over.
    let old = session(&done);
    let Who::Session { cookie: old_cookie, .. } = &old else { panic!() };
    let answer = rig.get(&format!("/sso/{id}/login"), Some(&cookie)).await;
    let (state, code) = rig.provider.visit(location(&answer));
    let both = format!("{cookie}; {old_cookie}");
    let again = rig.get(&format!("/sso/{id}/callback?state={state}&code={code}"), Some(&both)).await;
    assert_eq!(location(&again), "/");
    assert_eq!(rig.app.call(&old, Method::GET, "/api/v1/me", None).await.unwrap().code(), "sign_in_required");
    assert_eq!(rig.app.call(&session(&again), Method::GET, "/api/v1/me", None).await.unwrap().status, StatusCode::OK);
}

/// Without the request's id, answers to different refusals are the same to the byte.
#[tokio::test]
async fn refusals_look_the_same_and_have_their_reasons_inside() {
    let rig = rig().await;
    let id = rig.add(saml()).await;
    let off = rig.add(json!({"name": "Off", "enabled": false, "saml": saml()["saml"]})).await;
    let (_, query) = rig.leave(&id, "").await;
    let mut answers = Vec::new();
    for xml in [
        words(&id, &query).response(&words(&id, &query).assertion()),
        sign(&words(&id, &query).response(&words(&id, &query).assertion()), false, EVIL, RSA_SHA256),
        Words { audience: "https://other.example".into(), ..words(&id, &query) }.signed(),
        "<!DOCTYPE r><r/>".into(),
        "nonsense".into(),
    ] {
        let (_, query) = rig.leave(&id, "").await;
        answers.push(rig.post(&id, &xml, &query["RelayState"]).await.bytes());
        assert!(rig.reason().await.starts_with("saml_"), "{}", rig.reason().await);
    }
    answers.push(rig.post(&id, &words(&id, &query).signed(), "made up").await.bytes());
    for nothing in [off.as_str(), "unknown"] {
        answers.push(rig.post(nothing, "x", "y").await.bytes());
        answers.push(rig.get(&format!("/sso/{nothing}/login"), None).await.bytes());
        answers.push(rig.get(&format!("/sso/{nothing}/callback?state=x&code=y"), None).await.bytes());
        answers.push(rig.get(&format!("/sso/{nothing}/done?ticket=x"), None).await.bytes());
    }
    answers.push(rig.get(&format!("/sso/{id}/done?ticket=x"), None).await.bytes());
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert!(answers[0].contains("location: /sign-in?refused=sign_in_failed") && !answers[0].contains("set-cookie"), "{}", answers[0]);
    let twice = rig.send_form(&id, "SAMLResponse=a&SAMLResponse=b&RelayState=c".into()).await;
    assert_eq!(twice.code(), "bad_request");
    assert_eq!(IDP.1, peer().certificates[0]);
}

#[tokio::test]
async fn the_page_afterwards_is_one_of_ours() {
    let rig = rig().await;
    let id = rig.add(oidc()).await;
    for next in [
        "https://evil.example",
        "//evil.example",
        "%2F%2Fevil.example",
        "/%5Cevil.example",
        "/%09/evil.example",
        "javascript:alert(1)",
        "/api/v1/me",
    ] {
        let answer = rig.get(&format!("/sso/{id}/login?next={next}"), None).await;
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let (state, code) = rig.provider.visit(location(&answer));
        let done = rig.get(&format!("/sso/{id}/callback?state={state}&code={code}"), Some(&cookie)).await;
        assert_eq!(location(&done), "/", "{next}");
    }
}

#[tokio::test]
async fn connections_are_managed_without_showing_secrets() {
    let rig = rig().await;
    let id = rig.add(oidc()).await;
    let listed = rig.app.ask(ADMIN, Method::GET, "/api/v1/connections", None).await.unwrap();
    assert!(!listed.bytes().contains(SECRET), "{}", listed.bytes());
    let mut connection = serde_json::from_slice::<parclose_http::schema::Connections>(&listed.body).unwrap().connections.remove(0);
    assert!(connection.has_secret);
    assert_eq!(connection.callback_url.as_deref(), Some(format!("{BASE}/sso/{id}/callback").as_str()));
    connection.settings.enabled = false;
    let change = json!({"version": connection.version, "settings": connection.settings});
    let changed = rig.app.ask(ADMIN, Method::PUT, &format!("/api/v1/connections/{id}"), Some(change.clone())).await.unwrap();
    assert_eq!((changed.status, changed.json()["version"].as_i64()), (StatusCode::OK, Some(2)), "{}", changed.bytes());
    assert_eq!(rig.app.ask(ADMIN, Method::PUT, &format!("/api/v1/connections/{id}"), Some(change)).await.unwrap().code(), "conflict");
    let metadata = format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.test.example/metadata\"><IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"><KeyDescriptor use=\"signing\"><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data><X509Certificate>{}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"https://idp.test.example/sso\"/></IDPSSODescriptor></EntityDescriptor>",
        IDP.1.lines().filter(|line| !line.starts_with("---")).collect::<String>()
    );
    let by_metadata = rig.add(json!({"name": "By metadata", "enabled": true, "saml": {"metadata_xml": metadata}})).await;
    let ours = rig.app.call(&Who::Nobody, Method::GET, &format!("/sso/{by_metadata}/metadata"), None).await.unwrap();
    assert!(String::from_utf8_lossy(&ours.body).contains(&format!("{BASE}/sso/{by_metadata}/acs")));
    for bad in [
        json!({"name": "x"}),
        json!({"name": "x", "saml": {"metadata_xml": "<a/>"}}),
        json!({"name": "x", "saml": saml()["saml"], "oidc": oidc()["oidc"]}),
    ] {
        assert_eq!(rig.app.ask(ADMIN, Method::POST, "/api/v1/connections", Some(bad)).await.unwrap().code(), "bad_request");
    }
    let gone = rig.app.ask(ADMIN, Method::DELETE, &format!("/api/v1/connections/{by_metadata}"), None).await.unwrap();
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(rig.app.ask(ADMIN, Method::DELETE, &format!("/api/v1/connections/{by_metadata}"), None).await.unwrap().code(), "not_found");
}

#[tokio::test]
async fn a_dry_run_and_groups() {
    let rig = rig().await;
    let id = rig.add(oidc()).await;
    let new =
        json!({"name": "Anvils Leads", "roles": ["supervisor", "wfo.team_leader", "wfo.nonsense"], "attributes": {"team": ["Anvils"]}});
    let made = rig.app.ask(ADMIN, Method::POST, "/api/v1/groups", Some(new.clone())).await.unwrap();
    assert_eq!((made.status, made.json()["unknown_roles"].clone()), (StatusCode::CREATED, json!(["wfo.nonsense"])), "{}", made.bytes());
    assert_eq!(rig.app.ask(ADMIN, Method::POST, "/api/v1/groups", Some(new)).await.unwrap().code(), "conflict");
    let group = format!("/api/v1/groups/{}", made.json()["id"].as_str().unwrap());
    rig.app.ask(ADMIN, Method::PATCH, &group, Some(json!({"roles": ["supervisor", "wfo.team_leader"]}))).await.unwrap();
    let claims = json!({"claims": {"sub": "x", "email": "new@test.example", "groups": ["anvils leads"], "market": ["CZ"]}});
    let run = async |body: Value| rig.app.ask(ADMIN, Method::POST, &format!("/api/v1/connections/{id}/dry-run"), Some(body)).await.unwrap();
    let would = run(claims).await;
    serde_json::from_slice::<parclose_http::schema::DryRunAnswer>(&would.body).unwrap();
    let would = would.json();
    assert_eq!((would["enters"].as_str(), would["person"].is_null(), would["conflict"].is_null()), (Some("yes"), true, true));
    assert_eq!(would["gives"]["attributes"], json!({"market": ["CZ"], "team": ["Anvils"]}));
    assert_eq!(run(json!({"attributes": {"email": ["a@test.example"]}, "subject": "x"})).await.json()["conflict"], "account_exists");
    assert_eq!(run(json!({})).await.code(), "bad_request");
    let person = rig.app.ask("a@test.example", Method::GET, "/api/v1/me", None).await.unwrap().json()["person"]["id"].clone();
    let link = json!({"person": person, "subject": "x"});
    let path = format!("/api/v1/connections/{id}/identities");
    assert_eq!(rig.app.ask(ADMIN, Method::POST, &path, Some(link.clone())).await.unwrap().status, StatusCode::NO_CONTENT);
    assert_eq!(rig.app.ask(ADMIN, Method::POST, &path, Some(link)).await.unwrap().code(), "conflict");
    assert_eq!(run(json!({"attributes": {"email": ["a@test.example"]}, "subject": "x"})).await.json()["person"], person);
    assert_eq!(rig.app.ask(ADMIN, Method::DELETE, &group, None).await.unwrap().status, StatusCode::NO_CONTENT);
    assert_eq!(rig.app.ask(ADMIN, Method::DELETE, &group, None).await.unwrap().code(), "not_found");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_said_so() {
    let rig = rig().await;
    let id = rig.add(json!({"name": "Gone", "enabled": true, "oidc": {"issuer": "https://gone.example", "client_id": "x"}})).await;
    let answer = rig.get(&format!("/sso/{id}/login"), None).await;
    assert_eq!(location(&answer), "/sign-in?refused=unavailable");
}

/// A connection of which one signs out as well.
fn with_logout() -> Value {
    let mut connection = saml();
    connection["single_logout"] = json!(true);
    let theirs = connection["saml"].as_object_mut().unwrap();
    theirs.insert("slo_url".into(), json!("https://idp.test.example/slo"));
    theirs.insert("private_key".into(), json!(SP.0));
    theirs.insert("certificate".into(), json!(SP.1));
    connection
}

fn logout_request(id: &str, n: &str, key: (&str, &str)) -> String {
    let xml = format!(
        "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_logout{n}\" Version=\"2.0\" \
         IssueInstant=\"2026-10-30T11:59:30Z\" Destination=\"{BASE}/sso/{id}/slo\"><saml:Issuer>{}</saml:Issuer><saml:NameID>alice@test.example</saml:NameID></samlp:LogoutRequest>",
        peer().entity_id
    );
    sign(&xml, true, key, RSA_SHA256)
}

fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

impl Rig {
    async fn slo(&self, id: &str, body: String) -> Answer {
        let request = Request::builder().method(Method::POST).uri(format!("/sso/{id}/slo")).header("sec-fetch-site", "cross-site");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.app.send(request.body(Body::from(body)).unwrap()).await.unwrap()
    }

    async fn alice(&self, id: &str) -> Who {
        let (cookie, query) = self.leave(id, "").await;
        let posted = self.post(id, &words(id, &query).signed(), &query["RelayState"]).await;
        session(&self.get(location(&posted), Some(&cookie)).await)
    }

    async fn is_in(&self, who: &Who) -> bool {
        self.app.call(who, Method::GET, "/api/v1/me", None).await.unwrap().status == StatusCode::OK
    }

    async fn sign_out_reason(&self) -> String {
        let audit = self.app.ask(ADMIN, Method::GET, "/api/v1/audit?action=sign_out&limit=1", None).await.unwrap().json();
        audit["entries"][0]["detail"].as_str().unwrap_or_default().to_owned()
    }
}

#[tokio::test]
async fn a_provider_ends_a_session_and_a_refused_logout_looks_like_any_refusal() {
    let rig = rig().await;
    let id = rig.add(with_logout()).await;
    let quiet = rig.add(saml()).await;
    let shown = rig.app.ask(ADMIN, Method::GET, "/api/v1/connections", None).await.unwrap().json();
    assert!(shown["connections"].as_array().unwrap().iter().all(|one| one["logout_url"].as_str().unwrap().ends_with("/slo")));
    let alice = rig.alice(&id).await;
    let good = logout_request(&id, "1", IDP);
    let unsigned = good.split_once("<ds:Signature").unwrap().0.to_owned() + good.split_once("</ds:Signature>").unwrap().1;
    let mut answers = Vec::new();
    for (reason, at, xml) in [
        ("saml_unsigned", &id, unsigned),
        ("saml_", &id, logout_request(&id, "1", EVIL)),
        ("saml_destination", &id, logout_request("other", "1", IDP)),
        ("single_logout_off", &quiet, logout_request(&quiet, "1", IDP)),
    ] {
        answers.push(rig.slo(at, form(&[("SAMLRequest", &encoded(&xml))])).await.bytes());
        let said = rig.sign_out_reason().await;
        assert!(said.starts_with(reason), "{said} and not {reason}");
    }
    answers.push(rig.slo("unknown", form(&[("SAMLRequest", "x")])).await.bytes());
    answers.push(rig.slo(&id, form(&[("SAMLResponse", "x"), ("RelayState", "made up")])).await.bytes());
    for at in [id.as_str(), &quiet, "unknown"] {
        answers.push(rig.get(&format!("/sso/{at}/slo?SAMLRequest=AAAA&SigAlg=x&Signature=y"), None).await.bytes());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert!(rig.is_in(&alice).await);
    for two in [form(&[("SAMLRequest", "a"), ("SAMLRequest", "b")]), form(&[("SAMLRequest", "a"), ("SAMLResponse", "b")]), String::new()] {
        assert_eq!(rig.slo(&id, two).await.code(), "bad_request");
    }
    let done = rig.slo(&id, form(&[("SAMLRequest", &encoded(&good)), ("RelayState", "theirs")])).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(location(&done).starts_with("https://idp.test.example/slo?SAMLResponse=") && location(&done).contains("RelayState=theirs"), "{}", done.bytes());
    assert!(!rig.is_in(&alice).await);
    assert_eq!(rig.sign_out_reason().await, "ended_by_provider");
}

#[tokio::test]
async fn signing_out_leads_on_to_the_provider() {
    let rig = rig().await;
    let id = rig.add(with_logout()).await;
    let alice = rig.alice(&id).await;
    let me = rig.app.call(&alice, Method::GET, "/api/v1/me", None).await.unwrap().json();
    let Who::Session { cookie, .. } = &alice else { panic!() };
    let with_token = Who::Session { cookie: cookie.clone(), csrf: me["csrf_token"].as_str().unwrap().into() };
    let out = rig.app.call(&with_token, Method::POST, "/api/v1/sign-out", None).await.unwrap();
    assert_eq!(out.status, StatusCode::OK, "{}", out.bytes());
    let answer: parclose_http::api::v1::sign_out::SignedOut = serde_json::from_slice(&out.body).unwrap();
    assert!(answer.provider_logout_url.starts_with("https://idp.test.example/slo?SAMLRequest="), "{}", answer.provider_logout_url);
    assert!(!rig.is_in(&alice).await);
}

#[tokio::test]
async fn a_session_that_somebody_prepared_is_never_taken_over() {
    let rig = rig().await;
    let id = rig.add(saml()).await;
    let planted = "__Host-parclose=planted-by-an-attacker";
    let (cookie, query) = rig.leave(&id, "").await;
    let posted = rig.post(&id, &words(&id, &query).signed(), &query["RelayState"]).await;
    let done = rig.get(location(&posted), Some(&format!("{cookie}; {planted}"))).await;
    let Who::Session { cookie: given, .. } = session(&done) else { panic!() };
    assert_ne!(given, planted);
    let planted = Who::Session { cookie: planted.into(), csrf: String::new() };
    assert!(!rig.is_in(&planted).await);
    // The attacker's own session in the victim's browser ends, and the victim gets another.
    let attacker = rig.alice(&id).await;
    let Who::Session { cookie: theirs, .. } = &attacker else { panic!() };
    let (cookie, query) = rig.leave(&id, "").await;
    let posted = rig.post(&id, &words(&id, &query).signed(), &query["RelayState"]).await;
    let done = rig.get(location(&posted), Some(&format!("{cookie}; {theirs}"))).await;
    assert!(rig.is_in(&session(&done)).await && !rig.is_in(&attacker).await);
}

/// Whatever a relay state says, the browser stays at our own address.
#[tokio::test]
async fn a_relay_state_leads_nowhere_else() {
    let rig = rig().await;
    let mut connection = saml();
    connection["saml"]["idp_initiated"] = json!(true);
    let id = rig.add(connection).await;
    let relays = [
        "https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "/%2f%2fevil.example", "/%2F/evil.example", "/%5cevil.example", "/%09/evil.example", "\t//evil.example",
        "/\n/evil.example", "/.//evil.example", "/..//evil.example", "///evil.example", "/d/../..//evil.example", "http:evil.example", "javascript:alert(1)", "/@evil.example", "/:80@evil.example", "?//evil.example", "\u{2215}\u{2215}evil.example",
    ];
    for (n, relay) in relays.iter().enumerate() {
        let unasked = Words { assertion_id: format!("_u{n}"), response_id: format!("_ur{n}"), in_response_to: None, confirmed_for: None, ..fresh(&id) };
        let posted = rig.post(&id, &unasked.signed(), relay).await;
        let done = rig.get(location(&posted), None).await;
        let to = location(&done);
        let landed = Url::parse(BASE).unwrap().join(to).unwrap();
        assert_eq!(landed.origin(), Url::parse(BASE).unwrap().origin(), "{relay:?} leads to {to}");
        assert!(!to.starts_with("//") && to.starts_with('/'), "{relay:?} leads to {to}");
        assert!(!to.starts_with("/sign-in"), "{relay:?}: {}", rig.reason().await);
    }
}

fn fresh(id: &str) -> Words {
    let acs = format!("{BASE}/sso/{id}/acs");
    Words { destination: acs.clone(), recipient: acs, audience: format!("{BASE}/sso/{id}/metadata"), ..Words::default() }
}

#[tokio::test]
async fn an_answer_of_another_provider_is_not_taken_to_this_one() {
    let rig = rig().await;
    let id = rig.add(oidc()).await;
    let mut answers = Vec::new();
    for (tail, reason) in [("&iss=https://evil.example", "oidc_mixed_up"), ("&iss=", "oidc_mixed_up"), ("&error=access_denied", "")] {
        let answer = rig.get(&format!("/sso/{id}/login"), None).await;
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let (state, code) = rig.provider.visit(location(&answer));
        let code = if reason.is_empty() { String::new() } else { format!("&code={code}") };
        let done = rig.get(&format!("/sso/{id}/callback?state={state}{code}{tail}"), Some(&cookie)).await;
        assert_eq!(rig.reason().await, if reason.is_empty() { "oidc_refused_there" } else { reason });
        answers.push(done.bytes());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

/// A directory switches somebody off while their pages ask and a program works with their key.
#[tokio::test]
async fn who_is_switched_off_by_the_directory_is_out_at_once() {
    let provider = Arc::new(OpenId::new());
    let options = TestOptions::new(parclose_test_kit::unit(parclose_test_kit::A, 1, 60.0), &[ADMIN, "a@test.example"]);
    let rig = Rig { app: TestApp::start_with(options, provider.clone()).await.unwrap(), provider };
    let id = rig.add(oidc()).await;
    let answer = rig.get(&format!("/sso/{id}/login"), None).await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let (state, code) = rig.provider.visit(location(&answer));
    let done = rig.get(&format!("/sso/{id}/callback?state={state}&code={code}"), Some(&cookie)).await;
    let Who::Session { cookie, .. } = session(&done) else { panic!("a session") };
    let csrf = rig.app.call(&session(&done), Method::GET, "/api/v1/me", None).await.unwrap().json();
    let alice = Who::Session { cookie, csrf: csrf["csrf_token"].as_str().unwrap().to_owned() };
    let person = csrf["person"]["id"].as_str().unwrap().to_owned();
    let origin = rig.app.ask(ADMIN, Method::GET, &format!("/api/v1/people/{person}/origin"), None).await.unwrap().json();
    assert_eq!(origin["connections"][0]["source"], "login", "{origin}");
    let subject = origin["connections"][0]["subject"].as_str().unwrap().to_owned();

    // The directory's key, and one of Alice's own.
    let service = json!({"kind": "service", "login": "directory", "name": "Directory", "roles": []});
    let service = rig.app.ask(ADMIN, Method::POST, "/api/v1/people", Some(service)).await.unwrap().json()["id"].as_str().unwrap().to_owned();
    let key = async |body: Value| {
        let made = rig.app.ask(ADMIN, Method::POST, "/api/v1/api-keys", Some(body)).await.unwrap();
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.bytes());
        Who::Key(made.json()["key"].as_str().unwrap().to_owned())
    };
    let directory = key(json!({"name": "scim", "person": service, "scopes": ["scim"], "connection": id})).await;
    let program = key(json!({"name": "own", "person": person, "scopes": ["read:rows"]})).await;
    let refused = rig.app.call(&program, Method::GET, "/scim/v2/Users", None).await.unwrap();
    assert_eq!((refused.status, refused.headers[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::FORBIDDEN, "application/scim+json"));
    // The directory's key opens nothing else: its owner has no role at all.
    assert_eq!(rig.app.call(&directory, Method::GET, "/api/v1/people", None).await.unwrap().code(), "sign_in_required");
    assert_eq!(rig.app.call(&directory, Method::POST, "/api/v1/query", Some(handled_by_queue())).await.unwrap().code(), "sign_in_required");

    let user = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "alice@test.example", "externalId": subject, "active": true});
    let made = rig.app.call(&directory, Method::POST, "/scim/v2/Users", Some(user)).await.unwrap();
    assert_eq!((made.status, made.json()["id"].as_str()), (StatusCode::CREATED, Some(person.as_str())), "{}", made.bytes());
    let origin = rig.app.ask(ADMIN, Method::GET, &format!("/api/v1/people/{person}/origin"), None).await.unwrap().json();
    assert_eq!(origin["connections"].as_array().unwrap().iter().map(|one| one["source"].clone()).collect::<Vec<_>>(), [json!("login"), json!("scim")]);

    let state = async |who: &Who| rig.app.call(who, Method::GET, "/api/v1/account/state", None).await.unwrap();
    let query = async |who: &Who| rig.app.call(who, Method::POST, "/api/v1/query", Some(handled_by_queue())).await.unwrap();
    assert_eq!(state(&alice).await.status, StatusCode::OK);
    for who in [&alice, &program] {
        assert_eq!(query(who).await.status, StatusCode::OK, "{}", query(who).await.bytes());
    }
    // Questions are under way while the directory speaks; whoever is answered after it was heard gets nothing.
    let heard = std::sync::atomic::AtomicBool::new(false);
    let ask_on = async |who: &Who| {
        let mut after = 0;
        while after < 5 {
            let begun_after = heard.load(std::sync::atomic::Ordering::SeqCst);
            let answer = query(who).await;
            if begun_after {
                assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, "sign_in_required"));
                after += 1;
            }
        }
    };
    let speak = async {
        let patch = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "replace", "value": {"active": false}}]});
        let answer = rig.app.call(&directory, Method::PATCH, &format!("/scim/v2/Users/{person}"), Some(patch)).await.unwrap();
        assert!(answer.status.is_success(), "{}", answer.bytes());
        heard.store(true, std::sync::atomic::Ordering::SeqCst);
    };
    tokio::join!(ask_on(&alice), ask_on(&program), speak);
    assert_eq!(state(&alice).await.code(), "sign_in_required");
    // Nor does a login bring them back, and the trail says who did it.
    let answer = rig.get(&format!("/sso/{id}/login"), None).await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let (state, code) = rig.provider.visit(location(&answer));
    let done = rig.get(&format!("/sso/{id}/callback?state={state}&code={code}"), Some(&cookie)).await;
    assert_eq!(location(&done), "/sign-in?refused=sign_in_failed");
    let audit = rig.app.ask(ADMIN, Method::GET, "/api/v1/audit?action=scim&limit=20", None).await.unwrap().json();
    assert!(audit["entries"].as_array().unwrap().iter().any(|entry| entry["resource_id"] == person.as_str()), "{audit}");
}
