//! A segment before its attributes: when, what kind, which facts, and where to read the rest.

/// How a segment came to be; decides which facts it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// A wait in one queue.
    Queue,
    /// An offer that was not accepted.
    Offer,
    /// Accepted and not completed.
    Progress,
    /// An agent's part of the conversation.
    Handled,
    /// The conversation row of an abandon: nobody's.
    Abandoned,
}

/// One segment to be.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub form: Form,
    pub kind: &'static str,
    pub id: String,
    /// Epoch milliseconds, whole seconds.
    pub start: i64,
    pub end: Option<i64>,
    /// The event that decided the row: its attributes count.
    pub as_of: usize,
    /// Places to read the queue from, best first.
    pub queue_at: Vec<usize>,
    /// Places to read the worker from, best first; empty for rows without an agent.
    pub worker_at: Vec<usize>,
    /// The reservation's sid, for media of its own.
    pub reservation: Option<String>,
    /// Ended by the customer (or the task) in the queue.
    pub abandoned: bool,
    /// The event by which an agent took it.
    pub accepted: Option<usize>,
    /// An agent's part that ended in a transfer.
    pub transferred: bool,
    /// An agent's part that came from a transfer.
    pub from_transfer: bool,
    /// Where talk ends and wrap-up begins.
    pub talk_end: Option<i64>,
    /// Corrupted for one reason only: no wait was seen. A queue time supplied by the task mends it.
    pub lacks_wait: bool,
    pub queue_time: Option<i64>,
    pub ring_time: Option<i64>,
    pub talk_time: Option<i64>,
    pub wrap_up_time: Option<i64>,
}

impl Draft {
    pub(super) fn new(form: Form, kind: &'static str, id: String, start: i64, as_of: usize) -> Self {
        Self {
            form,
            kind,
            id,
            start,
            end: None,
            as_of,
            queue_at: Vec::new(),
            worker_at: Vec::new(),
            reservation: None,
            abandoned: false,
            accepted: None,
            transferred: false,
            from_transfer: false,
            talk_end: None,
            lacks_wait: false,
            queue_time: None,
            ring_time: None,
            talk_time: None,
            wrap_up_time: None,
        }
    }
}
