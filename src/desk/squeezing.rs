//! Slots that plain insertion has no place for, opened by a courier's call at the hub or by others making
//! way.
//!
//! A search tries within a small budget; a hold repeats the very tries, as of the moment that the
//! search judged by, and may make more. So a slot that was listed can be held while nothing else
//! changes, and one whose place was taken meanwhile may still be found another.

use crate::clock::Stopwatch;
use crate::model::{Booking, BookingState, ReasonCode, Region, TimeWindow};
use crate::planning::{DayPlan, Rearrangement, insert_with_call, squeeze};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// The most tries for one slot.
pub(super) const TRIES_MAX: u32 = 400;

/// What others making way may cost.
pub(super) struct Budget {
    watch: Stopwatch,
    time: Option<Duration>,
    tries: u32,
}

impl Budget {
    /// So much time for all slots of a search; without one, only tries are counted.
    pub(super) fn new(time: Option<Duration>) -> Self {
        Self { time, ..Self::of_tries(TRIES_MAX) }
    }

    /// So many tries for each slot.
    pub(super) fn of_tries(tries: u32) -> Self {
        Self { watch: Stopwatch::start(), time: None, tries }
    }

    /// Whether there is time left.
    pub(super) fn is_left(&self) -> bool {
        self.time.is_none_or(|time| self.watch.elapsed() < time)
    }
}

/// Whether others making way could help against a reason.
pub(super) fn may_help(code: ReasonCode) -> bool {
    match code {
        ReasonCode::TimeWindow
        | ReasonCode::ShiftEnd
        | ReasonCode::Break
        | ReasonCode::HubClosed
        | ReasonCode::MaxStops
        | ReasonCode::LoadParcels
        | ReasonCode::LoadWeight
        | ReasonCode::LoadVolume
        | ReasonCode::ValueAtRisk => true,
        ReasonCode::NoShift
        | ReasonCode::Skill
        | ReasonCode::Unreachable
        | ReasonCode::Frozen
        | ReasonCode::Locked
        | ReasonCode::Precedence
        | ReasonCode::OutsideRegion
        | ReasonCode::PastCutoff
        | ReasonCode::FarOff => false,
    }
}

/// Room for a booking in a window, by a call at the hub or by others making way, as of `judged_at`: the last moment at which an offer of it can
/// be held.
pub(super) fn room(
    plan: &DayPlan,
    booking: &Booking,
    window: TimeWindow,
    judged_at: DateTime<Utc>,
    budget: &Budget,
) -> Option<Rearrangement> {
    let asked = Booking {
        window,
        state: BookingState::Held,
        hold_expires_at: Some(last_expiry(&plan.region, judged_at)),
        flexible: None,
        ..booking.clone()
    };
    if budget.is_left()
        && let Some(room) = insert_with_call(plan, &asked, judged_at)
    {
        return Some(room);
    }
    let mut tries = 0;
    squeeze(plan, &asked, judged_at, || {
        tries += 1;
        tries <= budget.tries && budget.is_left()
    })
}

/// When a hold runs out that is taken at the last moment.
pub(super) fn last_expiry(region: &Region, judged_at: DateTime<Utc>) -> DateTime<Utc> {
    judged_at + region.hold_s.delta()
}
