//! Endpoints that are told of events. Their secrets are kept as they are: every message is signed.

use super::outbox::Told;
use super::sql::kept;
use super::{Receipt, Store, StoreError, Tx};
use crate::model::{EventFilter, ProgrammeId, RegionId, WebhookId};
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use sqlx::types::Json;
use std::fmt;
use uuid::Uuid;

/// An endpoint.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookRow {
    /// Its identity.
    pub id: WebhookId,
    /// Where messages are sent.
    pub url: String,
    /// Whose bookings alone it is told of; everyone's, and routes, if absent.
    pub programme: Option<ProgrammeId>,
    /// The region whose events alone it is told of.
    pub region: Option<RegionId>,
    /// The kinds of events.
    pub events: EventFilter,
    /// What people recognise it by.
    pub description: String,
    /// What messages are signed with.
    pub secret: Vec<u8>,
    /// The former secret, and until when it signs too.
    pub old_secret: Option<(Vec<u8>, DateTime<Utc>)>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when it is told of nothing, and why.
    pub disabled: Option<(DateTime<Utc>, String)>,
    /// Since when no message got through, if the last one did not.
    pub failing_since: Option<DateTime<Utc>>,
}

impl fmt::Debug for WebhookRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookRow").field("id", &self.id).finish_non_exhaustive()
    }
}

impl WebhookRow {
    /// Whether it is to be told of an event: never of another programme's, and a programme's
    /// endpoint never of a route.
    pub(super) fn wants(&self, region: &RegionId, event: &Told) -> bool {
        let is_own = self.programme.as_ref().is_none_or(|own| {
            event.body["programme"] == own.as_str() && !event.kind.starts_with("route.")
        });
        let is_here = self.region.as_ref().is_none_or(|own| own == region);
        self.disabled.is_none() && is_own && is_here && self.events.matches(&event.kind)
    }
}

impl Store {
    /// Stores an endpoint, with what the requests that made it were answered. It is told of what is committed
    /// from now on.
    ///
    /// # Errors
    /// [`StoreError::UnknownReference`] when its programme or region is not stored, [`StoreError::Conflict`]
    /// when a receipt is stored already.
    pub async fn insert_webhook(
        &self,
        row: &WebhookRow,
        receipts: &[Receipt],
    ) -> Result<(), StoreError> {
        self.queue_all(row.created_at).await?;
        let mut tx = self.write().await?;
        tx.keep_receipts(receipts).await?;
        tx.lock_webhooks().await?;
        tx.skip_if_nobody_listens().await?;
        execute!(
            tx,
            "INSERT INTO webhooks (id, url, programme, region, events, description, secret,
                 created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            row.id.0,
            row.url.as_str(),
            row.programme.as_ref().map(ProgrammeId::as_str),
            row.region.as_ref().map(RegionId::as_str),
            Json(&row.events),
            row.description.as_str(),
            &row.secret[..],
            kept(row.created_at),
        )
        .map_err(of_reference)?;
        tx.commit().await
    }

    /// Changes an endpoint's address, patterns, description, secrets or state; the changed row, if
    /// there is such an endpoint. One that is disabled keeps nothing that waits; one that is
    /// enabled again is told of what is committed from now on. `change` gives the receipt of the request
    /// for it, where there is one to keep.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the receipt is stored already, and what the database says.
    pub async fn change_webhook(
        &self,
        id: WebhookId,
        now: DateTime<Utc>,
        change: impl FnOnce(&mut WebhookRow) -> Option<Receipt> + Send,
    ) -> Result<Option<WebhookRow>, StoreError> {
        self.queue_all(now).await?;
        let mut tx = self.write().await?;
        tx.lock_webhooks().await?;
        tx.skip_if_nobody_listens().await?;
        let found = tx.webhooks().await?.into_iter().find(|row| row.id == id);
        let Some(mut row) = found else { return Ok(None) };
        let receipt = change(&mut row);
        tx.keep_receipts(receipt.as_slice()).await?;
        tx.update_webhook(&row).await?;
        if let Some((_, reason)) = &row.disabled {
            tx.give_up_waiting(id, reason).await?;
        }
        tx.commit().await?;
        Ok(Some(row))
    }

