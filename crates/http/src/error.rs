//! Errors as callers see them: a code, a sentence, an id. Never data.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use parclose_access::Refusal;
use parclose_query::EngineError;
use std::borrow::Cow;

/// Stable names of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Code {
    BadRequest,
    UnknownField,
    SignInRequired,
    SignInFailed,
    SecondFactorFailed,
    RoleMissing,
    NotAllowed,
    PasswordChangeRequired,
    SecondFactorRequired,
    BadSignature,
    NotFound,
    LinkNotValid,
    MethodNotAllowed,
    Conflict,
    NoLocalSignIn,
    NoPasskeysHere,
    TooLarge,
    InvalidQuery,
    InvalidRules,
    InvalidSettings,
    TooManyRequests,
    Internal,
    Unavailable,
}

impl Code {
    /// All of them, for the document.
    pub const ALL: [Code; 23] = [
        Code::BadRequest,
        Code::UnknownField,
        Code::SignInRequired,
        Code::SignInFailed,
        Code::SecondFactorFailed,
        Code::RoleMissing,
        Code::NotAllowed,
        Code::PasswordChangeRequired,
        Code::SecondFactorRequired,
        Code::BadSignature,
        Code::NotFound,
        Code::LinkNotValid,
        Code::MethodNotAllowed,
        Code::Conflict,
        Code::NoLocalSignIn,
        Code::NoPasskeysHere,
        Code::TooLarge,
        Code::InvalidQuery,
        Code::InvalidRules,
        Code::InvalidSettings,
        Code::TooManyRequests,
        Code::Internal,
        Code::Unavailable,
    ];

    fn row(self) -> (u16, &'static str, &'static str) {
        match self {
            Code::BadRequest => (400, "bad_request", "The request can't be read."),
            Code::UnknownField => (400, "unknown_field", "The request has a field that is not known here."),
            Code::SignInRequired => (401, "sign_in_required", "Sign in first."),
            Code::SignInFailed => (401, "sign_in_failed", "The login or the password is not right."),
            Code::SecondFactorFailed => (401, "second_factor_failed", "The code or passkey is not right."),
            Code::RoleMissing => {
                (403, "role_missing", "Your roles do not open this application. It needs supervisor or admin, and at least one wfo role.")
            }
            Code::NotAllowed => (403, "not_allowed", "Your roles do not allow this."),
            Code::PasswordChangeRequired => (403, "password_change_required", "Choose a password of your own first."),
            Code::SecondFactorRequired => (403, "second_factor_required", "Set up a second factor first."),
            Code::BadSignature => (403, "bad_signature", "The signature does not fit."),
            Code::NotFound => (404, "not_found", "There is nothing here, or it is not yours to see."),
            Code::LinkNotValid => (404, "link_not_valid", "This link is used up, over, or was never one. Ask for a new one."),
            Code::MethodNotAllowed => (405, "method_not_allowed", "This address does not take this method."),
            Code::Conflict => (409, "conflict", "Somebody changed this meanwhile."),
            Code::NoLocalSignIn => (409, "no_local_sign_in", "This account signs in with an identity provider, not with a password."),
            Code::NoPasskeysHere => (409, "no_passkeys_here", "Browsers make passkeys only at an address with https, or at localhost."),
            Code::TooLarge => (413, "too_large", "That is more than is allowed at once."),
            Code::InvalidQuery => (422, "invalid_query", "The question can't be answered as it is asked."),
            Code::InvalidRules => (422, "invalid_rules", "The separation rules are wrong."),
            Code::InvalidSettings => (422, "invalid_settings", "The settings are wrong."),
            Code::TooManyRequests => (429, "too_many_requests", "Too many requests. Try again later."),
            Code::Internal => (500, "internal", "Something broke here. The id finds it in the log."),
            Code::Unavailable => (503, "unavailable", "The server is busy. Try again in a moment."),
        }
    }
    /// As it is sent.
    pub fn as_str(self) -> &'static str {
        self.row().1
    }
    /// The status that it comes with.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
    /// What it says when there is nothing better to say.
    pub fn sentence(self) -> &'static str {
        self.row().2
    }
    /// For a status that something below the handlers answered with.
    pub(crate) fn of_status(status: StatusCode) -> Code {
        match status.as_u16() {
            400 | 411 | 414 | 415 | 431 => Code::BadRequest,
            401 => Code::SignInRequired,
            403 => Code::NotAllowed,
            404 => Code::NotFound,
            405 => Code::MethodNotAllowed,
            409 => Code::Conflict,
            413 => Code::TooLarge,
            429 => Code::TooManyRequests,
            408 | 503 | 504 => Code::Unavailable,
            400..=499 => Code::BadRequest,
            _ => Code::Internal,
        }
    }
}

