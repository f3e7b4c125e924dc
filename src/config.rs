//! Settings of a process, read once from the command line and the environment.

use crate::store::{Store, StoreError, StoreSettings};
use clap::Args;

/// Which database, and how.
#[derive(Clone, Debug, Args)]
pub struct Connection {
    /// `sqlite://…` or `postgres://…`.
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite://doorstep.db",
        hide_env_values = true
    )]
    pub database: String,
}

impl Connection {
    /// Opens the database and brings it to this version's schema.
    ///
    /// # Errors
    /// [`StoreError`], saying what is wrong with the database and what to do.
    pub async fn open(&self) -> Result<Store, StoreError> {
        let store = Store::open(&self.database, &StoreSettings::default()).await?;
        store.migrate().await?;
        Ok(store)
    }
}
