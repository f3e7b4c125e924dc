//! The search: greedy construction, then ruin and recreate under simulated annealing.
//!
//! `drive` runs it. `build` makes the `field`, which all read and none writes; each `worker` has a
//! `plan` of linked routes with slack and a log that takes an iteration back. An iteration of
//! `anneal` is a `ruin`, a `recreate` and some tries at `tails`; where there is time for several plans,
//! `breed` crosses them. Problems whose constraints the
//! constant-time test does not decide are `rich`: there a place that passes is walked (`exact`),
//! shipments go as `couples`, calls at the hub come and go (`hubs`), and what a delay costs those
//! behind it is known before the walk (`delays`).

mod anneal;
mod answer;
mod audit;
mod breed;
mod build;
mod cells;
mod construct;
mod couples;
mod delays;
mod dice;
mod drive;
mod edits;
mod exact;
mod field;
mod fleet;
mod hubs;
mod initial;
mod legs;
mod links;
mod loads;
mod local;
#[cfg(test)]
mod made;
mod measures;
mod neighbours;
mod number;
mod pairs;
mod places;
mod plan;
mod recreate;
mod refill;
mod rich;
mod ruin;
mod serve;
mod settings;
mod sites;
mod split;
mod tails;
mod workbench;
mod worker;

pub use drive::solve;
pub use settings::{Control, Objective, Progress, Settings};
#[doc(hidden)]
pub use workbench::{Part, prepare};
