//! Single logout: what is sent to a provider when somebody signs out here, and whether what it sends may be believed.
//!
//! Ours is always sent by redirect and always signed. What comes may be posted or redirected, and is nothing without a
//! signature: a logout that anybody could write would let anybody throw people out.

use crate::read::{Ids, LIMITS, SKEW_MS, base_policy, declares_a_type, provider};
use crate::request::{instant, instant_ms, redirect};
use crate::{Own, Peer, Refused};
use saml_rs::binding::{base64_decode, deflate_raw_decode_with_limit, xml_escape};
use saml_rs::{
    AcsEndpoint, BrowserInput, ClockSkew, EntityId, FormField, LogoutBinding, LogoutPolicy, LogoutRequest, LogoutResponse, MessageId,
    PendingLogoutRequest, RelayStateParam, ReplayPolicy, Saml, SamlValidationContext, SloEndpoint, Sp, SpConfig, SpValidationPolicy,
    XmlPolicy,
};
use std::time::{Duration, UNIX_EPOCH};
use url::form_urlencoded::parse;

/// Largest message that is looked at, in bytes as it arrives.
pub const MAX_LOGOUT_BYTES: usize = 40_000;
/// Largest document that comes out of a compressed message.
const MAX_INFLATED_BYTES: usize = 64 << 10;
/// A request is acted on within this time after it was written, and its id is remembered for longer.
const FRESH_MS: i64 = 300_000;

/// Signatures over an address that are accepted. The library leaves the choice to us here.
const ALGORITHMS: [&str; 3] = [
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
];

/// How a provider calls a person and their session there. It goes back to it word by word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionName {
    /// The name of the subject.
    pub subject: String,
    /// Its format.
    pub format: Option<String>,
    /// Its qualifier.
    pub name_qualifier: Option<String>,
    /// Its qualifier for us.
    pub sp_name_qualifier: Option<String>,
    /// The session.
    pub index: Option<String>,
}

/// A message as it arrived.
#[derive(Debug, Clone)]
pub enum LogoutInput {
    /// Everything behind the question mark, as it stood there: the signature is over these very letters.
    Redirect(String),
    /// The fields of a form.
    Post {
        /// `SAMLRequest` or `SAMLResponse`, in base64.
        message: String,
        /// `RelayState`, if there was one.
        relay_state: Option<String>,
    },
}

/// What a provider asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutAsked {
    /// The request's id, which the answer names.
    pub id: String,
    /// Whose sessions end.
    pub subject: String,
    /// Which of them; all when there are none.
    pub indexes: Vec<String>,
    /// Goes back untouched.
    pub relay_state: Option<String>,
    /// Ids that must not be accepted again.
    pub ids: Vec<String>,
    /// Until when, epoch milliseconds.
    pub expires_ms: i64,
}

/// The address that takes a browser to the provider so that the session there ends too.
pub(crate) fn begin(own: &Own, peer: &Peer, name: &SessionName, id: &str, relay_state: &str, now_ms: i64) -> Result<String, Refused> {
    let to = peer.slo_url.as_deref().ok_or(Refused::because("saml_settings"))?;
    let attribute =
        |key: &str, value: &Option<String>| value.as_ref().map_or_else(String::new, |value| format!(" {key}=\"{}\"", xml_escape(value)));
    let xml = format!(
        "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
         ID=\"{id}\" Version=\"2.0\" IssueInstant=\"{at}\" Destination=\"{to}\" NotOnOrAfter=\"{until}\"><saml:Issuer>{issuer}</saml:Issuer>\
         <saml:NameID{format}{qualifier}{own_qualifier}>{subject}</saml:NameID>{index}</samlp:LogoutRequest>",
        id = xml_escape(id),
        at = instant(now_ms),
        to = xml_escape(to),
        until = instant(now_ms + FRESH_MS),
        issuer = xml_escape(&own.entity_id),
        format = attribute("Format", &name.format),
        qualifier = attribute("NameQualifier", &name.name_qualifier),
        own_qualifier = attribute("SPNameQualifier", &name.sp_name_qualifier),
        subject = xml_escape(&name.subject),
        index =
            name.index.as_ref().map_or_else(String::new, |index| format!("<samlp:SessionIndex>{}</samlp:SessionIndex>", xml_escape(index))),
    );
    redirect(to, "SAMLRequest", &xml, Some(relay_state), Some(own.key.as_ref().ok_or(Refused::because("saml_settings"))?))
}

