//! Where a person's roles and attributes come from, next to the worker that they are on the platform.

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::Signed;
use crate::instant::{rfc3339, zone};
use crate::schema::{Given, Origin, OriginDifference, OriginGroup, OriginWorker};
use axum::Json;
use axum::extract::{Path, State};
use parclose_access::Workspace;
use parclose_access::actions::ManagePeople;
use parclose_catalog::{Attributes, Group, Person};
use parclose_model::PersonId;
use parclose_pipeline::{WorkerMatch, WorkerSeen};
use std::collections::BTreeSet;

/// What an administrator gave, what identity providers said, and the attributes of the person's worker with the differences
/// marked. Rules read the person's, never the worker's.
#[utoipa::path(
    get, path = "/api/v1/people/{id}/origin", tag = "Administration", params(("id" = String, Path, description = "The person's id")),
    responses((status = 200, description = "As it is now", body = Origin), (status = 404, description = "`not_found`"))
)]
pub async fn person_origin(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Json<Origin>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManagePeople, &Workspace::of(&signed.caller)).await?;
    let person = app.deps.identity.find_person(&grant, &PersonId::new(id)).await?;
    let said = app.deps.identity.said_of(&grant, &person).await?;
    let zone = zone(&app.settings(signed.caller.workspace()).await?.settings);
    let space = app.deps.spaces.get(signed.caller.workspace().as_str()).ok_or(Code::NotFound)?;
    let mut names = vec![person.email.clone(), person.login.clone()];
    names.extend(said.connections.iter().map(|one| one.subject.clone()));
    let worker = space.log.worker_of(&names).await.map_err(|error| {
        tracing::error!(name: "people.worker_failed", %error, request_id = signed.request_id, "the worker of a person could not be looked up");
        ApiError::from(Code::Unavailable)
    })?;
    app.note_about(&grant, "person", person.id.as_str(), "origin_read").await?;
    let when = |ms: i64| rfc3339(ms, &zone);
    Ok(Json(Origin {
        given: Given { roles: person.given.roles.clone(), attributes: person.given.attributes.clone() },
        connections: said.connections.into_iter().map(|one| crate::schema::OriginConnection {
            connection: one.connection,
            name: one.name,
            kind: one.kind.as_str().into(),
            enabled: one.enabled,
            subject: one.subject,
            source: one.source.into(),
            linked_by: one.linked_by,
            at: one.at_ms.map(when),
            roles: one.provided.roles,
            attributes: one.provided.attributes,
        }).collect(),
        groups: said.groups.into_iter().filter_map(group).collect(),
        worker: worker.map(|(by, seen)| shown(&person, by, seen, when)),
    }))
}

/// A group of a directory; those that a login names are not kept one by one.
fn group(group: Group) -> Option<OriginGroup> {
    let Group { id, name, roles, attributes, connection, .. } = group;
    Some(OriginGroup { id, name, connection: connection?, roles, attributes })
}

fn shown(person: &Person, by: WorkerMatch, seen: WorkerSeen, when: impl Fn(i64) -> String) -> OriginWorker {
    OriginWorker {
        matched_by: match by {
            WorkerMatch::Email => "email",
            WorkerMatch::Name => "worker_name",
            WorkerMatch::FriendlyId => "friendly_id",
        }
        .into(),
        seen_at: Some(when(seen.seen_ms)),
        differences: differences(&person.attributes, &seen.attributes),
        worker_id: seen.worker,
        name: seen.name,
        attributes: seen.attributes,
    }
}

/// Attributes that both have. The order of values says nothing.
fn differences(person: &Attributes, worker: &Attributes) -> Vec<OriginDifference> {
    let set = |values: &[String]| values.iter().cloned().collect::<BTreeSet<String>>();
    let both = person.iter().filter_map(|(name, values)| Some((name, values, worker.get(name)?)));
    both.filter(|(_, person, worker)| set(person) != set(worker))
        .map(|(name, person, worker)| OriginDifference { attribute: name.clone(), person: person.clone(), worker: worker.clone() })
        .collect()
}
