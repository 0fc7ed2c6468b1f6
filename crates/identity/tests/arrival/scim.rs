//! Whom a directory made over SCIM, at their logins.

use crate::people::{VIEWER, arrive};
use crate::rig::{Rig, rig, saml_settings};
use crate::saml_provider::NOW_MS;
use parclose_access::KeyScope;
use parclose_catalog::{Provided, ScimRefused, ScimScope, ScimUser, ScimUserWord};
use parclose_identity::{Error, KeyRequest, ScimKey};
use parclose_model::PersonId;
use serde_json::json;

#[derive(Debug)]
struct Refused;
impl From<parclose_catalog::Error> for Refused {
    fn from(_: parclose_catalog::Error) -> Self {
        Refused
    }
}
impl From<ScimRefused> for Refused {
    fn from(_: ScimRefused) -> Self {
        Refused
    }
}

fn scope(rig: &Rig, connection: &str) -> ScimScope {
    ScimScope {
        workspace: rig.acme.clone(),
        connection: connection.into(),
        key: "k".into(),
        owner: PersonId::new("service"),
        request_id: "r".into(),
        now_ms: NOW_MS,
    }
}

fn word(name: &str, external_id: &str, roles: &[&str]) -> ScimUserWord {
    ScimUserWord {
        external_id: Some(external_id.into()),
        user_name: name.into(),
        user_name_key: name.into(),
        resource: json!({}),
        active: true,
        email: String::new(),
        name: name.into(),
        provided: Provided { roles: roles.iter().map(|role| (*role).to_owned()).collect(), ..Provided::default() },
    }
}

fn same(one: &str, other: &str) -> bool {
    one == other
}

async fn change(rig: &Rig, connection: &str, id: &PersonId, change: impl FnOnce(&mut ScimUserWord) + Send) {
    let decide = |user: &ScimUser| {
        let mut word = user.word.clone();
        change(&mut word);
        Ok::<_, Refused>(word)
    };
    rig.identity.catalog().change_scim_user(&scope(rig, connection), id.as_str(), same, decide).await.unwrap().unwrap();
}

#[tokio::test]
async fn the_first_login_finds_the_person_by_external_id_and_brings_its_own_part() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    let made = PersonId::new("made");
    let catalog = rig.identity.catalog();
    catalog.add_scim_user::<Refused>(&scope(&rig, &id), made.clone(), &word("ada@acme.example", "00uX", VIEWER), same).await.unwrap();
    // The e-mail and the user name are not enough.
    for subject in ["ada@acme.example", "00ux"] {
        assert!(matches!(arrive(&rig, &id, subject, "ada@acme.example", VIEWER, "A").await, Err(Error::SignInFailed)));
        assert_eq!(rig.last_words(1).await, ["account_exists"]);
    }
    assert_eq!(arrive(&rig, &id, "00uX", "else@acme.example", &["agent"], "A").await.unwrap(), made.as_str());
    assert_eq!(rig.last_words(2).await, ["signed_in", "linked_to_directory"]);
    let ada = rig.person("ada@acme.example").await.unwrap();
    assert_eq!(ada.roles, ["agent", "supervisor", "wfo.dashboard_viewer"], "the sum of both");

    // What the directory takes back is gone, also if the login said it; a login that says it again brings it again.
    assert!(arrive(&rig, &id, "00uX", "ada@acme.example", VIEWER, "A").await.is_ok());
    change(&rig, &id, &made, |word| word.provided.roles.clear()).await;
    assert!(rig.person("ada@acme.example").await.unwrap().roles.is_empty());
    assert!(matches!(arrive(&rig, &id, "00uX", "ada@acme.example", &["agent"], "A").await, Err(Error::RoleMissing(_))));
    assert!(arrive(&rig, &id, "00uX", "ada@acme.example", VIEWER, "A").await.is_ok());

    // Switched off there, no login helps, not even after an administrator here.
    change(&rig, &id, &made, |word| word.active = false).await;
    assert!(arrive(&rig, &id, "00uX", "ada@acme.example", VIEWER, "A").await.is_err());
    assert_eq!(rig.last_words(1).await, ["inactive"]);
    let on = parclose_catalog::PersonChange { active: Some(true), ..Default::default() };
    rig.people(async |grant| rig.identity.change_person(grant, &made, on).await.unwrap()).await;
    assert!(arrive(&rig, &id, "00uX", "ada@acme.example", VIEWER, "A").await.is_err());
    change(&rig, &id, &made, |word| word.active = true).await;
    assert!(arrive(&rig, &id, "00uX", "ada@acme.example", VIEWER, "A").await.is_ok());

    // Removed, nobody comes in under the old subject, and nobody new is made.
    assert!(catalog.remove_scim_user::<Refused>(&scope(&rig, &id), made.as_str(), |_| Ok(())).await.unwrap());
    assert!(arrive(&rig, &id, "00uX", "ada@acme.example", VIEWER, "A").await.is_err());
    assert!(rig.person("ada@acme.example").await.is_none());
    // Made again, it is somebody else.
    let next = PersonId::new("next");
    catalog.add_scim_user::<Refused>(&scope(&rig, &id), next.clone(), &word("ada@acme.example", "00uX", VIEWER), same).await.unwrap();
    assert_eq!(arrive(&rig, &id, "00uX", "ada@acme.example", VIEWER, "A").await.unwrap(), next.as_str());
}

