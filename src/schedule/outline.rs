//! A route's outline: cheap bounds on what a visit would find at each position.
//!
//! The exact answer for a position ([`Schedule::gap`]) takes two or three great-circle distances. Of
//! thousands of positions only a few matter; these bounds leave out the others. They are computed
//! for all positions of a route in plain loops over arrays of 32-bit numbers, which compilers turn
//! into vector instructions, eight elements at a time.
//!
//! A bound never excludes what the exact answer allows: the distance is that of the chord through
//! the Earth, which is never longer than the way along the surface and hardly shorter, and what 32
//! bits may lose is taken off it first.

use super::bounds::{Bounds, Probe};
use super::pace::Pace;
use super::{Element, ElementKind, Schedule, Visit};
use crate::geo::{EARTH_RADIUS_M, Point};

/// Moments and durations are cut off here, about 15 years from the start of a shift.
const SPAN_S: i64 = 500_000_000;
/// What rounding to 32 bits may add, as a share of what is rounded; generous.
pub(super) const ROUNDING: f64 = 4e-6;

/// So many elements are bounded at a time.
pub(super) const LANES: usize = 8;

/// Neighbouring elements of a route: index `i` of every array is the `i`-th of them. Moments are seconds
/// from the start of the shift.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lanes {
    /// Metres from the hub.
    x: [f32; LANES],
    y: [f32; LANES],
    z: [f32; LANES],
    /// The element before it is ready to be left.
    ready: [i32; LANES],
    /// Begun by here, with set-up to do, or something is late.
    begin_by: [i32; LANES],
    /// The way to it from the element before it, in seconds.
    leg_s: [i32; LANES],
}

/// What bounds are computed from.
#[derive(Clone, Debug)]
pub(super) struct Outline {
    /// The start of the shift.
    pub(super) origin: i64,
    /// The hub, metres from the middle of the Earth.
    hub: [f64; 3],
    /// The farthest element from the hub, metres on one axis.
    reach_m: f64,
    /// All elements; what is left over at the end is the hub.
    pub(super) lanes: Vec<Lanes>,
    /// The longest set-up of any element, in seconds.
    setup_s: i32,
    rest: Option<RestAt>,
    pace: Pace,
}

/// The break of a route: from a visit right before it, the way goes on to what follows the break.
#[derive(Clone, Copy, Debug)]
struct RestAt {
    at: usize,
    begin_by: i32,
    duration_s: i32,
    /// What follows it has begun by here.
    begin_beyond_by: i32,
    /// The way to what follows it.
    leg_beyond_s: i32,
}

impl Outline {
    pub(super) fn of(schedule: &Schedule) -> Self {
        let (vehicle, elements) = (&schedule.vehicle, &schedule.elements);
        let origin = vehicle.earliest();
        let hub = on_globe(vehicle.depot);
        let mut outline = Self {
            origin,
            hub,
            reach_m: 0.0,
            lanes: vec![Lanes::default(); elements.len().div_ceil(LANES)],
            setup_s: span_s(elements.iter().map(|element| element.setup_s).max().unwrap_or(0)),
            rest: None,
            pace: Pace::of(vehicle),
        };
        for at in 0..elements.len() {
            outline.take(schedule, at);
        }
        let rest = elements.iter().position(|element| element.kind == ElementKind::Rest);
        outline.rest = rest.map(|at| outline.rest_at(schedule, at));
        outline
    }

    /// Notes an element.
    fn take(&mut self, schedule: &Schedule, at: usize) {
        let (element, timing) = (&schedule.elements[at], &schedule.timings[at]);
        let place = minus(on_globe(element.place), self.hub);
        self.reach_m = place.iter().fold(self.reach_m, |most, m| most.max(m.abs()));
        let (lanes, lane) = (&mut self.lanes[at / LANES], at % LANES);
        [lanes.x[lane], lanes.y[lane], lanes.z[lane]] = place.map(narrow);
        let before = at.checked_sub(1).map(|before| schedule.timings[before].ready);
        lanes.ready[lane] = before.map_or(0, |ready| span_s(ready - self.origin));
        lanes.begin_by[lane] = begin_by(element, schedule.latest_ready[at], self.origin);
        lanes.leg_s[lane] = span_s(timing.leg.travel_s.get());
    }

