//! Passkeys: challenges and their answers. The rules of WebAuthn and the signatures are the library's; here is what it is
//! asked for.

use crate::{Error, Result};
use parclose_catalog::{Person, StoredPasskey};
use parclose_model::PersonId;
use passki::{AuthenticationCredential, AuthenticationOptions, Passki, PasskiError, RegistrationCredential, RegistrationOptions};
use passki::{ResidentKeyRequirement, UserVerificationRequirement};
use serde_json::Value;
use url::{Host, Url};

/// How long somebody may take with their key.
pub(super) const TIME_MS: i64 = 5 * 60_000;

/// What the browser hands to `navigator.credentials`.
#[derive(Debug, Clone)]
pub struct PasskeyOptions(Value);

impl PasskeyOptions {
    /// As JSON, in the form that `parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON` take.
    pub fn into_json(self) -> Value {
        self.0
    }
}

/// Whom passkeys are made for: this application at its public address.
pub(crate) struct RelyingParty(Passki);

impl RelyingParty {
    /// At this address; none when browsers would make no passkey there: without TLS anywhere but at `localhost`, or at a bare
    /// address without a name.
    pub(crate) fn at(base_url: &str) -> Option<RelyingParty> {
        let url = Url::parse(base_url).ok()?;
        let Host::Domain(name) = url.host()? else { return None };
        let is_local = name == "localhost" || name.ends_with(".localhost");
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_local);
        is_safe.then(|| RelyingParty(Passki::new(name, &[url.origin().ascii_serialization()], "Parclose")))
    }

    /// Asks for a new passkey: one that the browser finds without a login, and that asks for a finger or a PIN. Gives what
    /// the browser needs and what has to be remembered.
    pub(super) fn begin_registration(&self, person: &Person, known: &[StoredPasskey]) -> Result<(PasskeyOptions, Value)> {
        let known: Vec<passki::StoredPasskey> = known.iter().filter_map(|stored| read(stored).ok()).collect();
        let mut options = RegistrationOptions::default();
        options.timeout = TIME_MS.unsigned_abs();
        options.resident_key = ResidentKeyRequirement::Required;
        options.user_verification = UserVerificationRequirement::Required;
        options.exclude_credentials = Some(&known);
        let begun = self.0.start_passkey_registration(person.id.as_str().as_bytes(), &person.login, &person.name, options);
        let (challenge, state) = begun.map_err(|_| Error::Hashing)?;
        Ok((PasskeyOptions(json(&challenge)?), json(&state)?))
    }

    /// What a browser made. The reason of a refusal is a word for the audit trail.
    pub(super) fn finish_registration(&self, state: Value, credential: Value) -> std::result::Result<passki::StoredPasskey, &'static str> {
        let state = serde_json::from_value(state).map_err(|_| "passkey_challenge")?;
        let credential: RegistrationCredential = serde_json::from_value(credential).map_err(|_| "passkey_unreadable")?;
        let made = self.0.finish_passkey_registration(&credential, &state).map_err(|error| word(&error))?;
        // The longest that the standard allows.
        if made.credential_id.is_empty() || made.credential_id.len() > 1023 {
            return Err("passkey_unreadable");
        }
        Ok(made)
    }

    /// Asks for the use of one of these passkeys; of none given, for any that the browser has for this address.
    pub(super) fn begin_use(&self, allowed: &[StoredPasskey]) -> Result<(PasskeyOptions, Value)> {
        let allowed: Vec<passki::StoredPasskey> = allowed.iter().filter_map(|stored| read(stored).ok()).collect();
        let mut options = AuthenticationOptions::default();
        options.timeout = TIME_MS.unsigned_abs();
        options.user_verification = UserVerificationRequirement::Required;
        let (challenge, state) = self.0.start_passkey_authentication(&allowed, options).map_err(|_| Error::Hashing)?;
        Ok((PasskeyOptions(json(&challenge)?), json(&state)?))
    }

    /// Checks the answer to a challenge against the passkey that it names; gives its new counter.
    pub(super) fn finish_use(&self, state: Value, answer: &Answer, stored: &StoredPasskey) -> std::result::Result<i64, &'static str> {
        let state = serde_json::from_value(state).map_err(|_| "passkey_challenge")?;
        let key = read(stored).map_err(|_| "passkey_unreadable")?;
        // Whose it is, is ours to know; when the authenticator says it too, both must agree.
        let handle = answer.0.response.user_handle.as_deref().filter(|handle| !handle.is_empty());
        if handle.is_some_and(|handle| handle != handle_of(&stored.person)) {
            return Err("passkey_of_another");
        }
        let done = self.0.finish_passkey_authentication(&answer.0, &state, &key).map_err(|error| word(&error))?;
        Ok(i64::from(done.counter))
    }
}

