//! A day plan while a batch of commands is applied to it, and what has to be written of it.

use super::DeskError;
use super::actor::Actor;
use super::command::{Command, Job, Outcome};
use super::receipt::Receipts;
use super::reporting::KnownReports;
use crate::model::{
    Booking, BookingAction, BookingId, BookingState, Disturbance, IllegalTransition, Lock,
    ProgrammeId, ProposalId, ToldReport,
};
use crate::planning::{DayPlan, Entry, RoutePlan};
use crate::store::{BookingRow, DayCommit, NewChange, NewEvent, Receipt, RequestKey, Undone};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Order numbers in use, and whose they are.
pub(super) type ExternalIds = HashMap<(ProgrammeId, String), BookingId>;

/// Why something may be late that was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Excuse {
    /// The day is as couriers told, or as it was upset.
    Reality,
    /// A change was asked for or made although it leaves a visit late.
    Change,
}

/// The plan as the batch leaves it, and its difference from the committed one.
pub(super) struct WorkingDay {
    pub(super) plan: DayPlan,
    pub(super) now: DateTime<Utc>,
    /// Who causes what happens next.
    pub(super) actor: Actor,
    pub(super) taken: ExternalIds,
    pub(super) changed_routes: BTreeSet<usize>,
    pub(super) changed_pool: bool,
    /// Why something may be late that was not.
    pub(super) excuse: Option<Excuse>,
    pub(super) fresh: BTreeSet<BookingId>,
    pub(super) changed: BTreeMap<BookingId, BookingRow>,
    pub(super) events: Vec<NewEvent>,
    receipts: Receipts,
    new_receipts: Vec<RequestKey>,
    /// Answers that are known more fully now.
    pub(super) revised: Vec<Receipt>,
    pub(super) known_reports: KnownReports,
    pub(super) new_reports: Vec<ToldReport>,
    pub(super) new_disturbances: Option<Vec<Disturbance>>,
    pub(super) new_locks: Option<Vec<Lock>>,
    /// After its commit, the whole day has to be read.
    pub(super) has_to_be_read_anew: bool,
    pub(super) applied: Vec<ProposalId>,
    pub(super) new_changes: Vec<NewChange>,
    pub(super) undone: Vec<Undone>,
}

impl WorkingDay {
    /// Starts from a committed plan. `taken` are the order numbers in use among those that the
    /// batch asks for.
    pub(super) fn new(committed: &DayPlan, taken: ExternalIds, now: DateTime<Utc>) -> Self {
        Self {
            plan: committed.clone(),
            now,
            actor: Actor::system(),
            taken,
            changed_routes: BTreeSet::new(),
            changed_pool: false,
            excuse: None,
            fresh: BTreeSet::new(),
            changed: BTreeMap::new(),
            events: Vec::new(),
            receipts: Receipts::new(),
            new_receipts: Vec::new(),
            revised: Vec::new(),
            known_reports: KnownReports::new(),
            new_reports: Vec::new(),
            new_disturbances: None,
            new_locks: None,
            has_to_be_read_anew: false,
            applied: Vec::new(),
            new_changes: Vec::new(),
            undone: Vec::new(),
        }
    }

    /// The same, knowing what couriers told before.
    pub(super) fn with_reports(self, known_reports: KnownReports) -> Self {
        Self { known_reports, ..self }
    }

    /// The same, knowing what requests with a key were answered before.
    pub(super) fn with_receipts(self, receipts: Receipts) -> Self {
        Self { receipts, ..self }
    }

    /// The same, with somebody who causes what happens next.
    pub(super) fn caused_by(self, actor: &Actor) -> Self {
        Self { actor: actor.clone(), ..self }
    }

    /// Does what a job asks for, unless it was done before. On an error nothing has changed.
    /// `departed` is the booking that a reschedule takes off another day.
    pub(super) fn apply(
        &mut self,
        job: &Job,
        departed: Option<&Arc<Entry>>,
    ) -> Result<Outcome, DeskError> {
        let before = std::mem::replace(&mut self.actor, job.actor.clone());
        let outcome = self.apply_once(job, departed);
        self.actor = before;
        outcome
    }

