//! Does a visit fit between two elements of a route? Constant time.

use super::{Block, Element, ElementKind, Limit, Schedule, Visit};
use crate::model::{Door, Leg, RelaxedSide};

/// A position of a route for one visit, whatever the visit's window: the moments at which its
/// service could begin there, and what the detour costs.
///
/// Computed once, it answers for any number of windows ([`Gap::fit`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The visit would become this element.
    pub at: usize,
    /// Service can begin from here on.
    pub earliest: i64,
    /// Service has to begin by here, or something later is late. Where something is late in any
    /// case, so far before `earliest` as it is late.
    pub latest: i64,
    /// What is late first.
    pub limit: Limit,
    /// Travel added to the route.
    pub extra: Leg,
}

/// How a window meets a [`Gap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowFit {
    /// Service begins here.
    Fits(i64),
    /// It would fit if the window's side moved by so many seconds.
    Misses(RelaxedSide, i64),
    /// Nothing later leaves the time, whatever the window.
    NoRoom(Limit, i64),
}

impl Gap {
    /// Whether service can begin inside `[opens, closes]`; never in a window that ends before it begins.
    #[must_use]
    pub fn fit(&self, opens: i64, closes: i64) -> WindowFit {
        let room_s = self.latest - self.earliest;
        if room_s < 0 {
            WindowFit::NoRoom(self.limit, -room_s)
        } else if opens > closes {
            WindowFit::Misses(RelaxedSide::End, opens - closes)
        } else if self.earliest > closes {
            WindowFit::Misses(RelaxedSide::End, self.earliest - closes)
        } else if self.latest < opens {
            WindowFit::Misses(RelaxedSide::Start, opens - self.latest)
        } else {
            WindowFit::Fits(self.earliest.max(opens))
        }
    }
}

impl Schedule {
    /// What keeps a visit off this vehicle at any position: a lock, skills, stops, sheer
    /// size.
    ///
    /// # Errors
    /// The first [`Block`] found.
    pub fn admits(&self, visit: &Visit) -> Result<(), Block> {
        let vehicle = &self.vehicle;
        if vehicle.is_out {
            return Err(Block::OffShift);
        }
        if vehicle.is_locked {
            return Err(Block::Locked);
        }
        if let Some(skill) = visit.skills.iter().find(|skill| !vehicle.skills.contains(*skill)) {
            return Err(Block::Skill(skill.clone()));
        }
        let full = |most: u32| self.visit_count() >= most as usize;
        if vehicle.max_stops.is_some_and(full) {
            return Err(Block::MaxStops);
        }
        match visit.delivery.max(visit.pickup).excess_over(vehicle.capacity) {
            Some((dimension, by)) => Err(Block::Load(dimension, by)),
            None => Ok(()),
        }
    }

    /// Whether the loads allow the visit to become element `at`. Constant time.
    ///
    /// Its delivery is on board from the hub to here, its pickup from here on to the hub: only the trip
    /// matters that it would be part of.
    ///
    /// # Errors
    /// [`Block::Load`] with the first dimension exceeded.
    pub fn carries(&self, at: usize, visit: &Visit) -> Result<(), Block> {
        let until = self.peak_until[at - 1] + visit.delivery;
        let from = self.peak_from[at - 1] + visit.pickup;
        match until.max(from).excess_over(self.vehicle.capacity) {
            Some((dimension, by)) => Err(Block::Load(dimension, by)),
            None => Ok(()),
        }
    }

    /// Whether the loads allow the visit at every position: a yes is certain. Constant time.
    #[must_use]
    pub fn carries_anywhere(&self, visit: &Visit) -> bool {
        (self.peak + visit.delivery.max(visit.pickup)).fits(self.vehicle.capacity)
    }

    /// The position right before element `at`, for a vehicle that sets off to it at `now` or
    /// later. Constant time. `at` must be at least [`Schedule::frozen`] and name an element.
    #[must_use]
    pub fn gap(&self, at: usize, visit: &Visit, now: i64) -> Gap {
        let before = &self.elements[at - 1];
        let door = Door::at(visit.place);
        let duration_s =
            if before.door == door { visit.service_s } else { visit.service_s + visit.setup_s };
        let leg_in = self.vehicle.leg(before.place, visit.place);
        let departs = self.timings[at - 1].ready.max(now).max(visit.not_before);
        let after = self.after(at, visit, door);
        let old = self.timings[after.stop].leg;
        let earliest = departs + leg_in.travel_s.get();
        let in_time = after.latest_ready - duration_s;
        let latest = if after.late_s > 0 { in_time.min(earliest - after.late_s) } else { in_time };
        Gap {
            at,
            earliest,
            latest,
            limit: after.limit,
            extra: Leg {
                travel_s: leg_in.travel_s + after.leg.travel_s - old.travel_s,
                distance_m: leg_in.distance_m + after.leg.distance_m - old.distance_m,
            },
        }
    }

    /// All positions open for the visit at `now`, in order.
    pub fn gaps<'a>(&'a self, visit: &'a Visit, now: i64) -> impl Iterator<Item = Gap> + 'a {
        self.open(visit, now).map(move |at| self.gap(at, visit, now))
    }

