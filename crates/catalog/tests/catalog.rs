//! What every catalog must do, in a fresh folder each time.

use parclose_access::actions::{ManageSeparation, ManageSettings, ReadAudit};
use parclose_access::{AuditEntry, Caller, ChainBroken, Door, Grant, KeyScope, Means, OpCtx, Outcome, VerifiedPerson, Workspace};
use parclose_catalog::{AuditFilter, Catalog, Error, NewApiKey, NewPerson, NewSession, PersonChange, PersonEdit, PersonKind};
use parclose_model::{PersonId, WorkspaceId, WorkspaceSettings};
use std::collections::BTreeMap;
use tempfile::TempDir;

struct Fresh {
    dir: TempDir,
    catalog: Catalog,
    acme: WorkspaceId,
}

async fn fresh() -> Fresh {
    let dir = tempfile::tempdir().expect("a folder");
    let catalog = Catalog::open(&dir.path().join("catalog.db")).await.expect("it opens");
    let acme = WorkspaceId::new("acme");
    for workspace in ["acme", "other"] {
        catalog.install_workspace(&WorkspaceId::new(workspace), &WorkspaceSettings::default(), 1).await.expect("it installs");
    }
    Fresh { dir, catalog, acme }
}

fn admin(workspace: &str) -> Caller {
    let person = VerifiedPerson {
        workspace: WorkspaceId::new(workspace),
        person: PersonId::new("boss"),
        login: "boss".into(),
        display_name: "Boss".into(),
        roles: vec!["admin".into(), "wfo.full_access".into()],
        attributes: BTreeMap::new(),
        means: Means::Session { id: "s".into() },
    };
    Door::for_tests().caller(person).expect("an administrator enters")
}

fn new_person(id: &str, login: &str) -> NewPerson {
    NewPerson {
        id: PersonId::new(id),
        workspace: WorkspaceId::new("acme"),
        kind: PersonKind::Person,
        login: login.into(),
        email: "d@acme.example".into(),
        name: "Dina".into(),
        roles: vec!["supervisor".into()],
        attributes: [("department".to_owned(), vec!["Anvils".to_owned()])].into(),
        password_hash: Some("hash".into()),
    }
}

fn new_session(hash: &str, person: &str) -> NewSession {
    NewSession { token_hash: hash.into(), person: PersonId::new(person), csrf: "c".into(), at_provider: None, idle_ms: 100, expires_ms: 1_000 }
}

#[tokio::test]
async fn a_catalog_opens_again_and_keeps_what_it_has() {
    let fresh = fresh().await;
    fresh.catalog.add_person(&new_person("p", "dina"), 5).await.expect("added");
    fresh.catalog.close().await;
    let again = Catalog::open(&fresh.dir.path().join("catalog.db")).await.expect("it opens");
    let person = again.person(&fresh.acme, &PersonId::new("p")).await.expect("read").expect("there");
    assert_eq!((person.login.as_str(), person.created_ms, person.active), ("dina", 5, true));
    assert!(!again.install_workspace(&fresh.acme, &WorkspaceSettings::default(), 2).await.expect("no error"));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let fresh = fresh().await;
    for entry in std::fs::read_dir(fresh.dir.path()).expect("the folder is read") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("its rights").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} {mode:o}", entry.path());
    }
}

#[tokio::test]
async fn logins_are_unique_without_regard_to_case() {
    let Fresh { catalog, acme, .. } = &fresh().await;
    catalog.add_person(&new_person("p1", "Dína@Acme.Example"), 1).await.expect("added");
    for login in ["dína@acme.example", "DÍNA@ACME.EXAMPLE", " dína@acme.example "] {
        assert!(matches!(catalog.add_person(&new_person("p2", login), 1).await, Err(Error::LoginTaken)), "{login}");
        assert_eq!(catalog.credentials(acme, login).await.expect("read").expect("found").person.id.as_str(), "p1");
    }
    assert!(catalog.credentials(acme, "nobody").await.expect("read").is_none());
    let other = NewPerson { workspace: WorkspaceId::new("other"), ..new_person("p3", "dína@acme.example") };
    catalog.add_person(&other, 1).await.expect("another workspace has logins of its own");
    assert_eq!(catalog.credentials(&other.workspace, "dína@acme.example").await.expect("read").expect("found").person.id.as_str(), "p3");
    assert_eq!(catalog.credentials(acme, "dína@acme.example").await.expect("read").expect("found").person.id.as_str(), "p1");
}

