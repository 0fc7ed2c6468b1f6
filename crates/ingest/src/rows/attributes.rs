//! Which event's attributes count for a row, parsed once.

use super::fields::{self, Object};
use super::timeline::{Moment, What};
use std::borrow::Cow;
use std::cell::OnceCell;

/// The attributes of a timeline's events, parsed when first asked for.
pub(super) struct Attributes<'a> {
    moments: &'a [Moment<'a>],
    task: Vec<OnceCell<Option<Cow<'a, Object>>>>,
    worker: Vec<OnceCell<Option<Cow<'a, Object>>>>,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(moments: &'a [Moment<'a>]) -> Self {
        let cells = || moments.iter().map(|_| OnceCell::new()).collect();
        Self { moments, task: cells(), worker: cells() }
    }

    /// The task attributes that the event at this place carries.
    pub(super) fn task(&self, at: usize) -> Option<&Object> {
        self.task[at].get_or_init(|| fields::object(self.moments[at].event, "task_attributes")).as_deref()
    }

    /// The worker attributes that the event at this place carries.
    pub(super) fn worker(&self, at: usize) -> Option<&Object> {
        self.worker[at].get_or_init(|| fields::object(self.moments[at].event, "worker_attributes")).as_deref()
    }

    /// The place whose task attributes count for a row that was decided at `as_of`: that event's own; else those
    /// of the nearest event at which attributes are read, earlier ones first (domain reference 2.6: the value at
    /// completion or cancellation counts, later ones don't); else those of any event at all.
    pub(super) fn place_for(&self, as_of: usize) -> Option<usize> {
        if self.task(as_of).is_some() {
            return Some(as_of);
        }
        self.nearest(as_of, What::reads_attributes).or_else(|| self.nearest(as_of, |_| true))
    }

    fn nearest(&self, as_of: usize, wanted: impl Fn(What) -> bool) -> Option<usize> {
        let good = |at: &usize| wanted(self.moments[*at].what) && self.task(*at).is_some();
        (0..as_of).rev().find(good).or_else(|| (as_of + 1..self.moments.len()).find(good))
    }
}
