//! Every booking with a place is on exactly one route, and only those are.

use super::{Day, Rule, Violation};
use crate::model::{BookingId, Route};
use std::collections::HashMap;

pub(super) fn violations(day: &Day<'_>, routes: &[Route]) -> Vec<Violation> {
    let mut visits: HashMap<BookingId, usize> = HashMap::new();
    let mut found = Vec::new();
    for route in routes {
        for (at, stop) in route.stops.iter().enumerate() {
            let Some(id) = stop.booking else { continue };
            *visits.entry(id).or_default() += 1;
            let belongs = day.bookings.get(&id).is_some_and(|booking| {
                let same_day = booking.region == route.region && booking.date == route.date;
                same_day && booking.state.has_place()
            });
            if !belongs {
                found.push(Violation::of_stop(route, at, Rule::NotOfThisDay));
            }
        }
    }
    for id in day.unassigned {
        *visits.entry(*id).or_default() += 1;
    }
    let mut expected: Vec<_> = day.bookings.values().filter(|b| b.state.has_place()).collect();
    expected.sort_by_key(|booking| booking.id);
    for booking in expected {
        match visits.get(&booking.id) {
            Some(1) => {}
            None => found.push(Violation::of_booking(booking.id, Rule::NotVisited)),
            Some(_) => found.push(Violation::of_booking(booking.id, Rule::VisitedTwice)),
        }
    }
    found
}
