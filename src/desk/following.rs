//! Following a day: what its writer publishes, and what was missed from the database.

use super::days::Key;
use super::feed::{DayEvent, PAGE};
use super::live_day::LiveDay;
use super::{Desk, DeskError};
use crate::model::RegionId;
use crate::planning::DayPlan;
use chrono::NaiveDate;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::OnceCell;
use tokio::sync::broadcast::{self, error::RecvError};

/// Follows a day: every event once, in order, none missing. Keeps the day in memory.
pub struct Follower {
    desk: Desk,
    key: Key,
    day: Arc<OnceCell<LiveDay>>,
    live: broadcast::Receiver<Arc<DayEvent>>,
    /// The last event that was given out.
    seq: i64,
    /// Up to where the database has what was missed.
    missed_to: i64,
    read: VecDeque<Arc<DayEvent>>,
}

impl Desk {
    /// Follows a day from the event after number `after`, or from now on.
    ///
    /// # Errors
    /// [`DeskError::NoSuchDay`]; [`DeskError::Invalid`] where the day has not come as far as `after`.
    pub async fn follow(
        &self,
        region: &RegionId,
        date: NaiveDate,
        after: Option<i64>,
    ) -> Result<Follower, DeskError> {
        let (day, live, now) = self.join(region, date).await?;
        let seq = after.unwrap_or(now);
        if seq > now {
            self.check_happened(region, date, seq).await?;
        }
        let (desk, key) = (self.clone(), (region.clone(), date));
        Ok(Follower { desk, key, day, live, seq, missed_to: now, read: VecDeque::new() })
    }

    async fn join(
        &self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<(Arc<OnceCell<LiveDay>>, broadcast::Receiver<Arc<DayEvent>>, i64), DeskError> {
        loop {
            let cell = self.live_day(region, date).await?;
            let joined = cell.get().and_then(|day| day.feed().join());
            if let Some((live, seq)) = joined {
                return Ok((cell, live, seq));
            }
            // The writer has ended: without it the day is loaded anew.
            self.forget_day(&(region.clone(), date), &cell);
        }
    }

    /// Another process may be ahead of this one.
    async fn check_happened(
        &self,
        region: &RegionId,
        date: NaiveDate,
        seq: i64,
    ) -> Result<(), DeskError> {
        let stored = self.store().day_position(region, date).await?;
        if stored.is_some_and(|position| seq <= position.last_seq) {
            return Ok(());
        }
        let message = format!("the day has no event {seq} yet: give the id of one that was sent");
        Err(DeskError::Invalid { pointer: "".into(), message })
    }
}

impl Follower {
    /// Number of the last event that was given out.
    #[must_use]
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// The day's last committed plan. It has seen every event that was given out, and maybe more.
    ///
    /// # Panics
    /// Never: a day is followed after it was loaded.
    #[must_use]
    pub fn plan(&self) -> Arc<DayPlan> {
        self.day.get().expect("a day is followed after it was loaded").plan()
    }

    /// Waits for the next event. May be dropped while it waits, and nothing is lost.
    ///
    /// # Errors
    /// [`DeskError`] when the day cannot be read; asking again goes on where it was.
    pub async fn next(&mut self) -> Result<Arc<DayEvent>, DeskError> {
        loop {
            if let Some(event) = self.read.pop_front() {
                self.seq = event.row.seq;
                return Ok(event);
            }
            if self.seq < self.missed_to {
                self.read_missed().await?;
                continue;
            }
            match self.live.recv().await {
                Ok(event) if event.row.seq == self.seq + 1 => {
                    self.seq += 1;
                    return Ok(event);
                }
                Ok(event) => self.missed_to = self.missed_to.max(event.row.seq),
                Err(RecvError::Lagged(_)) => {
                    let published = self.day.get().map_or(0, |day| day.feed().seq());
                    self.missed_to = self.missed_to.max(published);
                }
                Err(RecvError::Closed) => {
                    let (day, live, now) = self.desk.join(&self.key.0, self.key.1).await?;
                    (self.day, self.live) = (day, live);
                    self.missed_to = self.missed_to.max(now);
                }
            }
        }
    }

    async fn read_missed(&mut self) -> Result<(), DeskError> {
        let limit = PAGE.min(self.missed_to - self.seq);
        let store = self.desk.store();
        let rows = store.events_after(&self.key.0, self.key.1, self.seq, limit).await?;
        if rows.is_empty() {
            self.missed_to = self.seq;
        }
        self.read.extend(rows.into_iter().map(DayEvent::new));
        Ok(())
    }
}
