//! The region-days that are loaded.

use super::command::{Command, Outcome};
use super::live_day::{LiveDay, Reading};
use super::patience::Patience;
use super::receipt::Ticket;
use super::told::Told;
use super::{Desk, DeskError, load};
use crate::model::{Region, RegionId};
use crate::planning::DayPlan;
use chrono::{DateTime, Days as CalendarDays, NaiveDate, Utc};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OnceCell;

/// How far ahead a day can be opened, whatever the booking horizon.
const DAYS_AHEAD_MAX: u64 = 62;

/// Which day.
pub(super) type Key = (RegionId, NaiveDate);

/// Loaded days by region and date. A day is loaded once, by whoever asks first.
///
/// Whoever works with a day has a share of its cell, taken under the lock. A day is closed under the
/// lock and only where nobody has one, so that no command can be sent to a day that was closed: who
/// comes later loads it anew.
#[derive(Default)]
pub(super) struct Days(Mutex<HashMap<Key, Arc<OnceCell<LiveDay>>>>);

impl Days {
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Arc<OnceCell<LiveDay>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cell(&self, key: Key) -> Arc<OnceCell<LiveDay>> {
        Arc::clone(self.lock().entry(key).or_default())
    }

    /// Lets a day whose writer has ended be loaded anew.
    fn forget(&self, key: &Key, over: &Arc<OnceCell<LiveDay>>) {
        let mut days = self.lock();
        if days.get(key).is_some_and(|current| Arc::ptr_eq(current, over)) {
            days.remove(key);
            tracing::error!(region = %key.0, date = %key.1, "a day's writer ended; loading it anew");
        }
    }

    /// A day that is loaded.
    pub(super) fn find(&self, key: &Key) -> Option<Arc<OnceCell<LiveDay>>> {
        self.lock().get(key).filter(|cell| cell.initialized()).cloned()
    }

    fn loaded(&self) -> Vec<Arc<OnceCell<LiveDay>>> {
        self.lock().values().filter(|cell| cell.initialized()).cloned().collect()
    }

    /// The days that are loaded.
    pub(super) fn keys(&self) -> Vec<Key> {
        let days = self.lock();
        days.iter().filter(|(_, cell)| cell.initialized()).map(|(key, _)| key.clone()).collect()
    }

    /// Tells a day how far the database has come, if it is loaded.
    pub(super) fn tell(&self, key: &Key, news: Told) {
        if let Some(day) = self.lock().get(key).and_then(|cell| cell.get()) {
            day.tell(news);
        }
    }

    /// Closes the days that nobody has asked for since `then`, nor works with, and in which nothing
    /// is held; also what is left of days that could not be loaded. Which were loaded.
    pub(super) fn close_idle_since(&self, then: DateTime<Utc>) -> Vec<Key> {
        let is_idle = |cell: &mut Arc<OnceCell<LiveDay>>| {
            Arc::strong_count(cell) == 1 && cell.get().is_none_or(|day| day.is_idle_since(then))
        };
        // The plans are given back after the lock.
        let closed: Vec<_> = self.lock().extract_if(|_, cell| is_idle(cell)).collect();
        let loaded = closed.into_iter().filter(|(_, cell)| cell.initialized());
        loaded.map(|(key, _)| key).collect()
    }
}

impl Desk {
    /// A region by its id.
    ///
    /// # Errors
    /// [`DeskError::NotFound`].
    pub fn region(&self, id: &RegionId) -> Result<Arc<Region>, DeskError> {
        let found = self.registry().regions.get(id).cloned();
        found.ok_or_else(|| DeskError::NotFound { what: "region", id: id.to_string() })
    }

    /// The last committed plan of a day, loaded if need be.
    ///
    /// # Errors
    /// [`DeskError::NotFound`] without the region, [`DeskError::NoSuchDay`] for a past date on
    /// which nothing happened or one too far ahead.
    pub async fn day(&self, region: &RegionId, date: NaiveDate) -> Result<Arc<DayPlan>, DeskError> {
        let cell = self.live_day(region, date).await?;
        Ok(day_of(&cell).plan())
    }

    /// Has a day's writer do something, once if the caller gave a key.
    pub(super) async fn send(
        &self,
        region: &RegionId,
        date: NaiveDate,
        command: Command,
        ticket: Option<Ticket>,
    ) -> Result<Outcome, DeskError> {
        let cell = self.live_day(region, date).await?;
        let sent = day_of(&cell).send(command, self.1.clone(), ticket).await;
        if day_of(&cell).is_over() {
            self.forget_day(&(region.clone(), date), &cell);
        }
        sent
    }

    /// Lets a day whose writer has ended be loaded anew by whoever asks next.
    pub(super) fn forget_day(&self, key: &Key, over: &Arc<OnceCell<LiveDay>>) {
        self.0.days.forget(key, over);
    }

    /// Reads a day anew if it is loaded.
    pub(super) async fn reload_day(
        &self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<(), DeskError> {
        let cell = self.0.days.find(&(region.clone(), date));
        match cell {
            Some(cell) => day_of(&cell).reload().await,
            None => Ok(()),
        }
    }

    /// The last committed plans of the days that are loaded.
    pub(super) fn loaded_plans(&self) -> Vec<Arc<DayPlan>> {
        self.0.days.loaded().iter().map(|cell| day_of(cell).plan()).collect()
    }

    pub(super) async fn reload_days(&self) -> Result<(), DeskError> {
        for cell in self.0.days.loaded() {
            day_of(&cell).reload().await?;
        }
        Ok(())
    }

    pub(super) async fn live_day(
        &self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<Arc<OnceCell<LiveDay>>, DeskError> {
        let settings = self.region(region)?;
        let key = (region.clone(), date);
        self.check_date(&settings, date).await?;
        let cell = self.0.days.cell(key);
        let day = cell.get_or_try_init(|| self.load_day(region, date)).await?;
        day.touch(self.clock().now());
        Ok(cell)
    }

    async fn load_day(&self, region: &RegionId, date: NaiveDate) -> Result<LiveDay, DeskError> {
        let registry = self.registry();
        let mut patience = Patience::start();
        let (plan, last_seq) = loop {
            match load::day(self.store(), &registry, region, date).await {
                Err(error) if patience.is_left_after(&error).await => {}
                loaded => break loaded?,
            }
        };
        tracing::info!(region = %region, date = %date, visits = plan.entries().count(), "day opened");
        let reading = Reading { plan, last_seq, registry: registry.version };
        Ok(LiveDay::start(self.0.context.clone(), reading))
    }

    /// A past day can be read if something was planned on it; a coming one up to the limit.
    async fn check_date(&self, region: &Region, date: NaiveDate) -> Result<(), DeskError> {
        let today = region.date_of(self.clock().now());
        let last = today + CalendarDays::new(DAYS_AHEAD_MAX);
        let no_such_day =
            DeskError::NoSuchDay { region: region.id.clone(), date, first: today, last };
        if date > last {
            return Err(no_such_day);
        }
        if date < today && !self.is_loaded(region, date) {
            self.store().day_position(&region.id, date).await?.ok_or(no_such_day)?;
        }
        Ok(())
    }

    fn is_loaded(&self, region: &Region, date: NaiveDate) -> bool {
        self.0.days.find(&(region.id.clone(), date)).is_some()
    }
}

/// The day of a cell that was handed out.
pub(super) fn day_of(cell: &OnceCell<LiveDay>) -> &LiveDay {
    cell.get().expect("a day is handed out after it was loaded")
}
