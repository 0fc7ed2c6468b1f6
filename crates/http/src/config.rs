//! What the operator decides about the HTTP face.

use std::time::Duration;

/// Settings of the HTTP face.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// The address that browsers and the platform use, without a path (`https://insights.acme.example`). `https`
    /// makes the cookie `Secure` and gives it its `__Host-` name. Event doors check signatures over it.
    pub public_base_url: String,
    /// True behind a proxy of our own that appends the client's address to `x-forwarded-for`.
    pub trusted_proxy: bool,
    /// Largest body of an event door in bytes.
    pub door_body_limit: usize,
    /// How long the whole body of a delivery may take to arrive.
    pub door_body_time: Duration,
    /// Deliveries that are read or kept at once.
    pub door_places: usize,
    /// Of these, how many of one address (of IPv6: one network of 64 bits).
    pub door_places_an_address: usize,
    /// Bytes of all bodies that are held at once.
    pub door_bytes: usize,
    /// Most events in one delivery.
    pub door_events_limit: usize,
    /// Largest body of the API in bytes.
    pub api_body_limit: usize,
    /// Lets a program from elsewhere read `/metrics`; without it only this machine can.
    pub metrics_token: Option<String>,
    /// Says in a header of answers how long the engine took. For measuring: a time without the network's noise tells more about
    /// rows that were skipped than the caller's clock does.
    pub server_timing: bool,
    /// What the sign-in page of the demo says.
    pub demo_hint: Option<DemoHint>,
    /// How often.
    pub rates: Rates,
    /// How long a request may take.
    pub timeout: Duration,
}

/// The people of the demo, for its sign-in page. Sent only when the workspace is a demo.
#[derive(Debug, Clone, Default)]
pub struct DemoHint {
    /// Whom one may sign in as.
    pub people: Vec<DemoHintPerson>,
    /// The password of all of them.
    pub password: Option<String>,
}

/// A person of the demo.
#[derive(Debug, Clone)]
pub struct DemoHintPerson {
    /// Login.
    pub login: String,
    /// Name.
    pub name: String,
    /// Who that is, in a few words.
    pub what: String,
}

/// Requests a second, and how many at once before that counts.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Of one person or key.
    pub person: (u32, u32),
    /// From one address, signed in or not: an office behind one address may have several hundred open pages.
    pub address: (u32, u32),
    /// From one address by those who have not proven who they are: signing in, and everything that is refused for want of that.
    pub stranger: (u32, u32),
    /// Signed requests of one event door.
    pub door: (u32, u32),
}

impl Default for Rates {
    fn default() -> Self {
        Self { person: (20, 100), address: (300, 1_500), stranger: (50, 300), door: (2_000, 8_000) }
    }
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            public_base_url: "http://127.0.0.1:8080".into(),
            trusted_proxy: false,
            door_body_limit: 4 << 20,
            door_body_time: Duration::from_secs(10),
            door_places: 128,
            door_places_an_address: 32,
            door_bytes: 64 << 20,
            door_events_limit: 1_000,
            api_body_limit: 1 << 20,
            metrics_token: None,
            server_timing: false,
            demo_hint: None,
            rates: Rates::default(),
            timeout: Duration::from_secs(60),
        }
    }
}

impl HttpConfig {
    /// The base address without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        self.public_base_url.trim_end_matches('/')
    }
    /// Whether browsers come over TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.public_base_url.to_ascii_lowercase().starts_with("https://")
    }
    /// The cookie's name. `__Host-` makes browsers refuse one that a neighbouring site set.
    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.is_https() { "__Host-parclose" } else { "parclose" }
    }
}
