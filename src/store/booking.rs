//! Rows of bookings: what is searched by is in columns, the rest in documents.

use super::sql::kept;
use super::{Store, StoreError, Tx};
use crate::model::{
    Booking, BookingId, Contact, Flexible, ProgrammeId, RegionId, RouteId, TimeWindow, VisitDemand,
    VisitOutcome, VisitRequest,
};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

/// A booking with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct BookingRow {
    /// The booking.
    pub booking: Booking,
    /// The route it is on, while it has a place.
    pub route: Option<RouteId>,
    /// Counts its changes.
    pub version: i64,
}

impl BookingRow {
    /// The version of a booking that has just been inserted.
    pub const FIRST_VERSION: i64 = 1;
}

#[derive(FromRow)]
struct BookingRecord {
    id: Uuid,
    region: String,
    date: NaiveDate,
    programme: String,
    external_id: Option<String>,
    state: String,
    window_start: DateTime<Utc>,
    window_end: DateTime<Utc>,
    hold_expires_at: Option<DateTime<Utc>>,
    requested_at: DateTime<Utc>,
    route_id: Option<Uuid>,
    version: i64,
    request: Json<VisitRequest>,
    demand: Json<VisitDemand>,
    contact: Option<Json<Contact>>,
    flexible: Option<Json<Flexible>>,
    outcome: Option<Json<VisitOutcome>>,
    replaces: Option<Uuid>,
}

/// The start of each query that reads bookings.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, region, date, programme, external_id, state, window_start, window_end,
                 hold_expires_at, requested_at, route_id, version, request, demand, contact,
                 flexible, outcome, replaces
             FROM bookings ",
            $rest
        )
    };
}

impl Store {
    /// A booking by its id, in whatever state it is.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn booking(&self, id: BookingId) -> Result<Option<BookingRow>, StoreError> {
        self.read().await?.booking(id).await
    }

    /// A booking by the shop's order number: the live one, or else the one asked for last.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn booking_by_external_id(
        &self,
        programme: &ProgrammeId,
        external_id: &str,
    ) -> Result<Option<BookingRow>, StoreError> {
        let mut tx = self.read().await?;
        let record: Option<BookingRecord> = fetch_optional!(
            tx,
            select!(
                "WHERE programme = $1 AND external_id = $2
                 ORDER BY CASE WHEN state IN ('cancelled', 'expired', 'failed') THEN 1 ELSE 0 END,
                     requested_at DESC, id DESC
                 LIMIT 1"
            ),
            programme.as_str(),
            external_id,
        )?;
        record.map(BookingRow::try_from).transpose()
    }

    /// The bookings that were made in the place of one that came to nothing, in the order of their
    /// making: confirmed ones, whatever became of them.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn bookings_instead_of(&self, id: BookingId) -> Result<Vec<BookingRow>, StoreError> {
        let mut tx = self.read().await?;
        let records: Vec<BookingRecord> = fetch_all!(
            tx,
            select!(
                "WHERE replaces = $1 AND contact IS NOT NULL
                 ORDER BY requested_at, id"
            ),
            id.0
        )?;
        records.into_iter().map(BookingRow::try_from).collect()
    }

    /// Which of these order numbers are taken by a live booking, and by which. In no order.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn taken_external_ids(
        &self,
        pairs: &[(ProgrammeId, String)],
    ) -> Result<Vec<(ProgrammeId, String, BookingId)>, StoreError> {
        let mut tx = self.read().await?;
        let rows: Vec<(String, String, Uuid)> = fetch_rows!(
            tx,
            "SELECT programme, external_id, id
             FROM (VALUES {rows}) AS given
             JOIN bookings ON programme = given.column1 AND external_id = given.column2
             WHERE external_id IS NOT NULL AND state NOT IN ('cancelled', 'expired', 'failed')",
            pairs,
            |pair| [pair.0.as_str(), pair.1.as_str()]
        );
        let typed = |(programme, external_id, id)| {
            let id = BookingId(id);
            let programme = ProgrammeId::new(programme).map_err(|_| bad(id, "programme"))?;
            Ok((programme, external_id, id))
        };
        rows.into_iter().map(typed).collect()
    }

    /// The days on which something is overdue by `now`, in order: a hold that has run out and still
    /// has its place, or a flexible promise that is to be fixed.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn overdue_days(
        &self,
        now: DateTime<Utc>,
    ) -> Result<Vec<(RegionId, NaiveDate)>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT DISTINCT region, date FROM bookings
                   WHERE state = 'held' AND hold_expires_at <= $1
                       OR fixed_at <= $1 AND state NOT IN ('expired', 'cancelled')
                   ORDER BY region, date";
        let rows: Vec<(String, NaiveDate)> = fetch_all!(tx, sql, kept(now))?;
        let bad =
            |_| StoreError::Corrupt("an overdue booking has a region that is none".to_owned());
        rows.into_iter().map(|(id, date)| Ok((RegionId::new(id).map_err(bad)?, date))).collect()
    }
}