/// An error on its way out. The outermost layer writes its body and gives it the request's id.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// Which.
    pub code: Code,
    /// What it says.
    pub message: Cow<'static, str>,
    /// Seconds after which it is worth trying again.
    pub retry_after: Option<u64>,
    /// The line of a text that is wrong.
    pub line: Option<usize>,
    /// The field of a form that is wrong.
    pub field: Option<&'static str>,
}

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        let retry_after = matches!(code, Code::Unavailable | Code::TooManyRequests).then_some(1);
        Self { code, message: code.sentence().into(), retry_after, line: None, field: None }
    }
}

impl ApiError {
    /// With other words. They must not hold a value from the data.
    pub fn says(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), ..code.into() }
    }
    /// About this field of what was sent.
    pub fn at(self, field: &'static str) -> Self {
        Self { field: Some(field), ..self }
    }
    /// Too much; come back after so many seconds.
    pub fn later(code: Code, seconds: u64) -> Self {
        Self { retry_after: Some(seconds.max(1)), ..code.into() }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => Code::NotFound.into(),
            Refusal::NotAllowed => Code::NotAllowed.into(),
        }
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        match error {
            // Names what the asker wrote, shortened; never a value.
            EngineError::Query(error) => ApiError::says(Code::InvalidQuery, error.to_string()),
            EngineError::TooLarge => ApiError::says(Code::TooLarge, "The question needs more memory than allowed. Narrow it."),
            EngineError::TooLong => ApiError::says(Code::Unavailable, "The question took longer than allowed. Narrow it, or try again."),
            EngineError::Failed => Code::Internal.into(),
        }
    }
}

impl From<parclose_catalog::Error> for ApiError {
    fn from(error: parclose_catalog::Error) -> Self {
        use parclose_catalog::Error;
        match error {
            Error::Conflict { .. } => Code::Conflict.into(),
            Error::LoginTaken => ApiError::says(Code::Conflict, "Somebody else has this login.").at("login"),
            Error::InvalidRules(wrong) => ApiError { line: Some(wrong.line), ..ApiError::says(Code::InvalidRules, wrong.message) },
            Error::InvalidSettings { field, why } => ApiError::says(Code::InvalidSettings, why).at(field),
            Error::Database(error) => {
                tracing::error!(name: "http.catalog_failed", %error, "the catalog failed");
                Code::Unavailable.into()
            }
            error => {
                tracing::error!(name: "http.catalog_broken", %error, "the catalog is broken");
                Code::Internal.into()
            }
        }
    }
}

impl From<parclose_identity::Error> for ApiError {
    fn from(error: parclose_identity::Error) -> Self {
        use parclose_identity::Error;
        match error {
            Error::SignInFailed => Code::SignInFailed.into(),
            Error::RoleMissing(_) => Code::RoleMissing.into(),
            Error::TooManyAttempts { retry_after_seconds } => {
                ApiError::later(Code::TooManyRequests, u64::try_from(retry_after_seconds).unwrap_or(60))
            }
            Error::PasswordRefused(why) => ApiError::says(Code::BadRequest, sentence(&why.to_string())).at("password"),
            Error::WrongPassword => ApiError::says(Code::BadRequest, "The current password is not right.").at("current_password"),
            Error::WrongCode => ApiError::says(Code::BadRequest, "The code is not right, or it was used already.").at("code"),
            Error::PasskeyRefused => ApiError::says(Code::BadRequest, "The passkey was not accepted. Try again.").at("credential"),
            Error::NoPasskeysHere => Code::NoPasskeysHere.into(),
            Error::FactorThere => ApiError::says(Code::Conflict, "The authenticator application is set up already."),
            Error::NoLocalSignIn => Code::NoLocalSignIn.into(),
            Error::LinkNotValid => Code::LinkNotValid.into(),
            Error::InvalidField(field) => {
                ApiError::says(Code::BadRequest, format!("The field \"{field}\" is missing, too long or wrong.")).at(field)
            }
            Error::LastAdministrator => ApiError::says(Code::Conflict, "The workspace needs an active administrator."),
            Error::NotADemo => Code::NotAllowed.into(),
            Error::Refused(refusal) => refusal.into(),
            Error::Catalog(error) => error.into(),
            Error::OwnedByProvider(field) => {
                ApiError::says(Code::Conflict, format!("The identity provider gives some of the field \"{field}\". Change it there."))
            }
            // Browsers on their way are answered by `sso`; this is for whoever asks otherwise.
            Error::ProofRefused(_) => Code::SignInFailed.into(),
            Error::ProviderUnreachable(_) => ApiError::says(Code::Unavailable, "The identity provider does not answer. Try again in a moment."),
            error @ (Error::Randomness(_) | Error::Hashing) => {
                tracing::error!(name: "http.identity_failed", %error, "identity failed");
                Code::Internal.into()
            }
        }
    }
}

/// An error's text as a sentence for people.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).chain(['.']).collect())
}
