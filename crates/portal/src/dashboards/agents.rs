//! Pilot, Agents.

use super::build::{self, More, conversations, headlines, tile, workload};
use crate::definition::{Kind, Tab};
use parclose_metrics::DataSet;

/// Who works how?
pub fn tab() -> Tab {
    let mut tiles = headlines(
        DataSet::Conversations,
        0,
        3,
        &[
            ("agents", "agents", "Agents", "With a handled conversation"),
            ("aht", "aht", "Handling time", "Average per handled segment"),
            ("missed", "missed_segments", "Missed", "Offers without an answer"),
            ("missed-pct", "missed_pct", "Missed rate", "Share of all offers"),
        ],
    );
    tiles.extend([
        tile(
            "per-agent",
            Kind::Table,
            (0, 2, 12, 6),
            "Each agent's conversations and times",
            "By agent",
            conversations(
                &[
                    "handled",
                    "handled_segments",
                    "aht",
                    "talk_time",
                    "average_talk_time",
                    "average_wrap_up_time",
                    "average_ring_time",
                    "missed_segments",
                    "rejected_segments",
                    "transfers",
                ],
                &["agent_name"],
            )
            .known("agent_name")
            .most("handled")
            .totals(),
        ),
        tile(
            "occupancy",
            Kind::Table,
            (0, 8, 6, 6),
            "How busy each agent is",
            "Occupancy and utilisation, from 15-minute slices",
            workload(&["occupancy", "utilisation", "idle_time", "workload_talk_time", "workload_wrap_up_time"], &["agent_name"])
                .known("agent_name")
                .most("occupancy")
                .totals(),
        ),
        tile(
            "busy",
            Kind::Line,
            (6, 8, 6, 3),
            "Occupancy over time",
            "Share of working and available time",
            workload(&["occupancy"], &["time.auto"]),
        ),
        tile(
            "aht-by-team",
            Kind::Bars,
            (6, 11, 6, 3),
            "Handling time by team",
            "Average per handled segment",
            conversations(&["aht"], &["handling_team_name"]).known("handling_team_name").most("aht").first(20),
        ),
        tile(
            "top",
            Kind::Bars,
            (0, 14, 6, 5),
            "Who handles most conversations",
            "Conversations, first 15 agents",
            conversations(&["handled"], &["agent_name"]).known("agent_name").most("handled").first(15),
        ),
        tile(
            "misses",
            Kind::Bars,
            (6, 14, 6, 5),
            "Who misses most offers",
            "Offers without an answer, first 15 agents",
            conversations(&["missed_segments"], &["agent_name"]).known("agent_name").most("missed_segments").first(15),
        ),
    ]);
    build::tab("agents", "Agents", &["handling_team_name", "agent_team_name", "agent_name", "channel"], tiles)
}
