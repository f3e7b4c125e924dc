//! A day's work shared more evenly: proposed first, applied by whoever agrees, at any replica.
//!
//! It is kept as moves, and applied like a dispatcher's own (`proposals.rs`).

use super::moving::tag;
use super::proposals::{Change, Document, OPEN_FOR};
use super::{Desk, DeskError, KeptProposal};
use crate::model::{CourierId, ProposalId, RegionId};
use crate::planning::{CourierPaid, DayPlan, Disruption, DisruptionBudget, Spread, rebalanced};
use crate::store::Receipt;
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

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

impl Desk {
    /// Works out how a day's work could be shared more evenly, and keeps that for a while. `render`
    /// makes the answer that is kept with it, `keyed` the receipt of a request with a key, out of that. Nothing
    /// of the day is changed.
    ///
    /// # Errors
    /// [`DeskError::NoSuchDay`], [`DeskError::Store`].
    pub async fn propose_rebalance(
        &self,
        region: &RegionId,
        date: NaiveDate,
        (budget, over): (DisruptionBudget, FairOver),
        render: impl FnOnce(&DayPlan, &RebalanceReport) -> Value,
        keyed: impl FnOnce(&KeptProposal) -> Option<Receipt>,
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
        let tag = tag(&day, &found.proposal);
        let proposal = KeptProposal { tag: tag.clone(), is_applied: false, view: view.clone() };
        let receipt = keyed(&proposal);
        let document = Document { tag, change: Change::Moves(found.moves), view };
        self.keep_proposal(id, &day, document, (now, receipt)).await
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
}
