//! Why a visit fits nowhere, from an exhaustive look at every route and position.

use super::DayPlan;
use super::route_plan::visit_of;
use crate::model::{Amount, Booking, CourierId, Reason, ReasonCode, Relaxation};
use crate::schedule::{Block, Limit};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// For each kind of obstacle the courier who came closest, nearest to a yes first. Complete:
/// every position of every route was tried. Linear in the day's visits. Where a courier who is out has the
/// goods on board, that is the reason.
#[must_use]
pub fn reasons(day: &DayPlan, booking: &Booking, now: DateTime<Utc>) -> Vec<Reason> {
    if let Some(courier) = day.stranded(booking.id) {
        return vec![reason(Block::Goods, courier)];
    }
    let visit = visit_of(booking, now.timestamp(), &day.blocked);
    let mut closest: BTreeMap<ReasonCode, (Block, &CourierId)> = BTreeMap::new();
    for route in &day.routes {
        let block = route.schedule.closest_block(&visit, now.timestamp());
        let courier = &route.of.courier.id;
        let code = code_of(&block);
        let nearer = closest.get(&code).is_none_or(|(best, _)| block.distance() < best.distance());
        if nearer {
            closest.insert(code, (block, courier));
        }
    }
    let mut found: Vec<_> = closest.into_values().collect();
    found.sort_by_key(|(block, _)| block.distance());
    if found.is_empty() {
        return vec![Reason::of(ReasonCode::NoShift)];
    }
    found.into_iter().map(|(block, courier)| reason(block, courier)).collect()
}

/// The reason for a slot that is closed, by the block that came closest over all couriers.
#[must_use]
pub fn no_place(closest: Option<(Block, &CourierId)>) -> Reason {
    match closest {
        None | Some((Block::OffShift, _)) => Reason::of(ReasonCode::NoShift),
        Some((block, courier)) => reason(block, courier),
    }
}

fn code_of(block: &Block) -> ReasonCode {
    match block {
        Block::Skill(_) => ReasonCode::Skill,
        Block::MaxStops => ReasonCode::MaxStops,
        Block::Load(dimension, _) => ReasonCode::of_load(*dimension),
        Block::Window(..) => ReasonCode::TimeWindow,
        Block::Later(limit, _) => code_of_limit(*limit),
        Block::OffShift => ReasonCode::NoShift,
        Block::UnderWay => ReasonCode::Frozen,
        Block::Goods => ReasonCode::Precedence,
        Block::Locked => ReasonCode::Locked,
    }
}

/// The code for being too late for a limit.
pub(super) fn code_of_limit(limit: Limit) -> ReasonCode {
    match limit {
        Limit::Window => ReasonCode::TimeWindow,
        Limit::Rest => ReasonCode::Break,
        Limit::ShiftEnd => ReasonCode::ShiftEnd,
        Limit::HubCloses => ReasonCode::HubClosed,
    }
}

/// A block told as a reason.
pub(super) fn reason(block: Block, courier: &CourierId) -> Reason {
    let by = match block {
        Block::Load(dimension, by) => Some(Amount::of_load(dimension, by)),
        Block::Window(_, by) | Block::Later(_, by) => Some(Amount::ByS(by)),
        Block::MaxStops => Some(Amount::ByStops(1)),
        Block::Skill(_) | Block::OffShift | Block::UnderWay | Block::Goods | Block::Locked => None,
    };
    let relaxation = match block {
        Block::Window(change, by) => Some(Relaxation { change, by: Amount::ByS(by) }),
        _ => None,
    };
    let code = code_of(&block);
    let skill = if let Block::Skill(skill) = block { Some(skill) } else { None };
    Reason { code, courier: Some(courier.clone()), by, relaxation, skill }
}
