//! Connections to identity providers, and groups.

use parclose_identity::{ConnectionSettings, ConnectionView, Mapping, OidcSettings, Protocol, SamlSettings, SignedPart};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// All connections.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Connections {
    /// By name.
    pub connections: Vec<Connection>,
}

/// A connection, without its secrets.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// Id, part of its addresses.
    pub id: String,
    /// For lost-update protection.
    pub version: i64,
    /// A private key or a client's secret is stored. It is never shown.
    pub has_secret: bool,
    /// What a SAML provider asks for as *entity id* or *audience*; also the address of our metadata.
    pub metadata_url: Option<String>,
    /// Where a SAML provider posts responses.
    pub acs_url: Option<String>,
    /// Where an OpenID provider sends the browser back.
    pub callback_url: Option<String>,
    /// For single logout: where a SAML provider sends its messages, and to which page an OpenID provider sends the browser
    /// afterwards (*post-logout redirect URI*).
    pub logout_url: String,
    /// When made.
    pub created_at: String,
    /// When last changed.
    pub changed_at: String,
    /// What an administrator decides.
    pub settings: ConnectionDraft,
}

/// A connection to be changed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionChange {
    /// The version that was read.
    pub version: i64,
    /// Everything, but a secret that stays.
    pub settings: ConnectionDraft,
}

/// What an administrator decides about a connection.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectionDraft {
    /// What the button on the sign-in page says: *Sign in with …*.
    pub name: String,
    /// Off: nobody signs in through it, and sessions that began with it end.
    #[serde(default)]
    pub enabled: bool,
    /// Either this
    #[serde(default)]
    pub saml: Option<Saml>,
    /// or that.
    #[serde(default)]
    pub oidc: Option<Oidc>,
    /// How the provider names what we need; the usual names when left out.
    #[serde(default)]
    pub mapping: Option<NameMapping>,
    /// Passwords open nothing any more, but for administrators who are linked to no provider.
    #[serde(default)]
    pub forbids_local_sign_in: bool,
    /// A local account with the same e-mail becomes this person's at their first login. Never an administrator's.
    #[serde(default)]
    pub adopts_by_verified_email: bool,
    /// A login whose subject is the `userName` that the directory gave over SCIM is theirs; off, only the `externalId` is.
    #[serde(default)]
    pub scim_links_by_user_name: bool,
    /// Whoever signs out here signs out at the provider; a SAML provider may end the sessions that began with it. SAML
    /// needs a private key and the provider's address for that.
    #[serde(default)]
    pub single_logout: bool,
}

/// A SAML provider. Entity id, addresses and certificates, or its metadata instead.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Saml {
    /// The provider's metadata, to take the next five from. Never sent back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata_xml: Option<String>,
    /// Its entity id.
    #[serde(default)]
    pub entity_id: String,
    /// Where requests go by redirect.
    #[serde(default)]
    pub sso_url: String,
    /// Where logout requests go by redirect.
    #[serde(default)]
    pub slo_url: Option<String>,
    /// Where answers to its own logout requests go, when that is another address.
    #[serde(default)]
    pub slo_response_url: Option<String>,
    /// Certificates that may sign, PEM or base64; several while one is being replaced.
    #[serde(default)]
    pub certificates: Vec<String>,
    /// What must be signed: `assertion` (when left out), `response`, `both`.
    #[serde(default)]
    pub signed: Option<String>,
    /// Assertions come encrypted, and plain ones are refused.
    #[serde(default)]
    pub encrypted: bool,
    /// Our requests are signed.
    #[serde(default)]
    pub signs_requests: bool,
    /// Logins may begin at the provider.
    #[serde(default)]
    pub idp_initiated: bool,
    /// Our private key, PEM. Never sent back; left out, the stored one stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_key: Option<String>,
    /// Its certificate, PEM.
    #[serde(default)]
    pub certificate: Option<String>,
}

