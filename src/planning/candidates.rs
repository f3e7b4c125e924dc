//! The positions of a day that may have room for a visit, looked at exactly only where it matters.
//!
//! Every position starts with bounds ([`crate::schedule::Bounds`]). A question takes the position
//! that would be its answer if all bounds were exact. Where that position has only bounds, its exact
//! values take their place and the question is asked again; where it is exact, no other position can
//! be better, and it is the answer. Most questions look at one or two positions exactly, and what one
//! slot has found out serves the next.

use super::{DayPlan, Place};
use crate::model::CourierId;
use crate::schedule::{Block, Bounds, Gap, Limit, Probe, Schedule, Visit, WindowFit, span_s};
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
    at: Vec<(usize, usize)>,
    is_exact: Vec<bool>,
    /// Index `r` is route `r`.
    onlooks: Vec<Onlook>,
    /// Index `i` is position `i`: what the last question compared.
    keys: Vec<i32>,
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

/// A window in seconds from the origin of the candidates.
#[derive(Clone, Copy)]
struct Window {
    opens: i32,
    closes: i32,
}

impl<'a> Candidates<'a> {
    /// The positions open at `now`. Linear in the day's visits.
    pub(super) fn new(day: &'a DayPlan, visit: &'a Visit, now: i64) -> Self {
        let mut candidates = Self {
            day,
            visit,
            now,
            origin: day.date.and_time(NaiveTime::MIN).and_utc().timestamp(),
            earliest: Vec::new(),
            latest: Vec::new(),
            extra_s: Vec::new(),
            from: Vec::new(),
            until: Vec::new(),
            at: Vec::new(),
            is_exact: Vec::new(),
            onlooks: Vec::with_capacity(day.routes.len()),
            keys: Vec::new(),
        };
        let probe = Probe::new(visit);
        let mut bounds = Bounds::default();
        for route in 0..day.routes.len() {
            let onlook = candidates.look_at(route, &probe, &mut bounds);
            candidates.onlooks.push(onlook);
        }
        candidates.keys.resize(candidates.at.len(), NEVER);
        candidates
    }

    fn look_at(&mut self, route: usize, probe: &Probe<'_>, bounds: &mut Bounds) -> Onlook {
        let schedule = self.schedule(route);
        if let Err(block) = schedule.admits(self.visit) {
            return Onlook::Barred(block);
        }
        schedule.bounds(probe, self.now, self.origin, bounds);
        let pairs = || bounds.earliest.iter().zip(&bounds.latest);
        let Some(room_s) = pairs().map(|(earliest, latest)| latest - earliest).max() else {
            return Onlook::Blocked(Some(schedule.why_closed(self.now)));
        };
        if room_s >= 0 {
            for (i, (&earliest, &latest)) in pairs().enumerate() {
                if earliest <= latest {
                    self.earliest.push(earliest);
                    self.latest.push(latest);
                    self.extra_s.push(bounds.extra_s[i]);
                    self.at.push((route, bounds.first + i));
                    self.is_exact.push(false);
                }
            }
        }
        Onlook::LateBy(i64::from(-room_s).max(1))
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
                return Some(Place { route: self.at[found].0, gap: self.gap(found) });
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

    /// What stands in the way in a window in which no place was found: what came closest to a yes
    /// over all routes, of several the first.
    ///
    /// Nobody is told to wait for another shift while somebody works in the window; but where the
    /// answer is another window, it is the nearest one, whoever comes then.
    fn closest(&mut self, opens: i64, closes: i64) -> Option<Obstacle<'a>> {
        let Some(working) = self.nearest_window(opens, closes, true) else {
            return self.closest_block(opens, closes);
        };
        match self.nearest_window(opens, closes, false) {
            Some(other) if other.0.distance() < working.0.distance() => Some(other),
            _ => Some(working),
        }
    }

    /// The smallest change of the window that would do, among the couriers who work in it or among
    /// the others.
    fn nearest_window(&mut self, opens: i64, closes: i64, who_works: bool) -> Option<Obstacle<'a>> {
        let window = self.window(opens, closes);
        self.ask_hours();
        loop {
            let count = self.keys.len();
            let (earliest, latest) = (&self.earliest[..count], &self.latest[..count]);
            let (from, until) = (&self.from[..count], &self.until[..count]);
            let keys = &mut self.keys[..count];
            for i in 0..count {
                let works = from[i] <= window.closes && until[i] >= window.opens;
                let missed_s = (earliest[i] - window.closes).max(window.opens - latest[i]);
                keys[i] = if works == who_works { missed_s } else { NEVER };
            }
            let found = self.least_key()?;
            if self.is_exact[found] {
                let WindowFit::Misses(side, by) = self.gap(found).fit(opens, closes) else {
                    unreachable!("in a window without a place every position misses it");
                };
                return Some((Block::Window(side, by), self.courier(self.at[found].0)));
            }
            self.look_closely(found);
        }
    }

    fn ask_hours(&mut self) {
        if self.from.is_empty() {
            let vehicle = |&(route, _): &(usize, usize)| &self.schedule(route).vehicle;
            let vehicles = self.at.iter().map(vehicle);
            (self.from, self.until) = vehicles
                .map(|vehicle| (vehicle.earliest(), vehicle.latest()))
                .map(|(from, until)| (self.since_origin(from), self.since_origin(until)))
                .unzip();
        }
    }

    /// What is in the way where no window helps.
    fn closest_block(&mut self, opens: i64, closes: i64) -> Option<Obstacle<'a>> {
        loop {
            let distances = self.onlooks.iter().enumerate().filter_map(|(route, onlook)| {
                let off_shift = || self.schedule(route).is_off_shift(opens, closes);
                let distance = match onlook {
                    Onlook::Barred(block) => block.distance(),
                    _ if off_shift() => Block::OffShift.distance(),
                    Onlook::LateBy(by_s) => Block::Later(Limit::Window, *by_s).distance(),
                    Onlook::Blocked(block) => block.as_ref()?.distance(),
                };
                Some((distance, route))
            });
            let (distance, route) = distances.min()?;
            let block = match &self.onlooks[route] {
                _ if distance == Block::OffShift.distance() => Block::OffShift,
                Onlook::Barred(block) | Onlook::Blocked(Some(block)) => block.clone(),
                Onlook::LateBy(_) | Onlook::Blocked(None) => {
                    self.onlooks[route] = Onlook::Blocked(self.block_of(route));
                    continue;
                }
            };
            return Some((block, self.courier(route)));
        }
    }

    /// What came closest over the positions of a route that have no room for the visit.
    fn block_of(&self, route: usize) -> Option<Block> {
        let schedule = self.schedule(route);
        let gaps = schedule.gaps(self.visit, self.now);
        gaps.filter_map(|gap| schedule.blocked(&gap, self.visit)).reduce(Block::closer)
    }

    /// Puts the exact values of a position in the place of its bounds.
    fn look_closely(&mut self, index: usize) {
        let gap = self.gap(index);
        let has_room = self.schedule(self.at[index].0).blocked(&gap, self.visit).is_none();
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
        let (route, at) = self.at[index];
        self.schedule(route).gap(at, self.visit, self.now)
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
