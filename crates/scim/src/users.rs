//! People.

use crate::door::{Asked, told};
use crate::error::{Refused, wrong};
use crate::list::{self, MAX_SCANNED};
use crate::router::ScimDeps;
use crate::schema::{ENTERPRISE, OURS, USERS};
use crate::show::{self, Wanted, names_version, same_version};
use crate::{body, normal, patch, twin};
use axum::Extension;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use parclose_catalog::{Provided, ScimFind, ScimPage, ScimUser, ScimUserWord};
use parclose_identity::{Mapping, Proof, ScimCaller, provision};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const MAX_ROLES: usize = 200;
const MAX_ATTRIBUTES: usize = 200;
/// The longest resource that is kept, in bytes. Lists and filters read many at once.
const MAX_KEPT: usize = 64 * 1024;
/// No attribute that a directory names itself can be taken for this.
const OWN_ROLES: &str = "urn:parclose:scim:roles";

/// What a directory says of a person, made of the resource. `before`: whether they could come in until now.
fn word(resource: Map<String, Value>, before: bool, mapping: &Mapping) -> Result<ScimUserWord, Refused> {
    let text = |name: &str| resource.get(name).and_then(Value::as_str);
    let user_name = text("userName").ok_or_else(|| wrong("userName", "is missing"))?.to_owned();
    if !twin::is_plain(&user_name) {
        return Err(wrong("userName", "is too long, or has spaces around it or invisible characters"));
    }
    let external_id = text("externalId").map(str::to_owned);
    if external_id.as_ref().is_some_and(|id| id.len() > 256 || id.chars().any(char::is_control)) {
        return Err(wrong("externalId", "is too long"));
    }
    let emails = resource.get("emails").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let primary = emails.iter().find(|email| email.get("primary") == Some(&Value::Bool(true))).or_else(|| emails.first());
    let email = primary.and_then(|email| email.get("value")).and_then(Value::as_str).map(str::to_owned);
    let email = email.unwrap_or_else(|| if user_name.contains('@') { user_name.clone() } else { String::new() });
    if email.len() > 256 {
        return Err(wrong("emails", "is too long"));
    }
    let name = |part: &str| resource.get("name").and_then(|name| name.get(part)).and_then(Value::as_str);
    let parts = [name("givenName"), name("familyName")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let shown = text("displayName").or_else(|| name("formatted")).map_or(parts, str::to_owned).trim().to_owned();
    let shown = if shown.is_empty() { user_name.clone() } else { shown };
    if shown.len() > 256 || shown.chars().any(char::is_control) {
        return Err(wrong("displayName", "is too long, or has more than one line"));
    }
    let active = resource.get("active").and_then(Value::as_bool).unwrap_or(before);
    let provided = provided(&resource, &user_name, mapping)?;
    let resource = Value::Object(resource);
    if resource.to_string().len() > MAX_KEPT {
        return Err(Refused::TooLarge("The resource is longer than 64 KiB."));
    }
    let user_name_key = twin::fold(&user_name);
    Ok(ScimUserWord { external_id, user_name, user_name_key, resource, active, email, name: shown, provided })
}

/// Roles and attributes, by the function that logins ask too. Groups are not among them: members are known by id.
fn provided(resource: &Map<String, Value>, user_name: &str, mapping: &Mapping) -> Result<Provided, Refused> {
    let ours = resource.get(OURS);
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut roles: Vec<String> =
        list(ours.and_then(|ours| ours.get("roles"))).iter().filter_map(Value::as_str).map(str::to_owned).collect();
    roles.extend(list(resource.get("roles")).iter().filter_map(|role| role.get("value")).filter_map(Value::as_str).map(str::to_owned));
    let mut attributes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for custom in list(ours.and_then(|ours| ours.get("attributes"))) {
        let Some(name) = custom.get("name").and_then(Value::as_str) else { continue };
        let values = list(custom.get("values"));
        attributes.entry(name.to_owned()).or_default().extend(values.iter().filter_map(Value::as_str).map(str::to_owned));
    }
    for name in ["department", "division", "organization", "costCenter", "employeeNumber"] {
        if let Some(value) = resource.get(ENTERPRISE).and_then(|part| part.get(name)).and_then(Value::as_str) {
            attributes.entry(name.to_owned()).or_default().push(value.to_owned());
        }
    }
    if roles.len() > MAX_ROLES {
        return Err(Refused::TooLarge("There are too many roles."));
    }
    if attributes.len() > MAX_ATTRIBUTES {
        return Err(Refused::TooLarge("There are too many attributes."));
    }
    attributes.insert(OWN_ROLES.to_owned(), roles);
    let proof = Proof { issuer: String::new(), subject: user_name.to_owned(), attributes, email_verified: false, once: None, session: None };
    let named = Mapping { email: Vec::new(), name: Vec::new(), roles: vec![OWN_ROLES.to_owned()], groups: Vec::new(), ..mapping.clone() };
    let gets = provision(&named, &[], &proof);
    if !gets.cut.is_empty() {
        return Err(wrong("attributes", "has a name or a value that is too long, or too many values"));
    }
    let mut seen = BTreeSet::new();
    let roles: Vec<String> = gets.roles.into_iter().filter(|role| seen.insert(role.clone())).collect();
    Ok(Provided { roles, attributes: gets.attributes })
}

/// The directory lets them in and an administrator here does not.
fn is_kept_out(user: &ScimUser) -> bool {
    user.word.active && !user.is_let_in
}

/// The version. An administrator's switch is part of what is shown.
fn tag(user: &ScimUser) -> String {
    format!("W/\"{}{}\"", user.version, if is_kept_out(user) { "-off" } else { "" })
}

fn instant(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

/// The whole resource.
fn whole(deps: &ScimDeps, user: &ScimUser) -> Map<String, Value> {
    let id = user.person.as_str();
    let kept = user.word.resource.as_object().cloned().unwrap_or_default();
    let schemas: Vec<&str> = std::iter::once(USERS.core.urn)
        .chain(USERS.extensions.iter().map(|schema| schema.urn).filter(|urn| kept.contains_key(*urn)))
        .collect();
    let mut whole = Map::from_iter([("schemas".to_owned(), json!(schemas)), ("id".to_owned(), json!(id))]);
    let shows_active = kept.contains_key("active");
    whole.extend(kept);
    // Taken away, `active` says nothing: the person stays as they were.
    if shows_active || is_kept_out(user) {
        whole.insert("active".into(), Value::Bool(user.word.active && user.is_let_in));
    }
    if !user.groups.is_empty() {
        let groups = user
            .groups
            .iter()
            .map(|(id, name)| json!({"value": id, "$ref": deps.location(&format!("/Groups/{id}")), "display": name, "type": "direct"}));
        whole.insert("groups".into(), groups.collect());
    }
    let meta = json!({
        "resourceType": "User", "created": instant(user.created_ms), "lastModified": instant(user.changed_ms),
        "location": deps.location(&format!("/Users/{id}")), "version": tag(user),
    });
    whole.insert("meta".into(), meta);
    whole
}

pub(crate) async fn list(State(deps): State<ScimDeps>, Extension(caller): Asked, RawQuery(raw): RawQuery) -> Result<Response, Refused> {
    told(&deps, &caller, "person", "", listed(&deps, &caller, raw.as_deref()).await).await
}

async fn listed(deps: &ScimDeps, caller: &ScimCaller, raw: Option<&str>) -> Result<Response, Refused> {
    let query = list::query(raw)?;
    let wanted = Wanted::of(&USERS, &query)?;
    let asked = list::Asked::of(&USERS, &query)?;
    let catalog = deps.identity.catalog();
    let of_page = ScimPage { offset: asked.start - 1, limit: asked.count };
    let (users, total) = match &asked.filter {
        None => catalog.scim_users(caller.scope(), &ScimFind::All, of_page).await?,
        Some(filter) => {
            let find = match (filter.must_equal("id"), filter.must_equal("externalId"), filter.must_equal("userName")) {
                (Some(id), _, _) => ScimFind::Id(id.to_owned()),
                (_, Some(id), _) => ScimFind::ExternalId(id.to_owned()),
                (_, _, Some(name)) => ScimFind::Name(twin::fold(name)),
                _ => ScimFind::All,
            };
            let (users, total) = catalog.scim_users(caller.scope(), &find, ScimPage { offset: 0, limit: MAX_SCANNED }).await?;
            if total > MAX_SCANNED {
                return Err(Refused::TooMany);
            }
            let found: Vec<ScimUser> = users.into_iter().filter(|user| filter.is_met_by(&Value::Object(whole(deps, user)))).collect();
            let total = found.len() as i64;
            let skip = usize::try_from(of_page.offset).unwrap_or(usize::MAX);
            (found.into_iter().skip(skip).take(usize::try_from(of_page.limit).unwrap_or(0)).collect(), total)
        }
    };
    let shown = users.iter().map(|user| Value::Object(wanted.cut(whole(deps, user)))).collect();
    Ok(show::answer(StatusCode::OK, &list::page(shown, total, asked.start)))
}

pub(crate) async fn create(
    State(deps): State<ScimDeps>,
    Extension(caller): Asked,
    RawQuery(raw): RawQuery,
    request: Request,
) -> Result<Response, Refused> {
    let done = async {
        let wanted = Wanted::of(&USERS, &list::query(raw.as_deref())?)?;
        let body = body::object(request).await?;
        let word = word(normal::resource(&USERS, &body)?, true, caller.mapping())?;
        let id = deps.identity.opaque_id()?;
        let user = deps.identity.catalog().add_scim_user::<Refused>(caller.scope(), id, &word, twin::are_twins).await?;
        Ok(show::resource(StatusCode::CREATED, whole(&deps, &user), &wanted))
    };
    told(&deps, &caller, "person", "", done.await).await
}

pub(crate) async fn read(
    State(deps): State<ScimDeps>,
    Extension(caller): Asked,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let done = async {
        let wanted = Wanted::of(&USERS, &list::query(raw.as_deref())?)?;
        let user = deps.identity.catalog().scim_user(caller.scope(), &id).await?.ok_or(Refused::NotFound)?;
        if names_version(&headers, header::IF_NONE_MATCH, &tag(&user)) == Some(true) {
            return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag(&user))]).into_response());
        }
        Ok(show::resource(StatusCode::OK, whole(&deps, &user), &wanted))
    };
    told(&deps, &caller, "person", &id, done.await).await
}