/// What a browser answered to a challenge.
pub(super) struct Answer(AuthenticationCredential);

impl Answer {
    pub(super) fn read(credential: Value) -> Option<Answer> {
        serde_json::from_value(credential).ok().map(Answer)
    }
    /// What the authenticator calls the passkey, as it is stored.
    pub(super) fn credential_id(&self) -> &str {
        &self.0.raw_id
    }
    /// Whether it says whose it is. Without that it is no answer of somebody whom nobody knows yet.
    pub(super) fn names_a_person(&self) -> bool {
        self.0.response.user_handle.as_deref().is_some_and(|handle| !handle.is_empty())
    }
}

fn handle_of(person: &PersonId) -> String {
    Passki::base64_encode(person.as_str().as_bytes())
}

/// What is stored of a new passkey.
pub(super) fn stored(made: &passki::StoredPasskey, id: String, person: PersonId, name: String, now_ms: i64) -> Result<StoredPasskey> {
    Ok(StoredPasskey {
        id,
        credential_id: Passki::base64_encode(&made.credential_id),
        person,
        name,
        data: json(made)?,
        counter: i64::from(made.counter),
        created_ms: now_ms,
        last_used_ms: None,
    })
}

/// As the library takes it, with the counter of its last use.
fn read(stored: &StoredPasskey) -> Result<passki::StoredPasskey> {
    let mut key: passki::StoredPasskey =
        serde_json::from_value(stored.data.clone()).map_err(|_| parclose_catalog::Error::Stored("passkey"))?;
    key.counter = u32::try_from(stored.counter).map_err(|_| parclose_catalog::Error::Stored("passkey"))?;
    Ok(key)
}

fn json(value: &impl serde::Serialize) -> Result<Value> {
    Ok(serde_json::to_value(value).map_err(|_| parclose_catalog::Error::Stored("passkey"))?)
}

/// A word for the audit trail; the library's own sentence may quote what was sent.
fn word(error: &PasskiError) -> &'static str {
    match error {
        PasskiError::ChallengeMismatch | PasskiError::ClientDataTypeMismatch { .. } => "passkey_challenge",
        PasskiError::OriginMismatch { .. } | PasskiError::CrossOriginNotAllowed | PasskiError::TopOriginMismatch { .. } => "passkey_origin",
        PasskiError::RpIdHashMismatch => "passkey_other_site",
        PasskiError::UserNotPresent | PasskiError::UserVerificationRequired => "passkey_not_verified",
        PasskiError::CounterRegression => "passkey_counter",
        PasskiError::CredentialNotAllowed => "passkey_unknown",
        PasskiError::SignatureVerificationFailed => "passkey_signature",
        _ => "passkey_unreadable",
    }
}

#[cfg(test)]
mod tests {
    use super::RelyingParty;

    #[test]
    fn passkeys_are_made_where_browsers_make_them() {
        for good in
            ["https://insights.acme.example", "https://insights.acme.example:8443", "http://localhost:7700", "http://acme.localhost"]
        {
            assert!(RelyingParty::at(good).is_some(), "{good}");
        }
        for bad in ["http://insights.acme.example", "http://127.0.0.1:7700", "https://192.0.2.1", "https://[2001:db8::1]", "nonsense", ""] {
            assert!(RelyingParty::at(bad).is_none(), "{bad}");
        }
    }
}