#[tokio::test]
async fn a_person_is_found_in_their_workspace_only() {
    let Fresh { catalog, acme, .. } = &fresh().await;
    catalog.add_person(&new_person("p", "dina"), 1).await.expect("added");
    let (id, other) = (PersonId::new("p"), WorkspaceId::new("other"));
    assert!(catalog.person(&other, &id).await.expect("read").is_none());
    assert!(catalog.change_person(&other, &id, &PersonChange { name: Some("X".into()), ..Default::default() }, 2).await.expect("no error").is_none());
    assert!(!catalog.set_password_hash(&other, &id, "stolen", 2).await.expect("no error"));
    assert_eq!(catalog.people(&other).await.expect("read").len(), 0);
    let person = catalog.person(acme, &id).await.expect("read").expect("there");
    assert_eq!((person.name.as_str(), person.changed_ms), ("Dina", 1));
}

#[tokio::test]
async fn a_change_changes_what_it_names() {
    let Fresh { catalog, acme, .. } = &fresh().await;
    catalog.add_person(&new_person("p", "dina"), 1).await.expect("added");
    let change = PersonChange { roles: Some(vec![]), attributes: Some(BTreeMap::new()), ..Default::default() };
    let person = catalog.change_person(acme, &PersonId::new("p"), &change, 9).await.expect("changed").expect("there");
    assert_eq!((person.roles.len(), person.attributes.len(), person.name.as_str(), person.changed_ms), (0, 0, "Dina", 9));
}

#[tokio::test]
async fn a_session_ends_by_idleness_by_age_and_with_its_person() {
    let Fresh { catalog, acme, .. } = &fresh().await;
    catalog.add_person(&new_person("p", "dina"), 1).await.expect("added");
    catalog.add_session(&new_session("t", "p"), 0).await.expect("begun");
    let is_alive = async |now| catalog.session("t", now).await.expect("read").is_some();
    assert!(is_alive(99).await);
    assert!(!is_alive(100).await, "idle");
    catalog.touch_session("t", 99).await.expect("touched");
    catalog.touch_session("t", 50).await.expect("a late touch does not turn the clock back");
    assert!(is_alive(150).await);
    catalog.touch_session("t", 990).await.expect("touched");
    assert!(is_alive(999).await);
    assert!(!is_alive(1_000).await, "too old");
    let leave = PersonChange { active: Some(false), ..Default::default() };
    catalog.change_person(acme, &PersonId::new("p"), &leave, 2).await.expect("changed");
    assert!(!is_alive(995).await, "the person left");
    let back = PersonChange { active: Some(true), ..Default::default() };
    catalog.change_person(acme, &PersonId::new("p"), &back, 3).await.expect("changed");
    assert!(!is_alive(995).await, "coming back does not bring the session back");
}

#[tokio::test]
async fn a_new_password_ends_all_sessions() {
    let Fresh { catalog, acme, .. } = &fresh().await;
    catalog.add_person(&new_person("p", "dina"), 1).await.expect("added");
    catalog.add_session(&new_session("t", "p"), 0).await.expect("begun");
    assert!(catalog.set_password_hash(acme, &PersonId::new("p"), "other", 2).await.expect("set"));
    assert!(catalog.session("t", 1).await.expect("read").is_none());
}