/// The address that takes a browser back to the provider after its request was done.
pub(crate) fn answer(own: &Own, peer: &Peer, asked: &LogoutAsked, id: &str, now_ms: i64) -> Result<String, Refused> {
    let to = peer.slo_response_url.as_deref().or(peer.slo_url.as_deref()).ok_or(Refused::because("saml_settings"))?;
    let xml = format!(
        "<samlp:LogoutResponse xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
         ID=\"{id}\" Version=\"2.0\" IssueInstant=\"{at}\" Destination=\"{to}\" InResponseTo=\"{asked}\"><saml:Issuer>{issuer}</saml:Issuer>\
         <samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status></samlp:LogoutResponse>",
        id = xml_escape(id),
        at = instant(now_ms),
        to = xml_escape(to),
        asked = xml_escape(&asked.id),
        issuer = xml_escape(&own.entity_id),
    );
    redirect(to, "SAMLResponse", &xml, asked.relay_state.as_deref(), Some(own.key.as_ref().ok_or(Refused::because("saml_settings"))?))
}

/// What a provider asks for. Everything is checked but whether it was asked before.
pub(crate) fn read_request(own: &Own, peer: &Peer, input: &LogoutInput, now_ms: i64) -> Result<LogoutAsked, Refused> {
    look_before(input, "SAMLRequest")?;
    let mut ids = Ids::default();
    let browser = match input {
        LogoutInput::Redirect(query) => BrowserInput::<LogoutRequest>::redirect(query.as_str()),
        LogoutInput::Post { message, relay_state } => {
            BrowserInput::<LogoutRequest>::post(fields("SAMLRequest", message, relay_state.as_deref()))
        }
    };
    let received = participant(own)?.receive_slo(&provider(peer)?, browser, context(now_ms, &mut ids))?;
    let message = received.message();
    // The library wants an instant and leaves its age to us.
    let written_ms = instant_ms(message.issue_instant().as_str()).ok_or(Refused::because("saml_time"))?;
    if written_ms > now_ms + SKEW_MS || written_ms < now_ms - FRESH_MS - SKEW_MS {
        return Err(Refused::because("saml_time"));
    }
    let subject = message.name_id().map(|name| name.value().trim().to_owned()).unwrap_or_default();
    if subject.is_empty() || subject.len() > 256 || message.session_indexes().len() > 50 {
        return Err(Refused::because("saml_subject"));
    }
    let relay_state = received.relay_state().as_deref().map(str::to_owned);
    Ok(LogoutAsked {
        id: message.id().as_str().to_owned(),
        subject,
        indexes: message.session_indexes().iter().map(|index| index.as_str().to_owned()).collect(),
        relay_state,
        ids: ids.ids,
        // Longer than it could be fresh.
        expires_ms: now_ms + 2 * (FRESH_MS + 2 * SKEW_MS),
    })
}

/// Whether a provider says that the request of this id was done.
pub(crate) fn read_answer(
    own: &Own,
    peer: &Peer,
    input: &LogoutInput,
    request: &str,
    relay_state: &str,
    now_ms: i64,
) -> Result<(), Refused> {
    look_before(input, "SAMLResponse")?;
    let (binding, browser) = match input {
        LogoutInput::Redirect(query) => (LogoutBinding::Redirect, BrowserInput::<LogoutResponse>::redirect(query.as_str())),
        LogoutInput::Post { message, relay_state } => {
            (LogoutBinding::Post, BrowserInput::<LogoutResponse>::post(fields("SAMLResponse", message, relay_state.as_deref())))
        }
    };
    let relay_state = RelayStateParam::try_from_option(Some(relay_state))?;
    let pending =
        PendingLogoutRequest::try_new(MessageId::try_new(request)?, relay_state, binding, EntityId::try_new(peer.entity_id.as_str())?)?;
    let mut ids = Ids::default();
    participant(own)?.finish_slo(&provider(peer)?, &pending, browser, context(now_ms, &mut ids))?;
    Ok(())
}

