//! The desk: one writer per region-day, and the last committed plan for everyone else.
//!
//! * A slot search ([`Desk::search_slots`]) reads committed plans from memory. It never touches
//!   the database and never waits for a writer.
//! * A change ([`Desk::hold`], [`Desk::confirm`], [`Desk::cancel`], [`Desk::make_moves`], [`Desk::replan`]) goes to the
//!   writer of its region-day, which applies whole batches, commits each in one transaction and
//!   answers after the commit (`writer.rs`).
//! * The truth is in the database: every write names the versions it was computed on, so that
//!   any number of processes may serve the same region-day.
//!
//! What was imported is a [`Registry`] snapshot, read anew when its version moves on. Days are
//! loaded when they are first asked for, follow what other processes commit (`news.rs`), and leave
//! memory when nobody has asked for them in a while (`housekeeping.rs`).

mod actor;
mod adopting;
mod audit;
mod bookings;
mod circumstances;
mod command;
mod couriers;
mod custody;
mod days;
mod edits;
mod error;
mod extra_shift;
mod feed;
mod flexible;
mod following;
mod gate;
mod housekeeping;
mod imports;
mod improver;
mod keeping;
mod keys;
mod live_day;
mod load;
mod locking;
mod lookups;
mod mending;
mod moving;
mod near_hubs;
mod news;
mod offer;
mod offering;
mod operations;
mod patience;
mod placing;
mod promises;
mod proposals;
mod rebalancing;
mod receipt;
mod recent;
mod registry;
mod reoffering;
mod reordering;
mod repairing;
mod replanning;
mod reporting;
mod reschedule;
mod serving_again;
mod slots;
mod squeezing;
#[cfg(test)]
mod tests;
mod told;
mod tracked_moves;
mod tracking;
mod trips;
mod turns;
mod undoing;
mod upsets;
mod urgent;
mod why;
mod working_day;
mod writer;

pub use actor::Actor;
pub use adopting::Taken;
pub use audit::violations;
pub use command::{Confirmation, Order};
pub use error::DeskError;
pub use feed::DayEvent;
pub use flexible::FlexibleOffer;
pub use following::Follower;
pub use imports::RenderImported;
pub use keys::{Caller, Holder, NewKey, Role, UnknownRole};
pub use locking::Locking;
pub use moving::{MoveReport, Moves};
pub use near_hubs::NearHub;
pub use offer::{Offer, OfferSigner};
pub use operations::{RenderBegun, RenderReport};
pub use proposals::{KeptProposal, ProposalKind, RenderProposal};
pub use rebalancing::{FairOver, RebalanceReport};
pub use receipt::{Done, Render, RenderBooking, RenderOf, Slip, Ticket};
pub use registry::Registry;
pub use repairing::{RenderUpset, UpsetReport};
pub use replanning::{Proposed, RenderReplan, ReplanReport, Replanning};
pub use reporting::ReportVerdict;
pub use slots::{OfferedSlot, SlotSearch, SlotSearchAnswer};
pub use tracking::{Tracked, TrackingSigner};
pub use turns::Turn;
pub use undoing::{ChangeReport, UndoFault};
pub use urgent::Urgent;

use crate::clock::Clock;
use crate::planning::Effort;
use crate::store::Store;
use arc_swap::ArcSwap;
use days::Days;
use gate::Gate;
use live_day::Context;
use operations::Replans;
use rand::RngExt;
use recent::Recent;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use turns::Turns;
use uuid::Uuid;

/// The desk of a service, and who acts at it. Clones are the same desk.
#[derive(Clone)]
pub struct Desk(Arc<Shared>, Actor);

struct Shared {
    context: Context,
    offers: OfferSigner,
    tracking: TrackingSigner,
    days: Days,
    replans: Replans,
    turns: Turns,
    searches: Gate,
    recent: Recent,
    settings: DeskSettings,
}

/// How much a desk does beyond what it is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeskSettings {
    /// How long a slot search may try to have others make way, for all of its closed slots together.
    /// Without one, only the tries are counted, a few hundred for each slot.
    pub squeeze_time: Option<Duration>,
    /// How much a few neighbouring routes are searched for better ones, again and again while there
    /// is time; not at all without one. The seed changes from search to search.
    pub improve: Option<Effort>,
}

impl Desk {
    /// Opens the desk with settings that do not depend on the machine.
    ///
    /// # Errors
    /// As [`Desk::open_with`].
    pub async fn open(store: Store, clock: Clock) -> Result<Self, DeskError> {
        Self::open_with(store, clock, DeskSettings::default()).await
    }

    /// Opens the desk on a migrated database. Only the registry is read: days are loaded by those
    /// who ask for them, and in the background where a hold has run out.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the database cannot be read.
    pub async fn open_with(
        store: Store,
        clock: Clock,
        settings: DeskSettings,
    ) -> Result<Self, DeskError> {
        let fresh: [u8; 32] = rand::rng().random();
        let offers = OfferSigner::new(&store.secret("offers", &fresh).await?);
        let fresh: [u8; 32] = rand::rng().random();
        let tracking = TrackingSigner::new(&store.secret("tracking", &fresh).await?);
        let registry = Arc::new(ArcSwap::from_pointee(Registry::new(store.registry().await?)));
        let (changed, committed) = (Arc::default(), Arc::default());
        let context = Context { store, clock, registry, changed, committed };
        let (days, replans, searches) = (Days::default(), Replans::default(), Gate::of_machine());
        let turns = Turns::default();
        let desk = Self::of(Arc::new(Shared {
            context,
            offers,
            tracking,
            days,
            replans,
            turns,
            searches,
            recent: Recent::default(),
            settings,
        }));
        tokio::spawn(news::listen(Arc::downgrade(&desk.0)));
        tokio::spawn(news::look_after(Arc::downgrade(&desk.0)));
        tokio::spawn(serving_again::keep_serving(Arc::downgrade(&desk.0)));
        tokio::spawn(receipt::forget_old(Arc::downgrade(&desk.0)));
        if let Some(effort) = settings.improve {
            tokio::spawn(improver::keep_improving(Arc::downgrade(&desk.0), effort));
        }
        Ok(desk)
    }

    /// The desk for what happens by itself.
    fn of(shared: Arc<Shared>) -> Self {
        Self(shared, Actor::system())
    }

    /// The time of the service.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.context.clock
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.context.store
    }

    /// Tells of commits of this process, as soon as they are done.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<()> {
        self.0.context.committed.subscribe()
    }

    /// What was imported, as last read.
    #[must_use]
    pub fn registry(&self) -> Arc<Registry> {
        self.0.context.registry.load_full()
    }

    /// Reads the registry anew, and every loaded day under it.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the database cannot be read.
    pub async fn refresh(&self) -> Result<(), DeskError> {
        let read = Arc::new(Registry::new(self.store().registry().await?));
        // Two may read at a time: the older reading must not come last.
        self.0.context.registry.rcu(|current| {
            Arc::clone(if current.version > read.version { current } else { &read })
        });
        self.reload_days().await
    }

    /// A new identity that sorts by the service's time (UUID version 7).
    fn new_id(&self) -> Uuid {
        let now = self.clock().now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        let timestamp =
            uuid::Timestamp::from_unix(uuid::NoContext, seconds, now.timestamp_subsec_nanos());
        Uuid::new_v7(timestamp)
    }
}
