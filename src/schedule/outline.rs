//! A route's outline: cheap bounds on what a visit would find at each position.
//!
//! The exact answer for a position ([`Schedule::gap`]) takes two or three great-circle distances. Of
//! thousands of positions only a few matter; these bounds leave out the others. They are computed
//! for all positions of a route in plain loops over arrays of 32-bit numbers, which compilers turn
//! into vector instructions.
//!
//! A bound never excludes what the exact answer allows: the distance is that of the chord through
//! the Earth, which is never longer than the way along the surface and hardly shorter, and what 32
//! bits may lose is taken off it first.

use super::{Element, ElementKind, Schedule, Vehicle, Visit};
use crate::geo::{EARTH_RADIUS_M, Point};

/// Moments and durations are cut off here, about 15 years from the start of a shift.
const SPAN_S: i64 = 500_000_000;
/// Two places of one door are at most 1.6 m apart: from this near, there may be no way at all.
const NEAR_M: f32 = 2.0;
/// What rounding to 32 bits may add, as a share of what is rounded; generous.
const ROUNDING: f64 = 4e-6;

/// A visit that is to be bounded on many routes.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'a> {
    /// The visit.
    pub visit: &'a Visit,
    /// Metres from the middle of the Earth.
    place: [f64; 3],
}

impl<'a> Probe<'a> {
    /// A visit with what bounds need of it.
    #[must_use]
    pub fn new(visit: &'a Visit) -> Self {
        Self { visit, place: on_globe(visit.place) }
    }
}

/// Bounds on the positions of one route for one visit. Kept by the caller, so that one allocation
/// serves many routes.
///
/// Index `i` of every array is the position right before element `first + i`. Moments are seconds
/// from the origin that was given.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// The first position that is open to the visit.
    pub first: usize,
    /// Service does not begin earlier.
    pub earliest: Vec<i32>,
    /// If service begins later, something after it is late.
    pub latest: Vec<i32>,
    /// No less travel is added, in seconds.
    pub extra_s: Vec<i32>,
    /// From the visit to each element of the route, in seconds.
    way_s: Vec<i32>,
}

impl Schedule {
    /// Bounds on every position that is open at `now`. Linear in the route, a few nanoseconds for
    /// each position; the first call on a route takes a microsecond or two more.
    pub fn bounds(&self, probe: &Probe<'_>, now: i64, origin: i64, into: &mut Bounds) {
        let outline = self.outline.get_or_init(|| Outline::of(self));
        let open = self.open(probe.visit, now);
        into.first = open.start;
        outline.ways(probe, into);
        outline.positions(probe.visit, now, span_s(outline.origin - origin), into);
        for array in [&mut into.earliest, &mut into.latest, &mut into.extra_s] {
            array.truncate(open.len());
        }
    }
}

/// What bounds are computed from. Index `i` of every array is element `i` of the route; moments are
/// seconds from `origin`.
#[derive(Clone, Debug)]
pub(super) struct Outline {
    /// The start of the shift.
    origin: i64,
    /// The hub, metres from the middle of the Earth.
    hub: [f64; 3],
    /// The farthest element from the hub, metres on one axis.
    reach_m: f64,
    /// Metres from the hub.
    x: Vec<f32>,
    y: Vec<f32>,
    z: Vec<f32>,
    /// Ready to leave.
    ready: Vec<i32>,
    /// Begun by here, with set-up to do, or something is late.
    begin_by: Vec<i32>,
    /// The way to it from the element before it, in seconds.
    leg_s: Vec<i32>,
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
}

impl Outline {
    fn of(schedule: &Schedule) -> Self {
        let (vehicle, elements) = (&schedule.vehicle, &schedule.elements);
        let origin = vehicle.earliest();
        let hub = on_globe(vehicle.depot);
        let places: Vec<[f64; 3]> =
            elements.iter().map(|element| minus(on_globe(element.place), hub)).collect();
        let axis = |axis: usize| places.iter().map(|place| narrow(place[axis])).collect();
        let later = elements.iter().zip(&schedule.latest_ready);
        Self {
            origin,
            hub,
            reach_m: places.iter().flatten().fold(0.0, |most: f64, m| most.max(m.abs())),
            x: axis(0),
            y: axis(1),
            z: axis(2),
            ready: schedule.timings.iter().map(|timing| span_s(timing.ready - origin)).collect(),
            begin_by: later.map(|(element, &ready)| begin_by(element, ready, origin)).collect(),
            leg_s: schedule.timings.iter().map(|timing| span_s(timing.leg.travel_s.0)).collect(),
            setup_s: span_s(elements.iter().map(|element| element.setup_s).max().unwrap_or(0)),
            rest: RestAt::of(elements, origin),
            pace: Pace::of(vehicle),
        }
    }

