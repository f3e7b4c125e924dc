//! Secrets that all replicas share, such as the one that offers are signed with.

use super::{Store, StoreError};

impl Store {
    /// The secret of this name: the stored one, or `fresh`, which is stored if there is none.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn secret(&self, name: &str, fresh: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut tx = self.write().await?;
        let keep_first =
            "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        execute!(tx, keep_first, name, fresh)?;
        let stored: Option<(Vec<u8>,)> =
            fetch_optional!(tx, "SELECT value FROM secrets WHERE name = $1", name)?;
        tx.commit().await?;
        stored.map(|(value,)| value).ok_or(StoreError::Conflict)
    }
}
