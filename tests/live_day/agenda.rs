//! What is to happen when.

use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Task {
    /// The service has something to do by itself.
    Due,
    /// A customer asks, by their number.
    Customer(usize),
    /// A customer calls off, or wants another slot.
    SecondThoughts(usize),
    /// A courier goes on, by their number.
    Courier(usize),
    /// A courier's phone tells where it is.
    Position(usize),
    /// A courier's phone is in reach again.
    BackInReach(usize),
    /// The dispatcher's n-th deed.
    Dispatcher(usize),
}

/// Things that happen one after the other; those of one moment in the order in which they were noted.
#[derive(Default)]
pub(crate) struct Agenda {
    tasks: BinaryHeap<Reverse<(DateTime<Utc>, usize, Task)>>,
    noted: usize,
}

impl Agenda {
    pub(crate) fn note(&mut self, at: DateTime<Utc>, task: Task) {
        self.noted += 1;
        self.tasks.push(Reverse((at, self.noted, task)));
    }

    pub(crate) fn next(&mut self) -> Option<(DateTime<Utc>, Task)> {
        self.tasks.pop().map(|Reverse((at, _, task))| (at, task))
    }
}
