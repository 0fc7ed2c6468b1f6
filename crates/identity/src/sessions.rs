//! From a cookie to a caller.

use crate::limits::TOUCH_MS;
use crate::tokens::{self, CsrfToken};
use crate::{Identity, Result};
use parclose_access::{Caller, Means};

/// A caller who came with a session.
#[derive(Debug)]
pub struct SessionCaller {
    /// Who.
    pub caller: Caller,
    /// What every change must bring along.
    pub csrf: CsrfToken,
    /// Somebody else chose their password: nothing is open to them but choosing their own.
    pub password_due: bool,
    /// The workspace asks for a second factor and they have none: nothing is open to them but setting one up.
    pub factor_due: bool,
}

/// Somebody whose session or key is still good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StillIn {
    /// When something about the person changed last, epoch ms.
    pub changed_ms: i64,
    /// Whether roles and attributes are those that the caller came with.
    pub with_same_rights: bool,
}

impl Identity {
    /// The caller of a session, with roles and attributes as they are now. `None`: unknown, over, no longer active,
    /// or no longer with the roles to come in.
    pub async fn caller_from_session(&self, token: &str, now_ms: i64) -> Result<Option<SessionCaller>> {
        self.caller_of(token, now_ms, true).await
    }

    /// The same for what a page asks by itself: it is no sign of a person, and the session does not last longer for it.
    pub async fn caller_from_session_quietly(&self, token: &str, now_ms: i64) -> Result<Option<SessionCaller>> {
        self.caller_of(token, now_ms, false).await
    }

    /// Whether a caller may still be answered: their session or key is as good as it was when they asked. Asked again before rows
    /// leave, for questions that took their time.
    pub async fn still_in(&self, caller: &Caller, now_ms: i64) -> Result<Option<StillIn>> {
        let person = match caller.means() {
            Means::Session { id } => self.catalog.session(id, now_ms).await?.map(|session| session.person),
            Means::ApiKey { id, .. } => self.catalog.owner_of_good_key(id, now_ms).await?,
        };
        Ok(person.filter(|person| person.id == *caller.person()).map(|person| StillIn {
            changed_ms: person.changed_ms,
            with_same_rights: person.roles == caller.roles() && person.attributes == *caller.attributes(),
        }))
    }

    async fn caller_of(&self, token: &str, now_ms: i64, touches: bool) -> Result<Option<SessionCaller>> {
        let hash = tokens::hash(token);
        let Some(session) = self.catalog.session(&hash, now_ms).await? else {
            return Ok(None);
        };
        let Ok(caller) = self.enter(&session.person, Means::Session { id: hash.clone() }) else {
            self.catalog.end_session(&hash).await?;
            return Ok(None);
        };
        if touches && now_ms - session.last_seen_ms >= TOUCH_MS {
            self.catalog.touch_session(&hash, now_ms).await?;
        }
        let factor_due = session.is_local && session.factor_required && !session.person.has_factor;
        Ok(Some(SessionCaller { caller, csrf: CsrfToken::new(session.csrf), password_due: session.person.password_due, factor_due }))
    }
}
