//! The schemas as data: what is read, kept, compared and shown.

use serde_json::{Value, json};

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// True or false.
    Flag,
    /// An instant.
    Instant,
    /// A URI.
    Reference,
    /// Has parts.
    Complex,
}

/// One attribute.
#[derive(Debug)]
pub struct Attr {
    /// Its name, in the letters that are shown.
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// Several values.
    pub multi: bool,
    /// Has to be there.
    pub required: bool,
    /// Only we write it.
    pub read_only: bool,
    /// Upper and lower case differ.
    pub exact: bool,
    /// Nobody else has it.
    pub unique: bool,
    /// Usual values.
    pub canonical: &'static [&'static str],
    /// What a reference leads to.
    pub leads_to: &'static [&'static str],
    /// Its parts.
    pub parts: &'static [Attr],
    /// In words.
    pub about: &'static str,
}

const fn text(name: &'static str, about: &'static str) -> Attr {
    Attr {
        name,
        kind: Kind::Text,
        multi: false,
        required: false,
        read_only: false,
        exact: false,
        unique: false,
        canonical: &[],
        leads_to: &[],
        parts: &[],
        about,
    }
}
const fn flag(name: &'static str, about: &'static str) -> Attr {
    Attr { kind: Kind::Flag, ..text(name, about) }
}
const fn complex(name: &'static str, parts: &'static [Attr], about: &'static str) -> Attr {
    Attr { kind: Kind::Complex, parts, ..text(name, about) }
}
const fn list(name: &'static str, parts: &'static [Attr], about: &'static str) -> Attr {
    Attr { multi: true, ..complex(name, parts, about) }
}
const fn reference(name: &'static str, leads_to: &'static [&'static str], about: &'static str) -> Attr {
    Attr { kind: Kind::Reference, exact: true, leads_to, ..text(name, about) }
}
const fn only_read(attr: Attr) -> Attr {
    Attr { read_only: true, ..attr }
}
const fn exact(attr: Attr) -> Attr {
    Attr { exact: true, ..attr }
}
const fn required(attr: Attr) -> Attr {
    Attr { required: true, ..attr }
}
const fn canonical(attr: Attr, canonical: &'static [&'static str]) -> Attr {
    Attr { canonical, ..attr }
}

/// A schema.
#[derive(Debug)]
pub struct Schema {
    /// Its URN.
    pub urn: &'static str,
    /// Its name.
    pub name: &'static str,
    /// In words.
    pub about: &'static str,
    /// Its attributes.
    pub attrs: &'static [Attr],
}

/// A kind of resource.
#[derive(Debug)]
pub struct ResourceType {
    /// Its name.
    pub name: &'static str,
    /// Where it lies.
    pub endpoint: &'static str,
    /// What every one has.
    pub core: &'static Schema,
    /// What they may have besides.
    pub extensions: &'static [&'static Schema],
}

/// URN of the enterprise extension.
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// URN of our own extension.
pub const OURS: &str = "urn:parclose:params:scim:schemas:extension:1.0:User";
/// URN of a change.
pub const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// URN of a list.
pub const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// What every resource has, in no schema of its own.
static COMMON: [Attr; 4] = [
    only_read(exact(text("id", "Given by us."))),
    exact(text("externalId", "The directory's own id.")),
    only_read(complex("meta", &META, "About the resource.")),
    only_read(Attr { multi: true, ..reference("schemas", &["uri"], "Schemas of the resource.") }),
];
static META: [Attr; 5] = [
    only_read(exact(text("resourceType", "What it is."))),
    only_read(Attr { kind: Kind::Instant, ..text("created", "When made.") }),
    only_read(Attr { kind: Kind::Instant, ..text("lastModified", "When last changed.") }),
    only_read(reference("location", &["uri"], "Where it lies.")),
    only_read(exact(text("version", "Its version."))),
];

const fn plural(value: Attr, types: &'static [&'static str]) -> [Attr; 4] {
    [
        value,
        text("display", "For showing."),
        canonical(text("type", "What it is for."), types),
        flag("primary", "The one that is used. At most one is."),
    ]
}

