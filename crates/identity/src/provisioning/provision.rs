//! The one function that decides what a person gets.

use super::proof::Proof;
use super::values::{roles_of, spread, text, tidy};
use parclose_access::matrix;
use parclose_catalog::{Attributes, Group};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How a provider names what we need. Of several names the first that has a value counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// The login and e-mail.
    pub email: Vec<String>,
    /// The display name.
    pub name: Vec<String>,
    /// Roles; all of these names together.
    pub roles: Vec<String>,
    /// Groups; all of these names together.
    pub groups: Vec<String>,
    /// Attributes that are kept under another name: theirs to ours.
    pub rename: BTreeMap<String, String>,
    /// Attributes of ours whose one text is a list with commas.
    pub comma_lists: BTreeSet<String>,
}

impl Default for Mapping {
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            email: names(&[
                "email",
                "mail",
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
                "urn:oid:0.9.2342.19200300.100.1.3",
            ]),
            name: names(&[
                "full_name",
                "name",
                "displayName",
                "http://schemas.microsoft.com/identity/claims/displayname",
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
                "urn:oid:2.16.840.1.113730.3.1.241",
            ]),
            roles: names(&["roles", "Role", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"]),
            groups: names(&["groups", "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"]),
            rename: BTreeMap::new(),
            comma_lists: BTreeSet::new(),
        }
    }
}

/// What a person gets from one proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provision {
    /// What they will be listed under, if they are new: the e-mail, else the subject.
    pub login: String,
    /// E-mail, if the provider has one.
    pub email: Option<String>,
    /// Display name.
    pub name: String,
    /// Roles as they came and those that groups give, each once.
    pub roles: Vec<String>,
    /// Those of them that give nothing because nobody knows them.
    pub unknown_roles: Vec<String>,
    /// Attributes that separation rules may read.
    pub attributes: Attributes,
    /// Names of groups that give something here.
    pub groups: Vec<String>,
    /// Names of groups that nobody mapped.
    pub unknown_groups: Vec<String>,
    /// Names of attributes that were too long, too many or not text, and lost something.
    pub cut: Vec<String>,
}

/// What a person gets. Knows no clock, no catalog, and nothing of the person but this proof: what was given before
/// and is not in it is gone.
pub fn provision(mapping: &Mapping, groups: &[Group], proof: &Proof) -> Provision {
    let sent = &proof.attributes;
    let first =
        |names: &[String]| names.iter().filter_map(|name| sent.get(name)).flat_map(|values| spread(values)).find_map(|value| text(&value));
    let all = |names: &[String]| names.iter().filter_map(|name| sent.get(name)).flat_map(|values| roles_of(values)).collect::<Vec<_>>();
    let email = first(&mapping.email);
    let login = email.clone().or_else(|| text(&proof.subject)).unwrap_or_default();
    let mut roles: Vec<String> = all(&mapping.roles).iter().filter_map(|role| text(role)).collect();

    let of_people: BTreeSet<&String> = mapping.email.iter().chain(&mapping.name).chain(&mapping.roles).chain(&mapping.groups).collect();
    let mut rest: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, values) in sent.iter().filter(|(name, _)| !of_people.contains(name)) {
        let ours = mapping.rename.get(name).unwrap_or(name);
        let values = spread(values);
        let values = if mapping.comma_lists.contains(ours) { roles_of(&values) } else { values };
        rest.entry(ours.clone()).or_default().extend(values);
    }
    let (mut attributes, cut) = tidy(&rest);

    let mut matched = Vec::new();
    let mut unknown_groups = Vec::new();
    // Groups may have commas in their names, so they are never split.
    let named: Vec<String> = mapping.groups.iter().filter_map(|name| sent.get(name)).flat_map(|values| spread(values)).collect();
    for name in named.iter().filter_map(|name| text(name)) {
        // A directory's groups are known by id: whoever may rename one must not reach another's name.
        match groups.iter().filter(|group| group.connection.is_none()).find(|group| parclose_catalog::login_key(&group.name) == parclose_catalog::login_key(&name)) {
            Some(group) if !matched.contains(&group.name) => {
                matched.push(group.name.clone());
                roles.extend(group.roles.iter().cloned());
                for (attribute, values) in &group.attributes {
                    attributes.entry(attribute.clone()).or_default().extend(values.iter().cloned());
                }
            }
            Some(_) => {}
            None if unknown_groups.len() < 200 => unknown_groups.push(name),
            None => {}
        }
    }
    let mut seen = BTreeSet::new();
    roles.retain(|role| seen.insert(role.clone()));
    roles.truncate(200);
    for values in attributes.values_mut() {
        let mut seen = BTreeSet::new();
        values.retain(|value| seen.insert(value.clone()));
    }
    Provision {
        name: first(&mapping.name).unwrap_or_else(|| login.clone()),
        unknown_roles: matrix::unknown_roles(&roles),
        login,
        email,
        roles,
        attributes,
        groups: matched,
        unknown_groups,
        cut,
    }
}
