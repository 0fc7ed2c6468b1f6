//! What is refused, and how SCIM says it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use parclose_catalog::ScimRefused;
use serde_json::json;

/// One variant for each thing a client can act on. Details never hold a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// No key that is worth anything.
    Unauthorized,
    /// A key for something else.
    Forbidden,
    /// A filter where none is taken.
    NoFilter,
    /// Absent, or of another directory: the same answer.
    NotFound,
    /// No such method here.
    MethodNotAllowed,
    /// The body is no JSON, or not of the shape that is asked for.
    Syntax(&'static str),
    /// A value does not fit.
    Value(String),
    /// The filter can't be read or asks for what can't be compared.
    Filter(&'static str),
    /// The path of a change can't be read or names nothing.
    Path(&'static str),
    /// The path of a change finds nothing.
    NoTarget,
    /// What can't be changed.
    Mutability(String),
    /// A filter over too many.
    TooMany,
    /// Somebody or something else has it.
    Uniqueness(&'static str, &'static str),
    /// A member that is nobody here.
    Member(&'static str),
    /// Changed meanwhile.
    Precondition,
    /// More than fits.
    TooLarge(&'static str),
    /// Neither of the two media types.
    MediaType,
    /// Not supported, as the configuration says.
    NotImplemented,
    /// Something broke; what, stands in the log.
    Internal,
}

impl Refused {
    /// The reason for the audit trail, for what is refused in order to keep people and directories apart, or to stay standing.
    pub(crate) fn reason(&self) -> Option<&'static str> {
        match self {
            Refused::Uniqueness(reason, _) | Refused::Member(reason) => Some(*reason),
            Refused::TooLarge(_) => Some("too_large"),
            Refused::Filter(detail) if *detail == TOO_COMPLEX => Some("filter_too_complex"),
            _ => None,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Refused::Unauthorized => StatusCode::UNAUTHORIZED,
            Refused::Forbidden | Refused::NoFilter => StatusCode::FORBIDDEN,
            Refused::NotFound => StatusCode::NOT_FOUND,
            Refused::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Refused::Uniqueness(..) => StatusCode::CONFLICT,
            Refused::Precondition => StatusCode::PRECONDITION_FAILED,
            Refused::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Refused::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refused::NotImplemented => StatusCode::NOT_IMPLEMENTED,
            Refused::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// RFC 7644, table 9.
    fn scim_type(&self) -> Option<&'static str> {
        match self {
            Refused::Syntax(_) => Some("invalidSyntax"),
            Refused::Value(_) | Refused::Member(_) => Some("invalidValue"),
            Refused::Filter(_) => Some("invalidFilter"),
            Refused::Path(_) => Some("invalidPath"),
            Refused::NoTarget => Some("noTarget"),
            Refused::Mutability(_) => Some("mutability"),
            Refused::TooMany => Some("tooMany"),
            Refused::Uniqueness(..) => Some("uniqueness"),
            _ => None,
        }
    }

    fn detail(&self) -> String {
        match self {
            Refused::Unauthorized => "A bearer token is needed that speaks for a connection.".into(),
            Refused::Forbidden => "This key is for something else.".into(),
            Refused::NoFilter => "Nothing is filtered here.".into(),
            Refused::NotFound => "There is no such resource.".into(),
            Refused::MethodNotAllowed => "This method is not for this address.".into(),
            Refused::Syntax(what) | Refused::Filter(what) | Refused::Path(what) | Refused::TooLarge(what) => (*what).into(),
            Refused::Value(what) | Refused::Mutability(what) => what.clone(),
            Refused::NoTarget => "The path finds nothing that could be changed.".into(),
            Refused::TooMany => "There are too many resources to filter by this; filter by userName, displayName, externalId or id.".into(),
            Refused::Uniqueness(_, what) => (*what).into(),
            Refused::Member(_) => "A member is no user of this directory.".into(),
            Refused::Precondition => "The resource has changed meanwhile.".into(),
            Refused::MediaType => "The content type is application/scim+json or application/json.".into(),
            Refused::NotImplemented => "This is not supported.".into(),
            Refused::Internal => "Something went wrong here.".into(),
        }
    }
}

/// What a filter beyond the limits is told.
pub(crate) const TOO_COMPLEX: &str = "The filter is too long, too deep or has too many parts.";

/// A wrong value, named by its attribute and never shown.
pub(crate) fn wrong(attribute: &str, why: &str) -> Refused {
    Refused::Value(format!("The attribute \"{attribute}\" {why}."))
}

impl From<ScimRefused> for Refused {
    fn from(refused: ScimRefused) -> Self {
        match refused {
            ScimRefused::LoginTaken => Refused::Uniqueness("login_taken", "The userName is taken, or looks like one that is."),
            ScimRefused::ExternalIdTaken => Refused::Uniqueness("external_id_taken", "The externalId is taken."),
            ScimRefused::NameTaken => Refused::Uniqueness("group_name_taken", "The displayName is taken, or looks like one that is."),
            ScimRefused::UnknownMember => Refused::Member("unknown_member"),
            ScimRefused::ForeignMember => Refused::Member("foreign_member"),
            ScimRefused::TooManyMembers => Refused::TooLarge("The group would have too many members."),
        }
    }
}

impl From<parclose_catalog::Error> for Refused {
    fn from(error: parclose_catalog::Error) -> Self {
        tracing::error!(name: "scim.failed", %error, "the catalog failed");
        Refused::Internal
    }
}

impl From<parclose_identity::Error> for Refused {
    fn from(error: parclose_identity::Error) -> Self {
        tracing::error!(name: "scim.failed", %error, "identity failed");
        Refused::Internal
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": status.as_u16().to_string(),
            "detail": self.detail(),
        });
        if let Some(scim_type) = self.scim_type() {
            body["scimType"] = scim_type.into();
        }
        let mut response = (status, [(header::CONTENT_TYPE, "application/scim+json")], body.to_string()).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"scim\""));
        }
        response
    }
}
