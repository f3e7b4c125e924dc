//! A day plan while a batch of commands is applied to it, and what has to be written of it.

use super::DeskError;
use super::actor::Actor;
use super::command::{Command, Confirmation, Job, Outcome};
use super::receipt::Receipts;
use super::reporting::KnownReports;
use crate::model::{
    Booking, BookingAction, BookingId, BookingState, Disturbance, IllegalTransition, Lock,
    ProgrammeId, ProposalId, RouteId,
};
use crate::planning::{Committed, DayPlan, Entry, RoutePlan};
use crate::store::{
    BookingRow, DayCommit, NewChange, NewEvent, NewReport, Receipt, RequestKey, Undone,
};
use chrono::{DateTime, Utc};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Order numbers in use, and whose they are.
pub(super) type ExternalIds = HashMap<(ProgrammeId, String), BookingId>;

/// The plan as the batch leaves it, and its difference from the committed one.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says one thing of the batch, whatever the others say"
)]
pub(super) struct WorkingDay {
    pub(super) plan: DayPlan,
    pub(super) now: DateTime<Utc>,
    /// Who causes what happens next.
    pub(super) actor: Actor,
    taken: ExternalIds,
    pub(super) changed_routes: BTreeSet<usize>,
    pub(super) changed_pool: bool,
    breached: bool,
    pub(super) fresh: BTreeSet<BookingId>,
    pub(super) changed: BTreeMap<BookingId, BookingRow>,
    pub(super) events: Vec<NewEvent>,
    receipts: Receipts,
    new_receipts: Vec<RequestKey>,
    pub(super) known_reports: KnownReports,
    pub(super) new_reports: Vec<NewReport>,
    is_as_told: bool,
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
            breached: false,
            fresh: BTreeSet::new(),
            changed: BTreeMap::new(),
            events: Vec::new(),
            receipts: Receipts::new(),
            new_receipts: Vec::new(),
            known_reports: KnownReports::new(),
            new_reports: Vec::new(),
            is_as_told: false,
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
        if let Some(receipt) = self.receipts.get(&ticket.of) {
            return ticket.replay(receipt).map(Outcome::DoneBefore);
        }
        let outcome = self.carry_out(&job.command, departed)?;
        if let Outcome::Booking(booking) = &outcome {
            let receipt = ticket.receipt(&self.plan.region, booking, self.now);
            self.new_receipts.push(ticket.of.clone());
            self.receipts.insert(ticket.of.clone(), receipt);
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
            Command::Upset(upsetting) => {
                self.is_as_told = true;
                Ok(Outcome::Upset(self.upset(upsetting)))
            }
            Command::Settle(number) => {
                self.is_as_told = true;
                self.settle(*number).map(Outcome::Upset)
            }
            Command::Repair(repair) => {
                self.is_as_told = true;
                self.noted("repair", |day| Ok(day.take_repair(repair)))
            }
            Command::Hear(told) => {
                self.is_as_told = true;
                Ok(Outcome::Heard(self.hear(told)))
            }
            Command::Locate(seen) => {
                self.is_as_told = true;
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
                self.tell("booking.fixed", &fixed);
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
            || !self.new_reports.is_empty();
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
            routes: routes.map(|&at| self.plan.routes[at].to_route(&self.plan)).collect(),
            new_routes: Vec::new(),
            new_bookings: new_bookings
                .map(|(route, entry)| (entry.booking.clone(), route.map(|at| self.route_id(at))))
                .collect(),
            changed_bookings: self.changed.values().cloned().collect(),
            events: self.events.clone(),
            receipts: self.kept_receipts(),
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
    pub(super) fn committed(mut self) -> DayPlan {
        self.plan.day_version += i64::from(self.changed_pool);
        for &at in &self.changed_routes {
            let mut route = RoutePlan::clone(&self.plan.routes[at]);
            route.version += 1;
            for entry in &mut route.entries {
                *entry = next_version(entry, &self.changed);
            }
            self.plan.routes[at] = Arc::new(route);
        }
        for entry in &mut self.plan.unassigned {
            *entry = next_version(entry, &self.changed);
        }
        self.plan
    }

    fn confirm(&mut self, confirmation: &Confirmation) -> Result<Booking, DeskError> {
        let at = self.plan.find(confirmation.hold).ok_or(DeskError::HoldExpired)?;
        let mut booking = self.plan.entry(at).booking.clone();
        if is_repeat(&booking, confirmation) {
            return Ok(booking);
        }
        booking.state = after(&booking, BookingAction::Confirm)?;
        booking.external_id.clone_from(&confirmation.order.external_id);
        booking.contact = Some(confirmation.order.contact.clone());
        booking.hold_expires_at = None;
        self.claim_external_id(&booking)?;
        self.update(at, booking.clone());
        self.tell("booking.confirmed", &booking);
        Ok(booking)
    }

    fn cancel(&mut self, id: BookingId) -> Result<Booking, DeskError> {
        let at = self.plan.find(id).ok_or_else(|| not_found(id))?;
        let mut booking = self.plan.entry(at).booking.clone();
        booking.state = after(&booking, BookingAction::Cancel)?;
        self.check_not_under_way(at)?;
        self.take_out(at, booking.clone(), "booking.cancelled");
        Ok(booking)
    }

    /// Refuses what a courier has set off to.
    pub(super) fn check_not_under_way(&self, at: Committed) -> Result<(), DeskError> {
        match at {
            Committed::OnRoute { route, ordinal }
                if self.plan.routes[route].is_frozen(ordinal, self.now.timestamp()) =>
            {
                Err(DeskError::UnderWay)
            }
            _ => Ok(()),
        }
    }

    fn release(&mut self, id: BookingId) -> Result<Booking, DeskError> {
        let at = self.plan.find(id).ok_or_else(|| not_found(id))?;
        match self.plan.entry(at).booking.state {
            BookingState::Held => self.cancel(id),
            state => Err(DeskError::State { state, action: "be released".to_owned() }),
        }
    }

    /// Takes in what the day does not have yet; the same file again changes nothing.
    fn import(&mut self, bookings: &[Booking]) -> Result<usize, DeskError> {
        let planned: BTreeSet<BookingId> =
            self.plan.entries().map(|(_, entry)| entry.booking.id).collect();
        let new = || bookings.iter().filter(|booking| !planned.contains(&booking.id));
        let before = self.taken.clone();
        for booking in new() {
            if let Err(error) = self.claim_new_external_id(booking) {
                self.taken = before;
                return Err(error);
            }
        }
        for booking in new() {
            self.plan.unassigned.push(fresh_entry(booking));
            self.fresh.insert(booking.id);
            self.tell("booking.imported", booking);
        }
        self.plan.unassigned.sort_by_key(|entry| entry.booking.id);
        let count = new().count();
        self.changed_pool |= count > 0;
        Ok(count)
    }

    /// As [`Self::claim_external_id`], for a booking that this day does not have: what has its
    /// order number is on another day, be it the same order.
    fn claim_new_external_id(&mut self, booking: &Booking) -> Result<(), DeskError> {
        let key = booking.external_id.clone().map(|id| (booking.programme.clone(), id));
        match key.and_then(|key| self.taken.get(&key).map(|&owner| (key.1, owner))) {
            Some((external_id, owner)) => {
                Err(DeskError::ExternalIdTaken { external_id, booking: owner })
            }
            None => self.claim_external_id(booking),
        }
    }

    /// Takes a booking off the plan with its last state.
    fn take_out(&mut self, at: Committed, booking: Booking, kind: &str) {
        let version = self.plan.entry(at).version;
        self.vacate(at);
        self.tell(kind, &booking);
        self.note(BookingRow { booking, route: None, version });
    }

    /// Takes what is at a place off the plan.
    pub(super) fn vacate(&mut self, at: Committed) {
        match at {
            Committed::OnRoute { route, ordinal } => {
                let without = self.plan.routes[route].without(ordinal, self.now.timestamp());
                self.note_breach(route, &without);
                self.set_route(route, without);
            }
            Committed::Unassigned(index) => {
                self.plan.unassigned.remove(index);
                self.changed_pool = true;
            }
        }
    }

    /// Notes what a booking's row has to become. One that this batch brought and takes off again is
    /// never written.
    pub(super) fn note(&mut self, row: BookingRow) {
        let id = row.booking.id;
        if !self.fresh.contains(&id) {
            self.changed.insert(id, row);
        } else if row.route.is_none() && !row.booking.state.has_place() {
            self.fresh.remove(&id);
        }
    }

    /// Taking a visit out can, rarely, make a later one late: another visit at the same door then
    /// has to do the set-up. The place is given back all the same, and the breach is told.
    fn note_breach(&mut self, index: usize, after: &RoutePlan) {
        let before = &self.plan.routes[index].schedule;
        if before.violations().is_empty() && !after.schedule.violations().is_empty() {
            self.tell_breach(after);
        }
    }

    /// Whether the batch has the day be as couriers told: it may be late by that.
    pub(super) fn is_as_told(&self) -> bool {
        self.is_as_told
    }

    /// Tells that a route does not keep all it promises, and which visits come too late.
    pub(super) fn tell_breach(&mut self, route: &RoutePlan) {
        self.breached = true;
        let late = route.entries.iter().enumerate().filter_map(|(ordinal, entry)| {
            let by_s = route.late_s(ordinal);
            (by_s > 0).then(|| json!({ "booking": entry.booking.id, "by_s": by_s }))
        });
        let late: Vec<serde_json::Value> = late.collect();
        let body = json!({ "route": route.id, "courier": route.of.courier.id, "late": late });
        self.event("route.breached", route.id.to_string(), body);
    }

    /// Whether the batch leaves a breach, which its events tell.
    pub(super) fn is_breached(&self) -> bool {
        self.breached
    }

    /// Puts a booking's new content where it is.
    pub(super) fn update(&mut self, at: Committed, booking: Booking) {
        let version = self.plan.entry(at).version;
        let route = self.put(at, Entry { booking: booking.clone(), version });
        self.note(BookingRow { booking, route, version });
    }

    /// Puts an entry in the place of another; on which route.
    pub(super) fn put(&mut self, at: Committed, entry: Entry) -> Option<RouteId> {
        let entry = Arc::new(entry);
        match at {
            Committed::OnRoute { route, ordinal } => {
                let updated = self.plan.routes[route].updated(ordinal, entry);
                self.set_route(route, updated);
                Some(self.route_id(route))
            }
            Committed::Unassigned(index) => {
                self.plan.unassigned[index] = entry;
                self.changed_pool = true;
                None
            }
        }
    }

    pub(super) fn set_route(&mut self, index: usize, route: RoutePlan) {
        self.plan.routes[index] = Arc::new(route);
        self.changed_routes.insert(index);
    }

    fn route_id(&self, index: usize) -> RouteId {
        self.plan.routes[index].id
    }

    /// An order number belongs to one booking of a programme.
    pub(super) fn claim_external_id(&mut self, booking: &Booking) -> Result<(), DeskError> {
        let Some(external_id) = booking.external_id.clone() else { return Ok(()) };
        let key = (booking.programme.clone(), external_id);
        match self.taken.get(&key) {
            Some(&owner) if owner != booking.id => {
                Err(DeskError::ExternalIdTaken { external_id: key.1, booking: owner })
            }
            _ => {
                self.taken.insert(key, booking.id);
                Ok(())
            }
        }
    }

    pub(super) fn tell(&mut self, kind: &str, booking: &Booking) {
        let body = json!({
            "state": booking.state,
            "programme": booking.programme,
            "window": booking.window,
        });
        self.event(kind, booking.id.to_string(), body);
    }

    pub(super) fn event(&mut self, kind: &str, subject: String, body: serde_json::Value) {
        let (kind, actor) = (kind.to_owned(), self.actor.to_string());
        self.events.push(NewEvent { kind, subject, actor, body, at: self.now });
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

/// Whether a confirmation says again what was already done.
fn is_repeat(booking: &Booking, confirmation: &Confirmation) -> bool {
    booking.state == BookingState::Confirmed
        && booking.external_id == confirmation.order.external_id
        && booking.contact.as_ref() == Some(&confirmation.order.contact)
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
