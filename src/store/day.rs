//! Opening and reading a region's day.

use super::{BookingRow, Store, StoreError, Tx};
use crate::model::{Disturbance, Lock, RegionId, Route};
use chrono::NaiveDate;
use sqlx::types::Json;

/// A day as it was at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct DayRows {
    /// Counts the changes that are not of a single route or booking: routes added, and commits
    /// that named it.
    pub version: i64,
    /// The number of the day's last event.
    pub last_seq: i64,
    /// The routes in the order of their ids.
    pub routes: Vec<Route>,
    /// The bookings that have a place on a route, in the order of their ids.
    pub bookings: Vec<BookingRow>,
    /// What upsets the day.
    pub disturbances: Vec<Disturbance>,
    /// What nothing automatic may move on it.
    pub locks: Vec<Lock>,
}

/// How far the changes of a day have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayPosition {
    /// As in [`DayRows::version`].
    pub version: i64,
    /// As in [`DayRows::last_seq`].
    pub last_seq: i64,
}

impl Store {
    /// Reads a day, after adding the day and those of `routes` that are not stored yet. Replicas
    /// that open a day at once all read the same.
    ///
    /// # Errors
    /// [`StoreError::UnknownReference`] when the region is not stored.
    pub async fn open_day(
        &self,
        region: &RegionId,
        date: NaiveDate,
        routes: &[Route],
    ) -> Result<DayRows, StoreError> {
        let mut tx = self.write().await?;
        tx.lock_day(region, date).await.map_err(|error| of_region(region, error))?;
        if tx.add_routes(routes).await? > 0 {
            let sql = "UPDATE days SET version = version + 1 WHERE region = $1 AND date = $2";
            execute!(tx, sql, region.as_str(), date)?;
            tx.tell_of_day(region, date).await?;
        }
        let rows = tx.day(region, date).await?;
        match tx.commit().await {
            // Opening a day again does no harm, so that nobody needs to know.
            Err(StoreError::Unconfirmed(detail)) => Err(StoreError::Unavailable(detail)),
            done => done.and(rows.ok_or(StoreError::Conflict)),
        }
    }

    /// Reads a day as it is at one moment; nothing if it has not been opened.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn read_day(
        &self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<Option<DayRows>, StoreError> {
        self.read().await?.day(region, date).await
    }

    /// What upsets a day; nothing if it has not been opened.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn disturbances(
        &self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<Vec<Disturbance>, StoreError> {
        self.read().await?.disturbances(region, date).await
    }

    /// The days from a date on that something upsets or upset, with the versions of their rows.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn upset_days(
        &self,
        from: NaiveDate,
    ) -> Result<Vec<(RegionId, NaiveDate, i64)>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT region, date, version FROM days
                   WHERE date >= $1 AND disturbances <> '[]' ORDER BY region, date";
        let rows: Vec<(String, NaiveDate, i64)> = fetch_all!(tx, sql, from)?;
        let bad = |_| StoreError::Corrupt("an upset day has a region that is none".to_owned());
        let read = |(id, date, version)| Ok((RegionId::new(id).map_err(bad)?, date, version));
        rows.into_iter().map(read).collect()
    }

    /// Where a day stands; nothing if it has not been opened. A commit with events moves it on, and
    /// so does a route that is added: what was read at the same position is what is stored.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn day_position(
        &self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<Option<DayPosition>, StoreError> {
        self.read().await?.day_position(region, date).await
    }

    /// Where each of these days stands, in no order, without those that have not been opened.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn day_positions(
        &self,
        days: &[(RegionId, NaiveDate)],
    ) -> Result<Vec<(RegionId, NaiveDate, DayPosition)>, StoreError> {
        let mut tx = self.read().await?;
        let rows: Vec<(String, NaiveDate, i64, i64)> = fetch_rows!(
            tx,
            "SELECT region, date, version, last_seq FROM days
             JOIN (VALUES {rows}) AS given ON region = given.column1 AND date = given.column2",
            days,
            |day| [day.0.as_str(), day.1]
        );
        let bad = |_| StoreError::Corrupt("a day has a region that is none".to_owned());
        let typed = |(region, date, version, last_seq)| {
            let region = RegionId::new(region).map_err(bad)?;
            Ok((region, date, DayPosition { version, last_seq }))
        };
        rows.into_iter().map(typed).collect()
    }
}

impl Tx {
    /// Adds the day's row where there is none, and keeps its other writers waiting.
    pub(super) async fn lock_day(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO days (region, date, version, last_seq) VALUES ($1, $2, 0, 0)
                   ON CONFLICT (region, date) DO UPDATE SET version = days.version";
        execute!(*self, sql, region.as_str(), date)?;
        Ok(())
    }

    async fn day(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<Option<DayRows>, StoreError> {
        let position = self.day_position(region, date).await?;
        let Some(DayPosition { version, last_seq }) = position else { return Ok(None) };
        let routes = self.routes(region, date).await?;
        let bookings = self.bookings(region, date).await?;
        let disturbances = self.disturbances(region, date).await?;
        let locks = self.locks(region, date).await?;
        Ok(Some(DayRows { version, last_seq, routes, bookings, disturbances, locks }))
    }

    /// What upsets a day.
    pub(super) async fn disturbances(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<Vec<Disturbance>, StoreError> {
        let sql = "SELECT disturbances FROM days WHERE region = $1 AND date = $2";
        let row: Option<(Json<Vec<Disturbance>>,)> =
            fetch_optional!(*self, sql, region.as_str(), date)?;
        Ok(row.map_or_else(Vec::new, |(disturbances,)| disturbances.0))
    }

    /// Replaces what upsets a day.
    pub(super) async fn set_disturbances(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
        disturbances: &[Disturbance],
    ) -> Result<(), sqlx::Error> {
        let sql = "UPDATE days SET disturbances = $3 WHERE region = $1 AND date = $2";
        execute!(*self, sql, region.as_str(), date, Json(disturbances))?;
        Ok(())
    }

    pub(super) async fn day_position(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<Option<DayPosition>, StoreError> {
        let sql = "SELECT version, last_seq FROM days WHERE region = $1 AND date = $2";
        let row: Option<(i64, i64)> = fetch_optional!(*self, sql, region.as_str(), date)?;
        Ok(row.map(|(version, last_seq)| DayPosition { version, last_seq }))
    }
}

fn of_region(region: &RegionId, error: StoreError) -> StoreError {
    match error {
        StoreError::UnknownReference { .. } => StoreError::UnknownReference {
            what: "the day".to_owned(),
            reference: format!("region '{region}'"),
        },
        other => other,
    }
}
