//! Whose account it is, and who owns which part of it.

use crate::rig::{PASSWORD, Rig, rig, saml_settings};
use crate::saml_provider::{NOW_MS, Words, attribute};
use parclose_catalog::PersonChange;
use parclose_identity::{Error, SignIn};
use std::collections::BTreeMap;

pub async fn arrive(rig: &Rig, id: &str, subject: &str, email: &str, roles: &[&str], team: &str) -> Result<String, Error> {
    let visit = rig.visit(id, None).await;
    let attributes = attribute("email", &[email]) + &attribute("roles", roles) + &attribute("team", &[team]);
    let words = Words { subject: subject.into(), attributes, ..visit.words.clone() };
    rig.post(id, &visit, &words.signed()).await.map(|arrived| arrived.signed_in.caller.person().as_str().to_owned())
}

pub const VIEWER: &[&str] = &["supervisor", "wfo.dashboard_viewer"];

#[tokio::test]
async fn an_email_opens_nobodys_account() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    rig.local("dina@acme.example", VIEWER).await;
    for email in ["dina@acme.example", "DINA@acme.example", " dina@acme.example "] {
        assert!(matches!(arrive(&rig, &id, "s1", email, VIEWER, "A").await, Err(Error::SignInFailed)), "{email}");
        assert_eq!(rig.last_words(1).await, ["account_exists"]);
    }
    // The administrator above all.
    assert!(arrive(&rig, &id, "s2", "boss", &["admin", "wfo.full_access"], "A").await.is_err());
    // A twin in other letters of the alphabet is somebody else, and gets nothing of hers.
    let twin = arrive(&rig, &id, "s3", "dinа@acme.example", VIEWER, "A").await.unwrap();
    assert_ne!(twin, rig.person("dina@acme.example").await.unwrap().id.as_str());
}

#[tokio::test]
async fn a_subject_is_compared_letter_by_letter_and_an_email_may_change() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    let one = arrive(&rig, &id, "00uAbC", "a@acme.example", VIEWER, "A").await.unwrap();
    assert_eq!(arrive(&rig, &id, "00uAbC", "married@acme.example", VIEWER, "A").await.unwrap(), one);
    assert!(arrive(&rig, &id, "00uabc", "a@acme.example", VIEWER, "A").await.is_err(), "another subject with the first one's login");
    let other = arrive(&rig, &id, "00uabc", "c@acme.example", VIEWER, "A").await.unwrap();
    assert_ne!(one, other);
    // The same subject at another connection is another person.
    let second = rig.add(saml_settings()).await;
    assert!(arrive(&rig, &second, "00uAbC", "a@acme.example", VIEWER, "A").await.is_err());
}

#[tokio::test]
async fn an_administrator_links_and_a_switch_adopts_but_never_administrators() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    let dina = rig.local("dina@acme.example", VIEWER).await;
    rig.manage(async |grant| rig.identity.link_identity(grant, &id, &dina, "s1").await.unwrap()).await;
    assert_eq!(arrive(&rig, &id, "s1", "dina@acme.example", VIEWER, "A").await.unwrap(), dina.as_str());
    let taken = rig.manage(async |grant| rig.identity.link_identity(grant, &id, &dina, "s1").await).await;
    assert!(taken.is_err(), "a subject is one person");

    let eva = rig.local("eva@acme.example", VIEWER).await;
    rig.local("root@acme.example", &["admin", "wfo.full_access"]).await;
    rig.change(&id, |settings, _| settings.adopts_by_verified_email = true).await;
    assert_eq!(arrive(&rig, &id, "s2", "Eva@acme.example", VIEWER, "A").await.unwrap(), eva.as_str());
    assert!(arrive(&rig, &id, "s3", "eva@acme.example", VIEWER, "A").await.is_err(), "she is somebody's already");
    assert!(arrive(&rig, &id, "s4", "root@acme.example", VIEWER, "A").await.is_err());
}

