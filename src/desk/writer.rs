//! The one writer of a region-day that is loaded.
//!
//! The writer drains its queue, applies the commands one after the other to a copy of the plan,
//! writes everything they changed in one transaction (group commit), publishes the new plan and
//! only then answers. When another process was faster, the write names a version that has moved
//! on: the batch is dropped, the day is read anew, and the batch is applied again. A refusal writes
//! nothing that could tell: it is given only by a plan that is still the stored one, so that a hold
//! of one process can be confirmed, or its place be given back, at another.
//!
//! A writer that is told of another process's commit reads what has changed, so that its readers
//! see it too. What it is told comes together while it works, and takes turns with the commands.
//!
//! A batch that finds the database away is tried again for some seconds, as long as nothing of it
//! was written. Each writer has one transaction at a time and waits in line for it, on `SQLite` for
//! the one writing connection, on `PostgreSQL` for one of the pool, and both lines are first come,
//! first served: a busy day cannot keep the others from theirs.

use super::command::{Command, Job, Outcome};
use super::feed::Publisher;
use super::live_day::Context;
use super::patience::Patience;
use super::told::{Told, more_than};
use super::working_day::{Excuse, ExternalIds, WorkingDay};
use super::{DeskError, load};
use crate::clock::Clock;
use crate::model::RegionId;
use crate::planning::DayPlan;
use crate::store::{DayPosition, StoreError};
use arc_swap::ArcSwap;
use chrono::NaiveDate;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Commands in one transaction.
const BATCH_MAX: usize = 512;
/// How often a batch is applied again after losing a race.
const ATTEMPTS_MAX: usize = 16;
/// How long the writer waits before it tries again to give back places of holds.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// Below every version of the registry: whatever was read was read under none.
const NONE_READ: i64 = -1;

/// Applies batches of commands to the plan and commits them.
pub(super) struct Writer {
    pub(super) context: Context,
    pub(super) plan: Arc<ArcSwap<DayPlan>>,
    /// The number of the last event that the plan has seen.
    last_seq: i64,
    /// Version of the registry that the plan was read under.
    registry: i64,
    /// The database may be ahead of the plan: read it before the next write.
    is_stale: bool,
    told: watch::Receiver<Told>,
    feed: Publisher,
    /// What had been told when the day was last read: it is no news any more.
    heard: Told,
}

impl Writer {
    /// A writer of a plan that was just read up to an event, under a version of the registry.
    pub(super) fn new(
        context: Context,
        plan: Arc<ArcSwap<DayPlan>>,
        (last_seq, registry): (i64, i64),
        (told, feed): (watch::Receiver<Told>, Publisher),
    ) -> Self {
        let (is_stale, heard) = (false, Told::default());
        Self { context, plan, last_seq, registry, is_stale, told, feed, heard }
    }

