//! Promises of one of several windows: each is planned in one of them, and may move to another.

use super::{DayPlan, Place};
use crate::model::Booking;
use chrono::{DateTime, Utc};

impl DayPlan {
    /// The booking in that of its windows which adds the least travel, and its place there. For a
    /// booking with one window that is [`DayPlan::cheapest_place`].
    #[must_use]
    pub fn cheapest_window(
        &self,
        booking: &Booking,
        now: DateTime<Utc>,
    ) -> Option<(Booking, Place)> {
        let places = booking.windows().iter().filter_map(|&window| {
            let booking = Booking { window, ..booking.clone() };
            let place = self.cheapest_place(&booking, now)?;
            Some((booking, place))
        });
        places.min_by_key(|(booking, place)| {
            (place.marginal().travel_s, booking.window.start, place.route)
        })
    }
}
