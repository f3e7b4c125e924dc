//! New bookings on their way to a place.

use super::DeskError;
use super::squeezing::{Budget, TRIES_MAX, room};
use super::working_day::{WorkingDay, fresh_entry};
use crate::model::{Booking, BookingState};
use crate::planning::{Place, Rearrangement, reasons};
use chrono::{DateTime, Utc};

/// Tries for an offer whose own place was taken: about a millisecond.
const TRIES_FOR_TAKEN: u32 = 32;

/// A new booking, held or confirmed.
#[derive(Clone, Debug)]
pub(super) struct Placement {
    pub(super) booking: Booking,
    /// The moment by which the search judged that offered it.
    pub(super) judged_at: DateTime<Utc>,
    /// Whether the offer rests on others making way.
    pub(super) squeezed: bool,
}

/// Where a booking can be, in which of its windows.
pub(super) enum Found {
    /// Where nobody has to make way.
    Gap(Booking, Place),
    /// Where others do.
    Room(Booking, Rearrangement),
}

impl WorkingDay {
    /// Gives a booking the cheapest place that there is, or has others make way for it.
    pub(super) fn place(&mut self, placement: &Placement) -> Result<Booking, DeskError> {
        let found = self.place_for(placement).ok_or_else(|| self.no_place(&placement.booking))?;
        self.claim_external_id(&placement.booking)?;
        let booking = self.take_found(found);
        let is_held = booking.state == BookingState::Held;
        self.tell(if is_held { "hold.placed" } else { "booking.placed" }, &booking);
        Ok(booking)
    }

    /// Why a booking has no place.
    pub(super) fn no_place(&self, booking: &Booking) -> DeskError {
        let reason = reasons(&self.plan, booking, self.now).swap_remove(0);
        DeskError::SlotTaken { reason: Box::new(reason) }
    }

    /// Puts a new booking where it can be.
    pub(super) fn take_found(&mut self, found: Found) -> Booking {
        match found {
            Found::Gap(booking, place) => {
                let route = self.plan.routed(place, fresh_entry(&booking), self.now);
                self.set_route(place.route, route);
                self.fresh.insert(booking.id);
                booking
            }
            Found::Room(booking, room) => {
                self.rearrange(&booking, room);
                booking
            }
        }
    }

    fn place_for(&self, placement: &Placement) -> Option<Found> {
        let Placement { booking, judged_at, squeezed } = placement;
        if let Some((booking, place)) = self.plan.cheapest_window(booking, self.now) {
            return Some(Found::Gap(booking, place));
        }
        // A place that was taken meanwhile is worth some tries, though others wait for the writer.
        let tries = if *squeezed { TRIES_MAX } else { TRIES_FOR_TAKEN };
        let budget = Budget::of_tries(tries);
        booking.windows().iter().find_map(|&window| {
            let room = room(&self.plan, booking, window, *judged_at, &budget)?;
            Some(Found::Room(Booking { window, ..booking.clone() }, room))
        })
    }

    /// Takes over the routes on which others made way. The booking is on one of them.
    fn rearrange(&mut self, booking: &Booking, room: Rearrangement) {
        self.fresh.insert(booking.id);
        for (index, plan) in room.routes {
            let plan = match plan.ordinal(booking.id) {
                Some(ordinal) => plan.updated(ordinal, fresh_entry(booking)),
                None => plan,
            };
            self.adopt(index, &plan, "route.rearranged");
        }
    }
}
