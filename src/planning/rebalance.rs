//! Work shared more evenly: stops moved from couriers who are paid for much to those paid for little.
//!
//! Local search by relocations, and by exchanges where no relocation helps: of all that keep every rule
//! and the budget, each time the one that brings the couriers' paid times closest together (by the sum of
//! the squares of their distances from the mean). It ends where nothing helps.

use super::cost::RouteCost;
use super::rebalance_search::Search;
use super::{DayPlan, DisruptionBudget, Move, Proposal, RoutePlan};
use crate::model::CourierId;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Travel of the whole day may grow by this much for fairness, in percent.
pub const TRAVEL_GROWTH_PERCENT_MAX: i64 = 10;

/// On a small day, where that is less than these seconds, it may grow by as much: who was idle has to
/// get to the first door.
pub const TRAVEL_GROWTH_S: i64 = 3_600;

/// How evenly couriers are paid, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// The least.
    pub min_s: i64,
    /// The most.
    pub max_s: i64,
    /// The mean.
    pub mean_s: i64,
    /// The standard deviation.
    pub deviation_s: i64,
}

/// What one courier is paid for, in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourierPaid {
    /// Who.
    pub courier: CourierId,
    /// On earlier days, as far as they count.
    pub ledger_s: i64,
    /// On this day, as it is.
    pub before_s: i64,
    /// On this day, as it would be.
    pub after_s: i64,
}

/// A day with its work shared more evenly.
#[derive(Clone, Debug)]
pub struct Rebalance {
    /// What is to be moved; nothing where nothing helps.
    pub moves: Vec<Move>,
    /// The day with these moves made.
    pub proposal: Proposal,
    /// Everybody with a shift on the day, in the order of their ids.
    pub couriers: Vec<CourierPaid>,
    /// How evenly they are paid, the ledger included.
    pub before: Spread,
    /// How evenly they would be.
    pub after: Spread,
}

/// Shares a day's work more evenly. `ledger` has what couriers were paid for on earlier days; who is
/// not in it was paid for nothing. What couriers have set off to and what is
/// locked stays. The same arguments give the same
/// answer.
#[must_use]
pub fn rebalanced(
    day: &DayPlan,
    ledger: &BTreeMap<CourierId, i64>,
    budget: &DisruptionBudget,
    now: DateTime<Utc>,
) -> Rebalance {
    let (moves, proposal) = Search::new(day, ledger, budget, now).run();
    let (before, after) = (paid_by_courier(day), paid_by_courier(&proposal.after));
    let couriers = before.iter().map(|(courier, &before_s)| CourierPaid {
        courier: courier.clone(),
        ledger_s: ledger.get(courier).copied().unwrap_or(0),
        before_s,
        after_s: after.get(courier).copied().unwrap_or(0),
    });
    let couriers: Vec<CourierPaid> = couriers.collect();
    let spread = |of: &dyn Fn(&CourierPaid) -> i64| Spread::of(couriers.iter().map(of));
    Rebalance {
        before: spread(&|paid| paid.ledger_s + paid.before_s),
        after: spread(&|paid| paid.ledger_s + paid.after_s),
        moves,
        proposal,
        couriers,
    }
}

/// What a route's courier is paid for.
pub(super) fn paid_s(day: &DayPlan, route: &RoutePlan) -> i64 {
    RouteCost::of(day, route).parts.paid_s
}

/// What each courier is paid for on a day.
pub(super) fn paid_by_courier(day: &DayPlan) -> BTreeMap<CourierId, i64> {
    let mut paid = BTreeMap::new();
    for route in &day.routes {
        *paid.entry(route.of.courier.id.clone()).or_insert(0) += paid_s(day, route);
    }
    paid
}

impl Spread {
    fn of(paid: impl Iterator<Item = i64>) -> Self {
        let paid: Vec<i64> = paid.collect();
        let Ok(count) = i64::try_from(paid.len()) else { return Self::default() };
        let (Some(&min_s), Some(&max_s)) = (paid.iter().min(), paid.iter().max()) else {
            return Self::default();
        };
        let mean_s = paid.iter().sum::<i64>() / count;
        let squares: i64 = paid.iter().map(|paid_s| (paid_s - mean_s).pow(2)).sum();
        Self { min_s, max_s, mean_s, deviation_s: (squares / count).isqrt() }
    }
}
