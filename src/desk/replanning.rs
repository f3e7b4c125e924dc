//! A day planned anew in the background of its bookings.

use super::command::{Command, Outcome};
use super::{Desk, DeskError};
use crate::clock::Stopwatch;
use crate::model::{BookingId, Leg, Reason, RegionId};
use crate::planning::{Control, DayPlan, Effort, Replan, replan};
use chrono::{DateTime, NaiveDate, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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
    /// [`DeskError::NoSuchDay`] and what a commit may answer.
    pub async fn replan(
        &self,
        region: &RegionId,
        date: NaiveDate,
        effort: Effort,
    ) -> Result<ReplanReport, DeskError> {
        for effort in [effort, effort.part(4)] {
            let report = self.replan_once(region, date, effort).await?;
            if report.routes_changed > 0 || report.routes_dropped == 0 {
                return Ok(report);
            }
        }
        self.replan_once(region, date, effort.part(16)).await
    }

    async fn replan_once(
        &self,
        region: &RegionId,
        date: NaiveDate,
        effort: Effort,
    ) -> Result<ReplanReport, DeskError> {
        let plan = self.day(region, date).await?;
        let lead = effort.time_limit.map_or(Duration::ZERO, |limit| limit + AROUND_SEARCH);
        let taken_at = self.clock().after(lead);
        let caller = Caller::default();
        let gone = Arc::clone(&caller.gone);
        let proposal =
            tokio::task::spawn_blocking(move || searched(&plan, taken_at, &effort, &gone))
                .await
                .map_err(|_| DeskError::Stopping)?;
        let (before, after) = (proposal.before, proposal.after);
        let unassigned = proposal.unassigned.clone();
        let command = Command::Apply(Box::new(proposal));
        let (routes_changed, routes_dropped) = match self.send(region, date, command, None).await? {
            Outcome::Applied { routes, dropped } => (routes, dropped),
            other => unreachable!("a re-plan is answered by counts, not {other:?}"),
        };
        let version = self.day(region, date).await?.version();
        Ok(ReplanReport { version, routes_changed, routes_dropped, before, after, unassigned })
    }
}

fn searched(
    plan: &DayPlan,
    taken_at: DateTime<Utc>,
    effort: &Effort,
    cancel: &AtomicBool,
) -> Replan {
    let watch = Stopwatch::start();
    let elapsed = || watch.elapsed();
    let control = Control { elapsed: &elapsed, cancel, progress: &mut |_| {} };
    replan(plan, taken_at, effort, control)
}

/// Notes that nobody waits any more.
#[derive(Default)]
struct Caller {
    gone: Arc<AtomicBool>,
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::Relaxed);
    }
}