    /// Fills in how long the way from the visit to each element takes at least.
    fn ways(&self, probe: &Probe<'_>, into: &mut Bounds) {
        let from = minus(probe.place, self.hub);
        let far_m = from.iter().fold(self.reach_m, |most, m| most.max(m.abs()));
        let lost_m = narrow(0.01 + far_m * ROUNDING);
        let [px, py, pz] = from.map(narrow);
        let count = self.x.len();
        let (x, y, z) = (&self.x[..count], &self.y[..count], &self.z[..count]);
        into.way_s.clear();
        into.way_s.resize(count, 0);
        let way_s = &mut into.way_s[..count];
        for i in 0..count {
            let (dx, dy, dz) = (x[i] - px, y[i] - py, z[i] - pz);
            way_s[i] = self.pace.least_s((dx * dx + dy * dy + dz * dz).sqrt() - lost_m);
        }
    }

    /// Fills in the bounds of all positions, `shift` seconds later than by the route's own origin.
    fn positions(&self, visit: &Visit, now: i64, shift: i32, into: &mut Bounds) {
        let Bounds { first, earliest, latest, extra_s, way_s } = into;
        let first = *first;
        let departs = span_s(now.max(visit.not_before).saturating_sub(self.origin));
        let (service_s, setup_s) = (span_s(visit.service_s), span_s(visit.setup_s));
        let count = self.ready.len() - first;
        for array in [&mut *earliest, &mut *latest, &mut *extra_s] {
            array.clear();
            array.resize(count, 0);
        }
        let (earliest, latest, extra_s) =
            (&mut earliest[..count], &mut latest[..count], &mut extra_s[..count]);
        let (ready, way_in) = (&self.ready[first - 1..][..count], &way_s[first - 1..][..count]);
        let (begin_by, way_out) = (&self.begin_by[first..][..count], &way_s[first..][..count]);
        let leg_s = &self.leg_s[first..][..count];
        for i in 0..count {
            let setup_s = if way_in[i] == 0 { 0 } else { setup_s };
            let spared_s = if way_out[i] == 0 { self.setup_s } else { 0 };
            earliest[i] = ready[i].max(departs) + way_in[i] + shift;
            latest[i] = begin_by[i] + spared_s - way_out[i] - service_s - setup_s + shift;
            extra_s[i] = way_in[i] + way_out[i] - leg_s[i];
        }
        let Some(rest) = self.rest.filter(|rest| rest.at >= first) else { return };
        let i = rest.at - first;
        let (way_in, way_out) = (way_s[rest.at - 1], way_s[rest.at + 1]);
        let setup_s = if way_in == 0 { 0 } else { setup_s };
        let beyond = self.begin_by[rest.at + 1] + if way_out == 0 { self.setup_s } else { 0 };
        let rest_by = rest.begin_by.min(beyond - way_out - rest.duration_s);
        latest[i] = rest_by - service_s - setup_s + shift;
        extra_s[i] = way_in + way_out - self.leg_s[rest.at + 1];
    }
}

impl RestAt {
    fn of(elements: &[Element], origin: i64) -> Option<Self> {
        let at = elements.iter().position(|element| element.kind == ElementKind::Rest)?;
        let rest = &elements[at];
        let begin_by = span_s(rest.closes - origin);
        Some(Self { at, begin_by, duration_s: span_s(rest.service_s) })
    }
}

fn begin_by(element: &Element, latest_ready: i64, origin: i64) -> i32 {
    span_s(element.closes.min(latest_ready - element.service_s - element.setup_s) - origin)
}

/// Seconds for each straight metre, never more than exact travel takes.
#[derive(Clone, Copy, Debug)]
struct Pace {
    short_below_m: f32,
    short: f32,
    long: f32,
    /// What the shortest leg that is not short takes: its detour may be the smaller one.
    short_s_max: f32,
    overhead_s: i32,
}

impl Pace {
    fn of(vehicle: &Vehicle) -> Self {
        let travel = &vehicle.travel;
        let s_per_m = (1.0 - ROUNDING) / travel.metres_per_second(vehicle.kind);
        Self {
            short_below_m: narrow(travel.short_below_m),
            short: narrow(travel.short_detour * s_per_m),
            long: narrow(travel.detour * s_per_m),
            short_s_max: narrow(travel.short_below_m * travel.detour * s_per_m),
            overhead_s: span_s(travel.leg_overhead_s),
        }
    }

    /// Whole seconds of a leg of so many straight metres or more.
    #[inline]
    fn least_s(&self, straight_m: f32) -> i32 {
        let short_s = (straight_m * self.short).min(self.short_s_max);
        let long_s = straight_m * self.long;
        let driven_s = if straight_m < self.short_below_m { short_s } else { long_s };
        let whole_s = whole(driven_s + 0.5) + self.overhead_s;
        if straight_m < NEAR_M { 0 } else { whole_s }
    }
}

/// Metres from the middle of the Earth.
fn on_globe(point: Point) -> [f64; 3] {
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
fn narrow(value: f64) -> f32 {
    value as f32
}

/// Rounded towards zero and cut off as by [`span_s`].
#[expect(clippy::cast_possible_truncation, reason = "the cut-off fits into 32 bits")]
fn whole(seconds: f32) -> i32 {
    seconds.min(5e8) as i32
}
