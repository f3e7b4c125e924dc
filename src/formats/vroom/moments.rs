//! Moments counted from an origin near the earliest of the document, so that Unix times fit.

use super::document::{Document, Job, Shipment, Step, Vehicle};
use super::values::{Hours, Moment};
use crate::formats::fault::Faults;
use crate::formats::limits::{FAR, LONG};
use crate::solver::Window;

/// Any time.
const ALWAYS: Window = Window { opens: 0, closes: FAR };

/// Turns a document's moments into the solver's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moments {
    origin: i64,
}

impl Moments {
    /// The origin is the earliest moment given; or 8.5 years before it, where a vehicle has no
    /// hours and may set off earlier.
    pub(super) fn of(document: &Document) -> Self {
        let of_job = |job: &Job| earliest(job.time_windows.as_deref(), job.release);
        let of_step = |step: &Step| earliest(step.time_windows.as_deref(), step.release);
        let of_shipment =
            |shipment: &Shipment| [of_step(&shipment.pickup), of_step(&shipment.delivery)];
        let moments = document.jobs.iter().map(of_job);
        let moments = moments.chain(document.shipments.iter().flat_map(of_shipment));
        let moments = moments.chain(document.vehicles.iter().flat_map(of_vehicle));
        let first = moments.flatten().min().unwrap_or(0);
        let unbounded = document.vehicles.iter().any(|vehicle| vehicle.time_window.is_none());
        let margin = if unbounded { i64::from(LONG) } else { 0 };
        Self { origin: (first - margin).max(0) }
    }

    pub(super) fn origin(self) -> i64 {
        self.origin
    }

    /// A moment before which nothing happens.
    pub(super) fn from(
        self,
        moment: i64,
        pointer: &dyn Fn() -> String,
        faults: &mut Faults,
    ) -> i32 {
        let moment = moment - self.origin;
        if let Ok(moment @ ..=FAR) = i32::try_from(moment) {
            return moment.max(0);
        }
        let message = format!(
            "found a moment {moment} s after the earliest, expected at most {FAR}: all within 34 \
             years"
        );
        faults.note(pointer(), message);
        0
    }

    /// A moment after which nothing happens; what is very late stands for none.
    fn until(self, moment: i64) -> i32 {
        let moment = (moment - self.origin).clamp(0, i64::from(FAR));
        i32::try_from(moment).unwrap_or(FAR)
    }

    pub(super) fn release(
        self,
        release: Option<Moment>,
        pointer: &dyn Fn() -> String,
        faults: &mut Faults,
    ) -> i32 {
        let pointer = || format!("{}/release", pointer());
        release.map_or(0, |moment| self.from(moment.long(), &pointer, faults))
    }

    pub(super) fn window(
        self,
        hours: Option<Hours>,
        pointer: &dyn Fn() -> String,
        faults: &mut Faults,
    ) -> Window {
        hours.map_or(ALWAYS, |hours| Window {
            opens: self.from(hours.opens, pointer, faults),
            closes: self.until(hours.closes),
        })
    }

    /// Windows sorted; those that overlap are one.
    pub(super) fn windows(
        self,
        hours: Option<Vec<Hours>>,
        pointer: &dyn Fn() -> String,
        faults: &mut Faults,
    ) -> Vec<Window> {
        let Some(mut hours) = hours else { return vec![ALWAYS] };
        let pointer = || format!("{}/time_windows", pointer());
        if hours.is_empty() {
            faults.note(pointer(), "found no window, expected at least one, or no such key");
            return vec![ALWAYS];
        }
        hours.sort_by_key(|hours| hours.opens);
        let mut windows: Vec<Window> = Vec::with_capacity(hours.len());
        for hours in hours {
            let window = self.window(Some(hours), &pointer, faults);
            match windows.last_mut() {
                Some(last) if window.opens <= last.closes => {
                    last.closes = last.closes.max(window.closes);
                }
                _ => windows.push(window),
            }
        }
        windows
    }
}

fn earliest(windows: Option<&[Hours]>, release: Option<Moment>) -> Option<i64> {
    let opens = windows.into_iter().flatten().map(|hours| hours.opens);
    opens.chain(release.map(Moment::long)).min()
}

fn of_vehicle(vehicle: &Vehicle) -> impl Iterator<Item = Option<i64>> {
    let of_breaks = vehicle.breaks.iter().map(|rest| earliest(rest.time_windows.as_deref(), None));
    let hub = vehicle.hub_returns.as_ref().and_then(|hub| hub.time_window);
    let hours = [vehicle.time_window, hub].map(|hours| hours.map(|hours| hours.opens));
    of_breaks.chain(hours)
}
