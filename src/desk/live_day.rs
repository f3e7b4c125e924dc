//! One region-day in memory: the last committed plan for readers, and its one writer.
//!
//! The writer drains its queue, applies the commands one after the other to a copy of the plan,
//! writes everything they changed in one transaction (group commit), publishes the new plan and
//! only then answers. When another process was faster, the write names a version that has moved
//! on: the batch is dropped, the day is read anew, and the batch is applied again. A refusal writes
//! nothing that could tell: it is given only by a plan that is still the stored one, so that a hold
//! of one process can be confirmed, or its place be given back, at another.

use super::command::{Command, Job, Outcome};
use super::registry::Registry;
use super::working_day::{ExternalIds, WorkingDay};
use super::{DeskError, load};
use crate::clock::Clock;
use crate::model::{ProgrammeId, RegionId};
use crate::planning::DayPlan;
use crate::store::{DayPosition, Store, StoreError};
use arc_swap::ArcSwap;
use chrono::NaiveDate;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Commands that may wait for a region-day before it sheds load.
const QUEUE_LENGTH_MAX: usize = 4_096;
/// Commands in one transaction.
const BATCH_MAX: usize = 512;
/// How often a batch is applied again after losing a race.
const ATTEMPTS_MAX: usize = 16;
/// How long the writer waits before it tries again to give back places of holds.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// A region-day that is loaded: readers take the plan, writers send commands.
#[derive(Debug)]
pub(super) struct LiveDay {
    plan: Arc<ArcSwap<DayPlan>>,
    jobs: mpsc::Sender<Job>,
}

/// What a writer needs.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) registry: Arc<ArcSwap<Registry>>,
}

impl LiveDay {
    /// Starts the writer of a day that was just loaded up to the event `last_seq`. It ends when the
    /// last sender is gone.
    pub(super) fn start(context: Context, plan: DayPlan, last_seq: i64) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE_LENGTH_MAX);
        let plan = Arc::new(ArcSwap::from_pointee(plan));
        let writer = Writer { context, plan: Arc::clone(&plan), last_seq, is_stale: false };
        tokio::spawn(writer.run(queue));
        Self { plan, jobs }
    }

    /// The last committed plan.
    pub(super) fn plan(&self) -> Arc<DayPlan> {
        self.plan.load_full()
    }

    /// Whether the writer has ended, as it does when the service stops or a defect breaks it.
    pub(super) fn is_over(&self) -> bool {
        self.jobs.is_closed()
    }

    /// Has a command done and waits for its commit.
    ///
    /// # Errors
    /// [`DeskError::Overloaded`] when too many commands wait; otherwise what came of it.
    pub(super) async fn send(&self, command: Command) -> Result<Outcome, DeskError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.try_send(Job { command, reply }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => DeskError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => DeskError::Stopping,
        })?;
        answer.await.unwrap_or(Err(DeskError::Stopping))
    }

    /// Has the day read anew, however much is waiting. A day whose writer has ended is read anew
    /// by whoever asks for it next.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the database cannot be read.
    pub(super) async fn reload(&self) -> Result<(), DeskError> {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(Job { command: Command::Reload, reply }).await.is_err() {
            return Ok(());
        }
        answer.await.map_or(Ok(()), |reloaded| reloaded.map(|_| ()))
    }
}

struct Writer {
    context: Context,
    plan: Arc<ArcSwap<DayPlan>>,
    /// The number of the last event that the plan has seen.
    last_seq: i64,
    /// The database may be ahead of the plan: read it before the next write.
    is_stale: bool,
}

