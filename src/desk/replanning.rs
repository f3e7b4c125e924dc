//! A day planned anew in the background of its bookings.

use super::command::{Command, Outcome};
use super::{Desk, DeskError};
use crate::model::{BookingId, Leg, Reason, RegionId};
use crate::planning::replan;
use chrono::NaiveDate;
use std::sync::Arc;

/// What a re-plan did.
#[derive(Clone, Debug)]
pub struct ReplanReport {
    /// Version of the plan after it.
    pub version: i64,
    /// Routes that were changed.
    pub routes_changed: usize,
    /// Routes that were left as they are, since they had moved on in the meantime.
    pub routes_dropped: usize,
    /// Travel of all routes before.
    pub before: Leg,
    /// Travel of all routes if everything was taken.
    pub after: Leg,
    /// Bookings that fit nowhere, with the reasons.
    pub unassigned: Vec<(BookingId, Vec<Reason>)>,
}

impl Desk {
    /// Plans a day anew on a snapshot, while bookings go on, and takes what still holds.
    ///
    /// # Errors
    /// [`DeskError::NoSuchDay`] and what a commit may answer.
    pub async fn replan(
        &self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<ReplanReport, DeskError> {
        let plan = self.day(region, date).await?;
        let now = self.clock().now();
        let proposal = tokio::task::spawn_blocking({
            let plan = Arc::clone(&plan);
            move || replan(&plan, now)
        })
        .await
        .map_err(|_| DeskError::Stopping)?;
        let (before, after) = (proposal.before, proposal.after);
        let unassigned = proposal.unassigned.clone();
        let command = Command::Apply(Box::new(proposal));
        let (routes_changed, routes_dropped) = match self.send(region, date, command).await? {
            Outcome::Applied { routes, dropped } => (routes, dropped),
            other => unreachable!("a re-plan is answered by counts, not {other:?}"),
        };
        let version = self.day(region, date).await?.version();
        Ok(ReplanReport { version, routes_changed, routes_dropped, before, after, unassigned })
    }
}