/// An OpenID provider.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    /// The issuer, letter by letter.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there. Never sent back; left out, the stored one stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// The secret travels in the form and not in the header.
    #[serde(default)]
    pub secret_in_form: bool,
    /// What is asked for besides `openid`; `email` and `profile` when left out.
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
}

/// How a provider names what we need. Of several names the first that has a value counts; of roles and groups all.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameMapping {
    /// E-mail, which is the login.
    pub email: Vec<String>,
    /// Display name.
    pub name: Vec<String>,
    /// Roles.
    pub roles: Vec<String>,
    /// Groups.
    pub groups: Vec<String>,
    /// Attributes that are kept under another name: theirs to ours.
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
    /// Attributes of ours whose one text is a list with commas.
    #[serde(default)]
    pub comma_lists: BTreeSet<String>,
}

/// Something to try: exactly one of the three.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DryRunRequest {
    /// A SAML response, base64 or XML. It is verified like a real one.
    #[serde(default)]
    pub response: Option<String>,
    /// The instant at which it is verified, RFC 3339; now when left out.
    #[serde(default)]
    pub at: Option<String>,
    /// Claims of an id token. They are believed.
    #[serde(default)]
    pub claims: Option<BTreeMap<String, serde_json::Value>>,
    /// Attributes by name. They are believed.
    #[serde(default)]
    pub attributes: Option<BTreeMap<String, Vec<String>>>,
    /// The provider's name for the person, with `attributes`.
    #[serde(default)]
    pub subject: Option<String>,
}

/// What a login would do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DryRunAnswer {
    /// Why the proof itself is refused, as the audit trail would say. Null: it is believed.
    pub refused: Option<String>,
    /// Whose account it would open; null with no conflict: a new one is made.
    pub person: Option<String>,
    /// `account_exists`: another account has the login. `inactive`.
    pub conflict: Option<String>,
    /// Whether the door opens: `yes`, `no_flex_role`, `no_wfo_role`; null when nothing is known.
    pub enters: Option<String>,
    /// What the proof gives; null when it is refused.
    pub gives: Option<Gives>,
}

/// What a proof gives.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Gives {
    /// Login.
    pub login: String,
    /// E-mail.
    pub email: Option<String>,
    /// Name.
    pub name: String,
    /// Roles.
    pub roles: Vec<String>,
    /// Those of them that give nothing.
    pub unknown_roles: Vec<String>,
    /// Attributes.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Groups that give something.
    pub groups: Vec<String>,
    /// Groups that nobody mapped.
    pub unknown_groups: Vec<String>,
    /// Attributes that lost values which are too long, too many or not text.
    pub cut: Vec<String>,
}

/// Says that a subject of a provider is a person.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityLink {
    /// The person's id.
    pub person: String,
    /// The provider's name for them: the NameID, the claim `sub`.
    pub subject: String,
}

/// All groups.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Groups {
    /// By name.
    pub groups: Vec<Group>,
}

/// A group of an identity provider and what it gives.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Id.
    pub id: String,
    /// As the provider calls it; compared without regard to case.
    pub name: String,
    /// Roles that membership gives.
    pub roles: Vec<String>,
    /// Those of them that give nothing because nobody knows them.
    pub unknown_roles: Vec<String>,
    /// Attributes that membership gives.
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// A group to be made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// As the provider calls it.
    pub name: String,
    /// Roles that membership gives.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Attributes that membership gives.
    #[serde(default)]
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// What changes; what is left out stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupChange {
    /// Another name.
    #[serde(default)]
    pub name: Option<String>,
    /// All roles.
    #[serde(default)]
    pub roles: Option<Vec<String>>,
    /// All attributes.
    #[serde(default)]
    pub attributes: Option<BTreeMap<String, Vec<String>>>,
}

/// Why a draft can't be read.
pub(crate) struct DraftError(pub(crate) String);

