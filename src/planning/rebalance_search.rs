//! The steps of a rebalance: which stops go where, tried one after the other.

use super::moves::proposed;
use super::rebalance::{TRAVEL_GROWTH_PERCENT_MAX, TRAVEL_GROWTH_S, paid_by_courier, paid_s};
use super::spot::visit_at;
use super::{Committed, DayPlan, DisruptionBudget, Entry, Move, MoveTo, Proposal, RoutePlan};
use crate::model::{BookingId, CourierId};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many couriers are looked at as givers, and as takers, in one step.
const GIVERS: usize = 6;
const TAKERS: usize = 12;

/// Of how many pairs of couriers exchanges are tried.
const PAIRS: usize = 8;

/// A step that makes the squares fall by less than this is not worth a phone call: the gap between two
/// couriers closes by some minutes.
const GAIN_MIN: i64 = 2 * 300 * 300;

/// Couriers by what they are paid for in all, ledger included, in seconds.
struct Ranking {
    /// That and the index of each route that is not locked, the most first.
    order: Vec<(i64, usize)>,
    /// Of all couriers together.
    sum_s: i64,
    /// How many couriers.
    count: i64,
}

/// The visits that would go from one route to another.
#[derive(Clone, Debug)]
struct Step {
    /// How much the sum of squares falls.
    gain: i64,
    /// Who goes where.
    goes: Vec<(BookingId, usize)>,
}

/// A rebalance as far as it has come.
pub(super) struct Search<'a> {
    day: &'a DayPlan,
    ledger: &'a BTreeMap<CourierId, i64>,
    budget: &'a DisruptionBudget,
    now: DateTime<Utc>,
    proposal: Proposal,
    moves: Vec<Move>,
}

impl<'a> Search<'a> {
    /// Nothing is moved yet.
    pub(super) fn new(
        day: &'a DayPlan,
        ledger: &'a BTreeMap<CourierId, i64>,
        budget: &'a DisruptionBudget,
        now: DateTime<Utc>,
    ) -> Self {
        let proposal = Proposal::new(day, day.clone(), Vec::new(), Vec::new(), now);
        Self { day, ledger, budget, now, proposal, moves: Vec::new() }
    }

    /// Takes steps as long as one helps. The moves, and what they come to.
    pub(super) fn run(mut self) -> (Vec<Move>, Proposal) {
        while self.step() {}
        (self.moves, self.proposal)
    }

    /// Takes the best step that keeps the budget; whether there was one.
    fn step(&mut self) -> bool {
        let ranking = self.ranking();
        let left = self.budget.stops_moved_max.saturating_sub(self.proposal.moved.len());
        let mut steps = if left >= 1 { self.relocations(&ranking) } else { Vec::new() };
        if steps.is_empty() && left >= 2 {
            steps = self.exchanges(&ranking);
        }
        steps.sort_by(|a, b| b.gain.cmp(&a.gain).then_with(|| a.goes.cmp(&b.goes)));
        steps.iter().any(|step| self.take(step))
    }

    fn ranking(&self) -> Ranking {
        let plan = &self.proposal.after;
        let mut totals = paid_by_courier(plan);
        for (courier, total_s) in &mut totals {
            *total_s += self.ledger.get(courier).copied().unwrap_or(0);
        }
        let of_route = |route: &Arc<RoutePlan>| totals[&route.of.courier.id];
        let mut order: Vec<(i64, usize)> = plan.routes.iter().map(of_route).zip(0..).collect();
        order.retain(|&(_, route)| !plan.routes[route].of.is_locked);
        order.sort_by_key(|&(total_s, route)| (-total_s, route));
        let (sum_s, count) = totals.values().fold((0, 0), |(sum, count), s| (sum + s, count + 1));
        Ranking { order, sum_s, count }
    }

    fn relocations(&self, ranking: &Ranking) -> Vec<Step> {
        let order = &ranking.order;
        let givers = order.iter().take(GIVERS);
        let pairs = givers
            .flat_map(|giver| order.iter().rev().take(TAKERS).map(move |taker| (*giver, *taker)));
        let steps = pairs.filter(|(giver, taker)| giver.0 > taker.0).flat_map(|(giver, taker)| {
            let movable = self.movable(giver.1);
            movable.filter_map(move |ordinal| self.relocation(ranking, giver, ordinal, taker))
        });
        steps.collect()
    }

    /// The visits of a route that may still be moved, are not held, and have not been moved.
    fn movable(&self, route: usize) -> impl Iterator<Item = usize> {
        let plan = &self.proposal.after;
        let entries = plan.routes[route].entries.iter().enumerate();
        entries.filter_map(move |(ordinal, entry)| {
            let at = Committed::OnRoute { route, ordinal };
            let is_moved = self.proposal.moved.binary_search(&entry.booking.id).is_ok();
            let is_held =
                is_moved || plan.is_held(&plan.routes[route], ordinal, self.now.timestamp());
            (!is_held && !plan.is_fixed(at, self.now)).then_some(ordinal)
        })
    }

    fn relocation(
        &self,
        ranking: &Ranking,
        giver: (i64, usize),
        ordinal: usize,
        taker: (i64, usize),
    ) -> Option<Step> {
        let plan = &self.proposal.after;
        let (from, to) = (&plan.routes[giver.1], &plan.routes[taker.1]);
        let entry = &from.entries[ordinal];
        let with = self.seated(to, entry)?;
        let without = from.without(ordinal, self.now.timestamp());
        let goes = vec![(entry.booking.id, taker.1)];
        self.judged(ranking, goes, (giver.0, from, &without), (taker.0, to, &with))
    }

