//! A day's visits as zones of about one shift's work.

use super::DayPlan;
use crate::model::{Booking, Seconds};
use crate::zones::{Demand, Zone, ZoneSettings, grow};

/// Travel that comes with each visit when a shift's work is counted: about half a kilometre of
/// road by e-bike and the fixed minute of a leg. Only the size of zones depends on it.
const TRAVEL_SHARE_S: i64 = 300;

/// Zones over the given bookings; a zone's members index into the slice.
#[must_use]
pub fn zones(day: &DayPlan, bookings: &[&Booking]) -> Vec<Zone> {
    let demand: Vec<Demand> = bookings.iter().map(|booking| demand(booking)).collect();
    grow(&demand, &ZoneSettings::new(shift_work(day).get()))
}

fn demand(booking: &Booking) -> Demand {
    let at_door_s = booking.demand.service_s + booking.demand.setup_s;
    Demand { point: booking.place(), work_s: at_door_s.get() + TRAVEL_SHARE_S }
}

/// The mean working time of the day's shifts, breaks taken off; eight hours where nobody works.
/// The zones of [`zones`] aim at this much.
#[must_use]
pub fn shift_work(day: &DayPlan) -> Seconds {
    let worked = day.routes.iter().map(|route| {
        let shift = &route.of.shift;
        let rest = shift.rest.map_or(Seconds::ZERO, |rest| rest.duration_s);
        (Seconds::from(shift.ends - shift.starts) - rest).get()
    });
    let (sum, count) = worked.fold((0, 0), |(sum, count), s| (sum + s, count + 1));
    Seconds(if count == 0 { 8 * 3_600 } else { (sum / count).max(1) })
}
