//! Stops moved by a dispatcher: checked on a snapshot, made by the day's writer.
//!
//! A check answers what the day would be, with a tag of what that rests on: the versions of the routes
//! and bookings it touches, and what it would make of them. Making the moves names the tag. The writer
//! works the moves out once more, on the plan as it then is, and makes them only where that comes to
//! the very same: bookings on other routes do not disturb it, anything on its own does.

use super::command::{Command, Outcome};
use super::receipt::Ticket;
use super::working_day::WorkingDay;
use super::{Desk, DeskError};
use crate::model::{ProposalId, ReasonCode, RegionId};
use crate::planning::{
    Committed, DayPlan, Disruption, Move, PlanViolation, Proposal, RoutePlan, Spot, alternatives,
    proposed,
};
use crate::store::BookingRow;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// How many other places are told for the first booking.
const ALTERNATIVES_MAX: usize = 5;

/// Moves that are to be made.
#[derive(Clone, Debug)]
pub struct Moves {
    /// Who goes where.
    pub moves: Vec<Move>,
    /// Make them even where promised windows are then missed, if nothing else is wrong.
    pub accept_lateness: bool,
    /// The tags of the checks that the caller has seen.
    pub seen: Vec<String>,
    /// The proposal that they are of, which is then applied.
    pub proposal: Option<ProposalId>,
}

/// What moves would do, or did.
#[derive(Clone, Debug, PartialEq)]
pub struct MoveReport {
    /// Version of the day it was worked out on.
    pub version: i64,
    /// Names what it rests on and comes to: 32 hexadecimal digits.
    pub tag: String,
    /// What would not hold; empty where everything does.
    pub violations: Vec<PlanViolation>,
    /// What it means for customers and couriers.
    pub disruption: Disruption,
    /// The cheapest free places of the first booking, one for each courier who has one.
    pub alternatives: Vec<Spot>,
}

impl Desk {
    /// Works out what moves would do. Nothing is changed.
    ///
    /// # Errors
    /// [`DeskError::NoSuchDay`], and [`DeskError::BadMove`] where they make no sense on that day.
    pub async fn check_moves(
        &self,
        region: &RegionId,
        date: NaiveDate,
        moves: Vec<Move>,
    ) -> Result<MoveReport, DeskError> {
        let plan = self.day(region, date).await?;
        let now = self.clock().now();
        let checked = tokio::task::spawn_blocking(move || MoveReport::of(&plan, &moves, now));
        Ok(checked.await.map_err(|_| DeskError::Stopping)??)
    }

    /// Makes moves, all or none. The report is of what was done.
    ///
    /// # Errors
    /// [`DeskError::PlanChanged`] when they would no longer come to what the caller has seen,
    /// [`DeskError::MovesRefused`] with the report when a rule would not hold,
    /// [`DeskError::NoSuchDay`], [`DeskError::DoneBefore`].
    pub async fn make_moves(
        &self,
        region: &RegionId,
        date: NaiveDate,
        moves: Moves,
        ticket: Option<Ticket>,
    ) -> Result<MoveReport, DeskError> {
        match self.send(region, date, Command::Move(Box::new(moves)), ticket).await? {
            Outcome::Moved(report) => Ok(*report),
            Outcome::DoneBefore(_) => Err(DeskError::DoneBefore),
            other => unreachable!("moves are answered by a report, not {other:?}"),
        }
    }
}

impl MoveReport {
    fn of(
        day: &DayPlan,
        moves: &[Move],
        now: DateTime<Utc>,
    ) -> Result<Self, crate::planning::MoveFault> {
        let proposal = proposed(day, moves, now)?;
        Ok(Self::new(day, moves, &proposal, now))
    }

    pub(super) fn new(
        day: &DayPlan,
        moves: &[Move],
        proposal: &Proposal,
        now: DateTime<Utc>,
    ) -> Self {
        let first = moves.first().map(|asked| asked.booking);
        let others = first.map(|id| alternatives(day, id, now, ALTERNATIVES_MAX + 1));
        let mut alternatives = others.unwrap_or_default();
        alternatives.retain(|spot| first.is_none_or(|id| !is_taken(proposal, id, spot)));
        alternatives.truncate(ALTERNATIVES_MAX);
        Self {
            version: day.version(),
            tag: tag(day, proposal),
            violations: proposal.violations.clone(),
            disruption: proposal.disruption(day, now),
            alternatives,
        }
    }

