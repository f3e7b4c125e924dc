//! Long work, so that every replica can tell how far it is.
//!
//! An operation belongs to the process that does it, which says now and then that it is alive
//! (`seen_at`). A region-day has one that runs at a time, whichever process does it.

use super::sql::kept;
use super::{Receipt, Store, StoreError};
use crate::model::{OperationId, RegionId};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

/// A piece of long work.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationRow {
    /// Its identity.
    pub id: OperationId,
    /// What is done, such as `replan`.
    pub kind: String,
    /// On which region's day.
    pub region: RegionId,
    /// On which date.
    pub date: NaiveDate,
    /// Who asked for it.
    pub actor: String,
    /// `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// Since when.
    pub started_at: DateTime<Utc>,
    /// When its process last said that it is alive.
    pub seen_at: DateTime<Utc>,
    /// When it was asked to end.
    pub cancel_at: Option<DateTime<Utc>>,
    /// How far it is.
    pub progress: serde_json::Value,
    /// What came of it, once it has ended.
    pub result: Option<serde_json::Value>,
}

/// The row with its texts as they are stored.
#[derive(FromRow)]
struct Stored {
    id: Uuid,
    kind: String,
    region: String,
    date: NaiveDate,
    actor: String,
    state: String,
    started_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    cancel_at: Option<DateTime<Utc>>,
    progress: serde_json::Value,
    result: Option<serde_json::Value>,
}

impl Store {
    /// Stores an operation that begins, with what the requests for it were answered; whether there was none
    /// running on its day. Those that have not been seen since `dead_since` are failed first.
    ///
    /// # Errors
    /// [`StoreError::UnknownReference`] where the day has not been opened, [`StoreError::Conflict`] where a
    /// receipt is stored already.
    pub async fn begin_operation(
        &self,
        row: &OperationRow,
        dead_since: DateTime<Utc>,
        receipts: &[Receipt],
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let bury = "UPDATE operations SET state = 'failed'
                    WHERE region = $1 AND date = $2 AND state = 'running' AND seen_at < $3";
        execute!(tx, bury, row.region.as_str(), row.date, kept(dead_since))?;
        let begun = execute!(
            tx,
            "INSERT INTO operations (id, kind, region, date, actor, state, started_at, seen_at,
                 cancel_at, progress, result)
             VALUES ($1, $2, $3, $4, $5, 'running', $6, $7, NULL, $8, NULL)
             ON CONFLICT (region, date) WHERE state = 'running' DO NOTHING",
            row.id.0,
            row.kind.as_str(),
            row.region.as_str(),
            row.date,
            row.actor.as_str(),
            kept(row.started_at),
            kept(row.seen_at),
            &row.progress,
        )?;
        if begun == 1 {
            tx.keep_receipts(receipts).await?;
        }
        tx.commit().await?;
        Ok(begun == 1)
    }

    /// Notes how far an operation is, at `now`; whether it goes on: it has not been asked to end, and
    /// nobody has taken it for dead.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn advance_operation(
        &self,
        id: OperationId,
        progress: &serde_json::Value,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let sql = "UPDATE operations SET progress = $2, seen_at = $3
                   WHERE id = $1 AND state = 'running' AND cancel_at IS NULL";
        let touched = execute!(tx, sql, id.0, progress, kept(now))?;
        tx.commit().await?;
        Ok(touched == 1)
    }

    /// Ends an operation that runs, with its state and what came of it.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn end_operation(
        &self,
        id: OperationId,
        state: &str,
        result: Option<&serde_json::Value>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let sql = "UPDATE operations SET state = $2, result = $3, seen_at = $4
                   WHERE id = $1 AND state = 'running'";
        execute!(tx, sql, id.0, state, result, kept(now))?;
        tx.commit().await
    }

    /// Asks an operation to end, if it still runs.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn cancel_operation(
        &self,
        id: OperationId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let sql = "UPDATE operations SET cancel_at = $2
                   WHERE id = $1 AND state = 'running' AND cancel_at IS NULL";
        execute!(tx, sql, id.0, kept(now))?;
        tx.commit().await
    }

    /// An operation by its id.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn operation(&self, id: OperationId) -> Result<Option<OperationRow>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT id, kind, region, date, actor, state, started_at, seen_at, cancel_at,
                       progress, result
                   FROM operations WHERE id = $1";
        let found: Option<Stored> = fetch_optional!(tx, sql, id.0)?;
        found.map(OperationRow::try_from).transpose()
    }
}

impl TryFrom<Stored> for OperationRow {
    type Error = StoreError;

    fn try_from(row: Stored) -> Result<Self, StoreError> {
        let damaged = |_| StoreError::Corrupt("an operation's region cannot be read".to_owned());
        Ok(Self {
            id: OperationId(row.id),
            kind: row.kind,
            region: RegionId::new(row.region).map_err(damaged)?,
            date: row.date,
            actor: row.actor,
            state: row.state,
            started_at: row.started_at,
            seen_at: row.seen_at,
            cancel_at: row.cancel_at,
            progress: row.progress,
            result: row.result,
        })
    }
}
