//! Control Center, the only tab.

use super::build::{self, More, conversations, headlines, stacked, tile, workload};
use crate::definition::{Kind, Tab};
use parclose_metrics::DataSet;

/// How are we doing?
pub fn tab() -> Tab {
    let mut tiles = headlines(
        DataSet::Conversations,
        0,
        2,
        &[
            ("handled", "handled", "Handled", "Conversations"),
            ("abandoned", "abandoned", "Abandoned", "Conversations"),
            ("abandoned-pct", "abandoned_pct", "Abandon rate", "Share of all conversations"),
            ("service-level", "service_level", "Service level", "Answered within the threshold"),
            ("asa", "asa", "Speed of answer", "Average wait before an answer"),
            ("aht", "aht", "Handling time", "Average per handled segment"),
        ],
    );
    tiles.extend([
        stacked(tile(
            "over-time",
            Kind::Bars,
            (0, 2, 8, 4),
            "Handled and abandoned conversations over time",
            "Conversations",
            conversations(&["handled", "abandoned"], &["time.auto"]),
        )),
        tile(
            "by-channel",
            Kind::Bars,
            (8, 2, 4, 4),
            "Conversations by channel",
            "Conversations",
            conversations(&["conversations"], &["channel"]).most("conversations"),
        ),
        tile(
            "service-over-time",
            Kind::Line,
            (0, 6, 6, 4),
            "Service level over time",
            "Share of conversations answered within the threshold",
            conversations(&["service_level"], &["time.auto"]),
        ),
        tile(
            "wait-over-time",
            Kind::Line,
            (6, 6, 6, 4),
            "Speed of answer over time",
            "Average wait before an answer",
            conversations(&["asa"], &["time.auto"]),
        ),
        tile(
            "when",
            Kind::Heatmap,
            (0, 10, 8, 4),
            "When conversations come in, by weekday and hour",
            "Conversations",
            conversations(&["conversations"], &["time.weekday", "time.hour_of_day"]),
        ),
        tile("occupancy", Kind::Headline, (8, 10, 4, 2), "Occupancy", "Share of working and available time", workload(&["occupancy"], &[])),
        tile(
            "in-progress",
            Kind::Headline,
            (8, 12, 4, 2),
            "In progress",
            "Conversations that an agent has now",
            conversations(&["in_progress"], &[]),
        ),
        tile(
            "teams",
            Kind::Table,
            (0, 14, 12, 5),
            "Each team's conversations and times",
            "By handling team",
            conversations(
                &["handled", "aht", "average_talk_time", "average_wrap_up_time", "transfer_pct", "missed_segments"],
                &["handling_team_name"],
            )
            .known("handling_team_name")
            .most("handled")
            .totals(),
        ),
        tile(
            "newest",
            Kind::List,
            (0, 19, 12, 5),
            "The newest handled conversations",
            "Newest first",
            conversations(&["handled"], &[]).first(50),
        ),
    ]);
    build::tab("overview", "Overview", &["queue", "channel", "direction", "handling_team_name"], tiles)
}
