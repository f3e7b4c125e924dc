//! The positions of a day that may have room for a visit, looked at exactly only where it matters.
//!
//! Every position starts with bounds ([`crate::schedule::Bounds`]). A question takes the position
//! that would be its answer if all bounds were exact. Where that position has only bounds, its exact
//! values take their place and the question is asked again; where it is exact, no other position can
//! be better, and it is the answer. Most questions look at one or two positions exactly, and what one
//! slot has found out serves the next.

mod closest;

use super::route_plan::index_of;
use super::{DayPlan, Place};
use crate::model::CourierId;
use crate::schedule::{Block, Bounds, Gap, Limit, Probe, Schedule, Visit, span_s};
use chrono::NaiveTime;

/// No key of a position that counts reaches this.
const NEVER: i32 = 1_000_000_000;
/// The earliest and the latest moment of a position without room: they miss every window by more
/// than [`NEVER`].
const NO_MOMENTS: (i32, i32) = (1_500_000_000, -1_500_000_000);

/// What stands in the way, and whose route it is.
pub(super) type Obstacle<'a> = (Block, &'a CourierId);

/// The positions that may have room for one visit, whatever its window. Index `i` of each array is
/// one position, in the order of routes and positions; moments are seconds from `origin`.
pub(super) struct Candidates<'a> {
    day: &'a DayPlan,
    visit: &'a Visit,
    now: i64,
    origin: i64,
    earliest: Vec<i32>,
    latest: Vec<i32>,
    extra_s: Vec<i32>,
    /// The hours of the courier, once somebody asks for them.
    from: Vec<i32>,
    until: Vec<i32>,
    /// Route and position.
    at: Vec<(u32, u32)>,
    is_exact: Vec<bool>,
    /// Index `r` is route `r`.
    onlooks: Vec<Onlook>,
    /// When its courier works; always, where that is not what is in the way.
    hours: Vec<Hours>,
    /// How far it is from a yes: at least, where its onlook is by bounds.
    distances: Vec<(u8, i64)>,
    /// Index `i` is position `i`: what the last question compared.
    keys: Vec<i32>,
    probe: Probe<'a>,
    bounds: Bounds,
}

/// What a route says to the visit where it has no room for it, whatever the window.
#[derive(Clone, Debug)]
enum Onlook {
    /// It does not take the visit at all, whether its courier works or not.
    Barred(Block),
    /// By bounds: something is late by so many seconds, or more is in the way.
    LateBy(i64),
    /// Exactly; nothing where every position has room.
    Blocked(Option<Block>),
}

impl Onlook {
    /// Farther from a yes than all that is in the way.
    const FAR: (u8, i64) = (u8::MAX, 0);

    fn distance(&self) -> (u8, i64) {
        match self {
            Self::Barred(block) | Self::Blocked(Some(block)) => block.distance(),
            Self::LateBy(by_s) => Block::Later(Limit::Window, *by_s).distance(),
            Self::Blocked(None) => Self::FAR,
        }
    }
}

/// A window in seconds from the origin of the candidates.
#[derive(Clone, Copy)]
struct Window {
    opens: i32,
    closes: i32,
}

/// From when to when a courier works, in seconds from the origin of the candidates.
#[derive(Clone, Copy)]
struct Hours {
    from: i32,
    until: i32,
}

impl Hours {
    const ALWAYS: Self = Self { from: -NEVER, until: NEVER };

    fn meet(self, window: Window) -> bool {
        self.from <= window.closes && self.until >= window.opens
    }
}

impl<'a> Candidates<'a> {
    /// The positions open at `now`. Linear in the day's visits.
    pub(super) fn new(day: &'a DayPlan, visit: &'a Visit, now: i64) -> Self {
        let positions = day.routes.iter().map(|route| route.schedule.elements().len()).sum();
        let mut candidates = Self {
            day,
            visit,
            now,
            origin: day.date.and_time(NaiveTime::MIN).and_utc().timestamp(),
            earliest: Vec::with_capacity(positions),
            latest: Vec::with_capacity(positions),
            extra_s: Vec::with_capacity(positions),
            from: Vec::new(),
            until: Vec::new(),
            at: Vec::with_capacity(positions),
            is_exact: Vec::new(),
            onlooks: Vec::with_capacity(day.routes.len()),
            hours: Vec::with_capacity(day.routes.len()),
            distances: Vec::with_capacity(day.routes.len()),
            keys: Vec::new(),
            probe: Probe::new(visit),
            bounds: Bounds::default(),
        };
        for route in 0..day.routes.len() {
            let onlook = candidates.look_at(route);
            candidates.distances.push(onlook.distance());
            candidates.onlooks.push(onlook);
        }
        candidates.is_exact.resize(candidates.at.len(), false);
        candidates.keys.resize(candidates.at.len(), NEVER);
        candidates
    }

