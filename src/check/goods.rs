//! What is handed over was loaded at the hub: this is about a change, for a day alone does not say what was
//! planned when a courier left.

use super::{Day, Rule, Violation};
use crate::model::{BookingId, Load, Route, Stop, StopKind};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// Every visit that, by a change of a day's routes at `now`, is to hand over what its courier does not have
/// on board: because they had left the hub before it was theirs, or because another has it.
///
/// `day` is as it is after the change. What a courier told of is not judged. Linear in the stops.
#[must_use]
pub fn check_goods(
    day: &Day<'_>,
    before: &[Route],
    after: &[Route],
    now: DateTime<Utc>,
) -> Vec<Violation> {
    let trips: BTreeMap<_, _> =
        before.iter().filter_map(|route| Some((route.id, Trip::of(day, route, now)?))).collect();
    let mut found = Vec::new();
    for route in after {
        let own = trips.get(&route.id);
        let elsewhere = |booking: &BookingId| {
            let others = trips.iter().filter(|(id, _)| **id != route.id);
            others.into_iter().any(|(_, trip)| trip.loaded.contains(booking))
        };
        let is_missing = |at: usize, booking: &BookingId| {
            let is_sealed = own.is_some_and(|trip| trip.has_part(route, at));
            let is_loaded = own.is_some_and(|trip| trip.loaded.contains(booking));
            elsewhere(booking) || (is_sealed && !is_loaded)
        };
        for (at, stop) in route.stops.iter().enumerate().filter(|(_, stop)| !is_told(stop)) {
            if brings(day, stop).is_some_and(|booking| is_missing(at, &booking)) {
                found.push(Violation::of_stop(route, at, Rule::Goods));
            }
        }
    }
    found
}

/// What a courier is on who has left the hub.
struct Trip {
    /// The stop that they set off to last.
    last: usize,
    /// Whom they have something on board for.
    loaded: BTreeSet<BookingId>,
}

impl Trip {
    /// The trip under way; nothing where the courier is at the hub or on the way there.
    fn of(day: &Day<'_>, route: &Route, now: DateTime<Utc>) -> Option<Self> {
        let stops = &route.stops;
        let told = stops.iter().rposition(is_told);
        let moves = |at: &usize| !matches!(stops[*at].kind, StopKind::Start | StopKind::Break);
        let has_set_off = |at: &usize| {
            let stop = &stops[*at];
            let sets_off = stop.start_at - stop.travel_s.delta();
            let goes = stop.kind != StopKind::End && sets_off.timestamp() < now.timestamp();
            told >= Some(*at) || goes
        };
        let last = (1..stops.len()).filter(moves).take_while(has_set_off).last()?;
        if stops[last].kind != StopKind::Visit {
            return None;
        }
        let ahead = stops[last + 1..].iter().take_while(|stop| stop.kind != StopKind::Hub);
        Some(Self { last, loaded: ahead.filter_map(|stop| brings(day, stop)).collect() })
    }

    /// Whether a stop of the route as it is now is ahead on this trip.
    fn has_part(&self, route: &Route, at: usize) -> bool {
        let between = route.stops.get(self.last + 1..at);
        between.is_some_and(|stops| stops.iter().all(|stop| stop.kind != StopKind::Hub))
    }
}

/// The booking to which something is brought.
fn brings(day: &Day<'_>, stop: &Stop) -> Option<BookingId> {
    let booking = day.bookings.get(&stop.booking?)?;
    (booking.demand.delivery != Load::ZERO).then_some(booking.id)
}

fn is_told(stop: &Stop) -> bool {
    stop.progress.is_told()
}
