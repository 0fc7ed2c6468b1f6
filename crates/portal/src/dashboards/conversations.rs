//! Pilot, Conversations.

use super::build::{self, More, conversations, headlines, stacked, tile};
use crate::definition::{Kind, Tab};
use parclose_metrics::DataSet;

/// What comes in, and what becomes of it?
pub fn tab() -> Tab {
    let mut tiles = headlines(
        DataSet::Conversations,
        0,
        2,
        &[
            ("conversations", "conversations", "All conversations", "Abandoned ones included"),
            ("handled", "handled", "Handled", "Conversations"),
            ("abandoned", "abandoned", "Abandoned", "Conversations"),
            ("talk", "average_talk_time", "Talk time", "Average per handled segment"),
            ("wrap-up", "average_wrap_up_time", "Wrap-up time", "Average per handled segment"),
            ("transfer", "transfer_pct", "Transfer rate", "Share of handled segments"),
        ],
    );
    tiles.extend([
        tile(
            "by-direction",
            Kind::Line,
            (0, 2, 8, 4),
            "Conversations over time by direction",
            "Conversations",
            conversations(&["conversations"], &["time.auto", "direction"]),
        ),
        tile(
            "by-channel",
            Kind::Bars,
            (8, 2, 4, 4),
            "Handled conversations by channel",
            "Conversations",
            conversations(&["handled"], &["channel"]).most("handled"),
        ),
        stacked(tile(
            "teams-over-time",
            Kind::Bars,
            (0, 6, 8, 4),
            "Handled conversations over time by team",
            "Conversations",
            conversations(&["handled"], &["time.auto", "handling_team_name"]).known("handling_team_name"),
        )),
        tile(
            "phase",
            Kind::Bars,
            (8, 6, 4, 4),
            "Where customers give up",
            "Abandoned conversations",
            conversations(&["abandoned"], &["abandoned_phase"]).known("abandoned_phase").most("abandoned"),
        ),
        tile(
            "handling",
            Kind::Line,
            (0, 10, 6, 4),
            "Handling time over time",
            "Average per handled segment",
            conversations(&["aht", "average_talk_time", "average_wrap_up_time"], &["time.auto"]),
        ),
        tile(
            "hold",
            Kind::Line,
            (6, 10, 6, 4),
            "Conversations with hold over time",
            "Share of handled conversations",
            conversations(&["conversations_with_hold_pct"], &["time.auto"]),
        ),
        tile(
            "attribute",
            Kind::Table,
            (0, 14, 12, 5),
            "Conversations by conversation attribute 1",
            "The attribute that your own flow sets",
            conversations(
                &["conversations", "handled", "abandoned", "abandoned_pct", "follow_ups", "asa", "aht"],
                &["conversation_attribute_1"],
            )
            .most("conversations")
            .totals(),
        ),
        tile(
            "newest",
            Kind::List,
            (0, 19, 12, 5),
            "The newest conversations",
            "Newest first",
            conversations(&["conversations"], &[]).first(50),
        ),
    ]);
    build::tab("conversations", "Conversations", &["queue", "channel", "direction", "handling_team_name"], tiles)
}
