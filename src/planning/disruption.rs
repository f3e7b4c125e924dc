//! What a change of a day means for customers and couriers: the difference between two plans.
//!
//! Every change that somebody may want to judge before it is made (a move, a rebalance, a re-plan,
//! what follows from a disturbance) is told by the same report, so that they can be compared.

use super::cost::{CostParts, RouteCost};
use super::{DayPlan, RoutePlan};
use crate::model::{BookingId, CourierId, RouteId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A start that moves by more than this many seconds is counted as shifted.
pub const ETA_SHIFT_S: i64 = 300;

/// Where a booking is in a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not in the plan at all: new, or no longer wanted.
    Absent,
    /// Without a place.
    Unassigned,
    /// On a route.
    OnRoute(Visited),
}

/// A booking's visit on a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visited {
    /// The route.
    pub route: RouteId,
    /// Who drives it.
    pub courier: CourierId,
    /// Which of the route's visits it is, from 1.
    pub position: usize,
    /// When the service begins: Unix time in seconds.
    pub start_s: i64,
    /// By how much the promised window is missed, in seconds; 0 where it is kept.
    pub late_s: i64,
}

impl Standing {
    /// The visit, if there is one.
    #[must_use]
    pub fn visit(&self) -> Option<&Visited> {
        match self {
            Self::OnRoute(visit) => Some(visit),
            Self::Absent | Self::Unassigned => None,
        }
    }

    fn keeps_promise(&self) -> bool {
        self.visit().is_some_and(|visit| visit.late_s == 0)
    }
}

/// A booking that stands elsewhere or at another time than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingChange {
    /// The booking.
    pub booking: BookingId,
    /// Where it was.
    pub before: Standing,
    /// Where it is.
    pub after: Standing,
    /// The courier had set off to it, or had been there.
    pub was_frozen: bool,
}

impl BookingChange {
    /// By how much the service begins later, in seconds; nothing where it has no place in one of
    /// the plans.
    #[must_use]
    pub fn shift_s(&self) -> Option<i64> {
        Some(self.after.visit()?.start_s - self.before.visit()?.start_s)
    }

    /// Whether another courier comes.
    #[must_use]
    pub fn changes_courier(&self) -> bool {
        let couriers = self.before.visit().zip(self.after.visit());
        couriers.is_some_and(|(before, after)| before.courier != after.courier)
    }

    /// Whether a promise that was kept is not kept any more: late, or without a place.
    #[must_use]
    pub fn breaks_promise(&self) -> bool {
        self.before.keeps_promise() && !self.after.keeps_promise() && self.after != Standing::Absent
    }

    /// Whether somebody moved a visit that its courier had set off to.
    #[must_use]
    pub fn touches_frozen(&self) -> bool {
        self.was_frozen && self.before != self.after
    }
}

/// A route that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteDifference {
    /// The route.
    pub route: RouteId,
    /// Who drives it.
    pub courier: CourierId,
    /// What it cost; nothing where the plan did not have it.
    pub before: Option<RouteCost>,
    /// What it costs; nothing where the plan no longer has it.
    pub after: Option<RouteCost>,
}

/// A change in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DisruptionTotals {
    /// Promises that were kept and are not any more.
    pub promises_broken: usize,
    /// Promises that were not kept and are now.
    pub promises_mended: usize,
    /// Visits to which another courier comes.
    pub couriers_changed: usize,
    /// Visits that begin earlier or later by more than [`ETA_SHIFT_S`].
    pub etas_shifted: usize,
    /// The largest such shift in either direction, in seconds.
    pub eta_shift_s_max: i64,
    /// Bookings that lost their place.
    pub unassigned: usize,
    /// Bookings that had no place and have one.
    pub assigned: usize,
    /// Visits that their couriers had set off to and that were moved all the same: always 0.
    pub frozen_touched: usize,
    /// What the changed routes cost together.
    pub before: CostParts,
    /// What they cost now.
    pub after: CostParts,
}

/// The difference between two plans of one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disruption {
    /// In the order of their ids.
    pub bookings: Vec<BookingChange>,
    /// In the order of their ids.
    pub routes: Vec<RouteDifference>,
    /// In numbers.
    pub totals: DisruptionTotals,
}

