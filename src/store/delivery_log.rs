//! The log of what an endpoint was sent: to be read, taken up again, and shortened.

use super::outbox::delivery_id;
use super::sql::kept;
use super::{Store, StoreError};
use crate::model::{DeliveryId, MessageId, RegionId, WebhookId};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::{NoContext, Timestamp, Uuid};

/// Rows that are forgotten in one transaction.
const FORGOTTEN_MAX: i64 = 1_000;

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// It is to be sent, or sent again.
    Pending,
    /// The endpoint took it.
    Delivered,
    /// It is not sent any more.
    Failed,
}

impl DeliveryStatus {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Failed];

    /// The name used in JSON and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// The delivery. Later ones have greater ids.
    pub id: DeliveryId,
    /// The message's id.
    pub message: MessageId,
    /// The event's day and number; none in a test.
    pub event: Option<(RegionId, NaiveDate, i64)>,
    /// What happened, such as `booking.confirmed`.
    pub kind: String,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// How many attempts have begun.
    pub attempts: i64,
    /// When the last one began.
    pub last_attempt_at: Option<DateTime<Utc>>,
    /// When the next one is due. During an attempt: when it counts as lost.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// The HTTP status of the last answer.
    pub response_status: Option<i64>,
    /// What was wrong with the last attempt.
    pub error: Option<String>,
}

#[derive(FromRow)]
struct DeliveryRecord {
    id: Uuid,
    message: Uuid,
    region: Option<String>,
    date: Option<NaiveDate>,
    seq: Option<i64>,
    kind: String,
    created_at: DateTime<Utc>,
    status: String,
    attempts: i64,
    last_attempt_at: Option<DateTime<Utc>>,
    next_attempt_at: Option<DateTime<Utc>>,
    response_status: Option<i64>,
    error: Option<String>,
}

impl Store {
    /// At most `limit` deliveries of an endpoint that were queued before `before`, the latest first.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn deliveries(
        &self,
        webhook: WebhookId,
        before: Option<DeliveryId>,
        limit: i64,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT id, message, region, date, seq, kind, created_at, status, attempts,
                       last_attempt_at, next_attempt_at, response_status, error
                   FROM webhook_deliveries
                   WHERE webhook = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
        let before = before.map_or(Uuid::max(), |id| id.0);
        let records: Vec<DeliveryRecord> = fetch_all!(tx, sql, webhook.0, before, limit.max(0))?;
        records.into_iter().map(DeliveryRow::try_from).collect()
    }

    /// Queues a message of an endpoint's own that tells of no event: a test.
    ///
    /// # Errors
    /// [`StoreError::UnknownReference`] when there is no such endpoint.
    pub async fn queue_test(
        &self,
        webhook: WebhookId,
        now: DateTime<Utc>,
    ) -> Result<DeliveryId, StoreError> {
        let mut tx = self.write().await?;
        let id = delivery_id(now);
        let sql = "INSERT INTO webhook_deliveries (id, webhook, message, kind, created_at, status,
                       attempts, next_attempt_at)
                   VALUES ($1, $2, $1, 'webhook.test', $3, 'pending', 0, $3)";
        execute!(tx, sql, id.0, webhook.0, kept(now))?;
        tx.commit().await?;
        Ok(id)
    }

    /// Has a delivery that has ended sent once more, under the same message id and with a whole
    /// schedule of attempts; whether there is such a one.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn retry_delivery(
        &self,
        webhook: WebhookId,
        id: DeliveryId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let sql = "UPDATE webhook_deliveries
                   SET status = 'pending', attempts = 0, next_attempt_at = $3
                   WHERE id = $1 AND webhook = $2 AND status <> 'pending'";
        let changed = execute!(tx, sql, id.0, webhook.0, kept(now))?;
        tx.commit().await?;
        Ok(changed > 0)
    }

    /// Whether an endpoint's log has this delivery.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn has_delivery(
        &self,
        webhook: WebhookId,
        id: DeliveryId,
    ) -> Result<bool, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT 1 FROM webhook_deliveries WHERE id = $1 AND webhook = $2";
        let row: Option<(i32,)> = fetch_optional!(tx, sql, id.0, webhook.0)?;
        Ok(row.is_some())
    }

    /// Forgets deliveries that have ended and were queued before a moment, some at a time; how many
    /// there were.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn forget_deliveries(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let sql = "DELETE FROM webhook_deliveries WHERE id IN (
                       SELECT id FROM webhook_deliveries
                       WHERE id < $1 AND status <> 'pending' ORDER BY id LIMIT $2)";
        let forgotten = execute!(tx, sql, first_id_of(before), FORGOTTEN_MAX)?;
        tx.commit().await?;
        Ok(forgotten)
    }
}

/// What no delivery that was queued at this moment or later has a smaller id than.
fn first_id_of(moment: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(moment.timestamp()).unwrap_or(0);
    let timestamp = Timestamp::from_unix(NoContext, seconds, moment.timestamp_subsec_nanos());
    let mut bytes = Uuid::new_v7(timestamp).into_bytes();
    // The first six bytes are the milliseconds; the rest tells those of one of them apart.
    bytes[6..].fill(0);
    Uuid::from_bytes(bytes)
}

impl TryFrom<DeliveryRecord> for DeliveryRow {
    type Error = StoreError;

    fn try_from(record: DeliveryRecord) -> Result<Self, StoreError> {
        let id = DeliveryId(record.id);
        let bad = |column| StoreError::Corrupt(format!("{id} has a {column} that is none"));
        let region = record.region.map(RegionId::new).transpose().map_err(|_| bad("region"))?;
        let known = |status: &DeliveryStatus| status.as_str() == record.status;
        Ok(Self {
            id,
            message: MessageId(record.message),
            event: region.zip(record.date).zip(record.seq).map(|((r, date), seq)| (r, date, seq)),
            kind: record.kind,
            created_at: record.created_at,
            status: DeliveryStatus::ALL.into_iter().find(known).ok_or_else(|| bad("status"))?,
            attempts: record.attempts,
            last_attempt_at: record.last_attempt_at,
            next_attempt_at: record.next_attempt_at,
            response_status: record.response_status,
            error: record.error,
        })
    }
}
