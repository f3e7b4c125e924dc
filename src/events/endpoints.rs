//! Making, changing and looking after endpoints.

use super::error::{REPLAY_DAYS_MAX, REPLAY_EVENTS_MAX, WebhookError};
use super::guard::Guard;
use super::signature::{SECRET_BYTES, secret_text};
use crate::clock::Clock;
use crate::model::{DeliveryId, EventFilter, ProgrammeId, RegionId, WebhookId};
use crate::store::{DeliveryRow, Receipt, Replay, ReplayQueued, Store, WebhookRow};
use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt;
use uuid::{NoContext, Timestamp, Uuid};

/// How long the former secret signs beside a new one.
const ROTATION: TimeDelta = TimeDelta::hours(24);

/// An endpoint to be made.
#[derive(Clone, Debug)]
pub struct NewWebhook {
    /// Where messages are sent.
    pub url: String,
    /// Whose bookings alone it is told of.
    pub programme: Option<ProgrammeId>,
    /// The region whose events alone it is told of.
    pub region: Option<RegionId>,
    /// The kinds of events.
    pub events: EventFilter,
    /// What people recognise it by.
    pub description: String,
}

/// What is to be another about an endpoint; the rest stays.
#[derive(Clone, Debug, Default)]
pub struct WebhookChange {
    /// Where messages are sent.
    pub url: Option<String>,
    /// The kinds of events.
    pub events: Option<EventFilter>,
    /// What people recognise it by.
    pub description: Option<String>,
    /// Whether it is told of events at all.
    pub enabled: Option<bool>,
}

/// The endpoints of a service. Clones are the same.
#[derive(Clone, Debug)]
pub struct Webhooks {
    store: Store,
    clock: Clock,
    guard: Guard,
}

impl Webhooks {
    /// The endpoints in a migrated database.
    #[must_use]
    pub fn new(store: Store, clock: Clock, guard: Guard) -> Self {
        Self { store, clock, guard }
    }

    /// Makes an endpoint, which is told of what is committed from now on, and gives its secret, to
    /// be shown this once. `keyed` makes the receipt of a request with a key, from both.
    ///
    /// # Errors
    /// [`WebhookError::Url`], and [`WebhookError::Store`] for an unknown a programme or region.
    pub async fn create(
        &self,
        new: NewWebhook,
        keyed: impl FnOnce(&WebhookRow, &str) -> Option<Receipt>,
    ) -> Result<(WebhookRow, String), WebhookError> {
        let url = self.guard.admit(&new.url).await?;
        let created_at = self.clock.now();
        let row = WebhookRow {
            id: WebhookId(new_id(created_at)),
            url: url.into(),
            programme: new.programme,
            region: new.region,
            events: new.events,
            description: new.description,
            secret: fresh_secret(),
            old_secret: None,
            created_at,
            disabled: None,
            failing_since: None,
        };
        let secret = secret_text(&row.secret);
        let receipt = keyed(&row, &secret);
        self.store.insert_webhook(&row, receipt.as_slice()).await?;
        Ok((row, secret))
    }

    /// All endpoints in the order of their making.
    ///
    /// # Errors
    /// [`WebhookError::Store`].
    pub async fn list(&self) -> Result<Vec<WebhookRow>, WebhookError> {
        Ok(self.store.webhooks().await?)
    }

    /// An endpoint.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`].
    pub async fn get(&self, id: WebhookId) -> Result<WebhookRow, WebhookError> {
        self.store.webhook(id).await?.ok_or_else(|| not_found(id))
    }

    /// Changes an endpoint. What waits for one that is disabled is given up; one that is enabled
    /// is told of what is committed from then on.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`], [`WebhookError::Url`].
    pub async fn change(
        &self,
        id: WebhookId,
        change: WebhookChange,
    ) -> Result<WebhookRow, WebhookError> {
        self.get(id).await?;
        let url = match &change.url {
            Some(url) => Some(self.guard.admit(url).await?),
            None => None,
        };
        let now = self.clock.now();
        let changed = self.store.change_webhook(id, now, |row| {
            row.url = url.map_or_else(|| row.url.clone(), String::from);
            row.events = change.events.unwrap_or_else(|| row.events.clone());
            row.description = change.description.unwrap_or_else(|| row.description.clone());
            match (change.enabled, &row.disabled) {
                (Some(true), _) => (row.disabled, row.failing_since) = (None, None),
                (Some(false), None) => row.disabled = Some((now, "by an administrator".to_owned())),
                _ => {}
            }
            None
        });
        changed.await?.ok_or_else(|| not_found(id))
    }

