//! Who has no place yet, placed by one search of the routes that can help.
//!
//! Visits that others hand on find room where one alone finds none: places for all who wait are looked for
//! together, on the routes around their doors, and the search ends as soon as everybody has one.

use super::improve_near::{Part, improve_part};
use super::repair::Draft;
use super::spot::visit_at;
use super::vicinity::nearness;
use super::{Effort, Entry};
use crate::model::BookingId;
use crate::solver::{Control, Objective};
use std::collections::BTreeSet;
use std::sync::Arc;

/// So many routes are searched together: their visits go through some ten thousand tries in half a second.
const ROUTES: usize = 32;
/// So often all who were moved are asked whether they can go back: each who does may make room for others.
const BACK_ROUNDS: usize = 3;
/// Travel, in seconds, that keeping a visit's courier is worth.
const BACK_MOST_S: i64 = 600;

impl Draft<'_> {
    /// Has those without a place be served, if others can be moved for it within their windows.
    pub(super) fn serve(&mut self, effort: &Effort, control: Control<'_>) {
        let routes = self.helpers();
        if routes.is_empty() {
            return;
        }
        let waiting: Vec<usize> = (0..self.day.unassigned.len()).collect();
        let part = Part { routes: &routes, waiting: &waiting };
        let search = (Objective::Served, effort);
        if let Some(found) = improve_part(&self.day, &part, self.now, search, control) {
            let plans = found.groups.iter().flatten().map(|change| &change.plan);
            let placed: BTreeSet<BookingId> =
                plans.flat_map(|plan| plan.entries.iter().map(|e| e.booking.id)).collect();
            self.day.unassigned.retain(|entry| !placed.contains(&entry.booking.id));
            let changed: Vec<usize> = found.groups.iter().flatten().map(|c| c.route).collect();
            self.take(found);
            self.send_back(&changed);
        }
    }

    /// Has visits go back to the courier whom they had before the search where there is room all the same.
    fn send_back(&mut self, changed: &[usize]) {
        for _ in 0..BACK_ROUNDS {
            let mut is_done = true;
            for &home in changed {
                for entry in &self.before.routes[home].entries {
                    is_done &= !self.goes_home(entry, home, changed);
                }
            }
            if is_done {
                return;
            }
        }
    }

    fn goes_home(&mut self, entry: &Arc<Entry>, home: usize, changed: &[usize]) -> bool {
        let (id, now) = (entry.booking.id, self.now.timestamp());
        let ordinal = |at: usize| self.day.routes[at].ordinal(id);
        if ordinal(home).is_some() {
            return false;
        }
        let Some((away, ordinal)) = changed.iter().find_map(|&at| Some((at, ordinal(at)?))) else {
            return false;
        };
        let visit = visit_at(&self.day, entry, self.now);
        let (host, own) = (&self.day.routes[away], &self.day.routes[home]);
        let Some(gap) = own.schedule.cheapest(&visit, now) else { return false };
        let without = host.without(ordinal, now);
        let saved = host.schedule.travel().travel_s - without.schedule.travel().travel_s;
        if (gap.extra.travel_s - saved).get() > BACK_MOST_S {
            return false;
        }
        let entry = Arc::clone(&host.entries[ordinal]);
        let with = own.with(gap.at, entry, visit.not_before);
        if [&with, &without].iter().any(|route| !route.schedule.violations().is_empty()) {
            return false;
        }
        self.day.routes[home] = Arc::new(with);
        self.day.routes[away] = Arc::new(without);
        true
    }

    /// The routes nearest to the doors of those who wait, the same number for each of them in turn; those
    /// come first that could serve the visit itself. Ascending.
    fn helpers(&self) -> Vec<usize> {
        let ranked: Vec<Vec<usize>> =
            self.day.unassigned.iter().map(|entry| self.by_nearness(entry)).collect();
        let mut chosen = BTreeSet::new();
        let longest = ranked.iter().map(Vec::len).max().unwrap_or(0);
        for rank in 0..longest {
            for route in ranked.iter().filter_map(|routes| routes.get(rank)) {
                if chosen.len() < ROUTES {
                    chosen.insert(*route);
                }
            }
        }
        chosen.into_iter().collect()
    }

    fn by_nearness(&self, entry: &Arc<Entry>) -> Vec<usize> {
        let visit = visit_at(&self.day, entry, self.now);
        let far = nearness(entry.booking.place());
        let usable = (0..self.day.routes.len()).filter(|&at| {
            let of = &self.day.routes[at].of;
            !of.is_out && !of.is_locked
        });
        let rank = |at: usize| {
            let route = &self.day.routes[at];
            (route.schedule.admits(&visit).is_err(), far(route), at)
        };
        let mut ranked: Vec<(bool, f64, usize)> = usable.map(rank).collect();
        ranked.sort_by(|a, b| (a.0.cmp(&b.0)).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        ranked.into_iter().take(ROUTES).map(|(_, _, at)| at).collect()
    }
}
