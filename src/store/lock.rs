//! What nothing automatic may move on a day.

use super::{StoreError, Tx};
use crate::model::{Lock, RegionId};
use chrono::NaiveDate;
use sqlx::types::Json;

impl Tx {
    /// The locks of a day, those that are over too.
    pub(super) async fn locks(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<Vec<Lock>, StoreError> {
        let sql = "SELECT locks FROM days WHERE region = $1 AND date = $2";
        let row: Option<(Json<Vec<Lock>>,)> = fetch_optional!(*self, sql, region.as_str(), date)?;
        Ok(row.map_or_else(Vec::new, |(locks,)| locks.0))
    }

    /// Replaces the locks of a day.
    pub(super) async fn set_locks(
        &mut self,
        region: &RegionId,
        date: NaiveDate,
        locks: &[Lock],
    ) -> Result<(), sqlx::Error> {
        let sql = "UPDATE days SET locks = $3 WHERE region = $1 AND date = $2";
        execute!(*self, sql, region.as_str(), date, Json(locks))?;
        Ok(())
    }
}
