//! What a person may do and see, and why.

use crate::api::v1::me::{assess, dashboards};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Signed;
use crate::schema::{CapabilityWhy, DataSetWhy, PersonRights, RoleGives, RowsWhy, RuleReads, RuleWhy};
use axum::Json;
use axum::extract::{Path, State};
use parclose_access::actions::{ManagePeople, ManageSeparation};
use parclose_access::matrix::{self, MATRIX, RoleRow, is_known};
use parclose_access::rules::{Effect, PersonFacts};
use parclose_access::{Assess, Dashboards, EntryRefused, PolicyWhy, ScopeState, Workspace};
use parclose_model::PersonId;

/// What a person may do, by which role, and which rows are theirs, by which rule. Shows no row and counts none.
#[utoipa::path(
    get, path = "/api/v1/people/{id}/rights", tag = "Administration", params(("id" = String, Path, description = "The person's id")),
    responses((status = 200, description = "Rights with their reasons, as they are now", body = PersonRights), (status = 404, description = "`not_found`"))
)]
pub async fn person_rights(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Result<Json<PersonRights>, ApiError> {
    let ctx = signed.ctx();
    let workspace = Workspace::of(&signed.caller);
    let people = app.allow(&ctx, ManagePeople, &workspace).await?;
    let rules = app.allow(&ctx, ManageSeparation, &workspace).await?;
    let person = app.deps.identity.find_person(&people, &PersonId::new(id)).await?;
    let facts = PersonFacts { roles: &person.roles, attributes: &person.attributes };
    let why = app.deps.catalog.policy(workspace.workspace_id()).await.explain(&rules, facts);
    app.note_about(&people, "person", person.id.as_str(), "rights_read").await?;
    let entry = match matrix::entry(&person.roles) {
        _ if !person.active => "not_active",
        Ok(_) => "open",
        Err(EntryRefused::NoFlexRole) => "no_flex_role",
        Err(EntryRefused::NoWfoRole) => "no_wfo_role",
    };
    Ok(Json(PersonRights {
        person: person.id.as_str().into(),
        entry: entry.into(),
        roles: person.roles.iter().map(|role| RoleGives { role: role.clone(), known: is_known(role) }).collect(),
        capabilities: capabilities(&person.roles),
        rows: rows(why),
    }))
}

/// Each capability with the roles that give as much of it as there is.
fn capabilities(roles: &[String]) -> Vec<CapabilityWhy> {
    let held: Vec<&RoleRow> = MATRIX.iter().filter(|row| roles.iter().any(|role| role == row.role)).collect();
    let switch = |name: &str, gives: fn(&RoleRow) -> bool| {
        let from: Vec<String> = held.iter().filter(|row| gives(row)).map(|row| row.role.to_owned()).collect();
        CapabilityWhy { name: name.into(), level: if from.is_empty() { "none" } else { "yes" }.into(), from }
    };
    let most = held.iter().map(|row| row.dashboards).max().unwrap_or(Dashboards::None);
    let assesses = held.iter().map(|row| row.assess).max().unwrap_or(Assess::No);
    let from = |is: &dyn Fn(&RoleRow) -> bool| held.iter().filter(|row| is(row)).map(|row| row.role.to_owned()).collect();
    let administers = roles.iter().any(|role| role == "admin");
    vec![
        CapabilityWhy {
            name: "dashboards".into(),
            level: dashboards(most).into(),
            from: from(&|row| most != Dashboards::None && row.dashboards == most),
        },
        switch("play_calls", |row| row.play),
        switch("export_calls", |row| row.export),
        CapabilityWhy {
            name: "assess".into(),
            level: assess(assesses).into(),
            from: from(&|row| assesses != Assess::No && row.assess == assesses),
        },
        switch("questionnaires", |row| row.questionnaires),
        CapabilityWhy {
            name: "administer".into(),
            level: if administers { "yes" } else { "none" }.into(),
            from: administers.then(|| "admin".to_owned()).into_iter().collect(),
        },
    ]
}

fn rows(why: PolicyWhy) -> RowsWhy {
    let data_sets = why.data_sets.into_iter().map(|set| DataSetWhy {
        data_set: set.data_set.as_str().into(),
        state: state(set.state).into(),
        result: set.result,
        rules: set.rules.into_iter().map(rule).collect(),
    });
    RowsWhy {
        state: state(why.summary.state).into(),
        label: why.summary.label,
        policy_version: why.summary.policy_version,
        broken: why.is_broken,
        data_sets: data_sets.collect(),
    }
}

fn rule(rule: parclose_access::rules::RuleWhy) -> RuleWhy {
    RuleWhy {
        name: rule.name,
        effect: match rule.effect {
            Effect::Grant => "grant",
            Effect::Restrict => "restrict",
        }
        .into(),
        applies: rule.applies,
        for_whom: rule.for_whom,
        rows: rule.rows,
        reads: rule.reads.into_iter().map(|(attribute, values)| RuleReads { attribute, values: values.into_iter().collect() }).collect(),
        lacks: rule.lacks,
    }
}

fn state(state: ScopeState) -> &'static str {
    match state {
        ScopeState::Open => "open",
        ScopeState::All => "all",
        ScopeState::Some => "some",
        ScopeState::None => "none",
    }
}