    /// Forgets an endpoint and its delivery log; whether there was one.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn delete_webhook(&self, id: WebhookId) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        tx.lock_webhook(id).await?;
        execute!(tx, "DELETE FROM webhook_deliveries WHERE webhook = $1", id.0)?;
        let deleted = execute!(tx, "DELETE FROM webhooks WHERE id = $1", id.0)?;
        tx.commit().await?;
        Ok(deleted > 0)
    }

    /// An endpoint.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn webhook(&self, id: WebhookId) -> Result<Option<WebhookRow>, StoreError> {
        Ok(self.webhooks().await?.into_iter().find(|row| row.id == id))
    }

    /// All endpoints in the order of their making.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn webhooks(&self) -> Result<Vec<WebhookRow>, StoreError> {
        self.read().await?.webhooks().await
    }
}

impl Tx {
    pub(super) async fn webhooks(&mut self) -> Result<Vec<WebhookRow>, StoreError> {
        let sql = "SELECT id, url, programme, region, events, description, secret, old_secret,
                       old_secret_until, created_at, disabled_at, disabled_reason, failing_since
                   FROM webhooks ORDER BY created_at, id";
        let records: Vec<WebhookRecord> = fetch_all!(*self, sql)?;
        records.into_iter().map(WebhookRow::try_from).collect()
    }

    async fn update_webhook(&mut self, row: &WebhookRow) -> Result<u64, sqlx::Error> {
        execute!(
            *self,
            "UPDATE webhooks SET url = $2, events = $3, description = $4, secret = $5,
                 old_secret = $6, old_secret_until = $7, disabled_at = $8, disabled_reason = $9,
                 failing_since = $10
             WHERE id = $1",
            row.id.0,
            row.url.as_str(),
            Json(&row.events),
            row.description.as_str(),
            &row.secret[..],
            row.old_secret.as_ref().map(|old| &old.0[..]),
            row.old_secret.as_ref().map(|old| kept(old.1)),
            row.disabled.as_ref().map(|disabled| kept(disabled.0)),
            row.disabled.as_ref().map(|disabled| disabled.1.as_str()),
            row.failing_since.map(kept),
        )
    }

    /// Has whoever queues for an endpoint wait, and then find it gone. `SQLite` has one writer.
    async fn lock_webhook(&mut self, id: WebhookId) -> Result<(), StoreError> {
        if let Self::Postgres(tx) = self {
            let lock = sqlx::query("SELECT 1 FROM webhooks WHERE id = $1 FOR UPDATE").bind(id.0);
            lock.execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// Keeps others from making or changing endpoints. `SQLite` has one writer anyway.
    async fn lock_webhooks(&mut self) -> Result<(), StoreError> {
        if let Self::Postgres(tx) = self {
            let lock = sqlx::query("LOCK TABLE webhooks IN SHARE ROW EXCLUSIVE MODE");
            lock.execute(&mut **tx).await?;
        }
        Ok(())
    }
}

/// A row of the table.
#[derive(FromRow)]
struct WebhookRecord {
    id: Uuid,
    url: String,
    programme: Option<String>,
    region: Option<String>,
    events: Json<EventFilter>,
    description: String,
    secret: Vec<u8>,
    old_secret: Option<Vec<u8>>,
    old_secret_until: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    disabled_at: Option<DateTime<Utc>>,
    disabled_reason: Option<String>,
    failing_since: Option<DateTime<Utc>>,
}

impl TryFrom<WebhookRecord> for WebhookRow {
    type Error = StoreError;

    fn try_from(record: WebhookRecord) -> Result<Self, StoreError> {
        let id = WebhookId(record.id);
        let bad = |column| StoreError::Corrupt(format!("{id} has a {column} that is none"));
        let programme = record.programme.map(ProgrammeId::new).transpose();
        let region = record.region.map(RegionId::new).transpose();
        Ok(Self {
            id,
            url: record.url,
            programme: programme.map_err(|_| bad("programme"))?,
            region: region.map_err(|_| bad("region"))?,
            events: record.events.0,
            description: record.description,
            secret: record.secret,
            old_secret: record.old_secret.zip(record.old_secret_until),
            created_at: record.created_at,
            disabled: record.disabled_at.map(|at| (at, record.disabled_reason.unwrap_or_default())),
            failing_since: record.failing_since,
        })
    }
}

fn of_reference(error: sqlx::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::UnknownReference { .. } => StoreError::UnknownReference {
            what: "the webhook".to_owned(),
            reference: "a programme or a region".to_owned(),
        },
        other => other,
    }
}