    fn apply_once(
        &mut self,
        job: &Job,
        departed: Option<&Arc<Entry>>,
    ) -> Result<Outcome, DeskError> {
        let Some(ticket) = &job.ticket else { return self.carry_out(&job.command, departed) };
        let slip = &ticket.slip;
        if let Some(receipt) = self.receipts.get(&slip.of) {
            return slip.replay(receipt).map(Outcome::DoneBefore);
        }
        let outcome = self.carry_out(&job.command, departed)?;
        if let Some(answer) = ticket.answer(self, &outcome) {
            self.new_receipts.push(slip.of.clone());
            self.receipts.insert(slip.of.clone(), slip.receipt(answer, self.now));
        }
        Ok(outcome)
    }

    fn carry_out(
        &mut self,
        command: &Command,
        departed: Option<&Arc<Entry>>,
    ) -> Result<Outcome, DeskError> {
        match command {
            Command::Place(placement) => self.place(placement).map(booked),
            Command::PlaceUrgent(urgent) => self.place_urgent(urgent).map(booked),
            Command::Confirm(confirmation) => self.confirm(confirmation).map(booked),
            Command::Reschedule(asked) => self.reschedule(*asked, departed).map(booked),
            Command::Cancel(id) => self.cancel(*id).map(booked),
            Command::Release(id) => self.release(*id).map(booked),
            Command::Import(bookings) => self.import(bookings).map(Outcome::Imported),
            Command::Apply(replan) => self.noted("replan", |day| Ok(day.take_replan(replan))),
            Command::Upset(upsetting) => self.upset(upsetting).map(Outcome::Upset),
            Command::Settle(number) => {
                self.excuse = self.excuse.max(Some(Excuse::Reality));
                self.settle(*number).map(Outcome::Upset)
            }
            Command::Repair(mending) => {
                self.excuse = self.excuse.max(Some(Excuse::Reality));
                self.noted("repair", |day| Ok(day.mend(mending)))
            }
            Command::Reoffer(reoffer) => {
                self.reoffer(reoffer);
                Ok(Outcome::Reoffered)
            }
            Command::Hear(told) => {
                self.excuse = self.excuse.max(Some(Excuse::Reality));
                Ok(Outcome::Heard(self.hear(told)))
            }
            Command::Locate(seen) => {
                self.excuse = self.excuse.max(Some(Excuse::Reality));
                self.locate(seen);
                Ok(Outcome::Located)
            }
            Command::Move(moves) => {
                let kind = if moves.proposal.is_some() { "rebalance" } else { "moves" };
                self.noted(kind, |day| day.make_moves(moves))
            }
            Command::Reorder(asked) => self.noted("replan", |day| day.reorder(asked)),
            Command::Undo(asked) => self.noted("undo", |day| day.undo(asked)),
            Command::Lock(asked) => self.lock(asked).map(Outcome::Locked),
            Command::Unlock(number) => self.unlock(*number).map(Outcome::Locked),
            Command::Reload => Ok(Outcome::Reloaded),
        }
    }

    /// Does what is due by itself: gives back the places of holds that have run out, promises the
    /// planned window alone where a flexible promise's time has come, ends locks, and tells of promises whose
    /// windows are about to end without it being known whether they are kept.
    pub(super) fn do_what_is_due(&mut self) {
        for id in self.plan.due(self.now) {
            let Some(at) = self.plan.find(id) else { continue };
            let booking = self.plan.entry(at).booking.clone();
            if booking.is_overdue(self.now) {
                let expired = Booking { state: BookingState::Expired, ..booking };
                self.take_out(at, expired, "hold.expired");
            } else if booking.is_to_be_fixed(self.now) {
                let fixed = Booking { flexible: None, ..booking };
                self.tell_at("booking.fixed", at, &fixed);
                self.update(at, fixed);
            }
        }
        self.end_locks();
        self.watch_deadlines();
    }

