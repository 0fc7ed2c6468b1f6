//! Pilot, Queues.

use super::build::{self, More, conversations, headlines, stacked, tile};
use crate::definition::{Kind, Tab};
use parclose_metrics::DataSet;

/// How long do customers wait, and where?
pub fn tab() -> Tab {
    let mut tiles = headlines(
        DataSet::Conversations,
        0,
        3,
        &[
            ("queued", "queued", "Queued", "Waits in a queue"),
            ("abandoned", "abandoned_segments", "Abandoned segments", "Waits that ended with the customer leaving"),
            ("within-20", "answered_within:20", "Answered within 20 s", "Share of answered conversations"),
            ("within-60", "answered_within:60", "Answered within 60 s", "Share of answered conversations"),
        ],
    );
    tiles.extend(headlines(
        DataSet::Conversations,
        2,
        4,
        &[
            ("service-level", "service_level", "Service level", "Answered within the threshold, abandons counted"),
            ("asa", "asa", "Speed of answer", "Average wait before an answer"),
            ("longest", "longest_wait", "Longest wait", "Answered or not"),
        ],
    ));
    tiles.extend([
        stacked(tile(
            "by-queue",
            Kind::Bars,
            (0, 4, 6, 5),
            "Handled and abandoned conversations by queue",
            "Conversations, first 20 queues",
            conversations(&["handled", "abandoned"], &["queue"]).known("queue").most("handled").first(20),
        )),
        tile(
            "wait",
            Kind::Line,
            (6, 4, 6, 5),
            "How long customers wait over time",
            "Median and 90th percentile of queue time",
            conversations(&["queue_time_p50", "queue_time_p90"], &["time.auto"]),
        ),
        tile(
            "per-queue",
            Kind::Table,
            (0, 9, 12, 6),
            "Each queue's waits and answers",
            "By queue",
            conversations(
                &[
                    "queued",
                    "handled",
                    "abandoned_segments",
                    "abandoned_segments_pct",
                    "answered_within:20",
                    "answered_within:60",
                    "service_level",
                    "asa",
                    "queue_time_p90",
                    "longest_wait",
                ],
                &["queue"],
            )
            .known("queue")
            .most("queued")
            .totals(),
        ),
        tile(
            "when",
            Kind::Heatmap,
            (0, 15, 8, 4),
            "When customers queue, by weekday and hour",
            "Waits in a queue",
            conversations(&["queued"], &["time.weekday", "time.hour_of_day"]),
        ),
        tile(
            "give-up",
            Kind::Bars,
            (8, 15, 4, 4),
            "Abandon rate by queue",
            "Share of waits, first 12 queues",
            conversations(&["abandoned_segments_pct"], &["queue"]).known("queue").most("abandoned_segments_pct").first(12),
        ),
        tile(
            "abandons",
            Kind::List,
            (0, 19, 12, 5),
            "The newest abandoned waits",
            "Newest first",
            conversations(&["abandoned_segments"], &[]).first(50),
        ),
    ]);
    build::tab("queues", "Queues", &["queue", "channel", "direction"], tiles)
}
