//! A courier who works more than the roster says.

use super::{Desk, DeskError};
use crate::model::{Break, CourierId, Shift, TimeWindow};
use crate::planning::DayPlan;
use chrono::TimeDelta;

impl Desk {
    /// Whether a courier can work a shift beside those that they have on a day.
    ///
    /// # Errors
    /// [`DeskError::Invalid`] with the field at fault.
    pub(super) fn validate_extra_shift(
        &self,
        day: &DayPlan,
        courier: &CourierId,
        shift: &Shift,
    ) -> Result<(), DeskError> {
        let invalid = |pointer: &'static str, message: String| {
            Err(DeskError::Invalid { pointer: pointer.into(), message })
        };
        let region = &day.region;
        let registry = self.registry();
        let known = registry.couriers.get(courier);
        if known.is_none_or(|known| known.region != region.id) {
            return invalid("/courier", format!("{} has no courier '{courier}'", region.id));
        }
        if region.date_of(shift.starts) != day.date {
            return invalid("/starts", format!("give a moment on {}", day.date));
        }
        if shift.ends <= shift.starts.max(self.clock().now()) {
            return invalid("/ends", "give a moment to come, after the start".to_owned());
        }
        if shift.ends - shift.starts > TimeDelta::days(1) {
            return invalid("/ends", "a shift is no longer than a day".to_owned());
        }
        let theirs = day.routes.iter().filter(|route| route.of.courier.id == *courier);
        let mut others = theirs.map(|route| route.of.shift);
        if others.any(|other| other.starts < shift.ends && shift.starts < other.ends) {
            return invalid("/starts", format!("{courier} has another shift at that time"));
        }
        if shift.rest.is_some_and(|rest| !can_be_taken(&rest, shift)) {
            return invalid("/break", "give a break that can be taken in the shift".to_owned());
        }
        Ok(())
    }
}

fn can_be_taken(rest: &Break, shift: &Shift) -> bool {
    let TimeWindow { start, end } = rest.window;
    let earliest = start.max(shift.starts);
    rest.duration_s.get() > 0 && earliest <= end && earliest + rest.duration_s.delta() <= shift.ends
}
