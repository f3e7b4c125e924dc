//! Each stop follows from the one before it, and every window, shift, hub and break holds. What a
//! courier told is taken as it is: it can be late, but not wrong.

use super::{Judged, Rule, Violation};
use crate::model::{Door, Progress, Seconds, Stop, StopKind};
use chrono::{DateTime, Utc};

pub(super) fn violations(judged: &Judged<'_>) -> Vec<Violation> {
    let stops = &judged.route.stops;
    if !is_well_formed(stops) {
        return vec![Violation::of_route(judged.route, Rule::Shape)];
    }
    let mut found = Vec::new();
    let mut note = |at: usize, rules: Vec<Rule>| {
        found.extend(rules.into_iter().map(|rule| Violation::of_stop(judged.route, at, rule)));
    };
    note(0, start(judged, &stops[0]));
    for (at, pair) in stops.windows(2).enumerate() {
        note(at + 1, way(judged, &pair[0], &pair[1]));
        note(at + 1, stay(judged, at + 1, Door::at(pair[0].place)));
    }
    note(stops.len() - 1, end(judged, &stops[stops.len() - 1]));
    if !takes_its_break(judged) {
        found.push(Violation::of_route(judged.route, Rule::Break));
    }
    found
}

/// A start, then visits, breaks and calls at the hub, then an end; only visits have bookings.
fn is_well_formed(stops: &[Stop]) -> bool {
    let [first, between @ .., last] = stops else { return false };
    let inner = |stop: &Stop| match stop.kind {
        StopKind::Visit => stop.booking.is_some(),
        StopKind::Break | StopKind::Hub => stop.booking.is_none(),
        StopKind::Start | StopKind::End => false,
    };
    first.kind == StopKind::Start && last.kind == StopKind::End && between.iter().all(inner)
}

fn start(judged: &Judged<'_>, stop: &Stop) -> Vec<Rule> {
    let shift = judged.route.shift.starts;
    let opens = judged.hub.hours(judged.region, judged.route.date).start;
    let mut rules = Vec::new();
    rules.extend((stop.place != judged.hub.place).then_some(Rule::Place));
    rules.extend(after(shift, stop.leave_at).map(|by_s| Rule::ShiftStart { by_s }));
    rules.extend(after(opens, stop.leave_at).map(|by_s| Rule::HubClosed { by_s }));
    rules
}

fn end(judged: &Judged<'_>, stop: &Stop) -> Vec<Rule> {
    let shift = judged.route.shift.ends;
    let closes = judged.end.hours(judged.region, judged.route.date).end;
    let mut rules = Vec::new();
    rules.extend((stop.place != judged.end.place).then_some(Rule::Place));
    rules.extend(after(stop.arrive_at, shift).map(|by_s| Rule::ShiftEnd { by_s }));
    rules.extend(after(stop.arrive_at, closes).map(|by_s| Rule::HubClosed { by_s }));
    rules
}

/// The way from one stop to the next.
fn way(judged: &Judged<'_>, from: &Stop, to: &Stop) -> Vec<Rule> {
    let leg = judged.region.travel.leg(from.place, to.place, judged.courier.vehicle);
    let mut rules = Vec::new();
    let planned = to.not_before.map_or(from.leave_at, |moment| moment.max(from.leave_at));
    let sets_off = to.progress.departed_at.unwrap_or(planned);
    if leg.travel_s != to.travel_s || leg.distance_m != to.distance_m {
        rules.push(Rule::Travel);
    }
    // Where the courier was, or was seen on the way, the way took as long as it took.
    let is_told = to.progress.arrived_at.or(to.progress.expected_at).is_some();
    if to.arrive_at < sets_off + leg.travel_s.delta() && !is_told {
        rules.push(Rule::Clock);
    }
    rules
}

/// The time at a stop.
fn stay(judged: &Judged<'_>, at: usize, previous: Door) -> Vec<Rule> {
    let stop = &judged.route.stops[at];
    let mut rules = Vec::new();
    let adds_up = stop.arrive_at + stop.wait_s.delta() == stop.start_at
        && stop.start_at + stop.service_s.delta() == stop.leave_at
        && stop.wait_s >= Seconds::ZERO
        && stop.service_s >= Seconds::ZERO;
    rules.extend((!adds_up).then_some(Rule::Clock));
    if stop.kind == StopKind::Hub {
        rules.extend(call(judged, stop));
    }
    let Some(booking) = judged.booking(at) else { return rules };
    let door = Door::at(stop.place);
    let setup_s = if door == previous { Seconds::ZERO } else { booking.demand.setup_s };
    let missing_s = (booking.demand.service_s + setup_s - stop.service_s).get();
    rules.extend((stop.place != booking.place()).then_some(Rule::Place));
    let Progress { arrived_at, left_at, .. } = stop.progress;
    let is_short = missing_s > 0 && left_at.is_none();
    rules.extend(is_short.then_some(Rule::Service { by_s: missing_s }));
    let early = after(booking.window.start, stop.start_at);
    let early = early.filter(|_| arrived_at.or(left_at).is_none());
    rules.extend(early.map(|by_s| Rule::Early { by_s }));
    rules.extend(after(stop.start_at, booking.window.end).map(|by_s| Rule::Late { by_s }));
    rules
}

/// A call at the hub where the route ends, within its hours and long enough, unless it was told.
fn call(judged: &Judged<'_>, stop: &Stop) -> Vec<Rule> {
    let mut rules = Vec::new();
    rules.extend((stop.place != judged.end.place).then_some(Rule::Place));
    if stop.progress.is_told() {
        return rules;
    }
    let closes = judged.end.hours(judged.region, judged.route.date).end;
    rules.extend(after(stop.leave_at, closes).map(|by_s| Rule::HubClosed { by_s }));
    let missing_s = (judged.region.live.hub_call_s - stop.service_s).get();
    rules.extend((missing_s > 0).then_some(Rule::Service { by_s: missing_s }));
    rules
}

/// Exactly the break that the shift has, where the courier then is.
fn takes_its_break(judged: &Judged<'_>) -> bool {
    let stops = &judged.route.stops;
    let mut taken = stops.windows(2).filter(|pair| pair[1].kind == StopKind::Break);
    match (judged.route.shift.rest, taken.next(), taken.next()) {
        (None, None, None) => true,
        (Some(rest), Some([before, stop]), None) => {
            rest.window.contains(stop.start_at)
                && stop.leave_at - stop.start_at >= rest.duration_s.delta()
                && stop.place == before.place
        }
        _ => false,
    }
}

/// By how many seconds `a` is after `b`.
fn after(a: DateTime<Utc>, b: DateTime<Utc>) -> Option<i64> {
    let by_s = (a - b).num_seconds();
    (by_s > 0).then_some(by_s)
}
