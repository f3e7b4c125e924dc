//! What a courier tells of their route.

use super::{BookingId, CourierId, FailReason, Imei, Money};
use crate::geo::Point;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A device as the courier found it at the door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspection {
    /// Which device of the booking, from 0.
    pub device: usize,
    /// Its number, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imei: Option<Imei>,
    /// Whether it is taken.
    pub accepted: bool,
    /// What it is worth after the inspection; as declared where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Money>,
}

/// What shows that somebody was at a door, and what was agreed there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// SHA-256 of photos that the courier keeps, as hexadecimal digits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<String>,
    /// How often the customer was called.
    #[serde(default)]
    pub calls: u32,
    /// Where the courier was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Point>,
    /// In the courier's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// SHA-256 of the customer's signature as a picture that the courier keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// The code that the customer told, as it was typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl Evidence {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }

    /// Together with what was told later about the same visit: all photos, and otherwise the later word.
    pub fn add(&mut self, later: &Self) {
        let new = later.photos.iter().filter(|photo| !self.photos.contains(photo));
        let new: Vec<String> = new.cloned().collect();
        self.photos.extend(new);
        self.calls = self.calls.max(later.calls);
        self.place = later.place.or(self.place);
        for (known, told) in [
            (&mut self.note, &later.note),
            (&mut self.signature, &later.signature),
            (&mut self.code, &later.code),
        ] {
            if told.is_some() {
                known.clone_from(told);
            }
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Happening {
    /// Set off to a door.
    Departed {
        /// Whose.
        booking: BookingId,
    },
    /// At a door.
    Arrived {
        /// Whose.
        booking: BookingId,
    },
    /// Looked at the old devices.
    Inspected {
        /// Whose.
        booking: BookingId,
        /// What was found.
        devices: Vec<Inspection>,
    },
    /// Took the old devices along: those accepted, or all as booked where none is named.
    Collected {
        /// Whose.
        booking: BookingId,
        /// What was found.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        devices: Vec<Inspection>,
        /// Whether an exchange's new devices were handed over.
        #[serde(default = "yes")]
        handed_over: bool,
        /// What shows it.
        #[serde(default, skip_serializing_if = "Evidence::is_empty")]
        evidence: Evidence,
    },
    /// Handed the new devices over.
    Delivered {
        /// Whose.
        booking: BookingId,
        /// What shows it.
        #[serde(default, skip_serializing_if = "Evidence::is_empty")]
        evidence: Evidence,
    },
    /// It came to nothing: what was brought goes back.
    Failed {
        /// Whose.
        booking: BookingId,
        /// Why.
        reason: FailReason,
        /// What shows the attempt.
        #[serde(default)]
        evidence: Evidence,
    },
    /// At the hub, with what was collected unloaded.
    AtHub,
    /// The break began.
    BreakStarted,
    /// The break is over.
    BreakEnded,
}

fn yes() -> bool {
    true
}

impl Happening {
    /// The booking that it is about.
    #[must_use]
    pub fn booking(&self) -> Option<BookingId> {
        match self {
            Self::Departed { booking }
            | Self::Arrived { booking }
            | Self::Inspected { booking, .. }
            | Self::Collected { booking, .. }
            | Self::Delivered { booking, .. }
            | Self::Failed { booking, .. } => Some(*booking),
            Self::AtHub | Self::BreakStarted | Self::BreakEnded => None,
        }
    }

    /// The name that it has in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Departed { .. } => "departed",
            Self::Arrived { .. } => "arrived",
            Self::Inspected { .. } => "inspected",
            Self::Collected { .. } => "collected",
            Self::Delivered { .. } => "delivered",
            Self::Failed { .. } => "failed",
            Self::AtHub => "at_hub",
            Self::BreakStarted => "break_started",
            Self::BreakEnded => "break_ended",
        }
    }

    /// What comes first of that which happened at the same moment: a stop is ended before the next one is
    /// set off to, as phones tell it at one tap.
    fn rank(&self) -> u8 {
        match self {
            Self::Inspected { .. } => 0,
            Self::Collected { .. }
            | Self::Delivered { .. }
            | Self::Failed { .. }
            | Self::BreakEnded => 1,
            Self::AtHub | Self::BreakStarted => 2,
            Self::Departed { .. } => 3,
            Self::Arrived { .. } => 4,
        }
    }

    /// What shows that it happened.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        match self {
            Self::Collected { evidence, .. }
            | Self::Delivered { evidence, .. }
            | Self::Failed { evidence, .. } => Some(evidence),
            _ => None,
        }
    }

    /// What was found of the old devices.
    #[must_use]
    pub fn inspections(&self) -> &[Inspection] {
        match self {
            Self::Inspected { devices, .. } | Self::Collected { devices, .. } => devices,
            _ => &[],
        }
    }
}

/// Something that a courier tells: once, however often it is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The name that the courier's device gave it; its own among all that the courier ever told.
    pub id: String,
    /// When it happened, by the courier's device.
    pub at: DateTime<Utc>,
    /// What happened.
    pub what: Happening,
}

impl Report {
    /// Reports are read in this order, whatever the order in which they came.
    #[must_use]
    pub fn order(&self) -> (DateTime<Utc>, u8, &str) {
        (self.at, self.what.rank(), &self.id)
    }
}

/// A report as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldReport {
    /// Who told it.
    pub courier: CourierId,
    /// What was told.
    pub report: Report,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

/// Where a courier was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// When.
    pub at: DateTime<Utc>,
    /// Where.
    pub place: Point,
    /// Within so many metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<u32>,
}
