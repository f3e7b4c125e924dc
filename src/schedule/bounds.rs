//! Bounds on what a visit would find at each position of a route.

use super::outline::{LANES, Outline, on_globe, span_s};
use super::{Schedule, Visit};
use std::ops::Range;

/// A visit that is to be bounded on many routes.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'a> {
    /// The visit.
    pub visit: &'a Visit,
    /// Metres from the middle of the Earth.
    pub(super) place: [f64; 3],
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
/// Moments are seconds from the origin that was given.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    open: Range<usize>,
    pub(super) earliest: Vec<i32>,
    pub(super) latest: Vec<i32>,
    pub(super) extra_s: Vec<i32>,
    /// Index `i + 1` is the way from the visit to element `i`, in seconds.
    pub(super) way_s: Vec<i32>,
}

impl Bounds {
    /// The positions that are open to the visit: position `i` is the one right before element `i`.
    #[must_use]
    pub fn open(&self) -> Range<usize> {
        self.open.clone()
    }

    /// Service does not begin earlier; by open position.
    #[must_use]
    pub fn earliest(&self) -> &[i32] {
        &self.earliest[self.open()]
    }

    /// If service begins later, something after it is late; by open position.
    #[must_use]
    pub fn latest(&self) -> &[i32] {
        &self.latest[self.open()]
    }

    /// No less travel is added, in seconds; by open position.
    #[must_use]
    pub fn extra_s(&self) -> &[i32] {
        &self.extra_s[self.open()]
    }

    fn make_room(&mut self, lanes: usize) {
        let elements = lanes * LANES;
        if self.way_s.len() <= elements {
            self.way_s.resize(elements + 1, 0);
            for array in [&mut self.earliest, &mut self.latest, &mut self.extra_s] {
                array.resize(elements, 0);
            }
        }
    }
}

impl Schedule {
    /// Bounds on every position that is open at `now`. Linear in the route, about a nanosecond for
    /// each position; the first call on a route takes a microsecond or two more.
    pub fn bounds(&self, probe: &Probe<'_>, now: i64, origin: i64, into: &mut Bounds) {
        let outline = self.outline.get_or_init(|| Outline::of(self));
        into.open = self.open(probe.visit, now);
        into.make_room(outline.lanes.len());
        if !into.open.is_empty() {
            outline.ways(probe, &mut into.way_s[1..]);
            outline.positions(probe.visit, now, span_s(outline.origin - origin), into);
        }
    }
}
