//! What would this person get?

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::extract::{Body, Signed};
use crate::schema::{DryRunAnswer, DryRunRequest, Gives};
use axum::Json;
use axum::extract::{Path, State};
use parclose_access::actions::ManageConnections;
use parclose_access::{EntryRefused, Workspace};
use parclose_identity::{DryRun, DryRunInput, Provision};

/// Tries a proof without using it. Asks the same functions as a login and changes nothing.
#[utoipa::path(
    post, path = "/api/v1/connections/{id}/dry-run", tag = "Administration", request_body = DryRunRequest,
    params(("id" = String, Path, description = "The connection's id")),
    responses((status = 200, description = "What a login would do", body = DryRunAnswer), (status = 404, description = "`not_found`"))
)]
pub async fn dry_run(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    Body(body): Body<DryRunRequest>,
) -> Result<Json<DryRunAnswer>, ApiError> {
    let ctx = signed.ctx();
    let grant = app.allow(&ctx, ManageConnections, &Workspace::of(&signed.caller)).await?;
    let at: Option<jiff::Timestamp> = body
        .at
        .map(|text| text.parse())
        .transpose()
        .map_err(|_| ApiError::says(Code::BadRequest, "The field \"at\" is an instant such as 2027-01-31T00:00:00Z."))?;
    let input = match (body.response, body.claims, body.attributes) {
        (Some(text), None, None) => DryRunInput::Response { text, at_ms: at.map_or(signed.now_ms, |at| at.as_millisecond()) },
        (None, Some(claims), None) => DryRunInput::Claims(claims.into_iter().collect()),
        (None, None, Some(attributes)) => DryRunInput::Attributes { subject: body.subject.unwrap_or_default(), attributes },
        _ => return Err(ApiError::says(Code::BadRequest, "Try exactly one of \"response\", \"claims\", \"attributes\".")),
    };
    Ok(Json(shown(app.deps.identity.dry_run(&grant, &id, input).await?)))
}

fn shown(run: DryRun) -> DryRunAnswer {
    let enters = run.rights.map(|rights| match rights {
        Ok(_) => "yes",
        Err(EntryRefused::NoFlexRole) => "no_flex_role",
        Err(EntryRefused::NoWfoRole) => "no_wfo_role",
    });
    DryRunAnswer {
        refused: run.refused.map(str::to_owned),
        person: run.person.map(|person| person.as_str().to_owned()),
        conflict: run.conflict.map(str::to_owned),
        enters: enters.map(str::to_owned),
        gives: run.provision.map(|Provision { login, email, name, roles, unknown_roles, attributes, groups, unknown_groups, cut }| Gives {
            login,
            email,
            name,
            roles,
            unknown_roles,
            attributes,
            groups,
            unknown_groups,
            cut,
        }),
    }
}
