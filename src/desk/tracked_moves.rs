//! A customer who moves the own booking to another slot.

use super::{Desk, DeskError, Done, SlotSearch, SlotSearchAnswer};
use crate::model::{Booking, BookingId, HoldId};
use chrono::NaiveDate;

impl Desk {
    /// The slots that a customer's booking could be moved to; those that have no place are left out.
    ///
    /// # Errors
    /// As [`Desk::tracked`] and [`Desk::search_slots`].
    pub async fn slots_for_tracked(
        &self,
        id: BookingId,
        from: Option<NaiveDate>,
        days: Option<u32>,
    ) -> Result<SlotSearchAnswer, DeskError> {
        let Booking { programme, region, request, .. } = self.tracked(id).await?.booking;
        let asked = SlotSearch { programme, region, request, from, days, flexible: false };
        let mut answer = self.search_slots(asked).await?;
        answer.slots.retain(|slot| slot.verdict.is_ok());
        Ok(answer)
    }

    /// Moves a customer's booking to the place of an offer of [`Desk::slots_for_tracked`]. Until then it
    /// has its old one; where it cannot be moved, it keeps that.
    ///
    /// # Errors
    /// As [`Desk::tracked`], [`Desk::hold`] and [`Desk::reschedule`]; [`DeskError::BadOffer`] also for
    /// an offer for anything but what was booked.
    pub async fn move_tracked(&self, id: BookingId, offer: &str) -> Result<(), DeskError> {
        let booking = self.tracked(id).await?.booking;
        let offered = self.0.offers.read(offer)?;
        if offered.programme != booking.programme || offered.request != booking.request {
            return Err(DeskError::BadOffer);
        }
        let programme = &booking.programme;
        let Done::Now(placed) = self.hold(programme, offer, None).await? else {
            unreachable!("a hold without a key was not done before");
        };
        let hold = HoldId::from(placed.id);
        let moved = self.reschedule(Some(programme), id, hold, None).await;
        if moved.is_err() {
            // Otherwise the place is given back when the hold runs out.
            let _ = self.release(Some(programme), hold).await;
        }
        moved.map(|_| ())
    }
}
