//! A day planned anew in the background of its bookings.

use super::command::{Command, Outcome};
use super::moving::tag;
use super::operations::RenderReport;
use super::proposals::{Change, Document, OPEN_FOR};
use super::receipt::{Render, Slip};
use super::{Desk, DeskError, Taken};
use crate::clock::Stopwatch;
use crate::model::{BookingId, Leg, ProposalId, Reason, Region, RegionId};
use crate::planning::{
    Control, DayPlan, Disruption, DisruptionBudget, Effort, Progress, Replan, reordered, replan,
    replan_within,
};
use crate::store::KeptAnswer;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What a re-plan takes beyond its search, about: its last steps, and the way to its commit.
const AROUND_SEARCH: Duration = Duration::from_millis(500);

/// How a day is to be planned anew.
#[derive(Clone, Copy, Debug)]
pub struct Replanning {
    /// How much it may search.
    pub effort: Effort,
    /// Stops whose service begins within this time stay as they are, and nobody sets off to something
    /// new before.
    pub freeze: TimeDelta,
    /// How much it may disturb, if that is limited.
    pub budget: Option<DisruptionBudget>,
    /// Where nothing is to be changed, but the outcome to be kept as a proposal: what makes the answer
    /// that is kept with it.
    pub proposes: Option<RenderReport>,
}

impl From<Effort> for Replanning {
    fn from(effort: Effort) -> Self {
        Self { effort, freeze: TimeDelta::zero(), budget: None, proposes: None }
    }
}

/// What a re-plan did.
#[derive(Clone, Debug)]
pub struct ReplanReport {
    /// The date.
    pub date: NaiveDate,
    /// Version of the plan after it; of a proposal, the one it was worked out on.
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
    /// What was taken means for customers and couriers, from the plan as it was at that moment.
    pub disruption: Disruption,
    /// The region's settings.
    pub region: Arc<Region>,
    /// Where nothing was changed.
    pub proposal: Option<Proposed>,
}

/// A re-plan that can be applied.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// Its identity.
    pub id: ProposalId,
    /// Names what it rests on and comes to.
    pub tag: String,
    /// Until when it can be applied.
    pub expires_at: DateTime<Utc>,
}

/// How it is answered that a day was planned anew.
pub type RenderReplan = fn(ReplanReport) -> KeptAnswer;

impl Desk {
    /// Plans a day anew on a snapshot, on a thread of its own while bookings go on, and takes what
    /// still holds. What a courier will have set off to by the time the search is over stays.
    ///
    /// Where nothing of it could be taken, since bookings came to its routes meanwhile, a shorter
    /// search is tried. A caller who does not wait for the answer ends the search. `keyed` is the request's
    /// key and how it is answered.
    ///
    /// # Errors
    /// [`DeskError::NoSuchDay`], [`DeskError::AlreadyRunning`], [`DeskError::Overloaded`],
    /// [`DeskError::DoneBefore`], and what a commit may answer.
    pub async fn replan(
        &self,
        region: &RegionId,
        date: NaiveDate,
        asked: impl Into<Replanning>,
        keyed: Option<(Slip, RenderReplan)>,
    ) -> Result<ReplanReport, DeskError> {
        let asked = asked.into();
        let _turn = self.0.replans.take(region, date)?;
        let caller = Caller::default();
        let report = self.replan_watched(region, date, asked, &caller.watched, keyed).await?;
        report.ok_or(DeskError::Stopping)
    }

    /// The same for somebody who watches it; nothing where they ended the search.
    pub(super) async fn replan_watched(
        &self,
        region: &RegionId,
        date: NaiveDate,
        asked: Replanning,
        watched: &Watched,
        keyed: Option<(Slip, RenderReplan)>,
    ) -> Result<Option<ReplanReport>, DeskError> {
        let with_part = |of| Replanning { effort: asked.effort.part(of), ..asked };
        for asked in [asked, with_part(4)] {
            let report = self.replan_once(region, date, asked, watched, keyed.clone()).await?;
            if report.as_ref().is_none_or(|r| r.routes_changed > 0 || r.routes_dropped == 0) {
                return Ok(report);
            }
        }
        self.replan_once(region, date, with_part(16), watched, keyed).await
    }

