//! The slots of one date for a request: what has a place, what others making way could open, and why the
//! rest is closed.

use super::days::day_of;
use super::live_day::LiveDay;
use super::offer::{OfferTerms, Offered};
use super::squeezing::{Budget, last_expiry, may_help, room};
use super::{Desk, DeskError, OfferedSlot};
use crate::model::{Amount, Booking, Leg, Reason, ReasonCode, Region, Slot};
use crate::planning::{DayPlan, SlotAnswer, SlotQuery, search};
use chrono::{DateTime, NaiveDate, Utc};
use std::sync::Arc;

/// What is asked of one date.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) wanted: &'a Booking,
    pub(super) region: &'a Arc<Region>,
    pub(super) date: NaiveDate,
    pub(super) expires_at: DateTime<Utc>,
    /// Whether slots that cost far more than others do need not be offered.
    pub(super) is_new: bool,
}

impl Desk {
    /// Every slot of the date, with an offer or a reason.
    pub(super) async fn offers_on(
        &self,
        asked: Asked<'_>,
        terms: &OfferTerms<'_>,
        now: DateTime<Utc>,
        budget: &Budget,
    ) -> Result<Vec<OfferedSlot>, DeskError> {
        let Asked { wanted, region, date, expires_at, .. } = asked;
        let day = self.live_day(&region.id, date).await?;
        let plan = day_of(&day).plan();
        let slots = region.slots.slots(region.time_zone, date);
        let query = SlotQuery {
            booking: wanted,
            slots: &slots,
            now,
            held_by: expires_at,
            not_before: last_expiry(region, expires_at),
        };
        let core = self.0.searches.core().await;
        let answers = search(&plan, &query);
        drop(core);
        let most_s = most_travel_s(day_of(&day), asked, &answers);
        let mut offered = Vec::with_capacity(answers.len());
        for SlotAnswer { slot, verdict } in answers {
            let (leg, squeezed) = match verdict {
                Ok(place) => (Ok(place.marginal()), false),
                Err(reason) => (self.opened(&plan, asked, slot, reason, budget).await, true),
            };
            let leg = leg.and_then(|leg| within(most_s, leg));
            let offer = Offered { date, slot, flexible: None, squeezed };
            let sign = |leg| (self.0.offers.sign(terms, offer), leg);
            offered.push(OfferedSlot { slot, verdict: leg.map(sign) });
        }
        Ok(offered)
    }

    /// The travel that a closed slot would add if others made way; the reason where that does not
    /// help, or others wait for this search to end.
    async fn opened(
        &self,
        plan: &DayPlan,
        asked: Asked<'_>,
        slot: Slot,
        reason: Reason,
        budget: &Budget,
    ) -> Result<Leg, Reason> {
        let searches = &self.0.searches;
        let is_worth_it = may_help(reason.code) && budget.is_left();
        if !is_worth_it || !searches.is_calm() {
            return Err(reason);
        }
        // Whoever has come meanwhile comes in first, and is seen to wait.
        tokio::task::yield_now().await;
        if !searches.is_calm() {
            return Err(reason);
        }
        let _core = searches.core().await;
        let room = room(plan, asked.wanted, slot.window, asked.expires_at, budget);
        room.map(|room| room.extra).ok_or(reason)
    }
}

/// The most travel that is offered to whoever asks, in seconds, where the region sets a bound and enough have
/// asked before. Notes what this one would need at least.
fn most_travel_s(day: &LiveDay, asked: Asked<'_>, answers: &[SlotAnswer]) -> Option<i64> {
    let percent = asked.region.most_travel_pct.filter(|_| asked.is_new)?;
    let places = answers.iter().filter_map(|answer| answer.verdict.as_ref().ok());
    let least_s = places.map(|place| place.marginal().travel_s.get()).min();
    day.usual_travel(|usual| {
        let most_s = usual.most_s(percent, asked.region.green_travel_s);
        if let Some(least_s) = least_s {
            usual.note(asked.wanted.place(), least_s);
        }
        most_s
    })
}

/// The travel, where it is no more than is offered.
fn within(most_s: Option<i64>, leg: Leg) -> Result<Leg, Reason> {
    match most_s.map(|most_s| leg.travel_s.get() - most_s) {
        Some(over_s) if over_s > 0 => {
            Err(Reason { by: Some(Amount::ByS(over_s)), ..Reason::of(ReasonCode::FarOff) })
        }
        _ => Ok(leg),
    }
}
