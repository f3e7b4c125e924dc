//! What a region-day can be told to do.

use super::DeskError;
use crate::model::{Booking, BookingId, Contact};
use crate::planning::Replan;
use tokio::sync::oneshot;

/// A change of one region-day.
#[derive(Debug)]
pub(super) enum Command {
    /// Take the cheapest place for a new booking, held or confirmed.
    Place(Box<Booking>),
    /// Keep a held place.
    Confirm(Box<Confirmation>),
    /// Give a place back.
    Cancel(BookingId),
    /// Give a place back if it is only held.
    Release(BookingId),
    /// Take bookings in without a place, for a re-plan to route.
    Import(Vec<Booking>),
    /// Take the groups of a re-plan whose routes are as they were.
    Apply(Box<Replan>),
    /// The roster or a setting changed: read the day anew.
    Reload,
}

/// How a hold becomes a booking.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// The held booking.
    pub hold: BookingId,
    /// The programme's order number.
    pub external_id: Option<String>,
    /// Who to ask for at the door.
    pub contact: Contact,
}

/// What came of a command, after its commit.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// The booking as it now is.
    Booking(Box<Booking>),
    /// How many bookings were taken in.
    Imported(usize),
    /// How many routes were changed, and how many were not, since they had moved on.
    Applied { routes: usize, dropped: usize },
    /// The day was read anew.
    Reloaded,
}

/// A command with the one who waits for it.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) command: Command,
    pub(super) reply: oneshot::Sender<Result<Outcome, DeskError>>,
}
