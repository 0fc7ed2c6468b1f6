//! Pilot, Activities.

use super::build::{self, More, activities, headlines, stacked, tile};
use crate::definition::{Kind, Tab};
use parclose_metrics::DataSet;

/// Where does the time go?
pub fn tab() -> Tab {
    let mut tiles = headlines(
        DataSet::Activities,
        0,
        3,
        &[
            ("now", "agents_now", "Logged in now", "Agents"),
            ("seen", "active_agents", "Agents seen", "With any activity"),
            ("logged-in", "logged_in_time", "Logged-in time", "Sum over agents"),
            ("available", "available_pct", "Available share", "Of logged-in time"),
        ],
    );
    tiles.extend([
        tile(
            "by-activity",
            Kind::Bars,
            (0, 2, 5, 5),
            "Time by activity",
            "Hours and minutes",
            activities(&["activity_time"], &["activity"]).known("activity").most("activity_time"),
        ),
        tile(
            "over-time",
            Kind::Line,
            (5, 2, 7, 5),
            "Available and logged-in time over time",
            "Sum over agents",
            activities(&["available_time", "logged_in_time"], &["time.auto"]),
        ),
        stacked(tile(
            "by-team",
            Kind::Bars,
            (0, 7, 12, 5),
            "Time by team and activity",
            "Hours and minutes, agents' team of today",
            activities(&["activity_time"], &["agent_team_name", "activity"]).known("agent_team_name").most("activity_time"),
        )),
        tile(
            "per-agent",
            Kind::Table,
            (0, 12, 12, 6),
            "Each agent's time",
            "By agent",
            activities(&["logged_in_time", "available_time", "available_pct", "offline_time", "activities"], &["agent_name"])
                .known("agent_name")
                .most("logged_in_time")
                .totals(),
        ),
    ]);
    build::tab("activities", "Activities", &["activity", "agent_team_name", "agent_name"], tiles)
}
