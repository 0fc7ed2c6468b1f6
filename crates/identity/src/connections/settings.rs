//! What an administrator decides about a connection.

use crate::provisioning::Mapping;
use crate::{Error, Result};
use parclose_catalog::ConnectionKind;
use parclose_oidc::Client;
use parclose_saml::{KeyPair, Own, Peer, Signed};
use serde::{Deserialize, Serialize};

/// Everything about a connection. As it is stored, secrets included.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionSettings {
    /// What it speaks, and to whom.
    pub protocol: Protocol,
    /// How it names what we need.
    #[serde(default)]
    pub mapping: Mapping,
    /// Passwords open nothing any more, but for administrators who are linked to no provider: somebody must be able to
    /// repair a broken connection.
    #[serde(default)]
    pub forbids_local_sign_in: bool,
    /// A local account with the same e-mail becomes this person's at their first login. Never an administrator's.
    #[serde(default)]
    pub adopts_by_verified_email: bool,
    /// A login whose subject is the `userName` of somebody whom the connection's directory keeps over SCIM is theirs. Off, only
    /// the `externalId` is; either is compared byte by byte.
    #[serde(default)]
    pub scim_links_by_user_name: bool,
    /// Whoever signs out here signs out there, and the other way round.
    #[serde(default)]
    pub single_logout: bool,
}

/// The two protocols.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// SAML 2.0.
    Saml(SamlSettings),
    /// OpenID Connect.
    Oidc(OidcSettings),
}

/// What must be signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignedPart {
    /// The assertion.
    #[default]
    Assertion,
    /// The response around it.
    Response,
    /// Both.
    Both,
}

/// A SAML provider.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SamlSettings {
    /// Its entity id.
    pub entity_id: String,
    /// Where requests go by redirect.
    pub sso_url: String,
    /// Where logout requests go by redirect, if it takes any.
    pub slo_url: Option<String>,
    /// Where answers to its own go, when that is another address.
    pub slo_response_url: Option<String>,
    /// Certificates that may sign; several while one is being replaced.
    pub certificates: Vec<String>,
    /// What must be signed.
    pub signed: SignedPart,
    /// Assertions come encrypted.
    pub encrypted: bool,
    /// Our requests are signed.
    pub signs_requests: bool,
    /// Logins may begin at the provider. Then nothing shows that the browser wanted to sign in.
    pub idp_initiated: bool,
    /// Our private key, PEM. Secret.
    pub private_key: Option<String>,
    /// Its certificate, PEM.
    pub certificate: Option<String>,
}

/// An OpenID provider.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OidcSettings {
    /// The issuer, letter by letter.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there. Secret.
    pub client_secret: Option<String>,
    /// The secret travels in the form and not in the header.
    pub secret_in_form: bool,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
}

impl ConnectionSettings {
    /// What it speaks.
    pub fn kind(&self) -> ConnectionKind {
        match self.protocol {
            Protocol::Saml(_) => ConnectionKind::Saml,
            Protocol::Oidc(_) => ConnectionKind::Oidc,
        }
    }

    /// Whether there is a secret.
    pub fn has_secret(&self) -> bool {
        match &self.protocol {
            Protocol::Saml(saml) => saml.private_key.is_some(),
            Protocol::Oidc(oidc) => oidc.client_secret.is_some(),
        }
    }

    /// For showing.
    pub(crate) fn without_secrets(mut self) -> Self {
        match &mut self.protocol {
            Protocol::Saml(saml) => saml.private_key = None,
            Protocol::Oidc(oidc) => oidc.client_secret = None,
        }
        self
    }

    /// With the secret that was there when none is given. Not when it would go somewhere else then: whoever changes
    /// where a secret is sent must know it.
    pub(crate) fn with_secret_of(mut self, before: &Self) -> Result<Self> {
        match (&mut self.protocol, &before.protocol) {
            (Protocol::Saml(new), Protocol::Saml(old)) if new.private_key.is_none() && new.certificate == old.certificate => {
                new.private_key.clone_from(&old.private_key)
            }
            (Protocol::Oidc(new), Protocol::Oidc(old)) if new.client_secret.is_none() && old.client_secret.is_some() => {
                if new.issuer != old.issuer || new.client_id != old.client_id {
                    return Err(Error::InvalidField("client_secret"));
                }
                new.client_secret.clone_from(&old.client_secret);
            }
            (Protocol::Saml(_), Protocol::Saml(_)) | (Protocol::Oidc(_), Protocol::Oidc(_)) => {}
            _ => return Err(Error::InvalidField("kind")),
        }
        Ok(self)
    }

