//! Changes of a day that are kept until somebody applies them, at whichever replica.

use super::sql::kept;
use super::{Receipt, Store, StoreError, Tx};
use crate::model::{ProposalId, RegionId};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

/// A proposal.
#[derive(Clone, Debug, PartialEq)]
pub struct ProposalRow {
    /// Its identity.
    pub id: ProposalId,
    /// The region of the day that it would change.
    pub region: RegionId,
    /// The date of that day.
    pub date: NaiveDate,
    /// Whether it was applied, in the transaction of its change.
    pub is_applied: bool,
    /// What it is, read whole and stored whole.
    pub document: Value,
    /// When it was worked out.
    pub created_at: DateTime<Utc>,
    /// From then on it is not applied any more.
    pub expires_at: DateTime<Utc>,
}

const OPEN: &str = "open";
const APPLIED: &str = "applied";

#[derive(FromRow)]
struct ProposalRecord {
    region: String,
    date: NaiveDate,
    state: String,
    document: Json<Value>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl Store {
    /// Stores a proposal, with what the requests that made it were answered.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id or a receipt is stored already, [`StoreError::UnknownReference`] when
    /// the day has not been opened.
    pub async fn insert_proposal(
        &self,
        row: &ProposalRow,
        receipts: &[Receipt],
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.keep_receipts(receipts).await?;
        execute!(
            tx,
            "INSERT INTO proposals (id, region, date, state, document, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            row.id.0,
            row.region.as_str(),
            row.date,
            if row.is_applied { APPLIED } else { OPEN },
            Json(&row.document),
            kept(row.created_at),
            kept(row.expires_at),
        )?;
        tx.commit().await
    }

    /// A proposal by its id.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn proposal(&self, id: ProposalId) -> Result<Option<ProposalRow>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT region, date, state, document, created_at, expires_at FROM proposals
                   WHERE id = $1";
        let record: Option<ProposalRecord> = fetch_optional!(tx, sql, id.0)?;
        record.map(|record| record.into_row(id)).transpose()
    }

    /// Forgets the proposals that expired before a moment; how many there were.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn forget_proposals(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let sql = "DELETE FROM proposals WHERE expires_at < $1";
        let forgotten = execute!(tx, sql, kept(before))?;
        tx.commit().await?;
        Ok(forgotten)
    }
}

impl Tx {
    /// Notes that proposals were applied, which were not yet; how many there were.
    pub(super) async fn apply_proposals(&mut self, ids: &[ProposalId]) -> Result<u64, sqlx::Error> {
        let sql = "UPDATE proposals SET state = $2 WHERE id = $1 AND state = $3";
        let mut applied = 0;
        for id in ids {
            let id: Uuid = id.0;
            applied += execute!(*self, sql, id, APPLIED, OPEN)?;
        }
        Ok(applied)
    }
}

impl ProposalRecord {
    fn into_row(self, id: ProposalId) -> Result<ProposalRow, StoreError> {
        let region = RegionId::new(self.region);
        Ok(ProposalRow {
            id,
            region: region
                .map_err(|_| StoreError::Corrupt(format!("{id} has a region that is none")))?,
            date: self.date,
            is_applied: self.state == APPLIED,
            document: self.document.0,
            created_at: self.created_at,
            expires_at: self.expires_at,
        })
    }
}