impl Tx {
    /// A booking by its id, in whatever state it is.
    pub(super) async fn booking(
        &mut self,
        id: BookingId,
    ) -> Result<Option<BookingRow>, StoreError> {
        let record: Option<BookingRecord> = fetch_optional!(*self, select!("WHERE id = $1"), id.0)?;
        record.map(BookingRow::try_from).transpose()
    }

    /// The bookings with these ids that have a place, in no order.
    pub(super) async fn bookings_by_id(
        &mut self,
        ids: &[BookingId],
    ) -> Result<Vec<BookingRow>, StoreError> {
        let records: Vec<BookingRecord> = fetch_rows!(
            *self,
            select!(
                "WHERE id IN (SELECT column1 FROM (VALUES {rows}) AS given)
                 AND state NOT IN ('expired', 'cancelled')"
            ),
            ids,
            |id| [id.0]
        );
        records.into_iter().map(BookingRow::try_from).collect()
    }

    /// The bookings of a day that have a place on a route, in the order of their ids.
    pub(super) async fn bookings(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<Vec<BookingRow>, StoreError> {
        let records: Vec<BookingRecord> = fetch_all!(
            *self,
            select!(
                "WHERE region = $1 AND date = $2 AND state NOT IN ('expired', 'cancelled')
                 ORDER BY id"
            ),
            region.as_str(),
            date,
        )?;
        records.into_iter().map(BookingRow::try_from).collect()
    }

    /// Those of these bookings, in whatever state, whose versions are not the given ones.
    pub(super) async fn changed_bookings(
        &mut self,
        known: &[(BookingId, i64)],
    ) -> Result<Vec<BookingRow>, StoreError> {
        let records: Vec<BookingRecord> = fetch_rows!(
            *self,
            select!(
                "JOIN (VALUES {rows}) AS given
                 ON id = given.column1 AND version <> given.column2"
            ),
            known,
            |row| [row.0.0, row.1]
        );
        records.into_iter().map(BookingRow::try_from).collect()
    }

    /// The bookings of a day that wait for a place, in the order of their ids.
    pub(super) async fn waiting_bookings(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<Vec<BookingRow>, StoreError> {
        let records: Vec<BookingRecord> = fetch_all!(
            *self,
            select!(
                "WHERE region = $1 AND date = $2 AND state NOT IN ('expired', 'cancelled')
                     AND route_id IS NULL
                 ORDER BY id"
            ),
            region.as_str(),
            date,
        )?;
        records.into_iter().map(BookingRow::try_from).collect()
    }

    pub(super) async fn insert_bookings(
        &mut self,
        rows: &[(Booking, Option<RouteId>)],
    ) -> Result<u64, sqlx::Error> {
        Ok(execute_rows!(
            *self,
            "INSERT INTO bookings
                 (id, region, date, programme, external_id, state, kind, lon, lat, window_start,
                  window_end, hold_expires_at, requested_at, route_id, version, request, demand,
                  contact, flexible, fixed_at, outcome, replaces)
             VALUES {rows}",
            rows,
            |row| [
                row.0.id.0,
                row.0.region.as_str(),
                row.0.date,
                row.0.programme.as_str(),
                row.0.external_id.as_deref(),
                row.0.state.as_str(),
                row.0.request.kind.as_str(),
                row.0.place().lon(),
                row.0.place().lat(),
                kept(row.0.window.start),
                kept(row.0.window.end),
                row.0.hold_expires_at.map(kept),
                kept(row.0.requested_at),
                row.1.map(|route| route.0),
                BookingRow::FIRST_VERSION,
                Json(&row.0.request),
                Json(&row.0.demand),
                row.0.contact.as_ref().map(Json),
                row.0.flexible.as_ref().map(Json),
                row.0.flexible.as_ref().map(|flexible| kept(flexible.fixed_at)),
                row.0.outcome.as_ref().map(Json),
                row.0.replaces.map(|booking| booking.0),
            ]
        ))
    }

    /// Replaces all but the identity of bookings whose versions still hold; how many did.
    pub(super) async fn update_bookings(
        &mut self,
        rows: &[BookingRow],
    ) -> Result<u64, sqlx::Error> {
        Ok(execute_rows!(
            *self,
            "UPDATE bookings SET version = bookings.version + 1, region = given.column3,
                 date = given.column4, external_id = given.column5, state = given.column6,
                 kind = given.column7, lon = given.column8, lat = given.column9,
                 window_start = given.column10, window_end = given.column11,
                 hold_expires_at = given.column12, route_id = given.column13,
                 request = given.column14, demand = given.column15, contact = given.column16,
                 flexible = given.column17, fixed_at = given.column18, outcome = given.column19
             FROM (VALUES {rows}) AS given
             WHERE bookings.id = given.column1 AND bookings.version = given.column2",
            rows,
            |row| [
                row.booking.id.0,
                row.version,
                row.booking.region.as_str(),
                row.booking.date,
                row.booking.external_id.as_deref(),
                row.booking.state.as_str(),
                row.booking.request.kind.as_str(),
                row.booking.place().lon(),
                row.booking.place().lat(),
                kept(row.booking.window.start),
                kept(row.booking.window.end),
                row.booking.hold_expires_at.map(kept),
                row.route.map(|route| route.0),
                Json(&row.booking.request),
                Json(&row.booking.demand),
                row.booking.contact.as_ref().map(Json),
                row.booking.flexible.as_ref().map(Json),
                row.booking.flexible.as_ref().map(|flexible| kept(flexible.fixed_at)),
                row.booking.outcome.as_ref().map(Json),
            ]
        ))
    }
}

impl TryFrom<BookingRecord> for BookingRow {
    type Error = StoreError;

    fn try_from(record: BookingRecord) -> Result<Self, StoreError> {
        let id = BookingId(record.id);
        let window = TimeWindow::new(record.window_start, record.window_end);
        let booking = Booking {
            id,
            region: RegionId::new(record.region).map_err(|_| bad(id, "region"))?,
            date: record.date,
            programme: ProgrammeId::new(record.programme).map_err(|_| bad(id, "programme"))?,
            external_id: record.external_id,
            state: record.state.parse().map_err(|_| bad(id, "state"))?,
            request: record.request.0,
            demand: record.demand.0,
            window: window.map_err(|_| bad(id, "window"))?,
            hold_expires_at: record.hold_expires_at,
            requested_at: record.requested_at,
            contact: record.contact.map(|contact| contact.0),
            flexible: record.flexible.map(|flexible| flexible.0),
            outcome: record.outcome.map(|outcome| outcome.0),
            replaces: record.replaces.map(BookingId),
        };
        Ok(Self { booking, route: record.route_id.map(RouteId), version: record.version })
    }
}

fn bad(id: BookingId, column: &str) -> StoreError {
    StoreError::Corrupt(format!("{id} has a {column} that is none"))
}
