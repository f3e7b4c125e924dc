//! How an upset day is put right.
//!
//! A repair is worked out on a snapshot, and taken as a whole if its routes are as they were; otherwise it is
//! worked out anew.

use super::command::{Command, Outcome};
use super::moving::place;
use super::receipt::Slip;
use super::working_day::WorkingDay;
use super::{Desk, DeskError};
use crate::clock::Stopwatch;
use crate::model::{BookingId, Disturbance, Reason, RegionId};
use crate::planning::{
    Control, DayPlan, Disruption, Effort, Entry, Repair, RoutePlan, disruption, repair,
};
use crate::store::{BookingRow, KeptAnswer};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// How often a repair is computed anew because routes moved on meanwhile.
const REPAIRS_MAX: usize = 5;

/// How it is answered that a day was upset and put right.
pub type RenderUpset = fn(&UpsetReport) -> KeptAnswer;

/// How a day was put right.
#[derive(Clone, Debug)]
pub struct UpsetReport {
    /// The disturbance.
    pub disturbance: Disturbance,
    /// The day as it was before.
    pub before: Arc<DayPlan>,
    /// The day as it is now.
    pub after: Arc<DayPlan>,
    /// The bookings that were taken off their routes.
    pub displaced: Vec<BookingId>,
    /// Of these, those that are served after their windows.
    pub late: Vec<BookingId>,
    /// Of these, those that have no place now, and why.
    pub left: Vec<(BookingId, Vec<Reason>)>,
    /// What that means for customers and couriers, from before the disturbance.
    pub disruption: Disruption,
    /// Whether the repair was taken; if not, other changes kept coming in between.
    pub is_repaired: bool,
}

impl UpsetReport {
    /// The report of a day that is `after` what a repair, if there is one yet, has made of it.
    pub(super) fn new(
        disturbance: Disturbance,
        (before, after): (Arc<DayPlan>, Arc<DayPlan>),
        mended: Mended,
        now: DateTime<Utc>,
    ) -> Self {
        let disruption = disruption(&before, &after, now.timestamp());
        let Mended { displaced, late, left, is_repaired } = mended;
        Self { disturbance, before, after, displaced, late, left, disruption, is_repaired }
    }
}

/// A repair that is to be taken, and who is to be told of it.
#[derive(Debug)]
pub(super) struct Mending {
    repair: Repair,
    caller: Option<Caller>,
}

impl Mending {
    /// A repair that nobody waits for.
    pub(super) fn by_itself(repair: Repair) -> Self {
        Self { repair, caller: None }
    }
}

/// The request with a key that upset the day.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) slip: Slip,
    pub(super) render: RenderUpset,
    pub(super) before: Arc<DayPlan>,
    pub(super) disturbance: Disturbance,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Caller").field(&self.slip.of).finish()
    }
}

/// What became of those who could not stay where they were.
#[derive(Default)]
pub(super) struct Mended {
    displaced: Vec<BookingId>,
    late: Vec<BookingId>,
    left: Vec<(BookingId, Vec<Reason>)>,
    is_repaired: bool,
}

impl Mended {
    /// A repair that is still to be taken.
    fn of(repair: &Repair) -> Self {
        let left = repair.left.iter().map(|(entry, why)| (entry.booking.id, why.clone()));
        Self {
            displaced: repair.displaced.iter().map(|entry| entry.booking.id).collect(),
            late: repair.late.clone(),
            left: left.collect(),
            is_repaired: false,
        }
    }
}

impl Desk {
    /// Puts a day right as it is now, and offers new slots to those who are left without a place.
    pub(super) async fn put_right(
        &self,
        region: &RegionId,
        date: NaiveDate,
        effort: Effort,
    ) -> Result<(), DeskError> {
        self.put_right_for(region, date, effort, None).await.map(|_| ())
    }

