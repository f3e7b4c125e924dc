//! A day planned anew in the background of its bookings.

use super::command::{Command, Outcome};
use super::{Desk, DeskError};
use crate::clock::Stopwatch;
use crate::model::{BookingId, Leg, Reason, RegionId};
use crate::planning::{Control, DayPlan, Effort, Progress, Replan, replan};
use chrono::{DateTime, NaiveDate, Utc};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What a re-plan takes beyond its search, about: its last steps, and the way to its commit.
const AROUND_SEARCH: Duration = Duration::from_millis(500);

/// What a re-plan did.
#[derive(Clone, Debug)]
pub struct ReplanReport {
    /// Version of the plan after it.
    pub version: i64,
    /// Routes that were changed.
    pub routes_changed: usize,
    /// Routes that were left as they are, since they had moved on in the meantime.
    pub routes_dropped: usize,
    /// Travel of all routes before.
    pub before: Leg,
    /// Travel of all routes if everything was taken.
    pub after: Leg,
    /// Bookings that fit nowhere, with the reasons.
    pub unassigned: Vec<(BookingId, Vec<Reason>)>,
}

impl Desk {
    /// Plans a day anew on a snapshot, on a thread of its own while bookings go on, and takes what
    /// still holds. What a courier will have set off to by the time the search is over stays.
    ///
    /// Where nothing of it could be taken, since bookings came to its routes meanwhile, a shorter
    /// search is tried. A caller who does not wait for the answer ends the search.
    ///
    /// # Errors
    /// [`DeskError::NoSuchDay`], [`DeskError::AlreadyRunning`], [`DeskError::Overloaded`], and what a
    /// commit may answer.
    pub async fn replan(
        &self,
        region: &RegionId,
        date: NaiveDate,
        effort: Effort,
    ) -> Result<ReplanReport, DeskError> {
        let _turn = self.0.replans.take(region, date)?;
        let caller = Caller::default();
        let report = self.replan_watched(region, date, effort, &caller.watched).await?;
        report.ok_or(DeskError::Stopping)
    }

    /// The same for somebody who watches it; nothing where they ended the search.
    pub(super) async fn replan_watched(
        &self,
        region: &RegionId,
        date: NaiveDate,
        effort: Effort,
        watched: &Watched,
    ) -> Result<Option<ReplanReport>, DeskError> {
        for effort in [effort, effort.part(4)] {
            let report = self.replan_once(region, date, effort, watched).await?;
            if report.as_ref().is_none_or(|r| r.routes_changed > 0 || r.routes_dropped == 0) {
                return Ok(report);
            }
        }
        self.replan_once(region, date, effort.part(16), watched).await
    }

    async fn replan_once(
        &self,
        region: &RegionId,
        date: NaiveDate,
        effort: Effort,
        watched: &Watched,
    ) -> Result<Option<ReplanReport>, DeskError> {
        let plan = self.day(region, date).await?;
        let lead = effort.time_limit.map_or(Duration::ZERO, |limit| limit + AROUND_SEARCH);
        let taken_at = self.clock().after(lead);
        let watching = watched.clone();
        let proposal =
            tokio::task::spawn_blocking(move || searched(&plan, taken_at, &effort, &watching))
                .await
                .map_err(|_| DeskError::Stopping)?;
        if watched.is_cancelled() {
            return Ok(None);
        }
        let (before, after) = (proposal.before, proposal.after);
        let unassigned = proposal.unassigned.clone();
        let command = Command::Apply(Box::new(proposal));
        let (routes_changed, routes_dropped) = match self.send(region, date, command, None).await? {
            Outcome::Applied { routes, dropped } => (routes, dropped),
            other => unreachable!("a re-plan is answered by counts, not {other:?}"),
        };
        let version = self.day(region, date).await?.version();
        Ok(Some(ReplanReport {
            version,
            routes_changed,
            routes_dropped,
            before,
            after,
            unassigned,
        }))
    }
}

fn searched(plan: &DayPlan, taken_at: DateTime<Utc>, effort: &Effort, watched: &Watched) -> Replan {
    let watch = Stopwatch::start();
    let elapsed = || watch.elapsed();
    let mut progress = |progress| watched.note(progress);
    let control = Control { elapsed: &elapsed, cancel: &watched.0.cancel, progress: &mut progress };
    replan(plan, taken_at, effort, control)
}

/// A search that can be looked at and ended from outside. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Watched(Arc<Watching>);

#[derive(Default)]
struct Watching {
    cancel: AtomicBool,
    latest: Mutex<Option<Progress>>,
}

impl Watched {
    /// Ends the search; nothing of it is taken.
    pub(super) fn cancel(&self) {
        self.0.cancel.store(true, Ordering::Relaxed);
    }

    /// How far the search has come.
    pub(super) fn latest(&self) -> Option<Progress> {
        *self.0.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_cancelled(&self) -> bool {
        self.0.cancel.load(Ordering::Relaxed)
    }

    fn note(&self, progress: Progress) {
        *self.0.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
    }
}

/// Somebody who waits for the answer. When they go away, the search ends.
#[derive(Default)]
pub(super) struct Caller {
    pub(super) watched: Watched,
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.watched.cancel();
    }
}
