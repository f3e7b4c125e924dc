//! Who had a booking's devices, and when, out of what couriers told.

use super::reporting::BEFORE_SHIFT_MAX;
use super::{Desk, DeskError};
use crate::model::{
    Booking, CourierId, CustodyLink, Happening, ToldReport, Witness, custody_of_new, custody_of_old,
};
use crate::planning::{Committed, DayPlan, RoutePlan};
use chrono::NaiveDate;

/// For so many days after the booking's it is looked for where its courier unloaded.
const DAYS_AFTER: usize = 7;

impl Desk {
    /// Who had the devices of a booking, and when, as far as it was told. Of a booking that was called off,
    /// nothing is known of what was to be handed over.
    ///
    /// # Errors
    /// [`DeskError::NoSuchDay`], [`DeskError::Store`].
    pub async fn custody(&self, booking: &Booking) -> Result<Vec<CustodyLink>, DeskError> {
        let day = self.day(&booking.region, booking.date).await?;
        let Some(at) = day.find(booking.id) else { return Ok(custody_of_old(booking, None)) };
        let booking = &day.entry(at).booking;
        let route = match at {
            Committed::OnRoute { route, .. } => Some(&*day.routes[route]),
            Committed::Unassigned(_) => None,
        };
        let stranded = day.stranded(booking.id).and_then(|courier| {
            let is_theirs = |of: &&RoutePlan| of.of.courier.id == *courier;
            day.routes.iter().map(|of| &**of).find(is_theirs)
        });
        let stranded = stranded.filter(|of| route.is_none_or(|route| route.id != of.id));
        let mut carriers = Vec::new();
        for of in stranded.into_iter().chain(route) {
            carriers.push(self.witness(&day, of).await?);
        }
        let visit = carriers.last().filter(|_| route.is_some());
        let mut links = custody_of_old(booking, visit);
        let now = self.clock().now().timestamp();
        let is_aboard = route.is_none_or(|route| route.aboard(now).contains(&booking.id));
        links.extend(custody_of_new(booking, &carriers, is_aboard));
        Ok(links)
    }

    /// What the courier of a route told on it, and when they called at a hub later where they did not that day.
    async fn witness(&self, day: &DayPlan, route: &RoutePlan) -> Result<Witness, DeskError> {
        let of = &route.of;
        let ends_at = &of.ends_at.as_ref().unwrap_or(&of.hub).id;
        let mut told = self.told(day, day.date, &of.courier.id).await?;
        // What was told on an earlier shift of theirs is of another trip.
        let mut own = day.routes.iter().filter(|other| other.of.courier.id == of.courier.id);
        if own.any(|other| other.of.shift.starts < of.shift.starts) {
            told.retain(|told| told.report.at >= of.shift.starts - BEFORE_SHIFT_MAX);
        }
        let mut witness = Witness {
            courier: of.courier.id.clone(),
            hub: of.hub.id.clone(),
            told: told.into_iter().map(|told| (told, ends_at.clone())).collect(),
        };
        let home = self.registry().couriers.get(&of.courier.id).map(|courier| courier.hub.clone());
        let (home, today) =
            (home.unwrap_or(ends_at.clone()), day.region.date_of(self.clock().now()));
        for date in day.date.iter_days().skip(1).take(DAYS_AFTER) {
            if date > today || !witness.is_away() {
                break;
            }
            let mut later = self.told(day, date, &of.courier.id).await?;
            later.retain(|told| told.report.what == Happening::AtHub);
            witness.told.extend(later.into_iter().map(|told| (told, home.clone())));
        }
        Ok(witness)
    }

    /// What a courier told on a date, in the order in which it happened.
    async fn told(
        &self,
        day: &DayPlan,
        date: NaiveDate,
        courier: &CourierId,
    ) -> Result<Vec<ToldReport>, DeskError> {
        let couriers = std::slice::from_ref(courier);
        let mut told = self.store().reports(&day.region.id, date, couriers).await?;
        told.sort_by(|a, b| a.report.order().cmp(&b.report.order()));
        Ok(told)
    }
}
