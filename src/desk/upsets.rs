//! What upsets a day, and how the day is put right.
//!
//! First the disturbance is written, so that nothing more is promised on what is not there any more,
//! and what it breaks is known. Then the day is put right on a snapshot, and the repair is taken as a
//! whole if its routes are as they were; otherwise it is computed anew.

use super::circumstances::Circumstances;
use super::command::{Command, Outcome};
use super::moving::place;
use super::receipt::{Render, Slip};
use super::working_day::{Excuse, WorkingDay};
use super::{Desk, DeskError};
use crate::clock::Stopwatch;
use crate::model::{BookingId, CourierId, Disturbance, Reason, RegionId, Upset};
use crate::planning::{
    Control, DayPlan, Disruption, Effort, Entry, Repair, RoutePlan, RouteShift, disruption, repair,
};
use crate::store::{BookingRow, KeptAnswer};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// How often a repair is computed anew because routes moved on meanwhile.
const REPAIRS_MAX: usize = 5;

/// A disturbance that is to be noted, and what it makes of the day.
pub(super) struct Upsetting {
    pub(super) what: Upset,
    pub(super) registry: Arc<super::Registry>,
}

impl std::fmt::Debug for Upsetting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Upsetting").field(&self.what).finish()
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
struct Caller {
    slip: Slip,
    render: RenderUpset,
    before: Arc<DayPlan>,
    disturbance: Disturbance,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Caller").field(&self.slip.of).finish()
    }
}

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
    fn new(
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
    /// Notes what upsets a day and puts the day right, with the fewest promises broken. Those that
    /// cannot be kept are told. `keyed` is the request's key and how it is answered: until the day is put
    /// right, without those who had to move.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] where the courier has no shift on the day, or the hub or the time is not
    /// one of the region's; [`DeskError::AlreadyOut`], [`DeskError::DoneBefore`]; and what a
    /// commit may answer.
    pub async fn upset(
        &self,
        region: &RegionId,
        date: NaiveDate,
        what: Upset,
        effort: Effort,
        keyed: Option<(Slip, RenderUpset)>,
    ) -> Result<UpsetReport, DeskError> {
        let before = self.day(region, date).await?;
        self.validate_upset(&before, &what)?;
        let command = Command::Upset(Upsetting { what, registry: self.registry() });
        let ticket = keyed.clone().map(|(slip, render)| {
            let (before, now) = (Arc::clone(&before), self.clock().now());
            let noted = move |day: &DayPlan, noted: &Disturbance| {
                let days = (Arc::clone(&before), Arc::new(day.clone()));
                render(&UpsetReport::new(noted.clone(), days, Mended::default(), now))
            };
            slip.ticket(Render::Upset(Arc::new(noted)))
        });
        let disturbance = match self.send(region, date, command, ticket).await? {
            Outcome::Upset(disturbance) => disturbance,
            Outcome::DoneBefore(_) => return Err(DeskError::DoneBefore),
            other => unreachable!("a disturbance is answered by itself, not {other:?}"),
        };
        if matches!(disturbance.what, Upset::ExtraShift { .. }) {
            // The route of the shift is added by reading the day.
            self.reload_day(region, date).await?;
        }
        let caller = keyed.map(|(slip, render)| {
            let (before, disturbance) = (Arc::clone(&before), disturbance.clone());
            Caller { slip, render, before, disturbance }
        });
        let mended = self.put_right_for(region, date, effort, caller).await?;
        let after = self.day(region, date).await?;
        Ok(UpsetReport::new(disturbance, (before, after), mended, self.clock().now()))
    }

    /// Puts a day right as it is now, and offers new slots to those who are left without a place.
    pub(super) async fn put_right(
        &self,
        region: &RegionId,
        date: NaiveDate,
        effort: Effort,
    ) -> Result<(), DeskError> {
        self.put_right_for(region, date, effort, None).await.map(|_| ())
    }

    async fn put_right_for(
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

    /// Takes a disturbance back: the courier is well again, the hub is open. What was moved stays where
    /// it is.
    ///
    /// # Errors
    /// [`DeskError::NotFound`], and what a commit may answer.
    pub async fn settle(
        &self,
        region: &RegionId,
        date: NaiveDate,
        number: u32,
    ) -> Result<(), DeskError> {
        let outcome = self.send(region, date, Command::Settle(number), None).await?;
        debug_assert!(matches!(outcome, Outcome::Upset(_)), "{outcome:?}");
        // The roster's own hours count again.
        self.reload_day(region, date).await
    }

    fn validate_upset(&self, day: &DayPlan, what: &Upset) -> Result<(), DeskError> {
        let invalid = |pointer: &'static str, message: String| {
            Err(DeskError::Invalid { pointer: pointer.into(), message })
        };
        let works = |id: &CourierId| day.routes.iter().any(|route| route.of.courier.id == *id);
        match what {
            Upset::CourierOut { courier } | Upset::LateShift { courier, .. } if !works(courier) => {
                invalid("/courier", format!("{courier} has no shift on {}", day.date))
            }
            Upset::LateShift { courier, starts } => {
                let shifts = day.routes.iter().filter(|route| route.of.courier.id == *courier);
                let fits = |route: &Arc<RoutePlan>| {
                    route.of.shift.starts < *starts && *starts < route.of.shift.ends
                };
                if shifts.clone().any(fits) {
                    return Ok(());
                }
                let message = "give a moment within the shift; who does not come at all is out";
                invalid("/starts", message.to_owned())
            }
            Upset::HubClosed { hub, .. } => {
                let registry = self.registry();
                let of_region = registry.hubs_of(&day.region.id);
                let known: Vec<_> = of_region.map(|hub| hub.id.clone()).collect();
                if !known.contains(hub) {
                    return invalid("/hub", format!("{} has no hub '{hub}'", day.region.id));
                }
                let message = "it is the only hub of the region: close the day's slots instead";
                if known.len() < 2 { invalid("/hub", message.to_owned()) } else { Ok(()) }
            }
            Upset::BlockedArea(blocked) => {
                let shape = blocked.area.as_ref().map(crate::model::Area::validate);
                if let Some(Err(error)) = shape {
                    return invalid("/polygon", error.to_string());
                }
                let message = "give a polygon or cells";
                let is_any = blocked.area.is_some() || !blocked.cells.is_empty();
                if is_any { Ok(()) } else { invalid("/polygon", message.to_owned()) }
            }
            Upset::ExtraShift { courier, shift } => self.validate_extra_shift(day, courier, shift),
            Upset::CourierOut { .. } => Ok(()),
        }
    }
}

