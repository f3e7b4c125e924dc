//! What can go wrong at the desk, whatever the transport.

use super::{MoveReport, UndoFault};
use crate::model::{BookingId, BookingState, CourierId, Reason, RegionId};
use crate::planning::MoveFault;
use crate::store::StoreError;
use chrono::NaiveDate;
use std::borrow::Cow;

/// Why the desk did not do what was asked. Nothing was changed, unless it is
/// [`StoreError::Unconfirmed`].
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Nothing by that id, or nothing that the caller may see.
    #[error("there is no {what} '{id}'")]
    NotFound {
        /// The noun.
        what: &'static str,
        /// The id given.
        id: String,
    },
    /// A field of the request cannot be used.
    #[error("{message}")]
    Invalid {
        /// JSON pointer to the field.
        pointer: Cow<'static, str>,
        /// What is wrong and what to do.
        message: String,
    },
    /// The date cannot be planned or booked.
    #[error("{region} has no plan for {date}: give a date from {first} to {last}")]
    NoSuchDay {
        /// The region.
        region: RegionId,
        /// The date given.
        date: NaiveDate,
        /// The first date that can be used.
        first: NaiveDate,
        /// The last date that can be used.
        last: NaiveDate,
    },
    /// The offer is not one of ours, or was changed.
    #[error("the offer is not valid: use it exactly as the slot search returned it")]
    BadOffer,
    /// The offer is too old.
    #[error("the offer has expired: search for slots again")]
    OfferExpired,
    /// No place is left for the slot.
    #[error("the slot is no longer available")]
    SlotTaken {
        /// Why not.
        reason: Box<Reason>,
    },
    /// The hold ran out.
    #[error("the hold has expired and its place was given back: search for slots again")]
    HoldExpired,
    /// The booking's state does not allow it.
    #[error("the booking is {state}: it cannot {action}")]
    State {
        /// Where it stands.
        state: BookingState,
        /// What was tried.
        action: String,
    },
    /// The disturbance is noted already.
    #[error("{courier} is out already, as disturbance {number} says: take that one back first")]
    AlreadyOut {
        /// Who.
        courier: CourierId,
        /// The disturbance.
        number: u32,
    },
    /// The courier is on the way already.
    #[error(
        "the courier has already set off to this visit, or has on board what it brings: ask the dispatcher"
    )]
    UnderWay,
    /// Moves that make no sense on that day.
    #[error("{0}")]
    BadMove(#[from] MoveFault),
    /// A change would not come to what it did when it was worked out.
    #[error("the plan has changed since this was worked out: work it out again")]
    PlanChanged,
    /// A rule is against moves.
    #[error("a rule would not hold: see what the check of these moves answers")]
    MovesRefused(Box<MoveReport>),
    /// A change that cannot be undone any more.
    #[error("the change cannot be undone any more: {0}")]
    UndoImpossible(UndoFault),
    /// A proposal that was left too long.
    #[error("the proposal has expired: have the day worked out again")]
    ProposalExpired,
    /// The programme used that order number for another booking.
    #[error("external_id '{external_id}' already belongs to {booking}")]
    ExternalIdTaken {
        /// The order number.
        external_id: String,
        /// Whose it is.
        booking: BookingId,
    },
    /// The key was used for another request.
    #[error(
        "the Idempotency-Key was used for another request: give each request a key of its own, and \
         repeat a request with exactly the same body"
    )]
    KeyReused,
    /// The request was done before, be it by another process a moment ago.
    #[error("the request was done before: send it again to be told what it was answered")]
    DoneBefore,
    /// The same work is under way.
    #[error("{date} of {region} is being planned anew already: wait for it, or cancel it")]
    AlreadyRunning {
        /// The region.
        region: RegionId,
        /// The date.
        date: NaiveDate,
    },
    /// Too much is waiting.
    #[error("too many requests are waiting: try again in a moment")]
    Overloaded,
    /// The database did not do it.
    #[error("the database did not take the change: {0}")]
    Store(#[from] StoreError),
    /// The service is stopping.
    #[error("the service is stopping: try again in a moment")]
    Stopping,
}
