//! The ways in, and the ways that must stay closed.

use parclose_access::actions::{ManageKeys, ManagePeople, ManageSeparation, ReadRows};
use parclose_access::{Caller, Door, EntryRefused, Grant, KeyScope, Means, OpCtx, Refusal, VerifiedPerson, Workspace};
use parclose_catalog::{Catalog, PersonChange, PersonKind};
use parclose_identity::*;
use parclose_model::{PersonId, WorkspaceId, WorkspaceSettings};
use rand_chacha::rand_core::{RngCore, SeedableRng};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::result::Result;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

const MINUTE: i64 = 60_000;
const PASSWORD: &str = "three purple anvils";

/// The same bytes in every run.
struct Seeded(Mutex<rand_chacha::ChaCha20Rng>);

impl Randomness for Seeded {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness> {
        self.0.lock().map_err(|_| NoRandomness)?.fill_bytes(buffer);
        Ok(())
    }
}

struct Rig {
    _dir: TempDir,
    identity: Identity,
    acme: WorkspaceId,
}

async fn rig(demo: bool) -> Rig {
    let dir = tempfile::tempdir().expect("a folder");
    let catalog = Catalog::open(&dir.path().join("catalog.db")).await.expect("it opens");
    let acme = WorkspaceId::new("acme");
    catalog.install_workspace(&acme, &WorkspaceSettings { demo, ..Default::default() }, 0).await.expect("installed");
    let randomness = Arc::new(Seeded(Mutex::new(rand_chacha::ChaCha20Rng::seed_from_u64(7))));
    let identity = Identity::new(catalog, Arc::new(Door::for_tests()), randomness, Limits::default()).await.expect("it starts");
    Rig { _dir: dir, identity, acme }
}

/// With a first administrator, `boss`.
async fn started() -> Rig {
    let rig = rig(false).await;
    assert!(rig.identity.ensure_first_administrator(&rig.acme, "boss", PASSWORD, 0).await.expect("made"));
    rig
}

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

async fn sign_in_from(rig: &Rig, login: &str, password: &str, peer: &str, now: i64) -> Result<SignedIn, Error> {
    rig.identity.sign_in(SignIn { workspace: &rig.acme, login, password, peer: address(peer), previous: None, request_id: "r" }, now).await.map(open)
}

/// Somebody without a second factor.
fn open(entrance: Entrance) -> SignedIn {
    match entrance {
        Entrance::Open(signed_in) => *signed_in,
        Entrance::Factor(_) => panic!("a second factor is asked for"),
    }
}

async fn sign_in(rig: &Rig, login: &str, password: &str, now: i64) -> Result<SignedIn, Error> {
    sign_in_from(rig, login, password, "192.0.2.1", now).await
}