fn computed(plan: &DayPlan, now: chrono::DateTime<chrono::Utc>, effort: &Effort) -> Repair {
    let watch = Stopwatch::start();
    let elapsed = || watch.elapsed();
    let never = AtomicBool::new(false);
    let control = Control { elapsed: &elapsed, cancel: &never, progress: &mut |_| {} };
    repair(plan, now, effort, control)
}

impl WorkingDay {
    /// Notes a disturbance, and has every route be as it then is. Nobody is out twice.
    pub(super) fn upset(&mut self, upsetting: &Upsetting) -> Result<Disturbance, DeskError> {
        self.check_not_out(&upsetting.what)?;
        self.excuse = self.excuse.max(Some(Excuse::Reality));
        let last = self.plan.disturbances.iter().map(|disturbance| disturbance.number).max();
        let number = last.unwrap_or(0) + 1;
        let (what, aboard) = (upsetting.what.clone(), self.aboard(&upsetting.what));
        let disturbance = Disturbance { number, what, is_over: false, aboard };
        let all: Vec<Disturbance> =
            self.plan.disturbances.iter().cloned().chain([disturbance.clone()]).collect();
        let under = Circumstances::new(&upsetting.registry, &self.plan.region, all)
            .with_locks(Arc::clone(&self.plan.locks));
        self.plan = under.noted(self.plan.clone());
        for index in 0..self.plan.routes.len() {
            let route = Arc::clone(&self.plan.routes[index]);
            let of = under.of(RouteShift::clone(&route.of));
            if of == *route.of {
                continue;
            }
            let is_written = of.shift != route.of.shift || !route.entries.is_empty();
            let upset = route.under(&self.plan, of);
            if is_written {
                self.set_route(index, upset);
            } else {
                self.plan.routes[index] = Arc::new(upset);
            }
        }
        self.has_to_be_read_anew |= matches!(disturbance.what, Upset::ExtraShift { .. });
        self.note_disturbances();
        let body = serde_json::to_value(&disturbance).unwrap_or_default();
        self.event("day.disturbed", format!("disturbance-{number}"), body);
        Ok(disturbance)
    }

    fn check_not_out(&self, what: &Upset) -> Result<(), DeskError> {
        let Upset::CourierOut { courier } = what else { return Ok(()) };
        let noted = self.plan.disturbances.iter().find(|noted| {
            !noted.is_over
                && matches!(&noted.what, Upset::CourierOut { courier: out } if out == courier)
        });
        match noted.map(|noted| noted.number) {
            Some(number) => Err(DeskError::AlreadyOut { courier: courier.clone(), number }),
            None => Ok(()),
        }
    }

    /// Whose goods are on board of a courier who cannot go on.
    fn aboard(&self, what: &Upset) -> Vec<BookingId> {
        let Upset::CourierOut { courier } = what else { return Vec::new() };
        let own = self.plan.routes.iter().filter(|route| route.of.courier.id == *courier);
        own.flat_map(|route| route.aboard(self.now.timestamp())).collect()
    }

    /// Takes a disturbance back. The day has to be read anew after the commit.
    pub(super) fn settle(&mut self, number: u32) -> Result<Disturbance, DeskError> {
        let mut all = self.plan.disturbances.to_vec();
        let found = all.iter_mut().find(|disturbance| disturbance.number == number);
        let disturbance = found
            .ok_or_else(|| DeskError::NotFound { what: "disturbance", id: number.to_string() })?;
        disturbance.is_over = true;
        let settled = disturbance.clone();
        self.has_to_be_read_anew = true;
        self.plan.disturbances = all.into();
        self.note_disturbances();
        let body = serde_json::to_value(&settled).unwrap_or_default();
        self.event("day.settled", format!("disturbance-{number}"), body);
        Ok(settled)
    }

    /// Has the disturbances of the plan be written: with the day's own version, which counts on.
    fn note_disturbances(&mut self) {
        self.new_disturbances = Some(self.plan.disturbances.to_vec());
        self.changed_pool = true;
    }

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
