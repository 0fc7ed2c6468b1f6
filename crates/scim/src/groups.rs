//! Groups. What a group gives is not for a directory to say: an administrator enters it here.

use crate::door::{Asked, told};
use crate::error::{Refused, wrong};
use crate::list::{self, MAX_SCANNED};
use crate::router::ScimDeps;
use crate::schema::GROUPS;
use crate::show::{self, Wanted, names_version, same_version};
use crate::{body, normal, patch, twin};
use axum::Extension;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use parclose_catalog::{ScimFind, ScimGroup, ScimGroupWord, ScimPage};
use parclose_identity::ScimCaller;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

fn word(resource: &Map<String, Value>) -> Result<ScimGroupWord, Refused> {
    let text = |name: &str| resource.get(name).and_then(Value::as_str);
    let name = text("displayName").ok_or_else(|| wrong("displayName", "is missing"))?.to_owned();
    if !twin::is_plain(&name) {
        return Err(wrong("displayName", "is too long, or has spaces around it or invisible characters"));
    }
    let external_id = text("externalId").map(str::to_owned);
    if external_id.as_ref().is_some_and(|id| id.len() > 256 || id.chars().any(char::is_control)) {
        return Err(wrong("externalId", "is too long"));
    }
    let mut members = BTreeSet::new();
    for member in resource.get("members").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default() {
        if member.get("type").and_then(Value::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("group")) {
            return Err(wrong("members", "holds a group: groups in groups are not supported"));
        }
        members.insert(member.get("value").and_then(Value::as_str).ok_or_else(|| wrong("members", "has no value"))?.to_owned());
    }
    let name_key = twin::fold(&name);
    Ok(ScimGroupWord { name, name_key, external_id, members })
}

/// As a change sees it.
fn kept(deps: &ScimDeps, word: &ScimGroupWord) -> Map<String, Value> {
    let mut kept = Map::from_iter([("displayName".to_owned(), json!(word.name))]);
    if let Some(external_id) = &word.external_id {
        kept.insert("externalId".into(), json!(external_id));
    }
    if !word.members.is_empty() {
        let members = word.members.iter().map(|id| json!({"value": id, "$ref": deps.location(&format!("/Users/{id}")), "type": "User"}));
        kept.insert("members".into(), members.collect());
    }
    kept
}

fn tag(group: &ScimGroup) -> String {
    format!("W/\"{}\"", group.version)
}

fn whole(deps: &ScimDeps, group: &ScimGroup) -> Map<String, Value> {
    let mut whole = Map::from_iter([("schemas".to_owned(), json!([GROUPS.core.urn])), ("id".to_owned(), json!(group.id))]);
    whole.extend(kept(deps, &group.word));
    let instant = |ms: i64| jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string();
    let meta = json!({
        "resourceType": "Group", "created": instant(group.created_ms), "lastModified": instant(group.changed_ms),
        "location": deps.location(&format!("/Groups/{}", group.id)), "version": tag(group),
    });
    whole.insert("meta".into(), meta);
    whole
}

pub(crate) async fn list(State(deps): State<ScimDeps>, Extension(caller): Asked, RawQuery(raw): RawQuery) -> Result<Response, Refused> {
    told(&deps, &caller, "group", "", listed(&deps, &caller, raw.as_deref()).await).await
}

