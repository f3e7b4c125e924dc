//! Changes that are proposed first, and applied by whoever agrees, at any replica.
//!
//! A proposal is kept in the database as what it changes and the tag of what that comes to. It is applied
//! as a whole where it still comes to the very same, or not at all. That it was applied is written in the
//! transaction of its change, so that asking again is answered the same and does nothing.

use super::command::{Command, Outcome};
use super::moving::Moves;
use super::receipt::{Render, Slip};
use super::reordering::Reordering;
use super::{Desk, DeskError};
use crate::model::{ProposalId, RegionId};
use crate::planning::{DayPlan, Move, RouteOrder};
use crate::store::{KeptAnswer, ProposalRow, Receipt, StoreError};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// How long a proposal can be applied.
pub(super) const OPEN_FOR: TimeDelta = TimeDelta::minutes(15);

/// What a proposal is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalKind {
    /// Work shared more evenly.
    Rebalance,
    /// A day planned anew.
    Replan,
}

/// A proposal as it was told.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptProposal {
    /// Names what it rests on and comes to.
    pub tag: String,
    /// Whether it was applied.
    pub is_applied: bool,
    /// What its maker was answered.
    pub view: Value,
}

/// How a proposal is answered.
pub type RenderProposal = fn(KeptProposal) -> KeptAnswer;

/// A proposal as it is stored.
#[derive(Serialize, Deserialize)]
pub(super) struct Document {
    pub(super) tag: String,
    #[serde(flatten)]
    pub(super) change: Change,
    pub(super) view: Value,
}

/// What a proposal changes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    /// These stops move.
    Moves(Vec<Move>),
    /// These routes come into another order.
    Routes(Vec<RouteOrder>),
}

impl Change {
    fn is_nothing(&self) -> bool {
        match self {
            Self::Moves(moves) => moves.is_empty(),
            Self::Routes(orders) => orders.is_empty(),
        }
    }

    fn is_of(&self, kind: ProposalKind) -> bool {
        match self {
            Self::Moves(_) => kind == ProposalKind::Rebalance,
            Self::Routes(_) => kind == ProposalKind::Replan,
        }
    }

    fn command(self, id: ProposalId, tag: String) -> Command {
        match self {
            Self::Moves(moves) => Command::Move(Box::new(Moves {
                moves,
                accept_lateness: false,
                seen: vec![tag],
                proposal: Some(id),
            })),
            Self::Routes(orders) => {
                Command::Reorder(Box::new(Reordering { orders, seen: tag, proposal: id }))
            }
        }
    }
}

impl Desk {
    /// Keeps a proposal for a while, with the receipt of the request for it.
    pub(super) async fn keep_proposal(
        &self,
        id: ProposalId,
        day: &DayPlan,
        document: Document,
        (now, receipt): (DateTime<Utc>, Option<Receipt>),
    ) -> Result<KeptProposal, DeskError> {
        let row = ProposalRow {
            id,
            region: day.region.id.clone(),
            date: day.date,
            is_applied: false,
            document: serde_json::to_value(&document).map_err(|_| DeskError::Stopping)?,
            created_at: now,
            expires_at: now + OPEN_FOR,
        };
        self.store().insert_proposal(&row, receipt.as_slice()).await?;
        Ok(KeptProposal { tag: document.tag, is_applied: false, view: document.view })
    }

    /// A proposal for a day.
    ///
    /// # Errors
    /// [`DeskError::NotFound`].
    pub async fn proposal(
        &self,
        region: &RegionId,
        date: NaiveDate,
        (kind, id): (ProposalKind, ProposalId),
    ) -> Result<KeptProposal, DeskError> {
        Ok(self.stored_proposal(region, date, (kind, id)).await?.1)
    }

    /// Applies a proposal, as a whole; once, however often it is asked for. `seen` are the tags that the
    /// caller has seen, `keyed` is the request's key and how it is answered then.
    ///
    /// # Errors
    /// [`DeskError::NotFound`]; [`DeskError::ProposalExpired`]; [`DeskError::PlanChanged`] when the
    /// caller has seen another one, or it would no longer come to the same;
    /// [`DeskError::MovesRefused`] when a rule would not hold any more, or a courier has set off to
    /// something that it would move; [`DeskError::DoneBefore`].
    pub async fn apply_proposal(
        &self,
        region: &RegionId,
        date: NaiveDate,
        (kind, id): (ProposalKind, ProposalId),
        seen: &[String],
        keyed: Option<(Slip, RenderProposal)>,
    ) -> Result<KeptProposal, DeskError> {
        let (row, kept, change) = self.stored_proposal(region, date, (kind, id)).await?;
        if !seen.contains(&kept.tag) {
            return Err(DeskError::PlanChanged);
        }
        if kept.is_applied {
            return Ok(kept);
        }
        if row.expires_at <= self.clock().now() {
            return Err(DeskError::ProposalExpired);
        }
        if change.is_nothing() {
            return Ok(kept);
        }
        let command = change.command(id, kept.tag.clone());
        let applied = KeptProposal { is_applied: true, ..kept };
        let ticket = keyed.map(|(slip, render)| {
            let answer = applied.clone();
            slip.ticket(Render::Moved(Arc::new(move |_, _| render(answer.clone()))))
        });
        match self.send(region, date, command, ticket).await {
            Ok(Outcome::Moved(_)) => Ok(applied),
            Ok(Outcome::DoneBefore(_)) => Err(DeskError::DoneBefore),
            Ok(other) => unreachable!("a proposal is answered by a report, not {other:?}"),
            // Somebody may have applied it at the same time.
            Err(error) => match self.proposal(region, date, (kind, id)).await {
                Ok(kept) if kept.is_applied => Ok(kept),
                _ => Err(error),
            },
        }
    }

    async fn stored_proposal(
        &self,
        region: &RegionId,
        date: NaiveDate,
        (kind, id): (ProposalKind, ProposalId),
    ) -> Result<(ProposalRow, KeptProposal, Change), DeskError> {
        let not_found = || DeskError::NotFound { what: "proposal", id: id.to_string() };
        let row = self.store().proposal(id).await?;
        let of_day = |row: &ProposalRow| (&row.region, row.date) == (region, date);
        let row = row.filter(of_day).ok_or_else(not_found)?;
        let corrupt = |error: serde_json::Error| {
            StoreError::Corrupt(format!("{id} has a document that is none: {error}"))
        };
        let document: Document = serde_json::from_value(row.document.clone()).map_err(corrupt)?;
        let Document { tag, change, view } = document;
        if !change.is_of(kind) {
            return Err(not_found());
        }
        let kept = KeptProposal { tag, is_applied: row.is_applied, view };
        Ok((row, kept, change))
    }
}