    /// Whether everything holds.
    #[must_use]
    pub fn is_feasible(&self) -> bool {
        self.violations.is_empty()
    }
}

/// Whether the proposal puts the booking at this very place: it is no alternative then.
fn is_taken(proposal: &Proposal, id: crate::model::BookingId, spot: &Spot) -> bool {
    match proposal.after.find(id) {
        Some(Committed::OnRoute { route, ordinal }) => {
            let route = &proposal.after.routes[route];
            let before = ordinal.checked_sub(1).map(|ordinal| route.entries[ordinal].booking.id);
            (route.id, before) == (spot.route, spot.after)
        }
        _ => false,
    }
}

/// The first 16 bytes of the SHA-256 of a proposal's basis, in hexadecimal digits.
pub(super) fn tag(before: &DayPlan, proposal: &Proposal) -> String {
    let mut tag = String::new();
    for byte in &Sha256::digest(proposal.basis(before))[..16] {
        // Writing to a text cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag
}

impl WorkingDay {
    /// Makes moves where they come to what the caller has seen and nothing is against it.
    pub(super) fn make_moves(&mut self, asked: &Moves) -> Result<Outcome, DeskError> {
        let proposal =
            proposed(&self.plan, &asked.moves, self.now).map_err(|_| DeskError::PlanChanged)?;
        let report = MoveReport::new(&self.plan, &asked.moves, &proposal, self.now);
        let is_told = |code| matches!(code, ReasonCode::Frozen | ReasonCode::Precedence);
        let set_off = report.violations.iter().any(|violation| is_told(violation.reason.code));
        if !set_off && (!asked.seen.contains(&report.tag) || self.has_touched(&proposal)) {
            return Err(DeskError::PlanChanged);
        }
        let is_accepted = asked.accept_lateness && proposal.is_late_at_most();
        if !report.is_feasible() && !is_accepted {
            return Err(DeskError::MovesRefused(Box::new(report)));
        }
        self.take_proposal(&proposal);
        self.applied.extend(asked.proposal);
        Ok(Outcome::Moved(Box::new(report)))
    }

    /// Whether this batch has changed anything that the proposal changes: the versions do not show
    /// it yet.
    pub(super) fn has_touched(&self, proposal: &Proposal) -> bool {
        let mut changed = proposal.changed(&self.plan).into_iter();
        let mut moved = proposal.moved.iter();
        changed.any(|index| self.changed_routes.contains(&index))
            || moved.any(|id| self.changed.contains_key(id) || self.fresh.contains(id))
    }

    /// Takes a proposal over as a whole, and tells of every route and booking that it changes.
    pub(super) fn take_proposal(&mut self, proposal: &Proposal) {
        let before = self.plan.clone();
        for index in proposal.changed(&before) {
            let route = &proposal.after.routes[index];
            self.adopt(index, route, "route.changed");
            if proposal.violations.iter().any(|violation| violation.route == Some(route.id)) {
                self.tell_breach(route);
            }
        }
        for &id in &proposal.moved {
            let (Some(from), Some(to)) = (before.find(id), proposal.after.find(id)) else {
                continue;
            };
            if matches!((from, to), (Committed::OnRoute { .. }, Committed::Unassigned(_))) {
                self.leave_unassigned(&proposal.after, to);
            }
            let booking = &proposal.after.entry(to).booking;
            let body = json!({
                "state": booking.state,
                "programme": booking.programme,
                "window": booking.window,
                "from": place(&before, from),
                "to": place(&proposal.after, to),
            });
            self.event("booking.moved", id.to_string(), body);
        }
    }

    fn leave_unassigned(&mut self, after: &DayPlan, at: Committed) {
        let entry = std::sync::Arc::clone(after.entry(at));
        let (booking, version) = (entry.booking.clone(), entry.version);
        self.plan.unassigned.push(entry);
        self.plan.unassigned.sort_by_key(|entry| entry.booking.id);
        self.changed_pool = true;
        self.note(BookingRow { booking, route: None, version });
    }
}

/// Where a booking is, as events tell it: `null` without a place.
pub(super) fn place(day: &DayPlan, at: Committed) -> Value {
    let Committed::OnRoute { route, ordinal } = at else { return Value::Null };
    let plan: &RoutePlan = &day.routes[route];
    let start_at = DateTime::<Utc>::from_timestamp(plan.start_of(ordinal), 0);
    json!({ "route": plan.id, "courier": plan.of.courier.id, "start_at": start_at })
}
