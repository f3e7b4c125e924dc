//! A booking that moves to the place of a hold, on the same day or another: in one transaction, so
//! that at any moment it has the old place or the new one.

use super::actor::Actor;
use super::registry::Registry;
use super::working_day::{ExternalIds, WorkingDay, after, not_found};
use super::{DeskError, load};
use crate::model::{Booking, BookingAction, BookingId, BookingState, RouteId};
use crate::planning::{Committed, Entry};
use crate::store::{BookingRow, DayCommit, Store, StoreError};
use chrono::{DateTime, Utc};
use serde_json::json;
use std::sync::Arc;

/// Which booking is to have the place of which hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reschedule {
    pub(super) booking: BookingId,
    pub(super) hold: BookingId,
}

/// A booking taken off another day than the hold's, and what that day has to write.
#[derive(Debug)]
pub(super) struct Departure {
    pub(super) entry: Arc<Entry>,
    pub(super) commit: DayCommit,
}

/// Takes a booking off the day it is stored on. Only its own route is read.
pub(super) async fn departure(
    store: &Store,
    registry: &Registry,
    id: BookingId,
    (actor, now): (&Actor, DateTime<Utc>),
) -> Result<Result<Departure, DeskError>, StoreError> {
    let Some((_, plan)) = load::place(store, registry, id).await? else {
        return Ok(Err(not_found(id)));
    };
    let mut day = WorkingDay::new(&plan, ExternalIds::new(), now).caused_by(actor);
    Ok(day.give_up(id).map(|(entry, left)| {
        let body = json!({ "window": entry.booking.window, "route": left });
        day.event("booking.left", id.to_string(), body);
        let commit = day.commit().expect("a booking that was taken off leaves a change");
        Departure { entry, commit }
    }))
}

impl WorkingDay {
    /// Has a booking of this day, or one that left another, take the place of a hold.
    pub(super) fn reschedule(
        &mut self,
        asked: Reschedule,
        departed: Option<&Arc<Entry>>,
    ) -> Result<Booking, DeskError> {
        let at = self.plan.find(asked.hold).ok_or(DeskError::HoldExpired)?;
        let hold = self.plan.entry(at).booking.clone();
        if hold.state != BookingState::Held {
            let action = "be rescheduled to".to_owned();
            return Err(DeskError::State { state: hold.state, action });
        }
        let (entry, left) = if let Some(entry) = departed {
            (Arc::clone(entry), None)
        } else {
            self.check_not_aboard(asked.booking)?;
            self.give_up(asked.booking)?
        };
        Ok(self.take_over(&entry, left, hold))
    }

    /// Refuses what a courier has on board: nobody else can bring it on the same day.
    fn check_not_aboard(&self, id: BookingId) -> Result<(), DeskError> {
        match self.plan.find(id) {
            Some(Committed::OnRoute { route, ordinal })
                if self.plan.routes[route].has_aboard(ordinal, self.now.timestamp()) =>
            {
                Err(DeskError::UnderWay)
            }
            _ => Ok(()),
        }
    }

    /// Takes a booking off its place, to be put elsewhere, and says which route it left. What becomes
    /// of its row is up to that.
    fn give_up(&mut self, id: BookingId) -> Result<(Arc<Entry>, Option<RouteId>), DeskError> {
        let at = self.plan.find(id).ok_or_else(|| not_found(id))?;
        let entry = Arc::clone(self.plan.entry(at));
        after(&entry.booking, BookingAction::Reschedule)?;
        self.check_not_under_way(at)?;
        self.vacate(at);
        Ok((entry, self.route_at(at)))
    }

    /// Puts a booking where a hold is, and ends the hold. The booking is from now on about what the
    /// hold was searched for.
    fn take_over(&mut self, entry: &Entry, left: Option<RouteId>, hold: Booking) -> Booking {
        let at = self.plan.find(hold.id).expect("the hold has a place that nobody took");
        let of_hold = self.plan.entry(at).version;
        let moved = Booking {
            external_id: entry.booking.external_id.clone(),
            state: entry.booking.state,
            hold_expires_at: None,
            contact: entry.booking.contact.clone(),
            replaces: entry.booking.replaces,
            id: entry.booking.id,
            requested_at: entry.booking.requested_at,
            ..hold.clone()
        };
        let route = self.put(at, Entry { booking: moved.clone(), version: entry.version });
        self.note(BookingRow { booking: moved.clone(), route, version: entry.version });
        let ended = Booking { state: BookingState::Cancelled, ..hold };
        self.note(BookingRow { booking: ended, route: None, version: of_hold });
        self.tell_rescheduled(at, left, &moved);
        moved
    }

    /// Tells of a booking's new place, and which route of this day it left.
    fn tell_rescheduled(&mut self, at: Committed, left: Option<RouteId>, moved: &Booking) {
        const KIND: &str = "booking.rescheduled";
        match (at, left) {
            (Committed::OnRoute { route, .. }, Some(left)) => {
                self.tell_of_courier(KIND, route, moved, json!({ "left": left }));
            }
            _ => self.tell_at(KIND, at, moved),
        }
    }
}
