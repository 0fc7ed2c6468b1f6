//! Open sessions: a person's own, and those of others for administrators.

use crate::{Error, Identity, Result, tokens};
use parclose_access::actions::ManagePeople;
use parclose_access::{AuditEntry, Grant, Means, OpCtx, Refusal, Workspace};
use parclose_model::PersonId;

/// A session that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// Names it in lists. Made from the hash of its token; it opens nothing.
    pub id: String,
    /// What the browser said it is; empty when it said nothing.
    pub client: String,
    /// When it began, epoch milliseconds.
    pub created_ms: i64,
    /// Last request, within a minute, epoch milliseconds.
    pub last_seen_ms: i64,
    /// When it ends if nothing more is asked, epoch milliseconds.
    pub ends_ms: i64,
    /// The one that is asking.
    pub is_current: bool,
}

const MAX_CLIENT: usize = 200;

impl Identity {
    /// Remembers what browser a new session belongs to, as the browser says.
    pub async fn describe_session(&self, token: &str, client: &str) -> Result<()> {
        let client: String = client.chars().filter(|c| !c.is_control()).take(MAX_CLIENT).collect();
        Ok(self.catalog.describe_session(&tokens::hash(token), &client).await?)
    }

    /// The open sessions of a person of the workspace; [`Refusal::NotFound`] when there is no such person.
    pub async fn sessions_of(&self, grant: &Grant<'_, ManagePeople, Workspace>, id: &PersonId) -> Result<Vec<OpenSession>> {
        self.find_person(grant, id).await?;
        self.open_sessions(grant.ctx(), id).await
    }

    /// Ends one session of a person, or all of them. [`Refusal::NotFound`] when there is no such person or session; to
    /// end all of none is no error.
    pub async fn end_sessions_of(&self, grant: &Grant<'_, ManagePeople, Workspace>, id: &PersonId, only: Option<&str>) -> Result<()> {
        self.find_person(grant, id).await?;
        let audit = AuditEntry { resource: "person".into(), resource_id: id.as_str().to_owned(), ..AuditEntry::of_grant(grant) };
        self.end(grant.ctx(), id, only, audit.detail("sessions_ended")).await
    }

    /// The caller's own open sessions. A key has none to see.
    pub async fn own_sessions(&self, ctx: &OpCtx<'_>) -> Result<Vec<OpenSession>> {
        own_session(ctx)?;
        self.open_sessions(ctx, ctx.caller().person()).await
    }

    /// Ends one of the caller's own sessions, or all of them, this one included.
    pub async fn end_own_sessions(&self, ctx: &OpCtx<'_>, only: Option<&str>) -> Result<()> {
        own_session(ctx)?;
        let person = ctx.caller().person();
        let audit = AuditEntry::of_ctx(ctx, "own_account", "person", person.as_str());
        self.end(ctx, person, only, audit.detail("sessions_ended")).await
    }

    async fn open_sessions(&self, ctx: &OpCtx<'_>, person: &PersonId) -> Result<Vec<OpenSession>> {
        let current = match ctx.caller().means() {
            Means::Session { id } => Some(id.as_str()),
            Means::ApiKey { .. } => None,
        };
        let open = self.catalog.open_sessions(ctx.caller().workspace(), person, ctx.now_ms()).await?;
        let shown = open.into_iter().map(|session| OpenSession {
            id: name_of(&session.token_hash),
            is_current: current == Some(session.token_hash.as_str()),
            client: session.client,
            created_ms: session.created_ms,
            last_seen_ms: session.last_seen_ms,
            ends_ms: session.expires_ms.min(session.last_seen_ms + session.idle_ms),
        });
        Ok(shown.collect())
    }

    async fn end(&self, ctx: &OpCtx<'_>, person: &PersonId, only: Option<&str>, audit: AuditEntry) -> Result<()> {
        let Some(name) = only else {
            self.catalog.end_sessions_of(person, None, audit).await?;
            return Ok(());
        };
        let open = self.catalog.open_sessions(ctx.caller().workspace(), person, ctx.now_ms()).await?;
        let found = open.iter().find(|session| name_of(&session.token_hash) == name).ok_or(Error::Refused(Refusal::NotFound))?;
        match self.catalog.end_sessions_of(person, Some(&found.token_hash), audit).await? {
            0 => Err(Error::Refused(Refusal::NotFound)),
            _ => Ok(()),
        }
    }
}

/// The caller's session; a key may not act on its owner's account.
pub(crate) fn own_session<'c>(ctx: &'c OpCtx<'_>) -> Result<&'c str> {
    match ctx.caller().means() {
        Means::Session { id } => Ok(id),
        Means::ApiKey { .. } => Err(Error::Refused(Refusal::NotAllowed)),
    }
}

/// The hash of the token is what sessions are looked up by; lists carry a hash of that.
fn name_of(token_hash: &str) -> String {
    tokens::hash(&format!("session:{token_hash}"))[..32].to_owned()
}