static NAME: [Attr; 6] = [
    text("formatted", "The whole name."),
    text("familyName", "Family name."),
    text("givenName", "Given name."),
    text("middleName", "Middle name."),
    text("honorificPrefix", "Title before the name."),
    text("honorificSuffix", "Title after the name."),
];
static EMAIL: [Attr; 4] = plural(text("value", "The address."), &["work", "home", "other"]);
static PHONE: [Attr; 4] = plural(text("value", "The number."), &["work", "home", "mobile", "fax", "pager", "other"]);
static ROLE: [Attr; 4] = plural(text("value", "The role."), &[]);
static ADDRESS: [Attr; 8] = [
    text("formatted", "The whole address."),
    text("streetAddress", "Street and number."),
    text("locality", "City."),
    text("region", "Region."),
    text("postalCode", "Postal code."),
    text("country", "Country."),
    canonical(text("type", "What it is for."), &["work", "home", "other"]),
    flag("primary", "The one that is used. At most one is."),
];
static USER_GROUP: [Attr; 4] = [
    only_read(exact(text("value", "Id of the group."))),
    only_read(reference("$ref", &["Group"], "Where the group lies.")),
    only_read(text("display", "Name of the group.")),
    only_read(canonical(text("type", "How they are in it."), &["direct"])),
];
static USER: [Attr; 16] = [
    required(Attr { unique: true, ..text("userName", "The login. Nobody else in the workspace has it, or one that looks like it.") }),
    complex("name", &NAME, "The name and its parts."),
    text("displayName", "The name that is shown."),
    text("nickName", "Kept, and not used."),
    reference("profileUrl", &["external"], "Kept, and not used."),
    text("title", "Kept, and not used."),
    text("userType", "Kept, and not used."),
    text("preferredLanguage", "Kept, and not used."),
    text("locale", "Kept, and not used."),
    text("timezone", "Kept, and not used."),
    flag("active", "Whether they may come in. Switched off, sessions and keys end at once."),
    list("emails", &EMAIL, "The primary one is theirs here. It links nobody."),
    list("phoneNumbers", &PHONE, "Kept, and not used."),
    list("addresses", &ADDRESS, "Kept, and not used."),
    only_read(list("groups", &USER_GROUP, "Groups that they are in.")),
    list("roles", &ROLE, "Roles; together with those of our own extension."),
];
static MANAGER: [Attr; 3] = [
    exact(text("value", "Id of the manager.")),
    reference("$ref", &["User"], "Where the manager lies."),
    only_read(text("displayName", "Name of the manager.")),
];
static ENTERPRISE_USER: [Attr; 6] = [
    text("employeeNumber", "An attribute that rules may read."),
    text("costCenter", "An attribute that rules may read."),
    text("organization", "An attribute that rules may read."),
    text("division", "An attribute that rules may read."),
    text("department", "An attribute that rules may read."),
    complex("manager", &MANAGER, "Kept, and not used."),
];
static CUSTOM: [Attr; 2] =
    [required(exact(text("name", "Name of the attribute, such as `team`."))), Attr { multi: true, ..exact(text("values", "Its values.")) }];
static OUR_USER: [Attr; 2] = [
    Attr { multi: true, ..exact(text("roles", "Roles, such as `supervisor` and `wfo.team_leader`.")) },
    list("attributes", &CUSTOM, "Attributes that rules may read."),
];
static MEMBER: [Attr; 3] = [
    exact(text("value", "Id of the user.")),
    reference("$ref", &["User"], "Where the user lies."),
    canonical(text("type", "What it is; groups in groups are not supported."), &["User"]),
];
static GROUP: [Attr; 2] = [
    required(Attr { unique: true, ..text("displayName", "The name. It gives nothing: what a group gives, an administrator says here.") }),
    list("members", &MEMBER, "Users of this directory."),
];

static USER_SCHEMA: Schema = Schema { urn: "urn:ietf:params:scim:schemas:core:2.0:User", name: "User", about: "A person.", attrs: &USER };
static ENTERPRISE_SCHEMA: Schema =
    Schema { urn: ENTERPRISE, name: "EnterpriseUser", about: "A person in a company.", attrs: &ENTERPRISE_USER };
static OUR_SCHEMA: Schema = Schema { urn: OURS, name: "ParcloseUser", about: "Roles and attributes of a person.", attrs: &OUR_USER };
static GROUP_SCHEMA: Schema =
    Schema { urn: "urn:ietf:params:scim:schemas:core:2.0:Group", name: "Group", about: "A group of people.", attrs: &GROUP };

