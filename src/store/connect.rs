//! Opening a database by its address.

use super::{SqlitePools, Store, StoreError, StoreSettings};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, SqlitePool};
use std::str::FromStr;
use std::time::Duration;

/// How long an opener lets another one finish with the file before it tries again.
const LOCK_RETRY: Duration = Duration::from_millis(10);
/// Milliseconds after which `PostgreSQL` ends a transaction whose process has gone away without a
/// word: its lock keeps a day's other writers waiting.
const ABANDONED_MS_MAX: &str = "10000";

impl Store {
    /// Opens `sqlite://PATH`, creating the file where there is none, or connects to
    /// `postgres://…`.
    ///
    /// `sqlite://PATH?mode=ro` opens an existing file without writing to it, `?mode=rw` one that
    /// must exist.
    ///
    /// # Errors
    /// [`StoreError`]: an address that is none, a file that cannot be opened or is no database, a
    /// server that is not there or refuses the user.
    pub async fn open(url: &str, settings: &StoreSettings) -> Result<Self, StoreError> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => open_sqlite(url, settings).await.map(Self::Sqlite),
            Some("postgres" | "postgresql") => {
                open_postgres(url, settings).await.map(Self::Postgres)
            }
            _ => Err(bad_address(url, "it begins with neither sqlite:// nor postgres://")),
        }
    }
}

async fn open_sqlite(url: &str, settings: &StoreSettings) -> Result<SqlitePools, StoreError> {
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(bad_address(url, "each connection would have a database in memory of its own"));
    }
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| bad_address(url, &error.to_string()))?;
    let path = options.get_filename().display().to_string();
    let options = if url.contains("mode=") { options } else { options.create_if_missing(true) };
    // The statements are long and tell nothing that the desk's own log does not.
    let options = options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(wait(settings))
        .disable_statement_logging();
    let pool = || {
        let pool = SqlitePoolOptions::new().acquire_timeout(wait(settings));
        // After some errors, a full disk among them, SQLite has rolled back by itself. sqlx then
        // goes on counting a transaction that nothing can end: such a connection is closed.
        let pool = pool.before_acquire(|connection, _| {
            let usable = !connection.is_in_transaction();
            Box::pin(async move { Ok(usable) })
        });
        pool.test_before_acquire(false).idle_timeout(None).max_lifetime(None)
    };
    let writer = pool().max_connections(1);
    let writer = tokio::time::timeout(wait(settings), first_connection(&writer, &options)).await;
    let held = || StoreError::Locked("its lock did not become free in time".to_owned());
    let writer = writer.unwrap_or_else(|_| Err(held())).map_err(|error| naming(&path, error))?;
    let readers = pool().max_connections(settings.max_connections.max(1));
    let readers = readers.connect_lazy_with(options.pragma("query_only", "ON"));
    Ok(SqlitePools { writer, readers })
}

/// Of two starters that create a file, one finds it locked at once rather than after waiting: both
/// change its journal mode, and `SQLite` lets neither wait for the other there. So it tries again.
async fn first_connection(
    pool: &SqlitePoolOptions,
    options: &SqliteConnectOptions,
) -> Result<SqlitePool, StoreError> {
    loop {
        match pool.clone().connect_with(options.clone()).await {
            // The pool's time is over before that of the lock is told: nobody else is asked here.
            Err(sqlx::Error::PoolTimedOut) => tokio::time::sleep(LOCK_RETRY).await,
            other => match other.map_err(StoreError::from) {
                Err(StoreError::Locked(_)) => tokio::time::sleep(LOCK_RETRY).await,
                other => return other,
            },
        }
    }
}

async fn open_postgres(url: &str, settings: &StoreSettings) -> Result<PgPool, StoreError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| bad_address(url, &error.to_string()))?
        .application_name("doorstep")
        .options([("idle_in_transaction_session_timeout", ABANDONED_MS_MAX)])
        .disable_statement_logging();
    let database = options.get_database().unwrap_or(options.get_username());
    let place = format!("database {database} at {}:{}", options.get_host(), options.get_port());
    // The pool would try again until its time is over, and then tell nothing but that.
    let first = tokio::time::timeout(wait(settings), PgConnection::connect_with(&options)).await;
    let first =
        first.map_err(|_| StoreError::Unavailable(format!("{place}: no answer in time")))?;
    let first = first.map_err(|error| naming(&place, error.into()))?;
    // Whether the server hears the goodbye changes nothing here.
    drop(first.close().await);
    Ok(PgPoolOptions::new()
        .acquire_timeout(wait(settings))
        .max_connections(settings.max_connections.max(1))
        .connect_lazy_with(options))
}

fn wait(settings: &StoreSettings) -> Duration {
    Duration::from_millis(settings.wait_ms_max)
}

fn bad_address(url: &str, problem: &str) -> StoreError {
    let given = without_password(url);
    StoreError::Address { given, problem: problem.to_owned() }
}

/// The address with all between the scheme and the last `@` left out.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://…@{rest}"),
        _ => url.to_owned(),
    }
}

/// Adds the place to what the engine said about opening it.
fn naming(place: &str, error: StoreError) -> StoreError {
    let named = |detail: String| format!("{place}: {detail}");
    match error {
        StoreError::Missing(detail) => StoreError::Missing(named(detail)),
        StoreError::Locked(detail) => StoreError::Locked(named(detail)),
        StoreError::ReadOnly(detail) => StoreError::ReadOnly(named(detail)),
        StoreError::Full(detail) => StoreError::Full(named(detail)),
        StoreError::Denied(detail) => StoreError::Denied(named(detail)),
        StoreError::Unavailable(detail) => StoreError::Unavailable(named(detail)),
        StoreError::Corrupt(detail) => StoreError::Corrupt(named(detail)),
        StoreError::Internal(detail) => StoreError::Internal(named(detail)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_about_an_address_keeps_the_password_to_itself() {
        assert_eq!(without_password("postgres://u:p@ss@host/db"), "postgres://…@host/db");
        assert_eq!(without_password("mysql://host/db"), "mysql://host/db");
    }

    #[tokio::test]
    async fn a_full_disk_is_told_apart_and_leaves_nothing_half_written() {
        let home = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", home.path().join("full.db").display());
        let store = Store::open(&url, &StoreSettings::default()).await.unwrap();
        store.migrate().await.unwrap();
        let Store::Sqlite(pools) = &store else { unreachable!("the address is SQLite's") };
        // SQLite then answers as it does when the disk takes no more.
        sqlx::query("PRAGMA max_page_count = 1").execute(&pools.writer).await.unwrap();
        let error = store.secret("offers", &vec![7; 1_000_000]).await.unwrap_err();
        assert!(matches!(error, StoreError::Full(_)), "{error}");
        assert!(!error.is_transient());
        assert_eq!(store.secret("offers", b"short").await.unwrap(), b"short");
    }
}
