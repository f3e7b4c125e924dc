//! Service centres.

use super::{HubId, Region, RegionId, TimeWindow, local_moment};
use crate::geo::Point;
use chrono::{Days, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

/// A service centre: routes start and end there, collected devices are dropped there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hub {
    /// Unique over all regions.
    pub id: HubId,
    /// Where it is in business.
    pub region: RegionId,
    /// As people know it.
    pub name: String,
    /// Where it stands.
    pub place: Point,
    /// Local time at which it opens, each day.
    pub opens: NaiveTime,
    /// Local time at which it closes; at or before `opens` means on the next day.
    pub closes: NaiveTime,
}

impl Hub {
    /// The hours of one service date as moments.
    #[must_use]
    pub fn hours(&self, region: &Region, date: NaiveDate) -> TimeWindow {
        let start = local_moment(region.time_zone, date, self.opens);
        let last_day = if self.closes > self.opens { date } else { date + Days::new(1) };
        let end = local_moment(region.time_zone, last_day, self.closes).max(start);
        TimeWindow { start, end }
    }
}