pub(crate) async fn replace(
    State(deps): State<ScimDeps>,
    Extension(caller): Asked,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Refused> {
    let done = async {
        let wanted = Wanted::of(&USERS, &list::query(raw.as_deref())?)?;
        let body = body::object(request).await?;
        let decide = |before: &ScimUser| {
            same_version(&headers, &tag(before))?;
            let mut resource = normal::resource(&USERS, &body)?;
            // A whole resource that does not say whether they may come in leaves it as it is.
            if !resource.contains_key("active") {
                resource.insert("active".into(), Value::Bool(before.word.active));
            }
            word(resource, before.word.active, caller.mapping())
        };
        let user =
            deps.identity.catalog().change_scim_user(caller.scope(), &id, twin::are_twins, decide).await?.ok_or(Refused::NotFound)?;
        Ok(show::resource(StatusCode::OK, whole(&deps, &user), &wanted))
    };
    told(&deps, &caller, "person", &id, done.await).await
}

pub(crate) async fn change(
    State(deps): State<ScimDeps>,
    Extension(caller): Asked,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Refused> {
    let done = async {
        let wanted = Wanted::of(&USERS, &list::query(raw.as_deref())?)?;
        let body = body::object(request).await?;
        let decide = |before: &ScimUser| {
            same_version(&headers, &tag(before))?;
            let mut resource = before.word.resource.as_object().cloned().unwrap_or_default();
            patch::apply(&USERS, &id, &mut resource, &body)?;
            word(resource, before.word.active, caller.mapping())
        };
        let user =
            deps.identity.catalog().change_scim_user(caller.scope(), &id, twin::are_twins, decide).await?.ok_or(Refused::NotFound)?;
        Ok(show::resource(StatusCode::OK, whole(&deps, &user), &wanted))
    };
    told(&deps, &caller, "person", &id, done.await).await
}

pub(crate) async fn remove(
    State(deps): State<ScimDeps>,
    Extension(caller): Asked,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Refused> {
    let done = async {
        let decide = |before: &ScimUser| same_version(&headers, &tag(before));
        let is_gone = deps.identity.catalog().remove_scim_user::<Refused>(caller.scope(), &id, decide).await?;
        if is_gone { Ok(StatusCode::NO_CONTENT) } else { Err(Refused::NotFound) }
    };
    told(&deps, &caller, "person", &id, done.await).await
}
