//! The rules that a proposed plan would not hold, told as reasons.

use super::reasons::code_of_limit;
use super::{DayPlan, RoutePlan};
use crate::model::{Amount, BookingId, Reason, ReasonCode, Relaxation, RelaxedSide, RouteId};
use crate::schedule::{ElementKind, Limit, Violation};
use std::collections::BTreeMap;

/// A rule that would not hold, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanViolation {
    /// Which rule, whose route, and by how much.
    pub reason: Reason,
    /// The route; nothing where no route has a place.
    pub route: Option<RouteId>,
    /// The booking at which it shows.
    pub booking: Option<BookingId>,
}

impl PlanViolation {
    /// Of a booking on a route, by an amount.
    pub(super) fn new(
        code: ReasonCode,
        route: &RoutePlan,
        booking: Option<BookingId>,
        by: Option<Amount>,
    ) -> Self {
        let reason = Reason { courier: Some(route.of.courier.id.clone()), by, ..Reason::of(code) };
        Self { reason, route: Some(route.id), booking }
    }

    /// Whether it is a promised window that would be missed, and nothing else.
    #[must_use]
    pub fn is_lateness(&self) -> bool {
        self.reason.code == ReasonCode::TimeWindow && self.route.is_some()
    }

    fn by(&self) -> i64 {
        self.reason.by.map_or(0, Amount::get)
    }

    /// Whether it was so before, and as bad. A late visit is the same one on whichever route.
    fn is_as_in(&self, old: &Self) -> bool {
        let same_rule =
            (self.reason.code, &self.reason.skill) == (old.reason.code, &old.reason.skill);
        let same_place = match self.reason.code {
            ReasonCode::TimeWindow => self.booking == old.booking,
            ReasonCode::Skill => (self.booking, self.route) == (old.booking, old.route),
            _ => self.route == old.route,
        };
        same_rule && same_place && self.by() <= old.by()
    }
}

/// What would not hold after a change of some routes at `now`, and held before or was less bad.
pub(super) fn new_violations(
    before: &DayPlan,
    after: &DayPlan,
    changed: &[usize],
    now: i64,
) -> Vec<PlanViolation> {
    let of = |day: &DayPlan| -> Vec<PlanViolation> {
        changed.iter().flat_map(|&index| of_route(&day.routes[index])).collect()
    };
    let old = of(before);
    let is_new = |violation: &PlanViolation| !old.iter().any(|old| violation.is_as_in(old));
    let goods = goods_missing(before, after, changed, now);
    of(after).into_iter().filter(is_new).chain(goods).collect()
}

/// Whose goods would not be with the courier who comes; by the courier who has them, where one has.
fn goods_missing(
    before: &DayPlan,
    after: &DayPlan,
    changed: &[usize],
    now: i64,
) -> Vec<PlanViolation> {
    let mut found: BTreeMap<BookingId, PlanViolation> = BTreeMap::new();
    for (old, new) in changed.iter().map(|&at| (&before.routes[at], &after.routes[at])) {
        for booking in old.goods_missing(new, now) {
            if old.ordinal(booking).is_some() || !found.contains_key(&booking) {
                let violation =
                    PlanViolation::new(ReasonCode::Precedence, old, Some(booking), None);
                found.insert(booking, violation);
            }
        }
    }
    found.into_values().collect()
}

/// Every rule that a route does not hold; of loads the worst moment in each dimension.
pub(super) fn of_route(route: &RoutePlan) -> Vec<PlanViolation> {
    let mut overloads: BTreeMap<ReasonCode, PlanViolation> = BTreeMap::new();
    let mut found = Vec::new();
    for violation in route.schedule.violations() {
        match violation {
            Violation::Late { at, limit, by_s } => found.push(late(route, at, limit, by_s)),
            Violation::Overload { at, dimension, by } => {
                let (code, by) = (ReasonCode::of_load(dimension), Amount::of_load(dimension, by));
                let overload = PlanViolation::new(code, route, booking_at(route, at), Some(by));
                let worst = overloads.entry(code).or_insert_with(|| overload.clone());
                if worst.by() < overload.by() {
                    *worst = overload;
                }
            }
        }
    }
    found.extend(overloads.into_values());
    found.extend(skills(route));
    found.extend(too_many_stops(route));
    found.extend(nobody_comes(route));
    found
}

impl DayPlan {
    /// Whether somebody is to be visited by a courier who cannot go on.
    #[must_use]
    pub fn is_left_alone(&self) -> bool {
        self.routes.iter().any(|route| nobody_comes(route).next().is_some())
    }
}

/// What the courier of a route who cannot go on has not come to.
fn nobody_comes(route: &RoutePlan) -> impl Iterator<Item = PlanViolation> {
    let elements = route.schedule.elements().iter().filter(|_| route.of.is_out);
    let open = elements.filter(|element| !element.facts.is_reached());
    open.filter_map(|element| match element.kind {
        ElementKind::Visit(ordinal) => {
            let booking = Some(route.entries[ordinal as usize].booking.id);
            Some(PlanViolation::new(ReasonCode::NoShift, route, booking, None))
        }
        _ => None,
    })
}

fn late(route: &RoutePlan, at: usize, limit: Limit, by_s: i64) -> PlanViolation {
    let by = Amount::ByS(by_s);
    let mut found =
        PlanViolation::new(code_of_limit(limit), route, booking_at(route, at), Some(by));
    if limit == Limit::Window {
        found.reason.relaxation = Some(Relaxation { change: RelaxedSide::End, by });
    }
    found
}

fn booking_at(route: &RoutePlan, at: usize) -> Option<BookingId> {
    match route.schedule.elements()[at].kind {
        ElementKind::Visit(ordinal) => Some(route.entries[ordinal as usize].booking.id),
        _ => None,
    }
}

fn skills(route: &RoutePlan) -> impl Iterator<Item = PlanViolation> {
    let has = &route.of.courier.skills;
    route.entries.iter().flat_map(move |entry| {
        let missing = entry.booking.demand.skills.iter().filter(|skill| !has.contains(*skill));
        missing.map(|skill| {
            let booking = Some(entry.booking.id);
            let mut found = PlanViolation::new(ReasonCode::Skill, route, booking, None);
            found.reason.skill = Some(skill.clone());
            found
        })
    })
}

fn too_many_stops(route: &RoutePlan) -> Option<PlanViolation> {
    let most = route.of.courier.max_stops?;
    let count = u32::try_from(route.entries.len()).unwrap_or(u32::MAX);
    let by = i64::from(count.checked_sub(most).filter(|&by| by > 0)?);
    Some(PlanViolation::new(ReasonCode::MaxStops, route, None, Some(Amount::ByStops(by))))
}
