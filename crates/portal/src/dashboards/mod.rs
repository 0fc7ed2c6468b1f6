//! The built-in dashboards, as data. They can be opened by everybody with the right to dashboards and changed by nobody.

mod activities;
mod agents;
mod build;
mod conversations;
mod overview;
mod queues;

use crate::definition::{Dashboard, DefaultRange};
use std::sync::LazyLock;

static BUILT_IN: LazyLock<Vec<Dashboard>> = LazyLock::new(|| {
    let dashboard = |id: &str, title: &str, description: &str, tabs| Dashboard {
        id: id.into(),
        title: title.into(),
        description: description.into(),
        default_range: DefaultRange { preset: "last_30_days".into() },
        tabs,
    };
    vec![
        dashboard("control-center", "Control Center", "How the contact centre is doing, on one page.", vec![overview::tab()]),
        dashboard(
            "pilot",
            "Pilot",
            "Conversations, agents, queues and activities in depth.",
            vec![conversations::tab(), agents::tab(), queues::tab(), activities::tab()],
        ),
    ]
});

/// All built-in dashboards.
pub fn built_in() -> &'static [Dashboard] {
    &BUILT_IN
}
