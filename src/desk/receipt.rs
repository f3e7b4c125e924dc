//! Requests that carry a key of their caller's, so that asking again does nothing twice.
//!
//! The answer is written in the transaction of its effect. Of requests with one key, whichever is
//! applied first is the one that is done; the others, at the same time or later, at this replica or
//! another, are given its answer. A refusal changes nothing and is not kept: asking again tries
//! again.

use super::{Desk, DeskError, Shared};
use crate::model::{Booking, Region};
use crate::store::{KeptAnswer, Receipt, RequestKey};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(48);
/// How often old ones are forgotten.
const FORGET_EVERY: TimeDelta = TimeDelta::hours(1);

/// How a changed booking is answered.
pub type Render = dyn Fn(&Region, &Booking) -> KeptAnswer + Send + Sync;

/// A request's key, and how its answer will read. Clones are the same.
#[derive(Clone)]
pub struct Ticket {
    /// Which request.
    pub of: RequestKey,
    /// SHA-256 of what is asked.
    pub fingerprint: [u8; 32],
    /// Makes the answer that is kept.
    pub render: Arc<Render>,
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Ticket").field(&self.of).finish()
    }
}

impl Ticket {
    /// The answer of a receipt, if it is this very request's.
    pub(super) fn replay(&self, receipt: &Receipt) -> Result<KeptAnswer, DeskError> {
        if receipt.fingerprint == self.fingerprint {
            Ok(receipt.answer.clone())
        } else {
            Err(DeskError::KeyReused)
        }
    }

    pub(super) fn receipt(&self, region: &Region, booking: &Booking, at: DateTime<Utc>) -> Receipt {
        Receipt {
            of: self.of.clone(),
            fingerprint: self.fingerprint,
            answer: (self.render)(region, booking),
            at,
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
    /// The outcome of a request, or where it was refused the answer that it had before: what was
    /// done once may no longer be possible.
    pub(super) async fn or_before(
        &self,
        ticket: Option<&Ticket>,
        outcome: Result<Done, DeskError>,
    ) -> Result<Done, DeskError> {
        let (Some(ticket), Err(_)) = (ticket, &outcome) else { return outcome };
        match self.store().receipts(std::slice::from_ref(&ticket.of)).await?.first() {
            Some(receipt) => ticket.replay(receipt).map(Done::Before),
            None => outcome,
        }
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