    /// Works until the last sender is gone.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        let mut jobs = Vec::with_capacity(BATCH_MAX);
        loop {
            tokio::select! {
                received = queue.recv_many(&mut jobs, BATCH_MAX) => {
                    if received == 0 {
                        return;
                    }
                }
                () = next_due(&self.context.clock, self.plan.load_full()) => {}
                () = more_than(self.known(), self.told.clone()), if !self.is_stale => {}
                () = std::future::ready(()), if self.is_stale => {}
            }
            self.work(std::mem::take(&mut jobs)).await;
        }
    }

    /// Does what is waiting, and nothing that nobody waits for any more. A reschedule may write another
    /// day too, and is done by itself.
    async fn work(&mut self, mut jobs: Vec<Job>) {
        jobs.retain(|job| !job.reply.is_closed());
        let alone = |job: &Job| matches!(job.command, Command::Reschedule(_));
        let (alone, batch): (Vec<Job>, Vec<Job>) = jobs.into_iter().partition(alone);
        if !batch.is_empty() || alone.is_empty() {
            self.work_together(batch).await;
        }
        for job in alone {
            self.work_together(vec![job]).await;
        }
    }

    /// Lets readers have a plan that is committed.
    fn publish(&self, plan: DayPlan) {
        self.plan.store(Arc::new(plan));
        self.context.changed.notify_one();
        self.context.committed.send_replace(());
    }

    /// Commits a batch and answers everyone in it.
    async fn work_together(&mut self, jobs: Vec<Job>) {
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
                    Box::pin(self.work_together(vec![job])).await;
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
                StoreError::Conflict | StoreError::ExternalIdTaken => DeskError::Overloaded,
                other => DeskError::Store(other.clone()),
            }));
        }
    }

    /// Applies and commits a batch; after a lost race, and while the database is away, once more on
    /// what is then committed.
    async fn commit(
        &mut self,
        jobs: &[Job],
    ) -> Result<Vec<Result<Outcome, DeskError>>, StoreError> {
        let mut patience = Patience::start();
        let mut races = 1..ATTEMPTS_MAX;
        let mut is_first = true;
        loop {
            let error = match self.attempt(jobs, std::mem::take(&mut is_first)).await {
                Err(error) => error,
                done => return done,
            };
            self.is_stale = true;
            let is_race = matches!(error, StoreError::Conflict | StoreError::ExternalIdTaken);
            if !(is_race && races.next().is_some() || patience.is_left_after(&error).await) {
                return Err(error);
            }
        }
    }

    /// Applies the jobs to the last committed plan and commits what they change. Order numbers in use
    /// are refused by the database: which they are is looked up only once it has refused a batch.
    async fn attempt(
        &mut self,
        jobs: &[Job],
        is_first: bool,
    ) -> Result<Vec<Result<Outcome, DeskError>>, StoreError> {
        let reloads = |job: &Job| matches!(job.command, Command::Reload);
        let is_behind = self.is_stale || self.known().is_behind(*self.told.borrow());
        let is_fresh = is_behind || jobs.iter().any(reloads);
        if is_fresh {
            self.reload().await?;
        }
        let taken =
            if is_first { ExternalIds::new() } else { self.taken_external_ids(jobs).await? };
        let receipts = self.receipts(jobs).await?;
        let reports = self.known_reports(jobs).await?;
        let now = self.context.clock.now();
        let departure = self.departure(jobs, now).await?;
        let committed = self.plan.load_full();
        let mut day =
            WorkingDay::new(&committed, taken, now).with_receipts(receipts).with_reports(reports);
        day.do_what_is_due();
        let departed = departure.as_ref().and_then(|found| found.as_ref().ok());
        let entry = departed.map(|departure| &departure.entry);
        let mut outcomes: Vec<_> = jobs.iter().map(|job| day.apply(job, entry)).collect();
        let departed = departed.filter(|_| matches!(outcomes[..], [Ok(Outcome::Booking(_))]));
        let mut commit = day.commit();
        let rests_on_plan = !is_fresh && outcomes.iter().any(Result::is_err);
        match &mut commit {
            Some(commit) => commit.unmoved = rests_on_plan.then(|| self.position()),
            None if !is_fresh && !jobs.is_empty() && self.has_moved_on().await? => {
                return Err(StoreError::Conflict);
            }
            None => {}
        }
        if let Some(commit) = commit {
            match day.excuse() {
                None => super::audit::assert_sound(&committed, &day.plan, day.now),
                Some(Excuse::Reality) => {}
                Some(Excuse::Change) => {
                    tracing::warn!("a change left a visit late; the board shows it");
                }
            }
            let store = &self.context.store;
            let receipt = match departed {
                Some(departure) => store.commit_days(&commit, &departure.commit).await?,
                None => store.commit_day(&commit).await?,
            };
            // Another process may have written other routes in between.
            self.is_stale = receipt.first_seq != self.last_seq + 1;
            self.last_seq = receipt.last_seq;
            if day.has_to_be_read_anew {
                (self.is_stale, self.registry) = (true, NONE_READ);
            }
            self.publish(day.committed());
            self.feed.publish(receipt.first_seq, &commit.events);
        }
        if let (Some(Err(refusal)), [outcome @ Err(_)]) = (departure, &mut outcomes[..]) {
            *outcome = Err(refusal);
        }
        Ok(outcomes)
    }

    /// Reads what has changed; the whole day where what was imported has.
    async fn reload(&mut self) -> Result<(), StoreError> {
        self.heard = *self.told.borrow_and_update();
        let registry = self.context.registry.load_full();
        let (store, plan) = (&self.context.store, self.plan.load_full());
        let (plan, last_seq) = if registry.version == self.registry {
            load::changed_day(store, &registry, &plan).await?
        } else {
            load::day(store, &registry, &plan.region.id, plan.date).await?
        };
        let day = (plan.region.id.clone(), plan.date);
        self.publish(plan);
        self.feed.catch_up(store, (&day.0, day.1), last_seq).await?;
        self.registry = registry.version;
        (self.last_seq, self.is_stale) = (last_seq, false);
        Ok(())
    }

    /// Whether another process has changed the day since it was read.
    async fn has_moved_on(&self) -> Result<bool, StoreError> {
        let (region, date) = self.of();
        let stored = self.context.store.day_position(&region, date).await?;
        Ok(stored != Some(self.position()))
    }

    fn position(&self) -> DayPosition {
        DayPosition { version: self.plan.load().day_version, last_seq: self.last_seq }
    }

    /// What it would be no news to be told.
    fn known(&self) -> Told {
        self.heard.and(Told { registry: self.registry, position: self.position() })
    }

    /// Which day it is.
    pub(super) fn of(&self) -> (RegionId, NaiveDate) {
        let plan = self.plan.load();
        (plan.region.id.clone(), plan.date)
    }
}

/// Waits until the first hold of a plan runs out or the first flexible promise is to be fixed;
/// forever where there is none.
async fn next_due(clock: &Clock, plan: Arc<DayPlan>) {
    let first = plan.first_due();
    drop(plan);
    match first {
        Some(moment) => clock.sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
