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

impl Identity {
    /// The caller of a session, with roles and attributes as they are now. `None`: unknown, over, no longer active,
    /// or no longer with the roles to come in.
    pub async fn caller_from_session(&self, token: &str, now_ms: i64) -> Result<Option<SessionCaller>> {
        let hash = tokens::hash(token);
        let Some(session) = self.catalog.session(&hash, now_ms).await? else {
            return Ok(None);
        };
        let Ok(caller) = self.enter(&session.person, Means::Session { id: hash.clone() }) else {
            self.catalog.end_session(&hash).await?;
            return Ok(None);
        };
        if now_ms - session.last_seen_ms >= TOUCH_MS {
            self.catalog.touch_session(&hash, now_ms).await?;
        }
        let factor_due = session.is_local && session.factor_required && !session.person.has_factor;
        Ok(Some(SessionCaller { caller, csrf: CsrfToken::new(session.csrf), password_due: session.person.password_due, factor_due }))
    }
}
