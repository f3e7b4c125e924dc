//! What a region-day can be told to do.

use super::DeskError;
use super::actor::Actor;
use super::adopting::Taken;
use super::locking::Locking;
use super::moving::{MoveReport, Moves};
use super::placing::Placement;
use super::receipt::Ticket;
use super::reoffering::Reoffer;
use super::reordering::Reordering;
use super::repairing::Mending;
use super::reporting::{ReportVerdict, Seen, Told};
use super::reschedule::Reschedule;
use super::undoing::Undoing;
use super::upsets::Upsetting;
use super::urgent::UrgentPlacement;
use crate::model::{Booking, BookingId, Contact, Disturbance, Lock};
use crate::planning::Replan;
use crate::store::KeptAnswer;
use tokio::sync::oneshot;

/// A change of one region-day.
#[derive(Debug)]
pub(super) enum Command {
    /// Take a place for a new booking.
    Place(Box<Placement>),
    /// Take a place for a booking that cannot wait.
    PlaceUrgent(Box<UrgentPlacement>),
    /// Keep a held place.
    Confirm(Box<Confirmation>),
    /// Move a booking to a held place of this day.
    Reschedule(Reschedule),
    /// Give a place back.
    Cancel(BookingId),
    /// Give a place back if it is only held.
    Release(BookingId),
    /// Take bookings in without a place, for a re-plan to route.
    Import(Vec<Booking>),
    /// Take the groups of a re-plan whose routes are as they were.
    Apply(Box<Replan>),
    /// Note what upsets the day.
    Upset(Upsetting),
    /// Take back what upset the day, by its number.
    Settle(u32),
    /// Take a repair of the day whole, or nothing of it.
    Repair(Box<Mending>),
    /// Tell the shop of new slots for what came to nothing.
    Reoffer(Box<Reoffer>),
    /// Take in what a courier tells.
    Hear(Told),
    /// Take in where a courier is.
    Locate(Seen),
    /// Move stops, where that comes to what the caller has seen.
    Move(Box<Moves>),
    /// Put routes into the order of a proposal.
    Reorder(Box<Reordering>),
    /// Give routes back the order that they had before a change.
    Undo(Box<Undoing>),
    /// Have nothing automatic move something.
    Lock(Locking),
    /// Take back a lock, by its number.
    Unlock(u32),
    /// The roster or a setting changed: read the day anew.
    Reload,
}

/// What a shop says when it books.
#[derive(Clone, Debug)]
pub struct Order {
    /// The programme's order number.
    pub external_id: Option<String>,
    /// Who to ask for at the door.
    pub contact: Contact,
}

/// How a hold becomes a booking.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// The held booking.
    pub hold: BookingId,
    /// What is booked.
    pub order: Order,
}

/// What came of a command, after its commit.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// The booking as it now is.
    Booking(Box<Booking>),
    /// It was done before, and was answered like this.
    DoneBefore(KeptAnswer),
    /// How many bookings were taken in.
    Imported(usize),
    /// How many routes were changed, and how many were not, since they had moved on.
    Applied { routes: usize, dropped: usize },
    /// What was taken of a re-plan.
    Replanned(Box<Taken>),
    /// The disturbance as it is noted.
    Upset(Disturbance),
    /// The shop is told.
    Reoffered,
    /// What became of each report.
    Heard(Vec<ReportVerdict>),
    /// The day knows where the courier is.
    Located,
    /// Stops were moved.
    Moved(Box<MoveReport>),
    /// The lock as it is noted.
    Locked(Lock),
    /// The day was read anew.
    Reloaded,
}

/// A command with the one who waits for it.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) command: Command,
    /// Who asks for it.
    pub(super) actor: Actor,
    /// Where the caller gave a key.
    pub(super) ticket: Option<Ticket>,
    pub(super) reply: oneshot::Sender<Result<Outcome, DeskError>>,
}
