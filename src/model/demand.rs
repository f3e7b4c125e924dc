//! What a request needs at the door and in the box: from devices to service time, loads, skills.

use super::{BookingKind, Device, Load, Region, Seconds, Skill};
use crate::geo::Point;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Why a request cannot be turned into a visit. Each names the field at fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DemandError {
    /// The place is not in the region.
    #[error(
        "the place {lon}, {lat} is outside the operating area of {region}; check that lon and lat \
         are not swapped and that the datum is right"
    )]
    OutsideRegion {
        /// Longitude, WGS-84, as text so that errors compare.
        lon: String,
        /// Latitude, WGS-84.
        lat: String,
        /// The region asked for.
        region: String,
    },
    /// No device, or more than a visit can take.
    #[error("{given} devices in {field}: give 1 to {most}")]
    DeviceCount {
        /// `devices` or `handover`.
        field: &'static str,
        /// How many were given.
        given: usize,
        /// The region's limit.
        most: u32,
    },
    /// New devices without an exchange.
    #[error("handover belongs to an exchange only; a delivery lists what it hands over in devices")]
    HandoverWithoutExchange,
    /// A device whose declared value the region does not take.
    #[error("{fault}")]
    Device {
        /// `devices` or `handover`.
        field: &'static str,
        /// Which of them, from 0.
        index: usize,
        /// What is wrong with its value.
        fault: ValueError,
    },
    /// A kind that routes cannot carry yet.
    #[error(
        "shipments from door to door cannot be booked in this version; use pickup and delivery"
    )]
    Shipment,
}

/// Why a region does not take a declared value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// It is negative or beyond the region's limit.
    #[error("the declared value {given} is not from 0 to {most}")]
    Amount {
        /// What was given, in minor units.
        given: i64,
        /// The region's limit, in minor units.
        most: i64,
    },
    /// It is in another currency than the region's.
    #[error("the declared value is in {given}, but the region counts in {expected}")]
    Currency {
        /// What was given.
        given: String,
        /// What the region uses.
        expected: String,
    },
}

impl DemandError {
    /// The request field at fault, as a JSON pointer.
    #[must_use]
    pub fn pointer(&self) -> Cow<'static, str> {
        match self {
            Self::OutsideRegion { .. } => "/place".into(),
            Self::DeviceCount { field, .. } => format!("/{field}").into(),
            Self::HandoverWithoutExchange => "/handover".into(),
            Self::Device { field, index, .. } => format!("/{field}/{index}/declared_value").into(),
            Self::Shipment => "/kind".into(),
        }
    }
}

/// What a customer asks for, whatever the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VisitRequest {
    /// The door.
    pub place: Point,
    /// Collect, hand over, or both.
    pub kind: BookingKind,
    /// The devices collected, or for a delivery those handed over.
    pub devices: Vec<Device>,
    /// For an exchange, the devices handed over; where empty, as many and as heavy as `devices`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handover: Vec<Device>,
    /// Skills that the checkout asks for, beyond those that the devices need.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub skills: BTreeSet<Skill>,
}

/// What a visit needs: fixed when it is booked, so that later settings do not break old promises.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitDemand {
    /// Time at the door, set-up not included.
    pub service_s: Seconds,
    /// Once per door, however many visits are made there in a row.
    pub setup_s: Seconds,
    /// On board from the hub to this door.
    pub delivery: Load,
    /// On board from this door to the hub.
    pub pickup: Load,
    /// What the courier must be able to do.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub skills: BTreeSet<Skill>,
}

impl VisitRequest {
    /// The demand under the region's settings.
    ///
    /// # Errors
    /// [`DemandError`]: the first thing that cannot be served.
    pub fn demand(&self, region: &Region) -> Result<VisitDemand, DemandError> {
        self.validate(region)?;
        let collected = load(region, &self.devices);
        let (delivery, pickup) = match self.kind {
            BookingKind::Pickup => (Load::ZERO, collected),
            BookingKind::Delivery => (collected, Load::ZERO),
            BookingKind::Exchange if self.handover.is_empty() => (collected, collected),
            BookingKind::Exchange => (load(region, &self.handover), collected),
            BookingKind::Shipment => return Err(DemandError::Shipment),
        };
        Ok(VisitDemand {
            service_s: region.service.service(self.kind, &self.devices),
            setup_s: Seconds(region.service.setup_s),
            delivery,
            pickup,
            skills: self.skills(region),
        })
    }

    fn validate(&self, region: &Region) -> Result<(), DemandError> {
        if !region.area.contains(self.place) {
            return Err(DemandError::OutsideRegion {
                lon: format!("{:.6}", self.place.lon()),
                lat: format!("{:.6}", self.place.lat()),
                region: region.id.to_string(),
            });
        }
        let most = region.max_devices;
        let too_many = |devices: &[Device]| devices.len() > most as usize;
        if self.devices.is_empty() || too_many(&self.devices) {
            let given = self.devices.len();
            return Err(DemandError::DeviceCount { field: "devices", given, most });
        }
        if too_many(&self.handover) {
            let given = self.handover.len();
            return Err(DemandError::DeviceCount { field: "handover", given, most });
        }
        if !self.handover.is_empty() && self.kind != BookingKind::Exchange {
            return Err(DemandError::HandoverWithoutExchange);
        }
        check_values(region, "devices", &self.devices)?;
        check_values(region, "handover", &self.handover)
    }

    fn skills(&self, region: &Region) -> BTreeSet<Skill> {
        let of_devices = self.devices.iter().chain(&self.handover);
        of_devices
            .filter_map(|device| region.device_skills.get(&device.category))
            .flatten()
            .chain(&self.skills)
            .cloned()
            .collect()
    }
}

fn check_values(
    region: &Region,
    field: &'static str,
    devices: &[Device],
) -> Result<(), DemandError> {
    devices.iter().enumerate().try_for_each(|(index, device)| {
        let checked = region.check_value(device);
        checked.map_err(|fault| DemandError::Device { field, index, fault })
    })
}

fn load(region: &Region, devices: &[Device]) -> Load {
    devices.iter().fold(Load::ZERO, |load, device| load + region.device_load(device))
}
