//! Second factors and links.

use crate::api::v1::me::Me;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A second factor is asked for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondStep {
    /// A code of an authenticator application is accepted. Recovery codes are in any case.
    pub totp: bool,
    /// A passkey is accepted.
    pub passkey: bool,
    /// How long the step is open, seconds.
    pub seconds: i64,
}

/// A challenge for a passkey.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyChallenge {
    /// For `parseRequestOptionsFromJSON` or `parseCreationOptionsFromJSON` of the browser.
    #[schema(value_type = Object)]
    pub options: Value,
}

/// What is set up.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactors {
    /// False: this account has no password here that a second factor could stand behind.
    pub available: bool,
    /// The workspace asks everybody with a password for a second factor.
    pub required: bool,
    /// Passkeys can be made at this address.
    pub passkeys_available: bool,
    /// Since when codes of an authenticator application are on; null: off.
    pub totp_since: Option<String>,
    /// Recovery codes that are left.
    pub recovery_codes_left: i64,
    /// Passkeys, the oldest first.
    pub passkeys: Vec<OwnPasskey>,
}

/// A passkey.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPasskey {
    /// Names it; opens nothing.
    pub id: String,
    /// What its person calls it.
    pub name: String,
    /// When made.
    pub created_at: String,
    /// When it was last used.
    pub last_used_at: Option<String>,
}

/// A secret for an authenticator application.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpOffer {
    /// For typing, base32.
    pub secret: String,
    /// For applications that take an address (`otpauth:`).
    pub uri: String,
    /// The address as a QR code, SVG.
    pub svg: String,
}

/// A change was made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactorsChanged {
    /// As it is now, with the new token.
    pub me: Me,
    /// New recovery codes, shown once; null when the old ones stay.
    pub recovery_codes: Option<Vec<String>>,
}

/// The password that is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CurrentPassword {
    /// As typed.
    pub current_password: String,
}

/// A code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OneCode {
    /// As typed.
    pub code: String,
}

/// The password that is, and a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordAndCode {
    /// As typed.
    pub current_password: String,
    /// Of the authenticator application, or a recovery code.
    pub code: String,
}

/// A passkey that the browser made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// What its person calls it, at most 60 characters.
    pub name: String,
    /// `RegistrationResponseJSON` of the browser.
    #[schema(value_type = Object)]
    pub credential: Value,
}

/// A link with which a person chooses a new password.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordLink {
    /// To be given to the person, and to nobody else. Shown once.
    pub link: String,
    /// When it is over.
    pub expires_at: String,
}

/// A link, as its page reads it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkSecret {
    /// What stands behind the `#`.
    pub secret: String,
}

/// Whom a link is for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkShown {
    /// Login.
    pub login: String,
    /// Name.
    pub name: String,
    /// When it is over.
    pub expires_at: String,
}
