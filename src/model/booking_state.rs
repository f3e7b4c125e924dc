//! The states that a booking goes through, and what takes it from one to the next.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a visit failed at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailReason {
    /// Nobody opened.
    NoShow,
    /// The device was not ready (locked to an account, not erased, not charged).
    NotReady,
    /// The customer did not accept the price after inspection.
    PriceRefused,
    /// The courier could not get to the door.
    NoAccess,
    /// The device is not the one that was booked, or in another condition.
    DeviceRefused,
    /// The customer does not want it any more.
    CustomerCancelled,
    /// The customer does not live there.
    WrongAddress,
    /// The courier could not go on: an accident, a broken vehicle.
    CourierUnable,
}

impl FailReason {
    /// All reasons.
    pub const ALL: [Self; 8] = [
        Self::NoShow,
        Self::NotReady,
        Self::PriceRefused,
        Self::NoAccess,
        Self::DeviceRefused,
        Self::CustomerCancelled,
        Self::WrongAddress,
        Self::CourierUnable,
    ];

    /// Whether the customer was not there or not ready, so that the courier has to wait for a while
    /// before it counts.
    #[must_use]
    pub fn asks_for_waiting(self) -> bool {
        matches!(self, Self::NoShow | Self::NoAccess)
    }

    /// Whether another visit may go well where this one did not.
    #[must_use]
    pub fn is_worth_another_try(self) -> bool {
        match self {
            Self::NoShow
            | Self::NotReady
            | Self::NoAccess
            | Self::WrongAddress
            | Self::CourierUnable => true,
            Self::PriceRefused | Self::DeviceRefused | Self::CustomerCancelled => false,
        }
    }
}

/// Where a booking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingState {
    /// Holds its place until it expires.
    Held,
    /// Promised.
    Confirmed,
    /// The courier is on the way to it.
    EnRoute,
    /// The courier is at the door.
    Arrived,
    /// Done.
    Completed,
    /// Could not be done at the door.
    Failed,
    /// Was held, and not confirmed in time.
    Expired,
    /// Called off.
    Cancelled,
}

/// What can happen to a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BookingAction {
    /// The customer keeps the held place.
    Confirm,
    /// The hold ran out.
    Expire,
    /// Moved to another window.
    Reschedule,
    /// Called off by the customer, the programme or a dispatcher.
    Cancel,
    /// The courier sets off to it.
    Depart,
    /// The courier is sent elsewhere first.
    Divert,
    /// The courier is at the door.
    Arrive,
    /// Done.
    Complete,
    /// Could not be done.
    Fail(FailReason),
}

/// An action that a state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a booking that is {state} cannot {action}")]
pub struct IllegalTransition {
    /// Where the booking stands.
    pub state: BookingState,
    /// What was tried.
    pub action: BookingAction,
}

impl BookingState {
    /// All states.
    pub const ALL: [Self; 8] = [
        Self::Held,
        Self::Confirmed,
        Self::EnRoute,
        Self::Arrived,
        Self::Completed,
        Self::Failed,
        Self::Expired,
        Self::Cancelled,
    ];

    /// The state after an action: the whole table. Every pair is named, so that a new state or
    /// action does not compile until its row is written.
    ///
    /// # Errors
    /// [`IllegalTransition`] where the table has no entry.
    pub fn after(self, action: BookingAction) -> Result<Self, IllegalTransition> {
        use BookingAction as A;
        use BookingState as S;
        match (self, action) {
            (S::Held, A::Confirm) | (S::EnRoute, A::Divert) | (S::Confirmed, A::Reschedule) => {
                Ok(S::Confirmed)
            }
            (S::Held, A::Expire) => Ok(S::Expired),
            (S::Held | S::Confirmed | S::EnRoute | S::Arrived, A::Cancel) => Ok(S::Cancelled),
            (S::Confirmed, A::Depart) => Ok(S::EnRoute),
            (S::EnRoute, A::Arrive) => Ok(S::Arrived),
            (S::Arrived, A::Complete) => Ok(S::Completed),
            (S::EnRoute | S::Arrived, A::Fail(_)) => Ok(S::Failed),
            (
                S::Held,
                A::Reschedule | A::Depart | A::Divert | A::Arrive | A::Complete | A::Fail(_),
            )
            | (
                S::Confirmed,
                A::Confirm | A::Expire | A::Divert | A::Arrive | A::Complete | A::Fail(_),
            )
            | (S::EnRoute, A::Confirm | A::Expire | A::Reschedule | A::Depart | A::Complete)
            | (
                S::Arrived,
                A::Confirm | A::Expire | A::Reschedule | A::Depart | A::Divert | A::Arrive,
            )
            | (S::Completed | S::Failed | S::Expired | S::Cancelled, _) => {
                Err(IllegalTransition { state: self, action })
            }
        }
    }

