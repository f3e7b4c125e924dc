//! A day's work shared more evenly: proposed first, applied by whoever agrees, at any replica.
//!
//! A proposal is kept in the database as the moves that make it and the tag of what they come to. It is
//! applied like a dispatcher's own moves: as a whole where they still come to the very same, or not at
//! all. That it was applied is written in the transaction of its change, so that asking again is
//! answered the same and does nothing.

use super::command::{Command, Outcome};
use super::moving::{Moves, tag};
use super::{Desk, DeskError};
use crate::model::{CourierId, ProposalId, RegionId};
use crate::planning::{
    CourierPaid, DayPlan, Disruption, Move, RebalanceBudget, Spread, rebalanced,
};
use crate::store::ProposalRow;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long a proposal can be applied.
const OPEN_FOR: TimeDelta = TimeDelta::minutes(15);

/// How many days before a day count for fairness over four weeks.
const LEDGER_DAYS: u64 = 28;

/// Over which time couriers are to be paid alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FairOver {
    /// The day alone.
    Day,
    /// The day and the 28 before it.
    FourWeeks,
}

/// What a rebalance would do.
#[derive(Clone, Debug)]
pub struct RebalanceReport {
    /// Its identity.
    pub id: ProposalId,
    /// Version of the day it was worked out on.
    pub version: i64,
    /// Until when it can be applied.
    pub expires_at: DateTime<Utc>,
    /// Everybody with a shift on the day.
    pub couriers: Vec<CourierPaid>,
    /// How evenly they are paid.
    pub before: Spread,
    /// How evenly they would be.
    pub after: Spread,
    /// What it means for customers and couriers.
    pub disruption: Disruption,
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

/// A proposal as it is stored.
#[derive(Serialize, Deserialize)]
struct Document {
    tag: String,
    moves: Vec<Move>,
    view: Value,
}

impl Desk {
    /// Works out how a day's work could be shared more evenly, and keeps that for a while. `render`
    /// makes the answer that is kept with it. Nothing of the day is changed.
    ///
    /// # Errors
    /// [`DeskError::NoSuchDay`], [`DeskError::Store`].
    pub async fn propose_rebalance(
        &self,
        region: &RegionId,
        date: NaiveDate,
        (budget, over): (RebalanceBudget, FairOver),
        render: impl FnOnce(&DayPlan, &RebalanceReport) -> Value,
    ) -> Result<KeptProposal, DeskError> {
        let day = self.day(region, date).await?;
        let ledger = self.ledger(region, date, over).await?;
        let (now, id) = (self.clock().now(), ProposalId(self.new_id()));
        let searched = Arc::clone(&day);
        let found =
            tokio::task::spawn_blocking(move || rebalanced(&searched, &ledger, &budget, now));
        let found = found.await.map_err(|_| DeskError::Stopping)?;
        let report = RebalanceReport {
            id,
            version: day.version(),
            expires_at: now + OPEN_FOR,
            disruption: found.proposal.disruption(&day, now),
            couriers: found.couriers,
            before: found.before,
            after: found.after,
        };
        let view = render(&day, &report);
        let document = Document { tag: tag(&day, &found.proposal), moves: found.moves, view };
        let row = ProposalRow {
            id,
            region: region.clone(),
            date,
            is_applied: false,
            document: serde_json::to_value(&document).map_err(|_| DeskError::Stopping)?,
            created_at: now,
            expires_at: report.expires_at,
        };
        self.store().insert_proposal(&row).await?;
        Ok(KeptProposal { tag: document.tag, is_applied: false, view: document.view })
    }

    async fn ledger(
        &self,
        region: &RegionId,
        date: NaiveDate,
        over: FairOver,
    ) -> Result<BTreeMap<CourierId, i64>, DeskError> {
        match over {
            FairOver::Day => Ok(BTreeMap::new()),
            FairOver::FourWeeks => {
                Ok(self.store().paid_s(region, date - Days::new(LEDGER_DAYS), date).await?)
            }
        }
    }

    /// A proposal for a day.
    ///
    /// # Errors
    /// [`DeskError::NotFound`].
    pub async fn proposal(
        &self,
        region: &RegionId,
        date: NaiveDate,
        id: ProposalId,
    ) -> Result<KeptProposal, DeskError> {
        Ok(self.stored_proposal(region, date, id).await?.1.0)
    }

    /// Makes the moves of a proposal, all or none; once, however often it is asked for. `seen` are the
    /// tags that the caller has seen.
    ///
    /// # Errors
    /// [`DeskError::NotFound`]; [`DeskError::ProposalExpired`]; [`DeskError::PlanChanged`] when the
    /// caller has seen another one, or it would no longer come to the same;
    /// [`DeskError::MovesRefused`] when a courier has set off to something that it would move.
    pub async fn apply_proposal(
        &self,
        region: &RegionId,
        date: NaiveDate,
        id: ProposalId,
        seen: &[String],
    ) -> Result<KeptProposal, DeskError> {
        let (row, (kept, moves)) = self.stored_proposal(region, date, id).await?;
        if !seen.contains(&kept.tag) {
            return Err(DeskError::PlanChanged);
        }
        if kept.is_applied {
            return Ok(kept);
        }
        if row.expires_at <= self.clock().now() {
            return Err(DeskError::ProposalExpired);
        }
        if moves.is_empty() {
            return Ok(kept);
        }
        let asked = Moves {
            moves,
            accept_lateness: false,
            seen: vec![kept.tag.clone()],
            proposal: Some(id),
        };
        match self.send(region, date, Command::Move(Box::new(asked)), None).await {
            Ok(Outcome::Moved(_)) => Ok(KeptProposal { is_applied: true, ..kept }),
            Ok(other) => unreachable!("moves are answered by a report, not {other:?}"),
            // Somebody may have applied it at the same time.
            Err(error) => match self.proposal(region, date, id).await {
                Ok(kept) if kept.is_applied => Ok(kept),
                _ => Err(error),
            },
        }
    }

    async fn stored_proposal(
        &self,
        region: &RegionId,
        date: NaiveDate,
        id: ProposalId,
    ) -> Result<(ProposalRow, (KeptProposal, Vec<Move>)), DeskError> {
        let row = self.store().proposal(id).await?;
        let row = row.filter(|row| (&row.region, row.date) == (region, date)).ok_or_else(|| {
            DeskError::NotFound { what: "rebalance proposal", id: id.to_string() }
        })?;
        let corrupt = |error: serde_json::Error| {
            crate::store::StoreError::Corrupt(format!("{id} has a document that is none: {error}"))
        };
        let document: Document = serde_json::from_value(row.document.clone()).map_err(corrupt)?;
        let Document { tag, moves, view } = document;
        let kept = KeptProposal { tag, is_applied: row.is_applied, view };
        Ok((row, (kept, moves)))
    }
}