fn context(now_ms: i64, ids: &mut Ids) -> SamlValidationContext<'_> {
    let now = UNIX_EPOCH + Duration::from_millis(u64::try_from(now_ms).unwrap_or_default());
    SamlValidationContext::new(now, ReplayPolicy::RequireCache(ids))
        .with_clock_skew(ClockSkew::from_millis(-SKEW_MS, SKEW_MS))
        .with_replay_retention(Duration::from_secs(3_600))
}

fn fields(name: &str, message: &str, relay_state: Option<&str>) -> Vec<FormField> {
    let message: String = message.split_ascii_whitespace().collect();
    let mut fields = vec![FormField::new(name, message)];
    fields.extend(relay_state.map(|relay_state| FormField::new("RelayState", relay_state)));
    fields
}

/// Size, kind of signature and document type, before anything parses it.
fn look_before(input: &LogoutInput, name: &str) -> Result<(), Refused> {
    let document = match input {
        LogoutInput::Redirect(query) => {
            if query.len() > MAX_LOGOUT_BYTES {
                return Err(Refused::because("saml_size"));
            }
            let only = |wanted: &str| {
                let mut found = parse(query.as_bytes()).filter(|(key, _)| key == wanted).map(|(_, value)| value.into_owned());
                match (found.next(), found.next()) {
                    (Some(value), None) => Ok(Some(value)),
                    (None, _) => Ok(None),
                    // Whoever checks the one must not read the other.
                    _ => Err(Refused::because("saml_encoding")),
                }
            };
            let message = only(name)?.ok_or(Refused::because("saml_encoding"))?;
            if only("Signature")?.is_none() {
                return Err(Refused::because("saml_unsigned"));
            }
            if !only("SigAlg")?.is_some_and(|algorithm| ALGORITHMS.contains(&algorithm.as_str())) {
                return Err(Refused::because("saml_algorithm"));
            }
            let compressed = base64_decode(&message).map_err(|_| Refused::because("saml_encoding"))?;
            deflate_raw_decode_with_limit(&compressed, MAX_INFLATED_BYTES).map_err(|_| Refused::because("saml_size"))?
        }
        LogoutInput::Post { message, .. } => {
            if message.len() > MAX_LOGOUT_BYTES {
                return Err(Refused::because("saml_size"));
            }
            let message: String = message.split_ascii_whitespace().collect();
            base64_decode(&message).map_err(|_| Refused::because("saml_encoding"))?
        }
    };
    if declares_a_type(&document) { Err(Refused::because("saml_doctype")) } else { Ok(()) }
}

fn participant(own: &Own) -> Result<Saml<Sp>, Refused> {
    let slo = own.slo_url.as_deref().ok_or(Refused::because("saml_settings"))?;
    let policy = SpValidationPolicy { logout: LogoutPolicy::recommended(), ..base_policy() };
    let xml = XmlPolicy {
        clock_drifts: (-SKEW_MS, SKEW_MS),
        limits: LIMITS,
        redirect_inflate_max_bytes: MAX_INFLATED_BYTES,
        ..XmlPolicy::default()
    };
    let config = SpConfig::builder(EntityId::try_new(own.entity_id.as_str())?)
        .acs_endpoint(AcsEndpoint::post(own.acs_url.as_str())?)
        .slo_endpoint(SloEndpoint::redirect(slo)?)
        .slo_endpoint(SloEndpoint::post(slo)?)
        .validation(policy)
        .xml(xml)
        .build()?;
    Ok(Saml::sp(config)?)
}