    async fn replan_once(
        &self,
        region: &RegionId,
        date: NaiveDate,
        asked: Replanning,
        watched: &Watched,
        keyed: Option<(Slip, RenderReplan)>,
    ) -> Result<Option<ReplanReport>, DeskError> {
        let plan = self.day(region, date).await?;
        let limit = asked.effort.time_limit;
        let lead = limit.map_or(Duration::ZERO, |limit| limit + AROUND_SEARCH);
        let firm_until = self.clock().after(lead) + asked.freeze;
        let (searched_on, watching) = (Arc::clone(&plan), watched.clone());
        let found = tokio::task::spawn_blocking(move || {
            searched(&searched_on, firm_until, &asked, &watching)
        });
        let found = found.await.map_err(|_| DeskError::Stopping)?;
        if watched.is_cancelled() {
            return Ok(None);
        }
        let report = match asked.proposes {
            Some(render) => self.keep_replan(&plan, &found, render, keyed).await?,
            None => self.take_found(region, date, found, keyed).await?,
        };
        Ok(Some(report))
    }

    /// Has the day's writer take what still holds.
    async fn take_found(
        &self,
        region: &RegionId,
        date: NaiveDate,
        found: Replan,
        keyed: Option<(Slip, RenderReplan)>,
    ) -> Result<ReplanReport, DeskError> {
        let (before, after, unassigned) = (found.before, found.after, found.unassigned.clone());
        let report = move |day: &DayPlan, taken: &Taken| ReplanReport {
            date: day.date,
            version: day.version(),
            routes_changed: taken.routes,
            routes_dropped: taken.dropped,
            before,
            after,
            unassigned: unassigned.clone(),
            disruption: taken.disruption.clone(),
            region: Arc::clone(&day.region),
            proposal: None,
        };
        let ticket = keyed.map(|(slip, render)| {
            let report = report.clone();
            let answer = move |day: &DayPlan, taken: &Taken| render(report(day, taken));
            slip.ticket(Render::Replanned(Arc::new(answer)))
        });
        let command = Command::Apply(Box::new(found));
        let taken = match self.send(region, date, command, ticket).await? {
            Outcome::Replanned(taken) => taken,
            Outcome::DoneBefore(_) => return Err(DeskError::DoneBefore),
            other => unreachable!("a re-plan is answered by what was taken, not {other:?}"),
        };
        let day = self.day(region, date).await?;
        Ok(report(&day, &taken))
    }

    /// Keeps what was found as a proposal. Nothing of the day is changed.
    async fn keep_replan(
        &self,
        day: &DayPlan,
        found: &Replan,
        render: RenderReport,
        keyed: Option<(Slip, RenderReplan)>,
    ) -> Result<ReplanReport, DeskError> {
        let (now, id) = (self.clock().now(), ProposalId(self.new_id()));
        let changes = found.groups.iter().flatten();
        let orders: Vec<_> = changes.map(|change| change.plan.order()).collect();
        // A courier may have set off to something by now: then there is nothing to propose.
        let proposal = reordered(day, &orders, now).map_err(|_| DeskError::PlanChanged)?;
        let tag = tag(day, &proposal);
        let report = ReplanReport {
            date: day.date,
            version: day.version(),
            routes_changed: orders.len(),
            routes_dropped: 0,
            before: found.before,
            after: found.after,
            unassigned: found.unassigned.clone(),
            disruption: proposal.disruption(day, now),
            region: Arc::clone(&day.region),
            proposal: Some(Proposed { id, tag: tag.clone(), expires_at: now + OPEN_FOR }),
        };
        let view = render(report.clone());
        let document = Document { tag, change: Change::Routes(orders), view };
        let receipt = keyed.map(|(slip, answer)| slip.receipt(answer(report.clone()), now));
        self.keep_proposal(id, day, document, (now, receipt)).await?;
        Ok(report)
    }
}

fn searched(
    plan: &DayPlan,
    firm_until: DateTime<Utc>,
    asked: &Replanning,
    watched: &Watched,
) -> Replan {
    let watch = Stopwatch::start();
    let elapsed = || watch.elapsed();
    let mut progress = |progress| watched.note(progress);
    let control = Control { elapsed: &elapsed, cancel: &watched.0.cancel, progress: &mut progress };
    match &asked.budget {
        Some(budget) => replan_within(plan, firm_until, budget, &asked.effort, control),
        None => replan(plan, firm_until, &asked.effort, control),
    }
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
