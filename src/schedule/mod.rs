//! Routes: what they cost, whether they are feasible, where a visit fits, and how to build them.
//!
//! Start with [`Vehicle`] and [`Visit`], the two sides of a [`Problem`]. A [`Schedule`] is one
//! vehicle's ordered visits with everything needed to answer "does this visit fit here?" in
//! constant time; [`walk()`] is the plain definition of its timing. [`Gap`] is the answer for one
//! position, [`Bounds`] quickly say which positions need one. [`construct()`] fills schedules group
//! by group with regret insertion.
//!
//! The constraints are hard: time windows, shift and hub hours, the break, four load dimensions
//! for pickups, deliveries and both at once, skills, a maximum of stops, set-up once per door.
//! Each one has a [`Block`] that names it when it stands in the way.
//!
//! A route is one trip, or several: at each call at the hub ([`HubCall`]) what was collected is unloaded
//! and what the next trip hands over is loaded, so loads are about one trip.
//!
//! What a visit brings comes from the hub: once a vehicle has left it, such a visit fits behind its next call
//! there only, unless it is on board already (`goods.rs`).
//!
//! Moments are Unix seconds and durations are seconds, both `i64`.

mod block;
mod bounds;
mod construct;
mod facts;
mod gap;
mod goods;
mod outline;
mod pace;
mod problem;
#[expect(clippy::module_inception, reason = "its one type is what the room is about")]
mod schedule;
mod walk;

pub use block::{Block, Limit};
pub use bounds::{Bounds, Probe};
pub use construct::{Solution, construct};
pub use facts::Facts;
pub use gap::{Gap, WindowFit};
pub use outline::span_s;
pub use problem::{HubCall, Problem, Rest, Task, Vehicle, Visit};
pub use schedule::Schedule;
pub use walk::{Element, ElementKind, Timing, Violation, sequence, violations, walk};
