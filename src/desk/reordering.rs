//! Routes put into an order that was kept.

use super::DeskError;
use super::command::Outcome;
use super::moving::MoveReport;
use super::working_day::WorkingDay;
use crate::model::ProposalId;
use crate::planning::{RouteOrder, reordered};

/// Routes of a proposal.
#[derive(Clone, Debug)]
pub(super) struct Reordering {
    /// What they become.
    pub(super) orders: Vec<RouteOrder>,
    /// The tag of what that came to.
    pub(super) seen: String,
    /// The proposal, which is then applied.
    pub(super) proposal: ProposalId,
}

impl WorkingDay {
    /// Puts the routes into their orders, where that comes to what was seen and nothing is against it.
    pub(super) fn reorder(&mut self, asked: &Reordering) -> Result<Outcome, DeskError> {
        let proposal =
            reordered(&self.plan, &asked.orders, self.now).map_err(|_| DeskError::PlanChanged)?;
        let report = MoveReport::new(&self.plan, &[], &proposal, self.now);
        if report.tag != asked.seen || self.has_touched(&proposal) {
            return Err(DeskError::PlanChanged);
        }
        if !report.is_feasible() {
            return Err(DeskError::MovesRefused(Box::new(report)));
        }
        self.take_proposal(&proposal);
        self.applied.push(asked.proposal);
        Ok(Outcome::Moved(Box::new(report)))
    }
}