/// Does something as the administrator who made the workspace.
async fn as_boss<T>(rig: &Rig, act: impl AsyncFnOnce(&Grant<'_, ManagePeople, Workspace>) -> T) -> T {
    let boss = sign_in(rig, "boss", PASSWORD, 0).await.expect("the administrator signs in");
    let ctx = OpCtx::new(&boss.caller, "r", 1);
    let grant = ctx.authorize(ManagePeople, &Workspace::of(&boss.caller)).expect("allowed");
    act(&grant).await
}

fn account(login: &str, roles: &[&str]) -> NewAccount {
    NewAccount {
        kind: PersonKind::Person,
        login: login.into(),
        email: login.into(),
        name: "Dina Novak".into(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        attributes: [("department".to_owned(), vec!["Anvils".to_owned()])].into(),
    }
}

async fn add(rig: &Rig, login: &str, roles: &[&str]) -> PersonId {
    as_boss(rig, async |grant| rig.identity.create_person(grant, account(login, roles), Some(PASSWORD)).await.expect("made")).await
}

#[tokio::test]
async fn a_supervisor_signs_in_and_out() {
    let rig = started().await;
    add(&rig, "dina@acme.example", &["supervisor", "wfo.dashboard_viewer"]).await;
    let signed_in = sign_in(&rig, "DINA@acme.example ", PASSWORD, 10).await.expect("in");
    assert_eq!(signed_in.caller.login(), "dina@acme.example");
    assert_eq!(signed_in.token.secret().len(), 43, "256 bits");
    let seen = rig.identity.caller_from_session(signed_in.token.secret(), 20).await.expect("read").expect("alive");
    assert_eq!(seen.caller.attributes()["department"], ["Anvils"]);
    assert!(seen.csrf.is_matched_by(signed_in.csrf.secret()));
    assert!(!seen.csrf.is_matched_by("") && !seen.csrf.is_matched_by(signed_in.token.secret()));
    rig.identity.sign_out(signed_in.token.secret(), "r", 30).await.expect("out");
    assert!(rig.identity.caller_from_session(signed_in.token.secret(), 31).await.expect("read").is_none());
}

#[tokio::test]
async fn what_is_stored_opens_nothing() {
    let rig = started().await;
    let signed_in = sign_in(&rig, "boss", PASSWORD, 0).await.expect("in");
    let Means::Session { id } = signed_in.caller.means() else { panic!("a session") };
    assert_ne!(id, signed_in.token.secret());
    assert!(rig.identity.caller_from_session(id, 1).await.expect("read").is_none(), "the stored hash is no token");
    assert!(!format!("{signed_in:?}").contains(signed_in.token.secret()), "tokens are not printed");
    let stored = rig.identity.catalog().credentials(&rig.acme, "boss").await.expect("read").expect("there").password_hash.expect("a hash");
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
}

#[tokio::test]
async fn wrong_in_any_way_gives_one_answer() {
    let rig = started().await;
    add(&rig, "gone", &["supervisor", "wfo.dashboard_viewer"]).await;
    let (gone, service) = as_boss(&rig, async |grant| {
        let gone = rig.identity.list_people(grant).await.expect("read").into_iter().find(|person| person.login == "gone").expect("there").id;
        let leave = PersonChange { active: Some(false), ..Default::default() };
        rig.identity.change_person(grant, &gone, leave).await.expect("changed");
        let service = NewAccount { kind: PersonKind::Service, ..account("robot", &["supervisor", "wfo.data_analyst"]) };
        let with_password = rig.identity.create_person(grant, service.clone(), Some(PASSWORD)).await;
        assert!(matches!(with_password, Err(Error::InvalidField("password"))));
        rig.identity.create_person(grant, account("sso", &["supervisor", "wfo.dashboard_viewer"]), None).await.expect("made");
        (gone, rig.identity.create_person(grant, service, None).await.expect("made"))
    })
    .await;
    assert_ne!(gone, service);
    let long = "x".repeat(5_000);
    for (login, password) in
        [("boss", "wrong password"), ("boss", ""), ("nobody", PASSWORD), ("gone", PASSWORD), ("robot", PASSWORD), ("robot", ""), ("sso", ""), ("", ""), ("boss", &long), (&long, "x")]
    {
        let error = sign_in(&rig, login, password, 5).await.expect_err("refused");
        assert!(matches!(error, Error::SignInFailed), "{error:?}");
        assert_eq!(error.to_string(), "sign-in failed");
    }
}

#[tokio::test]
async fn an_agent_alone_is_refused_and_only_after_the_right_password() {
    let rig = started().await;
    for (login, roles, why) in [
        ("agent", &["agent"][..], EntryRefused::NoFlexRole),
        ("agent-wfo", &["agent", "wfo.full_access"], EntryRefused::NoFlexRole),
        ("plain", &["supervisor"], EntryRefused::NoWfoRole),
        ("odd", &["supervisor", "wfo.godmode"], EntryRefused::NoWfoRole),
        ("nothing", &[], EntryRefused::NoFlexRole),
    ] {
        add(&rig, login, roles).await;
        assert!(matches!(sign_in(&rig, login, "wrong password", 1).await, Err(Error::SignInFailed)), "{login}");
        match sign_in(&rig, login, PASSWORD, 1).await {
            Err(Error::RoleMissing(refused)) => assert_eq!(refused, why, "{login}"),
            other => panic!("{login}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn ten_failures_lock_a_login_known_or_not_and_time_opens_it() {
    let rig = started().await;
    for login in ["boss", "nobody"] {
        for n in 0..10 {
            let peer = format!("192.0.2.{}", 10 + n);
            assert!(matches!(sign_in_from(&rig, login, "wrong password", &peer, n).await, Err(Error::SignInFailed)));
        }
        let locked = sign_in_from(&rig, login, PASSWORD, "198.51.100.1", 11).await;
        assert!(matches!(locked, Err(Error::TooManyAttempts { retry_after_seconds: 900 })), "{login}: {locked:?}");
    }
    assert!(sign_in(&rig, "boss", PASSWORD, 15 * MINUTE + 20).await.is_ok());
    assert!(sign_in(&rig, "boss", "wrong password", 15 * MINUTE + 21).await.is_err());
    assert!(sign_in(&rig, "boss", PASSWORD, 15 * MINUTE + 22).await.is_ok(), "a success forgets the failures");
}

#[tokio::test]
async fn an_address_that_tries_many_logins_is_stopped() {
    let rig = started().await;
    for n in 0..50 {
        // One customer of a provider has a whole IPv6 network.
        let peer = format!("2001:db8:1:2::{n:x}");
        assert!(matches!(sign_in_from(&rig, &format!("guess{n}"), "wrong password", &peer, n).await, Err(Error::SignInFailed)));
    }
    assert!(matches!(sign_in_from(&rig, "boss", PASSWORD, "2001:db8:1:2:ffff::1", 60).await, Err(Error::TooManyAttempts { .. })));
    assert!(sign_in_from(&rig, "boss", PASSWORD, "2001:db8:1:3::1", 60).await.is_ok(), "others come in");
}

#[tokio::test]
async fn a_session_that_was_there_before_is_never_taken_over() {
    let rig = started().await;
    let planted = sign_in(&rig, "boss", PASSWORD, 0).await.expect("in");
    let attempt = |previous| SignIn { workspace: &rig.acme, login: "boss", password: PASSWORD, peer: address("192.0.2.1"), previous, request_id: "r" };
    let fresh = open(rig.identity.sign_in(attempt(Some(planted.token.secret())), 1).await.expect("in"));
    assert_ne!(fresh.token.secret(), planted.token.secret());
    assert_ne!(fresh.csrf.secret(), planted.csrf.secret());
    assert!(rig.identity.caller_from_session(planted.token.secret(), 2).await.expect("read").is_none(), "the planted one is over");
    let chosen = open(rig.identity.sign_in(attempt(Some("chosen-by-somebody-else")), 3).await.expect("in"));
    assert_ne!(chosen.token.secret(), "chosen-by-somebody-else");
    assert!(rig.identity.caller_from_session("chosen-by-somebody-else", 4).await.expect("read").is_none());
}

#[tokio::test]
async fn a_session_ends_idle_after_30_minutes_and_in_any_case_after_12_hours() {
    let rig = started().await;
    let signed_in = sign_in(&rig, "boss", PASSWORD, 0).await.expect("in");
    let token = signed_in.token.secret();
    let is_alive = async |now| rig.identity.caller_from_session(token, now).await.expect("read").is_some();
    let mut now = 0;
    while now + 29 * MINUTE < 12 * 60 * MINUTE {
        now += 29 * MINUTE;
        assert!(is_alive(now).await, "{now}");
    }
    assert_eq!(signed_in.expires_ms, 12 * 60 * MINUTE);
    assert!(!is_alive(12 * 60 * MINUTE).await, "too old");
    let idle = sign_in(&rig, "boss", PASSWORD, 0).await.expect("in");
    assert!(rig.identity.caller_from_session(idle.token.secret(), 30 * MINUTE).await.expect("read").is_none(), "idle");
}

#[tokio::test]
async fn changes_of_a_person_hold_at_the_next_request() {
    let rig = started().await;
    let dina = add(&rig, "dina", &["supervisor", "wfo.dashboard_viewer"]).await;
    let signed_in = sign_in(&rig, "dina", PASSWORD, 10).await.expect("in");
    let change = async |change: PersonChange| as_boss(&rig, async |grant| rig.identity.change_person(grant, &dina, change).await.expect("changed")).await;
    let seen = async || rig.identity.caller_from_session(signed_in.token.secret(), 20).await.expect("read");

    change(PersonChange { attributes: Some([("department".to_owned(), vec!["Onions".to_owned()])].into()), ..Default::default() }).await;
    assert_eq!(seen().await.expect("alive").caller.attributes()["department"], ["Onions"]);
    change(PersonChange { roles: Some(vec!["supervisor".into(), "wfo.quality_process_manager".into()]), ..Default::default() }).await;
    let caller = seen().await.expect("alive").caller;
    let ctx = OpCtx::new(&caller, "r", 21);
    assert_eq!(ctx.authorize(ReadRows, &Workspace::of(&caller)).err(), Some(Refusal::NotAllowed));
    change(PersonChange { roles: Some(vec!["agent".into()]), ..Default::default() }).await;
    assert!(seen().await.is_none(), "no longer with the roles to come in");
    change(PersonChange { roles: Some(vec!["supervisor".into(), "wfo.full_access".into()]), ..Default::default() }).await;
    assert!(seen().await.is_none(), "and the session is over, not asleep");
}

#[tokio::test]
async fn a_person_who_is_deactivated_loses_sessions_and_keys_at_once() {
    let rig = started().await;
    let dina = add(&rig, "dina", &["supervisor", "wfo.dashboard_viewer"]).await;
    let signed_in = sign_in(&rig, "dina", PASSWORD, 10).await.expect("in");
    let key = issue(&rig, &dina, &[KeyScope::ReadRows], None).await.expect("made");
    assert!(rig.identity.caller_from_key(key.secret(), 11).await.expect("read").is_some());
    as_boss(&rig, async |grant| {
        rig.identity.change_person(grant, &dina, PersonChange { active: Some(false), ..Default::default() }).await.expect("changed")
    })
    .await;
    assert!(rig.identity.caller_from_session(signed_in.token.secret(), 11).await.expect("read").is_none());
    assert!(rig.identity.caller_from_key(key.secret(), 11).await.expect("read").is_none());
}

async fn issue(rig: &Rig, person: &PersonId, scopes: &[KeyScope], expires_ms: Option<i64>) -> Result<IssuedKey, Error> {
    let boss = sign_in(rig, "boss", PASSWORD, 0).await.expect("in");
    let ctx = OpCtx::new(&boss.caller, "r", 1);
    let grant = ctx.authorize(ManageKeys, &Workspace::of(&boss.caller)).expect("allowed");
    let request = KeyRequest { name: "nightly export".into(), person: person.clone(), scopes: scopes.iter().copied().collect(), connection: None, expires_ms };
    rig.identity.create_api_key(&grant, request).await
}

/// All scopes that act for a person; `scim` speaks for a directory and stands alone.
const OWN_SCOPES: [KeyScope; 4] = [KeyScope::ReadRows, KeyScope::ReadRecordings, KeyScope::ReadAudit, KeyScope::Admin];

#[tokio::test]
async fn a_key_acts_for_its_owner_within_its_scopes() {
    let rig = started().await;
    let dina = add(&rig, "dina", &["supervisor", "wfo.dashboard_viewer"]).await;
    let key = issue(&rig, &dina, &OWN_SCOPES, Some(1_000)).await.expect("made");
    assert!(key.secret().starts_with("pck_"));
    assert!(!format!("{key:?}").contains(&key.secret()[20..]));
    let caller = rig.identity.caller_from_key(key.secret(), 10).await.expect("read").expect("a caller");
    assert_eq!((caller.person(), caller.login()), (&dina, "dina"));
    let ctx = OpCtx::new(&caller, "r", 10);
    assert!(ctx.authorize(ReadRows, &Workspace::of(&caller)).is_ok());
    assert_eq!(ctx.authorize(ManageSeparation, &Workspace::of(&caller)).err(), Some(Refusal::NotAllowed), "the owner is no administrator");
    assert!(rig.identity.caller_from_key(key.secret(), 1_000).await.expect("read").is_none(), "over");

    let secret = key.secret();
    let last = if secret.ends_with('0') { "1" } else { "0" };
    let changed = format!("{}{last}", &secret[..secret.len() - 1]);
    for wrong in ["", "pck_", "pck__", "pck_abc", &secret[..secret.len() - 1], &secret[4..], &secret.to_uppercase(), &changed, &format!("{secret}0")] {
        assert!(rig.identity.caller_from_key(wrong, 10).await.expect("no error").is_none(), "{wrong}");
    }
}

#[tokio::test]
async fn keys_are_refused_without_scope_with_a_past_end_or_for_strangers() {
    let rig = started().await;
    let dina = add(&rig, "dina", &["supervisor", "wfo.dashboard_viewer"]).await;
    assert!(matches!(issue(&rig, &dina, &[], None).await, Err(Error::InvalidField("scopes"))));
    assert!(matches!(issue(&rig, &dina, &[KeyScope::ReadRows], Some(1)).await, Err(Error::InvalidField("expires"))));
    assert!(matches!(issue(&rig, &PersonId::new("stranger"), &[KeyScope::ReadRows], None).await, Err(Error::Refused(Refusal::NotFound))));
}

#[tokio::test]
async fn a_revoked_key_is_over() {
    let rig = started().await;
    let dina = add(&rig, "dina", &["supervisor", "wfo.dashboard_viewer"]).await;
    let key = issue(&rig, &dina, &[KeyScope::ReadRows], None).await.expect("made");
    let boss = sign_in(&rig, "boss", PASSWORD, 0).await.expect("in");
    let ctx = OpCtx::new(&boss.caller, "r", 5);
    let grant = ctx.authorize(ManageKeys, &Workspace::of(&boss.caller)).expect("allowed");
    assert_eq!(rig.identity.list_api_keys(&grant).await.expect("read").len(), 1);
    rig.identity.revoke_api_key(&grant, &key.id).await.expect("revoked");
    assert!(rig.identity.caller_from_key(key.secret(), 6).await.expect("read").is_none());
    assert!(matches!(rig.identity.revoke_api_key(&grant, &key.id).await, Err(Error::Refused(Refusal::NotFound))));
}

#[tokio::test]
async fn a_key_makes_neither_administrators_nor_passwords_nor_keys() {
    let rig = started().await;
    let boss = sign_in(&rig, "boss", PASSWORD, 0).await.expect("in");
    let key = issue(&rig, boss.caller.person(), &OWN_SCOPES, None).await.expect("made");
    let caller = rig.identity.caller_from_key(key.secret(), 2).await.expect("read").expect("a caller");
    let ctx = OpCtx::new(&caller, "r", 2);
    let grant = ctx.authorize(ManagePeople, &Workspace::of(&caller)).expect("the scope admin allows it");
    let not_allowed = |error: Error| assert!(matches!(error, Error::Refused(Refusal::NotAllowed)), "{error:?}");

    let dina = rig.identity.create_person(&grant, account("dina", &["supervisor", "wfo.dashboard_viewer"]), None).await.expect("provisioned");
    not_allowed(rig.identity.create_person(&grant, account("x", &["admin", "wfo.full_access"]), None).await.expect_err("an administrator"));
    not_allowed(rig.identity.create_person(&grant, account("y", &["supervisor"]), Some(PASSWORD)).await.expect_err("a password"));
    not_allowed(rig.identity.set_password(&grant, &dina, PASSWORD).await.expect_err("a password"));
    let promote = PersonChange { roles: Some(vec!["admin".into(), "wfo.full_access".into()]), ..Default::default() };
    not_allowed(rig.identity.change_person(&grant, &dina, promote).await.expect_err("a promotion"));
    assert_eq!(ctx.authorize(ManageKeys, &Workspace::of(&caller)).err(), Some(Refusal::NotAllowed));
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let rig = started().await;
    let boss = sign_in(&rig, "boss", PASSWORD, 0).await.expect("in").caller.person().clone();
    let leave = || PersonChange { active: Some(false), ..Default::default() };
    as_boss(&rig, async |grant| {
        // Another administrator who could not come in does not count.
        rig.identity.create_person(grant, account("half", &["admin"]), None).await.expect("made");
        for change in [leave(), PersonChange { roles: Some(vec!["supervisor".into()]), ..Default::default() }] {
            assert!(matches!(rig.identity.change_person(grant, &boss, change).await, Err(Error::LastAdministrator)));
        }
        rig.identity.create_person(grant, account("second", &["admin", "wfo.dashboard_viewer"]), Some(PASSWORD)).await.expect("made");
        rig.identity.change_person(grant, &boss, leave()).await.expect("now it works");
    })
    .await;
}

#[tokio::test]
async fn two_administrators_who_remove_each_other_at_once_do_not_both_succeed() {
    let rig = started().await;
    let boss = sign_in(&rig, "boss", PASSWORD, 0).await.expect("in").caller.person().clone();
    let second = add(&rig, "second", &["admin", "wfo.full_access"]).await;
    let set = |active: bool| PersonChange { active: Some(active), ..Default::default() };
    let caller = sign_in(&rig, "boss", PASSWORD, 0).await.expect("in").caller;
    let ctx = OpCtx::new(&caller, "r", 1);
    let grant = ctx.authorize(ManagePeople, &Workspace::of(&caller)).expect("allowed");
    for _ in 0..20 {
        let (one, other) =
            tokio::join!(rig.identity.change_person(&grant, &boss, set(false)), rig.identity.change_person(&grant, &second, set(false)));
        let refused = [&one, &other].iter().filter(|result| matches!(result, Err(Error::LastAdministrator))).count();
        assert_eq!(refused, 1, "{one:?} {other:?}");
        for person in [&boss, &second] {
            rig.identity.change_person(&grant, person, set(true)).await.expect("back");
        }
    }
}

#[tokio::test]
async fn a_change_holds_wholly_or_not_at_all() {
    let rig = started().await;
    let dina = add(&rig, "dina", &["supervisor", "wfo.dashboard_viewer"]).await;
    let boss = sign_in(&rig, "boss", PASSWORD, 0).await.expect("in").caller.person().clone();
    let other = "another long password";
    let before = rig.identity.catalog().verify_audit().await.expect("whole").number;
    as_boss(&rig, async |grant| {
        let name = |name: &str| PersonChange { name: Some(name.into()), ..Default::default() };
        let bad_name = rig.identity.change_person_wholly(grant, &dina, name(" "), Some(other)).await;
        assert!(matches!(bad_name, Err(Error::InvalidField("name"))));
        let bad_password = rig.identity.change_person_wholly(grant, &dina, name("New"), Some("short")).await;
        assert!(matches!(bad_password, Err(Error::PasswordRefused(_))));
        let leave = PersonChange { active: Some(false), ..Default::default() };
        assert!(matches!(rig.identity.change_person_wholly(grant, &boss, leave, Some(other)).await, Err(Error::LastAdministrator)));
        assert_eq!(rig.identity.find_person(grant, &dina).await.expect("there").name, "Dina Novak");
    })
    .await;
    sign_in(&rig, "dina", PASSWORD, 1).await.expect("the old password");
    sign_in(&rig, "boss", PASSWORD, 1).await.expect("the old password");
    let records = rig.identity.catalog().verify_audit().await.expect("whole").number - before;
    assert_eq!(records, 3, "three sign-ins, and nothing that did not happen");
    let both = PersonChange { name: Some("Dina New".into()), ..Default::default() };
    let changed = as_boss(&rig, async |grant| rig.identity.change_person_wholly(grant, &dina, both, Some(other)).await.expect("changed")).await;
    assert_eq!(changed.name, "Dina New");
    assert!(matches!(sign_in(&rig, "dina", PASSWORD, 2).await, Err(Error::SignInFailed)));
    sign_in(&rig, "dina", other, 2).await.expect("the new password");
}

#[tokio::test]
async fn people_of_another_workspace_are_not_found() {
    let rig = started().await;
    let dina = add(&rig, "dina", &["supervisor", "wfo.dashboard_viewer"]).await;
    let stranger = stranger();
    let ctx = OpCtx::new(&stranger, "r", 1);
    let grant = ctx.authorize(ManagePeople, &Workspace::of(&stranger)).expect("allowed in the own workspace");
    assert!(rig.identity.list_people(&grant).await.expect("read").is_empty());
    assert!(matches!(rig.identity.find_person(&grant, &dina).await, Err(Error::Refused(Refusal::NotFound))));
    assert!(matches!(rig.identity.change_person(&grant, &dina, PersonChange::default()).await, Err(Error::Refused(Refusal::NotFound))));
    assert!(matches!(rig.identity.set_password(&grant, &dina, PASSWORD).await, Err(Error::Refused(Refusal::NotFound))));
}

fn stranger() -> Caller {
    let person = VerifiedPerson {
        workspace: WorkspaceId::new("other"),
        person: PersonId::new("stranger"),
        login: "stranger".into(),
        display_name: "Stranger".into(),
        roles: vec!["admin".into(), "wfo.full_access".into()],
        attributes: BTreeMap::new(),
        means: Means::Session { id: "s".into() },
    };
    Door::for_tests().caller(person).expect("an administrator enters")
}

#[tokio::test]
async fn there_is_no_default_password() {
    let rig = rig(false).await;
    for weak in ["", "admin", "password1234", "changeme1234", "aaaaaaaaaaaaaaaa", "administrator", "boss12345678", "Parclose1234"] {
        let refused = rig.identity.ensure_first_administrator(&rig.acme, "boss", weak, 0).await;
        assert!(matches!(refused, Err(Error::PasswordRefused(_))), "{weak}: {refused:?}");
    }
    assert!(rig.identity.ensure_first_administrator(&rig.acme, "boss", PASSWORD, 0).await.expect("made"));
    assert!(!rig.identity.ensure_first_administrator(&rig.acme, "boss2", PASSWORD, 0).await.expect("there is one"));
    let demo = DemoPerson { login: "d".into(), name: "D".into(), roles: vec![], attributes: BTreeMap::new() };
    assert!(matches!(rig.identity.create_demo_person(&rig.acme, demo, "demo", 0).await, Err(Error::NotADemo)));
}

#[tokio::test]
async fn demo_people_exist_in_a_demo() {
    let rig = rig(true).await;
    let demo = || DemoPerson {
        login: "dina".into(),
        name: "Dina".into(),
        roles: vec!["supervisor".into(), "wfo.dashboard_viewer".into()],
        attributes: BTreeMap::new(),
    };
    assert!(rig.identity.create_demo_person(&rig.acme, demo(), "demo", 0).await.expect("made"));
    assert!(!rig.identity.create_demo_person(&rig.acme, demo(), "other", 0).await.expect("there already"));
    assert!(sign_in(&rig, "dina", "demo", 1).await.is_ok());
}

#[tokio::test]
async fn fields_are_checked() {
    let rig = started().await;
    as_boss(&rig, async |grant| {
        for wrong in [
            NewAccount { login: " ".into(), ..account("a", &[]) },
            NewAccount { name: "a\nb".into(), ..account("a", &[]) },
            NewAccount { email: "x".repeat(300), ..account("a", &[]) },
            NewAccount { roles: vec![String::new()], ..account("a", &[]) },
            NewAccount { attributes: [("team".to_owned(), vec!["\u{7}".to_owned()])].into(), ..account("a", &[]) },
        ] {
            assert!(matches!(rig.identity.create_person(grant, wrong.clone(), None).await, Err(Error::InvalidField(_))), "{wrong:?}");
        }
        let twice = rig.identity.create_person(grant, account("BOSS", &[]), None).await;
        assert!(matches!(twice, Err(Error::Catalog(parclose_catalog::Error::LoginTaken))));
        assert!(matches!(rig.identity.create_person(grant, account("short", &[]), Some("short")).await, Err(Error::PasswordRefused(_))));
    })
    .await;
}

#[tokio::test]
async fn the_audit_trail_tells_who_came_in_and_keeps_no_secret() {
    let rig = started().await;
    add(&rig, "dina", &["supervisor", "wfo.dashboard_viewer"]).await;
    let _ = sign_in(&rig, "my-password-in-the-wrong-field", "canary-password", 1).await;
    let _ = sign_in(&rig, "dina", "canary-password", 2).await;
    let boss = sign_in(&rig, "boss", PASSWORD, 3).await.expect("in");
    let ctx = OpCtx::new(&boss.caller, "r", 4);
    let grant = ctx.authorize(parclose_access::actions::ReadAudit, &Workspace::of(&boss.caller)).expect("allowed");
    let filter = parclose_catalog::AuditFilter { limit: 100, ..Default::default() };
    let records = rig.identity.catalog().audit(&grant, &filter).await.expect("read");
    let details: Vec<_> = records.iter().rev().filter_map(|record| record.entry.detail.as_deref()).collect();
    assert_eq!(details, ["first_administrator", "signed_in", "created", "wrong_login_or_password", "signed_in"], "an unknown login is in no workspace's trail");
    let all = format!("{records:?}");
    assert!(!all.contains("canary") && !all.contains("wrong-field") && !all.contains(boss.token.secret()));
    assert_eq!(rig.identity.catalog().verify_audit().await.expect("the chain holds").number, 6);
}

#[tokio::test]
async fn a_password_that_somebody_else_chose_must_be_changed() {
    let rig = started().await;
    let id = add(&rig, "dina", &["supervisor", "wfo.dashboard_viewer"]).await;
    let due = async |signed: &SignedIn| {
        rig.identity.caller_from_session(signed.token.secret(), 11).await.expect("read").expect("in").password_due
    };
    let first = sign_in(&rig, "dina", PASSWORD, 10).await.expect("in");
    assert!(due(&first).await, "an administrator chose it");
    let ctx = OpCtx::new(&first.caller, "r", 12);
    let change = async |current: &str, new: &str| rig.identity.change_own_password(&ctx, current, new, address("192.0.2.1")).await;
    assert!(matches!(change("guess", "seven green onions").await, Err(Error::WrongPassword)));
    assert!(matches!(change(PASSWORD, PASSWORD).await, Err(Error::PasswordRefused(PasswordRefused::Same))));
    assert!(matches!(change(PASSWORD, "short").await, Err(Error::PasswordRefused(PasswordRefused::TooShort))));
    let other = sign_in(&rig, "dina", PASSWORD, 13).await.expect("in on another machine");
    let renewed = change(PASSWORD, "seven green onions").await.expect("changed");
    for old in [&first, &other] {
        assert!(rig.identity.caller_from_session(old.token.secret(), 14).await.expect("read").is_none(), "old tokens open nothing");
    }
    let now = rig.identity.caller_from_session(renewed.token.secret(), 14).await.expect("read").expect("goes on");
    assert!(!now.password_due && now.csrf.is_matched_by(renewed.csrf.secret()) && !now.csrf.is_matched_by(first.csrf.secret()));
    assert!(
        matches!(change("seven green onions", "nine blue candles").await, Err(Error::Refused(Refusal::NotFound))),
        "the old session is over"
    );
    assert!(sign_in(&rig, "dina", PASSWORD, 15).await.is_err());
    let again = sign_in(&rig, "dina", "seven green onions", 16).await.expect("in");
    assert!(!due(&again).await);
    as_boss(&rig, async |grant| rig.identity.set_password(grant, &id, "an administrator's choice").await.expect("set")).await;
    assert!(due(&sign_in(&rig, "dina", "an administrator's choice", 17).await.expect("in")).await, "reset: due again");
}

#[tokio::test]
async fn guessing_ones_own_password_is_limited_like_sign_in() {
    let rig = started().await;
    let boss = sign_in(&rig, "boss", PASSWORD, 0).await.expect("in");
    let ctx = OpCtx::new(&boss.caller, "r", 1);
    for _ in 0..10 {
        let guess = rig.identity.change_own_password(&ctx, "a guess", "seven green onions", address("192.0.2.1")).await;
        assert!(matches!(guess, Err(Error::WrongPassword)), "{guess:?}");
    }
    let right = rig.identity.change_own_password(&ctx, PASSWORD, "seven green onions", address("192.0.2.1")).await;
    assert!(matches!(right, Err(Error::TooManyAttempts { .. })), "{right:?}");
}

#[tokio::test]
async fn sessions_are_listed_without_what_opens_them_and_ended() {
    let rig = started().await;
    let id = add(&rig, "dina", &["supervisor", "wfo.dashboard_viewer"]).await;
    let desk = sign_in(&rig, "dina", PASSWORD, 10).await.expect("in");
    let phone = sign_in(&rig, "dina", PASSWORD, 20).await.expect("in");
    rig.identity.describe_session(phone.token.secret(), "Phone\n\u{7}Browser").await.expect("noted");
    let ctx = OpCtx::new(&phone.caller, "r", 30);
    let open = rig.identity.own_sessions(&ctx).await.expect("read");
    assert_eq!(
        open.iter().map(|one| (one.client.as_str(), one.created_ms, one.is_current)).collect::<Vec<_>>(),
        [("PhoneBrowser", 20, true), ("", 10, false)]
    );
    assert_eq!(open[0].ends_ms, 20 + 30 * MINUTE, "ends when idle, before the end of the day");
    for (session, signed) in open.iter().zip([&phone, &desk]) {
        let Means::Session { id: hash } = signed.caller.means() else { panic!("a session") };
        assert!(session.id.len() == 32 && !hash.contains(&session.id));
        assert!(rig.identity.caller_from_session(&session.id, 31).await.expect("read").is_none(), "an id opens nothing");
    }
    // Somebody else's session is not found among one's own.
    let boss = sign_in(&rig, "boss", PASSWORD, 30).await.expect("in");
    let as_other = OpCtx::new(&boss.caller, "r", 31);
    for wrong in [open[0].id.as_str(), "unknown", ""] {
        assert!(matches!(rig.identity.end_own_sessions(&as_other, Some(wrong)).await, Err(Error::Refused(Refusal::NotFound))), "{wrong}");
    }
    rig.identity.end_own_sessions(&ctx, Some(&open[1].id)).await.expect("ended");
    assert!(rig.identity.caller_from_session(desk.token.secret(), 32).await.expect("read").is_none());
    assert!(rig.identity.caller_from_session(phone.token.secret(), 32).await.expect("read").is_some());
    as_boss(&rig, async |grant| {
        assert_eq!(rig.identity.sessions_of(grant, &id).await.expect("read").len(), 1);
        assert!(matches!(rig.identity.sessions_of(grant, &PersonId::new("unknown")).await, Err(Error::Refused(Refusal::NotFound))));
        rig.identity.end_sessions_of(grant, &id, None).await.expect("ended");
        rig.identity.end_sessions_of(grant, &id, None).await.expect("none is no error");
        let dina = rig.identity.find_person(grant, &id).await.expect("there");
        assert_eq!((dina.last_sign_in_ms, dina.has_password), (Some(20), true));
    })
    .await;
    assert!(rig.identity.caller_from_session(phone.token.secret(), 33).await.expect("read").is_none());
    assert!(rig.identity.caller_from_session(boss.token.secret(), 33).await.expect("read").is_some(), "only theirs");
}

#[tokio::test]
async fn a_key_has_no_account_and_leaving_ends_keys_for_good() {
    let rig = started().await;
    let id = add(&rig, "dina", &["supervisor", "wfo.dashboard_viewer"]).await;
    let boss = sign_in(&rig, "boss", PASSWORD, 0).await.expect("in");
    let ctx = OpCtx::new(&boss.caller, "r", 1);
    let keys = ctx.authorize(ManageKeys, &Workspace::of(&boss.caller)).expect("allowed");
    let request = KeyRequest { name: "k".into(), person: id.clone(), scopes: [KeyScope::ReadRows].into(), connection: None, expires_ms: None };
    let issued = rig.identity.create_api_key(&keys, request).await.expect("made");
    let by_key = rig.identity.caller_from_key(issued.secret(), 2).await.expect("read").expect("in");
    let own = OpCtx::new(&by_key, "r", 3);
    assert!(matches!(rig.identity.own_sessions(&own).await, Err(Error::Refused(Refusal::NotAllowed))));
    assert!(matches!(rig.identity.end_own_sessions(&own, None).await, Err(Error::Refused(Refusal::NotAllowed))));
    let change = rig.identity.change_own_password(&own, PASSWORD, "seven green onions", address("192.0.2.1")).await;
    assert!(matches!(change, Err(Error::Refused(Refusal::NotAllowed))));
    as_boss(&rig, async |grant| {
        for active in [false, true] {
            rig.identity.change_person(grant, &id, PersonChange { active: Some(active), ..Default::default() }).await.expect("changed");
            assert!(rig.identity.caller_from_key(issued.secret(), 4).await.expect("read").is_none(), "active: {active}");
        }
    })
    .await;
}
