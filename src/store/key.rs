//! API keys. Only the hash of a token is stored.

use super::registry::bump;
use super::sql::kept;
use super::{Receipt, Store, StoreError, Tx};
use crate::model::{CourierId, KeyId, ProgrammeId, RegionId};
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use std::fmt;
use uuid::Uuid;

/// An API key.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its identity, which is no secret.
    pub id: KeyId,
    /// What it may do, such as `checkout`.
    pub role: String,
    /// The programme it books for.
    pub programme: Option<ProgrammeId>,
    /// The region it is limited to.
    pub region: Option<RegionId>,
    /// The courier it belongs to.
    pub courier: Option<CourierId>,
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// What people recognise it by, such as the token's last four characters.
    pub label: String,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// From when on it is refused.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for KeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRow")
            .field("id", &self.id)
            .field("role", &self.role)
            .field("revoked_at", &self.revoked_at)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Stores a key, and its programme where it is the first of it, with what the requests that made it were
    /// answered.
    ///
    /// # Errors
    /// [`StoreError::KeyTaken`] when its id or its hash is stored already, [`StoreError::Conflict`] when a
    /// receipt is.
    pub async fn insert_key(&self, key: &KeyRow, receipts: &[Receipt]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        bump(&mut tx).await?;
        tx.keep_receipts(receipts).await?;
        if let Some(programme) = &key.programme {
            let sql = "INSERT INTO programmes (id) VALUES ($1) ON CONFLICT (id) DO NOTHING";
            execute!(tx, sql, programme.as_str())?;
        }
        let inserted = execute!(
            tx,
            "INSERT INTO keys (id, role, programme, region, courier, hash, label, created_at,
                 revoked_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            key.id.0,
            key.role.as_str(),
            key.programme.as_ref().map(ProgrammeId::as_str),
            key.region.as_ref().map(RegionId::as_str),
            key.courier.as_ref().map(CourierId::as_str),
            &key.hash[..],
            key.label.as_str(),
            kept(key.created_at),
            key.revoked_at.map(kept),
        );
        inserted.map_err(|error| match StoreError::from(error) {
            StoreError::Conflict => StoreError::KeyTaken,
            other => other,
        })?;
        tx.commit().await
    }

    /// Revokes a key from `at` on; whether there was one to revoke.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn revoke_key(&self, id: KeyId, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        bump(&mut tx).await?;
        let sql = "UPDATE keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
        if execute!(tx, sql, id.0, kept(at))? == 0 {
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }

    /// All keys, the revoked ones too, in the order of their creation.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn keys(&self) -> Result<Vec<KeyRow>, StoreError> {
        read_keys(&mut self.read().await?).await
    }
}

/// A row of the table.
#[derive(FromRow)]
struct KeyRecord {
    id: Uuid,
    role: String,
    programme: Option<String>,
    region: Option<String>,
    courier: Option<String>,
    hash: Vec<u8>,
    label: String,
    created_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
}

pub(super) async fn read_keys(tx: &mut Tx) -> Result<Vec<KeyRow>, StoreError> {
    let sql = "SELECT id, role, programme, region, courier, hash, label, created_at, revoked_at
               FROM keys ORDER BY created_at, id";
    let records: Vec<KeyRecord> = fetch_all!(*tx, sql)?;
    records.into_iter().map(KeyRow::try_from).collect()
}

impl TryFrom<KeyRecord> for KeyRow {
    type Error = StoreError;

    fn try_from(record: KeyRecord) -> Result<Self, StoreError> {
        let id = KeyId(record.id);
        let bad = |column| StoreError::Corrupt(format!("{id} has a {column} that is none"));
        Ok(Self {
            id,
            role: record.role,
            programme: record
                .programme
                .map(ProgrammeId::new)
                .transpose()
                .map_err(|_| bad("programme"))?,
            region: record.region.map(RegionId::new).transpose().map_err(|_| bad("region"))?,
            courier: record.courier.map(CourierId::new).transpose().map_err(|_| bad("courier"))?,
            hash: record.hash.try_into().map_err(|_| bad("hash"))?,
            label: record.label,
            created_at: record.created_at,
            revoked_at: record.revoked_at,
        })
    }
}
