//! What a dispatcher says upsets a day, read.

use super::moment;
use super::problem::{FieldError, Problem};
use super::urgent::UrgentBody;
use crate::model::{Area, BlockedArea, Break, CourierId, HubId, Seconds, Shift, TimeWindow, Upset};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;

/// The most corners or cells of an area: every visit and search of the day is held against them.
const SHAPE_MAX: usize = 500;

/// What upsets the day.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum DisturbanceBody {
    /// A courier is ill, or cannot go on: whom they have not been at is visited by others.
    CourierOut {
        /// Who.
        #[schema(value_type = String, example = "c-101")]
        courier: CourierId,
    },
    /// A courier begins later.
    LateShift {
        /// Who.
        #[schema(value_type = String, example = "c-101")]
        courier: CourierId,
        /// When they begin; within the shift.
        #[serde(deserialize_with = "moment::given")]
        starts: DateTime<Utc>,
    },
    /// A courier works beside what the roster says.
    ExtraShift {
        /// Who.
        #[schema(value_type = String, example = "c-101")]
        courier: CourierId,
        /// When they begin; on the date, and not while they have another shift.
        #[serde(deserialize_with = "moment::given")]
        starts: DateTime<Utc>,
        /// When they are back.
        #[serde(deserialize_with = "moment::given")]
        ends: DateTime<Utc>,
        /// Their break.
        #[serde(rename = "break")]
        rest: Option<BreakBody>,
    },
    /// A booking that cannot wait for a slot.
    Urgent(UrgentBody),
    /// A hub closes: who would end there ends at the nearest other one.
    HubClosed {
        /// Which.
        #[schema(value_type = String, example = "h-1")]
        hub: HubId,
        /// From when on; from now on where absent.
        #[serde(default, deserialize_with = "moment::given_or_none")]
        from: Option<DateTime<Utc>>,
    },
    /// Nobody can be visited in an area for some time.
    BlockedArea {
        /// Corners of a polygon as `[lon, lat]` in WGS-84. Give this or `cells`, or both.
        polygon: Option<Vec<[f64; 2]>>,
        /// H3 cells of whatever resolution.
        #[serde(default)]
        cells: Vec<String>,
        /// From when on; from now on where absent.
        #[serde(default, deserialize_with = "moment::given_or_none")]
        from: Option<DateTime<Utc>>,
        /// Until when.
        #[serde(deserialize_with = "moment::given")]
        until: DateTime<Utc>,
    },
}

/// A break that begins in its window.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BreakBody {
    /// It may not begin earlier.
    #[serde(deserialize_with = "moment::given")]
    earliest: DateTime<Utc>,
    /// It may not begin later.
    #[serde(deserialize_with = "moment::given")]
    latest: DateTime<Utc>,
    /// How long it takes.
    #[schema(minimum = 1)]
    duration_s: u32,
}

/// What a body asks for.
pub(super) enum Asked {
    Urgent(Box<UrgentBody>),
    Upset(Upset),
}

impl DisturbanceBody {
    /// What it asks for; what is said of no moment begins now.
    pub(super) fn asked(self, now: DateTime<Utc>) -> Result<Asked, Problem> {
        let invalid =
            |pointer, message: String| Problem::invalid(vec![FieldError::at(pointer, message)]);
        Ok(Asked::Upset(match self {
            Self::Urgent(urgent) => return Ok(Asked::Urgent(Box::new(urgent))),
            Self::CourierOut { courier } => Upset::CourierOut { courier },
            Self::LateShift { courier, starts } => Upset::LateShift { courier, starts },
            Self::ExtraShift { courier, starts, ends, rest } => {
                let rest = rest.map(|BreakBody { earliest, latest, duration_s }| Break {
                    window: TimeWindow { start: earliest, end: latest },
                    duration_s: Seconds(duration_s.into()),
                });
                Upset::ExtraShift { courier, shift: Shift { starts, ends, rest } }
            }
            Self::HubClosed { hub, from } => Upset::HubClosed { hub, from: from.unwrap_or(now) },
            Self::BlockedArea { polygon, cells, from, until } => {
                let corners = polygon.as_ref().map_or(0, Vec::len);
                for (pointer, given) in [("/polygon", corners), ("/cells", cells.len())] {
                    if given > SHAPE_MAX {
                        let message = format!("{given} are too many: give at most {SHAPE_MAX}");
                        return Err(invalid(pointer.to_owned(), message));
                    }
                }
                let cells = cells.iter().enumerate().map(|(index, text)| {
                    let bad = |_| {
                        invalid(format!("/cells/{index}"), format!("'{text}' is not an H3 cell"))
                    };
                    text.parse().map_err(bad)
                });
                let cells = cells.collect::<Result<_, Problem>>()?;
                let during = TimeWindow::new(from.unwrap_or(now), until)
                    .map_err(|error| invalid("/until".to_owned(), error.to_string()))?;
                Upset::BlockedArea(BlockedArea { area: polygon.map(Area::Polygon), cells, during })
            }
        }))
    }
}
