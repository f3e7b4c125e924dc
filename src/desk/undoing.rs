//! Changes that somebody asked for, and how they are undone.
//!
//! Whatever a dispatcher applies (moves, proposals, re-plans, repairs) is noted with the order of stops
//! that its routes had before, and have after it. It can be undone as long as each of these routes is as
//! it was left, no courier has set off to anything that would move, and every rule holds that holds now.
//! Undoing is a change like any other: it is checked, counted, told and noted, and can be undone itself.

use super::actor::Actor;
use super::command::{Command, Outcome};
use super::moving::MoveReport;
use super::receipt::Ticket;
use super::working_day::WorkingDay;
use super::{Desk, DeskError};
use crate::model::{BookingId, CourierId, ReasonCode, RegionId, RouteId};
use crate::planning::{DayPlan, OrderFault, Proposal, RouteOrder, reordered};
use crate::store::{AppliedChange, NewChange, StoreError, Undone};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A route that a change touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Touched {
    /// The version that the change gave it.
    version: i64,
    before: RouteOrder,
    after: RouteOrder,
}

/// A change that is to be undone.
#[derive(Clone, Debug)]
pub(super) struct Undoing {
    number: i64,
    touched: Vec<Touched>,
}

/// Why a change cannot be undone any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UndoFault {
    /// It was undone.
    #[error("it was undone already, by change {0}")]
    Undone(i64),
    /// A route is not as the change left it.
    #[error("the route of {0} has changed since")]
    MovedOn(CourierId),
    /// The day has no such route any more.
    #[error("{0} is not a route of this day any more")]
    RouteGone(RouteId),
    /// A booking is not where the change left it.
    #[error("{0} is not there any more")]
    BookingGone(BookingId),
    /// A courier has set off to something that would move.
    #[error("the courier of {0} has set off to a stop that would be moved")]
    SetOff(RouteId),
    /// A rule would not hold.
    #[error("a rule would not hold any more: {}", name(*.0))]
    Rule(ReasonCode),
}

impl UndoFault {
    /// What it is, for programs: the text of a code never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Undone(_) => "undone",
            Self::MovedOn(_) => "moved_on",
            Self::RouteGone(_) => "route_gone",
            Self::BookingGone(_) => "booking_gone",
            Self::SetOff(_) => "set_off",
            Self::Rule(_) => "rule",
        }
    }
}