impl Writer {
    async fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        let mut jobs = Vec::with_capacity(BATCH_MAX);
        loop {
            tokio::select! {
                received = queue.recv_many(&mut jobs, BATCH_MAX) => {
                    if received == 0 {
                        return;
                    }
                }
                () = next_expiry(&self.context.clock, self.plan.load_full()) => {}
            }
            self.work(std::mem::take(&mut jobs)).await;
        }
    }

    /// Commits a batch and answers everyone in it.
    async fn work(&mut self, jobs: Vec<Job>) {
        match self.commit(&jobs).await {
            Ok(outcomes) => {
                for (job, outcome) in jobs.into_iter().zip(outcomes) {
                    // A caller who went away does not need the answer.
                    let _ = job.reply.send(outcome);
                }
            }
            // One command with something the database cannot hold must not harm the others.
            Err(StoreError::Unstorable(_)) if jobs.len() > 1 => {
                for job in jobs {
                    Box::pin(self.work(vec![job])).await;
                }
            }
            Err(error) => self.refuse(jobs, &error).await,
        }
    }

    /// Tells everyone in a batch that it was not committed.
    async fn refuse(&mut self, jobs: Vec<Job>, error: &StoreError) {
        tracing::error!(error = %error, "a batch of the desk was not committed");
        if jobs.is_empty() {
            // Holds that have run out are tried again, but not in a tight loop.
            tokio::time::sleep(RETRY_AFTER).await;
        }
        for job in jobs {
            let _ = job.reply.send(Err(match error {
                StoreError::Conflict => DeskError::Overloaded,
                other => DeskError::Store(other.clone()),
            }));
        }
    }

    /// Applies and commits a batch; after a lost race, once more on what is now committed.
    async fn commit(
        &mut self,
        jobs: &[Job],
    ) -> Result<Vec<Result<Outcome, DeskError>>, StoreError> {
        for _ in 0..ATTEMPTS_MAX {
            match self.attempt(jobs).await {
                Err(StoreError::Conflict | StoreError::ExternalIdTaken) => self.is_stale = true,
                Err(error) => {
                    self.is_stale = true;
                    return Err(error);
                }
                done => return done,
            }
        }
        Err(StoreError::Conflict)
    }

    /// Applies the jobs to the last committed plan and commits what they change.
    async fn attempt(
        &mut self,
        jobs: &[Job],
    ) -> Result<Vec<Result<Outcome, DeskError>>, StoreError> {
        let reloads = |job: &Job| matches!(job.command, Command::Reload);
        let is_fresh = self.is_stale || jobs.iter().any(reloads);
        if is_fresh {
            self.reload().await?;
        }
        let taken = self.taken_external_ids(jobs).await?;
        let committed = self.plan.load_full();
        let mut day = WorkingDay::new(&committed, taken, self.context.clock.now());
        day.expire_overdue();
        let outcomes: Vec<_> = jobs.iter().map(|job| day.apply(&job.command)).collect();
        let commit = day.commit();
        let is_all_written = commit.is_some() && outcomes.iter().all(Result::is_ok);
        if !is_all_written && !is_fresh && self.has_moved_on().await? {
            return Err(StoreError::Conflict);
        }
        if let Some(commit) = commit {
            if day.is_breached() {
                tracing::warn!("a place given back left a later visit late; the board shows it");
            } else {
                super::audit::assert_sound(&committed, &day.plan);
            }
            let receipt = self.context.store.commit_day(&commit).await?;
            // Another process may have written other routes in between.
            self.is_stale = receipt.first_seq != self.last_seq + 1;
            self.last_seq = receipt.last_seq;
            self.plan.store(Arc::new(day.committed()));
        }
        Ok(outcomes)
    }

    async fn reload(&mut self) -> Result<(), StoreError> {
        let (region, date) = self.of();
        let registry = self.context.registry.load_full();
        let (plan, last_seq) = load::day(&self.context.store, &registry, &region, date).await?;
        self.plan.store(Arc::new(plan));
        (self.last_seq, self.is_stale) = (last_seq, false);
        Ok(())
    }

    /// Whether another process has changed the day since it was read.
    async fn has_moved_on(&self) -> Result<bool, StoreError> {
        let (region, date) = self.of();
        let here = DayPosition { version: self.plan.load().day_version, last_seq: self.last_seq };
        Ok(self.context.store.day_position(&region, date).await? != Some(here))
    }

    fn of(&self) -> (RegionId, NaiveDate) {
        let plan = self.plan.load();
        (plan.region.id.clone(), plan.date)
    }

    async fn taken_external_ids(&self, jobs: &[Job]) -> Result<ExternalIds, StoreError> {
        let asked = self.asked_external_ids(jobs);
        if asked.is_empty() {
            return Ok(ExternalIds::new());
        }
        let taken = self.context.store.taken_external_ids(&asked).await?;
        Ok(taken.into_iter().map(|(programme, id, booking)| ((programme, id), booking)).collect())
    }

    fn asked_external_ids(&self, jobs: &[Job]) -> Vec<(ProgrammeId, String)> {
        let plan = self.plan.load();
        let programme_of = |confirmation: &super::Confirmation| {
            let at = plan.find(confirmation.hold)?;
            Some(plan.entry(at).booking.programme.clone())
        };
        jobs.iter()
            .flat_map(|job| match &job.command {
                Command::Confirm(c) => {
                    programme_of(c).zip(c.external_id.clone()).into_iter().collect()
                }
                Command::Place(booking) => external_id(booking).into_iter().collect(),
                Command::Import(bookings) => bookings.iter().filter_map(external_id).collect(),
                Command::Cancel(_) | Command::Release(_) | Command::Apply(_) | Command::Reload => {
                    Vec::new()
                }
            })
            .collect()
    }
}

fn external_id(booking: &crate::model::Booking) -> Option<(ProgrammeId, String)> {
    Some((booking.programme.clone(), booking.external_id.clone()?))
}

/// Waits until the first hold of a plan runs out; forever where there is none.
async fn next_expiry(clock: &Clock, plan: Arc<DayPlan>) {
    let first = plan.first_expiry();
    drop(plan);
    match first {
        Some(moment) => clock.sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
