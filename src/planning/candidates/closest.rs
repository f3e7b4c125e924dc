//! What stands in the way of a visit that has no place: what came closest to a yes over all routes.
//!
//! As for places, bounds come first ([`Candidates`]): only what would be the answer is looked at exactly.

use super::{Candidates, NEVER, Obstacle, Onlook};
use crate::schedule::{Block, Limit, WindowFit};

impl<'a> Candidates<'a> {
    /// What stands in the way in a window in which no place was found: what came closest to a yes
    /// over all routes, of several the first.
    ///
    /// Nobody is told to wait for another shift while somebody works in the window; but where the
    /// answer is another window, it is the nearest one, whoever comes then.
    pub(super) fn closest(&mut self, opens: i64, closes: i64) -> Option<Obstacle<'a>> {
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
                return Some((Block::Window(side, by), self.courier(self.at(found).0)));
            }
            self.look_closely(found);
        }
    }

    fn ask_hours(&mut self) {
        if self.from.is_empty() {
            let hours = self.at.iter().map(|&(route, _)| self.hours[route as usize]);
            (self.from, self.until) = hours.map(|hours| (hours.from, hours.until)).unzip();
        }
    }

    /// What is in the way where no window helps.
    fn closest_block(&mut self, opens: i64, closes: i64) -> Option<Obstacle<'a>> {
        let window = self.window(opens, closes);
        let off_shift = Block::OffShift.distance();
        loop {
            let mut nearest = (Onlook::FAR, 0);
            for (route, (distance, hours)) in self.distances.iter().zip(&self.hours).enumerate() {
                let distance = if hours.meet(window) { *distance } else { off_shift };
                nearest = nearest.min((distance, route));
            }
            let (distance, route) = nearest;
            let block = match self.onlooks.get(route)? {
                _ if distance == off_shift => Block::OffShift,
                Onlook::Barred(block) | Onlook::Blocked(Some(block)) => block.clone(),
                Onlook::Blocked(None) => return None,
                Onlook::LateBy(_) => {
                    self.onlooks[route] = Onlook::Blocked(self.block_of(route));
                    self.distances[route] = self.onlooks[route].distance();
                    continue;
                }
            };
            return Some((block, self.courier(route)));
        }
    }

    /// What came closest over the positions of a route that have no room for the visit.
    fn block_of(&mut self, route: usize) -> Option<Block> {
        let schedule = self.schedule(route);
        schedule.bounds(&self.probe, self.now, self.origin, &mut self.bounds);
        let moments = self.bounds.earliest().iter().zip(self.bounds.latest());
        let late_s = moments.map(|(earliest, latest)| i64::from(earliest - latest));
        let mut positions: Vec<(i64, usize)> = late_s.zip(self.bounds.open()).collect();
        positions.sort_unstable();
        let mut closest: Option<(Block, usize)> = None;
        for (late_s, at) in positions {
            let bound = Block::Later(Limit::Window, late_s).distance();
            if closest.as_ref().is_some_and(|(block, _)| block.distance() < bound) {
                break;
            }
            let gap = schedule.gap(at, self.visit, self.now);
            let Some(block) = schedule.blocked(&gap, self.visit) else { continue };
            let rank = |(block, at): &(Block, usize)| (block.distance(), *at);
            let found = (block, at);
            closest = Some(match closest {
                Some(best) if rank(&best) < rank(&found) => best,
                _ => found,
            });
        }
        closest.map(|(block, _)| block)
    }
}
