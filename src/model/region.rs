//! A city's operating area and its settings.

use super::{
    Area, AreaError, Category, Currency, Device, LiveRules, Load, RegionId, Seconds, ServiceTimes,
    Skill, SlotTemplate, TravelProfile, ValueError,
};
use crate::geo::Datum;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Why a region's settings are not usable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// The area has no inside.
    #[error("area: {0}")]
    Area(#[from] AreaError),
    /// A group of settings has a number out of its range.
    #[error("{0}: a number is out of its range; see the field descriptions in the API document")]
    Setting(&'static str),
}

/// A city's operating area: time zone, coordinate datum, slots, travel and service times.
///
/// Everything but the id, the name, the time zone and the area has a default, so that a city
/// can start with four lines and measure later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// Unique.
    pub id: RegionId,
    /// As people know it.
    pub name: String,
    /// IANA time zone: a service date is a date of this zone.
    pub time_zone: Tz,
    /// Datum of coordinates in files that do not name one.
    #[serde(default)]
    pub datum: Datum,
    /// What declared values are counted in.
    #[serde(default = "default_currency")]
    pub currency: Currency,
    /// Where it operates, in WGS-84.
    pub area: Area,
    /// The bookable windows.
    #[serde(default)]
    pub slots: SlotTemplate,
    /// How long a hold keeps its place.
    #[serde(default = "default_hold_s")]
    pub hold_s: Seconds,
    /// Travel between doors.
    #[serde(default)]
    pub travel: TravelProfile,
    /// Time at the door.
    #[serde(default)]
    pub service: ServiceTimes,
    /// The day while it runs.
    #[serde(default)]
    pub live: LiveRules,
    /// Weight and volume of a boxed device by category, where they differ from the defaults.
    #[serde(default)]
    pub boxes: BTreeMap<Category, BoxedDevice>,
    /// Skills that a category of device needs.
    #[serde(default)]
    pub device_skills: BTreeMap<Category, BTreeSet<Skill>>,
    /// The most devices in one visit.
    #[serde(default = "default_max_devices")]
    pub max_devices: u32,
    /// The most that one device may be declared at, in minor units.
    #[serde(default = "default_max_value")]
    pub max_device_value: i64,
    /// A slot is marked green when it adds at most this much travel.
    #[serde(default = "default_green_s")]
    pub green_travel_s: Seconds,
    /// New customers are offered slots that add at most so many percent of the travel that is usual for the
    /// day; all that have a place, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_travel_pct: Option<u32>,
}

fn default_currency() -> Currency {
    Currency::CNY
}
fn default_hold_s() -> Seconds {
    Seconds(600)
}
fn default_max_devices() -> u32 {
    20
}
fn default_max_value() -> i64 {
    10_000_000
}
fn default_green_s() -> Seconds {
    Seconds(300)
}

/// Weight and volume of one boxed device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoxedDevice {
    /// Grams.
    pub weight_g: i64,
    /// Millilitres.
    pub volume_ml: i64,
}

impl BoxedDevice {
    /// Boxed weights as carriers assume them.
    fn default_of(category: Category) -> Self {
        let (weight_g, volume_ml) = match category {
            Category::Phone => (400, 1_000),
            Category::Tablet => (900, 2_500),
            Category::Watch => (300, 600),
            Category::Laptop => (3_000, 8_000),
            Category::Desktop => (12_000, 60_000),
            Category::Other => (1_000, 3_000),
        };
        Self { weight_g, volume_ml }
    }
}

impl Region {
    /// A region with all settings at their defaults.
    #[must_use]
    pub fn new(id: RegionId, name: impl Into<String>, time_zone: Tz, area: Area) -> Self {
        Self {
            id,
            name: name.into(),
            time_zone,
            datum: Datum::default(),
            currency: default_currency(),
            area,
            slots: SlotTemplate::default(),
            hold_s: default_hold_s(),
            travel: TravelProfile::default(),
            service: ServiceTimes::default(),
            live: LiveRules::default(),
            boxes: BTreeMap::new(),
            device_skills: BTreeMap::new(),
            max_devices: default_max_devices(),
            max_device_value: default_max_value(),
            green_travel_s: default_green_s(),
            most_travel_pct: None,
        }
    }