#[tokio::test]
async fn a_removed_person_who_never_came_does_not_come_later() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    let made = PersonId::new("made");
    let catalog = rig.identity.catalog();
    catalog.add_scim_user::<Refused>(&scope(&rig, &id), made.clone(), &word("ada@acme.example", "00uX", VIEWER), same).await.unwrap();
    assert!(catalog.remove_scim_user::<Refused>(&scope(&rig, &id), made.as_str(), |_| Ok(())).await.unwrap());
    assert!(arrive(&rig, &id, "00uX", "ada@acme.example", VIEWER, "A").await.is_err());
    assert_eq!(rig.last_words(1).await, ["inactive"]);
    assert!(rig.person("ada@acme.example").await.is_none());
}

#[tokio::test]
async fn by_user_name_only_where_the_connection_says_so_and_never_across_connections() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    let made = PersonId::new("made");
    let catalog = rig.identity.catalog();
    catalog.add_scim_user::<Refused>(&scope(&rig, &id), made.clone(), &word("ada@acme.example", "x", VIEWER), same).await.unwrap();
    assert!(arrive(&rig, &id, "ada@acme.example", "ada@acme.example", VIEWER, "A").await.is_err());
    rig.change(&id, |settings, _| settings.scim_links_by_user_name = true).await;
    assert!(arrive(&rig, &id, "ADA@acme.example", "ada@acme.example", VIEWER, "A").await.is_err());
    assert_eq!(arrive(&rig, &id, "ada@acme.example", "ada@acme.example", VIEWER, "A").await.unwrap(), made.as_str());
    // Another connection, with every switch on, does not get to somebody whom a directory keeps.
    let other = rig.add(saml_settings()).await;
    rig.change(&other, |settings, _| (settings.scim_links_by_user_name, settings.adopts_by_verified_email) = (true, true)).await;
    let bob = PersonId::new("bob");
    catalog.add_scim_user::<Refused>(&scope(&rig, &id), bob, &word("bob@acme.example", "y", VIEWER), same).await.unwrap();
    for subject in ["x", "y", "bob@acme.example"] {
        assert!(arrive(&rig, &other, subject, "bob@acme.example", VIEWER, "A").await.is_err(), "{subject}");
    }
}

#[tokio::test]
async fn a_key_of_another_scope_does_not_speak_for_a_directory() {
    let rig = rig().await;
    let id = rig.add(saml_settings()).await;
    let service = rig.local("service", &["supervisor", "wfo.dashboard_viewer"]).await;
    let boss = rig.people(async |grant| grant.caller().person().clone()).await;
    let make = async |scope: KeyScope, connection: Option<String>| {
        let attempt = parclose_identity::SignIn { workspace: &rig.acme, login: "boss", password: crate::rig::PASSWORD, peer: "192.0.2.9".parse().unwrap(), previous: None, request_id: "r" };
        let parclose_identity::Entrance::Open(signed) = rig.identity.sign_in(attempt, NOW_MS).await.unwrap() else { panic!("no second factor") };
        assert_eq!(*signed.caller.person(), boss);
        let ctx = parclose_access::OpCtx::new(&signed.caller, "r", NOW_MS);
        let grant = ctx.authorize(parclose_access::actions::ManageKeys, &parclose_access::Workspace::of(&signed.caller)).unwrap();
        let request = KeyRequest { name: "k".into(), person: service.clone(), scopes: [scope].into(), connection, expires_ms: None };
        rig.identity.create_api_key(&grant, request).await.unwrap().secret().to_owned()
    };
    let reads = make(KeyScope::ReadRows, None).await;
    let speaks = make(KeyScope::Scim, Some(id)).await;
    assert!(matches!(rig.identity.scim_caller(&reads, std::slice::from_ref(&rig.acme), "r", NOW_MS).await.unwrap(), ScimKey::NoScope));
    assert!(matches!(rig.identity.scim_caller(&speaks, std::slice::from_ref(&rig.acme), "r", NOW_MS).await.unwrap(), ScimKey::Speaks(_)));
    let elsewhere = parclose_model::WorkspaceId::new("other");
    assert!(matches!(rig.identity.scim_caller(&speaks, &[elsewhere], "r", NOW_MS).await.unwrap(), ScimKey::Unknown));
    assert!(rig.identity.caller_from_key(&reads, NOW_MS).await.unwrap().is_some());
    assert!(rig.identity.caller_from_key(&speaks, NOW_MS).await.unwrap().is_none());
}
