//! The region-days that are loaded.

use super::command::{Command, Outcome};
use super::live_day::LiveDay;
use super::receipt::Ticket;
use super::{Desk, DeskError, load};
use crate::model::{Region, RegionId};
use crate::planning::DayPlan;
use chrono::{Days as CalendarDays, NaiveDate};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// How far ahead a day can be opened, whatever the booking horizon.
const DAYS_AHEAD_MAX: u64 = 62;

type Key = (RegionId, NaiveDate);

/// Loaded days by region and date. A day is loaded once, by whoever asks first.
#[derive(Default)]
pub(super) struct Days(Mutex<HashMap<Key, Arc<OnceCell<LiveDay>>>>);

impl Days {
    fn cell(&self, key: Key) -> Arc<OnceCell<LiveDay>> {
        let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(days.entry(key).or_default())
    }

    /// Lets a day whose writer has ended be loaded anew.
    fn forget(&self, key: &Key, over: &Arc<OnceCell<LiveDay>>) {
        let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if days.get(key).is_some_and(|current| Arc::ptr_eq(current, over)) {
            days.remove(key);
            tracing::error!(region = %key.0, date = %key.1, "a day's writer ended; loading it anew");
        }
    }

    fn find(&self, key: &Key) -> Option<Arc<OnceCell<LiveDay>>> {
        let days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        days.get(key).filter(|cell| cell.initialized()).cloned()
    }

    fn loaded(&self) -> Vec<Arc<OnceCell<LiveDay>>> {
        let days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        days.values().filter(|cell| cell.initialized()).cloned().collect()
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
        let sent = day_of(&cell).send(command, ticket).await;
        if day_of(&cell).is_over() {
            self.0.days.forget(&(region.clone(), date), &cell);
        }
        sent
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
        cell.get_or_try_init(|| self.load_day(region, date)).await?;
        Ok(cell)
    }

    async fn load_day(&self, region: &RegionId, date: NaiveDate) -> Result<LiveDay, DeskError> {
        let (plan, last_seq) = load::day(self.store(), &self.registry(), region, date).await?;
        tracing::info!(region = %region, date = %date, visits = plan.entries().count(), "day opened");
        Ok(LiveDay::start(self.0.context.clone(), plan, last_seq))
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
            self.store().read_day(&region.id, date).await?.ok_or(no_such_day)?;
        }
        Ok(())
    }

    fn is_loaded(&self, region: &Region, date: NaiveDate) -> bool {
        self.0.days.find(&(region.id.clone(), date)).is_some()
    }
}

fn day_of(cell: &OnceCell<LiveDay>) -> &LiveDay {
    cell.get().expect("a day is handed out after it was loaded")
}
