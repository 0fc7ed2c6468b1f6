//! What this server can do, and the schemas.

use crate::error::Refused;
use crate::list::{MAX_COUNT, page, query};
use crate::router::{MAX_BODY, ScimDeps};
use crate::schema::{GROUPS, ResourceType, USERS, all};
use crate::show::answer;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

pub(crate) async fn service_provider_config(State(deps): State<ScimDeps>) -> Response {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": true},
        "bulk": {"supported": false, "maxOperations": 0, "maxPayloadSize": MAX_BODY},
        "filter": {"supported": true, "maxResults": MAX_COUNT},
        "changePassword": {"supported": false},
        "sort": {"supported": false},
        "etag": {"supported": true},
        "authenticationSchemes": [{
            "type": "oauthbearertoken", "name": "API key", "primary": true,
            "description": "A key with the scope scim, sent as a bearer token. It speaks for one connection.",
        }],
        "meta": {"resourceType": "ServiceProviderConfig", "location": deps.location("/ServiceProviderConfig")},
    });
    answer(StatusCode::OK, &body)
}

fn type_document(deps: &ScimDeps, kind: &ResourceType) -> Value {
    let extensions: Vec<Value> = kind.extensions.iter().map(|schema| json!({"schema": schema.urn, "required": false})).collect();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": kind.name, "name": kind.name, "endpoint": kind.endpoint, "description": kind.core.about,
        "schema": kind.core.urn, "schemaExtensions": extensions,
        "meta": {"resourceType": "ResourceType", "location": deps.location(&format!("/ResourceTypes/{}", kind.name))},
    })
}

fn schema_document(deps: &ScimDeps, schema: &crate::schema::Schema) -> Value {
    let mut document = schema.document();
    document["meta"] = json!({"resourceType": "Schema", "location": deps.location(&format!("/Schemas/{}", schema.urn))});
    document
}

/// A filter here is refused (RFC 7644, 4): whoever filters may believe that what is not shown is not there.
fn without_filter(raw: Option<&str>) -> Result<(), Refused> {
    if query(raw)?.iter().any(|(name, _)| name.eq_ignore_ascii_case("filter")) { Err(Refused::NoFilter) } else { Ok(()) }
}

pub(crate) async fn resource_types(State(deps): State<ScimDeps>, RawQuery(raw): RawQuery) -> Result<Response, Refused> {
    without_filter(raw.as_deref())?;
    let all = vec![type_document(&deps, &USERS), type_document(&deps, &GROUPS)];
    Ok(answer(StatusCode::OK, &page(all, 2, 1)))
}

pub(crate) async fn resource_type(State(deps): State<ScimDeps>, Path(id): Path<String>) -> Result<Response, Refused> {
    let kind = [&USERS, &GROUPS].into_iter().find(|kind| kind.name == id).ok_or(Refused::NotFound)?;
    Ok(answer(StatusCode::OK, &type_document(&deps, kind)))
}

pub(crate) async fn schemas(State(deps): State<ScimDeps>, RawQuery(raw): RawQuery) -> Result<Response, Refused> {
    without_filter(raw.as_deref())?;
    let documents: Vec<Value> = all().into_iter().map(|schema| schema_document(&deps, schema)).collect();
    let total = documents.len() as i64;
    Ok(answer(StatusCode::OK, &page(documents, total, 1)))
}

pub(crate) async fn schema(State(deps): State<ScimDeps>, Path(id): Path<String>) -> Result<Response, Refused> {
    let schema = all().into_iter().find(|schema| schema.urn.eq_ignore_ascii_case(&id)).ok_or(Refused::NotFound)?;
    Ok(answer(StatusCode::OK, &schema_document(&deps, schema)))
}