async fn listed(deps: &ScimDeps, caller: &ScimCaller, raw: Option<&str>) -> Result<Response, Refused> {
    let query = list::query(raw)?;
    let wanted = Wanted::of(&GROUPS, &query)?;
    let asked = list::Asked::of(&GROUPS, &query)?;
    let catalog = deps.identity.catalog();
    let of_page = ScimPage { offset: asked.start - 1, limit: asked.count };
    let members = wanted.shows("members") || asked.filter.as_ref().is_some_and(|filter| filter.asks_for("members"));
    let (groups, total) = match &asked.filter {
        None => catalog.scim_groups(caller.scope(), &ScimFind::All, of_page, members).await?,
        Some(filter) => {
            let find = match (filter.must_equal("id"), filter.must_equal("externalId"), filter.must_equal("displayName")) {
                (Some(id), _, _) => ScimFind::Id(id.to_owned()),
                (_, Some(id), _) => ScimFind::ExternalId(id.to_owned()),
                (_, _, Some(name)) => ScimFind::Name(twin::fold(name)),
                _ => ScimFind::All,
            };
            let (groups, total) = catalog.scim_groups(caller.scope(), &find, ScimPage { offset: 0, limit: MAX_SCANNED }, members).await?;
            if total > MAX_SCANNED {
                return Err(Refused::TooMany);
            }
            let found: Vec<ScimGroup> = groups.into_iter().filter(|group| filter.is_met_by(&Value::Object(whole(deps, group)))).collect();
            let total = found.len() as i64;
            let skip = usize::try_from(of_page.offset).unwrap_or(usize::MAX);
            (found.into_iter().skip(skip).take(usize::try_from(of_page.limit).unwrap_or(0)).collect(), total)
        }
    };
    let shown = groups.iter().map(|group| Value::Object(wanted.cut(whole(deps, group)))).collect();
    Ok(show::answer(StatusCode::OK, &list::page(shown, total, asked.start)))
}

pub(crate) async fn create(
    State(deps): State<ScimDeps>,
    Extension(caller): Asked,
    RawQuery(raw): RawQuery,
    request: Request,
) -> Result<Response, Refused> {
    let done = async {
        let wanted = Wanted::of(&GROUPS, &list::query(raw.as_deref())?)?;
        let body = body::object(request).await?;
        let word = word(&normal::resource(&GROUPS, &body)?)?;
        let id = deps.identity.opaque_id()?;
        let group = deps.identity.catalog().add_scim_group::<Refused>(caller.scope(), id.as_str(), &word, twin::are_twins).await?;
        Ok(show::resource(StatusCode::CREATED, whole(&deps, &group), &wanted))
    };
    told(&deps, &caller, "group", "", done.await).await
}

pub(crate) async fn read(
    State(deps): State<ScimDeps>,
    Extension(caller): Asked,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let done = async {
        let wanted = Wanted::of(&GROUPS, &list::query(raw.as_deref())?)?;
        let group = deps.identity.catalog().scim_group(caller.scope(), &id).await?.ok_or(Refused::NotFound)?;
        if names_version(&headers, header::IF_NONE_MATCH, &tag(&group)) == Some(true) {
            return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag(&group))]).into_response());
        }
        Ok(show::resource(StatusCode::OK, whole(&deps, &group), &wanted))
    };
    told(&deps, &caller, "group", &id, done.await).await
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
        let wanted = Wanted::of(&GROUPS, &list::query(raw.as_deref())?)?;
        let body = body::object(request).await?;
        let decide = |before: &ScimGroup| {
            same_version(&headers, &tag(before))?;
            word(&normal::resource(&GROUPS, &body)?)
        };
        let group =
            deps.identity.catalog().change_scim_group(caller.scope(), &id, twin::are_twins, decide).await?.ok_or(Refused::NotFound)?;
        Ok(show::resource(StatusCode::OK, whole(&deps, &group), &wanted))
    };
    told(&deps, &caller, "group", &id, done.await).await
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
        let wanted = Wanted::of(&GROUPS, &list::query(raw.as_deref())?)?;
        let body = body::object(request).await?;
        let decide = |before: &ScimGroup| {
            same_version(&headers, &tag(before))?;
            let mut resource = kept(&deps, &before.word);
            patch::apply(&GROUPS, &id, &mut resource, &body)?;
            word(&resource)
        };
        let group =
            deps.identity.catalog().change_scim_group(caller.scope(), &id, twin::are_twins, decide).await?.ok_or(Refused::NotFound)?;
        Ok(show::resource(StatusCode::OK, whole(&deps, &group), &wanted))
    };
    told(&deps, &caller, "group", &id, done.await).await
}

pub(crate) async fn remove(
    State(deps): State<ScimDeps>,
    Extension(caller): Asked,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Refused> {
    let done = async {
        let decide = |before: &ScimGroup| same_version(&headers, &tag(before));
        let is_gone = deps.identity.catalog().remove_scim_group::<Refused>(caller.scope(), &id, decide).await?;
        if is_gone { Ok(StatusCode::NO_CONTENT) } else { Err(Refused::NotFound) }
    };
    told(&deps, &caller, "group", &id, done.await).await
}
