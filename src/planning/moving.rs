//! What a dispatcher may ask to be moved, and what is wrong with an asking that makes no sense.

use super::{Committed, DayPlan};
use crate::model::{BookingId, BookingState, RouteId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most bookings in one asking.
pub const MOVES_MAX: usize = 50;

/// One booking that is to be elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Which.
    pub booking: BookingId,
    /// Where to.
    pub to: MoveTo,
}

/// Where a booking is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveTo {
    /// Without a place.
    Unassigned,
    /// Wherever it adds the least travel: on a route, or on any.
    Cheapest(Option<RouteId>),
    /// The first of a route that its courier has not set off to.
    First(RouteId),
    /// The last before the courier goes home.
    Last(RouteId),
    /// Right before another booking, on whichever route that is.
    Before(BookingId),
    /// Right after another booking.
    After(BookingId),
}

/// Why moves make no sense, whatever the day is like otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoveFault {
    /// Nothing is to be moved, or too much at a time.
    #[error("give 1 to {MOVES_MAX} moves")]
    Count,
    /// The booking is not in the plan of the day.
    #[error("{booking} is not in the plan of this day")]
    UnknownBooking {
        /// Index of the move.
        at: usize,
        /// Which.
        booking: BookingId,
    },
    /// The booking is named by an earlier move already.
    #[error("{booking} is moved twice: name each booking once")]
    Twice {
        /// Index of the move.
        at: usize,
        /// Which.
        booking: BookingId,
    },
    /// A hold keeps a place for its customer.
    #[error(
        "{booking} is only held: a hold that is to have no place is given back (DELETE /v1/holds)"
    )]
    Hold {
        /// Index of the move.
        at: usize,
        /// Which.
        booking: BookingId,
    },
    /// The day has no such route.
    #[error("{route} is not a route of this day")]
    UnknownRoute {
        /// Index of the move.
        at: usize,
        /// Which.
        route: RouteId,
    },
    /// The booking to go next to has no place, or none yet.
    #[error(
        "{anchor} is on no route when this move is made: name a booking that has a place, or an earlier move"
    )]
    Anchor {
        /// Index of the move.
        at: usize,
        /// Which.
        anchor: BookingId,
    },
}

/// Everything about moves that can be said before any is made.
pub(super) fn check_moves(day: &DayPlan, moves: &[Move]) -> Result<(), MoveFault> {
    if !(1..=MOVES_MAX).contains(&moves.len()) {
        return Err(MoveFault::Count);
    }
    let mut named = BTreeSet::new();
    for (at, asked) in moves.iter().enumerate() {
        let booking = asked.booking;
        let found = day.find(booking).ok_or(MoveFault::UnknownBooking { at, booking })?;
        if !named.insert(booking) {
            return Err(MoveFault::Twice { at, booking });
        }
        check_target(day, at, asked, found)?;
    }
    Ok(())
}

fn check_target(day: &DayPlan, at: usize, asked: &Move, from: Committed) -> Result<(), MoveFault> {
    match asked.to {
        MoveTo::Cheapest(Some(route)) | MoveTo::First(route) | MoveTo::Last(route) => {
            let known = day.routes.iter().any(|plan| plan.id == route);
            known.then_some(()).ok_or(MoveFault::UnknownRoute { at, route })
        }
        MoveTo::Unassigned if day.entry(from).booking.state == BookingState::Held => {
            Err(MoveFault::Hold { at, booking: asked.booking })
        }
        _ => Ok(()),
    }
}
