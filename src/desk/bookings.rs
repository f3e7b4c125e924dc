//! Holds and bookings: taken, kept, given back, read.

use super::command::{Command, Outcome};
use super::placing::Placement;
use super::receipt::{Done, Ticket};
use super::reschedule::Reschedule;
use super::{Confirmation, Desk, DeskError, Order};
use crate::model::{
    Booking, BookingAction, BookingId, BookingState, HoldId, ProgrammeId, Reason, ReasonCode,
    RegionId, RouteId,
};
use crate::store::BookingRow;
use chrono::NaiveDate;

impl Desk {
    /// Takes the place of an offer and holds it.
    ///
    /// # Errors
    /// [`DeskError::BadOffer`], [`DeskError::OfferExpired`], [`DeskError::SlotTaken`],
    /// [`DeskError::KeyReused`].
    pub async fn hold(
        &self,
        programme: &ProgrammeId,
        offer: &str,
        ticket: Option<Ticket>,
    ) -> Result<Done, DeskError> {
        let done = self.place(programme, offer, None, ticket.clone()).await;
        self.or_before(ticket.as_ref(), done).await
    }

    /// Books the place of an offer without a hold before.
    ///
    /// # Errors
    /// As [`Desk::hold`], and [`DeskError::ExternalIdTaken`].
    pub async fn book(
        &self,
        programme: &ProgrammeId,
        offer: &str,
        order: Order,
        ticket: Option<Ticket>,
    ) -> Result<Done, DeskError> {
        let done = self.place(programme, offer, Some(order), ticket.clone()).await;
        self.or_before(ticket.as_ref(), done).await
    }

    /// Takes the place of an offer: held, or confirmed with an order.
    async fn place(
        &self,
        programme: &ProgrammeId,
        token: &str,
        order: Option<Order>,
        ticket: Option<Ticket>,
    ) -> Result<Done, DeskError> {
        let offer = self.0.offers.read(token)?;
        if &offer.programme != programme {
            return Err(DeskError::BadOffer);
        }
        let now = self.clock().now();
        if offer.slot.cutoff_at <= now {
            let reason = Box::new(Reason::of(ReasonCode::PastCutoff));
            return Err(DeskError::SlotTaken { reason });
        }
        if offer.expires_at < now {
            return Err(DeskError::OfferExpired);
        }
        let held = self.booking_of(&offer, now)?;
        let booking = match order {
            Some(Order { external_id, contact }) => Booking {
                state: BookingState::Confirmed,
                hold_expires_at: None,
                external_id,
                contact: Some(contact),
                ..held
            },
            None => held,
        };
        let (region, date) = (booking.region.clone(), booking.date);
        let placement = Placement { booking, judged_at: offer.judged_at, squeezed: offer.squeezed };
        self.change(region, date, Command::Place(Box::new(placement)), ticket).await
    }

    /// Keeps a held place. Saying the same again answers the same.
    ///
    /// # Errors
    /// [`DeskError::NotFound`], [`DeskError::HoldExpired`], [`DeskError::ExternalIdTaken`],
    /// [`DeskError::State`], [`DeskError::KeyReused`].
    pub async fn confirm(
        &self,
        programme: &ProgrammeId,
        confirmation: Confirmation,
        ticket: Option<Ticket>,
    ) -> Result<Done, DeskError> {
        let done = self.keep(programme, confirmation, ticket.clone()).await;
        self.or_before(ticket.as_ref(), done).await
    }

    async fn keep(
        &self,
        programme: &ProgrammeId,
        confirmation: Confirmation,
        ticket: Option<Ticket>,
    ) -> Result<Done, DeskError> {
        let hold = confirmation.hold;
        let command = || Command::Confirm(Box::new(confirmation.clone()));
        if let Some(Booking { region, date, .. }) = self.planned(Some(programme), hold) {
            match self.change(region, date, command(), ticket.clone()).await {
                // It is told from what is stored what became of it.
                Err(DeskError::HoldExpired) => {}
                done => return done,
            }
        }
        let booking = self.held(Some(programme), HoldId::from(hold)).await?;
        match booking.state {
            BookingState::Expired => return Err(DeskError::HoldExpired),
            BookingState::Cancelled => {
                let action = BookingAction::Confirm.to_string();
                return Err(DeskError::State { state: booking.state, action });
            }
            _ => {}
        }
        self.change(booking.region, booking.date, command(), ticket).await
    }

    /// Moves a booking to the place of a hold, in one transaction: until then it has its old place.
    /// The booking keeps its id, its order number and its contact, and is from then on about what
    /// the hold was searched for. The hold ends.
    ///
    /// # Errors
    /// [`DeskError::NotFound`] for the booking or the hold, [`DeskError::HoldExpired`],
    /// [`DeskError::State`] when the booking is not one that waits for its courier or the hold is
    /// none any more, [`DeskError::UnderWay`], [`DeskError::KeyReused`].
    pub async fn reschedule(
        &self,
        programme: Option<&ProgrammeId>,
        id: BookingId,
        hold: HoldId,
        ticket: Option<Ticket>,
    ) -> Result<Done, DeskError> {
        let done = self.move_to(programme, id, hold, ticket.clone()).await;
        self.or_before(ticket.as_ref(), done).await
    }

