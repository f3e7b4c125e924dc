//! From the log of events to what each endpoint is to be told.
//!
//! A day's log is gapless and in the order of the commits, so that one number per day says how far
//! it has been queued. Deliveries and that number are written in one transaction, which names the
//! number it was computed on: whoever comes second, or ends in between, writes nothing. So each
//! event is queued once for each endpoint, whatever number of processes do it.

use super::sql::kept;
use super::{Store, StoreError, Tx, WebhookRow};
use crate::model::{DeliveryId, MessageId, RegionId, WebhookId};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::{NoContext, Timestamp, Uuid};

/// Events of one day that are queued in one transaction.
const EVENTS_MAX: i64 = 500;
/// Days that are looked at in one step.
const DAYS_MAX: i64 = 64;

/// What of an event decides who is told of it.
#[derive(FromRow)]
pub(super) struct Told {
    seq: i64,
    pub(super) kind: String,
    pub(super) body: serde_json::Value,
    at: DateTime<Utc>,
}

/// An event with its day.
#[derive(FromRow)]
struct ToldOfDay {
    region: String,
    date: NaiveDate,
    #[sqlx(flatten)]
    told: Told,
}

/// Events to be sent again to one endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replay {
    /// From this moment on.
    pub since: DateTime<Utc>,
    /// Up to before this one.
    pub until: DateTime<Utc>,
    /// The most events that are looked at.
    pub events_max: u32,
}

/// What came of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayQueued {
    /// So many events are queued.
    Queued(usize),
    /// There are more events in that time than may be looked at: nothing is queued.
    TooMany,
}

impl Store {
    /// Queues events of days that have some, for every endpoint that wants them; how many days
    /// moved on. Without an enabled endpoint nothing is written.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says. What was queued before stays.
    pub async fn queue_events(&self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let mut tx = self.read().await?;
        if !tx.somebody_listens().await? {
            return Ok(0);
        }
        let sql = "SELECT d.region, d.date, COALESCE(c.seq, 0)
                   FROM days d LEFT JOIN webhook_cursors c ON c.region = d.region AND c.date = d.date
                   WHERE d.last_seq > COALESCE(c.seq, 0) LIMIT $1";
        let behind: Vec<(String, NaiveDate, i64)> = fetch_all!(tx, sql, DAYS_MAX)?;
        drop(tx);
        let mut moved = 0;
        for (region, date, seq) in behind {
            moved += usize::from(self.queue_day(&region_of(region)?, date, seq, now).await?);
        }
        Ok(moved)
    }

    /// Queues all there is.
    pub(super) async fn queue_all(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        while self.queue_events(now).await? > 0 {}
        Ok(())
    }

    /// Queues a day's events after number `seq`; whether nobody else came first.
    async fn queue_day(
        &self,
        region: &RegionId,
        date: NaiveDate,
        seq: i64,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let sql = "SELECT seq, kind, body, at FROM events
                   WHERE region = $1 AND date = $2 AND seq > $3 ORDER BY seq LIMIT $4";
        let events: Vec<Told> = fetch_all!(tx, sql, region.as_str(), date, seq, EVENTS_MAX)?;
        let Some(last) = events.last().map(|event| event.seq) else { return Ok(false) };
        // Read after the events: an endpoint that was made before one of them is among these.
        let endpoints = tx.webhooks().await?;
        if !tx.advance(region, date, seq, last).await? {
            return Ok(false);
        }
        let rows = events.iter().flat_map(|event| {
            let told = endpoints.iter().filter(|endpoint| endpoint.wants(region, event));
            told.map(|endpoint| Queued::new(endpoint.id, region, date, event, now))
        });
        tx.add_deliveries(&rows.collect::<Vec<_>>()).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Queues what an endpoint wants of the events of some time, all or nothing. The messages keep
    /// their ids.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn replay_events(
        &self,
        endpoint: &WebhookRow,
        replay: &Replay,
        now: DateTime<Utc>,
    ) -> Result<ReplayQueued, StoreError> {
        let mut tx = self.write().await?;
        let sql = "SELECT region, date, seq, kind, body, at FROM events
                   WHERE at >= $1 AND at < $2 AND region = COALESCE($3, region)
                   ORDER BY at, region, date, seq LIMIT $4";
        let region = endpoint.region.as_ref().map(RegionId::as_str);
        let limit = i64::from(replay.events_max) + 1;
        let (since, until) = (kept(replay.since), kept(replay.until));
        let events: Vec<ToldOfDay> = fetch_all!(tx, sql, since, until, region, limit)?;
        if events.len() > usize::try_from(replay.events_max).unwrap_or(usize::MAX) {
            return Ok(ReplayQueued::TooMany);
        }
        let mut rows = Vec::new();
        for ToldOfDay { region, date, told } in &events {
            let region = region_of(region.clone())?;
            if endpoint.wants(&region, told) {
                rows.push(Queued::new(endpoint.id, &region, *date, told, now));
            }
        }
        tx.add_deliveries(&rows).await?;
        tx.commit().await?;
        Ok(ReplayQueued::Queued(rows.len()))
    }
}

