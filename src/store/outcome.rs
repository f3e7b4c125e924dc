//! What became of a commit whose answer was lost.

use super::commit::{CommitReceipt, DayCommit};
use super::sql::kept;
use super::{Store, StoreError};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// How long the database is asked for the outcome of a commit.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a database that does not answer is let alone.
const ASK_AGAIN: Duration = Duration::from_millis(50);

impl Store {
    /// The end of a commit, with the doubt taken out of it: `Ok` when it was written,
    /// [`StoreError::Unavailable`] when it was not. [`StoreError::Unconfirmed`] stays where the
    /// database does not tell in time, or where the commit has no event to know it by.
    pub(super) async fn settle(
        &self,
        ended: Result<(), StoreError>,
        commit: &DayCommit,
        receipt: CommitReceipt,
    ) -> Result<(), StoreError> {
        match ended {
            Err(StoreError::Unconfirmed(detail)) if !commit.events.is_empty() => {
                let asked = tokio::time::timeout(PATIENCE, self.was_written(commit, receipt));
                match asked.await {
                    Ok(true) => Ok(()),
                    Ok(false) => Err(StoreError::Unavailable(detail)),
                    Err(_) => Err(StoreError::Unconfirmed(detail)),
                }
            }
            ended => ended,
        }
    }

    /// Asks until the database answers.
    async fn was_written(&self, commit: &DayCommit, receipt: CommitReceipt) -> bool {
        loop {
            match self.has_events(commit, receipt).await {
                Ok(written) => return written,
                Err(_) => tokio::time::sleep(ASK_AGAIN).await,
            }
        }
    }

    /// Whether the log has the commit's events under its numbers. The day's row is taken first:
    /// that waits for a commit which the database is still at, and of which nothing can be seen.
    ///
    /// An event is known by its kind, subject and microsecond: a number belongs to one commit, and
    /// another process that did the same to the same at the same moment did the same.
    async fn has_events(
        &self,
        commit: &DayCommit,
        receipt: CommitReceipt,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        tx.lock_day(&commit.region, commit.date).await?;
        let rows: Vec<(String, String, DateTime<Utc>)> = fetch_all!(
            tx,
            "SELECT kind, subject, at FROM events
             WHERE region = $1 AND date = $2 AND seq BETWEEN $3 AND $4 ORDER BY seq",
            commit.region.as_str(),
            commit.date,
            receipt.first_seq,
            receipt.last_seq,
        )?;
        let given = commit.events.iter().map(|event| (&event.kind, &event.subject, kept(event.at)));
        Ok(given.eq(rows.iter().map(|(kind, subject, at)| (kind, subject, *at))))
    }
}
