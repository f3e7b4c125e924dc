//! What happens on a day, as it happens: committed events for those who follow the day.
//!
//! The day's writer publishes each event once, in order and without gaps, after the plan that it
//! belongs to. Followers share it: an event is serialised once and costs each follower one count of a
//! reference. What is kept for slow followers is bounded; one that falls further behind reads what it
//! missed from the database, like one that comes back later. Nothing is kept for a day that nobody
//! follows.

use crate::model::RegionId;
use crate::store::{EventRow, NewEvent, Store, StoreError};
use chrono::NaiveDate;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::broadcast;

/// Events kept for followers that are slow.
const KEPT: usize = 512;
/// Events read from the database at a time.
pub(super) const PAGE: i64 = 256;

/// An event, and what was made of it for all who follow the day.
#[derive(Debug)]
pub struct DayEvent {
    /// What happened.
    pub row: EventRow,
    text: OnceLock<Arc<[u8]>>,
}

impl DayEvent {
    pub(super) fn new(row: EventRow) -> Arc<Self> {
        Arc::new(Self { row, text: OnceLock::new() })
    }

    /// The event as followers are sent it: made by the first who asks, shared by all.
    pub fn text(&self, make: impl FnOnce(&EventRow) -> Vec<u8>) -> Arc<[u8]> {
        Arc::clone(self.text.get_or_init(|| make(&self.row).into()))
    }
}

/// The way from a day's writer to its followers.
#[derive(Debug)]
pub(super) struct Feed(Mutex<Published>);

#[derive(Debug)]
struct Published {
    /// The last event that followers have been sent, or that happened before anybody followed.
    seq: i64,
    /// Nothing once the writer has ended.
    sender: Option<broadcast::Sender<Arc<DayEvent>>>,
}

/// The writer's end of a feed. With it the feed ends.
pub(super) struct Publisher(Arc<Feed>);

impl Drop for Publisher {
    fn drop(&mut self) {
        self.0.lock().sender = None;
    }
}

impl Feed {
    /// A feed of what comes after an event, and its writer's end.
    pub(super) fn after(seq: i64) -> (Arc<Self>, Publisher) {
        let (sender, _) = broadcast::channel(KEPT);
        let feed = Arc::new(Self(Mutex::new(Published { seq, sender: Some(sender) })));
        (Arc::clone(&feed), Publisher(feed))
    }

    fn lock(&self) -> MutexGuard<'_, Published> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What will be published from now on, and the last event before it.
    pub(super) fn join(&self) -> Option<(broadcast::Receiver<Arc<DayEvent>>, i64)> {
        let published = self.lock();
        Some((published.sender.as_ref()?.subscribe(), published.seq))
    }

    /// The last event that was published.
    pub(super) fn seq(&self) -> i64 {
        self.lock().seq
    }
}

impl Publisher {
    /// Publishes what this process committed, unless another process's commit came before it: then
    /// both follow when the day is read anew.
    pub(super) fn publish(&self, first_seq: i64, events: &[NewEvent]) {
        let mut published = self.0.lock();
        if first_seq == published.seq + 1 {
            published.send((first_seq..).zip(events).map(|(seq, event)| event.numbered(seq)));
            published.seq = first_seq - 1 + i64::try_from(events.len()).unwrap_or(0);
        }
    }

    /// Publishes what the database has up to an event that the plan has seen.
    pub(super) async fn catch_up(
        &self,
        store: &Store,
        (region, date): (&RegionId, NaiveDate),
        last_seq: i64,
    ) -> Result<(), StoreError> {
        loop {
            let after = match self.0.lock() {
                published if published.seq >= last_seq => return Ok(()),
                mut published if !published.is_followed() => {
                    published.seq = last_seq;
                    return Ok(());
                }
                published => published.seq,
            };
            let limit = PAGE.min(last_seq - after);
            let rows = store.events_after(region, date, after, limit).await?;
            let mut published = self.0.lock();
            // The log has no gaps: what is not there will not come.
            published.seq = rows.last().map_or(last_seq, |row| row.seq);
            published.send(rows.into_iter());
        }
    }
}

impl Published {
    fn is_followed(&self) -> bool {
        self.sender.as_ref().is_some_and(|sender| sender.receiver_count() > 0)
    }

    fn send(&self, rows: impl Iterator<Item = EventRow>) {
        let Some(sender) = self.sender.as_ref().filter(|_| self.is_followed()) else { return };
        for row in rows {
            // The last follower may leave meanwhile.
            let _ = sender.send(DayEvent::new(row));
        }
    }
}

impl NewEvent {
    fn numbered(&self, seq: i64) -> EventRow {
        let Self { kind, subject, actor, body, at } = self.clone();
        EventRow { seq, kind, subject, actor, body, at }
    }
}
