//! A customer who chooses another slot: the own booking moves there, or, where its visit failed, a new
//! one is made in its place.

use super::offer::Offer;
use super::receipt::{Render, Slip, Ticket};
use super::{Desk, DeskError, Done, Order, SlotSearch, SlotSearchAnswer};
use crate::model::{Booking, BookingId, BookingState, HoldId, ProgrammeId, Region};
use crate::store::{KeptAnswer, RequestKey};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::sync::Arc;

impl Desk {
    /// The slots that a customer's booking could be moved to, or that another visit could have in the
    /// place of one that failed; those that have no place are left out.
    ///
    /// # Errors
    /// As [`Desk::tracked`] and [`Desk::search_slots`].
    pub async fn slots_for_tracked(
        &self,
        id: BookingId,
        from: Option<NaiveDate>,
        days: Option<u32>,
    ) -> Result<SlotSearchAnswer, DeskError> {
        let booking = self.tracked(id).await?.booking;
        let replaces = replaced_by_offers(&booking);
        let Booking { programme, region, request, .. } = booking;
        let asked =
            SlotSearch { programme, region, request, from, days, flexible: false, is_new: false };
        let mut answer = self.search_slots_for(asked, replaces).await?;
        answer.slots.retain(|slot| slot.verdict.is_ok());
        Ok(answer)
    }

    /// Gives a customer the place of an offer of [`Desk::slots_for_tracked`]: the booking moves there,
    /// or, where its visit failed, a new one is made. Until then it has its old place; where it cannot be
    /// moved, it keeps that.
    ///
    /// # Errors
    /// As [`Desk::tracked`], [`Desk::hold`], [`Desk::reschedule`] and [`Desk::book`];
    /// [`DeskError::BadOffer`] also for an offer for anything but what was booked.
    pub async fn move_tracked(&self, id: BookingId, offer: &str) -> Result<(), DeskError> {
        let booking = self.tracked(id).await?.booking;
        let offered = self.0.offers.read(offer)?;
        if !is_for(&offered, &booking) {
            return Err(DeskError::BadOffer);
        }
        match booking.state {
            BookingState::Failed => self.book_again(booking, offer).await,
            _ => self.move_there(&booking.programme, id, offer).await,
        }
    }

    async fn move_there(
        &self,
        programme: &ProgrammeId,
        id: BookingId,
        offer: &str,
    ) -> Result<(), DeskError> {
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

    /// Books another visit in the place of one that failed, once: asked again, or twice at the same
    /// time, it is the same one. The new booking has the order number and the contact of the old.
    async fn book_again(&self, failed: Booking, offer: &str) -> Result<(), DeskError> {
        let refused =
            |action: &str| Err(DeskError::State { state: failed.state, action: action.to_owned() });
        if !failed.may_be_tried_again() {
            return refused("be visited again as it was booked");
        }
        let before = self.store().bookings_instead_of(failed.id).await?;
        if before.iter().any(|row| row.booking.state != BookingState::Cancelled) {
            return Ok(());
        }
        let Some(contact) = failed.contact.clone() else { return refused("be booked again") };
        let order = Order { external_id: failed.external_id.clone(), contact };
        let ticket = once(failed.id, before.len());
        match self.book(&failed.programme, offer, order, Some(ticket)).await {
            Err(DeskError::ExternalIdTaken { .. }) => {
                refused("be booked again: another visit of the same order is booked already")
            }
            done => done.map(|_| ()),
        }
    }

    /// The visit that was booked in the place of one that failed, if there is one and it was not
    /// called off.
    ///
    /// # Errors
    /// [`DeskError::Store`].
    pub async fn booked_instead_of(&self, id: BookingId) -> Result<Option<BookingId>, DeskError> {
        let rows = self.store().bookings_instead_of(id).await?;
        let last = rows.into_iter().rfind(|row| row.booking.state != BookingState::Cancelled);
        Ok(last.map(|row| row.booking.id))
    }
}

/// Which booking a new one of an offer would be in the place of.
fn replaced_by_offers(booking: &Booking) -> Option<BookingId> {
    (booking.state == BookingState::Failed).then_some(booking.id)
}

fn is_for(offered: &Offer, booking: &Booking) -> bool {
    offered.programme == booking.programme
        && offered.request == booking.request
        && offered.replaces == replaced_by_offers(booking)
}

/// What has a booking be booked again once, after so many that were called off.
fn once(failed: BookingId, before: usize) -> Ticket {
    let caller = super::Actor::customer(failed).as_str().to_owned();
    let of = RequestKey { caller, key: format!("again-{before}") };
    let answer =
        |_: &Region, _: &Booking| KeptAnswer { status: 200, location: None, body: Vec::new() };
    let slip = Slip { of, fingerprint: Sha256::digest(failed.0.as_bytes()).into() };
    slip.ticket(Render::Booking(Arc::new(answer)))
}