    /// Whether it can be stored.
    pub(crate) fn check(&self) -> Result<()> {
        let is = |field: &'static str, fine: bool| if fine { Ok(()) } else { Err(Error::InvalidField(field)) };
        let text = |value: &str| !value.trim().is_empty() && value.len() <= 2_000 && !value.chars().any(char::is_control);
        match &self.protocol {
            Protocol::Saml(saml) => {
                is("entity_id", text(&saml.entity_id))?;
                is("sso_url", text(&saml.sso_url) && goes_out(&saml.sso_url))?;
                for (field, address) in [("slo_url", &saml.slo_url), ("slo_response_url", &saml.slo_response_url)] {
                    is(field, address.as_deref().is_none_or(|address| text(address) && goes_out(address)))?;
                }
                // Logout messages are always signed.
                is("slo_url", saml.slo_url.is_some() || !self.single_logout)?;
                is("private_key", saml.private_key.is_some() || !self.single_logout)?;
                is(
                    "certificates",
                    (1..=10).contains(&saml.certificates.len()) && saml.certificates.iter().all(|cert| cert.len() <= 20_000),
                )?;
                is("private_key", saml.private_key.is_some() == saml.certificate.is_some())?;
                is("private_key", saml.private_key.is_some() || !(saml.encrypted || saml.signs_requests))?;
                // Wrong keys are noticed now and not when somebody wants to sign in.
                parclose_saml::check_certificates(&saml.certificates).map_err(|_| Error::InvalidField("certificates"))?;
                if let Some(key) = self.own("", "").key {
                    parclose_saml::check_key(&key).map_err(|_| Error::InvalidField("private_key"))?;
                }
            }
            Protocol::Oidc(oidc) => {
                is("issuer", text(&oidc.issuer) && goes_out(&oidc.issuer) && !oidc.issuer.contains(['?', '#']))?;
                is("client_id", text(&oidc.client_id))?;
                is("client_secret", oidc.client_secret.as_deref().is_none_or(text))?;
                is("scopes", oidc.scopes.len() <= 20 && oidc.scopes.iter().all(|scope| text(scope) && !scope.contains(' ')))?;
            }
        }
        let names = self.mapping.email.iter().chain(&self.mapping.name).chain(&self.mapping.roles).chain(&self.mapping.groups);
        let names = names.chain(self.mapping.rename.keys()).chain(self.mapping.rename.values()).chain(&self.mapping.comma_lists);
        is("mapping", names.clone().count() <= 200 && names.clone().all(|name| text(name)))
    }

    /// Ourselves towards this provider.
    pub(crate) fn own(&self, base: &str, id: &str) -> Own {
        let key = match &self.protocol {
            Protocol::Saml(SamlSettings { private_key: Some(private_key), certificate: Some(certificate), .. }) => {
                Some(KeyPair { private_key: private_key.clone(), certificate: certificate.clone() })
            }
            _ => None,
        };
        let slo_url = self.single_logout.then(|| format!("{base}/sso/{id}/slo"));
        Own { entity_id: format!("{base}/sso/{id}/metadata"), acs_url: format!("{base}/sso/{id}/acs"), slo_url, key }
    }
}

/// TLS, or a provider on this machine.
fn goes_out(address: &str) -> bool {
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let is_local =
        local.iter().any(|start| address.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/'])));
    address.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')) || is_local
}

impl SamlSettings {
    pub(crate) fn peer(&self) -> Peer {
        Peer {
            entity_id: self.entity_id.clone(),
            sso_url: self.sso_url.clone(),
            slo_url: self.slo_url.clone(),
            slo_response_url: self.slo_response_url.clone(),
            certificates: self.certificates.clone(),
            signed: match self.signed {
                SignedPart::Assertion => Signed::Assertion,
                SignedPart::Response => Signed::Response,
                SignedPart::Both => Signed::Both,
            },
            encrypted: self.encrypted,
            signs_requests: self.signs_requests,
        }
    }
}

impl OidcSettings {
    pub(crate) fn client(&self, base: &str, id: &str) -> Client {
        let scopes = ["openid".to_owned()].into_iter().chain(self.scopes.iter().filter(|scope| *scope != "openid").cloned()).collect();
        Client {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            secret_in_form: self.secret_in_form,
            redirect_uri: format!("{base}/sso/{id}/callback"),
            scopes,
        }
    }
}