    /// Checks every group of settings.
    ///
    /// # Errors
    /// All that is wrong, at once.
    pub fn validate(&self) -> Result<(), Vec<RegionError>> {
        let boxes_fit = self.boxes.values().all(|b| b.weight_g >= 0 && b.volume_ml >= 0);
        let settings = [
            ("slots", self.slots.is_valid()),
            ("travel", self.travel.is_valid()),
            ("service", self.service.is_valid()),
            ("live", self.live.is_valid()),
            ("boxes", boxes_fit),
            ("hold_s", (1..=86_400).contains(&self.hold_s.0)),
            ("max_devices", (1..=1_000).contains(&self.max_devices)),
            ("max_device_value", (0..=1_000_000_000_000).contains(&self.max_device_value)),
            ("most_travel_pct", self.most_travel_pct.is_none_or(|pct| (50..=1_000).contains(&pct))),
            ("name", (1..=200).contains(&self.name.len())),
        ];
        let faults = settings.into_iter().filter(|(_, fits)| !fits);
        let mut errors: Vec<_> = faults.map(|(name, _)| RegionError::Setting(name)).collect();
        errors.extend(self.area.validate().err().map(RegionError::Area));
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// The load of one device.
    #[must_use]
    pub fn device_load(&self, device: &Device) -> Load {
        let category = device.category;
        let boxed =
            self.boxes.get(&category).copied().unwrap_or_else(|| BoxedDevice::default_of(category));
        Load {
            parcels: 1,
            weight_g: boxed.weight_g,
            volume_ml: boxed.volume_ml,
            value: device.declared_value.map_or(0, |value| value.amount),
        }
    }

    /// Checks a device's declared value against the region's currency and limit.
    ///
    /// # Errors
    /// [`ValueError`]: what is wrong with it.
    pub fn check_value(&self, device: &Device) -> Result<(), ValueError> {
        let Some(value) = device.declared_value else { return Ok(()) };
        if value.currency != self.currency {
            let (given, expected) = (value.currency.to_string(), self.currency.to_string());
            return Err(ValueError::Currency { given, expected });
        }
        let most = self.max_device_value;
        if (0..=most).contains(&value.amount) {
            Ok(())
        } else {
            Err(ValueError::Amount { given: value.amount, most })
        }
    }

    /// The service date that a moment belongs to.
    #[must_use]
    pub fn date_of(&self, moment: DateTime<Utc>) -> NaiveDate {
        moment.with_timezone(&self.time_zone).date_naive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_starts_with_four_lines() {
        let json = r#"{"id":"shanghai","name":"Shanghai","time_zone":"Asia/Shanghai",
            "area":{"bbox":[120.8,30.6,122.1,31.9]}}"#;
        let region: Region = serde_json::from_str(json).unwrap();
        assert_eq!(region.validate(), Ok(()));
        assert_eq!(region.hold_s, Seconds(600));
        let evening = "2026-03-01T23:30:00Z".parse().unwrap();
        assert_eq!(region.date_of(evening), "2026-03-02".parse::<NaiveDate>().unwrap());
    }

    #[test]
    fn every_fault_of_the_settings_is_named_at_once() {
        let mut region: Region = serde_json::from_str(
            r#"{"id":"x","name":"X","time_zone":"UTC","area":{"bbox":[1,1,0,0]}}"#,
        )
        .unwrap();
        region.travel.van_kmh = 0.0;
        region.hold_s = Seconds(0);
        assert_eq!(region.validate().unwrap_err().len(), 3);
    }
}
