//! The search: greedy construction, then ruin and recreate under simulated annealing.

mod anneal;
mod build;
mod cells;
mod dice;
mod field;
mod legs;
mod local;
#[cfg(test)]
mod made;
mod neighbours;
mod pairs;
mod plan;
mod recreate;
mod ruin;
mod drive;
mod fleet;
mod split;
mod tails;
mod workbench;

pub use drive::{Control, Objective, Progress, Settings, solve};
#[doc(hidden)]
pub use workbench::{Part, prepare};
