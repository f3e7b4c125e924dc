//! What couriers were paid for, summed over days.

use super::{Store, StoreError};
use crate::model::{CourierId, RegionId};
use chrono::NaiveDate;
use std::collections::BTreeMap;

impl Store {
    /// The paid seconds of each courier's routes in a region, from one date to the day before another.
    /// Idle routes count nothing. Reads an index alone, one line for each route.
    ///
    /// # Errors
    /// [`StoreError`]: what the database says.
    pub async fn paid_s(
        &self,
        region: &RegionId,
        from: NaiveDate,
        before: NaiveDate,
    ) -> Result<BTreeMap<CourierId, i64>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT courier, CAST(SUM(paid_s) AS BIGINT) FROM routes
                   WHERE region = $1 AND date >= $2 AND date < $3 GROUP BY courier";
        let rows: Vec<(String, i64)> = fetch_all!(tx, sql, region.as_str(), from, before)?;
        let known = |(courier, paid_s)| {
            let bad = |_| StoreError::Corrupt("a route has a courier that is none".to_owned());
            Ok((CourierId::new(courier).map_err(bad)?, paid_s))
        };
        rows.into_iter().map(known).collect()
    }
}
