//! The append-only log of what happened, written with the change it tells.

use super::sql::kept;
use super::{Store, StoreError, Tx};
use crate::model::{BookingId, RegionId};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use std::collections::{BTreeMap, BTreeSet};

/// An event to append.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// What happened, such as `booking.confirmed`.
    pub kind: String,
    /// To what: an id.
    pub subject: String,
    /// Who caused it, such as `programme:shop`; `system` where it happened by itself.
    pub actor: String,
    /// The details.
    pub body: serde_json::Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// An event of a day's log.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct EventRow {
    /// Counts the events of the day from 1, without gaps, in the order of the commits.
    pub seq: i64,
    /// What happened.
    pub kind: String,
    /// To what: an id.
    pub subject: String,
    /// Who caused it, such as `programme:shop`; `system` where it happened by itself.
    pub actor: String,
    /// The details.
    pub body: serde_json::Value,
    /// When.
    pub at: DateTime<Utc>,
}

impl Store {
    /// At most `limit` events of a day that come after number `seq`, in order.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn events_after(
        &self,
        region: &RegionId,
        date: NaiveDate,
        seq: i64,
        limit: i64,
    ) -> Result<Vec<EventRow>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT seq, kind, subject, actor, body, at FROM events
                   WHERE region = $1 AND date = $2 AND seq > $3 ORDER BY seq LIMIT $4";
        Ok(fetch_all!(tx, sql, region.as_str(), date, seq, limit.max(0))?)
    }
}

impl Store {
    /// The bookings of a day whose promise was given up when it was upset, without a place or late in one, and of
    /// which nothing else about their place was told since.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn displaced(
        &self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<BTreeSet<BookingId>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT kind, subject, body FROM events
                   WHERE region = $1 AND date = $2 AND kind IN ($3, 'booking.moved') ORDER BY seq";
        let told: Vec<(String, String, serde_json::Value)> =
            fetch_all!(tx, sql, region.as_str(), date, DISPLACED)?;
        let is_given_up =
            |kind: &str, body: &serde_json::Value| kind == DISPLACED || body["late"] == true;
        let last: BTreeMap<String, bool> = told
            .into_iter()
            .map(|(kind, subject, body)| (subject, is_given_up(&kind, &body)))
            .collect();
        let displaced = last.into_iter().filter(|(_, is_given_up)| *is_given_up);
        let read = |subject: String| subject.parse().map_err(|_| bad_subject(&subject));
        displaced.map(|(subject, _)| read(subject)).collect()
    }
}

const DISPLACED: &str = "booking.displaced";

fn bad_subject(subject: &str) -> StoreError {
    StoreError::Corrupt(format!("an event is of the booking '{subject}', which is none"))
}

impl Tx {
    /// Appends events to a day's log, numbered from `first_seq` on.
    pub(super) async fn append_events(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
        first_seq: i64,
        events: &[NewEvent],
    ) -> Result<(), sqlx::Error> {
        let numbered: Vec<(i64, &NewEvent)> = (first_seq..).zip(events).collect();
        execute_rows!(
            *self,
            "INSERT INTO events (region, date, seq, kind, subject, actor, body, at)
             VALUES {rows}",
            &numbered,
            |row| [
                region.as_str(),
                date,
                row.0,
                row.1.kind.as_str(),
                row.1.subject.as_str(),
                row.1.actor.as_str(),
                &row.1.body,
                kept(row.1.at),
            ]
        );
        Ok(())
    }
}