#[tokio::test]
async fn a_key_works_until_it_is_over_or_revoked_or_its_owner_left() {
    let Fresh { catalog, acme, .. } = &fresh().await;
    catalog.add_person(&new_person("p", "dina"), 1).await.expect("added");
    let key = |id: &str, prefix: &str| NewApiKey {
        id: id.into(),
        prefix: prefix.into(),
        secret_hash: "h".into(),
        name: "export".into(),
        person: PersonId::new("p"),
        scopes: [KeyScope::ReadRows].into(),
        connection: None,
        created_by: PersonId::new("boss"),
        expires_ms: Some(100),
    };
    catalog.add_api_key(&key("k1", "aa"), 1).await.expect("added");
    catalog.add_api_key(&key("k2", "bb"), 2).await.expect("added");
    assert!(catalog.add_api_key(&key("k3", "bb"), 2).await.is_err(), "prefixes are unique");
    let (found, hash, owner) = catalog.api_key("aa", 99).await.expect("read").expect("there");
    assert_eq!((found.id.as_str(), found.name.as_str(), hash.as_str(), owner.name.as_str(), found.created_ms), ("k1", "export", "h", "Dina", 1));
    assert!(found.scopes.contains(&KeyScope::ReadRows));
    assert!(catalog.api_key("aa", 100).await.expect("read").is_none(), "over");
    assert!(!catalog.revoke_api_key(&WorkspaceId::new("other"), "k1", 3).await.expect("no error"), "of another workspace");
    assert!(catalog.revoke_api_key(acme, "k1", 3).await.expect("revoked"));
    assert!(!catalog.revoke_api_key(acme, "k1", 4).await.expect("no error"), "once");
    assert!(catalog.api_key("aa", 4).await.expect("read").is_none(), "revoked");
    let leave = PersonChange { active: Some(false), ..Default::default() };
    catalog.change_person(acme, &PersonId::new("p"), &leave, 5).await.expect("changed");
    assert!(catalog.api_key("bb", 5).await.expect("read").is_none(), "the owner left");
    let listed = catalog.api_keys(acme).await.expect("read");
    assert_eq!(listed.iter().map(|key| (key.id.as_str(), key.revoked_ms)).collect::<Vec<_>>(), [("k2", Some(5)), ("k1", Some(3))], "for good, should the owner come back");
}

#[tokio::test]
async fn attempts_are_counted_before_and_in_one_go() {
    let Fresh { catalog, .. } = &fresh().await;
    let limits = [("login:x", 3), ("address:y", 100)];
    let attempts = (0..12).map(|_| {
        let catalog = catalog.clone();
        tokio::spawn(async move { catalog.begin_sign_in(&limits, 50, 0).await.expect("no error") })
    });
    let mut allowed = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        allowed += usize::from(attempt.await.expect("it ran"));
    }
    assert_eq!(allowed, 3);
    assert!(catalog.begin_sign_in(&limits, 200, 51).await.expect("no error"), "old attempts are forgotten");
    catalog.sign_in_succeeded("login:x", "address:y", 200).await.expect("no error");
}

const RULES: &str = "version: 1\nrules:\n  - {name: R, effect: grant, data_sets: [conversations], where: {attribute: queue, in: person.queues}}\n";

#[tokio::test]
async fn separation_rules_have_versions_and_no_lost_updates() {
    let Fresh { catalog, acme, .. } = &fresh().await;
    let caller = admin("acme");
    let ctx = OpCtx::new(&caller, "r", 7);
    let grant: Grant<'_, ManageSeparation, Workspace> = ctx.authorize(ManageSeparation, &Workspace::of(&caller)).expect("allowed");
    assert_eq!(catalog.separation(&grant).await.expect("read").version, 0);
    assert_eq!(catalog.save_separation(&grant, 0, RULES).await.expect("saved"), 1);
    assert!(matches!(catalog.save_separation(&grant, 0, RULES).await, Err(Error::Conflict { current: 1 })));
    assert!(matches!(catalog.install_separation(acme, RULES, 1).await, Err(Error::Conflict { current: 1 })));
    assert!(matches!(catalog.save_separation(&grant, 1, "version: 1\nrule: []").await, Err(Error::InvalidRules(_))));
    assert_eq!(catalog.save_separation(&grant, 1, "version: 1\nrules: []\n").await.expect("saved"), 2);
    let history = catalog.separation_history(&grant).await.expect("read");
    assert_eq!(history.iter().map(|v| (v.version, v.saved_by.as_str(), v.saved_ms)).collect::<Vec<_>>(), [(2, "boss", 7), (1, "boss", 7)]);
    assert_eq!(catalog.policy(acme).await.version(), 2);
    assert_eq!(catalog.verify_audit().await.expect("the chain holds").number, 2, "one audit line for each version");
    assert_eq!(catalog.policy(&WorkspaceId::new("other")).await.version(), 0, "another workspace has its own");
}

