//! Evaluated routes as the stops that are stored, shown and checked.

use super::{DayPlan, RoutePlan};
use crate::model::{BookingId, Load, Progress, Route, Seconds, Stop, StopKind};
use crate::schedule::{Element, ElementKind, Facts, Timing};
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
            ends_at: self.of.ends_at.as_ref().map(|hub| hub.id.clone()),
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
        let mut on_board = self.loaded_for(&elements[1..]);
        let mut stops = Vec::with_capacity(elements.len());
        for (at, (element, timing)) in elements.iter().zip(timings).enumerate() {
            let load_before = on_board;
            on_board = match element.kind {
                ElementKind::Visit(ordinal) => {
                    let booking = &self.entries[ordinal as usize].booking;
                    load_before - booking.brought() + booking.taken_along()
                }
                ElementKind::Hub => self.loaded_for(&elements[at + 1..]),
                ElementKind::Start | ElementKind::Rest | ElementKind::End => load_before,
            };
            stops.push(self.stop(element, timing, (load_before, on_board)));
        }
        leave_just_in_time(&mut stops);
        end_where_called_at(&mut stops);
        stops
    }

    /// What the trip hands over of which these are the elements, and those after it.
    fn loaded_for(&self, trip: &[Element]) -> Load {
        let trip = trip.iter().take_while(|element| element.kind != ElementKind::Hub);
        let brought = trip.filter_map(|element| match element.kind {
            ElementKind::Visit(ordinal) => Some(self.entries[ordinal as usize].booking.brought()),
            _ => None,
        });
        brought.sum()
    }

    /// What an element is as a stop, and whose.
    #[must_use]
    pub(super) fn stop_kind(&self, kind: ElementKind) -> (StopKind, Option<BookingId>) {
        match kind {
            ElementKind::Start => (StopKind::Start, None),
            ElementKind::Visit(ordinal) => {
                (StopKind::Visit, Some(self.entries[ordinal as usize].booking.id))
            }
            ElementKind::Rest => (StopKind::Break, None),
            ElementKind::Hub => (StopKind::Hub, None),
            ElementKind::End => (StopKind::End, None),
        }
    }

    /// One stop, with what is on board before and after it as planned: an exchange is planned to
    /// succeed, though there is room for what goes back if it does not.
    fn stop(&self, element: &Element, timing: &Timing, loads: (Load, Load)) -> Stop {
        let (load_before, load_after) = loads;
        let (kind, booking) = self.stop_kind(element.kind);
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
            load_after,
            progress: progress_of(&element.facts),
        }
    }
}

fn progress_of(facts: &Facts) -> Progress {
    Progress {
        departed_at: facts.departed.map(moment),
        arrived_at: facts.arrived.map(moment),
        left_at: facts.left.map(moment),
        expected_at: facts.expected.map(moment),
        rank: facts.rank,
        at_risk: facts.at_risk,
    }
}

/// A courier waits at the hub rather than at the first door.
fn leave_just_in_time(stops: &mut [Stop]) {
    let [start, first, ..] = stops else { return };
    if first.kind == StopKind::Visit {
        let leave_at = match first.progress {
            Progress { departed_at: Some(departed_at), .. } => departed_at,
            Progress { arrived_at: Some(arrived_at), .. } => arrived_at - first.travel_s.delta(),
            _ => first.start_at - first.travel_s.delta(),
        };
        if leave_at > start.leave_at {
            (start.arrive_at, start.start_at, start.leave_at) = (leave_at, leave_at, leave_at);
            if first.progress.departed_at.or(first.progress.arrived_at).is_none() {
                first.arrive_at = first.start_at;
                first.wait_s = Seconds::ZERO;
            }
        }
    }
}

/// A courier who called at the hub and has nothing more to do is back: the end tells of both.
fn end_where_called_at(stops: &mut Vec<Stop>) {
    let [.., call, end] = stops.as_slice() else { return };
    if call.kind != StopKind::Hub || !call.progress.is_told() {
        return;
    }
    let back = Stop {
        kind: end.kind,
        start_at: call.arrive_at,
        leave_at: call.arrive_at,
        wait_s: Seconds::ZERO,
        service_s: Seconds::ZERO,
        load_after: call.load_before,
        ..call.clone()
    };
    stops.truncate(stops.len() - 2);
    stops.push(back);
}

fn moment(unix_s: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(unix_s, 0).unwrap_or_default()
}
