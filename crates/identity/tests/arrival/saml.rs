//! SAML from end to end, without a socket.

use crate::rig::{Visit, rig, saml_of, saml_settings, words};
use crate::saml_provider::{EVIL, IDP, NOW_MS, RSA_SHA256, Words, attribute, sign};
use parclose_identity::{Arrived, Error};

fn login(arrived: &Arrived) -> &str {
    arrived.signed_in.caller.login()
}

#[tokio::test]
async fn a_first_login_makes_the_person_and_each_login_brings_them_up_to_date() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    let visit = rig.visit(&id, Some("/d/pilot?range=today")).await;
    let arrived = rig.post(&id, &visit, &visit.words.signed()).await.unwrap();
    assert_eq!((login(&arrived), arrived.next.as_str()), ("alice@test.example", "/d/pilot?range=today"));
    let alice = rig.person("alice@test.example").await.unwrap();
    assert_eq!(alice.roles, ["supervisor", "wfo.team_leader"]);
    assert_eq!((alice.name.as_str(), alice.attributes["team"].as_slice()), ("Alice Ångström", ["Anvils & Co".to_owned()].as_slice()));
    assert!(alice.given.roles.is_empty() && alice.given.attributes.is_empty(), "nothing of its own");
    assert_eq!(rig.last_words(2).await, ["signed_in", "made_at_login"]);

    // The next login says less. It holds in the session that is open already.
    let open = arrived.signed_in.token.secret();
    let visit = rig.visit(&id, None).await;
    let words = Words { attributes: attribute("roles", &["supervisor", "wfo.dashboard_viewer"]), ..visit.words.clone() };
    // The subject is the same, so the person is, although no e-mail came along.
    rig.post(&id, &visit, &words.signed()).await.unwrap();
    let seen = rig.identity.caller_from_session(open, NOW_MS + 1_000).await.unwrap().unwrap();
    assert_eq!((seen.caller.roles().join(" "), seen.caller.attributes().len()), ("supervisor wfo.dashboard_viewer".into(), 0));
    assert_eq!(seen.caller.login(), "alice@test.example");
}

#[tokio::test]
async fn an_agent_is_made_and_does_not_come_in() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    let visit = rig.visit(&id, None).await;
    let words = Words { attributes: attribute("roles", &["agent"]), ..visit.words.clone() };
    assert!(matches!(rig.post(&id, &visit, &words.signed()).await, Err(Error::RoleMissing(_))));
    assert_eq!(rig.person("alice@test.example").await.unwrap().roles, ["agent"], "an administrator sees whom to help");
    assert_eq!(rig.last_words(1).await, ["role_missing"]);
}

/// Every refusal is the same outside and says why inside.
async fn refused(rig: &crate::rig::Rig, id: &str, visit: &Visit, xml: &str) -> String {
    match rig.post(id, visit, xml).await {
        Err(Error::SignInFailed) => rig.last_words(1).await.remove(0),
        Err(other) => panic!("{other}"),
        Ok(arrived) => panic!("{} came in", login(&arrived)),
    }
}

#[tokio::test]
async fn refusals_are_one_answer_outside_and_a_reason_inside() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    let other = rig.add(saml_settings()).await;
    let plain = |words: &Words| words.response(&words.assertion());
    let cases: [(&str, fn(&Words) -> String); 6] = [
        ("saml_unsigned", |words| words.response(&words.assertion())),
        ("saml_", |words| sign(&words.response(&words.assertion()), false, EVIL, RSA_SHA256)),
        ("saml_audience", |words| Words { audience: "https://other.example".into(), ..words.clone() }.signed()),
        ("saml_", |words| Words { in_response_to: Some("_another".into()), ..words.clone() }.signed()),
        ("saml_doctype", |words| format!("<!DOCTYPE r>{}", words.signed())),
        ("saml_", |_| "<a".into()),
    ];
    for (reason, make) in cases {
        let visit = rig.visit(&id, None).await;
        let said = refused(&rig, &id, &visit, &make(&visit.words)).await;
        assert!(said.starts_with(reason), "{said} and not {reason}");
    }
    // A response for one connection is nothing at another, although the same provider signed it.
    let visit = rig.visit(&other, None).await;
    let for_id =
        Words { in_response_to: visit.words.in_response_to.clone(), confirmed_for: visit.words.confirmed_for.clone(), ..words(&id, "_x") };
    refused(&rig, &other, &visit, &for_id.signed()).await;
    // One attempt for each request.
    let visit = rig.visit(&id, None).await;
    refused(&rig, &id, &visit, &plain(&visit.words)).await;
    assert_eq!(refused(&rig, &id, &visit, &visit.words.signed()).await, "unknown_state");
    assert!(rig.person("alice@test.example").await.is_none(), "nobody was made");
}

#[tokio::test]
async fn a_response_is_good_once_on_every_process() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    rig.change(&id, |settings, _| saml_of(settings).idp_initiated = true).await;
    let neighbour = rig.neighbour().await;
    let words = Words { in_response_to: None, confirmed_for: None, ..words(&id, "_u1") };
    let visit = Visit { browser: String::new(), relay_state: "/d/pilot".into(), words };
    let xml = visit.words.signed();
    assert_eq!(rig.post(&id, &visit, &xml).await.unwrap().next, "/d/pilot");
    assert_eq!(refused(&rig, &id, &visit, &xml).await, "saml_replay");
    assert_eq!(refused(&neighbour, &id, &visit, &xml).await, "saml_replay");
    // The envelope is not signed: a new id for it makes no new assertion.
    let moved = xml.replace(&visit.words.response_id, "_fresh");
    assert_eq!(refused(&neighbour, &id, &visit, &moved).await, "saml_replay");
}

