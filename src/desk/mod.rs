//! The desk: one writer per region-day, and the last committed plan for everyone else.
//!
//! * A slot search ([`Desk::search_slots`]) reads committed plans from memory. It never touches
//!   the database and never waits for a writer.
//! * A change ([`Desk::hold`], [`Desk::confirm`], [`Desk::cancel`], [`Desk::replan`]) goes to the
//!   writer of its region-day, which applies whole batches, commits each in one transaction and
//!   answers after the commit (`live_day.rs`).
//! * The truth is in the database: every write names the versions it was computed on, so that
//!   any number of processes may serve the same region-day.
//!
//! What was imported is a [`Registry`] snapshot, read anew when its version moves on.

mod audit;
mod bookings;
mod command;
mod days;
mod error;
mod imports;
mod keys;
mod live_day;
mod load;
mod offer;
mod receipt;
mod registry;
mod replanning;
mod reschedule;
mod slots;
mod working_day;

pub use audit::violations;
pub use command::{Confirmation, Order};
pub use error::DeskError;
pub use keys::{Caller, NewKey, Role, UnknownRole};
pub use offer::{Offer, OfferSigner};
pub use receipt::{Done, Render, Ticket};
pub use registry::Registry;
pub use replanning::ReplanReport;
pub use slots::{FlexibleOffer, NearHub, OfferedSlot, SlotSearch, SlotSearchAnswer};

use crate::clock::Clock;
use crate::store::{RegistryChange, Store};
use arc_swap::ArcSwap;
use days::Days;
use live_day::Context;
use rand::RngExt;
use std::sync::{Arc, Weak};
use std::time::Duration;
use uuid::Uuid;

/// How often imports of other processes are looked for.
const REGISTRY_POLL: Duration = Duration::from_secs(1);

/// The desk of a service. Clones are the same desk.
#[derive(Clone)]
pub struct Desk(Arc<Shared>);

struct Shared {
    context: Context,
    offers: OfferSigner,
    days: Days,
}

impl Desk {
    /// Opens the desk on a migrated database: takes the registry, and the days in which holds
    /// are waiting to run out.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the database cannot be read.
    pub async fn open(store: Store, clock: Clock) -> Result<Self, DeskError> {
        let fresh: [u8; 32] = rand::rng().random();
        let offers = OfferSigner::new(&store.secret("offers", &fresh).await?);
        let registry = Arc::new(ArcSwap::from_pointee(Registry::new(store.registry().await?)));
        let waiting = store.days_with_holds().await?;
        let context = Context { store, clock, registry };
        let desk = Self(Arc::new(Shared { context, offers, days: Days::default() }));
        for (region, date) in waiting {
            if desk.registry().regions.contains_key(&region) {
                desk.live_day(&region, date).await?;
            }
        }
        tokio::spawn(follow_registry(Arc::downgrade(&desk.0)));
        tokio::spawn(receipt::forget_old(Arc::downgrade(&desk.0)));
        Ok(desk)
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

    /// What was imported, as last read.
    #[must_use]
    pub fn registry(&self) -> Arc<Registry> {
        self.0.context.registry.load_full()
    }

    /// Takes regions, hubs, couriers and rosters in, all or nothing.
    ///
    /// # Errors
    /// [`DeskError::Store`] when a reference is unknown or the database does not take it.
    pub async fn import(&self, change: &RegistryChange) -> Result<(), DeskError> {
        self.store().upsert_registry(change).await?;
        self.refresh().await
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

/// Looks for imports of other processes until the desk is gone.
async fn follow_registry(desk: Weak<Shared>) {
    let mut ticks = tokio::time::interval(REGISTRY_POLL);
    loop {
        ticks.tick().await;
        let Some(desk) = desk.upgrade().map(Desk) else { return };
        if let Err(error) = follow_once(&desk).await {
            tracing::warn!(error = %error, "the registry could not be read; trying again");
        }
    }
}

async fn follow_once(desk: &Desk) -> Result<(), DeskError> {
    let version = desk.store().registry_version().await?;
    if version == desk.registry().version { Ok(()) } else { desk.refresh().await }
}