/// The code as it is told.
fn name(code: ReasonCode) -> String {
    let name = serde_json::to_value(code).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

/// A change that somebody asked for.
#[derive(Clone, Debug)]
pub struct ChangeReport {
    /// The change.
    pub change: AppliedChange,
    /// The couriers whose routes it touched.
    pub couriers: Vec<CourierId>,
    /// Why it cannot be undone any more; nothing where it can.
    pub fault: Option<UndoFault>,
}

impl Desk {
    /// The last changes of a day that somebody asked for, the newest first.
    ///
    /// # Errors
    /// [`DeskError::NoSuchDay`], [`DeskError::Store`].
    pub async fn changes(
        &self,
        region: &RegionId,
        date: NaiveDate,
    ) -> Result<(Arc<DayPlan>, Vec<ChangeReport>), DeskError> {
        let stored = self.store().applied_changes(region, date).await?;
        let day = self.day(region, date).await?;
        let now = self.clock().now();
        let report = |change: AppliedChange| {
            let touched = touched(&change)?;
            let fault = undone(&day, &change, &touched, now).err();
            let of = |touched: &Touched| courier(&day, touched.after.route);
            let couriers = touched.iter().filter_map(of).collect();
            Ok(ChangeReport { change, couriers, fault })
        };
        let reports = stored.into_iter().map(report).collect::<Result<_, DeskError>>()?;
        Ok((day, reports))
    }

    /// Undoes a change, if that is still possible. The report is of what was done.
    ///
    /// # Errors
    /// [`DeskError::NotFound`] where it is not among the last changes of the day,
    /// [`DeskError::UndoImpossible`] with why, [`DeskError::DoneBefore`], and what a commit may answer.
    pub async fn undo(
        &self,
        region: &RegionId,
        date: NaiveDate,
        number: i64,
        ticket: Option<Ticket>,
    ) -> Result<MoveReport, DeskError> {
        let stored = self.store().applied_changes(region, date).await?;
        let change = stored.into_iter().find(|change| change.number == number);
        let change =
            change.ok_or_else(|| DeskError::NotFound { what: "change", id: number.to_string() })?;
        if let Some(by) = change.undone_by {
            return Err(DeskError::UndoImpossible(UndoFault::Undone(by)));
        }
        let undoing = Undoing { number, touched: touched(&change)? };
        match self.send(region, date, Command::Undo(Box::new(undoing)), ticket).await? {
            Outcome::Moved(report) => Ok(*report),
            Outcome::DoneBefore(_) => Err(DeskError::DoneBefore),
            other => unreachable!("an undo is answered by a report, not {other:?}"),
        }
    }
}

fn touched(change: &AppliedChange) -> Result<Vec<Touched>, DeskError> {
    let read = serde_json::from_value(change.document.clone());
    let corrupt = |error| {
        let number = change.number;
        StoreError::Corrupt(format!("change {number} has a document that is none: {error}"))
    };
    Ok(read.map_err(corrupt)?)
}

fn courier(day: &DayPlan, route: RouteId) -> Option<CourierId> {
    let found = day.routes.iter().find(|plan| plan.id == route);
    found.map(|route| route.of.courier.id.clone())
}

/// What undoing a change would make of the day.
fn undone(
    day: &DayPlan,
    change: &AppliedChange,
    touched: &[Touched],
    now: DateTime<Utc>,
) -> Result<Proposal, UndoFault> {
    match change.undone_by {
        Some(by) => Err(UndoFault::Undone(by)),
        None => put_back(day, touched, now),
    }
}

/// The day with the routes as they were before.
fn put_back(day: &DayPlan, touched: &[Touched], now: DateTime<Utc>) -> Result<Proposal, UndoFault> {
    for Touched { version, after, .. } in touched {
        let route = day.routes.iter().find(|route| route.id == after.route);
        let route = route.ok_or(UndoFault::RouteGone(after.route))?;
        // A disturbance may have taken the break or given it back.
        if route.version != *version || !route.order().visits().eq(after.visits()) {
            return Err(UndoFault::MovedOn(route.of.courier.id.clone()));
        }
    }
    let orders: Vec<RouteOrder> = touched.iter().map(|touched| touched.before.clone()).collect();
    let proposal = reordered(day, &orders, now).map_err(|fault| match fault {
        OrderFault::UnknownRoute(route) => UndoFault::RouteGone(route),
        OrderFault::UnknownBooking(booking) => UndoFault::BookingGone(booking),
        OrderFault::Frozen(route) => UndoFault::SetOff(route),
    })?;
    match proposal.violations.first() {
        Some(violation) => Err(UndoFault::Rule(violation.reason.code)),
        None => Ok(proposal),
    }
}

impl WorkingDay {
    /// Does something that can be undone, and notes it if somebody asked for it and it changed any
    /// route's stops.
    pub(super) fn noted(
        &mut self,
        kind: &'static str,
        work: impl FnOnce(&mut Self) -> Result<Outcome, DeskError>,
    ) -> Result<Outcome, DeskError> {
        let (before, event) = (self.plan.clone(), self.events.len());
        let outcome = work(self)?;
        let touched: Vec<Touched> = before
            .routes
            .iter()
            .zip(&self.plan.routes)
            .filter(|(old, new)| !Arc::ptr_eq(old, new))
            // The commit counts the version one on.
            .map(|(old, new)| Touched {
                version: new.version + 1,
                before: old.order(),
                after: new.order(),
            })
            .filter(|touched| touched.before != touched.after)
            .collect();
        if !touched.is_empty() && self.actor != Actor::system() {
            self.new_changes.push(NewChange {
                event,
                kind,
                actor: self.actor.to_string(),
                document: serde_json::to_value(&touched).unwrap_or_default(),
                at: self.now,
            });
        }
        Ok(outcome)
    }

    /// Undoes a change.
    pub(super) fn undo(&mut self, asked: &Undoing) -> Result<Outcome, DeskError> {
        let proposal =
            put_back(&self.plan, &asked.touched, self.now).map_err(DeskError::UndoImpossible)?;
        let changed = proposal.changed(&self.plan);
        if let Some(index) = changed.into_iter().find(|index| self.changed_routes.contains(index)) {
            let courier = self.plan.routes[index].of.courier.id.clone();
            return Err(DeskError::UndoImpossible(UndoFault::MovedOn(courier)));
        }
        let report = MoveReport::new(&self.plan, &[], &proposal, self.now);
        self.undone.push(Undone { number: asked.number, event: self.events.len() });
        self.take_proposal(&proposal);
        Ok(Outcome::Moved(Box::new(report)))
    }
}