    /// The state after its courier told where it stands. What couriers tell may come hours late, in
    /// any order, and may be taken back by what they tell next; so whatever was told before, any of
    /// the states of the day can follow.
    ///
    /// # Errors
    /// [`IllegalTransition`] where a booking was never promised, or was called off.
    pub fn told(self, action: BookingAction) -> Result<Self, IllegalTransition> {
        use BookingAction as A;
        match (self, action) {
            (Self::Held | Self::Expired | Self::Cancelled, _)
            | (_, A::Confirm | A::Expire | A::Reschedule | A::Cancel) => {
                Err(IllegalTransition { state: self, action })
            }
            (_, A::Divert) => Ok(Self::Confirmed),
            (_, A::Depart) => Ok(Self::EnRoute),
            (_, A::Arrive) => Ok(Self::Arrived),
            (_, A::Complete) => Ok(Self::Completed),
            (_, A::Fail(_)) => Ok(Self::Failed),
        }
    }

    /// Whether a booking in this state takes a place on a route: what is done keeps its place,
    /// since it explains the day.
    #[must_use]
    pub fn has_place(self) -> bool {
        match self {
            Self::Held
            | Self::Confirmed
            | Self::EnRoute
            | Self::Arrived
            | Self::Completed
            | Self::Failed => true,
            Self::Expired | Self::Cancelled => false,
        }
    }

    /// The name used in JSON and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Confirmed => "confirmed",
            Self::EnRoute => "en_route",
            Self::Arrived => "arrived",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for BookingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for BookingState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("'{text}' is not a state of a booking"))
    }
}

impl fmt::Display for BookingAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Confirm => "be confirmed",
            Self::Expire => "expire",
            Self::Reschedule => "be rescheduled",
            Self::Cancel => "be cancelled",
            Self::Depart => "be departed to",
            Self::Divert => "be put off",
            Self::Arrive => "be arrived at",
            Self::Complete => "be completed",
            Self::Fail(_) => "fail",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTIONS: [BookingAction; 9] = [
        BookingAction::Confirm,
        BookingAction::Expire,
        BookingAction::Reschedule,
        BookingAction::Cancel,
        BookingAction::Depart,
        BookingAction::Divert,
        BookingAction::Arrive,
        BookingAction::Complete,
        BookingAction::Fail(FailReason::NoShow),
    ];

    #[test]
    fn the_table_has_exactly_these_transitions() {
        let legal: Vec<String> = BookingState::ALL
            .into_iter()
            .flat_map(|state| ACTIONS.map(|action| (state, action)))
            .filter_map(|(state, action)| {
                state.after(action).ok().map(|to| format!("{state} -> {to}"))
            })
            .collect();
        assert_eq!(
            legal,
            [
                "held -> confirmed",
                "held -> expired",
                "held -> cancelled",
                "confirmed -> confirmed",
                "confirmed -> cancelled",
                "confirmed -> en_route",
                "en_route -> cancelled",
                "en_route -> confirmed",
                "en_route -> arrived",
                "en_route -> failed",
                "arrived -> cancelled",
                "arrived -> completed",
                "arrived -> failed",
            ]
        );
    }

    #[test]
    fn an_ended_booking_stays_ended() {
        use BookingState::{Cancelled, Completed, Expired, Failed};
        for state in [Completed, Failed, Expired, Cancelled] {
            for action in ACTIONS {
                assert!(state.after(action).is_err(), "{state} {action}");
            }
        }
    }

    #[test]
    fn states_read_back_what_they_print() {
        for state in BookingState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
    }
}
