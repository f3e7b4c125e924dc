//! What is on board at each stop, and whether the courier may do what is asked.

use super::{Judged, Rule, Violation};
use crate::model::Load;

pub(super) fn violations(judged: &Judged<'_>) -> Vec<Violation> {
    let route = judged.route;
    let mut found = Vec::new();
    let stops = 0..route.stops.len();
    let mut on_board = stops
        .clone()
        .filter_map(|at| judged.booking(at))
        .fold(Load::ZERO, |load, booking| load + booking.demand.delivery);
    for at in stops {
        let mut note = |rule| found.push(Violation::of_stop(route, at, rule));
        let before = on_board;
        if let Some(booking) = judged.booking(at) {
            on_board = on_board - booking.demand.delivery + booking.demand.pickup;
            for skill in booking.demand.skills.difference(&judged.courier.skills) {
                note(Rule::Skill { skill: skill.clone() });
            }
        }
        if (route.stops[at].load_before, route.stops[at].load_after) != (before, on_board) {
            note(Rule::LoadNoted);
        }
        if let Some((dimension, by)) = before.max(on_board).excess_over(judged.courier.capacity) {
            note(Rule::Overload { dimension, by });
        }
    }
    let (made, most) = (route.bookings().count(), judged.courier.max_stops);
    if let Some(by) = most.and_then(|most| made.checked_sub(most as usize)).filter(|by| *by > 0) {
        found.push(Violation::of_route(route, Rule::MaxStops { by }));
    }
    found
}
