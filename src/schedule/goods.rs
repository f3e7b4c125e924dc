//! What is handed over comes from the hub.
//!
//! A vehicle is loaded when it leaves the hub, and at each call there, with what its plan then has it
//! hand over. From that moment until the next call nothing can be added, and what is on board is with this
//! vehicle and no other. What is only collected knows no such limit.

use super::{Block, Element, ElementKind, Schedule, Visit};
use crate::model::Load;
use std::ops::Range;

impl Visit {
    /// Whether it hands anything over.
    #[must_use]
    pub fn brings(&self) -> bool {
        self.delivery != Load::ZERO
    }
}

impl Element {
    /// Whether anything is handed over here.
    #[must_use]
    pub fn brings(&self) -> bool {
        self.delivery != Load::ZERO
    }
}

impl Schedule {
    /// The positions at which the visit may be inserted at `now`, whatever its window and the loads: not
    /// before what the vehicle has set off to; where it brings something, not before that can be had,
    /// and, where that is on board already, not behind the next call at the hub.
    #[must_use]
    pub fn open(&self, visit: &Visit, now: i64) -> Range<usize> {
        let (frozen, all) = (self.frozen(now), self.elements.len());
        match visit.brings() {
            true if visit.is_aboard => frozen..self.call_after(frozen).map_or(all, |call| call + 1),
            true => self.loads_from(now)..all,
            false => frozen..all,
        }
    }

    /// The first position for a visit whose goods are at the hub: that after all that is under way where
    /// the vehicle has not left the hub or is on its way there, else that after its next call there; past
    /// the end where it does not call there again. Later moments never give an earlier one.
    #[must_use]
    pub fn loads_from(&self, now: i64) -> usize {
        let frozen = self.frozen(now);
        match self.elements[self.last_stop(frozen)].kind {
            ElementKind::Start | ElementKind::Hub => frozen,
            _ => self.call_after(frozen).map_or(self.elements.len(), |call| call + 1),
        }
    }

    /// Whether the vehicle is away from the hub at `now`, or on its way to it, with what it was loaded
    /// with on board. A break is where the stop before it is.
    #[must_use]
    pub fn is_away(&self, now: i64) -> bool {
        let last = self.last_stop(self.frozen(now));
        match self.elements[last].kind {
            ElementKind::Start => false,
            ElementKind::Hub => self.timings[last].arrive > now,
            _ => true,
        }
    }

    /// Whether what element `at` hands over may be on board at `now`. Of what comes behind a call that
    /// is ahead it is not known whether it was loaded before that call was planned: it counts as on board.
    #[must_use]
    pub fn has_aboard(&self, at: usize, now: i64) -> bool {
        let element = &self.elements[at];
        let is_ahead = at > self.last_hub(self.frozen(now)) && !element.facts.is_reached();
        is_ahead && element.brings() && self.is_away(now)
    }

    /// Why no position is open at `now` to a visit that is otherwise admitted.
    #[must_use]
    pub fn why_closed(&self, now: i64) -> Block {
        if self.frozen(now) < self.elements.len() { Block::Goods } else { Block::UnderWay }
    }

    /// The first call at the hub from element `first` on.
    fn call_after(&self, first: usize) -> Option<usize> {
        let is_call = |at: &usize| self.elements[*at].kind == ElementKind::Hub;
        (first..self.elements.len()).find(is_call)
    }

    /// The last of the first `count` elements that is no break.
    fn last_stop(&self, count: usize) -> usize {
        let is_stop = |element: &Element| element.kind != ElementKind::Rest;
        self.elements[..count].iter().rposition(is_stop).unwrap_or(0)
    }

    /// The last of the first `count` elements at which the vehicle is loaded.
    fn last_hub(&self, count: usize) -> usize {
        let is_hub =
            |element: &Element| matches!(element.kind, ElementKind::Start | ElementKind::Hub);
        self.elements[..count].iter().rposition(is_hub).unwrap_or(0)
    }
}
