//! What upsets a day.

use super::{Area, BookingId, CourierId, HubId, Seconds, Shift, TimeWindow};
use crate::geo::{Point, cell_at};
use chrono::{DateTime, Utc};
use h3o::CellIndex;
use serde::{Deserialize, Serialize};

/// Something that upsets a day, from the moment it is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disturbance {
    /// Counts the disturbances of the day from 1; a number is never given twice.
    pub number: u32,
    /// What it is.
    #[serde(flatten)]
    pub what: Upset,
    /// It was taken back, and counts no more.
    #[serde(default)]
    pub is_over: bool,
    /// Of a courier who is out, the bookings whose goods were on board: nobody else has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aboard: Vec<BookingId>,
}

/// What upsets a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Upset {
    /// A courier is ill, or cannot go on: from now on they visit nobody.
    CourierOut {
        /// Who.
        courier: CourierId,
    },
    /// A courier begins later than planned.
    LateShift {
        /// Who.
        courier: CourierId,
        /// When they begin.
        starts: DateTime<Utc>,
    },
    /// A courier works beside what the roster says.
    ExtraShift {
        /// Who.
        courier: CourierId,
        /// From when to when.
        shift: Shift,
    },
    /// A hub is closed from some moment on: who would end there ends at the nearest other one.
    HubClosed {
        /// Which.
        hub: HubId,
        /// From when on.
        from: DateTime<Utc>,
    },
    /// Nobody can be visited in an area for some time.
    BlockedArea(BlockedArea),
}

/// Where nobody can be visited for some time. Ways around it are not known: only doors inside count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockedArea {
    /// Doors inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Area>,
    /// Doors in one of these H3 cells, of whatever resolution.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "cells_as_text")]
    pub cells: Vec<CellIndex>,
    /// From when to when.
    pub during: TimeWindow,
}

impl Disturbance {
    /// Whether it closes a hub, at whatever time of the day.
    #[must_use]
    pub fn closes(&self, id: &HubId) -> bool {
        !self.is_over && matches!(&self.what, Upset::HubClosed { hub, .. } if hub == id)
    }
}

impl Disturbance {
    /// The courier who is out with the goods of a booking on board.
    #[must_use]
    pub fn strands(&self, booking: BookingId) -> Option<&CourierId> {
        match &self.what {
            Upset::CourierOut { courier } if !self.is_over && self.aboard.contains(&booking) => {
                Some(courier)
            }
            _ => None,
        }
    }
}

impl BlockedArea {
    /// Whether a door is inside.
    #[must_use]
    pub fn contains(&self, door: Point) -> bool {
        self.area.as_ref().is_some_and(|area| area.contains(door))
            || self.cells.iter().any(|cell| cell_at(door, cell.resolution()) == *cell)
    }

    /// What is left of a window in which service begins that is not to touch the time in which the area
    /// is blocked: the longer part, or, where nothing is left, a window that ends before it begins.
    #[must_use]
    pub fn leaves_of(&self, (opens, closes): (i64, i64), service_s: Seconds) -> (i64, i64) {
        let before = (opens, closes.min(self.during.start.timestamp() - service_s.get()));
        let after = (opens.max(self.during.end.timestamp()), closes);
        let length = |(opens, closes): (i64, i64)| closes - opens;
        if length(before) >= 0 && length(before) > length(after) { before } else { after }
    }
}

/// Cells as the texts by which they are known, such as `88309946a3fffff`.
mod cells_as_text {
    use h3o::CellIndex;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(cells: &[CellIndex], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(cells.iter().map(ToString::to_string))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<CellIndex>, D::Error> {
        let cell = |text: String| {
            let bad = |_| D::Error::custom(format!("'{text}' is not an H3 cell"));
            text.parse().map_err(bad)
        };
        Vec::<String>::deserialize(from)?.into_iter().map(cell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blocked_area_leaves_the_longer_part_of_a_window() {
        let moment = |s| DateTime::from_timestamp(s, 0).unwrap();
        let during = TimeWindow::new(moment(1_000), moment(2_000)).unwrap();
        let blocked = BlockedArea { area: None, cells: Vec::new(), during };
        let left = |window| blocked.leaves_of(window, Seconds(100));
        assert_eq!(left((0, 1_500)), (0, 900), "done before it is blocked");
        assert_eq!(left((1_200, 3_000)), (2_000, 3_000));
        assert_eq!(left((500, 5_000)), (2_000, 5_000));
        let (opens, closes) = left((1_100, 1_900));
        assert!(opens > closes, "nothing is left");
    }
}
