//! The schema's versions. Migrations are embedded; both engines have the same numbers and names.

use super::{Store, StoreError, Tx};
use sqlx::migrate::Migrator;

/// What `PostgreSQL`'s starters take turns by: an arbitrary number, the same in every version.
const MIGRATION_LOCK: i64 = 0x646f_6f72_7374_6570;

impl Store {
    /// Brings the schema to this binary's version. All missing migrations are applied in one
    /// transaction under a lock, so that of two starters one does the work and the other finds it
    /// done. On an up-to-date database nothing is written.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] and [`StoreError::ForeignSchema`] for a database that is not
    /// this binary's, and what the database says.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let migrations = match self {
            Self::Sqlite(_) => sqlx::migrate!("migrations/sqlite"),
            Self::Postgres(_) => sqlx::migrate!("migrations/postgres"),
        };
        if self.read().await?.is_current(&migrations).await? {
            return Ok(());
        }
        let mut tx = self.write().await?;
        tx.lock_schema().await?;
        if !tx.is_current(&migrations).await? {
            tx.apply(migrations).await?;
        }
        tx.commit().await
    }
}

impl Tx {
    /// Whether every migration has been applied.
    ///
    /// # Errors
    /// When one has been applied that is not among them.
    async fn is_current(&mut self, migrations: &Migrator) -> Result<bool, StoreError> {
        let applied = self.applied().await?;
        let known = migrations.iter().map(|migration| migration.version).max().unwrap_or(0);
        for (version, checksum) in &applied {
            let found = *version;
            match migrations.iter().find(|migration| migration.version == found) {
                Some(migration) if *migration.checksum == checksum[..] => {}
                None if found > known => return Err(StoreError::NewerSchema { found, known }),
                _ => return Err(StoreError::ForeignSchema { version: found }),
            }
        }
        Ok(applied.len() == migrations.iter().count())
    }

    /// The versions that have been applied and their checksums, newest first.
    async fn applied(&mut self) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        let table: Option<(i32,)> = match self {
            // The engines name their own tables differently.
            Self::Sqlite(tx) => {
                let sql = "SELECT 1 FROM sqlite_schema WHERE name = '_sqlx_migrations'";
                sqlx::query_as(sql).fetch_optional(&mut **tx).await?
            }
            Self::Postgres(tx) => {
                let sql = "SELECT 1 WHERE to_regclass('_sqlx_migrations') IS NOT NULL";
                sqlx::query_as(sql).fetch_optional(&mut **tx).await?
            }
        };
        if table.is_none() {
            return Ok(Vec::new());
        }
        let sql = "SELECT version, checksum FROM _sqlx_migrations ORDER BY version DESC";
        Ok(fetch_all!(*self, sql)?)
    }

    /// Waits until no other starter migrates. `SQLite`'s transaction has its lock already.
    async fn lock_schema(&mut self) -> Result<(), StoreError> {
        if let Self::Postgres(tx) = self {
            let lock = sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATION_LOCK);
            lock.execute(&mut **tx).await?;
        }
        Ok(())
    }

    async fn apply(&mut self, mut migrations: Migrator) -> Result<(), StoreError> {
        // The lock of this transaction is let go however it ends; the migrator's own is not.
        migrations.set_locking(false);
        // `run` takes any kind of connection, and for that its future cannot be sent to a task.
        match self {
            Self::Sqlite(tx) => migrations.run_direct(None, &mut **tx, false).await?,
            Self::Postgres(tx) => migrations.run_direct(None, &mut **tx, false).await?,
        }
        Ok(())
    }
}
