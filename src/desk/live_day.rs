//! One region-day in memory: the last committed plan for readers, and the way to its one writer.

use super::DeskError;
use super::actor::Actor;
use super::command::{Command, Job, Outcome};
use super::feed::Feed;
use super::receipt::Ticket;
use super::registry::Registry;
use super::told::Told;
use super::writer::Writer;
use crate::clock::Clock;
use crate::planning::{DayPlan, UsualTravel};
use crate::store::Store;
use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, mpsc, oneshot, watch};

/// Commands that may wait for a region-day before it sheds load.
const QUEUE_LENGTH_MAX: usize = 4_096;

/// A region-day that is loaded: readers take the plan, writers send commands.
#[derive(Debug)]
pub(super) struct LiveDay {
    plan: Arc<ArcSwap<DayPlan>>,
    jobs: mpsc::Sender<Job>,
    told: watch::Sender<Told>,
    feed: Arc<Feed>,
    /// What those who asked for it of late would have added.
    usual: Mutex<UsualTravel>,
    /// When it was last asked for, in seconds of Unix time on the service's clock.
    used_at: AtomicI64,
}

/// A plan as it was read.
pub(super) struct Reading {
    pub(super) plan: DayPlan,
    /// The number of the last event that it has seen.
    pub(super) last_seq: i64,
    /// Version of the registry that it was read under.
    pub(super) registry: i64,
}

/// What a writer needs.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) registry: Arc<ArcSwap<Registry>>,
    /// Wakes who improves days.
    pub(super) changed: Arc<Notify>,
    /// Tells everyone else who waits that something was committed.
    pub(super) committed: Arc<watch::Sender<()>>,
}

impl LiveDay {
    /// Starts the writer of a day that was just read. It ends when the last sender is gone.
    pub(super) fn start(context: Context, reading: Reading) -> Self {
        let Reading { plan, last_seq, registry } = reading;
        let (jobs, queue) = mpsc::channel(QUEUE_LENGTH_MAX);
        let plan = Arc::new(ArcSwap::from_pointee(plan));
        let (told, ear) = watch::channel(Told::default());
        let used_at = AtomicI64::new(context.clock.now().timestamp());
        let (feed, publisher) = Feed::after(last_seq);
        let seen = (last_seq, registry);
        let writer = Writer::new(context, Arc::clone(&plan), seen, (ear, publisher));
        tokio::spawn(writer.run(queue));
        Self { plan, jobs, told, feed, usual: Mutex::default(), used_at }
    }

    /// The last committed plan.
    pub(super) fn plan(&self) -> Arc<DayPlan> {
        self.plan.load_full()
    }

    /// What those who asked for the day of late would have added, for a moment.
    pub(super) fn usual_travel<T>(&self, with: impl FnOnce(&mut UsualTravel) -> T) -> T {
        with(&mut self.usual.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What happens on the day.
    pub(super) fn feed(&self) -> &Feed {
        &self.feed
    }

    /// Tells the writer how far the database has come. It reads what it does not have yet.
    pub(super) fn tell(&self, news: Told) {
        self.told.send_if_modified(|told| {
            let is_new = told.is_behind(news);
            *told = told.and(news);
            is_new
        });
    }

    /// Notes that somebody asks for the day.
    pub(super) fn touch(&self, now: DateTime<Utc>) {
        self.used_at.fetch_max(now.timestamp(), Ordering::Relaxed);
    }

    /// Whether nobody has asked for the day since `then`, no command waits, and nothing falls
    /// due by itself.
    pub(super) fn is_idle_since(&self, then: DateTime<Utc>) -> bool {
        self.used_at.load(Ordering::Relaxed) < then.timestamp()
            && self.jobs.capacity() == self.jobs.max_capacity()
            && self.plan.load().first_due().is_none()
    }

    /// Whether the writer has ended, as it does when the service stops or a defect breaks it.
    pub(super) fn is_over(&self) -> bool {
        self.jobs.is_closed()
    }

    /// Has a command done and waits for its commit.
    ///
    /// # Errors
    /// [`DeskError::Overloaded`] when too many commands wait; otherwise what came of it.
    pub(super) async fn send(
        &self,
        command: Command,
        actor: Actor,
        ticket: Option<Ticket>,
    ) -> Result<Outcome, DeskError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.try_send(Job { command, actor, ticket, reply }).map_err(|error| match error {
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
        let (command, actor) = (Command::Reload, Actor::system());
        if self.jobs.send(Job { command, actor, ticket: None, reply }).await.is_err() {
            return Ok(());
        }
        answer.await.map_or(Ok(()), |reloaded| reloaded.map(|_| ()))
    }
}
