//! Long work that goes on while its caller does something else: a re-plan of a day.
//!
//! What is done and how far it is stands in the database, so that any replica answers. The process
//! that does it says twice a second that it is alive, and hears then whether it is to end; one that
//! has not been heard of for a while is taken for dead, and its operation for failed.

use super::days::Key;
use super::receipt::Slip;
use super::replanning::{Caller, Watched};
use super::{Desk, DeskError, ReplanReport, Replanning};
use crate::model::{OperationId, Region, RegionId};
use crate::planning::{Effort, Progress};
use crate::store::{KeptAnswer, OperationRow};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often a process says how far it is.
const BEAT: Duration = Duration::from_millis(500);
/// After how long without a word a process is taken for dead.
const DEAD_AFTER: Duration = Duration::from_secs(15);
/// Re-plans of a process at a time: each takes a core or more.
const REPLANS_MAX: usize = 4;

/// The days that this process is planning anew.
#[derive(Clone, Default)]
pub(super) struct Replans(Arc<Mutex<BTreeSet<Key>>>);

/// A day's turn to be planned anew.
pub(super) struct Turn(Replans, Key);

impl Replans {
    /// Takes a day's turn.
    ///
    /// # Errors
    /// [`DeskError::AlreadyRunning`], [`DeskError::Overloaded`].
    pub(super) fn take(&self, region: &RegionId, date: NaiveDate) -> Result<Turn, DeskError> {
        let key = (region.clone(), date);
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if running.contains(&key) {
            return Err(DeskError::AlreadyRunning { region: key.0, date });
        }
        if running.len() >= REPLANS_MAX {
            return Err(DeskError::Overloaded);
        }
        running.insert(key.clone());
        Ok(Turn(self.clone(), key))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

/// How it is answered that an operation has begun.
pub type RenderBegun = fn(&Region, &OperationRow) -> KeptAnswer;

/// How an operation's report is kept.
pub type RenderReport = fn(ReplanReport) -> Value;

impl Desk {
    /// Begins to plan a day anew, as [`Desk::replan`] does, and answers at once. `keyed` is the request's key
    /// and how it is answered.
    ///
    /// # Errors
    /// [`DeskError::NoSuchDay`], [`DeskError::AlreadyRunning`] wherever it runs,
    /// [`DeskError::Overloaded`].
    pub async fn begin_replan(
        &self,
        region: &RegionId,
        date: NaiveDate,
        asked: impl Into<Replanning>,
        render: RenderReport,
        keyed: Option<(Slip, RenderBegun)>,
    ) -> Result<OperationRow, DeskError> {
        let asked = asked.into();
        let day = self.day(region, date).await?;
        let turn = self.0.replans.take(region, date)?;
        let now = self.clock().now();
        let row = OperationRow {
            id: OperationId(self.new_id()),
            kind: "replan".to_owned(),
            region: region.clone(),
            date,
            actor: self.1.to_string(),
            state: "running".to_owned(),
            started_at: now,
            seen_at: now,
            cancel_at: None,
            progress: json!({}),
            result: None,
        };
        let receipt = keyed.map(|(slip, answer)| slip.receipt(answer(&day.region, &row), now));
        if !self.store().begin_operation(&row, self.dead_since(), receipt.as_slice()).await? {
            return Err(DeskError::AlreadyRunning { region: region.clone(), date });
        }
        tokio::spawn(run(self.clone(), row.clone(), asked, render, turn));
        Ok(row)
    }

    /// How far an operation is, whichever process does it.
    ///
    /// # Errors
    /// [`DeskError::NotFound`].
    pub async fn operation(&self, id: OperationId) -> Result<OperationRow, DeskError> {
        let found = self.store().operation(id).await?;
        let mut row =
            found.ok_or_else(|| DeskError::NotFound { what: "operation", id: id.to_string() })?;
        if row.state == "running" && row.seen_at < self.dead_since() {
            "failed".clone_into(&mut row.state);
        }
        Ok(row)
    }

    /// Asks an operation to end. One that has ended stays as it is.
    ///
    /// # Errors
    /// [`DeskError::NotFound`].
    pub async fn cancel_operation(&self, id: OperationId) -> Result<OperationRow, DeskError> {
        self.store().cancel_operation(id, self.clock().now()).await?;
        self.operation(id).await
    }

    /// Who has not been heard of since is dead.
    fn dead_since(&self) -> DateTime<Utc> {
        let now = self.clock().now();
        now - (self.clock().after(DEAD_AFTER) - now)
    }
}

/// Does the work, and writes down how far it is and what came of it.
async fn run(desk: Desk, row: OperationRow, asked: Replanning, render: RenderReport, _turn: Turn) {
    // The search ends with this task, as it does when the service stops.
    let caller = Caller::default();
    let watched = &caller.watched;
    let work = desk.replan_watched(&row.region, row.date, asked, watched, None);
    let mut work = std::pin::pin!(work);
    let ended = loop {
        tokio::select! {
            ended = &mut work => break ended,
            () = tokio::time::sleep(BEAT) => beat(&desk, row.id, &asked.effort, watched).await,
        }
    };
    let (state, result) = match ended {
        Ok(Some(report)) => ("done", Some(render(report))),
        Ok(None) => ("cancelled", None),
        Err(error) => {
            tracing::warn!(operation.id = %row.id, error = %error, "an operation failed");
            ("failed", None)
        }
    };
    beat(&desk, row.id, &asked.effort, watched).await;
    let now = desk.clock().now();
    if let Err(error) = desk.store().end_operation(row.id, state, result.as_ref(), now).await {
        tracing::warn!(operation.id = %row.id, error = %error, "an operation's end is not written");
    }
}

/// Says how far it is, and ends the search where somebody has asked for that.
async fn beat(desk: &Desk, id: OperationId, effort: &Effort, watched: &Watched) {
    let progress = watched.latest().map_or_else(|| json!({}), |latest| told(&latest, effort));
    match desk.store().advance_operation(id, &progress, desk.clock().now()).await {
        Ok(true) => {}
        Ok(false) => watched.cancel(),
        Err(error) => {
            tracing::warn!(operation.id = %id, error = %error, "how far an operation is cannot be written");
        }
    }
}

fn told(progress: &Progress, effort: &Effort) -> Value {
    let elapsed = progress.elapsed.as_secs_f64();
    let fraction = effort.time_limit.map(|limit| (elapsed / limit.as_secs_f64()).min(1.0));
    json!({
        "elapsed_s": progress.elapsed.as_secs(),
        "iteration": progress.iteration,
        "best_cost": progress.cost,
        "unserved": progress.unserved,
        "routes": progress.routes,
        "fraction": fraction,
    })
}