    /// What to write, or nothing when nothing changed.
    pub(super) fn commit(&self) -> Option<DayCommit> {
        let is_changed = !self.changed_routes.is_empty()
            || self.changed_pool
            || !self.fresh.is_empty()
            || !self.changed.is_empty()
            || !self.new_receipts.is_empty()
            || !self.revised.is_empty()
            || !self.applied.is_empty()
            || !self.new_reports.is_empty()
            || self.has_news();
        let routes = self.changed_routes.iter();
        let on_routes = self.changed_routes.iter().flat_map(|&at| {
            self.plan.routes[at].entries.iter().map(move |entry| (Some(at), entry))
        });
        let new_bookings = on_routes
            .chain(self.plan.unassigned.iter().map(|entry| (None, entry)))
            .filter(|(_, entry)| self.fresh.contains(&entry.booking.id));
        is_changed.then(|| DayCommit {
            region: self.plan.region.id.clone(),
            date: self.plan.date,
            day_version: self.changed_pool.then_some(self.plan.day_version),
            unmoved: None,
            routes: routes.map(|&at| self.plan.routes[at].to_route(&self.plan)).collect(),
            new_routes: Vec::new(),
            new_bookings: new_bookings
                .map(|(route, entry)| (entry.booking.clone(), route.map(|at| self.route_id(at))))
                .collect(),
            changed_bookings: self.changed.values().cloned().collect(),
            events: self.events.clone(),
            receipts: self.kept_receipts(),
            revised: self.revised.clone(),
            reports: self.new_reports.clone(),
            disturbances: self.new_disturbances.clone(),
            locks: self.new_locks.clone(),
            applied: self.applied.clone(),
            changes: self.new_changes.clone(),
            undone: self.undone.clone(),
        })
    }

    /// In the order of their keys: two transactions with keys in common wait, but not in a circle.
    fn kept_receipts(&self) -> Vec<Receipt> {
        let new: BTreeSet<&RequestKey> = self.new_receipts.iter().collect();
        new.into_iter().filter_map(|of| self.receipts.get(of).cloned()).collect()
    }

    /// The plan after its commit: every written row has its next version.
    pub(super) fn committed(&self) -> DayPlan {
        let mut plan = self.plan.clone();
        plan.day_version += i64::from(self.changed_pool);
        for &at in &self.changed_routes {
            let mut route = RoutePlan::clone(&plan.routes[at]);
            route.version += 1;
            for entry in &mut route.entries {
                *entry = next_version(entry, &self.changed);
            }
            plan.routes[at] = Arc::new(route);
        }
        for entry in &mut plan.unassigned {
            *entry = next_version(entry, &self.changed);
        }
        plan
    }

    /// Why the batch may leave something late that was not: its events tell.
    pub(super) fn excuse(&self) -> Option<Excuse> {
        self.excuse
    }
}

fn booked(booking: Booking) -> Outcome {
    Outcome::Booking(Box::new(booking))
}

pub(super) fn fresh_entry(booking: &Booking) -> Arc<Entry> {
    Arc::new(Entry { booking: booking.clone(), version: BookingRow::FIRST_VERSION })
}

fn next_version(entry: &Arc<Entry>, changed: &BTreeMap<BookingId, BookingRow>) -> Arc<Entry> {
    match changed.get(&entry.booking.id) {
        Some(row) => Arc::new(Entry { booking: row.booking.clone(), version: row.version + 1 }),
        None => Arc::clone(entry),
    }
}

pub(super) fn after(booking: &Booking, action: BookingAction) -> Result<BookingState, DeskError> {
    booking.state.after(action).map_err(|IllegalTransition { state, action }| DeskError::State {
        state,
        action: action.to_string(),
    })
}

pub(super) fn not_found(id: BookingId) -> DeskError {
    DeskError::NotFound { what: "booking", id: id.to_string() }
}
