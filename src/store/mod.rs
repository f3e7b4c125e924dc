//! The truth: regions, days, routes, bookings and events in `SQLite` or `PostgreSQL`.
//!
//! [`Store`] is one of two engines; every query is a method of it, and its SQL is written once.
//! `SQLite` is the embedded default of one process; on `PostgreSQL` any number of replicas share a
//! database. Moments are arguments and are kept to the microsecond.
//!
//! # The day's row
//!
//! [`Store::commit_day`] is the one write of a day plan. It updates the day's row first, so that
//! the writers of one day come one after the other, whatever process they are in. Three things
//! follow. Events are numbered per day, without gaps, in the order of the commits: a reader that
//! has seen number `n` never misses one at or before it. Two commits of one day cannot deadlock.
//! And what [`Store::open_day`] reads under that row is consistent.
//!
//! # Versions
//!
//! Routes and bookings carry a `version`, and a write names the one it was computed on. If a
//! single one has moved on, nothing of the commit is written: [`StoreError::Conflict`].
//!
//! # News
//!
//! On `PostgreSQL` a commit notifies the other replicas in its own transaction ([`Store::listen`]).
//! Notifications may be lost with a connection; the positions of days are not
//! ([`Store::day_positions`]), and what moved on since is read by [`Store::day_changes`].
//!
//! # Errors
//!
//! [`StoreError`] tells by kind what was wrong and what to do. It holds texts only, none with a
//! row's contents, so that it may be logged.

#[macro_use]
mod news;
#[macro_use]
mod sql;

mod applied;
mod attempt;
mod booking;
mod changes;
mod commit;
mod connect;
mod day;
mod delivery;
mod delivery_log;
mod error;
mod event;
mod key;
mod ledger;
mod lock;
mod operation;
mod outbox;
mod outcome;
mod place;
mod proposal;
mod receipt;
mod registry;
mod report;
mod route;
mod schema;
mod secret;
mod stops;
mod webhook;

pub use applied::{AppliedChange, NewChange, Undone};
pub use attempt::AttemptEnd;
pub use booking::BookingRow;
pub use changes::{DayChanges, DayKnown};
pub use commit::{CommitReceipt, DayCommit};
pub use day::{DayPosition, DayRows};
pub use delivery::{ClaimedDelivery, DeliveredEvent};
pub use delivery_log::{DeliveryRow, DeliveryStatus};
pub use error::StoreError;
pub use event::{EventRow, NewEvent};
pub use key::KeyRow;
pub use news::{Listener, News};
pub use operation::OperationRow;
pub use outbox::{Replay, ReplayQueued};
pub use proposal::ProposalRow;
pub use receipt::{KeptAnswer, Receipt, RequestKey};
pub use registry::{RegistryChange, RegistryRows};
pub use webhook::WebhookRow;

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

/// How the store uses its database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreSettings {
    /// The most connections at a time; on `SQLite`, the readers beside the one writer.
    pub max_connections: u32,
    /// How long a call waits for a connection, or for another process's lock on a `SQLite` file,
    /// before it gives up.
    pub wait_ms_max: u64,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { max_connections: 16, wait_ms_max: 10_000 }
    }
}

/// A database of one of the two engines. Clones share its connections.
#[derive(Clone, Debug)]
pub enum Store {
    /// A file, for one process.
    Sqlite(SqlitePools),
    /// A server, for any number of replicas.
    Postgres(PgPool),
}

/// The connections to a `SQLite` file: it takes one writer at a time, and its readers never wait
/// for it. Writers queue here, in the order of their coming, rather than at the file's lock.
#[derive(Clone, Debug)]
pub struct SqlitePools {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// A transaction: rolled back unless committed.
enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Store {
    /// Answers when the database does.
    ///
    /// # Errors
    /// [`StoreError`], most often `Unavailable`.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        let _one: Option<(i32,)> = fetch_optional!(tx, "SELECT 1")?;
        Ok(())
    }

    /// Waits for the transactions under way, then closes all connections.
    pub async fn close(self) {
        match self {
            Self::Sqlite(pools) => {
                pools.readers.close().await;
                pools.writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// A transaction whose reads all see one moment.
    async fn read(&self) -> Result<Tx, StoreError> {
        const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Ok(match self {
            Self::Sqlite(pools) => Tx::Sqlite(pools.readers.begin().await?),
            Self::Postgres(pool) => Tx::Postgres(begin(pool, SNAPSHOT).await?),
        })
    }

    /// A transaction that writes. On `SQLite` it takes the file's lock at once: one that reads first
    /// and writes later could find that another writer came between, and fail.
    async fn write(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite(pools) => Tx::Sqlite(pools.writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(begin(pool, "BEGIN").await?),
        })
    }
}

/// Begins in a task of its own, which runs to its end even if the caller is cancelled: sqlx would
/// give the connection back to the pool with the transaction open, and later calls would run in it.
async fn begin(
    pool: &PgPool,
    statement: &'static str,
) -> Result<Transaction<'static, Postgres>, StoreError> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(statement).await }).await;
    let ended = |_| StoreError::Unavailable("the runtime is shutting down".to_owned());
    Ok(begun.map_err(ended)??)
}

impl Tx {
    /// Makes the changes durable.
    async fn commit(self) -> Result<(), StoreError> {
        let committed = match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        };
        committed.map_err(|error| match StoreError::from(error) {
            StoreError::Unavailable(detail) => StoreError::Unconfirmed(detail),
            other => other,
        })
    }
}
