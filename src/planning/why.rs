//! Why a booking is where it is, or has no place: every courier's answer.

use super::cost::{CostParts, RouteCost};
use super::reasons::reason;
use super::spot::{Spot, visit_at};
use super::{Committed, DayPlan, RoutePlan};
use crate::model::{Amount, BookingId, CourierId, Reason, Relaxation, RouteId};
use crate::schedule::{Block, Schedule, Visit};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// Where a booking is and what every courier says to it. Complete: every position of every route was
/// tried, with the visit taken out of where it is and the day otherwise as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Where it is, and what it costs there; nothing where it has no place.
    pub here: Option<Here>,
    /// Those who could take it first, by the travel it adds; then the others, nearest to a yes first.
    pub couriers: Vec<CourierAnswer>,
}

/// The place that a booking has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Here {
    /// The route.
    pub route: RouteId,
    /// Who drives it.
    pub courier: CourierId,
    /// Which of the route's visits it is, from 1.
    pub position: usize,
    /// What the route costs more with the visit than without.
    pub cost: CostParts,
}

/// What one courier says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourierAnswer {
    /// The route.
    pub route: RouteId,
    /// Who drives it.
    pub courier: CourierId,
    /// The cheapest place and what the route would cost more, or why there is none.
    pub verdict: Result<(Spot, CostParts), Reason>,
}

/// Asks every courier about a booking of the plan; nothing where the plan does not have it. Linear in
/// the day's visits.
#[must_use]
pub fn why(day: &DayPlan, booking: BookingId, now: DateTime<Utc>) -> Option<Why> {
    let at = day.find(booking)?;
    let mut without = day.clone();
    let carrier = day.carrier(at, now);
    let entry = without.take_out(at, now);
    let here = match at {
        Committed::OnRoute { route, ordinal } => {
            let (with, less) = (&day.routes[route], &without.routes[route]);
            Some(Here {
                route: with.id,
                courier: with.of.courier.id.clone(),
                position: ordinal + 1,
                cost: extra(day, less, with),
            })
        }
        Committed::Unassigned(_) => None,
    };
    let visit = Visit { is_aboard: carrier.is_some(), ..visit_at(day, &entry, now) };
    let ask = |(index, route): (usize, &Arc<RoutePlan>)| {
        let courier = &route.of.courier.id;
        if carrier.is_some_and(|carrier| carrier != index) {
            let (kind, by) = Block::Goods.distance();
            let verdict = Err(reason(Block::Goods, courier));
            let answer = CourierAnswer { route: route.id, courier: courier.clone(), verdict };
            return ((1, kind, by), answer);
        }
        let cheapest = route.schedule.cheapest(&visit, now.timestamp());
        let (verdict, rank) = if let Some(gap) = cheapest {
            let with = route.with(gap.at, Arc::clone(&entry), visit.not_before);
            let spot = Spot::of(route, &gap, &visit);
            (Ok((spot, extra(day, route, &with))), (0, 0, gap.extra.travel_s.get()))
        } else {
            let block = route.schedule.closest_block(&visit, now.timestamp());
            let (kind, by) = block.distance();
            let window = nearest_window(&route.schedule, &block, &visit, now.timestamp());
            let mut refusal = reason(block, courier);
            refusal.relaxation = refusal.relaxation.or(window);
            (Err(refusal), (1, kind, by))
        };
        (rank, CourierAnswer { route: route.id, courier: courier.clone(), verdict })
    };
    let mut couriers: Vec<_> = without.routes.iter().enumerate().map(ask).collect();
    couriers.sort_by_key(|(rank, _)| *rank);
    Some(Why { here, couriers: couriers.into_iter().map(|(_, answer)| answer).collect() })
}

fn extra(day: &DayPlan, without: &RoutePlan, with: &RoutePlan) -> CostParts {
    RouteCost::of(day, with).parts - RouteCost::of(day, without).parts
}

/// The smallest change of the window that would do for a courier whose shift has no moment in it.
fn nearest_window(
    schedule: &Schedule,
    block: &Block,
    visit: &Visit,
    now: i64,
) -> Option<Relaxation> {
    if *block != Block::OffShift {
        return None;
    }
    let blocks = schedule.gaps(visit, now).filter_map(|gap| schedule.block_at(&gap, visit));
    match blocks.reduce(Block::closer) {
        Some(Block::Window(change, by_s)) => Some(Relaxation { change, by: Amount::ByS(by_s) }),
        _ => None,
    }
}
