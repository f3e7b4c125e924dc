//! Who sends what is queued.
//!
//! A claim sets the next attempt forth by its lease: a process that ends in between has its
//! deliveries sent again once that is over.

use super::sql::kept;
use super::{Store, StoreError, Tx};
use crate::model::{DeliveryId, MessageId, RegionId, WebhookId};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

/// A delivery that this process is to send.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimedDelivery {
    /// The delivery.
    pub id: DeliveryId,
    /// To which endpoint.
    pub webhook: WebhookId,
    /// The message's id, the same in every attempt.
    pub message: MessageId,
    /// Which attempt this is, from 1.
    pub attempt: i64,
    /// What happened, such as `booking.confirmed`.
    pub kind: String,
    /// When the delivery was queued.
    pub created_at: DateTime<Utc>,
    /// The event; none in a test.
    pub event: Option<DeliveredEvent>,
}

/// An event as an endpoint is told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveredEvent {
    /// Its day's region.
    pub region: RegionId,
    /// Its day's date.
    pub date: NaiveDate,
    /// Its number in the day's log.
    pub seq: i64,
    /// To what it happened: an id.
    pub subject: String,
    /// The details.
    pub body: serde_json::Value,
    /// When.
    pub at: DateTime<Utc>,
}

#[derive(FromRow)]
struct ClaimedRecord {
    id: Uuid,
    message: Uuid,
    attempts: i64,
    kind: String,
    created_at: DateTime<Utc>,
    region: Option<String>,
    date: Option<NaiveDate>,
    seq: Option<i64>,
    subject: Option<String>,
    body: Option<serde_json::Value>,
    at: Option<DateTime<Utc>>,
}

impl Store {
    /// The enabled endpoints that something is due for, in no order.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn due_webhooks(&self, now: DateTime<Utc>) -> Result<Vec<WebhookId>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT w.id FROM webhooks w WHERE w.disabled_at IS NULL AND EXISTS (
                       SELECT 1 FROM webhook_deliveries d
                       WHERE d.webhook = w.id AND d.status = 'pending' AND d.next_attempt_at <= $1)";
        let ids: Vec<(Uuid,)> = fetch_all!(tx, sql, kept(now))?;
        Ok(ids.into_iter().map(|(id,)| WebhookId(id)).collect())
    }

    /// Takes at most `limit` due deliveries of an endpoint: nobody else does until `lease_until`.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn claim_deliveries(
        &self,
        webhook: WebhookId,
        limit: usize,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Vec<ClaimedDelivery>, StoreError> {
        let mut tx = self.write().await?;
        // SQLite has one writer; on PostgreSQL replicas take different rows rather than wait.
        let skip = if matches!(tx, Tx::Postgres(_)) { "FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!(
            "UPDATE webhook_deliveries
             SET attempts = attempts + 1, next_attempt_at = $3, last_attempt_at = $2
             WHERE id IN (SELECT id FROM webhook_deliveries
                          WHERE webhook = $1 AND status = 'pending' AND next_attempt_at <= $2
                          ORDER BY next_attempt_at, id LIMIT $4 {skip})
             RETURNING id"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (now, until) = (kept(now), kept(lease_until));
        let sql = AssertSqlSafe(sql);
        let ids: Vec<(Uuid,)> = fetch_all!(tx, sql, webhook.0, now, until, limit)?;
        let records: Vec<ClaimedRecord> = fetch_rows!(
            tx,
            "SELECT d.id, d.message, d.attempts, d.kind, d.created_at, d.region, d.date, d.seq,
                 e.subject, e.body, e.at
             FROM (VALUES {rows}) AS given JOIN webhook_deliveries d ON d.id = given.column1
             LEFT JOIN events e ON e.region = d.region AND e.date = d.date AND e.seq = d.seq",
            &ids,
            |id| [id.0]
        );
        tx.commit().await?;
        records.into_iter().map(|record| record.claimed(webhook)).collect()
    }
}

impl ClaimedRecord {
    fn claimed(self, webhook: WebhookId) -> Result<ClaimedDelivery, StoreError> {
        let id = DeliveryId(self.id);
        let bad = || StoreError::Corrupt(format!("{id} names an event that is none"));
        let event = match (self.region, self.date, self.seq) {
            (Some(region), Some(date), Some(seq)) => Some(DeliveredEvent {
                region: RegionId::new(region).map_err(|_| bad())?,
                date,
                seq,
                subject: self.subject.ok_or_else(bad)?,
                body: self.body.ok_or_else(bad)?,
                at: self.at.ok_or_else(bad)?,
            }),
            _ => None,
        };
        let (message, attempt) = (MessageId(self.message), self.attempts);
        let (kind, created_at) = (self.kind, self.created_at);
        Ok(ClaimedDelivery { id, webhook, message, attempt, kind, created_at, event })
    }
}
