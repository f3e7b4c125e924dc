//! Calls at the hub on the way: made where a trip would carry more than its courier may, and left out
//! where nothing has to be unloaded any more.
//!
//! A call is planned where it costs the least travel and everything holds again: windows, the shift, the
//! hub's hours, loads. A call stays as long as it is there that the goods for a visit are to be had. One that would make anybody late is not planned; that is for people to decide.

use super::RoutePlan;
use crate::model::Dimension;
use crate::schedule::{Element, ElementKind, Schedule, Violation};

/// So many calls are planned at a time.
const CALLS_MAX: usize = 4;

/// A load that is more than the courier may carry, where something could be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excess {
    /// In which dimension.
    pub dimension: Dimension,
    /// By how much, at most.
    pub by: i64,
}

impl RoutePlan {
    /// What is more on board than may be at one of the stops that the courier has not been at: the first
    /// dimension in which that is so, by the most.
    #[must_use]
    pub fn excess(&self) -> Option<Excess> {
        excess(&self.schedule)
    }

    /// The route with calls at the hub after which nothing is too much, none of them set off to before
    /// `now`; nothing where none are needed, or none help. Quadratic for each call.
    #[must_use]
    pub fn with_hub_calls(&self, now: i64) -> Option<Self> {
        let mut schedule = self.schedule.clone();
        for _ in 0..CALLS_MAX {
            excess(&schedule)?;
            schedule = with_next_call(&schedule, now)?;
            if excess(&schedule).is_none() {
                return Some(self.changed(self.entries.clone(), schedule));
            }
        }
        None
    }

    /// The route without those of its calls at the hub ahead that it can do without; nothing where it
    /// needs them all. Linear for each.
    #[must_use]
    pub fn without_needless_calls(&self, now: i64) -> Option<Self> {
        let mut shorter: Option<Schedule> = None;
        let ahead = self.schedule.hub_calls_after(self.schedule.frozen(now));
        for at in ahead.into_iter().rev() {
            let route = shorter.as_ref().unwrap_or(&self.schedule);
            let without = route.without(at, now);
            if is_no_worse(&without, route) && !brings_goods(route, at, now) {
                shorter = Some(without);
            }
        }
        shorter.map(|schedule| self.changed(self.entries.clone(), schedule))
    }
}

/// The route with one call more, where it helps most: where nothing is too much after it, at the least
/// travel; or else where the first moment comes latest at which something is.
fn with_next_call(route: &Schedule, now: i64) -> Option<Schedule> {
    let over = first_over(route)?;
    let places = route.frozen(now)..=over;
    let called = places.map(|at| (at, route.with_hub_call(at, now)));
    let helps = called.filter(|(_, called)| lateness_s(called) <= lateness_s(route));
    let rank = |(at, called): &(usize, Schedule)| {
        let left = first_over(called);
        let reached = left.map_or(0, |over| called.elements().len() - over);
        (reached, called.travel().travel_s, *at)
    };
    let (_, best) = helps.min_by_key(rank)?;
    let is_further = first_over(&best).is_none_or(|left| left > over + 1);
    is_further.then_some(best)
}

/// The first element at which too much is on board.
fn first_over(route: &Schedule) -> Option<usize> {
    route.violations().into_iter().find_map(|violation| match violation {
        Violation::Overload { at, .. } => Some(at),
        Violation::Late { .. } => None,
    })
}

fn excess(route: &Schedule) -> Option<Excess> {
    let overloads = route.violations().into_iter().filter_map(|violation| match violation {
        Violation::Overload { dimension, by, .. } => Some(Excess { dimension, by }),
        Violation::Late { .. } => None,
    });
    let worse = |worst: Excess, other: Excess| {
        if other.dimension == worst.dimension && other.by > worst.by { other } else { worst }
    };
    overloads.reduce(worse)
}

/// Whether something is to be handed over behind a call that can be had nowhere before it.
fn brings_goods(route: &Schedule, call: usize, now: i64) -> bool {
    let behind = route.elements()[call + 1..].iter();
    let mut trip = behind.take_while(|element| element.kind != ElementKind::Hub);
    route.loads_from(now) > call && trip.any(Element::brings)
}

/// Whether a route is late by no more than another, and carries too much nowhere.
fn is_no_worse(route: &Schedule, other: &Schedule) -> bool {
    first_over(route).is_none() && lateness_s(route) <= lateness_s(other)
}

/// By how much everything is late together, in seconds.
fn lateness_s(route: &Schedule) -> i64 {
    let late = route.violations().into_iter().map(|violation| match violation {
        Violation::Late { by_s, .. } => by_s,
        Violation::Overload { .. } => 0,
    });
    late.sum()
}
