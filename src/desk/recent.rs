//! On which days the bookings are that were made or asked for here lately: what is held is confirmed soon
//! after, mostly by the same replica, and need not be looked for in the database then.

use super::Desk;
use super::days::{Key, day_of};
use crate::model::{Booking, BookingId, ProgrammeId};
use quick_cache::sync::Cache;

/// Bookings that are remembered: some minutes of a festival.
const REMEMBERED_MAX: usize = 65_536;

/// The days of bookings. Only a hint: the booking may have moved to another day since.
pub(super) struct Recent(Cache<BookingId, Key>);

impl Default for Recent {
    fn default() -> Self {
        Self(Cache::new(REMEMBERED_MAX))
    }
}

impl Recent {
    pub(super) fn note(&self, booking: &Booking) {
        self.0.insert(booking.id, (booking.region.clone(), booking.date));
    }
}

impl Desk {
    /// A booking as it is in the committed plan of a day that is loaded; nothing where it has to be
    /// looked for.
    pub(super) fn planned(
        &self,
        programme: Option<&ProgrammeId>,
        id: BookingId,
    ) -> Option<Booking> {
        let key = self.0.recent.0.get(&id)?;
        let day = self.0.days.find(&key)?;
        let plan = day_of(&day).plan();
        let booking = &plan.entry(plan.find(id)?).booking;
        let is_theirs = programme.is_none_or(|programme| booking.programme == *programme);
        is_theirs.then(|| booking.clone())
    }
}
