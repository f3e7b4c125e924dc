//! Moments as callers see them: RFC 3339 with the offset of the region's clocks.

use crate::model::{Region, TimeWindow};
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A moment with a region's offset.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = DateTime, example = "2026-03-02T14:00:00+08:00")]
pub(super) struct Moment(DateTime<FixedOffset>);

/// A moment by the clocks of a zone.
pub(super) fn local(zone: Tz, moment: DateTime<Utc>) -> Moment {
    Moment(moment.with_timezone(&zone).fixed_offset())
}

/// From one moment to another.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct WindowView {
    /// The first moment inside.
    pub(super) start: Moment,
    /// The last moment inside.
    pub(super) end: Moment,
}

impl WindowView {
    pub(super) fn new(region: &Region, window: TimeWindow) -> Self {
        let zone = region.time_zone;
        Self { start: local(zone, window.start), end: local(zone, window.end) }
    }
}

/// A moment of a request that every clock and database can keep: of the years 1970 to 9999.
pub(super) fn given<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime<Utc>, D::Error> {
    let moment = DateTime::<Utc>::deserialize(from)?;
    let message = || D::Error::custom("the moment is not of the years 1970 to 9999");
    Some(moment).filter(|moment| (1970..=9999).contains(&moment.year())).ok_or_else(message)
}

/// The same, where it may be absent.
pub(super) fn given_or_none<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    #[derive(Deserialize)]
    struct Given(#[serde(deserialize_with = "given")] DateTime<Utc>);
    Ok(Option::<Given>::deserialize(from)?.map(|Given(moment)| moment))
}

/// A date that every database can keep: of the years 1970 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct ServiceDate(pub(super) NaiveDate);

impl TryFrom<String> for ServiceDate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let date = text.parse::<NaiveDate>().ok();
        date.filter(|date| text.len() == 10 && (1970..=9999).contains(&date.year()))
            .map(Self)
            .ok_or_else(|| {
                let text: String = text.chars().take(40).collect();
                format!("'{text}' is not a date: give year, month and day as in 2026-03-02")
            })
    }
}