    fn rest_at(&self, schedule: &Schedule, at: usize) -> RestAt {
        let rest = &schedule.elements[at];
        let (lanes, lane) = (&self.lanes[(at + 1) / LANES], (at + 1) % LANES);
        RestAt {
            at,
            begin_by: span_s(rest.closes - self.origin),
            duration_s: span_s(rest.service_s),
            begin_beyond_by: lanes.begin_by[lane],
            leg_beyond_s: lanes.leg_s[lane],
        }
    }

    /// Fills in how long the way from the visit to each element takes at least.
    pub(super) fn ways(&self, probe: &Probe<'_>, way_s: &mut [i32]) {
        let from = minus(probe.place, self.hub);
        let far_m = from.iter().fold(self.reach_m, |most, m| most.max(m.abs()));
        let lost_m = narrow(0.01 + far_m * ROUNDING);
        let [px, py, pz] = from.map(narrow);
        for (lanes, way_s) in self.lanes.iter().zip(way_s.as_chunks_mut::<LANES>().0) {
            for (lane, way_s) in way_s.iter_mut().enumerate() {
                let (dx, dy, dz) = (lanes.x[lane] - px, lanes.y[lane] - py, lanes.z[lane] - pz);
                let straight_m = (dx * dx + dy * dy + dz * dz).sqrt() - lost_m;
                *way_s = self.pace.least_s(straight_m);
            }
        }
    }

    /// Fills in the bounds of all positions, `shift` seconds later than by the route's own origin.
    pub(super) fn positions(&self, visit: &Visit, now: i64, shift: i32, into: &mut Bounds) {
        let departs = span_s(now.max(visit.not_before).saturating_sub(self.origin));
        let (service_s, setup_s) = (span_s(visit.service_s), span_s(visit.setup_s));
        let earliest = into.earliest.as_chunks_mut::<LANES>().0;
        let latest = into.latest.as_chunks_mut::<LANES>().0;
        let extra_s = into.extra_s.as_chunks_mut::<LANES>().0;
        for (at, lanes) in self.lanes.iter().enumerate() {
            let ways = &into.way_s[at * LANES..][..=LANES];
            let (earliest, latest) = (&mut earliest[at], &mut latest[at]);
            let extra_s = &mut extra_s[at];
            for lane in 0..LANES {
                let (way_in, way_out) = (ways[lane], ways[lane + 1]);
                let setup_s = if way_in == 0 { 0 } else { setup_s };
                let spared_s = if way_out == 0 { self.setup_s } else { 0 };
                let begin_by = lanes.begin_by[lane] + spared_s - way_out;
                earliest[lane] = lanes.ready[lane].max(departs) + way_in + shift;
                latest[lane] = begin_by - service_s - setup_s + shift;
                extra_s[lane] = way_in + way_out - lanes.leg_s[lane];
            }
        }
        if let Some(rest) = self.rest {
            let (way_in, way_out) = (into.way_s[rest.at], into.way_s[rest.at + 2]);
            let setup_s = if way_in == 0 { 0 } else { setup_s };
            let beyond = rest.begin_beyond_by + if way_out == 0 { self.setup_s } else { 0 };
            let rest_by = rest.begin_by.min(beyond - way_out - rest.duration_s);
            into.latest[rest.at] = rest_by - service_s - setup_s + shift;
            into.extra_s[rest.at] = way_in + way_out - rest.leg_beyond_s;
        }
    }
}

fn begin_by(element: &Element, latest_ready: i64, origin: i64) -> i32 {
    span_s(element.closes.min(latest_ready - element.service_s - element.setup_s) - origin)
}

/// Metres from the middle of the Earth.
pub(super) fn on_globe(point: Point) -> [f64; 3] {
    let (lon, lat) = (point.lon().to_radians(), point.lat().to_radians());
    let (east, north) = (lon.sin_cos(), lat.sin_cos());
    [north.1 * east.1, north.1 * east.0, north.0].map(|unit| unit * EARTH_RADIUS_M)
}

fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// Seconds cut off at what a bound can hold.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "the cut-off fits into 32 bits")]
pub fn span_s(seconds: i64) -> i32 {
    seconds.clamp(-SPAN_S, SPAN_S) as i32
}

#[expect(clippy::cast_possible_truncation, reason = "what it loses is taken off every distance")]
pub(super) fn narrow(value: f64) -> f32 {
    value as f32
}
