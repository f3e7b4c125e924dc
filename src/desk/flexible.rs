//! Offers of any of a date's slots.

use super::offer::{OfferTerms, Offered};
use super::{Desk, OfferedSlot};
use crate::model::{Flexible, Leg, Region, Slot};
use chrono::{DateTime, NaiveDate, Utc};

/// A promise of one of several windows of a date.
#[derive(Clone, Debug)]
pub struct FlexibleOffer {
    /// The service date.
    pub date: NaiveDate,
    /// The windows, and when one of them is fixed.
    pub of: Flexible,
    /// The token to hold it with.
    pub token: String,
    /// The least travel that it adds.
    pub marginal: Leg,
}

impl Desk {
    /// One offer of all the windows that are open on a date and begin late enough for the customer
    /// to be told before.
    pub(super) fn flexible_offer(
        &self,
        terms: &OfferTerms<'_>,
        (date, held_until): (NaiveDate, DateTime<Utc>),
        offered: &[OfferedSlot],
        region: &Region,
    ) -> Option<FlexibleOffer> {
        let told_before = region.slots.flexible_told_before_s.delta();
        let earliest = held_until + told_before;
        let open: Vec<(Slot, Leg)> = offered
            .iter()
            .filter(|offered| offered.slot.window.start > earliest)
            .filter_map(|offered| Some((offered.slot, offered.verdict.as_ref().ok()?.1)))
            .collect();
        let (&(first, _), [_, ..]) = open.split_first()? else { return None };
        let windows = open.iter().map(|(slot, _)| slot.window).collect();
        let of = Flexible { windows, fixed_at: first.window.start - told_before };
        let marginal = open.iter().map(|&(_, leg)| leg).min_by_key(|leg| leg.travel_s)?;
        let offer = Offered { date, slot: first, flexible: Some(&of), squeezed: true };
        let token = self.0.offers.sign(terms, offer);
        Some(FlexibleOffer { date, of, token, marginal })
    }
}
