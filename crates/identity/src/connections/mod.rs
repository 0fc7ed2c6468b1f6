//! Connections to identity providers, as administrators manage them.

mod dry_run;
mod manage;
mod settings;

pub use dry_run::{DryRun, DryRunInput};
pub use manage::ConnectionView;
pub(crate) use manage::settings_of;
pub use settings::{ConnectionSettings, OidcSettings, Protocol, SamlSettings, SignedPart};
