//! Requests that carry a key of their caller's, so that asking again does nothing twice.
//!
//! The answer is written in the transaction of its effect. Of requests with one key, whichever is
//! applied first is the one that is done; the others, at the same time or later, at this replica or
//! another, are given its answer. A refusal changes nothing and is not kept: asking again tries
//! again.

use super::adopting::Taken;
use super::command::Outcome;
use super::turns::Turn;
use super::working_day::WorkingDay;
use super::{Desk, DeskError, MoveReport, Shared};
use crate::model::{Booking, Disturbance, Lock, Region};
use crate::planning::DayPlan;
use crate::store::{KeptAnswer, Receipt, RequestKey};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(48);
/// How often old ones are forgotten.
const FORGET_EVERY: TimeDelta = TimeDelta::hours(1);

/// How something of a day is answered.
pub type RenderOf<T> = Arc<dyn Fn(&DayPlan, &T) -> KeptAnswer + Send + Sync>;

/// How a changed booking is answered.
pub type RenderBooking = Arc<dyn Fn(&Region, &Booking) -> KeptAnswer + Send + Sync>;

/// How what a request does is answered, by what that is. Clones are the same.
#[derive(Clone)]
pub enum Render {
    /// A changed booking.
    Booking(RenderBooking),
    /// Stops that were moved.
    Moved(RenderOf<MoveReport>),
    /// A disturbance that was noted, before the day is put right.
    Upset(RenderOf<Disturbance>),
    /// What was taken of a re-plan.
    Replanned(RenderOf<Taken>),
    /// How many bookings were taken in.
    Imported(RenderOf<usize>),
    /// A lock that was noted.
    Locked(RenderOf<Lock>),
}

/// A request with a key: what it does is done once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// Which request.
    pub of: RequestKey,
    /// SHA-256 of what is asked.
    pub fingerprint: [u8; 32],
}

impl Slip {
    /// The same with how it will be answered.
    #[must_use]
    pub fn ticket(self, render: Render) -> Ticket {
        Ticket { slip: self, render }
    }

    /// A receipt with its answer.
    #[must_use]
    pub fn receipt(&self, answer: KeptAnswer, at: DateTime<Utc>) -> Receipt {
        Receipt { of: self.of.clone(), fingerprint: self.fingerprint, answer, at }
    }

    /// The answer of a receipt, if it is this very request's.
    pub(super) fn replay(&self, receipt: &Receipt) -> Result<KeptAnswer, DeskError> {
        if receipt.fingerprint == self.fingerprint {
            Ok(receipt.answer.clone())
        } else {
            Err(DeskError::KeyReused)
        }
    }
}

/// A request with a key, and how its answer will read. Clones are the same.
#[derive(Clone)]
pub struct Ticket {
    /// The request.
    pub slip: Slip,
    /// Makes the answer that is kept.
    pub render: Render,
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Ticket").field(&self.slip.of).finish()
    }
}

impl Ticket {
    /// The answer to what a batch has done on a day. Nothing where nothing was done that has to be
    /// kept: of a re-plan that came too late a shorter one is tried.
    pub(super) fn answer(&self, day: &WorkingDay, outcome: &Outcome) -> Option<KeptAnswer> {
        match (&self.render, outcome) {
            (Render::Booking(render), Outcome::Booking(of)) => Some(render(&day.plan.region, of)),
            (Render::Moved(render), Outcome::Moved(of)) => Some(render(&day.plan, of)),
            (Render::Upset(render), Outcome::Upset(of)) => Some(render(&day.committed(), of)),
            (Render::Replanned(render), Outcome::Replanned(of)) => {
                (of.routes > 0 || of.dropped == 0).then(|| render(&day.committed(), of))
            }
            (Render::Imported(render), Outcome::Imported(of)) => Some(render(&day.plan, of)),
            (Render::Locked(render), Outcome::Locked(of)) => Some(render(&day.plan, of)),
            _ => None,
        }
    }
}

/// What came of a change of a booking.
#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    /// It was done now.
    Now(Box<Booking>),
    /// It had been done before, and was answered like this.
    Before(KeptAnswer),
}

/// Receipts by their request: those that the database has, and those that a batch adds.
pub(super) type Receipts = BTreeMap<RequestKey, Receipt>;

impl Desk {
    /// Waits until no other request with this key is under way in this process.
    pub async fn turn(&self, slip: &Slip) -> Turn {
        self.0.turns.take(&slip.of).await
    }

    /// What a request was answered, if it was done before.
    ///
    /// # Errors
    /// [`DeskError::KeyReused`], [`DeskError::Store`].
    pub async fn answered(&self, slip: &Slip) -> Result<Option<KeptAnswer>, DeskError> {
        let found = self.store().receipts(std::slice::from_ref(&slip.of)).await?;
        found.first().map(|receipt| slip.replay(receipt)).transpose()
    }

    /// The outcome of a request, or where it was refused the answer that it had before: what was
    /// done once may no longer be possible.
    pub(super) async fn or_before(
        &self,
        ticket: Option<&Ticket>,
        outcome: Result<Done, DeskError>,
    ) -> Result<Done, DeskError> {
        let (Some(ticket), Err(_)) = (ticket, &outcome) else { return outcome };
        self.answered(&ticket.slip).await?.map_or(outcome, |answer| Ok(Done::Before(answer)))
    }
}

/// Forgets old receipts and proposals until the desk is gone.
pub(super) async fn forget_old(desk: Weak<Shared>) {
    loop {
        let Some(open) = desk.upgrade().map(Desk::of) else { return };
        let clock = open.clock().clone();
        let now = clock.now();
        if let Err(error) = open.store().forget_receipts(now - KEPT).await {
            tracing::warn!(error = %error, "old receipts could not be deleted; trying again");
        }
        if let Err(error) = open.forget_old_positions().await {
            tracing::warn!(error = %error, "old positions could not be deleted; trying again");
        }
        if let Err(error) = open.store().forget_proposals(now - KEPT).await {
            tracing::warn!(error = %error, "old proposals could not be deleted; trying again");
        }
        drop(open);
        clock.sleep_until(now + FORGET_EVERY).await;
    }
}
