//! The sessions of one browser. Somebody may belong to several workspaces: each has a cookie of its own with a session of
//! its own, which was begun by signing in there and opens nothing elsewhere. A small cookie says which of them a page
//! that names none is about; it decides between one's own sessions and proves nothing.

use crate::app::Parts;
use crate::error::ApiError;
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::AppendHeaders;
use parclose_identity::{Error, LinkOf};
use parclose_model::WorkspaceId;

/// A page says which workspace it shows: what is switched in another tab does not change it.
pub(crate) const NAMED: &str = "x-parclose-workspace";

/// The value of a cookie. Two of one name are none: one of them may come from a neighbour.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';'));
    let mut found = pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|(known, _)| *known == name).map(|(_, value)| value);
    match (found.next(), found.next()) {
        (Some(value), None) if !value.is_empty() && value.len() <= 256 => Some(value),
        _ => None,
    }
}

/// Cookies to set.
pub(crate) type SetCookies = AppendHeaders<Vec<(HeaderName, String)>>;

/// Sessions that a browser sent along, unproven.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seats {
    /// The workspace that the request is about.
    pub at: Option<WorkspaceId>,
    /// Secrets of sessions, by workspace.
    tokens: Vec<(WorkspaceId, String)>,
}

impl Seats {
    /// The secret for a workspace.
    pub fn token(&self, workspace: &WorkspaceId) -> Option<&str> {
        self.tokens.iter().find(|(known, _)| known == workspace).map(|(_, token)| token.as_str())
    }
    /// All of them.
    pub fn each(&self) -> impl Iterator<Item = (&WorkspaceId, &str)> {
        self.tokens.iter().map(|(workspace, token)| (workspace, token.as_str()))
    }
}

impl Parts {
    /// What a browser sent along. A workspace that is named and not served is no workspace.
    pub(crate) fn seats(&self, headers: &HeaderMap) -> Seats {
        let spaces = &self.deps.spaces;
        let tokens = spaces.each().filter_map(|space| {
            let token = cookie(headers, &self.session_cookie_name(&space.workspace))?;
            Some((space.workspace.clone(), token.to_owned()))
        });
        let named = headers.get(NAMED).map(|value| value.to_str().unwrap_or_default());
        let at = match named.or_else(|| cookie(headers, &self.choice_cookie_name())) {
            Some(id) => spaces.get(id).map(|space| space.workspace.clone()),
            None => Some(spaces.first().clone()),
        };
        Seats { at, tokens: tokens.collect() }
    }

    /// The workspace that somebody who is not signed in comes to: the one they name, or the one the browser was at.
    pub(crate) fn visited(&self, seats: &Seats, named: Option<&str>) -> Option<WorkspaceId> {
        match named {
            Some(id) => self.deps.spaces.get(id).map(|space| space.workspace.clone()),
            None => seats.at.clone(),
        }
    }

    /// The workspace and the person of a password link, which names neither.
    pub(crate) async fn password_link(&self, secret: &str, now_ms: i64) -> Result<(WorkspaceId, LinkOf), Error> {
        for space in self.deps.spaces.each() {
            match self.deps.identity.read_password_link(&space.workspace, secret, now_ms).await {
                Err(Error::LinkNotValid) => {}
                done => return done.map(|link| (space.workspace.clone(), link)),
            }
        }
        Err(Error::LinkNotValid)
    }

    /// The workspace of a set-up link.
    pub(crate) async fn set_up_link(&self, secret: &str) -> Result<WorkspaceId, Error> {
        for space in self.deps.spaces.each() {
            match self.deps.identity.is_set_up_link(&space.workspace, secret).await {
                Err(Error::LinkNotValid) => {}
                done => return done.map(|()| space.workspace.clone()),
            }
        }
        Err(Error::LinkNotValid)
    }

    /// Whether a session is one of this workspace.
    pub(crate) async fn is_signed_in(&self, workspace: &WorkspaceId, token: &str, now_ms: i64) -> Result<bool, ApiError> {
        let found = self.deps.identity.caller_from_session(token, now_ms).await?;
        Ok(found.is_some_and(|found| found.caller.workspace() == workspace))
    }

    /// Sets the session of a workspace, and makes it the one that this browser is at.
    pub(crate) fn set_session(&self, workspace: &WorkspaceId, token: &str, seconds: i64) -> SetCookies {
        let mut cookies = vec![self.set_cookie(&self.session_cookie_name(workspace), token, seconds)];
        if self.deps.spaces.are_several() {
            cookies.push(self.set_cookie(&self.choice_cookie_name(), workspace.as_str(), seconds));
        }
        AppendHeaders(cookies)
    }

    /// Makes a workspace the one that this browser is at.
    pub(crate) fn set_choice(&self, workspace: &WorkspaceId) -> SetCookies {
        AppendHeaders(vec![self.set_cookie(&self.choice_cookie_name(), workspace.as_str(), 30 * 86_400)])
    }

    /// Takes all sessions away.
    pub(crate) fn clear_sessions(&self, seats: &Seats) -> SetCookies {
        let mut names: Vec<String> = seats.each().map(|(workspace, _)| self.session_cookie_name(workspace)).collect();
        if self.deps.spaces.are_several() {
            names.push(self.choice_cookie_name());
        }
        AppendHeaders(names.iter().map(|name| self.set_cookie(name, "", 0)).collect())
    }

    fn session_cookie_name(&self, workspace: &WorkspaceId) -> String {
        let name = self.config().cookie_name();
        if workspace == self.deps.spaces.first() { name.to_owned() } else { format!("{name}-{}", workspace.as_str()) }
    }

    /// No workspace has this id: the configuration refuses it.
    fn choice_cookie_name(&self) -> String {
        format!("{}-at", self.config().cookie_name())
    }

    /// A cookie for this host only, out of reach of scripts.
    fn set_cookie(&self, name: &str, value: &str, seconds: i64) -> (HeaderName, String) {
        let secure = if self.config().is_https() { "; Secure" } else { "" };
        (header::SET_COOKIE, format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"))
    }
}
