//! Queues events and sends what is due, in any number of processes at a time.

use super::guard::Guard;
use super::message::Message;
use super::transport::Transport;
use super::verdict::end_of;
use crate::clock::Clock;
use crate::model::WebhookId;
use crate::store::{ClaimedDelivery, Store, StoreError, WebhookRow};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How often the database is looked at where no commit is heard of.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Commits that follow each other so closely are queued together.
const GATHER: Duration = Duration::from_millis(20);
/// How long a claim lasts: longer than any request. A process that ends in between leaves its
/// deliveries to be sent again then.
const LEASE: Duration = Duration::from_mins(1);
/// How long the log of deliveries is kept.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Steps of the queue before something is sent.
const QUEUE_STEPS_MAX: usize = 16;
/// How often what is older is forgotten, some at a time.
const FORGET_EVERY: TimeDelta = TimeDelta::minutes(1);

/// The limits of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkerSettings {
    /// How long a request may take as a whole.
    pub request_time_max: Duration,
    /// Requests under way to one endpoint: one that hangs takes no more.
    pub per_endpoint_max: usize,
    /// Requests under way to all.
    pub total_max: usize,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self { request_time_max: Duration::from_secs(10), per_endpoint_max: 4, total_max: 64 }
    }
}

/// Sends messages to endpoints. Clones are the same worker.
#[derive(Clone)]
pub struct Worker(Arc<Shared>);

struct Shared {
    store: Store,
    clock: Clock,
    transport: Transport,
    settings: WorkerSettings,
    under_way: Mutex<HashMap<WebhookId, usize>>,
    /// When the log is next shortened, in seconds of Unix time on the service's clock.
    forget_at: AtomicI64,
}

/// A request under way, until it is dropped.
struct Slot(Arc<Shared>, WebhookId);

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(count) = self.0.under_way().get_mut(&self.1) {
            *count = count.saturating_sub(1);
        }
    }
}

impl Shared {
    /// Counts stay right whatever becomes of who held the lock.
    fn under_way(&self) -> MutexGuard<'_, HashMap<WebhookId, usize>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Worker {
    /// A worker on a migrated database.
    #[must_use]
    pub fn new(store: Store, clock: Clock, guard: Guard, settings: WorkerSettings) -> Self {
        let transport = Transport::new(guard, settings.request_time_max);
        let (under_way, forget_at) = (Mutex::default(), AtomicI64::new(i64::MIN));
        Self(Arc::new(Shared { store, clock, transport, settings, under_way, forget_at }))
    }

    /// Works until `stop` is done, then waits for the requests under way. What commits are told of
    /// by `commits` is queued at once, what others commit within a second.
    pub async fn run(
        self,
        mut commits: watch::Receiver<()>,
        stop: impl Future<Output = ()> + Send,
    ) {
        let mut sending = JoinSet::new();
        tokio::pin!(stop);
        loop {
            if let Err(error) = self.step(&mut sending).await {
                tracing::warn!(error = %error, "webhooks cannot be queued or sent; trying again");
            }
            tokio::select! {
                () = &mut stop => break,
                () = next_commit(&mut commits) => {}
                Some(_) = sending.join_next() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            // Whatever else has ended by now makes room in the same step.
            while sending.try_join_next().is_some() {}
        }
        while sending.join_next().await.is_some() {}
    }

    /// Queues what there is and sends all that is due by the clock, until nothing more is.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn run_once(&self) -> Result<(), StoreError> {
        let mut sending = JoinSet::new();
        while self.step(&mut sending).await? > 0 {
            while sending.join_next().await.is_some() {}
        }
        Ok(())
    }

    /// Queues events, and begins to send what is due; how many were begun.
    async fn step(&self, sending: &mut JoinSet<()>) -> Result<usize, StoreError> {
        let (store, now) = (&self.0.store, self.0.clock.now());
        for _ in 0..QUEUE_STEPS_MAX {
            if store.queue_events(now).await? == 0 {
                break;
            }
        }
        if now.timestamp() >= self.0.forget_at.load(Ordering::Relaxed) {
            self.0.forget_at.store((now + FORGET_EVERY).timestamp(), Ordering::Relaxed);
            store.forget_deliveries(now - KEPT).await?;
        }
        let due = store.due_webhooks(now).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let endpoints: HashMap<WebhookId, WebhookRow> =
            store.webhooks().await?.into_iter().map(|row| (row.id, row)).collect();
        let mut begun = 0;
        for (endpoint, free) in self.turns(&due, &endpoints) {
            begun += self.begin(endpoint, free, now, sending).await?;
        }
        Ok(begun)
    }

    /// Whose turn it is, the least busy first, and how many requests each may begin.
    fn turns<'a>(
        &self,
        due: &[WebhookId],
        endpoints: &'a HashMap<WebhookId, WebhookRow>,
    ) -> Vec<(&'a WebhookRow, usize)> {
        let under_way = self.0.under_way();
        let busy = |id: &WebhookId| under_way.get(id).copied().unwrap_or(0);
        let mut due: Vec<&WebhookId> = due.iter().collect();
        due.sort_by_key(|id| busy(id));
        let mut left = self.0.settings.total_max.saturating_sub(under_way.values().sum());
        let turn = |id: &WebhookId| {
            let free = self.0.settings.per_endpoint_max.saturating_sub(busy(id)).min(left);
            left -= free;
            Some((endpoints.get(id)?, free)).filter(|(_, free)| *free > 0)
        };
        due.into_iter().filter_map(turn).collect()
    }

    /// Claims deliveries of an endpoint and sends each in a task of its own.
    async fn begin(
        &self,
        endpoint: &WebhookRow,
        free: usize,
        now: DateTime<Utc>,
        sending: &mut JoinSet<()>,
    ) -> Result<usize, StoreError> {
        // By the service's clock, which may run faster than requests do.
        let lease = TimeDelta::from_std(LEASE).unwrap_or(TimeDelta::MAX);
        let until = self.0.clock.after(LEASE).max(now + lease);
        let claimed = self.0.store.claim_deliveries(endpoint.id, free, now, until).await?;
        *self.0.under_way().entry(endpoint.id).or_default() += claimed.len();
        let begun = claimed.len();
        for delivery in claimed {
            let slot = Slot(Arc::clone(&self.0), endpoint.id);
            let endpoint = endpoint.clone();
            sending.spawn(async move { slot.0.deliver(&endpoint, &delivery).await });
        }
        Ok(begun)
    }
}

impl Shared {
    /// Sends a delivery and records what came of it.
    async fn deliver(&self, endpoint: &WebhookRow, delivery: &ClaimedDelivery) {
        let message = Message::new(endpoint, delivery, self.clock.now());
        let answer = self.transport.send(&endpoint.url, message).await;
        let now = self.clock.now();
        let end = end_of(delivery, answer, now);
        match self.store.record_attempt(delivery, &end, now).await {
            Ok(true) => tracing::warn!(webhook.id = %endpoint.id, "a webhook was disabled"),
            Ok(false) => {}
            Err(error) => tracing::warn!(
                webhook.id = %endpoint.id, delivery.id = %delivery.id, error = %error,
                "what came of a webhook was not recorded; it is sent again"
            ),
        }
    }
}

/// Waits for a commit, and for those that follow it closely. Where nobody tells of any, forever.
async fn next_commit(commits: &mut watch::Receiver<()>) {
    if commits.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(GATHER).await;
}
