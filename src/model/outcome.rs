//! What came of a visit, and what is on board because of it.

use super::{Booking, BookingKind, Evidence, FailReason, Inspection, Load, Region};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a courier did at a door.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitOutcome {
    /// The old devices as they were found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<Inspection>,
    /// Whether what was brought was handed over.
    #[serde(default)]
    pub handed_over: bool,
    /// Why it came to nothing, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<FailReason>,
    /// What shows the attempt, where it came to nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// When the courier was done; nothing while they are still at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    /// What was collected.
    #[serde(default)]
    pub collected: Load,
}

impl Booking {
    /// What is on board from the hub to this door.
    #[must_use]
    pub fn brought(&self) -> Load {
        self.demand.delivery
    }

    /// What is on board from this door on: what is to be collected; once it is over, what was, and
    /// what was not handed over.
    #[must_use]
    pub fn taken_along(&self) -> Load {
        match self.outcome.as_ref().filter(|outcome| outcome.ended_at.is_some()) {
            None => self.demand.pickup,
            Some(outcome) if outcome.handed_over => outcome.collected,
            Some(outcome) => outcome.collected + self.demand.delivery,
        }
    }

    /// The most that may be on board from this door on, in each dimension: what is to be collected, or,
    /// where the visit comes to nothing, what was brought and goes back.
    #[must_use]
    pub fn taken_at_most(&self) -> Load {
        match &self.outcome {
            Some(outcome) if outcome.ended_at.is_some() => self.taken_along(),
            _ => self.demand.pickup.max(self.demand.delivery),
        }
    }

    /// The load of the booked old devices that were not refused, each at what it was found to be
    /// worth.
    #[must_use]
    pub fn accepted_load(&self, region: &Region, found: &[Inspection]) -> Load {
        if self.request.kind == BookingKind::Delivery {
            return Load::ZERO;
        }
        let devices = self.devices().iter().enumerate();
        devices.fold(Load::ZERO, |load, (index, device)| {
            if !is_accepted(found, index) {
                return load;
            }
            let quote = last_of(found, index).and_then(|inspection| inspection.quote);
            let value = quote.or(device.declared_value).map_or(0, |money| money.amount);
            load + Load { value, ..region.device_load(device) }
        })
    }
}

/// Whether a device that was booked is taken, by what was found: of several findings the last counts.
pub(super) fn is_accepted(found: &[Inspection], device: usize) -> bool {
    last_of(found, device).is_none_or(|inspection| inspection.accepted)
}

fn last_of(found: &[Inspection], device: usize) -> Option<&Inspection> {
    found.iter().rev().find(|inspection| inspection.device == device)
}
