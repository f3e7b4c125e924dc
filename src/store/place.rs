//! One booking's place: as much of its day as is needed to take it out.

use super::{BookingRow, DayRows, Store, StoreError};
use crate::model::{BookingId, Route};

impl Store {
    /// A booking with the route it is on, that route's other bookings, and where its day stands, all
    /// as of one moment; nothing if there is no such booking. Where it is on no route, it is the
    /// only one.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn read_place(
        &self,
        id: BookingId,
    ) -> Result<Option<(BookingRow, DayRows)>, StoreError> {
        let mut tx = self.read().await?;
        let Some(row) = tx.booking(id).await? else { return Ok(None) };
        let (region, date) = (&row.booking.region, row.booking.date);
        let Some(position) = tx.day_position(region, date).await? else { return Ok(None) };
        let route = match row.route {
            Some(route) => tx.route(region, date, route).await?,
            None => None,
        };
        let bookings = match &route {
            Some(route) => tx.bookings_by_id(&ids(route)).await?,
            None => vec![row.clone()],
        };
        let disturbances = tx.disturbances(region, date).await?;
        let locks = tx.locks(region, date).await?;
        let rows = DayRows {
            version: position.version,
            last_seq: position.last_seq,
            routes: route.into_iter().collect(),
            bookings,
            disturbances,
            locks,
        };
        Ok(Some((row, rows)))
    }
}

fn ids(route: &Route) -> Vec<BookingId> {
    route.bookings().collect()
}