/// A delivery to add: due at once.
struct Queued<'a> {
    id: DeliveryId,
    webhook: WebhookId,
    message: MessageId,
    region: String,
    date: NaiveDate,
    event: &'a Told,
    now: DateTime<Utc>,
}

impl<'a> Queued<'a> {
    fn new(
        webhook: WebhookId,
        region: &RegionId,
        date: NaiveDate,
        event: &'a Told,
        now: DateTime<Utc>,
    ) -> Self {
        let message = MessageId::of_event(region, date, event.seq, event.at);
        let region = region.as_str().to_owned();
        Self { id: delivery_id(now), webhook, message, region, date, event, now }
    }
}

/// A new identity that sorts by its moment: the log is read and shortened by it.
pub(super) fn delivery_id(now: DateTime<Utc>) -> DeliveryId {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    DeliveryId(Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos())))
}

impl Tx {
    /// Whether any endpoint is enabled.
    async fn somebody_listens(&mut self) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM webhooks WHERE disabled_at IS NULL LIMIT 1";
        let row: Option<(i32,)> = fetch_optional!(*self, sql)?;
        Ok(row.is_some())
    }

    /// Where no endpoint is enabled, nobody is to be told of what is stored by now.
    pub(super) async fn skip_if_nobody_listens(&mut self) -> Result<(), StoreError> {
        if !self.somebody_listens().await? {
            let sql = "INSERT INTO webhook_cursors (region, date, seq)
                       SELECT region, date, last_seq FROM days WHERE last_seq > 0
                       ON CONFLICT (region, date) DO UPDATE SET seq = excluded.seq";
            execute!(*self, sql)?;
        }
        Ok(())
    }

    /// Notes that a day is queued up to `last`, unless it is no longer queued up to `seq`.
    async fn advance(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
        seq: i64,
        last: i64,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO webhook_cursors (region, date, seq) VALUES ($1, $2, $4)
                   ON CONFLICT (region, date) DO UPDATE SET seq = excluded.seq
                   WHERE webhook_cursors.seq = $3";
        Ok(execute!(*self, sql, region.as_str(), date, seq, last)? == 1)
    }

    async fn add_deliveries(&mut self, rows: &[Queued<'_>]) -> Result<(), StoreError> {
        execute_rows!(
            *self,
            "INSERT INTO webhook_deliveries (id, webhook, message, region, date, seq, kind,
                 created_at, status, attempts, next_attempt_at)
             VALUES {rows}",
            rows,
            |row| [
                row.id.0,
                row.webhook.0,
                row.message.0,
                row.region.as_str(),
                row.date,
                row.event.seq,
                row.event.kind.as_str(),
                kept(row.now),
                "pending",
                0_i64,
                kept(row.now),
            ]
        );
        Ok(())
    }
}

fn region_of(text: String) -> Result<RegionId, StoreError> {
    RegionId::new(text)
        .map_err(|_| StoreError::Corrupt("an event has a region that is none".to_owned()))
}
