//! Which slots of a day have a place for a request.

use super::candidates::Candidates;
use super::route_plan::{not_before, reachable, visit_of};
use super::{DayPlan, Place, no_place};
use crate::model::{Booking, Reason, ReasonCode, Slot};
use chrono::{DateTime, Utc};

/// A question for slots.
#[derive(Clone, Copy, Debug)]
pub struct SlotQuery<'a> {
    /// The booking as it would be, its window left open: place, demand, region.
    pub booking: &'a Booking,
    /// The slots to judge.
    pub slots: &'a [Slot],
    /// Slots whose cut-off is not after this moment are closed.
    pub now: DateTime<Utc>,
    /// The latest moment at which a slot listed now may still be held. Places are judged as of
    /// then, so that time alone never takes a listed slot away.
    pub held_by: DateTime<Utc>,
    /// No courier sets off to the visit before this moment: when a hold taken at the last moment
    /// would run out.
    pub not_before: DateTime<Utc>,
}

/// One slot with its verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct SlotAnswer {
    /// The slot.
    pub slot: Slot,
    /// The cheapest place, or why there is none.
    pub verdict: Result<Place, Reason>,
}

/// Judges every slot as if every position of every route were looked at: exhaustive, though bounds
/// leave out most positions (`candidates`). Linear in the day's visits.
#[must_use]
pub fn search(day: &DayPlan, query: &SlotQuery<'_>) -> Vec<SlotAnswer> {
    let visit = visit_of(query.booking, query.not_before.timestamp(), &[]);
    let mut candidates = None;
    let mut verdict = |slot: &Slot| {
        if slot.cutoff_at <= query.now {
            return Err(Reason::of(ReasonCode::PastCutoff));
        }
        let held_by = query.held_by.timestamp();
        let candidates = candidates.get_or_insert_with(|| Candidates::new(day, &visit, held_by));
        let (opens, closes) = reachable(query.booking, slot.window, &day.blocked);
        if opens > closes {
            return Err(Reason::of(ReasonCode::Unreachable));
        }
        candidates.verdict(opens, closes).map_err(no_place)
    };
    query.slots.iter().map(|slot| SlotAnswer { slot: *slot, verdict: verdict(slot) }).collect()
}

/// Why a booking has no place in its window at `now`, by the courier who came closest, as a search for
/// slots would say it.
#[must_use]
pub fn why_no_place(day: &DayPlan, booking: &Booking, now: DateTime<Utc>) -> Reason {
    let visit = visit_of(booking, not_before(booking, now), &day.blocked);
    if visit.opens > visit.closes {
        return Reason::of(ReasonCode::Unreachable);
    }
    let mut candidates = Candidates::new(day, &visit, now.timestamp());
    match candidates.verdict(visit.opens, visit.closes) {
        Err(closest) => no_place(closest),
        // There is one: what was asked for was more than a place.
        Ok(_) => Reason::of(ReasonCode::TimeWindow),
    }
}
