//! One customer's request.

use super::{
    BookingId, BookingState, Device, FailReason, ProgrammeId, RegionId, Slot, TimeWindow,
    VisitDemand, VisitOutcome, VisitRequest,
};
use crate::geo::Point;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What happens at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingKind {
    /// Old devices are collected.
    Pickup,
    /// New devices are handed over.
    Delivery,
    /// Both in one visit.
    Exchange,
    /// Collected at one door and delivered to another by the same courier.
    Shipment,
}

impl BookingKind {
    /// The name used in JSON and CSV.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pickup => "pickup",
            Self::Delivery => "delivery",
            Self::Exchange => "exchange",
            Self::Shipment => "shipment",
        }
    }
}

impl FromStr for BookingKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Pickup, Self::Delivery, Self::Exchange, Self::Shipment]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| {
                let text: String = text.chars().take(40).collect();
                format!("'{text}' is not a kind of booking: use pickup, delivery or exchange")
            })
    }
}

/// Who to ask for at the door. Never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The customer's name.
    pub name: String,
    /// A number that reaches them, often a masked one.
    pub phone: String,
    /// The address as the customer wrote it.
    pub address: String,
    /// How to find the door, and what to know before knocking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact { withheld }")
    }
}

/// A promise of one of several windows, while it is still open which.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flexible {
    /// At least two, in the order of time, all of one service date.
    pub windows: Vec<TimeWindow>,
    /// From this moment on the planned one is promised.
    pub fixed_at: DateTime<Utc>,
}

/// One customer's request, from the hold to its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Booking {
    /// Its identity from the hold on.
    pub id: BookingId,
    /// The region and, with `date`, the day plan it belongs to.
    pub region: RegionId,
    /// Service date in the region's time zone.
    pub date: NaiveDate,
    /// The shop it came from.
    pub programme: ProgrammeId,
    /// The shop's own order number, unique per programme.
    pub external_id: Option<String>,
    /// Where it stands.
    pub state: BookingState,
    /// What was asked for.
    pub request: VisitRequest,
    /// What it needs, fixed when it was taken.
    pub demand: VisitDemand,
    /// What is promised, or for a flexible promise what is planned: service begins inside it.
    pub window: TimeWindow,
    /// The windows that are promised, while it is open which of them it will be.
    pub flexible: Option<Flexible>,
    /// When the hold runs out; nothing once it is confirmed.
    pub hold_expires_at: Option<DateTime<Utc>>,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// Who to ask for; nothing while it is only held.
    pub contact: Option<Contact>,
    /// What the courier found and did at the door, once they were there.
    pub outcome: Option<VisitOutcome>,
    /// The booking that came to nothing, and that this one is for instead.
    pub replaces: Option<BookingId>,
}

impl Booking {
    /// The door.
    #[must_use]
    pub fn place(&self) -> Point {
        self.request.place
    }

    /// The devices.
    #[must_use]
    pub fn devices(&self) -> &[Device] {
        &self.request.devices
    }

    /// When something happens to it by itself: its hold runs out, or its window is fixed.
    #[must_use]
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        let fixed_at = self.flexible.as_ref().map(|flexible| flexible.fixed_at);
        self.hold_expires_at.into_iter().chain(fixed_at).min()
    }

    /// Whether it is a hold whose time has run out.
    #[must_use]
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.state == BookingState::Held && self.hold_expires_at.is_some_and(|at| at <= now)
    }

    /// The windows in which the visit may be planned.
    #[must_use]
    pub fn windows(&self) -> &[TimeWindow] {
        match &self.flexible {
            Some(flexible) => &flexible.windows,
            None => std::slice::from_ref(&self.window),
        }
    }

    /// Whether the time has come to promise the planned window alone.
    #[must_use]
    pub fn is_to_be_fixed(&self, now: DateTime<Utc>) -> bool {
        self.flexible.as_ref().is_some_and(|flexible| flexible.fixed_at <= now)
    }

    /// Whether it was promised, and its visit is not over.
    #[must_use]
    pub fn is_to_be_visited(&self) -> bool {
        use BookingState::{Arrived, Confirmed, EnRoute};
        matches!(self.state, Confirmed | EnRoute | Arrived)
    }

    /// Why it came to nothing at the door, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<FailReason> {
        let outcome = self.outcome.as_ref().filter(|_| self.state == BookingState::Failed)?;
        outcome.failed
    }

    /// Whether another visit for the same at the same door may go well where this one did not.
    #[must_use]
    pub fn may_be_tried_again(&self) -> bool {
        self.failure().is_some_and(|reason| {
            reason.is_worth_another_try() && reason != FailReason::WrongAddress
        })
    }

    /// The promised window as a slot that closed when it was booked.
    #[must_use]
    pub fn slot(&self) -> Slot {
        Slot { window: self.window, cutoff_at: self.window.end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_never_shows_in_debug_output() {
        let contact = Contact {
            name: "Li".to_owned(),
            phone: "13800000000".to_owned(),
            address: "Lane 1".to_owned(),
            notes: Some("the code is 1234".to_owned()),
        };
        assert_eq!(format!("{contact:?}"), "Contact { withheld }");
    }
}
