//! What can go wrong between the store and its database.

use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::migrate::MigrateError;
use sqlx::sqlite::SqliteError;

/// Why the store could not do what was asked, by kind. Unless it says otherwise, nothing was
/// written.
///
/// The texts inside name files, hosts and codes, never a row's contents or a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A version had moved on, or another transaction came between.
    #[error("another writer came first, and nothing was written: read the day again and retry")]
    Conflict,
    /// The programme uses this order number for another booking.
    #[error(
        "a live booking of the same programme has this external_id already: use another one, or \
         look the booking up by it"
    )]
    ExternalIdTaken,
    /// A key with the same id or the same token exists.
    #[error("a key with this id or token exists already: create one with a fresh token")]
    KeyTaken,
    /// The database was made by a newer Doorstep.
    #[error(
        "the database has schema version {found}, this doorstep knows versions up to {known}: \
         start a doorstep at least as new as the one that migrated it, or restore a backup from \
         before"
    )]
    NewerSchema {
        /// The version found.
        found: i64,
        /// The newest version that this binary knows.
        known: i64,
    },
    /// A migration that was applied differs from the one of the same number in this binary.
    #[error(
        "schema version {version} of the database is not the one that this doorstep has under \
         that number: start the build that migrated it, or migrate a fresh database"
    )]
    ForeignSchema {
        /// The version that differs.
        version: i64,
    },
    /// Something names what is not stored.
    #[error(
        "{what} names {reference}, which is not stored: import that first, or correct the name"
    )]
    UnknownReference {
        /// Who names it, such as `hub 'pudong'`.
        what: String,
        /// What it names, such as `region 'shanghai'`.
        reference: String,
    },
    /// A text that the database cannot keep.
    #[error(
        "a text cannot be stored ({0}): it holds a NUL character or is longer than an index takes"
    )]
    Unstorable(String),
    /// The address of the database cannot be used.
    #[error(
        "'{given}' is not a database address: {problem}; give sqlite://PATH or \
         postgres://USER:PASSWORD@HOST:PORT/DATABASE"
    )]
    Address {
        /// The address without its password.
        given: String,
        /// What is wrong with it.
        problem: String,
    },
    /// There is no such database, and it could not be created.
    #[error(
        "there is no database to open ({0}): create it (for SQLite, the directory it is to be in), \
         or correct the address"
    )]
    Missing(String),
    /// Another process has held the `SQLite` file's lock for too long.
    #[error(
        "the database is locked by another process ({0}): stop the other process, or use \
         PostgreSQL to share a database"
    )]
    Locked(String),
    /// The database takes no writes.
    #[error(
        "the database cannot be written ({0}): make the file and its directory writable, or connect to the primary"
    )]
    ReadOnly(String),
    /// No space is left.
    #[error("the database's disk is full ({0}): free some space, nothing is lost")]
    Full(String),
    /// The database refuses this user.
    #[error("the database refuses this user ({0}): check the name, the password and its rights")]
    Denied(String),
    /// The database does not answer.
    #[error("the database does not answer ({0}): check that it runs and can be reached")]
    Unavailable(String),
    /// The connection was lost during the commit: it may have been written or not.
    #[error(
        "the connection was lost while committing ({0}): whether the change was written is not \
         known, read the day again"
    )]
    Unconfirmed(String),
    /// The file is no database, or what is stored cannot be read.
    #[error("the database is damaged or is not one ({0}): check the address, or restore a backup")]
    Corrupt(String),
    /// What should not happen: a statement that the database does not accept.
    #[error("the database refused a statement ({0}): if its schema is migrated, report this")]
    Internal(String),
}

impl StoreError {
    /// Whether the same call may succeed a moment later. After [`Self::Conflict`] and
    /// [`Self::Unconfirmed`] the caller reads again what it writes on before it retries.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Conflict | Self::Locked(_) | Self::Unavailable(_) | Self::Unconfirmed(_) => true,
            Self::ExternalIdTaken
            | Self::KeyTaken
            | Self::NewerSchema { .. }
            | Self::ForeignSchema { .. }
            | Self::UnknownReference { .. }
            | Self::Unstorable(_)
            | Self::Address { .. }
            | Self::Missing(_)
            | Self::ReadOnly(_)
            | Self::Full(_)
            | Self::Denied(_)
            | Self::Corrupt(_)
            | Self::Internal(_) => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match error {
            E::Database(error) => of_database(error.as_ref()),
            E::Io(error) => Self::Unavailable(error.to_string()),
            E::Tls(error) => Self::Unavailable(error.to_string()),
            E::PoolTimedOut => Self::Unavailable("no connection became free in time".to_owned()),
            E::PoolClosed => Self::Unavailable("the store is closed".to_owned()),
            E::WorkerCrashed => Self::Unavailable("the connection's thread ended".to_owned()),
            E::Protocol(detail) => Self::Unavailable(detail),
            E::Migrate(error) => Self::from(*error),
            E::ColumnDecode { index, .. } => {
                Self::Corrupt(format!("the value of column {index} cannot be read"))
            }
            E::Decode(_) => Self::Corrupt("a value cannot be read".to_owned()),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            MigrateError::VersionMissing(version)
            | MigrateError::VersionMismatch(version)
            | MigrateError::Dirty(version) => Self::ForeignSchema { version },
            other => Self::Internal(other.to_string()),
        }
    }
}

