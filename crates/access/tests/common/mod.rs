//! People for tests.

use parclose_access::{Caller, Door, Means, VerifiedPerson};
use parclose_model::{PersonId, WorkspaceId};

/// A caller who came with a session.
pub fn caller(roles: &[&str], attributes: &[(&str, &[&str])]) -> Caller {
    caller_by(roles, attributes, Means::Session { id: "s".into() })
}

/// A caller who came by these means.
pub fn caller_by(roles: &[&str], attributes: &[(&str, &[&str])], means: Means) -> Caller {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let person = VerifiedPerson {
        workspace: WorkspaceId::new("acme"),
        person: PersonId::new("p1"),
        login: "dina@acme.example".into(),
        display_name: "Dina Novak".into(),
        roles: texts(roles),
        attributes: attributes.iter().map(|(name, values)| ((*name).to_owned(), texts(values))).collect(),
        means,
    };
    Door::for_tests().caller(person).expect("roles of a test person let them in")
}
