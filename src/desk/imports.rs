//! Files taken in: what the registry has, and bookings.

use super::command::{Command, Outcome};
use super::receipt::{Render, Slip};
use super::{Desk, DeskError};
use crate::model::{Booking, BookingId, ProgrammeId, RegionId};
use crate::store::{KeptAnswer, Receipt, RegistryChange};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How it is answered how many bookings were taken in.
pub type RenderImported = fn(usize) -> KeptAnswer;

impl Desk {
    /// Takes regions, hubs, couriers and rosters in, all or nothing.
    ///
    /// # Errors
    /// [`DeskError::Store`] when a reference is unknown or the database does not take it.
    pub async fn import(&self, change: &RegistryChange) -> Result<(), DeskError> {
        self.import_once(change, None).await
    }

    /// The same for a request with a key, of which this is the receipt.
    ///
    /// # Errors
    /// As [`Self::import`], and [`DeskError::Store`] where there is such a receipt already.
    pub async fn import_once(
        &self,
        change: &RegistryChange,
        receipt: Option<Receipt>,
    ) -> Result<(), DeskError> {
        self.store().upsert_registry(change, receipt.as_slice()).await?;
        self.refresh().await
    }

    /// Takes bookings in without a place; a re-plan routes them. Those that their day has already
    /// are left as they are, and are not counted.
    ///
    /// `keyed` is the request's key and how it is answered: kept with the last day that is written.
    ///
    /// Every day is opened and every order number looked up before the first day is written, so
    /// that one booking at fault leaves nothing of the others behind. Days are then written one
    /// after the other, each in a transaction of its own.
    ///
    /// # Errors
    /// [`DeskError::NotFound`], [`DeskError::NoSuchDay`], [`DeskError::ExternalIdTaken`],
    /// [`DeskError::DoneBefore`]; nothing was taken in. When the database fails between two days, the
    /// earlier ones are in: importing the same again takes the rest.
    pub async fn import_bookings(
        &self,
        bookings: Vec<Booking>,
        keyed: Option<(Slip, RenderImported)>,
    ) -> Result<usize, DeskError> {
        let mut by_day: BTreeMap<_, Vec<Booking>> = BTreeMap::new();
        for booking in bookings {
            let booking = self.under_a_free_id(booking).await?;
            by_day.entry((booking.region.clone(), booking.date)).or_default().push(booking);
        }
        self.check_import(&by_day).await?;
        let mut taken = 0;
        let last = by_day.keys().next_back().cloned();
        for ((region, date), bookings) in by_day {
            let is_last = last.as_ref() == Some(&(region.clone(), date));
            let ticket = keyed.clone().filter(|_| is_last).map(|(slip, answer)| {
                slip.ticket(Render::Imported(Arc::new(move |_, count| answer(taken + count))))
            });
            match self.send(&region, date, Command::Import(bookings), ticket).await? {
                Outcome::Imported(count) => taken += count,
                Outcome::DoneBefore(_) => return Err(DeskError::DoneBefore),
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
}
