//! Following what other processes commit: by notification where there is one, and by looking.
//!
//! Notifications come within milliseconds, but are lost with a connection. So every second the
//! positions of all loaded days are looked at in one query, whatever was heard. `SQLite` files
//! that several processes share are followed by that alone.

use super::days::Key;
use super::mending::UpsetDays;
use super::told::Told;
use super::{Desk, DeskError, Shared};
use crate::store::{DayPosition, Listener, News, StoreError};
use std::sync::Weak;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// How often the database is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Hears of other processes' commits until the desk is gone.
pub(super) async fn listen(desk: Weak<Shared>) {
    loop {
        let Some(store) = desk.upgrade().map(|desk| desk.context.store.clone()) else { return };
        match store.listen().await {
            Ok(None) => return,
            Ok(Some(mut listener)) => {
                drop(store);
                if let Err(error) = hear(&desk, &mut listener).await {
                    tracing::warn!(error = %error, "lost the news of other replicas; looking only");
                }
            }
            Err(error) => tracing::warn!(error = %error, "cannot hear of other replicas yet"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Passes news on until the connection is lost.
async fn hear(desk: &Weak<Shared>, listener: &mut Listener) -> Result<(), StoreError> {
    // What was committed before the listening began is seen by looking.
    let mut news = News::Gap;
    loop {
        let Some(desk) = desk.upgrade().map(Desk::of) else { return Ok(()) };
        let taken = match news {
            News::Day { region, date, position } => {
                desk.tell(&(region, date), position);
                Ok(())
            }
            News::Registry(version) => desk.follow_registry(version).await,
            News::Gap => desk.look().await,
        };
        if let Err(error) = taken {
            tracing::warn!(error = %error, "news could not be followed; looking again in a second");
        }
        drop(desk);
        news = listener.next().await?;
    }
}

/// Looks at the database and after the days every second until the desk is gone.
pub(super) async fn look_after(desk: Weak<Shared>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut upset = UpsetDays::default();
    loop {
        ticks.tick().await;
        let Some(desk) = desk.upgrade().map(Desk::of) else { return };
        desk.close_idle_days();
        if let Err(error) = desk.open_overdue_days().await {
            tracing::warn!(error = %error, "cannot look for holds that ran out; trying again");
        }
        if let Err(error) = desk.mend_upset_days(&mut upset).await {
            tracing::warn!(error = %error, "cannot put upset days right; trying again");
        }
        if let Err(error) = desk.look().await {
            tracing::warn!(error = %error, "cannot look for other processes' changes; trying again");
        }
    }
}

impl Desk {
    /// Reads the registry if it has moved on, and tells the loaded days how far the database is.
    async fn look(&self) -> Result<(), DeskError> {
        self.follow_registry(self.store().registry_version().await?).await?;
        let loaded = self.0.days.keys();
        for (region, date, position) in self.store().day_positions(&loaded).await? {
            self.tell(&(region, date), position);
        }
        Ok(())
    }

    async fn follow_registry(&self, version: i64) -> Result<(), DeskError> {
        if version > self.registry().version { self.refresh().await } else { Ok(()) }
    }

    fn tell(&self, key: &Key, position: DayPosition) {
        let registry = self.registry().version;
        self.0.days.tell(key, Told { registry, position });
    }
}
