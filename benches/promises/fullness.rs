//! How long a stream of customers goes on.

use std::collections::VecDeque;

/// When nobody else asks.
#[derive(Clone, Copy)]
pub(crate) enum Until {
    /// After so many customers.
    Asked(usize),
    /// When the fleet is full: so many of the last so many customers were refused. Refusals one
    /// after the other are a poor mark: one lucky address starts their count anew, and how many
    /// customers the same fleet is asked by is then down to chance.
    Full { refused: usize, of: usize },
}

/// What became of a stream so far.
pub(crate) struct Watch {
    until: Until,
    asked: usize,
    last: VecDeque<bool>,
}

impl Watch {
    pub(crate) fn new(until: Until) -> Self {
        Self { until, asked: 0, last: VecDeque::new() }
    }

    /// Notes what became of one more customer, and tells whether that was the last.
    pub(crate) fn ends(&mut self, refused: bool) -> bool {
        self.asked += 1;
        match self.until {
            Until::Asked(customers) => self.asked >= customers,
            Until::Full { refused: many, of } => {
                self.last.push_back(refused);
                if self.last.len() > of {
                    self.last.pop_front();
                }
                self.last.iter().filter(|&&refused| refused).count() >= many
            }
        }
    }
}
