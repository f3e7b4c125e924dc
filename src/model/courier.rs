//! Couriers and their vehicles.

use super::{CourierId, HubId, Load, RegionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// Something a visit may need and a courier may have, such as `desktop` or `inspection`.
pub type Skill = String;

/// A vehicle text that is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a vehicle: use ebike, tricycle or van")]
pub struct UnknownVehicle(pub String);

/// What a courier drives: decides the speed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Vehicle {
    /// An e-bike with a box.
    #[default]
    Ebike,
    /// A cargo tricycle.
    Tricycle,
    /// A van.
    Van,
}

impl FromStr for Vehicle {
    type Err = UnknownVehicle;

    /// Case, hyphens, underscores and spaces do not matter: `E-Bike` is `ebike`.
    fn from_str(text: &str) -> Result<Self, UnknownVehicle> {
        let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        match plain.to_ascii_lowercase().as_str() {
            "ebike" => Ok(Self::Ebike),
            "tricycle" | "cargotricycle" => Ok(Self::Tricycle),
            "van" => Ok(Self::Van),
            _ => Err(UnknownVehicle(text.chars().take(40).collect())),
        }
    }
}

impl TryFrom<String> for Vehicle {
    type Error = UnknownVehicle;
    fn try_from(text: String) -> Result<Self, UnknownVehicle> {
        text.parse()
    }
}

impl fmt::Display for Vehicle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ebike => "ebike",
            Self::Tricycle => "tricycle",
            Self::Van => "van",
        })
    }
}

impl From<Vehicle> for String {
    fn from(vehicle: Vehicle) -> Self {
        vehicle.to_string()
    }
}

/// A person with a vehicle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Courier {
    /// Unique over all regions.
    pub id: CourierId,
    /// Where they work.
    pub region: RegionId,
    /// As colleagues and customers know them.
    pub name: String,
    /// What they drive.
    pub vehicle: Vehicle,
    /// Where their routes start and end.
    pub hub: HubId,
    /// The most they carry at any moment; `value` is the insured cap.
    pub capacity: Load,
    /// What they can do beyond the ordinary.
    #[serde(default)]
    pub skills: BTreeSet<Skill>,
    /// The most visits on one route, where limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_stops: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vehicle_spellings_meet() {
        for text in ["ebike", "E-Bike", "e_bike"] {
            assert_eq!(text.parse(), Ok(Vehicle::Ebike));
        }
        assert!("horse".parse::<Vehicle>().is_err());
    }
}
