//! Holds and bookings: taken, kept, given back, read.

use super::command::{Command, Outcome};
use super::{Confirmation, Desk, DeskError};
use crate::model::{
    Booking, BookingAction, BookingId, BookingState, HoldId, ProgrammeId, Reason, ReasonCode,
    RegionId, RouteId,
};
use crate::store::BookingRow;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

impl Desk {
    /// Takes the place of an offer and holds it.
    ///
    /// # Errors
    /// [`DeskError::BadOffer`], [`DeskError::OfferExpired`], [`DeskError::SlotTaken`].
    pub async fn hold(&self, programme: &ProgrammeId, token: &str) -> Result<Booking, DeskError> {
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
        let booking = self.booking_of(&offer, now)?;
        self.change(booking.region.clone(), booking.date, Command::Place(Box::new(booking))).await
    }

    /// Keeps a held place. Saying the same again answers the same.
    ///
    /// # Errors
    /// [`DeskError::NotFound`], [`DeskError::HoldExpired`], [`DeskError::ExternalIdTaken`],
    /// [`DeskError::State`].
    pub async fn confirm(
        &self,
        programme: &ProgrammeId,
        confirmation: Confirmation,
    ) -> Result<Booking, DeskError> {
        let hold = HoldId::from(confirmation.hold);
        let row = self.row(Some(programme), confirmation.hold).await;
        let booking = row.map_err(|error| as_hold(error, hold))?.booking;
        match booking.state {
            BookingState::Expired => return Err(DeskError::HoldExpired),
            BookingState::Cancelled => {
                let action = BookingAction::Confirm.to_string();
                return Err(DeskError::State { state: booking.state, action });
            }
            _ => {}
        }
        let command = Command::Confirm(Box::new(confirmation));
        self.change(booking.region, booking.date, command).await
    }

    /// Gives a place back. Cancelling again answers the same. `programme` is whose booking it
    /// has to be, if the caller is one of a programme.
    ///
    /// # Errors
    /// [`DeskError::NotFound`], [`DeskError::UnderWay`], [`DeskError::State`].
    pub async fn cancel(
        &self,
        programme: Option<&ProgrammeId>,
        id: BookingId,
    ) -> Result<Booking, DeskError> {
        let booking = self.row(programme, id).await?.booking;
        self.give_back(programme, booking, Command::Cancel(id)).await
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
    ) -> Result<Booking, DeskError> {
        let id = BookingId::from(hold);
        let row = self.row(programme, id).await.map_err(|error| as_hold(error, hold))?;
        self.give_back(programme, row.booking, Command::Release(id)).await
    }

    async fn give_back(
        &self,
        programme: Option<&ProgrammeId>,
        booking: Booking,
        command: Command,
    ) -> Result<Booking, DeskError> {
        match booking.state {
            BookingState::Cancelled => return Ok(booking),
            BookingState::Expired => return Err(DeskError::HoldExpired),
            _ => {}
        }
        let (id, region, date) = (booking.id, booking.region, booking.date);
        match self.change(region, date, command).await {
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

    /// Takes bookings in without a place; a re-plan routes them. Those that their day has already
    /// are left as they are, and are not counted.
    ///
    /// Every day is opened and every order number looked up before the first day is written, so
    /// that one booking at fault leaves nothing of the others behind. Days are then written one
    /// after the other, each in a transaction of its own.
    ///
    /// # Errors
    /// [`DeskError::NotFound`], [`DeskError::NoSuchDay`], [`DeskError::ExternalIdTaken`]; nothing
    /// was taken in. When the database fails between two days, the earlier ones are in: importing
    /// the same again takes the rest.
    pub async fn import_bookings(&self, bookings: Vec<Booking>) -> Result<usize, DeskError> {
        let mut by_day: BTreeMap<_, Vec<Booking>> = BTreeMap::new();
        for booking in bookings {
            let booking = self.under_a_free_id(booking).await?;
            by_day.entry((booking.region.clone(), booking.date)).or_default().push(booking);
        }
        self.check_import(&by_day).await?;
        let mut taken = 0;
        for ((region, date), bookings) in by_day {
            match self.send(&region, date, Command::Import(bookings)).await? {
                Outcome::Imported(count) => taken += count,
                other => unreachable!("an import is answered by a count, not {other:?}"),
            }
        }
        Ok(taken)
    }

    /// An order that was called off and is imported again is a new booking.
    async fn under_a_free_id(&self, booking: Booking) -> Result<Booking, DeskError> {
        let before = self.store().booking(booking.id).await?;
        let ended = before.is_some_and(|row| !row.booking.state.has_place());
        Ok(if ended { Booking { id: BookingId(self.new_id()), ..booking } } else { booking })
    }

    /// Whether every day can take its bookings: it can be opened, and of the bookings it does not
    /// have yet, no order number belongs to another booking, stored or given.
    async fn check_import(
        &self,
        by_day: &BTreeMap<(RegionId, NaiveDate), Vec<Booking>>,
    ) -> Result<(), DeskError> {
        let mut asked: BTreeMap<(ProgrammeId, String), BookingId> = BTreeMap::new();
        for ((region, date), bookings) in by_day {
            let plan = self.day(region, *date).await?;
            let planned: BTreeSet<BookingId> =
                plan.entries().map(|(_, entry)| entry.booking.id).collect();
            for booking in bookings.iter().filter(|booking| !planned.contains(&booking.id)) {
                let Some(external_id) = booking.external_id.clone() else { continue };
                let key = (booking.programme.clone(), external_id);
                if let Some(first) = asked.insert(key, booking.id) {
                    let external_id = booking.external_id.clone().unwrap_or_default();
                    return Err(DeskError::ExternalIdTaken { external_id, booking: first });
                }
            }
        }
        let asked: Vec<_> = asked.into_keys().collect();
        match self.store().taken_external_ids(&asked).await?.into_iter().min() {
            Some((_, external_id, booking)) => {
                Err(DeskError::ExternalIdTaken { external_id, booking })
            }
            None => Ok(()),
        }
    }

    /// What a booking that ended in the meantime is now.
    async fn ended(
        &self,
        programme: Option<&ProgrammeId>,
        id: BookingId,
    ) -> Result<Booking, DeskError> {
        let booking = self.row(programme, id).await?.booking;
        match booking.state {
            BookingState::Expired => Err(DeskError::HoldExpired),
            _ => Ok(booking),
        }
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
    ) -> Result<Booking, DeskError> {
        match self.send(&region, date, command).await? {
            Outcome::Booking(booking) => Ok(*booking),
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
