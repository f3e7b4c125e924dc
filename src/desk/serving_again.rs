//! Whose promise was given up since the day was upset is tried again, with other chances each time: a repair
//! has a second, and some more of them find places for nearly everybody. Once that helps no more, it is
//! tried when the day has changed: somebody called off, a courier came back or came in addition, routes got
//! shorter.
//!
//! Only those whom a repair left without a place or served late: who waits since they were imported, or since
//! a dispatcher took their place away, waits for people to decide, and who is late because the courier is slow is
//! that courier's and the dispatcher's business.

use super::command::{Command, Outcome};
use super::days::Key;
use super::repairing::Mending;
use super::{Desk, DeskError, Shared};
use crate::clock::Stopwatch;
use crate::model::BookingId;
use crate::planning::{Control, DayPlan, Effort, Repair, given_up, served_again};
use chrono::{DateTime, Utc};
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::time::MissedTickBehavior;

const LOOK_EVERY: Duration = Duration::from_secs(1);

/// So many looks lie between two tries of a day.
const LOOKS: u32 = 5;

/// So often a day is tried as it is.
const TRIES_MAX: u32 = 12;

/// A try is short, so that little changes meanwhile; a core is left to others.
const EFFORT: Effort = Effort {
    seed: 1,
    threads: 1,
    iterations: Some(20_000),
    time_limit: Some(Duration::from_secs(1)),
};

/// The days with somebody who waits, as they were when they were last tried.
#[derive(Default)]
pub(super) struct TriedDays(HashMap<Key, Tried>);

struct Tried {
    /// Of the plan that was tried.
    version: i64,
    looks: u32,
    tries: u32,
    given_up: BTreeSet<BookingId>,
    /// Of these, whose promise was given up since the day was upset.
    displaced: BTreeSet<BookingId>,
}

impl Tried {
    /// Looks at the day: whether it is to be tried now.
    fn is_due(&mut self, version: i64) -> bool {
        if self.version != version {
            (self.version, self.tries) = (version, 0);
        }
        self.looks += 1;
        self.looks >= LOOKS && self.tries < TRIES_MAX
    }

    /// Who is tried now, and with which chance; nobody where none of them was displaced.
    fn next(&mut self) -> Option<(BTreeSet<BookingId>, u64)> {
        self.looks = 0;
        self.tries += 1;
        let chance = u64::from(self.tries);
        (!self.displaced.is_empty()).then(|| (self.displaced.clone(), chance))
    }
}

/// Looks every second until the desk is gone.
pub(super) async fn keep_serving(desk: Weak<Shared>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut tried = TriedDays::default();
    loop {
        ticks.tick().await;
        let Some(desk) = desk.upgrade().map(Desk::of) else { return };
        if let Err(error) = desk.serve_displaced(&mut tried).await {
            tracing::warn!(error = %error, "cannot look for places for who lost theirs; trying again");
        }
    }
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
            if !self.0.searches.is_calm() {
                return Ok(());
            }
            let key = (plan.region.id.clone(), plan.date);
            let given_up = given_up(&plan, self.clock().now());
            if given_up.is_empty() {
                tried.0.remove(&key);
            } else if let Some(who) = self.due(tried, key, &plan, given_up).await? {
                self.serve_again(plan, who).await?;
            }
        }
        Ok(())
    }

    /// Who is to be tried now, and with which chance: nobody where the day was tried a moment ago, or often
    /// enough as it is.
    async fn due(
        &self,
        tried: &mut TriedDays,
        key: Key,
        plan: &DayPlan,
        given_up: BTreeSet<BookingId>,
    ) -> Result<Option<(BTreeSet<BookingId>, u64)>, DeskError> {
        let version = plan.version();
        if let Some(known) = tried.0.get_mut(&key) {
            if !known.is_due(version) {
                return Ok(None);
            }
            if known.given_up == given_up {
                return Ok(known.next());
            }
        }
        let told = self.store().displaced(&key.0, key.1).await?;
        let displaced = given_up.intersection(&told).copied().collect();
        let count = tried.0.get(&key).map_or(0, |known| known.tries);
        let now = Tried { version, looks: 0, tries: count, given_up, displaced };
        Ok(tried.0.entry(key).insert_entry(now).get_mut().next())
    }

    async fn serve_again(
        &self,
        plan: Arc<DayPlan>,
        (displaced, seed): (BTreeSet<BookingId>, u64),
    ) -> Result<(), DeskError> {
        let taken_at = self.clock().after(EFFORT.time_limit.unwrap_or_default());
        let (region, date) = (plan.region.id.clone(), plan.date);
        let effort = Effort { seed, ..EFFORT };
        let searching = move || searched(&plan, &displaced, taken_at, &effort);
        let found = tokio::task::spawn_blocking(searching).await;
        let found = found.map_err(|_| DeskError::Stopping)?;
        if found.displaced.is_empty() {
            return Ok(());
        }
        let count = found.displaced.len();
        let command = Command::Repair(Box::new(Mending::by_itself(found)));
        if let Outcome::Applied { dropped: 0, .. } = self.send(&region, date, command, None).await?
        {
            tracing::info!(region = %region, date = %date, visits = count, "placed in their windows again");
        }
        Ok(())
    }
}

fn searched(
    plan: &DayPlan,
    displaced: &BTreeSet<BookingId>,
    now: DateTime<Utc>,
    effort: &Effort,
) -> Repair {
    let watch = Stopwatch::start();
    let elapsed = || watch.elapsed();
    let never = AtomicBool::new(false);
    let control = Control { elapsed: &elapsed, cancel: &never, progress: &mut |_| {} };
    served_again(plan, displaced, now, effort, control)
}