    /// The same for whoever upset the day; what became of those who could not stay.
    pub(super) async fn put_right_for(
        &self,
        region: &RegionId,
        date: NaiveDate,
        effort: Effort,
        caller: Option<Caller>,
    ) -> Result<Mended, DeskError> {
        for attempt in (1..=REPAIRS_MAX).rev() {
            let plan = self.day(region, date).await?;
            let now = self.clock().after(effort.time_limit.unwrap_or_default());
            let found = tokio::task::spawn_blocking(move || computed(&plan, now, &effort))
                .await
                .map_err(|_| DeskError::Stopping)?;
            let mut mended = Mended::of(&found);
            let mending = Mending { repair: found, caller: caller.clone() };
            let command = Command::Repair(Box::new(mending));
            mended.is_repaired = match self.send(region, date, command, None).await? {
                Outcome::Applied { dropped, .. } => dropped == 0,
                other => unreachable!("a repair is answered by counts, not {other:?}"),
            };
            if mended.is_repaired || attempt == 1 {
                self.offer_again(mended.left.iter().map(|(id, _)| *id).collect());
                return Ok(mended);
            }
        }
        unreachable!("the last attempt returns")
    }
}

fn computed(plan: &DayPlan, now: DateTime<Utc>, effort: &Effort) -> Repair {
    let watch = Stopwatch::start();
    let elapsed = || watch.elapsed();
    let never = AtomicBool::new(false);
    let control = Control { elapsed: &elapsed, cancel: &never, progress: &mut |_| {} };
    repair(plan, now, effort, control)
}

impl WorkingDay {
    /// Takes a repair, and has whoever upset the day be answered with it from now on.
    pub(super) fn mend(&mut self, mending: &Mending) -> Outcome {
        let outcome = self.take_repair(&mending.repair);
        let is_taken = matches!(outcome, Outcome::Applied { dropped: 0, .. });
        if let Some(caller) = mending.caller.clone().filter(|_| is_taken) {
            let mended = Mended { is_repaired: true, ..Mended::of(&mending.repair) };
            let days = (caller.before, Arc::new(self.committed()));
            let report = UpsetReport::new(caller.disturbance, days, mended, self.now);
            self.revised.push(caller.slip.receipt((caller.render)(&report), self.now));
        }
        outcome
    }

    /// Takes a repair whole, if its routes and its bookings are as they were.
    fn take_repair(&mut self, repair: &Repair) -> Outcome {
        let now = self.now.timestamp();
        let is_current = repair.changes.iter().all(|change| {
            let untouched = !self.changed_routes.contains(&change.route);
            let same = |route: &Arc<RoutePlan>| {
                (route.id, route.version) == (change.plan.id, change.plan.version)
                    && (route.of.is_out || route.can_become(&change.plan, now))
            };
            untouched && self.plan.routes.get(change.route).is_some_and(same)
        });
        if !is_current || !self.still_waits(repair.displaced.iter()) {
            return Outcome::Applied { routes: 0, dropped: repair.changes.len() };
        }
        let before = self.plan.clone();
        for change in &repair.changes {
            self.adopt(change.route, &change.plan, "route.replanned");
        }
        for entry in &repair.displaced {
            let from = before.find(entry.booking.id).map(|at| place(&before, at));
            self.tell_displaced(entry, &from.unwrap_or_default(), repair);
        }
        self.plan.unassigned.sort_by_key(|entry| entry.booking.id);
        for change in &repair.changes {
            self.watch_promises(change.route);
        }
        Outcome::Applied { routes: repair.changes.len(), dropped: 0 }
    }

    /// Where a displaced booking came to: on another route, late or in time, or nowhere.
    fn tell_displaced(&mut self, entry: &Arc<Entry>, from: &Value, repair: &Repair) {
        let booking = &entry.booking;
        let left = repair.left.iter().find(|(left, _)| left.booking.id == booking.id);
        let is_late = repair.late.contains(&booking.id);
        if let Some((_, reasons)) = left {
            self.plan.unassigned.push(Arc::clone(entry));
            self.changed_pool = true;
            let version = entry.version;
            self.note(BookingRow { booking: booking.clone(), route: None, version });
            let body = json!({
                "state": booking.state, "programme": booking.programme, "window": booking.window,
                "from": from, "to": null, "reasons": reasons,
            });
            self.event("booking.displaced", booking.id.to_string(), body);
            return;
        }
        if let Some(at) = self.plan.find(booking.id) {
            let body = json!({
                "state": booking.state, "programme": booking.programme, "window": booking.window,
                "from": from, "to": place(&self.plan, at), "late": is_late,
            });
            self.event("booking.moved", booking.id.to_string(), body);
        }
    }
}
