//! The one function that decides what a person gets.

use parclose_catalog::Group;
use parclose_identity::{Mapping, Proof, Provision, provision};

fn proof(attributes: &[(&str, &[&str])]) -> Proof {
    let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    Proof {
        issuer: "i".into(),
        subject: "00u1".into(),
        attributes: attributes.iter().map(|(name, values)| ((*name).to_owned(), list(values))).collect(),
        email_verified: false,
        once: None,
        session: None,
    }
}

fn group(name: &str, roles: &[&str], team: &str) -> Group {
    Group {
        id: name.into(),
        name: name.into(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        attributes: [("team".to_owned(), vec![team.to_owned()])].into(),
        version: 1,
        created_ms: 0,
        changed_ms: 0,
        connection: None,
    }
}

fn gets(attributes: &[(&str, &[&str])]) -> Provision {
    provision(&Mapping::default(), &[], &proof(attributes))
}

#[test]
fn roles_may_be_repeated_an_array_or_a_list_with_commas() {
    for roles in [
        ["supervisor", "wfo.team_leader"].as_slice(),
        &["supervisor, wfo.team_leader"],
        &["supervisor,wfo.team_leader,"],
        &["[\"supervisor\", \"wfo.team_leader\"]"],
        &["supervisor", "wfo.team_leader, supervisor"],
    ] {
        let gets = gets(&[("roles", roles)]);
        assert_eq!(gets.roles, ["supervisor", "wfo.team_leader"], "{roles:?}");
        assert!(gets.unknown_roles.is_empty());
    }
}

#[test]
fn unknown_roles_give_nothing_and_are_reported() {
    let gets = gets(&[("roles", &["supervisor", "wfo.godmode", "WFO.FULL_ACCESS", "Everyone"])]);
    assert_eq!(gets.unknown_roles, ["Everyone", "WFO.FULL_ACCESS", "wfo.godmode"]);
    assert!(parclose_access::matrix::entry(&gets.roles).is_err());
}

#[test]
fn every_other_attribute_is_kept_single_or_array() {
    let gets = gets(&[
        ("email", &["alice@acme.example"]),
        ("full_name", &["Alice Ångström"]),
        ("team", &["Anvils & Co"]),
        ("team_name", &["Anvils, and more"]),
        ("department", &["Sales"]),
        ("market", &["[\"CZ\",\"SK\"]"]),
        ("region", &["EU", "EU", "US"]),
        ("empty", &["", " "]),
    ]);
    assert_eq!((gets.login.as_str(), gets.name.as_str()), ("alice@acme.example", "Alice Ångström"));
    let of = |name: &str| gets.attributes.get(name).map(|values| values.join("|"));
    assert_eq!(of("team").as_deref(), Some("Anvils & Co"));
    assert_eq!(of("team_name").as_deref(), Some("Anvils, and more"), "only roles are split at commas");
    assert_eq!(of("market").as_deref(), Some("CZ|SK"));
    assert_eq!(of("region").as_deref(), Some("EU|US"));
    assert_eq!(of("empty"), None);
    assert!(
        !gets.attributes.contains_key("email") && !gets.attributes.contains_key("roles"),
        "what has a place of its own is no attribute"
    );
}

#[test]
fn names_of_other_providers_are_known_and_can_be_mapped() {
    let entra = gets(&[
        ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", &["a@acme.example"]),
        ("http://schemas.microsoft.com/identity/claims/displayname", &["A"]),
        ("http://schemas.microsoft.com/ws/2008/06/identity/claims/role", &["admin", "wfo.full_access"]),
    ]);
    assert_eq!((entra.login.as_str(), entra.name.as_str(), entra.roles.len()), ("a@acme.example", "A", 2));
    let mut mapping = Mapping { roles: vec!["realm_access.roles".into()], ..Mapping::default() };
    mapping.rename.insert("urn:acme:market".into(), "market".into());
    mapping.comma_lists.insert("market".into());
    let keycloak = provision(
        &mapping,
        &[],
        &proof(&[("realm_access.roles", &["supervisor"]), ("roles", &["admin"]), ("urn:acme:market", &["CZ, SK"])]),
    );
    assert_eq!(keycloak.roles, ["supervisor"], "only what is mapped");
    assert_eq!(keycloak.attributes["market"], ["CZ", "SK"]);
}

#[test]
fn groups_give_roles_and_attributes() {
    let groups = [
        group("Anvils Leads", &["supervisor", "wfo.team_leader"], "Anvils"),
        group("Tennis, Leads", &["wfo.dashboard_viewer"], "Tennis Balls"),
    ];
    let sent = proof(&[("groups", &["anvils leads", "Tennis, Leads", "Everyone"]), ("team", &["Onions"])]);
    let gets = provision(&Mapping::default(), &groups, &sent);
    assert_eq!(gets.roles, ["supervisor", "wfo.team_leader", "wfo.dashboard_viewer"]);
    assert_eq!(gets.attributes["team"], ["Onions", "Anvils", "Tennis Balls"]);
    assert_eq!((gets.groups.len(), gets.unknown_groups.as_slice()), (2, ["Everyone".to_owned()].as_slice()));
}

#[test]
fn without_an_email_the_subject_is_the_login_and_rubbish_is_left_out() {
    let long = "x".repeat(300);
    let gets = gets(&[("team", &["fine", &long, "two\nlines"]), (&long, &["x"]), ("roles", &["supervisor\u{0}", &long])]);
    assert_eq!((gets.login.as_str(), gets.name.as_str()), ("00u1", "00u1"));
    assert_eq!(gets.attributes["team"], ["fine"]);
    assert_eq!(gets.attributes.len(), 1);
    assert!(gets.cut.contains(&"team".to_owned()) && gets.cut.len() == 2, "{:?}", gets.cut);
    assert!(gets.roles.is_empty());
    let many: Vec<String> = (0..2_000).map(|at| format!("v{at}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(self::gets(&[("team", &many)]).attributes["team"].len() <= 500);
}
