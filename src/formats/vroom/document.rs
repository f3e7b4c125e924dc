//! The document as it is written. Keys that are not named here are not looked at, as in VROOM.

use super::matrix::Matrix;
use super::values::{
    Amounts, Coordinates, Hours, Id, Moment, Number, Price, Priority, Span, SpeedFactor,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Everything.
#[derive(Debug, Deserialize)]
pub(super) struct Document {
    #[serde(default)]
    pub(super) jobs: Vec<Job>,
    #[serde(default)]
    pub(super) shipments: Vec<Shipment>,
    #[serde(default)]
    pub(super) vehicles: Vec<Vehicle>,
    pub(super) matrices: Option<BTreeMap<String, Matrices>>,
    /// The durations of profile `car`, as they were given before there were profiles.
    pub(super) matrix: Option<Matrix>,
    /// Ours: windows and shift ends may be missed at this price.
    pub(super) lateness_per_hour: Option<Price>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Matrices {
    pub(super) durations: Option<Matrix>,
    pub(super) distances: Option<Matrix>,
    pub(super) costs: Option<Matrix>,
}

/// Times that depend on the vehicle's type (VROOM 1.15).
pub(super) type PerType = Box<BTreeMap<String, Span>>;

/// What a job and the two steps of a shipment share.
#[derive(Debug, Deserialize)]
pub(super) struct Step {
    pub(super) id: Id,
    pub(super) description: Option<Box<str>>,
    pub(super) location: Option<Coordinates>,
    pub(super) location_index: Option<Number>,
    pub(super) setup: Option<Span>,
    pub(super) service: Option<Span>,
    pub(super) time_windows: Option<Vec<Hours>>,
    pub(super) setup_per_type: Option<PerType>,
    pub(super) service_per_type: Option<PerType>,
    /// Ours: no vehicle sets off to it earlier.
    pub(super) release: Option<Moment>,
}

/// The same keys as in [`Step`] and its own: flattening them would lose lines and columns, and
/// half the speed.
#[derive(Debug, Deserialize)]
pub(super) struct Job {
    pub(super) id: Id,
    pub(super) description: Option<Box<str>>,
    pub(super) location: Option<Coordinates>,
    pub(super) location_index: Option<Number>,
    pub(super) setup: Option<Span>,
    pub(super) service: Option<Span>,
    pub(super) time_windows: Option<Vec<Hours>>,
    pub(super) setup_per_type: Option<PerType>,
    pub(super) service_per_type: Option<PerType>,
    pub(super) release: Option<Moment>,
    pub(super) delivery: Option<Amounts>,
    pub(super) pickup: Option<Amounts>,
    /// A delivery, where neither of the two others is given.
    pub(super) amount: Option<Amounts>,
    pub(super) skills: Option<Vec<Number>>,
    pub(super) priority: Option<Priority>,
    /// Ours: the id of the only vehicle that may do it.
    pub(super) vehicle: Option<Id>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Shipment {
    pub(super) pickup: Step,
    pub(super) delivery: Step,
    pub(super) amount: Option<Amounts>,
    pub(super) skills: Option<Vec<Number>>,
    pub(super) priority: Option<Priority>,
    /// Ours: the id of the only vehicle that may do it.
    pub(super) vehicle: Option<Id>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Vehicle {
    pub(super) id: Id,
    pub(super) profile: Option<Box<str>>,
    pub(super) description: Option<Box<str>>,
    pub(super) start: Option<Coordinates>,
    pub(super) start_index: Option<Number>,
    pub(super) end: Option<Coordinates>,
    pub(super) end_index: Option<Number>,
    pub(super) capacity: Option<Amounts>,
    pub(super) costs: Option<Costs>,
    pub(super) skills: Option<Vec<Number>>,
    pub(super) time_window: Option<Hours>,
    #[serde(default)]
    pub(super) breaks: Vec<Break>,
    pub(super) speed_factor: Option<SpeedFactor>,
    pub(super) max_tasks: Option<Number>,
    pub(super) max_travel_time: Option<Number>,
    pub(super) max_distance: Option<Number>,
    #[serde(default)]
    pub(super) steps: Vec<RouteStep>,
    /// Ours: the longest from setting off to the end.
    pub(super) max_duration: Option<Number>,
    /// Ours: how many of `steps` stay as they are, `start` not counted.
    pub(super) frozen: Option<Number>,
    /// Ours: calls at the hub.
    pub(super) hub_returns: Option<HubReturns>,
    /// Ours: work after the end of the time window.
    pub(super) overtime: Option<Overtime>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Costs {
    pub(super) fixed: Option<Price>,
    pub(super) per_hour: Option<Price>,
    pub(super) per_km: Option<Price>,
    /// VROOM 1.15.
    pub(super) per_task_hour: Option<Price>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Break {
    pub(super) id: Id,
    pub(super) description: Option<Box<str>>,
    pub(super) time_windows: Option<Vec<Hours>>,
    pub(super) service: Option<Span>,
    pub(super) max_load: Option<Amounts>,
    /// Ours: taken at the stop before, never on the way.
    pub(super) at_stop: Option<bool>,
    /// Its place in the document; the search wants them in order.
    #[serde(skip)]
    pub(super) index: usize,
}

#[derive(Debug, Deserialize)]
pub(super) struct HubReturns {
    pub(super) location: Option<Coordinates>,
    pub(super) location_index: Option<Number>,
    pub(super) service: Option<Span>,
    pub(super) max: Option<Number>,
    pub(super) time_window: Option<Hours>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Overtime {
    pub(super) max: Span,
    pub(super) per_hour: Option<Price>,
}

/// A step of a route to start from. VROOM does not look at `service_at` and the like when it
/// searches, and neither do we.
#[derive(Debug, Deserialize)]
pub(super) struct RouteStep {
    #[serde(rename = "type")]
    pub(super) kind: RouteStepKind,
    pub(super) id: Option<Id>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum RouteStepKind {
    Start,
    Job,
    Pickup,
    Delivery,
    Break,
    /// Ours.
    Hub,
    End,
}

impl Job {
    /// The part that is as in a shipment, and the rest.
    pub(super) fn split(self) -> (Step, Load) {
        let step = Step {
            id: self.id,
            description: self.description,
            location: self.location,
            location_index: self.location_index,
            setup: self.setup,
            service: self.service,
            time_windows: self.time_windows,
            setup_per_type: self.setup_per_type,
            service_per_type: self.service_per_type,
            release: self.release,
        };
        let old = if self.delivery.is_none() && self.pickup.is_none() { self.amount } else { None };
        let load = Load { delivery: self.delivery.or(old), pickup: self.pickup };
        (step, load)
    }
}

/// What a job carries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    pub(super) delivery: Option<Amounts>,
    pub(super) pickup: Option<Amounts>,
}