    fn look_at(&mut self, route: usize) -> Onlook {
        let schedule = self.schedule(route);
        if let Err(block) = schedule.admits(self.visit) {
            self.hours.push(Hours::ALWAYS);
            return Onlook::Barred(block);
        }
        let vehicle = &schedule.vehicle;
        let [from, until] = [vehicle.earliest(), vehicle.latest()].map(|at| self.since_origin(at));
        self.hours.push(Hours { from, until });
        schedule.bounds(&self.probe, self.now, self.origin, &mut self.bounds);
        if self.bounds.open().is_empty() {
            return Onlook::Blocked(Some(schedule.why_closed(self.now)));
        }
        let room_s = self.take(route);
        Onlook::LateBy(i64::from(-room_s).max(1))
    }

    /// Takes in the positions of a route that may have room; how much there is at most, below zero where
    /// there is none.
    fn take(&mut self, route: usize) -> i32 {
        let bounds = &self.bounds;
        let (earliest, latest) = (bounds.earliest(), bounds.latest());
        let count = earliest.len();
        let (latest, extra_s) = (&latest[..count], &bounds.extra_s()[..count]);
        let mut most_s = -NEVER;
        for i in 0..count {
            most_s = most_s.max(latest[i] - earliest[i]);
        }
        if most_s >= 0 {
            for i in 0..count {
                if earliest[i] <= latest[i] {
                    self.earliest.push(earliest[i]);
                    self.latest.push(latest[i]);
                    self.extra_s.push(extra_s[i]);
                    self.at.push((index_of(route), index_of(bounds.open().start + i)));
                }
            }
        }
        most_s
    }

    /// The place with the least added travel in a window; of several the first.
    pub(super) fn cheapest(&mut self, opens: i64, closes: i64) -> Option<Place> {
        let window = self.window(opens, closes);
        if opens > closes {
            return None;
        }
        loop {
            let count = self.keys.len();
            let (earliest, latest) = (&self.earliest[..count], &self.latest[..count]);
            let (extra_s, keys) = (&self.extra_s[..count], &mut self.keys[..count]);
            for i in 0..count {
                let fits = earliest[i] <= window.closes && latest[i] >= window.opens;
                keys[i] = if fits { extra_s[i] } else { NEVER };
            }
            let found = self.least_key()?;
            if self.is_exact[found] {
                return Some(Place { route: self.at(found).0, gap: self.gap(found) });
            }
            self.look_closely(found);
        }
    }

    /// The cheapest place in a window, or what stands in the way.
    pub(super) fn verdict(
        &mut self,
        opens: i64,
        closes: i64,
    ) -> Result<Place, Option<Obstacle<'a>>> {
        self.cheapest(opens, closes).ok_or_else(|| self.closest(opens, closes))
    }

    /// Puts the exact values of a position in the place of its bounds.
    fn look_closely(&mut self, index: usize) {
        let gap = self.gap(index);
        let has_room = self.schedule(self.at(index).0).blocked(&gap, self.visit).is_none();
        let (earliest, latest) = (self.since_origin(gap.earliest), self.since_origin(gap.latest));
        (self.earliest[index], self.latest[index]) =
            if has_room { (earliest, latest) } else { NO_MOMENTS };
        self.extra_s[index] = span_s(gap.extra.travel_s.get());
        self.is_exact[index] = true;
    }

    /// The first position with the least key.
    fn least_key(&self) -> Option<usize> {
        let least = self.keys.iter().copied().min().filter(|&least| least < NEVER)?;
        self.keys.iter().position(|&key| key == least)
    }

    fn gap(&self, index: usize) -> Gap {
        let (route, at) = self.at(index);
        self.schedule(route).gap(at, self.visit, self.now)
    }

    /// Route and position.
    fn at(&self, index: usize) -> (usize, usize) {
        let (route, at) = self.at[index];
        (route as usize, at as usize)
    }

    fn window(&self, opens: i64, closes: i64) -> Window {
        Window { opens: self.since_origin(opens), closes: self.since_origin(closes) }
    }

    fn since_origin(&self, moment: i64) -> i32 {
        span_s(moment - self.origin)
    }

    fn schedule(&self, route: usize) -> &'a Schedule {
        &self.day.routes[route].schedule
    }

    fn courier(&self, route: usize) -> &'a CourierId {
        &self.day.routes[route].of.courier.id
    }
}