    /// Forgets an endpoint and its delivery log.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`].
    pub async fn delete(&self, id: WebhookId) -> Result<(), WebhookError> {
        self.store.delete_webhook(id).await?.then_some(()).ok_or_else(|| not_found(id))
    }

    /// Gives an endpoint a new secret, to be shown this once. The present one signs beside it for
    /// a day. `keyed` makes the receipt of a request with a key, from both.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`].
    pub async fn rotate_secret(
        &self,
        id: WebhookId,
        keyed: impl FnOnce(&WebhookRow, &str) -> Option<Receipt> + Send,
    ) -> Result<(WebhookRow, String), WebhookError> {
        let (now, fresh) = (self.clock.now(), fresh_secret());
        let secret = secret_text(&fresh);
        let changed = self.store.change_webhook(id, now, |row| {
            let former = std::mem::replace(&mut row.secret, fresh);
            row.old_secret = Some((former, now + ROTATION));
            keyed(row, &secret)
        });
        Ok((changed.await?.ok_or_else(|| not_found(id))?, secret))
    }

    /// Queues a message of kind `webhook.test`.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`], [`WebhookError::Disabled`].
    pub async fn test(&self, id: WebhookId) -> Result<DeliveryId, WebhookError> {
        self.enabled(id).await?;
        Ok(self.store.queue_test(id, self.clock.now()).await?)
    }

    /// At most `limit` deliveries of an endpoint before one, the latest first.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`].
    pub async fn deliveries(
        &self,
        id: WebhookId,
        before: Option<DeliveryId>,
        limit: u16,
    ) -> Result<Vec<DeliveryRow>, WebhookError> {
        self.get(id).await?;
        Ok(self.store.deliveries(id, before, limit.into()).await?)
    }

    /// Queues the events of some time again that the endpoint wants, under the same message ids;
    /// how many.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`], [`WebhookError::Disabled`], [`WebhookError::Time`],
    /// [`WebhookError::TooMany`].
    pub async fn replay(
        &self,
        id: WebhookId,
        since: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
    ) -> Result<usize, WebhookError> {
        let row = self.enabled(id).await?;
        let now = self.clock.now();
        // Up to and with this very moment.
        let until = until.unwrap_or(now + TimeDelta::microseconds(1));
        if since < now - TimeDelta::days(REPLAY_DAYS_MAX) || since >= until {
            return Err(WebhookError::Time);
        }
        let replay = Replay { since, until, events_max: REPLAY_EVENTS_MAX };
        match self.store.replay_events(&row, &replay, now).await? {
            ReplayQueued::Queued(count) => Ok(count),
            ReplayQueued::TooMany => Err(WebhookError::TooMany),
        }
    }

    /// Has a delivery that has ended sent once more, with a whole schedule of attempts.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`], [`WebhookError::Disabled`], [`WebhookError::Waiting`].
    pub async fn retry(&self, id: WebhookId, delivery: DeliveryId) -> Result<(), WebhookError> {
        self.enabled(id).await?;
        if self.store.retry_delivery(id, delivery, self.clock.now()).await? {
            return Ok(());
        }
        if self.store.has_delivery(id, delivery).await? {
            return Err(WebhookError::Waiting);
        }
        Err(WebhookError::NotFound { what: "delivery", id: delivery.to_string() })
    }

    async fn enabled(&self, id: WebhookId) -> Result<WebhookRow, WebhookError> {
        let row = self.get(id).await?;
        if row.disabled.is_some() { Err(WebhookError::Disabled) } else { Ok(row) }
    }
}

fn not_found(id: WebhookId) -> WebhookError {
    WebhookError::NotFound { what: "webhook", id: id.to_string() }
}

fn fresh_secret() -> Vec<u8> {
    rand::rng().random::<[u8; SECRET_BYTES]>().to_vec()
}

/// A new identity that sorts by its moment.
fn new_id(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
}
