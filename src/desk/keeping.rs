//! Bookings kept, called off and taken in, on the plan of a batch.

use super::DeskError;
use super::command::Confirmation;
use super::working_day::{WorkingDay, after, fresh_entry, not_found};
use crate::model::{Booking, BookingAction, BookingId, BookingState};
use crate::planning::Committed;
use std::collections::BTreeSet;

impl WorkingDay {
    pub(super) fn confirm(&mut self, confirmation: &Confirmation) -> Result<Booking, DeskError> {
        let at = self.plan.find(confirmation.hold).ok_or(DeskError::HoldExpired)?;
        let mut booking = self.plan.entry(at).booking.clone();
        if is_repeat(&booking, confirmation) {
            return Ok(booking);
        }
        booking.state = after(&booking, BookingAction::Confirm)?;
        booking.external_id.clone_from(&confirmation.order.external_id);
        booking.contact = Some(confirmation.order.contact.clone());
        booking.hold_expires_at = None;
        self.claim_external_id(&booking)?;
        self.update(at, booking.clone());
        self.tell_at("booking.confirmed", at, &booking);
        Ok(booking)
    }

    pub(super) fn cancel(&mut self, id: BookingId) -> Result<Booking, DeskError> {
        let at = self.plan.find(id).ok_or_else(|| not_found(id))?;
        let mut booking = self.plan.entry(at).booking.clone();
        booking.state = after(&booking, BookingAction::Cancel)?;
        self.check_not_under_way(at)?;
        self.take_out(at, booking.clone(), "booking.cancelled");
        Ok(booking)
    }

    /// Refuses what a courier has set off to.
    pub(super) fn check_not_under_way(&self, at: Committed) -> Result<(), DeskError> {
        match at {
            Committed::OnRoute { route, ordinal }
                if self.plan.routes[route].is_frozen(ordinal, self.now.timestamp()) =>
            {
                Err(DeskError::UnderWay)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn release(&mut self, id: BookingId) -> Result<Booking, DeskError> {
        let at = self.plan.find(id).ok_or_else(|| not_found(id))?;
        match self.plan.entry(at).booking.state {
            BookingState::Held => self.cancel(id),
            state => Err(DeskError::State { state, action: "be released".to_owned() }),
        }
    }

    /// Takes in what the day does not have yet; the same file again changes nothing.
    pub(super) fn import(&mut self, bookings: &[Booking]) -> Result<usize, DeskError> {
        let planned: BTreeSet<BookingId> =
            self.plan.entries().map(|(_, entry)| entry.booking.id).collect();
        let new = || bookings.iter().filter(|booking| !planned.contains(&booking.id));
        let before = self.taken.clone();
        for booking in new() {
            if let Err(error) = self.claim_new_external_id(booking) {
                self.taken = before;
                return Err(error);
            }
        }
        for booking in new() {
            self.plan.unassigned.push(fresh_entry(booking));
            self.fresh.insert(booking.id);
            self.tell("booking.imported", booking);
        }
        self.plan.unassigned.sort_by_key(|entry| entry.booking.id);
        let count = new().count();
        self.changed_pool |= count > 0;
        Ok(count)
    }

    /// As [`Self::claim_external_id`], for a booking that this day does not have: what has its
    /// order number is on another day, be it the same order.
    fn claim_new_external_id(&mut self, booking: &Booking) -> Result<(), DeskError> {
        let key = booking.external_id.clone().map(|id| (booking.programme.clone(), id));
        match key.and_then(|key| self.taken.get(&key).map(|&owner| (key.1, owner))) {
            Some((external_id, owner)) => {
                Err(DeskError::ExternalIdTaken { external_id, booking: owner })
            }
            None => self.claim_external_id(booking),
        }
    }

    /// An order number belongs to one booking of a programme.
    pub(super) fn claim_external_id(&mut self, booking: &Booking) -> Result<(), DeskError> {
        let Some(external_id) = booking.external_id.clone() else { return Ok(()) };
        let key = (booking.programme.clone(), external_id);
        match self.taken.get(&key) {
            Some(&owner) if owner != booking.id => {
                Err(DeskError::ExternalIdTaken { external_id: key.1, booking: owner })
            }
            _ => {
                self.taken.insert(key, booking.id);
                Ok(())
            }
        }
    }
}

/// Whether a confirmation says again what was already done.
fn is_repeat(booking: &Booking, confirmation: &Confirmation) -> bool {
    booking.state == BookingState::Confirmed
        && booking.external_id == confirmation.order.external_id
        && booking.contact.as_ref() == Some(&confirmation.order.contact)
}
