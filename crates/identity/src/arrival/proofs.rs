//! From what the protocols give to one kind of proof.

use crate::connections::{ConnectionSettings, OidcSettings, SamlSettings};
use crate::provisioning::{OneTime, Proof, ProviderSession};
use crate::{Error, Identity, Result};
use parclose_oidc::{Claims, CodeAnswer};
use parclose_saml::Response;
use std::sync::Arc;

impl Identity {
    /// Reads a SAML response. Verifying takes milliseconds of work, so it is done on a thread that may block.
    pub(crate) async fn read_response(
        &self,
        settings: &ConnectionSettings,
        saml: &SamlSettings,
        id: &str,
        encoded: &str,
        answers: Option<&str>,
        now_ms: i64,
    ) -> Result<Proof> {
        let providers = self.providers()?;
        let (own, peer) = (settings.own(&providers.base_url, id), saml.peer());
        let (encoded, answers, sp) = (encoded.to_owned(), answers.map(str::to_owned), Arc::clone(&providers.saml));
        let permit = Arc::clone(&self.hashing).acquire_owned().await.map_err(|_| Error::Hashing)?;
        let read = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            sp.read(&own, &peer, &Response { encoded: &encoded, answers: answers.as_deref(), now_ms })
        });
        let statement =
            read.await.map_err(|_| Error::ProofRefused("saml_other"))?.map_err(|refused| Error::ProofRefused(refused.reason))?;
        Ok(Proof {
            issuer: statement.issuer,
            subject: statement.subject,
            attributes: statement.attributes.into_iter().collect(),
            // SAML knows no such word; the provider that signs is one that an administrator chose.
            email_verified: true,
            once: Some(OneTime { ids: statement.ids, expires_ms: statement.expires_ms }),
            session: Some(ProviderSession::from(statement.session)),
        })
    }

    /// Takes a code to its provider. The token itself is kept only where a logout will show it.
    pub(crate) async fn read_code(&self, oidc: &OidcSettings, id: &str, answer: &CodeAnswer<'_>, keeps_token: bool) -> Result<Proof> {
        let providers = self.providers()?;
        let client = oidc.client(&providers.base_url, id);
        match providers.oidc.finish(&client, answer).await {
            Ok(proven) => {
                let session = keeps_token.then_some(ProviderSession::Oidc { id_token: proven.id_token });
                Ok(Proof { session, ..proof_of_claims(&oidc.issuer, &proven.claims) })
            }
            Err(parclose_oidc::Error::Refused(refused)) => Err(Error::ProofRefused(refused.reason)),
            Err(parclose_oidc::Error::Unreachable(why)) => Err(Error::ProviderUnreachable(why.0)),
        }
    }
}

/// Claims as a proof.
pub(crate) fn proof_of_claims(issuer: &str, claims: &Claims) -> Proof {
    Proof {
        issuer: issuer.to_owned(),
        subject: claims.get("sub").and_then(|sub| sub.as_str()).unwrap_or_default().to_owned(),
        attributes: parclose_oidc::attributes_of(claims),
        email_verified: claims.get("email_verified").is_some_and(|said| said == true || said == "true"),
        once: None,
        session: None,
    }
}
