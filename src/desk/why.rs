//! Why a booking is where it is, or has no place.

use super::{Desk, DeskError};
use crate::model::Booking;
use crate::planning::{Why, why};

impl Desk {
    /// Asks every courier of its day about a booking, as it was read.
    ///
    /// # Errors
    /// [`DeskError::State`] when the booking has ended, [`DeskError::UnderWay`] when its courier has
    /// set off to it.
    pub async fn why(&self, booking: &Booking) -> Result<Why, DeskError> {
        let (id, state) = (booking.id, booking.state);
        let ended = || DeskError::State { state, action: "be planned any more".to_owned() };
        if !state.has_place() {
            return Err(ended());
        }
        let day = self.day(&booking.region, booking.date).await?;
        let now = self.clock().now();
        let at = day.find(id).ok_or_else(ended)?;
        if day.is_fixed(at, now) {
            return Err(DeskError::UnderWay);
        }
        let answer = tokio::task::spawn_blocking(move || why(&day, id, now)).await;
        answer.map_err(|_| DeskError::Stopping)?.ok_or_else(ended)
    }
}