impl ConnectionDraft {
    /// As identity takes it. Metadata is read here, once: what counts later is what was taken from it.
    pub(crate) fn settings(self) -> Result<ConnectionSettings, DraftError> {
        let says = |text: &str| DraftError(text.to_owned());
        let protocol = match (self.saml, self.oidc) {
            (Some(mut saml), None) => {
                if let Some(xml) = &saml.metadata_xml {
                    let read = parclose_identity::read_peer_metadata(xml)
                        .map_err(|error| DraftError(format!("Field \"metadata_xml\": {error}.")))?;
                    (saml.entity_id, saml.sso_url, saml.certificates) = (read.entity_id, read.sso_url, read.certificates);
                    (saml.slo_url, saml.slo_response_url) = (read.slo_url, read.slo_response_url);
                }
                let signed = match saml.signed.as_deref() {
                    None | Some("assertion") => SignedPart::Assertion,
                    Some("response") => SignedPart::Response,
                    Some("both") => SignedPart::Both,
                    Some(_) => return Err(says("The field \"signed\" is assertion, response or both.")),
                };
                let Saml { entity_id, sso_url, slo_url, slo_response_url, certificates, encrypted, signs_requests, idp_initiated, .. } = saml;
                let (private_key, certificate) = (saml.private_key, saml.certificate);
                Protocol::Saml(SamlSettings {
                    entity_id,
                    sso_url,
                    slo_url,
                    slo_response_url,
                    certificates,
                    signed,
                    encrypted,
                    signs_requests,
                    idp_initiated,
                    private_key,
                    certificate,
                })
            }
            (None, Some(Oidc { issuer, client_id, client_secret, secret_in_form, scopes })) => {
                let scopes = scopes.unwrap_or_else(|| vec!["email".into(), "profile".into()]);
                Protocol::Oidc(OidcSettings { issuer, client_id, client_secret, secret_in_form, scopes })
            }
            _ => return Err(says("A connection has either \"saml\" or \"oidc\".")),
        };
        let mapping = self.mapping.map_or_else(Mapping::default, |mapping| {
            let NameMapping { email, name, roles, groups, rename, comma_lists } = mapping;
            Mapping { email, name, roles, groups, rename, comma_lists }
        });
        Ok(ConnectionSettings {
            protocol,
            mapping,
            forbids_local_sign_in: self.forbids_local_sign_in,
            adopts_by_verified_email: self.adopts_by_verified_email,
            scim_links_by_user_name: self.scim_links_by_user_name,
            single_logout: self.single_logout,
        })
    }

    /// As it is shown. Identity has taken the secrets out.
    pub(crate) fn of(view: &ConnectionView) -> Self {
        let settings = view.settings.clone();
        let Mapping { email, name, roles, groups, rename, comma_lists } = settings.mapping;
        let (saml, oidc) = match settings.protocol {
            Protocol::Saml(saml) => {
                let signed = match saml.signed {
                    SignedPart::Assertion => "assertion",
                    SignedPart::Response => "response",
                    SignedPart::Both => "both",
                };
                let SamlSettings { entity_id, sso_url, slo_url, slo_response_url, certificates, encrypted, signs_requests, idp_initiated, .. } = saml;
                let shown = Saml {
                    metadata_xml: None,
                    entity_id,
                    sso_url,
                    slo_url,
                    slo_response_url,
                    certificates,
                    signed: Some(signed.into()),
                    encrypted,
                    signs_requests,
                    idp_initiated,
                    private_key: None,
                    certificate: saml.certificate,
                };
                (Some(shown), None)
            }
            Protocol::Oidc(oidc) => {
                let OidcSettings { issuer, client_id, secret_in_form, scopes, .. } = oidc;
                (None, Some(Oidc { issuer, client_id, client_secret: None, secret_in_form, scopes: Some(scopes) }))
            }
        };
        Self {
            name: view.name.clone(),
            enabled: view.enabled,
            saml,
            oidc,
            mapping: Some(NameMapping { email, name, roles, groups, rename, comma_lists }),
            forbids_local_sign_in: settings.forbids_local_sign_in,
            adopts_by_verified_email: settings.adopts_by_verified_email,
            scim_links_by_user_name: settings.scim_links_by_user_name,
            single_logout: settings.single_logout,
        }
    }
}
