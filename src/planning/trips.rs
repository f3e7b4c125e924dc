//! A place for a visit on a route that has the time for it but not the room on board: its courier calls
//! at the hub on the way.

use super::route_plan::{not_before, visit_of};
use super::squeeze::Rearrangement;
use super::{DayPlan, Entry, RoutePlan};
use crate::model::{Booking, Leg};
use crate::schedule::{Block, Schedule, Visit, WindowFit};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// So many positions are tried, those first that add the least travel without the call.
const POSITIONS_MAX: usize = 16;

/// A place for a booking where only the load stands in the way, with the calls at the hub that it takes,
/// at the least travel of those tried; nothing where there is none.
///
/// Nobody else moves to another route or gets late, and no courier sets off to the hub for a hold before
/// the hold has run out. The same day, booking and moment give the same answer.
#[must_use]
pub fn insert_with_call(
    day: &DayPlan,
    booking: &Booking,
    now: DateTime<Utc>,
) -> Option<Rearrangement> {
    let not_before = not_before(booking, now);
    let visit = visit_of(booking, not_before, &day.blocked);
    let entry = Arc::new(Entry { booking: booking.clone(), version: 0 });
    let routes = day.routes.iter().enumerate();
    let mut places: Vec<_> = routes
        .flat_map(|(index, route)| {
            let places = overloaded(&route.schedule, &visit, now.timestamp());
            places.into_iter().map(move |(travel_s, at)| (travel_s, index, at))
        })
        .collect();
    places.sort_unstable();
    let tried = places.into_iter().take(POSITIONS_MAX).filter_map(|(_, index, at)| {
        let with = day.routes[index].with(at, Arc::clone(&entry), not_before);
        let called = with.with_hub_calls(not_before)?;
        Some((index, called)).filter(|(_, called)| called.schedule.violations().is_empty())
    });
    let extra = |(index, called): &(usize, RoutePlan)| {
        let (old, new) = (day.routes[*index].schedule.travel(), called.schedule.travel());
        Leg { travel_s: new.travel_s - old.travel_s, distance_m: new.distance_m - old.distance_m }
    };
    let (index, called) = tried.min_by_key(|found| (extra(found).travel_s, found.0))?;
    Some(Rearrangement { extra: extra(&(index, called.clone())), routes: vec![(index, called)] })
}

/// The open positions of a route at which the visit is in time but too much would be on board, with the
/// travel that it adds there, in seconds.
fn overloaded(route: &Schedule, visit: &Visit, now: i64) -> Vec<(i64, usize)> {
    if route.carries_anywhere(visit) || route.admits(visit).is_err() {
        return Vec::new();
    }
    let is_over = |&at: &usize| matches!(route.carries(at, visit), Err(Block::Load(..)));
    let over = route.open(visit, now).filter(|&at| route.may_fit(at, visit)).filter(is_over);
    over.map(|at| route.gap(at, visit, now))
        .filter(|gap| matches!(gap.fit(visit.opens, visit.closes), WindowFit::Fits(_)))
        .map(|gap| (gap.extra.travel_s.get(), gap.at))
        .collect()
}
