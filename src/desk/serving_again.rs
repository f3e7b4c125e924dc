//! Who lost a place since the day was upset is tried again when the day has changed: somebody called off, a
//! courier came back or came in addition, routes got shorter.
//!
//! Only those whom a repair left without a place: who waits since they were imported, or since a dispatcher
//! took their place away, waits for people to decide.

use super::command::{Command, Outcome};
use super::days::Key;
use super::upsets::Mending;
use super::{Desk, DeskError};
use crate::clock::Stopwatch;
use crate::model::{BookingId, BookingState};
use crate::planning::{Control, DayPlan, Effort, Repair, served_again};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// So many looks, a second apart, lie between two tries of a day.
const LOOKS: u32 = 5;

/// A try is short: the next change of the day gives another.
const EFFORT: Effort = Effort {
    seed: 1,
    threads: 1,
    iterations: Some(2_000),
    time_limit: Some(Duration::from_millis(300)),
};

/// The days with somebody who waits, as they were when they were last tried.
#[derive(Default)]
pub(super) struct TriedDays(HashMap<Key, Tried>);

struct Tried {
    /// Of the plan that was tried.
    version: i64,
    looks: u32,
    waiting: BTreeSet<BookingId>,
    /// Of these, who lost their place since the day was upset.
    displaced: BTreeSet<BookingId>,
}

impl Desk {
    /// Looks for places for those who lost theirs, on the days that are loaded and have changed.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the database is away; the next look tries again.
    pub(super) async fn serve_displaced(&self, tried: &mut TriedDays) -> Result<(), DeskError> {
        let plans = self.loaded_plans();
        tried
            .0
            .retain(|key, _| plans.iter().any(|plan| *key == (plan.region.id.clone(), plan.date)));
        for plan in plans {
            let key = (plan.region.id.clone(), plan.date);
            let waiting = self.who_waits(&plan);
            if waiting.is_empty() {
                tried.0.remove(&key);
            } else if let Some(displaced) = self.due(tried, key, &plan, waiting).await? {
                self.serve_again(plan, displaced).await?;
            }
        }
        Ok(())
    }

    /// Who has no place, and could still be served in time.
    fn who_waits(&self, plan: &DayPlan) -> BTreeSet<BookingId> {
        let now = self.clock().now();
        let could_be = plan.unassigned.iter().filter(|entry| {
            let booking = &entry.booking;
            booking.state == BookingState::Confirmed
                && booking.window.end > now
                && plan.stranded(booking.id).is_none()
        });
        could_be.map(|entry| entry.booking.id).collect()
    }

    /// Who is to be tried now: nobody where the day is as it was, or was tried a moment ago.
    async fn due(
        &self,
        tried: &mut TriedDays,
        key: Key,
        plan: &DayPlan,
        waiting: BTreeSet<BookingId>,
    ) -> Result<Option<BTreeSet<BookingId>>, DeskError> {
        let version = plan.version();
        let known = tried.0.get_mut(&key);
        if let Some(known) = known {
            known.looks += 1;
            if known.version == version || known.looks < LOOKS {
                return Ok(None);
            }
            if known.waiting == waiting {
                (known.version, known.looks) = (version, 0);
                return Ok((!known.displaced.is_empty()).then(|| known.displaced.clone()));
            }
        }
        let told = self.store().displaced(&key.0, key.1).await?;
        let displaced: BTreeSet<BookingId> = waiting.intersection(&told).copied().collect();
        let now = Tried { version, looks: 0, waiting, displaced: displaced.clone() };
        tried.0.insert(key, now);
        Ok((!displaced.is_empty()).then_some(displaced))
    }

    async fn serve_again(
        &self,
        plan: Arc<DayPlan>,
        displaced: BTreeSet<BookingId>,
    ) -> Result<(), DeskError> {
        let taken_at = self.clock().after(EFFORT.time_limit.unwrap_or_default());
        let (region, date) = (plan.region.id.clone(), plan.date);
        let searching = move || searched(&plan, &displaced, taken_at);
        let found = tokio::task::spawn_blocking(searching).await;
        let found = found.map_err(|_| DeskError::Stopping)?;
        if found.displaced.is_empty() {
            return Ok(());
        }
        let count = found.displaced.len();
        let command = Command::Repair(Box::new(Mending::by_itself(found)));
        if let Outcome::Applied { dropped: 0, .. } = self.send(&region, date, command, None).await?
        {
            tracing::info!(region = %region, date = %date, visits = count, "placed again");
        }
        Ok(())
    }
}

fn searched(
    plan: &DayPlan,
    displaced: &BTreeSet<BookingId>,
    now: chrono::DateTime<chrono::Utc>,
) -> Repair {
    let watch = Stopwatch::start();
    let elapsed = || watch.elapsed();
    let never = AtomicBool::new(false);
    let control = Control { elapsed: &elapsed, cancel: &never, progress: &mut |_| {} };
    served_again(plan, displaced, now, &EFFORT, control)
}
