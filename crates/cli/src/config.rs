//! The configuration: one file, overridden by the environment, overridden by flags. Every setting is explained in
//! [`EXAMPLE`], which a test keeps complete.

use anyhow::{Context, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The documented file, printed by `parclose config`.
pub const EXAMPLE: &str = include_str!("../parclose.example.yaml");

/// All settings.
#[derive(Debug, Clone, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub data_dir: PathBuf,
    pub listen: SocketAddr,
    pub public_base_url: Option<String>,
    pub trusted_proxy: bool,
    pub workspace: String,
    pub workspace_name: String,
    pub time_zone: String,
    pub door_secrets: Vec<String>,
    pub door_body_limit: usize,
    pub metrics_token: Option<String>,
    /// Says in a header how long the engine took.
    pub server_timing: bool,
    pub query_memory_mib: usize,
    /// Packed columns at most, MiB, the newest months first; 0 packs nothing. They are mapped from files: what is not asked for
    /// leaves the memory when others need it.
    pub packed_memory_mib: usize,
    /// Memory that rollups may take, MiB; 0 makes none.
    pub rollup_memory_mib: usize,
    /// Memory that whole answers may take which are kept for who asks the same again, MiB; 0 keeps none.
    pub result_memory_mib: usize,
    pub query_seconds: u64,
    pub commit_seconds: u64,
    pub log_json: bool,
    pub log_level: String,
    pub first_administrator: Option<FirstAdministrator>,
    /// Further workspaces of the same server, by id.
    pub workspaces: BTreeMap<String, MoreWorkspace>,
}

/// A further workspace. Nothing of it is shared with the others but the machine.
#[derive(Debug, Clone, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct MoreWorkspace {
    pub name: String,
    pub time_zone: String,
    pub door_secrets: Vec<String>,
    pub first_administrator: Option<FirstAdministrator>,
}

impl Default for MoreWorkspace {
    fn default() -> Self {
        Self { name: "My contact centre".into(), time_zone: "UTC".into(), door_secrets: Vec::new(), first_administrator: None }
    }
}

/// The person who sets the server up; asked once.
#[derive(Debug, Clone, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct FirstAdministrator {
    pub login: String,
    pub password: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: "data/parclose".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 7700)),
            public_base_url: None,
            trusted_proxy: false,
            workspace: "main".into(),
            workspace_name: "My contact centre".into(),
            time_zone: "UTC".into(),
            door_secrets: Vec::new(),
            door_body_limit: 4 << 20,
            metrics_token: None,
            server_timing: false,
            query_memory_mib: 2048,
            packed_memory_mib: 8192,
            rollup_memory_mib: 256,
            result_memory_mib: 64,
            query_seconds: 30,
            commit_seconds: 60,
            log_json: true,
            log_level: "info".into(),
            first_administrator: None,
            workspaces: BTreeMap::new(),
        }
    }
}

/// Addresses of the app and of the API, at which a workspace of this name could not be reached; and ends of the names of our other cookies.
const NOT_WORKSPACES: [&str; 17] = [
    "account", "admin", "api", "assets", "at", "conversations", "d", "health", "hooks", "metrics", "reset", "scim", "segments", "setup", "sign-in", "sso", "step",
];
const MOST_WORKSPACES: usize = 50;

/// Secrets that people copy from examples.
const KNOWN_SECRETS: [&str; 6] = ["changeme", "change-me", "secret", "password", "auth-token", "your-auth-token"];
const SHORTEST_SECRET: usize = 16;

