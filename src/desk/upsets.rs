//! What upsets a day.
//!
//! First the disturbance is written, so that nothing more is promised on what is not there any more,
//! and what it breaks is known. Then the day is put right (`repairing.rs`).

use super::circumstances::Circumstances;
use super::command::{Command, Outcome};
use super::receipt::{Render, Slip};
use super::repairing::{Caller, Mended, RenderUpset, UpsetReport};
use super::working_day::{Excuse, WorkingDay};
use super::{Desk, DeskError};
use crate::model::{BookingId, CourierId, Disturbance, RegionId, Upset};
use crate::planning::{DayPlan, Effort, RoutePlan, RouteShift};
use chrono::NaiveDate;
use std::sync::Arc;

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
}
