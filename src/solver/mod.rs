//! Routes for a whole day: a dense problem, greedy construction, and a search that keeps improving.
//!
//! Start with [`Problem`]. [`solve()`] answers it with a [`Solution`] within a budget; [`evaluate`]
//! is the definition of what a route costs and whether it is feasible, [`timeline()`] tells when it is
//! where. Nothing here knows of bookings, hubs or files.

mod breach;
mod problem;
mod search;
mod timeline;
mod travel;
mod walk;

pub use breach::{Breach, Constraint};
pub use problem::{
    Break, Costs, DIMENSIONS, HubReturns, Limits, Load, Overtime, Problem, Shipment, Solution,
    Task, Vehicle, Visit, Window,
};
pub use search::{Control, Objective, Progress, Settings, solve};
#[doc(hidden)]
pub use search::{Part, prepare};
pub use timeline::{Step, StepKind, timeline, timeline_by};
pub use travel::{LegRule, Plane, Sphere, Table, Travel};
pub use walk::{RouteCost, Rules, Walker, evaluate, evaluate_iter};
