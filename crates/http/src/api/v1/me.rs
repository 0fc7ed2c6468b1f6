//! Who am I, what may I do, and whose rows do I see?

use crate::app::{App, Parts};
use crate::error::ApiError;
use crate::extract::Signed;
use crate::seats::Seats;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use parclose_access::actions::ReadRows;
use parclose_access::{Assess, Capabilities, Dashboards, OpCtx, ScopeSummary, Workspace};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The person who is signed in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Me {
    /// Who.
    pub person: MePerson,
    /// What their roles add up to.
    pub capabilities: MeCapabilities,
    /// Where.
    pub workspace: MeWorkspace,
    /// Other workspaces in which this browser is signed in.
    pub other_workspaces: Vec<MeOtherWorkspace>,
    /// Whose rows they see.
    pub scope: MeScope,
    /// To be sent back as `x-csrf-token` with every change; empty for a key.
    pub csrf_token: String,
}

/// Who.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MePerson {
    /// Id.
    pub id: String,
    /// Login.
    pub login: String,
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: Option<String>,
    /// Roles as they arrived.
    pub roles: Vec<String>,
    /// Attributes that separation rules may read.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// True when there is a password to change.
    pub has_password: bool,
    /// Somebody else chose the password: only `/account/password` is open.
    pub password_change_due: bool,
    /// The workspace asks for a second factor and there is none: only the ways to set one up are open.
    pub second_factor_due: bool,
}

/// What the roles add up to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeCapabilities {
    /// `none`, `viewer`, `explorer`, `editor`.
    pub dashboards: String,
    /// Plays recordings.
    pub play_calls: bool,
    /// Exports recordings.
    pub export_calls: bool,
    /// `none`, `view`, `yes`.
    pub assess: String,
    /// Edits questionnaires.
    pub questionnaires: bool,
    /// Administers the workspace.
    pub administer: bool,
}

/// Where.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeWorkspace {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// IANA time zone of all dates.
    pub time_zone: String,
    /// Whether it is the demo.
    pub demo: bool,
}

/// Another workspace of the same browser.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeOtherWorkspace {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// Whose rows.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeScope {
    /// `all`, `some`, `none`, `open`.
    pub state: String,
    /// In words.
    pub label: String,
    /// Version of the separation rules.
    pub policy_version: i64,
    /// By data set.
    pub data_sets: Vec<MeDataSet>,
    /// Whom to ask.
    pub contact: String,
}

/// How much of a data set.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeDataSet {
    /// `conversations`, `activities`.
    pub data_set: String,
    /// `all`, `some`, `none`, `open`.
    pub state: String,
    /// The rules that apply.
    pub rules: Vec<MeRule>,
}

/// A rule that applies.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeRule {
    /// Name.
    pub name: String,
    /// `grant`, `restrict`.
    pub effect: String,
    /// What it means.
    pub explains: String,
}

/// `Me` is never compressed: it holds a secret.
pub(crate) type MeAnswer = ([(HeaderName, &'static str); 1], Json<Me>);

/// Who am I?
#[utoipa::path(get, path = "/api/v1/me", tag = "Sign-in", responses((status = 200, description = "Who is signed in", body = Me)))]
pub async fn me(State(app): State<App>, signed: Signed) -> Result<MeAnswer, ApiError> {
    let csrf = signed.csrf.as_ref().map_or("", |csrf| csrf.secret());
    answer(&app, &signed.ctx(), csrf, signed.seats.as_ref()).await
}

/// The answer for a caller. Asks for no right: everybody may know this much of themselves.
pub(crate) async fn answer(app: &Parts, ctx: &OpCtx<'_>, csrf: &str, seats: Option<&Seats>) -> Result<MeAnswer, ApiError> {
    let caller = ctx.caller();
    let settings = app.settings(caller.workspace()).await?.settings;
    let record = app.deps.catalog.person(caller.workspace(), caller.person()).await?;
    let policy = app.deps.catalog.policy(caller.workspace()).await;
    let summary = match ctx.authorize(ReadRows, &Workspace::of(caller)) {
        Ok(grant) => policy.scope(&grant).summary(),
        Err(_) => ScopeSummary::nothing(policy.version()),
    };
    let me = Me {
        person: MePerson {
            id: caller.person().as_str().into(),
            login: caller.login().into(),
            name: caller.display_name().into(),
            has_password: record.as_ref().is_some_and(|person| person.has_password),
            password_change_due: record.as_ref().is_some_and(|person| person.password_due),
            second_factor_due: app.deps.identity.is_factor_due(ctx).await?,
            email: record.map(|person| person.email).filter(|email| !email.is_empty()),
            roles: caller.roles().to_vec(),
            attributes: caller.attributes().clone(),
        },
        capabilities: capabilities(caller.capabilities()),
        workspace: MeWorkspace {
            id: caller.workspace().as_str().into(),
            name: settings.name,
            time_zone: settings.time_zone,
            demo: settings.demo,
        },
        other_workspaces: other_workspaces(app, ctx, seats).await?,
        scope: scope(summary, asks(&settings.contact)),
        csrf_token: csrf.into(),
    };
    Ok(([(header::CACHE_CONTROL, "no-store, no-transform")], Json(me)))
}

/// Workspaces whose sessions came along and are good. Nothing is told of others.
async fn other_workspaces(app: &Parts, ctx: &OpCtx<'_>, seats: Option<&Seats>) -> Result<Vec<MeOtherWorkspace>, ApiError> {
    let mut others = Vec::new();
    for (workspace, token) in seats.iter().flat_map(|seats| seats.each()).filter(|(workspace, _)| *workspace != ctx.caller().workspace()) {
        if app.is_signed_in(workspace, token, ctx.now_ms()).await? {
            others.push(MeOtherWorkspace { id: workspace.as_str().into(), name: app.settings(workspace).await?.settings.name });
        }
    }
    Ok(others)
}

pub(crate) fn dashboards(level: Dashboards) -> &'static str {
    match level {
        Dashboards::None => "none",
        Dashboards::Viewer => "viewer",
        Dashboards::Explorer => "explorer",
        Dashboards::Editor => "editor",
    }
}

pub(crate) fn assess(level: Assess) -> &'static str {
    match level {
        Assess::No => "none",
        Assess::View => "view",
        Assess::Yes => "yes",
    }
}

fn capabilities(can: &Capabilities) -> MeCapabilities {
    MeCapabilities {
        dashboards: dashboards(can.dashboards).into(),
        play_calls: can.play_calls,
        export_calls: can.export_calls,
        assess: assess(can.assess).into(),
        questionnaires: can.questionnaires,
        administer: can.administer,
    }
}

/// Whom to ask, as the end of a sentence.
fn asks(contact: &str) -> String {
    let contact = if contact.trim().is_empty() { "the administrator of this workspace" } else { contact.trim() };
    format!("ask {contact}")
}

fn scope(summary: ScopeSummary, contact: String) -> MeScope {
    let word = |value: serde_json::Result<serde_json::Value>| value.ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    let data_sets = summary.data_sets.into_iter().map(|set| MeDataSet {
        data_set: set.data_set.as_str().into(),
        state: word(serde_json::to_value(set.state)),
        rules: set
            .rules
            .into_iter()
            .map(|rule| MeRule { name: rule.name, effect: word(serde_json::to_value(rule.effect)), explains: rule.explains })
            .collect(),
    });
    MeScope {
        state: word(serde_json::to_value(summary.state)),
        label: summary.label,
        policy_version: summary.policy_version,
        data_sets: data_sets.collect(),
        contact,
    }
}
