//! The last changes of each day that somebody asked for, so that they can be undone.

use super::sql::kept;
use super::{Store, StoreError, Tx};
use crate::model::RegionId;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;

/// Changes that are kept of a day.
const KEPT_MAX: i64 = 10;

/// A change that somebody asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct AppliedChange {
    /// That of its first event: later changes of a day have larger ones.
    pub number: i64,
    /// What was done, such as `moves`.
    pub kind: String,
    /// Who asked for it.
    pub actor: String,
    /// What it changed, read whole and stored whole.
    pub document: Value,
    /// When.
    pub applied_at: DateTime<Utc>,
    /// The number of the change that undid it.
    pub undone_by: Option<i64>,
}

/// A change that is written with its commit.
#[derive(Clone, Debug, PartialEq)]
pub struct NewChange {
    /// Which of the commit's events is its first, from 0.
    pub event: usize,
    /// As in [`AppliedChange::kind`].
    pub kind: &'static str,
    /// As in [`AppliedChange::actor`].
    pub actor: String,
    /// As in [`AppliedChange::document`].
    pub document: Value,
    /// As in [`AppliedChange::applied_at`].
    pub at: DateTime<Utc>,
}

/// A change that a commit undoes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone {
    /// Its number.
    pub number: i64,
    /// Which of the commit's events is the first of what undoes it, from 0.
    pub event: usize,
}

#[derive(FromRow)]
struct ChangeRecord {
    number: i64,
    kind: String,
    actor: String,
    document: Json<Value>,
    applied_at: DateTime<Utc>,
    undone_by: Option<i64>,
}

impl Store {
    /// The last changes of a day, the newest first.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn applied_changes(
        &self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<Vec<AppliedChange>, StoreError> {
        let mut tx = self.read().await?;
        let records: Vec<ChangeRecord> = fetch_all!(
            tx,
            "SELECT number, kind, actor, document, applied_at, undone_by FROM applied_changes
             WHERE region = $1 AND date = $2 ORDER BY number DESC",
            region.as_str(),
            date,
        )?;
        Ok(records.into_iter().map(AppliedChange::from).collect())
    }
}

impl Tx {
    /// Writes the changes of a commit whose first event has this number, marks those that they undo, and
    /// forgets the oldest; how many were marked.
    pub(super) async fn write_changes(
        &mut self,
        (region, date): (&RegionId, NaiveDate),
        first_seq: i64,
        (changes, undone): (&[NewChange], &[Undone]),
    ) -> Result<u64, sqlx::Error> {
        let number = |event: usize| first_seq + i64::try_from(event).unwrap_or(i64::MAX);
        for change in changes {
            execute!(
                *self,
                "INSERT INTO applied_changes (region, date, number, kind, actor, document, applied_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                region.as_str(),
                date,
                number(change.event),
                change.kind,
                change.actor.as_str(),
                Json(&change.document),
                kept(change.at),
            )?;
        }
        let mut marked = 0;
        for Undone { number: undone, event } in undone.iter().copied() {
            let sql = "UPDATE applied_changes SET undone_by = $4
                       WHERE region = $1 AND date = $2 AND number = $3 AND undone_by IS NULL";
            marked += execute!(*self, sql, region.as_str(), date, undone, number(event))?;
        }
        if !changes.is_empty() {
            let sql =
                "DELETE FROM applied_changes WHERE region = $1 AND date = $2 AND number NOT IN (
                           SELECT number FROM applied_changes WHERE region = $1 AND date = $2
                           ORDER BY number DESC LIMIT $3)";
            execute!(*self, sql, region.as_str(), date, KEPT_MAX)?;
        }
        Ok(marked)
    }
}

impl From<ChangeRecord> for AppliedChange {
    fn from(record: ChangeRecord) -> Self {
        let ChangeRecord { number, kind, actor, document, applied_at, undone_by } = record;
        Self { number, kind, actor, document: document.0, applied_at, undone_by }
    }
}