    /// The position with the least added travel, within the visit's window. Earlier positions
    /// win ties.
    #[must_use]
    pub fn cheapest(&self, visit: &Visit, now: i64) -> Option<Gap> {
        self.admits(visit).ok()?;
        self.open(visit, now)
            .filter(|&at| self.may_fit(at, visit))
            .map(|at| self.gap(at, visit, now))
            .filter(|gap| matches!(gap.fit(visit.opens, visit.closes), WindowFit::Fits(_)))
            .filter(|gap| self.carries(gap.at, visit).is_ok())
            .min_by_key(|gap| (gap.extra.travel_s, gap.at))
    }

    /// Whether a break taken at another time could make room for a visit: whether there is room where none
    /// is taken at all. A no is certain.
    #[must_use]
    pub fn may_fit_without_rest(&self, visit: &Visit, now: i64) -> bool {
        let Some(free) = self.without_rest() else { return false };
        // Any position: without the break, the vehicle would have set off to some earlier.
        (1..free.elements.len())
            .filter(|&at| free.may_fit(at, visit) && free.carries(at, visit).is_ok())
            .map(|at| free.gap(at, visit, now))
            .any(|gap| matches!(gap.fit(visit.opens, visit.closes), WindowFit::Fits(_)))
    }

    /// Why no position works, by the one that came closest. Exhaustive over the positions.
    #[must_use]
    pub fn closest_block(&self, visit: &Visit, now: i64) -> Block {
        if let Err(block) = self.admits(visit) {
            return block;
        }
        if self.is_off_shift(visit.opens, visit.closes) {
            return Block::OffShift;
        }
        self.gaps(visit, now)
            .filter_map(|gap| self.block_at(&gap, visit))
            .reduce(Block::closer)
            .unwrap_or_else(|| self.why_closed(now))
    }

    /// What stands in the way of the visit's window at one position, if anything.
    #[must_use]
    pub fn block_at(&self, gap: &Gap, visit: &Visit) -> Option<Block> {
        let fit = gap.fit(visit.opens, visit.closes);
        self.carries(gap.at, visit).err().or(match fit {
            WindowFit::Fits(_) => None,
            WindowFit::Misses(side, by) => Some(Block::Window(side, by)),
            WindowFit::NoRoom(limit, by) => Some(Block::Later(limit, by)),
        })
    }

    /// What stands in the way at one position whatever the visit's window, if anything.
    #[must_use]
    pub fn blocked(&self, gap: &Gap, visit: &Visit) -> Option<Block> {
        let late_s = gap.earliest - gap.latest;
        let late = || (late_s > 0).then_some(Block::Later(gap.limit, late_s));
        self.carries(gap.at, visit).err().or_else(late)
    }

    /// Whether the shift has no moment inside a window.
    #[must_use]
    pub fn is_off_shift(&self, opens: i64, closes: i64) -> bool {
        self.vehicle.earliest() > closes || self.vehicle.latest() < opens
    }

    /// Whether a visit may fit right before element `at` within its window: a bound without any travel,
    /// cheap enough to skip most positions. A no is certain.
    #[must_use]
    pub fn may_fit(&self, at: usize, visit: &Visit) -> bool {
        self.timings[at - 1].ready <= visit.closes && self.latest_start(at) >= visit.opens
    }

    /// No start of element `at` is later, wherever the vehicle comes from. What the slack of the
    /// element before it says would be too early: its way is longer than that from a visit near by.
    fn latest_start(&self, at: usize) -> i64 {
        let element = &self.elements[at];
        match element.kind {
            ElementKind::Rest => element.closes,
            ElementKind::Start | ElementKind::Visit(_) | ElementKind::Hub | ElementKind::End => {
                element.closes.min(self.latest_ready[at] - element.service_s)
            }
        }
    }

    /// What follows a visit inserted before `at`: a break there would be taken at its door.
    fn after(&self, at: usize, visit: &Visit, door: Door) -> After {
        let next = &self.elements[at];
        if next.kind != ElementKind::Rest {
            return self.stop_after(at, visit, door);
        }
        let beyond = self.stop_after(at + 1, visit, door);
        let by_beyond = beyond.latest_ready - next.service_s;
        let (latest, limit) = if next.closes <= by_beyond {
            (next.closes, Limit::Rest)
        } else {
            (by_beyond, beyond.limit)
        };
        let late_s = beyond.late_s.max(next.opens.max(next.not_before) - latest);
        let limit = if late_s > 0 { beyond.limit } else { limit };
        After { latest_ready: latest, late_s, limit, ..beyond }
    }

    /// The stop at element `stop`, travelled to from the visit's door.
    fn stop_after(&self, stop: usize, visit: &Visit, door: Door) -> After {
        let element: &Element = &self.elements[stop];
        let leg = self.vehicle.leg(visit.place, element.place);
        let by_later = self.latest_ready[stop] - element.duration_s(door);
        let (latest_start, limit) = if element.closes <= by_later {
            (element.closes, super::walk::limit_of(&self.vehicle, element))
        } else {
            (by_later, self.limits[stop])
        };
        let travel_s = leg.travel_s.get();
        let expected = element.facts.expected.unwrap_or(i64::MIN);
        let earliest_start = element.opens.max(element.not_before + travel_s).max(expected);
        let late_s = earliest_start - latest_start;
        After { stop, leg, latest_ready: latest_start - travel_s, late_s, limit }
    }
}

/// The stop that a new visit would travel on to.
struct After {
    stop: usize,
    leg: Leg,
    latest_ready: i64,
    /// Above zero, it is late by this much however early the visit is done: the stop has set-up
    /// to do or a longer way, and its service or the way to it cannot begin earlier.
    late_s: i64,
    limit: Limit,
}
