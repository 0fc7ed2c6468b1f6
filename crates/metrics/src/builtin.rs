//! The built-in metrics with their exact formulas (domain reference 2.9 and the industry's definitions).

use crate::formula::Aggregate::{Count, Distinct, Max, Percentile, Sum};
use crate::formula::Condition::{
    All, Any, AtLeast, AtMost, Available, Has, Is, IsNot, LoggedIn, NotShortAbandon, Offline, WithinServiceLevel,
};
use crate::formula::{Aggregate, Condition, Formula};
use crate::typed::{DataSet, Format, Good};
use parclose_model::columns::kind;

/// A built-in metric.
#[derive(Debug)]
pub struct MetricDef {
    /// Name in queries.
    pub name: &'static str,
    /// As people read it.
    pub title: &'static str,
    /// The data set that it belongs to.
    pub data_set: DataSet,
    /// How it is shown.
    pub format: Format,
    /// In which direction it is better.
    pub good: Good,
    /// What it means, in words.
    pub description: &'static str,
    /// The formula in words, shown to people.
    pub words: &'static str,
    /// The formula.
    pub formula: fn() -> Formula,
}

fn of(aggregate: Aggregate) -> Formula {
    Formula::Of(aggregate)
}
fn ratio(first: Formula, second: Formula) -> Formula {
    Formula::Ratio(Box::new(first), Box::new(second))
}

const NOT_HANDLED: &[&str] = &["Yes", "Follow-Up"];

fn is_kind(kind: &'static [&'static str]) -> Condition {
    Is("kind", kind)
}
/// Conversation segments that ended without an agent are abandons or follow-ups; all others were handled.
fn handled() -> Condition {
    All(vec![is_kind(&[kind::CONVERSATION]), IsNot("abandoned", NOT_HANDLED)])
}
fn handled_and(more: Condition) -> Condition {
    All(vec![handled(), more])
}
/// "Abandoned = Yes and abandoned phase is not Voicemail", on the conversation's own row.
fn abandoned() -> Condition {
    All(vec![is_kind(&[kind::CONVERSATION]), Is("abandoned", &["Yes"]), IsNot("abandoned_phase", &["Voicemail"])])
}
fn abandoned_in_queue() -> Condition {
    All(vec![is_kind(&[kind::QUEUE]), Is("abandoned", &["Yes"]), IsNot("abandoned_phase", &["Voicemail"])])
}
fn outbound() -> Condition {
    handled_and(Is("direction", &["Outbound"]))
}
/// Handling time: talk and wrap-up; ring too for outbound, where the agent waits for the customer.
fn handling() -> Formula {
    Formula::Plus(vec![of(Sum("talk_time", handled())), of(Sum("wrap_up_time", handled())), of(Sum("ring_time", outbound()))])
}
fn answered() -> Condition {
    handled_and(Has("queue_time"))
}
fn abandoned_not_short() -> Condition {
    All(vec![abandoned(), NotShortAbandon("abandon_time")])
}
fn offers() -> Condition {
    is_kind(&[kind::CONVERSATION, kind::MISSED, kind::REJECTED, kind::REVOKED])
}
fn offered_to_agents() -> Condition {
    All(vec![offers(), Has("agent_id")])
}
fn status() -> Condition {
    is_kind(&[kind::AGENT_STATUS])
}
fn status_and(more: Condition) -> Condition {
    All(vec![status(), more])
}
fn working() -> Formula {
    let conversations = is_kind(&[kind::CONVERSATION]);
    Formula::Plus(vec![of(Sum("workload_talk_time", conversations.clone())), of(Sum("workload_wrap_up_time", conversations))])
}
fn idle_available() -> Formula {
    of(Sum("workload_activity_time", status_and(All(vec![Available, AtMost("parallel_conversations", 0)]))))
}

/// Share of answered conversations whose queue time was at most so many seconds.
pub(crate) fn answered_within(seconds: i64) -> Formula {
    ratio(of(Count(handled_and(AtMost("queue_time", seconds)))), of(Count(answered())))
}

/// A built-in metric by name.
pub fn metric(name: &str) -> Option<&'static MetricDef> {
    METRICS.iter().find(|def| def.name == name)
}

macro_rules! metrics {
    ($($name:literal, $title:literal, $set:ident, $format:ident, $good:ident, $description:literal, $words:literal, $formula:expr;)*) => {
        /// All built-in metrics.
        pub const METRICS: &[MetricDef] = &[$(MetricDef {
            name: $name, title: $title, data_set: DataSet::$set, format: Format::$format, good: Good::$good,
            description: $description, words: $words, formula: || $formula,
        }),*];
    };
}

