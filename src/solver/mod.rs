//! Routes for a whole day: a dense problem, greedy construction, and a search that keeps improving.
//!
//! Start with [`Problem`]. [`solve()`] answers it with a [`Solution`] within a budget; [`evaluate`]
//! is the definition of what a route costs and whether it is feasible, [`timeline`] tells when it is
//! where. Nothing here knows of bookings, hubs or files.

mod api_standin;
mod problem;
mod travel;

pub use api_standin::{
    Breach, Constraint, Control, Objective, Progress, RouteCost, Rules, Settings, Step, StepKind,
    Walker, evaluate, solve, timeline, timeline_by,
};
pub use problem::{
    Break, Costs, DIMENSIONS, HubReturns, Limits, Load, Overtime, Problem, Shipment, Solution,
    Task, Vehicle, Visit, Window,
};
pub use travel::{LegRule, Plane, Sphere, Table, Travel};