#[tokio::test]
async fn a_policy_that_can_not_be_loaded_is_broken_and_not_open() {
    let Fresh { catalog, acme, dir } = &fresh().await;
    assert!(!catalog.policy(acme).await.is_broken());
    assert!(catalog.policy(&WorkspaceId::new("nobody")).await.is_broken(), "an unknown workspace");
    tamper(dir, "INSERT INTO separation_policies VALUES ('acme', 1, 'version: 1', 'x', 0)").await.expect("put in by hand");
    assert!(catalog.policy(acme).await.is_broken(), "wrong rules");
    catalog.close().await;
    assert!(catalog.policy(acme).await.is_broken(), "no database");
}

#[tokio::test]
async fn settings_have_versions_and_demo_stays() {
    let Fresh { catalog, acme, .. } = &fresh().await;
    let caller = admin("acme");
    let ctx = OpCtx::new(&caller, "r", 7);
    let grant = ctx.authorize(ManageSettings, &Workspace::of(&caller)).expect("allowed");
    let stored = catalog.settings(acme).await.expect("read").expect("there");
    let changed = WorkspaceSettings { name: "Acme".into(), ..stored.settings.clone() };
    assert_eq!(catalog.save_settings(&grant, 1, &changed).await.expect("saved"), 2);
    assert!(matches!(catalog.save_settings(&grant, 1, &changed).await, Err(Error::Conflict { current: 2 })));
    for wrong in [
        WorkspaceSettings { demo: true, ..changed.clone() },
        WorkspaceSettings { service_level_seconds: 0, ..changed.clone() },
        WorkspaceSettings { short_abandon_seconds: -1, ..changed.clone() },
        WorkspaceSettings { name: String::new(), ..changed.clone() },
    ] {
        assert!(matches!(catalog.save_settings(&grant, 2, &wrong).await, Err(Error::InvalidSettings { .. })), "{wrong:?}");
    }
    assert_eq!(catalog.settings(acme).await.expect("read").expect("there").settings, changed);
}

fn entry(workspace: &str, at_ms: i64, conversation: &str) -> AuditEntry {
    AuditEntry::bare(at_ms, WorkspaceId::new(workspace), "open_conversation", "conversation", conversation).outcome(Outcome::Done)
}

/// Runs a statement past the catalog, as somebody with the file could.
#[tokio::test]
async fn nobody_is_made_or_changed_without_their_audit_line() {
    let fresh = fresh().await;
    let (catalog, acme) = (&fresh.catalog, &fresh.acme);
    let line = |what| AuditEntry::bare(2, WorkspaceId::new("acme"), "manage_people", "person", "p").detail(what);
    catalog.add_person_noted(&new_person("p", "dina"), false, &[line("created")], 1).await.expect("added");
    catalog.add_session(&new_session("s", "p"), 1).await.expect("started");
    tamper(&fresh.dir, "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END").await.expect("set up");
    assert!(catalog.add_person_noted(&new_person("q", "quinn"), false, &[line("created")], 2).await.is_err());
    assert!(catalog.person(acme, &PersonId::new("q")).await.expect("read").is_none());
    let (change, audit) = (PersonChange { active: Some(false), ..Default::default() }, [line("changed")]);
    let edit = PersonEdit { password_hash: Some("new"), password_due: None, audit: &audit };
    let id = PersonId::new("p");
    assert!(catalog.change_person_noted(acme, &id, edit, |_, _| Ok::<_, Error>(change.clone()), 3).await.is_err());
    let person = catalog.person(acme, &id).await.expect("read").expect("there");
    assert_eq!((person.active, person.changed_ms), (true, 1));
    assert_eq!(catalog.credentials(acme, "dina").await.expect("read").expect("there").password_hash.as_deref(), Some("hash"));
    tamper(&fresh.dir, "DROP TRIGGER full").await.expect("mended");
    let refused = catalog.change_person_noted(acme, &id, edit, |_, _| Err(Error::LoginTaken), 4).await;
    assert!(matches!(refused, Err(Error::LoginTaken)));
    assert!(catalog.person(acme, &id).await.expect("read").expect("there").active, "a refusal inside changes nothing");
    assert!(!catalog.change_person_noted(acme, &id, edit, |_, _| Ok::<_, Error>(change.clone()), 5).await.expect("changed").expect("there").active);
    assert_eq!(catalog.verify_audit().await.expect("whole").number, 2);
}

