//! What has changed of a day since it was read.

use super::{BookingRow, DayPosition, Store, StoreError};
use crate::model::{BookingId, Disturbance, Lock, RegionId, Route, RouteId};
use chrono::NaiveDate;
use std::collections::HashMap;

/// What a reader has of a day already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayKnown {
    /// The version of the day's own row, which counts the changes of the bookings without a route.
    pub version: i64,
    /// The versions of its routes.
    pub routes: HashMap<RouteId, i64>,
    /// The versions of its bookings.
    pub bookings: HashMap<BookingId, i64>,
}

/// What is different from what a reader has, as of one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct DayChanges {
    /// Where the day stands now.
    pub position: DayPosition,
    /// The routes that are new or have changed, in no order.
    pub routes: Vec<Route>,
    /// Of the bookings on those routes, the ones that are new or have changed, in no order.
    pub bookings: Vec<BookingRow>,
    /// All bookings without a route in the order of their ids, where the day's version is another.
    pub waiting: Option<Vec<BookingRow>>,
    /// What upsets the day, where the day's version is another.
    pub disturbances: Option<Vec<Disturbance>>,
    /// Its locks, where the day's version is another.
    pub locks: Option<Vec<Lock>>,
}

impl Store {
    /// Reads what is different from what is known; nothing if the day has not been opened.
    ///
    /// Besides the ids and versions of the day's routes, only what has changed is read: whatever
    /// happens to a booking with a place changes its route's version too, and whatever happens to
    /// one without a place changes the day's.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn day_changes(
        &self,
        region: &RegionId,
        date: NaiveDate,
        known: &DayKnown,
    ) -> Result<Option<DayChanges>, StoreError> {
        let mut tx = self.read().await?;
        let Some(position) = tx.day_position(region, date).await? else { return Ok(None) };
        let stored = tx.route_versions(region, date).await?.into_iter();
        let changed = stored.filter(|(id, version)| known.routes.get(id) != Some(version));
        let changed: Vec<RouteId> = changed.map(|(id, _)| id).collect();
        let routes = tx.routes_of(region, date, &changed).await?;
        let version_of = |id| (id, known.bookings.get(&id).copied().unwrap_or(0));
        let on_them: Vec<_> =
            routes.iter().flat_map(|route| route.bookings().map(version_of)).collect();
        let bookings = tx.changed_bookings(&on_them).await?;
        let (waiting, disturbances, locks) = if position.version == known.version {
            (None, None, None)
        } else {
            let waiting = tx.waiting_bookings(region, date).await?;
            let disturbances = tx.disturbances(region, date).await?;
            (Some(waiting), Some(disturbances), Some(tx.locks(region, date).await?))
        };
        Ok(Some(DayChanges { position, routes, bookings, waiting, disturbances, locks }))
    }
}
