//! New slots for what came to nothing, offered without being asked for.
//!
//! The shop is told of them by an event soon after the one that told of the failure. Should the process
//! end in between, or the offers run out, the shop asks for slots of the booking by itself
//! ([`Desk::slots_again`]).

use super::command::{Command, Outcome};
use super::working_day::WorkingDay;
use super::{Desk, DeskError, SlotSearch, SlotSearchAnswer};
use crate::model::{BookingId, BookingState, Happening, ProgrammeId, Report, TimeWindow};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

/// So many slots are offered without being asked for.
const SLOTS_MAX: usize = 3;

/// Offers for a booking that came to nothing.
#[derive(Clone, Debug)]
pub(super) struct Reoffer {
    pub(super) booking: BookingId,
    /// Windows and the tokens to hold them with.
    pub(super) offers: Vec<(TimeWindow, String)>,
    pub(super) expires_at: DateTime<Utc>,
}

impl Desk {
    /// Every slot of some dates for what a booking was for. Where the booking has come to nothing, one
    /// that is made of these offers names it.
    ///
    /// # Errors
    /// [`DeskError::NotFound`], also for another programme's, and as [`Desk::search_slots`].
    pub async fn slots_again(
        &self,
        programme: Option<&ProgrammeId>,
        id: BookingId,
        from: Option<NaiveDate>,
        days: Option<u32>,
    ) -> Result<SlotSearchAnswer, DeskError> {
        let (booking, _) = self.booking(programme, id).await?;
        let is_over = matches!(
            booking.state,
            BookingState::Failed | BookingState::Cancelled | BookingState::Expired
        );
        let (programme, region, request) = (booking.programme, booking.region, booking.request);
        let asked =
            SlotSearch { programme, region, request, from, days, flexible: false, is_new: false };
        self.searched(asked, is_over.then_some(id)).await
    }

    /// Offers new slots for bookings in the background. What goes wrong is logged: nothing is lost but
    /// the offer.
    pub(super) fn offer_again(&self, bookings: Vec<BookingId>) {
        if bookings.is_empty() {
            return;
        }
        let desk = Self::of(std::sync::Arc::clone(&self.0));
        tokio::spawn(async move {
            for id in bookings {
                if let Err(error) = desk.offered_again(id).await {
                    tracing::warn!(booking = %id, error = %error, "no new slots were offered");
                }
            }
        });
    }

    async fn offered_again(&self, id: BookingId) -> Result<(), DeskError> {
        let (booking, route) = self.booking(None, id).await?;
        if booking.state != BookingState::Failed && route.is_some() {
            return Ok(());
        }
        let found = self.slots_again(None, id, None, None).await?;
        let open = found.slots.into_iter().filter_map(|slot| {
            let (token, _) = slot.verdict.ok()?;
            Some((slot.slot.window, token))
        });
        let offers: Vec<(TimeWindow, String)> = open.take(SLOTS_MAX).collect();
        let reoffer = Reoffer { booking: id, offers, expires_at: found.expires_at };
        let command = Command::Reoffer(Box::new(reoffer));
        let outcome = self.send(&booking.region, booking.date, command, None).await?;
        debug_assert_eq!(outcome, Outcome::Reoffered);
        Ok(())
    }
}

/// The booking of which it is told that it came to nothing, if another try makes sense.
pub(super) fn to_be_offered_again(report: &Report) -> Option<BookingId> {
    match report.what {
        Happening::Failed { booking, reason, .. } if reason.is_worth_another_try() => Some(booking),
        _ => None,
    }
}

impl WorkingDay {
    /// Tells the shop of new slots; nothing where the booking is not on the day any more.
    pub(super) fn reoffer(&mut self, reoffer: &Reoffer) {
        let Some(at) = self.plan.find(reoffer.booking) else { return };
        let booking = &self.plan.entry(at).booking;
        let offer = |(window, token): &(TimeWindow, String)| json!({ "start": window.start, "end": window.end, "offer": token });
        let offers: Vec<serde_json::Value> = reoffer.offers.iter().map(offer).collect();
        let body = json!({
            "state": booking.state,
            "programme": booking.programme,
            "window": booking.window,
            "offers": offers,
            "expires_at": reoffer.expires_at,
        });
        self.event("booking.reoffered", reoffer.booking.to_string(), body);
    }

    /// Whether there is something to tell although nothing changed.
    pub(super) fn has_news(&self) -> bool {
        !self.events.is_empty()
    }
}