async fn tamper(dir: &TempDir, statement: &'static str) -> Result<(), sqlx::Error> {
    use sqlx::Connection;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.path().join("catalog.db"));
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await?;
    sqlx::raw_sql(statement).execute(&mut connection).await?;
    connection.close().await
}

#[tokio::test]
async fn who_saw_this_conversation_has_an_answer() {
    let Fresh { catalog, .. } = &fresh().await;
    catalog.append_audit(&[entry("acme", 1, "c1"), entry("other", 2, "c1"), entry("acme", 3, "c2")]).await.expect("appended");
    catalog.append_audit(&[entry("acme", 4, "c1")]).await.expect("appended");
    let caller = admin("acme");
    let ctx = OpCtx::new(&caller, "r", 7);
    let grant = ctx.authorize(ReadAudit, &Workspace::of(&caller)).expect("allowed");
    let filter = AuditFilter { resource: Some("conversation".into()), resource_id: Some("c1".into()), limit: 10, ..Default::default() };
    let found = catalog.audit(&grant, &filter).await.expect("read");
    assert_eq!(found.iter().map(|record| record.number).collect::<Vec<_>>(), [4, 1], "of this workspace, the newest first");
    let page = catalog.audit(&grant, &AuditFilter { before: Some(4), limit: 1, ..Default::default() }).await.expect("read");
    assert_eq!(page.iter().map(|record| record.number).collect::<Vec<_>>(), [3]);
    assert_eq!(page[0].entry, entry("acme", 3, "c2"));
}

#[tokio::test]
async fn the_audit_chain_does_not_fork_under_load() {
    let Fresh { catalog, dir, .. } = &fresh().await;
    let second = Catalog::open(&dir.path().join("catalog.db")).await.expect("another process opens it");
    let writers = (0..20).map(|n| {
        let catalog = if n % 2 == 0 { catalog.clone() } else { second.clone() };
        tokio::spawn(async move { catalog.append_audit(&[entry("acme", n, "c"), entry("acme", n, "d")]).await })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("it ran").expect("it wrote");
    }
    assert_eq!(catalog.verify_audit().await.expect("the chain holds").number, 40);
}

#[tokio::test]
async fn the_audit_trail_can_not_be_edited() {
    let Fresh { catalog, dir, .. } = &fresh().await;
    catalog.append_audit(&(1..=5).map(|n| entry("acme", n, "c")).collect::<Vec<_>>()).await.expect("appended");
    for statement in [
        "UPDATE audit SET canonical = '{}' WHERE number = 2",
        "DELETE FROM audit WHERE number = 2",
        "DELETE FROM audit",
        "PRAGMA recursive_triggers = ON; INSERT OR REPLACE INTO audit (number, canonical, previous_hash, hash) VALUES (2, '{}', 'x', 'y')",
        "UPDATE separation_policies SET yaml = ''; DELETE FROM audit",
    ] {
        assert!(tamper(dir, statement).await.is_err(), "{statement}");
    }
    assert_eq!(catalog.verify_audit().await.expect("untouched").number, 5);
}

#[tokio::test]
async fn whoever_removes_the_triggers_is_still_noticed() {
    let cases: [(&'static str, i64); 3] = [
        ("DROP TRIGGER audit_keep; UPDATE audit SET canonical = replace(canonical, '\"at_ms\":2', '\"at_ms\":9') WHERE number = 2", 2),
        ("DROP TRIGGER audit_stay; DELETE FROM audit WHERE number = 3", 3),
        ("INSERT OR REPLACE INTO audit (number, canonical, previous_hash, hash) SELECT number, canonical, previous_hash, 'forged' FROM audit WHERE number = 4", 4),
    ];
    for (statement, number) in cases {
        let Fresh { catalog, dir, .. } = &fresh().await;
        catalog.append_audit(&(1..=5).map(|n| entry("acme", n, "c")).collect::<Vec<_>>()).await.expect("appended");
        tamper(dir, statement).await.expect("somebody with the file can do this");
        match catalog.verify_audit().await {
            Err(Error::AuditBroken(ChainBroken { number: found })) => assert_eq!(found, number, "{statement}"),
            other => panic!("{statement}: {other:?}"),
        }
    }
}