#[tokio::test]
async fn what_begins_at_the_provider_needs_the_switch_and_leads_to_our_pages_only() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    let start = |n: &str, relay: &str| Visit {
        browser: String::new(),
        relay_state: relay.into(),
        words: Words { in_response_to: None, confirmed_for: None, ..words(&id, n) },
    };
    let visit = start("_off", "/d/pilot");
    assert_eq!(refused(&rig, &id, &visit, &visit.words.signed()).await, "unknown_state");
    rig.change(&id, |settings, _| saml_of(settings).idp_initiated = true).await;
    for (n, relay) in
        ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/api/v1/sign-out", ""].iter().enumerate()
    {
        let visit = start(&format!("_on{n}"), relay);
        assert_eq!(rig.post(&id, &visit, &visit.words.signed()).await.unwrap().next, "/", "{relay}");
    }
    // An answer to a request of somebody else does not become unsolicited by losing its state.
    let mut visit = rig.visit(&id, None).await;
    visit.relay_state = "/d/pilot".into();
    assert!(refused(&rig, &id, &visit, &visit.words.signed()).await.starts_with("saml_"));
}

#[tokio::test]
async fn only_the_browser_that_began_it_comes_in() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    // An attacker signs in and sends the victim the end of the way.
    for browser in [None, Some("another browser's secret"), Some("")] {
        let visit = rig.visit(&id, None).await;
        let encoded = saml_rs::binding::base64_encode(visit.words.signed().as_bytes());
        let ticket = rig.identity.arrive_with_response(rig.arrival(&id, None), &encoded, &visit.relay_state).await.unwrap();
        let victim = rig.identity.arrive_with_ticket(rig.arrival(&id, browser), &ticket).await;
        assert!(matches!(victim, Err(Error::SignInFailed)));
        assert_eq!(rig.last_words(1).await, ["another_browser"]);
        let again = rig.identity.arrive_with_ticket(rig.arrival(&id, Some(&visit.browser)), &ticket).await;
        assert!(matches!(again, Err(Error::SignInFailed)), "the ticket is gone");
    }
    let visit = rig.visit(&id, None).await;
    let encoded = saml_rs::binding::base64_encode(visit.words.signed().as_bytes());
    let ticket = rig.identity.arrive_with_response(rig.arrival(&id, None), &encoded, &visit.relay_state).await.unwrap();
    let late = parclose_identity::Arrival { now_ms: NOW_MS + 61_000, ..rig.arrival(&id, Some(&visit.browser)) };
    assert!(matches!(rig.identity.arrive_with_ticket(late, &ticket).await, Err(Error::SignInFailed)), "a ticket is good for a minute");
    assert!(matches!(rig.identity.arrive_with_ticket(rig.arrival(&id, None), "made up").await, Err(Error::SignInFailed)));
}

#[tokio::test]
async fn certificates_roll_over_by_a_change_of_the_connection() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    let next = crate::saml_provider::NEXT;
    let visit = rig.visit(&id, None).await;
    let by_next = |words: &Words| sign(&words.response(&words.assertion()), false, next, RSA_SHA256);
    refused(&rig, &id, &visit, &by_next(&visit.words)).await;
    rig.change(&id, |settings, _| saml_of(settings).certificates.push(next.1.into())).await;
    for make in [&by_next as &dyn Fn(&Words) -> String, &|words: &Words| words.signed()] {
        let visit = rig.visit(&id, None).await;
        assert!(rig.post(&id, &visit, &make(&visit.words)).await.is_ok());
    }
    rig.change(&id, |settings, _| drop(saml_of(settings).certificates.remove(0))).await;
    let visit = rig.visit(&id, None).await;
    assert_ne!(IDP.1, next.1);
    refused(&rig, &id, &visit, &visit.words.signed()).await;
}

#[tokio::test]
async fn a_state_and_a_ticket_are_good_for_a_while_and_once_on_every_process() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    let neighbour = rig.neighbour().await;
    let encoded = |visit: &Visit| saml_rs::binding::base64_encode(visit.words.signed().as_bytes());
    // Who stays at the provider for longer than a quarter of an hour begins again.
    let visit = rig.visit(&id, None).await;
    let late = parclose_identity::Arrival { now_ms: NOW_MS + 15 * 60_000 + 1, ..rig.arrival(&id, None) };
    assert!(matches!(rig.identity.arrive_with_response(late, &encoded(&visit), &visit.relay_state).await, Err(Error::SignInFailed)));
    assert_eq!(rig.last_words(1).await, ["unknown_state"]);
    // Begun here, answered at another process, finished here.
    let visit = rig.visit(&id, None).await;
    let ticket = neighbour.identity.arrive_with_response(rig.arrival(&id, None), &encoded(&visit), &visit.relay_state).await.unwrap();
    assert!(rig.identity.arrive_with_ticket(rig.arrival(&id, Some(&visit.browser)), &ticket).await.is_ok());
    for process in [&rig, &neighbour] {
        let again = process.identity.arrive_with_ticket(rig.arrival(&id, Some(&visit.browser)), &ticket).await;
        assert!(matches!(again, Err(Error::SignInFailed)), "a ticket is good once");
        assert_eq!(rig.last_words(1).await, ["unknown_state"]);
        assert_eq!(refused(process, &id, &visit, &visit.words.signed()).await, "unknown_state", "and so is a state");
    }
}
