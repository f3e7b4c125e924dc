//! New bookings on their way to a place.

use super::DeskError;
use super::squeezing::{Budget, TRIES_MAX, room};
use super::working_day::{WorkingDay, fresh_entry};
use crate::model::{Booking, BookingState};
use crate::planning::{Place, Rearrangement, why_no_place};
use chrono::{DateTime, Utc};
use serde_json::json;

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
        let (booking, route) = self.take_found(found);
        let is_held = booking.state == BookingState::Held;
        let kind = if is_held { "hold.placed" } else { "booking.placed" };
        let replaces = booking.replaces.map(|id| json!({ "replaces": id }));
        self.tell_of_courier(kind, route, &booking, replaces.unwrap_or_default());
        Ok(booking)
    }

    /// Why a booking has no place.
    pub(super) fn no_place(&self, booking: &Booking) -> DeskError {
        let reason = why_no_place(&self.plan, booking, self.now);
        DeskError::SlotTaken { reason: Box::new(reason) }
    }

    /// Puts a new booking where it can be; on which route.
    pub(super) fn take_found(&mut self, found: Found) -> (Booking, usize) {
        match found {
            Found::Gap(booking, place) => {
                let route = self.plan.routed(place, fresh_entry(&booking), self.now);
                self.set_route(place.route, route);
                self.fresh.insert(booking.id);
                (booking, place.route)
            }
            Found::Room(booking, room) => {
                let route = self.rearrange(&booking, room);
                (booking, route)
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

    /// Takes over the routes on which others made way, and says which of them the booking is on.
    fn rearrange(&mut self, booking: &Booking, room: Rearrangement) -> usize {
        self.fresh.insert(booking.id);
        let mut on = None;
        for (index, plan) in room.routes {
            let plan = match plan.ordinal(booking.id) {
                Some(ordinal) => {
                    on = Some(index);
                    plan.updated(ordinal, fresh_entry(booking))
                }
                None => plan,
            };
            self.adopt(index, &plan, "route.rearranged");
        }
        on.expect("whom others make way for is on one of their routes")
    }
}
