//! Bookings that cannot wait for a slot: placed at once, in a window of their own.
//!
//! Insertion into every route is tried first, then others making way within their windows, then what is tried
//! for those who lost their places: a call at the hub, and the search of the routes that can help. Where
//! nothing helps, nothing is stored.

use super::command::{Command, Outcome};
use super::placing::Found;
use super::receipt::Ticket;
use super::squeezing::TRIES_MAX;
use super::working_day::WorkingDay;
use super::{Desk, DeskError, Order};
use crate::clock::Stopwatch;
use crate::model::{Booking, BookingState, Leg, ProgrammeId, RegionId, TimeWindow, VisitRequest};
use crate::planning::{
    Control, DayPlan, Effort, Entry, Rearrangement, RouteChange, served_again, squeeze,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The window where none is given.
const WITHIN: TimeDelta = TimeDelta::hours(2);

/// A booking that cannot wait.
#[derive(Clone, Debug)]
pub struct Urgent {
    /// Whose it is.
    pub programme: ProgrammeId,
    /// What is to be done where.
    pub request: VisitRequest,
    /// When service is to begin; from now on for two hours where absent.
    pub window: Option<TimeWindow>,
    /// What a shop says when it books.
    pub order: Order,
}

/// An urgent booking on its way to a place.
#[derive(Clone, Debug)]
pub(super) struct UrgentPlacement {
    pub(super) booking: Booking,
    /// Routes with it that a search found.
    found: Vec<RouteChange>,
}

impl Desk {
    /// Books at once, in a window of its own.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] with the field at fault, [`DeskError::SlotTaken`] where nobody can do it,
    /// [`DeskError::ExternalIdTaken`], [`DeskError::DoneBefore`], and what a commit may answer.
    pub async fn book_urgent(
        &self,
        region: &RegionId,
        date: NaiveDate,
        asked: Urgent,
        effort: Effort,
        ticket: Option<Ticket>,
    ) -> Result<Booking, DeskError> {
        let booking = self.urgent_booking(region, date, asked)?;
        let place = async |found| {
            let placement = UrgentPlacement { booking: booking.clone(), found };
            let command = Command::PlaceUrgent(Box::new(placement));
            self.send(region, date, command, ticket.clone()).await
        };
        let placed = match place(Vec::new()).await {
            Err(DeskError::SlotTaken { reason }) => {
                let plan = self.day(region, date).await?;
                let taken_at = self.clock().after(effort.time_limit.unwrap_or_default());
                let guest = booking.clone();
                let searching = move || searched(&plan, guest, taken_at, &effort);
                let found = tokio::task::spawn_blocking(searching).await;
                match found.map_err(|_| DeskError::Stopping)? {
                    Some(found) => place(found).await?,
                    None => return Err(DeskError::SlotTaken { reason }),
                }
            }
            done => done?,
        };
        match placed {
            Outcome::Booking(booking) => Ok(*booking),
            Outcome::DoneBefore(_) => Err(DeskError::DoneBefore),
            other => unreachable!("a placement is answered by the booking, not {other:?}"),
        }
    }

    fn urgent_booking(
        &self,
        region: &RegionId,
        date: NaiveDate,
        asked: Urgent,
    ) -> Result<Booking, DeskError> {
        let (settings, now) = (self.region(region)?, self.clock().now());
        let Urgent { programme, request, window, order } = asked;
        let window = window.unwrap_or(TimeWindow { start: now, end: now + WITHIN });
        if settings.date_of(window.start) != date || window.end <= now {
            let message = format!("give a window to come that begins on {date}");
            return Err(DeskError::Invalid { pointer: "/window".into(), message });
        }
        let wanted = self.wanted(&settings, &programme, &request, now)?;
        Ok(Booking {
            date,
            window,
            state: BookingState::Confirmed,
            external_id: order.external_id,
            contact: Some(order.contact),
            ..wanted
        })
    }
}

/// Routes as they would become with the booking, if it is found a place like those who lost theirs.
fn searched(
    plan: &DayPlan,
    booking: Booking,
    now: DateTime<Utc>,
    effort: &Effort,
) -> Option<Vec<RouteChange>> {
    let watch = Stopwatch::start();
    let elapsed = || watch.elapsed();
    let never = AtomicBool::new(false);
    let control = Control { elapsed: &elapsed, cancel: &never, progress: &mut |_| {} };
    let who = BTreeSet::from([booking.id]);
    let guest = Arc::new(Entry { booking, version: 0 });
    let day = DayPlan { unassigned: vec![guest], ..plan.clone() };
    let found = served_again(&day, &who, now, effort, control);
    (!found.displaced.is_empty()).then_some(found.changes)
}

impl WorkingDay {
    /// Places an urgent booking: in a free place, or where others make way, or as a search found.
    pub(super) fn place_urgent(&mut self, asked: &UrgentPlacement) -> Result<Booking, DeskError> {
        let booking = &asked.booking;
        let found = self.urgent_place(asked).ok_or_else(|| self.no_place(booking))?;
        self.claim_external_id(booking)?;
        let (placed, route) = self.take_found(found);
        self.tell_of_courier("booking.placed", route, &placed, json!({ "urgent": true }));
        Ok(placed)
    }

    fn urgent_place(&self, asked: &UrgentPlacement) -> Option<Found> {
        let UrgentPlacement { booking, found } = asked;
        if let Some(place) = self.plan.cheapest_place(booking, self.now) {
            return Some(Found::Gap(booking.clone(), place));
        }
        let mut tries = 0;
        let proceed = || {
            tries += 1;
            tries <= TRIES_MAX
        };
        let room = squeeze(&self.plan, booking, self.now, proceed).or_else(|| {
            let is_current = !found.is_empty() && self.is_current(found, Some(booking.id));
            let routes = found.iter().map(|change| (change.route, change.plan.clone()));
            is_current.then(|| Rearrangement { routes: routes.collect(), extra: Leg::default() })
        });
        room.map(|room| Found::Room(booking.clone(), room))
    }
}
