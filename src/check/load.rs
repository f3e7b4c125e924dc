//! What is on board at each stop, and whether the courier may do what is asked.

use super::{Judged, Rule, Violation};
use crate::model::{Load, StopKind};

/// What is handed over from a stop on, until the next call at the hub.
fn loaded_for(judged: &Judged<'_>, first: usize) -> Load {
    let trip = judged.route.stops.iter().enumerate().skip(first);
    let trip = trip.take_while(|(_, stop)| stop.kind != StopKind::Hub);
    trip.filter_map(|(at, _)| judged.booking(at)).map(|booking| booking.demand.delivery).sum()
}

/// Whatever comes of the visits that are still ahead, there is room: each may end with what is to be
/// collected on board, or with what was brought and goes back.
pub(super) fn violations(judged: &Judged<'_>) -> Vec<Violation> {
    let route = judged.route;
    let mut found = Vec::new();
    let stops = 0..route.stops.len();
    let mut on_board = loaded_for(judged, 1);
    let mut at_most = on_board;
    for at in stops {
        let mut note = |rule| found.push(Violation::of_stop(route, at, rule));
        let (before, at_most_before) = (on_board, at_most);
        if let Some(booking) = judged.booking(at) {
            on_board = on_board - booking.demand.delivery + booking.taken_along();
            at_most = at_most - booking.demand.delivery + booking.taken_at_most();
            for skill in booking.demand.skills.difference(&judged.courier.skills) {
                note(Rule::Skill { skill: skill.clone() });
            }
        }
        if route.stops[at].kind == StopKind::Hub {
            on_board = loaded_for(judged, at + 1);
            at_most = on_board;
        }
        if (route.stops[at].load_before, route.stops[at].load_after) != (before, on_board) {
            note(Rule::LoadNoted);
        }
        if let Some((dimension, by)) =
            at_most_before.max(at_most).excess_over(judged.courier.capacity)
        {
            note(Rule::Overload { dimension, by });
        }
    }
    let (made, most) = (route.bookings().count(), judged.courier.max_stops);
    if let Some(by) = most.and_then(|most| made.checked_sub(most as usize)).filter(|by| *by > 0) {
        found.push(Violation::of_route(route, Rule::MaxStops { by }));
    }
    found
}
