//! Evaluated routes as the stops that are stored, shown and checked.

use super::{DayPlan, RoutePlan};
use crate::model::{Load, Route, Seconds, Stop, StopKind};
use crate::schedule::{Element, ElementKind, Timing};
use chrono::{DateTime, Utc};

impl RoutePlan {
    /// The route as it is stored, shown and checked.
    #[must_use]
    pub fn to_route(&self, day: &DayPlan) -> Route {
        Route {
            id: self.id,
            region: day.region.id.clone(),
            date: day.date,
            courier: self.of.courier.id.clone(),
            hub: self.of.hub.id.clone(),
            shift: self.of.shift,
            version: self.version,
            stops: self.stops(),
        }
    }

    /// The stops with their times and loads.
    #[must_use]
    pub fn stops(&self) -> Vec<Stop> {
        let elements = self.schedule.elements();
        let timings = self.schedule.timings();
        let loads_before = loads_before(timings);
        let mut stops: Vec<Stop> = elements
            .iter()
            .zip(timings)
            .zip(loads_before)
            .map(|((element, timing), load_before)| self.stop(element, timing, load_before))
            .collect();
        leave_just_in_time(&mut stops);
        stops
    }

    fn stop(&self, element: &Element, timing: &Timing, load_before: Load) -> Stop {
        let (kind, booking) = match element.kind {
            ElementKind::Start => (StopKind::Start, None),
            ElementKind::Visit(ordinal) => {
                (StopKind::Visit, Some(self.entries[ordinal as usize].booking.id))
            }
            ElementKind::Rest => (StopKind::Break, None),
            ElementKind::End => (StopKind::End, None),
        };
        Stop {
            kind,
            booking,
            place: element.place,
            not_before: (element.not_before > 0).then(|| moment(element.not_before)),
            arrive_at: moment(timing.arrive),
            start_at: moment(timing.start),
            leave_at: moment(timing.ready),
            travel_s: timing.leg.travel_s,
            distance_m: timing.leg.distance_m,
            wait_s: Seconds(timing.start - timing.arrive),
            service_s: Seconds(timing.ready - timing.start),
            load_before,
            load_after: timing.load,
        }
    }
}

/// On board on arrival: what was on board on leaving the stop before.
fn loads_before(timings: &[Timing]) -> Vec<Load> {
    let first = timings.first().map_or(Load::ZERO, |timing| timing.load);
    std::iter::once(first).chain(timings.iter().map(|timing| timing.load)).collect()
}

/// A courier waits at the hub rather than at the first door.
fn leave_just_in_time(stops: &mut [Stop]) {
    let [start, first, ..] = stops else { return };
    if first.kind == StopKind::Visit {
        let leave_at = first.start_at - first.travel_s.delta();
        if leave_at > start.leave_at {
            (start.arrive_at, start.start_at, start.leave_at) = (leave_at, leave_at, leave_at);
            first.arrive_at = first.start_at;
            first.wait_s = Seconds::ZERO;
        }
    }
}

fn moment(unix_s: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(unix_s, 0).unwrap_or_default()
}