metrics! {
    "conversations", "Conversations", Conversations, Count, Neither,
    "Different conversations, abandoned ones included.", "count of different Conversation where Kind = Conversation",
    of(Distinct("conversation_id", is_kind(&[kind::CONVERSATION])));
    "handled", "Handled conversations", Conversations, Count, Up,
    "Different conversations that an agent took.", "count of different Conversation where Kind = Conversation and Abandoned is neither Yes nor Follow-Up",
    of(Distinct("conversation_id", handled()));
    "handled_segments", "Handled segments", Conversations, Count, Neither,
    "Parts of conversations that agents took; a transferred conversation has several.", "count of segments where Kind = Conversation and Abandoned is neither Yes nor Follow-Up",
    of(Count(handled()));
    "abandoned", "Abandoned conversations", Conversations, Count, Down,
    "Different conversations whose customer left before an answer. Voicemail does not count, nor do callers who left in the IVR.", "count of different Conversation where Abandoned = Yes and Abandoned phase is not Voicemail",
    of(Distinct("conversation_id", abandoned()));
    "abandoned_pct", "Abandoned", Conversations, Percent, Down,
    "Abandoned conversations as a share of all conversations.", "Abandoned conversations / Conversations",
    ratio(of(Distinct("conversation_id", abandoned())), of(Distinct("conversation_id", is_kind(&[kind::CONVERSATION]))));
    "abandoned_segments", "Abandoned segments", Conversations, Count, Down,
    "Waits in a queue that ended with the customer leaving.", "count of segments where Kind = Queue, Abandoned = Yes and Abandoned phase is not Voicemail",
    of(Count(abandoned_in_queue()));
    "abandoned_segments_pct", "Abandoned segments %", Conversations, Percent, Down,
    "Abandoned waits as a share of all waits in queues.", "Abandoned segments / Queued",
    ratio(of(Count(abandoned_in_queue())), of(Count(is_kind(&[kind::QUEUE]))));
    "follow_ups", "Follow-ups", Conversations, Count, Neither,
    "Conversations that ended in a voicemail or a wish for a callback.", "count of different Conversation where Kind = Conversation and Abandoned = Follow-Up",
    of(Distinct("conversation_id", All(vec![is_kind(&[kind::CONVERSATION]), Is("abandoned", &["Follow-Up"])])));
    "queued", "Queued", Conversations, Count, Neither,
    "Waits in a queue: one for each queue that a conversation entered.", "count of segments where Kind = Queue",
    of(Count(is_kind(&[kind::QUEUE])));
    "in_progress", "In progress", Conversations, Count, Neither,
    "Conversations that an agent has taken and not yet completed.", "count of segments where Kind = Conversation in Progress",
    of(Count(is_kind(&[kind::CONVERSATION_IN_PROGRESS])));
    "missed_segments", "Missed", Conversations, Count, Down,
    "Offers that no answer came to.", "count of segments where Kind = Missed Conversation",
    of(Count(is_kind(&[kind::MISSED])));
    "rejected_segments", "Rejected", Conversations, Count, Down,
    "Offers that the agent refused.", "count of segments where Kind = Rejected Conversation",
    of(Count(is_kind(&[kind::REJECTED])));
    "missed_pct", "Missed rate", Conversations, Percent, Down,
    "Missed offers as a share of all offers to agents.", "Missed / (handled + missed + rejected + revoked offers)",
    ratio(of(Count(is_kind(&[kind::MISSED]))), of(Count(offered_to_agents())));
    "corrupted_segments", "Corrupted segments", Conversations, Count, Down,
    "Segments whose events are incomplete; no other number counts them.", "count of segments where Kind = Corrupted Conversation Segment",
    of(Count(is_kind(&[kind::CORRUPTED])));
    "segments", "Segments", Conversations, Count, Neither,
    "All segments of any kind.", "count of segments",
    of(Count(Any));
    "transfers", "Transferred", Conversations, Count, Neither,
    "Handled segments that ended in a transfer.", "count of segments where Kind = Conversation, handled, and Followed by = Transfer",
    of(Count(handled_and(Is("followed_by", &["Transfer"]))));
    "transfer_pct", "Transfer rate", Conversations, Percent, Down,
    "Handled segments that ended in a transfer, as a share of all handled segments.", "Transferred / Handled segments",
    ratio(of(Count(handled_and(Is("followed_by", &["Transfer"])))), of(Count(handled())));
    "service_level", "Service level", Conversations, Percent, Up,
    "Share of conversations answered within the workspace's threshold for their queue and channel. Short abandons are left out, longer ones count against it.", "answered within threshold / (answered + abandoned, short abandons left out)",
    ratio(of(Count(handled_and(WithinServiceLevel("queue_time")))),
          Formula::Plus(vec![of(Count(answered())), of(Count(abandoned_not_short()))]));
    "answered_within", "Answered within", Conversations, Percent, Up,
    "Share of answered conversations whose queue time was at most so many seconds.", "answered with Queue time <= seconds / answered",
    answered_within(60);
    "asa", "Average speed of answer", Conversations, Duration, Down,
    "Mean queue time of answered conversations.", "sum of Queue time / count, where Kind = Conversation and handled",
    ratio(of(Sum("queue_time", handled())), of(Count(answered())));
    "aht", "Average handling time", Conversations, Duration, Neither,
    "Mean time that an agent spends on a part of a conversation: talk and wrap-up, and ring for outbound.", "(sum of Talk time + Wrap-up time, + Ring time of outbound) / Handled segments",
    ratio(handling(), of(Count(handled_and(Has("talk_time")))));
    "handling_time", "Handling time", Conversations, Duration, Neither,
    "Talk and wrap-up, and ring for outbound.", "sum of Talk time + Wrap-up time, + Ring time of outbound",
    handling();
    "talk_time", "Talk time", Conversations, Duration, Neither,
    "Sum of talk time.", "sum of Talk time where handled",
    of(Sum("talk_time", handled()));
    "average_talk_time", "Average talk time", Conversations, Duration, Neither,
    "Mean talk time of handled segments.", "sum of Talk time / count with Talk time",
    ratio(of(Sum("talk_time", handled())), of(Count(handled_and(Has("talk_time")))));
    "average_wrap_up_time", "Average wrap-up time", Conversations, Duration, Down,
    "Mean wrap-up time of handled segments.", "sum of Wrap-up time / count with Wrap-up time",
    ratio(of(Sum("wrap_up_time", handled())), of(Count(handled_and(Has("wrap_up_time")))));
    "average_ring_time", "Average ring time", Conversations, Duration, Down,
    "Mean ring time of handled segments.", "sum of Ring time / count with Ring time",
    ratio(of(Sum("ring_time", handled())), of(Count(handled_and(Has("ring_time")))));
    "average_hold_time", "Average hold time", Conversations, Duration, Down,
    "Mean hold time of segments with hold.", "sum of Hold time / count where Hold time >= 1",
    ratio(of(Sum("hold_time", handled())), of(Count(handled_and(AtLeast("hold_time", 1)))));
    "median_hold_time", "Median hold time", Conversations, Duration, Down,
    "Median hold time of segments with hold.", "median of Hold time where Hold time >= 1",
    of(Percentile("hold_time", 0.5, handled_and(AtLeast("hold_time", 1))));
    "conversations_with_hold", "Conversations with hold", Conversations, Count, Down,
    "Different conversations that were put on hold.", "count of different Conversation where Hold time >= 1",
    of(Distinct("conversation_id", handled_and(AtLeast("hold_time", 1))));
    "conversations_with_hold_pct", "Conversations with hold %", Conversations, Percent, Down,
    "Conversations with hold as a share of handled conversations.", "Conversations with hold / Handled conversations",
    ratio(of(Distinct("conversation_id", handled_and(AtLeast("hold_time", 1)))), of(Distinct("conversation_id", handled())));
    "average_abandon_time", "Average time to abandon", Conversations, Duration, Neither,
    "Mean wait of customers who left.", "sum of Abandon time / count, where Kind = Conversation and Abandoned = Yes",
    ratio(of(Sum("abandon_time", abandoned())), of(Count(All(vec![abandoned(), Has("abandon_time")]))));
    "longest_wait", "Longest wait", Conversations, Duration, Down,
    "Longest queue time, answered or not.", "maximum of Queue time where Kind = Queue",
    of(Max("queue_time", is_kind(&[kind::QUEUE])));
    "queue_time_p50", "Median queue time", Conversations, Duration, Down,
    "Half of the waits were at most this long.", "50th percentile of Queue time where Kind = Queue",
    of(Percentile("queue_time", 0.5, is_kind(&[kind::QUEUE])));
    "queue_time_p90", "Queue time, 90th percentile", Conversations, Duration, Down,
    "Nine of ten waits were at most this long.", "90th percentile of Queue time where Kind = Queue",
    of(Percentile("queue_time", 0.9, is_kind(&[kind::QUEUE])));
    "queue_time_p95", "Queue time, 95th percentile", Conversations, Duration, Down,
    "Nineteen of twenty waits were at most this long.", "95th percentile of Queue time where Kind = Queue",
    of(Percentile("queue_time", 0.95, is_kind(&[kind::QUEUE])));
    "customers", "Customers", Conversations, Count, Neither,
    "Different customers.", "count of different Customer where Kind = Conversation",
    of(Distinct("customer_id", is_kind(&[kind::CONVERSATION])));
    "agents", "Agents", Conversations, Count, Neither,
    "Different agents who handled a conversation.", "count of different Agent where handled",
    of(Distinct("agent_id", handled()));
    "activity_time", "Activity time", Activities, Duration, Neither,
    "Time in activities.", "sum of Activity time where Kind = Agent Status",
    of(Sum("activity_time", status()));
    "available_time", "Available time", Activities, Duration, Neither,
    "Time in activities in which agents are available.", "sum of Activity time where Activity is an available one",
    of(Sum("activity_time", status_and(Available)));
    "logged_in_time", "Logged-in time", Activities, Duration, Neither,
    "Time in activities other than the offline ones.", "sum of Activity time where Activity is not an offline one",
    of(Sum("activity_time", status_and(LoggedIn)));
    "offline_time", "Offline time", Activities, Duration, Neither,
    "Time in offline activities.", "sum of Activity time where Activity is an offline one",
    of(Sum("activity_time", status_and(Offline)));
    "activities", "Activities", Activities, Count, Neither,
    "Closed stretches in one activity.", "count of segments where Kind = Agent Status",
    of(Count(status()));
    "active_agents", "Agents seen", Activities, Count, Neither,
    "Different agents with a status.", "count of different Agent where Kind = Agent Status",
    of(Distinct("agent_id", status()));
    "available_pct", "Available share", Activities, Percent, Neither,
    "Available time as a share of logged-in time.", "Available time / Logged-in time",
    ratio(of(Sum("activity_time", status_and(Available))), of(Sum("activity_time", status_and(LoggedIn))));
    "agents_now", "Agents logged in now", Activities, Count, Neither,
    "Agents whose current activity is not an offline one.", "count of different Agent where Kind = Agent Status in Progress and Activity is not an offline one",
    of(Distinct("agent_id", All(vec![is_kind(&[kind::AGENT_STATUS_IN_PROGRESS]), LoggedIn])));
    "workload_talk_time", "Talk time (workload)", Workload, Duration, Neither,
    "Talk time booked where it happened, in 15-minute slices.", "sum of Workload talk time",
    of(Sum("workload_talk_time", is_kind(&[kind::CONVERSATION])));
    "workload_wrap_up_time", "Wrap-up time (workload)", Workload, Duration, Neither,
    "Wrap-up time booked where it happened, in 15-minute slices.", "sum of Workload wrap-up time",
    of(Sum("workload_wrap_up_time", is_kind(&[kind::CONVERSATION])));
    "workload_activity_time", "Activity time (workload)", Workload, Duration, Neither,
    "Activity time booked where it happened, in 15-minute slices.", "sum of Workload activity time",
    of(Sum("workload_activity_time", status()));
    "idle_time", "Idle time", Workload, Duration, Neither,
    "Available and without a conversation.", "sum of Workload activity time where Activity is an available one and Parallel conversations = 0",
    idle_available();
    "occupancy", "Occupancy", Workload, Percent, Neither,
    "Working time as a share of working and idle available time.", "(talk + wrap-up) / (talk + wrap-up + idle)",
    ratio(working(), Formula::Plus(vec![working(), idle_available()]));
    "utilisation", "Utilisation", Workload, Percent, Neither,
    "Working time as a share of logged-in time. Parallel conversations can bring it above 100 %.", "(talk + wrap-up) / activity time in activities other than the offline ones",
    ratio(working(), of(Sum("workload_activity_time", status_and(LoggedIn))));
    "parallel_conversations_max", "Most parallel conversations", Workload, Count, Neither,
    "Most conversations that an agent had at once.", "maximum of Parallel conversations",
    of(Max("parallel_conversations", status()));
}

impl PartialEq for MetricDef {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