impl Config {
    /// Reads the file, then the environment. Flags are put over it by the caller.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut config: Self = match file {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("the configuration {} can't be read", path.display()))?;
                serde_yaml_ng::from_str(&text).with_context(|| format!("the configuration {} can't be used", path.display()))?
            }
            None => Self::default(),
        };
        config.apply_environment(&|name| std::env::var(name).ok())?;
        Ok(config)
    }

    /// `PARCLOSE_<SETTING>` overrides the setting; lists are separated by commas.
    fn apply_environment(&mut self, get: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<()> {
        fn parsed<T: std::str::FromStr>(name: &str, value: Option<String>, into: &mut T) -> anyhow::Result<()> {
            if let Some(value) = value {
                *into = value.parse().ok().with_context(|| format!("the environment variable {name} can't be used"))?;
            }
            Ok(())
        }
        parsed("PARCLOSE_DATA_DIR", get("PARCLOSE_DATA_DIR"), &mut self.data_dir)?;
        parsed("PARCLOSE_LISTEN", get("PARCLOSE_LISTEN"), &mut self.listen)?;
        parsed("PARCLOSE_TRUSTED_PROXY", get("PARCLOSE_TRUSTED_PROXY"), &mut self.trusted_proxy)?;
        parsed("PARCLOSE_WORKSPACE", get("PARCLOSE_WORKSPACE"), &mut self.workspace)?;
        parsed("PARCLOSE_WORKSPACE_NAME", get("PARCLOSE_WORKSPACE_NAME"), &mut self.workspace_name)?;
        parsed("PARCLOSE_TIME_ZONE", get("PARCLOSE_TIME_ZONE"), &mut self.time_zone)?;
        parsed("PARCLOSE_DOOR_BODY_LIMIT", get("PARCLOSE_DOOR_BODY_LIMIT"), &mut self.door_body_limit)?;
        parsed("PARCLOSE_QUERY_MEMORY_MIB", get("PARCLOSE_QUERY_MEMORY_MIB"), &mut self.query_memory_mib)?;
        parsed("PARCLOSE_PACKED_MEMORY_MIB", get("PARCLOSE_PACKED_MEMORY_MIB"), &mut self.packed_memory_mib)?;
        parsed("PARCLOSE_SERVER_TIMING", get("PARCLOSE_SERVER_TIMING"), &mut self.server_timing)?;
        parsed("PARCLOSE_ROLLUP_MEMORY_MIB", get("PARCLOSE_ROLLUP_MEMORY_MIB"), &mut self.rollup_memory_mib)?;
        parsed("PARCLOSE_RESULT_MEMORY_MIB", get("PARCLOSE_RESULT_MEMORY_MIB"), &mut self.result_memory_mib)?;
        parsed("PARCLOSE_QUERY_SECONDS", get("PARCLOSE_QUERY_SECONDS"), &mut self.query_seconds)?;
        parsed("PARCLOSE_COMMIT_SECONDS", get("PARCLOSE_COMMIT_SECONDS"), &mut self.commit_seconds)?;
        parsed("PARCLOSE_LOG_JSON", get("PARCLOSE_LOG_JSON"), &mut self.log_json)?;
        parsed("PARCLOSE_LOG_LEVEL", get("PARCLOSE_LOG_LEVEL"), &mut self.log_level)?;
        if let Some(url) = get("PARCLOSE_PUBLIC_BASE_URL") {
            self.public_base_url = Some(url);
        }
        if let Some(token) = get("PARCLOSE_METRICS_TOKEN") {
            self.metrics_token = Some(token);
        }
        if let Some(secrets) = get("PARCLOSE_DOOR_SECRETS") {
            self.door_secrets = secrets.split(',').map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect();
        }
        if let (Some(login), Some(password)) = (get("PARCLOSE_ADMIN_LOGIN"), get("PARCLOSE_ADMIN_PASSWORD")) {
            self.first_administrator = Some(FirstAdministrator { login, password });
        }
        Ok(())
    }

    /// Refuses what would be unsafe or could not work.
    pub fn check(&self) -> anyhow::Result<()> {
        let of_more = self.workspaces.values().flat_map(|more| more.door_secrets.iter());
        let secrets = self.door_secrets.iter().chain(of_more).map(|s| ("door_secrets", s)).chain(self.metrics_token.iter().map(|s| ("metrics_token", s)));
        for (name, secret) in secrets {
            if KNOWN_SECRETS.contains(&secret.to_ascii_lowercase().as_str()) || secret.chars().count() < SHORTEST_SECRET {
                bail!("{name}: a secret is too short or a well-known default; use at least {SHORTEST_SECRET} random characters");
            }
        }
        if self.all_door_secrets().any(|secrets| secrets.len() > 2) {
            bail!("door_secrets: at most two, the current one and the one it replaces");
        }
        for (at, secrets) in self.all_door_secrets().enumerate() {
            if self.all_door_secrets().skip(at + 1).any(|others| secrets.iter().any(|secret| others.contains(secret))) {
                bail!("door_secrets: two workspaces have the same secret; whoever sends events to one could send to the other");
            }
        }
        for time_zone in std::iter::once(&self.time_zone).chain(self.workspaces.values().map(|more| &more.time_zone)) {
            if jiff::tz::TimeZone::get(time_zone).is_err() {
                bail!("time_zone: {time_zone:?} is not the name of a time zone (for example Europe/Prague)");
            }
        }
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        for workspace in std::iter::once(&self.workspace).chain(self.workspaces.keys()) {
            if workspace.is_empty() || workspace.len() > 64 || !workspace.chars().all(fits) {
                bail!("workspace: 1 to 64 of a-z, 0-9 and -");
            }
            if NOT_WORKSPACES.contains(&workspace.as_str()) {
                bail!("workspace: {workspace:?} is an address of the app; choose another id");
            }
        }
        if self.workspaces.len() >= MOST_WORKSPACES {
            bail!("workspaces: at most {} besides the first", MOST_WORKSPACES - 1);
        }
        if !(64 << 10..=64 << 20).contains(&self.door_body_limit) {
            bail!("door_body_limit: 65536 to 67108864 bytes");
        }
        if self.query_memory_mib < 64 || !(1..=600).contains(&self.query_seconds) || !(1..=3600).contains(&self.commit_seconds) {
            bail!("query_memory_mib: at least 64; query_seconds: 1 to 600; commit_seconds: 1 to 3600");
        }
        if let Some(url) = &self.public_base_url
            && !(url.starts_with("https://") || url.starts_with("http://"))
        {
            bail!("public_base_url: begins with https:// or http://");
        }
        Ok(())
    }

    fn all_door_secrets(&self) -> impl Iterator<Item = &Vec<String>> {
        std::iter::once(&self.door_secrets).chain(self.workspaces.values().map(|more| &more.door_secrets))
    }

    /// Where people and event senders reach the server.
    pub fn base_url(&self) -> String {
        self.public_base_url.clone().unwrap_or_else(|| format!("http://{}", self.listen)).trim_end_matches('/').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_file_has_every_setting_at_its_default() {
        let from_example: Config = serde_yaml_ng::from_str(EXAMPLE).unwrap();
        assert_eq!(from_example, Config::default());
        for setting in [
            "data_dir",
            "listen",
            "public_base_url",
            "trusted_proxy",
            "workspace",
            "workspace_name",
            "time_zone",
            "door_secrets",
            "door_body_limit",
            "metrics_token",
            "server_timing",
            "query_memory_mib",
            "packed_memory_mib",
            "rollup_memory_mib",
            "result_memory_mib",
            "query_seconds",
            "commit_seconds",
            "log_json",
            "log_level",
            "first_administrator",
            "workspaces",
        ] {
            assert!(EXAMPLE.lines().any(|l| l.trim_start_matches("# ").starts_with(&format!("{setting}:"))), "{setting}");
        }
    }

    #[test]
    fn default_and_short_secrets_are_refused() {
        for secret in ["changeme", "short", ""] {
            let config = Config { door_secrets: vec![secret.into()], ..Config::default() };
            assert!(config.check().is_err(), "{secret:?}");
        }
        let config = Config { door_secrets: vec!["k7Gq2vX9pLw4Zt8Yb3Nd".into()], ..Config::default() };
        config.check().unwrap();
    }

    #[test]
    fn workspaces_do_not_share_secrets_and_have_addresses() {
        let more = |secret: &str| MoreWorkspace { door_secrets: vec![secret.into()], ..MoreWorkspace::default() };
        let with = |id: &str, secret: &str| Config {
            door_secrets: vec!["k7Gq2vX9pLw4Zt8Yb3Nd".into()],
            workspaces: BTreeMap::from([(id.to_owned(), more(secret))]),
            ..Config::default()
        };
        with("your-app-1234", "Zt8Yb3Ndk7Gq2vX9pLw4").check().unwrap();
        assert!(with("your-app-1234", "k7Gq2vX9pLw4Zt8Yb3Nd").check().is_err(), "the same secret");
        assert!(with("your-app-1234", "changeme").check().is_err());
        for id in ["sso", "at", "step", "sign-in"] {
            assert!(with(id, "Zt8Yb3Ndk7Gq2vX9pLw4").check().is_err(), "{id}: an address of the app, or a cookie of its own");
        }
        assert!(with("Your App", "Zt8Yb3Ndk7Gq2vX9pLw4").check().is_err());
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let mut config = Config::default();
        let get = |name: &str| match name {
            "PARCLOSE_LISTEN" => Some("127.0.0.1:9000".to_owned()),
            "PARCLOSE_DOOR_SECRETS" => Some("aaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbb".to_owned()),
            _ => None,
        };
        config.apply_environment(&get).unwrap();
        assert_eq!(config.listen.port(), 9000);
        assert_eq!(config.door_secrets.len(), 2);
        assert!(config.apply_environment(&|name| (name == "PARCLOSE_LISTEN").then(|| "nonsense".into())).is_err());
    }
}