#[tokio::test]
async fn what_the_provider_gives_is_changed_there() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    let person = arrive(&rig, &id, "s1", "a@acme.example", VIEWER, "Anvils").await.unwrap();
    let person = parclose_model::PersonId::new(person);
    let change = async |change: PersonChange| rig.people(async |grant| rig.identity.change_person(grant, &person, change).await).await;
    let attributes = |pairs: &[(&str, &str)]| -> BTreeMap<String, Vec<String>> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect()
    };
    let roles = |roles: &[&str]| Some(roles.iter().map(|role| (*role).to_owned()).collect());
    for wrong in [attributes(&[("team", "Onions")]), attributes(&[])] {
        let done = change(PersonChange { attributes: Some(wrong), ..PersonChange::default() }).await;
        assert!(matches!(done, Err(Error::OwnedByProvider("attributes"))));
    }
    let less = change(PersonChange { roles: roles(&["supervisor"]), ..PersonChange::default() }).await;
    assert!(matches!(less, Err(Error::OwnedByProvider("roles"))));
    // A page that sends everything back with something added.
    let more = PersonChange {
        roles: roles(&["supervisor", "wfo.dashboard_viewer", "wfo.data_auditor"]),
        attributes: Some(attributes(&[("team", "Anvils"), ("floor", "2")])),
        ..PersonChange::default()
    };
    let changed = change(more).await.unwrap();
    assert_eq!((changed.given.roles.join(" "), changed.given.attributes.len()), ("wfo.data_auditor".into(), 1));
    // At the next login the provider's part is the provider's, and the administrator's stays.
    arrive(&rig, &id, "s1", "a@acme.example", &["supervisor"], "Tennis Balls").await.unwrap();
    let now = rig.person("a@acme.example").await.unwrap();
    assert_eq!(now.roles, ["wfo.data_auditor", "supervisor"]);
    assert_eq!((now.attributes["team"].join("|"), now.attributes["floor"].join("|")), ("Tennis Balls".into(), "2".into()));
}

#[tokio::test]
async fn of_one_attribute_the_providers_values_hold() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    let dina = rig.local("dina@acme.example", VIEWER).await;
    let given = PersonChange { attributes: Some([("team".to_owned(), vec!["Everything".to_owned()])].into()), ..PersonChange::default() };
    rig.people(async |grant| rig.identity.change_person(grant, &dina, given).await.unwrap()).await;
    rig.manage(async |grant| rig.identity.link_identity(grant, &id, &dina, "s1").await.unwrap()).await;
    arrive(&rig, &id, "s1", "dina@acme.example", VIEWER, "Anvils").await.unwrap();
    assert_eq!(rig.person("dina@acme.example").await.unwrap().attributes["team"], ["Anvils"]);
    rig.change(&id, |_, enabled| *enabled = false).await;
    assert_eq!(rig.person("dina@acme.example").await.unwrap().attributes["team"], ["Everything"], "switched off, its word does not count");
    rig.change(&id, |_, enabled| *enabled = true).await;
    assert_eq!(rig.person("dina@acme.example").await.unwrap().attributes["team"], ["Anvils"]);
    rig.manage(async |grant| rig.identity.remove_connection(grant, &id).await.unwrap()).await;
    assert_eq!(rig.person("dina@acme.example").await.unwrap().attributes["team"], ["Everything"], "what a connection gave goes with it");
}

#[tokio::test]
async fn somebody_inactive_stays_outside_and_a_session_ends_with_its_connection() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    let visit = rig.visit(&id, None).await;
    let arrived = rig.post(&id, &visit, &visit.words.signed()).await.unwrap();
    let token = arrived.signed_in.token.secret();
    assert!(rig.identity.caller_from_session(token, NOW_MS + 1).await.unwrap().is_some());
    rig.change(&id, |_, enabled| *enabled = false).await;
    assert!(rig.identity.caller_from_session(token, NOW_MS + 1).await.unwrap().is_none());
    assert!(rig.identity.begin_arrival(&rig.acme, &id, None, None, NOW_MS).await.is_err());
    rig.change(&id, |_, enabled| *enabled = true).await;
    let alice = rig.person("alice@test.example").await.unwrap().id;
    let gone = PersonChange { active: Some(false), ..PersonChange::default() };
    rig.people(async |grant| rig.identity.change_person(grant, &alice, gone).await.unwrap()).await;
    let visit = rig.visit(&id, None).await;
    assert!(matches!(rig.post(&id, &visit, &visit.words.signed()).await, Err(Error::SignInFailed)));
    assert_eq!(rig.last_words(1).await, ["inactive"]);
}

#[tokio::test]
async fn passwords_can_be_forbidden_but_for_who_repairs() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    rig.local("dina@acme.example", VIEWER).await;
    let linked = rig.local("root@acme.example", &["admin", "wfo.full_access"]).await;
    rig.manage(async |grant| rig.identity.link_identity(grant, &id, &linked, "s9").await.unwrap()).await;
    let by_password = async |login: &str| {
        let attempt = SignIn { workspace: &rig.acme, login, password: PASSWORD, peer: "192.0.2.7".parse().unwrap(), previous: None, request_id: "r" };
        rig.identity.sign_in(attempt, NOW_MS).await
    };
    assert!(by_password("dina@acme.example").await.is_ok());
    rig.change(&id, |settings, _| settings.forbids_local_sign_in = true).await;
    for login in ["dina@acme.example", "root@acme.example"] {
        assert!(matches!(by_password(login).await, Err(Error::SignInFailed)), "{login}");
        assert_eq!(rig.last_words(1).await, ["local_sign_in_forbidden"]);
    }
    assert!(by_password("boss").await.is_ok(), "somebody must be able to repair the connection");
}
