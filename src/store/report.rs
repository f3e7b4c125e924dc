//! What couriers told, and where they were.

use super::sql::kept;
use super::{Store, StoreError, Tx};
use crate::geo::Point;
use crate::model::{CourierId, Happening, Position, RegionId, Report, ToldReport};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use sqlx::types::Json;

#[derive(FromRow)]
struct ReportRecord {
    courier: String,
    id: String,
    at: DateTime<Utc>,
    received_at: DateTime<Utc>,
    body: Json<Happening>,
}

#[derive(FromRow)]
struct PositionRecord {
    at: DateTime<Utc>,
    lon: f64,
    lat: f64,
    accuracy_m: Option<i64>,
}

#[derive(FromRow)]
struct SeenRecord {
    courier: String,
    #[sqlx(flatten)]
    position: PositionRecord,
}

impl SeenRecord {
    fn typed(self) -> Result<(CourierId, Position), StoreError> {
        let bad = |_| StoreError::Corrupt("a position has a courier that is none".to_owned());
        let courier = CourierId::new(self.courier).map_err(bad)?;
        Ok((courier, Position::try_from(self.position)?))
    }
}

impl Store {
    /// What these couriers told of a day, in no order.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn reports(
        &self,
        region: &RegionId,
        date: NaiveDate,
        couriers: &[CourierId],
    ) -> Result<Vec<ToldReport>, StoreError> {
        let mut tx = self.read().await?;
        let records: Vec<ReportRecord> = fetch_rows!(
            tx,
            "SELECT courier, id, at, received_at, body FROM reports
             JOIN (VALUES {rows}) AS given
             ON region = given.column1 AND date = given.column2 AND courier = given.column3",
            couriers,
            |courier| [region.as_str(), date, courier.as_str()]
        );
        let typed = |record: ReportRecord| {
            let bad = |_| StoreError::Corrupt("a report has a courier that is none".to_owned());
            let courier = CourierId::new(record.courier).map_err(bad)?;
            let report = Report { id: record.id, at: record.at, what: record.body.0 };
            Ok(ToldReport { courier, report, received_at: record.received_at })
        };
        records.into_iter().map(typed).collect()
    }

    /// Keeps where a courier was. A moment that is known already stays as it is.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn add_positions(
        &self,
        courier: &CourierId,
        positions: &[Position],
    ) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let added = execute_rows!(
            tx,
            "INSERT INTO positions (courier, at, lon, lat, accuracy_m) VALUES {rows}
             ON CONFLICT (courier, at) DO NOTHING",
            positions,
            |position| [
                courier.as_str(),
                kept(position.at),
                position.place.lon(),
                position.place.lat(),
                position.accuracy_m.map(i64::from),
            ]
        );
        tx.commit().await?;
        Ok(added)
    }

    /// Where a courier was last, if it is known.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn last_position(&self, courier: &CourierId) -> Result<Option<Position>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT at, lon, lat, accuracy_m FROM positions WHERE courier = $1
                   ORDER BY at DESC LIMIT 1";
        let record: Option<PositionRecord> = fetch_optional!(tx, sql, courier.as_str())?;
        record.map(Position::try_from).transpose()
    }

    /// Where each courier of a region was last, of those who were seen since a moment.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn last_positions(
        &self,
        region: &RegionId,
        since: DateTime<Utc>,
    ) -> Result<Vec<(CourierId, Position)>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT courier, at, lon, lat, accuracy_m FROM couriers
                   JOIN positions ON courier = id
                   AND at = (SELECT MAX(of.at) FROM positions AS of WHERE of.courier = id)
                   WHERE region = $1 AND at >= $2 ORDER BY courier";
        let records: Vec<SeenRecord> = fetch_all!(tx, sql, region.as_str(), kept(since))?;
        records.into_iter().map(SeenRecord::typed).collect()
    }

    /// Forgets where couriers were before a moment; how many places there were.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn forget_positions(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let forgotten = execute!(tx, "DELETE FROM positions WHERE at < $1", kept(before))?;
        tx.commit().await?;
        Ok(forgotten)
    }
}

impl Tx {
    /// Adds reports where there are none of their names; how many were added.
    pub(super) async fn add_reports(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
        reports: &[ToldReport],
    ) -> Result<u64, sqlx::Error> {
        Ok(execute_rows!(
            *self,
            "INSERT INTO reports (region, date, courier, id, at, received_at, body)
             VALUES {rows} ON CONFLICT (region, date, courier, id) DO NOTHING",
            reports,
            |new| [
                region.as_str(),
                date,
                new.courier.as_str(),
                new.report.id.as_str(),
                kept(new.report.at),
                kept(new.received_at),
                Json(&new.report.what),
            ]
        ))
    }
}

impl TryFrom<PositionRecord> for Position {
    type Error = StoreError;

    fn try_from(record: PositionRecord) -> Result<Self, StoreError> {
        let bad = |what| StoreError::Corrupt(format!("a position has {what} that is none"));
        let place = Point::new(record.lon, record.lat).map_err(|_| bad("a place"))?;
        let accuracy_m = record.accuracy_m.map(u32::try_from).transpose();
        Ok(Self { at: record.at, place, accuracy_m: accuracy_m.map_err(|_| bad("an accuracy"))? })
    }
}