/// What changed from one plan of a day to another, where what couriers had set off to at `now` (Unix
/// seconds) by the first plan counts as frozen. Routes that both plans share cost nothing to compare.
#[must_use]
pub fn disruption(before: &DayPlan, after: &DayPlan, now: i64) -> Disruption {
    let pairs = changed_routes(before, after);
    let mut found = Changes::default();
    for entry in &before.unassigned {
        found.of(entry.booking.id).before = Standing::Unassigned;
    }
    for entry in &after.unassigned {
        found.of(entry.booking.id).after = Standing::Unassigned;
    }
    for (old, new) in pairs.values() {
        for (ordinal, (booking, visit)) in old.iter().flat_map(|old| visits(old)).enumerate() {
            let change = found.of(booking);
            change.was_frozen = old.is_some_and(|old| old.is_frozen(ordinal, now));
            change.before = Standing::OnRoute(visit);
        }
        for (booking, visit) in new.iter().flat_map(|new| visits(new)) {
            found.of(booking).after = Standing::OnRoute(visit);
        }
    }
    let bookings: Vec<BookingChange> =
        found.0.into_values().filter(|change| change.before != change.after).collect();
    let routes: Vec<RouteDifference> =
        pairs.values().filter_map(|&(old, new)| difference((before, old), (after, new))).collect();
    let totals = DisruptionTotals::of(&bookings, &routes);
    Disruption { bookings, routes, totals }
}

/// A route in either plan.
type Pair<'a> = (Option<&'a RoutePlan>, Option<&'a RoutePlan>);

/// The routes that the plans do not share, by their ids.
fn changed_routes<'a>(before: &'a DayPlan, after: &'a DayPlan) -> BTreeMap<RouteId, Pair<'a>> {
    let olds: BTreeMap<RouteId, &Arc<RoutePlan>> =
        before.routes.iter().map(|route| (route.id, route)).collect();
    let mut pairs: BTreeMap<RouteId, Pair<'a>> =
        olds.iter().map(|(&id, old)| (id, (Some(&***old), None))).collect();
    for new in &after.routes {
        if olds.get(&new.id).is_some_and(|old| Arc::ptr_eq(old, new)) {
            pairs.remove(&new.id);
        } else {
            pairs.entry(new.id).or_default().1 = Some(&**new);
        }
    }
    pairs
}

/// A route's visits in their order.
fn visits(route: &RoutePlan) -> impl Iterator<Item = (BookingId, Visited)> {
    route.entries.iter().enumerate().map(|(ordinal, entry)| {
        let visit = Visited {
            route: route.id,
            courier: route.of.courier.id.clone(),
            position: ordinal + 1,
            start_s: route.start_of(ordinal),
            late_s: route.late_s(ordinal),
        };
        (entry.booking.id, visit)
    })
}

/// What became of a route; nothing where it does the same at the same cost.
fn difference(
    (before, old): (&DayPlan, Option<&RoutePlan>),
    (after, new): (&DayPlan, Option<&RoutePlan>),
) -> Option<RouteDifference> {
    let of = new.or(old)?;
    let difference = RouteDifference {
        route: of.id,
        courier: of.of.courier.id.clone(),
        before: old.map(|old| RouteCost::of(before, old)),
        after: new.map(|new| RouteCost::of(after, new)),
    };
    (difference.before != difference.after).then_some(difference)
}

/// The bookings met so far.
#[derive(Default)]
struct Changes(BTreeMap<BookingId, BookingChange>);

impl Changes {
    fn of(&mut self, booking: BookingId) -> &mut BookingChange {
        self.0.entry(booking).or_insert(BookingChange {
            booking,
            before: Standing::Absent,
            after: Standing::Absent,
            was_frozen: false,
        })
    }
}

impl DisruptionTotals {
    fn of(bookings: &[BookingChange], routes: &[RouteDifference]) -> Self {
        let count = |of: &dyn Fn(&BookingChange) -> bool| bookings.iter().filter(|b| of(b)).count();
        let shifts = || bookings.iter().filter_map(BookingChange::shift_s).map(i64::abs);
        let parts = |cost: &Option<RouteCost>| cost.map(|cost| cost.parts);
        let is_mended = |change: &BookingChange| {
            change.before != Standing::Absent
                && !change.before.keeps_promise()
                && change.after.keeps_promise()
        };
        let has_place = |standing: &Standing| standing.visit().is_some();
        Self {
            promises_broken: count(&BookingChange::breaks_promise),
            promises_mended: count(&is_mended),
            couriers_changed: count(&BookingChange::changes_courier),
            etas_shifted: shifts().filter(|&shift_s| shift_s > ETA_SHIFT_S).count(),
            eta_shift_s_max: shifts().max().unwrap_or(0),
            unassigned: count(&|b| has_place(&b.before) && b.after == Standing::Unassigned),
            assigned: count(&|b| b.before == Standing::Unassigned && has_place(&b.after)),
            frozen_touched: count(&BookingChange::touches_frozen),
            before: routes.iter().filter_map(|route| parts(&route.before)).sum(),
            after: routes.iter().filter_map(|route| parts(&route.after)).sum(),
        }
    }
}