/// People.
pub static USERS: ResourceType =
    ResourceType { name: "User", endpoint: "/Users", core: &USER_SCHEMA, extensions: &[&ENTERPRISE_SCHEMA, &OUR_SCHEMA] };
/// Groups.
pub static GROUPS: ResourceType = ResourceType { name: "Group", endpoint: "/Groups", core: &GROUP_SCHEMA, extensions: &[] };

/// Where an attribute lies: in the resource itself, or in the object of an extension.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The extension.
    pub extension: Option<&'static Schema>,
    /// The attribute; none: the extension as a whole.
    pub attr: Option<&'static Attr>,
    /// Its part.
    pub part: Option<&'static Attr>,
}

/// An attribute by name, in any case of letters.
pub fn attr_of(attrs: &'static [Attr], name: &str) -> Option<&'static Attr> {
    attrs.iter().find(|attr| attr.name.eq_ignore_ascii_case(name))
}

impl ResourceType {
    /// An attribute of the resource itself.
    pub fn attr(&self, name: &str) -> Option<&'static Attr> {
        attr_of(self.core.attrs, name).or_else(|| attr_of(&COMMON, name))
    }

    /// An extension by its URN.
    pub fn extension(&self, urn: &str) -> Option<&'static Schema> {
        self.extensions.iter().copied().find(|schema| schema.urn.eq_ignore_ascii_case(urn))
    }

    /// What a name without brackets means: `userName`, `name.givenName`, `urn:…:User:department`, or an extension's URN.
    pub fn place(&self, path: &str) -> Option<Place> {
        let schemas = std::iter::once(self.core).chain(self.extensions.iter().copied());
        for schema in schemas {
            let Some((start, rest)) = path.split_at_checked(schema.urn.len()) else { continue };
            if !start.eq_ignore_ascii_case(schema.urn) {
                continue;
            }
            let extension = (schema.urn != self.core.urn).then_some(schema);
            if rest.is_empty() {
                return extension.map(|_| Place { extension, attr: None, part: None });
            }
            let rest = rest.strip_prefix(':')?;
            return within(extension, rest, |name| if extension.is_some() { attr_of(schema.attrs, name) } else { self.attr(name) });
        }
        within(None, path, |name| self.attr(name))
    }
}

fn within(extension: Option<&'static Schema>, path: &str, find: impl Fn(&str) -> Option<&'static Attr>) -> Option<Place> {
    match path.split_once('.') {
        None => Some(Place { extension, attr: Some(find(path)?), part: None }),
        Some((name, part)) => {
            let attr = find(name)?;
            Some(Place { extension, attr: Some(attr), part: Some(attr_of(attr.parts, part)?) })
        }
    }
}

impl Attr {
    /// The part that is meant when a list is compared as a whole.
    pub fn value_part(&self) -> Option<&'static Attr> {
        attr_of(self.parts, "value")
    }

    fn document(&self) -> Value {
        let kind = match self.kind {
            Kind::Text => "string",
            Kind::Flag => "boolean",
            Kind::Instant => "dateTime",
            Kind::Reference => "reference",
            Kind::Complex => "complex",
        };
        let mut document = json!({
            "name": self.name, "type": kind, "multiValued": self.multi, "description": self.about, "required": self.required,
            "mutability": if self.read_only { "readOnly" } else { "readWrite" }, "returned": "default",
        });
        if self.kind == Kind::Complex {
            document["subAttributes"] = self.parts.iter().map(Attr::document).collect();
        } else if self.kind != Kind::Flag {
            document["caseExact"] = self.exact.into();
            document["uniqueness"] = if self.unique { "server" } else { "none" }.into();
        }
        if !self.canonical.is_empty() {
            document["canonicalValues"] = json!(self.canonical);
        }
        if !self.leads_to.is_empty() {
            document["referenceTypes"] = json!(self.leads_to);
        }
        document
    }
}

impl Schema {
    /// As `/Schemas` shows it.
    pub fn document(&self) -> Value {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": self.urn, "name": self.name, "description": self.about,
            "attributes": self.attrs.iter().map(Attr::document).collect::<Vec<_>>(),
        })
    }
}

/// All schemas of resources.
pub fn all() -> [&'static Schema; 4] {
    [&USER_SCHEMA, &ENTERPRISE_SCHEMA, &OUR_SCHEMA, &GROUP_SCHEMA]
}
