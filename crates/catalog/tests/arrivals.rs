//! Sign-ins on their way, proofs that were used, and what providers gave.

use parclose_access::actions::ManageConnections;
use parclose_access::{Caller, Door, Means, OpCtx, VerifiedPerson, Workspace};
use parclose_catalog::*;
use parclose_model::{PersonId, WorkspaceId, WorkspaceSettings};
use serde_json::json;
use tempfile::TempDir;

fn acme() -> WorkspaceId {
    WorkspaceId::new("acme")
}

async fn open() -> (TempDir, Catalog) {
    let dir = tempfile::tempdir().expect("a folder");
    let catalog = Catalog::open(&dir.path().join("catalog.db")).await.expect("it opens");
    catalog.install_workspace(&acme(), &WorkspaceSettings::default(), 0).await.expect("installed");
    (dir, catalog)
}

fn boss() -> Caller {
    let roles = ["admin", "wfo.full_access"].map(str::to_owned).to_vec();
    let means = Means::Session { id: "s".into() };
    let person = VerifiedPerson {
        workspace: acme(),
        person: PersonId::new("boss"),
        login: "boss".into(),
        display_name: "Boss".into(),
        roles,
        attributes: Default::default(),
        means,
    };
    Door::for_tests().caller(person).expect("they come in")
}

async fn connect(catalog: &Catalog, id: &str) {
    let boss = boss();
    let ctx = OpCtx::new(&boss, "r", 1);
    let grant = ctx.authorize(ManageConnections, &Workspace::of(&boss)).expect("allowed");
    catalog.add_connection(&grant, id, ConnectionKind::Saml, "Okta", true, &json!({})).await.expect("made");
}

fn pending(state: &str, expires_ms: i64) -> PendingSignIn {
    PendingSignIn { state_hash: state.into(), connection: "c".into(), browser_hash: Some("b".into()), data: json!({"next": "/"}), expires_ms }
}

#[tokio::test]
async fn a_sign_in_on_its_way_is_found_once_in_time_and_at_its_own_connection() {
    let (_dir, catalog) = open().await;
    connect(&catalog, "c").await;
    connect(&catalog, "other").await;
    catalog.add_pending_sign_in(&pending("s1", 100), 1).await.expect("kept");
    assert!(catalog.take_pending_sign_in("other", "s1", 2).await.expect("read").is_none());
    assert!(catalog.take_pending_sign_in("c", "s2", 2).await.expect("read").is_none());
    let found = catalog.take_pending_sign_in("c", "s1", 2).await.expect("read").expect("there");
    assert_eq!((found.browser_hash.as_deref(), &found.data), (Some("b"), &json!({"next": "/"})));
    assert!(catalog.take_pending_sign_in("c", "s1", 2).await.expect("read").is_none());
    catalog.add_pending_sign_in(&pending("s3", 100), 1).await.expect("kept");
    assert!(catalog.take_pending_sign_in("c", "s3", 100).await.expect("read").is_none(), "it is over");
}

#[tokio::test]
async fn of_many_who_use_a_proof_at_once_one_wins() {
    let (dir, catalog) = open().await;
    connect(&catalog, "c").await;
    let neighbour = Catalog::open(&dir.path().join("catalog.db")).await.expect("another process");
    let mut tries = Vec::new();
    for at in 0..12 {
        let catalog = if at % 2 == 0 { catalog.clone() } else { neighbour.clone() };
        // The envelope's id differs, the assertion's does not.
        tries.push(tokio::spawn(async move { catalog.use_proofs("c", &[format!("response-{at}"), "assertion".into()], 1_000, 1).await.expect("asked") }));
    }
    let mut won = 0;
    for one in tries {
        won += usize::from(one.await.expect("it ran"));
    }
    assert_eq!(won, 1);
    assert!(!neighbour.use_proofs("c", &["assertion".into()], 1_000, 999).await.expect("asked"));
    assert!(neighbour.use_proofs("c", &["response-in-vain".into()], 1_000, 999).await.expect("asked"), "who lost has used nothing");
    assert!(catalog.use_proofs("c", &["assertion".into()], 3_000, 2_000).await.expect("asked"), "forgotten when it is worthless anyway");
}

#[tokio::test]
async fn what_providers_give_is_kept_apart_and_summed_up() {
    let (_dir, catalog) = open().await;
    for id in ["c", "d"] {
        connect(&catalog, id).await;
    }
    let person = PersonId::new("p");
    let new = NewPerson {
        id: person.clone(),
        workspace: acme(),
        kind: PersonKind::Person,
        login: "p@acme.example".into(),
        email: String::new(),
        name: "P".into(),
        roles: vec!["agent".into()],
        attributes: [("floor".to_owned(), vec!["2".to_owned()])].into(),
        password_hash: None,
    };
    let key = |connection: &str| IdentityKey { connection: connection.into(), issuer: "i".into(), subject: "s".into() };
    catalog.add_person_of_identity(&new, &key("c"), 1).await.expect("made");
    catalog.link_identity(&key("d"), &person, "boss", 1).await.expect("linked");
    assert!(matches!(catalog.link_identity(&key("d"), &person, "boss", 1).await, Err(Error::Conflict { .. })));
    let twin = NewPerson { id: PersonId::new("q"), login: "P@acme.example".into(), ..new };
    assert!(matches!(catalog.add_person_of_identity(&twin, &key("x"), 1).await, Err(Error::LoginTaken)));

    let gives = |roles: &[&str], team: &str| Provided {
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        attributes: [("team".to_owned(), vec![team.to_owned()])].into(),
    };
    let give = async |connection: &str, provided: Provided| catalog.provide(&person, &key(connection), &provided, Named::default(), 2).await.expect("kept").expect("there");
    give("c", gives(&["supervisor"], "A")).await;
    let both = give("d", gives(&["supervisor", "wfo.dashboard_viewer"], "B")).await;
    assert_eq!(both.roles, ["agent", "supervisor", "wfo.dashboard_viewer"]);
    assert_eq!((both.attributes["team"].join(" "), both.attributes["floor"].join(" ")), ("A B".into(), "2".into()));
    assert_eq!(both.given.roles, ["agent"]);
    let less = give("d", gives(&[], "B")).await;
    assert_eq!(less.roles, ["agent", "supervisor"], "what is no longer said is gone");
    assert_eq!(catalog.provisions(&person).await.expect("read").len(), 2);
    let unknown = catalog.provide(&PersonId::new("nobody"), &key("c"), &Provided::default(), Named::default(), 2).await.expect("asked");
    assert!(unknown.is_none());
}