    async fn move_to(
        &self,
        programme: Option<&ProgrammeId>,
        id: BookingId,
        hold: HoldId,
        ticket: Option<Ticket>,
    ) -> Result<Done, DeskError> {
        let booking = self.row(programme, id).await?.booking;
        let target = self.held(Some(&booking.programme), hold).await?;
        match target.state {
            BookingState::Held => {}
            BookingState::Expired => return Err(DeskError::HoldExpired),
            state => {
                let action = "be rescheduled to".to_owned();
                return Err(DeskError::State { state, action });
            }
        }
        let asked = Reschedule { booking: id, hold: BookingId::from(hold) };
        let left = (booking.region, booking.date);
        let day = (target.region, target.date);
        let command = Command::Reschedule(asked);
        let done = self.change(day.0.clone(), day.1, command, ticket).await?;
        if left != day {
            self.tell_left(&left.0, left.1).await;
        }
        Ok(done)
    }

    /// Has this process see at once that a day was left. It would find out by itself.
    async fn tell_left(&self, region: &RegionId, date: NaiveDate) {
        if let Err(error) = self.reload_day(region, date).await {
            tracing::warn!(error = %error, "a day that a booking left was not read anew yet");
        }
    }

    /// Gives a place back. Cancelling again answers the same. `programme` is whose booking it
    /// has to be, if the caller is one of a programme.
    ///
    /// # Errors
    /// [`DeskError::NotFound`], [`DeskError::UnderWay`], [`DeskError::State`],
    /// [`DeskError::KeyReused`].
    pub async fn cancel(
        &self,
        programme: Option<&ProgrammeId>,
        id: BookingId,
        ticket: Option<Ticket>,
    ) -> Result<Done, DeskError> {
        let booking = match self.planned(programme, id) {
            Some(planned) => planned,
            None => self.row(programme, id).await?.booking,
        };
        let done = self.give_back(programme, booking, Command::Cancel(id), ticket.clone()).await;
        self.or_before(ticket.as_ref(), done).await
    }

    /// Gives a held place back. Releasing again answers the same; a confirmed booking is not
    /// released but cancelled.
    ///
    /// # Errors
    /// [`DeskError::NotFound`], [`DeskError::HoldExpired`], [`DeskError::State`].
    pub async fn release(
        &self,
        programme: Option<&ProgrammeId>,
        hold: HoldId,
    ) -> Result<Done, DeskError> {
        let booking = self.held(programme, hold).await?;
        let command = Command::Release(booking.id);
        self.give_back(programme, booking, command, None).await
    }

    async fn give_back(
        &self,
        programme: Option<&ProgrammeId>,
        booking: Booking,
        command: Command,
        ticket: Option<Ticket>,
    ) -> Result<Done, DeskError> {
        match booking.state {
            BookingState::Cancelled => return Ok(Done::Now(Box::new(booking))),
            BookingState::Expired => return Err(DeskError::HoldExpired),
            _ => {}
        }
        let (id, region, date) = (booking.id, booking.region, booking.date);
        match self.change(region, date, command, ticket).await {
            Err(DeskError::NotFound { .. }) => self.ended(programme, id).await,
            other => other,
        }
    }

    /// A booking and its route.
    ///
    /// # Errors
    /// [`DeskError::NotFound`], also for another programme's.
    pub async fn booking(
        &self,
        programme: Option<&ProgrammeId>,
        id: BookingId,
    ) -> Result<(Booking, Option<RouteId>), DeskError> {
        let row = self.row(programme, id).await?;
        Ok((row.booking, row.route))
    }

    /// What a booking that ended in the meantime is now.
    async fn ended(
        &self,
        programme: Option<&ProgrammeId>,
        id: BookingId,
    ) -> Result<Done, DeskError> {
        let booking = self.row(programme, id).await?.booking;
        match booking.state {
            BookingState::Expired => Err(DeskError::HoldExpired),
            _ => Ok(Done::Now(Box::new(booking))),
        }
    }

    /// What a hold is now, in whatever state.
    async fn held(
        &self,
        programme: Option<&ProgrammeId>,
        hold: HoldId,
    ) -> Result<Booking, DeskError> {
        let row = self.row(programme, BookingId::from(hold)).await;
        Ok(row.map_err(|error| as_hold(error, hold))?.booking)
    }

    async fn row(
        &self,
        programme: Option<&ProgrammeId>,
        id: BookingId,
    ) -> Result<BookingRow, DeskError> {
        let row = self.store().booking(id).await?;
        row.filter(|row| programme.is_none_or(|programme| &row.booking.programme == programme))
            .ok_or_else(|| DeskError::NotFound { what: "booking", id: id.to_string() })
    }

    async fn change(
        &self,
        region: RegionId,
        date: NaiveDate,
        command: Command,
        ticket: Option<Ticket>,
    ) -> Result<Done, DeskError> {
        match self.send(&region, date, command, ticket).await? {
            Outcome::Booking(booking) => {
                self.0.recent.note(&booking);
                Ok(Done::Now(booking))
            }
            Outcome::DoneBefore(answer) => Ok(Done::Before(answer)),
            other => unreachable!("a booking's change is answered by the booking, not {other:?}"),
        }
    }
}

fn as_hold(error: DeskError, hold: HoldId) -> DeskError {
    match error {
        DeskError::NotFound { .. } => DeskError::NotFound { what: "hold", id: hold.to_string() },
        other => other,
    }
}
