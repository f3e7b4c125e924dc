//! Days come into memory when they are asked for or have something to do, and leave it again.

use super::{Desk, DeskError};
use chrono::TimeDelta;

/// How long, by the service's clock, a day that nobody asks for stays in memory.
const IDLE_MAX: TimeDelta = TimeDelta::minutes(15);

impl Desk {
    /// Gives back the memory of days that nobody has asked for in a while. A day in which something
    /// falls due by itself stays, and so does one that somebody is at.
    pub(super) fn close_idle_days(&self) {
        for (region, date) in self.0.days.close_idle_since(self.clock().now() - IDLE_MAX) {
            tracing::info!(region = %region, date = %date, "day closed: nobody asked for it");
        }
    }

    /// Opens the days on which a hold has run out or a flexible promise is to be fixed, each in a
    /// task of its own; their writers then see to it. A loaded day does so by itself: this is for
    /// what outlived the process that did it.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the database cannot be read.
    pub(super) async fn open_overdue_days(&self) -> Result<(), DeskError> {
        let days = self.store().overdue_days(self.clock().now()).await?;
        for (region, date) in days {
            let desk = self.clone();
            tokio::spawn(async move {
                if let Err(error) = desk.live_day(&region, date).await {
                    tracing::warn!(
                        region = %region, date = %date, error = %error,
                        "a day with something overdue could not be opened; trying again"
                    );
                }
            });
        }
        Ok(())
    }
}
