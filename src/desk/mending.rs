//! Days that were upset and not put right, since the process ended in between, or its database was away.
//!
//! Who upsets a day puts it right within seconds. A day that has been as it is for longer, and still has
//! visits that nobody comes to, is put right by whoever finds it.

use super::days::Key;
use super::{Desk, DeskError};
use crate::model::RegionId;
use crate::planning::Effort;
use chrono::{Days, NaiveDate};
use std::collections::HashMap;

/// So many looks, a second apart, a day is left to whoever upset it.
pub(super) const LOOKS: u32 = 10;

/// A search for places that does not depend on the machine.
const EFFORT: Effort = Effort { seed: 1, threads: 1, iterations: Some(10_000), time_limit: None };

/// The upset days that were seen, by the version of their row.
#[derive(Default)]
pub(super) struct UpsetDays(HashMap<Key, (i64, Looks)>);

/// How often a day was seen as it is.
#[derive(Clone, Copy)]
enum Looks {
    Waiting(u32),
    Done,
}

impl UpsetDays {
    /// Whether a day has been at a version for long enough, and was not seen to since.
    pub(super) fn is_due(&mut self, key: &Key, version: i64) -> bool {
        let (known, looks) = self.0.entry(key.clone()).or_insert((version, Looks::Waiting(0)));
        if *known != version {
            (*known, *looks) = (version, Looks::Waiting(0));
        }
        match looks {
            Looks::Done => false,
            Looks::Waiting(count) => {
                *count = (*count + 1).min(LOOKS);
                *count == LOOKS
            }
        }
    }

    pub(super) fn is_done(&mut self, key: Key, version: i64) {
        self.0.insert(key, (version, Looks::Done));
    }
}

impl Desk {
    /// Puts the days of now right that were upset and still have visits that nobody comes to.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the database is away; the day is seen to at the next look.
    pub(super) async fn mend_upset_days(&self, seen: &mut UpsetDays) -> Result<(), DeskError> {
        // Somewhere it is still yesterday.
        let from = self.clock().now().date_naive() - Days::new(1);
        let upset = self.store().upset_days(from).await?;
        seen.0.retain(|key, _| {
            upset.iter().any(|(region, date, _)| (region, date) == (&key.0, &key.1))
        });
        for (region, date, version) in upset {
            let key = (region, date);
            if seen.is_due(&key, version) {
                self.mend(&key.0, date).await?;
                seen.is_done(key, version);
            }
        }
        Ok(())
    }

    async fn mend(&self, region: &RegionId, date: NaiveDate) -> Result<(), DeskError> {
        if self.day(region, date).await?.is_left_alone() {
            tracing::warn!(
                region = %region, date = %date,
                "a day was upset and not put right: doing so now"
            );
            self.put_right(region, date, EFFORT).await?;
        }
        Ok(())
    }
}