fn of_database(error: &(dyn DatabaseError + 'static)) -> StoreError {
    match error.kind() {
        ErrorKind::UniqueViolation => return StoreError::Conflict,
        ErrorKind::ForeignKeyViolation => {
            return StoreError::UnknownReference {
                what: "a row to write".to_owned(),
                reference: "another row".to_owned(),
            };
        }
        _ => {}
    }
    let code = error.code().unwrap_or_default();
    let detail = format!("{} [{code}]", error.message());
    match error.try_downcast_ref::<SqliteError>() {
        Some(_) => of_sqlite(code.parse().unwrap_or(0), detail),
        None => of_postgres(&code, detail),
    }
}

/// By the primary result code, the low byte of an extended one (<https://sqlite.org/rescode.html>).
fn of_sqlite(code: i32, detail: String) -> StoreError {
    // SQLITE_IOERR_SHMSIZE: there is no room for the index of the write-ahead log.
    const SHARED_MEMORY_SIZE: i32 = 4874;
    if code == SHARED_MEMORY_SIZE {
        return StoreError::Full(detail);
    }
    match code & 0xff {
        3 | 23 => StoreError::Denied(detail),
        5 | 6 => StoreError::Locked(detail),
        8 => StoreError::ReadOnly(detail),
        10 => StoreError::Unavailable(detail),
        11 | 26 => StoreError::Corrupt(detail),
        13 => StoreError::Full(detail),
        14 => StoreError::Missing(detail),
        18 => StoreError::Unstorable(detail),
        _ => StoreError::Internal(detail),
    }
}

/// By the `SQLSTATE`, its first two characters being the class (`PostgreSQL` manual, appendix A).
fn of_postgres(code: &str, detail: String) -> StoreError {
    match code {
        "40001" | "40P01" => StoreError::Conflict,
        "55P03" => StoreError::Locked(detail),
        "25006" => StoreError::ReadOnly(detail),
        "53100" => StoreError::Full(detail),
        "3D000" => StoreError::Missing(detail),
        "42501" => StoreError::Denied(detail),
        "22021" | "22P05" | "54000" => StoreError::Unstorable(detail),
        _ => match code.get(..2) {
            Some("28") => StoreError::Denied(detail),
            Some("08" | "53" | "57" | "58") => StoreError::Unavailable(detail),
            Some("XX") => StoreError::Corrupt(detail),
            _ => StoreError::Internal(detail),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_codes_have_kinds_extended_or_not() {
        let kind = |code| of_sqlite(code, String::new());
        assert_eq!(kind(5), StoreError::Locked(String::new()));
        assert_eq!(kind(517), StoreError::Locked(String::new()), "SQLITE_BUSY_SNAPSHOT");
        assert_eq!(kind(1032), StoreError::ReadOnly(String::new()), "SQLITE_READONLY_DBMOVED");
        assert_eq!(kind(13), StoreError::Full(String::new()));
        assert_eq!(kind(1), StoreError::Internal(String::new()));
    }

    #[test]
    fn postgres_states_have_kinds_by_code_or_class() {
        let kind = |code| of_postgres(code, String::new());
        assert_eq!(kind("40001"), StoreError::Conflict);
        assert_eq!(kind("40P01"), StoreError::Conflict);
        assert_eq!(kind("28P01"), StoreError::Denied(String::new()));
        assert_eq!(kind("53100"), StoreError::Full(String::new()));
        assert_eq!(kind("53300"), StoreError::Unavailable(String::new()));
        assert_eq!(kind("57P03"), StoreError::Unavailable(String::new()));
        assert_eq!(kind("42601"), StoreError::Internal(String::new()));
        assert_eq!(kind(""), StoreError::Internal(String::new()));
    }

    #[test]
    fn what_may_pass_is_transient() {
        assert!(StoreError::Conflict.is_transient());
        assert!(StoreError::Locked(String::new()).is_transient());
        assert!(!StoreError::Full(String::new()).is_transient());
        assert!(!StoreError::ExternalIdTaken.is_transient());
    }
}