    fn exchanges(&self, ranking: &Ranking) -> Vec<Step> {
        let order = &ranking.order;
        let pairs = order.iter().zip(order.iter().rev()).take(PAIRS);
        let steps = pairs.filter(|(giver, taker)| giver.0 > taker.0).flat_map(|(giver, taker)| {
            let ordinals = self.movable(giver.1).flat_map(|of_giver| {
                self.movable(taker.1).map(move |of_taker| (of_giver, of_taker))
            });
            ordinals.filter_map(|ordinals| self.exchange(ranking, *giver, *taker, ordinals))
        });
        steps.collect()
    }

    fn exchange(
        &self,
        ranking: &Ranking,
        giver: (i64, usize),
        taker: (i64, usize),
        (of_giver, of_taker): (usize, usize),
    ) -> Option<Step> {
        let (plan, now) = (&self.proposal.after, self.now.timestamp());
        let (from, to) = (&plan.routes[giver.1], &plan.routes[taker.1]);
        let (one, other) = (&from.entries[of_giver], &to.entries[of_taker]);
        let less = self.seated(&from.without(of_giver, now), other)?;
        let more = self.seated(&to.without(of_taker, now), one)?;
        let goes = vec![(one.booking.id, taker.1), (other.booking.id, giver.1)];
        self.judged(ranking, goes, (giver.0, from, &less), (taker.0, to, &more))
    }

    /// The route with a visit in its cheapest place.
    fn seated(&self, route: &RoutePlan, entry: &Arc<Entry>) -> Option<RoutePlan> {
        let visit = visit_at(self.day, entry, self.now);
        let gap = route.schedule.cheapest(&visit, self.now.timestamp())?;
        Some(route.with(gap.at, Arc::clone(entry), visit.not_before))
    }

    /// The step, where it brings the paid times close enough together.
    fn judged(
        &self,
        ranking: &Ranking,
        goes: Vec<(BookingId, usize)>,
        (gives_s, from, less): (i64, &RoutePlan, &RoutePlan),
        (takes_s, to, more): (i64, &RoutePlan, &RoutePlan),
    ) -> Option<Step> {
        if !less.schedule.violations().is_empty() || from.of.courier.id == to.of.courier.id {
            return None;
        }
        let paid = |route| paid_s(&self.proposal.after, route);
        let (new_gives_s, new_takes_s) =
            (gives_s + paid(less) - paid(from), takes_s + paid(more) - paid(to));
        let &Ranking { sum_s, count, .. } = ranking;
        let new_sum_s = sum_s + new_gives_s + new_takes_s - gives_s - takes_s;
        let squares = |a: i64, b: i64, sum_s: i64| a.pow(2) + b.pow(2) - sum_s.pow(2) / count;
        let gain = squares(gives_s, takes_s, sum_s) - squares(new_gives_s, new_takes_s, new_sum_s);
        let closer = new_gives_s.max(new_takes_s) < gives_s;
        (gain >= GAIN_MIN && closer).then_some(Step { gain, goes })
    }

    /// Works the step out from the day as it is, and takes it where the budget is kept.
    fn take(&mut self, step: &Step) -> bool {
        let Some(moves) = self.moves_with(step) else { return false };
        let Ok(proposal) = proposed(self.day, &moves, self.now) else { return false };
        if !proposal.is_feasible() || !self.keeps_budget(&proposal) {
            return false;
        }
        (self.moves, self.proposal) = (moves, proposal);
        true
    }

    fn keeps_budget(&self, proposal: &Proposal) -> bool {
        let disruption = proposal.disruption(self.day, self.now);
        let totals = &disruption.totals;
        let travel = |plan: &DayPlan| -> i64 {
            plan.routes.iter().map(|route| route.schedule.travel().travel_s.get()).sum()
        };
        let growth_s = totals.after.travel_s - totals.before.travel_s;
        proposal.moved.len() <= self.budget.stops_moved_max
            && self.budget.allows(&disruption)
            && growth_s <= (travel(self.day) * TRAVEL_GROWTH_PERCENT_MAX / 100).max(TRAVEL_GROWTH_S)
    }

    /// All moves so far and those of a step: each visit after the one that it follows on its new
    /// route, in the order of the routes.
    fn moves_with(&self, step: &Step) -> Option<Vec<Move>> {
        let mut after = self.proposal.after.clone();
        let mut whole: BTreeSet<BookingId> = self.proposal.moved.iter().copied().collect();
        let mut guests = Vec::new();
        for &(booking, to) in &step.goes {
            guests.push((after.find(booking).map(|at| after.take_out(at, self.now))?, to));
            whole.insert(booking);
        }
        for (entry, to) in guests {
            after.routes[to] = Arc::new(self.seated(&after.routes[to], &entry)?);
        }
        let routes = after.routes.iter();
        let moves = routes.flat_map(|route| {
            let entries = route.entries.iter().enumerate();
            entries.filter(|(_, entry)| whole.contains(&entry.booking.id)).map(
                |(ordinal, entry)| {
                    let to = match ordinal.checked_sub(1) {
                        Some(before) => MoveTo::After(route.entries[before].booking.id),
                        None => MoveTo::First(route.id),
                    };
                    Move { booking: entry.booking.id, to }
                },
            )
        });
        Some(moves.collect())
    }
}
